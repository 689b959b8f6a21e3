"""Tables that lie in parts, in one machine or in many: each part is worked on where it is, only counts come together.

Expressions over a whole table are translated part by part by such libraries, which costs far more than the rules do;
so they are only asked to bring a job to each part, and the job runs there in the library of the part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, TypeVar

from ctm_rules.engines.frame.case_ids import RepeatedId, repeated_among
from ctm_rules.engines.frame.jobs import FrameJob
from ctm_rules.model.reading import cell_text

T = TypeVar("T")


def assess_dask(job: FrameJob, frame: Any, keep: Sequence[str]) -> Any:
    """Return the outcomes of a Dask dataframe, as one that computes later."""

    def assess(part: Any) -> Any:
        return job.assess(part, keep)[0]

    return frame.map_partitions(assess, meta=assess(frame._meta))


def run_on_dask(frame: Any, function: Callable[[Any], T]) -> list[T]:
    """Return what a function gives for each part of a Dask dataframe."""
    dask: Any = import_module("dask")
    return list(dask.compute(*(dask.delayed(function)(part) for part in frame.to_delayed())))


def repeated_ids_on_dask(frame: Any, column: str) -> Sequence[RepeatedId]:
    """Return :func:`repeated_ids` of a Dask dataframe."""
    rows_of = frame[column].astype("string").str.strip().value_counts(dropna=False).compute()
    several = rows_of[rows_of > 1] if all(map(str.isascii, map(str, rows_of.index))) else rows_of
    return repeated_among(zip(map(cell_text, several.index), map(int, several), strict=True))
