"""Tables of cases read case by case (parsing): rows of text in, facts and answers out, every bad cell named."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from attrs import evolve, frozen

from ctm_rules.case_files.cells import (
    BAD_COLUMN,
    EMPTY_TABLE,
    check_header,
    former_column,
)
from ctm_rules.case_files.csv_rows import CsvTable, Row
from ctm_rules.case_files.misplaced import FirstRows, first_rows_of_csv, known_columns, misplaced_table
from ctm_rules.case_files.odd_cells import ROUNDED_ID, OddCell, odd_cell, repeated_case
from ctm_rules.case_files.table_text import UnreadableTextError, check_encoding
from ctm_rules.diagnostics.characters import look
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location
from ctm_rules.files import FILE_NOT_READABLE, FILE_TOO_LARGE, read_file
from ctm_rules.limits import MAX_DIAGNOSTICS, MAX_MISTAKES_COUNTED, MAX_TABLE_BYTES, MAX_TABLE_ROWS
from ctm_rules.model.answer_words import ANSWERS, JUDGEMENTS
from ctm_rules.model.answers import Answer
from ctm_rules.model.case_values import names_by_wording, unknown_name
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.former_names import called_now
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.model.outcomes import Judgement, Outcome
from ctm_rules.model.reading import BY_DEFAULT, Codes, Vocabulary, answer_vocabulary, judgement_vocabulary, read_fact

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
        explained: returns a finding on its rows with the cause of it, where the file tells it.
    """

    header: Sequence[str]
    header_row: int
    rows: Iterator[Row | Diagnostic]
    first_rows: Callable[[], Iterator[FirstRows]]
    odd: tuple[Diagnostic, ...] = ()
    explained: Callable[[Diagnostic], Diagnostic] = lambda found: found


def read_cases(
    path: Path, framework: Framework, *, name: str | None = None, encoding: str | None = None
) -> tuple[Case, ...]:
    """Read a case table (CSV, XLSX): one row for each case, columns named by fact, prompt, measure or key question.

    Args:
        path: the file; its ending says what it is.
        framework: what the columns mean.
        name: how diagnostics call the file (default: its path).
        encoding: of a file that has no byte-order mark, such as ``windows-1252`` (default: UTF-8).

    Raises:
        DiagnosticError: names every bad row, column and cell.
        MissingExtraError: the table is a workbook, and what reads workbooks is not installed.

    >>> from ctm_rules import load_framework
    >>> case, *others = read_cases(Path("examples/ctm/cases.csv"), load_framework("hmip-pdu", "2024"))
    >>> case.id, case.answers["assessment.safety.risk_of_harm"]
    ('synthetic-01', <Answer.YES: 'yes'>)
    """
    findings = Findings()
    cases = read_case_table(path, framework, findings, name=name, encoding=encoding)
    findings.raise_errors()
    return cases


def read_case_table(
    path: Path, framework: Framework, findings: Findings, *, name: str | None = None, encoding: str | None = None
) -> tuple[Case, ...]:
    """Return the cases of a table as :func:`read_cases` does; what is wrong, or odd, goes to ``findings``."""
    at = Location(name or str(path))
    table = open_table(path, at, findings, encoding)
    if table is None:
        return ()
    known = known_columns(framework)
    misplaced = misplaced_table(table.first_rows(), known, at) if known.isdisjoint(table.header) else None
    if misplaced is not None:
        findings.extend([misplaced])
        return ()
    findings.extend(table.odd)
    found = Findings()
    cases = cases_of_table(table, framework, at.file, found)
    findings.extend(map(table.explained, found))
    return cases


def read_header(path: Path, *, encoding: str | None = None) -> tuple[str, ...]:
    """Return the names of the columns of a case table, in their order (nothing: it cannot be read)."""
    table = open_table(path, Location(str(path)), Findings(), encoding)
    return () if table is None else tuple(table.header)


