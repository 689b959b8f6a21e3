"""The pages of every diagnostic code, for ``ctm-rules explain CODE`` and the documentation."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

import ctm_rules
from ctm_rules.diagnostics import Code, all_codes


def documented_codes() -> Mapping[str, Code]:
    """Return every code that any part of the library can report, by id, in alphabetical order."""
    for _ in _import_all():
        pass
    return all_codes()


def find_code(name: str) -> Code | None:
    """Return the code of that id, or ``None`` where no part of the library can report it."""
    for _ in _import_all():
        if name in all_codes():
            return all_codes()[name]
    return None


def _import_all() -> Iterator[None]:
    """Import one module of the library after the other; a code is declared beside the check that uses it.

    A module whose optional library is not installed is left out: it cannot report anything either.
    """
    names = [module.name for module in pkgutil.walk_packages(ctm_rules.__path__, "ctm_rules.", onerror=_ignore)]
    # The report's modules come last, because their libraries take seconds to import.
    for name in sorted(names, key=lambda name: (name.startswith("ctm_rules.report"), name)):
        if not name.startswith("ctm_rules.cli"):
            try:
                importlib.import_module(name)
            except ModuleNotFoundError as error:
                if error.name is None or error.name.partition(".")[0] == "ctm_rules":
                    raise
        yield


def _ignore(_: str) -> None:
    """Pass over a package that cannot be imported; importing its modules one by one says what is wrong."""
