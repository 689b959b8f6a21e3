"""One edit, and everything that `check` says of the standards afterwards: on the shipped ones and on ten times as many.

Run: python -m tests.benchmarks.edits [--edits 200]

Wordings and bounds of bands are changed, at places that are drawn and seeded, in texts that are not saved: an edit of
the file, laid out and read again, and then every finding of the whole framework, as an editor shows them while
somebody types. Printed are the median and the 95th percentile of both together, in milliseconds by the clock and of
computing, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Pointer, SetValue, node_of
from ctm_rules.language_server.desk import Desk
from ctm_rules.yaml_files.formatting import format_file, yaml_files
from tests.benchmarks.many_standards import write
from tests.support.paths import ROOT
from tests.support.random_edits import at as value_at

SHIPPED = ROOT / "standards" / "hmip-pdu" / "2024"
TEN_TIMES = 20
"""Standards, of 6 key questions each: the shipped ones have 12 key questions."""


def framework(folder: Path, name: str) -> Path:
    """Write the standards that are to be edited, and return their folder."""
    if name == "shipped":
        return Path(shutil.copytree(SHIPPED, folder / "standards" / "hmip-pdu" / "2024"))
    write(folder, standards=TEN_TIMES, cases=1)
    for file in yaml_files([folder]):
        file.write_bytes(format_file(file).after)
    return folder / "standards" / "many" / "1"


def places(data: object, at: Pointer = ()) -> Iterator[Pointer]:
    """Yield where a wording or the bound of a band stands."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("ask", "title", "statement") or (key == "from" and isinstance(value, int) and value > 0):
                yield (*at, key)
            yield from places(value, (*at, key))
    elif isinstance(data, list):
        for number, item in enumerate(data):
            yield from places(item, (*at, number))


def run(folder: Path, edits: int) -> list[tuple[float, float]]:
    """Return the seconds by the clock and of computing of each edit."""
    drawn = random.Random(2026)
    desk = Desk()
    documents = {file: Document(str(file), file.read_bytes()) for file in sorted(folder.glob("*.yaml"))}
    known = {file: list(places(document.says())) for file, document in documents.items()}
    choices = [(file, at) for file, several in known.items() for at in several]
    desk.check([folder])
    taken = []
    for number in range(edits):
        file, at = drawn.choice(choices)
        is_bound = at[-1] == "from"
        value = value_at(documents[file].says(), at) + 1 if is_bound else f"Is what number {number} asks done?"
        started = time.perf_counter(), time.process_time()
        edited = documents[file].edited(SetValue(at, node_of(value)))
        desk.put(file, edited.content.decode())
        desk.check([file])
        taken.append((time.perf_counter() - started[0], time.process_time() - started[1]))
        if not is_bound:  # bounds that had moved on and on would be a mistake, which hides what else is said
            documents[file] = edited
    return taken


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--edits", type=int, default=200)
    edits = asked.parse_args().edits
    print(f"{edits} edits, milliseconds          by the clock: median    95 %   computing: median    95 %")
    for name in ("shipped", "ten times as large"):
        with tempfile.TemporaryDirectory() as folder:
            taken = run(framework(Path(folder), name), edits)
        said = [
            f"{1000 * value:8.0f}"
            for each in zip(*taken, strict=True)
            for value in (statistics.median(each), statistics.quantiles(each, n=20)[-1])
        ]
        print(f"{name:<44}{said[0]}{said[1]}{said[2]:>20}{said[3]}")


if __name__ == "__main__":
    main()
