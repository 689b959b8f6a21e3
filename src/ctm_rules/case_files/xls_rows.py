"""A sheet of a workbook of the old format (XLS), row by row, as the text that it would hold as CSV.

xlrd reads it whole, which the format limits to 65,536 rows of 256 columns, and tells errors and yes/no values from
numbers. Which numbers are dates is told as for newer workbooks. The format cannot tell a formula that gives an empty
text from one that its program (xlwt) left to others to work out: both are empty.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from ctm_rules.case_files.archives import Row, SheetsRead, WorkbookError, in_words, text_of_cell
from ctm_rules.extras import needs_extra
from ctm_rules.limits import MAX_XLS_BYTES

with needs_extra("bulk", "reading XLS workbooks"):
    import xlrd
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format
    from openpyxl.utils import get_column_letter
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel


def read_rows(source: Path | bytes, sheet: str | None = None) -> Iterator[Row]:
    """Yield the rows that hold anything, as :func:`~ctm_rules.case_files.workbooks.read_rows` does."""
    with in_words():
        book = _book(source)
        names = _visible(book)
        yield from _rows_of(book, sheet if sheet in names else names[0])


def every_sheet(source: Path | bytes) -> list[str]:
    """Return the names of all sheets, those that are hidden among them, in their order."""
    with in_words():
        return list(_book(source).sheet_names())


def read_sheets(source: Path | bytes, names: Collection[str]) -> Iterator[tuple[str, list[Row]]]:
    """Yield sheets, whether they are hidden or not, in the order of the workbook, each with its rows."""
    with in_words():
        book, read = _book(source), SheetsRead()
        for name in book.sheet_names():
            if name in names:
                yield name, read.whole(_rows_of(book, name))


def _rows_of(book: Any, sheet: str) -> Iterator[Row]:
    found = book.sheet_by_name(sheet)
    for number in range(found.nrows):
        cells = {column: text for column, cell in enumerate(found.row(number), start=1) if (text := _text(book, cell))}
        if cells:
            yield number + 1, cells


def visible_sheets(source: Path | bytes) -> list[str]:
    """Return the names of the sheets that people see, in their order."""
    with in_words():
        return _visible(_book(source))


def merged_cells(source: Path | bytes) -> list[str]:
    """Return the cells of the first visible sheet that are merged: ``A2:A5``."""
    with in_words():
        book = _book(source)
        return [
            f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right)}{bottom}"
            for top, bottom, left, right in book.sheet_by_name(_visible(book)[0]).merged_cells
        ]


def estimate_rows(path: Path) -> int:
    """Return how many rows the first visible sheet has."""
    with in_words():
        book = _book(path)
        return int(book.sheet_by_name(_visible(book)[0]).nrows)


def _book(source: Path | bytes) -> Any:
    content = source if isinstance(source, bytes) else _read(source)
    if len(content) > MAX_XLS_BYTES:
        raise WorkbookError(f"it has more than {MAX_XLS_BYTES:,} bytes, more than a workbook of this kind")
    try:
        return xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), formatting_info=True, on_demand=True, ragged_rows=True
        )
    except xlrd.compdoc.CompDocError:
        raise WorkbookError("it is damaged") from None
    except xlrd.XLRDError as error:
        if "OLE2" in str(error) or "encrypted" in str(error):
            raise WorkbookError("it is protected by a password, or no workbook") from None
        raise


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_XLS_BYTES + 1)


def _visible(book: Any) -> list[str]:
    names = [name for name, hidden in zip(book.sheet_names(), book._sheet_visibility, strict=True) if not hidden]
    if not names:
        raise WorkbookError("it has no sheet that can be seen")
    return names


def _text(book: Any, cell: Any) -> str:
    """Return what a cell holds as it would stand in a CSV file."""
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#VALUE!"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return text_of_cell(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return text_of_cell(cell.value)
    if cell.ctype not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return ""
    shape = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    if is_timedelta_format(shape):
        return text_of_cell(datetime.timedelta(days=cell.value))
    if not is_date_format(shape):
        return text_of_cell(cell.value)
    try:
        return text_of_cell(from_excel(cell.value, CALENDAR_MAC_1904 if book.datemode else CALENDAR_WINDOWS_1900))
    except (OverflowError, ValueError):
        return "#VALUE!"  # a day past the last
