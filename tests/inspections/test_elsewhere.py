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
from tests.support.points_framework import POINTS

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
    out = " ".join(run("rate", take(unit)).out.split())
    by = f"by regions 7, checksum {load_inspection(unit.parent / 'region.yaml').framework.checksum}"
    said = f"leadership: Outstanding, from The North, 2 June 2025 ({by})"
    assert f"- {said}; its cases are synthetic For the panel" in out
    made = render_report(rate_inspection(load_inspection(unit)), formats=["md", "json"])
    assert "This rating comes from the inspection of The North, with fieldwork from 2 June 2025." in (
        made["report.md"].decode("utf-8")
    )
    about = json.loads(made["annexe.json"])["about"]
    written = next(row["value"] for row in about if row["item"] == "rated_elsewhere")
    assert written == f"{said}; its cases are synthetic"
    edit(unit.parent / "region.yaml", "synthetic: true", "synthetic: false")
    assert f"- {said} For the panel" in " ".join(run("rate", unit).out.split())


def test_a_standard_may_be_called_otherwise_there(unit: Path) -> None:
    take(unit, "ratings_from: [{standard: leadership, inspection: region.yaml, of: workforce}]")
    assert load_inspection(unit).judged["leadership"] == "good"


def test_what_if_keeps_it(unit: Path) -> None:
    effect = what_if(take(unit), [amendment_from_options(["key_question_bands.requires_improvement.from=39"])])
    for side in (effect.before, effect.after):
        assert side.rating.standards[0].rating is not None
        assert side.rating.standards[0].rating.id == "outstanding"


NOT_JUDGED = '"planning" is no standard that people rate, so that no other inspection can give its rating'
NOT_BELOW = 'the inspection "../region.yaml" is not in the folder of this one or below it'
NO_STEP = 'the standard "buildings" is rated "met" there, which is no step of its scale here'


@pytest.mark.parametrize(
    ("line", "place", "message", "hint"),
    [
        pytest.param(
            *(LEADERSHIP.replace("region.yaml", "../region.yaml"), "../region.yaml}", NOT_BELOW),
            "put it there: what a file names is read from its own folder alone",
            id="elsewhere",
        ),
        pytest.param(
            *(LEADERSHIP.replace("leadership", "planning"), "planning,", NOT_JUDGED),
            "those are leadership, staffing, services",
            id="by cases",
        ),
        pytest.param(
            *(LEADERSHIP.replace("leadership", "staffing"), "staffing,"),
            *('the standard "staffing" has a judgement here as well', "keep one of the two"),
            id="judged here",
        ),
        pytest.param(
            *(LEADERSHIP.replace("yaml}", "yaml, of: nobody}"), "nobody}"),
            'the inspection "region.yaml" has no rating of a standard "nobody"',
            "say which standard it is there: of: …",
            id="unknown",
        ),
        pytest.param(
            *(LEADERSHIP.replace("yaml}", "yaml, of: partners}"), "partners}"),
            'the inspection "region.yaml" has no rating of a standard "partners"',
            "it must be rated there first",
            id="not rated",
        ),
        pytest.param(
            *(LEADERSHIP.replace("yaml}", "yaml, of: buildings}"), "{standard: leadership,", NO_STEP),
            "record a judgement instead, and say why",
            id="another scale",
        ),
        pytest.param(
            *(LEADERSHIP.replace("region.yaml", "inspection.yaml"), "inspection.yaml}"),
            'the inspection "inspection.yaml" has no rating of a standard "leadership"',
            "it must be rated there first",
            id="itself",
        ),
    ],
)
def test_a_rating_that_cannot_be_taken_is_refused_where_it_is_named(
    unit: Path, line: str, place: str, message: str, hint: str
) -> None:
    with pytest.raises(DiagnosticError) as caught:
        load_inspection(take(unit, line))
    (found,) = [each for each in caught.value.diagnostics if each.severity == "error"]
    assert (found.code, found.message, found.hint) == ("bad-rating-from", message, hint)
    assert unit.read_text(encoding="utf-8").splitlines()[found.line - 1][found.location.column - 1 :].startswith(place)


def test_a_file_that_is_not_there_is_named(unit: Path) -> None:
    with pytest.raises(DiagnosticError, match=r"nothing\.yaml cannot be opened"):
        load_inspection(take(unit, LEADERSHIP.replace("region.yaml", "nothing.yaml")))


def test_where_people_rate_nothing_no_rating_is_taken(unit: Path) -> None:
    (unit.parent / "points.yaml").write_text(POINTS, encoding="utf-8")
    edit(unit.parent / "region.yaml", "regions.yaml", "points.yaml")
    text = (unit.parent / "region.yaml").read_text(encoding="utf-8").partition("judgements:")[0]
    line = "ratings_from: [{standard: work, inspection: inspection.yaml}]\n"
    (unit.parent / "region.yaml").write_text(text + line, encoding="utf-8")
    with pytest.raises(DiagnosticError) as caught:
        load_inspection(unit.parent / "region.yaml")
    (found,) = [each for each in caught.value.diagnostics if each.code == "bad-rating-from"]
    assert (found.message, found.hint) == (NOT_JUDGED.replace("planning", "work"), "no standard is")


def test_a_standard_that_was_called_otherwise_is_found_by_its_former_name(unit: Path) -> None:
    (unit.parent / "regions.yaml").write_text(REGION.replace("slug: leadership", "slug: leaders"), encoding="utf-8")
    edit(unit.parent / "region.yaml", "standard: leadership", "standard: leaders")
    for file in (unit.parent / "standards" / "hmip-pdu" / "2024").rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("slug: leadership\n", "slug: leadership\nformerly: [leaders]\n"), encoding="utf-8")
    [elsewhere] = load_inspection(take(unit)).rated_elsewhere
    assert (elsewhere.standard, elsewhere.rating.id) == ("leadership", "outstanding")


def test_a_standard_that_is_not_there_is_looked_for_by_its_name_here(unit: Path) -> None:
    (unit.parent / "regions.yaml").write_text(REGION.replace("slug: leadership", "slug: leaders"), encoding="utf-8")
    edit(unit.parent / "region.yaml", "standard: leadership", "standard: leaders")
    with pytest.raises(DiagnosticError) as caught:
        load_inspection(take(unit))
    (found,) = [each for each in caught.value.diagnostics if each.severity == "error"]
    assert found.message == 'the inspection "region.yaml" has no rating of a standard "leadership"'
    assert found.hint == "say which standard it is there: of: …"


def test_a_mistake_there_is_said_there(unit: Path) -> None:
    edit(unit.parent / "region.yaml", "rating: outstanding", "rating: oustanding")
    with pytest.raises(DiagnosticError) as caught:
        load_inspection(take(unit))
    errors = [found for found in caught.value.diagnostics if found.severity == "error"]
    assert [(Path(found.file).name, found.code) for found in errors] == [("region.yaml", "unknown-name")]
