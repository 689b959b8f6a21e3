"""What several inspectors recorded: put together where it completes one another, and compared where both judged."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules import (
    DiagnosticError,
    Framework,
    InspectionResult,
    load_framework,
    load_inspection,
    rate_inspection,
    write_form,
)
from ctm_rules.inspections.reliability import DECIDED, Reliability, kappa
from ctm_rules.model.outcomes import Outcome
from ctm_rules.report import write_report
from tests.support.commands import Run
from tests.support.small_framework import SMALL

QUESTION, FLOORS, KNIVES, MEAT = "hygiene.clean", "hygiene.clean.floors", "hygiene.clean.knives", "hygiene.clean.meat"
Table = Mapping[str, Mapping[str, str]]
"""By the id of each case, what its inspector recorded by the name of the column."""

CLEAN = {"serves_meat": "no", FLOORS: "yes", KNIVES: "yes"}
DIRTY = {"serves_meat": "no", FLOORS: "no", KNIVES: "yes"}


@pytest.fixture
def visit(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes an inspection with a table for each inspector, as a CSV file or as a form."""
    (tmp_path / "kitchens.yaml").write_text(SMALL.replace("RULE", "{all: [floors, knives, meat]}"), encoding="utf-8")
    framework = load_framework(tmp_path / "kitchens.yaml")

    def write(*tables: tuple[Table, Mapping[str, object]], kind: str = "csv") -> Path:
        entries = []
        for number, (table, declared) in enumerate(tables):
            name = f"{'ab'[number]}.{kind}"
            (write_csv if kind == "csv" else write_filled)(tmp_path / name, framework, table)
            entries.append({"file": name, **declared})
        inspection = {
            "framework": {"path": "kitchens.yaml"},
            "provider": {"id": "a", "name": "A"},
            "title": "A visit",
            "fieldwork": {"started": "2026-02-02"},
            "cases": entries,
        }
        file = tmp_path / "inspection.yaml"
        file.write_text(json.dumps(inspection).replace('"2026-02-02"', "2026-02-02"), encoding="utf-8")
        return file

    return write


def write_csv(file: Path, _: Framework, table: Table) -> None:
    names = ["serves_meat", FLOORS, KNIVES, MEAT]
    rows = [",".join([case, *(said.get(name, "") for name in names)]) for case, said in table.items()]
    file.write_text("\n".join([",".join(["case", *names]), *rows]) + "\n", encoding="utf-8")


def write_filled(file: Path, framework: Framework, table: Table) -> None:
    file.unlink(missing_ok=True)
    write_form(framework, file, list(table), inspector={"a": "Anna", "b": "Ben"}[file.stem])
    book = openpyxl.load_workbook(file)
    for case, said in table.items():
        page = book[case]
        rows = {row[0].value: row[0].row for row in page.iter_rows() if row[0].value}
        for name, word in said.items():
            page[f"C{rows[name]}"] = word.capitalize()
    book.save(file)
    book.close()


def rated(file: Path) -> InspectionResult:
    return rate_inspection(load_inspection(file))


KINDS = [pytest.param("csv", id="tables"), pytest.param("xlsx", id="forms")]


@pytest.mark.parametrize("kind", KINDS)
def test_equal_answers_and_answers_that_complete_one_another_make_one_case(visit: Any, kind: str) -> None:
    first: Table = {"c1": {"serves_meat": "no", FLOORS: "yes"}, "c2": CLEAN}
    second: Table = {"c1": {FLOORS: "yes", KNIVES: "yes"}, "c3": DIRTY}
    result = rated(visit((first, {}), (second, {}), kind=kind))
    assert [case.id for case in result.inspection.cases] == ["c1", "c2", "c3"]
    outcomes = {each.case: each.questions[QUESTION].outcome.value for each in result.outcomes}
    assert outcomes == {"c1": "yes", "c2": "yes", "c3": "no"}
    assert result.reliability == ()
    assert "reliability" not in result.to_dict()


ASKED = {"csv": f'"{FLOORS}"', "xlsx": f"“Are the floors clean?” ({FLOORS})"}
PLACES = {
    "csv": ("in row 2 of b.csv", "in row 2 of a.csv"),
    "xlsx": ('is No in b.xlsx: sheet "c1", cell C13, and Yes in', 'a.xlsx: sheet "c1", cell C13'),
}


@pytest.mark.parametrize("kind", PLACES)
def test_different_answers_are_a_finding_with_both_places(visit: Any, kind: str) -> None:
    with pytest.raises(DiagnosticError) as error:
        load_inspection(visit(({"c1": CLEAN}, {}), ({"c1": DIRTY}, {}), kind=kind))
    (found,) = error.value.diagnostics
    assert (found.code, found.path, Path(found.file).name) == ("two-answers", FLOORS, f"b.{kind}")
    assert f'{ASKED[kind]} of the case "c1" is ' in found.message
    assert [place in found.message for place in PLACES[kind]] == [True, True], found.message
    assert "judged_again: true" in found.hint


def test_each_difference_is_said_with_its_case(visit: Any) -> None:
    with pytest.raises(DiagnosticError) as error:
        load_inspection(visit(({"c1": CLEAN, "c2": CLEAN}, {}), ({"c1": DIRTY, "c2": DIRTY}, {})))
    said = [found.message.partition(" is ")[0] for found in error.value.diagnostics]
    assert said == [f'"{FLOORS}" of the case "c1"', f'"{FLOORS}" of the case "c2"']


