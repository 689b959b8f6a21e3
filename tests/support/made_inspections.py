"""Inspections that never were files, made around results that a test gives."""

from __future__ import annotations

import datetime
from pathlib import Path

from ctm_rules import Case, Framework, Inspection, InspectionResult, RatingResult
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.frameworks.references import FrameworkReference
from ctm_rules.inspections.file import CaseTable, Fieldwork, InspectionFile, Provider


def result_of(framework: Framework, rating: RatingResult, cases: tuple[Case, ...] = ()) -> InspectionResult:
    declared = InspectionFile(
        FrameworkReference(path="x"), Provider("a", "A"), "T", Fieldwork(datetime.date(2026, 1, 1)), CaseTable("c.csv")
    )
    engine = ReferenceEngine(framework)
    outcomes = tuple(engine.assess(case) for case in cases)
    return InspectionResult(Inspection(Path("x"), declared, framework, cases), rating, outcomes)
