"""What the commands share: how results, mistakes and progress are shown, and what the exit codes mean."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import rich.box
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from ctm_rules.diagnostics.findings import Diagnostic, Location
from ctm_rules.diagnostics.formats import as_text
from ctm_rules.paths import real_path

THE_DATA_SAYS_NO = 1
CALL_OR_INPUT_IS_WRONG = 2

T = TypeVar("T")

_WIDTH_WHEN_PIPED = 110


def console(*, stderr: bool = False) -> Console:
    """Return where to print: colours and the terminal's width on a terminal, plain text where it is piped."""
    is_terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, width=None if is_terminal else _WIDTH_WHEN_PIPED, highlight=False, soft_wrap=False)


def print_for_programs(text: str) -> None:
    """Print what another program reads, in UTF-8 wherever it goes: not every system does that of its own accord."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    print(text, end="")


def print_json(data: object) -> None:
    """Print plain data as JSON and nothing else."""
    print_for_programs(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def table(*columns: str, right: Iterable[str] = ()) -> Table:
    """Return an empty table with these columns; those named in ``right`` hold numbers."""
    made = Table(box=rich.box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return made


def progress(items: Iterable[T], what: str, total: int, *, worth_it: int = 2_000) -> Iterable[T]:
    """Yield the items with a progress bar on the terminal; nothing is shown for few items or into a pipe."""
    if total < worth_it or not sys.stderr.isatty():
        return items
    return track(items, what, total=total, console=console(stderr=True), transient=True)


ERRORS_SHOWN: list[Diagnostic] = []
"""The errors that the command has shown so far: where there is one, it does not end well."""


def show_diagnostics(diagnostics: Iterable[Diagnostic], *, stderr: bool = True) -> None:
    """Print mistakes with their lines and hints, on standard error unless they are the result."""
    diagnostics = tuple(diagnostics)
    ERRORS_SHOWN.extend(found for found in diagnostics if found.severity == "error")
    out = console(stderr=stderr)
    text = as_text(diagnostics, colours=out.is_terminal)
    if text:
        out.print(Text.from_ansi(text), soft_wrap=True)


def say_error(message: str) -> None:
    """Print one sentence about what went wrong on standard error."""
    print(f"error: {message}", file=sys.stderr)


def place(at: Location) -> str:
    """Return a location as ``file:line``, the file relative to the working folder where it lies in it."""
    file = Path(at.file)
    with suppress(OSError, ValueError):
        file = real_path(file).relative_to(Path.cwd())
    return f"{file}:{at.line}" if at.line else str(file)
