"""Marked data to attrs classes, strictly: every mistake at once, each with its place and a hint."""

from __future__ import annotations

import datetime
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Mapping as AbstractMapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any as Anything
from typing import Literal, TypeVar, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name, nearest_name_hint
from ctm_rules.limits import MAX_QUOTED_TEXT, MAX_RULE_DEPTH
from ctm_rules.model.conditions import All, Any, AtLeast, Comparison, Condition, FactTest, FactValue, Not, PromptIsYes
from ctm_rules.model.declared import declared_attributes, key_of, keys_of
from ctm_rules.phrases import one_or_many
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue, place_of

UNKNOWN_KEY = Code(
    "unknown-key",
    "error",
    what="A key is not one that this block may have.",
    why="A misspelt key would otherwise be passed over, and the standards would not say what you wrote.",
    bad="statment: Assessment is well-informed.",
    good="statement: Assessment is well-informed.",
)
MISSING_KEY = Code(
    "missing-key",
    "error",
    what="A block lacks a key that it must have.",
    why="There is no sensible default: somebody has to decide.",
    bad="- id: safety\n  prompts: […]",
    good="- id: safety\n  ask: Does it keep people safe?\n  prompts: […]",
)
WRONG_TYPE = Code(
    "wrong-type",
    "error",
    what="A value is of another kind than this key takes: a number for a text, a text for a list, and so on.",
    why="Turning it silently into something else would change the standards.",
    bad="edition: 2024",
    good='edition: "2024"',
)
WRONG_WORD = Code(
    "wrong-word",
    "error",
    what="A value is not one of the words that this key takes.",
    why="A word that is not known decides nothing.",
    bad="decided_on: rouned",
    good="decided_on: rounded",
)
BAD_RULE = Code(
    "bad-rule",
    "error",
    what="A rule is not written in one of the forms that rules have.",
    why="A rule that cannot be read for certain must not decide anything.",
    bad="yes_when: {all: diversity, any: [motivation]}",
    good="yes_when: {all: [diversity, {any: [motivation, involvement]}]}",
)
RULE_TOO_DEEP = Code(
    "rule-too-deep",
    "error",
    what="A rule is nested deeper than people can follow.",
    why="Nobody could check by reading when such a rule says yes.",
    bad="yes_when: {all: [{any: [{all: [{any: [ … ]}]}]}]}   # thirteen levels",
    good="yes_when: {all: [risk, {at_least: {count: 2, of: [a, b, c]}}]}",
)

T = TypeVar("T")


