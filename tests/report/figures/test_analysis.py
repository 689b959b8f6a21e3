"""The analysis against published figures, against the core, and against what it must refuse to say."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import exp, log, sqrt
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from ctm_rules import (
    Answer,
    Case,
    CaseOutcome,
    Inspection,
    InspectionResult,
    Judgement,
    Outcome,
    QuestionOutcome,
    rate_inspection,
)
from ctm_rules.frameworks.references import FrameworkReference
from ctm_rules.inspections.file import CaseTable, Fieldwork, InspectionFile, Provider
from ctm_rules.model.conditions import FactTest, PromptIsYes
from ctm_rules.model.framework import (
    Band,
    Domain,
    Fact,
    KeyQuestion,
    KeyQuestionBands,
    Prompt,
    Rating,
    Sample,
    Standard,
)
from ctm_rules.rating.shares import wilson_interval
from ctm_rules.report.figures.analysis import agreement, compare, firmness
from ctm_rules.report.figures.disclosure import NoShare, Share
from tests.support.strategies import framework_around

COUNTED = st.integers(1, 400).flatmap(lambda among: st.tuples(st.integers(0, among), st.just(among)))


# --- Intervals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "among", "low", "high"),
    [
        pytest.param(81, 263, 25.53, 36.62, id="81 of 263"),
        pytest.param(15, 148, 6.24, 16.05, id="15 of 148"),
        pytest.param(0, 20, 0.0, 16.11, id="0 of 20"),
        pytest.param(
            1,
            29,
            0.61,
            17.18,
            id="1 of 29",
        ),
    ],
)
def test_intervals_are_those_that_newcombe_published(count: int, among: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, the score method."""
    assert wilson_interval(count, among) == (round(low), round(high))


@given(COUNTED)
def test_intervals_are_those_of_statsmodels(counted: tuple[int, int]) -> None:
    low, high = proportion_confint(*counted, alpha=0.05, method="wilson")
    assert wilson_interval(*counted) == (round(100 * max(0, low)), round(100 * min(1, high)))


@given(COUNTED, st.integers(0, 500))
def test_a_known_population_only_narrows_an_interval(counted: tuple[int, int], more: int) -> None:
    count, among = counted
    low, high = wilson_interval(count, among)
    narrow_low, narrow_high = wilson_interval(count, among, among + more)
    assert low <= narrow_low <= narrow_high <= high


def test_a_whole_population_leaves_no_doubt() -> None:
    assert wilson_interval(3, 12, 12) == (25, 25)
    assert wilson_interval(12, 12, 12) == (100, 100)


def test_half_of_a_population_narrows_as_the_correction_says() -> None:
    """With 44 of 88, each case counts as (88 - 1) / (88 - 44) = 1.977 cases: as 22 of 44 weighs 43.5 of 87."""
    assert wilson_interval(22, 44, 88) == (40, 60)
    assert wilson_interval(22, 44) == (36, 64)
    # Each of 2 of 3 counts as (3 - 1) / (3 - 2) = 2 cases.
    assert wilson_interval(1, 2, 3) == wilson_interval(2, 4) == (15, 85)


# --- Groups --------------------------------------------------------------------------------------


def test_a_relative_rate_index_has_the_interval_of_the_textbook() -> None:
    """Katz et al. (1978): the standard error of its logarithm is the root of 1/a - 1/n + 1/c - 1/m."""
    compared = compare(Share(3, 16), Share(24, 28), 10)
    rate = (3 / 16) / (24 / 28)
    reach = 1.959964 * sqrt(1 / 3 - 1 / 16 + 1 / 24 - 1 / 28)
    assert compared.rate == pytest.approx(rate)
    assert compared.low == pytest.approx(exp(log(rate) - reach), rel=1e-5)
    assert compared.high == pytest.approx(exp(log(rate) + reach), rel=1e-5)
    assert compared.claim == "less_often"


