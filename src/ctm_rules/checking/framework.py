"""`check` of a whole framework: every family of checks (lint rules), in the order in which findings are shown."""

from __future__ import annotations

from ctm_rules.checking.clauses_without_effect import check_clauses
from ctm_rules.checking.names import check_names
from ctm_rules.checking.rules import check_rules
from ctm_rules.checking.scales import check_scales
from ctm_rules.checking.sources import check_assumptions, check_sources
from ctm_rules.checking.texts import check_texts
from ctm_rules.checking.usage import check_usage
from ctm_rules.diagnostics.findings import Diagnostic, Findings
from ctm_rules.model.framework import Framework


def check_framework(framework: Framework) -> tuple[Diagnostic, ...]:
    """Return what in a framework is most likely a mistake, in the order of the files.

    A framework that was loaded can be rated by; these findings say where it may not mean what was meant. Some are
    errors, because nobody can have meant it (a rule that can never be yes), the others are warnings.
    """
    findings = Findings()
    check_usage(framework, findings)
    check_clauses(framework, findings)
    check_sources(framework, findings)
    check_assumptions(framework, findings)
    check_rules(framework, findings)
    check_scales(framework, findings)
    findings.extend(check_wording(framework))
    return tuple(findings)


def check_wording(framework: Framework) -> tuple[Diagnostic, ...]:
    """Return what is odd about the words and names of a framework, which need not be valid otherwise."""
    findings = Findings()
    check_texts(framework, findings)
    check_names(framework, findings)
    return tuple(findings)
