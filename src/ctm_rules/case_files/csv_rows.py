"""The rows of a CSV file (parsing): one reader for tables that are read case by case and for those of any size.

A line without quotation marks is a row; its cells are what stands between the delimiters. A line with them is read as
RFC 4180 has it, with the lines below it where one of its cells goes on there. Where that cannot be, the line is a bad
row by itself and reading goes on below it, so that a quotation mark too many never swallows the rows that follow.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from ctm_rules.case_files.cells import BAD_ROW, quote_cell
from ctm_rules.case_files.table_text import UnreadableTextError, no_text, open_text
from ctm_rules.diagnostics.findings import Alike, Diagnostic, Location
from ctm_rules.limits import MAX_CSV_CELL_CHARACTERS, MAX_CSV_ROW_CHARACTERS, MAX_TABLE_COLUMNS, TEXT_BLOCK_CHARACTERS
from ctm_rules.model.declared_reading import TableLayout
from ctm_rules.model.framework import CASE_COLUMN
from ctm_rules.phrases import say_count
from ctm_rules.yaml_files.marked_yaml import NOT_PRINTABLE

DELIMITERS = ",;\t|"
"""What may separate cells, the likeliest first; spreadsheet programs in many countries write semicolons."""

SEPARATOR = "\x1f"
"""Stands between the cells of a row that were told apart already; no cell may have it in it, for it has no shape."""

_SAID_DELIMITER = re.compile(r'"?sep=([^\w\s"]|\t)"?\n?', re.IGNORECASE)
"""The line by which a file tells a spreadsheet program what separates its cells; the program does not show it."""

_QUOTES = "check the quotation marks in this row"


class Row(NamedTuple):
    """A row of a table: its number, as a spreadsheet has it, and its cells, of which none has space around it."""

    number: int
    cells: list[str]


class Lines(NamedTuple):
    """Many rows at a time, empty ones included: the cells of a line are what stands between these delimiters."""

    numbers: Sequence[int]
    lines: list[str]
    delimiter: str


class CsvTable:
    """A CSV file that is open: its header has been read, and its rows follow.

    Args:
        file: its bytes, from the beginning; they are closed with the table.
        name: how diagnostics call it.
        layout: its encoding, where it has no byte-order mark, what separates its cells, and in which row its header
            stands, where that is known.

    Raises:
        UnreadableTextError: it is no text in its encoding, or its header is not well-formed; reading the rows raises it
            too.

    Attributes:
        header: the names of the columns, without empty ones at the end, as spreadsheet programs write them.
        header_row: the number of the row in which they stand.
        width: how many cells that row has; the last ones may have no names.
        delimiter: what separates cells.
    """

    def __init__(self, file: BinaryIO, name: str, layout: TableLayout = TableLayout()) -> None:  # noqa: B008
        self._file, self._name, self._said = file, name, layout.encoding
        self._layout = layout
        self._text = open_text(file, layout.encoding)
        self._lines: deque[str] = deque()
        self._cut = ""  # the beginning of a line of which the end was not read yet
        self._taken: list[str] = []  # the lines of the row that is being read
        self._characters = 0  # how many they have
        self.delimiter = DELIMITERS[0]
        self._reader = self._new_reader()
        self.header: tuple[str, ...] = ()
        self.header_row = 0
        self.width = 0
        try:
            self._read_header()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> CsvTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def rows(self) -> Iterator[Row | Diagnostic]:
        """Yield each row that is not empty, or what is wrong with it."""
        for some in self.blocks():
            if isinstance(some, Diagnostic):
                yield some
                continue
            for number, line in zip(some.numbers, some.lines, strict=True):
                row = self.row_of(number, line.split(some.delimiter))
                if row is not None:
                    yield row

    def blocks(self) -> Iterator[Lines | Diagnostic]:
        """Yield the rows many at a time, and what is wrong with lines that are no rows."""
        number = self.header_row + 1
        while self._lines or self._read_lines():
            together = "".join(self._lines)
            is_long = max(map(len, self._lines)) > MAX_CSV_ROW_CHARACTERS
            if not ('"' in together or SEPARATOR in together or is_long):
                yield Lines(range(number, number + len(self._lines)), list(self._lines), self.delimiter)
                number += len(self._lines)
                self._lines.clear()
                continue
            numbers: list[int] = []
            lines: list[str] = []
            while self._lines:
                cells = self._next_cells(number)
                line = cells if isinstance(cells, Diagnostic) else self._joined(number, cells)
                if isinstance(line, str):
                    numbers.append(number)
                    lines.append(line)
                else:
                    yield line
                number += 1
            yield Lines(numbers, lines, SEPARATOR)

    def _joined(self, number: int, cells: list[str]) -> str | Diagnostic:
        line = SEPARATOR.join(cells)
        if line.count(SEPARATOR) >= len(cells):
            odd = self._odd_cell(number, cells)
            assert odd is not None  # the separator itself cannot be printed
            return odd
        return line

    def row_of(self, number: int, cells: list[str]) -> Row | Diagnostic | None:
        """Return a row whose cells stand below the names of the header, or why they do not (``None``: it is empty)."""
        # Of far too many cells in a row, not each is looked at.
        odd = self._odd_cell(number, cells) if len(cells) <= self.width else None
        if odd is not None:
            return odd
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            return None
        wanted = len(self.header)
        if not wanted <= len(cells) <= self.width or any(cells[wanted:]):
            message = f"row {number} has {say_count(len(cells), 'cell')}, and the header has {wanted}"
            hint = "check the delimiters and the quotation marks in this row"
            if wanted == 1:
                hint = f"check the delimiter; where the names of the columns stand here, say header_row: {number}"
            alike = Alike("rows", f"have another number of cells than the header, which has {wanted}")
            return BAD_ROW.found(Location(self._name, number, 1), message, hint=hint, alike=alike)
        return Row(number, cells[:wanted])

    def _odd_cell(self, number: int, cells: list[str]) -> Diagnostic | None:
        together = "".join(cells)
        if together.isprintable() and len(together) <= MAX_CSV_CELL_CHARACTERS:
            return None
        for column, cell in enumerate(cells, 1):
            place = Location(self._name, number, column)
            odd = NOT_PRINTABLE.search(cell)
            if odd:
                message = f"row {number}, column {column} holds U+{ord(odd[0]):04X}, which cannot be printed"
                alike = Alike("cells", "hold characters that cannot be printed")
                return BAD_ROW.found(place, message, hint="leave that character out", alike=alike)
            if len(cell) > MAX_CSV_CELL_CHARACTERS:
                message = f"row {number}, column {column} holds more than {MAX_CSV_CELL_CHARACTERS:,} characters"
                alike = Alike("cells", f"hold more than {MAX_CSV_CELL_CHARACTERS:,} characters")
                return BAD_ROW.found(place, message, hint=_QUOTES, alike=alike)
        return None

    # --- the beginning -------------------------------------------------------------------------------

    def _read_header(self) -> None:
        if not self._lines and not self._read_lines():
            return
        declared = self._layout.declared_delimiter
        said = _SAID_DELIMITER.fullmatch(self._lines[0])
        if said:
            self._lines.popleft()
        known = declared or (said[1] if said else None)
        wanted = self._layout.header_row
        while self._lines or self._read_lines():
            self.delimiter = known or delimiter_of(self._lines[0])
            self._reader = self._new_reader()
            self.header_row += 1
            cells = self._next_cells(self.header_row)
            if wanted is not None and self.header_row < wanted:
                continue  # a title, or whatever people write above a table
            if isinstance(cells, Diagnostic):
                raise UnreadableTextError(cells)
            names = [name.strip() for name in cells]
            if any(names) or wanted is not None:
                break
        else:
            return
        odd = self._odd_cell(self.header_row, names)
        if odd is not None:
            raise UnreadableTextError(self._no_text() if "\0" in names[0][:2] else odd)
        self.width = len(names)
        # Of very many nobody can have meant that they are empty; they are refused for their number.
        while names and not names[-1] and self.width <= MAX_TABLE_COLUMNS:
            names.pop()
        self.header = tuple(names)

    def estimate_rows(self) -> int:
        """Return about how many rows there are, before any of them is read: those of a small file are counted."""
        rows = sum(1 for line in self._lines if line.strip()) + bool(self._cut.strip())
        read = self._file.tell()
        size = self._file.seek(0, io.SEEK_END)
        self._file.seek(read)
        return rows if read == size else round(rows * size / read)

    # --- one row after the other ---------------------------------------------------------------------

    def _next_cells(self, number: int) -> list[str] | Diagnostic:
        """Return the cells of the row that begins with the next line, or why that line is none."""
        first = self._lines[0]
        if '"' not in first and len(first) <= MAX_CSV_ROW_CHARACTERS:
            return self._lines.popleft().split(self.delimiter)
        self._taken.clear()
        self._characters = 0
        try:
            cells = next(self._reader)
        except csv.Error as error:
            reason = "a quotation mark opens a cell that never ends" if "end of data" in str(error) else str(error)
        except _TooLongError:
            reason = f"it does not end within {MAX_CSV_ROW_CHARACTERS:,} characters"
        else:
            if len(self._taken) == 1 or not self._are_rows(self._taken):
                return cells
            below = say_count(len(self._taken) - 1, "line")
            reason = f"a cell of it goes on in {below} below that look like rows of their own"
        self._lines.extendleft(reversed(self._taken[1:]))
        self._reader = self._new_reader()  # the old one is still in the middle of a cell, or at its end
        return self._bad_row(number, reason, first)

    def _new_reader(self) -> Iterator[list[str]]:
        # Spaces before a cell are left out everywhere; here they must not hide that it stands in quotation marks.
        return csv.reader(self._take(), delimiter=self.delimiter, skipinitialspace=True, strict=True)

    def _take(self) -> Iterator[str]:
        while self._lines or self._read_lines():
            line = self._lines.popleft()
            self._taken.append(line)
            self._characters += len(line) + 1
            if self._characters > MAX_CSV_ROW_CHARACTERS:
                raise _TooLongError
            yield f"{line}\n"

    def _are_rows(self, lines: list[str]) -> bool:
        """Return whether each of the lines of one row has, by itself, as many cells as the header."""
        # With two columns this could be a sentence with a comma in it.
        return len(self.header) > 2 and all(line.count(self.delimiter) == self.width - 1 for line in lines)

    def _bad_row(self, number: int, reason: str, line: str) -> Diagnostic:
        message = f"row {number} is not well-formed: {reason}"
        hint = f"{_QUOTES}: {quote_cell(line)}"
        alike = Alike("rows", f"are not well-formed; of the first, {reason}", cause="not well-formed")
        return BAD_ROW.found(Location(self._name, number, 1), message, hint=hint, alike=alike)

    # --- text ----------------------------------------------------------------------------------------

    def _read_lines(self) -> bool:
        """Read on until there are lines (``False``: the file has no more)."""
        while not self._lines:
            try:
                block = self._text.read(TEXT_BLOCK_CHARACTERS)
            except UnicodeError:
                raise UnreadableTextError(self._no_text()) from None
            if not block:
                if self._cut:
                    self._lines.append(self._cut)
                    self._cut = ""
                break
            *whole, cut = block.split("\n")
            if whole:
                whole[0] = self._cut + whole[0]
                self._cut = cut
                self._lines.extend(whole)
            elif len(self._cut) <= MAX_CSV_ROW_CHARACTERS:  # of a line that is too long already, the rest is left out
                self._cut += cut
        return bool(self._lines)

    def _no_text(self) -> Diagnostic:
        return no_text(self._file, self._said, Location(self._name))


class _TooLongError(Exception):
    pass


def delimiter_of(line: str) -> str:
    """Return what separates the cells of a line, most likely: what stands most often outside quotation marks."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def looks_like_a_case_table(file: Path) -> bool:
    """Return whether the header of a CSV file has the columns of a case table, in whatever order."""
    try:
        # Every byte is a letter of this encoding; what we look for is the same in all that a table may be in.
        with CsvTable(file.open("rb"), str(file), TableLayout(encoding="iso-8859-1")) as table:
            return CASE_COLUMN in table.header and any(_ADDRESS.fullmatch(name) for name in table.header)
    except (OSError, UnreadableTextError):
        return False


_ADDRESS = re.compile(r"[a-z]\w*(\.[a-z]\w*){1,2}")
"""What the name of a column of answers looks like: ``assessment.safety.victims``, ``measures.oversight``."""
