"""Clauses that change nothing (redundancy): those that stand twice, and those without which all stays the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.engines.decision_diagrams import Diagram, Diagrams
from ctm_rules.meaning.rule_use import RuleUse
from ctm_rules.model.conditions import (
    AtLeast,
    Condition,
    FactTest,
    PromptIsYes,
    children,
    facts_in,
    walk,
    with_children,
)
from ctm_rules.model.framework import Framework
from ctm_rules.model.framework_conditions import conditions_of


def check_clauses(framework: Framework, findings: Findings) -> None:
    """Report counts that are higher than their lists are long, and values that stand twice in a comparison."""
    for _, condition in conditions_of(framework):
        for node in walk(condition):
            _check_clause(node, findings)


COUNT_TOO_HIGH = Code(
    "count-too-high",
    "error",
    what="at_least asks for more than its list holds.",
    why="Every clause would have to be yes, which is not what the number says.",
    bad="at_least: {count: 4, of: [plan, review, victims]}",
    good="at_least: {count: 2, of: [plan, review, victims]}",
)
REPEATED_CLAUSE = Code(
    "repeated-clause",
    "error",
    what="The same clause stands twice in one list, or the same value twice in one comparison.",
    why="In at_least it counts twice; elsewhere one of the two was most likely meant to be another.",
    bad="yes_when: {at_least: {count: 2, of: [plan, plan, victims]}}",
    good="yes_when: {at_least: {count: 2, of: [plan, review, victims]}}",
)


def _check_clause(node: Condition, findings: Findings) -> None:
    if isinstance(node, AtLeast) and node.count > len(node.of):
        message = f"at_least asks for {node.count} and its list holds {len(node.of)}"
        hint = f"write a count from 1 to {len(node.of)}, or complete the list"
        findings.add(COUNT_TOO_HIGH, node.at.of("at_least", "count"), message, hint=hint)
    elif isinstance(node, FactTest):
        for value, times in Counter(node.values).items():
            if times > 1:
                message = f'the value "{value}" stands {times} times in this comparison'
                findings.add(REPEATED_CLAUSE, node.at, message, hint="delete it, or name what was meant")


def check_effect(use: RuleUse, findings: Findings) -> None:
    """Report clauses that stand twice, and clauses without which every case has the same outcome."""
    _WithoutEffect(use, findings).look_below(())


REDUNDANT_CLAUSE = Code(
    "redundant-clause",
    "warning",
    what="A clause changes no outcome, because the rest of the rule already decides.",
    why="A reader takes it for a requirement, and it is none.",
    bad="yes_when: {all: [risk, {any: [risk, victims]}]}",
    good="yes_when: {all: [risk, victims]}",
)


class _WithoutEffect:
    """Takes clauses out of a rule, one after the other, as long as it decides the same without them."""

    def __init__(self, use: RuleUse, findings: Findings) -> None:
        self._use = use
        self._findings = findings
        self._left = use.root

    def look_below(self, path: tuple[int, ...]) -> None:
        """Look at the clauses below the one at a path, from the last."""
        clauses = children(_at(self._left, path))
        for index in reversed(range(len(clauses))):
            clause = clauses[index]
            if len(children(_at(self._left, path))) > 1:
                without = _without(self._left, (*path, index))
                if clause in clauses[:index]:
                    first = clauses[clauses.index(clause)].at
                    where = f" (first on line {first.line})" if first.line != clause.at.line else ""
                    message = f"this clause stands twice in its list{where}: {self._use.say(clause)}"
                    self._findings.add(REPEATED_CLAUSE, clause.at, message, hint="delete it, or name what was meant")
                    self._left = without
                    continue
                # Where nothing else looks at the same, nothing else can decide it.
                if self._is_shared(clause) and self._same(self._use.diagrams, self._use.context, without):
                    self._report_without_effect(clause, without)
                    self._left = without
                    continue
            self.look_below((*path, index))

    def _report_without_effect(self, clause: Condition, without: Condition) -> None:
        exact = self._use.diagrams_with_na()
        unless = "" if self._same(exact, self._use.where(exact), without) else ", unless a prompt is answered na"
        message = f"this clause changes nothing{unless}: {self._use.say(clause)}"
        hint = "the rest of the rule already decides: delete it, or correct the clause that was meant differently"
        self._findings.add(REDUNDANT_CLAUSE, clause.at, message, hint=hint)

    def _same(self, diagrams: Diagrams, context: Diagram, other: Condition) -> bool:
        """Whether another rule gives every case the same outcome as what is left of this one."""
        return diagrams.where(context, diagrams.rule(self._left)) == diagrams.where(context, diagrams.rule(other))

    def _is_shared(self, clause: Condition) -> bool:
        """Whether something that a clause looks at is also looked at elsewhere."""
        everywhere = self._looked_at(self._left)
        for condition in self._conditions_of_use():
            everywhere += self._looked_at(condition)
        here = self._looked_at(clause)
        return any(everywhere[name] > times for name, times in here.items())

    def _conditions_of_use(self) -> Iterator[Condition]:
        framework = self._use.framework
        if self._use.question is not None:
            samples = framework.samples_asked.items()
            yield from (s.when for path, s in samples if framework.key_questions[path] is self._use.question)
            if self._use.question.applies_when is not None:
                yield self._use.question.applies_when
            if self._use.question.variants:
                yield from (variant.when for variant in framework.variants)

    def _looked_at(self, condition: Condition) -> Counter[tuple[str, str]]:
        """Return the facts and prompts that a condition looks at, with how often it does."""
        looked_at: Counter[tuple[str, str]] = Counter()
        for node in walk(condition):
            if isinstance(node, FactTest):
                looked_at["fact", node.fact] += 1
            elif isinstance(node, PromptIsYes):
                looked_at["prompt", node.prompt] += 1
                looked_at.update(("fact", fact) for fact in facts_in(self._use.prompts[node.prompt].applies_when))
        return looked_at


def _at(condition: Condition, path: tuple[int, ...]) -> Condition:
    for index in path:
        condition = children(condition)[index]
    return condition


def _without(condition: Condition, path: tuple[int, ...]) -> Condition:
    """Return a condition without the clause at a path, which must not be the only one of its list."""
    index, *rest = path
    below = children(condition)
    changed = (_without(below[index], tuple(rest)),) if rest else ()
    return with_children(condition, (*below[:index], *changed, *below[index + 1 :]))
