"""Bands: which rating a value gets, by bounds below it or above it (thresholds, cut-offs)."""

# Without `from __future__ import annotations`: types are read here, where their names are known, since `__module__` of
# these classes says `ctm_rules`.

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Literal

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Location, declared_at

BoundKey = Literal["from", "above", "up_to", "below"]

Limit = tuple[Fraction, bool]
"""Where the values of a band begin: at a value, or (``True``) just above it. A value ``v`` is at ``(v, False)``:
limits and values compare as pairs do."""


@frozen
class Band:
    """A rating, and the bound that says which values get it: the first band that a value meets is its own.

    Either every band has a lower bound, and the highest stands first; or every band has an upper bound, and the lowest
    stands first. The last band may go without: it takes whatever is left.

    Attributes:
        lowest: the lowest value of the band: per cent for a share, points for scores.
        rating: the id of the rating.
        above: what every value of the band lies above.
        up_to: the highest value of the band.
        below: what every value of the band lies below.
    """

    lowest: Fraction | None = field(metadata={"key": "from", "left_out": None})
    rating: str
    above: Fraction | None = None
    up_to: Fraction | None = None
    below: Fraction | None = None
    at: Location = declared_at()

    @property
    def bounds(self) -> dict[BoundKey, Fraction]:
        """Its bounds by their keys; a valid band has one, or none where it is the last."""
        given: dict[BoundKey, Fraction | None] = {
            "from": self.lowest,
            "above": self.above,
            "up_to": self.up_to,
            "below": self.below,
        }
        return {key: bound for key, bound in given.items() if bound is not None}

    @property
    def is_upper(self) -> bool:
        """Whether its bound is the upper one."""
        return self.up_to is not None or self.below is not None

    def is_met_by(self, value: Fraction) -> bool:
        """Return whether a value meets its bound."""
        return (
            (self.lowest is None or value >= self.lowest)
            and (self.above is None or value > self.above)
            and (self.up_to is None or value <= self.up_to)
            and (self.below is None or value < self.below)
        )


@frozen
class BandRange:
    """The values that get the rating of a band: from a limit up to the next range's.

    Attributes:
        limit: where its values begin; the lowest range begins at 0.
        band: the band as it is declared.
    """

    limit: Limit
    band: Band

    @property
    def lowest(self) -> Fraction:
        """The value where it begins, or which it begins just above."""
        return self.limit[0]

    @property
    def rating(self) -> str:
        """The id of the rating."""
        return self.band.rating

    def is_reached_by(self, value: Fraction) -> bool:
        """Return whether a value lies in this range or above it."""
        return self.limit <= (value, False)

    def first_whole(self) -> Fraction:
        """Return the lowest whole number at or above its limit."""
        return first_whole(self.limit)


def first_whole(limit: Limit) -> Fraction:
    """Return the lowest whole number at or above a limit."""
    value, is_above = limit
    whole = Fraction(-(-value.numerator // value.denominator))
    return whole + 1 if is_above and whole == value else whole


def ranges_of(bands: Sequence[Band]) -> tuple[BandRange, ...]:
    """Return what valid bands come to, from the highest values down to 0, whichever way they are declared."""
    if not any(band.is_upper for band in bands):
        return tuple(map(BandRange, _lower_limits(bands), bands))
    return tuple(reversed([*map(BandRange, _limits_from_below(bands), bands)]))


def _lower_limits(bands: Sequence[Band]) -> Iterator[Limit]:
    for band in bands:
        yield (band.above, True) if band.above is not None else (band.lowest or Fraction(0), False)


def _limits_from_below(bands: Sequence[Band]) -> Iterator[Limit]:
    limit: Limit = (Fraction(0), False)
    for band in bands:
        yield limit
        limit = (band.up_to, True) if band.up_to is not None else (band.below or Fraction(0), False)


_BOUND_WORDS: dict[BoundKey, str] = {"from": "from", "above": "above", "up_to": "up to", "below": "below"}


def say_bound(band: Band, said: Callable[[Fraction], str]) -> str:
    """Return which values get the rating of a band, in words: ``from 65``, ``up to 15``, ``everything else``."""
    return " and ".join(f"{_BOUND_WORDS[key]} {said(bound)}" for key, bound in band.bounds.items()) or "everything else"


def say_limit(limit: Limit, said: Callable[[Fraction], str]) -> str:
    """Return where the values of a band begin, in words: ``65``, or ``above 15``."""
    value, is_above = limit
    return f"above {said(value)}" if is_above else said(value)
