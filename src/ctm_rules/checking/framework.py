"""`check` of a whole framework: every family of checks (lint rules), in the order in which findings are shown."""

from __future__ import annotations

from ctm_rules.checking.names import check_names
from ctm_rules.checking.sources import check_assumptions, check_confirmations, check_sources
from ctm_rules.checking.texts import check_texts
from ctm_rules.checking.usage import check_usage
from ctm_rules.diagnostics.findings import Diagnostic, Findings
from ctm_rules.meaning import check_meaning
from ctm_rules.model.framework import Framework
from ctm_rules.validity import find_mistakes


def check_framework(framework: Framework) -> tuple[Diagnostic, ...]:
    """Return everything that `ctm-rules check` says of a framework, however it was built; nothing raises an exception.

    What makes it impossible to decide (an unknown name, bands in a wrong order, a text where a number is meant) is what
    every engine refuses. Of a framework without such mistakes, errors are what nobody can have meant (a rule that can
    never be yes), so that :func:`load_framework` refuses it; warnings are for people to look at.

    What was built in Python has no place in a file: there the ``path`` of a finding says where in the framework it is.

    >>> from attrs import evolve
    >>> from ctm_rules import load_framework
    >>> framework = load_framework("hmip-pdu", "2024")
    >>> check_framework(framework)
    ()
    >>> for found in check_framework(evolve(framework, in_force_from="2024")):
    ...     print(found.code, found.path, found.message)
    wrong-type /in_force_from /in_force_from must be a date, not '2024'
    """
    mistakes = find_mistakes(framework)
    if mistakes:
        return mistakes
    findings = Findings()
    check_usage(framework, findings)
    check_sources(framework, findings)
    check_assumptions(framework, findings)
    check_confirmations(framework, findings)
    findings.extend(check_meaning(framework))
    findings.extend(check_wording(framework))
    return tuple(findings)


def check_wording(framework: Framework) -> tuple[Diagnostic, ...]:
    """Return what is odd about the words and names of a framework, which need not be valid otherwise."""
    findings = Findings()
    check_texts(framework, findings)
    check_names(framework, findings)
    return tuple(findings)
