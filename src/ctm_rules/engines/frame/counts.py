"""Outcomes counted per group of cases (aggregation): `group by` on whatever dataframe library the table belongs to."""

from __future__ import annotations

import typing
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import narwhals.stable.v2 as nw
from attrs import field, frozen

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.engines.frame.formulas import Formula, language_of, select
from ctm_rules.engines.frame.rules import LoweredFramework, Table, as_table, carrier, flags

SUBGROUPS = "subgroups"
"""The first part of the name of a grouping by a sub-group of the framework: ``subgroups.grade``."""
ROWS = f"{TEMPORARY}rows"
_CASES = f"{TEMPORARY}cases"
_MONTHS = [f"{month:02}" for month in range(1, 13)]


# --- counts ----------------------------------------------------------------------------------------


@frozen
class Grouping:
    """What cases are grouped by: a column, the period of a date, or a sub-group of the framework.

    Attributes:
        name: as it was asked for.
        column: the table's column (empty for a sub-group).
        period: ``year``, ``quarter`` or ``month`` of a date.
        is_text: whether the date is a text.
        members: by the id of each group of a sub-group, where its cases are.
    """

    name: str
    column: str = ""
    period: str = ""
    is_text: bool = False
    members: Mapping[str, Formula] = field(factory=dict)

    def key(self, column: nw.Expr) -> nw.Expr:
        """Return what to group by: the column itself, or its month (``2024-12`` of a text, 202412 of a date)."""
        if not self.period:
            return column
        return column.str.slice(0, 7) if self.is_text else column.dt.year() * 100 + column.dt.month()

    def groups(self, values: Sequence[object]) -> list[object]:
        """Return the groups to which cases belong, by the values of their keys.

        A sub-group has one key for each of its groups: whether the case is a member.
        """
        if self.members:
            return [group for group, belongs in zip(self.members, values, strict=True) if belongs]
        (value,) = values
        return [_period(value, self.period)] if self.period and value is not None else [value]

    def place(self, group: object) -> tuple[bool, str, object]:
        """Return a group's place in the order in which groups are listed; cases without a value come last."""
        if self.members:
            return False, "", list(self.members).index(str(group))
        return group is None, type(group).__name__, group


_PERIODS = ("year", "quarter", "month")


UNKNOWN_GROUPING = Code(
    "unknown-grouping",
    "error",
    what="Ratings are asked for by something that is no column of the table and no sub-group of the framework.",
    why="Nobody could say which cases belong together.",
    bad='rate_frame(framework, frame, by=["providr"])',
    good='rate_frame(framework, frame, by=["provider", "commenced.quarter", "subgroups.grade"])',
)


def find_groupings(
    lowered: LoweredFramework, schema: Mapping[str, nw.dtypes.DType], by: Sequence[str], at: Location
) -> tuple[list[Grouping], Findings]:
    """Return what cases are to be grouped by, and what is wrong with what was asked for."""
    subgroups = {f"{SUBGROUPS}.{subgroup.id}": subgroup for subgroup in lowered.framework.subgroups}
    groupings: list[Grouping] = []
    findings = Findings()
    for name in dict.fromkeys(by):
        column = lowered.columns.name(name)
        dated, _, period = name.rpartition(".")
        if column in schema:
            groupings.append(Grouping(name, column))
        elif name in subgroups:
            members = {group.id: lowered.condition(group.when).met for group in subgroups[name].groups}
            groupings.append(Grouping(name, members=members))
        elif period in _PERIODS and lowered.columns.name(dated) in schema:
            column = lowered.columns.name(dated)
            groupings.append(Grouping(name, column, period, is_text=schema[column] == nw.String))
        else:
            message = f'cases cannot be grouped by "{name}": there is no such column and no such sub-group'
            hint = nearest_name_hint(name, [*schema, *subgroups], list_all=False)
            hint = hint or "name a column, a date with .year, .quarter or .month, or subgroups and its id"
            findings.add(UNKNOWN_GROUPING, at, message, path=name, hint=hint)
    return groupings, findings


Tally = Counter[str]
"""The number of ``cases`` and of each outcome (``assessment.safety.yes``)."""

