"""One run over a dataframe: what is counted, by which groups, with which codes."""

from __future__ import annotations

import typing
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import narwhals.stable.v2 as nw
from attrs import evolve, frozen

from ctm_rules.case_files.cells import BAD_COLUMN, EMPTY_TABLE
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.engines.frame.columns import Columns
from ctm_rules.engines.frame.counts import (
    Grouping,
    find_groupings,
    known_groupings,
    missing_by_reason,
)
from ctm_rules.engines.frame.handed_over import handed_over
from ctm_rules.engines.frame.long_frames import by_our_names, rows_read, widened
from ctm_rules.engines.frame.points import check_divisors
from ctm_rules.engines.frame.rules import RECOGNISED, LoweredFramework, Table, as_table, assess_table, assessed_columns
from ctm_rules.engines.frame.strange_values import StrangeValues, strange_values
from ctm_rules.engines.frame.tallies import Tallied, tally_table
from ctm_rules.engines.frame.used_codes import used_codes
from ctm_rules.model.case_columns import match_columns, provider_columns
from ctm_rules.model.declared_reading import Reading, Shorthands
from ctm_rules.model.framework import Framework
from ctm_rules.model.reading import cell_text

# --- jobs --------------------------------------------------------------------------------------------

AnyFrame = typing.Any
"""A dataframe of any library."""


Lowering = tuple[LoweredFramework, list[Grouping]]
"""The rules and the groups, lowered for the columns of a table."""


