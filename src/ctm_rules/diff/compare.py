"""The difference between two frameworks by meaning: what decides differently, what is counted differently, what reads
differently.

Rules are compared by the outcomes that they give to every complete case there could be, so that another way of
writing the same rule is not taken for a change.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import TypeVar

from attrs import fields

from ctm_rules.diff.changes import WEIGHTS, Change, FrameworkChanges, Kind, Weight
from ctm_rules.diff.rule_meaning import RuleMeaning
from ctm_rules.engines.base import plan_question
from ctm_rules.model.conditions import Condition
from ctm_rules.model.elements import Identified, Placed
from ctm_rules.model.framework import (
    Band,
    Disclosure,
    Fact,
    Framework,
    KeyQuestion,
    KeyQuestionBands,
    Panel,
    Source,
    Standard,
)
from ctm_rules.model.rules_in_words import say
from ctm_rules.phrases import say_date, say_list, say_number, say_percent


def compare_frameworks(old: Framework, new: Framework) -> FrameworkChanges:
    """Return what differs between two frameworks, by meaning.

    >>> from ctm_rules import load_framework
    >>> old = load_framework("hmip-pdu", "2024")
    >>> compare_frameworks(old, old).changes
    ()
    """
    compare = _Compare(old, new)
    compare.everything()
    order = list(WEIGHTS)
    return FrameworkChanges(old, new, tuple(sorted(compare.changes, key=lambda change: order.index(change.weight))))


# --- Comparing -----------------------------------------------------------------------------------


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

_SETTINGS: Mapping[str, str] = {
    "share_of": "the outcome whose share counts",
    "among": "the outcomes among which the share is taken",
    "round": "the way in which a share is rounded",
    "decided_on": "the share that decides",
    "undetermined": "what undetermined cases do to a rating",
}

_REPORTED: Mapping[str, str] = {
    "within_points": "the distance from a limit that is flagged, in points,",
    "one_case_would_change_it": "the flag where one case would change the rating",
    "cases_fewer_than": "the number of cases below which is flagged",
    "smallest_count": "the smallest count that is published",
    "smallest_group": "the smallest group that is compared",
}
"""Settings of the panel and of disclosure, as a sentence calls them."""


class _Compare:
    def __init__(self, old: Framework, new: Framework) -> None:
        self._old, self._new = old, new
        self._meaning = RuleMeaning(old, new)
        self.changes: list[Change] = []

    def everything(self) -> None:
        old, new = self._old, self._new
        self._words(
            "framework", old, new, ("id", "edition", "title", "publisher", "in_force_from", "in_force_to", "source")
        )
        self._ratings()
        self._domains()
        standards = self._shared("decides", "", "the standard", old.standards_by_slug, new.standards_by_slug)
        for slug, ours, theirs in standards:
            self._standard(slug, ours, theirs)
        self._scales()
        self._reported("panel", old.panel, new.panel)
        self._reported("disclosure", old.disclosure, new.disclosure)
        for path, mine, yours in self._shared("reports", "facts.", "the fact", old.facts_by_id, new.facts_by_id):
            self._fact(path, mine, yours)
        self._variants()
        self._measures()
        self._subgroups()

    def _add(
        self,
        weight: Weight,
        kind: Kind,
        path: str,
        says: str,
        ours: Placed | None = None,
        theirs: Placed | None = None,
        details: Iterable[str] = (),
    ) -> None:
        places = (None if element is None else element.at for element in (ours, theirs))
        self.changes.append(Change(weight, kind, path, says, tuple(details), *places))

    def _shared(
        self, weight: Weight, prefix: str, what: str, old: Mapping[str, D], new: Mapping[str, D]
    ) -> Iterator[tuple[str, D, D]]:
        """Yield the path of what both sides have with its two declarations, and note what only one side has."""
        for name, ours, theirs in _pairs(old, new):
            path = f"{prefix}{name}"
            if ours is not None and theirs is not None:
                yield path, ours, theirs
            else:
                kind: Kind = "added" if ours is None else "removed"
                self._add(weight, kind, path, f"{what} was {kind}", ours, theirs)

    def _words(self, path: str, ours: Placed, theirs: Placed, names: Sequence[str]) -> None:
        for name in names:
            was, now = getattr(ours, name), getattr(theirs, name)
            if was != now:
                details = (f"was: {_said(was)}", f"now: {_said(now)}")
                self._add("words", "changed", path, f"the {_WORDS[name]} changed", ours, theirs, details)
        was, now = getattr(ours, "assumed", ()), getattr(theirs, "assumed", ())
        for words, keys in (
            ("no longer counts as assumed", [key for key in was if key not in now]),
            ("now counts as assumed", [key for key in now if key not in was]),
        ):
            for key in keys:
                self._add("words", "changed", path, f'"{key}" {words}', ours, theirs)

    def _order(self, weight: Weight, path: str, what: str, ours: Iterable[str], theirs: Iterable[str]) -> None:
        was, now = list(ours), list(theirs)
        if [name for name in was if name in now] != [name for name in now if name in was]:
            details = (f"was: {', '.join(was)}", f"now: {', '.join(now)}")
            self._add(weight, "changed", path, f"the order of the {what} changed", details=details)

    def _condition(
        self,
        weight: Weight,
        path: str,
        what: str,
        ours: tuple[Condition | None, Placed],
        theirs: tuple[Condition | None, Placed],
    ) -> None:
        """Compare two conditions on facts, ``what`` being what depends on them."""
        (was, old_element), (now, new_element) = ours, theirs
        if was == now and self._meaning.same_cases(was, now):
            return
        details = (f"was: {self._when(was, self._old)}", f"now: {self._when(now, self._new)}")
        if self._meaning.same_cases(was, now):
            says = f"{what} is written differently and means the same"
            self._add("words", "rewritten", path, says, old_element, new_element, details)
        else:
            self._add(weight, "changed", path, f"{what} changed", old_element, new_element, details)

    def _when(self, condition: Condition | None, framework: Framework) -> str:
        return "every case" if condition is None else f"when {say(condition, framework)}"

    # --- ratings ---------------------------------------------------------------------------------

    def _ratings(self) -> None:
        old, new = self._old.ratings_by_id, self._new.ratings_by_id
        for path, ours, theirs in self._shared("decides", "ratings.", "the rating", old, new):
            self._words(path, ours, theirs, ("label",))
            if ours.score != theirs.score:
                says = f"the score of {theirs.label} changed from {ours.score} to {theirs.score}"
                self._add("decides", "changed", path, says, ours, theirs)
        self._order("reports", "ratings", "ratings", old, new)

    def _label(self, rating: str) -> str:
        declared = self._new.ratings_by_id.get(rating) or self._old.ratings_by_id[rating]
        return declared.label

    def _scales(self) -> None:
        old, new = self._old, self._new
        ours, theirs = (_if_there("key_question_bands", side.key_question_bands) for side in (old, new))
        for path, mine, yours in self._shared("decides", "", "the rating of key questions", ours, theirs):
            self._settings(path, mine, yours)
            whole = mine.decided_on == yours.decided_on == "rounded"
            self._bands(path, mine.bands, yours.bands, say_percent, whole=whole)
        overall = (_if_there("overall", side.overall) for side in (old, new))
        for path, was, now in self._shared("decides", "", "the overall rating", *overall):
            self._bands(path, was.bands, now.bands)
        domain_ratings = (_if_there("domain_rating", side.domain_rating) for side in (old, new))
        for path, before, after in self._shared("decides", "", "the rating of domains", *domain_ratings):
            for name in [name for name in before.bands_of if name in after.bands_of]:
                self._bands(f"{path}.bands_of.{name}", before.bands_of[name], after.bands_of[name])

    def _settings(self, path: str, ours: KeyQuestionBands, theirs: KeyQuestionBands) -> None:
        for name, words in _SETTINGS.items():
            was, now = getattr(ours, name), getattr(theirs, name)
            if isinstance(was, tuple) and sorted(was) == sorted(now):
                continue
            if was != now:
                never_decides = name == "round" and ours.decided_on == theirs.decided_on == "exact"
                says = f"{words} changed from {_said(was)} to {_said(now)}"
                self._add("reports" if never_decides else "decides", "changed", path, says, ours, theirs)

    def _bands(
        self,
        path: str,
        ours: tuple[Band, ...],
        theirs: tuple[Band, ...],
        said: Callable[[Fraction], str] = say_number,
        *,
        whole: bool = True,
    ) -> None:
        """Compare two scales; ``whole`` says that only whole numbers are placed on them."""
        was, now = _limits(ours, whole=whole), _limits(theirs, whole=whole)
        if was == now:
            if ours != theirs:
                says = "the bands are written differently and give the same ratings"
                self._add("words", "rewritten", path, says, ours[0], theirs[0])
            return
        old_limits, new_limits = dict(was), dict(now)
        if len(old_limits) < len(was) or len(new_limits) < len(now):  # a rating with two bands apart
            details = tuple(
                f"{word}: " + say_list([f"{self._label(rating)} from {said(limit)}" for rating, limit in limits])
                for word, limits in (("was", was), ("now", now))
            )
            self._add("decides", "changed", path, "the bands changed", ours[0], theirs[0], details)
            return
        old_bands, new_bands = ({band.rating: band for band in bands} for bands in (ours, theirs))
        for rating in dict.fromkeys([*old_limits, *new_limits]):
            before, after = old_limits.get(rating), new_limits.get(rating)
            if before == after:
                continue
            band, label = f"{path}.{rating}", self._label(rating)
            kind: Kind = "changed"
            if before is None and after is not None:
                kind, says = "added", f"there is now a band for {label}, from {said(after)}"
            elif before is not None and after is None:
                kind, says = "removed", f"the band for {label}, from {said(before)}, was removed"
            elif before is not None and after is not None:
                says = f"the limit for {label} moved from {said(before)} to {said(after)}"
            self._add("decides", kind, band, says, old_bands.get(rating), new_bands.get(rating))

    def _reported(self, path: str, ours: Panel | Disclosure, theirs: Panel | Disclosure) -> None:
        for attribute in fields(type(ours)):
            was, now = getattr(ours, attribute.name), getattr(theirs, attribute.name)
            if attribute.eq and was != now:
                says = f"{_REPORTED[attribute.name]} changed from {_said(was)} to {_said(now)}"
                self._add("reports", "changed", f"{path}.{attribute.name}", says, ours, theirs)

    # --- standards -------------------------------------------------------------------------------

    def _domains(self) -> None:
        rated: Weight = "decides" if self._old.domain_rating or self._new.domain_rating else "reports"
        old, new = (_by_id(side.domains) for side in (self._old, self._new))
        for path, ours, theirs in self._shared(rated, "domains.", "the domain", old, new):
            self._words(path, ours, theirs, ("title",))
            self._order("reports", path, "standards", ours.standards, theirs.standards)
        self._order("reports", "domains", "domains", old, new)
        old_home, new_home = (
            {slug: domain for domain in side.domains for slug in domain.standards} for side in (self._old, self._new)
        )
        for slug, was, now in _pairs(old_home, new_home):
            if was is not None and now is not None and was.id != now.id:
                self._add(rated, "changed", slug, f"it moved from “{was.title}” to “{now.title}”", was, now)

    def _standard(self, slug: str, ours: Standard, theirs: Standard) -> None:
        self._words(slug, ours, theirs, ("id", "title", "statement", "source"))
        if ours.rated_by != theirs.rated_by:
            says = f"it is now rated by {theirs.rated_by}, before by {ours.rated_by}"
            self._add("decides", "changed", slug, says, ours, theirs)
        themes = (_by_id(side.themes) for side in (ours, theirs))
        for path, was, now in self._shared("reports", f"{slug}.", "the theme", *themes):
            self._words(path, was, now, ("title",))
        questions = (_by_id(side.key_questions) for side in (ours, theirs))
        for path, old_question, new_question in self._shared("decides", f"{slug}.", "the key question", *questions):
            self._question(path, old_question, new_question)

    def _question(self, path: str, ours: KeyQuestion, theirs: KeyQuestion) -> None:
        self._words(path, ours, theirs, ("ask", "source"))
        for variant, was, now in _pairs(ours.variants, theirs.variants):
            if was is not None and now is not None:
                self._words(f"{path}.variants.{variant}", was, now, ("source",))
        difference = self._meaning.question(path)
        self._rules(path, ours, theirs, difference)
        decisive = set() if difference == () else ours.prompts_read | theirs.prompts_read
        old, new = _by_id(ours.prompts), _by_id(theirs.prompts)
        for name, old_prompt, new_prompt in _pairs(old, new):
            weight: Weight = "decides" if name in decisive else "reports"
            one_prompt = _if_there(name, old_prompt), _if_there(name, new_prompt)
            for place, mine, yours in self._shared(weight, f"{path}.", "the prompt", *one_prompt):
                self._words(place, mine, yours, ("ask", "source"))
                conditions = (mine.applies_when, mine), (yours.applies_when, yours)
                self._condition(weight, place, "the condition under which it is asked", *conditions)

    def _rules(self, path: str, ours: KeyQuestion, theirs: KeyQuestion, difference: tuple[str, ...] | None) -> None:
        was, now = _rules_of(ours), _rules_of(theirs)
        details = []
        for words in dict.fromkeys([*was, *now]):
            if was.get(words) != now.get(words):
                before = _rule(words, was.get(words), self._old, ours)
                after = _rule(words, now.get(words), self._new, theirs)
                details += [f"was: {before}", f"now: {after}"]
        if difference is None:
            if details or self._reads_change(path):
                says = "whether the rule decides the same could not be worked out, so take it for a change"
                self._add("decides", "changed", path, says, ours, theirs, details)
        elif difference:
            *sentences, example = difference
            self._add("decides", "changed", path, "; ".join(sentences), ours, theirs, [*details, example])
        elif details:
            says = "the rule is written differently and decides the same for every complete case"
            self._add("words", "rewritten", path, says, ours, theirs, details)

    def _reads_change(self, path: str) -> bool:
        """Return whether a rule reads facts or variants that differ between the two sides."""
        facts = {*plan_question(self._old, path).fact_ids, *plan_question(self._new, path).fact_ids}
        return self._old.variants != self._new.variants or any(
            self._old.facts_by_id.get(fact) != self._new.facts_by_id.get(fact) for fact in facts
        )

    # --- cases -----------------------------------------------------------------------------------

    def _fact(self, path: str, ours: Fact, theirs: Fact) -> None:
        is_read = any(
            ours.id in plan_question(side, question).fact_ids
            for side in (self._old, self._new)
            for question in side.key_questions
        )
        weight: Weight = "decides" if is_read else "reports"
        self._words(path, ours, theirs, ("title", "source"))
        if ours.type != theirs.type:
            says = f"its type changed from {_said(ours.type)} to {_said(theirs.type)}"
            self._add(weight, "changed", path, says, ours, theirs)
            return
        for value, was, now in _pairs(ours.values, theirs.values):
            if was is None or now is None:
                kind: Kind = "added" if was is None else "removed"
                says = f"the value {value} ({now or was}) was {kind}"
                self._add(weight, kind, path, says, ours, theirs)
            elif was != now:
                says = f"the label of {value} changed from “{was}” to “{now}”"
                self._add("words", "changed", path, says, ours, theirs)
        if ours.ordered != theirs.ordered:
            says = f"its values are {'now' if theirs.ordered else 'no longer'} in an order"
            self._add(weight, "changed", path, says, ours, theirs)
        elif ours.ordered:
            self._order(weight, path, "values", ours.values, theirs.values)

    def _variants(self) -> None:
        sides = (self._old, self._new)
        used = {name for side in sides for question in side.key_questions.values() for name in question.variants}
        old, new = (_by_id(side.variants) for side in sides)
        for name, ours, theirs in _pairs(old, new):
            weight: Weight = "decides" if name in used else "reports"
            one_variant = _if_there(name, ours), _if_there(name, theirs)
            for path, mine, yours in self._shared(weight, "variants.", "the variant", *one_variant):
                self._words(path, mine, yours, ("title", "source"))
                self._condition(weight, path, "what it is used for", (mine.when, mine), (yours.when, yours))
        self._order("reports", "variants", "variants", old, new)

    def _measures(self) -> None:
        old, new = self._old.measures_by_path, self._new.measures_by_path
        for path, ours, theirs in self._shared("reports", "", "the measure", old, new):
            self._words(path, ours, theirs, ("title", "source"))
            conditions = (ours.applies_when, ours), (theirs.applies_when, theirs)
            self._condition("reports", path, "the condition under which it is counted", *conditions)

    def _subgroups(self) -> None:
        old, new = (_by_id(side.subgroups) for side in (self._old, self._new))
        for path, ours, theirs in self._shared("reports", "subgroups.", "the comparison of groups", old, new):
            self._words(path, ours, theirs, ("title",))
            was, now = (_by_id(side.groups) for side in (ours, theirs))
            for place, old_group, new_group in self._shared("reports", f"{path}.", "the group", was, now):
                self._words(place, old_group, new_group, ("title",))
                conditions = (old_group.when, old_group), (new_group.when, new_group)
                self._condition("reports", place, "who belongs to the group", *conditions)
            self._order("reports", path, "groups", was, now)


def _pairs(old: Mapping[str, E], new: Mapping[str, E]) -> Iterator[tuple[str, E | None, E | None]]:
    """Yield every name with what it stands for on both sides, in the old order and then the new."""
    for name in dict.fromkeys([*old, *new]):
        yield name, old.get(name), new.get(name)


def _by_id(elements: Iterable[N]) -> dict[str, N]:
    return {element.id: element for element in elements}


def _if_there(name: str, element: E | None) -> dict[str, E]:
    return {} if element is None else {name: element}


def _limits(bands: tuple[Band, ...], *, whole: bool) -> list[tuple[str, Fraction]]:
    """Return a scale by what it gives: ratings with their limits, highest first, nothing said twice."""
    limits: list[tuple[str, Fraction]] = []
    for band in bands:
        limit = Fraction(ceil(band.lowest)) if whole else band.lowest
        if limits and limits[-1][1] == limit:
            continue  # no whole number lies between the two limits, so this band holds nothing
        if limits and limits[-1][0] == band.rating:
            limits.pop()
        limits.append((band.rating, limit))
    return limits


def _rules_of(question: KeyQuestion) -> dict[str, Condition | None]:
    """Return everything that decides a question, by the words in front of it."""
    rules = {"yes" if name is None else f"for the variant {name}, yes": rule for name, rule in question.rules}
    return {"asked": question.applies_when, **rules}


def _rule(words: str, condition: Condition | None, framework: Framework, question: KeyQuestion) -> str:
    if condition is None:
        return "asked of every case" if words == "asked" else f"{words} by the general rule"
    return f"{words} when {say(condition, framework, question)}"


def _said(value: object) -> str:
    """Return the value of a setting in words."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return say_number(value)
    if isinstance(value, Source):
        return ", ".join(part for part in (value.title, value.section, value.url, value.licence) if part)
    if isinstance(value, tuple):
        return say_list([_said(item) for item in value])
    if isinstance(value, datetime.date):
        return say_date(value)
    return str(value).replace("_", " ") if re.fullmatch(r"[a-z_]+", str(value)) else str(value)
