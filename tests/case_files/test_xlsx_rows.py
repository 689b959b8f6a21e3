"""Workbooks: what a cell holds is what a spreadsheet program shows, and what is not known never seems empty."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules.case_files import xlsx_rows
from ctm_rules.case_files.xlsx_rows import WorkbookError, estimate_rows, read_rows
from tests.support.workbook_parts import PARTS, sheet, workbook

openpyxl = pytest.importorskip("openpyxl")
xlsxwriter = pytest.importorskip("xlsxwriter")


NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def read(folder: Path, content: bytes) -> list[tuple[int, dict[int, str]]]:
    path = folder / "t.xlsx"
    path.write_bytes(content)
    return list(read_rows(path))


def cell(folder: Path, xml: str) -> str | None:
    """Return what one cell of a sheet holds."""
    rows = read(folder, workbook(sheet=sheet(f'<row r="3">{xml}</row>')))
    return rows[0][1].get(1) if rows else None


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        pytest.param('<c r="A3"><v>3</v></c>', "3", id="whole number"),
        pytest.param('<c r="A3"><v>3.0</v></c>', "3", id="whole number with a decimal nought"),
        pytest.param('<c r="A3"><v>2.5</v></c>', "2.5", id="decimal number"),
        pytest.param('<c r="A3"><v>1E3</v></c>', "1000", id="number with an exponent"),
        pytest.param('<c r="A3"><v>-0</v></c>', "0", id="minus nought"),
        pytest.param('<c r="A3"><v>1e999</v></c>', "inf", id="number beyond all numbers"),
        pytest.param('<c r="A3" t="b"><v>1</v></c>', "yes", id="true"),
        pytest.param('<c r="A3" t="b"><v>0</v></c>', "no", id="false"),
        pytest.param('<c r="A3" t="s"><v>0</v></c>', "shared", id="shared text"),
        pytest.param('<c r="A3" t="s"><v>1</v></c>', "rich", id="shared text in runs"),
        pytest.param('<c r="A3" t="inlineStr"><is><t> yes </t></is></c>', "yes", id="text in the cell"),
        pytest.param(
            '<c r="A3" t="inlineStr"><is><r><t>y</t></r><r><t>es</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>',
            "yes",
            id="text in runs in the cell",
        ),
        pytest.param('<c r="A3" t="inlineStr"/>', None, id="text in the cell that is absent"),
        pytest.param('<c r="A3" t="str"><v>a_x000D__x000A_b</v></c>', "a\r\nb", id="text with an escaped line end"),
        pytest.param(
            '<c r="A3" t="str"><v>a_x0000_b_x005F_</v></c>',
            "a_x0000_b_",
            id="text with an escaped null and underscore",
        ),
        pytest.param('<c r="A3" s="1"><v>45351</v></c>', "2024-02-29", id="date by a built-in format"),
        pytest.param('<c r="A3" s="2"><v>45351</v></c>', "2024-02-29", id="date by a declared format"),
        pytest.param('<c r="A3" s="3"><v>45351.5</v></c>', "2024-02-29 12:00:00", id="date and time of day"),
        pytest.param('<c r="A3" s="3"><v>0.5</v></c>', "12:00:00", id="time of day"),
        pytest.param('<c r="A3" s="4"><v>1.5</v></c>', "1.5", id="duration"),
        pytest.param('<c r="A3" s="1"><v>1</v></c>', "1900-01-01", id="first day"),
        pytest.param('<c r="A3" s="1"><v>61</v></c>', "1900-03-01", id="day after the 29 February 1900 that never was"),
        pytest.param('<c r="A3" s="1"><v>2958465</v></c>', "9999-12-31", id="last day"),
        pytest.param('<c r="A3" s="1"><v>2958466</v></c>', "#VALUE!", id="day after the last day"),
        pytest.param('<c r="A3" s="99999999999"><v>1</v></c>', "1", id="style that does not exist"),
        pytest.param('<c r="A3" t="d"><v>2024-02-29T00:00:00</v></c>', "2024-02-29", id="date as ISO 8601"),
        pytest.param('<c r="A3" s="1"/>', None, id="styled cell without a value"),
        pytest.param('<c r="A3" t="something"><v>3</v></c>', "3", id="cell type that does not exist"),
        # What a formula came to when it was last worked out; an empty text is one of the things it may come to.
        pytest.param('<c r="A3" t="str"><f>IF(B3,"yes","")</f><v>yes</v></c>', "yes", id="formula with a text"),
        pytest.param('<c r="A3" t="str"><f>IF(B3,"yes","")</f><v></v></c>', None, id="formula with an empty text"),
        pytest.param('<c r="A3"><f>1+1</f><v>2</v></c>', "2", id="formula with a number"),
        # What is not known is told from what is empty.
        pytest.param('<c r="A3"><f>1+1</f></c>', "=1+1", id="formula without a value"),
        pytest.param('<c r="A3"><f>1+1</f><v></v></c>', "=1+1", id="formula with an empty value"),
        pytest.param('<c r="A3" t="str"><f>B3</f></c>', "=B3", id="formula for a text without a value"),
        pytest.param('<c r="A3"><f t="shared" si="0"/></c>', "=", id="shared formula without a value"),
        pytest.param('<c r="A3" t="e"><v>#REF!</v></c>', "#REF!", id="error"),
        pytest.param('<c r="A3" t="e"><f>NA()</f><v>#N/A</v></c>', "#N/A", id="formula with an error"),
    ],
)
def test_what_a_cell_holds(tmp_path: Path, xml: str, text: str | None) -> None:
    assert cell(tmp_path, xml) == text


def test_the_day_that_never_was_and_years_counted_from_1904(tmp_path: Path) -> None:
    assert cell(tmp_path, '<c r="A3" s="1"><v>59</v></c>') == "1900-02-28"
    from_1904 = PARTS["book"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    rows = read(tmp_path, workbook(book=from_1904, sheet=sheet('<row><c s="1"><v>1</v></c></row>')))
    assert rows == [(1, {1: "1904-01-02"})]


def test_rows_and_columns_without_a_place_follow_the_one_before(tmp_path: Path) -> None:
    rows = (
        '<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row r="9"/><row><c r="AA10"><v>4</v></c></row>'
    )
    assert read(tmp_path, workbook(sheet=sheet(rows))) == [(1, {1: "1", 4: "2", 5: "3"}), (10, {27: "4"})]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_the_first_sheet_that_people_see_is_read(tmp_path: Path, state: str) -> None:
    book = PARTS["book"]
    two = book.replace('r:id="r1"/>', f'r:id="r1" state="{state}"/><sheet name="B" sheetId="2" r:id="r2"/>')
    assert read(tmp_path, workbook(book=two)) == [(1, {1: "other"})]
    with pytest.raises(WorkbookError, match="no sheet that can be seen"):
        read(tmp_path, workbook(book=book.replace('r:id="r1"/>', f'r:id="r1" state="{state}"/>')))


def test_names_with_prefixes(tmp_path: Path) -> None:
    rows = "<x:row><x:c><x:v>7</x:v></x:c></x:row>"
    whole = f'<x:worksheet xmlns:x="{NAMESPACE}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    assert read(tmp_path, workbook(sheet=whole)) == [(1, {1: "7"})]


def test_the_strict_form_of_the_format_is_refused_by_name(tmp_path: Path) -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    strict = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    parts = {name: part.replace(office, strict).replace(NAMESPACE, STRICT) for name, part in PARTS.items()}
    with pytest.raises(WorkbookError, match="Strict"):
        read(tmp_path, workbook(**parts))


def test_what_is_written_of_a_line_break_is_told_from_one(tmp_path: Path) -> None:
    texts = f"<sst {MAIN}><si><t>a_x000D_b</t></si><si><t>a_x005F_x000D_b</t></si></sst>"
    rows = sheet('<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>')
    assert read(tmp_path, workbook(texts=texts, sheet=rows)) == [(1, {1: "a\rb", 2: "a_x000D_b"})]


def test_nothing_that_openpyxl_warns_of_is_shown(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    names = '<definedNames><definedName name="_xlnm.Print_Area" localSheetId="7">A!#REF!</definedName></definedNames>'
    more = '</sheetData><conditionalFormatting/><extLst><ext uri="x"/></extLst>'
    rows = sheet('<row r="2"><c r="A2" s="1"><v>9999999</v></c></row>').replace("</sheetData>", more)
    book = PARTS["book"].replace("</sheets>", f'<sheet name="B" sheetId="9"/></sheets>{names}')
    assert read(tmp_path, workbook(book=book, sheet=rows)) == [(2, {1: "#VALUE!"})]
    assert not list(recwarn)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
DEEP = "<a>" * 100_000
MAIN = f'xmlns="{NAMESPACE}"'

BROKEN: dict[str, tuple[Mapping[str, str | None], str]] = {
    "no list of parts": ({"types": None}, "[Content_Types].xml"),
    "no book": ({"book": None}, "xl/workbook.xml"),
    "no sheet": ({"sheet": None}, "xl/worksheets/sheet1.xml"),
    "a book that is too large to be read whole": ({"book": f"<!--{'x' * 4_000_000}--><a/>"}, "larger than"),
    "a sheet that is none": ({"sheet": "<a/>"}, "no table"),
    "an empty sheet": ({"sheet": ""}, "damaged"),
    "a sheet cut short": ({"sheet": f"<worksheet {MAIN}><sheetData><row>"}, "damaged"),
    "entities": ({"sheet": f"{BOMB}<a/>"}, "declares types or entities"),
    "entities among the texts": ({"texts": f"{BOMB}<sst>&b;</sst>"}, "declares types or entities"),
    "entities in the book": ({"book": f"{BOMB}<workbook>&b;</workbook>"}, "it "),
    "a deep sheet": ({"sheet": DEEP}, "is nested"),
    "a deep text": ({"sheet": sheet(f'<row><c t="inlineStr"><is>{DEEP}')}, "is nested"),
    "deep texts": ({"texts": DEEP}, "is nested"),
    "deep styles": ({"styles": DEEP}, "damaged"),
    "cells without end": ({"sheet": sheet(f"<row>{'<c/>' * 99_000}</row>")}, "not in their order"),
    "names without end": ({"sheet": "<a>" + "".join(f"<b{n}/>" for n in range(90_000))}, "is nested or named"),
    "attributes without end": (
        {"sheet": "<a>" + "".join(f'<b c{n}=""/>' for n in range(90_000))},
        "is nested or named",
    ),
    "a tag without end": ({"sheet": f'<a b="{"x" * 11_000_000}"/>'}, "takes more than"),
    "a comment without end": ({"sheet": f"<!--{'x' * 11_000_000}--><a/>"}, "takes more than"),
    "an encoding that nobody knows": ({"sheet": '<?xml version="1.0" encoding="x-nowhere"?><a/>'}, "unknown encoding"),
    "a text without end": ({"sheet": sheet(f'<row><c t="str"><v>{"x" * 3_000_000}</v></c></row>')}, "more than 32,767"),
    "a shared text without end": (
        {
            "texts": f"<sst {MAIN}><si><t>{'x' * 99_000}</t></si></sst>",
            "sheet": sheet('<row><c t="s"><v>0</v></c></row>'),
        },
        "more than 32,767",
    ),
    "rows in disorder": ({"sheet": sheet('<row r="2"/><row r="1"/>')}, "follows row 2"),
    "a row twice": ({"sheet": sheet('<row r="2"/><row r="2"/>')}, "follows row 2"),
    "a row in a row": ({"sheet": sheet('<row r="2"><row r="3"/></row>')}, "follows row 3"),
    "a row beyond the last": ({"sheet": sheet('<row r="1048577"/>')}, "follows row 0"),
    "a row that is no number": ({"sheet": sheet('<row r="²"/>')}, "damaged"),
    "a row of a huge number": ({"sheet": sheet(f'<row r="{"9" * 5000}"/>')}, "damaged"),
    "cells in disorder": ({"sheet": sheet('<row><c r="B1"/><c r="A1"/></row>')}, "not in their order"),
    "a cell twice": ({"sheet": sheet('<row><c r="A1"/><c r="A1"/></row>')}, "not in their order"),
    "a cell beyond the last": ({"sheet": sheet('<row><c r="XFE1"/></row>')}, "not in their order"),
    "a cell in another row": ({"sheet": sheet('<row><c r="A2"/></row>')}, "not in their order"),
    "a cell without a column": ({"sheet": sheet('<row><c r="1"/></row>')}, "not a valid column"),
    "a text that is not there": ({"sheet": sheet('<row><c t="s"><v>2</v></c></row>')}, "damaged"),
    "a text before the first": ({"sheet": sheet('<row><c t="s"><v>-1</v></c></row>')}, "a text that is not there"),
    "a text of a huge number": (
        {"sheet": sheet(f'<row><c t="s"><v>{"9" * 5000}</v></c></row>')},
        "damaged",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_workbook_is_refused(tmp_path: Path, case: str) -> None:
    changed, words = BROKEN[case]
    with pytest.raises(WorkbookError, match=re.escape(words)):
        read(tmp_path, workbook(**changed))


def _lying(content: bytes) -> bytes:
    """Let every entry of an archive say that its part is a byte long."""
    lying = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = lying.find(mark)
        while start >= 0:
            lying[start + place : start + place + 4] = (1).to_bytes(4, "little")
            start = lying.find(mark, start + 4)
    return bytes(lying)


def _twice(content: bytes) -> bytes:
    """Pack a second sheet of the same name."""
    whole = io.BytesIO(content)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<a/>")
    return whole.getvalue()


def _packed_otherwise(content: bytes) -> bytes:
    whole = io.BytesIO(content)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/more.xml", "<a/>")
    return whole.getvalue()


def _many(content: bytes) -> bytes:
    whole = io.BytesIO(content)
    with zipfile.ZipFile(whole, "a") as archive:
        for number in range(70_000):
            archive.writestr(f"xl/{'x' * 20}{number}", "")
    return whole.getvalue()


def _encrypted(content: bytes) -> bytes:
    """Let the list of parts say that they are encrypted."""
    unlike = content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    assert unlike != content
    return unlike


ARCHIVES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nothing": (lambda _: b"", "no workbook"),
    "no archive": (lambda _: b"case,answer\nc1,yes\n", "no workbook"),
    "the beginning of one": (lambda content: content[:-30], "no workbook"),
    "a size that is not true": (_lying, "damaged"),
    "packed in an unusual way": (_packed_otherwise, "packed in a way"),
    "two sheets of one name": (_twice, "the same name"),
    "parts without end": (_many, "list of parts"),
    "encrypted": (_encrypted, "encrypted"),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_a_broken_archive_is_refused(tmp_path: Path, case: str) -> None:
    spoil, words = ARCHIVES[case]
    with pytest.raises(WorkbookError, match=words):
        read(tmp_path, spoil(workbook(sheet=sheet("<row/>"))))


def test_texts_that_take_too_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctm_rules.case_files.xlsx_rows.MAX_WORKBOOK_TEXTS", 100_000)
    with pytest.raises(WorkbookError, match="more than 100,000 bytes"):
        read(tmp_path, workbook(texts=f"<sst {MAIN}>{'<si><t>x</t></si>' * 5_000}</sst>"))


# --- as others write and read them -----------------------------------------------------------------

CELLS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(-1e9, 1e9).map(lambda number: round(number, 6))
    | st.dates(datetime.date(1901, 1, 1), datetime.date(9999, 12, 31))
    | st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=8)
    | st.sampled_from(["yes", "no", "na", "<&>", "a\nb", " yes "])
)


def text_of(cell: object) -> str | None:
    """Return a cell as people would write it."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}"  # without an exponent
    return str(cell).strip() or None if cell is not None else None


