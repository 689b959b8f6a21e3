"""Columns and what is wrong with them: said with the column and the number of rows."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import Answer, Case, DiagnosticError, Framework
from ctm_rules.bulk.frames import Codes, assess_frame, rate_frame
from ctm_rules.model.conditions import FactTest, PromptIsYes
from ctm_rules.model.framework import Fact, KeyQuestion, Prompt
from ctm_rules.phrases import say_number
from tests.support.dataframes import (
    ABSENT,
    LIBRARIES,
    QUIET,
    as_lists,
    codes_for,
    columns_of,
    each_library,
    pa,
    without,
)
from tests.support.engines import outcomes_by_every_engine
from tests.support.small_framework import Small
from tests.support.strategies import framework_around

pytestmark = QUIET


def codes_found(error: pytest.ExceptionInfo[DiagnosticError]) -> list[tuple[str, str]]:
    return [(found.code, found.path) for found in error.value.diagnostics]


ENTRIES: dict[str, Callable[..., object]] = {"assessed": assess_frame, "rated": rate_frame}


@pytest.mark.parametrize(
    ("library", "entry", "absent"),
    [(library, entry, ()) for library in LIBRARIES for entry in ENTRIES]
    + [(library, "rated", absent) for library, several in ABSENT.items() for absent in several],
    ids=lambda value: " and ".join(value) or "all installed" if isinstance(value, tuple) else value,
)
def test_values_without_a_meaning_are_named_with_column_and_number(
    library: str, entry: str, absent: tuple[str, ...], small: Small
) -> None:
    framework = small("{all: [floors, {fact: size, at_least: large}, {fact: seats, at_least: 3}]}")
    columns = {
        "hygiene.clean.floors": ["yes", "yess", "yess", None],
        "size": ["large", "small", "Largge", None],
        "seats": ["4", "four", None, "3"],
        "opened": ["2024-02-30", None, None, None],  # read by no rule
    }
    frame = LIBRARIES[library]({name: pa.array(column) for name, column in columns.items()})
    with without(absent), pytest.raises(DiagnosticError) as error:
        ENTRIES[entry](framework, frame)
    said = str(error.value)
    assert codes_found(error) == [("bad-answer", "hygiene.clean.floors"), ("bad-value", "seats"), ("bad-value", "size")]
    assert '2 cells in the column "hygiene.clean.floors" hold "yess", which is not yes or no or na' in said
    assert 'did you mean "yes"?' in said
    assert 'the column "size" holds "Largge", which is not one of small, large' in said
    assert 'the column "seats" holds "four", which is not a whole number' in said


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(["2023-02-29"], id="no such day"),
        pytest.param(["2024-13-01"], id="no such month"),
        pytest.param(["2024-2-1"], id="no leading noughts"),
        pytest.param(
            ["0000-01-01"],
            id="year nought",
        ),
        pytest.param(["2024-02-29 24:00"], id="no such time"),
        pytest.param(["2024-02-29 10:00+01:00"], id="a time in a zone"),
    ],
)
@pytest.mark.parametrize("library", ["polars", "pandas", "pyarrow", "duckdb", "pandas pyarrow"])
def test_texts_that_are_no_dates(library: str, values: list[str], small: Small) -> None:
    framework = small("{all: [floors, {fact: opened, at_least: 2024-01-01}]}")
    columns = {"hygiene.clean.floors": pa.array(["yes"] * len(values)), "opened": pa.array(values)}
    with pytest.raises(DiagnosticError, match=r"a date( that exists)?, as year-month-day"):
        assess_frame(framework, LIBRARIES[library](columns))


@given(st.dates())
@settings(max_examples=50)
def test_every_date_as_a_text_is_a_date(day: datetime.date) -> None:
    test = FactTest("opened", "at_most", (datetime.date(2024, 2, 29),))
    question = KeyQuestion("q", "?", (Prompt("p", "?"),), PromptIsYes("p"), applies_when=test)
    framework = framework_around(question, facts=(Fact("opened", "Opened", "date"),))
    frame = LIBRARIES["polars"]({"opened": pa.array([day.isoformat()]), "s.q.p": pa.array(["yes"])})
    holds = day <= datetime.date(2024, 2, 29)
    assert as_lists(assess_frame(framework, frame, keep=[])) == {"s.q": ["yes" if holds else "not_applicable"]}


FINEST = Fraction(1, 10**324)


@each_library
@pytest.mark.parametrize("comparison", ["is", "at_least", "at_most"])
@pytest.mark.parametrize(
    "bound",
    [
        pytest.param(FINEST, id="above nought"),
        pytest.param(-FINEST, id="below nought"),
        pytest.param(1 + FINEST, id="above one"),
        pytest.param(10 - FINEST, id="below ten"),
        pytest.param(Fraction(3, 2), id="one and a half"),
    ],
)
def test_a_bound_that_no_column_of_decimals_has_room_for(library: str, comparison: Any, bound: Fraction) -> None:
    question = KeyQuestion(
        "q", "?", (Prompt("p", "?"),), PromptIsYes("p"), applies_when=FactTest("size", comparison, (bound,))
    )
    framework = framework_around(question, facts=(Fact("size", "Size", "number"),))
    values = [Fraction(number, 2) for number in (-1, 0, 2, 3, 20)]
    sizes = pa.array([Decimal(say_number(value)) for value in values], pa.decimal128(38, 17))
    frame = LIBRARIES[library]({"size": sizes, "s.q.p": pa.array(["yes"] * 5)})
    holds = {"is": lambda v: v == bound, "at_least": lambda v: v >= bound, "at_most": lambda v: v <= bound}[comparison]
    assert as_lists(assess_frame(framework, frame, keep=[])) == {
        "s.q": ["yes" if holds(value) else "not_applicable" for value in values]
    }


@each_library
def test_categories_that_nothing_means(library: str, small: Small) -> None:
    framework = small("floors")
    answers = pa.DictionaryArray.from_arrays([0, 0], ["yes", "perhaps"])
    frame = LIBRARIES[library]({"hygiene.clean.floors": answers})
    assert as_lists(assess_frame(framework, frame)) == {"hygiene.clean": ["yes", "yes"]}
    answers = pa.DictionaryArray.from_arrays([0, 1], ["yes", "perhaps"])
    with pytest.raises(DiagnosticError, match='holds "perhaps"'):
        assess_frame(framework, LIBRARIES[library]({"hygiene.clean.floors": answers}))


@each_library
def test_codes_are_read_as_declared_and_never_guessed(library: str, small: Small) -> None:
    framework = small("floors")
    frame = LIBRARIES[library]({"hygiene.clean.floors": pa.array([1, 0, None], pa.int8())})
    assert as_lists(assess_frame(framework, frame)) == {"hygiene.clean": ["yes", "no", "undetermined"]}
    frame = LIBRARIES[library]({"hygiene.clean.floors": pa.array([1, 2, 3], pa.int8())})
    with pytest.raises(DiagnosticError, match="declare what the codes mean"):
        assess_frame(framework, frame)
    found = assess_frame(framework, frame, codes=Codes(yes=1, no=2, na=3))
    assert as_lists(found) == {"hygiene.clean": ["yes", "no", "not_applicable"]}


@each_library
@pytest.mark.parametrize("encoding", ["int8", "uint8", "int64"])
def test_codes_that_follow_each_other(library: str, encoding: str, small: Small) -> None:
    framework, codes = small("floors"), Codes(yes=1, no=2, na=3)

    def frame(numbers: list[int | None]) -> Any:
        return LIBRARIES[library]({"hygiene.clean.floors": pa.array(numbers, pa.type_for_alias(encoding))})

    known, others = frame([1, 2, 3, None]), {number: frame([1, number, None]) for number in (0, 4, 100)}
    for absent in [(), *ABSENT.get(library, ())]:
        with without(absent):
            (row,) = rate_frame(framework, known, codes=codes).rows()
            assert counted(row) == [1, 1, 1, 1]
            for number, other in others.items():
                for entry in (assess_frame, rate_frame):
                    with pytest.raises(DiagnosticError) as error:
                        entry(framework, other, codes=codes)
                    assert f'holds "{number}' in str(error.value)


def counted(row: Mapping[str, object]) -> list[object]:
    return [row[f"hygiene.clean.{word}"] for word in ("yes", "no", "not_applicable", "undetermined")]


@each_library
def test_many_codes_that_follow_each_other(library: str, small: Small) -> None:
    sizes = "{tiny: Tiny, small: Small, middling: Middling, large: Large}"
    framework = small("{all: [floors, {fact: size, is: middling}]}", ("{small: Small, large: Large}", sizes))
    codes = Codes(facts={"size": {"tiny": 4, "small": 5, "middling": 6, "large": 7}})

    def frame(sizes: list[int | None]) -> Any:
        floors = pa.array([1] * len(sizes), pa.int8())
        return LIBRARIES[library]({"hygiene.clean.floors": floors, "size": pa.array(sizes, pa.int16())})

    known, other = frame([4, 5, 6, 7, None]), frame([4, 8])
    for absent in [(), *ABSENT.get(library, ())]:
        with without(absent):
            (row,) = rate_frame(framework, known, codes=codes).rows()
            assert counted(row) == [1, 3, 0, 1]
            with pytest.raises(DiagnosticError, match='holds "8'):
                rate_frame(framework, other, codes=codes)


@each_library
@pytest.mark.parametrize("encoding", ["int8", "uint8", "int16", "float64"])
def test_codes_that_no_cell_of_a_column_could_hold(library: str, encoding: str, small: Small) -> None:
    framework, codes = small("floors"), Codes(yes=1, no=300, na=-5)
    frame = LIBRARIES[library]({"hygiene.clean.floors": pa.array([1, None, 1], pa.type_for_alias(encoding))})
    for absent in [(), *ABSENT.get(library, ())]:
        with without(absent):
            (row,) = rate_frame(framework, frame, codes=codes).rows()
            assert counted(row) == [2, 0, 0, 1]


@each_library
def test_what_is_not_a_number_is_missing(library: str, small: Small) -> None:
    nan = float("nan")
    columns = {"hygiene.clean.floors": [1.0, 0.0, nan, None, 1.0], "shift": [1.0, nan, None, 2.0, nan]}
    frame = LIBRARIES[library]({name: pa.array(column, pa.float64()) for name, column in columns.items()})
    for absent in [(), *ABSENT.get(library, ())]:
        with without(absent):
            rows = rate_frame(small("floors"), frame, "shift").rows()
            assert [(row["shift"], *counted(row)) for row in rows] == [
                ("1", 1, 0, 0, 0),
                ("2", 0, 0, 0, 1),
                (None, 1, 1, 0, 1),
            ]


@each_library
def test_an_absent_column_is_an_error_unless_it_is_allowed(library: str, small: Small) -> None:
    framework = small("{all: [floors, knives]}")
    frame = LIBRARIES[library]({"hygiene.clean.floors": ["yes", "no"], "hygiene.clean.knifes": ["yes", "yes"]})
    with pytest.raises(DiagnosticError) as error:
        assess_frame(framework, frame)
    assert codes_found(error) == [("absent-column", "hygiene.clean.knives")]
    assert 'did you mean "hygiene.clean.knifes"?' in str(error.value)
    named = assess_frame(framework, frame, columns={"hygiene.clean.knives": "hygiene.clean.knifes"}, keep=[])
    assert as_lists(named) == {"hygiene.clean": ["yes", "no"]}
    allowed = assess_frame(framework, frame, absent="missing", keep=[])
    assert as_lists(allowed) == {"hygiene.clean": ["undetermined", "no"]}


@each_library
def test_recorded_outcomes_need_no_answers_behind_them(library: str, small: Small) -> None:
    frame = LIBRARIES[library]({"hygiene.clean": ["yes", "no", "not_applicable", None]})
    found = as_lists(assess_frame(small(), frame))
    assert found == {"hygiene.clean": ["yes", "no", "not_applicable", "undetermined"]}


def test_columns_of_a_type_that_holds_no_answers(small: Small) -> None:
    framework = small("{all: [floors, {fact: seats, at_least: 3}, {fact: opened, at_least: 2024-01-01}]}")
    columns = {
        "hygiene.clean.floors": pa.array([[1]]),
        "seats": pa.array([datetime.date(2024, 1, 1)]),
        "opened": pa.array([3]),
    }
    for name in ("polars", "pyarrow", "duckdb"):
        with pytest.raises(DiagnosticError) as error:
            assess_frame(framework, LIBRARIES[name](columns))
        assert {code for code, _ in codes_found(error)} == {"wrong-column-type"}, name
        assert len(error.value.diagnostics) == 3


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(2.5, id="decimal number"),
        pytest.param(float("inf"), id="infinity"),
        pytest.param(2.0**60, id="number too large to be exact"),
    ],
)
@pytest.mark.parametrize("library", ["polars", "pandas", "pyarrow", "duckdb"])
def test_floating_point_that_is_no_exact_whole_number(library: str, value: float, small: Small) -> None:
    framework = small("{all: [floors, {fact: seats, at_least: 3}]}")
    columns = {"hygiene.clean.floors": ["yes", "yes"], "seats": pa.array([4.0, value])}
    with pytest.raises(DiagnosticError, match="is not a whole number"):
        assess_frame(framework, LIBRARIES[library](columns))


@pytest.mark.parametrize("encoding", ["string", "int64", "float64"])
@each_library
def test_a_bound_that_no_number_of_the_column_reaches(library: str, encoding: str, small: Small) -> None:
    bounds = [2**53 + 1, 10**17 + 1, 2**63, -(2**53) - 1, -(2**63) - 1]
    clauses = [f"{{fact: seats, {compare}: {bound}}}" for bound in bounds for compare in ("at_least", "at_most", "is")]
    framework = small(f"{{at_least: {{count: 7, of: [floors, {', '.join(clauses)}]}}}}")
    cases = [
        Case(str(number), {} if seats is None else {"seats": seats}, {"hygiene.clean.floors": Answer.YES})
        for number, seats in enumerate([0, 2**53, -(2**53), None])
    ]
    frame = LIBRARIES[library](columns_of(framework, cases, lambda _: encoding))
    found = as_lists(assess_frame(framework, frame, codes=codes_for(framework), keep=[]))
    assert found == outcomes_by_every_engine(framework, cases)


def test_unknown_groupings_name_the_nearest(small: Small) -> None:
    frame = LIBRARIES["polars"]({"provider": ["A"], "cases": [1], "hygiene.clean.floors": ["yes"]})
    with pytest.raises(DiagnosticError) as error:
        rate_frame(small("floors"), frame, ["providr", "opened.week", "subgroups.x", "cases"])
    assert [code for code, _ in codes_found(error)] == ["unknown-grouping"] * 4
    assert 'did you mean "provider"?' in str(error.value)


def test_unknown_judgements_are_refused(small: Small) -> None:
    frame = LIBRARIES["polars"]({"hygiene.clean.floors": ["yes"]})
    with pytest.raises(DiagnosticError) as error:
        rate_frame(small("floors"), frame, judgements={(): {"hygiene": "fin"}})
    assert [code for code, _ in codes_found(error)] == ["unknown-name", "unknown-name"]


def test_what_is_no_dataframe(shipped: Framework) -> None:
    with pytest.raises(DiagnosticError, match="frame is given as"):
        rate_frame(shipped, [1, 2])
