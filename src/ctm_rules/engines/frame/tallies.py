"""Outcomes counted per group of cases (aggregation): `group by` on whatever dataframe library the table belongs to.

Where there are many groups, as where every row is a provider, their counts stay columns of Polars
(:class:`TallyTable`): an object of Python for each would take longer than all the counting.
"""

from __future__ import annotations

import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import NamedTuple

import narwhals.stable.v2 as nw
from attrs import define, field, frozen

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.engines.frame.counts import ROWS, Grouping, collect, collect_polars, summed, whole
from ctm_rules.engines.frame.formulas import Formula, language_of, select
from ctm_rules.engines.frame.points import case_sums, points_parts
from ctm_rules.engines.frame.rules import LoweredFramework, Table, answer_flags, carrier, flags
from ctm_rules.limits import MANY_GROUPS
from ctm_rules.model.reading import cell_text

if typing.TYPE_CHECKING:
    import polars as pl

_CASES = f"{TEMPORARY}cases"
CASES = "cases"
"""The name of the number of cases in a tally."""


class Key(NamedTuple):
    """What the cases of a tally have in common: the values that they are grouped by, and what is known of the provider.

    Attributes:
        group: the values, in the order of what was grouped by.
        known: what columns say of the provider, by their names; what is missing is left out.
    """

    group: tuple[object, ...] = ()
    known: tuple[tuple[str, object], ...] = ()


Tally = Mapping[str, int]
"""The number of ``cases`` and of each outcome (``assessment.safety.yes``)."""

Tallies = Mapping[Key, Tally]
"""A tally of each group, and within it of what is known of the provider, which should be one and the same."""


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
        counted: list[Tallies] = []
        cases = left_out = 0
        used: frozenset[str] = frozenset()
        missing: Counter[str] = Counter()
        for part in parts:
            missing.update(part.missing)
            cases += part.cases
            left_out += part.left_out
            used |= part.used_codes
            counted.append(part.groups)
        return cls(_added(counted), cases, left_out, used, dict(missing))

    def left_out_again(self) -> Tallied:
        """Return what, added to counts in which these are, leaves them out."""
        groups: Tallies
        if isinstance(self.groups, TallyTable):
            groups = self.groups.negated()
        else:
            groups = {key: {name: -number for name, number in tally.items()} for key, tally in self.groups.items()}
        missing = {reason: -cells for reason, cells in self.missing.items()}
        return Tallied(groups, -self.cases, self.cases, missing=missing)


def _added(parts: Sequence[Tallies]) -> Tallies:
    """Return the tallies of all parts together, without those that came to no case."""
    filled = [part for part in parts if part]
    if len(filled) == 1 and all(tally[CASES] > 0 for tally in _few(filled[0])):
        return filled[0]
    if any(isinstance(part, TallyTable) for part in filled):
        return TallyTable.sum([part if isinstance(part, TallyTable) else TallyTable.of(part) for part in filled])
    groups: dict[Key, Counter[str]] = {}
    for part in filled:
        for key, tally in part.items():
            groups.setdefault(key, Counter()).update(tally)
    # Of all cases together, which no value tells apart, there is a group whatever it has.
    return {key: tally for key, tally in groups.items() if tally[CASES] or key == Key()}


def _few(tallies: Tallies) -> Iterable[Tally]:
    """Return the tallies, where they are few enough to be looked at; of many, those of no case were left out before."""
    return () if isinstance(tallies, TallyTable) else tallies.values()


