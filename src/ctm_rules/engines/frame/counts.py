"""What cases are grouped by (aggregation), and small tables of any library as lists: what counting them needs."""

from __future__ import annotations

import datetime
import operator
import typing
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import narwhals.stable.v2 as nw
from attrs import evolve, field, frozen

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.engines.frame.columns import Columns
from ctm_rules.engines.frame.formulas import Formula, language_of, select
from ctm_rules.engines.frame.rules import LoweredFramework, Table, as_table, carrier
from ctm_rules.model.case_columns import provider_columns
from ctm_rules.model.framework import Fact
from ctm_rules.model.reading import cell_text

if typing.TYPE_CHECKING:
    import polars as pl

SUBGROUPS = "subgroups"
"""The first part of the name of a grouping by a sub-group of the framework: ``subgroups.grade``."""
ROWS = f"{TEMPORARY}rows"


# --- counts ----------------------------------------------------------------------------------------


def _as_it_is(column: nw.Expr) -> nw.Expr:
    return column


@frozen
class Grouping:
    """What cases are grouped by: a column, the period of a date, or a sub-group of the framework.

    Attributes:
        name: as it was asked for.
        column: the table's column (empty for a sub-group).
        key: what libraries group by, of the column: the column itself, or the number or the text of a day or a month.
        says: what group a key stands for, whatever its type: what is known to the framework as it declares it, and
            all else as its text.
        is_missing: whether a key, as text, says that nothing is known.
        members: by the id of each group of a sub-group, where its cases are.
        is_own_text: whether a whole number, and a text in its one spelling, says itself.
        is_known: whether nobody groups by it: it is known of the provider, and the same in all of a group's cases.
    """

    name: str
    column: str = ""
    key: Callable[[nw.Expr], nw.Expr] = _as_it_is
    says: Callable[[object], object] = cell_text
    is_missing: Callable[[str], bool] = operator.not_
    members: Mapping[str, Formula] = field(factory=dict)
    is_own_text: bool = False
    is_known: bool = False

    def groups(self, values: Sequence[object]) -> list[object]:
        """Return the groups to which cases belong, by the values of their keys.

        A sub-group has one key for each of its groups: whether the case is a member.
        """
        if self.members:
            return [group for group, belongs in zip(self.members, values, strict=True) if belongs]
        (value,) = values
        return [None if self.is_missing(cell_text(value)) else self.says(value)]

    def place(self, group: object) -> tuple[object, ...]:
        """Return a group's place in the order in which groups are listed; cases without a value come last."""
        if self.members:
            return (list(self.members).index(str(group)),)
        if isinstance(group, str):
            # Numbers that are text stand as numbers do: 2 before 10.
            is_number = group.isascii() and group.isdecimal()
            return False, not is_number, int(group) if is_number else 0, group
        return group is None, False, 0 if group is None else group, ""


def _key_of_column(name: str, columns: Columns) -> Grouping:
    """Return a grouping by the values of a column."""
    column, dtype = columns.name(name), columns.schema[columns.name(name)]
    columns.recognise_key(name, as_date=False)
    fact = columns.framework.every_fact.get(name)
    cells = columns.cells

    def is_missing(text: str) -> bool:
        return cells.why_missing(text) is not None

    if isinstance(dtype, nw.Datetime) and fact is not None and fact.type == "date":
        return Grouping(name, column, _day, lambda day: _date(whole(day)))
    if dtype == nw.Date:
        return Grouping(name, column, _day, lambda day: _date(whole(day)) if fact else _date(whole(day)).isoformat())
    if fact is not None:
        return Grouping(name, column, says=lambda value: cells.fact(fact, cell_text(value)), is_missing=is_missing)
    if cells.vocabulary(name) is not None:
        return Grouping(name, column, says=lambda value: cells.word(name, cell_text(value)), is_missing=is_missing)
    return Grouping(name, column, is_missing=is_missing, is_own_text=not columns.reading.missing_values)


