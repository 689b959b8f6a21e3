"""The difference between two frameworks by meaning: what decides differently, what is counted differently, what reads
differently.

Rules are compared by the outcomes that they give to every complete case there could be, so that another way of
writing the same rule is not taken for a change.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Literal, Protocol, TypeVar

from attrs import fields, frozen

from ctm_rules.diagnostics.findings import Location
from ctm_rules.engines.base import plan_question
from ctm_rules.engines.decision_diagrams import Diagram, Diagrams, TooTangledError, values_to_try
from ctm_rules.model.cases import Answer
from ctm_rules.model.framework import (
    Band,
    Condition,
    Disclosure,
    Fact,
    FactValue,
    Framework,
    KeyQuestion,
    KeyQuestionBands,
    Panel,
    PromptIsYes,
    Source,
    Standard,
    facts_in,
    prompts_in,
)
from ctm_rules.model.outcomes import OUTCOME_OF, Truth
from ctm_rules.model.rules_in_words import say, say_date, say_list, say_name, say_number, say_value

Weight = Literal["decides", "reports", "words"]
Kind = Literal["added", "removed", "changed", "rewritten"]

WEIGHTS: Mapping[Weight, str] = {
    "decides": "What decides differently",
    "reports": "What is asked, counted or flagged differently",
    "words": "What only reads differently",
}
"""The weights of a change, the heaviest first, with the headings under which changes are listed."""


@frozen
class Change:
    """One difference between two frameworks.

    Attributes:
        weight: ``decides`` where an outcome, a rating or a score can change; ``reports`` where only what is asked,
            counted or flagged beside the ratings can; ``words`` where nothing but wording, sources or dates does.
        kind: ``rewritten`` is written in another way and means the same.
        path: the address of what changed, such as ``assessment.safety``.
        says: the difference in a sentence.
        details: sentences that show it: how it was, how it is, a case that is judged differently.
        old_at, new_at: where it is declared (``None``: on that side it is not).
    """

    weight: Weight
    kind: Kind
    path: str
    says: str
    details: tuple[str, ...] = ()
    old_at: Location | None = None
    new_at: Location | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the parts as plain data."""
        return {
            "weight": self.weight,
            "kind": self.kind,
            "path": self.path,
            "says": self.says,
            "details": list(self.details),
            "old": _place(self.old_at),
            "new": _place(self.new_at),
        }


def _place(at: Location | None) -> dict[str, object] | None:
    return None if at is None else {"file": at.file, "line": at.line}


@frozen
class FrameworkChanges:
    """Everything that differs between two frameworks, the heaviest differences first."""

    old: Framework
    new: Framework
    changes: tuple[Change, ...]

    @property
    def decides(self) -> bool:
        """Whether some outcome, rating or score can differ."""
        return any(change.weight == "decides" for change in self.changes)

    def of_weight(self, weight: Weight) -> tuple[Change, ...]:
        """Return the changes of one weight."""
        return tuple(change for change in self.changes if change.weight == weight)

    def to_dict(self) -> dict[str, object]:
        """Return the changes as plain data."""
        return {
            "old": {"id": self.old.id, "edition": self.old.edition},
            "new": {"id": self.new.id, "edition": self.new.edition},
            "decides": self.decides,
            "changes": [change.to_dict() for change in self.changes],
        }

    def to_markdown(self) -> str:
        """Return the changes as a Markdown document."""
        old, new = (f"{side.title} ({side.id}, edition {side.edition})" for side in (self.old, self.new))
        lines = ["# What changed in the standards", "", markdown_text(f"From {old} to {new}.")]
        for weight, heading in WEIGHTS.items():
            changes = self.of_weight(weight)
            if changes:
                lines += ["", f"## {heading}", ""]
            for change in changes:
                lines.append(f"- **{markdown_text(change.path)}**: {markdown_text(change.says)}")
                lines += [f"  - {markdown_text(detail)}" for detail in change.details]
        if not self.changes:
            lines += ["", "There is no difference."]
        return "\n".join(lines) + "\n"


def markdown_text(text: str) -> str:
    """Return a text as Markdown shows it letter by letter."""
    return re.sub(r"([\\`*<>\[\]|#]|\b_|_\b)", r"\\\1", text)


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


# --- Meaning -------------------------------------------------------------------------------------


