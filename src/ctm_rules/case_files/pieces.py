"""Large tables of cases in files: CSV, XLSX and Parquet, read in pieces, so that only a part is ever in memory.

A source is what one worker reads in one go: some files, or a part of one. It can be sent to any machine that sees the
same files. A piece of a source is a Polars frame which knows in what file and row each of its rows stands.
"""

from __future__ import annotations

import codecs
import csv
import glob
import io
import time
import weakref
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby, islice
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from attrs import evolve, field, frozen

from ctm_rules.case_files.cells import BAD_ROW, TEMPORARY, check_header, delimiter_of
from ctm_rules.case_files.parquet_pages import PageError, check_pages
from ctm_rules.case_files.xlsx_rows import Row, WorkbookError, estimate_rows, read_rows
from ctm_rules.diagnostics.findings import Diagnostic, Findings, Location
from ctm_rules.extras import needs_extra
from ctm_rules.files import FILE_NOT_READABLE
from ctm_rules.limits import MAX_DIAGNOSTICS, PIECE_BYTES
from ctm_rules.paths import kind_of
from ctm_rules.yaml_files.marked_yaml import NOT_TEXT

with needs_extra("bulk", "rating files in bulk"):
    import polars as pl
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

ROW = f"{TEMPORARY}row"
"""The column of numbered rows."""

_CSV_BLOCK = 2_000_000
"""Bytes of a CSV file that are read at once."""

Kind = Literal["csv", "parquet", "xlsx"]
_KINDS: Mapping[str, Kind] = {".csv": "csv", ".parquet": "parquet", ".xlsx": "xlsx"}


def find_files(sources: Iterable[str | Path], findings: Findings) -> list[Path]:
    """Return the table files that names, patterns (``*``, ``**``) and folders stand for, each once.

    In a folder, files whose names begin with a dot or an underscore are left alone, as every writer of such folders
    expects; so are files of other kinds.
    """
    found: dict[Path, None] = {}
    for source in map(str, sources):
        path = Path(source)
        if kind_of(path) == "folder":
            inside = [each for each in sorted(path.rglob("*")) if each.suffix.lower() in _KINDS and each.is_file()]
            files = [each for each in inside if not _is_hidden(each.relative_to(path))]
            wanted = f"no file whose name ends in {', '.join(_KINDS)}"
        elif kind_of(path) == "other":
            files, wanted = [], "a pipe or a device, and no file that lies on a disk"
        elif kind_of(path) == "file":
            files = [path] if path.suffix.lower() in _KINDS else []
            wanted = f"no table: its name should end in {', '.join(_KINDS)}"
        else:
            # A pattern may begin at the root, which those of pathlib may not.
            matching = map(Path, sorted(glob.glob(source, recursive=True)))  # noqa: PTH207
            files = [each for each in matching if each.suffix.lower() in _KINDS and each.is_file()]
            wanted = "no such file or folder, and no file that matches it as a pattern"
        if not files:
            message = f"{source}: {wanted}"
            findings.add(FILE_NOT_READABLE, Location(source), message, hint="check the name, the folder or the pattern")
        found.update(dict.fromkeys(files))
    return list(found)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


@frozen
class TableFile:
    """A file with a table of cases.

    Attributes:
        kind: what it is, by the ending of its name.
        schema: the types of its columns; those of CSV and XLSX hold text.
        groups: the number of rows in each part of it that can be read by itself; estimated unless ``kind`` is
            ``parquet``.
        partition: columns that its path tells: ``…/provider=North/part-0.parquet``.
        delimiter, header_lines: how a CSV file separates cells, and how many lines its header takes.
    """

    path: Path
    kind: Kind
    schema: Mapping[str, pl.DataType]
    groups: tuple[int, ...]
    partition: Mapping[str, str | None] = field(factory=dict)
    delimiter: str = ","
    header_lines: int = 1

    @property
    def rows(self) -> int:
        """The number of rows, estimated unless ``kind`` is ``parquet``."""
        return sum(self.groups)


def open_file(path: Path, findings: Findings) -> TableFile | None:
    """Return what a file holds, from its header alone (``None``, with the reason in ``findings``: unreadable)."""
    kind = _KINDS[path.suffix.lower()]
    partition = _partition(path)
    try:
        if kind == "parquet":
            with pa.parquet.ParquetFile(path) as parquet:
                metadata = parquet.metadata
                groups = tuple(metadata.row_group(number).num_rows for number in range(metadata.num_row_groups))
            # Some releases of Polars refuse a column that stands twice, others read either.
            if check_header(metadata.schema.to_arrow_schema().names, str(path), findings) != set():
                return None
            return TableFile(path, kind, _scan_parquet([path], partition).collect_schema(), groups, partition)
        return (_open_csv if kind == "csv" else _open_xlsx)(path, partition, findings)
    except UNREADABLE as error:
        findings.extend([unreadable(path, error)])
        return None


