"""What is asked once, of who is inspected: a sheet of the form, and what an inspection takes from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest

from ctm_rules import Answer, DiagnosticError, load_framework, load_inspection, rate_inspection, write_form
from ctm_rules.forms.making import Layout
from ctm_rules.model.outcomes import Truth

STANDARDS = """
id: homes
edition: "1"
title: Homes
publisher: Nobody
in_force_from: 2026-01-01
ratings: [{id: good, label: Good}, {id: poor, label: Poor}]
domains: [{id: d, title: D, standards: [safety, care]}]
key_question_bands: {share_of: yes, among: [yes, no], bands: [{from: 50, rating: good}, {from: 0, rating: poor}]}
facts: [{id: frail, title: Frail, type: yes_no}]
provider_facts: [{id: has_lift, title: There is a lift, type: yes_no}, {id: beds, title: Beds, type: whole_number}]
standards:
  - id: S
    slug: safety
    title: Safety
    statement: The house is safe.
    key_questions:
      - id: house
        ask: Is the house safe?
        asked_of: provider
        prompts:
          - {id: alarms, ask: Do the alarms work?}
          - {id: lift, ask: Is the lift looked after?, applies_when: {fact: has_lift, is: yes}}
        yes_when: {all: [alarms, lift]}
  - id: C
    slug: care
    title: Care
    statement: Residents are cared for.
    key_questions:
      - id: plans
        ask: Are there plans?
        prompts: [{id: written, ask: Is a plan written?}]
        yes_when: {all: [written]}
"""
INSPECTION = """
framework: {path: homes.yaml}
provider: {id: a, name: A home%s}
title: A visit
fieldwork: {started: 2026-02-02}
cases: {file: form.xlsx}
"""
LAYOUTS = [pytest.param(layout, id=layout) for layout in get_args(Layout)]
SHEET = "About the provider"


def visit(folder: Path, layout: Layout, said: dict[str, object], declared: str = "") -> Path:
    """Write the standards, the filled form and the inspection."""
    (folder / "homes.yaml").write_text(STANDARDS, encoding="utf-8")
    case = {"id": "c1", "facts": {"frail": True}, "answers": {"care.plans.written": "yes"}}
    form = write_form(load_framework(folder / "homes.yaml"), folder / "form.xlsx", [case], layout=layout)
    book = openpyxl.load_workbook(form)
    sheet: Any = book[SHEET]
    rows = {row[0].value: row[0].row for row in sheet.iter_rows() if row[0].value}
    assert set(rows) - {"name", "provider"} == {"has_lift", "beds", "safety.house.alarms", "safety.house.lift"}
    for name, value in said.items():
        sheet[f"C{rows[name]}"] = value
    book.save(form)
    book.close()
    file = folder / "inspection.yaml"
    file.write_text(INSPECTION % declared, encoding="utf-8")
    return file


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_stands_there_is_what_the_inspection_knows(layout: Layout, tmp_path: Path) -> None:
    said = {"has_lift": "No", "beds": 12, "safety.house.alarms": "Yes"}
    inspection = load_inspection(visit(tmp_path, layout, said))
    assert inspection.provider_facts == {"has_lift": False, "beds": 12}
    assert inspection.provider_answers == {"safety.house.alarms": Answer.YES}
    assert [case.answers for case in inspection.cases] == [{"care.plans.written": Answer.YES}]
    assert inspection.warnings == ()
    safety = rate_inspection(inspection).rating.standards[0]
    assert safety.rating is not None
    assert safety.rating.id == "good"


def test_it_completes_what_the_inspection_says(tmp_path: Path) -> None:
    declared = ", facts: {beds: 12}, answers: {safety.house.lift: na}"
    inspection = load_inspection(visit(tmp_path, "pages", {"beds": 12, "safety.house.alarms": "No"}, declared))
    assert inspection.provider_facts == {"beds": 12}
    assert inspection.provider_answers == {"safety.house.lift": Answer.NA, "safety.house.alarms": Answer.NO}


WRONG: dict[str, tuple[dict[str, object], str, str]] = {
    "another fact": (
        {"beds": 13},
        "two-answers",
        "(beds) of the provider is 13 in form.xlsx, and 12 in inspection.yaml",
    ),
    "no number": ({"beds": "many"}, "bad-value", '"many", which is not a whole number'),
    "no answer": (
        {"safety.house.alarms": "Yess"},
        "bad-answer",
        'is "Yess", which is not Yes or No or Does not apply',
    ),
}


@pytest.mark.parametrize(("said", "code", "says"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_there_is_said(said: dict[str, object], code: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError) as error:
        load_inspection(visit(tmp_path, "pages", said, ", facts: {beds: 12}"))
    in_form = [found for found in error.value.diagnostics if Path(found.file).name == "form.xlsx"]
    assert [(found.code, says in found.message) for found in in_form] == [(code, True)]
    assert [(found.sheet, found.cell[:1]) for found in in_form] == [(SHEET, "C")]


def test_a_prompt_is_asked_of_the_provider_for_the_rule_or_for_a_line_of_its_rating(tmp_path: Path) -> None:
    from ctm_rules.forms.relevance import is_true, surely_asked_of_provider

    (tmp_path / "homes.yaml").write_text(STANDARDS, encoding="utf-8")
    framework = load_framework(tmp_path / "homes.yaml")
    pair = surely_asked_of_provider("safety.house.lift", framework)
    said = {
        known: Truth.TRUE if is_true(pair.true, facts) else Truth.FALSE if is_true(pair.false, facts) else Truth.UNKNOWN
        for known, facts in {"a lift": {"has_lift": True}, "none": {"has_lift": False}, "nobody knows": {}}.items()
    }
    assert said == {"a lift": Truth.TRUE, "none": Truth.FALSE, "nobody knows": Truth.UNKNOWN}
