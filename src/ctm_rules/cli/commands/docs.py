"""``ctm-rules docs``: the documentation of a framework as a static web site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ctm_rules.cli.output import place, say
from ctm_rules.cli.standards import FRAMEWORK, find_standards
from ctm_rules.diagnostics.findings import Location
from ctm_rules.docs.site import write_site
from ctm_rules.phrases import say_count


def command(
    framework: Annotated[str, typer.Argument(help=FRAMEWORK)],
    edition: Annotated[str | None, typer.Option(help="Which edition.", show_default="the one in force")] = None,
    folder: Annotated[Path, typer.Option("--output", "-o", help="The folder to write into.")] = Path("out/docs"),
) -> None:
    """Write what a framework asks and how it decides as web pages: for people, to read, search and print.

    Each standard with its questions, prompts and rules in words and as trees, the bands as pictures, sources,
    assumptions, scenarios, and what changed between editions; every place is a link to its line of YAML.

    Example: [bold]ctm-rules docs hmip-pdu -o out/docs[/bold]
    """
    pages = write_site(find_standards(framework, edition), folder)
    say(f"written: {place(Location(str(folder / 'index.html')))} and {say_count(len(pages) - 1, 'more page')}")
