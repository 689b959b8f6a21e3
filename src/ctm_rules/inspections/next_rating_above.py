"""The way of a domain and of the whole to a better rating: each single member that would give it, rated better."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Literal, TypedDict

from attrs import evolve, frozen

from ctm_rules.diagnostics.findings import require, require_each
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.inspections.next_rating import BEST, NextRating, next_ratings
from ctm_rules.model.framework import RATINGS, Rating
from ctm_rules.phrases import say_count, say_rating
from ctm_rules.rating.decided import Decided
from ctm_rules.rating.order import RatingOrder
from ctm_rules.rating.overall import RatingsAbove, ratings_possible
from ctm_rules.rating.results import label_of
from ctm_rules.rating.rules import Member, Ruled


class MemberChangeDict(TypedDict):
    """A standard or a domain that, rated better, alone gives a better rating above it."""

    level: Literal["standard", "domain"]
    id: str
    title: str
    rating: str
    rating_then: str
    gives: str
    distance: str


class NextRatingAboveDict(TypedDict):
    """What separates a domain, or the whole, from a better rating: what :meth:`NextRatingAbove.to_dict` returns."""

    level: Literal["domain", "overall"]
    id: str
    title: str
    rating: str | None
    next: str | None
    changes: list[MemberChangeDict]
    why_not: str


@frozen
class MemberChange:
    """A standard or a domain that, rated better, alone gives a better rating above it.

    Attributes:
        level: what it is.
        name: its slug or id.
        title: how people call it.
        rating: its rating now, with what a panel decided.
        then: the nearest better rating by which it gives one above.
        gives: the rating above that it gives.
        distance: how much must be otherwise for it, in words, where that is its own next rating (else empty).
    """

    level: Literal["standard", "domain"]
    name: str
    title: str
    rating: Rating
    then: Rating
    gives: Rating
    distance: str = ""

    def to_dict(self) -> MemberChangeDict:
        """Return the parts as plain data."""
        return {
            "level": self.level,
            "id": self.name,
            "title": self.title,
            "rating": self.rating.label,
            "rating_then": self.then.label,
            "gives": self.gives.label,
            "distance": self.distance,
        }


@frozen(repr=False)
class NextRatingAbove:
    """What separates a domain, or the whole, from a better rating.

    Attributes:
        level: whose rating it is.
        name: the id of the domain (empty for the whole).
        title: how people call it.
        rating: the rating that what lies below gives it now, whatever a panel decided of it.
        next: the nearest better rating that a single change gives (``None``: none does, and ``why_not`` says why).
        changes: each single change that gives it or a better one, in declared order.
        why_not: why no single change gives a better rating.
    """

    level: Literal["domain", "overall"]
    name: str
    title: str
    rating: Rating | None
    next: Rating | None = None
    changes: tuple[MemberChange, ...] = ()
    why_not: str = ""

    def __repr__(self) -> str:
        way = self.why_not or f"{say_rating(self.next)}, by {say_count(len(self.changes), 'single change')}"
        return f"<NextRatingAbove {self.title}: {way}>"

    def to_dict(self) -> NextRatingAboveDict:
        """Return the parts as plain data."""
        return {
            "level": self.level,
            "id": self.name,
            "title": self.title,
            "rating": label_of(self.rating),
            "next": label_of(self.next),
            "changes": [change.to_dict() for change in self.changes],
            "why_not": self.why_not,
        }


def next_ratings_above(
    result: InspectionResult, ways: Sequence[NextRating] | None = None
) -> tuple[NextRatingAbove, ...]:
    """Return for each domain that is rated, and for the whole, every single change below that gives a better rating.

    A change is one standard, or one domain, with a better rating than now; all others stay as they are. Where only
    several changes together give a better rating, this says so and names none of them.

    Args:
        result: the rated inspection.
        ways: what :func:`next_ratings` returns for it, where that is known already.

    >>> from ctm_rules import load_inspection, rate_inspection
    >>> result = rate_inspection(load_inspection("examples/ctm/inspection.yaml"))
    >>> arrangements, delivery, overall = next_ratings_above(result)
    >>> arrangements.next.label, [change.name for change in arrangements.changes]
    ('Good', ['leadership', 'staffing', 'services'])
    >>> overall.why_not
    'no standard or domain alone, however much better, gives a better rating'
    """
    require("result", result, InspectionResult, hint="what an inspection came to: rate_inspection(…)")
    if ways is not None:
        ways = require_each("ways", ways, NextRating, hint="what next_ratings(…) gave")
    return tuple(_Finder(result, next_ratings(result) if ways is None else ways).found())


class _Finder:
    def __init__(self, result: InspectionResult, ways: Sequence[NextRating]) -> None:
        self._rating = result.rating
        self._framework = framework = result.rating.framework
        self._ways = {way.standard.slug: way for way in ways}
        # What was decided of a domain holds as long as what is computed of it stays.
        decisions = result.inspection.declared.decisions
        decided = Decided(framework, [each for each in decisions if each.domain is not None])
        self._above = RatingsAbove(framework, ReferenceEngine(framework), result.inspection.provider_facts, decided)

    def found(self) -> Iterator[NextRatingAbove]:
        """Yield the way of each domain that is rated, then that of the whole."""
        framework, above = self._framework, self._above
        standards = above.members(self._rating.standards)
        for domain in framework.domains:
            if framework.rule_of_domain(domain) is not None:
                below = [member for member in standards if member.name in domain.standards]
                way = NextRatingAbove("domain", domain.id, domain.title, None)
                yield self._way(way, domain.scale, below, partial(above.rate_domain, domain))
        rule = framework.overall
        if rule is not None:
            domains = above.domain_members(standards)

            def rate(members: Sequence[Member]) -> Ruled:
                """Rate the whole by standards and domains; a domain hangs on its standards unless it was changed."""
                own, between = members[: len(standards)], members[len(standards) :]
                return above.rate_whole(rule, own, above.domain_members(own) if between == domains else between)

            way = NextRatingAbove("overall", "", "Overall", None)
            yield self._way(way, RATINGS, [*standards, *domains], rate)

    def _way(
        self, way: NextRatingAbove, scale: str, members: Sequence[Member], rate: Callable[[Sequence[Member]], Ruled]
    ) -> NextRatingAbove:
        now = rate(members)
        if now.rating is None:
            return evolve(way, why_not=now.missing)
        rank = RatingOrder(self._framework, scale).rank
        if rank(now.rating) == 0:
            return evolve(way, rating=now.rating, why_not=BEST)
        changes = []
        for number, member in enumerate(members):
            change = self._change(member, partial(_rated_with, rate, members, number), now.rating, rank)
            if change is not None:
                changes.append(change)
        if not changes:
            what = "standard or domain" if any(member.level == "domains" for member in members) else "standard"
            why = f"no {what} alone, however much better, gives a better rating"
            return evolve(way, rating=now.rating, why_not=why)
        nearest = max((change.gives for change in changes), key=rank)
        return evolve(way, rating=now.rating, next=nearest, changes=tuple(changes))

    def _change(
        self, member: Member, rate: Callable[[Member], Ruled], now: Rating, rank: Callable[[Rating], int]
    ) -> MemberChange | None:
        """Return the least that a member must be better for a better rating above (``None``: that gives none)."""
        if member.rating is None:
            return None
        level: Literal["standard", "domain"] = "standard" if member.level == "standards" else "domain"
        better = self._better(member, member.rating)
        for then in better:
            gives = rate(evolve(member, rating=then)).rating
            if gives is not None and rank(gives) < rank(now):
                way = self._ways.get(member.name) if level == "standard" else None
                distance = way.distance if way is not None and (way.rating, way.next) == (member.rating, then) else ""
                return MemberChange(level, member.name, member.title, member.rating, then, gives, distance)
        return None

    def _better(self, member: Member, rating: Rating) -> Iterator[Rating]:
        """Yield the better ratings that a member may have, the nearest first."""
        steps = self._framework.scale(member.scale)
        possible: Sequence[Rating] = steps
        if member.level == "standards":
            possible = ratings_possible(self._framework, self._framework.standards_by_slug[member.name])
        yield from reversed([step for step in steps[: steps.index(rating)] if step in possible])


def _rated_with(
    rate: Callable[[Sequence[Member]], Ruled], members: Sequence[Member], place: int, other: Member
) -> Ruled:
    """Return what members give with another one in the place of one of them."""
    return rate([*members[:place], other, *members[place + 1 :]])
