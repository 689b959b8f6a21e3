"""The frame engine: the same outcomes as the reference and durable engines, to the last case, on every library."""

from __future__ import annotations

import datetime
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ctm_rules import (
    Answer,
    Case,
    DiagnosticError,
    Framework,
    Outcome,
    count_outcomes,
    make_engine,
    rate_counts,
)
from ctm_rules.bulk.frames import Codes, assess_frame, rate_frame
from ctm_rules.engines.clauses import facts_meet
from ctm_rules.inspections.inspection import Inspection
from ctm_rules.model.conditions import AtLeast, FactTest, PromptIsYes
from ctm_rules.model.framework import Fact, KeyQuestion, Prompt
from ctm_rules.model.outcomes import Truth
from tests.support.dataframes import ENCODINGS, LIBRARIES, as_lists, codes_for, columns_of, pa, seeded_cases
from tests.support.engines import outcomes_by_every_engine
from tests.support.strategies import framework_around, frameworks, frameworks_with_cases

pytestmark = [
    pytest.mark.filterwarnings("ignore:Dask support is moving out of Narwhals:FutureWarning"),
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]

library = pytest.mark.parametrize("library", LIBRARIES)

SLOW = {"dask": 3, "pandas": 8, "pandas nullable": 8, "pandas pyarrow": 8, "duckdb": 10}
"""How many frameworks are drawn for libraries that take their time over each."""


def table(framework: Framework, cases: Sequence[Case], library: str, seed: int) -> Any:
    """Return the cases as a dataframe whose columns have types at random."""
    rng = random.Random(seed)
    return LIBRARIES[library](columns_of(framework, cases, lambda _: rng.choice(ENCODINGS)))


def of_one_type(framework: Framework, cases: Sequence[Case], library: str, encoding: str = "string") -> Any:
    return LIBRARIES[library](columns_of(framework, cases, lambda _: encoding))


# --- the same outcomes as the other engines --------------------------------------------------------


@library
def test_every_library_gives_the_outcomes_of_the_other_engines(library: str) -> None:
    @given(frameworks(), st.integers(0, 10**6))
    @settings(max_examples=SLOW.get(library, 25), phases=[Phase.generate])
    def check(framework: Framework, seed: int) -> None:
        cases = seeded_cases(framework, 40, seed)
        found = as_lists(assess_frame(framework, table(framework, cases, library, seed), codes=codes_for(framework)))
        assert {path: found[path] for path in framework.key_questions} == outcomes_by_every_engine(framework, cases)
        assert found["case"] == [case.id for case in cases]

    check()


@given(frameworks_with_cases(most=8), st.integers(0, 10**6))
@settings(max_examples=60)
def test_drawn_cases_of_frameworks_of_any_shape(drawn: tuple[Framework, tuple[Case, ...]], seed: int) -> None:
    framework, cases = drawn
    found = assess_frame(framework, table(framework, cases, "polars", seed), codes=codes_for(framework), keep=[])
    assert as_lists(found) == outcomes_by_every_engine(framework, cases)


@library
def test_the_example_inspection_has_one_hash_on_every_library(library: str, example: Inspection) -> None:
    framework = example.framework
    frame = table(framework, example.cases, library, seed=len(library))
    found = as_lists(assess_frame(framework, frame, codes=codes_for(framework), keep=["case"]))
    right = outcomes_by_every_engine(framework, example.cases)
    assert digest(found) == digest({"case": [case.id for case in example.cases], **right})


def digest(outcomes: dict[str, list[Any]]) -> str:
    return hashlib.sha256(json.dumps(outcomes).encode()).hexdigest()


EVERY_FACT = (
    "{all: [{at_least: {count: 2, of: [floors, knives, meat]}}, {not: {fact: seats, at_most: 12}}, "
    "{any: [{fact: serves_meat, is_not: yes}, {fact: size, at_least: large}, {fact: opened, is: 2024-02-29}]}]}"
)


@library
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_type_of_column_on_every_library(library: str, encoding: str, small: Callable[..., Framework]) -> None:
    framework = small(EVERY_FACT)
    cases = seeded_cases(framework, 200, seed=7)
    frame = of_one_type(framework, cases, library, encoding)
    found = as_lists(assess_frame(framework, frame, codes=codes_for(framework), keep=[]))
    assert found == outcomes_by_every_engine(framework, cases)
    assert set(found["hygiene.clean"]) == {"yes", "no", "not_applicable", "undetermined"}


