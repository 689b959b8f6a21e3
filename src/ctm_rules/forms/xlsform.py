"""A form as XLSForm, the workbook that ODK, KoboToolbox and Enketo make their forms of.

Every question is named as its column of a case table is called; in front of the names, servers put those of groups. An
answer to what is surely not asked is hidden, and dropped by the form itself.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, frozen

from ctm_rules.extras import needs_extra
from ctm_rules.forms.content import Content, Question, Section
from ctm_rules.forms.relevance import every
from ctm_rules.forms.xpath import constraint, relevance
from ctm_rules.limits import MAX_CHOICES_SHOWN
from ctm_rules.model.answers import Answer
from ctm_rules.model.case_columns import NOTES
from ctm_rules.model.cases import Case
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.model.provider_view import PROVIDER

with needs_extra("report", "a form"):
    import xlsxwriter

Row = Mapping[str, str]

_TYPES: Mapping[str, str] = {"date": "date", "whole_number": "integer", "number": "decimal"}
"""What takes no words but values of a type, by that type."""

_ANSWERS, _YES_NO, _CASES = "answers", "yes_no", "cases"
"""The lists of choices that are no fact's own."""


@frozen
class Texts:
    """The same form in each of its languages.

    Attributes:
        contents: in each language the same, the first of them the one that the form starts in.
    """

    contents: Sequence[Content]

    @property
    def first(self) -> Content:
        """The form in its first language."""
        return self.contents[0]

    def named(self, content: Content) -> str:
        """Return what a form calls a language: ``English (en)``."""
        return f"{content.language.file.name} ({content.language.code})"

    def cells(self, column: str, texts: Sequence[str]) -> dict[str, str]:
        """Return the cells of a column that each language has its own of, from its text in each."""
        if len(self.contents) == 1:
            return {column: as_shown(texts[0])}
        return {
            f"{column}::{self.named(content)}": as_shown(text)
            for content, text in zip(self.contents, texts, strict=True)
        }

    def label(self, name: str) -> list[str]:
        """Return one of the words of forms in each language."""
        return [content.language.label(name).value for content in self.contents]


def as_shown(text: str) -> str:
    r"""Return a text that forms show as it stands: nothing in it is a reference, or a mark of Markdown.

    >>> as_shown("Is the *plan* made ${soon}?")
    'Is the \\*plan\\* made $ {soon}?'
    """
    return re.sub(r"([\\*_#])", r"\\\1", text).replace("${", "$ {")


def xlsform(contents: Sequence[Content], cases: Sequence[Case], *, of_provider: bool = False) -> bytes:
    """Return a form as the content of a workbook.

    Args:
        contents: what it asks, in each of its languages.
        cases: those that are to be inspected; of each what is known is filled in when it is chosen (nothing: whoever
            fills in a form types the id).
        of_provider: whether it asks what is asked once, of who is inspected, and not what is asked of each case.
    """
    if of_provider:
        contents = [evolve(content, sections=content.provider) for content in contents]
    survey = _Survey(Texts(contents), cases, PROVIDER if of_provider else CASE_COLUMN)
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    heading = workbook.add_format({"bold": True})
    sheets = {"survey": list(survey.rows()), "choices": list(survey.choices()), "settings": [survey.settings()]}
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        for column, title in enumerate(columns):
            sheet.write_string(0, column, title, heading)
            for number, row in enumerate(rows, 1):
                if row.get(title):
                    sheet.write_string(number, column, row[title])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns), 24)
    workbook.close()
    return out.getvalue()


def not_known(framework: Framework) -> str:
    """Return the word of the choice that says that something is not known; it is no value of any fact."""
    values = {value for fact in framework.every_fact.values() for value in fact.values}
    word = "not_known"
    while word in values:
        word += "_"
    return word


