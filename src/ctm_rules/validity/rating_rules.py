"""Rating rules that can be applied: whose ratings they look at is below them, and every form has what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from attrs import frozen

from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.model.conditions import (
    LEVELS,
    Condition,
    CountRated,
    FactTest,
    Level,
    PromptIsYes,
    RatedAs,
    RatingTest,
    walk,
)
from ctm_rules.model.framework import KeyQuestion
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    Members,
    RatingRule,
    RatingStep,
    SumInBands,
    TakeRating,
    conditions_of_rule,
)
from ctm_rules.phrases import one_or_many, say_list, say_number
from ctm_rules.validity.names import Names, unknown_name
from ctm_rules.validity.rules import check_counted_clauses, check_fact_test
from ctm_rules.yaml_files.converter import BAD_RATING_RULE


@frozen
class _Place:
    """Where a rating rule stands.

    Attributes:
        what: whose rating it makes, as a sentence calls it.
        at: where it is said on which scale that is rated.
        scale: the scale that the rating is a step of.
        below: the elements below that count, by level and name, each with its scale.
        beside: the standards below that count only where they are named, each with its scale.
        is_bare: whether there are standards below of which none has a rating that counts.
        is_whole: whether everything below could be read; what could not be may be what a rule names.
    """

    what: str
    at: Location
    scale: str
    below: Mapping[Level, Mapping[str, str]]
    beside: Mapping[str, str]
    is_bare: bool
    is_whole: bool = True

    def named(self, level: Level) -> Mapping[str, str]:
        """Return the elements of a level that a rule may name, each with its scale."""
        return {**self.below.get(level, {}), **(self.beside if level == "standards" else {})}

    def scales(self, of: Members) -> list[tuple[str, str]]:
        """Return the members that a rule looks at, each with its scale."""
        if isinstance(of, str):
            return [*self.below[of].items()]
        level = next(level for level in self.below if of[0] in self.named(level))
        return [(name, self.named(level)[name]) for name in of]

    def kinds(self) -> str:
        """Return the levels that a rule may look at here, in words."""
        return say_list([f"of: {level}" for level in self.below], "or")


def check_rating_rules(names: Names, findings: Findings) -> None:
    """Report rating rules that cannot be applied where they stand."""
    seen: set[int] = set()
    without_scores: set[str] = set()
    for place, rule in _rules(names):
        found = Findings()
        if _check(rule, place, names, found) and isinstance(rule, SumInBands):
            # A scale is one cause, however many sums there are over it.
            for name, scale in place.scales(rule.of):
                steps = names.framework.scale(scale)
                # Where some have one and others have not, that is said of the ratings.
                if scale not in without_scores and steps and all(step.score is None for step in steps):
                    without_scores.add(scale)
                    message = f'{place.what} is made from scores, and the ratings of "{name}" have no score'
                    hint = "give each rating its score, or write take: lowest"
                    findings.add(BAD_RATING_RULE, steps[0].at, message, hint=hint)
        # A default is the rule of many elements: what is wrong for the first of them is said once.
        if id(rule) not in seen:
            findings.extend(found)
        if found:
            seen.add(id(rule))


def check_lines_of_question(
    rule: FirstThatHolds, question: KeyQuestion, names: Names, findings: Findings
) -> tuple[Condition, ...]:
    """Report lines and steps that cannot rate a key question by its prompts; return their conditions."""
    name, at = f'the key question "{question.id}"', question.at.of("scale")
    place = _Place(name, at, question.scale, {}, {}, is_bare=False)
    _check_lines(rule, place, names, findings)
    for step in rule.then:
        _check_step(step, place, names, findings)
    if rule.not_rated != "refuse":
        message = f"{name} is rated by its prompts, below which nothing is rated"
        findings.add(BAD_RATING_RULE, rule.at.of("not_rated"), message, hint="delete not_rated")
    return conditions_of_rule(rule)


def _rules(names: Names) -> Iterator[tuple[_Place, RatingRule]]:
    """Yield every rating rule with the place where it applies."""
    framework = names.framework
    known = framework.standards_by_slug
    for placed in framework.placed_rules():
        below = {
            level: {name: framework.scale_of(level, name) for name in members if level != "standards" or name in known}
            for level, members in placed.below.items()
        }
        beside = {name: framework.scale_of("standards", name) for name in placed.beside if name in known}
        own_domain = [
            domain for domain in framework.domains if placed.level == "domain" and domain.id == placed.element
        ]
        slugs = [slug for each in own_domain for slug in each.standards] if own_domain else [*known]
        is_bare = not below.get("standards") and placed.level != "standard" and any(slug in known for slug in slugs)
        is_bare = is_bare and bool(framework.placed_bands)
        at = own_domain[0].at.of("scale") if own_domain else framework.at
        if placed.level == "standard":
            at = known[placed.element].at.of("scale")
        is_whole = not {"standards", "domains"} & names.incomplete
        yield _Place(placed.name, at, placed.scale, below, beside, is_bare, is_whole), placed.rule


def _check(rule: RatingRule, place: _Place, names: Names, findings: Findings) -> bool:
    """Report what is wrong with one rule; return whether those whose ratings it takes or adds up are there."""
    are_there = True
    match rule:
        case TakeRating():
            are_there = _check_members(rule.of, rule.at.of("of"), place, findings)
            if are_there:
                _check_one_scale(rule, place, findings)
        case SumInBands():
            are_there = _check_members(rule.of, rule.at.of("of"), place, findings)
            if are_there:
                _check_weights(rule, place, names, findings)
            _check_value(rule, place, findings)
        case FirstThatHolds():
            _check_lines(rule, place, names, findings)
        case never:
            assert_never(never)
    for step in rule.then:
        _check_step(step, place, names, findings)
    for condition in conditions_of_rule(rule):
        check_counted_clauses(condition, findings)
        for node in walk(condition):
            if isinstance(node, PromptIsYes):
                message = f'a condition about ratings looks at "{node.prompt}", which belongs to a case'
                hint = "write {standard: …, rated: …} or {at_least: {count: 1, of: standards, rated: …}}"
                findings.add(BAD_RATING_RULE, node.at, message, hint=hint)
            elif isinstance(node, FactTest):
                check_fact_test(node, names, findings, of_provider=True)
            elif isinstance(node, RatedAs | CountRated):
                _check_test(node, place, names, findings)
    return are_there


def _check_members(of: Members, at: Location, place: _Place, findings: Findings) -> bool:
    """Report whose ratings a rule looks at where they are not below it; return whether they are."""
    findings = findings if place.is_whole else Findings()
    if isinstance(of, str):
        if of not in place.below:
            message = f"{place.what} is rated from the ratings below it, and there are no rated {of} there"
            findings.add(BAD_RATING_RULE, at, message, hint=f"write {place.kinds()}")
            return False
        if place.is_bare and not place.below[of]:
            message = f"{place.what} is rated from the ratings below it, and none of the {of} there has one that counts"
            hint = "add bands to key_question_bands, let standards count in the total, or delete the rule"
            findings.add(BAD_RATING_RULE, at, message, hint=hint)
            return False
        return True
    levels = [level for level in place.below if of[0] in place.named(level)]
    known = place.named(levels[0]) if levels else {name for level in place.below for name in place.named(level)}
    for name in of:
        if name not in known:
            hint = nearest_name_hint(name, sorted(known)) or f"there is nothing below {place.what}"
            message = f'there is no "{name}" below {place.what}'
            message += f" among the {levels[0]}" if levels else ""
            findings.add(BAD_RATING_RULE, at, message, hint=hint)
        elif levels and any(name in place.named(level) for level in place.below if level != levels[0]):
            message = f'"{name}" is a standard and a domain, and nobody can tell whose rating is meant'
            hint = "give one of them another name, or write conditions: {standard: …} or {domain: …}"
            findings.add(BAD_RATING_RULE, at, message, hint=hint)
    return all(name in known for name in of)


def _check_one_scale(rule: TakeRating, place: _Place, findings: Findings) -> None:
    """Report that a rating is taken from a member that is rated on another scale than the element itself."""
    for name, scale in place.scales(rule.of):
        if scale != place.scale:
            message = (
                f'{place.what} takes the {rule.take} rating, which is a step of "{place.scale}", and "{name}" is rated '
                f'on "{scale}"'
            )
            hint = f"name those that are rated on {place.scale} (of: […]), or write first_that_holds with conditions"
            if "key_questions" in place.below:
                hint = "delete the scale, or give it a rating of its own: rating: {first_that_holds: […]}"
            # The rule that nobody wrote stands nowhere: what was written is the scale.
            at = rule.at.of("of") if rule.at.line or rule.at.path else place.at
            findings.add(BAD_RATING_RULE, at, message, hint=hint)
            return


def _check_weights(rule: SumInBands, place: _Place, names: Names, findings: Findings) -> None:
    counted = {name for name, _ in place.scales(rule.of)}
    # What holds for a whole level may give a weight to what lies below one of its elements alone.
    counted |= {
        name for placed in names.framework.placed_rules() if placed.rule is rule for name in placed.members(rule.of)
    }
    for name, weight in rule.weights.items():
        if name not in counted and not place.is_whole:
            continue  # it may be what could not be read
        if name not in counted:
            message = f'"{name}" has a weight, and {place.what} does not add up its score'
            hint = nearest_name_hint(name, sorted(counted)) or "delete it"
            findings.add(BAD_RATING_RULE, rule.at.of_key("weights", name), message, hint=hint)
        elif weight < 1:
            message = f'the weight of "{name}" is {weight}, and a score counts once or more'
            hint = "leave it out of the rule with of: […]"
            findings.add(BAD_RATING_RULE, rule.at.of("weights", name), message, hint=hint)


def _check_value(rule: SumInBands, place: _Place, findings: Findings) -> None:
    """Report settings of what is placed in bands that contradict one another."""
    if rule.value != "sum" and rule.out_of is not None:
        message = f"{place.what} is no sum, so that out_of says nothing of its bands"
        findings.add(BAD_RATING_RULE, rule.at.of("out_of"), message, hint="delete it")
    if rule.mean_of and rule.percent_of:
        message = f"{place.what} is made from a mean and from a per cent"
        findings.add(BAD_RATING_RULE, rule.at.of("percent_of"), message, hint="keep one of them")
    is_default = rule.to == 1 and rule.round == "half_up"
    if rule.decided_on == "rounded" and rule.value == "sum":
        message = f"{place.what} is a sum of whole scores, and there is nothing to round"
        findings.add(BAD_RATING_RULE, rule.at.of("decided_on"), message, hint="delete it")
    elif rule.decided_on == "exact" and not is_default and rule.to > 0:
        message = f"it is said how {place.what} is rounded, and it is placed in its bands as it is"
        at = rule.at.of("to" if rule.to != 1 else "round")
        findings.add(BAD_RATING_RULE, at, message, hint="add decided_on: rounded, or delete it")
    if rule.to <= 0:
        message = f"{place.what} is rounded to a multiple of {say_number(rule.to)}"
        findings.add(BAD_RATING_RULE, rule.at.of("to"), message, hint="write to: 1, or to: 0.1")


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
        names.note_rating(line.rating, [place.scale], line.at.of("rating"))


def _check_step(step: RatingStep, place: _Place, names: Names, findings: Findings) -> None:
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
            names.note_rating(rating, [place.scale], step.at.of(key))


def _check_test(test: RatingTest, place: _Place, names: Names, findings: Findings) -> None:
    if isinstance(test, CountRated):
        if not _check_members(test.of, test.at.of("of"), place, findings):
            return
        members = len(place.below[test.of]) if isinstance(test.of, str) else len(set(test.of))
        if test.count > members and place.is_whole:
            message = f"{test.count} are counted, and there {one_or_many(members, 'is', 'are')} {members}"
            hint = f"write a count of at most {members}"
            findings.add(BAD_RATING_RULE, test.at.of("count"), message, hint=hint)
        _check_compared(test, place.scales(test.of), names, findings)
        return
    level = LEVELS[test.level]
    if level not in place.below:
        message = f"{place.what} is rated from the ratings below it, and there are no rated {level} there"
        hint = f"look at {say_list([*place.below], 'or')}"
        (findings if place.is_whole else Findings()).add(BAD_RATING_RULE, test.at.of(test.level), message, hint=hint)
    elif test.element not in place.named(level):
        kind = test.level.replace("_", " ")
        unknown = unknown_name(test.at.of(test.level), kind, test.element, sorted(place.named(level)))
        findings.extend([unknown] if place.is_whole else [])
    else:
        _check_compared(test, [(test.element, place.named(level)[test.element])], names, findings)


def _check_compared(test: RatingTest, members: list[tuple[str, str]], names: Names, findings: Findings) -> None:
    """Report that the rating that members are compared with is no step of the scale of one of them."""
    steps_of = {scale: [step.id for step in names.framework.scale(scale)] for _, scale in members}
    without = [(name, scale) for name, scale in members if test.rating not in steps_of[scale]]
    at = test.at.of(test.comparison)
    if without and len(without) < len(members):
        name, scale = without[0]
        message = f'"{name}" is compared with "{test.rating}", which is no step of its scale, "{scale}"'
        hint = f"compare it by itself, with one of {', '.join(steps_of[scale])}"
        findings.add(BAD_RATING_RULE, at, message, hint=hint)
    else:
        names.note_rating(test.rating, [scale for _, scale in members], at)