@given(rows=st.lists(st.lists(CELLS, max_size=5), max_size=5), constant_memory=st.booleans())
def test_what_others_wrote_is_read_as_others_read_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[object]], constant_memory: bool
) -> None:
    path = tmp_path_factory.mktemp("book") / "t.xlsx"
    options = {"constant_memory": constant_memory, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(path, options)
    sheet = book.add_worksheet()
    dates = book.add_format({"num_format": "dd/mm/yyyy"})
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, datetime.date):
                sheet.write_datetime(row, column, datetime.datetime.combine(value, datetime.time.min), dates)
            elif isinstance(value, str):
                sheet.write_string(row, column, value)
            elif value is not None:
                sheet.write(row, column, value)
    book.close()
    as_read = dict(read_rows(path))
    theirs = openpyxl.load_workbook(path).active
    for row, cells in enumerate(theirs.iter_rows(values_only=True), start=1):
        expected = {column: text for column, cell in enumerate(cells, start=1) if (text := text_of(cell))}
        assert as_read.pop(row, {}) == expected
    assert as_read == {}


def test_merged_cells_notes_and_formats_leave_the_values_alone(tmp_path: Path) -> None:
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    book.active.append(["case", "a"])
    book.active.append(["c1", "yes"])
    book.active.merge_cells("A3:B4")
    book.active["A3"] = "merged"
    book.active["B2"].comment = Comment("why", "somebody")
    book.active.column_dimensions["B"].hidden = True
    book.create_chartsheet("chart", 0)
    book.active = 0
    book.save(tmp_path / "t.xlsx")
    assert list(read_rows(tmp_path / "t.xlsx")) == [
        (1, {1: "case", 2: "a"}),
        (2, {1: "c1", 2: "yes"}),
        (3, {1: "merged"}),
    ]


