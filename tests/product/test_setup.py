"""The set-up: it says what it could not do, and what is told in several places about Pythons is one thing."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ctm_rules.engines.durable_ruleset import FLAGS_FOR_DURABLE
from tests.support.paths import ROOT

SETUP = ROOT / ".ci" / "setup.py"
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_THERE = "setup: ctm-rules works, with the engine reference alone; durable_rules could not be installed: "


@pytest.fixture
def setup() -> dict[str, Any]:
    """What the set-up defines, without running it."""
    return runpy.run_path(str(SETUP))


def test_the_pythons_that_are_tried_are_those_that_are_claimed(setup: dict[str, Any]) -> None:
    first, last = setup["TESTED"]
    claimed = [f"3.{minor}" for minor in range(first[1], last[1] + 1)]
    of_package = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if ":: Python :: 3." in line]
    searched = re.search(r"for version in (.*); do", (ROOT / ".ci" / "pythons").read_text(encoding="utf-8"))
    found = re.search(r"python3\.\d+(?: python3\.\d+)+", (ROOT / ".ci" / "setup").read_text(encoding="utf-8"))
    assert searched is not None
    assert found is not None
    assert of_package == sorted(searched[1].split()) == sorted(found[0].replace("python", "").split()) == claimed
    assert PROJECT["requires-python"] == f">={claimed[0]}"
    assert f"You need Python {', '.join(claimed[:-1])} or {claimed[-1]}" in README


@pytest.mark.parametrize(
    ("version", "exit_code", "said"),
    [
        pytest.param(
            (3, 10, 9), 2, "setup: Python 3.10.9 is too old; ctm-rules needs Python 3.11 or later\n", id="old"
        ),
        pytest.param((3, 14, 9), None, "", id="tried"),
        pytest.param(
            (3, 15, 0),
            None,
            "setup: ctm-rules was not tried on Python 3.15.0 yet; it was on 3.11 to 3.14\n",
            id="newer",
        ),
    ],
)
def test_a_newer_python_may_try_and_an_older_one_may_not(
    setup: dict[str, Any],
    version: tuple[int, int, int],
    exit_code: int | None,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    main = setup["main"]
    done: list[str] = []
    for step in ("make_environment", "install", "install_durable"):
        monkeypatch.setitem(main.__globals__, step, lambda *_, step=step: done.append(step))
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "version", f"{'.'.join(map(str, version))} (main)")
    if exit_code is None:
        main()
    else:
        with pytest.raises(SystemExit) as stopped:
            main()
        assert stopped.value.code == exit_code
    monkeypatch.undo()
    assert capsys.readouterr().err == said
    assert bool(done) == (exit_code is None)


def test_what_durable_rules_has_to_be_built_with_is_the_same_wherever_it_is_told(setup: dict[str, Any]) -> None:
    flags = setup["DURABLE_NEEDS"]
    assert f"CPPFLAGS='{flags}'" == FLAGS_FOR_DURABLE
    assert README.count(f'{FLAGS_FOR_DURABLE} pip install "ctm-rules[durable]"') == 1


def test_all_has_nothing_that_must_be_compiled() -> None:
    extras = PROJECT["optional-dependencies"]
    wanted, needed = ["all"], list(PROJECT["dependencies"])
    while wanted:
        for requirement in extras[wanted.pop()]:
            own = re.fullmatch(r"ctm-rules\[(.*)\]", requirement)
            wanted += own[1].split(",") if own else []
            needed += [] if own else [requirement]
    assert extras["durable"] == ["durable_rules==2.0.28"]
    assert not [requirement for requirement in needed if requirement.startswith("durable")]


def test_what_runs_on_every_python_is_there() -> None:
    lines = (ROOT / ".ci" / "every-python.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not (ROOT / line.removeprefix("--ignore=")).exists()] == []


@pytest.mark.parametrize(
    ("compiler", "printed", "reason"),
    [
        pytest.param(None, "error: command 'cc' failed: No such file", "there is no C compiler", id="no compiler"),
        pytest.param(
            "/usr/bin/cc",
            "error: subprocess-exited-with-error\n  rules.c:1:10: fatal error: Python.h: No such file\n",
            "rules.c:1:10: fatal error: Python.h: No such file",
            id="no headers",
        ),
        pytest.param(
            "/usr/bin/cc",
            "ERROR: No matching distribution found",
            "ERROR: No matching distribution found",
            id="no index",
        ),
        pytest.param("/usr/bin/cc", "Killed", "pip says nothing more", id="no reason"),
    ],
)
def test_a_set_up_without_durable_rules_says_why_in_one_line(
    setup: dict[str, Any],
    compiler: str | None,
    printed: str,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1, printed, "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda _: compiler)
    setup["install_durable"](Path("python"), ("durable_rules",))
    assert capsys.readouterr().err == f"{NOT_THERE}{reason}\n"
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("imports", "said"),
    [
        pytest.param([True], "", id="at once"),
        pytest.param([False, True], "", id="when built anew"),
        pytest.param([False, False], f"{NOT_THERE}it does not import\n", id="never"),
    ],
)
def test_what_was_built_otherwise_and_does_not_import_is_built_anew(
    setup: dict[str, Any],
    imports: list[bool],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        if "install" not in command:
            return subprocess.CompletedProcess(command, 0 if imports[len(asked) - 1] else 1, "", "")
        assert setup["DURABLE_NEEDS"] in options["env"]["CPPFLAGS"]
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    setup["install_durable"](Path("python"), ("durable_rules",))
    assert ["--no-cache-dir" in command for command in asked] == [False, True][: len(imports)]
    assert capsys.readouterr().err == said
