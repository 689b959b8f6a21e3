"""The ratings of groups of cases: what several groups have is kept once, and a group is made when it is asked for."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import cast, overload

from attrs import define, field, frozen

from ctm_rules.bulk.result_dicts import GroupRatingDict, GroupValue
from ctm_rules.model.reading import cell_text
from ctm_rules.rating.results import RatingResult


@frozen
class GroupRating:
    """The ratings of one group of cases.

    Attributes:
        group: what its cases have in common, by what was grouped by; a missing value is ``None``.
        rating: shares, bands, ratings, scores and panel flags.
    """

    group: Mapping[str, object] = field(hash=False)
    rating: RatingResult

    def to_dict(self) -> GroupRatingDict:
        """Return plain data: ``group``, and the rating as ``ctm-rules rate --json`` prints it."""
        return {"group": plain_group(self.group), **self.rating.to_dict()}


def plain_group(group: Mapping[str, object]) -> dict[str, GroupValue]:
    """Return the values of a group, ready for JSON."""
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else cast(GroupValue, value)
        for name, value in group.items()
    }


@define(eq=False, slots=False)
class RatedGroups(Sequence[GroupRating]):
    """Groups in the order in which they are listed.

    Attributes:
        by: what was grouped by.
        keys: for each of that, the value of every group: a list, or where there are many groups a column of Polars.
        ratings: the ratings that groups have, each once.
        of: for every group, which of the ratings it has.
    """

    by: tuple[str, ...]
    keys: tuple[Sequence[object], ...]
    ratings: Sequence[RatingResult]
    of: Sequence[int]

    def __len__(self) -> int:
        return len(self.of)

    @overload
    def __getitem__(self, index: int) -> GroupRating: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[GroupRating, ...]: ...
    def __getitem__(self, index: int | slice) -> GroupRating | tuple[GroupRating, ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        rating = self.ratings[self.of[index]]
        return GroupRating(dict(zip(self.by, (values[index] for values in self.keys), strict=True)), rating)

    def __iter__(self) -> Iterator[GroupRating]:
        for group, number in self.numbered():
            yield GroupRating(group, self.ratings[number])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RatedGroups):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash((self.by, tuple(self.ratings)))

    def numbered(self) -> Iterator[tuple[dict[str, object], int]]:
        """Yield the values of each group, and which of the ratings it has."""
        groups = zip(*self.keys, strict=True) if self.keys else iter([()] * len(self))
        for values, number in zip(groups, self.of, strict=True):
            yield dict(zip(self.by, values, strict=True)), number

    def named(self, wanted: Sequence[object]) -> RatingResult | None:
        """Return the ratings of the group of these values, whatever their type (``None``: there is no such group)."""
        found = self._numbers.get(tuple(map(cell_text, wanted)))
        return None if found is None else self.ratings[self.of[found]]

    @cached_property
    def _numbers(self) -> dict[tuple[str, ...], int]:
        return {tuple(map(cell_text, group.values())): number for number, (group, _) in enumerate(self.numbered())}

    def to_dicts(self) -> Iterator[GroupRatingDict]:
        """Yield each group as :meth:`GroupRating.to_dict` gives it; ratings that are alike are the same objects."""
        ratings = [rating.to_dict() for rating in self.ratings]
        for group, number in self.numbered():
            yield {"group": plain_group(group), **ratings[number]}
