"""The workbench in Chromium, served as the command serves it, and used by what a person sees: roles and labels."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.chromium import in_chromium

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
    file = folder / "steps.json"
    file.write_text(json.dumps([*([] if script else [["without script"]]), ["go", opened], *there]), encoding="utf-8")
    said = in_chromium("work.mjs", width, file, seconds=300)
    assert said["failed"] == ""
    assert said["messages"] == []
    assert said["requests"] == [base]
    return list(said["seen"])
