"""How long it takes to start: the import beside that of attrs and cattrs, and commands from a cold start.

Run: python -m tests.benchmarks.starting_up [--budget]

Seconds are those of computing. Compared is the quickest of several runs: whatever else the machine does can only slow
one down.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys

from tests.support.paths import ROOT

COMMAND_LINE = ["-c", "import ctm_rules.cli; ctm_rules.cli.run()"]
RATE = ["rate", "examples/ctm/inspection.yaml"]
RUNS = {
    "python alone": ["-c", "pass"],
    "import attrs, cattrs": ["-c", "import attrs, cattrs"],
    "import what the command line is built on": ["-c", "import attrs, cattrs, rich.table, ruamel.yaml, typer"],
    "import ctm_rules": ["-c", "import ctm_rules"],
    "every public name but those for dataframes": ["-c", "import ctm_rules.api"],
    "ctm-rules --help": [*COMMAND_LINE, "--help"],
    "ctm-rules rate examples/ctm/inspection.yaml": [*COMMAND_LINE, *RATE],
    "ctm-rules check": [*COMMAND_LINE, "check"],
}
BUDGETS = {
    "import ctm_rules": ("import attrs, cattrs", 3.0),
    "ctm-rules rate examples/ctm/inspection.yaml": ("import what the command line is built on", 4.3),
}
"""Most times as long as something else that a run may take, the start of Python taken off both."""

MOST_MODULES = 105
"""Most modules of ours that rating an inspection may import; what only something else needs is imported there."""

_COUNT = """
import atexit, sys
atexit.register(lambda: print(sum(name.split(".")[0] == "ctm_rules" for name in sys.modules), file=sys.stderr))
"""


def main() -> int:
    """Measure each in turn, several times over, and print the quickest and the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", action="store_true")
    arguments = parser.parse_args()
    # An installed package has its byte code beside it, whatever is set here.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    took: dict[str, list[float]] = {label: [] for label in RUNS}
    for turn in range(10):
        for label, command in RUNS.items():
            start = _computed()
            subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
            if turn:  # the first turn warms the disk's cache, and writes the byte code
                took[label].append(_computed() - start)
    quickest = {label: min(times) for label, times in took.items()}
    for label, times in took.items():
        print(f"{label:<46}{quickest[label]:>8.3f} s{statistics.median(times):>8.3f} s in the median")
    alone = quickest["python alone"]
    above: list[str] = []
    for label, (beside, budget) in BUDGETS.items():
        ratio = (quickest[label] - alone) / (quickest[beside] - alone)
        print(f"{label} takes {ratio:.2f} times as long as: {beside}")
        above += [f"{label}: {ratio:.2f} is above the budget of {budget}"] * (ratio > budget)
    modules = _modules()
    print(f"rating imports {modules} modules of ctm_rules")
    above += [f"that is above the budget of {MOST_MODULES}"] * (modules > MOST_MODULES)
    if arguments.budget and above:
        print("\n".join(above), file=sys.stderr)
        return 1
    return 0


def _computed() -> float:
    """Return the seconds of computing of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _modules() -> int:
    """Return how many modules of ours are imported to rate the example."""
    script = _COUNT + COMMAND_LINE[1]
    done = subprocess.run([sys.executable, "-c", script, *RATE], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stderr.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
