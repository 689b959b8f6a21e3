"""The annexe alone gives every rating, and says the same in every format."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from attrs import evolve

from ctm_rules import Counts, InspectionResult, load_inspection, rate_counts, rate_inspection, read_counts
from ctm_rules.escaping import csv_text
from ctm_rules.model.conditions import PromptIsYes
from ctm_rules.model.framework import Domain, KeyQuestion, Prompt
from ctm_rules.rating.counts_table import COLUMNS, counts_table
from ctm_rules.rating.shares import rounded_percent
from ctm_rules.report import Format, render_report
from tests.support.commands import Run
from tests.support.paths import EXAMPLE
from tests.support.report_page import Page
from tests.support.strategies import framework_around


def _records(workbook: openpyxl.Workbook, sheet: str) -> list[dict[str, object]]:
    _, header, *rows = workbook[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_every_rating_can_be_worked_out_from_the_workbook_alone(files: dict[str, bytes]) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(files["annexe.xlsx"]))
    rules = {row["rule"]: row["value"] for row in _records(workbook, "rating_rules")}
    bands = _records(workbook, "bands")
    score_of = {row["rating"]: row["score"] for row in _records(workbook, "scale")}
    ratings = _records(workbook, "ratings")
    assert rules["key_questions.round"] == "half_up"
    assert rules["key_questions.decided_on"] == "rounded"
    assert rules["standard"] == "lowest of key_questions"
    assert rules["overall"] == rules["domain"] == "sum of scores"

    def band(of: str, value: int) -> object:
        return next(row["rating"] for row in bands if row["applies_to"] == of and value >= row["from"])

    worked_out: dict[str, list[object]] = {}
    for row in _records(workbook, "key_questions"):
        among = sum(row[outcome] for outcome in str(rules["key_questions.among"]).split(", "))
        percent = rounded_percent(Fraction(row[rules["key_questions.share_of"]], among), "half_up")
        assert percent == row["percent"]
        rating = band("key_questions", percent)
        assert rating == row["rating"]
        worked_out.setdefault(row["standard"], []).append(rating)
    standards = [row for row in ratings if row["level"] == "standard"]
    assert [row["rated_by"] for row in standards] == ["judgement"] * 3 + ["cases"] * 4
    scores: dict[str, int] = {}
    for row in standards:
        if row["rated_by"] == "cases":
            assert row["rating"] == min(worked_out[row["id"]], key=lambda rating: score_of[rating])
        assert row["score"] == score_of[row["rating"]]
        scores[row["domain"]] = scores.get(row["domain"], 0) + row["score"]
    for row in ratings:
        if row["level"] == "domain":
            assert (row["score"], row["rating"]) == (scores[row["id"]], band(f"domain {row['id']}", scores[row["id"]]))
        if row["level"] == "overall":
            assert row["score"] == sum(scores.values()) == 4
            assert row["rating"] == band("overall", row["score"]) == "requires_improvement"


def test_the_annexe_says_the_same_in_every_format(files: dict[str, bytes]) -> None:
    annexe = json.loads(files["annexe.json"])
    workbook = openpyxl.load_workbook(io.BytesIO(files["annexe.xlsx"]))
    assert workbook.sheetnames == list(annexe)
    with zipfile.ZipFile(io.BytesIO(files["annexe-csv.zip"])) as archive:
        for name, rows in annexe.items():
            read = list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))
            shown = [{key: "" if cell is None else str(cell) for key, cell in row.items()} for row in rows]
            assert read == shown
            assert _without_nothing(_records(workbook, name)) == _without_nothing(rows)


def _without_nothing(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return rows without empty cells: a workbook knows no difference between an empty text and no value."""
    return [{key: cell for key, cell in row.items() if cell not in (None, "")} for row in rows]


