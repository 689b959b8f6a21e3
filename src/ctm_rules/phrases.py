"""Names, numbers, dates, counts and lists as people write them: the one home of how a figure is spelled."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def markdown_text(text: str) -> str:
    """Return a text as Markdown shows it letter by letter."""
    return re.sub(r"([\\`*<>\[\]|#]|\b_|_\b)", r"\\\1", text)


def say_name(identifier: str) -> str:
    """Return an id as words in quotation marks: ``risk_of_harm`` as ``“risk of harm”``."""
    return f"“{identifier.replace('_', ' ')}”"


def say_number(value: Fraction) -> str:
    """Return a number as people write it: ``80``, ``79.5``, and what has no end to six digits."""
    if value.denominator == 1:
        return str(value.numerator)
    places = next((places for places in range(1, 31) if 10**places % value.denominator == 0), None)
    return f"{float(value):g}" if places is None else f"{Decimal(value.numerator) / value.denominator:.{places}f}"


def say_date(date: datetime.date) -> str:
    """Return a date as people write it, whatever the machine's language: ``23 December 2024``."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def say_list(items: Sequence[str], word: str = "and") -> str:
    """Return items as one phrase: ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


_MONTHS = (
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
