"""Decision diagrams (BDD): every result that a rule can have over every case there could be, without trying them.

A decision diagram asks for one fact or prompt after the other and ends in a result. Diagrams are reduced and shared,
so that two rules have the same diagram exactly when they give the same result for every complete case (one in which
no fact and no answer is missing; a missing one never leads to a result that no complete case has).
"""

from __future__ import annotations

import copy
import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any as Anything
from typing import NewType, assert_never

from ctm_rules.engines.clauses import combine, facts_meet
from ctm_rules.limits import MAX_DIAGRAM_STEPS, MAX_DIAGRAM_VARIABLES
from ctm_rules.model.cases import Answer
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    FactTest,
    FactValue,
    Not,
    PromptIsYes,
    prompts_in,
    walk,
)
from ctm_rules.model.framework import Fact, Framework, KeyQuestion, Prompt
from ctm_rules.model.framework_conditions import conditions_of
from ctm_rules.model.outcomes import Truth

Diagram = NewType("Diagram", int)
"""A rule's results for all cases. Equal diagrams of one :class:`Diagrams` are equal for every case."""

_ANSWERS = {Answer.YES: Truth.TRUE, Answer.NO: Truth.FALSE, Answer.NA: Truth.DROPPED}
_LAST = 1_000_000_000
"""The place of a result: after every fact and prompt."""

Operation = Callable[[Anything, Anything], Hashable]
"""What becomes of two results; which kinds of result meet is known where it is used.

Each is a function of this module: what has been combined is remembered by it.
"""


class TooTangledError(Exception):
    """The rules look at the same facts and prompts in so many ways that deciding them would take too long."""


def values_to_try(framework: Framework) -> dict[str, tuple[FactValue, ...]]:
    """Return values of every fact such that each other value is treated like one of them by every condition."""
    compared: defaultdict[str, set[FactValue]] = defaultdict(set)
    for _, condition in conditions_of(framework):
        for node in walk(condition):
            if isinstance(node, FactTest):
                compared[node.fact].update(node.values)
    return {fact.id: _values_to_try(fact, compared[fact.id]) for fact in framework.facts}


def _values_to_try(fact: Fact, compared: set[FactValue]) -> tuple[FactValue, ...]:
    if fact.type == "yes_no":
        return (True, False)
    if fact.type == "choice":
        return tuple(fact.values)
    if fact.type == "whole_number":
        numbers = {value for value in compared if isinstance(value, int)} or {0}
        return tuple(sorted({number + step for number in numbers for step in (-1, 0, 1)}))
    days = {value.toordinal() for value in compared if isinstance(value, datetime.date)} or {1}
    around = {day + step for day in days for step in (-1, 0, 1)}
    return tuple(datetime.date.fromordinal(day) for day in sorted(around) if 1 <= day <= datetime.date.max.toordinal())