def _key_of_period(name: str, columns: Columns) -> Grouping:
    """Return a grouping by the period of a date."""
    dated, _, period = name.rpartition(".")
    column, dtype = columns.name(dated), columns.schema[columns.name(dated)]
    columns.recognise_key(dated, as_date=True)
    cells, fact = columns.cells, columns.framework.every_fact.get(dated) or Fact(dated, dated, "date")
    if dtype == nw.String and (columns.reading.date_formats or columns.reading.missing_values):

        def is_missing(text: str) -> bool:
            return cells.why_missing(text) is not None

        return Grouping(
            name,
            column,
            says=lambda day: _period(str(cells.fact(fact, str(day)))[:7], period),
            is_missing=is_missing,
        )
    if dtype == nw.String:
        return Grouping(name, column, _month_of_text, lambda month: _period(str(month).strip(), period))

    def says(month: object) -> str:
        return _period(f"{whole(month) // 100:04}-{whole(month) % 100:02}", period)

    return Grouping(name, column, _month, says)


def _day(column: nw.Expr) -> nw.Expr:
    return _month(column) * 100 + column.dt.day()


def _month(column: nw.Expr) -> nw.Expr:
    # Only the year is of a type in which larger numbers have room, in every library.
    return column.dt.year() * 100 + column.dt.month()


def _month_of_text(column: nw.Expr) -> nw.Expr:
    return column.str.strip_chars().str.slice(0, 7)


def _date(number: int) -> datetime.date:
    month, day = divmod(number, 100)
    return datetime.date(*divmod(month, 100), day)


_PERIODS = ("year", "quarter", "month")


UNKNOWN_GROUPING = Code(
    "unknown-grouping",
    "error",
    what="Ratings are asked for by something that is no column of the table and no sub-group of the framework.",
    why="Nobody could say which cases belong together.",
    bad='rate_frame(framework, frame, by=["providr"])',
    good='rate_frame(framework, frame, by=["provider", "commenced.quarter", "subgroups.grade"])',
)


def find_groupings(lowered: LoweredFramework, by: Sequence[str], at: Location) -> tuple[list[Grouping], Findings]:
    """Return what cases are to be grouped by, and what is wrong with what was asked for.

    Rows in which what is grouped by has a value that it cannot have are no longer recognised by ``lowered``.
    """
    subgroups = {f"{SUBGROUPS}.{subgroup.id}": subgroup for subgroup in lowered.framework.subgroups}
    columns = lowered.columns
    groupings: dict[str, Grouping] = {}
    findings = Findings()
    for name in by:
        dated, _, period = name.rpartition(".") if isinstance(name, str) else ("", "", "")
        numbered = lowered.framework.every_fact.get(name) if isinstance(name, str) else None
        if numbered is not None and numbered.type == "number":
            message = f'cases cannot be grouped by "{name}": nearly every case has a number of its own'
            hint = "declare subgroups with a group for each range of it, and name subgroups and the id"
            findings.add(UNKNOWN_GROUPING, at, message, path=name, hint=hint)
        elif name in groupings:
            message = f'cases are to be grouped by "{name}" twice'
            findings.add(UNKNOWN_GROUPING, at, message, path=name, hint="name it once")
        elif columns.has(name):
            groupings[name] = _key_of_column(name, columns)
        elif name in subgroups:
            members = {group.id: lowered.condition(group.when).met for group in subgroups[name].groups}
            groupings[name] = Grouping(name, members=members)
        elif period in _PERIODS and columns.has(dated):
            fact = lowered.framework.every_fact.get(dated)
            if fact is None or fact.type == "date":
                groupings[name] = _key_of_period(name, columns)
                continue
            message = f'cases cannot be grouped by "{name}": the fact "{dated}" is no date, and only dates have periods'
            findings.add(UNKNOWN_GROUPING, at, message, path=name, hint=f'name "{dated}" itself, or a date')
        else:
            message = f'cases cannot be grouped by "{name}": there is no such column and no such sub-group'
            dates = [dated, *(fact.id for fact in lowered.framework.facts if fact.type == "date")]
            periods = [f"{date}.{each}" for date in dates if columns.has(date) for each in _PERIODS]
            hint = nearest_name_hint(str(name), [*columns.schema, *subgroups, *periods], list_all=False)
            hint = hint or "name a column, a date with .year, .quarter or .month, or subgroups and its id"
            findings.add(UNKNOWN_GROUPING, at, message, path=str(name), hint=hint)
    return list(groupings.values()), findings


