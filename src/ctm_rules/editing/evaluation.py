"""What files come to while they are edited: findings, differences, scenarios, coverage, an inspection's ratings.

Nothing is written. What is parsed is kept by the bytes of its file, so that an edit of one file reads that file alone;
and what follows from parts of the standards that no edit touched is kept by them (see ``model/remembered.py``).
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Final

from attrs import field, frozen

from ctm_rules.checking.framework import check_framework, check_wording
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings
from ctm_rules.diff.changes import FrameworkChanges
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.frameworks.loading import DISK, FrameworkSource, NotYetWritten, read_files, structure_parts
from ctm_rules.inspections.inspection import Inspection
from ctm_rules.model.framework import Framework
from ctm_rules.model.remembered import Kept, keeping
from ctm_rules.scenarios.coverage import Coverage
from ctm_rules.scenarios.covering import cover_scenarios
from ctm_rules.scenarios.resolving import ScenarioFile
from ctm_rules.scenarios.running import ScenarioResult, ScenarioRunner
from ctm_rules.what_if_analysis.effect import Effect
from ctm_rules.what_if_analysis.two_frameworks import effect_of
from ctm_rules.yaml_files.marked_yaml import KeptParses, MarkedValue

ENGINE: Final = "reference"
"""The engine that decides while people edit: it is made at once, and every other one gives the same."""


@frozen
class KeptFiles(NotYetWritten):
    """Files that are being edited, each parsed once."""

    parsed: KeptParses = field(factory=KeptParses, eq=False)

    def read(self, path: Path, findings: Findings, *, as_text: bool = False) -> MarkedValue:
        """Return what a file of YAML will hold; what is wrong with it goes to ``findings``."""
        content = self.contents.get(path)
        if content is None:
            return DISK.read(path, findings, as_text=as_text)
        return self.parsed.shared(content, str(path), findings, as_text=as_text)


class Evaluation:
    """What files come to as they are at one moment. Each part is worked out when it is asked for, and once.

    Attributes:
        store: the files.
        source: the framework's files as read (``None``: its main file is no YAML, or is not there).
        framework: the framework (``None``: something is wrong with it).
        findings: what ``check`` says of the framework.
    """

    def __init__(
        self,
        path: Path,
        store: NotYetWritten,
        scenario_files: tuple[Path, ...],
        before: Framework | None,
        inspection: Inspection | None,
        kept: Kept,
    ) -> None:
        self._kept = kept
        kept.next_round()
        self._path, self.store, self._scenario_files = path, store, scenario_files
        self._before, self._inspection = before, inspection
        self._runner = ScenarioRunner(ENGINE, store)
        self.source: FrameworkSource | None = None
        self.framework: Framework | None = None
        findings = Findings()
        with keeping(kept):
            self._read(path, findings)
        self.findings: tuple[Diagnostic, ...] = tuple(findings)

    def _read(self, path: Path, findings: Findings) -> None:
        self.source = read_files(path, findings, self.store)
        if self.source is not None:
            framework, is_valid = structure_parts(self.source, findings)
            if framework is not None:
                findings.extend(check_framework(framework) if is_valid else check_wording(framework))
            if framework is not None and is_valid and not findings.errors:
                self.framework = framework
                self._runner.know(path, self.source, framework)

    @cached_property
    def changes(self) -> FrameworkChanges | None:
        """What differs from the standards as they were (``None``: one of the two is broken)."""
        if self._before is None or self.framework is None:
            return None
        with keeping(self._kept):
            return compare_frameworks(self._before, self.framework)

    @cached_property
    def _scenarios_read(self) -> tuple[tuple[ScenarioFile, ...], tuple[Diagnostic, ...]]:
        read: list[ScenarioFile] = []
        findings = Findings()
        for file in self._scenario_files if self.framework is not None else ():
            try:
                with keeping(self._kept):
                    read += self._runner.read([file])
            except DiagnosticError as error:
                findings.extend(error.diagnostics)
        return tuple(read), tuple(findings)

    @property
    def scenario_findings(self) -> tuple[Diagnostic, ...]:
        """What is wrong with scenario files, so that their scenarios are not run."""
        return self._scenarios_read[1]

    @cached_property
    def scenarios(self) -> tuple[ScenarioResult, ...]:
        """What each scenario comes to; those of files that are broken are left out."""
        with keeping(self._kept):
            return tuple(self._runner.run(scenario) for file in self._scenarios_read[0] for scenario in file.scenarios)

    @cached_property
    def coverage(self) -> Coverage | None:
        """What the scenarios reach (``None``: the framework is broken)."""
        if self.framework is None:
            return None
        framework = self._runner.framework(self._path)
        files = [ScenarioFile(self._path, framework, ()), *self._scenarios_read[0]]
        with keeping(self._kept):
            covered = cover_scenarios(self.scenarios, files, (), self._runner)
        return next(each for each in covered if each.framework is framework)

    @cached_property
    def _effect(self) -> tuple[Effect | None, tuple[Diagnostic, ...]]:
        if self._inspection is None or self._before is None or self.framework is None:
            return None, ()
        try:
            with keeping(self._kept):
                return effect_of(self._inspection, self._before, self.framework, engine=ENGINE), ()
        except DiagnosticError as error:
            return None, error.diagnostics

    @property
    def effect(self) -> Effect | None:
        """What the change does to the inspection (``None``: there is none, or it cannot be rated by both)."""
        return self._effect[0]

    @property
    def no_effect(self) -> tuple[Diagnostic, ...]:
        """Why the inspection cannot be rated by both."""
        return self._effect[1]
