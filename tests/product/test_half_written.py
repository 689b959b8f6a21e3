"""Where a command was ended while it put several files in place, none that reads takes what is there for the whole."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_framework, load_inspection
from ctm_rules.journals import SCRATCH
from ctm_rules.scenarios.running import ScenarioRunner
from tests.support.commands import Run
from tests.support.ended import prepare, tree_of

FOLDER = Path("standards/kitchens/1")
MAIN, NOTES = FOLDER / "framework.yaml", FOLDER / "notes.txt"


def leave(folder: Path, *, in_place: int, folders_above: int = 3, by: int | None = None) -> Path:
    """Leave two files as they are where only so many of them have been put in place, and return the scratch folder."""
    place = (folder / MAIN).resolve().parents[folders_above]
    scratch = place / f"{SCRATCH}left"
    scratch.mkdir()
    steps = []
    for number, path in enumerate((MAIN, NOTES)):
        content = (folder / MAIN).read_text().replace("title: Kitchens", "title: New kitchens") if path == MAIN else ""
        ((folder / path) if number < in_place else scratch / str(number)).write_text(content)
        to = os.path.relpath((folder / path).resolve(), place)
        steps.append({"how": "replace", "name": str(number), "to": to, "was_there": path == MAIN, "number": 0})
    (scratch / "journal.json").write_text(json.dumps({"folders": [], "steps": steps}))
    if by is not None:
        os.chown(scratch, by, by)
    return scratch


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with standards, a scenario and an inspection."""
    here = tmp_path / "far" / "below" / "here"
    here.mkdir(parents=True)
    prepare(here)
    monkeypatch.chdir(here)
    return here


COMMANDS: dict[str, list[str]] = {
    "check": ["check", "standards"],
    "check of an inspection": ["check", "inspection.yaml"],
    "rate": ["rate", "inspection.yaml"],
    "rate of files": ["rate", "--cases", "cases.csv", "--framework", "kitchens"],
    "explain": ["explain", "inspection.yaml", "c1"],
    "test": ["test", "standards"],
    "diff": ["diff", "standards/kitchens/1", "hmip-pdu"],
    "what-if": ["what-if", "inspection.yaml", "--next-rating"],
    "report": ["report", "inspection.yaml", "-o", "out", "-f", "json"],
    "docs": ["docs", "kitchens", "-o", "out"],
    "fmt --check": ["fmt", "--check", "standards"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_command_reads_half_a_set(command: list[str], run: Run, folder: Path) -> None:
    leave(folder, in_place=1)
    before = tree_of(folder)
    ran = run(*command)
    assert ran.code == 2 or (ran.code == 1 and command[0] in ("check", "test")), ran
    said = ran.out + ran.err
    assert "writing the file framework.yaml and others was interrupted, and only some of them are new" in said
    assert "ctm-rules fmt " in said
    assert tree_of(folder) == before


PYTHON: dict[str, Callable[[], object]] = {
    "load_framework": lambda: load_framework(FOLDER),
    "load_inspection": lambda: load_inspection("inspection.yaml"),
    "scenarios": lambda: ScenarioRunner("reference").read([FOLDER / "scenarios" / "a.yaml"]),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("read", PYTHON.values(), ids=PYTHON)
def test_nor_does_python(read: Callable[[], object]) -> None:
    leave(Path(), in_place=1)
    with pytest.raises(DiagnosticError) as error:
        read()
    assert "half-written" in {found.code for found in error.value.diagnostics}


@pytest.mark.parametrize("folders_above", [0, 1, 2, 3], ids=["in it", "beside it", "above", "far above"])
def test_fmt_finishes_it_wherever_it_was_left(folders_above: int, run: Run, folder: Path) -> None:
    leave(folder, in_place=1, folders_above=folders_above)
    assert "[half-written]" in run("rate", "inspection.yaml").err
    assert run("fmt", MAIN).code == 0
    assert SCRATCH not in "".join(tree_of(folder))
    assert "New kitchens" in run("rate", "inspection.yaml").out


@pytest.mark.parametrize(("in_place", "title"), [(0, "Kitchens"), (2, "New kitchens")], ids=["old", "new"])
def test_a_set_that_is_whole_is_read_and_nothing_is_written(in_place: int, title: str, run: Run, folder: Path) -> None:
    leave(folder, in_place=in_place)
    before = tree_of(folder)
    ran = run("rate", "inspection.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert f"\n{title} (" in ran.out
    assert tree_of(folder) == before


def test_what_was_left_of_other_files_stops_nobody(run: Run, folder: Path) -> None:
    scratch = leave(folder, in_place=1)
    journal = scratch / "journal.json"
    journal.write_text(journal.read_text().replace("standards/", "elsewhere/"))
    assert run("rate", "inspection.yaml").code == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("mode", [0o755, 0o1777], ids=["a folder of one's own", "a folder for all"])
def test_where_all_may_write_nobody_stops_another(mode: int, run: Run, folder: Path) -> None:
    scratch = leave(folder, in_place=1, by=4321)
    scratch.parent.chmod(mode)
    assert ("[half-written]" in run("rate", "inspection.yaml").err) == (mode == 0o755)
