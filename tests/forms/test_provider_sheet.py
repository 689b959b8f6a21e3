"""What is asked once, of who is inspected: a sheet of the form, and what an inspection takes from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest

from ctm_rules import (
    Answer,
    DiagnosticError,
    Inspection,
    load_framework,
    load_inspection,
    rate_inspection,
    write_form,
    write_xlsform,
)
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


# --- in a form for a server, and in a table ------------------------------------------------------------


def visit_by_table(folder: Path, table: str, declared: str = "", read_as: str = "") -> Path:
    """Write the standards, a case, the table of what the provider was asked, and the inspection."""
    (folder / "homes.yaml").write_text(STANDARDS, encoding="utf-8")
    (folder / "cases.csv").write_text("case,frail,care.plans.written\nc1,yes,yes\n", encoding="utf-8")
    (folder / "provider.csv").write_text(table, encoding="utf-8")
    said = f", file: provider.csv{f', read_as: {read_as}' if read_as else ''}{declared}"
    file = folder / "inspection.yaml"
    file.write_text((INSPECTION % said).replace("form.xlsx", "cases.csv"), encoding="utf-8")
    return file


SERVERS = {
    "central": "SubmissionDate,provider,section.1-has_lift,section.1-beds,section.2-safety.house.alarms,"
    "section.2-notes.safety.house.alarms,KEY,ReviewState\n"
    "2026-02-02,b,yes,7,no,,uuid:0,\n2026-02-02,a,no,12,yes,loud,uuid:1,\n2026-02-03,a,no,13,no,,uuid:2,rejected\n",
    "kobo": "provider,section.1/has_lift,section.1/beds,section.2/safety.house.alarms,"
    "section.2/safety.house.lift,_id,_validation_status\n"
    "a,no,12,yes,n/a,1,validation_status_approved\n",
}


@pytest.mark.parametrize("server", SERVERS)
def test_what_a_form_for_a_server_asks_of_the_provider_is_what_the_inspection_knows(
    server: str, tmp_path: Path
) -> None:
    (tmp_path / "homes.yaml").write_text(STANDARDS, encoding="utf-8")
    form, of_provider, *_ = write_xlsform(load_framework(tmp_path / "homes.yaml"), tmp_path / "form.xlsx")
    assert [form.name, of_provider.name] == ["form.xlsx", "form.provider.xlsx"]
    inspection = load_inspection(visit_by_table(tmp_path, SERVERS[server], read_as=f"form.{server}.yaml"))
    assert inspection.provider_facts == {"has_lift": False, "beds": 12}
    assert inspection.provider_answers == {"safety.house.alarms": Answer.YES}
    safety = rate_inspection(inspection).rating.standards[0]
    assert safety.rating is not None
    assert safety.rating.id == "good"


def test_that_form_asks_the_provider_alone(tmp_path: Path) -> None:
    (tmp_path / "homes.yaml").write_text(STANDARDS, encoding="utf-8")
    asked = {}
    for form in write_xlsform(load_framework(tmp_path / "homes.yaml"), tmp_path / "form.xlsx")[:2]:
        book = openpyxl.load_workbook(form)
        rows = list(book["survey"].iter_rows(values_only=True))
        asked[form.name] = {dict(zip(rows[0], row, strict=True))["name"] for row in rows[1:]}
        settings = dict(zip(*book["settings"].iter_rows(values_only=True), strict=True))
        asked[form.name].add(settings["form_id"])
        book.close()
    plain = {name for name in asked["form.provider.xlsx"] if not str(name).startswith(("section", "guidance", "notes"))}
    wanted = {"provider", "has_lift", "beds", "safety.house.alarms", "safety.house.lift", "homes_1_provider"}
    assert plain == wanted
    assert {"case", "frail", "care.plans.written", "homes_1"} < asked["form.xlsx"]
    assert asked["form.xlsx"].isdisjoint(wanted)


def test_the_table_completes_what_the_inspection_says(tmp_path: Path) -> None:
    table = "provider,beds,safety.house.alarms\na,12,no\n"
    declared = ", facts: {beds: 12}, answers: {safety.house.lift: na}"
    inspection = load_inspection(visit_by_table(tmp_path, table, declared))
    assert inspection.provider_facts == {"beds": 12}
    assert inspection.provider_answers == {"safety.house.lift": Answer.NA, "safety.house.alarms": Answer.NO}


WRONG_TABLES = {
    "another fact": (
        "provider,beds\na,13\n",
        "two-answers",
        '"beds" of the provider is 13 here, and 12 in inspection.yaml',
        (2, 2),
    ),
    "another answer": (
        "provider,safety.house.alarms\na,no\n",
        "two-answers",
        '"safety.house.alarms" of the provider is no here, and yes in inspection.yaml',
        (2, 2),
    ),
    "another provider": ("provider,beds\nb,12\n", "no-row-of-provider", 'no row is of the provider "a"', (0, 0)),
    "twice": ("provider,beds\na,12\na,12\n", "bad-row", "", (3, 1)),
    "no number": ("provider,beds\na,many\n", "bad-value", '"many" is not a whole number', (2, 2)),
    "no answer": ("provider,safety.house.alarms\na,perhaps\n", "bad-answer", '"perhaps"', (2, 2)),
    "a column of cases": ("provider,frail\na,yes\n", "unknown-column", '"frail"', (1, 2)),
    "no column of providers": ("beds,lift\n12,yes\n", None, "provider", None),
}


@pytest.mark.parametrize(("table", "code", "says", "place"), WRONG_TABLES.values(), ids=WRONG_TABLES)
def test_what_is_wrong_in_the_table_is_said(
    table: str, code: str | None, says: str, place: tuple[int, int] | None, tmp_path: Path
) -> None:
    declared = ", facts: {beds: 12}, answers: {safety.house.alarms: yes}"
    with pytest.raises(DiagnosticError) as error:
        load_inspection(visit_by_table(tmp_path, table, declared))
    found, *_ = [found for found in error.value.diagnostics if Path(found.file).name == "provider.csv"]
    assert says in found.message
    assert code in (None, found.code)
    assert place in (None, (found.line, found.column))


def test_a_table_that_cannot_lie_there_is_refused(tmp_path: Path) -> None:
    file = visit_by_table(tmp_path, "provider,beds\na,12\n")
    text = file.read_text(encoding="utf-8")
    for said in ("../provider.csv", "nowhere.csv"):
        file.write_text(text.replace("provider.csv", said), encoding="utf-8")
        with pytest.raises(DiagnosticError) as error:
            load_inspection(file)
        assert [found.code for found in error.value.diagnostics if found.severity == "error"] == ["file-not-readable"]
    in_memory = {
        "provider": {"id": "a", "name": "A home", "file": "provider.csv"},
        "title": "A visit",
        "fieldwork": {"started": "2026-02-02"},
    }
    case = {"id": "c1", "facts": {"frail": True}, "answers": {"care.plans.written": "yes"}}
    with pytest.raises(DiagnosticError) as error:
        Inspection.from_dict(in_memory, [case], framework=load_framework(tmp_path / "homes.yaml"))
    refused = [found for found in error.value.diagnostics if found.code == "file-not-readable"]
    assert [found.path for found in refused] == ["/provider/file"]
