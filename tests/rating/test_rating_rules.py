"""Rating rules: engines that agree, and what is missing never decided by a guess (published schemes: test_schemes)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules import (
    Band,
    Counts,
    DiagnosticError,
    Domain,
    Framework,
    KeyQuestion,
    KeyQuestionBands,
    Prompt,
    Rating,
    Standard,
    load_framework,
    make_engine,
    rate_counts,
)
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.engines.standings import NOT_RATED, MemberStanding, Standings
from ctm_rules.model.conditions import AtLeast, Condition, PromptIsYes, RatedAs, RatingComparison
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    NotRated,
    RatingLine,
    RatingRule,
    RatingStep,
    StandardRating,
    StandardRule,
    SumInBands,
    TakeRating,
)
from ctm_rules.rating.rules import Member, RatingRules
from tests.support.paths import ROOT
from tests.support.strategies import Below, Lying, framework_around, rating_conditions, rating_rules, rating_scales

SCHEMES = ROOT / "examples" / "schemes"
NEEDS_DURABLE = pytest.mark.skipif(not durable_is_available(), reason="durable_rules is not installed here")
ENGINES = ["reference", pytest.param("durable", marks=NEEDS_DURABLE)]


def test_the_parts_that_made_a_rating_are_named_with_their_lines() -> None:
    framework = load_framework(SCHEMES / "nursing-homes/standards/nursing-homes/2022")
    rated = rate_counts(framework, {}, {"health": "one", "staffing": "five", "quality": "five"}, make_engine(framework))
    assert [reason.says for reason in rated.overall_because] == [
        "one step better since “Staffing” is rated Five stars",
        "one step better since “Quality measures” is rated Five stars",
        "no better than Two stars since “Health inspections” is rated One star",
    ]
    lines = (SCHEMES / "nursing-homes/standards/nursing-homes/2022/framework.yaml").read_text().splitlines()
    for reason, word in zip(rated.overall_because, ["better_by", "better_by", "no_better_than"], strict=True):
        assert word in lines[reason.at.line - 1]
    assert rated.overall_drivers == ("health",)
    assert (rated.score, rated.out_of) == (None, None)


# --- Engines agree ---------------------------------------------------------------------------------


SLUGS = ("first", "second", "third")


def below(ratings: Sequence[Rating]) -> Below:
    return {"standards": dict.fromkeys(SLUGS, Lying(ratings))}


@st.composite
def conditions_with_standings(draw: st.DrawFn) -> tuple[Condition, Standings]:
    ratings = draw(rating_scales())
    ranks = {rating.id: number for number, rating in enumerate(ratings)}
    standing = st.none() | st.just(NOT_RATED) | st.sampled_from(range(len(ratings)))
    standards = {slug: MemberStanding(draw(standing), ranks, draw(st.booleans())) for slug in SLUGS}
    of = {"standards": standards, "key_questions": {}, "domains": {}}
    return draw(rating_conditions(below(ratings))), Standings(of)  # type: ignore[arg-type]


REFERENCE = make_engine(framework_around(), "reference")


@NEEDS_DURABLE
@given(conditions_with_standings())
def test_engines_agree_on_conditions_about_ratings(drawn: tuple[Condition, Standings]) -> None:
    durable = make_engine(framework_around(), "durable")
    assert durable.holds(*drawn) is REFERENCE.holds(*drawn)


def compare(rank: int, comparison: str, bound: int) -> bool:
    return {"rated": rank == bound, "rated_or_better": rank <= bound, "rated_or_worse": rank >= bound}[comparison]


@given(conditions_with_standings())
def test_a_condition_is_known_where_every_way_of_filling_in_what_is_missing_agrees(
    drawn: tuple[Condition, Standings],
) -> None:
    condition, standings = drawn
    found = REFERENCE.holds(condition, standings)
    standards = standings.of["standards"]
    unknown = [slug for slug, member in standards.items() if member.standing is None]
    results = set()
    for filled in product([NOT_RATED, *standards[SLUGS[0]].ranks.values()], repeat=len(unknown)):
        known = {slug: evolve(standards[slug], standing=rank) for slug, rank in zip(unknown, filled, strict=True)}
        of = {**standings.of, "standards": {**standards, **known}}
        results.add(REFERENCE.holds(condition, Standings(of)))
    assert Truth.UNKNOWN not in results
    # What is said to hold, or not to, does so however the rest comes out.
    assert found is Truth.UNKNOWN or results == {found}


# --- Rules ------------------------------------------------------------------------------------------


def with_ratings(ratings: Sequence[Rating]) -> Framework:
    """Return a framework with another scale."""
    bands = KeyQuestionBands("yes", ("yes", "no"), (Band(Fraction(0), ratings[-1].id),))
    return framework_around(ratings=tuple(ratings), key_question_bands=bands)


@st.composite
def rules_with_members(draw: st.DrawFn) -> tuple[Framework, RatingRule, list[Member]]:
    ratings = draw(rating_scales())
    given_or_not = st.none() | st.sampled_from(ratings)
    members = [Member("standards", slug, slug, draw(given_or_not), draw(st.booleans())) for slug in SLUGS]
    return with_ratings(ratings), draw(rating_rules(ratings, below(ratings))), members


@given(rules_with_members())
def test_a_rating_is_given_only_where_what_is_missing_cannot_change_it(
    drawn: tuple[Framework, RatingRule, list[Member]],
) -> None:
    framework, rule, members = drawn
    rules = RatingRules(framework, make_engine(framework, "reference"))
    found = rules.rate(rule, members)
    open_ones = [
        number
        for number, member in enumerate(members)
        if member.rating is None and not (member.is_settled and rule.not_rated == "leave_out")
    ]
    for filled in product(framework.ratings, repeat=len(open_ones)):
        complete = list(members)
        for number, rating in zip(open_ones, filled, strict=True):
            complete[number] = evolve(members[number], rating=rating)
        if found.rating is not None:
            assert rules.rate(rule, complete).rating == found.rating
    assert (found.rating is None) == bool(found.missing)


FOUR = tuple(Rating(name, name.title()) for name in ("best", "good", "fair", "worst"))


def rated(rule: RatingRule, *ratings: str | None, settled: bool = False) -> tuple[str | None, str]:
    """Return the id of the rating that a rule gives for standards with these ratings, and why there is none."""
    framework = with_ratings(FOUR)
    by_id = {rating.id: rating for rating in FOUR}
    members = [
        Member("standards", slug, slug, None if rating is None else by_id[rating], settled)
        for slug, rating in zip(SLUGS, ratings, strict=False)
    ]
    found = RatingRules(framework, make_engine(framework, "reference")).rate(rule, members)
    return (None if found.rating is None else found.rating.id), found.missing


LOWEST, HIGHEST = TakeRating("lowest", "standards"), TakeRating("highest", "standards")


def then(rule: RatingRule, **step: object) -> RatingRule:
    """Return a rule with one step."""
    return evolve(rule, then=(RatingStep(**step),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "ratings", "expected"),
    [
        (LOWEST, ("good", "worst", "best"), "worst"),
        (HIGHEST, ("good", "worst", "best"), "best"),
        (TakeRating("lowest", ("first", "third")), ("good", "worst", "best"), "good"),
        (then(LOWEST, better_by=9), ("good", "worst", "fair"), "best"),
        (then(HIGHEST, worse_by=9), ("good", "worst", "fair"), "worst"),
        (then(HIGHEST, no_better_than="fair"), ("good", "worst", "fair"), "fair"),
        (then(LOWEST, no_worse_than="good"), ("good", "worst", "fair"), "good"),
        (FirstThatHolds((RatingLine("fair"),)), (None, None, None), "fair"),
    ],
    ids=[
        "lowest of all", "highest of all", "lowest of some", "better than the best", "worse than the worst",
        "a limit upwards", "a limit downwards", "a line without a condition",
    ],
)  # fmt: skip
def test_a_rule_gives_the_rating_worked_out_by_hand(
    rule: RatingRule, ratings: tuple[str | None, ...], expected: str
) -> None:
    assert rated(rule, *ratings) == (expected, "")


def test_what_has_no_rating_is_left_out_only_where_that_is_settled_and_declared() -> None:
    lenient = TakeRating("lowest", "standards", "leave_out")
    assert rated(lenient, "good", None, "best", settled=True) == ("good", "")
    assert rated(lenient, "good", None, "best") == (None, "second has no rating")
    assert rated(LOWEST, "good", None, "best", settled=True) == (None, "second has no rating")
    assert rated(lenient, None, None, None, settled=True) == (None, "nothing below it has a rating")
    line = RatingLine("worst", RatedAs("standard", "second", "rated", "worst"))
    first = FirstThatHolds((line, RatingLine("good")))
    assert rated(first, "good", None, "best") == (None, "it may be Good or Worst while second has no rating")


def because(rule: RatingRule, *ratings: str | None) -> list[str]:
    """Return what is said of a rating that a rule gives: each line and step that made it."""
    standards = tuple(Standard(slug, slug, slug, f"{slug} is good.", "judgement") for slug in SLUGS)
    framework = evolve(with_ratings(FOUR), standards=standards, domains=())
    by_id = {rating.id: rating for rating in FOUR}
    members = [
        Member("standards", slug, slug, None if rating is None else by_id[rating])
        for slug, rating in zip(SLUGS, ratings, strict=False)
    ]
    found = RatingRules(framework, make_engine(framework, "reference")).rate(rule, members)
    return [reason.says for reason in found.because]


SECOND_IS_BEST = RatedAs("standard", "second", "rated", "best")


def test_of_what_made_a_rating_only_what_moved_it_is_said() -> None:
    line = FirstThatHolds((RatingLine("fair", SECOND_IS_BEST), RatingLine("good")))
    assert because(line, "good", "best") == ["“second” is rated Best"]
    assert because(line, "good", "good") == ["no condition for another rating holds"]
    # A limit that was not reached is no reason, nor is a step of which nobody knows whether it is made.
    assert because(then(LOWEST, no_better_than="good"), "good", "fair") == []
    assert because(then(HIGHEST, no_better_than="good"), "best", "fair") == ["no better than Good"]
    both = (RatingStep(better_by=1, when=SECOND_IS_BEST), RatingStep(no_better_than="worst"))
    lowest_of_first = TakeRating("lowest", ("first",))
    assert because(evolve(lowest_of_first, then=both), "good", None) == ["no better than Worst"]


def test_where_either_of_two_lines_may_have_given_the_same_rating_neither_is_the_reason() -> None:
    first = RatingLine("fair", SECOND_IS_BEST)
    assert because(FirstThatHolds((first, RatingLine("fair"))), "good", None) == []
    assert rated(FirstThatHolds((first, RatingLine("fair"))), "good", None) == ("fair", "")


def test_what_is_missing_is_said_of_one_and_of_several() -> None:
    mean = SumInBands("standards", (Band(Fraction(0), "good"),), mean_of="scores")
    for rule in (LOWEST, mean):
        assert rated(rule, "good", None, None) == (None, "second and third have no rating")
        assert rated(rule, "good", None, "best") == (None, "second has no rating")
    lines = FirstThatHolds((RatingLine("fair", SECOND_IS_BEST), RatingLine("good")))
    assert rated(lines, None, None, "good") == (None, "it may be Good or Fair while first and second have no rating")


@pytest.mark.parametrize(
    ("comparison", "those"),
    [("rated", ["fair"]), ("rated_or_better", ["best", "good", "fair"]), ("rated_or_worse", ["fair", "worst"])],
    ids=["rated", "rated or better", "rated or worse"],
)
def test_a_comparison_takes_in_the_rating_that_it_names(comparison: RatingComparison, those: list[str]) -> None:
    line = RatingLine("best", RatedAs("standard", "first", comparison, "fair"))
    rule = FirstThatHolds((line, RatingLine("worst")))
    assert [rating.id for rating in FOUR if rated(rule, rating.id)[0] == "best"] == those


def test_so_many_of_some_conditions_are_counted_and_what_is_unknown_may_be_one_of_them() -> None:
    of = tuple(RatedAs("standard", slug, "rated", "good") for slug in SLUGS)
    rule = FirstThatHolds((RatingLine("best", AtLeast(2, of)), RatingLine("worst")))
    assert rated(rule, "good", "good", "fair") == ("best", "")
    assert rated(rule, "good", "fair", "fair") == ("worst", "")
    assert rated(rule, None, "fair", "fair") == ("worst", "")
    assert rated(rule, "good", None, "fair") == (None, "it may be Best or Worst while second has no rating")


# --- Standards, as everything else ---------------------------------------------------------------


TWO = tuple(KeyQuestion(name, "Is it?", (Prompt("p", "Is it?"),), PromptIsYes("p")) for name in ("first", "second"))
ALL_YES, NO_CASE, OPEN = Counts(yes=9), Counts(), Counts(yes=8, undetermined=1)


@pytest.mark.parametrize(
    ("rule", "second", "expected"),
    [
        (StandardRating(), NO_CASE, "good"),
        (StandardRating(not_rated="refuse"), NO_CASE, None),
        (StandardRating(of=("s.first",), not_rated="refuse"), NO_CASE, "good"),
        (StandardRating(of=("s.first",)), OPEN, "good"),
        (StandardRating(), OPEN, None),
        (FirstThatHolds((RatingLine("good"),)), OPEN, "good"),
        (FirstThatHolds((RatingLine("good"),)), NO_CASE, "good"),
    ],
    ids=[
        "left out", "refused", "refused, and not looked at", "undetermined, and not looked at", "undetermined",
        "undetermined, and it makes no difference", "no case, and it makes no difference",
    ],
)  # fmt: skip
def test_a_standard_has_a_rating_where_what_its_rule_looks_at_decides(
    rule: StandardRule, second: Counts, expected: str | None
) -> None:
    standard = evolve(framework_around(*TWO).standards[0], rating=rule)
    framework = evolve(framework_around(*TWO), standards=(standard,))
    counts = {"s.first": ALL_YES, "s.second": second}
    (result,) = rate_counts(framework, counts, {}, make_engine(framework)).standards
    assert (result.rating and result.rating.id) == expected
    assert bool(result.not_rated) is (expected is None)
    assert result.not_counted == (("s.second",) if expected and not second.cases else ())


def judged(*slugs: str, **parts: object) -> Framework:
    """Return a framework of standards that are judged, each in a domain of its own name."""
    standards = tuple(Standard(slug, slug, slug, f"{slug} is good.", "judgement") for slug in slugs)
    domains = tuple(Domain(f"of_{slug}", f"Of {slug}", (slug,)) for slug in slugs)
    return evolve(framework_around(standards=standards, domains=domains), **parts)


def test_nothing_is_rated_where_nothing_below_it_is() -> None:
    line_without_condition = FirstThatHolds((RatingLine("good"),), "leave_out")
    framework = judged("first", "second", overall=line_without_condition)
    engine = make_engine(framework)
    assert rate_counts(framework, {}, {"first": "not_rated", "second": "not_rated"}, engine).overall is None
    rated = rate_counts(framework, {}, {"first": "not_rated", "second": "poor"}, engine)
    assert rated.overall is not None


@pytest.mark.parametrize(
    ("of_domains", "judgement", "expected"),
    [("leave_out", "not_rated", "good"), ("refuse", "not_rated", "good"), ("leave_out", None, None)],
    ids=["given no rating", "given no rating, and none without it", "no judgement yet"],
)
def test_a_domain_is_left_out_above_where_nothing_in_it_is_rated_or_unknown(
    of_domains: NotRated, judgement: str | None, expected: str | None
) -> None:
    framework = judged("first", "second", domain_rating=TakeRating("lowest", "standards", of_domains))
    framework = evolve(framework, overall=TakeRating("lowest", "domains", "leave_out"))
    given = {"first": "good"} | ({"second": judgement} if judgement else {})
    overall = rate_counts(framework, {}, given, make_engine(framework)).overall
    assert (overall and overall.id) == expected


def test_a_domain_that_refuses_is_not_left_out_above() -> None:
    framework = judged("first", "second", "third", domain_rating=TakeRating("lowest", "standards", "refuse"))
    two = (Domain("of_both", "Of both", ("first", "second")), Domain("of_third", "Of the third", ("third",)))
    framework = evolve(framework, domains=two, overall=TakeRating("lowest", "domains", "leave_out"))
    result = rate_counts(
        framework, {}, {"first": "poor", "second": "not_rated", "third": "good"}, make_engine(framework)
    )
    assert result.overall is None


def test_a_name_that_is_a_standard_and_a_domain_is_refused_where_either_could_be_meant() -> None:
    framework = judged("first", "second", domain_rating=TakeRating("lowest", "standards"))
    domains = (Domain("first", "Of the second", ("second",)), Domain("last", "Of the first", ("first",)))
    framework = evolve(framework, domains=domains, overall=TakeRating("lowest", ("first",)))
    with pytest.raises(DiagnosticError, match='"first" is a standard and a domain'):
        make_engine(framework)
    by_kind = FirstThatHolds((RatingLine("good", RatedAs("domain", "first", "rated", "good")), RatingLine("poor")))
    framework = evolve(framework, overall=by_kind)
    overall = rate_counts(framework, {}, {"first": "poor", "second": "good"}, make_engine(framework)).overall
    assert overall is not None
    assert overall.id == "good"
