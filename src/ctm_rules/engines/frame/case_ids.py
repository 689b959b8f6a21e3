"""The ids of the cases in a dataframe: no two rows have the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
from attrs import frozen

from ctm_rules.case_files.cells import BAD_ROW, TEMPORARY, quote_cell
from ctm_rules.case_files.odd_cells import ONE_ROW
from ctm_rules.diagnostics.characters import look, say_difference, typed
from ctm_rules.diagnostics.findings import Alike, Findings, Location
from ctm_rules.engines.frame.counts import ROWS, collect, summed, whole
from ctm_rules.engines.frame.formulas import language_of, select
from ctm_rules.engines.frame.rules import Table
from ctm_rules.limits import MAX_DIAGNOSTICS
from ctm_rules.model.framework import CASE_COLUMN
from ctm_rules.model.reading import cell_text
from ctm_rules.phrases import say_count

if TYPE_CHECKING:
    import polars as pl

_ID, _DIFFERENT, _ODD = f"{TEMPORARY}id", f"{TEMPORARY}different", f"{TEMPORARY}odd"

ODD_CHARACTER = "[^\\x00-\\x7F]"
"""A character by which ids may look the same and differ (a pattern)."""


@frozen
class RepeatedId:
    """An id that stands in several rows of a table, or several that look the same.

    Attributes:
        rows: in how many rows.
        written: how it is written, each way once.
    """

    rows: int
    written: tuple[str, ...]


def looks(ids: pl.Series) -> pl.Series:
    """Return texts as people see them; see :func:`look`, of which this is the same for a whole column."""
    if ids.str.len_bytes().sum() == ids.str.len_chars().sum():  # all of it is plain ASCII
        return ids
    composed = ids.str.normalize("NFC")
    characters = composed.str.extract_all(ODD_CHARACTER).explode().drop_nulls().unique()
    odd = {character: seen for character in characters if (seen := typed(character)) != character}
    return (composed.str.replace_many(list(odd), list(odd.values())) if odd else composed).str.strip_chars()


def repeated_ids(table: Table, column: str) -> Sequence[RepeatedId]:
    """Return the ids that stand in several rows of a table; every row has one."""
    language = language_of(table)
    own = language.col(column)
    is_text = table.collect_schema()[column] == nw.String
    ids = select(table, (own.str.strip_chars() if is_text else own).alias(_ID))
    own = language.col(_ID)
    # What is the same has the same hash, and what differs almost always another, which is far quicker to compare.
    told_apart = own.hash() if is_text and language is not nw else own
    wanted = [told_apart.n_unique().alias(_DIFFERENT), language.len().alias(ROWS)]
    if is_text:
        # The length in bytes is known to Polars alone.
        is_odd = own.str.contains(ODD_CHARACTER) if language is nw else own.str.len_bytes() != own.str.len_chars()
        wanted.append(is_odd.any().alias(_ODD))
    counted = collect(select(ids, *wanted))
    if whole(counted[_DIFFERENT][0]) == whole(counted[ROWS][0]) and not (is_text and counted[_ODD][0]):
        return ()
    found = collect(summed(ids, [_ID], []))
    return repeated_among(zip(map(cell_text, found[_ID]), map(whole, found[ROWS]), strict=True))


def repeated_among(rows_of: Iterable[tuple[str, int]]) -> Sequence[RepeatedId]:
    """Return of the ids of a table, each with how many rows it has, those that have several."""
    together: dict[str, dict[str, int]] = {}
    for case_id, rows in rows_of:
        written = together.setdefault(look(case_id), {})
        written[case_id] = written.get(case_id, 0) + rows
    each = (RepeatedId(sum(written.values()), tuple(sorted(written))) for written in together.values())
    return [repeated for repeated in each if repeated.rows > 1]


def id_findings(repeated: Iterable[RepeatedId], column: str, at: Location) -> Findings:
    """Return what is wrong with ids that have several rows, as one finding that names the one with most of them."""
    findings = Findings()
    for each in sorted(repeated, key=lambda each: (-each.rows, each.written))[:MAX_DIAGNOSTICS]:
        one, *others = each.written
        message = f'the column "{column}" holds {quote_cell(one)} in {say_count(each.rows, "row")}'
        alike = Alike("case ids", f"have several rows, such as {quote_cell(one)} with {each.rows:,}", cause="repeats")
        hint = ONE_ROW
        if others:
            message += f", also written as {quote_cell(others[0])}, which looks the same"
            alike = Alike("case ids", f"look the same as others, such as {quote_cell(others[0])}", cause="looks")
            hint = f"{say_difference(one, others[0])}; {ONE_ROW}"
        findings.add(BAD_ROW, at, f"{message}, and a case has one row", path=CASE_COLUMN, hint=hint, alike=alike)
    return findings