@pytest.mark.parametrize("rows", [1, 50, 20_000])
def test_the_number_of_rows_is_estimated_from_the_beginning(tmp_path: Path, rows: int) -> None:
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    sheet = book.add_worksheet()
    for row in range(rows):
        sheet.write_row(row, 0, [f"c{row}", "yes", "no"])
    book.close()
    assert estimate_rows(tmp_path / "t.xlsx") == pytest.approx(rows, rel=0.05)


def test_a_far_corner_costs_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "case"
    book.active["XFD1048576"] = "far"
    book.save(tmp_path / "t.xlsx")
    assert list(read_rows(tmp_path / "t.xlsx")) == [(1, {1: "case"}), (1_048_576, {16_384: "far"})]


# --- as programs write them, and in any other way --------------------------------------------------

PLAIN_CELLS = [
    '<c r="{at}" t="s"><v>0</v></c>',
    '<c r="{at}" s="1" t="s"><v>1</v></c>',
    '<c r="{at}" t="s" s="1"><v>1</v></c>',
    '<c r="{at}"><v>7</v></c>',
    '<c r="{at}" t="n"><v>1.50</v></c>',
    '<c r="{at}"><v>12345678901234567890</v></c>',
    '<c r="{at}" s="1"><v>45874</v></c>',
    '<c r="{at}" s="1"><v>59</v></c>',
    '<c r="{at}" s="3"><v>45874.5</v></c>',
    '<c r="{at}" s="4"><v>1.25</v></c>',
    '<c r="{at}" t="b"><v>1</v></c>',
    '<c r="{at}" t="e"><v>#N/A</v></c>',
    '<c r="{at}" t="d"><v>2026-01-05T00:00:00</v></c>',
    '<c r="{at}" t="str"><f>A1</f><v>x &amp;amp; &#121;</v></c>',
    '<c r="{at}" t="str"><f>A1</f><v></v></c>',
    '<c r="{at}"><f>SUM(B1:B2)</f></c>',
    '<c r="{at}"><f t="shared" si="0"/><v/></c>',
    '<c r="{at}" t="inlineStr"><is><t xml:space="preserve"> yes </t></is></c>',
    '<c r="{at}" t="inlineStr"><is><r><t>y</t></r><r><t>es</t></r></is></c>',
    '<c r="{at}" s="1"/>',
    '<c r="{at}"\n>\n<v>8</v>\n</c>\n',
]
ODD_CELLS = [
    "<c><v>3</v></c>",
    '<c t="s" r="{at}"><v>0</v></c>',
    "<c r='{at}'><v>4</v></c>",
    '<c r="B1"><v>5</v></c>',
    '<c r="XFE{row}"><v>5</v></c>',
    '<c r="AAAA{row}"><v>5</v></c>',
    '<c r="{at}" t="s"><v>99</v></c>',
    '<c r="{at}" t="s"><v>-1</v></c>',
    '<c r="{at}"><v>five</v></c>',
    '<c r="{at}" s="99"><v>5</v></c>',
    '<c r="{at}" xmlns="other"><v>5</v></c>',
    '<c r="{at}"><c r="{at}"/></c>',
    '<c r="{at}" t="str"><v><![CDATA[<c r="{at}"><v>1</v></c>]]></v></c>',
    '<!-- <c r="{at}"><v>6</v></c> -->',
    '<?odd <c r="{at}"><v>6</v></c> ?>',
    '<x:c r="{at}"><x:v>5</x:v></x:c>',
    "<c r=\"{at}\" t='&#101;'><v>#N/A</v></c>",
    '<c r="{at}"><v>1</v></c>tail',
    '<c r="{at}"><v>1</v>',
    '<extLst><ext uri="x"/></extLst>',
]
ROW_STARTS = [
    '<row r="{row}" spans="1:3" ht="15" x:odd="1">',
    '<row r="{row}">',
    '<row r="{before}"/><row r="{row}">',
    '\n  <row r="{row}">\n',
]
ODD_ROW_STARTS = ["<row>", '<row spans="1:3" r="{row}">', "<row r='{row}'>", '<row r="1">', '<row r="{row}" r="{row}">']
STARTS = [
    f'<worksheet {MAIN} xmlns:x="{NAMESPACE}"><cols><col/></cols>',
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet {MAIN} xmlns:x="{NAMESPACE}">',
]
ODD_STARTS = [
    f'<?xml version="1.0" encoding="ISO-8859-1"?><worksheet {MAIN} xmlns:x="{NAMESPACE}">',
    f'<worksheet {MAIN} xmlns:x="{NAMESPACE}"><!-- <sheetData> -->',
    f'<worksheet {MAIN} xmlns:x="{NAMESPACE}"><odd xmlns="other"/>',
]


