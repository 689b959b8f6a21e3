"""A diagnostic's code stands directly above what finds it, so that whoever reads one sees the other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import ctm_rules

HOUSE = Path(ctm_rules.__file__).parent


def is_code(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "Code"


def uses(statement: ast.stmt, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(statement))


def with_codes() -> list[Path]:
    return [path for path in sorted(HOUSE.rglob("*.py")) if "= Code(" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", with_codes(), ids=lambda path: path.relative_to(HOUSE).with_suffix("").as_posix())
def test_each_code_stands_above_what_finds_it(path: Path) -> None:
    statements = ast.parse(path.read_text(encoding="utf-8")).body
    astray = []
    for number, statement in enumerate(statements):
        if is_code(statement):
            assert isinstance(statement, ast.Assign)
            assert isinstance(statement.targets[0], ast.Name)
            name = statement.targets[0].id
            finders = [each for each in statements if isinstance(each, ast.FunctionDef | ast.ClassDef)]
            below = next(each for each in statements[number:] if not is_code(each))
            # A code that is found in other modules alone stands in the one home of what they share.
            if not uses(below, name) and any(uses(each, name) for each in finders):
                astray.append(name)
    assert astray == []


def test_codes_are_looked_for() -> None:
    assert len(with_codes()) > 30
