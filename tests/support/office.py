"""A real spreadsheet program for tests: LibreOffice, in which a workbook is filled in, worked out and saved."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("office_script.py")
PYTHON = "/usr/bin/python3"

Job = dict[str, Any]
"""A workbook (``file``), what to ``put`` into its cells or to ``cut`` from one to another, by sheet; under which names
to ``save`` it, and which cells to ``read``, by sheet."""


def in_office(jobs: Sequence[Job]) -> list[dict[str, list[list[Any]]]]:
    """Return what stands in the cells that each job reads, after LibreOffice has worked everything out."""
    program = shutil.which("soffice")
    is_there = program is not None and Path(PYTHON).exists()
    if not is_there or subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode:
        assert "CI" not in os.environ, "sh .ci/office installs LibreOffice"
        pytest.skip("needs LibreOffice: sh .ci/office")
    assert program is not None
    with tempfile.TemporaryDirectory() as profile:
        ran = subprocess.run(
            [PYTHON, SCRIPT, program, profile],
            input=json.dumps(jobs),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        )
    assert ran.returncode == 0, ran.stderr
    found: list[dict[str, list[list[Any]]]] = json.loads(ran.stdout)
    return found
