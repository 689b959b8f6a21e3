"""What the result of an inspection is as plain data: the keys of ``to_dict`` and of ``rate --json``."""

# Without `from __future__ import annotations`: types are read here, where their names are known.

from typing import NotRequired, TypedDict

from ctm_rules.diagnostics.findings import DiagnosticDict
from ctm_rules.rating.result_dicts import FrameworkDict, RatingDict


class InspectedDict(TypedDict):
    """What was rated: the name of the inspection's file, where it is one, and what else the ratings are made from.

    ``cases_checksum`` is that of every case, its facts, answers and judgements, in whatever order and kind of file.
    """

    file: str | None
    title: str
    fieldwork_started: str
    cases_checksum: str
    population: int | dict[str, int] | None
    provider_facts: dict[str, str | int | bool]
    provider_answers: dict[str, str]


class DivergenceDict(TypedDict):
    """A case in which a person recorded another outcome than the rule gives."""

    case: str | None
    key_question: str
    rule: str
    judgement: str
    reason: str | None


class MissingDict(TypedDict):
    """In how many cases something is missing for a reason that the table gives."""

    reason: str
    name: str
    cases: int


class ReliabilityDict(TypedDict):
    """How far two judges agree on one thing that is asked; ``kappa`` is exact, as text."""

    level: str
    name: str
    cases: int
    agreed: int
    differed: int
    undecided: int
    kappa: str | None


class UndeterminedDict(TypedDict):
    """A case that is undetermined for a key question, and what is missing."""

    case: str | None
    key_question: str
    facts: list[str]
    answers: list[str]
    either_way: str | None
    settled_by: list[str]


class LastTimeDict(TypedDict):
    """The ratings of the last inspection of the provider, by the ids of what is rated now."""

    file: str
    fieldwork_started: str
    synthetic: bool
    framework: FrameworkDict
    overall: str | None
    domains: dict[str, str]
    standards: dict[str, str]


class RatedElsewhereDict(TypedDict):
    """A rating that another inspection gave."""

    standard: str
    rating: str
    rating_id: str
    file: str
    provider: str
    fieldwork_started: str
    synthetic: bool
    framework: FrameworkDict


class InspectionDict(RatingDict):
    """The ratings of an inspection: what :meth:`InspectionResult.to_dict` returns and ``rate --json`` prints.

    ``reliability`` is there where cases were judged twice.
    """

    provider: str
    synthetic: bool
    note: str
    divergences: list[DivergenceDict]
    undetermined: list[UndeterminedDict]
    missing: list[MissingDict]
    warnings: list[DiagnosticDict]
    previous: LastTimeDict | None
    ratings_from: list[RatedElsewhereDict]
    inspection: InspectedDict
    reliability: NotRequired[list[ReliabilityDict]]
