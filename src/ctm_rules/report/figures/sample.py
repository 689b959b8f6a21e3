"""The inspected cases seen question by question: what each was judged on everything asked, and its groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.engines.clauses import facts_meet
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.model.cases import Answer, Case
from ctm_rules.model.conditions import Condition, facts_in
from ctm_rules.model.framework import VARIANTS, Framework, Group, Measure, Prompt
from ctm_rules.model.outcomes import Outcome, Truth
from ctm_rules.rating.results import Counts

NO_GROUP = ""
"""The group of the cases whose facts put them in none of the declared groups."""


@frozen
class Breakdown:
    """One way to divide the sample.

    Attributes:
        id: the sub-group's id, or ``variants``.
        groups: ids of the declared groups in their order; ``NO_GROUP`` last where some case is in none.
        member: the group of each case, in the order of the cases.
        facts: the facts that decide.
    """

    id: str
    groups: tuple[str, ...]
    member: tuple[str, ...]
    facts: frozenset[str]

    @property
    def sizes(self) -> dict[str, int]:
        """How many cases each group has."""
        counted = Counter(self.member)
        return {group: counted[group] for group in self.groups}


@frozen
class Sample:
    """Every case's outcome on every key question, prompt and measure.

    Attributes:
        cases: how many there are.
        outcomes: by address, the outcome of each case in the order of the cases; for a prompt or a measure
            the answer that counts (a missing one is undetermined).
        breakdowns: the sub-groups of the framework, by id.
        variants: which cases each variant covers.
    """

    cases: int
    outcomes: Mapping[str, tuple[Outcome, ...]]
    breakdowns: Mapping[str, Breakdown]
    variants: Breakdown

    def counts(self, address: str) -> Counts:
        """Return the counts of one question over the whole sample."""
        return _counts(Counter(self.outcomes[address]))

    def counts_by_group(self, address: str, breakdown: Breakdown) -> dict[str, Counts]:
        """Return the counts of one question within each group of a breakdown."""
        counted: dict[str, Counter[Outcome]] = {group: Counter() for group in breakdown.groups}
        for (group, outcome), number in Counter(zip(breakdown.member, self.outcomes[address], strict=True)).items():
            counted[group][outcome] = number
        return {group: _counts(counter) for group, counter in counted.items()}


def _counts(counted: Mapping[Outcome, int]) -> Counts:
    return Counts(**{outcome.value: counted.get(outcome, 0) for outcome in Outcome})


def make_sample(result: InspectionResult) -> Sample:
    """Return the sample of a rated inspection.

    Raises:
        DiagnosticError: a case belongs to two groups of one sub-group.
    """
    framework, cases = result.inspection.framework, result.inspection.cases
    outcomes = {
        path: tuple(case.questions[path].outcome for case in result.outcomes) for path in framework.key_questions
    }
    answered: dict[str, Prompt | Measure] = {**framework.prompts, **framework.measures_by_path}
    for path, asked in answered.items():
        outcomes[path] = _answers(path, asked.applies_when, cases, framework)
    findings = Findings()
    breakdowns = {
        subgroup.id: _breakdown(subgroup.id, subgroup.groups, cases, framework, findings)
        for subgroup in framework.subgroups
    }
    findings.raise_errors()
    return Sample(len(cases), outcomes, breakdowns, _variants(cases, framework))


_OUTCOME_OF_ANSWER = {
    Answer.YES: Outcome.YES,
    Answer.NO: Outcome.NO,
    Answer.NA: Outcome.NOT_APPLICABLE,
    None: Outcome.UNDETERMINED,
}


def _answers(
    path: str, applies_when: Condition | None, cases: Sequence[Case], framework: Framework
) -> tuple[Outcome, ...]:
    applies = _remembered(applies_when, framework) if applies_when is not None else None

    def outcome(case: Case) -> Outcome:
        answered = _OUTCOME_OF_ANSWER[case.answers.get(path)]
        truth = Truth.TRUE if applies is None else applies(case)
        if truth is Truth.FALSE:
            return Outcome.NOT_APPLICABLE
        is_open = truth is Truth.UNKNOWN and answered is not Outcome.NOT_APPLICABLE
        return Outcome.UNDETERMINED if is_open else answered

    return tuple(outcome(case) for case in cases)


def _remembered(condition: Condition, framework: Framework) -> Callable[[Case], Truth]:
    """Return a condition over facts that is evaluated once for each combination of facts that occurs."""
    read = facts_in(condition)
    known: dict[tuple[object, ...], Truth] = {}

    def meets(case: Case) -> Truth:
        pattern = tuple(case.facts.get(fact) for fact in read)
        if pattern not in known:
            known[pattern] = facts_meet(condition, case.facts, framework)
        return known[pattern]

    return meets


GROUPS_OVERLAP = Code(
    "groups-overlap",
    "error",
    what="A case belongs to two groups of one sub-group.",
    why="Groups that share cases cannot be compared with each other, nor do they add up to the sample.",
    bad="groups: [{id: high, when: {fact: risk, at_least: high}}, {id: not_low, when: {fact: risk, is_not: low}}]",
    good="groups: [{id: high, when: {fact: risk, at_least: high}}, {id: lower, when: {fact: risk, at_most: medium}}]",
)


def _breakdown(
    name: str, groups: Sequence[Group], cases: Sequence[Case], framework: Framework, findings: Findings
) -> Breakdown:
    conditions = [(group, _remembered(group.when, framework)) for group in groups]
    member = []
    overlaps: dict[tuple[str, str], int] = {}
    for case in cases:
        of = [group for group, meets in conditions if meets(case) is Truth.TRUE]
        member.append(of[0].id if of else NO_GROUP)
        if len(of) > 1:
            pair = (of[0].id, of[1].id)
            overlaps[pair] = overlaps.get(pair, 0) + 1
    at = {group.id: group.at for group in groups}
    for (first, second), number in overlaps.items():
        message = f'{number} of the cases belong to both "{first}" and "{second}" of the sub-group "{name}"'
        findings.add(GROUPS_OVERLAP, at[second], message, hint="word the conditions so that each case meets only one")
    ids = tuple(group.id for group in groups)
    facts = frozenset(fact for group in groups for fact in facts_in(group.when))
    return Breakdown(name, (*ids, NO_GROUP) if NO_GROUP in member else ids, tuple(member), facts)


def _variants(cases: Sequence[Case], framework: Framework) -> Breakdown:
    conditions = [(variant.id, _remembered(variant.when, framework)) for variant in framework.variants]
    member = tuple(next((name for name, meets in conditions if meets(case) is Truth.TRUE), NO_GROUP) for case in cases)
    facts = frozenset(fact for variant in framework.variants for fact in facts_in(variant.when))
    return Breakdown(VARIANTS, (*(name for name, _ in conditions), NO_GROUP), member, facts)
