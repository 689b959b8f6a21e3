"""A sheet of an OpenDocument spreadsheet (ODS), row by row (streaming), as the text that it would hold as CSV.

What is not known is told from what is empty: an error is its text, and a formula that no program has worked out stands
as itself.
"""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ctm_rules.case_files.archives import (
    Archive,
    Row,
    SheetsRead,
    WorkbookError,
    WorkbookFile,
    elements,
    in_words,
    opened,
    text_of_cell,
)
from ctm_rules.extras import needs_extra
from ctm_rules.limits import MAX_SHEET_COLUMNS, MAX_SHEET_ROW_BYTES, MAX_SHEET_ROWS, XML_BLOCK_BYTES

with needs_extra("bulk", "reading workbooks"):
    from openpyxl.utils import get_column_letter

TYPE = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
"""What stands at the beginning of a file, by which it is told from other kinds of workbooks."""

_CONTENT = "content.xml"

_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
_TABLE, _OFFICE, _TEXT = (f"{{{_NAMES}:{name}:1.0}}" for name in ("table", "office", "text"))
_CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")


def read_rows(source: Path | bytes, sheet: str | None = None) -> Iterator[Row]:
    """Yield the rows that hold anything, as :func:`~ctm_rules.case_files.workbooks.read_rows` does."""
    with in_words():
        for numbers, element in _elements_of_rows(source, sheet):
            yield from _rows_of(numbers, element)


def every_sheet(source: Path | bytes) -> list[str]:
    """Return the names of all sheets, those that are hidden among them, in their order."""
    with opened(source) as file, in_words():
        return [sheet.name for sheet in _sheets(_archive(file))]


def read_sheets(source: Path | bytes, names: Collection[str]) -> Iterator[tuple[str, list[Row]]]:
    """Yield sheets, whether they are hidden or not, in the order of the workbook, each with its rows."""
    with opened(source) as file, in_words():
        archive, read = _archive(file), SheetsRead()
        rows: list[Row] = []
        number = 0
        # All of them stand in one part, which is gone through once.
        for element in elements(archive, _CONTENT, f"{_OFFICE}spreadsheet", (f"{_TABLE}table-row", f"{_TABLE}table")):
            if element.tag == f"{_TABLE}table":
                if element.get(f"{_TABLE}name") in names:
                    yield element.get(f"{_TABLE}name", ""), rows
                rows, number = [], 0
                continue
            first, number = number + 1, number + _repeated(element, "rows")
            rows += read.whole(_rows_of(range(first, number + 1), element))


def _rows_of(numbers: range, element: Element) -> Iterator[Row]:
    """Yield the rows that an element stands for, where they hold anything."""
    cells: dict[int, str] = {}
    for columns, cell in _placed(element):
        text = _text(cell)
        if text and max(numbers[-1] - MAX_SHEET_ROWS, columns[-1] - MAX_SHEET_COLUMNS) > 0:
            raise WorkbookError(f"it has more rows or columns than a sheet may have, behind row {numbers[0]}")
        cells |= dict.fromkeys(columns, text) if text else {}
    for number in numbers if cells else ():
        yield number, cells


def visible_sheets(source: Path | bytes) -> list[str]:
    """Return the names of the sheets that people see, in their order."""
    with opened(source) as file, in_words():
        return [sheet.name for sheet in _sheets(_archive(file)) if not sheet.is_hidden]


def merged_cells(source: Path | bytes) -> list[str]:
    """Return the cells of the first visible sheet that are merged: ``A2:A5``."""
    merged = []
    with in_words():
        for numbers, element in _elements_of_rows(source, None):
            for columns, cell in _placed(element):
                rows, across = (int(cell.get(f"{_TABLE}number-{way}-spanned", "1")) for way in ("rows", "columns"))
                if rows > 1 or across > 1:
                    first, last = get_column_letter(columns[0]), get_column_letter(columns[0] + across - 1)
                    merged.append(f"{first}{numbers[0]}:{last}{numbers[0] + rows - 1}")
    return merged


def estimate_rows(path: Path) -> int:
    """Return about how many rows the spreadsheet has, from its beginning."""
    with opened(path) as file, in_words():
        archive = _archive(file)
        with archive.open(_CONTENT) as part:
            start = part.read(XML_BLOCK_BYTES)
        return round(start.count(b"</table:table-row>") * archive.getinfo(_CONTENT).file_size / max(1, len(start)))


# --- sheets ----------------------------------------------------------------------------------------


class _Sheet(NamedTuple):
    name: str
    is_hidden: bool


def _archive(file: WorkbookFile) -> Archive:
    archive = Archive(file)
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise WorkbookError("it is protected by a password")
    return archive


