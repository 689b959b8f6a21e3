"""The public names, as ``ctm_rules`` gives them."""

from importlib import import_module
from typing import TYPE_CHECKING

from ctm_rules.case_files.case_tables import read_cases
from ctm_rules.diagnostics.findings import CtmRulesError, Diagnostic, DiagnosticError
from ctm_rules.diff.changes import FrameworkChanges
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.engines import Engine, EngineUnavailableError, make_engine
from ctm_rules.extras import MissingExtraError
from ctm_rules.frameworks.amendments import Amendment, read_amendment
from ctm_rules.frameworks.dumping import dump_framework
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.inspections.explaining import QuestionExplanation, explain_case
from ctm_rules.inspections.inspection import Inspection, InspectionResult, load_inspection, rate_inspection
from ctm_rules.inspections.next_rating import NextRating, next_ratings
from ctm_rules.model.cases import Answer, Case
from ctm_rules.model.framework import Framework
from ctm_rules.model.outcomes import CaseOutcome, Judgement, Outcome, QuestionOutcome
from ctm_rules.rating.rate import count_outcomes, rate_counts, rate_outcomes
from ctm_rules.rating.results import Counts, RatingResult
from ctm_rules.what_if_analysis.effect import Effect
from ctm_rules.what_if_analysis.two_frameworks import what_if

if TYPE_CHECKING:
    from ctm_rules.bulk.files import BulkRatings, rate_files, write_ratings
    from ctm_rules.bulk.frames import FrameRatings, GroupRating, assess_frame, rate_frame
    from ctm_rules.engines.frame.columns import Codes
else:
    # Dataframe libraries are imported only where dataframes or large files are used.
    _MODULES = dict.fromkeys(["BulkRatings", "rate_files", "write_ratings"], "ctm_rules.bulk.files") | dict.fromkeys(
        ["Codes", "FrameRatings", "GroupRating", "assess_frame", "rate_frame"], "ctm_rules.bulk.frames"
    )

    def __getattr__(name):
        if name in _MODULES:
            return getattr(import_module(_MODULES[name]), name)
        raise AttributeError(name)


__all__ = [
    "Amendment",
    "Answer",
    "BulkRatings",
    "Case",
    "CaseOutcome",
    "Codes",
    "Counts",
    "CtmRulesError",
    "Diagnostic",
    "DiagnosticError",
    "Effect",
    "Engine",
    "EngineUnavailableError",
    "FrameRatings",
    "Framework",
    "FrameworkChanges",
    "GroupRating",
    "Inspection",
    "InspectionResult",
    "Judgement",
    "MissingExtraError",
    "NextRating",
    "Outcome",
    "QuestionExplanation",
    "QuestionOutcome",
    "RatingResult",
    "assess_frame",
    "compare_frameworks",
    "count_outcomes",
    "dump_framework",
    "explain_case",
    "load_framework",
    "load_inspection",
    "make_engine",
    "next_ratings",
    "rate_counts",
    "rate_files",
    "rate_frame",
    "rate_inspection",
    "rate_outcomes",
    "read_amendment",
    "read_cases",
    "what_if",
    "write_ratings",
]
