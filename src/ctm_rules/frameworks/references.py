"""How an inspection or a scenario names the framework that it goes by."""

from __future__ import annotations

import datetime
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import DiagnosticError, Location, declared_at
from ctm_rules.frameworks.finding import NOT_IN_FORCE, UNKNOWN_FRAMEWORK, find_framework, folders_beside
from ctm_rules.validity.names import UNKNOWN_NAME

# --- The file ------------------------------------------------------------------------------------


@frozen
class FrameworkReference:
    """A framework that a file names: by its id, or by the path of its folder or file.

    Attributes:
        id: the framework's id, such as ``hmip-pdu``. It is looked up in the folders called ``standards`` that the file
            lies in or under, and then among the standards that come with ctm-rules.
        edition: which edition of it, in quotes: "2024" (default: the one that is in force).
        path: the framework's folder or file, from the folder of the file that names it (instead of an id).
    """

    id: str | None = None
    edition: str | None = None
    path: str | None = None
    at: Location = declared_at()


def find_referenced_framework(reference: FrameworkReference, path: Path, *, on: datetime.date | None = None) -> Path:
    """Return the folder or file of the framework that the file at ``path`` refers to.

    Args:
        reference: how the file names it.
        path: the file.
        on: where no edition is named, the day on which it must be in force (default: today).

    Raises:
        DiagnosticError: it is not named clearly, or cannot be found.
    """
    if (reference.id is None) == (reference.path is None):
        hint = 'write {id: …, edition: "…"}, or {path: …} for standards of your own'
        message = "the framework must be named by its id or by its path, and not by both"
        raise DiagnosticError([UNKNOWN_NAME.found(reference.at, message, path="framework", hint=hint)])
    name = reference.id if reference.path is None else path.parent / reference.path
    assert name is not None
    try:
        return find_framework(name, reference.edition, standards=folders_beside(path), on=on)
    except DiagnosticError as error:
        # Where the name is wrong, it is wrong here, in the file that names it.
        raise DiagnosticError(
            found.moved_to(reference.at) if found.code in _NAMED_WRONGLY else found for found in error.diagnostics
        ) from None


_NAMED_WRONGLY = (UNKNOWN_FRAMEWORK.id, NOT_IN_FORCE.id)
