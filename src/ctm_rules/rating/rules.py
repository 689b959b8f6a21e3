"""Rating rules applied (aggregation): the rating that an element gets from the ratings below it, and why.

Semantics, the same at a standard, a domain and the whole:

* a member is rated; not rated, where that is settled (no case was counted for it); or unknown (a judgement or an answer
  is missing). ``not_rated: refuse`` makes what is not rated unknown, ``leave_out`` takes it out;
* where none of the members that a rule looks at is rated or unknown, it gives no rating, and what it rates is not rated
  either; what has no rating for any other reason is unknown above;
* ``take``, and sums, means and shares of scores give no rating while a member is unknown, or where no member is left;
* bands that a fact of the provider chooses give, where it is not known, each rating that some of them give;
* ``first_that_holds`` gathers the ratings of the lines that may hold, up to and including the first that does;
* a step is applied to each rating that is still possible; where nobody can tell whether it is made, both stay. It stops
  at the end of the scale;
* one possible rating is the rating. Several are none, and it is said which they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from attrs import evolve, frozen

from ctm_rules.engines.base import Engine
from ctm_rules.engines.standings import NOT_RATED, MemberStanding, Standings
from ctm_rules.model.bands import Banded, rules_by_value
from ctm_rules.model.conditions import FactValue, Level
from ctm_rules.model.framework import RATINGS, Framework, Rating
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.provider_view import Part
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    Members,
    RatingRule,
    RatingStep,
    SumInBands,
    TakeRating,
    facts_of_rule,
)
from ctm_rules.model.rules_in_words import say, say_chosen, say_step
from ctm_rules.phrases import one_or_many, say_list
from ctm_rules.rating.order import RatingOrder
from ctm_rules.rating.reasons import RatingReason
from ctm_rules.rating.rounding import rounded


@frozen
class Member:
    """An element below one that is rated.

    Attributes:
        level: of which level it is.
        name: how a rule names it: slug, id or address.
        title: how a sentence calls it.
        rating: its rating.
        scale: the scale that its rating is a step of.
        in_total: whether it counts where all of its level do; else only where a rule names it.
        is_settled: where it has no rating, whether it never will have one, so that it can be left out.
    """

    level: Level
    name: str
    title: str
    rating: Rating | None
    is_settled: bool = False
    scale: str = RATINGS
    in_total: bool = True


@frozen
class Ruled:
    """What a rating rule gives.

    Attributes:
        rating: the rating (``None``: there is none).
        because: why: each line and step that made it.
        drivers: the names of the members that a rating was taken from.
        missing: why there is no rating (empty where there is one).
        value: what was placed in bands (``None``: nothing was).
        is_settled: where there is no rating, whether none can come: nothing that the rule looks at is rated or unknown.
    """

    rating: Rating | None
    because: tuple[RatingReason, ...] = ()
    drivers: tuple[str, ...] = ()
    missing: str = ""
    value: Fraction | None = None
    is_settled: bool = False


_NOTHING_BELOW = Ruled(None, missing="nothing below it has a rating", is_settled=True)

Holds = Callable[[Part, int], Truth]
"""Says whether the condition of a line or a step of a rule holds, by its number."""

Unknown = Callable[[], Sequence[str]]
"""Says what is not known, as parts of a sentence: ``“Is it written?” has no answer``."""


class RatingRules:
    """Applies the rating rules of what is rated on one scale of a framework, with the engine that decides."""

    def __init__(
        self, framework: Framework, engine: Engine, scale: str = RATINGS, facts: Mapping[str, FactValue] | None = None
    ) -> None:
        self._framework = framework
        self._facts = {} if facts is None else facts
        self._engine = engine
        self._order = RatingOrder(framework, scale)

    def rate(self, rule: RatingRule, below: Sequence[Member]) -> Ruled:
        """Return what a rule gives for the members below the element where it stands."""
        if isinstance(rule, FirstThatHolds):
            if below and _is_settled(below):
                return _NOTHING_BELOW
            return self._lines(rule, self._holds(rule, below), partial(self._unknown, rule, below))
        if _is_settled(members_of(rule.of, below)):
            return _NOTHING_BELOW
        if isinstance(rule, SumInBands):
            return self._sum(rule, below)
        return self._after_steps(rule, self._take(rule, below), below)

    def rate_by_answers(self, rule: FirstThatHolds, holds: Holds, unknown: Unknown) -> Ruled:
        """Return what a rule over the prompts of a key question gives.

        Args:
            rule: the rule.
            holds: whether the condition of a line or a step holds, by its number.
            unknown: says what is not known of all that the rule looks at.
        """
        return self._lines(rule, holds, unknown)

    def _after_steps(self, rule: RatingRule, ruled: Ruled, below: Sequence[Member]) -> Ruled:
        """Return what the steps of a rule make of the rating that it gave."""
        if not rule.then or ruled.rating is None:
            return ruled
        holds, unknown = self._holds(rule, below), partial(self._unknown, rule, below)
        return self._stepped(rule, [ruled.rating], ruled, holds, unknown)

    def _take(self, rule: TakeRating, below: Sequence[Member]) -> Ruled:
        rated, missing = _rated(rule.of, rule.not_rated, below)
        if missing:
            return Ruled(None, missing=missing)
        ratings = [rating for _, rating in rated]
        taken = self._order.lowest(ratings) if rule.take == "lowest" else self._order.highest(ratings)
        drivers = tuple(member.name for member, rating in rated if rating == taken)
        return Ruled(taken, drivers=drivers)

    def _sum(self, rule: SumInBands, below: Sequence[Member]) -> Ruled:
        rated, missing = _rated(rule.of, rule.not_rated, below)
        if missing:
            return Ruled(None, missing=missing)
        total = Fraction(sum(rule.weight_of(member.name) * (rating.score or 0) for member, rating in rated))
        value = placed_value(self._framework, rule, total, [(member.name, member.scale) for member, _ in rated])
        possible, because = self.placed(rule, value)
        if len(possible) == 1 and not rule.then:
            return Ruled(possible[0], because, value=value)
        holds, unknown = self._holds(rule, below), partial(self._unknown, rule, below)
        return self._stepped(rule, possible, Ruled(None, because, value=value), holds, unknown)

    def placed(self, rule: Banded, value: Fraction) -> tuple[list[Rating], tuple[RatingReason, ...]]:
        """Return the rating of the band that holds a value, and which bands hold, where a fact chose them.

        Where that fact is not known, there may be several.
        """
        given = [self._engine.rating(each.bands, value) for each in rules_by_value(rule).values()]
        possible = [self._rating(rating) for rating in dict.fromkeys(given)]
        chosen = rule.chosen
        if chosen is None:
            return possible, ()
        says = f"placed in the bands where {say_chosen(chosen, self._framework)}"
        return possible, (RatingReason("bands", 0, says, chosen.at),)

    def say_possible(self, possible: Iterable[Rating], unknown: Sequence[str]) -> str:
        """Return that there may be one of several ratings while something is not known."""
        labels = say_list([rating.label for rating in sorted(possible, key=self._order.rank)], "or")
        return f"it may be {labels} while {say_list(unknown)}"

    def not_known(self, facts: Iterable[str]) -> list[str]:
        """Return which of some facts are not known, as one part of a sentence (nothing: all are)."""
        titles = [f"“{self._framework.every_fact[fact].title}”" for fact in facts if fact not in self._facts]
        return [f"{say_list(titles)} {one_or_many(len(titles), 'is', 'are')} not known"] if titles else []

    def _rating(self, rating: str) -> Rating:
        return self._framework.rating_on(self._order.scale, rating)

    def _lines(self, rule: FirstThatHolds, holds: Holds, unknown: Unknown) -> Ruled:
        possible: list[Rating] = []
        because: tuple[RatingReason, ...] = ()
        for number, line in enumerate(rule.first_that_holds):
            truth = Truth.TRUE if line.when is None else holds("line", number)
            if truth is Truth.FALSE:
                continue
            possible.append(self._rating(line.rating))
            if truth is Truth.TRUE:
                says = "no condition for another rating holds" if line.when is None else say(line.when, self._framework)
                because = (RatingReason("line", number, says, line.at),) if len(possible) == 1 else ()
                break
        return self._stepped(rule, possible, Ruled(None, because), holds, unknown)

    def _stepped(self, rule: RatingRule, possible: list[Rating], ruled: Ruled, holds: Holds, unknown: Unknown) -> Ruled:
        because = list(ruled.because)
        for number, step in enumerate(rule.then):
            truth = Truth.TRUE if step.when is None else holds("step", number)
            if truth is Truth.FALSE:
                continue
            moved = [self._moved(rating, step) for rating in possible]
            if truth is Truth.TRUE and moved != possible:
                says = say_step(step, self._framework, "since", self._order.scale)
                because.append(RatingReason("step", number, says, step.at))
            possible = moved if truth is Truth.TRUE else [*possible, *moved]
        possible = list(dict.fromkeys(possible))
        if len(possible) == 1:
            return evolve(ruled, rating=possible[0], because=tuple(because))
        return evolve(ruled, rating=None, because=(), missing=self.say_possible(possible, unknown()))

    def _moved(self, rating: Rating, step: RatingStep) -> Rating:
        rank, last = self._order.rank(rating), len(self._order.ratings) - 1
        rank += (step.worse_by or 0) - (step.better_by or 0)
        if step.no_better_than is not None:
            rank = max(rank, self._order.rank(step.no_better_than))
        if step.no_worse_than is not None:
            rank = min(rank, self._order.rank(step.no_worse_than))
        return self._order.ratings[min(max(rank, 0), last)]

    def step(self, rule: RatingRule, number: int, rating: Rating, below: Sequence[Member]) -> Rating:
        """Return what one step of a rule makes of a rating where every member below has one."""
        step = rule.then[number]
        if step.when is not None and self._engine.holds(step.when, self._standings(rule, below)) is not Truth.TRUE:
            return rating
        return self._moved(rating, step)

    def _holds(self, rule: RatingRule, below: Sequence[Member]) -> Holds:
        standings = self._standings(rule, below)
        lines = rule.first_that_holds if isinstance(rule, FirstThatHolds) else ()

        def holds(part: Part, number: int) -> Truth:
            when = lines[number].when if part == "line" else rule.then[number].when
            assert when is not None  # what has no condition is not asked about
            return self._engine.holds(when, standings)

        return holds

    def _unknown(self, rule: RatingRule, below: Sequence[Member]) -> list[str]:
        without = [member.title for member in below if member.rating is None and not self._is_out(rule, member)]
        return [*say_without(without, "rating"), *self.not_known(facts_of_rule(rule))]

    def _standings(self, rule: RatingRule, below: Sequence[Member]) -> Standings:
        of: dict[Level, dict[str, MemberStanding]] = {"key_questions": {}, "standards": {}, "domains": {}}
        for member in below:
            ranks = RatingOrder(self._framework, member.scale).ranks
            without = NOT_RATED if self._is_out(rule, member) else None
            standing = without if member.rating is None else ranks[member.rating.id]
            of[member.level][member.name] = MemberStanding(standing, ranks, member.in_total)
        return Standings(of, self._facts)

    @staticmethod
    def _is_out(rule: RatingRule, member: Member) -> bool:
        return member.is_settled and rule.not_rated == "leave_out"


def say_without(names: Sequence[str], what: str) -> list[str]:
    """Return what has no rating, or no answer, as one part of a sentence (nothing where there is none)."""
    return [f"{say_list(names)} {one_or_many(len(names), 'has', 'have')} no {what}"] if names else []


def placed_value(
    framework: Framework, rule: SumInBands, total: Fraction, members: Sequence[tuple[str, str]]
) -> Fraction:
    """Return what a rule places in its bands: the sum of scores, their mean, or the per cent of what there is.

    Args:
        framework: gives the highest scores.
        rule: the rule.
        total: the sum of the scores, each as many times as it counts.
        members: the names and the scales of those whose scores were added up (there must be one).
    """
    if rule.value == "sum":
        return total
    if rule.value == "mean":
        value = total / sum(rule.weight_of(name) for name, _ in members)
    else:
        highest = ((name, framework.highest_score(scale)) for name, scale in members)
        reachable = sum(rule.weight_of(name) * score for name, score in highest if score)
        value = total * 100 / reachable if reachable else Fraction(0)
    return value if rule.decided_on == "exact" else rounded(value, rule.to, rule.round)


def sum_of_scores(ratings: Iterable[Rating]) -> int:
    """Return what the scores of ratings come to; a framework in which something adds up has a score for each."""
    return sum(rating.score for rating in ratings if rating.score is not None)


def members_of(of: Members, below: Iterable[Member]) -> Iterator[Member]:
    """Yield the members that a rule looks at: all that count of one level, or some by name."""
    for member in below:
        if (member.level == of and member.in_total) if isinstance(of, str) else member.name in of:
            yield member


def _is_settled(members: Iterable[Member]) -> bool:
    return all(member.rating is None and member.is_settled for member in members)


def _rated(of: Members, not_rated: str, below: Iterable[Member]) -> tuple[list[tuple[Member, Rating]], str]:
    """Return the members that count with their ratings, and what is missing (empty: nothing)."""
    members = [*members_of(of, below)]
    rated = [(member, member.rating) for member in members if member.rating is not None]
    missing = [
        member.title
        for member in members
        if member.rating is None and not (member.is_settled and not_rated == "leave_out")
    ]
    return rated, next(iter(say_without(missing, "rating")), "")
