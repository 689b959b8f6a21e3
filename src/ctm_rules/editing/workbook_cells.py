"""The cells of an XLSX workbook, so that some can be changed and every other byte of its parts stays.

The file is an archive of parts. Of the part of a sheet only the elements of the cells are written anew; every other
part is carried over as it is, with whatever no library knows of: pictures, lists to choose from, what is protected.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from xml.parsers import expat
from xml.sax.saxutils import escape

from attrs import define, field, frozen

from ctm_rules.case_files.archives import WorkbookError
from ctm_rules.case_files.xlsx_rows import sheet_parts
from ctm_rules.extras import needs_extra

with needs_extra("bulk", "writing workbooks"):
    from openpyxl.utils import column_index_from_string, get_column_letter
    from openpyxl.utils.datetime import to_excel

SheetCell = tuple[str, str]
"""A cell of a workbook: the name of its sheet, and its own: ``("c01", "C43")``."""

CellValue = str | Decimal | datetime.date
"""What a cell says: a text, a number, or a day, which programs count from one that they have in common."""

_WORKBOOK = "xl/workbook.xml"


def with_cells(
    content: bytes,
    cells: Mapping[SheetCell, CellValue],
    not_computed: Collection[SheetCell] = (),
    *,
    only_known_rows: bool = False,
) -> bytes:
    """Return a workbook with some cells saying something else.

    Args:
        content: the file.
        cells: what they say; an empty text where they are to be empty.
        not_computed: cells of which none may hold a formula: programs work it out when they open the file, and until
            then it would say what it said before.
        only_known_rows: whether only rows are used that are there: a protected sheet takes no others.

    Raises:
        WorkbookError: one of them cannot be changed.
    """
    parts = sheet_parts(content)
    made: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for sheet in dict.fromkeys(sheet for sheet, _ in cells):
            part = parts[sheet]
            own = {_place(cell): said for (where, cell), said in cells.items() if where == sheet}
            computed = {_place(cell) for where, cell in not_computed if where == sheet}
            read = _Sheet.read(archive.read(part))
            if only_known_rows and not {row for row, _ in own} <= read.rows.keys():
                raise WorkbookError("it has no spare row left; ctm-rules form makes one with more")
            made[part] = read.changed(own, computed)
        if any(_FORMULA.search(archive.read(part)) for part in parts.values()):
            made[_WORKBOOK] = _computed_anew(archive.read(_WORKBOOK))
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as out:
            out.comment = archive.comment
            for info in archive.infolist():
                out.writestr(info, made[info.filename] if info.filename in made else archive.read(info))
    return written.getvalue()


_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_COMPUTES = re.compile(rb"<(?:\w+:)?calcPr\b[^>]*?/?>")


def _computed_anew(workbook: bytes) -> bytes:
    """Return the main part of a workbook so that programs work out its formulas when they open it."""
    found = _COMPUTES.search(workbook)
    if found is None:
        behind = re.search(rb"</(\w+:)?definedNames>", workbook) or re.search(rb"</(\w+:)?sheets>", workbook)
        if behind is None:
            raise WorkbookError("its list of sheets is not as spreadsheet programs write it")
        made = b"<" + (behind[1] or b"") + b'calcPr fullCalcOnLoad="1"/>'
        return workbook[: behind.end()] + made + workbook[behind.end() :]
    tag = re.sub(rb'\s+fullCalcOnLoad="[^"]*"', b"", found[0])
    name_end = tag.index(b"calcPr") + len(b"calcPr")
    tag = tag[:name_end] + b' fullCalcOnLoad="1"' + tag[name_end:]
    return workbook[: found.start()] + tag + workbook[found.end() :]


# --- one sheet ---------------------------------------------------------------------------------------

Place = tuple[int, int]


def _place(cell: str) -> Place:
    found = re.fullmatch("([A-Z]{1,3})([0-9]{1,7})", cell)
    assert found is not None
    return int(found[2]), int(column_index_from_string(found[1]))


@frozen
class _Cell:
    """A cell as it is written: from where to where, its style, and whether it is computed."""

    column: int
    start: int
    end: int
    style: str
    is_computed: bool


@define
class _Row:
    """A row as it is written: its tag, and where its cells end."""

    number: int
    start: int
    tag_end: int
    is_empty: bool
    inside_end: int = 0
    cells: list[_Cell] = field(factory=list)


@define
class _Sheet:
    """The part of a sheet, with where its rows and cells stand."""

    content: bytes
    rows: dict[int, _Row] = field(factory=dict)
    prefix: str = ""
    data_start: int = 0
    data_tag_end: int = 0
    data_end: int = 0

    @classmethod
    def read(cls, content: bytes) -> _Sheet:
        """Return where everything stands.

        Raises:
            WorkbookError: it is not as spreadsheet programs write it.
        """
        if not re.match(
            rb'(?:\xef\xbb\xbf)?\s*(?:<\?xml [^>]*encoding="(?:utf|UTF)-8"[^>]*>|<\?xml (?![^>]*encoding)|<(?!\?))',
            content,
        ):
            raise WorkbookError("its sheet is not written in UTF-8")
        sheet = cls(content)
        _Reader(sheet).read()
        return sheet

    def changed(self, cells: Mapping[Place, CellValue], not_computed: Collection[Place]) -> bytes:
        """Return the part with some cells saying something else."""
        for number, column in {*cells, *not_computed}:
            row = self.rows.get(number)
            if row is not None and any(each.column == column and each.is_computed for each in row.cells):
                raise WorkbookError(f"a cell of row {number} holds a formula")
        splices: list[tuple[int, int, bytes]] = []
        by_row: dict[int, dict[int, CellValue]] = {}
        for (number, column), said in cells.items():
            by_row.setdefault(number, {})[column] = said
        new: list[tuple[int, bytes]] = []
        for number, of_row in sorted(by_row.items()):
            row = self.rows.get(number)
            if row is None or row.is_empty:
                made = b"".join(self._cell(number, column, said) for column, said in sorted(of_row.items()))
                if row is None:
                    new.append((number, self._tag("row", f' r="{number}"', made)))
                else:
                    tag = self.content[row.start : row.tag_end]
                    closed = tag[: tag.rindex(b"/")].rstrip() + b">" + made + f"</{self.prefix}row>".encode()
                    splices.append((row.start, row.tag_end, _without_spans(closed)))
                continue
            is_longer = False
            for column, said in sorted(of_row.items()):
                there = next((each for each in row.cells if each.column == column), None)
                if there is not None:
                    splices.append((there.start, there.end, self._cell(number, column, said, there.style)))
                    continue
                is_longer = True
                behind = next((each.start for each in row.cells if each.column > column), row.inside_end)
                splices.append((behind, behind, self._cell(number, column, said)))
            if is_longer:
                splices.append((row.start, row.tag_end, _without_spans(self.content[row.start : row.tag_end])))
        splices += self._of_new_rows(new)
        content = self.content
        # What is put in at one place keeps its order.
        ordered = sorted(range(len(splices)), key=lambda each: (*splices[each][:2], each), reverse=True)
        for start, end, made in (splices[each] for each in ordered):
            content = content[:start] + made + content[end:]
        return _DIMENSION.sub(b"", content, count=1) if new else content

    def _of_new_rows(self, new: list[tuple[int, bytes]]) -> Iterator[tuple[int, int, bytes]]:
        places: dict[int, list[bytes]] = {}
        for number, made in new:
            behind = next((row.start for each, row in sorted(self.rows.items()) if each > number), self.data_end)
            places.setdefault(behind, []).append(made)
        if new and self.content[self.data_tag_end - 2 : self.data_tag_end] == b"/>":
            whole = self._tag("sheetData", "", b"".join(made for _, made in new))
            yield self.data_start, self.data_tag_end, whole
            return
        for place, made_there in places.items():
            yield place, place, b"".join(made_there)

    def _cell(self, row: int, column: int, said: CellValue, style: str = "") -> bytes:
        styled = f' s="{style}"' if style else ""
        head = f' r="{get_column_letter(column)}{row}"{styled}'
        if said == "":
            return self._tag("c", head, b"")
        if isinstance(said, datetime.date):
            said = Decimal(int(to_excel(said)))
        if isinstance(said, Decimal):
            return self._tag("c", head, self._tag("v", "", f"{said:f}".encode()))
        # What programs would take for a letter written by its number is written so itself.
        text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", said)
        inside = self._tag("is", "", self._tag("t", ' xml:space="preserve"', escape(text).encode()))
        return self._tag("c", f'{head} t="inlineStr"', inside)

    def _tag(self, name: str, attributes: str, inside: bytes) -> bytes:
        tag = f"{self.prefix}{name}"
        if not inside:
            return f"<{tag}{attributes}/>".encode()
        return f"<{tag}{attributes}>".encode() + inside + f"</{tag}>".encode()


_DIMENSION = re.compile(rb"<(?:\w+:)?dimension [^>]*/>")


def _without_spans(tag: bytes) -> bytes:
    return re.sub(rb'\s+spans="[^"]*"', b"", tag, count=1)


class _Reader:
    """Tells where the rows and cells of a sheet stand in its bytes."""

    def __init__(self, sheet: _Sheet) -> None:
        self._sheet = sheet
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._depth = 0
        self._row: _Row | None = None
        self._cell: tuple[int, int, int, str] | None = None
        self._has_formula = False
        self._is_inside = False

    def read(self) -> None:
        try:
            self._parser.Parse(self._sheet.content, True)
        except expat.ExpatError as error:
            raise WorkbookError("one of its sheets is damaged") from error
        if not self._sheet.data_end:
            raise WorkbookError("one of its sheets has no rows")

    def _refuse(self, *_: object) -> None:
        raise WorkbookError("one of its sheets is not as spreadsheet programs write it")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        prefix, _, local = name.rpartition(":")
        self._depth += 1
        at = self._parser.CurrentByteIndex
        sheet = self._sheet
        if local == "sheetData" and self._depth == 2:
            sheet.prefix = f"{prefix}:" if prefix else ""
            sheet.data_start, sheet.data_tag_end = at, _tag_end(sheet.content, at)
            self._is_inside = True
        elif not self._is_inside:
            return
        elif local == "row" and self._depth == 3:
            number = attributes.get("r", "")
            if not number.isdigit() or int(number) in sheet.rows:
                self._refuse()
            tag_end = _tag_end(sheet.content, at)
            self._row = _Row(int(number), at, tag_end, sheet.content[tag_end - 2 : tag_end] == b"/>")
            sheet.rows[int(number)] = self._row
        elif local == "c" and self._depth == 4 and self._row is not None:
            found = re.fullmatch("([A-Z]{1,3})([0-9]+)", attributes.get("r", ""))
            if found is None or int(found[2]) != self._row.number:
                self._refuse()
                return
            tag_end = _tag_end(sheet.content, at)
            end = tag_end if sheet.content[tag_end - 2 : tag_end] == b"/>" else 0
            self._cell = (int(column_index_from_string(found[1])), at, end, attributes.get("s", ""))
            self._has_formula = False
        elif local == "f" and self._depth == 5:
            self._has_formula = True

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        at, content = self._parser.CurrentByteIndex, self._sheet.content
        if self._is_inside:
            if local == "c" and self._depth == 4 and self._cell is not None and self._row is not None:
                column, start, end, style = self._cell
                # Of a cell without anything in it, the parser says another place than that of its end.
                self._row.cells.append(_Cell(column, start, end or _tag_end(content, at), style, self._has_formula))
            elif local == "row" and self._depth == 3 and self._row is not None:
                self._row.inside_end = at
            elif local == "sheetData" and self._depth == 2:
                self._sheet.data_end = at
                self._is_inside = False
        self._depth -= 1


def _tag_end(content: bytes, at: int) -> int:
    """Return where the tag ends that begins at a place; signs inside of quotation marks end nothing."""
    found = _TAG.match(content, at)
    assert found is not None
    return found.end()


_TAG = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
