"""What a ratings panel decided, applied to what was computed; what no longer holds is kept apart and said."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from ctm_rules.model.framework import Framework, Rating
from ctm_rules.rating.decisions import OVERALL, PanelDecision, Place, StaleDecision, name_of, scale_of
from ctm_rules.rating.results import RatingResult, StandardResult


class Decided:
    """The decisions on one provider's ratings, asked for by what is rated."""

    def __init__(self, framework: Framework, decisions: Iterable[PanelDecision] = ()) -> None:
        self._framework = framework
        self._by_place = {decision.place: decision for decision in decisions}

    def on(self, place: Place, computed: Rating | None) -> tuple[Rating | None, PanelDecision | None]:
        """Return the rating that holds for what was computed, with the decision that made it (``None``: none did)."""
        decision = self._by_place.get(place)
        if decision is None or computed is None or decision.was != computed.id:
            return computed, None
        return self._framework.rating_on(scale_of(self._framework, place), decision.rating), decision

    def standard(self, result: StandardResult) -> StandardResult:
        """Return a standard with the rating that holds for it; what was computed stays beside it."""
        rating, decision = self.on(("standards", result.standard.slug), result.rating)
        return result if decision is None else evolve(result, rating=rating, decision=decision)

    def stale(self, result: RatingResult) -> tuple[StaleDecision, ...]:
        """Return the decisions that were not applied, as another rating was computed than the one that they moved."""
        found: dict[Place, tuple[Rating | None, PanelDecision | None]] = {
            OVERALL: (result.overall, result.overall_decision),
            **{("domains", each.domain.id): (each.rating, each.decision) for each in result.domains},
            **{("standards", each.standard.slug): (each.rating, each.decision) for each in result.standards},
        }
        return tuple(
            StaleDecision(
                decision,
                name_of(self._framework, place),
                self._framework.rating_on(scale_of(self._framework, place), decision.was),
                found[place][0],
            )
            for place, decision in self._by_place.items()
            if found[place][1] is None
        )
