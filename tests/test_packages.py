"""What each package says of itself is so: what it hands on is there, and what is private nobody else imports."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import ctm_rules

HOUSE = Path(ctm_rules.__file__).parent
PACKAGES = sorted(path.parent for path in HOUSE.rglob("__init__.py") if path.parent != HOUSE)
MODULES = {
    ".".join(("ctm_rules", *path.relative_to(HOUSE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in HOUSE.rglob("*.py")
}


def name_of(package: Path) -> str:
    return package.relative_to(HOUSE).as_posix()


def says(package: Path) -> str:
    return ast.get_docstring(tree(package / "__init__.py")) or ""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported_by(path: Path) -> frozenset[str]:
    """Return the modules that a module imports names from."""
    return frozenset(node.module or "" for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom))


def imported_outside(package: Path) -> set[str]:
    """Return the modules and packages in a package that something outside it imports from."""
    prefix = f"ctm_rules.{name_of(package).replace('/', '.')}."
    found = set()
    for name, path in MODULES.items():
        if f"{name}.".startswith(prefix):
            continue
        found |= {
            module.removeprefix(prefix).split(".")[0] for module in imported_by(path) if module.startswith(prefix)
        }
    return found


def declared_in(package: Path) -> set[str]:
    """Return every name that the modules of a package declare at their top."""
    names: set[str] = set()
    for path in package.rglob("*.py"):
        for node in tree(path).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
            names |= {node.name} if isinstance(node, ast.ClassDef | ast.FunctionDef) else set()
    return names


SAYING = [package for package in PACKAGES if "Private: " in says(package)]


def test_there_are_packages_that_say_so():
    assert len(SAYING) > 10


@pytest.mark.parametrize("package", SAYING, ids=name_of)
def test_what_is_private_nobody_else_imports(package):
    _, _, listed = says(package).partition("Private: ")
    private = set(re.findall(r"\w+", listed)) - {"none"}
    inside = {path.stem for path in package.glob("*.py")} | {path.name for path in PACKAGES if path.parent == package}
    assert private == inside - {"__init__"} - imported_outside(package)


@pytest.mark.parametrize("package", SAYING, ids=name_of)
def test_what_is_handed_on_is_there(package):
    _, _, handed_on = says(package).partition("Hands on: ")
    assert handed_on
    missing = set(re.findall(r"`([A-Za-z_]\w*)`", handed_on)) - declared_in(package)
    assert missing == set()
