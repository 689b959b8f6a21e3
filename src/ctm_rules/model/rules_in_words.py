"""Decision rules and conditions in plain English, for explanations, differences and the documentation."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import assert_never

from ctm_rules.model.bands import Banded, ChosenBands, choosing_fact
from ctm_rules.model.conditions import (
    LEVELS,
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Compound,
    Condition,
    CountRated,
    FactTest,
    FactValue,
    Level,
    Not,
    PromptIsYes,
    RatedAs,
    RatingComparison,
)
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import RATINGS, Fact, Framework, KeyQuestion, PointsInBands, Prompt
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    Members,
    RatingRule,
    RatingStep,
    Rounding,
    SumInBands,
    TakeRating,
)
from ctm_rules.phrases import one_or_many, say_count, say_date, say_list, say_name, say_number

WHERE_IT_APPLIES = " (where it applies)"


def say(condition: Condition, framework: Framework, question: KeyQuestion | None = None) -> str:
    """Return a condition as a phrase that reads on from "when": ``“motivation” is yes``.

    Facts go by their titles, prompts by their ids with spaces for underscores; with ``question`` a prompt that
    is not asked of every case is marked "(where it applies)". Brackets stand wherever a reader could take the
    parts of the rule together in two ways, so two rules that differ in meaning never read alike.
    """
    return _Speaker(framework, question).phrase(condition)


def say_head(condition: Compound) -> str:
    """Return the line above the clauses of a rule that is shown as a list: ``at least 2 of these``."""
    match condition:
        case AllOf():
            return "all of these"
        case AnyOf() | AtLeast(1):
            return "at least one of these"
        case AtLeast(count):
            return f"at least {count} of these (all that apply, where fewer apply)"
        case AtLeastPercent(percent):
            return f"at least {percent} per cent of these that apply"
        case Not():
            return "not this"
        case never:
            assert_never(never)


def say_value(fact: Fact | None, value: FactValue) -> str:
    """Return a fact's value as people say it: its label, ``yes``, ``8``, ``3.25 hours`` or ``23 December 2024``."""
    if isinstance(value, datetime.date):
        return say_date(value)
    written = written_value(value)
    if fact is None:
        return written
    return f"{written} {fact.unit}" if fact.unit else fact.values.get(written, written)


def say_rating_rule(rule: RatingRule, framework: Framework, scale: str = RATINGS) -> tuple[str, ...]:
    """Return how a rating rule makes a rating on a scale, one phrase for each part of it, in order."""
    match rule:
        case TakeRating(take, of):
            said = [f"the {take} rating among {say_members(of, framework)}"]
        case SumInBands(of=of):
            said = [_VALUES[rule.value].format(of=say_members(of, framework)) + _say_weights(rule, framework)]
            if rule.value != "sum" and rule.decided_on == "rounded":
                said.append(f"it is rounded {_ROUNDED[rule.round]} to a multiple of {say_number(rule.to)}")
            said += say_choice(rule, framework)
        case FirstThatHolds(lines):
            labels = [framework.rating_on(scale, line.rating).label for line in lines]
            said = [
                f"{label} where {say(line.when, framework)}" if line.when is not None else f"{label} otherwise"
                for label, line in zip(labels, lines, strict=True)
            ]
        case never:
            assert_never(never)
    return (*said, *(f"then {say_step(step, framework, scale=scale)}" for step in rule.then))


def say_points(question: KeyQuestion, framework: Framework) -> tuple[str, ...]:
    """Return how a key question that has points makes a number of answers, and a rating of numbers, in order."""
    points, rated = question.points, question.rating
    if points is None or not isinstance(rated, PointsInBands):
        return ()
    said = [_POINTS[points.value]]
    of = _NUMBERS_OF[question.asked_of][rated.value]
    said.append(f"{of} falls in a band" if rated.is_rating else f"{of} is shown, and nothing is rated by it")
    said += say_choice(rated, framework)
    if rated.decided_on == "rounded":
        said.append(f"it is rounded {_ROUNDED[rated.round]} to a multiple of {say_number(rated.to)}")
    if question.asked_of == "cases":
        said.append(_UNDETERMINED[rated.undetermined])
    if rated.minimum_cases > 1:
        said.append(f"at least {say_count(rated.minimum_cases, 'case')} must have a number")
    return tuple(said)


_POINTS = {
    "sum": "the scores of the answers are added up",
    "mean": "the number is the mean of the scores of the answers",
    "percent": "the number is the sum of the scores in per cent of the highest that it could have been",
}
_NUMBERS_OF = {
    "cases": {
        "sum": "the sum of the numbers of all cases",
        "mean": "the mean of the numbers of all cases",
        "percent": "the sum of the numbers of all cases, in per cent of what they could have reached,",
    },
    "provider": {
        "sum": "this number",
        "mean": "this number",
        "percent": "this number, in per cent of what it could have been,",
    },
}
_UNDETERMINED = {
    "refuse": "where a case lacks an answer, there is no rating",
    "exclude": "cases that lack an answer are left out",
}


