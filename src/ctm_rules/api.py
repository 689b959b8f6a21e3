"""The public names, as ``ctm_rules`` gives them."""

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

__all__ = [
    "Amendment",
    "Answer",
    "Case",
    "CaseOutcome",
    "Counts",
    "CtmRulesError",
    "Diagnostic",
    "DiagnosticError",
    "Effect",
    "Engine",
    "EngineUnavailableError",
    "Framework",
    "FrameworkChanges",
    "Inspection",
    "InspectionResult",
    "Judgement",
    "NextRating",
    "Outcome",
    "QuestionOutcome",
    "RatingResult",
    "compare_frameworks",
    "count_outcomes",
    "dump_framework",
    "load_framework",
    "load_inspection",
    "make_engine",
    "next_ratings",
    "rate_counts",
    "rate_inspection",
    "rate_outcomes",
    "read_amendment",
    "read_cases",
    "what_if",
]
