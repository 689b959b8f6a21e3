"""The ids of the cases in a dataframe: no two rows have the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import narwhals.stable.v2 as nw

from ctm_rules.case_files.cells import BAD_ROW, TEMPORARY, quote_cell
from ctm_rules.case_files.odd_cells import ONE_ROW
from ctm_rules.diagnostics.findings import Alike, Findings, Location
from ctm_rules.engines.frame.counts import ROWS, collect, summed, whole
from ctm_rules.engines.frame.formulas import language_of, select
from ctm_rules.engines.frame.rules import Table
from ctm_rules.limits import MAX_DIAGNOSTICS
from ctm_rules.model.framework import CASE_COLUMN
from ctm_rules.model.reading import cell_text
from ctm_rules.phrases import say_count

_ID, _DIFFERENT = f"{TEMPORARY}id", f"{TEMPORARY}different"

RepeatedIds = Mapping[str, int]
"""In how many rows each id stands that has more than one."""


def repeated_ids(table: Table, column: str) -> RepeatedIds:
    """Return the ids that stand in several rows of a table; every row has one."""
    language = language_of(table)
    own = language.col(column)
    is_text = table.collect_schema()[column] == nw.String
    ids = select(table, (own.str.strip_chars() if is_text else own).alias(_ID))
    own = language.col(_ID)
    # What is the same has the same hash, and what differs almost always another, which is far quicker to compare.
    told_apart = own.hash() if is_text and language is not nw else own
    counted = collect(select(ids, told_apart.n_unique().alias(_DIFFERENT), language.len().alias(ROWS)))
    if whole(counted[_DIFFERENT][0]) == whole(counted[ROWS][0]):
        return {}
    found = collect(summed(ids, [_ID], []))
    return repeated_among(zip(map(cell_text, found[_ID]), map(whole, found[ROWS]), strict=True))


def repeated_among(rows_of: Iterable[tuple[str, int]]) -> RepeatedIds:
    """Return of the ids of a table, each with how many rows it has, those that have several."""
    together: Counter[str] = Counter()
    for case_id, rows in rows_of:
        together[case_id] += rows
    return {case_id: rows for case_id, rows in together.items() if rows > 1}


def id_findings(repeated: RepeatedIds, column: str, at: Location) -> Findings:
    """Return what is wrong with ids that have several rows, as one finding that names the one with most of them."""
    findings = Findings()
    for case_id, rows in sorted(repeated.items(), key=lambda item: (-item[1], item[0]))[:MAX_DIAGNOSTICS]:
        message = f'the column "{column}" holds {quote_cell(case_id)} in {say_count(rows, "row")}'
        alike = Alike("case ids", f"have several rows, such as {quote_cell(case_id)} with {rows:,}", cause="repeats")
        findings.add(BAD_ROW, at, f"{message}, and a case has one row", path=CASE_COLUMN, hint=ONE_ROW, alike=alike)
    return findings