def say_answers(prompt: Prompt, framework: Framework) -> str:
    """Return what a prompt with points may be answered, with the scores: ``Good 2, Weak 0; it counts twice``."""
    scores = framework.scores_of(prompt)
    answers = {
        word: word if prompt.answers is None else framework.rating_on(prompt.answers, word).label for word in scores
    }
    said = ", ".join(f"{answers[word]} {score}" for word, score in scores.items())
    times = {1: "", 2: "; it counts twice"}.get(prompt.weight, f"; it counts {prompt.weight} times")
    return f"{said}{times}"


_VALUES = {
    "sum": "the scores of {of} are added up, and the sum falls in a band",
    "mean": "the mean of the scores of {of} falls in a band",
    "percent": "the scores of {of}, in per cent of the highest that there could be, fall in a band",
}
_ROUNDED: dict[Rounding, str] = {
    "half_up": "(halves up)",
    "half_even": "(halves to the even one)",
    "down": "down",
    "up": "up",
}


def say_choice(rule: Banded, framework: Framework) -> list[str]:
    """Return which bands of a rule hold, in words, where a fact of the provider chooses them (else nothing)."""
    if rule.chosen is not None:
        return [f"the bands are those where {say_chosen(rule.chosen, framework)}"]
    fact = choosing_fact(rule)
    return [] if fact is None else [f"which bands these are is said by {_say_fact(fact, framework)}"]


def say_chosen(chosen: ChosenBands, framework: Framework) -> str:
    """Return for which value of which fact some bands hold: ``“State” is Alabama``."""
    fact = framework.every_fact.get(chosen.fact)
    return f"{_say_fact(chosen.fact, framework)} is {say_value(fact, chosen.value)}"


def _say_fact(fact: str, framework: Framework) -> str:
    known = framework.every_fact.get(fact)
    return say_name(fact) if known is None else f"“{known.title}”"


def _say_weights(rule: SumInBands, framework: Framework) -> str:
    speaker = _Speaker(framework, None)
    said = [f"{speaker.element(name)} counts {weight} times" for name, weight in rule.weights.items()]
    return f" ({say_list(said)})" if said else ""


def say_step(step: RatingStep, framework: Framework, word: str = "where", scale: str = RATINGS) -> str:
    """Return what a step of a rating rule does: ``one step better where “Staffing” is rated Good``."""
    labels = {rating.id: rating.label for rating in framework.scale(scale)}
    said = [
        *([f"{_say_steps(step.better_by)} better"] if step.better_by else []),
        *([f"{_say_steps(step.worse_by)} worse"] if step.worse_by else []),
        *([f"no better than {labels[step.no_better_than]}"] if step.no_better_than else []),
        *([f"no worse than {labels[step.no_worse_than]}"] if step.no_worse_than else []),
    ]
    return " ".join([", ".join(said), *([f"{word} {say(step.when, framework)}"] if step.when is not None else [])])


def _say_steps(number: int) -> str:
    return f"{_NUMBERS.get(number, str(number))} {one_or_many(number, 'step')}"


def say_members(of: Members, framework: Framework) -> str:
    """Return whose ratings a rule looks at: ``the standards``, ``“Safe” and “Caring”``."""
    speaker = _Speaker(framework, None)
    return f"the {of.replace('_', ' ')}" if isinstance(of, str) else say_list([speaker.element(name) for name in of])


