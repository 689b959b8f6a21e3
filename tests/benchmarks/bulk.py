"""Tables of cases: ctm-rules on every library beside what people would write by hand, on the same cases in one run.

Run: python -m tests.benchmarks.bulk [--rows 1000000 …] [--encoding codes words] [--source memory files csv]
                                     [--only NAME …] [--runs 3] [--folder FOLDER] [--budget]

Needs the dependency group `benchmarks`; a way whose library is not installed is left out and named. Each way runs in
a process of its own, which tells its peak memory; the ways take turns, and the best of the runs counts. What is
measured is the whole job: 60 prompts in 12 key questions assessed for every case and counted for 100 providers, and
in ctm-rules also every provider rated. All must come to the same counts, or the run fails. What is read is the ratio to
Polars by hand, which like ctm-rules sees that every value has a meaning; the other ways by hand do not. Making the
cases, imports and the start of Spark are not counted.

With --budget the run fails where ctm-rules takes more than the budgeted ratio, which has slack for a noisy machine.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from ctm_rules.bulk.frames import FrameRatings
from tests.benchmarks.bulk_cases import CODES, PATHS, Encoding, made_files, made_frame
from tests.support.paths import ROOT

BASELINE = "Polars by hand"
OURS = {"memory": "ctm-rules on Polars", "files": "ctm-rules on files", "csv": "ctm-rules on CSV files"}
MOST_TIMES_AS_LONG = 2.0
"""With --budget: how many times as long as Polars by hand ctm-rules may take."""

Counts = Mapping[str, list[int]]
Ready = Callable[[], Callable[[], Counts]]
"""Makes ready what is not measured, and returns what is."""


class Table(NamedTuple):
    """The cases that are counted."""

    rows: int
    encoding: Encoding
    folder: Path

    @property
    def frame(self) -> Any:
        return made_frame(self.rows, self.encoding)

    @property
    def files(self) -> list[Path]:
        return made_files(self.folder, self.rows, self.encoding)

    @property
    def texts(self) -> list[Path]:
        return made_files(self.folder, self.rows, self.encoding, "csv")


# --- by hand ---------------------------------------------------------------------------------------


def polars_in_memory(table: Table, *, checked: bool = True) -> Ready:
    from tests.benchmarks.bulk_by_hand import polars_by_hand

    frame = table.frame
    return lambda: lambda: polars_by_hand(frame, table.encoding, checked=checked)


def polars_files(table: Table, *, checked: bool = True) -> Ready:
    import polars as pl

    from tests.benchmarks.bulk_by_hand import polars_by_hand

    files = table.files
    return lambda: lambda: polars_by_hand(pl.scan_parquet(files), table.encoding, checked=checked)


def polars_texts(table: Table) -> Ready:
    import polars as pl

    from tests.benchmarks.bulk_by_hand import polars_by_hand

    files = table.texts
    return lambda: lambda: polars_by_hand(pl.scan_csv(files), table.encoding, checked=True)


def duckdb_in_memory(table: Table) -> Ready:
    from tests.benchmarks.bulk_by_hand import duckdb_by_hand

    cases = table.frame.to_arrow()
    return lambda: lambda: duckdb_by_hand("cases", table.encoding, cases=cases)


def duckdb_files(table: Table) -> Ready:
    from tests.benchmarks.bulk_by_hand import duckdb_by_hand

    files = [str(path) for path in table.files]
    return lambda: lambda: duckdb_by_hand(f"read_parquet({files})", table.encoding)


def duckdb_texts(table: Table) -> Ready:
    from tests.benchmarks.bulk_by_hand import duckdb_by_hand

    files = [str(path) for path in table.texts]
    return lambda: lambda: duckdb_by_hand(f"read_csv({files})", table.encoding)


def numpy_in_memory(table: Table) -> Ready:
    from tests.benchmarks.bulk_by_hand import arrays_of, numpy_by_hand

    arrays = arrays_of(table.frame)
    return lambda: lambda: numpy_by_hand(*arrays)


def numpy_files(table: Table) -> Ready:
    from tests.benchmarks.bulk_by_hand import numpy_from_files

    files = table.files
    return lambda: lambda: numpy_from_files(files)


def openfisca_in_memory(table: Table) -> Ready:
    from tests.benchmarks.bulk_by_hand import arrays_of, openfisca_by_hand

    simulation, count = openfisca_by_hand(*arrays_of(table.frame))

    def ready() -> Callable[[], Counts]:
        made = simulation()  # it remembers what it calculated, so that every run needs its own
        return lambda: count(made)

    return ready


# --- ctm-rules -------------------------------------------------------------------------------------


def ours(convert: Callable[[Any], Any], *, without: Sequence[str] = ()) -> Callable[[Table], Ready]:
    """Return a way that rates a dataframe of some library as if some others were not installed."""

    def prepare(table: Table) -> Ready:
        from ctm_rules.bulk.frames import rate_frame
        from tests.benchmarks.one_case_at_a_time import framework

        declared = framework()
        frame = convert(table.frame)

        def run() -> Counts:
            return counts_of(rate_frame(declared, frame, "provider", codes=CODES))

        def run_without() -> Counts:
            with mock.patch.dict(sys.modules, dict.fromkeys(without)):
                return run()

        return lambda: run_without if without else run

    return prepare


def as_pandas(frame: Any) -> Any:
    import pandas as pd

    return frame.to_pandas(types_mapper=pd.ArrowDtype)


def as_duckdb(frame: Any) -> Any:
    import duckdb

    return duckdb.from_arrow(frame.to_arrow())


def as_dask(frame: Any) -> Any:
    import dask.dataframe as dd

    return dd.from_pandas(as_pandas(frame), npartitions=2)


def ours_files(table: Table) -> Ready:
    return _rate_files(table.files, "here")


def ours_texts(table: Table) -> Ready:
    return _rate_files(table.texts, "here")


def ours_files_on_spark(table: Table) -> Ready:
    _start_spark()
    return _rate_files(table.files, "spark")


def ours_spark_frame(table: Table) -> Ready:
    from ctm_rules.bulk.frames import rate_frame
    from tests.benchmarks.one_case_at_a_time import framework

    declared = framework()
    frame = _start_spark().read.parquet(*(str(path) for path in table.files))
    return lambda: lambda: counts_of(rate_frame(declared, frame, "provider", codes=CODES))


def _rate_files(files: list[Path], engine: Any) -> Ready:
    from ctm_rules.bulk.files import rate_files
    from tests.benchmarks.one_case_at_a_time import framework

    declared = framework()
    return lambda: lambda: counts_of(rate_files(declared, files, "provider", codes=CODES, run_on=engine).ratings)


def _start_spark() -> Any:
    """Start a cluster of two workers with one core each, and the Python processes in them."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local-cluster[2,1,2048]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.executorEnv.POLARS_MAX_THREADS", "1").config(
        "spark.executorEnv.PYTHONPATH", str(ROOT)
    )
    session = builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()

    def warm(batches: Any) -> Any:
        import ctm_rules.bulk.counting  # noqa: F401 - importing it is what starting takes

        return batches

    session.range(0, 1_000, 1, 4).mapInArrow(warm, "id long").count()
    return session


