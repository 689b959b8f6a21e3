"""Data from a file to attrs classes, strictly (structuring, by cattrs): one rule for each kind of value."""

from __future__ import annotations

import datetime
import types
from collections.abc import Callable, Mapping
from collections.abc import Mapping as AbstractMapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any as Anything
from typing import Literal, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)

from ctm_rules.diagnostics.findings import NOWHERE, Code, Fix, Quote
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.model.answer_words import is_ambiguous
from ctm_rules.model.conditions import Condition, FactValue, Level, PromptIsYes
from ctm_rules.model.declared import LANGUAGE_CODE, Translated, declared_attributes, key_of, keys_of
from ctm_rules.model.declared_reading import CellText
from ctm_rules.model.framework import DomainRating, End, KeyQuestionBands, PointsInBands
from ctm_rules.model.rating_rules import FirstThatHolds, Members, StandardRating, SumInBands, TakeRating
from ctm_rules.model.remembered import once_for_the_same
from ctm_rules.yaml_files.marked_yaml import MarkedDict, PlainText, describe, place_of
from ctm_rules.yaml_files.mistakes import WRONG_TYPE, Mistake, only_digits, wrong_type
from ctm_rules.yaml_files.rules import structure_rule


@cache
def make_converter() -> Converter:
    """Return the converter from data with marks to the classes that are declared."""
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    converter.register_structure_hook_func(_is_sequence, _sequence_hook(converter))
    converter.register_structure_hook_func(_is_mapping, _mapping_hook(converter))
    converter.register_structure_hook_func(_is_literal, _literal)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook_func(lambda cls: cls is CellText, _cell_text)
    converter.register_structure_hook(int, _whole_number)
    converter.register_structure_hook(bool, _true_or_false)
    converter.register_structure_hook(Fraction, _exact_number)
    converter.register_structure_hook(datetime.date, _date)
    converter.register_structure_hook_factory(attrs.has, lambda cls: _class_hook(cls, converter))
    converter.register_structure_hook_func(lambda cls: cls == FactValue, _as_written)
    converter.register_structure_hook_func(lambda cls: cls == End, _end_of_a_range)
    converter.register_structure_hook_func(_is_condition, lambda value, _: structure_rule(value))
    converter.register_structure_hook_func(lambda cls: cls == Members, _members)
    converter.register_structure_hook_func(_is_one_or_several, _one_or_several_hook(converter))
    converter.register_structure_hook_func(_is_whole_or_parts, _whole_or_parts_hook(converter))
    converter.register_structure_hook_func(_is_rating_rule, _rating_rule_hook(converter))
    converter.register_structure_hook_func(_is_words, _words_hook(converter))
    return converter


def _is_condition(cls: Anything) -> bool:
    members = set(get_args(cls)) if get_origin(cls) in (Union, types.UnionType) else set()
    return members - {types.NoneType} == set(get_args(Condition))


def _is_rating_rule(cls: Anything) -> bool:
    return FirstThatHolds in get_args(cls)


def _is_words(cls: Anything) -> bool:
    """Return whether something takes what people write for others to read, in one language or in several."""
    return Translated in get_args(cls)


def _words_hook(converter: Converter) -> Callable[[Anything, Anything], Anything]:
    def hook(value: Anything, cls: Anything) -> Anything:
        if value is None and types.NoneType in get_args(cls):
            return None
        if not isinstance(value, AbstractMapping) or not value:
            return _text(value, cls)
        languages = _each(value.items(), str, cls, converter)
        return Translated(languages, place_of(value) if isinstance(value, MarkedDict) else NOWHERE)

    return hook


def _members_of(cls: Anything) -> list[Anything]:
    is_union = get_origin(cls) in (Union, types.UnionType)
    return [member for member in get_args(cls) if member is not types.NoneType] if is_union else []


def _is_one_or_several(cls: Anything) -> bool:
    """Return whether something takes one block, or a list of them."""
    members = _members_of(cls)
    return len(members) == 2 and attrs.has(members[0]) and get_args(members[1])[:1] == (members[0],)


def _one_or_several_hook(converter: Converter) -> Callable[[Anything, Anything], Anything]:
    def hook(value: Anything, cls: Anything) -> Anything:
        one, several = _members_of(cls)
        return converter.structure(value, several if isinstance(value, list | tuple) else one)

    return hook


def _is_whole_or_parts(cls: Anything) -> bool:
    """Return whether something takes one value, or a block of such values by name."""
    members = _members_of(cls)
    return len(members) == 2 and _is_mapping(members[1]) and get_args(members[1])[1] is members[0]


def _whole_or_parts_hook(converter: Converter) -> Callable[[Anything, Anything], Anything]:
    def hook(value: Anything, cls: Anything) -> Anything:
        if value is None and types.NoneType in get_args(cls):
            return None
        whole, parts = _members_of(cls)
        return converter.structure(value, parts if isinstance(value, AbstractMapping) else whole)

    return hook


