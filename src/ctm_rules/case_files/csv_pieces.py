"""CSV files in pieces (chunked reading by Arrow): rows of another width are left out, and odd bytes are reported."""

from __future__ import annotations

import codecs
import csv
import io
import time
import weakref
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ctm_rules.case_files.cells import BAD_ROW, delimiter_of
from ctm_rules.case_files.pieces import (
    Format,
    Piece,
    Report,
    Source,
    TableFile,
    rows_in_a_piece,
    text_piece,
    text_schema,
)
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.extras import needs_extra
from ctm_rules.limits import ARROW_SECONDS, CSV_BLOCK_BYTES, MAX_DIAGNOSTICS, PIECE_BYTES
from ctm_rules.yaml_files.marked_yaml import NOT_TEXT

with needs_extra("bulk", "rating files in bulk"):
    import polars as pl
    import pyarrow as pa
    import pyarrow.csv


def _open(path: Path, partition: Mapping[str, str | None], findings: Findings) -> TableFile:
    with path.open("rb") as file:
        start = file.read(CSV_BLOCK_BYTES)
    text = start.decode("utf-8-sig", errors="replace")
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [cell.strip() for cell in next(reader, [])]
    schema = text_schema(header, partition, path, findings)
    below = text.split("\n")[reader.line_num :]
    size = path.stat().st_size
    rows = sum(1 for line in below if line.strip())
    estimated = rows if size == len(start) else round(size / len(start) * rows)
    return TableFile(path, "csv", schema, (estimated,), partition, delimiter, reader.line_num)


class _Utf8(io.RawIOBase):
    """The bytes of a file, with a mark that no answer has in place of each that is no text in UTF-8."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.has_other_bytes = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        raw = self._file.read(size)
        text = self._decoder.decode(raw, final=not raw)
        self.has_other_bytes |= "\ufffd" in text
        return text.encode()

    def close(self) -> None:
        self._file.close()
        super().close()


def _pieces(source: Source, report: Report) -> Iterator[Piece]:
    file, columns = source.files[0], source.columns
    name = str(file.path)
    skipped_before = array("q")
    """Of each row that is skipped, how many that are not stand before it."""

    def skip(row: pa.csv.InvalidRow) -> str:
        skipped_before.append(row.number - file.header_lines - 1 - len(skipped_before))
        if len(skipped_before) > MAX_DIAGNOSTICS:
            report(None, 1)
            return "skip"
        message = f"row {row.number} has {row.actual_columns} cells, and the header has {row.expected_columns}"
        hint = "check the commas and quotes in this row"
        report(BAD_ROW.found(Location(name, row.number, 1), message, hint=hint), 1)
        return "skip"

    def place(index: int) -> Location:
        return Location(name, file.header_lines + 1 + index + bisect_right(skipped_before, index))

    read = [column for column in columns if column not in file.partition]
    most = rows_in_a_piece([pl.String()] * len(read))
    first = 0
    with _Utf8(file.path) as text:
        for table in _tables(file, read, text, skip, most):
            frame = pl.from_arrow(table)
            assert isinstance(frame, pl.DataFrame)
            yield text_piece(file, frame, columns, place, first)
            first += len(frame)
        if text.has_other_bytes:
            message = f"{name} holds bytes that are no text in UTF-8; they are read as \ufffd"
            report(NOT_TEXT.found(Location(name), message, hint='save it as "CSV UTF-8"'), 0)
    held = weakref.ref(text), weakref.ref(skip)
    del text, skip
    _wait_until_gone(*held)


def _wait_until_gone(*held: Callable[[], object]) -> None:
    """Wait until Arrow's own threads have let go of something of Python's.

    If one of them did so while Python is ending, the whole process would be aborted.
    """
    until = time.monotonic() + ARROW_SECONDS
    while any(each() is not None for each in held) and time.monotonic() < until:
        time.sleep(0.001)


def _tables(
    file: TableFile, read: Sequence[str], text: _Utf8, skip: Callable[[pa.csv.InvalidRow], str], most: int
) -> Iterator[pa.Table]:
    if not file.rows:
        return
    header = [name for name in file.schema if name not in file.partition]
    reader = pa.csv.open_csv(
        pa.PythonFile(text, mode="r"),
        # Only a single thread knows the numbers of the rows, and it is as fast as several.
        pa.csv.ReadOptions(
            use_threads=False, skip_rows=file.header_lines, column_names=header, block_size=CSV_BLOCK_BYTES
        ),
        # Empty lines are numbered too; they are left out below with all other rows of empty cells.
        pa.csv.ParseOptions(
            delimiter=file.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        pa.csv.ConvertOptions(
            include_columns=list(read),
            column_types=dict.fromkeys(read, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    waiting: list[pa.RecordBatch] = []
    for batch in reader:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= most or sum(each.nbytes for each in waiting) >= PIECE_BYTES:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


CSV = Format(_open, _pieces)
