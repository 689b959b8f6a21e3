"""Mistakes in data from a file: of which kind, and from the exceptions of cattrs to a flat list with paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import attrs
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)

from ctm_rules.diagnostics.characters import typed
from ctm_rules.diagnostics.findings import Code, Diagnostic, Fix, Location
from ctm_rules.diagnostics.suggestions import certain_name, nearest_name, nearest_name_hint
from ctm_rules.model.declared import key_of, keys_of
from ctm_rules.phrases import one_or_many
from ctm_rules.yaml_files.marked_yaml import describe

Path = tuple[str | int, ...]


class Mistake(ValueError):
    """One wrong value.

    ``at`` is its place when the one who noticed knows it better than its path does; ``fix`` makes its one right repair,
    where there is one, given its place.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        hint: str = "",
        at: Location | None = None,
        fix: Callable[[Location], Fix | None] | None = None,
    ) -> None:
        super().__init__(message)
        self.fix = fix
        self.code = code
        self.message = message
        self.hint = hint
        self.at = at

    def found(self, at: Location, *, path: str = "") -> Diagnostic:
        """Return the finding that it was made at a place, or where the one who noticed it says."""
        place = self.at or at
        fix = None if self.fix is None else self.fix(place)
        return self.code.found(place, self.message, path=path, hint=self.hint, fix=fix)


WRONG_TYPE = Code(
    "wrong-type",
    "error",
    what="A value is of another kind than this key takes: a number for a text, a text for a list, and so on.",
    why="Turning it silently into something else would change the standards.",
    bad="edition: 2024",
    good='edition: "2024"',
)


def wrong_type(expected: str, value: object, hint: str) -> Mistake:
    """Return the mistake that a value is of another kind than expected (``a list``)."""
    return Mistake(WRONG_TYPE, f"this must be {expected}, not {describe(value)}", hint)


UNKNOWN_KEY = Code(
    "unknown-key",
    "error",
    what="A key is not one that this block may have.",
    why="A misspelt key would otherwise be passed over, and the standards would not say what you wrote.",
    bad="statment: Assessment is well-informed.",
    good="statement: Assessment is well-informed.",
)


def unknown_key(key: str, allowed: Sequence[str]) -> Mistake:
    """Return the mistake that a key is not one of those allowed."""
    meant = certain_name(key, allowed)
    return Mistake(
        UNKNOWN_KEY,
        f'the key "{key}" is not known here',
        nearest_name_hint(key, allowed),
        fix=lambda at: Fix.replace(at, key, meant),
    )


MISSING_KEY = Code(
    "missing-key",
    "error",
    what="A block lacks a key that it must have.",
    why="There is no sensible default: somebody has to decide.",
    bad="- id: safety\n  prompts: […]",
    good="- id: safety\n  ask: Does it keep people safe?\n  prompts: […]",
)


def mistakes_in(error: BaseException, path: Path) -> Iterator[tuple[Path, Mistake]]:
    """Yield every mistake in what was raised while structuring, with its path from the value structured."""
    if isinstance(error, BaseValidationError):
        for inner in _together(error.exceptions):
            yield from mistakes_in(inner, (*path, *_step(inner, error)))
    elif isinstance(error, Mistake):
        yield path, error
    elif isinstance(error, ForbiddenExtraKeysError):
        allowed = keys_of(error.cl)
        for key in sorted(error.extra_fields):
            yield (*path, f"{key}:"), unknown_key(key, allowed)
    elif isinstance(error, KeyError):
        names = [f'"{key}"' for key in error.args]
        keys, are = one_or_many(len(names), "key"), one_or_many(len(names), "is", "are")
        message = f"the {keys} {', '.join(names)} {are} missing"
        # The note names the attribute that is missing; the block that lacks it is one step up.
        yield path[:-1], Mistake(MISSING_KEY, message, f'add "{error.args[0]}: …" to this block')
    else:
        raise error


def _together(errors: Sequence[BaseException]) -> list[BaseException]:
    """Put what one block lacks into one error, without the keys that are there and misspelt."""
    unknown = [key for error in errors if isinstance(error, ForbiddenExtraKeysError) for key in error.extra_fields]
    missing = [error for error in errors if isinstance(error, KeyError)]
    keys = [key for error in missing for key in error.args if nearest_name(str(key), unknown) is None]
    if missing:
        missing[0].args = tuple(keys)
    kept = missing[:1] if keys else []
    return [error for error in errors if not isinstance(error, KeyError) or error in kept]


def _step(error: BaseException, group: BaseValidationError) -> Path:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, IterableValidationNote):
            return (note.index,)
        if isinstance(note, AttributeValidationNote) and not isinstance(group, IterableValidationError):
            return (key_of(attrs.fields_dict(group.cl)[note.name]),)
    return ()


def only_digits(value: object) -> str:
    """Return the hint for a number with something around it: ``80%``, ``3,`` or ``"3"``."""
    number = re.fullmatch(r"\W*([0-9]+(\.[0-9]+)?)\W*", typed(value)) if isinstance(value, str) else None
    return f"write {number[1]} and nothing else" if number else ""
