"""What each clause of a condition is worth for one case, in three-valued logic (Kleene), every clause kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import assert_never

from ctm_rules.engines.base import AnswerPattern, FactPattern
from ctm_rules.model.answers import Answer
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Compound,
    Condition,
    CountRated,
    FactTest,
    FactValue,
    Not,
    PromptIsYes,
    RatedAs,
    about_ratings,
    children,
    walk,
)
from ctm_rules.model.framework import Fact, Framework, Prompt
from ctm_rules.model.outcomes import ClauseResult, PromptPoints, Truth

_NEGATED = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}
_ANSWERED = {Answer.YES: Truth.TRUE, Answer.NO: Truth.FALSE, Answer.NA: Truth.DROPPED}


def combine(condition: Compound, results: Sequence[Truth]) -> Truth:
    """Return the result of a clause from the results of the clauses directly below it."""
    if isinstance(condition, Not):
        return _NEGATED.get(results[0], results[0])
    true, false, unknown = (results.count(truth) for truth in (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
    if not true + false + unknown:
        return Truth.DROPPED
    if isinstance(condition, AllOf):
        return Truth.FALSE if false else Truth.UNKNOWN if unknown else Truth.TRUE
    if isinstance(condition, AtLeastPercent):
        least = condition.percent * (true + false + unknown)
        return Truth.TRUE if 100 * true >= least else Truth.FALSE if 100 * (true + unknown) < least else Truth.UNKNOWN
    if isinstance(condition, AnyOf):
        needed = 1
    elif isinstance(condition, AtLeast):
        needed = condition.count
    else:
        assert_never(condition)
    if true >= needed or not (false or unknown):
        return Truth.TRUE
    return Truth.FALSE if false and true + unknown < needed else Truth.UNKNOWN


def facts_meet(condition: Condition, facts: FactPattern, framework: Framework) -> Truth:
    """Return whether a case's facts meet a condition that looks only at facts (a sub-group, an ``applies_when``)."""
    return walk_facts(condition, facts, framework).truth


def walk_facts(condition: Condition, facts: FactPattern, framework: Framework) -> ClauseResult:
    """Return the result of every clause of a condition that looks only at facts."""
    return ClauseWalker(framework, (), {}, facts).evaluate(condition)


class ClauseWalker:
    """One evaluation: the answers and facts of a case seen from one key question."""

    def __init__(
        self, framework: Framework, prompts: Iterable[Prompt], answers: AnswerPattern, facts: FactPattern
    ) -> None:
        self._framework = framework
        self._prompts = {prompt.id: prompt for prompt in prompts}
        self._answers = answers
        self._facts = facts

    def rules_possible(self, own: Collection[str]) -> tuple[str | None, ...]:
        """Return which rules of a question could be the one that decides: its variants' own, ``None`` the general one.

        There is one where facts are known to tell. ``own`` are the variants that the question has a rule of its own
        for.
        """
        if not own:
            return (None,)
        possible: list[str | None] = []
        for variant in self._framework.variants:
            truth = self.evaluate(variant.when).truth
            if truth is not Truth.FALSE:
                possible.append(variant.id if variant.id in own else None)
            if truth is Truth.TRUE:
                break
        else:
            possible.append(None)
        return tuple(dict.fromkeys(possible))

    def evaluate(self, condition: Condition) -> ClauseResult:
        """Return the result of a clause and of every clause below it."""
        if isinstance(condition, PromptIsYes):
            return self._prompt(condition)
        if isinstance(condition, FactTest):
            return ClauseResult(condition, self._fact(condition))
        if isinstance(condition, RatedAs | CountRated):
            raise about_ratings(condition)
        results = tuple(self.evaluate(clause) for clause in children(condition))
        return ClauseResult(condition, combine(condition, [result.truth for result in results]), None, results)

    def asked(self, condition: Condition, rule: ClauseResult) -> Truth:
        """Return the result at the root: facts alone never answer a question about prompts."""
        prompts = [self._prompt(node).truth for node in walk(condition) if isinstance(node, PromptIsYes)]
        if not prompts or Truth.TRUE in prompts or Truth.FALSE in prompts:
            return rule.truth
        return Truth.UNKNOWN if Truth.UNKNOWN in prompts else Truth.DROPPED

    def points(self, prompt: Prompt) -> PromptPoints:
        """Return what the answer to a prompt adds to the number of a key question that has points."""
        answer = self._answers.get(prompt.id)
        answered = Truth.UNKNOWN if answer is None else Truth.DROPPED if answer is Answer.NA else Truth.TRUE
        truth, applies = self._where_it_applies(prompt, answered)
        scores = self._framework.scores_of(prompt)
        score = scores[answer.value] if answer is not None and truth is Truth.TRUE else None
        return PromptPoints(prompt, truth, answer, score, self._framework.highest_of(prompt), applies)

    def _prompt(self, node: PromptIsYes) -> ClauseResult:
        answer = self._answers.get(node.prompt)
        answered = _ANSWERED[answer] if isinstance(answer, Answer) else Truth.UNKNOWN
        return ClauseResult(node, *self._where_it_applies(self._prompts[node.prompt], answered))

    def _where_it_applies(self, prompt: Prompt, answered: Truth) -> tuple[Truth, ClauseResult | None]:
        """Return what a prompt comes to where it was answered so, and the result of its ``applies_when``."""
        if prompt.applies_when is None:
            return answered, None
        applies = self.evaluate(prompt.applies_when)
        if applies.truth is Truth.FALSE or answered is Truth.DROPPED:
            return Truth.DROPPED, applies
        return (Truth.UNKNOWN if applies.truth is Truth.UNKNOWN else answered), applies

    def _fact(self, test: FactTest) -> Truth:
        value = self._facts.get(test.fact)
        if value is None:
            return Truth.UNKNOWN
        return Truth.TRUE if fact_passes(self._framework.every_fact[test.fact], test, value) else Truth.FALSE


def fact_passes(fact: Fact, test: FactTest, value: FactValue) -> bool:
    """Return whether the value of a fact passes a test of it."""
    if test.comparison in ("is", "one_of"):
        return value in test.values
    if test.comparison == "is_not":
        return value not in test.values
    ranks = list(fact.values)
    bound = test.values[0]
    # Values of an ordered choice compare by their place in the declaration, numbers and dates by themselves.
    left, right = (ranks.index(str(value)), ranks.index(str(bound))) if ranks else (value, bound)
    return left >= right if test.comparison == "at_least" else left <= right  # type: ignore[operator]
