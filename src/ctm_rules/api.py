"""The public names, as ``ctm_rules`` gives them."""

from importlib import import_module
from typing import TYPE_CHECKING

from ctm_rules.case_files.case_tables import read_cases
from ctm_rules.case_files.readings import load_reading
from ctm_rules.checking.framework import check_framework
from ctm_rules.diagnostics.findings import (
    Code,
    CtmRulesError,
    Diagnostic,
    DiagnosticError,
    Location,
    RequestError,
    StandardsError,
)
from ctm_rules.diff.changes import Change, FrameworkChanges
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.engines import Engine, EngineUnavailableError, make_engine
from ctm_rules.extras import MissingExtraError
from ctm_rules.frameworks.amendments import Alteration, Amendment, read_amendment
from ctm_rules.frameworks.dumping import dump_framework
from ctm_rules.frameworks.loading import load_framework, make_framework
from ctm_rules.inspections.explaining import ClauseExplanation, QuestionExplanation, explain_case
from ctm_rules.inspections.given_cases import cases_from_frame
from ctm_rules.inspections.inspection import (
    Divergence,
    Inspection,
    InspectionResult,
    load_inspection,
    rate_inspection,
)
from ctm_rules.inspections.next_rating import (
    AnswersGap,
    JudgementGap,
    KeyQuestionGap,
    NextRating,
    OtherAnswer,
    PromptInTheWay,
    next_ratings,
)
from ctm_rules.inspections.next_rating_above import MemberChange, NextRatingAbove, next_ratings_above
from ctm_rules.inspections.next_rating_points import PointsGap, PromptPointsGap
from ctm_rules.model.answers import Answer, StepAnswer
from ctm_rules.model.bands import Band
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    CountRated,
    FactTest,
    Not,
    PromptIsYes,
    RatedAs,
)
from ctm_rules.model.declared_reading import (
    AnswerValues,
    Codes,
    ColumnReading,
    MissingValue,
    Reading,
    RowTest,
    TableLayout,
)
from ctm_rules.model.framework import (
    Disclosure,
    Domain,
    DomainRating,
    Fact,
    Framework,
    Group,
    KeyQuestion,
    KeyQuestionBands,
    MayMove,
    Measure,
    Panel,
    PointsInBands,
    Prompt,
    QuestionPoints,
    Range,
    Rating,
    Sample,
    Source,
    Standard,
    SubGroup,
    Theme,
    Variant,
    VariantRule,
)
from ctm_rules.model.outcomes import CaseOutcome, ClauseResult, Judgement, Outcome, PromptPoints, QuestionOutcome, Truth
from ctm_rules.model.rating_rules import FirstThatHolds, RatingLine, RatingStep, StandardRating, SumInBands, TakeRating
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.counts_table import CountRow, counts_table
from ctm_rules.rating.decisions import PanelDecision, StaleDecision
from ctm_rules.rating.published_counts import PublishedCounts, read_counts
from ctm_rules.rating.rate import count_outcomes, rate_counts, rate_outcomes
from ctm_rules.rating.reasons import RatingReason
from ctm_rules.rating.results import (
    DomainResult,
    KeyQuestionResult,
    PanelFlag,
    RatingResult,
    StandardResult,
)
from ctm_rules.verification.verify import Difference, Verification, load_result, verify_result
from ctm_rules.what_if_analysis.effect import Effect, KeyQuestionChange, OutcomeChange, OutcomeGroup, StandardChange
from ctm_rules.what_if_analysis.past_inspections import EffectOnInspections, InspectionEffect, effect_on_inspections
from ctm_rules.what_if_analysis.two_frameworks import what_if

if TYPE_CHECKING:
    from ctm_rules.bulk.files import BulkRatings, rate_files
    from ctm_rules.bulk.frames import FrameRatings, assess_frame, rate_frame
    from ctm_rules.bulk.groups import GroupRating
    from ctm_rules.bulk.writing import write_ratings
    from ctm_rules.forms.for_servers import write_xlsform
    from ctm_rules.forms.making import write_form
    from ctm_rules.report import write_report
    from ctm_rules.scaffolding.new_files import write_examples
