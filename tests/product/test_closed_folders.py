"""A folder that this user may not look into, below one that a command reads: never passed over in silence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Run
from tests.support.paths import CASES, EXAMPLE, ROOT

COMMANDS: dict[str, Sequence[str]] = {
    "check": ["check", "work"],
    "fmt": ["fmt", "--check", "work"],
    "test": ["test", "work/standards"],
    "coverage": ["test", "work/standards", "--coverage"],
    "rate": ["rate", "--cases", "work/tables", "--framework", "hmip-pdu"],
    "where": ["where", "leadership", "--framework", "hmip-pdu", "--in", "work"],
    "diff": ["diff", "hmip-pdu/2024", "hmip-pdu/2024", "--inspections", "work"],
}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Standards, an inspection and a table, each folder with another one below it that is closed."""
    folder = tmp_path / "work"
    shutil.copytree(ROOT / "standards" / "hmip-pdu", folder / "standards" / "hmip-pdu")
    shutil.copytree(EXAMPLE.parent, folder / "ctm")
    (folder / "tables").mkdir()
    shutil.copy(CASES, folder / "tables")
    for each in (folder, folder / "standards", folder / "tables"):
        (each / "closed").mkdir()
    scandir = os.scandir

    def scanned(path: Any = ".") -> Any:
        # Whoever runs tests as root may look into every folder.
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scanned)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_folder_that_may_not_be_looked_into_is_said(arguments: Sequence[str], work: Path, run: Run) -> None:
    assert work.is_dir()
    ran = run(*arguments)
    assert ran.code != 0
    assert "closed may not be looked into, and what lies in it is not read [file-not-readable]" in ran.err + ran.out
