"""A YAML file edited: what no edit names stays byte for byte; each trap of the layout has a test of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules.diagnostics.findings import DiagnosticError
from ctm_rules.editing.documents import Document, read_document
from ctm_rules.editing.edits import Add, Edit, Move, Remove, RenameKey, SetValue, node_of
from ctm_rules.editing.history import History
from ctm_rules.yaml_files.formatting import format_yaml
from tests.support.random_edits import try_edits


def edited(text: str, *edits: Edit) -> str:
    return Document("a.yaml", text.encode()).edited(*edits).content.decode()


def refused(text: str, *edits: Edit) -> str:
    with pytest.raises(DiagnosticError) as error:
        edited(text, *edits)
    (found,) = error.value.diagnostics
    return f"{found.code}: {found.message}"


@settings(max_examples=8)
@given(st.integers(0, 1_000_000))
def test_edits_drawn_at_random_mean_what_they_should_and_change_nothing_else(seed: int) -> None:
    assert try_edits(5, seed) == []


# --- One edit of each form -------------------------------------------------------------------------

FILE = """\
# yaml-language-server: $schema=x.schema.json
# What this file is about.
id: hygiene
title: Hygiene                                 # as printed
prompts:
  # about surfaces
  - {id: floors, ask: Are the floors clean?}
  - {id: walls, ask: Are the walls clean?}

  # about food
  - {id: meat, ask: Is the meat fresh?}
  - {id: milk, ask: Is the milk fresh?}
yes_when:
  all:
    - floors                                   # since 2020
    - any: [meat, milk]
