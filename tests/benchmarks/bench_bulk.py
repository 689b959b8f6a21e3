"""Tables in memory under pytest-benchmark, which keeps and compares runs; the ways are those of ``bulk.py``.

Run: python -m pytest tests/benchmarks/bench_bulk.py --benchmark-columns=min,median,rounds [--benchmark-autosave]
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.benchmarks.bulk import BASELINE, WAYS, Counts, Table
from tests.benchmarks.bulk_cases import Encoding

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that are compared

IN_MEMORY = WAYS["memory"]
JOBS = [
    pytest.param(
        Table(rows, encoding, Path()),
        name,
        id=f"{name}-{encoding}-{rows}",
        marks=pytest.mark.skipif(importlib.util.find_spec(way.needs) is None, reason=f"{way.needs} is not installed"),
    )
    for rows in (20_000, 1_000_000)
    for encoding in get_args(Encoding)
    for name, way in IN_MEMORY.items()
    if way.only in (None, encoding)
]


@cache
def wanted(table: Table) -> Counts:
    return IN_MEMORY[BASELINE].prepare(table)()()


@pytest.mark.parametrize(("table", "name"), JOBS)
def test_rate(benchmark: Any, table: Table, name: str) -> None:
    benchmark.group = f"{table.rows:,} rows of {table.encoding}"
    ready = IN_MEMORY[name].prepare(table)
    counts = benchmark.pedantic(lambda run: run(), setup=lambda: ((ready(),), {}), rounds=3, warmup_rounds=1)
    assert counts == wanted(table)
