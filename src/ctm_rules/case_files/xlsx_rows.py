"""The first sheet of an XLSX workbook, row by row (streaming), as the text that the same sheet saved as CSV would hold.

openpyxl tells what the parts and the cells mean. They are handed to it piece by piece, so that neither a large nor a
hostile workbook is ever whole in memory, and so that a cell whose value is not known is told from an empty one.
"""

from __future__ import annotations

import datetime
import io
import re
import sys
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree.ElementTree import Element

from ctm_rules.extras import needs_extra
from ctm_rules.limits import (
    MAX_ARCHIVE_LIST_BYTES,
    MAX_CELL_CHARACTERS,
    MAX_SHEET_COLUMNS,
    MAX_SHEET_ROW_BYTES,
    MAX_SHEET_ROWS,
    MAX_WHOLE_PART_BYTES,
    MAX_WORKBOOK_BYTES,
    MAX_WORKBOOK_TEXTS,
    MAX_XML_DEPTH,
    MAX_XML_NAMES,
    XML_BLOCK_BYTES,
)
from ctm_rules.model.reading import cell_text

with needs_extra("bulk", "rating files in bulk"):
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse
    from openpyxl.cell.text import Text
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import Stylesheet
    from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
    from openpyxl.xml.constants import ARC_STYLE, SHARED_STRINGS, SHEET_MAIN_NS
    from openpyxl.xml.functions import fromstring

Row = tuple[int, dict[int, str]]
"""The number of a row and the texts of its cells by the number of their column; both as a spreadsheet numbers them."""


class WorkbookError(Exception):
    """A file is no workbook, is damaged, or is larger than a workbook may be."""


def read_rows(source: Path | bytes, sheet: str | None = None) -> Iterator[Row]:
    """Yield the rows that hold anything of a visible sheet, the first where none is named.

    The source is a file or its content.

    A cell holds what the spreadsheet program last worked out. An error such as ``#REF!`` is text like any other, and a
    formula that no program has worked out stands as itself: neither has an empty cell's meaning.

    Raises:
        WorkbookError: it cannot be read to its end.
        OSError: it cannot be opened.
    """
    with _opened(source) as file, _in_words():
        book = _Book.of(file, sheet=sheet)
        dates, spans = book.styles.date_formats, book.styles.timedelta_formats
        parser = WorkSheetParser(io.BytesIO(), book.texts, True, book.epoch, dates, spans)
        before = 0
        for element in _elements(book.archive, book.sheet, DATA_TAG, ROW_TAG):
            number = int(element.get("r", before + 1))
            if not before < number <= MAX_SHEET_ROWS:
                raise WorkbookError(f"a row {number} follows row {before}")
            parser.row_counter, parser.col_counter, before = number, 0, number
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a day past the last: it stands as an error
                row = {column: text for column, value in _cells(parser, element) if (text := _text(value))}
            if row:
                yield number, row


def visible_sheets(source: Path | bytes) -> list[str]:
    """Return the names of the sheets that people see, in their order; it is the first that is read.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    with _opened(source) as file, _in_words():
        return _Book.of(file, sheet_only=True).names


def merged_cells(source: Path | bytes) -> list[str]:
    """Return the cells of the first visible sheet that are merged: ``A2:A5``.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    with _opened(source) as file, _in_words():
        book = _Book.of(file, sheet_only=True)
        behind = b""
        with book.archive.open(book.sheet) as part:
            while block := part.read(XML_BLOCK_BYTES):
                # They stand behind the rows, with little else.
                behind = (behind + block)[-MAX_WHOLE_PART_BYTES:]
                behind = behind[max(0, behind.rfind(b"sheetData>")) :]
        return [cells.decode() for cells in _MERGED.findall(behind)]


_MERGED = re.compile(rb"""mergeCell [^>]*ref=["']([A-Z]+[0-9]+:[A-Z]+[0-9]+)["']""")


def estimate_rows(path: Path) -> int:
    """Return about how many rows the first visible sheet has, from its beginning.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    with _opened(path) as file, _in_words():
        book = _Book.of(file, sheet_only=True)
        with book.archive.open(book.sheet) as part:
            start = part.read(XML_BLOCK_BYTES)
        return round(start.count(b"row>") * book.archive.getinfo(book.sheet).file_size / max(1, len(start)))


@contextmanager
def _in_words() -> Iterator[None]:
    """Say of everything that a hostile or damaged file may bring about, in whatever library, that it cannot be read."""
    try:
        yield
    except WorkbookError:
        raise
    except DefusedXmlException:
        raise WorkbookError("it declares types or entities, which no workbook does") from None
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise WorkbookError(f"it is no workbook, or a damaged or an unusual one ({reason})") from None


# --- the archive -----------------------------------------------------------------------------------


class _File(io.BufferedReader):
    """A file of which no more is read at once than an archive of a workbook's size needs."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MAX_ARCHIVE_LIST_BYTES:
            raise WorkbookError("its list of parts is longer than that of any workbook")
        return super().read(size)


def _opened(source: Path | bytes) -> _File:
    return _File(io.BytesIO(source) if isinstance(source, bytes) else source.open("rb", 0))


class _Archive(zipfile.ZipFile):
    """The parts of a workbook. No more of a part is unpacked than its entry says."""

    def __init__(self, file: _File) -> None:
        super().__init__(file)
        parts = self.infolist()
        size = sum(part.file_size for part in parts)
        if size > MAX_WORKBOOK_BYTES:
            raise WorkbookError(f"it unpacks to {size:,} bytes, and a workbook may have {MAX_WORKBOOK_BYTES:,}")
        if len({part.filename.lower() for part in parts}) < len(parts):
            raise WorkbookError("it is damaged: two of its parts have the same name")
        if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
            raise WorkbookError("it is packed in a way that workbooks do not use")

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        with self.open(name, pwd=pwd) as part:
            content = part.read(MAX_WHOLE_PART_BYTES)
            if part.read(1):
                raise WorkbookError(f"its part {name} is larger than that of any workbook")
        return content


