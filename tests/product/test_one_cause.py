"""A mistake that repeats is one finding with its number and its first places, at every door for a table of cases."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas
import polars
import pytest
import xlsxwriter

from ctm_rules import DiagnosticError, Framework, assess_frame, rate_files, rate_frame, read_cases
from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.limits import MAX_CASES_IN_A_FINDING
from tests.support.small_framework import Small

RULE = (
    "{any: [floors, knives, {fact: size, is: large}, {fact: seats, at_least: 10}, "
    "{fact: opened, at_least: 2000-01-01}]}"
)
FLOORS, KNIVES = "hygiene.clean.floors", "hygiene.clean.knives"
ROWS = 44

Table = dict[str, list[str | None]]
Door = Callable[[Framework, Table, Path], Sequence[Diagnostic]]


@pytest.fixture
def kitchens(small: Small) -> Framework:
    return small(RULE, ("type: whole_number", "type: whole_number, range: {from: 0}"))


def table(**columns: Callable[[int], str | None]) -> Table:
    """Return a table of 44 rows in which nothing is wrong but in the columns that are given."""
    usual: dict[str, Callable[[int], str | None]] = {
        "case": lambda row: f"c{row}",
        "size": lambda _: "small",
        "seats": lambda _: "3",
        "opened": lambda _: "2001-01-31",
        "serves_meat": lambda _: "no",
        **dict.fromkeys((FLOORS, KNIVES, "hygiene.clean.meat"), lambda _: "no"),
    }
    names = {"floors": FLOORS, "knives": KNIVES}
    made = usual | {names.get(name, name): cell for name, cell in columns.items()}
    return {name: [cell(row) for row in range(ROWS)] for name, cell in made.items()}


# --- doors -----------------------------------------------------------------------------------------


def write(cells: Table, file: Path) -> Path:
    frame = polars.DataFrame(cells)
    if file.suffix == ".csv":
        frame.write_csv(file)
    elif file.suffix == ".parquet":
        frame.write_parquet(file)
    else:
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            for row, texts in enumerate([frame.columns, *frame.rows()]):
                for column, text in enumerate(texts):
                    if text is not None:
                        sheet.write_string(row, column, text)
    return file


def one_by_one(framework: Framework, cells: Table, folder: Path) -> Sequence[Diagnostic]:
    with pytest.raises(DiagnosticError) as error:
        read_cases(write(cells, folder / "cases.csv"), framework)
    return error.value.diagnostics


def in_bulk(suffix: str) -> Door:
    def door(framework: Framework, cells: Table, folder: Path) -> Sequence[Diagnostic]:
        return rate_files(framework, [write(cells, folder / f"cases.{suffix}")]).findings

    return door


def in_strict_bulk(framework: Framework, cells: Table, folder: Path) -> Sequence[Diagnostic]:
    with pytest.raises(DiagnosticError) as error:
        rate_files(framework, [write(cells, folder / "cases.csv")], strict=True)
    return error.value.diagnostics


def as_frame(make: Callable[[Table], object], ask: Callable[..., object]) -> Door:
    def door(framework: Framework, cells: Table, _: Path) -> Sequence[Diagnostic]:
        with pytest.raises(DiagnosticError) as error:
            ask(framework, make(cells))
        return error.value.diagnostics

    return door


FILES: dict[str, Door] = {
    "read_cases": one_by_one,
    "CSV in bulk": in_bulk("csv"),
    "strict CSV in bulk": in_strict_bulk,
    "XLSX in bulk": in_bulk("xlsx"),
    "Parquet in bulk": in_bulk("parquet"),
}
DOORS = FILES | {
    "Polars": as_frame(polars.DataFrame, assess_frame),
    "Polars, lazy": as_frame(polars.LazyFrame, rate_frame),
    "pandas": as_frame(pandas.DataFrame, assess_frame),
}
doors = pytest.mark.parametrize("door", DOORS)


def day(row: int) -> datetime.date:
    return datetime.date(2025, 1, 13) + datetime.timedelta(row % 15)


CAUSES: dict[str, tuple[Table, str, str, str]] = {
    "dates in another form": (
        table(opened=lambda row: f"{day(row):%d/%m/%Y}"),
        "bad-value",
        '44 dates in the column "opened" are not written year-month-day, such as "13/01/2025"',
        "write it as year-month-day: 2025-01-31",
    ),
    "numbers below the range": (
        table(seats=lambda row: f"-{row + 1}"),
        "bad-value",
        '44 cells in the column "seats" are not a whole number from 0, such as "-1"',
        "put it right, or leave it empty",
    ),
    "one word in one column": (
        table(floors=lambda _: "Y"),
        "bad-answer",
        f'44 cells in the column "{FLOORS}" hold "Y", which is not yes or no or na',
        'did you mean "yes"?',
    ),
    "one word in several columns": (
        table(floors=lambda _: "Y", knives=lambda _: "Y"),
        "bad-answer",
        '88 cells hold "Y", which is not yes or no or na, the first of them in the column "hygiene.clean.',
        'did you mean "yes"?',
    ),
    "ids rounded by a spreadsheet": (
        table(case=lambda row: f"2.0{row:02}E+14"),
        "bad-row",
        '44 case ids are long numbers that a spreadsheet has rounded, such as "2.000E+14"',
        "let the column hold text",
    ),
    "no ids": (
        table(case=lambda row: None if row else "c1"),
        "bad-row",
        "43 rows have no case id",
        "give each case an id",
    ),
}


@doors
@pytest.mark.parametrize("cause", CAUSES)
def test_what_has_one_cause_is_one_finding_at_every_door(
    kitchens: Framework, door: str, cause: str, tmp_path: Path
) -> None:
    cells, code, message, hint = CAUSES[cause]
    (found,) = DOORS[door](kitchens, cells, tmp_path)
    assert (found.code, found.count) == (code, int(message.split()[0]))
    assert found.message.startswith(message)
    assert hint in found.hint


@pytest.mark.parametrize("door", FILES)
def test_it_names_the_first_rows_and_its_json_all_of_them(kitchens: Framework, door: str, tmp_path: Path) -> None:
    cells, *_ = CAUSES["dates in another form"]
    (found,) = FILES[door](kitchens, cells, tmp_path)
    header = 0 if door == "Parquet in bulk" else 1  # rows of Parquet files are counted from 1
    rows = [row + header for row in range(1, ROWS + 1)]
    assert found.message.endswith(f" (rows {', '.join(map(str, rows[:MAX_CASES_IN_A_FINDING]))} …)")
    said = found.to_dict()
    assert (said["line"], said["count"]) == (rows[0], ROWS)
    column = list(cells).index("opened") + 1
    assert [(place["line"], place["column"]) for place in said["places"]] == [(row, column) for row in rows]


@doors
def test_other_values_of_a_column_are_findings_of_their_own(kitchens: Framework, door: str, tmp_path: Path) -> None:
    words = ["tiny", "huge", "tiny", *["small"] * ROWS]
    found = DOORS[door](kitchens, table(size=words.__getitem__), tmp_path)
    assert sorted(each.count for each in found) == [1, 2]
    assert {word for word in ("tiny", "huge") for each in found if f'"{word}"' in each.message} == {"tiny", "huge"}


@doors
def test_what_was_found_once_is_said_with_its_row(kitchens: Framework, door: str, tmp_path: Path) -> None:
    (found,) = DOORS[door](kitchens, table(opened=lambda row: "2025-02-30" if row == 7 else "2025-02-28"), tmp_path)
    assert (found.count, found.places) == (1, ())
    assert '"2025-02-30"' in found.message
    assert "is not a date that exists, as year-month-day" in found.message
    if door in FILES:
        assert found.line == (8 if door == "Parquet in bulk" else 9)
