"""A table that stands elsewhere than it is looked for: below a title, or on another sheet of its workbook."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple

from ctm_rules.case_files.csv_rows import delimiter_of
from ctm_rules.case_files.table_text import open_text
from ctm_rules.diagnostics.findings import Code, Diagnostic, Location
from ctm_rules.limits import MAX_CSV_ROW_CHARACTERS, MAX_ROWS_ABOVE_A_HEADER
from ctm_rules.model.case_columns import known_names
from ctm_rules.model.declared_reading import Reading
from ctm_rules.model.former_names import former_columns
from ctm_rules.model.framework import CASE_COLUMN, Framework


class FirstRows(NamedTuple):
    """The first rows of a sheet, or of a file that has none: each with its number and the texts of its cells."""

    sheet: str
    rows: Iterable[tuple[int, Sequence[str]]]


def known_columns(framework: Framework, reading: Reading) -> set[str]:
    """Return every name that a column of a case table may have, those of earlier editions included."""
    declared = {name for meaning in reading.columns if (name := reading.named(meaning)) is not None}
    table = reading.table
    long = {table.case or CASE_COLUMN, table.asked or "name", table.answer or "value"} if table.is_long else set()
    return {*known_names(framework), *former_columns(framework), *declared, *long}


def misplaced_table(sheets: Iterable[FirstRows], known: Collection[str], at: Location) -> Diagnostic | None:
    """Return the finding that a table stands elsewhere (``None``: it is where it should be, or nowhere).

    Args:
        sheets: the first rows of each sheet that can be seen, the one that is read first.
        known: the names of columns that are looked for.
        at: the file.
    """
    names: list[str] = []
    for sheet, rows in sheets:
        names.append(sheet)
        filled = ((number, cells) for number, cells in islice(rows, MAX_ROWS_ABOVE_A_HEADER) if any(cells))
        for place, (number, cells) in enumerate(filled):
            there = len(set(known).intersection(cells))
            if len(names) == 1 and place == 0 and there:
                return None
            if there > 1 or (there and len(list(filter(None, cells))) == 1):
                return _found(names, place, number, at)
    return None


MISPLACED_TABLE = Code(
    "misplaced-table",
    "error",
    what="The names of the columns do not stand in the first row, or not on the first sheet of the workbook.",
    why="The table is read from there on, and nothing else would be found but that every column is absent.",
    bad="Audit of cases 2025\n\ncase,assessment.safety.victims\nc01,yes",
    good="case,assessment.safety.victims\nc01,yes",
)


def _found(names: Sequence[str], place: int, row: int, at: Location) -> Diagnostic:
    first, sheet = names[0], names[-1]
    if len(names) == 1:
        message = f"the names of the columns stand in row {row}, and other rows above them"
        return MISPLACED_TABLE.found(
            Location(at.file, row, 1),
            message,
            hint=f"delete the rows above row {row}, or say header_row: {row} in its reading",
        )
    message = f'the sheet "{first}", which is the first, has none of the columns, and the sheet "{sheet}" has them'
    hint = f'move the sheet "{sheet}" to the front, hide those before it, or say sheet: {sheet} in its reading'
    if place:
        message, hint = f"{message} in row {row}", f"{hint}, and delete the rows above row {row}"
    return MISPLACED_TABLE.found(at, message, hint=hint)


def first_rows_of_csv(file: BinaryIO, encoding: str | None) -> Iterator[FirstRows]:
    """Yield the first rows of a CSV file, each line by itself and with its own delimiter."""
    with open_text(file, encoding, errors="surrogateescape") as text:
        lines = [text.readline(MAX_CSV_ROW_CHARACTERS) for _ in range(MAX_ROWS_ABOVE_A_HEADER)]
    cells = (next(csv.reader([line], delimiter=delimiter_of(line)), []) for line in lines)
    yield FirstRows("", ((number, [cell.strip() for cell in row]) for number, row in enumerate(cells, 1)))
