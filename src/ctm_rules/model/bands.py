"""Bands: which rating a value gets, by bounds below it or above it (thresholds, cut-offs)."""

# Without `from __future__ import annotations`: types are read here, where their names are known, since `__module__` of
# these classes says `ctm_rules`.

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any as Anything
from typing import Literal, Protocol, TypeVar, cast

from attrs import AttrsInstance, evolve, field, frozen

from ctm_rules.diagnostics.findings import Location, declared_at
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.frozen_dict import FrozenDict, frozen_dict

BoundKey = Literal["from", "above", "up_to", "below"]

Limit = tuple[Fraction, bool]
"""Where the values of a band begin: at a value, or (``True``) just above it. A value ``v`` is at ``(v, False)``:
limits and values compare as pairs do."""


@frozen
class Band:
    """A rating, and the bound that says which values get it: the first band that a value meets is its own.

    Either every band has a lower bound, and the highest stands first; or every band has an upper bound, and the lowest
    stands first. The last band may go without: it takes whatever is left.

    Attributes:
        lowest: the lowest value of the band: per cent for a share, points for scores.
        rating: the id of the rating.
        above: what every value of the band lies above.
        up_to: the highest value of the band.
        below: what every value of the band lies below.
    """

    lowest: Fraction | None = field(metadata={"key": "from", "left_out": None})
    rating: str
    above: Fraction | None = None
    up_to: Fraction | None = None
    below: Fraction | None = None
    at: Location = declared_at()

    @property
    def bounds(self) -> dict[BoundKey, Fraction]:
        """Its bounds by their keys; a valid band has one, or none where it is the last."""
        given: dict[BoundKey, Fraction | None] = {
            "from": self.lowest,
            "above": self.above,
            "up_to": self.up_to,
            "below": self.below,
        }
        return {key: bound for key, bound in given.items() if bound is not None}

    @property
    def is_upper(self) -> bool:
        """Whether its bound is the upper one."""
        return self.up_to is not None or self.below is not None

    @property
    def limit_above(self) -> Limit | None:
        """Where the values above it begin (``None``: its bound is a lower one, or it takes whatever is left)."""
        if self.up_to is not None:
            return self.up_to, True
        return None if self.below is None else (self.below, False)

    def is_met_by(self, value: Fraction) -> bool:
        """Return whether a value meets its bound."""
        return (
            (self.lowest is None or value >= self.lowest)
            and (self.above is None or value > self.above)
            and (self.up_to is None or value <= self.up_to)
            and (self.below is None or value < self.below)
        )


@frozen
class BandRange:
    """The values that get the rating of a band: from a limit up to the next range's.

    Attributes:
        limit: where its values begin; the lowest range begins at 0.
        band: the band as it is declared.
    """

    limit: Limit
    band: Band

    @property
    def lowest(self) -> Fraction:
        """The value where it begins, or which it begins just above."""
        return self.limit[0]

    @property
    def rating(self) -> str:
        """The id of the rating."""
        return self.band.rating

    def is_reached_by(self, value: Fraction) -> bool:
        """Return whether a value lies in this range or above it."""
        return self.limit <= (value, False)

    def first_whole(self) -> Fraction:
        """Return the lowest whole number at or above its limit."""
        return first_whole(self.limit)


BandsBy = Mapping[str, Mapping[str, tuple[Band, ...]]]
"""Bands that a fact of the provider chooses: by the id of the one fact, by each of its values, its bands."""


def frozen_bands(value: object) -> object:  # pragma: no mutate block - type checkers look for converters by name
    """Return bands by fact and value as what cannot be changed; whatever else it is, is found to be wrong elsewhere."""
    if not isinstance(value, Mapping):
        return value
    return FrozenDict({fact: frozen_dict(bands_of) for fact, bands_of in value.items()})


@frozen
class ChosenBands:
    """Which bands of a table hold, and why.

    Attributes:
        fact: the id of the provider's fact that chose them.
        value: its value, as the table has it.
        at: where they are declared.
    """

    fact: str
    value: str
    at: Location = declared_at()


