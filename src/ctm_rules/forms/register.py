"""A form with a row for each case: for coordinators who see all cases at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import define, field

from ctm_rules.case_files.filled_forms import HELPER, PROGRESS
from ctm_rules.extras import needs_extra
from ctm_rules.forms.content import Content, Question
from ctm_rules.forms.spreadsheet_formulas import SpreadsheetFormulas
from ctm_rules.forms.workbook import (
    Computed,
    FormBook,
    Helpers,
    Known,
    Page,
    computed,
    height_of,
    known_of,
    write_guidance,
)
from ctm_rules.model.answers import Answer
from ctm_rules.model.case_columns import NOTES
from ctm_rules.model.cases import Case
from ctm_rules.model.framework import CASE_COLUMN

with needs_extra("report", "a form"):
    from xlsxwriter.utility import xl_rowcol_to_cell
    from xlsxwriter.worksheet import Worksheet

SPARE_ROWS = 20
"""Rows below the cases: a sheet that is protected takes no new ones."""

_TITLE, _HOW, _BLOCK, _LABEL, _IDS, _FIRST = range(6)
_CASE, _PROGRESS, _ASKED = range(3)
_WIDTH = 17


def register_form(content: Content, cases: Sequence[Case], inspector: str = "") -> bytes:
    """Return a form with a row for each case, what is known of it filled in, and spare rows below."""
    book = FormBook.start(content, inspector)
    register = _Register(book, book.sheet(book.label("form_register")), list(content.questions))
    register.write(cases)
    if content.provider:
        Page(book, book.sheet(book.label("form_provider")), content.provider).write("", {}, is_provider=True)
    write_guidance(book)
    return book.finish(
        "register", [*content.questions, *(each for section in content.provider for each in section.questions)]
    )


@define
class _Register:
    book: FormBook
    sheet: Worksheet
    questions: Sequence[Question]
    _helpers: int = 0
    _columns: dict[str, int] = field(factory=dict)

    def write(self, cases: Sequence[Case]) -> None:
        self._columns.update({question.name: column for column, question in enumerate(self.questions, _ASKED)})
        notes = _ASKED + len(self.questions)
        last = _FIRST + len(cases) + SPARE_ROWS - 1
        self._heads(notes)
        known: list[tuple[str, Known]] = [(case.id, known_of(case)) for case in cases]
        greyed: Mapping[str, str] = {}
        for row in range(last, _FIRST - 1, -1):
            case_id, of_case = known[row - _FIRST] if row - _FIRST < len(known) else ("", {})
            greyed = self._row(row, case_id, of_case, notes, last)  # in the end, that of the first row
        for question in self.questions:
            column = self._columns[question.name]
            cells = f"{xl_rowcol_to_cell(_FIRST, column)}:{xl_rowcol_to_cell(last, column)}"
            self.book.validate(self.sheet, cells, question)
            if question.name in greyed:
                rule = {
                    "type": "formula",
                    "criteria": f"={greyed[question.name]}",
                    "format": self.book.format("greyed"),
                }
                self.sheet.conditional_format(cells, rule)
        self._finish(notes, last)

    def _heads(self, notes: int) -> None:
        book, sheet = self.book, self.sheet
        book.write_text(sheet, _TITLE, 0, book.content.framework.title, "title")
        book.write_text(sheet, _HOW, 0, book.label("form_how_register"), "quiet_line")
        if book.inspector:
            book.write_text(
                sheet, _TITLE, _ASKED + 5, book.label("form_inspector", inspector=book.inspector), "quiet_line"
            )
        ids = {_CASE: CASE_COLUMN, _PROGRESS: PROGRESS, notes: NOTES}
        labels = {
            _CASE: book.label("form_case"),
            _PROGRESS: book.label("form_progress"),
            notes: book.label("form_notes"),
        }
        for question in self.questions:
            ids[self._columns[question.name]] = question.name
            labels[self._columns[question.name]] = question.text
        for column, name in ids.items():
            sheet.write_string(_IDS, column, name, book.format("hidden_id"))
            book.write_text(sheet, _LABEL, column, labels[column], "head")
        column = _ASKED
        blocks: dict[str, int] = {}
        for section in book.content.sections:
            blocks[section.block] = blocks.get(section.block, 0) + len(section.questions)
        for block, size in blocks.items():
            if size > 1:
                sheet.merge_range(_BLOCK, column, _BLOCK, column + size - 1, "", book.format("band"))
            book.write_text(sheet, _BLOCK, column, block, "band")
            column += size
        sheet.set_row(_TITLE, 22)
        sheet.set_row(_LABEL, max(height_of(label, _WIDTH) for label in labels.values()))
        sheet.set_row(_IDS, None, None, {"hidden": True})
        sheet.set_column(_CASE, _CASE, 22)
        sheet.set_column(_PROGRESS, _PROGRESS, 11)
        sheet.set_column(_ASKED, notes - 1, _WIDTH)
        sheet.set_column(notes, notes, 50)

    def _row(self, row: int, case_id: str, known: Known, notes: int, last: int) -> Mapping[str, str]:
        """Write the row of a case; return by the name of a question the cell that says when it is greyed there."""
        book, sheet = self.book, self.sheet
        whole = f"{xl_rowcol_to_cell(0, 0, True, True)}:{xl_rowcol_to_cell(last, notes, True, True)}"
        by_name = {question.name: question for question in self.questions}

        def cell_of(name: str) -> str:
            # By the place in the whole table: nobody moves that by cutting and pasting, or by sorting.
            return f"INDEX({whole},ROW(),{self._columns[name] + 1})"

        def place(formula: str, number: int) -> str:
            column = notes + 1 + number
            book.write_formula(sheet, row, column, formula, "helper")
            self._helpers = max(self._helpers, number + 1)
            return str(xl_rowcol_to_cell(row, column, False, True))

        helpers = Helpers(place)
        formulas = SpreadsheetFormulas(
            cell_of, lambda name, value: book.cell_of_word(by_name[name], value), helpers.cell
        )
        if case_id:
            book.write_id(sheet, row, _CASE, case_id, "case_open")
        else:
            sheet.write_blank(row, _CASE, None, book.format("case_open"))
        terms: list[str] = []
        greyed: dict[str, str] = {}
        for question in self.questions:
            book.write_answer(sheet, row, self._columns[question.name], question, known)
            if question.is_fact:
                continue
            asked: Computed = computed(question.asked, formulas)
            terms.append(asked.is_open(cell_of(question.name), book.cell_of_word(question, Answer.NA.value)))
            if asked.false != "FALSE":
                greyed[question.name] = asked.false
        sheet.write_blank(row, notes, None, book.format("note"))
        is_spare = f'TRIM(INDEX({whole},ROW(),{_CASE + 1}))=""'
        book.write_formula(sheet, row, _PROGRESS, f'IF({is_spare},"",{formulas.added(terms or ["0"])})', "number")
        return greyed

    def _finish(self, notes: int, last: int) -> None:
        book, sheet = self.book, self.sheet
        for column in range(notes + 1, notes + 1 + self._helpers):
            sheet.write_string(_IDS, column, HELPER, book.format("hidden_id"))
        if self._helpers:
            sheet.set_column(notes + 1, notes + self._helpers, None, None, {"hidden": True})
        sheet.freeze_panes(_FIRST, _ASKED)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.set_print_scale(60)
        sheet.print_area(_TITLE, _CASE, last, notes)
        sheet.repeat_rows(_BLOCK, _LABEL)
        sheet.repeat_columns(_CASE, _PROGRESS)
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True})
