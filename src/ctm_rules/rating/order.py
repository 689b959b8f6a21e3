"""Which rating is lower and which share is weaker (ordinal ranking): asked here, and worked out nowhere else.

The order of the rating scale alone says what is better. Scores do not (there are scales on which fewer points are
better), and shares do not (the share of "no" may be what is rated, or a share may be bad at both ends).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import ceil
from typing import Literal

from attrs import frozen

from ctm_rules.model.framework import Framework, KeyQuestionBands, Rating
from ctm_rules.model.rating_rules import Band


def reaches(declared: KeyQuestionBands, lowest: Fraction, above: Fraction | None) -> bool:
    """Return whether some share is placed at or above the first and below the second bound (``None``: no bound)."""
    first = Fraction(ceil(lowest)) if declared.decided_on == "rounded" else lowest
    return first <= 100 and (above is None or first < above)


@frozen(slots=False)  # what is worked out once is kept
class RatingOrder:
    """The order of a framework's ratings, and of the shares that give them."""

    framework: Framework

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
        ranks = [self.rank(band.rating) for band in bands]  # from the highest bound down
        if all(above <= below for above, below in pairwise(ranks)):
            return "low"
        return "high" if all(above >= below for above, below in pairwise(ranks)) else None

    @cached_property
    def worse_shares(self) -> Literal["low", "high"] | None:
        """At which end shares get worse ratings; ``None`` where neither does, or no share is rated."""
        declared = self.framework.key_question_bands
        return self.worse_end(declared.bands) if declared else None

    @cached_property
    def worse_scores(self) -> Literal["low", "high"] | None:
        """At which end of the scores the worse ratings are; ``None`` where scores neither fall nor rise along the list.

        Where every rating carries the same score, the low end counts as the worse one.
        """
        scores = [rating.score for rating in self.framework.ratings if rating.score is not None]
        if all(better >= worse for better, worse in pairwise(scores)):
            return "low"
        return "high" if all(better <= worse for better, worse in pairwise(scores)) else None

    @cached_property
    def lowest_of_shares(self) -> Rating | None:
        """The lowest rating that a share can be given; ``None`` where no share is rated."""
        declared = self.framework.key_question_bands
        if declared is None:
            return None
        bounds = [None, *(band.lowest for band in declared.bands)]
        reached = [
            band for band, above in zip(declared.bands, bounds, strict=False) if reaches(declared, band.lowest, above)
        ]
        return self.lowest(self.framework.ratings_by_id[band.rating] for band in reached)

    def weakness(self, rating: Rating | None, share: Fraction | None) -> tuple[int, Fraction]:
        """Return what sorts shares with their ratings weakest first; those without a rating come last.

        Of one rating, the share that lies furthest into it is the weakest; where neither end is worse, none is.
        """
        if rating is None or share is None:
            return 1, Fraction(0)
        depth = {"low": share, "high": -share, None: Fraction(0)}[self.worse_shares]
        return -self.rank(rating), depth

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The place of each rating on the scale, by its id, from 0 for the best."""
        return {rating.id: rank for rank, rating in enumerate(self.framework.ratings)}
