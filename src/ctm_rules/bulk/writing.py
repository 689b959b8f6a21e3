"""Ratings of groups written as CSV, XLSX, Parquet or JSON, by the ending of the file's name."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ctm_rules.bulk.files import BulkRatings
from ctm_rules.clock import written_at
from ctm_rules.diagnostics.findings import Findings, Location, RequestError
from ctm_rules.escaping import csv_text
from ctm_rules.extras import needs_extra
from ctm_rules.paths import real_path
from ctm_rules.writing import FILE_NOT_WRITABLE, write_atomically

if TYPE_CHECKING:
    import polars as pl


def write_ratings(rated: BulkRatings, path: str | Path) -> None:
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
    path = Path(path)
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
        raise RequestError([FILE_NOT_WRITABLE.found(Location(str(path)), message, hint=hint)])
    if real_path(path) in map(real_path, find_files(sources, Findings())):
        message = f"the ratings cannot be written to {path}: it is one of the tables that are to be rated"
        hint = "write them outside the folder or pattern that is read"
        raise RequestError([FILE_NOT_WRITABLE.found(Location(str(path)), message, hint=hint)])


def _table(rated: BulkRatings) -> pl.DataFrame:
    import polars as pl

    table = rated.ratings.to_native()
    assert isinstance(table, pl.DataFrame)
    return table


def _csv(rated: BulkRatings) -> bytes:
    table = _table(rated)
    return csv_text(table.columns, table.iter_rows()).encode()


def _xlsx(rated: BulkRatings) -> bytes:
    out = io.BytesIO()
    with needs_extra("bulk", "writing XLSX"):
        from xlsxwriter import Workbook
    # What is typed stays text: no formula, no link, no number. The same ratings give the same bytes on every day.
    typed = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, {"in_memory": True, "nan_inf_to_errors": True, "default_date_format": "yyyy-mm-dd", **typed})
    book.set_properties({"created": written_at()})
    _table(rated).write_excel(book, "ratings", autofit=True, freeze_panes=(1, len(rated.ratings.by)))
    book.close()
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
