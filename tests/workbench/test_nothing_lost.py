"""Whatever goes wrong while people work and save: nothing is lost, nothing is half written, and it is said."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctm_rules import writing
from ctm_rules.editing.drafts import kept_draft
from ctm_rules.workbench.elements import element_at
from ctm_rules.yaml_files.formatting import format_file
from tests.support.own_standards import declare
from tests.support.workbench import Browser

SLUGS = ("menus", "buying", "storing", "serving")
PLACES = tuple((f"{slug}.yaml", "", "/statement") for slug in SLUGS)
"""Wordings to change: the file, where the element stands, and the field."""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Standards in files of a few lines, which are read at once."""
    folder = declare(tmp_path / "standards")
    main = folder / "framework.yaml"
    text = main.read_text(encoding="utf-8").replace("[hygiene]", f"[hygiene, {', '.join(SLUGS)}]")
    main.write_text(text, encoding="utf-8")
    for slug in SLUGS:
        said = f"id: {slug}\nslug: {slug}\ntitle: {slug}\nstatement: It varies.\nrated_by: judgement\n"
        (folder / f"{slug}.yaml").write_text(said, encoding="utf-8")
    for file in folder.iterdir():
        file.write_bytes(format_file(file).after)
    return folder


def test_a_thousand_quick_edits(small: Path) -> None:
    """From four tabs at once: none is lost, each tab's are in its order, and all of it is undone to the byte."""
    browser = Browser.opened(small)
    session = browser.session
    before = dict(session.history.contents)
    went_wrong: list[object] = []

    def type_in(file: str, at: str, field: str) -> None:
        for number in range(250):
            was = element_at(session, file, at).digest
            typed = {"was": was, "do": "keep", field: f"Words number {number}"}
            answer = browser.post(f"/change?file={file}&at={at}", typed)
            if answer.status != 303:
                went_wrong.append(answer.words)

    tabs = [threading.Thread(target=type_in, args=place) for place in PLACES]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert went_wrong == []
    assert len(session.history.done) == 1000
    for file, at, field in PLACES:
        value = element_at(session, file, at).value
        assert isinstance(value, dict)
        assert value[field.rpartition("/")[2]] == "Words number 249"
    after = dict(session.history.contents)
    kept = kept_draft(session.path)
    assert kept is not None
    assert {**before, **kept.after} == after
    assert browser.get("/").status == 200
    for _ in range(1000):
        session.undo()
    assert session.history.contents == before
    for _ in range(1000):
        session.redo()
    assert session.history.contents == after


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def refuse(*_: object, **__: object) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def refuse_to_write(patch: pytest.MonkeyPatch) -> None:
    is_allowed = os.access

    def access(path: Any, mode: int, **options: Any) -> bool:
        return mode != os.W_OK and is_allowed(path, mode, **options)

    patch.setattr(os, "access", access)


REFUSED: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, str]] = {
    "a full disk": (lambda patch: patch.setattr(writing, "_write_new", full), "no space left", "free some space"),
    "a folder that may only be read": (refuse_to_write, "permission denied", "check that you may write there"),
    "a folder that takes no scratch": (
        lambda patch: patch.setattr(tempfile, "mkdtemp", refuse),
        "read-only file system",
        "check that you may write there",
    ),
}


@pytest.mark.parametrize(("cause", "says", "hint"), REFUSED.values(), ids=REFUSED)
def test_where_nothing_can_be_written_nothing_is_lost(
    small: Path, cause: Callable[[pytest.MonkeyPatch], None], says: str, hint: str
) -> None:
    browser = Browser.opened(small)
    session = browser.session
    on_disk = {file: file.read_bytes() for file in session.files}
    for file, at, field in PLACES[2:]:
        browser.change(file, at, {field: "Other words"})
    wanted = dict(session.history.contents)
    with pytest.MonkeyPatch.context() as patch:
        cause(patch)
        answer = browser.post("/save", {"do": "save"})
        assert answer.status == 409
        assert says in answer.words
        assert hint in answer.words
        assert "Save (2)" in answer.words
    assert {file: file.read_bytes() for file in on_disk} == on_disk
    assert sorted(session.path.iterdir()) == sorted(on_disk)
    assert session.history.contents == wanted
    assert browser.post("/save", {"do": "save"}).status == 303
    assert {file: file.read_bytes() for file in on_disk} == wanted


def test_where_no_draft_can_be_kept_the_edit_is_done_and_every_page_says_so(small: Path) -> None:
    browser = Browser.opened(small)
    file, at, field = PLACES[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "_write_new", full)
        assert browser.change(file, at, {field: "Other words"}).status == 303
        for page in ("/", "/change", "/save"):
            answer = browser.get(page)
            assert "Save soon: what you did is in this workbench alone" in answer.words
            assert "no space left on device" in answer.words
    assert b"Other words" in (browser.session.document(browser.session.file(file)).content)
    browser.change(file, at, {field: "Again other words"})
    assert "Save soon" not in browser.get("/").words
    assert kept_draft(browser.session.path) is not None
