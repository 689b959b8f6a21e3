"""Does the process end as it should, whatever is in a table and whenever it is interrupted? Many processes tell.

    python -m tests.fuzz.process_ends --times 300 --load 2
    python -m tests.fuzz.process_ends --parquet 4000 [--pages-unchecked]

Readers with threads of their own can end a process (exit code 134 or a signal) or keep it for ever where something is
raised in the middle of a file; one run in a hundred is enough. So `rate --cases` runs very often on tables that are bad
and is interrupted at moments that are drawn, while other processes keep the machine busy. With --parquet it reads
damaged Parquet files, each made from one that is in order by changing a few bytes; --pages-unchecked leaves out what
ctm-rules looks at before it hands a file to Polars, and tells whether that is still needed.
"""

from __future__ import annotations

import argparse
import io
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.fuzz.targets import CASES, lay_out
from tests.support.paths import ROOT

LONGEST = 60
"""Seconds after which a process is taken to hang, on a machine that is busy."""

MOST_MEMORY = 4_000_000_000
"""Bytes that a process which reads damaged files may take, so that what asks for all there is gets none."""

HEADER, ROW = CASES.splitlines()[:2]
MANY, MORE = ("".join(f"{name}{number}{ROW[2:]}\n" for number in range(100_000)) for name in "ab")


class Probe(NamedTuple):
    """A table, and with which exit codes its rating may end."""

    content: bytes
    codes: tuple[int, ...]
    interrupted: bool = False


PROBES = {
    "a cell of 30 MB": Probe(f'{HEADER}\n"{"x" * 30_000_000}\n{MANY}'.encode(), (1,)),
    "a quotation mark that is never closed": Probe(f'{HEADER}\n{MANY}c,"open\n{MORE}'.encode(), (1,)),
    "UTF-16 without a mark": Probe(f"{HEADER}\n{MANY}".encode("utf-16-le"), (2,)),
    "bytes that are no text, far down": Probe(f"{HEADER}\n{MANY}\xe9\n".encode("latin-1"), (2,)),
    # A Python that has done everything and is ending is ended by the signal itself; shells call that 130 too.
    "Ctrl-C": Probe(f"{HEADER}\n{MANY}{MORE}".encode(), (0, 130, -signal.SIGINT), interrupted=True),
}

RATE = "import ctm_rules.cli; print('on', flush=True); ctm_rules.cli.run()"
"""Says when it can be interrupted: before, the signal would end a Python that has not begun with ours."""


def rate(probe: Probe, file: Path, moment: float) -> str:
    """Return how one process ended: ``right``, or what was wrong."""
    standards = file.parent / "standards"
    command = [sys.executable, "-c", RATE, "rate", "--cases", str(file), "--framework", str(standards)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        if probe.interrupted:
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return "hangs"
    has_traceback = b"Traceback" in said or b"Exception ignored" in said
    if process.returncode in probe.codes and not has_traceback:
        return "right"
    print(said.decode(errors="replace"), flush=True)
    return "a traceback" if has_traceback else f"exit code {process.returncode}"


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep the machine busy with processes that do nothing."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def race(names: Sequence[str], times: int, load: int, seed: int) -> bool:
    """Rate each table so many times; whether all ended as they should."""
    drawn = random.Random(seed)
    is_right = True
    with tempfile.TemporaryDirectory() as scratch, busy(load):
        folder = Path(scratch)
        lay_out(folder)
        for name in names:
            probe = PROBES[name]
            file = folder / "hostile.csv"
            file.write_bytes(probe.content)
            ended = Counter(rate(probe, file, drawn.uniform(0, 3)) for _ in range(times))
            print(f"{name}: {', '.join(f'{count} {how}' for how, count in ended.items())}", flush=True)
            is_right &= set(ended) == {"right"}
    return is_right


# --- Damaged Parquet files -------------------------------------------------------------------------


def whole_files() -> list[bytes]:
    """Return Parquet files of the cases in order, of each kind that writers make."""
    import polars as pl
    import pyarrow.parquet as pq

    table = pl.concat([pl.read_csv(io.BytesIO(CASES.encode()), infer_schema=False)] * 20).to_arrow()
    kinds: list[dict[str, Any]] = [
        {},
        {"compression": "none", "use_dictionary": False},
        {"compression": "zstd", "data_page_size": 50},
        {"data_page_version": "2.0", "row_group_size": 7},
    ]
    files = []
    for kind in kinds:
        content = io.BytesIO()
        pq.write_table(table, content, **kind)
        files.append(content.getvalue())
    return files


def damaged(whole: bytes, seed: int) -> bytes:
    """Return a file in which up to three bytes are others, in the footer or in the pages."""
    drawn = random.Random(seed)
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    first, last = drawn.choice([(footer, len(whole) - 9), (4, footer - 1)])
    content = bytearray(whole)
    for _ in range(drawn.randint(1, 3)):
        content[drawn.randint(first, last)] = drawn.randint(0, 255)
    return bytes(content)


def read_damaged(first: int, end: int, folder: Path, *, checked: bool) -> None:
    """Read damaged files, and say of each what came out; this is what may end the process."""
    import resource

    import ctm_rules.case_files.parquet_pieces as reader
    from ctm_rules import DiagnosticError, load_framework
    from ctm_rules.bulk.files import rate_files

    if not checked:
        vars(reader)["check_pages"] = lambda *_: None
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    framework, files, file = load_framework(folder / "standards"), whole_files(), folder / "damaged.parquet"
    for seed in range(first, end):
        file.write_bytes(damaged(files[seed % len(files)], seed))
        print(f"seed {seed}", flush=True)
        signal.alarm(LONGEST)
        try:
            rate_files(framework, [file], "size")
            print("read", flush=True)
        except DiagnosticError:
            print("refused", flush=True)
        except BaseException as error:
            print(f"raised {type(error).__name__}", flush=True)


def damage(files: int, *, checked: bool) -> bool:
    """Read so many damaged files, in as many processes as that takes; whether none of them ended one."""
    ended: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        lay_out(Path(scratch))
        first = 0
        while first < files:
            command = [
                sys.executable,
                "-m",
                "tests.fuzz.process_ends",
                "--one",
                f"{first},{files},{int(checked)},{scratch}",
            ]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            lines = done.stdout.splitlines()
            seeds = [int(line.removeprefix("seed ")) for line in lines if line.startswith("seed ")]
            if not seeds:
                sys.exit(f"the process did not begin: {done.stderr[-2000:]}")
            ended.update(line for line in lines if not line.startswith("seed "))
            first = seeds[-1] + 1
            if done.returncode:
                said = " ".join(done.stderr.split())[:200]
                print(f"the file of seed {seeds[-1]} ended the process: {done.returncode} {said}", flush=True)
                ended["ended the process"] += 1
    print(f"{files} damaged Parquet files: {', '.join(f'{count} {how}' for how, count in ended.most_common())}")
    return set(ended) <= {"read", "refused"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(PROBES), default=list(PROBES), metavar="TABLE")
    parser.add_argument("--times", type=int, default=300, help="how often each table is rated")
    parser.add_argument("--load", type=int, default=2, help="how many other processes keep the machine busy")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--parquet", type=int, default=0, metavar="FILES", help="read damaged Parquet files instead")
    parser.add_argument("--pages-unchecked", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        first, end, checked, folder = options.one.split(",", 3)
        read_damaged(int(first), int(end), Path(folder), checked=bool(int(checked)))
        return 0
    if options.parquet:
        return not damage(options.parquet, checked=not options.pages_unchecked)
    return not race(options.only, options.times, options.load, options.seed)


if __name__ == "__main__":
    sys.exit(main())
