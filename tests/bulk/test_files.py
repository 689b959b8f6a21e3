"""Tables in files: every format and every way of splitting gives the same ratings, and nothing is lost silently."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ctm_rules import DiagnosticError, Framework, Inspection, load_framework, rate_frame
from ctm_rules.bulk.frames import Codes
from tests.support.commands import Run
from tests.support.paths import CASES
from tests.support.small_framework import Small

pl = pytest.importorskip("polars")
pytest.importorskip("pyarrow")
xlsxwriter = pytest.importorskip("xlsxwriter")
openpyxl = pytest.importorskip("openpyxl")

from ctm_rules.bulk.files import BulkRatings, rate_files  # noqa: E402 - after what it needs
from ctm_rules.bulk.writing import write_ratings  # noqa: E402 - after what it needs


@pytest.fixture(scope="module")
def cases() -> Any:
    """The example's cases with a provider each, as text."""
    table = pl.read_csv(CASES, infer_schema=False)
    return table.with_columns(provider=pl.Series([["North", "South"][row % 3 == 0] for row in range(len(table))]))


@pytest.fixture(scope="module")
def framework(example: Inspection) -> Framework:
    return example.framework


def ratings(rated: BulkRatings) -> object:
    return [each.to_dict() for each in rated.ratings]


@pytest.fixture(scope="module")
def expected(framework: Framework, cases: Any) -> object:
    return [each.to_dict() for each in rate_frame(framework, cases, "provider")]


def write_xlsx(table: Any, path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for row, cells in enumerate([table.columns, *table.rows()]):
        for column, cell in enumerate(cells):
            if cell is not None and str(cell).isdecimal():
                sheet.write_number(row, column, int(cell))
            elif cell is not None:
                sheet.write_string(row, column, cell)
    book.close()


# --- reading ---------------------------------------------------------------------------------------


def test_every_format_gives_the_same_ratings(
    tmp_path: Path, framework: Framework, cases: Any, expected: object
) -> None:
    cases.write_csv(tmp_path / "cases.csv")
    cases.write_parquet(tmp_path / "cases.parquet")
    write_xlsx(cases, tmp_path / "cases.xlsx")
    for name in ("cases.csv", "cases.parquet", "cases.xlsx"):
        rated = rate_files(framework, [tmp_path / name], "provider")
        assert ratings(rated) == expected, name
        assert (rated.cases, rated.left_out, rated.findings) == (44, 0, ())


def test_a_folder_a_pattern_and_several_files_are_one_table(
    tmp_path: Path, framework: Framework, cases: Any, expected: object
) -> None:
    cases.head(10).write_csv(tmp_path / "a.csv")
    (tmp_path / "more").mkdir()
    cases.slice(10, 20).write_parquet(tmp_path / "more" / "b.parquet")
    write_xlsx(cases.slice(30), tmp_path / "more" / "c.xlsx")
    (tmp_path / "more" / "_SUCCESS.csv").write_text("not a table")
    (tmp_path / "notes.txt").write_text("not a table")
    assert ratings(rate_files(framework, [tmp_path], "provider")) == expected
    patterns = [f"{tmp_path}/*.csv", f"{tmp_path}/**/[bc].*"]
    assert ratings(rate_files(framework, patterns, "provider")) == expected
    twice = [tmp_path / "a.csv", f"{tmp_path}/a.*", tmp_path / "more"]
    assert ratings(rate_files(framework, twice, "provider")) == expected


JUDGED = """
id: judged
edition: "1"
title: Judged
publisher: Nobody
in_force_from: 2024-01-01
ratings: [{id: good, label: Good, score: 1}, {id: poor, label: Poor, score: 0}]
domains: [{id: d, title: D, standards: [j]}]
standards: [{id: J, slug: j, title: J, statement: It is judged., rated_by: judgement}]
"""


@pytest.fixture(params=["by cases", "judged alone"])
def nothing_to_read(request: pytest.FixtureRequest, tmp_path: Path, framework: Framework) -> Framework:
    """A framework whose rules read none of the columns of a table that has no answers."""
    if request.param == "by cases":
        return framework
    (tmp_path / "judged.yaml").write_text(JUDGED, encoding="utf-8")
    return load_framework(tmp_path / "judged.yaml")


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"case": ["a", "b", "c"], "notes": ["x", None, "z"]}, id="with ids"),
        pytest.param({"notes": ["x", None, "z"], "more": ["1", "2", None]}, id="without ids"),
        pytest.param({"more": [None, "2", "3"], "notes": ["x", None, "z"]}, id="with gaps in the first"),
    ],
)
def test_a_table_with_none_of_the_columns_has_as_many_cases_in_every_format(
    tmp_path: Path, nothing_to_read: Framework, columns: dict[str, list[str | None]]
) -> None:
    table = pl.DataFrame(columns, dict.fromkeys(columns, pl.String))
    folder = tmp_path / "region=North"
    folder.mkdir()
    for name in ("a", "region=North/b"):
        table.write_csv(tmp_path / f"{name}.csv")
        table.write_parquet(tmp_path / f"{name}.parquet")
        write_xlsx(table, tmp_path / f"{name}.xlsx")
    counted = {
        file: rate_files(nothing_to_read, [tmp_path / file], absent="missing").cases
        for suffix in ("csv", "parquet", "xlsx")
        for file in (f"a.{suffix}", f"region=North/b.{suffix}")
    }
    assert counted == dict.fromkeys(counted, 3)
    assert rate_files(nothing_to_read, [folder], "region", absent="missing").ratings["North"].cases == 9
    assert rate_frame(nothing_to_read, table, absent="missing").groups[0].rating.cases == 3


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_a_file_without_a_single_column_is_refused(tmp_path: Path, nothing_to_read: Framework, suffix: str) -> None:
    file = tmp_path / f"nothing.{suffix}"
    if suffix == "parquet":
        pl.DataFrame().write_parquet(file)
    elif suffix == "xlsx":
        write_xlsx(pl.DataFrame(), file)
    else:
        file.write_bytes(b"")
    with pytest.raises(DiagnosticError) as caught:
        rate_files(nothing_to_read, [file], absent="missing")
    assert [(found.file, found.code) for found in caught.value.diagnostics] == [(str(file), "empty-table")]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_folders_named_by_a_value_are_columns(
    tmp_path: Path, framework: Framework, cases: Any, expected: object, suffix: str
) -> None:
    for (provider, sex), part in cases.group_by("provider", "sex"):
        folder = tmp_path / f"provider={provider}" / f"sex={sex or '__HIVE_DEFAULT_PARTITION__'}"
        folder.mkdir(parents=True)
        inside = part.drop("provider", "sex")
        write = {"csv": inside.write_csv, "parquet": inside.write_parquet, "xlsx": lambda p, t=inside: write_xlsx(t, p)}
        write[suffix](folder / f"part-0.{suffix}")
    assert ratings(rate_files(framework, [tmp_path], "provider")) == expected
    by_both = rate_files(framework, [tmp_path], ["provider", "sex"])
    assert ratings(by_both) == [each.to_dict() for each in rate_frame(framework, cases, ["provider", "sex"])]


