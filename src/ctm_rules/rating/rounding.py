"""Values rounded as declared, on exact ratios."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import assert_never

from ctm_rules.model.rating_rules import Rounding


def rounded(value: Fraction, to: Fraction, rounding: Rounding) -> Fraction:
    """Return a value rounded in a declared way to a multiple of a step, with no floating point.

    >>> rounded(Fraction(5, 4), Fraction(1, 10), "half_up"), rounded(Fraction(5, 4), Fraction(1, 10), "down")
    (Fraction(13, 10), Fraction(6, 5))
    """
    steps = value / to
    match rounding:
        case "half_up":
            whole = floor(steps + Fraction(1, 2))
        case "half_even":
            whole = round(steps)
        case "down":
            whole = floor(steps)
        case "up":
            whole = ceil(steps)
        case never:
            assert_never(never)
    return whole * to
