"""The inspection file: one provider, one framework, its cases, judgements, findings and recommendations."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from attrs import evolve, field, frozen

from ctm_rules.case_files.case_tables import read_cases
from ctm_rules.diagnostics.findings import (
    NOWHERE,
    Code,
    Diagnostic,
    DiagnosticError,
    Findings,
    Location,
    nearest_name_hint,
)
from ctm_rules.engines import EngineName, make_engine
from ctm_rules.engines.reference import facts_meet
from ctm_rules.files import FILE_NOT_READABLE, real_path
from ctm_rules.frameworks.loading import find_framework, load_framework
from ctm_rules.frameworks.validity import DUPLICATE_ID, UNKNOWN_NAME
from ctm_rules.model.cases import Answer, Case
from ctm_rules.model.framework import VARIANTS, Framework, Measure, Prompt, Source
from ctm_rules.model.outcomes import CaseOutcome, Judgement, Outcome, Truth
from ctm_rules.rating.notebook_tables import html_table
from ctm_rules.rating.rate import RatingResult, rate_outcomes
from ctm_rules.yaml_files.marked_yaml import read_yaml
from ctm_rules.yaml_files.structuring import structure

if TYPE_CHECKING:
    import pandas
    import polars

NOT_JUDGED = Code(
    "not-judged",
    "warning",
    what="A standard that is rated by judgement has no recorded judgement.",
    why="It has no rating, so neither its domain nor the inspection can have one.",
    bad="judgements: []",
    good="judgements:\n  - {standard: leadership, rating: good, rationale: Staff know the priorities.}",
)
BAD_EVIDENCE = Code(
    "bad-evidence",
    "error",
    what="A piece of evidence is not exactly one of a strength and an area for improvement.",
    why="The report lists each under one of the two headings.",
    bad="- {theme: partnerships}",
    good="- {theme: partnerships, strength: Partners trust the leaders.}",
)
BAD_FIGURE = Code(
    "bad-figure",
    "error",
    what="A figure is neither a count among a number nor a value with a unit, or its parts contradict each other.",
    why="It could not be printed without guessing.",
    bad="{id: open_culture, text: Culture is open, count: 26}",
    good="{id: open_culture, text: Culture is open, count: 26, among: 38}",
)
BAD_LANGUAGE = Code(
    "bad-language",
    "error",
    what="The language of an inspection's text is not named by its code.",
    why="Programs that read a report aloud choose the voice by it.",
    bad="language: Welsh",
    good="language: cy",
)
ANSWER_NOT_COUNTED = Code(
    "answer-not-counted",
    "warning",
    what="A case has an answer of yes or no to a prompt or measure that does not apply to it.",
    why="The answer counts for nothing; either it or the fact that decides may be wrong.",
    bad="has_potential_victims,assessment.safety.victims\nno,yes",
    good="has_potential_victims,assessment.safety.victims\nno,na",
)


def _declared_at() -> Location:
    return field(default=NOWHERE, eq=False, repr=False, kw_only=True)


# --- The file ------------------------------------------------------------------------------------


@frozen
class FrameworkReference:
    """The framework of an inspection: an id and edition, or the path of its folder or file.

    Attributes:
        id: the framework's id, such as ``hmip-pdu``.
        edition: which edition of it, in quotes: "2024".
        path: the framework's folder or file, from the folder of the inspection file (instead of id and edition).
    """

    id: str | None = None
    edition: str | None = None
    path: str | None = None
    at: Location = _declared_at()


@frozen
class Provider:
    """Who was inspected.

    Attributes:
        name: as reports print it.
        region: where it is, in a word or two.
    """

    id: str
    name: str
    region: str = ""
    at: Location = _declared_at()


@frozen
class Period:
    """A span of days, both ends included.

    Attributes:
        first: the first day.
        last: the last day.
    """

    first: datetime.date = field(metadata={"key": "from"})
    last: datetime.date = field(metadata={"key": "to"})
    at: Location = _declared_at()


@frozen
class Fieldwork:
    """When and how the inspection was carried out.

    Attributes:
        started: the first day of the fieldwork.
        weeks: how many weeks it took.
        practitioner_interviews: how many practitioners were interviewed about a case.
        commenced: when the inspected sentences or licences had begun.
    """

    started: datetime.date
    weeks: int | None = None
    practitioner_interviews: int | None = None
    commenced: tuple[Period, ...] = ()
    at: Location = _declared_at()


@frozen
class CaseTable:
    """The table of cases, beside the inspection file or in a folder below it.

    Attributes:
        file: the table's name, from the folder of the inspection file.
        synthetic: whether the cases are made up; every output then says so.
        note: one sentence about where the cases come from, printed beside the ratings.
    """

    file: str
    synthetic: bool = False
    note: str = ""
    at: Location = _declared_at()


@frozen
class Evidence:
    """One finding: a strength or an area for improvement, under a theme where the standard has themes.

    Attributes:
        theme: the id of one of the standard's themes.
        strength: what is good.
        area_for_improvement: what should be better (instead of a strength).
    """

    theme: str | None = None
    strength: str | None = None
    area_for_improvement: str | None = None
    at: Location = _declared_at()

    @property
    def kind(self) -> Literal["strength", "area_for_improvement"]:
        """Under which of the two headings the report lists it."""
        return "strength" if self.strength is not None else "area_for_improvement"

    @property
    def text(self) -> str:
        """What was found."""
        return self.strength if self.strength is not None else (self.area_for_improvement or "")


@frozen
class StandardJudgement:
    """A standard's rating as people judged it, with the reason and the evidence.

    Attributes:
        standard: the standard's slug.
        rating: the id of the rating.
        rationale: why, in a sentence or two.
        evidence: what the judgement rests on.
    """

    standard: str
    rating: str
    rationale: str
    evidence: tuple[Evidence, ...] = ()
    at: Location = _declared_at()


@frozen
class CaseJudgement:
    """An outcome that a person recorded for one case, in place of the rule's outcome.

    Attributes:
        case: the id of the case.
        key_question: the question's address, such as ``assessment.safety``.
        outcome: what counts instead of the rule's outcome.
        reason: why the rule's outcome does not do justice to the case.
    """

    case: str
    key_question: str
    outcome: Literal["yes", "no", "not_applicable"]
    reason: str
    at: Location = _declared_at()


@frozen
class StandardFindings:
    """What was found on a standard rated by cases.

    Attributes:
        standard: the standard's slug.
        evidence: strengths and areas for improvement, in the order in which they are printed.
    """

    standard: str
    evidence: tuple[Evidence, ...]
    at: Location = _declared_at()


@frozen
class Section:
    """A part of the report that is not a standard, printed at the end of a domain.

    Attributes:
        within: the id of the domain.
        evidence: strengths and areas for improvement, in the order in which they are printed.
    """

    id: str
    title: str
    within: str
    evidence: tuple[Evidence, ...]
    at: Location = _declared_at()


@frozen
class Figure:
    """A figure that no case table gives: a count among a number, or a value with its unit.

    Attributes:
        text: what the figure says.
        count: how many.
        among: of how many.
        value: the number itself (instead of a count).
        unit: what the value is measured in, such as ``per cent``.
    """

    id: str
    text: str
    count: int | None = None
    among: int | None = None
    value: Fraction | None = None
    unit: str = ""
    at: Location = _declared_at()


@frozen
class Published:
    """A count that the inspection's source already prints, so that hiding it would protect nobody.

    Attributes:
        of: the address of a prompt, measure or variant (``variants.adjusted``).
        by: the id of a sub-group, where the source also prints the count within its groups.
    """

    of: str
    by: str | None = None
    at: Location = _declared_at()


@frozen
class InspectionFile:
    """An inspection as its file declares it.

    Attributes:
        framework: the standards that it is rated by.
        provider: who was inspected.
        fieldwork: when and how it was carried out.
        cases: the table of inspected cases.
        population: how many cases the inspected ones were drawn from.
        foreword: the report's foreword, one text for each paragraph.
        background: what the inspected provider is and does, one text for each paragraph.
        judgements: the ratings of the standards rated by judgement.
        case_judgements: outcomes that people recorded for single cases.
        findings: what was found on each standard rated by cases.
        sections: parts of the report that are not standards.
        recommendations: what the provider should do, one text each.
        figures: figures that no case table gives.
        published: counts that the source already prints.
        language: of the inspection's own text, such as ``en``.
    """

    framework: FrameworkReference
    provider: Provider
    title: str
    fieldwork: Fieldwork
    cases: CaseTable
    source: Source | None = None
    population: int | None = None
    foreword: tuple[str, ...] = ()
    background: tuple[str, ...] = ()
    judgements: tuple[StandardJudgement, ...] = ()
    case_judgements: tuple[CaseJudgement, ...] = ()
    findings: tuple[StandardFindings, ...] = ()
    sections: tuple[Section, ...] = ()
    recommendations: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    published: tuple[Published, ...] = ()
    language: str = "en"
    at: Location = _declared_at()


# --- The inspection ------------------------------------------------------------------------------


@frozen
class Inspection:
    """An inspection ready to be rated.

    Attributes:
        path: its file.
        declared: what the file says.
        framework: the standards it is rated by.
        cases: with recorded judgements attached.
        warnings: what people should look at before they trust the ratings.
    """

    path: Path
    declared: InspectionFile
    framework: Framework
    cases: tuple[Case, ...]
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def judged(self) -> dict[str, str]:
        """Rating ids of the standards rated by judgement, by slug."""
        return {judgement.standard: judgement.rating for judgement in self.declared.judgements}


@frozen
class Divergence:
    """A case in which a person recorded another outcome than the rule gives."""

    case: str
    key_question: str
    rule: Outcome
    judgement: Judgement

    def to_dict(self) -> dict[str, str]:
        """Return the parts as plain data."""
        return {
            "case": self.case,
            "key_question": self.key_question,
            "rule": self.rule.value,
            "judgement": self.judgement.outcome.value,
            "reason": self.judgement.reason,
        }


@frozen(repr=False)
class InspectionResult:
    """An inspection's ratings with the outcome of every case behind them. Notebooks show the ratings as a table."""

    inspection: Inspection
    rating: RatingResult
    outcomes: tuple[CaseOutcome, ...]

    def __repr__(self) -> str:
        return f"<InspectionResult: {self.summary}>"

    def _repr_html_(self) -> str:
        return html_table(self.summary, self.rating.to_rows())

    @property
    def summary(self) -> str:
        """The provider and its ratings in one line, with a word where the cases are synthetic."""
        declared = self.inspection.declared
        synthetic = "; the cases are synthetic" if declared.cases.synthetic else ""
        return f"{declared.provider.name}: {self.rating.summary}{synthetic}"

    def to_polars(self) -> polars.DataFrame:
        """Return the ratings as a Polars dataframe; see :meth:`RatingResult.to_rows`."""
        return self.rating.to_polars()

    def to_pandas(self) -> pandas.DataFrame:
        """Return the ratings as a pandas dataframe; see :meth:`RatingResult.to_rows`."""
        return self.rating.to_pandas()

    @property
    def divergences(self) -> tuple[Divergence, ...]:
        """Where a recorded judgement and the rule differ, in the order of the cases."""
        return tuple(
            Divergence(case.case, path, question.rule_outcome, question.judgement)
            for case in self.outcomes
            for path, question in case.questions.items()
            if question.diverges and question.judgement is not None
        )

    def to_dict(self) -> dict[str, object]:
        """Return the result as plain data, in the shape that ``--json`` prints."""
        rating = self.rating.to_dict()
        declared = self.inspection.declared
        return {
            "framework": rating.pop("framework"),
            "provider": declared.provider.name,
            "engine": rating.pop("engine"),
            "cases": rating.pop("cases"),
            "synthetic": declared.cases.synthetic,
            "note": declared.cases.note,
            **rating,
            "divergences": [divergence.to_dict() for divergence in self.divergences],
            "warnings": [warning.to_dict() for warning in self.inspection.warnings],
        }


