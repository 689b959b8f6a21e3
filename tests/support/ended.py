"""Ends a command at the n-th call that changes the disk, for one n after the other, and says what is there then.

As a program: ``python -m tests.support.ended`` ends every command that writes at every such call.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from ctm_rules.editing.edits import SetValue, node_of
from ctm_rules.editing.session import Session
from ctm_rules.journals import SCRATCH
from tests.support.own_standards import declare, inspect
from tests.support.paths import ROOT

Tree = Mapping[str, str]
"""What lies in a folder: the content of each file by its path, and the folders."""

_SAID = ["--title", "Kitchens", "--publisher", "A council", "--source", "Handbook", "--in-force-from", "2026-04-01"]
_TOLD = ["--id", "K 2", "--title", "Food", "--statement", "Food is safe."]
COMMANDS: Mapping[str, list[str]] = {
    "report": ["report", "inspection.yaml", "-o", "out/report", "-f", "json", "-f", "csv", "-f", "md"],
    "report anew": ["report", "inspection.yaml", "-o", "old", "-f", "json", "-f", "md"],
    "docs": ["docs", "standards/kitchens/1", "-o", "out/site"],
    "docs anew": ["docs", "standards/kitchens/1", "-o", "site"],
    "schema": ["schema", "--write", "schema"],
    "new framework": ["new", "framework", "canteens", "--edition", "1", "--in", "own", *_SAID],
    "new standard": ["new", "standard", "standards/kitchens/1", "food", *_TOLD],
    "new edition": ["new", "edition", "standards/kitchens/1", "2", "--in-force-from", "2027-01-01"],
    "fmt": ["fmt", "odd.yaml"],
    "fmt of a file with two names": ["fmt", "two.yaml"],
    "rename": ["rename", "hygiene.clean.floors", "ground", "--although-used"],
    "apply": ["apply", "--set", "hygiene.title=Cleanliness", "--set", "title=All kitchens", "--although-used"],
    "test": ["test", "standards", "--junit", "out/results.xml"],
    "rate": ["rate", "--cases", "cases.csv", "--framework", "kitchens", "-o", "out/ratings.csv"],
    "save": ["save"],
}


_IMPORTED = {
    "report": ["ctm_rules.report.rendering", "ctm_rules.engines.durable"],
    "docs": ["ctm_rules.report.html_and_markdown"],
    "test": ["ctm_rules.engines.durable"],
    "rate": ["ctm_rules.bulk.writing", "polars"],
}
"""What a command imports when it is called."""


READS = ["check", ".", "--format", "json"]
"""A command that reads all of it."""


def save() -> None:
    """Change two files as people do it in the workbench, and save them."""
    os.environ["XDG_STATE_HOME"] = str(Path.cwd().parent / "state")
    session = Session(Path("standards/kitchens/1"), although_used=True)
    for file, at in (("framework.yaml", ("title",)), ("hygiene.yaml", ("title",))):
        session.edit(file, {session.file(file): [SetValue(at, node_of(f"Another {file}"))]})
    session.save()


class Ended(NamedTuple):
    """What is there after the n-th call, and after the same command was then given again.

    What the command that reads printed in between is ``read`` (nothing: what was there was whole).
    """

    at: int
    then: Tree
    read: str
    after: Tree


def prepare(folder: Path) -> None:
    """Fill a folder with what the commands work on."""
    standards = declare(folder / "standards")
    (standards / "scenarios").mkdir()
    (standards / "scenarios" / "a.yaml").write_text(
        "key_question: hygiene.clean\nscenarios:\n  - name: Nothing known\n    expect: {outcome: undetermined}\n"
    )
    main = standards / "framework.yaml"
    main.write_text(main.read_text(encoding="utf-8").lstrip(), encoding="utf-8")  # laid out, as what is edited must be
    inspect(folder, "{id: kitchens}")
    for name in ("odd.yaml", "two.yaml"):
        (folder / name).write_text((folder / "inspection.yaml").read_text().replace("title: ", "title:     "))
    (folder / "two.yaml").rename(folder / "first.yaml")
    os.link(folder / "first.yaml", folder / "two.yaml")
    (folder / "old").mkdir()
    for name in ("annexe.json", "report.md", "notes.txt"):
        (folder / "old" / name).write_text("before")
    (folder / "site").mkdir()
    mark = '<meta name="generator" content="ctm-rules docs">'
    for name in ("index.html", "gone.html"):
        (folder / "site" / name).write_text(mark)


def tree_of(folder: Path) -> Tree:
    """Return what lies in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("latin-1") if path.is_file() else "/"
        for path in sorted(folder.rglob("*"))
    }


def published(tree: Tree) -> Tree:
    """Return a tree without what is not finished."""
    return {path: content for path, content in tree.items() if SCRATCH not in path}


