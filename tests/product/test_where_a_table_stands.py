"""A table below a title or on another sheet is said to be there, and not what follows from that, at every door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ctm_rules import Case, DiagnosticError, Framework, load_inspection, rate_files, read_cases
from ctm_rules.case_files.case_tables import read_case_table
from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.findings import Diagnostic, Findings
from tests.fuzz.targets import FILES, lay_out
from tests.support.paths import EXAMPLE
from tests.support.small_framework import Small

HEADER = ["case", "hygiene.clean.floors"]
CASES = [["c1", "yes"], ["c2", "no"], ["c3", "yes"]]
Rows = Sequence[Sequence[object]]


def save(path: Path, sheets: Mapping[str, Rows], *, hidden: Sequence[str] = (), merged: Sequence[str] = ()) -> Path:
    """Save sheets as a workbook, or the one sheet as CSV."""
    if path.suffix == ".csv":
        ((_, rows),) = sheets.items()
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    book.save(path)
    return path


def one_by_one(framework: Framework, path: Path) -> list[Diagnostic]:
    findings = Findings()
    read_case_table(path, framework, findings)
    return list(findings)


def in_bulk(framework: Framework, path: Path, **options: Any) -> list[Diagnostic]:
    try:
        return list(rate_files(framework, [path], **options).findings)
    except DiagnosticError as error:
        return list(error.diagnostics)


def in_bulk_whatever_is_absent(framework: Framework, path: Path) -> list[Diagnostic]:
    return in_bulk(framework, path, absent="missing")


DOORS: dict[str, Callable[[Framework, Path], list[Diagnostic]]] = {
    "read_cases": one_by_one,
    "in bulk": in_bulk,
    "absent columns allowed": in_bulk_whatever_is_absent,
}
doors = pytest.mark.parametrize("door", DOORS)


@doors
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("above", "row"),
    [
        pytest.param([["Audit of kitchens 2025"]], 2, id="a title"),
        pytest.param([["Audit of kitchens, 2025", None], [None, None], ["by", "the council"]], 4, id="three rows"),
        pytest.param([["Case", "Are the floors clean?"]], 2, id="a row of labels"),
    ],
)
def test_a_header_below_other_rows(small: Small, tmp_path: Path, door: str, suffix: str, above: Rows, row: int) -> None:
    path = save(tmp_path / f"cases.{suffix}", {"Cases": [*above, HEADER, *CASES]})
    (found,) = DOORS[door](small("floors"), path)
    assert (found.code, found.line) == ("misplaced-table", row)
    assert f"the names of the columns stand in row {row}" in found.message
    assert found.hint == f"delete the rows above row {row}, or say header_row: {row} in its reading"


@doors
@pytest.mark.parametrize(
    ("above", "says"),
    [
        pytest.param([], 'and the sheet "Cases" has them', id="in its first row"),
        pytest.param([["Cases of 2025"]], 'and the sheet "Cases" has them in row 2', id="below a title"),
    ],
)
def test_a_cover_sheet(small: Small, tmp_path: Path, door: str, above: Rows, says: str) -> None:
    sheets = {"About": [["Kitchens"], ["made by", "the council"]], "Notes": [["x"]], "Cases": [*above, HEADER, *CASES]}
    (found,) = DOORS[door](small("floors"), save(tmp_path / "cases.xlsx", sheets))
    assert found.code == "misplaced-table"
    assert 'the sheet "About", which is the first, has none of the columns' in found.message
    assert says in found.message
    assert 'move the sheet "Cases" to the front' in found.hint


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_table_that_is_nowhere_is_not_said_to_be_somewhere(small: Small, tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"cases.{suffix}", {"Cases": [["name", "colour"], ["a", "red"]]})
    assert "misplaced-table" not in {found.code for found in one_by_one(small("floors"), path)}
    assert {found.code for found in in_bulk(small("floors"), path)} == {"absent-column"}


@pytest.mark.parametrize("door", ["read_cases", "in bulk"])
def test_another_sheet_that_people_see_is_named(small: Small, tmp_path: Path, door: str) -> None:
    sheets = {"North": [HEADER, *CASES], "South": [HEADER, *CASES], "Old": [HEADER]}
    path = save(tmp_path / "cases.xlsx", sheets, hidden=["Old"])
    (found,) = DOORS[door](small("floors"), path)
    assert (found.code, found.severity) == ("unread-sheet", "warning")
    assert found.message == 'only the sheet "North" is read, and not "South"'
    assert len(read_cases(path, small("floors"))) == 3
    assert rate_files(small("floors"), [path], strict=True).cases == 3
    path = save(tmp_path / "alone.xlsx", {"North": [HEADER, *CASES], "Old": [HEADER]}, hidden=["Old"])
    assert DOORS[door](small("floors"), path) == []


@pytest.mark.parametrize("door", ["read_cases", "in bulk"])
def test_ids_merged_away_are_named_with_the_merged_cells(small: Small, tmp_path: Path, door: str) -> None:
    rows = [HEADER, ["c1", "yes"], [None, "no"], [None, "yes"], ["c2", "no"], ["c3", "no"], [None, "no"]]
    path = save(tmp_path / "cases.xlsx", {"Cases": rows}, merged=["A2:A4", "A6:A7", "B2:B2"])
    (found,) = DOORS[door](small("floors"), path)
    assert (found.code, found.count, [place.line for place in found.places]) == ("bad-row", 3, [3, 4, 7])
    assert found.message == "3 rows have no case id (rows 3, 4 and 7)"
    assert found.hint.startswith("the cells A2:A4 and A6:A7 are merged, and only the first of them has an id: unmerge")
    apart = save(tmp_path / "apart.xlsx", {"Cases": rows}, merged=["D1:D3"])
    (found,) = DOORS[door](small("floors"), apart)
    assert found.hint == "give each case an id"


WRONG: dict[str, Rows] = {
    "no mistake": [HEADER, *CASES],
    "a bad answer": [HEADER, ["c1", "Yess"], ["c2", "no"]],
    "no id": [HEADER, [None, "yes"], ["c2", "no"]],
    "an id twice": [HEADER, ["c1", "yes"], ["c1", "no"]],
    "a value beside the table": [HEADER, ["c1", "yes"], ["c2", "no", "a note"], ["c3", "no", "another"]],
    "not known in other words": [HEADER, ["c1", "NA"], ["c2", "NA"]],
}


@pytest.mark.parametrize("wrong", WRONG)
def test_both_readers_of_workbooks_find_the_same(small: Small, tmp_path: Path, wrong: str) -> None:
    path = save(tmp_path / "cases.xlsx", {"Cases": WRONG[wrong]})
    framework = small("floors")
    found = [one_by_one(framework, path), in_bulk(framework, path)]
    by_door = [[(each.code, each.line, each.count, each.message, each.hint) for each in some] for some in found]
    assert by_door[0] == by_door[1]
    assert bool(by_door[0]) == (wrong != "no mistake")


# --- one case at a time ------------------------------------------------------------------------------


def test_a_workbook_gives_the_cases_of_the_same_table_as_text(small: Small, tmp_path: Path) -> None:
    columns = ["case", "serves_meat", "size", "seats", "opened", "hygiene.clean.floors", "hygiene.clean"]
    rows = [["c1", "yes", "large", 40, "2026-02-01", "yes", "no"], ["c2", None, None, None, None, "na", None]]
    cases = [
        read_cases(save(tmp_path / name, {"Cases": [columns, *rows]}), small("floors"))
        for name in ("cases.csv", "cases.xlsx")
    ]
    assert cases[0] == cases[1]
    assert cases[1][1] == Case("c2", {}, {"hygiene.clean.floors": cases[0][1].answers["hygiene.clean.floors"]})


def test_a_workbook_that_is_none_is_a_sentence(small: Small, tmp_path: Path) -> None:
    (tmp_path / "cases.xlsx").write_bytes(b"case,hygiene.clean.floors\nc1,yes\n")
    with pytest.raises(DiagnosticError, match=r"cases\.xlsx cannot be read: it is no workbook"):
        read_cases(tmp_path / "cases.xlsx", small("floors"))


def test_an_inspection_may_have_its_cases_in_a_workbook(tmp_path: Path) -> None:
    lay_out(tmp_path)
    before = load_inspection(tmp_path / "inspection.yaml")
    rows = [line.replace('"', "").split(",") for line in FILES["cases.csv"].splitlines()]
    table = [[cell or None for cell in row] for row in rows]
    save(tmp_path / "cases.xlsx", {"Cases": table, "Notes": [["Ask Ann."]]})
    file = tmp_path / "inspection.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("cases.csv", "cases.xlsx"), encoding="utf-8")
    inspection = load_inspection(file)
    assert inspection.cases == before.cases
    codes = sorted(["unread-sheet", *(warning.code for warning in before.warnings)])
    assert sorted(warning.code for warning in inspection.warnings) == codes
    checked = check_paths([tmp_path])
    assert "unread-sheet" in {found.code for found in checked.diagnostics}
    assert (tmp_path / "cases.xlsx") in checked.files
    assert (tmp_path / "cases.xlsx") not in checked.skipped


def test_the_cause_is_said_first_where_an_inspection_names_a_table_with_a_cover(tmp_path: Path) -> None:
    declared = EXAMPLE.read_text(encoding="utf-8").replace("cases.csv", "cases.xlsx")
    inspection = tmp_path / "inspection.yaml"
    inspection.write_text(declared, encoding="utf-8")
    table = EXAMPLE.with_name("cases.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in table.splitlines()]
    save(tmp_path / "cases.xlsx", {"About": [["Cases of the inspection"]], "Cases": rows})
    with pytest.raises(DiagnosticError) as refused:
        load_inspection(inspection)
    assert [found.code for found in refused.value.diagnostics] == ["misplaced-table"]