@library
@pytest.mark.parametrize("number", [pytest.param(0, id="no row"), pytest.param(1, id="one row")])
def test_tables_without_rows_and_with_one(library: str, number: int, small: Callable[..., Framework]) -> None:
    framework = small()
    cases = seeded_cases(framework, number, seed=3)
    frame = of_one_type(framework, cases, library)
    assert as_lists(assess_frame(framework, frame, keep=[])) == outcomes_by_every_engine(framework, cases)
    (everything,) = rate_frame(framework, frame)
    assert everything.rating.cases == number


@library
def test_questions_whose_answers_are_all_na(library: str, small: Callable[..., Framework]) -> None:
    framework = small()
    cases = [Case(str(n), {"serves_meat": True}, dict.fromkeys(framework.prompts, Answer.NA)) for n in range(3)]
    found = assess_frame(framework, of_one_type(framework, cases, library), keep=[])
    assert as_lists(found) == {"hygiene.clean": ["not_applicable"] * 3}


def test_counting_over_many_prompts_does_not_overflow() -> None:
    prompts = tuple(Prompt(f"p{number}", "?") for number in range(140))
    rule = AtLeast(130, tuple(PromptIsYes(prompt.id) for prompt in prompts))
    framework = framework_around(KeyQuestion("q", "?", prompts, rule))
    answered = [[Answer.YES] * yes + [Answer.NO] * (140 - yes) for yes in (129, 130, 140)]
    cases = [Case(str(n), {}, dict(zip(framework.prompts, row, strict=True))) for n, row in enumerate(answered)]
    for name in ("polars", "pandas", "pyarrow", "duckdb"):
        found = assess_frame(framework, of_one_type(framework, cases, name), keep=[])
        assert as_lists(found) == {"s.q": ["no", "yes", "yes"]}, name


@library
def test_any_time_of_a_day_is_of_that_day(library: str) -> None:
    rules = {
        "is": [False, True, True, False],
        "is_not": [True, False, False, True],
        "at_least": [False, True, True, True],
        "at_most": [True, True, True, False],
    }
    day = datetime.date(2024, 2, 29)
    times = [datetime.datetime(2024, 2, d, h, m) for d, h, m in ((28, 23, 59), (29, 0, 0), (29, 23, 59))]
    columns = {"opened": pa.array([*times, datetime.datetime(2024, 3, 1)], pa.timestamp("us")), "s.q.p": ["yes"] * 4}
    for comparison, holds in rules.items():
        rule = FactTest("opened", comparison, (day,))  # type: ignore[arg-type]
        question = KeyQuestion("q", "?", (Prompt("p", "?"),), PromptIsYes("p"), applies_when=rule)
        framework = framework_around(question, facts=(Fact("opened", "Opened", "date"),))
        found = as_lists(assess_frame(framework, LIBRARIES[library](columns), keep=[]))
        assert found == {"s.q": ["yes" if each else "not_applicable" for each in holds]}, comparison


# --- what comes back -------------------------------------------------------------------------------


@library
def test_the_same_kind_comes_back_and_lazy_stays_lazy(library: str, small: Callable[..., Framework]) -> None:
    framework = small()
    frame = of_one_type(framework, seeded_cases(framework, 5, seed=1), library)
    assert type(assess_frame(framework, frame)) is type(frame)
    assert type(rate_frame(framework, frame).to_native()) is type(frame)


def test_outcomes_are_categories(small: Callable[..., Framework]) -> None:
    framework = small()
    cases = seeded_cases(framework, 5, seed=1)
    words = [outcome.value for outcome in Outcome]
    found = {name: assess_frame(framework, of_one_type(framework, cases, name)) for name in LIBRARIES}
    assert found["polars"]["hygiene.clean"].dtype.categories.to_list() == words
    assert found["pandas"]["hygiene.clean"].cat.categories.tolist() == words
    assert pa.types.is_dictionary(found["pyarrow"]["hygiene.clean"].type)
    assert dict(zip(found["duckdb"].columns, map(str, found["duckdb"].types), strict=True))["hygiene.clean"] == (
        "ENUM('yes', 'no', 'not_applicable', 'undetermined')"
    )


