"""A key that is wrong is found where it stands, in every kind of file: misspelt, or there twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError
from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.findings import Diagnostic, Findings
from ctm_rules.frameworks.amendments import amended_framework, read_amendment
from ctm_rules.frameworks.loading import read_framework
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue, parse_yaml
from tests.fuzz.targets import FILES, lay_out

KINDS = {
    "framework": "standards/framework.yaml",
    "facts": "standards/facts.yaml",
    "measures": "standards/measures.yaml",
    "standard": "standards/hygiene.yaml",
    "judged standard": "standards/training.yaml",
    "scenarios": "standards/scenarios/cleaning.yaml",
    "inspection": "inspection.yaml",
    "amendment": "amendment.yaml",
    "language": "locale/cy.yaml",
    "words": "words.yaml",
    "reading": "reading.yaml",
}
FREE = {"values", "phrases", "wording", "ratings", "columns", "only_rows"}
"""Blocks whose keys may be any: a name that is declared, or that of something that may not be there."""


def keys_in(value: MarkedValue, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Yield the path, line and column of each key, the first of those that stand in alike places."""
    if isinstance(value, MarkedDict):
        for key in value:
            yield (*path, key), value.key_at[key].line, value.key_at[key].column
            yield from keys_in(value[key], (*path, key))
    elif isinstance(value, MarkedList):
        for item in value:
            yield from keys_in(item, path)


def places_in(file: str) -> list[tuple[tuple[str, ...], int, int]]:
    content = parse_yaml(FILES[file].encode(), file, Findings())
    first: dict[tuple[str, ...], tuple[tuple[str, ...], int, int]] = {}
    for path, line, column in keys_in(content):
        first.setdefault(path, (path, line, column))
    return list(first.values())


KEYS = [
    pytest.param(kind, *place, id=f"{kind}: {place[0][-1]} at {place[1]}:{place[2]}")
    for kind in KINDS
    for place in places_in(KINDS[kind])
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every file is in order."""
    folder = tmp_path_factory.mktemp("files")
    lay_out(folder)
    return folder


def found_in(folder: Path, kind: str, line: int, column: int, put_in: str) -> list[Diagnostic]:
    """Return what is found in a file of a kind in which something is put at a place."""
    file = folder / KINDS[kind]
    text = FILES[KINDS[kind]]
    lines = text.splitlines()
    lines[line - 1] = lines[line - 1][: column - 1] + put_in + lines[line - 1][column - 1 :]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    try:
        if kind == "amendment":  # what it amends lies in no folder of its id
            amended_framework(read_framework(folder / "standards"), [read_amendment(file)])
        return [found for found in check_paths([file]).diagnostics if Path(found.file) == file]
    except DiagnosticError as error:
        return list(error.diagnostics)
    finally:
        file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("kind", "path", "line", "column"), KEYS)
def test_a_misspelt_key_is_found_where_it_stands(
    folder: Path, kind: str, path: tuple[str, ...], line: int, column: int
) -> None:
    found = found_in(folder, kind, line, column, "q")
    if not FREE.intersection(path[:-1]):
        assert (line, column) in [(each.line, each.column) for each in found], found


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_is_there_twice_is_found_where_it_is_again(folder: Path, kind: str) -> None:
    text = FILES[KINDS[kind]]
    for path, line, column in places_in(KINDS[kind]):
        is_first_in_its_line = text.splitlines()[line - 1][: column - 1].strip(" -") == ""
        again = f"{path[-1]}: x\n{' ' * (column - 1)}" if is_first_in_its_line else f"{path[-1]}: x, "
        place = (line + 1, column) if is_first_in_its_line else (line, column + len(again))
        if len(path) == 1:
            found = found_in(folder, kind, line, column, again)
        else:  # every kind of file is read by one reader
            findings = Findings()
            lines = text.splitlines()
            lines[line - 1] = lines[line - 1][: column - 1] + again + lines[line - 1][column - 1 :]
            parse_yaml("\n".join(lines).encode(), KINDS[kind], findings)
            found = list(findings)
        assert ("duplicate-key", *place) in [(each.code, each.line, each.column) for each in found], (path, found)


def test_a_key_that_stands_in_the_wrong_block_is_found_where_it_stands(folder: Path) -> None:
    text = FILES["standards/facts.yaml"].splitlines()
    for line, inside in ((2, "type: yes_no"), (4, "type: whole_number")):
        column = text[line - 1].index(inside) + 1
        found = found_in(folder, "facts", line, column, "values: {a: A}, ")
        assert (line, column) in [(each.line, each.column) for each in found]
    column = text[1].index("type") + 1
    found = found_in(folder, "facts", 2, column, "range: {from: 1}, ")
    assert (2, column) in [(each.line, each.column) for each in found]