Tallies = Mapping[tuple[object, ...], Tally]
"""A tally of each group, by the group's values in the order of what was grouped by."""


@frozen
class Tallied:
    """What counting came to; the counts of the parts of a table add up.

    Attributes:
        groups: a tally of each group.
        cases: how many rows were counted, each once, whatever groups it belongs to.
        left_out: how many rows were not, for a value that has no meaning.
    """

    groups: Tallies = field(factory=dict)
    cases: int = 0
    left_out: int = 0

    @classmethod
    def sum(cls, parts: Iterable[Tallied]) -> Tallied:
        """Return what the parts come to together."""
        groups: dict[tuple[object, ...], Tally] = {}
        cases = left_out = 0
        for part in parts:
            cases += part.cases
            left_out += part.left_out
            for group, tally in part.groups.items():
                groups.setdefault(group, Counter()).update(tally)
        return cls(groups, cases, left_out)


def tally_table(lowered: LoweredFramework, groupings: Sequence[Grouping], table: Table) -> Tallied:
    """Return the number of each outcome in each group, from one pass over the table.

    A case that belongs to several groups of a sub-group counts in each, and one that belongs to none in none.
    """
    recognised = lowered.recognised
    counted = {name: formula & recognised for name, formula in flags(lowered).items()} | {_CASES: recognised}
    # Some libraries cannot group by a column with a dot in its name, so that keys are numbered.
    keys = [
        [f"{TEMPORARY}key_{number}_{member}" for member in range(max(1, len(grouping.members)))]
        for number, grouping in enumerate(groupings)
    ]
    members = {
        name: formula
        for grouping, names in zip(groupings, keys, strict=True)
        for name, formula in zip(names, grouping.members.values(), strict=False)
    }
    carried = list(dict.fromkeys(grouping.column for grouping in groupings if grouping.column))
    table = lowered.columns.formulas.compute(table, carried or [carrier(lowered, table)], counted | members)
    if groupings:
        language = language_of(table)
        others = [
            grouping.key(language.col(grouping.column)).alias(names[0])
            for grouping, names in zip(groupings, keys, strict=True)
            if grouping.column
        ]
        table = select(table, *members, *others, *counted)
    values = collect(summed(table, [name for names in keys for name in names], list(counted)))
    tallies: dict[tuple[object, ...], Tally] = {}
    rows = cases = 0
    for row in range(len(values[ROWS])):
        belongs = [
            grouping.groups([values[name][row] for name in names])
            for grouping, names in zip(groupings, keys, strict=True)
        ]
        numbers = {name.removeprefix(TEMPORARY): whole(values[name][row]) for name in counted}
        rows += whole(values[ROWS][row])
        cases += numbers["cases"]
        for group in product(*belongs):
            tallies.setdefault(group, Counter()).update(numbers)
    return Tallied(tallies, cases, rows - cases)


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


def _period(month: object, period: str) -> str:
    """Return the period that a month lies in; a text that is no month stays as it is, for people to see.

    >>> _period(202412, "quarter"), _period("2024-12", "year"), _period("12/2024", "month")
    ('2024-Q4', '2024', '12/2024')
    """
    text = month if isinstance(month, str) else f"{whole(month) // 100:04}-{whole(month) % 100:02}"
    year, separator, number = text.partition("-")
    if not (separator and year.isdecimal() and number in _MONTHS):
        return text
    if period == "quarter":
        return f"{year}-Q{(int(number) + 2) // 3}"
    return year if period == "year" else text


def collect(table: Table) -> dict[str, list[object]]:
    """Return a small table as lists, by its columns' names; a missing value is ``None`` whatever the library."""
    native = nw.to_native(table)
    if table.implementation.is_duckdb():
        # Narwhals would need PyArrow for this.
        rows = native.fetchall()
        return {name: [row[number] for row in rows] for number, name in enumerate(native.columns)}
    if table.implementation.is_polars():
        # Of Polars' two ways this one needs memory for some rows at a time only.
        columns: dict[str, list[object]] = native.collect(engine="streaming").to_dict(as_series=False)
        return columns
    found = table.collect()
    return {
        name: [None if missing else value for value, missing in zip(column, column.is_null(), strict=True)]
        for name, column in ((name, found[name]) for name in found.columns)
    }