@library
def test_other_columns_and_facts_are_kept_and_answers_are_not(library: str, small: Callable[..., Framework]) -> None:
    framework = small()
    columns = columns_of(framework, seeded_cases(framework, 3, seed=1), lambda _: "string")
    frame = LIBRARIES[library]({"provider": ["N", "S", None], **columns})
    found = as_lists(assess_frame(framework, frame))
    assert list(found) == ["provider", "case", "serves_meat", "size", "seats", "opened", "hygiene.clean"]
    assert found["provider"] == ["N", "S", None]
    assert list(as_lists(assess_frame(framework, frame, keep=["case"]))) == ["case", "hygiene.clean"]


def test_the_index_of_pandas_is_kept(small: Callable[..., Framework]) -> None:
    framework = small()
    frame = of_one_type(framework, seeded_cases(framework, 3, seed=1), "pandas")
    frame.index = [7, 7, 1]
    assert assess_frame(framework, frame).index.tolist() == [7, 7, 1]


# --- ratings of groups -----------------------------------------------------------------------------


@library
def test_groups_have_the_counts_and_ratings_of_their_cases(library: str) -> None:
    @given(frameworks(), st.integers(0, 10**6))
    @settings(max_examples=SLOW.get(library, 15), phases=[Phase.generate])
    def check(framework: Framework, seed: int) -> None:
        rng = random.Random(seed)
        cases = seeded_cases(framework, 30, seed)
        providers = [rng.choice(["North", "South", None]) for _ in cases]
        columns = columns_of(framework, cases, lambda _: rng.choice(ENCODINGS))
        columns["the.provider"] = pa.array(providers, pa.string())
        frame = LIBRARIES[library](columns)
        subgroup = next(iter(framework.subgroups), None)
        by = ["the.provider", *([f"subgroups.{subgroup.id}"] if subgroup else [])]
        found = rate_frame(framework, frame, by, codes=codes_for(framework), engine="reference")
        groups: dict[tuple[object, ...], list[Case]] = {}
        for case, provider in zip(cases, providers, strict=True):
            for group in subgroup.groups if subgroup else [None]:
                if group is None:
                    groups.setdefault((provider,), []).append(case)
                elif facts_meet(group.when, case.facts, framework) is Truth.TRUE:
                    groups.setdefault((provider, group.id), []).append(case)
        assert {tuple(each.group.values()): each.rating.cases for each in found} == {
            group: len(members) for group, members in groups.items()
        }
        engine = make_engine(framework, "reference")
        for each in found:
            counts = count_outcomes(framework, map(engine.assess, groups[tuple(each.group.values())]))
            rated = rate_counts(framework, counts, {}, engine, cases=each.rating.cases)
            assert each.rating.to_dict() == {**rated.to_dict(), "engine": "frame, reference"}

    check()


@library
def test_grouping_by_the_period_of_a_date(library: str, small: Callable[..., Framework]) -> None:
    framework = small()
    days = [datetime.date(2024, 12, 31), datetime.date(2025, 1, 1), datetime.date(2025, 3, 31), None]
    cases = [Case(str(n), {"opened": day} if day else {}) for n, day in enumerate(days)]
    for encoding in ("int8", "category", "string"):  # a date, a time, a text
        frame = of_one_type(framework, cases, library, encoding)
        for period, periods in {
            "year": ["2024", "2025", None],
            "quarter": ["2024-Q4", "2025-Q1", None],
            "month": ["2024-12", "2025-01", "2025-03", None],
        }.items():
            found = rate_frame(framework, frame, f"opened.{period}", absent="missing")
            assert [each.group[f"opened.{period}"] for each in found] == periods, (encoding, period)


def test_a_case_counts_in_each_of_its_groups(example: Inspection) -> None:
    framework = example.framework
    frame = of_one_type(framework, example.cases, "polars")
    by_risk = rate_frame(framework, frame, "subgroups.risk_of_harm")
    assert [each.group["subgroups.risk_of_harm"] for each in by_risk] == ["high_or_very_high", "low_or_medium"]
    assert sum(each.rating.cases for each in by_risk) == len(example.cases)


