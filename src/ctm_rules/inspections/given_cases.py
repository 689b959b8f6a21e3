"""Cases that a program has, read as those of a file are: a list, a dataframe, the rows of a database (deserialisation).

A table in memory becomes the header and the rows of text that a file has, and passes through the same door.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from attrs import evolve, frozen

from ctm_rules.case_files.case_tables import RawTable, UnderstoodTable, understand_rows
from ctm_rules.case_files.cells import BAD_COLUMN, BAD_ROW, EMPTY_TABLE, quote_cell
from ctm_rules.case_files.csv_rows import Row
from ctm_rules.case_files.odd_cells import ONE_ROW
from ctm_rules.case_files.readings import check_declared, find_reading
from ctm_rules.diagnostics.characters import look, say_difference
from ctm_rules.diagnostics.findings import Findings, Location, RequestError, wrong_argument
from ctm_rules.limits import ROWS_FETCHED_AT_ONCE
from ctm_rules.model.cases import Case, CaseRules, case_of_data
from ctm_rules.model.declared_reading import BY_DEFAULT, Codes, Reading, Shorthands
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.model.reading import cell_text
from ctm_rules.validity import require_valid
from ctm_rules.validity.names import unknown_name
from ctm_rules.validity.readings import OPTIONS, check_shorthands

Shape = Literal["wide", "long"]
"""How a table holds cases: ``wide`` in one row each, ``long`` in one row for each fact and answer."""

LONG_KEYS = ("case", "asked", "answer")
LONG_COLUMNS = (CASE_COLUMN, "name", "value")
"""What the columns of a long table are called: which case, what is said of it, and what it is."""

TABLE = "<table>"
"""How findings call a table that is no file. Its rows count from 1."""


def cases_from_frame(
    framework: Framework,
    frame: object,
    *,
    shape: Shape | None = None,
    columns: Mapping[str, str] | None = None,
    codes: Codes = BY_DEFAULT,
    read_as: Reading | str | Path | None = None,
) -> tuple[Case, ...]:
    """Return the cases of a table in memory, each cell read as that of a case table.

    Args:
        framework: what the columns mean.
        frame: a dataframe of any library that :func:`rate_frame` takes; a cursor of a database (DB-API) after its
            query; or rows as a list of mappings, from the name of a column to its cell.
        shape: ``wide`` for one row for each case, with the columns of a case table; ``long`` for one row for each fact
            and answer, with the columns ``case``, ``name`` (of the column that it would have) and ``value`` (default:
            what ``read_as`` says, else ``wide``).
        columns: the table's own name of a column, by the name that it would have in a case table; of a long table
            also of its three columns.
        codes: what whole numbers stand for, where cells hold numbers instead of words.
        read_as: how the table is read, or the file that says so (default: as the framework's own ``reading.yaml``).

    Raises:
        RequestError: names every row, column and cell that is wrong; rows count from 1.

    >>> from ctm_rules import load_framework
    >>> rows = [
    ...     {"case": "c1", "name": "grade", "value": "PO"},
    ...     {"case": "c1", "name": "assessment.safety.victims", "value": "yes"},
    ... ]
    >>> cases_from_frame(load_framework("hmip-pdu", "2024"), rows, shape="long")[0].facts
    {'grade': 'PO'}
    """
    findings = Findings()
    said = Shorthands({} if columns is None else columns, codes)
    cases = table_in_memory(framework, frame, shape, said, read_as).cases(findings)
    findings.raise_errors()
    return cases


@frozen
class TableInMemory:
    """A table that was read in memory.

    Attributes:
        understood: its cases, and what its columns hold.
        findings: what is wrong with it.
    """

    understood: UnderstoodTable
    findings: Findings

    def cases(self, findings: Findings) -> tuple[Case, ...]:
        """Return its cases; what is wrong goes to ``findings``."""
        findings.extend(self.findings)
        return self.understood.cases


def table_in_memory(
    framework: Framework,
    frame: object,
    shape: Shape | None,
    said: Shorthands,
    read_as: Reading | str | Path | None,
) -> TableInMemory:
    """Return a table in memory as :func:`cases_from_frame` reads it.

    Raises:
        RequestError: an argument names what is not there.
    """
    require_valid(framework)
    findings = Findings()
    if shape not in ("wide", "long", None):
        findings.extend([unknown_name(OPTIONS, "shape of a table", str(shape), ["wide", "long"], path="/shape")])
    findings.extend(check_shorthands(framework, said, LONG_COLUMNS if shape == "long" else ()))
    reading = find_reading(framework, read_as, findings)
    findings.raise_errors()
    assert reading is not None
    if shape == "long":
        # The three columns of a long table have no meaning to the framework, and may be called otherwise all the same.
        own = {key: said.columns.get(name, name) for key, name in zip(LONG_KEYS, LONG_COLUMNS, strict=True)}
        said = evolve(said, columns={name: each for name, each in said.columns.items() if name not in LONG_COLUMNS})
        reading = reading.with_layout(shape="long", **own)
    reading = said.applied_to(reading)
    check_declared(reading, framework, OPTIONS).raise_errors()
    header, rows = _rows(frame)
    texts = (Row(number, [cell_text(cell) for cell in cells]) for number, cells in rows)
    raw = RawTable(header, 0, texts, lambda: iter(()), is_text=False)
    found = Findings()
    return TableInMemory(understand_rows(raw, framework, reading, TABLE, found), found)


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
        wrong = {number: record for number, record in enumerate(records) if not isinstance(record, Mapping)}
        if wrong:
            hint = "a mapping from the names of columns to cells for each row"
            raise RequestError(wrong_argument(record, hint, "frame", number) for number, record in wrong.items())
        names = list(dict.fromkeys(name for record in records for name in record))
        return [str(name) for name in names], enumerate(([record.get(name) for name in names] for record in records), 1)
    import narwhals.stable.v2 as nw
    from narwhals.exceptions import DuplicateError

    try:
        table = nw.from_native(frame)
    except DuplicateError:
        twice = [name for name, times in Counter(map(str, frame.columns)).items() if times > 1]
        hint = "give each column a name of its own: frame.columns = […]"
        raise RequestError(
            BAD_COLUMN.found(Location(TABLE), f'the column "{name}" stands twice', path=name, hint=hint)
            for name in twice
        ) from None
    except TypeError:
        kinds = "a dataframe, a cursor of a database after its query, or a list of mappings"
        raise RequestError([wrong_argument(frame, kinds, "frame")]) from None
    eager = table.collect() if isinstance(table, nw.LazyFrame) else table
    return list(eager.columns), enumerate(eager.iter_rows(), 1)


def _fetched(cursor: Any) -> Iterator[Sequence[object]]:
    while rows := cursor.fetchmany(ROWS_FETCHED_AT_ONCE):
        yield from rows


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
