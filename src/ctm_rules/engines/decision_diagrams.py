"""Decision diagrams (BDD): every result that a rule can have over every case there could be, without trying them.

A decision diagram asks for one fact or prompt after the other and ends in a result. Diagrams are reduced and shared,
so that two rules have the same diagram exactly when they give the same result for every case that is looked at: every
complete one (in which no fact and no answer is missing), or those in which some are missing as well. A missing one
never leads to a result, other than not known, that no complete case has.
"""

from __future__ import annotations

import copy
import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any as Anything
from typing import NewType, assert_never

from attrs import frozen

from ctm_rules.engines.clauses import combine, facts_meet
from ctm_rules.limits import MAX_DIAGRAM_STEPS, MAX_DIAGRAM_VARIABLES
from ctm_rules.model.answers import Answer
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
    about_ratings,
    prompts_in,
    walk,
)
from ctm_rules.model.fact_values import is_fact_value
from ctm_rules.model.framework import Fact, Framework, KeyQuestion, Prompt, Sample
from ctm_rules.model.framework_conditions import conditions_of, provider_conditions
from ctm_rules.model.frozen_dict import FrozenDict
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.remembered import OncePerFramework

Diagram = NewType("Diagram", int)
"""A rule's results for all cases. Equal diagrams of one :class:`Diagrams` are equal for every case."""

_ANSWERS = {Answer.YES: Truth.TRUE, Answer.NO: Truth.FALSE, Answer.NA: Truth.DROPPED, None: Truth.UNKNOWN}
_MOVES: tuple[tuple[Truth | None, Truth | None], ...] = (
    (Truth.FALSE, Truth.TRUE),
    (Truth.TRUE, Truth.FALSE),
    (Truth.DROPPED, Truth.TRUE),
    (Truth.DROPPED, Truth.FALSE),
    (Truth.TRUE, Truth.DROPPED),
    (Truth.FALSE, Truth.DROPPED),
    *((known, Truth.UNKNOWN) for known in (Truth.TRUE, Truth.FALSE, Truth.DROPPED)),
    *((Truth.UNKNOWN, known) for known in (Truth.TRUE, Truth.FALSE, Truth.DROPPED)),
    *((None, asked) for asked in (Truth.TRUE, Truth.FALSE, Truth.DROPPED, Truth.UNKNOWN)),
    *((asked, None) for asked in (Truth.TRUE, Truth.FALSE, Truth.DROPPED, Truth.UNKNOWN)),
)
"""How a result can become another, what people look at first before the rest; ``None`` is that nothing is asked."""
_LAST = 1_000_000_000
"""The place of a result: after every fact and prompt."""

Operation = Callable[[Anything, Anything], Hashable]
"""What becomes of two results; which kinds of result meet is known where it is used.

Each is a function of this module: what has been combined is remembered by it.
"""


class TooTangledError(Exception):
    """The rules look at the same facts and prompts in so many ways that deciding them would take too long."""


@frozen
class Example:
    """What is enough for a result: facts and answers by id, and the ids of facts and prompts that must be missing."""

    facts: Mapping[str, FactValue]
    answers: Mapping[str, Answer]
    missing_facts: tuple[str, ...] = ()
    missing_answers: tuple[str, ...] = ()


def values_to_try(framework: Framework) -> Mapping[str, tuple[FactValue, ...]]:
    """Return values of every fact such that every condition treats each other that it can have like one of them.

    Facts of the provider have theirs as well.
    """
    return _values(framework)


def _work_out_values(framework: Framework) -> Mapping[str, tuple[FactValue, ...]]:
    compared: defaultdict[str, set[FactValue]] = defaultdict(set)
    of_cases = (condition for _, condition in conditions_of(framework))
    for condition in (*of_cases, *provider_conditions(framework)):
        for node in walk(condition):
            if isinstance(node, FactTest):
                compared[node.fact].update(node.values)
    return FrozenDict({name: values_of_fact(fact, compared[name]) for name, fact in framework.every_fact.items()})


