"""Where the elements below one that is rated stand on the scale: what conditions about ratings are decided from."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from ctm_rules.model.conditions import Level
from ctm_rules.model.rating_rules import Members

NOT_RATED = -1
"""The standing of an element that has no rating, though all that can be known of it is known."""

Standing = int | None
"""A rating's place on the scale, from 0 for the best; ``NOT_RATED``; ``None`` where the rating is unknown."""


@frozen
class Standings:
    """Where the elements below one that is rated stand.

    Attributes:
        of: the standing of each element by its name, level by level.
        ranks: the place of each rating on the scale, by its id.
    """

    of: Mapping[Level, Mapping[str, Standing]]
    ranks: Mapping[str, int]

    def members(self, of: Members) -> Mapping[str, Standing]:
        """Return the standings of all elements of a level, or of some elements by name."""
        if isinstance(of, str):
            return self.of[of]
        level = next(level for level in self.of.values() if of[0] in level)
        return {name: level[name] for name in of}