class _Meaning:
    """Compares rules and conditions of two frameworks over every complete case that both can record."""

    def __init__(self, old: Framework, new: Framework) -> None:
        self._old, self._new = old, new
        self._values = _values_of_both(old, new)

    def same_cases(self, old: Condition | None, new: Condition | None) -> bool:
        """Return whether two conditions on facts hold for the same cases (``None`` holds for all)."""
        if not self._is_comparable((*facts_in(old), *facts_in(new))):
            return False
        ours = Diagrams(self._old, self._values)
        theirs = ours.beside(self._new, ())
        try:
            return _of_condition(ours, old) == _of_condition(theirs, new)
        except TooTangledError:
            return False

    def question(self, path: str) -> tuple[str, ...] | None:
        """Return in words how the outcomes of a key question differ: nothing where they are the same.

        The last sentence is an example. ``None`` where the outcomes cannot be compared.
        """
        plans = plan_question(self._old, path), plan_question(self._new, path)
        if not self._is_comparable([fact for plan in plans for fact in plan.fact_ids]):
            return None
        old, new = (plan.question for plan in plans)
        ours = Diagrams(self._old, self._values, old.prompts, with_na=True)
        theirs = ours.beside(self._new, new.prompts)
        try:
            outcomes = _Outcomes(ours, ours.outcome(old), theirs, theirs.outcome(new), old, new)
            return () if outcomes.before == outcomes.after else outcomes.difference(self._new)
        except TooTangledError:
            return None

    def _is_comparable(self, facts: Iterable[str]) -> bool:
        return all(fact in self._values for fact in facts)


def _of_condition(diagrams: Diagrams, condition: Condition | None) -> Diagram:
    return diagrams.everywhere() if condition is None else diagrams.clause(condition)


def _values_of_both(old: Framework, new: Framework) -> dict[str, tuple[FactValue, ...]]:
    """Return values to try for each fact, without the facts that have nothing in common on the two sides."""
    ours, theirs = values_to_try(old), values_to_try(new)
    values = {**theirs, **ours}
    for fact in ours.keys() & theirs.keys():
        if old.facts_by_id[fact].type != new.facts_by_id[fact].type:
            common: tuple[FactValue, ...] = ()
        elif old.facts_by_id[fact].type == "choice":
            common = tuple(value for value in ours[fact] if value in theirs[fact])
        else:
            common = tuple(dict.fromkeys([*ours[fact], *theirs[fact]]))
        values[fact] = common
    return {fact: tried for fact, tried in values.items() if tried}


_Standing = Literal["absent", "idle", "counts", "required"]

_STANDING: Mapping[tuple[_Standing, _Standing], str] = {
    ("absent", "counts"): "{names} {is_are} new and {counts} towards yes",
    ("absent", "required"): "{names} {is_are} new and required for yes",
    ("counts", "absent"): "{names} {is_are} gone",
    ("required", "absent"): "{names}, required for yes before, {is_are} gone",
    ("idle", "counts"): "{names} now {counts} towards yes",
    ("idle", "required"): "{names} {is_are} now required for yes",
    ("counts", "idle"): "{names} no longer {counts}",
    ("counts", "required"): "{names} {is_are} now required for yes",
    ("required", "idle"): "{names} no longer {counts} ({was_were} required for yes)",
    ("required", "counts"): "{names} {is_are} no longer required for yes",
}


@frozen(eq=False)
class _Outcomes:
    """The outcomes of one key question on both sides, for every complete case."""

    ours: Diagrams
    before: Diagram
    theirs: Diagrams
    after: Diagram
    old: KeyQuestion
    new: KeyQuestion

    def difference(self, framework: Framework) -> tuple[str, ...]:
        moves = self._moves()
        return (*self._standings(), _movement(moves), self._example(moves, framework))

    def _moves(self) -> dict[tuple[Truth, Truth], Diagram]:
        """Return how cases can move, from outcome to outcome, each with the diagram that an example comes from."""
        diagrams, before, after = self.ours, self.before, self.after
        was_yes, was_no = diagrams.where(before, after), diagrams.where(diagrams.opposite(before), after)
        is_yes, is_no = diagrams.where(after, before), diagrams.where(diagrams.opposite(after), before)
        possible = {
            (Truth.FALSE, Truth.TRUE): (was_no, Truth.TRUE),
            (Truth.TRUE, Truth.FALSE): (was_yes, Truth.FALSE),
            (Truth.DROPPED, Truth.TRUE): (is_yes, Truth.DROPPED),
            (Truth.DROPPED, Truth.FALSE): (is_no, Truth.DROPPED),
            (Truth.TRUE, Truth.DROPPED): (was_yes, Truth.DROPPED),
            (Truth.FALSE, Truth.DROPPED): (was_no, Truth.DROPPED),
        }
        return {move: diagram for move, (diagram, truth) in possible.items() if truth in diagrams.results(diagram)}

    def _standings(self) -> Iterator[str]:
        """Yield in words which prompts count towards yes, or are required for it, on one side only."""
        moved: dict[tuple[_Standing, _Standing], list[str]] = {}
        for prompt in dict.fromkeys(prompt.id for prompt in (*self.old.prompts, *self.new.prompts)):
            before = _standing(self.ours, self.before, self.old, prompt)
            after = _standing(self.theirs, self.after, self.new, prompt)
            moved.setdefault((before, after), []).append(say_name(prompt))
        for standing, words in _STANDING.items():
            if names := moved.get(standing):
                several = len(names) > 1
                yield words.format(
                    names=say_list(names),
                    is_are="are" if several else "is",
                    was_were="were" if several else "was",
                    counts="count" if several else "counts",
                )

    def _example(self, moves: Mapping[tuple[Truth, Truth], Diagram], framework: Framework) -> str:
        """Return in words a case that makes the first of the moves."""
        (before, after), diagram = next(iter(moves.items()))
        # The diagram of a move holds what the case became (or, for what was not applicable, what it was).
        facts, answers = self.ours.example(diagram, before if before is Truth.DROPPED else after)
        known = [
            f"“{framework.facts_by_id[fact].title}” is {say_value(framework.facts_by_id[fact], value)}"
            for fact, value in facts.items()
            if fact in framework.facts_by_id
        ]
        given = [f"{say_name(prompt)} is {_ANSWERS[answer]}" for prompt, answer in answers.items()]
        case = say_list([*known, *given]) or "nothing is known"
        return f"an example: where {case}, the outcome was {_outcome(before)} and is now {_outcome(after)}"


