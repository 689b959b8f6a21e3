"""Somebody who adds up and subtracts everything that is published, to work out a count that is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

Name = tuple[str, ...]
"""What a count is called."""


class Attack:
    """Knows how counts hang together, and that they are whole and not negative (integer programming)."""

    MOST = 1_000

    def __init__(self) -> None:
        self.shown: dict[Name, int | None] = {}
        self._index: dict[Name, int] = {}
        self._rows: list[tuple[dict[Name, int], float, float]] = []
        self._never: set[Name] = set()

    def see(self, name: Name, value: int | None) -> None:
        """Note a count as it is printed (``None``: it is hidden)."""
        self._known(name)
        assert self.shown.get(name) in (None, value), f"{name} is printed as two numbers"
        self.shown[name] = value

    def sum_is(self, names: Iterable[Name], total: int) -> None:
        """Note what some counts come to together."""
        self.between(dict.fromkeys(names, 1), total, total)

    def equal(self, parts: Iterable[Name], whole: Name) -> None:
        """Note that some counts come to another one."""
        self.between({**dict.fromkeys(parts, 1), whole: -1}, 0, 0)

    def between(self, factors: Mapping[Name, int], low: float, high: float) -> None:
        """Note the bounds of a sum of counts, each taken so many times."""
        for name in factors:
            self._known(name)
        self._rows.append((dict(factors), low, high))

    def is_never(self, name: Name) -> None:
        """Note that by the rules there is no such case."""
        assert self.shown[name] in (None, 0), f"{name} is printed as {self.shown[name]}, and the rules say 0"
        self._never.add(name)

    def has_percent(self, count: Name, others: Iterable[Name], percent: int) -> None:
        """Note a printed share of a count among itself and others, rounded to a whole per cent either way."""
        low, high = 2 * percent - 1, 2 * percent + 1
        others = tuple(others)
        self.between({count: 200 - low, **dict.fromkeys(others, -low)}, 0, np.inf)
        self.between({count: 200 - high, **dict.fromkeys(others, -high)}, -np.inf, 0)

    def worked_out(self) -> Iterator[Name]:
        """Yield every hidden count for which one value alone is possible."""
        size = len(self._index)
        matrix = lil_array((len(self._rows), size))
        for number, (factors, _, _) in enumerate(self._rows):
            for name, factor in factors.items():
                matrix[number, self._index[name]] = factor
        lowest, highest = np.zeros(size), np.full(size, float(self.MOST))
        for name, value in self.shown.items():
            if value is not None:
                lowest[self._index[name]] = highest[self._index[name]] = value
        for name in self._never:
            highest[self._index[name]] = 0
        rows = LinearConstraint(matrix.tocsr(), *([row[side] for row in self._rows] for side in (1, 2)))
        hidden = sorted(name for name, value in self.shown.items() if value is None)
        seen: dict[Name, set[int]] = {name: set() for name in hidden}

        def try_for(goal: Any) -> None:
            found = milp(goal, constraints=rows, bounds=Bounds(lowest, highest), integrality=np.ones(size))
            assert found.success, "what is published contradicts itself"
            # Each solution shows one more possible value of every hidden count at once.
            for name in hidden:
                seen[name].add(round(found.x[self._index[name]]))

        rng = np.random.default_rng(0)
        for _ in range(8 if hidden else 0):  # most have another value in some corner or other
            try_for(rng.normal(size=size))
        for name in hidden:
            for sign in (1, -1):
                if len(seen[name]) < 2:
                    goal = np.zeros(size)
                    goal[self._index[name]] = sign
                    try_for(goal)
            if len(seen[name]) == 1:
                yield name

    def _known(self, name: Name) -> None:
        self._index.setdefault(name, len(self._index))
