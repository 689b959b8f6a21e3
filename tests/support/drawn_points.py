"""Key questions with points, drawn with few prompts, so that every other way to answer them can be tried."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import product

from attrs import evolve
from hypothesis import strategies as st

from ctm_rules import Case, Framework
from ctm_rules.inspections.next_rating_points import Wanted
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.bands import Band
from ctm_rules.model.framework import KeyQuestion, PointsInBands, Prompt, Rating, Standard
from tests.support.rated_by_hand import Answered, Number, number_of, placed, scores_of, value_of_points
from tests.support.strategies import ANSWER_SCALES, band_scales, framework_around, points_of

STEPS = (Rating("best", "Best"), Rating("fair", "Fair"), Rating("poor", "Poor"))
ASKED = KeyQuestion("q", "Is it?", (Prompt("a", "Is it a?"), Prompt("b", "Is it b?")))
RANKS = [step.id for step in STEPS]


@st.composite
def questions(draw: st.DrawFn, asked_of: str = "cases") -> tuple[Framework, KeyQuestion, PointsInBands, Wanted]:
    """A framework with one key question that has points, and bands of which the better ones lie at one end."""
    question = draw(points_of(ASKED, STEPS, is_rated=True))
    assert isinstance(question.rating, PointsInBands)
    highest = draw(st.sampled_from([5, 20, 100]))
    bands, wanted = draw(band_scales(STEPS, highest)), draw(st.sampled_from(["more", "fewer"]))
    if wanted == "fewer":
        bands = tuple(evolve(band, rating=RANKS[-1 - RANKS.index(band.rating)]) for band in bands)
    rule = evolve(question.rating, bands=bands, minimum_cases=1)
    question = evolve(question, rating=rule, asked_of=asked_of)
    scales = {name: ANSWER_SCALES[name] for name in dict.fromkeys(p.answers for p in question.prompts) if name}
    standard = Standard("S", "s", "S", "S.", "cases", (question,))
    framework = framework_around(
        standards=(standard,), ratings=STEPS, scales=scales, domains=(), key_question_bands=None
    )
    return framework, question, rule, wanted


@st.composite
def all_answered(draw: st.DrawFn, framework: Framework, question: KeyQuestion, most: int = 3) -> list[Answered]:
    """The answers of some cases, few of which are na or missing, so that most cases have a number."""
    words = {prompt.id: [*scores_of(framework, prompt)] for prompt in question.prompts}
    given = {prompt: st.sampled_from([*own, *own, "na"]) for prompt, own in words.items()}
    number = draw(st.integers(1, most))
    is_whole = [draw(st.integers(0, 7)) < 7 for _ in range(number)]
    return [
        draw(st.fixed_dictionaries(given) if each else st.fixed_dictionaries({}, optional=given)) for each in is_whole
    ]


def all_answered_otherwise(
    framework: Framework, question: KeyQuestion, cases: Sequence[Answered]
) -> Iterator[tuple[Sequence[Answered], set[tuple[int, str]]]]:
    """Every way to answer the prompts that count in cases with a number, and in which case which prompts are others."""
    asked = {prompt.id: scores_of(framework, prompt) for prompt in question.prompts}
    spots = [
        (place, prompt)
        for place, case in enumerate(cases)
        if isinstance(number_of(framework, question, case), Number)
        for prompt, word in case.items()
        if word != "na"
    ]
    for words in product(*(asked[prompt] for _, prompt in spots)):
        other = [dict(case) for case in cases]
        for (place, prompt), word in zip(spots, words, strict=True):
            other[place][prompt] = word
        yield other, {(place, prompt) for place, prompt in spots if other[place][prompt] != cases[place][prompt]}


def rank_of(framework: Framework, question: KeyQuestion, rule: PointsInBands, cases: Sequence[Answered]) -> int:
    """Return the place of the rating that the cases with a number give, 0 for the best."""
    numbers = [number for case in cases if isinstance(number := number_of(framework, question, case), Number)]
    return RANKS.index(placed(rule.bands, value_of_points(rule, numbers)))


def as_cases(framework: Framework, cases: Sequence[Answered]) -> list[Case]:
    """Return cases with these answers to the key question."""
    answers = [
        {f"s.q.{prompt}": answers_to(framework, f"s.q.{prompt}")[word] for prompt, word in case.items()}
        for case in cases
    ]
    return [Case(f"c{number}", {}, given) for number, given in enumerate(answers)]


@st.composite
def bands_near(draw: st.DrawFn, values: Collection[Fraction]) -> tuple[Band, ...]:
    """Bands in any order of their ratings, with limits at some values, or just above or below them."""
    beside = st.sampled_from([Fraction(0), Fraction(1, 1000), Fraction(-1, 1000)])
    limits = {bound for value in draw(_some_of(values)) if (bound := value + draw(beside)) > 0}
    return tuple(map(Band, [*sorted(limits, reverse=True), Fraction(0)], draw(st.permutations(RANKS))))


def _some_of(values: Collection[Fraction]) -> st.SearchStrategy[list[Fraction]]:
    of_values = st.sampled_from(sorted(values)) if values else st.nothing()
    return st.lists(of_values, max_size=2, unique=True) if values else st.just([])


def with_rating(framework: Framework, rating: PointsInBands) -> Framework:
    """Return a framework with the one key question rated so."""
    (standard,) = framework.standards
    (question,) = standard.key_questions
    return evolve(framework, standards=(evolve(standard, key_questions=(evolve(question, rating=rating),)),))