class _Blocks:
    """What a part holds, in blocks; too many without anything in them that is wanted are refused."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self.unused = 0

    def read(self, _: int = -1) -> bytes:
        block = self._part.read(XML_BLOCK_BYTES)
        self.unused += len(block)
        if self.unused > MAX_SHEET_ROW_BYTES:
            raise WorkbookError(f"a row, or a text, takes more than {MAX_SHEET_ROW_BYTES:,} bytes")
        return block


def _elements(archive: _Archive, name: str, inside: str, wanted: str) -> Iterator[Element]:
    """Yield the elements of a part that stand in another, each only until the next is asked for."""
    outer: Element | None = None
    names: set[str] = set()
    level = 0
    with archive.open(name) as part:
        blocks = _Blocks(part)
        for event, element in iterparse(blocks, ("start", "end"), forbid_dtd=True):
            if event == "start":
                level += 1
                names.update((element.tag, *element.keys()))
                if level > MAX_XML_DEPTH or len(names) > MAX_XML_NAMES:
                    raise WorkbookError(f"its part {name} is nested or named as that of no workbook is")
                if outer is None and element.tag == inside:
                    outer = element
                continue
            level -= 1
            if outer is not None and element.tag == wanted:
                yield element
                outer.clear()
                blocks.unused = 0
            elif element is outer:
                break
        if outer is None:
            raise WorkbookError(f"its part {name} holds no table")
        while part.read(XML_BLOCK_BYTES):  # damage is noticed at the end
            pass


# --- what holds for every cell ---------------------------------------------------------------------


class _Book(NamedTuple):
    """What is needed to read the first visible sheet.

    Attributes:
        sheet: the name of its part.
        names: those of the sheets that people see.
        texts: those that cells share.
        epoch: the day from which dates are counted.
        styles: what tells the numbers that are shown as dates from others.
    """

    archive: _Archive
    sheet: str
    names: list[str]
    texts: list[str]
    epoch: datetime.datetime
    styles: Stylesheet

    @classmethod
    def of(cls, file: _File, *, sheet_only: bool = False, sheet: str | None = None) -> _Book:
        archive = _Archive(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is not read here: names, links, views
            reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
            reader.archive = archive
            reader.read_manifest()
            reader.read_workbook()
            sheets = [
                (listed.name, relation.target)
                for listed, relation in reader.parser.find_sheets()
                if listed.state in (None, "visible") and relation.Type.endswith("/worksheet")
            ]
            has_styles = ARC_STYLE in archive.namelist() and not sheet_only
            styles = Stylesheet.from_tree(fromstring(archive.read(ARC_STYLE))) if has_styles else Stylesheet()
        if not sheets:
            raise WorkbookError("it has no sheet that can be seen, or is in the Strict form of the format")
        part = reader.package.find(SHARED_STRINGS)
        texts = _shared_texts(archive, part.PartName.lstrip("/")) if part is not None and not sheet_only else []
        part_of = next((target for name, target in sheets if name == sheet), sheets[0][1])
        return cls(archive, part_of, [name for name, _ in sheets], texts, reader.wb.epoch, styles)


def _shared_texts(archive: _Archive, name: str) -> list[str]:
    texts: list[str] = []  # as written: cells are made readable one by one, or a text could be so twice
    taken = 0
    for element in _elements(archive, name, f"{{{SHEET_MAIN_NS}}}sst", f"{{{SHEET_MAIN_NS}}}si"):
        text = Text.from_tree(element).content
        texts.append(text)
        taken += sys.getsizeof(text) + 8
        if taken > MAX_WORKBOOK_TEXTS:
            raise WorkbookError(f"its texts take more than {MAX_WORKBOOK_TEXTS:,} bytes")
    return texts


_Value = str | int | float | datetime.date | datetime.time | datetime.timedelta | None


def _cells(parser: WorkSheetParser, row: Element) -> Iterator[tuple[int, _Value]]:
    """Yield the columns of a row and what programs have worked out, or a formula where none has."""
    before = 0
    for element in row:
        if element.get("t") == "s" and element.findtext(VALUE_TAG, "").startswith("-"):
            raise WorkbookError(f"a cell of row {parser.row_counter} refers to a text that is not there")
        cell = parser.parse_cell(element)
        column, value = cell["column"], cell["value"]
        if cell["row"] != parser.row_counter or not before < column <= MAX_SHEET_COLUMNS:
            raise WorkbookError(f"the cells of row {parser.row_counter} are not in their order")
        before = column
        if value is None and (formula := element.find(FORMULA_TAG)) is not None:
            is_empty_text = element.get("t") == "str" and element.find(VALUE_TAG) is not None
            value = None if is_empty_text else f"={formula.text or ''}"
        yield column, value


def _text(value: _Value) -> str:
    """Return what a cell holds as it would stand in a CSV file."""
    if isinstance(value, str):
        # Line breaks are written so where XML would lose them; other characters without a shape stay as written.
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value).strip() if "_x" in value else value.strip()
        if len(value) > MAX_CELL_CHARACTERS:
            raise WorkbookError(f"a cell holds more than {MAX_CELL_CHARACTERS:,} characters")
        return value
    if isinstance(value, datetime.timedelta):
        value = value / datetime.timedelta(days=1)  # as the spreadsheet keeps it
    return cell_text(value)


_ESCAPED = re.compile("_x(0009|000[AaDd]|005[Ff])_")
