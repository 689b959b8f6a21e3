"""An inspection while people record its cases, as its files will be: what is asked, what is open, what it comes to.

Nothing is written here. What is recorded gives the bytes that files are to hold; whoever shows it keeps and saves them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from attrs import evolve, frozen

from ctm_rules.case_files.cells import quote_cell
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, Location, RequestError
from ctm_rules.editing.changes import Changes
from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Edit, SetValue, node_of
from ctm_rules.editing.evaluation import ENGINE
from ctm_rules.editing.recorded_tables import RecordedTable, not_recorded, recorded_table
from ctm_rules.editing.said import Recorded, Said
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.files import read_file
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.inspections.explaining import QuestionExplanation, explain_case
from ctm_rules.inspections.file import InspectionFile, case_table_of, reading_of_cases, structure_inspection
from ctm_rules.inspections.inspection import Inspection, InspectionResult, inspection_in_hand, rate_inspection
from ctm_rules.inspections.standards import find_standards
from ctm_rules.inspections.to_do import open_prompts
from ctm_rules.inspections.undetermined import UndeterminedOutcome
from ctm_rules.limits import MAX_TABLE_BYTES, MAX_YAML_BYTES
from ctm_rules.model.cases import Case
from ctm_rules.model.framework import Framework
from ctm_rules.model.outcomes import Outcome, Truth
from ctm_rules.yaml_files.marked_yaml import parse_yaml


@frozen
class TakingOver:
    """What it changes to take a table over into a file that can be written.

    Attributes:
        table: the table as it is.
        into: the same in the new file.
        changes: the files.
    """

    table: RecordedTable
    into: RecordedTable
    changes: Changes


class Recording:
    """An inspection at one moment.

    Args:
        path: its file.
        contents: what that and its tables hold; of what is not there, nothing is known.
        framework: the standards that it goes by.
        before: the same a moment ago: tables that did not change since are not read again.

    Attributes:
        path, contents, framework: as given.
        declared: what its file says (``None``: it is broken).
        tables: its tables, those left out that judge cases again.
        findings: what keeps it from being read.
    """

    def __init__(
        self,
        path: Path,
        contents: Mapping[Path, bytes],
        framework: Framework,
        before: Recording | None = None,
    ) -> None:
        self.path, self.contents, self.framework = path, contents, framework
        self.declared: InspectionFile | None = None
        self.tables: tuple[RecordedTable, ...] = ()
        self._of_file: tuple[Diagnostic, ...] = ()
        findings = Findings()
        content = contents.get(path)
        if before is not None and before.declared is not None and content is before.contents.get(path):
            self.declared, self._of_file = before.declared, before._of_file
        else:
            self._of_file = tuple(self._read_file(content))
        findings.extend(self._of_file)
        if self.declared is not None:
            kept = {} if before is None else {table.file: table for table in before.tables}
            self.tables = tuple(self._read(self.declared, kept, findings))
        self.findings: tuple[Diagnostic, ...] = tuple(dict.fromkeys(findings))

    def _read_file(self, content: bytes | None) -> Findings:
        findings, file = Findings(), str(self.path)
        try:
            if content is not None:
                self.declared = structure_inspection(parse_yaml(content, file, findings), file, findings)
        except DiagnosticError as error:
            findings.extend(error.diagnostics)
        return findings

    def _read(
        self, declared: InspectionFile, kept: Mapping[Path, RecordedTable], findings: Findings
    ) -> Iterator[RecordedTable]:
        for table in declared.tables:
            file = case_table_of(table, self.path) if table.file and not table.judged_again else None
            content = None if file is None else self.contents.get(file)
            if file is None or content is None:
                continue
            before = kept.get(file)
            if before is not None and before.content == content and before.declared == table:
                yield before
                continue
            reading = reading_of_cases(table, self.path, self.framework, findings)
            if reading is not None:
                yield recorded_table(table, file, content, self.framework, reading)

    # --- its cases -----------------------------------------------------------------------------------

    @cached_property
    def table_of(self) -> Mapping[str, tuple[RecordedTable, ...]]:
        """The tables in which each case stands, by its id, in the order of the tables."""
        found: dict[str, list[RecordedTable]] = {}
        for table in self.tables:
            for case in filter(None, table.places.rows):
                found.setdefault(case, []).append(table)
        return {case: tuple(tables) for case, tables in found.items()}

    def case(self, case_id: str) -> Case:
        """Return what is recorded of a case, in whichever tables; what is odd in them is left out.

        Raises:
            RequestError: there is none.
        """
        tables = self._tables_of(case_id)
        inspection = self.inspection
        if inspection is not None:
            return next(case for case in inspection.cases if case.id == case_id)
        first, *others = (table.cases[case_id] for table in tables if case_id in table.cases)
        sample = next((table.declared.sample for table in tables if table.declared.sample), None)
        for other in others:
            facts, answers = {**other.facts, **first.facts}, {**other.answers, **first.answers}
            first = evolve(first, facts=facts, answers=answers)
        return evolve(first, sample=sample)

    def _tables_of(self, case_id: str) -> tuple[RecordedTable, ...]:
        tables = self.table_of.get(case_id, ())
        if not tables:
            message = f"there is no case {quote_cell(case_id)} in this inspection"
            raise RequestError([not_recorded(Location(str(self.path)), message, "add it first")])
        return tables

    def word(self, case_id: str, name: str) -> str:
        """Return what is said of a case, in the words of the standards; of a note, its text."""
        return next((word for table in self.table_of.get(case_id, ()) if (word := table.word(case_id, name))), "")

    def text(self, case_id: str, name: str) -> str:
        """Return what stands in the table, as it is written."""
        return next((text for table in self.table_of.get(case_id, ()) if (text := table.text(case_id, name))), "")

    def takes(self, case_id: str, name: str) -> bool:
        """Return whether something can be recorded of a case."""
        return any(table.refusal is None and table.takes(name) for table in self.table_of.get(case_id, ()))

    @property
    def refusals(self) -> tuple[Diagnostic, ...]:
        """Why nothing can be recorded in some of the tables."""
        return tuple(table.refusal for table in self.tables if table.refusal is not None)

    @cached_property
    def counts(self) -> WhatCounts:
        """What says of each prompt whether it is asked of a case."""
        return WhatCounts(self.framework)

    def asked(self, case: Case, path: str) -> Truth:
        """Return whether a key question, a prompt or a measure is asked of a case."""
        return self.counts.is_asked(path, case.facts, case.sample)

    def open_prompts(self, case: Case) -> tuple[str, ...]:
        """Return the prompts of a case that are still to be answered."""
        return open_prompts(case, self.framework, self.counts)

    def explained(self, case: Case) -> tuple[QuestionExplanation, ...]:
        """Return why each key question has its outcome for a case so far; those of other samples are left out."""
        return tuple(each for each in explain_case(self.framework, case, ENGINE) if each.is_asked)

    # --- what it comes to ----------------------------------------------------------------------------

    @cached_property
    def _loaded(self) -> tuple[Inspection | None, tuple[Diagnostic, ...]]:
        if self.declared is None:
            return None, self.findings
        try:
            return inspection_in_hand(self.declared, self.path, self.framework, self.contents), ()
        except DiagnosticError as error:
            return None, tuple(found for found in error.diagnostics if found.severity == "error")

    @property
    def inspection(self) -> Inspection | None:
        """The inspection (``None``: something is wrong with it)."""
        return self._loaded[0]

    @property
    def wrong(self) -> tuple[Diagnostic, ...]:
        """What is wrong with it, so that it cannot be rated."""
        return self._loaded[1]

    @cached_property
    def result(self) -> InspectionResult | None:
        """Its ratings so far (``None``: it cannot be rated, or no case stands in it)."""
        inspection = self.inspection
        if inspection is None or inspection.not_begun:
            return None
        return rate_inspection(inspection, engine=ENGINE)

    @cached_property
    def undetermined(self) -> tuple[UndeterminedOutcome, ...]:
        """The outcomes that are undetermined, with what is missing, in the order of the cases."""
        return () if self.result is None else self.result.undetermined

    def outcome(self, case_id: str, path: str) -> Outcome | None:
        """Return what a key question comes to for a case (``None``: nothing can be rated)."""
        outcomes = () if self.result is None else self.result.outcomes
        found = next((each for each in outcomes if each.case == case_id), None)
        return None if found is None else found.questions[path].outcome

    # --- what is recorded ----------------------------------------------------------------------------

    def with_recorded(self, recorded: Recorded) -> dict[Path, bytes]:
        """Return what the tables hold once something is recorded.

        Raises:
            RequestError: it cannot be recorded, and a sentence says why.
        """
        made: dict[Path, bytes] = {}
        by_table: dict[Path, list[Said]] = {}
        for said in recorded.said:
            by_table.setdefault(self._table_for(said).file, []).append(said)
        if recorded.table is not None:
            by_table.setdefault(recorded.table, [])
        findings = Findings()
        for table in self.tables:
            if table.file not in by_table:
                continue
            new = recorded.new_cases if table.file == recorded.table else ()
            twice = [case for case in new if case in self.table_of]
            for case in twice:
                message = f"the case {quote_cell(case)} stands in this inspection already"
                findings.extend([not_recorded(table.at, message, "give each case an id of its own")])
            if twice:
                continue
            try:
                made[table.file] = table.recorded(by_table[table.file], new)
            except DiagnosticError as error:
                findings.extend(error.diagnostics)
        findings.raise_errors()
        return made

    def _table_for(self, said: Said) -> RecordedTable:
        """Return the table in which something is recorded: where it stands already, else the first that takes it."""
        tables = self._tables_of(said.case)
        there = [table for table in tables if table.word(said.case, said.name) or table.text(said.case, said.name)]
        taking = [table for table in tables if table.refusal is None and table.takes(said.name)]
        return (*there, *taking, *tables)[0]

    def with_edits(self, edits: Sequence[Edit]) -> bytes:
        """Return what the file of the inspection holds after edits, such as a judgement.

        Raises:
            DiagnosticError: they cannot be done, or the inspection would be wrong by them.
        """
        edited = Document(str(self.path), self.contents[self.path]).edited(*edits).content
        self._after({self.path: edited})
        return edited

    def _after(self, changed: Mapping[Path, bytes]) -> Recording:
        """Return the inspection with some of its files changed.

        Raises:
            DiagnosticError: it would be wrong by that.
        """
        known = {(each.code, each.message) for each in self.wrong}
        after = Recording(self.path, {**self.contents, **changed}, self.framework, self)
        new = [each for each in after.wrong if (each.code, each.message) not in known]
        if new:
            raise RequestError(new)
        return after

    def taking_over(self, name: str) -> TakingOver:
        """Return what it changes to take a table that is read alone over into CSV; nothing is changed.

        Args:
            name: the name of its file.

        Raises:
            DiagnosticError: there is no such table, the file is there already, or CSV would be read otherwise.
        """
        found = next((each for each in self.tables if each.file.name == name and each.may_be_taken_over), None)
        at = Location(str(self.path))
        if found is None or self.declared is None:
            raise RequestError([not_recorded(at, f"there is no table {name} to take over", "look at its tables again")])
        file = Path(found.declared.file).with_suffix(".csv")
        target = self.path.parent / file
        if target in self.contents or target.exists():
            message = f"there is a file {target.name} already"
            raise RequestError([not_recorded(at, message, "move it away, or name it in the inspection")])
        listed = self.declared.cases
        place = ("cases", listed.index(found.declared)) if isinstance(listed, tuple) else ("cases",)
        edit = SetValue((*place, "file"), node_of(file.as_posix()))
        edited = Document(str(self.path), self.contents[self.path]).edited(edit).content
        changed = {target: found.as_csv(), self.path: edited}
        table = next(each for each in self._after(changed).tables if each.file == target)
        if not found.says_the_same(table):
            message = f"{name} would be read otherwise as CSV"
            hint = "save it as XLSX in a spreadsheet program, and name that file in the inspection"
            raise RequestError([not_recorded(found.at, message, hint)])
        return TakingOver(found, table, Changes({target: None, self.path: self.contents[self.path]}, {**changed}))

    def lines(self, before: Recording) -> Mapping[Path, tuple[str, ...]]:
        """Return by table each cell that says something else than before."""
        was = {table.file: table for table in before.tables}
        return {table.file: tuple(table.lines(was[table.file])) for table in self.tables if table.file in was}


_KEPT = 3
"""How many moments of an inspection are kept: what is in hand, what is saved, and what was a step before."""


class Recordings:
    """The inspection that is in hand, at whichever moment.

    Args:
        path: its file (``None``: there is none).

    Attributes:
        contents: what its file and its tables held when they were read.
        findings: why it cannot be recorded (nothing: it can).
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.contents: dict[Path, bytes] = {}
        self.findings: tuple[Diagnostic, ...] = ()
        self._framework: Framework | None = None
        self._kept: tuple[Recording, ...] = ()
        if path is not None:
            self._read(path)

    def _read(self, path: Path) -> None:
        findings = Findings()
        content = read_file(path, MAX_YAML_BYTES, findings)
        try:
            findings.raise_errors()
            assert content is not None
            self.contents[path] = content
            declared = _declared(path, content)
            for table in declared.tables:
                file = case_table_of(table, path) if table.file else None
                held = None if file is None else read_file(file, MAX_TABLE_BYTES, findings, kind="case table")
                if file is not None and held is not None:
                    self.contents[file] = held
            self._framework = load_framework(find_standards(declared, path))
        except DiagnosticError as error:
            self.findings = error.diagnostics

    @property
    def tables(self) -> tuple[Path, ...]:
        """The files of its tables."""
        return tuple(file for file in self.contents if file != self._path)

    def has_table(self, file: Path) -> None:
        """Have a file among its tables that is not written yet."""
        self.contents.setdefault(file, b"")

    def standards_changed(self) -> None:
        """Read the standards anew that it goes by: they were saved."""
        if self._path is not None and self._path in self.contents:
            try:
                declared = _declared(self._path, self.contents[self._path])
                self._framework, self.findings = load_framework(find_standards(declared, self._path)), ()
            except DiagnosticError as error:
                self._framework, self.findings = None, error.diagnostics
        self._kept = ()

    def at(self, contents: Mapping[Path, bytes | None]) -> Recording | None:
        """Return the inspection as its files are at a moment (``None``: there is none, or it is broken)."""
        if self._path is None or self._framework is None:
            return None
        now = {file: content for file in self.contents if (content := contents.get(file)) is not None}
        known = next((each for each in self._kept if each.contents == now), None)
        if known is None:
            known = Recording(self._path, now, self._framework, self._kept[0] if self._kept else None)
        self._kept = (known, *(each for each in self._kept if each is not known))[:_KEPT]
        return known


def _declared(path: Path, content: bytes) -> InspectionFile:
    findings = Findings()
    data = parse_yaml(content, str(path), findings)
    findings.raise_errors()
    return structure_inspection(data, str(path), findings)
