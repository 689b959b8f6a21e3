"""Whether something is asked of a case, held against what the engine makes of it."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings

from ctm_rules import Case, Framework, Outcome
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.conditions import AnyOf, FactTest, PromptIsYes
from ctm_rules.model.framework import Fact, KeyQuestion, Prompt, Variant, VariantRule
from ctm_rules.model.outcomes import Truth
from tests.support.strategies import framework_around, one_question

PATH = "s.q"


@given(one_question())
@settings(max_examples=150)
def test_a_question_is_not_asked_exactly_where_answers_cannot_make_it_apply(drawn: tuple[Framework, Case]) -> None:
    framework, case = drawn
    # Not na: whatever else is answered, what applies then counts.
    answers = {path: next(iter(reversed([*answers_to(framework, path).values()][:-1]))) for path in framework.prompts}
    answered = Case("c", case.facts, answers)
    outcome = ReferenceEngine(framework).assess(answered).questions[PATH].outcome
    asked = WhatCounts(framework).is_asked(PATH, case.facts)
    assert (asked is Truth.FALSE) == (outcome in (Outcome.NOT_APPLICABLE, Outcome.NOT_ASKED))
    drawn = WhatCounts(framework).is_drawn(PATH, case.facts)
    assert (drawn is Truth.FALSE) == (outcome is Outcome.NOT_ASKED)
    assert asked is not Truth.UNKNOWN or outcome is Outcome.UNDETERMINED


@given(one_question())
@settings(max_examples=100)
def test_cases_together_count_as_each_does_alone(drawn: tuple[Framework, Case]) -> None:
    framework, case = drawn
    cases = [case, evolve(case, answers={}), evolve(case, facts={}), evolve(case, facts={}, answers={})]
    together = WhatCounts(framework).counted_in(cases)
    for path in framework.prompts:
        assert together(path) == tuple(WhatCounts(framework).counted(path, each) for each in cases)


@given(one_question())
@settings(max_examples=150)
def test_what_is_answered_where_it_is_not_asked_changes_nothing(drawn: tuple[Framework, Case]) -> None:
    framework, case = drawn
    case = evolve(case, judgements={})
    counts, engine = WhatCounts(framework), ReferenceEngine(framework)
    before = engine.assess(case).questions[PATH].outcome
    for path in framework.prompts:
        if counts.is_asked(path, case.facts) is Truth.FALSE:
            for answer in answers_to(framework, path).values():
                other = evolve(case, answers={**case.answers, path: answer})
                assert engine.assess(other).questions[PATH].outcome is before
                is_drawn = counts.is_drawn(path, case.facts) is Truth.TRUE
                assert counts.counted(path, other) is (Outcome.NOT_APPLICABLE if is_drawn else Outcome.NOT_ASKED)


FIRST, SECOND = (FactTest(name, "is", (True,)) for name in ("first", "second"))
QUESTION = KeyQuestion(
    "q",
    "?",
    tuple(Prompt(name, "?") for name in ("general", "second", "both", "neither")),
    AnyOf((PromptIsYes("general"), PromptIsYes("both"))),
    variants={"second": VariantRule(AnyOf((PromptIsYes("second"), PromptIsYes("both"))))},
)
FRAMEWORK = framework_around(
    QUESTION,
    facts=(Fact("first", "First", "yes_no"), Fact("second", "Second", "yes_no")),
    variants=(Variant("first", "First", FIRST), Variant("second", "Second", SECOND)),
)
YES, NO, OPEN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # Of the prompts general, second, both and neither; the variant first has no rule of its own here.
        pytest.param({"first": False, "second": False}, (YES, NO, YES, YES), id="no variant"),
        pytest.param({"first": False, "second": True}, (NO, YES, YES, YES), id="the variant with a rule"),
        pytest.param({"first": True, "second": True}, (YES, NO, YES, YES), id="the earlier variant without one"),
        pytest.param({"first": True}, (YES, NO, YES, YES), id="the earlier one alone is known"),
        pytest.param({"second": False}, (YES, NO, YES, YES), id="both that are left have the general rule"),
        pytest.param({"second": True}, (OPEN, OPEN, YES, YES), id="nobody can tell which variant"),
        pytest.param({}, (OPEN, OPEN, YES, YES), id="nothing is known"),
    ],
)
def test_a_prompt_is_asked_where_the_rule_that_decides_reads_it(
    facts: dict[str, bool], expected: tuple[Truth, ...]
) -> None:
    counts = WhatCounts(FRAMEWORK)
    assert tuple(counts.is_asked(f"{PATH}.{prompt.id}", facts) for prompt in QUESTION.prompts) == expected


def test_conditions_in_another_order_are_the_same_conditions() -> None:
    questions = tuple(
        KeyQuestion(
            name,
            "?",
            tuple(Prompt(f"p{number}", "?", condition) for number, condition in enumerate(conditions)),
            AnyOf((PromptIsYes("p0"), PromptIsYes("p1"))),
        )
        for name, conditions in (("q", (FIRST, SECOND)), ("r", (SECOND, FIRST)))
    )
    framework = framework_around(*questions, facts=FRAMEWORK.facts)
    counts = WhatCounts(framework)
    for facts in (
        {"first": True, "second": False},
        {"first": False, "second": True},
        {"first": False, "second": False},
    ):
        expected = Truth.TRUE if True in facts.values() else Truth.FALSE
        assert [counts.is_asked(f"s.{name}", facts) for name in ("q", "r")] == [expected] * 2
        assert counts.is_asked("s.q.p0", facts) is counts.is_asked("s.r.p1", facts)
    assert counts.alike("s.r") == "s.q"
    assert counts.alike("s.r.p0") != counts.alike("s.r.p1")
