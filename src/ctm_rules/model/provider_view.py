"""Who is inspected, seen as the one case of a framework: whatever decides cases decides what the provider is asked.

Key questions that are asked of the provider have the prompts, rules and conditions that those asked of cases have. In
the view they are asked of one case, whose facts are those of the provider. A line or a step that rates a key question
by its prompts is a key question of its own there, with the condition as its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from attrs import evolve

from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.framework import RATINGS, Framework, KeyQuestion, KeyQuestionBands, Panel, PointsInBands
from ctm_rules.model.rating_rules import FirstThatHolds, RatingLine, RatingStep

Part = Literal["line", "step"]
"""A part of a rating rule that has a condition."""

PROVIDER = "provider"
"""What the column with the ids of providers is called in a table of what was asked of them."""

_COUNTED = KeyQuestionBands("yes", ("yes", "no"), ())
_SUMMED = PointsInBands("points")


def provider_view(framework: Framework) -> Framework | None:
    """Return a framework whose cases are providers (``None``: nothing is asked of the provider)."""
    if not framework.provider_questions:
        return None
    asked = _of_provider(framework, _questions)
    return evolve(
        asked,
        standards=tuple(evolve(each, rating=None, scale=RATINGS, applies_when=None) for each in asked.standards),
        domains=(),
        key_question_bands=_COUNTED,
        domain_rating=None,
        overall=None,
        panel=Panel(),
    )


def _questions(question: KeyQuestion) -> Iterator[KeyQuestion]:
    (alone,) = _of_cases(question)
    if question.points is not None:
        yield evolve(alone, rating=_SUMMED)
    if question.yes_when is not None:
        yield alone
    if isinstance(question.rating, FirstThatHolds):
        parts: dict[Part, Sequence[RatingLine | RatingStep]] = {
            "line": question.rating.first_that_holds,
            "step": question.rating.then,
        }
        for part, each in parts.items():
            for number, one in enumerate(each):
                if one.when is not None:
                    yield evolve(alone, id=part_of(question.id, part, number), yes_when=one.when, at=one.at)


def _of_cases(question: KeyQuestion) -> tuple[KeyQuestion]:
    return (evolve(question, asked_of="cases", rating=None, scale=RATINGS, sample=None),)


def asked_of_provider(framework: Framework) -> Framework:
    """Return a framework whose cases are providers, with the prompts at their own addresses: what their tables hold."""
    return _of_provider(framework, _of_cases)


def _of_provider(framework: Framework, seen: Callable[[KeyQuestion], Iterable[KeyQuestion]]) -> Framework:
    """Return a framework with what is asked of the provider alone, each key question as those that it is seen as."""
    standards = []
    for standard in framework.standards:
        asked = [
            each for each in standard.key_questions if f"{standard.slug}.{each.id}" in framework.provider_questions
        ]
        questions = tuple(question for each in asked for question in seen(each))
        if questions:
            standards.append(evolve(standard, key_questions=questions))
    return evolve(
        framework,
        standards=tuple(standards),
        facts=framework.provider_facts,
        provider_facts=(),
        variants=(),
        samples=(),
        measures=(),
        subgroups=(),
    )


def part_of(question: str, part: Part, number: int) -> str:
    """Return how the view calls a line or a step of a key question's rating, by the question's id or address."""
    return f"{question}/rating/{part}/{number}"


def say_part(path: str) -> str:
    """Return what stands at an address of the view in words: ``safety.alarms, line 1 of its rating``."""
    own, _, part = path.partition("/rating/")
    kind, _, number = part.partition("/")
    return f"{own}, {kind} {int(number) + 1} of its rating" if part else own


def provider_case(
    view: Framework, facts: Mapping[str, FactValue], answers: Mapping[str, AnyAnswer], name: str = "provider"
) -> Case:
    """Return who is inspected as a case of the view, from what is known and what was answered, by address."""
    found = {}
    for path, question in view.key_questions.items():
        own = path.partition("/")[0]
        for prompt in question.prompts:
            answer = answers.get(f"{own}.{prompt.id}")
            if answer is not None:
                found[f"{path}.{prompt.id}"] = answer
    return Case(name, dict(facts), found)