UNREADABLE = (
    OSError,
    pa.ArrowException,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,  # no subclass of Exception, and yet what a damaged Parquet file may end in
    csv.Error,
    UnicodeDecodeError,
    PageError,
    WorkbookError,
)
"""What reading a file that is damaged, or no such file, raises."""


def unreadable(path: Path | str, error: BaseException) -> Diagnostic:
    """Return the finding that a file cannot be read."""
    reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error).strip()
    message = f"{path} cannot be read: {reason.splitlines()[0] if reason else type(error).__name__}"
    return FILE_NOT_READABLE.found(Location(str(path)), message, hint="check that it is whole and what its name says")


def _partition(path: Path) -> dict[str, str | None]:
    named = [part.split("=", 1) for part in path.parts[:-1] if "=" in part]
    return {unquote(key): None if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value) for key, value in named}


def _text_schema(
    header: Sequence[str], partition: Mapping[str, str | None], path: Path, findings: Findings
) -> dict[str, pl.DataType]:
    if check_header(header, str(path), findings) is None:
        header = ()
    return {name: pl.String() for name in (*header, *partition)}


Report = Callable[[Diagnostic | None, int], None]
"""Takes something wrong in a file (``None``: it has been said often enough), and how many rows are left out for it."""


@frozen
class Piece:
    """Some rows of a source.

    Attributes:
        frame: the rows, without those whose cells are all empty.
        numbered: the same with the number of each in a column ``ROW``.
        rows: how many, empty ones included.
        place: the file and row of each by its number; rows of CSV and XLSX files as a spreadsheet numbers them,
            those of Parquet files from 1.
    """

    frame: pl.LazyFrame
    numbered: pl.LazyFrame
    rows: int
    place: Callable[[int], Location]


@frozen
class Source:
    """Some files that are read together, or the part of one file that begins at a row.

    Attributes:
        files: more than one only where they are Parquet files with the same columns.
        columns: which columns to read.
        first, rows: where the part begins, counted from 0, and how many rows it has.
    """

    files: tuple[TableFile, ...]
    columns: tuple[str, ...]
    first: int
    rows: int

    def anywhere(self) -> Source:
        """Return the same for a worker that is in another folder."""
        return evolve(self, files=tuple(evolve(file, path=file.path.absolute()) for file in self.files))

    def pieces(self, report: Report) -> Iterator[Piece]:
        """Yield the rows in pieces.

        Raises:
            OSError, polars.exceptions.PolarsError, pyarrow.ArrowException: a file cannot be read to its end.
        """
        if self.files[0].kind == "csv":
            return _csv_pieces(self.files[0], self.columns, report)
        if self.files[0].kind == "xlsx":
            return _xlsx_pieces(self.files[0], self.columns, report)
        return iter([self._parquet()])

    def _parquet(self) -> Piece:
        for file in self.files:
            check_pages(file.path, self.columns, self.first, self.rows)
        table = _scan_parquet([file.path for file in self.files], self.files[0].partition)
        table = table.slice(self.first, self.rows).select(self.columns)
        starts = [0, *accumulate(file.rows for file in self.files)]

        def place(index: int) -> Location:
            number = bisect_right(starts, self.first + index) - 1
            return Location(str(self.files[number].path), self.first + index - starts[number] + 1)

        return Piece(table, table.with_row_index(ROW), self.rows, place)


def split(files: Sequence[TableFile], columns_of: Callable[[TableFile], Sequence[str]]) -> list[Source]:
    """Return sources of about equal size: small Parquet files together, large ones in parts."""
    sources: list[Source] = []
    for (kind, *_), alike in groupby(files, lambda file: (file.kind, tuple(file.schema.items()), [*file.partition])):
        if kind != "parquet":
            sources += [_whole([file], columns_of(file)) for file in alike]
            continue
        together: list[TableFile] = []
        for file in alike:
            columns = columns_of(file)
            most = rows_in_a_piece([file.schema[name] for name in columns])
            if together and sum(each.rows for each in together) + file.rows > most:
                sources.append(_whole(together, columns))
                together = []
            if file.rows <= most:
                together.append(file)
            else:
                sources += [Source((file,), tuple(columns), *part) for part in _parts(file.groups, most)]
        if together:
            sources.append(_whole(together, columns))
    return sources


def _whole(files: Sequence[TableFile], columns: Sequence[str]) -> Source:
    return Source(tuple(files), tuple(columns), 0, sum(file.rows for file in files))


_BYTES_OF_A_VALUE = {pl.String: 40, pl.Int8: 2, pl.UInt8: 2, pl.Boolean: 2}
"""About how much memory a value takes, with what is computed from it; values of other types take 8 bytes."""


