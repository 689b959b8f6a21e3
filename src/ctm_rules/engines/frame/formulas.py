"""Yes/no formulas over the columns of a table, each once (common subexpressions), on any dataframe library.

Narwhals expressions are trees: what is used twice would be computed twice by every library that does not look for
it. :class:`Formulas` keeps each distinct formula once and folds constants; :func:`compute` then takes a table through
a few steps in which every formula used more than once is a column.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, Literal, NamedTuple, TypeVar, cast

import narwhals.stable.v2 as nw
from attrs import field, frozen

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.limits import MAX_COUNTED_BY_LOGIC, MAX_WRITTEN_OUT

_ALL_ROWS = 2**62
"""More rows than any table has."""
_IN_EVERY_TYPE = 127
"""Every type of whole numbers holds those from 0 to this one."""


@frozen
class Formula:
    """One formula over the rows of a table; ``&``, ``|`` and ``~`` give others. It is never null."""

    number: int
    among: Formulas = field(eq=False, repr=False)

    @property
    def constant(self) -> bool | None:
        """What every row gives, or ``None`` where the table decides."""
        return None if self.number > 1 else bool(self.number)

    def __and__(self, other: Formula) -> Formula:
        return self.among.combine("and", self, other)

    def __or__(self, other: Formula) -> Formula:
        return self.among.combine("or", self, other)

    def __invert__(self) -> Formula:
        return self.among.opposite(self)


Language = ModuleType
"""Where expressions are written: Narwhals, or Polars, whose expressions have the same names."""

Test = Callable[[Language, nw.Expr], nw.Expr]
"""Writes a test of a column, given the language and the column."""


_ColumnTest = tuple[str, Test, bool | None]
"""A column, a test of it, and what that comes to where the column is missing (``None``: it says so itself)."""


class _Node(NamedTuple):
    operation: Literal["constant", "equals", "test", "not", "and", "or", "at_least"]
    below: tuple[int, ...] = ()
    detail: Hashable = None


class Formulas:
    """All formulas over one table."""

    def __init__(self) -> None:
        # The constants are 0 and 1, so that their number is their value. What is below a node has smaller numbers.
        self._nodes = [_Node("constant", detail=False), _Node("constant", detail=True)]
        self._numbers: dict[_Node, int] = {}
        self._tests: dict[int, _ColumnTest] = {}
        self.never = Formula(0, self)
        self.always = Formula(1, self)

    def equals(self, column: str, value: Hashable) -> Formula:
        """Return where a column holds a value of its own type; nowhere where it is missing."""
        return self._formula(_Node("equals", detail=(column, value)))

    def test(self, column: str, what: Hashable, test: Test, *, if_missing: bool | None = None) -> Formula:
        """Return a test of one column; ``what`` tells it from the column's other tests.

        Where the column is missing it comes to ``if_missing``, whatever the test says of nothing; a test of which
        nothing is said there must never be null.
        """
        formula = self._formula(_Node("test", detail=(column, what)))
        self._tests[formula.number] = (column, test, if_missing)
        return formula

    def combine(self, operation: Literal["and", "or"], left: Formula, right: Formula) -> Formula:
        """Return the formula met where both (``and``) or either of them (``or``) is met."""
        neutral = int(operation == "and")
        if left.number == right.number or right.number == neutral:
            return left
        if left.number == neutral:
            return right
        if 1 - neutral in (left.number, right.number):
            return Formula(1 - neutral, self)
        return self._formula(_Node(operation, tuple(sorted((left.number, right.number)))))

    def opposite(self, formula: Formula) -> Formula:
        """Return the formula met by all other rows."""
        if formula.constant is not None:
            return Formula(1 - formula.number, self)
        node = self._nodes[formula.number]
        return (
            Formula(node.below[0], self) if node.operation == "not" else self._formula(_Node("not", (formula.number,)))
        )

    def all_of(self, formulas: Iterable[Formula]) -> Formula:
        """Return the formula met where all of these are met (``always`` where there are none)."""
        return in_pairs(list(dict.fromkeys(formulas)) or [self.always], Formula.__and__)

    def any_of(self, formulas: Iterable[Formula]) -> Formula:
        """Return the formula met where any of these is met (``never`` where there are none)."""
        return in_pairs(list(dict.fromkeys(formulas)) or [self.never], Formula.__or__)

    def at_least(self, count: int, formulas: Iterable[Formula]) -> Formula:
        """Return the formula met where at least ``count`` of these are met, a repeated one counting each time."""
        formulas = list(formulas)
        needed = count - sum(formula.constant is True for formula in formulas)
        undecided = [formula for formula in formulas if formula.constant is None]
        if needed <= 0 or needed > len(undecided):
            return Formula(int(needed <= 0), self)
        if needed == 1:
            return self.any_of(undecided)
        if needed == len(undecided):
            return self.all_of(undecided)
        if len(undecided) > MAX_COUNTED_BY_LOGIC:
            return self._formula(_Node("at_least", tuple(formula.number for formula in undecided), needed))
        first, *rest = undecided
        return self.at_least(needed, rest) | (first & self.at_least(needed - 1, rest))

    def _formula(self, node: _Node) -> Formula:
        number = self._numbers.setdefault(node, len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append(node)
        return Formula(number, self)

    # --- computing ---------------------------------------------------------------------------------

    def compute(
        self, table: nw.LazyFrame[Any], keep: Sequence[str], wanted: Mapping[str, Formula]
    ) -> nw.LazyFrame[Any]:
        """Return a table of the columns to ``keep``, which must be one or more, and of the wanted formulas."""
        roots = {name: formula.number for name, formula in wanted.items()}
        shared = self._shared(roots.values())
        step_of: dict[int, int] = {}
        steps: dict[int, list[int]] = {}
        for number in sorted(self._with_all_below(roots.values())):
            step = max((step_of[below] for below in self._nodes[number].below), default=0)
            if number in shared:
                step += 1
                steps.setdefault(step, []).append(number)
            step_of[number] = step

        # Each step carries only what later steps read; so they are planned from the last to the first.
        writer = _Writer(self._nodes, self._tests, shared, table)
        final = [writer.express(number).alias(name) for name, number in roots.items()]
        plan = [([*keep], final)]
        reads = {*keep, *writer.reads}
        for step in sorted(steps, reverse=True):
            names = {_temporary(number): number for number in steps[step]}
            carried = [name for name in reads if name not in names]
            writer.reads.clear()
            plan.append((carried, [writer.define(number).alias(name) for name, number in names.items()]))
            reads = {*carried, *writer.reads}
        apart = table.implementation.is_duckdb() and self._written_out(roots.values()) > MAX_WRITTEN_OUT
        for carried, new in reversed(plan):
            # DuckDB writes a step into those that read it, and again into those that read them, unless it has a limit.
            # A limit costs its rows' being read side by side; so only what would not fit into the memory pays it.
            table = select(table, *carried, *new).head(_ALL_ROWS) if apart else select(table, *carried, *new)
        return table

    def _written_out(self, roots: Iterable[int]) -> int:
        """Return how many operations these formulas have where nothing that is shared is computed once."""
        roots = list(roots)
        operations: dict[int, int] = {}
        for number in sorted(self._with_all_below(roots)):
            operations[number] = 1 + sum(operations[below] for below in self._nodes[number].below)
        return sum(operations[number] for number in roots)

    def _with_all_below(self, roots: Iterable[int]) -> set[int]:
        found: set[int] = set()
        waiting = list(roots)
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting.extend(self._nodes[number].below)
        return found

    def _shared(self, roots: Iterable[int]) -> set[int]:
        """Return what is used more than once, and what is counted over (whose expression is long)."""
        uses = Counter(roots)
        shared: set[int] = set()
        for number in sorted(self._with_all_below(uses), reverse=True):
            node = self._nodes[number]
            if node.operation == "at_least" or (node.operation not in ("not", "constant") and uses[number] > 1):
                shared.add(number)
            for below in node.below:
                uses[below] += uses[number] if node.operation == "not" else 1
        return shared


class _Writer:
    """Writes formulas as expressions, and notes in ``reads`` which columns they read."""

    def __init__(
        self,
        nodes: Sequence[_Node],
        tests: Mapping[int, _ColumnTest],
        shared: set[int],
        table: nw.LazyFrame[Any],
    ) -> None:
        self.reads: set[str] = set()
        # Where a null is neither true nor false, "and it is there" takes half as long as filling what came to null.
        self._fills = table.implementation.is_pandas_like() or table.implementation.is_dask()
        self._is_pyarrow = table.implementation.is_pyarrow()
        self._schema = table.collect_schema() if self._is_pyarrow else {}
        self._columns: dict[str, nw.Expr] = {}
        self._nodes = nodes
        self._tests = tests
        self._shared = shared
        self._language = language_of(table)

    def express(self, number: int) -> nw.Expr:
        """Return a formula where it is used: the column that a step before made, or the whole expression."""
        return self._column(_temporary(number)) if number in self._shared else self.define(number)

    def define(self, number: int) -> nw.Expr:
        """Return the whole expression of a formula."""
        node = self._nodes[number]
        if node.operation == "constant":
            constant: nw.Expr = self._language.lit(node.detail)
            return constant
        if node.operation == "equals":
            return self._equals(*cast(tuple[str, Any], node.detail))
        if node.operation == "test":
            name, test, if_missing = self._tests[number]
            column = self._column(name)
            return self._never_null(test(self._language, column), column, if_missing)
        below = [self.express(each) for each in node.below]
        if node.operation == "not":
            return ~below[0]
        if node.operation == "and":
            return below[0] & below[1]
        if node.operation == "or":
            return below[0] | below[1]
        # Libraries disagree on sums of yes/no columns across a row, and small integers overflow past 127.
        number_type = self._language.Int8 if len(below) <= 127 else self._language.Int32
        return in_pairs([each.cast(number_type) for each in below], operator.add) >= node.detail

    def _equals(self, name: str, value: Any) -> nw.Expr:
        """Return where a column holds a value."""
        column: Any = self._column(name)
        if self._language is not nw:
            # Polars alone compares with what is missing at once, which takes half as long.
            equal: nw.Expr = column.eq_missing(value)
            return equal
        if self._is_pyarrow and self._schema[name].is_integer() and 0 <= value <= _IN_EVERY_TYPE:
            # PyArrow would turn the whole column into the type of the number, which takes as long as comparing.
            value = nw.lit(value, dtype=self._schema[name])
        return self._never_null(column == value, column, False)

    def _never_null(self, tested: nw.Expr, column: nw.Expr, if_missing: bool | None) -> nw.Expr:
        """Return a test that comes to this where its column is missing."""
        if if_missing is None:
            return tested
        if self._fills or self._language is not nw:
            return tested.fill_null(if_missing)
        return tested | column.is_null() if if_missing else tested & ~column.is_null()

    def _column(self, name: str) -> nw.Expr:
        self.reads.add(name)
        if name not in self._columns:
            self._columns[name] = self._language.col(name)
        return self._columns[name]


def language_of(table: nw.LazyFrame[Any]) -> Language:
    """Return the language in which expressions for a table are written.

    Polars reads its own expressions at once; by way of Narwhals a national table would wait longer for its
    expressions to be translated than for its answers.
    """
    polars: ModuleType = table.implementation.to_native_namespace() if table.implementation.is_polars() else nw
    return polars


def select(table: nw.LazyFrame[Any], *columns: str | nw.Expr) -> nw.LazyFrame[Any]:
    """Return a table of these columns and expressions, written in the table's language."""
    if table.implementation.is_polars():
        selected: nw.LazyFrame[Any] = nw.from_native(nw.to_native(table).select(*columns))
        return selected
    return table.select(*columns)


def _temporary(number: int) -> str:
    return f"{TEMPORARY}{number}"


T = TypeVar("T")


def in_pairs(items: Sequence[T], combine: Callable[[T, T], T]) -> T:
    """Combine items in pairs of pairs, so that an expression is only as deep as the logarithm of their number."""
    layer = list(items)
    while len(layer) > 1:
        pairs = [combine(left, right) for left, right in zip(layer[::2], layer[1::2], strict=False)]
        layer = pairs + layer[len(pairs) * 2 :]
    return layer[0]
