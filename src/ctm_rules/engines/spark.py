"""Spark: its workers do to their part of a table what one machine does to the whole, and send back only counts.

Spark's own expressions would be slow for rules of this size, so it only schedules the work and moves the data: a job
reaches each worker once, runs there in Polars, and an answer for each part of the table comes back.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import frozen

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, RequestError
from ctm_rules.engines.frame.case_ids import RepeatedId, looks
from ctm_rules.engines.frame.jobs import FrameJob
from ctm_rules.engines.frame.rules import assessed_columns
from ctm_rules.extras import needs_extra
from ctm_rules.limits import MAX_DIAGNOSTICS, SPARK_BATCH_ROWS
from ctm_rules.model.reading import cell_text

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

T = TypeVar("T")
S = TypeVar("S")

_SECONDS_BETWEEN_LOOKS = 0.2


# --- dataframes ------------------------------------------------------------------------------------


def assess_spark(job: FrameJob, frame: DataFrame, keep: Sequence[str], read: Iterable[str]) -> DataFrame:
    """Return the columns to keep and the outcomes, as text, in a Spark dataframe that computes later."""
    from pyspark.sql.types import LongType, StringType, StructField, StructType

    made = assessed_columns(job.framework)
    fields = {field.name: field for field in frame.schema.fields}
    types = {name: StringType() if of is None else LongType() for name, of in made.items()}
    schema = StructType([*(fields[name] for name in keep), *(StructField(name, of) for name, of in types.items())])
    names = list(dict.fromkeys([*keep, *read]))

    def assess(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import polars
        import pyarrow

        for batch in batches:
            table = pyarrow.Table.from_batches([batch]).rename_columns(names)
            outcomes, _ = job.assess(polars.from_arrow(table), [])
            # A recorded judgement has the name of its outcome, so only what is kept is carried over.
            results = [
                outcomes[name].cast(polars.String).to_arrow().cast(pyarrow.string())
                if of is None
                else outcomes[name].to_arrow().cast(pyarrow.int64())
                for name, of in made.items()
            ]
            columns = [*table.select(list(keep)).combine_chunks().columns, *results]
            yield from pyarrow.table(columns, names=[*keep, *made]).combine_chunks().to_batches()

    return _numbered(frame, names).mapInArrow(assess, schema)


def run_on_spark(frame: DataFrame, read: Iterable[str], function: Callable[[Any], T]) -> list[T]:
    """Return what a function gives for some rows at a time of a Spark dataframe, as Polars frames of these columns."""
    names = list(dict.fromkeys(read)) or frame.columns[:1]

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import polars
        import pyarrow

        tables = (pyarrow.Table.from_batches(several).rename_columns(names) for several in _together(batches))
        found = [function(polars.from_arrow(table)) for table in tables]
        yield pyarrow.RecordBatch.from_pydict({"found": [pickle.dumps(found)]})

    rows = _numbered(frame, names).mapInArrow(run, "found binary").collect()
    return [each for row in rows for each in pickle.loads(row["found"])]


def repeated_ids_on_spark(frame: DataFrame, column: str) -> Sequence[RepeatedId]:
    """Return :func:`repeated_ids` of a Spark dataframe."""
    from pyspark.sql.functions import col, collect_set, count, trim

    def seen(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import polars
        import pyarrow

        for batch in batches:
            ids = cast("polars.Series", polars.from_arrow(batch.column(0))).cast(polars.String)
            table = polars.DataFrame({"id": ids, "look": looks(ids)}).to_arrow()
            yield from table.cast(pyarrow.schema([("id", pyarrow.string()), ("look", pyarrow.string())])).to_batches()

    ids = _numbered(frame, [column]).select(trim(col("c0").cast("string")).alias("id"))
    rows_of = ids.mapInArrow(seen, "id string, look string").groupBy("look")
    together = rows_of.agg(count("*").alias("count"), collect_set("id").alias("written"))
    several = together.where("count > 1").limit(MAX_DIAGNOSTICS).collect()
    return [RepeatedId(row["count"], tuple(sorted(map(cell_text, row["written"])))) for row in several]


def _together(batches: Iterator[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= SPARK_BATCH_ROWS:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _numbered(frame: DataFrame, names: Sequence[str]) -> DataFrame:
    """Return these columns under numbers: Spark would take a dot in a name for a field inside a column."""
    from pyspark.sql.functions import col

    return frame.select(*(col("`" + name.replace("`", "``") + "`").alias(f"c{n}") for n, name in enumerate(names)))


# --- files -----------------------------------------------------------------------------------------


def count_on_spark(
    count: Callable[[S, Callable[[int], None]], T],
    sources: Sequence[S],
    master: str | None,
    done: Callable[[int], None],
) -> Iterator[T]:
    """Yield what counting each source gives on the worker that it is sent to; ``done`` is told the rows.

    Workers read the files themselves, so every worker must see them under the same names.

    Raises:
        DiagnosticError: as ``count`` raises it.
        MissingExtraError: PySpark is not installed.
    """
    with _session(master) as session:
        context = session.sparkContext
        rows = context.accumulator(0)

        def answer(source: S) -> T | _Refused:
            # An exception would reach the other side as a text.
            try:
                return count(source, rows.add)
            except DiagnosticError as error:
                return _Refused(error.diagnostics)

        parts = context.parallelize(sources, max(1, len(sources))).map(answer)
        for each in _watched(parts.collect, lambda: rows.value, done):
            if isinstance(each, _Refused):
                raise RequestError(each.diagnostics)
            yield each


@frozen
class _Refused:
    """What a worker found wrong, on its way to where it is raised."""

    diagnostics: tuple[Diagnostic, ...]


def _watched(work: Callable[[], list[T]], rows: Callable[[], int], done: Callable[[int], None]) -> list[T]:
    """Return what ``work`` gives, telling meanwhile how far it is."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        working = pool.submit(work)
        told = 0
        while not working.done():
            wait([working], _SECONDS_BETWEEN_LOOKS)
            if rows() > told:
                done(rows() - told)
                told = rows()
        return working.result()
    finally:
        pool.shutdown(wait=False)  # whoever interrupts this ends the session, and with it the work


@contextmanager
def _session(master: str | None) -> Iterator[SparkSession]:
    """Give the session that is active, or one that ends afterwards."""
    with needs_extra("spark", "the engine spark"):
        from pyspark.sql import SparkSession
    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    builder = SparkSession.builder.appName("ctm-rules")
    if master is not None:
        builder = builder.master(master)
    if master is None or master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # Spark runs one task for each core, and each task uses one.
    builder = builder.config("spark.executorEnv.POLARS_MAX_THREADS", "1")
    builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()
