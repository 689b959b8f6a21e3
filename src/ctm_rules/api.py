"""The public names, as ``ctm_rules`` gives them."""

from ctm_rules.case_tables import read_cases
from ctm_rules.cases import Answer, Case
from ctm_rules.diagnostics import CtmRulesError, Diagnostic, DiagnosticError
from ctm_rules.dumping import dump_framework
from ctm_rules.engines import Engine, EngineUnavailableError, make_engine
from ctm_rules.inspection import Inspection, InspectionResult, load_inspection, rate_inspection
from ctm_rules.loading import load_framework
from ctm_rules.model import Framework
from ctm_rules.outcomes import CaseOutcome, Judgement, Outcome, QuestionOutcome
from ctm_rules.rating import Counts, RatingResult, count_outcomes, rate_counts, rate_outcomes

__all__ = [
    "Answer",
    "Case",
    "CaseOutcome",
    "Counts",
    "CtmRulesError",
    "Diagnostic",
    "DiagnosticError",
    "Engine",
    "EngineUnavailableError",
    "Framework",
    "Inspection",
    "InspectionResult",
    "Judgement",
    "Outcome",
    "QuestionOutcome",
    "RatingResult",
    "count_outcomes",
    "dump_framework",
    "load_framework",
    "load_inspection",
    "make_engine",
    "rate_counts",
    "rate_inspection",
    "rate_outcomes",
    "read_cases",
]