def _archive(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


EXAMPLES = sorted((EXAMPLE.parents[1]).glob("**/inspection.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.parent.name for path in EXAMPLES])
def test_the_annexe_alone_rates_the_inspection_again(path: Path, tmp_path: Path) -> None:
    """Whoever has the standards and the table of counts gets every rating, and no printed figure contradicts it."""
    result = rate_inspection(load_inspection(path))
    folder = _archive(render_report(result, formats=["csv"])["annexe-csv.zip"], tmp_path)
    counts = read_counts(folder / "counts.csv", result.inspection.framework)
    again = counts.rate()
    assert counts.differences(again) == ()
    assert again.overall == result.rating.overall_computed
    assert [each.rating for each in again.domains] == [each.computed for each in result.rating.domains]
    assert [each.rating for each in again.standards] == [each.computed for each in result.rating.standards]
    for own, other in zip(again.standards, result.rating.standards, strict=True):
        rated = {question.path: (question.rating, question.percent) for question in other.key_questions}
        assert {question.path: (question.rating, question.percent) for question in own.key_questions} == rated


def test_no_count_that_decides_a_rating_is_kept_back(files: dict[str, bytes]) -> None:
    rows = [row for row in json.loads(files["annexe.json"])["counts"] if not row["group"]]
    decides = [row for row in rows if row["level"] == "key_question"]
    assert decides
    assert {row["status"] for row in decides} == {""}


def test_the_command_line_rates_the_annexe(files: dict[str, bytes], tmp_path: Path, run: Run) -> None:
    table = _archive(files["annexe-csv.zip"], tmp_path) / "counts.csv"
    done = run("rate", "--counts", table, "--framework", "hmip-pdu", "--json")
    assert done.code == 0
    rated = json.loads(done.out)
    assert (rated["overall"]["score"], rated["overall"]["rating_id"]) == (4, "requires_improvement")


def test_every_column_is_in_the_dictionary_once(files: dict[str, bytes]) -> None:
    annexe = json.loads(files["annexe.json"])
    said = [(row["table"], row["column"]) for row in annexe["dictionary"]]
    assert len(said) == len(set(said))
    assert set(said) >= {(name, column) for name, rows in annexe.items() for row in rows for column in row}
    assert all(row["meaning"].endswith(".") for row in annexe["dictionary"])


KINDS = {"text": str, "whole number": int, "number": (int, float), "date": str}


def test_cells_are_of_the_kind_that_the_dictionary_says(files: dict[str, bytes]) -> None:
    annexe = json.loads(files["annexe.json"])
    kinds = {(row["table"], row["column"]): row["kind"] for row in annexe["dictionary"]}
    for name, rows in annexe.items():
        for row in rows:
            for column, cell in row.items():
                if cell is not None and (name, column) not in {("about", "value"), ("rating_rules", "value")}:
                    assert isinstance(cell, KINDS[kinds[name, column]]), (name, column, cell)
                if cell and kinds[name, column] == "date":
                    date.fromisoformat(cell)


# What Excel and LibreOffice make dates and times of, tried by hand in their own words: 3/12, 1-2, 4.5.2025, sep2, 1:30.
DATES = re.compile(
    r"\d+[/-]\d+([/-]\d+)?|\d+\.\d+\.\d+|\d+:\d+|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*[ -]?\d+",
    re.IGNORECASE,
)


def test_no_cell_becomes_a_date(files: dict[str, bytes], tmp_path: Path) -> None:
    for path in _archive(files["annexe-csv.zip"], tmp_path).glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            for cell in row:
                assert not DATES.fullmatch(cell) or re.fullmatch(r"\d{4}-\d\d-\d\d", cell), (path.name, cell)


@pytest.mark.parametrize("typed", ["3/12", "1-2", "2024/25", "4.5.2025", "sep2", "2 March", "March 2025", "1:30"])
def test_what_was_typed_becomes_no_date(result: InspectionResult, typed: str, tmp_path: Path) -> None:
    declared = evolve(result.inspection.declared, title=typed)
    named = evolve(result, inspection=evolve(result.inspection, declared=declared))
    made = render_report(named, formats=["csv", "xlsx"])
    text = (_archive(made["annexe-csv.zip"], tmp_path) / "about.csv").read_text(encoding="utf-8-sig")
    assert f"title,'{typed}\n" in text
    (cell,) = [
        row[1]
        for row in openpyxl.load_workbook(io.BytesIO(made["annexe.xlsx"]))["about"].iter_rows()
        if row[0].value == "title"
    ]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (typed, "s", True)


@pytest.mark.parametrize("typed", ["2025-08-04", "12", "1.3", "march", "may_2", "12 of 44", "assessment.safety"])
def test_dates_numbers_and_ids_stay_as_they_are(typed: str) -> None:
    assert csv_text(["a"], [[typed]], keep_from_dates=True) == f"a\n{typed}\n"


def test_a_slug_like_a_date_comes_back_as_it_was(tmp_path: Path) -> None:
    framework = framework_around(
        KeyQuestion("q", "?", (Prompt("p", "?"),), PromptIsYes("p")),
        domains=(Domain("d", "D", ("sep2",)),),
    )
    (standard,) = framework.standards
    framework = evolve(framework, standards=(evolve(standard, slug="sep2"),))
    rows = counts_table(rate_counts(framework, {"sep2.q": Counts(yes=3, no=1)}, {}))
    table = tmp_path / "counts.csv"
    table.write_text(csv_text(COLUMNS, [[*row.to_dict().values()] for row in rows], keep_from_dates=True))
    assert "'sep2" in table.read_text()
    assert read_counts(table, framework).counts == {"sep2.q": Counts(yes=3, no=1)}


def test_csv_says_that_it_is_unicode_and_what_it_means(files: dict[str, bytes], tmp_path: Path) -> None:
    """CSV on the Web (W3C, 2015): the metadata name every table and each of its columns, in the order of the file."""
    folder = _archive(files["annexe-csv.zip"], tmp_path)
    metadata = json.loads((folder / "csv-metadata.json").read_text(encoding="utf-8"))
    assert metadata["@context"] == "http://www.w3.org/ns/csvw"
    assert metadata["dc:license"] == "Open Government Licence v3.0"
    assert metadata["dc:source"]
    assert {table["url"] for table in metadata["tables"]} == {path.name for path in folder.glob("*.csv")}
    for table in metadata["tables"]:
        content = (folder / table["url"]).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
        columns = table["tableSchema"]["columns"]
        assert [column["titles"] for column in columns] == [column["name"] for column in columns] == header
        parse = {"string": str, "integer": int, "decimal": Decimal, "date": date.fromisoformat}
        for row in rows:
            for column, cell in zip(columns, row, strict=True):
                if cell != column["null"]:
                    parse[column["datatype"]](cell)


def test_every_file_of_data_has_its_licence_and_its_source(files: dict[str, bytes]) -> None:
    licence, source = "Open Government Licence v3.0", "An inspection of probation services in Cwm Taf Morgannwg PDU"
    workbook = openpyxl.load_workbook(io.BytesIO(files["annexe.xlsx"]))
    assert workbook.properties.description == f"{licence}; {source}"
    about = {row["item"]: row["value"] for row in json.loads(files["annexe.json"])["about"]}
    assert (about["licence"], about["source"]) == (licence, source)


def test_the_workbook_has_named_tables_and_prints_on_whole_pages(files: dict[str, bytes]) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(files["annexe.xlsx"]))
    for sheet in workbook:
        _, header, *rows = sheet.iter_rows(values_only=True)
        if rows:
            (table,) = sheet.tables.values()
            assert table.name == sheet.title
            assert [column.name for column in table.tableColumns] == list(header)
            assert table.ref == f"A2:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == "$2:$2"
        assert "An inspection of probation services" in sheet.oddFooter.left.text


def test_there_is_one_interval_for_one_share(result: InspectionResult) -> None:
    """Where it is known how many cases the sample was drawn from, results, report and annexe take it into account."""
    inspection = evolve(result.inspection, declared=evolve(result.inspection.declared, population=60))
    rated = rate_inspection(inspection)
    made = render_report(rated, formats=[Format.HTML, Format.JSON])
    annexe = {row["address"]: row for row in json.loads(made["annexe.json"])["key_questions"]}
    words = Page(made["report.html"]).text
    for standard in rated.rating.standards:
        for question in standard.key_questions:
            row = annexe[question.path]
            assert (row["interval_low"], row["interval_high"]) == question.interval
            assert question.interval is not None
            low, high = question.interval
            assert f"{low}% to {high}%" in words
    before = [q.interval for standard in result.rating.standards for q in standard.key_questions]
    after = [q.interval for standard in rated.rating.standards for q in standard.key_questions]
    assert before != after


def test_the_annexe_has_counts_rules_bands_and_the_checksum(files: dict[str, bytes], result: InspectionResult) -> None:
    framework = result.inspection.framework
    annexe = json.loads(files["annexe.json"])
    assert {row["address"] for row in annexe["prompts"]} == set(framework.prompts)
    assert {row["address"] for row in annexe["measures"]} == set(framework.measures_by_path)
    assert {row["address"] for row in annexe["rules"]} >= set(framework.key_questions)
    about = {row["item"]: row["value"] for row in annexe["about"]}
    assert about["edition"] == "2024"
    assert about["framework_checksum"] == framework.checksum
    assert annexe["panel"]
    assert annexe["comparisons"]


def test_the_checksum_follows_the_meaning_and_nothing_else(result: InspectionResult, editable: Path) -> None:
    from ctm_rules import load_framework

    own = result.inspection.framework.checksum
    assert re.fullmatch("v1:[0-9a-f]{64}", own)
    file = editable / "framework.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"# a comment more\n{text}", encoding="utf-8")
    assert load_framework(editable).checksum == own
    file.write_text(text.replace("{from: 65, rating: good}", "{from: 64, rating: good}"), encoding="utf-8")
    assert load_framework(editable).checksum != own
