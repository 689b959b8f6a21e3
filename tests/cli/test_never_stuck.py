"""Whatever happens ends in a sentence and the right exit code: a mistake of ours, output that is gone, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import Run
from tests.support.paths import EXAMPLE, ROOT

COMMAND = [sys.executable, "-c", "import ctm_rules.cli; ctm_rules.cli.run()"]


class Panic(BaseException):
    """What a library in Rust raises where it fails."""


@pytest.mark.parametrize("error", [KeyError("a cell"), RecursionError(), MemoryError(), Panic()], ids=repr)
def test_a_mistake_of_ours_is_a_sentence_that_says_nothing_of_the_data(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("ctm_rules.cli.commands.schema.command", fail)
    ran = run("schema")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ctm-rules ")
    assert type(error).__name__ in ran.err
    assert ran.err.count("\n") == 1
    assert "a cell" not in ran.err
    monkeypatch.setenv("CTM_RULES_TRACEBACK", "1")
    assert "Traceback" in run("schema").err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize(
    "arguments",
    [("schema", "standard"), ("rate", str(EXAMPLE)), ("rate", str(EXAMPLE), "--json")],
    ids=["schema", "rate", "rate as JSON"],
)
def test_output_onto_a_full_disk_ends_in_a_sentence(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert done.returncode == 2
    said = done.stderr.decode()
    assert "error: what was printed did not all arrive: [Errno 28] No space left on device" in said
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_output_that_is_closed_from_the_start_ends_in_a_sentence() -> None:
    program = f"import os, sys; os.close(1); os.execv(sys.executable, {[*COMMAND, 'schema', 'standard']!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert b"error: " in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe that is read no more is another error there")
def test_nothing_is_said_to_whoever_reads_no_further() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, "schema", "standard"], stdout=writing, stderr=subprocess.PIPE, cwd=ROOT, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, b"")


INTERRUPTED = """
import signal, sys, os, threading
at = int(sys.argv.pop(1))
count = 0
def hook(event, arguments):
    global count
    if event in ("import", "open") :
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGINT)
import ctm_rules.cli
sys.addaudithook(hook)
ctm_rules.cli.run()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal to itself")
@pytest.mark.parametrize("at", [1, 40, 300, 700])
def test_ctrl_c_ends_quietly_whatever_is_being_imported(at: int) -> None:
    program = [sys.executable, "-c", INTERRUPTED, str(at), "check", str(EXAMPLE)]
    done = subprocess.run(program, capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 128 + signal.SIGINT
    assert done.stderr == b""
