"""The headers of a Parquet file's pages, held against what its footer says of them.

These headers stand between the data, and what reads the data in bulk takes them at their word: a damaged one can make
it ask for more memory than there is, and that ends the whole process.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from attrs import field, frozen

from ctm_rules.extras import needs_extra

with needs_extra("bulk", "rating files in bulk"):
    import pyarrow.parquet as pq

_USUAL_HEADER, _LONGEST_HEADER = 500, 100_000
"""Bytes of a page's header; the longest thing in it are the least and the greatest value of the page."""

_DATA_PAGE, _INDEX_PAGE, _DICTIONARY_PAGE, _DATA_PAGE_V2 = range(4)
_PART_OF_KIND = {_DATA_PAGE: 5, _DICTIONARY_PAGE: 7, _DATA_PAGE_V2: 8}
"""By the kind of a page, which field of its header says more of it."""


class PageError(Exception):
    """A page of a Parquet file is not what the footer says."""


def check_pages(path: Path, columns: Collection[str], first: int, rows: int) -> None:
    """See that in a part of a file these columns' pages have the places and the numbers of values that it declares.

    Args:
        path: the file.
        columns: names of columns; those that hold lists or structures are passed over.
        first: the first row of the part, counted from 0.
        rows: how many rows it has.

    Raises:
        PageError: they do not.
        OSError, pyarrow.ArrowException: the file or its footer cannot be read.
    """
    with path.open("rb") as file, pq.ParquetFile(file) as parquet:
        metadata = parquet.metadata
        start = 0
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            end = start + group.num_rows
            if start < first + rows and end > first:
                for index in range(group.num_columns):
                    column = group.column(index)
                    if column.path_in_schema in columns:
                        _check_column(file, column, group.num_rows)
            start = end


def _check_column(file: BinaryIO, column: pq.ColumnChunkMetaData, rows: int) -> None:
    name, unpacked, packed = column.path_in_schema, column.total_uncompressed_size, column.total_compressed_size
    place = column.data_page_offset
    if column.has_dictionary_page:
        place = min(place, column.dictionary_page_offset)
    end, values = place + packed, 0
    if column.num_values != rows:
        raise PageError(f'the column "{name}" has {column.num_values:,} values in {rows:,} rows')
    while values < rows:
        file.seek(place)
        header = _Struct.read(file)
        kind, sizes = header.number(1), (header.number(2), header.number(3))
        held = header.part(_PART_OF_KIND.get(kind, 0)).number(1)
        least, most = (0, sizes[0]) if kind == _DICTIONARY_PAGE else (1, rows - values)
        place += header.length + sizes[1]
        if min(sizes) < 0 or sizes[0] > unpacked or place > end or not least <= held <= most:
            raise PageError(f'a page of the column "{name}" is not what the footer says')
        if kind != _DICTIONARY_PAGE:
            values += held


# --- Thrift's compact protocol ---------------------------------------------------------------------

_STOP, _TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(13)


@frozen
class _Struct:
    """The numbers and the structures of a structure, by the numbers of their fields."""

    length: int = 0
    numbers: dict[int, int] = field(factory=dict)
    parts: dict[int, _Struct] = field(factory=dict)

    def number(self, name: int) -> int:
        return self.numbers.get(name, -1)

    def part(self, name: int) -> _Struct:
        return self.parts.get(name, _NOTHING)

    @classmethod
    def read(cls, file: BinaryIO) -> _Struct:
        """Return the structure at the place where a file stands."""
        content = b""
        for most in (_USUAL_HEADER, _LONGEST_HEADER):  # pages can be small, and reading far beyond each takes its time
            content += file.read(most - len(content))
            with suppress(IndexError):
                return _Reader(content).struct(0)
        raise PageError("the header of a page is damaged")


_NOTHING = _Struct()


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._place = 0

    def struct(self, level: int) -> _Struct:
        start, name = self._place, 0
        numbers: dict[int, int] = {}
        parts: dict[int, _Struct] = {}
        while (byte := self._byte()) & 15 != _STOP:
            kind = byte & 15
            name = name + (byte >> 4) if byte >> 4 else self._signed()
            if kind in (_I16, _I32, _I64):
                numbers[name] = self._signed()
            elif kind == _STRUCT and level < 4:
                parts[name] = self.struct(level + 1)
            elif kind == _BINARY:
                self._skip(self._unsigned())
            elif kind == _BYTE:
                self._skip(1)
            elif kind == _DOUBLE:
                self._skip(8)
            elif kind not in (_TRUE, _FALSE):
                raise PageError("the header of a page is damaged")  # no other kind stands in one
        return _Struct(self._place - start, numbers, parts)

    def _byte(self) -> int:
        self._place += 1
        return self._content[self._place - 1]

    def _skip(self, length: int) -> None:
        self._place += length
        if self._place > len(self._content):
            raise IndexError

    def _unsigned(self) -> int:
        number = shift = 0
        while True:
            byte = self._byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7
            if shift > 63:
                raise IndexError

    def _signed(self) -> int:
        number = self._unsigned()
        return number >> 1 ^ -(number & 1)
