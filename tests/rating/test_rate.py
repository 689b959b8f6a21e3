"""Counts to shares, bands, ratings and panel flags, with every expected value worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import ctm_rules
from ctm_rules import (
    Answer,
    Case,
    Counts,
    Framework,
    Inspection,
    RatingResult,
    load_framework,
    make_engine,
    make_framework,
    rate_counts,
    rate_inspection,
)
from ctm_rules.rating.rate import rate_outcomes
from ctm_rules.rating.results import KeyQuestionResult, StandardResult
from ctm_rules.rating.shares import rounded_percent, wilson_interval
from tests.support.small_framework import Small

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
        pytest.param(100, 0, 100, "Outstanding", id="100 of 100"),
        pytest.param(80, 20, 80, "Outstanding", id="80 of 100"),
        pytest.param(79, 21, 79, "Good", id="79 of 100"),
        pytest.param(65, 35, 65, "Good", id="65 of 100"),
        pytest.param(64, 36, 64, "Requires improvement", id="64 of 100"),
        pytest.param(
            50,
            50,
            50,
            "Requires improvement",
            id="50 of 100",
        ),
        pytest.param(49, 51, 49, "Inadequate", id="49 of 100"),
        pytest.param(0, 1, 0, "Inadequate", id="0 of 1"),
        # 159 of 200 is 79.5 per cent, and half a point counts up; 793 of 1,000 is 79.3 per cent.
        pytest.param(159, 41, 80, "Outstanding", id="159 of 200"),
        pytest.param(793, 207, 79, "Good", id="793 of 1,000"),
    ],
)
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
        pytest.param("outstanding outstanding outstanding", (100, 80, 99, 100), 21, "Outstanding", id="21 of 21"),
        pytest.param("outstanding outstanding good", (60, 100, 100, 100), 18, "Outstanding", id="lowest Outstanding"),
        pytest.param("outstanding good good", (60, 100, 100, 100), 17, "Good", id="highest Good"),
        pytest.param("good requires_improvement requires_improvement", (100, 70, 60, 60), 11, "Good", id="lowest Good"),
        pytest.param(
            "good requires_improvement requires_improvement",
            (100, 60, 60, 60),
            10,
            "Requires improvement",
            id="highest Requires improvement",
        ),
        pytest.param(
            "good requires_improvement requires_improvement",
            (0, 10, 20, 49),
            4,
            "Requires improvement",
            id="lowest Requires improvement",
        ),
        pytest.param(
            "requires_improvement requires_improvement requires_improvement",
            (0, 0, 0, 0),
            3,
            "Inadequate",
            id="highest Inadequate",
        ),
        pytest.param("inadequate inadequate inadequate", (0, 0, 0, 0), 0, "Inadequate", id="0 of 21"),
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


def test_what_is_said_of_a_domain_is_said_of_the_whole(shipped: Framework) -> None:
    """Whoever reads the rating of one part reads that of any other."""
    plain = rate(shipped, shares(shipped, assessment__safety=(12, 32))).to_dict()
    for domain in plain["domains"]:
        assert [*domain] == ["id", "title", *plain["overall"], "not_rated"]
        assert domain["score"] == sum(
            standard["score"] or 0
            for standard in plain["standards"]
            if standard["slug"] in next(each.standards for each in shipped.domains if each.id == domain["id"])
        )
    assert plain["overall"]["score"] == sum(domain["score"] or 0 for domain in plain["domains"])


def test_where_the_share_of_no_is_rated_the_highest_share_drives(small: Small) -> None:
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


SAFE_TOO = "floors\n      - {id: safe, ask: Is it safe?, prompts: [{id: locks, ask: Do locks work?}], yes_when: locks}"
BANDS = "[{from: 50, rating: fine}, {from: 0, rating: poor}]}\noverall"
RATINGS = "- {id: fine, label: Fine, score: 1}\n  - {id: poor, label: Poor, score: 0}"


@pytest.mark.parametrize(
    ("replacements", "clean", "safe", "rating", "drivers", "percent", "weakest_first"),
    [
        pytest.param([], 40, 90, "poor", ["clean"], 40, ["clean", "safe"], id="a low share is the weak one"),
        pytest.param(
            [
                ("share_of: yes", "share_of: no"),
                (BANDS, "[{from: 50, rating: poor}, {from: 0, rating: fine}]}\noverall"),
            ],
            25,
            100,
            "poor",
            ["clean"],
            75,
            ["clean", "safe"],
            id="a high share of no is the weak one",
        ),
        pytest.param(
            [(RATINGS, "- {id: fine, label: Fine, score: 0}\n  - {id: poor, label: Poor, score: 25}")],
            100,
            0,
            "poor",
            ["safe"],
            0,
            ["safe", "clean"],
            id="fewer points are better",
        ),
        pytest.param(
            [(BANDS, "[{from: 90, rating: poor}, {from: 60, rating: fine}, {from: 0, rating: poor}]}\noverall")],
            100,
            70,
            "poor",
            ["clean"],
            100,
            ["clean", "safe"],
            id="both ends are bad",
        ),
        pytest.param(
            [(BANDS, "[{from: 90, rating: poor}, {from: 60, rating: fine}, {from: 0, rating: poor}]}\noverall")],
            95,
            10,
            "poor",
            ["clean", "safe"],
            None,
            ["clean", "safe"],
            id="both ends are bad and both are reached",
        ),
        pytest.param(
            [
                (RATINGS, f"- {{id: good, label: Good, score: 2}}\n  {RATINGS}"),
                (BANDS, "[{from: 60, rating: fine}, {from: 30, rating: good}, {from: 0, rating: poor}]}\noverall"),
            ],
            67,
            33,
            "fine",
            ["clean"],
            67,
            ["clean", "safe"],
            id="a low share has the better rating",
        ),
    ],
)
def test_the_lowest_rating_decides_by_its_place_on_the_scale(
    small: Small,
    replacements: list[tuple[str, str]],
    clean: int,
    safe: int,
    rating: str,
    drivers: list[str],
    percent: int | None,
    weakest_first: list[str],
) -> None:
    framework = small(SAFE_TOO, *replacements)
    counts = {
        "hygiene.clean": Counts(yes=clean, no=100 - clean),
        "hygiene.safe": Counts(yes=safe, no=100 - safe),
    }
    (hygiene,) = rate_counts(framework, counts, {}, make_engine(framework)).standards
    assert hygiene.rating is not None
    assert hygiene.rating.id == rating
    assert [path.removeprefix("hygiene.") for path in hygiene.drivers] == drivers
    assert hygiene.driving_percent == percent
    assert [question.question.id for question in hygiene.weakest_first] == weakest_first


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


def test_undetermined_cases_are_left_out_where_the_framework_says_so(small: Small) -> None:
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


LEFT_OUT = (
    "P 2.4 Reviewing: no case was counted for reviewing.engaging and reviewing.safety, and the rating rests on the "
    "other key questions"
)


def test_what_was_left_out_of_a_rating_is_said(shipped: Framework) -> None:
    """A question that is not given has no cases; so has one that arises in none, or of which nothing is counted."""
    counts = shares(shipped) | {"reviewing.safety": Counts(not_applicable=9)}
    del counts["reviewing.engaging"]
    result = rate(shipped, counts)
    assert result.standards[-1].not_counted == ("reviewing.engaging", "reviewing.safety")
    assert result.not_counted == (LEFT_OUT,)
    plain = result.to_dict()
    assert plain["not_counted"] == [LEFT_OUT]
    assert plain["standards"][-1]["not_counted"] == ["reviewing.engaging", "reviewing.safety"]  # type: ignore[index]


def test_a_framework_may_refuse_to_rate_where_a_question_was_not_counted(shipped: Framework) -> None:
    refusing = evolve(shipped, standard_rating=evolve(shipped.standard_rating, not_rated="refuse"))
    complete = rate(refusing, shares(refusing))
    assert (complete.score, complete.not_counted) == (16, ())
    result = rate(refusing, shares(refusing) | {"reviewing.safety": Counts(not_applicable=9)})
    assert (result.standards[-1].rating, result.standards[-1].not_counted, result.overall) == (None, (), None)
    assert result.not_rated == (
        "P 2.4 Reviewing: no case was counted for reviewing.safety, and the framework then gives no rating",
    )
    nothing = rate(refusing, {})
    assert nothing.not_rated[0] == "P 2.1 Assessment: no case was counted"


@pytest.mark.parametrize(
    ("yes", "no", "reasons"),
    [
        pytest.param(
            28, 16, ["the share is within 5 points of 65%, the limit for Good",
            "one more case judged yes would move it to Good"],
            id="28 of 44: just below Good",
        ),
        pytest.param(
            22, 22, ["the share is within 5 points of 50%, the limit for Requires improvement",
            "one case fewer judged yes would move it to Inadequate"],
            id="22 of 44: on the limit",
        ),
        pytest.param(25, 19, [], id="25 of 44: far from every limit"),
        pytest.param(
            3, 2, ["the share is within 5 points of 65%, the limit for Good",
            "one more case judged yes would move it to Outstanding",
            "one case fewer judged yes would move it to Inadequate",
            "only 5 cases counted, fewer than 6"],
            id="3 of 5: few cases",
        ),
        pytest.param(
            45, 55, ["the share is within 5 points of 50%, the limit for Requires improvement"],
            id="45 of 100: 5 points below",
        ),
        pytest.param(44, 56, [], id="44 of 100: 6 points below"),
        pytest.param(
            55, 45, ["the share is within 5 points of 50%, the limit for Requires improvement"],
            id="55 of 100: 5 points above",
        ),
        # Six cases are no longer few; one judged the other way would give 67 or 33 per cent.
        pytest.param(
            3, 3, ["the share is within 5 points of 50%, the limit for Requires improvement",
            "one more case judged yes would move it to Good",
            "one case fewer judged yes would move it to Inadequate"],
            id="3 of 6: enough cases",
        ),
        # No case can be judged yes beyond those that there are, nor fewer than none.
        pytest.param(
            1, 0, ["one case fewer judged yes would move it to Inadequate", "only 1 case counted, fewer than 6"],
            id="1 of 1",
        ),
        pytest.param(
            0, 1, ["one more case judged yes would move it to Outstanding", "only 1 case counted, fewer than 6"],
            id="0 of 1",
        ),
    ],
)  # fmt: skip
def test_panel_flags_say_why(shipped: Framework, yes: int, no: int, reasons: list[str]) -> None:
    result = question(rate(shipped, shares(shipped, assessment__safety=(yes, no))), "assessment.safety")
    assert [flag.reason for flag in result.panel] == reasons


def test_panel_flags_name_the_rating_that_it_would_be_instead(shipped: Framework) -> None:
    counts = shares(shipped, assessment__engaging=(55, 45), assessment__safety=(62, 38), planning__safety=(28, 16))
    result = rate(shipped, counts)
    instead = {
        path: [flag.instead and flag.instead.label for flag in question(result, path).panel]
        for path in ("assessment.engaging", "assessment.safety", "planning.safety")
    }
    # The limits are at 50 and 65 per cent; one more of 28 in 44 is above 65, and gives Good as well.
    assert instead == {
        "assessment.engaging": ["Inadequate"],
        "assessment.safety": ["Good"],
        "planning.safety": ["Good", "Good"],
    }


@pytest.mark.parametrize(
    ("bands", "share", "instead"),
    [
        # The share is above 75 and above 70: below 75 it would be fair, below 70 poor.
        pytest.param("80 best, 75 fine, 70 fair, 0 poor", 79, {80: "best", 75: "fair", 70: "poor"}, id="above two"),
        pytest.param("80 best, 75 fine, 70 fair, 0 poor", 72, {80: "best", 75: "fine", 70: "poor"}, id="below two"),
        pytest.param("80 best, 75 fine, 70 fair, 0 poor", 80, {80: "fine", 75: "fair", 70: "poor"}, id="on a bound"),
        # What has the same rating on both sides of a bound, or has it again further down, would not move.
        pytest.param("80 fine, 75 fine, 70 fair, 0 poor", 79, {75: "fair", 70: "poor"}, id="a bound that is none"),
        pytest.param("80 poor, 75 fine, 0 poor", 84, {80: "fine"}, id="both ends are bad"),
        pytest.param("80 poor, 75 fine, 0 poor", 78, {80: "poor", 75: "poor"}, id="in the middle of two bad ends"),
    ],
)
def test_a_flag_names_the_rating_on_the_other_side_of_its_own_bound(
    small: Small, bands: str, share: int, instead: dict[int, str]
) -> None:
    listed = [f"{{from: {band.split()[0]}, rating: {band.split()[1]}}}" for band in bands.split(", ")]
    scale = ["best", "fine", "fair", "poor"]
    ratings = [f"{{id: {name}, label: {name.title()}, score: {3 - rank}}}" for rank, name in enumerate(scale)]
    framework = small(
        "floors",
        (RATINGS, "\n".join(f"  - {rating}" for rating in ratings).lstrip()),
        (BANDS, f"[{', '.join(listed)}]}}\noverall"),
        ("standards:\n", "panel: {within_points: 10}\nstandards:\n"),
    )
    counts = {"hygiene.clean": Counts(yes=share, no=100 - share)}
    flags = question(rate_counts(framework, counts, {}, make_engine(framework)), "hygiene.clean").panel
    said = {int(flag.reason.split(" of ")[1].split("%")[0]): flag.instead and flag.instead.id for flag in flags}
    assert said == instead


def test_a_share_that_is_rounded_up_to_a_bound_stands_above_it(small: Small) -> None:
    framework = small("floors", ("standards:\n", "panel: {within_points: 1}\nstandards:\n"))
    # 99 of 199 are 49.7 per cent, rounded to 50 and so Fine.
    result = rate_counts(framework, {"hygiene.clean": Counts(99, 100)}, {}, make_engine(framework))
    (flag,) = question(result, "hygiene.clean").panel
    assert question(result, "hygiene.clean").rating == framework.ratings[0]
    assert flag.instead == framework.ratings[1]


@pytest.mark.parametrize(
    ("share_of", "among", "counts"),
    [
        pytest.param("yes", "[yes]", Counts(yes=3), id="yes among yes"),
        pytest.param("no", "[no]", Counts(no=1), id="no among no"),
        pytest.param(
            "not_applicable",
            "[not_applicable]",
            Counts(not_applicable=1),
            id="not applicable among not applicable",
        ),
    ],
)
def test_no_case_can_change_a_share_among_itself(small: Small, share_of: str, among: str, counts: Counts) -> None:
    framework = small(
        "floors",
        ("share_of: yes, among: [yes, no]", f"share_of: {share_of}, among: {among}"),
        ("standards:\n", "panel: {one_case_would_change_it: true}\nstandards:\n"),
    )
    result = rate_counts(framework, {"hygiene.clean": counts}, {}, make_engine(framework))
    assert question(result, "hygiene.clean").percent == 100
    assert question(result, "hygiene.clean").panel == ()


def test_where_the_share_of_no_is_rated_a_flag_matters_where_it_would_raise_the_highest(
    small: Small,
) -> None:
    framework = small(
        "floors\n      - {id: safe, ask: Is it safe?, prompts: [{id: locks, ask: Do locks work?}], yes_when: locks}",
        ("share_of: yes", "share_of: no"),
        (
            "[{from: 50, rating: fine}, {from: 0, rating: poor}]}\noverall",
            "[{from: 50, rating: poor}, {from: 0, rating: fine}]}\noverall",
        ),
        ("standards:\n", "panel: {one_case_would_change_it: true}\nstandards:\n"),
    )
    # One more "no" makes safe poor, and with it the standard; clean is poor already where it hangs on one case.
    for clean, matters in ((Counts(yes=10), True), (Counts(yes=3, no=7), False)):
        counts = {"hygiene.clean": clean, "hygiene.safe": Counts(yes=6, no=5)}
        rated = rate_counts(framework, counts, {}, make_engine(framework))
        (flag,) = question(rated, "hygiene.safe").panel
        assert flag.reason == "one more case judged no would move it to Poor"
        assert flag.changes_standard == matters


def test_a_flag_says_which_answer_in_words(small: Small) -> None:
    framework = small(
        "floors",
        ("share_of: yes, among: [yes, no]", "share_of: not_applicable, among: [yes, no, not_applicable]"),
        ("standards:\n", "panel: {one_case_would_change_it: true}\nstandards:\n"),
    )
    counts = {"hygiene.clean": Counts(yes=5, not_applicable=4)}
    (flag,) = question(rate_counts(framework, counts, {}, make_engine(framework)), "hygiene.clean").panel
    assert flag.reason == "one more case judged not applicable would move it to Fine"


def test_panel_lists_only_what_could_change_a_standard(shipped: Framework) -> None:
    counts = shares(shipped, assessment__engaging=(64, 36), assessment__safety=(20, 80), planning__safety=(64, 36))
    listed = [sentence for sentence in rate(shipped, counts).panel if sentence.startswith("P ")]
    # Assessment stays Inadequate whatever happens to engaging; planning hangs on its safety question.
    assert all("planning.safety" in sentence for sentence in listed)
    assert len(listed) == 2


def test_few_cases_matter_where_their_question_drives_the_standard(shipped: Framework) -> None:
    counts = shares(shipped, assessment__engaging=(1, 0), assessment__safety=(9, 1), planning__safety=(0, 1))
    few = {sentence for sentence in rate(shipped, counts).panel if "only 1 case counted" in sentence}
    assert few == {"P 2.2 Planning, planning.safety: only 1 case counted, fewer than 6"}


def test_no_flag_could_change_a_standard_that_is_not_rated(shipped: Framework) -> None:
    counts = shares(shipped, assessment__engaging=(64, 36)) | {"assessment.safety": Counts(yes=1, undetermined=1)}
    result = rate(shipped, counts)
    assert question(result, "assessment.engaging").panel
    assert not [sentence for sentence in result.panel if sentence.startswith("P ")]
    assert result.overall_panel == ()


JUDGED_ALONE = """
id: judged
edition: "1"
title: Judged
publisher: A council
in_force_from: 2026-01-01
ratings:
  - {id: best, label: Best, score: 4}
  - {id: fine, label: Fine, score: 3}
  - {id: poor, label: Poor, score: 0}
