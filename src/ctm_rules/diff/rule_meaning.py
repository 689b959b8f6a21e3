"""Whether two rules mean the same, and which answers decide otherwise (by binary decision diagrams)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Literal

from attrs import frozen

from ctm_rules.engines.base import QuestionPlan, hangs_on, plan_question
from ctm_rules.engines.decision_diagrams import Diagram, Diagrams, TooTangledError, values_to_try
from ctm_rules.model.answers import Answer
from ctm_rules.model.conditions import Condition, FactValue, PromptIsYes, facts_in
from ctm_rules.model.fact_values import is_fact_value
from ctm_rules.model.framework import (
    Framework,
    KeyQuestion,
)
from ctm_rules.model.outcomes import OUTCOME_OF, Outcome, Truth
from ctm_rules.model.remembered import ByMeaning, known_by
from ctm_rules.model.rules_in_words import say_value
from ctm_rules.phrases import one_or_many, say_list, say_name

# --- Meaning -------------------------------------------------------------------------------------


Sameness = Literal["same", "same where all is known", "different"]
"""How far two rules or conditions agree: for every case, for every complete one, or not even for those."""


@frozen
class Difference:
    """How the outcomes of a key question differ between two frameworks.

    Attributes:
        says: sentences.
        example: a case that comes out otherwise, in words.
        prompts: the ids of the prompts that make a difference to an outcome on either side.
    """

    says: tuple[str, ...]
    example: str
    prompts: frozenset[str]


class RuleMeaning:
    """Compares rules and conditions of two frameworks over every case that both can record.

    What is missing in a case counts as well: a rule in other words can leave open what the old one decided, and a case
    that is undetermined can cost a standard its rating.
    """

    def __init__(self, old: Framework, new: Framework) -> None:
        self._old, self._new = old, new
        self._values = _values_of_both(old, new)
        self._known: dict[str, Difference | Literal["same", "not comparable"]] = {}

    def conditions(self, old: Condition | None, new: Condition | None, *, only_true: bool = False) -> Sameness:
        """Return how far two conditions on facts hold for the same cases (``None`` holds for all).

        Where ``only_true`` is, it makes no difference whether a condition fails or cannot be told.
        """
        if not self._is_comparable((*facts_in(old), *facts_in(new))):
            return "different"
        try:
            if self._is_same_condition(old, new, only_true=only_true, with_missing=True):
                return "same"
            is_same = self._is_same_condition(old, new, only_true=only_true, with_missing=False)
        except TooTangledError:
            return "different"
        return "same where all is known" if is_same else "different"

    def _is_same_condition(
        self, old: Condition | None, new: Condition | None, *, only_true: bool, with_missing: bool
    ) -> bool:
        ours = Diagrams(self._old, self._values, with_missing=with_missing)
        theirs = ours.beside(self._new, ())
        before, after = _of_condition(ours, old), _of_condition(theirs, new)
        return ours.only_true(before) == theirs.only_true(after) if only_true else before == after

    def question(self, path: str) -> Difference | Literal["same", "not comparable"]:
        """Return how the outcomes of a key question differ that both frameworks have."""
        if path not in self._known:
            sides = hangs_on(self._old, path), hangs_on(self._new, path)
            facts = sorted({fact.id for side in sides for fact in side.facts})
            # What is tried of a fact hangs on every rule that looks at it; the new ones say what it is called.
            tried = tuple((name, self._values.get(name), ByMeaning(self._new.every_fact.get(name))) for name in facts)
            parts = *(side.parts for side in sides), tried
            self._known[path] = known_by(RuleMeaning, parts, partial(self._question, path))
        return self._known[path]

    def _question(self, path: str) -> Difference | Literal["same", "not comparable"]:
        plans = plan_question(self._old, path), plan_question(self._new, path)
        if _all_it_reads(self._old, plans[0]) == _all_it_reads(self._new, plans[1]):
            return "same"
        if not self._is_comparable([fact for plan in plans for fact in plan.fact_ids]):
            return "not comparable"
        old, new = (plan.question for plan in plans)
        if old.points is not None or new.points is not None:
            return "not comparable"  # what differs in points is said by itself
        try:
            for with_missing in (False, True):
                ours = Diagrams(self._old, self._values, old.prompts, with_na=True, with_missing=with_missing)
                theirs = ours.beside(self._new, new.prompts)
                before, after = ours.outcome(old, plans[0].sample), theirs.outcome(new, plans[1].sample)
                outcomes = _Outcomes(ours, before, theirs, after, old, new)
                if outcomes.before != outcomes.after:
                    return outcomes.difference(self._new)
        except TooTangledError:
            return "not comparable"
        return "same"

    def _is_comparable(self, facts: Iterable[str]) -> bool:
        return all(fact in self._values for fact in facts)


def _all_it_reads(framework: Framework, plan: QuestionPlan) -> tuple[object, ...]:
    """Return everything that the outcome of a key question hangs on; where it is equal, so are all outcomes."""
    question = plan.question
    read = {prompt.id: prompt.applies_when for prompt in question.prompts if prompt.id in question.prompts_read}
    variants = [(variant.id, variant.when) for variant in framework.variants] if question.variants else []
    facts = [(fact.id, fact.type, fact.ordered, tuple(fact.values)) for fact in framework.facts]
    drawn = None if plan.sample is None else plan.sample.when
    scored = [(prompt.id, prompt.weight, framework.scores_of(prompt)) for prompt in question.prompts]
    return (
        drawn,
        question.points,
        scored if question.points is not None else None,
        question.rules,
        question.applies_when,
        read,
        variants,
        [fact for fact in facts if fact[0] in plan.fact_ids],
    )


def _of_condition(diagrams: Diagrams, condition: Condition | None) -> Diagram:
    return diagrams.everywhere() if condition is None else diagrams.clause(condition)


def _values_of_both(old: Framework, new: Framework) -> dict[str, tuple[FactValue, ...]]:
    """Return values to try for each fact, without the facts that have nothing in common on the two sides."""
    ours, theirs = values_to_try(old), values_to_try(new)
    values = {**theirs, **ours}
    for fact in ours.keys() & theirs.keys():
        if old.every_fact[fact].type != new.every_fact[fact].type:
            common: tuple[FactValue, ...] = ()
        elif old.every_fact[fact].type == "choice":
            common = tuple(value for value in ours[fact] if value in theirs[fact])
        else:
            sides = (old.every_fact[fact], new.every_fact[fact])
            both = dict.fromkeys([*ours[fact], *theirs[fact]])
            common = tuple(value for value in both if all(is_fact_value(side, value) for side in sides))
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
    """The outcomes of one key question on both sides, for every case that is looked at."""

    ours: Diagrams
    before: Diagram
    theirs: Diagrams
    after: Diagram
    old: KeyQuestion
    new: KeyQuestion

    def difference(self, framework: Framework) -> Difference:
        moves = self.ours.moves(self.before, self.after)
        prompts = self.ours.prompts_that_matter(self.before) | self.theirs.prompts_that_matter(self.after)
        if any(Truth.UNKNOWN in move for move in moves):
            says: tuple[str, ...] = (
                "it decides the same where all is known, and differently where something is missing",
            )
        else:
            says = (*self._standings(), _movement(moves))
        return Difference(says, self._example(moves, framework), prompts)

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

    def _example(self, moves: Mapping[tuple[Truth | None, Truth | None], Diagram], framework: Framework) -> str:
        """Return in words a case that makes the first of the moves."""
        (before, after), diagram = next(iter(moves.items()))
        example = self.ours.example(diagram, Truth.TRUE)
        titles = {name: f"“{fact.title}”" for name, fact in framework.every_fact.items()}
        known = [
            f"{titles[fact]} is {say_value(framework.every_fact[fact], value)}"
            for fact, value in example.facts.items()
            if fact in titles
        ]
        known += [f"{titles[fact]} is not known" for fact in example.missing_facts if fact in titles]
        given = [f"{say_name(prompt)} is {_ANSWERS[answer]}" for prompt, answer in example.answers.items()]
        given += [f"{say_name(prompt)} is not answered" for prompt in example.missing_answers]
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


def _outcome(truth: Truth | None) -> str:
    outcome = Outcome.NOT_ASKED if truth is None else OUTCOME_OF[truth]
    return outcome.value.replace("_", " ")


def _movement(moves: Iterable[tuple[Truth | None, Truth | None]]) -> str:
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
    if any(before is Truth.DROPPED and after is not None for before, after in moves):
        sentences.append("some cases are answered that were not applicable")
    if any(after is Truth.DROPPED and before is not None for before, after in moves):
        sentences.append("some cases become not applicable")
    if any(before is None for before, _ in moves):
        sentences.append("it is asked of cases that it was not asked of")
    if any(after is None for _, after in moves):
        sentences.append("it is no longer asked of some cases")
    return "; ".join(sentences)
