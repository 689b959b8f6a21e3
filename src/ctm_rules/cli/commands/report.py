"""``ctm-rules report``: the published report of an inspection and its data annexe, or several compared."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from ctm_rules.cli.output import (
    CALL_OR_INPUT_IS_WRONG,
    THE_DATA_SAYS_NO,
    NoValues,
    progress,
    say,
    say_error,
    show_diagnostics,
    withhold_values,
)
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, RequestError
from ctm_rules.engines import EngineName
from ctm_rules.inspections.inspection import Inspection, InspectionResult, load_inspection, rate_inspection
from ctm_rules.languages.languages import ENGLISH
from ctm_rules.report import PUBLISHED, Format, render_what_can_be, write_comparison, write_files

_MANY = 3
"""From how many inspections on a progress bar is worth showing: each takes a second or two."""


def command(
    inspections: Annotated[list[Path], typer.Argument(help="One inspection file or more.", metavar="INSPECTION…")],
    folder: Annotated[Path, typer.Option("--output", "-o", help="The folder to write into.")] = Path("out"),
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", "-f", help="Only this format (repeatable). Default: all but drafts."),
    ] = None,
    languages: Annotated[
        list[str] | None,
        typer.Option("--lang", help="A language of the report, such as cy (repeatable). Default: en."),
    ] = None,
    partial: Annotated[
        bool,
        typer.Option("--partial", help="Write it although less is translated than the file of the language asks for."),
    ] = False,
    templates: Annotated[
        Path | None,
        typer.Option(
            help="A folder of templates that replace those of the library. They are code: use whose you trust."
        ),
    ] = None,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Compare the inspections instead: the latest of each provider, over time, weakest questions.",
        ),
    ] = False,
    for_provider: Annotated[
        bool,
        typer.Option(
            "--for-provider",
            help="Also write what the inspected provider alone may read: each counted case, clause by clause.",
        ),
    ] = False,
    engine: Annotated[EngineName, typer.Option(help="Which engine decides.")] = "auto",
    no_values: NoValues = False,
) -> None:
    """Write the report that the public reads and the data annexe that analysts use.

    Several inspections each get a folder of their own, unless they are compared.

    Example: [bold]ctm-rules report examples/ctm/inspection.yaml -o out/[/bold]

    Exit code 1 where an inspection has no overall rating; its report says why. A format that cannot be made says why,
    and the others are written.
    """
    withhold_values(no_values)
    if compare and for_provider:
        say_error("--for-provider is of one inspection, and --compare of several: leave one of them out")
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    loaded = _load(inspections)
    for inspection in loaded:
        show_diagnostics(inspection.warnings)
    folders = _folders(loaded)
    wanted = languages or [ENGLISH]
    files: dict[str, bytes] = {}
    is_rated = True
    results: list[InspectionResult] = []
    wrong: list[Diagnostic] = []
    not_applied: list[Diagnostic] = []
    what = "Rating" if compare else "Writing"
    for inspection, own in progress(zip(loaded, folders, strict=True), what, len(loaded), worth_it=_MANY):
        result = rate_inspection(inspection, engine=engine)
        is_rated = is_rated and result.rating.is_complete
        not_applied += result.decisions_not_applied
        if compare:
            results.append(result)
        else:
            made, without = render_what_can_be(
                result,
                formats=formats or PUBLISHED,
                language=wanted,
                partial=partial,
                for_provider=for_provider,
                templates=templates,
            )
            files |= {(own / name).as_posix(): content for name, content in made.items()}
            wrong += without
    show_diagnostics(not_applied)
    written = (
        write_comparison(
            results, folder, formats=formats or PUBLISHED, language=wanted, partial=partial, templates=templates
        )
        if compare
        else write_files(files, folder)
    )
    # The pictures of the Markdown report are named by their folder.
    for path in dict.fromkeys(path.parent if path.suffix == ".svg" else path for path in written):
        say(str(path))
    if wrong:
        raise RequestError(dict.fromkeys(wrong))
    if not is_rated:
        raise typer.Exit(THE_DATA_SAYS_NO)


def _load(paths: list[Path]) -> list[Inspection]:
    """Load every inspection; what is wrong with any of them is known before anything is written."""
    loaded: list[Inspection] = []
    wrong: list[Diagnostic] = []
    for path in progress(paths, "Reading", len(paths), worth_it=_MANY):
        try:
            loaded.append(load_inspection(path))
        except DiagnosticError as error:
            wrong += error.diagnostics
    if wrong:
        # Inspections by the same framework find the same mistakes in it.
        raise RequestError(dict.fromkeys(wrong))
    return loaded


def _folders(inspections: list[Inspection]) -> list[Path]:
    """Return where in the folder each report goes: one into it itself, several into folders by provider and date."""
    if len(inspections) == 1:
        return [Path()]
    names = [_folder_name(inspection) for inspection in inspections]
    times = Counter(map(str.casefold, names))  # some systems hold A and a to be one name
    seen: Counter[str] = Counter()
    folders = []
    for name in names:
        one = name.casefold()
        seen[one] += 1
        folders.append(Path(f"{name}-{seen[one]}" if times[one] > 1 else name))
    return folders


def _folder_name(inspection: Inspection) -> str:
    provider = re.sub(r"[^A-Za-z0-9_-]+", "_", inspection.declared.provider.id)
    return f"{provider}-{inspection.declared.fieldwork.started.isoformat()}"
