"""Counts: how many cases have each outcome, and what points these come to."""

# Without `from __future__ import annotations`: types are read here, where their names are known, since `__module__` of
# these classes says `ctm_rules`.

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import frozen

from ctm_rules.model.outcomes import COUNTED, Outcome

if TYPE_CHECKING:
    from ctm_rules.rating.result_dicts import CountsDict


_WORDS = tuple(outcome.value for outcome in COUNTED)


@frozen(repr=False)
class Counts:
    """How many cases have each outcome of one key question (or each answer to one prompt or measure).

    Attributes:
        yes, no, not_applicable, undetermined: how many cases have it.
        scored: how many cases have a number, where the question has points.
        points: the sum of their numbers, exact.
        reachable: the sum of what these numbers could have been at most, exact.
    """

    yes: int = 0
    no: int = 0
    not_applicable: int = 0
    undetermined: int = 0
    scored: int = 0
    points: Fraction = Fraction(0)
    reachable: Fraction = Fraction(0)

    def __repr__(self) -> str:
        counted = f"yes={self.yes}, no={self.no}"
        if self.scored:
            counted = f"scored={self.scored}, points={self.points}, reachable={self.reachable}"
        return f"Counts({counted}, not_applicable={self.not_applicable}, undetermined={self.undetermined})"

    @property
    def cases(self) -> int:
        """All cases, whatever their outcome."""
        return self.yes + self.no + self.not_applicable + self.undetermined + self.scored

    def by_outcome(self) -> dict[str, int]:
        """Return how many cases have each outcome of a question that has a rule."""
        return {word: getattr(self, word) for word in _WORDS}

    def among(self, outcomes: Iterable[str]) -> int:
        """Return how many cases have one of some outcomes, by the names of those."""
        return sum(getattr(self, outcome) for outcome in outcomes)

    @classmethod
    def of(cls, tally: Mapping[Outcome, int]) -> "Counts":
        """Return the counts of a tally of outcomes; cases that the question is not asked of do not count."""
        yes, no, not_applicable, undetermined = (tally.get(outcome, 0) for outcome in COUNTED)
        return cls(yes, no, not_applicable, undetermined)

    def to_dict(self) -> "CountsDict":
        """Return the counts by the name of their outcome; points, which are exact, as text where there are some."""
        made: CountsDict = {
            "yes": self.yes,
            "no": self.no,
            "not_applicable": self.not_applicable,
            "undetermined": self.undetermined,
        }
        if self.scored:
            made |= {"scored": self.scored, "points": str(self.points), "reachable": str(self.reachable)}
        return made

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.yes + other.yes,
            self.no + other.no,
            self.not_applicable + other.not_applicable,
            self.undetermined + other.undetermined,
            self.scored + other.scored,
            self.points + other.points,
            self.reachable + other.reachable,
        )