def tally_table(
    lowered: LoweredFramework, groupings: Sequence[Grouping], table: Table, *, in_memory: bool = False
) -> Tallied:
    """Return the number of each outcome in each group, from one pass over a table that is not ``in_memory``.

    A case that belongs to several groups of a sub-group counts in each, and one that belongs to none in none.
    """
    recognised = _recognised(lowered, table, in_memory=in_memory)
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
    language = language_of(table)
    others = {
        names[0]: grouping.key(language.col(grouping.column)).alias(names[0])
        for grouping, names in zip(groupings, keys, strict=True)
        if grouping.column
    }
    own = [
        names[0] for grouping, names in zip(groupings, keys, strict=True) if grouping.column and not grouping.is_known
    ]
    may_be_alone = _may_be_one_row_each(table, [others[name] for name in own])
    table = lowered.columns.formulas.compute(table, carried or [carrier(lowered, table)], counted | answered | members)
    added = list(counted)
    if groupings or answered:
        table = select(table, *members, *others.values(), *counted, *case_sums(lowered, language))
        if answered:
            parts = points_parts(lowered, language)
            table = select(table, *(name for names in keys for name in names), *counted, *parts.values())
            added += parts
    alone = _one_row_each(table, own) if may_be_alone else None
    if alone is not None:
        return _tallied_columns(alone, groupings, keys, added, is_one_each=True)
    table = summed(table, [name for names in keys for name in names], added)
    if table.implementation.is_polars() and groupings:
        found = collect_polars(table)
        if len(found) >= MANY_GROUPS:
            return _tallied_columns(found, groupings, keys, added)
        values: dict[str, list[object]] = found.to_dict(as_series=False)
    else:
        values = collect(table)
    tallies: dict[Key, Counter[str]] = {}
    numbers_of = {name.removeprefix(TEMPORARY): list(map(whole, values[name])) for name in added}
    cases = sum(numbers_of[CASES])
    for row, cases_there in enumerate(numbers_of[CASES]):
        if groupings and not cases_there:
            continue  # no case has such a key: it is one that has no meaning, or a category that no row has
        numbers = {name: of_rows[row] for name, of_rows in numbers_of.items()}
        belongs = [
            grouping.groups([values[name][row] for name in names])
            for grouping, names in zip(groupings, keys, strict=True)
        ]
        for group in product(*belongs):
            tallies.setdefault(_key(groupings, group), Counter()).update(numbers)
    return Tallied(tallies, cases, sum(map(whole, values[ROWS])) - cases)


def _recognised(lowered: LoweredFramework, table: Table, *, in_memory: bool) -> Formula:
    """Return where every value that is read has a meaning.

    Of codes that follow each other the lowest and the highest are asked of the whole table, where its library knows
    them in far less time than it takes to look at each row; only where one lies outside is each row asked.
    """
    formulas = lowered.columns.formulas
    recognised = lowered.columns.recognised.values()
    bounded = [each for each in recognised if each.bounds is not None]
    library = table.implementation
    if not bounded or not (library.is_duckdb() or (library.is_polars() and in_memory)):
        return lowered.recognised
    language = language_of(table)
    ends: list[nw.Expr] = []
    for number, each in enumerate(bounded):
        column = language.col(each.column)
        ends += [column.min().alias(f"{TEMPORARY}lowest_{number}"), column.max().alias(f"{TEMPORARY}highest_{number}")]
    found = collect(select(table, *ends))
    within = set()
    for number, each in enumerate(bounded):
        assert each.bounds is not None
        ((lowest,), (highest,)) = (found[f"{TEMPORARY}{end}_{number}"] for end in ("lowest", "highest"))
        if lowest is None or each.bounds[0] <= whole(lowest) <= whole(highest) <= each.bounds[1]:
            within.add(each.column)
    return formulas.all_of(each.formula for each in recognised if each.bounds is None or each.column not in within)


def _key(groupings: Sequence[Grouping], values: Sequence[object]) -> Key:
    pairs = [*zip(groupings, values, strict=True)]
    return Key(
        tuple(value for grouping, value in pairs if not grouping.is_known),
        tuple((grouping.name, value) for grouping, value in pairs if grouping.is_known and value is not None),
    )


def _may_be_one_row_each(table: Table, keys: Sequence[nw.Expr]) -> bool:
    """Return whether the first rows of a table of Polars each have keys of their own, as in a table of providers."""
    if not keys or not table.implementation.is_polars():
        return False
    # Asked of the table before rules are computed: they would have to be planned to be left out again.
    first = collect_polars(select(table, *keys).head(MANY_GROUPS))
    return len(first) == MANY_GROUPS and not first.is_duplicated().any()


