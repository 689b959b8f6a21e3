r"""Tables of bands beside a framework's files: a row for each value of the fact that chooses, a column for each band.

A table becomes what the files could say themselves, with the place of every cell, so that whatever is held against
bands is held against it, and says its line and column.

>>> from ctm_rules.diagnostics.findings import Findings
>>> rows = read_table(b"state,good.from,poor.from\nnorth,80,0\n", "cut_points.csv", "state", Findings())
>>> rows["north"]
[{'from': 80, 'rating': 'good'}, {'from': 0, 'rating': 'poor'}]
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import get_args

from attrs import evolve, frozen

from ctm_rules.case_files.cells import quote_cell
from ctm_rules.case_files.csv_rows import CsvTable, Row
from ctm_rules.case_files.table_text import UnreadableTextError
from ctm_rules.diagnostics.findings import Alike, Code, Diagnostic, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.limits import MAX_NUMBER_DIGITS, MAX_TABLE_COLUMNS
from ctm_rules.model.bands import BoundKey
from ctm_rules.paths import is_file_name
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue

BANDS_BY = "bands_by"
TABLE = ".csv"
"""How the name of a table of bands ends."""


ReadTable = Callable[[str, Findings], tuple[str, bytes] | None]
"""Gives what a file of a name beside the framework's files holds, after what diagnostics call it."""


def fill_in_tables(document: MarkedDict, read: ReadTable | None, findings: Findings) -> frozenset[str]:
    """Put what tables of bands hold in the place of their names; return the keys of the document with a broken one.

    Args:
        document: what a framework's files declare.
        read: gives the tables (``None``: there are no files, and so no tables beside them).
        findings: takes what is wrong with them.
    """
    broken: set[str] = set()
    for key, value in document.items():
        before = len(findings.errors)
        for block in _blocks(value):
            chosen = block[BANDS_BY]
            if isinstance(chosen, MarkedDict):
                for fact, table in chosen.items():
                    if isinstance(table, str):
                        at = chosen.value_at.get(fact, chosen.at)
                        chosen[fact] = _rows_of(table, fact, at, read, findings)
        if len(findings.errors) > before:
            broken.add(key)
    return frozenset(broken)


def _blocks(value: MarkedValue) -> Iterator[MarkedDict]:
    """Yield every block below a value, and itself, that says by what bands are chosen."""
    if isinstance(value, MarkedDict) and BANDS_BY in value:
        yield value
    for below in value.values() if isinstance(value, MarkedDict) else value if isinstance(value, MarkedList) else ():
        yield from _blocks(below)


BAD_BAND_TABLE = Code(
    "bad-band-table",
    "error",
    what="A table of bands cannot be read as one: its header, or a cell of it, says no bound of a rating.",
    why="A provider would be rated by bounds that nobody meant.",
    bad="state,five,four\nnorth,10%,20%",
    good="state,five.up_to,four.up_to,three\nnorth,10,20,",
)


def _rows_of(table: str, fact: str, at: Location, read: ReadTable | None, findings: Findings) -> MarkedDict:
    if not table.endswith(TABLE) or not is_file_name(table):
        message = f'the bands that "{fact}" chooses are neither declared here nor the name of a CSV file: "{table}"'
        hint = f"write {fact}: cut_points.csv, a file beside this one, or a block: {fact}: {{…: [{{from: …}}]}}"
        findings.add(BAD_BAND_TABLE, at, message, hint=hint)
        return MarkedDict(at)
    if read is None:
        message = f'the table "{table}" should lie beside the files of the framework, and there are none'
        findings.add(BAD_BAND_TABLE, at, message, hint="write the bands for each value here, or load the folder")
        return MarkedDict(at)
    found = Findings()
    held = read(table, found)
    if held is None:
        # That there is no such table is wrong here, where it is named.
        findings.extend(each.moved_to(at) for each in found)
        return MarkedDict(at)
    file, content = held
    return read_table(content, file, fact, findings)


@frozen
class _Column:
    """A column of bounds: of which rating, which kind of bound (``None``: none), and where its name stands."""

    rating: str
    bound: BoundKey | None
    number: int
    at: Location


