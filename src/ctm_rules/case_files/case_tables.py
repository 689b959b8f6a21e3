"""Tables of cases read case by case (parsing): rows of text in, facts and answers out, every bad cell named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from ctm_rules.case_files.cells import (
    BAD_COLUMN,
    BAD_ROW,
    EMPTY_TABLE,
    check_header,
    delimiter_of,
    quote_cell,
)
from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.files import FILE_NOT_READABLE, FILE_TOO_LARGE, read_file
from ctm_rules.limits import MAX_DIAGNOSTICS, MAX_TABLE_BYTES, MAX_TABLE_ROWS
from ctm_rules.model.answer_words import ANSWERS, JUDGEMENTS, answer_hint, value_hint
from ctm_rules.model.case_values import BAD_ANSWER, BAD_VALUE, unknown_name
from ctm_rules.model.cases import Answer, Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.fact_values import type_fact_value
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.model.outcomes import Judgement, Outcome
from ctm_rules.yaml_files.marked_yaml import NOT_PRINTABLE, NOT_TEXT

_IN_BULK = "split it, or rate it as a dataframe"


@frozen
class RawTable:
    """A table as its file holds it: a header and rows of cells, each row with its number in the file.

    No name and no cell has space around it.
    """

    header: Sequence[str]
    rows: Iterator[tuple[int, list[str]]]


def read_cases(path: Path, framework: Framework, *, name: str | None = None) -> tuple[Case, ...]:
    """Read a case table (CSV): one row for each case, columns named by fact, prompt, measure or key question.

    Args:
        path: the file; its ending says what it is.
        framework: what the columns mean.
        name: how diagnostics call the file (default: its path).

    Raises:
        DiagnosticError: names every bad row, column and cell.

    >>> from ctm_rules import load_framework
    >>> case, *others = read_cases(Path("examples/ctm/cases.csv"), load_framework("hmip-pdu", "2024"))
    >>> case.id, case.answers["assessment.safety.risk_of_harm"]
    ('synthetic-01', <Answer.YES: 'yes'>)
    """
    findings = Findings()
    at = Location(name or str(path))
    table = _open_table(path, at, findings)
    cases = () if table is None else _cases(table, framework, at.file, findings)
    findings.raise_errors()
    return cases


def read_header(path: Path) -> tuple[str, ...]:
    """Return the names of the columns of a case table, in their order (nothing: it cannot be read)."""
    table = _open_table(path, Location(str(path)), Findings())
    return () if table is None else tuple(table.header)


def _open_table(path: Path, at: Location, findings: Findings) -> RawTable | None:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        message = f'a case table cannot be read from a "{path.suffix}" file'
        findings.add(FILE_NOT_READABLE, at, message, hint=f"save it as one of {', '.join(_READERS)}")
        return None
    content = read_file(path, MAX_TABLE_BYTES, findings, name=at.file, kind="case table", if_too_large=_IN_BULK)
    return None if content is None else reader(content, at, findings)


def read_csv(content: bytes, at: Location, findings: Findings) -> RawTable | None:
    """Return what a CSV file holds (``None``: no text); a row that is not well-formed is the last, and is reported."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        message = f"row {row} is not text in UTF-8"
        findings.add(NOT_TEXT, Location(at.file, row, 1), message, hint='save it as "CSV UTF-8"')
        return None
    unprintable = NOT_PRINTABLE.search(text)
    if unprintable:
        row = text.count("\n", 0, unprintable.start()) + 1
        message = f"row {row} holds a character that cannot be printed"
        findings.add(NOT_TEXT, Location(at.file, row, 1), message, hint='leave it out, or save it as "CSV UTF-8"')
        return None
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)

    def numbered() -> Iterator[tuple[int, list[str]]]:
        try:
            for row in rows:
                yield rows.line_num, [cell.strip() for cell in row]
        except csv.Error as error:
            message = f"row {rows.line_num} is not well-formed: {error}"
            place = Location(at.file, rows.line_num, 1)
            findings.add(BAD_ROW, place, message, hint="check the quotation marks in this row")

    lines = numbered()
    _, header = next(lines, (1, []))
    return RawTable(header, lines)


_READERS: Mapping[str, Callable[[bytes, Location, Findings], RawTable | None]] = {".csv": read_csv}


