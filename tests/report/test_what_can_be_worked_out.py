"""Whoever reads everything that is published of an inspection, in every format, cannot work out what is hidden."""

from __future__ import annotations

import io
import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import docx
import numpy as np
import pytest
from attrs import evolve

from ctm_rules import Answer, Case, Framework, InspectionResult, Judgement, Outcome, load_inspection, rate_inspection
from ctm_rules.report import render_report
from ctm_rules.report.figures.disclosure import OUTCOMES
from tests.support.attack import Attack, Name
from tests.support.report_page import Page, words_of

FRAMEWORK = """
id: leak
edition: "1"
title: Leak
publisher: Nobody
in_force_from: 2024-01-01
ratings: [{id: good, label: Good, score: 1}, {id: poor, label: Poor, score: 0}]
domains: [{id: d, title: D, standards: [s]}]
key_question_bands:
  {share_of: yes, among: [yes, no], undetermined: exclude, bands: [{from: 50, rating: good}, {from: 0, rating: poor}]}
facts:
  - {id: team, title: Team, type: choice, values: {a: Team A, b: Team B, c: Team C}}
  - {id: licence, title: On licence, type: yes_no}
measures:
  - {id: visit, title: The visit was made, applies_when: {fact: team, one_of: [a, b]}}
  - {id: release, title: The release was prepared, applies_when: {fact: licence, is: yes}}
  - {id: court, title: The court was told, applies_when: {fact: licence, is: no}}
  - {id: plan, title: The plan was shared}
subgroups:
  - id: team
    title: Teams
    groups:
      - {id: ga, title: Group A, when: {fact: team, is: a}}
      - {id: gb, title: Group B, when: {fact: team, is: b}}
      - {id: gc, title: Group C, when: {fact: team, is: c}}
  - id: kind
    title: Kinds
    groups:
      - {id: l, title: Licences, when: {fact: licence, is: yes}}
      - {id: o, title: Orders, when: {fact: licence, is: no}}
standards:
  - id: S
    slug: s
    title: S
    statement: It is good.
    rated_by: cases
    key_questions:
      - id: all
        ask: Is it all there?
        prompts: [{id: one, ask: Is the first there?}, {id: two, ask: Is the second there?}]
        yes_when: {any: [one, two]}
      - id: licences
        ask: Is the licence kept?
        applies_when: {fact: licence, is: yes}
        prompts: [{id: kept, ask: Was it kept?}, {id: seen, ask: Was it seen?}]
        yes_when: {any: [kept, seen]}
      - id: alone
        ask: Is it alone?
        prompts: [{id: single, ask: Is it the only one?}]
        yes_when: single
"""

NEVER = {
    "measures.visit": {("team", "gc")},
    "measures.release": {("kind", "o")},
    "measures.court": {("kind", "l")},
    "s.licences": {("kind", "o")},
    "s.licences.kept": {("kind", "o")},
    "s.licences.seen": {("kind", "o")},
}
"""What is asked of nobody in a group: everybody can read it in the rules."""


@pytest.fixture(scope="module")
def leak(tmp_path_factory: pytest.TempPathFactory) -> InspectionResult:
    """An inspection by these standards, whose cases are replaced."""
    folder = tmp_path_factory.mktemp("leak")
    (folder / "leak.yaml").write_text(textwrap.dedent(FRAMEWORK), encoding="utf-8")
    (folder / "cases.csv").write_text("case,team,licence\nc,a,yes\n", encoding="utf-8")
    (folder / "inspection.yaml").write_text(
        "framework: {path: leak.yaml}\nprovider: {id: p, name: P}\ntitle: T\nfieldwork: {started: 2025-01-01}\n"
        "cases: {file: cases.csv, absent: missing}\n",
        encoding="utf-8",
    )
    return rate_inspection(load_inspection(folder / "inspection.yaml"))


