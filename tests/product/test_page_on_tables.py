"""The page on tables of cases: each of its tables is read by what stands below it, and says what the first one says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ctm_rules import Framework, Reading, load_reading, read_cases
from ctm_rules.model.declared import keys_of
from tests.support.commands import Run
from tests.support.paths import ROOT

PAGE = (ROOT / "standards" / "TABLES.md").read_text(encoding="utf-8")
USUAL = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)[0]
SHAPES = {
    title: (table, reading)
    for title, table, reading in re.findall(
        r"^### \d\. ([^\n]+)\n(?:(?!^#).)*?```csv\n(.*?)```\n\n```yaml\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE
    )
}


def test_there_are_five() -> None:
    assert len(SHAPES) == PAGE.count("\n### ") == 5


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_says_what_the_usual_table_says(shape: str, shipped: Framework, tmp_path: Path, run: Run) -> None:
    table, reading = SHAPES[shape]
    for name, text in (("usual.csv", USUAL), ("t.csv", table), ("reading.yaml", reading)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = read_cases(tmp_path / "t.csv", shipped, read_as=load_reading(tmp_path / "reading.yaml"))
    assert found == read_cases(tmp_path / "usual.csv", shipped)
    assert run("check", tmp_path / "reading.yaml").code == 0
    assert run("fmt", "--check", tmp_path / "reading.yaml").code == 0
    third = found[2]
    assert list(third.missing.values()) in (["withheld"], ["not judged"], ["not recorded"], ["not known"])


def test_the_steps_lead_from_a_draft_to_what_is_understood(tmp_path: Path, run: Run) -> None:
    (tmp_path / "cases.csv").write_text(USUAL.replace("na,", "NA,"), encoding="utf-8")
    draft = run("read", tmp_path / "cases.csv", "--framework", "hmip-pdu", "--suggest")
    assert "undecided:" in draft.out
    assert '"NA"' in draft.out
    (tmp_path / "reading.yaml").write_text(draft.out, encoding="utf-8")
    assert "[undecided-text]" in run("check", tmp_path / "reading.yaml").out
    answered = draft.out.partition("# TODO")[0] + "values: {na: [NA]}\n"
    (tmp_path / "reading.yaml").write_text(answered, encoding="utf-8")
    assert run("check", tmp_path / "reading.yaml").code == 0
    call = ("--framework", "hmip-pdu", "--read-as", tmp_path / "reading.yaml")
    read = run("read", tmp_path / "cases.csv", *call)
    assert (read.code, "3 cases from 3 rows" in read.out) == (0, True)


def test_every_key_stands_there() -> None:
    _, _, keys = PAGE.partition("## Every key")
    assert set(re.findall(r"`(\w+)`", keys)) >= set(keys_of(Reading))