domains: [{id: one, title: One, standards: [a]}, {id: more, title: More, standards: [b, c]}]
domain_rating:
  bands_of:
    one: [{from: 4, rating: best}, {from: 3, rating: fine}, {from: 0, rating: poor}]
    more: [{from: 8, rating: best}, {from: 3, rating: fine}, {from: 0, rating: poor}]
overall: {bands: [{from: 12, rating: best}, {from: 9, rating: fine}, {from: 0, rating: poor}]}
panel: {one_standard_would_change_it: true}
standards:
  - {id: A, slug: a, title: First, statement: A., rated_by: judgement}
  - {id: B, slug: b, title: Second, statement: B., rated_by: judgement}
  - {id: C, slug: c, title: Third, statement: C., rated_by: judgement}
"""


@pytest.mark.parametrize(
    ("judged", "overall", "more"),
    [
        pytest.param(
            ("best", "best", "best"),
            "a score of 12 is the limit for Best, and one standard rated one step lower would make it Fine",
            "a score of 8 is the limit for Best, and one standard rated one step lower would make it Fine",
            id="on both limits, and nothing can be rated higher",
        ),
        pytest.param(
            ("best", "fine", "fine"),
            "the score is 10, and B Second or C Third rated one step lower would make it Poor",
            "",
            id="a step of 1 to fine and one of 3 to poor",
        ),
        pytest.param(
            ("fine", "fine", "fine"),
            "a score of 9 is the limit for Fine, and one standard rated one step lower would make it Poor",
            "",
            id="on the limit",
        ),
        pytest.param(
            ("best", "fine", "poor"),
            "the score is 7, and C Third rated one step higher would make it Fine",
            "a score of 3 is the limit for Fine, and one standard rated one step lower would make it Poor",
            id="the one below a limit, the other on it",
        ),
        pytest.param(
            ("poor", "poor", "poor"),
            "",
            "the score is 0, and one standard rated one step higher would make it Fine",
            id="the lowest score is no limit",
        ),
    ],
)
def test_a_sum_says_which_standard_would_change_its_rating(
    tmp_path: Path, judged: tuple[str, str, str], overall: str, more: str
) -> None:
    file = tmp_path / "judged.yaml"
    file.write_text(JUDGED_ALONE)
    framework = load_framework(file)
    result = rate_counts(framework, {}, dict(zip("abc", judged, strict=True)), make_engine(framework))
    alone, others = result.domains
    assert alone.panel == ()  # its one standard's rating and its own are the same thing
    assert [flag.reason for flag in result.overall_panel] == [overall] * bool(overall)
    assert [flag.reason for flag in others.panel] == [more] * bool(more)
    for flag in (*result.overall_panel, *others.panel):
        assert flag.kind == "one_standard"
        assert flag.instead is not None
        assert flag.reason.endswith(f"would make it {flag.instead.label}")
    said = [*(["Overall rating: " + overall] if overall else []), *(["More: " + more] if more else [])]
    assert list(result.panel) == said
    plain = result.to_dict()
    assert plain["panel"] == said
    assert plain["overall"]["panel"] == [overall] * bool(overall)  # type: ignore[index]
    assert plain["domains"][1]["panel"] == [more] * bool(more)  # type: ignore[index]


def test_no_sum_is_flagged_where_the_framework_does_not_ask_for_it(tmp_path: Path) -> None:
    file = tmp_path / "judged.yaml"
    file.write_text(JUDGED_ALONE.replace("panel: {one_standard_would_change_it: true}\n", ""))
    framework = load_framework(file)
    assert rate_counts(framework, {}, dict.fromkeys("abc", "best"), make_engine(framework)).panel == ()


def test_the_example_lies_on_the_limit_of_its_overall_rating(example: Inspection) -> None:
    result = rate_inspection(example).rating
    assert result.panel[:2] == (
        "Overall rating: a score of 4 is the limit for Requires improvement, and one standard rated one step lower "
        "would make it Inadequate",
        "Organisational arrangements and activity: the score is 4, and one standard rated one step higher would make "
        "it Good",
    )


def test_a_known_population_narrows_the_intervals_of_a_rating(shipped: Framework) -> None:
    counts = dict.fromkeys(shipped.key_questions, Counts(yes=44)) | {"assessment.safety": Counts(yes=22, no=22)}
    known = rate_counts(shipped, counts, JUDGED, make_engine(shipped), population=88)
    assert question(rate(shipped, counts), "assessment.safety").interval == (36, 64)
    assert question(known, "assessment.safety").interval == (40, 60)


def test_limit_between_two_bands_of_one_rating_flags_nothing(small: Small) -> None:
    framework = small(
        "floors",
        ("bands: [{from: 50, rating: fine}", "bands: [{from: 70, rating: fine}, {from: 50, rating: fine}"),
        ("standards:\n", "panel: {within_points: 5}\nstandards:\n"),
    )
    result = rate_counts(framework, {"hygiene.clean": Counts(yes=7, no=3)}, {}, make_engine(framework))
    assert question(result, "hygiene.clean").panel == ()


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        pytest.param("half_up", 13, id="half up"),
        pytest.param("half_even", 12, id="half to even"),
        pytest.param(
            "down",
            12,
            id="down",
        ),
        pytest.param(
            "up",
            13,
            id="up",
        ),
    ],
)
def test_rounding_is_the_declared_one(rounding: str, expected: int) -> None:
    assert rounded_percent(Fraction(1, 8), rounding) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("decided_on", "yes", "rating"),
    # 99 of 199 is 49.7 per cent: 50 when rounded, below 50 as it stands; 100 of 200 is 50 either way.
    [
        pytest.param("rounded", 99, "fine", id="rounded, just below"),
        pytest.param("exact", 99, "poor", id="exact, just below"),
        pytest.param("rounded", 100, "fine", id="rounded, at the limit"),
        pytest.param(
            "exact",
            100,
            "fine",
            id="exact, at the limit",
        ),
    ],
)
def test_what_decides_is_declared(small: Small, decided_on: str, yes: int, rating: str) -> None:
    framework = small("floors", ("among: [yes, no],", f"among: [yes, no], decided_on: {decided_on},"))
    result = rate_counts(framework, {"hygiene.clean": Counts(yes, 100)}, {}, make_engine(framework))
    assert result.overall is not None
    assert result.overall.id == rating


def test_wilson_interval_is_the_textbook_one() -> None:
    # 12 of 44: (0.273 + 0.0437 -/+ 1.96 * sqrt(0.273*0.727/44 + 0.000496)) / 1.0873
    assert wilson_interval(12, 44) == (16, 42)
    assert wilson_interval(0, 10) == (0, 28)
    assert wilson_interval(10, 10) == (72, 100)
    # 1.96² / (5 + 1.96²) is 43.4 per cent, and for 1 of 10 the tables have 1.8 to 40.4.
    assert wilson_interval(0, 5) == (0, 43)
    assert wilson_interval(5, 5) == (57, 100)
    assert wilson_interval(1, 10) == (2, 40)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_yes_more_never_lowers_a_percentage(yes: int, no: int) -> None:
    if yes + no:
        before = rounded_percent(Fraction(yes, yes + no), "half_up")
        assert rounded_percent(Fraction(yes + 1, yes + no + 1), "half_up") >= before


def test_counts_of_groups_add_up() -> None:
    assert Counts(1, 2, 3, 4) + Counts(10, 20, 30, 40) == Counts(11, 22, 33, 44)
    of_points = Counts(1, 2, 3, 4, 5, Fraction(6), Fraction(7)) + Counts(10, 20, 30, 40, 50, Fraction(60), Fraction(70))
    assert of_points == Counts(11, 22, 33, 44, 55, Fraction(66), Fraction(77))
    assert of_points.cases == 11 + 22 + 33 + 44 + 55


def test_counts_are_shown_and_written_with_their_points_where_there_are_some() -> None:
    assert repr(Counts(yes=1, no=2, undetermined=3)) == "Counts(yes=1, no=2, not_applicable=0, undetermined=3)"
    assert Counts(yes=1, no=2, undetermined=3).to_dict() == {
        **{"yes": 1, "no": 2, "not_applicable": 0, "undetermined": 3},
    }
    scored = Counts(not_applicable=1, scored=2, points=Fraction(7, 2), reachable=Fraction(9))
    assert repr(scored) == "Counts(scored=2, points=7/2, reachable=9, not_applicable=1, undetermined=0)"
    assert scored.to_dict() == {
        **{"yes": 0, "no": 0, "not_applicable": 1, "undetermined": 0},
        **{"scored": 2, "points": "7/2", "reachable": "9"},
    }


def test_counts_alone_say_how_many_cases_there_were(shipped: Framework) -> None:
    counts = shares(shipped, assessment__safety=(30, 20))
    assert rate(shipped, counts).cases == 100
    assert rate(shipped, {}).cases == 0


HEAD = """\
id: small
edition: "1"
title: Small
publisher: A council
in_force_from: 2026-01-01
"""
CARE = """\
standards:
  - id: "1"
    slug: care
    title: Care
    statement: Good.
    key_questions:
      - {id: warm, ask: Is it warm?, prompts: [{id: p, ask: Is it?}], yes_when: p}
      - {id: safe, ask: Is it safe?, prompts: [{id: p, ask: Is it?}], yes_when: p}
