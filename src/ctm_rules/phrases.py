"""Names, numbers, dates, counts and lists as people write them: the one home of how a figure is spelled."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol


class Labelled(Protocol):
    """What has a name that people read, such as a rating."""

    @property
    def label(self) -> str: ...


def say_name(identifier: str) -> str:
    """Return an id as words in quotation marks: ``risk_of_harm`` as ``“risk of harm”``."""
    return f"“{identifier.replace('_', ' ')}”"


def say_number(value: Fraction) -> str:
    """Return a number as people write it: ``80``, ``79.5``, and what has no end to six digits."""
    places, rest = 0, value.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest > 1:
        return f"{float(value):g}"
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}}"
    return "-" * (value < 0) + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def say_count(number: Fraction | int, one: str, many: str = "") -> str:
    """Return a number of things: ``1 case``, ``0 cases``, ``1,234 cases``.

    Args:
        number: how many.
        one: what one of them is called.
        many: what several of them are called (default: the same with an ``s``).
    """
    figure = f"{number:,}" if isinstance(number, int) else say_number(number)
    return f"{figure} {one_or_many(number, one, many)}"


def one_or_many(number: Fraction | int, one: str, many: str = "") -> str:
    """Return the word that agrees with a number: ``case`` or ``cases``, ``is`` or ``are``."""
    return one if number == 1 else many or f"{one}s"


def say_rating(rating: Labelled | None) -> str:
    """Return what a rating is called, or that there is none."""
    return "not rated" if rating is None else rating.label


def say_date(date: datetime.date) -> str:
    """Return a date as people write it, whatever the machine's language: ``23 December 2024``."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def say_list(items: Sequence[str], word: str = "and") -> str:
    """Return items as one phrase: ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def say_checksum(checksum: str) -> str:
    """Return the beginning of a checksum, enough to tell it from others: ``v1:80c291d0cd62…``."""
    version, _, digest = checksum.partition(":")
    return f"{version}:{digest[:12]}…"
