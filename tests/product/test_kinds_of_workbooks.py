"""A table gives the same cases, ratings and findings from every kind of workbook, at every door."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, Framework, read_cases
from ctm_rules.bulk.files import rate_files
from tests.support.ods import as_spreadsheet, row, spreadsheet, table, text_cell
from tests.support.paths import ROOT

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
