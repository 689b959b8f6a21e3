"""Four tables as inspectorates publish and collect them, each with its reading, come to one result at every door."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import polars
import pyarrow as pa
import pytest
from openpyxl import load_workbook

from ctm_rules import (
    Framework,
    assess_frame,
    load_framework,
    load_inspection,
    load_reading,
    rate_files,
    rate_frame,
    rate_inspection,
    read_cases,
)
from tests.support.commands import Run
from tests.support.dataframes import LIBRARIES, QUIET, as_lists
from tests.support.four_tables import TABLES, reading_of
from tests.support.paths import CASES, EXAMPLE

pytestmark = QUIET


@pytest.fixture(scope="module")
def framework() -> Framework:
    return load_framework("hmip-pdu", "2024")


@pytest.mark.parametrize("name", TABLES)
def test_the_cases_are_those_of_the_example(name: str, framework: Framework, tmp_path: Path) -> None:
    found = read_cases(TABLES[name](tmp_path), framework, read_as=reading_of(name))
    assert found == read_cases(CASES, framework)


@pytest.mark.parametrize("name", TABLES)
def test_an_inspection_of_it_has_the_same_ratings(name: str, tmp_path: Path) -> None:
    table = TABLES[name](tmp_path)
    shutil.copy(reading_of(name), tmp_path / "reading.yaml")
    text = EXAMPLE.read_text(encoding="utf-8")
    assert "file: cases.csv" in text
    inspection = tmp_path / "inspection.yaml"
    said = text.replace("file: cases.csv", f"file: {table.name}\n  read_as: reading.yaml")
    inspection.write_text(said, encoding="utf-8")
    assert rate_inspection(load_inspection(inspection)).rating == rate_inspection(load_inspection(EXAMPLE)).rating


@pytest.mark.parametrize("name", TABLES)
def test_files_of_it_have_the_same_ratings(name: str, framework: Framework, tmp_path: Path) -> None:
    found = rate_files(framework, TABLES[name](tmp_path), ["sex", "commenced.quarter"], read_as=reading_of(name))
    usual = rate_files(framework, CASES, ["sex", "commenced.quarter"])
    assert found.ratings == usual.ratings
    assert (found.cases, found.left_out) == (44, 0)


@pytest.mark.parametrize("name", TABLES)
def test_the_command_takes_its_reading(name: str, tmp_path: Path, run: Run) -> None:
    table = TABLES[name](tmp_path)
    ran = run("rate", "--cases", table, "--framework", "hmip-pdu", "--read-as", reading_of(name), "--json")
    usual = run("rate", "--cases", CASES, "--framework", "hmip-pdu", "--json")
    assert ran.code == 0, ran.err
    found, expected = (json.loads(each.out) for each in (ran, usual))
    # Why something is missing is what tables say of it each in its own way.
    for each in (found, expected):
        each.pop("missing", None)
    assert found == expected


# --- dataframes --------------------------------------------------------------------------------------


def texts_of(name: str, folder: Path) -> dict[str, Any]:
    """Return the columns of a table as texts, as a library reads them that guesses no types."""
    table = TABLES[name](folder)
    if table.suffix == ".xlsx":
        header, *rows = list(load_workbook(table)["Ratings"].values)[1:]
    else:
        layout = load_reading(reading_of(name)).table
        text = table.read_text(encoding=layout.encoding or "utf-8")
        sign = "," if layout.delimiter == "auto" else layout.delimiter
        header, *rows = list(csv.reader(io.StringIO(text), delimiter=sign))[(layout.header_row or 1) - 1 :]
    columns = zip(*rows, strict=True)
    return {name: pa.array([cell or None for cell in cells]) for name, cells in zip(header, columns, strict=True)}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", TABLES)
def test_dataframes_of_it_have_the_same_ratings(name: str, library: str, framework: Framework, tmp_path: Path) -> None:
    frame = LIBRARIES[library](texts_of(name, tmp_path))
    found = rate_frame(framework, frame, ["sex", "commenced.quarter"], read_as=reading_of(name))
    assert found == rate_frame(framework, polars.read_csv(CASES), ["sex", "commenced.quarter"])


@pytest.mark.parametrize("library", ["polars lazy", "pandas", "duckdb"])
@pytest.mark.parametrize("name", ["published", "long"])
def test_dataframes_of_it_have_the_same_outcomes(name: str, library: str, framework: Framework, tmp_path: Path) -> None:
    reading = load_reading(reading_of(name))
    case = "case" if reading.table.is_long else reading.named("case") or "case"
    frame = LIBRARIES[library](texts_of(name, tmp_path))
    found = as_lists(assess_frame(framework, frame, keep=[case], read_as=reading))
    usual = as_lists(assess_frame(framework, polars.read_csv(CASES), keep=["case"]))
    found["case"] = found.pop(case)
    assert sorted(zip(*(found[key] for key in usual), strict=True)) == sorted(zip(*usual.values(), strict=True))


@pytest.mark.spark
@pytest.mark.parametrize("name", TABLES)
def test_spark_has_the_same_ratings(name: str, framework: Framework, tmp_path: Path) -> None:
    found = rate_files(framework, TABLES[name](tmp_path), "sex", read_as=reading_of(name), run_on="spark")
    assert found.ratings == rate_files(framework, CASES, "sex").ratings
