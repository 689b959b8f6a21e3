"""Where a command that names no inspection takes standards from: ``./standards`` where it exists, and it says so."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from ctm_rules.cli.output import say
from ctm_rules.frameworks.finding import find_framework, is_path, standards_folder
from ctm_rules.paths import STANDARDS_FOLDER, kind_of, lies_in, real_path
from ctm_rules.phrases import say_checksum


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
    found = find_framework(name, edition, standards=standards_folders(), on=on)
    if not is_path(name):
        say_if_own(found)
    return found


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
