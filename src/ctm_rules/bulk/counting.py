"""One source of rows counted, here or where a worker is: what it comes to, and what was wrong with which row."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
from attrs import evolve, frozen

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.case_files.long_tables import find_answer_columns
from ctm_rules.case_files.odd_cells import FORM, has_form, meant_fact, odd_cell, repeated_case
from ctm_rules.case_files.pieces import ROW, Piece, Source, TableFile
from ctm_rules.case_files.rows_read import absent_test_column
from ctm_rules.case_files.table_files import UNREADABLE, read_pieces, unreadable
from ctm_rules.case_files.workbook_pieces import shown_in_form
from ctm_rules.diagnostics.findings import Diagnostic, Findings, Gathered, Location, RequestError
from ctm_rules.engines.frame.case_ids import looks
from ctm_rules.engines.frame.counts import Grouping
from ctm_rules.engines.frame.jobs import FrameJob
from ctm_rules.engines.frame.long_frames import rows_read, widened
from ctm_rules.engines.frame.rules import LoweredFramework, as_table
from ctm_rules.engines.frame.tallies import Tallied
from ctm_rules.limits import MAX_DIAGNOSTICS, MAX_PLACES
from ctm_rules.model.case_columns import match_columns
from ctm_rules.model.framework import CASE_COLUMN, Framework


@frozen
class Plan:
    """What is read from a file: its columns, and what cases are grouped by."""

    columns: tuple[str, ...]
    groupings: list[Grouping]


def plan_file(job: FrameJob, file: TableFile, findings: Findings) -> Plan | None:
    """Return what is read from a file, or ``None`` with what is wrong with its columns in ``findings``."""
    job = evolve(job, at=Location(str(file.path)))
    if job.reading.table.is_long:
        return _plan_long(job, file, findings)
    schema = as_table(pl.LazyFrame(schema=dict(file.schema))).collect_schema()
    lowered, groupings, found = job.lower(schema)
    found.extend(_tests_absent(job, file))
    findings.extend(found)
    if found.errors:
        return None
    read = [*lowered.columns.read, *(grouping.column for grouping in groupings if grouping.column)]
    if lowered.columns.has(CASE_COLUMN):
        read.append(lowered.columns.name(CASE_COLUMN))
    return Plan(tuple(dict.fromkeys([*read, *job.reading.only_rows])), groupings)


def _tests_absent(job: FrameJob, file: TableFile) -> Iterator[Diagnostic]:
    for column in job.reading.only_rows:
        if column not in file.schema:
            yield absent_test_column(column, list(file.schema), job.at)


def _plan_long(job: FrameJob, file: TableFile, findings: Findings) -> Plan | None:
    """Return what is read from a long file; what is asked in it is read first, for that is what its columns will be."""
    found = Findings()
    columns = find_answer_columns(job.reading, list(file.schema), job.at, found)
    found.extend(_tests_absent(job, file))
    if columns is None or found.errors:
        findings.extend(found)
        return None
    asked: dict[str, None] = {}
    try:
        with read_pieces(Source((file,), (columns.asked,), 0, file.rows), lambda *_: None) as pieces:
            for piece in pieces:
                texts = piece.frame.select(pl.col(columns.asked).cast(pl.String)).unique().collect().to_series()
                asked.update(dict.fromkeys(text.strip() for text in texts.drop_nulls()))
    except UNREADABLE as error:
        findings.extend([unreadable(file.path, error)])
        return None
    others = [name for name in file.schema if name not in columns.names]
    carried = match_columns(job.framework, job.reading, others, also=job.also).names
    meanings = [*match_columns(job.framework, job.reading, [*asked]).names, *carried]
    wide = pl.LazyFrame(schema={CASE_COLUMN: pl.String(), **dict.fromkeys(meanings, pl.String())})
    _, groupings, wrong = job.by_our_names().lower(as_table(wide).collect_schema())
    findings.extend(wrong)
    read = (*columns.names, *carried.values(), *job.reading.only_rows)
    return None if wrong.errors else Plan(tuple(dict.fromkeys(read)), groupings)


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
            with self._pieces(source, report) as pieces:
                for piece in pieces:
                    kept = self._kept(piece)
                    yield self._count_piece(kept, source.files[0])
                    if own_id is not None:
                        ids.append(_hashed(piece, kept, own_id))
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

    # --- rows ----------------------------------------------------------------------------------------

    def _kept(self, piece: Piece) -> Piece:
        """Return the rows of a piece that are to be read."""
        reading = self.job.reading
        if not reading.only_rows or reading.table.is_long:
            return piece
        frame, numbered = (
            nw.to_native(rows_read(as_table(rows), reading, self.job.at)) for rows in (piece.frame, piece.numbered)
        )
        return evolve(piece, frame=frame, numbered=numbered)

    def _pieces(self, source: Source, report: Callable[[Diagnostic, int], None]) -> closing[Generator[Piece]]:
        if not self.job.reading.table.is_long:
            return read_pieces(source, report)
        return closing(self._wide(source, report))

    def _wide(self, source: Source, report: Callable[[Diagnostic, int], None]) -> Generator[Piece]:
        """Yield the rows of a long file as one piece that has a row for each case, with the number of its first."""
        frames: list[pl.DataFrame] = []
        with read_pieces(source, report) as pieces:
            for piece in pieces:
                rows = piece.numbered.collect()
                lines = [piece.place(number).line for number in rows[ROW]]
                frames.append(rows.with_columns(pl.Series(ROW, lines, pl.Int64)))
        if not frames:
            return
        name = str(source.files[0].path)
        job = evolve(self.job, at=Location(name))
        table = rows_read(as_table(pl.concat(frames).lazy()), job.reading, job.at)
        wide = widened(job.framework, job.reading, table, job.at, also=job.also, row=ROW)
        numbered: pl.DataFrame = nw.to_native(wide.collect())
        read = sum(map(len, frames))
        yield Piece(numbered.drop(ROW).lazy(), numbered.lazy(), read, lambda row: Location(name, row))

    # --- case ids ------------------------------------------------------------------------------------

    def _id_column(self, source: Source) -> str:
        matched = match_columns(self.job.framework, self.job.reading, source.files[0].schema, also=self.job.also)
        return matched.names.get(CASE_COLUMN, CASE_COLUMN)

    def _own_id(self, source: Source) -> pl.Expr | None:
        """Return the case id of a row, without spaces round it (null: it has none; ``None``: rows need none)."""
        if self.job.reading.table.is_long:
            return None
        name = self._id_column(source)
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
        column = list(source.files[0].schema).index(self._id_column(source)) + 1
        findings = Gathered(most=MAX_DIAGNOSTICS)
        left_out: list[Tallied] = []
        with read_pieces(source, lambda *_: None) as pieces:
            for each in pieces:
                piece = self._kept(each)
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
        job = self.job.by_our_names() if self.job.reading.table.is_long else self.job
        tallied, lowered = job.tally_and_lower(as_table(piece.frame))
        findings = _bad_cells(lowered, piece, file) if tallied.left_out else ()
        return Counted(tallied, tuple(findings))


_ID, _LOOK, _WRITTEN, _FIRST = (f"{TEMPORARY}{name}" for name in ("id", "look", "written", "first"))


def _hashed(piece: Piece, kept: Piece, own_id: pl.Expr) -> pl.Series:
    """Return a hash of what people see of each row's case id (null: it has none, or is none of the rows kept)."""
    hashed = _hash(_seen(piece.frame.select(own_id.alias(_ID)).collect(engine="streaming").to_series()))
    if kept is piece:
        return hashed
    numbers = piece.numbered.select(ROW).collect().to_series()
    return hashed.set(~numbers.is_in(kept.numbered.select(ROW).collect().to_series().implode()), None)


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
    cells, in_form = lowered.columns.cells, shown_in_form(file)
    for meaning, each in recognised.items():
        if not numbers[flags[meaning]]:
            continue
        column = places.index(each.column) + 1 if each.column in places else 0  # of a long file it is none of its own
        for text, count, rows in _alike(table.filter(flags[meaning]), each.column, lowered.framework, meaning):
            at = [evolve(piece.place(row), column=column) for row in rows]
            odd = odd_cell(cells, meaning, each.column, text, by_options=True, shown=in_form.get(each.column))
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
