"""What rules, bands and settings come to over every case there could be: what nobody can have meant, and what is odd.

One home for `check` and for everything that rates from files, so that nothing is rated by what `check` calls an error.

Hands on: `check_meaning`, `require_meaning`, `odd_scales`.
Private: clauses_without_effect, never_and_always, rating_rules, rule_use, rules.
"""

from __future__ import annotations

from ctm_rules.diagnostics.findings import Diagnostic, Findings, StandardsError
from ctm_rules.meaning.clauses_without_effect import check_clauses
from ctm_rules.meaning.rating_rules import check_rating_rules
from ctm_rules.meaning.rules import check_rules
from ctm_rules.meaning.scales import (
    BAND_ORDER,
    BANDS_OF_ANOTHER_SUM,
    RATING_ORDER,
    REPEATED_RATING,
    UNREACHABLE_BAND,
    check_scales,
)
from ctm_rules.model.framework import Framework
from ctm_rules.model.remembered import OncePerFramework


def _work_out_meaning(framework: Framework) -> tuple[Diagnostic, ...]:
    findings = Findings()
    check_clauses(framework, findings)
    check_rules(framework, findings)
    check_scales(framework, findings)
    check_rating_rules(framework, findings)
    return tuple(findings)


_meaning = OncePerFramework(_work_out_meaning)


def check_meaning(framework: Framework) -> tuple[Diagnostic, ...]:
    """Return what in a valid framework cannot have been meant (errors), or may not have been (warnings)."""
    return _meaning(framework)


def odd_scales(framework: Framework) -> tuple[Diagnostic, ...]:
    """Return what whoever rates by a valid framework should know of its scales: a share that is better rated worse."""
    codes = {code.id for code in (RATING_ORDER, BAND_ORDER, REPEATED_RATING, UNREACHABLE_BAND, BANDS_OF_ANOTHER_SUM)}
    return tuple(found for found in check_meaning(framework) if found.code in codes)


def require_meaning(*frameworks: Framework) -> None:
    """Refuse valid frameworks that nobody can have meant: a rule that can never be yes, a clause that never counts.

    Raises:
        DiagnosticError: carries every error of meaning in all of them.
    """
    findings = [found for framework in frameworks for found in check_meaning(framework)]
    errors = [found for found in findings if found.severity == "error"]
    if errors:
        raise StandardsError(dict.fromkeys(errors))
