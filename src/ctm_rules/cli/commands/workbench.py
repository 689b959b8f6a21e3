"""``ctm-rules workbench``: read, change and try standards in a browser on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ctm_rules.cli.output import say
from ctm_rules.cli.standards import AlthoughUsed, LookedIn, find_to_change
from ctm_rules.editing.session import Session
from ctm_rules.inspections.file import read_inspection_file
from ctm_rules.inspections.standards import find_standards
from ctm_rules.workbench.server import serve
from ctm_rules.writing import finish_interrupted


def _standards_of(inspection: Path) -> Path:
    """Return the standards that an inspection names."""
    finish_interrupted(inspection.parent)
    return find_standards(read_inspection_file(inspection), inspection)


def command(
    standards: Annotated[
        str | None,
        typer.Argument(
            help="An id (hmip-pdu), an id/edition (hmip-pdu/2024), a folder or a file.",
            show_default="those of the inspection, or the only one in ./standards",
        ),
    ] = None,
    inspection: Annotated[
        Path | None,
        typer.Option(help="The file of an inspection, to record its cases, and to see what a change does to it."),
    ] = None,
    folders: LookedIn = None,
    although_used: AlthoughUsed = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of this machine to listen at.", show_default="a free one")
    ] = 0,
    language: Annotated[str, typer.Option("--lang", help="The language to begin with: en or cy.")] = "en",
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
) -> None:
    """Open the workbench: a page on this machine where standards are read, changed and tried, and cases recorded.

    What is saved is the same files, with comments and layout kept. Nothing leaves this machine; other machines cannot
    reach it. The address that is printed opens it once. Ctrl-C ends it.

    Example: [bold]ctm-rules workbench standards/hmip-pdu/2024 --inspection examples/ctm/inspection.yaml[/bold]
    """
    path = find_to_change(standards) if standards or inspection is None else _standards_of(inspection)
    session = Session(path, inspection, folders=folders or (), although_used=although_used)

    def opened(address: str) -> None:
        say(f"the workbench is open at {address} (once; Ctrl-C ends it)")
        if browser:
            import webbrowser

            webbrowser.open(address)

    serve(session, port=port, language=language, opened=opened)
