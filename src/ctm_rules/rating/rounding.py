"""Values rounded as declared, on exact ratios."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from ctm_rules.model.rating_rules import Rounding


def rounded(value: Fraction, to: Fraction, rounding: Rounding) -> Fraction:
    """Return a value rounded in a declared way to a multiple of a step, with no floating point.

    >>> rounded(Fraction(5, 4), Fraction(1, 10), "half_up"), rounded(Fraction(5, 4), Fraction(1, 10), "down")
    (Fraction(13, 10), Fraction(6, 5))
    """
    # In whole numbers: with fractions, rounding would be most of what rating many providers takes.
    steps, among = value.numerator * to.denominator, value.denominator * to.numerator
    match rounding:
        case "half_up":
            whole = (2 * steps + among) // (2 * among)
        case "half_even":
            whole = (2 * steps + among) // (2 * among)
            whole -= (2 * steps + among) % (2 * among) == 0 and whole % 2
        case "down":
            whole = steps // among
        case "up":
            whole = -(-steps // among)
        case never:
            assert_never(never)
    return Fraction(whole * to.numerator, to.denominator)
