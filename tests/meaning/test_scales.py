"""What is said of bands and panel settings at their edges: just wrong, and just right."""

from __future__ import annotations

import pytest

from ctm_rules import Framework
from ctm_rules.checking.framework import check_framework
from tests.support.findings import standing_at
from tests.support.small_framework import Small

RULE = "{all: [floors, knives, meat]}"

RATINGS = "  - {id: fine, label: Fine, score: 1}\n  - {id: poor, label: Poor, score: 0}\n"
SHARES = "bands: [{from: 50, rating: fine}, {from: 0, rating: poor}]}\noverall"
OVERALL = "overall: {bands: [{from: 1, rating: fine}, {from: 0, rating: poor}]}"
THREE = (
    RATINGS,
    "  - {id: fine, label: Fine, score: 2}\n  - {id: fair, label: Fair, score: 1}\n"
    "  - {id: poor, label: Poor, score: 0}\n",
)
THREE_OVERALL = (
    OVERALL,
    "overall: {bands: [{from: 2, rating: fine}, {from: 1, rating: fair}, {from: 0, rating: poor}]}",
)
NOT_OF_SCALES = ("unused-fact", "missing-source")


def said(framework: Framework) -> list[tuple[str, str]]:
    """Return the code and the words of what is found in the scales of a framework made from the small one."""
    return [
        (found.code, f"{found.message}; {found.hint}")
        for found in check_framework(framework)
        if found.code not in NOT_OF_SCALES
    ]


def assert_said(framework: Framework, *expected: tuple[str, str]) -> None:
    """Check the codes of all that is found, in this order, and that each says these words."""
    found = said(framework)
    assert [code for code, _ in found] == [code for code, _ in expected]
    for (_, words), (_, phrase) in zip(found, expected, strict=True):
        assert phrase in words


def shares(*bands: tuple[str, str], decided_on: str = "rounded") -> tuple[str, str]:
    """Return what replaces the bands of key questions: pairs of a lower bound and a rating."""
    listed = ", ".join(f"{{from: {lowest}, rating: {rating}}}" for lowest, rating in bands)
    return SHARES, f"decided_on: {decided_on}, bands: [{listed}]}}\noverall"


THREE_SHARES = shares(("80", "fine"), ("50", "fair"), ("0", "poor"))


@pytest.mark.parametrize(
    ("decided_on", "lowest", "expected"),
    [
        pytest.param("rounded", "1", [], id="rounded from 1"),
        pytest.param("rounded", "100", [], id="rounded from 100"),
        pytest.param(
            "rounded", "0.8", [("fractional-bound", "below one per cent; shares are in per cent: write 80")],
            id="rounded from 0.8",
        ),
        pytest.param("rounded", "1.5", [("fractional-bound", "between two whole per cents")], id="rounded from 1.5"),
        pytest.param(
            "rounded", "99.5", [("fractional-bound", "write 100, which means the same")],
            id="rounded from 99.5",
        ),
        pytest.param(
            "rounded",
            "100.5",
            [("unreachable-band", "from 100.5: shares go from 0 to 100 per cent, rounded to whole ones;"),
             ("fractional-bound", "write 101")],
            id="rounded from 100.5",
        ),
        pytest.param("exact", "99.5", [], id="exact from 99.5"),
        pytest.param("exact", "100", [], id="exact from 100"),
        pytest.param("exact", "0.5", [("fractional-bound", "below one per cent")], id="exact from 0.5"),
        pytest.param(
            "exact", "100.5", [("unreachable-band", "from 100.5: shares go from 0 to 100 per cent;")],
            id="exact from 100.5",
        ),
    ],
)  # fmt: skip
def test_a_limit_of_a_share(small: Small, decided_on: str, lowest: str, expected: list[tuple[str, str]]) -> None:
    framework = small(RULE, shares((lowest, "fine"), ("0", "poor"), decided_on=decided_on))
    assert_said(framework, *expected)


def test_no_whole_per_cent_lies_between_two_limits(small: Small) -> None:
    bands = shares(("51", "fine"), ("50.2", "fair"), ("0", "poor"))
    assert_said(
        small(RULE, THREE, THREE_OVERALL, bands),
        ("unreachable-band", "nothing falls in the band of the key questions from 50.2"),
        ("fractional-bound", "write 51, which means the same"),
    )
    exact = shares(("51", "fine"), ("50.2", "fair"), ("0", "poor"), decided_on="exact")
    assert_said(small(RULE, THREE, THREE_OVERALL, exact))


