"""The formulas of the analysis, each with its source; tests hold them equal to those of SciPy and statsmodels.

Those libraries would take most of the memory of a report, and more time than its standards take to be rated.
"""

from __future__ import annotations

from collections import Counter
from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist

from ctm_rules.inspections.reliability import Pairs, kappa
from ctm_rules.rating.results import CONFIDENCE

_Z = NormalDist().inv_cdf((1 + float(CONFIDENCE)) / 2)
"""Within how many standard deviations of the mean the declared share of a normal distribution lies."""


def relative_rate(count: int, among: int, other: int, among_other: int) -> tuple[float, float, float]:
    """Return one share divided by another, and the bounds of its 95% interval; both shares are above 0.

    Source: Katz, D. et al. (1978), Obtaining confidence intervals for the risk ratio in cohort studies, Biometrics 34,
    469-474, method C.

    >>> [round(value, 3) for value in relative_rate(3, 16, 24, 28)]
    [0.219, 0.078, 0.613]
    """
    rate = count * among_other / (among * other)
    reach = _Z * sqrt(1 / count - 1 / among + 1 / other - 1 / among_other)
    return rate, rate * exp(-reach), rate * exp(reach)


def kappa_interval(pairs: Pairs) -> tuple[float, float, float] | None:
    """Return Cohen's kappa with the bounds of its 95% interval (``None``: it has no value).

    Args:
        pairs: how often one judge said so and the other so.

    Source: Fleiss, J. L., Cohen, J. and Everitt, B. S. (1969), Large sample standard errors of kappa and weighted
    kappa, Psychological Bulletin 72, 323-327.
    """
    exact = kappa(pairs)
    if exact is None:
        return None
    value, cases = float(exact), pairs.total()
    first: Counter[object] = Counter()
    second: Counter[object] = Counter()
    for (one, other), times in pairs.items():
        first[one] += times
        second[other] += times
    by_chance = sum(times * second[each] for each, times in first.items()) / cases**2
    spread = 0.0
    for (one, other), times in pairs.items():
        if one == other:
            weight = 1 - (first[one] + second[one]) / cases * (1 - value)
        else:
            weight = (second[one] + first[other]) / cases * (1 - value)
        spread += times / cases * weight**2
    variance = (spread - (value - by_chance * (1 - value)) ** 2) / (1 - by_chance) ** 2 / cases
    reach = _Z * sqrt(max(0.0, variance))  # rounding leaves a little below 0 where everybody agrees
    return value, value - reach, value + reach


def binomial_at_most(count: int, among: int, share: float) -> float:
    """Return how likely at most ``count`` of ``among`` cases are where each is likely to a share (exact binomial).

    >>> round(binomial_at_most(1, 3, 0.5), 6)
    0.5
    """
    if count >= among or share <= 0:
        return 1.0 if count >= 0 else 0.0
    if count < 0 or share >= 1:
        return 0.0
    yes, no, ways = log(share), log1p(-share), lgamma(among + 1)
    return sum(
        exp(ways - lgamma(each + 1) - lgamma(among - each + 1) + each * yes + (among - each) * no)
        for each in range(count + 1)
    )
