"""The first sheet of an XLSX workbook, row by row, as the text that the same sheet saved as CSV would hold.

A workbook is a ZIP archive of XML. It is read with what Python brings along, in blocks, so that neither a large nor a
hostile one is ever whole in memory, and so that a cell whose value is not known is told from an empty one.
"""

from __future__ import annotations

import datetime
import io
import posixpath
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate

from attrs import field, frozen

from ctm_rules.limits import MAX_CELL_CHARACTERS, MAX_WORKBOOK_BYTES, MAX_WORKBOOK_TEXTS

Row = tuple[int, dict[int, str]]
"""The number of a row and the texts of its cells by the number of their column; both as a spreadsheet numbers them."""

_SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
)
"""The namespaces of sheets and of references between parts."""

_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_MOST_PARTS = 5_000_000
"""Bytes of the list of the archive's parts, of which a workbook has a few dozen."""
_MOST_NAMES = 2_000
"""Different names of elements and attributes in one part; the format declares fewer."""
_MOST_LEVELS = 100
_LONGEST_TAG = 1_000_000
"""Bytes of a tag with its attributes, or of a comment."""
_BLOCK = 250_000
"""Bytes of a part that are unpacked at once."""
_TOO_LONG = f"a cell holds more than {MAX_CELL_CHARACTERS:,} characters"


class WorkbookError(Exception):
    """A file is no workbook, is damaged, or is larger than a workbook may be."""


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of the first visible sheet that hold anything.

    A cell holds what the spreadsheet program last worked out. An error such as ``#REF!`` is text like any other, and a
    formula that no program has worked out stands as itself: neither has an empty cell's meaning.

    Raises:
        WorkbookError: it cannot be read to its end.
        OSError: it cannot be opened.
    """
    with _Parts(path) as parts:
        book = _Book.of(parts)
        reader = _SheetReader(book)
        for _ in parts.parse(book.sheet, reader.elements):
            yield from reader.rows
            reader.rows.clear()
        if not reader.found:
            raise WorkbookError("its first sheet holds no table")


def estimate_rows(path: Path) -> int:
    """Return about how many rows the first visible sheet has, from its beginning.

    Raises:
        WorkbookError, OSError: as for :func:`read_rows`.
    """
    with _Parts(path) as parts:
        name = _Book.of(parts, sheet_only=True).sheet
        start = next(parts.blocks(name), b"")
        return round(start.count(b"row>") * parts.size(name) / max(1, len(start)))


# --- the archive -----------------------------------------------------------------------------------


class _File(io.BufferedReader):
    """A file of which no more is read at once than an archive of a workbook's size needs."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _MOST_PARTS:
            raise WorkbookError("its list of parts is longer than that of any workbook")
        return super().read(size)


_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,  # also a name that is no text
    OverflowError,
    NotImplementedError,  # a version of the format that is not known
)


class _Element(NamedTuple):
    """What is done where an element starts, given its attributes, and where it ends, given its text if it has any."""

    start: Callable[[dict[str, str]], None] | None = None
    end: Callable[[str], None] | None = None
    has_text: bool = False


