"""What every reader of a workbook says: its first rows, its other sheets, cells beside the table, merged cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from attrs import evolve

from ctm_rules.case_files.archives import Row
from ctm_rules.case_files.cells import BAD_ROW
from ctm_rules.case_files.filled_forms import on_sheet
from ctm_rules.case_files.misplaced import FirstRows
from ctm_rules.case_files.odd_cells import NO_CASE_ID
from ctm_rules.case_files.workbooks import merged_cells, read_rows, visible_sheets
from ctm_rules.diagnostics.findings import Alike, Code, Diagnostic, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.extras import needs_extra
from ctm_rules.limits import MAX_CASES_IN_A_FINDING
from ctm_rules.model.declared_reading import TableLayout
from ctm_rules.phrases import say_list

with needs_extra("bulk", "reading workbooks"):
    from openpyxl.utils import get_column_letter


def first_rows_of_workbook(source: Path | bytes) -> Iterator[FirstRows]:
    """Yield the first rows of each sheet that can be seen."""
    for name in visible_sheets(source):
        rows = ((number, list(cells.values())) for number, cells in read_rows(source, name))
        yield FirstRows(name, rows)


def seen_on(sheet: str, header: Mapping[int, str]) -> Callable[[Location], Location]:
    """Return what gives a place in a table the cell of the sheet on which the table stands."""
    columns = header_columns(header)

    def seen(at: Location) -> Location:
        if not at.line or not columns:
            return at
        return on_sheet(at, sheet, columns.start)

    return seen


UNKNOWN_SHEET = Code(
    "unknown-sheet",
    "error",
    what="The sheet of a workbook that is to be read is not there, or is hidden.",
    why="Another sheet would be taken for the cases.",
    bad="table: {sheet: Ratigns}",
    good="table: {sheet: Ratings}",
)


def find_sheet(source: Path | bytes, at: Location, layout: TableLayout) -> tuple[str | None, list[Diagnostic]]:
    """Return the name of the sheet that is read (``None``: it is not there), and what is to be said of the sheets."""
    names = visible_sheets(source)
    if layout.sheet is None:
        return names[0], list(unread_sheets(source, at))
    if layout.sheet in names:
        return layout.sheet, []
    message = f'there is no sheet "{layout.sheet}" that can be seen'
    return None, [UNKNOWN_SHEET.found(at, message, path="table.sheet", hint=nearest_name_hint(layout.sheet, names))]


def from_header(rows: Iterator[Row], layout: TableLayout) -> Iterator[Row]:
    """Yield the rows of a sheet from the one on in which the names of its columns stand."""
    first = layout.header_row or 1
    return (row for row in rows if row[0] >= first)


UNREAD_SHEET = Code(
    "unread-sheet",
    "warning",
    what="A workbook has more than one sheet that can be seen, and only the first of them is read.",
    why="The cases of another sheet would be missing from every count without anybody noticing.",
    bad="a workbook with the sheets North and South",
    good="a workbook for each of them, or one sheet with a column that says which is which",
)


def unread_sheets(source: Path | bytes, at: Location) -> Iterator[Diagnostic]:
    """Yield a warning where a workbook has sheets that people see and that are not read."""
    read, *others = visible_sheets(source)
    if others:
        shown = [f'"{name}"' for name in others[:MAX_CASES_IN_A_FINDING]]
        more = [f"{len(others) - len(shown)} more"] if len(others) > len(shown) else []
        message = f'only the sheet "{read}" is read, and not {say_list([*shown, *more])}'
        hint = "where cases stand there, put them below those of the first; otherwise hide it, or say which is read"
        yield UNREAD_SHEET.found(at, message, hint=hint)


def stray_cell(header: Collection[int], row: Row, file: str) -> Diagnostic | None:
    """Return the finding that a row has a value in a column that has no name in the header."""
    number, cells = row
    if all(map(header.__contains__, cells)):
        return None
    stray = next(column for column in cells if column not in header)
    message = f"row {number} has a value in column {stray}, where the header has no name"
    alike = Alike("rows", "have a value where the header has no name", f"in column {stray}")
    at = Location(file, number, stray - min(header, default=1) + 1)  # counted from the first column of the table
    return BAD_ROW.found(at, message, hint="clear the cell, or name its column", alike=alike)


def explained_by_merging(
    found: Diagnostic,
    source: Path | bytes,
    layout: TableLayout = TableLayout(),  # noqa: B008 (it is frozen)
) -> Diagnostic:
    """Return a finding with the merged cells that are the cause of it, where they are: only the first keeps its id."""
    if found.alike != NO_CASE_ID or layout.sheet is not None:
        return found
    rows = {place.line for place in found.places or [found.location]}
    _, header = next(from_header(read_rows(source), layout), (1, {}))
    ids = get_column_letter(header_columns(header)[found.column - 1])
    in_ids = re.compile(rf"{ids}[0-9]+:{ids}[0-9]+")
    merged = [
        cells
        for cells in merged_cells(source)
        if in_ids.fullmatch(cells) and rows.intersection(_rows_below_the_first(cells))
    ]
    if not merged:
        return found
    shown = merged[:MAX_CASES_IN_A_FINDING]
    said = say_list(shown) if len(shown) == len(merged) else f"{', '.join(shown)} …"
    hint = f"the cells {said} are merged, and only the first of them has an id: unmerge them, and give each row its own"
    return evolve(found, hint=hint)


def _rows_below_the_first(cells: str) -> range:
    """Return the rows of merged cells, ``A2:A5``, without the first of them."""
    first, last = (int(number) for number in re.findall("[0-9]+", cells))
    return range(first + 1, last + 1)


def header_columns(cells: Mapping[int, str]) -> range:
    """Return the numbers of the columns of a table, from those of its header that have a name."""
    return range(min(cells, default=1), max(cells, default=0) + 1)
