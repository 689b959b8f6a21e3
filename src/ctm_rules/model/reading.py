"""What the cells of a table mean (reading): words, numbers and dates, in whatever way a table is declared to say them.

A cell says the same whatever file or library it comes from: 1, 1.0 and "1" are one number, TRUE, true and yes are one
answer, and midnight of a day is that day. What it means beyond that is declared (:class:`Reading`), and this is the one
place that applies what is declared; whole columns are asked for by their texts.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import isfinite
from types import MappingProxyType

from attrs import field, frozen

from ctm_rules.model.answer_words import ANSWERS, JUDGEMENTS
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.declared_reading import Reading
from ctm_rules.model.fact_values import say_values, type_fact_value
from ctm_rules.model.framework import NOT_RATED, Fact, Framework
from ctm_rules.phrases import MONTHS, say_number

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
    if isinstance(value, float):
        # What is not whole is the decimal that everybody writes for it, without an exponent.
        value = int(value) if value.is_integer() else Decimal(repr(value)) if isfinite(value) else value
    if isinstance(value, Decimal):
        return say_number(Fraction(value)) if value.is_finite() else str(value)
    if isinstance(value, Fraction):
        return say_number(value)
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


TIME = r"(?:[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?)?"
"""A time of day behind a date. What is recorded at any time of a day is of that day."""

_WHOLE = re.compile(r"(-?[0-9]+)\.0+")
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]00:00(?::00(?:\.0+)?)?")
_DAY = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){TIME}")
_NUMBER = re.compile(r"-?[0-9]{1,18}")

# --- how dates are written ---------------------------------------------------------------------------

_NAMED_MONTH = "|".join([*MONTHS, *(month[:3] for month in MONTHS)])
_DIRECTIVES: Mapping[str, str] = {
    "%d": "(?P<day>[0-9]{1,2})",
    "%m": "(?P<month>[0-9]{1,2})",
    "%Y": "(?P<year>[0-9]{4})",
    "%b": f"(?P<named>{_NAMED_MONTH})",
    "%B": f"(?P<named>{_NAMED_MONTH})",
    "%H": "(?:[01]?[0-9]|2[0-3])",
    "%M": "[0-5][0-9]",
    "%S": "[0-5][0-9]",
}
DATE_DIRECTIVES = tuple(_DIRECTIVES)
"""What may stand for the parts of a date. Months are English; a year of two digits could be of two centuries."""


def date_pattern(date_format: str) -> re.Pattern[str]:
    """Return the texts that are dates in a format such as ``%d/%m/%Y``.

    Raises:
        ValueError: it is no format of a date: the message says why.
    """
    pattern = ""
    for part in re.split(r"(%.?)", date_format):
        if not part.startswith("%"):
            pattern += re.escape(part)
        elif part in _DIRECTIVES:
            pattern += _DIRECTIVES[part]
        else:
            raise ValueError(f'"{part}" is none of {", ".join(_DIRECTIVES)}')
    if not all(part in date_format for part in ("%d", "%Y")) or not re.search("%[mbB]", date_format):
        raise ValueError("it lacks a day, a month or a year: %d, %m (or %B) and %Y")
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error:
        raise ValueError("a part of the date stands in it twice") from None


def day_in(pattern: re.Pattern[str], text: str) -> datetime.date | None:
    """Return the day that a text is in a format of dates (``None``: it is none, or no day that exists)."""
    found = pattern.fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    named = parts.get("named")
    month = (
        int(parts["month"])
        if named is None
        else [each[:3].casefold() for each in MONTHS].index(named[:3].casefold()) + 1
    )
    try:
        return datetime.date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None


# --- what it means -----------------------------------------------------------------------------------


@frozen
class Vocabulary:
    """The words that a column may hold, and what cells say for each.

    Attributes:
        texts: by the word, the texts that stand for it as they are written, the word itself first.
        declared: by the text as :func:`fold` leaves it, the word that it says in whatever letters: that it was declared
            for, or that it is.
        numbers: by the word, the whole numbers that stand for it.
    """

    texts: Mapping[str, tuple[str, ...]]
    declared: Mapping[str, str] = field(factory=dict)
    numbers: Mapping[str, tuple[int, ...]] = field(factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """What it may hold, as a person would write it."""
        return tuple(self.texts)

    def word(self, text: str) -> str | None:
        """Return the word that a text says, if it is one of them."""
        return self._as_written.get(text) or self._as_written.get(one_spelling(text)) or self.declared.get(fold(text))

    @cached_property
    def _as_written(self) -> Mapping[str, str]:
        by_number = {str(number): word for word, numbers in self.numbers.items() for number in numbers}
        return by_number | {text: word for word, texts in self.texts.items() for text in reversed(texts)}


def fold(text: str) -> str:
    """Return a text as it is compared with what is declared: its spaces, its case and its spelling do not count."""
    return one_spelling(text).casefold()


class Spelling:
    """How texts are compared with what a reading declares: without marks, each number as everybody writes it."""

    def __init__(self, reading: Reading) -> None:
        self._table = reading.table
        self._marks = sorted((mark for mark in reading.marks if mark.strip()), key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return what a cell says without the marks behind it, its number as everybody writes it."""
        text = text.strip()
        before = None
        while self._marks and text != before:
            before = text
            for mark in self._marks:
                text = text.removesuffix(mark).rstrip() or text
        return self._plain_number(text)

    def spelled(self, text: str) -> str:
        """Return what a declared text says in the one spelling of those that programs write for the same."""
        return one_spelling(self._plain_number(text.strip()))

    def _plain_number(self, text: str) -> str:
        if self._numbers is None or not self._numbers.fullmatch(text):
            return text
        return text.replace(self._table.group_char or " ", "").replace(self._table.decimal_char, ".")

    @cached_property
    def _numbers(self) -> re.Pattern[str] | None:
        """The numbers that are written otherwise than everybody writes them (``None``: none is)."""
        if self._table.decimal_char == "." and not self._table.group_char:
            return None
        group, decimal = re.escape(self._table.group_char), re.escape(self._table.decimal_char)
        grouped = f"|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+" if group else ""
        return re.compile(f"-?(?:[0-9]+{grouped})(?:{decimal}[0-9]+)?")


