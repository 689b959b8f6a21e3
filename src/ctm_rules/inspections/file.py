"""An inspection file as it is written: the classes that its YAML becomes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Literal

from attrs import evolve, field, frozen

from ctm_rules.case_files.cells import TABLES
from ctm_rules.case_files.readings import find_reading
from ctm_rules.case_files.table_text import check_encoding
from ctm_rules.diagnostics.findings import Findings, Location, declared_at
from ctm_rules.files import FILE_NOT_READABLE
from ctm_rules.frameworks.references import FrameworkReference
from ctm_rules.inspections.to_do import ToDo, set_aside
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.declared import NAME, Words
from ctm_rules.model.declared_reading import CellText, ColumnReading, Reading, Shorthands
from ctm_rules.model.framework import CASE_COLUMN, Framework, Source
from ctm_rules.model.provider_view import PROVIDER
from ctm_rules.paths import kind_of, lies_in
from ctm_rules.rating.decisions import PanelDecision
from ctm_rules.yaml_files.marked_yaml import MarkedValue, read_yaml
from ctm_rules.yaml_files.structuring import structure


@frozen
class InspectionStandards(FrameworkReference):
    """The framework that an inspection is rated by: in force when the fieldwork started, or with a reason why not.

    Attributes:
        edition: which edition of it, in quotes: "2024" (default: the one in force when the fieldwork started).
        because: why the inspection goes by standards that were not in force when the fieldwork started.
    """

    because: str = ""


@frozen
class Provider:
    """Who was inspected.

    Attributes:
        name: as reports print it.
        region: where it is, in a word or two.
        facts: what is known about it, by the ids of the framework's provider facts.
        answers: what was answered once, of it and not of cases, by the address of the prompt: ``yes``, ``no`` or
            ``na``, or a step of the prompt's scale by its id.
        file: the table that holds such facts and answers, beside the inspection file or below it: a row for each
            provider, with its id in a column ``provider``.
        read_as: the file that says how that table is read, beside the inspection file or below it.
    """

    id: str
    name: Words = field(metadata=NAME)
    region: Words = ""
    facts: Mapping[str, FactValue] = field(factory=dict, hash=False)
    answers: Mapping[str, str] = field(factory=dict, hash=False)
    file: str = ""
    read_as: str = ""
    at: Location = declared_at()


@frozen
class Period:
    """A span of days, both ends included.

    Attributes:
        first: the first day.
        last: the last day.
    """

    first: datetime.date = field(metadata={"key": "from"})
    last: datetime.date = field(metadata={"key": "to"})
    at: Location = declared_at()


@frozen
class Fieldwork:
    """When and how the inspection was carried out.

    Attributes:
        started: the first day of the fieldwork.
        weeks: how many weeks it took.
        practitioner_interviews: how many practitioners were interviewed about a case.
        commenced: when the inspected sentences or licences had begun: the weeks that the cases were sampled from. The
            dates of a fact called ``commenced`` are held against them.
    """

    started: datetime.date
    weeks: int | None = None
    practitioner_interviews: int | None = None
    commenced: tuple[Period, ...] = ()
    at: Location = declared_at()


@frozen
class CaseTable:
    """The table of cases, beside the inspection file or in a folder below it.

    Attributes:
        file: the table's name, from the folder of the inspection file (left out where no standard is rated by cases).
        synthetic: whether the cases, or the judgements where there are none, are made up; every output then says so.
        note: one sentence about where they come from, printed beside the ratings. Where they are made up it says so:
            it stands in place of the sentence that would.
        absent: what it means where the table has no column for something that the rules read: ``refuse`` takes it for a
            mistake, ``missing`` for answers and facts that are missing from every case.
        encoding: how the table was saved, if it has no byte-order mark: ``windows-1252`` (default: UTF-8).
        sample: the id of the sample that its cases were drawn for (left out: the facts of each case decide).
        read_as: the file that says how the table is read, beside the inspection file or below it (default: the
            framework's own ``reading.yaml``, where it has one).
        judged_again: whether other inspectors judged cases of the tables above once more, to see how far they agree.
            Nothing of such a table counts; cases that they agree and differ in are counted (``reliability``).
    """

    file: str = ""
    synthetic: bool = False
    note: Words = ""
    absent: Literal["refuse", "missing"] = "refuse"
    encoding: str | None = None
    sample: str | None = None
    read_as: str = ""
    judged_again: bool = False
    at: Location = declared_at()


def case_table_of(table: CaseTable | Provider, path: Path) -> Path | None:
    """Return where the case table of the inspection file at ``path`` lies (``None``: not beside or below that file)."""
    found = path.parent / table.file
    return found if lies_in(found, path.parent) else None


def reading_of_cases(
    table: CaseTable, path: Path, framework: Framework, findings: Findings, key: str = "cases"
) -> Reading | None:
    """Return how the case table of the inspection file at ``path`` is read (``None``: what is wrong is in findings)."""
    shorthands = Shorthands(absent="missing" if table.absent == "missing" else None, encoding=table.encoding)
    wrong = list(check_encoding(table.encoding, table.at.of("encoding"), path=f"{key}.encoding"))
    findings.extend(wrong)
    file = path.parent / table.read_as if table.read_as else None
    if not _is_beside(table, path, findings, "cases", key):
        return None
    reading = find_reading(framework, file, findings, table.at)
    return None if reading is None or wrong else shorthands.applied_to(reading)


def reading_of_provider(provider: Provider, path: Path, asked: Framework, findings: Findings) -> Reading | None:
    """Return how the table of a provider is read, whose cases are providers; as :func:`reading_of_cases` does."""
    if not _is_beside(provider, path, findings, "facts and answers of the provider", "provider"):
        return None
    file = path.parent / provider.read_as
    reading = find_reading(asked, file if provider.read_as else Reading(), findings, provider.at)
    if reading is None:
        return None
    called = {CASE_COLUMN: ColumnReading(CellText(PROVIDER)), **reading.columns}
    return Shorthands(absent="missing").applied_to(evolve(reading, columns=called))


def _is_beside(said: CaseTable | Provider, path: Path, findings: Findings, what: str, key: str) -> bool:
    if not said.read_as or lies_in(path.parent / said.read_as, path.parent):
        return True
    message = f'the file "{said.read_as}", by which the {what} are read, is not in the folder of the inspection'
    hint = "put it beside the inspection file"
    findings.add(FILE_NOT_READABLE, said.at.of("read_as"), message, path=f"{key}.read_as", hint=hint)
    return False


EvidenceKind = Literal["strength", "area_for_improvement", "note"]
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = ("strength", "area_for_improvement", "note")
"""What a piece of evidence can be, in the order in which a report lists them."""


@frozen
class Evidence:
    """One finding: a strength or an area for improvement, under a theme where the standard has themes; or a note.

    Attributes:
        theme: the id of one of the standard's themes.
        about: the addresses of what it is about (see :class:`Recommendation`), such as the key questions, prompts and
            measures whose figures it puts into words. It is printed under its key question with these figures and
            ratings beside it, and its words for shares must go with them.
        strength: what is good.
        area_for_improvement: what should be better (instead of a strength).
        note: what readers must know of how this was found (instead of a strength).
    """

    theme: str | None = None
    strength: Words | None = None
    area_for_improvement: Words | None = None
    note: Words | None = None
    about: tuple[str, ...] = ()
    at: Location = declared_at()

    @property
    def kind(self) -> EvidenceKind:
        """Under which heading the report lists it."""
        return next((kind for kind in EVIDENCE_KINDS if getattr(self, kind) is not None), "note")

    @property
    def text(self) -> Words:
        """What was found."""
        return getattr(self, self.kind) or ""


@frozen
class StandardJudgement:
    """A rating as people judged it, with the reason and the evidence.

    Attributes:
        standard: the slug of the standard that is rated.
        key_question: the address of the key question that is rated (instead of a standard).
        rating: the id of the rating.
        rationale: why, in a sentence or two.
        evidence: what the judgement rests on.
    """

    standard: str = field(default="", kw_only=True)
    key_question: str = field(default="", kw_only=True)
    rating: str
    rationale: Words
    evidence: tuple[Evidence, ...] = ()
    at: Location = declared_at()

    @property
    def of(self) -> str:
        """The slug of the standard, or the address of the key question."""
        return self.standard or self.key_question


@frozen
class RatingFrom:
    """A rating that another inspection gave, such as a region's for each of its units.

    Attributes:
        standard: the slug of the standard here, which people rate.
        inspection: the file of the other inspection, from the folder of this one.
        of: the slug of the standard there (left out: the same).
    """

    standard: str
    inspection: str
    of: str = ""
    at: Location = declared_at()


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
    at: Location = declared_at()


@frozen
class StandardFindings:
    """What was found on a standard rated by cases.

    Attributes:
        standard: the standard's slug.
        evidence: strengths and areas for improvement, in the order in which they are printed.
    """

    standard: str
    evidence: tuple[Evidence, ...]
    at: Location = declared_at()


@frozen
class Section:
    """A part of the report that is not a standard.

    Attributes:
        within: the id of the domain that it is printed at the end of (left out: it is about the provider as a whole,
            and printed after the standards).
        evidence: strengths and areas for improvement, in the order in which they are printed.
    """

    id: str
    title: Words
    within: str | None = field(default=None, kw_only=True)
    evidence: tuple[Evidence, ...]
    at: Location = declared_at()


@frozen
class Recommendation:
    """What the provider should do, and what it answers; a text alone is one that says nothing more.

    Attributes:
        text: what it should do.
        about: the addresses of what it answers, at any level: ``overall`` (the provider as a whole), ``domains.…``, a
            standard, one of its themes (``leadership.themes.workload``), a key question, prompt or measure,
            ``variants.…``, ``figures.…`` or ``sections.…``. Their figures and ratings stand beside it, and from each of
            them, and from findings about the same, readers are led to it.
    """

    SHORT: ClassVar = "text"

    text: Words
    about: tuple[str, ...] = ()
    at: Location = declared_at()


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
    text: Words
    count: int | None = None
    among: int | None = None
    value: Fraction | None = None
    unit: Words = ""
    at: Location = declared_at()


@frozen
class Published:
    """A count that the inspection's source already prints, so that hiding it would protect nobody.

    Attributes:
        of: the address of a prompt, measure or variant (``variants.adjusted``).
        by: the id of a sub-group, where the source also prints the count within its groups.
    """

    of: str
    by: str | None = None
    at: Location = declared_at()


@frozen
class Publication:
    """Who publishes the report, and so answers for it; without that, a report says that it is a demonstration.

    Attributes:
        name: who publishes it, as it stands above the title.
        date: the day on which it is published.
        contact: where to write or to call, in a line.
        licence: under which it may be used again, such as ``Open Government Licence v3.0``.
    """

    name: Words = field(metadata=NAME)
    date: datetime.date | None = None
    contact: Words = field(default="", metadata=NAME)
    licence: Words = field(default="", metadata=NAME)
    at: Location = declared_at()


@frozen
class Correction:
    """What was put right in a report after it was published.

    Attributes:
        date: the day of the correction.
        text: what was wrong and what stands there now, in a sentence or two.
    """

    date: datetime.date
    text: Words
    at: Location = declared_at()


@frozen
class Signature:
    """Who signs the foreword.

    Attributes:
        name: the name, with honours.
        role: in which office, such as ``HM Chief Inspector of Probation``.
    """

    name: Words = field(metadata=NAME)
    role: Words = ""
    at: Location = declared_at()


@frozen
class Term:
    """A word that readers may not know.

    Attributes:
        term: the word.
        meaning: what it means, in a sentence.
    """

    term: Words
    meaning: Words
    at: Location = declared_at()


@frozen
class PressRelease:
    """What is told to the press; it becomes a page of its own, with the ratings added to it.

    Attributes:
        title: the headline.
        text: one text for each paragraph.
    """

    title: Words
    text: tuple[Words, ...]
    at: Location = declared_at()


WHOLE = "overall"
"""The address of the provider as a whole, and of its overall rating."""

DOMAINS = "domains"
"""What begins the address of a domain: ``domains.service_delivery``."""

THEMES = "themes"
"""What stands between a standard and its theme in the theme's address: ``leadership.themes.workload``."""

SECTIONS = "sections"
"""What begins the address of a part of the report that is no standard: ``sections.diversity``."""

FIGURES = "figures"
"""What begins the address of a figure that no case table gives: ``figures.sickness_days``."""


@frozen
class InspectionFile:
    """An inspection as its file declares it.

    Attributes:
        framework: the standards that it is rated by.
        provider: who was inspected.
        fieldwork: when and how it was carried out.
        cases: the table of inspected cases, or a list of tables, such as one for each sample or inspector; what several
            say of one case is put together (left out where no standard is rated by cases).
        population: how many cases the inspected ones were drawn from; by the id of each sample, where the framework
            declares samples.
        summary: what a reader must know who reads no more than the first page: a sentence or two each.
        foreword: the report's foreword, one text for each paragraph.
        signed_by: who signs the foreword.
        background: what the inspected provider is and does, one text for each paragraph.
        judgements: the ratings of the standards and key questions rated by judgement.
        ratings_from: standards whose rating another inspection gave, instead of a judgement.
        case_judgements: outcomes that people recorded for single cases.
        decisions: ratings that a ratings panel moved, within what the framework lets it.
        previous: the file of the last inspection of this provider, from the folder of this one; its ratings are shown
            beside those of now.
        findings: what was found on each standard rated by cases.
        sections: parts of the report that are not standards.
        recommendations: what the provider should do: a text, or a block that also says what it answers.
        lead_inspector: who led the inspection.
        thanks: whom the inspectors thank, in a sentence.
        glossary: words that readers may not know.
        footnotes: one text each; ``[1]`` in any text of the file refers to the first of them.
        press_release: what is told to the press.
        figures: figures that no case table gives.
        published_by: who publishes the report (left out: it is a demonstration, and says so).
        status: a draft says so on every page, and a corrected report what was corrected.
        corrections: what was put right since it was published, the latest last.
        published: small counts that the source already prints.
        printed: the addresses of what the source prints itself: ``overall``, a standard, ``domains.…``, a key question,
            prompt or measure, ``variants.…`` or ``figures.…``; everything else is marked as worked out here. What is
            published is printed anyway.
        language: of the inspection's own text, such as ``en``; its texts may stand in other languages too, each by its
            code behind this one: ``{en: …, cy: …}``.
        translations_read_by: who has read the texts in another language and is qualified to judge them, by its code
            (left out: a report in that language says that nobody has).
        to_do: what in the file is still to be filled in.
    """

    framework: InspectionStandards
    provider: Provider
    title: Words
    fieldwork: Fieldwork
    cases: CaseTable | tuple[CaseTable, ...] = CaseTable()
    source: Source | None = None
    population: int | Mapping[str, int] | None = None
    summary: tuple[Words, ...] = ()
    foreword: tuple[Words, ...] = ()
    signed_by: Signature | None = None
    background: tuple[Words, ...] = ()
    judgements: tuple[StandardJudgement, ...] = ()
    case_judgements: tuple[CaseJudgement, ...] = ()
    decisions: tuple[PanelDecision, ...] = ()
    previous: str = ""
    ratings_from: tuple[RatingFrom, ...] = ()
    findings: tuple[StandardFindings, ...] = ()
    sections: tuple[Section, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    lead_inspector: Words = field(default="", metadata=NAME)
    thanks: Words = ""
    glossary: tuple[Term, ...] = ()
    footnotes: tuple[Words, ...] = ()
    press_release: PressRelease | None = None
    figures: tuple[Figure, ...] = ()
    published_by: Publication | None = None
    status: Literal["draft", "final", "corrected"] = "final"
    corrections: tuple[Correction, ...] = ()
    printed: tuple[str, ...] = ()
    published: tuple[Published, ...] = ()
    language: str = "en"
    translations_read_by: Mapping[str, str] = field(factory=dict, hash=False)
    to_do: tuple[ToDo, ...] = field(default=(), eq=False, repr=False)
    at: Location = declared_at()

    @property
    def tables(self) -> tuple[CaseTable, ...]:
        """The tables of cases."""
        return self.cases if isinstance(self.cases, tuple) else (self.cases,)

    @property
    def every_evidence(self) -> tuple[Evidence, ...]:
        """Every piece of evidence, wherever it stands in the file."""
        of_findings = [piece for found in self.findings for piece in found.evidence]
        of_judgements = [piece for judgement in self.judgements for piece in judgement.evidence]
        of_sections = [piece for section in self.sections for piece in section.evidence]
        return (*of_judgements, *of_findings, *of_sections)

    @property
    def synthetic(self) -> bool:
        """Whether any of the cases, or the judgements where there are none, are made up."""
        return any(table.synthetic for table in self.tables)

    @property
    def notes(self) -> tuple[Words, ...]:
        """Where the cases come from, one sentence for each table that says so."""
        return tuple(dict.fromkeys(table.note for table in self.tables if table.note))

    @property
    def note(self) -> str:
        """The same as one text."""
        return " ".join(self.notes)


def read_inspection_file(path: Path) -> InspectionFile:
    """Read what an inspection file declares, without its framework and its cases.

    Raises:
        DiagnosticError: carries every mistake of shape.
    """
    findings = Findings()
    if path.suffix.lower() in TABLES and kind_of(path) == "file":
        message = f"{path} is a table, and what says who was inspected, and when, is the file of an inspection"
        hint = f"name that file, or rate the table itself: ctm-rules rate --cases {path} --framework …"
        findings.add(FILE_NOT_READABLE, Location(str(path)), message, hint=hint)
        findings.raise_errors()
    content = read_yaml(path, findings)
    findings.raise_errors()
    return structure_inspection(content, str(path), findings)


def structure_inspection(content: MarkedValue, file: str, findings: Findings) -> InspectionFile:
    """Return what an inspection file declares, given what it holds; what is still to be filled in is set aside.

    Raises:
        DiagnosticError: carries every mistake of shape.
    """
    written, to_do = set_aside(content)
    declared = structure(written, InspectionFile, file, findings)
    findings.raise_errors()
    assert declared is not None
    return evolve(declared, to_do=to_do)