class Banded(AttrsInstance, Protocol):
    """A rule that places something in bands: its own, or those that a fact of the provider chooses."""

    @property
    def bands(self) -> tuple[Band, ...]: ...
    @property
    def bands_by(self) -> BandsBy: ...
    @property
    def chosen(self) -> ChosenBands | None: ...
    @property
    def at(self) -> Location: ...


BandedRule = TypeVar("BandedRule", bound=Banded)


def choosing_fact(rule: Banded) -> str | None:
    """Return the id of the fact that chooses a rule's bands (``None``: they are the same for everybody)."""
    return next(iter(rule.bands_by), None)


def rules_by_value(rule: BandedRule) -> Mapping[str, BandedRule]:
    """Return what a rule comes to for each value of the fact that chooses its bands, in the order of the table.

    A rule with bands of its own comes to itself, under the empty text.
    """
    fact = choosing_fact(rule)
    if fact is None:
        return {"": rule}
    return {
        value: evolve(
            cast(Anything, rule),  # a rule is of some class that attrs makes
            bands=bands,
            bands_by=FrozenDict(),
            chosen=ChosenBands(fact, value, at=rule.at.of_key("bands_by", fact, value)),
        )
        for value, bands in rule.bands_by[fact].items()
    }


def rule_for(rule: BandedRule, facts: Mapping[str, FactValue]) -> BandedRule:
    """Return what a rule comes to for one provider: itself, where the fact that chooses its bands is not known."""
    fact = choosing_fact(rule)
    if fact is None or fact not in facts:
        return rule
    return rules_by_value(rule).get(row_of(facts[fact]), rule)


def row_of(value: FactValue) -> str:
    """Return a value of a fact as a table of bands has it."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def first_whole(limit: Limit) -> Fraction:
    """Return the lowest whole number at or above a limit."""
    value, is_above = limit
    whole = Fraction(-(-value.numerator // value.denominator))
    return whole + 1 if is_above and whole == value else whole


def ranges_of(bands: Sequence[Band]) -> tuple[BandRange, ...]:
    """Return what valid bands come to, from the highest values down to 0, whichever way they are declared."""
    if not any(band.is_upper for band in bands):
        return tuple(map(BandRange, _lower_limits(bands), bands))
    return tuple(reversed([*map(BandRange, _limits_from_below(bands), bands)]))


def ratings_between(bands: Sequence[Band], lowest: Fraction, highest: Fraction) -> tuple[str, ...]:
    """Return the ids of the ratings that values from one to another are given by valid bands, from the highest down."""
    given = []
    above: Limit | None = None
    for each in ranges_of(bands):
        if each.limit <= (highest, False) and (above is None or above > (lowest, False)):
            given.append(each.rating)
        above = each.limit
    return tuple(dict.fromkeys(given))


def _lower_limits(bands: Sequence[Band]) -> Iterator[Limit]:
    for band in bands:
        yield (band.above, True) if band.above is not None else (band.lowest or Fraction(0), False)


def _limits_from_below(bands: Sequence[Band]) -> Iterator[Limit]:
    limit: Limit = (Fraction(0), False)
    for band in bands:
        yield limit
        limit = band.limit_above or limit


_BOUND_WORDS: dict[BoundKey, str] = {"from": "from", "above": "above", "up_to": "up to", "below": "below"}


def say_bound(band: Band, said: Callable[[Fraction], str]) -> str:
    """Return which values get the rating of a band, in words: ``from 65``, ``up to 15``, ``everything else``."""
    return " and ".join(f"{_BOUND_WORDS[key]} {said(bound)}" for key, bound in band.bounds.items()) or "everything else"


def say_limit(limit: Limit, said: Callable[[Fraction], str]) -> str:
    """Return where the values of a band begin, in words: ``65``, or ``above 15``."""
    value, is_above = limit
    return f"above {said(value)}" if is_above else said(value)
