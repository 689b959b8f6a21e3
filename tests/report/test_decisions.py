"""A rating that a panel decided: every format of the report says so beside it, and the annexe has columns for it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import docx
import pytest

from ctm_rules import InspectionResult, load_inspection, rate_inspection
from ctm_rules.report import render_report, write_comparison
from tests.support.decisions import PLANNING, may_move


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> InspectionResult:
    stale = PLANNING.replace("planning", "reviewing").replace("from: inadequate", "from: good")
    return rate_inspection(load_inspection(may_move(tmp_path_factory.mktemp("decided"), PLANNING, stale)))


@pytest.fixture(scope="module")
def files(decided: InspectionResult) -> dict[str, bytes]:
    return render_report(decided, formats=["html", "md", "docx", "json"])


BESIDE = "decided by the ratings panel; computed: Inadequate"
REASON = "Plans are better by now."
STALE = (
    "P 2.4 Reviewing: the decision of the ratings panel is not applied, since it moved Good; computed now: Inadequate."
)


def words_in(name: str, content: bytes) -> str:
    if name == "report.docx":
        document = docx.Document(io.BytesIO(content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return " ".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    return content.decode("utf-8")


@pytest.mark.parametrize("wanted", ["html", "md", "docx"])
def test_every_format_says_so_beside_the_rating(files: dict[str, bytes], wanted: str) -> None:
    said = " ".join(words_in(f"report.{wanted}", files[f"report.{wanted}"]).split())
    assert said.count(BESIDE) == 2  # in the box of all ratings, and at the standard
    assert REASON in said
    assert "the ratings panel, 12 October 2025" in said
    assert STALE in said


def test_the_welsh_report_says_so_in_welsh(decided: InspectionResult) -> None:
    said = render_report(decided, formats=["md"], language="cy")["report.md"].decode("utf-8")
    assert "penderfynwyd gan y panel graddio" in said
    assert "12 Hydref 2025" in said


def test_the_annexe_has_columns_for_decisions(files: dict[str, bytes]) -> None:
    rows = {row["id"]: row for row in json.loads(files["annexe.json"])["ratings"] if row["level"] == "standard"}
    planning = rows["planning"]
    assert (planning["rating"], planning["score"]) == ("requires_improvement", 1)
    assert (planning["computed"], planning["computed_score"]) == ("inadequate", 0)
    assert planning["decision"] == "inadequate to requires_improvement"
    assert (planning["reason"], planning["decided_by"], planning["decided_on"]) == (
        *(REASON, "the ratings panel", "2025-10-12"),
    )
    assert rows["reviewing"]["decision"] == "good to requires_improvement, not applied"
    assert (rows["assessment"]["computed"], rows["assessment"]["decision"]) == ("inadequate", "")


def test_a_comparison_says_so_too(decided: InspectionResult, tmp_path: Path) -> None:
    write_comparison([decided], tmp_path)
    assert BESIDE in (tmp_path / "compare.html").read_text(encoding="utf-8")


def test_how_sure_a_rating_is_is_told_of_what_is_computed(files: dict[str, bytes], tmp_path: Path) -> None:
    plain = render_report(rate_inspection(load_inspection(may_move(tmp_path))), formats=["json"])
    sure = [
        [row["same_rating_again_percent"] for row in json.loads(made["annexe.json"])["ratings"]]
        for made in (files, plain)
    ]
    assert sure[0] == sure[1]