def load_inspection(path: str | Path, *, framework: Framework | None = None) -> Inspection:
    """Load an inspection with its framework and its cases.

    Args:
        path: the inspection file.
        framework: rate by this framework instead of the one that the file names.

    Raises:
        DiagnosticError: carries every mistake found in the inspection file, its case table and its framework.

    >>> inspection = load_inspection("examples/ctm/inspection.yaml")
    >>> len(inspection.cases), inspection.judged["leadership"]
    (44, 'good')
    """
    path = Path(path)
    findings = Findings()
    declared = read_inspection_file(path)
    if framework is None:
        framework = load_framework(find_referenced_framework(declared.framework, path))
    check = _Check(declared, framework, findings)
    check.names()
    cases: tuple[Case, ...] = ()
    table = _table_path(declared.cases, path, findings)
    if table is not None:
        try:
            cases = read_cases(table, framework)
        except DiagnosticError as error:
            findings.extend(error.diagnostics)
        else:
            cases = check.case_judgements(cases)
            findings.extend(_answers_not_counted(cases, framework, str(table)))
    findings.raise_errors()
    return Inspection(path, declared, framework, cases, tuple(findings))


def read_inspection_file(path: Path) -> InspectionFile:
    """Read what an inspection file declares, without its framework and its cases.

    Raises:
        DiagnosticError: carries every mistake of shape.
    """
    findings = Findings()
    content = read_yaml(path, findings)
    findings.raise_errors()
    declared = structure(content, InspectionFile, str(path), findings)
    findings.raise_errors()
    assert declared is not None
    return declared