def counts_of(rated: FrameRatings) -> Counts:
    """Return what was counted, as the ways by hand do."""
    questions = [paths[0].rpartition(".")[0] for paths in PATHS]
    names = ["cases", *(f"{path}.{word}" for path in questions for word in ("yes", "no", "undetermined"))]
    return {str(row["provider"]): [int(str(row[name])) for name in names] for row in rated.rows()}


# --- the run ---------------------------------------------------------------------------------------


class Way(NamedTuple):
    prepare: Callable[[Table], Ready]
    needs: str
    only: Encoding | None = None


WAYS: dict[str, dict[str, Way]] = {
    "memory": {
        BASELINE: Way(polars_in_memory, "polars"),
        f"{BASELINE}, values unchecked": Way(partial(polars_in_memory, checked=False), "polars"),
        "DuckDB by hand": Way(duckdb_in_memory, "duckdb"),
        "NumPy by hand": Way(numpy_in_memory, "numpy", only="codes"),
        "OpenFisca-Core": Way(openfisca_in_memory, "openfisca_core", only="codes"),
        OURS["memory"]: Way(ours(lambda frame: frame), "polars"),
        "ctm-rules on Polars, lazy": Way(ours(lambda frame: frame.lazy()), "polars"),
        "ctm-rules on pandas": Way(ours(as_pandas), "pandas"),
        "ctm-rules on pandas, NumPy types": Way(ours(lambda frame: frame.to_pandas()), "pandas"),
        "ctm-rules on PyArrow": Way(ours(lambda frame: frame.to_arrow()), "pyarrow"),
        "ctm-rules on DuckDB": Way(ours(as_duckdb), "duckdb"),
        "ctm-rules on Dask": Way(ours(as_dask), "dask"),
        "ctm-rules on pandas, no Polars": Way(ours(as_pandas, without=["polars"]), "pandas"),
        "ctm-rules on pandas, NumPy types, no Polars": Way(
            ours(lambda frame: frame.to_pandas(), without=["polars"]), "pandas"
        ),
        "ctm-rules on PyArrow, no Polars": Way(ours(lambda frame: frame.to_arrow(), without=["polars"]), "pyarrow"),
        "ctm-rules on DuckDB, no Polars": Way(ours(as_duckdb, without=["polars"]), "duckdb"),
        "ctm-rules on DuckDB alone": Way(ours(as_duckdb, without=["polars", "pyarrow"]), "duckdb"),
        "ctm-rules on Dask, no Polars": Way(ours(as_dask, without=["polars"]), "dask"),
    },
    "files": {
        BASELINE: Way(polars_files, "polars"),
        f"{BASELINE}, values unchecked": Way(partial(polars_files, checked=False), "polars"),
        "DuckDB by hand": Way(duckdb_files, "duckdb"),
        "NumPy by hand": Way(numpy_files, "numpy", only="codes"),
        OURS["files"]: Way(ours_files, "polars"),
        "ctm-rules on files, two Spark workers": Way(ours_files_on_spark, "pyspark"),
        "ctm-rules on a Spark dataframe, two workers": Way(ours_spark_frame, "pyspark"),
    },
    "csv": {
        BASELINE: Way(polars_texts, "polars", only="words"),
        "DuckDB by hand": Way(duckdb_texts, "duckdb", only="words"),
        OURS["csv"]: Way(ours_texts, "polars", only="words"),
    },
}