RATING_RULE_FORMS = "write take: lowest, or sum_of: scores with bands, or first_that_holds: [{rating: …, when: …}, …]"
BAD_RATING_RULE = Code(
    "bad-rating-rule",
    "error",
    what="A rating rule is not written in one of the forms that rating rules have, or does not fit where it stands.",
    why="A rating that cannot be worked out for certain must not be published.",
    bad="overall: {take: lowest, bands: […]}",
    good="overall: {take: lowest, of: standards}",
)


def _rating_rule_hook(converter: Converter) -> Callable[[Anything, Anything], Anything]:
    """Return the hook that tells the forms of rating rules apart by the key that each must have."""

    def hook(value: Anything, declared: Anything) -> Anything:
        members = get_args(declared)
        if value is None and types.NoneType in members:
            return None
        if not isinstance(value, AbstractMapping):
            raise wrong_type("a block of keys", value, RATING_RULE_FORMS)
        banded: type = KeyQuestionBands if KeyQuestionBands in members else SumInBands
        forms: dict[str, type] = {"take": TakeRating, "bands": banded, "first_that_holds": FirstThatHolds}
        if KeyQuestionBands in members:
            # What adds up is one block with its bands: only a share says of what it is one.
            if any(key in value for key in ("sum_of", "mean_of", "percent_of")):
                forms["bands"] = banded = PointsInBands
            del forms["take"]
        if StandardRating in members:
            forms["take"] = StandardRating
        if DomainRating in members:
            forms["bands_of"] = DomainRating
        found = [key for key in forms if key in value]
        if "bands_by" in value:  # another way to say which bands
            forms["bands_by"] = banded
            found += [] if "bands" in found else ["bands_by"]
        if len(found) > 1:
            message = f"{found[0]} and {found[1]} are two forms of rating rule, and an element is rated by one"
            raise Mistake(BAD_RATING_RULE, message, "keep one of them")
        # What says nothing else is a rule whose bands, or whose way of taking, were forgotten: its class says so.
        usual = "take" if StandardRating in members else "bands_of" if DomainRating in members else "bands"
        return converter.structure(value, forms[found[0] if found else usual])

    return hook


def _members(value: Anything, _: Anything) -> Anything:
    """Return whose ratings a rule looks at: all of a level, or some by name."""
    levels = get_args(Level)
    if isinstance(value, str):
        if value in levels:
            return value
        hint = nearest_name_hint(value, levels) or f"write one of {', '.join(levels)}, or a list of names"
        raise Mistake(WRONG_WORD, f'"{value}" is no level of ratings', hint)
    if isinstance(value, list | tuple) and value and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise wrong_type("a level, or a list of names", value, f"write one of {', '.join(levels)}, or [a, b]")


def _is_literal(cls: Anything) -> bool:
    return get_origin(cls) is Literal


def _is_sequence(cls: object) -> bool:
    return get_origin(cls) is tuple


def _is_mapping(cls: object) -> bool:
    return get_origin(cls) in (AbstractMapping, dict)


def _class_hook(cls: type[Anything], converter: Converter) -> Callable[[Anything, Anything], Anything]:
    attrs.resolve_types(cls)
    declared = declared_attributes(cls)
    has_place = "at" in attrs.fields_dict(cls)

    short = key_of(attrs.fields_dict(cls)[cls.SHORT]) if hasattr(cls, "SHORT") else ""

    def structured(value: AbstractMapping[str, Anything]) -> Anything:
        made = _attributes(value, declared, cls, converter)
        if has_place and isinstance(value, MarkedDict):
            at = place_of(value)
            # A rule that is a single word cannot tell its own place.
            words = {name: rule for name, rule in made.items() if isinstance(rule, PromptIsYes)}
            made |= {name: attrs.evolve(rule, at=at.of(name)) for name, rule in words.items()} | {"at": at}
        return cls(**made)

    of_shared = once_for_the_same(structured)

    def hook(value: Anything, _: Anything) -> Anything:
        if short and _is_in_short(value, declared, short):
            value = {short: value}
        if not isinstance(value, AbstractMapping):
            raise wrong_type("a block of keys", value, f"Keys: {', '.join(keys_of(cls))}.")
        return of_shared(value) if isinstance(value, MarkedDict) and value.is_shared else structured(value)

    return hook


def _is_in_short(value: Anything, declared: Mapping[str, attrs.Attribute[Anything]], short: str) -> bool:
    """Return whether a value is that of the key that may stand alone: no block, or its text in several languages."""
    if isinstance(value, AbstractMapping):
        are_languages = all(LANGUAGE_CODE.fullmatch(str(key)) for key in value)
        return _is_words(declared[short].type) and bool(value) and are_languages and declared.keys().isdisjoint(value)
    return not isinstance(value, list)


