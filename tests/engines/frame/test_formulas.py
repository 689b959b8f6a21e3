"""Formulas that share most of what they are made of."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import reduce
from typing import Any

import narwhals.stable.v2 as nw
import pytest

from ctm_rules.engines.frame.formulas import Formula, Formulas
from tests.support.dataframes import LIBRARIES, QUIET, each_library, pa

pytestmark = QUIET

DEPTH = 60
"""Written out, a formula this deep that uses each one twice has more operations than a machine has bytes."""


def parity(formulas: Formulas, names: Sequence[str]) -> Formula:
    """Whether an odd number of these columns is true; each step uses the one before twice."""

    def is_odd(so_far: Formula, column: Formula) -> Formula:
        return (so_far & ~column) | (~so_far & column)

    return reduce(is_odd, [formulas.test(name, "yes", lambda _, column: column) for name in names])


def drawn(depth: int) -> tuple[list[str], list[list[bool]], dict[str, Any]]:
    rng = random.Random(7)
    names = [f"c{number}" for number in range(depth)]
    rows = [[rng.random() < 0.5 for _ in names] for _ in range(20)]
    columns = {name: pa.array([row[n] for row in rows], pa.bool_()) for n, name in enumerate(names)}
    return names, rows, columns | {"case": pa.array([f"{number:02}" for number in range(20)], pa.string())}


@each_library
def test_what_is_shared_is_computed_once_however_deep(library: str) -> None:
    names, rows, columns = drawn(DEPTH)
    formulas = Formulas()
    table = nw.from_native(LIBRARIES[library](columns)).lazy()
    found = formulas.compute(table, ["case"], {"odd": parity(formulas, names)}).collect()
    computed = sorted(zip(map(str, found["case"]), map(bool, found["odd"]), strict=True))
    assert [odd for _, odd in computed] == [bool(sum(row) % 2) for row in rows]


@pytest.mark.parametrize(
    ("depth", "kept_apart"), [pytest.param(8, False, id="few"), pytest.param(DEPTH, True, id="many")]
)
def test_duckdb_keeps_steps_apart_that_it_would_write_out(depth: int, kept_apart: bool) -> None:
    """It took 24 GB for a question of five prompts with variants and conditions, counted by group."""
    names, _, columns = drawn(depth)
    formulas = Formulas()
    table = nw.from_native(LIBRARIES["duckdb"](columns)).lazy()
    written = nw.to_native(formulas.compute(table, ["case"], {"odd": parity(formulas, names)})).sql_query()
    assert ("LIMIT" in written.upper()) == kept_apart
