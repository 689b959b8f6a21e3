"""The way to the next rating: the fewest cases, and the prompts that stand in the way."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from pathlib import Path

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import (
    Answer,
    Case,
    Counts,
    Framework,
    Inspection,
    Outcome,
    load_inspection,
    rate_counts,
    rate_inspection,
    rate_outcomes,
)
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.inspections.next_rating import next_ratings
from ctm_rules.model.bands import Band
from ctm_rules.model.conditions import AnyOf, FactTest, PromptIsYes
from ctm_rules.model.framework import Domain, Fact, KeyQuestion, KeyQuestionBands, Prompt, Rating, Standard
from ctm_rules.model.rating_rules import FirstThatHolds, RatingLine, RatingStep, StandardRating
from tests.support.made_inspections import result_of
from tests.support.strategies import cases, conditions, key_question_bands


def test_the_fewest_outcomes_are_those_of_the_published_counts(example: Inspection) -> None:
    ways = {way.standard.slug: way for way in next_ratings(rate_inspection(example))}
    # 12, 17, 18 and 10 of 44, and 18 of 43, must become 22 (50%); of 43, 22 make 51% and 21 only 49%.
    gaps = {slug: [(gap.result.path, gap.needed, gap.percent) for gap in way.gaps] for slug, way in ways.items()}
    assert gaps["assessment"] == [("assessment.safety", 10, 50)]
    assert gaps["planning"] == [("planning.safety", 5, 50)]
    assert gaps["implementation"] == [("implementation.desistance", 4, 50), ("implementation.safety", 12, 50)]
    assert gaps["reviewing"] == [("reviewing.safety", 4, 51)]
    assert ways["implementation"].needed == 16
    leadership = ways["leadership"]
    assert leadership.next is not None
    assert [(each.name, each.then) for each in leadership.judgements] == [("leadership", leadership.next)]
    assert (leadership.next.id, leadership.distance) == ("outstanding", "1 judgement")
    assert (ways["implementation"].distance, ways["implementation"].judgements) == ("16 case outcomes", ())


def test_prompts_stand_in_the_way_by_what_they_would_turn(kitchen_visit: Callable[..., Path]) -> None:
    rows = (
        "c1,yes,yes,no,no",  # knives alone is not enough, nor is meat
        "c2,yes,yes,no,yes",  # knives alone would turn it
        "c3,no,yes,no,no",  # meat does not apply: knives alone would turn it
        "c4,yes,no,yes,yes",  # floors alone would turn it
    )
    [way] = next_ratings(rate_inspection(load_inspection(kitchen_visit("{all: [floors, knives, meat]}", *rows))))
    [gap] = way.gaps
    assert [(prompt.path.rpartition(".")[2], prompt.would_turn, prompt.answered_no) for prompt in gap.in_the_way] == [
        ("knives", 2, 3),
        ("floors", 1, 1),
        ("meat", 0, 1),
    ]
    assert (way.needed, gap.against, gap.percent) == (2, 4, 50)


def test_at_the_top_and_without_a_rating_there_is_no_next(kitchen_visit: Callable[..., Path]) -> None:
    [best] = next_ratings(rate_inspection(load_inspection(kitchen_visit("floors", "c1,no,yes,no,na"))))
    assert (best.next, best.why_not) == (None, "it has the best rating there is")
    [none] = next_ratings(rate_inspection(load_inspection(kitchen_visit("floors", "c1,no,,no,na"))))
    assert (none.rating, none.next) == (None, None)
    assert "undetermined" in none.why_not


def test_a_standard_with_another_rule_says_so(kitchen_visit: Callable[..., Path]) -> None:
    inspection = load_inspection(kitchen_visit("floors", "c1,no,yes,no,na", "c2,no,no,no,na"))
    before = inspection.framework
    rules = [
        StandardRating("highest"),
        StandardRating(then=(RatingStep(worse_by=1),)),
        FirstThatHolds((RatingLine(before.ratings[-1].id),)),
    ]
    for rule in rules:
        standards = tuple(evolve(standard, rating=rule) for standard in before.standards)
        changed = evolve(inspection, framework=evolve(before, standards=standards))
        [way] = next_ratings(rate_inspection(changed))
        assert (way.next, way.why_not) == (None, "it is rated by another rule than the lowest of its key questions")


A, B = PromptIsYes("a"), PromptIsYes("b")
LIVED_IN = FactTest("lived_in", "is", (True,))
SCALE = tuple(
    Rating(name, name.title(), score) for score, name in ((3, "best"), (2, "good"), (1, "poor"), (0, "worst"))
)
HOUSES = Framework(
    id="houses",
    edition="1",
    title="Houses",
    publisher="Nobody",
    in_force_from=datetime.date(2026, 1, 1),
    ratings=SCALE,
    domains=(Domain("all", "All", ("care",)),),
    standards=(
        Standard(
            "C",
            "care",
            "Care",
            "Houses are cared for.",
            "cases",
            tuple(
                KeyQuestion(name, "?", (Prompt("a", "?"), Prompt("b", "?", LIVED_IN), Prompt("c", "?")), AnyOf((A, B)))
                for name in ("inside", "outside")
            ),
        ),
    ),
    key_question_bands=KeyQuestionBands("yes", ("yes", "no"), (Band(Fraction(50), "good"), Band(Fraction(0), "poor"))),
    facts=(Fact("lived_in", "Lived in", "yes_no"),),
)


def rating_of(framework: Framework, slug: str, counts: Mapping[str, Counts]) -> int:
    """Return the place of a standard's band for these counts, 0 for the lowest."""
    result = rate_counts(framework, counts, {}, ReferenceEngine(framework))
    [standard] = [standard for standard in result.standards if standard.standard.slug == slug]
    assert standard.rating is not None
    bands = framework.key_question_bands
    assert bands is not None
    return [band.rating for band in reversed(bands.bands)].index(standard.rating.id)