def written(draw: st.DrawFn, often: list[str], seldom: list[str]) -> str:
    return draw(st.sampled_from(often * 4 + seldom))


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """Return a sheet as programs write it, with here and there something that no program writes."""
    odd = draw(st.booleans())
    xml = written(draw, STARTS, ODD_STARTS if odd else []) + "<sheetData>"
    for row in range(2, 2 + 2 * draw(st.integers(0, 5)), 2):
        xml += written(draw, ROW_STARTS, ODD_ROW_STARTS if odd else []).format(row=row, before=row - 1)
        for column in draw(st.lists(st.sampled_from("ABCD"), max_size=4, unique=True).map(sorted)):
            xml += written(draw, PLAIN_CELLS, ODD_CELLS if odd else []).format(at=f"{column}{row}", row=row)
        xml += "</row>"
    return xml + '<row r="99"/></sheetData></worksheet>'


def found_in(content: bytes) -> tuple[list[object], str]:
    rows: list[object] = []
    try:
        rows.extend(read_rows(content))
    except WorkbookError as error:
        return rows, str(error)
    return rows, ""


class _EveryElement:
    """In place of what reads rows as programs write them."""

    def __init__(self, _: object) -> None:
        pass

    def __iter__(self) -> Iterator[object]:
        raise xlsx_rows._NotPlain


