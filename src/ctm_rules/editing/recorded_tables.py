"""The table of an inspection while cases are recorded in it: what it says, and how it says something else.

What is recorded is written in the table's own words, as its reading declares them and its columns have them already.
Everything else in the file stays as it is. Afterwards the table is read again by what reads every table, and held
against what was meant; where that is another thing, nothing is recorded, and a sentence says why.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ctm_rules.case_files.archives import WorkbookError
from ctm_rules.case_files.case_tables import TablePlaces, UnderstoodTable, open_table, understand_once
from ctm_rules.case_files.cells import quote_cell
from ctm_rules.case_files.csv_rows import Row
from ctm_rules.case_files.filled_forms import on_sheet
from ctm_rules.case_files.long_tables import AnswerColumns, find_answer_columns
from ctm_rules.case_files.readings import written_day
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location, RequestError
from ctm_rules.editing.said import Said
from ctm_rules.editing.table_text import Place, TableText, table_text_once
from ctm_rules.inspections.file import CaseTable
from ctm_rules.limits import MAX_EXACT_IN_A_CELL
from ctm_rules.model.answer_words import answer_hint, answers_to, value_hint
from ctm_rules.model.case_columns import NOTES, match_columns
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.declared_reading import Reading
from ctm_rules.model.fact_values import type_fact_value, written_value
from ctm_rules.model.framework import CASE_COLUMN, Fact, Framework
from ctm_rules.model.reading import Cells, one_spelling
from ctm_rules.model.remembered import known_by
from ctm_rules.yaml_files.marked_yaml import NOT_PRINTABLE

if TYPE_CHECKING:
    from ctm_rules.editing.workbook_cells import CellValue, SheetCell

_WRITTEN = (".csv", ".xlsx")
"""How the names of tables end in which something is recorded; others are read alone."""

NOT_RECORDED = Code(
    "not-recorded",
    "error",
    what="Something is to be recorded of a case that its table cannot hold, or that cannot be written there.",
    why="What is read back would be something else than what was recorded, or other cells would be changed.",
    bad="→ in a note of a table that was saved as windows-1252",
    good="-> in the same table",
)


def not_recorded(at: Location, message: str, hint: str, path: str = "") -> Diagnostic:
    """Return the finding that something is not recorded, and what to do."""
    return NOT_RECORDED.found(at, message, path=path, hint=hint)


class RecordedTable:
    """One table of cases of an inspection.

    Args:
        declared: what the inspection says of it.
        file: its file.
        content: what that holds.
        framework: what its columns mean.
        reading: how it is read, in which nothing is wrong.

    Attributes:
        declared, file, content: as given.
        understood: what was made of it.
        findings: what is wrong with it, or odd.
    """

    def __init__(self, declared: CaseTable, file: Path, content: bytes, framework: Framework, reading: Reading) -> None:
        self.declared, self.file, self.content = declared, file, content
        self._framework, self._reading = framework, reading
        self.understood: UnderstoodTable
        self.understood, self.findings = understand_once(file, framework, reading, content)
        raw = open_table(file, self.at, Findings(), reading.table, content)
        self._header: Sequence[str] = () if raw is None else raw.header
        self._header_row = 1 if raw is None else raw.header_row
        rows = () if raw is None else tuple(raw.rows)
        self._rows: dict[int, Sequence[str]] = {row.number: row.cells for row in rows if isinstance(row, Row)}
        self._unread = len(rows) - len(self._rows)
        self._seen = self.understood.places.seen if raw is None else raw.seen
        self._own_reading = reading if raw is None else raw.reading(reading)
        self._cells = Cells(framework, self._own_reading)
        self._meanings: dict[str, str | None] = {}

    @property
    def at(self) -> Location:
        """The file, for findings to say."""
        return Location(str(self.file))

    @property
    def places(self) -> TablePlaces:
        """Where its cases and columns stand."""
        return self.understood.places

    @property
    def is_of_pages(self) -> bool:
        """Whether it is a form with a page for each case."""
        form = self.places.form
        return form is not None and form.made.layout == "pages"

    @cached_property
    def cases(self) -> Mapping[str, Case]:
        """Its cases by their ids."""
        return {case.id: case for case in self.understood.cases if case.id}

    # --- what it says --------------------------------------------------------------------------------

    def word(self, case: str, name: str) -> str:
        """Return what it says of a case, in the words of the standards; of a note, its text."""
        if Said(case, name, "").is_note:
            return "" if self._long is not None else self._cell(case, self._note_column(name))
        found = self.cases.get(case)
        if found is None:
            return ""
        if name in found.facts:
            return written_value(found.facts[name])
        return found.answers[name].value if name in found.answers else ""

    def text(self, case: str, name: str) -> str:
        """Return what stands there as it is written."""
        for row, column in self._places(case, name):
            return self._rows[row][column - 1]
        return ""

    def _places(self, case: str, name: str) -> list[Place]:
        """Return the cells that say something of a case: one, or in a long table as many as it has rows for it."""
        column = self._column(name, {})
        if self._long is None:
            row = self.places.rows.get(case, 0)
            return [] if column is None or row not in self._rows else [(row, column)]
        of_case, asked, answer = (self._header.index(each) for each in self._long.names)
        if name in self.places.columns:
            return [(row, self.places.columns[name]) for row, cells in self._rows.items() if cells[of_case] == case]
        return [
            (row, answer + 1)
            for row, cells in self._rows.items()
            if cells[of_case] == case and self._asked(cells[asked]) == name
        ]

    @cached_property
    def _long(self) -> AnswerColumns | None:
        """The columns that make an answer, where the table has a row for each (``None``: one for each case)."""
        if not self._own_reading.table.is_long:
            return None
        return find_answer_columns(self._own_reading, list(self._header), self.at, Findings())

    def _asked(self, text: str) -> str | None:
        """Return what a row of a long table asks."""
        if text not in self._meanings:
            matched = match_columns(self._framework, self._own_reading, [text])
            self._meanings[text] = next(iter(matched.names), None)
        return self._meanings[text]

    def _cell(self, case: str, column: int | None) -> str:
        row = self._rows.get(self.places.rows.get(case, 0))
        return "" if row is None or column is None or column > len(row) else row[column - 1]

    def _note_column(self, name: str) -> int | None:
        """Return the column of a note, counted from 1 (``None``: the table has none)."""
        about = name.removeprefix(NOTES).removeprefix(".")
        ways = [f"{NOTES}.{self.understood.columns.names.get(about, about)}", name] if about else [name]
        return next((self._header.index(way) + 1 for way in ways if way in self._header), None)

    def takes(self, name: str) -> bool:
        """Return whether it has a place for something, or can be given one."""
        form = self.places.form
        if self._long is not None:
            return not Said("", name, "").is_note
        if not Said("", name, "").is_note:
            return name in self.places.columns
        if self.is_of_pages:
            assert form is not None
            return name.removeprefix(f"{NOTES}.") in self.places.columns and bool(form.notes)
        return form is None or self._note_column(name) is not None

    # --- why nothing can be recorded -----------------------------------------------------------------

    @cached_property
    def refusal(self) -> Diagnostic | None:
        """Why nothing can be recorded in it (``None``: something can)."""
        kind = self.file.suffix.lower()
        if kind not in _WRITTEN:
            message = f"{self.file.name} is read, and nothing is recorded in a {kind} file"
            hint = "take it over into a CSV file, or save it as XLSX in a spreadsheet program and name that file"
            return not_recorded(self.at, message, hint)
        if self.places.form is None and CASE_COLUMN not in self.understood.columns.names:
            message = f"{self.file.name} cannot be read as it is, so that nothing is recorded in it"
            return not_recorded(self.at, message, "put right what is wrong with it first")
        if kind == ".csv" and self._text is None:
            message = f"{self.file.name} has rows that cannot be told apart for sure, so that nothing is recorded in it"
            return not_recorded(self.at, message, "look for quotation marks and line breaks in its cells")
        return None

    # --- taken over into a file that can be written ----------------------------------------------------

    @property
    def may_be_taken_over(self) -> bool:
        """Whether it is of a kind that is read alone, and holds nothing that only a workbook can."""
        is_read_alone = self.file.suffix.lower() not in _WRITTEN
        return is_read_alone and self.places.form is None and bool(self._header)

    def as_csv(self) -> bytes:
        """Return its rows as CSV, each cell as it is read; whether that is read alike is for the caller to see.

        Raises:
            RequestError: it is of no such kind, or some of its rows cannot be read.
        """
        if not self.may_be_taken_over or self._unread:
            message = f"{self.file.name} cannot be taken over as it is"
            hint = "save it as XLSX in a spreadsheet program, and name that file in the inspection"
            raise RequestError([not_recorded(self.at, message, hint)])
        layout, text = self._own_reading.table, io.StringIO()
        # Where a reading says in which row the header stands, it stands there again.
        text.write("\n" * ((layout.header_row or 1) - 1))
        writer = csv.writer(text, delimiter=layout.declared_delimiter or ",", lineterminator="\n")
        writer.writerow(self._header)
        writer.writerows(self._rows.values())
        return text.getvalue().encode("utf-8-sig")  # by its mark whatever encoding is declared is passed over

    def says_the_same(self, other: RecordedTable) -> bool:
        """Return whether another table has the same cells, is understood alike, and nothing else is wrong with it."""
        wrong, wrong_there = (
            {(each.code, each.path) for each in side.findings if each.severity == "error"} for side in (self, other)
        )
        return self.cases == other.cases and wrong == wrong_there and self.rows_read == other.rows_read

    @property
    def rows_read(self) -> tuple[tuple[str, ...], ...]:
        """Its rows, the names of its columns first."""
        return (tuple(self._header), *map(tuple, self._rows.values()))

    @cached_property
    def _text(self) -> TableText | None:
        return table_text_once(self.content, str(self.file), self._own_reading.table)

    # --- what is recorded ----------------------------------------------------------------------------

    def recorded(self, said: Sequence[Said], new_cases: Sequence[str] = ()) -> bytes:
        """Return the file with what is recorded of its cases, and with new cases below.

        Raises:
            RequestError: the table cannot hold it, or cannot be written without a risk.
        """
        if self.refusal is not None:
            raise RequestError([self.refusal])
        findings = Findings()
        texts = {(each.case, each.name): self._own_text(each, findings) for each in said}
        findings.raise_errors()
        try:
            if self.file.suffix.lower() == ".csv":
                content = self._in_text(texts, new_cases)
            else:
                content = self._in_workbook(texts, new_cases)
        except WorkbookError as error:
            message = f"nothing is recorded in {self.file.name}: {error}"
            raise RequestError(
                [not_recorded(self.at, message, "record it in a spreadsheet program, and open the inspection again")]
            ) from None
        self._check(content, said, new_cases)
        return content

    def _own_text(self, said: Said, findings: Findings) -> str:
        """Return how the table says something; that it cannot goes to ``findings``."""
        if said.case not in self.places.rows:
            message = f"the case {quote_cell(said.case)} does not stand in {self.file.name}"
            findings.extend([not_recorded(self.at, message, "add the case first")])
            return ""
        at = self.places.of(said.case, said.name)
        word = said.word.strip()
        odd = NOT_PRINTABLE.search(word)
        if odd is not None:
            message = f"{said.name} holds U+{ord(odd[0]):04X}, which cannot be printed"
            findings.extend([not_recorded(at, message, "leave that character out", said.name)])
            return ""
        if not self.takes(said.name):
            message = f'{self.file.name} has no column for "{said.name}"'
            hint = "write it beside the table" if self._long is not None else "add the column to the table"
            findings.extend([not_recorded(self.at, message, hint, said.name)])
            return ""
        if said.is_note or not word:
            return word
        fact = self._framework.facts_by_id.get(said.name)
        try:
            meant = word if fact is None else type_fact_value(fact, word)
        except ValueError as error:
            assert fact is not None
            message = f"{said.name} is {quote_cell(word)}, which is not {error}"
            findings.extend([not_recorded(at, message, value_hint(fact, word), said.name)])
            return ""
        if fact is None and word not in answers_to(self._framework, said.name):
            words = list(answers_to(self._framework, said.name))
            message = f"{said.name} is {quote_cell(word)}, which is not {' or '.join(words)}"
            findings.extend([not_recorded(at, message, answer_hint(word, words), said.name)])
            return ""
        form = self.places.form
        if form is not None:
            shown = form.made.shown.get(said.name)
            return word if shown is None else shown.words.get(word, word)
        for text in dict.fromkeys(self._ways_to_say(said.name, word, fact, meant)):
            if self._says(said.name, text, meant):
                return text
        message = f"the table has no text that says {word} in the column for {said.name}"
        hint = "say in its reading what stands for it, under columns or values"
        findings.extend([not_recorded(at, message, hint, said.name)])
        return ""

    def _ways_to_say(self, name: str, word: str, fact: Fact | None, meant: FactValue) -> Iterator[str]:
        """Yield the texts that may stand for something: those that the table uses first, then what is declared."""
        yield from (text for text, says in self._used(name) if says == word)
        reading = self._own_reading
        declared = reading.columns.get(name)
        if declared is not None and declared.values:
            yield from reading.declared_texts(name, word)
        if fact is None:
            for other in self._framework.prompts:
                yield from (text for text, says in self._used(other) if says == word)
        yield from reading.declared_texts(name, word)
        vocabulary = self._cells.vocabulary(name)
        if vocabulary is not None:
            yield from vocabulary.texts.get(word, ())
        if isinstance(meant, datetime.date):
            yield from (written_day(each, meant) for each in reading.date_formats)
        yield word

    def _used(self, name: str) -> Iterator[tuple[str, str | None]]:
        """Yield the texts in a column that say something, with what: those that stand there most often first."""
        return iter(self._texts_used.get(name, ()))

    @cached_property
    def _texts_used(self) -> Mapping[str, list[tuple[str, str | None]]]:
        used: dict[str, list[tuple[str, str | None]]] = {}
        for each in sorted(self.understood.texts, key=lambda each: -each.cells):
            if each.says is not None:
                used.setdefault(each.meaning, []).append((each.text, each.says))
        return used

    def _says(self, name: str, text: str, meant: FactValue) -> bool:
        if not text.strip() or self._cells.why_missing(text) is not None:
            return False
        try:
            return self._cells.value(name, text) == meant
        except ValueError:
            return False

    # --- how it is written ---------------------------------------------------------------------------

    def _new_columns(self, texts: Mapping[tuple[str, str], str]) -> dict[str, int]:
        """Return the columns that notes need and the table has not, with their numbers."""
        if self.places.form is not None or self._long is not None:
            return {}
        names = [name for (_, name), text in texts.items() if text and name not in self.places.columns]
        new = [name for name in dict.fromkeys(names) if self._note_column(name) is None]
        return {name: number for number, name in enumerate(new, len(self._header) + 1)}

    def _column(self, name: str, new: Mapping[str, int]) -> int | None:
        return new.get(name) or self.places.columns.get(name) or self._note_column(name)

    def _in_text(self, texts: Mapping[tuple[str, str], str], new_cases: Sequence[str]) -> bytes:
        assert self._text is not None
        new = self._new_columns(texts)
        cells: dict[Place, str] = {}
        for (case, name), text in texts.items():
            for place in [(self.places.rows[case], new[name])] if name in new else self._places(case, name):
                cells[place] = text
        try:
            content = self._text.filled_in(cells, tuple(new), self._new_rows(texts, new_cases))
        except UnicodeEncodeError as error:
            letters = quote_cell(error.object[error.start : error.end])
            message = f"{self.file.name} is saved as {self._text.encoding}, which has no {letters}"
            hint = 'write it otherwise, or save the table as "CSV UTF-8"'
            raise RequestError([not_recorded(self.at, message, hint)]) from None
        if content is None:
            message = f"{self.file.name} cannot be changed without a risk to what else it says"
            raise RequestError([not_recorded(self.at, message, "look for quotation marks in its cells")])
        return content

    def _new_rows(self, texts: Mapping[tuple[str, str], str], new_cases: Sequence[str]) -> list[dict[int, str]]:
        """Return the rows that go below the last, by the numbers of their columns."""
        if self._long is None:
            of_case = self._header.index(self._case_name) + 1
            return [{of_case: case} for case in new_cases]
        columns = [self._header.index(each) + 1 for each in self._long.names]
        said = [(case, name, text) for (case, name), text in texts.items() if text and not self._places(case, name)]
        said += [(case, next(iter(self._framework.prompts)), "") for case in new_cases]
        names = self.understood.columns.names
        return [
            dict(zip(columns, (case, names.get(name) or self._own_reading.named(name) or name, text), strict=True))
            for case, name, text in said
        ]

    def _in_workbook(self, texts: Mapping[tuple[str, str], str], new_cases: Sequence[str]) -> bytes:
        from ctm_rules.editing.workbook_cells import with_cells

        form = self.places.form
        if new_cases and self.is_of_pages:
            message = f"{self.file.name} is a form with a page for each case, which takes no more cases"
            hint = "make another form for them, ctm-rules form --help, and add it to the tables of the inspection"
            raise RequestError([not_recorded(self.at, message, hint)])
        new = self._new_columns(texts)
        cells: dict[SheetCell, CellValue] = {}
        rows: set[int] = set()
        for (case, name), text in texts.items():
            if self.is_of_pages and Said(case, name, text).is_note:
                cells[self._note_cell(case, name)] = text
                continue
            for row, column in [(self.places.rows[case], new[name])] if name in new else self._places(case, name):
                rows.add(row)
                cells[self._sheet_cell(row, column)] = self._value(name, text)
        for name, number in new.items():
            cells[self._sheet_cell(self._header_row, number)] = name
        for made, row in zip(self._new_rows(texts, new_cases), self._free_rows(), strict=False):
            cells |= {self._sheet_cell(row, column): text for column, text in made.items() if text}
        own = [self._case_name] if self._long is None else self._long.names
        read = {*self.places.columns.values(), *(self._header.index(each) + 1 for each in own)}
        not_computed = [] if self.is_of_pages else [self._sheet_cell(row, number) for row in rows for number in read]
        return with_cells(self.content, cells, not_computed, only_known_rows=form is not None)

    def _free_rows(self) -> Iterator[int]:
        """Yield the rows of a sheet that new cases may take."""
        is_register = self.places.form is not None
        number = self._header_row if is_register else max([self._header_row, *self._rows])
        while True:
            number += 1
            if number not in self._rows:
                yield number

    def _sheet_cell(self, row: int, column: int) -> tuple[str, str]:
        at, form = Location(str(self.file), row, column), self.places.form
        seen = self._seen(at)
        if form is not None and not seen.cell:  # a spare row of a register
            seen = on_sheet(at, form.places[form.header_row][0], min(form.header))
        return seen.sheet, seen.cell

    def _note_cell(self, case: str, name: str) -> tuple[str, str]:
        form = self.places.form
        assert form is not None
        sheet, cell = self._sheet_cell(self.places.rows[case], self.places.columns[name.removeprefix(f"{NOTES}.")])
        return sheet, f"{form.notes[sheet]}{cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}"

    def _value(self, name: str, text: str) -> CellValue:
        """Return a text as a cell of a workbook has it: numbers as numbers, which its formulas compute with.

        Days are days in forms alone: of other workbooks nobody knows whether the cell would show one.
        """
        fact = self._framework.facts_by_id.get(name)
        if text and fact is not None and fact.type == "date" and self.places.form is not None:
            return datetime.date.fromisoformat(text)
        is_number = bool(text) and fact is not None and fact.type in ("whole_number", "number")
        return Decimal(text) if is_number and abs(Decimal(text)) < MAX_EXACT_IN_A_CELL else text

    # --- that it is what was meant -------------------------------------------------------------------

    def _check(self, content: bytes, said: Sequence[Said], new_cases: Sequence[str]) -> None:
        """Refuse a file that says something else than was meant, to whatever reads tables."""
        again = recorded_table(self.declared, self.file, content, self._framework, self._reading)
        known = {(each.code, each.message) for each in self.findings.errors}
        new = [each for each in again.findings.errors if (each.code, each.message) not in known]
        if new:
            raise RequestError(new)
        meant = {(each.case, each.name): each.word.strip() for each in said}
        wrong = [key for key, word in meant.items() if not _is_same(again.word(*key), word)]
        wrong += [(case, CASE_COLUMN) for case in new_cases if case not in again.cases]
        changed = {
            (row, each._header[column - 1])
            for each in (self, again)
            for key in meant
            for row, column in each._places(*key)
        }
        before, after = self._beside(again)
        is_kept = all(after.get(key) == text for key, text in before.items() if key not in changed)
        own = {self._case_name, *(() if self._long is None else self._long.names)}
        more = {
            (row, name) for row, name in after.keys() - before.keys() - changed if row in self._rows or name not in own
        }
        if wrong or more or not is_kept:
            case, name = (*wrong, ("", ""))[0]
            message = f"what is recorded of {quote_cell(case)} would not be read back from {self.file.name} as it is"
            hint = "record it in the program that the table comes from"
            raise RequestError([not_recorded(self.at, message, hint, name)])

    @property
    def _case_name(self) -> str:
        return self.understood.columns.names.get(CASE_COLUMN, CASE_COLUMN)

    def cells_of(self, case: str) -> Mapping[str, str]:
        """What stands in the first row of a case, by name of the column; what is empty is left out."""
        row = self.places.rows[case]
        return {name: text for (_, name), text in self._cells_in([row]).items()}

    def _cells_in(self, rows: Iterable[int]) -> dict[tuple[int, str], str]:
        return {
            (row, name): text
            for row in rows
            for name, text in zip(self._header, self._rows.get(row, ()), strict=False)
            if text
        }

    def _beside(self, other: RecordedTable) -> tuple[dict[tuple[int, str], str], dict[tuple[int, str], str]]:
        """Return what stands in this table and in another one, by row and column, in the rows that differ at all."""
        is_as_wide = self._header == other._header
        rows = [
            row
            for row in dict.fromkeys((*self._rows, *other._rows))
            if not is_as_wide or self._rows.get(row) != other._rows.get(row)
        ]
        return self._cells_in(rows), other._cells_in(rows)

    def lines(self, before: RecordedTable) -> Iterator[str]:
        """Yield each cell that says something else than before, as a sentence would."""
        was, here = before._beside(self)
        names = {row: case for case, row in self.places.rows.items()}
        for row, name in sorted({*was, *here}):
            then, now = was.get((row, name), ""), here.get((row, name), "")
            if then != now:
                yield f"{self.file.name}, {names.get(row, f'row {row}')}, {name}: {then or '–'} → {now or '–'}"


def recorded_table(
    declared: CaseTable, file: Path, content: bytes, framework: Framework, reading: Reading
) -> RecordedTable:
    """Return a table of an inspection; what it was held against when it was recorded is what is in hand then."""
    parts = declared, str(file), content, framework, repr(reading)
    return known_by(RecordedTable, parts, partial(RecordedTable, declared, file, content, framework, reading))


def _is_same(found: str, meant: str) -> bool:
    return found == meant or one_spelling(found) == one_spelling(meant)