def _one_row_each(table: Table, keys: Sequence[str]) -> pl.DataFrame | None:
    """Return the rows of a table of Polars in which each is a group (``None``: some have the same keys).

    Seeing that takes half as long as grouping, and the rows keep their order, in which they most often are sorted.
    """
    import polars as pl

    rows = collect_polars(table)
    return rows.with_columns(pl.lit(1).alias(ROWS)) if all_differ(rows.select(keys)) else None


def all_differ(rows: pl.DataFrame) -> bool:
    """Return whether no row is the same as another one; where hashes are, two that differ may count as the same."""
    hashed = rows.to_series().hash() if rows.width == 1 else rows.hash_rows()
    return hashed.n_unique() == len(rows)


# --- many groups ---------------------------------------------------------------------------------------

_GROUP, _KNOWN = f"{TEMPORARY}group_", f"{TEMPORARY}known_"


@define(eq=False, slots=False)
class TallyTable(Mapping[Key, Tally]):
    """Tallies as columns of Polars: what a value says as text, and the counts. Each as an object only where asked for.

    Attributes:
        frame: one row for each tally: a column of texts for each thing that was grouped by (``groups``) and for each
            that is known (``known``), and a column of numbers for each thing that was counted (``counted``).
        meant: by column, the value that a text stands for, where it is not the text itself.
        is_one_each: whether it is known that no group has two rows.
    """

    frame: pl.DataFrame
    meant: Mapping[str, Mapping[str, object]]
    is_one_each: bool = False

    @classmethod
    def of(cls, tallies: Tallies) -> TallyTable:
        """Return tallies as a table of them."""
        import polars as pl

        columns: dict[str, list[object]] = {}
        values: dict[str, dict[str, object]] = {}
        for row, (key, tally) in enumerate(tallies.items()):
            said = {f"{_GROUP}{number}": value for number, value in enumerate(key.group)}
            said |= {f"{_KNOWN}{name}": value for name, value in key.known}
            for column, value in said.items():
                text = None if value is None else cell_text(value)
                if text is not None and not isinstance(value, str):
                    values.setdefault(column, {})[text] = value
                columns.setdefault(column, [None] * row).append(text)
            for name, number in tally.items():
                columns.setdefault(name, [0] * row).append(number)
            for column, cells in columns.items():
                if len(cells) == row:
                    cells.append(None if column.startswith((_GROUP, _KNOWN)) else 0)
        types = {name: pl.String if name.startswith((_GROUP, _KNOWN)) else pl.Int64 for name in columns}
        return cls(pl.DataFrame(columns, schema=types), values)

    @classmethod
    def sum(cls, parts: Sequence[TallyTable]) -> TallyTable:
        """Return what some tables come to together, without the tallies that came to no case."""
        import polars as pl

        values: dict[str, dict[str, object]] = {}
        for part in parts:
            for column, said in part.meant.items():
                values.setdefault(column, {}).update(said)
        together = pl.concat([part.frame for part in parts], how="diagonal")
        keys = [name for name in together.columns if name.startswith((_GROUP, _KNOWN))]
        numbers = [name for name in together.columns if name not in keys]
        frame = together.lazy().group_by(keys).agg(pl.col(numbers).sum()).filter(pl.col(CASES) != 0)
        return cls(frame.collect(engine="streaming"), values)

    def negated(self) -> TallyTable:
        """Return the same with each number below nought."""
        import polars as pl

        return TallyTable(self.frame.with_columns(-pl.col(self.counted)), self.meant)

    @property
    def groups(self) -> list[str]:
        """The columns of what was grouped by, in its order."""
        return sorted(name for name in self.frame.columns if name.startswith(_GROUP))

    @property
    def known(self) -> dict[str, str]:
        """The columns of what is known of the provider, by its name."""
        return {name.removeprefix(_KNOWN): name for name in self.frame.columns if name.startswith(_KNOWN)}

    @property
    def counted(self) -> list[str]:
        """The columns of what was counted."""
        return [name for name in self.frame.columns if not name.startswith((_GROUP, _KNOWN))]

    def value(self, column: str, text: str | None) -> object:
        """Return what a text of a column stands for."""
        return None if text is None else self.meant.get(column, {}).get(text, text)

    def tally(self, row: Mapping[str, object]) -> dict[str, int]:
        """Return the counts of a row."""
        return {name: whole(row[name]) for name in self.counted}

    @cached_property
    def _objects(self) -> dict[Key, Tally]:
        found: dict[Key, Tally] = {}
        for row in self.frame.iter_rows(named=True):
            group = tuple(self.value(column, row[column]) for column in self.groups)
            known = ((name, self.value(column, row[column])) for name, column in self.known.items())
            found[Key(group, tuple((name, value) for name, value in known if value is not None))] = self.tally(row)
        return found

    def __getitem__(self, key: Key) -> Tally:
        return self._objects[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self.frame)


