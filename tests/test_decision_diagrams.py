"""Decision diagrams against the reference engine, which is asked about every case there could be."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from ctm_rules import Answer, Case, Framework, decision_diagrams
from ctm_rules.decision_diagrams import Diagrams, TooTangledError, values_to_try
from ctm_rules.engines.base import plan_question
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.model import All, AtLeast, Condition, Not, Prompt, PromptIsYes
from ctm_rules.outcomes import OUTCOME_OF, Outcome
from tests.strategies import frameworks, frameworks_with_cases

MOST_CASES = 600


def only_rule(framework: Framework, path: str, rule: Condition | None = None) -> Framework:
    """Return the framework with the question's rule, or another one, used for every case."""
    slug, _, question_id = path.partition(".")
    standard = framework.standards_by_slug[slug]
    question = framework.key_questions[path]
    question = evolve(question, yes_when=rule or question.yes_when, applies_when=None, variants={})
    questions = tuple(question if other.id == question_id else other for other in standard.key_questions)
    changed = evolve(standard, key_questions=questions)
    return evolve(framework, standards=tuple(changed if s is standard else s for s in framework.standards))


def every_outcome(
    framework: Framework, path: str, answers: list[Answer], like: Framework | None = None
) -> list[Outcome]:
    """Return the outcomes of a question over every complete case, by asking the reference engine one by one.

    The cases differ in what the rule of ``like`` looks at (default: that of the framework itself).
    """
    engine, plan, values = ReferenceEngine(framework), plan_question(like or framework, path), values_to_try(framework)
    columns = [values[fact] for fact in plan.fact_ids]
    size = len(answers) ** len(plan.prompt_paths)
    for column in columns:
        size *= len(column)
    assume(size <= MOST_CASES)
    return [
        engine.assess(Case("c", dict(zip(plan.fact_ids, facts, strict=True)), given)).questions[path].outcome
        for facts in product(*columns)
        for chosen in product(answers, repeat=len(plan.prompt_paths))
        for given in [dict(zip(plan.prompt_paths, chosen, strict=True))]
    ]


@given(frameworks(), st.booleans())
def test_a_rule_can_have_exactly_the_results_that_some_case_has(framework: Framework, with_na: bool) -> None:
    for path, question in framework.key_questions.items():
        alone = only_rule(framework, path)
        diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=with_na)
        found = {OUTCOME_OF[truth] for truth in diagrams.results(diagrams.rule(question.yes_when))}
        assert found == set(every_outcome(alone, path, list(Answer) if with_na else [Answer.YES, Answer.NO]))


@given(frameworks(), st.booleans())
def test_two_rules_have_one_diagram_exactly_where_no_case_tells_them_apart(framework: Framework, with_na: bool) -> None:
    answers = list(Answer) if with_na else [Answer.YES, Answer.NO]
    for path, question in framework.key_questions.items():
        for other in question.variants.values():
            diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=with_na)
            both = only_rule(framework, path, All((question.yes_when, other.yes_when)))
            outcomes = [
                every_outcome(only_rule(framework, path, rule), path, answers, like=both)
                for rule in (question.yes_when, other.yes_when)
            ]
            is_same = diagrams.rule(question.yes_when) == diagrams.rule(other.yes_when)
            assert is_same == (outcomes[0] == outcomes[1])


@given(frameworks_with_cases())
def test_no_case_has_a_result_that_the_diagram_lacks(drawn: tuple[Framework, tuple[Case, ...]]) -> None:
    """Also where facts and answers are missing, and where facts have values that no rule names."""
    framework, cases = drawn
    for path, question in framework.key_questions.items():
        diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=True)
        possible = {OUTCOME_OF[truth] for truth in diagrams.results(diagrams.rule(question.yes_when))}
        engine = ReferenceEngine(only_rule(framework, path))
        for case in cases:
            outcome = engine.assess(evolve(case, judgements={})).questions[path].outcome
            assert outcome is Outcome.UNDETERMINED or outcome in possible


