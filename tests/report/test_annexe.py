"""The annexe alone gives every rating, and says the same in every format."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from fractions import Fraction
from pathlib import Path

import openpyxl
from attrs import evolve

from ctm_rules import InspectionResult, rate_inspection
from ctm_rules.rating.shares import rounded_percent
from ctm_rules.report import Format, render_report
from tests.support.report_page import Page


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
            read = list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode())))
            shown = [{key: "" if cell is None else str(cell) for key, cell in row.items()} for row in rows]
            assert read == shown
            assert _without_nothing(_records(workbook, name)) == _without_nothing(rows)


def _without_nothing(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return rows without empty cells: a workbook knows no difference between an empty text and no value."""
    return [{key: cell for key, cell in row.items() if cell not in (None, "")} for row in rows]


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
