"""A page that is being written, in one language: the words on it, and the blocks that are set so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from attrs import evolve

from ctm_rules.languages.languages import ENGLISH, Language, Text
from ctm_rules.model.declared import Translated, Words
from ctm_rules.model.framework import Rating
from ctm_rules.phrases import say_list
from ctm_rules.rating.decisions import PanelDecision
from ctm_rules.report.blocks import Block, Column, Heading, Paragraph, Picture, Table
from ctm_rules.report.charts import Item, in_parts

Drawing = Callable[[Sequence[Item], str], str]
"""Returns a picture of some items, given its alternative."""


class Page:
    """What is set on a page.

    Attributes:
        language: the language of the page.
        say: returns one of its own words, filled in.
        blocks: what is set so far.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.say = language.label
        self.blocks: list[Block] = []

    def english(self, words: str) -> Text:
        """Return words that there are in English alone."""
        return Text(words, ENGLISH)

    def typed(self, words: Words, language: str) -> Text:
        """Return words that people wrote in a language, in that of the page where they wrote them in it too."""
        code = self.language.code
        if isinstance(words, Translated) and words.is_in(code):
            return Text(words.languages[code], code, english=words.languages.get(ENGLISH, ""))
        return Text(words, language)

    def named(self, name: Words) -> Text:
        """Return a name as a sentence holds it: in the language of the page where it has one there, else as it is."""
        code = self.language.code
        languages = name.languages if isinstance(name, Translated) else {}
        return Text(languages.get(code, name), code, english=languages.get(ENGLISH, name))

    def plain(self, words: object) -> Text:
        """Return digits and names that are the same in every language."""
        return Text(str(words), self.language.code)

    def counted(self, noun: str, number: int) -> Text:
        """Return a number with what it counts, as a sentence holds it: ``1 case``, ``44 cases``."""
        return self.say(f"{noun}_one" if number == 1 else f"{noun}_many", number=f"{number:,}")

    def listed(self, items: Sequence[Text], word: str = "and") -> Text:
        """Return items as one phrase: ``a, b and c``."""
        link = self.say(word)
        own = say_list([each.value for each in items], link.value)
        return Text(own, self.language.code, english=say_list([each.in_english for each in items], link.in_english))

    def label_of(self, rating: Rating | None) -> Text:
        """Return what a rating is called, or that there is none."""
        return self.say("not_rated") if rating is None else self.language.rating(rating)

    def beside(self, rating: Rating | None, computed: Rating | None, decision: PanelDecision | None) -> Text | None:
        """Return that a panel decided a rating, or ratings below it, and what was computed (``None``: it did not)."""
        if decision is not None:
            return self.say("panel_decided", computed=self.label_of(computed))
        return None if rating == computed else self.say("without_decisions", computed=self.label_of(computed))

    def rated(self, rating: Rating | None, computed: Rating | None, decision: PanelDecision | None) -> Text:
        """Return what a rating is called, with what stands beside it in brackets."""
        label, beside = self.label_of(rating), self.beside(rating, computed, decision)
        return label if beside is None else Text(f"{label} ({beside})", label.language)

    def heading(self, level: int, text: Text, anchor: str) -> None:
        """Set a heading."""
        self.blocks.append(Heading(level, text, as_anchor(anchor)))

    def paragraph(self, text: Text, role: str = "plain") -> None:
        """Set words of their own."""
        self.blocks.append(Paragraph(text, role))

    def table(
        self,
        anchor: str,
        caption: Text,
        columns: Sequence[Text],
        rows: Iterable[Sequence[Text]],
        numbers: Iterable[int],
    ) -> None:
        """Set a table, unless it has no rows; ``numbers`` are the columns of numbers, counted from 0."""
        cells = [list(row) for row in rows]
        numbers = set(numbers)
        if cells:
            caption, columns, cells = _with_few_marks(caption, columns, cells)
            titles = tuple(Column(title, index in numbers) for index, title in enumerate(columns))
            self.blocks.append(Table(caption, titles, tuple(map(tuple, cells)), as_anchor(anchor)))

    def pictures(
        self,
        name: str,
        items: Sequence[Item],
        title: Text,
        draw: Drawing[Item],
        draw_narrow: Drawing[Item] | None = None,
        alternative: Text | None = None,
    ) -> None:
        """Set a picture of figures that stand in a table below, or as many pictures as it takes to fit on pages.

        Args:
            name: their anchor.
            items: what is drawn.
            title: theirs; where there are several, each says which of them it is.
            draw: returns a picture of some of the items with an alternative.
            draw_narrow: returns the one for a phone.
            alternative: what one picture of all of them shows (default: its title, and where the figures are).
        """
        parts = in_parts(items, lambda some: draw(some, ""))
        for number, part in enumerate(parts, start=1):
            anchor, of_part, shows = name, title, alternative
            if len(parts) > 1:
                anchor, shows = f"{name}-{number}", None
                of_part = self.say("picture_part", title=title, number=number, parts=len(parts))
            shows = self.say("picture_alternative", title=of_part) if shows is None else shows
            narrow = "" if draw_narrow is None else draw_narrow(part, shows.value)
            svg, caption = draw(part, shows.value), self.of_cases(of_part)
            self.blocks.append(Picture(as_anchor(anchor), svg, shows, caption, narrow))

    def of_cases(self, text: Text) -> Text:
        """Return words about figures that were counted over cases, with the mark that says so, if there is one."""
        return text

    def notices_of_language(self) -> list[Text]:
        """Return what every reader of a translation must know first."""
        return [self.say("unofficial")] if self.language.file.unofficial else []


def _with_few_marks(
    caption: Text, columns: Sequence[Text], rows: list[list[Text]]
) -> tuple[Text, Sequence[Text], list[list[Text]]]:
    """Return a table whose marks stand once, over a column or the whole table, where all its figures share one."""
    columns = list(columns)
    for number, title in enumerate(columns):
        marks = {row[number].mark for row in rows} - {""}
        if len(marks) == 1:
            columns[number] = evolve(title, mark=marks.pop())
            for row in rows:
                row[number] = evolve(row[number], mark="")
    marks = {title.mark for title in columns} - {""}
    if len(marks) == 1 and not any(cell.mark for row in rows for cell in row):
        return evolve(caption, mark=marks.pop()), [evolve(title, mark="") for title in columns], rows
    return caption, columns, rows


def as_anchor(name: str) -> str:
    """Return a name as an anchor: letters, digits and hyphens only, whatever the standards call things."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "part"
