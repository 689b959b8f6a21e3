"""Every check for every kind of file, alone or anywhere below a folder, each known by what is in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import assert_never

from attrs import evolve, frozen

from ctm_rules.case_files.case_tables import read_case_table
from ctm_rules.case_files.cells import TABLES
from ctm_rules.case_files.csv_rows import looks_like_a_case_table
from ctm_rules.case_files.readings import read_reading_file
from ctm_rules.checking.editions import check_editions
from ctm_rules.checking.framework import check_framework, check_wording
from ctm_rules.diagnostics.findings import Code, Diagnostic, DiagnosticError, Findings, Location
from ctm_rules.files import FILE_NOT_READABLE, folders_in, found_in
from ctm_rules.frameworks.amendments import amended_framework, read_amendment
from ctm_rules.frameworks.band_tables import TABLE
from ctm_rules.frameworks.finding import (
    FRAMEWORK_FILE,
    READING_FILE,
    find_by_id,
    folders_beside,
    is_framework_folder,
    misnamed,
)
from ctm_rules.frameworks.loading import MISNAMED_FILE, build_framework, read_files, read_framework, structure_parts
from ctm_rules.inspections.inspection import load_inspection, rate_inspection
from ctm_rules.inspections.to_do import unanswered_prompts
from ctm_rules.languages.languages import read_language_file
from ctm_rules.languages.vocabulary import load_vocabulary
from ctm_rules.meaning import require_meaning
from ctm_rules.model.framework import Framework
from ctm_rules.paths import STANDARDS_FOLDER, kind_of, leads_out, real_path
from ctm_rules.phrases import say_count
from ctm_rules.scenarios.finding import is_scenario_file
from ctm_rules.scenarios.running import ScenarioRunner
from ctm_rules.yaml_files.kinds import PARTS_OF_A_FRAMEWORK, FileKind, is_yaml_file, kind_of_file
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, keeping_parses, read_yaml

_NOT_LOOKED_INTO = tuple(suffix for suffix in TABLES if suffix != ".csv")


@frozen
class Checked:
    """What was found in the files that were looked at.

    Attributes:
        diagnostics: everything found, in the order of the files.
        files: the files that were read.
        skipped: below a folder, YAML files that are none of ours, by what is in them, and tables that no inspection
            names: they were not read.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[Path, ...]
    skipped: tuple[Path, ...] = ()

    @property
    def errors(self) -> int:
        """How many of the findings are errors."""
        return sum(diagnostic.severity == "error" for diagnostic in self.diagnostics)

    @property
    def warnings(self) -> int:
        """How many of the findings are warnings."""
        return len(self.diagnostics) - self.errors


@keeping_parses()
def check_paths(paths: Iterable[str | Path]) -> Checked:
    """Check files and folders and return everything found; no mistake in them raises an exception.

    A folder stands for everything below it (hidden folders left out): frameworks, each for all of its files;
    scenarios, inspections with their case tables, amendments, words and languages. What a file is, is told by what is
    in it. A file of a framework stands for the whole of it, and a case table for the inspection that names it.
    """
    check = _Check()
    for path in map(Path, paths):
        if not path.exists():
            at, message = Location(str(path)), f"there is no file or folder {path}"
            check.findings.add(FILE_NOT_READABLE, at, message, hint="check the name")
        elif path.is_dir():
            check.folder(path)
        else:
            check.named_file(path)
    # An inspection may spell the way to its standards otherwise than the folder in which they were checked.
    once: dict[tuple[Path, Diagnostic], Diagnostic] = {}
    for found in check.findings:
        once.setdefault((real_path(Path(found.file)), evolve(found, file="")), found)
    return Checked(tuple(once.values()), tuple(check.files), tuple(sorted(check.skipped)))