@pytest.mark.parametrize(
    ("group", "reference"),
    [
        pytest.param(Share(3, 9), Share(24, 28), id="group too small"),
        pytest.param(Share(9, 16), Share(2, 9), id="reference too small"),
        pytest.param(Share(0, 16), Share(24, 28), id="none in the group"),
        pytest.param(Share(9, 16), Share(0, 28), id="none in the reference"),
        pytest.param(NoShare.HIDDEN, Share(24, 28), id="no group"),
        pytest.param(Share(9, 16), NoShare.NO_CASES, id="no reference"),
    ],
)
def test_nothing_is_claimed_where_the_sample_cannot_carry_it(
    group: Share | NoShare, reference: Share | NoShare
) -> None:
    compared = compare(group, reference, 10)
    assert (compared.claim, compared.rate, compared.low, compared.high) == ("too_few", None, None, None)


SHARES = st.integers(10, 300).flatmap(lambda among: st.builds(Share, st.integers(1, among), st.just(among)))


@given(SHARES, SHARES)
def test_a_difference_is_claimed_the_right_way_round_or_not_at_all(group: Share, reference: Share) -> None:
    compared, reverse = compare(group, reference, 10), compare(reference, group, 10)
    opposite = {"more_often": "less_often", "less_often": "more_often"}
    assert reverse.claim == opposite.get(compared.claim, compared.claim)
    if compared.claim == "more_often":
        assert group.exact > reference.exact
    if group == reference:
        assert compared.claim == "no_clear_difference"


# --- Agreement -----------------------------------------------------------------------------------


def _judged(result: InspectionResult, pairs: list[tuple[Outcome, Outcome]]) -> InspectionResult:
    """Return a result whose cases carry these pairs of judgement and rule, all on one question."""
    outcomes = tuple(
        CaseOutcome(
            f"synthetic-{number}",
            {"assessment.safety": QuestionOutcome(judged, rule, judgement=Judgement(judged, "a reason"))},
        )
        for number, (judged, rule) in enumerate(pairs)
    )
    return evolve(result, outcomes=outcomes)


@pytest.fixture(scope="module")
def result(example: Inspection) -> InspectionResult:
    return rate_inspection(example)


def test_kappa_is_the_one_of_the_textbook(result: InspectionResult) -> None:
    """20 and 15 agree, 5 and 10 do not: observed 0.7, by chance 0.5, kappa 0.4."""
    yes, no = Outcome.YES, Outcome.NO
    pairs = [(yes, yes)] * 20 + [(yes, no)] * 5 + [(no, yes)] * 10 + [(no, no)] * 15
    agreed = agreement(_judged(result, pairs))
    assert (agreed.judgements, agreed.differing) == (50, 15)
    assert agreed.kappa == pytest.approx(0.4)
    assert agreed.low is not None
    assert agreed.high is not None
    assert agreed.low < 0.4 < agreed.high