def known_groupings(lowered: LoweredFramework) -> list[Grouping]:
    """Return the columns of a table that say what is known of the provider: it is counted by them as well.

    So the counts of the parts of a table add up, and only the whole shows in which groups a column says two things.
    """
    names = [name for name in provider_columns(lowered.framework) if lowered.columns.has(name)]
    return [evolve(_key_of_column(name, lowered.columns), is_known=True) for name in names]


def missing_by_reason(lowered: LoweredFramework, table: Table) -> dict[str, int]:
    """Return how many cells of the rows that count hold what is missing for each reason, of what is asked there."""
    found = [(label, held & lowered.drawn(meaning)) for meaning, label, held in lowered.columns.reasons()]
    if not found:
        return {}
    names = [f"{TEMPORARY}reason_{number}" for number in range(len(found))]
    formulas = {name: held & lowered.recognised for name, (_, held) in zip(names, found, strict=True)}
    flags = lowered.columns.formulas.compute(table, [carrier(lowered, table)], formulas)
    language = language_of(table)
    sums = collect(select(flags, *(language.col(name).cast(language.Int64).sum() for name in names)))
    counted: Counter[str] = Counter()
    for name, (label, _) in zip(names, found, strict=True):
        counted[label] += whole(sums[name][0])
    return {label: cells for label, cells in counted.items() if cells}


def summed(table: Table, keys: Sequence[str], counted: Sequence[str]) -> Table:
    """Return the number of rows and the sums of columns of numbers, for each combination of keys."""
    language = language_of(table)
    sums = [language.len().alias(ROWS), *(language.col(name).sum() for name in counted)]
    if not keys:
        return select(table, *sums)
    if language is nw:
        return table.group_by(*keys).agg(*sums)
    return as_table(nw.to_native(table).group_by(keys).agg(sums))


def whole(number: object) -> int:
    """Return what a dataframe library gives as a sum as a whole number."""
    # Some libraries sum over no rows to nothing, and some sum to a decimal number.
    return int(typing.cast(typing.SupportsInt, number or 0))


def _period(month: str, period: str) -> str:
    """Return the period that a month lies in.

    >>> _period("2024-12", "quarter"), _period("2024-12", "year"), _period("2024-12", "month")
    ('2024-Q4', '2024', '2024-12')
    """
    year, _, number = month.partition("-")
    if period == "quarter":
        return f"{year}-Q{(int(number) + 2) // 3}"
    return year if period == "year" else month


def collect(table: Table) -> dict[str, list[object]]:
    """Return a small table as lists, by its columns' names; a missing value is ``None`` whatever the library."""
    native = nw.to_native(table)
    if table.implementation.is_duckdb():
        # Narwhals would need PyArrow for this.
        rows = native.fetchall()
        return {name: [row[number] for row in rows] for number, name in enumerate(native.columns)}
    if table.implementation.is_polars():
        columns: dict[str, list[object]] = collect_polars(table).to_dict(as_series=False)
        return columns
    found = table.collect()
    return {
        name: [None if missing else value for value, missing in zip(column, column.is_null(), strict=True)]
        for name, column in ((name, found[name]) for name in found.columns)
    }


def collect_polars(table: Table) -> pl.DataFrame:
    """Return a table of Polars, computed."""
    # Of Polars' two ways this one needs memory for some rows at a time only.
    native: pl.LazyFrame = nw.to_native(table)
    return native.collect(engine="streaming")
