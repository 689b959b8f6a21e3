"""Spreadsheets of OpenDocument: what a cell holds is what people see, and what is not known never seems empty."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules.case_files.archives import WorkbookError
from ctm_rules.case_files.workbooks import estimate_rows, merged_cells, read_rows, visible_sheets
from tests.support.ods import content, row, spreadsheet, table, text_cell

pytest.importorskip("openpyxl")


def of_cell(attributes: str, inside: str = "") -> str:
    return f"<table:table-cell {attributes}>{inside}</table:table-cell>"


def typed(kind: str, value: str, name: str = "value") -> str:
    return of_cell(f'office:value-type="{kind}" office:{name}="{value}"', "<text:p>as shown</text:p>")


CELLS = {
    "text": (text_cell(" yes "), "yes"),
    "text with markup": (text_cell("<a> & b"), "<a> & b"),
    "several paragraphs": (of_cell('office:value-type="string"', "<text:p>a</text:p><text:p>b</text:p>"), "a\nb"),
    "parts, blanks and tabs": (
        of_cell('office:value-type="string"', "<text:p>a<text:s/>b<text:tab/><text:span>c</text:span>d</text:p>"),
        "a b\tcd",
    ),
    "text kept apart": (
        of_cell('office:value-type="string" office:string-value="yes"', "<text:p>Yes!</text:p>"),
        "yes",
    ),
    "a note is no value": (
        of_cell(
            'office:value-type="string"',
            "<office:annotation><text:p>note</text:p></office:annotation><text:p>no</text:p>",
        ),
        "no",
    ),
    "a note alone": (of_cell("", "<office:annotation><text:p>note</text:p></office:annotation>"), None),
    "a whole number": (typed("float", "7"), "7"),
    "a long number": (typed("float", "12345678901234567890"), "12345678901234567890"),
    "a number in parts": (typed("float", "1.50"), "1.5"),
    "a whole number with a point": (typed("float", "3.0"), "3"),
    "per cent": (typed("percentage", "0.8"), "0.8"),
    "money": (typed("currency", "5"), "5"),
    "true": (typed("boolean", "true", "boolean-value"), "yes"),
    "false": (typed("boolean", "false", "boolean-value"), "no"),
    "a day": (typed("date", "2026-01-05", "date-value"), "2026-01-05"),
    "midnight": (typed("date", "2026-01-05T00:00:00", "date-value"), "2026-01-05"),
    "a moment": (typed("date", "2026-01-05T12:30:00.000000000", "date-value"), "2026-01-05 12:30:00"),
    "a day that never was": (typed("date", "2026-02-30", "date-value"), "2026-02-30"),
    "a time": (typed("time", "PT12H30M00S", "time-value"), "12:30:00"),
    "a duration": (typed("time", "PT30H00M00S", "time-value"), "1.25"),
    "a duration in days": (typed("time", "P1DT6H", "time-value"), "1.25"),
    "a duration below nought": (typed("time", "-PT06H00M00S", "time-value"), "-0.25"),
    "an error": (
        of_cell(
            'office:value-type="string" office:string-value="" calcext:value-type="error"', "<text:p>#N/A</text:p>"
        ),
        "#N/A",
    ),
    "an error without its text": (of_cell('office:value-type="string" calcext:value-type="error"'), "#N/A"),
    "an error of older programs": (
        of_cell('table:formula="of:=1/0" office:value-type="float" office:value="0"', "<text:p>#DIV/0!</text:p>"),
        "#DIV/0!",
    ),
    "an error with a number": (
        of_cell('table:formula="of:=X" office:value-type="float" office:value="0"', "<text:p>Err:502</text:p>"),
        "Err:502",
    ),
    "a formula": (
        of_cell('table:formula="of:=1+1" office:value-type="float" office:value="2"', "<text:p>2</text:p>"),
        "2",
    ),
    "a formula of an empty text": (
        of_cell('table:formula="of:=&quot;&quot;" office:value-type="string" office:string-value=""'),
        None,
    ),
    "a formula that nothing worked out": (of_cell('table:formula="of:=SUM([.A1:.A2])"'), "=SUM([.A1:.A2])"),
    "nothing": ("<table:table-cell/>", None),
    "below a merged cell": ("<table:covered-table-cell/>", None),
}


@pytest.mark.parametrize("case", CELLS)
def test_what_a_cell_holds(case: str) -> None:
    xml, text = CELLS[case]
    assert list(read_rows(spreadsheet(table(row(xml))))) == ([(1, {1: text})] if text is not None else [])


def test_rows_and_cells_that_are_repeated_stand_where_people_see_them(tmp_path: Path) -> None:
    empty = '<table:table-cell table:number-columns-repeated="3"/>'
    twice = of_cell('office:value-type="string" table:number-columns-repeated="2"', "<text:p>x</text:p>")
    rows = row(text_cell("case")) + row(empty, 2) + row(empty + twice, 2) + row(text_cell("end"))
    group = f"<table:table-row-group>{row(text_cell('in a group'))}</table:table-row-group>"
    header = f"<table:table-header-rows>{row(text_cell('head'))}</table:table-header-rows>"
    far = row('<table:table-cell table:number-columns-repeated="16384"/>', 1_048_568)
    file = tmp_path / "t.ods"
    file.write_bytes(spreadsheet(table(header + rows + group + far)))
    assert list(read_rows(file)) == [
        (1, {1: "head"}),
        (2, {1: "case"}),
        (5, {4: "x", 5: "x"}),
        (6, {4: "x", 5: "x"}),
        (7, {1: "end"}),
        (8, {1: "in a group"}),
    ]
    assert estimate_rows(file) == pytest.approx(7, abs=2)


def test_the_first_sheet_that_people_see_is_read_and_the_others_are_known() -> None:
    sheets = [("Hidden", "h"), ("A &amp; B", "v"), ("C", "v")]
    book = spreadsheet("".join(table(row(text_cell(name)), name, style) for name, style in sheets))
    assert visible_sheets(book) == ["A & B", "C"]
    assert list(read_rows(book)) == [(1, {1: "A &amp; B"})]
    assert list(read_rows(book, "C")) == [(1, {1: "C"})]


def test_merged_cells_are_named() -> None:
    merged = of_cell(
        'office:value-type="string" table:number-rows-spanned="4" table:number-columns-spanned="1"',
        "<text:p>c1</text:p>",
    )
    assert merged_cells(spreadsheet(table(row(text_cell("case")) + row(merged)))) == ["A2:A5"]


BROKEN = {
    "no sheet": (spreadsheet(""), "no sheet that can be seen"),
    "all sheets hidden": (spreadsheet(table(row(text_cell("x")), style="h")), "no sheet that can be seen"),
    "two sheets of one name": (spreadsheet(table("") + table("")), "two of its sheets have the same name"),
    "protected by a password": (
        spreadsheet(table(""), **{"META-INF__manifest.xml": "<manifest:encryption-data/>"}),
        "protected by a password",
    ),
    "a sheet in a cell": (
        spreadsheet(table(row(of_cell("", table(row(text_cell("x")), "inner"))))),
        "one of its cells holds a table",
    ),
    "a number that is none": (spreadsheet(table(row(typed("float", "seven")))), "could not convert"),
    "a value that is not there": (spreadsheet(table(row(of_cell('office:value-type="float"')))), "has no such value"),
    "a kind that nothing has": (spreadsheet(table(row(typed("odd", "x")))), 'a cell is called "odd"'),
    "more rows than a sheet has": (spreadsheet(table(row(text_cell("x"), 1_048_577))), "more rows or columns"),
    "more columns than a sheet has": (
        spreadsheet(
            table(
                row(of_cell('office:value-type="string" table:number-columns-repeated="16385"', "<text:p>x</text:p>"))
            )
        ),
        "more rows or columns",
    ),
    "billions of cells": (
        spreadsheet(
            table(
                row(
                    of_cell(
                        'office:value-type="string" table:number-columns-repeated="2147483647"', "<text:p>x</text:p>"
                    )
                )
            )
        ),
        "more rows or columns",
    ),
    "repeated less than once": (
        spreadsheet(table('<table:table-row table:number-rows-repeated="0"/>')),
        "repeated 0 times",
    ),
    "entities": (
        spreadsheet("", **{"content.xml": '<!DOCTYPE x [<!ENTITY e "x">]>' + content(table("")).partition("?>")[2]}),
        "declares types or entities",
    ),
    "cut off": (spreadsheet("", **{"content.xml": content(table(row(text_cell("x"))))[:-200]}), "damaged"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_spreadsheet_is_refused(case: str) -> None:
    book, says = BROKEN[case]
    with pytest.raises(WorkbookError, match=re.escape(says)):
        list(read_rows(book))


@given(st.data())
def test_whatever_is_changed_it_is_read_or_refused(data: st.DataObject) -> None:
    cells = "".join(xml for xml, _ in CELLS.values())
    written = bytearray(content(table(row(cells))).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", bytes(written))
    try:
        list(read_rows(file.getvalue()))
        merged_cells(file.getvalue())
    except WorkbookError as error:
        assert str(error)  # noqa: PT017 - either is right
