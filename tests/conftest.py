"""What pytest hands to most tests: the shipped framework, the example inspection, small frameworks, the command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from ctm_rules import Framework, Inspection, load_framework, load_inspection
from ctm_rules.cli.main import main
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.frameworks.loading import build_framework, read_framework
from tests.support.commands import Ran, Run
from tests.support.paths import EXAMPLE
from tests.support.right_framework import RIGHT
from tests.support.scenario_files import RULE, Tree
from tests.support.small_framework import SMALL, Small

# A drawn framework is large and takes its time: neither says anything about the code under test.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# What a change must pass draws the same examples each time, so that more of them would find nothing new from change to
# change; everyday runs and the nightly draw anew. What fails there is shrunk by whoever mends it, with the default
# profile: a few that fail would take an hour to say so otherwise.
settings.register_profile(
    "repeatable",
    settings.get_profile("default"),
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    database=None,
)
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
def small(tmp_path: Path) -> Small:
    """Return a function that loads the small kitchen framework with a rule, after replacing parts of its text.

    It may have rules that nobody can have meant, which `check` reports and `load_framework` refuses.
    """

    def load(rule: str = "{all: [floors, knives, meat]}", *replacements: tuple[str, str]) -> Framework:
        text = textwrap.dedent(SMALL).replace("RULE", rule)
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "kitchens.yaml"
        file.write_text(text, encoding="utf-8")
        return build_framework(read_framework(file))

    return load


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
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


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Return a function that puts a scenario file beside the small kitchen framework and returns its path."""
    monkeypatch.chdir(tmp_path)
    folder = Path("standards/kitchens/1")
    (folder / "scenarios").mkdir(parents=True)
    (folder / "framework.yaml").write_text(SMALL.replace("RULE", RULE), encoding="utf-8")

    def write(text: str) -> Path:
        file = folder / "scenarios" / "clean.yaml"
        file.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
        return file

    return write


@pytest.fixture
def repository(editable: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with one commit that holds a copy of the shipped framework, and then an edit."""
    folder = editable.parent
    monkeypatch.chdir(folder)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "2024"], ["commit", "-q", "-m", "Start"], ["tag", "first"]):
        subprocess.run(["git", *author, *arguments], check=True, capture_output=True)
    file = editable / "framework.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("{from: 65, rating: good}", "{from: 60, rating: good}", 1), encoding="utf-8")
    return folder


@pytest.fixture
def kitchen_visit(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a small inspection: the rule, and the rows of its case table."""

    def write(rule: str, *rows: str, header: str = "case,serves_meat,floors,knives,meat", more: str = "") -> Path:
        standards = textwrap.dedent(SMALL).replace("RULE", rule) + more
        (tmp_path / "kitchens.yaml").write_text(standards, encoding="utf-8")
        columns = [
            f"hygiene.clean.{name}" if name in ("floors", "knives", "meat", "walls") else name
            for name in header.split(",")
        ]
        table = "\n".join([",".join(columns), *rows]) + "\n"
        (tmp_path / "cases.csv").write_text(table, encoding="utf-8")
        inspection = """\
            framework: {path: kitchens.yaml}
            provider: {id: a, name: A kitchen}
            title: A visit
            fieldwork: {started: 2026-01-01}
            cases: {file: cases.csv, synthetic: true, note: Made up.}
        """
        file = tmp_path / "inspection.yaml"
        file.write_text(textwrap.dedent(inspection), encoding="utf-8")
        return file

    return write