def open_table(path: Path, at: Location, findings: Findings, encoding: str | None) -> RawTable | None:
    """Return a table as its file holds it (``None``, with the reason in ``findings``: it cannot be read)."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        message = f'a case table cannot be read from a "{path.suffix}" file'
        findings.add(FILE_NOT_READABLE, at, message, hint=f"save it as one of {', '.join(_READERS)}")
        return None
    content = read_file(path, MAX_TABLE_BYTES, findings, name=at.file, kind="case table", if_too_large=_IN_BULK)
    return None if content is None else reader(content, at, findings, encoding)


def read_csv(content: bytes, at: Location, findings: Findings, encoding: str | None = None) -> RawTable | None:
    """Return what a CSV file holds (``None``, with the reason in ``findings``: no text, or no header)."""
    said = list(check_encoding(encoding, at))
    findings.extend(said)
    if said:
        return None
    try:
        table = CsvTable(io.BytesIO(content), at.file, encoding)
    except UnreadableTextError as error:
        findings.extend([error.diagnostic])
        return None

    def rows() -> Iterator[Row | Diagnostic]:
        try:
            yield from table.rows()
        except UnreadableTextError as error:
            yield error.diagnostic

    def first_rows() -> Iterator[FirstRows]:
        return first_rows_of_csv(io.BytesIO(content), encoding)

    return RawTable(table.header, table.header_row or 1, rows(), first_rows)


def _read_xlsx(content: bytes, at: Location, findings: Findings, _encoding: str | None) -> RawTable | None:
    """Return what the first sheet of a workbook holds (``None``, with the reason in ``findings``: it is none)."""
    from ctm_rules.case_files import sheets
    from ctm_rules.case_files.xlsx_rows import WorkbookError, read_rows

    def unreadable(error: WorkbookError) -> Diagnostic:
        message = f"{at.file} cannot be read: {error}"
        return FILE_NOT_READABLE.found(at, message, hint="check that it is whole and what its name says")

    found = read_rows(content)
    try:
        unread = tuple(sheets.unread_sheets(content, at))
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
        unread,
        lambda finding: sheets.explained_by_merging(finding, content),
    )


_READERS: Mapping[str, Callable[[bytes, Location, Findings, str | None], RawTable | None]] = {
    ".csv": read_csv,
    ".xlsx": _read_xlsx,
}


class _Columns:
    """What each column of a table means; every mistake in the header is found first."""

    def __init__(
        self, table: RawTable, odd: Collection[int], framework: Framework, file: str, findings: Findings
    ) -> None:
        self.facts: dict[int, str] = {}
        self.answers: dict[int, str] = {}
        self.judgements: dict[int, str] = {}
        self.case: int | None = None
        answered = {*framework.prompts, *framework.measures_by_path}
        known = [CASE_COLUMN, *framework.facts_by_id, *framework.key_questions, *answered]
        wordings = names_by_wording(framework)
        for number, column in enumerate(table.header):
            if number in odd:
                continue
            if column == CASE_COLUMN:
                self.case = number
            elif column in framework.facts_by_id:
                self.facts[number] = column
            elif column in answered:
                self.answers[number] = column
            elif column in framework.key_questions:
                self.judgements[number] = column
            else:
                place = Location(file, table.header_row, number + 1)
                called = f'the column is called "{column}"'
                findings.extend([unknown_name(place, called, column, known, wordings=wordings)])
        if self.case is None:
            hint = f'name the column of case ids "{CASE_COLUMN}"'
            place = Location(file, table.header_row, 1)
            findings.add(BAD_COLUMN, place, f'there is no column "{CASE_COLUMN}"', hint=hint)


def _by_names_of_now(table: RawTable, framework: Framework, file: str, findings: Findings) -> tuple[str, ...]:
    """Return the header of a table as the framework calls its columns now, and say which are called otherwise."""
    header = called_now(table.header, framework)
    for number, (was, now) in enumerate(zip(table.header, header, strict=True)):
        if was != now:
            place = Location(file, table.header_row, number + 1)
            findings.extend([former_column(place, was, now)])
    return header


TOO_MANY_MISTAKES = Code(
    "too-many-mistakes",
    "error",
    what="A case table has so many mistakes that the rest of it was not looked at.",
    why="They most likely have one cause, and the same mistake a thousand times helps nobody.",
    bad="a table in which every answer is Y or N",
    good="the same table with yes and no",
)


def cases_of_table(
    table: RawTable, framework: Framework, file: str, findings: Findings, codes: Codes = BY_DEFAULT
) -> tuple[Case, ...]:
    """Return the cases of a table, whatever it was read from; what is wrong goes to ``findings``.

    Args:
        table: its header and rows.
        framework: what the columns mean.
        file: how findings call it.
        findings: where mistakes go.
        codes: what whole numbers stand for.
    """
    table = evolve(table, header=_by_names_of_now(table, framework, file, findings))
    odd = check_header(table.header, file, findings, row=table.header_row)
    if odd is None:
        return ()
    columns = _Columns(table, odd, framework, file, findings)
    reader = _RowReader(framework, columns, file, findings, codes)
    cases: list[Case] = []
    rows = 0
    for found in table.rows:
        rows += 1
        row = found.line if isinstance(found, Diagnostic) else found.number
        place = Location(file, row, 1)
        if rows > MAX_TABLE_ROWS:
            message = f"the case table has more than {MAX_TABLE_ROWS:,} rows"
            findings.add(FILE_TOO_LARGE, place, message, hint=_IN_BULK)
            break
        if len(findings) >= MAX_DIAGNOSTICS or findings.mistakes >= MAX_MISTAKES_COUNTED:
            message = f"there are {findings.mistakes:,} mistakes above row {row}, and what follows was not looked at"
            findings.add(TOO_MANY_MISTAKES, place, message, hint="look for the cause that many of them have in common")
            break
        if isinstance(found, Diagnostic):
            findings.note(found)
        else:
            cases.append(reader.case(row, found.cells))
    if not rows:
        findings.add(EMPTY_TABLE, Location(file, 1, 1), "the case table has no rows", hint="add a row for each case")
    return tuple(cases)


W = TypeVar("W", Answer, Outcome)


class _RowReader:
    """Makes a case of each row; what is wrong with its cells goes to ``findings``."""

    def __init__(self, framework: Framework, columns: _Columns, file: str, findings: Findings, codes: Codes) -> None:
        self._framework = framework
        self._columns = columns
        self._codes = codes
        self._answers, self._judgements = answer_vocabulary(codes), judgement_vocabulary(codes)
        self._file = file
        self._findings = findings
        self._first_row: dict[str, tuple[int, str]] = {}
        self._odd: dict[tuple[str, str], OddCell] = {}

    def case(self, row: int, texts: Sequence[str]) -> Case:
        """Return the case of a row."""
        columns = self._columns
        facts: dict[str, FactValue] = {}
        for number, fact in columns.facts.items():
            if texts[number]:
                try:
                    facts[fact] = read_fact(self._framework.facts_by_id[fact], texts[number], self._codes)
                except ValueError:
                    self._is_odd(row, number, fact, texts[number])
        answers = self._words(row, texts, columns.answers, ANSWERS, self._answers)
        outcomes = self._words(row, texts, columns.judgements, JUDGEMENTS, self._judgements)
        judgements = {path: Judgement(outcome) for path, outcome in outcomes.items()}
        return Case(self._case_id(row, texts), facts, answers, judgements)

    def _words(
        self,
        row: int,
        texts: Sequence[str],
        columns: Mapping[int, str],
        words: Mapping[str, W],
        vocabulary: Vocabulary,
    ) -> dict[str, W]:
        found: dict[str, W] = {}
        for number, path in columns.items():
            text = texts[number]
            if text in words:
                found[path] = words[text]
            elif text and (word := vocabulary.word(text)):
                found[path] = words[word]
            elif text:
                self._is_odd(row, number, path, text)
        return found

    def _is_odd(self, row: int, number: int, column: str, text: str) -> None:
        if (column, text) not in self._odd:
            self._odd[column, text] = odd_cell(
                self._framework, column, column, text, None if self._codes == BY_DEFAULT else self._codes
            )
        self._findings.note(self._odd[column, text].in_row(Location(self._file, row, number + 1)))

    def _case_id(self, row: int, texts: Sequence[str]) -> str:
        number = self._columns.case
        if number is None:
            return ""
        case_id, place = texts[number], Location(self._file, row, number + 1)
        before, as_before = self._first_row.setdefault(look(case_id), (row, case_id))
        if not case_id or re.fullmatch(ROUNDED_ID, case_id):
            self._is_odd(row, number, CASE_COLUMN, case_id)
        elif before != row:
            self._findings.note(repeated_case(place, case_id, before, as_before))
        return case_id