_YES_AND_NO: Mapping[str, int] = MappingProxyType({"yes": 1, "no": 0})
"""The two words that are the same in every table, and in whatever letters, with the numbers that stand for them."""


class Cells:
    """What the cells of a table mean to a framework, as its reading declares.

    Nothing is checked here: a reading in which a text has two meanings was refused before.
    """

    def __init__(self, framework: Framework, reading: Reading) -> None:
        self.framework = framework
        self.reading = reading
        self._spelling = Spelling(reading)
        self._vocabularies: dict[str, Vocabulary] = {}
        self._of_texts: dict[object, Vocabulary] = {}
        self._reasons = {self._spelling.spelled(each.value): each.label for each in reading.missing_values}
        # What is a word of the framework in other letters is missing only as it was declared: NA beside na.
        words = {each.casefold() for fact in framework.facts for each in fact.values}
        words |= {each.casefold() for each in (*ANSWERS, *JUDGEMENTS)}
        folded = {text.casefold(): label for text, label in self._reasons.items()}
        self._folded_reasons = {text: label for text, label in folded.items() if text not in words}
        self._dates = [date_pattern(each) for each in reading.date_formats]

    # --- missing -------------------------------------------------------------------------------------

    def why_missing(self, text: str) -> str | None:
        """Return why nothing is known where a cell says this (nothing: no reason is declared; ``None``: it says more).

        What a cell says for a value is never that it is missing, and the other way round.
        """
        if not text or text.isspace():
            return self._reasons.get("", "")
        if not self._reasons:
            return None
        for said in (text, self._spelling.text(text)):
            found = self._reasons.get(one_spelling(said))
            found = self._folded_reasons.get(fold(said)) if found is None else found
            if found is not None:
                return found
        return None

    def numbers(self, texts: Iterable[str]) -> list[int]:
        """Return the whole numbers among declared texts."""
        found = (as_number(self._spelling.spelled(text)) for text in texts)
        return [number for number in found if number is not None]

    # --- words ---------------------------------------------------------------------------------------

    @cached_property
    def has_codes(self) -> bool:
        """Whether it is declared what some number stands for."""
        values = self.reading.values
        texts = [text for word in ("yes", "no", "na") for text in values.of(word)]
        texts += [text for each in self.reading.columns.values() for said in each.values.values() for text in said]
        return any(as_number(self._spelling.spelled(text)) is not None for text in texts)

    def vocabulary(self, meaning: str) -> Vocabulary | None:
        """Return what a column of words may hold, by what it means (``None``: it is no column of words)."""
        if meaning not in self._vocabularies:
            made = self._make(meaning)
            if made is None:
                return None
            self._vocabularies[meaning] = made
        return self._vocabularies[meaning]

    def _make(self, meaning: str) -> Vocabulary | None:
        framework = self.framework
        steps = framework.answers_on_scales.get(meaning)
        if steps is not None:
            prompt = framework.prompts.get(meaning) or framework.provider_prompts[meaning]
            labels = {step.id: step.label for step in framework.scale(prompt.answers or "")}
            return self._declared(meaning, steps, {}, labels)
        if any(meaning in each for each in (framework.prompts, framework.provider_prompts, framework.measures_by_path)):
            return self._declared(meaning, ANSWERS, _YES_AND_NO)
        if meaning in framework.ruled_questions:
            return self._declared(meaning, JUDGEMENTS, _YES_AND_NO)
        fact = framework.every_fact.get(meaning)
        if fact is not None:
            return self._of_fact(fact)
        scale = framework.judged_scale(meaning)
        if scale is None:
            return None
        labels = {step.id: step.label for step in scale}
        return self._declared(meaning, [*labels, NOT_RATED], {}, labels)

    def _of_fact(self, fact: Fact) -> Vocabulary | None:
        if fact.type == "yes_no":
            return self._declared(fact.id, ("yes", "no"), _YES_AND_NO)
        if fact.type != "choice":
            return None
        declared = self.reading.columns.get(fact.id)
        texts = () if declared is None else [text for texts in declared.values.values() for text in texts]
        if any(as_number(self._spelling.spelled(text)) is not None for text in texts):
            return self._declared(fact.id, fact.values, {}, fact.values)
        # Values that are numbers stand for themselves, where no number was declared.
        numbers = [word for word in fact.values if word.isascii() and word.isdecimal()]
        own = {word: int(word) for word in numbers if str(int(word)) == word or str(int(word)) not in numbers}
        return self._declared(fact.id, fact.values, own, fact.values)

    def _declared(
        self,
        meaning: str,
        words: Iterable[str],
        by_default: Mapping[str, int],
        labels: Mapping[str, str] = MappingProxyType({}),
    ) -> Vocabulary:
        said = {word: self.reading.declared_texts(meaning, word) for word in words}
        # Most columns of a table say the same words in the same way.
        alike = (tuple(said.items()), tuple(by_default.items()), tuple(labels.items()))
        if alike not in self._of_texts:
            self._of_texts[alike] = self._vocabulary(said, by_default, labels)
        return self._of_texts[alike]

    def _vocabulary(
        self, said: Mapping[str, Sequence[str]], by_default: Mapping[str, int], labels: Mapping[str, str]
    ) -> Vocabulary:
        spelled = self._spelling.spelled
        taken = {spelled(text) for texts in said.values() for text in texts} | self._reasons.keys()
        ways = {spelled(text).casefold(): word for word, declared in said.items() for text in declared}
        letters: dict[str, str] = {}
        if by_default is _YES_AND_NO:
            # No capitals make another word of yes and no, unless the table is declared to tell its words by them.
            apart = {*ways, *(text.casefold() for text in self._reasons)}
            letters = {word: word for word in _YES_AND_NO if word not in apart}
        own_label = {word: label for word, label in labels.items() if self._is_own(word, label, labels, ways)}
        texts: dict[str, tuple[str, ...]] = {}
        numbers: dict[str, tuple[int, ...]] = {}
        for word, declared in said.items():
            own = () if word in taken and word not in map(spelled, declared) else (word,)
            label = (own_label[word],) if word in own_label else ()
            texts[word] = tuple(dict.fromkeys([*own, *declared, *label]))
            coded = self.numbers(declared)
            usual = [by_default[word]] if word in by_default and not declared else []
            numbers[word] = tuple(coded or usual)
        folded = {fold(label): word for word, label in own_label.items()}
        return Vocabulary(texts, letters | folded | ways, numbers)

    def _is_own(self, word: str, label: str, labels: Mapping[str, str], ways: Mapping[str, str]) -> bool:
        """Return whether the label of a value says that value and nothing else."""
        said = fold(label)
        others = {fold(text) for other, text in labels.items() if other != word} | {
            fold(other) for other in labels if other != word
        }
        return bool(said) and said not in others and said not in ways and self.why_missing(label) is None

    def word(self, meaning: str, text: str) -> str | None:
        """Return the word that a cell says in a column of words, if it is one that the column may hold."""
        vocabulary = self.vocabulary(meaning)
        if vocabulary is None:
            return None
        text = text.strip()
        return vocabulary.word(text) or vocabulary.word(self._spelling.text(text))

    # --- facts ---------------------------------------------------------------------------------------

    def fact(self, fact: Fact, text: str) -> FactValue:
        """Return what a cell says of a fact, typed as the fact declares.

        Raises:
            ValueError: it is no value that the fact can have; the message says what it takes.
        """
        text = text.strip()
        if fact.type in ("yes_no", "choice"):
            word = self._fact_words(fact).word(text) or self._fact_words(fact).word(self._spelling.text(text))
            if word is None:
                raise ValueError(say_values(fact))
            return type_fact_value(fact, word)
        text = self._spelling.text(text)
        if fact.type == "date":
            return self._date(fact, text)
        return type_fact_value(fact, one_spelling(text))

    def _fact_words(self, fact: Fact) -> Vocabulary:
        found = self.vocabulary(fact.id)
        assert found is not None
        return found

    def _date(self, fact: Fact, text: str) -> FactValue:
        day = _DAY.fullmatch(text)
        if day is None:
            found = {each for pattern in self._dates if (each := day_in(pattern, text)) is not None}
            if len(found) == 1:
                return type_fact_value(fact, found.pop())
        try:
            return type_fact_value(fact, day[1] if day else text)
        except ValueError as error:
            also = [f'"{each}"' for each in self.reading.date_formats]
            raise ValueError(f"{error} or {' or '.join(also)}" if also else str(error)) from None

    # --- whatever it is ------------------------------------------------------------------------------

    def value(self, meaning: str, text: str) -> FactValue:
        """Return what a cell that is not missing says, of whatever column the framework knows.

        Answers and outcomes are their words, facts are typed, and all else is its text.

        Raises:
            ValueError: it has no meaning there.
        """
        fact = self.framework.facts_by_id.get(meaning)
        if fact is not None:
            return self.fact(fact, text)
        if self.vocabulary(meaning) is None:
            return one_spelling(text)
        word = self.word(meaning, text)
        if word is None:
            raise ValueError("a word that it may hold")
        return word


def as_number(text: str) -> int | None:
    """Return the whole number that a text is (``None``: it is none)."""
    return int(text) if _NUMBER.fullmatch(text) else None
