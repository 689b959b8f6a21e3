"""Four tables as inspectorates publish and collect them, each with its reading, come to one result at every door."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ctm_rules import Framework, load_framework, load_inspection, rate_files, rate_inspection, read_cases
from tests.support.commands import Run
from tests.support.dataframes import QUIET
from tests.support.four_tables import TABLES, reading_of
from tests.support.paths import CASES, EXAMPLE

pytestmark = QUIET

FRAMES = {"published": "csv", "long": "xlsx", "collected": "csv"}


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
    assert (ran.code, ran.out) == (0, usual.out), ran.err