def test_different_facts_are_a_finding_too(visit: Any) -> None:
    with pytest.raises(DiagnosticError, match=r'"serves_meat" of the case "c1" is yes in row 2 of b\.csv, and no in'):
        load_inspection(visit(({"c1": CLEAN}, {}), ({"c1": {**CLEAN, "serves_meat": "yes"}}, {})))


AGAIN = {"judged_again": True}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_judged_again_counts_for_nothing_but_agreement(visit: Any, kind: str) -> None:
    first: Table = {f"c{n}": CLEAN if n < 4 else DIRTY for n in range(6)}
    second: Table = {"c0": CLEAN, "c1": CLEAN, "c2": DIRTY, "c4": DIRTY, "c5": {"serves_meat": "no"}}
    alone = rated(visit((first, {}), kind=kind))
    result = rated(visit((first, {}), (second, AGAIN), kind=kind))
    assert result.rating == alone.rating
    assert result.inspection.cases == alone.inspection.cases
    judges = {each.judges for each in result.inspection.judged_twice}
    assert judges == {("Anna", "Ben") if kind == "xlsx" else ("a.csv", "b.csv")}
    by_name = {each.name: each for each in result.reliability}
    assert list(by_name) == [QUESTION, FLOORS, KNIVES, MEAT]
    # yes/yes twice, yes/no once, no/no once; by chance (3 × 2 + 1 × 2) / 16.
    assert by_name[QUESTION] == Reliability("key_question", QUESTION, 4, 3, 1, Fraction(1, 2))
    assert by_name[FLOORS] == Reliability("prompt", FLOORS, 4, 3, 1, Fraction(1, 2))
    assert by_name[KNIVES] == Reliability("prompt", KNIVES, 4, 4, 1, None)
    assert by_name[MEAT] == Reliability("prompt", MEAT, 5, 5, 0, None)  # not applicable, says every fact
    assert result.to_dict()["reliability"][0] == {
        "level": "key_question",
        "name": QUESTION,
        "cases": 4,
        "agreed": 3,
        "differed": 1,
        "undecided": 1,
        "kappa": "1/2",
    }


def test_a_case_that_was_judged_again_alone_is_refused(visit: Any) -> None:
    with pytest.raises(DiagnosticError, match="1 case judged again in this table stand in none above it: c2") as error:
        load_inspection(visit(({"c1": CLEAN}, {}), ({"c1": CLEAN, "c2": CLEAN}, AGAIN)))
    assert [found.code for found in error.value.diagnostics] == ["judged-again-alone"]


def test_agreement_is_said_by_rate_and_stands_in_the_annexe(visit: Any, run: Run, tmp_path: Path) -> None:
    first: Table = {f"c{n}": CLEAN if n < 20 else DIRTY for n in range(40)}
    second: Table = {f"c{n}": CLEAN if n < 10 or n >= 30 else DIRTY for n in range(40)}
    file = visit((first, {}), (second, AGAIN))
    said = run("rate", file).out
    assert "Judged twice" in said
    assert "40 cases" in said
    assert f"{QUESTION}: 20 of 40 alike, kappa 0.00" in said
    (written,) = write_report(rated(file), tmp_path / "out", formats=["json"])
    sheet = json.loads(written.read_text(encoding="utf-8"))["reliability"]
    assert {(row["address"], row["judged_twice"], row["agreed"], row["differed"], row["kappa"]) for row in sheet} == {
        (QUESTION, 40, 20, 20, 0.0),
        (FLOORS, 40, 20, 20, 0.0),
        (KNIVES, 40, 40, 0, None),
        (MEAT, 40, 40, 0, None),
    }


def test_what_would_give_few_cases_away_is_hidden_in_the_annexe(visit: Any, tmp_path: Path) -> None:
    first: Table = {f"c{n}": CLEAN for n in range(12)}
    second: Table = {f"c{n}": DIRTY if n < 2 else CLEAN for n in range(12)}
    (written,) = write_report(rated(visit((first, {}), (second, AGAIN))), tmp_path / "out", formats=["json"])
    rows = {row["address"]: row for row in json.loads(written.read_text(encoding="utf-8"))["reliability"]}
    columns = ("judged_twice", "agreed", "differed", "kappa", "status")
    assert [rows[QUESTION][column] for column in columns] == [12, None, None, None, "suppressed"]


# --- kappa -----------------------------------------------------------------------------------------------


def test_kappa_by_hand() -> None:
    yes, no = Outcome.YES, Outcome.NO
    assert kappa(Counter({(yes, yes): 45, (yes, no): 15, (no, yes): 25, (no, no): 15})) == Fraction(3, 23)
    assert kappa(Counter({(yes, yes): 9})) is None
    assert kappa(Counter()) is None
    assert kappa(Counter({(yes, no): 1, (no, yes): 1})) == -1


@given(st.dictionaries(st.tuples(st.sampled_from(DECIDED), st.sampled_from(DECIDED)), st.integers(1, 30), min_size=1))
def test_kappa_is_that_of_statsmodels(times: dict[tuple[Outcome, Outcome], int]) -> None:
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    import numpy as np

    table = np.array([[times.get((one, other), 0) for other in DECIDED] for one in DECIDED])
    exact = kappa(Counter(times))
    if exact is not None:
        assert inter_rater.cohens_kappa(table, return_results=False) == pytest.approx(float(exact), abs=1e-9)