@given(sheets())
@settings(max_examples=400)
def test_rows_as_programs_write_them_say_what_their_elements_say(xml: str) -> None:
    content = workbook(sheet=xml)
    found = found_in(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx_rows, "_PlainRows", _EveryElement)
        assert found == found_in(content)


@pytest.mark.parametrize("cell", PLAIN_CELLS, ids=range(len(PLAIN_CELLS)))
@pytest.mark.parametrize("start", STARTS, ids=["bare", "declared"])
def test_what_programs_write_is_read_as_such(monkeypatch: pytest.MonkeyPatch, start: str, cell: str) -> None:
    row = f"{ROW_STARTS[2].format(row=5, before=4)}{cell.format(at='C5')}</row>"
    content = workbook(sheet=f"{start}<sheetData>{row}</sheetData></worksheet>")
    wanted = found_in(content)
    elements = xlsx_rows.elements
    monkeypatch.setattr(xlsx_rows, "elements", lambda *names: elements(*names) if "sst" in names[2] else 1 / 0)
    assert found_in(content) == wanted


@pytest.mark.parametrize("writer", ["XlsxWriter", "XlsxWriter in constant memory", "openpyxl"])
def test_what_libraries_write_is_read_as_such(writer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["case", "seats", "ready"], ["c1", 7, True], ["c2 & more", 1.5, None]]
    path = tmp_path / "t.xlsx"
    if writer == "openpyxl":
        theirs = openpyxl.Workbook()
        for row in rows:
            theirs.active.append(row)
        theirs.save(path)
    else:
        book = xlsxwriter.Workbook(path, {"constant_memory": "constant" in writer})
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        book.close()
    monkeypatch.setattr(xlsx_rows, "elements", lambda *_: 1 / 0)
    assert list(read_rows(path)) == [
        (1, {1: "case", 2: "seats", 3: "ready"}),
        (2, {1: "c1", 2: "7", 3: "yes"}),
        (3, {1: "c2 & more", 2: "1.5"}),
    ]


