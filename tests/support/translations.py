"""Inspections without the translations of their texts, and frameworks without words in another language."""

from __future__ import annotations

from typing import Any as Anything

import attrs

from ctm_rules import InspectionResult
from ctm_rules.model.declared import Translated


def untranslated(result: InspectionResult) -> InspectionResult:
    """Return a rated inspection whose texts are in its own language alone."""
    declared = _untranslated(result.inspection.declared)
    return attrs.evolve(result, inspection=attrs.evolve(result.inspection, declared=declared))


def _untranslated(value: Anything) -> Anything:
    if isinstance(value, Translated):
        return str(value)
    if isinstance(value, tuple):
        return tuple(map(_untranslated, value))
    if attrs.has(type(value)):
        fields = [field for field in attrs.fields(type(value)) if field.name not in ("at", "to_do")]
        return attrs.evolve(value, **{field.name: _untranslated(getattr(value, field.name)) for field in fields})
    return value