@frozen
class FrameJob:
    """What is to be done with dataframes whose columns mean the same.

    A job can be sent to where the parts of a table are, and what its methods return for each part adds up.

    Attributes:
        reading: how the tables are read, with what options say of it.
        said: what options say of it.
        rates: whether ratings are made, so that what is known of the provider is read as well.
        at: what diagnostics call the table.
    """

    framework: Framework
    reading: Reading
    by: tuple[str, ...] = ()
    said: Shorthands = Shorthands()
    rates: bool = False
    at: Location = Location("<dataframe>")

    @property
    def also(self) -> set[str]:
        """What may be read beside what is known of a case: what cases are grouped by, what is known of the provider."""
        names = [name for name in self.by if isinstance(name, str)]
        known = provider_columns(self.framework) if self.rates else ()
        return {*names, *(name.rpartition(".")[0] for name in names), *known} - {""}

    def columns(
        self, schema: Mapping[str, nw.dtypes.DType], *, seen: Mapping[str, Collection[str]] | None = None
    ) -> Columns:
        """Return the columns of a table of these types; ``seen`` are texts of which it is asked what they mean."""
        return Columns(self.framework, schema, self.reading, said=self.said, seen=seen, also=self.also)

    def lower(
        self, schema: Mapping[str, nw.dtypes.DType], *, seen: Mapping[str, Collection[str]] | None = None
    ) -> tuple[LoweredFramework, list[Grouping], Findings]:
        """Return the rules and groups lowered for columns of these types, and what is wrong with the columns."""
        lowered = LoweredFramework(self.framework, self.columns(schema, seen=seen))
        groupings, findings = find_groupings(lowered, self.by, self.at)
        groupings += known_groupings(lowered) if self.rates else []
        findings.extend(lowered.columns.findings(self.at))
        findings.extend(check_divisors(self.framework, self.at))
        if not schema:  # what else is found follows from it
            findings = Findings()
            hint = "give a column for each answer and fact that is known"
            findings.add(EMPTY_TABLE, self.at, "the table has no columns, so that nobody can tell its cases", hint=hint)
        return lowered, groupings, findings

    def assess(self, frame: AnyFrame, keep: Sequence[str]) -> tuple[AnyFrame, bool]:
        """Return the columns to keep and the outcomes, and whether every value that was read has a meaning."""
        table = self.table(frame)
        lowered, _, _ = self.lower(table.collect_schema())
        assessed = assess_table(lowered, table, keep).collect()
        if not assessed[RECOGNISED].all():
            lowered, _ = self.understand(table)
            assessed = assess_table(lowered, table, keep).collect()
        all_recognised = bool(assessed[RECOGNISED].all())
        outcomes = nw.to_native(assessed.select(*keep, *assessed_columns(self.framework)))
        if table.implementation.is_pandas():
            given = _objects(frame, [name for name in keep if name not in lowered.outcomes])
            outcomes = outcomes.assign(**{name: frame[name] for name in given}) if given else outcomes
        return outcomes, all_recognised

    def tally(self, frame: AnyFrame, known: Lowering | None = None) -> Tallied:
        """Return :func:`tally_table` of a dataframe, counted by the fastest library that is installed.

        ``known`` are the rules and groups as :meth:`lower` gives them for it, where that is known already.
        """
        table = self.table(frame)
        known = known or self.lower(table.collect_schema())[:2]
        lowered, groupings = known
        read = [*lowered.columns.read, *(grouping.column for grouping in groupings if grouping.column)]
        is_eager = isinstance(nw.from_native(frame), nw.DataFrame)
        tallied = Tallied.sum(
            self.tally_and_lower(part, known, in_memory=is_eager or part is not table)[0]
            for part in handed_over(table, list(dict.fromkeys(read)))
        )
        # What has no meaning is told, and left out, by the table itself.
        return self.tally_and_lower(table)[0] if tallied.left_out else tallied

    def tally_and_lower(
        self, table: Table, known: Lowering | None = None, *, in_memory: bool = False
    ) -> tuple[Tallied, LoweredFramework]:
        """Return :func:`tally_table` of a table, and the rules as they were lowered for it."""
        schema = table.collect_schema()
        # What is handed over has the columns that are read, and most often in the same types.
        is_known = known is not None and schema.items() <= known[0].columns.schema.items()
        lowered, groupings = known if known and is_known else self.lower(schema)[:2]
        tallied = tally_table(lowered, groupings, table, in_memory=in_memory)
        if tallied.left_out:
            lowered, groupings, _ = self.lower(schema, seen=self._texts(lowered, strange_values(lowered, table)))
            tallied = tally_table(lowered, groupings, table)
        missing = missing_by_reason(lowered, table)
        return evolve(tallied, used_codes=used_codes(lowered.columns, table), missing=missing), lowered

    def strange_values(self, frame: AnyFrame) -> StrangeValues:
        """Return :func:`strange_values` of a dataframe."""
        return self.understand(self.table(frame))[1]

    def understand(self, table: Table) -> tuple[LoweredFramework, StrangeValues]:
        """Return the rules lowered so that they know every value of a table that has a meaning, and the others."""
        lowered, _, _ = self.lower(table.collect_schema())
        strange = strange_values(lowered, table)
        if seen := self._texts(lowered, strange):
            lowered, _, _ = self.lower(table.collect_schema(), seen=seen)
        others = {key: rows for key, rows in strange.items() if not lowered.columns.has_meaning(*key)}
        return lowered, Counter(others)

    def _texts(self, lowered: LoweredFramework, strange: StrangeValues) -> dict[str, list[str]]:
        """Return of the texts that no formula knew those that have a meaning all the same, by the table's columns."""
        found: dict[str, list[str]] = {}
        for meaning, text in strange:
            if lowered.columns.has_meaning(meaning, text):
                found.setdefault(lowered.columns.name(meaning), []).append(text)
        return found

    def _check_names(self, frame: AnyFrame) -> None:
        """Refuse columns whose names are no text or stand twice; of all libraries only pandas and Dask have them."""
        if type(frame).__module__.partition(".")[0] not in ("pandas", "dask"):
            return
        findings = Findings()
        seen: set[object] = set()
        for name in list(frame.columns):
            hint = "give each column a name of its own: frame.columns = […]"
            if not isinstance(name, str):
                findings.add(BAD_COLUMN, self.at, f"the name of a column is {name!r}, which is no text", hint=hint)
            elif name in seen:
                findings.add(BAD_COLUMN, self.at, f'the column "{name}" stands twice', path=name, hint=hint)
            seen.add(name)
        findings.raise_errors()

    def one_row_each(self, frame: AnyFrame) -> tuple[FrameJob, AnyFrame]:
        """Return what is to be done with a frame that has one row for each case, and that frame.

        Raises:
            DiagnosticError: of a long frame, something is wrong with its columns, or a case has two answers.
        """
        if not self.reading.table.is_long:
            return self, frame
        table = self.table(frame)
        wide = widened(self.framework, self.reading, table, self.at, also=self.also)
        is_eager = isinstance(nw.from_native(frame), nw.DataFrame)
        return self.by_our_names(), nw.to_native(wide.collect() if is_eager else wide)

    def by_our_names(self) -> FrameJob:
        """Return what is to be done with frames whose rows are cases and whose columns are called as they mean."""
        return evolve(self, reading=by_our_names(self.reading), said=evolve(self.said, columns={}))

    def table(self, frame: AnyFrame) -> Table:
        """Return a dataframe of any library as a table in which no column that may be read holds objects of Python.

        In pandas a column of objects may hold anything, one kind beside another; each is taken for the text that says
        the same.
        """
        self._check_names(frame)
        table = as_table(frame)
        if not table.implementation.is_pandas():
            return rows_read(table, self.reading, self.at)
        table = rows_read(table, self.reading, self.at)
        frame = nw.to_native(table)
        matched = match_columns(self.framework, self.reading, list(frame.columns), also=self.also)
        names = _objects(nw.to_native(table), matched.names.values())
        texts = {name: frame[name].map(lambda value: cell_text(value) or None) for name in names}
        return as_table(frame.assign(**texts)) if texts else table


def _objects(frame: AnyFrame, names: Iterable[str]) -> list[str]:
    """Return those of the columns of a dataframe of pandas that hold objects other than text."""
    from pandas.api.types import infer_dtype

    wanted = set(names)
    columns = [name for name in frame.columns if name in wanted and frame[name].dtype == object]
    return [name for name in columns if infer_dtype(frame[name], skipna=True) not in ("string", "empty")]