class _Check:
    def __init__(self) -> None:
        self.findings = Findings()
        self.files: dict[Path, None] = {}
        self.skipped: dict[Path, None] = {}
        self._checked: dict[Path, Framework | None] = {}
        self._tables: set[Path] = set()  # the case tables that were read with their inspections
        self._scenarios = ScenarioRunner("reference")  # reads a framework once for all its files of scenarios

    # --- folders -------------------------------------------------------------------------------------

    def folder(self, top: Path) -> None:
        holds_ours = False
        editions: dict[Path, Framework | None] = {}
        tables: list[Path] = []
        for folder, files in folders_in(top, self.findings):
            is_framework = is_framework_folder(folder)
            if is_framework:
                editions[folder] = self._framework(folder)
            tables += [file for file in files if file.suffix.lower() in TABLES]
            kinds = _kinds([file for file in files if is_yaml_file(file)])
            ours = [file for file, kind in kinds.items() if kind is not None]
            holds_ours |= is_framework or bool(ours)
            # Of what lies beside the main file of a framework it was said with it.
            inside = set(found_in(top, ours, Findings() if is_framework else self.findings))
            kinds = {file: kind for file, kind in kinds.items() if kind is None or file in inside}
            self._below(folder, kinds, is_framework=is_framework)
        self._unread(tables)
        for folder, framework in editions.items():
            root = folder.parent.parent
            if framework is not None and folder != top and (root == top or root.name == STANDARDS_FOLDER):
                at = {key: framework.at.of(key) for key in ("id", "edition")}
                self.findings.extend(misnamed(folder, {"id": framework.id, "edition": framework.edition}, at))
        for together in {folder.parent.parent: None for folder in editions}:
            beside = [framework for folder, framework in editions.items() if folder.parent.parent == together]
            self.findings.extend(check_editions([framework for framework in beside if framework is not None]))
        if not holds_ours:
            message = f"there is nothing to check in {top}: no file in it or below it is one of ctm-rules"
            hint = "name the folder of a framework, a folder above it or a file"
            self.findings.add(FILE_NOT_READABLE, Location(str(top)), message, hint=hint)

    def _below(self, folder: Path, kinds: Mapping[Path, FileKind | None], *, is_framework: bool) -> None:
        """Check the YAML files of one folder; the parts of a framework beside its main file were checked with it."""
        if is_framework:
            for file, kind in kinds.items():
                if kind is not None and kind not in (*PARTS_OF_A_FRAMEWORK, "framework"):
                    self._file(file, kind)
            return
        parts = [file for file, kind in kinds.items() if kind in PARTS_OF_A_FRAMEWORK]
        if parts and not any(is_framework_folder(child) for child in folder.iterdir() if child.is_dir()):
            message = f"the folder {folder.name} holds standards and has no {FRAMEWORK_FILE}, so they are not read"
            self.findings.add(FILE_NOT_READABLE, Location(str(folder)), message, hint=f"add {FRAMEWORK_FILE} to it")
        else:
            for file in parts:
                self._lost(file)
        for file, kind in kinds.items():
            if kind is None:
                self.skipped[file] = None
            elif file not in parts:
                self._file(file, kind)

    def _lost(self, file: Path) -> None:
        message = f"{file.name} lies outside the folder of any framework, so it is not read"
        hint = f"move it beside the {FRAMEWORK_FILE} that it belongs to"
        self.findings.add(MISNAMED_FILE, Location(str(file)), message, hint=hint)

    def _unread(self, tables: Iterable[Path]) -> None:
        for table in tables:
            is_one = table.suffix.lower() in _NOT_LOOKED_INTO or looks_like_a_case_table(table)
            if is_one and real_path(table) not in self._tables:
                self.skipped[table] = None

    # --- one thing at a time -------------------------------------------------------------------------

    def named_file(self, file: Path) -> None:
        """Check a file that was named itself: of it, something must be said."""
        if file.suffix.lower() == TABLE and is_framework_folder(file.parent) and not looks_like_a_case_table(file):
            self._framework(file.parent)
            if file in self.files:  # it is one that the framework names
                return
        if file.suffix.lower() in TABLES:
            inspection = _inspection_of(file)
            if inspection is None:
                self.findings.extend([table_without_inspection(file)])
            else:
                self._file(inspection, "inspection")
            return
        kind = _kinds([file])[file]
        if is_yaml_file(file) and is_framework_folder(file.parent) and kind != "reading":
            self._framework(file.parent)
            return
        if kind in PARTS_OF_A_FRAMEWORK:
            self._lost(file)
        elif kind is None:
            unreadable = Findings()
            read_yaml(file, unreadable)
            self.findings.extend(unreadable or [unknown_file(file)])
        else:
            self._file(file, kind)

    def _framework(self, path: Path) -> Framework | None:
        """Check one framework once; return it where it is well-formed."""
        if path not in self._checked:
            self._checked[path] = None
            source = read_files(path, self.findings)
            if source is not None:
                self.files.update(dict.fromkeys(source.files))
                framework, is_valid = structure_parts(source, self.findings)
                if framework is not None:
                    self.findings.extend(check_framework(framework) if is_valid else check_wording(framework))
                if is_valid:
                    self._checked[path] = framework
        return self._checked[path]

    def _file(self, file: Path, kind: FileKind) -> None:
        match kind:
            case "framework":
                self._framework(file)
            case "scenarios":
                self._reading(file, lambda: self._scenarios.read([file]))
            case "inspection":
                self._reading(file, lambda: self._inspection(file))
            case "amendment":
                self._reading(file, lambda: _amend(file))
            case "reading":
                self._reading(file, lambda: self._table_reading(file))
            case "words":
                self._reading(file, lambda: load_vocabulary(file))
            case "language":
                self._reading(file, lambda: read_language_file(file))
            case "facts" | "measures" | "standard":
                raise AssertionError(f"{file} is read with its framework")
            case never:
                assert_never(never)

    def _inspection(self, file: Path) -> None:
        for table in _tables_of(file):
            self._tables.add(real_path(table))
            if kind_of(table) == "file":
                self.files[table] = None
        inspection = load_inspection(file)
        # Whether a panel's decision still holds, only the rating can say.
        decided = inspection.declared.decisions and not inspection.not_begun
        self.findings.extend(rate_inspection(inspection).warnings if decided else inspection.warnings)
        self.findings.extend(unanswered_prompts(inspection.cases, inspection.framework, inspection.table))
        self._tables_beside(file, inspection.framework)

    def _tables_beside(self, file: Path, framework: Framework) -> None:
        """Report tables beside an inspection that hold answers and that no inspection names: they count for nothing."""
        for table in sorted(file.absolute().parent.iterdir()):
            is_one = table.suffix.lower() in _NOT_LOOKED_INTO or looks_like_a_case_table(table)
            if table.suffix.lower() not in TABLES or not is_one or real_path(table) in self._tables:
                continue
            if _inspection_of(table) is None:
                answered = sum(bool(case.answers) for case in read_case_table(table, framework, Findings()))
                if answered:
                    self._tables.add(real_path(table))
                    self.findings.extend([answers_beside(file.parent / table.name, file.name, answered)])

    def _table_reading(self, file: Path) -> None:
        """Check how tables are read: against the framework in whose folder it is said, if it lies in one."""
        if file.name == READING_FILE and is_framework_folder(file.parent):
            self._framework(file.parent)
        else:
            framework = self._framework(file.parent) if is_framework_folder(file.parent) else None
            read_reading_file(file, self.findings, framework)

    def _reading(self, file: Path, read: Callable[[], object]) -> None:
        self.files[file] = None
        try:
            read()
        except DiagnosticError as error:
            self.findings.extend(error.diagnostics)


