"""Expressions as XPath, as the forms of ODK, KoboToolbox and Enketo compute it.

Nothing but the functions of XPath 1.0 is used. An empty answer is no number, and every comparison with it is false but
`!=`; so what is to be unequal is asked to be there as well. Dates are compared as the numbers that their digits make.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from fractions import Fraction
from typing import assert_never

from ctm_rules.forms.relevance import NEVER, AtLeastTrue, Compared, Constant, Every, Expression, IsOneOf, Sign, Some
from ctm_rules.limits import MAX_EXACT_IN_XPATH
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import Range


def relevance(surely_not_asked: Expression) -> str:
    """Return when a question is shown: wherever it is not sure that it is not asked (nothing: always).

    A form drops the answers to what it hides.
    """
    return "" if surely_not_asked == NEVER else f"not({xpath(surely_not_asked)})"


def constraint(values: Range | None, *, takes_date: bool) -> str:
    """Return when an answer with a number or a date is one that is taken (nothing: always).

    Args:
        values: where the values lie (``None``: anywhere).
        takes_date: whether it is a date. A number that XPath cannot tell from the next one is never taken.
    """
    lowest, highest = (None, None) if values is None else (values.lowest, values.highest)
    if not takes_date:
        lowest = -MAX_EXACT_IN_XPATH if lowest is None else lowest
        highest = MAX_EXACT_IN_XPATH if highest is None else highest
    ends: list[tuple[Sign, int | Fraction | datetime.date | None]] = [(">=", lowest), ("<=", highest)]
    return " and ".join(_compared(".", sign, end) for sign, end in ends if end is not None)


def xpath(expression: Expression) -> str:
    """Return the XPath that is true where an expression is; facts are referred to by their names, as ``${size}``."""
    match expression:
        case Constant(value):
            return "true()" if value else "false()"
        case IsOneOf(fact, values):
            return _joined("or", (f"${{{fact}}} = '{written_value(value)}'" for value in values))
        case Compared(fact, sign, value):
            return _compared(f"${{{fact}}}", sign, value)
        case Every(of):
            return _joined("and", map(xpath, of))
        case Some(of):
            return _joined("or", map(xpath, of))
        case AtLeastTrue(count, of):
            return f"({' + '.join(f'number({xpath(each)})' for each in of)} >= {count})"
        case never:
            assert_never(never)


def _compared(reference: str, sign: Sign, value: int | Fraction | datetime.date) -> str:
    number, known = reference, f"{reference} != ''"
    if isinstance(value, datetime.date):
        number, value = f"number(translate({reference}, '-', ''))", int(value.isoformat().replace("-", ""))
    written = written_value(value)
    return f"({known} and {number} != {written})" if sign == "<>" else f"{number} {sign} {written}"


def _joined(word: str, parts: Iterable[str]) -> str:
    listed = list(parts)
    return listed[0] if len(listed) == 1 else f"({f' {word} '.join(listed)})"
