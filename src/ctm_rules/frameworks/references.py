"""How an inspection or a scenario names the framework that it goes by."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import DiagnosticError, Location, RequestError, declared_at
from ctm_rules.frameworks.finding import (
    NOT_IN_FORCE,
    UNKNOWN_FRAMEWORK,
    find_by_id,
    find_framework,
    folders_beside,
    standards_folder,
)
from ctm_rules.paths import STANDARDS_FOLDER, lies_in
from ctm_rules.validity.names import UNKNOWN_NAME

# --- The file ------------------------------------------------------------------------------------


@frozen
class FrameworkReference:
    """A framework that a file names: by its id, or by the path of its folder or file.

    Attributes:
        id: the framework's id, such as ``hmip-pdu``. It is looked up in the folders called ``standards`` that the file
            lies in or under, and then among the standards that come with ctm-rules.
        edition: which edition of it, in quotes: "2024" (default: the one that is in force).
        path: the framework's folder or file, from the folder of the file that names it (instead of an id). It lies in
            that folder or below it, or in one of the folders in which ids are looked up.
    """

    id: str | None = None
    edition: str | None = None
    path: str | None = None
    at: Location = declared_at()


def find_referenced_framework(
    reference: FrameworkReference, path: Path | None, *, inside: Path | None = None, on: datetime.date | None = None
) -> Path:
    """Return the folder or file of the framework that the file at ``path`` refers to.

    Args:
        reference: how the file names it.
        path: the file (``None``: what names it is no file, and names one of those that come with the library).
        inside: the folder in which the framework may lie as well as in those of standards (default: the file's own).
        on: where no edition is named, the day on which it must be in force (default: today).

    Raises:
        DiagnosticError: it is not named clearly, or cannot be found.
    """
    if (reference.id is None) == (reference.path is None):
        hint = 'write {id: …, edition: "…"}, or {path: …} for standards of your own'
        message = "the framework must be named by its id or by its path, and not by both"
        raise RequestError([UNKNOWN_NAME.found(reference.at, message, path="framework", hint=hint)])
    standards = (standards_folder(),) if path is None else folders_beside(path)
    try:
        if reference.id is not None:
            return find_by_id(reference.id, reference.edition, standards, on=on)
        assert reference.path is not None
        if path is None:
            message = "the framework is named by its path, from a file that there is not"
            hint = "give it: framework=load_framework(…)"
            raise RequestError([UNKNOWN_FRAMEWORK.found(reference.at, message, hint=hint)])
        found = path.parent / reference.path
        require_near(found, reference.path, reference.at, (inside or path.parent, *standards))
        return find_framework(found, reference.edition, standards=standards, on=on)
    except DiagnosticError as error:
        # Where the name is wrong, it is wrong here, in the file that names it.
        raise type(error)(
            found.moved_to(reference.at) if found.code in _NAMED_WRONGLY else found for found in error.diagnostics
        ) from None


def require_near(found: Path, named: str, at: Location, folders: Iterable[Path]) -> None:
    """Refuse standards that a file names by their path and that lie elsewhere than it may name.

    A file that came from somewhere names what is to be read: nothing but what was given along with it.

    Args:
        found: where they lie.
        named: as the file names them.
        at: where it does.
        folders: the folder of that file, and those of standards.

    Raises:
        RequestError: they do.
    """
    if not lies_in(found, *folders):
        message = f'the framework "{named}" is neither beside this file or below it nor among standards'
        hint = f"put it there, or into a folder called {STANDARDS_FOLDER} beside the file or above it"
        raise RequestError([UNKNOWN_FRAMEWORK.found(at, message, path="framework.path", hint=hint)])


_NAMED_WRONGLY = (UNKNOWN_FRAMEWORK.id, NOT_IN_FORCE.id)
