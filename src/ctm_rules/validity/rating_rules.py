"""Rating rules that can be applied: whose ratings they look at is below them, and every form has what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from attrs import frozen

from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.model.conditions import LEVELS, CountRated, FactTest, PromptIsYes, RatedAs, RatingTest, walk
from ctm_rules.model.framework import DomainRating
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    Members,
    RatingRule,
    RatingStep,
    SumInBands,
    TakeRating,
    conditions_of_rule,
)
from ctm_rules.phrases import one_or_many, say_list
from ctm_rules.validity.names import Names, unknown_name
from ctm_rules.yaml_files.converter import BAD_RATING_RULE


@frozen
class _Place:
    """Where a rating rule stands.

    Attributes:
        what: whose rating it makes, as a sentence calls it.
        below: the elements below, by level and name, each with its place.
    """

    what: str
    below: Mapping[str, Mapping[str, Location]]

    def kinds(self) -> str:
        """Return the levels that a rule may look at here, in words."""
        return say_list([f"of: {level}" for level in self.below], "or")


def check_rating_rules(names: Names, findings: Findings) -> None:
    """Report rating rules that cannot be applied where they stand."""
    seen: set[int] = set()
    for place, rule in _rules(names):
        found = Findings()
        _check(rule, place, names, found)
        # A default is the rule of many elements: what is wrong for the first of them is said once.
        if id(rule) not in seen:
            findings.extend(found)
        if found:
            seen.add(id(rule))


def _rules(names: Names) -> Iterator[tuple[_Place, RatingRule]]:
    """Yield every rating rule with the place where it applies."""
    framework = names.framework
    standards = {standard.slug: standard.at.of("slug") for standard in framework.standards}
    for standard in framework.standards:
        if standard.rated_by == "cases":
            questions = {f"{standard.slug}.{each.id}": each.at.of("id") for each in standard.key_questions}
            place = _Place(f'the standard "{standard.slug}"', {"key_questions": questions})
            yield place, framework.rule_of_standard(standard)
    for domain in framework.domains:
        own = {slug: standards[slug] for slug in domain.standards if slug in standards}
        declared = domain.rating if domain.rating is not None else framework.domain_rating
        if declared is not None and not isinstance(declared, DomainRating):
            yield _Place(f'the domain "{domain.id}"', {"standards": own}), declared
    if framework.overall is not None:
        below = {"standards": standards}
        of_all = framework.domain_rating is not None
        rated = [domain for domain in framework.domains if of_all or domain.rating is not None]
        if rated:
            below["domains"] = {domain.id: domain.at.of("id") for domain in rated}
        yield _Place("the overall rating", below), framework.overall


def _check(rule: RatingRule, place: _Place, names: Names, findings: Findings) -> None:
    match rule:
        case TakeRating():
            _check_members(rule.of, rule.at.of("of"), place, findings)
        case SumInBands():
            _check_members(rule.of, rule.at.of("of"), place, findings)
            _check_scores(place, names, findings)
        case FirstThatHolds():
            _check_lines(rule, place, names, findings)
        case never:
            assert_never(never)
    for step in rule.then:
        _check_step(step, names, findings)
    for condition in conditions_of_rule(rule):
        for node in walk(condition):
            if isinstance(node, PromptIsYes | FactTest):
                what = node.prompt if isinstance(node, PromptIsYes) else node.fact
                message = f'a condition about ratings looks at "{what}", which belongs to a case'
                hint = "write {standard: …, rated: …} or {at_least: {count: 1, of: standards, rated: …}}"
                findings.add(BAD_RATING_RULE, node.at, message, hint=hint)
            elif isinstance(node, RatedAs | CountRated):
                _check_test(node, place, names, findings)


def _check_members(of: Members, at: Location, place: _Place, findings: Findings) -> bool:
    """Report whose ratings a rule looks at where they are not below it; return whether they are."""
    if isinstance(of, str):
        if of not in place.below:
            message = f"{place.what} is rated from the ratings below it, and there are no rated {of} there"
            findings.add(BAD_RATING_RULE, at, message, hint=f"write {place.kinds()}")
            return False
        return True
    levels = [level for level, members in place.below.items() if of[0] in members]
    known = place.below[levels[0]] if levels else {name: at for each in place.below.values() for name in each}
    for name in of:
        if name not in known:
            hint = nearest_name_hint(name, list(known)) or f"there is nothing below {place.what}"
            message = f'there is no "{name}" below {place.what}'
            message += f" among the {levels[0]}" if levels else ""
            findings.add(BAD_RATING_RULE, at, message, hint=hint)
    return all(name in known for name in of)


def _check_scores(place: _Place, names: Names, findings: Findings) -> None:
    without = [rating for rating in names.framework.ratings if rating.score is None]
    # Where some have one and others have not, that is said of the ratings.
    if len(without) == len(names.framework.ratings) and "ratings" not in names.incomplete:
        message = f"{place.what} is a sum of scores, and the ratings have no score"
        findings.add(BAD_RATING_RULE, without[0].at, message, hint="give each rating its score, or write take: lowest")


def _check_lines(rule: FirstThatHolds, place: _Place, names: Names, findings: Findings) -> None:
    lines = rule.first_that_holds
    if not lines:
        hint = "write first_that_holds: [{rating: …, when: …}, {rating: …}]"
        findings.add(BAD_RATING_RULE, rule.at, f"{place.what} has no line that gives a rating", hint=hint)
    for number, line in enumerate(lines, 1):
        is_last = number == len(lines)
        if line.when is None and not is_last:
            message = f"line {number} of {place.what} has no condition, so that no line below it is ever asked"
            findings.add(BAD_RATING_RULE, line.at, message, hint="add when: …, or move the line to the end")
        if line.when is not None and is_last:
            message = f"the last line of {place.what} has a condition, so that nothing is given where it does not hold"
            findings.add(BAD_RATING_RULE, line.at, message, hint="add a line without when: for everything else")
        _note_rating(line.rating, line.at.of("rating"), names)


def _check_step(step: RatingStep, names: Names, findings: Findings) -> None:
    keys = ("better_by", "worse_by", "no_better_than", "no_worse_than")
    given = [key for key in keys if getattr(step, key) is not None]
    if len(given) != 1:
        message = f"a step says exactly one of {', '.join(keys)}" + (
            f", and this says {say_list(given)}" if given else ""
        )
        hint = "write each as a step of its own" if given else "write {no_better_than: …, when: …}"
        findings.add(BAD_RATING_RULE, step.at, message, hint=hint)
    for key in ("better_by", "worse_by"):
        number = getattr(step, key)
        if number is not None and number < 1:
            message = f"{key} is {number}, and a rating moves by 1 step or more"
            findings.add(BAD_RATING_RULE, step.at.of(key), message, hint=f"write {key}: 1")
    for key in ("no_better_than", "no_worse_than"):
        rating = getattr(step, key)
        if rating is not None:
            _note_rating(rating, step.at.of(key), names)


def _check_test(test: RatingTest, place: _Place, names: Names, findings: Findings) -> None:
    _note_rating(test.rating, test.at.of(test.comparison), names)
    if isinstance(test, CountRated):
        if not _check_members(test.of, test.at.of("of"), place, findings):
            return
        members = len(place.below[test.of]) if isinstance(test.of, str) else len(set(test.of))
        if test.count > members:
            message = f"{test.count} are counted, and there {one_or_many(members, 'is', 'are')} {members}"
            hint = f"write a count of at most {members}"
            findings.add(BAD_RATING_RULE, test.at.of("count"), message, hint=hint)
        return
    level = LEVELS[test.level]
    if level not in place.below:
        message = f"{place.what} is rated from the ratings below it, and there are no rated {level} there"
        findings.add(BAD_RATING_RULE, test.at.of(test.level), message, hint=f"look at {say_list([*place.below], 'or')}")
    elif test.element not in place.below[level]:
        kind = test.level.replace("_", " ")
        findings.extend([unknown_name(test.at.of(test.level), kind, test.element, list(place.below[level]))])


def _note_rating(rating: str, at: Location, names: Names) -> None:
    known = {each.id: each.at.of("id") for each in names.framework.ratings}
    names.note("rating", rating, known, at)
