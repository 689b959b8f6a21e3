"""The inspection file: one provider, one framework, its cases, judgements, findings and recommendations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from ctm_rules.case_files.case_tables import read_case_table
from ctm_rules.case_files.table_text import check_encoding
from ctm_rules.diagnostics.findings import Code, Diagnostic, DiagnosticError, Findings, Location
from ctm_rules.engines import EngineName, make_engine
from ctm_rules.files import FILE_NOT_READABLE
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.meaning import odd_scales
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.framework import Framework
from ctm_rules.model.outcomes import CaseOutcome, Judgement, Outcome
from ctm_rules.phrases import say_count
from ctm_rules.rating.given import check_number, read_provider
from ctm_rules.rating.notebook_tables import html_table
from ctm_rules.rating.rate import rate_outcomes
from ctm_rules.rating.results import RatingResult

if TYPE_CHECKING:
    import pandas
    import polars

from ctm_rules.inspections.checks import answers_not_counted, attach_judgements, check_inspection, stale_decisions
from ctm_rules.inspections.dates import check_fieldwork, implausible_dates
from ctm_rules.inspections.elsewhere import RatedElsewhere, file_of_rating, rated_elsewhere
from ctm_rules.inspections.file import CaseTable, InspectionFile, case_table_of, read_inspection_file
from ctm_rules.inspections.last_time import LastTime, check_previous, join_last_time, previous_file
from ctm_rules.inspections.standards import by_names_of, check_own_standards, find_standards
from ctm_rules.inspections.undetermined import UndeterminedOutcome, find_undetermined

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
        previous: the last inspection of the provider (``None``: its file names none).
        rated_elsewhere: the ratings of standards that other inspections gave.
    """

    path: Path
    declared: InspectionFile
    framework: Framework
    cases: tuple[Case, ...]
    warnings: tuple[Diagnostic, ...] = ()
    previous: Inspection | None = None
    rated_elsewhere: tuple[RatedElsewhere, ...] = ()

    @property
    def framework_identity(self) -> dict[str, str]:
        """What results say of the standards: id, edition, checksum, and where they lie as seen from the inspection."""
        return self.framework.identity(beside=self.path.parent)

    @property
    def provider_facts(self) -> dict[str, FactValue]:
        """What is known about the provider, by the id of the fact."""
        given, facts = self.declared.provider, self.framework.provider_facts_by_id
        # A comparison of two sets of standards may know fewer facts than the file gives.
        own = {name: value for name, value in given.facts.items() if name in facts}
        return read_provider(own, self.framework, given.at, "facts", Findings())

    @property
    def judged(self) -> dict[str, str]:
        """Rating ids of the standards rated by judgement, here or in another inspection, by slug."""
        judged = {judgement.standard: judgement.rating for judgement in self.declared.judgements}
        return judged | {elsewhere.standard: elsewhere.rating.id for elsewhere in self.rated_elsewhere}


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
    """An inspection's ratings with the outcome of every case behind them. Notebooks show the ratings as a table.

    Attributes:
        last_time: what the last inspection of the provider came to (``None``: its file names none).
    """

    inspection: Inspection
    rating: RatingResult
    outcomes: tuple[CaseOutcome, ...]
    last_time: LastTime | None = None

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
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What people should look at: the warnings of the inspection, and decisions that are not applied."""
        return (*self.inspection.warnings, *self.decisions_not_applied)

    @property
    def decisions_not_applied(self) -> tuple[Diagnostic, ...]:
        """A warning for each decision of a panel that moved another rating than is computed now."""
        return tuple(stale_decisions(self.rating))

    @property
    def divergences(self) -> tuple[Divergence, ...]:
        """Where a recorded judgement and the rule differ, in the order of the cases."""
        return tuple(
            Divergence(case.case, path, question.rule_outcome, question.judgement)
            for case in self.outcomes
            for path, question in case.questions.items()
            if question.diverges and question.judgement is not None
        )

    @cached_property
    def undetermined(self) -> tuple[UndeterminedOutcome, ...]:
        """Every undetermined outcome with what is missing in the case, in the order of the cases."""
        return tuple(find_undetermined(self.inspection.framework, self.inspection.cases, self.outcomes))

    def to_dict(self) -> dict[str, object]:
        """Return the result as plain data, in the shape that ``--json`` prints."""
        rating = {**self.rating.to_dict(), "framework": self.inspection.framework_identity}
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
            "undetermined": [outcome.to_dict() for outcome in self.undetermined],
            "warnings": [warning.to_dict() for warning in self.warnings],
            "previous": self.last_time.to_dict() if self.last_time else None,
            "ratings_from": [elsewhere.to_dict() for elsewhere in self.inspection.rated_elsewhere],
        }


def load_inspection(path: str | Path, *, framework: Framework | None = None, follow: bool = True) -> Inspection:
    """Load an inspection with its framework and its cases.

    Args:
        path: the inspection file.
        framework: rate by this framework instead of the one that the file names.
        follow: whether to load the other inspections that the file names as well: the previous one, and those that
            gave it ratings.

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
        framework = load_framework(find_standards(declared, path))
        check_own_standards(declared, framework, path, findings)
        findings.extend(odd_scales(framework))
    else:
        declared = by_names_of(declared, framework)
    check_inspection(declared, framework, findings)
    is_dated = check_fieldwork(declared.fieldwork, findings)
    cases: tuple[Case, ...] = ()
    table = _table_path(declared.cases, path, framework, findings)
    encoding, encoded_at = declared.cases.encoding, declared.cases.at.of("encoding")
    no_encoding = list(check_encoding(encoding, encoded_at, path="cases.encoding"))
    findings.extend(no_encoding)
    if table is not None and not no_encoding:
        found = Findings()
        cases = read_case_table(table, framework, found, encoding=encoding)
        findings.extend(found)
        if not found.errors:
            cases = attach_judgements(cases, declared, framework, findings)
            findings.extend(answers_not_counted(cases, framework, str(table)))
            if is_dated:
                findings.extend(implausible_dates(cases, declared.fieldwork, framework, str(table)))
            findings.extend(_check_population(declared, len(cases)))
    previous = _load_previous(declared, path, findings) if follow else None
    elsewhere = tuple(_rate_elsewhere(declared, path, framework, findings)) if follow else ()
    findings.raise_errors()
    return Inspection(path, declared, framework, cases, tuple(findings), previous, elsewhere)


