"""The workbench in Chromium, served as the command serves it, and used by what a person sees: roles and labels."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import chromium

Step = Sequence[object]


@contextmanager
def served(standards: Path, *more: str) -> Iterator[str]:
    """The address that opens the workbench once."""
    command = [sys.executable, "-m", "ctm_rules", "workbench", str(standards), "--no-browser", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        try:
            yield found[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def work(opened: str, steps: Sequence[Step], folder: Path, *, width: int = 1280, script: bool = True) -> list[Any]:
    """Do in the page what a person does; return what was seen. Nothing may fail, or ask for another host."""
    base = opened.partition("/start?")[0]
    there = [
        [step[0], base + str(step[1])] if step[0] == "go" and str(step[1]).startswith("/") else list(step)
        for step in steps
    ]
    whole = [*([] if script else [["without script"]]), ["go", opened], *there]
    said = chromium.work(whole, folder, width=width, seconds=300)
    assert said["failed"] == "", said["failed"]
    assert [each for each in said["messages"] if "422" not in each] == []  # an address that needs more says so
    assert said["requests"] == [base]
    return list(said["seen"])
