"""Formulas that share most of what they are made of."""

from __future__ import annotations

import random
from functools import reduce

import narwhals.stable.v2 as nw

from ctm_rules.engines.frame.formulas import Formula, Formulas
from tests.support.dataframes import LIBRARIES, each_library, pa

DEPTH = 60
"""Written out, a formula this deep that uses each one twice has more operations than a machine has bytes."""


@each_library
def test_what_is_shared_is_computed_once_however_deep(library: str) -> None:
    """The parity of many columns: each step uses the one before twice."""
    rng = random.Random(7)
    rows = [[rng.random() < 0.5 for _ in range(DEPTH)] for _ in range(20)]
    names = [f"c{number}" for number in range(DEPTH)]
    columns = {name: pa.array([row[n] for row in rows], pa.bool_()) for n, name in enumerate(names)}
    columns["case"] = pa.array([str(number) for number in range(20)], pa.string())
    formulas = Formulas()

    def is_odd(so_far: Formula, column: Formula) -> Formula:
        return (so_far & ~column) | (~so_far & column)

    parity = reduce(is_odd, [formulas.test(name, "yes", lambda _, column: column) for name in names])
    table = nw.from_native(LIBRARIES[library](columns)).lazy()
    found = formulas.compute(table, ["case"], {"odd": parity}).collect()
    expected = [bool(sum(row) % 2) for row in rows]
    assert sorted(zip(map(str, found["case"]), map(bool, found["odd"]), strict=True)) == sorted(
        zip(map(str, range(20)), expected, strict=True)
    )