"""
BY_A_FACT = (
    HEAD
    + """\
ratings: [{id: good, label: Good}, {id: poor, label: Poor}]
provider_facts: [{id: open, title: It is open, type: yes_no}]
standards:
  - {id: "1", slug: care, title: Care, statement: Good., rated_by: judgement}
  - {id: "2", slug: food, title: Food, statement: Good., rated_by: judgement}
overall: {first_that_holds: [{rating: good, when: {fact: open, is: yes}}, {rating: poor}], not_rated: WHAT}
"""
)
NOT_GIVEN, NOT_JUDGED = "1 Care: it was looked at and given no rating", "2 Food: no judgement is recorded"
OF_THE_WHOLE = "Overall rating: it may be Good or Poor while “It is open” is not known"


@pytest.mark.parametrize(
    ("not_rated", "judged", "expected"),
    [
        pytest.param("leave_out", {"care": "good", "food": "good"}, (OF_THE_WHOLE,), id="all are rated"),
        pytest.param("leave_out", {"care": "not_rated", "food": "good"}, (NOT_GIVEN, OF_THE_WHOLE), id="left out"),
        pytest.param("leave_out", {"care": "not_rated"}, (NOT_GIVEN, NOT_JUDGED), id="one is unknown beside it"),
        pytest.param("refuse", {"care": "not_rated", "food": "good"}, (NOT_GIVEN,), id="refused"),
    ],
)
def test_why_the_whole_has_no_rating_is_said_where_nothing_below_says_it(
    not_rated: str, judged: dict[str, str], expected: tuple[str, ...]
) -> None:
    framework = make_framework(BY_A_FACT.replace("WHAT", not_rated))
    assert rate_counts(framework, {}, judged, "reference").not_rated == expected


@pytest.mark.parametrize(
    ("provider", "reason", "is_settled"),
    [
        pytest.param({}, "whether it applies is not known", False, id="not known"),
        pytest.param({"open": False}, "it does not apply", True, id="it does not"),
    ],
)
def test_a_standard_that_does_not_apply_says_where_it_does(
    provider: dict[str, bool], reason: str, is_settled: bool
) -> None:
    text = BY_A_FACT.replace("slug: care,", "slug: care, applies_when: {fact: open, is: yes},")
    framework = make_framework(text.replace("WHAT", "leave_out"))
    judged = {"care": "good", "food": "good"}
    care = rate_counts(framework, {}, judged, "reference", provider=provider).standards[0]
    assert care.not_rated == f"1 Care: {reason} (it does where “It is open” is yes)"
    assert (care.rating, care.is_settled) == (None, is_settled)
    applies = rate_counts(framework, {}, judged, "reference", provider={"open": True}).standards[0]
    assert (applies.rating and applies.rating.id, applies.not_rated) == ("good", "")


OF_FEW = (
    HEAD
    + """\
