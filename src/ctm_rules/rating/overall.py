"""Sums of scores to the ratings of domains and of the whole (aggregation), with their panel flags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from ctm_rules.engines.base import Engine
from ctm_rules.model.framework import Band, Domain, Framework, Rating, Standard
from ctm_rules.phrases import say_list
from ctm_rules.rating.order import RatingOrder
from ctm_rules.rating.results import DomainResult, PanelFlag, StandardResult


class SumsOfScores:
    """A framework's scales for sums of scores, with the engine that decides on them."""

    def __init__(self, framework: Framework, engine: Engine) -> None:
        self._framework = framework
        self._engine = engine
        self._order = RatingOrder(framework)

    def overall(self, standards: Sequence[StandardResult]) -> tuple[Rating | None, tuple[PanelFlag, ...]]:
        """Return the overall rating (``None``: there is none, or a standard has no rating) and its panel flags."""
        declared = self._framework.overall
        return self._of_sum(() if declared is None else declared.bands, standards)

    def domain(self, domain: Domain, standards: Sequence[StandardResult]) -> DomainResult:
        """Return what the standards of a domain come to."""
        score = sum_of_scores(standards)
        out_of = self._framework.score_out_of(tuple(result.standard for result in standards))
        declared = self._framework.domain_rating
        bands = declared.bands_of[domain.id] if declared is not None else ()
        return DomainResult(domain, score, out_of, *self._of_sum(bands, standards))

    def _of_sum(
        self, bands: tuple[Band, ...], standards: Sequence[StandardResult]
    ) -> tuple[Rating | None, tuple[PanelFlag, ...]]:
        """Return the rating that the sum of the standards' scores gives, and why people should look at it again.

        There is none where the framework declares no bands for the sum, or a standard has no rating.
        """
        score = sum_of_scores(standards)
        if score is None or not bands:
            return None, ()
        rating = self._rating(bands, Fraction(score))
        # Where there is one standard, its rating and this one are the same thing.
        if not self._framework.panel.one_standard_would_change_it or len(standards) < 2:
            return rating, ()
        return rating, tuple(self._sum_flags(bands, score, rating, _rated(standards)))

    def _sum_flags(
        self, bands: tuple[Band, ...], score: int, rating: Rating, standards: Sequence[tuple[Standard, Rating]]
    ) -> Iterator[PanelFlag]:
        ratings = self._framework.ratings
        is_limit = any(band.lowest == score > 0 and band.rating == rating.id for band in bands)
        lies = f"a score of {score} is the limit for {rating.label}" if is_limit else f"the score is {score}"
        for step, words in ((1, "lower"), (-1, "higher")):
            others = [(standard, now, self._order.rank(now) + step) for standard, now in standards]
            moved = [(standard, now, ratings[rank]) for standard, now, rank in others if 0 <= rank < len(ratings)]
            changing: dict[str, list[str]] = {}
            for standard, now, other in moved:
                instead = self._rating(bands, Fraction(score - now.score + other.score))
                if instead != rating:
                    changing.setdefault(instead.id, []).append(f"{standard.id} {standard.title}")
            for instead_id, names in changing.items():
                which = "one standard" if len(names) == len(moved) else say_list(names, "or")
                instead = self._framework.ratings_by_id[instead_id]
                reason = f"{lies}, and {which} rated one step {words} would make it {instead.label}"
                yield PanelFlag("one_standard", reason, instead)

    def _rating(self, bands: tuple[Band, ...], value: Fraction) -> Rating:
        return self._framework.ratings_by_id[self._engine.rating(bands, value)]


def possible_sums(framework: Framework, standards: Iterable[Standard]) -> list[int]:
    """Return every sum of scores that these standards can have together, ascending."""
    scale = framework.key_question_bands
    by_cases = {band.rating for band in scale.bands} if scale else set()
    sums = {0}
    for standard in standards:
        ratings = [rating for rating in framework.ratings if standard.rated_by == "judgement" or rating.id in by_cases]
        sums = {total + rating.score for total in sums for rating in ratings}
    return sorted(sums)


def sum_of_scores(results: Sequence[StandardResult]) -> int | None:
    """Return what the scores of standards come to (``None``: not every one is rated)."""
    rated = _rated(results)
    return sum(rating.score for _, rating in rated) if len(rated) == len(results) else None


def _rated(results: Iterable[StandardResult]) -> list[tuple[Standard, Rating]]:
    return [(result.standard, result.rating) for result in results if result.rating is not None]
