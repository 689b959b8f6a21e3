"""Outcomes counted per group of cases (aggregation): `group by` on whatever dataframe library the table belongs to."""

from __future__ import annotations

import datetime
import operator
import typing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

import narwhals.stable.v2 as nw
from attrs import field, frozen

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.engines.frame.columns import Columns
from ctm_rules.engines.frame.formulas import Formula, Language, language_of, select
from ctm_rules.engines.frame.rules import (
    LoweredFramework,
    Sum,
    Table,
    answer_flags,
    as_table,
    carrier,
    flags,
    sums_of_case,
)
from ctm_rules.limits import MAX_DIVISORS
from ctm_rules.model.framework import Fact, Framework, KeyQuestion, Value
from ctm_rules.model.reading import cell_text

SUBGROUPS = "subgroups"
"""The first part of the name of a grouping by a sub-group of the framework: ``subgroups.grade``."""
ROWS = f"{TEMPORARY}rows"
_CASES = f"{TEMPORARY}cases"


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
    """

    name: str
    column: str = ""
    key: Callable[[nw.Expr], nw.Expr] = _as_it_is
    says: Callable[[object], object] = cell_text
    is_missing: Callable[[str], bool] = operator.not_
    members: Mapping[str, Formula] = field(factory=dict)

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
            return False, not group.isdecimal(), int(group) if group.isdecimal() else 0, group
        return group is None, False, 0 if group is None else group, ""


def _key_of_column(name: str, columns: Columns) -> Grouping:
    """Return a grouping by the values of a column."""
    column, dtype = columns.name(name), columns.schema[columns.name(name)]
    columns.recognise_key(name, as_date=False)
    fact = columns.framework.facts_by_id.get(name)
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
    return Grouping(name, column, is_missing=is_missing)


def _key_of_period(name: str, columns: Columns) -> Grouping:
    """Return a grouping by the period of a date."""
    dated, _, period = name.rpartition(".")
    column, dtype = columns.name(dated), columns.schema[columns.name(dated)]
    columns.recognise_key(dated, as_date=True)
    cells, fact = columns.cells, columns.framework.facts_by_id.get(dated) or Fact(dated, dated, "date")
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
        numbered = lowered.framework.facts_by_id.get(name) if isinstance(name, str) else None
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
            fact = lowered.framework.facts_by_id.get(dated)
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
        used_codes: of which codes there was any, by what they are of.
        missing: how many cells that are read hold what is missing for each reason.
    """

    groups: Tallies = field(factory=dict)
    cases: int = 0
    left_out: int = 0
    used_codes: frozenset[str] = frozenset()
    missing: Mapping[str, int] = field(factory=dict)

    @classmethod
    def sum(cls, parts: Iterable[Tallied]) -> Tallied:
        """Return what the parts come to together."""
        groups: dict[tuple[object, ...], Tally] = {}
        cases = left_out = 0
        used: frozenset[str] = frozenset()
        missing: Counter[str] = Counter()
        for part in parts:
            missing.update(part.missing)
            cases += part.cases
            left_out += part.left_out
            used |= part.used_codes
            for group, tally in part.groups.items():
                groups.setdefault(group, Counter()).update(tally)
        # Of all cases together, which no value tells apart, there is a group whatever it has.
        counted = {group: tally for group, tally in groups.items() if tally["cases"] or not group}
        return cls(counted, cases, left_out, used, dict(missing))

    def left_out_again(self) -> Tallied:
        """Return what, added to counts in which these are, leaves them out."""
        groups = {group: Counter({name: -number for name, number in t.items()}) for group, t in self.groups.items()}
        missing = {reason: -cells for reason, cells in self.missing.items()}
        return Tallied(groups, -self.cases, self.cases, missing=missing)


def tally_table(lowered: LoweredFramework, groupings: Sequence[Grouping], table: Table) -> Tallied:
    """Return the number of each outcome in each group, from one pass over the table.

    A case that belongs to several groups of a sub-group counts in each, and one that belongs to none in none.
    """
    recognised = lowered.recognised
    # Rules are lowered again where a value had no meaning at first, so that what is counted then counts only where all
    # of them have one.
    counting = recognised if lowered.columns.is_final else lowered.columns.formulas.always
    counted = {name: formula & counting for name, formula in flags(lowered).items()} | {_CASES: recognised}
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
    answered = {name: formula & counting for name, formula in answer_flags(lowered).items()}
    table = lowered.columns.formulas.compute(table, carried or [carrier(lowered, table)], counted | answered | members)
    language, added = language_of(table), list(counted)
    if groupings or answered:
        others = [
            grouping.key(language.col(grouping.column)).alias(names[0])
            for grouping, names in zip(groupings, keys, strict=True)
            if grouping.column
        ]
        sums = {path: sums_of_case(lowered, path, language) for path in lowered.answers}
        of_cases = [sums[path][of].alias(_of_case(place, of)) for place, path in enumerate(sums) for of in sums[path]]
        table = select(table, *members, *others, *counted, *of_cases)
    if answered:
        # What is divided by one number is added up for each such number, so that every sum is whole, and exact.
        parts = dict(_parts(lowered, language))
        table = select(table, *(name for names in keys for name in names), *counted, *parts.values())
        added = [*counted, *parts]
    values = collect(summed(table, [name for names in keys for name in names], added))
    tallies: dict[tuple[object, ...], Tally] = {}
    rows = cases = 0
    for row in range(len(values[ROWS])):
        numbers = {name.removeprefix(TEMPORARY): whole(values[name][row]) for name in added}
        rows += whole(values[ROWS][row])
        cases += numbers["cases"]
        if groupings and not numbers["cases"]:
            continue  # no case has such a key: it is one that has no meaning, or a category that no row has
        belongs = [
            grouping.groups([values[name][row] for name in names])
            for grouping, names in zip(groupings, keys, strict=True)
        ]
        for group in product(*belongs):
            tallies.setdefault(group, Counter()).update(numbers)
    return Tallied(tallies, cases, rows - cases)


