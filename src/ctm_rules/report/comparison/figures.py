"""What is compared between inspections: the latest of each provider, ratings over time, the weakest key questions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from attrs import evolve, frozen

from ctm_rules.diff.compare import has_moved, is_same_standard
from ctm_rules.engines import Engine, make_engine
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.model.framework import Framework, KeyQuestion, PointsInBands, Standard
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.order import RatingOrder, ShareOrder, Weakness
from ctm_rules.rating.overall import ratings_of_question
from ctm_rules.rating.results import KeyQuestionResult, StandardResult
from ctm_rules.rating.shares import decisive_percent, rounded_percent, wilson_interval
from ctm_rules.report.figures.disclosure import hides_points
from ctm_rules.report.figures.formulas import binomial_at_most

CHANCE = 0.001
"""How seldom a share so high, or so low, may come about by chance where something is said of it: one time in a thousand
on either side, so that hardly any of many providers is named for nothing (the outer limits of funnel plots).

Source: Spiegelhalter, D. J. (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24.
"""

Standing = Literal["higher", "lower", ""]
"""Where a share lies beyond chance: above, or below, what all have together; or nowhere, and nothing is said."""


@frozen
class ShareOf:
    """The share of one inspection on a key question, and whether chance alone would hardly explain it."""

    result: InspectionResult
    question: KeyQuestionResult
    standing: Standing = ""


@frozen
class QuestionAcross:
    """One key question over the inspections whose standards ask and rate it in the same way.

    Attributes:
        standard: the standard that it belongs to, and ``question`` itself, as the latest of the standards say it.
        framework: those standards.
        share: the share over the cases of all of them together; ``None`` where none could be given.
        interval: its 95% interval in whole per cent.
        of: the share of each inspection that has one.
        lowest_rated: in how many it has the lowest rating that a key question can have.
    """

    standard: Standard
    question: KeyQuestion
    framework: Framework
    share: Fraction | None
    interval: tuple[int, int] | None
    of: tuple[ShareOf, ...]
    lowest_rated: int

    @property
    def path(self) -> str:
        """Its address."""
        return f"{self.standard.slug}.{self.question.id}"

    @property
    def lowest(self) -> Fraction | None:
        """The lowest share of a single inspection."""
        return min((each.question.share for each in self.of if each.question.share is not None), default=None)

    @property
    def highest(self) -> Fraction | None:
        """The highest share of a single inspection."""
        return max((each.question.share for each in self.of if each.question.share is not None), default=None)


def latest(results: Sequence[InspectionResult]) -> tuple[InspectionResult, ...]:
    """Return the latest inspection of each provider: those with the best overall rating first, then by name.

    Within a rating nobody is before anybody else: a score rests on samples of cases, and its differences on chance too.
    """
    last: dict[str, InspectionResult] = {}
    for result in sorted(results, key=lambda each: each.inspection.declared.fieldwork.started):
        last[result.inspection.declared.provider.id] = result

    def depth(result: InspectionResult) -> Fraction:
        order = RatingOrder(result.rating.framework)
        rating = result.rating.overall
        return Fraction(2) if rating is None else Fraction(order.rank(rating), max(1, len(order.ratings) - 1))

    return tuple(sorted(last.values(), key=lambda each: (depth(each), each.inspection.declared.provider.name)))


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
    known: dict[tuple[str, str, str], bool] = {}  # frameworks are compared once, however many inspections they rate

    def is_same(old: Framework, new: Framework, slug: str) -> bool:
        key = (old.checksum, new.checksum, slug)
        if key not in known:
            known[key] = old.checksum == new.checksum or is_same_standard(old, new, slug)
        return known[key]

    for number, result in enumerate(results):
        framework = result.rating.framework
        for of in result.rating.standards:
            slug = of.standard.slug
            names = {slug, *of.standard.formerly}
            earlier = [at for at, row in enumerate(rows) if row.standard.slug in names and row.results[number] is None]
            found = next((at for at in reversed(earlier) if is_same(rows[at].framework, framework, slug)), None)
            before = (None,) * len(results) if found is None else rows[found].results
            row = StandardOverTime(of.standard, framework, (*before[:number], of, *before[number + 1 :]))
            if found is None:
                rows.append(row)
            else:
                rows[found] = row
    return tuple(rows)


def frameworks(results: Sequence[InspectionResult]) -> tuple[Framework, ...]:
    """Return what inspections were rated by, each once."""
    return tuple({each.rating.framework.checksum: each.rating.framework for each in results}.values())


def standards_across(results: Sequence[InspectionResult]) -> tuple[StandardOverTime, ...]:
    """Return the standards of inspections of several providers, those that say the same joined, with their results.

    The results stand in the order of the inspections that were given.
    """
    order = sorted(range(len(results)), key=lambda number: results[number].inspection.declared.fieldwork.started)
    rows = standards_over_time([results[number] for number in order])
    back = [order.index(number) for number in range(len(results))]
    return tuple(evolve(row, results=tuple(row.results[number] for number in back)) for row in rows)


def weakest(results: Sequence[InspectionResult]) -> tuple[QuestionAcross, ...]:
    """Return the key questions over the latest inspections of all providers, the weakest over all cases first.

    A key question is the same where its standard is: by the slug, or what it was called before, and by what it means;
    or where it moved from one standard to another, and means the same.
    """
    results = latest(results)
    rows = [
        _across(row, question, found)
        for row, question, found in _questions_across(results)
        if question.is_asked_of_cases and question.points is None
    ]

    def weakness(row: QuestionAcross) -> Weakness:
        rating, declared = None, row.framework.bands_of(row.path)
        if declared is not None and declared.bands and row.share is not None:
            engine = engines.setdefault(row.framework.checksum, make_engine(row.framework, "reference"))
            given = engine.rating(declared.bands, decisive_percent(declared, row.share))
            rating = row.framework.rating_on(row.framework.scale_of("key_questions", row.path), given)
        return ShareOrder(row.framework, row.path).weakness(rating, row.share)

    engines: dict[str, Engine] = {}
    return tuple(sorted(rows, key=weakness))


@frozen
class PointsAcross:
    """One key question with points over the inspections whose standards ask and rate it in the same way.

    Attributes:
        standard: the standard that it belongs to, and ``question`` itself, as the latest of the standards say it.
        framework: those standards.
        declared: how its points rate it.
        values: its value in each inspection in which it has one that may be shown.
        together: the value over all those cases together; ``None`` where it is a sum, which grows with the cases, or
            where it is asked of the provider.
        rated: in how many inspections it has a rating.
        lowest_rated: in how many it has the lowest rating that it can have.
    """

    standard: Standard
    question: KeyQuestion
    framework: Framework
    declared: PointsInBands
    values: tuple[Fraction, ...]
    together: Fraction | None
    rated: int
    lowest_rated: int

    @property
    def path(self) -> str:
        """Its address."""
        return f"{self.standard.slug}.{self.question.id}"


def points_across(results: Sequence[InspectionResult]) -> tuple[PointsAcross, ...]:
    """Return the key questions that have points over the latest inspections of all providers, as they are declared."""
    results = latest(results)
    return tuple(
        across
        for row, question, answered in _questions_across(results)
        if (across := _points_across(row, question, answered)) is not None
    )


def _points_across(row: StandardOverTime, question: KeyQuestion, answered: Sequence[_Answered]) -> PointsAcross | None:
    path = f"{row.standard.slug}.{question.id}"
    declared, smallest = row.framework.points_of(path), row.framework.disclosure.smallest_count
    if declared is None:
        return None
    found = [one for _, one in answered if one.value is not None]
    is_counted = question.is_asked_of_cases
    shown = [one for one in found if not hides_points(one, smallest)]
    together = None
    if shown and is_counted and declared.value != "sum":
        counts = sum((one.counts for one in shown), Counts())
        together = declared.number(counts.points, counts.scored, counts.reachable)
    rated = [one.rating.id for one in found if one.rating is not None]
    lowest = [step.id for step in ratings_of_question(row.framework, path, question)][-1:]
    return PointsAcross(
        row.standard,
        question,
        row.framework,
        declared,
        tuple(one.value for one in shown if one.value is not None),
        together,
        len(rated),
        sum(rating in lowest for rating in rated),
    )


_Answered = tuple[InspectionResult, KeyQuestionResult]
"""An inspection that asked a key question, with what that came to in it."""


def _questions_across(
    results: Sequence[InspectionResult],
) -> list[tuple[StandardOverTime, KeyQuestion, list[_Answered]]]:
    """Return each key question with the inspections that asked it.

    One that stood in another standard before is the same, where it is asked and rated in the same way.
    """
    rows = [
        (row, question, _found(row, question, results))
        for row in standards_across(results)
        for question in row.standard.key_questions
    ]
    joined: list[tuple[StandardOverTime, KeyQuestion]] = []
    for row, question, answered in rows:
        address = f"{row.standard.slug}.{question.id}"
        for other, before, answered_before in rows:
            asked_in = [id(result) for result, _ in answered]
            is_other = before is not question and not any(id(result) in asked_in for result, _ in answered_before)
            if is_other and has_moved(other.framework, row.framework, f"{other.standard.slug}.{before.id}", address):
                answered.extend(answered_before)
                joined.append((other, before))
    return [each for each in rows if not any(each[0] is row and each[1] is question for row, question in joined)]


def _found(row: StandardOverTime, question: KeyQuestion, results: Sequence[InspectionResult]) -> list[_Answered]:
    """Return the inspections that asked a key question, by its name or a former one, with what it came to in each."""
    names = {question.id, *question.formerly}
    return [
        (result, one)
        for result, standard in zip(results, row.results, strict=True)
        for one in (standard.key_questions if standard is not None else ())
        if one.question.id in names
    ]


def _across(row: StandardOverTime, question: KeyQuestion, answered: Sequence[_Answered]) -> QuestionAcross:
    found = [(result, one) for result, one in answered if one.share is not None]
    path = f"{row.standard.slug}.{question.id}"
    declared = row.framework.bands_of(path)
    if declared is None or not found:
        return QuestionAcross(row.standard, question, row.framework, None, None, (), 0)
    counted = [(one.counts.among((declared.share_of,)), one.counts.among(declared.among)) for _, one in found]
    count, among = (sum(each) for each in zip(*counted, strict=True))
    lowest = ShareOrder(row.framework, path).lowest_rating
    of = tuple(
        ShareOf(result, one, _standing(own, cases, count / among))
        for (result, one), (own, cases) in zip(found, counted, strict=True)
    )
    return QuestionAcross(
        row.standard,
        question,
        row.framework,
        Fraction(count, among),
        wilson_interval(count, among),
        of,
        sum(lowest is not None and one.rating is not None and one.rating.id == lowest.id for _, one in found),
    )


def _standing(count: int, among: int, together: float) -> Standing:
    """Return whether a share is further from what all have together than chance explains (exact binomial)."""
    if binomial_at_most(among - count, among, 1 - together) < CHANCE:
        return "higher"
    return "lower" if binomial_at_most(count, among, together) < CHANCE else ""


def whole_percent(share: Fraction | None, framework: Framework, path: str) -> int | None:
    """Return a share of a key question in whole per cent, rounded as declared (``None``: there is none)."""
    bands = framework.bands_of(path)
    return None if share is None or bands is None else rounded_percent(share, bands.round)
