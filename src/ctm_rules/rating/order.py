"""Which rating is lower and which share is weaker (ordinal ranking): asked here, and worked out nowhere else.

The order of the rating scale alone says what is better. Scores do not (there are scales on which fewer points are
better), and shares do not (the share of "no" may be what is rated, or a share may be bad at both ends).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Literal

from attrs import frozen

from ctm_rules.model.bands import Band, Limit, first_whole, ranges_of, rules_by_value
from ctm_rules.model.framework import RATINGS, Framework, KeyQuestionBands, Rating

Weakness = tuple[int, Fraction, Fraction]
"""What sorts key questions, the weakest first: whether they have no share, their rating's place, and the share's."""

_WITHOUT_A_SHARE: Weakness = (1, Fraction(0), Fraction(0))


def reaches(declared: KeyQuestionBands, limit: Limit, above: Limit | None) -> bool:
    """Return whether some share is placed at or above the first and below the second limit (``None``: no limit)."""
    first: Limit = (first_whole(limit), False) if declared.decided_on == "rounded" else limit
    return first <= (Fraction(100), False) and (above is None or first < above)


@frozen(slots=False)  # what is worked out once is kept
class RatingOrder:
    """The order of the ratings on one of a framework's scales.

    Attributes:
        framework: the framework.
        scale: which of its scales.
    """

    framework: Framework
    scale: str = RATINGS

    def rank(self, rating: Rating | str) -> int:
        """Return a rating's place on the scale, from 0 for the best."""
        return self.ranks[rating if isinstance(rating, str) else rating.id]

    def lowest(self, ratings: Iterable[Rating]) -> Rating:
        """Return the lowest of some ratings (there must be one)."""
        return max(ratings, key=self.rank)

    def highest(self, ratings: Iterable[Rating]) -> Rating:
        """Return the highest of some ratings (there must be one)."""
        return min(ratings, key=self.rank)

    def worse_end(self, bands: Sequence[Band]) -> Literal["low", "high"] | None:
        """Return at which end values get worse ratings: ``None`` where bands rise and fall, as where both ends are bad.

        Where every band gives the same rating, the low end counts as the worse one.
        """
        ranks = [self.rank(each.rating) for each in ranges_of(bands)]  # from the highest values down
        if all(above <= below for above, below in pairwise(ranks)):
            return "low"
        return "high" if all(above >= below for above, below in pairwise(ranks)) else None

    @cached_property
    def worse_scores(self) -> Literal["low", "high"] | None:
        """At which end of the scores the worse ratings are; ``None`` where scores neither fall nor rise along the list.

        Where every rating carries the same score, the low end counts as the worse one.
        """
        scores = [rating.score for rating in self.ratings if rating.score is not None]
        if all(better >= worse for better, worse in pairwise(scores)):
            return "low"
        return "high" if all(better <= worse for better, worse in pairwise(scores)) else None

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The place of each rating on the scale, by its id, from 0 for the best."""
        return self.framework.ranks[self.scale]

    @property
    def ratings(self) -> tuple[Rating, ...]:
        """The ratings of the scale, best first."""
        return self.framework.scale(self.scale)


@frozen(slots=False)  # what is worked out once is kept
class ShareOrder:
    """The order of the shares of one key question, or of its points.

    Attributes:
        framework: the framework.
        path: the address of the key question.
    """

    framework: Framework
    path: str

    @cached_property
    def _order(self) -> RatingOrder:
        return RatingOrder(self.framework, self.framework.every_question[self.path].scale)

    @cached_property
    def worse_end(self) -> Literal["low", "high"] | None:
        """At which end shares get worse ratings; ``None`` where neither does, or there is no share.

        Where shares get no ratings, the low end counts as the worse one.
        """
        points = self.framework.points_of(self.path)
        every = self._rules if points is None else tuple(rules_by_value(points).values())
        ends = {self._order.worse_end(each.bands) for each in every}
        return ends.pop() if len(ends) == 1 else None

    @cached_property
    def lowest_rating(self) -> Rating | None:
        """The lowest rating that a share can be given; ``None`` where no share is rated."""
        given = {rating for each in self._rules for rating in _ratings_reached(each)}
        steps = [rating for rating in self._order.ratings if rating.id in given]
        return steps[-1] if steps else None

    @cached_property
    def _rules(self) -> tuple[KeyQuestionBands, ...]:
        """How the key question is rated by its share: in one way, or in one for each value of a fact."""
        declared = self.framework.bands_of(self.path)
        return () if declared is None else tuple(rules_by_value(declared).values())

    def weakness(self, rating: Rating | None, share: Fraction | None) -> Weakness:
        """Return what sorts shares with their ratings weakest first; those without a share come last.

        Of points, the share is how much of what could be reached was reached.

        Of one rating, the share that lies furthest into it is the weakest; where neither end is worse, none is. Ratings
        on two scales compare by how far down their scale they are.
        """
        if share is None:
            return _WITHOUT_A_SHARE
        if rating is None:  # where nothing is rated by shares, a low share is a weak one
            return 0, Fraction(0), share
        depth = {"low": share, "high": -share, None: Fraction(0)}[self.worse_end]
        worst = max(len(self._order.ratings) - 1, 1)
        return 0, Fraction(-self._order.rank(rating), worst), depth


def _ratings_reached(declared: KeyQuestionBands) -> set[str]:
    """Return the ids of the ratings that some share gets."""
    reached: set[str] = set()
    above: Limit | None = None
    for each in ranges_of(declared.bands):
        if reaches(declared, each.limit, above):
            reached.add(each.rating)
        above = each.limit
    return reached
