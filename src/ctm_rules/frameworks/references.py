"""How an inspection or a scenario names the framework that it goes by."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import DiagnosticError, Location, declared_at
from ctm_rules.frameworks.finding import find_framework
from ctm_rules.validity.names import UNKNOWN_NAME

# --- The file ------------------------------------------------------------------------------------


@frozen
class FrameworkReference:
    """The framework of an inspection: an id and edition, or the path of its folder or file.

    Attributes:
        id: the framework's id, such as ``hmip-pdu``.
        edition: which edition of it, in quotes: "2024".
        path: the framework's folder or file, from the folder of the inspection file (instead of id and edition).
    """

    id: str | None = None
    edition: str | None = None
    path: str | None = None
    at: Location = declared_at()


def find_referenced_framework(reference: FrameworkReference, path: Path) -> Path:
    """Return the folder or file of the framework that the file at ``path`` refers to.

    Raises:
        DiagnosticError: it is not named clearly, or cannot be found.
    """
    if (reference.id is None) == (reference.path is None):
        hint = 'write {id: …, edition: "…"}, or {path: …} for standards of your own'
        message = "the framework must be named by its id or by its path, and not by both"
        raise DiagnosticError([UNKNOWN_NAME.found(reference.at, message, path="framework", hint=hint)])
    if reference.path is not None:
        return path.parent / reference.path
    assert reference.id is not None
    try:
        return find_framework(reference.id, reference.edition)
    except DiagnosticError as error:
        # What is wrong is the name, so it is wrong here, in the file that names it.
        raise DiagnosticError(found.moved_to(reference.at) for found in error.diagnostics) from None
