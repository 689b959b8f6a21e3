"""Standards while they are edited: what is in hand, what it comes to, and that nothing is lost or overwritten."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError
from ctm_rules.editing.drafts import draft_file, kept_draft, state_folder
from ctm_rules.editing.edits import SetValue, node_of
from ctm_rules.editing.session import Session
from tests.support.right_framework import RIGHT

TITLE = ("title",)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what is not saved is kept."""
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def kitchens(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RIGHT, tmp_path / "kitchens"))


def retitled(session: Session, title: str) -> bool:
    file = session.file("framework.yaml")
    return session.edit(f"title {title}", {file: [SetValue(TITLE, node_of(title))]})


def test_nothing_is_written_before_it_is_saved(kitchens: Path) -> None:
    before = {file: file.read_bytes() for file in kitchens.iterdir()}
    session = Session(kitchens)
    assert retitled(session, "Kitchens")
    assert session.evaluation.framework is not None
    assert session.evaluation.framework.title == "Kitchens"
    assert {file: file.read_bytes() for file in kitchens.iterdir()} == before
    assert [file.name for file in session.save()] == ["framework.yaml"]
    assert session.save() == ()
    session.undo()
    session.save()
    assert {file: file.read_bytes() for file in kitchens.iterdir()} == before


def test_what_is_not_saved_lies_outside_the_standards_and_is_its_owners_alone(kitchens: Path, home: Path) -> None:
    session = Session(kitchens)
    retitled(session, "Kitchens")
    file = draft_file(kitchens)
    assert file.is_relative_to(home)
    assert state_folder().is_relative_to(home)
    assert file.stat().st_mode & 0o077 == 0
    assert kept_draft(kitchens) is not None
    session.save()
    assert not file.exists()


def test_a_draft_that_cannot_be_read_is_none(kitchens: Path) -> None:
    retitled(Session(kitchens), "Kitchens")
    for broken in (b"", b"{", b"[]", b'{"files": {"x": 3}}', b"\xff"):
        draft_file(kitchens).write_bytes(broken)
        assert Session(kitchens).offered is None


def test_of_a_draft_only_what_nobody_changed_since_is_taken_up(kitchens: Path) -> None:
    retitled(Session(kitchens), "Kitchens")
    file = kitchens / "framework.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("A council", "Another"), encoding="utf-8")
    again = Session(kitchens)
    refused = again.take_up()
    assert [found.code for found in refused] == ["changed-meanwhile"]
    assert again.changes.files == ()


def test_while_something_is_broken_what_was_valid_last_is_known(kitchens: Path) -> None:
    session = Session(kitchens)
    retitled(session, "Kitchens")
    file = session.file("framework.yaml")
    session.do("broken", {file: b"id: [\n"})
    assert session.evaluation.framework is None
    assert session.evaluation.source is None or session.evaluation.findings
    assert session.last_valid is not None
    assert session.last_valid.framework is not None
    assert session.last_valid.framework.title in ("Kitchens", "Standards for school kitchens")
    session.undo()
    assert session.evaluation.framework is not None


def test_no_other_file_is_ever_in_hand(kitchens: Path) -> None:
    (kitchens.parent / "other.yaml").write_text("a: b\n", encoding="utf-8")
    session = Session(kitchens)
    for name in ("../other.yaml", str(kitchens.parent / "other.yaml"), "", "."):
        with pytest.raises(DiagnosticError, match="not-in-hand"):
            session.file(name)


def test_renaming_needs_everything_saved(kitchens: Path) -> None:
    session = Session(kitchens)
    retitled(session, "Kitchens")
    with pytest.raises(DiagnosticError, match="not-saved"):
        session.rename("hygiene", "cleanliness")


def test_edits_are_done_again_on_what_another_program_wrote(kitchens: Path) -> None:
    session = Session(kitchens)
    retitled(session, "Kitchens")
    file = kitchens / "framework.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("A council", "Another"), encoding="utf-8")
    assert [conflict.file.name for conflict in session.conflicts()] == ["framework.yaml"]
    with pytest.raises(DiagnosticError, match="changed-meanwhile"):
        session.save()
    assert session.take_theirs() == ()
    session.save()
    text = file.read_text(encoding="utf-8")
    assert "title: Kitchens" in text
    assert "publisher: Another" in text


def test_what_was_changed_as_text_is_refused_where_another_program_changed_the_same_file(kitchens: Path) -> None:
    session = Session(kitchens)
    file = session.file("framework.yaml")
    session.do("text", {file: file.read_bytes().replace(b"A council", b"Mine")})
    file.write_bytes(file.read_bytes().replace(b"A council", b"Theirs"))
    assert [found.code for found in session.take_theirs()] == ["changed-meanwhile"]
    assert session.changes.files == ()
    assert b"Theirs" in file.read_bytes()
