"""Where the files that tests read lie."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The repository."""

EXAMPLE = ROOT / "examples" / "ctm" / "inspection.yaml"
"""The example inspection."""

CASES = EXAMPLE.with_name("cases.csv")
"""Its case table."""

BAD = ROOT / "tests" / "bad"
"""One folder for each mistake in a framework, with what differs from the framework without a mistake in ``right``."""