"""


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        pytest.param(
            SetValue(("title",), node_of("Kitchens")),
            "title: Hygiene                                 # as printed",
            "title: Kitchens                                # as printed",
            id="set",
        ),
        pytest.param(
            RenameKey(("title",), "name"),
            "title: Hygiene                                 # as printed",
            "name: Hygiene                                  # as printed",
            id="rename",
        ),
        pytest.param(
            Add(("prompts",), node_of({"id": "eggs", "ask": "Are the eggs fresh?"})),
            "  - {id: milk, ask: Is the milk fresh?}\n",
            "  - {id: milk, ask: Is the milk fresh?}\n  - {id: eggs, ask: Are the eggs fresh?}\n",
            id="add",
        ),
        pytest.param(Remove(("prompts", 1)), "  - {id: walls, ask: Are the walls clean?}\n", "", id="remove"),
        pytest.param(
            Move(("prompts", 3), 2),
            "  - {id: meat, ask: Is the meat fresh?}\n  - {id: milk, ask: Is the milk fresh?}\n",
            "  - {id: milk, ask: Is the milk fresh?}\n  - {id: meat, ask: Is the meat fresh?}\n",
            id="move",
        ),
        pytest.param(
            SetValue(("yes_when", "all", 1, "any", 1), node_of("eggs")),
            "any: [meat, milk]",
            "any: [meat, eggs]",
            id="set in a clause",
        ),
    ],
)
def test_an_edit_changes_what_it_names_and_nothing_else(edit: Edit, old: str, new: str) -> None:
    assert FILE.count(old) == 1
    after = edited(FILE, edit)
    assert after == FILE.replace(old, new)


# --- The traps -------------------------------------------------------------------------------------


@pytest.mark.parametrize("edit", [Remove(("prompts", 2)), Move(("prompts", 2), 0)], ids=["removed", "moved"])
def test_a_heading_stays_where_it_is_when_the_first_item_below_it_goes(edit: Edit) -> None:
    assert "\n\n  # about food\n  - {id: milk," in edited(FILE, edit)


def test_a_comment_of_an_item_itself_goes_with_it() -> None:
    text = "list:\n  # the first\n  - one\n  # the second\n  - two\n"
    assert edited(text, Remove(("list", 0))) == "list:\n  # the second\n  - two\n"
    assert edited(text, Move(("list", 1), 0)) == "list:\n  # the second\n  - two\n  # the first\n  - one\n"


def test_a_heading_above_the_last_item_is_not_lost() -> None:
    text = "list:\n  - one\n\n  # what comes at the end\n\n  - two\n"
    assert edited(text, Remove(("list", 1))) == "list:\n  - one\n\n  # what comes at the end\n"


@pytest.mark.parametrize(
    "edit",
    [
        Remove(("id",)),
        Move(("title",), 0),
        Move(("id",), 2),
        Add((), node_of(1), "first", 0),
        RenameKey(("id",), "slug"),
    ],
    ids=["removed", "another moved before it", "moved away", "another added before it", "renamed"],
)
def test_the_top_of_a_file_stays_at_its_top_whatever_becomes_of_its_first_key(edit: Edit) -> None:
    after = edited(FILE, edit)
    assert after.startswith("# yaml-language-server: $schema=x.schema.json\n# What this file is about.\n")
    assert after.count("# What this file is about.") == 1


def test_the_top_of_a_file_stays_even_when_nothing_else_does() -> None:
    assert edited("# top\nid: x\n", Remove(("id",))) == "# top\n{}\n"


def test_a_rule_that_is_replaced_keeps_its_layout_and_the_comments_of_what_stays() -> None:
    rule = {"all": ["floors", {"any": ["meat", "milk", "walls"]}]}
    after = edited(FILE, SetValue(("yes_when",), node_of(rule)))
    assert after == FILE.replace("any: [meat, milk]", "any: [meat, milk, walls]")


def test_what_is_added_is_written_as_what_stands_beside_it() -> None:
    in_blocks = "list:\n  - id: a\n    ask: A?\n\n  - id: b\n    ask: B?\n"
    added = Add(("list",), node_of({"id": "c", "ask": "C?"}))
    assert edited(in_blocks, added) == in_blocks + "\n  - id: c\n    ask: C?\n"
    in_lines = "list:\n  - {id: a, ask: A?}\n"
    assert edited(in_lines, added) == in_lines + "  - {id: c, ask: C?}\n"


@pytest.mark.parametrize(
    "text",
    ["2024", "yes", "null", "true", "1.5", "2024-01-01", "", "# no", "a: b", "- x", "'", " x"],
    ids=lambda text: text or "nothing",
)
def test_a_text_stays_a_text_whatever_it_looks_like(text: str) -> None:
    after = Document("a.yaml", b"id: x\n").edited(SetValue(("title",), node_of(text)))
    assert after.says() == {"id": "x", "title": text}


@pytest.mark.parametrize(
    "text", ["a\x07b", "a\ud800b", "a\x00b", "a\ufffeb"], ids=["bell", "half", "nul", "no character"]
)
def test_a_character_that_no_file_can_hold_is_refused_as_a_value_and_as_a_key(text: str) -> None:
    assert "cannot be printed" in refused("id: x\n", SetValue(("title",), node_of(text)))
    assert "cannot be printed" in refused("id: x\n", RenameKey(("id",), text))


def test_a_file_that_is_not_laid_out_is_left_alone_until_it_is() -> None:
    untidy = b'title:   "Hygiene"   # as printed\nid: x\n'
    document = Document("a.yaml", untidy)
    assert not document.is_laid_out
    assert refused(untidy.decode(), SetValue(("id",), node_of("y"))).startswith("not-laid-out: ")
    tidy = document.laid_out()
    assert tidy.content == format_yaml(untidy, "a.yaml")
    assert tidy.edited(SetValue(("id",), node_of("y"))).says() == {"title": "Hygiene", "id": "y"}


def test_line_ends_stay_as_they_are() -> None:
    after = Document("a.yaml", b"id: x\r\ntitle: X\r\n").edited(SetValue(("title",), node_of("Z")))
    assert after.content == b"id: x\r\ntitle: Z\r\n"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Remove(("nothing",)), "there is no nothing"),
        (Remove(("prompts", 9)), "there is no prompts[10]"),
        (SetValue(("prompts", 9), node_of(1)), "there is no prompts[10]"),
        (SetValue(("title", "x"), node_of(1)), "there is no title.x"),
        (RenameKey(("title",), "id"), 'has a key "id" already'),
        (Add((), node_of(1), "id"), 'has a key "id" already'),
        (Add(("prompts",), node_of(1), "id"), "prompts is a list"),
        (RenameKey(("prompts", 0), "id"), "has no key"),
        (Remove(()), "a file as a whole"),
    ],
    ids=["key", "item", "item set", "below a text", "taken", "taken by another", "key in a list", "item", "file"],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(edit: Edit, said: str) -> None:
    assert said in refused(FILE, edit)


def test_several_edits_are_done_one_after_the_other() -> None:
    after = edited(FILE, Remove(("prompts", 0)), SetValue(("prompts", 0, "id"), node_of("tiles")))
    assert "{id: tiles, ask: Are the walls clean?}" in after


# --- Undo ------------------------------------------------------------------------------------------


def test_several_files_are_undone_and_done_again_together(tmp_path: Path) -> None:
    one, other, new = tmp_path / "one.yaml", tmp_path / "other.yaml", tmp_path / "new.yaml"
    history = History({one: b"a: 1\n", other: b"b: 1\n"})
    history.do("both", {one: b"a: 2\n", other: b"b: 2\n"})
    history.do("a new file", {new: b"c: 1\n"})
    assert history.do("nothing", {one: b"a: 2\n"}) is None
    undone = [step.name for step in iter(history.undo, None)]
    assert undone == ["a new file", "both"]
    assert history.contents == {one: b"a: 1\n", other: b"b: 1\n", new: None}
    redone = history.redo()
    assert redone is not None
    assert redone.name == "both"
    history.do("something else", {one: b"a: 3\n"})
    assert history.redo() is None
    assert history.contents == {one: b"a: 3\n", other: b"b: 2\n", new: None}


def test_a_document_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"id: x\n")
    assert read_document(tmp_path / "a.yaml").says() == {"id": "x"}
    with pytest.raises(DiagnosticError, match="file-not-readable"):
        read_document(tmp_path / "b.yaml")
