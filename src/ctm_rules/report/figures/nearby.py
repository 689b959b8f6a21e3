"""What one thing more or less would give (sensitivity): one case decided otherwise, or one judgement a step away.

Drawing the cases anew leaves what people judged as it is. A rating that rests on judgements and stands on a limit can
come out the same in every sample and still hang on a single one of them, so that both are said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.model.framework import RATINGS, Framework, Rating
from ctm_rules.rating.rate import count_outcomes, rate_counts
from ctm_rules.rating.results import Counts, RatingResult

OVERALL = "overall"
"""The address of the overall rating."""

Others = Mapping[str, tuple[Rating, ...]]
"""Other ratings that would be given, by address (``overall``, ``domains.…``, a standard, a key question)."""


@frozen
class Nearby:
    """The ratings that one change would give instead, by address; what nothing would change is not there.

    Attributes:
        by_case: one case whose outcome were yes instead of no, or no instead of yes.
        by_judgement: one rating that people judged, a step higher or lower.
    """

    by_case: Others
    by_judgement: Others


def nearby(result: InspectionResult) -> Nearby:
    """Return which ratings of an inspection one case or one judgement would change; panel decisions are left aside."""
    inspection, framework = result.inspection, result.inspection.framework
    engine, provider = ReferenceEngine(framework), inspection.provider_facts
    counts, judged, cases = count_outcomes(framework, result.outcomes), inspection.judged, len(result.outcomes)
    answers = inspection.provider_answers

    def rated(with_counts: Mapping[str, Counts], with_judged: Mapping[str, str]) -> Mapping[str, Rating]:
        found = rate_counts(
            framework, with_counts, with_judged, engine, cases=cases, provider=provider, answers=answers
        )
        return dict(_ratings(found))

    now = rated(counts, judged)
    by_case: dict[str, dict[str, Rating]] = {}
    for step in (1, -1):
        moved = {path: found for path, each in counts.items() if (found := _moved(each, step)) is not None}
        # A key question's own rating hangs on nothing but its own cases, so that all of them may move at once.
        others = rated({**counts, **moved}, judged)
        for path in moved:
            if others.get(path) != now.get(path):
                _note(by_case, now, rated({**counts, path: moved[path]}, judged))
    by_judgement: dict[str, dict[str, Rating]] = {}
    for of, rating in judged.items():
        for other in _beside(framework, of, rating):
            _note(by_judgement, now, rated(counts, {**judged, of: other}), leave_out=of)
    return Nearby(_in_order(framework, by_case), _in_order(framework, by_judgement))


def _ratings(result: RatingResult) -> Iterator[tuple[str, Rating]]:
    """Yield every rating that was computed, by its address."""
    if result.overall_computed is not None:
        yield OVERALL, result.overall_computed
    for domain in result.domains:
        if domain.computed is not None:
            yield f"domains.{domain.domain.id}", domain.computed
    for standard in result.standards:
        if standard.computed is not None:
            yield standard.standard.slug, standard.computed
        for question in standard.key_questions:
            if question.rating is not None:
                yield question.path, question.rating


def _moved(counts: Counts, step: int) -> Counts | None:
    """Return counts with one case decided otherwise (``None``: there is no such case)."""
    yes, no = counts.yes + step, counts.no - step
    return evolve(counts, yes=yes, no=no) if yes >= 0 and no >= 0 else None


def _beside(framework: Framework, of: str, rating: str) -> list[str]:
    """Return the ratings one step away on the scale of what was judged."""
    standard = framework.standards_by_slug.get(of)
    scale = framework.every_question[of].scale if standard is None else standard.scale
    steps = [each.id for each in framework.scale(scale)]
    at = steps.index(rating)
    return [steps[other] for other in (at - 1, at + 1) if 0 <= other < len(steps)]


def _note(
    found: dict[str, dict[str, Rating]], now: Mapping[str, Rating], others: Mapping[str, Rating], leave_out: str = ""
) -> None:
    for address, rating in others.items():
        if address != leave_out and address in now and rating != now[address]:
            found.setdefault(address, {})[rating.id] = rating


def _in_order(framework: Framework, found: Mapping[str, Mapping[str, Rating]]) -> Others:
    """Return the ratings found, the best first."""
    order = [each.id for scale in (RATINGS, *framework.scales) for each in framework.scale(scale)]
    return {address: tuple(ratings[each] for each in order if each in ratings) for address, ratings in found.items()}