def rate_inspection(
    inspection: Inspection,
    *,
    engine: EngineName = "auto",
    progress: Callable[[Sequence[Case]], Iterable[Case]] = iter,
) -> InspectionResult:
    """Rate an inspection: the outcome of every case, then shares, bands, ratings and scores.

    Args:
        inspection: what to rate.
        engine: which engine decides.
        progress: called with the cases, yields them while it shows how far the work is.

    Raises:
        EngineUnavailableError: the engine is not installed here.

    >>> result = rate_inspection(load_inspection("examples/ctm/inspection.yaml"))
    >>> result.rating.overall.label, result.rating.score, result.rating.out_of
    ('Requires improvement', 4, 21)
    >>> assessment = result.rating.standards[3]
    >>> assessment.rating.label, assessment.drivers
    ('Inadequate', ('assessment.safety',))
    """
    compiled = make_engine(inspection.framework, engine)
    outcomes = tuple(compiled.assess(case) for case in progress(inspection.cases))
    return InspectionResult(
        inspection, rate_outcomes(inspection.framework, outcomes, inspection.judged, compiled), outcomes
    )


def find_referenced_framework(reference: FrameworkReference, path: Path) -> Path:
    """Return the folder or file of the framework that the file at ``path`` refers to.

    Raises:
        DiagnosticError: it is not named clearly, or cannot be found.
    """
    if (reference.id is None) == (reference.path is None):
        hint = 'write {id: …, edition: "…"}, or {path: …} for standards of your own'
        message = "the framework must be named by its id or by its path, and not by both"
        raise DiagnosticError([UNKNOWN_NAME.found(reference.at, message, path="framework", hint=hint)])
    if reference.path is not None:
        return path.parent / reference.path
    assert reference.id is not None
    try:
        return find_framework(reference.id, reference.edition)
    except DiagnosticError as error:
        # What is wrong is the name, so it is wrong here, in the file that names it.
        raise DiagnosticError(found.moved_to(reference.at) for found in error.diagnostics) from None


