"""The value of a fact, from what a file or a table has to what its type says (validation of one value)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import cast

from ctm_rules.model.conditions import FactValue
from ctm_rules.model.framework import Fact, FactType


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
    lowest, highest = (end if type(end) is type(value) else None for end in (fact.range.lowest, fact.range.highest))
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
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
            return int(value)
    elif isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    elif isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise ValueError("a date that exists, as year-month-day") from None
    raise ValueError(say_values(fact))


_TYPES: Mapping[FactType, type] = {"yes_no": bool, "choice": str, "whole_number": int, "date": datetime.date}
_IN_PYTHON: Mapping[FactType, str] = {
    "yes_no": "True or False",
    "whole_number": "an int",
    "date": "a datetime.date",
}


def is_fact_value(fact: Fact, value: object) -> bool:
    """Return whether a value is one that the fact can have, of the very type that it has in Python.

    Another type (1 for ``True``, "yes", a date with a time) would quietly compare as unequal, or as equal.
    """
    if type(value) is not _TYPES[fact.type]:
        return False
    return value in fact.values if fact.type == "choice" else _is_in_range(fact, cast(FactValue, value))


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
    return {"yes_no": "yes or no", "whole_number": "a whole number"}[fact.type] + _say_range(fact)


def _say_range(fact: Fact) -> str:
    """Return where the values of a fact lie, with a space before it: `` from 0 to 52`` (nothing: anywhere)."""
    if fact.range is None:
        return ""
    ends = (("from", fact.range.lowest), ("to", fact.range.highest))
    return "".join(f" {word} {end}" for word, end in ends if end is not None)
