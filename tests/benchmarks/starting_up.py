"""How long it takes to start: the import beside that of attrs and cattrs, and commands from a cold start.

Run: python -m tests.benchmarks.starting_up [--budget] [--beside CHECKOUT]

Seconds are those of computing. Compared is the quickest of several runs: whatever else the machine does can only slow
one down. ``--beside`` names a checkout of another version with its own .venv: the two take turns.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.paths import ROOT

COMMAND_LINE = "import ctm_rules.cli; ctm_rules.cli.run()"
RATE = ["rate", "examples/ctm/inspection.yaml"]
RUNS = {
    "python alone": ["-c", "pass"],
    "import attrs, cattrs": ["-c", "import attrs, cattrs"],
    "import what the command line is built on": ["-c", "import attrs, cattrs, rich.table, ruamel.yaml, typer"],
    "import ctm_rules": ["-c", "import ctm_rules"],
    "every public name but those for dataframes": ["-c", "import ctm_rules.api"],
    "ctm-rules --help": ["-c", COMMAND_LINE, "--help"],
    "ctm-rules rate examples/ctm/inspection.yaml": ["-c", COMMAND_LINE, *RATE],
    "ctm-rules check": ["-c", COMMAND_LINE, "check"],
}
BUDGETS = {
    "import ctm_rules": ("import attrs, cattrs", 3.0),
    "ctm-rules rate examples/ctm/inspection.yaml": ("import what the command line is built on", 5.6),
}
"""Most times as long as something else that a run may take, the start of Python taken off both. The inspection that is
rated has every text in two languages, and a file of 56,000 bytes for it, where it had 31,000."""

MOST_MODULES = 115
"""Most modules of ours that rating an inspection may import; what only something else needs is imported there."""

_COUNT = """
import atexit, sys
atexit.register(lambda: print(sum(name.split(".")[0] == "ctm_rules" for name in sys.modules), file=sys.stderr))
"""
# Installed packages have their byte code beside them, whatever is set here.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

Run = tuple[str | Path, list[str], Path]
"""A Python, its arguments, and where it runs."""


def main() -> int:
    """Measure what is asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", action="store_true")
    parser.add_argument("--beside", type=Path)
    arguments = parser.parse_args()
    if arguments.beside is not None:
        return _beside(arguments.beside)
    quickest = _measure({label: (sys.executable, command, ROOT) for label, command in RUNS.items()}, turns=9)
    alone = quickest["python alone"]
    above: list[str] = []
    for label, (beside, budget) in BUDGETS.items():
        ratio = (quickest[label] - alone) / (quickest[beside] - alone)
        print(f"{label} takes {ratio:.2f} times as long as {beside}")
        above += [f"{label}: {ratio:.2f} is above the budget of {budget}"] * (ratio > budget)
    modules = _modules(sys.executable, ROOT)
    print(f"rating imports {modules} modules of ctm_rules")
    above += [f"{modules} modules are above the budget of {MOST_MODULES}"] * (modules > MOST_MODULES)
    if arguments.budget and above:
        print("\n".join(above), file=sys.stderr)
        return 1
    return 0


def _beside(other: Path) -> int:
    """Compare rating the example in this checkout with the same in another."""
    pythons: dict[str, tuple[str | Path, Path]] = {
        "this checkout": (sys.executable, ROOT),
        str(other): (other.resolve() / ".venv" / "bin" / "python", other),
    }
    runs: dict[str, Run] = {
        f"{name}: {what}": (python, command, folder)
        for what, command in (("import", ["-c", "import ctm_rules"]), ("rate", ["-c", COMMAND_LINE, *RATE]))
        for name, (python, folder) in pythons.items()
    }
    _measure(runs, turns=15)
    for name, (python, folder) in pythons.items():
        print(f"{name}: rating imports {_modules(python, folder)} modules of ctm_rules")
    return 0


def _measure(runs: Mapping[str, Run], turns: int) -> dict[str, float]:
    """Print the quickest time of each run and the median, in turns, and return the quickest."""
    took: dict[str, list[float]] = {label: [] for label in runs}
    for turn in range(turns + 1):
        for label, (python, command, folder) in runs.items():
            before = _computed()
            subprocess.run([python, *command], cwd=folder, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
            if turn:  # the first warms the disk's cache, and writes the byte code
                took[label].append(_computed() - before)
    for label, times in took.items():
        print(f"{label:<46}{min(times):>8.3f} s{statistics.median(times):>8.3f} s in the median")
    return {label: min(times) for label, times in took.items()}


def _computed() -> float:
    """Return the seconds of computing of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _modules(python: str | Path, folder: Path) -> int:
    """Return how many modules of ours are imported to rate the example."""
    command = [python, "-c", _COUNT + COMMAND_LINE, *RATE]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return int(done.stderr.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
