"""Everything that the guide for policy staff shows: the edits, the commands and what they print."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import get_args

import pytest
from attrs import fields

from ctm_rules.diagnostics.findings import Findings
from ctm_rules.inspections.file import InspectionStandards
from ctm_rules.model.conditions import PromptIsYes
from ctm_rules.model.framework import VariantRule
from ctm_rules.scenarios.file import Expectation, Given, OutcomeWord
from ctm_rules.yaml_files.marked_yaml import MarkedDict, parse_yaml
from ctm_rules.yaml_files.structuring import structure
from tests.support.commands import Run
from tests.support.guide import CHANGES, GUIDE, Change
from tests.support.pages import blocks, commands, prints
from tests.support.paths import ROOT

EDITION = Path("standards/hmip-pdu/2024")
ELSEWHERE = list(commands(re.sub(r"\n## Ten everyday changes\n.*?(?=\n## )", "", GUIDE, flags=re.DOTALL)))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the standards and the example under version control, in which one stands."""
    for name in ("standards", "examples/ctm"):
        for file in (ROOT / name).rglob("*"):
            copy = tmp_path / file.relative_to(ROOT)
            if file.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_bytes())
    who = ["-c", "user.name=Policy", "-c", "user.email=policy@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "--message", "Start"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_guide_shows_ten_changes_each_with_its_effect() -> None:
    assert [change.title.split(".")[0] for change in CHANGES] == [str(number) for number in range(1, 11)]
    assert all(change.commands and all(command.shown for command in change.commands) for change in CHANGES)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.title)
def test_each_change_has_the_effect_that_the_guide_shows(change: Change, checkout: Path, run: Run) -> None:
    what_if = [command for command in change.commands if " what-if " in command.line]
    for command in what_if:
        prints(command, run)
    file = checkout / EDITION / change.file
    text = file.read_text(encoding="utf-8")
    assert text.count(change.before) == 1
    file.write_text(text.replace(change.before, change.after), encoding="utf-8")
    assert run("fmt", "--check", file).code == 0
    for command in change.commands:
        if command not in what_if:
            prints(command, run)


def test_the_other_commands_print_what_the_guide_shows(checkout: Path, run: Run) -> None:
    assert checkout.is_dir()
    assert len(ELSEWHERE) >= 6
    for command in ELSEWHERE:
        prints(command, run)


def test_what_the_guide_quotes_stands_in_the_files() -> None:
    shipped = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / EDITION).rglob("*.yaml")))
    before_the_changes, after_them = GUIDE.split("\n## Ten everyday changes\n")
    question, _ = blocks(before_the_changes, "yaml")
    (table,) = blocks(after_them.split("\n## Scenarios in full\n")[1].split("\n## ")[0], "yaml")
    assert question in shipped
    assert table in shipped


def test_whatever_a_scenario_may_say_stands_in_the_guide() -> None:
    section = GUIDE.split("\n## Scenarios in full\n")[1].split("\n## ")[0]
    keys = {key.name for declared in (Given, Expectation) for key in fields(declared)} - {"at"}
    assert [key for key in sorted({*keys, *get_args(OutcomeWord)}) if f"`{key}`" not in section] == ["amended"]
    assert "`amended: {" in section


def test_the_guide_counts_the_schemes() -> None:
    schemes = [folder for folder in (ROOT / "examples" / "schemes").iterdir() if folder.is_dir()]
    words = {9: "Nine", 10: "Ten", 11: "Eleven", 12: "Twelve"}
    assert f"[{words[len(schemes)]} schemes](../examples/schemes)" in GUIDE


def test_every_way_to_name_the_standards_in_the_guide_can_be_read() -> None:
    (ways,) = blocks(GUIDE.split("\n## When a new edition comes into force\n")[1].split("\n### ")[0], "yaml")
    for way in ways.splitlines():
        findings = Findings()
        read = parse_yaml(way.encode(), "README.md", findings)
        assert isinstance(read, MarkedDict)
        named = structure(read["framework"], InspectionStandards, "README.md", findings)
        assert not findings
        assert named is not None
        assert named.id == "hmip-pdu"


def test_every_form_of_rule_in_the_guide_can_be_read() -> None:
    _, forms = blocks(GUIDE.split("\n## Ten everyday changes\n")[0], "yaml")
    findings = Findings()
    read = parse_yaml(forms.encode(), "README.md", findings)
    assert isinstance(read, list)
    assert len(read) == 7
    for form in read:
        block = MarkedDict(read.at)
        block["yes_when"] = form
        rule = structure(block, VariantRule, "README.md", findings)
        assert rule is not None
        assert (form == "victims") == isinstance(rule.yes_when, PromptIsYes)
    assert list(findings) == []


# What a folder may have, and that of the shipped standards has not.
WHERE_THERE_IS_ONE = {"reading.yaml"}


def test_every_file_that_the_guide_names_exists() -> None:
    named = {*re.findall(r"`([\w./-]+\.(?:yaml|csv))`", GUIDE)} - WHERE_THERE_IS_ONE
    assert named
    assert [name for name in sorted(named) if not any((ROOT / of / name).is_file() for of in (EDITION, ""))] == []
