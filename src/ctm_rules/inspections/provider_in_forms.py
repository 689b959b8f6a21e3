"""What was recorded once of the provider, in a table or on the sheet that a form has for it, added to an inspection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import evolve

from ctm_rules.case_files.case_tables import UnderstoodTable, open_table, understand_table
from ctm_rules.case_files.cells import WORKBOOKS, quote_cell
from ctm_rules.case_files.filled_forms import FormTable
from ctm_rules.case_files.odd_cells import TWO_ANSWERS, Shown
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.files import FILE_NOT_READABLE
from ctm_rules.inspections.file import CaseTable, InspectionFile, case_table_of, reading_of_provider
from ctm_rules.model.answer_words import ANSWERS, answer_hint, value_hint
from ctm_rules.model.case_values import BAD_ANSWER, BAD_VALUE, unknown_name
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.declared_reading import TableLayout
from ctm_rules.model.fact_values import type_fact_value
from ctm_rules.model.framework import Fact, Framework
from ctm_rules.model.provider_view import PROVIDER, asked_of_provider
from ctm_rules.model.reading import cell_text


def with_provider_in_forms(
    declared: InspectionFile, path: Path, framework: Framework, contents: Mapping[Path, bytes], findings: Findings
) -> InspectionFile:
    """Return an inspection with what its forms say of the provider; where they say otherwise goes to ``findings``."""
    if not framework.provider_facts and not framework.provider_prompts:
        return declared
    facts, answers = dict(declared.provider.facts), dict(declared.provider.answers)
    from_where: dict[str, str] = {}
    for file, form in _said_in_forms(declared, path, framework, contents):
        for name, text in form.provider.items():
            if not text:
                continue
            at, shown = form.of_provider(name, str(file)), form.made.shown.get(name, Shown())
            fact = framework.provider_facts_by_id.get(name)
            before = facts.get(name, answers.get(name))
            if fact is not None:
                value: FactValue | None = None
                try:
                    value = type_fact_value(fact, text)
                except ValueError as error:
                    takes = " or ".join(shown.words.values()) or str(error)
                    message = f"{shown.said(name)} of the provider is {quote_cell(text)}, which is not {takes}"
                    findings.add(BAD_VALUE, at, message, path=name, hint=value_hint(fact, text, shown=shown.words))
                    continue
                is_same = before is None or _is_that(fact, before, value)
                facts.setdefault(name, value)
            elif name in framework.provider_prompts:
                if text not in ANSWERS:
                    takes = " or ".join(shown.words.get(word, word) for word in ANSWERS)
                    message = f"{shown.said(name)} of the provider is {quote_cell(text)}, which is not {takes}"
                    hint = answer_hint(text, ANSWERS, shown=shown.words)
                    findings.add(BAD_ANSWER, at, message, path=name, hint=hint)
                    continue
                is_same = before is None or before == text
                answers.setdefault(name, ANSWERS[text].value)
            else:
                known = [*framework.provider_facts_by_id, *framework.provider_prompts]
                findings.note(unknown_name(at, f'the sheet for the provider names "{name}"', name, known))
                continue
            if not is_same:
                there = from_where.get(name, path.name)
                said = [shown.words.get(each, each) for each in (cell_text(text), str(before))]
                message = f"{shown.said(name)} of the provider is {said[0]} in {file.name}, and {said[1]} in {there}"
                findings.add(TWO_ANSWERS, at, message, path=name, hint="keep the one that is right")
            from_where.setdefault(name, file.name)
    return evolve(declared, provider=evolve(declared.provider, facts=facts, answers=answers))


NO_ROW_OF_PROVIDER = Code(
    "no-row-of-provider",
    "error",
    what="The table with what was asked of the provider has no row with the provider's id.",
    why="What was recorded of it would be left out, without a word.",
    bad="provider: {id: nroth, name: North, file: provider.csv}     # whose column provider holds north",
    good="provider: {id: north, name: North, file: provider.csv}",
)


def with_provider_in_table(
    declared: InspectionFile, path: Path, framework: Framework, findings: Findings
) -> InspectionFile:
    """Return an inspection with what the table of its provider says of it; what is wrong goes to ``findings``."""
    provider, asked = declared.provider, asked_of_provider(framework)
    file = case_table_of(provider, path)
    if file is None:
        message = f'the table "{provider.file}" of the provider is not in the folder of the inspection'
        hint = "put it beside the inspection file"
        findings.add(FILE_NOT_READABLE, provider.at.of("file"), message, path="provider.file", hint=hint)
        return declared
    found = Findings()
    reading = reading_of_provider(provider, path, asked, found)
    understood = UnderstoodTable() if reading is None else understand_table(file, asked, found, reading)
    findings.extend(found)
    row = next((case for case in understood.cases if case.id == provider.id), None)
    if row is None:
        if not found.errors:
            message = f'no row is of the provider "{provider.id}"'
            ids = [case.id for case in understood.cases]
            hint = nearest_name_hint(provider.id, ids) or f"write its id in the column {PROVIDER}"
            findings.add(NO_ROW_OF_PROVIDER, Location(str(file)), message, path=PROVIDER, hint=hint)
        return declared
    facts, answers = dict(provider.facts), dict(provider.answers)
    for name, value in row.facts.items():
        before = facts.setdefault(name, value)
        if not _is_that(framework.provider_facts_by_id[name], before, value):
            at = understood.places.of(row.id, name)
            findings.extend([_contradiction(name, value, before, at, path)])
    for name, answer in row.answers.items():
        if answers.setdefault(name, answer.value) != answer.value:
            at = understood.places.of(row.id, name)
            findings.extend([_contradiction(name, answer.value, answers[name], at, path)])
    return evolve(declared, provider=evolve(provider, facts=facts, answers=answers))


def _contradiction(name: str, said: FactValue, before: object, at: Location, path: Path) -> Diagnostic:
    message = f'"{name}" of the provider is {cell_text(said)} here, and {cell_text(before)} in {path.name}'
    return TWO_ANSWERS.found(at, message, path=name, hint="keep the one that is right")


def _is_that(fact: Fact, before: object, value: FactValue) -> bool:
    try:
        return type_fact_value(fact, before) == value
    except ValueError:
        return False


def _said_in_forms(
    declared: InspectionFile, path: Path, framework: Framework, contents: Mapping[Path, bytes]
) -> Iterator[tuple[Path, FormTable]]:
    """Yield each form; what cannot be read is said where the cases are."""
    for table in declared.tables:
        file = _form(table, path)
        if file is None:
            continue
        raw = open_table(file, Location(str(file)), Findings(), TableLayout(), contents.get(file))
        if raw is not None and raw.form is not None and raw.form.made.framework == framework.id:
            yield file, raw.form


def _form(table: CaseTable, path: Path) -> Path | None:
    file = case_table_of(table, path) if table.file and not table.judged_again else None
    return file if file is not None and file.suffix.lower() in WORKBOOKS else None
