"""Hypothesis strategies for valid frameworks of any shape and cases for them, shared by every test.

Ids are drawn from a short list, so that the same words meet in different places; the list has words that the engine
behind ``durable`` takes for one another or keeps for itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any, Literal, TypeVar

from attrs import evolve, frozen
from hypothesis import settings
from hypothesis import strategies as st

from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.bands import Band
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Comparison,
    Condition,
    CountRated,
    FactTest,
    FactValue,
    Level,
    Not,
    PromptIsYes,
    RatedAs,
    RatingComparison,
    walk,
)
from ctm_rules.model.framework import (
    RATINGS,
    AnyBands,
    CountedOutcome,
    Domain,
    DomainRating,
    Fact,
    FactType,
    Framework,
    Group,
    KeyQuestion,
    KeyQuestionBands,
    Measure,
    Panel,
    PointsInBands,
    Prompt,
    QuestionPoints,
    Range,
    Rating,
    Rounding,
    Sample,
    Source,
    Standard,
    SubGroup,
    Theme,
    Variant,
    VariantRule,
)
from ctm_rules.model.framework_conditions import conditions_of
from ctm_rules.model.outcomes import Judgement, Outcome
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    Members,
    NotRated,
    RatingLine,
    RatingRule,
    RatingStep,
    StandardRating,
    SumInBands,
    TakeRating,
)

MOST = settings().max_examples
"""Examples that are drawn at most, as the profile says."""

IDS = ("costarring", "liquid", "declinate", "macallums", "sid", "id", "m", "end", "r0", "p0", "risk_of_harm", "x9")
"""``costarring`` and ``liquid`` have the same FNV-1a hash of 32 bits, and so have ``declinate`` and ``macallums``."""

DEPTH = 5
"""Levels of clauses below the root of a drawn rule."""

SMALL = st.integers(min_value=-2, max_value=4)
NUMBERS = st.one_of(SMALL, st.sampled_from([10**17, 10**17 + 1, -(10**17), 2**31, 2**32]))
DECIMALS = st.one_of(
    st.integers(-40, 40).map(lambda twentieths: Fraction(twentieths, 20)),
    st.integers(-2, 2).map(lambda tiny: 1 + Fraction(tiny, 10**15)),
    # What floating point cannot tell from its neighbours, what it writes itself, the largest and the smallest.
    st.sampled_from(
        ["123456789012345678.9", "0.30000000000000004", "0.3333333333333333", "-0.1", "5e-324", "1e-7"]
    ).map(Fraction),
)
"""Decimals that facts may be, many of them near to one another."""
DATES = st.integers(min_value=0, max_value=3).map(lambda days: datetime.date(2024, 2, 28) + datetime.timedelta(days))
OUTCOMES: tuple[CountedOutcome, ...] = ("yes", "no", "not_applicable")


@lru_cache
def ids(smallest: int, largest: int) -> st.SearchStrategy[list[str]]:
    """Lists of different ids."""
    return st.lists(st.sampled_from(IDS), min_size=smallest, max_size=largest, unique=True)


_WORDS = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("yn0':\"#-{}[]|>&*!%@=+<é"), min_size=1, max_size=8
)
TEXTS = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)
"""One line of words in any script, with the marks that mean something in YAML, HTML and spreadsheets."""

SOURCES = st.none() | st.builds(Source, title=TEXTS, section=st.just("") | TEXTS)
"""Sources, or none."""


# --- Facts and conditions ------------------------------------------------------------------------

_TYPES: st.SearchStrategy[FactType] = st.sampled_from(["yes_no", "choice", "whole_number", "number", "date"])
_CHOICES = st.dictionaries(st.sampled_from(["PO", "PSO", *IDS[:3]]), TEXTS, min_size=1, max_size=5)


@st.composite
def _ranges(draw: st.DrawFn, kind: FactType) -> Range:
    """Ranges with one end or two, so narrow that values near the ends are drawn."""
    ends: st.SearchStrategy[Any] = {"whole_number": SMALL, "number": SMALL | DECIMALS, "date": DATES}[kind]
    lowest, highest = sorted(draw(st.tuples(ends, ends)))
    return draw(st.sampled_from([Range(lowest, highest), Range(lowest=lowest), Range(highest=highest)]))


@st.composite
def facts(draw: st.DrawFn, fact_id: str) -> Fact:
    """Facts of every type."""
    kind = draw(_TYPES)
    if kind in ("whole_number", "number", "date"):
        unit = "" if kind == "date" else draw(st.just("") | TEXTS)
        return Fact(fact_id, draw(TEXTS), kind, range=draw(st.none() | _ranges(kind)), unit=unit, source=draw(SOURCES))
    if kind != "choice":
        return Fact(fact_id, draw(TEXTS), kind, source=draw(SOURCES))
    return Fact(fact_id, draw(TEXTS), kind, draw(_CHOICES), ordered=draw(st.booleans()))


def values_of(fact: Fact) -> st.SearchStrategy[FactValue]:
    """Values that a fact can have."""
    if fact.type == "choice":
        return st.sampled_from(list(fact.values))
    typed: dict[str, st.SearchStrategy[FactValue]] = {
        "yes_no": st.booleans(),
        "whole_number": NUMBERS,
        "number": DECIMALS,
        "date": DATES,
    }
    return typed[fact.type].map(partial(in_range, fact))


def _tests_of(fact: Fact) -> st.SearchStrategy[FactTest]:
    """Comparisons that the type of the fact allows."""
    values = values_of(fact)
    comparisons: list[Comparison] = ["is", "is_not"]
    if fact.ordered or fact.type in ("whole_number", "number", "date"):
        comparisons += ["at_least", "at_most"]
    single = st.builds(FactTest, st.just(fact.id), st.sampled_from(comparisons), st.tuples(values))
    several = st.lists(values, min_size=1, max_size=4, unique=True).map(tuple)
    return single | st.builds(FactTest, st.just(fact.id), st.just("one_of"), several)


def fact_tests(declared: Sequence[Fact]) -> st.SearchStrategy[FactTest]:
    """Comparisons of any of these facts."""
    return st.one_of([_tests_of(fact) for fact in declared])


_KINDS = st.sampled_from(["leaf", "leaf", "all", "any", "at_least", "at_least_percent", "not"])
_SIZES = st.integers(1, 4)
_COUNTS = st.integers(1, 5) | st.just(2**40)
_PERCENTS = st.sampled_from([1, 25, 33, 34, 50, 51, 66, 67, 70, 99, 100])


@st.composite
def conditions(
    draw: st.DrawFn, leaves: st.SearchStrategy[Condition], *, depth: int = DEPTH, with_not: bool = True
) -> Condition:
    """Trees of clauses of any shape over the given leaves, with or without ``not``."""

    def tree(levels: int) -> Condition:
        kind = draw(_KINDS) if levels else "leaf"
        if kind == "leaf":
            return draw(leaves)
        if kind == "not":
            below = tree(levels - 1)
            return Not(below) if with_not else below
        of = tuple([tree(levels - 1) for _ in range(draw(_SIZES))])
        if kind == "at_least":
            return AtLeast(draw(_COUNTS), of)
        if kind == "at_least_percent":
            return AtLeastPercent(draw(_PERCENTS), of)
        return AllOf(of) if kind == "all" else AnyOf(of)

    return tree(depth)


def fact_conditions(declared: Sequence[Fact]) -> st.SearchStrategy[Condition]:
    """Conditions that look only at facts."""
    return conditions(fact_tests(declared), depth=2)


# --- Standards -----------------------------------------------------------------------------------

_ASSUMED = st.lists(st.sampled_from(["yes_when", "ask"]), unique=True).map(tuple)


@st.composite
def key_questions(
    draw: st.DrawFn,
    question_id: str,
    tests: st.SearchStrategy[FactTest] | None,
    applicability: st.SearchStrategy[Condition | None],
    variants: Sequence[str],
    with_not: bool,
    depth: int = DEPTH,
) -> KeyQuestion:
    """Key questions of any shape, over prompts of which some apply only to some cases."""
    asked = tuple([Prompt(name, draw(TEXTS), draw(applicability), source=draw(SOURCES)) for name in draw(ids(1, 5))])
    leaves: st.SearchStrategy[Condition] = st.sampled_from([PromptIsYes(prompt.id) for prompt in asked])
    rules = conditions(leaves if tests is None else leaves | leaves | tests, depth=depth, with_not=with_not)
    own = [variant for variant in variants if draw(st.booleans())]
    return KeyQuestion(
        question_id,
        draw(TEXTS),
        asked,
        draw(rules),
        draw(applicability),
        {variant: VariantRule(draw(rules), draw(SOURCES)) for variant in own},
        source=draw(SOURCES),
        assumed=draw(_ASSUMED),
    )


@st.composite
def standards(
    draw: st.DrawFn,
    slug: str,
    tests: st.SearchStrategy[FactTest] | None,
    applicability: st.SearchStrategy[Condition | None],
    variants: Sequence[str],
    with_not: bool,
    depth: int = DEPTH,
) -> Standard:
    """Standards rated by cases, or by judgement."""
    if draw(st.integers(0, 3)) == 3:
        themes = tuple([Theme(theme, draw(TEXTS)) for theme in draw(ids(0, 2))])
        return Standard(f"S {slug}", slug, draw(TEXTS), draw(TEXTS), "judgement", themes=themes)
    questions = [draw(key_questions(name, tests, applicability, variants, with_not, depth)) for name in draw(ids(1, 3))]
    return Standard(f"S {slug}", slug, draw(TEXTS), draw(TEXTS), "cases", tuple(questions), source=draw(SOURCES))


# --- Ratings and bands ---------------------------------------------------------------------------


@st.composite
def rating_scales(draw: st.DrawFn, *, in_any_direction: bool = False) -> tuple[Rating, ...]:
    """Scales of one rating or more, best first, each with a higher score than the next, or each with a lower one."""
    names = draw(ids(1, 5))
    scores = sorted(draw(st.lists(st.integers(0, 9), min_size=len(names), max_size=len(names), unique=True)))
    if not in_any_direction or draw(st.booleans()):
        scores.reverse()
    return tuple(Rating(name, draw(TEXTS), score) for name, score in zip(names, scores, strict=True))


@st.composite
def band_scales(draw: st.DrawFn, ratings: Sequence[Rating], highest: int = 100) -> tuple[Band, ...]:
    """Bands without a gap, whole and fractional bounds, a better rating never below a worse one."""
    used = sorted(draw(st.lists(st.integers(0, len(ratings) - 1), min_size=1, max_size=len(ratings), unique=True)))
    # A file writes bounds as decimals, such as 79.5.
    bounds = st.integers(1, 20 * highest).map(lambda twentieths: Fraction(twentieths, 20))
    above = draw(st.lists(bounds, min_size=len(used) - 1, max_size=len(used) - 1, unique=True))
    lowest = [*sorted(above, reverse=True), Fraction(0)]
    return tuple(Band(bound, ratings[number].id) for bound, number in zip(lowest, used, strict=True))


@st.composite
def any_bands(draw: st.DrawFn, ratings: Sequence[Rating], highest: int = 100) -> tuple[Band, ...]:
    """Bands by bounds of any kind, in any order of their ratings, some of which may be given twice."""
    tenths = st.integers(1, 10 * highest) | st.integers(1, highest).map(lambda whole: 10 * whole)
    # Two bands may begin at one value: above it, and at it.
    limits = sorted(draw(st.lists(st.tuples(tenths, st.booleans()), max_size=4, unique=True)))
    given = [rating.id for rating in draw(st.lists(st.sampled_from(ratings), min_size=5, max_size=5))]
    bounds = [(Fraction(tenth, 10), is_above) for tenth, is_above in limits]
    if draw(st.booleans()):
        upper = [
            Band(None, rating, up_to=bound if is_above else None, below=None if is_above else bound)
            for rating, (bound, is_above) in zip(given, bounds, strict=False)
        ]
        return (*upper, Band(None, given[-1]))
    lower = [
        Band(None if is_above else bound, rating, above=bound if is_above else None)
        for rating, (bound, is_above) in zip(given, reversed(bounds), strict=False)
    ]
    return (*lower, Band(draw(st.sampled_from([None, Fraction(0)])), given[-1]))


ROUNDINGS: list[Rounding] = ["half_up", "half_even", "down", "up"]


@st.composite
def key_question_bands(draw: st.DrawFn, ratings: Sequence[Rating]) -> KeyQuestionBands:
    """Every way to turn outcomes into a rating, by bands that fall from the best to the worst."""
    among = draw(st.lists(st.sampled_from(OUTCOMES), min_size=1, unique=True))
    return KeyQuestionBands(
        share_of=draw(st.sampled_from(among)),
        among=tuple(among),
        bands=draw(band_scales(ratings)),
        round=draw(st.sampled_from(ROUNDINGS)),
        decided_on=draw(st.sampled_from(["rounded", "exact"])),
        undetermined=draw(st.sampled_from(["refuse", "exclude"])),
    )


# --- Rating rules --------------------------------------------------------------------------------

COMPARED: list[RatingComparison] = ["rated", "rated_or_better", "rated_or_worse"]
SORT_OF: dict[Level, Literal["key_question", "standard", "domain"]] = {
    "key_questions": "key_question",
    "standards": "standard",
    "domains": "domain",
}


@frozen
class Lying:
    """What lies below an element that is rated.

    Attributes:
        steps: the scale that its rating is a step of.
        scale: the name of that scale.
        counts: whether it counts where all of its level do; else only where it is named.
    """

    steps: Sequence[Rating]
    scale: str = RATINGS
    counts: bool = True


Below = Mapping[Level, Mapping[str, Lying]]
"""What lies below an element that is rated, level by level, by its name."""


@st.composite
def members_below(draw: st.DrawFn, below: Below, takes: Callable[[Lying], bool]) -> Members | None:
    """All of a level that count, or some by name, where each is such as a rule takes (``None``: there are none)."""
    choices: list[st.SearchStrategy[Members]] = []
    names = [name for lying in below.values() for name in lying]
    for level, lying in below.items():
        counting = [each for each in lying.values() if each.counts]
        if counting and all(map(takes, counting)):
            choices.append(st.just(level))
        # What has the name of a standard and of a domain can be named by neither.
        taken = [name for name, each in lying.items() if takes(each) and names.count(name) == 1]
        if taken:
            choices.append(st.lists(st.sampled_from(taken), min_size=1, unique=True).map(tuple))
    return draw(st.one_of(choices)) if choices else None


def _members(of: Members, below: Below) -> list[Lying]:
    if isinstance(of, str):
        return [each for each in below[of].values() if each.counts]
    return next([lying[name] for name in of] for lying in below.values() if of[0] in lying)


@st.composite
def rating_conditions(draw: st.DrawFn, below: Below, depth: int = 2) -> Condition:
    """Conditions of any form about the ratings below."""
    form = draw(st.integers(0, 6 if depth else 1))
    if form >= 2:
        clauses = st.lists(rating_conditions(below, depth - 1), min_size=1, max_size=3).map(tuple)
        of = draw(clauses)
        if form == 5:
            return AtLeast(draw(st.integers(1, len(of))), of)
        if form == 6:
            return AtLeastPercent(draw(_PERCENTS), of)
        return Not(of[0]) if form == 4 else AllOf(of) if form == 3 else AnyOf(of)
    comparison = draw(st.sampled_from(COMPARED))
    level = draw(st.sampled_from([level for level, lying in below.items() if lying]))
    name = draw(st.sampled_from(list(below[level])))
    rating = draw(st.sampled_from(below[level][name].steps)).id
    # Members of several scales are compared with a step that all of these have.
    members = draw(members_below(below, lambda each: rating in [step.id for step in each.steps]))
    if form == 0 or members is None:
        return RatedAs(SORT_OF[level], name, comparison, rating)
    return CountRated(draw(st.integers(1, len(_members(members, below)))), members, comparison, rating)


@st.composite
def rating_steps(draw: st.DrawFn, ratings: Sequence[Rating], below: Below) -> RatingStep:
    """Steps of any form, with or without a condition."""
    when = draw(st.none() | rating_conditions(below))
    form, number, rating = draw(st.integers(0, 3)), draw(st.integers(1, 3)), draw(st.sampled_from(ratings)).id
    return RatingStep(
        better_by=number if form == 0 else None,
        worse_by=number if form == 1 else None,
        no_better_than=rating if form == 2 else None,
        no_worse_than=rating if form == 3 else None,
        when=when,
    )


@st.composite
def rating_rules(draw: st.DrawFn, ratings: Sequence[Rating], below: Below, scale: str = RATINGS) -> RatingRule:
    """Rating rules of any form, for what is rated on a scale."""
    then = tuple(draw(st.lists(rating_steps(ratings, below), max_size=3)))
    not_rated = draw(st.sampled_from(["refuse", "leave_out"]))
    form = draw(st.integers(0, 2))
    taken = draw(members_below(below, lambda each: each.scale == scale)) if form == 1 else None
    if taken is not None:
        return TakeRating(draw(st.sampled_from(["lowest", "highest"])), taken, not_rated, then)
    added = draw(members_below(below, lambda each: each.steps[0].score is not None)) if form == 2 else None
    if added is not None:
        return draw(sums(ratings, below, added, not_rated, then))
    last = RatingLine(draw(st.sampled_from(ratings)).id)
    given = st.sampled_from([rating.id for rating in ratings])
    lines = st.builds(RatingLine, given, rating_conditions(below))
    return FirstThatHolds((*draw(st.lists(lines, max_size=3)), last), not_rated, then)


@st.composite
def sums(
    draw: st.DrawFn,
    ratings: Sequence[Rating],
    below: Below,
    of: Members,
    not_rated: NotRated,
    then: tuple[RatingStep, ...],
) -> SumInBands:
    """Rules that add up scores, and place their sum, their mean or their per cent, exact or rounded."""
    value = draw(st.sampled_from(["percent", "mean", "sum"]))
    level = of if isinstance(of, str) else next(level for level, lying in below.items() if of[0] in lying)
    names = [name for name, each in below[level].items() if (each.counts if isinstance(of, str) else name in of)]
    weights = draw(st.dictionaries(st.sampled_from(names), st.integers(1, 3), max_size=2))
    bands = draw(any_bands(ratings, 100 if value == "percent" else 15))
    is_rounded = value != "sum" and draw(st.booleans())
    return SumInBands(
        bands,
        of=of,
        mean_of="scores" if value == "mean" else None,
        percent_of="scores" if value == "percent" else None,
        weights=weights,
        decided_on="rounded" if is_rounded else "exact",
        round=draw(st.sampled_from(ROUNDINGS)) if is_rounded else "half_up",
        to=draw(st.sampled_from([Fraction(1), Fraction(1, 10), Fraction(1, 4), Fraction(5)]))
        if is_rounded
        else Fraction(1),
        monotone=draw(st.booleans()),
        not_rated=not_rated,
        then=then,
    )


_SCALES = ("grades", "met_or_not", "points")


@st.composite
def with_scheme(draw: st.DrawFn, framework: Framework) -> Framework:
    """A framework rated in any way that can be declared.

    Bands by any bounds, several scales, with scores or without, standards beside the total, rules of any form at every
    level; without domains, without an overall rating, or without ratings.
    """
    directed = rating_scales(in_any_direction=True)
    scales = {RATINGS: framework.ratings}
    scales |= {name: draw(directed) for name in draw(st.lists(st.sampled_from(_SCALES), unique=True, max_size=2))}
    if draw(st.integers(0, 3)) == 3:  # nothing adds up
        scales = {name: tuple(evolve(step, score=None) for step in steps) for name, steps in scales.items()}
    others = [name for name in scales if name != RATINGS]
    is_rated_on_ratings = not others or draw(st.integers(0, 4)) < 4
    names = [RATINGS, *others] if is_rated_on_ratings else others
    bands = framework.key_question_bands
    assert bands is not None
    placed = draw(any_bands(scales[RATINGS])) if is_rated_on_ratings and draw(st.integers(0, 4)) < 4 else ()
    least = draw(st.just(1) | st.integers(1, 6))
    bands = evolve(bands, bands=placed, minimum_cases=least, monotone=draw(st.booleans()))

    def own(below: Below, scale: str) -> st.SearchStrategy[RatingRule]:
        return rating_rules(scales[scale], below, scale)

    def asked(question: KeyQuestion) -> KeyQuestion:
        """Return a key question with a rating of its own, now and then, on any scale, or with shares alone.

        Or one that is asked of the provider, or that people rate.
        """
        form = draw(st.integers(0, 9))
        if form < 5:
            return question
        scale = draw(st.sampled_from(names))
        if form == 5:
            return KeyQuestion(question.id, question.ask, rated_by="judgement", scale=scale)
        if form in (6, 7):
            question = draw(asked_of_provider(question, scales[scale] if form == 6 else None))
            if form == 6:
                return evolve(question, scale=scale)
        declared = draw(key_question_bands(scales[scale]))
        if draw(st.integers(0, 4)) == 4:
            declared = evolve(declared, bands=())
        least = draw(st.just(1) | st.integers(1, 6))
        return evolve(question, rating=evolve(declared, minimum_cases=least, monotone=False), scale=scale)

    standards: list[Standard] = []
    unrated: set[str] = set()
    for standard in framework.standards:
        scale, rule = draw(st.sampled_from(names)), None
        questions = tuple([asked(question) for question in standard.key_questions])
        if standard.rated_by == "cases":
            rated_questions = {
                f"{standard.slug}.{question.id}": Lying(scales[question.scale], question.scale)
                for question in questions
                if question.rated_by == "judgement"
                or isinstance(question.rating, FirstThatHolds)
                or (placed if question.rating is None else question.rating.bands)
            }
            are_alike = all(each.scale == RATINGS for each in rated_questions.values())
            if not rated_questions:
                scale = RATINGS
                unrated.add(standard.slug)
            elif scale != RATINGS or not are_alike or draw(st.booleans()):
                rule = draw(own({"key_questions": rated_questions}, scale))
            if isinstance(rule, TakeRating):
                rule = StandardRating(rule.take, rule.of, rule.not_rated, rule.then)
        in_total = draw(st.integers(0, 3)) < 3
        standards.append(evolve(standard, rating=rule, scale=scale, in_total=in_total, key_questions=questions))
    lying = {
        standard.slug: Lying(scales[standard.scale], standard.scale, standard.in_total)
        for standard in standards
        if standard.slug not in unrated
    }
    domains: list[Domain] = []
    below: dict[Level, dict[str, Lying]] = {"standards": lying}
    rated: dict[str, Lying] = {}
    by_domain: dict[str, tuple[Band, ...]] | None = {} if draw(st.booleans()) else None
    for domain in framework.domains if draw(st.integers(0, 3)) < 3 else ():
        here = {slug: lying[slug] for slug in domain.standards if slug in lying}
        scale = draw(st.sampled_from(names))
        rule = draw(own({"standards": here}, scale)) if here and draw(st.integers(0, 2)) < 2 else None
        # Bands in a table of all domains: where each adds up scores.
        counting = [each for each in here.values() if each.counts]
        if by_domain is not None and counting and all(each.steps[0].score is not None for each in counting):
            by_domain[domain.id] = draw(any_bands(scales[scale], 15))
        else:
            by_domain = None
        domains.append(evolve(domain, rating=rule, scale=scale))
    for domain in domains:
        if domain.rating is not None or by_domain:
            rated[domain.id] = Lying(scales[domain.scale], domain.scale)
    if rated:
        below["domains"] = rated
    overall = draw(own(below, RATINGS)) if lying and is_rated_on_ratings and draw(st.integers(0, 4)) < 4 else None
    return evolve(
        framework,
        ratings=scales.pop(RATINGS) if is_rated_on_ratings else (),
        scales={name: steps for name, steps in scales.items() if name != RATINGS},
        key_question_bands=bands,
        standards=tuple(standards),
        domains=tuple(domains),
        domain_rating=DomainRating(by_domain) if by_domain else None,
        overall=overall,
    )


CHOOSING = Fact("where_it_lies", "Where it lies", "choice", {"north": "North", "south": "South", "west": "West"})
"""The fact of the provider that chooses bands."""


@st.composite
def with_chosen_bands(draw: st.DrawFn, framework: Framework) -> Framework:
    """A framework as it is, or one in which a fact of the provider chooses some of the bands."""
    if draw(st.integers(0, 2)):
        return framework

    def chosen(rule: Rule) -> Rule:
        if not isinstance(rule, AnyBands) or not rule.bands or draw(st.booleans()):
            return rule
        given = st.sampled_from([band.rating for band in rule.bands])
        rows = {
            value: tuple(
                evolve(band, rating=draw(given)) for band in rule.bands[draw(st.integers(0, 1)) :] or rule.bands
            )
            for value in CHOOSING.values
        }
        return evolve(rule, bands=(), bands_by={CHOOSING.id: rows}, monotone=False)

    standards = tuple(
        evolve(
            each,
            rating=chosen(each.rating),
            key_questions=tuple(evolve(asked, rating=chosen(asked.rating)) for asked in each.key_questions),
        )
        for each in framework.standards
    )
    return evolve(
        framework,
        provider_facts=(CHOOSING,),
        standards=standards,
        domains=tuple(evolve(each, rating=chosen(each.rating)) for each in framework.domains),
        key_question_bands=chosen(framework.key_question_bands),
        overall=chosen(framework.overall),
    )


Rule = TypeVar("Rule")


@st.composite
def with_samples(draw: st.DrawFn, framework: Framework) -> Framework:
    """A framework as it is, or one whose questions are asked of samples, named at any level."""
    if not framework.facts or draw(st.booleans()):
        return framework
    conditions_on_facts = fact_conditions(framework.facts)
    samples = tuple([Sample(name, draw(TEXTS), draw(conditions_on_facts)) for name in draw(ids(1, 2))])
    named = st.none() | st.sampled_from([sample.id for sample in samples])

    def standard(declared: Standard) -> Standard:
        questions = tuple(evolve(question, sample=draw(named)) for question in declared.key_questions)
        return evolve(declared, sample=draw(named), key_questions=questions)

    return evolve(
        framework,
        samples=samples,
        domains=tuple(evolve(domain, sample=draw(named)) for domain in framework.domains),
        standards=tuple(map(standard, framework.standards)),
    )


ANSWER_SCALES: Mapping[str, tuple[Rating, ...]] = {
    "how_well": (Rating("top", "Top", 5), Rating("middle", "In the middle", 2), Rating("low", "Low", 0)),
    # Steps that are called as answers and results are, and of which the best does not score the most.
    "votes": (Rating("yes", "Aye", 1), Rating("unknown", "It is not known", 4), Rating("no", "Nay", 1)),
}
"""Scales on which prompts are answered."""


@st.composite
def points_of(draw: st.DrawFn, question: KeyQuestion, steps: Sequence[Rating], *, is_rated: bool) -> KeyQuestion:
    """A key question with the prompts of another, or with one more, which has points."""
    weights = st.integers(1, 4) | st.sampled_from([7, 1000])
    further = (Prompt("further", "Is it more?"),) if draw(st.integers(0, 2)) == 2 else ()
    prompts = tuple(
        evolve(prompt, answers=draw(st.none() | st.sampled_from([*ANSWER_SCALES])), weight=draw(weights))
        for prompt in (*question.prompts, *further)
    )
    key, over = draw(st.sampled_from(["sum_of", "mean_of", "percent_of"])), draw(st.integers(0, 2))
    is_rounded = draw(st.booleans())
    highest = 100 if key == "percent_of" or over == 2 else draw(st.sampled_from([4, 20]))
    rating = PointsInBands(
        *["points" if over == place else None for place in range(3)],  # type: ignore[arg-type]
        bands=draw(any_bands(steps, highest)) if is_rated else (),
        decided_on="rounded" if is_rounded else "exact",
        round=draw(st.sampled_from(ROUNDINGS)) if is_rounded else "half_up",
        to=draw(st.sampled_from([Fraction(1), Fraction(1, 10), Fraction(5)])) if is_rounded else Fraction(1),
        undetermined=draw(st.sampled_from(["refuse", "exclude"])),
        minimum_cases=draw(st.integers(1, 3)),
        monotone=False,
    )
    points = QuestionPoints(**{key: "prompts"})  # type: ignore[arg-type]
    return evolve(question, prompts=prompts, points=points, yes_when=None, variants={}, rating=rating)


@st.composite
def with_points(draw: st.DrawFn, framework: Framework, *, often: bool = False) -> Framework:
    """A framework as it is, or one of whose key questions some have points; what is rated stays rated."""
    if draw(st.integers(0, 3)) < (1 if often else 2):
        return framework

    def question(declared: KeyQuestion) -> KeyQuestion:
        if declared.yes_when is None or draw(st.integers(0, 2)) < (1 if often else 2):
            return declared
        is_rated = framework.is_question_rated(declared)
        return draw(points_of(declared, framework.scale(declared.scale), is_rated=is_rated))

    standards = tuple(
        evolve(standard, key_questions=tuple(map(question, standard.key_questions))) for standard in framework.standards
    )
    questions = [each for standard in standards for each in standard.key_questions]
    if all(each.points is None for each in questions):
        return framework
    used = {prompt.answers for each in questions for prompt in each.prompts}
    scales = {name: steps for name, steps in ANSWER_SCALES.items() if name in used}
    # Variants that no question has a rule for any more mean nothing.
    named = {name for each in questions for name in each.variants}
    variants = tuple(variant for variant in framework.variants if variant.id in named)
    return evolve(framework, standards=standards, scales={**framework.scales, **scales}, variants=variants)


@st.composite
def asked_of_provider(draw: st.DrawFn, question: KeyQuestion, steps: Sequence[Rating] | None) -> KeyQuestion:
    """A key question with the prompts of another, asked of the provider: by a rule, or by lines that give a rating."""
    prompts = tuple(Prompt(prompt.id, prompt.ask) for prompt in question.prompts)
    leaves: st.SearchStrategy[Condition] = st.sampled_from([PromptIsYes(prompt.id) for prompt in prompts])
    rules = conditions(leaves, depth=2)
    if steps is None:
        return KeyQuestion(question.id, question.ask, prompts, draw(rules), asked_of="provider")
    given = st.sampled_from([step.id for step in steps])
    lines = draw(st.lists(st.builds(RatingLine, given, rules), min_size=1, max_size=3))
    then = draw(st.lists(st.builds(RatingStep, no_better_than=given, when=st.none() | rules), max_size=1))
    rating = FirstThatHolds((*lines, RatingLine(draw(given))), then=tuple(then))
    return KeyQuestion(question.id, question.ask, prompts, asked_of="provider", rating=rating)


# --- Frameworks and cases ------------------------------------------------------------------------


Conditions = st.SearchStrategy[Condition | None]


@st.composite
def _fields_of_work(
    draw: st.DrawFn,
) -> tuple[tuple[Fact, ...], st.SearchStrategy[FactTest] | None, Conditions, tuple[Variant, ...]]:
    """What key questions are made of: facts, tests of them, conditions under which something applies, variants."""
    declared = tuple([draw(facts(fact)) for fact in draw(ids(0, 4) | ids(2, 4))])
    if not declared:
        return declared, None, st.none(), ()
    on_facts = fact_conditions(declared)
    variants = tuple([Variant(name, draw(TEXTS), draw(on_facts)) for name in draw(ids(0, 3))])
    return declared, fact_tests(declared), st.none() | on_facts, variants


@st.composite
def frameworks(
    draw: st.DrawFn, *, with_not: bool = True, depth: int = DEPTH, plain: bool = False, points: bool = True
) -> Framework:
    """Valid frameworks of any shape.

    Args:
        draw: what draws.
        with_not: whether the rules of key questions may say ``not``.
        depth: levels of clauses below the root of a rule over prompts.
        plain: whether the lowest key question decides, and scores are added up, and nothing else is drawn.
        points: whether key questions may have points in place of a rule.
    """
    declared, tests, applicability, variants = draw(_fields_of_work())
    variant_ids = [variant.id for variant in variants]
    all_standards = tuple(
        [draw(standards(slug, tests, applicability, variant_ids, with_not, depth)) for slug in draw(ids(1, 3))]
    )
    slugs = draw(st.permutations([standard.slug for standard in all_standards]))
    cut = draw(st.integers(0, len(slugs) - 1))
    parts = [tuple(part) for part in (slugs[:cut], slugs[cut:]) if part]
    domains = tuple(Domain(f"d{number}", draw(TEXTS), part) for number, part in enumerate(parts))
    ratings = draw(rating_scales())
    scores = band_scales(ratings, highest=9)
    by_domain = DomainRating({domain.id: draw(scores) for domain in domains}) if draw(st.booleans()) else None
    groups = tuple(
        SubGroup(name, draw(TEXTS), tuple(Group(g, draw(TEXTS), draw(fact_conditions(declared))) for g in ("a", "b")))
        for name in (draw(ids(0, 2)) if declared else [])
    )
    made = Framework(
        id=draw(st.sampled_from(["other-field", "hmip"])),
        edition=draw(st.sampled_from(["2024", "2025.1", "draft"])),
        title=draw(TEXTS),
        publisher=draw(TEXTS),
        in_force_from=datetime.date(2024, 1, 1),
        in_force_to=draw(st.none() | st.just(datetime.date(2025, 12, 31))),
        ratings=ratings,
        domains=domains,
        standards=all_standards,
        key_question_bands=draw(key_question_bands(ratings)),
        domain_rating=by_domain,
        overall=SumInBands(draw(scores)) if draw(st.booleans()) else None,
        standard_rating=draw(st.builds(StandardRating, not_rated=st.sampled_from(["leave_out", "refuse"]))),
        panel=draw(
            st.builds(
                Panel,
                within_points=st.none() | st.integers(0, 9).map(Fraction),
                one_case_would_change_it=st.booleans(),
                one_standard_would_change_it=st.booleans(),
                cases_fewer_than=st.none() | st.integers(1, 9),
            )
        ),
        facts=declared,
        variants=variants,
        measures=tuple(Measure(name, draw(TEXTS), draw(applicability)) for name in draw(ids(0, 2))),
        subgroups=groups,
        source=draw(SOURCES),
    )
    made = draw(with_samples(made))
    if plain:
        return made
    made = draw(st.just(made) | with_scheme(made))
    return draw(with_chosen_bands(draw(with_points(made)) if points else made))


@st.composite
def rated_frameworks(draw: st.DrawFn) -> Framework:
    """Frameworks rated in any way that can be declared, over key questions of one prompt or two each: drawn quickly."""
    standards = []
    for slug in draw(ids(1, 4)):
        asked = tuple(
            KeyQuestion(name, "Is it?", (Prompt("p", "Is it?"),), PromptIsYes("p")) for name in draw(ids(0, 3))
        )
        standards.append(Standard(slug, slug, slug, slug, "cases" if asked else "judgement", asked))
    slugs = [standard.slug for standard in standards]
    cut = draw(st.integers(0, len(slugs) - 1))
    # A domain may have the name of a standard.
    names = draw(st.just(["first_domain", "second_domain"]) | ids(2, 2))
    parts = [part for part in (slugs[:cut], slugs[cut:]) if part]
    domains = tuple(Domain(name, name, tuple(part)) for name, part in zip(names, parts, strict=False))
    ratings = draw(rating_scales(in_any_direction=True))
    whole = framework_around(
        ratings=ratings,
        standards=tuple(standards),
        domains=domains,
        key_question_bands=draw(key_question_bands(ratings)),
        standard_rating=draw(st.builds(StandardRating, not_rated=st.sampled_from(["leave_out", "refuse"]))),
    )
    return draw(with_chosen_bands(draw(with_points(draw(with_scheme(whole)), often=True))))


def values_near(framework: Framework, fact: Fact) -> st.SearchStrategy[FactValue]:
    """Values that a case may have: any, and those that rules compare the fact with and their neighbours."""
    if fact.type == "number":
        compared_with = {
            value + step
            for _, condition in conditions_of(framework)
            for test in walk(condition)
            if isinstance(test, FactTest) and test.fact == fact.id
            for value in test.values
            if isinstance(value, Fraction)
            for step in (Fraction(0), Fraction(1, 10), Fraction(-1, 10**17))
        }
        near_them = st.sampled_from(sorted(compared_with)) if compared_with else st.nothing()
        return values_of(fact) | near_them.map(partial(in_range, fact))
    if fact.type not in ("whole_number", "date"):
        return values_of(fact)
    compared: list[int] = []
    for test in (node for _, condition in conditions_of(framework) for node in walk(condition)):
        if isinstance(test, FactTest) and test.fact == fact.id:
            compared += [v.toordinal() if isinstance(v, datetime.date) else int(v) for v in test.values]
    if not compared:
        return values_of(fact)
    near = st.tuples(st.sampled_from(sorted(set(compared))), st.integers(-1, 1)).map(sum)
    values = near if fact.type == "whole_number" else near.map(datetime.date.fromordinal)
    return values_of(fact) | values.map(partial(in_range, fact))


def in_range(fact: Fact, value: FactValue) -> FactValue:
    """Return a value of a fact, or the nearest one that its declared range allows."""
    lowest, highest = (fact.range.lowest, fact.range.highest) if fact.range else (None, None)
    value = value if lowest is None else max(lowest, value)  # type: ignore[type-var]
    value = value if highest is None else min(highest, value)  # type: ignore[type-var]
    return Fraction(value) if fact.type == "number" else value  # type: ignore[arg-type]


@st.composite
def cases(draw: st.DrawFn, framework: Framework, *, case_id: str = "c1", missing: bool = True) -> Case:
    """Cases of a framework, with missing facts and answers where that is asked for, and recorded judgements."""
    nothing = st.none() if missing else st.nothing()
    # Points need every answer, which would else hardly ever come about.
    unanswered = nothing if draw(st.booleans()) else st.nothing()
    answers = {
        path: draw(unanswered | st.sampled_from([*answers_to(framework, path).values()]))
        for path in (*framework.prompts, *framework.measures_by_path)
    }
    values = {fact.id: draw(nothing | values_near(framework, fact)) for fact in framework.facts}
    judged = (
        draw(st.lists(st.sampled_from(list(framework.ruled_questions)), max_size=1))
        if framework.ruled_questions
        else []
    )
    judgement = st.builds(Judgement, st.sampled_from([Outcome.YES, Outcome.NO, Outcome.NOT_APPLICABLE]), TEXTS)
    return Case(
        case_id,
        {fact: value for fact, value in values.items() if value is not None},
        {path: answer for path, answer in answers.items() if answer is not None},
        {path: draw(judgement) for path in judged},
    )


@st.composite
def frameworks_with_cases(
    draw: st.DrawFn,
    *,
    most: int = 4,
    with_not: bool = True,
    missing: bool = True,
    plain: bool = False,
    points: bool = True,
) -> tuple[Framework, tuple[Case, ...]]:
    """A framework and some of its cases."""
    framework = draw(frameworks(with_not=with_not, plain=plain, points=points))
    several = draw(st.integers(1, most))
    return framework, tuple(draw(cases(framework, case_id=f"c{n}", missing=missing)) for n in range(1, several + 1))


@st.composite
def one_question(
    draw: st.DrawFn, *, with_not: bool = True, missing: bool = True, points: bool = True
) -> tuple[Framework, Case]:
    """A framework with a single key question, of any shape, and a case of it: drawn quickly."""
    declared, tests, applicability, variants = draw(_fields_of_work())
    variant_ids = [variant.id for variant in variants]
    question = draw(key_questions("q", tests, applicability, variant_ids, with_not))
    framework = draw(with_samples(framework_around(question, facts=declared, variants=variants)))
    framework = draw(with_points(framework)) if points else framework
    return framework, draw(cases(framework, missing=missing))


def framework_around(*questions: KeyQuestion, **parts: object) -> Framework:
    """Return the smallest framework with these key questions (default: one), and other parts as they are given."""
    questions = questions or (KeyQuestion("q", "Is it good?", (Prompt("p", "Is it?"),), PromptIsYes("p")),)
    ratings = (Rating("good", "Good", 1), Rating("poor", "Poor", 0))
    bands = (Band(Fraction(50), "good"), Band(Fraction(0), "poor"))
    whole = Framework(
        id="small",
        edition="1",
        title="Small",
        publisher="Nobody",
        in_force_from=datetime.date(2026, 1, 1),
        ratings=ratings,
        domains=(Domain("all_of_it", "All of it", ("s",)),),
        standards=(Standard("S", "s", "Standard", "It is good.", "cases", questions),),
        key_question_bands=KeyQuestionBands("yes", ("yes", "no"), bands),
    )
    return evolve(whole, **parts)
