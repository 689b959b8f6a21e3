"""Plain data held against a class of typed keys (validation): every mistake at once, each with its JSON pointer."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.phrases import say_list
from ctm_rules.yaml_files.marked_yaml import describe

BAD_RESULT = Code(
    "bad-result",
    "error",
    what="A file is no result of this library: no JSON, or it lacks what a result says, or names what nothing has.",
    why="A figure that rests on nothing that can be read must not be shown as checked.",
    bad='{"overall": "Good"}',
    good="what ctm-rules rate --json has printed",
)


def check_typed(value: object, hint: Any, at: Location, findings: Findings) -> None:
    """Report where data is not as its type says; keys that the type does not know are of a later version.

    Args:
        value: what was read.
        hint: a TypedDict, ``list[…]``, ``dict[str, …]``, a union, ``Literal[…]`` or a plain type.
        at: where it is.
        findings: where mistakes go.
    """
    origin = get_origin(hint)
    if is_typeddict(hint):
        if not isinstance(value, Mapping):
            return _wrong("an object", value, at, findings)
        hints = get_type_hints(hint)
        absent = [f'"{key}"' for key in hints if key in hint.__required_keys__ and key not in value]
        if absent:
            message = f"at {at.path}, {say_list(absent)} {'is' if len(absent) == 1 else 'are'} missing"
            findings.add(BAD_RESULT, at, message, hint="rate again: it may be of an earlier version of the library")
        for key in hints.keys() & value.keys():
            check_typed(value[key], hints[key], at.of(key), findings)
        return None
    if origin is list:
        if not isinstance(value, list):
            return _wrong("a list", value, at, findings)
        for index, item in enumerate(value):
            check_typed(item, get_args(hint)[0], at.of(index), findings)
        return None
    if origin is dict:
        if not isinstance(value, Mapping):
            return _wrong("an object", value, at, findings)
        for key, item in value.items():
            check_typed(item, get_args(hint)[1], at.of(str(key)), findings)
        return None
    if origin is Literal:
        if value not in get_args(hint):
            _wrong(say_list([f'"{word}"' for word in get_args(hint)], "or"), value, at, findings)
        return None
    kinds = get_args(hint) if origin in (Union, UnionType) else (hint,)
    if value is None and NoneType in kinds:
        return None
    if type(value) in kinds:
        return None
    structured = [kind for kind in kinds if is_typeddict(kind) or get_origin(kind) is not None]
    if structured:
        return check_typed(value, structured[0], at, findings)
    if type(value) not in kinds:
        _wrong(say_list([_SAID[kind] for kind in kinds], "or"), value, at, findings)
    return None


_SAID: Mapping[type, str] = {str: "a text", int: "a whole number", bool: "true or false", NoneType: "null"}


def _wrong(expected: str, value: object, at: Location, findings: Findings) -> None:
    message = f"at {at.path}, this must be {expected}, not {describe(value)}"
    findings.add(BAD_RESULT, at, message, hint="give what ctm-rules rate --json has printed, unchanged")
