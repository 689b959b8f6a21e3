"""A cell without a meaning (data validation): what is said of it, at every door the same, and which others are like it.

Cells are alike where one cause explains them: one word in many columns, dates in one other form, labels where values
are meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, field, frozen

from ctm_rules.case_files.cells import BAD_ROW, quote_cell
from ctm_rules.diagnostics.characters import say_difference
from ctm_rules.diagnostics.findings import Alike, Code, Diagnostic, Location, shorten
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.limits import MAX_QUOTED_TEXT
from ctm_rules.model.answer_words import JUDGEMENTS, answer_hint, answers_to, is_ambiguous, is_label, value_hint
from ctm_rules.model.case_values import BAD_ANSWER, BAD_VALUE
from ctm_rules.model.fact_values import say_values
from ctm_rules.model.framework import CASE_COLUMN, NOT_RATED, Fact, Framework
from ctm_rules.model.reading import Cells

# The form of a date or a number: numbers of one or two digits as d, longer ones as Y, words as a. What a dataframe
# library does with the same steps to a whole column comes to the same.
FORM: Sequence[tuple[str, str]] = ((r"[^\W\d_]+", "a"), ("[0-9]{3,}", "Y"), ("[0-9]{1,2}", "d"))
"""What to put in place of what, step by step, so that a text becomes its form: ``13/01/2025`` becomes ``d/d/Y``."""

_DATE_FORM = "Y-d-d"


def has_form(fact: Fact | None) -> bool:
    """Whether the values of a column are alike by their form and not by what they say."""
    return fact is not None and fact.type in ("date", "whole_number", "number")


def form_of(text: str) -> str:
    """Return the form of a text.

    >>> form_of("13/01/2025"), form_of("2025-02-30"), form_of("31 January 2025")
    ('d/d/Y', 'Y-d-d', 'd a Y')
    """
    for found, form in FORM:
        text = re.sub(found, form, text)
    return text


ROUNDED_ID = "[0-9](?:[.,][0-9]+)?[Ee][+][0-9]+"
"""A long number as a spreadsheet program shows and saves it, when it takes an id for a number (a pattern)."""


@frozen
class Shown:
    """How people see a column in a form, where they see neither its id nor the words of a table.

    Attributes:
        asked: what is asked there.
        words: by each word that may be answered, what the form calls it.
    """

    asked: str = ""
    words: Mapping[str, str] = field(factory=dict, hash=False)

    def said(self, name: str) -> str:
        """Return what is asked beside the id of the column."""
        return f"“{shorten(self.asked, MAX_QUOTED_TEXT)}” ({name})" if self.asked else f'"{name}"'


@frozen
class OddCell:
    """What is wrong with a text in a column.

    Attributes:
        wrong: what is wrong, after what the cell holds: ``is not yes or no or na``.
        alike: which other cells are like it.
        shown: how people see the column, where it is one of a form.
    """

    text: str
    column: str
    meaning: str
    code: Code
    wrong: str
    hint: str
    alike: Alike
    shown: Shown | None = None

    def in_row(self, at: Location) -> Diagnostic:
        """Return the finding that it stands in a row of a file."""
        message = f'row {at.line}, column "{self.column}": {quote_cell(self.text)} {self.wrong}'
        if self.shown is not None:
            message = f"{self.shown.said(self.column)} holds {quote_cell(self.text)}, which {self.wrong}"
        if not self.text:
            message = f"row {at.line} {self.wrong}"
        return self.code.found(at, message, path=self.meaning, hint=self.hint, alike=self.alike)

    def somewhere(self, at: Location) -> Diagnostic:
        """Return the finding that it stands in a table whose rows have no numbers."""
        message = f'the column "{self.column}" holds {quote_cell(self.text)}, which {self.wrong}'
        if not self.text:
            message = f"a row {self.wrong}"
        return self.code.found(at, message, path=self.meaning, hint=self.hint, alike=self.alike)


def odd_cell(
    cells: Cells, meaning: str, column: str, text: str, *, by_options: bool = False, shown: Shown | None = None
) -> OddCell:
    """Return what is wrong with a text that has no meaning in a column.

    Args:
        cells: what cells mean.
        meaning: the fact, prompt, measure or key question, as a case table names it.
        column: what the table itself calls it.
        text: what the cell holds (nothing: the cell is empty, and may not be).
        by_options: whether options can say what codes mean, beside what is declared in a file.
        shown: how people see the column, where it is one of a form.
    """
    odd = _odd_cell(cells, meaning, column, text, shown)
    if shown is not None:
        return evolve(odd, shown=shown)
    if by_options and cells.vocabulary(meaning) is not None and text.lstrip("-").isdecimal():
        if not cells.has_codes:
            return evolve(odd, hint="declare what the codes mean (--codes, or codes=)")
        return evolve(odd, hint="it is none of the codes that are declared: declare it too, or put it right")
    return odd


def meant_fact(framework: Framework, meaning: str) -> Fact | None:
    """Return the fact that a column holds, if it holds one; what is grouped by its periods is taken for a date."""
    answered = (framework.prompts, framework.provider_prompts, framework.measures_by_path, framework.ruled_questions)
    if any(meaning in each for each in answered) or framework.judged_scale(meaning) is not None:
        return framework.every_fact.get(meaning)
    return framework.every_fact.get(meaning) or Fact(meaning, meaning, "date")


def repeated_case(at: Location, case_id: str, before: int, as_before: str) -> Diagnostic:
    """Return the finding that a row has the id of a case that a row above has, or one that looks the same."""
    if case_id != as_before:
        like = f"the id {quote_cell(case_id)}, which looks the same as that of row {before:,}"
        alike = Alike("rows", f"look as if they repeat one above, such as {quote_cell(case_id)}", cause="looks")
        hint = f"{say_difference(as_before, case_id)}; {ONE_ROW}"
        return BAD_ROW.found(at, f"row {at.line} has {like}", path=CASE_COLUMN, hint=hint, alike=alike)
    message = f"row {at.line} repeats the case {quote_cell(case_id)} of row {before:,}"
    alike = Alike("rows", f"repeat the case of a row above, such as {quote_cell(case_id)}", cause="repeats")
    return BAD_ROW.found(at, message, path=CASE_COLUMN, hint=ONE_ROW, alike=alike)


TWO_ANSWERS = Code(
    "two-answers",
    "error",
    what="The rows of a long table, or the tables of two inspectors, give two different answers to one prompt of a "
    "case, or two values of one fact.",
    why="Only one of them can be right, and nobody could tell which was counted.",
    bad="case,name,value\nc01,assessment.safety.victims,yes\nc01,assessment.safety.victims,no",
    good="case,name,value\nc01,assessment.safety.victims,yes",
)


def two_answers(at: Location, case_id: str, meaning: str, before: str, row: int, text: str) -> Diagnostic:
    """Return the finding that a row says something else of a case than a row above."""
    message = f'row {at.line} says {quote_cell(text)} for "{meaning}" of the case {quote_cell(case_id)}'
    message += f", and row {row:,} says {quote_cell(before)}"
    alike = Alike("rows", "say something else of a case than a row above", cause="two answers")
    return TWO_ANSWERS.found(at, message, path=meaning, hint="keep the one that is right", alike=alike)


ONE_ROW = "keep one row for each case; where two cases have one id, put what tells them apart into it"


def _odd_cell(cells: Cells, meaning: str, column: str, text: str, shown: Shown | None) -> OddCell:
    framework = cells.framework
    if meaning == CASE_COLUMN:
        return _odd_id(column, text)
    fact = meant_fact(framework, meaning)
    scale = framework.judged_scale(meaning)
    if fact is None and scale is not None:
        return odd_rating(meaning, column, text, [*(step.id for step in scale), NOT_RATED])
    if fact is None:
        words = JUDGEMENTS if meaning in framework.ruled_questions else answers_to(framework, meaning)
        return _odd_answer(meaning, column, text, words, shown)
    words_shown = {} if shown is None else shown.words
    takes = " or ".join(words_shown.values()) or _takes(cells, fact, text)
    where, wrong, example = _under(column, shown), f"is not {takes}", quote_cell(text)
    hint = value_hint(fact, text, shown=words_shown)
    has_words = fact.type in ("yes_no", "choice") and not is_label(fact, text) and not is_ambiguous(text)
    if has_words and shown is None:
        hint = f"{hint} {_DECLARED_UNDER_VALUES}" if hint.endswith("?") else f"{hint}. {_DECLARED_UNDER_VALUES}"
    alike = Alike("cells", f"hold {example}, which {wrong}", where, f"{column}: {text}")
    if has_form(fact) and re.search("[0-9]", text):
        are = f"are not {_takes(cells, fact, text)}, such as {example}"
        things = "cells"
        if fact.type == "date" and form_of(text) != _DATE_FORM:
            things, are = "dates", f"are not written year-month-day, such as {example}"
        alike = Alike(things, are, where, f"{column}: {form_of(text)}")
    return OddCell(text, column, meaning, BAD_VALUE, wrong, hint, alike)


def _takes(cells: Cells, fact: Fact, text: str) -> str:
    """Return what a fact takes, as it is said of a text that it does not take."""
    try:
        cells.fact(fact, text)
    except ValueError as error:
        return str(error)
    return say_values(fact)


def _odd_answer(meaning: str, column: str, text: str, words: Iterable[str], shown: Shown | None) -> OddCell:
    words_shown = {} if shown is None else shown.words
    wrong = f"is not {' or '.join(words_shown.get(word, word) for word in words)}"
    alike = Alike("cells", f"hold {quote_cell(text)}, which {wrong}", _under(column, shown), text)
    hint = answer_hint(text, words, shown=words_shown)
    if shown is None:
        hint = f"{hint.removesuffix('.')}. {_to_declare(text, words)}"
    return OddCell(text, column, meaning, BAD_ANSWER, wrong, hint, alike)


def _to_declare(text: str, words: Iterable[str]) -> str:
    """Return how a table is read that says it so throughout; what the text means only its author can tell."""
    if is_ambiguous(text):
        drops_out = "na: " if "na" in words else "not_applicable: "
        said = f"[{json.dumps(text, ensure_ascii=False)}]"
        return f"Or declare which of the two it says: values: {{{drops_out}{said}}} or missing_values: {said}"
    return _DECLARED_UNDER_VALUES


_DECLARED_UNDER_VALUES = "What a table calls them is declared under values (ctm-rules read --suggest)"


def _under(column: str, shown: Shown | None) -> str:
    return f'in the column "{column}"' if shown is None else f"under {shown.said(column)}"


def odd_rating(meaning: str, column: str, text: str, ratings: Sequence[str]) -> OddCell:
    """Return what is wrong with a text that is none of some ratings, by their ids, in a column of ratings."""
    wrong = "is no rating"
    alike = Alike("cells", f"hold {quote_cell(text)}, which {wrong}", f'in the column "{column}"', text)
    return OddCell(text, column, meaning, BAD_VALUE, wrong, nearest_name_hint(text, ratings), alike)


NO_CASE_ID = Alike("rows", "have no case id")
"""What the rows of cases without an id have in common."""


def _odd_id(column: str, text: str) -> OddCell:
    if not text:
        return OddCell(text, column, CASE_COLUMN, BAD_ROW, "has no case id", "give each case an id", NO_CASE_ID)
    example = quote_cell(text)
    hint = "let the column hold text, and copy the ids into it again from where they come from"
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}.*", text, re.DOTALL):
        alike = Alike("case ids", f"are dates that a spreadsheet has made of them, such as {example}", cause="dates")
        return OddCell(text, column, CASE_COLUMN, BAD_ROW, "is a date that a spreadsheet has made of it", hint, alike)
    alike = Alike("case ids", f"are long numbers that a spreadsheet has rounded, such as {example}", cause="rounded")
    return OddCell(text, column, CASE_COLUMN, BAD_ROW, "is a long number that a spreadsheet has rounded", hint, alike)
