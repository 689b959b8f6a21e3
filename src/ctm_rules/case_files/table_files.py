"""Large tables of cases in files (CSV, workbooks, Parquet): found, opened, and shared out to be read in pieces."""

from __future__ import annotations

import glob
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import assert_never
from urllib.parse import unquote

from ctm_rules.case_files.archives import WorkbookError
from ctm_rules.case_files.cells import WORKBOOKS, no_kind_of_table
from ctm_rules.case_files.csv_pieces import CSV
from ctm_rules.case_files.filled_forms import check_form, form_in, table_in
from ctm_rules.case_files.misplaced import first_rows_of_csv, misplaced_table
from ctm_rules.case_files.parquet_pages import PageError
from ctm_rules.case_files.parquet_pieces import PARQUET
from ctm_rules.case_files.pieces import Format, Kind, Piece, Report, Source, TableFile, rows_in_a_piece
from ctm_rules.case_files.sheets import explained_by_merging, first_rows_of_workbook
from ctm_rules.case_files.workbook_pieces import WORKBOOK, seen_in_workbook
from ctm_rules.diagnostics.findings import Diagnostic, Findings, Location
from ctm_rules.extras import needs_extra
from ctm_rules.files import FILE_NOT_READABLE, folders_in, found_in
from ctm_rules.model.declared_reading import TableLayout
from ctm_rules.model.framework import Framework
from ctm_rules.paths import kind_of

with needs_extra("bulk", "rating files in bulk"):
    import polars as pl
    import pyarrow as pa


_FORMATS: Mapping[Kind, Format] = {"csv": CSV, "parquet": PARQUET, "workbook": WORKBOOK}
_KINDS: Mapping[str, Kind] = {".csv": "csv", ".parquet": "parquet", **dict.fromkeys(WORKBOOKS, "workbook")}


def find_files(sources: Iterable[str | Path], findings: Findings) -> list[Path]:
    """Return the table files that names, patterns (``*``, ``**``) and folders stand for, each once.

    In a folder, files whose names begin with a dot or an underscore are left alone, as every writer of such folders
    expects; so are files of other kinds.
    """
    found: dict[Path, None] = {}
    for source in map(str, sources):
        path, hint = Path(source), "check the name, the folder or the pattern"
        if kind_of(path) == "folder":
            below = sorted(each for _, files in folders_in(path, findings) for each in files)
            inside = [each for each in below if each.suffix.lower() in _KINDS and each.is_file()]
            files = [each for each in inside if not _is_hidden(each.relative_to(path))]
            wrong = f"in the folder {source} no file's name ends in {', '.join(_KINDS)}"
        elif kind_of(path) == "other":
            files, wrong = [], f"{source} is a pipe or a device"
            hint = "give a file that lies on a disk"
        elif kind_of(path) == "file":
            files = [path] if path.suffix.lower() in _KINDS else []
            wrong = no_kind_of_table(path, source)
            hint = f"save it as one of {', '.join(_KINDS)}"
        else:
            # A pattern may begin at the root, which those of pathlib may not.
            try:
                matching = list(map(Path, sorted(glob.glob(source, recursive=True))))  # noqa: PTH207
            except RecursionError:
                matching = []  # folders deeper than Python calls itself
            files = [each for each in matching if each.suffix.lower() in _KINDS and each.is_file()]
            wrong = f"there is no file or folder {source}, and no table that matches it as a pattern"
        if not files:
            findings.add(FILE_NOT_READABLE, Location(source), wrong, hint=hint)
        found.update(dict.fromkeys(found_in(path, files, findings) if kind_of(path) == "folder" else files))
    return list(found)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def open_file(
    path: Path,
    findings: Findings,
    layout: TableLayout = TableLayout(),  # noqa: B008 (it is frozen)
) -> TableFile | None:
    """Return what a file holds, from its header alone (``None``, with the reason in ``findings``: unreadable).

    Args:
        path: the file.
        findings: takes what is wrong with it.
        layout: how the table lies in it, as far as it does not tell itself.
    """
    try:
        return _FORMATS[_KINDS[path.suffix.lower()]].open(path, _partition(path), layout, findings)
    except UNREADABLE as error:
        findings.extend([unreadable(path, error)])
        return None


def find_misplaced(path: Path, known: Collection[str], encoding: str | None = None) -> Diagnostic | None:
    """Return the finding that a table with these columns stands elsewhere in a file than it is looked for."""
    at = Location(str(path))
    try:
        match _KINDS[path.suffix.lower()]:
            case "csv":
                return misplaced_table(first_rows_of_csv(path.open("rb"), encoding), known, at)
            case "workbook":
                return misplaced_table(first_rows_of_workbook(path), known, at)
            case "parquet":
                return None
            case never:
                assert_never(never)
    except UNREADABLE:
        return None  # which is said already


