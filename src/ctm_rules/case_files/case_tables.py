"""Tables of cases read case by case (parsing): rows of text in, facts and answers out, every bad cell named."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from ctm_rules.case_files.cells import (
    BAD_COLUMN,
    BAD_ROW,
    EMPTY_TABLE,
    WORKBOOKS,
    RetypedText,
    check_header,
    former_column,
    no_kind_of_table,
)
from ctm_rules.case_files.csv_rows import CsvTable, Row
from ctm_rules.case_files.misplaced import FirstRows, first_rows_of_csv, known_columns, misplaced_table
from ctm_rules.case_files.odd_cells import ROUNDED_ID, OddCell, odd_cell, repeated_case, two_answers
from ctm_rules.case_files.readings import find_reading
from ctm_rules.case_files.rows_read import RowsRead
from ctm_rules.case_files.table_text import UnreadableTextError, check_encoding
from ctm_rules.diagnostics.characters import look
from ctm_rules.diagnostics.findings import Alike, Code, Diagnostic, Findings, Location, require, require_path
from ctm_rules.files import FILE_NOT_READABLE, FILE_TOO_LARGE, read_file
from ctm_rules.limits import MAX_DIAGNOSTICS, MAX_MISTAKES_COUNTED, MAX_TABLE_BYTES, MAX_TABLE_ROWS
from ctm_rules.model.answer_words import JUDGEMENTS, answers_to
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.case_columns import MatchedColumns, known_names, match_columns
from ctm_rules.model.case_values import names_by_wording, unknown_name
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.declared_reading import Reading, TableLayout
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.model.outcomes import Judgement
from ctm_rules.model.reading import Cells, cell_text
from ctm_rules.model.remembered import is_keeping, known_by
from ctm_rules.paths import kind_of
from ctm_rules.phrases import say_count

if TYPE_CHECKING:
    from ctm_rules.case_files.filled_forms import FormTable
    from ctm_rules.case_files.long_tables import AnswerColumns

_IN_BULK = "split it, or rate it as a dataframe"


@frozen
class RawTable:
    """A table as its file holds it: a header, and rows of as many cells.

    No name and no cell has space around it.

    Attributes:
        header: the names of the columns.
        header_row: the number of the row in which they stand.
        rows: the rows that are not empty, or what is wrong with them.
        first_rows: reads the first rows again, of each sheet where there are several.
        odd: what people should know of the file.
        seen: returns a place in it as people see it who open the file: with the sheet and the cell of a workbook.
        explained: returns a finding on its rows with the cause of it, where the file tells it.
        is_text: whether its numbers are texts, which people may write in several ways.
        form: the form that it stands in, where it is one.
    """

    header: Sequence[str]
    header_row: int
    rows: Iterator[Row | Diagnostic]
    first_rows: Callable[[], Iterator[FirstRows]]
    odd: tuple[Diagnostic, ...] = ()
    seen: Callable[[Location], Location] = lambda at: at
    explained: Callable[[Diagnostic], Diagnostic] = lambda found: found
    is_text: bool = field(default=True, kw_only=True)
    form: FormTable | None = field(default=None, kw_only=True)

    def reading(self, reading: Reading) -> Reading:
        """Return how it is read, where other tables would be read as is given: a form tells by itself."""
        if self.form is None:
            return reading
        from ctm_rules.case_files.filled_forms import reading_of_form

        return reading_of_form(reading)


def read_cases(
    path: str | Path,
    framework: Framework,
    *,
    name: str | None = None,
    encoding: str | None = None,
    read_as: Reading | str | Path | None = None,
) -> tuple[Case, ...]:
    """Read a case table: a row for each case, columns by fact, prompt, measure or key question.

    It is a CSV file, a workbook (XLSX, ODS, XLS) or a Parquet file. Tables that lie, or say things, otherwise are
    declared: see :class:`~ctm_rules.Reading`.

    Args:
        path: the file; its ending says what it is.
        framework: what the columns mean.
        name: how diagnostics call the file (default: its path).
        encoding: of a file that has no byte-order mark, such as ``windows-1252`` (default: what ``read_as`` says).
        read_as: how the table is read, or the file that says so (default: as the framework's own ``reading.yaml``).

    Raises:
        DiagnosticError: names every bad row, column and cell, and every mistake in how the table is to be read.
        MissingExtraError: the table is a workbook or a Parquet file, and what reads those is not installed.

    >>> from ctm_rules import load_framework
    >>> case, *others = read_cases("examples/ctm/cases.csv", load_framework("hmip-pdu", "2024"))
    >>> case.id, case.answers["assessment.safety.risk_of_harm"]
    ('synthetic-01', <Answer.YES: 'yes'>)
    """
    require("framework", framework, Framework, hint="a framework: load_framework(…)")
    findings = Findings()
    reading = find_reading(framework, read_as, findings)
    findings.raise_errors()
    assert reading is not None
    path = require_path("path", path, "the path of a table of cases")
    cases = read_case_table(path, framework, findings, reading.with_layout(encoding=encoding), name=name)
    findings.raise_errors()
    return cases


@frozen
class UnderstoodText:
    """A text that stands in a column, and what was made of it.

    Attributes:
        meaning: the fact, prompt, measure or key question of the column.
        text: what the cells hold (nothing: they are empty).
        cells: how many hold it.
        says: what it says in our words (``None``: nothing that has a meaning, or that something is missing).
        missing: why what is asked is not known (nothing: no reason is declared; ``None``: it is known, or has no
            meaning).
    """

    meaning: str
    text: str
    cells: int
    says: str | None
    missing: str | None


@frozen
class TablePlaces:
    """Where in a table its cases and its columns stand.

    Attributes:
        at: the file.
        rows: the row of each case by its id, the first where it has several.
        columns: the column of what is asked, by its name.
        form: the form that the table stands in, where it is one.
        seen: as of the table.
    """

    at: Location
    rows: Mapping[str, int] = field(factory=dict)
    columns: Mapping[str, int] = field(factory=dict)
    form: FormTable | None = None
    seen: Callable[[Location], Location] = lambda at: at

    def of(self, case_id: str, name: str) -> Location:
        """Return where something is said of a case."""
        return self.seen(Location(self.at.file, self.rows.get(case_id, 0), self.columns.get(name, 0)))

    def said(self, case_id: str, name: str) -> str:
        """Return the same in words: ``in row 7 of a.csv``, ``in a.xlsx: sheet "c1", cell C31``."""
        there = self.of(case_id, name)
        file = Path(self.at.file).name
        return f"in {file}{there.within}" if there.sheet else f"in row {there.line:,} of {file}"

    def asked(self, name: str) -> str:
        """Return what a column asks, in the words in which people see it, with its name."""
        shown = None if self.form is None else self.form.made.shown.get(name)
        return f'"{name}"' if shown is None else shown.said(name)

    def word(self, name: str, word: str) -> str:
        """Return what people see for a word that stands in a column."""
        shown = None if self.form is None else self.form.made.shown.get(name)
        return word if shown is None else shown.words.get(word, word)


@frozen
class UnderstoodTable:
    """What was made of a case table.

    Attributes:
        cases: as they will be judged.
        texts: what stands in its columns.
        columns: what the columns hold; of a long table, what was asked is among them.
        rows: how many rows were read.
        left_out: how many were not, because the reading says so.
        places: where in the table its cases and columns stand.
    """

    cases: tuple[Case, ...] = ()
    columns: MatchedColumns = MatchedColumns({}, {}, (), (), (), ())
    rows: int = 0
    left_out: int = 0
    texts: tuple[UnderstoodText, ...] = ()
    places: TablePlaces = field(factory=lambda: TablePlaces(Location("")), eq=False, repr=False)


def read_case_table(
    path: Path,
    framework: Framework,
    findings: Findings,
    reading: Reading | None = None,
    *,
    name: str | None = None,
) -> tuple[Case, ...]:
    """Return the cases of a table as :func:`read_cases` does; what is wrong, or odd, goes to ``findings``."""
    return understand_table(path, framework, findings, reading, name=name).cases


def understand_table(
    path: Path,
    framework: Framework,
    findings: Findings,
    reading: Reading | None = None,
    *,
    name: str | None = None,
    content: bytes | None = None,
) -> UnderstoodTable:
    """Return the cases of a table, and what was made of its columns; what is wrong, or odd, goes to ``findings``.

    Args:
        path: the file.
        framework: what the columns mean.
        findings: takes what is wrong.
        reading: how the table is read, in which nothing is wrong (default: the framework's own).
        name: how diagnostics call the file (default: its path).
        content: what the file will hold (default: what it holds).
    """
    at = Location(name or str(path))
    reading = framework.reading if reading is None else reading
    table = open_table(path, at, findings, reading.table, content)
    if table is None:
        return UnderstoodTable()
    reading = table.reading(reading)
    if table.form is not None:
        from ctm_rules.case_files.filled_forms import check_form

        before = len(findings.errors)
        findings.extend(check_form(table.form, framework, at))
        if len(findings.errors) > before:
            return UnderstoodTable()
    known = known_columns(framework, reading)
    is_nowhere = table.form is None and _none_of(known, table.header, reading)
    misplaced = misplaced_table(table.first_rows(), known, at) if is_nowhere else None
    if misplaced is not None:
        findings.extend([misplaced])
        return UnderstoodTable()
    findings.extend(table.odd)
    found = Findings()
    understood = understand_rows(table, framework, reading, at.file, found)
    findings.extend(table.explained(each).seen(table.seen) for each in found)
    return understood


def understand_once(
    path: Path, framework: Framework, reading: Reading, content: bytes | None
) -> tuple[UnderstoodTable, Findings]:
    """Return what :func:`understand_table` does, and what is wrong or odd; nobody may change either.

    While cases are recorded, the same content is read once.
    """

    def work_out() -> tuple[UnderstoodTable, Findings]:
        findings = Findings()
        return understand_table(path, framework, findings, reading, content=content), findings

    if content is None:  # what a file holds may be another thing each time
        return work_out()
    # All that a reading says, in its order.
    return known_by(understand_once, (str(path), framework, repr(reading), content), work_out)


def understand_rows(
    table: RawTable, framework: Framework, reading: Reading, file: str, findings: Findings
) -> UnderstoodTable:
    """Return the cases of a table, whatever it was read from; what is wrong goes to ``findings``.

    Args:
        table: its header and rows.
        framework: what the columns mean.
        reading: how the table is read, in which nothing is wrong.
        file: how findings call it.
        findings: takes what is wrong.
    """
    if not table.is_text:  # its numbers are numbers, however they are shown
        reading = reading.with_layout(decimal_char=".", group_char="")
    return _Reader(framework, reading, table, file, findings).read()


def _none_of(known: Collection[str], header: Sequence[str], reading: Reading) -> bool:
    """Return whether nothing in a header is known, where it was not said in which row or on which sheet it stands."""
    if reading.table.header_row is not None or reading.name_after_last:
        return False
    # Only what a reading declares is called so in whatever letters.
    declared = {name.casefold() for meaning in reading.columns if (name := reading.named(meaning)) is not None}
    return {*known}.isdisjoint(header) and declared.isdisjoint(name.casefold() for name in header)


def read_header(path: Path, layout: TableLayout = TableLayout()) -> tuple[str, ...]:  # noqa: B008 (it is frozen)
    """Return the names of the columns of a case table, in their order (nothing: it cannot be read)."""
    table = open_table(path, Location(str(path)), Findings(), layout)
    return () if table is None else tuple(table.header)


def read_meanings(path: Path, framework: Framework, reading: Reading, content: bytes | None = None) -> MatchedColumns:
    """Return what the columns of a case table hold, or will hold; of a long one, what was asked is among them."""
    table = open_table(path, Location(str(path)), Findings(), reading.table, content)
    if table is None:
        return MatchedColumns({}, {}, (), (), (), ())
    reading = table.reading(reading)
    if not reading.table.is_long:
        return match_columns(framework, reading, list(dict.fromkeys(filter(None, table.header))))
    return understand_rows(table, framework, reading, str(path), Findings()).columns


def open_table(
    path: Path, at: Location, findings: Findings, layout: TableLayout, content: bytes | None = None
) -> RawTable | None:
    """Return a table as its file holds it (``None``, with the reason in ``findings``: it cannot be read).

    ``content`` is what the file will hold (default: what it holds).
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        is_folder = kind_of(path) == "folder"
        message = f"{at.file} is a folder, and a case table is a file" if is_folder else no_kind_of_table(path, at.file)
        findings.add(FILE_NOT_READABLE, at, message, hint=f"save it as one of {', '.join(_READERS)}")
        return None
    if content is None:
        content = read_file(path, MAX_TABLE_BYTES, findings, name=at.file, kind="case table", if_too_large=_IN_BULK)
    return None if content is None else reader(content, at, findings, layout)


def read_csv(
    content: bytes,
    at: Location,
    findings: Findings,
    layout: TableLayout = TableLayout(),  # noqa: B008 (it is frozen)
) -> RawTable | None:
    """Return what a CSV file holds (``None``, with the reason in ``findings``: no text, or no header)."""
    said = list(check_encoding(layout.encoding, at))
    findings.extend(said)
    if said:
        return None
    try:
        table = CsvTable(io.BytesIO(content), at.file, layout)
    except UnreadableTextError as error:
        findings.extend([error.diagnostic])
        return None

    def rows() -> Iterator[Row | Diagnostic]:
        try:
            yield from table.rows()
        except UnreadableTextError as error:
            yield error.diagnostic

    def first_rows() -> Iterator[FirstRows]:
        return first_rows_of_csv(io.BytesIO(content), layout.encoding)

    return RawTable(table.header, table.header_row or 1, rows(), first_rows)


def _read_workbook(content: bytes, at: Location, findings: Findings, layout: TableLayout) -> RawTable | None:
    """Return what a sheet of a workbook holds (``None``, with the reason in ``findings``: it is none)."""
    from ctm_rules.case_files import sheets
    from ctm_rules.case_files.archives import WorkbookError
    from ctm_rules.case_files.filled_forms import form_in, table_in
    from ctm_rules.case_files.workbooks import read_rows

    def unreadable(error: WorkbookError) -> Diagnostic:
        message = f"{at.file} cannot be read: {error}"
        return FILE_NOT_READABLE.found(at, message, hint="check that it is whole and what its name says")

    try:
        made = form_in(content)
        if made is not None:
            return _of_form(table_in(content, made), at)
        sheet, odd = sheets.find_sheet(content, at, layout)
        if sheet is None:
            findings.extend(odd)
            return None
        found = sheets.from_header(read_rows(content, sheet), layout)
        header_row, header = next(found, (1, {}))
    except WorkbookError as error:
        findings.extend([unreadable(error)])
        return None
    columns = sheets.header_columns(header)

    def rows() -> Iterator[Row | Diagnostic]:
        try:
            for number, cells in found:
                stray = sheets.stray_cell(columns, (number, cells), at.file)
                yield stray or Row(number, [cells.get(column, "") for column in columns])
        except WorkbookError as error:
            yield unreadable(error)

    return RawTable(
        [header.get(column, "") for column in columns],
        header_row,
        rows(),
        lambda: sheets.first_rows_of_workbook(content),
        tuple(odd),
        sheets.seen_on(sheet, header),
        lambda finding: sheets.explained_by_merging(finding, content, layout),
        is_text=False,
    )


def _read_parquet(content: bytes, at: Location, findings: Findings, _: TableLayout) -> RawTable | None:
    """Return what a Parquet file holds (``None``, with the reason in ``findings``: it is damaged, or none)."""
    from ctm_rules.case_files.parquet_rows import ParquetError, ParquetTable

    def unreadable(error: ParquetError) -> Diagnostic:
        message = f"{at.file} cannot be read: {error}"
        return FILE_NOT_READABLE.found(at, message, hint="check that it is whole and what its name says")

    try:
        table = ParquetTable(content)
    except ParquetError as error:
        findings.extend([unreadable(error)])
        return None

    def rows() -> Iterator[Row | Diagnostic]:
        try:
            yield from table.rows()
        except ParquetError as error:
            yield unreadable(error)

    return RawTable(table.header, 1, rows(), lambda: iter(()), is_text=False)


def _of_form(form: FormTable, at: Location) -> RawTable:
    """Return the table that a form holds."""
    from ctm_rules.case_files import sheets

    columns = sheets.header_columns(form.header)

    def rows() -> Iterator[Row | Diagnostic]:
        for number, cells in form.rows:
            stray = sheets.stray_cell(columns, (number, cells), at.file)
            yield stray or Row(number, [cells.get(column, "") for column in columns])

    header = [form.header.get(column, "") for column in columns]
    return RawTable(header, form.header_row, rows(), lambda: iter(()), seen=form.seen, is_text=False, form=form)


_READERS: Mapping[str, Callable[[bytes, Location, Findings, TableLayout], RawTable | None]] = {
    ".csv": read_csv,
    ".parquet": _read_parquet,
    **dict.fromkeys(WORKBOOKS, _read_workbook),
}


@frozen
class _Cell:
    """What a cell comes to, apart from where it stands: why nothing is known, what is wrong, or a value."""

    why_missing: str | None = None
    odd: OddCell | None = None
    value: FactValue | AnyAnswer | Judgement | None = None

    def understood(self, meaning: str, text: str, cells: int) -> UnderstoodText:
        """Return it as what was made of a text that stands in some cells of a column."""
        value = self.value.outcome if isinstance(self.value, Judgement) else self.value
        return UnderstoodText(meaning, text, cells, None if value is None else cell_text(value), self.why_missing)


@frozen
class _CaseRead:
    """A case while its rows are read.

    Attributes:
        row: the first of them.
        said: by what columns mean, what was said of it, how the table has it, and in which row.
        made: the case itself, where it is known.
    """

    id: str
    row: int
    facts: dict[str, FactValue] = field(factory=dict)
    answers: dict[str, AnyAnswer] = field(factory=dict)
    judgements: dict[str, Judgement] = field(factory=dict)
    missing: dict[str, str] = field(factory=dict)
    said: dict[str, tuple[object, str, int]] = field(factory=dict)
    made: list[Case] = field(factory=list)

    def done(self) -> Case:
        """Return the case."""
        if self.made:
            return self.made[0]
        missing = {name: why for name, why in self.missing.items() if name not in self.said}
        return Case(self.id, self.facts, self.answers, self.judgements, missing=missing)


@frozen
class _RowsKnown:
    """What was made of the texts of rows by one framework, one reading and one header, whatever the file.

    Attributes:
        cells: what each text of a column comes to.
        cases: by the texts of its row, each case of a wide table in whose row nothing was wrong.
    """

    cells: dict[str, dict[str, _Cell]] = field(factory=dict)
    cases: dict[tuple[str, ...], Case] = field(factory=dict)


TOO_MANY_MISTAKES = Code(
    "too-many-mistakes",
    "error",
    what="A case table has so many mistakes that the rest of it was not looked at.",
    why="They most likely have one cause, and the same mistake a thousand times helps nobody.",
    bad="a table in which every answer is Y or N",
    good="the same table with yes and no",
)


class _Reader:
    """Makes cases of the rows of a table; what is wrong with its columns, rows and cells goes to ``findings``."""

    def __init__(self, framework: Framework, reading: Reading, table: RawTable, file: str, findings: Findings) -> None:
        self._framework = framework
        self._reading = reading
        self._table = table
        self._file = file
        self._findings = findings
        self._cells = Cells(framework, reading)
        self._known: dict[str, dict[str, _Cell]] = {}
        self._rows: dict[tuple[str, ...], Case] | None = None
        # Of text that is read again with other cells here and there, the other rows need not be looked at again. Cells
        # of workbooks are more than their texts.
        if is_keeping() and table.is_text:
            known = known_by(_RowsKnown, (framework, repr(reading), tuple(table.header)), _RowsKnown)
            self._known, self._rows = known.cells, known.cases
        self._times: Counter[tuple[str, str]] = Counter()
        self._cases: dict[str, _CaseRead] = {}
        self._nameless: list[_CaseRead] = []
        self._asked: dict[str, str | None] = {}
        self._names: dict[str, str] = {}

    def read(self) -> UnderstoodTable:
        """Return what was made of the table."""
        table, findings = self._table, self._findings
        odd = check_header(table.header, self._file, findings, row=table.header_row)
        if odd is None:
            return UnderstoodTable()
        numbers = {name: number for number, name in enumerate(table.header) if number not in odd}
        long = self._answer_columns(numbers)
        if long is None and self._reading.table.is_long:
            return UnderstoodTable()
        others = [name for name in numbers if long is None or name not in long.names]
        matched = match_columns(self._framework, self._reading, others)
        self._names.update(matched.names)
        self._check_columns(matched, numbers, is_long=long is not None)
        meanings = {numbers[name]: meaning for meaning, name in matched.names.items() if meaning != CASE_COLUMN}
        case = matched.names.get(CASE_COLUMN) if long is None else long.case
        kept = RowsRead(self._reading, table.header, Location(self._file, table.header_row, 1), findings)
        rows, left_out = self._read_rows(meanings, numbers.get(case or ""), long, kept)
        if rows and not rows - left_out:
            message = f"the case table has {say_count(rows, 'row')}, and none that is to be read"
            findings.add(EMPTY_TABLE, Location(self._file, 1, 1), message, hint="check only_rows in its reading")
        if not rows:
            place, hint = Location(self._file, 1, 1), "add a row for each case"
            findings.add(EMPTY_TABLE, place, "the case table has no rows", hint=hint)
        if long is not None:
            asked = match_columns(self._framework, self._reading, [*self._asked])
            matched = evolve(
                matched,
                names={**matched.names, **asked.names, CASE_COLUMN: long.case},
                notes=(*matched.notes, *asked.notes),
                ignored=(*matched.ignored, *asked.ignored),
                unknown=(*matched.unknown, *asked.unknown),
            )
        cases = [*self._cases.values(), *self._nameless]
        in_order = sorted(cases, key=lambda case: case.row) if self._nameless else cases
        texts = tuple(
            self._known[meaning][text].understood(meaning, text, cells)
            for (meaning, text), cells in self._times.items()
        )
        places = TablePlaces(
            Location(self._file),
            {case.id: case.row for case in in_order},
            {meaning: number + 1 for number, meaning in meanings.items()},
            table.form,
            table.seen,
        )
        made = tuple(case.done() for case in in_order)
        return UnderstoodTable(made, matched, rows - left_out, left_out, texts, places)

    # --- columns -------------------------------------------------------------------------------------

    def _answer_columns(self, numbers: Mapping[str, int]) -> AnswerColumns | None:
        if not self._reading.table.is_long:
            return None
        place = Location(self._file, self._table.header_row, 1)
        from ctm_rules.case_files.long_tables import find_answer_columns

        return find_answer_columns(self._reading, list(numbers), place, self._findings)

    def _check_columns(self, matched: MatchedColumns, numbers: Mapping[str, int], *, is_long: bool) -> None:
        findings, row = self._findings, self._table.header_row
        known, wordings = known_names(self._framework), names_by_wording(self._framework)
        for meaning, was in matched.former.items():
            findings.extend([former_column(Location(self._file, row, numbers[was] + 1), was, meaning)])
        for meaning, first, second in matched.twice:
            message = f'the column "{meaning}" stands twice: as "{first}" and as "{second}"'
            hint = "keep one of them, or say in ignore_columns which is not read"
            place = Location(self._file, row, numbers[second] + 1)
            findings.add(BAD_COLUMN, place, message, path=meaning, hint=hint)
        for column in matched.unknown if self._reading.unknown_columns != "ignore" else ():
            if column in self._reading.only_rows:
                continue
            place = Location(self._file, row, numbers[column] + 1)
            called = f'the column is called "{column}"'
            findings.extend([unknown_name(place, called, column, known, wordings=wordings)])
        if CASE_COLUMN not in matched.names and not is_long:
            named = self._reading.named(CASE_COLUMN)
            hint = f'name the column of case ids "{CASE_COLUMN}"'
            if named is not None:
                hint = f"its reading says so under columns; {hint}"
            message = f'there is no column "{named or CASE_COLUMN}"'
            findings.add(BAD_COLUMN, Location(self._file, row, 1), message, hint=hint)

    # --- rows ----------------------------------------------------------------------------------------

    def _read_rows(
        self, meanings: Mapping[int, str], case: int | None, long: AnswerColumns | None, kept: RowsRead
    ) -> tuple[int, int]:
        """Read every row; return how many there are, and how many of them are not to be read."""
        findings = self._findings
        rows = left_out = 0
        for found in self._table.rows:
            rows += 1
            row = found.line if isinstance(found, Diagnostic) else found.number
            place = Location(self._file, row, 1)
            if rows > MAX_TABLE_ROWS:
                message = f"the case table has more than {MAX_TABLE_ROWS:,} rows"
                findings.add(FILE_TOO_LARGE, place, message, hint=_IN_BULK)
                break
            if len(findings) >= MAX_DIAGNOSTICS or findings.mistakes >= MAX_MISTAKES_COUNTED:
                message = (
                    f"there are {findings.mistakes:,} mistakes above row {row}, and what follows was not looked at"
                )
                hint = "look for the cause that many of them have in common"
                findings.add(TOO_MANY_MISTAKES, place, message, hint=hint)
                break
            if isinstance(found, Diagnostic):
                findings.note(found)
            elif not kept.reads(found.cells):
                left_out += 1
            elif long is None:
                self._read_row(self._case(row, case, found.cells, is_long=False), meanings, found.cells)
            else:
                made = self._case(row, case, found.cells, is_long=True)
                for number, meaning in meanings.items():
                    self._put(made, meaning, row, number, found.cells[number])
                asked, answer = (self._table.header.index(name) for name in (long.asked, long.answer))
                meant = self._meant(row, asked, found.cells[asked])
                if meant is not None:
                    self._put(made, meant, row, answer, found.cells[answer])
        return rows, left_out

    def _read_row(self, case: _CaseRead, meanings: Mapping[int, str], cells: Sequence[str]) -> None:
        """Put what the row of a wide table says into its case."""
        texts, rows = tuple(cells), self._rows
        known = None if rows is None else rows.get(texts)
        if known is not None and known.id == case.id:
            case.made.append(known)
            self._times.update((meaning, texts[number]) for number, meaning in meanings.items())
            return
        before = self._findings.mistakes
        for number, meaning in meanings.items():
            self._put(case, meaning, case.row, number, texts[number])
        if rows is not None and self._findings.mistakes == before:
            rows[texts] = case.done()
            case.made.append(rows[texts])

    def _case(self, row: int, number: int | None, texts: Sequence[str], *, is_long: bool) -> _CaseRead:
        """Return the case that a row is about; in a wide table each has one row."""
        if number is None:
            self._nameless.append(_CaseRead("", row))
            return self._nameless[-1]
        case_id, place = texts[number], Location(self._file, row, number + 1)
        is_damaged = isinstance(case_id, RetypedText) or re.fullmatch(ROUNDED_ID, case_id)
        if self._cells.why_missing(case_id) is not None or is_damaged:
            said = "" if self._cells.why_missing(case_id) is not None else case_id
            self._is_odd(row, number, odd_cell(self._cells, CASE_COLUMN, CASE_COLUMN, said))
            self._nameless.append(_CaseRead(case_id, row))
            return self._nameless[-1]
        seen = look(case_id)
        before = self._cases.get(seen)
        if before is None:
            self._cases[seen] = before = _CaseRead(case_id, row)
        elif not is_long or before.id != case_id:
            self._findings.note(repeated_case(place, case_id, before.row, before.id))
            self._nameless.append(_CaseRead(case_id, row))
            return self._nameless[-1]
        return before

    def _meant(self, row: int, number: int, text: str) -> str | None:
        """Return what a row of a long table asks (``None``: nothing that is read)."""
        if text not in self._asked:
            matched = match_columns(self._framework, self._reading, [text])
            self._asked[text] = next(iter(matched.names), None)
        meaning = self._asked[text]
        if meaning is not None:
            self._names.setdefault(meaning, text)
        elif not text.strip():
            place, alike = Location(self._file, row, number + 1), Alike("rows", "do not say what was asked")
            message, hint = (
                f"row {row} does not say what was asked",
                "name the fact or the prompt, or leave the row out",
            )
            self._findings.note(BAD_ROW.found(place, message, hint=hint, alike=alike))
        elif (
            self._reading.unknown_columns != "ignore" and match_columns(self._framework, self._reading, [text]).unknown
        ):
            place, known = Location(self._file, row, number + 1), known_names(self._framework)
            wordings = names_by_wording(self._framework)
            self._findings.note(unknown_name(place, f'row {row} asks "{text}"', text, known, wordings=wordings))
        return meaning

    # --- cells ---------------------------------------------------------------------------------------

    def _put(self, case: _CaseRead, meaning: str, row: int, number: int, text: str) -> None:
        """Put what a cell says into its case."""
        known = self._known.setdefault(meaning, {})
        self._times[meaning, text] += 1
        cell = known.get(text)
        if cell is None:
            cell = known[text] = self._cell(meaning, number, text)
        if cell.why_missing is not None:
            if cell.why_missing:
                case.missing.setdefault(meaning, cell.why_missing)
            return
        if cell.odd is not None:
            self._is_odd(row, number, cell.odd)
            return
        value = cell.value
        before = case.said.setdefault(meaning, (value, text, row))
        if before[0] != value:
            place = Location(self._file, row, number + 1)
            self._findings.note(two_answers(place, case.id, meaning, before[1], before[2], text))
        elif isinstance(value, AnyAnswer):
            case.answers[meaning] = value
        elif isinstance(value, Judgement):
            case.judgements[meaning] = value
        elif value is not None:
            case.facts[meaning] = value

    def _cell(self, meaning: str, number: int, text: str) -> _Cell:
        why = self._cells.why_missing(text)
        if why is not None:
            return _Cell(why)
        try:
            value = self._cells.value(meaning, text)
        except ValueError:
            name = self._names.get(meaning, self._table.header[number])
            shown = None if self._table.form is None else self._table.form.made.shown.get(name)
            return _Cell(odd=odd_cell(self._cells, meaning, name, text, shown=shown))
        if meaning in self._framework.facts_by_id:
            return _Cell(value=value)
        if meaning in self._framework.ruled_questions:
            return _Cell(value=Judgement(JUDGEMENTS[str(value)]))
        return _Cell(value=answers_to(self._framework, meaning)[str(value)])

    def _is_odd(self, row: int, number: int, odd: OddCell) -> None:
        self._findings.note(odd.in_row(Location(self._file, row, number + 1)))
