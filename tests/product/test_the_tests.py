"""The tests themselves: where they lie, what they import, and what their cases are called."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT

TESTS = ROOT / "tests"

OTHERS = {
    "product": "what tests the product as a whole",
    "support": "what test modules share",
    "bad": "one broken framework for each mistake",
    "data": "what the published report prints",
    "browser": "what opens pages in a browser",
    "fuzz": "what is fed to the readers, also with coverage feedback",
    "mutation": "changes of the code that some test must notice",
    "benchmarks": "how long things take",
}
"""The folders that are not named after a package, and what they hold."""

LONGEST = 50
"""Characters in what a case is called: more do not fit beside the name of a test."""


def modules() -> list[Path]:
    return sorted(file.relative_to(TESTS) for file in TESTS.rglob("*.py") if "node_modules" not in file.parts)


def imported(file: Path) -> Iterator[str]:
    """Yield the modules of the tests that a file imports, by their full names."""
    for node in ast.walk(ast.parse((TESTS / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file} imports by a relative name"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "tests")


def test_no_module_imports_a_test_module() -> None:
    wrong = [
        f"{file} imports {name}"
        for file in modules()
        for name in imported(file)
        if any(part == "conftest" or part.startswith("test_") for part in name.split("."))
    ]
    assert wrong == []


def test_every_folder_is_named_after_a_package_or_declared() -> None:
    folders = {file.parent for file in modules()} | {
        path.relative_to(TESTS) for path in TESTS.iterdir() if path.is_dir()
    }
    packages = {path.parent.relative_to(ROOT / "src" / "ctm_rules") for path in (ROOT / "src").rglob("__init__.py")}
    mirrored = {folder for folder in folders if folder.parts[:1] not in [(name,) for name in OTHERS]}
    assert mirrored - packages - {Path("__pycache__")} == set()
    assert {package for package in packages if len(package.parts) == 1} - mirrored == set()
    assert {name for name in OTHERS if not (TESTS / name).is_dir()} == set()


def test_a_folder_named_after_a_package_holds_tests_and_fixtures_alone() -> None:
    names = {file.name for file in modules() if file.parts[0] not in OTHERS}
    assert {name for name in names if not name.startswith("test_")} == {"__init__.py", "conftest.py"}


def speaks_for_itself(value: object) -> bool:
    """Return whether a value is a fair name for the case that it makes."""
    if isinstance(value, str):
        return value.strip() != "" and value.isprintable() and "{" not in value
    return value is None or isinstance(value, bool | int | float | enum.Enum) or hasattr(value, "__name__")


def unnamed(mark: pytest.Mark) -> list[object]:
    """Return the values of a parametrised test that have no name in words and do not speak for themselves."""
    names, values = mark.args[:2]
    if mark.kwargs.get("ids") is not None:
        return []
    rows: list[Any] = [row for row in values if getattr(row, "id", None) is None]
    if len(names.split(",") if isinstance(names, str) else names) > 1:
        return rows
    plain = [row.values[0] if hasattr(row, "marks") else row for row in rows]
    return [value for value in plain if not speaks_for_itself(value)]


def test_every_case_has_a_short_name_that_says_what_it_is(request: pytest.FixtureRequest) -> None:
    """It looks at the tests of this run: at all of them where all are run."""
    wrong = {}
    for item in request.session.items:
        for mark in item.iter_markers("parametrize"):
            if nameless := unnamed(mark):
                wrong[item.nodeid.partition("[")[0]] = f"a name is missing for {nameless[0]!r}"
        name = item.callspec.id if hasattr(item, "callspec") else ""
        if len(name) > LONGEST or not name.isprintable():
            wrong[item.nodeid] = f"{len(name)} characters"
    assert not wrong, "\n".join(f"{test}: {what}" for test, what in wrong.items())


def test_no_two_cases_of_a_test_have_one_name(request: pytest.FixtureRequest) -> None:
    """pytest would number them apart, as it does values without a name."""
    for mark in {
        id(mark): mark for item in request.session.items for mark in item.iter_markers("parametrize")
    }.values():
        ids = sorted(row.id for row in mark.args[1] if getattr(row, "id", None) is not None)
        assert [one for one, other in pairwise(ids) if one == other] == []
