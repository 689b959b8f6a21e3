"""Where a command that names no inspection takes standards from: ``./standards`` where it exists, and it says so."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ctm_rules.cli.output import say
from ctm_rules.diagnostics.findings import DiagnosticError, Findings, Location, RequestError
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.frameworks.finding import (
    UNKNOWN_FRAMEWORK,
    find_framework,
    find_named,
    is_path,
    own_editions,
    standards_folder,
    words_of,
)
from ctm_rules.paths import STANDARDS_FOLDER, folders_below, kind_of, lies_in, real_path
from ctm_rules.phrases import say_checksum, say_count

if TYPE_CHECKING:
    from ctm_rules.frameworks.amendments import Amendment

FRAMEWORK = "The framework's id or id/edition, looked up in ./standards first, or its folder or file."
"""What the option says that names the standards of a table."""

Address = Annotated[str, typer.Argument(help="The address, such as assessment.safety.victims.", metavar="ADDRESS")]
OfFramework = Annotated[
    str | None,
    typer.Option(
        "--framework",
        help="An id (hmip-pdu), an id/edition (hmip-pdu/2024), a folder or a file.",
        show_default="the only one in ./standards",
    ),
]
LookedIn = Annotated[
    list[Path] | None,
    typer.Option(
        "--in",
        help="A folder in which files that use it are looked for (repeatable).",
        metavar="FOLDER",
        show_default="the folder that holds the folder of standards",
    ),
]
AlthoughUsed = Annotated[
    bool,
    typer.Option(
        "--although-used", help="Also where inspections were rated by this edition: they are drafts, and changed along."
    ),
]
Setting = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="ADDRESS=VALUE", help="Set a value of the standards (repeatable)."),
]
Removal = Annotated[
    list[str] | None, typer.Option("--remove", metavar="ADDRESS", help="Remove a part of them (repeatable).")
]
Addition = Annotated[
    list[str] | None,
    typer.Option("--add", metavar="ADDRESS=[ITEM]", help="Add items to the end of a list (repeatable)."),
]
OnlyCheck = Annotated[bool, typer.Option("--check", help="Only say which files would change; exit 1.")]
OnlyDiff = Annotated[bool, typer.Option("--diff", help="Show each line that would change; nothing is written.")]


def day(text: str) -> datetime.date:
    """Return the day that an option names.

    Raises:
        typer.BadParameter: it is not written year-month-day.
    """
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(f'"{text}" is no date: write year-month-day, such as 2026-04-01') from None


def standards_folders() -> tuple[Path, ...]:
    """Return the folders to look an id up in: the one in the working folder, then the one of the library."""
    own = _own_folder()
    return (standards_folder(),) if own is None else (own, standards_folder())


def default_standards() -> Path:
    """Return the folder of standards for a command that was given none, and say so where it is not the library's."""
    own = _own_folder()
    if own is None:
        return standards_folder()
    _say(own)
    return own


def find_standards(name: str, edition: str | None = None, *, on: datetime.date | None = None) -> Path:
    """Return the folder or file of a framework that a command names; see :func:`find_framework`."""
    name, edition = named_edition(name, edition)
    found = find_framework(name, edition, standards=standards_folders(), on=on)
    if not is_path(name):
        say_if_own(found)
    return found


def named_edition(name: str, edition: str | None) -> tuple[str, str | None]:
    """Return an id and an edition, which may be given as one: ``hmip-pdu/2024``, where that is no folder or file."""
    words = words_of(name)
    if edition is None and len(words) == 2 and kind_of(Path(name)) is None:
        return words[0], words[1]
    return name, edition


def find_looked_into(name: str | None) -> Path:
    """Return the folder or file of the framework that a command looks into.

    Args:
        name: an id, an id and edition, or a path (``None``: the only one in the folder of standards).

    Raises:
        DiagnosticError: there is none of that name, or there are several and none is named.
    """
    if name is not None:
        found = find_named(name, standards_folders())
        say_if_own(found)
        return found
    folder = default_standards()
    known = [each.name for each in sorted(folder.iterdir()) if each.is_dir() and own_editions(each)]
    if len(known) == 1:
        return find_framework(known[0], standards=folder)
    message = f"{folder} holds {say_count(len(known), 'framework')}, so the one that is meant must be named"
    hint = nearest_name_hint("", known) or "name a folder that holds framework.yaml: --framework mine/2026"
    raise RequestError([UNKNOWN_FRAMEWORK.found(Location("--framework"), message, hint=hint)])


def find_to_change(name: str | None) -> Path:
    """Return that of the framework that a command changes, once what an ended one has left of that is finished.

    Raises:
        DiagnosticError: as :func:`find_looked_into`.
    """
    from ctm_rules.writing import finish_interrupted

    roots = [Path(name)] if name is not None and is_path(name) else standards_folders()
    for root in roots:
        for folder, _ in folders_below(root):
            finish_interrupted(folder)
    return find_looked_into(name)


def read_amendments(
    files: Sequence[Path] | None,
    setting: Sequence[str] | None,
    removal: Sequence[str] | None,
    addition: Sequence[str] | None,
) -> list[Amendment]:
    """Return the amendments of some files, and then that of the options ``--set``, ``--remove`` and ``--add``, if any.

    Raises:
        DiagnosticError: some of them are wrong; says everything that is.
    """
    from ctm_rules.frameworks.amendments import amendment_from_options, read_amendment

    findings = Findings()
    amendments: list[Amendment] = []
    try:
        options = amendment_from_options(setting or (), removal or (), addition or ())
    except DiagnosticError as error:
        findings.extend(error.diagnostics)
    for file in files or ():
        try:
            amendments.append(read_amendment(file))
        except DiagnosticError as error:
            findings.extend(error.diagnostics)
    findings.raise_errors()
    return [*amendments, *([options] if options.alterations else ())]


def show_standards(identity: Mapping[str, str], out: Console, *, called: str = "standards") -> None:
    """Print which standards a result rests on, in one line under its heading."""
    named = f"{identity['id']} {identity['edition']} from {identity['origin']}"
    out.print(f"[dim]{called}: {escape(named)}, checksum {escape(say_checksum(identity['checksum']))}[/dim]")


def say_if_own(found: Path) -> None:
    """Say that standards which were named by an id are those of the working folder, where they are."""
    own = _own_folder()
    if own is not None and lies_in(found, own):
        _say(found)


def _own_folder() -> Path | None:
    own = Path(STANDARDS_FOLDER)
    if kind_of(own) != "folder" or real_path(own) == real_path(standards_folder()):
        return None
    return own


def _say(path: Path) -> None:
    say(f"standards: {path.as_posix()}", stderr=True)
