"""What every reader of case tables says and does alike: what is wrong with a header and with a cell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Fix, Location
from ctm_rules.limits import MAX_QUOTED_CELL, MAX_TABLE_COLUMNS

WORKBOOKS = (".xlsx", ".ods", ".xls")
"""How the names of workbooks end."""

TABLES = (".csv", ".parquet", *WORKBOOKS)
"""How the names of files end that hold tables of cases."""


def no_kind_of_table(path: Path, name: str) -> str:
    """Return the sentence that the ending of a file's name is that of no table, ``name`` being what it is called."""
    if not path.suffix:
        return f"the name {name} has no ending, which tells what kind of table it is"
    return f'a case table cannot be read from a "{path.suffix}" file'


BAD_ROW = Code(
    "bad-row",
    "error",
    what="A row has no case id, one that another row has or that a spreadsheet has rounded, another number of cells "
    "than the header, or quotation marks or characters by which nobody can tell its cells.",
    why="A case counted twice, or answers shifted by a column or lost in another row's cell, would change a rating.",
    bad="case,a\nc01,yes\nc01,no",
    good="case,a\nc01,yes\nc02,no",
)
EMPTY_TABLE = Code(
    "empty-table",
    "error",
    what="The case table has no rows, or not a single column.",
    why="Nothing can be rated from no cases.",
    bad="a file with a header and nothing below it",
    good="a header and one row for each case",
)


class RetypedText(str):
    """What a cell of a workbook holds that is no text: a number of 16 digits or more, or a date.

    As an id it is not what somebody typed: a spreadsheet program keeps 15 digits, and makes a date of ``MAR1``.
    """

    __slots__ = ()


BAD_COLUMN = Code(
    "bad-column",
    "error",
    what="The case table lacks the column `case`, or has a column twice or without a name.",
    why="Without it nobody could tell which case a row or an answer belongs to.",
    bad="id,assessment.safety.victims",
    good="case,assessment.safety.victims",
)


def check_header(header: Sequence[str], file: str, findings: Findings, *, row: int = 1) -> Collection[int] | None:
    """Return the numbers of the columns that have no name or that of another (``None``: there are too many to look).

    Args:
        header: the names of the columns.
        file: how diagnostics call the table.
        findings: takes what is wrong.
        row: where in the table the names stand.
    """
    if len(header) > MAX_TABLE_COLUMNS:
        message = f"the table has {len(header):,} columns, and may have {MAX_TABLE_COLUMNS:,}"
        findings.add(BAD_COLUMN, Location(file, row, 1), message, hint="leave out what is no fact and no answer")
        return None
    seen: set[str] = set()
    odd: set[int] = set()
    for number, name in enumerate(header):
        if not name or name in seen:
            odd.add(number)
            message = f'the column "{name}" stands twice' if name else f"column {number + 1} has no name"
            place = Location(file, row, number + 1)
            findings.add(BAD_COLUMN, place, message, path=name, hint="give each column one name of its own")
        seen.add(name)
    return odd


FORMER_COLUMN = Code(
    "former-column",
    "warning",
    what="A column of a case table is called as an earlier edition called it, and is read as what it is called now.",
    why="Whoever reads the table beside the standards of now should know which column is which.",
    bad="case,assessment.safety.victims   # which is assessment.safety.potential_victims now",
    good="case,assessment.safety.potential_victims",
)


def former_column(at: Location, was: str, now: str) -> Diagnostic:
    """Return the finding that a column is called as an earlier edition called it."""
    message = f'the column "{was}" is read as "{now}", which is what it is called now'
    # Of files that hold tables, programs that edit texts can change CSV alone.
    fix = Fix.replace(at, was, now) if at.file.lower().endswith(".csv") else None
    return FORMER_COLUMN.found(at, message, path=now, hint=f'call it "{now}"', fix=fix)


def quote_cell(text: str) -> str:
    """Return what a cell holds in quotation marks, cut where it is long."""
    shortened = text if len(text) <= MAX_QUOTED_CELL else text[: MAX_QUOTED_CELL - 3] + "…"
    return f'"{shortened}"'


TEMPORARY = "__ctm_rules_"
"""How the names of columns begin that exist only while formulas are computed."""
