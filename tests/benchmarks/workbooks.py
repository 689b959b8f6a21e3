"""The rows of a workbook read: as programs write them, with every element looked at, and by openpyxl, in one run.

Run: python -m tests.benchmarks.workbooks [--rows 100000]

The workbook has 32 columns: a case id, a provider, a date, a number and 28 answers in words, a fifth of them missing.
Printed are the seconds of computing and the ratio to ctm-rules; making the workbook is not counted. Both ways of
ctm-rules must find the same rows, or the run fails.
"""

from __future__ import annotations

import argparse
import datetime
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from operator import ne
from pathlib import Path
from unittest import mock

from ctm_rules.case_files import xlsx_rows

ANSWERS = ["yes", "no", "na", "yes", None]


def make_workbook(path: Path, rows: int) -> None:
    import xlsxwriter

    rng = random.Random(2026)
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["case", "provider", "commenced", "seats", *(f"s.q.p{number}" for number in range(28))])
    for row in range(1, rows + 1):
        day = datetime.datetime(2024, 1, 1) + datetime.timedelta(rng.randrange(700))
        sheet.write_row(row, 0, [f"case-{row:07}", f"Provider {rng.randrange(50)}"])
        sheet.write_datetime(row, 2, day, date)
        sheet.write_row(row, 3, [rng.randrange(1000), *rng.choices(ANSWERS, k=28)])
    book.close()


def every_element(path: Path) -> Iterator[object]:
    def never(_: object) -> Iterator[object]:
        raise xlsx_rows._NotPlain

    with mock.patch.object(xlsx_rows._PlainRows, "__iter__", never):
        yield from xlsx_rows.read_rows(path)


def by_openpyxl(path: Path) -> Iterator[object]:
    import openpyxl

    yield from openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)


def seconds(rows: Iterator[object]) -> float:
    started = time.process_time()
    deque(rows, maxlen=0)
    return time.process_time() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.xlsx"
        make_workbook(path, options.rows)
        ways = {
            "ctm-rules": xlsx_rows.read_rows(path),
            "every element looked at": every_element(path),
            "openpyxl, read-only": by_openpyxl(path),
        }
        taken = {name: seconds(rows) for name, rows in ways.items()}
        if any(map(ne, xlsx_rows.read_rows(path), every_element(path))):
            sys.exit("both ways of reading do not find the same")
    for name, own in taken.items():
        print(f"{name:28}{own:8.2f}{own / taken['ctm-rules']:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
