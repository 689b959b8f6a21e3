"""Other standards than the shipped ones have a report too."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules import load_inspection, rate_inspection
from ctm_rules.report import Format, render_report
from tests.support.report_page import Page, words_of
from tests.support.small_framework import Small

JUDGED_ALONE = """
id: libraries
edition: "1"
title: Libraries
publisher: A council
in_force_from: 2026-01-01
ratings: [{id: fine, label: Fine, score: 1}, {id: poor, label: Poor, score: 0}]
domains: [{id: all_of_it, title: All of it, standards: [staff]}]
facts: [{id: open, title: Open, type: yes_no}]
standards:
  - {id: L, slug: staff, title: Staff, statement: Staff help., rated_by: judgement, themes: [{id: help, title: Help}]}
"""
LIBRARY = """
framework: {path: libraries.yaml}
provider: {id: high_street, name: High Street}
title: The library in High Street
fieldwork: {started: 2026-02-01}
cases: {file: cases.csv}
judgements: [{standard: staff, rating: fine, rationale: They help.}]
"""


def test_standards_without_cases_have_a_report_without_empty_parts(tmp_path: Path) -> None:
    (tmp_path / "libraries.yaml").write_text(JUDGED_ALONE, encoding="utf-8")
    (tmp_path / "inspection.yaml").write_text(LIBRARY, encoding="utf-8")
    (tmp_path / "cases.csv").write_text("case,open\nvisit-1,yes\n", encoding="utf-8")
    made = render_report(rate_inspection(load_inspection(tmp_path / "inspection.yaml")), formats=list(Format))
    page = Page(made["report.html"])
    assert page.ratings_of_standards() == {"L Staff": "Fine"}
    assert [words_of(heading) for heading in page.document.iter("h2")] == [
        *("Ratings", "Contents", "Background", "1. All of it", "How the ratings were made", "Further information"),
        "Accessibility",
    ]
    assert "synthetic" not in page.text
    assert made["report.pdf"].startswith(b"%PDF")


GROUPED = """
subgroups:
  - id: meat
    title: Kitchens that serve meat
    groups:
      - {id: serves, title: "Yes", when: {fact: serves_meat, is: yes}}
      - {id: serves_none, title: "No", when: {fact: serves_meat, is: no}}
"""
"""Groups with names that say nothing of what they are groups of."""


def test_groups_that_are_called_yes_and_no_are_said_to_be_groups(small: Small, tmp_path: Path) -> None:
    framework = small("{all: [floors, knives]}", ("facts:", f"{GROUPED}facts:"))
    rows = [f"visit-{number},{'no' if number < 6 else 'yes'},yes,na,yes" for number in range(40)]
    rows += [f"visit-{number},{'yes' if number < 52 else 'no'},yes,na,no" for number in range(40, 80)]
    header = "case,hygiene.clean.floors,hygiene.clean.knives,hygiene.clean.meat,serves_meat"
    (tmp_path / "cases.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    (tmp_path / "inspection.yaml").write_text(
        LIBRARY.replace("libraries.yaml", "kitchens.yaml").partition("judgements")[0], encoding="utf-8"
    )
    inspection = load_inspection(tmp_path / "inspection.yaml", framework=framework)
    page = Page(render_report(rate_inspection(inspection), formats=["html"])["report.html"])
    heads = [words_of(cell) for cell in page.document.iter("th")]
    assert {"In the group ‘Yes’", "In the group ‘No’", "Kitchens that serve meat: Yes"} <= set(heads)
    assert (
        "“Is it clean?” was yes more often in the group ‘Yes’ (34 of 40, 85%) than in the group ‘No’ (12 of 40, 30%)"
    ) in page.text


@pytest.mark.parametrize("share_of", ["yes", "no"])
def test_small_standards_of_another_field_have_a_report(small: Small, tmp_path: Path, share_of: str) -> None:
    framework = small("{all: [floors, knives]}", ("share_of: yes", f"share_of: {share_of}"))
    answers = ["yes,yes", "yes,no", "no,no", "yes,yes", "no,yes", "yes,yes", "yes,yes"]
    rows = [f"visit-{number},{answer},na,yes" for number, answer in enumerate(answers)]
    header = "case,hygiene.clean.floors,hygiene.clean.knives,hygiene.clean.meat,serves_meat"
    (tmp_path / "cases.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    (tmp_path / "inspection.yaml").write_text(
        LIBRARY.replace("libraries.yaml", "kitchens.yaml").partition("judgements")[0], encoding="utf-8"
    )
    inspection = load_inspection(tmp_path / "inspection.yaml", framework=framework)
    page = Page(render_report(rate_inspection(inspection), formats=["html"])["report.html"])
    rows_shown = page.table("H Hygiene: key questions")
    percent = {"yes": "57%", "no": "43%"}[share_of]
    assert rows_shown["Is it clean?"][f"Percentage ‘{share_of.title()}’"] == percent
