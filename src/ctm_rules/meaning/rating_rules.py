"""What rating rules come to over all ratings there could be below: lines that never give their rating, idle steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement, product
from math import comb, prod

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.limits import MAX_RATING_COMBINATIONS
from ctm_rules.model.conditions import CountRated, RatedAs, walk
from ctm_rules.model.framework import DomainRating, Framework
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    RatingRule,
    SumInBands,
    TakeRating,
    conditions_of_rule,
)
from ctm_rules.model.rules_in_words import say_step
from ctm_rules.phrases import say_list
from ctm_rules.rating.rules import Member, RatingRules

RULE_NOT_DECIDED = Code(
    "rule-not-decided",
    "warning",
    what="A rating rule looks at so many ratings that not all their combinations were tried.",
    why="Lines that never hold, and steps that change nothing, may be among what was not tried.",
    bad="a rule that names each of twenty standards",
    good="the same rule with counts: {at_least: {count: 2, of: standards, rated: poor}}",
)


def check_rating_rules(framework: Framework, findings: Findings) -> None:
    """Add what is wrong with what the rating rules of a valid framework come to."""
    if not any(map(_is_more_than_taken, _declared(framework))):
        return
    reachable = _Reachable(framework)
    said: set[int] = set()
    for name, rule, below in reachable.rules():
        # A default is the rule of many elements; what is wrong with it is said of the first.
        if id(rule) in said or not _is_more_than_taken(rule):
            continue
        said.add(id(rule))
        tried = reachable.tried(rule, below)
        if tried is None:
            message = f"there are more than {MAX_RATING_COMBINATIONS:,} combinations of ratings below {name}"
            hint = "count ratings instead of naming each, if lines that never hold are to be found"
            findings.add(RULE_NOT_DECIDED, rule.at, message, hint=hint)
            continue
        _report(framework, name, rule, tried, findings)


def _declared(framework: Framework) -> Iterator[RatingRule]:
    """Yield every rating rule that is declared."""
    of_elements = [standard.rating for standard in framework.standards] + [each.rating for each in framework.domains]
    for rule in (framework.standard_rating, framework.domain_rating, framework.overall, *of_elements):
        if rule is not None and not isinstance(rule, DomainRating):
            yield rule


def _is_more_than_taken(rule: RatingRule) -> bool:
    """Return whether there is more to a rule than what check says of bands anyway."""
    return isinstance(rule, FirstThatHolds) or bool(rule.then)


@frozen
class _Tried:
    """What a rule gave for every combination of ratings below: ratings, lines that gave one, steps that moved one."""

    given: set[str] = field(factory=set)
    lines: set[int] = field(factory=set)
    steps: set[int] = field(factory=set)


LINE_NEVER_HOLDS = Code(
    "line-never-holds",
    "warning",
    what="A line of a rating rule never gives its rating, whatever the ratings below are.",
    why="The rule book would have a rating, or a way to it, that nobody can get.",
    bad="first_that_holds: [{rating: good, when: …}, {rating: poor, when: {the same again}}, {rating: fair}]",
    good="first_that_holds: [{rating: poor, when: …}, {rating: fair}]",
)
IDLE_STEP = Code(
    "idle-step",
    "warning",
    what="A step or a limit of a rating rule changes no rating, whatever the ratings below are.",
    why="It looks like a safeguard, and is none.",
    bad="{take: lowest, of: standards, then: [{no_better_than: good, when: {standard: safety, rated: poor}}]}",
    good="{take: highest, of: standards, then: [{no_better_than: good, when: {standard: safety, rated: poor}}]}",
)
RULE_NEVER_GIVES = Code(
    "rule-never-gives",
    "warning",
    what="A rating rule gives one of the ratings never, whatever the ratings below are.",
    why="A line may have been lost, or a limit may be stricter than was meant.",
    bad="first_that_holds: [{rating: poor, when: …}, {rating: good}]      # on a scale of good, fair and poor",
    good="first_that_holds: [{rating: poor, when: …}, {rating: fair, when: …}, {rating: good}]",
)


def _report(framework: Framework, name: str, rule: RatingRule, tried: _Tried, findings: Findings) -> None:
    lines = rule.first_that_holds if isinstance(rule, FirstThatHolds) else ()
    for number, line in enumerate(lines):
        if number not in tried.lines:
            message = f'the line of {name} that gives "{line.rating}" never does: another line always comes first'
            if line.when is not None:
                message = f'the line of {name} that gives "{line.rating}" never does'
            hint = "correct its condition, move it above the lines that take its place, or delete it"
            findings.add(LINE_NEVER_HOLDS, line.at, message, hint=hint)
    for number, step in enumerate(rule.then):
        if number not in tried.steps:
            message = f"this step of {name} changes no rating: {say_step(step, framework)}"
            findings.add(IDLE_STEP, step.at, message, hint="correct it, or delete it")
    never = [rating.id for rating in framework.ratings if rating.id not in tried.given]
    if never and not (isinstance(rule, FirstThatHolds) and len(lines) > len(tried.lines)):
        message = f"{name} is never {say_list(never, 'or')}"
        findings.add(RULE_NEVER_GIVES, rule.at, message, hint="add what gives it, or leave it if that is meant")


class _Reachable:
    """Which ratings each element of a framework can have."""

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self._rules = RatingRules(framework, ReferenceEngine(framework))
        self._by_id = framework.ratings_by_id
        self._standards: dict[str, tuple[str, ...]] = {}

    def rules(self) -> Iterator[tuple[str, RatingRule, Mapping[Member, tuple[str, ...]]]]:
        """Yield each rule with whose it is, in words, and the ratings that each member below it can have."""
        framework = self._framework
        every = tuple(framework.ratings_by_id)
        declared = framework.key_question_bands
        of_shares = tuple(dict.fromkeys(band.rating for band in declared.bands)) if declared else ()
        for standard in framework.standards:
            self._standards[standard.slug] = every
            if standard.rated_by == "cases":
                paths = [f"{standard.slug}.{question.id}" for question in standard.key_questions]
                below = {Member("key_questions", path, path, None): of_shares for path in paths}
                rule = framework.rule_of_standard(standard)
                yield f'the standard "{standard.slug}"', rule, below
                self._standards[standard.slug] = self._given(rule, below, of_shares)
        domains: dict[Member, tuple[str, ...]] = {}
        for domain in framework.domains:
            of_domain = framework.rule_of_domain(domain)
            if of_domain is not None:
                below = {Member("standards", slug, slug, None): self._standards[slug] for slug in domain.standards}
                if not isinstance(framework.domain_rating, DomainRating) or domain.rating is not None:
                    yield f'the domain "{domain.id}"', of_domain, below
                domains[Member("domains", domain.id, domain.title, None)] = self._given(of_domain, below, every)
        if framework.overall is not None:
            of_standards = {Member("standards", slug, slug, None): given for slug, given in self._standards.items()}
            # Where a rule looks at both, domains count as if they hung on nothing: what is said to be never, is never.
            yield "the overall rating", framework.overall, {**of_standards, **domains}

    def _given(
        self, rule: RatingRule, below: Mapping[Member, tuple[str, ...]], otherwise: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Return the ratings that a rule can give, best first; where that is not known, all that it may give."""
        tried = self.tried(rule, below)
        if tried is None:
            return otherwise
        return tuple(rating.id for rating in self._framework.ratings if rating.id in tried.given)

    def tried(self, rule: RatingRule, below: Mapping[Member, tuple[str, ...]]) -> _Tried | None:
        """Return what a rule gives for every combination of ratings below (``None``: there are too many)."""
        groups = self._interchangeable(rule, below)
        sizes = [comb(len(members) + len(ratings) - 1, len(members)) for members, ratings in groups]
        if prod(sizes) > MAX_RATING_COMBINATIONS:
            return None
        tried = _Tried()
        choices = [combinations_with_replacement(ratings, len(members)) for members, ratings in groups]
        names = [member for members, _ in groups for member in members]
        for chosen in product(*choices):
            ratings = [self._by_id[rating] for part in chosen for rating in part]
            members = [evolve(member, rating=rating) for member, rating in zip(names, ratings, strict=True)]
            self._try(rule, members, tried)
        return tried

    def _interchangeable(
        self, rule: RatingRule, below: Mapping[Member, tuple[str, ...]]
    ) -> list[tuple[list[Member], tuple[str, ...]]]:
        """Return the members that a rule looks at in groups in which it makes no difference which has which rating."""
        tests = [node for condition in conditions_of_rule(rule) for node in walk(condition)]
        named = {test.element for test in tests if isinstance(test, RatedAs)}
        sets = [test.of for test in tests if isinstance(test, CountRated)]
        if isinstance(rule, TakeRating | SumInBands):
            sets.append(rule.of)
        groups: dict[tuple[object, ...], tuple[list[Member], tuple[str, ...]]] = {}
        for member, ratings in below.items():
            within = tuple(member.level == of if isinstance(of, str) else member.name in of for of in sets)
            if member.name in named or any(within):
                alone = member.name if member.name in named else ""
                group = groups.setdefault((member.level, alone, within, ratings), ([], ratings))
                group[0].append(member)
        return list(groups.values())

    def _try(self, rule: RatingRule, members: Sequence[Member], tried: _Tried) -> None:
        plain = evolve(rule, then=())
        ruled = self._rules.rate(plain, members)
        rating = ruled.rating
        if rating is None:
            return
        tried.lines.update(reason.number for reason in ruled.because)  # without steps, a line alone gives a rating
        for number in range(len(rule.then)):
            moved = self._rules.step(rule, number, rating, members)
            if moved != rating:
                tried.steps.add(number)
            rating = moved
        tried.given.add(rating.id)
