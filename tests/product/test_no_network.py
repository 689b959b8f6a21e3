"""Nothing is fetched: every command works where no program may open a connection."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import say_shortly
from tests.support.paths import ROOT

GUARD = """
import sys

def refuse(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        raise RuntimeError(f"a connection was asked for: {event} {arguments}")

sys.addaudithook(refuse)
"""

CUT_OFF = ["unshare", "--map-root-user", "--net"]
"""On Linux, what runs a program on a machine without a network, where this user may do that; it also stops libraries
that are no Python, of which the guard knows nothing."""


def cut_off() -> list[str]:
    try:
        return CUT_OFF if subprocess.run([*CUT_OFF, "true"], capture_output=True, check=False).returncode == 0 else []
    except OSError:
        return []


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to run programs with, which refuses them every connection."""
    file = tmp_path_factory.mktemp("guard") / "guarded.py"
    file.write_text(f"{GUARD}\nexec(sys.argv.pop(1))\n", encoding="utf-8")
    return file


def run_guarded(guard: Path, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*cut_off(), sys.executable, "-X", "utf8", str(guard), program, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("import socket; socket.create_connection(('127.0.0.1', 9), 1)", id="socket"),
        pytest.param(
            "import urllib.request; urllib.request.urlopen('http://example.org', timeout=1)",
            id="web address",
        ),
        pytest.param("import socket; socket.gethostbyname('example.org')", id="name of a host"),
    ],
)
def test_the_guard_stops_a_program_that_asks_for_a_connection(guard: Path, program: str) -> None:
    done = run_guarded(guard, program)
    assert done.returncode == 1
    assert "a connection was asked for" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["check", "standards"],
        ["fmt", "--check", "standards"],
        ["test", "standards", "--coverage"],
        ["rate", "examples/ctm/inspection.yaml"],
        ["rate", "--cases", "examples/ctm/cases.csv", "--framework", "hmip-pdu", "--by", "subgroups.grade"],
        ["explain", "examples/ctm/inspection.yaml", "synthetic-02"],
        ["explain", "bad-bands"],
        ["what-if", "examples/ctm/inspection.yaml", "--set", "key_question_bands.good.from=60"],
        ["diff", "standards/hmip-pdu/2024", "hmip-pdu/2024"],
        ["schema", "framework"],
        ["report", "examples/ctm/inspection.yaml", "-o"],
        ["docs", "standards/hmip-pdu/2024", "-o"],
    ],
    ids=say_shortly,
)
def test_a_command_asks_for_no_connection(guard: Path, tmp_path: Path, command: list[str]) -> None:
    written = [tmp_path / "out"] if command[-1] == "-o" else []
    done = run_guarded(guard, "import ctm_rules.cli; ctm_rules.cli.run()", *command, *written)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(path.exists() for path in written)