_values = OncePerFramework(_work_out_values)


def values_of_fact(fact: Fact, compared: set[FactValue]) -> tuple[FactValue, ...]:
    """Return values of a fact such that comparisons with some values treat each other one like one of them."""
    if fact.type == "yes_no":
        return (True, False)
    if fact.type == "choice":
        return tuple(fact.values)
    looked_at = {*compared, *((fact.range.lowest, fact.range.highest) if fact.range else ())}
    tried: Iterable[FactValue]
    if fact.type == "whole_number":
        numbers = {value for value in looked_at if isinstance(value, int)} or {0}
        tried = sorted({number + step for number in numbers for step in (-1, 0, 1)})
    elif fact.type == "number":
        bounds = sorted({Fraction(value) for value in looked_at if isinstance(value, int | Fraction)}) or [Fraction(0)]
        # Of the numbers between two bounds one is as good as any other.
        between = [(below + above) / 2 for below, above in pairwise(bounds)]
        tried = sorted([bounds[0] - 1, *bounds, *between, bounds[-1] + 1])
    else:
        days = {value.toordinal() for value in looked_at if isinstance(value, datetime.date)} or {1}
        around = sorted({day + step for day in days for step in (-1, 0, 1)})
        tried = [datetime.date.fromordinal(day) for day in around if 1 <= day <= datetime.date.max.toordinal()]
    return tuple(value for value in tried if is_fact_value(fact, value))


