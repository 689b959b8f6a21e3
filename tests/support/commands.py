"""The command line as people call it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support.paths import ROOT


class Ran(NamedTuple):
    """What a command came to: its exit code and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]
"""What the fixture ``run`` is: it takes the arguments of ``ctm-rules``."""


def call(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``ctm-rules`` with these arguments in a Python of its own, and check that no traceback shows."""
    command = [sys.executable, "-c", "import ctm_rules.cli; ctm_rules.cli.run()", *map(str, arguments)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, env=environment, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def say_shortly(command: Sequence[str]) -> str:
    """Return a command without its name and the folders of its files, cut short where it is long."""
    return textwrap.shorten(" ".join(word.removeprefix("examples/ctm/") for word in command), 50, placeholder=" ...")