@pytest.mark.parametrize(
    ("share_of", "among", "ratings", "expected"),
    [
        pytest.param("yes", "[yes, no]", ("fine", "poor"), [], id="yes: a high share is fine"),
        pytest.param(
            "yes",
            "[yes, no]",
            ("poor", "fine"),
            [("band-order", 'gives "fine", which is better than "poor"')],
            id="yes: a high share is poor",
        ),
        pytest.param("no", "[yes, no]", ("poor", "fine"), [], id="no: a high share is poor"),
        pytest.param(
            "no",
            "[yes, no]",
            ("fine", "poor"),
            [("band-order", 'gives "poor", which is worse than "fine"')],
            id="no: a high share is fine",
        ),
        pytest.param(
            "yes",
            "[yes]",
            ("fine", "poor"),
            [("odd-share", "the share of yes among yes alone is always 100%")],
            id="yes among yes alone",
        ),
        pytest.param(
            "yes",
            "[yes, not_applicable]",
            ("fine", "poor"),
            [("odd-share", "the outcome no are not counted")],
            id="yes among yes and not applicable",
        ),
        pytest.param("yes", "[yes, no, not_applicable]", ("fine", "poor"), [], id="yes among all outcomes"),
        # How often a question does not arise is neither better nor worse.
        pytest.param(
            "not_applicable",
            "[yes, no, not_applicable]",
            ("fine", "poor"),
            [("odd-share", "does not arise")],
            id="not applicable: a high share is fine",
        ),
        pytest.param(
            "not_applicable",
            "[yes, no, not_applicable]",
            ("poor", "fine"),
            [("odd-share", "does not arise")],
            id="not applicable: a high share is poor",
        ),
    ],
)
def test_which_share_is_better(
    small: Small, share_of: str, among: str, ratings: tuple[str, str], expected: list[tuple[str, str]]
) -> None:
    framework = small(
        RULE,
        ("share_of: yes, among: [yes, no]", f"share_of: {share_of}, among: {among}"),
        shares(("50", ratings[0]), ("0", ratings[1])),
    )
    assert_said(framework, *expected)


@pytest.mark.parametrize(
    ("lowest", "expected"),
    [
        pytest.param("1", [], id="highest possible sum"),
        pytest.param("0.5", [("fractional-bound", "write 1, which means the same")], id="between two sums"),
        pytest.param(
            "2",
            [("unreachable-band", "the scores of 1 standard add up to 0 at least and 1 at most")],
            id="above every sum",
        ),
    ],
)
def test_a_limit_of_a_sum_of_scores(small: Small, lowest: str, expected: list[tuple[str, str]]) -> None:
    overall = (OVERALL, OVERALL.replace("from: 1,", f"from: {lowest},"))
    assert_said(small(RULE, overall), *expected)


@pytest.mark.parametrize(
    ("out_of", "expected"),
    [
        pytest.param("1", [], id="the sum there is"),
        pytest.param(
            "2",
            [("bands-of-another-sum", "made for sums out of 2, and the scores now add up to 1")],
            id="another sum",
        ),
    ],
)
def test_bands_know_the_sum_that_they_were_made_for(small: Small, out_of: str, expected: list[tuple[str, str]]) -> None:
    assert_said(small(RULE, (OVERALL, OVERALL.replace("{bands", f"{{out_of: {out_of}, bands"))), *expected)
    domains = f"domain_rating: {{out_of: {{all_of_it: {out_of}}}, bands_of: {{all_of_it: {BANDS}}}}}"
    assert_said(small(RULE, (OVERALL, f"{domains}\n{OVERALL}")), *expected)


BANDS = "[{from: 1, rating: fine}, {from: 0, rating: poor}]"


def test_a_rating_that_no_band_gives_is_missed_where_another_has_taken_its_place(small: Small) -> None:
    framework = small(RULE, THREE, THREE_OVERALL, shares(("50", "fine"), ("0", "poor")))
    (found,) = (found for found in check_framework(framework) if found.code == "rating-never-given")
    bands = framework.key_question_bands
    assert bands is not None
    assert 'gives the rating "fair"' in found.message
    assert (found.line, found.column) == (bands.bands[1].at.line, bands.bands[1].at.column)
    worst = small(RULE, THREE, THREE_OVERALL, shares(("50", "fine"), ("0", "fair")))
    (found,) = (found for found in check_framework(worst) if found.code == "rating-never-given")
    assert 'gives the rating "poor"' in found.message


