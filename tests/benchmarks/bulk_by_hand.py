"""The rules of one_case_at_a_time over whole tables, as programmers who know each tool well would write them by hand.

Each function counts the outcomes of each key question for each provider: ``{provider: [cases, then for each question
yes, no, undetermined]}``. ctm-rules always looks for values without a meaning, for which a comparison is simply not
true; by hand only Polars does, and only where it is asked to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from tests.benchmarks.bulk_cases import MISSING, PATHS, Encoding

Counts = dict[str, list[int]]

YEAR = "2026"  # OpenFisca's figures are of a period


# --- Polars ----------------------------------------------------------------------------------------


def polars_by_hand(frame: pl.DataFrame | pl.LazyFrame, encoding: Encoding, *, checked: bool) -> Counts:
    """Count with Polars, and see where asked that every value has a meaning; a lazy frame is streamed."""
    yes, no = (1, 0) if encoding == "codes" else ("yes", "no")
    counts, outcomes, sums = [], [], []
    for number, (first, *others) in enumerate(PATHS):
        some_yes, some_no, missing, is_no, is_open = (pl.col(f"{name}{number}") for name in "ynmfo")
        counts += [
            pl.sum_horizontal((pl.col(path) == yes).fill_null(False).cast(pl.Int8) for path in others).alias(
                f"y{number}"
            ),
            pl.any_horizontal((pl.col(path) == no).fill_null(False) for path in others).alias(f"n{number}"),
            pl.sum_horizontal(pl.col(path).is_null().cast(pl.Int8) for path in others).alias(f"m{number}"),
        ]
        fails = some_no & (some_yes + missing < 2)
        open_still = (some_yes < 2) & (some_no | (missing > 0))
        outcomes += [
            ((pl.col(first) == no).fill_null(False) | fails).alias(f"f{number}"),
            (pl.col(first).is_null() | open_still).alias(f"o{number}"),
            ((pl.col(first) == yes).fill_null(False) | (some_yes > 0)).alias(f"y{number}"),
        ]
        sums += [
            (~is_no & ~is_open & some_yes).sum().alias(f"yes{number}"),
            is_no.sum().alias(f"no{number}"),
            (~is_no & is_open).sum().alias(f"open{number}"),
        ]
    table = frame.lazy().with_columns(counts).with_columns(outcomes).group_by("provider").agg(pl.len(), *sums)
    answers = pl.col(path for paths in PATHS for path in paths)
    known = answers.is_between(0, 2) if encoding == "codes" else (answers == yes) | (answers == no) | (answers == "na")
    queries = [table, frame.lazy().select(known.all())] if checked else [table]
    streamed = isinstance(frame, pl.LazyFrame)
    counted, *checks = pl.collect_all(queries, engine="streaming" if streamed else "auto")
    if not all(value for check in checks for value in check.row(0)):
        raise ValueError("some values have no meaning")
    return {row[0]: list(row[1:]) for row in counted.iter_rows()}


# --- DuckDB ----------------------------------------------------------------------------------------


def duckdb_by_hand(source: str, encoding: Encoding, **tables: Any) -> Counts:
    """Count with SQL; ``source`` is what stands behind FROM."""
    yes, no = ("1", "0") if encoding == "codes" else ("'yes'", "'no'")
    inner, middle, outer = [], [], []
    for number, (first, *others) in enumerate(PATHS):
        some_yes = " + ".join(f'coalesce(("{path}" = {yes})::TINYINT, 0)' for path in others)
        some_no = " OR ".join(f'coalesce("{path}" = {no}, false)' for path in others)
        missing = " + ".join(f'("{path}" IS NULL)::TINYINT' for path in others)
        inner.append(f'"{first}" AS f{number}, {some_yes} AS y{number}, {some_no} AS n{number}, {missing} AS m{number}')
        middle.append(
            f"CASE WHEN f{number} = {no} OR (n{number} AND y{number} + m{number} < 2) THEN 'no' "
            f"WHEN f{number} IS NULL OR (y{number} < 2 AND (n{number} OR m{number} > 0)) THEN 'open' "
            f"WHEN f{number} = {yes} OR y{number} > 0 THEN 'yes' END AS o{number}"
        )
        outer.append(", ".join(f"count(*) FILTER (o{number} = '{word}')" for word in ("yes", "no", "open")))
    query = (
        f"SELECT provider, count(*), {', '.join(outer)} FROM (SELECT provider, {', '.join(middle)} FROM "
        f"(SELECT provider, {', '.join(inner)} FROM {source})) GROUP BY provider"
    )
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return {row[0]: list(row[1:]) for row in connection.execute(query).fetchall()}


# --- NumPy -----------------------------------------------------------------------------------------

Arrays = dict[str, "np.ndarray[Any, np.dtype[np.int8]]"]


def arrays_of(frame: pl.DataFrame) -> tuple[Arrays, Any, list[str]]:
    """Return the columns as arrays in which 3 is missing, each row's provider as a number, and the providers."""
    arrays = {path: frame[path].fill_null(MISSING).to_numpy() for paths in PATHS for path in paths}
    providers = frame["provider"].unique().to_list()
    numbers = frame["provider"].cast(pl.Enum(providers)).to_physical().to_numpy()
    return arrays, numbers, providers


