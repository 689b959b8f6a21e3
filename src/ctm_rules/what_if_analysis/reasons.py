"""Why a case comes out otherwise under other rules, clause by clause, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from attrs import frozen

from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Condition,
    CountRated,
    FactTest,
    Not,
    PromptIsYes,
    RatedAs,
)
from ctm_rules.model.framework import Framework, KeyQuestion, Sample
from ctm_rules.model.outcomes import ClauseResult, Outcome, QuestionOutcome, Truth
from ctm_rules.model.rules_in_words import say
from ctm_rules.phrases import one_or_many, say_list, say_name


@frozen(eq=False)
class Side:
    """One case seen from one key question of one framework, every clause with its result."""

    framework: Framework
    question: KeyQuestion
    outcome: QuestionOutcome
    sample: Sample | None = None

    def say(self, condition: Condition) -> str:
        return say(condition, self.framework, self.question)


def why(old: Side, new: Side) -> Iterator[str]:
    """Yield in words why the outcome is another: what stood in the way of yes before, and what does after."""
    drawn = [*_why_drawn(old, new)]
    if Outcome.NOT_ASKED in (old.outcome.outcome, new.outcome.outcome):
        yield from drawn  # on one side no rule decides anything
        return
    if old.question.points is not None or new.question.points is not None:
        yield from [*drawn, *_why_asked(old, new), *_why_points(old, new)] or ["no prompt that applies is answered"]
        return
    reasons = [*drawn, *_why_asked(old, new), *_why_another_rule(old, new), *_why_of_clauses(old, new)]
    yield from reasons or ["no prompt that applies is answered"]


def _why_of_clauses(old: Side, new: Side) -> Iterator[str]:
    before, after = old.outcome.rule, new.outcome.rule
    if before is None or after is None:
        return
    was, now = ({result.clause: result for result in _walk(rule)} for rule in (before, after))
    decided, decides = _decisive(before), _decisive(after)
    gone = [result for result in decided if result.clause not in now]
    come = [result for result in decides if result.clause not in was]
    is_pair = len(gone) == len(come) == 1
    if is_pair:
        yield (
            f"instead of {old.say(gone[0].clause)} ({_found(gone[0])}), "
            f"the rule now asks that {new.say(come[0].clause)} ({_found(come[0])})"
        )
    same = {(result.clause, result.truth) for result in decided} & {(result.clause, result.truth) for result in decides}
    for side, other_side, decisive, others, words in (
        (old, new, decided, now, "no longer"),
        (new, old, decides, was, "now"),
    ):
        # What is met explains no other outcome, except where nothing of the rule applies without it.
        stands_in_the_way = side.outcome.rule_outcome is not Outcome.YES
        is_all_there_was = other_side.outcome.rule_outcome is Outcome.NOT_APPLICABLE
        for result in decisive:
            other = others.get(result.clause)
            if other is None and (stands_in_the_way or is_all_there_was) and not is_pair:
                yield f"the rule {words} asks that {side.say(result.clause)} ({_found(result)})"
            elif other is None or not stands_in_the_way:
                continue
            elif other.truth is not result.truth:
                yield from _turned(was[result.clause], now[result.clause], side)
            elif (result.clause, result.truth) not in same:
                yield f"it {words} turns on this: {side.say(result.clause)} ({_found(result)})"


def _why_points(old: Side, new: Side) -> Iterator[str]:
    """Yield which prompts count on one side only, or are open there."""
    if (old.question.points is None) is not (new.question.points is None):
        yield "it now has points in place of a rule" if old.question.points is None else "a rule decides it now"
        return
    was = {each.prompt.id: each.truth for each in old.outcome.prompts}
    now = {each.prompt.id: each.truth for each in new.outcome.prompts}
    words = {Truth.TRUE: "counts", Truth.DROPPED: "does not count", Truth.UNKNOWN: "is open", None: "is not there"}
    for prompt in dict.fromkeys([*was, *now]):
        before, after = was.get(prompt), now.get(prompt)
        if before is not after:
            yield f"{say_name(prompt)} {words[after]} now, and before it {words[before]}"


def _why_drawn(old: Side, new: Side) -> Iterator[str]:
    """Yield that the case is asked as one of a sample on one side only, or that nobody can tell."""

    def drawn(side: Side) -> Truth:
        if side.outcome.outcome is Outcome.NOT_ASKED:
            return Truth.FALSE
        return Truth.TRUE if side.outcome.drawn is None else side.outcome.drawn.truth

    if drawn(old) is not drawn(new):
        words = {Truth.TRUE: "is asked", Truth.FALSE: "is not asked", Truth.UNKNOWN: "may be asked: a fact is missing"}
        sample = new.sample
        of = "every case" if sample is None else f"the sample “{sample.title}”: where {new.say(sample.when)}"
        yield f"the question {words[drawn(new)]}; it is now asked of {of}"


def _why_asked(old: Side, new: Side) -> Iterator[str]:
    def asked(side: Side) -> Truth:
        return Truth.TRUE if side.outcome.applies is None else side.outcome.applies.truth

    if asked(old) is not asked(new):
        condition = new.question.applies_when or old.question.applies_when
        assert condition is not None
        words = {Truth.TRUE: "is asked", Truth.FALSE: "is not asked", Truth.UNKNOWN: "may be asked: a fact is missing"}
        asks = new if new.question.applies_when is not None else old
        now = "now " if new.question.applies_when is not None else "no longer only "
        yield f"the question {words[asked(new)]}; it is {now}asked when {asks.say(condition)}"


def _why_another_rule(old: Side, new: Side) -> Iterator[str]:
    before, after = old.outcome, new.outcome
    if (before.rule is None) is not (after.rule is None):
        known = "could not be told, for a fact is missing, and now can"
        unknown = "could be told, and now cannot: a fact is missing"
        yield f"which rule is used {known if before.rule is None else unknown}"
    elif before.variant != after.variant:
        rules = [
            "the general rule" if outcome.variant is None else f"the rule for the variant “{outcome.variant}”"
            for outcome in (before, after)
        ]
        yield f"{rules[1]} is used instead of {rules[0]}"


def _walk(result: ClauseResult) -> Iterator[ClauseResult]:
    yield result
    for child in result.children:
        yield from _walk(child)


def _decisive(result: ClauseResult) -> list[ClauseResult]:
    """Return the clauses that alone give a result: of ``all`` those that have it, of ``any`` those that are true."""
    match result.clause:
        case AllOf():
            is_decided_below = True
        case AnyOf():
            is_decided_below = result.truth is Truth.TRUE
        case PromptIsYes() | FactTest() | AtLeast() | AtLeastPercent() | Not() | RatedAs() | CountRated():
            is_decided_below = False
        case never:
            assert_never(never)
    if not is_decided_below:
        return [result]
    return [found for child in result.children if child.truth is result.truth for found in _decisive(child)]


_STATES = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.DROPPED: "not applicable", Truth.UNKNOWN: "not answered"}
_RESULTS = {Truth.TRUE: "met", Truth.FALSE: "not met", Truth.DROPPED: "not applicable", Truth.UNKNOWN: "not known"}


def _found(result: ClauseResult) -> str:
    """Return a clause's result in words, with the answers that it rests on."""
    if isinstance(result.clause, PromptIsYes):
        return f"it is {_STATES[result.truth]}"
    prompts: dict[Truth, list[str]] = {}
    for leaf in _walk(result):
        if isinstance(leaf.clause, PromptIsYes):
            prompts.setdefault(leaf.truth, []).append(say_name(leaf.clause.prompt))
    states = []
    for truth, names in prompts.items():
        once = list(dict.fromkeys(names))
        states.append(f"{say_list(once)} {one_or_many(len(once), 'is', 'are')} {_STATES[truth]}")
    if not states or result.truth is Truth.DROPPED:
        return _RESULTS[result.truth]
    return f"{_RESULTS[result.truth]}: {'; '.join(states)}"


def _turned(was: ClauseResult, now: ClauseResult, side: Side) -> Iterator[str]:
    """Yield in words the prompts and facts through which a clause that is written the same turned."""
    if was.children:
        for before, after in zip(was.children, now.children, strict=True):
            if before.truth is not after.truth:
                yield from _turned(before, after, side)
    elif isinstance(was.clause, PromptIsYes):
        yield f"{say_name(was.clause.prompt)} was {_STATES[was.truth]} and is now {_STATES[now.truth]}"
    else:
        yield f"that {side.say(was.clause)} was {_RESULTS[was.truth]} and is now {_RESULTS[now.truth]}"
