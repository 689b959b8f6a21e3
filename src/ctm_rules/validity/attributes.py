"""What was built in Python is of the types that its classes declare: what reading a file sees to, seen to here."""

from __future__ import annotations

import datetime
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any as Anything
from typing import Literal, Union, get_args, get_origin, get_type_hints

import attrs

from ctm_rules.diagnostics.findings import NOWHERE, Code, Diagnostic, Location, shorten
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.limits import MAX_QUOTED_TEXT, MAX_RULE_DEPTH
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Comparison,
    Condition,
    CountRated,
    FactTest,
    Level,
    Not,
    PromptIsYes,
    RatedAs,
    RatingComparison,
)
from ctm_rules.model.declared import declared_attributes
from ctm_rules.model.fact_values import is_fact_value, say_python_values, type_fact_value
from ctm_rules.model.framework import Fact, Framework
from ctm_rules.model.rating_rules import Members
from ctm_rules.phrases import say_list
from ctm_rules.validity.rules import BAD_COMPARISON
from ctm_rules.yaml_files.converter import WRONG_WORD
from ctm_rules.yaml_files.mistakes import WRONG_TYPE
from ctm_rules.yaml_files.rules import BAD_RULE, RULE_TOO_DEEP

_SAID: Mapping[type, tuple[str, str]] = {
    str: ("a text", "write it in quotation marks"),
    int: ("a whole number", "use an int"),
    bool: ("True or False", "use True or False"),
    Fraction: ("an exact number", 'use a Fraction: Fraction(80), Fraction("79.5")'),
    datetime.date: ("a date", "use a datetime.date"),
}


_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


def check_attributes(framework: object) -> Iterator[Diagnostic]:
    """Yield a finding for every attribute of a framework, or of what is in it, that is not of its declared type."""
    return _check(framework, Framework, "", NOWHERE, None)


def check_compared_values(framework: Framework) -> Iterator[Diagnostic]:
    """Yield a finding for every value that a rule compares a fact with and that is not of the fact's own type.

    Files are read with texts for everything, and typed after that; what is built in Python is typed already.
    """
    for path, test in _fact_tests(framework, ""):
        fact = framework.every_fact.get(test.fact)
        for index, value in enumerate(() if fact is None else test.values):
            if fact is not None and _means_a_value(fact, value) and not is_fact_value(fact, value):
                takes = say_python_values(fact)
                message = f'the fact "{fact.id}" is compared with {value!r}, and it takes {takes}'
                hint = f"use {type_fact_value(fact, value)!r}"
                yield BAD_COMPARISON.found(test.at, message, path=f"{path}/values/{index}", hint=hint)


def with_paths(framework: Framework) -> Framework:
    """Return a framework in which everything that was built in Python knows its path, for findings to say."""
    placed: Framework = _placed(framework, "")
    return placed


def _placed(value: Anything, path: str) -> Anything:
    if isinstance(value, tuple):
        return tuple(_placed(item, f"{path}/{index}") for index, item in enumerate(value))
    if isinstance(value, Mapping):
        return {key: _placed(item, f"{path}/{key}") for key, item in value.items()}
    if not attrs.has(type(value)) or not hasattr(value, "at"):
        return value
    names = [attribute.name for attribute in declared_attributes(type(value)).values()]
    at = value.at if value.at.line else attrs.evolve(NOWHERE, path=path or "/")
    return attrs.evolve(value, at=at, **{name: _placed(getattr(value, name), f"{path}/{name}") for name in names})


def _means_a_value(fact: Fact, value: object) -> bool:
    """Return whether a file could have this for a value of the fact; if not, that is said of files as well."""
    try:
        type_fact_value(fact, value)
    except ValueError:
        return False
    return True


def _fact_tests(value: object, path: str) -> Iterator[tuple[str, FactTest]]:
    if isinstance(value, FactTest):
        yield path, value
    elif attrs.has(type(value)):
        for name in (attribute.name for attribute in declared_attributes(type(value)).values()):
            yield from _fact_tests(getattr(value, name), f"{path}/{name}")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _fact_tests(item, f"{path}/{index}")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _fact_tests(item, f"{path}/{key}")


# --- One value ---------------------------------------------------------------------------------------


@cache
def _attributes(cls: type) -> tuple[tuple[str, Anything, object], ...]:
    """Return the name, the type and the default of each attribute that counts."""
    hints = get_type_hints(cls)
    return tuple(
        (attribute.name, hints[attribute.name], attribute.default) for attribute in declared_attributes(cls).values()
    )