def read_table(content: bytes, name: str, fact: str, findings: Findings) -> MarkedDict:
    """Return the bands that a table holds, by the value in its first column, with the place of each cell.

    What cannot be read is left out, and ``findings`` say why.

    Args:
        content: the bytes of a CSV file.
        name: how diagnostics call it.
        fact: the id of the fact that chooses, which is the name of the first column.
        findings: takes what is wrong.
    """
    made = MarkedDict(Location(name))
    try:
        with CsvTable(io.BytesIO(content), name) as table:
            columns = _columns(table.header, Location(name, table.header_row or 1, 1), fact, findings)
            if columns is not None:
                for row in table.rows():
                    if isinstance(row, Diagnostic):
                        findings.note(row)
                    else:
                        _add_row(row, columns, made, name, findings)
    except UnreadableTextError as error:
        findings.extend([evolve(error.diagnostic, hint='save it as "CSV UTF-8"')])
    return made


def _columns(header: Sequence[str], at: Location, fact: str, findings: Findings) -> list[_Column] | None:
    """Return what the columns are for, without those that are for nothing (``None``: no row can be read by them)."""
    example = f"{fact},good.from,poor.from"
    if not header or len(header) > MAX_TABLE_COLUMNS:
        what = "has no header" if not header else f"has {len(header):,} columns"
        findings.add(BAD_BAND_TABLE, at, f"the table {what}", hint=f"its first line is such as {example}")
        return None
    if header[0] != fact:
        message = f'the first column is called "{header[0]}", and holds the values of the fact "{fact}"'
        findings.add(BAD_BAND_TABLE, at, message, hint=f"call it {fact}")
    if len(header) == 1:
        message = f'beside "{header[0]}" there is no column, and so no bound of a band'
        findings.add(BAD_BAND_TABLE, at, message, hint=f"add one for each rating: {example}")
        return None
    bounds: tuple[BoundKey, ...] = get_args(BoundKey)
    columns: list[_Column] = []
    for number, title in enumerate(header[1:], 2):
        place = evolve(at, column=number)
        rating, dot, bound = title.partition(".")
        known = next((each for each in bounds if each == bound), None)
        if rating and (known is not None or not dot):
            columns.append(_Column(rating, known, number, place))
            continue
        message = f'the column "{title}" does not say which bound of which rating it holds'
        hint = nearest_name_hint(bound, bounds) if rating and dot else f"write a rating and its bound: {example}"
        findings.add(BAD_BAND_TABLE, place, message, hint=hint)
    return columns


def _add_row(row: Row, columns: Sequence[_Column], made: MarkedDict, name: str, findings: Findings) -> None:
    at = Location(name, row.number, 1)
    value = row.cells[0]
    if not value:
        message = f"row {row.number} does not say for which value its bands are"
        findings.add(BAD_BAND_TABLE, at, message, hint="write the value in the first column")
        return
    if value in made:
        message = f'row {row.number} is a second one for "{value}"; the first is row {made.key_at[value].line}'
        findings.add(BAD_BAND_TABLE, at, message, hint="keep one of them")
        return
    bands = MarkedList(at)
    for column in columns:
        cell, place = row.cells[column.number - 1], evolve(at, column=column.number)
        band = MarkedDict(place)
        if column.bound is None and cell:
            message = (
                f'"{column.rating}" takes whatever is left, and row {row.number} has a bound for it: {quote_cell(cell)}'
            )
            hint = f"call the column {column.rating}.from (or above, up_to, below), or leave the cell empty"
            alike = Alike("cells", f"hold a bound for {column.rating}, whose column says none")
            findings.add(BAD_BAND_TABLE, place, message, hint=hint, alike=alike)
            continue
        if column.bound is not None:
            bound = _bound(cell)
            if bound is None:
                said = f"holds {quote_cell(cell)}, which is no number" if cell else "is empty"
                message = f'the cell of "{value}" for {column.rating}.{column.bound} {said}'
                hint = "write digits, with a point before decimals and nothing behind them"
                alike = Alike("cells", f"of {column.rating}.{column.bound} hold no number")
                findings.add(BAD_BAND_TABLE, place, message, hint=hint, alike=alike)
                continue
            _put(band, str(column.bound), bound, column.at, place)
        _put(band, "rating", column.rating, column.at, column.at)
        bands.append(band)
        bands.value_at.append(place)
    _put(made, value, bands, at, at)


def _put(block: MarkedDict, key: str, value: MarkedValue, key_at: Location, value_at: Location) -> None:
    block[key], block.key_at[key], block.value_at[key] = value, key_at, value_at


def _bound(cell: str) -> MarkedValue:
    """Return the number that a cell holds (``None``: it holds none that a file could)."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", cell) or len(cell) > MAX_NUMBER_DIGITS:
        return None
    return Decimal(cell) if "." in cell else int(cell)
