"""The standards that an inspection is rated by: found from where its file lies, and in force when fieldwork started."""

from __future__ import annotations

from pathlib import Path

from ctm_rules.diagnostics.findings import Findings
from ctm_rules.frameworks.finding import not_in_force
from ctm_rules.frameworks.references import find_referenced_framework
from ctm_rules.inspections.file import InspectionFile
from ctm_rules.model.framework import Framework


def find_standards(declared: InspectionFile, path: Path) -> Path:
    """Return the folder or file of the standards of an inspection.

    Without an edition it is the one that was in force when the fieldwork started.

    Args:
        declared: what the inspection file says.
        path: that file.

    Raises:
        DiagnosticError: they are not named clearly, or cannot be found.
    """
    return find_referenced_framework(declared.framework, path, on=declared.fieldwork.started)


def check_in_force(declared: InspectionFile, framework: Framework, findings: Findings) -> None:
    """Add that the standards were not in force when the fieldwork started, unless the inspection says why."""
    if not declared.framework.because:
        at, started = declared.framework.at, declared.fieldwork.started
        hint = "leave the edition out, name the one that was in force, or say why: because: …"
        findings.extend(not_in_force(framework, started, "the fieldwork started", at, hint))
