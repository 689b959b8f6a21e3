"""Decisions of a ratings panel in an inspection file: what each command says of them, and where a mistake stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attrs import evolve

from ctm_rules import Framework, MayMove, load_framework, load_inspection, next_ratings, rate_inspection
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.frameworks.amendments import amendment_from_options
from ctm_rules.what_if_analysis.past_inspections import effect_on_inspections
from ctm_rules.what_if_analysis.two_frameworks import what_if
from tests.support.commands import Run
from tests.support.decisions import PLANNING, may_move
from tests.support.editing import edit

OVERALL = (
    "{overall: yes, from: requires_improvement, rating: good, reason: Close to the limit., who: the panel, "
    "date: 2025-10-13}"
)


def test_rate_says_what_was_decided_and_what_is_computed(tmp_path: Path, run: Run) -> None:
    ran = run("rate", may_move(tmp_path, PLANNING))
    assert ran.code == 0
    assert "Overall: Requires improvement, score 5 of 21\n" in ran.out
    assert "P 2.2 Planning: Requires improvement (decided by the panel; computed: Inadequate)\n" in ran.out
    said = " ".join(ran.out.split())
    assert (
        "Decided by the panel - P 2.2 Planning: Requires improvement, moved from Inadequate. Plans are better by now. "
        "(the ratings panel, 12 October 2025)"
    ) in said


def test_a_level_above_says_what_it_would_be_without_decisions(tmp_path: Path, run: Run) -> None:
    file = may_move(tmp_path, PLANNING)
    edit(
        tmp_path / "standards" / "hmip-pdu" / "2024" / "framework.yaml",
        "{from: 3, rating: req",
        "{from: 1, rating: req",
    )
    ran = run("rate", file)
    domain = "Service delivery: Requires improvement (1 of 12) (without the panel's decisions: Inadequate)\n"
    assert domain in ran.out


def test_json_holds_the_computed_rating_of_every_level(tmp_path: Path, run: Run) -> None:
    said = json.loads(run("rate", may_move(tmp_path, PLANNING, OVERALL), "--json").out)
    assert said["overall"]["rating"] == "Good"
    assert said["overall"]["computed"]["rating"] == "Requires improvement"
    assert said["overall"]["computed"]["score"] == 4
    planning = next(each for each in said["standards"] if each["slug"] == "planning")
    assert (planning["rating"], planning["score"]) == ("Requires improvement", 1)
    assert planning["computed"] == {"rating": "Inadequate", "rating_id": "inadequate", "score": 0}
    assert planning["decision"] == {
        "from": "Inadequate",
        "from_id": "inadequate",
        "rating": "Requires improvement",
        "rating_id": "requires_improvement",
        "reason": "Plans are better by now.",
        "who": "the ratings panel",
        "date": "2025-10-12",
    }


@pytest.mark.parametrize("command", ["rate", "check", "report"])
def test_a_stale_decision_is_said_at_its_line_and_not_applied(tmp_path: Path, run: Run, command: str) -> None:
    file = may_move(tmp_path, PLANNING.replace("from: inadequate", "from: good"))
    options = ["-o", tmp_path / "out", "-f", "md"] if command == "report" else []
    ran = run(command, file, *options)
    line = len(file.read_text(encoding="utf-8").splitlines())
    assert ran.code == 0
    assert f"{file.name}:{line}:" in ran.out + ran.err
    said = " ".join((ran.out + ran.err).split())
    assert "P 2.2 Planning: the panel moved Good, and Inadequate is computed by now" in said
    result = rate_inspection(load_inspection(file))
    assert result.rating.score == 4


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        pytest.param(PLANNING.replace("planning", "plannign"), 'did you mean "planning"?', id="standard misspelt"),
        pytest.param(PLANNING.replace("planning", "leadership"), "rated by judgement", id="judged standard"),
        pytest.param(PLANNING.replace("rating: requires_improvement", "rating: good"), "by 2 steps", id="too far"),
        pytest.param(PLANNING.replace("from: inadequate", "from: inadequat"), '"inadequate"', id="rating misspelt"),
        pytest.param(PLANNING.replace(" reason: Plans are better by now.,", ""), '"reason" is missing', id="no reason"),
        pytest.param(PLANNING.replace(", date: 2025-10-12", ""), '"date" is missing', id="no day"),
    ],
)
def test_a_mistake_in_a_decision_is_said_at_its_line(tmp_path: Path, run: Run, decision: str, words: str) -> None:
    file = may_move(tmp_path, decision)
    ran = run("check", file)
    line = len(file.read_text(encoding="utf-8").splitlines())
    assert ran.code == 1
    assert f"{file.name}:{line}:" in ran.out
    assert words in ran.out
    assert "Traceback" not in ran.out + ran.err


def test_what_if_says_that_a_decision_becomes_stale(tmp_path: Path) -> None:
    # The lowest share of planning is 39 per cent.
    amendment = amendment_from_options(["key_question_bands.requires_improvement.from=39"])
    effect = what_if(may_move(tmp_path, PLANNING), [amendment])
    before, after = effect.decisions_not_applied
    assert before == ()
    assert after == ("P 2.2 Planning: the panel moved Inadequate, and Requires improvement is computed by now",)
    assert any("After the change" in line and after[0] in line for line in effect.in_sum())
    assert [change.slug for change in effect.standards] == ["reviewing"]


def test_what_if_says_that_a_decision_is_no_longer_possible(tmp_path: Path) -> None:
    amendment = amendment_from_options(["panel.may_move.standards=0"])
    effect = what_if(may_move(tmp_path, PLANNING), [amendment])
    assert effect.decisions_not_applied == (
        (),
        ("the decision moves P 2.2 Planning by 1 step, and a panel may move it not at all",),
    )
    assert [change.slug for change in effect.standards] == ["planning"]


def where_no_panel_moves_a_rating() -> Framework:
    shipped = load_framework("hmip-pdu", "2024")
    return evolve(shipped, panel=evolve(shipped.panel, may_move=MayMove()))


def test_past_inspections_are_rated_where_one_side_lets_a_panel_decide(tmp_path: Path) -> None:
    file = may_move(tmp_path, PLANNING)
    new, old = load_inspection(file).framework, where_no_panel_moves_a_rating()
    [found] = effect_on_inspections(tmp_path, old, new).inspections
    assert found.why_not == ()
    assert found.effect is not None
    assert (found.effect.before.rating.score, found.effect.after.rating.score) == (4, 5)


def test_diff_says_how_far_a_panel_may_move_ratings(tmp_path: Path) -> None:
    new, old = load_inspection(may_move(tmp_path)).framework, where_no_panel_moves_a_rating()
    found = [change for change in compare_frameworks(old, new).changes if change.path.startswith("panel")]
    assert [(change.weight, change.path) for change in found] == [
        ("decides", f"panel.may_move.{level}") for level in ("standards", "domains", "overall")
    ]
    assert found[2].says == "a panel may now move the overall rating by 1 step, before by 0 steps"


def test_explain_says_that_the_rating_was_moved(tmp_path: Path, run: Run) -> None:
    file = may_move(tmp_path, PLANNING)
    moved = "The panel moved the rating of planning from Inadequate to Requires improvement"
    assert moved in run("explain", file, "synthetic-01", "-k", "planning.safety").out
    assert moved not in run("explain", file, "synthetic-01", "-k", "assessment.safety").out
    said = json.loads(run("explain", file, "synthetic-01", "--json").out)
    assert [each["standard"] for each in said["decisions"]] == ["planning"]


def test_the_way_to_the_next_rating_is_that_of_the_cases(tmp_path: Path) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    ways = [
        next_ratings(rate_inspection(load_inspection(file)))[4].to_dict()
        for file in (may_move(tmp_path / "with", PLANNING), may_move(tmp_path / "without"))
    ]
    assert ways[0] == ways[1]


@pytest.mark.parametrize(
    ("allowed", "code"),
    [
        pytest.param("standards: -1", "bad-setting", id="fewer steps than none"),
        pytest.param("standarts: 1", "unknown-key", id="level misspelt"),
    ],
)
def test_how_far_a_panel_may_move_is_checked(tmp_path: Path, run: Run, allowed: str, code: str) -> None:
    may_move(tmp_path, allowed=allowed)
    ran = run("check", tmp_path / "standards" / "hmip-pdu" / "2024", "--format", "json")
    assert code in [found["code"] for found in json.loads(ran.out)["findings"]]
