"""Facts that are decimals: exact at every door, in every table and for every engine."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ctm_rules import (
    Answer,
    Case,
    DiagnosticError,
    Fact,
    Framework,
    assess_frame,
    dump_framework,
    load_framework,
    rate_frame,
    read_cases,
)
from ctm_rules.engines.decision_diagrams import values_of_fact
from ctm_rules.model.conditions import Comparison, FactTest
from ctm_rules.model.rules_in_words import say
from ctm_rules.phrases import say_number
from tests.support.dataframes import LIBRARIES, QUIET, as_lists, each_library, pa
from tests.support.engines import outcomes_by_every_engine
from tests.support.small_framework import Small

pytestmark = QUIET

NUMBER = (
    "{id: seats, title: Seats, type: whole_number}",
    "{id: hours, title: Hours of teaching, type: number, unit: hours, range: {from: 0, to: 40.5}}",
)
RULE = "{all: [floors, {fact: hours, at_least: 3.25}]}"
FLOORS = "hygiene.clean.floors"


@pytest.fixture
def taught(small: Small) -> Framework:
    """Kitchens with a fact that is a decimal."""
    return small(RULE, NUMBER)


def found_at(error: pytest.ExceptionInfo[DiagnosticError]) -> list[tuple[str, int]]:
    return [(found.code, found.location.line) for found in error.value.diagnostics]


def case(number: str, hours: str | None) -> Case:
    return Case(number, {} if hours is None else {"hours": Fraction(hours)}, {FLOORS: Answer.YES})


def test_a_number_is_compared_exactly_by_every_engine(taught: Framework) -> None:
    given = ["3.25", "3.2499999999999999999", "3.250000000000000000001", "40.5", "0", None]
    outcomes = outcomes_by_every_engine(taught, [case(str(at), hours) for at, hours in enumerate(given)])
    assert outcomes["hygiene.clean"] == ["yes", "no", "yes", "yes", "no", "undetermined"]


def test_what_is_outside_its_range_is_no_value(taught: Framework) -> None:
    with pytest.raises(DiagnosticError, match=r"not a number from 0 to 40\.5"):
        Case.from_dict({"id": "c1", "facts": {"hours": "40.51"}}, taught)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("3.25", "3.25", id="a text"),
        pytest.param(3.25, "3.25", id="floating point"),
        pytest.param(0.1 + 0.2, "0.30000000000000004", id="floating point that is not round"),
        pytest.param(1e-7, "0.0000001", id="floating point with an exponent"),
        pytest.param(3, "3", id="a whole number"),
        pytest.param("3.50", "3.5", id="a nought behind it"),
        pytest.param("2.5e-07", "0.00000025", id="a small number as programs write it"),
    ],
)
def test_a_case_goes_through_json_and_comes_back(written: object, value: str, taught: Framework) -> None:
    read = Case.from_dict({"id": "c1", "facts": {"hours": written}}, taught)
    assert read.facts == {"hours": Fraction(value)}
    plain = json.loads(json.dumps(read.to_dict()))
    assert plain["facts"] == {"hours": value}
    assert Case.from_dict(plain, taught) == read
    assert Case.from_dict(plain, taught).facts == read.facts


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("3,25", id="a comma"),
        pytest.param("3.", id="no digit behind the point"),
        pytest.param(".5", id="no digit before the point"),
        pytest.param("1.2E+03", id="a number that a spreadsheet may have rounded"),
        pytest.param("1/3", id="a ratio"),
        pytest.param("three", id="a word"),
        pytest.param("1" * 19, id="too many digits"),
        pytest.param(float("inf"), id="infinity"),
        pytest.param(True, id="a yes"),
    ],
)
def test_what_is_no_number_is_refused(written: object, taught: Framework) -> None:
    with pytest.raises(DiagnosticError) as error:
        Case.from_dict({"id": "c1", "facts": {"hours": written}}, taught)
    (found,) = error.value.diagnostics
    assert (found.code, found.path) == ("bad-value", "/facts/hours")


@pytest.mark.parametrize("value", [pytest.param(value, id=repr(value)) for value in (3, 3.25, "3.25", Fraction(1, 3))])
def test_what_is_built_in_python_is_a_fraction_that_is_a_decimal(value: Any, taught: Framework) -> None:
    with pytest.raises(DiagnosticError, match=r"takes a Fraction that is a decimal from 0 to 40\.5"):
        outcomes_by_every_engine(taught, [Case("c1", {"hours": value}, {FLOORS: Answer.YES})])


def test_a_table_of_text_says_it_in_its_own_way(taught: Framework, tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([["case", "hours", FLOORS], ["c1", "3,25", "yes"], ["c2", "12,5", "yes"]])
    with pytest.raises(DiagnosticError, match=r"write it with a point: 3\.25"):
        read_cases(table, taught)
    (tmp_path / "r.yaml").write_text("table: {decimal_char: ','}\n")
    read = read_cases(table, taught, read_as=tmp_path / "r.yaml")
    assert [one.facts["hours"] for one in read] == [Fraction("3.25"), Fraction("12.5")]


COLUMNS = {
    "text": pa.array(["3.25", "3.250", "3.24999999999999999999", "0", None, "40.5", "3.2500000000000000001"]),
    "floating point": pa.array([3.25, 3.25, 3.2499999999999996, 0.0, None, 40.5, 3.2500000000000004]),
    "decimals": pa.array(
        [
            *map(Decimal, ("3.25", "3.25", "3.2499999999999999", "0")),
            None,
            Decimal("40.5"),
            Decimal("3.2500000000000001"),
        ],
        pa.decimal128(38, 16),
    ),
}
OUTCOMES: dict[Comparison, list[str]] = {
    "at_least": ["yes", "yes", "no", "no", "undetermined", "yes", "yes"],
    "at_most": ["yes", "yes", "yes", "yes", "undetermined", "no", "no"],
    "is": ["yes", "yes", "no", "no", "undetermined", "no", "no"],
    "is_not": ["no", "no", "yes", "yes", "undetermined", "yes", "yes"],
}


@pytest.mark.parametrize("comparison", OUTCOMES)
@pytest.mark.parametrize("kind", COLUMNS)
@each_library
def test_every_dataframe_compares_its_numbers_exactly(
    library: str, kind: str, comparison: Comparison, small: Small
) -> None:
    framework = small(f"{{all: [floors, {{fact: hours, {comparison}: 3.25}}]}}", NUMBER)
    frame = LIBRARIES[library]({FLOORS: pa.array(["yes"] * 7), "hours": COLUMNS[kind]})
    assert as_lists(assess_frame(framework, frame, keep=[]))["hygiene.clean"] == OUTCOMES[comparison]


@each_library
def test_whole_numbers_of_a_dataframe_are_numbers(library: str, taught: Framework) -> None:
    frame = LIBRARIES[library]({FLOORS: pa.array(["yes"] * 3), "hours": pa.array([3, 4, 0], pa.int64())})
    assert as_lists(assess_frame(taught, frame, keep=[]))["hygiene.clean"] == ["no", "yes", "no"]


@pytest.mark.parametrize("library", ["polars", "pandas", "pyarrow", "duckdb"])
def test_a_number_out_of_its_range_is_told_in_a_dataframe(library: str, taught: Framework) -> None:
    frame = LIBRARIES[library]({FLOORS: pa.array(["yes"] * 2), "hours": pa.array([3.0, 41.0])})
    with pytest.raises(DiagnosticError, match=r"a number from 0 to 40\.5"):
        assess_frame(taught, frame)


def test_cases_are_not_grouped_by_a_number(taught: Framework) -> None:
    frame = LIBRARIES["polars"]({FLOORS: ["yes"], "hours": ["3.25"]})
    with pytest.raises(DiagnosticError, match="has a number of its own") as error:
        rate_frame(taught, frame, ["hours"])
    assert [code for code, _ in found_at(error)] == ["unknown-grouping"]


def test_a_framework_with_numbers_is_written_and_read_back(taught: Framework, tmp_path: Path) -> None:
    file = tmp_path / "again.yaml"
    file.write_text(dump_framework(taught))
    again = load_framework(file)
    assert again == taught
    assert again.checksum == taught.checksum


def test_it_is_said_with_its_unit(taught: Framework) -> None:
    assert say(FactTest("hours", "at_least", (Fraction("3.25"),)), taught) == (
        "“Hours of teaching” is 3.25 hours or more"
    )
    assert say(FactTest("hours", "at_most", (Fraction("3.25"),)), taught) == "“Hours of teaching” is 3.25 hours or less"


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        pytest.param("type: yes_no, unit: hours", "bad-fact", id="unit of what is no number"),
        pytest.param("type: number, values: {one: One}", "bad-fact", id="values of a number"),
        pytest.param("type: number, range: {from: 2024-01-01}", "bad-fact", id="range of dates"),
        pytest.param("type: number, range: {from: 1.5, to: 0.5}", "bad-fact", id="range the wrong way round"),
        pytest.param("type: whole_number, range: {from: 1.5}", "bad-fact", id="a whole number from a decimal on"),
    ],
)
def test_mistakes_in_a_number_are_on_its_line(fact: str, code: str, small: Small) -> None:
    with pytest.raises(DiagnosticError) as error:
        small("floors", ("{id: seats, title: Seats, type: whole_number}", f"{{id: hours, title: Hours, {fact}}}"))
    assert found_at(error) == [(code, 16)]


@pytest.mark.parametrize(
    ("value", "line"),
    [
        pytest.param("'3,25'", 31, id="a comma"),
        pytest.param("many", 31, id="a word"),
        pytest.param("41", 31, id="out of range"),
    ],
)
def test_a_number_is_compared_with_numbers(value: str, line: int, small: Small) -> None:
    with pytest.raises(DiagnosticError) as error:
        small(f"{{all: [floors, {{fact: hours, at_least: {value}}}]}}", NUMBER)
    assert found_at(error) == [("bad-comparison", line)]


def test_values_to_try_lie_on_both_sides_of_every_bound() -> None:
    fact = Fact("hours", "Hours", "number")
    assert values_of_fact(fact, {Fraction(1), Fraction("1.1")}) == tuple(
        map(Fraction, ("0", "1", "1.05", "1.1", "2.1"))
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        pytest.param(Fraction("-0.05"), "-0.05", id="below nought"),
        pytest.param(Fraction(1, 2**40), "0." + f"{5**40:040}", id="many digits"),
        pytest.param(
            Fraction("123456789012345678.000000000000000001"), "123456789012345678.000000000000000001", id="long"
        ),
        pytest.param(Fraction(1, 3), "0.333333", id="without an end"),
        pytest.param(Fraction(-7), "-7", id="whole"),
    ],
)
def test_numbers_are_spelled_exactly(number: Fraction, said: str) -> None:
    assert say_number(number) == said