ratings: [{id: good, label: Good, score: 1}, {id: poor, label: Poor, score: 0}]
key_question_bands:
  share_of: yes
  among: [yes, no]
  minimum_cases: 5
  bands: [{from: 50, rating: good}, {from: 0, rating: poor}]
standard_rating: {take: lowest, of: key_questions, not_rated: WHAT}
"""
    + CARE
    + """\
      - id: rich
        ask: Is there much?
        points: {sum_of: prompts}
        prompts: [{id: p, ask: Is there?}]
        rating: {mean_of: points, minimum_cases: 3, bands: [{from: 1, rating: good}, {from: 0, rating: poor}]}
"""
)
WARM, SAFE, RICH = "care.warm", "care.safe", "care.rich"
SIX, TWO, NONE = Counts(yes=6), Counts(yes=1, no=1), Counts(not_applicable=2)
SCORED = Counts(scored=1, points=Fraction(1), reachable=Fraction(1))
ENOUGH = Counts(scored=3, points=Fraction(3), reachable=Fraction(3))
THEN_NONE = "and the framework then gives no rating"


@pytest.mark.parametrize(
    ("not_rated", "counts", "reason"),
    [
        pytest.param("leave_out", {WARM: NONE}, "no case was counted", id="none at all"),
        pytest.param("leave_out", {WARM: TWO, SAFE: TWO}, "fewer than 5 cases were counted", id="too few of shares"),
        pytest.param("leave_out", {RICH: SCORED}, "fewer than 3 cases were counted", id="too few of points"),
        pytest.param("leave_out", {WARM: TWO, RICH: SCORED}, "too few cases were counted", id="too few of both"),
        pytest.param(
            *("refuse", {WARM: SIX, SAFE: TWO, RICH: ENOUGH}),
            f"fewer than 5 cases were counted for care.safe, {THEN_NONE}",
            id="too few of one",
        ),
        pytest.param(
            *("refuse", {WARM: SIX, SAFE: NONE, RICH: NONE}),
            f"no case was counted for care.safe and care.rich, {THEN_NONE}",
            id="none of two",
        ),
        pytest.param(
            *("refuse", {WARM: Counts(yes=6, undetermined=1), SAFE: NONE, RICH: ENOUGH}),
            f"care.warm is undetermined in 1 case, {THEN_NONE}",
            id="one is undetermined beside it",
        ),
    ],
)
def test_why_a_standard_has_no_rating_of_too_few_cases(not_rated: str, counts: dict[str, Counts], reason: str) -> None:
    framework = make_framework(OF_FEW.replace("WHAT", not_rated))
    result = rate_counts(framework, counts, {}, "reference")
    assert result.not_rated == (f"1 Care: {reason}",)
    (care,) = result.standards
    assert care.rating is None
    # None can come where nothing below has one or may get one.
    assert care.is_settled == (not_rated == "leave_out")
    assert {each.path for each in care.weakest_first} == {WARM, SAFE, RICH}


BY_QUESTIONS = (
    HEAD
    + """\
