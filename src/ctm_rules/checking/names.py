"""Names that people see: labels that stand twice or were swapped, ids that look alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ctm_rules.checking.copies import check_differ
from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.diagnostics.suggestions import fold_name
from ctm_rules.model.elements import Titled
from ctm_rules.model.framework import RATINGS, Framework


def check_names(framework: Framework, findings: Findings) -> None:
    """Report labels and ids that people would take for one another."""
    for name, steps in framework.every_scale.items():
        kind = "ratings" if name == RATINGS else f'steps of "{name}"'
        _check_labels(findings, kind, [(step.label, step.id, step.at.of("label")) for step in steps])
        _check_alike(findings, kind, [(step.id, step.at.of("id")) for step in steps])
    for fact in framework.facts:
        labels = [(label, value, fact.at.of("values", value)) for value, label in fact.values.items()]
        _check_labels(findings, f'values of "{fact.id}"', labels)
        values = [(value, fact.at.of_key("values", value)) for value in fact.values]
        _check_alike(findings, f'values of "{fact.id}"', values)
    _check_titled(findings, "facts", framework.facts)
    _check_titled(findings, "domains", framework.domains)
    # In two domains the same is asked of other cases, or of other people, under the same title.
    home = {slug: domain.id for domain in framework.domains for slug in domain.standards}
    for of in dict.fromkeys(home.get(standard.slug) for standard in framework.standards):
        together = [standard for standard in framework.standards if home.get(standard.slug) == of]
        _check_labels(findings, "standards", [(s.title, s.slug, s.at.of("title")) for s in together])
    _check_titled(findings, "samples", framework.samples)
    _check_titled(findings, "variants", framework.variants)
    _check_titled(findings, "measures", framework.measures)
    _check_titled(findings, "sub-groups", framework.subgroups)
    for subgroup in framework.subgroups:
        _check_titled(findings, f'groups of "{subgroup.id}"', subgroup.groups)
    for standard in framework.standards:
        _check_titled(findings, f'themes of "{standard.slug}"', standard.themes)
    for path, question in framework.every_question.items():
        _check_alike(findings, f'prompts of "{path}"', [(prompt.id, prompt.at.of("id")) for prompt in question.prompts])
    for fact in framework.facts:
        if fact.id in framework.standards_by_slug:
            message = f'the fact "{fact.id}" is called like a standard'
            findings.add(IDS_ALIKE, fact.at.of("id"), message, hint="give the fact another id")


def _check_titled(findings: Findings, kind: str, elements: Iterable[Titled]) -> None:
    named = [(element.title, element.id, element.at.of("title")) for element in elements]
    _check_labels(findings, kind, named)
    _check_alike(findings, kind, [(element.id, element.at.of("id")) for element in elements])


SAME_LABEL = Code(
    "same-label",
    "warning",
    what="Two things of one kind have the same label or title.",
    why="Readers of a report could not tell them apart; most likely one was copied and not changed.",
    bad="ratings: [{id: good, label: Good, score: 2}, {id: fair, label: Good, score: 1}]",
    good="ratings: [{id: good, label: Good, score: 2}, {id: fair, label: Fair, score: 1}]",
)
LABEL_OF_ANOTHER = Code(
    "label-of-another",
    "warning",
    what="The label of one thing is the name of another one of the same kind.",
    why="Two labels may have been swapped, and the report would print the wrong one.",
    bad="ratings: [{id: good, label: Fair, score: 2}, {id: fair, label: Good, score: 1}]",
    good="ratings: [{id: good, label: Good, score: 2}, {id: fair, label: Fair, score: 1}]",
)


def _check_labels(findings: Findings, kind: str, named: Sequence[tuple[str, str, Location]]) -> None:
    check_differ(findings, SAME_LABEL, f"{kind} are called", named)
    label_of = {fold_name(name): fold_name(label) for label, name, _ in named}
    times = Counter(label_of.values())
    said: set[str] = set()
    for label, name, at in named:
        own, other = fold_name(name), fold_name(label)
        # Said once for a pair that was swapped, and not where the label was copied, which is said above.
        if own != other and other in label_of and times[other] == 1 and not (label_of[other] == own and other in said):
            said.add(own)
            message = f'"{name}" is called "{label}", which is the name of another of the {kind}'
            findings.add(LABEL_OF_ANOTHER, at, message, hint="were the two labels swapped?")


IDS_ALIKE = Code(
    "ids-alike",
    "warning",
    what="Two ids differ only in capitals or underscores, or a fact is called like a standard.",
    why="People would take one for the other in a rule or in the columns of a case table.",
    bad="facts: [{id: risk_of_harm, …}, {id: riskofharm, …}]",
    good="facts: [{id: risk_of_harm, …}, {id: risk_of_reoffending, …}]",
)


def _check_alike(findings: Findings, kind: str, names: Sequence[tuple[str, Location]]) -> None:
    seen: dict[str, str] = {}
    for name, at in names:
        other = seen.setdefault(fold_name(name), name)
        if other != name:
            message = f'the {kind} "{other}" and "{name}" differ only in capitals or underscores'
            findings.add(IDS_ALIKE, at, message, hint="give one of them another name")
