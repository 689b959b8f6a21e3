"""The checksum that says which standards a published figure rests on."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction

import attrs

from ctm_rules.model.framework import Framework


def framework_checksum(framework: Framework) -> str:
    """Return the SHA-256 checksum of what a framework declares, in hexadecimal.

    Frameworks that compare equal have the same checksum: layout, comments and the place of a declaration in its
    file do not count, every word and number does.
    """
    content = json.dumps(_plain(framework), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: object) -> object:
    """Return a value as JSON holds it, each class by its name, so that different things never look alike."""
    cls = type(value)
    if attrs.has(cls):
        compared = [field.name for field in attrs.fields(cls) if field.eq]
        return {"is": cls.__name__, **{name: _plain(getattr(value, name)) for name in compared}}
    if isinstance(value, Mapping):
        # Pairs keep their order: the values of an ordered choice mean something by it.
        return [[key, _plain(item)] for key, item in value.items()]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Fraction):
        return {"is": "number", "value": str(value)}
    if isinstance(value, datetime.date):
        return {"is": "date", "value": value.isoformat()}
    return value