def _attributes(
    block: Mapping[str, Anything],
    declared: Mapping[str, attrs.Attribute[Anything]],
    cls: type[Anything],
    converter: Converter,
) -> dict[str, Anything]:
    """Structure what a block says; mistakes of all its keys are raised together, as cattrs does it.

    cattrs itself writes a program for each class, and to compile one takes longer than all that it is then used for.
    """
    made: dict[str, Anything] = {}
    errors: list[Exception] = []
    for key, attribute in declared.items():
        if key not in block and "left_out" in attribute.metadata:
            made[attribute.name] = attribute.metadata["left_out"]
        elif key in block or attribute.default is attrs.NOTHING:
            try:
                made[attribute.name] = converter.structure(block[key], attribute.type or object)
            except Exception as error:  # collected, and raised together below
                error.add_note(AttributeValidationNote(f"at {key}", attribute.name, attribute.type))
                errors.append(error)
    unknown = set(block) - set(declared)
    if unknown:
        errors.append(ForbiddenExtraKeysError(None, cls, unknown))
    if errors:
        raise ClassValidationError(f"while structuring {cls}", errors, cls)
    return made


def _sequence_hook(converter: Converter) -> Callable[[Anything, Anything], tuple[Anything, ...]]:
    def hook(value: Anything, cls: Anything) -> tuple[Anything, ...]:
        if not isinstance(value, list | tuple):
            raise wrong_type("a list", value, "write it as [a, b] or with dashes")
        return tuple(_each(enumerate(value), get_args(cls)[0], cls, converter).values())

    return hook


def _mapping_hook(converter: Converter) -> Callable[[Anything, Anything], Mapping[str, Anything]]:
    def hook(value: Anything, cls: Anything) -> Mapping[str, Anything]:
        if not isinstance(value, AbstractMapping):
            keys = value if isinstance(value, list) and value and all(isinstance(each, str) for each in value) else []
            each_with = f": {{{', '.join(f'{key}: …' for key in keys)}}}" if keys else ""
            raise wrong_type("a block of keys", value, f"write it as key: value{each_with}")
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
    mistake = wrong_type("a text", value, hint)
    if isinstance(value, int | Decimal):
        mistake.fix = lambda at: Fix("put it in quotes", at, Quote())
    raise mistake


def _cell_text(value: Anything, _: Anything) -> str:
    """Return what stands in a table: not even the spaces around it are left out."""
    if isinstance(value, str):
        return str(value)
    raise wrong_type("a text", value, "write it as the table has it, in quotes")


def _whole_number(value: Anything, _: Anything) -> int:
    if isinstance(value, PlainText) and value.isascii() and value.isdecimal():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    hint = only_digits(value) or "write digits without quotes"
    raise wrong_type("a whole number", value, hint)


def _true_or_false(value: Anything, _: Anything) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("yes", "no"):
        return bool(value == "yes")
    raise wrong_type("true or false", value, "write true or false")


def _exact_number(value: Anything, _: Anything) -> Fraction:
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        return Fraction(value)
    hint = only_digits(value) or "write digits, without a % sign"
    raise wrong_type("a number", value, hint)


def _date(value: Anything, _: Anything) -> datetime.date:
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else _no_date(value)
    except ValueError:
        return _no_date(value)


def _no_date(value: object) -> datetime.date:
    raise wrong_type("a date", value, "write it as year-month-day: 2024-12-23")


def _as_written(value: Anything, _: Anything) -> FactValue:
    """Return a fact's value as the file has it; it is typed when the fact is known."""
    if isinstance(value, str | int | datetime.date | Fraction):
        return value
    if isinstance(value, Decimal):
        return Fraction(value)
    raise wrong_type("the value of a fact", value, "write one word or number")


def _end_of_a_range(value: Anything, _: Anything) -> End:
    if value is None or (isinstance(value, int | datetime.date | Fraction) and not isinstance(value, bool)):
        return value
    if isinstance(value, Decimal):
        return Fraction(value)
    try:
        return _date(value, datetime.date)
    except Mistake:
        hint = only_digits(value) or "write digits without quotes, or a date as year-month-day"
        raise wrong_type("a number or a date", value, hint) from None


WRONG_WORD = Code(
    "wrong-word",
    "error",
    what="A value is not one of the words that this key takes.",
    why="A word that is not known decides nothing.",
    bad="decided_on: rouned",
    good="decided_on: rounded",
)


def _literal(value: Anything, cls: Anything) -> Anything:
    allowed = [str(word) for word in get_args(cls)]
    if isinstance(value, str) and value in allowed:
        return value
    is_answer = {"yes", "no"} <= {*allowed}  # one answer for another changes what it comes to
    hint = (
        f"Allowed: {', '.join(allowed)}."
        if is_answer and is_ambiguous(str(value))
        else nearest_name_hint(str(value), allowed)
    )
    words = f"must be {' or '.join(f'{word!r}' for word in allowed)}".replace("'", '"')
    raise Mistake(WRONG_WORD, f"this {words}, not {describe(value)}", hint)
