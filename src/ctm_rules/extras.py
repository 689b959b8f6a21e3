"""Optional libraries: imported on the path that uses them, and asked for by name where they are missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ctm_rules.diagnostics.findings import CtmRulesError


class MissingExtraError(CtmRulesError):
    """Something was asked for that needs a library which is not installed here."""


@contextmanager
def needs_extra(extra: str, what: str) -> Iterator[None]:
    """Say which extra to install when an import inside the block fails.

    Raises:
        MissingExtraError: names the library and how to install it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("ctm_rules"):
            raise
        raise MissingExtraError(f'{what} needs {error.name}: pip install "ctm-rules[{extra}]"') from error
