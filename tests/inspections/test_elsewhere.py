"""Ratings that another inspection gave: a region's for its units, with where they come from in every result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_inspection, rate_inspection
from ctm_rules.frameworks.amendments import amendment_from_options
from ctm_rules.report import render_report
from ctm_rules.what_if_analysis.two_frameworks import what_if
from tests.support.commands import Run
from tests.support.decisions import may_move
from tests.support.editing import edit

REGION = """
id: regions
edition: "7"
title: Regions
publisher: A council
in_force_from: 2024-01-01
ratings:
  - {id: outstanding, label: Outstanding}
  - {id: good, label: Good}
  - {id: inadequate, label: Inadequate}
scales: {two: [{id: met, label: Met}, {id: unmet, label: Unmet}]}
standards:
  - {id: R 1, slug: leadership, title: Leadership, statement: They lead., rated_by: judgement}
  - {id: R 2, slug: workforce, title: Workforce, statement: They work., rated_by: judgement}
  - {id: R 3, slug: buildings, title: Buildings, statement: They stand., rated_by: judgement, scale: two}
  - {id: R 4, slug: partners, title: Partners, statement: They help., rated_by: judgement}
"""
INSPECTION = """
framework: {path: regions.yaml}
provider: {id: north, name: The North}
title: The region
fieldwork: {started: 2025-06-02}
cases: {synthetic: true, note: The judgements are made up.}
judgements:
  - {standard: leadership, rating: outstanding, rationale: They lead well.}
  - {standard: workforce, rating: good, rationale: They work well.}
  - {standard: buildings, rating: met, rationale: They stand.}
"""
LEADERSHIP = "ratings_from: [{standard: leadership, inspection: region.yaml}]"


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """An inspection beside that of its region, which judges leadership itself."""
    (tmp_path / "regions.yaml").write_text(REGION, encoding="utf-8")
    (tmp_path / "region.yaml").write_text(INSPECTION, encoding="utf-8")
    return may_move(tmp_path, allowed="")


def take(unit: Path, line: str = LEADERSHIP) -> Path:
    """Let the unit take a rating of its region, and no longer judge leadership."""
    text = unit.read_text(encoding="utf-8")
    before, _, after = text.partition("  - standard: leadership\n")
    rest = after[after.index("  - standard: ") :]
    unit.write_text(f"{before}{rest}{line}\n", encoding="utf-8")
    return unit


def test_a_rating_comes_from_another_inspection_and_says_so(unit: Path, run: Run) -> None:
    said = json.loads(run("rate", take(unit), "--json").out)
    assert (said["standards"][0]["rating"], said["standards"][0]["score"]) == ("Outstanding", 3)
    assert said["overall"]["score"] == 5  # judged here it was Good, and the whole 4
    [elsewhere] = said["ratings_from"]
    assert (elsewhere["standard"], elsewhere["rating"], elsewhere["file"]) == (
        *("leadership", "Outstanding", "region.yaml"),
    )
    assert (elsewhere["provider"], elsewhere["fieldwork_started"], elsewhere["synthetic"]) == (
        *("The North", "2025-06-02", True),
    )
    region = load_inspection(unit.parent / "region.yaml")
    assert (elsewhere["framework"]["id"], elsewhere["framework"]["edition"]) == ("regions", "7")
    assert elsewhere["framework"]["checksum"] == region.framework.checksum
    assert elsewhere["framework"]["origin"] == "regions.yaml"  # as seen from the inspection, wherever one works
    assert said["warnings"] == []


def test_people_read_where_it_comes_from(unit: Path, run: Run) -> None:
    ran = run("rate", take(unit))
    assert "leadership: Outstanding, from The North, 2 June 2025 (by regions 7" in ran.out
    made = render_report(rate_inspection(load_inspection(unit)), formats=["md", "json"])
    assert "This rating comes from the inspection of The North, with fieldwork from 2 June 2025." in (
        made["report.md"].decode("utf-8")
    )
    about = json.loads(made["annexe.json"])["about"]
    said = next(row["value"] for row in about if row["item"] == "rated_elsewhere")
    assert said.startswith("leadership: Outstanding, from The North")


def test_a_standard_may_be_called_otherwise_there(unit: Path) -> None:
    take(unit, "ratings_from: [{standard: leadership, inspection: region.yaml, of: workforce}]")
    assert load_inspection(unit).judged["leadership"] == "good"


def test_what_if_keeps_it(unit: Path) -> None:
    effect = what_if(take(unit), [amendment_from_options(["key_question_bands.requires_improvement.from=39"])])
    for side in (effect.before, effect.after):
        assert side.rating.standards[0].rating is not None
        assert side.rating.standards[0].rating.id == "outstanding"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param(LEADERSHIP.replace("region.yaml", "../region.yaml"), "not in the folder of this", id="elsewhere"),
        pytest.param(LEADERSHIP.replace("region.yaml", "nothing.yaml"), "nothing.yaml", id="missing file"),
        pytest.param(LEADERSHIP.replace("leadership", "planning"), "is no standard that people rate", id="by cases"),
        pytest.param(LEADERSHIP.replace("leadership", "staffing"), "has a judgement here as well", id="judged here"),
        pytest.param(LEADERSHIP.replace("yaml}", "yaml, of: nobody}"), 'of a standard "nobody"', id="unknown"),
        pytest.param(LEADERSHIP.replace("yaml}", "yaml, of: partners}"), 'of a standard "partners"', id="not rated"),
        pytest.param(LEADERSHIP.replace("yaml}", "yaml, of: buildings}"), "no step of its scale", id="another scale"),
        pytest.param(LEADERSHIP.replace("region.yaml", "inspection.yaml"), "has no rating of a standard", id="itself"),
    ],
)
def test_a_rating_that_cannot_be_taken_is_refused(unit: Path, line: str, words: str) -> None:
    with pytest.raises(DiagnosticError, match=words):
        load_inspection(take(unit, line))


def test_a_mistake_there_is_said_there(unit: Path) -> None:
    edit(unit.parent / "region.yaml", "rating: outstanding", "rating: oustanding")
    with pytest.raises(DiagnosticError) as caught:
        load_inspection(take(unit))
    errors = [found for found in caught.value.diagnostics if found.severity == "error"]
    assert [(Path(found.file).name, found.code) for found in errors] == [("region.yaml", "unknown-name")]
