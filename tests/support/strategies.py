"""Hypothesis strategies for valid frameworks of any shape and cases for them, shared by every test.

Ids are drawn from a short list, so that the same words meet in different places; the list has words that the engine
behind ``durable`` takes for one another or keeps for itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from typing import Literal

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st

from ctm_rules.model.bands import Band
from ctm_rules.model.cases import Answer, Case
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
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
    Prompt,
    Range,
    Rating,
    Rounding,
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

_TYPES: st.SearchStrategy[FactType] = st.sampled_from(["yes_no", "choice", "whole_number", "date"])
_CHOICES = st.dictionaries(st.sampled_from(["PO", "PSO", *IDS[:3]]), TEXTS, min_size=1, max_size=5)


@st.composite
def _ranges(draw: st.DrawFn, kind: FactType) -> Range:
    """Ranges with one end or two, so narrow that values near the ends are drawn."""
    ends = SMALL if kind == "whole_number" else DATES
    lowest, highest = sorted(draw(st.tuples(ends, ends)))
    return draw(st.sampled_from([Range(lowest, highest), Range(lowest=lowest), Range(highest=highest)]))


@st.composite
def facts(draw: st.DrawFn, fact_id: str) -> Fact:
    """Facts of every type."""
    kind = draw(_TYPES)
    if kind in ("whole_number", "date"):
        return Fact(fact_id, draw(TEXTS), kind, range=draw(st.none() | _ranges(kind)), source=draw(SOURCES))
    if kind != "choice":
        return Fact(fact_id, draw(TEXTS), kind, source=draw(SOURCES))
    return Fact(fact_id, draw(TEXTS), kind, draw(_CHOICES), ordered=draw(st.booleans()))


def values_of(fact: Fact) -> st.SearchStrategy[FactValue]:
    """Values that a fact can have."""
    if fact.type == "choice":
        return st.sampled_from(list(fact.values))
    typed: dict[str, st.SearchStrategy[FactValue]] = {"yes_no": st.booleans(), "whole_number": NUMBERS, "date": DATES}
    return typed[fact.type].map(partial(in_range, fact))


def _tests_of(fact: Fact) -> st.SearchStrategy[FactTest]:
    """Comparisons that the type of the fact allows."""
    values = values_of(fact)
    comparisons: list[Comparison] = ["is", "is_not"]
    if fact.ordered or fact.type in ("whole_number", "date"):
        comparisons += ["at_least", "at_most"]
    single = st.builds(FactTest, st.just(fact.id), st.sampled_from(comparisons), st.tuples(values))
    several = st.lists(values, min_size=1, max_size=4, unique=True).map(tuple)
    return single | st.builds(FactTest, st.just(fact.id), st.just("one_of"), several)


def fact_tests(declared: Sequence[Fact]) -> st.SearchStrategy[FactTest]:
    """Comparisons of any of these facts."""
    return st.one_of([_tests_of(fact) for fact in declared])


_KINDS = st.sampled_from(["leaf", "leaf", "all", "any", "at_least", "not"])
_SIZES = st.integers(1, 4)
_COUNTS = st.integers(1, 5) | st.just(2**40)


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
def rating_scales(draw: st.DrawFn) -> tuple[Rating, ...]:
    """Scales of one rating or more, best first, each with a higher score than the next."""
    names = draw(ids(1, 5))
    scores = sorted(draw(st.lists(st.integers(0, 9), min_size=len(names), max_size=len(names), unique=True)))
    return tuple(Rating(name, draw(TEXTS), score) for name, score in zip(names, reversed(scores), strict=True))


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
def key_question_bands(draw: st.DrawFn, ratings: Sequence[Rating]) -> KeyQuestionBands:
    """Every way to turn outcomes into a rating."""
    among = draw(st.lists(st.sampled_from(OUTCOMES), min_size=1, unique=True))
    roundings: list[Rounding] = ["half_up", "half_even", "down", "up"]
    return KeyQuestionBands(
        share_of=draw(st.sampled_from(among)),
        among=tuple(among),
        bands=draw(band_scales(ratings)),
        round=draw(st.sampled_from(roundings)),
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
Below = Mapping[Level, Sequence[str]]
"""The names of what lies below an element that is rated, level by level."""


@st.composite
def rating_conditions(draw: st.DrawFn, ratings: Sequence[Rating], below: Below, depth: int = 2) -> Condition:
    """Conditions of any form about the ratings below."""
    comparison, rating = draw(st.sampled_from(COMPARED)), draw(st.sampled_from(ratings)).id
    form = draw(st.integers(0, 5 if depth else 1))
    if form >= 2:
        clauses = st.lists(rating_conditions(ratings, below, depth - 1), min_size=1, max_size=3).map(tuple)
        of = draw(clauses)
        if form == 5:
            return AtLeast(draw(st.integers(1, len(of))), of)
        return Not(of[0]) if form == 4 else AllOf(of) if form == 3 else AnyOf(of)
    level = draw(st.sampled_from([level for level, names in below.items() if names]))
    names = below[level]
    if form == 0:
        return RatedAs(SORT_OF[level], draw(st.sampled_from(names)), comparison, rating)
    some = tuple(draw(st.lists(st.sampled_from(names), min_size=1, unique=True)))
    members: Members = draw(st.sampled_from([level, some]))
    counted = names if isinstance(members, str) else members
    return CountRated(draw(st.integers(1, len(counted))), members, comparison, rating)


@st.composite
def rating_steps(draw: st.DrawFn, ratings: Sequence[Rating], below: Below) -> RatingStep:
    """Steps of any form, with or without a condition."""
    when = draw(st.none() | rating_conditions(ratings, below))
    form, number, rating = draw(st.integers(0, 3)), draw(st.integers(1, 3)), draw(st.sampled_from(ratings)).id
    return RatingStep(
        better_by=number if form == 0 else None,
        worse_by=number if form == 1 else None,
        no_better_than=rating if form == 2 else None,
        no_worse_than=rating if form == 3 else None,
        when=when,
    )


@st.composite
def rating_rules(draw: st.DrawFn, ratings: Sequence[Rating], below: Below) -> RatingRule:
    """Rating rules of any form."""
    then = tuple(draw(st.lists(rating_steps(ratings, below), max_size=3)))
    not_rated = draw(st.sampled_from(["refuse", "leave_out"]))
    form = draw(st.integers(0, 2))
    if form == 0:
        last = RatingLine(draw(st.sampled_from(ratings)).id)
        given = st.sampled_from([rating.id for rating in ratings])
        lines = st.builds(RatingLine, given, rating_conditions(ratings, below))
        return FirstThatHolds((*draw(st.lists(lines, max_size=3)), last), not_rated, then)
    level = draw(st.sampled_from([level for level, names in below.items() if names]))
    some = tuple(draw(st.lists(st.sampled_from(below[level]), min_size=1, unique=True)))
    of: Members = draw(st.sampled_from([level, some]))
    if form == 1:
        return TakeRating(draw(st.sampled_from(["lowest", "highest"])), of, not_rated, then)
    return SumInBands(draw(band_scales(ratings, highest=9)), of=of, not_rated=not_rated, then=then)


@st.composite
def with_rating_rules(draw: st.DrawFn, framework: Framework) -> Framework:
    """A framework in which standards, domains and the whole may have rating rules of their own."""
    ratings = framework.ratings

    def own(below: Below) -> st.SearchStrategy[RatingRule | None]:
        return st.none() | rating_rules(ratings, below)

    standards = []
    for standard in framework.standards:
        questions = [f"{standard.slug}.{question.id}" for question in standard.key_questions]
        rule = draw(own({"key_questions": questions})) if questions else None
        if isinstance(rule, TakeRating):
            rule = StandardRating(rule.take, rule.of, rule.not_rated, rule.then)
        standards.append(evolve(standard, rating=rule))
    domains = [evolve(each, rating=draw(own({"standards": each.standards}))) for each in framework.domains]
    of_standards: Below = {"standards": [standard.slug for standard in standards]}
    rated = [each.id for each in domains if framework.domain_rating is not None or each.rating is not None]
    if rated:
        of_standards = {**of_standards, "domains": rated}
    overall = draw(st.just(framework.overall) | rating_rules(ratings, of_standards))
    return evolve(framework, standards=tuple(standards), domains=tuple(domains), overall=overall)


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
def frameworks(draw: st.DrawFn, *, with_not: bool = True, depth: int = DEPTH) -> Framework:
    """Valid frameworks of any shape; without ``not`` in the rules of key questions where that is asked for."""
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
    return draw(st.just(made) | with_rating_rules(made))


def values_near(framework: Framework, fact: Fact) -> st.SearchStrategy[FactValue]:
    """Values that a case may have: any, and those that rules compare the fact with and their neighbours."""
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
    return value if highest is None else min(highest, value)  # type: ignore[type-var]


@st.composite
def cases(draw: st.DrawFn, framework: Framework, *, case_id: str = "c1", missing: bool = True) -> Case:
    """Cases of a framework, with missing facts and answers where that is asked for, and recorded judgements."""
    nothing = st.none() if missing else st.nothing()
    answers = {
        path: draw(nothing | st.sampled_from(Answer)) for path in (*framework.prompts, *framework.measures_by_path)
    }
    values = {fact.id: draw(nothing | values_near(framework, fact)) for fact in framework.facts}
    judged = (
        draw(st.lists(st.sampled_from(list(framework.key_questions)), max_size=1)) if framework.key_questions else []
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
    draw: st.DrawFn, *, most: int = 4, with_not: bool = True, missing: bool = True
) -> tuple[Framework, tuple[Case, ...]]:
    """A framework and some of its cases."""
    framework = draw(frameworks(with_not=with_not))
    several = draw(st.integers(1, most))
    return framework, tuple(draw(cases(framework, case_id=f"c{n}", missing=missing)) for n in range(1, several + 1))


@st.composite
def one_question(draw: st.DrawFn, *, with_not: bool = True, missing: bool = True) -> tuple[Framework, Case]:
    """A framework with a single key question, of any shape, and a case of it: drawn quickly."""
    declared, tests, applicability, variants = draw(_fields_of_work())
    variant_ids = [variant.id for variant in variants]
    question = draw(key_questions("q", tests, applicability, variant_ids, with_not))
    framework = framework_around(question, facts=declared, variants=variants)
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