class Mistake(ValueError):
    """One wrong value. ``at`` is its place when the one who noticed knows it better than its path does."""

    def __init__(self, code: Code, message: str, hint: str = "", at: Location | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.at = at


def structure(value: MarkedValue, to: type[T], file: str, findings: Findings) -> T | None:
    """Return ``value`` as an instance of an attrs class, or ``None`` with every mistake in ``findings``."""
    try:
        return _converter().structure(value, to)
    except (BaseValidationError, Mistake) as error:
        for path, mistake in _mistakes(error, ()):
            at = mistake.at or _place(value, path, Location(file))
            path_text = ".".join(map(str, path))
            findings.add(mistake.code, at, mistake.message, path=path_text, hint=mistake.hint)
    return None


def describe(value: object) -> str:
    """Return what kind of value this is, in the words of somebody who edits YAML."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"the number {value}"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= MAX_QUOTED_TEXT else value[: MAX_QUOTED_TEXT - 3] + "…"}"'
    return "a block of keys" if isinstance(value, AbstractMapping) else "a list"


# --- From cattrs' tree of exceptions to a flat list ------------------------------------------------

Path = tuple[str | int, ...]


def _mistakes(error: BaseException, path: Path) -> Iterator[tuple[Path, Mistake]]:
    if isinstance(error, BaseValidationError):
        for inner in _together(error.exceptions):
            yield from _mistakes(inner, (*path, *_step(inner, error)))
    elif isinstance(error, Mistake):
        yield path, error
    elif isinstance(error, ForbiddenExtraKeysError):
        allowed = keys_of(error.cl)
        for key in sorted(error.extra_fields):
            hint = nearest_name_hint(key, allowed)
            yield (*path, f"{key}:"), Mistake(UNKNOWN_KEY, f'the key "{key}" is not known here', hint)
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


# --- The converter -------------------------------------------------------------------------------


@cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    converter.register_structure_hook_func(_is_sequence, _sequence_hook(converter))
    converter.register_structure_hook_func(_is_mapping, _mapping_hook(converter))
    converter.register_structure_hook_func(_is_literal, _literal)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(int, _whole_number)
    converter.register_structure_hook(bool, _true_or_false)
    converter.register_structure_hook(Fraction, _exact_number)
    converter.register_structure_hook(datetime.date, _date)
    converter.register_structure_hook_factory(attrs.has, lambda cls: _class_hook(cls, converter))
    converter.register_structure_hook_func(lambda cls: cls == FactValue, _as_written)
    converter.register_structure_hook_func(_is_condition, lambda value, _: _condition(value))
    return converter


def _is_condition(cls: Anything) -> bool:
    members = set(get_args(cls)) if get_origin(cls) in (Union, types.UnionType) else set()
    return members - {types.NoneType} == set(get_args(Condition))


def _is_literal(cls: Anything) -> bool:
    return get_origin(cls) is Literal


def _is_sequence(cls: object) -> bool:
    return get_origin(cls) is tuple


def _is_mapping(cls: object) -> bool:
    return get_origin(cls) in (AbstractMapping, dict)


def _class_hook(cls: type[Anything], converter: Converter) -> Callable[[Anything, Anything], Anything]:
    declared = declared_attributes(cls)
    names: dict[str, Anything] = {field.name: override(omit=True) for field in attrs.fields(cls)}
    has_place = "at" in names
    names |= {field.name: override(rename=key) for key, field in declared.items()}
    from_dict = make_dict_structure_fn(
        cls, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True, **names
    )

    def hook(value: Anything, _: Anything) -> Anything:
        if not isinstance(value, AbstractMapping):
            raise Mistake(
                WRONG_TYPE,
                f"this must be a block of keys, not {describe(value)}",
                f"Keys: {', '.join(keys_of(cls))}.",
            )
        made = from_dict(dict(value), cls)
        if not has_place or not isinstance(value, MarkedDict):
            return made
        at = place_of(value)
        # A rule that is a single word cannot tell its own place.
        words = {key: rule for key, rule in attrs.asdict(made, recurse=False).items() if isinstance(rule, PromptIsYes)}
        return attrs.evolve(made, at=at, **{key: attrs.evolve(rule, at=at.of(key)) for key, rule in words.items()})

    return hook


def _sequence_hook(converter: Converter) -> Callable[[Anything, Anything], tuple[Anything, ...]]:
    def hook(value: Anything, cls: Anything) -> tuple[Anything, ...]:
        if not isinstance(value, list | tuple):
            raise Mistake(
                WRONG_TYPE, f"this must be a list, not {describe(value)}", "write it as [a, b] or with dashes"
            )
        return tuple(_each(enumerate(value), get_args(cls)[0], cls, converter).values())

    return hook


def _mapping_hook(converter: Converter) -> Callable[[Anything, Anything], Mapping[str, Anything]]:
    def hook(value: Anything, cls: Anything) -> Mapping[str, Anything]:
        if not isinstance(value, AbstractMapping):
            raise Mistake(WRONG_TYPE, f"this must be a block of keys, not {describe(value)}", "write it as key: value")
        return _each(value.items(), get_args(cls)[1], cls, converter)

    return hook


def _each(items: Anything, to: Anything, cls: Anything, converter: Converter) -> dict[Anything, Anything]:
    """Structure every item; mistakes of all of them are raised together, as cattrs does it."""
    made: dict[Anything, Anything] = {}
    errors: list[Exception] = []
    for key, item in items:
        try:
            made[key] = converter.structure(item, to)
        except Exception as error:  # collected, and raised together below
            error.add_note(IterableValidationNote(f"at {key}", key, to))
            errors.append(error)
    if errors:
        raise IterableValidationError(f"while structuring {cls}", errors, cls)
    return made


def _text(value: Anything, _: Anything) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    if value is None or isinstance(value, str):
        raise Mistake(WRONG_TYPE, "this must be a text and is empty", "write the text, or delete the key")
    hint = f'put it in quotes: "{value}"' if isinstance(value, int | Decimal) else "write it on one line, in quotes"
    if isinstance(value, bool):
        hint = "put it in quotes"
    raise Mistake(WRONG_TYPE, f"this must be a text, not {describe(value)}", hint)


def _whole_number(value: Anything, _: Anything) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    hint = _only_digits(value) or "write digits without quotes"
    raise Mistake(WRONG_TYPE, f"this must be a whole number, not {describe(value)}", hint)


def _only_digits(value: Anything) -> str:
    """Return the hint for a number with something around it: ``80%``, ``3,`` or ``"3"``."""
    number = re.fullmatch(r"\W*(\d+(\.\d+)?)\W*", value) if isinstance(value, str) else None
    return f"write {number[1]} and nothing else" if number else ""


def _true_or_false(value: Anything, _: Anything) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("yes", "no"):
        return bool(value == "yes")
    raise Mistake(WRONG_TYPE, f"this must be true or false, not {describe(value)}", "write true or false")


def _exact_number(value: Anything, _: Anything) -> Fraction:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    hint = _only_digits(value) or "write digits, without a % sign"
    raise Mistake(WRONG_TYPE, f"this must be a number, not {describe(value)}", hint)


def _date(value: Anything, _: Anything) -> datetime.date:
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else _no_date(value)
    except ValueError:
        return _no_date(value)


def _no_date(value: object) -> datetime.date:
    raise Mistake(WRONG_TYPE, f"this must be a date, not {describe(value)}", "write it as year-month-day: 2024-12-23")


def _as_written(value: Anything, _: Anything) -> FactValue:
    """Return a fact's value as the file has it; it is typed when the fact is known."""
    if isinstance(value, str | int | datetime.date):
        return value
    raise Mistake(WRONG_TYPE, f"this must be the value of a fact, not {describe(value)}", "write one word or number")


def _literal(value: Anything, cls: Anything) -> Anything:
    allowed = [str(word) for word in get_args(cls)]
    if isinstance(value, str) and value in allowed:
        return value
    hint = nearest_name_hint(str(value), allowed)
    words = f"must be {' or '.join(f'{word!r}' for word in allowed)}".replace("'", '"')
    raise Mistake(WRONG_WORD, f"this {words}, not {describe(value)}", hint)


# --- Decision rules -------------------------------------------------------------------------------

_FORMS = (
    "a rule is a prompt's id, {all: […]}, {any: […]}, {not: …}, {at_least: {count: n, of: […]}} "
    "or {fact: id, is: value}"
)
_COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)


