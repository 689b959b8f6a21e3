"""Workbooks of the old format: what a cell holds is what people see.

``kinds_of_cells.xls`` and ``cases.xls`` in ``tests/data`` were written by xlwt 1.3.0: a hidden sheet, one with a cell
of each kind, and another one; and the cases of the example, dates as dates.
"""

from __future__ import annotations

import random

import pytest

from ctm_rules.case_files.archives import WorkbookError
from ctm_rules.case_files.workbooks import estimate_rows, merged_cells, read_rows, visible_sheets
from tests.support.paths import ROOT

pytest.importorskip("xlrd")

KINDS = ROOT / "tests" / "data" / "kinds_of_cells.xls"


def test_what_a_cell_holds() -> None:
    (_, header), (_, first), *others = read_rows(KINDS)
    assert {header[column]: text for column, text in first.items()} == {
        "case": "c1",
        "text": "Übung",
        "whole": "7",
        "part": "1.5",
        "yes or no": "yes",
        "day": "2026-01-05",
        "moment": "2026-01-05 12:30:00",
        "time": "12:30:00",
        "span": "1.25",
        "error": "#N/A",
        "date of 1900": "1900-01-01",
    }
    assert others == [
        (4, {2: "c2", 5: "12345678901234", 6: "no", 11: "#DIV/0!"}),
        (5, {2: "c3", 4: "1"}),
        (6, {4: "2"}),
    ]


def test_the_first_sheet_that_people_see_is_read_and_the_others_are_known() -> None:
    assert visible_sheets(KINDS) == ["Cases & more", "Other"]
    assert list(read_rows(KINDS.read_bytes(), "Other")) == [(1, {1: "x"})]
    assert merged_cells(KINDS) == ["B5:B6"]
    assert estimate_rows(KINDS) == 7


def test_a_larger_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctm_rules.case_files.xls_rows.MAX_XLS_BYTES", 5_000)
    with pytest.raises(WorkbookError, match="more than 5,000 bytes"):
        list(read_rows(KINDS))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_changed_it_is_read_or_refused(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(20):
        written = bytearray(KINDS.read_bytes())
        for _ in range(rng.choice([1, 2, 5, 20])):
            written[rng.randrange(8, len(written))] = rng.randrange(256)
        try:
            list(read_rows(bytes(written[: rng.randrange(600, len(written) * 3)])))
        except WorkbookError as error:
            assert str(error)  # noqa: PT017 - either is right


def test_what_is_protected_is_said_to_be() -> None:
    content = KINDS.read_bytes().replace("Workbook".encode("utf-16-le"), "Encrypte".encode("utf-16-le"))
    with pytest.raises(WorkbookError, match="protected by a password"):
        list(read_rows(content))
