"""Whether two rules mean the same, and which answers decide otherwise (by binary decision diagrams)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from attrs import frozen

from ctm_rules.engines.base import plan_question
from ctm_rules.engines.decision_diagrams import Diagram, Diagrams, TooTangledError, values_to_try
from ctm_rules.model.cases import Answer
from ctm_rules.model.conditions import Condition, FactValue, PromptIsYes, facts_in
from ctm_rules.model.framework import (
    Framework,
    KeyQuestion,
)
from ctm_rules.model.outcomes import OUTCOME_OF, Truth
from ctm_rules.model.rules_in_words import say_value
from ctm_rules.phrases import one_or_many, say_list, say_name

# --- Meaning -------------------------------------------------------------------------------------


class RuleMeaning:
    """Compares rules and conditions of two frameworks over every complete case that both can record."""

    def __init__(self, old: Framework, new: Framework) -> None:
        self._old, self._new = old, new
        self._values = _values_of_both(old, new)

    def same_cases(self, old: Condition | None, new: Condition | None) -> bool:
        """Return whether two conditions on facts hold for the same cases (``None`` holds for all)."""
        if not self._is_comparable((*facts_in(old), *facts_in(new))):
            return False
        ours = Diagrams(self._old, self._values)
        theirs = ours.beside(self._new, ())
        try:
            return _of_condition(ours, old) == _of_condition(theirs, new)
        except TooTangledError:
            return False

    def question(self, path: str) -> tuple[str, ...] | None:
        """Return in words how the outcomes of a key question differ: nothing where they are the same.

        The last sentence is an example. ``None`` where the outcomes cannot be compared.
        """
        plans = plan_question(self._old, path), plan_question(self._new, path)
        if not self._is_comparable([fact for plan in plans for fact in plan.fact_ids]):
            return None
        old, new = (plan.question for plan in plans)
        ours = Diagrams(self._old, self._values, old.prompts, with_na=True)
        theirs = ours.beside(self._new, new.prompts)
        try:
            outcomes = _Outcomes(ours, ours.outcome(old), theirs, theirs.outcome(new), old, new)
            return () if outcomes.before == outcomes.after else outcomes.difference(self._new)
        except TooTangledError:
            return None

    def _is_comparable(self, facts: Iterable[str]) -> bool:
        return all(fact in self._values for fact in facts)


def _of_condition(diagrams: Diagrams, condition: Condition | None) -> Diagram:
    return diagrams.everywhere() if condition is None else diagrams.clause(condition)


def _values_of_both(old: Framework, new: Framework) -> dict[str, tuple[FactValue, ...]]:
    """Return values to try for each fact, without the facts that have nothing in common on the two sides."""
    ours, theirs = values_to_try(old), values_to_try(new)
    values = {**theirs, **ours}
    for fact in ours.keys() & theirs.keys():
        if old.facts_by_id[fact].type != new.facts_by_id[fact].type:
            common: tuple[FactValue, ...] = ()
        elif old.facts_by_id[fact].type == "choice":
            common = tuple(value for value in ours[fact] if value in theirs[fact])
        else:
            common = tuple(dict.fromkeys([*ours[fact], *theirs[fact]]))
        values[fact] = common
    return {fact: tried for fact, tried in values.items() if tried}


_Standing = Literal["absent", "idle", "counts", "required"]

_STANDING: Mapping[tuple[_Standing, _Standing], str] = {
    ("absent", "counts"): "{names} {is_are} new and {counts} towards yes",
    ("absent", "required"): "{names} {is_are} new and required for yes",
    ("counts", "absent"): "{names} {is_are} gone",
    ("required", "absent"): "{names}, required for yes before, {is_are} gone",
    ("idle", "counts"): "{names} now {counts} towards yes",
    ("idle", "required"): "{names} {is_are} now required for yes",
    ("counts", "idle"): "{names} no longer {counts}",
    ("counts", "required"): "{names} {is_are} now required for yes",
    ("required", "idle"): "{names} no longer {counts} ({was_were} required for yes)",
    ("required", "counts"): "{names} {is_are} no longer required for yes",
}


@frozen(eq=False)
class _Outcomes:
    """The outcomes of one key question on both sides, for every complete case."""

    ours: Diagrams
    before: Diagram
    theirs: Diagrams
    after: Diagram
    old: KeyQuestion
    new: KeyQuestion

    def difference(self, framework: Framework) -> tuple[str, ...]:
        moves = self._moves()
        return (*self._standings(), _movement(moves), self._example(moves, framework))

    def _moves(self) -> dict[tuple[Truth, Truth], Diagram]:
        """Return how cases can move, from outcome to outcome, each with the diagram that an example comes from."""
        diagrams, before, after = self.ours, self.before, self.after
        was_yes, was_no = diagrams.where(before, after), diagrams.where(diagrams.opposite(before), after)
        is_yes, is_no = diagrams.where(after, before), diagrams.where(diagrams.opposite(after), before)
        possible = {
            (Truth.FALSE, Truth.TRUE): (was_no, Truth.TRUE),
            (Truth.TRUE, Truth.FALSE): (was_yes, Truth.FALSE),
            (Truth.DROPPED, Truth.TRUE): (is_yes, Truth.DROPPED),
            (Truth.DROPPED, Truth.FALSE): (is_no, Truth.DROPPED),
            (Truth.TRUE, Truth.DROPPED): (was_yes, Truth.DROPPED),
            (Truth.FALSE, Truth.DROPPED): (was_no, Truth.DROPPED),
        }
        return {move: diagram for move, (diagram, truth) in possible.items() if truth in diagrams.results(diagram)}

    def _standings(self) -> Iterator[str]:
        """Yield in words which prompts count towards yes, or are required for it, on one side only."""
        moved: dict[tuple[_Standing, _Standing], list[str]] = {}
        for prompt in dict.fromkeys(prompt.id for prompt in (*self.old.prompts, *self.new.prompts)):
            before = _standing(self.ours, self.before, self.old, prompt)
            after = _standing(self.theirs, self.after, self.new, prompt)
            moved.setdefault((before, after), []).append(say_name(prompt))
        for standing, words in _STANDING.items():
            if names := moved.get(standing):
                yield words.format(
                    names=say_list(names),
                    is_are=one_or_many(len(names), "is", "are"),
                    was_were=one_or_many(len(names), "was", "were"),
                    counts=one_or_many(len(names), "counts", "count"),
                )

    def _example(self, moves: Mapping[tuple[Truth, Truth], Diagram], framework: Framework) -> str:
        """Return in words a case that makes the first of the moves."""
        (before, after), diagram = next(iter(moves.items()))
        # The diagram of a move holds what the case became (or, for what was not applicable, what it was).
        facts, answers = self.ours.example(diagram, before if before is Truth.DROPPED else after)
        known = [
            f"“{framework.facts_by_id[fact].title}” is {say_value(framework.facts_by_id[fact], value)}"
            for fact, value in facts.items()
            if fact in framework.facts_by_id
        ]
        given = [f"{say_name(prompt)} is {_ANSWERS[answer]}" for prompt, answer in answers.items()]
        case = say_list([*known, *given]) or "nothing is known"
        return f"an example: where {case}, the outcome was {_outcome(before)} and is now {_outcome(after)}"


def _standing(diagrams: Diagrams, outcome: Diagram, question: KeyQuestion, prompt: str) -> _Standing:
    if prompt not in {declared.id for declared in question.prompts}:
        return "absent"
    if prompt not in diagrams.prompts_that_matter(outcome):
        return "idle"
    answered_no = diagrams.opposite(diagrams.clause(PromptIsYes(prompt)))
    return "counts" if Truth.TRUE in diagrams.results(diagrams.where(answered_no, outcome)) else "required"


_ANSWERS: Mapping[Answer, str] = {Answer.YES: "yes", Answer.NO: "no", Answer.NA: "not applicable"}


def _outcome(truth: Truth) -> str:
    return OUTCOME_OF[truth].value.replace("_", " ")


def _movement(moves: Iterable[tuple[Truth, Truth]]) -> str:
    """Return in words which way cases move; a prompt can always be not applicable, so that is said apart."""
    moves = set(moves)
    easier, harder = (Truth.FALSE, Truth.TRUE) in moves, (Truth.TRUE, Truth.FALSE) in moves
    sentences = []
    if easier and harder:
        sentences.append("some cases move from no to yes and others from yes to no")
    elif easier:
        sentences.append("it is easier to meet: no case moves from yes to no")
    elif harder:
        sentences.append("it is harder to meet: no case moves from no to yes")
    if any(before is Truth.DROPPED for before, _ in moves):
        sentences.append("some cases are answered that were not applicable")
    if any(after is Truth.DROPPED for _, after in moves):
        sentences.append("some cases become not applicable")
    return "; ".join(sentences)
