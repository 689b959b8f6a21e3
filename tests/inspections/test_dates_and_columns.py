"""Dates that cannot belong to an inspection, and columns that its table does not have, are findings."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars
import pytest

from ctm_rules import Diagnostic, DiagnosticError, Framework, Inspection, Reading, assess_frame, load_inspection
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.inspections.standards import absent_columns
from ctm_rules.model.case_columns import match_columns
from tests.support.commands import Run
from tests.support.editing import edit
from tests.support.findings import codes_of
from tests.support.paths import EXAMPLE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example inspection, with its case table, to be edited."""
    for name in ("inspection.yaml", "cases.csv"):
        shutil.copy(EXAMPLE.with_name(name), tmp_path / name)
    return tmp_path / "inspection.yaml"


@pytest.fixture
def own_standards(tmp_path: Path) -> Path:
    """The standards of the example, to be edited."""
    return Path(shutil.copytree(standards_folder() / "hmip-pdu" / "2024", tmp_path / "own" / "2024"))


def wrong(file: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(DiagnosticError) as error:
        load_inspection(file)
    return [(found.code, found.line, found.message) for found in error.value.diagnostics]


# --- The fieldwork -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "{from: 2025-01-13, to: 2025-01-19}",
            "{from: 2025-01-19, to: 2025-01-13}",
            "the period ends on 13 January 2025, before it begins on 19 January 2025",
        ),
        (
            "{from: 2025-01-13, to: 2025-01-19}",
            "{from: 2026-01-13, to: 2026-01-19}",
            "the period begins on 13 January 2026, after the fieldwork",
        ),
        ("weeks: 2", "weeks: -2", "the fieldwork cannot have taken -2 weeks"),
        ("weeks: 2", "weeks: 0", "the fieldwork cannot have taken 0 weeks"),
        ("weeks: 2", "weeks: 2025", "the fieldwork cannot have taken 2025 weeks"),
        ("interviews: 26", "interviews: -1", "-1 practitioners cannot have been interviewed"),
    ],
    ids=[
        "a period upside down",
        "a period after the fieldwork",
        "weeks below zero",
        "no week",
        "a year for weeks",
        "interviews below zero",
    ],
)
def test_what_cannot_be_in_the_fieldwork_is_refused(file: Path, old: str, new: str, says: str) -> None:
    line = edit(file, old, new)
    assert wrong(file) == [("bad-fieldwork", line, says)]
    assert codes_of(file) == ["bad-fieldwork"]


def test_a_period_of_one_day_is_one(file: Path) -> None:
    edit(file, "{from: 2024-12-23, to: 2024-12-29}", "{from: 2024-12-23, to: 2024-12-23}")
    assert "bad-fieldwork" not in codes_of(file)


# --- Dates of cases ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2025-01-13", []),
        ("2025-01-19", []),
        ("2025-01-20", ["outside-sampled-weeks"]),
        ("2025-01-12", ["outside-sampled-weeks"]),
        ("2025-08-17", ["outside-sampled-weeks"]),
        ("2025-08-18", ["date-after-fieldwork"]),
        ("2052-12-23", ["date-after-fieldwork"]),
    ],
    ids=["first day", "last day", "a day late", "a day early", "last week", "after the fieldwork", "a year mistyped"],
)
def test_dates_of_cases_belong_to_the_inspection(file: Path, date: str, expected: list[str], run: Run) -> None:
    table = file.with_name("cases.csv")
    lines = table.read_text(encoding="utf-8").splitlines()
    place = lines[0].split(",").index("commenced")
    cells = lines[2].split(",")
    cells[place] = date
    table.write_text("\n".join([*lines[:2], ",".join(cells), *lines[3:]]) + "\n", encoding="utf-8")
    found = load_inspection(file).warnings
    assert [one.code for one in found] == codes_of(file) == expected
    assert all("1 case has a date in commenced" in one.message for one in found)
    assert all(f"synthetic-02 ({date})" in one.message for one in found)
    assert all(code in run("rate", file).err for code in expected)


