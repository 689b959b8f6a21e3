"""What a ratings panel decided: ratings that people moved, and where such a decision no longer holds.

A decision stands beside what was computed and never replaces it: it names the rating that it moved. Where another one
is computed by now, people decided on something that is no longer so, and the decision is stale: it is not applied.
"""

# Without `from __future__ import annotations`: types are read here, where their names are known, since `__module__` of
# these classes says `ctm_rules`.

import datetime
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Location, declared_at
from ctm_rules.model.framework import RATINGS, Framework, Rating
from ctm_rules.phrases import say_date

if TYPE_CHECKING:
    from ctm_rules.rating.result_dicts import DecisionDict, StaleDict

Place = tuple[Literal["standards", "domains", "overall"], str]
"""Whose rating it is: a level, and the slug or id of what is rated."""

OVERALL: Place = ("overall", "")
"""The place of the overall rating."""


@frozen
class PanelDecision:
    """A rating that a ratings panel moved: of one standard, one domain, or overall.

    Attributes:
        was: the rating that was computed and that the panel moved. Where another one is computed by now, the decision
            is not applied.
        rating: what the panel made of it.
        reason: why, in a sentence or two; the report prints it.
        who: who decided, such as "the ratings panel".
        date: the day on which it was decided.
        standard: the slug of the standard whose rating was moved.
        domain: the id of the domain whose rating was moved (instead of a standard).
        overall: whether it was the overall rating that was moved (instead of a standard or a domain).
    """

    was: str = field(metadata={"key": "from"})
    rating: str
    reason: str
    who: str
    date: datetime.date
    standard: str | None = None
    domain: str | None = None
    overall: bool = False
    at: Location = declared_at()

    @property
    def place(self) -> Place:
        """Of what the rating was moved: the level, and the slug or id (none for the overall rating)."""
        if self.standard is not None:
            return "standards", self.standard
        return ("domains", self.domain) if self.domain is not None else OVERALL

    def to_dict(self, framework: Framework) -> "DecisionDict":
        """Return the parts as plain data, ratings by their labels and by their ids."""
        scale = scale_of(framework, self.place)
        return {
            "from": framework.rating_on(scale, self.was).label,
            "from_id": self.was,
            "rating": framework.rating_on(scale, self.rating).label,
            "rating_id": self.rating,
            "reason": self.reason,
            "who": self.who,
            "date": self.date.isoformat(),
        }

    @property
    def by(self) -> str:
        """Who decided and when, in words: ``the ratings panel, 12 October 2025``."""
        return f"{self.who}, {say_date(self.date)}"


def scale_of(framework: Framework, place: Place) -> str:
    """Return the name of the scale that the rating of something is a step of."""
    level, name = place
    return RATINGS if level == "overall" else framework.scale_of(level, name)


def name_of(framework: Framework, place: Place) -> str:
    """Return how a sentence calls what is rated: ``P 1.1 Leadership``, a domain's title, ``Overall rating``."""
    level, name = place
    if level == "standards":
        standard = framework.standards_by_slug[name]
        return f"{standard.id} {standard.title}"
    if level == "domains":
        return next(domain.title for domain in framework.domains if domain.id == name)
    return "Overall rating"


@frozen
class StaleDecision:
    """A decision that is not applied, since another rating is computed than the one that it moved.

    Attributes:
        decision: what was decided.
        name: of what, in words.
        was: the rating that it moved.
        computed: what is computed (``None``: there is no rating).
    """

    decision: PanelDecision
    name: str
    was: Rating
    computed: Rating | None

    def __str__(self) -> str:
        computed = "no rating" if self.computed is None else self.computed.label
        return f"{self.name}: the panel moved {self.was.label}, and {computed} is computed by now"

    def to_dict(self) -> "StaleDict":
        """Return the parts as plain data."""
        level, name = self.decision.place
        computed = None if self.computed is None else self.computed.id
        return {"level": level, "id": name, "says": str(self), "computed_id": computed}
