"""Plain data given in Python as a file would hold it: every key and value with its JSON pointer in place of a line."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import cast

from ctm_rules.diagnostics.findings import HERE, Findings, Location
from ctm_rules.limits import MAX_YAML_DEPTH, MAX_YAML_NODES
from ctm_rules.yaml_files.marked_yaml import NOT_PRINTABLE, TOO_DEEP, MarkedDict, MarkedList, MarkedValue, join_halves
from ctm_rules.yaml_files.mistakes import WRONG_TYPE
from ctm_rules.yaml_files.syntax_errors import YAML_SYNTAX


def mark_data(value: object, findings: Findings, at: Location = HERE) -> MarkedValue:
    """Return plain data with marks, as a file of the same content would give it; what is wrong goes to ``findings``.

    Args:
        value: mappings, lists, texts, numbers, dates, true, false and nothing, within one another.
        findings: where mistakes go.
        at: where it is in what was given.
    """
    return _Marker(findings).marked(value, at, 1)


class _Marker:
    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._nodes = 0

    def marked(self, value: object, at: Location, depth: int) -> MarkedValue:
        self._nodes += 1
        if depth > MAX_YAML_DEPTH or self._nodes > MAX_YAML_NODES:
            if depth > MAX_YAML_DEPTH or self._nodes == MAX_YAML_NODES + 1:
                deep, many = f"this is nested deeper than {MAX_YAML_DEPTH} levels", "there are too many values"
                message = deep if depth > MAX_YAML_DEPTH else many
                self._findings.add(TOO_DEEP, at, message, hint="give it with fewer levels, or in parts")
            return None
        if isinstance(value, Enum):
            value = value.value
        if isinstance(value, Mapping):
            return self._mapping(value, at, depth)
        if isinstance(value, list | tuple):
            marked = MarkedList(at)
            for index, item in enumerate(value):
                marked.value_at.append(at.of(index))
                marked.append(self.marked(item, at.of(index), depth + 1))
            return marked
        if isinstance(value, str):
            text = join_halves(value)
            if NOT_PRINTABLE.search(text):
                message = "the text holds a character that cannot be printed"
                self._findings.add(YAML_SYNTAX, at, message, hint="leave it out")
            return text
        if isinstance(value, float) and math.isfinite(value):
            return Decimal(repr(value))  # what was written: 79.5, and not the binary fraction that is next to it
        is_date = isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
        if value is None or is_date or isinstance(value, bool | int | Decimal | Fraction):
            return cast(MarkedValue, value)  # numbers and dates are structured as they are
        hint = "give an object, a list, a text, a number or a date"
        self._findings.add(WRONG_TYPE, at, f"{value!r} is nothing that a file could hold", hint=hint)
        return None

    def _mapping(self, value: Mapping[object, object], at: Location, depth: int) -> MarkedDict:
        marked = MarkedDict(at)
        for key, item in value.items():
            there = at.of(str(key))
            if not isinstance(key, str):
                self._findings.add(WRONG_TYPE, there, f"a key is {key!r}, which is no text", hint="put it in quotes")
                continue
            marked.key_at[key] = marked.value_at[key] = there
            marked[key] = self.marked(item, there, depth + 1)
        return marked
