"""What counts towards 100% of a declaration, and what cases and ratings have seen of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings

from ctm_rules import Answer, Case, Counts, Framework, Inspection, make_engine, rate_counts, rate_inspection
from ctm_rules.model.bands import Band
from ctm_rules.model.conditions import AllOf, AnyOf, FactTest, Not, PromptIsYes
from ctm_rules.model.framework import (
    Domain,
    Fact,
    KeyQuestion,
    KeyQuestionBands,
    Panel,
    Prompt,
    Rating,
    Standard,
    Variant,
    VariantRule,
)
from ctm_rules.model.rating_rules import SumInBands
from ctm_rules.scenarios.coverage import Coverage
from tests.support.small_framework import Small
from tests.support.strategies import framework_around, frameworks_with_cases, one_question

PATH = "hygiene.clean"


def case(**answers: str) -> Case:
    return Case("c", {"serves_meat": True}, {f"{PATH}.{name}": Answer(answer) for name, answer in answers.items()})


def wanted(coverage: Coverage, kind: str) -> dict[str, tuple[str, ...]]:
    return {part.says: part.wanted for part in coverage.parts if part.kind == kind}


def missing(coverage: Coverage) -> dict[str, tuple[str, ...]]:
    return {part.says: part.never for part in coverage.not_covered}


# --- What is asked for -----------------------------------------------------------------------------


def test_every_clause_outcome_band_and_panel_rule_is_asked_for(small: Small) -> None:
    framework = small(
        "{all: [floors, {at_least: {count: 1, of: [knives, meat]}}]}",
        ("facts:\n", "panel: {within_points: 5, one_case_would_change_it: true, cases_fewer_than: 6}\nfacts:\n"),
    )
    coverage = Coverage(framework)
    either = "at least one of “knives” and “meat” (where it applies) is yes"
    assert wanted(coverage, "clause") == {
        f"{PATH}: “floors” is yes, and at least one of “knives” and “meat” (where it applies) is yes": (
            "met",
            "not met",
        ),
        f"{PATH}: “floors” is yes": ("met", "not met", "not applicable"),
        f"{PATH}: {either}": ("met", "not met"),
        f"{PATH}: “knives” is yes": ("met", "not met", "not applicable"),
        f"{PATH}: “meat” (where it applies) is yes": ("met", "not met", "not applicable"),
        f"{PATH}.meat applies: “Serves meat” is yes": ("met", "not met"),
    }
    assert wanted(coverage, "outcome") == {PATH: ("yes", "no", "not applicable", "undetermined")}
    assert wanted(coverage, "band") == {
        "key questions: the band fine": ("at its lower bound", "just below its lower bound"),
        "key questions: the band poor": ("reached",),
        "overall: the band fine": ("at its lower bound", "just below its lower bound"),
        "overall: the band poor": ("reached",),
    }
    assert wanted(coverage, "panel") == {
        f"panel flag {flag}": ("raised", "not raised") for flag in ("near_boundary", "one_case", "few_cases")
    }
    assert (coverage.seen, coverage.percent) == (0, 0)


def test_each_part_names_its_line(small: Small) -> None:
    framework = small("{all: [floors, knives]}")
    (rule,) = [part for part in Coverage(framework).parts if part.says.startswith(f"{PATH}: “floors” and")]
    text = Path(rule.at.file).read_text(encoding="utf-8").splitlines()
    assert "{all: [floors, knives]}" in text[rule.at.line - 1]
    assert str(rule) == f"{PATH}: “floors” and “knives” are yes: never reached"


def test_what_no_case_can_do_is_not_asked_for() -> None:
    p = PromptIsYes("p")
    always_once_answered = KeyQuestion("q", "?", (Prompt("p", "?"),), AnyOf((p, Not(p))))
    coverage = Coverage(framework_around(always_once_answered))
    assert wanted(coverage, "outcome") == {"s.q": ("yes", "not applicable", "undetermined")}
    assert wanted(coverage, "clause")["s.q: either “p” is yes or “p” is no"] == ("met",)


def test_a_variants_own_condition_cannot_fail_inside_its_rule() -> None:
    short = FactTest("short", "is", (True,))
    question = KeyQuestion(
        "q",
        "?",
        (Prompt("p", "?"), Prompt("r", "?", applies_when=short)),
        AllOf((PromptIsYes("p"), PromptIsYes("r"))),
        variants={"brief": VariantRule(AllOf((PromptIsYes("p"), short)))},
    )
    framework = framework_around(
        question, facts=(Fact("short", "Short", "yes_no"),), variants=(Variant("brief", "Brief", short),)
    )
    coverage = Coverage(framework)
    clauses = wanted(coverage, "clause")
    assert clauses["s.q, variant brief: “Short” is yes"] == ("met",)
    assert clauses["variant brief: “Short” is yes"] == ("met", "not met")
    # The usual rule decides only what is not short, so there the prompt r never applies.
    assert clauses["s.q.r applies: “Short” is yes"] == ("not met",)
    assert clauses["s.q: “r” (where it applies) is yes"] == ("not applicable",)
    assert wanted(coverage, "variant") == {"variant brief": ("used", "not used")}


def test_a_variant_that_changes_no_rule_is_not_asked_for() -> None:
    question = KeyQuestion("q", "?", (Prompt("p", "?"),), PromptIsYes("p"))
    when = FactTest("short", "is", (True,))
    framework = framework_around(
        question, facts=(Fact("short", "Short", "yes_no"),), variants=(Variant("brief", "Brief", when),)
    )
    assert wanted(Coverage(framework), "variant") == {}


def test_bounds_that_no_scores_add_up_to_are_asked_for_where_scores_can_fall() -> None:
    question = KeyQuestion("q", "?", (Prompt("p", "?"),), PromptIsYes("p"))
    overall = SumInBands((Band(Fraction(5), "good"), Band(Fraction(3), "fair"), Band(Fraction(0), "poor")))
    ratings = (Rating("good", "Good", 4), Rating("fair", "Fair", 2), Rating("poor", "Poor", 0))
    # One standard, by bands that give only good and poor: 4 or 0 in all, so 3 and 5 themselves are out of reach.
    coverage = Coverage(framework_around(question, ratings=ratings, overall=overall))
    bands = wanted(coverage, "band")
    assert "overall: the band good" in bands
    assert bands["overall: the band good"] == ("just below its lower bound",)
    assert bands["overall: the band fair"] == ("at its lower bound", "just below its lower bound")
    assert bands["overall: the band poor"] == ("reached",)


@given(one_question(missing=False))
def test_whatever_a_complete_case_reaches_was_asked_for(drawn: tuple[Framework, Case]) -> None:
    framework, complete = drawn
    coverage = Coverage(framework)
    coverage.add_case(evolve(complete, judgements={}))
    for part in coverage._parts.values():  # also those of which nothing is asked for
        counts = part.seen if part.kind == "outcome" else part.seen - {"not applicable"}
        assert counts <= set(part.wanted)


@given(frameworks_with_cases())
@settings(max_examples=15)
def test_coverage_only_grows_and_never_exceeds_everything(drawn: tuple[Framework, tuple[Case, ...]]) -> None:
    framework, cases = drawn
    coverage = Coverage(framework)
    before = coverage.percent
    for each in cases:
        coverage.add_case(each)
        assert before <= coverage.percent <= 100
        before = coverage.percent
    assert (coverage.percent == 100) == (not coverage.not_covered)


# --- What is seen ----------------------------------------------------------------------------------


def test_cases_cover_what_they_reach_and_no_more(small: Small) -> None:
    coverage = Coverage(small("{all: [floors, {not: knives}]}"))
    coverage.add_case(case(floors="yes", knives="no"))
    assert missing(coverage)[PATH] == ("no", "not applicable", "undetermined")
    coverage.add_case(case(floors="no", knives="yes"))
    coverage.add_case(case())
    coverage.add_case(case(floors="na", knives="na"))
    assert {says for says in missing(coverage) if PATH in says} == set()


def test_an_unknown_clause_is_reached_but_covers_nothing(small: Small) -> None:
    coverage = Coverage(small("floors"))
    coverage.add_case(case())
    (part,) = [part for part in coverage.not_covered if part.kind == "clause"]
    assert str(part) == f"{PATH}: “floors” is yes: never met, not met or not applicable"


def test_a_question_that_does_not_apply_reaches_no_clause_of_its_rule() -> None:
    applies = FactTest("asked", "is", (True,))
    question = KeyQuestion("q", "?", (Prompt("p", "?"),), PromptIsYes("p"), applies_when=applies)
    coverage = Coverage(framework_around(question, facts=(Fact("asked", "Asked", "yes_no"),)))
    coverage.add_case(Case("c", {"asked": False}, {"s.q.p": Answer.YES}))
    assert missing(coverage)["s.q: “p” is yes"] == ("met", "not met", "not applicable")
    assert missing(coverage)["s.q applies: “Asked” is yes"] == ("met",)
    assert missing(coverage)["s.q"] == ("yes", "no", "undetermined")


@pytest.mark.parametrize(
    ("decided_on", "counts", "never"),
    [
        pytest.param("rounded", Counts(yes=50, no=50), ("just below its lower bound",), id="rounded: at the bound"),
        pytest.param(
            "rounded", Counts(yes=99, no=101), ("just below its lower bound",), id="rounded: up to the bound"
        ),  # 49.5 rounds up to 50
        pytest.param("rounded", Counts(yes=49, no=51), ("at its lower bound",), id="rounded: just below"),
        pytest.param(
            "rounded",
            Counts(yes=51, no=49),
            ("at its lower bound", "just below its lower bound"),
            id="rounded: above",
        ),
        pytest.param("exact", Counts(yes=99, no=101), ("at its lower bound",), id="exact: just below"),
        pytest.param("exact", Counts(yes=50, no=50), ("just below its lower bound",), id="exact: at the bound"),
        pytest.param(
            "exact",
            Counts(yes=48, no=52),
            ("at its lower bound", "just below its lower bound"),
            id="exact: further below",
        ),
    ],
)
def test_a_band_is_covered_at_its_bound_and_just_below(decided_on: str, counts: Counts, never: tuple[str, ...]) -> None:
    question = KeyQuestion("q", "?", (Prompt("p", "?"),), PromptIsYes("p"))
    bands = (Band(Fraction(50), "good"), Band(Fraction(0), "poor"))
    scale = KeyQuestionBands("yes", ("yes", "no"), bands, decided_on="exact" if decided_on == "exact" else "rounded")
    framework = framework_around(question, key_question_bands=scale)
    coverage = Coverage(framework)
    coverage.add_rating(rate_counts(framework, {"s.q": counts}, {}, make_engine(framework)))
    assert missing(coverage)["key questions: the band good"] == never


def test_a_panel_rule_is_covered_when_it_raised_a_flag_once_and_once_did_not() -> None:
    question = KeyQuestion("q", "?", (Prompt("p", "?"),), PromptIsYes("p"))
    framework = framework_around(question, panel=Panel(cases_fewer_than=6))
    coverage, engine = Coverage(framework), make_engine(framework)
    coverage.add_rating(rate_counts(framework, {"s.q": Counts(yes=5)}, {}, engine))
    assert missing(coverage)["panel flag few_cases"] == ("not raised",)
    coverage.add_rating(rate_counts(framework, {"s.q": Counts(yes=6)}, {}, engine))
    assert "panel flag few_cases" not in missing(coverage)


def _judged(standards: int, scores: list[int], bands: list[int]) -> Framework:
    """Return a framework of standards rated by judgement, whose scores add up to an overall rating."""
    ratings = tuple(Rating(f"r{number}", f"R{number}", score) for number, score in enumerate(scores))
    slugs = tuple(f"s{number}" for number in range(standards))
    overall = SumInBands(tuple(Band(Fraction(bound), ratings[n % len(ratings)].id) for n, bound in enumerate(bands)))
    return evolve(
        framework_around(),
        ratings=ratings,
        key_question_bands=None,
        standards=tuple(Standard(slug, slug, slug, slug, "judgement") for slug in slugs),
        domains=(Domain("d", "D", slugs),),
        overall=overall,
        panel=Panel(one_standard_would_change_it=True),
    )


@pytest.mark.parametrize(
    ("standards", "scores", "bands"),
    [
        pytest.param(2, [1, 0], [1, 0], id="often raised"),
        pytest.param(2, [3, 2, 1, 0], [0], id="one band: never raised"),
        pytest.param(3, [3, 2, 1, 0], [9, 4, 0], id="three standards"),
        pytest.param(2, [4, 0], [4, 0], id="large steps"),
        pytest.param(2, [1, 0], [2, 1, 0], id="a limit at every sum: always raised"),
        pytest.param(3, [0, 1, 2], [3, 0], id="fewer points are better"),
    ],
)
def test_the_flag_of_sums_is_asked_for_where_some_ratings_raise_it_or_do_not(
    standards: int, scores: list[int], bands: list[int]
) -> None:
    framework = _judged(standards, scores, bands)
    coverage, engine = Coverage(framework), make_engine(framework, "reference")
    seen = set()
    for ratings in product(framework.ratings_by_id, repeat=standards):
        judged = {standard.slug: rating for standard, rating in zip(framework.standards, ratings, strict=True)}
        result = rate_counts(framework, {}, judged, engine)
        coverage.add_rating(result)
        seen.add("raised" if result.overall_panel else "not raised")
    assert set(wanted(coverage, "panel")["panel flag one_standard"]) == seen
    assert "panel flag one_standard" not in missing(coverage)


def test_the_flag_of_sums_counts_where_it_is_expected() -> None:
    framework = _judged(2, [1, 0], [2, 0])
    coverage, engine = Coverage(framework), make_engine(framework, "reference")
    raised = rate_counts(framework, {}, {"s0": "r0", "s1": "r0"}, engine)
    coverage.add_rating(raised, overall_flags=False)
    assert missing(coverage)["panel flag one_standard"] == ("raised", "not raised")
    coverage.add_rating(raised)
    assert missing(coverage)["panel flag one_standard"] == ("not raised",)


def test_the_example_inspection_reaches_the_published_bands(example: Inspection) -> None:
    coverage = Coverage(example.framework)
    for each in example.cases:
        coverage.add_case(each)
    coverage.add_rating(rate_inspection(example).rating)
    never = missing(coverage)
    # The report prints 4 of 21 overall, and 64% among its key questions.
    assert never["overall: the band requires_improvement"] == ("just below its lower bound",)
    assert "just below its lower bound" not in never["key questions: the band good"]
    assert 0 < coverage.percent < 100
    data = coverage.to_dict()
    assert data["seen"] == coverage.seen
    assert {"file", "line", "kind", "says", "never", "seen"} == set(data["not_covered"][0])  # type: ignore[index] # plain data
