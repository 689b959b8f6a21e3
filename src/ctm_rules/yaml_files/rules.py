"""Decision rules as a file has them to clauses (parsing): every mistake of form at once, each with its place."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from typing import Any as Anything
from typing import Literal, get_args

from cattrs.errors import BaseValidationError

from ctm_rules.diagnostics.findings import Code, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.limits import MAX_RULE_DEPTH
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
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedValue, describe, place_of
from ctm_rules.yaml_files.mistakes import Mistake, only_digits

_FORMS = (
    "a rule is a prompt's id, {all: […]}, {any: […]}, {not: …}, {at_least: {count: n, of: […]}} "
    "or {fact: id, is: value}"
)
_COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
_RATED: tuple[RatingComparison, ...] = get_args(RatingComparison)
_ELEMENTS: tuple[Literal["key_question", "standard", "domain"], ...] = ("key_question", "standard", "domain")
_LEVELS: tuple[Level, ...] = get_args(Level)


BAD_RULE = Code(
    "bad-rule",
    "error",
    what="A rule is not written in one of the forms that rules have.",
    why="A rule that cannot be read for certain must not decide anything.",
    bad="yes_when: {all: diversity, any: [motivation]}",
    good="yes_when: {all: [diversity, {any: [motivation, involvement]}]}",
)


def structure_rule(value: Anything) -> Condition | None:
    """Return the rule that a value from a file declares.

    Raises:
        BaseValidationError: carries a mistake for everything that is wrong with it.
    """
    if value is None:
        raise Mistake(BAD_RULE, "a rule is missing here", f"{_FORMS}")
    mistakes: list[Mistake] = []
    made = _clause(value, getattr(value, "at", None), 1, mistakes)
    if mistakes:
        raise BaseValidationError("in a rule", mistakes, PromptIsYes)
    return made


RULE_TOO_DEEP = Code(
    "rule-too-deep",
    "error",
    what="A rule is nested deeper than people can follow.",
    why="Nobody could check by reading when such a rule says yes.",
    bad="yes_when: {all: [{any: [{all: [{any: [ … ]}]}]}]}   # thirteen levels",
    good="yes_when: {all: [risk, {at_least: {count: 2, of: [a, b, c]}}]}",
)


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
    if any(element in value for element in _ELEMENTS):
        return _rated(value, at, mistakes)
    if len(keys) != 1 or keys[0] not in ("all", "any", "not", "at_least"):
        unknown = [key for key in keys if key not in ("all", "any", "not", "at_least")]
        if unknown:
            hint = nearest_name_hint(unknown[0], ["all", "any", "not", "at_least", "fact"])
            if unknown[0] in _COMPARISONS:
                hint = f"say which fact: {{fact: …, {unknown[0]}: …}}"
            wrong(f'"{unknown[0]}" is not a form of rule', hint, key_at.get(unknown[0]))
        else:
            message = f"a clause has one of all, any, not, at_least, and this one has {' and '.join(keys) or 'none'}"
            hint = "put one of them inside the other: {all: [a, {any: [b, c]}]}"
            wrong(message, hint, key_at.get(keys[1]) if len(keys) > 1 else None)
        return None
    form, below = keys[0], value[keys[0]]
    below_at = getattr(value, "value_at", {}).get(form, at)
    if form == "not":
        clause = _clause(below, below_at, depth + 1, mistakes)
        return None if clause is None else Not(clause, **place)
    count = 1
    if form == "at_least" and isinstance(below, AbstractMapping) and any(word in below for word in _RATED):
        return _count_rated(below, below_at, own_place, mistakes)
    is_share = form == "at_least" and isinstance(below, AbstractMapping) and "percent" in below
    if form == "at_least":
        number = "percent" if is_share else "count"
        if not isinstance(below, AbstractMapping) or set(below) != {number, "of"}:
            unknown_at = [at for key, at in getattr(below, "key_at", {}).items() if key not in (number, "of")]
            hint = "write {at_least: {count: 2, of: [a, b, c]}}, or percent: 70 instead of the count"
            wrong("at_least takes a count or a per cent, and a list", hint, (unknown_at or [below_at])[0])
            return None
        declared = below[number]
        of_at = getattr(below, "value_at", {})
        is_percent = isinstance(declared, int) and not isinstance(declared, bool) and 1 <= declared <= 100
        if is_share and not is_percent:
            message = f"the per cent must be a whole number from 1 to 100, not {describe(declared)}"
            hint = only_digits(declared) or "write how many per cent of the list must be yes"
            wrong(message, hint, of_at.get("percent"))
            return None
        if not isinstance(declared, int) or isinstance(declared, bool) or declared < 1:
            message = f"the count must be a whole number from 1, not {describe(declared)}"
            wrong(message, only_digits(declared) or "write how many of the list must be yes", of_at.get("count"))
            return None
        count, below, below_at = declared, below["of"], of_at.get("of", below_at)
    if not isinstance(below, list | tuple) or not below:
        wrong(f"{form} takes a list of one clause or more", f"write {form}: [a, b]", below_at)
        return None
    places = getattr(below, "value_at", [at] * len(below))
    clauses = [_clause(item, item_at, depth + 1, mistakes) for item, item_at in zip(below, places, strict=True)]
    kept = tuple(clause for clause in clauses if clause is not None)
    if form == "all":
        return AllOf(kept, **place)
    if is_share:
        return AtLeastPercent(count, kept, **place)
    return AnyOf(kept, **place) if form == "any" else AtLeast(count, kept, **place)


def _fact_test(value: AbstractMapping[str, Anything], at: Location | None, mistakes: list[Mistake]) -> FactTest | None:
    """Return the test with its values as written; they are typed when the facts are known."""
    comparisons = [key for key in value if key != "fact"]
    if not isinstance(value["fact"], str):
        where = getattr(value, "value_at", {}).get("fact", at)
        mistakes.append(Mistake(BAD_RULE, f"a fact's id must be a word, not {describe(value['fact'])}", "", where))
        return None
    if len(comparisons) != 1 or comparisons[0] not in _COMPARISONS:
        wrong_key = next((key for key in comparisons if key not in _COMPARISONS), None)
        hint = nearest_name_hint(wrong_key or "", _COMPARISONS)
        if wrong_key is None:
            hint = "write all: [{fact: a, …}, {fact: a, …}] for two" if comparisons else "add is: and the value"
        message = "a fact is compared with exactly one of " + ", ".join(_COMPARISONS)
        second = comparisons[1] if len(comparisons) > 1 else None
        where = getattr(value, "key_at", {}).get(second if wrong_key is None else wrong_key, at)
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


def _rated(value: AbstractMapping[str, Anything], at: Location | None, mistakes: list[Mistake]) -> RatedAs | None:
    """Return the test of one element's rating: ``{standard: safe, rated: inadequate}``."""
    elements = [word for word in _ELEMENTS if word in value]
    compared = [key for key in value if key not in elements]
    key_at = getattr(value, "key_at", {})
    hint = f"write {{{elements[0]}: …, rated: …}}, or rated_or_better or rated_or_worse"
    if len(elements) > 1:
        message = f"one rating is compared at a time, and this names a {' and a '.join(elements)}"
        mistakes.append(Mistake(BAD_RULE, message, "write all: [{…}, {…}] for two", key_at.get(elements[1], at)))
    elif len(compared) != 1 or compared[0] not in _RATED:
        wrong = next((key for key in compared if key not in _RATED), "")
        message = f"a rating is compared with exactly one of {', '.join(_RATED)}"
        nearest = nearest_name_hint(wrong, _RATED, list_all=False) if wrong else ""
        mistakes.append(Mistake(BAD_RULE, message, nearest or hint, key_at.get(wrong, at)))
    elif not isinstance(value[elements[0]], str) or not isinstance(value[compared[0]], str):
        mistakes.append(Mistake(BAD_RULE, f"a {elements[0]} and a rating are each named by a word", hint, at))
    else:
        place = {"at": place_of(value)} if isinstance(value, MarkedDict) else {}
        return RatedAs(elements[0], value[elements[0]], compared[0], value[compared[0]], **place)
    return None


