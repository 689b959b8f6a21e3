"""Change the modules that decide in one place at a time (with mutmut), and see whether a test fails.

    pip install --group mutation
    python -m tests.mutation                       # all of them
    python -m tests.mutation 'ctm_rules.rating.rate*'   # those whose names match
    python -m tests.mutation --go-on               # what the last run left, with its results

It prints what survives and ends with the share that was killed. What changes nothing that a user can see is listed
with the reason in ``equivalent.toml`` and does not count, nor does what the type checker refuses, nor a change of
``assert_never``, which is there for the type checker alone. Exit code 1 where less than the demanded share was killed.
Needs a system that forks.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

from attrs import frozen

from tests.support.paths import ROOT

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
SHARE = 90
"""Per cent of the changes that some test must notice."""


@frozen
class Change:
    """A change that no test notices: the function that it is in (module:name), the line without it and with it."""

    function: str
    line: str
    change: str

    @property
    def is_for_types_alone(self) -> bool:
        """Whether it changes only what says to the type checker that every possibility was looked at."""
        return re.fullmatch(r"(case never: )?assert_never\(\w+\)", self.line) is not None

    def __str__(self) -> str:
        return f"{self.function}\n  - {self.line}\n  + {self.change}"


def main() -> int:
    """Try the changes that the command line asks for, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Mutation tests.")
    parser.add_argument("names", nargs="*", help="patterns of names, such as 'ctm_rules.rating.rate*' (default: all)")
    parser.add_argument("--minutes", type=float, default=240, help="when to stop")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--go-on", action="store_true", help="keep the results of the last run")
    options = parser.parse_args()
    if not options.go_on:
        shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    _run(["run", "--max-children", str(options.jobs), *options.names], options.minutes)
    return _report()


def _run(arguments: list[str], minutes: float) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where its type checker is
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutation", "PATH": path}
    with subprocess.Popen([sys.executable, "-m", "mutmut", *arguments], cwd=ROOT, env=environment) as process:
        try:
            process.wait(60 * minutes)
        except subprocess.TimeoutExpired:
            process.terminate()  # it has kept what it has found
            return
    if process.returncode:
        sys.exit(f"mutmut ended with {process.returncode}: see what it printed")


def _report() -> int:
    """Print what survives and a table, and return the exit code."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("equivalent", [])
    waiting = Counter(Change(entry["in"], entry["line"], entry["change"]) for entry in entries)
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, status in re.findall(r"^\s*(\S+): (.+)$", _asked("results", "--all", "true"), re.MULTILINE):
        module, _ = _place(name)
        if status == "survived":
            change = _change(name)
            if change.is_for_types_alone:
                status = "equivalent"
            elif waiting[change]:
                waiting[change] -= 1
                status = "equivalent"
            else:
                print(f"survived: {name} {change}")
        found[module][status] += 1
        found["all"][status] += 1
    for change in waiting.elements() if not found["all"]["not checked"] else ():
        print(f"{EQUIVALENT.name} has a change that did not survive: {change}")
    columns = sorted(found["all"])
    print("module".ljust(24), *(f"{column:>24}" for column in columns), f"{'share killed':>14}")
    for module in sorted(found, key=lambda module: (module == "all", module)):
        counts = found[module]
        print(module.ljust(24), *(f"{counts[column]:>24,}" for column in columns), f"{_share(counts):>12.1f} %")
    return 0 if _share(found["all"]) >= SHARE else 1


def _share(counts: Counter[str]) -> float:
    """Return the per cent of the changes that were noticed: by a test that fails or that never ends."""
    noticed = counts["killed"] + counts["timeout"] + counts["segfault"]
    return 100 * noticed / max(1, noticed + counts["survived"] + counts["no tests"] + counts["suspicious"])


def _place(name: str) -> tuple[str, str]:
    """Return the module and the function of a change by the name that mutmut gives it."""
    parts = re.fullmatch(r"ctm_rules\.([a-z_.]+)\.x[_ǁ](.+)__mutmut_\d+", name)
    assert parts is not None, name
    return parts[1], parts[2].replace("ǁ", ".")


def _change(name: str) -> Change:
    module, function = _place(name)
    lines = [line for line in _asked("show", name).splitlines() if not line.startswith(("---", "+++"))]
    without, changed = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return Change(f"{module}:{function}", without, changed)


def _asked(*arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