@frozen
class _Survey:
    """What a form is made of; ``asked`` is what it is called whose id it asks for."""

    texts: Texts
    cases: Sequence[Case]
    asked: str

    def settings(self) -> Row:
        """Return what is said of the form as a whole."""
        framework, first = self.texts.first.framework, self.texts.first
        several = len(self.texts.contents) > 1
        title, called = f"{framework.title} ({framework.edition})", f"{framework.id}_{framework.edition}"
        if self.asked != CASE_COLUMN:
            title, called = f"{title}: {self._label()[0]}", f"{called}_{self.asked}"
        return {
            "form_title": title,
            "form_id": re.sub(r"[^\w.-]", "_", called),
            "version": framework.checksum.rpartition(":")[2][:12],
            "instance_name": f"${{{self.asked}}}",
            "style": "pages",
            **({"default_language": self.texts.named(first)} if several else {}),
        }

    def _label(self) -> list[str]:
        """Return how whoever is asked about is called, in each language."""
        return self.texts.label("form_case" if self.asked == CASE_COLUMN else "provider")

    # --- what is asked -------------------------------------------------------------------------------

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the sheet ``survey``."""
        asked = (
            {"type": "text"}
            if not self.cases
            else {"type": f"select_one {_CASES}", "appearance": "minimal autocomplete"}
        )
        label = self.texts.cells("label", self._label())
        yield {**asked, "name": self.asked, **label, "required": "yes"}
        for number, sections in enumerate(zip(*(content.sections for content in self.texts.contents), strict=True), 1):
            yield from self._section(number, sections)

    def _section(self, number: int, sections: Sequence[Section]) -> Iterator[Row]:
        name = f"section.{number}"
        titles = [": ".join(filter(None, (section.block, section.title))) for section in sections]
        questions = list(zip(*(section.questions for section in sections), strict=True))
        hidden = every(question.asked.false for question, *_ in questions)
        shown = {"relevant": relevance(hidden), "appearance": "field-list"}
        yield {"type": "begin_group", "name": name, **self.texts.cells("label", titles), **shown}
        guidance = ["\n".join(section.guidance) for section in sections]
        if any(guidance):
            yield {"type": "note", "name": f"guidance.{number}", **self.texts.cells("label", guidance)}
        for question in questions:
            yield from self._question(question)
        yield {"type": "end_group", "name": name}

    def _question(self, languages: Sequence[Question]) -> Iterator[Row]:
        question = languages[0]
        row = {
            "type": self._type(question),
            "name": question.name,
            **self.texts.cells("label", [each.text for each in languages]),
            **self.texts.cells("hint", ["\n".join(each.guidance) for each in languages]),
            "relevant": relevance(question.asked.false),
            "constraint": "" if question.words else constraint(question.range, takes_date=question.takes == "date"),
        }
        if question.is_fact and any(question.name in case.facts for case in self.cases):
            chosen = f"instance('{_CASES}')/root/item[name = ${{{CASE_COLUMN}}}]"
            row |= {"trigger": f"${{{CASE_COLUMN}}}", "calculation": f"{chosen}/{_known(question.name)}"}
        if len(question.words) > MAX_CHOICES_SHOWN:
            row["appearance"] = "minimal"
        yield row
        if not question.is_fact:
            yield {
                "type": "text",
                "name": f"{NOTES}.{question.name}",
                **self.texts.cells("label", self.texts.label("form_notes")),
                "relevant": f"${{{question.name}}} != ''",
                "appearance": "multiline",
            }

    def _type(self, question: Question) -> str:
        if not question.words:
            return _TYPES[question.takes]
        return f"select_one {_list_of(question)}"

    # --- what may be answered ------------------------------------------------------------------------

    def choices(self) -> Iterator[Row]:
        """Yield the rows of the sheet ``choices``."""
        lists: dict[str, tuple[Question, ...]] = {}
        for languages in zip(*(content.questions for content in self.texts.contents), strict=True):
            if languages[0].words:
                lists.setdefault(_list_of(languages[0]), languages)
        for name, languages in lists.items():
            for word in languages[0].words:
                yield self._choice(name, word, [question.words[word] for question in languages])
            yield self._choice(name, not_known(self.texts.first.framework), self.texts.label("form_not_known"))
        for case in self.cases:
            known = {_known(fact): written_value(value) for fact, value in case.facts.items()}
            yield {**self._choice(_CASES, case.id, [case.id] * len(self.texts.contents)), **known}

    def _choice(self, name: str, word: str, labels: Sequence[str]) -> Row:
        return {"list_name": name, "name": word, **self.texts.cells("label", labels)}


def _list_of(question: Question) -> str:
    """Return the name of the list of choices for a question: one that takes other words than most has its own."""
    if question.words.keys() == {answer.value for answer in Answer}:
        return _ANSWERS
    return _YES_NO if question.words.keys() == {"yes", "no"} else f"of_{question.name}"


def _known(fact: str) -> str:
    return f"known.{fact}"
