"""One source of rows counted, here or where a worker is: what it comes to, and what was wrong with which row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import narwhals.stable.v2 as nw
import polars as pl
from attrs import evolve, frozen

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.case_files.odd_cells import FORM, has_form, odd_cell
from ctm_rules.case_files.pieces import ROW, Piece, Source, TableFile
from ctm_rules.case_files.table_files import UNREADABLE, read_pieces, unreadable
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, Gathered, Location
from ctm_rules.engines.frame.counts import Grouping, Tallied, tally_table
from ctm_rules.engines.frame.jobs import FrameJob
from ctm_rules.engines.frame.rules import LoweredFramework, as_table
from ctm_rules.limits import MAX_DIAGNOSTICS, MAX_PLACES
from ctm_rules.model.framework import CASE_COLUMN, Framework


@frozen
class Plan:
    """What is read from a file: its columns, and what cases are grouped by."""

    columns: tuple[str, ...]
    groupings: list[Grouping]


def plan_file(job: FrameJob, file: TableFile, findings: Findings) -> Plan | None:
    """Return what is read from a file, or ``None`` with what is wrong with its columns in ``findings``."""
    schema = as_table(pl.LazyFrame(schema=dict(file.schema))).collect_schema()
    lowered, groupings, found = evolve(job, at=Location(str(file.path))).lower(schema)
    findings.extend(found)
    if found.errors:
        return None
    read = [*lowered.columns.read, *(grouping.column for grouping in groupings if grouping.column)]
    if file.kind != "parquet" and CASE_COLUMN in schema:
        read.append(CASE_COLUMN)  # tells a row in which nothing is known of a case from an empty one
    return Plan(tuple(dict.fromkeys(read)), groupings)


@frozen
class Counted:
    """What counting came to, and what was wrong: what has one cause as one finding, of ``MAX_DIAGNOSTICS`` causes."""

    tallied: Tallied
    findings: tuple[Diagnostic, ...] = ()

    @classmethod
    def sum(cls, parts: Iterable[Counted]) -> Counted:
        """Return what the parts come to together."""
        findings = Gathered(most=MAX_DIAGNOSTICS)

        def tallies() -> Iterator[Tallied]:
            for part in parts:
                findings.add_all(part.findings)
                yield part.tallied

        tallied = Tallied.sum(tallies())
        return cls(tallied, tuple(findings))


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


def _bad_cells(lowered: LoweredFramework, piece: Piece, frame: pl.LazyFrame, file: TableFile) -> Gathered:
    """Return what is read and has no meaning: what has one cause as one finding."""
    recognised = lowered.columns.recognised
    flags = {meaning: f"{TEMPORARY}{number}" for number, meaning in enumerate(recognised)}
    shown = list(dict.fromkeys(each.column for each in recognised.values()))
    others = {flags[meaning]: ~each.formula for meaning, each in recognised.items()}
    table = nw.to_native(lowered.columns.formulas.compute(as_table(frame), [ROW, *shown], others))
    numbers = table.select(pl.col(flags.values()).sum()).collect(engine="streaming").row(0, named=True)
    places = list(file.schema)
    found = Gathered(most=MAX_DIAGNOSTICS)
    for meaning, each in recognised.items():
        if not numbers[flags[meaning]]:
            continue
        column = places.index(each.column) + 1
        for text, count, rows in _alike(table.filter(flags[meaning]), each.column, lowered.framework, meaning):
            at = [evolve(piece.place(row), column=column) for row in rows]
            odd = odd_cell(lowered.framework, meaning, each.column, text, may_be_code=True)
            found.add(evolve(odd.in_row(at[0]), count=count, places=tuple(at) if count > 1 else ()))
    return found


def _alike(
    table: pl.LazyFrame, column: str, framework: Framework, meaning: str
) -> Iterable[tuple[str, int, list[int]]]:
    """Yield the texts of a column that have no meaning: the first of each kind, how often it is there and its rows."""
    kind = text = pl.col(column).cast(pl.String).fill_null("")
    if has_form(framework.facts_by_id.get(meaning)):
        for found, form in FORM:
            kind = kind.str.replace_all(found, form)
    row = pl.col(ROW)
    first = [text.sort_by(row).first().alias("text"), row.min().alias("first")]
    groups = table.group_by(kind.alias("kind")).agg(*first, pl.len().alias("count"), row.sort().head(MAX_PLACES))
    found_here = groups.sort("first").head(MAX_DIAGNOSTICS).collect(engine="streaming")
    return found_here.select("text", "count", ROW).iter_rows()
