"""The durable engine: durable_rules (forward chaining) decides every clause, question and band from small numbers.

Python counts and passes on; rules decide. For a clause it counts the clauses below it that are met, not met and
unknown. A fact becomes its place among the values that it is compared with anywhere in the framework, and a share or
score its place among the bounds of the bands, so that comparisons are exact whatever the size. The numbers in the
rules (a count, a place) come from the declaration.

Importing this module where durable_rules is not installed raises ImportError; ``make_engine`` asks first.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import assert_never

from attrs import evolve

from ctm_rules.engines.base import AnswerPattern, Drawn, FactPattern, PatternEngine, QuestionPlan
from ctm_rules.engines.durable_ruleset import Rule, Ruleset, RulesetError, Test
from ctm_rules.engines.standings import NOT_RATED, Standing, Standings
from ctm_rules.limits import MAX_REMEMBERED_PATTERNS, MAX_REMEMBERED_RULESETS
from ctm_rules.model.answers import Answer
from ctm_rules.model.bands import Band, ranges_of
from ctm_rules.model.conditions import (
    LEVELS,
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Condition,
    CountRated,
    FactTest,
    FactValue,
    Not,
    PromptIsYes,
    RatedAs,
    RatingComparison,
    about_cases,
    about_ratings,
    facts_in,
    prompts_in,
    walk,
)
from ctm_rules.model.framework import Fact, Framework, Group, Measure, Prompt, Sample
from ctm_rules.model.framework_conditions import conditions_of, provider_conditions
from ctm_rules.model.outcomes import OUTCOME_OF, Outcome, QuestionOutcome, Truth

# --- The rules -----------------------------------------------------------------------------------
#
# In every ruleset exactly one rule fires, and its name starts with the word for the result that it gives.

_MET, _NOT_MET, _UNKNOWN, _DROPS_OUT = "met", "not met", "unknown", "drops out"
_TRUTH_OF = {_MET: Truth.TRUE, _NOT_MET: Truth.FALSE, _UNKNOWN: Truth.UNKNOWN, _DROPS_OUT: Truth.DROPPED}
_ANSWERED = {Answer.YES: Truth.TRUE, Answer.NO: Truth.FALSE, Answer.NA: Truth.DROPPED, None: Truth.UNKNOWN}
_CODE_OF = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2, Truth.DROPPED: 3}
_FALSE, _NOT_KNOWN, _TRUE, _DROPPED = range(4)


def _none(*names: str) -> tuple[Test, ...]:
    return tuple((name, "is", 0) for name in names)


def _some(name: str) -> Test:
    return (name, "at_least", 1)


# One sort of clause at a time: `true`, `false` and `unknown` count the clauses directly below.
_ALL = Ruleset(
    [
        ("not met, a clause is not met", (_some("false"),)),
        ("unknown, a clause is unknown", (*_none("false"), _some("unknown"))),
        ("met, every clause that applies is met", (*_none("false", "unknown"), _some("true"))),
        ("drops out, no clause applies", _none("false", "unknown", "true")),
    ]
)
_NOT = Ruleset(
    [
        ("not met, the clause is met", (_some("true"),)),
        ("met, the clause is not met", (_some("false"),)),
        ("unknown, the clause is unknown", (_some("unknown"),)),
        ("drops out, the clause does not apply", _none("true", "false", "unknown")),
    ]
)


@lru_cache(maxsize=MAX_REMEMBERED_RULESETS)
def _at_least(count: int) -> Ruleset:
    """Return the rules of ``at_least``; ``possible`` counts the clauses that are met or unknown."""
    too_few: Test = ("true", "at_most", count - 1)
    return Ruleset(
        [
            (f"met, {count} or more are met", (("true", "at_least", count),)),
            ("met, every clause that applies is met", (*_none("false", "unknown"), _some("true"), too_few)),
            (f"not met, {count} cannot be met", (_some("false"), ("possible", "at_most", count - 1))),
            (f"unknown, {count} can still be met", (too_few, _some("false"), ("possible", "at_least", count))),
            ("unknown, fewer apply and some are unknown", (too_few, *_none("false"), _some("unknown"))),
            ("drops out, no clause applies", _none("true", "false", "unknown")),
        ]
    )


_SHARE = Ruleset(
    [
        ("drops out, no clause applies", (("apply", "is", 0),)),
        ("met, enough per cent are met", (("apply", "at_least", 1), ("short", "is", 0))),
        ("not met, too few per cent can be met", (("apply", "at_least", 1), ("short_at_best", "at_least", 1))),
        (
            "unknown, enough per cent can still be met",
            (("apply", "at_least", 1), ("short", "at_least", 1), ("short_at_best", "is", 0)),
        ),
    ]
)


def _share(percent: int, true: int, false: int, unknown: int) -> dict[str, int]:
    """Return what a share is decided from: how many clauses apply, and how many are short of enough of them."""
    apply = true + false + unknown
    needed = -(-percent * apply // 100)
    return {"apply": apply, "short": max(0, needed - true), "short_at_best": max(0, needed - true - unknown)}


@lru_cache(maxsize=MAX_REMEMBERED_RULESETS)
def _so_many(count: int) -> Ruleset:
    """Return the rules of a count of ratings, which is absolute: it shrinks to nothing less."""
    return Ruleset(
        [
            (f"met, {count} or more are met", (("true", "at_least", count),)),
            (f"not met, {count} cannot be met", (("possible", "at_most", count - 1),)),
            (f"unknown, {count} can still be met", (("true", "at_most", count - 1), ("possible", "at_least", count))),
        ]
    )


# What is decided only where it applies: a prompt by its answer, a key question by its rule.
_WHERE_IT_APPLIES = Ruleset(
    [
        ("drops out, it does not apply", (("applies", "is", _FALSE),)),
        ("drops out, nothing in it applies", (("applies", "at_least", _NOT_KNOWN), ("result", "is", _DROPPED))),
        (
            "unknown, facts are missing to tell whether it applies",
            (("applies", "is", _NOT_KNOWN), ("result", "at_most", _TRUE)),
        ),
        ("met, it applies", (("applies", "is", _TRUE), ("result", "is", _TRUE))),
        ("not met, it applies", (("applies", "is", _TRUE), ("result", "is", _FALSE))),
        ("unknown, answers or facts are missing", (("applies", "is", _TRUE), ("result", "is", _NOT_KNOWN))),
    ]
)
# A key question that has points: `counted` and `unknown` count its prompts.
_POINTS = Ruleset(
    [
        ("drops out, no prompt applies", _none("counted", "unknown")),
        ("unknown, a prompt that applies has no answer", (_some("unknown"),)),
        ("met, every prompt that applies has its score", (*_none("unknown"), _some("counted"))),
    ]
)
_POINTS_OUTCOME = {**OUTCOME_OF, Truth.TRUE: Outcome.SCORED}
# What is asked of a sample: `drawn` is whether the case is of it, `result` is what its question comes to if it is.
_NOT_ASKED = "not asked"
_IS_DRAWN: Test = ("drawn", "is", _TRUE)
_WHERE_DRAWN = Ruleset(
    [
        (f"{_NOT_ASKED}, the case is of another sample", (("drawn", "is", _FALSE),)),
        ("unknown, facts are missing to tell which sample it is of", (("drawn", "is", _NOT_KNOWN),)),
        ("met, the case is of the sample", (_IS_DRAWN, ("result", "is", _TRUE))),
        ("not met, the case is of the sample", (_IS_DRAWN, ("result", "is", _FALSE))),
        ("unknown, the case is of the sample", (_IS_DRAWN, ("result", "is", _NOT_KNOWN))),
        ("drops out, the case is of the sample", (_IS_DRAWN, ("result", "is", _DROPPED))),
    ]
)
_TRUTH_OF_OUTCOME = {outcome: truth for truth, outcome in OUTCOME_OF.items()} | {Outcome.SCORED: Truth.TRUE}
# A rule over prompts and facts: `answered` and `unknown` count its prompts, `result` is that of its tree.
_PROMPTS_ANSWER = Ruleset(
    [
        ("drops out, no prompt applies", _none("answered", "unknown")),
        ("unknown, no prompt that applies is answered", (*_none("answered"), _some("unknown"))),
        ("met, prompts are answered", (_some("answered"), ("result", "is", _TRUE))),
        ("not met, prompts are answered", (_some("answered"), ("result", "is", _FALSE))),
        ("unknown, prompts are answered", (_some("answered"), ("result", "is", _NOT_KNOWN))),
    ]
)
# Whether a variant is the case's: `result` is that of its `when`, `unknown` counts the unknown ones before it.
_VARIANT = Ruleset(
    [
        ("not met, the case is not one of these", (("result", "is", _FALSE),)),
        ("met, the first that holds", (("result", "is", _TRUE), *_none("unknown"))),
        ("unknown, an earlier variant may hold", (("result", "is", _TRUE), _some("unknown"))),
        ("unknown, facts are missing", (("result", "is", _NOT_KNOWN),)),
    ]
)
# Which rule a question uses: `true` and `unknown` count the variants, among those that it has a rule for.
_OWN_RULE = Ruleset(
    [
        ("unknown, facts are missing to tell which rule to use", (_some("unknown"),)),
        ("met, the variant's rule is used", (*_none("unknown"), _some("true"))),
        ("not met, the question's rule is used", _none("unknown", "true")),
    ]
)


# --- Places among bounds -------------------------------------------------------------------------
#
# A number of any size crosses as its place among the bounds that it is compared with.

Scale = tuple[tuple[int, str], ...]
"""The place from which each result holds, lowest first: ``((0, "not met"), (3, "met"))``."""

_RULES_AT_ONCE = 16


def _place_among(bounds: Sequence[int | Fraction], value: int | Fraction) -> int:
    """Return 2 i + 1 where the value equals bound i, else twice the number of bounds below it."""
    return bisect_left(bounds, value) + bisect_right(bounds, value)


def _result_at(place: int, scale: Scale) -> str:
    """Return the name of the rule that fires for a place."""
    # A long scale is several rulesets, each for the places from its first result up to the next one's.
    group = bisect_right(scale[::_RULES_AT_ONCE], place, key=itemgetter(0)) - 1
    first = max(group, 0) * _RULES_AT_ONCE
    return _fired(_stretch(scale[first : first + _RULES_AT_ONCE + 1]), place=place)


@lru_cache(maxsize=MAX_REMEMBERED_RULESETS)
def _stretch(scale: Scale) -> Ruleset:
    """Return the rules for a stretch of a scale; one result too many only says where the last one ends."""
    rules: list[Rule] = []
    for (first, name), (following, _) in pairwise(scale):
        rules.append((name, (("place", "at_least", first), ("place", "at_most", following - 1))))
    if len(scale) <= _RULES_AT_ONCE:
        first, name = scale[-1]
        rules.append((name, (("place", "at_least", first),)))
    return Ruleset(rules)


def _scale_of_test(test: FactTest, places: Sequence[int]) -> Scale:
    """Return where a fact test holds, from the places of the values that it compares with (a missing fact is at 0)."""
    first = places[0]
    if test.comparison == "at_least":
        starts = {1: _NOT_MET, first: _MET}
    elif test.comparison == "at_most":
        starts = {1: _MET, first + 1: _NOT_MET}
    else:
        inside, outside = (_NOT_MET, _MET) if test.comparison == "is_not" else (_MET, _NOT_MET)
        starts = {1: outside}
        for place in sorted(places):
            starts |= {place: inside, place + 1: outside}
    return ((0, "unknown, the fact is missing"), *sorted(starts.items()))


@lru_cache(maxsize=MAX_REMEMBERED_RULESETS)
def _scale_of_bands(bands: tuple[Band, ...]) -> tuple[tuple[Fraction, ...], Scale]:
    """Return the limits between the bands, lowest first, and the rating from each of their places."""
    ascending = tuple(reversed(ranges_of(bands)))
    bounds = tuple(sorted({each.lowest for each in ascending}))
    scale = tuple((2 * bounds.index(each.lowest) + (2 if each.limit[1] else 1), each.rating) for each in ascending)
    return bounds, scale


def _fired(ruleset: Ruleset, **numbers: int) -> str:
    """Return the name of the one rule that fires."""
    fired = ruleset.fire(numbers)
    if len(fired) != 1:
        raise RulesetError(f"one rule must fire for {numbers}, and these did: {fired}")
    return fired[0]


# --- The engine ----------------------------------------------------------------------------------


class DurableEngine(PatternEngine):
    """Decides by rules in durable_rules and names the rules that fired, lowest clauses first.

    A name tells where and what: ``assessment.safety/yes_when/all: met, every clause that applies is met``. Clauses
    below another are numbered from 0 in declared order: ``assessment.safety/yes_when/all/1/any``.

    Raises:
        ImportError: durable_rules is not installed here.
    """

    name = "durable"

    def __init__(self, framework: Framework) -> None:
        super().__init__(framework)
        bounds: dict[str, set[int | Fraction]] = {}
        for element, condition in conditions_of(framework):
            for test in walk(condition):
                # Key questions depend on no measure and on no group, so neither adds a place.
                if isinstance(test, FactTest) and not isinstance(element, Measure | Group):
                    numbers = (_number(framework.every_fact[test.fact], value) for value in test.values)
                    bounds.setdefault(test.fact, set()).update(numbers)
        for condition in provider_conditions(framework):
            for test in walk(condition):
                if isinstance(test, FactTest):
                    numbers = (_number(framework.every_fact[test.fact], value) for value in test.values)
                    bounds.setdefault(test.fact, set()).update(numbers)
        self._bounds = {fact: sorted(numbers) for fact, numbers in bounds.items()}
        self._prompts_beside_facts: dict[str, tuple[str, ...]] = {}
        self._fired: dict[tuple[Ruleset, tuple[int, ...]], str] = {}

    def fired(self, ruleset: Ruleset, numbers: Mapping[str, int]) -> str:
        """Return the name of the one rule that fires; most clauses of most cases come to numbers that others had."""
        # A ruleset is asked in one place, which names its numbers in one order.
        key = ruleset, tuple(numbers.values())
        name = self._fired.get(key)
        if name is None:
            if len(self._fired) >= MAX_REMEMBERED_PATTERNS:
                self._fired.clear()
            name = self._fired[key] = _fired(ruleset, **numbers)
        return name

    def _decide(self, plan: QuestionPlan, answers: AnswerPattern, facts: FactPattern) -> QuestionOutcome:
        return _Decision(self, plan, answers, facts).outcome()

    def _draw(self, plan: QuestionPlan, facts: FactPattern) -> Drawn:
        assert plan.sample is not None
        return _Decision(self, plan, {}, facts).drawn(plan.sample)

    def _where_drawn(self, drawn: Drawn, decided: QuestionOutcome | None) -> QuestionOutcome:
        result = _DROPPED if decided is None else _CODE_OF[_TRUTH_OF_OUTCOME[decided.outcome]]
        name = _fired(_WHERE_DRAWN, drawn=_CODE_OF[drawn.truth], result=result)
        before, variant = ((), None) if decided is None else (decided.fired, decided.variant)
        fired = (*drawn.fired, *before, sys.intern(f"{drawn.path}: {name}"))
        if decided is not None and decided.outcome is Outcome.SCORED and _truth(name) is Truth.TRUE:
            return evolve(decided, fired=fired)
        outcome = Outcome.NOT_ASKED if name.startswith(_NOT_ASKED) else OUTCOME_OF[_truth(name)]
        return QuestionOutcome(outcome, outcome, variant=variant, fired=fired)

    def place(self, fact: str, value: FactValue) -> int:
        """Return the place of a fact's value, from 1, among the values that any rule compares it with."""
        return 1 + _place_among(self._bounds[fact], _number(self.framework.every_fact[fact], value))

    def prompts_beside_facts(self, rule: Condition, path: str) -> tuple[str, ...]:
        """Return the prompts that a decision rule reads, none where it reads no facts as well."""
        if path not in self._prompts_beside_facts:
            self._prompts_beside_facts[path] = prompts_in(rule) if facts_in(rule) else ()
        return self._prompts_beside_facts[path]

    def rating(self, bands: tuple[Band, ...], value: Fraction) -> str:
        bounds, scale = _scale_of_bands(bands)
        return _result_at(_place_among(bounds, value), scale)

    def holds(self, condition: Condition, standings: Standings) -> Truth:
        match condition:
            case RatedAs(level, element, comparison, rating):
                member = standings.of[LEVELS[level]][element]
                return _standing_passes(member.standing, comparison, member.ranks[rating])
            case CountRated(count, of, comparison, rating):
                compared = standings.compared(of, rating)
                below = [_standing_passes(standing, comparison, bound) for standing, bound in compared]
                rules = _so_many(count)
            case AllOf(of):
                below, rules = [self.holds(clause, standings) for clause in of], _ALL
            case AnyOf(of):
                below, rules = [self.holds(clause, standings) for clause in of], _at_least(1)
            case AtLeast(count, of):
                below, rules = [self.holds(clause, standings) for clause in of], _so_many(count)
            case AtLeastPercent(percent, of):
                below = [self.holds(clause, standings) for clause in of]
                true, false, unknown = map(below.count, (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
                return _truth(_fired(_SHARE, **_share(percent, true, false, unknown)))
            case Not(negated):
                below, rules = [self.holds(negated, standings)], _NOT
            case FactTest(fact):
                value = standings.facts.get(fact)
                scale = _scale_of_test(condition, [self.place(fact, declared) for declared in condition.values])
                return _truth(_result_at(0 if value is None else self.place(fact, value), scale))
            case PromptIsYes():
                raise about_cases(condition)
            case never:
                assert_never(never)
        return _counted(rules, *map(below.count, (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN)))


# The same few counts and standings come up for rating after rating, so what a rule said of them is kept.
@lru_cache(maxsize=MAX_REMEMBERED_RULESETS)
def _counted(rules: Ruleset, true: int, false: int, unknown: int) -> Truth:
    return _truth(_fired(rules, true=true, false=false, unknown=unknown, possible=true + unknown))


@lru_cache(maxsize=MAX_REMEMBERED_RULESETS)
def _standing_passes(standing: Standing, comparison: RatingComparison, bound: int) -> Truth:
    """Return whether a standing passes a test: 0 is unknown, 1 is not rated, and the best rating is 2."""
    place = 0 if standing is None else 1 if standing == NOT_RATED else standing + 2
    return _truth(_result_at(place, _scale_of_standings(comparison, bound + 2)))


@lru_cache(maxsize=MAX_REMEMBERED_RULESETS)
def _scale_of_standings(comparison: RatingComparison, bound: int) -> Scale:
    met, not_met = f"{_MET}, the rating passes", f"{_NOT_MET}, the rating does not pass"
    starts = {1: f"{_NOT_MET}, it is not rated"}
    match comparison:
        case "rated":
            starts |= {2: not_met, bound: met, bound + 1: not_met}
        case "rated_or_better":
            starts |= {2: met, bound + 1: not_met}
        case "rated_or_worse":
            starts |= {2: not_met, bound: met}
        case never:
            assert_never(never)
    return ((0, f"{_UNKNOWN}, its rating is not known"), *sorted(starts.items()))


@lru_cache(maxsize=MAX_REMEMBERED_RULESETS)
def _scale_of_steps(steps: tuple[str, ...]) -> Scale:
    """Return which rule fires for an answer: 0 is none, 1 is na, and the best step is 2."""
    results = [f"{_UNKNOWN}, it has no answer", f"{_DROPS_OUT}, it was answered na", *map(_said_step, steps)]
    return tuple(enumerate(results))


def _said_step(step: str) -> str:
    return f"{_MET}, {_STEP}{step}"


_STEP = "it was answered "


def _step_of(name: str) -> str:
    """Return the step that a rule gives, by its name."""
    return name.partition(_STEP)[2]


def _truth(name: str) -> Truth:
    """Return the result that a rule gives, by its name."""
    return _TRUTH_OF[name.partition(",")[0]]


def _number(fact: Fact, value: FactValue) -> int | Fraction:
    """Return a fact's value as a number that orders as the fact does."""
    if isinstance(value, str):
        return tuple(fact.values).index(value)
    return value.toordinal() if isinstance(value, date) else value


class _Decision:
    """How one key question is decided for one pattern of answers and facts."""

    def __init__(self, engine: DurableEngine, plan: QuestionPlan, answers: AnswerPattern, facts: FactPattern) -> None:
        self._engine = engine
        self._path = plan.path
        self._question = plan.question
        self._sample = plan.sample
        self._answers = answers
        self._facts = facts
        self._prompts: dict[str, Truth] = {}
        self._fired: list[str] = []

    def outcome(self) -> QuestionOutcome:
        """Decide, from the facts and answers up to the question."""
        applies = self._applies(self._question.applies_when, self._path)
        # Of what is asked of a sample, the case of another one comes to something else yet.
        path = self._path if self._sample is None else f"{self._path}/asked"
        if self._question.points is not None:
            return self._points(path, applies)
        variant, result = self._rule()
        truth = self._where_it_applies(path, applies, result)
        return QuestionOutcome(OUTCOME_OF[truth], OUTCOME_OF[truth], variant=variant, fired=tuple(self._fired))

    def _points(self, path: str, applies: Truth) -> QuestionOutcome:
        """Decide which step each prompt has, which of them count, and add up the scores of those that do."""
        counted: list[tuple[Prompt, int]] = []
        truths: list[Truth] = []
        for prompt in self._question.prompts:
            address, scores = f"{self._path}.{prompt.id}", self._engine.framework.scores_of(prompt)
            answer = self._answers.get(prompt.id)
            place = 0 if answer is None else 1 if answer is Answer.NA else 2 + list(scores).index(answer.value)
            name = _result_at(place, _scale_of_steps(tuple(scores)))
            truth = self._note(f"{address}/answer", name)
            if prompt.applies_when is not None:
                truth = self._where_it_applies(address, self._applies(prompt.applies_when, address), truth)
            truths.append(truth)
            if truth is Truth.TRUE:
                counted.append((prompt, scores[_step_of(name)]))
        unknown = truths.count(Truth.UNKNOWN)
        result = self._fire(f"{self._path}/points", _POINTS, counted=len(counted), unknown=unknown)
        outcome = _POINTS_OUTCOME[self._where_it_applies(path, applies, result)]
        points, reachable = None, None
        if outcome is Outcome.SCORED:
            points, reachable = self._engine.scored(self._question, counted)
        return QuestionOutcome(outcome, outcome, fired=tuple(self._fired), points=points, reachable=reachable)

    def drawn(self, sample: Sample) -> Drawn:
        """Decide, from the facts alone, whether the case is of a sample."""
        truth = self._clause(sample.when, f"samples/{sample.id}/when")
        return Drawn(self._path, truth, fired=tuple(self._fired))

    def _rule(self) -> tuple[str | None, Truth]:
        """Return the variant whose rule is used (``None``: the question's own) and the result of the rule."""
        if not self._question.variants:
            return None, self._result(self._question.rule_for(None), f"{self._path}/yes_when")
        found = self._variants()
        own = [truth for variant, truth in found.items() if variant in self._question.variants]
        path = f"{self._path}/variants"
        uses_variant = self._fire(path, _OWN_RULE, true=own.count(Truth.TRUE), unknown=own.count(Truth.UNKNOWN))
        if uses_variant is Truth.UNKNOWN:
            return None, Truth.UNKNOWN
        if uses_variant is Truth.FALSE:
            return None, self._result(self._question.rule_for(None), f"{self._path}/yes_when")
        variant = next(variant for variant, truth in found.items() if truth is Truth.TRUE)
        return variant, self._result(self._question.rule_for(variant), f"{path}/{variant}/yes_when")

    def _variants(self) -> dict[str, Truth]:
        """Return whether each variant is the case's, up to the first one whose condition holds."""
        found: dict[str, Truth] = {}
        for variant in self._engine.framework.variants:
            path = f"variants/{variant.id}"
            holds = self._clause(variant.when, f"{path}/when")
            unknown = list(found.values()).count(Truth.UNKNOWN)
            found[variant.id] = self._fire(path, _VARIANT, result=_CODE_OF[holds], unknown=unknown)
            if holds is Truth.TRUE:
                break
        return found

    def _result(self, rule: Condition, path: str) -> Truth:
        """Return the result of a decision rule: facts alone never answer a question about prompts."""
        result = self._clause(rule, path)
        prompts = [self._prompt(prompt) for prompt in self._engine.prompts_beside_facts(rule, path)]
        if not prompts:
            return result
        answered = prompts.count(Truth.TRUE) + prompts.count(Truth.FALSE)
        unknown = prompts.count(Truth.UNKNOWN)
        return self._fire(path, _PROMPTS_ANSWER, result=_CODE_OF[result], answered=answered, unknown=unknown)

    def _clause(self, clause: Condition, path: str) -> Truth:
        match clause:
            case PromptIsYes(prompt):
                return self._prompt(prompt)
            case FactTest(fact):
                return self._fact(clause, f"{path}/fact {fact}")
            case RatedAs() | CountRated():
                raise about_ratings(clause)
            case Not(negated):
                path += "/not"
                below = [self._clause(negated, path)]
                rules = _NOT
            case AllOf(of):
                path += "/all"
                below = self._clauses(of, path)
                rules = _ALL
            case AnyOf(of):
                path += "/any"
                below = self._clauses(of, path)
                rules = _at_least(1)
            case AtLeast(count, of):
                path += "/at_least"
                below = self._clauses(of, path)
                # A count above the number of clauses asks for all of them, whatever its size.
                rules = _at_least(min(count, len(below)))
            case AtLeastPercent(percent, of):
                path += "/at_least_percent"
                below = self._clauses(of, path)
                true, false, unknown = map(below.count, (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
                return self._fire(path, _SHARE, **_share(percent, true, false, unknown))
            case never:
                assert_never(never)
        true, false, unknown = map(below.count, (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
        return self._fire(path, rules, true=true, false=false, unknown=unknown, possible=true + unknown)

    def _clauses(self, clauses: Sequence[Condition], path: str) -> list[Truth]:
        return [self._clause(clause, f"{path}/{number}") for number, clause in enumerate(clauses)]

    def _fact(self, test: FactTest, path: str) -> Truth:
        place = self._engine.place
        value = self._facts.get(test.fact)
        scale = _scale_of_test(test, [place(test.fact, declared) for declared in test.values])
        return self._note(path, _result_at(0 if value is None else place(test.fact, value), scale))

    def _prompt(self, prompt: str) -> Truth:
        if prompt not in self._prompts:
            path = f"{self._path}.{prompt}"
            given = self._answers.get(prompt)
            answer = _ANSWERED[given if isinstance(given, Answer) else None]
            condition = self._engine.framework.prompts[path].applies_when
            if condition is not None:
                answer = self._where_it_applies(path, self._applies(condition, path), answer)
            self._prompts[prompt] = answer
        return self._prompts[prompt]

    def _applies(self, condition: Condition | None, path: str) -> Truth:
        return Truth.TRUE if condition is None else self._clause(condition, f"{path}/applies_when")

    def _where_it_applies(self, path: str, applies: Truth, result: Truth) -> Truth:
        return self._fire(path, _WHERE_IT_APPLIES, applies=_CODE_OF[applies], result=_CODE_OF[result])

    def _fire(self, path: str, rules: Ruleset, **numbers: int) -> Truth:
        return self._note(path, self._engine.fired(rules, numbers))

    def _note(self, path: str, name: str) -> Truth:
        """Keep the name of a rule that fired, and return the result that it gives."""
        self._fired.append(sys.intern(f"{path}: {name}"))  # remembered for many patterns: one string for all of them
        return _truth(name)
