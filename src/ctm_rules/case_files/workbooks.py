"""The rows of a workbook, as the text that they would hold as CSV, of whichever kind it is: XLSX, ODS or XLS.

What is in a file tells its kind, and not its name, which people change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from types import ModuleType

from ctm_rules.case_files import ods_rows, xlsx_rows
from ctm_rules.case_files.archives import Row


def read_rows(source: Path | bytes, sheet: str | None = None) -> Iterator[Row]:
    """Yield the rows that hold anything of a visible sheet, the first where none is named.

    The source is a file or its content.

    A cell holds what the spreadsheet program last worked out. An error such as ``#REF!`` is text like any other, and a
    formula that no program has worked out stands as itself: neither has an empty cell's meaning.

    Raises:
        WorkbookError: it cannot be read to its end.
        OSError: it cannot be opened.
    """
    yield from _reader(source).read_rows(source, sheet)


def visible_sheets(source: Path | bytes) -> list[str]:
    """Return the names of the sheets that people see, in their order; it is the first that is read.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    names: list[str] = _reader(source).visible_sheets(source)
    return names


def every_sheet(source: Path | bytes) -> list[str]:
    """Return the names of all sheets, those that are hidden among them, in their order.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    names: list[str] = _reader(source).every_sheet(source)
    return names


def read_sheets(source: Path | bytes, names: Collection[str]) -> Iterator[tuple[str, list[Row]]]:
    """Yield sheets, whether they are hidden or not, in the order of the workbook, each with its rows.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    yield from _reader(source).read_sheets(source, names)


def merged_cells(source: Path | bytes) -> list[str]:
    """Return the cells of the first visible sheet that are merged: ``A2:A5``.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    cells: list[str] = _reader(source).merged_cells(source)
    return cells


def estimate_rows(path: Path) -> int:
    """Return about how many rows the first visible sheet has.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    rows: int = _reader(path).estimate_rows(path)
    return rows


def _reader(source: Path | bytes) -> ModuleType:
    """Return the module that reads workbooks of the kind of this one: of XLSX, where it is none."""
    if isinstance(source, bytes):
        start = source[:_START_BYTES]
    else:
        with source.open("rb") as file:
            start = file.read(_START_BYTES)
    if start.startswith(_XLS):
        from ctm_rules.case_files import xls_rows  # whose library nobody needs but for these

        return xls_rows
    return ods_rows if ods_rows.TYPE in start else xlsx_rows


_START_BYTES = 200

_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a file of the old format."""
