"""``ctm-rules diff``: what differs between two sets of standards, by meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from ctm_rules.cli.output import (
    CALL_OR_INPUT_IS_WRONG,
    THE_DATA_SAYS_NO,
    console,
    print_for_programs,
    print_json,
    say_error,
)
from ctm_rules.cli.shown.differences import show_differences
from ctm_rules.cli.shown.what_if import show_assumed, show_effect, show_past_inspections
from ctm_rules.cli.standards import say_if_own, show_standards, standards_folders
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.frameworks.finding import is_path
from ctm_rules.frameworks.git_revisions import read_named
from ctm_rules.frameworks.loading import build_framework
from ctm_rules.model.framework import Framework
from ctm_rules.scaffolding.printed_results import DiffDict
from ctm_rules.what_if_analysis.past_inspections import effect_on_inspections
from ctm_rules.what_if_analysis.two_frameworks import effect_of

_NAME = "An id (hmip-pdu), an id/edition (hmip-pdu/2024), a folder, a file, or git:REVISION:PATH."


def command(
    old: Annotated[str, typer.Argument(help=f"{_NAME} git:REVISION alone is the path of NEW in that revision.")],
    new: Annotated[str, typer.Argument(help=f"{_NAME} git:REVISION alone is the path of OLD in that revision.")],
    inspection: Annotated[
        Path | None, typer.Option(help="Show as well what the difference changes in this inspection.")
    ] = None,
    inspections: Annotated[
        Path | None,
        typer.Option(
            help="Show as well what it would have done to every inspection in this folder and below.", metavar="FOLDER"
        ),
    ] = None,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the differences as Markdown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the differences as JSON.")] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 where something decides differently.")
    ] = False,
) -> None:
    """Show what differs between two sets of standards, by meaning: what decides apart from what only reads differently.

    Example: [bold]ctm-rules diff git:main standards/hmip-pdu/2024 --inspection examples/ctm/inspection.yaml[/bold]

    Example: [bold]ctm-rules diff git:main standards/hmip-pdu/2024 --inspections examples[/bold]

    Exit code 0 whether they differ or not, unless --exit-code is given.
    """
    if as_json and as_markdown:
        say_error("choose one of --json and --markdown")
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    if inspection is not None and inspections is not None:
        say_error("choose one of --inspection and --inspections")
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    before, after = _read(old, beside=new), _read(new, beside=old)
    changes = compare_frameworks(before, after)
    effect = None if inspection is None else effect_of(inspection, before, after)
    past = None if inspections is None else effect_on_inspections(inspections, before, after)
    if as_json:
        result = cast(DiffDict, {**changes.to_dict(), "effect": effect.to_dict() if effect else None})
        if past is not None:
            result["inspections"] = past.to_dict()["inspections"]
        print_json(result)
    elif as_markdown:
        print_for_programs(changes.to_markdown())
        if effect is not None:
            print_for_programs(f"\n{effect.to_markdown()}")
        if past is not None:
            print_for_programs(f"\n{past.to_markdown()}")
    else:
        out = console()
        show_standards(before.identity(), out, called="old")
        show_standards(after.identity(), out, called="new")
        show_differences(changes, out)
        if effect is not None:
            out.print("\n[bold]What it changes in an inspection[/bold]")
            show_effect(effect, out)
            show_assumed(effect.after, out)
        if past is not None:
            out.print("\n[bold]What it would have done to past inspections[/bold]")
            show_past_inspections(past, out)
    if exit_code and changes.decides:
        raise typer.Exit(THE_DATA_SAYS_NO)


def _read(name: str, *, beside: str) -> Framework:
    source = read_named(name, beside=beside, standards=standards_folders())
    if source.origin.kind == "files" and not is_path(name):
        say_if_own(source.folder)
    return build_framework(source)
