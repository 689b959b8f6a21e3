"""OpenDocument spreadsheets, written cell by cell, so that tests can put anything in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

_NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)
_CALC = ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
_HIDDEN = (
    '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
)
TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def table(rows: str, name: str = "A", style: str = "v") -> str:
    """Return a sheet; that of the style ``h`` is hidden."""
    return f'<table:table table:name="{name}" table:style-name="{style}"><table:table-column/>{rows}</table:table>'


def content(tables: str) -> str:
    """Return the part of a spreadsheet that holds its sheets."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content{_NAMES}{_CALC}><office:automatic-styles>'
        f'<style:style style:name="v" style:family="table"><style:table-properties table:display="true"/></style:style>'
        f"{_HIDDEN}</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )


def spreadsheet(tables: str, **other: str) -> bytes:
    """Return a spreadsheet with these sheets; other parts by their names, with ``__`` for a slash."""
    parts = {"content.xml": content(tables)} | {name.replace("__", "/"): text for name, text in other.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", TYPE)
        for name, text in parts.items():
            archive.writestr(name, text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def row(cells: str, times: int = 1) -> str:
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{cells}</table:table-row>"


def text_cell(text: str) -> str:
    if not text:
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'


def as_spreadsheet(columns: Mapping[str, Sequence[object]]) -> bytes:
    """Return a table of texts as the only sheet of a spreadsheet."""
    lines = [list(columns), *zip(*columns.values(), strict=True)]
    return spreadsheet(table("".join(row("".join(text_cell(str(cell or "")) for cell in line)) for line in lines)))
