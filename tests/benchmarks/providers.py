"""Tables in which every row is a provider: ctm-rules beside Polars by hand, on the same providers in one run.

Run: python -m tests.benchmarks.providers [--rows 600000] [--scheme food-hygiene nursing-homes]
                                          [--source memory parquet csv written] [--sorted] [--runs 3] [--budget]

The providers are made up and seeded; they stand in no order, or with --sorted in that of their names. Both ways see
that every value has a meaning and that no provider stands twice, and give a table of the providers in the order of
their names with rating and score; ctm-rules also says of each by which standards, and holds why. `memory` begins with a
dataframe, `parquet` and `csv` with a file; `written` goes from CSV to CSV. Each way runs in a process of its own, which
tells its peak memory; the ways take turns, and the best of the runs counts, in seconds that pass and in seconds of
computing, which other work disturbs less. Both must come to the same ratings, or the run fails.

With --budget the run fails where ctm-rules takes more than the budgeted ratio of computing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from tests.support.paths import ROOT

MOST_TIMES_AS_LONG = 3.0
"""With --budget: how many times as long as Polars by hand ctm-rules may compute."""

COMPLIANCE = {"nought": 0, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "twenty_five": 25}
CONFIDENCE = {"nought": 0, "five": 5, "ten": 10, "twenty": 20, "thirty": 30}
STARS = {"five": 5, "four": 4, "three": 3, "two": 2, "one": 1}
COLUMNS: Mapping[str, Mapping[str, Mapping[str, int]]] = {
    "food-hygiene": {"hygiene": COMPLIANCE, "structure": COMPLIANCE, "confidence": CONFIDENCE},
    "nursing-homes": {"health": STARS, "staffing": STARS, "quality": STARS},
}
"""By scheme, the columns of its table, and the words of each with their number."""
EDITIONS = {"food-hygiene": "2025", "nursing-homes": "2022"}
SOURCES = ("memory", "parquet", "csv", "written")


def made(scheme: str, rows: int, *, in_order: bool) -> pl.DataFrame:
    rng = np.random.default_rng(1)
    numbers = np.arange(rows) if in_order else rng.permutation(rows)
    words = {name: [*words] for name, words in COLUMNS[scheme].items()}
    columns = {name: [of[n] for n in rng.integers(0, len(of), rows)] for name, of in words.items()}
    return pl.DataFrame({"provider": [f"E{number:07}" for number in numbers], **columns})


# --- by hand -----------------------------------------------------------------------------------------


def food_hygiene() -> tuple[pl.Expr, pl.Expr]:
    """Return the rating and the score of rows whose words are numbers."""
    own = [pl.col(f"{name}.number") for name in COLUMNS["food-hygiene"]]
    score, worst = pl.sum_horizontal(own), pl.max_horizontal(own)
    by_score = pl.when(score <= 15).then(5).when(score <= 20).then(4).when(score <= 30).then(3)
    by_score = by_score.when(score <= 40).then(2).when(score <= 50).then(1)
    most = pl.when(worst <= 5).then(5).when(worst <= 10).then(4).when(worst <= 15).then(2).when(worst <= 20).then(1)
    return pl.min_horizontal(by_score.otherwise(0), most.otherwise(0)), score


def nursing_homes() -> tuple[pl.Expr, pl.Expr]:
    health, *others = (pl.col(f"{name}.number") for name in COLUMNS["nursing-homes"])
    stars: pl.Expr = health
    for other in others:
        stars = (stars + (other == 5).cast(pl.Int64) - (other == 1).cast(pl.Int64)).clip(1, 5)
    return pl.when(health == 1).then(pl.min_horizontal(stars, 2)).otherwise(stars), pl.lit(None, pl.Int64)


RULES = {"food-hygiene": food_hygiene, "nursing-homes": nursing_homes}
LABELS = {
    "food-hygiene": {
        5: "5 Very good",
        4: "4 Good",
        3: "3 Generally satisfactory",
        2: "2 Improvement necessary",
        1: "1 Major improvement necessary",
        0: "0 Urgent improvement necessary",
    },
    "nursing-homes": {5: "Five stars", 4: "Four stars", 3: "Three stars", 2: "Two stars", 1: "One star"},
}


def by_hand(scheme: str, table: pl.LazyFrame) -> pl.DataFrame:
    columns = COLUMNS[scheme]
    rating, score = RULES[scheme]()
    numbers = [
        pl.col(name).replace_strict(words, default=None, return_dtype=pl.Int64).alias(f"{name}.number")
        for name, words in columns.items()
    ]
    labels = LABELS[scheme]
    rated = table.with_columns(numbers).select(
        "provider",
        rating.replace_strict(labels, return_dtype=pl.Enum([*labels.values()])).alias("overall.rating"),
        score.alias("overall.score"),
        pl.any_horizontal(pl.col(f"{name}.number").is_null() for name in columns).alias("odd"),
    )
    found = rated.collect()
    if found["odd"].any() or found["provider"].n_unique() < len(found):
        raise ValueError("some values have no meaning, or a provider stands twice")
    return found.drop("odd").sort("provider")


# --- both --------------------------------------------------------------------------------------------

Run = Callable[[], pl.DataFrame]


def polars_by_hand(scheme: str, source: str, frame: pl.DataFrame, folder: Path) -> Run:
    def run() -> pl.DataFrame:
        tables = {
            "memory": frame.lazy,
            "parquet": lambda: pl.scan_parquet(folder / "providers.parquet"),
            "csv": lambda: pl.scan_csv(folder / "providers.csv"),
        }
        found = by_hand(scheme, tables["csv" if source == "written" else source]())
        if source == "written":
            found.write_csv(folder / "by_hand.csv")
        return found

    return run


def ctm_rules(scheme: str, source: str, frame: pl.DataFrame, folder: Path) -> Run:
    from ctm_rules import load_framework, rate_files, rate_frame, write_ratings

    framework = load_framework(ROOT / "examples" / "schemes" / scheme / "standards" / scheme / EDITIONS[scheme])

    def run() -> pl.DataFrame:
        if source == "memory":
            ratings = rate_frame(framework, frame, "provider")
        else:
            rated = rate_files(
                framework, folder / f"providers.{'parquet' if source == 'parquet' else 'csv'}", "provider"
            )
            ratings = rated.ratings
            if source == "written":
                write_ratings(rated, folder / "ours.csv")
        found: pl.DataFrame = ratings.to_native()
        return found

    return run


WAYS = {"Polars by hand": polars_by_hand, "ctm-rules": ctm_rules}


class Measured(NamedTuple):
    seconds: float
    computing: float
    peak: int
    hash: str


def measure(way: str, scheme: str, source: str, folder: Path, runs: int) -> Measured:
    """Return the best times of some runs, the peak memory of this process in bytes and a hash of the ratings."""
    frame = pl.read_parquet(folder / "providers.parquet") if source == "memory" else pl.DataFrame()
    run = WAYS[way](scheme, source, frame, folder)
    times = []
    for _ in range(runs):
        started, computed = time.perf_counter(), time.process_time()
        found = run()
        times.append((time.perf_counter() - started, time.process_time() - computed))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    same = found.select("provider", pl.col("overall.rating").cast(pl.String), "overall.score").write_csv()
    digest = hashlib.sha256(same.encode()).hexdigest()[:12]
    return Measured(min(wall for wall, _ in times), min(cpu for _, cpu in times), peak, digest)


def measured_apart(*request: str | int) -> Measured:
    """Return what a process of its own measures."""
    command = [sys.executable, "-m", "tests.benchmarks.providers", "--one", json.dumps(request)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{request}: {ran.stderr[-3000:]}")
    return Measured(*json.loads(ran.stdout.splitlines()[-1]))


def compare(scheme: str, source: str, rows: int, folder: Path, runs: int) -> bool:
    """Print the table of one scheme and source; whether ctm-rules stays within its budget."""
    found: dict[str, Measured] = {}
    for _ in range(2):  # a machine that is slow for a while is slow for both
        for way in WAYS:
            new = measured_apart(way, scheme, source, str(folder), runs)
            old = found.get(way, new)
            best = min(old.seconds, new.seconds), min(old.computing, new.computing)
            found[way] = Measured(*best, max(old.peak, new.peak), new.hash)
    print(f"\n{rows:,} providers of {scheme}, {source}")
    print(f"{'':20}{'seconds':>9}{'ratio':>8}{'computing':>11}{'ratio':>8}{'peak MB':>9}  hash")
    base = found["Polars by hand"]
    for way, each in found.items():
        ratio, computing = each.seconds / base.seconds, each.computing / base.computing
        numbers = f"{each.seconds:9.3f}{ratio:8.2f}{each.computing:11.3f}{computing:8.2f}{each.peak / 1e6:9,.0f}"
        print(f"{way:20}{numbers}  {each.hash}")
    if len({each.hash for each in found.values()}) > 1:
        sys.exit("both do not come to the same ratings")
    return computing <= MOST_TIMES_AS_LONG


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=600_000)
    parser.add_argument("--scheme", nargs="+", choices=list(COLUMNS), default=list(COLUMNS))
    parser.add_argument("--source", nargs="+", choices=SOURCES, default=list(SOURCES))
    parser.add_argument("--sorted", action="store_true", help="the providers stand in the order of their names")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--budget", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        way, scheme, source, folder, runs = json.loads(options.one)
        print(json.dumps(measure(way, scheme, source, Path(folder), runs)))
        return 0
    kept = []
    for scheme in options.scheme:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            providers = made(scheme, options.rows, in_order=options.sorted)
            providers.write_parquet(folder / "providers.parquet")
            providers.write_csv(folder / "providers.csv")
            kept += [compare(scheme, source, options.rows, folder, options.runs) for source in options.source]
    if options.budget and not all(kept):
        print(f"over budget: more than {MOST_TIMES_AS_LONG} times as long as Polars by hand", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
