"""One table of cases, whatever it comes in: what is wrong has one code, and what is right one meaning."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import (
    Answer,
    Case,
    Codes,
    Counts,
    DiagnosticError,
    Framework,
    Judgement,
    Outcome,
    count_outcomes,
    dump_framework,
    explain_case,
    load_framework,
    load_inspection,
    make_engine,
    rate_files,
    rate_frame,
    rate_inspection,
    read_cases,
)
from ctm_rules.scenarios.running import ScenarioRunner
from tests.support.dataframes import QUIET
from tests.support.small_framework import SMALL
from tests.support.tables import FILES, FRAMES, READ_BACK, Table, write_csv

pytestmark = QUIET

FLOORS, CLEAN = "hygiene.clean.floors", "hygiene.clean"
RULE = (
    "{any: [floors, {fact: serves_meat, is: yes}, {fact: size, is: large}, {fact: seats, at_least: 10}, "
    "{fact: opened, at_least: 2000-01-01}]}"
)
FACTS = {"serves_meat": "no", "size": "small", "seats": 3, "opened": datetime.date(1999, 12, 31)}
NO = {**FACTS, FLOORS: "no", CLEAN: None}
"""A case whose outcome is no; that of another one is yes with any one of these changed."""


@pytest.fixture(scope="module")
def framework(tmp_path_factory: pytest.TempPathFactory) -> Framework:
    file = tmp_path_factory.mktemp("standards") / "kitchens.yaml"
    ranged = SMALL.replace("RULE", RULE).replace("type: whole_number", "type: whole_number, range: {from: 0}")
    file.write_text(ranged, encoding="utf-8")
    return load_framework(file)


def two_cases(column: str, value: object) -> dict[str, list[object]]:
    """Return a table of a case with a value in one column, and of one without."""
    table: dict[str, list[object]] = {"case": ["c1", "c2"], **{name: [cell, cell] for name, cell in NO.items()}}
    table[column] = [value, *table[column][1:]]
    return table


# --- doors for tables --------------------------------------------------------------------------------

Door = Callable[[Framework, Table, Path], Counts]


def one_by_one(framework: Framework, table: Table, folder: Path) -> Counts:
    engine = make_engine(framework, "reference")
    cases = read_cases(write_csv(table, folder / "cases.csv"), framework)
    return count_outcomes(framework, map(engine.assess, cases))[CLEAN]


def as_inspection(framework: Framework, table: Table, folder: Path) -> Counts:
    write_csv(table, folder / "cases.csv")
    (folder / "kitchens.yaml").write_text(dump_framework(framework), encoding="utf-8")
    (folder / "inspection.yaml").write_text(
        "framework: {path: kitchens.yaml}\nprovider: {id: k, name: A kitchen}\ntitle: A kitchen\n"
        "fieldwork: {started: 2026-03-02}\ncases: {file: cases.csv}\n",
        encoding="utf-8",
    )
    result = rate_inspection(load_inspection(folder / "inspection.yaml"), engine="reference")
    return result.rating.standards[0].key_questions[0].counts


def as_file(kind: str) -> Door:
    def door(framework: Framework, table: Table, folder: Path) -> Counts:
        rated = rate_files(framework, FILES[kind](table, folder), strict=True)
        return rated.ratings[()].standards[0].key_questions[0].counts

    return door


def as_frame(make: Callable[[Table, Path], object]) -> Door:
    def door(framework: Framework, table: Table, folder: Path) -> Counts:
        return rate_frame(framework, make(table, folder))[()].standards[0].key_questions[0].counts

    return door


DOORS: dict[str, Door] = {
    "read_cases": one_by_one,
    "inspection": as_inspection,
    **{kind: as_file(kind) for kind in FILES},
    **{kind: as_frame(lambda table, _, make=make: make(table)) for kind, make in FRAMES.items()},  # type: ignore[misc]
    **{kind: as_frame(read) for kind, read in READ_BACK.items()},
}
every_door = pytest.mark.parametrize("door", DOORS)
TWICE = {"Polars lazy", "pandas", "pandas from CSV", "PyArrow from CSV"}
"""Doors that refuse by way of others that are tried; the way is slow, and its time is better spent on more values."""

# --- doors for one case ------------------------------------------------------------------------------


def case_with(column: str, value: object) -> Case:
    """Return a case of Python with the value as somebody who takes it from a table would leave it."""
    if column == CLEAN:
        return Case("c1", judgements={CLEAN: Judgement(Outcome(value)) if value in list(Outcome) else value})  # type: ignore[dict-item]
    if column == FLOORS:
        return Case("c1", answers={FLOORS: value})  # type: ignore[dict-item]
    return Case("c1", {column: value}, {FLOORS: Answer.NO})  # type: ignore[dict-item]


def of_scenario(framework: Framework, column: str, value: object, folder: Path) -> None:
    file = folder / "1" / "scenarios" / "one.yaml"
    file.parent.mkdir(parents=True)
    (folder / "1" / "framework.yaml").write_text(dump_framework(framework), encoding="utf-8")
    file.write_text(
        "key_question: hygiene.clean\nscenarios:\n  - name: One\n"
        f'    given: {{facts: {{{column}: "{value}"}}, other_answers: no}}\n    expect: {{outcome: yes}}\n',
        encoding="utf-8",
    )
    ScenarioRunner("reference").read([file])


CASE_DOORS: dict[str, Callable[[Framework, str, object, Path], object]] = {
    "reference": lambda framework, column, value, _: make_engine(framework, "reference").assess(
        case_with(column, value)
    ),
    "auto": lambda framework, column, value, _: make_engine(framework).assess(case_with(column, value)),
    "explain_case": lambda framework, column, value, _: explain_case(
        framework, case_with(column, value), make_engine(framework, "reference")
    ),
}

# --- what is wrong -----------------------------------------------------------------------------------

WRONG: dict[str, tuple[str, object, str]] = {
    "na with a capital": (FLOORS, "Na", "bad-answer"),  # NA is nothing at all where pandas reads it
    "an answer of one letter": (FLOORS, "Y", "bad-answer"),
    "not known": (FLOORS, "n.a.", "bad-answer"),
    "a question mark": (FLOORS, "?", "bad-answer"),
    "a code that is not declared": (FLOORS, 9, "bad-answer"),
    "a judgement that decides nothing": (CLEAN, "undetermined", "bad-answer"),
    "a judgement misspelt": (CLEAN, "na", "bad-answer"),
    "maybe for yes or no": ("serves_meat", "maybe", "bad-value"),
    "a code of yes or no": ("serves_meat", 2, "bad-value"),
    "a label misspelt": ("size", "Largge", "bad-value"),
    "a value outside a choice": ("size", "huge", "bad-value"),
    "a number for a choice": ("size", 1, "bad-value"),
    "a word for a number": ("seats", "forty", "bad-value"),
    "half a number": ("seats", 4.5, "bad-value"),
    "a number below its range": ("seats", -1, "bad-value"),
    "yes for a number": ("seats", "yes", "bad-value"),
    "a date of another order": ("opened", "13/01/2025", "bad-value"),
    "a day that does not exist": ("opened", "2025-02-30", "bad-value"),
    "a time in a zone": ("opened", "2025-02-20T10:00:00Z", "bad-value"),
    "a number for a date": ("opened", "45000", "bad-value"),
}
every_wrong = pytest.mark.parametrize("wrong", WRONG)


@every_wrong
@pytest.mark.parametrize("door", [door for door in DOORS if door not in TWICE])
def test_what_is_wrong_in_a_table_has_one_code(door: str, wrong: str, framework: Framework, tmp_path: Path) -> None:
    column, value, code = WRONG[wrong]
    with pytest.raises(DiagnosticError) as error:
        DOORS[door](framework, two_cases(column, value), tmp_path)
    found = [each for each in error.value.diagnostics if each.severity == "error"]
    # A library that reads a whole column as times, or numbers of days, knows it has a type of its own.
    own = {"wrong-column-type"} if door in READ_BACK else set()
    assert {each.code for each in found} <= {code} | own
    assert {each.path for each in found} == {column}
    assert all(each.hint for each in found)


@every_wrong
@pytest.mark.parametrize("door", CASE_DOORS)
def test_what_is_wrong_in_a_case_has_the_same_code(door: str, wrong: str, framework: Framework, tmp_path: Path) -> None:
    column, value, code = WRONG[wrong]
    with pytest.raises(DiagnosticError) as error:
        CASE_DOORS[door](framework, column, value, tmp_path)
    assert [each.code for each in error.value.diagnostics] == [code]


@pytest.mark.parametrize("wrong", [name for name, (column, *_) in WRONG.items() if column in FACTS])
def test_what_is_wrong_in_a_scenario_has_the_same_code(wrong: str, framework: Framework, tmp_path: Path) -> None:
    column, value, code = WRONG[wrong]
    with pytest.raises(DiagnosticError) as error:
        of_scenario(framework, column, value, tmp_path)
    assert [each.code for each in error.value.diagnostics] == [code]


IDS: dict[str, list[object]] = {
    "no id": ["c1", None],
    "an id twice": ["c1", "c1"],
    "a zero-width space": ["c1", "c\u200b1"],
    "a no-break space": ["c 1", "c\u00a01"],
    "a soft hyphen": ["c1\u00ad", "c1"],
    "a right-to-left mark": ["c1", "\u200fc1"],
    "an accent by itself": ["caf\u00e9", "cafe\u0301"],
    "an accent by itself first": ["cafe\u0301", "caf\u00e9"],
    "an en dash": ["c-1", "c\u20131"],
    "a Cyrillic letter": ["c1", "\u04411"],
}


@every_door
@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_what_is_wrong_with_ids_has_one_code(
    door: str, ids: list[object], framework: Framework, tmp_path: Path
) -> None:
    with pytest.raises(DiagnosticError) as error:
        DOORS[door](framework, {**two_cases(FLOORS, "yes"), "case": ids}, tmp_path)
    assert {(each.code, each.path) for each in error.value.diagnostics} == {("bad-row", "case")}


@every_door
def test_ids_that_people_can_tell_apart_are_two(door: str, framework: Framework, tmp_path: Path) -> None:
    ids = ["cafe", "caf\u00e9"]
    assert DOORS[door](framework, {**two_cases(FLOORS, "yes"), "case": ids}, tmp_path) == Counts(yes=1, no=1)


# --- what is right -----------------------------------------------------------------------------------

DAY = datetime.date(2026, 1, 5)
RIGHT: dict[str, tuple[str, object]] = {
    "a word": (FLOORS, "yes"),
    "a word in spaces": (FLOORS, " yes "),
    "a word with a capital": (FLOORS, "Yes"),
    "a word in capitals": (FLOORS, "YES"),
    "a judgement with a capital": (CLEAN, "Yes"),
    "a yes of a fact with a capital": ("serves_meat", "Yes"),
    "true as a value": (FLOORS, True),
    "TRUE as text": (FLOORS, "TRUE"),
    "true as text": (FLOORS, "true"),
    "one": (FLOORS, 1),
    "one with a point": (FLOORS, 1.0),
    "one as text": (FLOORS, "1"),
    "one as text with a point": (FLOORS, "1.0"),
    "a judgement": (CLEAN, "yes"),
    "a judgement that is true": (CLEAN, True),
    "a yes of a fact": ("serves_meat", "yes"),
    "a true of a fact": ("serves_meat", True),
    "a TRUE of a fact as text": ("serves_meat", "TRUE"),
    "a one of a fact": ("serves_meat", 1),
    "a value in spaces": ("size", " large"),
    "a number": ("seats", 12),
    "a number with a point": ("seats", 12.0),
    "a number of decimals": ("seats", decimal.Decimal("12")),
    "a number as text": ("seats", "12"),
    "a number as text with a point": ("seats", "12.0"),
    "a day": ("opened", DAY),
    "midnight of a day": ("opened", datetime.datetime(2026, 1, 5)),
    "a time of a day": ("opened", datetime.datetime(2026, 1, 5, 9, 30)),
    "a day as text": ("opened", "2026-01-05"),
    "midnight as text": ("opened", "2026-01-05 00:00:00"),
    "a time as text": ("opened", "2026-01-05T09:30"),
}


@pytest.mark.parametrize("right", RIGHT)
@every_door
def test_what_is_right_in_a_table_has_one_meaning(door: str, right: str, framework: Framework, tmp_path: Path) -> None:
    # It stands beside a value that is often of another type: a column of one type is one that nobody mixes.
    counts = DOORS[door](framework, two_cases(*RIGHT[right]), tmp_path)
    assert (counts.yes, counts.no, counts.not_applicable, counts.undetermined) == (1, 1, 0, 0)


@pytest.mark.parametrize("one", [1, 1.0, "1", "1.0"], ids=["one", "one with a point", "text", "text with a point"])
@pytest.mark.parametrize("door", [door for door in DOORS if door not in ("read_cases", "inspection")])
def test_declared_codes_have_one_meaning(door: str, one: object, framework: Framework, tmp_path: Path) -> None:
    table = {**two_cases(FLOORS, "no"), FLOORS: [one, type(one)(2)], "size": [one, one]}
    codes = Codes(yes=1, no=2, na=9, facts={"size": {"small": 1, "large": 2}})
    if door in FILES:
        rated = rate_files(framework, FILES[door](table, tmp_path), strict=True, codes=codes).ratings
    else:
        frame = FRAMES[door](table) if door in FRAMES else READ_BACK[door](table, tmp_path)
        rated = rate_frame(framework, frame, codes=codes)
    counts = rated[()].standards[0].key_questions[0].counts
    assert (counts.yes, counts.no) == (1, 1)


# --- codes that no cell has ----------------------------------------------------------------------------

ANSWERS_AND_SIZES = Codes(yes=1, no=2, na=9, facts={"size": {"small": 1, "large": 2}})
CODED: dict[str, tuple[dict[str, list[object]], set[str]]] = {
    "words alone": ({}, {"/codes", "/codes/facts/size"}),
    "numbers of answers": ({FLOORS: [1, 2]}, {"/codes/facts/size"}),
    "a number as text in one row": ({FLOORS: ["yes", "2"]}, {"/codes/facts/size"}),
    "a number in spaces with a point": ({FLOORS: [" 2.0 ", "no"]}, {"/codes/facts/size"}),
    "a number of yes or no": ({"serves_meat": ["no", "2"]}, {"/codes/facts/size"}),
    "a number of a judgement": ({CLEAN: ["yes", "9"]}, {"/codes/facts/size"}),
    "numbers of a choice": ({"size": ["2", "large"]}, {"/codes"}),
    "numbers of both": ({FLOORS: [1, 2], "size": [1, 2]}, set()),
    "a number that is no code": ({"seats": [1, 2]}, {"/codes", "/codes/facts/size"}),
}
"""What of a table of words is numbers, and what has codes that no cell holds."""


@pytest.mark.parametrize("coded", CODED)
@pytest.mark.parametrize("door", [*FILES, *FRAMES])
def test_codes_that_no_cell_has_are_a_warning(door: str, coded: str, framework: Framework, tmp_path: Path) -> None:
    columns, unused = CODED[coded]
    table = {**two_cases(FLOORS, "yes"), **columns}
    if door in FILES:
        found = rate_files(framework, FILES[door](table, tmp_path), strict=True, codes=ANSWERS_AND_SIZES).findings
    else:
        found = rate_frame(framework, FRAMES[door](table), codes=ANSWERS_AND_SIZES).findings
    assert {each.path for each in found} == unused
    assert {(each.code, each.severity) for each in found} <= {("codes-not-used", "warning")}


@pytest.mark.parametrize("words", [1_000, 5_000], ids=["in the first thousand rows", "behind them"])
def test_one_code_among_words_is_found(words: int, framework: Framework, tmp_path: Path) -> None:
    answers = ["yes"] * (words - 1) + ["2"]
    (tmp_path / "cases.csv").write_text("\n".join([FLOORS, *answers]), encoding="utf-8")
    rated = rate_files(framework, tmp_path / "cases.csv", absent="missing", codes=Codes(yes=1, no=2))
    assert rated.findings == ()
    assert rate_files(framework, tmp_path / "cases.csv", absent="missing").left_out == 1
