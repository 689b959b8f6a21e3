"""Whether something is asked of a case, held against what the engine makes of it."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import Case, Framework, Outcome
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.answers import Answer, AnyAnswer, StepAnswer
from ctm_rules.model.conditions import AnyOf, FactTest, Not, PromptIsYes
from ctm_rules.model.framework import Fact, KeyQuestion, Measure, Prompt, Sample, Standard, Variant, VariantRule
from ctm_rules.model.outcomes import Truth
from tests.support.strategies import cases, framework_around, frameworks, one_question

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
    # Where nobody can tell which rule decides, nobody can tell what it would leave of the question.
    assert counts.is_asked(PATH, facts) is (OPEN if OPEN in expected else YES)


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


# --- Samples and measures ----------------------------------------------------------------------------------

SAMPLED = framework_around(
    standards=(
        Standard(
            *("S", "s", "Standard", "It is good.", "cases"),
            key_questions=(
                KeyQuestion("all", "?", (Prompt("p", "?"),), PromptIsYes("p")),
                KeyQuestion("one", "?", (Prompt("p", "?"),), PromptIsYes("p"), sample="one"),
                KeyQuestion("other", "?", (Prompt("p", "?"),), PromptIsYes("p"), sample="other"),
                KeyQuestion("some", "?", (Prompt("p", "?", SECOND),), PromptIsYes("p"), sample="one"),
                KeyQuestion("when", "?", (Prompt("p", "?"),), PromptIsYes("p"), applies_when=SECOND, sample="one"),
                KeyQuestion("fact", "?", (Prompt("p", "?"),), SECOND, sample="one"),  # its rule reads no prompt
            ),
        ),
    ),
    facts=FRAMEWORK.facts,
    samples=(Sample("one", "One", FIRST), Sample("other", "Other", Not(FIRST))),
    measures=(Measure("always", "Always"), Measure("second", "Second", SECOND)),
)


@pytest.mark.parametrize(
    ("facts", "sample", "one", "other", "some"),
    [
        pytest.param({"first": True, "second": True}, None, YES, NO, YES, id="by its facts the one"),
        pytest.param({"first": False, "second": True}, None, NO, YES, NO, id="by its facts the other"),
        pytest.param({"second": True}, None, OPEN, OPEN, OPEN, id="its facts do not tell"),
        pytest.param({"first": False, "second": True}, "one", YES, NO, YES, id="by its table the one"),
        pytest.param({"first": True, "second": True}, "other", NO, YES, NO, id="by its table the other"),
        pytest.param(
            {"first": True, "second": False}, None, YES, NO, NO, id="of the one, where the prompt does not apply"
        ),
        pytest.param({"first": True}, None, YES, NO, OPEN, id="of the one, where nobody knows whether it applies"),
        pytest.param({"second": False}, None, OPEN, OPEN, OPEN, id="of an unknown one, where it would not apply"),
    ],
)
def test_what_is_asked_of_a_sample_is_asked_of_its_cases_alone(
    facts: dict[str, bool], sample: str | None, one: Truth, other: Truth, some: Truth
) -> None:
    used = WhatCounts(SAMPLED)
    for earlier in ({"first": True, "second": True}, {"first": False, "second": False}, {}):
        for name in ("one", "other", None):
            assert used.is_asked("s.all", earlier, name) is YES
            for path in ("s.one", "s.other.p", "s.some"):
                used.is_asked(path, earlier, name)
    for counts in (WhatCounts(SAMPLED), used):  # what was asked before changes nothing
        expected = {"s.all": YES, "s.one": one, "s.other": other, "s.some": some, "s.when": some, "s.fact": one}
        for question, truth in expected.items():
            for path in (question, f"{question}.p"):
                assert counts.is_asked(path, facts, sample) is truth, path
        is_drawn = {"s.all": YES, "s.one": one, "s.other": other, "s.some": one}
        for question, truth in is_drawn.items():
            assert counts.is_drawn(question, facts, sample) is counts.is_drawn(f"{question}.p", facts, sample) is truth


@pytest.mark.parametrize(
    ("path", "facts", "answer", "counts_as"),
    [
        pytest.param("s.one.p", {"first": True}, Answer.YES, Outcome.YES, id="asked and yes"),
        pytest.param("s.one.p", {"first": True}, Answer.NO, Outcome.NO, id="asked and no"),
        pytest.param("s.one.p", {"first": True}, Answer.NA, Outcome.NOT_APPLICABLE, id="asked and na"),
        pytest.param("s.one.p", {"first": True}, None, Outcome.UNDETERMINED, id="asked and missing"),
        pytest.param("s.one.p", {"first": True}, StepAnswer("high"), Outcome.SCORED, id="asked and a step"),
        pytest.param("s.one.p", {"first": False}, Answer.YES, Outcome.NOT_ASKED, id="of another sample"),
        pytest.param("s.one.p", {}, Answer.YES, Outcome.UNDETERMINED, id="of an unknown sample"),
        pytest.param("s.one.p", {}, Answer.NA, Outcome.UNDETERMINED, id="na of an unknown sample"),
        pytest.param("s.some.p", {"first": True, "second": False}, Answer.YES, Outcome.NOT_APPLICABLE, id="not asked"),
        pytest.param("s.some.p", {"first": True}, Answer.YES, Outcome.UNDETERMINED, id="yes and perhaps asked"),
        pytest.param("s.some.p", {"first": True}, Answer.NA, Outcome.NOT_APPLICABLE, id="na and perhaps asked"),
        pytest.param("measures.always", {}, Answer.YES, Outcome.YES, id="a measure"),
        pytest.param(
            "measures.second", {"second": False}, Answer.YES, Outcome.NOT_APPLICABLE, id="a measure not asked"
        ),
        pytest.param("measures.second", {}, Answer.NO, Outcome.UNDETERMINED, id="a measure perhaps asked"),
    ],
)
def test_what_an_answer_counts_as(
    path: str, facts: dict[str, bool], answer: AnyAnswer | None, counts_as: Outcome
) -> None:
    case = Case("c", facts, {} if answer is None else {path: answer})
    assert WhatCounts(SAMPLED).counted(path, case) is counts_as


@pytest.mark.parametrize(
    ("framework", "path", "facts"),
    [
        pytest.param(FRAMEWORK, "s.q", ("first", "second"), id="variants with other rules"),
        pytest.param(FRAMEWORK, "s.q.general", ("first", "second"), id="a prompt that one rule reads"),
        pytest.param(FRAMEWORK, "s.q.both", (), id="a prompt that both rules read"),
        pytest.param(FRAMEWORK, "s.q.neither", (), id="a prompt that no rule reads"),
        pytest.param(SAMPLED, "s.all", (), id="no sample"),
        pytest.param(SAMPLED, "s.one.p", ("first",), id="a sample"),
        pytest.param(SAMPLED, "s.some", ("first", "second"), id="a sample, and a prompt that applies to some"),
        pytest.param(SAMPLED, "s.when.p", ("first", "second"), id="a sample, and a question that applies to some"),
        pytest.param(SAMPLED, "measures.always", (), id="a measure of every case"),
        pytest.param(SAMPLED, "measures.second", ("second",), id="a measure of some"),
    ],
)
def test_the_facts_that_tell_whether_something_is_asked(
    framework: Framework, path: str, facts: tuple[str, ...]
) -> None:
    assert WhatCounts(framework).facts(path) == facts


@given(one_question())
@settings(max_examples=50)
def test_no_other_fact_tells_whether_something_is_asked(drawn: tuple[Framework, Case]) -> None:
    framework, case = drawn
    for path in (PATH, *framework.prompts):
        facts = {fact: value for fact, value in case.facts.items() if fact in WhatCounts(framework).facts(path)}
        assert WhatCounts(framework).is_asked(path, facts) is WhatCounts(framework).is_asked(path, case.facts)


@given(frameworks(), st.data())
@settings(max_examples=40)
def test_what_was_found_of_another_address_holds_for_all_that_are_asked_alike(
    framework: Framework, data: st.DataObject
) -> None:
    case, shared = data.draw(cases(framework)), WhatCounts(framework)
    for path in (*framework.key_questions, *framework.prompts):
        assert shared.is_asked(path, case.facts) is WhatCounts(framework).is_asked(path, case.facts), path


def test_what_is_asked_of_two_samples_is_not_asked_alike() -> None:
    counts = WhatCounts(SAMPLED)
    paths = [*SAMPLED.key_questions, *SAMPLED.prompts, *SAMPLED.measures_by_path]
    assert [counts.alike(path) for path in paths] == [
        *("s.all", "s.one", "s.other", "s.some", "s.when", "s.fact"),
        *("s.all.p", "s.one.p", "s.other.p", "s.some.p", "s.when.p", "s.fact.p"),
        *("measures.always", "measures.second"),
    ]
