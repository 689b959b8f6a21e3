"""Counts to shares, bands, ratings and panel flags, with every expected value worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules import Counts, Framework, RatingResult, make_engine, rate_counts
from ctm_rules.rating import KeyQuestionResult, rounded_percent, wilson_interval

JUDGED = {"leadership": "good", "staffing": "requires_improvement", "services": "requires_improvement"}


def rate(framework: Framework, counts: dict[str, Counts], judged: dict[str, str] | None = None) -> RatingResult:
    return rate_counts(framework, counts, JUDGED if judged is None else judged, make_engine(framework))


def shares(framework: Framework, **changed: tuple[int, int]) -> dict[str, Counts]:
    """Return 100 cases of yes for each question, but yes and no as given for some (safety=(12, 32))."""
    counts = {path: Counts(yes=100) for path in framework.key_questions}
    return counts | {name.replace("__", "."): Counts(yes=yes, no=no) for name, (yes, no) in changed.items()}


def question(result: RatingResult, path: str) -> KeyQuestionResult:
    return next(q for standard in result.standards for q in standard.key_questions if q.path == path)


@pytest.mark.parametrize(
    ("yes", "no", "percent", "rating"),
    [
        (100, 0, 100, "Outstanding"), (80, 20, 80, "Outstanding"), (79, 21, 79, "Good"),
        (65, 35, 65, "Good"), (64, 36, 64, "Requires improvement"), (50, 50, 50, "Requires improvement"),
        (49, 51, 49, "Inadequate"), (0, 1, 0, "Inadequate"),
        # 159 of 200 is 79.5 per cent, and half a point counts up; 793 of 1,000 is 79.3 per cent.
        (159, 41, 80, "Outstanding"), (793, 207, 79, "Good"),
    ],
)  # fmt: skip
def test_share_falls_in_its_band(shipped: Framework, yes: int, no: int, percent: int, rating: str) -> None:
    result = question(rate(shipped, shares(shipped, assessment__safety=(yes, no))), "assessment.safety")
    assert (result.percent, result.rating and result.rating.label) == (percent, rating)
    assert result.share == Fraction(yes, yes + no)


def test_lowest_key_question_drives_the_standard_and_ties_drive_together(shipped: Framework) -> None:
    counts = shares(shipped, assessment__safety=(40, 60), assessment__desistance=(20, 30), planning__safety=(70, 30))
    standards = {result.standard.slug: result for result in rate(shipped, counts).standards}
    assert standards["assessment"].drivers == ("assessment.desistance", "assessment.safety")
    assert standards["assessment"].rating is not None
    assert standards["assessment"].rating.label == "Inadequate"
    assert standards["planning"].drivers == ("planning.safety",)
    assert standards["reviewing"].drivers == ("reviewing.engaging", "reviewing.desistance", "reviewing.safety")


@pytest.mark.parametrize(
    ("judged", "percents", "score", "overall"),
    [
        # The boundaries of the overall bands, with 3, 2, 1 and 0 for each standard's rating.
        ("outstanding outstanding outstanding", (100, 80, 99, 100), 21, "Outstanding"),
        ("outstanding outstanding good", (60, 100, 100, 100), 18, "Outstanding"),
        ("outstanding good good", (60, 100, 100, 100), 17, "Good"),
        ("good requires_improvement requires_improvement", (100, 70, 60, 60), 11, "Good"),
        ("good requires_improvement requires_improvement", (100, 60, 60, 60), 10, "Requires improvement"),
        ("good requires_improvement requires_improvement", (0, 10, 20, 49), 4, "Requires improvement"),
        ("requires_improvement requires_improvement requires_improvement", (0, 0, 0, 0), 3, "Inadequate"),
        ("inadequate inadequate inadequate", (0, 0, 0, 0), 0, "Inadequate"),
    ],
)
def test_overall_rating_comes_from_the_sum_of_scores(
    shipped: Framework, judged: str, percents: tuple[int, ...], score: int, overall: str
) -> None:
    judged_by_slug = dict(zip(("leadership", "staffing", "services"), judged.split(), strict=True))
    slugs = ("assessment", "planning", "implementation", "reviewing")
    changed = {f"{slug}__safety": (yes, 100 - yes) for slug, yes in zip(slugs, percents, strict=True)}
    result = rate(shipped, shares(shipped, **changed), judged_by_slug)
    assert (result.score, result.out_of, result.overall and result.overall.label) == (score, 21, overall)


def test_where_the_share_of_no_is_rated_the_highest_share_drives(small: Callable[..., Framework]) -> None:
    framework = small(
        "floors\n      - {id: safe, ask: Is it safe?, prompts: [{id: locks, ask: Do locks work?}], yes_when: locks}",
        ("share_of: yes", "share_of: no"),
        (
            "[{from: 50, rating: fine}, {from: 0, rating: poor}]}\noverall",
            "[{from: 50, rating: poor}, {from: 0, rating: fine}]}\noverall",
        ),
    )
    counts = {"hygiene.clean": Counts(yes=2, no=8), "hygiene.safe": Counts(yes=9, no=1)}
    (hygiene,) = rate_counts(framework, counts, {}, make_engine(framework)).standards
    assert hygiene.drivers == ("hygiene.clean",)
    assert hygiene.rating is not None
    assert hygiene.rating.id == "poor"


def test_domain_rating_comes_from_its_own_sum(shipped: Framework) -> None:
    result = rate(shipped, shares(shipped))
    by_id = {domain.domain.id: domain for domain in result.domains}
    assert (by_id["organisation"].score, by_id["organisation"].out_of) == (4, 9)
    assert by_id["organisation"].rating is not None
    assert by_id["organisation"].rating.label == "Requires improvement"
    assert (by_id["service_delivery"].score, by_id["service_delivery"].out_of) == (12, 12)


def test_undetermined_is_shown_and_never_counted_as_no(shipped: Framework) -> None:
    counts = shares(shipped) | {"assessment.safety": Counts(yes=30, no=10, undetermined=4)}
    result = rate(shipped, counts)
    refused = question(result, "assessment.safety")
    assert (refused.percent, refused.rating, refused.counts.undetermined) == (None, None, 4)
    assert result.overall is None
    assert result.score is None
    assert "assessment.safety is undetermined in 4 cases" in result.not_rated[0]


def test_undetermined_cases_are_left_out_where_the_framework_says_so(small: Callable[..., Framework]) -> None:
    framework = small("floors", ("among: [yes, no],", "among: [yes, no], undetermined: exclude,"))
    counts = {"hygiene.clean": Counts(yes=1, no=1, undetermined=7)}
    result = rate_counts(framework, counts, {}, make_engine(framework))
    assert question(result, "hygiene.clean").percent == 50
    assert result.overall is not None
    assert result.to_dict()["standards"][0]["key_questions"][0]["undetermined"] == 7  # type: ignore[index]


def test_standard_without_a_judgement_is_not_rated_and_says_so(shipped: Framework) -> None:
    result = rate(shipped, shares(shipped), {"leadership": "good", "staffing": "good"})
    assert result.not_rated == ("P 1.3 Services: no judgement is recorded",)
    assert result.overall is None


def test_question_that_no_case_answers_does_not_rate_its_standard(shipped: Framework) -> None:
    counts = shares(shipped) | {path: Counts(not_applicable=9) for path in shipped.key_questions if "reviewing" in path}
    result = rate(shipped, counts)
    assert result.not_rated == ("P 2.4 Reviewing: no case was counted",)


def test_one_question_without_cases_leaves_the_others_to_rate(shipped: Framework) -> None:
    counts = shares(shipped, reviewing__engaging=(70, 30)) | {"reviewing.safety": Counts(not_applicable=9)}
    reviewing = rate(shipped, counts).standards[-1]
    assert reviewing.rating is not None
    assert reviewing.rating.label == "Good"
    assert reviewing.key_questions[2].not_rated == "no case was counted for reviewing.safety"


@pytest.mark.parametrize(
    ("yes", "no", "reasons"),
    [
        (28, 16, ["the share is within 5 points of 65 %, the limit for Good",
                  "one more case judged yes would move it to Good"]),
        (22, 22, ["the share is within 5 points of 50 %, the limit for Requires improvement",
                  "one case fewer judged yes would move it to Inadequate"]),
        (25, 19, []),
        (3, 2, ["the share is within 5 points of 65 %, the limit for Good",
                "one more case judged yes would move it to Outstanding",
                "one case fewer judged yes would move it to Inadequate",
                "only 5 cases counted, fewer than 6"]),
        (45, 55, ["the share is within 5 points of 50 %, the limit for Requires improvement"]),
        (44, 56, []),
    ],
)  # fmt: skip
def test_panel_flags_say_why(shipped: Framework, yes: int, no: int, reasons: list[str]) -> None:
    result = question(rate(shipped, shares(shipped, assessment__safety=(yes, no))), "assessment.safety")
    assert [flag.reason for flag in result.panel] == reasons


def test_panel_lists_only_what_could_change_a_standard(shipped: Framework) -> None:
    counts = shares(shipped, assessment__engaging=(64, 36), assessment__safety=(20, 80), planning__safety=(64, 36))
    listed = rate(shipped, counts).panel
    # Assessment stays Inadequate whatever happens to engaging; planning hangs on its safety question.
    assert all("planning.safety" in sentence for sentence in listed)
    assert len(listed) == 2


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", 13), ("half_even", 12), ("down", 12), ("up", 13)])
def test_rounding_is_the_declared_one(rounding: str, expected: int) -> None:
    assert rounded_percent(Fraction(1, 8), rounding) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(("decided_on", "rating"), [("rounded", "fine"), ("exact", "poor")])
def test_what_decides_is_declared(small: Callable[..., Framework], decided_on: str, rating: str) -> None:
    framework = small("floors", ("among: [yes, no],", f"among: [yes, no], decided_on: {decided_on},"))
    # 99 of 199 is 49.7 per cent: 50 when rounded, below 50 as it stands.
    result = rate_counts(framework, {"hygiene.clean": Counts(99, 100)}, {}, make_engine(framework))
    assert result.overall is not None
    assert result.overall.id == rating


def test_wilson_interval_is_the_textbook_one() -> None:
    # 12 of 44: (0.273 + 0.0437 -/+ 1.96 * sqrt(0.273*0.727/44 + 0.000496)) / 1.0873
    assert wilson_interval(12, 44) == (16, 42)
    assert wilson_interval(0, 10) == (0, 28)
    assert wilson_interval(10, 10) == (72, 100)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_yes_more_never_lowers_a_percentage(yes: int, no: int) -> None:
    if yes + no:
        before = rounded_percent(Fraction(yes, yes + no), "half_up")
        assert rounded_percent(Fraction(yes + 1, yes + no + 1), "half_up") >= before


def test_counts_of_groups_add_up() -> None:
    assert Counts(1, 2, 3, 4) + Counts(10, 20, 30, 40) == Counts(11, 22, 33, 44)
