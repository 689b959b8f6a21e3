"""Two frameworks side by side, and what was found to differ between them so far."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from attrs import frozen

from ctm_rules.diff.changes import Change, Kind, Weight
from ctm_rules.diff.rule_meaning import RuleMeaning
from ctm_rules.engines.base import plan_question
from ctm_rules.model.conditions import Condition
from ctm_rules.model.elements import Identified, Placed
from ctm_rules.model.former_names import moved, with_moved
from ctm_rules.model.framework import Framework, Source
from ctm_rules.model.provider_view import provider_view
from ctm_rules.model.rules_in_words import say
from ctm_rules.phrases import say_count, say_date, say_list, say_number

E = TypeVar("E")
D = TypeVar("D", bound=Placed)
N = TypeVar("N", bound=Identified)

_WORDS: Mapping[str, str] = {
    "id": "reference",
    "edition": "edition",
    "title": "title",
    "publisher": "publisher",
    "label": "label",
    "ask": "wording of the question",
    "statement": "statement",
    "source": "source",
    "in_force_from": "date from which it is in force",
    "in_force_to": "date to which it is in force",
}
"""Attributes that decide nothing, as a sentence calls them."""


_WAS_NOW = ((1, "was"), (2, "now"))


@frozen(eq=False)
class _SourceChange:
    """A source that both sides have and that differs."""

    path: str
    ours: Placed
    theirs: Placed
    was: Source
    now: Source

    @property
    def parts(self) -> tuple[tuple[str, str, str], ...]:
        """What differs in it: the key, and what it was and is."""
        keys = ("title", "section", "url", "licence", "confirmed_by", "confirmed_on")
        both = ((key, getattr(self.was, key), getattr(self.now, key)) for key in keys)
        return tuple((key.replace("_", " "), _said(was), _said(now)) for key, was, now in both if was != now)


def _said(value: str | datetime.date | None) -> str:
    return say_date(value) if isinstance(value, datetime.date) else value or ""


class Comparison:
    """Two frameworks, and the changes found so far.

    Attributes:
        old, new: the frameworks.
        moves: the addresses of the old one of what stands elsewhere in the new one, each with that of now.
        placed: the old one, with the key questions that moved where they stand now.
        meaning: compares their rules by meaning.
        provider_meaning: compares what is asked of the provider in the same way (``None``: nothing is, on one side).
        changes: what was found, in the order in which it was looked for.
    """

    def __init__(self, old: Framework, new: Framework) -> None:
        self.old, self.new = old, new
        self.moves = moved(old, new)
        self.placed = with_moved(old, self.moves)
        self.meaning = RuleMeaning(self.placed, new)
        views = [provider_view(side) for side in (self.placed, new)]
        self.provider_meaning = None if None in views else RuleMeaning(*filter(None, views))
        self.changes: list[Change] = []
        self._sources: list[_SourceChange] = []

    def add(
        self,
        weight: Weight,
        kind: Kind,
        path: str,
        says: str,
        ours: Placed | None = None,
        theirs: Placed | None = None,
        details: Iterable[str] = (),
        also: Iterable[str] = (),
    ) -> None:
        """Note a change, with the places of what changed."""
        old_at, new_at = (None if element is None else element.at for element in (ours, theirs))
        self.changes.append(Change(weight, kind, path, says, tuple(details), old_at, new_at, tuple(also)))

    def shared(
        self, weight: Weight, prefix: str, what: str, old: Mapping[str, D], new: Mapping[str, D]
    ) -> Iterator[tuple[str, D, D]]:
        """Yield the path of what both sides have with its two declarations, and note what only one side has.

        What moved is on both sides, and where it stands now is noted once, beside its standard.
        """
        for name, ours, theirs in pairs(old, new):
            path = f"{prefix}{name}"
            if ours is not None and theirs is not None:
                yield path, ours, theirs
            elif path not in self.moves and path not in self.moves.values():
                kind: Kind = "added" if ours is None else "removed"
                self.add(weight, kind, path, f"{what} was {kind}", ours, theirs)

    def compare_words(self, path: str, ours: Placed, theirs: Placed, names: Sequence[str]) -> None:
        """Note the attributes of an element that differ and decide nothing."""
        for name in names:
            was, now = getattr(ours, name), getattr(theirs, name)
            if name == "source" and was is not None and now is not None:
                self._sources += [_SourceChange(path, ours, theirs, was, now)] if was != now else []
            elif was != now:
                details = (f"was: {say_setting(was)}", f"now: {say_setting(now)}")
                self.add("words", "changed", path, f"the {_WORDS[name]} changed", ours, theirs, details)
        was, now = getattr(ours, "assumed", ()), getattr(theirs, "assumed", ())
        for words, keys in (
            ("no longer counts as assumed", [key for key in was if key not in now]),
            ("now counts as assumed", [key for key in now if key not in was]),
        ):
            for key in keys:
                self.add("words", "changed", path, f'"{key}" {words}', ours, theirs)

    def note_sources(self) -> None:
        """Note the sources that differ, once everything has been compared.

        What changed in the same way in several of them, such as the title of a new edition, is one change.
        """
        alike: dict[tuple[str, str, str], list[_SourceChange]] = {}
        for change in self._sources:
            for part in change.parts:
                alike.setdefault(part, []).append(change)
        together: dict[tuple[_SourceChange, ...], list[tuple[str, str, str]]] = {}
        for part, found in alike.items():
            if len(found) > 1:
                together.setdefault(tuple(found), []).append(part)
        for changes, parts in together.items():
            first, *others = changes
            says = f"the {say_list([key for key, _, _ in parts])} of the source changed, here and in "
            says += say_count(len(others), "other place")
            details = [f"{word}: {', '.join(part[at] or 'nothing' for part in parts)}" for at, word in _WAS_NOW]
            also = [other.path for other in others]
            details.append(f"the others: {', '.join(also)}")
            self.add("words", "changed", first.path, says, first.ours, first.theirs, details, also)
        for change in self._sources:
            if any(len(alike[part]) == 1 for part in change.parts):
                details = [f"was: {say_setting(change.was)}", f"now: {say_setting(change.now)}"]
                self.add("words", "changed", change.path, "the source changed", change.ours, change.theirs, details)

    def compare_order(self, weight: Weight, path: str, what: str, ours: Iterable[str], theirs: Iterable[str]) -> None:
        """Note that what both sides have stands in another order."""
        was, now = list(ours), list(theirs)
        if [name for name in was if name in now] != [name for name in now if name in was]:
            details = (f"was: {', '.join(was)}", f"now: {', '.join(now)}")
            self.add(weight, "changed", path, f"the order of the {what} changed", details=details)

    def compare_condition(
        self,
        weight: Weight,
        path: str,
        what: str,
        ours: tuple[Condition | None, Placed],
        theirs: tuple[Condition | None, Placed],
        *,
        only_true: bool = False,
    ) -> None:
        """Compare two conditions on facts, ``what`` being what depends on them.

        ``only_true`` says that it makes no difference whether a condition fails or cannot be told.
        """
        (was, old_element), (now, new_element) = ours, theirs
        sameness = self.meaning.conditions(was, now, only_true=only_true)
        if was == now and sameness == "same":
            return
        details = (f"was: {_say_when(was, self.old)}", f"now: {_say_when(now, self.new)}")
        if sameness == "same":
            says = f"{what} is written differently and means the same"
            self.add("words", "rewritten", path, says, old_element, new_element, details)
        elif sameness == "different":
            self.add(weight, "changed", path, f"{what} changed", old_element, new_element, details)
        else:
            says = f"{what} means the same where all is known, and something else where a fact is missing"
            self.add(weight, "changed", path, says, old_element, new_element, details)

    def outcomes_differ(self, facts: Collection[str] = (), variants: Collection[str] = ()) -> bool:
        """Return whether a key question that reads one of these, and that both sides have, can come out otherwise."""
        shared = [path for path in self.placed.key_questions if path in self.new.key_questions]
        return any(
            self.meaning.question(path) != "same"
            for path in shared
            for side in (self.placed, self.new)
            if not {*variants}.isdisjoint(side.key_questions[path].variants)
            or not {*facts}.isdisjoint(plan_question(side, path).fact_ids)
        )


def _say_when(condition: Condition | None, framework: Framework) -> str:
    return "every case" if condition is None else f"when {say(condition, framework)}"


def pairs(old: Mapping[str, E], new: Mapping[str, E]) -> Iterator[tuple[str, E | None, E | None]]:
    """Yield every name with what it stands for on both sides, in the old order and then the new."""
    for name in dict.fromkeys([*old, *new]):
        yield name, old.get(name), new.get(name)


def by_id(elements: Iterable[N]) -> dict[str, N]:
    """Return elements by their ids."""
    return {element.id: element for element in elements}


def if_there(name: str, element: E | None) -> dict[str, E]:
    """Return an element by its name, or nothing where it is not there."""
    return {} if element is None else {name: element}


def say_setting(value: object) -> str:
    """Return the value of a setting in words."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return say_number(value)
    if isinstance(value, Source):
        by = [f"confirmed by {value.confirmed_by}"] if value.confirmed_by else []
        on = [f"on {say_date(value.confirmed_on)}"] if value.confirmed_on else []
        return ", ".join(filter(None, (value.title, value.section, value.url, value.licence, " ".join([*by, *on]))))
    if isinstance(value, tuple):
        return say_list([say_setting(item) for item in value])
    if isinstance(value, datetime.date):
        return say_date(value)
    return str(value).replace("_", " ") if re.fullmatch(r"[a-z_]+", str(value)) else str(value)