def cases_of(framework: Framework, number: int, seed: int) -> tuple[Case, ...]:
    """Return cases in which some groups and some answers are rare, and a few outcomes were judged by a person."""
    rng = np.random.default_rng(seed)
    asked = [*framework.prompts, *framework.measures_by_path]
    weights = {path: rng.dirichlet([2, 1, 0.3, 0.3]) for path in asked}
    teams = rng.choice(["a", "b", "c"], number, p=rng.dirichlet([2, 2, 1]))
    licences = rng.random(number) < rng.beta(1, 1)
    made = []
    for index, (team, licence) in enumerate(zip(teams, licences, strict=True)):
        given = {path: rng.choice(["yes", "no", "na", ""], p=weights[path]) for path in asked}
        answers = {path: Answer(str(answer)) for path, answer in given.items() if answer}
        facts = {"team": str(team), "licence": bool(licence)}
        judged = {"s.all": Judgement(Outcome.YES, "Seen.")} if rng.random() < 0.3 else {}
        made.append(Case(f"c{index}", facts, answers, judged))
    return tuple(made)


def published(result: InspectionResult, number: int, seed: int) -> dict[str, bytes]:
    cases = cases_of(result.inspection.framework, number, seed)
    rated = rate_inspection(evolve(result.inspection, cases=cases))
    return render_report(rated, formats=["html", "md", "docx", "json"])


def worked_out(files: dict[str, bytes], never: dict[str, set[tuple[str, str]]]) -> list[Name]:
    """Return the hidden counts that have one possible value, from the annexe and from the page."""
    annexe, page = json.loads(files["annexe.json"]), Page(files["report.html"])
    attack = Attack()
    groups: dict[str, list[str]] = {}
    for row in annexe["sample"]:
        groups.setdefault(row["subgroup"], []).append(row["group"])
        attack.see(("size", row["subgroup"], row["group"]), _count(row["cases"]))
    whole = [*annexe["key_questions"], *annexe["prompts"], *annexe["measures"]]
    cases = int(next(row["value"] for row in annexe["about"] if row["item"] == "cases"))
    for subgroup, names in groups.items():
        if subgroup != "variants":
            attack.sum_is([("size", subgroup, name) for name in names], cases)
    for row in whole:
        cells = _see_counts(attack, row, ("whole", row["address"]))
        attack.sum_is(cells.values(), cases)
    for row in annexe["subgroups"]:
        place = ("cell", row["address"], row["subgroup"], row["group"])
        cells = _see_counts(attack, row, place)
        attack.equal(cells.values(), ("size", row["subgroup"], row["group"]))
        if (row["subgroup"], row["group"]) in never.get(row["address"], ()):
            for outcome in ("yes", "no", "undetermined"):
                attack.is_never(cells[outcome])
    for row in whole:
        for subgroup, outcome in ((subgroup, outcome) for subgroup in groups for outcome in OUTCOMES):
            if subgroup != "variants":
                parts = [("cell", row["address"], subgroup, group, outcome) for group in groups[subgroup]]
                attack.equal(parts, ("whole", row["address"], outcome))
    for row in annexe["comparisons"]:
        for side in ("group", "reference"):
            cell = ("cell", row["address"], row["subgroup"], row[side])
            if isinstance(percent := row[f"percent_in_{side}"], int):
                attack.has_percent((*cell, "yes"), [(*cell, "no")], percent)
        if row["relative_rate_index"] is not None:
            # An index of hidden counts would bound them; of shown ones it says nothing new.
            counts = [
                attack.shown["cell", row["address"], row["subgroup"], row[side], outcome]
                for side in ("group", "reference")
                for outcome in ("yes", "no")
            ]
            assert None not in counts, row
    _see_tidy_table(attack, annexe["counts"])
    _see_page(attack, page, annexe)
    return list(attack.worked_out())


def _see_counts(attack: Attack, row: dict[str, Any], place: Name) -> dict[str, Name]:
    """Note the counts of a row, its share and its percentage, and return what its counts are called."""
    cells = {outcome: (*place, outcome) for outcome in OUTCOMES}
    for outcome, name in cells.items():
        attack.see(name, _count(row[outcome]))
    if isinstance(row["percent"], int):
        attack.has_percent(cells["yes"], [cells["no"]], row["percent"])
    _see_share(attack, row, cells, row["count"], (row["interval_low"], row["interval_high"]))
    assert (row["status"] == "suppressed") == (None in (row[outcome] for outcome in OUTCOMES))
    return cells