PLAIN_TEXTS = [
    "<si><t>yes</t></si>",
    "<si><t></t></si>",
    '<si><t xml:space="preserve"> a\ttext\nof lines </t></si>',
    "<si><t>a &amp;lt; b &lt; &quot;c&quot; &apos;&gt;</t></si>",
    "\n  <si><t>Ydw – ŵ 😀 \ufffd\u00a0</t></si>\n",
    "<si><t>a_x000D_b</t></si>",
]
ODD_TEXTS = [
    "<si><t/></si>",
    "<si/>",
    "<si><t>&#121;es</t></si>",
    "<si><t>a\rb\r\nc</t></si>",
    "<si><t>a]]>b</t></si>",
    "<si><t>\x01</t></si>",
    "<si><t>\ufffe</t></si>",
    "<si><t>&unknown;</t></si>",
    "<si><r><t>y</t></r><r><t>es</t></r></si>",
    "<si><t>ye</t><phoneticPr/></si>",
    "<si><t><![CDATA[yes]]></t></si>",
    "<!-- <si><t>no</t></si> -->",
    "<si ><t>yes</t></si>",
    "<si><x:t>yes</x:t></si>",
    '<si xmlns="other"><t>no</t></si>',
    "<si><t>yes</si>",
    "odd",
]
TEXTS_STARTS = [
    f"<sst {MAIN}>",
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst {MAIN} count="9" uniqueCount="9">',
]
ODD_TEXTS_STARTS = [f"<!-- --><sst {MAIN}>", f'<sst {MAIN} xmlns:x="{NAMESPACE}">', f"<sst {MAIN}/>", '<sst xmlns="x">']


