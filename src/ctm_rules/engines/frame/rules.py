"""The frame engine: a framework's rules lowered to dataframe expressions, the same answers for millions of cases.

A rule becomes formulas over whole columns (see :class:`~ctm_rules.engines.frame.columns.Lowered`), compiled from the
tree of the declaration itself and computed by the library that the table belongs to.
"""

from __future__ import annotations

import typing
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import narwhals.stable.v2 as nw
from attrs import field, frozen

from ctm_rules.case_files.case_tables import quote_cell
from ctm_rules.diagnostics.findings import Code, Findings, Location, nearest_name_hint
from ctm_rules.engines.base import plan_question
from ctm_rules.engines.frame.columns import Columns, Lowered, Reading
from ctm_rules.engines.frame.formulas import TEMPORARY, Formula, language_of, select
from ctm_rules.model.framework import (
    All,
    Any,
    Condition,
    FactTest,
    Framework,
    KeyQuestion,
    Not,
    PromptIsYes,
    prompts_in,
    walk,
)
from ctm_rules.model.outcomes import Outcome

UNKNOWN_GROUPING = Code(
    "unknown-grouping",
    "error",
    what="Ratings are asked for by something that is no column of the table and no sub-group of the framework.",
    why="Nobody could say which cases belong together.",
    bad='rate_frame(framework, frame, by=["providr"])',
    good='rate_frame(framework, frame, by=["provider", "commenced.quarter", "subgroups.grade"])',
)

Table = nw.LazyFrame[typing.Any]
"""A table of any dataframe library; nothing of it is computed before it is asked for."""

SUBGROUPS = "subgroups"
"""The first part of the name of a grouping by a sub-group of the framework: ``subgroups.grade``."""

_RECOGNISED = f"{TEMPORARY}recognised"
_OTHER = f"{TEMPORARY}other"
_VALUE = f"{TEMPORARY}value"
_ROWS = f"{TEMPORARY}rows"
_CASES = f"{TEMPORARY}cases"
_MONTHS = [f"{month:02}" for month in range(1, 13)]
_COUNTED = (Outcome.YES, Outcome.NO, Outcome.UNDETERMINED)


