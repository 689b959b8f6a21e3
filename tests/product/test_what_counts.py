"""What of a case counts is the same wherever it is counted, listed or doubted: one framework, every such place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import load_inspection, rate_inspection
from ctm_rules.inspections.next_rating import next_ratings
from ctm_rules.report import render_report
from ctm_rules.report.annexe import make_annexe
from ctm_rules.report.material import gather
from ctm_rules.scenarios.coverage import Coverage
from tests.support.report_page import Page

FRAMEWORK = """
id: courts
edition: "1"
title: Courts
publisher: Nobody
in_force_from: 2024-01-01
ratings: [{id: good, label: Good, score: 1}, {id: poor, label: Poor, score: 0}]
domains: [{id: d, title: D, standards: [court]}]
key_question_bands: {share_of: yes, among: [yes, no], bands: [{from: 50, rating: good}, {from: 0, rating: poor}]}
disclosure: {smallest_count: 1, smallest_group: 1}
facts:
  - {id: in_court, title: In court, type: yes_no}
  - {id: short, title: Short, type: yes_no}
  - {id: guests, title: Guests, type: yes_no}
variants: [{id: short, title: Short cases, when: {fact: short, is: yes}}]
measures: [{id: heard, title: Guests were heard, applies_when: {fact: guests, is: yes}}]
standards:
  - id: C
    slug: court
    title: Court
    statement: Court work is good.
    rated_by: cases
    key_questions:
      - id: q
        ask: Is court work good?
        applies_when: {fact: in_court, is: yes}
        prompts:
          - {id: long, ask: Asked of long cases?}
          - {id: brief, ask: Asked of short cases?}
          - {id: always, ask: Asked of all cases?}
          - {id: visited, ask: Asked where there are guests?, applies_when: {fact: guests, is: yes}}
          - {id: beside, ask: Asked beside the rule?}
        yes_when: {all: [long, always, visited]}
        variants: {short: {yes_when: {all: [brief, always, visited]}}}
"""
PROMPTS = ("long", "brief", "always", "visited", "beside")
ADDRESSES = (*(f"court.q.{prompt}" for prompt in PROMPTS), "measures.heard")
READ = {f"court.q.{prompt}" for prompt in PROMPTS if prompt != "beside"}
"""What the rules read: whatever else is answered decides nothing, and stands in nobody's way."""


def in_annexe(file: Path) -> set[str]:
    sheets = {sheet.name: sheet for sheet in make_annexe(gather(rate_inspection(load_inspection(file))))}
    rows = [*sheets["prompts"].records(), *sheets["measures"].records()]
    return {str(row["address"]) for row in rows if row["no"]}


def in_report(file: Path) -> set[str]:
    page = Page(render_report(rate_inspection(load_inspection(file)), formats=["html"])["report.html"])
    tables = {"court.q": page.table("Counts: Is court work good?"), "measures": page.table("Counts: Other measures")}
    framework = load_inspection(file).framework
    texts = {path: prompt.ask for path, prompt in framework.prompts.items()}
    texts |= {path: measure.title for path, measure in framework.measures_by_path.items()}
    rows = {path: tables[path.rpartition(".")[0]][text] for path, text in texts.items()}
    return {path for path, row in rows.items() if row["Percentage ‘Yes’"] == "0%"}


def in_check(file: Path) -> set[str]:
    """What is answered and not said to count for nothing."""
    doubted = [found.message.partition(" answered ")[0] for found in load_inspection(file).warnings]
    return {path for path in ADDRESSES if not any(path in message for message in doubted)}


def in_the_way(file: Path) -> set[str]:
    ways = next_ratings(rate_inspection(load_inspection(file)))
    return {prompt.path for way in ways for gap in way.gaps for prompt in gap.in_the_way}


def in_coverage(file: Path) -> set[str]:
    inspection = load_inspection(file)
    coverage = Coverage(inspection.framework)
    for case in inspection.cases:
        coverage.add_case(case)
    seen = [part.says for part in coverage.parts if part.kind == "clause" and "not met" in part.seen]
    return {f"court.q.{prompt}" for prompt in PROMPTS if any(f": “{prompt}”" in says for says in seen)}


@pytest.mark.parametrize(
    ("place", "of"),
    [
        pytest.param(in_annexe, {*ADDRESSES}, id="annexe"),
        pytest.param(in_report, {*ADDRESSES}, id="report"),
        pytest.param(in_check, {*ADDRESSES}, id="answer-not-counted"),
        pytest.param(in_the_way, READ, id="next rating"),
        pytest.param(in_coverage, READ, id="coverage"),
    ],
)
@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        pytest.param("yes,no,yes", {"long", "always", "visited", "beside", "heard"}, id="a long case"),
        pytest.param("yes,yes,yes", {"brief", "always", "visited", "beside", "heard"}, id="a variant"),
        pytest.param("yes,no,no", {"long", "always", "beside"}, id="a prompt does not apply"),
        pytest.param("no,no,yes", {"heard"}, id="its question is not asked"),
        pytest.param("no,yes,no", set(), id="nothing is asked"),
    ],
)
def test_what_is_not_asked_of_a_case_counts_nowhere(
    tmp_path: Path, facts: str, asked: set[str], place: Callable[[Path], set[str]], of: set[str]
) -> None:
    (tmp_path / "courts.yaml").write_text(FRAMEWORK, encoding="utf-8")
    header = f"case,in_court,short,guests,{','.join(ADDRESSES)}"
    (tmp_path / "cases.csv").write_text(f"{header}\nc,{facts},no,no,no,no,no,no\n", encoding="utf-8")
    file = tmp_path / "inspection.yaml"
    # A person says no whatever the rule says, so that there always is a way to the next rating.
    file.write_text(
        "framework: {path: courts.yaml}\nprovider: {id: p, name: P}\ntitle: T\nfieldwork: {started: 2025-01-01}\n"
        "cases: {file: cases.csv}\ncase_judgements: [{case: c, key_question: court.q, outcome: no, reason: So.}]\n",
        encoding="utf-8",
    )
    expected = {path for path in ADDRESSES if path.rpartition(".")[2] in asked}
    assert place(file) == expected & of
