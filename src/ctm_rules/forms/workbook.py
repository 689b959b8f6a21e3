"""A form as a workbook (XLSX): what its sheets share, and the sheet of one case or of the provider.

Spreadsheet programs keep quiet about much of what they do not take, so what was tried stands here: words are offered
from ranges that have a name, and no list is written out; formulas have an empty text as the value that was worked out
last, or one would read "done" beside what is still to be done; they look cells up by their place in a whole range,
which nobody moves by cutting and pasting; ids are texts in cells of text.
"""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import define, field, frozen

from ctm_rules.case_files.filled_forms import (
    FORM_SHEET,
    LISTS_SHEET,
    PAGE_KEYS,
    PROVIDER,
    FormColumn,
    FormLayout,
    FormMade,
    described,
)
from ctm_rules.escaping import is_formula
from ctm_rules.extras import needs_extra
from ctm_rules.forms.content import Content, Question, Section
from ctm_rules.forms.relevance import ALWAYS, NEVER, Expression, Surely
from ctm_rules.forms.spreadsheet_formulas import FIRST_DAY, LAST_DAY, SpreadsheetFormulas, fits_in_a_cell
from ctm_rules.languages.languages import clean
from ctm_rules.limits import (
    MAX_CELL_ERROR,
    MAX_CELL_PROMPT,
    MAX_CELL_PROMPT_TITLE,
    MAX_DOCUMENT_PROPERTY,
    MAX_EXACT_IN_A_CELL,
    MAX_FORM_PAGE_HEIGHT,
    MAX_SHEET_NAME,
)
from ctm_rules.model.answers import Answer, AnyAnswer, StepAnswer
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import CASE_COLUMN

with needs_extra("report", "a form"):
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
    from xlsxwriter.worksheet import Worksheet

Known = Mapping[str, FactValue | AnyAnswer]
"""What is known of a case already, by the name of what is asked."""


def known_of(case: Case) -> Known:
    """Return what is known of a case, facts and answers together."""
    return {**case.facts, **case.answers}


