"""What the figures can carry: firmness (bootstrap resampling), agreement (kappa), groups (relative rate index).

The formulas stand in :mod:`ctm_rules.report.figures.formulas`; every draw is seeded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Literal

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from ctm_rules.engines.clauses import facts_meet
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.engines.what_counts import is_of_sample
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.inspections.reliability import DECIDED
from ctm_rules.model.conditions import AnyOf
from ctm_rules.model.outcomes import COUNTED, Outcome, QuestionOutcome, Truth
from ctm_rules.rating.again import RatedAgain
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.results import KeyQuestionResult
from ctm_rules.report.figures.disclosure import NoShare, Share, shown_count
from ctm_rules.report.figures.formulas import kappa_interval, relative_rate

RESAMPLES = 1_000
"""How many samples are drawn to see how firm the ratings are."""

SEED = 20_250_804
"""Where the drawing of samples starts, so that the same inspection always gives the same answer."""

Claim = Literal["more_often", "less_often", "no_clear_difference", "too_few"]


@frozen
class Comparison:
    """A share within one group against the same share within another.

    Attributes:
        group, reference: the two shares, or why there is none.
        rate: the relative rate index, the first share divided by the second; ``None`` where it cannot be said.
        low, high: the bounds of its 95% interval (Katz, on the logarithm).
        claim: what may be said. A difference is claimed only where the interval leaves out 1, and nothing where a
            group is smaller than the framework declares or a share is nought.
    """

    group: Share | NoShare
    reference: Share | NoShare
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    claim: Claim = "too_few"


def compare(group: Share | NoShare, reference: Share | NoShare, smallest_group: int) -> Comparison:
    """Compare the same share within two groups by the relative rate index."""
    if isinstance(group, NoShare) or isinstance(reference, NoShare):
        return Comparison(group, reference)
    if min(group.among, reference.among) < smallest_group:
        return Comparison(group, reference)
    if not group.count or not reference.count:
        return Comparison(group, reference)
    rate, low, high = relative_rate(group.count, group.among, reference.count, reference.among)
    claim: Claim = "more_often" if low > 1 else "less_often" if high < 1 else "no_clear_difference"
    return Comparison(group, reference, rate, low, high, claim)


@frozen
class Agreement:
    """How far recorded judgements agree with the rules, beyond what chance would give, as it may be published.

    Attributes:
        judgements: recorded judgements of cases that the rules also decide; ``None`` is hidden.
        differing: those in which the rule says something else; ``None`` is hidden.
        kappa: Cohen's kappa (1: always the same; 0: no more often than by chance), or ``None`` where there are
            fewer judgements than the smallest group compared, or no variety to judge agreement by, or where a hidden
            number could be worked out from it.
        low, high: the bounds of its 95% interval.
    """

    judgements: int | None
    differing: int | None
    kappa: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether a number is hidden, and with it whatever is worked out from it."""
        return self.judgements is None or self.differing is None


def agreement(result: InspectionResult) -> Agreement:
    """Return how far the recorded judgements of an inspection agree with the rules, as it may be published."""
    pairs = Counter(
        (question.outcome, question.rule_outcome)
        for case in result.outcomes
        for question in case.questions.values()
        if question.judgement is not None and {question.outcome, question.rule_outcome} <= set(DECIDED)
    )
    disclosure = result.inspection.framework.disclosure
    judgements, same = pairs.total(), sum(times for (one, other), times in pairs.items() if one is other)
    found = Agreement(*(shown_count(count, disclosure.smallest_count) for count in (judgements, judgements - same)))
    varies = all(len(set(said)) > 1 for said in zip(*pairs, strict=True))
    if found.is_hidden or judgements < disclosure.smallest_group or not varies:
        return found
    told = kappa_interval(pairs)
    return found if told is None else evolve(found, kappa=told[0], low=told[1], high=told[2])


@frozen
class Firmness:
    """What share of resamples gives each rating again, from 0 to 1; ``None`` for what has no rating.

    Attributes:
        resamples: how many times the inspected cases were drawn anew, with replacement, as many as there are.
        samples: how many samples the inspection rests on; each time, every one of them is as large as it was.
        overall: the overall rating.
        standards: standards rated by cases, by slug.
        key_questions: key questions, by address.
    """

    resamples: int
    samples: int
    overall: float | None
    standards: Mapping[str, float | None]
    key_questions: Mapping[str, float | None]


