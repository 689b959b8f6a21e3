"""Which values points can come to: what `check`, coverage and the way to the next rating go by."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ctm_rules.limits import MAX_SUMS
from ctm_rules.model.framework import Framework
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
