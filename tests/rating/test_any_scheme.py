"""Schemes of any shape, rated by every engine and in bulk as their words say, worked out in other code."""

from __future__ import annotations

from fractions import Fraction

import polars
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules import Counts, Framework, RatingResult, make_engine, rate_counts, rate_frame, rate_outcomes
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.inspections.next_rating_points import Wanted
from ctm_rules.model.bands import ranges_of
from ctm_rules.model.conditions import RatedAs
from ctm_rules.model.framework import KeyQuestion, PointsInBands, Standard
from ctm_rules.model.rating_rules import FirstThatHolds, NotRated, RatingLine, Rounding
from ctm_rules.rating.again import RatedAgain
from ctm_rules.rating.rounding import rounded
from tests.support.drawn_points import all_answered, as_cases, bands_near, questions, with_rating
from tests.support.given_to_schemes import FEW, Given, answers_of_cases, filled, given_to_schemes
from tests.support.rated_by_hand import (
    WITHOUT,
    Number,
    Rated,
    counts_of,
    number_of,
    placed,
    rated_by_hand,
    value_of_points,
)
from tests.support.rated_by_hand import rounded as rounded_by_hand
from tests.support.strategies import ROUNDINGS, any_bands, framework_around, rating_scales


def found_in(result: RatingResult) -> Rated:
    """Return the ratings of a result as they are written in the words of the other code, those without as ``None``."""
    questions = {
        question.path: question.rating.id if question.rating else None
        for standard in result.standards
        for question in standard.key_questions
        if question.question.rated_by == "judgement"
        or (
            (declared := question.question.rating or result.framework.key_question_bands)
            and (isinstance(declared, FirstThatHolds) or declared.bands or declared.bands_by)
        )
    }
    return Rated(
        questions,  # type: ignore[arg-type]
        {each.standard.slug: each.rating.id if each.rating else None for each in result.standards},
        {each.domain.id: each.rating.id if each.rating else None for each in result.domains},
        result.overall.id if result.overall else None,
    )


def shown(rated: Rated) -> Rated:
    """Return the ratings with ``None`` for all that have none, whatever the reason."""

    def plain(ratings: dict[str, str | None]) -> dict[str, str | None]:
        return {name: None if rating in WITHOUT else rating for name, rating in ratings.items()}

    overall = None if rated.overall in WITHOUT else rated.overall
    return Rated(plain(rated.questions), plain(rated.standards), plain(rated.domains), overall)  # type: ignore[arg-type]


@given(given_to_schemes())
def test_every_engine_gives_the_ratings_that_the_words_of_the_framework_say(
    drawn: Given,
) -> None:
    framework, asked, judged, answers, facts = drawn
    expected, counts = shown(rated_by_hand(framework, asked, judged, drawn.words, facts)), drawn.counts()
    names = ["reference", *(["durable"] if durable_is_available() else [])]
    for name in names:
        engine = make_engine(framework, name)  # type: ignore[arg-type]
        result = rate_counts(framework, counts, judged, engine, answers=answers, provider=facts)
        assert found_in(result) == expected
        assert (result.overall is None) == (expected.overall is None)
        # Where something that is rated has no rating, it is said why.
        for standard in result.standards:
            has_questions = any(question.path in expected.questions for question in standard.key_questions)
            if standard.rating is None and (standard.standard.rated_by == "judgement" or has_questions):
                assert standard.not_rated
        if result.overall is None and framework.overall is not None:
            assert result.not_rated


@given(given_to_schemes(), st.data())
def test_what_is_rated_again_and_again_is_rated_as_it_is_the_first_time(drawn: Given, data: st.DataObject) -> None:
    framework, _, judged, answers, facts = drawn
    counts = drawn.counts()
    engine = make_engine(framework, "reference")
    again = RatedAgain(framework, engine, judged, facts, answers)
    others = [drawn._replace(asked=data.draw(answers_of_cases(framework))).counts() for _ in range(3)]
    for counted in (counts, *others, counts):
        expected = rate_counts(framework, counted, judged, engine, answers=answers, provider=facts)
        every = {path: again.question(path, counted.get(path, Counts())) for path in framework.key_questions}
        ratings = again.rate(every)
        assert ratings.overall == expected.overall
        given_by_rule = [each for each in expected.domains if framework.rule_of_domain(each.domain) is not None]
        assert ratings.domains == {each.domain.id: each.rating for each in given_by_rule}
        assert ratings.standards == {each.standard.slug: each.rating for each in expected.standards}
        asked = [question for standard in expected.standards for question in standard.key_questions]
        assert ratings.key_questions == {question.path: question.rating for question in asked}


