"""Cells of a dataframe that have no meaning (data validation): found in all columns at once, with their number."""

from __future__ import annotations

from collections import Counter

import narwhals.stable.v2 as nw
from attrs import evolve

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.case_files.odd_cells import odd_cell
from ctm_rules.diagnostics.findings import Findings, Gathered, Location
from ctm_rules.engines.frame.counts import ROWS, collect, summed, whole
from ctm_rules.engines.frame.formulas import language_of, select
from ctm_rules.engines.frame.rules import LoweredFramework, Table, carrier

_OTHER = f"{TEMPORARY}other"
_VALUE = f"{TEMPORARY}value"


# --- values without a meaning ------------------------------------------------------------------------

StrangeValues = Counter[tuple[str, str]]
"""In how many rows a column, named as in a case table, holds a value that has no meaning."""


def strange_values(lowered: LoweredFramework, table: Table) -> StrangeValues:
    """Return every value that is read and that no formula knows; texts are as they stand.

    Takes one pass over the table, and another one over each column that has such values.
    """
    formulas = lowered.columns.formulas
    recognised = lowered.columns.recognised
    others = {f"{TEMPORARY}{number}": ~each.formula for number, each in enumerate(recognised.values())}
    strange: StrangeValues = Counter()
    if not others:
        return strange
    flags = formulas.compute(table, [carrier(lowered, table)], others)
    numbers = collect(select(flags, *(language_of(table).col(name).sum() for name in others)))
    for name, (meaning, each) in zip(others, recognised.items(), strict=True):
        if any(numbers[name]):
            rows = formulas.compute(table, [each.column], {_OTHER: ~each.formula}).filter(nw.col(_OTHER))
            value: nw.Expr = language_of(table).col(each.column)
            found = collect(summed(select(rows, value.alias(_VALUE)), [_VALUE], []))
            for shown, number in zip(found[_VALUE], found[ROWS], strict=True):
                strange[meaning, "" if shown is None else str(shown)] += whole(number)
    return strange


def value_findings(lowered: LoweredFramework, strange: StrangeValues, at: Location) -> Findings:
    """Return what has no meaning, what has one cause as one finding with the number of its cells; most cells first."""
    found = Gathered()
    shown: StrangeValues = Counter()
    for (meaning, value), rows in strange.items():
        shown[meaning, value.strip()] += rows
    for (meaning, value), rows in sorted(shown.items(), key=lambda item: (-item[1], item[0])):
        odd = odd_cell(lowered.columns.cells, meaning, lowered.columns.name(meaning), value, by_options=True)
        found.add(evolve(odd.somewhere(at), count=rows))
    findings = Findings()
    findings.extend(found)
    return findings
