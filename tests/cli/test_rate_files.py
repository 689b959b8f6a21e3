"""``ctm-rules rate --cases`` as people call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.commands import Run
from tests.support.paths import CASES
from tests.support.small_framework import Small

pl = pytest.importorskip("polars")
pytest.importorskip("pyarrow")
xlsxwriter = pytest.importorskip("xlsxwriter")
openpyxl = pytest.importorskip("openpyxl")


def test_the_command_prints_a_table_of_groups(run: Run) -> None:
    ran = run("rate", "--cases", CASES, "--framework", "hmip-pdu", "--by", "subgroups.grade")
    assert ran.code == 0
    assert "44 cases from 1 file" in ran.out
    assert "pso" in ran.out
    assert "Not rated: P 1.2 Staffing: no judgement is recorded (2 groups)" in ran.out


def test_of_many_reasons_why_ratings_are_missing_some_are_said_and_the_others_counted(
    run: Run, tmp_path: Path, small: Small
) -> None:
    small("floors")
    rows = [
        f"c{place}-{number},p{place},{'' if number < place else 'yes'}"
        for place in range(1, 17)
        for number in range(16)
    ]
    (tmp_path / "t.csv").write_text("\n".join(["case,provider,hygiene.clean.floors", *rows]), encoding="utf-8")
    told = ("--framework", tmp_path / "kitchens.yaml", "--by", "provider")
    said = run("rate", "--cases", tmp_path / "t.csv", *told).out
    assert said.count("Not rated: ") == 12
    assert "… and for 4 other reasons, which --json says" in said


def test_the_name_of_a_group_does_nothing_to_a_terminal(run: Run, tmp_path: Path, small: Small) -> None:
    small("floors")
    table = pl.DataFrame({"case": ["a"], "[b]": ["\x1b]0;x\x07[red]N"], "hygiene.clean.floors": ["yes"]})
    table.write_parquet(tmp_path / "t.parquet")  # in a CSV file the row would be refused
    ran = run("rate", "--cases", tmp_path / "t.parquet", "--framework", tmp_path / "kitchens.yaml", "--by", "[b]")
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "[b]" in ran.out
    assert "[red]N" in ran.out


def test_the_command_as_json_and_to_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "new" / "ratings.parquet"
    ran = run("rate", "--cases", CASES, "--framework", "hmip-pdu", "--by", "grade,sex", "-o", out, "--json")
    assert ran.code == 0
    printed = json.loads(ran.out)
    assert printed["by"] == ["grade", "sex"]
    assert [group["group"] for group in printed["groups"]] == pl.read_parquet(out).select("grade", "sex").to_dicts()


def test_the_command_with_codes_and_columns(run: Run, tmp_path: Path, small: Small) -> None:
    small("{all: [floors, {fact: size, is: large}]}")
    pl.DataFrame({"Q1": [1, 2, 9], "size": [1, 2, 2]}).write_parquet(tmp_path / "a.parquet")
    arguments = ["rate", "--cases", tmp_path / "a.parquet", "--framework", tmp_path / "kitchens.yaml", "--json"]
    codes = ["--codes", "yes=1,no=2,na=9", "--codes", "size:small=1,large=2", "--column", "hygiene.clean.floors=Q1"]
    ran = run(*arguments, *codes)
    assert ran.code == 0, ran.err
    (question,) = json.loads(ran.out)["groups"][0]["standards"][0]["key_questions"]
    assert (question["yes"], question["no"], question["not_applicable"]) == (0, 2, 1)
    for wrong in ("yes", "yes=one", "maybe=3", "yes=1,no=1"):
        assert run(*arguments, "--codes", wrong).code == 2


def test_the_command_says_which_rows_are_left_out(run: Run, tmp_path: Path) -> None:
    text = CASES.read_text().replace("synthetic-01,community_order", "synthetic-01,comunity_order")
    (tmp_path / "cases.csv").write_text(text)
    arguments = ["rate", "--cases", tmp_path / "cases.csv", "--framework", "hmip-pdu"]
    ran = run(*arguments)
    assert ran.code == 1
    assert "43 cases from 1 file; 1 row left out" in ran.out
    assert 'row 2, column "sentence_type": "comunity_order"' in ran.err
    strict = run(*arguments, "--strict", "-o", tmp_path / "out.csv")
    assert strict.code == 2
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="nothing to rate"),
        pytest.param(["--cases", CASES], id="cases without a framework"),
        pytest.param(
            [CASES, "--cases", CASES, "--framework", "x"],
            id="an inspection and cases",
        ),
        pytest.param(
            [CASES, "--engine", "spark"],
            id="an engine that needs cases",
        ),
    ],
)
def test_calls_that_make_no_sense(run: Run, arguments: list[object]) -> None:
    assert run("rate", *arguments).code == 2


def test_a_missing_library_is_named_with_what_installs_it(tmp_path: Path) -> None:
    code = f"""
import sys
sys.modules["polars"] = None
sys.argv = ["ctm-rules", "rate", "--cases", {str(CASES)!r}, "--framework", "hmip-pdu"]
import ctm_rules.cli
ctm_rules.cli.run()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=os.fspath(tmp_path)
    )
    assert done.returncode == 2
    assert 'pip install "ctm-rules[bulk]"' in done.stderr


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "json"])
def test_the_same_ratings_give_the_same_bytes_on_every_day(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    def written(name: str, epoch: str | None) -> bytes:
        file = tmp_path / f"{name}.{ending}"
        if epoch is None:
            monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        else:
            monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        assert run("rate", "--cases", CASES, "--framework", "hmip-pdu", "-o", file).code == 0
        return file.read_bytes()

    assert written("a", None) == written("b", None)
    assert written("c", "86400") == written("d", "86400")
    if ending == "xlsx":
        with zipfile.ZipFile(tmp_path / "a.xlsx") as usual, zipfile.ZipFile(tmp_path / "c.xlsx") as said:
            assert b"2000-01-01T00:00:00Z" in usual.read("docProps/core.xml")
            assert b"1970-01-02T00:00:00Z" in said.read("docProps/core.xml")
