"""Every element of a framework that has a place, and its texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any as Anything

import attrs

from ctm_rules.diagnostics.findings import Location
from ctm_rules.model.elements import Placed
from ctm_rules.model.framework import Fact, Framework, Standard
from ctm_rules.model.remembered import once_for_the_same


def elements_of(value: Anything) -> Iterator[Placed]:
    """Yield everything that is declared and has a place, from the framework down to single clauses."""
    if isinstance(value, tuple | list):
        for item in value:
            yield from elements_of(item)
    elif isinstance(value, Mapping):
        yield from elements_of(list(value.values()))
    elif hasattr(value, "at"):
        yield from _in_standard(value) if isinstance(value, Standard) else _in_element(value)


def _in_element(value: Anything) -> Iterator[Placed]:
    yield value
    for field in attrs.fields(type(value)):
        yield from elements_of(getattr(value, field.name))


@once_for_the_same
def _in_standard(standard: Standard) -> tuple[Placed, ...]:
    return tuple(_in_element(standard))


def parts_of(framework: Framework) -> Iterator[object]:
    """Yield what stands directly in a framework: each of its standards and facts, its bands, and so on."""
    for field in attrs.fields(type(framework)):
        value = getattr(framework, field.name)
        yield from value if isinstance(value, tuple) else (value,)


_TEXT_KEYS = sorted(
    ("id", "edition", "title", "label", "ask", "statement", "publisher", "section", "licence", "confirmed_by")
)


def texts_of(element: Placed) -> Iterator[tuple[str, str, Location]]:
    """Yield the texts of one element with their keys and places."""
    for key in _TEXT_KEYS:
        text = getattr(element, key, "")
        if isinstance(text, str) and text:
            yield key, text, element.at.of(key)
    if isinstance(element, Fact):
        for value, label in element.values.items():
            yield f"the label of {value}", label, element.at.of("values", value)