def _condition(value: Anything) -> Condition | None:
    if value is None:
        raise Mistake(BAD_RULE, "a rule is missing here", f"{_FORMS}")
    mistakes: list[Mistake] = []
    made = _clause(value, getattr(value, "at", None), 1, mistakes)
    if mistakes:
        raise BaseValidationError("in a rule", mistakes, PromptIsYes)
    return made


def _clause(value: MarkedValue, at: Location | None, depth: int, mistakes: list[Mistake]) -> Condition | None:
    own_place = place_of(value) if isinstance(value, MarkedDict) else at
    place = {} if own_place is None else {"at": own_place}

    def wrong(message: str, hint: str = _FORMS, where: Location | None = None) -> None:
        mistakes.append(Mistake(BAD_RULE, message, hint, where or at))

    if depth > MAX_RULE_DEPTH:
        message = f"this rule is nested deeper than {MAX_RULE_DEPTH} levels"
        if all(mistake.code is not RULE_TOO_DEEP for mistake in mistakes):
            mistakes.append(Mistake(RULE_TOO_DEEP, message, "split it into several prompts or simpler clauses", at))
        return None
    if isinstance(value, str) and value.strip():
        return PromptIsYes(value, **place)
    if not isinstance(value, AbstractMapping):
        hint = "write all: or any: before the list" if isinstance(value, list | tuple) else _FORMS
        wrong(f"{describe(value)} is not a rule", hint)
        return None
    keys = list(value)
    key_at = getattr(value, "key_at", {})
    if "fact" in value:
        return _fact_test(value, at, mistakes)
    if len(keys) != 1 or keys[0] not in ("all", "any", "not", "at_least"):
        unknown = [key for key in keys if key not in ("all", "any", "not", "at_least")]
        if unknown:
            hint = nearest_name_hint(unknown[0], ["all", "any", "not", "at_least", "fact"])
            if unknown[0] in _COMPARISONS:
                hint = f"say which fact: {{fact: …, {unknown[0]}: …}}"
            wrong(f'"{unknown[0]}" is not a form of rule', hint, key_at.get(unknown[0]))
        else:
            message = f"a clause has one of all, any, not, at_least, and this one has {' and '.join(keys) or 'none'}"
            wrong(message, "put one of them inside the other: {all: [a, {any: [b, c]}]}")
        return None
    form, below = keys[0], value[keys[0]]
    below_at = getattr(value, "value_at", {}).get(form, at)
    if form == "not":
        clause = _clause(below, below_at, depth + 1, mistakes)
        return None if clause is None else Not(clause, **place)
    count = 1
    if form == "at_least":
        if not isinstance(below, AbstractMapping) or set(below) != {"count", "of"}:
            unknown_at = [at for key, at in getattr(below, "key_at", {}).items() if key not in ("count", "of")]
            hint = "write {at_least: {count: 2, of: [a, b, c]}}"
            wrong("at_least takes a count and a list", hint, (unknown_at or [below_at])[0])
            return None
        declared = below["count"]
        of_at = getattr(below, "value_at", {})
        if not isinstance(declared, int) or isinstance(declared, bool) or declared < 1:
            message = f"the count must be a whole number from 1, not {describe(declared)}"
            wrong(message, _only_digits(declared) or "write how many of the list must be yes", of_at.get("count"))
            return None
        count, below, below_at = declared, below["of"], of_at.get("of", below_at)
    if not isinstance(below, list | tuple) or not below:
        wrong(f"{form} takes a list of one clause or more", f"write {form}: [a, b]", below_at)
        return None
    places = getattr(below, "value_at", [at] * len(below))
    clauses = [_clause(item, item_at, depth + 1, mistakes) for item, item_at in zip(below, places, strict=True)]
    kept = tuple(clause for clause in clauses if clause is not None)
    if form == "all":
        return All(kept, **place)
    return Any(kept, **place) if form == "any" else AtLeast(count, kept, **place)