def _see_share(
    attack: Attack, row: dict[str, Any], cells: dict[str, Name], count: int | None, interval: tuple[int | None, ...]
) -> None:
    """Note what a share is made of; where that may not be shown, neither it nor its interval is."""
    if count is not None:
        attack.sum_is([cells["yes"]], count)
    if row["among"] is not None:
        attack.sum_is([cells["yes"], cells["no"]], row["among"])
    assert {each is None for each in (row["among"], row["percent"], *interval)} == {row["among"] is None}


def _see_tidy_table(attack: Attack, rows: list[dict[str, Any]]) -> None:
    """Note the table of counts, which says all of it once more."""
    for row in rows:
        if row["level"] not in ("key_question", "prompt", "measure") or row["source"] != "cases":
            continue
        place = ("whole", row["id"])
        if row["group"]:
            place = ("cell", row["id"], *row["group"].split("."))
        cells = {outcome: (*place, outcome) for outcome in OUTCOMES}
        for outcome, name in cells.items():
            assert attack.shown[name] == row[outcome]
        if row["percent"] is not None:
            attack.has_percent(cells["yes"], [cells["no"]], row["percent"])
        count = None if row["among"] is None else row["yes"]
        _see_share(attack, row, cells, count, (row["low"], row["high"]))
        assert (row["status"] == "suppressed") == (None in (row[outcome] for outcome in OUTCOMES))


def _count(cell: object) -> int | None:
    assert cell is None or isinstance(cell, int)
    return cell


def _see_page(attack: Attack, page: Page, annexe: dict[str, Any]) -> None:
    """Note what the page prints: counts, percentages and bases; the wording tells what they are of."""
    address = {row["question"]: row["address"] for row in annexe["key_questions"]}
    address |= {row["asked"]: row["address"] for row in (*annexe["prompts"], *annexe["measures"])}
    group_of = {row["title"]: (row["subgroup"], row["group"]) for row in annexe["sample"]}
    seen = 0
    for table in page.document.iter("table"):
        columns = [words_of(cell) for cell in table.findall("thead/tr/th")]
        for cells in table.findall("tbody/tr"):
            row = dict(zip(columns, map(words_of, cells), strict=False))
            first = row.get(columns[0], "") if columns else ""
            if first in address:
                place = ("whole", address[first])
                for outcome in ("yes", "no"):
                    if row.get(outcome.title(), "").isdecimal():
                        attack.sum_is([(*place, outcome)], int(row[outcome.title()]))
                        seen += 1
                if percent := re.fullmatch(r"(\d+)%", row.get("Percentage ‘Yes’", "")):
                    attack.has_percent((*place, "yes"), [(*place, "no")], int(percent[1]))
                for column, text in row.items():
                    if column in group_of and (of := re.fullmatch(r"(\d+)% of (\d+)", text)):
                        cell = ("cell", address[first], *group_of[column])
                        attack.has_percent((*cell, "yes"), [(*cell, "no")], int(of[1]))
                        attack.sum_is([(*cell, "yes"), (*cell, "no")], int(of[2]))
                        seen += 1
            if first in group_of and row.get("Cases", "").isdecimal():
                attack.sum_is([("size", *group_of[first])], int(row["Cases"]))
                seen += 1
    assert seen


SEEDS = [(38, 1), (30, 2), (60, 3), (24, 4), (45, 5), (14, 6), (50, 7), (36, 8)]
"""How many cases, and which."""