class Diagrams:
    """Makes diagrams over the facts of a framework and the prompts of one key question.

    Args:
        framework: its facts and their values.
        values: what :func:`values_to_try` returns for it.
        prompts: those that rules may look at, with their ``applies_when``.
        with_na: whether a prompt may be answered ``na``. Without, a prompt drops out only by its ``applies_when``.
    """

    def __init__(
        self,
        framework: Framework,
        values: Mapping[str, tuple[FactValue, ...]],
        prompts: Sequence[Prompt] = (),
        *,
        with_na: bool = False,
    ) -> None:
        self._framework = framework
        self._values = values
        self._prompts = {prompt.id: prompt for prompt in prompts}
        self._answers = tuple(_ANSWERS) if with_na else (Answer.YES, Answer.NO)
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
        return self._combine(_asked, self._fold(_any, read), self.clause(condition))

    def clause(self, condition: Condition) -> Diagram:
        """Return the diagram of a clause.

        Raises:
            TooTangledError: it cannot be decided within the limits.
        """
        made = self._made.get(condition)
        if made is None:
            made = self._made[condition] = self._clause(condition)
        return made

    def outcome(self, question: KeyQuestion) -> Diagram:
        """Return the diagram of a key question: the rule for the case's variant, dropped where it is not asked."""
        general = self.rule(question.yes_when)
        decided = general
        for variant in reversed(self._framework.variants if question.variants else ()):
            own = question.variants.get(variant.id)
            rule = self.rule(own.yes_when) if own is not None else general
            decided = self._choose(self.clause(variant.when), rule, decided)
        if question.applies_when is None:
            return decided
        return self._choose(self.clause(question.applies_when), decided, self._result(Truth.DROPPED))

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
        found = (self._nodes[node][2] for node in self._below(diagram))
        return frozenset(result for result in found if isinstance(result, Truth))

    def prompts_that_matter(self, diagram: Diagram) -> frozenset[str]:
        """Return the prompts whose answer makes a difference to the result of some case."""
        names = {place: name for (kind, name), place in self._places.items() if kind == "prompt"}
        places = {self._nodes[node][0] for node in self._below(diagram)}
        return frozenset(names[place] for place in places if place in names)

    def example(self, diagram: Diagram, result: Truth) -> tuple[dict[str, FactValue], dict[str, Answer]]:
        """Return facts and answers, by id, that are enough for this result; there must be a case that has it."""
        names = {place: key for key, place in self._places.items()}
        facts: dict[str, FactValue] = {}
        answers: dict[str, Answer] = {}
        place, below, _ = self._nodes[diagram]
        while below:
            kind, name = names[place]
            index = next(index for index, node in enumerate(below) if result in self.results(node))
            if kind == "fact":
                facts[name] = self._values[name][index]
            else:
                answers[name] = self._answers[index]
            place, below, _ = self._nodes[below[index]]
        return facts, answers

    # --- how a diagram is made -----------------------------------------------------------------------

    def _below(self, diagram: Diagram) -> set[Diagram]:
        """Return a diagram and every diagram below it."""
        seen = {diagram}
        waiting = [diagram]
        while waiting:
            below = set(self._nodes[waiting.pop()][1]) - seen
            waiting.extend(below)
            seen.update(below)
        return seen

    def _choose(self, context: Diagram, one: Diagram, other: Diagram) -> Diagram:
        """Return the diagram that is ``one`` where ``context`` is true, and ``other`` elsewhere."""
        return self._combine(_or_else, self.where(context, one), other)

    def _clause(self, condition: Condition) -> Diagram:
        match condition:
            case FactTest(fact):
                truths = (facts_meet(condition, {fact: value}, self._framework) for value in self._values[fact])
                return self._node("fact", fact, [self._result(truth) for truth in truths])
            case PromptIsYes(prompt):
                return self._prompt(self._prompts[prompt])
            case Not(clause):
                return self.opposite(self.clause(clause))
            case AllOf(of):
                return self._fold(_all, [self.clause(clause) for clause in of])
            case AnyOf(of):
                return self._fold(_any, [self.clause(clause) for clause in of])
            case AtLeast(count, of):
                below = [self.clause(clause) for clause in of]
                counted = self._fold(_count, [*below, self._result((count, 0, 0))])
                return self._combine(_counted, self.everywhere(), counted)
            case never:
                assert_never(never)

    def _prompt(self, prompt: Prompt) -> Diagram:
        applies = self.everywhere() if prompt.applies_when is None else self.clause(prompt.applies_when)
        answer = self._node("prompt", prompt.id, [self._result(_ANSWERS[answer]) for answer in self._answers])
        return self._choose(applies, answer, self._result(Truth.DROPPED))

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


def _asked(answered: Truth, rule: Truth) -> Truth:
    return Truth.DROPPED if answered is Truth.DROPPED else rule


def _where(holds: Truth, truth: Truth) -> Truth | None:
    return truth if holds is Truth.TRUE else None


def _or_else(first: Truth | None, second: Truth) -> Truth:
    return second if first is None else first


def _count(truth: Truth, counted: tuple[int, int, int]) -> tuple[int, int, int]:
    """Count along a list, no further than it matters: how many are enough, are true, and whether any is false."""
    enough, true, false = counted
    return enough, min(true + (truth is Truth.TRUE), enough), false or int(truth is Truth.FALSE)


def _counted(_: Truth, counted: tuple[int, int, int]) -> Truth:
    enough, true, false = counted
    return combine(AtLeast(enough, (_NOTHING,)), [Truth.TRUE] * true + [Truth.FALSE] * false)
