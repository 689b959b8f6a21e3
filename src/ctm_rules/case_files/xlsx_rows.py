"""The first sheet of an XLSX workbook, row by row (streaming), as the text that the same sheet saved as CSV would hold.

openpyxl tells what the parts and the cells mean. They are handed to it piece by piece, so that no workbook is ever
whole in memory, and so that a cell whose value is not known is told from an empty one.
"""

from __future__ import annotations

import codecs
import datetime
import io
import re
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from operator import lt
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element
from xml.sax.saxutils import unescape

from ctm_rules.case_files.archives import (
    Archive,
    CellValue,
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
from ctm_rules.limits import (
    MAX_REMEMBERED_CELL_CHARACTERS,
    MAX_REMEMBERED_CELLS,
    MAX_SHEET_COLUMNS,
    MAX_SHEET_ROW_BYTES,
    MAX_SHEET_ROWS,
    MAX_WHOLE_PART_BYTES,
    MAX_WORKBOOK_TEXTS,
    XML_BLOCK_BYTES,
)

with needs_extra("bulk", "rating files in bulk"):
    from defusedxml.ElementTree import fromstring as xml_of
    from openpyxl.cell.text import Text
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import Stylesheet
    from openpyxl.utils import column_index_from_string
    from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
    from openpyxl.xml.constants import ARC_STYLE, SHARED_STRINGS, SHEET_MAIN_NS
    from openpyxl.xml.functions import fromstring


def read_rows(source: Path | bytes, sheet: str | None = None) -> Iterator[Row]:
    """Yield the rows that hold anything, as :func:`~ctm_rules.case_files.workbooks.read_rows` does."""
    with opened(source) as file, in_words():
        yield from _rows_of(_Book.of(file, sheet=sheet))


def every_sheet(source: Path | bytes) -> list[str]:
    """Return the names of all sheets, those that are hidden among them, in their order."""
    with opened(source) as file, in_words():
        return list(_Book.of(file, sheet_only=True).every_part)


def sheet_parts(source: Path | bytes) -> Mapping[str, str]:
    """Return by the name of each sheet, the hidden ones among them, which part of the archive it is.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    with opened(source) as file, in_words():
        return _Book.of(file, sheet_only=True).every_part


def read_sheets(source: Path | bytes, names: Collection[str]) -> Iterator[tuple[str, list[Row]]]:
    """Yield sheets, whether they are hidden or not, in the order of the workbook, each with its rows."""
    with opened(source) as file, in_words():
        book, read = _Book.of(file), SheetsRead()
        for name, part in book.every_part.items():
            if name in names:
                yield name, read.whole(_rows_of(book._replace(sheet=part)))


def _rows_of(book: _Book) -> Iterator[Row]:
    last = 0
    try:
        for number, row in _PlainRows(book):
            last = number
            if row:
                yield number, row
        book.texts.read_all()
        return
    except _NotPlain:
        pass  # from there on every element is looked at
    parser, before = book.cell_parser(), 0
    for element in elements(book.archive, book.sheet, DATA_TAG, ROW_TAG):
        number = int(element.get("r", before + 1))
        if not before < number <= MAX_SHEET_ROWS:
            raise WorkbookError(f"a row {number} follows row {before}")
        before = number
        row = _row(parser, number, element) if number > last else {}
        if row:
            yield number, row
    book.texts.read_all()


def visible_sheets(source: Path | bytes) -> list[str]:
    """Return the names of the sheets that people see, in their order; it is the first that is read.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    with opened(source) as file, in_words():
        return _Book.of(file, sheet_only=True).names


def merged_cells(source: Path | bytes) -> list[str]:
    """Return the cells of the first visible sheet that are merged: ``A2:A5``.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    with opened(source) as file, in_words():
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
    with opened(path) as file, in_words():
        book = _Book.of(file, sheet_only=True)
        with book.archive.open(book.sheet) as part:
            start = part.read(XML_BLOCK_BYTES)
        return round(start.count(b"row>") * book.archive.getinfo(book.sheet).file_size / max(1, len(start)))


# --- what holds for every cell ---------------------------------------------------------------------


class _Texts:
    """The texts that cells share, read as far as they are asked for: whoever wants the header needs the first ones."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._known: list[str] = []

    def __getitem__(self, number: int) -> str:
        self._known.extend(islice(self._texts, max(0, number + 1 - len(self._known))))
        return self._known[number]

    def read_all(self) -> None:
        """Read those that no cell has, too, so that damage is noticed."""
        self._known.extend(self._texts)


class _Book(NamedTuple):
    """What is needed to read the first visible sheet.

    Attributes:
        sheet: the name of its part.
        names: those of the sheets that people see.
        every_part: the parts of all sheets, by their names.
        texts: those that cells share.
        epoch: the day from which dates are counted.
        styles: what tells the numbers that are shown as dates from others.
    """

    archive: Archive
    sheet: str
    names: list[str]
    every_part: Mapping[str, str]
    texts: _Texts
    epoch: datetime.datetime
    styles: Stylesheet

    @classmethod
    def of(cls, file: WorkbookFile, *, sheet_only: bool = False, sheet: str | None = None) -> _Book:
        archive = Archive(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is not read here: names, links, views
            reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
            reader.archive = archive
            reader.read_manifest()
            reader.read_workbook()
            every = [
                (listed.name, relation.target, listed.state in (None, "visible"))
                for listed, relation in reader.parser.find_sheets()
                if relation.Type.endswith("/worksheet")
            ]
            sheets = [(name, part) for name, part, is_seen in every if is_seen]
            has_styles = ARC_STYLE in archive.namelist() and not sheet_only
            styles = Stylesheet.from_tree(fromstring(archive.read(ARC_STYLE))) if has_styles else Stylesheet()
        if not sheets:
            raise WorkbookError("it has no sheet that can be seen, or is in the Strict form of the format")
        part = reader.package.find(SHARED_STRINGS)
        texts = _Texts(
            _shared_texts(archive, part.PartName.lstrip("/")) if part is not None and not sheet_only else iter(())
        )
        part_of = next((target for name, target in sheets if name == sheet), sheets[0][1])
        names, parts = [name for name, _ in sheets], {name: part for name, part, _ in every}
        return cls(archive, part_of, names, parts, texts, reader.wb.epoch, styles)

    def cell_parser(self) -> WorkSheetParser:
        """Return what tells the values of cells."""
        dates, spans = self.styles.date_formats, self.styles.timedelta_formats
        return WorkSheetParser(io.BytesIO(), self.texts, True, self.epoch, dates, spans)


_TEXT_TAG = f"{{{SHEET_MAIN_NS}}}t"


def _shared_texts(archive: Archive, name: str) -> Iterator[str]:
    """Yield the texts as written: cells are made readable one by one, or a text could be so twice."""
    taken = 0
    for text in _texts_of(archive, name):
        taken += sys.getsizeof(text) + 8
        if taken > MAX_WORKBOOK_TEXTS:
            raise WorkbookError(f"its texts take more than {MAX_WORKBOOK_TEXTS:,} bytes")
        yield text


def _texts_of(archive: Archive, name: str) -> Iterator[str]:
    number = 0
    try:
        for text in _plain_texts(archive, name):
            number += 1
            yield text
        return
    except _NotPlain:
        pass  # from there on every element is looked at
    every = elements(archive, name, f"{{{SHEET_MAIN_NS}}}sst", f"{{{SHEET_MAIN_NS}}}si")
    for element in islice(every, number, None):
        is_plain = len(element) == 1 and element[0].tag == _TEXT_TAG
        yield element[0].text or "" if is_plain else Text.from_tree(element).content


def _row(parser: WorkSheetParser, number: int, cells: Iterable[Element]) -> dict[int, str]:
    """Return the texts of the cells of a row that hold anything."""
    parser.row_counter, parser.col_counter = number, 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a day past the last: it stands as an error
        return {column: text for column, value in _cells(parser, cells) if (text := _text(value))}


def _cells(parser: WorkSheetParser, row: Iterable[Element]) -> Iterator[tuple[int, CellValue]]:
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


def _text(value: CellValue) -> str:
    """Return what a cell holds as it would stand in a CSV file."""
    if isinstance(value, str) and "_x" in value:
        # Line breaks are written so where XML would lose them; other characters without a shape stay as written.
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return text_of_cell(value)


_ESCAPED = re.compile("_x(0009|000[AaDd]|005[Ff])_")


# --- rows as programs write them -------------------------------------------------------------------


class _NotPlain(Exception):
    """A sheet is not written as programs write one, whatever it means."""


def _pieces(
    archive: Archive, name: str, start: re.Pattern[str], piece_end: str, end: str, behind: Callable[[str], None]
) -> Iterator[str]:
    """Yield what stands in front of each end of a piece of a part, up to that of the piece before.

    The first begins behind ``start``. What stands between the last of them and the end is given to ``behind``.
    """
    decoded = codecs.getincrementaldecoder("utf-8")()
    waiting = ""
    is_inside = False
    with archive.open(name) as part:
        while block := part.read(XML_BLOCK_BYTES):
            try:
                waiting += decoded.decode(block)
            except UnicodeDecodeError:
                raise _NotPlain from None
            if not is_inside:
                begun = start.match(waiting)
                if begun is None:
                    raise _NotPlain  # no program writes more than a block in front of the pieces
                waiting = waiting[begun.end() :]
                is_inside = True
            *pieces, waiting = waiting.split(piece_end)
            if len(waiting) > MAX_SHEET_ROW_BYTES:
                raise _NotPlain
            for piece in pieces:
                if "<!" in piece or "<?" in piece:
                    raise _NotPlain
                yield piece
            if end in waiting:
                behind(waiting.partition(end)[0])
                break
        else:
            raise _NotPlain
        while part.read(XML_BLOCK_BYTES):  # damage is noticed at the end
            pass


def _plain_texts(archive: Archive, name: str) -> Iterator[str]:
    """Yield the texts that cells share as programs write them: each as one text, of characters and of nothing else."""
    return map(_plain_text, _pieces(archive, name, _TEXTS_START, "</si>", "</sst>", _plain_space))


def _plain_text(piece: str) -> str:
    written = _TEXT.fullmatch(piece)
    if written is None or "]]>" in piece:
        raise _NotPlain
    return unescape(written[1], _QUOTES) if "&" in piece else written[1]


def _plain_space(text: str) -> None:
    if text.strip():
        raise _NotPlain


class _PlainRows:
    """The rows of a sheet as programs write them, ten times faster: of cells that are written alike, one is looked at.

    In XML without comments and the like, the beginning of a cell stands nowhere but where a cell begins. So rows are
    split there, and what follows tells all of a cell but its place. Whatever is not plainly so is ``_NotPlain``.
    """

    def __init__(self, book: _Book) -> None:
        self._book = book
        self._parser = book.cell_parser()
        self._known: dict[str, str] = {}
        self._row = 0

    def __iter__(self) -> Iterator[Row]:
        for text in _pieces(self._book.archive, self._book.sheet, _START, "</row>", "</sheetData>", self._end):
            head, *cells = _CELL.split(text)
            self._go_on(head, _HEAD)
            number = self._row
            if cells[1::3].count(str(number)) < len(cells) // 3:
                raise _NotPlain
            columns = list(map(_column_number, cells[::3]))
            if columns and (columns[-1] > MAX_SHEET_COLUMNS or not all(map(lt, columns, columns[1:]))):
                raise _NotPlain
            texts = list(map(self._known.get, cells[2::3]))
            while None in texts:
                place = texts.index(None)
                texts[place] = self._text(number, cells[3 * place], cells[3 * place + 2])
            yield number, {column: text for column, text in zip(columns, texts, strict=True) if text}

    def _go_on(self, text: str, as_written: re.Pattern[str]) -> None:
        """Go on behind the beginnings of rows, those of empty ones included, which are numbered in their order."""
        if not as_written.fullmatch(text):
            raise _NotPlain
        for number in map(int, _NUMBER.findall(text)):
            if not self._row < number <= MAX_SHEET_ROWS:
                raise _NotPlain
            self._row = number

    def _end(self, behind: str) -> None:
        self._go_on(behind, _EMPTY_ROWS)

    def _text(self, number: int, column: str, cell: str) -> str:
        """Return the text of a cell, from what is written of it behind its place."""
        try:
            text = self._looked_at(number, column, cell)
        except Exception:
            raise _NotPlain from None  # what is wrong is said where every element is looked at
        if len(self._known) >= MAX_REMEMBERED_CELLS:
            self._known.clear()
        if len(cell) < MAX_REMEMBERED_CELL_CHARACTERS:
            self._known[cell] = text
        return text

    def _looked_at(self, number: int, column: str, cell: str) -> str:
        shared = _SHARED.fullmatch(cell)
        if shared is not None:
            return _text(self._book.texts[int(shared[1])])
        written = f'<row xmlns="{SHEET_MAIN_NS}"><c r="{column}{number}"{cell}</row>'
        (element,) = xml_of(written, forbid_dtd=True)
        if element.tag != _CELL_TAG or (element.tail or "").strip():
            raise _NotPlain
        return _row(self._parser, number, [element]).get(_column_number(column), "")


_DECLARED = r'\ufeff?(?:<\?xml version="1\.0"(?: encoding="(?:UTF|utf)-8")?(?: standalone="(?:yes|no)")? ?\?>)?\s*'
_XMLNS = f'xmlns="{re.escape(SHEET_MAIN_NS)}"'
_START = re.compile(
    rf'{_DECLARED}<worksheet (?:[^<>]* )?{_XMLNS}(?:(?!<[!?]|<sheetData>)(?! xmlns=").)*<sheetData>', re.DOTALL
)
_TEXTS_START = re.compile(rf'{_DECLARED}<sst (?:(?! xmlns=)[^<>])*{_XMLNS}(?:(?! xmlns=")[^<>/])*>')
_CHARACTERS = r"[\t\n\x20-%'-;=-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*"
"""What XML takes as it stands: no carriage return, which it would change, and no mark-up."""
_TEXT = re.compile(
    rf'\s*<si><t(?: xml:space="preserve")?>({_CHARACTERS}(?:&(?:amp|lt|gt|quot|apos);{_CHARACTERS})*)</t>'
)
_QUOTES = {"&quot;": '"', "&apos;": "'"}
_ROW = '<row r="[0-9]{1,7}"(?:(?! r=| xmlns)[^<>/])*'
_EMPTY_ROWS = re.compile(rf"(?:\s*{_ROW}/>)*\s*")
_HEAD = re.compile(rf"(?:\s*{_ROW}/>)*\s*{_ROW}>\s*")
_NUMBER = re.compile('<row r="([0-9]+)"')
_CELL = re.compile('<c r="([A-Z]{1,3})([0-9]+)"')
_CELL_TAG = f"{{{SHEET_MAIN_NS}}}c"
_SHARED = re.compile(r'(?: s="[0-9]+")? t="s"(?: s="[0-9]+")?><v>([0-9]+)</v></c>\s*')


@cache
def _column_number(letters: str) -> int:
    return int(column_index_from_string(letters))
