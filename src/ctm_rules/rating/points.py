"""Which values points can come to: what `check`, coverage and the flags for a panel go by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from ctm_rules.limits import MAX_SUMS
from ctm_rules.model.framework import Framework
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.shares import decisive_points


def points_highest(framework: Framework, path: str) -> Fraction:
    """Return the most that one case can have, of the key question at an address, which has points."""
    return framework.points_bounds(path)[1]


def case_numbers(framework: Framework, path: str) -> tuple[tuple[Fraction, Fraction], ...] | None:
    """Return every number that a case can have with what it could have been (``None``: there are too many to tell).

    Every prompt is taken to be able to drop out, as it does where it is answered na.
    """
    question = framework.every_question[path]
    assert question.points is not None
    sums = {(0, 0, 0)}
    for prompt in question.prompts:
        weight, highest = prompt.weight, framework.highest_of(prompt)
        scores = {*framework.scores_of(prompt).values()}
        added = {
            (reached + weight * score, weights + weight, reachable + weight * highest)
            for reached, weights, reachable in sums
            for score in scores
        }
        sums |= added
        if len(sums) > MAX_SUMS:
            return None
    number = question.points.number
    found = {
        (number(reached, weights, reachable), number(reachable, weights, reachable))
        for reached, weights, reachable in sums
        if reachable
    }
    return tuple(sorted(found))


def other_values(framework: Framework, path: str, counted: Counts) -> Iterator[tuple[str, Fraction, Fraction]]:
    """Yield what the value of cases would be at the nearest and at the furthest if one answer had the next score.

    That is asked upwards and downwards, each with its word; downwards only where some answer surely has a score below
    it, and upwards no value is above what could be reached. Which answer it is, counts do not tell: one counts least
    where its prompt weighs little beside others, and most where every other prompt drops out.

    Args:
        framework: the standards.
        path: the address of a key question that is asked of cases and has points.
        counted: what the cases come to, of which some have a number.
    """
    question, declared = framework.every_question[path], framework.points_of(path)
    assert declared is not None
    assert question.points is not None
    scores = {prompt: sorted({*framework.scores_of(prompt).values()}) for prompt in question.prompts}
    number = question.points.number
    weights = sum(prompt.weight for prompt in scores)
    reachable = sum(prompt.weight * of_one[-1] for prompt, of_one in scores.items())
    nearest, furthest = [], []
    for prompt, of_one in scores.items():
        steps = [prompt.weight * (after - before) for before, after in pairwise(of_one)]
        if steps:
            nearest.append(number(min(steps), weights, reachable))
            furthest.append(number(max(steps), prompt.weight, prompt.weight * of_one[-1]))
    if not nearest:
        return

    def value(moved: Fraction) -> Fraction:
        points = min(max(counted.points + moved, Fraction(0)), counted.reachable)
        return declared.number(points, counted.scored, counted.reachable)

    yield "higher", value(min(nearest)), value(max(furthest))
    # With every answer at its lowest, the points are at most this share of what could be reached.
    lowest = max(Fraction(of_one[0], of_one[-1]) for of_one in scores.values())
    if counted.points > lowest * counted.reachable:
        yield "lower", value(-min(nearest)), value(-max(furthest))


def points_possible(framework: Framework, path: str) -> Sequence[Fraction] | None:
    """Return every value that can be placed in the bands of a key question with points, the lowest first.

    ``None``: any number within some bounds can come about, or nobody can tell which. That is so of cases, of which
    there may be any number.
    """
    question, declared = framework.every_question[path], framework.points_of(path)
    assert declared is not None
    if question.asked_of == "cases":
        return None
    numbers = case_numbers(framework, path)
    if numbers is None:
        return None
    return sorted({decisive_points(declared, declared.number(points, 1, most)) for points, most in numbers})
