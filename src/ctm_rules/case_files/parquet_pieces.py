"""Parquet files in pieces: read lazily by Polars, some small files together or a part of a large one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Mapping
from itertools import accumulate
from pathlib import Path

from ctm_rules.case_files.cells import check_header
from ctm_rules.case_files.parquet_pages import check_pages
from ctm_rules.case_files.pieces import ROW, Format, Piece, Report, Source, TableFile
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.extras import needs_extra
from ctm_rules.model.declared_reading import TableLayout

with needs_extra("bulk", "rating files in bulk"):
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet


def _open(path: Path, partition: Mapping[str, str | None], layout: TableLayout, findings: Findings) -> TableFile | None:
    with pa.parquet.ParquetFile(path) as parquet:
        metadata = parquet.metadata
        groups = tuple(metadata.row_group(number).num_rows for number in range(metadata.num_row_groups))
    # Some releases of Polars refuse a column that stands twice, others read either.
    if check_header(metadata.schema.to_arrow_schema().names, str(path), findings) != set():
        return None
    return TableFile(path, "parquet", _scan([path], partition).collect_schema(), groups, partition, layout)


def _pieces(source: Source, _: Report) -> Generator[Piece]:
    for file in source.files:
        check_pages(file.path, source.columns, source.first, source.rows)
    table = _scan([file.path for file in source.files], source.files[0].partition)
    table = table.slice(source.first, source.rows).select(source.columns)
    starts = [0, *accumulate(file.rows for file in source.files)]

    def place(index: int) -> Location:
        number = bisect_right(starts, source.first + index) - 1
        return Location(str(source.files[number].path), source.first + index - starts[number] + 1)

    yield Piece(table, table.with_row_index(ROW), source.rows, place)


def _scan(paths: list[Path], partition: Mapping[str, str | None]) -> pl.LazyFrame:
    if not partition:
        return pl.scan_parquet(paths, glob=False, hive_partitioning=False)
    # Text, so that a code such as 001 stays what it is and every folder's column has the same type.
    return pl.scan_parquet(paths, glob=False, hive_schema=dict.fromkeys(partition, pl.String))


PARQUET = Format(_open, _pieces)