class LoweredFramework:
    """A framework lowered for the columns of one table.

    Attributes:
        columns: what is read from the table, and what is wrong with its columns.
        outcomes: where each key question, by its address, is yes or no, undetermined or not applicable.
    """

    def __init__(self, framework: Framework, schema: Mapping[str, nw.dtypes.DType], reading: Reading) -> None:
        self.framework = framework
        self.columns = Columns(framework, schema, reading)
        self.outcomes = {path: self._outcome(path, question) for path, question in framework.key_questions.items()}

    @property
    def recognised(self) -> Formula:
        """Where every value that is read has a meaning."""
        return self.columns.formulas.all_of(each.formula for each in self.columns.recognised.values())

    def condition(self, condition: Condition) -> Lowered:
        """Return a condition that looks only at facts."""
        return self._clause(condition, {})

    def _outcome(self, path: str, question: KeyQuestion) -> Lowered:
        absent_before = dict(self.columns.absent)
        by_rule = self._by_rule(path, question)
        prompts = plan_question(self.framework, path).prompt_paths
        if self.columns.has(path) and not any(map(self.columns.has, prompts)):
            # People recorded the outcomes themselves, so nobody needs the answers behind them.
            self.columns.absent = absent_before
        return self.columns.judged(path, by_rule)

    def _by_rule(self, path: str, question: KeyQuestion) -> Lowered:
        prompts = {
            prompt.id: self._where(prompt.applies_when, self.columns.answer(f"{path}.{prompt.id}"))
            for prompt in question.prompts
            if f"{path}.{prompt.id}" in plan_question(self.framework, path).prompt_paths
        }
        lowered = self._rule(question.yes_when, prompts)
        if question.variants:
            lowered = self._by_variant(question, lowered, prompts)
        return self._where(question.applies_when, lowered)

    def _by_variant(self, question: KeyQuestion, usual: Lowered, prompts: Mapping[str, Lowered]) -> Lowered:
        """Return a question decided by the rule of each case's variant, unknown where facts are missing to tell it.

        A variant is a case's own where it is met and all before it are not; it is possible where it is met or
        unknown and none before it is met.
        """
        formulas = self.columns.formulas
        own: list[tuple[Formula, Lowered]] = []
        possible = formulas.never
        none_met, all_failed = formulas.always, formulas.always
        for variant in self.framework.variants:
            when = self.condition(variant.when)
            if variant.id in question.variants:
                rule = self._rule(question.variants[variant.id].yes_when, prompts)
                own.append((all_failed & when.met, rule))
                possible |= none_met & ~when.failed
            none_met &= ~when.met
            all_failed &= when.failed
        known = formulas.any_of(where for where, _ in own)
        own.append((~possible, usual))
        return Lowered(
            formulas.any_of(where & rule.met for where, rule in own),
            formulas.any_of(where & rule.failed for where, rule in own),
            formulas.any_of([possible & ~known, *(where & rule.unknown for where, rule in own)]),
        )

    def _where(self, applies_when: Condition | None, clause: Lowered) -> Lowered:
        """Return a clause that drops out where it does not apply, and is unknown where nobody can tell."""
        if applies_when is None:
            return clause
        applies = self.condition(applies_when)
        return Lowered(
            applies.met & clause.met,
            applies.met & clause.failed,
            (applies.met & clause.unknown) | (applies.unknown & clause.applies),
        )

    def _rule(self, rule: Condition, prompts: Mapping[str, Lowered]) -> Lowered:
        """Return a rule at its root, where facts alone never answer a question about prompts."""
        clause = self._clause(rule, prompts)
        read = [prompts[prompt] for prompt in prompts_in(rule)]
        if not read or not any(isinstance(node, FactTest) for node in walk(rule)):
            return clause
        formulas = self.columns.formulas
        answered = formulas.any_of(prompt.met | prompt.failed for prompt in read)
        unanswered = ~answered & formulas.any_of(prompt.unknown for prompt in read)
        return Lowered(answered & clause.met, answered & clause.failed, unanswered | (answered & clause.unknown))

    def _clause(self, condition: Condition, prompts: Mapping[str, Lowered]) -> Lowered:
        if isinstance(condition, PromptIsYes):
            return prompts[condition.prompt]
        if isinstance(condition, FactTest):
            return self.columns.fact(condition)
        if isinstance(condition, Not):
            return ~self._clause(condition.clause, prompts)
        below = [self._clause(clause, prompts) for clause in condition.of]
        formulas = self.columns.formulas
        met = formulas.any_of(clause.met for clause in below)
        failed = formulas.any_of(clause.failed for clause in below)
        unknown = formulas.any_of(clause.unknown for clause in below)
        if isinstance(condition, All):
            return Lowered(met & ~(failed | unknown), failed, unknown & ~failed)
        if isinstance(condition, Any):
            return Lowered(met, failed & ~(met | unknown), unknown & ~met)
        possible = [clause.met | clause.unknown for clause in below]
        enough = formulas.at_least(condition.count, [clause.met for clause in below]) | (met & ~(failed | unknown))
        too_few = failed & ~formulas.at_least(condition.count, possible)
        return Lowered(enough, too_few, (failed | unknown) & ~(enough | too_few))


# --- outcomes --------------------------------------------------------------------------------------


def as_table(frame: object) -> Table:
    """Return a dataframe of any library that Narwhals knows as a table.

    Raises:
        TypeError: it is no dataframe.
    """
    table: nw.DataFrame[typing.Any] | Table = nw.from_native(frame)
    return table.lazy()


