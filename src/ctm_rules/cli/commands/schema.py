"""``ctm-rules schema``: the JSON Schemas of the YAML files, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ctm_rules.cli.output import CALL_OR_INPUT_IS_WRONG, print_for_programs, say_error
from ctm_rules.diagnostics.suggestions import nearest_name_hint, say_no_such
from ctm_rules.scaffolding.json_schemas import KINDS, RESULTS, schema_file, schema_text
from ctm_rules.writing import write_together

_ALL = (*KINDS, *RESULTS)


def command(
    kind: Annotated[str | None, typer.Argument(help=f"One of {', '.join(_ALL)}.", metavar="[KIND]")] = None,
    write: Annotated[
        Path | None, typer.Option("--write", help="Write it into this folder (without KIND: all).", metavar="FOLDER")
    ] = None,
) -> None:
    """Print the JSON Schema of one kind of file, or of a result as --json prints it; or list the kinds.

    An editor that knows YAML completes and flags while you type, once the first line of a file names its schema:

    # yaml-language-server: $schema=../../schema/standard.schema.json

    Example: [bold]ctm-rules schema standard[/bold]
    """
    if kind is not None and kind not in _ALL:
        say_error(f"{say_no_such('kind of file', kind)}. {nearest_name_hint(kind, _ALL)}")
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    if write is not None:
        kinds = [kind] if kind else _ALL
        write_together({write / schema_file(name): schema_text(name).encode() for name in kinds}, write)
    else:
        print_for_programs(schema_text(kind) if kind else "\n".join(_ALL) + "\n")
