"""Conditions: the decision tree over prompts and facts (abstract syntax tree), and how to walk and rebuild it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal, assert_never

from attrs import evolve, frozen

from ctm_rules.diagnostics.findings import Location, declared_at

FactValue = bool | int | str | datetime.date | Fraction
"""A typed fact: ``yes_no`` is a bool, ``whole_number`` an int, ``number`` a Fraction (a decimal, exact), ``choice`` a
str, ``date`` a date."""


# --- The decision tree ---------------------------------------------------------------------------


@frozen
class PromptIsYes:
    """The prompt (an id within the same key question, or the same measure) is answered yes."""

    prompt: str
    at: Location = declared_at()


Comparison = Literal["is", "is_not", "one_of", "at_least", "at_most"]


@frozen
class FactTest:
    """A fact of the case compared with declared values.

    ``one_of`` has one value or more, every other comparison exactly one. ``at_least`` and ``at_most``
    need a fact that is a number, a date or an ordered choice. A missing fact makes it unknown.
    """

    fact: str
    comparison: Comparison
    values: tuple[FactValue, ...]
    at: Location = declared_at()


RatingComparison = Literal["rated", "rated_or_better", "rated_or_worse"]
Level = Literal["key_questions", "standards", "domains"]
"""The elements of one level below an element that is rated."""

LEVELS: Mapping[str, Level] = {"key_question": "key_questions", "standard": "standards", "domain": "domains"}
"""The level of each sort of element that a test of ratings names."""


@frozen
class RatedAs:
    """The rating of one element below, compared with a step of the rating scale (in a rating rule, never over cases).

    Attributes:
        level: what sort of element it is.
        element: the slug of a standard, the id of a domain, the address of a key question.
        rating: the id of the rating that it is compared with.
    """

    level: Literal["key_question", "standard", "domain"]
    element: str
    comparison: RatingComparison
    rating: str
    at: Location = declared_at()


@frozen
class CountRated:
    """True when at least ``count`` of some elements below have such a rating (in a rating rule, never over cases).

    Attributes:
        of: all of one level, or the names of some elements of one level.
        rating: the id of the rating that each is compared with.
    """

    count: int
    of: Level | tuple[str, ...]
    comparison: RatingComparison
    rating: str
    at: Location = declared_at()


RatingTest = RatedAs | CountRated
"""The forms of clause that look at ratings. They stand in rating rules alone, as prompts stand in decision rules."""


@frozen
class AllOf:
    """True when every clause that applies is true."""

    of: tuple[Condition, ...]
    at: Location = declared_at()


@frozen
class AnyOf:
    """True when at least one clause that applies is true."""

    of: tuple[Condition, ...]
    at: Location = declared_at()


@frozen
class AtLeast:
    """True when at least ``count`` of the clauses that apply are true.

    Where fewer than ``count`` apply, all that apply must be true.
    """

    count: int
    of: tuple[Condition, ...]
    at: Location = declared_at()


@frozen
class AtLeastPercent:
    """True when at least ``percent`` of the clauses that apply are true, in per cent and unrounded.

    With t, f and u clauses TRUE, FALSE and UNKNOWN: DROPPED if there is none; TRUE if 100 t >= p (t + f + u); FALSE if
    100 (t + u) < p (t + f + u); else UNKNOWN.
    """

    percent: int
    of: tuple[Condition, ...]
    at: Location = declared_at()


@frozen
class Not:
    """True when the clause is false, false when it is true."""

    clause: Condition
    at: Location = declared_at()


Compound = AllOf | AnyOf | AtLeast | AtLeastPercent | Not
"""The forms of clause that have clauses below them."""

Condition = PromptIsYes | FactTest | RatingTest | Compound
"""Every form of clause. Whatever tells them apart ends in ``assert_never``, so that mypy finds it for a new form."""


def children(condition: Condition) -> tuple[Condition, ...]:
    """Return the clauses directly below a condition, in declared order."""
    match condition:
        case AllOf(of=of) | AnyOf(of=of) | AtLeast(of=of) | AtLeastPercent(of=of):
            return of
        case Not(clause):
            return (clause,)
        case PromptIsYes() | FactTest() | RatedAs() | CountRated():
            return ()
        case never:
            assert_never(never)


def with_children(condition: Condition, below: tuple[Condition, ...]) -> Condition:
    """Return a condition with other clauses directly below it: one for ``not``, none for a prompt or a fact test."""
    match condition:
        case PromptIsYes() | FactTest() | RatedAs() | CountRated():
            return condition
        case AllOf() | AnyOf() | AtLeast() | AtLeastPercent():
            return evolve(condition, of=below)
        case Not():
            (clause,) = below
            return evolve(condition, clause=clause)
        case never:
            assert_never(never)


def about_cases(condition: PromptIsYes) -> TypeError:
    """Return the error that a rule over ratings looks at a case; no valid framework has such a rule."""
    return TypeError(f"a rule over ratings looks at a case: {condition}")


def about_ratings(condition: RatingTest) -> TypeError:
    """Return the error that a rule over cases looks at a rating; no valid framework has such a rule."""
    return TypeError(f"a rule over cases looks at a rating: {condition}")


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield a condition and everything below it, parents first, in declared order."""
    yield condition
    for child in children(condition):
        yield from walk(child)


def prompts_in(condition: Condition) -> tuple[str, ...]:
    """Return the ids of the prompts that a condition reads, each once, in declared order."""
    return tuple(dict.fromkeys(node.prompt for node in walk(condition) if isinstance(node, PromptIsYes)))


def facts_in(condition: Condition | None) -> tuple[str, ...]:
    """Return the ids of the facts that a condition reads, each once, in declared order."""
    if condition is None:
        return ()
    return tuple(dict.fromkeys(node.fact for node in walk(condition) if isinstance(node, FactTest)))
