"""Tables of any size in files, rated by any grouping: piece by piece here, or spread over the workers of Spark.

What is done with a source is the same everywhere (:meth:`BulkJob.count`): it is counted, and nothing comes back but
counts and what was wrong with which row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import narwhals.stable.v2 as nw
from attrs import evolve, frozen

from ctm_rules.bulk.frames import FrameRatings, rate_tallies, taken_names
from ctm_rules.bulk.judgements import read_judgements
from ctm_rules.case_files.cells import EMPTY_TABLE, TEMPORARY, quote_cell
from ctm_rules.case_files.pieces import ROW, Piece, Source, TableFile
from ctm_rules.case_files.table_files import UNREADABLE, find_files, open_file, read_pieces, split, unreadable
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.engines.frame.columns import BY_DEFAULT, Absent, Codes, Reading
from ctm_rules.engines.frame.counts import Grouping, Tallied, tally_table
from ctm_rules.engines.frame.jobs import FrameJob
from ctm_rules.engines.frame.rules import LoweredFramework, as_table
from ctm_rules.engines.spark import count_on_spark
from ctm_rules.extras import needs_extra
from ctm_rules.limits import MAX_DIAGNOSTICS
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.validity import require_valid

with needs_extra("bulk", "rating files in bulk"):
    import polars as pl

Progress = Callable[[int, int], None]
"""Told how many more rows are done, and about how many there are in all."""

BulkEngine = Literal["embedded", "spark"]
"""``embedded`` is Polars in this process; ``spark`` runs the same on the workers of a Spark cluster."""


@frozen
class BulkRatings:
    """The ratings of the cases in files.

    Attributes:
        ratings: by group.
        files: what was read.
        cases: how many rows were counted.
        left_out: how many rows were not, because of what ``findings`` says about them.
        findings: what is wrong with which row of which file, at most ``MAX_DIAGNOSTICS``.
    """

    ratings: FrameRatings
    files: tuple[Path, ...]
    cases: int
    left_out: int
    findings: tuple[Diagnostic, ...]

    def to_dict(self) -> dict[str, object]:
        """Return plain data, ready for JSON."""
        return {
            **self.ratings.to_dict(),
            "cases": self.cases,
            "left_out": self.left_out,
            "findings": [finding.to_dict() for finding in self.findings],
        }


def rate_files(
    framework: Framework,
    sources: Iterable[str | Path],
    by: str | Sequence[str] = (),
    *,
    judgements: Path | None = None,
    columns: Mapping[str, str] | None = None,
    codes: Codes = BY_DEFAULT,
    absent: Absent = "refuse",
    strict: bool = False,
    engine: BulkEngine = "embedded",
    master: str | None = None,
    progress: Progress | None = None,
) -> BulkRatings:
    """Return the ratings of every group of cases in files, however many there are.

    A row that cannot be read, or that holds a value without a meaning, is left out and reported.

    Args:
        framework: what to rate by.
        sources: files, folders and patterns (``audits/2025-*.parquet``); CSV, XLSX and Parquet. A folder's name such
            as ``provider=North`` is a column of the files in it.
        by: what to group by, as for :func:`~ctm_rules.bulk.frames.rate_frame`.
        judgements: a CSV file of recorded ratings of the standards rated by judgement: a column for each of ``by``
            and for each standard, by its slug, with rating ids.
        columns: the tables' own name of a column, by the name that it would have in a case table.
        codes: what whole numbers stand for, where columns hold numbers instead of words.
        absent: whether a column that the rules read may be absent from a file.
        strict: refuse everything where a row would be left out.
        engine: where the rows are counted.
        master: the master URL of the Spark cluster (default: Spark's own setting, else this machine).
        progress: told how far it is.

    Raises:
        DiagnosticError: the framework is not valid, a file cannot be read, a column is absent or of a wrong type, there
            are no rows, or no case of a group for which judgements are recorded; with
            ``strict`` also every bad row.
        MissingExtraError: a library that is needed is not installed.

    >>> from ctm_rules import load_framework
    >>> rated = rate_files(load_framework("hmip-pdu", "2024"), ["examples/ctm/*.csv"], by="subgroups.grade")
    >>> rated.cases, rated.left_out, rated.ratings["pso"].cases
    (44, 0, 16)
    """
    require_valid(framework)
    findings = Findings()
    job = FrameJob(framework, Reading(columns or {}, codes, absent), (by,) if isinstance(by, str) else tuple(by))
    findings.extend(taken_names(job))
    recorded = () if judgements is None else read_judgements(judgements, framework, job.by)
    paths = find_files(sources, findings)
    files = [file for path in paths if (file := open_file(path, findings)) is not None]
    plans = {file.path: plan for file in files if (plan := _plan(job, file, findings)) is not None}
    findings.raise_errors()
    parts = split(files, lambda file: plans[file.path].columns)
    total = sum(file.rows for file in files)

    def done(rows: int) -> None:
        if progress is not None:
            progress(rows, total)

    counting = BulkJob(job)
    if engine == "spark":
        counted = Counted.sum(count_on_spark(counting.count, [part.anywhere() for part in parts], master, done))
    else:
        counted = Counted.sum(counting.count(part, done) for part in parts)
    tallied = counted.tallied
    if strict and counted.findings:
        raise DiagnosticError(counted.findings)
    if not tallied.cases + tallied.left_out:
        message = "there are no cases in these files"
        raise DiagnosticError([EMPTY_TABLE.found(Location(str(paths[0])), message, hint="add a row for each case")])
    groupings = plans[paths[0]].groupings
    ratings = rate_tallies(framework, groupings, tallied.groups, recorded, "auto")
    ordered = sorted(counted.findings, key=lambda finding: (finding.file, finding.line, finding.column))
    return BulkRatings(ratings, tuple(paths), tallied.cases, tallied.left_out, tuple(ordered))


@frozen
class _Plan:
    """What is read from a file: its columns, and what cases are grouped by."""

    columns: tuple[str, ...]
    groupings: list[Grouping]


def _plan(job: FrameJob, file: TableFile, findings: Findings) -> _Plan | None:
    """Return what is read from a file, or ``None`` with what is wrong with its columns in ``findings``."""
    schema = as_table(pl.LazyFrame(schema=dict(file.schema))).collect_schema()
    lowered, groupings, found = evolve(job, at=Location(str(file.path))).lower(schema)
    findings.extend(found)
    if found.errors:
        return None
    read = [*lowered.columns.read, *(grouping.column for grouping in groupings if grouping.column)]
    if file.kind != "parquet" and CASE_COLUMN in schema:
        read.append(CASE_COLUMN)  # tells a row in which nothing is known of a case from an empty one
    return _Plan(tuple(dict.fromkeys(read)), groupings)


# --- counting --------------------------------------------------------------------------------------


@frozen
class Counted:
    """What counting came to, and at most ``MAX_DIAGNOSTICS`` of what was wrong."""

    tallied: Tallied
    findings: tuple[Diagnostic, ...] = ()

    @classmethod
    def sum(cls, parts: Iterable[Counted]) -> Counted:
        """Return what the parts come to together."""
        findings: list[Diagnostic] = []

        def tallies() -> Iterator[Tallied]:
            for part in parts:
                findings.extend(part.findings[: MAX_DIAGNOSTICS - len(findings)])
                yield part.tallied

        return cls(Tallied.sum(tallies()), tuple(findings))


@frozen
class BulkJob:
    """What is done with each source, here or where a worker is."""

    job: FrameJob

    def count(self, source: Source, done: Callable[[int], None]) -> Counted:
        """Return the counts of a source; ``done`` is told the number of rows of each piece.

        Raises:
            DiagnosticError: a file cannot be read to its end.
        """
        malformed: list[Diagnostic] = []
        left_out = 0

        def report(finding: Diagnostic | None, rows: int) -> None:
            nonlocal left_out
            left_out += rows
            if finding is not None and len(malformed) < MAX_DIAGNOSTICS:
                malformed.append(finding)

        def counts() -> Iterator[Counted]:
            for piece in read_pieces(source, report):
                yield self._count_piece(piece, source.files[0])
                done(piece.rows)

        try:
            counted = list(counts())
        except UNREADABLE as error:
            for file in source.files if len(source.files) > 1 else ():
                self.count(evolve(source, files=(file,), rows=file.rows), lambda _: None)  # says which one it is
            raise DiagnosticError([unreadable(source.files[0].path, error)]) from None
        return Counted.sum([*counted, Counted(Tallied(left_out=left_out), tuple(malformed))])

    def _count_piece(self, piece: Piece, file: TableFile) -> Counted:
        tallied, lowered = self._tally(piece.frame)
        if not tallied.left_out:
            return Counted(tallied)
        # Cells of text may have spaces round them; almost no file has them, and looking for them takes time.
        texts = [name for name in lowered.columns.read if file.schema[name] == pl.String]
        tidy = [pl.col(name).str.strip_chars().replace("", None) for name in texts]
        tallied, lowered = self._tally(piece.frame.with_columns(tidy))
        findings = _bad_cells(lowered, piece, piece.numbered.with_columns(tidy), file) if tallied.left_out else ()
        return Counted(tallied, tuple(findings))

    def _tally(self, frame: pl.LazyFrame) -> tuple[Tallied, LoweredFramework]:
        table = as_table(frame)
        lowered, groupings, _ = self.job.lower(table.collect_schema())
        return tally_table(lowered, groupings, table), lowered


def _bad_cells(lowered: LoweredFramework, piece: Piece, frame: pl.LazyFrame, file: TableFile) -> Iterator[Diagnostic]:
    """Yield a finding for each cell that is read and has no meaning, in the order of the rows."""
    recognised = lowered.columns.recognised
    flags = {meaning: f"{TEMPORARY}{number}" for number, meaning in enumerate(recognised)}
    shown = list(dict.fromkeys(each.column for each in recognised.values()))
    others = {flags[meaning]: ~each.formula for meaning, each in recognised.items()}
    table = nw.to_native(lowered.columns.formulas.compute(as_table(frame), [ROW, *shown], others))
    rows = table.filter(pl.any_horizontal(*others)).head(MAX_DIAGNOSTICS).collect(engine="streaming").sort(ROW)
    places = list(file.schema)
    for row in rows.iter_rows(named=True):
        at = piece.place(row[ROW])
        for meaning, each in recognised.items():
            if row[flags[meaning]]:
                value = str(row[each.column])
                expected = " or ".join(each.words)
                message = f'row {at.line}, column "{each.column}": {quote_cell(value)} is not {expected}'
                hint = nearest_name_hint(value.lower(), each.words, list_all=False)
                place = Location(at.file, at.line, places.index(each.column) + 1)
                yield each.code.found(place, message, path=meaning, hint=hint or "the row is left out")


def _as_text(value: object) -> str:
    return "" if value is None else str(value)
