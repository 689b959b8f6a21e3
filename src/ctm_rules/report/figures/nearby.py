"""What one thing more or less would give (sensitivity): one case decided otherwise, or one judgement a step away.

Drawing the cases anew leaves what people judged as it is. A rating that rests on judgements and stands on a limit can
come out the same in every sample and still hang on a single one of them, so that both are said.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.model.framework import NOT_RATED, RATINGS, Framework, Rating
from ctm_rules.rating.again import RatedAgain, RatingsAlone
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.rate import count_outcomes

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
    counts, judged, answers = count_outcomes(framework, result.outcomes), inspection.judged, inspection.provider_answers
    again = RatedAgain(framework, engine, judged, provider, answers)
    questions = {path: again.question(path, each) for path, each in counts.items()}
    now = _by_address(again.rate(questions))
    by_case: dict[str, dict[str, Rating]] = {}
    for step in (1, -1):
        moved = {
            path: again.question(path, found)
            for path, each in counts.items()
            if (found := _moved(each, step)) is not None
        }
        # A key question's own rating hangs on nothing but its own cases, so that all of them may move at once.
        others = _by_address(again.rate({**questions, **moved}))
        for path in moved:
            if others.get(path) != now.get(path):
                _note(by_case, now, _by_address(again.rate({**questions, path: moved[path]})))
    by_judgement: dict[str, dict[str, Rating]] = {}
    for of, rating in judged.items():
        for other in _beside(framework, of, rating):
            judged_otherwise = RatedAgain(framework, engine, {**judged, of: other}, provider, answers)
            _note(by_judgement, now, _by_address(judged_otherwise.rate(questions)), leave_out=of)
    return Nearby(_in_order(framework, by_case), _in_order(framework, by_judgement))


def _by_address(ratings: RatingsAlone) -> Mapping[str, Rating]:
    """Return every rating that there is, by its address."""
    every = {
        OVERALL: ratings.overall,
        **{f"domains.{domain}": rating for domain, rating in ratings.domains.items()},
        **ratings.standards,
        **ratings.key_questions,
    }
    return {address: rating for address, rating in every.items() if rating is not None}


def _moved(counts: Counts, step: int) -> Counts | None:
    """Return counts with one case decided otherwise (``None``: there is no such case)."""
    yes, no = counts.yes + step, counts.no - step
    return evolve(counts, yes=yes, no=no) if yes >= 0 and no >= 0 else None


def _beside(framework: Framework, of: str, rating: str) -> list[str]:
    """Return the ratings one step away on the scale of what was judged; what was given none lies beside none."""
    if rating == NOT_RATED:
        return []
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
