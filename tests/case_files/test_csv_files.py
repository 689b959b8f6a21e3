"""CSV files as people and programs write them: both readers see the same rows, and every line is a row or is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import DiagnosticError
from ctm_rules.case_files.case_tables import read_csv, read_header
from ctm_rules.case_files.csv_rows import looks_like_a_case_table
from ctm_rules.diagnostics.findings import Diagnostic, Findings, Location
from ctm_rules.limits import MAX_CSV_CELL_CHARACTERS, MAX_CSV_ROW_CHARACTERS

HEADER = "case,site,a.b,note"
Cells = tuple[str, ...]


@frozen
class Read:
    """What a reader made of a file: the cells of each row by its number, and the code of each finding by its row."""

    header: Cells
    rows: Mapping[int, Cells]
    found: Mapping[int, str]


def case_by_case(path: Path) -> Read:
    findings = Findings()
    table = read_csv(path.read_bytes(), Location(str(path)), findings)
    rows = {}
    for row in table.rows if table else ():
        if isinstance(row, Diagnostic):
            findings.extend([row])
        else:
            rows[row.number] = tuple(row.cells)
    return Read(tuple(table.header) if table else (), rows, {found.line: found.code for found in findings})


def in_bulk(path: Path) -> Read:
    polars = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    from ctm_rules.case_files.pieces import ROW
    from ctm_rules.case_files.table_files import open_file, read_pieces, split

    findings = Findings()
    table = open_file(path, findings)
    rows = {}
    if table is not None and table.schema:
        (source,) = split([table], lambda table: list(table.schema))
        try:
            with read_pieces(source, lambda found, _: findings.extend([found])) as pieces:
                for piece in pieces:
                    cells = piece.numbered.with_columns(polars.exclude(ROW).fill_null("")).collect()
                    rows.update({row.pop(ROW): tuple(row.values()) for row in cells.iter_rows(named=True)})
        except DiagnosticError as error:
            findings.extend(error.diagnostics)
    return Read(tuple(table.schema) if table else (), rows, {found.line: found.code for found in findings})


READERS = [pytest.param(case_by_case, id="cases"), pytest.param(in_bulk, id="bulk")]

K1, K2, K3 = ("k1", "North", "yes", "fine"), ("k2", "South", "no", ""), ("k3", "", "", "x")
PLAIN = "k1,North,yes,fine\nk2,South,no,\nk3,,,x\n"
AS_PLAIN = {2: K1, 3: K2, 4: K3}
BAD = "bad-row"
LINES = MAX_CSV_CELL_CHARACTERS // 4


def noted(note: str) -> dict[int, Cells]:
    """The rows of a file whose first case has this note."""
    return {2: (*K1[:3], note), 3: K2}


# By name: what stands in the file, and what each of its rows is: cells, or the code of what is wrong with it.
FILES: dict[str, tuple[str | bytes, Mapping[int, Cells | str]]] = {
    # --- line ends
    "line feeds": (f"{HEADER}\n{PLAIN}", AS_PLAIN),
    "carriage returns and line feeds": (f"{HEADER}\n{PLAIN}".replace("\n", "\r\n"), AS_PLAIN),
    "carriage returns alone": (f"{HEADER}\n{PLAIN}".replace("\n", "\r"), AS_PLAIN),
    "line ends of three kinds": (f"{HEADER}\r\nk1,North,yes,fine\rk2,South,no,\nk3,,,x\r\n", AS_PLAIN),
    "no line end at the end": (f"{HEADER}\n{PLAIN}".rstrip("\n"), AS_PLAIN),
    "no line end after a quoted cell": (f'{HEADER}\nk1,North,yes,"fine"', {2: K1}),
    # --- what no row is
    "nothing": ("", {}),
    "a byte-order mark alone": (b"\xef\xbb\xbf", {}),
    "line ends alone": ("\n\r\n\n", {}),
    "a header alone": (HEADER, {}),
    "a header and empty rows": (f"{HEADER}\n,,,\n\n , ,\t,\n", {}),
    "empty lines between rows": (f"{HEADER}\n\n\nk1,North,yes,fine\n\nk2,South,no,\n\n", {4: K1, 6: K2}),
    "empty lines above the header": (f"\n,,,\n{HEADER}\n{PLAIN}", {4: K1, 5: K2, 6: K3}),
    "an empty line of another width": (f"{HEADER}\n,,,,,,,\nk1,North,yes,fine\n", {3: K1}),
    "empty cells in quotation marks": (f'{HEADER}\n"","","",""\nk1,North,yes,fine\n', {3: K1}),
    # --- delimiters
    "semicolons": (f"{HEADER}\n{PLAIN}".replace(",", ";"), AS_PLAIN),
    "tabs": (f"{HEADER}\n{PLAIN}".replace(",", "\t"), AS_PLAIN),
    "pipes": (f"{HEADER}\n{PLAIN}".replace(",", "|"), AS_PLAIN),
    "semicolons and names with commas": ('case;"a,b,c,d,e";c\nk1;x;y\n', {2: ("k1", "x", "y")}),
    "commas and names with semicolons": ('case,"a;b;c;d;e",c\nk1,x,y\n', {2: ("k1", "x", "y")}),
    "semicolons and numbers with commas": ("case;a;b\nk1;1,5;2,5\n", {2: ("k1", "1,5", "2,5")}),
    "one column": ("case\nk1\n\nk2\n", {2: ("k1",), 4: ("k2",)}),
    "the delimiter in the first line": (f"sep=;\n{HEADER}\n{PLAIN}".replace(",", ";"), AS_PLAIN),
    "the delimiter in quotation marks": (f'"sep=;"\r\n{HEADER}\n{PLAIN}'.replace(",", ";"), AS_PLAIN),
    "another delimiter in the first line": ("SEP=,\ncase,a;b;c\nk1,x\n", {2: ("k1", "x")}),
    "an unusual delimiter in the first line": (f"sep=^\n{HEADER}\n{PLAIN}".replace(",", "^"), AS_PLAIN),
    "a mark and a delimiter": (
        b"\xef\xbb\xbfsep=\t\n" + f"{HEADER}\n{PLAIN}".replace(",", "\t").encode(),
        AS_PLAIN,
    ),
    # --- columns at the end
    "empty columns at the end": (f"{HEADER},,\nk1,North,yes,fine,,\nk2,South,no,,,\n", {2: K1, 3: K2}),
    "fewer empty columns at the end of rows": (f"{HEADER},,\nk1,North,yes,fine\nk2,South,no,,\n", {2: K1, 3: K2}),
    "a cell below no name": (f"{HEADER},,\nk1,North,yes,fine,,x\nk2,South,no,,,\n", {2: BAD, 3: K2}),
    "spaces below no name": (f"{HEADER}, \nk1,North,yes,fine, \nk2,South,no,,\n", {2: K1, 3: K2}),
    "a cell too few": (f"{HEADER}\nk1,North,yes\nk2,South,no,\n", {2: BAD, 3: K2}),
    "a cell too many": (f"{HEADER}\nk1,North,yes,fine,\nk2,South,no,\n", {2: BAD, 3: K2}),
    "another delimiter in one row": (f"{HEADER}\nk1;North;yes;fine\nk2,South,no,\n", {2: BAD, 3: K2}),
    "a single word in a line": (f"{HEADER}\nk1,North,yes,fine\nTotal\n", {2: K1, 3: BAD}),
    # --- spaces
    "spaces around cells": (f"{HEADER}\n k1 , North,yes ,\tfine\nk2,South,no,  \n", {2: K1, 3: K2}),
    "spaces that do not break": (f"{HEADER}\nk1,\xa0North\xa0,yes,fine\nk2,South,no,\n", {2: K1, 3: K2}),
    "spaces around names": (f"{HEADER}\n{PLAIN}".replace("site", " site ", 1), AS_PLAIN),
    "a space before a quoted cell": (f'{HEADER}\nk1, "North",yes, "fine"\nk2,South,no,\n', {2: K1, 3: K2}),
    "spaces within a quoted cell": (f'{HEADER}\n"k1 "," North",yes,fine\nk2,South,no,\n', {2: K1, 3: K2}),
    # --- quotation marks
    "every cell in quotation marks": ('"case","site"\n"k1","North"\n"k2",""\n', {2: ("k1", "North"), 3: ("k2", "")}),
    "a comma in a quoted cell": (f'{HEADER}\nk1,North,yes,"so, so"\nk2,South,no,\n', noted("so, so")),
    "doubled quotation marks": (f'{HEADER}\nk1,North,yes,"a 5"" pan"\nk2,South,no,\n', noted('a 5" pan')),
    "nothing but quotation marks": (f'{HEADER}\nk1,North,yes,""""\nk2,South,no,\n', noted('"')),
    "a line break in a quoted cell": (f'{HEADER}\nk1,North,yes,"so\nso"\nk2,South,no,\n', noted("so\nso")),
    "line breaks of Windows in a cell": (
        f'{HEADER}\r\nk1,North,yes,"so\r\n\r\nso"\r\nk2,South,no,\r\n',
        noted("so\n\nso"),
    ),
    "commas below a line break": (f'{HEADER}\nk1,North,yes,"a,b\nc"\nk2,South,no,\n', noted("a,b\nc")),
    "a quotation mark within a cell": (f'{HEADER}\nk1,North,yes,5" pan\nk2,South,no,\n', noted('5" pan')),
    "quotation marks at the end of a cell": (f'{HEADER}\nk1,North,yes,pan""\nk2,South,no,\n', noted('pan""')),
    "a quotation mark that is never closed": (
        f'{HEADER}\nk1,North,yes,"fine\nk2,South,no,\nk3,,,x\n',
        {2: BAD, 3: K2, 4: K3},
    ),
    "a quotation mark closed rows below": (
        f'{HEADER}\nk1,North,yes,"fine\nk2,South,no,\nk3,,,x"\n',
        {2: BAD, 3: K2, 4: ("k3", "", "", 'x"')},
    ),
    "inches that open and close a cell": (
        f'{HEADER}\nk1,North,yes,"5"" pan\nk2,South,no,\nk3,,,6"" pan"\n',
        {2: BAD, 3: K2, 4: ("k3", "", "", '6"" pan"')},
    ),
    "text behind a quoted cell": (f'{HEADER}\nk1,North,yes,"fine" pan\nk2,South,no,\n', {2: BAD, 3: K2}),
    "a space behind a quoted cell": (f'{HEADER}\nk1,North,"yes" ,fine\nk2,South,no,\n', {2: BAD, 3: K2}),
    "a quotation mark in the last line": (f'{HEADER}\nk1,North,yes,fine\n"', {2: K1, 3: BAD}),
    "a quotation mark in every row": (
        f'{HEADER}\nk1,North,yes,"a\nk2,South,no,"b\nk3,,,x\n',
        {2: BAD, 3: BAD, 4: K3},
    ),
    "turned quotation marks": (f"{HEADER}\nk1,North,yes,“fine”\nk2,South,no,\n", noted("“fine”")),
    "backslashes before quotation marks": (f'{HEADER}\nk1,North,yes,"a \\"b\\""\nk2,South,no,\n', {2: BAD, 3: K2}),
    # --- characters
    "letters outside ASCII": (f"{HEADER}\nk1,Môn,yes,Łódź 😀\n", {2: ("k1", "Môn", "yes", "Łódź 😀")}),
    "a byte-order mark": (b"\xef\xbb\xbf" + f"{HEADER}\n{PLAIN}".encode(), AS_PLAIN),
    "UTF-16 with a mark": (f"{HEADER}\n{PLAIN}".encode("utf-16"), AS_PLAIN),
    "UTF-16 the other way round": (b"\xfe\xff" + f"{HEADER}\n{PLAIN}".encode("utf-16-be"), AS_PLAIN),
    "UTF-32 with a mark": (f"{HEADER}\n{PLAIN}".encode("utf-32"), AS_PLAIN),
    "a NUL byte": (f"{HEADER}\nk1,North,y\0es,fine\nk2,South,no,\n", {2: BAD, 3: K2}),
    "a NUL byte beside quotation marks": (f'{HEADER}\nk1,"North",y\0es,fine\nk2,South,no,""\n', {2: BAD, 3: K2}),
    "a control character in an empty row": (f"{HEADER}\n\x0c\nk2,South,no,\n", {2: BAD, 3: K2}),
    "separators of units": (f'{HEADER}\nk1,Nor\x1fth,yes\nk2,South,no,""\n', {2: BAD, 3: K2}),
    "line separators within a cell": (f"{HEADER}\nk1,North,yes,a\u2028b\nk2,South,no,\n", noted("a\u2028b")),
    # --- long ones
    "a long cell": (f"{HEADER}\nk1,North,yes,{'x' * 100_000}\nk2,South,no,\n", noted("x" * 100_000)),
    "a cell that is too long": (
        f"{HEADER}\nk1,North,yes,{'x' * (MAX_CSV_CELL_CHARACTERS + 1)}\nk2,South,no,\n",
        {2: BAD, 3: K2},
    ),
    "a quoted cell that is too long": (
        f'{HEADER}\nk1,North,yes,"{"x" * (MAX_CSV_CELL_CHARACTERS + 1)}"\nk2,South,no,\n',
        {2: BAD, 3: K2},
    ),
    "a line that is too long": (f"{HEADER}\n{'x,' * MAX_CSV_ROW_CHARACTERS}\nk2,South,no,\n", {2: BAD, 3: K2}),
    "a quoted cell that goes on too long": (
        f'{HEADER}\nk1,North,yes,"' + "fine\n" * LINES + '"\nk2,South,no,\n',
        {**dict.fromkeys(range(2, LINES + 3), BAD), LINES + 3: K2},
    ),
}