def test_a_rating_with_the_score_of_another_is_missed_at_the_band_below_both(small: Small) -> None:
    twice = (THREE[0], THREE[1].replace("  - {id: poor", "  - {id: just, label: Just, score: 1}\n  - {id: poor"))
    framework = small(RULE, twice, THREE_OVERALL, THREE_SHARES)
    found = [found for found in check_framework(framework) if found.code == "rating-never-given"]
    bands = framework.key_question_bands
    assert bands is not None
    assert 'no band of the key questions gives the rating "just"' in found[0].message
    assert (found[0].line, found[0].column) == (bands.bands[2].at.line, bands.bands[2].at.column)


@pytest.mark.parametrize(
    ("share_of", "at"),
    [
        pytest.param("yes", "band", id="yes"),
        pytest.param("no", "scale", id="no"),
        pytest.param(
            "not_applicable",
            "scale",
            id="not applicable",
        ),
    ],
)
def test_a_rating_takes_the_place_of_a_better_one_only_where_more_is_better(
    small: Small, share_of: str, at: str
) -> None:
    framework = small(
        RULE,
        THREE,
        THREE_OVERALL,
        ("share_of: yes, among: [yes, no]", f"share_of: {share_of}, among: [yes, no, not_applicable]"),
        shares(("50", "poor" if share_of == "no" else "fine"), ("0", "fine" if share_of == "no" else "poor")),
    )
    (found,) = (found for found in check_framework(framework) if found.code == "rating-never-given")
    bands = framework.key_question_bands
    assert bands is not None
    place = bands.bands[1].at if at == "band" else bands.at.of("bands")
    assert (found.line, found.column) == (place.line, place.column)


@pytest.mark.parametrize(
    ("fine", "poor", "expected"),
    [
        pytest.param(1, 0, [], id="falling"),
        pytest.param(1, 1, [("same-score", '"fine" and "poor" carry the same score, 1')], id="equal"),
        # Fewer points are better, and the bands of the sum say the opposite.
        pytest.param(
            0,
            1,
            [("band-order", 'overall rating from 0 gives "poor", which is worse than "fine" from 1: a lower sum')],
            id="rising",
        ),
    ],
)
def test_scores_of_two_ratings_may_fall_or_rise(
    small: Small, fine: int, poor: int, expected: list[tuple[str, str]]
) -> None:
    ratings = f"  - {{id: fine, label: Fine, score: {fine}}}\n  - {{id: poor, label: Poor, score: {poor}}}\n"
    assert_said(small(RULE, (RATINGS, ratings)), *expected)


@pytest.mark.parametrize(
    ("bands", "panel", "expected"),
    [
        pytest.param(("50",), "cases_fewer_than: 2", [], id="fewer than 2 cases"),
        pytest.param(
            ("50",),
            "cases_fewer_than: 1",
            [("panel-never", "never on fewer than 1")],
            id="fewer than 1 case",
        ),
        # The share that is farthest from a limit is at one end, or halfway between two limits.
        pytest.param(("50",), "within_points: 49", [], id="within 49 of a limit at 50"),
        pytest.param(
            ("50",),
            "within_points: 50",
            [("panel-always", "write less than 50")],
            id="within 50 of a limit at 50",
        ),
        pytest.param(("70",), "within_points: 69", [], id="within 69 of a limit at 70"),
        pytest.param(
            ("70",),
            "within_points: 70",
            [("panel-always", "write less than 70")],
            id="within 70 of a limit at 70",
        ),
        pytest.param(("30",), "within_points: 69", [], id="within 69 of a limit at 30"),
        pytest.param(
            ("30",),
            "within_points: 70",
            [("panel-always", "write less than 70")],
            id="within 70 of a limit at 30",
        ),
        pytest.param(("100",), "within_points: 5", [], id="limit at 100"),
        pytest.param(("1",), "within_points: 5", [], id="limit at 1"),
        pytest.param(
            ("101",),
            "within_points: 5",
            [("unreachable-band", "from 101"), ("panel-never", "no share is within 5 points of a limit")],
            id="limit above every share",
        ),
        pytest.param(("90",), "within_points: 89", [], id="within 89 of a limit at 90"),
        pytest.param(("90", "10"), "within_points: 39", [], id="within 39 of limits at 90 and 10"),
        pytest.param(
            ("90", "10"),
            "within_points: 40",
            [("panel-always", "write less than 40")],
            id="within 40 of limits at 90 and 10",
        ),
        pytest.param(
            (),
            "within_points: 5",
            [("rating-never-given", '"fine"'), ("panel-never", "there is only one band")],
            id="one band",
        ),
    ],
)
def test_a_panel_flags_some_and_not_all(
    small: Small, bands: tuple[str, ...], panel: str, expected: list[tuple[str, str]]
) -> None:
    ratings = ("fine", "fair", "poor") if len(bands) == 2 else ("fine", "poor") if bands else ("poor",)
    scales = (THREE, THREE_OVERALL) if len(bands) == 2 else ()
    pairs = zip((*bands, "0"), ratings, strict=True)
    assert_said(small(RULE, *scales, shares(*pairs), ("standards:\n", f"panel: {{{panel}}}\nstandards:\n")), *expected)