@FEW
@given(given_to_schemes())
def test_in_bulk_each_group_has_the_ratings_of_its_counts(
    drawn: Given,
) -> None:
    framework, asked, judged, answers, facts = drawn
    cases = drawn.most
    # Every question is asked of every case: what is left of them is not applicable.
    every = {path: filled(each, asked[path], cases) for path, each in framework.key_questions.items()}
    columns: dict[str, list[str | None]] = {"group": ["one"] * cases}
    for path, question in framework.key_questions.items():
        columns |= {f"{path}.{prompt.id}": [case.get(prompt.id) for case in every[path]] for prompt in question.prompts}
    schema = dict.fromkeys(columns, polars.String)
    frame = polars.DataFrame(columns, schema=schema)
    rated = rate_frame(
        framework, frame, "group", judgements={"one": judged}, answers={"one": answers}, provider={"one": facts}
    )
    engine = make_engine(framework, "reference")
    counts = drawn.counts(cases)
    alone = rate_counts(framework, counts, judged, engine, cases=cases, answers=answers, provider=facts)
    expected = shown(rated_by_hand(framework, every, judged, drawn.words, facts))
    assert found_in(rated["one"]) == found_in(alone) == expected


# --- The parts by themselves, where whole schemes come upon their limits too seldom ------------------------

STEPS = st.sampled_from([Fraction(1), Fraction(1, 10), Fraction(1, 4), Fraction(5)])


@given(st.integers(0, 400), st.sampled_from([Fraction(0), Fraction(1, 100)]), STEPS, st.sampled_from(ROUNDINGS))
def test_a_value_is_rounded_as_its_rounding_says_at_the_half_and_beside_it(
    halves: int, beside: Fraction, to: Fraction, way: Rounding
) -> None:
    value = Fraction(halves, 2) * to + beside
    assert rounded(value, to, way) == rounded_by_hand(value, to, way)


@given(st.data())
def test_a_value_on_a_limit_and_beside_it_has_the_rating_of_the_first_band_that_it_meets(data: st.DataObject) -> None:
    bands = data.draw(any_bands(data.draw(rating_scales())))
    bounds = [bound for band in bands for bound in band.bounds.values()] or [Fraction(0)]
    value = data.draw(st.sampled_from(bounds)) + data.draw(
        st.sampled_from([Fraction(0), Fraction(1, 9), Fraction(-1, 9)])
    )
    value = max(value, Fraction(0))
    expected = placed(bands, value)
    assert [engine.rating(bands, value) for engine in OF_BANDS] == [expected] * len(OF_BANDS)
    assert next(each.rating for each in ranges_of(bands) if each.is_reached_by(value)) == expected


@given(questions(), st.data())
def test_the_answers_of_cases_to_a_question_with_points_give_what_the_words_say(
    drawn: tuple[Framework, KeyQuestion, PointsInBands, Wanted], data: st.DataObject
) -> None:
    framework, question, rule, _ = drawn
    cases = data.draw(all_answered(framework, question, 4))
    found = [number_of(framework, question, case) for case in cases]
    numbers = [number for number in found if isinstance(number, Number)]
    near = {value_of_points(each, numbers) for each in (rule, evolve(rule, decided_on="exact")) if numbers}
    least = data.draw(st.integers(1, 3))
    framework = with_rating(
        framework, evolve(rule, bands=data.draw(bands_near(near)), minimum_cases=least, monotone=False)
    )
    asked = {"s.q": cases}
    expected = shown(rated_by_hand(framework, asked, {}, {}))
    for engine in (engine.name for engine in OF_BANDS):
        made = make_engine(framework, engine)  # type: ignore[arg-type]
        result = rate_outcomes(framework, [made.assess(case) for case in as_cases(framework, cases)], {}, made)
        assert found_in(result) == expected
        counted = result.standards[0].key_questions[0].counts
        assert counted == counts_of(framework, question, cases)


OF_BANDS = [
    make_engine(framework_around(), name)  # type: ignore[arg-type]
    for name in ("reference", *(["durable"] if durable_is_available() else []))
]


@pytest.mark.parametrize(
    ("not_rated", "expected"), [("leave_out", "good"), ("refuse", None)], ids=["left out", "refused"]
)
def test_a_condition_on_what_is_not_rated_is_false_where_that_is_left_out(
    not_rated: NotRated, expected: str | None
) -> None:
    line = RatingLine("poor", RatedAs("standard", "first", "rated", "poor"))
    standards = tuple(Standard(slug, slug, slug, slug, "judgement") for slug in ("first", "second"))
    framework = framework_around(
        standards=standards, domains=(), overall=FirstThatHolds((line, RatingLine("good")), not_rated)
    )
    judged = {"first": "not_rated", "second": "good"}
    for engine in ("reference", *(["durable"] if durable_is_available() else [])):
        overall = rate_counts(framework, {}, judged, make_engine(framework, engine)).overall  # type: ignore[arg-type]
        assert (overall and overall.id) == expected