@define
class FormBook:
    """A workbook while it is written.

    Attributes:
        content: what the form asks.
        inspector: who fills it in (nothing: that is not said).
    """

    content: Content
    inspector: str
    workbook: xlsxwriter.Workbook
    out: io.BytesIO
    _formats: dict[str, Format] = field(factory=dict)
    _lists: dict[tuple[str, ...], str] = field(factory=dict)
    _sheet_of_lists: Worksheet | None = None
    _names: set[str] = field(factory=set)

    @classmethod
    def start(cls, content: Content, inspector: str) -> FormBook:
        """Return an empty workbook."""
        out = io.BytesIO()
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        workbook = xlsxwriter.Workbook(out, {"in_memory": True, **plain})
        framework = content.framework
        made = datetime.datetime.combine(framework.in_force_from, datetime.time(12))
        workbook.set_properties({"title": clean(framework.title)[:MAX_DOCUMENT_PROPERTY], "created": made})
        return cls(content, clean(inspector), workbook, out, names={FORM_SHEET, LISTS_SHEET})

    def finish(self, layout: FormLayout, questions: Iterable[Question]) -> bytes:
        """Write what the form says of itself, and return the workbook."""
        framework = self.content.framework
        texts = described(framework)
        columns = tuple(
            FormColumn(
                each.name,
                clean(texts[each.name][0]),
                clean(texts[each.name][1]),
                {word: clean(to) for word, to in each.words.items()},
            )
            for each in questions
        )
        made = FormMade(
            layout,
            framework.id,
            framework.edition,
            framework.checksum,
            self.content.language.code,
            self.inspector,
            columns,
        )
        hidden = self.workbook.add_worksheet(FORM_SHEET)
        for row, cells in enumerate(made.rows()):
            for column, cell in enumerate(cells):
                if cell:
                    hidden.write_string(row, column, cell)
        hidden.very_hidden()
        hidden.protect()
        self.lists.hide()
        self.workbook.close()
        return self.out.getvalue()

    # --- words ---------------------------------------------------------------------------------------

    def label(self, name: str, **values: object) -> str:
        """Return one of the form's own words, in its language."""
        return self.content.language.label(name, **values).value

    @property
    def lists(self) -> Worksheet:
        """The hidden sheet with the words that may be chosen."""
        if self._sheet_of_lists is None:
            self._sheet_of_lists = self.workbook.add_worksheet(LISTS_SHEET)
            self._sheet_of_lists.protect()
        return self._sheet_of_lists

    def list_of(self, words: Sequence[str]) -> str:
        """Return the name of the range that holds some words to choose from."""
        key = tuple(map(clean, words))
        if key not in self._lists:
            column, name = len(self._lists), f"form_list_{len(self._lists) + 1}"
            for row, word in enumerate(key):
                self.lists.write_string(row, column, word)
            letter = xl_col_to_name(column, col_abs=True)
            self.workbook.define_name(name, f"='{LISTS_SHEET}'!{letter}$1:{letter}${len(key)}")
            self._lists[key] = name
        return self._lists[key]

    def cell_of_word(self, question: Question, value: str | bool) -> str:
        """Return the reference to a cell that holds what the form calls a value."""
        words = tuple(map(clean, question.words.values()))
        name = self.list_of(words)
        place = list(question.words).index(written_value(value)) + 1
        return f"INDEX({name},{place},1)"

    # --- formats and sheets --------------------------------------------------------------------------

    def format(self, name: str) -> Format:
        """Return one of the formats of the form."""
        if name not in self._formats:
            self._formats[name] = self.workbook.add_format({**_BASE, **_FORMATS[name]})
        return self._formats[name]

    def sheet(self, name: str) -> Worksheet:
        """Return a new sheet, with a name that a sheet may have and no other has."""
        plain = "".join(" " if sign in "[]:*?/\\" or not sign.isprintable() else sign for sign in clean(name))
        plain = cut(plain.strip(" '") or "-", MAX_SHEET_NAME)
        taken = {each.casefold() for each in (*self._names, "history")}
        chosen, number = plain, 1
        while chosen.casefold() in taken:
            number += 1
            ending = f" ({number})"
            chosen = cut(plain, MAX_SHEET_NAME - len(ending)) + ending
        self._names.add(chosen)
        return self.workbook.add_worksheet(chosen)

    # --- cells ---------------------------------------------------------------------------------------

    def write_text(self, sheet: Worksheet, row: int, column: int, text: str, form: str = "text") -> None:
        """Write a text that stays one."""
        words = clean(text)
        sheet.write_string(row, column, words, self.format(f"{form}_quoted" if is_formula(words) else form))

    def write_id(self, sheet: Worksheet, row: int, column: int, case_id: str, form: str) -> None:
        """Write the id of a case, as it is and as text."""
        sheet.write_string(row, column, case_id, self.format(f"{form}_quoted" if is_formula(case_id) else form))

    def write_formula(self, sheet: Worksheet, row: int, column: int, formula: str, form: str) -> None:
        """Write a formula that no program has worked out yet."""
        sheet.write_formula(row, column, f"={formula}", self.format(form), "")

    def write_answer(self, sheet: Worksheet, row: int, column: int, question: Question, known: Known) -> None:
        """Write what is known already into the cell for an answer; nothing leaves it open."""
        value = known.get(question.name)
        form = "date" if question.takes == "date" else "answer"
        if value is None:
            sheet.write_blank(row, column, None, self.format(form))
        elif isinstance(value, datetime.date):
            if value < FIRST_DAY:
                sheet.write_string(row, column, value.isoformat(), self.format("answer"))
            else:
                sheet.write_datetime(
                    row, column, datetime.datetime.combine(value, datetime.time()), self.format("date")
                )
        elif isinstance(value, int | Fraction) and not isinstance(value, bool):
            if fits_in_a_cell(value):
                sheet.write_number(row, column, float(value), self.format("answer"))
            else:
                sheet.write_string(row, column, written_value(value), self.format("answer"))
        else:
            self.write_text(sheet, row, column, self.text_of(question, value), "answer")

    def text_of(self, question: Question, value: FactValue | AnyAnswer) -> str:
        """Return what the form calls a value."""
        word = value.value if isinstance(value, Answer | StepAnswer) else written_value(value)
        return question.words.get(word, word)

    def validate(self, sheet: Worksheet, cells: str, question: Question) -> None:
        """Let cells take what can be read back, and say what that is."""
        refused = self.label("form_refused")
        if question.words:
            words = list(question.words.values())
            takes = self.label("form_choose", words=", ".join(words))
            rule: dict[str, object] = {"validate": "list", "source": f"={self.list_of(words)}"}
        else:
            takes, rule = self._in_range(question)
        sheet.data_validation(
            cells,
            {
                **rule,
                "input_title": cut(question.text, MAX_CELL_PROMPT_TITLE),
                "input_message": cut(" ".join([takes, *question.guidance]), MAX_CELL_PROMPT),
                "error_title": cut(refused, MAX_CELL_PROMPT_TITLE),
                "error_message": cut(takes, MAX_CELL_ERROR),
                "ignore_blank": True,
            },
        )

    def _in_range(self, question: Question) -> tuple[str, dict[str, object]]:
        """Return what a date or a number may be, in words and as a rule."""
        lowest = question.range.lowest if question.range is not None else None
        highest = question.range.highest if question.range is not None else None
        said = [self.label(_TAKES[question.takes])]
        said += [] if lowest is None else [self.label("form_from", first=written_value(lowest))]
        said += [] if highest is None else [self.label("form_up_to", last=written_value(highest))]
        least, most = (FIRST_DAY, LAST_DAY) if question.takes == "date" else (-_MOST, _MOST)
        wanted = (least if lowest is None else lowest, most if highest is None else highest)
        ends = [_between(end, least, most) for end in wanted]
        rule: dict[str, object] = {
            "validate": {"date": "date", "whole_number": "integer"}.get(question.takes, "decimal"),
            "criteria": "between",
            "minimum": float(ends[0]) if isinstance(ends[0], Fraction) else ends[0],
            "maximum": float(ends[1]) if isinstance(ends[1], Fraction) else ends[1],
        }
        return " ".join(said), rule


