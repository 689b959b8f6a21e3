"""How long it takes to start: the import beside that of attrs and cattrs, and commands from a cold start.

Run: python -m tests.benchmarks.starting_up [--budget]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

from tests.support.paths import ROOT

COMMAND_LINE = ["-c", "import ctm_rules.cli; ctm_rules.cli.run()"]
RUNS = {
    "python alone": ["-c", "pass"],
    "import attrs, cattrs": ["-c", "import attrs, cattrs"],
    "import ctm_rules": ["-c", "import ctm_rules"],
    "every public name but those for dataframes": ["-c", "import ctm_rules.api"],
    "ctm-rules --help": [*COMMAND_LINE, "--help"],
    "ctm-rules rate examples/ctm/inspection.yaml": [*COMMAND_LINE, "rate", "examples/ctm/inspection.yaml"],
    "ctm-rules check": [*COMMAND_LINE, "check"],
}
IMPORT_BUDGET = 3.0
"""Most times as long as importing attrs and cattrs, the start of Python taken off both."""


def main() -> int:
    """Measure each in turn, several times over, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", action="store_true")
    arguments = parser.parse_args()
    took: dict[str, list[float]] = {label: [] for label in RUNS}
    for turn in range(8):
        for label, command in RUNS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
            if turn:  # the first turn warms the disk's cache
                took[label].append(time.perf_counter() - start)
    median = {label: statistics.median(times) for label, times in took.items()}
    for label, seconds in median.items():
        print(f"{label:<46}{seconds:>8.3f} s")
    alone = median["python alone"]
    ratio = (median["import ctm_rules"] - alone) / (median["import attrs, cattrs"] - alone)
    print(f"import ctm_rules takes {ratio:.2f} times as long as import attrs, cattrs")
    if arguments.budget and ratio > IMPORT_BUDGET:
        print(f"that is above the budget of {IMPORT_BUDGET}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
