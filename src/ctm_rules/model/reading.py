"""How tables record answers and facts (reading): words, the numbers that stand for them, and the names of columns.

A cell says the same whatever file or library it comes from: 1, 1.0 and "1" are one number, TRUE, true and yes are one
answer, and midnight of a day is that day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal

from attrs import field, frozen

from ctm_rules.model.answer_words import ANSWERS, JUDGEMENTS
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.fact_values import say_values, type_fact_value
from ctm_rules.model.framework import Fact

# --- what a cell says --------------------------------------------------------------------------------


def cell_text(value: object) -> str:
    """Return what a cell of whatever type says, as a table of text has it (nothing: it is empty).

    >>> [cell_text(value) for value in (1, 1.0, "1.0 ", True, "TRUE", float("nan"), None)]
    ['1', '1', '1', 'yes', 'yes', '', '']
    """
    value = value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value
    if _is_missing(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return one_spelling(str(value))


def _is_missing(value: object) -> bool:
    try:
        return value is None or bool(value != value)  # NaN, and NaT of pandas
    except (TypeError, ValueError):  # NA of pandas cannot tell
        return True


def one_spelling(text: str) -> str:
    """Return what a text says in the one spelling of those that programs write for the same.

    >>> [one_spelling(text) for text in (" North ", "true", "3.0", "007", "2026-01-05 00:00:00", "1.10")]
    ['North', 'yes', '3', '007', '2026-01-05', '1.10']
    """
    text = text.strip()
    if text[:1] in "tTfF" and text.casefold() in ("true", "false"):
        return "yes" if text[0] in "tT" else "no"
    whole = _WHOLE.fullmatch(text)
    if whole:
        return whole[1]
    midnight = _MIDNIGHT.fullmatch(text)
    return midnight[1] if midnight else text


NOUGHTS = r"(?:\.0+)?"
"""What a program that has no whole numbers writes behind one."""

TIME = r"(?:[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?)?"
"""A time of day behind a date. What is recorded at any time of a day is of that day."""

_WHOLE = re.compile(r"(-?[0-9]+)\.0+")
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]00:00(?::00(?:\.0+)?)?")
_DAY = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){TIME}")


# --- what it means -----------------------------------------------------------------------------------


@frozen
class Codes:
    """What whole numbers stand for, in columns that hold numbers instead of words, whatever their type.

    Attributes:
        yes, no: the codes of these answers, recorded judgements and yes/no facts.
        na: the code of ``na`` in answers and of ``not_applicable`` in recorded judgements
            (``None``: the table has no such code).
        facts: by the id of a choice, the code of each of its values.
    """

    yes: int = 1
    no: int = 0
    na: int | None = None
    facts: Mapping[str, Mapping[str, int]] = field(factory=dict)


BY_DEFAULT = Codes()
"""1 is yes and 0 is no, as everywhere; no number is taken for ``na`` unless it is declared."""


def declared_codes(codes: Codes) -> Mapping[str, Mapping[str, int]]:
    """Return the codes that are not those by default: of each choice by its id, and of answers under no name.

    >>> declared_codes(Codes(yes=1, no=2, facts={"size": {"small": 1}}))
    {'': {'yes': 1, 'no': 2}, 'size': {'small': 1}}
    """
    answers = {"yes": codes.yes, "no": codes.no} | ({} if codes.na is None else {"na": codes.na})
    return ({} if answers == {"yes": BY_DEFAULT.yes, "no": BY_DEFAULT.no} else {"": answers}) | dict(codes.facts)


Absent = Literal["refuse", "missing"]
"""What a column means that rules read and the table lacks: a mistake, or an answer missing from every case."""


@frozen
class Reading:
    """How the columns of a table are to be read.

    Attributes:
        columns: the table's own name for a column, by the name that it would have in a case table.
        codes: what whole numbers stand for.
        absent: what it means where a column is absent.
    """

    columns: Mapping[str, str] = field(factory=dict)
    codes: Codes = BY_DEFAULT
    absent: Absent = "refuse"


@frozen
class Vocabulary:
    """The words that a column may hold, and the number that stands for each (``None``: there is none)."""

    codes: Mapping[str, int | None]

    @property
    def words(self) -> tuple[str, ...]:
        """What it may hold, as a person would write it."""
        return tuple(self.codes)

    def word(self, text: str) -> str | None:
        """Return the word that a cell says, if it is one of them."""
        text = text.strip()
        return text if text in self.codes else self._by_text.get(one_spelling(text))

    @cached_property
    def _by_text(self) -> Mapping[str, str]:
        coded = {str(code): word for word, code in self.codes.items() if code is not None}
        return coded | {word: word for word in self.codes}


def answer_vocabulary(codes: Codes = BY_DEFAULT) -> Vocabulary:
    """Return what a column of answers may hold."""
    return Vocabulary(dict(zip(ANSWERS, (codes.yes, codes.no, codes.na), strict=True)))


def judgement_vocabulary(codes: Codes = BY_DEFAULT) -> Vocabulary:
    """Return what a column of recorded outcomes may hold."""
    return Vocabulary(dict(zip(JUDGEMENTS, (codes.yes, codes.no, codes.na), strict=True)))


def fact_vocabulary(fact: Fact, codes: Codes = BY_DEFAULT) -> Vocabulary:
    """Return what a column of a yes/no fact or a choice may hold; values that are numbers stand for themselves."""
    if fact.type == "yes_no":
        return Vocabulary({"yes": codes.yes, "no": codes.no})
    declared = codes.facts.get(fact.id)
    if declared is not None:
        return Vocabulary({word: declared.get(word) for word in fact.values})
    numbers = [word for word in fact.values if word.isascii() and word.isdecimal()]
    own = {word: int(word) for word in numbers if str(int(word)) == word or str(int(word)) not in numbers}
    return Vocabulary({word: own.get(word) for word in fact.values})


def read_fact(fact: Fact, text: str, codes: Codes = BY_DEFAULT) -> FactValue:
    """Return what a cell says of a fact, typed as the fact declares.

    Raises:
        ValueError: it is no value that the fact can have; the message says what it takes.
    """
    text = text.strip()
    try:
        return type_fact_value(fact, text)
    except ValueError:
        pass  # it may still say one in another way
    if fact.type in ("yes_no", "choice"):
        word = fact_vocabulary(fact, codes).word(text)
        if word is None:
            raise ValueError(say_values(fact))
        return type_fact_value(fact, word)
    if fact.type == "date":
        day = _DAY.fullmatch(text)
        return type_fact_value(fact, day[1] if day else text)
    return type_fact_value(fact, one_spelling(text))