def rows_in_a_piece(types: Iterable[pl.DataType]) -> int:
    """Return how many rows of columns of these types are read at once: text takes far more memory than codes do."""
    width = sum(_BYTES_OF_A_VALUE.get(type(data_type), 8) for data_type in types)
    return max(10_000, PIECE_BYTES // max(1, width))


def _parts(groups: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Yield where each part begins and how many rows it has, whole groups of rows as far as they are small enough."""
    first = rows = 0
    for group in groups:
        if rows and rows + group > most:
            yield first, rows
            first, rows = first + rows, 0
        rows += group
        while rows > most:
            yield first, most
            first, rows = first + most, rows - most
    if rows:
        yield first, rows


# --- Parquet ---------------------------------------------------------------------------------------


def _scan_parquet(paths: list[Path], partition: Mapping[str, str | None]) -> pl.LazyFrame:
    if not partition:
        return pl.scan_parquet(paths, glob=False, hive_partitioning=False)
    # Text, so that a code such as 001 stays what it is and every folder's column has the same type.
    return pl.scan_parquet(paths, glob=False, hive_schema=dict.fromkeys(partition, pl.String))


# --- CSV -------------------------------------------------------------------------------------------


def _open_csv(path: Path, partition: Mapping[str, str | None], findings: Findings) -> TableFile:
    with path.open("rb") as file:
        start = file.read(_CSV_BLOCK)
    text = start.decode("utf-8-sig", errors="replace")
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [cell.strip() for cell in next(reader, [])]
    schema = _text_schema(header, partition, path, findings)
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


def _csv_pieces(file: TableFile, columns: Sequence[str], report: Report) -> Iterator[Piece]:
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
        for table in _csv_tables(file, read, text, skip, most):
            frame = pl.from_arrow(table)
            assert isinstance(frame, pl.DataFrame)
            yield _text_piece(file, frame, columns, place, first)
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
    for _ in range(1_000):
        if all(each() is None for each in held):
            return
        time.sleep(0.001)


def _csv_tables(
    file: TableFile, read: Sequence[str], text: _Utf8, skip: Callable[[pa.csv.InvalidRow], str], most: int
) -> Iterator[pa.Table]:
    if not file.rows:
        return
    header = [name for name in file.schema if name not in file.partition]
    reader = pa.csv.open_csv(
        pa.PythonFile(text, mode="r"),
        # Only a single thread knows the numbers of the rows, and it is as fast as several.
        pa.csv.ReadOptions(use_threads=False, skip_rows=file.header_lines, column_names=header, block_size=_CSV_BLOCK),
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


def _text_piece(
    file: TableFile, frame: pl.DataFrame, columns: Sequence[str], place: Callable[[int], Location], first: int
) -> Piece:
    partition = [pl.lit(value, pl.String).alias(key) for key, value in file.partition.items() if key in columns]
    is_empty = pl.all_horizontal(pl.exclude(ROW).is_null())
    numbered = frame.lazy().with_row_index(ROW).filter(~is_empty).with_columns(partition)
    return Piece(numbered.drop(ROW), numbered, len(frame), lambda index: place(first + index))


# --- XLSX ------------------------------------------------------------------------------------------

_XLSX_ROWS = 20_000
"""Most rows of a sheet that are read at once: until a piece is full, each cell is an object of Python's."""


def _open_xlsx(path: Path, partition: Mapping[str, str | None], findings: Findings) -> TableFile:
    _, cells = next(read_rows(path), (1, {}))
    columns = range(min(cells, default=1), max(cells, default=0) + 1)
    schema = _text_schema([cells.get(column, "") for column in columns], partition, path, findings)
    return TableFile(path, "xlsx", schema, (max(0, estimate_rows(path) - 1),), partition)


def _xlsx_pieces(file: TableFile, columns: Sequence[str], report: Report) -> Iterator[Piece]:
    rows = read_rows(file.path)
    _, header = next(rows, (1, {}))
    numbers = {name: column for column, name in header.items()}
    read = {name: numbers[name] for name in columns if name not in file.partition}
    most = min(_XLSX_ROWS, rows_in_a_piece([pl.String()] * len(read)))
    while several := list(islice(rows, most)):
        whole = [row for row in several if _is_under(header, row, file.path, report)]
        cells = {name: [row.get(column) for _, row in whole] for name, column in read.items()}
        frame = pl.DataFrame(cells, dict.fromkeys(read, pl.String))
        places = [Location(str(file.path), number) for number, _ in whole]
        yield _text_piece(file, frame, columns, places.__getitem__, 0)


def _is_under(header: Mapping[int, str], row: Row, path: Path, report: Report) -> bool:
    """Return whether every cell of a row stands in a column of the table, and report a row of which one does not."""
    number, cells = row
    stray = next((column for column in cells if column not in header), None)
    if stray is None:
        return True
    message = f"row {number} has a value in column {stray}, where the header has no name"
    report(BAD_ROW.found(Location(str(path), number, stray), message, hint="clear the cell, or name its column"), 1)
    return False
