"""The last inspection of a provider: its ratings stand beside those of now, where they say the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import Case, CaseOutcome, DiagnosticError, Framework, load_inspection, rate_inspection
from ctm_rules.engines import AnyEngine
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.report import render_report
from tests.support.commands import Run
from tests.support.decisions import PLANNING, may_move
from tests.support.editing import edit

BEFORE = "2025-02-03"


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    """An inspection that names the last one, in a folder below it; then planning was moved, and leadership better."""
    file = may_move(tmp_path)
    last = tmp_path / "last"
    last.mkdir()
    for name in ("inspection.yaml", "cases.csv"):
        shutil.copy(tmp_path / name, last / name)
    earlier = last / "inspection.yaml"
    edit(earlier, "started: 2025-08-04", f"started: {BEFORE}")
    edit(earlier, "rating: good", "rating: outstanding")
    edit(earlier, "framework:", f"decisions:\n  - {PLANNING}\nframework:")
    edit(file, "framework:", "previous: last/inspection.yaml\nframework:")
    return file


def test_rate_shows_the_ratings_of_last_time(twice: Path, run: Run) -> None:
    ran = run("rate", twice)
    assert ran.code == 0
    assert "last time: fieldwork from 3 February 2025, by hmip-pdu 2024; its cases are synthetic" in ran.out
    assert "Overall: Requires improvement, score 4 of 21 (last time: Requires improvement)\n" in ran.out
    assert "P 2.2 Planning: Inadequate (last time: Requires improvement)\n" in ran.out
    leadership = next(line for line in ran.out.splitlines() if line.startswith("P 1.1 Leadership"))
    assert "Good (last time: Outstanding)" in leadership


def test_json_holds_them_by_what_is_rated_now(twice: Path, run: Run) -> None:
    said = json.loads(run("rate", twice, "--json").out)["previous"]
    assert (said["file"], said["fieldwork_started"], said["synthetic"]) == ("last/inspection.yaml", BEFORE, True)
    assert said["overall"] == "Requires improvement"
    assert (said["standards"]["planning"], said["standards"]["leadership"]) == ("Requires improvement", "Outstanding")
    assert said["domains"]["service_delivery"] == "Inadequate"
    assert (said["framework"]["edition"], said["framework"]["origin"]) == ("2024", "standards/hmip-pdu/2024")


def test_the_report_shows_them_beside_each_rating(twice: Path) -> None:
    result = rate_inspection(load_inspection(twice))
    made = render_report(result, formats=["md", "json"])
    said = made["report.md"].decode("utf-8")
    assert "Last inspection: fieldwork started 3 February 2025" in said
    assert "| P 2.2 Planning | Inadequateᵖ (last time: Requires improvement) |" in said
    assert said.count("(last time: Outstanding)") == 2  # in the box of all ratings, and at the standard
    rows = {row["id"]: row["last_time"] for row in json.loads(made["annexe.json"])["ratings"]}
    assert (rows["planning"], rows["leadership"], rows["assessment"]) == (
        *("requires_improvement", "outstanding", "inadequate"),
    )


def test_a_rating_on_another_scale_says_nothing_of_now(twice: Path) -> None:
    older = twice.parent / "last" / "standards" / "hmip-pdu" / "2024"
    shutil.copytree(twice.parent / "standards" / "hmip-pdu" / "2024", older)
    scale = "scales: {two: [{id: met, label: Met, score: 1}, {id: unmet, label: Unmet, score: 0}]}\nratings:"
    edit(older / "framework.yaml", "ratings:", scale)
    edit(older / "1.1-leadership.yaml", "rated_by: judgement", "rated_by: judgement\nscale: two")
    edit(twice.parent / "last" / "inspection.yaml", "rating: outstanding", "rating: met")
    last_time = rate_inspection(load_inspection(twice)).last_time
    assert last_time is not None
    assert ("standards", "leadership") not in last_time.ratings
    assert ("standards", "staffing") in last_time.ratings


class CalledEngine(ReferenceEngine):
    """An engine that can be called as well, as what makes one can."""

    def __call__(self, case: Case) -> CaseOutcome:
        return self.assess(case)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(lambda _: "reference", id="its name"),
        pytest.param(lambda _: ReferenceEngine, id="its class"),
        pytest.param(lambda _: lambda framework: ReferenceEngine(framework), id="a function that makes it"),
        pytest.param(ReferenceEngine, id="itself"),
        pytest.param(CalledEngine, id="itself, and it can be called"),
    ],
)
def test_however_an_engine_is_given_last_time_is_rated_by_the_standards_of_then(
    twice: Path, given: Callable[[Framework], AnyEngine]
) -> None:
    older = twice.parent / "last" / "standards" / "hmip-pdu" / "2024"
    shutil.copytree(twice.parent / "standards" / "hmip-pdu" / "2024", older)
    edit(older / "framework.yaml", "title: Standards for", "title: Older standards for")
    inspection = load_inspection(twice)
    last_time = rate_inspection(inspection, engine=given(inspection.framework)).last_time
    assert last_time is not None
    assert last_time.ratings["standards", "leadership"].label == "Outstanding"


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        pytest.param([("inspection.yaml", "last/", "../last/")], "not in the folder of this one", id="elsewhere"),
        pytest.param([("last/inspection.yaml", "cwm_taf_morgannwg", "gwent")], 'of the provider "gwent"', id="another"),
        pytest.param([("last/inspection.yaml", BEFORE, "2025-09-01")], "which is not before this one", id="later"),
        pytest.param([("inspection.yaml", "last/inspection", "last/nothing")], "nothing.yaml", id="missing"),
        pytest.param([("last/inspection.yaml", "rating: outst", "rating: oust")], '"oustanding"', id="mistake in it"),
        pytest.param([("inspection.yaml", "last/", "")], "which is not before this one", id="itself"),
    ],
)
def test_what_cannot_be_the_last_inspection_is_refused(
    twice: Path, edits: list[tuple[str, str, str]], words: str
) -> None:
    for name, old, new in edits:
        edit(twice.parent / name, old, new)
    with pytest.raises(DiagnosticError, match=words):
        load_inspection(twice)


def test_the_last_one_of_the_last_one_is_not_followed(twice: Path) -> None:
    edit(twice.parent / "last" / "inspection.yaml", "framework:", "previous: nowhere.yaml\nframework:")
    inspection = load_inspection(twice)
    assert inspection.previous is not None
    assert inspection.previous.previous is None