def moved(counts: Counts, declared: KeyQuestionBands, number: int) -> Counts:
    """Return counts after so many counted outcomes became the one whose share counts."""
    after = {name: getattr(counts, name) for name in ("yes", "no", "not_applicable", "undetermined")}
    for name in declared.among:
        if name != declared.share_of:
            taken = min(number, after[name])
            after[name] -= taken
            after[declared.share_of] += taken
            number -= taken
    assert number == 0
    return Counts(**after)


def counts_within(counts: Counts, changes: int) -> Iterator[Counts]:
    """Every way in which the counts can be after at most so many outcomes changed; no outcome becomes undetermined."""
    for yes, no, na in product(range(counts.cases + 1), repeat=3):
        rest = counts.cases - yes - no - na
        if 0 <= rest <= counts.undetermined:
            other = Counts(yes, no, na, rest)
            gained = sum(
                max(0, getattr(other, name) - getattr(counts, name)) for name in ("yes", "no", "not_applicable")
            )
            if gained <= changes:
                yield other


SOME = st.integers(0, 5)
COUNTS = st.builds(Counts, SOME, SOME, st.integers(0, 2), st.integers(0, 1))


@given(key_question_bands(SCALE), COUNTS, COUNTS)
def test_the_fewest_outcomes_reach_the_next_rating_and_fewer_do_not(
    declared: KeyQuestionBands, inside: Counts, outside: Counts
) -> None:
    framework = evolve(HOUSES, key_question_bands=declared)
    counts = {"care.inside": inside, "care.outside": outside}
    rating = rate_counts(framework, counts, {}, ReferenceEngine(framework))
    [way] = next_ratings(result_of(framework, rating))
    if way.next is None:
        assert way.why_not
        return
    order = [band.rating for band in reversed(declared.bands)]
    goal = order.index(way.next.id)
    assert rating_of(framework, "care", counts) == goal - 1
    gaps = {gap.result.path: gap.needed for gap in way.gaps}
    enough = {path: moved(count, declared, gaps.get(path, 0)) for path, count in counts.items()}
    assert rating_of(framework, "care", enough) >= goal
    for path, needed in gaps.items():
        for fewer in counts_within(counts[path], needed - 1):
            if sum(getattr(fewer, name) for name in declared.among):  # no case counted: nothing holds it down
                assert rating_of(framework, "care", {**enough, path: fewer}) < goal


LEAVES = st.sampled_from([A, B, PromptIsYes("c"), LIVED_IN])


@st.composite
def houses(draw: st.DrawFn) -> tuple[Framework, tuple[Case, ...]]:
    """Houses judged by any rule, and some of them."""
    [standard] = HOUSES.standards
    questions = tuple(
        evolve(question, yes_when=draw(conditions(LEAVES, depth=2))) for question in standard.key_questions
    )
    framework = evolve(HOUSES, standards=(evolve(standard, key_questions=questions),))
    return framework, tuple(
        draw(cases(framework, case_id=f"c{n}", missing=False)) for n in range(draw(st.integers(1, 6)))
    )


@settings(max_examples=60)
@given(houses())
def test_a_prompt_that_would_turn_cases_does(drawn: tuple[Framework, tuple[Case, ...]]) -> None:
    framework, some = drawn
    engine = ReferenceEngine(framework)
    rating = rate_outcomes(framework, [engine.assess(case) for case in some], {}, engine)
    ways = next_ratings(result_of(framework, rating, some))
    for gap in (gap for way in ways for gap in way.gaps):
        path = gap.result.path
        against = [case for case in some if engine.assess(case).questions[path].outcome is Outcome.NO]
        turned: Counter[str] = Counter()
        for case, prompt in product(against, ("a", "b", "c")):
            address = f"{path}.{prompt}"
            if case.answers[address] is Answer.NO:
                other = evolve(case, answers={**case.answers, address: Answer.YES})
                turned[address] += engine.assess(other).questions[path].outcome is Outcome.YES
        assert {prompt.path: prompt.would_turn for prompt in gap.in_the_way if prompt.would_turn} == +turned
        assert gap.needed <= gap.against == len(against)
        assert all(prompt.would_turn <= prompt.answered_no <= gap.against for prompt in gap.in_the_way)