class _Parts:
    """The parts of a workbook."""

    def __init__(self, path: Path) -> None:
        self._file = _File(path.open("rb", 0))
        try:
            self._archive = zipfile.ZipFile(self._file)
            members = self._archive.infolist()
        except _DAMAGE as error:
            self._file.close()
            raise WorkbookError(f"it is no workbook, or a damaged one ({error})") from None
        except BaseException:
            self._file.close()
            raise
        # No more of a part is unpacked than its entry says.
        size = sum(member.file_size for member in members)
        if size > MAX_WORKBOOK_BYTES:
            self._file.close()
            raise WorkbookError(f"it unpacks to {size:,} bytes, and a workbook may have {MAX_WORKBOOK_BYTES:,}")
        self._members = {member.filename.lower(): member for member in members}
        if len(self._members) < len(members):
            self._file.close()
            raise WorkbookError("it is damaged: two of its parts have the same name")

    def __enter__(self) -> _Parts:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()
        self._file.close()

    def size(self, name: str) -> int:
        return self._member(name).file_size

    def has(self, name: str) -> bool:
        return name.lower() in self._members

    def _member(self, name: str) -> zipfile.ZipInfo:
        member = self._members.get(name.lower())
        if member is None:
            raise WorkbookError(f"it is no workbook, or a damaged one: it has no part {name}")
        if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WorkbookError(f"its part {name} is encrypted, or packed in a way that workbooks do not use")
        return member

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield what a part holds, in blocks."""
        member = self._member(name)
        try:
            with self._archive.open(member) as part:
                while block := part.read(_BLOCK):
                    yield block
        except _DAMAGE as error:
            raise WorkbookError(f"its part {name} is damaged ({error})") from None

    def parse(self, name: str, elements: Mapping[str, _Element]) -> Iterator[None]:
        """Parse a part; yields after each block. Elements are called by their name in the format's own namespaces."""
        parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        known: dict[str, _Element] = {}
        attribute_names: set[str] = set()
        level = 0
        pieces: list[str] = []

        def started(tag: str, attributes: dict[str, str]) -> None:
            nonlocal level
            level += 1
            attribute_names.update(attributes)
            if tag not in known:
                space, _, local = tag.rpartition(" ")
                known[tag] = elements.get(local if space in _SPACES else "", _Element())
            start, _, has_text = known[tag]
            if has_text:
                parser.CharacterDataHandler = pieces.append
            if start is not None:
                start(attributes)

        def ended(tag: str) -> None:
            nonlocal level
            level -= 1
            _, end, has_text = known[tag]
            if has_text:
                parser.CharacterDataHandler = None
                text = "".join(pieces)
                pieces.clear()
                if end is not None:
                    end(text)
            elif end is not None:
                end("")

        def refuse(*_: object) -> None:
            raise WorkbookError(f"its part {name} declares types or entities, which no workbook does")

        parser.StartElementHandler = started
        parser.EndElementHandler = ended
        parser.StartDoctypeDeclHandler = refuse
        read = 0
        try:
            for block in self.blocks(name):
                parser.Parse(block)
                read += len(block)
                if level > _MOST_LEVELS or len(known) + len(attribute_names) > _MOST_NAMES:
                    raise WorkbookError(f"its part {name} is nested or named as that of no workbook is")
                if read - parser.CurrentByteIndex > _LONGEST_TAG:
                    raise WorkbookError(f"its part {name} has a tag that does not end")
                if sum(map(len, pieces)) > MAX_CELL_CHARACTERS:
                    raise WorkbookError(_TOO_LONG)
                yield
            parser.Parse(b"", True)
            yield
        except (ExpatError, LookupError, ValueError) as error:  # also an encoding that is unknown or not kept to
            raise WorkbookError(f"its part {name} is damaged ({error})") from None

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Return the kind and the name of each part that a part refers to, by the reference's id."""
        folder, file = posixpath.split(name)
        found: dict[str, tuple[str, str]] = {}

        def refer(attributes: dict[str, str]) -> None:
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = kind, target.lstrip("/")

        self.read(posixpath.join(folder, "_rels", f"{file}.rels"), {"Relationship": _Element(refer)})
        return found

    def read(self, name: str, elements: Mapping[str, _Element]) -> None:
        """Parse a part to its end."""
        for _ in self.parse(name, elements):
            pass


# --- what holds for every sheet --------------------------------------------------------------------


@frozen
class _Book:
    """What is needed to read the cells of the first visible sheet.

    Attributes:
        sheet: the name of its part.
        texts: those that cells share.
        dates: the numbers of the cell formats that show a number as a date or a time.
        day_zero: the day that is the number 0 (some workbooks count from 1904).
    """

    sheet: str
    texts: list[str] = field(factory=list)
    dates: Collection[int] = ()
    day_zero: datetime.datetime = datetime.datetime(1899, 12, 30)

    @classmethod
    def of(cls, parts: _Parts, *, sheet_only: bool = False) -> _Book:
        book = next((part for kind, part in parts.related("").values() if kind == "officeDocument"), "xl/workbook.xml")
        related = parts.related(book)
        sheets: list[str] = []
        from_1904 = False

        def describe(attributes: dict[str, str]) -> None:
            nonlocal from_1904
            from_1904 = attributes.get("date1904") in ("1", "true")

        def list_sheet(attributes: dict[str, str]) -> None:
            reference = next((value for key, value in attributes.items() if key.endswith("/relationships id")), "")
            kind, part = related.get(reference, ("", ""))
            if kind == "worksheet" and attributes.get("state", "visible") == "visible":
                sheets.append(part)

        parts.read(book, {"workbookPr": _Element(describe), "sheet": _Element(list_sheet)})
        if not sheets:
            raise WorkbookError("it has no sheet that can be seen")
        if sheet_only:
            return cls(sheets[0])
        by_kind = {kind: part for kind, part in related.values() if parts.has(part)}
        texts = _shared_texts(parts, by_kind["sharedStrings"]) if "sharedStrings" in by_kind else []
        dates = _date_formats(parts, by_kind["styles"]) if "styles" in by_kind else ()
        return cls(sheets[0], texts, dates, datetime.datetime(*((1904, 1, 1) if from_1904 else (1899, 12, 30))))


