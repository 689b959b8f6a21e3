"""Frameworks out of git, by revision and folder."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, Framework
from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.frameworks.git_revisions import read_named
from ctm_rules.frameworks.loading import build_framework
from ctm_rules.limits import MAX_GIT_FOLDER_BYTES, MAX_YAML_BYTES


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("git:first", "2024", id="revision against folder"),
        pytest.param(
            "git:HEAD:2024",
            "2024",
            id="revision and folder against folder",
        ),
        pytest.param(
            "git:first",
            "{folder}/2024",
            id="revision against absolute folder",
        ),
    ],
)
def test_a_revision_is_read_from_git(repository: Path, old: str, new: str) -> None:
    new = new.format(folder=repository)
    sides = (build_framework(read_named(name, beside=other)) for name, other in ((old, new), (new, old)))
    [found] = compare_frameworks(*sides).changes
    assert found.says == "the limit for Good moved from 65% to 60%"
    assert found.old_at is not None
    assert found.old_at.file in ("first:2024/framework.yaml", "HEAD:2024/framework.yaml")


def test_a_mistake_in_a_revision_names_the_file_in_it(repository: Path) -> None:
    (repository / "2024" / "facts.yaml").write_text("facts: [", encoding="utf-8")
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-q", "-a", "-m", "x"], check=True)
    with pytest.raises(DiagnosticError) as raised:
        read_named("git:HEAD:2024")
    assert {found.file for found in raised.value.diagnostics} == {"HEAD:2024/facts.yaml"}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("git:nowhere:2024", 'there is no revision "nowhere"', id="no such revision"),
        pytest.param("git:--output=x:2024", 'there is no revision "--output=x"', id="option in place of a revision"),
        pytest.param("git:first:2023", 'the revision "first" has no 2023', id="no such folder in the revision"),
        pytest.param("git:first", "does not say which framework", id="revision without a folder"),
        pytest.param("git:HEAD:a\0b", "there is a NUL byte", id="NUL byte in the path"),
        pytest.param("git::2024", 'there is no revision ""', id="no revision named"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_a_revision_that_cannot_be_read_says_why(name: str, says: str) -> None:
    found = refused(name)
    assert found.code == "bad-revision"
    assert says in found.message


def git(*arguments: str, given: bytes = b"") -> str:
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    return subprocess.run(["git", *author, *arguments], input=given, check=True, capture_output=True).stdout.decode()


def commit_tree(entries: Iterable[tuple[str, bytes, str]]) -> None:
    """Commit a folder ``std`` with entries of any names, as no git makes it by itself; the tag is ``made``."""

    def tree(of: Iterable[tuple[str, bytes, str]]) -> str:
        content = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(to) for mode, name, to in of)
        return git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=content).strip()

    top = tree([("40000", b"std", tree(entries))])
    git("update-ref", "refs/tags/made", git("commit-tree", "-m", "x", top).strip())


def blob(content: bytes) -> str:
    return git("hash-object", "-w", "--stdin", given=content).strip()


def refused(name: str) -> Diagnostic:
    with pytest.raises(DiagnosticError) as raised:
        read_named(name)
    [found] = raised.value.diagnostics
    return found


def everything_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if ".git" not in path.parts)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b"../outside.yaml", id="a folder above"),
        pytest.param(b"/outside.yaml", id="an absolute path"),
        pytest.param(b"deeper/outside.yaml", id="a folder below"),
        pytest.param(b"..\\outside.yaml", id="a folder above as Windows has it"),
        pytest.param(b"C:outside.yaml", id="another drive"),
        pytest.param(b"nul.yaml", id="a device of Windows"),
        pytest.param(b"COM1 .old.yaml", id="a device with a space and an ending"),
        pytest.param(b"a\x1b[2J.yaml", id="a control sequence"),
        pytest.param(b"a\nb.yaml", id="two lines"),
    ],
)
def test_a_name_in_a_revision_is_never_a_path(repository: Path, name: bytes) -> None:
    before = everything_in(repository.parent)
    commit_tree([("100644", name, blob(b"pwned: true\n"))])
    found = refused("git:made:std")
    assert (found.code, "a name that no file may have" in found.message) == ("bad-revision", True)
    assert (found.message + found.hint).isprintable()
    assert everything_in(repository.parent) == before


def test_two_files_of_one_name_in_a_revision_are_refused(repository: Path) -> None:
    framework = blob((repository / "2024" / "framework.yaml").read_bytes())
    commit_tree([("100644", b"framework.yaml", framework), ("100644", b"framework.yaml", blob(b"a: b"))])
    assert refused("git:made:std").message == 'in made:std two files are called "framework.yaml"'


def test_a_link_in_a_revision_is_refused_and_not_left_out(repository: Path) -> None:
    framework = blob((repository / "2024" / "framework.yaml").read_bytes())
    commit_tree([("100644", b"framework.yaml", framework), ("120000", b"2.1-assessment.yaml", blob(b"/etc/passwd"))])
    assert refused("git:made:std").message.startswith("made:std/2.1-assessment.yaml is a link")


@pytest.mark.usefixtures("repository")
def test_the_size_is_asked_before_anything_of_a_revision_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    large = blob(b"a" * (MAX_YAML_BYTES + 1))
    commit_tree([("100644", b"framework.yaml", large)])
    ran: list[list[str]] = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda command, **how: ran.append(command) or run(command, **how))
    assert refused("git:made:std").code == "file-too-large"
    assert refused("git:made:std/framework.yaml").code == "file-too-large"
    assert [command for command in ran if "blob" in command] == []
    commit_tree([("100644", b"%d.txt" % number, large) for number in range(MAX_GIT_FOLDER_BYTES // 30)])
    assert "far more files" in refused("git:made:std").message


@pytest.mark.usefixtures("repository")
def test_a_misnamed_file_in_a_revision_is_a_finding_as_on_a_disk() -> None:
    commit_tree([("100644", b"framework.yml", blob(b"id: a"))])
    assert refused("git:made:std").code == "misnamed-file"
    commit_tree([("100644", b"a.txt", blob(b"id: a"))])
    assert refused("git:made:std").message == "there is no made:std/framework.yaml"


def test_what_a_repository_lacks_is_not_fetched_whatever_it_names_for_that(repository: Path) -> None:
    missing = "1" * 40
    commit_tree([("100644", b"framework.yaml", missing)])
    command = f"touch {repository}/fetched; false"
    for key, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", str(repository)),
        ("remote.origin.uploadpack", command),
    ):
        git("config", key, value)
    assert refused("git:made:std").code == "bad-revision"
    assert not (repository / "fetched").exists()


def test_outside_a_repository_and_without_git_there_is_no_revision(
    editable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(editable.parent)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(editable.parent.parent))
    with pytest.raises(DiagnosticError, match="not in a git repository"):
        read_named("git:HEAD:2024")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DiagnosticError, match="git is not installed"):
        read_named("git:HEAD:2024")


def test_an_edition_goes_by_id_and_edition(shipped: Framework) -> None:
    assert build_framework(read_named("hmip-pdu/2024")) == shipped
    for name, nearest in (("hmip-pud/2024", "hmip-pdu"), ("hmip-pdu/2042", "2024")):
        with pytest.raises(DiagnosticError) as raised:
            read_named(name)
        assert f'did you mean "{nearest}"?' in raised.value.diagnostics[0].hint
