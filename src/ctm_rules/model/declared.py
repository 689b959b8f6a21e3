"""What an element declares, by the keys that it has in a file: the one place that knows keys, defaults and forms.

Whatever writes a framework down (YAML files, the checksum) does so by these keys, so that the names of classes and the
order of their attributes never show.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any as Anything
from typing import assert_never

import attrs

from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Condition,
    CountRated,
    FactTest,
    Not,
    PromptIsYes,
    RatedAs,
)


def declared_attributes(cls: type) -> dict[str, attrs.Attribute[Anything]]:
    """Return the attributes of a declared class by their keys in a file, in declared order.

    An attribute that never counts when two are compared (its place, where it was read from) has no key.
    """
    return {key_of(attribute): attribute for attribute in attrs.fields(cls) if attribute.eq}


def keys_of(cls: type) -> list[str]:
    """Return the keys that a class has in a file, in declared order."""
    return list(declared_attributes(cls))


def key_of(attribute: attrs.Attribute[Anything]) -> str:
    """Return an attribute's name in a file: its own, unless Python keeps that word for itself (``from``)."""
    return str(attribute.metadata.get("key", attribute.name))


def is_required(attribute: attrs.Attribute[Anything]) -> bool:
    """Return whether a file must have an attribute's key."""
    return attribute.default is attrs.NOTHING and "left_out" not in attribute.metadata


def declared_values(element: attrs.AttrsInstance) -> dict[str, object]:
    """Return what an element declares, by key; a value that it would have anyway is left out, unless it never is."""
    values: dict[str, object] = {}
    for key, attribute in declared_attributes(type(element)).items():
        value = getattr(element, attribute.name)
        make_default = getattr(attribute.default, "factory", None)
        otherwise = make_default() if make_default else attribute.default
        if otherwise is attrs.NOTHING:
            otherwise = attribute.metadata.get("left_out", attrs.NOTHING)
        if value != otherwise or "is_always_written" in attribute.metadata:
            values[key] = value
    return values


def written_rule(condition: Condition) -> str | Mapping[str, object]:
    """Return the topmost clause of a rule in the form that a file has: a prompt's id, or a block of keys.

    The clauses below it are still conditions; each of them is written in the same way.
    """
    match condition:
        case PromptIsYes(prompt):
            return prompt
        case FactTest(fact, comparison, values):
            return {"fact": fact, comparison: values if comparison == "one_of" else values[0]}
        case RatedAs(level, element, comparison, rating):
            return {level: element, comparison: rating}
        case CountRated(count, of, comparison, rating):
            return {"at_least": {"count": count, "of": of, comparison: rating}}
        case AllOf(of):
            return {"all": of}
        case AnyOf(of):
            return {"any": of}
        case AtLeast(count, of):
            return {"at_least": {"count": count, "of": of}}
        case AtLeastPercent(percent, of):
            return {"at_least": {"percent": percent, "of": of}}
        case Not(clause):
            return {"not": clause}
        case never:
            assert_never(never)
