"""Every check for every kind of file: a framework, a folder of frameworks, an inspection, scenarios, an amendment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import frozen

from ctm_rules.checking.editions import check_editions
from ctm_rules.checking.framework import check_framework, check_wording
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, Location
from ctm_rules.files import FILE_NOT_READABLE
from ctm_rules.frameworks.amendments import amended_framework, read_amendment
from ctm_rules.frameworks.finding import FRAMEWORK_FILE, find_framework, folders_beside, is_framework_folder, misnamed
from ctm_rules.frameworks.loading import MISNAMED_FILE, read_files, read_framework, structure_parts
from ctm_rules.inspections.inspection import load_inspection
from ctm_rules.meaning import require_meaning
from ctm_rules.model.framework import Framework
from ctm_rules.scenarios.finding import is_scenario_file
from ctm_rules.scenarios.running import ScenarioRunner
from ctm_rules.yaml_files.marked_yaml import MarkedDict, read_yaml


@frozen
class Checked:
    """What was found in the files that were looked at.

    Attributes:
        diagnostics: everything found, in the order of the files.
        files: the files that were read.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[Path, ...]

    @property
    def errors(self) -> int:
        """How many of the findings are errors."""
        return sum(diagnostic.severity == "error" for diagnostic in self.diagnostics)

    @property
    def warnings(self) -> int:
        """How many of the findings are warnings."""
        return len(self.diagnostics) - self.errors


def check_paths(paths: Iterable[str | Path]) -> Checked:
    """Check files and folders and return everything found; no mistake in them raises an exception.

    A folder with ``framework.yaml`` is one framework, and a file in it stands for the whole of it. Another folder is
    looked through for frameworks (``ID/EDITION/framework.yaml``). A single file is an inspection, scenarios, an
    amendment or a framework, by what it holds and where it lies.
    """
    check = _Check()
    for path in paths:
        check.path(Path(path))
    return Checked(tuple(dict.fromkeys(check.findings)), tuple(check.files))


class _Check:
    def __init__(self) -> None:
        self.findings = Findings()
        self.files: dict[Path, None] = {}
        self._checked: dict[Path, Framework | None] = {}

    def path(self, path: Path) -> None:
        if not path.exists():
            self.findings.add(
                FILE_NOT_READABLE, Location(str(path)), f"there is no file or folder {path}", hint="check the name"
            )
        elif path.is_dir():
            self._folder(path)
        elif not is_scenario_file(path) and is_framework_folder(path.parent):
            self._framework(path.parent)
        else:
            self._file(path)

    # --- folders -------------------------------------------------------------------------------------

    def _folder(self, folder: Path) -> None:
        if is_framework_folder(folder):
            self._framework(folder)
            return
        below = [child for child in sorted(folder.iterdir()) if child.is_dir() and not child.name.startswith(".")]
        frameworks = [child for child in below if is_framework_folder(child)]
        named = [edition for child in below if child not in frameworks for edition in self._editions(child)]
        if frameworks:
            self._beside_editions(folder)
        elif named:
            self._lost(folder)
        else:
            files = sorted(folder.glob("*.yaml"))
            for file in files:
                self._file(file)
            if not files:
                message = f"there is nothing to check in {folder}: it holds no {FRAMEWORK_FILE} and no other .yaml file"
                hint = "name the folder of a framework, a folder of frameworks or a file"
                self.findings.add(FILE_NOT_READABLE, Location(str(folder)), message, hint=hint)
        loaded = {edition: self._framework(edition) for edition in (*frameworks, *named)}
        for edition in named:
            framework = loaded[edition]
            if framework is not None:
                self._name(edition, framework)
        self.findings.extend(check_editions([framework for framework in loaded.values() if framework is not None]))

    def _editions(self, folder: Path) -> list[Path]:
        """Return the frameworks in a folder, and report what else lies there and belongs to one."""
        editions = [child for child in sorted(folder.iterdir()) if child.is_dir() and is_framework_folder(child)]
        if editions:
            self._beside_editions(folder)
        return editions

    def _beside_editions(self, folder: Path) -> None:
        self._lost(folder)
        for child in sorted(folder.iterdir()):
            if child.is_dir() and not is_framework_folder(child) and any(child.glob("*.yaml")):
                message = f"the folder {child.name} lies beside editions and has no {FRAMEWORK_FILE}, so it is not read"
                self.findings.add(FILE_NOT_READABLE, Location(str(child)), message, hint=f"add {FRAMEWORK_FILE} to it")

    def _lost(self, folder: Path) -> None:
        """Report files that lie outside the folder of any framework."""
        for file in sorted(folder.iterdir()):
            if file.is_file() and file.suffix.lower() in (".yaml", ".yml"):
                message = f"{file.name} lies outside the folder of any framework, so it is not read"
                hint = f"move it beside the {FRAMEWORK_FILE} that it belongs to"
                self.findings.add(MISNAMED_FILE, Location(str(file)), message, hint=hint)

    def _name(self, folder: Path, framework: Framework) -> None:
        """Report a framework that lies under another name than its own."""
        at = {key: framework.at.of(key) for key in ("id", "edition")}
        self.findings.extend(misnamed(folder, {"id": framework.id, "edition": framework.edition}, at))

    # --- one thing at a time -------------------------------------------------------------------------

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

    def _file(self, file: Path) -> None:
        content = read_yaml(file, Findings())
        keys = set(content) if isinstance(content, MarkedDict) else set()
        if is_scenario_file(file):
            self._reading(file, lambda: ScenarioRunner("reference").read([file]))
        elif "amends" in keys:
            self._reading(file, lambda: _amend(file))
        elif keys & {"provider", "fieldwork", "cases"}:
            self._reading(file, lambda: self.findings.extend(load_inspection(file).warnings))
        else:
            self._framework(file)

    def _reading(self, file: Path, read: Callable[[], object]) -> None:
        self.files[file] = None
        try:
            read()
        except DiagnosticError as error:
            self.findings.extend(error.diagnostics)


def _amend(file: Path) -> None:
    amendment = read_amendment(file)
    if amendment.amends is not None:
        where = find_framework(amendment.amends.id, amendment.amends.edition, standards=folders_beside(file))
        source = read_framework(where)
        require_meaning(amended_framework(source, [amendment]))