TWO_STANDARDS = (
    ("standards: [hygiene]", "standards: [hygiene, menus]"),
    (
        "standards:\n",
        "standards:\n  - {id: M, slug: menus, title: Menus, statement: Menus vary., rated_by: judgement}\n",
    ),
)
ONE_RATING = (
    ("  - {id: fine, label: Fine, score: 1}\n", ""),
    shares(("0", "poor")),
    (OVERALL, "overall: {bands: [{from: 0, rating: poor}]}"),
)
OF_A_DOMAIN = "domain_rating:\n  bands_of:\n    all_of_it: "
GAP_IN_SCORES = (THREE[0], THREE[1].replace("score: 2", "score: 3").replace("score: 1", "score: 2"))
TOLD_APART = "give each rating a score of its own, if sums of scores are to tell them apart"
FALL_OR_RISE = "let the scores fall from the best rating to the worst, or rise where fewer points are better"
TURN_ROUND = "turn the bands round, or the list of ratings, in which the best stands first"
BOTH = "write among: [yes, no]"
DELETE = "correct the bound, or delete the band"


@pytest.mark.parametrize(
    ("edits", "code", "place", "message", "hint"),
    [
        pytest.param(
            [("score: 0", "score: 1")], "same-score", "Poor, score: ^1", '"fine" and "poor" carry the same score, 1',
            TOLD_APART,
            id="same score",
        ),
        pytest.param(
            [THREE, THREE_OVERALL, THREE_SHARES, ("score: 2", "score: 0"), ("Poor, score: 0", "Poor, score: 2"),
             ("score: 1", "score: 3")],
            "rating-order", "Poor, score: ^2",
            '"poor" carries a lower score than "fair", which stands before it, and the other scores rise: a sum of '
            "scores then gets better with a worse rating", FALL_OR_RISE,
            id="scores that rise and fall once",
        ),
        pytest.param(
            [THREE, THREE_OVERALL, THREE_SHARES, ("score: 1", "score: 3")], "rating-order", "Fair, score: ^3",
            '"fair" carries a higher score than "fine", which stands before it, and the other scores fall: a sum of '
            "scores then gets better with a worse rating", FALL_OR_RISE,
            id="scores that fall and rise once",
        ),
        # How the share is counted.
        pytest.param(
            [("[yes, no]", "[yes]")], "odd-share", "among: ^[yes]", "the share of yes among yes alone is always 100%",
            BOTH,
            id="share of yes among yes alone",
        ),
        pytest.param(
            [("[yes, no]", "[yes, not_applicable]")], "odd-share", "among: ^[yes",
            "cases with the outcome no are not counted at all", BOTH,
            id="outcome no is not counted",
        ),
        pytest.param(
            [("share_of: yes, among: [yes, no]", "share_of: no, among: [no, not_applicable]"),
             shares(("50", "poor"), ("0", "fine"))],
            "odd-share", "among: ^[no", "cases with the outcome yes are not counted at all", BOTH,
            id="outcome yes is not counted",
        ),
        pytest.param(
            [("share_of: yes, among: [yes, no]", "share_of: not_applicable, among: [yes, no, not_applicable]")],
            "odd-share", "share_of: ^not_applicable",
            "the share rates how often the question does not arise, and not how well the work was done",
            "write share_of: yes",
            id="share of not applicable",
        ),
        # Bands that nothing reaches.
        pytest.param(
            [shares(("101", "fine"), ("0", "poor"))], "unreachable-band", "bands: [^{from: 101",
            "nothing falls in the band of the key questions from 101: shares go from 0 to 100 per cent, rounded to "
            "whole ones", DELETE,
            id="band of rounded shares above 100",
        ),
        pytest.param(
            [shares(("101", "fine"), ("0", "poor"), decided_on="exact")], "unreachable-band", "bands: [^{from: 101",
            "nothing falls in the band of the key questions from 101: shares go from 0 to 100 per cent", DELETE,
            id="band of exact shares above 100",
        ),
        pytest.param(
            [("[{from: 1,", "[{from: 2,")], "unreachable-band", "bands: [^{from: 2",
            "nothing falls in the band of the overall rating from 2: the scores of 1 standard add up to 0 at least and "
            "1 at most", DELETE,
            id="band of the overall rating above every sum",
        ),
        pytest.param(
            [*TWO_STANDARDS, ("[{from: 1,", "[{from: 3,")], "unreachable-band", "bands: [^{from: 3",
            "nothing falls in the band of the overall rating from 3: the scores of 2 standards add up to 0 at least "
            "and 2 at most", DELETE,
            id="band above the sum of two standards",
        ),
        pytest.param(
            [("overall", OF_A_DOMAIN + "[{from: 2, rating: fine}, {from: 0, rating: poor}]\noverall")],
            "unreachable-band",
            "[^{from: 2",
            'nothing falls in the band of the domain "all_of_it" from 2: the scores of 1 standard add up to 0 at least '
            "and 1 at most", DELETE,
            id="band of a domain above its sum",
        ),
        # No rating has the score 1, so that no sum lies between the two limits.
        pytest.param(
            [GAP_IN_SCORES, THREE_SHARES, THREE_OVERALL], "unreachable-band", ", ^{from: 1, rating: fair}",
            "nothing falls in the band of the overall rating from 1: the scores of 1 standard add up to 0 at least and "
            "3 at most", DELETE,
            id="band that only a gap in the scores leaves out",
        ),
        # The ratings of bands.
        pytest.param(
            [shares(("50", "fine"), ("20.5", "fine"), ("0", "poor"), decided_on="exact")], "repeated-rating",
            "{from: 20.5, rating: ^fine", 'two bands of the key questions give the rating "fine"',
            "the other one starts at 50",
            id="rating of two bands",
        ),
        pytest.param(
            [shares(("50", "poor"), ("0", "fine"))], "band-order", "{from: 0, rating: ^fine",
            'the band of the key questions from 0 gives "fine", which is better than "poor" from 50: a '
            "higher share gets the worse rating", TURN_ROUND,
            id="band order of shares of yes",
        ),
        pytest.param(
            [("share_of: yes", "share_of: no")], "band-order", "{from: 0, rating: ^poor",
            'the band of the key questions from 0 gives "poor", which is worse than "fine" from 50: a '
            "lower share gets the worse rating", TURN_ROUND,
            id="band order of shares of no",
        ),
        pytest.param(
            [THREE, THREE_OVERALL, shares(("80", "fair"), ("50", "fine"), ("0", "poor"))], "band-order",
            "{from: 50, rating: ^fine",
            'the band of the key questions from 50 gives "fine", which is better than "fair" from 80: a higher share '
            "gets the worse rating", "swap the two ratings; if it is meant, write monotone: no beside the bands",
            id="two of three bands swapped",
        ),
        # The list of ratings stands upside down: said once, and no hint leads to a list that is wrong.
        pytest.param(
            [THREE, THREE_OVERALL, shares(("80", "poor"), ("50", "fair"), ("0", "fine"))], "band-order",
            "{from: 50, rating: ^fair",
            'the band of the key questions from 50 gives "fair", which is better than "poor" from 80: a higher share '
            "gets the worse rating", TURN_ROUND,
            id="bands turned round",
        ),
        pytest.param(
            [("[{from: 1, rating: fine}, {from: 0, rating: poor}]",
            "[{from: 1, rating: poor}, {from: 0, rating: fine}]")],
            "band-order", "{from: 0, rating: ^fine",
            'the band of the overall rating from 0 gives "fine", which is better than "poor" from 1: a '
            "higher sum of scores gets the worse rating", TURN_ROUND,
            id="band order of the overall rating",
        ),
        pytest.param(
            [THREE, THREE_OVERALL], "rating-never-given", "^{from: 0, rating: poor}]}",
            'no band of the key questions gives the rating "fair"',
            "add {from: …, rating: fair}, or leave it if nobody is meant to have this rating",
            id="rating that no key question can have",
        ),
        pytest.param(
            [shares(("0", "fine"))], "rating-never-given", "bands: ^[{from: 0, rating: fine}]",
            'no band of the key questions gives the rating "poor"',
            "add {from: …, rating: poor}, or leave it if nobody is meant to have this rating",
            id="rating that one band leaves out",
        ),
        pytest.param(
            [(OVERALL, "overall: {bands: [{from: 0, rating: fine}]}")], "rating-never-given",
            "overall: {bands: ^[{from: 0", 'no band of the overall rating gives the rating "poor"',
            "add {from: …, rating: poor}, or leave it if nobody is meant to have this rating",
            id="rating that the overall bands leave out",
        ),
        pytest.param(
            [("overall", OF_A_DOMAIN + "[{from: 0, rating: fine}]\noverall")], "rating-never-given",
            "all_of_it: ^[{from: 0", 'no band of the domain "all_of_it" gives the rating "poor"',
            "add {from: …, rating: poor}, or leave it if nobody is meant to have this rating",
            id="rating that the bands of a domain leave out",
        ),
        # Bounds between two values.
        pytest.param(
            [shares(("0.8", "fine"), ("0", "poor"))], "fractional-bound", "{from: ^0.8",
            "the band starts at 0.8, below one per cent", "shares are in per cent: write 80",
            id="share as a fraction of one",
        ),
        pytest.param(
            [shares(("49.5", "fine"), ("0", "poor"))], "fractional-bound", "{from: ^49.5",
            "the band starts at 49.5, between two whole per cents, and shares are rounded to whole ones",
            "write 50, which means the same, or decided_on: exact",
            id="limit between two per cents",
        ),
        pytest.param(
            [("[{from: 1,", "[{from: 0.5,")], "fractional-bound", "{from: ^0.5",
            "the band starts at 0.5, between two scores, and scores are whole numbers", "write 1, which means the same",
            id="limit between two scores",
        ),
        # Panels.
        pytest.param(
            [("overall", "panel: {cases_fewer_than: 1}\noverall")], "panel-never", "cases_fewer_than: ^1",
            "a share always rests on a case or more, so never on fewer than 1",
            "write the number of cases from which a share can be trusted, or delete it",
            id="panel flag on fewer than 1 case",
        ),
        pytest.param(
            [*ONE_RATING, ("overall", "panel: {within_points: 2.5}\noverall")], "panel-never", "within_points: ^2.5",
            "no share is within 2.5 points of a limit, because there is only one band", "delete it, or add bands",
            id="panel flag without a limit",
        ),
        pytest.param(
            [("overall", "panel: {within_points: 50}\noverall")], "panel-always", "within_points: ^50",
            "every share is within 50 points of a limit", "write less than 50",
            id="panel flag on every share",
        ),
    ],
)  # fmt: skip
def test_what_is_found_says_what_and_where_and_what_to_do(
    small: Small, edits: list[tuple[str, str]], code: str, place: str, message: str, hint: str
) -> None:
    (found,) = (found for found in check_framework(small(RULE, *edits)) if found.code not in NOT_OF_SCALES)
    assert (found.code, found.message, found.hint) == (code, message, hint)
    assert place in "^".join(standing_at(found))