@pytest.mark.parametrize("differing", range(12))
def test_no_kappa_where_the_number_that_differ_is_hidden(result: InspectionResult, differing: int) -> None:
    yes, no = Outcome.YES, Outcome.NO
    same = [(yes, yes)] * 20 + [(no, no)] * 10
    agreed = agreement(
        _judged(result, same + [(yes, no)] * (differing - differing // 2) + [(no, yes)] * (differing // 2))
    )
    is_small = 1 <= differing < result.inspection.framework.disclosure.smallest_count
    assert agreed.differing == (None if is_small else differing)
    assert agreed.is_hidden == is_small
    assert ((agreed.kappa, agreed.low, agreed.high) == (None, None, None)) == is_small


def test_no_kappa_from_few_or_uniform_judgements(result: InspectionResult) -> None:
    yes, no = Outcome.YES, Outcome.NO
    assert agreement(_judged(result, [(yes, yes)] * 4 + [(no, yes)] * 5)).kappa is None
    assert agreement(_judged(result, [(yes, yes)] * 40)).kappa is None
    assert agreement(result).judgements == 0


# --- Firmness ------------------------------------------------------------------------------------


def test_firmness_is_the_same_each_time_and_follows_the_distance_from_a_bound(result: InspectionResult) -> None:
    firm = firmness(result, resamples=300)
    assert firm == firmness(result, resamples=300)
    questions = firm.key_questions
    # 10 of 44 lies far below 50%, 29 of 44 a whisker above 65%.
    assert questions["implementation.safety"] == 1.0
    assert questions["assessment.engaging"] is not None
    assert 0.35 < questions["assessment.engaging"] < 0.75
    assert firm.overall is not None
    assert firm.overall > 0.9
    assert set(firm.standards) == {"assessment", "planning", "implementation", "reviewing"}


def test_cases_that_are_all_alike_give_the_same_rating_each_time(result: InspectionResult) -> None:
    alike = rate_inspection(evolve(result.inspection, cases=result.inspection.cases[:1] * 30))
    assert set(firmness(alike, resamples=50).key_questions.values()) == {1.0}


DISPOSAL = Fact("disposal", "Disposal", "choice", {"court": "Court", "out": "Out of court"})
COURT, OUT = (FactTest("disposal", "is", (value,)) for value in ("court", "out"))


def _two_samples(court: int, out: int, yes: int, *, declared: bool) -> InspectionResult:
    """Return an inspection of cases after court and out of court, each with a standard of its own.

    They are ``declared`` as samples, or the standard of each applies to its cases alone.
    """
    when = {"court": COURT, "out": OUT}
    questions = tuple(
        KeyQuestion(name, "?", (Prompt("p", "?"),), PromptIsYes("p"), sample=name)
        if declared
        else KeyQuestion(name, "?", (Prompt("p", "?"),), PromptIsYes("p"), applies_when=condition)
        for name, condition in when.items()
    )
    standards = tuple(
        Standard(name, name, name, name, "cases", (question,))
        for name, question in zip(("court", "out"), questions, strict=True)
    )
    bands = (Band(Fraction(71), "high"), Band(Fraction(69), "seven_of_ten"), Band(Fraction(0), "low"))
    framework = framework_around(
        standards=standards,
        domains=(Domain("d", "D", ("court", "out")),),
        facts=(DISPOSAL,),
        samples=tuple(Sample(name, name, condition) for name, condition in when.items()) if declared else (),
        ratings=tuple(Rating(band.rating, band.rating, score) for score, band in zip((2, 1, 0), bands, strict=True)),
        key_question_bands=KeyQuestionBands("yes", ("yes", "no"), bands),
    )
    cases = tuple(
        Case(
            f"c{number}",
            {"disposal": "court" if number < court else "out"},
            {"out.out.p": Answer.YES if number < court + yes else Answer.NO, "court.court.p": Answer.YES},
        )
        for number in range(court + out)
    )
    file = InspectionFile(
        FrameworkReference(path="x"), Provider("a", "A"), "T", Fieldwork(date(2026, 1, 1)), CaseTable("c.csv")
    )
    return rate_inspection(Inspection(Path("x"), file, framework, cases))


@pytest.mark.parametrize(
    "declared", [pytest.param(True, id="declared samples"), pytest.param(False, id="standards for some cases")]
)
def test_cases_are_drawn_anew_within_the_sample_that_they_were_drawn_for(declared: bool) -> None:
    """Of ten cases with seven yes, ten drawn anew have exactly seven yes in 26.7 % of the draws (binomial)."""
    firm = firmness(_two_samples(court=30, out=10, yes=7, declared=declared), resamples=4000)
    assert firm.samples == 2
    expected = binom.pmf(7, 10, 0.7)
    assert firm.key_questions["out.out"] == pytest.approx(expected, abs=4 * sqrt(expected * (1 - expected) / 4000))
    assert firm.key_questions["court.court"] == 1.0


def test_a_sample_of_everybody_is_one_sample(result: InspectionResult) -> None:
    assert firmness(result, resamples=1).samples == 1
