"""``ctm-rules check``: every mistake in standards, inspections, scenarios and amendments at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ctm_rules.checking.files import check_paths
from ctm_rules.cli.output import (
    CALL_OR_INPUT_IS_WRONG,
    THE_DATA_SAYS_NO,
    NoValues,
    print_for_programs,
    print_json,
    say,
    say_error,
    show_diagnostics,
    shown,
    withhold_values,
)
from ctm_rules.cli.standards import default_standards
from ctm_rules.diagnostics.formats import as_github, as_json, as_sarif, say_summary

Format = Literal["text", "json", "github", "sarif"]


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders, or files of any kind. Default: ./standards, or else the standards that come with ctm-rules.",
            metavar="[PATH]...",
            show_default=False,
        ),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = "text",
    as_json_: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    no_values: NoValues = False,
) -> None:
    """Check standards, inspections, scenarios and whatever else is ours: every mistake, with its line and a hint.

    A folder stands for everything below it; what a file is, is told by what is in it.
    Each finding ends with its code; [bold]ctm-rules explain CODE[/bold] says what it means.

    Example: [bold]ctm-rules check standards[/bold]

    Exit codes: 0 no errors (warnings are allowed unless --strict); 1 errors; 2 a path does not exist.
    """
    withhold_values(no_values)
    chosen = paths or [default_standards()]
    missing = [path for path in chosen if not path.exists()]
    for path in missing:
        say_error(f"there is no file or folder {path}")
    if missing:
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    checked = check_paths(chosen)
    found = shown(checked.diagnostics)
    match "json" if as_json_ else output:
        case "json":
            print_json(as_json(found, checked.files, checked.skipped))
        case "sarif":
            print_json(as_sarif(found))
        case "github":
            print_for_programs(as_github(found))
        case _:
            show_diagnostics(checked.diagnostics, stderr=False)
            say(say_summary(checked.diagnostics, len(checked.files), checked.skipped))
    if checked.errors or (strict and checked.diagnostics):
        raise typer.Exit(THE_DATA_SAYS_NO)