def test_the_example_inspection_is_rated_as_case_by_case(example: Inspection) -> None:
    judged = {(): {each.standard: each.rating for each in example.declared.judgements}}
    frame = of_one_type(example.framework, example.cases, "polars")
    rated = rate_frame(example.framework, frame, judged=judged)[()]
    assert rated.overall is not None
    assert (rated.overall.label, rated.score) == ("Requires improvement", 4)


def test_the_table_of_ratings(small: Callable[..., Framework]) -> None:
    framework = small("floors")
    frame = LIBRARIES["polars"]({"site": ["B", "A", "B"], "hygiene.clean.floors": ["yes", "no", "yes"]})
    assert rate_frame(framework, frame, "site").to_native().to_dicts() == [
        {
            "site": site,
            "cases": cases,
            "overall.rating": label,
            "overall.score": score,
            "overall.out_of": 1,
            "domains.all_of_it.rating": None,
            "domains.all_of_it.score": score,
            "hygiene.rating": label,
            "hygiene.score": score,
            "hygiene.clean.yes": yes,
            "hygiene.clean.no": no,
            "hygiene.clean.not_applicable": 0,
            "hygiene.clean.undetermined": 0,
            "hygiene.clean.percent": percent,
            "hygiene.clean.band": label,
        }
        for site, cases, label, score, yes, no, percent in [
            ("A", 1, "Poor", 0, 0, 1, 0),
            ("B", 2, "Fine", 1, 2, 0, 100),
        ]
    ]


# --- what is wrong is said -------------------------------------------------------------------------


def codes_found(error: pytest.ExceptionInfo[DiagnosticError]) -> list[tuple[str, str]]:
    return [(found.code, found.path) for found in error.value.diagnostics]


@library
@pytest.mark.parametrize("entry", [assess_frame, rate_frame])
def test_values_without_a_meaning_are_named_with_column_and_number(
    library: str, entry: Callable[..., object], small: Callable[..., Framework]
) -> None:
    framework = small("{all: [floors, {fact: size, at_least: large}, {fact: seats, at_least: 3}]}")
    columns = {
        "hygiene.clean.floors": ["yes", "No", "No", None],
        "size": ["large", "small", "Large", None],
        "seats": ["4", "four", None, "3"],
        "opened": ["2024-02-30", None, None, None],  # read by no rule
    }
    with pytest.raises(DiagnosticError) as error:
        entry(framework, LIBRARIES[library]({name: pa.array(column) for name, column in columns.items()}))
    said = str(error.value)
    assert codes_found(error) == [("bad-answer", "hygiene.clean.floors"), ("bad-value", "seats"), ("bad-value", "size")]
    assert 'column "hygiene.clean.floors" holds "No" in 2 rows' in said
    assert 'did you mean "no"?' in said
    assert 'column "size" holds "Large" in 1 row' in said
    assert 'column "seats" holds "four" in 1 row' in said


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
        pytest.param(
            ["2024-02-29\n"],
            id="line end behind",
        ),
    ],
)
@pytest.mark.parametrize("library", ["polars", "pandas", "pyarrow", "duckdb", "pandas pyarrow"])
def test_texts_that_are_no_dates(library: str, values: list[str], small: Callable[..., Framework]) -> None:
    framework = small("{all: [floors, {fact: opened, at_least: 2024-01-01}]}")
    columns = {"hygiene.clean.floors": pa.array(["yes"] * len(values)), "opened": pa.array(values)}
    with pytest.raises(DiagnosticError, match="a date, as year-month-day"):
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


@library
def test_categories_that_nothing_means(library: str, small: Callable[..., Framework]) -> None:
    framework = small("floors")
    answers = pa.DictionaryArray.from_arrays([0, 0], ["yes", "perhaps"])
    frame = LIBRARIES[library]({"hygiene.clean.floors": answers})
    assert as_lists(assess_frame(framework, frame)) == {"hygiene.clean": ["yes", "yes"]}
    answers = pa.DictionaryArray.from_arrays([0, 1], ["yes", "perhaps"])
    with pytest.raises(DiagnosticError, match='"perhaps" in 1 row'):
        assess_frame(framework, LIBRARIES[library]({"hygiene.clean.floors": answers}))