_TAKES = {
    "date": "form_a_date",
    "whole_number": "form_a_number",
    "number": "form_a_decimal",
}
_MOST = MAX_EXACT_IN_A_CELL - 1


def _between(value: Any, least: Any, most: Any) -> Any:
    return min(max(value, least), most)


def cut(text: str, most: int) -> str:
    """Return a text, cut where it has more than so many UTF-16 units, which is what spreadsheet programs count."""
    text = clean(text)
    if len(text.encode("utf-16-le")) // 2 <= most:
        return text
    kept = text.encode("utf-16-le")[: 2 * most - 2].decode("utf-16-le", errors="ignore")
    return f"{kept.rstrip()}…"


_GREY, _QUIET, _BAND, _FIELD = "#8A8F94", "#5F6368", "#1F3A5F", "#FFFFFF"
_BASE: Mapping[str, object] = {"font_name": "Arial", "font_size": 10, "valign": "top", "text_wrap": True}
_OPEN: Mapping[str, object] = {
    "locked": False,
    "align": "left",
    "border": 1,
    "border_color": "#9AA0A6",
    "bg_color": _FIELD,
}
_FORMATS: Mapping[str, Mapping[str, object]] = {
    "text": {},
    "text_quoted": {"quote_prefix": True},
    "id": {"num_format": "@", "font_color": _QUIET},
    "id_quoted": {"num_format": "@", "font_color": _QUIET, "quote_prefix": True},
    "hidden_id": {"num_format": "@", "font_color": _QUIET, "font_size": 8},
    "title": {"bold": True, "font_size": 14, "text_wrap": False},
    "title_quoted": {"bold": True, "font_size": 14, "text_wrap": False, "quote_prefix": True},
    "case": {"bold": True, "num_format": "@", "font_size": 12, "border": 1, "border_color": "#9AA0A6"},
    "case_quoted": {
        "bold": True,
        "num_format": "@",
        "font_size": 12,
        "border": 1,
        "border_color": "#9AA0A6",
        "quote_prefix": True,
    },
    "case_open": {**_OPEN, "num_format": "@"},
    "case_open_quoted": {**_OPEN, "num_format": "@", "quote_prefix": True},
    "quiet": {"font_color": _QUIET, "font_size": 8, "italic": True},
    "quiet_quoted": {"font_color": _QUIET, "font_size": 8, "italic": True, "quote_prefix": True},
    "quiet_line": {"font_color": _QUIET, "font_size": 9, "italic": True, "text_wrap": False},
    "quiet_line_quoted": {"font_color": _QUIET, "font_size": 9, "italic": True, "quote_prefix": True},
    "band": {"bold": True, "font_color": "#FFFFFF", "bg_color": _BAND, "font_size": 11},
    "band_quoted": {"bold": True, "font_color": "#FFFFFF", "bg_color": _BAND, "font_size": 11, "quote_prefix": True},
    "head": {"bold": True, "bg_color": "#E8EDF3"},
    "head_quoted": {"bold": True, "bg_color": "#E8EDF3", "quote_prefix": True},
    "answer": dict(_OPEN),
    "answer_quoted": {**_OPEN, "quote_prefix": True},
    "date": {**_OPEN, "num_format": "d mmm yyyy"},
    "note": {**_OPEN, "font_size": 9},
    "state": {"font_color": _QUIET, "font_size": 9, "indent": 1},
    "number": {"bold": True, "align": "left"},
    "link": {"font_color": "#1F3A5F", "underline": 1, "num_format": "@"},
    "helper": {"font_color": _GREY, "font_size": 8, "text_wrap": False},
    "greyed": {"font_color": _GREY, "bg_color": "#ECEEF0"},
}


