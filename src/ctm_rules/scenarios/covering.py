"""Which clauses, bands and answers the scenarios of a framework reach."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ctm_rules.case_files.case_tables import read_cases
from ctm_rules.diagnostics.findings import Location, RequestError
from ctm_rules.inspections.inspection import load_inspection, rate_inspection
from ctm_rules.model.cases import Case
from ctm_rules.scenarios.coverage import Coverage
from ctm_rules.scenarios.finding import find_frameworks
from ctm_rules.scenarios.resolving import (
    NO_FRAMEWORK,
    ScenarioFile,
)
from ctm_rules.scenarios.running import ScenarioResult, ScenarioRunner

# --- Coverage ----------------------------------------------------------------------------------------


def cover_scenarios(
    results: Iterable[ScenarioResult], files: Iterable[ScenarioFile], paths: Iterable[Path], runner: ScenarioRunner
) -> list[Coverage]:
    """Return what scenarios reach of each framework: a scenario counts for what it expects, and for nothing else.

    The frameworks are those of the files and those that lie in the paths, with scenarios or without.
    """
    frameworks = [runner.framework(folder) for folder in find_frameworks(paths)]
    frameworks += [file.framework for file in files if file.framework is not None]
    results = tuple(results)
    covered: list[Coverage] = []
    for framework in {id(framework): framework for framework in frameworks}.values():
        coverage = Coverage(framework)
        for result in results:
            # A scenario that amends the framework tests another one.
            if result.scenario.framework is framework and result.scenario.expect.diagnostic is None:
                _cover(coverage, result)
        covered.append(coverage)
    return covered


def _cover(coverage: Coverage, result: ScenarioResult) -> None:
    scenario, expect = result.scenario, result.scenario.expect
    if isinstance(scenario.given, Case):
        paths = [path for path, expected in scenario.questions.items() if expected.outcome is not None]
        coverage.add_case(scenario.given, paths)
    elif result.rating is not None:
        coverage.add_provider(scenario.given.provider, scenario.given.answers, scenario.questions)
        coverage.add_rating(
            result.rating,
            bands=[path for path, expected in scenario.questions.items() if expected.band is not None],
            flags=[path for path, expected in scenario.questions.items() if expected.panel is not None],
            standards=expect.standards,
            domains=expect.domains,
            overall=expect.overall is not None,
            domain_flags=expect.domain_panels,
            overall_flags=expect.overall_panel is not None,
        )


def cover_cases(
    cases: Path,
    paths: Iterable[Path],
    runner: ScenarioRunner,
    encoding: str | None = None,
    read_as: Path | None = None,
) -> Coverage:
    """Return what the cases of an inspection file or a case table reach of its framework.

    Args:
        cases: the inspection file (YAML), whose ratings count too, or a case table.
        paths: where the framework of a case table lies; an inspection names its own.
        runner: reads the framework.
        encoding: of a case table that has no byte-order mark (``None``: UTF-8).
        read_as: the file that says how a case table is read (``None``: the framework's own, where it has one).

    Raises:
        DiagnosticError: carries what is wrong with the file, or that the framework of a table cannot be told.
    """
    if cases.suffix in (".yaml", ".yml"):
        inspection = load_inspection(cases)
        coverage = Coverage(inspection.framework)
        coverage.add_rating(rate_inspection(inspection).rating)
        coverage.add_provider(inspection.provider_facts, inspection.provider_answers)
        table = inspection.cases
    else:
        folders = find_frameworks(paths)
        if len(folders) != 1:
            message = f"a case table does not name its framework, and there are {len(folders)} to choose from"
            hint = "give the folder of one edition, or the inspection file of the cases"
            raise RequestError([NO_FRAMEWORK.found(Location(str(cases)), message, hint=hint)])
        coverage = Coverage(runner.framework(folders[0]))
        table = read_cases(cases, coverage.framework, encoding=encoding, read_as=read_as)
    for case in table:
        coverage.add_case(case)
    return coverage
