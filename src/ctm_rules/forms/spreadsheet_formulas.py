"""Expressions as the formulas of a spreadsheet, within what every spreadsheet program takes.

A formula may have 8,192 characters, 255 arguments in a function and 64 functions in one another, and nothing says so
where it has more: it is dropped, or the file is. So whatever is long is computed step by step, in cells of its own.
`=` takes no notice of capitals, an empty cell is 0, and texts sort above numbers: words are compared with EXACT, and
numbers where ISNUMBER says that it is one.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import assert_never

from attrs import frozen

from ctm_rules.forms.relevance import AtLeastTrue, Compared, Constant, Every, Expression, IsOneOf, Sign, Some
from ctm_rules.limits import (
    MAX_FORMULA_ARGUMENTS,
    MAX_FORMULA_CHARACTERS,
    MAX_NESTED_FORMULAS,
    MAX_TOLD_APART_IN_A_CELL,
)
from ctm_rules.model.fact_values import written_value

FIRST_DAY, LAST_DAY = datetime.date(1900, 3, 1), datetime.date.max
"""The days that every spreadsheet program counts alike."""


@frozen
class SpreadsheetFormulas:
    """Writes expressions as formulas, without ``=`` in front.

    Attributes:
        cell_of: the reference to the cell that holds a fact.
        word_of: the reference to a cell that holds what a fact's value is called: ``True`` and ``False`` of yes and no.
        helper: puts a formula into a cell of its own, and returns the reference to it.
    """

    cell_of: Callable[[str], str]
    word_of: Callable[[str, str | bool], str]
    helper: Callable[[str], str]

    def of(self, expression: Expression, *, inside: int = 0) -> str:
        """Return the formula that is TRUE where an expression is."""
        match expression:
            case Constant(value):
                return "TRUE" if value else "FALSE"
            case IsOneOf(fact, values):
                cell = self.cell_of(fact)
                return self._joined("OR", [f"EXACT({cell},{self.word_of(fact, value)})" for value in values], inside)
            case Compared(fact, sign, value):
                return _compared(self.cell_of(fact), sign, value)
            case Every(of):
                return self._joined("AND", self._all(of, inside), inside)
            case Some(of):
                return self._joined("OR", self._all(of, inside), inside)
            case AtLeastTrue(count, of):
                added = self.added([f"IF({each},1,0)" for each in self._all(of, inside)])
                return self._short(f"{added}>={count}", inside)
            case never:
                assert_never(never)

    def added(self, numbers: Sequence[str]) -> str:
        """Return the formula of the sum of some numbers."""
        return self._in_steps("SUM", numbers)

    def _all(self, of: Sequence[Expression], inside: int) -> list[str]:
        return [self.of(each, inside=inside + 1) for each in of]

    def _joined(self, function: str, parts: Sequence[str], inside: int) -> str:
        return self._short(parts[0] if len(parts) == 1 else self._in_steps(function, parts), inside)

    def _in_steps(self, function: str, parts: Sequence[str]) -> str:
        """Return a function of many parts, those in front in cells of their own until the rest is short enough."""
        steps: list[str] = []
        step: list[str] = []
        for part in parts:
            if step and (
                len(step) == MAX_FORMULA_ARGUMENTS or sum(map(len, step)) + len(part) > MAX_FORMULA_CHARACTERS - 100
            ):
                steps.append(self.helper(f"{function}({','.join(step)})"))
                step = []
            step.append(part)
        if not steps:
            return f"{function}({','.join(parts)})"
        return self._in_steps(function, [*steps, *step])

    def _short(self, formula: str, inside: int) -> str:
        """Return a formula that stands in another: by itself, or the reference to it where that would be too much."""
        is_too_much = inside % MAX_NESTED_FORMULAS == 0 or len(formula) > MAX_FORMULA_CHARACTERS // 4
        return self.helper(formula) if inside and is_too_much else formula


def _compared(cell: str, sign: Sign, value: int | Fraction | datetime.date) -> str:
    if isinstance(value, datetime.date):
        if value < FIRST_DAY:
            return "FALSE"  # programs do not agree on such days, and what is not known hides nothing
        # A day lasts until the next begins, whatever time of it stands in the cell.
        day, next_day = (f"DATE({value.year},{value.month},{value.day}{more})" for more in ("", "+1"))
        return f"AND(ISNUMBER({cell}),{_within_days(cell, sign, day, next_day)})"
    if not fits_in_a_cell(value):
        return "FALSE"  # what is not known hides nothing
    return f"AND(ISNUMBER({cell}),{cell}{sign}{written_value(value)})"


def fits_in_a_cell(value: int | Fraction) -> bool:
    """Return whether spreadsheet programs tell a number from every other of so many digits: 14 or fewer."""
    return int(written_value(value).lstrip("-").replace(".", "")) < MAX_TOLD_APART_IN_A_CELL


def _within_days(cell: str, sign: Sign, day: str, next_day: str) -> str:
    match sign:
        case "=":
            return f"{cell}>={day},{cell}<{next_day}"
        case "<>":
            return f"OR({cell}<{day},{cell}>={next_day})"
        case ">=":
            return f"{cell}>={day}"
        case "<=":
            return f"{cell}<{next_day}"
        case ">":
            return f"{cell}>={next_day}"
        case "<":
            return f"{cell}<{day}"
        case never:
            assert_never(never)