FEWER_POINTS = (
    RATINGS,
    "  - {id: fine, label: Fine, score: 0}\n  - {id: fair, label: Fair, score: 5}\n"
    "  - {id: poor, label: Poor, score: 25}\n",
)
PENALTIES = (
    OVERALL,
    "overall: {bands: [{from: 20, rating: poor}, {from: 5, rating: fair}, {from: 0, rating: fine}]}",
)


def test_fewer_points_may_be_better(small: Small) -> None:
    """Nothing is wrong with penalty points: the list says which rating is better, and the bands of sums agree."""
    assert_said(small(RULE, FEWER_POINTS, PENALTIES, THREE_SHARES))


def test_bands_that_are_bad_at_both_ends_may_be_meant(small: Small) -> None:
    framework = small(RULE, THREE, THREE_OVERALL, shares(("90", "poor"), ("60", "fair"), ("0", "poor")))
    assert_said(framework, ("band-order", "swap the two ratings; if it is meant, write monotone: no beside the bands"))


def test_what_is_odd_about_scales_and_can_be_rated_by_is_no_error(small: Small) -> None:
    """By its rank alone each rating is better or worse: what is rated by is never refused for its scores."""
    odd = [
        small(RULE, FEWER_POINTS, PENALTIES, shares(("90", "poor"), ("60", "fair"), ("0", "poor"))),
        small(RULE, THREE, THREE_OVERALL, shares(("80", "fine"), ("70", "fine"), ("0", "poor"))),
        small(RULE, ("[{from: 1,", "[{from: 2,")),
    ]
    assert {found.severity for framework in odd for found in check_framework(framework)} == {"warning"}