REFUSED: dict[str, tuple[str | bytes, int, str]] = {
    "Windows-1252": (f"{HEADER}\nk1,Môn,yes,fine\n".encode("cp1252"), 2, "unknown-encoding"),
    "UTF-16 without a mark": (f"{HEADER}\n{PLAIN}".encode("utf-16-le"), 0, "unknown-encoding"),
    "UTF-16 the other way round without a mark": (f"{HEADER}\n{PLAIN}".encode("utf-16-be"), 0, "unknown-encoding"),
    "UTF-16 cut short": (f"{HEADER}\n{PLAIN}".encode("utf-16")[:-1], 0, "unknown-encoding"),
    "half a letter at the end": (f"{HEADER}\nk1,M".encode() + b"\xc3", 2, "unknown-encoding"),
    "half of a pair": (f"{HEADER}\nk1,".encode() + b"\xed\xa0\x80", 2, "unknown-encoding"),
    "a workbook": (b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\xff", 0, "file-not-readable"),
    "a Parquet file": (b"PAR1\x15\x04\x15\xc0", 0, "file-not-readable"),
    "a header with an open quotation mark": (f'case,"site\n{PLAIN}', 1, BAD),
    "a header with a control character": (f"ca\x07se,site\n{PLAIN}", 1, BAD),
    "a name that is too long": ("x" * 300_000 + "\n1\n", 1, BAD),
}


def content_of(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("letters", [pytest.param(11, id="bits"), pytest.param(0, id="whole")])
@pytest.mark.parametrize("file", FILES)
def test_every_line_is_a_row_or_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: Callable[[Path], Read], file: str, letters: int
) -> None:
    content, expected = FILES[file]
    if letters and len(content) < 10_000:  # the long ones would take their time
        monkeypatch.setattr("ctm_rules.case_files.csv_rows.TEXT_BLOCK_CHARACTERS", letters)
    path = tmp_path / "t.csv"
    path.write_bytes(content_of(content))
    read = reader(path)
    assert read.rows == {row: cells for row, cells in expected.items() if not isinstance(cells, str)}
    assert read.found == {row: code for row, code in expected.items() if isinstance(code, str)}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("file", REFUSED)
def test_what_is_no_table_of_text_is_refused(tmp_path: Path, reader: Callable[[Path], Read], file: str) -> None:
    content, line, code = REFUSED[file]
    path = tmp_path / "t.csv"
    path.write_bytes(content_of(content))
    read = reader(path)
    assert (read.rows, read.found) == ({}, {line: code})


def test_names_of_columns_are_found_wherever_the_header_is_read(tmp_path: Path) -> None:
    for file, (content, _) in FILES.items():
        path = tmp_path / "t.csv"
        path.write_bytes(content_of(content))
        header = read_header(path)
        assert header == case_by_case(path).header == in_bulk(path).header, file
        assert looks_like_a_case_table(path) is ("a.b" in header), file


@given(text=st.text(st.sampled_from('ab ,;"\n\r\t\0\x1f\xa0é'), max_size=60), block=st.sampled_from([1, 5, 1000]))
@settings(max_examples=200)
def test_both_readers_agree_on_any_text(tmp_path_factory: pytest.TempPathFactory, text: str, block: int) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(f"case,x,y\n{text}".encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ctm_rules.case_files.csv_rows.TEXT_BLOCK_CHARACTERS", block)
        one, bulk = case_by_case(path), in_bulk(path)
    assert one == bulk
    assert not one.rows.keys() & one.found.keys()


@given(rows=st.lists(st.lists(st.text(st.sampled_from('ab ,;"\n'), max_size=8), min_size=4, max_size=4), max_size=5))
@settings(max_examples=100)
def test_what_a_program_writes_is_read_back_or_named(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([HEADER.split(","), *rows])
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_bytes(written.getvalue().encode())
    read = case_by_case(path)
    if not read.found:
        stripped = [tuple(cell.strip() for cell in row) for row in rows]
        assert list(read.rows.values()) == [row for row in stripped if any(row)]
