"""The page on inspections: the whole way from a list of cases to a report, as somebody who follows it goes it."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ctm_rules import Framework
from tests.support.commands import Run
from tests.support.pages import blocks, commands, prints
from tests.support.paths import ROOT

PAGE = (ROOT / "standards" / "INSPECTIONS.md").read_text(encoding="utf-8")
STARTED, FORM, LEFT, MISTAKE, DONE, *RATED = commands(PAGE)
FACTS = {
    "sentence_type": "Community order",
    "commenced": datetime.date(2026, 3, 2),
    "sex": "Female",
    "grade": "Probation officer",
    "suspended_after_weeks": 20,
    "probation_reset": "No",
}
"""What inspectors choose for facts; every other one is yes."""
GREY = {f"implementation.engaging.{name}" for name in ("pre_release_contact", "suspension_lead_up")}
"""What then is not asked of any case."""


def fill_in(form: Path, framework: Framework) -> None:
    """Answer whatever is asked of each case: no to assessment in the last one, yes to all else."""
    book = openpyxl.load_workbook(form)
    for case in ("c01", "c02", "c03", "c04", "c05"):
        page: Any = book[case]
        for number, name in [(row[0].row, row[0].value) for row in page.iter_rows()]:
            cell = page[f"C{number}"]
            if name in framework.facts_by_id and cell.value is None:
                cell.value = FACTS.get(name, "Yes")
            elif name in framework.prompts and name not in GREY:
                cell.value = "No" if case == "c05" and name.startswith("assessment.") else "Yes"
    book.save(form)
    book.close()


def say(form: Path, cell: str, text: str) -> None:
    book = openpyxl.load_workbook(form)
    book["c01"][cell] = text
    book.save(form)
    book.close()


def test_the_way_is_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Framework, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    (drawn,) = blocks(PAGE, "csv")
    Path("drawn.csv").write_text(drawn, encoding="utf-8")
    form, inspection = Path("north-2026/cases.xlsx"), Path("north-2026/inspection.yaml")
    for command in (STARTED, FORM, LEFT):
        prints(command, run)
    fill_in(form, shipped)
    ((cell,),) = [re.findall(r"cell (C[0-9]+)", line) for line in MISTAKE.shown if "cell" in line]
    say(form, cell, "Yess")
    prints(MISTAKE, run)
    say(form, cell, "Yes")
    before, after, recommended = blocks(PAGE, "yaml")
    text = inspection.read_text(encoding="utf-8")
    assert text.count(before) == 1
    text = re.sub(r"    evidence:\n(      - .*\n)+", "", text.replace(before, after))
    text = re.sub("rating: to be filled in", "rating: good", text)
    text = re.sub("rationale: to be filled in", "rationale: Staff say so, and records bear it out.", text)
    inspection.write_text(f"{text}{recommended}", encoding="utf-8")
    assert len(RATED) == 3
    for command in (DONE, *RATED):
        prints(command, run)
    report = Path("out/report/report.html").read_text(encoding="utf-8")
    assert 'id="recommendation-3"' in report
