"""A condition as a form computes it: it says what the rules say of every case, known facts or not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules.engines.clauses import facts_meet
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.forms.relevance import (
    ALWAYS,
    NEVER,
    AtLeastTrue,
    Compared,
    Constant,
    Every,
    Expression,
    IsOneOf,
    Some,
    Surely,
    facts_read,
    is_true,
    surely,
    surely_asked,
)
from ctm_rules.model.conditions import AtLeast, Condition, FactTest, PromptIsYes, RatedAs, facts_in
from ctm_rules.model.outcomes import Truth
from tests.support.small_framework import Small
from tests.support.strategies import MOST, fact_conditions, frameworks_with_cases


def said(pair: Surely, facts: object) -> Truth:
    """What a pair says of a case; that both are true would be a contradiction."""
    true, false = is_true(pair.true, facts), is_true(pair.false, facts)  # type: ignore[arg-type]
    assert not (true and false)
    return Truth.TRUE if true else Truth.FALSE if false else Truth.UNKNOWN


def parts(expression: Expression) -> list[Expression]:
    below = [] if isinstance(expression, Constant | IsOneOf | Compared) else expression.of
    return [expression, *(part for each in below for part in parts(each))]


def assert_written_short(pair: Surely) -> None:
    """Nothing is left that a program need not compute: no constant in anything, no one in itself."""
    for whole in (pair.true, pair.false):
        for part in parts(whole):
            assert part is whole or not isinstance(part, Constant)
            if isinstance(part, Every | Some):
                assert len(part.of) > 1
                assert not any(isinstance(each, type(part)) for each in part.of)
            if isinstance(part, AtLeastTrue):
                assert 1 < part.count < len(part.of)


@settings(max_examples=MOST // 2)
@given(st.data())
def test_says_of_every_case_what_the_engines_say(data: st.DataObject) -> None:
    framework, drawn = data.draw(frameworks_with_cases(most=3))
    counts = WhatCounts(framework)
    conditions: list[Condition] = [variant.when for variant in framework.variants]
    conditions += [group.when for subgroup in framework.subgroups for group in subgroup.groups]
    if framework.facts:
        conditions.append(data.draw(fact_conditions(framework.facts)))
    for condition in conditions:
        pair = surely(condition, framework)
        assert_written_short(pair)
        assert facts_read(pair.true) | facts_read(pair.false) <= set(facts_in(condition))
        for case in drawn:
            assert said(pair, case.facts) is facts_meet(condition, case.facts, framework)
    sample = data.draw(st.sampled_from([None, *(sample.id for sample in framework.samples)]))
    for path in (*framework.key_questions, *framework.prompts, *framework.measures_by_path):
        pair = surely_asked(path, framework, sample)
        assert_written_short(pair)
        for case in drawn:
            assert said(pair, case.facts) is counts.is_asked(path, case.facts, sample)


def test_what_is_met_by_no_fact_is_said_at_once(small: Small) -> None:
    framework = small()
    assert surely(None, framework) == Surely(ALWAYS, NEVER)
    no = FactTest("serves_meat", "is", (False,))
    assert surely(no, framework) == Surely(IsOneOf("serves_meat", (False,)), IsOneOf("serves_meat", (True,)))
    assert surely(AtLeast(7, (no,)), framework) == surely(no, framework)


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(PromptIsYes("floors"), id="a prompt"),
        pytest.param(RatedAs("standard", "hygiene", "rated", "good"), id="a rating"),
    ],
)
def test_a_form_computes_nothing_but_facts(condition: Condition, small: Small) -> None:
    with pytest.raises(TypeError):
        surely(condition, small())
