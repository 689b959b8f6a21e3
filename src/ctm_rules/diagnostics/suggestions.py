"""The nearest name to one that is not known ("did you mean …?", spelling suggestions), for hints."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from heapq import nlargest
from itertools import islice
from os.path import commonprefix

from ctm_rules.diagnostics.characters import typed
from ctm_rules.limits import MAX_MESSAGE, MAX_NAMES_COMPARED, MAX_NAMES_LISTED


def say_no_such(kind: str, name: str) -> str:
    """Return the sentence that nothing of a kind has a name.

    >>> say_no_such("rating", "goood")
    'there is no rating "goood"'
    """
    return f'there is no {kind} "{name}"'


def nearest_name_hint(name: str, allowed: Sequence[str], *, list_all: bool = True) -> str:
    """Return the hint for a misspelt name: the nearest allowed name, and what is allowed.

    >>> nearest_name_hint("statment", ["statement", "title"])
    'did you mean "statement"? Allowed: statement, title.'
    """
    nearest = nearest_name(name, allowed)
    parts = [] if nearest is None else [f'did you mean "{nearest}"?']
    several = _one_level_away(name, allowed) if nearest is None else []
    if several:
        shown = [f'"{other}"' for other in several[:MAX_NAMES_LISTED]]
        parts.append(f"write which of them is meant: {', '.join(shown)}{' …' if len(several) > len(shown) else ''}.")
    if list_all and allowed:
        shown = list(allowed[:MAX_NAMES_LISTED])
        more = f" and {len(allowed) - MAX_NAMES_LISTED} more" if len(allowed) > MAX_NAMES_LISTED else ""
        parts.append(f"Allowed: {', '.join(shown)}{more}.")
    return " ".join(parts)


def nearest_name(name: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed name for which another name was most likely meant, if there is one.

    Of addresses, the one that is meant lies in the same standard where that has such a name at all: a level left out,
    one too many or another one, or no level but the last.

    >>> nearest_name("statment", ["statement", "title"])
    'statement'
    >>> nearest_name("planning.victims", ["planning.safety.victims", "planting.victims"])
    'planning.safety.victims'
    >>> nearest_name("planning.safety.victims", ["agencies", "victims"])
    'victims'
    """
    known = list(allowed)
    levels = name.split(".")
    inside = known
    if len(levels) > 1:
        tops = dict.fromkeys(other.split(".")[0] for other in known)
        top = levels[0] if levels[0] in tops else _nearest_of(levels[0], list(tops))
        inside = [other for other in known if other.split(".")[0] == top or "." not in other]
    one_level_away = _one_level_away(name, inside)
    if len(one_level_away) == 1:
        return one_level_away[0]
    return _nearest_of(name, one_level_away) or _nearest_of(name, inside) or _nearest_of(name, known)


def _one_level_away(name: str, known: Iterable[str]) -> list[str]:
    """Return the addresses of which the last step is that of a name; of an address also the name that it ends with."""
    last = fold_name(name.split(".")[-1])
    return [other for other in known if "." in f"{name}{other}" and fold_name(other.split(".")[-1]) == last]


def _nearest_of(name: str, known: Sequence[str]) -> str | None:
    """Return the name that another name looks most like, if there is one."""
    compared: Sequence[str] = known
    if len(known) > MAX_NAMES_COMPARED:  # comparing takes its time: the least likely are left out
        alike = (other for other in known if abs(len(other) - len(name)) < 4 and other[:1] == name[:1])
        some = list(islice(alike, 10 * MAX_NAMES_COMPARED))
        compared = nlargest(MAX_NAMES_COMPARED, some, key=lambda other: _ends_shared(name, other))
    matches = difflib.get_close_matches(name, compared, n=1) if len(name) <= MAX_MESSAGE else []
    if not matches:
        folded = name.casefold()
        matches = [other for other in known if other.casefold() == folded]
    return matches[0] if matches else None


