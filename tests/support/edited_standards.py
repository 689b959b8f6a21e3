"""What standards that were edited come to: findings, layout, scenarios that fail."""

from __future__ import annotations

from pathlib import Path

from ctm_rules.checking.files import check_paths
from ctm_rules.scenarios.finding import find_scenario_files
from ctm_rules.scenarios.running import ScenarioRunner
from ctm_rules.yaml_files.formatting import format_file, yaml_files


def errors_in(folder: Path) -> list[str]:
    """Return what ``check`` calls an error."""
    return [found.message for found in check_paths([folder]).diagnostics if found.severity == "error"]


def not_laid_out(folder: Path) -> list[str]:
    """Return the files that ``fmt --check`` minds."""
    return [each.path.name for each in map(format_file, yaml_files([folder])) if each.is_changed]


def failing_in(folder: Path) -> list[str]:
    """Return the scenarios that ``test`` says fail."""
    runner = ScenarioRunner("reference")
    files = runner.read(find_scenario_files([folder]))
    return [each.name for file in files for each in file.scenarios if not runner.run(each).passed]
