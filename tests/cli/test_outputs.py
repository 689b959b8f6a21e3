"""A pipe, a device or standard output is written to by the commands that write a file, and refused by the others."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from ctm_rules.cli.main import main
from tests.support.commands import Ran, Run, every_parameter
from tests.support.own_standards import declare, inspect

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are pipes with names on Unix alone")


class Writes(NamedTuple):
    """A command that writes, without where to; the ending of its file's name, and how many things are in the file."""

    call: tuple[str, ...]
    ending: str = ""
    count: Callable[[str], int] = len


_SAID = ("--title", "Kitchens", "--publisher", "A council", "--source", "Handbook", "--in-force-from", "2026-04-01")
FILES: Mapping[tuple[str, str], Writes] = {
    ("rate", "-o"): Writes(
        ("rate", "--cases", "cases.csv", "--framework", "kitchens"),
        ".json",
        lambda text: len(json.loads(text)["groups"]),
    ),
    ("form", "-o"): Writes(
        ("form", "kitchens", "--register"), ".xlsx", lambda text: text.count("[Content_Types].xml") // 2
    ),
    ("test", "--junit"): Writes(
        ("test", "standards"), count=lambda text: len(list(ElementTree.fromstring(text).iter("testcase")))
    ),
}  # fmt: skip
FOLDERS: Mapping[tuple[str, str], Writes] = {
    ("report", "--output"): Writes(("report", "inspection.yaml", "-f", "json")),
    ("docs", "--output"): Writes(("docs", "kitchens")),
    ("schema", "--write"): Writes(("schema",)),
    ("new framework", "--in"): Writes(("new", "framework", "canteens", "--edition", "1", *_SAID)),
    ("new examples", "--in"): Writes(("new", "examples")),
}


LOOKED_IN = {("apply", "--in"), ("rename", "--in"), ("where", "--in"), ("workbench", "--in")}
"""Options that name a folder which is there already."""


