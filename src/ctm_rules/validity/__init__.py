"""What must hold before a framework can decide anything (validation): every name known, every scale without a gap.

Every door passes through here: `require_valid` stands before whatever decides, compares or writes a framework. What is
allowed but cannot have been meant, or is odd, is for ``meaning`` and ``checking``.

Hands on: `require_valid`, `find_mistakes` and `note_valid` for frameworks however they were built; `check_validity`, of
what was just read; for other files that name things (inspections, scenarios, tables of judgements) `check_known`,
`unknown_name`, and the codes `UNKNOWN_NAME`, `DUPLICATE_ID`, `BAD_ID` with `ID_PATTERN` and `VALUE_PATTERN`.
Private: attributes, rating_rules, scales, standards.
"""

from __future__ import annotations

from ctm_rules.diagnostics.findings import Diagnostic, Findings, StandardsError
from ctm_rules.model.framework import Framework
from ctm_rules.model.remembered import OncePerFramework
from ctm_rules.validity.attributes import check_attributes, check_compared_values, with_paths
from ctm_rules.validity.names import Names, check_assumed
from ctm_rules.validity.rating_rules import check_rating_rules
from ctm_rules.validity.rules import check_condition, check_fact
from ctm_rules.validity.scales import BAD_SETTING, check_scales
from ctm_rules.validity.standards import check_domains, check_standards


def require_valid(*frameworks: Framework) -> None:
    """Refuse frameworks by which nothing can be decided for certain, however they were built; each is checked once.

    Raises:
        DiagnosticError: carries every mistake in all of them.
    """
    mistakes = [found for framework in frameworks for found in find_mistakes(framework)]
    if mistakes:
        raise StandardsError(dict.fromkeys(mistakes))


def find_mistakes(framework: Framework) -> tuple[Diagnostic, ...]:
    """Return everything that makes it impossible to decide by a framework, in the order of its files.

    Attributes of a wrong type are said alone: nothing can be said of what they mean.
    """
    if not isinstance(framework, Framework):
        return tuple(check_attributes(framework))
    return _mistakes(framework)


def _work_out_mistakes(framework: Framework) -> tuple[Diagnostic, ...]:
    findings = Findings()
    findings.extend(check_attributes(framework))
    if not findings:
        findings.extend(check_validity(framework))
        if findings:  # once more, with places for what has none
            findings = check_validity(with_paths(framework))
        findings.extend(check_compared_values(framework))
    return tuple(findings)


_mistakes = OncePerFramework(_work_out_mistakes)


def note_valid(framework: Framework) -> None:
    """Note that a framework is valid, where that is known from how it was made."""
    _mistakes.remember(framework, ())


def check_validity(framework: Framework, *, incomplete: frozenset[str] = frozenset()) -> Findings:
    """Return everything that makes it impossible to rate by this framework (empty where nothing does).

    A framework without findings can be compiled by every engine and gives every case an outcome.

    Args:
        framework: what to check.
        incomplete: its attributes of which something could not be read. What names something in them is not
            held against them.
    """
    findings = Findings()
    names = Names(framework, incomplete, findings)
    names.check_ids("fact", (*framework.facts, *framework.provider_facts))
    names.check_ids("rating", framework.ratings)
    names.check_ids("domain", framework.domains)
    names.check_ids("sample", framework.samples)
    names.check_ids("variant", framework.variants)
    names.check_ids("measure", framework.measures)
    names.check_ids("sub-group", framework.subgroups)
    check_assumed(framework, findings)
    for fact in (*framework.facts, *framework.provider_facts):
        check_fact(fact, findings)
    for sample in framework.samples:
        check_condition(sample.when, f"sample {sample.id}", names, findings)
        check_assumed(sample, findings)
    for variant in framework.variants:
        check_condition(variant.when, f"variant {variant.id}", names, findings)
        check_assumed(variant, findings)
    for measure in framework.measures:
        check_condition(measure.applies_when, f"measure {measure.id}", names, findings)
        check_assumed(measure, findings)
    for subgroup in framework.subgroups:
        names.check_ids("group", subgroup.groups)
        for group in subgroup.groups:
            check_condition(group.when, f"group {group.id}", names, findings)
    check_standards(names, findings)
    check_domains(names, findings)
    check_scales(names, findings)
    check_rating_rules(names, findings)
    names.report_unknown()
    if framework.in_force_to is not None and framework.in_force_to < framework.in_force_from:
        at = framework.at.of("in_force_to")
        findings.add(BAD_SETTING, at, "in_force_to is before in_force_from", hint="check the two dates")
    return findings
