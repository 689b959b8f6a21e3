"""The pages of every diagnostic code, for ``ctm-rules explain CODE`` and the documentation."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ctm_rules.diagnostics.findings import Code, all_codes

_DECLARATION = re.compile(r'= Code\(\s*"([a-z-]+)"')


@cache
def codes_by_module() -> Mapping[str, tuple[str, ...]]:
    """Return the ids of all codes by the module that declares them, beside the check that reports them.

    The modules are read and not imported, because some of them take seconds to import their libraries.
    """
    package = Path(__file__).parents[1]
    declared = {}
    for file in sorted(package.rglob("*.py")):
        codes = tuple(_DECLARATION.findall(file.read_text(encoding="utf-8")))
        if codes:
            name = ".".join(file.relative_to(package).with_suffix("").parts)
            declared[f"{package.name}.{name}".removesuffix(".__init__")] = codes
    return declared


def find_code(name: str) -> Code | None:
    """Return the code of that id, or ``None`` where no part of the library reports it."""
    for module, codes in codes_by_module().items():
        if name in codes:
            importlib.import_module(module)
    return all_codes().get(name)


def documented_codes() -> Mapping[str, Code]:
    """Return every code that any part of the library can report, by id, in alphabetical order.

    Raises:
        ModuleNotFoundError: a part that declares codes needs a library that is not installed.
    """
    for module in codes_by_module():
        importlib.import_module(module)
    return all_codes()
