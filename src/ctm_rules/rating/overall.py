"""The ratings of domains and of the whole, from the ratings below them, with the panel flags that hang on standards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from attrs import evolve

from ctm_rules.engines.base import Engine
from ctm_rules.model.bands import ranges_of, rules_by_value
from ctm_rules.model.conditions import FactValue, Level
from ctm_rules.model.framework import RATINGS, Domain, Framework, KeyQuestion, PlacedRule, Rating, Standard
from ctm_rules.model.rating_rules import FirstThatHolds, RatingRule, SumInBands, TakeRating
from ctm_rules.phrases import say_list
from ctm_rules.rating.decided import Decided
from ctm_rules.rating.order import RatingOrder
from ctm_rules.rating.results import DomainResult, PanelFlag, StandardResult
from ctm_rules.rating.rules import Member, RatingRules, Ruled, members_of, placed_value, sum_of_scores


class RatingsAbove:
    """Rates domains and the whole by the rules of a framework.

    Attributes:
        decided: what a ratings panel decided of them.
    """

    def __init__(self, framework: Framework, engine: Engine, facts: Mapping[str, FactValue], decided: Decided) -> None:
        self._facts = facts
        self._framework = framework
        self._engine = engine
        self.decided = decided

    def domain(self, domain: Domain, standards: Sequence[StandardResult]) -> DomainResult:
        """Return what the standards of a domain come to."""
        members = self.members(standards)
        rule = self._framework.rule_of_domain(domain)
        rate = None if rule is None else partial(self._rules(domain.scale).rate, rule)
        ruled = Ruled(None) if rate is None else rate(members)
        rating, decision = self.decided.on(("domains", domain.id), ruled.rating)
        panel: Iterable[PanelFlag] = ()
        if rule is not None and rate is not None and decision is None:
            panel = self._flags(rule, ruled, members, rate, domain.scale)
        return DomainResult(
            domain,
            self.score(standards, rule),
            self.out_of(standards, rule),
            rating,
            tuple(panel),
            because=ruled.because,
            drivers=ruled.drivers,
            not_rated=ruled.missing,
            value=ruled.value,
            decision=decision,
        )

    def members(self, standards: Sequence[StandardResult]) -> list[Member]:
        """Return those of some standards that are rated at all, as members of what lies above them."""
        return [_member(result) for result in standards if self._framework.is_rated(result.standard)]

    def _rules(self, scale: str) -> RatingRules:
        return RatingRules(self._framework, self._engine, scale, self._facts)

    def overall(self, standards: Sequence[StandardResult]) -> tuple[Ruled, tuple[PanelFlag, ...]]:
        """Return the overall rating that the ratings below it give, and its panel flags."""
        rule = self._framework.overall
        if rule is None:
            return Ruled(None), ()
        members = self.members(standards)
        ruled = self.overall_of(members)
        return ruled, tuple(self._flags(rule, ruled, members, self.overall_of, RATINGS))

    def overall_of(self, standards: Sequence[Member]) -> Ruled:
        """Return the overall rating that standards give, those of domains between them included."""
        rule = self._framework.overall
        return Ruled(None) if rule is None else self.rate_whole(rule, standards, self.domain_members(standards))

    def rate_domain(self, domain: Domain, standards: Sequence[Member]) -> Ruled:
        """Return what the rule of a domain gives for its standards (no rating where it is not rated)."""
        rule = self._framework.rule_of_domain(domain)
        return Ruled(None) if rule is None else self._rules(domain.scale).rate(rule, standards)

    def rate_whole(self, rule: RatingRule, standards: Sequence[Member], domains: Sequence[Member]) -> Ruled:
        """Return what the rule of the whole gives for standards and domains."""
        return self._rules(RATINGS).rate(rule, [*standards, *domains])

    def domain_members(self, standards: Sequence[Member]) -> list[Member]:
        """Return the domains that are rated, with what a panel decided of them, as members of the whole."""
        by_slug = {member.name: member for member in standards}
        domains: list[Member] = []
        for domain in self._framework.domains:
            declared = self._framework.rule_of_domain(domain)
            if declared is not None:
                below = [by_slug[slug] for slug in domain.standards if slug in by_slug]
                ruled = self._rules(domain.scale).rate(declared, below)
                rating, _ = self.decided.on(("domains", domain.id), ruled.rating)
                is_settled = rating is None and ruled.is_settled
                domains.append(Member("domains", domain.id, domain.title, rating, is_settled, domain.scale))
        return domains

    def score(self, standards: Sequence[StandardResult], rule: RatingRule | None) -> int | None:
        """Return what the scores of standards come to (``None``: one is not rated, or ratings carry no scores).

        Standards that are reported beside the total do not count, and where the rule leaves out what will never have a
        rating, neither do those.
        """
        counted = self._counted(standards, rule)
        ratings = [result.rating for result in counted if result.rating is not None]
        if len(ratings) < len(counted) or not self._framework.has_scores:
            return None
        return sum_of_scores(ratings)

    def out_of(self, standards: Sequence[StandardResult], rule: RatingRule | None) -> int | None:
        """Return the highest score that the standards that count could come to (``None``: there are no scores)."""
        return self._framework.score_out_of(tuple(result.standard for result in self._counted(standards, rule)))

    def _counted(self, standards: Sequence[StandardResult], rule: RatingRule | None) -> list[StandardResult]:
        leaves_out = rule is not None and rule.not_rated == "leave_out"
        is_rated = self._framework.is_rated
        return [
            result
            for result in standards
            if result.standard.in_total and is_rated(result.standard) and not (leaves_out and result.is_settled)
        ]

    # --- Panel flags -------------------------------------------------------------------------------

    def _flags(
        self,
        rule: RatingRule,
        ruled: Ruled,
        standards: Sequence[Member],
        rate: Callable[[Sequence[Member]], Ruled],
        scale: str,
    ) -> Iterator[PanelFlag]:
        """Yield why people should look at a rating again: one standard rated otherwise would change it."""
        # Where there is one standard, its rating and this one are the same thing.
        if ruled.rating is None or not self._framework.panel.one_standard_would_change_it or len(standards) < 2:
            return
        lies = self._lies(rule, ruled.rating, standards)
        for step, words in ((1, "lower"), (-1, "higher")):
            changing: dict[str, list[str]] = {}
            moved = 0
            for number, member in enumerate(standards):
                if member.rating is None:
                    continue
                order = RatingOrder(self._framework, member.scale)
                ratings, rank = order.ratings, order.rank(member.rating) + step
                if not 0 <= rank < len(ratings):
                    continue
                moved += 1
                other = evolve(member, rating=ratings[rank])
                instead = rate([*standards[:number], other, *standards[number + 1 :]]).rating
                if instead is not None and instead != ruled.rating:
                    changing.setdefault(instead.id, []).append(member.title)
            for instead_id, names in changing.items():
                which = "one standard" if len(names) == moved else say_list(names, "or")
                given = self._framework.rating_on(scale, instead_id)
                reason = f"{lies}{which} rated one step {words} would make it {given.label}"
                yield PanelFlag("one_standard", reason, given)

    @staticmethod
    def _lies(rule: RatingRule, rating: Rating, standards: Sequence[Member]) -> str:
        """Return where a sum of scores lies, as the beginning of a sentence (nothing where nothing is added up)."""
        if not isinstance(rule, SumInBands) or rule.value != "sum" or rule.weights or rule.of != "standards":
            return ""
        counted = members_of(rule.of, standards)
        score = sum_of_scores(member.rating for member in counted if member.rating is not None)
        is_limit = any(each.lowest == score > 0 and each.rating == rating.id for each in ranges_of(rule.bands))
        return (
            f"a score of {score} is the limit for {rating.label}, and " if is_limit else f"the score is {score}, and "
        )


def values_possible(framework: Framework, placed: PlacedRule, rule: SumInBands) -> list[Fraction]:
    """Return every value that a rule can place in its bands while all of its members are rated, ascending."""
    level = placed.level_of(rule.of)
    sums, members = {0}, []
    for name in placed.members(rule.of):
        scale = framework.scale_of(level, name)
        members.append((name, scale))
        scores = {(step.score or 0) * rule.weight_of(name) for step in _steps_possible(framework, level, name)}
        sums = {total + score for total in sums for score in scores}
    return sorted({placed_value(framework, rule, Fraction(total), members) for total in sums} if members else [])


def _steps_possible(framework: Framework, level: Level, name: str) -> Sequence[Rating]:
    if level == "standards":
        return ratings_possible(framework, framework.standards_by_slug[name])
    if level == "key_questions":
        return ratings_of_question(framework, name, framework.every_question[name])
    return framework.scale(framework.scale_of(level, name))


def ratings_of_question(framework: Framework, path: str, question: KeyQuestion) -> list[Rating]:
    """Return the ratings that a key question may have, best first: those of its scale, or those that are given."""
    scale, rule = framework.scale(question.scale), question.rating
    declared = framework.bands_of(path) or framework.points_of(path)
    if isinstance(rule, FirstThatHolds) and not rule.then:
        given = {line.rating for line in rule.first_that_holds}
    elif declared is not None:
        given = {band.rating for each in rules_by_value(declared).values() for band in each.bands}
    else:
        return [*scale]
    return [rating for rating in scale if rating.id in given]


def ratings_possible(framework: Framework, standard: Standard) -> list[Rating]:
    """Return the ratings that a standard may have, best first: those of its scale, or those that shares can give."""
    scale = framework.scale(standard.scale)
    rule = framework.rule_of_standard(standard)
    if standard.rated_by == "judgement" or not isinstance(rule, TakeRating) or rule.then:
        return [*scale]
    paths = framework.rated_questions(standard)
    questions = {path: framework.every_question[path] for path in paths}
    given = {rating for path, each in questions.items() for rating in ratings_of_question(framework, path, each)}
    return [rating for rating in scale if rating in given]


def _member(result: StandardResult) -> Member:
    title = f"{result.standard.id} {result.standard.title}"
    standard = result.standard
    return Member(
        "standards", standard.slug, title, result.rating, result.is_settled, standard.scale, standard.in_total
    )
