"""The cells of a CSV file as they are written, so that some can be changed or added and every other byte stays."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial

from attrs import frozen

from ctm_rules.case_files.csv_rows import CsvTable, Row
from ctm_rules.case_files.table_text import UnreadableTextError, open_text
from ctm_rules.model.declared_reading import TableLayout
from ctm_rules.model.remembered import known_by

Place = tuple[int, int]
"""A cell: the number of its row as a spreadsheet has it, and of its column; both from 1."""


@frozen
class TableText:
    """A CSV file as text.

    Attributes:
        file: how findings call it.
        layout: how it lies in its file.
        text: all of it.
        encoding: the encoding in which it was saved.
        cells: from where to where in the text each cell of the header and of every row is, with its quotation marks.
        header: the names of the columns.
        header_row: the number of the row in which they stand.
        delimiter: what separates cells.
    """

    file: str
    layout: TableLayout
    text: str
    encoding: str
    cells: Mapping[Place, tuple[int, int]]
    header: tuple[str, ...]
    header_row: int
    delimiter: str

    @cached_property
    def says(self) -> Mapping[Place, str]:
        """What each cell says, without quotation marks and the space around it."""
        return {place: _unquoted(self.text[start:end]) for place, (start, end) in self.cells.items()}

    def rows(self) -> Iterator[int]:
        """Yield the number of each row below the header."""
        return iter(dict.fromkeys(row for row, _ in self.cells if row > self.header_row))

    def filled_in(
        self, cells: Mapping[Place, str], columns: Sequence[str] = (), rows: Sequence[Mapping[int, str]] = ()
    ) -> bytes | None:
        """Return the file with whatever some cells are to say (``None``: that cannot be done without a risk).

        Args:
            cells: what they say, by their places; those below new columns among them.
            columns: the names of new columns, behind the last.
            rows: new rows below the last, each by the numbers of its columns; what is not there is empty.

        Raises:
            UnicodeEncodeError: the encoding of the file has no such letter.
        """
        records = dict(enumerate(_records(self.text, self.delimiter), 1)) if columns else {}
        last = len(self.header)
        splices = [(*self.cells[place], said) for place, said in cells.items() if place[1] <= last]
        text = self.text
        written = [(start, end, self._written(said, text[start:end])) for start, end, said in splices]
        for row in (self.header_row, *self.rows()) if columns else ():
            spans, behind = records[row], ""
            for number, name in enumerate(columns, last + 1):
                said = name if row == self.header_row else cells.get((row, number), "")
                if number <= len(spans):  # an empty cell that spreadsheet programs write behind the last column
                    written.append((*spans[number - 1], self._written(said)))
                else:
                    behind += self.delimiter + self._written(said)
            if behind:
                written.append((spans[-1][1], spans[-1][1], behind))
        # What stands behind an empty cell is put in before that cell is filled in.
        ordered = sorted(range(len(written)), key=lambda each: (*written[each][:2], each), reverse=True)
        for start, end, said in (written[each] for each in ordered):
            text = text[:start] + said + text[end:]
        text += self._below(rows, last + len(columns))
        content = text.encode(self.encoding, "surrogateescape")
        return content if self._says(content, cells, columns, rows) else None

    def _written(self, said: str, before: str = "") -> str:
        """Return a text as a cell, in quotation marks where it needs them or the cell had them."""
        is_quoted = before.strip()[:1] == '"' or any(sign in said for sign in (self.delimiter, '"', "\n", "\r"))
        written = '"{}"'.format(said.replace('"', '""')) if is_quoted else said
        inner = before.strip()
        return before.replace(inner, written, 1) if inner else written

    def _below(self, rows: Sequence[Mapping[int, str]], width: int) -> str:
        ends = [end for end in ("\r\n", "\n", "\r") if end in self.text]
        end = ends[0] if ends else "\n"
        lines = [
            self.delimiter.join(self._written(row.get(number, "")) for number in range(1, width + 1)) for row in rows
        ]
        if not lines:
            return ""
        is_ended = self.text.endswith(("\n", "\r"))
        return ("" if is_ended else end) + end.join(lines) + (end if is_ended else "")

    def _says(
        self, content: bytes, cells: Mapping[Place, str], columns: Sequence[str], rows: Sequence[Mapping[int, str]]
    ) -> bool:
        """Return whether every reader of tables finds what was meant in a file, and all else as it was."""
        again = table_text_once(content, self.file, self.layout)
        if again is None or (len(again.header), again.header_row) != (len(self.header) + len(columns), self.header_row):
            return False
        width = len(again.header)
        meant = dict(self.says)
        meant |= {(self.header_row, number): name for number, name in enumerate(columns, len(self.header) + 1)}
        meant |= cells
        old = {*self.rows()}
        new = [row for row in again.rows() if row not in old]
        if len(new) != len(rows):
            return False
        meant |= {(row, number): said for row, each in zip(new, rows, strict=True) for number, said in each.items()}
        found = {place: said for place, said in again.says.items() if said and place[1] <= width}
        return found == {place: said for place, said in meant.items() if said}


def read_table_text(content: bytes, file: str, layout: TableLayout) -> TableText | None:
    """Return a CSV file as text (``None``: it cannot be read, or not be written back to the byte)."""
    try:
        opened = open_text(io.BytesIO(content), layout.encoding)
        encoding = opened.encoding
        with CsvTable(io.BytesIO(content), file, layout) as table:
            header, header_row, delimiter = table.header, table.header_row, table.delimiter
            rows = {row.number: row.cells for row in table.rows() if isinstance(row, Row)}
        text = content.decode(encoding, "surrogateescape")
    except (UnreadableTextError, UnicodeError, LookupError):
        return None
    if text.encode(encoding, "surrogateescape") != content:
        return None
    rows[header_row] = list(header)
    cells = {}
    for number, spans in enumerate(_records(text, delimiter), 1):
        for column, span in enumerate(spans[: len(header)] if number in rows else (), 1):
            cells[number, column] = span
    found = TableText(file, layout, text, encoding, cells, header, header_row, delimiter)
    # What was read here must be what every reader of tables reads.
    as_read = {(row, column): said for row, line in rows.items() for column, said in enumerate(line, 1)}
    return found if found.says == as_read else None


def table_text_once(content: bytes, file: str, layout: TableLayout) -> TableText | None:
    """Return what :func:`read_table_text` does; while cases are recorded, the same content is read once."""
    parts = content, file, repr(layout)
    return known_by(read_table_text, parts, partial(read_table_text, content, file, layout))


_LINE_END = re.compile(r"\r\n|\r|\n|\Z")


def _records(text: str, delimiter: str) -> Iterator[list[tuple[int, int]]]:
    """Yield from where to where each cell of each row is (RFC 4180)."""
    position = 0
    if text[:5].lower() in ("sep=", f"sep={delimiter}") or text[:6].lower() == f'"sep={delimiter}':
        position = text.find("\n") + 1
    while position < len(text):
        found = _LINE_END.search(text, position)
        assert found is not None
        line = text[position : found.start()]
        if '"' in line:
            spans, position = _quoted_record(text, position, delimiter)
        else:
            spans = []
            for cell in line.split(delimiter):
                spans.append((position, position + len(cell)))
                position += len(cell) + len(delimiter)
            position = found.end()
        yield spans


def _quoted_record(text: str, position: int, delimiter: str) -> tuple[list[tuple[int, int]], int]:
    """Return the same of one row with quotation marks in it, and where the next one begins."""
    spans: list[tuple[int, int]] = []
    start, is_quoted = position, False
    while position < len(text):
        letter = text[position]
        if is_quoted and text[position : position + 2] == '""':
            position += 1  # a quotation mark in a cell is written twice
        elif letter == '"' and (is_quoted or not text[start:position].strip(" ")):
            is_quoted = not is_quoted
        elif is_quoted:
            pass
        elif letter == delimiter:
            spans.append((start, position))
            start = position + 1
        elif letter in "\r\n":
            end = position + (2 if text[position : position + 2] == "\r\n" else 1)
            return [*spans, (start, position)], end
        position += 1
    return [*spans, (start, len(text))], position


def _unquoted(raw: str) -> str:
    raw = raw.strip()
    if len(raw) > 1 and raw[0] == raw[-1] == '"':
        return raw[1:-1].replace('""', '"').strip()
    return raw
