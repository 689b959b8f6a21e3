"""One source of rows counted, here or where a worker is: what it comes to, and what was wrong with which row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
from attrs import evolve, frozen

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.case_files.odd_cells import FORM, has_form, meant_fact, odd_cell, repeated_case
from ctm_rules.case_files.pieces import ROW, Piece, Source, TableFile
from ctm_rules.case_files.table_files import UNREADABLE, read_pieces, unreadable
from ctm_rules.diagnostics.findings import Diagnostic, Findings, Gathered, Location, RequestError
from ctm_rules.engines.frame.case_ids import looks
from ctm_rules.engines.frame.counts import Grouping, Tallied
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
    if lowered.columns.has(CASE_COLUMN):
        read.append(lowered.columns.name(CASE_COLUMN))
    return Plan(tuple(dict.fromkeys(read)), groupings)


@frozen
class Counted:
    """What counting came to, and what was wrong: what has one cause as one finding, of ``MAX_DIAGNOSTICS`` causes.

    Attributes:
        ids: a hash of what people see of each row's case id, where a source is a part of a file, and its ids are to be
            told apart from those of other parts.
    """

    tallied: Tallied
    findings: tuple[Diagnostic, ...] = ()
    ids: pl.Series | None = None

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
        malformed = Gathered(most=MAX_DIAGNOSTICS)
        left_out = 0
        ids: list[pl.Series] = []
        own_id = self._own_id(source)

        def report(finding: Diagnostic, rows: int) -> None:
            nonlocal left_out
            left_out += rows
            malformed.add(finding)

        def counts() -> Iterator[Counted]:
            with read_pieces(source, report) as pieces:
                for piece in pieces:
                    yield self._count_piece(piece, source.files[0])
                    if own_id is not None:
                        ids.append(_hashed(piece.frame, own_id))
                    done(piece.rows)

        try:
            counted = list(counts())
            if own_id is not None and source.is_whole:
                counted += self._without_repeats(source, pl.concat(ids or [pl.Series(dtype=pl.UInt64)]))
        except UNREADABLE as error:
            for file in source.files if len(source.files) > 1 else ():
                self.count(evolve(source, files=(file,), rows=file.rows), lambda _: None)  # says which one it is
            raise RequestError([unreadable(source.files[0].path, error)]) from None
        summed = Counted.sum([*counted, Counted(Tallied(left_out=left_out), tuple(malformed))])
        return summed if own_id is None or source.is_whole else evolve(summed, ids=pl.concat(ids))

    def sum(self, sources: Sequence[Source], counted: Iterable[Counted]) -> Counted:
        """Return what counting the sources came to together, without the rows of cases that have several."""
        parts = list(counted)
        ids: dict[Path, list[pl.Series]] = {}
        whole: dict[Path, Source] = {}
        for source, part in zip(sources, parts, strict=True):
            if part.ids is not None:
                file = source.files[0]
                ids.setdefault(file.path, []).append(part.ids)
                whole[file.path] = evolve(source, first=0, rows=file.rows)
        for path, of_parts in ids.items():
            parts += self._without_repeats(whole[path], pl.concat(of_parts))
        return Counted.sum(parts)

    # --- case ids ------------------------------------------------------------------------------------

    @property
    def _id_column(self) -> str:
        return self.job.reading.columns.get(CASE_COLUMN, CASE_COLUMN)

    def _own_id(self, source: Source) -> pl.Expr | None:
        """Return the case id of a row, without spaces round it (null: it has none; ``None``: rows need none)."""
        name = self._id_column
        if name not in source.columns or name in source.files[0].partition:
            return None
        if source.files[0].schema[name] == pl.String:
            return pl.col(name).str.strip_chars().replace("", None)
        return pl.col(name)

    def _without_repeats(self, source: Source, hashed: pl.Series) -> Iterator[Counted]:
        """Yield what is to be added to the counts of whole files, so that each case counts once and has an id."""
        first = 0
        for file in source.files:
            own = hashed if len(source.files) == 1 else hashed.slice(first, file.rows)
            first += file.rows
            if own.drop_nulls().n_unique() < len(own) - own.null_count():
                yield self._repeats(evolve(source, files=(file,), first=0, rows=file.rows), own)

    def _repeats(self, source: Source, hashed: pl.Series) -> Counted:
        """Return the counts, below nought, of all rows but the first of each case; rows without an id are left out yet.

        Different ids may have the same hash, so that those which stand twice are read again and compared.
        """
        own_id = self._own_id(source)
        assert own_id is not None
        several = hashed.drop_nulls().filter(hashed.drop_nulls().is_duplicated()).unique()
        known = pl.DataFrame(schema={_LOOK: pl.String, _WRITTEN: pl.String, _FIRST: pl.Int64})
        column = list(source.files[0].schema).index(self._id_column) + 1
        findings = Gathered(most=MAX_DIAGNOSTICS)
        left_out: list[Tallied] = []
        with read_pieces(source, lambda *_: None) as pieces:
            for piece in pieces:
                rows = piece.numbered.select(ROW, own_id.alias(_ID)).collect()
                seen = _seen(rows[_ID])
                rows = rows.with_columns(seen.cast(pl.String).alias(_LOOK), pl.col(_ID).cast(pl.String))
                ids = rows.filter(_hash(seen).is_in(several.implode())).sort(ROW)
                new = ids.unique(_LOOK, keep="first").join(known, on=_LOOK, how="anti")
                lines = [piece.place(row).line for row in new[ROW]]
                first = pl.Series(_FIRST, lines, pl.Int64)
                known = pl.concat([known, new.select(_LOOK, pl.col(_ID).alias(_WRITTEN), first)])
                repeats = ids.join(new, on=ROW, how="anti").join(known, on=_LOOK, how="left").sort(ROW)
                if repeats.is_empty():
                    continue
                for found in _said_of(repeats, piece, column):
                    findings.add(found)
                left_out.append(self.job.tally(piece.numbered.filter(pl.col(ROW).is_in(repeats[ROW].implode()))))
        return Counted(Tallied.sum(left_out).left_out_again(), tuple(findings))

    # --- pieces --------------------------------------------------------------------------------------

    def _count_piece(self, piece: Piece, file: TableFile) -> Counted:
        tallied, lowered = self.job.tally_and_lower(as_table(piece.frame))
        findings = _bad_cells(lowered, piece, file) if tallied.left_out else ()
        return Counted(tallied, tuple(findings))


_ID, _LOOK, _WRITTEN, _FIRST = (f"{TEMPORARY}{name}" for name in ("id", "look", "written", "first"))


def _hashed(frame: pl.LazyFrame, own_id: pl.Expr) -> pl.Series:
    """Return a hash of what people see of each row's case id (null: it has none)."""
    return _hash(_seen(frame.select(own_id.alias(_ID)).collect(engine="streaming").to_series()))


