"""A framework built or amended in Python, written as the YAML that loads as the same framework."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, Inexact
from fractions import Fraction

import attrs

from ctm_rules.frameworks.finding import FRAMEWORK_FILE
from ctm_rules.limits import MAX_NUMBER_DIGITS
from ctm_rules.model.conditions import All, Any, AtLeast, FactTest, Not, PromptIsYes
from ctm_rules.model.framework import Framework
from ctm_rules.yaml_files.formatting import Block, Entry, Layout, Text
from ctm_rules.yaml_files.structuring import keys_of


def dump_framework(framework: Framework) -> str:
    """Return the YAML text of one file that declares a framework, laid out as ``ctm-rules fmt`` does it.

    Loading the text gives an equal framework again, if the framework is valid and its texts neither start nor end
    with white space. Comments of the files that a framework was loaded from are not kept.

    Raises:
        ValueError: a bound of a band is no decimal (1/3), so no file can hold it.

    >>> from ctm_rules import load_framework
    >>> print(dump_framework(load_framework("hmip-pdu", "2024"))[:28])
    id: hmip-pdu
    edition: "2024"
    """
    whole = _block(_attributes(framework))
    whole.is_flow = False
    return Layout(whole, FRAMEWORK_FILE).write().decode()


def _attributes(declared: attrs.AttrsInstance) -> dict[str, object]:
    """Return what an element declares, by key; a value that it would have anyway is left out."""
    declares = type(declared)
    attributes = [attribute for attribute in attrs.fields(declares) if attribute.name != "at"]
    values: dict[str, object] = {}
    for key, attribute in zip(keys_of(declares), attributes, strict=True):
        value = getattr(declared, attribute.name)
        make_default = getattr(attribute.default, "factory", None)
        if value != (make_default() if make_default else attribute.default):
            values[key] = value
    return values


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
            return Text(_decimal(value))
        case datetime.date():
            return Text(value.isoformat())
        case PromptIsYes(prompt):
            return _layout(prompt)
        case FactTest(fact, comparison, values):
            words = [Text("yes" if known else "no") if isinstance(known, bool) else known for known in values]
            return _block({"fact": fact, comparison: words if comparison == "one_of" else words[0]})
        case All(of):
            return _block({"all": of})
        case Any(of):
            return _block({"any": of})
        case AtLeast(count, of):
            return _block({"at_least": {"count": count, "of": of}})
        case Not(clause):
            return _block({"not": clause})
        case Mapping():
            return _block(value)
        case Sequence():
            return Block(False, True, [Entry(None, _layout(item)) for item in value])
    assert attrs.has(type(value)), value
    return _block(_attributes(value))  # type: ignore[arg-type]  # attrs.has does not narrow


def _block(values: Mapping[str, object]) -> Block:
    return Block(True, True, [Entry(Text(key, '"'), _layout(value)) for key, value in values.items()])


def _decimal(number: Fraction) -> str:
    exact = Context(prec=MAX_NUMBER_DIGITS, traps=[Inexact])
    try:
        return f"{exact.divide(Decimal(number.numerator), Decimal(number.denominator)):f}"
    except Inexact:
        raise ValueError(f"{number} is no decimal of at most {MAX_NUMBER_DIGITS} digits") from None
