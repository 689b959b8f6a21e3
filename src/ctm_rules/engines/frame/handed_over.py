"""Tables handed over to the library that counts fastest of those installed (zero-copy): Polars, else PyArrow.

Only what comes back as counts is handed over. Columns of Arrow, and of numbers, are not copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import narwhals.stable.v2 as nw

from ctm_rules.engines.frame.rules import Table, as_table
from ctm_rules.limits import HANDED_OVER_ROWS


def handed_over(table: Table, columns: Sequence[str]) -> Iterator[Table]:
    """Yield these columns of a table (all, where there are none) as tables of the library that counts fastest.

    A table of DuckDB, which may be larger than the memory, comes in parts; any other is one. It stays what it is where
    no faster library is installed, or where that has no such columns.
    """
    polars, pyarrow = _installed("polars"), _installed("pyarrow")
    native = nw.to_native(table.select(*columns) if columns else table)
    if table.implementation.is_pandas():
        yield _of_pandas(native, polars, pyarrow) or table
    elif table.implementation.is_pyarrow() and polars is not None:
        yield as_table(polars.from_arrow(native))
    elif table.implementation.is_duckdb() and pyarrow is not None:
        for part in _parts(pyarrow.RecordBatchReader.from_stream(native), pyarrow):
            yield as_table(part if polars is None else polars.from_arrow(part))
    else:
        yield table


def _installed(library: str) -> Any:
    try:
        return import_module(library)
    except ModuleNotFoundError:
        return None


def _of_pandas(frame: Any, polars: Any, pyarrow: Any) -> Table | None:
    """Return a dataframe of pandas as a table of another library, or ``None``: it may hold what no other has."""
    try:
        if polars is not None:
            # Column by column: taken together, all numbers would be copied for one column of text.
            columns = [polars.from_pandas(frame[name], nan_to_null=False) for name in frame.columns]
            return as_table(polars.DataFrame(columns))
        if pyarrow is not None:
            arrays = [pyarrow.array(frame[name], from_pandas=not _is_float(frame[name])) for name in frame.columns]
            return as_table(pyarrow.Table.from_arrays(arrays, names=list(frame.columns)))
    except (TypeError, ValueError, NotImplementedError, ImportError):
        pass
    return None


def _is_float(column: Any) -> bool:
    """Whether a column of pandas holds floating point numbers: what is not a number may stay so, and is not copied."""
    return bool(column.dtype.kind == "f")


def _parts(stream: Any, pyarrow: Any) -> Iterator[Any]:
    """Yield the rows of a stream as tables of about ``HANDED_OVER_ROWS``, one at the least."""
    waiting: list[Any] = []
    is_first = True
    for batch in stream:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= HANDED_OVER_ROWS:
            yield pyarrow.Table.from_batches(waiting)
            waiting, is_first = [], False
    if waiting or is_first:
        yield pyarrow.Table.from_batches(waiting, stream.schema)
