"""What most tests share: the shipped framework, the example inspection, small frameworks written as text."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, settings

from ctm_rules import Framework, Inspection, load_framework, load_inspection
from ctm_rules.cli.main import main
from ctm_rules.frameworks.finding import standards_folder

# A drawn framework is large and takes its time: neither says anything about the code under test.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("nightly", settings.get_profile("default"), max_examples=100_000)
settings.register_profile(
    "mutation",
    settings.get_profile("default"),
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],  # it is enough to know that a test fails
    derandomize=True,
    database=None,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "ctm" / "inspection.yaml"


@pytest.fixture(scope="session")
def shipped() -> Framework:
    """The framework that the example inspection is rated by."""
    return load_framework("hmip-pdu", "2024")


@pytest.fixture(scope="session")
def example() -> Inspection:
    """The example inspection with its 44 synthetic cases."""
    return load_inspection(EXAMPLE)


@pytest.fixture
def editable(tmp_path: Path) -> Path:
    """A copy of the shipped framework that a test may edit."""
    return Path(shutil.copytree(standards_folder() / "hmip-pdu" / "2024", tmp_path / "2024"))


SMALL = """
id: kitchens
edition: "1"
title: Kitchens
publisher: A council
in_force_from: 2026-01-01
ratings:
  - {id: fine, label: Fine, score: 1}
  - {id: poor, label: Poor, score: 0}
domains: [{id: all_of_it, title: All of it, standards: [hygiene]}]
key_question_bands: {share_of: yes, among: [yes, no], bands: [{from: 50, rating: fine}, {from: 0, rating: poor}]}
overall: {bands: [{from: 1, rating: fine}, {from: 0, rating: poor}]}
facts:
  - {id: serves_meat, title: Serves meat, type: yes_no}
  - {id: size, title: Size, type: choice, values: {small: Small, large: Large}, ordered: true}
  - {id: seats, title: Seats, type: whole_number}
  - {id: opened, title: Opened on, type: date}
standards:
  - id: H
    slug: hygiene
    title: Hygiene
    statement: Kitchens are clean.
    rated_by: cases
    key_questions:
      - id: clean
        ask: Is it clean?
        prompts:
          - {id: floors, ask: Are the floors clean?}
          - {id: knives, ask: Are the knives clean?}
          - {id: meat, ask: Is meat kept apart?, applies_when: {fact: serves_meat, is: yes}}
        yes_when: RULE
"""


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Framework]:
    """Return a function that loads the small kitchen framework with a rule, after replacing parts of its text."""

    def load(rule: str = "{all: [floors, knives, meat]}", *replacements: tuple[str, str]) -> Framework:
        text = textwrap.dedent(SMALL).replace("RULE", rule)
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "kitchens.yaml"
        file.write_text(text, encoding="utf-8")
        return load_framework(file)

    return load


class Ran(NamedTuple):
    """What a command came to: its exit code and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Return a function that runs ``ctm-rules`` with these arguments, as from a terminal that is piped."""

    def ran(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["ctm-rules", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Ran(code, *capsys.readouterr())

    return ran
