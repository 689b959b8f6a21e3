"""``ctm-rules what-if``: what an amendment to the standards would change in an inspection."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer
from rich.markup import escape

from ctm_rules.cli.output import CALL_OR_INPUT_IS_WRONG, console, print_json, say_error, show_diagnostics
from ctm_rules.cli.shown.what_if import show_assumed, show_effect, show_next_ratings
from ctm_rules.cli.standards import Addition, Removal, Setting, read_amendments, show_standards
from ctm_rules.engines import EngineName
from ctm_rules.inspections.next_rating import next_ratings
from ctm_rules.inspections.next_rating_above import next_ratings_above
from ctm_rules.scaffolding.printed_results import WhatIfDict
from ctm_rules.what_if_analysis.two_frameworks import what_if


def command(
    inspection: Annotated[Path, typer.Argument(help="The inspection file.", metavar="INSPECTION")],
    amendment: Annotated[
        list[Path] | None, typer.Option("--amendment", "-a", help="An amendment file (repeatable).")
    ] = None,
    setting: Setting = None,
    removal: Removal = None,
    addition: Addition = None,
    next_rating: Annotated[
        bool,
        typer.Option(
            "--next-rating",
            help="Show how little separates each standard, each domain and the whole from its next rating.",
        ),
    ] = False,
    engine: Annotated[EngineName, typer.Option(help="Which engine decides.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Show what an amendment to the standards would change in an inspection, case by case and in sum, and why.

    No file is touched. An address is made of keys and ids, such as assessment.safety.yes_when, panel.within_points or
    key_question_bands.good.from.

    Example: [bold]ctm-rules what-if examples/ctm/inspection.yaml --set key_question_bands.good.from=60[/bold]
    """
    if not (amendment or setting or removal or addition or next_rating):
        say_error("say what to change with --amendment, --set, --remove or --add, or ask for --next-rating")
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    amendments = read_amendments(amendment, setting, removal, addition)
    effect = what_if(inspection, amendments, engine=engine)
    ways = next_ratings(effect.after) if next_rating else ()
    above = next_ratings_above(effect.after, ways) if next_rating else ()
    if as_json:
        altered = [used.to_dict() for used in amendments]
        result = cast(WhatIfDict, {"amendments": altered, **effect.to_dict()})
        if next_rating:
            result["next_rating"] = [way.to_dict() for way in ways]
            result["next_rating_above"] = [way.to_dict() for way in above]
        print_json(result)
        return
    show_diagnostics(effect.before.warnings)
    out = console()
    before, after = effect.before.inspection.framework_identity, effect.after.inspection.framework_identity
    show_standards(before, out)
    if after != before:
        show_standards(after, out, called="amended")
    for used in amendments:
        if used.title:
            out.print(f"[bold]If: {escape(used.title)}[/bold]\n{escape(used.reason)}\n")
    if amendments:
        show_effect(effect, out)
    if next_rating:
        if amendments:
            out.print("\n[bold]The way to the next rating, once amended[/bold]")
        show_next_ratings(ways, above, out)
    show_assumed(effect.after, out)
