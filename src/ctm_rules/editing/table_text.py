"""The cells of a CSV file as they are written, so that one can be changed and every other byte stays."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from attrs import frozen

from ctm_rules.case_files.csv_rows import CsvTable, Row
from ctm_rules.case_files.table_text import UnreadableTextError, open_text
from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.model.declared_reading import TableLayout

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
    """

    file: str
    layout: TableLayout
    text: str
    encoding: str
    cells: Mapping[Place, tuple[int, int]]
    header: tuple[str, ...]
    header_row: int

    def said(self, place: Place) -> str:
        """Return what a cell says, without quotation marks and the space around it."""
        start, end = self.cells[place]
        return _unquoted(self.text[start:end])

    def rows(self) -> Iterator[int]:
        """Yield the number of each row below the header."""
        return iter(dict.fromkeys(row for row, _ in self.cells if row > self.header_row))

    def changed(self, cells: Mapping[Place, str]) -> bytes | None:
        """Return the file with some cells saying something else (``None``: that cannot be done without a risk)."""
        text = self.text
        for place in sorted(cells, key=lambda each: self.cells[each][0], reverse=True):
            start, end = self.cells[place]
            raw = text[start:end]
            text = text[:start] + raw.replace(self.said(place), cells[place], 1) + text[end:]
        content = text.encode(self.encoding, "surrogateescape")
        again = read_table_text(content, self.file, self.layout)
        if again is None or again.cells.keys() != self.cells.keys():
            return None
        meant = {place: cells.get(place, self.said(place)) for place in self.cells}
        return content if all(again.said(place) == said for place, said in meant.items()) else None


def read_table_text(content: bytes, file: str, layout: TableLayout) -> TableText | None:
    """Return a CSV file as text (``None``: it cannot be read, or not be written back to the byte)."""
    try:
        opened = open_text(io.BytesIO(content), layout.encoding)
        encoding = opened.encoding
        with CsvTable(io.BytesIO(content), file, layout) as table:
            header, header_row, delimiter = table.header, table.header_row, table.delimiter
            rows = {row.number: row.cells for row in table.rows() if isinstance(row, Row)}
            wrong = [row for row in table.rows() if isinstance(row, Diagnostic)]
        text = content.decode(encoding, "surrogateescape")
    except (UnreadableTextError, UnicodeError, LookupError):
        return None
    if wrong or text.encode(encoding, "surrogateescape") != content:
        return None
    rows[header_row] = list(header)
    cells = {}
    for number, spans in enumerate(_records(text, delimiter), 1):
        for column, span in enumerate(spans[: len(header)] if number in rows else (), 1):
            cells[number, column] = span
    found = TableText(file, layout, text, encoding, cells, header, header_row)
    # What was read here must be what every reader of tables reads.
    as_read = {(row, column): said for row, line in rows.items() for column, said in enumerate(line, 1)}
    return found if {place: found.said(place) for place in cells} == as_read else None


def _records(text: str, delimiter: str) -> Iterator[list[tuple[int, int]]]:
    """Yield from where to where each cell of each row is (RFC 4180)."""
    spans: list[tuple[int, int]] = []
    start, position, is_quoted = 0, 0, False
    if text[:5].lower() in ("sep=", f"sep={delimiter}") or text[:6].lower() == f'"sep={delimiter}':
        position = start = text.find("\n") + 1
    while position < len(text):
        letter = text[position]
        if letter == '"' and (is_quoted or not text[start:position].strip(" ")):
            is_quoted = not is_quoted
        elif is_quoted:
            pass
        elif letter == delimiter:
            spans.append((start, position))
            start = position + 1
        elif letter in "\r\n":
            spans.append((start, position))
            yield spans
            spans = []
            position += text[position : position + 2] == "\r\n"
            start = position + 1
        position += 1
    if spans or start < len(text):
        yield [*spans, (start, len(text))]


def _unquoted(raw: str) -> str:
    raw = raw.strip()
    if len(raw) > 1 and raw[0] == raw[-1] == '"':
        return raw[1:-1].replace('""', '"').strip()
    return raw
