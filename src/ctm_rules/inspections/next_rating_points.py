"""The way of a key question with points to a better rating: how few cases, and how few answers, must be others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Literal, TypedDict

from attrs import frozen

from ctm_rules.model.framework import Framework
from ctm_rules.model.outcomes import PromptPoints
from ctm_rules.rating.results import KeyQuestionResult

Wanted = Literal["more", "fewer"]
"""Whether more points are better, or fewer."""

ScoredCases = Iterable[tuple[Sequence[PromptPoints], int]]
"""What the prompts of cases that have a number come to, and how many cases they come to that in."""


class PromptPointsGapDict(TypedDict):
    """A prompt whose answers could be better."""

    prompt: str
    ask: str
    answers: int
    points: str


class PointsGapDict(TypedDict):
    """A key question with points that holds its standard down, and how much must be otherwise."""

    id: str
    value: str
    wanted: Wanted
    needed: int
    short: int
    value_then: str
    answers_needed: int
    in_the_way: list[PromptPointsGapDict]


@frozen
class PromptPointsGap:
    """A prompt whose answers could be better, of a key question that has points.

    Attributes:
        path: its address.
        ask: its wording.
        answers: how many cases have another answer than the best.
        points: how far the value would move if all of these had the best.
    """

    path: str
    ask: str
    answers: int
    points: Fraction

    def to_dict(self) -> PromptPointsGapDict:
        """Return the parts as plain data; what is exact, as text."""
        return {"prompt": self.path, "ask": self.ask, "answers": self.answers, "points": str(self.points)}


@frozen
class PointsGap:
    """A key question with points that is asked of cases and holds its standard down.

    Only answers that count now are others: no prompt comes to apply, or stops applying, and no case comes to have a
    number.

    Attributes:
        result: what the cases come to now.
        wanted: whether more points are better, or fewer.
        needed: the fewest cases whose answers must be others; each may then have the best that count for it.
        short: the cases that could be better.
        value: what they then come to.
        answers_needed: the fewest answers, in whichever cases, that must be others.
        in_the_way: the prompts whose answers could be better, first those by which the value would move most.
    """

    result: KeyQuestionResult
    wanted: Wanted
    needed: int
    short: int
    value: Fraction
    answers_needed: int
    in_the_way: tuple[PromptPointsGap, ...]

    def to_dict(self) -> PointsGapDict:
        """Return the parts as plain data; what is exact, as text."""
        return {
            "id": self.result.path,
            "value": str(self.result.value),
            "wanted": self.wanted,
            "needed": self.needed,
            "short": self.short,
            "value_then": str(self.value),
            "answers_needed": self.answers_needed,
            "in_the_way": [prompt.to_dict() for prompt in self.in_the_way],
        }


@frozen
class _Moves:
    """How the value of a key question moves with better answers to the prompts that count.

    What an answer adds to the number of its case hangs on no other answer as long as the same prompts count, and what a
    case adds to the value hangs on no other case. So nothing fewer is enough than those that move it most.

    Attributes:
        result: what the key question comes to now.
        wanted: where the better values lie; beyond one that is enough, all are.
        is_enough: says whether a value is.
    """

    framework: Framework
    result: KeyQuestionResult
    wanted: Wanted
    is_enough: Callable[[Fraction], bool]

    def value(self, moved: Fraction) -> Fraction:
        """Return the value where the numbers of all cases together are so many more."""
        declared, counts = self.framework.points_of(self.result.path), self.result.counts
        assert declared is not None
        return declared.number(counts.points + moved, counts.scored, counts.reachable)

    def of_case(self, prompts: Sequence[PromptPoints]) -> Mapping[str, Mapping[str, Fraction]]:
        """Return how far each better answer moves the number of a case, the nearest first, by prompt and answer."""
        points = self.result.question.points
        assert points is not None
        counted = [(each.prompt, each.score) for each in prompts if each.score is not None]
        weights = sum(prompt.weight for prompt, _ in counted)
        reachable = sum(prompt.weight * self.framework.highest_of(prompt) for prompt, _ in counted)
        moves = {}
        for prompt, score in counted:
            others = {word: other - score for word, other in self.framework.scores_of(prompt).items()}
            better = [word for word, other in others.items() if (other > 0 if self.wanted == "more" else other < 0)]
            if better:
                nearest = sorted(better, key=lambda word: abs(others[word]))
                moves[prompt.id] = {
                    word: points.number(prompt.weight * others[word], weights, reachable) for word in nearest
                }
        return moves

    def fewest(self, moves: Sequence[Fraction]) -> int | None:
        """Return how few of some moves, the largest of them, are enough (``None``: all together are not)."""
        sums = accumulate(sorted(moves, key=abs, reverse=True), initial=Fraction(0))
        return next((number for number, moved in enumerate(sums) if self.is_enough(self.value(moved))), None)


def _most(moves: Mapping[str, Fraction]) -> Fraction:
    """Return how far the best answer to a prompt moves, of its better ones, the nearest first."""
    return [*moves.values()][-1]


def points_gap(
    framework: Framework,
    question: KeyQuestionResult,
    cases: ScoredCases,
    wanted: Wanted,
    is_enough: Callable[[Fraction], bool],
) -> PointsGap | None:
    """Return how much must be otherwise for the value of a key question to be enough (``None``: nothing is enough).

    Args:
        framework: the standards.
        question: what its cases come to now.
        cases: those that have a number.
        wanted: where the better values lie; beyond one that is enough, all are.
        is_enough: says whether a value is.
    """
    moves = _Moves(framework, question, wanted, is_enough)
    of_cases: list[Fraction] = []
    of_prompts: dict[str, list[Fraction]] = {}
    for prompts, number in cases:
        best = {prompt: _most(better) for prompt, better in moves.of_case(prompts).items()}
        for prompt, move in best.items():
            of_prompts.setdefault(prompt, []).extend([move] * number)
        of_cases += [sum(best.values(), Fraction(0))] * number if best else []
    needed = moves.fewest(of_cases)
    answers_needed = moves.fewest([move for each in of_prompts.values() for move in each])
    if needed is None or answers_needed is None:
        return None
    now = moves.value(Fraction(0))
    asked = {prompt.id: prompt.ask for prompt in question.question.prompts}
    in_the_way = [
        PromptPointsGap(f"{question.path}.{prompt}", asked[prompt], len(each), abs(moves.value(_total(each)) - now))
        for prompt, each in of_prompts.items()
    ]
    return PointsGap(
        question,
        wanted,
        needed,
        len(of_cases),
        moves.value(_total(sorted(of_cases, key=abs, reverse=True)[:needed])),
        answers_needed,
        tuple(sorted(in_the_way, key=lambda prompt: (-prompt.points, -prompt.answers, prompt.path))),
    )


def fewest_answers(
    framework: Framework,
    question: KeyQuestionResult,
    prompts: Sequence[PromptPoints],
    wanted: Wanted,
    is_enough: Callable[[Fraction], bool],
) -> Mapping[str, str] | None:
    """Return the fewest prompts that the provider must answer otherwise, and the nearest answers that are enough.

    By the id of the prompt, the word of its answer (``None``: no answers are enough).

    Args:
        framework: the standards.
        question: what the provider's answers come to now.
        prompts: what each prompt adds.
        wanted: where the better values lie; beyond one that is enough, all are.
        is_enough: says whether a value is.
    """
    moves = _Moves(framework, question, wanted, is_enough)
    better = moves.of_case(prompts)
    needed = moves.fewest([_most(each) for each in better.values()])
    if needed is None:
        return None
    most = sorted(better, key=lambda prompt: abs(_most(better[prompt])), reverse=True)[:needed]
    chosen = [prompt for prompt in better if prompt in most]  # in the order in which they are declared
    moved = {prompt: _most(better[prompt]) for prompt in chosen}
    answers: dict[str, str] = {}
    for prompt in chosen:
        others = _total(moved.values()) - moved[prompt]
        answers[prompt] = next(word for word, move in better[prompt].items() if is_enough(moves.value(others + move)))
        moved[prompt] = better[prompt][answers[prompt]]
    return answers


def _total(moves: Iterable[Fraction]) -> Fraction:
    return sum(moves, Fraction(0))
