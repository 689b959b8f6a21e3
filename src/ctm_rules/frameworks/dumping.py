"""A framework built or amended in Python, written as the YAML that loads as the same (serialisation)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, Inexact
from fractions import Fraction

import attrs

from ctm_rules.diagnostics.findings import NOWHERE, Code, Findings
from ctm_rules.frameworks.finding import FRAMEWORK_FILE
from ctm_rules.limits import MAX_NUMBER_DIGITS
from ctm_rules.model.conditions import Condition, FactTest, walk
from ctm_rules.model.declared import declared_values, written_rule
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import Framework
from ctm_rules.validity import require_valid
from ctm_rules.yaml_files.layout import Layout
from ctm_rules.yaml_files.layout_tree import Block, Entry, Text
from ctm_rules.yaml_files.marked_yaml import written_number


def dump_framework(framework: Framework) -> str:
    """Return the YAML text of one file that declares a framework, laid out as ``ctm-rules fmt`` does it.

    Loading the text gives an equal framework again, if its texts neither start nor end with white space. Comments of
    the files that a framework was loaded from are not kept.

    Raises:
        DiagnosticError: no file can hold this framework, since it is not valid, or a number in it is no decimal (1/3);
            carries every mistake in it.

    >>> from ctm_rules import load_framework
    >>> print(dump_framework(load_framework("hmip-pdu", "2024"))[:28])
    id: hmip-pdu
    edition: "2024"
    """
    require_valid(framework)
    findings = Findings()
    _find_endless(declared_values(framework), "", findings)
    findings.raise_errors()
    whole = _block(declared_values(framework))
    whole.is_flow = False
    return Layout(whole, FRAMEWORK_FILE).write().decode()


ENDLESS_NUMBER = Code(
    "endless-number",
    "error",
    what="A number in a framework that was built in Python is no decimal of at most 30 digits, so no file can hold it.",
    why="Rounding it would move the bound of a band, and with it somebody's rating.",
    bad="Band(Fraction(1, 3) * 100, 'fair')",
    good="Band(Fraction('33.3'), 'fair')",
)


def _find_endless(value: object, path: str, findings: Findings) -> None:
    """Report every number that no file can hold, by its path in the framework."""
    if isinstance(value, Fraction) and _decimal(value) is None:
        near = f"{float(value):.4g}"
        hint = f"choose a decimal such as {near}"
        findings.add(ENDLESS_NUMBER, NOWHERE, f"{value} is no decimal, so no file can hold it", path=path, hint=hint)
    elif isinstance(value, Mapping):
        for key, below in value.items():
            _find_endless(below, f"{path}/{key}", findings)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, below in enumerate(value):
            _find_endless(below, f"{path}/{index}", findings)
    elif isinstance(value, Condition):
        for test in walk(value):
            _find_endless(test.values if isinstance(test, FactTest) else (), path, findings)
    elif attrs.has(type(value)):
        _find_endless(declared_values(value), path, findings)  # type: ignore[arg-type]  # attrs.has does not narrow


def _layout(value: object) -> Text | Block:
    match value:
        case Text():
            return value
        case str():
            return Text(value, '"')  # written without quotation marks where it can be
        case bool():
            return Text("true" if value else "false")
        case int():
            return Text(str(value))
        case Fraction():
            return Text(_decimal(value) or "")
        case datetime.date():
            return Text(value.isoformat())
        case FactTest(fact, comparison, values):
            words = [Text(written_value(known)) if isinstance(known, bool) else known for known in values]
            return _block({"fact": fact, comparison: words if comparison == "one_of" else words[0]})
        case Mapping():
            return _block(value)
        case Sequence():
            return Block(False, True, [Entry(None, _layout(item)) for item in value])
    if isinstance(value, Condition):
        return _layout(written_rule(value))
    assert attrs.has(type(value)), value
    return _block(declared_values(value))  # type: ignore[arg-type]  # attrs.has does not narrow


def _block(values: Mapping[str, object]) -> Block:
    return Block(True, True, [Entry(Text(key, '"'), _layout(value)) for key, value in values.items()])


def _decimal(number: Fraction) -> str | None:
    """Return a number as a file has it (``None``: it has no end, or too many digits)."""
    exact = Context(prec=MAX_NUMBER_DIGITS, traps=[Inexact])
    try:
        return written_number(exact.divide(Decimal(number.numerator), Decimal(number.denominator)))
    except Inexact:
        return None
