"""Nothing depends on when it runs but what asks for the day of today, and that is one function."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import ctm_rules

HOUSE = Path(ctm_rules.__file__).parent
# How long something takes may be measured; what day it is may not be asked.
CLOCKS = {f"{kind}.{name}" for kind in ("date", "datetime") for name in ("today", "now", "utcnow", "fromtimestamp")} | {
    f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "strftime")
}


def readings(path: Path) -> list[str]:
    """Return every reading of a clock in a module."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            name = of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""
            if f"{name}.{node.func.attr}" in CLOCKS:
                found.append(f"{name}.{node.func.attr}")
    return found


@pytest.mark.parametrize("path", sorted(HOUSE.rglob("*.py")), ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_only_the_clock_asks_what_day_it_is(path: Path) -> None:
    assert readings(path) == (["date.today", "datetime.now"] if path.name == "clock.py" else [])