def _count_rated(
    value: AbstractMapping[str, Anything], at: Location | None, own_place: Location | None, mistakes: list[Mistake]
) -> CountRated | None:
    """Return the count of ratings: ``{at_least: {count: 2, of: standards, rated: inadequate}}``."""
    hint = "write {at_least: {count: 2, of: standards, rated: …}}, or name some: of: [safe, caring]"
    value_at, key_at = getattr(value, "value_at", {}), getattr(value, "key_at", {})
    compared = [key for key in value if key in _RATED]
    others = [key for key in value if key not in ("count", "of", *_RATED)]
    count, of = value.get("count"), value.get("of")

    def wrong(message: str, hint: str, where: Location | None) -> None:
        mistakes.append(Mistake(BAD_RULE, message, hint, where))

    if others or len(compared) != 1 or count is None or of is None:
        message = f"ratings are counted by a count, of, and one of {', '.join(_RATED)}"
        wrong(message, hint, key_at.get(others[0] if others else compared[-1], at))
    elif not isinstance(count, int) or isinstance(count, bool) or count < 1:
        message = f"the count must be a whole number from 1, not {describe(count)}"
        wrong(message, only_digits(count) or "write how many must be rated so", value_at.get("count", at))
    elif isinstance(of, str) and of not in _LEVELS:
        nearest = nearest_name_hint(of, _LEVELS) or f"write one of {', '.join(_LEVELS)}, or a list of names"
        wrong(f'"{of}" is no level of ratings', nearest, value_at.get("of", at))
    elif not isinstance(of, str) and not (isinstance(of, list | tuple) and of and all(isinstance(i, str) for i in of)):
        wrong(f"of takes a level or a list of names, not {describe(of)}", hint, value_at.get("of", at))
    elif not isinstance(value[compared[0]], str):
        wrong("a rating is named by a word", hint, value_at.get(compared[0], at))
    else:
        place = {} if own_place is None else {"at": own_place}
        members = of if isinstance(of, str) else tuple(of)
        return CountRated(count, members, compared[0], value[compared[0]], **place)  # type: ignore[arg-type]
    return None
