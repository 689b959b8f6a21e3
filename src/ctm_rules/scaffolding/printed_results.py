"""What commands print with ``--json`` that is put together of several results."""

# Without `from __future__ import annotations`: types are read here, where their names are known.

from typing import NotRequired, TypedDict

from ctm_rules.diagnostics.findings import DiagnosticDict
from ctm_rules.diff.changes import ChangesDict
from ctm_rules.frameworks.amendments import AmendmentDict
from ctm_rules.inspections.explaining import ExplanationDict
from ctm_rules.inspections.next_rating import NextRatingDict
from ctm_rules.inspections.next_rating_above import NextRatingAboveDict
from ctm_rules.inspections.result_dicts import ReliabilityDict
from ctm_rules.model.cases import CaseDict
from ctm_rules.rating.result_dicts import DecisionDict, FrameworkDict, RatingDict
from ctm_rules.scenarios.coverage import CoverageDict
from ctm_rules.scenarios.running import ScenarioResultDict
from ctm_rules.what_if_analysis.result_dicts import EffectDict, InspectionEffectDict


class RatedCountsDict(RatingDict):
    """What ``rate --counts --json`` prints; ``warnings`` say what is printed in the table and not given by it."""

    warnings: list[DiagnosticDict]


class WhatIfDict(EffectDict):
    """What ``what-if --json`` prints; the next ratings are there with ``--next-rating``."""

    amendments: list[AmendmentDict]
    next_rating: NotRequired[list[NextRatingDict]]
    next_rating_above: NotRequired[list[NextRatingAboveDict]]


class DiffDict(ChangesDict):
    """What ``diff --json`` prints.

    ``effect`` is that on ``--inspection``; ``inspections`` are there with ``--inspections``.
    """

    effect: EffectDict | None
    inspections: NotRequired[list[InspectionEffectDict]]


class StandardDecisionDict(DecisionDict):
    """What a ratings panel decided of a standard, by its slug."""

    standard: str


class ExplainedDict(TypedDict):
    """What ``explain --json`` prints of a case."""

    framework: FrameworkDict
    case: str
    key_questions: list[ExplanationDict]
    decisions: list[StandardDecisionDict]


class TestsDict(TypedDict):
    """What ``test --json`` prints."""

    passed: int
    failed: int
    scenarios: list[ScenarioResultDict]
    coverage: list[CoverageDict]


class ColumnsDict(TypedDict):
    """What the columns of a table hold: those that were matched by what they mean, and the others."""

    matched: dict[str, str]
    absent: list[str]
    notes: list[str]
    ignored: list[str]
    unknown: list[str]


class SaidDict(TypedDict):
    """What cells say in our words, in how many, and how they are written."""

    of: str
    says: str
    cells: int
    texts: dict[str, int]


class MissingCellsDict(TypedDict):
    """How many cells are missing for a reason."""

    reason: str
    cells: int


class ReadDict(TypedDict):
    """What ``read --json`` prints: what was understood of a table. ``reliability`` is there with ``--judged-again``."""

    framework: FrameworkDict
    cases: int
    rows: int
    left_out: int
    columns: ColumnsDict
    values: list[SaidDict]
    missing: list[MissingCellsDict]
    first_cases: list[CaseDict]
    findings: list[DiagnosticDict]
    reliability: NotRequired[list[ReliabilityDict]]