def explained(
    found: Diagnostic,
    layout: TableLayout = TableLayout(),  # noqa: B008 (it is frozen)
) -> Diagnostic:
    """Return a finding on the rows of a file with the cause of it, where its file tells it."""
    path = Path(found.file)
    return explained_by_merging(found, path, layout) if _KINDS.get(path.suffix.lower()) == "workbook" else found


def check_file(file: TableFile, framework: Framework) -> Iterator[Diagnostic]:
    """Yield what people should know of a file where it is a form."""
    made = form_in(file.path) if file.is_form else None
    if made is not None:
        yield from check_form(table_in(file.path, made), framework, Location(str(file.path)))


def in_workbooks(found: Sequence[Diagnostic], files: Iterable[TableFile]) -> Iterator[Diagnostic]:
    """Yield findings, those in a workbook with the sheet and the cell in which people see what is wrong."""
    wrong = {each.file for each in found}
    seen = {
        str(file.path): seen_in_workbook(file) for file in files if file.kind == "workbook" and str(file.path) in wrong
    }
    for each in found:
        yield each.seen(seen[each.file]) if each.file in seen else each


def read_pieces(source: Source, report: Report) -> closing[Generator[Piece]]:
    """Return the rows of a source in pieces, for a ``with`` that closes the file.

    A generator that Ctrl-C leaves in the middle is otherwise closed where nobody can hear of a second exception, and
    some libraries raise one of their own beside that of Python.

    Raises:
        DiagnosticError, OSError, polars.exceptions.PolarsError, pyarrow.ArrowException: a file cannot be read to its
            end.
    """
    return closing(_FORMATS[source.files[0].kind].pieces(source, report))


UNREADABLE = (
    OSError,
    pa.ArrowException,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,  # no subclass of Exception, and yet what a damaged Parquet file may end in
    UnicodeDecodeError,  # the name of a column, in a damaged Parquet file
    PageError,
    WorkbookError,
)
"""What reading a file that is damaged, or no such file, raises."""


def unreadable(path: Path | str, error: BaseException) -> Diagnostic:
    """Return the finding that a file cannot be read."""
    reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error).strip()
    message = f"{path} cannot be read: {reason.splitlines()[0] if reason else type(error).__name__}"
    return FILE_NOT_READABLE.found(Location(str(path)), message, hint="check that it is whole and what its name says")


def _partition(path: Path) -> dict[str, str | None]:
    named = [part.split("=", 1) for part in path.parts[:-1] if "=" in part]
    return {unquote(key): None if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value) for key, value in named}


def split(files: Sequence[TableFile], columns_of: Callable[[TableFile], Sequence[str]]) -> list[Source]:
    """Return sources of about equal size: small Parquet files together, large ones in parts.

    Where no column is to be read, what is there is read all the same: it tells how many cases there are.
    """

    def read(file: TableFile) -> Sequence[str]:
        columns = columns_of(file)
        inside = [name for name in file.schema if name not in file.partition]
        if not set(columns).isdisjoint(inside):
            return columns
        # A row of a Parquet file is a case whatever it holds; one of text is none where all of it is empty.
        return [*columns, *inside[: 1 if file.kind == "parquet" else None]]

    sources: list[Source] = []
    for (kind, *_), alike in groupby(files, lambda file: (file.kind, tuple(file.schema.items()), [*file.partition])):
        if kind != "parquet":
            sources += [_whole([file], read(file)) for file in alike]
            continue
        together: list[TableFile] = []
        for file in alike:
            columns = read(file)
            most = rows_in_a_piece([file.schema[name] for name in columns])
            if together and sum(each.rows for each in together) + file.rows > most:
                sources.append(_whole(together, columns))
                together = []
            if file.rows <= most:
                together.append(file)
            else:
                sources += [Source((file,), tuple(columns), *part) for part in _parts(file.groups, most)]
        if together:
            sources.append(_whole(together, columns))
    return sources


def _whole(files: Sequence[TableFile], columns: Sequence[str]) -> Source:
    return Source(tuple(files), tuple(columns), 0, sum(file.rows for file in files))


def _parts(groups: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Yield where each part begins and how many rows it has, whole groups of rows as far as they are small enough."""
    first = rows = 0
    for group in groups:
        if rows and rows + group > most:
            yield first, rows
            first, rows = first + rows, 0
        rows += group
        while rows > most:
            yield first, most
            first, rows = first + most, rows - most
    if rows:
        yield first, rows
