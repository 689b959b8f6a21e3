"""The reference engine: walks the tree as declared and explains every clause. It is the oracle for the others."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

from attrs import evolve

from ctm_rules.engines.base import AnswerPattern, Drawn, FactPattern, PatternEngine, QuestionPlan
from ctm_rules.engines.clauses import ClauseWalker, walk_facts
from ctm_rules.engines.rating_clauses import holds
from ctm_rules.engines.standings import Standings
from ctm_rules.model.bands import Band
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import Condition
from ctm_rules.model.framework import KeyQuestion
from ctm_rules.model.outcomes import OUTCOME_OF, ClauseResult, Outcome, QuestionOutcome, Truth


class ReferenceEngine(PatternEngine):
    """Evaluates the decision tree node by node and keeps the result of every clause."""

    name = "reference"

    def _decide(self, plan: QuestionPlan, answers: AnswerPattern, facts: FactPattern) -> QuestionOutcome:
        walker = ClauseWalker(self.framework, plan.question.prompts, answers, facts)
        applies = None
        if plan.question.applies_when is not None:
            applies = walker.evaluate(plan.question.applies_when)
        if plan.question.points is not None:
            return self._points(plan.question, walker, applies)
        variant, *others = walker.rules_possible(plan.question.variants)
        rule = None
        truth = Truth.UNKNOWN
        if others:
            variant = None
        else:
            condition = plan.question.rule_for(variant)
            rule = walker.evaluate(condition)
            truth = walker.asked(condition, rule)
        if applies is not None and applies.truth is Truth.FALSE:
            truth = Truth.DROPPED
        elif applies is not None and applies.truth is Truth.UNKNOWN and truth is not Truth.DROPPED:
            truth = Truth.UNKNOWN
        outcome = OUTCOME_OF[truth]
        return QuestionOutcome(outcome, outcome, variant=variant, rule=rule, applies=applies)

    def _points(self, question: KeyQuestion, walker: ClauseWalker, applies: ClauseResult | None) -> QuestionOutcome:
        prompts = tuple(map(walker.points, question.prompts))
        truths = [prompt.truth for prompt in prompts]
        where = Truth.TRUE if applies is None else applies.truth
        if where is Truth.FALSE or all(truth is Truth.DROPPED for truth in truths):
            outcome = Outcome.NOT_APPLICABLE
        elif where is Truth.UNKNOWN or Truth.UNKNOWN in truths:
            outcome = Outcome.UNDETERMINED
        else:
            counted = [(each.prompt, each.score) for each in prompts if each.score is not None]
            points, reachable = self.scored(question, counted)
            scored = Outcome.SCORED
            return QuestionOutcome(scored, scored, applies=applies, points=points, reachable=reachable, prompts=prompts)
        return QuestionOutcome(outcome, outcome, applies=applies, prompts=prompts)

    def _draw(self, plan: QuestionPlan, facts: FactPattern) -> Drawn:
        assert plan.sample is not None
        result = walk_facts(plan.sample.when, facts, self.framework)
        return Drawn(plan.path, result.truth, result)

    def _where_drawn(self, drawn: Drawn, decided: QuestionOutcome | None) -> QuestionOutcome:
        if decided is None:
            return QuestionOutcome(Outcome.NOT_ASKED, Outcome.NOT_ASKED, drawn=drawn.clauses)
        if drawn.truth is Truth.TRUE:
            return evolve(decided, drawn=drawn.clauses)
        unknown = Outcome.UNDETERMINED
        return evolve(decided, outcome=unknown, rule_outcome=unknown, drawn=drawn.clauses, points=None, reachable=None)

    def walk(self, path: str, case: Case) -> QuestionOutcome:
        """Return what the rules give for one key question of a case, clause by clause; the case is not checked."""
        return self.decide(self._plan_of[path], case)

    @cached_property
    def _plan_of(self) -> dict[str, QuestionPlan]:
        return {plan.path: plan for plan, *_ in self._plans}

    def rating(self, bands: tuple[Band, ...], value: Fraction) -> str:
        return next(band.rating for band in bands if band.is_met_by(value))

    def holds(self, condition: Condition, standings: Standings) -> Truth:
        return holds(condition, standings, self.framework.provider_facts_by_id)