class Diagrams:
    """Makes diagrams over the facts of a framework and the prompts of one key question.

    Args:
        framework: its facts and their values.
        values: what :func:`values_to_try` returns for it.
        prompts: those that rules may look at, with their ``applies_when``.
        with_na: whether a prompt may be answered ``na``. Without, a prompt drops out only by its ``applies_when``.
        with_missing: whether facts and answers may be missing. Without, every case is complete.
    """

    def __init__(
        self,
        framework: Framework,
        values: Mapping[str, tuple[FactValue, ...]],
        prompts: Sequence[Prompt] = (),
        *,
        with_na: bool = False,
        with_missing: bool = False,
    ) -> None:
        missing = (None,) if with_missing else ()
        self._framework = framework
        self._values: Mapping[str, tuple[FactValue | None, ...]] = {
            fact: (*tried, *missing) for fact, tried in values.items()
        }
        self._prompts = {prompt.id: prompt for prompt in prompts}
        self._answers: tuple[Answer | None, ...] = (
            Answer.YES,
            Answer.NO,
            *((Answer.NA,) if with_na else ()),
            *missing,
        )
        # Of each diagram: the place of what it asks (_LAST: it is a result), the diagrams below, the result.
        self._nodes: list[tuple[int, tuple[Diagram, ...], Hashable]] = []
        self._known: dict[tuple[int, tuple[Diagram, ...], Hashable], Diagram] = {}
        self._places: dict[tuple[str, str], int] = {}
        self._made: dict[Condition, Diagram] = {}
        self._combined: dict[tuple[Operation, Diagram, Diagram], Diagram] = {}
        self._steps = 0

    # --- what is asked of a diagram ------------------------------------------------------------------

    def rule(self, condition: Condition) -> Diagram:
        """Return the diagram of a decision rule at its root: facts alone never answer a question about prompts."""
        read = [self.clause(PromptIsYes(prompt)) for prompt in prompts_in(condition)]
        if not read:
            return self.clause(condition)
        return self._combine(_asked, self._fold(_answered, read), self.clause(condition))

    def clause(self, condition: Condition) -> Diagram:
        """Return the diagram of a clause.

        Raises:
            TooTangledError: it cannot be decided within the limits.
        """
        made = self._made.get(condition)
        if made is None:
            made = self._made[condition] = self._clause(condition)
        return made

    def outcome(self, question: KeyQuestion, sample: Sample | None = None) -> Diagram:
        """Return the diagram of a key question: the rule for the case's variant, dropped where it does not apply.

        Of a case that is not of the sample that it is asked of, where there is one, there is no result.
        """
        asked = self._outcome_where_asked(question)
        return asked if sample is None else self._combine(_if_drawn, self.clause(sample.when), asked)

    def _outcome_where_asked(self, question: KeyQuestion) -> Diagram:
        rules = {name: (number, self.rule(rule)) for number, (name, rule) in enumerate(question.rules)}
        used = self._result(0)  # the number of the rule that is used; the first is the general one
        for variant in reversed(self._framework.variants if question.variants else ()):
            number, _ = rules.get(variant.id, rules[None])
            own = self._combine(_pair, self._result(number), used)
            used = self._combine(_either_rule, self.clause(variant.when), own)
        for number, rule in rules.values():
            used = self._combine(_by_rule, used, self._combine(_pair, self._result(number), rule))
        if question.applies_when is None:
            return used
        return self._combine(_if_it_applies, self.clause(question.applies_when), used)

    def beside(self, framework: Framework, prompts: Sequence[Prompt]) -> Diagrams:
        """Return diagrams over another edition's facts and prompts that may be compared with these.

        The values of the facts stay those that these diagrams were made with.
        """
        other = copy.copy(self)
        other._framework = framework
        other._prompts = {prompt.id: prompt for prompt in prompts}
        other._made = {}
        return other

    def where(self, context: Diagram, diagram: Diagram) -> Diagram:
        """Return ``diagram`` for the cases in which ``context`` is true; the others have no result in it."""
        return self._combine(_where, context, diagram)

    def everywhere(self) -> Diagram:
        """Return the diagram that is true for every case."""
        return self._result(Truth.TRUE)

    def both(self, one: Diagram, other: Diagram) -> Diagram:
        """Return the diagram that is true where both are."""
        return self._combine(_all, one, other)

    def opposite(self, diagram: Diagram) -> Diagram:
        """Return the diagram that is true where this one is false."""
        return self._combine(_not, self.everywhere(), diagram)

    def results(self, diagram: Diagram) -> frozenset[Truth]:
        """Return every result that some case has."""
        return frozenset(result for result in self._results(diagram) if isinstance(result, Truth))

    def moves(self, before: Diagram, after: Diagram) -> dict[tuple[Truth | None, Truth | None], Diagram]:
        """Return how results differ from one diagram to another, each with the diagram that is true for such cases."""
        both = self._combine(_pair, before, after)
        found = self._results(both)
        return {move: self._combine(_is, self._result(move), both) for move in _MOVES if move in found}

    def only_true(self, diagram: Diagram) -> Diagram:
        """Return the diagram that is true where this one is and false elsewhere, also where nobody can tell."""
        return self._combine(_only_true, self.everywhere(), diagram)

    def prompts_that_matter(self, diagram: Diagram) -> frozenset[str]:
        """Return the prompts whose answer makes a difference to the result of some case."""
        names = {place: name for (kind, name), place in self._places.items() if kind == "prompt"}
        places = {self._nodes[node][0] for node in self._below(diagram)}
        return frozenset(names[place] for place in places if place in names)

    def example(self, diagram: Diagram, result: Truth) -> Example:
        """Return facts and answers that are enough for this result; there must be a case that has it."""
        names = {place: key for key, place in self._places.items()}
        facts: dict[str, FactValue] = {}
        answers: dict[str, Answer] = {}
        missing: list[tuple[str, str]] = []
        place, below, _ = self._nodes[diagram]
        while below:
            kind, name = names[place]
            index = next(index for index, node in enumerate(below) if result in self.results(node))
            value, answer = (self._values[name][index], None) if kind == "fact" else (None, self._answers[index])
            if value is not None:
                facts[name] = value
            elif answer is not None:
                answers[name] = answer
            else:
                missing.append((kind, name))
            place, below, _ = self._nodes[below[index]]
        return Example(
            facts,
            answers,
            tuple(name for kind, name in missing if kind == "fact"),
            tuple(name for kind, name in missing if kind == "prompt"),
        )

    # --- how a diagram is made -----------------------------------------------------------------------

    def _results(self, diagram: Diagram) -> set[Hashable]:
        return {self._nodes[node][2] for node in self._below(diagram) if self._nodes[node][0] == _LAST}

    def _below(self, diagram: Diagram) -> set[Diagram]:
        """Return a diagram and every diagram below it."""
        seen = {diagram}
        waiting = [diagram]
        while waiting:
            below = set(self._nodes[waiting.pop()][1]) - seen
            waiting.extend(below)
            seen.update(below)
        return seen

    def _clause(self, condition: Condition) -> Diagram:
        match condition:
            case FactTest(fact):
                known = [{} if value is None else {fact: value} for value in self._values[fact]]
                truths = (facts_meet(condition, facts, self._framework) for facts in known)
                return self._node("fact", fact, [self._result(truth) for truth in truths])
            case PromptIsYes(prompt):
                return self._prompt(self._prompts[prompt])
            case RatedAs() | CountRated():
                raise about_ratings(condition)
            case Not(clause):
                return self.opposite(self.clause(clause))
            case AllOf(of):
                return self._fold(_all, [self.clause(clause) for clause in of])
            case AnyOf(of):
                return self._fold(_any, [self.clause(clause) for clause in of])
            case AtLeast(count, of):
                below = [self.clause(clause) for clause in of]
                counted = self._fold(_count, [*below, self._result((count, 0, 0, 0))])
                return self._combine(_counted, self.everywhere(), counted)
            case AtLeastPercent(percent, of):
                below = [self.clause(clause) for clause in of]
                counted = self._fold(_count_all, [*below, self._result((percent, 0, 0, 0))])
                return self._combine(_counted_share, self.everywhere(), counted)
            case never:
                assert_never(never)

    def _prompt(self, prompt: Prompt) -> Diagram:
        applies = self.everywhere() if prompt.applies_when is None else self.clause(prompt.applies_when)
        answer = self._node("prompt", prompt.id, [self._result(_ANSWERS[answer]) for answer in self._answers])
        return self._combine(_if_it_applies, applies, answer)

    def _fold(self, operation: Operation, diagrams: Sequence[Diagram]) -> Diagram:
        # From the last, so that what has been combined asks for little that comes before.
        *others, folded = diagrams
        for diagram in reversed(others):
            folded = self._combine(operation, diagram, folded)
        return folded

    def _combine(self, operation: Operation, one: Diagram, other: Diagram) -> Diagram:
        key = (operation, one, other)
        known = self._combined.get(key)
        if known is not None:
            return known
        (place, below, result), (other_place, other_below, other_result) = self._nodes[one], self._nodes[other]
        first = min(place, other_place)
        if first == _LAST:
            made = self._result(operation(result, other_result))
        else:
            width = len(below if place == first else other_below)
            ones = below if place == first else (one,) * width
            others = other_below if other_place == first else (other,) * width
            made = self._reduced(first, [self._combine(operation, *pair) for pair in zip(ones, others, strict=True)])
        self._combined[key] = made
        return made

    def _node(self, kind: str, name: str, below: Sequence[Diagram]) -> Diagram:
        place = self._places.setdefault((kind, name), len(self._places))
        if place >= MAX_DIAGRAM_VARIABLES:
            raise TooTangledError
        return self._reduced(place, below)

    def _reduced(self, place: int, below: Sequence[Diagram]) -> Diagram:
        self._steps += len(below)
        if self._steps > MAX_DIAGRAM_STEPS:
            raise TooTangledError
        return below[0] if len(set(below)) == 1 else self._unique(place, tuple(below))

    def _result(self, result: Hashable) -> Diagram:
        return self._unique(_LAST, (), result)

    def _unique(self, place: int, below: tuple[Diagram, ...], result: Hashable = None) -> Diagram:
        known = self._known.get((place, below, result))
        if known is None:
            known = self._known[place, below, result] = Diagram(len(self._nodes))
            self._nodes.append((place, below, result))
        return known


