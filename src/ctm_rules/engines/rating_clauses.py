"""What each clause of a condition about ratings is worth (three-valued logic, Kleene).

Semantics, the same for every engine:

* a test of an element is UNKNOWN where its rating is unknown, FALSE where it is not rated, and else TRUE or FALSE;
* a test of a fact of the provider is UNKNOWN where the fact is missing, and else TRUE or FALSE;
* a count is TRUE if that many of its members pass the test, FALSE if so many cannot any more, else UNKNOWN; it is
  absolute: members that are not rated make it no smaller;
* ``at_least`` counts clauses in the same way;
* ``all``, ``any`` and ``not`` are as over prompts (see engines/base.py); no clause is ever DROPPED.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ctm_rules.engines.clauses import combine, fact_passes
from ctm_rules.engines.standings import NOT_RATED, Standing, Standings
from ctm_rules.model.conditions import (
    LEVELS,
    Condition,
    CountRated,
    FactTest,
    PromptIsYes,
    RatedAs,
    RatingComparison,
    about_cases,
    children,
)
from ctm_rules.model.framework import Fact
from ctm_rules.model.outcomes import Truth


def holds(condition: Condition, standings: Standings, facts: Mapping[str, Fact]) -> Truth:
    """Return whether a condition about ratings holds, decided clause by clause as it is declared.

    Args:
        condition: the condition.
        standings: where the elements below stand, and what is known about the provider.
        facts: how the facts of the provider are declared, by id.
    """
    match condition:
        case RatedAs(level, element, comparison, rating):
            member = standings.of[LEVELS[level]][element]
            return _compare(member.standing, comparison, member.ranks[rating])
        case CountRated(count, of, comparison, rating):
            compared = standings.compared(of, rating)
            return _count(count, [_compare(standing, comparison, bound) for standing, bound in compared])
        case FactTest(fact):
            value = standings.facts.get(fact)
            if value is None:
                return Truth.UNKNOWN
            return Truth.TRUE if fact_passes(facts[fact], condition, value) else Truth.FALSE
        case PromptIsYes():
            raise about_cases(condition)
    return combine(condition, [holds(clause, standings, facts) for clause in children(condition)])


def _compare(standing: Standing, comparison: RatingComparison, bound: int) -> Truth:
    if standing is None:
        return Truth.UNKNOWN
    if standing == NOT_RATED:
        return Truth.FALSE
    passes = {"rated": standing == bound, "rated_or_better": standing <= bound, "rated_or_worse": standing >= bound}
    return Truth.TRUE if passes[comparison] else Truth.FALSE


def _count(count: int, passed: Sequence[Truth]) -> Truth:
    true, unknown = passed.count(Truth.TRUE), passed.count(Truth.UNKNOWN)
    if true >= count:
        return Truth.TRUE
    return Truth.UNKNOWN if true + unknown >= count else Truth.FALSE