def _samples(result: InspectionResult) -> list[list[int]]:
    """Return the numbers of the cases of each sample, as the framework declares them.

    Where it declares none, cases to which questions of the same standards apply are one: an inspection can rest on
    several all the same (ten cases supervised after court, ten after an out-of-court disposal). How many cases each
    has was decided before they were drawn, so that none may come out larger or smaller by chance.
    """
    framework, cases = result.inspection.framework, result.inspection.cases
    if framework.samples:
        of = [tuple(is_of_sample(case, sample, framework) for sample in framework.samples) for case in cases]
        return [[number for number, each in enumerate(of) if each == one] for one in dict.fromkeys(of)]
    drawn_for = [
        AnyOf(conditions)
        for standard in framework.standards
        if (conditions := tuple(question.applies_when for question in standard.key_questions if question.applies_when))
        and len(conditions) == len(standard.key_questions)
    ]
    samples: dict[tuple[bool, ...], list[int]] = {}
    for number, case in enumerate(cases):
        within = tuple(facts_meet(condition, case.facts, framework) is not Truth.FALSE for condition in drawn_for)
        samples.setdefault(within, []).append(number)
    return list(samples.values())


def _drawn(
    result: InspectionResult, draws: npt.NDArray[np.float64], again: RatedAgain
) -> dict[str, list[KeyQuestionResult]]:
    """Return by address what each key question gets in each resample; the same counts are rated once."""
    framework = result.inspection.framework
    counted = (*COUNTED, Outcome.SCORED)
    drawn = {}
    for path in framework.key_questions:
        decided = [case.questions[path] for case in result.outcomes]
        has = np.array([[each.outcome is outcome for outcome in counted] for each in decided], dtype=float)
        # As real numbers, in which small whole ones are exact.
        rows: list[tuple[int | Fraction, ...]] = [*map(tuple, (draws @ has).astype(int).tolist())]
        if path in framework.scored_questions:
            points = _points(decided, draws)
            rows = [(*row, *two) for row, two in zip(rows, points, strict=True)]
        rated = {row: again.question(path, Counts(*row)) for row in set(rows)}  # type: ignore[arg-type]
        drawn[path] = [rated[row] for row in rows]
    return drawn


def _points(decided: Sequence[QuestionOutcome], draws: npt.NDArray[np.float64]) -> list[tuple[Fraction, Fraction]]:
    """Return how many points the cases of each resample have, and how many they could have."""
    numbers = [(each.points or Fraction(0), each.reachable or Fraction(0)) for each in decided]
    whole = lcm(*(number.denominator for pair in numbers for number in pair))
    # Points are added up in Python's own numbers, which have no largest.
    scaled = np.array([[int(number * whole) for number in pair] for pair in numbers], dtype=object)
    added = (draws.astype(int).astype(object) @ scaled).tolist()
    return [(Fraction(points, whole), Fraction(reachable, whole)) for points, reachable in added]


def firmness(result: InspectionResult, *, resamples: int = RESAMPLES, seed: int = SEED) -> Firmness:
    """Return how often each rating comes out again when the cases are drawn anew from those inspected.

    Where the inspection rests on several samples, each is drawn anew from its own cases. Recorded
    judgements of standards stay as they are, and no decision of a panel is laid over what is drawn.
    Each resample is rated by the framework's own rules.
    """
    framework, judged = result.inspection.framework, result.inspection.judged
    provider = result.inspection.provider_facts
    engine = ReferenceEngine(framework)
    cases = len(result.outcomes)
    if not cases:
        return Firmness(0, 0, None, {}, {})
    random = np.random.default_rng(seed)
    draws = np.zeros((resamples, cases))
    samples = _samples(result)
    for sample in samples:
        draws[:, sample] = random.multinomial(len(sample), np.full(len(sample), 1 / len(sample)), size=resamples)
    again = RatedAgain(framework, engine, judged, provider, result.inspection.provider_answers)
    drawn = _drawn(result, draws, again)
    computed = {standard.standard.slug: standard.computed for standard in result.rating.standards}
    rated = {each.path: each.rating for standard in result.rating.standards for each in standard.key_questions}
    standards: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    overall = 0
    for number in range(resamples):
        ratings = again.rate({path: results[number] for path, results in drawn.items()})
        overall += ratings.overall == result.rating.overall_computed
        standards.update(slug for slug, rating in ratings.standards.items() if rating == computed[slug])
        questions.update(path for path, rating in ratings.key_questions.items() if rating == rated[path])
    return Firmness(
        resamples,
        len(samples),
        overall / resamples if result.rating.overall_computed else None,
        {
            standard.standard.slug: standards[standard.standard.slug] / resamples if standard.rating else None
            for standard in result.rating.standards
            if standard.standard.rated_by == "cases"
        },
        {
            question.path: questions[question.path] / resamples if question.rating else None
            for standard in result.rating.standards
            for question in standard.key_questions
        },
    )
