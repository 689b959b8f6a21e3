"""Ratings of groups written as CSV, XLSX, Parquet or JSON, by the ending of the file's name."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ctm_rules.bulk.files import BulkRatings
from ctm_rules.diagnostics.findings import DiagnosticError, Findings, Location
from ctm_rules.extras import needs_extra
from ctm_rules.files import FILE_NOT_WRITABLE, write_atomically
from ctm_rules.paths import real_path

if TYPE_CHECKING:
    import polars as pl


def write_ratings(rated: BulkRatings, path: Path) -> None:
    """Write ratings as CSV, XLSX, Parquet (one row for each group) or JSON, by the ending of the file's name.

    The file is written whole or not at all.

    Raises:
        DiagnosticError: its name ends in something else, or it cannot be written.
        MissingExtraError: a library that is needed is not installed.

    >>> import tempfile
    >>> from ctm_rules import load_framework
    >>> from ctm_rules import rate_files
    >>> rated = rate_files(load_framework("hmip-pdu", "2024"), ["examples/ctm/cases.csv"], by="sex")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_ratings(rated, Path(folder) / "ratings.csv")
    ...     print((Path(folder) / "ratings.csv").read_text().split(",")[:3])
    ['sex', 'cases', 'overall.rating']
    """
    check_output(path, rated.files)
    write_atomically(path, _WRITERS[path.suffix.lower()](rated))


def check_output(path: Path, sources: Iterable[str | Path]) -> None:
    """See that ratings of these tables can be written to a file of this name, before anybody waits for them.

    Raises:
        DiagnosticError: its name ends in something that ratings cannot be written as, or it is one of the tables.
    """
    with needs_extra("bulk", "rating files in bulk"):
        from ctm_rules.case_files.table_files import find_files
    if path.suffix.lower() not in _WRITERS:
        message = f'ratings cannot be written to {path}: its name ends in "{path.suffix}"'
        hint = f"let it end in one of {', '.join(_WRITERS)}"
        raise DiagnosticError([FILE_NOT_WRITABLE.found(Location(str(path)), message, hint=hint)])
    if real_path(path) in map(real_path, find_files(sources, Findings())):
        message = f"the ratings cannot be written to {path}: it is one of the tables that are to be rated"
        hint = "write them outside the folder or pattern that is read"
        raise DiagnosticError([FILE_NOT_WRITABLE.found(Location(str(path)), message, hint=hint)])


def _table(rated: BulkRatings) -> pl.DataFrame:
    import polars as pl

    table = rated.ratings.to_native()
    assert isinstance(table, pl.DataFrame)
    return table


def _csv(rated: BulkRatings) -> bytes:
    import polars as pl

    # A spreadsheet would take such a text for a formula; the apostrophe says that it is none.
    text = pl.col(pl.String)
    is_formula = text.str.contains("^[=+@-]")
    return (
        _table(rated)
        .with_columns(pl.when(is_formula).then("'" + text).otherwise(text).name.keep())
        .write_csv()
        .encode()
    )


def _xlsx(rated: BulkRatings) -> bytes:
    out = io.BytesIO()
    with needs_extra("bulk", "writing XLSX"):
        _table(rated).write_excel(out, "ratings", autofit=True, freeze_panes=(1, len(rated.ratings.by)))
    return out.getvalue()


def _parquet(rated: BulkRatings) -> bytes:
    out = io.BytesIO()
    _table(rated).write_parquet(out)
    return out.getvalue()


def _json(rated: BulkRatings) -> bytes:
    return (json.dumps(rated.to_dict(), indent=1, ensure_ascii=False) + "\n").encode()


_WRITERS: Mapping[str, Callable[[BulkRatings], bytes]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
    ".json": _json,
}
