"""Starting an inspection (template): who, when, by which edition, and a mark wherever something is to be filled in."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from attrs import frozen

from ctm_rules.case_files.case_tables import read_case_table
from ctm_rules.diagnostics.findings import Code, Findings, Location, RequestError
from ctm_rules.engines.base import asked_of
from ctm_rules.engines.what_counts import is_of_sample
from ctm_rules.frameworks.finding import find_framework, folders_beside, is_path, not_in_force, standards_folder
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.frameworks.references import FrameworkReference, require_near
from ctm_rules.inspections.file import structure_inspection
from ctm_rules.inspections.inspection import check_declared
from ctm_rules.inspections.to_do import TO_BE_FILLED_IN
from ctm_rules.languages.languages import ENGLISH
from ctm_rules.limits import MAX_CASES_IN_A_FINDING
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import Condition, facts_in
from ctm_rules.model.fact_values import say_values, written_value
from ctm_rules.model.framework import CASE_COLUMN, Framework, KeyQuestion, Sample, Standard
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.rules_in_words import say
from ctm_rules.phrases import say_count, say_list
from ctm_rules.scaffolding.new_files import SCHEMAS, name_schema
from ctm_rules.writing import check_free, finish_interrupted, write_together
from ctm_rules.yaml_files.layout import read_layout
from ctm_rules.yaml_files.marked_yaml import parse_yaml

INSPECTION_FILE = "inspection.yaml"
_CASES = "cases"


@frozen
class NewInspection:
    """What is known of an inspection when it is started.

    Attributes:
        provider: the id of who is inspected.
        name: as reports print it.
        started: the first day of the fieldwork.
        weeks: how many weeks it takes (``None``: that is not known yet).
        title: of the inspection (default: made of the name).
        region: where the provider is, in a word or two.
        because: why it goes by standards that were not in force when the fieldwork started.
    """

    provider: str
    name: str
    started: datetime.date
    weeks: int | None = None
    title: str = ""
    region: str = ""
    because: str = ""


def start_inspection(
    folder: Path,
    standards: str,
    new: NewInspection,
    *,
    edition: str | None = None,
    cases: Path | None = None,
    as_form: bool = False,
) -> tuple[Path, ...]:
    """Start an inspection: its file, and a table for its cases, or one for each sample.

    What people have to judge, and what is not known of the provider, is marked as still to be filled in. ``check``
    lists it, with the prompts of drawn cases that have no answer yet, and says nothing else of the files.

    Args:
        folder: where they are written; none of them may be there already.
        standards: the id of the framework, or its path.
        new: what is known.
        edition: which edition of it (default: the one in force when the fieldwork starts).
        cases: a table of the cases that were drawn: their ids, and what is known of them.
        as_form: whether the tables are forms, workbooks that inspectors fill in: with a page for each case that was
            drawn, or, where none is given, with a row for each.

    Returns:
        The files written.

    Raises:
        DiagnosticError: there is one of the files already, the standards are not found or were not in force, the table
            of cases is wrong, or nothing can be written.
    """
    file = folder / INSPECTION_FILE
    finish_interrupted(folder)
    near = folders_beside(file)
    found = find_framework(standards, edition, standards=near, on=new.started)
    reference = FrameworkReference(id=standards)
    if is_path(standards):
        reference = FrameworkReference(path=Path(os.path.relpath(standards, folder)).as_posix())
        require_near(found, standards, Location(standards), (folder, *near))
    framework = load_framework(found)
    findings = Findings()
    if not new.because:
        hint = "leave the edition out, name the one that was in force, or say why with --because"
        at = Location("--edition")
        findings.extend(not_in_force(framework, new.started, "the fieldwork starts", at, hint))
    drawn = () if cases is None else read_case_table(cases, framework, findings)
    findings.raise_errors()
    tables = _tables(framework, drawn, cases, ".xlsx" if as_form else ".csv")
    layout = read_layout(_text(reference, framework, new, tables).encode(), str(file)).changed()
    # Those that come with the library are not named: they lie elsewhere on the next machine.
    schemas = [each / SCHEMAS for each in near if each != standards_folder()]
    for folder_of_schemas in [each for each in schemas if each.is_dir()][:1]:
        name_schema(layout, "inspection", file.absolute(), folder_of_schemas.absolute())
    written = {file: layout.write()} | {folder / table.file: table.content(framework) for table in tables}
    check_free(*written)
    _check_made(written[file], file, framework)
    return write_together(written, folder)


def _check_made(content: bytes, file: Path, framework: Framework) -> None:
    """Refuse to write what ``check`` would refuse, such as a title that nothing can print."""
    findings = Findings()
    made = parse_yaml(content, str(file), findings)
    findings.raise_errors()
    declared = structure_inspection(made, str(file), findings)
    check_declared(declared, framework, findings)
    findings.raise_errors()


# --- Tables of cases --------------------------------------------------------------------------------


@frozen
class _Table:
    """A table of cases: those of one sample, or all of them."""

    file: str
    sample: Sample | None
    columns: Sequence[str]
    cases: Sequence[Case]

    def content(self, framework: Framework) -> bytes:
        """Return it as a file: a row or a page for each case, and in it what is known already."""
        if self.file.endswith(".xlsx"):
            from ctm_rules.forms.making import make_form  # XlsxWriter is imported where forms are written

            layout: Literal["pages", "register"] = "pages" if self.cases else "register"
            return make_form(framework, self.cases, layout=layout, language=ENGLISH, inspector="", path=Path(self.file))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        for case in self.cases:
            known = {CASE_COLUMN: case.id, **{name: written_value(value) for name, value in case.facts.items()}}
            known |= {path: answer.value for path, answer in case.answers.items()}
            writer.writerow([known.get(column, "") for column in self.columns])
        return text.getvalue().encode()


OF_WHICH_SAMPLE = Code(
    "of-which-sample",
    "error",
    what="Of cases that were drawn nobody can tell for which sample.",
    why="Each sample has a table of its own, in which its cases are looked at.",
    bad="case\nc01     # where the samples are court and out_of_court",
    good="case,disposal\nc01,youth_caution",
)


def _tables(framework: Framework, drawn: Sequence[Case], named: Path | None, suffix: str) -> list[_Table]:
    """Return the tables of an inspection by a framework, with the cases that were drawn."""
    if not framework.asks_of_cases:
        return []
    asked = {sample.id: sample for sample in framework.samples_asked.values()}
    samples = [sample for sample in framework.samples if sample.id in asked]
    if not samples:
        return [_Table(f"{_CASES}{suffix}", None, _columns(framework, None), drawn)]
    of_sample = {
        sample.id: [case for case in drawn if is_of_sample(case, sample, framework) is Truth.TRUE] for sample in samples
    }
    placed = {case.id for cases in of_sample.values() for case in cases}
    lost = [case.id for case in drawn if case.id not in placed]
    if lost and named is not None:
        shown = say_list(lost[:MAX_CASES_IN_A_FINDING])
        message = f"of {say_count(len(lost), 'case')} nobody can tell which sample they were drawn for, such as {shown}"
        facts = say_list(list(dict.fromkeys(fact for sample in samples for fact in facts_in(sample.when))))
        hint = f"add to the table what tells it: {facts}"
        raise RequestError([OF_WHICH_SAMPLE.found(Location(str(named)), message, hint=hint)])
    return [
        _Table(f"{sample.id}{suffix}", sample, _columns(framework, sample.id), of_sample[sample.id])
        for sample in samples
    ]


def _columns(framework: Framework, sample: str | None) -> list[str]:
    """Return the columns of a table for the cases of a sample (``None``: of every case), in the order of the files."""
    asked = asked_of(framework, sample)
    prompts = [path for path in framework.prompts if path.rpartition(".")[0] in asked]
    return [CASE_COLUMN, *framework.facts_by_id, *prompts, *framework.measures_by_path]


# --- The file ---------------------------------------------------------------------------------------


def _text(reference: FrameworkReference, framework: Framework, new: NewInspection, tables: Sequence[_Table]) -> str:
    """Return what the file says; its layout is brought into order afterwards."""
    named = {"id": reference.id, "path": reference.path, "edition": framework.edition, "because": new.because}
    lines = [
        f'# Whatever says "{TO_BE_FILLED_IN}" counts as not written; "ctm-rules check" lists what is left.',
        f"framework: {_flow(named)}",
        "provider:",
        f"  id: {_quoted(new.provider)}",
        f"  name: {_quoted(new.name)}",
        *([f"  region: {_quoted(new.region)}"] if new.region else []),
        *_of_provider(framework),
        f"title: {_quoted(new.title or f'Inspection of {new.name}')}",
        f"fieldwork: {{started: {new.started.isoformat()}{f', weeks: {new.weeks}' if new.weeks is not None else ''}}}",
    ]
    if len(tables) == 1 and tables[0].sample is None:
        lines += ["", "# A row for each case. What is not known stays empty, and never means no.", "cases:"]
        lines += [f"  file: {tables[0].file}"]
    elif tables:
        lines += [
            "",
            "# A table for each sample, and in it a row for each case. What is not known stays empty.",
            "cases:",
        ]
        lines += [f"  - {{file: {table.file}, sample: {table.sample.id}}}" for table in tables if table.sample]
    judged = list(_judgements(framework))
    if judged:
        lines += [
            "",
            "# What people rate: the rating, why, and the evidence. Of strength and area_for_improvement each",
        ]
        lines += ["# piece of evidence has one; a theme may have several, or none.", "judgements:", *judged]
    return "\n".join(lines) + "\n"


def _of_provider(framework: Framework) -> Iterator[str]:
    """Yield what is to be known of the provider, and answered once of it."""
    facts, prompts = framework.provider_facts, framework.provider_prompts
    if facts:
        yield "  facts:"
        for fact in facts:
            yield from _comment(f"{fact.title}: {say_values(fact)}", "    ")
            yield f"    {fact.id}: {TO_BE_FILLED_IN}"
    if prompts:
        yield "  answers:"
        for path, prompt in prompts.items():
            yield from _comment(f"{prompt.ask} yes, no or na", "    ")
            yield f"    {_quoted(path)}: {TO_BE_FILLED_IN}"


def _judgements(framework: Framework) -> Iterator[str]:
    """Yield what people rate, in the order of the standards."""
    for standard in framework.standards:
        if standard.rated_by == "judgement":
            yield from _judgement(framework, standard, "standard", standard.slug, standard.applies_when)
        for question in standard.key_questions:
            if question.rated_by == "judgement":
                path = f"{standard.slug}.{question.id}"
                yield from _judgement(framework, question, "key_question", path, None)


def _judgement(
    framework: Framework, judged: Standard | KeyQuestion, key: str, name: str, applies_when: Condition | None
) -> Iterator[str]:
    says = f"{judged.id} {judged.title}: {judged.statement}" if isinstance(judged, Standard) else judged.ask
    yield ""
    yield from _comment(says, "  ")
    if applies_when is not None:
        yield from _comment(f"Delete it unless it applies: {say(applies_when, framework)}", "  ")
    ratings = [step.id for step in framework.scale(judged.scale)]
    yield f"  - {key}: {name}"
    yield f"    rating: {TO_BE_FILLED_IN}          # {', '.join(ratings)}"
    yield f"    rationale: {TO_BE_FILLED_IN}"
    themes = judged.themes if isinstance(judged, Standard) else ()
    if themes:
        yield "    evidence:"
        for theme in themes:
            yield f"      - {{theme: {theme.id}, strength: {TO_BE_FILLED_IN}}}"


def _comment(text: str, indent: str) -> Iterator[str]:
    for line in textwrap.wrap(" ".join(text.split()), 110 - len(indent), break_on_hyphens=False):
        yield f"{indent}# {line}"


def _flow(values: Mapping[str, str | None]) -> str:
    return f"{{{', '.join(f'{key}: {_quoted(value)}' for key, value in values.items() if value)}}}"


def _quoted(text: str) -> str:
    # JSON's way to write a text is YAML's too; the layout takes away the quotation marks that it does not need.
    return json.dumps(text, ensure_ascii=not text.isprintable())