def _check(value: Anything, declared: Anything, path: str, at: Location, default: object) -> Iterator[Diagnostic]:
    """Yield what is wrong with a value of a declared type, at a path within the framework."""
    origin, arguments = get_origin(declared), get_args(declared)
    if origin in (Union, types.UnionType):
        if value is None and types.NoneType in arguments:
            return
        members = [member for member in arguments if member is not types.NoneType]
        if set(members) == set(get_args(Condition)):
            yield from _check_rule(value, path, at, 1)
        elif declared == Members:
            yield from _check_members(value, path, at)
        elif all(map(attrs.has, members)):
            yield from _check_one_of(value, members, path, at)
        elif len(members) == 1:
            yield from _check(value, members[0], path, at, default)
        elif type(value) not in members:  # one of several plain types
            types_said = say_list([_SAID[member][0] for member in members], "or")
            what_to_do = say_list([_SAID[member][1] for member in members], "or")
            yield _wrong_type(value, types_said, path, at, what_to_do)
    elif origin is Literal:
        if value not in arguments or type(value) is not str:
            hint = nearest_name_hint(str(value), list(arguments))
            words = say_list([f'"{word}"' for word in arguments], "or")
            yield WRONG_WORD.found(at, f"{path} must be {words}, not {value!r}", path=path, hint=hint)
    elif origin is tuple:
        yield from _check_items(value, arguments[0], path, at)
    elif origin is not None:  # a mapping from words
        yield from _check_mapping(value, arguments[1], path, at)
    elif attrs.has(declared):
        yield from _check_element(value, declared, path, at)
    elif type(value) is not declared:
        said, hint = _SAID[declared]
        yield _wrong_type(value, said, path, at, hint)
    elif declared is str and not value.isascii() and _HALF_A_CHARACTER.search(value):
        message = f"{path} holds half of a character, which cannot be printed: {value!r}"
        yield WRONG_TYPE.found(at, message, path=path, hint="write the character, or leave it out")
    elif declared is str and not value.strip() and default != value:
        yield WRONG_TYPE.found(at, f"{path} must be a text and is empty", path=path, hint="write the text")


def _check_members(value: Anything, path: str, at: Location) -> Iterator[Diagnostic]:
    """Yield what is wrong with whose ratings a rule looks at: a level, or names."""
    if isinstance(value, str):
        yield from _check(value, Level, path, at, None)
        return
    yield from _check_items(value, str, path, at)
    if value == ():
        yield _wrong_type(value, "a level or some names", path, at, 'write "standards", or ("safe", "caring")')


def _check_one_of(value: Anything, classes: Sequence[type], path: str, at: Location) -> Iterator[Diagnostic]:
    """Yield what is wrong with what may be of several classes, such as a rating rule."""
    # One that another is derived from has defaults of its own, so that a file would say something else of it.
    if type(value) in classes:
        yield from _check_element(value, type(value), path, at)
    else:
        said = say_list([f"{cls.__name__}(…)" for cls in classes], "or")
        yield _wrong_type(value, f"one of {len(classes)} forms", path, at, f"make one: {said}")


def _check_items(value: Anything, item_type: Anything, path: str, at: Location) -> Iterator[Diagnostic]:
    if not isinstance(value, tuple):
        yield _wrong_type(value, "a tuple", path, at, "write it as a tuple: (a, b), or (a,) for one")
        return
    for index, item in enumerate(value):
        yield from _check(item, item_type, f"{path}/{index}", at, None)


def _check_mapping(value: Anything, item_type: Anything, path: str, at: Location) -> Iterator[Diagnostic]:
    if not isinstance(value, Mapping):
        yield _wrong_type(value, "a dict", path, at, "write it as a dict: {id: …}")
        return
    for key, item in value.items():
        if type(key) is not str:
            yield _wrong_type(key, "an id", f"{path}/{key}", at, "write it in quotation marks")
        yield from _check(item, item_type, f"{path}/{key}", at, None)


