"""The checksum that says which standards a published figure rests on."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import get_args

import attrs

from ctm_rules.model.conditions import Condition
from ctm_rules.model.declared import declared_attributes, declared_values, written_rule
from ctm_rules.model.remembered import once_for_the_same

CHECKSUM_VERSION = "v1"
"""How the canonical form is made. It becomes v2 where the same standards would have another form than before: where a
key is renamed, say, or where leaving a key out comes to mean something else."""


_CONDITIONS = get_args(Condition)


def checksum_of(element: attrs.AttrsInstance) -> str:
    """Return the checksum of what an element declares: ``v1:`` and a SHA-256 in hexadecimal.

    Elements that compare equal have the same checksum: layout, comments and the place of a declaration in its
    file do not count, every word and number does. A later version of the library gives the same checksum for the
    same standards: what is hashed is the canonical JSON of what the files say, by their keys, without the keys that
    say what would hold anyway.
    """
    content = json.dumps(_canonical(element), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f"{CHECKSUM_VERSION}:{hashlib.sha256(content.encode()).hexdigest()}"


def _canonical(value: object) -> object:
    """Return a value as JSON holds it: blocks by their keys, exact numbers and dates as text."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, _CONDITIONS):
        return _canonical(written_rule(value))
    if attrs.has(type(value)):
        attributes = declared_attributes(type(value))
        declared = declared_values(value)  # type: ignore[arg-type]  # attrs.has does not narrow
        # What an attribute is compared by says what of it counts: the order of a choice's values means something.
        compared_by = {key: getattr(attributes[key], "eq_key", None) or _itself for key in declared}
        return {key: _canonical(compared_by[key](item)) for key, item in declared.items()}
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_of_item(item) if attrs.has(type(item)) else _canonical(item) for item in value]
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


_of_item = once_for_the_same(_canonical)


def _itself(value: object) -> object:
    return value
