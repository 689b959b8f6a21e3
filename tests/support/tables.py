"""One table of cases as every kind of file and every dataframe in which people hold one."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.csv
import xlsxwriter

Table = Mapping[str, Sequence[object]]
"""Values of Python by column; ``None`` is an empty cell."""


def write_csv(table: Table, path: Path) -> Path:
    """Write a table as Python itself would: a number as it is, and TRUE as spreadsheets do."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(table)
        for cells in zip(*table.values(), strict=True):
            rows.writerow(
                [
                    "" if cell is None else str(cell).upper() if cell in (True, False) and type(cell) is bool else cell
                    for cell in cells
                ]
            )
    return path


def write_xlsx(table: Table, path: Path) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        time = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for number, (name, cells) in enumerate(table.items()):
            sheet.write_string(0, number, name)
            for row, cell in enumerate(cells, start=1):
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(row, number, cell, time if isinstance(cell, datetime.datetime) else day)
                elif isinstance(cell, str):
                    sheet.write_string(row, number, cell)
                elif cell is not None:
                    sheet.write(row, number, cell)
    return path


def write_parquet(table: Table, path: Path) -> Path:
    polars.DataFrame(_plain(table), strict=False).write_parquet(path)
    return path


def _plain(table: Table) -> dict[str, list[object]]:
    """Return a table in which a column of several types holds their texts: most libraries take no other."""

    def column(cells: Sequence[object]) -> list[object]:
        types = {type(cell) for cell in cells if cell is not None}
        if len(types) < 2:
            return list(cells)
        return [None if cell is None else str(cell) for cell in cells]

    return {name: column(cells) for name, cells in table.items()}


FILES: dict[str, Callable[[Table, Path], Path]] = {
    "CSV": lambda table, folder: write_csv(table, folder / "cases.csv"),
    "XLSX": lambda table, folder: write_xlsx(table, folder / "cases.xlsx"),
    "Parquet": lambda table, folder: write_parquet(table, folder / "cases.parquet"),
}
"""Writes a table into a folder, and returns the file."""

FRAMES: dict[str, Callable[[Table], Any]] = {
    "Polars": lambda table: polars.DataFrame(_plain(table), strict=False),
    "Polars lazy": lambda table: polars.LazyFrame(_plain(table), strict=False),
    "pandas": lambda table: pandas.DataFrame({name: list(cells) for name, cells in table.items()}),
    "pandas objects": lambda table: pandas.DataFrame(
        {name: pandas.Series(list(cells), dtype=object) for name, cells in table.items()}
    ),
    "PyArrow": lambda table: pyarrow.table(_plain(table)),
    "DuckDB": lambda table: duckdb.from_arrow(pyarrow.table(_plain(table))),
}
"""Makes a dataframe of a table."""

READ_BACK: dict[str, Callable[[Table, Path], Any]] = {
    "Polars from CSV": lambda table, folder: polars.read_csv(FILES["CSV"](table, folder)),
    "pandas from CSV": lambda table, folder: pandas.read_csv(FILES["CSV"](table, folder)),
    "pandas from XLSX": lambda table, folder: pandas.read_excel(FILES["XLSX"](table, folder)),
    "PyArrow from CSV": lambda table, folder: pyarrow.csv.read_csv(FILES["CSV"](table, folder)),
}
"""Makes a dataframe of a table as a library reads a file of it."""