ratings: [{id: good, label: Good, score: 1}, {id: poor, label: Poor, score: 0}]
provider_facts: [{id: open, title: It is open, type: yes_no}]
key_question_bands: {share_of: yes, among: [yes, no], bands: [{from: 50, rating: good}, {from: 0, rating: poor}]}
"""
    + CARE
    + """\
    rating: RULE
"""
)
GOOD_AND_POOR = {WARM: Counts(yes=6), SAFE: Counts(no=5)}


def by_questions(
    rule: str, provider: dict[str, bool] | None = None, counts: dict[str, Counts] = GOOD_AND_POOR
) -> StandardResult:
    framework = make_framework(BY_QUESTIONS.replace("RULE", rule))
    (care,) = rate_counts(framework, counts, {}, "reference", provider=provider).standards
    return care


@pytest.mark.parametrize(
    ("take", "warm", "safe", "drivers"),
    [
        pytest.param("lowest", 60, 90, (WARM,), id="the lower of two good ones"),
        pytest.param("highest", 60, 90, (SAFE,), id="the higher of two good ones"),
        pytest.param("highest", 60, 60, (WARM, SAFE), id="both of one share"),
        pytest.param("highest", 60, 40, (WARM,), id="the one that is good"),
        pytest.param("lowest", 60, 40, (SAFE,), id="the one that is poor"),
    ],
)
def test_a_rating_is_driven_by_those_that_lie_furthest_where_it_was_taken(
    take: str, warm: int, safe: int, drivers: tuple[str, ...]
) -> None:
    counts = {path: Counts(yes=yes, no=100 - yes) for path, yes in ((WARM, warm), (SAFE, safe))}
    assert by_questions(f"{{take: {take}, of: key_questions}}", counts=counts).drivers == drivers


def test_a_standard_says_the_sum_that_rated_it() -> None:
    care = by_questions(
        "{sum_of: scores, of: key_questions, bands: [{from: 2, rating: good}, {from: 0, rating: poor}]}"
    )
    assert (care.rating and care.rating.id, care.value, care.drivers) == ("poor", 1, ())


def test_a_standard_is_rated_by_what_is_known_of_the_provider() -> None:
    rule = "{first_that_holds: [{rating: good, when: {fact: open, is: yes}}, {rating: poor}]}"
    care = by_questions(rule, {"open": True})
    assert (care.rating and care.rating.id, [each.says for each in care.because]) == ("good", ["“It is open” is yes"])
    care = by_questions(rule, {"open": False})
    assert care.rating is not None
    assert (care.rating.id, [each.says for each in care.because]) == ("poor", ["no condition for another rating holds"])
    care = by_questions(rule)
    assert care.not_rated == "1 Care: it may be Good or Poor while “It is open” is not known"
    assert (care.rating, care.because, care.is_settled) == (None, (), False)


def test_what_is_asked_once_says_for_itself_why_a_standard_has_no_rating() -> None:
    asked = "asked_of: provider, prompts: [{id: p, ask: Is it?}], rating: {first_that_holds: [LINE, {rating: poor}]}"
    asked = asked.replace("LINE", "{rating: good, when: p}")
    questions = "".join(f"      - {{id: {name}, ask: Is it?, {asked}}}\n" for name in ("alarms", "exits"))
    text = BY_QUESTIONS[: BY_QUESTIONS.index("      - {id: safe")] + questions
    answers = {"care.alarms.p": Answer.NA, "care.exits.p": Answer.NA}
    (care,) = rate_counts(make_framework(text), {}, {}, "reference", answers=answers).standards
    reasons = "no case was counted for care.warm; care.alarms does not apply; care.exits does not apply"
    assert (care.rating, care.not_rated, care.is_settled) == (None, f"1 Care: {reasons}", True)


UNRATED = (
    HEAD
    + """\
