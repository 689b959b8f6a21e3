"""What a change of standards would have done to the past inspections of a folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, Framework, effect_on_inspections, load_framework
from tests.support.commands import Run
from tests.support.paths import EXAMPLE


@pytest.fixture
def past(tmp_path: Path) -> Path:
    """A folder with the example inspection, a year apart."""
    for year in ("2026", "2025"):
        folder = tmp_path / "inspections" / year
        shutil.copytree(EXAMPLE.parent, folder)
        file = folder / "inspection.yaml"
        text = file.read_text(encoding="utf-8").replace("started: 2025-08-04", f"started: {year}-08-04")
        file.write_text(text.replace("Cwm Taf Morgannwg PDU, region", f"Unit {year}, region"), encoding="utf-8")
    return tmp_path / "inspections"


@pytest.fixture
def lower(editable: Path) -> Path:
    """The standards with a limit that one standard of the example then reaches: 42 % instead of 50 %."""
    file = editable / "framework.yaml"
    text = file.read_text(encoding="utf-8")
    assert "{from: 50, rating: requires_improvement}" in text
    changed = text.replace("{from: 50, rating: requires_improvement}", "{from: 42, rating: requires_improvement}")
    file.write_text(changed, encoding="utf-8")
    return editable


def test_every_inspection_is_rated_by_both_the_earliest_first(past: Path, lower: Path, shipped: Framework) -> None:
    effect = effect_on_inspections(past, shipped, load_framework(lower))
    assert [found.name for found in effect.inspections] == ["Unit 2025, 4 August 2025", "Unit 2026, 4 August 2026"]
    for _, changed in effect.rated:
        assert (changed.before.rating.score, changed.after.rating.score) == (4, 5)
        assert [change.slug for change in changed.standards] == ["reviewing"]
    assert effect.in_sum() == (
        "2 inspections: 0 would have had another overall rating, 2 another rating of a standard.",
    )
    assert effect.changes()[0] == (
        "Unit 2025, 4 August 2025",
        "P 2.4 Reviewing: Inadequate → Requires improvement",
    )


def test_what_cannot_be_rated_is_named_with_why(past: Path, lower: Path, shipped: Framework) -> None:
    (past / "2025" / "cases.csv").unlink()
    other, broken = past / "other.yaml", past / "broken.yaml"
    text = (past / "2026" / "inspection.yaml").read_text(encoding="utf-8")
    other.write_text(text.replace("id: hmip-pdu", "id: hmip-yjs").replace("Unit 2026", "A team"), encoding="utf-8")
    broken.write_text("provider: {id: a, name: A}\nfieldwork: {started: yesterday}\ncases: {}\n", encoding="utf-8")
    effect = effect_on_inspections(past, shipped, load_framework(lower))
    assert [found.provider for found, _ in effect.rated] == ["Unit 2026"]
    assert effect.in_sum()[1] == "3 inspections cannot be rated by both."
    said = dict(effect.not_rated())
    assert "2025/inspection.yaml cannot be rated: the case table cases.csv cannot be opened" in str(
        said["Unit 2025, 4 August 2025"]
    ).replace(f"{past}/2025/", "")
    assert said["A team, 4 August 2026"] == "other.yaml cannot be rated: it is by hmip-yjs, and hmip-pdu is compared"
    assert said["broken.yaml"].startswith("broken.yaml cannot be rated: ")
    codes = {found.file.as_posix(): [one.code for one in found.why_not] for found in effect.inspections}
    assert codes["other.yaml"] == ["other-standards"]
    assert codes["2026/inspection.yaml"] == []


def test_a_standard_without_a_rating_by_one_of_them_says_why(past: Path, editable: Path, shipped: Framework) -> None:
    file = editable / "2.1-assessment.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "      - id: victims", "      - {id: plain, ask: Is it plain?}\n      - id: victims"
    )
    text = text.replace("all:\n        - risk_of_harm\n", "all:\n        - risk_of_harm\n        - plain\n")
    file.write_text(text, encoding="utf-8")
    effect = effect_on_inspections(past / "2026", shipped, load_framework(editable))
    [(name, why)] = effect.not_rated()
    assert name == "Unit 2026, 4 August 2026"
    assert why.startswith("not rated after: P 2.1 Assessment: assessment.safety is undetermined in ")
    assert effect.changes() == (("Unit 2026, 4 August 2026", "P 2.1 Assessment: Inadequate → not rated"),)


@pytest.mark.parametrize("name", [pytest.param("empty", id="an empty folder"), pytest.param("none", id="no folder")])
def test_a_folder_without_inspections_is_said_to_be_one(tmp_path: Path, shipped: Framework, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DiagnosticError, match="there is no inspection in"):
        effect_on_inspections(tmp_path / name, shipped, shipped)


def test_the_command_prints_text_json_and_markdown(past: Path, lower: Path, run: Run) -> None:
    call = ("diff", "hmip-pdu/2024", lower, "--inspections", past)
    done = run(*call)
    assert done.code == 0
    assert "2 inspections: 0 would have had another overall rating, 2 another rating of a standard." in done.out
    assert "- Unit 2025, 4 August 2025: P 2.4 Reviewing: Inadequate → Requires improvement" in done.out
    assert run(*call, "--exit-code").code == 1
    data = json.loads(run(*call, "--json").out)
    assert [(found["file"], found["why_not"]) for found in data["inspections"]] == [
        ("2025/inspection.yaml", []),
        ("2026/inspection.yaml", []),
    ]
    assert data["inspections"][0]["effect"]["overall"]["after"]["score"] == 5
    markdown = run(*call, "--markdown").out
    assert "| Unit 2026, 4 August 2026 | Requires improvement, 4 of 21 | Requires improvement, 5 of 21 |" in markdown


def test_one_inspection_and_all_of_them_are_not_asked_for_at_once(past: Path, run: Run) -> None:
    done = run("diff", "hmip-pdu", "hmip-pdu", "--inspection", EXAMPLE, "--inspections", past)
    assert (done.code, done.err) == (2, "error: choose one of --inspection and --inspections\n")