def _seen(ids: pl.Series) -> pl.Series:
    return looks(ids) if ids.dtype == pl.String else ids


def _hash(ids: pl.Series) -> pl.Series:
    return ids.hash().set(ids.is_null(), None)


def _said_of(repeats: pl.DataFrame, piece: Piece, column: int) -> Iterator[Diagnostic]:
    """Yield what is said of rows that repeat a case; of many the first are named, and the rest counted."""
    is_same = pl.col(_ID) == pl.col(_WRITTEN)
    for alike in (repeats.filter(is_same), repeats.filter(~is_same)):
        rows = alike.select(ROW, _ID, _WRITTEN, _FIRST)
        for row, case_id, written, line in rows.head(MAX_PLACES).iter_rows():
            yield repeated_case(evolve(piece.place(row), column=column), case_id, line, written)
        more = len(rows) - MAX_PLACES
        if more > 0:
            at = Location(piece.place(row).file)
            yield evolve(repeated_case(at, case_id, line, written), count=more)


def _bad_cells(lowered: LoweredFramework, piece: Piece, file: TableFile) -> Gathered:
    """Return what is read and has no meaning: what has one cause as one finding."""
    recognised = lowered.columns.recognised
    flags = {meaning: f"{TEMPORARY}{number}" for number, meaning in enumerate(recognised)}
    shown = list(dict.fromkeys(each.column for each in recognised.values()))
    others = {flags[meaning]: ~each.formula for meaning, each in recognised.items()}
    table = nw.to_native(lowered.columns.formulas.compute(as_table(piece.numbered), [ROW, *shown], others))
    numbers = table.select(pl.col(flags.values()).sum()).collect(engine="streaming").row(0, named=True)
    places = list(file.schema)
    found = Gathered(most=MAX_DIAGNOSTICS)
    for meaning, each in recognised.items():
        if not numbers[flags[meaning]]:
            continue
        column = places.index(each.column) + 1
        for text, count, rows in _alike(table.filter(flags[meaning]), each.column, lowered.framework, meaning):
            at = [evolve(piece.place(row), column=column) for row in rows]
            odd = odd_cell(lowered.framework, meaning, each.column, text, lowered.columns.reading.codes)
            found.add(evolve(odd.in_row(at[0]), count=count, places=tuple(at) if count > 1 else ()))
    return found


def _alike(
    table: pl.LazyFrame, column: str, framework: Framework, meaning: str
) -> Iterable[tuple[str, int, list[int]]]:
    """Yield the texts of a column that have no meaning: the first of each kind, how often it is there and its rows."""
    kind = text = pl.col(column).cast(pl.String).str.strip_chars().fill_null("")
    if has_form(meant_fact(framework, meaning)):
        for found, form in FORM:
            kind = kind.str.replace_all(found, form)
    row = pl.col(ROW)
    first = [text.sort_by(row).first().alias("text"), row.min().alias("first")]
    groups = table.group_by(kind.alias("kind")).agg(*first, pl.len().alias("count"), row.sort().head(MAX_PLACES))
    found_here = groups.sort("first").head(MAX_DIAGNOSTICS).collect(engine="streaming")
    return found_here.select("text", "count", ROW).iter_rows()