def assess_table(lowered: LoweredFramework, table: Table, keep: Sequence[str]) -> Table:
    """Return the columns to keep, the outcomes of every key question by its address, and one more column.

    That column says in which rows every value that was read has a meaning; one that has none counts as missing.
    """
    carried = list(keep) or [_carrier(lowered, table)]
    table = lowered.columns.formulas.compute(table, carried, _flags(lowered) | {_RECOGNISED: lowered.recognised})
    language = language_of(table)
    words = [outcome.value for outcome in Outcome]
    # PyArrow has dictionaries instead of enumerations.
    category = nw.Categorical() if table.implementation.is_pyarrow() else language.Enum(words)

    def written(outcome: Outcome) -> nw.Expr:
        word: nw.Expr = language.lit(outcome.value, **({} if language is nw else {"dtype": category}))
        return word

    def outcome_of(path: str) -> nw.Expr:
        chain = language
        for outcome in _COUNTED:
            chain = chain.when(language.col(_flag(path, outcome))).then(written(outcome))
        outcomes: nw.Expr = chain.otherwise(written(Outcome.NOT_APPLICABLE))
        return (outcomes.cast(category) if language is nw else outcomes).alias(path)

    return select(table, *keep, *map(outcome_of, lowered.outcomes), _RECOGNISED)


def _flags(lowered: LoweredFramework) -> dict[str, Formula]:
    flags: dict[str, Formula] = {}
    for path, outcome in lowered.outcomes.items():
        flags[_flag(path, Outcome.YES)] = outcome.met
        flags[_flag(path, Outcome.NO)] = outcome.failed
        flags[_flag(path, Outcome.UNDETERMINED)] = outcome.unknown
    return flags


def _flag(path: str, outcome: Outcome) -> str:
    return f"{TEMPORARY}{path}.{outcome}"


def _carrier(lowered: LoweredFramework, table: Table) -> str:
    """Return a column that gives a table its length, one that is read anyway where there is one."""
    read = [each.column for each in lowered.columns.recognised.values()]
    return (read or table.collect_schema().names())[0]


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
    counted = {name: formula & recognised for name, formula in _flags(lowered).items()} | {_CASES: recognised}
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
    table = lowered.columns.formulas.compute(table, carried or [_carrier(lowered, table)], counted | members)
    if groupings:
        language = language_of(table)
        others = [
            grouping.key(language.col(grouping.column)).alias(names[0])
            for grouping, names in zip(groupings, keys, strict=True)
            if grouping.column
        ]
        table = select(table, *members, *others, *counted)
    values = collect(_summed(table, [name for names in keys for name in names], list(counted)))
    tallies: dict[tuple[object, ...], Tally] = {}
    rows = cases = 0
    for row in range(len(values[_ROWS])):
        belongs = [
            grouping.groups([values[name][row] for name in names])
            for grouping, names in zip(groupings, keys, strict=True)
        ]
        numbers = {name.removeprefix(TEMPORARY): _whole(values[name][row]) for name in counted}
        rows += _whole(values[_ROWS][row])
        cases += numbers["cases"]
        for group in product(*belongs):
            tallies.setdefault(group, Counter()).update(numbers)
    return Tallied(tallies, cases, rows - cases)


def _summed(table: Table, keys: Sequence[str], counted: Sequence[str]) -> Table:
    language = language_of(table)
    sums = [language.len().alias(_ROWS), *(language.col(name).sum() for name in counted)]
    if not keys:
        return select(table, *sums)
    if language is nw:
        return table.group_by(*keys).agg(*sums)
    return as_table(nw.to_native(table).group_by(keys).agg(sums))


def _whole(number: object) -> int:
    # Some libraries sum over no rows to nothing, and some sum to a decimal number.
    return int(typing.cast(typing.SupportsInt, number or 0))


def _period(month: object, period: str) -> str:
    """Return the period that a month lies in; a text that is no month stays as it is, for people to see.

    >>> _period(202412, "quarter"), _period("2024-12", "year"), _period("12/2024", "month")
    ('2024-Q4', '2024', '12/2024')
    """
    text = month if isinstance(month, str) else f"{_whole(month) // 100:04}-{_whole(month) % 100:02}"
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


# --- values without a meaning ------------------------------------------------------------------------