def wrong(ended: Ended, before: Tree, new: Tree, reads: Sequence[str]) -> Iterator[str]:
    """Yield what may not be there where a command was ended, and what may not be read of it."""
    if ended.read not in ("", *reads) and "half-written" not in ended.read:
        yield f"what is half of it is read: {ended.read[:200]}"
    shown = published(ended.then)
    has_journal = any(path.endswith("/journal.json") for path in ended.then)
    for path, content in shown.items():
        if content not in (before.get(path), new.get(path)) and not has_journal:
            yield f"{path} is neither as before nor as it should be"
    made = {path for path, content in new.items() if content == "/" and path not in before}
    files = {path: content for path, content in shown.items() if path not in made}
    whole = [{path: content for path, content in side.items() if path not in made} for side in (before, new)]
    if files not in whole and not has_journal:
        yield "some is as before and some is new, and no journal says so"
    if ended.after != new:
        yield f"the next command leaves {sorted(set(ended.after.items()) ^ set(new.items()))[:3]}"
    for path in ended.then:
        folder, _, below = path.partition(SCRATCH)
        if below and folder.startswith(("out/report/", "out/site/", "old/", "site/", "schema/")):
            yield f"{path} is left in what is published"


# --- In a process of its own ------------------------------------------------------------------------

_NAMES = "mkdir rename remove rmdir link symlink chmod chown truncate utime"
_CHANGES = {f"os.{name}" for name in _NAMES.split()}


class _Calls:
    """Counts the calls that change something in a folder, and ends this process at one of them."""

    def __init__(self, folder: Path, end_at: int) -> None:
        self._folder = str(folder)
        self._end_at = end_at
        self.counted = 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        is_open = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if not (is_open or event in _CHANGES) or not isinstance(arguments[0], str | os.PathLike):
            return
        path = Path(arguments[0])
        if path.is_absolute() and not path.is_relative_to(self._folder):
            return
        self.counted += 1
        if self.counted == self._end_at:
            os._exit(9)


def _run(folder: Path, command: list[str], end_at: int, to: str = os.devnull) -> int:
    """Run a command in a copy of this process, and return how many calls it took; what it prints goes to a file."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        with os.fdopen(reading, "rb") as counted:
            calls = int(counted.read() or 0)
        os.waitpid(child, 0)
        return calls
    calls = _Calls(folder, end_at)
    try:
        os.chdir(folder)
        printed = os.open(to, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(printed, stream)
        from ctm_rules.cli.main import main

        sys.argv = ["ctm-rules", *command]
        sys.addaudithook(calls)
        save() if command == ["save"] else main()
    finally:
        os.write(writing, str(calls.counted).encode())
        os._exit(0)


def _serve() -> None:
    """Read which command is to be ended and how often, and print what was there each time."""
    command, most = json.load(sys.stdin)
    from ctm_rules.cli.main import build_app

    for each in ([["fmt"]] if command == ["save"] else [command]) + [READS]:
        build_app(each)  # what is imported once is not imported in every copy
    for module in _IMPORTED.get(command[0], ()):
        import_module(module)
    with tempfile.TemporaryDirectory() as temporary:
        top = Path(os.path.realpath(temporary))
        start = top / "start"
        start.mkdir()
        prepare(start)
        once = Path(shutil.copytree(start, top / "once"))
        _link(once)
        calls = _run(once, command, 0)
        step = max(1, calls // most)
        result: dict[str, Any] = {"calls": calls, "before": tree_of(start), "new": tree_of(once), "ended": []}
        result["reads"] = [_read(start), _read(once)]
        for number in range(1, calls + 1, step):
            here = Path(shutil.copytree(start, top / str(number)))
            _link(here)
            _run(here, command, number)
            then = tree_of(here)
            is_whole = published(then) in (result["before"], result["new"])
            read = "" if is_whole else _read(here)
            assert tree_of(here) == then, "what only reads has written"
            if then != result["new"]:
                _run(here, command, 0)
            result["ended"].append([number, then, read, tree_of(here)])
            shutil.rmtree(here)
    json.dump(result, sys.stdout)


def _read(folder: Path) -> str:
    """Return what the command that reads prints in a folder."""
    with tempfile.NamedTemporaryFile() as printed:
        _run(folder, READS, 0, printed.name)
        return printed.read().decode()


def _link(folder: Path) -> None:
    """Let the two names be those of one file again: a copy has two files."""
    (folder / "two.yaml").unlink()
    os.link(folder / "first.yaml", folder / "two.yaml")


def end(command: list[str], most: int) -> tuple[Tree, Tree, int, list[str]]:
    """End a command at about ``most`` of its calls.

    Return what was there before, what should be, how many calls it takes, and every mistake.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.ended", "serve"],
        input=json.dumps([command, most]), capture_output=True, text=True, cwd=ROOT, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    before, new = said["before"], said["new"]
    ended = [Ended(*each) for each in said["ended"]]
    mistakes = [f"at call {each.at}: {what}" for each in ended for what in wrong(each, before, new, said["reads"])]
    return before, new, said["calls"], mistakes


def _all() -> int:
    failed = 0
    for name, command in COMMANDS.items():
        _, _, calls, mistakes = end(command, sys.maxsize)
        failed += len(mistakes)
        print(f"{name}: ended at each of {calls} calls, {len(mistakes)} mistakes", *mistakes, sep="\n", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(_serve() if sys.argv[1:] == ["serve"] else _all())