def _table_path(table: CaseTable, path: Path, findings: Findings) -> Path | None:
    """Return where the case table lies, which must be beside the inspection or below it."""
    folder = real_path(path.parent)
    if real_path(folder / table.file).is_relative_to(folder):
        return path.parent / table.file
    message = f'the case table "{table.file}" is not in the folder of the inspection'
    findings.add(FILE_NOT_READABLE, table.at, message, path="cases.file", hint="put it beside the inspection file")
    return None


class _Check:
    """Holds the names in an inspection file against the framework."""

    def __init__(self, declared: InspectionFile, framework: Framework, findings: Findings) -> None:
        self._declared = declared
        self._framework = framework
        self._findings = findings

    def names(self) -> None:
        declared, framework = self._declared, self._framework
        judged = {slug: s for slug, s in framework.standards_by_slug.items() if s.rated_by == "judgement"}
        by_cases = {slug: s for slug, s in framework.standards_by_slug.items() if s.rated_by == "cases"}
        for judgement in declared.judgements:
            self._known("standard rated by judgement", judgement.standard, judged, judgement.at)
            self._known("rating", judgement.rating, framework.ratings_by_id, judgement.at)
            self._evidence(judgement.evidence, judgement.standard)
        self._once("judgement of the standard", [(entry.standard, entry.at) for entry in declared.judgements])
        for found in declared.findings:
            self._known("standard rated by cases", found.standard, by_cases, found.at)
            self._evidence(found.evidence, found.standard)
        self._once("block of findings on the standard", [(entry.standard, entry.at) for entry in declared.findings])
        for section in declared.sections:
            self._known("domain", section.within, [domain.id for domain in framework.domains], section.at)
            self._evidence(section.evidence, None)
        self._once("section", [(section.id, section.at) for section in declared.sections])
        for figure in declared.figures:
            self._figure(figure)
        self._once("figure", [(figure.id, figure.at) for figure in declared.figures])
        if not re.fullmatch("[a-z]{2,3}(-[A-Z]{2})?", declared.language):
            message = f'"{declared.language}" is not the code of a language'
            self._findings.add(BAD_LANGUAGE, declared.at, message, path="language", hint="write en, cy or en-GB")
        variants = [f"{VARIANTS}.{variant.id}" for variant in framework.variants]
        for count in declared.published:
            known = [*framework.prompts, *framework.measures_by_path, *variants]
            self._known("prompt, measure or variant", count.of, known, count.at)
            if count.by is not None:
                self._known("sub-group", count.by, [subgroup.id for subgroup in framework.subgroups], count.at)
        for slug, standard in judged.items():
            if slug not in {judgement.standard for judgement in declared.judgements}:
                message = f'no judgement is recorded for the standard "{slug}" ({standard.id} {standard.title})'
                self._findings.add(NOT_JUDGED, declared.at, message, hint="add it to judgements, with its rationale")

    def case_judgements(self, cases: tuple[Case, ...]) -> tuple[Case, ...]:
        """Return the cases with the recorded judgements of the inspection file attached."""
        recorded: dict[str, dict[str, Judgement]] = {case.id: dict(case.judgements) for case in cases}
        entries = self._declared.case_judgements
        for entry in entries:
            self._known("case", entry.case, recorded, entry.at)
            self._known("key question", entry.key_question, self._framework.key_questions, entry.at)
            if entry.case in recorded:
                recorded[entry.case][entry.key_question] = Judgement(Outcome(entry.outcome), entry.reason)
        self._once("judgement of", [(f"{entry.case}, {entry.key_question}", entry.at) for entry in entries])
        return tuple(evolve(case, judgements=recorded[case.id]) for case in cases)

    def _known(self, kind: str, name: str, known: Iterable[str], at: Location) -> None:
        known = list(known)
        if name not in known:
            self._findings.add(UNKNOWN_NAME, at, f'there is no {kind} "{name}"', hint=nearest_name_hint(name, known))

    def _once(self, kind: str, entries: Iterable[tuple[str, Location]]) -> None:
        seen: dict[str, Location] = {}
        for name, at in entries:
            if name in seen:
                message = f'there is a second {kind} "{name}" (the first on line {seen[name].line})'
                self._findings.add(DUPLICATE_ID, at, message, hint="keep one of them")
            seen.setdefault(name, at)

    def _evidence(self, evidence: Iterable[Evidence], slug: str | None) -> None:
        standard = self._framework.standards_by_slug.get(slug) if slug else None
        themes = [theme.id for theme in standard.themes] if standard else []
        for piece in evidence:
            if (piece.strength is None) == (piece.area_for_improvement is None):
                message = "evidence is either a strength or an area for improvement"
                hint = "write one of strength: … and area_for_improvement: …"
                self._findings.add(BAD_EVIDENCE, piece.at, message, hint=hint)
            if piece.theme is not None and themes:
                self._known("theme", piece.theme, themes, piece.at)

    def _figure(self, figure: Figure) -> None:
        is_count = figure.count is not None and figure.among is not None and figure.value is None
        is_value = figure.value is not None and figure.count is None and figure.among is None
        if not (is_count or is_value):
            hint = "write count and among, or value and unit"
            self._findings.add(BAD_FIGURE, figure.at, f'the figure "{figure.id}" is incomplete', hint=hint)
        elif figure.count is not None and figure.among is not None and not 0 <= figure.count <= figure.among:
            message = f"{figure.count} cannot be among {figure.among}"
            self._findings.add(BAD_FIGURE, figure.at, message, hint="check the two numbers")


def _answers_not_counted(cases: Iterable[Case], framework: Framework, file: str) -> Iterable[Diagnostic]:
    """Yield a warning for each prompt or measure answered yes or no in cases to which it does not apply."""
    asked: dict[str, Prompt | Measure] = {**framework.prompts, **framework.measures_by_path}
    conditions = {path: declared.applies_when for path, declared in asked.items() if declared.applies_when is not None}
    ignored: dict[str, list[str]] = {}
    for case in cases:
        for path, condition in conditions.items():
            answer = case.answers.get(path)
            if answer in (Answer.YES, Answer.NO) and facts_meet(condition, case.facts, framework) is Truth.FALSE:
                ignored.setdefault(path, []).append(case.id)
    for path, ids in ignored.items():
        shown = ", ".join(ids[:5]) + ("…" if len(ids) > 5 else "")
        message = f"{path} is answered in cases to which it does not apply: {shown}"
        yield ANSWER_NOT_COUNTED.found(Location(file), message, path=path, hint="answer na, or correct the fact")