def _standing(diagrams: Diagrams, outcome: Diagram, question: KeyQuestion, prompt: str) -> _Standing:
    if prompt not in {declared.id for declared in question.prompts}:
        return "absent"
    if prompt not in diagrams.prompts_that_matter(outcome):
        return "idle"
    answered_no = diagrams.opposite(diagrams.clause(PromptIsYes(prompt)))
    return "counts" if Truth.TRUE in diagrams.results(diagrams.where(answered_no, outcome)) else "required"


_ANSWERS: Mapping[Answer, str] = {Answer.YES: "yes", Answer.NO: "no", Answer.NA: "not applicable"}


def _outcome(truth: Truth) -> str:
    return OUTCOME_OF[truth].value.replace("_", " ")


# --- Comparing -----------------------------------------------------------------------------------


class _Element(Protocol):
    @property
    def at(self) -> Location: ...


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E")
D = TypeVar("D", bound=_Element)
N = TypeVar("N", bound=_Identified)

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
        self._meaning = _Meaning(old, new)
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
        ours: _Element | None = None,
        theirs: _Element | None = None,
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

    def _words(self, path: str, ours: _Element, theirs: _Element, names: Sequence[str]) -> None:
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
        ours: tuple[Condition | None, _Element],
        theirs: tuple[Condition | None, _Element],
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
            self._bands(path, mine.bands, yours.bands, " %", whole=whole)
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
        self, path: str, ours: tuple[Band, ...], theirs: tuple[Band, ...], unit: str = "", *, whole: bool = True
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
                f"{word}: "
                + say_list([f"{self._label(rating)} from {say_number(limit)}{unit}" for rating, limit in limits])
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
                kind, says = "added", f"there is now a band for {label}, from {say_number(after)}{unit}"
            elif before is not None and after is None:
                kind, says = "removed", f"the band for {label}, from {say_number(before)}{unit}, was removed"
            elif before is not None and after is not None:
                says = f"the limit for {label} moved from {say_number(before)}{unit} to {say_number(after)}{unit}"
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
        decisive = set() if difference == () else _prompts_read(ours) | _prompts_read(theirs)
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


def _prompts_read(question: KeyQuestion) -> set[str]:
    rules = [question.yes_when, *(variant.yes_when for variant in question.variants.values())]
    return {prompt for rule in rules for prompt in prompts_in(rule)}


def _rules_of(question: KeyQuestion) -> dict[str, Condition | None]:
    """Return everything that decides a question, by the words in front of it."""
    rules: dict[str, Condition | None] = {"asked": question.applies_when, "yes": question.yes_when}
    for name, variant in question.variants.items():
        rules[f"for the variant {name}, yes"] = variant.yes_when
    return rules


def _rule(words: str, condition: Condition | None, framework: Framework, question: KeyQuestion) -> str:
    if condition is None:
        return "asked of every case" if words == "asked" else f"{words} by the general rule"
    return f"{words} when {say(condition, framework, question)}"


def _movement(moves: Iterable[tuple[Truth, Truth]]) -> str:
    """Return in words which way cases move; a prompt can always be not applicable, so that is said apart."""
    moves = set(moves)
    easier, harder = (Truth.FALSE, Truth.TRUE) in moves, (Truth.TRUE, Truth.FALSE) in moves
    sentences = []
    if easier and harder:
        sentences.append("some cases move from no to yes and others from yes to no")
    elif easier:
        sentences.append("it is easier to meet: no case moves from yes to no")
    elif harder:
        sentences.append("it is harder to meet: no case moves from no to yes")
    if any(before is Truth.DROPPED for before, _ in moves):
        sentences.append("some cases are answered that were not applicable")
    if any(after is Truth.DROPPED for _, after in moves):
        sentences.append("some cases become not applicable")
    return "; ".join(sentences)


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
