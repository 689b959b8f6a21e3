"""What is kept while standards are edited is what would be worked out anew, whatever was edited before."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ctm_rules.editing.edits import Add, Edit, Move, SetValue, node_of
from ctm_rules.editing.session import Session
from ctm_rules.inspections.inspection import load_inspection
from ctm_rules.model import remembered
from ctm_rules.yaml_files.formatting import format_yaml
from tests.support.kept_results import STANDARDS, copied, differences, everything, fresh


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what is not saved is kept; and nothing that was ever worked out is forgotten, so that it may be wrong."""
    monkeypatch.setattr(remembered, "ROUNDS_KEPT", sys.maxsize)
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


# `python -m tests.support.kept_results 500` does the same for longer.
@pytest.mark.parametrize("name", STANDARDS)
def test_whatever_is_edited_everything_is_said_as_if_nothing_had_been_kept(name: str, tmp_path: Path) -> None:
    done = list(differences(name, 6 if name == "public-protection" else 3, 2026, tmp_path))
    assert any(is_valid for _, _, is_valid, _ in done)
    assert [(edit, wrong) for _, edit, _, wrong in done if wrong] == []


def test_what_no_edit_touched_is_the_same_object_in_every_evaluation(tmp_path: Path) -> None:
    path, inspection = copied("probation", tmp_path)
    session = Session(path, inspection, although_used=True)
    before = session.evaluation
    file = session.file("2.1-assessment.yaml")
    session.edit("a title", {file: [SetValue(("title",), node_of("Assessing"))]})
    after = session.evaluation
    assert before.framework is not None
    assert after.framework is not None
    same = [a is b for a, b in zip(before.framework.standards, after.framework.standards, strict=True)]
    assert same.count(False) == 1
    # By the standards as they were, the inspection is rated once.
    assert before.effect is not None
    assert after.effect is not None
    assert before.effect.before.outcomes is after.effect.before.outcomes


KITCHENS = """
id: kitchens
edition: "1"
title: Kitchens
publisher: A council
in_force_from: 2026-01-01
source: {title: The book}
ratings: [{id: good, label: Good, score: 1}, {id: poor, label: Poor, score: 0}]
scales: {skills: [{id: expert, label: Expert, score: 2}, {id: beginner, label: Beginner, score: 1}]}
facts:
  - {id: risk, title: The risk, type: choice, values: {low: Low, medium: Medium, high: High}, ordered: true}
  - {id: weeks, title: The weeks, type: whole_number}
samples: [{id: recent, title: Recent, when: {fact: weeks, at_most: 30}}]
variants: [{id: short, title: Short, when: {fact: weeks, at_most: 8}}]
domains: [{id: all, title: All, standards: [cooking, skills]}]
standards:
  - id: K1
    slug: cooking
    title: Cooking
    statement: It is cooked well.
    source: {title: The book}
    sample: recent
    key_questions:
      - id: hygiene
        ask: Is it clean?
        prompts:
          - {id: hands, ask: Are hands washed?}
          - {id: boards, ask: Are boards apart?, applies_when: {fact: risk, at_least: medium}}
          - {id: cloths, ask: Are cloths fresh?}
        yes_when: {all: [hands, boards, {any: [boards, cloths]}]}
        variants: {short: {yes_when: hands}}
  - id: K2
    slug: skills
    title: Skills
    statement: They can cook.
    source: {title: The book}
    key_questions:
      - id: knives
        ask: Can they cut?
        prompts: [{id: onions, ask: Can they cut onions?, answers: skills}]
        points: {sum_of: prompts}
        rating: {mean_of: points, bands: [{from: 2, rating: good}, {from: 0, rating: poor}]}
key_question_bands:
  share_of: yes
  among: [yes, no]
  bands: [{from: 50, rating: good}, {from: 0, rating: poor}]
standard_rating: {take: lowest, of: key_questions}
"""

