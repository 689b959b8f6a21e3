"""A real editor's session with `ctm-rules lsp`, over its standard streams: what is told, and what is answered."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ctm_rules.checking.files import check_paths
from ctm_rules.editing.names import Name
from ctm_rules.editing.renaming import rename
from ctm_rules.editing.uses import files_around, find_name
from ctm_rules.yaml_files.formatting import format_file
from tests.support.editor import SECONDS, Editor, path_of
from tests.support.every_name import FILES, write_every_name

pytest.importorskip("pygls")

MEALS = "standards/homes/2026/1-meals.yaml"
SCENARIOS = "standards/homes/2026/scenarios/meals.yaml"
INSPECTION = "audits/inspection.yaml"
AMENDMENT = "audits/amendment.yaml"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    write_every_name(tmp_path)
    return tmp_path


@pytest.fixture
def editor(top: Path) -> Iterator[Editor]:
    with Editor(top, options={"althoughUsed": True}) as opened:
        yield opened


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Editor, Path]]:
    """A session in which much is asked and nothing stays changed."""
    top = tmp_path_factory.mktemp("asked")
    write_every_name(top)
    with Editor(top) as opened:
        yield opened, top


def hovered(editor: Editor, file: Path, words: str, part: str = "") -> str:
    answer = editor.ask("textDocument/hover", editor.at(file, words, part))
    return "" if answer is None else answer["contents"]["value"]


def fixes(editor: Editor, file: Path, found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    asked = {
        "textDocument": {"uri": file.as_uri()},
        "range": found["range"],
        "context": {"diagnostics": [found], "only": ["quickfix"]},
    }
    return {action["title"]: action for action in editor.ask("textDocument/codeAction", asked)}


# --- Findings --------------------------------------------------------------------------------------


def test_what_is_typed_is_checked_and_never_saved(editor: Editor, top: Path) -> None:
    file = top / MEALS
    editor.open(file)
    editor.replace(file, "{all: [fresh, ", "{all: [frsh, ")
    (found,) = editor.wait_for(file, "unknown-name")
    assert found["message"].startswith('the key question "food" has no prompt "frsh"\ndid you mean "fresh"?')
    assert (found["severity"], found["source"]) == (1, "ctm-rules")
    assert editor.said_at({"uri": file.as_uri(), "range": found["range"]}) == "frsh"
    editor.replace(file, "frsh", "fresh")
    editor.wait_for(file)
    assert file.read_text(encoding="utf-8") == FILES[MEALS]


def test_what_is_found_is_what_check_finds_in_every_file_of_the_folder(editor: Editor, top: Path) -> None:
    broken = {
        top / "standards/locale/cy.yaml": ("labels:", "lables:"),
        top / SCENARIOS: ("meals.food\n", "meals.fod\n"),
        top / INSPECTION: ("rating: good", "rating: goood"),
    }
    for file, (old, new) in broken.items():
        file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    expected: dict[Path, list[tuple[str, int]]] = {}
    for found in check_paths([top]).diagnostics:
        expected.setdefault(Path(found.file), []).append((found.code, max(found.line - 1, 0)))
    assert set(broken) <= set(expected)
    editor.open(top / MEALS)
    editor.save(top / MEALS)
    for file, several in expected.items():
        editor.wait_for(file, *(code for code, _ in several))
        told = [(found["code"], found["range"]["start"]["line"]) for found in editor.findings[file]]
        assert sorted(told) == sorted(several)


def test_what_is_typed_in_standards_is_told_of_files_that_go_by_them(editor: Editor, top: Path) -> None:
    file = top / MEALS
    editor.open(file)
    editor.replace(file, "{id: warm, ask", "{id: hot, ask")
    editor.replace(file, "{any: [warm, shared]}", "{any: [hot, shared]}")
    editor.wait_for(file)
    editor.wait_for(top / INSPECTION, "unknown-name")
    editor.wait_for(top / SCENARIOS, "unknown-name")
    columns = editor.wait_for(top / "audits/cases.csv", "unknown-column", "unknown-column")
    said = {"uri": (top / "audits/cases.csv").as_uri(), "range": columns[0]["range"]}
    assert editor.said_at(said) == "meals.food.warm"


def test_columns_are_counted_as_the_protocol_counts_them(editor: Editor, top: Path) -> None:
    """A character outside the basic plane is two units, and a Welsh letter is one."""
    file = top / MEALS
    editor.open(file)
    editor.replace(file, "ask: Is it warm?}", 'ask: "Ŷ 😀 𝟙 warm?", applies_when: {fact: has_visitros, is: yes}}')
    (found,) = editor.wait_for(file, "unknown-name")
    assert editor.said_at({"uri": file.as_uri(), "range": found["range"]}) == "has_visitros"
    editor.replace(file, "has_visitros", "has_visitors")
    editor.wait_for(file)
    assert hovered(editor, file, "fact: has_visitors, is: yes}}\n      - {id: shared", "has").startswith("fact **")


def test_half_a_file_is_a_finding_and_no_end(editor: Editor, top: Path) -> None:
    file = top / MEALS
    editor.open(file)
    for text in ("", "{", "id: [", "\t", "key_questions:\n  - id:", "\x00", "a: " + "[" * 200, "\ufeff", "a\u2028b: c"):
        editor.write(file, text)
        editor.ask("textDocument/hover", _first(file))
        editor.ask("textDocument/completion", _first(file))
        assert editor.ask("textDocument/definition", _first(file)) == []
        assert editor.ask("textDocument/prepareRename", _first(file)) is None
    editor.write(file, FILES[MEALS])
    editor.wait_for(file)


def _first(file: Path) -> dict[str, Any]:
    return {"textDocument": {"uri": file.as_uri()}, "position": {"line": 0, "character": 1}}


def test_files_of_others_are_none_of_ours(editor: Editor, top: Path) -> None:
    for name, text in {"compose.yaml": "services:\n  web: {image: x}\n", "list.csv": "a,b\n1,2\n"}.items():
        (top / name).write_text(text, encoding="utf-8")
        editor.open(top / name)
        editor.wait_for(top / name)
        assert editor.ask("textDocument/hover", _first(top / name)) is None


# --- What it says ----------------------------------------------------------------------------------


def test_a_name_says_its_sentence_its_rule_and_where_it_is_used(editor: Editor, top: Path) -> None:
    editor.open(top / MEALS)
    said = hovered(editor, top / MEALS, "id: food", "food").split("\n\n")
    assert said[:2] == ["key question **meals.food**", "Is the food good?"]
    assert said[2].startswith("Yes when “fresh” is yes, and at least one of “warm” and “shared”")
    assert said[3].startswith("Used in 17 places: 3 in amendments, 5 in inspections, 1 in readings of tables")


@pytest.mark.parametrize(
    ("name", "words", "part", "said"),
    [
        (INSPECTION, "theme: vision", "vision", "theme **leadership.vision**"),
        (INSPECTION, "about: [meals.food, meals", "meals.food", "standard **meals**"),
        (INSPECTION, "about: [meals.food, meals", "food", "key question **meals.food**"),
        (SCENARIOS, "stay: long", "long", "value **facts.stay.long**\n\nLong"),
        (AMENDMENT, "key_question_bands.fair", "fair", "rating **ratings.fair**\n\nFair"),
        ("standards/locale/cy.yaml", "palliative", "", "variant **variants.palliative**\n\nPalliative care\n\nWhen"),
        ("standards/homes/2026/reading.yaml", "stay: {", "stay", "fact **facts.stay**"),
        ("audits/cases.csv", "night.calm.quiet", "quiet", "prompt **night.calm.quiet**\n\nIs it quiet?"),
        (MEALS, "rated_by", "", "Cases (left out) where its key questions decide, judgement where people do."),
    ],
    ids=["inspection", "first of an address", "second", "scenario", "amendment", "words", "reading", "table", "key"],
)
def test_every_kind_of_file_is_understood(
    asked: tuple[Editor, Path], name: str, words: str, part: str, said: str
) -> None:
    editor, top = asked
    editor.open(top / name)
    assert hovered(editor, top / name, words, part).startswith(said)
    editor.close(top / name)


def test_definition_and_references_are_those_of_where(editor: Editor, top: Path) -> None:
    editor.open(top / SCENARIOS)
    place = editor.at(top / SCENARIOS, "facts: {stay: long", "stay")
    (declared,) = editor.ask("textDocument/definition", place)
    assert (path_of(declared["uri"]).name, editor.said_at(declared)) == ("facts.yaml", "stay")
    around = files_around(top / "standards/homes/2026")
    name = find_name(around, "facts.stay")
    assert isinstance(name, Name)
    uses = around.uses(name)
    for with_declaration in (True, False):
        context = {"includeDeclaration": with_declaration}
        found = editor.ask("textDocument/references", {**place, "context": context})
        assert [editor.said_at(each) for each in found] == ["stay"] * len(found)
        expected = [use for use in uses if with_declaration or not use.mention.declares]
        assert [path_of(each["uri"]) for each in found] == [Path(use.location.file) for use in expected]


# --- Completion ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "typed", "has", "has_not"),
    [
        (MEALS, "{fact: has_visitors", "{fact: |", {"has_visitors": "fact", "breach": "fact"}, {"fresh", "all"}),
        (MEALS, "[fresh, {any", "[fr|, {any", {"fresh": "prompt", "shared": "prompt"}, {"quiet", "stay"}),
        (MEALS, "is: yes}}", "i|}}", {"is": "key", "one_of": "key"}, {"fresh"}),
        (MEALS, "rated_by: cases", "rated_by: |", {"cases": "word", "judgement": "word"}, {"good"}),
        (MEALS, "rated_by: cases", "rated_by: cases\nsam|", {"sample": "key", "themes": "key"}, {"title", "food"}),
        (MEALS, "rated_by: cases", "rated_by: cases\nsample: |", {"long_stay": "sample"}, {"meals", "palliative"}),
        (MEALS, "      palliative:", "      pal|:", {"palliative": "variant"}, {"long_stay"}),
        (SCENARIOS, "meals.food\n", "meals.f|\n", {"meals.food": "key question", "meals": "standard"}, {"stay"}),
        (SCENARIOS, "{fresh: yes, warm: yes}", "{fr|}", {"fresh": "prompt", "warm": "prompt"}, {"quiet"}),
        (SCENARIOS, "{stay: long,", "{stay: l|,", {"long": "value", "short": "value"}, {"good"}),
        (SCENARIOS, "band: good", "band: g|", {"good": "rating", "fair": "rating"}, {"safe"}),
        (INSPECTION, "rating: safe", "rating: s|", {"safe": "rating", "unsafe": "rating"}, {"good"}),
        (INSPECTION, "theme: vision", "theme: v|", {"vision": "theme", "staff": "theme"}, {"care"}),
        (INSPECTION, "title: An inspection of North", "title: N\nsum|", {"summary": "key"}, {"provider", "good"}),
        (AMENDMENT, "remove: [meals", "remove: [m|, meals", {"meals": "standard"}, set()),
        (
            "standards/homes/2026/framework.yaml",
            "{standard: fires, rated: unsafe}",
            "{standard: fires, rated: u|}",
            {"unsafe": "rating"},
            {"good"},
        ),
        (
            "standards/homes/2026/reading.yaml",
            "  stay: {",
            "  s|: {",
            {"stay": "fact", "meals.food.warm": "prompt", "measures.weighed": "measure"},
            {"good", "warm"},
        ),
    ],
    ids=[
        "fact",
        "prompt",
        "key of a clause",
        "word of the schema",
        "key",
        "sample",
        "variant",
        "address",
        "answers",
        "value of a fact",
        "band",
        "rating on its own scale",
        "theme",
        "key of an inspection",
        "amendment",
        "rating in a rule",
        "column",
    ],
)
def test_what_may_stand_there_is_offered_and_nothing_else(
    asked: tuple[Editor, Path], name: str, old: str, typed: str, has: dict[str, str], has_not: set[str]
) -> None:
    editor, top = asked
    file = top / name
    before, _, after = FILES[name].partition(old)
    before, _, rest = f"{before}{typed}".partition("|")
    editor.open(file)
    editor.write(file, f"{before}{rest}{after}")
    place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
    answer = editor.ask("textDocument/completion", {"textDocument": {"uri": file.as_uri()}, "position": place})
    editor.close(file)
    offered = {item["label"]: item["detail"] for item in answer["items"]}
    assert offered.items() >= has.items()
    assert not offered.keys() & has_not


def test_what_is_chosen_takes_the_place_of_what_was_typed(editor: Editor, top: Path) -> None:
    file = top / SCENARIOS
    editor.open(file)
    editor.replace(file, "key_question: meals.food", "key_question: meals.fo")
    answer = editor.ask("textDocument/completion", editor.at(file, "meals.fo", "fo"))
    (item,) = [item for item in answer["items"] if item["label"] == "meals.food"]
    edit = {"textDocument": {"uri": file.as_uri(), "version": 2}, "edits": [item["textEdit"]]}
    editor.apply({"documentChanges": [edit]})
    assert editor.texts[file] == FILES[SCENARIOS]
    assert item["documentation"] == "Is the food good?"


# --- Renaming --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "part", "address"),
    [
        ("id: fresh", "fresh", "meals.food.fresh"),
        ("slug: meals", "meals", "meals"),
        ("fact: has_visitors", "has_visitors", "facts.has_visitors"),
        ("palliative", "", "variants.palliative"),
    ],
    ids=["prompt", "standard", "fact", "variant"],
)
def test_renaming_changes_what_the_command_line_would(
    editor: Editor, top: Path, tmp_path_factory: pytest.TempPathFactory, words: str, part: str, address: str
) -> None:
    other = tmp_path_factory.mktemp("by-command")
    around = files_around(write_every_name(other))
    name = find_name(around, address)
    assert isinstance(name, Name)
    rename(around, name, "called_so", although_used=True).changes.write()
    file = top / MEALS
    editor.open(file)
    editor.open(top / "audits/cases.csv")
    place = editor.at(file, words, part)
    assert editor.ask("textDocument/prepareRename", place)["placeholder"] == name.word
    editor.apply(editor.ask("textDocument/rename", {**place, "newName": "called_so"}))
    for open_now in (file, top / "audits/cases.csv"):
        assert open_now.read_text(encoding="utf-8") == FILES[open_now.relative_to(top).as_posix()]
        editor.save(open_now)
    made = {each: (top / each).read_bytes() for each in FILES}
    assert made == {each: (other / each).read_bytes() for each in FILES}


def test_text_that_is_not_saved_is_renamed_as_it_stands(editor: Editor, top: Path) -> None:
    file = top / MEALS
    editor.open(file)
    editor.replace(file, "title: Meals", "title: Meals and drinks")
    editor.apply(editor.ask("textDocument/rename", {**editor.at(file, "id: warm", "warm"), "newName": "hot"}))
    assert "title: Meals and drinks\n" in editor.texts[file]
    assert "{id: hot, formerly: [warm], ask: Is it warm?}" in editor.texts[file]
    editor.wait_for(file)


def test_why_something_is_not_renamed_is_said_in_a_sentence(top: Path) -> None:
    file = top / MEALS
    with Editor(top) as editor:
        editor.open(file)
        place = editor.at(file, "id: warm", "warm")
        said = editor.refused("textDocument/rename", {**place, "newName": "hot"})
        assert said.startswith('edition "2026" of "homes" is that of ')
        assert editor.refused("textDocument/rename", {**place, "newName": "Very hot"})
    with Editor(top, options={"althoughUsed": True}) as editor:
        editor.open(file)
        said = editor.refused("textDocument/rename", {**place, "newName": "fresh"})
        assert (
            said == 'there is the prompt "meals.food.fresh" already, on line 11 of 1-meals.yaml (choose another name)'
        )
        table = top / "audits/cases.csv"
        table.write_bytes(table.read_bytes().decode().replace("warm, and", "wärm, and").encode("utf-16"))
        editor.save(file)
        said = editor.refused("textDocument/rename", {**place, "newName": "hot"})
        assert said.startswith("cases.csv is not text in UTF-8")


# --- Quick fixes -----------------------------------------------------------------------------------


def test_what_check_repairs_is_repaired_in_the_text(editor: Editor, top: Path) -> None:
    file = top / MEALS
    editor.open(file)
    editor.replace(file, "statement: People", "statment: People")
    editor.replace(file, "{fact: has_visitors", "{fact: has_visitros")
    for code, title in (("unknown-key", 'Write "statement"'), ("unknown-name", 'Write "has_visitors"')):
        (found,) = editor.wait_for(file, code)
        actions = fixes(editor, file, found)
        assert [(name, action["isPreferred"]) for name, action in actions.items()] == [(title, True)]
        editor.apply(actions[title]["edit"])
    editor.wait_for(file)
    assert editor.texts[file] == FILES[MEALS]


def test_all_of_a_file_is_repaired_at_once(editor: Editor, top: Path) -> None:
    file = top / MEALS
    editor.open(file)
    editor.replace(file, "statement: People", "statment: People")
    editor.replace(file, "  prompts:", "  promts:")
    found = editor.wait_for(file, "unknown-key", "unknown-key")
    asked = {"textDocument": {"uri": file.as_uri()}, "range": found[0]["range"]}
    context = {"diagnostics": [], "only": ["source"]}
    (action,) = editor.ask("textDocument/codeAction", {**asked, "context": context})
    assert (action["kind"], action["title"][-3:]) == ("source.fixAll", "(2)")
    editor.apply(action["edit"])
    assert editor.texts[file] == FILES[MEALS]


def test_a_name_that_is_only_near_is_offered_and_not_preferred(editor: Editor, top: Path) -> None:
    file = top / MEALS
    editor.open(file)
    editor.replace(file, "[warm, shared]", "[warmth, shared]")
    (wrong,) = editor.wait_for(file, "unknown-name")
    (action,) = fixes(editor, file, wrong).values()
    assert (action["title"], action.get("isPreferred")) == ('Write "warm"', None)
    editor.apply(action["edit"])
    assert editor.texts[file] == FILES[MEALS]


def test_why_something_is_not_repaired_is_said_beside_it(editor: Editor, top: Path) -> None:
    file = top / MEALS
    editor.open(file)
    editor.write(file, FILES[MEALS].replace("statement: ", "statment:   ") + "\n\n\n")
    (found,) = editor.wait_for(file, "unknown-key")
    (action,) = fixes(editor, file, found).values()
    assert "edit" not in action
    assert action["disabled"]["reason"].startswith("this file is not laid out")


def test_a_text_is_laid_out_as_fmt_does_it(editor: Editor, top: Path) -> None:
    file = top / MEALS
    untidy = FILES[MEALS].replace("title: Meals", 'title:    "Meals"').replace("\n", "\r\n")
    file.write_text(untidy, encoding="utf-8", newline="")
    editor.open(file)
    options = {"textDocument": {"uri": file.as_uri()}, "options": {"tabSize": 2, "insertSpaces": True}}
    edits = editor.ask("textDocument/formatting", options)
    document = {"textDocument": {"uri": file.as_uri(), "version": 1}, "edits": edits}
    editor.apply({"documentChanges": [document]})
    assert editor.texts[file].encode() == format_file(file).after


# --- How it ends -----------------------------------------------------------------------------------


def test_an_editor_that_is_gone_ends_it() -> None:
    server = [sys.executable, "-m", "ctm_rules", "lsp", "--stdio"]
    ended = subprocess.run(server, input=b"", capture_output=True, timeout=SECONDS, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_nothing_that_is_printed_gets_into_the_conversation(top: Path) -> None:
    """Standards in the working folder are said by other commands on standard output or beside it."""
    with Editor(top) as editor:
        editor.open(top / MEALS)
        editor.wait_for(top / MEALS)
    assert editor.said_beside == ""