def _of_case(place: int, of: Sum) -> str:
    return f"{TEMPORARY}sum_{place}_{of}"


def _parts(lowered: LoweredFramework, language: Language) -> Iterator[tuple[str, nw.Expr]]:
    """Yield the sums of points over cases, with the names that their tallies have."""
    for place, path in enumerate(lowered.answers):
        reached, reachable, weights = (language.col(_of_case(place, of)) for of in ("reached", "reachable", "weights"))
        question = lowered.framework.key_questions[path]
        divided_by = {"sum": None, "mean": weights, "percent": reachable}[_value(question)]
        for divisor in divisors(lowered.framework, path):
            for of, summed_up in (("reached", reached), ("reachable", reachable)):
                name = f"{TEMPORARY}{part_name(path, of, divisor)}"
                if divided_by is None:
                    yield name, summed_up.alias(name)
                else:
                    yield name, language.when(divided_by == divisor).then(summed_up).otherwise(0).alias(name)


def _value(question: KeyQuestion) -> Value:
    assert question.points is not None
    return question.points.value


def part_name(path: str, of: str, divisor: int) -> str:
    """Return the name of the tally of a sum over the cases whose number is divided by this."""
    return f"{path}.{of}.{divisor}"


def divisors(framework: Framework, path: str) -> tuple[int, ...]:
    """Return what the sum of the scores of a case can be divided by to make its number, each once.

    Which it is hangs on which prompts count: it is the sum of their weights, or of their highest scores.
    """
    question = framework.key_questions[path]
    of = _value(question)
    if of == "sum":
        return (1,)
    found = {0}
    for prompt in question.prompts:
        added = prompt.weight * (framework.highest_of(prompt) if of == "percent" else 1)
        found |= {before + added for before in found}
        if len(found) > MAX_DIVISORS + 1:
            break
    return tuple(sorted(found - {0}))


TOO_MANY_DIVISORS = Code(
    "too-many-divisors",
    "error",
    what="The weights of a key question are so unlike that its points cannot be added up over whole tables.",
    why="What is divided by one number is added up for each such number, so that every sum is exact.",
    bad="prompts: [{id: a, …, weight: 1}, {id: b, …, weight: 2}, {id: c, …, weight: 4}, …, {id: k, …, weight: 1000}]",
    good="prompts: [{id: a, …, weight: 1}, {id: b, …, weight: 2}, {id: c, …, weight: 2}, …]",
)


def check_divisors(framework: Framework, at: Location) -> Findings:
    """Return a finding for each key question whose points have more divisors than columns could be made for."""
    findings = Findings()
    for path in framework.scored_questions:
        if len(divisors(framework, path)) > MAX_DIVISORS:
            message = f"the numbers of {path} can be divided by more than {MAX_DIVISORS} sums of weights"
            hint = "rate the cases as an inspection, or give prompts weights that are more alike"
            findings.add(TOO_MANY_DIVISORS, at, message, path=path, hint=hint)
    return findings


def points_tallied(framework: Framework, path: str, tally: Mapping[str, int]) -> tuple[Fraction, Fraction]:
    """Return the sum of the numbers of cases, and of what they could have been, from the tally of a group."""
    points = reachable = Fraction(0)
    percent = 100 if _value(framework.key_questions[path]) == "percent" else 1
    for divisor in divisors(framework, path):
        points += Fraction(percent * tally.get(part_name(path, "reached", divisor), 0), divisor)
        reachable += Fraction(percent * tally.get(part_name(path, "reachable", divisor), 0), divisor)
    return points, reachable


def missing_by_reason(lowered: LoweredFramework, table: Table) -> dict[str, int]:
    """Return how many cells of the rows that count hold what is missing for each reason."""
    found = list(lowered.columns.reasons())
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
        # Of Polars' two ways this one needs memory for some rows at a time only.
        columns: dict[str, list[object]] = native.collect(engine="streaming").to_dict(as_series=False)
        return columns
    found = table.collect()
    return {
        name: [None if missing else value for value, missing in zip(column, column.is_null(), strict=True)]
        for name, column in ((name, found[name]) for name in found.columns)
    }
