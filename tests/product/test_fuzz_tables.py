"""Tables rated in bulk, whatever they hold: ratings, or diagnostics that say why not, within declared memory."""

from __future__ import annotations

import datetime
import decimal
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import DiagnosticError, Framework, load_framework
from ctm_rules.limits import MAX_READING_MEMORY, PIECE_BYTES
from tests.fuzz.process_ends import PROBES
from tests.fuzz.process_ends import rate as rate_apart
from tests.fuzz.targets import CASES, SHEET, SPREADSHEET, lay_out
from tests.support.ods import row, spreadsheet, table, text_cell
from tests.support.paths import ROOT
from tests.support.strategies import MOST
from tests.support.watching import watched
from tests.support.workbook_parts import PARTS, sheet, workbook

pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

from ctm_rules.bulk.files import BulkRatings, rate_files  # noqa: E402 - the libraries that it needs are looked for first

HEADER, FIRST_ROW = CASES.splitlines()[:2]
FLOORS = "hygiene.clean.floors"


@pytest.fixture(scope="module")
def framework(tmp_path_factory: pytest.TempPathFactory) -> Framework:
    folder = tmp_path_factory.mktemp("files")
    lay_out(folder)
    return load_framework(folder / "standards")


def complete(refused: DiagnosticError) -> DiagnosticError:
    assert all(found.message and found.file for found in refused.diagnostics)
    str(refused).encode()  # what is said can be printed
    return refused


def rate(framework: Framework, path: Path, content: bytes) -> BulkRatings | DiagnosticError:
    """Rate a table, watched, and check that what is refused is refused with diagnostics that are complete."""
    path.write_bytes(content)
    with watched():
        try:
            rated = rate_files(framework, [path], "size")
        except DiagnosticError as error:
            return complete(error)
    assert rated.left_out or not rated.findings
    str(rated.to_dict()).encode()
    return rated


def codes(outcome: BulkRatings | DiagnosticError) -> set[str]:
    return {found.code for found in (outcome.findings if isinstance(outcome, BulkRatings) else outcome.diagnostics)}


# --- CSV -------------------------------------------------------------------------------------------

