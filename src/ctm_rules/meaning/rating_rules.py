"""What rating rules come to over all ratings there could be below: lines that never give their rating, idle steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement, product
from math import comb, prod

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.engines.decision_diagrams import values_of_fact
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.limits import MAX_RATING_COMBINATIONS
from ctm_rules.model.bands import rule_for
from ctm_rules.model.conditions import CountRated, FactTest, FactValue, Level, RatedAs, walk
from ctm_rules.model.framework import Framework, PlacedRule
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    RatingRule,
    SumInBands,
    TakeRating,
    conditions_of_rule,
)
from ctm_rules.model.rules_in_words import say_step
from ctm_rules.phrases import say_list
from ctm_rules.rating.overall import ratings_of_question
from ctm_rules.rating.rules import Member, RatingRules, members_of

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
    if not any(_is_more_than_taken(placed.rule) for placed in framework.placed_rules()):
        return
    reachable = _Reachable(framework)
    said: set[int] = set()
    for placed, below in reachable.rules():
        # A default is the rule of many elements; what is wrong with it is said of the first.
        if id(placed.rule) in said or not _is_more_than_taken(placed.rule):
            continue
        said.add(id(placed.rule))
        tried = reachable.tried(placed, below)
        if tried is None:
            message = f"there are more than {MAX_RATING_COMBINATIONS:,} combinations of ratings below {placed.name}"
            hint = "count ratings instead of naming each, if lines that never hold are to be found"
            findings.add(RULE_NOT_DECIDED, placed.rule.at, message, hint=hint)
            continue
        _report(framework, placed, tried, findings)


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


def _report(framework: Framework, placed: PlacedRule, tried: _Tried, findings: Findings) -> None:
    name, rule = placed.name, placed.rule
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
            message = f"this step of {name} changes no rating: {say_step(step, framework, scale=placed.scale)}"
            findings.add(IDLE_STEP, step.at, message, hint="correct it, or delete it")
    never = [rating.id for rating in framework.scale(placed.scale) if rating.id not in tried.given]
    if never and not (isinstance(rule, FirstThatHolds) and len(lines) > len(tried.lines)):
        message = f"{name} is never {say_list(never, 'or')}"
        findings.add(RULE_NEVER_GIVES, rule.at, message, hint="add what gives it, or leave it if that is meant")


_Below = Mapping[Member, tuple[str, ...]]
"""The members below an element that is rated, and the ratings that each can have."""


class _Reachable:
    """Which ratings each element of a framework can have."""

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self._engine = ReferenceEngine(framework)
        self._given: dict[tuple[Level, str], tuple[str, ...]] = {}

    def rules(self) -> Iterator[tuple[PlacedRule, _Below]]:
        """Yield each rule with the ratings that each member below it can have; domains whose bands are checked, not."""
        framework = self._framework
        for standard in framework.standards:
            self._given["standards", standard.slug] = self._ids(standard.scale)
        for placed in framework.placed_rules():
            below: dict[Member, tuple[str, ...]] = {}
            for level, names in placed.below.items():
                for name in (*names, *(placed.beside if level == "standards" else ())):
                    scale, in_total = framework.scale_of(level, name), name in names
                    member = Member(level, name, name, None, scale=scale, in_total=in_total)
                    below[member] = self._of_question(name) if level == "key_questions" else self._given[level, name]
            # Where a rule looks at both, domains count as if they hung on nothing: what is said to be never, is never.
            yield placed, below
            if placed.level != "overall":
                own: Level = "standards" if placed.level == "standard" else "domains"
                self._given[own, placed.element] = self._possible(placed, below)

    def _of_question(self, path: str) -> tuple[str, ...]:
        question = self._framework.every_question[path]
        return tuple(rating.id for rating in ratings_of_question(self._framework, path, question))

    def _ids(self, scale: str) -> tuple[str, ...]:
        return tuple(step.id for step in self._framework.scale(scale))

    def _possible(self, placed: PlacedRule, below: _Below) -> tuple[str, ...]:
        """Return the ratings that a rule can give, best first; where that is not known, all that it may give."""
        tried = self.tried(placed, below)
        every = self._ids(placed.scale)
        return every if tried is None else tuple(rating for rating in every if rating in tried.given)

    def tried(self, placed: PlacedRule, below: _Below) -> _Tried | None:
        """Return what a rule gives for every combination of ratings below (``None``: there are too many)."""
        groups = self._interchangeable(placed.rule, below)
        sizes = [comb(len(members) + len(ratings) - 1, len(members)) for members, ratings in groups]
        facts = self._facts(placed.rule)
        if prod([*sizes, *map(len, facts.values())]) > MAX_RATING_COMBINATIONS:
            return None
        tried = _Tried()
        choices = [combinations_with_replacement(ratings, len(members)) for members, ratings in groups]
        names = [member for members, _ in groups for member in members]
        known = [dict(zip(facts, values, strict=True)) for values in product(*facts.values())]
        rules = [
            (RatingRules(self._framework, self._engine, placed.scale, given), _for(placed.rule, given))
            for given in known
        ]
        rating_on = self._framework.rating_on
        for chosen in product(*choices):
            ratings = [rating for part in chosen for rating in part]
            members = [
                evolve(member, rating=rating_on(member.scale, rating))
                for member, rating in zip(names, ratings, strict=True)
            ]
            for each, rule in rules:
                _try(each, rule, members, tried)
        return tried

    def _facts(self, rule: RatingRule) -> dict[str, tuple[FactValue, ...]]:
        """Return the facts of the provider that a rule looks at, each with values that stand for all there are."""
        tests = [node for condition in conditions_of_rule(rule) for node in walk(condition)]
        compared: dict[str, set[FactValue]] = {}
        for test in tests:
            if isinstance(test, FactTest):
                compared.setdefault(test.fact, set()).update(test.values)
        declared = self._framework.provider_facts_by_id
        found = {fact: values_of_fact(declared[fact], values) for fact, values in compared.items()}
        for fact in rule.bands_by if isinstance(rule, SumInBands) else ():
            found[fact] = values_of_fact(declared[fact], set())
        return found

    @staticmethod
    def _interchangeable(rule: RatingRule, below: _Below) -> list[tuple[list[Member], tuple[str, ...]]]:
        """Return the members that a rule looks at in groups in which it makes no difference which has which rating."""
        tests = [node for condition in conditions_of_rule(rule) for node in walk(condition)]
        named = {test.element for test in tests if isinstance(test, RatedAs)}
        named |= set(rule.weights) if isinstance(rule, SumInBands) else set()
        sets = [test.of for test in tests if isinstance(test, CountRated)]
        if isinstance(rule, TakeRating | SumInBands):
            sets.append(rule.of)
        groups: dict[tuple[object, ...], tuple[list[Member], tuple[str, ...]]] = {}
        for member, ratings in below.items():
            within = tuple([*members_of(of, [member])] == [member] for of in sets)
            if member.name in named or any(within):
                alone = member.name if member.name in named else ""
                group = groups.setdefault((member.level, alone, within, member.scale, ratings), ([], ratings))
                group[0].append(member)
        return list(groups.values())


def _for(rule: RatingRule, facts: Mapping[str, FactValue]) -> RatingRule:
    """Return a rule with the bands that some facts choose."""
    return rule_for(rule, facts) if isinstance(rule, SumInBands) else rule


def _try(rules: RatingRules, rule: RatingRule, members: Sequence[Member], tried: _Tried) -> None:
    ruled = rules.rate(evolve(rule, then=()), members)
    rating = ruled.rating
    if rating is None:
        return
    tried.lines.update(
        reason.number for reason in ruled.because if reason.part == "line"
    )  # without steps, a line alone gives a rating
    for number in range(len(rule.then)):
        moved = rules.step(rule, number, rating, members)
        if moved != rating:
            tried.steps.add(number)
        rating = moved
    tried.given.add(rating.id)
