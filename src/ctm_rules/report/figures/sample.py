"""The inspected cases seen question by question: what each was judged on everything asked, and its groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.engines.clauses import facts_meet
from ctm_rules.engines.decision_diagrams import values_to_try
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.limits import MAX_DIAGRAM_STEPS
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import Condition, FactValue, facts_in
from ctm_rules.model.framework import VARIANTS, Framework, Group, SubGroup
from ctm_rules.model.outcomes import COUNTED, Outcome, Truth
from ctm_rules.phrases import one_or_many, say_count
from ctm_rules.rating.counts import Counts

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
            the answer that counts (a missing one is undetermined). A case that is not asked, since it is of another
            sample, is in no count.
        breakdowns: the sub-groups of the framework, by id.
        variants: which cases each variant covers.
        possible: by address and breakdown, the outcomes that the rules leave to a case of each group that is asked,
            whatever is answered; where nothing is said, any.
        overlaps: of two breakdowns that look at the same facts, the pairs of groups that one case can be in.
    """

    cases: int
    outcomes: Mapping[str, tuple[Outcome, ...]]
    breakdowns: Mapping[str, Breakdown]
    variants: Breakdown
    possible: Mapping[tuple[str, str], Mapping[str, frozenset[Outcome]]] = field(factory=dict)
    overlaps: Mapping[tuple[str, str], frozenset[tuple[str, str]]] = field(factory=dict)

    def counts(self, address: str) -> Counts:
        """Return the counts of one question over the whole sample."""
        return Counts.of(Counter(self.outcomes[address]))

    def not_asked_by_group(self, address: str, breakdown: Breakdown) -> dict[str, int]:
        """Return how many cases of each group of a breakdown one question is not asked of."""
        found = Counter(zip(breakdown.member, self.outcomes[address], strict=True))
        return {group: found[group, Outcome.NOT_ASKED] for group in breakdown.groups}

    def counts_by_group(self, address: str, breakdown: Breakdown) -> dict[str, Counts]:
        """Return the counts of one question within each group of a breakdown."""
        counted: dict[str, Counter[Outcome]] = {group: Counter() for group in breakdown.groups}
        for (group, outcome), number in Counter(zip(breakdown.member, self.outcomes[address], strict=True)).items():
            counted[group][outcome] = number
        return {group: Counts.of(counter) for group, counter in counted.items()}

    def possible_by_group(self, address: str, breakdown: Breakdown) -> dict[str, frozenset[str]]:
        """Return the outcomes that a case of each group can have by the rules, and those that one has."""
        left = self.possible.get((address, breakdown.id), {})
        found = {group: {outcome.value for outcome in left.get(group, COUNTED)} for group in breakdown.groups}
        for group, outcome in set(zip(breakdown.member, self.outcomes[address], strict=True)):
            if outcome is not Outcome.NOT_ASKED:
                found[group].add(outcome.value)
        return {group: frozenset(words) for group, words in found.items()}


def make_sample(result: InspectionResult) -> Sample:
    """Return the sample of a rated inspection.

    Raises:
        DiagnosticError: a case belongs to two groups of one sub-group.
    """
    framework, cases = result.inspection.framework, result.inspection.cases
    counts = WhatCounts(framework)
    counted = counts.counted_in(cases)
    # Points are no counts of cases: they are shown of all cases together alone, and so are the prompts behind them.
    outcomes = {
        path: tuple(case.questions[path].outcome for case in result.outcomes) for path in framework.ruled_questions
    }
    prompts = [path for path in framework.prompts if path.rpartition(".")[0] in outcomes]
    outcomes |= {path: counted(path) for path in (*prompts, *framework.measures_by_path)}
    findings = Findings()
    breakdowns = {
        subgroup.id: _breakdown(subgroup.id, subgroup.groups, cases, framework, findings)
        for subgroup in framework.subgroups
    }
    findings.raise_errors()
    named = {case.sample for case in cases}
    possible, overlaps = _possible(outcomes, counts, named, framework), _overlaps(framework)
    return Sample(len(cases), outcomes, breakdowns, _variants(cases, framework), possible, overlaps)


_POSSIBLE = {
    Truth.TRUE: frozenset(COUNTED),
    Truth.FALSE: frozenset({Outcome.NOT_APPLICABLE}),
    Truth.UNKNOWN: frozenset({Outcome.NOT_APPLICABLE, Outcome.UNDETERMINED}),
}
"""What the rules leave to a case by whether something is asked of it, before anything is answered."""