def height_of(text: str, width: float, size: float = 10) -> float:
    """Return how high a row must be to show a text in a column so wide: nothing fits it to what is in it."""
    characters = max(1.0, width * 10 / size * 1.25)
    lines = sum(max(1, math.ceil(len(line) / characters)) for line in text.split("\n"))
    return lines * size * 1.32 + 2


# --- guidance ----------------------------------------------------------------------------------------------


def write_guidance(book: FormBook) -> None:
    """Write a sheet with what the standards say beside the questions."""
    sheet = book.sheet(book.label("form_guidance"))
    widths = (30, 70, 90)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    heads = (book.label("standards"), book.label("question"), book.label("form_guidance"))
    for column, head in enumerate(heads):
        book.write_text(sheet, 0, column, head, "head")
    row = 1
    for section in (*book.content.sections, *book.content.provider):
        lines = [(section.title, section.guidance, "head")] if section.title else []
        for text, guidance, form in [*lines, *((each.text, each.guidance, "text") for each in section.questions)]:
            said = "\n".join(map(clean, guidance))
            book.write_text(sheet, row, 0, section.block, form)
            book.write_text(sheet, row, 1, text, form)
            sheet.write_string(row, 2, said, book.format(form))
            cells = zip((section.block, text, said), widths, strict=True)
            sheet.set_row(row, max(height_of(cell, width) for cell, width in cells))
            row += 1
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.protect("", {"format_columns": True, "format_rows": True})


# --- what is computed ------------------------------------------------------------------------------------


@frozen
class Computed:
    """Whether something is surely asked, and surely not, as references to cells or as constants."""

    true: str
    false: str

    def state(self, cell: str, na: str, labels: Callable[[str], str]) -> str:
        """Return the formula that says how far an answer is.

        Args:
            cell: the reference to the answer.
            na: the reference to what "does not apply" is called.
            labels: returns a word of the form in quotation marks.
        """
        is_blank = f'TRIM({cell})=""'
        done = labels("form_done")
        if self.true != "TRUE":
            done = f"IF(OR({self.true},EXACT({cell},{na})),{done},{labels('form_fact_missing')})"
        asked = f"IF({is_blank},{labels('form_to_do')},{done})"
        return asked if self.false == "FALSE" else f"IF({self.false},{labels('form_not_asked')},{asked})"

    def is_open(self, cell: str, na: str) -> str:
        """Return the formula that is 1 where an answer is still to be given, or waits for a fact."""
        answered = "0" if self.true == "TRUE" else f"IF(OR({self.true},EXACT({cell},{na})),0,1)"
        asked = f'IF(TRIM({cell})="",1,{answered})'
        return asked if self.false == "FALSE" else f"IF({self.false},0,{asked})"


