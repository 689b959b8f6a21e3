"""Texts that people write in several languages, in one place (``cy:`` beside ``en:``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any as Anything
from typing import TypeAlias, Union, get_args, get_type_hints

import attrs

from ctm_rules.diagnostics.findings import NOWHERE, Location
from ctm_rules.model.declared import declared_attributes

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