def _tallied_columns(
    found: pl.DataFrame,
    groupings: Sequence[Grouping],
    keys: Sequence[Sequence[str]],
    counted: Sequence[str],
    *,
    is_one_each: bool = False,
) -> Tallied:
    """Return what was counted for many combinations of keys; each value of a key is asked once what it says."""
    import polars as pl

    cases = int(found[_CASES].sum())
    left_out = int(found[ROWS].sum()) - cases
    found = found.filter(pl.col(_CASES) > 0)
    values: dict[str, dict[str, object]] = {}
    is_merged = False
    groups = 0
    for grouping, names in zip(groupings, keys, strict=True):
        column = f"{_KNOWN}{grouping.name}" if grouping.is_known else f"{_GROUP}{groups:03}"
        groups += not grouping.is_known
        if grouping.members:
            # A case counts in each group that it belongs to.
            of_groups = zip(grouping.members, names, strict=True)
            parts = [found.filter(pl.col(name)).with_columns(pl.lit(group).alias(column)) for group, name in of_groups]
            found = pl.concat(parts).drop(names)
            is_merged = True
            continue
        texts, said = _said(found[names[0]], grouping)
        if said is None:
            found = found.rename({names[0]: column})
            continue
        is_merged = True
        found = found.with_columns(texts.alias(column)).drop(names)
        values[column] = said
    numbers = {name: name.removeprefix(TEMPORARY) for name in counted}
    types = [pl.col(name).cast(pl.Int64).alias(plain) for name, plain in numbers.items()]
    frame = found.select(pl.selectors.starts_with(_GROUP, _KNOWN), *types)
    table = TallyTable(frame, values, is_one_each and not is_merged)
    return Tallied(TallyTable.sum([table]) if is_merged else table, cases, left_out)


_OTHERWISE = (
    r"^[\s\x1c-\x1f]|[\s\x1c-\x1f]$|^$"  # spaces around it, or nothing
    r"|(?i:^(?:true|false)$)|^-?[0-9]+\.0+$|[ T]00:00"
)
"""Texts that may say the same as another one: all others are in their one spelling (see ``one_spelling``)."""


def _said(keys: pl.Series, grouping: Grouping) -> tuple[pl.Series, dict[str, object] | None]:
    """Return the texts of what keys say, and what these stand for (``None``: each key is the text that it says)."""
    import polars as pl

    if grouping.is_own_text and keys.dtype.is_integer():
        return keys.cast(pl.String), {}
    texts = keys.cast(pl.String) if keys.dtype in (pl.Categorical, pl.Enum) else keys
    asked = texts
    if grouping.is_own_text and keys.dtype == pl.String:
        asked = texts.filter(texts.str.contains(_OTHERWISE).fill_null(False))
    distinct = asked.unique()
    values: dict[str, object] = {}
    said: list[str | None] = []
    for key in distinct:
        (value,) = grouping.groups([key])
        said.append(None if value is None else cell_text(value))
        if value is not None and not isinstance(value, str):
            values[cell_text(value)] = value
    if texts.dtype == pl.String and said == distinct.to_list() and not values:
        return texts, None
    meant = pl.Series(said, dtype=pl.String)
    if texts.dtype == pl.String:
        return texts.replace(distinct, meant), values
    table = pl.DataFrame({"key": distinct, "said": meant})
    joined = texts.alias("key").to_frame().join(table, on="key", how="left", nulls_equal=True, maintain_order="left")
    return joined["said"], values
