"""``ctm-rules verify``: a published result computed anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from ctm_rules.cli.output import THE_DATA_SAYS_NO, console, print_json
from ctm_rules.cli.standards import show_standards
from ctm_rules.engines import EngineName
from ctm_rules.phrases import say_count
from ctm_rules.verification.verify import verify_result


def command(
    result: Annotated[Path, typer.Argument(help="The file that rate --json was printed into.", metavar="RESULT")],
    inspection: Annotated[
        Path | None,
        typer.Argument(
            help="The inspection with its cases.",
            metavar="[INSPECTION]",
            show_default="the file that it names, beside it",
        ),
    ] = None,
    standards: Annotated[
        Path | None, typer.Option(help="A folder or file in which the standards may be as well.", metavar="PATH")
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="Which engine decides.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Compute a published result anew, and say in one sentence each what differs.

    The standards are found by their checksum: here, among those that come with ctm-rules, or in what git has of them.
    Without the cases, what is computed anew rests on the counts that the result prints.

    Example: [bold]ctm-rules verify result.json examples/ctm/inspection.yaml[/bold]

    Exit code 1 where anything differs.
    """
    verified = verify_result(result, inspection, standards=standards, engine=engine)
    if as_json:
        print_json(verified.to_dict())
    else:
        out = console()
        if verified.framework is not None:
            show_standards(verified.framework.identity(), out)
        if verified.from_cases:
            out.print(f"Computed anew from {say_count(verified.recorded['cases'], 'case')}.", end=" ")
        elif verified.framework is not None:
            out.print(
                "Computed anew from the counts that it prints; name the inspection to look at its cases.", end=" "
            )
        found = verified.differences
        out.print("Nothing differs." if not found else f"{say_count(len(found), 'difference')}:")
        for difference in found:
            out.print(f"- {escape(difference.says)}")
    if verified.differences:
        raise typer.Exit(THE_DATA_SAYS_NO)
