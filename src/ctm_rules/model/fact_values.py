"""The value of a fact, from what a file or a table has to what its type says (validation of one value)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import cast

from ctm_rules.limits import MAX_DECIMALS, MAX_WHOLE_DIGITS
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.framework import Fact, FactType
from ctm_rules.phrases import say_number


def type_fact_value(fact: Fact, value: object) -> FactValue:
    """Return a value as a file or a table writes it, typed as the fact declares.

    Raises:
        ValueError: the value is not one that the fact can have; the message says what it takes.
    """
    typed = _typed(fact, value)
    if not _is_in_range(fact, typed):
        raise ValueError(say_values(fact))
    return typed


def _is_in_range(fact: Fact, value: FactValue) -> bool:
    if fact.range is None:
        return True
    # Where the ends of a range are not of the fact's own type, or the wrong way round, that is another mistake.
    types = END_TYPES.get(fact.type, ())
    lowest, highest = (end if type(end) in types else None for end in (fact.range.lowest, fact.range.highest))
    above, below = lowest is None or lowest <= value, highest is None or value <= highest  # type: ignore[operator]
    is_range = lowest is None or highest is None or lowest <= highest  # type: ignore[operator]
    return (above and below) or not is_range


def _typed(fact: Fact, value: object) -> FactValue:
    if fact.type == "yes_no":
        words: dict[object, bool] = {"yes": True, "no": False, True: True, False: False}
        if isinstance(value, str | bool) and value in words:
            return words[value]
    elif fact.type == "choice":
        if isinstance(value, str | int) and str(value) in fact.values and not isinstance(value, bool):
            return str(value)
    elif fact.type == "whole_number":
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and re.fullmatch(rf"-?[0-9]{{1,{MAX_WHOLE_DIGITS}}}", value):
            return int(value)
    elif fact.type == "number":
        number = _number(value)
        if number is not None:
            return number
    elif isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    elif isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise ValueError("a date that exists, as year-month-day") from None
    raise ValueError(say_values(fact))


# Programs write small numbers with an exponent: 1e-07. Where a large one has it, a spreadsheet may have rounded it.
_NUMBER = re.compile(rf"-?[0-9]{{1,{MAX_WHOLE_DIGITS}}}(?:\.[0-9]{{1,{MAX_DECIMALS}}})?(?:[eE]-[0-9]{{1,3}})?")


def _number(value: object) -> Fraction | None:
    """Return the decimal number that a value is, exactly (``None``: it is none)."""
    is_number = isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool)
    is_number = is_number and (not isinstance(value, Decimal) or value.is_finite())
    if not (_NUMBER.fullmatch(value) if isinstance(value, str) else is_number):
        return None
    number = Fraction(cast(Decimal, value))
    return number if is_decimal(number) else None


def is_decimal(number: Fraction) -> bool:
    """Return whether a number is a decimal of as many digits as a fact may have."""
    return abs(number) < _TOO_LARGE and _FINEST % number.denominator == 0


_TOO_LARGE: int = 10**MAX_WHOLE_DIGITS
_FINEST: int = 10**MAX_DECIMALS


_TYPES: Mapping[FactType, type] = {
    "yes_no": bool,
    "choice": str,
    "whole_number": int,
    "number": Fraction,
    "date": datetime.date,
}
END_TYPES: Mapping[FactType, tuple[type, ...]] = {
    "whole_number": (int,),
    "number": (int, Fraction),
    "date": (datetime.date,),
}
"""What the ends of a range may be, of the types of facts that have one; these are also the facts that have an order."""

_IN_PYTHON: Mapping[FactType, str] = {
    "yes_no": "True or False",
    "whole_number": "an int",
    "number": "a Fraction that is a decimal",
    "date": "a datetime.date",
}


def written_value(value: FactValue) -> str:
    """Return a value as a case table writes it: ``yes``, ``medium``, ``8``, ``3.25``, ``2025-01-31``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return say_number(value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def plain_value(value: FactValue) -> bool | int | str:
    """Return a value as JSON has it: what is exact, and a date, is text."""
    return value if isinstance(value, bool | int) else written_value(value)


def is_fact_value(fact: Fact, value: object) -> bool:
    """Return whether a value is one that the fact can have, of the very type that it has in Python.

    Another type (1 for ``True``, "yes", a date with a time) would quietly compare as unequal, or as equal.
    """
    if type(value) is not _TYPES[fact.type]:
        return False
    if fact.type == "choice":
        return value in fact.values
    return (type(value) is not Fraction or is_decimal(value)) and _is_in_range(fact, cast(FactValue, value))


def say_python_values(fact: Fact) -> str:
    """Return what a fact takes in Python: ``True or False``, ``one of low, high``."""
    if fact.type == "choice":
        return say_values(fact)
    return f"{_IN_PYTHON[fact.type]}{_say_range(fact)}"


def say_values(fact: Fact) -> str:
    """Return what a fact takes, as tables and files write it: ``a whole number``, ``one of low, high``."""
    if fact.type == "choice":
        return "one of " + ", ".join(fact.values)
    if fact.type == "date":
        return f"a date{_say_range(fact)}, as year-month-day"
    return {"yes_no": "yes or no", "whole_number": "a whole number", "number": "a number"}[fact.type] + _say_range(fact)


def _say_range(fact: Fact) -> str:
    """Return where the values of a fact lie, with a space before it: `` from 0 to 52`` (nothing: anywhere)."""
    if fact.range is None:
        return ""
    ends = (("from", fact.range.lowest), ("to", fact.range.highest))
    return "".join(f" {word} {written_value(end)}" for word, end in ends if end is not None)
