"""Which hidden counts of a table could be other numbers, for all that somebody knows who sees everything around them.

Whoever reads a report knows the totals of a table, how many cases each of its rows has (or only how many those rows
have together whose sizes are hidden), and by the rules where a question is never put. What the hidden counts could be
then is a flow: a hidden count can be one more exactly where one can be taken away round a ring of others, so that
every total stays what it is (a cycle in the residual graph of a transportation problem, whose solutions are whole).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from attrs import field, frozen

from ctm_rules.limits import MAX_REMEMBERED_TABLES

Cell = tuple[str, str]
"""A row and an outcome."""

Move = tuple[str, str]
"""Two rows of which the first could have one case less and the second one more."""

_Node = tuple[bool, str | int]  # is it a row, and which


@frozen
class HiddenRows:
    """The hidden rows of one table.

    Attributes:
        counts: what they are, by row and outcome.
        possible: the outcomes that a case of each row can have by the rules; everybody knows that the others are 0.
        totals: the outcomes by what is known of their totals: each group of outcomes only together.
    """

    counts: Mapping[str, Mapping[str, int]]
    possible: Mapping[str, frozenset[str]]
    totals: tuple[frozenset[str], ...]
    _rings: _Rings = field(init=False, eq=False, repr=False)

    @_rings.default
    def _alike(self) -> _Rings:
        has = tuple((row, frozenset(each for each, times in of.items() if times)) for row, of in self.counts.items())
        return _Rings(has, tuple((row, self.possible[row]) for row, _ in has), self.totals)

    def is_open(self, cell: Cell, moves: Collection[Move] = (), *, most: int | None = None) -> bool:
        """Return whether a hidden count could be another number.

        Args:
            cell: the row and the outcome.
            moves: how the sizes of rows could differ from what they are.
            most: at how many of them at once (default: any number).
        """
        row, outcome = cell
        return self.is_sum_open((row,), outcome, moves, most=most)

    def is_sum_open(
        self, rows: Collection[str], outcome: str, moves: Collection[Move] = (), *, most: int | None = None
    ) -> bool:
        """Return whether the hidden counts of an outcome in some rows could together be another number."""
        return _is_sum_open(self._rings, tuple(rows), outcome, frozenset(moves), most)

    def can_move(self, move: Move) -> bool:
        """Return whether the first of two rows could have one case less and the second one more."""
        fewer, more = move
        return self._rings.leads((True, more), (True, fewer), frozenset(), frozenset(), None)


@lru_cache(maxsize=MAX_REMEMBERED_TABLES)
def _is_sum_open(rings: _Rings, rows: tuple[str, ...], outcome: str, moves: frozenset[Move], most: int | None) -> bool:
    """Return whether counts could together be another number: it is the same for all tables that look alike."""
    total = next(number for number, together in enumerate(rings.totals) if outcome in together)
    cells, has, possible = frozenset((row, outcome) for row in rows), dict(rings.has), dict(rings.possible)
    return any(
        outcome in possible[row]
        and (
            rings.leads((False, total), (True, row), cells, moves, most)
            or (outcome in has[row] and rings.leads((True, row), (False, total), cells, moves, most))
        )
        for row in rows
    )


@frozen(cache_hash=True)
class _Rings:
    """What of a table tells which counts could be others: not how large they are, but which are more than nought.

    Attributes:
        has: by row, the outcomes that it has cases of.
        possible: by row, the outcomes that a case of it can have.
        totals: see :class:`HiddenRows`.
    """

    has: tuple[tuple[str, frozenset[str]], ...]
    possible: tuple[tuple[str, frozenset[str]], ...]
    totals: tuple[frozenset[str], ...]

    def leads(
        self, start: _Node, end: _Node, but_not: frozenset[Cell], moves: frozenset[Move], most: int | None
    ) -> bool:
        """Return whether one case can be passed on from one place to another, every total kept."""
        seen = {(start, 0)}
        waiting = deque(seen)
        while waiting:
            node, used = waiting.popleft()
            for after, is_move in self._next(node, but_not, moves):
                state = after, used + (is_move and most is not None)
                if (most is None or state[1] <= most) and state not in seen:
                    if after == end:
                        return True
                    seen.add(state)
                    waiting.append(state)
        return False

    def _next(self, node: _Node, but_not: frozenset[Cell], moves: Collection[Move]) -> Iterator[tuple[_Node, bool]]:
        is_row, place = node
        if is_row:
            row, possible = str(place), dict(self.possible)
            for number, together in enumerate(self.totals):  # one more
                if any((row, outcome) not in but_not for outcome in together & possible[row]):
                    yield (False, number), False
            yield from (((True, more), True) for fewer, more in moves if fewer == row)
            return
        together = self.totals[int(place)]
        for row, has in self.has:  # one less
            if any((row, outcome) not in but_not for outcome in together & has):
                yield (True, row), False
