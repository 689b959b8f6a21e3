"""``ctm-rules test``: run the scenarios that belong to standards, and measure what they cover."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ctm_rules.cli.output import (
    CALL_OR_INPUT_IS_WRONG,
    THE_DATA_SAYS_NO,
    console_beside,
    place,
    print_json,
    say_error,
)
from ctm_rules.cli.standards import default_standards
from ctm_rules.diagnostics.findings import Location
from ctm_rules.engines import EngineName
from ctm_rules.phrases import say_count
from ctm_rules.rating.shares import say_percent
from ctm_rules.scaffolding.printed_results import TestsDict
from ctm_rules.scenarios.coverage import Coverage
from ctm_rules.scenarios.covering import cover_cases, cover_scenarios
from ctm_rules.scenarios.finding import find_scenario_files
from ctm_rules.scenarios.junit import junit_xml
from ctm_rules.scenarios.resolving import Scenario
from ctm_rules.scenarios.running import ScenarioResult, ScenarioRunner
from ctm_rules.writing import write_atomically
from ctm_rules.yaml_files.kinds import is_yaml_file


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Scenario files, or folders with everything below them.",
            show_default="./standards, or else those that come with ctm-rules",
        ),
    ] = None,
    only: Annotated[
        str, typer.Option("-k", help="Only scenarios whose name or file has this in it.", metavar="TEXT")
    ] = "",
    engine: Annotated[
        EngineName, typer.Option(help="Which engine decides; every engine gives the same outcomes.")
    ] = "auto",
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show which clauses, outcomes, bands and variants are not covered.")
    ] = False,
    threshold: Annotated[
        int | None, typer.Option(min=0, max=100, help="Exit 1 where less than this per cent is covered.")
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(help="Measure what an inspection, or a case table, covers instead of the scenarios."),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            help="How a case table without a byte-order mark was saved: windows-1252.",
            metavar="NAME",
            show_default="utf-8",
        ),
    ] = None,
    read_as: Annotated[
        Path | None,
        typer.Option(
            help="The file that says how a case table is read.", metavar="FILE", show_default="the framework's own"
        ),
    ] = None,
    junit: Annotated[Path | None, typer.Option(help="Write the results to this file as JUnit XML.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Run scenarios: given facts and answers, or counts, what the standards must say.

    Example: [bold]ctm-rules test standards --coverage --threshold 100[/bold]

    With -k, coverage is that of the key questions, bands and panel flags that the chosen scenarios are about.

    Exit code 1 where a scenario fails, or where less is covered than the threshold.
    """
    if cases is not None and (only or junit is not None):
        say_error("--cases runs no scenarios, so -k and --junit mean nothing beside it")
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    for option, key, value in (("--encoding", "encoding", encoding), ("--read-as", "read_as", read_as)):
        if value is not None and (cases is None or is_yaml_file(cases)):
            say_error(f"{option} is for a case table; an inspection says it itself, with {key} under cases")
            raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    out = console_beside(junit, "--junit", as_json=as_json)
    where = paths or [default_standards()]
    runner = ScenarioRunner(engine)
    results: list[ScenarioResult] = []
    if cases is not None:
        covered = [cover_cases(cases, where, runner, encoding, read_as)]
    else:
        files = runner.read(find_scenario_files(where))
        results = [runner.run(scenario) for file in files for scenario in file.scenarios if _is_chosen(scenario, only)]
        if not results:
            say_error(f'no scenario has "{only}" in its name or in the name of its file')
            raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
        is_measured = coverage or threshold is not None
        covered = cover_scenarios(results, files, where, runner) if is_measured else []
        if only:  # what the other scenarios are about is not asked for
            covered = [part for each in covered if (part := each.of_what_was_looked_at()).wanted]
    if junit is not None:
        write_atomically(junit, junit_xml(results))
    if as_json:
        print_json(_to_dict(results, covered))
    else:
        _show_results(results, out)
        _show_coverage(covered, out, only)
    too_little = threshold is not None and any(each.percent < threshold for each in covered)
    if too_little or not all(result.passed for result in results):
        raise typer.Exit(THE_DATA_SAYS_NO)


def _is_chosen(scenario: Scenario, only: str) -> bool:
    return only.casefold() in f"{scenario.at.file}\n{scenario.name}".casefold()


def _show_results(results: Sequence[ScenarioResult], out: Console) -> None:
    by_file: dict[str, list[ScenarioResult]] = {}
    for result in results:
        by_file.setdefault(result.scenario.at.file, []).append(result)
    for file, ran in by_file.items():
        passed = sum(result.passed for result in ran)
        mark = "[green]✓[/green]" if passed == len(ran) else "[red]✗[/red]"
        out.print(f"{mark} {escape(place(Location(file)))}: {passed} of {len(ran)} pass", soft_wrap=True)
    for result in results:
        if not result.passed:
            scenario = result.scenario
            out.print(f"\n[bold]{escape(scenario.name)}[/bold]  {escape(place(scenario.at))}", soft_wrap=True)
            out.print(escape(result.failure), soft_wrap=True)
    if results:
        failed = sum(not result.passed for result in results)
        engines = dict.fromkeys(result.engine for result in results if result.engine)
        ran_by = f" (engine {', '.join(engines)})" if engines else ""
        scenarios = say_count(len(results), "scenario")
        out.print(f"\n{scenarios}: {len(results) - failed} pass, {failed} fail{ran_by}")


def _show_coverage(covered: Sequence[Coverage], out: Console, only: str) -> None:
    for coverage in covered:
        framework = coverage.framework
        share = f"{say_percent(floor(coverage.percent))} ({coverage.seen} of {coverage.wanted})"
        of_these = ", of what these scenarios are about" if only else ""
        name = f"{escape(framework.id)}, edition {escape(framework.edition)}{of_these}"
        out.print(f"\n[bold]Coverage of {name}: {share}[/bold]")
        for part in coverage.not_covered:
            out.print(escape(f"{place(part.at)}: {part}"), soft_wrap=True)


def _to_dict(results: Sequence[ScenarioResult], covered: Sequence[Coverage]) -> TestsDict:
    return {
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "scenarios": [result.to_dict() for result in results],
        "coverage": [coverage.to_dict() for coverage in covered],
    }