class _Columns:
    """What each column of a table means; every mistake in the header is found first."""

    def __init__(
        self, header: Sequence[str], odd: Collection[int], framework: Framework, file: str, findings: Findings
    ) -> None:
        self.facts: dict[int, str] = {}
        self.answers: dict[int, str] = {}
        self.judgements: dict[int, str] = {}
        self.case: int | None = None
        answered = {*framework.prompts, *framework.measures_by_path}
        known = [CASE_COLUMN, *framework.facts_by_id, *framework.key_questions, *answered]
        for number, column in enumerate(header):
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
                place = Location(file, 1, number + 1)
                findings.extend([unknown_name(place, f'the column is called "{column}"', column, known)])
        if self.case is None:
            hint = f'name the column of case ids "{CASE_COLUMN}"'
            findings.add(BAD_COLUMN, Location(file, 1, 1), f'there is no column "{CASE_COLUMN}"', hint=hint)


TOO_MANY_MISTAKES = Code(
    "too-many-mistakes",
    "error",
    what="A case table has so many mistakes that the rest of it was not looked at.",
    why="They most likely have one cause, and the same mistake a thousand times helps nobody.",
    bad="a table in which every answer is Y or N",
    good="the same table with yes and no",
)


def _cases(table: RawTable, framework: Framework, file: str, findings: Findings) -> tuple[Case, ...]:
    odd = check_header(table.header, file, findings)
    if odd is None:
        return ()
    columns = _Columns(table.header, odd, framework, file, findings)
    cases: list[Case] = []
    first_row: dict[str, int] = {}
    rows = 0
    for row, texts in table.rows:
        if not any(texts):
            continue
        rows += 1
        place = Location(file, row, 1)
        if rows > MAX_TABLE_ROWS:
            message = f"the case table has more than {MAX_TABLE_ROWS:,} rows"
            findings.add(FILE_TOO_LARGE, place, message, hint=_IN_BULK)
            break
        if len(findings) >= MAX_DIAGNOSTICS:
            message = f"there are {MAX_DIAGNOSTICS:,} mistakes above row {row}, and what follows was not looked at"
            findings.add(TOO_MANY_MISTAKES, place, message, hint="look for the cause that many of them have in common")
            break
        if len(texts) != len(table.header):
            message = f"row {row} has {len(texts)} cells, and the header has {len(table.header)}"
            findings.add(BAD_ROW, place, message, hint="check the commas and quotes in this row")
            continue
        case_id = _case_id(texts, columns, first_row, row, file, findings)
        case = _case(case_id, texts, columns, framework, row, file, findings)
        cases.append(case)
    if not rows:
        findings.add(EMPTY_TABLE, Location(file, 1, 1), "the case table has no rows", hint="add a row for each case")
    return tuple(cases)


def _case_id(
    texts: list[str], columns: _Columns, first_row: dict[str, int], row: int, file: str, findings: Findings
) -> str:
    if columns.case is None:
        return ""
    case_id = texts[columns.case]
    place = Location(file, row, columns.case + 1)
    if not case_id:
        findings.add(BAD_ROW, place, f"row {row} has no case id", path=CASE_COLUMN, hint="give the case an id")
    elif case_id in first_row:
        message = f'row {row} repeats the case "{case_id}" of row {first_row[case_id]}'
        findings.add(BAD_ROW, place, message, path=CASE_COLUMN, hint="keep one row for each case")
    first_row.setdefault(case_id, row)
    return case_id


def _case(
    case_id: str,
    texts: list[str],
    columns: _Columns,
    framework: Framework,
    row: int,
    file: str,
    findings: Findings,
) -> Case:
    facts: dict[str, FactValue] = {}
    for number, fact in columns.facts.items():
        text = texts[number]
        if text:
            try:
                facts[fact] = type_fact_value(framework.facts_by_id[fact], text)
            except ValueError as error:
                place = Location(file, row, number + 1)
                message = f'row {row}, column "{fact}": {quote_cell(text)} is not {error}'
                hint = value_hint(framework.facts_by_id[fact], text)
                findings.add(BAD_VALUE, place, message, path=fact, hint=hint)
    answers: dict[str, Answer] = {}
    for number, path in columns.answers.items():
        answer = _word(texts[number], ANSWERS, row, number, path, file, findings)
        if answer is not None:
            answers[path] = answer
    judgements: dict[str, Judgement] = {}
    for number, path in columns.judgements.items():
        outcome = _word(texts[number], JUDGEMENTS, row, number, path, file, findings)
        if outcome is not None:
            judgements[path] = Judgement(outcome)
    return Case(case_id, facts, answers, judgements)


W = TypeVar("W", Answer, Outcome)


def _word(
    text: str, words: Mapping[str, W], row: int, number: int, column: str, file: str, findings: Findings
) -> W | None:
    if not text or text in words:
        return words.get(text)
    place = Location(file, row, number + 1)
    message = f'row {row}, column "{column}": {quote_cell(text)} is not an answer'
    findings.add(BAD_ANSWER, place, message, path=column, hint=answer_hint(text, words))
    return None
