"""What is said of rules is true: the reference engine is asked about every case there could be."""

from __future__ import annotations

from itertools import product

from hypothesis import HealthCheck, assume, given, settings

from ctm_rules import Answer, Case, Framework
from ctm_rules.checking.framework import check_framework
from ctm_rules.engines.base import plan_question
from ctm_rules.engines.decision_diagrams import values_to_try
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.model.outcomes import Outcome
from tests.support.strategies import frameworks


def decided(framework: Framework, path: str) -> dict[str | None, set[Outcome]]:
    """Return, for each rule that a question has (by variant), the outcomes that it gives to cases that it is for.

    The reference engine is asked about every case in which every prompt is answered yes or no.
    """
    question = framework.key_questions[path]
    engine, plan, values = ReferenceEngine(framework), plan_question(framework, path), values_to_try(framework)
    columns = [values[fact] for fact in plan.fact_ids]
    size = 2 ** len(plan.prompt_paths)
    for column in columns:
        size *= len(column)
    assume(size <= 400)
    found: dict[str | None, set[Outcome]] = {rule: set() for rule in (None, *question.variants)}
    for facts in product(*columns):
        for answers in product([Answer.YES, Answer.NO], repeat=len(plan.prompt_paths)):
            case = Case(
                "c", dict(zip(plan.fact_ids, facts, strict=True)), dict(zip(plan.prompt_paths, answers, strict=True))
            )
            outcome = engine.assess(case).questions[path]
            if outcome.applies is None or outcome.applies.truth.name == "TRUE":
                found[outcome.variant if outcome.variant in question.variants else None].add(outcome.outcome)
    return found


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(frameworks(points=False))
def test_a_rule_is_said_to_be_never_yes_or_never_no_exactly_where_it_is(framework: Framework) -> None:
    said = {(found.code, found.message) for found in check_framework(framework)}
    for path, question in framework.key_questions.items():
        for variant, outcomes in decided(framework, path).items():
            rule = question.variants[variant].yes_when if variant else question.yes_when
            subject = f'the key question "{path}"' + (f' for the variant "{variant}"' if variant else "")
            is_asked = bool(outcomes & {Outcome.YES, Outcome.NO})
            for code, words, outcome in (("never-yes", "yes", Outcome.YES), ("never-no", "no", Outcome.NO)):
                message = f"{subject} can never be {words}"
                is_said = any(known == code and says.startswith(message) for known, says in said)
                has_prompts = "PromptIsYes" in repr(rule)
                assert is_said == (has_prompts and is_asked and outcome not in outcomes)
