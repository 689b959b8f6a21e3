"""The standards that an inspection is rated by: found from where its file lies, and in force when fieldwork started."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from attrs import evolve, frozen

from ctm_rules.case_files.case_tables import read_meanings
from ctm_rules.diagnostics.findings import Diagnostic, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name
from ctm_rules.engines.base import asked_of, plan_question
from ctm_rules.frameworks.finding import not_in_force
from ctm_rules.frameworks.references import find_referenced_framework
from ctm_rules.inspections.file import (
    DOMAINS,
    THEMES,
    CaseTable,
    Evidence,
    InspectionFile,
    Recommendation,
    case_table_of,
    reading_of_cases,
)
from ctm_rules.model.case_columns import MatchedColumns
from ctm_rules.model.case_values import absent_column
from ctm_rules.model.former_names import Names, former_columns, former_samples, former_variants
from ctm_rules.model.framework import Framework
from ctm_rules.model.frozen_dict import FrozenDict


def find_standards(declared: InspectionFile, path: Path | None) -> Path:
    """Return the folder or file of the standards of an inspection.

    Without an edition it is the one that was in force when the fieldwork started.

    Args:
        declared: what the inspection file says.
        path: that file (``None``: it never was one).

    Raises:
        DiagnosticError: they are not named clearly, or cannot be found.
    """
    return find_referenced_framework(declared.framework, path, on=declared.fieldwork.started)


def check_own_standards(
    declared: InspectionFile, framework: Framework, tables: Iterable[TableColumns], findings: Findings
) -> None:
    """Report what keeps an inspection from being rated by the standards that it names itself.

    They were not in force when the fieldwork started, and it does not say why; or its table has no column for
    something that their rules read, and it does not say that this is missing from every case. By other standards, to
    ask what if, it may be rated all the same.

    Args:
        declared: what it says.
        framework: those standards.
        tables: what its case tables hold.
        findings: where mistakes go.
    """
    if not declared.framework.because:
        at, started = declared.framework.at, declared.fieldwork.started
        hint = "leave the edition out, name the one that was in force, or say why: because: …"
        findings.extend(not_in_force(framework, started, "the fieldwork started", at, hint))
    for table in tables:
        # Where none of our columns is there, the cause is another one, and the reader of the table says which.
        if table.declared.absent == "refuse" and table.columns.names:
            findings.extend(absent_columns(table.columns, framework, table.name, table.declared.sample))


@frozen
class TableColumns:
    """What the columns of one case table hold, and how findings call it."""

    declared: CaseTable
    columns: MatchedColumns
    name: str


def columns_of_files(
    declared: InspectionFile, path: Path, framework: Framework, contents: Mapping[Path, bytes] = FrozenDict()
) -> Iterator[TableColumns]:
    """Yield what the case tables beside an inspection file hold, or will hold, where somebody asks for it."""
    # Of what was judged again nothing counts, so that nothing need be there.
    for table in (each for each in declared.tables if not each.judged_again):
        file = case_table_of(table, path) if table.file else None
        reading = None if file is None else reading_of_cases(table, path, framework, Findings())
        if file is not None and reading is not None and reading.absent_columns == "refuse":
            yield TableColumns(table, read_meanings(file, framework, reading, contents.get(file)), str(file))


def absent_columns(
    matched: MatchedColumns, framework: Framework, file: str, sample: str | None = None
) -> Iterable[Diagnostic]:
    """Yield that a case table lacks columns for prompts and facts that decide something.

    What is asked of another sample than the one that its cases were drawn for decides nothing.
    """
    plans = [plan_question(framework, path, drawn_for=sample) for path in asked_of(framework, sample)]
    read = dict.fromkeys(name for plan in plans for name in (*plan.fact_ids, *plan.prompt_paths))
    # A column that is misspelt is said to be unknown, and once is enough.
    absent = [name for name in read if name not in matched.names and nearest_name(name, matched.unknown) is None]
    if absent:
        hint = "add them, or write absent: missing under cases, if they are missing from every case"
        yield absent_column(Location(file), absent, absent[0], hint)


def by_names_of(declared: InspectionFile, framework: Framework) -> InspectionFile:
    """Return what an inspection file says by the names of another edition, which knows what it was called before."""
    slugs = {former: each.slug for each in framework.standards for former in each.formerly}
    domains = {former: each.id for each in framework.domains for former in each.formerly}
    paths, samples = former_columns(framework), former_samples(framework)
    paths = {**paths, **former_variants(framework)}
    if not (slugs or domains or paths or samples):
        return declared
    themes = {
        f"{former}.{THEMES}.{theme.id}": f"{each.slug}.{THEMES}.{theme.id}"
        for each in framework.standards
        for former in each.formerly
        for theme in each.themes
    }
    every = {**paths, **slugs, **themes, **{f"{DOMAINS}.{was}": f"{DOMAINS}.{now}" for was, now in domains.items()}}
    tables = tuple(evolve(each, sample=samples.get(each.sample or "", each.sample)) for each in declared.tables)
    population = declared.population
    if isinstance(population, Mapping):
        population = {samples.get(name, name): number for name, number in population.items()}
    return evolve(
        declared,
        cases=tables if isinstance(declared.cases, tuple) else tables[0],
        population=population,
        judgements=tuple(
            evolve(
                each,
                standard=slugs.get(each.standard, each.standard),
                key_question=paths.get(each.key_question, each.key_question),
                evidence=_about_now(each.evidence, every),
            )
            for each in declared.judgements
        ),
        ratings_from=tuple(
            evolve(each, standard=slugs.get(each.standard, each.standard), of=each.of or each.standard)
            for each in declared.ratings_from
        ),
        findings=tuple(
            evolve(
                each,
                standard=slugs.get(each.standard, each.standard),
                evidence=_about_now(each.evidence, every),
            )
            for each in declared.findings
        ),
        case_judgements=tuple(
            evolve(each, key_question=paths.get(each.key_question, each.key_question))
            for each in declared.case_judgements
        ),
        decisions=tuple(
            evolve(
                each,
                standard=None if each.standard is None else slugs.get(each.standard, each.standard),
                domain=None if each.domain is None else domains.get(each.domain, each.domain),
            )
            for each in declared.decisions
        ),
        sections=tuple(
            evolve(
                each,
                within=None if each.within is None else domains.get(each.within, each.within),
                evidence=_about_now(each.evidence, every),
            )
            for each in declared.sections
        ),
        recommendations=_about_now(declared.recommendations, every),
        published=tuple(evolve(each, of=every.get(each.of, each.of)) for each in declared.published),
        printed=tuple(every.get(each, each) for each in declared.printed),
    )


AboutFigures = TypeVar("AboutFigures", Evidence, Recommendation)


def _about_now(pieces: tuple[AboutFigures, ...], paths: Names) -> tuple[AboutFigures, ...]:
    return tuple(evolve(each, about=tuple(paths.get(path, path) for path in each.about)) for each in pieces)
