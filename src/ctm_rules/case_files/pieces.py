"""Pieces of large tables (chunked reading): what every kind of file comes to, so that only a part is ever in memory.

A source is what one worker reads in one go: some files, or a part of one. It can be sent to any machine that sees the
same files. A piece of a source is a Polars frame which knows in what file and row each of its rows stands.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from attrs import evolve, field, frozen

from ctm_rules.case_files.cells import TEMPORARY, check_header
from ctm_rules.diagnostics.findings import Diagnostic, Findings, Location
from ctm_rules.extras import needs_extra
from ctm_rules.limits import MIN_PIECE_ROWS, PIECE_BYTES
from ctm_rules.model.declared_reading import TableLayout

with needs_extra("bulk", "rating files in bulk"):
    import polars as pl

ROW = f"{TEMPORARY}row"
"""The column of numbered rows."""

Kind = Literal["csv", "parquet", "workbook"]


@frozen
class TableFile:
    """A file with a table of cases.

    Attributes:
        kind: what it is, by the ending of its name.
        schema: the types of its columns; those of CSV files and workbooks hold text.
        groups: the number of rows in each part of it that can be read by itself; estimated unless ``kind`` is
            ``parquet``.
        partition: columns that its path tells: ``…/provider=North/part-0.parquet``.
        layout: how the table lies in it, as far as the file does not tell it itself.
        is_form: whether it is a form that inspectors filled in.
    """

    path: Path
    kind: Kind
    schema: Mapping[str, pl.DataType]
    groups: tuple[int, ...]
    partition: Mapping[str, str | None] = field(factory=dict)
    layout: TableLayout = TableLayout()
    is_form: bool = False

    @property
    def rows(self) -> int:
        """The number of rows, estimated unless ``kind`` is ``parquet``."""
        return sum(self.groups)


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

    @property
    def is_whole(self) -> bool:
        """Whether it is all of its files."""
        return self.first == 0 and self.rows == sum(file.rows for file in self.files)

    def anywhere(self) -> Source:
        """Return the same for a worker that is in another folder."""
        return evolve(self, files=tuple(evolve(file, path=file.path.absolute()) for file in self.files))


Report = Callable[[Diagnostic, int], None]
"""Takes something wrong in a file, and how many rows are left out for it."""


@frozen
class Piece:
    """Some rows of a source.

    Attributes:
        frame: the rows, without those whose cells are all empty.
        numbered: the same with the number of each in a column ``ROW``.
        rows: how many, empty ones included.
        place: the file and row of each by its number; rows of CSV files and workbooks as a spreadsheet numbers them,
            those of Parquet files from 1.
    """

    frame: pl.LazyFrame
    numbered: pl.LazyFrame
    rows: int
    place: Callable[[int], Location]


@frozen
class Format:
    """A kind of table file: how one is opened, and how a source of such files is read.

    Attributes:
        open: returns what a file holds, from its header alone, given its path, the columns that its path tells and how
            the table lies in it (``None``, with the reason in the findings: it is no table of cases).
        pieces: yields the rows of a source in pieces.
    """

    open: Callable[[Path, Mapping[str, str | None], TableLayout, Findings], TableFile | None]
    pieces: Callable[[Source, Report], Generator[Piece]]


_BYTES_OF_A_VALUE = {pl.String: 40, pl.Int8: 2, pl.UInt8: 2, pl.Boolean: 2}
"""About how much memory a value takes, with what is computed from it; values of other types take 8 bytes."""


def rows_in_a_piece(types: Iterable[pl.DataType]) -> int:
    """Return how many rows of columns of these types are read at once: text takes far more memory than codes do."""
    width = sum(_BYTES_OF_A_VALUE.get(type(data_type), 8) for data_type in types)
    return max(MIN_PIECE_ROWS, PIECE_BYTES // max(1, width))


# --- Tables of text --------------------------------------------------------------------------------


def text_schema(
    header: Sequence[str], partition: Mapping[str, str | None], path: Path, findings: Findings, *, row: int = 1
) -> dict[str, pl.DataType]:
    """Return the columns of a table of text with its header in a row; what is wrong with it goes to ``findings``."""
    if check_header(header, str(path), findings, row=row) is None:
        header = ()
    return {name: pl.String() for name in (*header, *partition)}


def text_piece(
    file: TableFile, frame: pl.DataFrame, columns: Sequence[str], place: Callable[[int], Location], first: int
) -> Piece:
    """Return the piece of a table of text whose first row has the number ``first`` in the file."""
    partition = [pl.lit(value, pl.String).alias(key) for key, value in file.partition.items() if key in columns]
    is_empty = pl.all_horizontal(pl.exclude(ROW).is_null())
    numbered = frame.lazy().with_row_index(ROW).filter(~is_empty).with_columns(partition)
    return Piece(numbered.drop(ROW), numbered, len(frame), lambda index: place(first + index))
