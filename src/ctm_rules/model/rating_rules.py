"""How an element is rated from what lies below it (aggregation): taken, added up, or the first condition that holds.

A rule of one of these forms stands wherever something is rated: at a standard, at a domain, at the whole. Steps then
move the rating up or down, or limit it.

Attributes:
    of: whose ratings: all of one level below (``key_questions``, ``standards``, ``domains``), or some of them by name.
    then: what moves or limits the rating afterwards, in this order.
    not_rated: where something below has no rating, though all that can be known of it is known, ``refuse`` gives no
        rating and ``leave_out`` lets the others decide.
"""

# Without `from __future__ import annotations`: types are read here, where their names are known, since `__module__` of
# these classes says `ctm_rules`.

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Literal, TypeVar

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import Location, declared_at
from ctm_rules.model.bands import Band, BandsBy, ChosenBands, choosing_fact, frozen_bands
from ctm_rules.model.conditions import Condition, Level, facts_in
from ctm_rules.model.frozen_dict import frozen_dict

Members = Level | tuple[str, ...]
"""All elements of one level, or some by name: slugs of standards, ids of domains, addresses of key questions."""

NotRated = Literal["refuse", "leave_out"]
Rounding = Literal["half_up", "half_even", "down", "up"]


@frozen
class RatingStep:
    """What moves or limits a rating: exactly one of the first four keys says how. It stops at the end of the scale.

    Attributes:
        better_by, worse_by: by how many steps of the scale the rating is moved.
        no_better_than, no_worse_than: the id of the rating that limits it.
        when: ratings below; where it is false, nothing is moved (left out: always).
    """

    better_by: int | None = None
    worse_by: int | None = None
    no_better_than: str | None = None
    no_worse_than: str | None = None
    when: Condition | None = None
    at: Location = declared_at()


@frozen
class RatingLine:
    """A rating, and the condition under which it is given.

    Attributes:
        rating: the id of the rating.
        when: ratings below (left out in the last line, which holds where no other does).
    """

    rating: str
    when: Condition | None = None
    at: Location = declared_at()


@frozen
class TakeRating:
    """The lowest or the highest rating among those below.

    Attributes:
        take: which of the ratings.
    """

    take: Literal["lowest", "highest"]
    of: Members
    not_rated: NotRated = "refuse"
    then: tuple[RatingStep, ...] = ()
    at: Location = declared_at()


@frozen
class StandardRating(TakeRating):
    """The lowest (or highest) rating among a standard's key questions.

    Attributes:
        not_rated: where no case was counted for a key question, ``leave_out`` lets the others decide (which one was
            left out is always said) and ``refuse`` gives no rating.
    """

    take: Literal["lowest", "highest"] = "lowest"
    of: Members = "key_questions"
    not_rated: NotRated = "leave_out"
    then: tuple[RatingStep, ...] = ()
    at: Location = declared_at()


@frozen
class SumInBands:
    """The scores of the ratings below, added up and placed in bands; or their mean, or their share of what there is.

    Attributes:
        bands: that the sum, the mean or the share falls in.
        bands_by: by the id of a fact of the provider, which chooses them: by each of its values, its bands, or the name
            of a CSV file beside the framework's files that holds them (instead of ``bands``).
        chosen: which of them hold, in the standards as they are for one provider.
        sum_of: what is added up.
        mean_of: what the mean is taken of, instead of the sum.
        percent_of: of what it is said, in per cent, how much of the highest sum there could be was reached.
        out_of: the highest sum that the bands were made for; check says where it is another by now.
        weights: by name, how many times a score counts (left out: once).
        decided_on: ``exact`` places a mean or a share as it is, ``rounded`` places it rounded.
        round: how it is rounded.
        to: to what it is rounded, such as 0.1.
        monotone: whether check says where bands rise and fall; write no where the rule book means it.
    """

    bands: tuple[Band, ...] = field(metadata={"left_out": ()})
    sum_of: Literal["scores"] = "scores"
    out_of: int | None = None
    of: Members = "standards"
    mean_of: Literal["scores"] | None = None
    percent_of: Literal["scores"] | None = None
    weights: Mapping[str, int] = field(factory=dict, converter=frozen_dict)
    decided_on: Literal["exact", "rounded"] = "exact"
    round: Rounding = "half_up"
    to: Fraction = Fraction(1)
    monotone: bool = True
    not_rated: NotRated = "refuse"
    then: tuple[RatingStep, ...] = ()
    bands_by: BandsBy = field(factory=dict, converter=frozen_bands)
    chosen: ChosenBands | None = field(default=None, eq=False, repr=False, kw_only=True)
    at: Location = declared_at()

    @property
    def value(self) -> Literal["sum", "mean", "percent"]:
        """What is placed in the bands."""
        return "mean" if self.mean_of else "percent" if self.percent_of else "sum"

    def weight_of(self, member: str) -> int:
        """Return how many times a member's score counts."""
        return self.weights.get(member, 1)


@frozen
class FirstThatHolds:
    """The rating of the first line whose condition holds.

    Attributes:
        first_that_holds: the lines, in the order in which they are asked; the last has no condition.
    """

    first_that_holds: tuple[RatingLine, ...]
    not_rated: NotRated = "refuse"
    then: tuple[RatingStep, ...] = ()
    at: Location = declared_at()


StandardRule = StandardRating | SumInBands | FirstThatHolds
"""What may stand at a standard: to take a rating means there, unless it says otherwise, the lowest of its questions."""

RatingRule = TakeRating | SumInBands | FirstThatHolds
"""Every form of rating rule. Whatever tells them apart ends in ``assert_never``, so that mypy finds a new form."""


def conditions_of_rule(rule: RatingRule) -> tuple[Condition, ...]:
    """Return every condition of a rating rule: those of its lines, then those of its steps."""
    lines = [line.when for line in rule.first_that_holds] if isinstance(rule, FirstThatHolds) else []
    return tuple(when for when in (*lines, *(step.when for step in rule.then)) if when is not None)


def facts_of_rule(rule: RatingRule) -> tuple[str, ...]:
    """Return the ids of the facts of the provider that a rating rule looks at, each once."""
    chosen_by = choosing_fact(rule) if isinstance(rule, SumInBands) else None
    facts = [fact for condition in conditions_of_rule(rule) for fact in facts_in(condition)]
    return tuple(dict.fromkeys([*facts, *([] if chosen_by is None else [chosen_by])]))


AnyRule = TypeVar("AnyRule", bound=RatingRule)
AnyPart = TypeVar("AnyPart", RatingLine, RatingStep)


def with_conditions(rule: AnyRule, change: Callable[[Condition], Condition]) -> AnyRule:
    """Return a rating rule with every condition of its lines and steps changed; ``change`` gets each of them whole."""

    def changed(part: AnyPart) -> AnyPart:
        return part if part.when is None else evolve(part, when=change(part.when))

    if not any(True for _ in conditions_of_rule(rule)):
        return rule
    made = evolve(rule, then=tuple(map(changed, rule.then)))
    if isinstance(made, FirstThatHolds):
        return evolve(made, first_that_holds=tuple(map(changed, made.first_that_holds)))
    return made