def test_every_option_that_says_where_to_write_is_tried() -> None:
    options = {"-o", "--output", "--junit", "--write", "--in"}
    assert {each for each in every_parameter() if each[1] in options} - LOOKED_IN == FILES.keys() | FOLDERS.keys()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with standards, a scenario, an inspection and its cases."""
    scenarios = declare(tmp_path / "standards") / "scenarios"
    scenarios.mkdir()
    (scenarios / "a.yaml").write_text(
        "key_question: hygiene.clean\nscenarios:\n  - name: Nothing known\n    expect: {outcome: undetermined}\n"
    )
    inspect(tmp_path, "{id: kitchens}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs ``ctm-rules`` where the streams of the process itself are looked at."""

    def ran(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["ctm-rules", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        return Ran(int(stop.value.code or 0), *capfd.readouterr())

    return ran


class Place(NamedTuple):
    """Somewhere to write to, and what of it is heard, given what was printed."""

    path: str
    heard: Callable[[Ran], str]


def _heard(reading: int) -> str:
    with os.fdopen(reading, "rb") as file:
        return file.read().decode(errors="replace")


@pytest.fixture
def place(request: pytest.FixtureRequest, folder: Path) -> Iterator[Place]:
    """Something that is no file, by its name in a test."""
    named = request.param
    opened: list[int] = []
    if named == "a pipe of the shell":
        reading, writing = os.pipe()
        opened = [writing]
        os.set_blocking(reading, False)
        made = Place(f"/dev/fd/{writing}", lambda _: os.read(reading, 1 << 16).decode(errors="replace"))
        opened.append(reading)
    elif named == "a named pipe":
        os.mkfifo(folder / "pipe")
        reading = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        made = Place("pipe", lambda _: _heard(reading))
    else:
        made = Place({"standard output": "/dev/stdout", "its number": "/dev/fd/1"}[named], lambda ran: ran.out)
    yield made
    for handle in opened:
        os.close(handle)


TAKERS = ["standard output", "its number", "a pipe of the shell", "a named pipe"]


@pytest.mark.parametrize("place", TAKERS, indirect=True)
@pytest.mark.parametrize("option", FILES, ids=" ".join)
def test_a_file_is_written_to_what_takes_it_and_nothing_else_goes_there(
    option: tuple[str, str], place: Place, run: Run, folder: Path
) -> None:
    writes = FILES[option]
    to = Path(place.path)
    if writes.ending:
        to = folder / f"link{writes.ending}"
        to.symlink_to(place.path)
    before = sorted(folder.rglob("*"))
    ran = run(*writes.call, option[1], to)
    assert ran.code == 0, ran
    assert writes.count(place.heard(ran)) == 1
    assert "engine" in ran.out + ran.err or "written to" in ran.out + ran.err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("option", FILES, ids=" ".join)
def test_a_device_that_forgets_takes_every_file(option: tuple[str, str], run: Run, folder: Path) -> None:
    (folder / f"link{FILES[option].ending}").symlink_to(os.devnull)
    assert run(*FILES[option].call, option[1], f"link{FILES[option].ending}").code == 0
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize("option", [each for each in FILES if each[0] != "form"], ids=" ".join)
def test_two_results_do_not_go_to_standard_output(option: tuple[str, str], run: Run, folder: Path) -> None:
    (folder / "link.json").symlink_to("/dev/stdout")
    ran = run(*FILES[option].call, option[1], "link.json", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "link.json and --json both go to standard output: name another file" in ran.err


@pytest.fixture
def refusing(request: pytest.FixtureRequest, folder: Path) -> Iterator[Path]:
    """Something that takes nothing, by its name in a test."""
    to = folder / "link.json"
    opened: list[int] = []
    if request.param == "a full disk":
        to.symlink_to("/dev/full")
    elif request.param == "a pipe that nobody reads":
        os.mkfifo(to)
    elif request.param == "a pipe whose reader went":
        reading, writing = os.pipe()
        os.close(reading)
        opened = [writing]
        to.symlink_to(f"/dev/fd/{writing}")
    elif request.param == "a stream for reading":
        opened = [os.open(folder / "inspection.yaml", os.O_RDONLY)]
        to.symlink_to(f"/dev/fd/{opened[0]}")
    else:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind("link.json")
        opened = [listening.detach()]
    yield to
    for handle in opened:
        os.close(handle)


REFUSED = {
    "a full disk": ("no space left on device", "free some space"),
    "a pipe that nobody reads": ("nobody reads from this pipe", "name a file, or something that takes"),
    "a pipe whose reader went": ("broken pipe", "name a file, or something that takes"),
    "a stream for reading": ("bad file descriptor", "name a file, or something that takes"),
    "a socket": ("it is a disk or a socket", "name a file, or something that takes"),
}


@pytest.mark.parametrize(("refusing", "says"), REFUSED.items(), ids=REFUSED, indirect=["refusing"])
@pytest.mark.parametrize("option", FILES, ids=" ".join)
def test_what_takes_nothing_is_said_to_do_so(
    option: tuple[str, str], refusing: Path, says: tuple[str, str], run: Run
) -> None:
    named = refusing
    if FILES[option].ending not in ("", refusing.suffix):
        named = refusing.with_suffix(FILES[option].ending)
        named.symlink_to(refusing.name)
    ran = run(*FILES[option].call, option[1], named.name)
    assert ran.code == 2
    assert f"cannot be written: {says[0]} [file-not-writable]" in ran.err
    assert f"= hint: {says[1]}" in ran.err


@pytest.mark.parametrize("place", TAKERS, indirect=True)
@pytest.mark.parametrize("option", FOLDERS, ids=" ".join)
def test_several_files_are_written_into_a_folder_alone(
    option: tuple[str, str], place: Place, run: Run, folder: Path
) -> None:
    before = sorted(folder.rglob("*"))
    ran = run(*FOLDERS[option].call, option[1], place.path)
    assert (ran.code, ran.out) == (2, "")
    assert f"nothing can be written into {place.path}: {place.path} is a pipe or a device" in ran.err
    assert "name a folder" in ran.err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("to", ["cases.csv", "cases.csv/below"])
@pytest.mark.parametrize("option", FOLDERS, ids=" ".join)
@pytest.mark.usefixtures("folder")
def test_a_file_is_no_folder(option: tuple[str, str], to: str, run: Run) -> None:
    ran = run(*FOLDERS[option].call, option[1], to)
    assert ran.code == 2
    assert f"nothing can be written into {to}: cases.csv is a file" in ran.err


def test_a_pipe_among_the_files_of_a_folder_is_refused(run: Run, folder: Path) -> None:
    (folder / "out").mkdir()
    os.mkfifo(folder / "out" / "annexe.json")
    ran = run(*FOLDERS["report", "--output"].call, "-o", "out")
    assert ran.code == 2
    assert "out/annexe.json cannot be written: it is a pipe or a device, and stands among files" in ran.err


@pytest.mark.parametrize("named", ["/dev/stdout", "results.xml"])
def test_what_the_shell_put_into_a_file_before_is_not_written_over(named: str, run: Run, folder: Path) -> None:
    file = folder / "results.xml"
    kept = os.dup(1)
    with file.open("ab") as opened:
        os.dup2(opened.fileno(), 1)
    try:
        os.write(1, b"" if named == file.name else b"<!-- before -->\n")
        ran = run("test", "standards", "--junit", named)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
    assert ran.code == 0
    assert "1 scenario: 1 pass" in ran.err
    text = file.read_text()
    assert text.startswith("<!-- before -->\n<?xml" if named != file.name else "<?xml")
    assert text.endswith("</testsuites>\n")
