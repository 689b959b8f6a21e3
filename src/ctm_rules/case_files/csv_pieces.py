"""CSV files in pieces: lines without quotation marks are split as whole columns, all others row by row.

Everything runs in the thread that asks for it. A reader with threads of its own (that of Arrow was one) can end the
process or never end, when something is raised in the middle of a file.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from ctm_rules.case_files.csv_rows import SEPARATOR, CsvTable, Lines, Row
from ctm_rules.case_files.pieces import (
    ROW,
    Format,
    Piece,
    Report,
    Source,
    TableFile,
    rows_in_a_piece,
    text_schema,
)
from ctm_rules.case_files.table_text import UnreadableTextError, check_encoding
from ctm_rules.diagnostics.findings import Diagnostic, Findings, Location, RequestError
from ctm_rules.extras import needs_extra
from ctm_rules.files import FILE_NOT_READABLE
from ctm_rules.limits import MAX_CSV_CELL_CHARACTERS, PIECE_BYTES
from ctm_rules.model.declared_reading import TableLayout

with needs_extra("bulk", "rating files in bulk"):
    import polars as pl

_NOT_PRINTABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1e\x7f-\x84\x86-\x9f\x{fffe}\x{ffff}]"
"""``NOT_PRINTABLE`` as Polars writes it, without what may stand between cells that were told apart already."""


def _open(path: Path, partition: Mapping[str, str | None], layout: TableLayout, findings: Findings) -> TableFile | None:
    if list(check_encoding(layout.encoding, Location(str(path)))):
        return None  # it is said once, where it was asked for
    try:
        with CsvTable(path.open("rb"), str(path), layout) as table:
            schema = text_schema(table.header, partition, path, findings, row=table.header_row)
            return TableFile(path, "csv", schema, (table.estimate_rows(),), partition, layout)
    except UnreadableTextError as error:
        findings.extend([error.diagnostic])
        return None


def _pieces(source: Source, report: Report) -> Generator[Piece]:
    file = source.files[0]
    name = str(file.path)
    partition = [pl.lit(value, pl.String).alias(key) for key, value in file.partition.items() if key in source.columns]
    read = [column for column in source.columns if column not in file.partition]
    most = rows_in_a_piece([pl.String()] * len(read))

    def piece(frames: Sequence[pl.DataFrame], rows: int) -> Piece:
        numbered = pl.concat(frames).lazy().with_columns(partition)
        return Piece(numbered.drop(ROW), numbered, rows, lambda row: Location(name, row))

    try:
        with CsvTable(file.path.open("rb"), name, file.layout) as table:
            if not set(read) <= set(table.header):
                raise UnreadableTextError(FILE_NOT_READABLE.found(Location(name), f"{name} was changed meanwhile"))
            columns = _Columns(table, read, report)
            frames: list[pl.DataFrame] = []
            rows = 0
            for block in table.blocks():
                rows += 1 if isinstance(block, Diagnostic) else len(block.lines)
                if isinstance(block, Diagnostic):
                    report(block, 1)
                else:
                    frames.append(columns.of(block))
                if rows >= most or sum(frame.estimated_size() for frame in frames) >= PIECE_BYTES:
                    yield piece(frames, rows)
                    frames, rows = [], 0
            if frames:
                yield piece(frames, rows)
    except UnreadableTextError as error:
        raise RequestError([error.diagnostic]) from None


class _Columns:
    """Rows of one file made into columns of text: those that are read, and the number of each row."""

    def __init__(self, table: CsvTable, read: Sequence[str], report: Report) -> None:
        self._table, self._report = table, report
        self._fields = {name: f"field_{table.header.index(name)}" for name in read}

    def of(self, block: Lines) -> pl.DataFrame:
        """Return the rows that lines are; of each line that is not certainly whole it is asked what it is."""
        table, delimiter = self._table, f"\\x{{{ord(block.delimiter):x}}}"
        lines = pl.Series(block.lines, dtype=pl.String)
        numbers = pl.Series(block.numbers, dtype=pl.Int64)
        is_odd = lines.str.contains(_NOT_PRINTABLE)
        is_nothing = lines.str.contains(rf"^[\s{delimiter}]*$")
        is_whole = ~is_nothing & (lines.str.count_matches(block.delimiter, literal=True) == table.width - 1)
        if table.width > len(table.header):
            named = lines.str.strip_chars_end(f"{block.delimiter} ")
            is_whole &= named.str.count_matches(block.delimiter, literal=True) < len(table.header)
        is_whole &= ~is_odd & (lines.str.len_bytes() <= MAX_CSV_CELL_CHARACTERS)
        frame = self._frame(numbers.filter(is_whole), lines.filter(is_whole), block.delimiter)
        asked = ~is_whole & (is_odd | ~is_nothing)
        if not asked.any():
            return frame
        others: list[Row] = []
        for number, line in zip(numbers.filter(asked), lines.filter(asked), strict=True):
            row = table.row_of(number, line.split(block.delimiter))
            if isinstance(row, Row):
                others.append(row)
            elif row is not None:
                self._report(row, 1)
        joined = pl.Series([SEPARATOR.join(row.cells) for row in others], dtype=pl.String)
        found = self._frame(pl.Series([row.number for row in others], dtype=pl.Int64), joined, SEPARATOR)
        return pl.concat([frame, found]).sort(ROW)

    def _frame(self, numbers: pl.Series, lines: pl.Series, separator: str) -> pl.DataFrame:
        delimiter = f"\\x{{{ord(separator):x}}}"
        fields = lines.str.split_exact(separator, len(self._table.header) - 1).struct.unnest()
        columns = [pl.col(field).alias(name) for name, field in self._fields.items()]
        if lines.str.contains(rf"^\s|\s$|\s{delimiter}|{delimiter}\s").any():
            columns = [column.str.strip_chars() for column in columns]
        return fields.select(numbers.alias(ROW), *(pl.when(column != "").then(column) for column in columns))


CSV = Format(_open, _pieces)