def _possible(
    paths: Iterable[str], counts: WhatCounts, named: Collection[str | None], framework: Framework
) -> dict[tuple[str, str], dict[str, frozenset[Outcome]]]:
    """Return the outcomes that the rules leave to a case of each group, where they leave not all of them."""
    values = values_to_try(framework)
    known: dict[tuple[str, str], dict[str, frozenset[Outcome]]] = {}
    found: dict[tuple[str, str], dict[str, frozenset[Outcome]]] = {}
    for path in paths:
        alike = counts.alike(path)
        for subgroup in framework.subgroups if counts.facts(path) else ():
            if (alike, subgroup.id) not in known:
                known[alike, subgroup.id] = _possible_in(path, counts, named, subgroup, values, framework)
            found[path, subgroup.id] = known[alike, subgroup.id]
    return found


def _possible_in(
    path: str,
    counts: WhatCounts,
    named: Collection[str | None],
    subgroup: SubGroup,
    values: Mapping[str, tuple[FactValue, ...]],
    framework: Framework,
) -> dict[str, frozenset[Outcome]]:
    """Return the outcomes left to each group of what stands at an address.

    ``named`` are the samples that the tables of the cases name.
    """
    group_of = _group_of(subgroup, framework)
    left: dict[str, set[Outcome]] = {}
    for case in _cases_there_can_be([counts.facts(path), _facts_of(subgroup)], values):
        of_group = left.setdefault(group_of(case), set())
        for sample in named:
            drawn = counts.is_drawn(path, case.facts, sample)
            if drawn is not Truth.FALSE:
                of_group |= _POSSIBLE[counts.is_asked(path, case.facts, sample)]
    return {group: frozenset(outcomes) for group, outcomes in left.items()}


def _overlaps(framework: Framework) -> dict[tuple[str, str], frozenset[tuple[str, str]]]:
    """Return the pairs of groups that one case can be in, of each two sub-groups that look at the same facts."""
    values = values_to_try(framework)
    found: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
    for one, other in combinations(framework.subgroups, 2):
        cases = _cases_there_can_be([_facts_of(one), _facts_of(other)], values)
        of_one, of_other = _group_of(one, framework), _group_of(other, framework)
        pairs = frozenset((of_one(case), of_other(case)) for case in cases)
        if pairs:
            found[one.id, other.id] = pairs
            found[other.id, one.id] = frozenset((second, first) for first, second in pairs)
    return found


def _facts_of(subgroup: SubGroup) -> tuple[str, ...]:
    return tuple(fact for group in subgroup.groups for fact in facts_in(group.when))


def _group_of(subgroup: SubGroup, framework: Framework) -> Callable[[Case], str]:
    groups = [(group.id, _remembered(group.when, framework)) for group in subgroup.groups]
    return lambda case: next((name for name, meets in groups if meets(case) is Truth.TRUE), NO_GROUP)


def _cases_there_can_be(facts: Sequence[Sequence[str]], values: Mapping[str, tuple[FactValue, ...]]) -> Iterator[Case]:
    """Yield a case for every way in which two conditions can look at a case, facts that are missing included.

    Nothing where they look at different facts, since then neither says anything of the other, and nothing where
    there are too many ways to try.
    """
    one, other = facts
    read = sorted({*one, *other})
    tried = [(*values[fact], None) for fact in read]
    if set(one).isdisjoint(other) or prod(map(len, tried)) > MAX_DIAGRAM_STEPS:
        return
    for combination in product(*tried):
        yield Case("", {fact: value for fact, value in zip(read, combination, strict=True) if value is not None})


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
        belongs = f"{say_count(number, 'case')} {one_or_many(number, 'belongs', 'belong')}"
        message = f'{belongs} to both "{first}" and "{second}" of the sub-group "{name}"'
        findings.add(GROUPS_OVERLAP, at[second], message, hint="word the conditions so that each case meets only one")
    ids = tuple(group.id for group in groups)
    facts = frozenset(fact for group in groups for fact in facts_in(group.when))
    return Breakdown(name, (*ids, NO_GROUP) if NO_GROUP in member else ids, tuple(member), facts)


def _variants(cases: Sequence[Case], framework: Framework) -> Breakdown:
    conditions = [(variant.id, _remembered(variant.when, framework)) for variant in framework.variants]
    member = tuple(next((name for name, meets in conditions if meets(case) is Truth.TRUE), NO_GROUP) for case in cases)
    facts = frozenset(fact for variant in framework.variants for fact in facts_in(variant.when))
    return Breakdown(VARIANTS, (*(name for name, _ in conditions), NO_GROUP), member, facts)
