"""The public names, as ``ctm_rules`` gives them."""

from importlib import import_module
from typing import TYPE_CHECKING

from ctm_rules.amendments import Amendment, read_amendment
from ctm_rules.case_tables import read_cases
from ctm_rules.cases import Answer, Case
from ctm_rules.changes import FrameworkChanges, compare_frameworks
from ctm_rules.diagnostics import CtmRulesError, Diagnostic, DiagnosticError
from ctm_rules.dumping import dump_framework
from ctm_rules.engines import Engine, EngineUnavailableError, make_engine
from ctm_rules.inspection import Inspection, InspectionResult, load_inspection, rate_inspection
from ctm_rules.loading import load_framework
from ctm_rules.model import Framework
from ctm_rules.next_rating import NextRating, next_ratings
from ctm_rules.outcomes import CaseOutcome, Judgement, Outcome, QuestionOutcome
from ctm_rules.rating import Counts, RatingResult, count_outcomes, rate_counts, rate_outcomes
from ctm_rules.what_if import Effect, what_if

if TYPE_CHECKING:
    from ctm_rules.engines.columns import Codes
    from ctm_rules.frames import FrameRatings, GroupRating, assess_frame, rate_frame
else:
    # Narwhals is imported only where dataframes are used.
    def __getattr__(name):
        if name in ("Codes", "FrameRatings", "GroupRating", "assess_frame", "rate_frame"):
            return getattr(import_module("ctm_rules.frames"), name)
        raise AttributeError(name)


__all__ = [
    "Amendment",
    "Answer",
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
    "NextRating",
    "Outcome",
    "QuestionOutcome",
    "RatingResult",
    "assess_frame",
    "compare_frameworks",
    "count_outcomes",
    "dump_framework",
    "load_framework",
    "load_inspection",
    "make_engine",
    "next_ratings",
    "rate_counts",
    "rate_frame",
    "rate_inspection",
    "rate_outcomes",
    "read_amendment",
    "read_cases",
    "what_if",
]
