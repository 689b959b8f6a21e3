"""A character that people cannot see, or take for another, is named by code point and place wherever it misleads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, Framework, load_framework, rate_files, read_cases
from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.characters import say_odd_characters, typed
from tests.fuzz.targets import FILES, lay_out
from tests.support.commands import Run
from tests.support.small_framework import Small

# Each with what it is called, what it does to a word, and what is to be written.
ODD = {
    "no-break space": ("\u00a0", "U+00A0"),
    "zero-width space": ("\u200b", "U+200B"),
    "right-to-left mark": ("\u200f", "U+200F"),
    "byte order mark": ("\ufeff", "U+FEFF"),
    "soft hyphen": ("\u00ad", "U+00AD"),
    "en dash": ("\u2013", "U+2013"),
    "curly quotation mark": ("\u2019", "U+2019"),
    "full-width letter": ("\uff41", "U+FF41"),
    "Cyrillic letter": ("\u0430", "U+0430"),
}
odd = pytest.mark.parametrize(("character", "code_point"), ODD.values(), ids=list(ODD))

YAML_PLACES = {
    "a key": ("standards/hygiene.yaml", "statement: K", "state@ment: K"),
    "a key in braces": ("standards/facts.yaml", "title: Seats", "tit@le: Seats"),
    "an id": ("standards/facts.yaml", "id: opened", "id: ope@ned"),
    "a word of a setting": ("standards/framework.yaml", "half_up", "half@_up"),
    "a prompt in a rule": ("standards/hygiene.yaml", "all: [floors", "all: [flo@ors"),
    "a fact in a condition": ("standards/measures.yaml", "{fact: size, is: small}", "{fact: si@ze, is: small}"),
    "a value in a condition": ("standards/measures.yaml", "is: small", "is: sm@all"),
    "a number": ("standards/framework.yaml", "smallest_count: 5", "smallest_count: 5@"),
    "a date": ("standards/framework.yaml", "2026-01-01", "2026@-01-01"),
    "a form of rule": ("standards/hygiene.yaml", "{not: {not", "{no@t: {not"),
    "a standard of a domain": ("standards/framework.yaml", "standards: [hygiene]", "standards: [hyg@iene]"),
    "an answer of a scenario": ("standards/scenarios/cleaning.yaml", "{floors: no}", "{flo@ors: no}"),
    "a rating of a judgement": ("inspection.yaml", "rating: fine", "rating: fi@ne"),
    "a label of a language": ("locale/cy.yaml", "labels: {score", "labels: {sco@re"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in which every file is in order."""
    lay_out(tmp_path)
    return tmp_path


@odd
@pytest.mark.parametrize("place", YAML_PLACES)
def test_in_a_yaml_file(folder: Path, place: str, character: str, code_point: str) -> None:
    name, old, new = YAML_PLACES[place]
    text = FILES[name]
    assert old in text
    (folder / name).write_text(text.replace(old, new.replace("@", character), 1), encoding="utf-8")
    found = [each for each in check_paths([folder / name]).diagnostics if f"({code_point})" in each.hint + each.message]
    assert found, check_paths([folder / name]).diagnostics
    line = text[: text.index(old)].count("\n") + 1
    assert line in [each.line for each in found]
    assert any(re.search(r"character \d+ of ", each.hint) for each in found)


SYNTAX = {
    "no-break spaces as indentation": ("hygiene.yaml", "    ask: Is it", "\u00a0\u00a0\u00a0 ask: Is it", "U+00A0", 1),
    "a full-width colon": ("hygiene.yaml", "title: Hygiene", "title：Hygiene", "U+FF1A", 6),
    "a no-break space after a colon": ("hygiene.yaml", "title: Hygiene", "title:\u00a0Hygiene", "U+00A0", 7),
    "curly quotation marks": ("hygiene.yaml", "title: Hygiene", "title: “Hygiene: all of it”", "U+201C", 8),
    "a zero-width space before a dash": (
        "hygiene.yaml",
        "      - {id: knives",
        "     \u200b- {id: knives",
        "U+200B",
        6,
    ),
}


