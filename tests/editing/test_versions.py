"""Versions of standards: named, found again to the byte, handed over, and nothing of anybody else's touched."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError
from ctm_rules.checking.files import check_paths
from ctm_rules.editing.edits import SetValue, node_of
from ctm_rules.editing.session import Session
from ctm_rules.editing.versions import Versions, find_version, versions_of
from tests.support.right_framework import RIGHT

STORES = ["git", "folder"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's own, neither what git knows of them nor what they did not save."""
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip("\n")


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the right framework, kept by git or by nobody."""

    def make(store: str) -> Path:
        folder = Path(shutil.copytree(RIGHT, tmp_path / "own" / "standards" / "kitchens" / "2026"))
        if store == "git":
            top = tmp_path / "own"
            (top / "notes.txt").write_text("nobody's business", encoding="utf-8")
            git(top, "init", "-q", "-b", "work")
            git(top, "config", "user.name", "A. Author")
            git(top, "config", "user.email", "author@example.org")
            git(top, "add", ".")
            git(top, "commit", "-q", "-m", "first")
        return folder

    return make


def of(folder: Path) -> Versions:
    return versions_of(folder, "A. Author")


def named(folder: Path, title: str, comment: str = "") -> str:
    return of(folder).add(title, comment, Session(folder).kept_contents()).name


@pytest.mark.parametrize("store", STORES)
def test_a_version_is_found_again_and_gone_back_to_as_one_step(made: Callable[[str], Path], store: str) -> None:
    folder = made(store)
    before = {file: file.read_bytes() for file in folder.rglob("*.yaml")}
    assert named(folder, "Before the consultation", "As agreed.\n\nIn May.") == "before-the-consultation"
    session = Session(folder)
    file = session.file("framework.yaml")
    session.edit("title", {file: [SetValue(("title",), node_of("Kitchens"))]})
    session.do("a file more", {folder / "extra.yaml": b"subgroups: []\n"})
    with pytest.raises(DiagnosticError, match="not-saved"):
        session.kept_contents()
    session.save()
    (version,) = of(folder).all()
    assert (version.title, version.state) == ("Before the consultation", "draft")
    assert [(stage.who, stage.comment) for stage in version.stages] == [("A. Author", "As agreed.\n\nIn May.")]
    contents = of(folder).contents(version.name)
    assert session.framework_of(contents, of(folder).origin(version.name)).title != "Kitchens"
    assert session.go_back("back", contents)
    session.save()
    assert {each: each.read_bytes() for each in folder.rglob("*.yaml")} == before
    session.undo()
    session.save()
    assert "title: Kitchens" in file.read_text(encoding="utf-8")
    assert (folder / "extra.yaml").exists()


@pytest.mark.parametrize("store", STORES)
def test_a_version_goes_from_draft_over_review_to_approved(made: Callable[[str], Path], store: str) -> None:
    folder = made(store)
    name = named(folder, "Für 2026!")
    assert name == "f-r-2026"
    with pytest.raises(DiagnosticError, match="is draft and cannot become approved now"):
        of(folder).move(name, "approved", "")
    for state, comment in (("review", "Please look."), ("draft", "Not yet."), ("review", ""), ("approved", "Good.")):
        of(folder).move(name, state, comment)
    with pytest.raises(DiagnosticError, match="is approved and cannot become draft now"):
        of(folder).move(name, "draft", "")
    version = find_version(of(folder), name)
    assert version.title == "Für 2026!"
    assert [stage.state for stage in version.stages] == ["draft", "review", "draft", "review", "approved"]
    assert [stage.comment for stage in version.stages] == ["", "Please look.", "Not yet.", "", "Good."]
    assert of(folder).contents(name) == Session(folder).kept_contents()


@pytest.mark.parametrize("store", STORES)
def test_versions_are_never_replaced_and_the_latest_comes_first(made: Callable[[str], Path], store: str) -> None:
    folder = made(store)
    named(folder, "One")
    for title, message in (("one", "there is a version"), ("…", "has no name"), ("", "has no name")):
        with pytest.raises(DiagnosticError, match=message):
            named(folder, title)
    with pytest.raises(DiagnosticError, match='there is no version "two"'):
        of(folder).contents("two")
    with pytest.raises(DiagnosticError, match=r'there is no version "\.\./one"'):
        of(folder).move("../one", "review", "")
    assert [version.name for version in of(folder).all()] == ["one"]


def test_in_git_nothing_that_is_checked_out_staged_or_not_ours_is_touched(made: Callable[[str], Path]) -> None:
    folder = made("git")
    top = folder.parents[2]
    (top / "notes.txt").write_text("changed", encoding="utf-8")
    (top / "staged.txt").write_text("staged", encoding="utf-8")
    git(top, "add", "staged.txt")
    framework = folder / "framework.yaml"
    framework.write_text(framework.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    (folder / "hygiene.yaml").rename(folder / "cleanliness.yaml")
    before = git(top, "status", "--porcelain"), git(top, "rev-parse", "HEAD"), git(top, "branch", "--show-current")
    name = named(folder, "Now")
    of(folder).move(name, "review", "Please.")
    assert (
        git(top, "status", "--porcelain"),
        git(top, "rev-parse", "HEAD"),
        git(top, "branch", "--show-current"),
    ) == before
    branch = f"{of(folder).where}/now"
    changed = git(top, "diff", "--name-only", "--no-renames", "HEAD", branch).splitlines()
    inside = "standards/kitchens/2026"
    assert changed == [f"{inside}/{each}.yaml" for each in ("cleanliness", "framework", "hygiene")]
    assert git(top, "log", "--format=%an %s", f"HEAD..{branch}").splitlines() == ["A. Author Now"] * 2
    assert git(top, "show", f"{branch}:notes.txt") == "nobody's business"


def test_git_says_who_and_where_it_does_not_know_that_is_said(
    made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made("git")
    top = folder.parents[2]
    assert (of(folder).knows_who, of(folder).who) == (True, "A. Author")
    git(top, "config", "--unset", "user.name")
    git(top, "config", "--unset", "user.email")
    git(top, "config", "user.useConfigOnly", "true")
    with pytest.raises(DiagnosticError, match="git does not know who you are"):
        named(folder, "Now")
    monkeypatch.setenv("PATH", "")
    assert not of(folder).knows_who  # where git is not installed, versions are kept in a folder
    assert named(folder, "Now") == "now"


def test_a_branch_that_somebody_made_by_hand_is_no_version(made: Callable[[str], Path]) -> None:
    folder = made("git")
    top = folder.parents[2]
    git(top, "branch", f"{of(folder).where}/by-hand")
    assert of(folder).all() == ()


def test_in_a_folder_nothing_reads_a_version_as_standards(made: Callable[[str], Path], tmp_path: Path) -> None:
    folder = made("folder")
    before = [str(found) for found in check_paths([tmp_path / "own"]).diagnostics]
    name = named(folder, "Now")
    assert of(folder).where == (folder.parent / "versions" / "2026").as_posix()
    assert [str(found) for found in check_paths([tmp_path / "own"]).diagnostics] == before
    with pytest.raises(DiagnosticError, match="it is not said who does this"):
        versions_of(folder).move(name, "review", "")
    file = folder.parent / "versions" / "2026" / "now.json"
    for broken in ("", "[]", '{"title": "x"}', '{"title": "x", "stages": [{"state": 1}], "files": 3}'):
        file.write_text(broken, encoding="utf-8")
        assert of(folder).all() == ()


def test_a_version_leads_nowhere_but_into_the_folder_of_the_standards(made: Callable[[str], Path]) -> None:
    folder = made("folder")
    session = Session(folder)
    outside = ["../../x.yaml", "/tmp/x.yaml", "C:\\x.yaml", "scenarios/../../x.yaml", "x.txt", "a/b.yaml", ""]
    contents = {**session.kept_contents(), **dict.fromkeys(outside, b"id: x\n")}
    assert not session.go_back("back", contents)
    assert session.changes.files == ()
