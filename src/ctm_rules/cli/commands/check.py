"""``ctm-rules check``: every mistake in standards, inspections, scenarios and amendments at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from ctm_rules.checking.files import Checked, check_paths
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
from ctm_rules.cli.shown.uses import say_place
from ctm_rules.cli.standards import AlthoughUsed, default_standards
from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.diagnostics.formats import as_github, as_json, as_sarif, say_summary
from ctm_rules.editing.fixing import fix_findings
from ctm_rules.limits import MAX_ROUNDS_OF_FIXES
from ctm_rules.writing import finish_interrupted

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
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Repair what has one right repair, say what was changed, and check once more."),
    ] = False,
    although_used: AlthoughUsed = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    no_values: NoValues = False,
) -> None:
    """Check standards, inspections, scenarios and whatever else is ours: every mistake, with its line and a hint.

    A folder stands for everything below it; what a file is, is told by what is in it.
    Each finding ends with its code; [bold]ctm-rules explain CODE[/bold] says what it means.

    Example: [bold]ctm-rules check standards[/bold]

    Example: [bold]ctm-rules check standards --fix[/bold]

    Exit codes: 0 no errors (warnings are allowed unless --strict); 1 errors; 2 a path does not exist.
    """
    withhold_values(no_values)
    chosen = paths or [default_standards()]
    missing = [path for path in chosen if not path.exists()]
    for path in missing:
        say_error(f"there is no file or folder {path}")
    if missing:
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    checked = _fixed(chosen, although_used=although_used) if fix else check_paths(chosen)
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
            fixable = sum(each.fix is not None for each in checked.diagnostics)
            if fixable and not fix:
                say(f"{fixable} of them can be repaired: ctm-rules check --fix")
    if checked.errors or (strict and checked.diagnostics):
        raise typer.Exit(THE_DATA_SAYS_NO)


def _fixed(paths: Sequence[Path], *, although_used: bool) -> Checked:
    """Repair what can be repaired, as often as that brings something more to light; return what is found then."""
    refused: dict[Diagnostic, None] = {}
    for folder in dict.fromkeys(path if path.is_dir() else path.parent for path in paths):
        finish_interrupted(folder)
    for _ in range(MAX_ROUNDS_OF_FIXES):
        checked = check_paths(paths)
        fixed = fix_findings(checked.diagnostics, although_used=although_used)
        refused = dict.fromkeys(fixed.refused)
        if not fixed.changes.write():
            break
        for done in fixed.done:
            assert done.fix is not None
            say(f"repaired: {say_place(done.fix.at)}: {done.fix.says}", stderr=True)
    else:
        checked = check_paths(paths)
    show_diagnostics(refused)
    return checked