@given(frameworks())
def test_an_example_has_the_result_that_it_is_an_example_of(framework: Framework) -> None:
    for path, question in framework.key_questions.items():
        alone = only_rule(framework, path)
        diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=True)
        rule = diagrams.rule(question.yes_when)
        for truth in diagrams.results(rule):
            facts, answers = diagrams.example(rule, truth)
            # What the example leaves out does not matter.
            facts = {fact: values[-1] for fact, values in values_to_try(framework).items()} | facts
            answers = {prompt.id: Answer.NO for prompt in question.prompts} | answers
            case = Case("c", facts, {f"{path}.{prompt}": answer for prompt, answer in answers.items()})
            assert ReferenceEngine(alone).assess(case).questions[path].outcome is OUTCOME_OF[truth]


def test_two_rules_that_mean_the_same_have_one_diagram(shipped: Framework) -> None:
    question = shipped.key_questions["assessment.safety"]
    diagrams = Diagrams(shipped, values_to_try(shipped), question.prompts, with_na=True)
    one = AtLeast(2, tuple(PromptIsYes(prompt) for prompt in ("risk_of_harm", "victims")))
    other = Not(Not(AtLeast(5, tuple(PromptIsYes(prompt) for prompt in ("victims", "risk_of_harm")))))
    different = AtLeast(1, one.of)
    assert diagrams.rule(one) == diagrams.rule(other) != diagrams.rule(different)


def test_a_large_sensible_rule_is_decided(shipped: Framework) -> None:
    prompts = tuple(Prompt(f"p{number}", f"Is {number} done?") for number in range(60))
    diagrams = Diagrams(shipped, values_to_try(shipped), prompts)
    rule = diagrams.rule(AtLeast(30, tuple(PromptIsYes(prompt.id) for prompt in prompts)))
    assert {truth.name for truth in diagrams.results(rule)} == {"TRUE", "FALSE"}


def test_what_would_take_too_long_is_refused(shipped: Framework) -> None:
    prompts = tuple(Prompt(f"p{number}", f"Is {number} done?") for number in range(500))
    diagrams = Diagrams(shipped, values_to_try(shipped), prompts)
    with pytest.raises(TooTangledError):
        diagrams.rule(AtLeast(250, tuple(PromptIsYes(prompt.id) for prompt in prompts)))


def test_the_prompts_that_matter_are_those_whose_answer_changes_some_result(small: Callable[..., Framework]) -> None:
    framework = small("{all: [floors, {fact: serves_meat, is: yes}, {any: [knives, {not: knives}]}]}")
    question = framework.key_questions["hygiene.clean"]
    diagrams = Diagrams(framework, values_to_try(framework), question.prompts)
    assert diagrams.prompts_that_matter(diagrams.rule(question.yes_when)) == {"floors"}
    assert diagrams.prompts_that_matter(diagrams.everywhere()) == frozenset()


def test_every_fact_has_values_to_try_whether_or_not_it_is_compared(small: Callable[..., Framework]) -> None:
    tried = values_to_try(small("{all: [floors, {fact: seats, at_least: 3}]}"))
    assert list(tried) == ["serves_meat", "size", "seats", "opened"]
    assert all(tried.values())
    assert {value >= 3 for value in tried["seats"]} == {True, False}


@given(frameworks())
def test_a_question_has_exactly_the_outcomes_that_some_case_has(framework: Framework) -> None:
    for path, question in framework.key_questions.items():
        diagrams = Diagrams(framework, values_to_try(framework), question.prompts)
        found = {OUTCOME_OF[truth] for truth in diagrams.results(diagrams.outcome(question))}
        assert found == set(every_outcome(framework, path, [Answer.YES, Answer.NO]))


def test_what_takes_more_steps_than_the_limit_is_given_up(
    small: Callable[..., Framework], monkeypatch: pytest.MonkeyPatch
) -> None:
    framework = small("{at_least: {count: 2, of: [floors, knives, meat]}}")
    question = framework.key_questions["hygiene.clean"]
    assert Diagrams(framework, values_to_try(framework), question.prompts).rule(question.yes_when)
    monkeypatch.setattr(decision_diagrams, "MAX_DIAGRAM_STEPS", 10)
    with pytest.raises(TooTangledError):
        Diagrams(framework, values_to_try(framework), question.prompts).rule(question.yes_when)