key_question_bands: {share_of: yes, among: [yes, no]}
"""
    + CARE
    + """\
      - {id: rich, ask: Is there much?, prompts: [{id: p, ask: Is there?}], points: {sum_of: prompts},
         rating: {mean_of: points}}
"""
)


def test_where_nothing_is_rated_shares_stand_weakest_first_and_what_has_none_says_why() -> None:
    framework = make_framework(UNRATED)
    of_three = {WARM: TWO, SAFE: Counts(yes=1, no=3), RICH: evolve(ENOUGH, points=Fraction(1))}
    (care,) = rate_counts(framework, of_three, {}, "reference").standards
    assert [each.path for each in care.weakest_first] == [SAFE, RICH, WARM]  # a quarter, a third and a half
    assert (care.rating, care.not_rated, care.is_settled) == (None, "", True)
    # What was reached in the cases that have a number is no share while another case may have any.
    rich = evolve(SCORED, points=Fraction(0), undetermined=1)
    part = rate_counts(framework, {SAFE: Counts(yes=1, no=3), RICH: rich}, {}, "reference").standards[0]
    assert [each.path for each in part.weakest_first] == [SAFE, WARM, RICH]
    open_ones = rate_counts(framework, {WARM: TWO, SAFE: Counts(yes=1, undetermined=1)}, {}, "reference")
    assert [each.path for each in open_ones.standards[0].weakest_first] == [WARM, SAFE, RICH]
    assert open_ones.not_rated == (
        "1 Care: care.safe is undetermined in 1 case, and the framework then gives no share; "
        "no case was counted for care.rich",
    )


def test_where_every_question_was_counted_enough_the_lowest_decides() -> None:
    for not_rated in ("refuse", "leave_out"):
        framework = make_framework(OF_FEW.replace("WHAT", not_rated))
        counts = {WARM: SIX, SAFE: Counts(no=5), RICH: ENOUGH}
        (standard,) = rate_counts(framework, counts, {}, "reference").standards
        assert (standard.rating and standard.rating.id, standard.drivers, standard.not_rated) == ("poor", (SAFE,), "")


# --- A result as words, rows and plain data ------------------------------------------------------

# 3 of 4 is 75 per cent; by hand: (0.75 + 0.4801 -/+ 1.96 * sqrt(0.75*0.25/4 + 0.0600)) / 1.9604 is 0.30 and 0.95.
KITCHEN = Counts(yes=3, no=1, not_applicable=2)


def rated_kitchen(small: Small, counts: Counts, *replacements: tuple[str, str]) -> RatingResult:
    framework = small("floors", *replacements)
    return rate_counts(framework, {"hygiene.clean": counts}, {}, make_engine(framework, "reference"))


def test_a_result_is_rows_in_reported_order(small: Small) -> None:
    result = rated_kitchen(small, KITCHEN)
    shown = [tuple(row.values()) for row in result.to_rows()]
    nothing = (None,) * 7
    assert shown == [
        ("overall", "", "Overall rating", "Fine", 1, *nothing),
        ("domain", "all_of_it", "All of it", None, 1, *nothing),
        ("standard", "hygiene", "Hygiene", "Fine", 1, *nothing),
        ("key_question", "hygiene.clean", "Is it clean?", "Fine", None, 3, 1, 2, 0, 75, 30, 95),
    ]
    assert list(result.to_rows()[0]) == [
        "level", "id", "title", "rating", "score", "yes", "no", "not_applicable", "undetermined",
        "percent", "interval_low", "interval_high",
    ]  # fmt: skip


def test_rows_and_plain_data_have_the_rating_of_each_domain_that_has_one(shipped: Framework) -> None:
    result = rate(shipped, shares(shipped))
    # 2 + 1 + 1 of 9 for the judged standards, 4 times 3 of 12 for the others.
    expected = [("Organisational arrangements and activity", "Requires improvement", 4),
                ("Service delivery", "Outstanding", 12)]  # fmt: skip
    rows = [(row["title"], row["rating"], row["score"]) for row in result.to_rows() if row["level"] == "domain"]
    assert rows == expected
    domains = result.to_dict()["domains"]
    assert [(row["title"], row["rating"], row["score"]) for row in domains] == expected  # type: ignore[attr-defined]  # as JSON has it


def test_cases_are_counted_where_every_standard_is_rated_by_judgement(shipped: Framework) -> None:
    judged_alone = evolve(
        shipped,
        standards=tuple(standard for standard in shipped.standards if standard.rated_by == "judgement"),
        domains=shipped.domains[:1],
        domain_rating=None,
    )
    engine = make_engine(judged_alone)
    outcomes = [engine.assess(Case(str(number))) for number in range(3)]
    assert rate_outcomes(judged_alone, outcomes, JUDGED, engine).cases == 3
    assert rate_outcomes(judged_alone, outcomes, JUDGED, "reference").engine == "reference"


def test_a_result_without_a_rating_has_empty_cells(small: Small) -> None:
    *_, standard, question = rated_kitchen(small, Counts(yes=3, undetermined=1)).to_rows()
    assert (standard["rating"], standard["score"]) == (None, None)
    assert tuple(question.values())[3:] == (None, None, 3, 0, 0, 1, None, None, None)


@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_a_result_is_a_dataframe_with_those_rows(small: Small, library: str) -> None:
    result = rated_kitchen(small, KITCHEN)
    frame = result.to_polars() if library == "polars" else result.to_pandas()
    assert frame.shape == (4, 12)
    assert list(frame["title"]) == ["Overall rating", "All of it", "Hygiene", "Is it clean?"]


def test_a_result_is_plain_data(small: Small) -> None:
    result = rated_kitchen(small, KITCHEN, ("standards:\n", "panel: {cases_fewer_than: 5}\nstandards:\n"))
    assert result.to_dict() == {
        "framework": result.framework.identity(),
        "engine": "reference",
        "cases": 6,
        "overall": {
            "rating": "Fine",
            "rating_id": "fine",
            "score": 1,
            "out_of": 1,
            "panel": [],
            "flags": [],
            "because": [],
            "drivers": [],
            "value": "1",
            "computed": {"rating": "Fine", "rating_id": "fine", "score": 1},
            "decision": None,
        },
        "domains": [
            {
                "id": "all_of_it",
                "title": "All of it",
                "rating": None,
                "rating_id": None,
                "score": 1,
                "out_of": 1,
                "panel": [],
                "flags": [],
                "because": [],
                "drivers": [],
                "value": None,
                "computed": {"rating": None, "rating_id": None, "score": 1},
                "decision": None,
                "not_rated": "",
            }
        ],
        "standards": [
            {
                "id": "H",
                "slug": "hygiene",
                "title": "Hygiene",
                "rating": "Fine",
                "rating_id": "fine",
                "score": 1,
                "rated_by": "cases",
                "drivers": ["hygiene.clean"],
                "not_counted": [],
                "because": [],
                "value": None,
                "key_questions": [
                    {
                        "id": "hygiene.clean",
                        "ask": "Is it clean?",
                        "yes": 3,
                        "no": 1,
                        "not_applicable": 2,
                        "undetermined": 0,
                        "share": "3/4",
                        "percent": 75,
                        "band": "Fine",
                        "rating_id": "fine",
                        "panel": ["only 4 cases counted, fewer than 5"],
                        "flags": [
                            {
                                "kind": "few_cases",
                                "reason": "only 4 cases counted, fewer than 5",
                                "instead": None,
                                "changes_standard": True,
                            }
                        ],
                        "interval": [30, 95],
                        "not_rated": "",
                        "asked_of": "cases",
                        "rated_by": "answers",
                        "because": [],
                        "is_settled": False,
                    }
                ],
                "weakest_first": ["hygiene.clean"],
                "not_rated": "",
                "is_settled": False,
                "computed": {"rating": "Fine", "rating_id": "fine", "score": 1},
                "decision": None,
            }
        ],
        "not_rated": [],
        "not_counted": [],
        "assumptions": [],
        "panel": ["H Hygiene, hygiene.clean: only 4 cases counted, fewer than 5"],
        "stale_decisions": [],
        "library": {"name": "ctm-rules", "version": ctm_rules.__version__},
    }


def test_a_result_without_a_rating_is_plain_data(small: Small) -> None:
    result = rated_kitchen(small, Counts(yes=3, undetermined=1)).to_dict()
    assert result["overall"] == {
        "rating": None,
        "rating_id": None,
        "score": None,
        "out_of": 1,
        "panel": [],
        "flags": [],
        "because": [],
        "drivers": [],
        "value": None,
        "computed": {"rating": None, "rating_id": None, "score": None},
        "decision": None,
    }
    (standard,) = result["standards"]
    assert (standard["rating"], standard["score"], standard["drivers"]) == (None, None, [])
    assert (standard["key_questions"][0]["interval"], standard["key_questions"][0]["band"]) == (None, None)
    assert result["not_rated"] == [
        "H Hygiene: hygiene.clean is undetermined in 1 case, and the framework then gives no rating"
    ]


def test_a_result_in_one_line_stands_above_its_table(small: Small) -> None:
    rated = rated_kitchen(small, KITCHEN)
    assert rated.summary == "Fine, 1 of 1, 6 cases, by kitchens 1"
    assert repr(rated) == f"<RatingResult: {rated.summary}>"
    assert rated.summary in rated._repr_html_()
    assert rated_kitchen(small, Counts(undetermined=1)).summary == "not rated, no score, 1 case, by kitchens 1"


def test_each_kind_of_thing_that_is_assumed_is_said_once(small: Small) -> None:
    result = rated_kitchen(
        small,
        KITCHEN,
        ("publisher: A council", "publisher: A council\nassumed: [overall]"),
        ("statement: Kitchens are clean.", "statement: Kitchens are clean.\n    assumed: [statement]"),
        ("ask: Is it clean?", "ask: Is it clean?\n        assumed: [yes_when]"),
        ("clean?}", "clean?, assumed: [ask]}"),
        ("type: whole_number}", "type: whole_number, assumed: [title]}"),
        ("yes_when: floors", "yes_when: floors\n        variants: {late: {yes_when: knives, assumed: [yes_when]}}"),
        (
            "facts:\n",
            "variants: [{id: late, title: Late, when: {fact: seats, is: 1}, assumed: [when]}]\n"
            "measures: [{id: signs, title: Signs, assumed: [title]}]\nfacts:\n",
        ),
    )
    assert result.assumptions == tuple(
        f"assumed, not printed in the source: {what}"
        for what in (
            "overall of the framework",
            "yes_when of 1 key question",
            "yes_when of 1 variant rule",
            "ask of 2 prompts",
            "statement of 1 standard",
            "title of 1 fact",
            "when of 1 variant",
            "title of 1 measure",
        )
    )
