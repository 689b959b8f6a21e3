"""pytest collects scenario files: ``pytest standards`` runs what ``ctm-rules test standards`` runs.

A file is collected where it lies in a folder ``scenarios`` beside a ``framework.yaml`` that reads like a framework of
ours, or in any folder ``scenarios`` when its first lines name the schema of scenarios. Every pytest run imports this
module, that of any other project too, so it imports nothing of the library until there is such a folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ctm_rules.scenarios.resolving import Scenario
    from ctm_rules.scenarios.running import ScenarioRunner

_RUNNER: pytest.StashKey[ScenarioRunner] = pytest.StashKey()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file that holds scenarios."""
    if file_path.suffix.lower() not in (".yaml", ".yml") or "scenarios" not in file_path.parent.parts:
        return None
    from ctm_rules.scenarios.finding import is_scenario_file_by_content

    return _ScenarioFile.from_parent(parent, path=file_path) if is_scenario_file_by_content(file_path) else None


class _ScenarioFile(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        from ctm_rules.diagnostics.findings import DiagnosticError, Findings
        from ctm_rules.escaping import escape_controls, on_one_line
        from ctm_rules.files import found_in
        from ctm_rules.scenarios.running import ScenarioRunner

        # One runner for the whole run, so that each framework is read and compiled once.
        runner = self.config.stash.setdefault(_RUNNER, ScenarioRunner())
        path = self.path
        with suppress(ValueError):
            path = path.relative_to(Path.cwd())
        try:
            findings = Findings()
            found_in(self.config.rootpath, [path], findings)
            findings.raise_errors()
            (file,) = runner.read([path])
        except DiagnosticError as error:
            raise self.CollectError(escape_controls(str(error))) from None
        for scenario in file.scenarios:
            yield _ScenarioItem.from_parent(self, name=on_one_line(scenario.name), scenario=scenario)


class _FailedScenario(Exception):
    """Carries why a scenario fails, in the words of ``ctm-rules test``."""


class _ScenarioItem(pytest.Item):
    def __init__(self, *, scenario: Scenario, name: str, parent: pytest.Collector) -> None:
        super().__init__(name, parent)
        self._scenario = scenario

    def runtest(self) -> None:
        result = self.config.stash[_RUNNER].run(self._scenario)
        if not result.passed:
            from ctm_rules.escaping import escape_controls

            raise _FailedScenario(escape_controls(result.failure))

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: object = None,  # noqa: ARG002 - pytest passes it
    ) -> str:
        """Show the failure's text and no Python."""
        if isinstance(excinfo.value, _FailedScenario):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self._scenario.at.line - 1, self.name
