"""Tables as XLSX, CSV and JSON. What people typed stays text: no cell is ever a formula, a link or a wrong date."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from collections.abc import Sequence
from functools import cache
from operator import add
from typing import Any

import xlsxwriter

from ctm_rules.escaping import becomes_a_date, csv_text, is_formula
from ctm_rules.languages.languages import clean
from ctm_rules.limits import MAX_DOCUMENT_PROPERTY, MAX_FOOTER
from ctm_rules.report.annexe import Cell, Sheet
from ctm_rules.report.annexe_columns import Kind, column

_ABOVE = 2
"""How many rows stand above the first of a table: what it is, and the names of its columns."""


def write_xlsx(
    sheets: Sequence[Sheet], title: str, date: tuple[int, int, int], terms: str = "", author: str = ""
) -> bytes:
    """Return tables as a workbook: one sheet each, a line about it, then a table that has the name of the sheet.

    Args:
        sheets: the tables.
        title: what they are about.
        date: the day of writing.
        terms: the licence, and where the figures come from.
        author: who publishes them.
    """
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, **plain})
    properties = {"title": title, "author": author, "comments": terms}
    workbook.set_properties(
        {
            **{name: clean(words)[:MAX_DOCUMENT_PROPERTY] for name, words in properties.items()},
            "created": datetime.datetime(*date, 12),
        }
    )
    text = workbook.add_format({"text_wrap": True, "valign": "top"})
    # A spreadsheet that re-reads such a text when somebody edits the cell still takes it as text.
    quoted = workbook.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    number = workbook.add_format({"valign": "top"})
    header = workbook.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1})
    quiet = workbook.add_format({"italic": True})

    @cache
    def typed(words: str) -> tuple[str, Any]:
        is_taken = is_formula(words := clean(words)) or becomes_a_date(words)
        return words, quoted if is_taken else text

    def length(cell: Cell) -> int:
        return 0 if cell is None else len(str(cell))

    for sheet in sheets:
        page = workbook.add_worksheet(sheet.name)
        page.write_string(0, 0, clean(sheet.about), quiet)
        for place, name in enumerate(sheet.columns):
            page.write_string(1, place, name, header)
            longest = max(map(length, {row[place] for row in sheet.rows}), default=0)
            page.set_column(place, place, min(60, max(11, len(name) + 1, longest + 1)))
        for index, row in enumerate(sheet.rows, start=_ABOVE):
            for place, cell in enumerate(row):
                if isinstance(cell, int | float):
                    page.write_number(index, place, cell, number)
                elif cell:
                    page.write_string(index, place, *typed(cell))
        page.freeze_panes(_ABOVE, 1)
        if sheet.rows:
            columns = [{"header": name, "header_format": header} for name in sheet.columns]
            last = 1 + len(sheet.rows), len(sheet.columns) - 1
            page.add_table(1, 0, *last, {"name": sheet.name, "columns": columns, "style": "Table Style Light 1"})
        _set_print(page, f"{title}. {terms}" if terms else title)
    workbook.close()
    return out.getvalue()


def _set_print(page: xlsxwriter.worksheet.Worksheet, words: str) -> None:
    """Set how a sheet is printed: across a page of A4, its header on each, what it is and the page number below."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)
    below = clean(words)[:MAX_FOOTER].replace("&", "&&")
    page.set_footer(f"&L&8{below}&R&8&A, &P of &N")


# --- CSV -----------------------------------------------------------------------------------------

METADATA = "csv-metadata.json"
"""Where a program looks for what CSV files mean (CSV on the Web, section 5.2)."""

_DATATYPES: dict[Kind, str] = {"text": "string", "whole number": "integer", "number": "decimal", "date": "date"}


def write_csv_zip(
    sheets: Sequence[Sheet], title: str = "", licence: str = "", source: str = "", publisher: str = ""
) -> bytes:
    """Return tables as CSV files in a zip archive, with what they mean as CSV on the Web has it.

    The files are UTF-8 and say so by a mark at their beginning, without which Excel takes them for something else.

    Args:
        sheets: the tables.
        title: what they are about.
        licence: under which they may be used.
        source: where the figures come from.
        publisher: who publishes them.
    """
    out = io.BytesIO()
    about = {"dc:title": title, "dc:publisher": publisher, "dc:license": licence, "dc:source": source}
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        **{name: clean(words) for name, words in about.items() if words},
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\n"]},
        "tables": [_table(sheet) for sheet in sheets],
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: str) -> None:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)

        for sheet in sheets:
            rows = ([clean(cell) if isinstance(cell, str) else cell for cell in row] for row in sheet.rows)
            add(f"{sheet.name}.csv", "\ufeff" + csv_text(sheet.columns, rows, keep_from_dates=True))
        add(METADATA, json.dumps(metadata, indent=1, ensure_ascii=False) + "\n")
    return out.getvalue()


def _table(sheet: Sheet) -> dict[str, object]:
    """Return what CSV on the Web says of one table."""
    columns = [
        {
            "name": name,
            "titles": name,
            "dc:description": column(sheet.name, name).about,
            "datatype": _DATATYPES[column(sheet.name, name).kind],
            "null": "",
        }
        for name in sheet.columns
    ]
    return {"url": f"{sheet.name}.csv", "dc:description": clean(sheet.about), "tableSchema": {"columns": columns}}


# --- JSON ----------------------------------------------------------------------------------------


def write_json(sheets: Sequence[Sheet]) -> bytes:
    """Return tables as one JSON object: a list of records for each, by its name."""
    tables = ",\n".join(f"{_as_json(sheet.name)}: [\n{_records(sheet)}]" for sheet in sheets)
    return f"{{\n{tables}\n}}\n".encode()


def _records(sheet: Sheet) -> str:
    """Return the records of a table, each in a line of its own, so that two annexes can be compared line by line."""
    # Most texts of a table stand in many of its rows.
    text = cache(lambda cell: _as_json(clean(cell)))
    names = [f"{_as_json(name)}: " for name in sheet.columns]
    cells = ([text(cell) if isinstance(cell, str) else _as_json(cell) for cell in row] for row in sheet.rows)
    return ",\n".join(f"{{{', '.join(map(add, names, row))}}}" for row in cells)


_as_json = json.JSONEncoder(ensure_ascii=False).encode
