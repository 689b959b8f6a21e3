"""What a cell says is one text, whatever its type, and what it means follows from that text alone."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import numpy
import pandas
import pytest
from attrs import evolve

from ctm_rules.model.declared_reading import AnswerValues, Codes, MissingValue, Reading, Shorthands
from ctm_rules.model.framework import Fact
from ctm_rules.model.reading import Cells, cell_text, one_spelling
from tests.support.small_framework import Small

ALIKE: dict[str, list[Any]] = {
    "1": [1, 1.0, "1", " 1 ", "1.0", "1.000", Decimal("1"), Decimal("1.0"), numpy.int8(1), numpy.float64(1)],
    "-3": [-3, -3.0, "-3.0"],
    "1.5": [1.5, "1.5", Decimal("1.50")],
    "yes": [True, "TRUE", "True", "true", "yes", numpy.bool_(True)],
    "no": [False, "FALSE", "false", "no"],
    "2026-01-05": [
        datetime.date(2026, 1, 5),
        datetime.datetime(2026, 1, 5),
        pandas.Timestamp("2026-01-05"),
        "2026-01-05",
        "2026-01-05 00:00",
        "2026-01-05T00:00:00.000",
    ],
    "2026-01-05 09:30:00": [datetime.datetime(2026, 1, 5, 9, 30)],
    "": [None, "", "  ", float("nan"), numpy.nan, pandas.NA, pandas.NaT],
}


@pytest.mark.parametrize("text", ALIKE, ids=lambda text: text or "nothing")
def test_what_says_the_same_is_the_same(text: str) -> None:
    assert [cell_text(value) for value in ALIKE[text]] == [text] * len(ALIKE[text])


APART = ["007", "7", "1.10", "1.1", "1,0", "truely", "t", "x 1.0", "2026-01-05 00:01", "2026-01-05 00:00:00Z", "Yes"]


def test_what_differs_stays_apart() -> None:
    assert [one_spelling(text) for text in APART] == APART


SIZE = Fact("size", "Size", "choice", values={"small": "Small", "large": "Large"})
SCORE = Fact("score", "Score", "choice", values={"1": "Low", "2": "High", "007": "Other"})
SEATS = Fact("seats", "Seats", "whole_number")
MEAT = Fact("serves_meat", "Serves meat", "yes_no")
OPENED = Fact("opened", "Opened", "date")
CODES = Codes(yes=1, no=2, na=9, facts={"size": {"small": 1, "large": 2}})


FLOORS, CLEAN = "hygiene.clean.floors", "hygiene.clean"


def cells(small: Small, reading: Reading = Reading()) -> Cells:  # noqa: B008 (it is frozen)
    return Cells(evolve(small(), facts=(SIZE, SCORE, SEATS, MEAT, OPENED)), reading)


CODED = Shorthands(codes=CODES).applied_to(Reading())


def test_words_and_their_codes(small: Small) -> None:
    usual, coded = cells(small), cells(small, CODED)
    assert [usual.word(FLOORS, text) for text in ("yes", "1", "TRUE", "0", "na", "9", "Yes", "nO", "")] == [
        "yes", "yes", "yes", "no", "na", None, "yes", "no", None,
    ]  # fmt: skip
    assert [coded.word(FLOORS, text) for text in ("1.0", "2", "9", "0")] == ["yes", "no", "na", None]
    assert coded.word(CLEAN, "9") == "not_applicable"
    assert numbers(coded, "size") == {"small": (1,), "large": (2,)}
    assert numbers(usual, "size") == {"small": (), "large": ()}
    assert numbers(usual, "score") == {"1": (1,), "2": (2,), "007": (7,)}
    assert list(numbers(coded, "serves_meat")) == ["yes", "no"]


DECLARED: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "as it is": ({}, "No", "no"),
    "na is never told from not known": ({}, "NA", None),
    "na with one capital": ({}, "Na", None),
    "another word is declared so": ({"values": AnswerValues(na=("NO",))}, "No", "na"),
    "it is missing in capitals alone": ({"missing_values": (MissingValue("NO", "not observed"),)}, "No", None),
    "and the word itself stays": ({"missing_values": (MissingValue("NO", "not observed"),)}, "no", "no"),
    "a declared word beside it": ({"values": AnswerValues(no=("Not met",))}, "NO", "no"),
}


@pytest.mark.parametrize(("declared", "text", "word"), DECLARED.values(), ids=DECLARED)
def test_yes_and_no_in_other_letters_unless_they_are_declared_otherwise(
    small: Small, declared: dict[str, Any], text: str, word: str | None
) -> None:
    read = cells(small, Reading(**declared))
    assert read.word(FLOORS, text) == word
    assert [read.word("size", each) for each in ("Yes", "NO")] == [None, None]  # a choice has words of its own


def numbers(cells: Cells, meaning: str) -> dict[str, tuple[int, ...]]:
    vocabulary = cells.vocabulary(meaning)
    assert vocabulary is not None
    assert list(vocabulary.numbers) == list(vocabulary.words)
    return dict(vocabulary.numbers)


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        (SIZE, " small ", "small"),
        (SIZE, "2.0", "large"),
        (SCORE, "1.0", "1"),
        (SEATS, "40.0", 40),
        (SEATS, "-1", -1),
        (MEAT, "TRUE", True),
        (MEAT, "2", False),
        (OPENED, "2026-01-05T23:59:59.9", datetime.date(2026, 1, 5)),
        (OPENED, "2026-01-05 00:00", datetime.date(2026, 1, 5)),
    ],
    ids=[
        "a value in spaces",
        "a code with a point",
        "a value that is a number",
        "a number with a point",
        "a number below nought",
        "true",
        "a code for no",
        "the end of a day",
        "midnight",
    ],
)
def test_a_fact_is_typed_as_it_is_declared(small: Small, fact: Fact, text: str, value: object) -> None:
    found = cells(small, CODED).fact(fact, text)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("fact", "text", "takes"),
    [
        (SIZE, "3", "one of small, large"),
        (SIZE, "", "one of small, large"),
        (SEATS, "4.5", "a whole number"),
        (SEATS, "TRUE", "a whole number"),
        (MEAT, "Y", "yes or no"),
        (OPENED, "2026-01-05 24:00", "a date, as year-month-day"),
        (OPENED, "2026-02-30 10:00", "a date that exists, as year-month-day"),
        (OPENED, "2026-01-05T10:00Z", "a date, as year-month-day"),
    ],
    ids=[
        "a code of nothing",
        "nothing",
        "half a number",
        "yes for a number",
        "a letter for yes",
        "no such time",
        "no such day",
        "a time in a zone",
    ],
)
def test_what_it_cannot_be_is_refused(small: Small, fact: Fact, text: str, takes: str) -> None:
    with pytest.raises(ValueError, match=f"^{takes}$"):
        cells(small, CODED).fact(fact, text)
