"""``ctm-rules fmt``: one layout for every YAML file."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import typer

from ctm_rules.cli.output import THE_DATA_SAYS_NO, say
from ctm_rules.diagnostics.findings import DiagnosticError, Findings
from ctm_rules.writing import finish_interrupted, write_atomically
from ctm_rules.yaml_files.formatting import Formatted, format_file, yaml_files


def command(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders with everything below them.")],
    check: Annotated[bool, typer.Option("--check", help="Only say which files are not laid out so; exit 1.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change; nothing is written.")] = False,
) -> None:
    """Lay out YAML files in one way: indentation, quotes, long lines, comments. What they say never changes.

    Example: [bold]ctm-rules fmt standards examples[/bold]
    """
    findings = Findings()
    changed: list[Formatted] = []
    files = list(yaml_files(paths))
    for folder in {} if check or diff else dict.fromkeys(file.parent for file in files):
        finish_interrupted(folder)
    for file in files:
        try:
            formatted = format_file(file)
        except DiagnosticError as error:
            findings.extend(error.diagnostics)
            continue
        if formatted.is_changed:
            changed.append(formatted)
            if not (check or diff):
                write_atomically(file, formatted.after)
            if diff:
                _show(formatted)
            else:
                say(f"{'to format' if check else 'formatted'}: {file}")
    findings.raise_errors()
    if changed and (check or diff):
        raise typer.Exit(THE_DATA_SAYS_NO)


def _show(formatted: Formatted) -> None:
    before, after = (text.decode("utf-8-sig").splitlines() for text in (formatted.before, formatted.after))
    file = str(formatted.path)
    changes = list(difflib.unified_diff(before, after, file, f"{file} (formatted)", lineterm=""))
    # Where no line differs in its text, its line ends or a byte-order mark do.
    say("\n".join(changes or [f"{file}: only line ends or a byte-order mark change"]))