SCENARIOS = """
scenarios:
  - name: Boards count where the risk is high
    given: {facts: {risk: high, weeks: 20}, answers: {hands: yes, boards: no, cloths: yes}}
    key_question: cooking.hygiene
    expect: {outcome: no}
  - name: They do not where it is low
    given: {facts: {risk: low, weeks: 20}, answers: {hands: yes, boards: no, cloths: yes}}
    key_question: cooking.hygiene
    expect: {outcome: yes}
  - name: Only hands count in a short time
    given: {facts: {risk: high, weeks: 3}, answers: {hands: yes, boards: no, cloths: no}}
    key_question: cooking.hygiene
    expect: {outcome: yes, variant: short}
  - name: An expert scores
    given: {answers: {onions: expert}}
    key_question: skills.knives
    expect: {points: 2}
  - name: One that fails, so that the lines of its clauses are said
    given: {facts: {risk: high, weeks: 20}, answers: {hands: yes, boards: no, cloths: yes}}
    key_question: cooking.hygiene
    expect: {outcome: yes}
  - name: Half of them is enough
    given: {counts: {cooking.hygiene: {yes: 5, no: 5}}}
    expect: {key_questions: {cooking.hygiene: {band: good}}}
"""

FAILING = "One that fails, so that the lines of its clauses are said"

INSPECTION = """
framework: {path: kitchens, edition: "1"}
provider: {id: north, name: North, region: North}
title: North
fieldwork: {started: 2026-03-02, weeks: 2}
cases: {file: cases.csv, synthetic: true}
"""

CASES = """case,risk,weeks,cooking.hygiene.hands,cooking.hygiene.boards,cooking.hygiene.cloths,skills.knives.onions
a,high,20,yes,no,yes,expert
b,medium,20,yes,no,yes,expert
c,low,3,yes,no,no,beginner
d,high,40,yes,yes,no,expert
e,low,20,yes,no,yes,beginner
"""

QUESTION = ("standards", 0, "key_questions", 0)
PARTS: dict[str, Edit] = {
    "the order of a fact's values": Move(("facts", 0, "values", "low"), 2),
    "what a fact is called": SetValue(("facts", 0, "title"), node_of("The danger")),
    "the condition of a variant": SetValue(("variants", 0, "when", "at_most"), node_of(20)),
    "the condition of a sample": SetValue(("samples", 0, "when", "at_most"), node_of(19)),
    "the sample that is asked": SetValue(("standards", 1, "sample"), node_of("recent")),
    "the score of an answer": SetValue(("scales", "skills", 0, "score"), node_of(3)),
    "the wording of a prompt": SetValue((*QUESTION, "prompts", 0, "ask"), node_of("Does everybody wash?")),
    "a rule": SetValue((*QUESTION, "yes_when"), node_of({"any": ["hands", {"all": ["boards", "cloths"]}]})),
    "when a prompt is asked": SetValue((*QUESTION, "prompts", 1, "applies_when", "at_least"), node_of("high")),
    "a bound": SetValue(("key_question_bands", "bands", 0, "from"), node_of(70)),
    "a bound of points": SetValue(("standards", 1, "key_questions", 0, "rating", "bands", 0, "from"), node_of(1)),
    "a score": SetValue(("ratings", 0, "score"), node_of(2)),
    "what is given in a scenario": SetValue(("scenarios", 0, "given", "answers", "boards"), node_of("yes")),
    "what a scenario expects": SetValue(("scenarios", 1, "expect", "outcome"), node_of("no")),
    "the lines of all below": Add((), node_of("2030-12-31"), "in_force_to", 5),
}


def test_each_part_that_something_hangs_on_changes_it_as_if_nothing_had_been_kept(tmp_path: Path) -> None:
    path = tmp_path / "kitchens"
    (path / "scenarios").mkdir(parents=True)
    for file, text in ((path / "framework.yaml", KITCHENS), (path / "scenarios" / "all.yaml", SCENARIOS)):
        file.write_bytes(format_yaml(text.encode(), str(file)))
    inspection = tmp_path / "inspection.yaml"
    inspection.write_text(INSPECTION, encoding="utf-8")
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    session = Session(path, inspection, although_used=True)
    first = session.evaluation
    assert first.framework is not None, first.findings
    assert first.effect is not None, (first.no_effect, session.inspection_findings)
    loaded = load_inspection(inspection, framework=first.framework)
    assert [each.scenario.name for each in first.scenarios if not each.passed] == [FAILING], first.scenario_findings
    unchanged = everything(first)
    for part, edit in PARTS.items():
        session.edit(part, {path / ("scenarios/all.yaml" if "scenario" in part else "framework.yaml"): [edit]})
        said = everything(session.evaluation)
        assert session.evaluation.framework is not None, (part, session.evaluation.findings)
        assert said != unchanged, part
        assert said == everything(fresh(session, first.framework, loaded)), part
        session.undo()
    assert everything(session.evaluation) == unchanged
