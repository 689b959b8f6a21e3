"""The pages of a Parquet file held against its footer (integrity check), before their data is read.

The headers of pages stand between the data, and what reads the data in bulk takes them at their word: a damaged one can
make it ask for more memory than there is, and that ends the whole process. The footer is read here too, for what hands
it out elsewhere ends the process over some damaged ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, TypeVar

from attrs import frozen

from ctm_rules.limits import MAX_FOOTER_DEPTH, MAX_PAGE_HEADER_BYTES, MAX_REMEMBERED_FOOTERS
from ctm_rules.phrases import say_count

_USUAL_HEADER = 500
"""Bytes of a page's header, if it is no unusual one."""

_DATA_PAGE, _DICTIONARY_PAGE, _DATA_PAGE_V2 = 0, 2, 3
_PART_OF_KIND = {_DATA_PAGE: 5, _DICTIONARY_PAGE: 7, _DATA_PAGE_V2: 8}
"""By the kind of a page, which field of its header says more of it."""


class PageError(Exception):
    """A Parquet file does not hold the pages that its footer says."""


def check_pages(path: Path, columns: Collection[str], first: int, rows: int) -> None:
    """See that in a part of a file these columns' pages have the places and the numbers of values that it declares.

    Args:
        path: the file.
        columns: names of columns; those that hold lists or structures are passed over.
        first: the first row of the part, counted from 0.
        rows: how many rows it has.

    Raises:
        PageError: they do not.
        OSError: the file cannot be read.
    """
    state = path.stat()
    start = 0
    with path.open("rb") as file:
        for group_rows, chunks in _groups(path, state.st_size, state.st_mtime_ns):
            if start < first + rows and start + group_rows > first:
                for chunk in chunks:
                    if chunk.column in columns:
                        _check_chunk(file, chunk, group_rows)
            start += group_rows


@frozen
class _Chunk:
    """The pages of one column in one group of rows: where they begin, and what they come to together."""

    column: str
    place: int
    packed: int
    unpacked: int
    values: int


@lru_cache(maxsize=MAX_REMEMBERED_FOOTERS)
def _groups(path: Path, size: int, _: int) -> tuple[tuple[int, tuple[_Chunk, ...]], ...]:
    """Return the number of rows and the chunks of each group of rows; of a large file each part asks for them."""
    with path.open("rb") as file:
        file.seek(max(0, size - 8))
        end = file.read(8)
        length = int.from_bytes(end[:4], "little")
        if len(end) < 8 or length > size - 12:
            raise PageError("its footer is damaged")
        file.seek(size - 8 - length)
        try:
            footer = _Reader(file.read(length)).fields()
            groups = [_typed(group, dict) for group in _typed(footer[4], list)]
            return tuple((_typed(group[3], int), tuple(map(_chunk, _typed(group[1], list)))) for group in groups)
        except (IndexError, KeyError, UnicodeDecodeError):
            raise PageError("its footer is damaged") from None


def _chunk(declared: Value) -> _Chunk:
    column = _typed(_typed(declared, dict)[3], dict)
    places = [_typed(column[name], int) for name in (9, 11) if name in column]  # of a dictionary, only where it has one
    return _Chunk(
        ".".join(_typed(part, bytes).decode() for part in _typed(column[3], list)),
        min((place for place in places if place > 0), default=-1),
        _typed(column[7], int),
        _typed(column[6], int),
        _typed(column[5], int),
    )


def _check_chunk(file: BinaryIO, chunk: _Chunk, rows: int) -> None:
    if chunk.values != rows or chunk.place < 0:
        values_in_rows = f"{say_count(chunk.values, 'value')} in {say_count(rows, 'row')}"
        raise PageError(f'the column "{chunk.column}" has {values_in_rows}')
    place, end, values = chunk.place, chunk.place + chunk.packed, 0
    while values < rows:
        file.seek(place)
        header, length = _page_header(file)
        kind, unpacked, packed = (_typed(header.get(name, -1), int) for name in (1, 2, 3))
        held = _typed(_typed(header.get(_PART_OF_KIND.get(kind, 0), {}), dict).get(1, -1), int)
        least, most = (0, unpacked) if kind == _DICTIONARY_PAGE else (1, rows - values)
        place += length + packed
        if not 0 <= unpacked <= chunk.unpacked or packed < 0 or place > end or not least <= held <= most:
            raise PageError(f'a page of the column "{chunk.column}" is not what the footer says')
        if kind != _DICTIONARY_PAGE:
            values += held


def _page_header(file: BinaryIO) -> tuple[dict[int, Value], int]:
    """Return the header at the place where a file stands, and its length."""
    content = b""
    for most in (
        _USUAL_HEADER,
        MAX_PAGE_HEADER_BYTES,
    ):  # pages can be small, and reading far beyond each takes its time
        content += file.read(most - len(content))
        with suppress(IndexError):
            reader = _Reader(content)
            return reader.fields(), reader.place
    raise PageError("the header of a page is damaged")


# --- Thrift's compact protocol, in which footers and headers are written ---------------------------

Value = int | bytes | list["Value"] | dict[int, "Value"]
"""A value; structures are dictionaries by the number of the field."""

V = TypeVar("V", int, bytes, list[Value], dict[int, Value])

_STOP, _TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(13)


def _typed(value: Value, kind: type[V]) -> V:
    if not isinstance(value, kind):
        raise PageError("its footer or the header of a page is damaged")
    return value


class _Reader:
    """Reads values; what ends too early is an ``IndexError``."""

    def __init__(self, content: bytes) -> None:
        self.place = 0
        self._content = content

    def fields(self, level: int = 0) -> dict[int, Value]:
        """Return a structure."""
        found: dict[int, Value] = {}
        name = 0
        while (byte := self._byte()) & 15 != _STOP:
            name = name + (byte >> 4) if byte >> 4 else self._number()
            kind = byte & 15
            found[name] = int(kind == _TRUE) if kind in (_TRUE, _FALSE) else self._value(kind, level)
        return found

    def _value(self, kind: int, level: int) -> Value:
        if kind in (_I16, _I32, _I64):
            return self._number()
        if kind == _BINARY:
            return self._bytes(self._length())
        if kind == _STRUCT and level < MAX_FOOTER_DEPTH:
            return self.fields(level + 1)
        if kind in (_LIST, _SET) and level < MAX_FOOTER_DEPTH:
            return list(self._items(level + 1))
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._byte()
        if kind == _DOUBLE:
            return self._bytes(8)
        raise PageError("its footer or the header of a page is damaged")  # nothing else stands in one

    def _items(self, level: int) -> Iterator[Value]:
        byte = self._byte()
        for _ in range(self._length() if byte >> 4 == 15 else byte >> 4):
            yield self._value(byte & 15, level)

    def _byte(self) -> int:
        self.place += 1
        return self._content[self.place - 1]

    def _bytes(self, length: int) -> bytes:
        start = self.place
        self.place += length
        if self.place > len(self._content):
            raise IndexError
        return self._content[start : self.place]

    def _length(self) -> int:
        number = shift = 0
        while (byte := self._byte()) > 127:
            number |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise PageError("its footer or the header of a page is damaged")
        return number | byte << shift

    def _number(self) -> int:
        number = self._length()
        return number >> 1 ^ -(number & 1)
