"""What is compared between inspections: places in a league, ratings over time, and the weakest key questions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from ctm_rules.diff.compare import is_same_standard
from ctm_rules.engines import make_engine
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.model.framework import Framework, Standard
from ctm_rules.rating.order import RatingOrder, ShareOrder, Weakness
from ctm_rules.rating.results import KeyQuestionResult, StandardResult
from ctm_rules.rating.shares import decisive_percent, rounded_percent


@frozen
class Place:
    """One inspection's place in the league; inspections with the same score share a place, unrated ones have none."""

    place: int | None
    result: InspectionResult


@frozen
class QuestionAcross:
    """One key question over all the inspections by one framework.

    Attributes:
        share: the share over the cases of all of them together; ``None`` where none could be given.
        lowest, highest: the lowest and the highest share of a single inspection.
        inspections: in how many it has a share.
        lowest_rated: in how many it has the lowest rating that a key question can have.
    """

    path: str
    ask: str
    share: Fraction | None
    lowest: Fraction | None
    highest: Fraction | None
    inspections: int
    lowest_rated: int


def league(results: Sequence[InspectionResult]) -> tuple[Place, ...]:
    """Return the inspections by their share of the score that could be had, the best first.

    Where fewer points are better, the lowest share is the best; where scores neither fall nor rise along the list of
    ratings, no score is better than another, and none has a place.
    """

    def behind(result: InspectionResult) -> Fraction | None:
        score, out_of = result.rating.score, max(1, result.rating.out_of or 0)
        worse = RatingOrder(result.rating.framework).worse_scores
        if score is None or worse is None:
            return None
        return Fraction(out_of - score if worse == "low" else score, out_of)

    placed = [(behind(result), result) for result in results]
    ordered = sorted(
        placed, key=lambda each: (each[0] is None, each[0] or 0, each[1].inspection.declared.provider.name)
    )
    places = [own for own, _ in ordered]
    return tuple(Place(None if own is None else places.index(own) + 1, result) for own, result in ordered)


def over_time(results: Sequence[InspectionResult]) -> dict[str, tuple[InspectionResult, ...]]:
    """Return the inspections of each provider that was inspected more than once, the earliest first, by its id."""
    by_provider: dict[str, list[InspectionResult]] = {}
    for result in results:
        by_provider.setdefault(result.inspection.declared.provider.id, []).append(result)
    return {
        provider: tuple(sorted(inspected, key=lambda result: result.inspection.declared.fieldwork.started))
        for provider, inspected in by_provider.items()
        if len(inspected) > 1
    }


@frozen
class StandardOverTime:
    """A standard in several inspections of one provider.

    Attributes:
        standard: as it is declared for the last of the inspections that have it.
        framework: which declares it.
        results: its result in each of the inspections (``None``: it was not rated in this way then).
    """

    standard: Standard
    framework: Framework
    results: tuple[StandardResult | None, ...]


def standards_over_time(results: Sequence[InspectionResult]) -> tuple[StandardOverTime, ...]:
    """Return the standards of one provider's inspections, in the order in which they came up.

    Two ratings stand side by side only where they say the same: by the slug of the standard, or what it was called
    before, and by what it means. A standard that decides differently from one inspection to the next is another one.
    """
    rows: list[StandardOverTime] = []
    for number, result in enumerate(results):
        framework = result.rating.framework
        for of in result.rating.standards:
            slug = of.standard.slug
            names = {slug, *of.standard.formerly}
            earlier = [row for row in rows if row.standard.slug in names and row.results[number] is None]
            row = next((row for row in reversed(earlier) if _is_same(row.framework, framework, slug)), None)
            if row is None:
                row = StandardOverTime(of.standard, framework, (None,) * len(results))
                rows.append(row)
            at = rows.index(row)
            rows[at] = StandardOverTime(of.standard, framework, (*row.results[:number], of, *row.results[number + 1 :]))
    return tuple(rows)


def _is_same(old: Framework, new: Framework, slug: str) -> bool:
    return old.checksum == new.checksum or is_same_standard(old, new, slug)


def by_framework(results: Sequence[InspectionResult]) -> tuple[tuple[Framework, tuple[InspectionResult, ...]], ...]:
    """Return the inspections by what they were rated by; only those of one framework have the same questions."""
    grouped: dict[str, tuple[Framework, list[InspectionResult]]] = {}
    for result in results:
        framework = result.inspection.framework
        grouped.setdefault(framework.checksum, (framework, []))[1].append(result)
    return tuple((framework, tuple(of)) for framework, of in grouped.values())


def weakest(framework: Framework, results: Sequence[InspectionResult]) -> tuple[QuestionAcross, ...]:
    """Return the key questions of a framework over all inspections by it, the weakest over all cases first."""
    rows = []
    orders = {path: ShareOrder(framework, path) for path in framework.ruled_questions}
    for path, question in framework.ruled_questions.items():
        declared = framework.bands_of(path)
        found = [one for result in results if (one := _question(result, path)) is not None and one.share is not None]
        counted = (
            [(one.counts.among((declared.share_of,)), one.counts.among(declared.among)) for one in found]
            if declared
            else []
        )
        together = sum(among for _, among in counted)
        shares = [one.share for one in found if one.share is not None]
        rows.append(
            QuestionAcross(
                path,
                question.ask,
                Fraction(sum(count for count, _ in counted), together) if together else None,
                min(shares, default=None),
                max(shares, default=None),
                len(found),
                sum(one.rating == orders[path].lowest_rating for one in found),
            )
        )
    engine = make_engine(framework, "reference")

    def weakness(row: QuestionAcross) -> Weakness:
        rating, declared = None, framework.bands_of(row.path)
        if declared is not None and declared.bands and row.share is not None:
            given = engine.rating(declared.bands, decisive_percent(declared, row.share))
            rating = framework.rating_on(framework.scale_of("key_questions", row.path), given)
        return orders[row.path].weakness(rating, row.share)

    return tuple(sorted(rows, key=weakness))


def _question(result: InspectionResult, path: str) -> KeyQuestionResult | None:
    questions = (question for standard in result.rating.standards for question in standard.key_questions)
    return next((question for question in questions if question.path == path), None)


def whole_percent(share: Fraction | None, framework: Framework, path: str) -> int | None:
    """Return a share of a key question in whole per cent, rounded as declared (``None``: there is none)."""
    bands = framework.bands_of(path)
    return None if share is None or bands is None else rounded_percent(share, bands.round)