else:

    def _from_here(public):
        """Let a public name say that it is from ``ctm_rules``, whichever module holds it: modules may move.

        Tracebacks, help and pickles name it so.
        """
        public.__module__ = "ctm_rules"
        # What attrs makes for cached properties names no module, and help() of Python 3.13.0 asks for one.
        made = vars(public).get("__getattr__")
        if made is not None:
            made.__module__ = "ctm_rules"
        return public

    # Dataframe libraries, and what writes reports, are imported only where they are used.
    _MODULES = {
        **dict.fromkeys(["BulkRatings", "rate_files"], "ctm_rules.bulk.files"),
        **dict.fromkeys(["FrameRatings", "assess_frame", "rate_frame"], "ctm_rules.bulk.frames"),
        "GroupRating": "ctm_rules.bulk.groups",
        "write_ratings": "ctm_rules.bulk.writing",
        "write_form": "ctm_rules.forms.making",
        "write_report": "ctm_rules.report",
        "write_xlsform": "ctm_rules.forms.for_servers",
        "write_examples": "ctm_rules.scaffolding.new_files",
    }

    def __getattr__(name):
        if name in _MODULES:
            return _from_here(getattr(import_module(_MODULES[name]), name))
        raise AttributeError(name)


__all__ = [
    "AllOf",
    "Alteration",
    "Amendment",
    "Answer",
    "AnswerValues",
    "AnswersGap",
    "AnyOf",
    "AtLeast",
    "AtLeastPercent",
    "Band",
    "BulkRatings",
    "Case",
    "CaseOutcome",
    "Change",
    "ClauseExplanation",
    "ClauseResult",
    "Code",
    "Codes",
    "ColumnReading",
    "CountRated",
    "CountRow",
    "Counts",
    "CtmRulesError",
    "Diagnostic",
    "DiagnosticError",
    "Difference",
    "Disclosure",
    "Divergence",
    "Domain",
    "DomainRating",
    "DomainResult",
    "Effect",
    "EffectOnInspections",
    "Engine",
    "EngineUnavailableError",
    "Fact",
    "FactTest",
    "FirstThatHolds",
    "FrameRatings",
    "Framework",
    "FrameworkChanges",
    "Group",
    "GroupRating",
    "Inspection",
    "InspectionEffect",
    "InspectionResult",
    "Judgement",
    "JudgementGap",
    "KeyQuestion",
    "KeyQuestionBands",
    "KeyQuestionChange",
    "KeyQuestionGap",
    "KeyQuestionResult",
    "Location",
    "MayMove",
    "Measure",
    "MemberChange",
    "MissingExtraError",
    "MissingValue",
    "NextRating",
    "NextRatingAbove",
    "Not",
    "OtherAnswer",
    "Outcome",
    "OutcomeChange",
    "OutcomeGroup",
    "Panel",
    "PanelDecision",
    "PanelFlag",
    "PointsGap",
    "PointsInBands",
    "Prompt",
    "PromptInTheWay",
    "PromptIsYes",
    "PromptPoints",
    "PromptPointsGap",
    "PublishedCounts",
    "QuestionExplanation",
    "QuestionOutcome",
    "QuestionPoints",
    "Range",
    "RatedAs",
    "Rating",
    "RatingLine",
    "RatingReason",
    "RatingResult",
    "RatingStep",
    "Reading",
    "RequestError",
    "RowTest",
    "Sample",
    "Source",
    "StaleDecision",
    "Standard",
    "StandardChange",
    "StandardRating",
    "StandardResult",
    "StandardsError",
    "StepAnswer",
    "SubGroup",
    "SumInBands",
    "TableLayout",
    "TakeRating",
    "Theme",
    "Truth",
    "Variant",
    "VariantRule",
    "Verification",
    "assess_frame",
    "cases_from_frame",
    "check_framework",
    "compare_frameworks",
    "count_outcomes",
    "counts_table",
    "dump_framework",
    "effect_on_inspections",
    "explain_case",
    "load_framework",
    "load_inspection",
    "load_reading",
    "load_result",
    "make_engine",
    "make_framework",
    "next_ratings",
    "next_ratings_above",
    "rate_counts",
    "rate_files",
    "rate_frame",
    "rate_inspection",
    "rate_outcomes",
    "read_amendment",
    "read_cases",
    "read_counts",
    "verify_result",
    "what_if",
    "write_examples",
    "write_form",
    "write_ratings",
    "write_report",
    "write_xlsform",
]

if not TYPE_CHECKING:
    for _name in __all__:
        if _name not in _MODULES:
            _from_here(globals()[_name])
