"""Which cases are undetermined, what is missing in them, and whether it could change anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from ctm_rules.engines.base import QuestionPlan, plan_question
from ctm_rules.engines.clauses import walk_facts
from ctm_rules.engines.decision_diagrams import values_to_try
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.limits import MAX_WAYS_TO_FILL_IN
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactTest, FactValue, PromptIsYes
from ctm_rules.model.framework import Framework
from ctm_rules.model.outcomes import CaseOutcome, ClauseResult, Outcome, QuestionOutcome, Truth
from ctm_rules.phrases import say_list

if TYPE_CHECKING:
    from ctm_rules.inspections.result_dicts import UndeterminedDict


@frozen
class UndeterminedOutcome:
    """A case that is undetermined for a key question, and what is missing.

    Attributes:
        case: the case's id.
        key_question: the question's address.
        facts: ids of the facts that are not known and could decide.
        answers: addresses of the prompts that are not answered and could decide.
        either_way: the outcome that every way of filling in what is missing would give; ``None`` where that differs, or
            where there are too many ways to try.
        settled_by: where there is one, the facts each of which alone would settle it, whatever it turns out to be.
    """

    case: str
    key_question: str
    facts: tuple[str, ...]
    answers: tuple[str, ...]
    either_way: Outcome | None = None
    settled_by: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """What is missing and what it would do, as the end of a sentence."""
        facts = f"{say_list(self.facts)} not known" if self.facts else ""
        answers = f"{say_list(self.answers)} not answered" if self.answers else ""
        missing = "; ".join(filter(None, (facts, answers)))
        if self.either_way is None:
            return missing
        outcome = self.either_way.value.replace("_", " ")
        settled = f"; {say_list(self.settled_by, 'or')} settles it" if self.settled_by else ""
        return f"{missing}; whatever is filled in, the outcome is {outcome}{settled}"

    def __str__(self) -> str:
        return f"case {self.case}, {self.key_question}: {self.reason}"

    def to_dict(self) -> UndeterminedDict:
        """Return the parts as plain data."""
        return {
            "case": self.case,
            "key_question": self.key_question,
            "facts": list(self.facts),
            "answers": list(self.answers),
            "either_way": self.either_way.value if self.either_way else None,
            "settled_by": list(self.settled_by),
        }


def find_undetermined(
    framework: Framework, cases: Sequence[Case], outcomes: Sequence[CaseOutcome]
) -> Iterator[UndeterminedOutcome]:
    """Yield every undetermined outcome of some cases with what is missing, in the order of the cases."""
    finder: _Finder | None = None
    for case, decided in zip(cases, outcomes, strict=True):
        for path, outcome in decided.questions.items():
            if outcome.outcome is Outcome.UNDETERMINED:
                finder = finder or _Finder(framework)
                yield evolve(finder.found(case, path), case=case.id)


class _Finder:
    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self._engine = ReferenceEngine(framework)
        self._values = values_to_try(framework)
        self._plans: dict[str, QuestionPlan] = {}
        self._known: dict[tuple[object, ...], UndeterminedOutcome] = {}

    def found(self, case: Case, path: str) -> UndeterminedOutcome:
        """Return what is missing in a case; cases that look alike to a question are looked at once."""
        plan = self._plans.get(path) or self._plans.setdefault(path, plan_question(self._framework, path))
        answers = {prompt: case.answers[prompt] for prompt in plan.prompt_paths if prompt in case.answers}
        facts = {fact: case.facts[fact] for fact in plan.fact_ids if fact in case.facts}
        pattern = (path, case.sample, *answers.items(), *facts.items())
        if pattern not in self._known:
            self._known[pattern] = self._look(plan, Case(case.id, facts, answers, sample=case.sample))
        return self._known[pattern]

    def _look(self, plan: QuestionPlan, case: Case) -> UndeterminedOutcome:
        missing = tuple(dict.fromkeys(self._missing(plan, case, self._decide(plan, case))))
        facts = tuple(name for name in missing if name in self._framework.facts_by_id)
        answers = tuple(name for name in missing if name not in self._framework.facts_by_id)
        either_way = self._either_way(plan, case)
        settling = (fact for fact in facts if either_way is not None and self._settles(plan, case, fact))
        return UndeterminedOutcome(case.id, plan.path, facts, answers, either_way, tuple(settling))

    def _decide(self, plan: QuestionPlan, case: Case) -> QuestionOutcome:
        return self._engine.decide(plan, case)

    # --- what is missing -----------------------------------------------------------------------------

    def _missing(self, plan: QuestionPlan, case: Case, outcome: QuestionOutcome) -> Iterator[str]:
        """Yield facts by their ids and prompts by their addresses."""
        if outcome.drawn is not None:
            yield from self._unknown(outcome.drawn, plan, case)
        if outcome.applies is not None:
            yield from self._unknown(outcome.applies, plan, case)
        if outcome.prompts:
            for prompt in outcome.prompts:
                if prompt.truth is not Truth.UNKNOWN:
                    continue
                if prompt.applies is not None:
                    yield from self._unknown(prompt.applies, plan, case)
                if prompt.answer is None:
                    yield f"{plan.path}.{prompt.prompt.id}"
        elif outcome.rule is None:  # it is not known which rule is used
            for variant in self._framework.variants:
                yield from self._unknown(walk_facts(variant.when, case.facts, self._framework), plan, case)
        elif outcome.rule.truth is Truth.UNKNOWN:
            yield from self._unknown(outcome.rule, plan, case)
        elif outcome.applies is None or outcome.applies.truth is Truth.TRUE:
            # Facts alone meet the rule, or fail it, and no prompt has been answered.
            for clause in _leaves(outcome.rule):
                yield from self._unknown(clause, plan, case)

    def _unknown(self, result: ClauseResult, plan: QuestionPlan, case: Case) -> Iterator[str]:
        """Yield what is missing below a clause, where it could still turn it."""
        if result.truth is not Truth.UNKNOWN:
            return
        match result.clause:
            case FactTest(fact):
                yield fact
            case PromptIsYes(prompt):
                address = f"{plan.path}.{prompt}"
                if result.applies is not None:
                    yield from self._unknown(result.applies, plan, case)
                if address not in case.answers:
                    yield address
            case _:
                for below in result.children:
                    yield from self._unknown(below, plan, case)

    # --- what filling it in would give ---------------------------------------------------------------

    def _either_way(self, plan: QuestionPlan, case: Case) -> Outcome | None:
        facts = {fact: self._values[fact] for fact in plan.fact_ids if fact not in case.facts}
        answers = {
            path: tuple(answers_to(self._framework, path).values())
            for path in plan.prompt_paths
            if path not in case.answers
        }
        if prod(map(len, (*facts.values(), *answers.values()))) > MAX_WAYS_TO_FILL_IN:
            return None
        outcomes = (self._decide(plan, filled).outcome for filled in _filled(case, facts, answers))
        first = next(outcomes)
        return first if all(outcome is first for outcome in outcomes) else None

    def _settles(self, plan: QuestionPlan, case: Case, fact: str) -> bool:
        filled = _filled(case, {fact: self._values[fact]}, {})
        return all(self._decide(plan, each).outcome is not Outcome.UNDETERMINED for each in filled)


def _leaves(result: ClauseResult) -> Iterator[ClauseResult]:
    if not result.children:
        yield result
    for below in result.children:
        yield from _leaves(below)


def _filled(
    case: Case, facts: Mapping[str, Sequence[FactValue]], answers: Mapping[str, Sequence[AnyAnswer]]
) -> Iterator[Case]:
    """Yield a case with every combination of values for what is missing."""
    for known in product(*facts.values()):
        of_facts = {**case.facts, **dict(zip(facts, known, strict=True))}
        for answered in product(*answers.values()):
            yield evolve(case, facts=of_facts, answers={**case.answers, **dict(zip(answers, answered, strict=True))})