StrangeValues = Counter[tuple[str, str]]
"""In how many rows a column, named as in a case table, holds a value that has no meaning."""


def strange_values(lowered: LoweredFramework, table: Table) -> StrangeValues:
    """Return every value that is read and has no meaning.

    Takes one pass over the table, and another one over each column that has such values.
    """
    formulas = lowered.columns.formulas
    recognised = lowered.columns.recognised
    others = {f"{TEMPORARY}{number}": ~each.formula for number, each in enumerate(recognised.values())}
    strange: StrangeValues = Counter()
    if not others:
        return strange
    flags = formulas.compute(table, [_carrier(lowered, table)], others)
    numbers = collect(select(flags, *(language_of(table).col(name).sum() for name in others)))
    for name, (meaning, each) in zip(others, recognised.items(), strict=True):
        if any(numbers[name]):
            rows = formulas.compute(table, [each.column], {_OTHER: ~each.formula}).filter(nw.col(_OTHER))
            value: nw.Expr = language_of(table).col(each.column)
            found = collect(_summed(select(rows, value.alias(_VALUE)), [_VALUE], []))
            for shown, number in zip(found[_VALUE], found[_ROWS], strict=True):
                strange[meaning, str(shown)] += _whole(number)
    return strange


def value_findings(lowered: LoweredFramework, strange: StrangeValues, at: Location) -> Findings:
    """Return one finding for each value that has no meaning, those in most rows first."""
    findings = Findings()
    for (meaning, value), rows in sorted(strange.items(), key=lambda item: (-item[1], item[0])):
        column = lowered.columns.recognised[meaning]
        number = "1 row" if rows == 1 else f"{rows:,} rows"
        expected = " or ".join(column.words)
        message = f'the column "{column.column}" holds {quote_cell(value)} in {number}, and should hold {expected}'
        hint = nearest_name_hint(value.strip().lower(), list(column.words), list_all=False)
        if not hint and value.lstrip("-").isdecimal():
            hint = "declare what the codes mean (codes=)"
        findings.add(column.code, at, message, path=meaning, hint=hint or "leave it empty where it is not known")
    return findings


# --- jobs --------------------------------------------------------------------------------------------

AnyFrame = typing.Any
"""A dataframe of any library."""


@frozen
class FrameJob:
    """What is to be done with dataframes whose columns mean the same.

    A job can be sent to where the parts of a table are, and what its methods return for each part adds up.

    Attributes:
        at: what diagnostics call the table.
    """

    framework: Framework
    reading: Reading
    by: tuple[str, ...] = ()
    at: Location = Location("<dataframe>")

    def lower(self, schema: Mapping[str, nw.dtypes.DType]) -> tuple[LoweredFramework, list[Grouping], Findings]:
        """Return the rules and groups lowered for columns of these types, and what is wrong with the columns."""
        lowered = LoweredFramework(self.framework, schema, self.reading)
        groupings, findings = find_groupings(lowered, schema, self.by, self.at)
        findings.extend(lowered.columns.findings(self.at))
        return lowered, groupings, findings

    def assess(self, frame: AnyFrame, keep: Sequence[str]) -> tuple[AnyFrame, bool]:
        """Return the columns to keep and the outcomes, and whether every value that was read has a meaning."""
        table = as_table(frame)
        lowered, _, _ = self.lower(table.collect_schema())
        assessed = assess_table(lowered, table, keep).collect()
        outcomes = nw.to_native(assessed.select(*keep, *lowered.outcomes))
        return outcomes, bool(assessed[_RECOGNISED].all())

    def tally(self, frame: AnyFrame) -> Tallied:
        """Return :func:`tally_table` of a dataframe."""
        table = as_table(frame)
        lowered, groupings, _ = self.lower(table.collect_schema())
        return tally_table(lowered, groupings, table)

    def strange_values(self, frame: AnyFrame) -> StrangeValues:
        """Return :func:`strange_values` of a dataframe."""
        table = as_table(frame)
        lowered, _, _ = self.lower(table.collect_schema())
        return strange_values(lowered, table)
