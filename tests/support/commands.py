"""The command line as people call it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import typer

from ctm_rules.cli.main import build_app
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


def every_parameter() -> Iterator[tuple[str, str]]:
    """Yield each command with each of its options, by its first name, and arguments."""

    def below(command: Any, name: str) -> Iterator[tuple[str, str]]:
        for each, inside in getattr(command, "commands", {}).items():
            yield from below(inside, f"{name} {each}".strip())
        for parameter in [] if hasattr(command, "commands") else command.params:
            yield name, parameter.opts[0] if parameter.param_type_name == "option" else parameter.name

    yield from below(typer.main.get_command(build_app([])), "")


def say_shortly(command: Sequence[str]) -> str:
    """Return a command without its name and the folders of its files, cut short where it is long."""
    return textwrap.shorten(" ".join(word.removeprefix("examples/ctm/") for word in command), 50, placeholder=" ...")
