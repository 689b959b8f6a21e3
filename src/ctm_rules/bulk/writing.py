"""Ratings of groups written as CSV, XLSX, Parquet or JSON, by the ending of the file's name."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from attrs import evolve

from ctm_rules.bulk.files import BulkRatings
from ctm_rules.bulk.frames import result_columns, result_names
from ctm_rules.bulk.groups import plain_group
from ctm_rules.clock import written_at
from ctm_rules.diagnostics.findings import Findings, Location, RequestError, require, require_path
from ctm_rules.escaping import Cell, csv_text
from ctm_rules.extras import needs_extra
from ctm_rules.paths import real_path
from ctm_rules.writing import FILE_NOT_WRITABLE, Content, write_atomically

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
    require("rated", rated, BulkRatings, hint="ratings of files: rate_files(…)")
    path = require_path("path", path, "the path of the file to write")
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
    import polars as pl

    groups = rated.ratings.groups
    names = result_names(rated.ratings.framework)
    results = (result_columns(rating) for rating in groups.ratings)
    # The results that many groups have are put into words once.
    ends = pl.Series([_csv_line(row[name] for name in names) for row in results], dtype=pl.String)
    cells = [_csv_cells(values).alias(str(number)) for number, values in enumerate(groups.keys)]
    out = io.BytesIO(csv_text([*groups.by, *names], []).encode())
    out.seek(0, io.SEEK_END)
    lines = pl.DataFrame([*cells, ends.gather(pl.Series(groups.of, dtype=pl.Int64)).alias("end")])
    lines.write_csv(out, include_header=False, quote_style="never")
    return out.getvalue()


_PLAIN_CELL = r"^[ -~\p{L}\p{M}\p{N}&&[^\",=+\-@]][ -~\p{L}\p{M}\p{N}&&[^\",]]*$"
"""Texts that are a cell of CSV as they are: letters and what else a keyboard has, without a sign at the beginning."""


def _csv_cells(values: Sequence[object]) -> pl.Series:
    """Return what a file of CSV has for each value; of a column of texts only what is not plain is looked at."""
    import polars as pl

    if not (isinstance(values, pl.Series) and values.dtype == pl.String):
        return pl.Series([_csv_cell(value) for value in values], dtype=pl.String)
    odd = values.filter(~values.str.contains(_PLAIN_CELL).fill_null(False)).unique()
    return values.replace(odd, pl.Series([_csv_cell(value) for value in odd], dtype=pl.String))


def _csv_cell(value: object) -> str:
    return _csv_line((value, None)).removesuffix(",")  # nothing alone on its line would be in quotation marks


def _csv_line(values: Iterable[object]) -> str:
    return csv_text([], [cast(Sequence[Cell], [*values])]).partition("\n")[2].removesuffix("\n")


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


def _json(rated: BulkRatings) -> Iterator[bytes]:
    for piece in json_pieces(rated, indent=1):
        yield piece.encode()
    yield b"\n"


def json_pieces(rated: BulkRatings, *, indent: int) -> Iterator[str]:
    """Yield :meth:`BulkRatings.to_dict` as JSON, a group at a time: those of a country have no room in memory."""
    groups = rated.ratings.groups
    shell = evolve(rated, ratings=evolve(rated.ratings, groups=evolve(groups, keys=(), ratings=(), of=()))).to_dict()
    here = "the groups stand here"
    text = json.dumps({**shell, "groups": [here]}, indent=indent, ensure_ascii=False)
    before, _, after = text.partition(json.dumps(here))
    step = " " * indent

    def lines(data: object) -> str:
        return json.dumps(data, indent=indent, ensure_ascii=False).replace("\n", f"\n{2 * step}")

    # A rating that many groups have is put into words once.
    ends = [lines(rating.to_dict()).removeprefix("{") for rating in groups.ratings]
    yield before if len(groups) else before.rstrip()
    for place, (group, number) in enumerate(groups.numbered()):
        between = f",\n{2 * step}" if place else ""
        yield f"{between}{lines({'group': plain_group(group)}).removesuffix('}').rstrip()},{ends[number]}"
    yield after if len(groups) else after.lstrip()


_WRITERS: Mapping[str, Callable[[BulkRatings], Content]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
    ".json": _json,
}
