"""What pytest hands to most tests: the shipped framework, the example inspection, small frameworks, the command."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from ctm_rules import Framework, Inspection, load_framework, load_inspection
from ctm_rules.cli.main import main
from ctm_rules.frameworks.finding import standards_folder
from tests.support.commands import Ran
from tests.support.paths import EXAMPLE
from tests.support.right_framework import RIGHT
from tests.support.small_framework import SMALL

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


@pytest.fixture
def kitchens(tmp_path: Path) -> Path:
    """A folder of frameworks with one edition of one framework, without a mistake."""
    return Path(shutil.copytree(RIGHT, tmp_path / "standards" / "kitchens" / "2026"))


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
