"""Frameworks out of git, by revision and folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, Framework
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.frameworks.git_revisions import read_named
from ctm_rules.frameworks.loading import build_framework


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
        pytest.param("git::2024", 'there is no revision ""', id="no revision named"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_a_revision_that_cannot_be_read_says_why(name: str, says: str) -> None:
    with pytest.raises(DiagnosticError) as raised:
        read_named(name)
    [found] = raised.value.diagnostics
    assert found.code == "bad-revision"
    assert says in found.message


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