@define
class Helpers:
    """Cells that only compute something, one for each formula."""

    place: Callable[[str, int], str]
    _cells: dict[str, str] = field(factory=dict)

    def cell(self, formula: str) -> str:
        """Return the reference to the cell that holds a formula."""
        if formula not in self._cells:
            self._cells[formula] = self.place(formula, len(self._cells))
        return self._cells[formula]


def computed(asked: Surely, formulas: SpreadsheetFormulas) -> Computed:
    """Return whether something is asked, each part computed once in a cell of its own."""

    def cell(expression: Expression) -> str:
        formula = formulas.of(expression)
        return formula if expression in (ALWAYS, NEVER) else formulas.helper(formula)

    return Computed(cell(asked.true), cell(asked.false))


# --- the sheet of one case -------------------------------------------------------------------------------

ID, TEXT, ANSWER, NOTES, STATE, HELP = 0, 1, PAGE_KEYS["answer"] - 1, PAGE_KEYS["notes"] - 1, 4, 6
_WIDTHS = {TEXT: 78, ANSWER: 19, NOTES: 32, STATE: 12}


@frozen
class Page:
    """The sheet of one case, or that for what is asked once of the provider.

    Attributes:
        book: the workbook.
        sheet: the sheet.
        sections: what is asked on it.
    """

    book: FormBook
    sheet: Worksheet
    sections: tuple[Section, ...]

    @property
    def _height(self) -> float:
        """How high it is, about, in points."""
        questions = [question for section in self.sections for question in section.questions]
        heads = len({section.block for section in self.sections}) + len(self.sections) + 4
        return 16 * heads + sum(height_of(clean(question.text), _WIDTHS[TEXT]) for question in questions)

    def write(self, case_id: str, known: Known, *, is_provider: bool = False) -> str:
        """Write the sheet, and return the reference to the number of answers that are still to be given."""
        book, sheet = self.book, self.sheet
        sheet.set_column(ID, ID, None, None, {"hidden": True})
        for column, width in _WIDTHS.items():
            sheet.set_column(column, column, width)
        sheet.set_column(HELP - 1, HELP, None, None, {"hidden": True})
        for key, column in PAGE_KEYS.items():
            sheet.write_string(0, column - 1, key, book.format("hidden_id"))
        sheet.set_row(0, None, None, {"hidden": True})
        framework = book.content.framework
        book.write_text(sheet, 1, TEXT, framework.title, "title")
        sheet.set_row(1, 22)
        sheet.write_string(2, ID, PROVIDER if is_provider else CASE_COLUMN, book.format("hidden_id"))
        book.write_text(sheet, 2, TEXT, book.label("form_provider" if is_provider else "form_case"), "head")
        book.write_id(sheet, 2, ANSWER, case_id, "case")
        self._progress_label()
        how = book.label("form_how")
        book.write_text(sheet, 3, TEXT, how, "quiet")
        sheet.set_row(3, height_of(how, _WIDTHS[TEXT], 8))
        if book.inspector:
            book.write_text(sheet, 3, ANSWER, book.label("form_inspector", inspector=book.inspector), "quiet")
        heads = {TEXT: "question", ANSWER: "answered", NOTES: "form_notes", STATE: "form_state"}
        for column, name in heads.items():
            book.write_text(sheet, 4, column, book.label(name), "head")
        last = self._questions(5, known)
        states = f"{xl_rowcol_to_cell(5, STATE, True, True)}:{xl_rowcol_to_cell(last, STATE, True, True)}"
        waiting = [self._quoted("form_to_do"), self._quoted("form_fact_missing")]
        counted = "+".join(f"COUNTIF({states},{word})" for word in waiting)
        book.write_formula(sheet, 2, STATE, counted, "number")
        self._print(last)
        return f"'{sheet.get_name().replace(chr(39), chr(39) * 2)}'!{xl_rowcol_to_cell(2, STATE, True, True)}"

    def _progress_label(self) -> None:
        self.book.write_text(self.sheet, 2, NOTES, self.book.label("form_progress"), "text")

    def _quoted(self, label: str) -> str:
        return '"' + self.book.label(label).replace('"', '""') + '"'

    def _questions(self, row: int, known: Known) -> int:
        """Write what is asked from a row on, and return the last row."""
        book, sheet = self.book, self.sheet
        rows: dict[str, int] = {}
        start = row
        for number, section in enumerate(self.sections):
            row += section.block != (self.sections[number - 1].block if number else "")
            row += 1 if section.title else 0
            for question in section.questions:
                rows[question.name] = row
                row += 1
        last, row = row - 1, start
        whole = f"{xl_rowcol_to_cell(0, ANSWER, True, True)}:{xl_rowcol_to_cell(last, ANSWER, True, True)}"
        by_name = {question.name: question for section in self.sections for question in section.questions}

        def cell_of(name: str) -> str:
            return f"INDEX({whole},{rows[name] + 1},1)"

        def place(formula: str, number: int) -> str:
            book.write_formula(sheet, number, HELP, formula, "helper")
            return str(xl_rowcol_to_cell(number, HELP, True, True))

        helpers = Helpers(place)
        formulas = SpreadsheetFormulas(
            cell_of, lambda name, value: book.cell_of_word(by_name[name], value), helpers.cell
        )
        for number, section in enumerate(self.sections):
            row = self._heading(
                row, section, is_first=section.block != (self.sections[number - 1].block if number else "")
            )
            for question in section.questions:
                self._question(row, question, known, computed(question.asked, formulas), cell_of(question.name))
                row += 1
        greyed = {"type": "formula", "format": book.format("greyed")}
        criteria = f"=${xl_col_to_name(STATE)}{start + 1}={self._quoted('form_not_asked')}"
        sheet.conditional_format(start, TEXT, last, STATE, {**greyed, "criteria": criteria})
        return last

    def _heading(self, row: int, section: Section, *, is_first: bool) -> int:
        book, sheet = self.book, self.sheet
        if is_first:
            for column in (TEXT, ANSWER, NOTES, STATE):
                sheet.write_blank(row, column, None, book.format("band"))
            book.write_text(sheet, row, TEXT, section.block, "band")
            row += 1
        width = sum(_WIDTHS.values())
        if section.title:
            for column in (TEXT, ANSWER, NOTES, STATE):
                sheet.write_blank(row, column, None, book.format("head"))
            sheet.merge_range(row, TEXT, row, STATE, "", book.format("head"))
            book.write_text(sheet, row, TEXT, section.title, "head")
            sheet.set_row(row, height_of(section.title, width))
            row += 1
        return row

    def _question(self, row: int, question: Question, known: Known, asked: Computed, cell: str) -> None:
        book, sheet = self.book, self.sheet
        sheet.write_string(row, ID, question.name, book.format("hidden_id"))
        book.write_text(sheet, row, TEXT, question.text)
        sheet.set_row(row, height_of(question.text, _WIDTHS[TEXT]))
        book.write_answer(sheet, row, ANSWER, question, known)
        book.validate(sheet, xl_rowcol_to_cell(row, ANSWER), question)
        sheet.write_blank(row, NOTES, None, book.format("note"))
        if not question.is_fact:
            na = book.cell_of_word(question, Answer.NA.value)
            book.write_formula(sheet, row, STATE, asked.state(cell, na, self._quoted), "state")

    def _print(self, last: int) -> None:
        sheet = self.sheet
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.3, right=0.3, top=0.3, bottom=0.4)
        sheet.print_area(1, TEXT, last, STATE)
        sheet.repeat_rows(1, 4)
        sheet.fit_to_pages(1, math.ceil(self._height / MAX_FORM_PAGE_HEIGHT))
        sheet.center_horizontally()
        sheet.set_footer("&L&8&A&R&8&P / &N")
        sheet.freeze_panes(5, 0)
        sheet.hide_gridlines(2)
        sheet.protect("", {"format_columns": True, "format_rows": True})