@st.composite
def shared_texts(draw: st.DrawFn) -> str:
    """Return the texts of a workbook as programs write them, with here and there something that no program writes."""
    odd = draw(st.booleans())
    texts = [written(draw, PLAIN_TEXTS, ODD_TEXTS if odd else []) for _ in range(draw(st.integers(0, 6)))]
    return written(draw, TEXTS_STARTS, ODD_TEXTS_STARTS if odd else []) + "".join(texts) + "</sst>"


def _never(*_: object) -> Iterator[str]:
    raise xlsx_rows._NotPlain


@given(shared_texts())
@settings(max_examples=150)
def test_texts_as_programs_write_them_say_what_their_elements_say(xml: str) -> None:
    cells = "".join(f'<c r="{column}1" t="s"><v>{number}</v></c>' for number, column in enumerate("ABC"))
    content = workbook(sheet=sheet(f'<row r="1">{cells}</row>'), texts=xml)
    found = found_in(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx_rows, "_plain_texts", _never)
        assert found == found_in(content)


@pytest.mark.parametrize("text", PLAIN_TEXTS, ids=range(len(PLAIN_TEXTS)))
def test_texts_that_programs_write_are_read_as_such(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    content = workbook(
        sheet=sheet('<row r="1"><c r="A1" t="s"><v>1</v></c></row>'),
        texts=f"{TEXTS_STARTS[1]}<si><t>first</t></si>{text}</sst>",
    )
    wanted = found_in(content)
    monkeypatch.setattr(xlsx_rows, "elements", lambda *_: 1 / 0)
    assert found_in(content) == wanted
