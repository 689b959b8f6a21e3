"""Points over whole tables: added up as whole numbers, exactly, and divided only when they are few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import narwhals.stable.v2 as nw

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.engines.frame.formulas import Language
from ctm_rules.engines.frame.rules import LoweredFramework, Sum, sums_of_case
from ctm_rules.limits import MAX_DIVISORS
from ctm_rules.model.framework import Framework, KeyQuestion, Value


def case_sums(lowered: LoweredFramework, language: Language) -> list[nw.Expr]:
    """Return the sums of each case, of every key question that has points."""
    sums = {path: sums_of_case(lowered, path, language) for path in lowered.answers}
    return [sums[path][of].alias(_of_case(place, of)) for place, path in enumerate(sums) for of in sums[path]]


def points_parts(lowered: LoweredFramework, language: Language) -> dict[str, nw.Expr]:
    """Return what is added up over cases, by the names that it has in a tally, from a table with :func:`case_sums`.

    What is divided by one number is added up for each such number, so that every sum is whole, and exact.
    """
    return dict(_parts(lowered, language))


def _of_case(place: int, of: Sum) -> str:
    return f"{TEMPORARY}sum_{place}_{of}"


def _parts(lowered: LoweredFramework, language: Language) -> Iterator[tuple[str, nw.Expr]]:
    """Yield the sums of points over cases, with the names that their tallies have."""
    for place, path in enumerate(lowered.answers):
        reached, reachable, weights = (language.col(_of_case(place, of)) for of in ("reached", "reachable", "weights"))
        question = lowered.framework.key_questions[path]
        divided_by = {"sum": None, "mean": weights, "percent": reachable}[_value(question)]
        for divisor in divisors(lowered.framework, path):
            for of, summed_up in (("reached", reached), ("reachable", reachable)):
                name = f"{TEMPORARY}{part_name(path, of, divisor)}"
                if divided_by is None:
                    yield name, summed_up.alias(name)
                else:
                    yield name, language.when(divided_by == divisor).then(summed_up).otherwise(0).alias(name)


def _value(question: KeyQuestion) -> Value:
    assert question.points is not None
    return question.points.value


def part_name(path: str, of: str, divisor: int) -> str:
    """Return the name of the tally of a sum over the cases whose number is divided by this."""
    return f"{path}.{of}.{divisor}"


def divisors(framework: Framework, path: str) -> tuple[int, ...]:
    """Return what the sum of the scores of a case can be divided by to make its number, each once.

    Which it is hangs on which prompts count: it is the sum of their weights, or of their highest scores.
    """
    question = framework.key_questions[path]
    of = _value(question)
    if of == "sum":
        return (1,)
    found = {0}
    for prompt in question.prompts:
        added = prompt.weight * (framework.highest_of(prompt) if of == "percent" else 1)
        found |= {before + added for before in found}
        if len(found) > MAX_DIVISORS + 1:
            break
    return tuple(sorted(found - {0}))


TOO_MANY_DIVISORS = Code(
    "too-many-divisors",
    "error",
    what="The weights of a key question are so unlike that its points cannot be added up over whole tables.",
    why="What is divided by one number is added up for each such number, so that every sum is exact.",
    bad="prompts: [{id: a, …, weight: 1}, {id: b, …, weight: 2}, {id: c, …, weight: 4}, …, {id: k, …, weight: 1000}]",
    good="prompts: [{id: a, …, weight: 1}, {id: b, …, weight: 2}, {id: c, …, weight: 2}, …]",
)


def check_divisors(framework: Framework, at: Location) -> Findings:
    """Return a finding for each key question whose points have more divisors than columns could be made for."""
    findings = Findings()
    for path in framework.scored_questions:
        if len(divisors(framework, path)) > MAX_DIVISORS:
            message = f"the numbers of {path} can be divided by more than {MAX_DIVISORS} sums of weights"
            hint = "rate the cases as an inspection, or give prompts weights that are more alike"
            findings.add(TOO_MANY_DIVISORS, at, message, path=path, hint=hint)
    return findings


def points_tallied(framework: Framework, path: str, tally: Mapping[str, int]) -> tuple[Fraction, Fraction]:
    """Return the sum of the numbers of cases, and of what they could have been, from the tally of a group."""
    points = reachable = Fraction(0)
    percent = 100 if _value(framework.key_questions[path]) == "percent" else 1
    for divisor in divisors(framework, path):
        points += Fraction(percent * tally.get(part_name(path, "reached", divisor), 0), divisor)
        reachable += Fraction(percent * tally.get(part_name(path, "reachable", divisor), 0), divisor)
    return points, reachable