@pytest.mark.parametrize("mistake", SYNTAX)
def test_where_yaml_has_its_own_marks(folder: Path, mistake: str) -> None:
    name, old, new, code_point, column = SYNTAX[mistake]
    file = folder / "standards" / name
    text = FILES[f"standards/{name}"]
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    (found,) = check_paths([file]).diagnostics
    assert f"({code_point})" in found.message
    assert (found.line, found.column) == (text[: text.index(old)].count("\n") + 1, column)
    assert found.hint.startswith("write ")


# --- tables ------------------------------------------------------------------------------------------

HEADER = ("case", "size", "opened", "hygiene.clean.floors")
ROW = ("c1", "large", "2026-01-31", "yes")


def messages(framework: Framework, folder: Path, header: tuple[str, ...], row: tuple[str, ...]) -> Iterator[str]:
    """Yield what is said of a table, by row and read in bulk."""
    (folder / "cases.csv").write_text(f"{','.join(header)}\n{','.join(row)}\n", encoding="utf-8")
    for read in (read_cases, lambda path, framework: rate_files(framework, [path], strict=True)):
        with pytest.raises(DiagnosticError) as error:
            read(folder / "cases.csv", framework)
        yield str(error.value)


@odd
@pytest.mark.parametrize("column", range(1, 4), ids=["choice", "date", "answer"])
def test_in_a_cell(small: Small, tmp_path: Path, column: int, character: str, code_point: str) -> None:
    framework = small("{any: [floors, {fact: size, is: large}, {fact: opened, at_least: 2026-01-01}]}")
    row = tuple(f"{cell[:3]}{character}{cell[3:]}" if number == column else cell for number, cell in enumerate(ROW))
    if row[column].strip() == ROW[column]:
        pytest.skip("what stands at an end of a cell and takes space is no part of it")
    header = (*HEADER, "hygiene.clean.knives", "hygiene.clean.meat", "serves_meat", "seats")
    for said in messages(framework, tmp_path, header, (*row, "", "", "", "")):
        assert f"({code_point})" in said
        assert "row 2" in said


@odd
def test_in_the_name_of_a_column(small: Small, tmp_path: Path, character: str, code_point: str) -> None:
    header = (*HEADER[:3], f"hygiene.{character}clean.floors")
    (said, _) = messages(small("floors"), tmp_path, header, ROW)
    assert "character 9 of " in said
    assert f"({code_point})" in said


@odd
@pytest.mark.parametrize("command", ["explain a code", "explain a question", "group by"])
def test_in_an_option(run: Run, folder: Path, command: str, character: str, code_point: str) -> None:
    commands: dict[str, list[str | Path]] = {
        "explain a code": ["explain", f"bad{character}-row"],
        "explain a question": ["explain", folder / "inspection.yaml", "c1", "-k", f"hygiene.{character}clean"],
        "group by": [
            "rate",
            "--cases",
            folder / "table.csv",
            "--framework",
            folder / "standards",
            "--by",
            f"si{character}ze",
        ],
    }
    done = run(*commands[command])
    assert done.code != 0
    assert f"({code_point})" in done.err


# --- what is as it seems -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Planning – engaging", id="a dash between words"),
        pytest.param("It’s “safe”", id="quotation marks in a sentence"),
        pytest.param("café", id="an accent"),
        pytest.param("да", id="another alphabet"),
        pytest.param("安全", id="Chinese"),
        pytest.param("plain", id="ASCII"),
    ],
)
def test_what_people_mean_is_no_odd_character(text: str) -> None:
    assert say_odd_characters(f'there is no fact "{text}"') == ""


@odd
def test_what_is_to_be_written_is_ascii(character: str, code_point: str) -> None:
    assert typed(f"a{character}b").isascii()
    assert f"({code_point})" in say_odd_characters(f'"a{character}b" is wrong')


def test_a_name_that_is_right_but_for_its_look_loads_once_it_is_typed(folder: Path) -> None:
    file = folder / "standards" / "framework.yaml"
    file.write_text(typed(FILES["standards/framework.yaml"].replace("half_up", "half_\u200bup")), encoding="utf-8")
    assert load_framework(folder / "standards").id == "kitchens"
