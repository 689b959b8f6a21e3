"""Which hidden counts of a table could be other numbers, for all that somebody knows who sees everything around them.

Whoever reads a report knows the totals of a table, how many cases each of its rows has (or only how many those rows
have together whose sizes are hidden), and by the rules where a question is never put. What the hidden counts could be
then is a flow: a hidden count can be one more exactly where one can be taken away round a ring of others, so that
every total stays what it is (a cycle in the residual graph of a transportation problem, whose solutions are whole).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping

from attrs import frozen

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
        total = self._total_of(outcome)
        cells = frozenset((row, outcome) for row in rows)
        return any(
            outcome in self.possible[row]
            and (
                self._leads((False, total), (True, row), cells, moves, most)
                or (self.counts[row][outcome] > 0 and self._leads((True, row), (False, total), cells, moves, most))
            )
            for row in rows
        )

    def can_move(self, move: Move) -> bool:
        """Return whether the first of two rows could have one case less and the second one more."""
        fewer, more = move
        return self._leads((True, more), (True, fewer), frozenset(), (), None)

    def _total_of(self, outcome: str) -> int:
        return next(number for number, together in enumerate(self.totals) if outcome in together)

    def _leads(
        self, start: _Node, end: _Node, but_not: frozenset[Cell], moves: Collection[Move], most: int | None
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
            row = str(place)
            for number, together in enumerate(self.totals):  # one more
                if any((row, outcome) not in but_not for outcome in together & self.possible[row]):
                    yield (False, number), False
            yield from (((True, more), True) for fewer, more in moves if fewer == row)
            return
        together = self.totals[int(place)]
        for row, counts in self.counts.items():  # one less
            if any(counts[outcome] > 0 and (row, outcome) not in but_not for outcome in together):
                yield (True, row), False
