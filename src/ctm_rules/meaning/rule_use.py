"""A rule or condition where it is used: what it can give over every case there could be (by decision diagrams)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ctm_rules.diagnostics.findings import Location
from ctm_rules.engines.base import hangs_on
from ctm_rules.engines.decision_diagrams import Diagram, Diagrams, values_to_try
from ctm_rules.model.conditions import Condition
from ctm_rules.model.framework import Framework, KeyQuestion, Prompt
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.rules_in_words import say
from ctm_rules.phrases import say_list

Context = Callable[[Diagrams], Diagram]
"""The cases for which a rule or condition is used, as a diagram that is true for them."""


class AllCases:
    """Every case that could be recorded for a framework, over which its rules are decided."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self._values = values_to_try(framework)

    def read_by(self, path: str) -> tuple[object, ...]:
        """Return all that what can be said of a key question over every case hangs on."""
        of_question = hangs_on(self.framework, path)
        return of_question.parts, tuple((fact.id, self._values[fact.id]) for fact in of_question.facts)

    def diagrams(self, prompts: Sequence[Prompt] = (), *, with_na: bool = False) -> Diagrams:
        """Return diagrams over the facts of the framework and some prompts."""
        return Diagrams(self.framework, self._values, prompts, with_na=with_na)


def _everywhere(diagrams: Diagrams) -> Diagram:
    return diagrams.everywhere()


class RuleUse:
    """One rule or condition, with the cases for which it is used.

    Args:
        cases: over which it is decided.
        root: the rule or condition.
        subject: how messages name it: ``the key question "assessment.safety"``.
        question: whose prompts it may look at.
        where: for which cases it is used.
        narrowed: the places that say so.
        never_apply: prompts that are known to apply to no case, so that nothing is said about them twice.
        only_never: look only for conditions that hold for no case.

    Attributes:
        prompts: those that it may look at, by id.
        diagrams: over these prompts, without answers of na.
        context: the cases for which it is used, as one of these diagrams.
    """

    def __init__(
        self,
        cases: AllCases,
        root: Condition,
        subject: str,
        question: KeyQuestion | None = None,
        where: Context = _everywhere,
        narrowed: Sequence[Location] = (),
        never_apply: frozenset[str] = frozenset(),
        *,
        only_never: bool = False,
    ) -> None:
        self.framework = cases.framework
        self.root = root
        self.subject = subject
        self.question = question
        self.where = where
        self.narrowed = narrowed
        self.never_apply = never_apply
        self.only_never = only_never
        self.prompts = {prompt.id: prompt for prompt in question.prompts} if question else {}
        self._cases = cases
        self.diagrams = cases.diagrams(tuple(self.prompts.values()))
        self.context = where(self.diagrams)

    def diagrams_with_na(self) -> Diagrams:
        """Return diagrams over the same prompts in which each of them may be answered na."""
        return self._cases.diagrams(tuple(self.prompts.values()), with_na=True)

    def results(self, condition: Condition, *, at_root: bool = False) -> frozenset[Truth]:
        """Return every result of a clause (or of a rule at its root) in the cases for which this is used."""
        diagrams = self.diagrams
        diagram = diagrams.rule(condition) if at_root else diagrams.clause(condition)
        return diagrams.results(diagrams.where(self.context, diagram))

    def say(self, condition: Condition) -> str:
        """Return a clause in words."""
        return say(condition, self.framework, self.question)


def say_lines(places: Sequence[Location], here: Location) -> str:
    """Return places as words for a hint; a file is named only where it is another one."""
    words = []
    for place in dict.fromkeys(places):
        if (place.file, place.line) == (here.file, here.line):
            words.append("what stands beside it")
        elif place.file != here.file:
            words.append(f"line {place.line} of {Path(place.file).name}")
        else:
            words.append(f"line {place.line}")
    return say_list(words)
