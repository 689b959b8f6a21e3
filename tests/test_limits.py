"""Every limit stands in one module, has a reason beside it, and is held somewhere."""

import ast
import re
from pathlib import Path

import pytest

import ctm_rules
from ctm_rules import limits

SOURCE = Path(ctm_rules.__file__).parent
TREE = ast.parse(Path(limits.__file__).read_text(encoding="utf-8"))
NAMES = [name for name in vars(limits) if name.isupper()]
OTHERS = sorted(path for path in SOURCE.rglob("*.py") if path.name != "limits.py")
NO_LIMITS = {
    "case_files/readings.py": {2_001, 2_012, 2_019},  # years
    "clock.py": {1_970, 2_000},  # years
    "cli/__init__.py": {100_000},  # after how many objects Python looks for what can be given back
    "cli/commands/workbench.py": {65_535},  # the highest port
    "cli/output.py": {2_000},  # from how many cases on a progress bar is worth showing
    "engines/decision_diagrams.py": {1_000_000_000},  # a place after every variable
    "forms/spreadsheet_formulas.py": {1_900},  # a year
    "report/charts.py": {1_110},  # how tall a page of paper is
    "report/fonts.py": {2_000},  # a year
    "report/rendering.py": {1_000, 1_000_000},  # kilobytes and megabytes
    "workbench/guard.py": {1_008},  # what a closed WebSocket is told
    "report/figures/analysis.py": {1_000, 20_250_804},  # how many samples the report says were drawn, and their seed
}
"""Numbers of a thousand and more that limit nothing, by module."""


def numbers_of(path: Path) -> set[int]:
    """Return the whole numbers of a thousand and more that a module writes down."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {
        node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 999
    }


def test_each_limit_has_its_reason():
    pairs = zip(TREE.body, [*TREE.body[1:], None], strict=True)
    bare = [
        ast.unparse(node)
        for node, after in pairs
        if isinstance(node, ast.Assign) and not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant))
    ]
    assert bare == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "MAX_READING_MEMORY"])
def test_each_limit_is_held_somewhere(name):
    assert any(re.search(rf"\b{name}\b", path.read_text(encoding="utf-8")) for path in OTHERS)


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_other_module_has_a_limit_of_its_own(path):
    module = path.relative_to(SOURCE).as_posix()
    assert numbers_of(path) == NO_LIMITS.get(module, set())
    assert not re.search(
        r"^_?(MAX|MOST|LARGEST|LONGEST)_\w+ = \d[\d_]*$", path.read_text(encoding="utf-8"), re.MULTILINE
    )