def _rate_elsewhere(
    declared: InspectionFile, path: Path, framework: Framework, findings: Findings
) -> Iterator[RatedElsewhere]:
    """Yield the ratings that other inspections gave; what those took from others in turn is none of theirs."""
    for entry in declared.ratings_from:
        file = file_of_rating(entry, declared, path, framework, findings)
        if file is None:
            continue
        try:
            other = load_inspection(file, follow=False)
        except DiagnosticError as error:
            findings.extend(error.diagnostics)
            continue
        rating = rate_inspection(other).rating
        found = rated_elsewhere(entry, path, other.declared, rating, framework, findings)
        if found is not None:
            yield found


def _load_previous(declared: InspectionFile, path: Path, findings: Findings) -> Inspection | None:
    """Return the last inspection of the provider by the standards of its time; its own last one is not followed."""
    found = previous_file(declared, path, findings)
    if found is None:
        return None
    try:
        last = read_inspection_file(found)
        check_previous(declared, last, findings)
        if findings.errors:
            return None
        return load_inspection(found, follow=False)
    except DiagnosticError as error:
        findings.extend(error.diagnostics)
        return None


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
    declared = inspection.declared
    rating = rate_outcomes(
        inspection.framework,
        outcomes,
        inspection.judged,
        compiled,
        population=declared.population,
        provider=inspection.provider_facts,
        decisions=declared.decisions,
    )
    last = inspection.previous
    last_time = None
    if last is not None:
        came_to = rate_inspection(last, engine=engine).rating
        last_time = join_last_time(declared, inspection.path, last.declared, came_to, inspection.framework)
    return InspectionResult(inspection, rating, outcomes, last_time)


def _check_population(declared: InspectionFile, cases: int) -> Iterator[Diagnostic]:
    if declared.population is not None:
        at, why = declared.at.of("population"), f"{say_count(cases, 'case')} were drawn from them"
        yield from check_number(declared.population, "the population", at=at, path="population", least=cases, why=why)


NO_CASE_TABLE = Code(
    "no-case-table",
    "error",
    what="An inspection names no case table, and standards are rated by cases.",
    why="Those standards would have no rating, as if no case had been inspected.",
    bad="cases: {note: Ten cases were read}",
    good="cases: {file: cases.csv, note: Ten cases were read}",
)


def _table_path(table: CaseTable, path: Path, framework: Framework, findings: Findings) -> Path | None:
    """Return where the case table lies, which must be beside the inspection or below it (``None``: there is none)."""
    if not table.file:
        by_cases = [standard for standard in framework.standards if standard.rated_by == "cases"]
        if by_cases:
            at = table.at if table.at.line else Location(str(path), 1, 1)
            message = f'there is no case table, and "{by_cases[0].slug}" is rated by cases'
            findings.add(NO_CASE_TABLE, at, message, path="cases.file", hint="write cases: {file: …}")
        return None
    found = case_table_of(table, path)
    if found is None:
        message = f'the case table "{table.file}" is not in the folder of the inspection'
        hint = "put it beside the inspection file"
        findings.add(FILE_NOT_READABLE, table.at.of("file"), message, path="cases.file", hint=hint)
    return found