class Measured(NamedTuple):
    seconds: float
    peak: int
    hash: str


def measure(way: Way, table: Table, runs: int) -> Measured:
    """Return the best time of some runs, the peak memory of this process in bytes and a hash of the counts."""
    ready = way.prepare(table)
    seconds = []
    for _ in range(runs):
        run = ready()
        started = time.perf_counter()
        counts = run()
        seconds.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    text = json.dumps(sorted(counts.items()))
    return Measured(min(seconds), peak, hashlib.sha256(text.encode()).hexdigest()[:12])


def measured_apart(source: str, name: str, table: Table, runs: int) -> Measured:
    """Return what a process of its own measures."""
    request = json.dumps([source, name, table.rows, table.encoding, str(table.folder), runs])
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.bulk", "--one", request]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{name}, {table.rows:,} rows of {table.encoding}: {ran.stderr[-3000:]}")
    return Measured(*json.loads(ran.stdout.splitlines()[-1]))


def compare(source: str, table: Table, only: list[str], runs: int) -> bool:
    """Print the table of one size; whether ctm-rules stays within its budget."""
    ways = {
        name: way
        for name, way in WAYS[source].items()
        if (not only or name in only or name == BASELINE) and way.only in (None, table.encoding)
    }
    if not ways:
        return True
    print(f"\n{table.rows:,} rows of {table.encoding}, in {source}")
    print(f"{'':45}{'seconds':>9}{'rows/s':>14}{'ratio':>8}{'peak MB':>9}  hash")
    for name in [name for name, way in ways.items() if importlib.util.find_spec(way.needs) is None]:
        print(f"{name:45}{ways.pop(name).needs} is not installed")
    found: dict[str, Measured] = {}
    for _ in range(2):  # a machine that is slow for a while is slow for all of them
        for name in ways:
            new = measured_apart(source, name, table, runs)
            old = found.get(name, new)
            found[name] = Measured(min(old.seconds, new.seconds), max(old.peak, new.peak), new.hash)
    base = found[BASELINE].seconds
    for name, (seconds, peak, digest) in found.items():
        memory = "" if "Spark" in name else f"{peak / 1e6:,.0f}"  # that of the workers is not this process's
        print(f"{name:45}{seconds:9.3f}{table.rows / seconds:14,.0f}{seconds / base:8.2f}{memory:>9}  {digest}")
    if len({each.hash for each in found.values()}) > 1:
        sys.exit("these ways do not come to the same counts")
    return OURS[source] not in found or found[OURS[source]].seconds <= MOST_TIMES_AS_LONG * base


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 1_000_000])
    parser.add_argument("--encoding", nargs="+", choices=["codes", "words"], default=["codes", "words"])
    parser.add_argument("--source", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--only", nargs="+", default=[], help="names of ways; Polars by hand always runs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where files of cases are kept (default: a temporary folder)")
    parser.add_argument("--budget", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        source, name, rows, encoding, folder, runs = json.loads(options.one)
        print(json.dumps(measure(WAYS[source][name], Table(rows, encoding, Path(folder)), runs)))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        kept = [
            compare(source, Table(rows, encoding, folder), options.only, options.runs)
            for source in options.source
            for rows in options.rows
            for encoding in options.encoding
        ]
    if options.budget and not all(kept):
        print(f"over budget: more than {MOST_TIMES_AS_LONG} times as long as {BASELINE}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
