"""The tidy table of counts: what it holds of every inspection, and that it rates to the same again."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import attrs
import openpyxl
import pytest

from ctm_rules import (
    CountRow,
    RatingResult,
    RequestError,
    counts_table,
    load_framework,
    load_inspection,
    rate_inspection,
    read_counts,
)
from tests.support import ods
from tests.support.commands import Run
from tests.support.decisions import PLANNING, may_move
from tests.support.paths import EXAMPLE, ROOT

FRAMEWORK = load_framework("hmip-pdu", "2024")
INSPECTIONS = {"ctm": EXAMPLE} | {
    file.parent.name: file for file in sorted((ROOT / "examples/schemes").glob("*/*.yaml"))
}
COLUMNS = [attribute.name for attribute in attrs.fields(CountRow)]
OF_SHARES = COLUMNS[: COLUMNS.index("scored")]
"""The columns of standards without points."""


def written(rows: Iterable[CountRow], file: Path) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, COLUMNS)
        table.writeheader()
        table.writerows(row.to_dict() for row in rows)
    return file


def came_to(result: RatingResult) -> list[object]:
    """Return what was computed, whatever a panel decided."""
    return [
        (result.overall_computed, result.computed_score, result.cases),
        *((each.domain.id, each.computed, each.computed_score) for each in result.domains),
        *((each.standard.slug, each.computed, each.not_rated) for each in result.standards),
        *(each.key_questions for each in result.standards),
    ]


@pytest.mark.parametrize("name", INSPECTIONS)
def test_the_table_of_an_inspection_rates_to_the_same(name, tmp_path):
    inspection = load_inspection(INSPECTIONS[name])
    rating = rate_inspection(inspection).rating
    population, facts = inspection.declared.population, inspection.provider_facts
    rows = counts_table(rating, population=population, provider=facts, answers=inspection.provider_answers)
    table = written(rows, tmp_path / "counts.csv")
    published = read_counts(table, inspection.framework)
    again = published.rate()
    assert came_to(again) == came_to(rating)
    assert published.differences(again) == ()


def test_what_a_panel_decided_stands_beside_what_was_computed(tmp_path):
    rating = rate_inspection(load_inspection(may_move(tmp_path, PLANNING))).rating
    row = next(row for row in counts_table(rating) if row.id == "planning")
    assert (row.rating, row.decided) == ("inadequate", "requires_improvement")
    assert row.reason == "Plans are better by now. (the ratings panel, 12 October 2025)"
    published = read_counts(written(counts_table(rating), tmp_path / "counts.csv"), rating.framework)
    assert published.differences(published.rate()) == ()


def test_every_count_of_the_example_is_in_the_table():
    rows = {row.id: row for row in counts_table(rate_inspection(load_inspection(EXAMPLE)).rating) if row.id}
    safety = rows["assessment.safety"]
    assert (safety.yes, safety.no, safety.not_applicable, safety.undetermined, safety.among) == (12, 32, 0, 0, 44)
    assert (safety.percent, safety.rating, safety.status, safety.source) == (27, "inadequate", "", "cases")
    leadership = rows["leadership"]
    assert (leadership.rating, leadership.value, leadership.unit, leadership.source) == (
        "good",
        "2",
        "score",
        "judgement",
    )


# --- the annexe ------------------------------------------------------------------------------------


def test_the_annexe_writes_it_and_the_command_rates_it(tmp_path, run: Run):
    assert run("report", EXAMPLE, "-o", tmp_path, "-f", "csv", "-f", "json", "-f", "xlsx").code == 0
    zipfile.ZipFile(tmp_path / "annexe-csv.zip").extract("counts.csv", tmp_path)
    table = tmp_path / "counts.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == OF_SHARES
    records = json.loads((tmp_path / "annexe.json").read_text(encoding="utf-8"))["counts"]
    assert [{key: "" if cell is None else str(cell) for key, cell in record.items()} for record in records] == rows
    sheet = openpyxl.load_workbook(tmp_path / "annexe.xlsx")["counts"]
    assert [cell.value for cell in sheet[2]] == OF_SHARES
    assert sheet.max_row == len(rows) + 2
    ran = run("rate", "--counts", table, "--framework", "hmip-pdu", "--json")
    again, expected = json.loads(ran.out), json.loads(run("rate", EXAMPLE, "--json").out)
    assert ran.code == 0
    assert again["warnings"] == []
    for key in ("overall", "domains", "standards", "cases", "panel"):
        assert again[key] == expected[key]
    shown = run("rate", "--counts", table, "--framework", "hmip-pdu").out
    assert "Overall: Requires improvement, score 4 of 21" in shown


def test_what_is_hidden_in_the_annexe_is_no_number_in_the_table(tmp_path, run: Run):
    run("report", EXAMPLE, "-o", tmp_path, "-f", "json")
    annexe = json.loads((tmp_path / "annexe.json").read_text(encoding="utf-8"))
    hidden = {
        (row["address"], f"{row['subgroup']}.{row['group']}")
        for row in annexe["subgroups"]
        if row["status"] == "suppressed"
    } | {
        (row["address"], "")
        for name in ("prompts", "measures")
        for row in annexe[name]
        if row["status"] == "suppressed"
    }
    suppressed = {(row["id"], row["group"]) for row in annexe["counts"] if row["status"] == "suppressed"}
    assert hidden
    assert suppressed == hidden
    for row in annexe["counts"]:
        assert "hidden" not in row.values()
        if row["status"] == "suppressed":
            assert (row["among"], row["percent"], row["low"], row["high"]) == (None,) * 4


# --- what is wrong with a table --------------------------------------------------------------------

HEADER = "level,id,group,yes,no,not_applicable,undetermined,percent,rating,status,value"
GOOD = "key_question,assessment.safety,,12,32,0,0,27,inadequate,,"


def table_of(folder: Path, *lines: str, header: str = HEADER) -> Path:
    file = folder / "counts.csv"
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


BAD: dict[str, tuple[list[str], str, int, str]] = {
    "suppressed": (["key_question,assessment.safety,,,,0,0,,,suppressed,"], "suppressed-count", 2, "is suppressed"),
    "hidden": (["key_question,assessment.safety,,hidden,2,0,0,,,,"], "bad-count", 2, "write suppressed"),
    "an empty count": (["key_question,assessment.safety,,,2,0,0,,,,"], "bad-count", 2, "is empty"),
    "a part of a case": (["key_question,assessment.safety,,1.5,2,0,0,,,,"], "bad-count", 2, "no whole number"),
    "a count below nought": (["key_question,assessment.safety,,-1,2,0,0,,,,"], "bad-count", 2, "no whole number"),
    "an unknown level": (["question,assessment.safety,,1,2,0,0,,,,"], "unknown-name", 2, "key_question"),
    "an unknown question": (["key_question,assessment.safty,,1,2,0,0,,,,"], "unknown-name", 2, "assessment.safety"),
    "an unknown standard": (["standard,leading,,,,,,,good,,"], "unknown-name", 2, "leadership"),
    "an unknown rating": (["standard,leadership,,,,,,,god,,"], "unknown-name", 2, "good"),
    "an unknown status": ([GOOD.replace("inadequate,,", "inadequate,hidden,")], "bad-row", 2, "suppressed"),
    "said twice": ([GOOD, GOOD], "duplicate-id", 3, "a second time"),
    "a fact of nobody": (["provider_fact,breach,,,,,,,,,yes"], "unknown-name", 2, "provider"),
    "fewer cases than are counted": (["overall,,,,,,,,,,", GOOD], "bad-count", 0, "44 were counted"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_a_table_is_said_with_its_row(name, tmp_path):
    lines, code, row, says = BAD[name]
    header = HEADER
    if name == "fewer cases than are counted":
        header, lines = HEADER + ",among", [lines[0] + ",20", lines[1] + ","]
    with pytest.raises(RequestError) as raised:
        read_counts(table_of(tmp_path, *lines, header=header), FRAMEWORK).rate()
    (found,) = raised.value.diagnostics
    assert (found.code, found.line) == (code, row)
    assert says in f"{found.message} {found.hint}"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        pytest.param(HEADER.replace("mined", "minde"), ["bad-column", "unknown-column"], id="a misspelt column"),
        pytest.param(HEADER.replace(",no,", ","), ["bad-column"], id="a column is missing"),
        pytest.param(HEADER + ",id", ["bad-column"], id="a column twice"),
    ],
)  # fmt: skip
def test_a_table_needs_the_columns_that_say_what_was_counted(header, code, tmp_path):
    with pytest.raises(RequestError) as raised:
        read_counts(table_of(tmp_path, header=header), FRAMEWORK)
    assert sorted(found.code for found in raised.value.diagnostics) == code


def test_rows_of_groups_are_not_rated_and_may_be_suppressed(tmp_path):
    group = "key_question,assessment.safety,grade.pso,,,,,,,suppressed,"
    counts = read_counts(table_of(tmp_path, GOOD, group), FRAMEWORK)
    assert counts.counts["assessment.safety"].cases == 44


PRINTED: dict[str, tuple[Callable[[str], str], str]] = {
    "a rating": (lambda line: line.replace("inadequate", "good"), 'as "good", and its counts give "inadequate"'),
    "a share": (lambda line: line.replace(",27,", ",72,"), "as 72%, and its counts give 27%"),
}  # fmt: skip


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_and_not_given_by_the_counts_is_said(name, tmp_path, run: Run):
    change, says = PRINTED[name]
    counts = read_counts(table_of(tmp_path, change(GOOD)), FRAMEWORK)
    (found,) = counts.differences(counts.rate())
    assert says in found.message
    assert found.line == 2
    ran = run("rate", "--counts", tmp_path / "counts.csv", "--framework", "hmip-pdu")
    assert ran.code == 1
    assert "not-what-counts-give" in ran.err


def test_options_that_change_nothing_of_counts_are_refused(tmp_path, run: Run):
    table = table_of(tmp_path, GOOD)
    ran = run("rate", "--counts", table, "--framework", "hmip-pdu", "--by", "grade", "--strict")
    assert ran.code == 2
    assert "--by and --strict change nothing of published counts" in ran.err
    for arguments in (["--counts", table], ["--counts", table, EXAMPLE], ["--counts", table, "--cases", "a.csv"]):
        assert run("rate", *arguments).code == 2


def test_a_table_of_text_in_memory_is_the_same_as_that_of_the_file():
    rows = counts_table(rate_inspection(load_inspection(EXAMPLE)).rating)
    out = io.StringIO()
    csv.writer(out).writerows(row.to_dict().values() for row in rows)
    assert len(out.getvalue().splitlines()) == len(rows) == 1 + 2 + 7 + 12


# --- where it stands in a file -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_workbook_of_the_annexe_is_rated_by_its_sheet_of_counts(kind: str, tmp_path, run: Run):
    assert run("report", EXAMPLE, "-o", tmp_path, "-f", "xlsx").code == 0
    annexe = tmp_path / "annexe.xlsx"
    if kind == "ods":
        book = openpyxl.load_workbook(annexe)
        sheets = [(sheet.title, [*sheet.iter_rows(values_only=True)]) for sheet in book]
        annexe = tmp_path / "annexe.ods"
        annexe.write_bytes(ods.spreadsheet("".join(ods.table(as_rows(rows), name) for name, rows in sheets)))
    ran = run("rate", "--counts", annexe, "--framework", "hmip-pdu", "--json")
    again, expected = json.loads(ran.out), json.loads(run("rate", EXAMPLE, "--json").out)
    assert (ran.code, again["warnings"]) == (0, [])
    for key in ("overall", "domains", "standards", "cases", "panel"):
        assert again[key] == expected[key]


def as_rows(rows: list[tuple[object, ...]]) -> str:
    return "".join(ods.row("".join(ods.text_cell("" if cell is None else str(cell)) for cell in each)) for each in rows)


def test_what_is_wrong_in_the_workbook_of_an_annexe_has_its_row_there(tmp_path, run: Run):
    run("report", EXAMPLE, "-o", tmp_path, "-f", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "annexe.xlsx")
    sheet = book["counts"]
    column = COLUMNS.index("yes") + 1
    place = next(number for number in range(3, sheet.max_row + 1) if sheet.cell(number, 2).value == "assessment.safety")
    sheet.cell(place, column).value = -8
    book.save(tmp_path / "changed.xlsx")
    with pytest.raises(RequestError) as caught:
        read_counts(tmp_path / "changed.xlsx", load_framework("hmip-pdu", "2024"))
    assert [(found.code, found.line, found.column) for found in caught.value.diagnostics] == [
        ("bad-count", place, column)
    ]


def test_two_tables_of_counts_in_one_workbook_are_refused(tmp_path, run: Run):
    run("report", EXAMPLE, "-o", tmp_path, "-f", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "annexe.xlsx")
    book.copy_worksheet(book["counts"])
    book.save(tmp_path / "twice.xlsx")
    with pytest.raises(RequestError, match='each of the sheets "counts" and "counts Copy" has a table of counts'):
        read_counts(tmp_path / "twice.xlsx", load_framework("hmip-pdu", "2024"))


def test_a_table_below_a_title_is_found_in_a_file_of_text_too(tmp_path):
    file = tmp_path / "titled.csv"
    file.write_text(f"Counts\n\n{HEADER}\n{GOOD}\n", encoding="utf-8")
    read = read_counts(file, load_framework("hmip-pdu", "2024"))
    assert read.counts["assessment.safety"].yes == 12
