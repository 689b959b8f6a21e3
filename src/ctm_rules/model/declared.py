"""What an element declares, by the keys that it has in a file: the one place that knows keys, defaults and forms.

Whatever writes a framework down (YAML files, the checksum) does so by these keys, so that the names of classes and the
order of their attributes never show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any as Anything
from typing import TypeAlias, Union, assert_never, get_args, get_type_hints

import attrs

from ctm_rules.diagnostics.findings import NOWHERE, Location
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


# --- Texts that people write in several languages (``cy:`` beside ``en:``) ----------------------------

LANGUAGE_CODE = re.compile("[a-z]{2,3}(-[A-Z]{2})?")
"""What the code of a language looks like: ``cy``, ``en-GB``."""


class Translated(str):
    """A text in several languages. It is the text in the first of them, and knows the others.

    Attributes:
        languages: the text by the code of its language.
        at: where it was written.
    """

    languages: Mapping[str, str]
    at: Location

    def __new__(cls, languages: Mapping[str, str], at: Location = NOWHERE) -> Translated:
        made = super().__new__(cls, next(iter(languages.values())))
        made.languages, made.at = dict(languages), at
        return made

    def is_in(self, language: str) -> bool:
        """Return whether it is written in a language too."""
        return language in self.languages

    def __getnewargs__(self) -> tuple[Mapping[str, str], Location]:  # type: ignore[override]  # how it is copied
        return self.languages, self.at


Words: TypeAlias = Union[str, Translated]  # noqa: UP007  # told apart from a union of two classes that files may hold
"""What people write for others to read: a text, or one in several languages."""

NAME = {"is_name": True}
"""The metadata of an attribute that names somebody or something: most names are the same in every language."""


def texts_in(element: attrs.AttrsInstance, above: Location = NOWHERE) -> Iterator[tuple[Words, Location, bool]]:
    """Yield every text within an element that people wrote for others to read.

    With it come its place, and whether it is a name. Texts that are empty are none. ``above`` is the place of an
    element that knows none.
    """
    at: Location = getattr(element, "at", NOWHERE)
    at = at if at.line or at.path else above
    for key, attribute in declared_attributes(type(element)).items():
        value = getattr(element, attribute.name)
        is_text = _is_text(type(element), attribute.name)
        for step, item in enumerate(value) if isinstance(value, tuple) else [(None, value)]:
            place = at.of(key) if step is None else at.of(key, step)
            if is_text and isinstance(item, str) and item:
                yield item, place, "is_name" in attribute.metadata
            elif attrs.has(type(item)):
                yield from texts_in(item, place)


@cache
def _is_text(cls: type, name: str) -> bool:
    """Return whether an attribute is a text, or a list of them, that people write for others to read."""
    return _holds_words(get_type_hints(cls)[name])


def _holds_words(declared: Anything) -> bool:
    return Translated in get_args(declared) or any(map(_holds_words, get_args(declared)))