@pytest.mark.parametrize("piece_bytes", [1, 5_000, 30_000])
def test_the_size_of_a_piece_changes_nothing(
    tmp_path: Path,
    framework: Framework,
    cases: Any,
    expected: object,
    piece_bytes: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("csv_pieces", "workbook_pieces", "table_files"):
        name = f"ctm_rules.case_files.{module}.rows_in_a_piece"
        monkeypatch.setattr(name, lambda _: max(1, piece_bytes // 2_400))
    monkeypatch.setattr("ctm_rules.case_files.csv_rows.TEXT_BLOCK_CHARACTERS", 6_000)
    cases.write_csv(tmp_path / "0.csv")
    assert ratings(rate_files(framework, [tmp_path], "provider")) == expected
    (tmp_path / "0.csv").unlink()
    cases.head(30).write_parquet(tmp_path / "1.parquet", row_group_size=7)
    cases.slice(30, 1).write_parquet(tmp_path / "2.parquet")
    cases.slice(31, 0).write_parquet(tmp_path / "3.parquet")
    cases.slice(31).write_parquet(tmp_path / "4.parquet", row_group_size=4)
    assert ratings(rate_files(framework, [tmp_path], "provider")) == expected


def test_progress_ends_at_the_number_of_rows(tmp_path: Path, framework: Framework, cases: Any) -> None:
    cases.write_csv(tmp_path / "a.csv")
    cases.write_parquet(tmp_path / "b.parquet", row_group_size=10)
    told: list[tuple[int, int]] = []
    rate_files(framework, [tmp_path], progress=lambda rows, total: told.append((rows, total)))
    assert sum(rows for rows, _ in told) == 88
    assert {total for _, total in told} == {88}


def test_codes_and_other_names(tmp_path: Path, small: Small) -> None:
    table = pl.DataFrame({"Q1": [1, 2, 9, None], "site": ["A", "A", "B", "B"]})
    table.write_parquet(tmp_path / "a.parquet")
    rated = rate_files(
        small("floors"),
        [tmp_path],
        "site",
        columns={"hygiene.clean.floors": "Q1"},
        codes=Codes(yes=1, no=2, na=9),
    )
    counts = [each.rating.standards[0].key_questions[0].counts for each in rated.ratings]
    assert [(c.yes, c.no, c.not_applicable, c.undetermined) for c in counts] == [(1, 1, 0, 0), (0, 0, 1, 1)]


# --- text as people save it ------------------------------------------------------------------------


def rate_text(framework: Framework, folder: Path, content: str | bytes, **options: Any) -> BulkRatings:
    (folder / "t.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return rate_files(framework, [folder / "t.csv"], **options)


def counts(rated: BulkRatings) -> tuple[int, int, int, int]:
    found = rated.ratings.groups[0].rating.standards[0].key_questions[0].counts
    return found.yes, found.no, found.not_applicable, found.undetermined


@pytest.mark.parametrize(
    "content",
    [
        "case,hygiene.clean.floors\na,yes\nb,no\nc,na\nd,\n",
        "case,hygiene.clean.floors\r\na,yes\r\nb,no\r\nc,na\r\nd,\r\n",
        "case;hygiene.clean.floors\na;yes\nb;no\nc;na\nd;\n",
        "case\thygiene.clean.floors\na\tyes\nb\tno\nc\tna\nd\t\n",
        "\ufeffcase,hygiene.clean.floors\na,yes\nb,no\nc,na\nd,\n",
        'case,"hygiene.clean.floors"\n"a","yes"\n"b\nb","no"\nc,na\n"d",""',
        "case,hygiene.clean.floors\n\na,yes\nb,no\n\n,\nc,na\nd,\n\n\n",
        "case, hygiene.clean.floors \na, yes \nb,no\nc, na\nd,  \n",
    ],
    ids=["plain", "windows", "semicolons", "tabs", "byte order mark", "quotes", "empty lines", "spaces"],
)
def test_ways_of_saving_a_table_as_text(tmp_path: Path, small: Small, content: str) -> None:
    rated = rate_text(small("floors"), tmp_path, content)
    assert counts(rated) == (1, 1, 1, 1)
    assert rated.left_out == 0


def places(rated: BulkRatings) -> list[tuple[str, int, int, str]]:
    return [(Path(found.file).name, found.line, found.column, found.code) for found in rated.findings]


def test_bad_rows_are_named_by_file_and_row_and_left_out(tmp_path: Path, small: Small) -> None:
    content = (
        "case,hygiene.clean.floors,site\n"  # row 1
        "a,yes,N\n"
        "b,Yess,N\n"
        "\n"
        "c,no\n"  # row 5: a cell is missing
        "d,no,N\n"
        "e,no,N,N\n"  # row 7: a cell too many
        "f,Y,N\n"
    )
    rated = rate_text(small("floors"), tmp_path, content)
    assert counts(rated) == (1, 1, 0, 0)
    assert (rated.cases, rated.left_out) == (2, 4)
    assert places(rated) == [
        ("t.csv", 3, 2, "bad-answer"),
        ("t.csv", 5, 1, "bad-row"),
        ("t.csv", 8, 2, "bad-answer"),
    ]
    assert '"Yess" is not yes or no or na' in rated.findings[0].message
    assert "2 rows have another number of cells than the header, which has 3 (rows 5" in rated.findings[1].message
    assert 'did you mean "yes"?' in rated.findings[2].hint


def test_bad_rows_of_parquet_and_xlsx(tmp_path: Path, small: Small) -> None:
    table = pl.DataFrame({"case": ["a", "b", "c", "d"], "hygiene.clean.floors": ["yes", "Y", "no", "N"]})
    table.head(1).write_parquet(tmp_path / "1.parquet")
    table.slice(1).write_parquet(tmp_path / "2.parquet", row_group_size=1)
    write_xlsx(table, tmp_path / "3.xlsx")
    rated = rate_files(small("floors"), [tmp_path])
    assert counts(rated) == (2, 2, 0, 0)
    assert [place[:2] for place in places(rated)] == [("2.parquet", 1), ("2.parquet", 3), ("3.xlsx", 3), ("3.xlsx", 5)]


def test_strict_refuses_everything(tmp_path: Path, small: Small) -> None:
    content = "case,hygiene.clean.floors\na,yes\nb,Yess\nc\n"
    with pytest.raises(DiagnosticError) as error:
        rate_text(small("floors"), tmp_path, content, strict=True)
    assert [(found.line, found.code) for found in error.value.diagnostics] == [(3, "bad-answer"), (4, "bad-row")]


def test_more_bad_rows_than_anybody_reads(tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctm_rules.bulk.counting.MAX_DIAGNOSTICS", 5)
    rated = rate_text(
        small("floors"),
        tmp_path,
        "case,hygiene.clean.floors\n" + "".join(f"c{n},x{n}\n" for n in range(50)) + "b,yes\n",
    )
    assert (len(rated.findings), rated.left_out, rated.cases) == (5, 50, 1)


# --- files that cannot be read ---------------------------------------------------------------------


def codes_of(error: pytest.ExceptionInfo[DiagnosticError]) -> list[str]:
    return [found.code for found in error.value.diagnostics]


def test_what_is_no_table_is_said_all_at_once(tmp_path: Path, small: Small) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 is how it begins")
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "c.txt").write_text("case\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "d.csv").write_text("case,case\na,b\n")
    names = ["a.parquet", "b.xlsx", "c.txt", "empty", "d.csv", "missing.csv", "*.ods"]
    with pytest.raises(DiagnosticError) as error:
        rate_files(small("floors"), [tmp_path / name for name in names])
    assert sorted(set(codes_of(error))) == ["absent-column", "bad-column", "file-not-readable"]
    said = {Path(found.file).name for found in error.value.diagnostics}
    assert said == set(names)


def test_a_quotation_mark_left_open_swallows_no_row(tmp_path: Path, framework: Framework, cases: Any) -> None:
    cases.write_csv(tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text()
    (tmp_path / "a.csv").write_text(text.replace("synthetic-20,", '"synthetic-20,'))  # a quotation mark left open
    rated = rate_files(framework, [tmp_path])
    assert (rated.cases, rated.left_out) == (43, 1)
    assert places(rated) == [("a.csv", 21, 1, "bad-row")]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing at all"),
        pytest.param("case,hygiene.clean.floors", id="a header alone"),
        pytest.param(
            "case,hygiene.clean.floors\n\n",
            id="a header and empty lines",
        ),
    ],
)
def test_no_rows(tmp_path: Path, small: Small, content: str) -> None:
    with pytest.raises(DiagnosticError) as error:
        rate_text(small("floors"), tmp_path, content)
    assert codes_of(error) == ["empty-table"]


def test_a_column_that_one_file_lacks(tmp_path: Path, small: Small) -> None:
    (tmp_path / "a.csv").write_text("case,hygiene.clean.floors\na,yes\n")
    (tmp_path / "b.csv").write_text("case,hygiene.clean.flors\na,yes\n")
    with pytest.raises(DiagnosticError) as error:
        rate_files(small("floors"), [tmp_path])
    (found,) = error.value.diagnostics
    assert (found.code, Path(found.file).name) == ("absent-column", "b.csv")
    assert 'did you mean "hygiene.clean.flors"?' in found.hint
    allowed = rate_files(small("floors"), [tmp_path], absent="missing")
    assert counts(allowed) == (1, 0, 0, 1)


def test_a_workbook_that_unpacks_without_end(tmp_path: Path, small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    monkeypatch.setattr("ctm_rules.case_files.archives.MAX_WORKBOOK_BYTES", 10_000_000)
    with pytest.raises(DiagnosticError, match="unpacks to 50,000,000 bytes"):
        rate_files(small("floors"), [tmp_path])


def test_what_a_sheet_does_not_know_is_said_and_never_missing(tmp_path: Path, small: Small) -> None:
    book = openpyxl.Workbook()
    book.active.append(["case", "hygiene.clean.floors"])
    for row, answer in enumerate(("yes", '=IF(A1="case","yes","no")', "#REF!", True, None, 7), start=2):
        book.active.append([f"c{row}", answer])
    book.active.append(["c8", "no", "a note"])
    book.save(tmp_path / "a.xlsx")  # as a program writes it that works out no formulas
    rated = rate_files(small("floors"), [tmp_path])
    assert counts(rated) == (2, 0, 0, 1)
    assert rated.left_out == 4
    assert [(found.line, found.column, found.code) for found in rated.findings] == [
        (3, 2, "bad-answer"),
        (4, 2, "bad-answer"),
        (7, 2, "bad-answer"),
        (8, 3, "bad-row"),
    ]
    assert '"#REF!" is not yes or no or na' in rated.findings[1].message


# --- judgements ------------------------------------------------------------------------------------


def test_recorded_judgements_complete_the_ratings(tmp_path: Path, framework: Framework, cases: Any) -> None:
    cases.write_csv(tmp_path / "cases.csv")
    judged = tmp_path / "judged.csv"
    judged.write_text("provider,leadership,staffing,services\nNorth,good,Requires improvement,good\nSouth,good,,\n")
    rated = rate_files(framework, [tmp_path / "cases.csv"], "provider", judgements=judged)
    north, south = rated.ratings["North"], rated.ratings["South"]
    assert [each.rating.label for each in north.standards[:3] if each.rating] == [
        "Good",
        "Requires improvement",
        "Good",
    ]
    assert north.overall is not None
    assert south.overall is None


def test_judgements_that_cannot_be_meant(tmp_path: Path, framework: Framework, cases: Any) -> None:
    cases.write_csv(tmp_path / "cases.csv")
    judged = tmp_path / "judged.csv"
    judged.write_text("provider,leadership,staffing\nNorth,goood,good\n")
    with pytest.raises(DiagnosticError) as error:
        rate_files(framework, [tmp_path / "cases.csv"], "provider", judgements=judged)
    (found,) = error.value.diagnostics
    assert (found.code, found.line, found.column) == ("bad-value", 2, 2)
    assert 'did you mean "good"?' in found.hint
    judged.write_text("provider,leadership,staffing\nNorth,goood,goood\nSouth,goood,good\n")
    with pytest.raises(DiagnosticError) as error:
        rate_files(framework, [tmp_path / "cases.csv"], "provider", judgements=judged)
    (found,) = error.value.diagnostics
    assert found.message.startswith('3 cells hold "goood", which is no rating, the first of them in the column')
    judged.write_text("provider,leadership\nNorth,good\n\nNorth,inadequate\n")
    with pytest.raises(DiagnosticError, match="row 4 repeats the group of row 2"):
        rate_files(framework, [tmp_path / "cases.csv"], "provider", judgements=judged)
    judged.write_text("provider,leadership,leadership\nNorth,good,inadequate\n")
    with pytest.raises(DiagnosticError, match="stands twice"):
        rate_files(framework, [tmp_path / "cases.csv"], "provider", judgements=judged)
    judged.write_text("provdr,leadership,planning\nNorth,good,good\n")
    with pytest.raises(DiagnosticError) as error:
        rate_files(framework, [tmp_path / "cases.csv"], "provider", judgements=judged)
    assert sorted(codes_of(error)) == ["bad-column", "unknown-column", "unknown-column"]


def test_judgements_of_a_group_without_cases_are_refused(tmp_path: Path, framework: Framework, cases: Any) -> None:
    cases.write_csv(tmp_path / "cases.csv")
    judged = tmp_path / "judged.csv"
    judged.write_text("provider,leadership\nNorth,good\nSouht,good\nWest,\n")
    with pytest.raises(DiagnosticError) as error:
        rate_files(framework, [tmp_path / "cases.csv"], "provider", judgements=judged)
    (found,) = error.value.diagnostics  # nothing is recorded for West
    assert (found.code, found.line, found.hint) == ("unknown-group", 3, 'did you mean "South"?')
    names = [f"X{number}" for number in range(9)]
    judged.write_text("provider,leadership\n" + "".join(f"{name},good\n" for name in names))
    with pytest.raises(DiagnosticError) as error:
        rate_files(framework, [tmp_path / "cases.csv"], "provider", judgements=judged)
    (found,) = error.value.diagnostics
    assert 'for 9 groups that have no cases: "X0", "X1"' in found.message


# --- writing ---------------------------------------------------------------------------------------


def test_every_output_says_the_same(tmp_path: Path, framework: Framework, cases: Any) -> None:
    cases.write_csv(tmp_path / "cases.csv")
    rated = rate_files(framework, [tmp_path / "cases.csv"], "provider")
    for suffix in ("csv", "xlsx", "parquet", "json"):
        write_ratings(rated, tmp_path / f"out.{suffix}")
    rows = rated.ratings.rows()
    assert pl.read_parquet(tmp_path / "out.parquet").to_dicts() == rows
    as_text = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    assert list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text()))) == as_text
    header, *cells = openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(values_only=True)
    assert [dict(zip(header, row, strict=True)) for row in cells] == rows
    assert json.loads((tmp_path / "out.json").read_text())["groups"] == ratings(rated)


def test_a_group_cannot_smuggle_in_a_formula(tmp_path: Path, small: Small) -> None:
    content = 'case,site,hygiene.clean.floors\na,"=HYPERLINK(""http://x"")",yes\n'
    rated = rate_text(small("floors"), tmp_path, content, by="site")
    write_ratings(rated, tmp_path / "out.xlsx")
    write_ratings(rated, tmp_path / "out.csv")
    cell = openpyxl.load_workbook(tmp_path / "out.xlsx").active["A2"]
    assert cell.data_type == "s"
    assert (tmp_path / "out.csv").read_text().splitlines()[1].startswith("\"'=HYPERLINK")


def test_an_output_of_no_known_kind_is_refused_before_the_work(run: Run, tmp_path: Path) -> None:
    ran = run("rate", "--cases", tmp_path / "missing.csv", "--framework", "hmip-pdu", "-o", tmp_path / "out.doc")
    assert ran.code == 2
    assert "out.doc" in ran.err
    assert "missing.csv" not in ran.err


WRITE_FOR_EVER = """
import sys
from pathlib import Path
from ctm_rules import load_framework
from ctm_rules.bulk.files import rate_files
from ctm_rules.bulk.writing import write_ratings
framework = load_framework("hmip-pdu", "2024")
both = [rate_files(framework, [sys.argv[1]], by) for by in ("case", "sex")]
for rated, name in zip(both, sys.argv[2:4]):
    write_ratings(rated, Path(name))
print("ready", flush=True)
while True:
    for rated in both:
        write_ratings(rated, Path(sys.argv[4]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_at_any_moment_the_output_is_whole(tmp_path: Path) -> None:
    one, other, out = (tmp_path / name for name in ("one.json", "other.json", "out.json"))
    for attempt in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITE_FOR_EVER, str(CASES), str(one), str(other), str(out)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(random.Random(attempt).uniform(0.01, 0.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if out.exists():
            assert out.read_bytes() in (one.read_bytes(), other.read_bytes())
    assert out.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_half_way_a_run_leaves_the_old_output(tmp_path: Path, cases: Any) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    many = pl.concat([cases] * 2_000)
    for number in range(4):
        many.write_csv(folder / f"{number}.csv")
    out = tmp_path / "ratings.csv"
    out.write_text("the old output")
    program = """
import os, signal, sys
from pathlib import Path
from ctm_rules import load_framework
from ctm_rules.bulk.files import rate_files
from ctm_rules.bulk.writing import write_ratings
from tests.support.commands import Run
def progress(rows, total):
    print(rows, total)
    os.kill(os.getpid(), signal.SIGKILL)
write_ratings(rate_files(load_framework("hmip-pdu"), [sys.argv[1]], "provider", progress=progress), Path(sys.argv[2]))
"""
    ran = subprocess.run([sys.executable, "-c", program, str(folder), str(out)], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert out.read_text() == "the old output"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases", "ratings.csv"]


def test_the_output_is_never_one_of_the_tables(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_bytes(CASES.read_bytes())
    (tmp_path / "link.csv").symlink_to(table)
    for cases, out in (("*.csv", "cases.csv"), ("", "cases.csv"), ("cases.csv", "link.csv")):
        ran = run("rate", "--cases", f"{tmp_path}/{cases}", "--framework", "hmip-pdu", "-o", tmp_path / out)
        assert ran.code == 2
        assert f"{out}: it is one of the tables" in ran.err
    assert table.read_bytes() == CASES.read_bytes()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cases.csv")
    ran = run("rate", "--cases", tmp_path / "cases.csv", "--framework", "hmip-pdu")
    assert ran.code == 2
    assert "a pipe or a device" in ran.err
