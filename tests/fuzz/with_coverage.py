"""Feed a reader with files that coverage feedback makes up, starting from one that is in order.

    pip install atheris
    python -m tests.fuzz.with_coverage framework -max_total_time=60

The first argument is one of the targets (``all`` takes them in turns), the others are libFuzzer's. It runs until
something other than a diagnostic or success comes out, or until its time is over. Atheris installs on Linux and macOS.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ctm_rules", "ruamel.yaml", "csv"]):
    from tests.fuzz.targets import TARGETS, lay_out

LONGEST = 30
"""Seconds after which one file is taken to hang."""
MOST_MEMORY = 2_000
"""Megabytes for the whole process, with what the fuzzer itself keeps."""


def main() -> None:
    """Fuzz the target that the command line names."""
    name = sys.argv.pop(1) if len(sys.argv) > 1 else "all"
    if name not in (*TARGETS, "all"):
        sys.exit(f"there is no target {name!r}: choose one of {', '.join(TARGETS)}, or all")
    targets = [target for known, target in TARGETS.items() if name in (known, "all")]
    with tempfile.TemporaryDirectory() as scratch:
        folder, corpus = Path(scratch) / "files", Path(scratch) / "corpus"
        lay_out(folder)
        corpus.mkdir()
        for number, target in enumerate(targets):
            (corpus / str(number)).write_bytes(bytes([number]) + target.seed.encode())

        def feed(content: bytes) -> None:
            # The first byte chooses the target, so that one run reaches them all.
            target = targets[content[0] % len(targets)] if content else targets[0]
            target.feed(folder, content[1:])

        limits = [f"-timeout={LONGEST}", f"-rss_limit_mb={MOST_MEMORY}", "-max_len=20000"]
        atheris.Setup([sys.argv[0], *limits, *sys.argv[1:], str(corpus)], feed)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
