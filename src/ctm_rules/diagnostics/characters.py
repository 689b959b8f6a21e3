"""Characters that people cannot see, or take for others: named by code point and place, with what to write instead.

They come from word processors, web pages and other keyboards: a no-break space, an en dash, curly quotation marks,
zero-width and right-to-left marks, full-width letters, Cyrillic and Greek letters among Latin ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_DASHES = "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SINGLE, _DOUBLE = "\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc", "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_CYRILLIC = dict(zip("аеорсухіјѕкмтвнАВЕКМНОРСТХІЈЅ", "aeopcyxijskmtbhABEKMHOPCTXIJS", strict=True))
_GREEK = dict(zip("οανρτυικΟΑΒΕΖΗΙΚΜΝΡΤΥΧ", "oavptuikOABEZHIKMNPTYX", strict=True))
_LETTERS: Mapping[str, str] = _CYRILLIC | _GREEK
_MARKS: Mapping[str, str] = (
    dict.fromkeys(_DASHES, "-") | dict.fromkeys(_SINGLE, "'") | dict.fromkeys(_DOUBLE, '"') | {"\u00ad": ""}
)


def typed(text: str) -> str:
    """Return a text as a keyboard would write it, without what cannot be seen.

    >>> typed("risk–of–harm")
    'risk-of-harm'
    """
    return text if text.isascii() else "".join(_typed(character) for character in text)


def _typed(character: str) -> str:
    if character.isascii():
        return character
    if is_invisible(character):
        return " " if character.isspace() else ""
    if "\uff01" <= character <= "\uff5e":  # full width
        return unicodedata.normalize("NFKC", character)
    return _MARKS.get(character) or _LETTERS.get(character, character)


def is_invisible(character: str) -> bool:
    """Return whether nobody can see a character, or tell it from a space."""
    return character != " " and unicodedata.category(character) in ("Cf", "Cc", "Zs", "Zl", "Zp")


def look(text: str) -> str:
    """Return a text as people see it: those that they cannot tell apart give the same.

    >>> look("case\u00a01\u200b"), look("Cafe\u0301") == look("Caf\u00e9")
    ('case 1', True)
    """
    return text if text.isascii() else typed(unicodedata.normalize("NFC", text)).strip()


def say_difference(one: str, other: str) -> str:
    """Return the first character that tells two texts apart that look the same, and what to write.

    >>> say_difference("c1", "c1\u200b")
    'character 3 of "c1\u200b" is a zero width space (U+200B): write "c1"'
    """
    for text in (other, one):
        said = say_odd_character(text)
        if said:
            return said
    text = one if unicodedata.is_normalized("NFC", other) else other
    composed = unicodedata.normalize("NFC", text)
    first = next(index for index, (here, there) in enumerate(zip(text, composed, strict=False)) if here != there)
    # A letter and then its accent look like the one character that is both.
    index = first + 1 if unicodedata.combining(text[first + 1 : first + 2] or "a") else first
    return f'character {index + 1} of "{text}" is {say_character(text[index])}: write "{composed}", letter by letter'


def say_character(character: str) -> str:
    """Return what a character is called: ``a no-break space (U+00A0)``.

    >>> say_character("–")
    'an en dash (U+2013)'
    """
    name = unicodedata.name(character, "control character").lower()
    name = {"\t": "tab", "\ufeff": "byte order mark"}.get(character, name)
    return f"{'an' if name[0] in 'aeio' else 'a'} {name} (U+{ord(character):04X})"


def say_odd_characters(message: str) -> str:
    """Return, of the texts that a message quotes, the first character that is not what it seems (nothing: none is).

    >>> say_odd_characters('there is no fact "risk–of–harm"')
    'character 5 of "risk–of–harm" is an en dash (U+2013): write "risk-of-harm"'
    """
    if message.isascii():
        return ""
    for text in re.findall('"([^"\\n]*)"', message):
        number = _first_odd(text)
        if number is not None:
            return _say_at(text, number)
    return ""


def say_odd_character(text: str) -> str:
    """Return the first character of a text that a keyboard would not write (nothing: there is none).

    >>> say_odd_character("North – East")
    'character 7 of "North – East" is an en dash (U+2013): write "North - East"'
    """
    return next((_say_at(text, index) for index, character in enumerate(text) if _typed(character) != character), "")


def _say_at(text: str, index: int) -> str:
    return f'character {index + 1} of "{text}" is {say_character(text[index])}: write "{typed(text).strip()}"'


def _first_odd(text: str) -> int | None:
    """Return the index of the first character of a text that is not what it seems."""
    for index, character in enumerate(text):
        if not character.isascii() and is_invisible(character):
            return index
    for word in re.finditer(r"\w+", text):
        if re.search("[A-Za-z]", word[0]) and (of_others := [c for c in word[0] if c in _LETTERS]):
            return text.index(of_others[0], word.start())
    as_typed = typed(text)
    # Other marks and letters are as good as any in what people write; in a name or a number nobody means them.
    if text.isascii() or not re.fullmatch(r"[\w.:/%'\"-]+", as_typed, re.ASCII):
        return None
    odd = [index for index, character in enumerate(text) if _typed(character) != character]
    is_of_one_alphabet = not re.search("[A-Za-z0-9]", text) and all(text[index].isalpha() for index in odd)
    return None if is_of_one_alphabet and not _has_full_width(text) else min(odd, default=None)


def _has_full_width(text: str) -> bool:
    return bool(re.search("[\uff01-\uff5e]", text))
