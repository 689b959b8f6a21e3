"""Workbooks as archives of XML, within limits: neither a large nor a hostile one is ever whole in memory."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element

from ctm_rules.case_files.cells import RetypedText
from ctm_rules.extras import needs_extra
from ctm_rules.limits import (
    MAX_ARCHIVE_LIST_BYTES,
    MAX_CELL_CHARACTERS,
    MAX_EXACT_IN_A_CELL,
    MAX_FORM_CELLS,
    MAX_SHEET_ROW_BYTES,
    MAX_WHOLE_PART_BYTES,
    MAX_WORKBOOK_BYTES,
    MAX_XML_DEPTH,
    MAX_XML_NAMES,
    XML_BLOCK_BYTES,
)
from ctm_rules.model.reading import cell_text

with needs_extra("bulk", "reading workbooks"):
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

Row = tuple[int, dict[int, str]]
"""The number of a row and the texts of its cells by the number of their column; both as a spreadsheet numbers them."""


class WorkbookError(Exception):
    """A file is no workbook, is damaged, or is larger than a workbook may be."""


class SheetsRead:
    """The rows of several sheets, as long as they are no more than those of a form: they are in memory together."""

    def __init__(self) -> None:
        self._cells = 0

    def whole(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows of a sheet, or of a part of one."""
        kept: list[Row] = []
        for row in rows:
            self._cells += len(row[1]) + 1
            if self._cells > MAX_FORM_CELLS:
                raise WorkbookError(f"its sheets hold more than {MAX_FORM_CELLS:,} cells, and no form has so many")
            kept.append(row)
        return kept


CellValue = str | int | float | datetime.date | datetime.time | datetime.timedelta | None


def text_of_cell(value: CellValue) -> str:
    """Return what a cell of a workbook holds as it would stand in a CSV file."""
    if isinstance(value, str):
        value = value.strip()
        if len(value) > MAX_CELL_CHARACTERS:
            raise WorkbookError(f"a cell holds more than {MAX_CELL_CHARACTERS:,} characters")
        return value
    if isinstance(value, datetime.timedelta):
        value = value / datetime.timedelta(days=1)  # as the spreadsheet keeps it
    is_long = isinstance(value, int | float) and abs(value) >= MAX_EXACT_IN_A_CELL
    return RetypedText(cell_text(value)) if is_long or isinstance(value, datetime.date) else cell_text(value)


@contextmanager
def in_words() -> Iterator[None]:
    """Say of everything that a hostile or damaged file may bring about, in whatever library, that it cannot be read."""
    try:
        yield
    except WorkbookError:
        raise
    except DefusedXmlException:
        raise WorkbookError("it declares types or entities, which no workbook does") from None
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise WorkbookError(f"it is no workbook, or a damaged or an unusual one ({reason})") from None


class WorkbookFile(io.BufferedReader):
    """A file of which no more is read at once than an archive of a workbook's size needs."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MAX_ARCHIVE_LIST_BYTES:
            raise WorkbookError("its list of parts is longer than that of any workbook")
        return super().read(size)


def opened(source: Path | bytes) -> WorkbookFile:
    """Return a workbook, a file or its content, for a ``with`` that closes it."""
    return WorkbookFile(io.BytesIO(source) if isinstance(source, bytes) else source.open("rb", 0))


class Archive(zipfile.ZipFile):
    """The parts of a workbook. No more of a part is unpacked than its entry says."""

    def __init__(self, file: WorkbookFile) -> None:
        super().__init__(file)
        parts = self.infolist()
        size = sum(part.file_size for part in parts)
        if size > MAX_WORKBOOK_BYTES:
            raise WorkbookError(f"it unpacks to {size:,} bytes, and a workbook may have {MAX_WORKBOOK_BYTES:,}")
        if len({part.filename.lower() for part in parts}) < len(parts):
            raise WorkbookError("it is damaged: two of its parts have the same name")
        if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
            raise WorkbookError("it is packed in a way that workbooks do not use")

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        with self.open(name, pwd=pwd) as part:
            content = part.read(MAX_WHOLE_PART_BYTES)
            if part.read(1):
                raise WorkbookError(f"its part {name} is larger than that of any workbook")
        return content


class _Blocks:
    """What a part holds, in blocks; too many without anything in them that is wanted are refused."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self.unused = 0

    def read(self, _: int = -1) -> bytes:
        block = self._part.read(XML_BLOCK_BYTES)
        self.unused += len(block)
        if self.unused > MAX_SHEET_ROW_BYTES:
            raise WorkbookError(f"a row, or a text, takes more than {MAX_SHEET_ROW_BYTES:,} bytes")
        return block


def elements(
    archive: Archive,
    name: str,
    inside: str,
    wanted: str | Collection[str],
    having: tuple[str, str] | None = None,
) -> Iterator[Element]:
    """Yield the elements of a part that stand in another, each only until the next is asked for.

    The other is the first of its name, or the first that has an attribute of that value.
    """
    kinds = (wanted,) if isinstance(wanted, str) else wanted
    outer: Element | None = None
    names: set[str] = set()
    level = 0
    with archive.open(name) as part:
        blocks = _Blocks(part)
        for event, element in iterparse(blocks, ("start", "end"), forbid_dtd=True):
            if event == "start":
                level += 1
                names.update((element.tag, *element.keys()))
                if level > MAX_XML_DEPTH or len(names) > MAX_XML_NAMES:
                    raise WorkbookError(f"its part {name} is nested or named as that of no workbook is")
                if outer is None and element.tag == inside and (having is None or element.get(having[0]) == having[1]):
                    outer = element
                continue
            level -= 1
            if outer is not None and element.tag in kinds:
                yield element
                element.clear()  # which may stand in a group
                outer.clear()
                blocks.unused = 0
            elif element is outer:
                break
        if outer is None:
            raise WorkbookError(f"its part {name} holds no table")
        while part.read(XML_BLOCK_BYTES):  # damage is noticed at the end
            pass
