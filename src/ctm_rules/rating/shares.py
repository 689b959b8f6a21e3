"""Shares in per cent: rounded as declared, spelled, and with Wilson score intervals; exact until they are shown."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt
from statistics import NormalDist

from ctm_rules.model.framework import KeyQuestionBands, PointsInBands
from ctm_rules.model.rating_rules import Rounding
from ctm_rules.phrases import say_number
from ctm_rules.rating.results import CONFIDENCE
from ctm_rules.rating.rounding import rounded


def rounded_percent(share: Fraction, rounding: Rounding) -> int:
    """Return a share (0 to 1) in whole per cent, rounded in a declared way, with no floating point.

    >>> rounded_percent(Fraction(1, 8), "half_up"), rounded_percent(Fraction(1, 8), "half_even")
    (13, 12)
    """
    return int(rounded(share * 100, Fraction(1), rounding))


def decisive_percent(declared: KeyQuestionBands, share: Fraction) -> Fraction:
    """Return what is placed in a band for a share (0 to 1), in per cent: exact or rounded, as declared."""
    return share * 100 if declared.decided_on == "exact" else Fraction(rounded_percent(share, declared.round))


def decisive_points(declared: PointsInBands, value: Fraction) -> Fraction:
    """Return what is placed in a band for a value made from points: exact or rounded, as declared."""
    return value if declared.decided_on == "exact" else rounded(value, declared.to, declared.round)


_Z = NormalDist().inv_cdf((1 + float(CONFIDENCE)) / 2)
"""Within how many standard deviations of the mean the declared share of a normal distribution lies."""


def wilson_interval(count: int, among: int, population: int | None = None) -> tuple[int, int]:
    """Return the 95% Wilson score interval of ``count`` among ``among`` (above 0), in whole per cent.

    Args:
        count: cases that have the outcome.
        among: cases counted.
        population: how many cases the sample was drawn from, where that is known. The interval is then narrower
            (finite population correction: ``among`` counts as ``among * (population - 1) / (population - among)``).

    Source: Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212.
    """
    share = count / among
    if population is not None and population <= among:
        return round(100 * share), round(100 * share)
    weighed = among if population is None else among * (population - 1) / (population - among)
    spread = _Z * _Z / weighed
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z * sqrt(share * (1 - share) / weighed + spread / (4 * weighed)) / (1 + spread)
    return round(100 * (middle - reach)), round(100 * (middle + reach))


def say_to_hundredths(value: Fraction) -> str:
    """Return a value made from points as a page shows it: to two decimals, ``66.67``."""
    return say_number(rounded(value, Fraction(1, 100), "half_up"))


def say_percent(value: Fraction | int) -> str:
    """Return a value in per cent as people write it: ``80%``, ``79.5%``."""
    return f"{say_number(Fraction(value))}%"
