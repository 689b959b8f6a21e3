"""Conditions as a form computes them while it is filled in: whether one is surely true, and whether surely false.

A form knows two values, true and false, and a condition has a third: unknown, while facts are missing. So each becomes
a pair of expressions of two values. Where neither is true, nobody can tell yet, and a form must hide nothing for it.
The expressions say nothing of the program that computes them: spreadsheets and XPath are written from the same ones.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Literal, assert_never

from attrs import frozen

from ctm_rules.engines.base import drawn_for
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Condition,
    CountRated,
    FactTest,
    FactValue,
    Not,
    PromptIsYes,
    RatedAs,
    about_cases,
    about_ratings,
    prompts_in,
)
from ctm_rules.model.framework import Fact, Framework, KeyQuestion
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.provider_view import provider_view

# --- Expressions of two values -----------------------------------------------------------------------


@frozen
class Constant:
    """What is true, or false, of every case."""

    value: bool


ALWAYS, NEVER = Constant(value=True), Constant(value=False)


@frozen
class IsOneOf:
    """True where a fact is known and is one of these values: words of a choice, or ``True`` and ``False``."""

    fact: str
    values: tuple[str | bool, ...]


Sign = Literal["=", "<>", ">=", "<=", ">", "<"]

_OPPOSITE: Mapping[Sign, Sign] = {"=": "<>", "<>": "=", ">=": "<", "<": ">=", "<=": ">", ">": "<="}


@frozen
class Compared:
    """True where a fact is known and compares so with a number or a date."""

    fact: str
    sign: Sign
    value: int | Fraction | datetime.date


@frozen
class Every:
    """True where all of these are: two at least, none of which is a constant."""

    of: tuple[Expression, ...]


@frozen
class Some:
    """True where one of these is: two at least, none of which is a constant."""

    of: tuple[Expression, ...]


@frozen
class AtLeastTrue:
    """True where at least ``count`` of these are: more than one, and fewer than all."""

    count: int
    of: tuple[Expression, ...]


Expression = Constant | IsOneOf | Compared | Every | Some | AtLeastTrue
"""Every form of expression. What writes them ends in ``assert_never``."""


@frozen
class Surely:
    """A condition while facts are missing: at most one of the two is true.

    Attributes:
        true: when it is met, whatever the missing facts are.
        false: when it is not met, whatever they are.
    """

    true: Expression
    false: Expression

    @property
    def negated(self) -> Surely:
        """The same of what is true where this is false."""
        return Surely(self.false, self.true)


def every(of: Iterable[Expression]) -> Expression:
    """Return what is true where all of these are."""
    flat = _flat(of, Every, ALWAYS)
    return NEVER if NEVER in flat else Every(flat) if len(flat) > 1 else flat[0] if flat else ALWAYS


def some(of: Iterable[Expression]) -> Expression:
    """Return what is true where one of these is."""
    flat = _flat(of, Some, NEVER)
    return ALWAYS if ALWAYS in flat else Some(flat) if len(flat) > 1 else flat[0] if flat else NEVER


def at_least_true(count: int, of: Iterable[Expression]) -> Expression:
    """Return what is true where at least so many of these are; the same one may stand among them twice."""
    listed = list(of)
    count -= listed.count(ALWAYS)
    left = tuple(each for each in listed if not isinstance(each, Constant))
    if count <= 0:
        return ALWAYS
    if count == 1:
        return some(left)
    return NEVER if count > len(left) else every(left) if count == len(left) else AtLeastTrue(count, left)


def _flat(of: Iterable[Expression], kind: type[Every] | type[Some], neutral: Constant) -> tuple[Expression, ...]:
    parts = (part for each in of for part in (each.of if isinstance(each, kind) else (each,)))
    return tuple(dict.fromkeys(part for part in parts if part != neutral))


def is_true(expression: Expression, facts: Mapping[str, FactValue]) -> bool:
    """Return whether an expression is true of known facts, as every program that computes it must say."""
    match expression:
        case Constant(value):
            return value
        case IsOneOf(fact, values):
            return fact in facts and facts[fact] in values
        case Compared(fact, sign, value):
            return fact in facts and _compares(facts[fact], sign, value)
        case Every(of):
            return all(is_true(each, facts) for each in of)
        case Some(of):
            return any(is_true(each, facts) for each in of)
        case AtLeastTrue(count, of):
            return sum(is_true(each, facts) for each in of) >= count
        case never:
            assert_never(never)


def _compares(known: FactValue, sign: Sign, value: int | Fraction | datetime.date) -> bool:
    if sign in ("=", "<>"):
        return (known == value) is (sign == "=")
    if sign in ("<=", ">"):
        return (known <= value) is (sign == "<=")  # type: ignore[operator]
    return (known >= value) is (sign == ">=")  # type: ignore[operator]


def facts_read(expression: Expression) -> frozenset[str]:
    """Return the ids of the facts that an expression looks at."""
    if isinstance(expression, Constant):
        return frozenset()
    if isinstance(expression, IsOneOf | Compared):
        return frozenset((expression.fact,))
    return reduce(frozenset.union, map(facts_read, expression.of))


# --- Conditions ----------------------------------------------------------------------------------------


def surely(condition: Condition | None, framework: Framework) -> Surely:
    """Return when a condition that looks only at facts is surely true, and when it is surely false.

    ``None`` is no condition: it is met always.
    """
    match condition:
        case None:
            return Surely(ALWAYS, NEVER)
        case FactTest():
            return _of_test(condition, framework.every_fact[condition.fact])
        case Not(clause):
            return surely(clause, framework).negated
        case AllOf(of):
            return _at_least(len(of), of, framework)
        case AnyOf(of):
            return _at_least(1, of, framework)
        case AtLeast(count, of):
            # Where there are fewer than it asks for, all of them must be true.
            return _at_least(min(count, len(of)), of, framework)
        case AtLeastPercent(percent, of):
            return _at_least(-(-percent * len(of) // 100), of, framework)
        case PromptIsYes():
            raise about_cases(condition)
        case RatedAs() | CountRated():
            raise about_ratings(condition)
        case never:
            assert_never(never)


def _at_least(count: int, of: Sequence[Condition], framework: Framework) -> Surely:
    """Return the pair of what needs so many clauses: it is false once so many are false that too few are left."""
    clauses = [surely(clause, framework) for clause in of]
    return Surely(
        at_least_true(count, (clause.true for clause in clauses)),
        at_least_true(len(clauses) - count + 1, (clause.false for clause in clauses)),
    )


def _of_test(test: FactTest, fact: Fact) -> Surely:
    if fact.type in ("yes_no", "choice"):
        values: list[str | bool] = [True, False] if fact.type == "yes_no" else list(fact.values)
        passed = [value for value in values if _passes(test, value, values)]
        return Surely(_one_of(fact, passed), _one_of(fact, [value for value in values if value not in passed]))
    signs: Mapping[str, Sign] = {"is_not": "<>", "at_least": ">=", "at_most": "<="}
    sign = signs.get(test.comparison, "=")
    true, false = [], []
    for value in test.values:
        assert isinstance(value, int | Fraction | datetime.date)
        true.append(Compared(fact.id, sign, value))
        false.append(Compared(fact.id, _OPPOSITE[sign], value))
    return Surely(some(true), every(false))


def _passes(test: FactTest, value: str | bool, ordered: Sequence[str | bool]) -> bool:
    if test.comparison in ("is", "one_of"):
        return value in test.values
    if test.comparison == "is_not":
        return value not in test.values
    rank, bound = ordered.index(value), ordered.index(test.values[0])
    return rank >= bound if test.comparison == "at_least" else rank <= bound


def _one_of(fact: Fact, values: Sequence[str | bool]) -> Expression:
    return IsOneOf(fact.id, tuple(values)) if values else NEVER


# --- What is asked ---------------------------------------------------------------------------------------


def surely_asked(path: str, framework: Framework, sample: str | None = None) -> Surely:
    """Return when a key question, a prompt or a measure is surely asked of a case, and when it surely is not.

    It says what :meth:`~ctm_rules.engines.what_counts.WhatCounts.is_asked` says, of every case at once.

    Args:
        path: its address.
        framework: which of its rules decide that.
        sample: the sample that the cases were drawn for, where that is known (``None``: their facts decide).
    """
    if path in framework.measures_by_path:
        return surely(framework.measures_by_path[path].applies_when, framework)
    drawn, asked = _drawn(path, framework, sample), _asked(path, framework)
    # Of whom it is not known whether they were drawn, nothing is said.
    return Surely(every((drawn.true, asked.true)), some((drawn.false, every((drawn.true, asked.false)))))


def surely_asked_of_provider(path: str, framework: Framework) -> Surely:
    """Return when a prompt is surely asked of who is inspected: for the rule of its question, or for some rating."""
    view = provider_view(framework)
    places = [] if view is None else [place for place in view.prompts if _own_address(place) == path]
    if view is None or not places:
        return Surely(ALWAYS, NEVER)
    pairs = [surely_asked(place, view) for place in places]
    return Surely(some(pair.true for pair in pairs), every(pair.false for pair in pairs))


def _own_address(place: str) -> str:
    """Return the address of a prompt from where it stands in the view of the provider."""
    question, _, prompt = place.rpartition(".")
    return f"{question.partition('/')[0]}.{prompt}"


def _drawn(path: str, framework: Framework, sample: str | None) -> Surely:
    asked_of = framework.sample_of(path)
    if asked_of is None:
        return Surely(ALWAYS, NEVER)
    named = drawn_for(asked_of, sample)
    if named is None:
        return surely(asked_of.when, framework)
    return Surely(ALWAYS, NEVER) if named is Truth.TRUE else Surely(NEVER, ALWAYS)


def _asked(path: str, framework: Framework) -> Surely:
    """Return when what stands at an address is asked of the cases that were drawn for it."""
    if path in framework.key_questions:
        question = framework.key_questions[path]
        return _all_of([surely(question.applies_when, framework), _something_asked(question, framework)])
    standing, _, name = path.rpartition(".")
    question = framework.key_questions[standing]
    applies = next(prompt.applies_when for prompt in question.prompts if prompt.id == name)
    parts = [question.applies_when, applies]
    return _all_of([*(surely(part, framework) for part in parts), _is_read(name, question, framework)])


def _is_read(prompt: str, question: KeyQuestion, framework: Framework) -> Surely:
    """Return when the rule that decides a case reads a prompt; one that no rule reads is asked whichever it is."""
    if prompt not in question.prompts_read:
        return Surely(ALWAYS, NEVER)
    excluded = _excluded(question, framework)
    reads = {name: prompt in read for name, read in _read(question)}
    return Surely(
        every(out for name, out in excluded.items() if not reads[name]),
        every(out for name, out in excluded.items() if reads[name]),
    )


def _read(question: KeyQuestion) -> list[tuple[str | None, Collection[str]]]:
    """Return for each rule, by the variant that it decides, the prompts that it reads; points are given for all."""
    if question.points is not None:
        return [(None, [prompt.id for prompt in question.prompts])]
    return [(name, prompts_in(rule)) for name, rule in question.rules]


def _something_asked(question: KeyQuestion, framework: Framework) -> Surely:
    """Return when a prompt is asked that the rule reads which decides a case, or the rule reads none.

    While it is not known which rule that is, nobody can tell.
    """
    excluded = _excluded(question, framework)
    applies = {prompt.id: surely(prompt.applies_when, framework) for prompt in question.prompts}
    true, false = [], []
    for name, read in _read(question):
        alone = every(out for other, out in excluded.items() if other != name)
        below = [applies[prompt] for prompt in read]
        true.append(every((alone, some(each.true for each in below) if below else ALWAYS)))
        false.append(every((alone, every(each.false for each in below) if below else NEVER)))
    return Surely(some(true), some(false))


def _excluded(question: KeyQuestion, framework: Framework) -> Mapping[str | None, Expression]:
    """Return by each rule of a question, the variants' own and ``None``, when it is sure not to decide a case."""
    if not question.variants:
        return {None: NEVER}
    # The first variant that is met decides; one that is not the question's own leaves the general rule.
    ways: dict[str | None, list[Expression]] = {name: [] for name, _ in question.rules}
    before: list[Expression] = []
    for variant in framework.variants:
        met = surely(variant.when, framework)
        rule = variant.id if variant.id in question.variants else None
        ways[rule].append(some([met.false, *before]))
        before.append(met.true)
    ways[None].append(some(before))
    return {rule: every(out) for rule, out in ways.items()}


def _all_of(parts: Sequence[Surely]) -> Surely:
    return Surely(every(part.true for part in parts), some(part.false for part in parts))
