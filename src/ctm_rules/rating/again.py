"""The same provider rated over and over, each time with other counts: the ratings alone.

What resampling asks for a thousand times. Reasons, drivers, intervals and panel flags are left out, since they take
most of the time of a rating. What was decided once is remembered: a share's rating hangs on its counts alone, and every
rating above on the ratings below it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from attrs import evolve, frozen

from ctm_rules.engines import Engine
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.framework import Framework, Rating
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.decided import Decided
from ctm_rules.rating.overall import RatingsAbove
from ctm_rules.rating.rate import Scale
from ctm_rules.rating.results import KeyQuestionResult, StandardResult

_Below = tuple[Hashable, ...]
"""What a rating hangs on."""


@frozen
class RatingsAlone:
    """Ratings with nothing beside them; ``None``: there is none.

    Attributes:
        overall: the overall rating.
        domains: by id, those that are rated by a rule.
        standards: by slug.
        key_questions: by address.
    """

    overall: Rating | None
    domains: Mapping[str, Rating | None]
    standards: Mapping[str, Rating | None]
    key_questions: Mapping[str, Rating | None]


class RatedAgain:
    """Rates one provider by counts, as :func:`ctm_rules.rating.rate.rate_checked` does, with no decision of a panel.

    Args:
        framework: what to rate by.
        engine: decides bands and conditions.
        judged: recorded ratings, by the slug of the standard or the address of the key question.
        provider: what is known about who is inspected.
        answers: what was answered once, of who is inspected.
    """

    def __init__(
        self,
        framework: Framework,
        engine: Engine,
        judged: Mapping[str, str],
        provider: Mapping[str, FactValue],
        answers: Mapping[str, AnyAnswer],
    ) -> None:
        framework = framework.for_provider(provider)
        self._framework = framework
        self._scale = Scale(framework, engine, None, provider, answers)
        self._above = RatingsAbove(framework, engine, provider, Decided(framework))
        self._with_no_case = [self._scale.standard(standard, {}, judged) for standard in framework.standards]
        self._rules = {standard.slug: framework.rule_of_standard(standard) for standard in framework.standards}
        self._standards: dict[_Below, StandardResult] = {}
        self._above_standards: dict[_Below, tuple[Rating | None, Mapping[str, Rating | None]]] = {}

    def question(self, path: str, counts: Counts) -> KeyQuestionResult:
        """Return what the counts of cases give for the key question at an address."""
        return self._scale.questions.by_counts(path, self._framework.key_questions[path], counts)

    def rate(self, questions: Mapping[str, KeyQuestionResult]) -> RatingsAlone:
        """Return the ratings that key questions asked of cases give, with those that are not asked of cases.

        Args:
            questions: by address, what :meth:`question` gave for each.
        """
        found: dict[str, Rating | None] = {}
        standards = []
        for with_no_case in self._with_no_case:
            results = [questions.get(result.path, result) for result in with_no_case.key_questions]
            for result in results:
                found[result.path] = result.rating
            standards.append(self._standard(with_no_case, results))
        below = tuple(map(_standing, standards))
        if below not in self._above_standards:
            members = self._above.members(standards)
            domains = {domain.name: domain.rating for domain in self._above.domain_members(members)}
            self._above_standards[below] = self._above.overall_of(members).rating, domains
        overall, domains_rated = self._above_standards[below]
        return RatingsAlone(overall, domains_rated, {each.standard.slug: each.rating for each in standards}, found)

    def _standard(self, with_no_case: StandardResult, results: Sequence[KeyQuestionResult]) -> StandardResult:
        standard = with_no_case.standard
        rule = self._rules[standard.slug]
        if rule is None or not results:
            return with_no_case
        below = (standard.slug, *map(_standing, results))
        if below not in self._standards:
            given = self._scale.rules_of(standard).rate(rule, self._scale.members(results))
            is_settled = given.rating is None and given.is_settled
            self._standards[below] = evolve(with_no_case, rating=given.rating, is_settled=is_settled)
        return self._standards[below]


def _standing(result: KeyQuestionResult | StandardResult) -> tuple[str | None, bool]:
    return None if result.rating is None else result.rating.id, result.is_settled
