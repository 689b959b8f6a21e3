"""The frame engine: the same outcomes as the reference and durable engines, to the last case, on every library."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ctm_rules import Answer, Case, Framework, make_engine
from ctm_rules.bulk.frames import assess_frame, rate_frame
from ctm_rules.inspections.inspection import Inspection
from ctm_rules.model.conditions import AtLeast, FactTest, PromptIsYes
from ctm_rules.model.framework import Fact, KeyQuestion, Prompt
from tests.support.dataframes import (
    ENCODINGS,
    LIBRARIES,
    QUIET,
    SLOW,
    as_lists,
    codes_for,
    each_library,
    of_one_type,
    pa,
    seeded_cases,
    table_of,
)
from tests.support.engines import outcomes_by_every_engine
from tests.support.small_framework import Small
from tests.support.strategies import framework_around, frameworks, frameworks_with_cases

pytestmark = QUIET


def assert_same(framework: Framework, cases: Sequence[Case], found: Mapping[str, Sequence[Any]]) -> None:
    """Check that a table holds the outcomes of every engine, and the sums of the cases that are scored."""
    assert {path: found[path] for path in framework.key_questions} == outcomes_by_every_engine(framework, cases)
    decided = [make_engine(framework, "reference").assess(case).questions for case in cases]
    for path in framework.scored_questions:
        for questions, reached, reachable in zip(
            decided, found[f"{path}.reached"], found[f"{path}.reachable"], strict=True
        ):
            points, most = questions[path].points, questions[path].reachable
            assert (reached is None) == (points is None)
            if points is not None and most is not None:
                assert Fraction(int(reached), int(reachable)) == points / most


@each_library
def test_every_library_gives_the_outcomes_of_the_other_engines(library: str) -> None:
    @given(frameworks(), st.integers(0, 10**6))
    @settings(max_examples=SLOW.get(library, 25), phases=[Phase.generate])
    def check(framework: Framework, seed: int) -> None:
        cases = seeded_cases(framework, 40, seed)
        found = as_lists(assess_frame(framework, table_of(framework, cases, library, seed), codes=codes_for(framework)))
        assert_same(framework, cases, found)
        assert found["case"] == [case.id for case in cases]

    check()


@given(frameworks_with_cases(most=8), st.integers(0, 10**6))
@settings(max_examples=60)
def test_drawn_cases_of_frameworks_of_any_shape(drawn: tuple[Framework, tuple[Case, ...]], seed: int) -> None:
    framework, cases = drawn
    found = assess_frame(framework, table_of(framework, cases, "polars", seed), codes=codes_for(framework), keep=[])
    assert_same(framework, cases, as_lists(found))


@each_library
def test_the_example_inspection_has_one_hash_on_every_library(library: str, example: Inspection) -> None:
    framework = example.framework
    frame = table_of(framework, example.cases, library, seed=len(library))
    found = as_lists(assess_frame(framework, frame, codes=codes_for(framework), keep=["case"]))
    right = outcomes_by_every_engine(framework, example.cases)
    assert digest(found) == digest({"case": [case.id for case in example.cases], **right})


def digest(outcomes: dict[str, list[Any]]) -> str:
    return hashlib.sha256(json.dumps(outcomes).encode()).hexdigest()


EVERY_FACT = (
    "{all: [{at_least: {count: 2, of: [floors, knives, meat]}}, {not: {fact: seats, at_most: 12}}, "
    "{any: [{fact: serves_meat, is_not: yes}, {fact: size, at_least: large}, {fact: opened, is: 2024-02-29}]}]}"
)


@each_library
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_type_of_column_on_every_library(library: str, encoding: str, small: Small) -> None:
    framework = small(EVERY_FACT)
    cases = seeded_cases(framework, 200, seed=7)
    frame = of_one_type(framework, cases, library, encoding)
    found = as_lists(assess_frame(framework, frame, codes=codes_for(framework), keep=[]))
    assert found == outcomes_by_every_engine(framework, cases)
    assert set(found["hygiene.clean"]) == {"yes", "no", "not_applicable", "undetermined"}


@each_library
@pytest.mark.parametrize("number", [pytest.param(0, id="no row"), pytest.param(1, id="one row")])
def test_tables_without_rows_and_with_one(library: str, number: int, small: Small) -> None:
    framework = small()
    cases = seeded_cases(framework, number, seed=3)
    frame = of_one_type(framework, cases, library)
    assert as_lists(assess_frame(framework, frame, keep=[])) == outcomes_by_every_engine(framework, cases)
    (everything,) = rate_frame(framework, frame)
    assert everything.rating.cases == number


@each_library
def test_questions_whose_answers_are_all_na(library: str, small: Small) -> None:
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


@each_library
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
