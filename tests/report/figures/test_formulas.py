"""The formulas of the analysis against those of SciPy and statsmodels."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binom
from scipy.stats.contingency import relative_risk
from statsmodels.stats.inter_rater import cohens_kappa

from ctm_rules import Outcome
from ctm_rules.inspections.reliability import DECIDED
from ctm_rules.report.figures.formulas import binomial_at_most, kappa_interval, relative_rate

SHARES = st.integers(1, 400).flatmap(lambda among: st.tuples(st.integers(1, among), st.just(among)))
PAIRS = st.dictionaries(st.tuples(*[st.sampled_from(DECIDED)] * 2), st.integers(1, 60), min_size=1)


@given(SHARES, SHARES)
def test_a_relative_rate_is_that_of_scipy(one: tuple[int, int], other: tuple[int, int]) -> None:
    expected = relative_risk(*one, *other)
    bounds = expected.confidence_interval(0.95)
    found = relative_rate(*one, *other)
    assert found == pytest.approx((expected.relative_risk, bounds.low, bounds.high), rel=1e-9)


@given(PAIRS)
def test_the_interval_of_kappa_is_that_of_statsmodels(times: dict[tuple[Outcome, Outcome], int]) -> None:
    # statsmodels divides by 0 where one of the two said the same each time.
    assume(all(len(set(said)) > 1 for said in zip(*times, strict=True)))
    table = np.array([[times.get((one, other), 0) for other in DECIDED] for one in DECIDED])
    with np.errstate(invalid="ignore"):
        expected = cohens_kappa(table)
    # Where everybody agrees, statsmodels may take the root of what rounding leaves below 0.
    bounds = np.nan_to_num([expected.kappa_low, expected.kappa_upp], nan=expected.kappa)
    assert kappa_interval(Counter(times)) == pytest.approx((expected.kappa, *bounds), abs=1e-6)


def test_kappa_has_no_interval_where_all_said_the_same() -> None:
    assert kappa_interval(Counter({(Outcome.YES, Outcome.YES): 9})) is None
    assert kappa_interval(Counter()) is None


@given(SHARES, st.integers(-1, 401), st.floats(0, 1))
def test_how_likely_at_most_so_many_are_is_that_of_scipy(counted: tuple[int, int], count: int, share: float) -> None:
    among = counted[1]
    assert binomial_at_most(count, among, share) == pytest.approx(float(binom.cdf(count, among, share)), abs=1e-9)
