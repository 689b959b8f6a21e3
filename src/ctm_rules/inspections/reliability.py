"""How far inspectors agree who judged the same cases (inter-rater reliability): exact counts, and Cohen's kappa."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.model.framework import Framework
from ctm_rules.model.outcomes import COUNTED, CaseOutcome, Outcome

if TYPE_CHECKING:
    from ctm_rules.inspections.result_dicts import ReliabilityDict
    from ctm_rules.inspections.several_tables import JudgedTwice

DECIDED = tuple(outcome for outcome in COUNTED if outcome is not Outcome.UNDETERMINED)

Pairs = Counter[tuple[Outcome, Outcome]]
"""How often the one judged so and the other so."""


@frozen
class Reliability:
    """How far two judges agree on one thing that is asked, over the cases that both judged.

    Attributes:
        level: what sort of thing it is.
        name: its address.
        cases: the cases in which both came to yes, no or not applicable.
        agreed: those of them in which they came to the same.
        undecided: the cases besides in which one of them, or both, came to nothing.
        kappa: Cohen's kappa: how much more often they agree than by chance, 1 for always (``None``: there are no
            cases, or one of them always said the same, so that chance alone would make them agree).
    """

    level: Literal["key_question", "prompt", "measure"]
    name: str
    cases: int
    agreed: int
    undecided: int
    kappa: Fraction | None

    @property
    def differed(self) -> int:
        """The cases in which they came to something else."""
        return self.cases - self.agreed

    def to_dict(self) -> ReliabilityDict:
        """Return the parts as plain data."""
        return {
            "level": self.level,
            "name": self.name,
            "cases": self.cases,
            "agreed": self.agreed,
            "differed": self.differed,
            "undecided": self.undecided,
            "kappa": None if self.kappa is None else str(self.kappa),
        }


def reliability(
    framework: Framework,
    twice: Sequence[JudgedTwice],
    outcomes: Sequence[tuple[CaseOutcome, CaseOutcome]],
) -> tuple[Reliability, ...]:
    """Return how far cases that were judged twice were judged alike: key questions, then prompts, then measures.

    Key questions are compared by what the rule makes of the answers, prompts by what counts of these.

    Args:
        framework: by which they were judged.
        twice: the cases.
        outcomes: of each of them, what the rules make of what counts, and of what was recorded again.
    """
    if not twice:
        return ()
    return (*_of_questions(framework, outcomes), *_of_answers(framework, twice))


def say_reliability(compared: Sequence[Reliability]) -> Iterator[str]:
    """Yield in words in how many cases each thing was judged alike: ``assessment.safety: 8 of 9 alike, kappa 0.61``."""
    for each in compared:
        kappa = "" if each.kappa is None else f", kappa {float(each.kappa):.2f}"
        undecided = f"; {each.undecided} undecided" if each.undecided else ""
        yield f"{each.name}: {each.agreed} of {each.cases} alike{kappa}{undecided}"


def _of_questions(framework: Framework, outcomes: Sequence[tuple[CaseOutcome, CaseOutcome]]) -> Iterator[Reliability]:
    for path in framework.key_questions:
        pairs: Pairs = Counter(
            (one.questions[path].rule_outcome, other.questions[path].rule_outcome)
            for one, other in outcomes
            if path in one.questions and path in other.questions
        )
        yield _compared("key_question", path, pairs)


def _of_answers(framework: Framework, twice: Sequence[JudgedTwice]) -> Iterator[Reliability]:
    counts = WhatCounts(framework)
    for path in (*framework.prompts, *framework.measures_by_path):
        pairs: Pairs = Counter((counts.counted(path, each.case), counts.counted(path, each.again)) for each in twice)
        yield _compared("prompt" if path in framework.prompts else "measure", path, pairs)


def _compared(level: Literal["key_question", "prompt", "measure"], name: str, pairs: Pairs) -> Reliability:
    decided = Counter({pair: times for pair, times in pairs.items() if set(pair) <= set(DECIDED)})
    not_asked = sum(times for pair, times in pairs.items() if Outcome.NOT_ASKED in pair)
    agreed = sum(times for (one, other), times in decided.items() if one is other)
    undecided = pairs.total() - decided.total() - not_asked
    return Reliability(level, name, decided.total(), agreed, undecided, kappa(decided))


def kappa(pairs: Counter[tuple[Outcome, Outcome]]) -> Fraction | None:
    """Return Cohen's kappa of how often one judge said so and the other so, exactly (``None``: it has no value).

    Source: J. Cohen, A coefficient of agreement for nominal scales (1960).

    >>> yes, no = Outcome.YES, Outcome.NO
    >>> kappa(Counter({(yes, yes): 20, (yes, no): 5, (no, yes): 10, (no, no): 15}))
    Fraction(2, 5)
    """
    cases = pairs.total()
    if not cases:
        return None
    ones: Counter[Outcome] = Counter()
    others: Counter[Outcome] = Counter()
    for (one, other), times in pairs.items():
        ones[one] += times
        others[other] += times
    agreed = Fraction(sum(times for (one, other), times in pairs.items() if one is other), cases)
    by_chance = Fraction(sum(times * others[one] for one, times in ones.items()), cases**2)
    return None if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)
