"""A fact may declare where its values lie: what lies elsewhere is refused at every door, with the same code."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pandas
import polars
import pyarrow
import pytest
import xlsxwriter

from ctm_rules import (
    Answer,
    Case,
    DiagnosticError,
    Framework,
    assess_frame,
    dump_framework,
    explain_case,
    load_framework,
    make_engine,
    rate_files,
    read_cases,
)
from ctm_rules.scenarios.running import ScenarioRunner
from tests.support.findings import codes_of
from tests.support.small_framework import Small

RULE = "{any: [floors, {fact: seats, at_least: 10}, {fact: opened, at_least: 2000-01-01}]}"
SEATS = "{id: seats, title: Seats, type: whole_number"
OPENED = "{id: opened, title: Opened on, type: date"

INSIDE = [("seats", 0), ("seats", 500), ("opened", datetime.date(1990, 1, 1)), ("opened", datetime.date(2030, 12, 31))]
OUTSIDE = [
    ("seats", -1),
    ("seats", 501),
    ("opened", datetime.date(1989, 12, 31)),
    ("opened", datetime.date(2052, 12, 23)),
]
Value = int | datetime.date


@pytest.fixture
def ranged(small: Small) -> Framework:
    return small(
        RULE,
        (SEATS, f"{SEATS}, range: {{from: 0, to: 500}}"),
        (OPENED, f"{OPENED}, range: {{from: 1990-01-01, to: 2030-12-31}}"),
    )


def columns(fact: str, value: object) -> dict[str, list[object]]:
    facts: dict[str, object] = {"serves_meat": "yes", "seats": 3, "opened": datetime.date(2001, 1, 1), fact: value}
    answers = dict.fromkeys(("hygiene.clean.floors", "hygiene.clean.knives", "hygiene.clean.meat"), "no")
    return {name: [cell] for name, cell in {"case": "c1", "size": "small", **facts, **answers}.items()}


def csv(fact: str, value: Value) -> str:
    table = columns(fact, value)
    return f"{','.join(table)}\n{','.join(str(cell) for [cell] in table.values())}\n"


def by_case(framework: Framework, fact: str, value: Value, _: Path) -> None:
    make_engine(framework, "reference").assess(Case("c1", {fact: value}, {"hygiene.clean.floors": Answer.YES}))


def by_explanation(framework: Framework, fact: str, value: Value, _: Path) -> None:
    explain_case(framework, Case("c1", {fact: value}), make_engine(framework, "reference"))


def by_csv(framework: Framework, fact: str, value: Value, folder: Path) -> None:
    (folder / "cases.csv").write_text(csv(fact, value), encoding="utf-8")
    read_cases(folder / "cases.csv", framework)


def by_files(name: str, write: Callable[[dict[str, list[object]], Path], None]) -> Callable[..., None]:
    def door(framework: Framework, fact: str, value: Value, folder: Path) -> None:
        write(columns(fact, value), folder / name)
        rate_files(framework, [folder / name], strict=True)

    return door


def write_csv(table: dict[str, list[object]], file: Path) -> None:
    polars.DataFrame(table).write_csv(file)


def write_parquet(table: dict[str, list[object]], file: Path) -> None:
    polars.DataFrame(table).write_parquet(file)


def write_xlsx(table: dict[str, list[object]], file: Path) -> None:
    with xlsxwriter.Workbook(file) as workbook:
        sheet, dates = workbook.add_worksheet(), workbook.add_format({"num_format": "yyyy-mm-dd"})
        for number, (name, [cell]) in enumerate(table.items()):
            sheet.write(0, number, name)
            sheet.write(1, number, cell, dates if isinstance(cell, datetime.date) else None)


def by_frame(make: Callable[[dict[str, list[object]]], object]) -> Callable[..., None]:
    def door(framework: Framework, fact: str, value: Value, _: Path) -> None:
        assess_frame(framework, make(columns(fact, value)))

    return door


def as_text(table: dict[str, list[object]]) -> polars.DataFrame:
    return polars.DataFrame({name: [str(cell) for cell in cells] for name, cells in table.items()})


def with_times(table: dict[str, list[object]]) -> polars.DataFrame:
    return polars.DataFrame(table).cast({"opened": polars.Datetime, "seats": polars.Float64})


def as_pandas(table: dict[str, list[object]]) -> pandas.DataFrame:
    return pandas.DataFrame(table).assign(opened=pandas.to_datetime(pandas.Series(table["opened"])))


def by_scenario(framework: Framework, fact: str, value: Value, folder: Path) -> None:
    file = folder / "1" / "scenarios" / "one.yaml"
    file.parent.mkdir(parents=True)
    (folder / "1" / "framework.yaml").write_text(dump_framework(framework), encoding="utf-8")
    file.write_text(
        "key_question: hygiene.clean\nscenarios:\n  - name: One\n"
        f"    given: {{facts: {{{fact}: {value}}}, other_answers: yes}}\n    expect: {{outcome: yes}}\n",
        encoding="utf-8",
    )
    ScenarioRunner("reference").read([file])


DOORS = {
    "Case": by_case,
    "explain_case": by_explanation,
    "read_cases": by_csv,
    "CSV in bulk": by_files("cases.csv", write_csv),
    "XLSX in bulk": by_files("cases.xlsx", write_xlsx),
    "Parquet in bulk": by_files("cases.parquet", write_parquet),
    "Polars": by_frame(polars.DataFrame),
    "Polars of text": by_frame(as_text),
    "Polars with times": by_frame(with_times),
    "pandas": by_frame(as_pandas),
    "PyArrow": by_frame(pyarrow.table),
    "scenario": by_scenario,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("fact", "value"), OUTSIDE, ids=lambda part: str(part))
def test_what_lies_outside_is_refused_at_every_door(
    door: str, fact: str, value: Value, ranged: Framework, tmp_path: Path
) -> None:
    with pytest.raises(DiagnosticError) as error:
        DOORS[door](ranged, fact, value, tmp_path)
    assert {found.code for found in error.value.diagnostics} == {"bad-value"}
    said = str(error.value)
    assert ("from 0 to 500" if fact == "seats" else "from 1990-01-01 to 2030-12-31") in said
    assert str(value) in said or repr(value) in said


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("fact", "value"), INSIDE, ids=lambda part: str(part))
def test_what_lies_at_an_end_is_taken_at_every_door(
    door: str, fact: str, value: Value, ranged: Framework, tmp_path: Path
) -> None:
    DOORS[door](ranged, fact, value, tmp_path)


def test_a_range_may_have_one_end(small: Small) -> None:
    framework = small(RULE, (SEATS, f"{SEATS}, range: {{from: 0}}"), (OPENED, f"{OPENED}, range: {{to: 2030-12-31}}"))
    engine = make_engine(framework, "reference")
    engine.assess(Case("c1", {"seats": 10**9, "opened": datetime.date(1, 1, 1)}))
    with pytest.raises(DiagnosticError, match="takes an int from 0, not -1"):
        engine.assess(Case("c1", {"seats": -1}))
    with pytest.raises(DiagnosticError, match=r"a datetime\.date to 2030-12-31"):
        engine.assess(Case("c1", {"opened": datetime.date(2031, 1, 1)}))


@pytest.mark.parametrize(
    ("fact", "declared", "code"),
    [
        (SEATS, "range: {from: 5, to: 4}", "bad-fact"),
        (SEATS, "range: {}", "bad-fact"),
        (SEATS, "range: {from: 2020-01-01}", "bad-fact"),
        (OPENED, "range: {from: 3}", "bad-fact"),
        (OPENED, "range: {from: 2020-13-01}", "wrong-type"),
        (SEATS, "range: {from: few}", "wrong-type"),
        (SEATS, "range: {form: 1}", "unknown-key"),
        ("{id: serves_meat, title: Serves meat, type: yes_no", "range: {from: 0}", "bad-fact"),
        (SEATS, "range: {from: 11}", "bad-comparison"),
    ],
    ids=[
        "upside down",
        "without an end",
        "a date for a number",
        "a number for a date",
        "no such month",
        "a word for a number",
        "key misspelt",
        "of yes or no",
        "a rule looks outside",
    ],
)
def test_a_range_that_cannot_be_is_refused(fact: str, declared: str, code: str, small: Small, tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError) as error:
        small(RULE, (fact, f"{fact}, {declared}"))
    assert [found.code for found in error.value.diagnostics] == [code]
    assert code in codes_of(tmp_path / "kitchens.yaml")


def test_a_range_is_written_down_again(ranged: Framework, tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(dump_framework(ranged), encoding="utf-8")
    again = load_framework(tmp_path / "again.yaml")
    assert again == ranged
    assert again.checksum == ranged.checksum
