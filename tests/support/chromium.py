"""What tests in a real browser need: Chromium, Node.js and ``npm install --no-package-lock --prefix tests/browser``."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT

_FOLDER = ROOT / "tests" / "browser"
_CHROMIUM, _NODE = shutil.which("chromium") or shutil.which("chromium-browser"), shutil.which("node")
_IS_READY = bool(_CHROMIUM and _NODE and (_FOLDER / "node_modules" / "axe-core").is_dir())

IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not _IS_READY, reason="needs chromium, node and npm install --prefix tests/browser"),
]
"""The ``pytestmark`` of modules whose tests open pages in Chromium."""

WIDTHS = (320, 360, 768, 1280)
"""The widths, in CSS pixels, at which pages of the report are looked at, as its statement on accessibility says."""


def work(steps: Sequence[Sequence[object]], folder: Path, *, width: int = 1280, seconds: int = 600) -> Any:
    """Do in pages what a person does (``tests/browser/work.mjs``), and return what was seen, chapter by chapter."""
    file = folder / "steps.json"
    file.write_text(json.dumps(list(map(list, steps))), encoding="utf-8")
    return in_chromium("work.mjs", width, file, seconds=seconds)


def in_chromium(script: str, *arguments: object, seconds: int) -> Any:
    """Return what a script of ``tests/browser`` saw in Chromium; it is given some arguments behind the browser."""
    command = [_NODE, _FOLDER / script, _CHROMIUM, *arguments]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