_NOTHING = PromptIsYes("")
_ALL, _ANY, _NOT = AllOf((_NOTHING,)), AnyOf((_NOTHING,)), Not(_NOTHING)


def _all(one: Truth, other: Truth) -> Truth:
    return combine(_ALL, (one, other))


def _any(one: Truth, other: Truth) -> Truth:
    return combine(_ANY, (one, other))


def _not(_: Truth, truth: Truth) -> Truth:
    return combine(_NOT, (truth,))


def _answered(one: Truth, other: Truth) -> Truth:
    """Return whether some prompt is answered: true where one is, not known where one is open, dropped where none is."""
    if Truth.TRUE in (one, other) or Truth.FALSE in (one, other):
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in (one, other) else Truth.DROPPED


def _asked(answered: Truth, rule: Truth) -> Truth:
    return answered if answered in (Truth.DROPPED, Truth.UNKNOWN) else rule


def _if_it_applies(applies: Truth, truth: Truth) -> Truth:
    if applies is Truth.FALSE or truth is Truth.DROPPED:
        return Truth.DROPPED
    return truth if applies is Truth.TRUE else Truth.UNKNOWN


def _if_drawn(drawn: Truth, truth: Truth) -> Truth | None:
    if drawn is Truth.UNKNOWN:
        return Truth.UNKNOWN
    return truth if drawn is Truth.TRUE else None


