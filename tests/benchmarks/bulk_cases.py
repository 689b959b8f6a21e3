"""Made-up cases in columns, seeded, for the benchmarks of tables: the shape of one_case_at_a_time, 100 providers.

Answers are small whole numbers (1 yes, 0 no, 2 na, null missing) or words; the providers' names are text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from ctm_rules.bulk.frames import Codes
from tests.benchmarks.one_case_at_a_time import PROMPTS, QUESTIONS

PATHS = [[f"s.q{question}.p{prompt}" for prompt in range(PROMPTS)] for question in range(QUESTIONS)]
"""The columns of each key question's prompts."""

CODES = Codes(yes=1, no=0, na=2)
PROVIDERS = 100
MISSING = 3
WEIGHTS = [0.30, 0.60, 0.07, 0.03]  # no, yes, na, missing

Encoding = Literal["codes", "words"]
Kind = Literal["parquet", "csv"]

_ROWS_AT_ONCE = 1_000_000


def made_frame(rows: int, encoding: Encoding, seed: int = 2026) -> pl.DataFrame:
    """Return seeded cases of made-up answers."""
    rng = np.random.default_rng(seed)
    limits = (np.cumsum(WEIGHTS) * 256).astype(np.uint8)[:MISSING]
    answers = pl.DataFrame(
        {
            path: np.searchsorted(limits, rng.integers(0, 256, rows, dtype=np.uint8), side="right").astype(np.int8)
            for paths in PATHS
            for path in paths
        }
    )
    # Made of codes in one step: from text of its own for each cell the making would take longer than the measuring.
    words = pl.Series(["no", "yes", "na"])
    written = pl.all().replace(MISSING, None)
    if encoding == "words":
        written = pl.all().replace_strict([0, 1, 2], words, default=None, return_dtype=pl.String)
    providers = pl.Series("provider", rng.integers(0, PROVIDERS, rows))
    return answers.select(pl.lit("Provider ").add(providers.cast(pl.String)).alias("provider"), written)


def made_files(folder: Path, rows: int, encoding: Encoding, kind: Kind = "parquet") -> list[Path]:
    """Return files of made-up cases, written if they are not there yet: one for every million."""
    folder = folder / f"{encoding}-{rows}"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, first in enumerate(range(0, rows, _ROWS_AT_ONCE)):
        path = folder / f"{number:02}.{kind}"
        if not path.exists():
            frame = made_frame(min(_ROWS_AT_ONCE, rows - first), encoding, seed=2026 + number)
            write = {"parquet": frame.write_parquet, "csv": frame.write_csv}
            write[kind](path)
        paths.append(path)
    return paths