def test_many_dates_are_one_finding_with_the_first_places(file: Path) -> None:
    edit(file, "{from: 2024-12-23, to: 2024-12-29}", "{from: 2024-12-02, to: 2024-12-08}")
    [found] = load_inspection(file).warnings
    table = polars.read_csv(file.with_name("cases.csv"))
    outside = table.filter(polars.col("commenced") < "2025-01-01")["case"].to_list()
    assert found.message.startswith(f"{len(outside)} cases have a date in commenced outside the sampled weeks: ")
    assert outside[0] in found.message
    assert f"and {len(outside) - 5} more" in found.message


def test_a_fact_that_says_how_late_its_dates_may_be_is_held_to_that(file: Path, own_standards: Path) -> None:
    edit(file, '{id: hmip-pdu, edition: "2024"}', "{path: own/2024}")
    edit(file, "started: 2025-08-04", "started: 2025-01-01")
    edit(file, "weeks: 2", "weeks: 1")
    assert set(codes_of(file)) == {"bad-fieldwork"}
    edit(file, "    - {from: 2025-01-13, to: 2025-01-19}\n", "")
    assert "date-after-fieldwork" in codes_of(file)
    edit(own_standards / "facts.yaml", "commenced, type: date}", "commenced, type: date, range: {to: 2025-12-31}}")
    assert codes_of(file) == ["outside-sampled-weeks"]


# --- Columns -------------------------------------------------------------------------------------


def without_columns(table: Path, *names: str) -> None:
    frame = polars.read_csv(table, infer_schema=False)
    frame.drop(names).write_csv(table)


def test_a_column_that_the_rules_read_and_the_table_lacks_is_refused(file: Path, run: Run) -> None:
    table = file.with_name("cases.csv")
    without_columns(table, "assessment.safety.risk_of_harm", "has_potential_victims")
    [(code, _, message)] = wrong(file)
    assert code == "absent-column"
    assert '"has_potential_victims" and "assessment.safety.risk_of_harm"' in message
    assert codes_of(file) == codes_of(file.parent) == ["absent-column"]
    assert run("rate", file).code == 2
    assert "absent-column" in run("rate", "--cases", table, "--framework", "hmip-pdu").err
    edit(file, "  file: cases.csv\n", "  file: cases.csv\n  absent: missing\n")
    assert codes_of(file) == ["unanswered-prompts"]
    assert run("rate", file).code == 1  # nothing is known of it, so there is no rating


def test_a_column_that_no_rule_reads_may_be_absent(file: Path) -> None:
    without_columns(file.with_name("cases.csv"), "sex", "measures.crs_referral", "management_oversight_needed")
    assert codes_of(file) == []


def test_one_table_needs_the_columns_that_every_other_door_needs(shipped: Framework, example: Inspection) -> None:
    def absent(columns: list[str]) -> list[Diagnostic]:
        return [*absent_columns(match_columns(shipped, Reading(), columns), shipped, "cases.csv")]

    [found] = absent(["case"])
    with pytest.raises(DiagnosticError) as error:
        assess_frame(shipped, polars.DataFrame({"case": [case.id for case in example.cases]}))
    [of_frame] = error.value.diagnostics
    assert (of_frame.code, of_frame.message) == (found.code, found.message) == ("absent-column", found.message)
    every = [*shipped.facts_by_id, *shipped.prompts]
    assert absent(every) == []
    needed = [name for name in every if absent([each for each in every if each != name])]
    assert f"and {len(needed) - 5} more" in found.message
    cases = [case.id for case in example.cases]
    for name in (needed[0], needed[-1]):
        others = {each: [None] * len(cases) for each in every if each != name}
        with pytest.raises(DiagnosticError) as one_error:
            assess_frame(shipped, polars.DataFrame({"case": cases, **others}))
        assert [one.path for one in one_error.value.diagnostics] == [name]