def _fact_test(value: AbstractMapping[str, Anything], at: Location | None, mistakes: list[Mistake]) -> FactTest | None:
    """Return the test with its values as written; they are typed when the facts are known."""
    comparisons = [key for key in value if key != "fact"]
    if not isinstance(value["fact"], str):
        mistakes.append(Mistake(BAD_RULE, f"a fact's id must be a word, not {describe(value['fact'])}", "", at))
        return None
    if len(comparisons) != 1 or comparisons[0] not in _COMPARISONS:
        wrong_key = next((key for key in comparisons if key not in _COMPARISONS), "")
        hint = nearest_name_hint(wrong_key, _COMPARISONS)
        if not wrong_key:
            hint = "write all: [{fact: a, …}, {fact: a, …}] for two" if comparisons else "add is: and the value"
        message = "a fact is compared with exactly one of " + ", ".join(_COMPARISONS)
        where = getattr(value, "key_at", {}).get(wrong_key, at)
        mistakes.append(Mistake(BAD_RULE, message, hint, where))
        return None
    comparison = comparisons[0]
    compared = value[comparison]
    if comparison == "one_of" and (not isinstance(compared, list) or not compared):
        where = getattr(value, "value_at", {}).get(comparison, at)
        mistakes.append(Mistake(BAD_RULE, "one_of takes a list of values", "write one_of: [a, b]", where))
        return None
    values = tuple(compared) if comparison == "one_of" else (compared,)
    place = {"at": place_of(value)} if isinstance(value, MarkedDict) else {}
    return FactTest(value["fact"], comparison, values, **place)
