"""Marked data to attrs classes (structuring), strictly: every mistake at once, each with its place and a hint."""

from __future__ import annotations

from typing import TypeVar

from cattrs.errors import BaseValidationError

from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.yaml_files.converter import make_converter
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue
from ctm_rules.yaml_files.mistakes import Mistake, Path, mistakes_in

T = TypeVar("T")


def structure(value: MarkedValue, to: type[T], file: str, findings: Findings) -> T | None:
    """Return ``value`` as an instance of an attrs class, or ``None`` with every mistake in ``findings``."""
    try:
        return make_converter().structure(value, to)
    except (BaseValidationError, Mistake) as error:
        for path, mistake in mistakes_in(error, ()):
            at = _place(value, path, Location(file))
            findings.extend([mistake.found(at, path=".".join(map(str, path)))])
    return None


def _place(value: MarkedValue, path: Path, fallback: Location) -> Location:
    at = getattr(value, "at", fallback)
    for step in path:
        if isinstance(value, MarkedDict) and isinstance(step, str):
            if step.endswith(":"):  # the place of a key, not of its value
                return value.key_at.get(step[:-1], at)
            at = value.value_at.get(step, at)
            value = value.get(step)
        elif isinstance(value, MarkedList) and isinstance(step, int) and step < len(value):
            at = value.value_at[step]
            value = value[step]
    return at
