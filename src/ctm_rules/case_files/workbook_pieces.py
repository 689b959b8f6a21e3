"""Workbooks in pieces (chunked reading of the first sheet); a value outside the table leaves its row out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path

from ctm_rules.case_files.archives import Row, WorkbookError
from ctm_rules.case_files.filled_forms import form_in, table_in
from ctm_rules.case_files.odd_cells import Shown
from ctm_rules.case_files.pieces import (
    Format,
    Piece,
    Report,
    Source,
    TableFile,
    rows_in_a_piece,
    text_piece,
    text_schema,
)
from ctm_rules.case_files.sheets import find_sheet, from_header, header_columns, seen_on, stray_cell
from ctm_rules.case_files.workbooks import estimate_rows, read_rows, visible_sheets
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.extras import needs_extra
from ctm_rules.limits import MAX_WORKBOOK_BYTES, PIECE_BYTES, SHEET_PIECE_ROWS
from ctm_rules.model.declared_reading import TableLayout

with needs_extra("bulk", "rating files in bulk"):
    import polars as pl


def _open(path: Path, partition: Mapping[str, str | None], layout: TableLayout, findings: Findings) -> TableFile | None:
    made = form_in(path)
    if made is not None:
        table = table_in(path, made)
        names = [table.header.get(column, "") for column in header_columns(table.header)]
        schema = text_schema(names, partition, path, findings, row=table.header_row)
        return TableFile(path, "workbook", schema, (len(table.rows),), partition, layout, is_form=True)
    sheet, odd = find_sheet(path, Location(str(path)), layout)
    findings.extend(odd)
    if sheet is None:
        return None
    row, cells = next(from_header(read_rows(path, sheet), layout), (1, {}))
    header = [cells.get(column, "") for column in header_columns(cells)]
    schema = text_schema(header, partition, path, findings, row=row)
    return TableFile(path, "workbook", schema, (max(0, estimate_rows(path) - row),), partition, layout)


def _pieces(source: Source, report: Report) -> Generator[Piece]:
    file, columns = source.files[0], source.columns
    header, rows = _table(file)
    numbers = {name: column for column, name in header.items()}
    read = {name: numbers[name] for name in columns if name not in file.partition}
    most = min(SHEET_PIECE_ROWS, rows_in_a_piece([pl.String()] * len(read)))
    for several in _portions(rows, most):
        whole = [row for row in several if not _is_stray(header, row, file.path, report)]
        cells = {name: [row.get(column) for _, row in whole] for name, column in read.items()}
        frame = pl.DataFrame(cells, dict.fromkeys(read, pl.String))
        places = [Location(str(file.path), number) for number, _ in whole]
        yield text_piece(file, frame, columns, places.__getitem__, 0)


def _table(file: TableFile) -> tuple[Mapping[int, str], Iterator[Row]]:
    """Return the names of the columns of a table by their numbers, and its rows."""
    made = form_in(file.path) if file.is_form else None
    if made is not None:
        form = table_in(file.path, made)
        return form.header, iter(form.rows)
    rows = from_header(read_rows(file.path, file.layout.sheet), file.layout)
    _, header = next(rows, (1, {}))
    return header, rows


def seen_in_workbook(file: TableFile) -> Callable[[Location], Location]:
    """Return what gives a place in a table the sheet and the cell in which people see it."""
    made = form_in(file.path) if file.is_form else None
    if made is not None:
        return table_in(file.path, made).seen
    header, _ = _table(file)
    return seen_on(file.layout.sheet or visible_sheets(file.path)[0], header)


def shown_in_form(file: TableFile) -> Mapping[str, Shown]:
    """Return how people see the columns of a form, by their ids (nothing: the file is none)."""
    made = form_in(file.path) if file.is_form else None
    return {} if made is None else made.shown


def _portions(rows: Iterator[Row], most: int) -> Iterator[list[Row]]:
    """Yield so many rows at once, or fewer where they are long: texts that cells share are written out in a frame."""
    portion: list[Row] = []
    characters = total = 0
    for row in rows:
        portion.append(row)
        characters += sum(map(len, row[1].values()))
        if len(portion) >= most or characters >= PIECE_BYTES // 4:
            total += characters
            if total > MAX_WORKBOOK_BYTES:
                raise WorkbookError(f"its cells hold more than {MAX_WORKBOOK_BYTES:,} characters")
            yield portion
            portion, characters = [], 0
    if portion:
        yield portion


def _is_stray(header: Mapping[int, str], row: Row, path: Path, report: Report) -> bool:
    """Return whether a row has a value outside the table, and report it."""
    stray = stray_cell(header, row, str(path))
    if stray is not None:
        report(stray, 1)
    return stray is not None


WORKBOOK = Format(_open, _pieces)