def nearest_value(text: str, allowed: Iterable[str]) -> str | None:
    """Return the value of which a text can only be a misspelling (``None``: there is none, or it may mean another).

    Whoever takes a name from a hint sees where it is wrong; a value that is wrong changes a rating. So no hint leads
    from one number to another, to what a word denies, or to one of two values that are both near.

    >>> nearest_value("hihg", ["low", "high"]), nearest_value("not high", ["low", "high"])
    ('high', None)
    """
    known = {value: fold_name(typed(value)) for value in allowed}
    folded = fold_name(typed(text))
    same = [value for value, other in known.items() if other == folded]
    if same:
        return same[0] if len(same) == 1 else None
    if len(folded) > MAX_MESSAGE or len(known) > MAX_NAMES_COMPARED:
        return None
    shuffled = [value for value, other in known.items() if len(other) > 2 and sorted(other) == sorted(folded)]
    if len(shuffled) == 1 and not re.search("[0-9]", folded):
        return shuffled[0]
    near = [
        value
        for value, other in known.items()
        if len(other) > 2  # of two short words, each is near to the other
        and re.findall("[0-9]+", other) == re.findall("[0-9]+", folded)
        and not _is_denial(folded, other)
        and difflib.get_close_matches(folded, [other])
    ]
    return near[0] if len(near) == 1 else None


def certain_name(name: str, known: Iterable[str]) -> str | None:
    """Return the name of which another one can only be a misspelling: it is put right without anybody being asked.

    It is the same but for capitals, spaces, dashes and underscores, or one letter is missing, too many, another one or
    in its neighbour's place; the name is long enough, and no other name is nearly as near.

    >>> certain_name("risk_of_hram", ["risk_of_harm", "victims"]), certain_name("diversities", ["diversity"])
    ('risk_of_harm', None)
    """
    folded = fold_name(typed(name))
    others = {other: fold_name(other) for other in known}
    same = [other for other, each in others.items() if each == folded]
    if same:
        return same[0] if len(same) == 1 else None
    if not _SHORTEST_CERTAIN <= len(folded) <= MAX_MESSAGE or len(others) > MAX_NAMES_COMPARED:
        return None
    near = {other: distance for other, each in others.items() if (distance := _letters_apart(folded, each)) <= 2}
    if len(near) != 1:
        return None
    ((found, distance),) = near.items()
    digits = [re.findall("[0-9]+", each) for each in (folded, others[found])]
    is_certain = distance == 1 and digits[0] == digits[1] and not _is_denial(folded, others[found])
    return found if is_certain else None


_SHORTEST_CERTAIN = 5
"""Letters of a name: of a shorter one, one letter is too much of it."""


def _letters_apart(one: str, other: str) -> int:
    """Return in how many steps one word becomes another, up to 3: a letter more, less, another, or two swapped."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        above, before, row = before, row, [number]
        for place, against in enumerate(other, 1):
            cost = min(row[-1] + 1, before[place] + 1, before[place - 1] + (letter != against))
            if above and place > 1 and letter == other[place - 2] and against == one[number - 2]:
                cost = min(cost, above[place - 2] + 1)
            row.append(cost)
    return min(row[-1], 3)


def _is_denial(one: str, other: str) -> bool:
    """Return whether one of two words is the other one denied: ``unlikely`` and ``likely``."""
    shorter, longer = sorted((one, other), key=len)
    return longer.endswith(shorter) or bool(_DENIED.match(one)) != bool(_DENIED.match(other))


_DENIED = re.compile("not|non|no|un|in|im|dis|without|never")


def _ends_shared(name: str, other: str) -> int:
    """Return how many characters two names share at their beginning and at their end."""
    # These are no paths, as RUF071 takes them to be: they are compared letter by letter.
    start = commonprefix([name, other])  # noqa: RUF071
    end = commonprefix([name[::-1], other[::-1]])  # noqa: RUF071
    return len(start) + len(end)


def fold_name(name: str) -> str:
    """Return a name without what people overlook: capitals, spaces, dashes and underscores."""
    return re.sub(r"[\W_]+", "", name.casefold())
