"""The README claims only what its commands show."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import say_shortly
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"\| `ctm-rules ([^`]+)` \|", README)


def test_python_in_the_readme_runs_as_shown() -> None:
    assert doctest.testfile(str(ROOT / "README.md"), module_relative=False).failed == 0


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: say_shortly(command.split()))
def test_command_in_the_readme_runs(command: str, tmp_path: Path) -> None:
    # What a command writes goes to a folder of the test's own.
    arguments = shlex.split(command.replace(" out/", f" {tmp_path}/"))
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", "import ctm_rules.cli; ctm_rules.cli.run()", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^):#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
