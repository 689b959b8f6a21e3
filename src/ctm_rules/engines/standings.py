"""Where the elements below one that is rated stand on the scale: what conditions about ratings are decided from."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from ctm_rules.model.conditions import FactValue, Level
from ctm_rules.model.rating_rules import Members

NOT_RATED = -1
"""The standing of an element that has no rating, though all that can be known of it is known."""

Standing = int | None
"""A rating's place on the scale, from 0 for the best; ``NOT_RATED``; ``None`` where the rating is unknown."""


Ranks = Mapping[str, int]
"""The place of each rating on one scale, by its id, from 0 for the best."""


@frozen
class MemberStanding:
    """Where one element below one that is rated stands.

    Attributes:
        standing: its place on its scale.
        ranks: its scale.
        counts: whether it counts where all of its level do; else only where it is named.
    """

    standing: Standing
    ranks: Ranks
    counts: bool = True


@frozen
class Standings:
    """Where the elements below one that is rated stand.

    Attributes:
        of: each element by its name, level by level.
        facts: what is known about the provider, by the id of the fact.
    """

    of: Mapping[Level, Mapping[str, MemberStanding]]
    facts: Mapping[str, FactValue] = field(factory=dict)

    def compared(self, of: Members, rating: str) -> list[tuple[Standing, int]]:
        """Return the standing of each element that is looked at, and the place of a rating on that element's scale.

        Args:
            of: all elements of a level that count, or some elements by name.
            rating: the rating, a step of the scale of each of them.
        """
        if isinstance(of, str):
            members = [member for member in self.of[of].values() if member.counts]
        else:
            level = next(level for level in self.of.values() if of[0] in level)
            members = [level[name] for name in of]
        return [(member.standing, member.ranks[rating]) for member in members]
