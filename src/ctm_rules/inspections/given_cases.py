"""Cases that a program has, read as those of a file are: a list, a dataframe, the rows of a database (deserialisation).

A table in memory becomes the header and the rows of text that a file has, and passes through the same door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from attrs import frozen

from ctm_rules.case_files.case_tables import RawTable, cases_of_table
from ctm_rules.case_files.cells import BAD_COLUMN, BAD_ROW, EMPTY_TABLE, quote_cell
from ctm_rules.case_files.csv_rows import Row
from ctm_rules.case_files.odd_cells import ONE_ROW
from ctm_rules.diagnostics.characters import look, say_difference
from ctm_rules.diagnostics.findings import Alike, Diagnostic, Findings, Location, RequestError
from ctm_rules.limits import ROWS_FETCHED_AT_ONCE
from ctm_rules.model.cases import Case, CaseRules, case_of_data
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.model.reading import BY_DEFAULT, Codes, Reading, cell_text
from ctm_rules.phrases import say_list
from ctm_rules.validity import require_valid
from ctm_rules.validity.names import unknown_name
from ctm_rules.validity.readings import OPTIONS, check_reading

Shape = Literal["wide", "long"]
"""How a table holds cases: ``wide`` in one row each, ``long`` in one row for each fact and answer."""

LONG_COLUMNS = (CASE_COLUMN, "name", "value")
"""What the columns of a long table are called: which case, what is said of it, and what it is."""

TABLE = "<table>"
"""How findings call a table that is no file. Its rows count from 1."""


def cases_from_frame(
    framework: Framework,
    frame: object,
    *,
    shape: Shape = "wide",
    columns: Mapping[str, str] | None = None,
    codes: Codes = BY_DEFAULT,
) -> tuple[Case, ...]:
    """Return the cases of a table in memory, each cell read as that of a case table.

    Args:
        framework: what the columns mean.
        frame: a dataframe of any library that :func:`rate_frame` takes; a cursor of a database (DB-API) after its
            query; or rows as a list of mappings, from the name of a column to its cell.
        shape: ``wide`` for one row for each case, with the columns of a case table; ``long`` for one row for each fact
            and answer, with the columns ``case``, ``name`` (of the column that it would have) and ``value``.
        columns: the table's own name of a column, by the name that it would have in a case table; of a long table
            also of its three columns.
        codes: what whole numbers stand for, where cells hold numbers instead of words.

    Raises:
        RequestError: names every row, column and cell that is wrong; rows count from 1.
        TypeError: ``frame`` is no table.

    >>> from ctm_rules import load_framework
    >>> rows = [
    ...     {"case": "c1", "name": "grade", "value": "PO"},
    ...     {"case": "c1", "name": "assessment.safety.victims", "value": "yes"},
    ... ]
    >>> cases_from_frame(load_framework("hmip-pdu", "2024"), rows, shape="long")[0].facts
    {'grade': 'PO'}
    """
    findings = Findings()
    cases = table_in_memory(framework, frame, shape, columns, codes).cases(framework, findings)
    findings.raise_errors()
    return cases


@frozen
class TableInMemory:
    """A table whose columns are named as those of a case table.

    Attributes:
        raw: its header and rows.
        codes: what whole numbers stand for.
        odd: what is wrong with its rows as a long table.
    """

    raw: RawTable
    codes: Codes
    odd: tuple[Diagnostic, ...] = ()

    def cases(self, framework: Framework, findings: Findings) -> tuple[Case, ...]:
        """Return its cases; what is wrong goes to ``findings``."""
        for found in self.odd:
            findings.note(found)
        return cases_of_table(self.raw, framework, TABLE, findings, self.codes)


def table_in_memory(
    framework: Framework, frame: object, shape: Shape, columns: Mapping[str, str] | None, codes: Codes
) -> TableInMemory:
    """Return a table in memory as :func:`cases_from_frame` reads it.

    Raises:
        RequestError: an argument names what is not there, or a long table lacks a column.
        TypeError: ``frame`` is no table.
    """
    require_valid(framework)
    findings = Findings()
    if shape not in ("wide", "long"):
        findings.extend([unknown_name(OPTIONS, "shape of a table", str(shape), ["wide", "long"], path="/shape")])
    columns = {} if columns is None else columns
    findings.extend(check_reading(framework, Reading(columns, codes), LONG_COLUMNS if shape == "long" else ()))
    findings.raise_errors()
    header, rows = _rows(frame)
    odd: list[Diagnostic] = []
    if shape == "long":
        header, rows = _widened(header, rows, columns, odd)
    ours = {column: name for name, column in columns.items()}
    texts = (Row(number, [cell_text(cell) for cell in cells]) for number, cells in rows)
    raw = RawTable([ours.get(name, name) for name in header], 0, texts, lambda: iter(()))
    return TableInMemory(raw, codes, tuple(odd))


Rows = Iterable[tuple[int, Sequence[object]]]


def _rows(frame: Any) -> tuple[list[str], Rows]:
    """Return the names of the columns of whatever holds rows, and the rows with their numbers."""
    if hasattr(frame, "description") and hasattr(frame, "fetchmany"):
        if not frame.description:
            hint = "run a query that selects the cases, and give the cursor before anything is fetched"
            raise RequestError([EMPTY_TABLE.found(Location(TABLE), "the cursor has nothing selected", hint=hint)])
        return [str(column[0]) for column in frame.description], enumerate(_fetched(frame), 1)
    if isinstance(frame, Iterable) and not hasattr(frame, "columns") and not isinstance(frame, str | bytes | Mapping):
        records = list(frame)
        for record in records:
            if not isinstance(record, Mapping):
                raise TypeError(f"a row is a mapping from the names of columns to cells, not {record!r}")
        names = list(dict.fromkeys(name for record in records for name in record))
        return [str(name) for name in names], enumerate(([record.get(name) for name in names] for record in records), 1)
    import narwhals.stable.v2 as nw

    try:
        table = nw.from_native(frame)
    except TypeError:
        kinds = "a dataframe, a cursor of a database after its query, or a list of mappings"
        raise TypeError(f"cases come from {kinds}, not from {type(frame).__name__}") from None
    eager = table.collect() if isinstance(table, nw.LazyFrame) else table
    return list(eager.columns), enumerate(eager.iter_rows(), 1)


def _fetched(cursor: Any) -> Iterator[Sequence[object]]:
    while rows := cursor.fetchmany(ROWS_FETCHED_AT_ONCE):
        yield from rows


def _widened(
    header: Sequence[str], rows: Rows, columns: Mapping[str, str], odd: list[Diagnostic]
) -> tuple[list[str], Rows]:
    """Return a long table as a wide one, in which each case has the number of its first row; what is odd is noted."""
    ours = [columns.get(name, name) for name in LONG_COLUMNS]
    absent = [name for name in ours if name not in header]
    if absent:
        message = f"there is no column {say_list([f'{name!r}' for name in absent])}, and a long table has {ours}"
        message = message.replace("'", '"')
        hint = f"it has {say_list(header)}: say which column is which with columns="
        raise RequestError([BAD_COLUMN.found(Location(TABLE), message, hint=hint)])
    case_at, name_at, value_at = (header.index(name) for name in ours)
    names: dict[str, int] = {}
    numbers: dict[str, int] = {}
    wide: dict[str, dict[str, object]] = {}
    for number, cells in rows:
        case, name = cell_text(cells[case_at]), cell_text(cells[name_at])
        place = Location(TABLE, number, 1)
        values = wide.setdefault(case, {})
        numbers.setdefault(case, number)
        if not name:
            alike = Alike("rows", "do not name the fact or answer that they hold", cause="no name")
            message = f"row {number} does not name the fact or answer that it holds"
            odd.append(BAD_ROW.found(place, message, hint="name it, or leave the row out", alike=alike))
        elif name in values:
            alike = Alike("rows", "say a second time what a row above says of the case", cause="twice")
            message = f"row {number} says {quote_cell(name)} of the case {quote_cell(case)} a second time"
            odd.append(BAD_ROW.found(place, message, path=name, hint="keep one of the two", alike=alike))
        else:
            names.setdefault(name, len(names))
            values[name] = cells[value_at]
    widened = ((numbers[case], [case, *map(values.get, names)]) for case, values in wide.items())
    return [columns.get(CASE_COLUMN, CASE_COLUMN), *names], widened


def cases_given(
    given: Iterable[Case | Mapping[str, object]], framework: Framework, at: Location, findings: Findings
) -> tuple[Case, ...]:
    """Return cases given one by one, as :class:`Case` or as its plain data; what is wrong goes to ``findings``.

    Args:
        given: the cases.
        framework: what they answer.
        at: where they are in what was given.
        findings: where mistakes go.
    """
    rules = CaseRules(framework)
    cases: list[Case] = []
    first: dict[str, tuple[int, str]] = {}
    for number, each in enumerate(given):
        here = at.of(number)
        if isinstance(each, Case):
            findings.extend(rules.mistakes(each, here))
            case = each
        else:
            case = case_of_data(each, framework, here, findings)
        before, as_before = first.setdefault(look(str(case.id)), (number, case.id))
        if case.id and before != number:
            same = case.id == as_before
            message = f"the case {quote_cell(case.id)} {'repeats' if same else 'looks the same as'} that of {before}"
            hint = ONE_ROW if same else f"{say_difference(as_before, case.id)}; {ONE_ROW}"
            findings.add(BAD_ROW, here.of("id"), message, hint=hint)
        cases.append(case)
    return tuple(cases)