def _kinds(files: Iterable[Path]) -> dict[Path, FileKind | None]:
    return {file: "scenarios" if is_scenario_file(file) else kind_of_file(file) for file in files}


def _amend(file: Path) -> None:
    amendment = read_amendment(file)
    if amendment.amends is not None:
        where = find_by_id(amendment.amends.id, amendment.amends.edition, folders_beside(file))
        source = read_framework(where)
        build_framework(source)  # what is wrong with it already is not the amendment's doing
        require_meaning(amended_framework(source, [amendment]))


def _inspection_of(table: Path) -> Path | None:
    """Return the inspection file that names a case table; it lies beside the table, or in a folder above it."""
    for folder in table.absolute().parents:
        for file in sorted(folder.iterdir()) if os.access(folder, os.R_OK) else ():
            is_inspection = is_yaml_file(file) and not leads_out(file, folder) and kind_of_file(file) == "inspection"
            if is_inspection and real_path(table) in map(real_path, _tables_of(file)):
                return file
    return None


def _tables_of(inspection: Path) -> list[Path]:
    """Return the case tables that an inspection file names, also where something else is wrong with it."""
    document = read_yaml(inspection, Findings())
    cases = document.get("cases") if isinstance(document, MarkedDict) else None
    blocks = cases if isinstance(cases, MarkedList) else [cases]
    names = [block.get("file") for block in blocks if isinstance(block, MarkedDict)]
    return [inspection.parent / name for name in names if isinstance(name, str)]


TABLE_WITHOUT_INSPECTION = Code(
    "table-without-inspection",
    "warning",
    what="A case table is named by no inspection, so nobody can say by which standards it is to be read.",
    why="It was not checked, and should not be thought to be in order.",
    bad="ctm-rules check audits/cases.csv",
    good="ctm-rules rate --cases audits/cases.csv --framework hmip-pdu",
)


def table_without_inspection(table: Path) -> Diagnostic:
    """Return the finding that a table was not read."""
    message = f"no inspection beside {table.name} or above it names this table, so it is not read"
    hint = "name it in an inspection file, or see what is wrong with it with: ctm-rules rate --cases"
    return TABLE_WITHOUT_INSPECTION.found(Location(str(table)), message, hint=hint)


def answers_beside(table: Path, inspection: str, answered: int) -> Diagnostic:
    """Return the finding that a table beside an inspection holds answers, and that they count for nothing."""
    message = (
        f"{table.name} has answers of {say_count(answered, 'case')}, and {inspection} does not name it: they count for "
        "nothing"
    )
    hint = f"name it under cases (file: {table.name}), or move it out of the folder"
    return TABLE_WITHOUT_INSPECTION.found(Location(str(table)), message, hint=hint)


UNKNOWN_FILE = Code(
    "unknown-file",
    "error",
    what="A file that was named is of no kind that ctm-rules knows, by the keys that stand in it.",
    why="Nothing was checked, and nobody should think that it is in order.",
    bad="ctm-rules check mkdocs.yml",
    good="ctm-rules check standards examples",
)


def unknown_file(file: Path) -> Diagnostic:
    """Return the finding that it cannot be told what a file is."""
    message = f"what is in {file.name} is none of the files of ctm-rules, so it is not checked"
    hint = "a framework has ratings and domains, an inspection provider, fieldwork and cases, and so on"
    return UNKNOWN_FILE.found(Location(str(file)), message, hint=hint)