def outcome_by_numpy(first: Any, others: Sequence[Any]) -> tuple[Any, Any, Any]:
    """Return where a key question is yes, no and undetermined."""
    some_yes = np.zeros(len(first), np.int8)
    missing = np.zeros(len(first), np.int8)
    some_no = np.zeros(len(first), np.bool_)
    for column in others:
        some_yes += column == 1
        missing += column == MISSING
        some_no |= column == 0
    fails = some_no & (some_yes + missing < 2)
    is_no = (first == 0) | fails
    is_open = ~is_no & ((first == MISSING) | ((some_yes < 2) & (some_no | (missing > 0))))
    return ~is_no & ~is_open & ((first == 1) | (some_yes > 0)), is_no, is_open


def numpy_by_hand(arrays: Arrays, numbers: Any, providers: Sequence[str]) -> Counts:
    """Count with arrays."""
    flags = [flag for first, *others in PATHS for flag in outcome_by_numpy(arrays[first], [arrays[p] for p in others])]
    return _by_provider(flags, numbers, providers)


def _by_provider(flags: Sequence[Any], numbers: Any, providers: Sequence[str]) -> Counts:
    sums = [np.bincount(numbers, minlength=len(providers))]
    sums += [np.bincount(numbers[flag], minlength=len(providers)) for flag in flags]
    rows = np.stack(sums, axis=1).tolist()
    return {provider: row for provider, row in zip(providers, rows, strict=True) if row[0]}


def numpy_from_files(paths: Sequence[Path]) -> Counts:
    """Count file by file."""
    total: dict[str, Counter[int]] = {}
    for path in paths:
        for provider, row in numpy_by_hand(*arrays_of(pl.read_parquet(path))).items():
            total.setdefault(provider, Counter()).update(dict(enumerate(row)))
    return {provider: [row[number] for number in range(1 + 3 * len(PATHS))] for provider, row in total.items()}


# --- OpenFisca -------------------------------------------------------------------------------------


def openfisca_by_hand(arrays: Arrays, numbers: Any, providers: Sequence[str]) -> tuple[Any, Any]:
    """Return how to make a simulation, and how to count with it: making it is no part of what is measured."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    entity = build_entity(key="case", plural="cases", label="a case", is_person=True)
    system = TaxBenefitSystem([entity])
    kind = {"value_type": int, "entity": entity, "definition_period": DateUnit.YEAR, "label": "-"}
    names = {path: path.replace(".", "_") for paths in PATHS for path in paths}
    for name in names.values():
        system.add_variable(type(name, (Variable,), kind))
    outcomes = []
    for number, (first, *others) in enumerate(PATHS):
        formula = _formula(names[first], [names[path] for path in others])
        outcomes.append(f"outcome_{number}")
        system.add_variable(type(outcomes[-1], (Variable,), {**kind, "formula": formula}))

    def simulation() -> Any:
        made = SimulationBuilder().build_default_simulation(system, count=len(numbers))
        for path, name in names.items():
            made.set_input(name, YEAR, arrays[path])
        return made

    def count(made: Any) -> Counts:
        found = [made.calculate(name, YEAR) for name in outcomes]
        flags = [outcome == code for outcome in found for code in (1, 2, 3)]
        return _by_provider(flags, numbers, providers)

    return simulation, count


def _formula(first: str, others: Sequence[str]) -> Callable[[Any, Any], Any]:
    def formula(case: Any, period: Any) -> Any:
        outcomes = outcome_by_numpy(case(first, period), [case(name, period) for name in others])
        return np.select(outcomes, [1, 2, 3], 0)

    return formula