def _unescaped(text: str) -> str:
    # Line breaks are written so where XML would lose them; other characters without a shape stay as written.
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).strip() if "_x" in text else text.strip()


_ESCAPED = re.compile("_x(0009|000[AaDd]|005[Ff])_")


def _shared_texts(parts: _Parts, name: str) -> list[str]:
    texts: list[str] = []
    taken = 0
    pieces = _Pieces()

    def add(_: str) -> None:
        nonlocal taken
        text = pieces.take()
        if len(text) > MAX_CELL_CHARACTERS:
            raise WorkbookError(_TOO_LONG)
        texts.append(text)
        taken += sys.getsizeof(text) + 8
        if taken > MAX_WORKBOOK_TEXTS:
            raise WorkbookError(f"its texts take more than {MAX_WORKBOOK_TEXTS:,} bytes")

    parts.read(name, {"si": _Element(None, add), **pieces.elements})
    return texts


class _Pieces:
    """A text that may come in pieces, each formatted in its own way, and with how it is pronounced."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._is_pronunciation = False
        self.elements: Mapping[str, _Element] = {
            "t": _Element(None, self._add, has_text=True),
            "rPh": _Element(self._start_pronunciation, self._end_pronunciation),
        }

    def take(self) -> str:
        text = _unescaped("".join(self._pieces))
        self._pieces.clear()
        return text

    def _add(self, text: str) -> None:
        if text and not self._is_pronunciation:
            self._pieces.append(text)

    def _start_pronunciation(self, _: object) -> None:
        self._is_pronunciation = True

    def _end_pronunciation(self, _: str) -> None:
        self._is_pronunciation = False


_DATE_FORMATS = {*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)}
"""The numbers of the formats of dates and times that every spreadsheet program knows; 46 is a span of time."""

_NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^]]*\]', re.IGNORECASE)
"""What a format shows as it stands, and its colours, conditions and languages."""


def _is_date_format(code: str) -> bool:
    """Return whether a format shows a number as a date or a time of day (not as a span of time).

    >>> _is_date_format("[$-809]dd mmmm yyyy;@"), _is_date_format('0.0 "days"'), _is_date_format("[h]:mm")
    (True, False, False)
    """
    shown = _NO_DATE.sub("", code.split(";")[0])
    return "[" not in shown and re.search("[ymdhs]", shown, re.IGNORECASE) is not None


def _date_formats(parts: _Parts, name: str) -> Collection[int]:
    declared: dict[str, bool] = {}
    dates: set[int] = set()
    inside = False
    formats = 0

    def declare(attributes: dict[str, str]) -> None:
        declared[attributes.get("numFmtId", "")] = _is_date_format(attributes.get("formatCode", ""))

    def enter(_: object) -> None:
        nonlocal inside
        inside = True

    def leave(_: object) -> None:
        nonlocal inside
        inside = False

    def use(attributes: dict[str, str]) -> None:
        nonlocal formats
        if inside:  # elsewhere the same element describes named styles
            number = attributes.get("numFmtId", "0")
            if declared.get(number, _small_number(number) in _DATE_FORMATS):
                dates.add(formats)
            formats += 1

    elements = {"numFmt": _Element(declare), "cellXfs": _Element(enter, leave), "xf": _Element(use)}
    parts.read(name, elements)
    return frozenset(dates)


def _small_number(text: str) -> int:
    """Return the number that a text of a few digits holds, else -1."""
    return int(text) if _DIGITS.fullmatch(text) else -1


_DIGITS = re.compile("[0-9]{1,9}")


# --- cells -----------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[-+]?[0-9]{1,400}(\.[0-9]{0,400})?([eE][-+]?[0-9]{1,3})?")
_LETTERS = re.compile("[A-Z]{1,3}")


class _SheetReader:
    """Gathers the rows of a sheet from its elements.

    Attributes:
        elements: what to do about each.
        rows: those that hold anything and have ended.
        found: whether the sheet has a place for cells.
    """

    def __init__(self, book: _Book) -> None:
        self.rows: list[Row] = []
        self.found = False
        self._book = book
        self._columns: dict[str, int] = {}
        self._inside = False
        self._row = self._column = 0
        self._place = "0"
        self._cells: dict[int, str] | None = None
        self._cell: Mapping[str, str] | None = None
        self._value: str | None = None
        self._formula: str | None = None
        self._inline = ""
        self._pieces = _Pieces()
        self.elements: Mapping[str, _Element] = {
            "sheetData": _Element(self._start_table, self._end_table),
            "row": _Element(self._start_row, self._end_row),
            "c": _Element(self._start_cell, self._end_cell),
            "v": _Element(None, self._end_value, has_text=True),
            "f": _Element(None, self._end_formula, has_text=True),
            "is": _Element(None, self._end_inline),
            **self._pieces.elements,
        }

    def _start_table(self, _: object) -> None:
        self.found = self._inside = True

    def _end_table(self, _: object) -> None:
        self._inside = False

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        if not self._inside:
            return
        place = attributes.get("r", str(self._row + 1))
        row = _small_number(place)
        if self._cells is not None or not self._row < row <= _MOST_ROWS:
            raise WorkbookError(f'a row "{place}" follows row {self._row}')
        self._row, self._place, self._column, self._cells = row, str(row), 0, {}

    def _end_row(self, _: str) -> None:
        if self._cells:
            self.rows.append((self._row, self._cells))
        self._cells = None

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        if self._cells is None:
            return
        if self._cell is not None:
            raise WorkbookError(f"a cell of row {self._row} stands in another")
        place = attributes.get("r")
        if place is None:
            column = self._column + 1
        else:
            letters = place.rstrip("0123456789")
            column = self._columns.get(letters, 0) or self._learn(letters)
            if place[len(letters) :] != self._place:
                raise WorkbookError(f'a cell "{place}" stands in row {self._row}')
        if not self._column < column <= _MOST_COLUMNS:
            raise WorkbookError(f"the cells of row {self._row} are not in their order")
        self._column, self._cell = column, attributes
        self._value = self._formula = None
        self._inline = ""

    def _learn(self, letters: str) -> int:
        number = 0
        if _LETTERS.fullmatch(letters):
            for letter in letters:
                number = number * 26 + ord(letter) - 64
            self._columns[letters] = number
        return number

    def _end_value(self, text: str) -> None:
        if self._value is not None and self._cell is not None:
            raise WorkbookError(f"a cell of row {self._row} holds two values")
        self._value = text

    def _end_formula(self, text: str) -> None:
        self._formula = text

    def _end_inline(self, _: str) -> None:
        self._inline = self._pieces.take()

    def _end_cell(self, _: str) -> None:
        if self._cells is None or self._cell is None:
            return
        text = self._meaning(self._cell, (self._value or "").strip())
        self._cell = None
        if text:
            if len(text) > MAX_CELL_CHARACTERS:
                raise WorkbookError(_TOO_LONG)
            self._cells[self._column] = text

    def _meaning(self, cell: Mapping[str, str], value: str) -> str:
        """Return what a cell holds, as text."""
        kind = cell.get("t", "n")
        if kind == "s" and value:
            texts = self._book.texts
            if not value.isdecimal() or len(value) > 9 or (number := int(value)) >= len(texts):
                raise WorkbookError(f"a cell of row {self._row} refers to a text that is not there")
            return texts[number]
        if kind == "inlineStr":
            return self._inline
        if kind == "str":
            return _unescaped(value)
        if not value and self._formula is not None:
            return f"={self._formula}"  # no program has worked it out: it is not known, and must not seem empty
        if kind == "b":
            return {"1": "yes", "0": "no"}.get(value, value)
        if kind == "d":
            return _iso_date(value)
        if kind == "n" and _NUMBER.fullmatch(value):
            return self._number(float(value), _small_number(cell.get("s", "0")) in self._book.dates)
        return value

    def _number(self, number: float, is_date: bool) -> str:
        if is_date and 0 <= number < 2_958_466:  # the day after the last that spreadsheets know
            # Workbooks that count from 1900 have a day 60 that never was.
            days = number + (number < 60 and self._book.day_zero.year < 1904)
            moment = self._book.day_zero + datetime.timedelta(milliseconds=round(days * 86_400_000))
            return str(moment.time()) if number < 1 else _shown(moment)
        # Spreadsheets keep every number as a binary fraction.
        return str(int(number)) if number.is_integer() else str(number)


def _shown(moment: datetime.datetime) -> str:
    return moment.date().isoformat() if moment.time() == datetime.time.min else str(moment)


def _iso_date(text: str) -> str:
    try:
        return _shown(datetime.datetime.fromisoformat(text))
    except ValueError:
        return text
