"""Which case reaches a part of a rule that no scenario reaches: what the missing scenario is given."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import product
from math import prod

from attrs import evolve, frozen

from ctm_rules.engines.decision_diagrams import values_to_try
from ctm_rules.limits import MAX_TRIED_TO_REACH
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue, facts_in
from ctm_rules.model.framework import Framework
from ctm_rules.scenarios.coverage import Coverage, Part


@frozen
class Reaching:
    """A case that reaches a part of a rule.

    Attributes:
        key_question: the address of the key question that it is about.
        case: the case, with nothing in it that it could do without.
    """

    key_question: str
    case: Case


def case_that_reaches(framework: Framework, part: Part) -> Reaching | None:
    """Return a case that gives a part of a rule a state that no scenario has given it.

    ``None``: the part is none of a rule about cases, or none of the cases that were tried reaches it.
    """
    tried = Coverage(framework)
    same = [each for each in tried.parts if _is_same(each, part)]
    if not same or part.kind not in ("clause", "answer", "outcome", "variant"):
        return None
    target, wanted = same[0], set(part.never)

    def reaches(case: Case, path: str) -> bool:
        target.seen.clear()
        tried.add_case(case, [path])
        return bool(target.seen & wanted)

    about = [path for path in framework.key_questions if part.says.startswith(path)]
    for path in about or framework.key_questions:
        for case in _cases(framework, path):
            if reaches(case, path):
                return Reaching(path, _shortened(case, path, reaches))
    return None


def _is_same(one: Part, other: Part) -> bool:
    return (one.kind, one.says, one.at) == (other.kind, other.says, other.at)


def _cases(framework: Framework, path: str) -> Iterator[Case]:
    """Yield cases of a key question: every one where they are few, and else some, always the same."""
    question = framework.key_questions[path]
    addresses = [f"{path}.{prompt.id}" for prompt in question.prompts]
    answers: dict[str, list[AnyAnswer | None]] = {
        address: [*answers_to(framework, address).values(), None] for address in addresses
    }
    values = values_to_try(framework)
    facts: dict[str, list[FactValue | None]] = {
        name: [*values[name], None] for name in facts_looked_at(framework, path) if name in values
    }
    several = [*map(len, answers.values()), *map(len, facts.values())]
    places = [range(number) for number in several]
    if prod(several) <= MAX_TRIED_TO_REACH:
        drawn: Iterator[tuple[int, ...]] = product(*places)
    else:
        dice = random.Random(0)
        drawn = (tuple(map(dice.choice, places)) for _ in range(MAX_TRIED_TO_REACH))
    for row in drawn:
        given, known = row[: len(answers)], row[len(answers) :]
        answered = {name: answers[name][place] for name, place in zip(answers, given, strict=True)}
        facts_known = {name: facts[name][place] for name, place in zip(facts, known, strict=True)}
        yield Case(
            "case",
            facts={name: value for name, value in facts_known.items() if value is not None},
            answers={name: value for name, value in answered.items() if value is not None},
        )


def _shortened(case: Case, path: str, reaches: Callable[[Case, str], bool]) -> Case:
    """Return a case without each fact and answer that it reaches the same without."""
    for name in case.answers:
        without = evolve(case, answers={other: value for other, value in case.answers.items() if other != name})
        case = without if reaches(without, path) else case
    for name in case.facts:
        without = evolve(case, facts={other: value for other, value in case.facts.items() if other != name})
        case = without if reaches(without, path) else case
    return case


def facts_looked_at(framework: Framework, path: str) -> list[str]:
    """Return the facts that decide on a key question, by whatever rule."""
    question = framework.key_questions[path]
    sample = framework.sample_of(path)
    conditions = [
        question.applies_when,
        *(prompt.applies_when for prompt in question.prompts),
        *(rule for _, rule in question.rules),
        *(variant.when for variant in framework.variants if question.variants),
        *([] if sample is None else [sample.when]),
    ]
    return list(dict.fromkeys(fact for each in conditions if each is not None for fact in facts_in(each)))