class _Speaker:
    def __init__(self, framework: Framework, question: KeyQuestion | None) -> None:
        self._framework = framework
        self._conditional = {
            prompt.id for prompt in (question.prompts if question else ()) if prompt.applies_when is not None
        }

    def phrase(self, condition: Condition) -> str:
        match condition:
            case PromptIsYes():
                return f"{self._prompt(condition)} is yes"
            case FactTest():
                return self._fact_test(condition)
            case RatedAs(level, element, comparison, rating):
                said = self._rating(comparison, rating, LEVELS[level], [element])
                return f"{self._element(level, element)} is rated {said}"
            case CountRated(count, of, comparison, rating):
                which = say_members(of, self._framework)
                are = one_or_many(count, "is", "are")
                number = _NUMBERS.get(count, str(count))
                said = self._rating(comparison, rating, None if isinstance(of, str) else "standards", of)
                return f"at least {number} of {which} {are} rated {said}"
            case Not(PromptIsYes() as prompt):
                return f"{self._prompt(prompt)} is no"
            case Not(clause):
                return f"it is not so that {self._part(clause)}"
            case AllOf(of):
                return self._all(of)
            case AnyOf(of):
                return self._count(1, of)
            case AtLeast(count, of):
                return self._all(of) if count >= len(of) else self._count(count, of)
            case AtLeastPercent(percent, of):
                return self._percent(percent, of)
            case never:
                assert_never(never)

    def _part(self, condition: Condition) -> str:
        """Return the phrase for a clause of a larger rule, in brackets unless it is plain where it ends."""
        while isinstance(condition, AllOf | AnyOf | AtLeast | AtLeastPercent) and len(condition.of) == 1:
            condition = condition.of[0]
        match condition:
            case PromptIsYes() | Not(PromptIsYes()):
                is_plain = True
            case FactTest(values=values):
                is_plain = len(values) == 1
            case RatedAs() | CountRated():
                is_plain = True
            case AnyOf(of):
                is_plain = bool(_prompts_only(of))
            case AtLeast(count, of):
                is_plain = bool(_prompts_only(of)) and count < len(of)
            case AtLeastPercent(of=of):
                is_plain = bool(_prompts_only(of))
            case AllOf() | Not():
                is_plain = False
            case never:
                assert_never(never)
        return self.phrase(condition) if is_plain else f"({self.phrase(condition)})"

    def _all(self, clauses: tuple[Condition, ...]) -> str:
        if len(clauses) == 1:
            return self.phrase(clauses[0])
        prompts = [self._prompt(clause) for clause in clauses if isinstance(clause, PromptIsYes)]
        others = [self._part(clause) for clause in clauses if not isinstance(clause, PromptIsYes)]
        if len(prompts) > 1:
            others.insert(0, f"{say_list(prompts)} are yes")
        elif prompts:
            others.insert(0, f"{prompts[0]} is yes")
        return "; ".join(others[:-1]) + f", and {others[-1]}" if len(others) > 1 else others[0]

    def _count(self, count: int, clauses: tuple[Condition, ...]) -> str:
        if len(clauses) == 1:
            return self.phrase(clauses[0])
        of = f"at least {_NUMBERS.get(count, str(count))} of "
        if prompts := _prompts_only(clauses):
            are = one_or_many(count, "is", "are")
            return f"{of}{say_list([self._prompt(prompt) for prompt in prompts])} {are} yes"
        parts = [self._part(clause) for clause in clauses]
        return f"either {say_list(parts, 'or')}" if count == 1 else f"{of}these hold: {'; '.join(parts)}"

    def _percent(self, percent: int, clauses: tuple[Condition, ...]) -> str:
        if len(clauses) == 1:
            return self.phrase(clauses[0])
        of = f"at least {percent} per cent of those that apply of "
        if prompts := _prompts_only(clauses):
            return f"{of}{say_list([self._prompt(prompt) for prompt in prompts])} are yes"
        return f"{of}these hold: {'; '.join(self._part(clause) for clause in clauses)}"

    def _element(self, level: str, element: str) -> str:
        """Return the title of an element that is rated, or its name where it is not there."""
        titles: dict[str, str] = {}
        if level == "standard":
            titles = {standard.slug: standard.title for standard in self._framework.standards}
        elif level == "domain":
            titles = {domain.id: domain.title for domain in self._framework.domains}
        return f"“{titles[element]}”" if element in titles else say_name(element)

    def element(self, element: str) -> str:
        """Return the title of a standard or a domain by its name."""
        level = "domain" if any(domain.id == element for domain in self._framework.domains) else "standard"
        return self._element(level, element)

    def _rating(
        self, comparison: RatingComparison, rating: str, level: Level | None, elements: Sequence[str] | str
    ) -> str:
        """Return a rating that others are compared with, by its label on the scale of the first that has it."""
        framework = self._framework
        names = () if level is None or isinstance(elements, str) else elements
        scales = [
            framework.scale(each.scale) for each in framework.standards if level == "standards" and each.slug in names
        ]
        scales += [framework.scale(each.scale) for each in framework.domains if each.id in names]
        labels = [
            step.label for steps in (*scales, *framework.every_scale.values()) for step in steps if step.id == rating
        ]
        return f"{labels[0] if labels else rating}{_COMPARED[comparison]}"

    def _prompt(self, prompt: PromptIsYes) -> str:
        return say_name(prompt.prompt) + (WHERE_IT_APPLIES if prompt.prompt in self._conditional else "")

    def _fact_test(self, test: FactTest) -> str:
        fact = self._framework.every_fact.get(test.fact)
        title = f"“{fact.title}”" if fact is not None else say_name(test.fact)
        values = [say_value(fact, value) for value in test.values]
        is_date = fact is not None and fact.type == "date"
        is_whole = fact is not None and fact.type == "whole_number"
        is_number = is_whole or (fact is not None and fact.type == "number")
        match test.comparison:
            case "is" | "one_of":
                return f"{title} is {say_list(values, 'or')}"
            case "is_not":
                return f"{title} is not {values[0]}"
            case "at_least":
                ending = "or later" if is_date else "or more" if is_number else "or higher"
            case "at_most":
                ending = "or earlier" if is_date else "or fewer" if is_whole else "or less" if is_number else "or lower"
        return f"{title} is {values[0]} {ending}"


def _prompts_only(clauses: tuple[Condition, ...]) -> list[PromptIsYes]:
    """Return the clauses where every one of them is a prompt, else nothing."""
    prompts = [clause for clause in clauses if isinstance(clause, PromptIsYes)]
    return prompts if len(prompts) == len(clauses) else []


_COMPARED: dict[RatingComparison, str] = {"rated": "", "rated_or_better": " or better", "rated_or_worse": " or worse"}
_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