def _check_element(value: Anything, declared: type, path: str, at: Location) -> Iterator[Diagnostic]:
    if not isinstance(value, declared):
        article = "an" if declared.__name__[0] in "AEIOU" else "a"
        made = "load_framework returns one" if declared is Framework else f"make one: {declared.__name__}(…)"
        yield _wrong_type(value, f"{article} {declared.__name__}", path, at, made)
        return
    own_place = getattr(value, "at", at)
    if not isinstance(own_place, Location):
        yield _wrong_type(own_place, "a Location", f"{path}/at", at, "leave it out")
        own_place = at
    for name, hint, default in _attributes(declared):
        yield from _check(getattr(value, name), hint, f"{path}/{name}", own_place.of(name), default)


def _wrong_type(value: object, expected: str, path: str, at: Location, hint: str) -> Diagnostic:
    return WRONG_TYPE.found(
        at, f"{path or 'this'} must be {expected}, not {shorten(repr(value), MAX_QUOTED_TEXT)}", path=path, hint=hint
    )


# --- Rules -------------------------------------------------------------------------------------------

_FORMS = "a rule is PromptIsYes(…), FactTest(…), AllOf(…), AnyOf(…), AtLeast(…), AtLeastPercent(…) or Not(…)"


def _check_rule(clause: Anything, path: str, at: Location, depth: int) -> Iterator[Diagnostic]:
    own_place = clause.at if isinstance(getattr(clause, "at", None), Location) else at

    def bad(message: str, hint: str, below: str = "", code: Code = BAD_RULE) -> Diagnostic:
        return code.found(own_place, message, path=f"{path}{below}", hint=hint)

    if depth > MAX_RULE_DEPTH:
        message = f"this rule is nested deeper than {MAX_RULE_DEPTH} levels"
        yield bad(message, "split it into several prompts or simpler clauses", code=RULE_TOO_DEEP)
        return
    match clause:
        case PromptIsYes(prompt):
            yield from _check(prompt, str, f"{path}/prompt", own_place, None)
        case FactTest(fact, comparison, values):
            yield from _check(fact, str, f"{path}/fact", own_place, None)
            if comparison not in get_args(Comparison):
                hint = nearest_name_hint(str(comparison), get_args(Comparison))
                message = f"a fact is compared with one of {', '.join(get_args(Comparison))}, not {comparison!r}"
                yield bad(message, hint, "/comparison")
            if not isinstance(values, tuple) or not values or (comparison != "one_of" and len(values) != 1):
                message = f"the values that a fact is compared with are {values!r}"
                hint = "write a tuple with one value, or more for one_of: (True,)"
                yield bad(message, hint, "/values")
        case RatedAs(level, element, comparison, rating):
            yield from _check(level, Literal["key_question", "standard", "domain"], f"{path}/level", own_place, None)
            yield from _check(element, str, f"{path}/element", own_place, None)
            yield from _check(comparison, RatingComparison, f"{path}/comparison", own_place, None)
            yield from _check(rating, str, f"{path}/rating", own_place, None)
        case CountRated(count, of, comparison, rating):
            if type(count) is not int or count < 1:
                message = f"the count must be a whole number from 1, not {count!r}"
                yield bad(message, "write how many must be rated so", "/count")
            yield from _check_members(of, f"{path}/of", own_place)
            yield from _check(comparison, RatingComparison, f"{path}/comparison", own_place, None)
            yield from _check(rating, str, f"{path}/rating", own_place, None)
        case AllOf(of) | AnyOf(of) | AtLeast(_, of) | AtLeastPercent(_, of):
            if isinstance(clause, AtLeast) and (type(clause.count) is not int or clause.count < 1):
                message = f"the count must be a whole number from 1, not {clause.count!r}"
                yield bad(message, "write how many of the list must be yes", "/count")
            if isinstance(clause, AtLeastPercent) and (
                type(clause.percent) is not int or not 1 <= clause.percent <= 100
            ):
                message = f"the per cent must be a whole number from 1 to 100, not {clause.percent!r}"
                yield bad(message, "write how many per cent of the list must be yes", "/percent")
            if not isinstance(of, tuple) or not of:
                message = f"{type(clause).__name__} takes a tuple of one clause or more, not {of!r}"
                yield bad(message, "write it as a tuple: (a, b), or (a,) for one", "/of")
                return
            for index, item in enumerate(of):
                yield from _check_rule(item, f"{path}/of/{index}", own_place, depth + 1)
        case Not(below):
            yield from _check_rule(below, f"{path}/clause", own_place, depth + 1)
        case _:
            yield bad(f"{clause!r} is not a rule", _FORMS)