def _sheets(archive: Archive) -> list[_Sheet]:
    """Return the sheets in their order. To parse the cells for it would take as long as reading them."""
    hidden: set[str] = set()
    sheets: list[_Sheet] = []
    waiting = b""
    with archive.open(_CONTENT) as part:
        while block := part.read(XML_BLOCK_BYTES):
            waiting += block
            end = waiting.rfind(b">") + 1
            for found in _STYLE_OR_TABLE.finditer(waiting, 0, end):
                names = {name: html.unescape(value.decode()) for name, value in _ATTRIBUTE.findall(found[0])}
                if found[0].startswith(b"<style:style"):
                    style = names.get(b"style:name", "")
                elif found[0].startswith(b"<style:table-properties"):
                    hidden.update([style] if names.get(b"table:display") == "false" else [])
                else:
                    sheets.append(_Sheet(names.get(b"table:name", ""), names.get(b"table:style-name") in hidden))
            waiting = waiting[end:]
            if len(waiting) > MAX_SHEET_ROW_BYTES:
                raise WorkbookError(f"a row, or a text, takes more than {MAX_SHEET_ROW_BYTES:,} bytes")
    if all(sheet.is_hidden for sheet in sheets):
        raise WorkbookError("it has no sheet that can be seen")
    if len({sheet.name for sheet in sheets}) < len(sheets):
        raise WorkbookError("it is damaged: two of its sheets have the same name")
    return sheets


_STYLE_OR_TABLE = re.compile(rb"<(?:style:style|style:table-properties|table:table)[ \n][^<>]*>")
_ATTRIBUTE = re.compile(rb"""([a-z:-]+)=["']([^"']*)["']""")


def _elements_of_rows(source: Path | bytes, sheet: str | None) -> Iterator[tuple[range, Element]]:
    """Yield each element of a row with the numbers of the rows that it stands for."""
    with opened(source) as file:
        archive = _archive(file)
        seen = [each.name for each in _sheets(archive) if not each.is_hidden]
        having = (f"{_TABLE}name", sheet if sheet in seen else seen[0])
        number = 0
        for element in elements(archive, _CONTENT, f"{_TABLE}table", f"{_TABLE}table-row", having):
            first, number = number + 1, number + _repeated(element, "rows")
            yield range(first, number + 1), element


def _placed(row: Element) -> Iterator[tuple[range, Element]]:
    """Yield each element of a cell with the numbers of the columns in which it stands."""
    column = 0
    for cell in row:
        if cell.tag in _CELLS:
            if cell.find(f"{_TABLE}table") is not None:
                raise WorkbookError("one of its cells holds a table")
            first, column = column + 1, column + _repeated(cell, "columns")
            yield range(first, column + 1), cell


def _repeated(element: Element, way: str) -> int:
    times = int(element.get(f"{_TABLE}number-{way}-repeated", "1"))
    if not 1 <= times <= 2**31:
        raise WorkbookError(f"a row or a cell is repeated {times} times")
    return times


# --- cells -----------------------------------------------------------------------------------------


def _text(cell: Element) -> str:
    """Return what a cell holds as it would stand in a CSV file."""
    kind, formula = cell.get(f"{_OFFICE}value-type"), cell.get(f"{_TABLE}formula")
    shown = text_of_cell("\n".join(map(_paragraph, cell.findall(f"{_TEXT}p"))))
    is_error = cell.get(_CALC_TYPE) == "error" or (formula is not None and shown.startswith(("#", "Err:")))
    if is_error or kind is None:
        # What could not be worked out, or never was, is no empty cell.
        return shown or ("#N/A" if is_error else "" if formula is None else f"={formula.partition('=')[2]}")
    if kind == "string":
        return text_of_cell(cell.get(f"{_OFFICE}string-value", shown))
    attribute = {"percentage": "value", "currency": "value", "float": "value"}.get(kind, f"{kind}-value")
    value = cell.get(f"{_OFFICE}{attribute}", "")
    if kind == "boolean" and value in ("true", "false"):
        return text_of_cell(value == "true")
    if kind == "date" and value:
        return _moment(value)
    if kind == "time" and (duration := _DURATION.fullmatch(value)):
        return _duration(*duration.groups(default="0"))
    if attribute == "value" and value:
        return text_of_cell(int(value) if _WHOLE.fullmatch(value) else float(value))
    raise WorkbookError(f'a cell is called "{kind}" and has no such value')


def _paragraph(element: Element) -> str:
    text = element.text or ""
    for part in element:
        if part.tag == f"{_TEXT}s":
            text += " "
        elif part.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            text += "\t" if part.tag.endswith("tab") else "\n"
        elif part.tag.startswith(_TEXT):
            text += _paragraph(part)
        text += part.tail or ""
    return text


def _moment(value: str) -> str:
    try:
        return text_of_cell(datetime.datetime.fromisoformat(value))
    except ValueError:
        return value  # a date that cannot be is told where its meaning is looked for


def _duration(sign: str, days: str, hours: str, minutes: str, seconds: str) -> str:
    span = datetime.timedelta(int(days), float(seconds), minutes=int(minutes), hours=int(hours))
    if sign != "-" and span < datetime.timedelta(days=1):
        return text_of_cell((datetime.datetime.min + span).time())
    return text_of_cell(-span if sign == "-" else span)


_WHOLE = re.compile("-?[0-9]+")
_DURATION = re.compile(
    r"(-)?P(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6}(?:\.[0-9]+)?)S)?)?"
)
