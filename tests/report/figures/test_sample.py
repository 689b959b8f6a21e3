"""The sample behind a report: what is counted of each case, and what the rules leave to the cases of a group."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules import InspectionResult, Outcome, load_inspection, rate_inspection
from ctm_rules.model.outcomes import COUNTED
from ctm_rules.report import render_report
from ctm_rules.report.figures.sample import NO_GROUP, make_sample
from tests.support.report_page import Page

FRAMEWORK = """
id: visits
edition: "1"
title: Visits
publisher: Nobody
in_force_from: 2024-01-01
ratings: [{id: good, label: Good, score: 1}, {id: poor, label: Poor, score: 0}]
domains: [{id: d, title: D, standards: [s]}]
key_question_bands:
  {share_of: yes, among: [yes, no], undetermined: exclude, bands: [{from: 50, rating: good}, {from: 0, rating: poor}]}
facts:
  - {id: licence, title: On licence, type: yes_no}
  - {id: weeks, title: Weeks, type: whole_number}
  - {id: team, title: Team, type: choice, values: {a: Team A, b: Team B}}
measures:
  - {id: late, title: It was late, applies_when: {fact: weeks, at_least: 12}}
subgroups:
  - id: kind
    title: Kinds
    groups:
      - {id: l, title: Licences, when: {fact: licence, is: yes}}
      - {id: o, title: Orders, when: {fact: licence, is: no}}
  - id: length
    title: Lengths
    groups:
      - {id: short, title: Short, when: {fact: weeks, at_most: 11}}
      - {id: long, title: Long, when: {fact: weeks, at_least: 12}}
  - id: team
    title: Teams
    groups: [{id: a, title: A, when: {fact: team, is: a}}, {id: b, title: B, when: {fact: team, is: b}}]
standards:
  - id: S
    slug: s
    title: S
    statement: It is good.
    rated_by: cases
    key_questions:
      - id: kept
        ask: Is the licence kept?
        applies_when: {fact: licence, is: yes}
        prompts:
          - {id: seen, ask: Was it seen?}
          - {id: again, ask: Was it seen again?, applies_when: {fact: weeks, at_least: 12}}
        yes_when: seen
      - id: late
        ask: Is it late?
        prompts: [{id: first, ask: The first?, applies_when: {fact: weeks, at_least: 12}}]
        yes_when: first
"""


def rated(folder: Path, cases: str) -> InspectionResult:
    """Return the result of an inspection by these standards."""
    (folder / "visits.yaml").write_text(FRAMEWORK, encoding="utf-8")
    (folder / "cases.csv").write_text(cases, encoding="utf-8")
    (folder / "inspection.yaml").write_text(
        "framework: {path: visits.yaml}\nprovider: {id: p, name: P}\ntitle: T\nfieldwork: {started: 2025-01-01}\n"
        "cases: {file: cases.csv}\n",
        encoding="utf-8",
    )
    return rate_inspection(load_inspection(folder / "inspection.yaml"))


HEADER = "case,licence,weeks,team,s.kept.seen,s.kept.again,s.late.first,measures.late\n"


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param("no,20,a,yes,yes,,", (Outcome.NOT_APPLICABLE,) * 2, id="its question is not asked"),
        pytest.param("yes,20,a,yes,no,,", (Outcome.YES, Outcome.NO), id="it is asked"),
        pytest.param("yes,2,a,yes,no,,", (Outcome.YES, Outcome.NOT_APPLICABLE), id="it does not apply itself"),
        pytest.param(",20,a,yes,na,,", (Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE), id="nobody can tell"),
        pytest.param(",2,a,yes,no,,", (Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE), id="it surely does not apply"),
    ],
)
def test_a_prompt_counts_where_its_question_is_asked_and_it_applies_itself(
    tmp_path: Path, case: str, expected: tuple[Outcome, Outcome]
) -> None:
    sample = make_sample(rated(tmp_path, f"{HEADER}c,{case}\n"))
    assert (sample.outcomes["s.kept.seen"], sample.outcomes["s.kept.again"]) == tuple((one,) for one in expected)


def test_the_rules_tell_what_nobody_of_a_group_is_asked(tmp_path: Path) -> None:
    sample = make_sample(rated(tmp_path, f"{HEADER}a,yes,20,a,yes,yes,yes,yes\nb,no,2,b,,,,\nc,,,,,,,\n"))
    everything, never = frozenset(one.value for one in COUNTED), frozenset({"not_applicable"})
    cannot_tell = frozenset({"not_applicable", "undetermined"})

    def left(path: str, breakdown: str) -> dict[str, frozenset[str]]:
        return sample.possible_by_group(path, sample.breakdowns[breakdown])

    assert left("s.kept", "kind") == {"l": everything, "o": never, NO_GROUP: cannot_tell}
    assert left("s.kept.seen", "kind") == {"l": everything, "o": never, NO_GROUP: cannot_tell}
    assert left("s.kept.again", "length") == {"short": never, "long": everything, NO_GROUP: cannot_tell}
    # A question whose only prompt applies to nobody is not asked either.
    assert left("s.late", "length") == {"short": never, "long": everything, NO_GROUP: cannot_tell}
    assert left("measures.late", "length") == {"short": never, "long": everything, NO_GROUP: cannot_tell}
    # Groups by other facts say nothing of it.
    assert set(left("s.kept", "team").values()) == {everything}
    assert set(left("measures.late", "kind").values()) == {everything}


def test_no_cases_and_not_shown_are_two_things(tmp_path: Path) -> None:
    cases = "".join(f"c{number},yes,2,a,{'yes' if number < 3 else 'no'},,,\n" for number in range(20))
    page = Page(render_report(rated(tmp_path, HEADER + cases), formats=["html"])["report.html"])
    questions = page.table("S S: key questions")
    asked = {row: cells["Percentage ‘Yes’"] for row, cells in questions.items()}
    assert asked == {"Is the licence kept?": "15%", "Is it late?": "no cases"}
    assert page.table("Counts: Other measures")["It was late"]["Percentage ‘Yes’"] == "no cases"
    assert page.table("Counts: Is the licence kept?")["Was it seen again?"]["Percentage ‘Yes’"] == "no cases"
    few = "".join(f"c{number},yes,20,a,yes,{'yes' if number < 3 else 'no'},,\n" for number in range(20))
    page = Page(render_report(rated(tmp_path, HEADER + few), formats=["html"])["report.html"])
    assert page.table("Counts: Is the licence kept?")["Was it seen again?"]["Percentage ‘Yes’"] == "not shown"
