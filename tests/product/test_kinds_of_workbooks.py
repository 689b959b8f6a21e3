"""A table gives the same cases, ratings and findings from every kind of workbook, at every door."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from ctm_rules import DiagnosticError, Framework, Reading, TableLayout, read_cases
from ctm_rules.bulk.files import rate_files
from ctm_rules.diagnostics.formats import as_github, as_sarif, as_text
from tests.support.ods import as_spreadsheet, row, spreadsheet, table, text_cell
from tests.support.paths import ROOT
from tests.support.small_framework import Small

pytest.importorskip("xlrd")

CASES = ROOT / "examples" / "ctm" / "cases.csv"
KINDS = ["ods", "xls"]


def example_as(kind: str, folder: Path) -> Path:
    """Return the cases of the example in a workbook."""
    file = folder / f"cases.{kind}"
    if kind == "xls":
        file.write_bytes((ROOT / "tests" / "data" / "cases.xls").read_bytes())
        return file
    with CASES.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    file.write_bytes(as_spreadsheet({name: [each[name] for each in rows] for name in rows[0]}))
    return file


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_has_the_same_cases(kind: str, tmp_path: Path, shipped: Framework) -> None:
    assert read_cases(example_as(kind, tmp_path), shipped) == read_cases(CASES, shipped)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_has_the_same_ratings_in_bulk(kind: str, tmp_path: Path, shipped: Framework) -> None:
    by = ["sex", "commenced.quarter"]
    found, wanted = (rate_files(shipped, file, by) for file in (example_as(kind, tmp_path), CASES))
    assert found.ratings.rows() == wanted.ratings.rows()
    assert (found.cases, found.left_out, found.findings) == (44, 0, ())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_in_a_file_tells_its_kind_and_not_its_name(kind: str, tmp_path: Path, shipped: Framework) -> None:
    renamed = example_as(kind, tmp_path).rename(tmp_path / "renamed.xlsx")
    assert len(read_cases(renamed, shipped)) == 44


@pytest.mark.parametrize("kind", KINDS)
def test_another_sheet_is_named(kind: str, tmp_path: Path, shipped: Framework) -> None:
    file = tmp_path / f"t.{kind}"
    if kind == "xls":
        file.write_bytes((ROOT / "tests" / "data" / "kinds_of_cells.xls").read_bytes())
    else:
        sheets = [table(row(text_cell(name)), name) for name in ("Cases &amp; more", "Other")]
        file.write_bytes(spreadsheet("".join(sheets)))
    with pytest.raises(DiagnosticError) as error:
        read_cases(file, shipped)
    assert 'only the sheet "Cases & more" is read, and not "Other"' in str(error.value)


@pytest.mark.parametrize("kind", [*KINDS, "xlsx"])
@pytest.mark.parametrize(
    "content", [b"", b"no workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off"], ids=["empty", "text", "old"]
)
def test_what_is_no_workbook_is_refused_in_a_sentence(
    kind: str, content: bytes, tmp_path: Path, shipped: Framework
) -> None:
    file = tmp_path / f"t.{kind}"
    file.write_bytes(content)
    for door in (lambda: read_cases(file, shipped), lambda: rate_files(shipped, file)):
        with pytest.raises(DiagnosticError, match=r"t\.\w+ cannot be read"):
            door()


# --- where something is, as people see it who open the workbook --------------------------------------

FLOORS, KNIVES = "hygiene.clean.floors", "hygiene.clean.knives"
WRONG_CELLS = {
    "a word without a meaning": ("C4", {"C4": "Yess"}),
    "a row without an id": ("B4", {"B4": None}),
    "a case twice": ("B4", {"B4": "a"}),
    "a cell beside the table": ("F4", {"F4": "stray"}),
    "a column that nobody knows": ("D3", {"D3": "hygiene.clean.knifes"}),
}


def in_the_middle(folder: Path, cells: dict[str, object]) -> Path:
    """Write a table that begins in the second column and the third row of the second sheet."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Read me"
    sheet = book.create_sheet("Kitchens seen")
    for number, texts in enumerate([["case", FLOORS, KNIVES], ["c", "yes", "yes"], ["a", "no", "yes"]], 3):
        for column, text in enumerate(texts, 2):
            sheet.cell(number, column, text)
    for cell, text in cells.items():
        sheet[cell] = text
    file = folder / "kitchens.xlsx"
    book.save(file)
    book.close()
    return file


READ_AS = Reading(table=TableLayout(sheet="Kitchens seen", header_row=3))


@pytest.mark.parametrize("what", WRONG_CELLS)
def test_a_finding_says_the_sheet_and_the_cell(what: str, tmp_path: Path, small: Small) -> None:
    cell, cells = WRONG_CELLS[what]
    framework, file = small("{all: [floors, knives]}"), in_the_middle(tmp_path, {**cells})
    if what == "a case twice":  # which the row below repeats
        cell = "B5"
    with pytest.raises(DiagnosticError) as error:
        read_cases(file, framework, read_as=READ_AS)
    (found,) = error.value.diagnostics
    assert (found.sheet, found.cell) == ("Kitchens seen", cell)
    assert str(found).startswith(f'{file}: sheet "Kitchens seen", cell {cell}: error: ')
    for printed in (as_text([found]), as_github([found]), json.dumps(as_sarif([found])).replace('\\"', '"')):
        assert f'sheet "Kitchens seen", cell {cell}: ' in printed


def test_bulk_says_the_sheet_and_the_cell(tmp_path: Path, small: Small) -> None:
    framework, file = small("{all: [floors, knives]}"), in_the_middle(tmp_path, {"C4": "Yess"})
    (found,) = rate_files(framework, file, read_as=READ_AS).findings
    assert (found.sheet, found.cell, found.line) == ("Kitchens seen", "C4", 4)
