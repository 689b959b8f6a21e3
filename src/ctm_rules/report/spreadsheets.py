"""Tables as XLSX, CSV and JSON. What people typed stays text: no cell is ever a formula or a link."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from collections.abc import Sequence

import xlsxwriter

from ctm_rules.escaping import csv_text, is_formula
from ctm_rules.languages.languages import clean
from ctm_rules.limits import MAX_DOCUMENT_PROPERTY
from ctm_rules.report.annexe import Sheet


def write_xlsx(sheets: Sequence[Sheet], title: str, date: tuple[int, int, int]) -> bytes:
    """Return tables as a workbook, one sheet each, with a line about the table above its header."""
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, **plain})
    workbook.set_properties({"title": clean(title)[:MAX_DOCUMENT_PROPERTY], "created": datetime.datetime(*date, 12)})
    text = workbook.add_format({"text_wrap": True, "valign": "top"})
    # A spreadsheet that re-reads such a text when somebody edits the cell still takes it as text.
    quoted = workbook.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    number = workbook.add_format({"valign": "top"})
    header = workbook.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1})
    quiet = workbook.add_format({"italic": True})
    for sheet in sheets:
        page = workbook.add_worksheet(sheet.name)
        page.write_string(0, 0, clean(sheet.about), quiet)
        for column, name in enumerate(sheet.columns):
            page.write_string(1, column, name, header)
            longest = max((len(str(row[column])) for row in sheet.rows if row[column] is not None), default=0)
            page.set_column(column, column, min(60, max(11, len(name) + 1, longest + 1)))
        for index, row in enumerate(sheet.rows, start=2):
            for column, cell in enumerate(row):
                if isinstance(cell, int | float):
                    page.write_number(index, column, cell, number)
                elif cell:
                    words = clean(cell)
                    page.write_string(index, column, words, quoted if is_formula(words) else text)
        page.freeze_panes(2, 1)
        if sheet.rows:
            page.autofilter(1, 0, 1 + len(sheet.rows), len(sheet.columns) - 1)
    workbook.close()
    return out.getvalue()


def write_csv_zip(sheets: Sequence[Sheet]) -> bytes:
    """Return tables as CSV files (UTF-8) in a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            rows = ([clean(cell) if isinstance(cell, str) else cell for cell in row] for row in sheet.rows)
            table = csv_text(sheet.columns, rows)
            archive.writestr(zipfile.ZipInfo(f"{sheet.name}.csv"), table, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def write_json(sheets: Sequence[Sheet]) -> bytes:
    """Return tables as one JSON object: a list of records for each, by its name."""
    tables = {
        sheet.name: [
            {column: clean(cell) if isinstance(cell, str) else cell for column, cell in record.items()}
            for record in sheet.records()
        ]
        for sheet in sheets
    }
    return (json.dumps(tables, indent=1, ensure_ascii=False) + "\n").encode()