REFUSED = {
    "nothing": (b"", "empty-table"),
    "UTF-16 without a mark": (CASES.encode("utf-16-le"), "unknown-encoding"),
    "a workbook": (workbook(sheet=SHEET), "file-not-readable"),
    "a header of too many names": (("case," + ",".join(f"a{n}" for n in range(200_000))).encode(), "bad-column"),
    "a header that never ends": (("case," + ",".join(f"a{n}" for n in range(300_000))).encode(), "bad-row"),
    "a header of commas": (b"case" + b"," * 1_000_000 + b"\nc1\n", "bad-column"),
    "a name that never ends": (b"x" * 300_000 + b"\n1\n", "bad-row"),
    "a quotation mark that never ends": (b'"' + b"x" * 300_000 + b"\n1\n", "bad-row"),
    "line breaks and nothing else": (b"\n" * 100_000, "empty-table"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_text_is_refused(tmp_path: Path, framework: Framework, case: str) -> None:
    content, code = REFUSED[case]
    outcome = rate(framework, tmp_path / "t.csv", content)
    assert isinstance(outcome, DiagnosticError)
    assert code in codes(outcome)


LEFT_OUT = {
    "a NUL byte in an answer": (f"{HEADER}\n{FIRST_ROW}\n".replace(",na", ",n\0a"), "bad-row", 1),
    "a cell that never ends": (f"{HEADER}\n{'x' * 9_000_000}\n", "bad-row", 1),
    "a quoted cell that never ends": (f'{HEADER}\n"{"x" * 9_000_000}\n', "bad-row", 1),
    "a quotation mark in very many rows": (f"{HEADER}\n" + 'a,"b\n""\n' * 150_000, "bad-row", 150_000),
    "a quotation mark above many rows": (f'{HEADER}\n"\n' + "a\n" * 300_000, "bad-row", 300_001),
    "rows of one cell": (f"{HEADER}\n" + "a\n" * 300_000, "bad-row", 300_000),
    "rows of bad cells": (f"{HEADER}\n" + "c1,Y,L,?,?,Y,Y,Y,Y,Y\n" * 50_000, "bad-answer", 50_000),
    "formulas": (f"{HEADER}\nc,=A1,@SUM(1),+1,-1,=cmd|' /C calc'!A0,,,,\n", "bad-value", 1),
    "Arabic digits": (f"{HEADER}\nc,yes,large,\u0664\u0660,2026-02-01,yes,na,no,no,\n", "bad-value", 1),
    "a huge number": (f"{HEADER}\nc,yes,large,{'9' * 5000},2026-02-01,yes,na,no,no,\n", "bad-value", 1),
    "a day that does not exist": (f"{HEADER}\nc,yes,large,40,0000-00-00,yes,na,no,no,\n", "bad-value", 1),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_a_row_that_cannot_be_meant_is_left_out_and_reported(tmp_path: Path, framework: Framework, case: str) -> None:
    text, code, rows = LEFT_OUT[case]
    outcome = rate(framework, tmp_path / "t.csv", f"{text}whole,yes,large,40,2026-02-01,yes,na,no,no,\n".encode())
    assert isinstance(outcome, BulkRatings)
    assert (outcome.cases, outcome.left_out) == (1, rows)
    assert code in codes(outcome)
    assert len(outcome.findings) <= 1_000


UNREAD = {"absent-column", "bad-column", "file-not-readable", "unknown-encoding", "unknown-grouping"}


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_a_name_that_does_not_say_what_the_file_is(tmp_path: Path, framework: Framework, suffix: str) -> None:
    table = pl.read_csv(io.BytesIO(CASES.encode()), infer_schema=False)
    parquet = io.BytesIO()
    table.write_parquet(parquet)
    kinds = {"csv": CASES.encode(), "parquet": parquet.getvalue(), "xlsx": workbook(sheet=SHEET)}
    assert isinstance(rate(framework, tmp_path / f"t.{suffix}", kinds.pop(suffix)), BulkRatings)
    for content in kinds.values():
        assert codes(rate(framework, tmp_path / f"t.{suffix}", content)) <= UNREAD


# --- Parquet ---------------------------------------------------------------------------------------


def parquet(**columns: object) -> bytes:
    """Return a Parquet file of the cases in order, with other columns in place of some."""
    table = pl.read_csv(io.BytesIO(CASES.encode()), infer_schema=False).to_arrow()
    for name, column in columns.items():
        number = table.schema.get_field_index(name.replace("__", "."))
        table = table.set_column(
            number, name.replace("__", "."), pa.array(column) if isinstance(column, list) else column
        )
    content = io.BytesIO()
    pq.write_table(table, content)
    return content.getvalue()


STRANGE: dict[str, tuple[Callable[[], object], set[str]]] = {
    "lists": (lambda: [["yes"], ["no"], []], {"wrong-column-type"}),
    "structures": (lambda: [{"a": "yes"}, {"a": "no"}, None], {"wrong-column-type"}),
    "a map": (lambda: pa.array([[("a", "yes")], [], None], pa.map_(pa.string(), pa.string())), {"wrong-column-type"}),
    "bytes": (lambda: [b"yes", b"no", None], {"wrong-column-type"}),
    "dates": (lambda: [datetime.date(2026, 1, 1), None, None], {"wrong-column-type"}),
    "times": (lambda: [datetime.time(1), None, None], {"wrong-column-type"}),
    "decimal numbers": (lambda: [decimal.Decimal("1.5"), None, None], {"bad-answer"}),
    "numbers without a meaning": (lambda: [1, 0, 7], {"bad-answer"}),
    "huge numbers": (lambda: [2**63 - 1, -(2**63), 0], {"bad-answer"}),
    "floats that are no numbers": (lambda: [float("inf"), float("nan"), 1.0], {"bad-answer"}),
    "truth": (lambda: [True, False, None], set()),
    "small numbers": (lambda: pa.array([1, 0, None], pa.uint8()), set()),
    "categories": (lambda: pa.array(["yes", "no", None]).dictionary_encode(), set()),
    "nothing": (lambda: pa.nulls(3), set()),
    "large texts": (lambda: pa.array(["yes", "no", None], pa.large_string()), set()),
    "a control character": (lambda: ["yes", "no\0", None], {"bad-answer"}),
}


@pytest.mark.parametrize("case", STRANGE)
def test_a_column_of_any_type_is_read_or_refused(tmp_path: Path, framework: Framework, case: str) -> None:
    column, expected = STRANGE[case]
    outcome = rate(framework, tmp_path / "t.parquet", parquet(**{"hygiene__clean__floors": column()}))
    assert codes(outcome) == expected
    if not expected:
        assert isinstance(outcome, BulkRatings)
        assert (outcome.cases, outcome.left_out) == (3, 0)


def test_a_parquet_file_without_rows_without_columns_or_with_one_twice(tmp_path: Path, framework: Framework) -> None:
    table = pl.read_csv(io.BytesIO(CASES.encode()), infer_schema=False).to_arrow()
    twice = table.append_column(FLOORS, table.column(FLOORS))
    for made, expected in (
        (table.slice(0, 0), "empty-table"),
        (table.select([]), "empty-table"),
        (twice, "bad-column"),
    ):
        content = io.BytesIO()
        pq.write_table(made, content)
        assert expected in codes(rate(framework, tmp_path / "t.parquet", content.getvalue()))
    schema_only = io.BytesIO()
    pq.ParquetWriter(schema_only, table.schema).close()
    assert codes(rate(framework, tmp_path / "t.parquet", schema_only.getvalue())) == {"empty-table"}


@pytest.mark.parametrize("kept", [0, 3, 4, 8, 100, -1, -4, -8, -12, -200])
def test_a_parquet_file_cut_short(tmp_path: Path, framework: Framework, kept: int) -> None:
    assert codes(rate(framework, tmp_path / "t.parquet", parquet()[:kept])) == {"file-not-readable"}


def test_a_parquet_file_whose_footer_lies_about_its_length(tmp_path: Path, framework: Framework) -> None:
    content = parquet()
    for length in (0, 1, 2**31 - 1, 2**32 - 1):
        lying = content[:-8] + length.to_bytes(4, "little") + content[-4:]
        assert codes(rate(framework, tmp_path / "t.parquet", lying)) == {"file-not-readable"}


KINDS: dict[str, dict[str, object]] = {
    "plain": {"compression": "none", "use_dictionary": False},
    "small pages": {"data_page_size": 50, "compression": "zstd"},
    "pages of the second kind": {"data_page_version": "2.0"},
    "small groups of rows": {"row_group_size": 7},
    "checksums": {"write_page_checksum": True},
    "indexes": {"write_page_index": True},
    "no statistics": {"write_statistics": False},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_parquet_file_of_any_kind_is_read_whole(tmp_path: Path, framework: Framework, kind: str) -> None:
    rows = pl.concat([pl.read_csv(io.BytesIO(CASES.encode()), infer_schema=False)] * 40)
    table = rows.with_columns(case=pl.int_range(len(rows)).cast(pl.String)).to_arrow()
    content = io.BytesIO()
    pq.write_table(table, content, **KINDS[kind])
    outcome = rate(framework, tmp_path / "t.parquet", content.getvalue())
    assert isinstance(outcome, BulkRatings)
    assert (outcome.cases, outcome.left_out) == (120, 0)


def test_the_headers_of_pages_are_held_against_the_footer(tmp_path: Path, framework: Framework) -> None:
    plain = io.BytesIO()
    table = pl.read_csv(io.BytesIO(CASES.encode()), infer_schema=False).to_arrow()
    pq.write_table(table, plain, compression="none", use_dictionary=False)
    column = pq.ParquetFile(plain).metadata.row_group(0).column(table.schema.get_field_index(FLOORS))
    start = column.data_page_offset
    whole = plain.getvalue()
    assert column.path_in_schema == FLOORS
    # A kind of 0, two sizes and, in a structure, three values: numbers are written doubled.
    header = whole[start : start + 9]
    assert (header[:2], header[2], header[4], header[6:]) == (b"\x15\x00", 0x15, 0x15, b"\x2c\x15\x06")
    for place, byte in (
        (1, 2),
        (1, 9),
        (3, 1),
        (5, 1),
        (5, 0x7E),
        (8, 4),
        (8, 5),
        (8, 8),
        (6, 0),
        (6, 0x19),
        (6, 0xFC),
    ):
        (tmp_path / "whole.parquet").write_bytes(whole)
        damaged = bytearray(whole)
        damaged[start + place] = byte
        assert codes(rate(framework, tmp_path / "t.parquet", bytes(damaged))) == {"file-not-readable"}, (place, byte)
        with pytest.raises(DiagnosticError) as refused:  # and of several files that are read together it is named
            rate_files(framework, [tmp_path / "whole.parquet", tmp_path / "t.parquet"])
        assert [Path(found.file).name for found in refused.value.diagnostics] == ["t.parquet"]


# --- Any bytes -------------------------------------------------------------------------------------

SEEDS = {
    "csv": CASES.encode(),
    "xlsx": workbook(sheet=SHEET),
    "ods": SPREADSHEET,
    "xls": (ROOT / "tests" / "data" / "kinds_of_cells.xls").read_bytes(),
    "parquet": parquet(),
}


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes that were once a file in order: a few changed, taken out, put in, or the rest cut off."""
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["change", "change", "take out", "put in", "cut off"]))
        place = draw(st.integers(0, len(content)))
        if kind == "cut off":
            content = content[:place]
        elif kind == "put in":
            content = content[:place] + draw(st.binary(min_size=1, max_size=4)) + content[place:]
        else:
            put = draw(st.binary(min_size=1, max_size=4)) if kind == "change" else b""
            content = content[:place] + put + content[place + draw(st.integers(1, 4)) :]
    return content


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "ods", "xls"])
@settings(max_examples=max(100, MOST // 20))
@given(data=st.data())
def test_a_damaged_file_is_taken_or_refused(
    tmp_path_factory: pytest.TempPathFactory, framework: Framework, suffix: str, data: st.DataObject
) -> None:
    rate(framework, tmp_path_factory.getbasetemp() / f"damaged.{suffix}", data.draw(damaged(SEEDS[suffix])))


@pytest.mark.parametrize("place", ["footer", "pages"])
@settings(max_examples=max(60, MOST // 20))
@given(data=st.data())
def test_a_damaged_parquet_file_is_taken_or_refused(
    tmp_path_factory: pytest.TempPathFactory, framework: Framework, place: str, data: st.DataObject
) -> None:
    whole = SEEDS["parquet"]
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    first, last = (footer, len(whole) - 9) if place == "footer" else (4, footer - 1)
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(first, last))] = data.draw(st.integers(0, 255))
    rate(framework, tmp_path_factory.getbasetemp() / "damaged.parquet", bytes(content))


@given(content=st.binary(max_size=300))
@settings(max_examples=40)
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "ods", "xls", "parquet"])
def test_any_bytes_are_refused(
    tmp_path_factory: pytest.TempPathFactory, framework: Framework, suffix: str, content: bytes
) -> None:
    assert isinstance(rate(framework, tmp_path_factory.getbasetemp() / f"any.{suffix}", content), DiagnosticError)


# --- The process -----------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another way to interrupt a program")
@pytest.mark.parametrize("case", PROBES)
def test_the_process_ends_as_it_should(tmp_path: Path, case: str) -> None:
    lay_out(tmp_path)
    file = tmp_path / "hostile.csv"
    file.write_bytes(PROBES[case].content)
    assert rate_apart(PROBES[case], file, 1.0) == "right"


# --- Memory ----------------------------------------------------------------------------------------

MEASURED = """
import resource, sys
from pathlib import Path
from ctm_rules import DiagnosticError, load_framework
from ctm_rules.bulk.files import rate_files
framework = load_framework(Path(sys.argv[1]))
def rated(path):
    try:
        return rate_files(framework, [path], "size").cases
    except DiagnosticError as error:
        return error.diagnostics[0].code
rated(Path(sys.argv[2]))  # everything that is imported is
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
outcome = rated(Path(sys.argv[3]))
print(outcome, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def _bomb() -> bytes:
    """A workbook of a megabyte that unpacks to two hundred: rows of the longest texts."""
    cells = "".join(f'<c t="str"><v>{cell}</v></c>' for cell in HEADER.split(","))
    rows = (f'<row><c t="str"><v>{number}{"x" * 32_000}</v></c></row>' for number in range(6_000))
    return workbook(sheet=sheet(f"<row>{cells}</row>{''.join(rows)}"))


def _long_cells() -> str:
    return f"{HEADER}\n" + "".join(f"{number}{'x' * 30_000},,,,,,,,,\n" for number in range(10_000))


def _far() -> bytes:
    """A workbook that has a cell in the last corner, and so 17 thousand million cells."""
    rows = '<row><c t="str"><v>case</v></c></row><row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>'
    return workbook(sheet=sheet(rows))


def _far_and_repeated() -> bytes:
    """A spreadsheet of one row that stands in all others and columns but the first, empty but for its last cell."""
    empty = '<table:table-cell table:number-columns-repeated="16383"/>'
    return spreadsheet(table(row(text_cell("case")) + row(empty + text_cell("x"), 1_048_575)))


def _long_and_repeated() -> bytes:
    """A spreadsheet of one case with long cells, in all rows."""
    cells = "".join(text_cell(cell + "x" * 30_000) for cell in ("c1", *FIRST_ROW.split(",")[1:]))
    return spreadsheet(table(row("".join(map(text_cell, HEADER.split(",")))) + row(cells, 20_000)))


def _long_and_shared() -> bytes:
    """A workbook of many cases whose long cells all share their texts: the same as an XLSX as the one above."""
    texts = [*HEADER.split(","), *(cell + "x" * 30_000 for cell in ("c1", *FIRST_ROW.split(",")[1:]))]
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    shared = PARTS["texts"].partition(">")[0] + f">{items}</sst>"
    width = len(texts) // 2

    def line(first: int) -> str:
        return "<row>" + "".join(f'<c t="s"><v>{first + number}</v></c>' for number in range(width)) + "</row>"

    return workbook(sheet=sheet(line(0) + line(width) * 20_000), texts=shared)


HUGE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "rows of bad cells": (
        "csv",
        lambda: f"{HEADER}\n".encode() + b"c1,Y,L,?,?,Y,Y,Y,Y,Y\n" * 500_000,
        "0",
    ),
    "rows of one cell": ("csv", lambda: f"{HEADER}\n".encode() + b"a\n" * 500_000, "0"),
    "one case again and again": (
        "csv",
        lambda: f"{HEADER}\n".encode() + b"c1,yes,large,40,2026-02-01,yes,na,no,no,\n" * 500_000,
        "1",
    ),
    "long cells": ("csv", lambda: _long_cells().encode(), "10000"),
    "a cell of 60 MB": ("csv", lambda: f'{HEADER}\n"{"x" * 60_000_000}\n{FIRST_ROW}\n'.encode(), "1"),
    "a line of 60 MB": ("csv", lambda: f"{HEADER}\n{'x,' * 30_000_000}\n{FIRST_ROW}\n".encode(), "1"),
    "lines of many cells": ("csv", lambda: "\n".join([HEADER, *["x," * 900_000] * 20, FIRST_ROW]).encode(), "1"),
    "a bomb": ("xlsx", _bomb, "6000"),
    "a far corner": ("xlsx", _far, "unknown-grouping"),
    "a far corner of an ODS": ("ods", _far_and_repeated, "unknown-grouping"),
    "a row again and again in an ODS": ("ods", _long_and_repeated, "file-not-readable"),
    "texts again and again in an XLSX": ("xlsx", _long_and_shared, "file-not-readable"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell the most memory that was taken in other units")
@pytest.mark.parametrize("case", HUGE)
def test_a_hostile_table_takes_no_more_memory_than_declared(tmp_path: Path, case: str) -> None:
    suffix, content, expected = HUGE[case]
    lay_out(tmp_path)
    path = tmp_path / f"huge.{suffix}"
    path.write_bytes(content())
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, tmp_path / "standards", tmp_path / f"table.{suffix}", path],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        check=True,
    )
    outcome, taken = done.stdout.split()
    assert outcome == expected
    assert int(taken) < MAX_READING_MEMORY + PIECE_BYTES
