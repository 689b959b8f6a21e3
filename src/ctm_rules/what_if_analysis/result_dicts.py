"""What a comparison of two ways to rate is as plain data: the keys of ``to_dict`` and of ``what-if --json``."""

# Without `from __future__ import annotations`: types are read here, where their names are known.

from typing import TypedDict

from ctm_rules.diagnostics.findings import DiagnosticDict
from ctm_rules.rating.result_dicts import CountsDict, FrameworkDict


class ShareDict(CountsDict):
    """The counts of a key question, its share in whole per cent, and the rating of its band."""

    percent: int | None
    band: str | None


class RatedDict(TypedDict):
    """A rating by its label, and its score."""

    rating: str | None
    score: int | None


class SumDict(RatedDict):
    """A rating with the score that was added up for it, and the highest that it could be."""

    out_of: int | None


class OutcomeChangeDict(TypedDict):
    """A case whose outcome on a key question is another, and why."""

    case: str
    key_question: str
    before: str
    after: str
    why: list[str]


class KeyQuestionChangeDict(TypedDict):
    """A key question whose counts, share or rating is another (``null``: that side does not have it)."""

    id: str
    before: ShareDict | None
    after: ShareDict | None


class StandardChangeDict(TypedDict):
    """A standard whose rating or score is another (``null``: that side does not have it)."""

    id: str
    slug: str
    title: str
    before: RatedDict | None
    after: RatedDict | None


class DomainChangeDict(TypedDict):
    """A domain whose rating or score is another (``null``: that side does not have it)."""

    id: str
    before: SumDict | None
    after: SumDict | None


class TwoFrameworksDict(TypedDict):
    """The standards of both sides."""

    before: FrameworkDict
    after: FrameworkDict


class TwoSumsDict(TypedDict):
    """The overall rating of both sides."""

    before: SumDict
    after: SumDict


class TwoListsDict(TypedDict):
    """Sentences about each side."""

    before: list[str]
    after: list[str]


class FlagsChangedDict(TypedDict):
    """Panel flags that go, and those that come."""

    gone: list[str]
    come: list[str]


class EffectDict(TypedDict):
    """Everything that other standards change in an inspection: what :meth:`Effect.to_dict` returns."""

    framework: TwoFrameworksDict
    provider: str
    engine: str
    cases: int
    synthetic: bool
    note: str
    overall: TwoSumsDict
    domains: list[DomainChangeDict]
    standards: list[StandardChangeDict]
    key_questions: list[KeyQuestionChangeDict]
    outcomes: list[OutcomeChangeDict]
    panel: FlagsChangedDict
    stale_decisions: TwoListsDict
    not_rated: list[str]
    not_rated_before: list[str]
    assumptions: list[str]


class InspectionEffectDict(TypedDict):
    """What a change of standards would have done to a past inspection, or why that cannot be said."""

    file: str
    provider: str
    fieldwork_started: str | None
    effect: EffectDict | None
    why_not: list[DiagnosticDict]


class InspectionsEffectDict(TypedDict):
    """What a change of standards would have done to past inspections, the earliest first."""

    inspections: list[InspectionEffectDict]
