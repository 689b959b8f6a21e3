"""The ratings of domains and of the whole, from the ratings below them, with the panel flags that hang on standards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from attrs import evolve

from ctm_rules.engines.base import Engine
from ctm_rules.model.framework import Domain, Framework, Rating, Standard
from ctm_rules.model.rating_rules import RatingRule, SumInBands
from ctm_rules.phrases import say_list
from ctm_rules.rating.order import RatingOrder
from ctm_rules.rating.results import DomainResult, PanelFlag, StandardResult
from ctm_rules.rating.rules import Member, RatingRules, Ruled, sum_of_scores


class RatingsAbove:
    """Rates domains and the whole by the rules of a framework."""

    def __init__(self, framework: Framework, engine: Engine) -> None:
        self._framework = framework
        self._order = RatingOrder(framework)
        self._rules = RatingRules(framework, engine)

    def domain(self, domain: Domain, standards: Sequence[StandardResult]) -> DomainResult:
        """Return what the standards of a domain come to."""
        members = [_member(result) for result in standards]
        rule = self._framework.rule_of_domain(domain)
        ruled = Ruled(None) if rule is None else self._rules.rate(rule, members)
        panel = () if rule is None else self._flags(rule, ruled, members, partial(self._rules.rate, rule))
        return DomainResult(
            domain,
            self.score(standards),
            self._framework.score_out_of(tuple(result.standard for result in standards)),
            ruled.rating,
            tuple(panel),
            because=ruled.because,
            drivers=ruled.drivers,
            not_rated=ruled.missing,
        )

    def overall(self, standards: Sequence[StandardResult]) -> tuple[Ruled, tuple[PanelFlag, ...]]:
        """Return the overall rating and its panel flags."""
        rule = self._framework.overall
        if rule is None:
            return Ruled(None), ()
        members = [_member(result) for result in standards]
        rate = partial(self._overall, rule)
        ruled = rate(members)
        return ruled, tuple(self._flags(rule, ruled, members, rate))

    def _overall(self, rule: RatingRule, standards: Sequence[Member]) -> Ruled:
        """Return the overall rating that standards give, those of domains between them included."""
        by_slug = {member.name: member for member in standards}
        domains: list[Member] = []
        for domain in self._framework.domains:
            declared = self._framework.rule_of_domain(domain)
            if declared is not None:
                rating = self._rules.rate(declared, [by_slug[slug] for slug in domain.standards]).rating
                domains.append(Member("domains", domain.id, domain.title, rating))
        return self._rules.rate(rule, [*standards, *domains])

    def score(self, standards: Sequence[StandardResult]) -> int | None:
        """Return what the scores of standards come to (``None``: one is not rated, or ratings carry no scores)."""
        ratings = [result.rating for result in standards if result.rating is not None]
        if len(ratings) < len(standards) or not self._framework.has_scores:
            return None
        return sum_of_scores(ratings)

    # --- Panel flags -------------------------------------------------------------------------------

    def _flags(
        self,
        rule: RatingRule,
        ruled: Ruled,
        standards: Sequence[Member],
        rate: Callable[[Sequence[Member]], Ruled],
    ) -> Iterator[PanelFlag]:
        """Yield why people should look at a rating again: one standard rated otherwise would change it."""
        # Where there is one standard, its rating and this one are the same thing.
        if ruled.rating is None or not self._framework.panel.one_standard_would_change_it or len(standards) < 2:
            return
        lies = self._lies(rule, ruled.rating, standards)
        ratings = self._framework.ratings
        for step, words in ((1, "lower"), (-1, "higher")):
            changing: dict[str, list[str]] = {}
            moved = 0
            for number, member in enumerate(standards):
                rank = -1 if member.rating is None else self._order.rank(member.rating) + step
                if not 0 <= rank < len(ratings):
                    continue
                moved += 1
                other = evolve(member, rating=ratings[rank])
                instead = rate([*standards[:number], other, *standards[number + 1 :]]).rating
                if instead is not None and instead != ruled.rating:
                    changing.setdefault(instead.id, []).append(member.title)
            for instead_id, names in changing.items():
                which = "one standard" if len(names) == moved else say_list(names, "or")
                given = self._framework.ratings_by_id[instead_id]
                reason = f"{lies}{which} rated one step {words} would make it {given.label}"
                yield PanelFlag("one_standard", reason, given)

    @staticmethod
    def _lies(rule: RatingRule, rating: Rating, standards: Sequence[Member]) -> str:
        """Return where a sum of scores lies, as the beginning of a sentence (nothing where nothing is added up)."""
        if not isinstance(rule, SumInBands):
            return ""
        score = sum_of_scores(member.rating for member in standards if member.rating is not None)
        is_limit = any(band.lowest == score > 0 and band.rating == rating.id for band in rule.bands)
        return (
            f"a score of {score} is the limit for {rating.label}, and " if is_limit else f"the score is {score}, and "
        )


def possible_sums(framework: Framework, standards: Iterable[Standard]) -> list[int]:
    """Return every sum of scores that these standards can have together, ascending."""
    scale = framework.key_question_bands
    by_cases = {band.rating for band in scale.bands} if scale else set()
    sums = {0}
    for standard in standards:
        ratings = [rating for rating in framework.ratings if standard.rated_by == "judgement" or rating.id in by_cases]
        sums = {total + (rating.score or 0) for total in sums for rating in ratings}
    return sorted(sums)


def _member(result: StandardResult) -> Member:
    title = f"{result.standard.id} {result.standard.title}"
    return Member("standards", result.standard.slug, title, result.rating, result.is_settled)