@library
def test_codes_are_read_as_declared_and_never_guessed(library: str, small: Callable[..., Framework]) -> None:
    framework = small("floors")
    frame = LIBRARIES[library]({"hygiene.clean.floors": pa.array([1, 0, None], pa.int8())})
    assert as_lists(assess_frame(framework, frame)) == {"hygiene.clean": ["yes", "no", "undetermined"]}
    frame = LIBRARIES[library]({"hygiene.clean.floors": pa.array([1, 2, 3], pa.int8())})
    with pytest.raises(DiagnosticError, match="declare what the codes mean"):
        assess_frame(framework, frame)
    found = assess_frame(framework, frame, codes=Codes(yes=1, no=2, na=3))
    assert as_lists(found) == {"hygiene.clean": ["yes", "no", "not_applicable"]}


def test_codes_with_two_meanings_are_refused() -> None:
    with pytest.raises(ValueError, match="two meanings"):
        Codes(yes=1, no=1)


@library
def test_an_absent_column_is_an_error_unless_it_is_allowed(library: str, small: Callable[..., Framework]) -> None:
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


@library
def test_recorded_outcomes_need_no_answers_behind_them(library: str, small: Callable[..., Framework]) -> None:
    frame = LIBRARIES[library]({"hygiene.clean": ["yes", "no", "not_applicable", None]})
    found = as_lists(assess_frame(small(), frame))
    assert found == {"hygiene.clean": ["yes", "no", "not_applicable", "undetermined"]}


def test_columns_of_a_type_that_holds_no_answers(small: Callable[..., Framework]) -> None:
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
def test_floating_point_that_is_no_exact_whole_number(
    library: str, value: float, small: Callable[..., Framework]
) -> None:
    framework = small("{all: [floors, {fact: seats, at_least: 3}]}")
    columns = {"hygiene.clean.floors": ["yes", "yes"], "seats": pa.array([4.0, value])}
    with pytest.raises(DiagnosticError, match="should hold a whole number"):
        assess_frame(framework, LIBRARIES[library](columns))


@pytest.mark.parametrize("encoding", ["string", "int64", "float64"])
@library
def test_a_bound_that_no_number_of_the_column_reaches(
    library: str, encoding: str, small: Callable[..., Framework]
) -> None:
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


def test_unknown_groupings_name_the_nearest(small: Callable[..., Framework]) -> None:
    frame = LIBRARIES["polars"]({"provider": ["A"], "cases": [1], "hygiene.clean.floors": ["yes"]})
    with pytest.raises(DiagnosticError) as error:
        rate_frame(small("floors"), frame, ["providr", "opened.week", "subgroups.x", "cases"])
    assert [code for code, _ in codes_found(error)] == ["unknown-grouping"] * 4
    assert 'did you mean "provider"?' in str(error.value)


def test_unknown_judgements_are_refused(small: Callable[..., Framework]) -> None:
    frame = LIBRARIES["polars"]({"hygiene.clean.floors": ["yes"]})
    with pytest.raises(DiagnosticError) as error:
        rate_frame(small("floors"), frame, judged={(): {"hygiene": "fin"}})
    assert [code for code, _ in codes_found(error)] == ["unknown-name", "unknown-name"]


def test_what_is_no_dataframe() -> None:
    with pytest.raises(TypeError):
        rate_frame(framework_around(), [1, 2])


# --- what is imported ------------------------------------------------------------------------------


def run_python(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_imports_no_dataframe_library() -> None:
    libraries = ["polars", "pandas", "numpy", "pyarrow", "duckdb", "dask", "pyspark", "narwhals"]
    run_python(f"import ctm_rules, sys; assert not set({libraries}) & set(sys.modules)")


def test_a_user_of_pandas_alone_needs_no_other_library() -> None:
    pytest.importorskip("pandas")
    run_python(
        """
import sys
for name in ("polars", "pyarrow", "duckdb", "dask", "pyspark"):
    sys.modules[name] = None
import pandas
from ctm_rules import assess_frame, load_framework, rate_frame
framework = load_framework("hmip-pdu", "2024")
frame = pandas.DataFrame({path: ["yes", "no", None] for path in framework.key_questions})
assert assess_frame(framework, frame)["assessment.safety"].tolist() == ["yes", "no", "undetermined"]
assert rate_frame(framework, frame).to_native()["assessment.safety.undetermined"].tolist() == [1]
"""
    )