@pytest.mark.parametrize(("number", "seed"), SEEDS, ids=[f"{number} cases" for number, _ in SEEDS])
def test_nothing_hidden_follows_from_what_is_published(leak: InspectionResult, number: int, seed: int) -> None:
    files = published(leak, number, seed)
    assert '"suppressed"' in files["annexe.json"].decode()
    assert worked_out(files, NEVER) == []
    assert _tables_of_markdown(files["report.md"]) == _tables_of_page(files["report.html"])
    assert _tables_of_word(files["report.docx"]) == _tables_of_page(files["report.html"])


def test_nothing_hidden_follows_from_what_is_published_of_the_example(files: dict[str, bytes]) -> None:
    never = {
        "implementation.engaging.pre_release_contact": {("sentence_type", "community_orders")},
        "implementation.engaging.suspension_lead_up": {("probation_reset", "not_reset")},
    }
    assert worked_out(files, never) == []


@pytest.mark.parametrize(("number", "seed"), SEEDS, ids=[f"{number} cases" for number, _ in SEEDS])
def test_statistics_of_hidden_numbers_are_hidden_in_every_format(
    leak: InspectionResult, number: int, seed: int
) -> None:
    files = published(leak, number, seed)
    (judged,) = json.loads(files["annexe.json"])["judgements"]
    is_hidden = None in (judged["recorded_judgements"], judged["diverging_from_the_rule"])
    assert (judged["status"] == "suppressed") == is_hidden
    if is_hidden:
        assert {judged[name] for name in ("kappa", "interval_low", "interval_high")} == {None}
    for name in ("report.html", "report.md"):
        assert ("kappa" in files[name].decode()) <= (not is_hidden)


def test_a_comparison_that_could_not_be_made_is_not_drawn(leak: InspectionResult) -> None:
    paths = [*leak.inspection.framework.prompts, *leak.inspection.framework.measures_by_path]
    cases = []
    for number in range(32):
        answers = dict.fromkeys(paths, Answer.YES)
        answers["s.alone.single"] = Answer.YES if number < 10 else Answer.NO
        cases.append(Case(f"c{number}", {"team": "ab"[number % 2], "licence": number < 20}, answers))
    rated = rate_inspection(evolve(leak.inspection, cases=tuple(cases)))
    files = render_report(rated, formats=["md", "json"])
    (orders,) = [
        row
        for row in json.loads(files["annexe.json"])["comparisons"]
        if (row["address"], row["subgroup"]) == ("s.alone", "kind")
    ]
    # Both shares are shown, and of none among twelve no relative rate can be said.
    assert (orders["percent_in_group"], orders["percent_in_reference"], orders["claim"]) == (50, 0, "too_few")
    drawn = re.search(r"!\[(.*)\]\(pictures/groups-kind\.svg\)", files["report.md"].decode())
    assert drawn is not None
    assert "Is it all there? Licences 100%, Orders 100%" in drawn[1]
    assert "Is it alone?" not in drawn[1]


Tables = list[list[list[str]]]


def _tables_of_page(content: bytes) -> Tables:
    return _with_a_header(
        [list(map(words_of, row)) for row in table.iter("tr")] for table in Page(content).document.iter("table")
    )


def _tables_of_word(content: bytes) -> Tables:
    tables = docx.Document(io.BytesIO(content)).tables
    return _with_a_header([[cell.text for cell in row.cells] for row in table.rows] for table in tables)


def _tables_of_markdown(content: bytes) -> Tables:
    return _with_a_header(_markdown(content.decode()))


def _with_a_header(tables: Iterable[list[list[str]]]) -> Tables:
    """Return tables that have a header; the box of ratings has none, and is laid out by each format in its own way."""
    plain = [[[_plain(cell) for cell in row] for row in table] for table in tables]
    return [table for table in plain if len(table[0]) > 2 or table[0][-1] in ("Band", "Value")]


def _markdown(text: str) -> Iterator[list[list[str]]]:
    for block in re.split(r"\n\n+", text):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        if lines:
            rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
            yield [rows[0], *rows[2:]]


def _plain(text: str) -> str:
    """Return what a cell says, without the marks of its format."""
    return " ".join(re.sub(r"\\(.)", r"\1", text).replace("**", "").split())