def _either_rule(is_variant: Truth, rules: tuple[int | Truth, int | Truth]) -> int | Truth:
    """Return the number of the rule that is used: the variant's own or that of all others (not known: open)."""
    own, other = rules
    if is_variant is Truth.UNKNOWN:
        return own if own == other else Truth.UNKNOWN
    return own if is_variant is Truth.TRUE else other


def _by_rule(used: int | Truth, rule: tuple[int, Truth]) -> int | Truth:
    number, truth = rule
    return truth if used == number else used


def _where(holds: Truth, truth: Truth) -> Truth | None:
    return truth if holds is Truth.TRUE else None


def _pair(one: Hashable, other: Hashable) -> Hashable:
    return one, other


def _is(wanted: Hashable, found: Hashable) -> Truth | None:
    return Truth.TRUE if wanted == found else None


def _only_true(_: Truth, truth: Truth) -> Truth:
    return Truth.TRUE if truth is Truth.TRUE else Truth.FALSE


def _count(truth: Truth, counted: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Count along a list, no further than it matters: how many are enough, are true, are open, and if any is false."""
    enough, true, unknown, false = counted
    return (
        enough,
        min(true + (truth is Truth.TRUE), enough),
        min(unknown + (truth is Truth.UNKNOWN), enough),
        false or int(truth is Truth.FALSE),
    )


def _counted(_: Truth, counted: tuple[int, int, int, int]) -> Truth:
    enough, true, unknown, false = counted
    results = [Truth.TRUE] * true + [Truth.UNKNOWN] * unknown + [Truth.FALSE] * false
    return combine(AtLeast(enough, (_NOTHING,)), results)


def _count_all(truth: Truth, counted: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Count along a list to its end: how many per cent are enough, how many are true, are open and are false."""
    percent, true, unknown, false = counted
    return (
        percent,
        true + (truth is Truth.TRUE),
        unknown + (truth is Truth.UNKNOWN),
        false + (truth is Truth.FALSE),
    )


def _counted_share(_: Truth, counted: tuple[int, int, int, int]) -> Truth:
    percent, true, unknown, false = counted
    results = [Truth.TRUE] * true + [Truth.UNKNOWN] * unknown + [Truth.FALSE] * false
    return combine(AtLeastPercent(percent, (_NOTHING,)), results)
