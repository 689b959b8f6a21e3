"""``ctm-rules apply``: an amendment that is kept: it is written into the files of the standards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ctm_rules.cli.output import CALL_OR_INPUT_IS_WRONG, THE_DATA_SAYS_NO, console, print_json, say_error
from ctm_rules.cli.shown.differences import show_differences
from ctm_rules.cli.shown.uses import show_changes
from ctm_rules.cli.shown.what_if import show_assumed, show_effect
from ctm_rules.cli.standards import (
    Addition,
    AlthoughUsed,
    LookedIn,
    OfFramework,
    OnlyCheck,
    OnlyDiff,
    Removal,
    Setting,
    find_to_change,
    read_amendments,
)
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.editing.applying import apply
from ctm_rules.editing.uses import files_around
from ctm_rules.frameworks.amendments import Amendment
from ctm_rules.frameworks.finding import find_by_id, folders_beside
from ctm_rules.what_if_analysis.two_frameworks import effect_of
from ctm_rules.yaml_files.marked_yaml import keeping_parses


@keeping_parses()
def command(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Amendment files, one after the other.", metavar="[AMENDMENT]...")
    ] = None,
    setting: Setting = None,
    removal: Removal = None,
    addition: Addition = None,
    framework: OfFramework = None,
    folders: LookedIn = None,
    inspection: Annotated[Path | None, typer.Option(help="Show as well what it changes in this inspection.")] = None,
    check: OnlyCheck = False,
    diff: OnlyDiff = False,
    although_used: AlthoughUsed = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is changed as JSON.")] = False,
) -> None:
    """Write an amendment, or what --set, --remove and --add say, into the files of the standards: all of it or nothing.

    What ctm-rules what-if shows of it first, it then does; comments and layout stay. An edition that inspections were
    rated by is not changed.

    Example: [bold]ctm-rules apply examples/ctm/amendment.yaml --diff[/bold]

    Exit codes: 0 applied; 1 with --check or --diff, where files would change; 2 it cannot be applied.
    """
    amendments = read_amendments(files, setting, removal, addition)
    if not amendments:
        say_error("say what to change: name an amendment file, or use --set, --remove or --add")
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    named = _amended(files or [], amendments) if framework is None else framework
    path = find_to_change(named)
    applied = apply(files_around(path, folders or ()), amendments, although_used=although_used)
    changes = compare_frameworks(applied.before, applied.after)
    effect = None if inspection is None else effect_of(inspection, applied.before, applied.after)
    is_shown_only = check or diff
    if not is_shown_only:
        applied.changes.write()
    if as_json:
        changed = [str(file) for file in applied.changes.files]
        done = {"written": not is_shown_only, "files": changed}
        print_json({**done, **changes.to_dict(), "effect": None if effect is None else effect.to_dict()})
    else:
        show_changes(applied.changes, as_diff=diff, is_written=not is_shown_only)
        out = console(stderr=diff)
        show_differences(changes, out)
        if effect is not None:
            out.print("\n[bold]What it changes in an inspection[/bold]")
            show_effect(effect, out)
            show_assumed(effect.after, out)
    if is_shown_only and applied.changes.files:
        raise typer.Exit(THE_DATA_SAYS_NO)


def _amended(files: list[Path], amendments: list[Amendment]) -> str | None:
    """Return the standards that the first amendment is made for (``None``: none says it)."""
    for file, amendment in zip(files, amendments, strict=False):
        if amendment.amends is not None:
            return str(find_by_id(amendment.amends.id, amendment.amends.edition, folders_beside(file)).absolute())
    return None
