"""What cases are grouped by: the same groups and findings whatever file or library the table comes in."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars
import pytest

from ctm_rules import Codes, DiagnosticError, Framework, rate_files, rate_frame
from tests.support.dataframes import QUIET
from tests.support.small_framework import Small
from tests.support.tables import FILES, FRAMES, READ_BACK, Table

pytestmark = QUIET

DOORS = [*FILES, *FRAMES, *READ_BACK]
each_door = pytest.mark.parametrize("door", DOORS)


@pytest.fixture
def framework(small: Small) -> Framework:
    return small("floors")


def groups(framework: Framework, door: str, table: Table, by: str, folder: Path, **options: Any) -> list[object]:
    """Return the groups and the number of cases in each, at one door."""
    if door in FILES:
        ratings = rate_files(framework, FILES[door](table, folder), by, strict=True, **options).ratings
    else:
        frame = FRAMES[door](table) if door in FRAMES else READ_BACK[door](table, folder)
        ratings = rate_frame(framework, frame, by, **options)
    return [(each.group[by], each.rating.cases) for each in ratings]


def cases(name: str, values: Sequence[object]) -> dict[str, list[object]]:
    ids = [f"c{number}" for number in range(len(values))]
    return {"case": [*ids], "hygiene.clean.floors": ["yes"] * len(values), name: list(values)}


MONDAY, TUESDAY = datetime.date(2026, 1, 5), datetime.date(2026, 4, 7)
MIDNIGHT = datetime.datetime(2026, 1, 5)
GROUPED = {
    "whole numbers": ("seats", [40, 7, 40, None], [(7, 1), (40, 2), (None, 1)]),
    "numbers with a gap": ("seats", [40.0, 7.0, 40.0, None], [(7, 1), (40, 2), (None, 1)]),
    "yes and no": ("serves_meat", ["yes", "no", "yes", None], [(False, 1), (True, 2), (None, 1)]),
    "true and false": ("serves_meat", [True, False, True, None], [(False, 1), (True, 2), (None, 1)]),
    "codes of yes and no": ("serves_meat", [1, 0, 1, None], [(False, 1), (True, 2), (None, 1)]),
    "a choice": ("size", ["small", "large", "small", None], [("large", 1), ("small", 2), (None, 1)]),
    "days": ("opened", [MONDAY, TUESDAY, MONDAY, None], [(MONDAY, 2), (TUESDAY, 1), (None, 1)]),
    "days with a time": ("opened", [MIDNIGHT, MIDNIGHT.replace(hour=9), None], [(MONDAY, 2), (None, 1)]),
    "days as text": ("opened", ["2026-01-05", "2026-04-07", None], [(MONDAY, 1), (TUESDAY, 1), (None, 1)]),
    "quarters": ("opened.quarter", [MONDAY, TUESDAY, None], [("2026-Q1", 1), ("2026-Q2", 1), (None, 1)]),
    "quarters of times": ("opened.quarter", [MIDNIGHT, MIDNIGHT.replace(hour=9)], [("2026-Q1", 2)]),
    "quarters of a column": ("received.quarter", [MONDAY, TUESDAY, None], [("2026-Q1", 1), ("2026-Q2", 1), (None, 1)]),
    "words": ("provider", ["South", "North", "South", None], [("North", 1), ("South", 2), (None, 1)]),
    "spaces around": ("provider", ["North", " North ", "North "], [("North", 3)]),
    "numbers": ("provider", [3, 10, 3, None], [("3", 2), ("10", 1), (None, 1)]),
    "numbers and text": ("provider", [3, "3", 3.0, "N"], [("3", 3), ("N", 1)]),
    "decimals": ("provider", [decimal.Decimal("3"), decimal.Decimal("1.5")], [("3", 1), ("1.5", 1)]),
    "leading noughts": ("provider", ["007", "x7", "7"], [("007", 1), ("7", 1), ("x7", 1)]),
    "yes or no of a column": ("provider", [True, False, True], [("no", 1), ("yes", 2)]),
    "days of a column": ("provider", [MONDAY, TUESDAY], [("2026-01-05", 1), ("2026-04-07", 1)]),
    "answers": ("hygiene.clean.knives", ["no", "yes", "na"], [("na", 1), ("no", 1), ("yes", 1)]),
    "answers as codes": ("hygiene.clean.knives", [1, 0, None], [("no", 1), ("yes", 1), (None, 1)]),
}  # fmt: skip


@each_door
@pytest.mark.parametrize("case", GROUPED)
def test_the_same_groups_at_every_door(door: str, case: str, framework: Framework, tmp_path: Path) -> None:
    by, values, expected = GROUPED[case]
    column = by.removesuffix(".quarter")
    assert groups(framework, door, cases(column, values), by, tmp_path) == expected


@each_door
@pytest.mark.parametrize("values", [[1, 2, 1, None], [1.0, 2.0, 1.0, None]], ids=["whole", "with a point"])
def test_codes_of_a_choice_are_its_values(
    door: str, values: list[object], framework: Framework, tmp_path: Path
) -> None:
    codes = Codes(facts={"size": {"small": 1, "large": 2}})
    found = groups(framework, door, cases("size", values), "size", tmp_path, codes=codes)
    assert found == [("large", 1), ("small", 2), (None, 1)]


BAD = {
    "a date of another order": ("opened", "13/01/2024"),
    "a quarter of such a date": ("opened.quarter", "13/01/2024"),
    "a month": ("opened.month", "2024-12"),
    "a day that does not exist": ("opened", "2025-02-30"),
    "a quarter of words": ("received.quarter", "13 Aug 2025"),
    "a value outside a choice": ("size", "tiny"),
    "a word for a number": ("seats", "forty"),
    "a word for yes": ("serves_meat", "Y"),
}


@each_door
@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_a_group_is_a_finding(door: str, case: str, framework: Framework, tmp_path: Path) -> None:
    by, value = BAD[case]
    column = by.rpartition(".")[0] or by
    good = {"opened": "2024-01-05", "received": "2024-01-05", "size": "small", "seats": "4", "serves_meat": "yes"}
    with pytest.raises(DiagnosticError) as error:
        groups(framework, door, cases(column, [good[column], value]), by, tmp_path)
    (found,) = error.value.diagnostics
    assert (found.code, found.path) == ("bad-value", column)
    assert value in found.message


def test_in_files_such_a_row_is_left_out_and_named(framework: Framework, tmp_path: Path) -> None:
    FILES["CSV"](cases("opened", ["2024-01-13", "13/01/2024", "13/01/2025"]), tmp_path)
    rated = rate_files(framework, tmp_path, "opened.quarter")
    assert [(each.group["opened.quarter"], each.rating.cases) for each in rated.ratings] == [("2024-Q1", 1)]
    (found,) = rated.findings
    assert [(place.line, place.column) for place in found.places] == [(3, 3), (4, 3)]
    assert found.message.startswith('2 dates in the column "opened" are not written year-month-day')
    assert rated.left_out == 2


@pytest.mark.parametrize(
    ("by", "values"),
    [
        ("provider", [[1], [2]]),
        ("provider", [{"a": 1}, {"a": 2}]),
        ("provider", [b"a", b"b"]),
        ("provider", [datetime.timedelta(1), datetime.timedelta(2)]),
        ("provider", [datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)] * 2),
        ("provider.quarter", [datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)] * 2),
        ("provider.quarter", [1, 2]),
        ("opened", [datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)] * 2),
        ("seats", [MONDAY, MONDAY]),
        ("seats.quarter", [1, 2]),
        ("case", [[1], [2]]),
    ],
    ids=[
        "lists",
        "structures",
        "bytes",
        "durations",
        "times in a zone",
        "quarters of times in a zone",
        "quarters of numbers",
        "a date in a zone",
        "dates for numbers",
        "quarters of a number fact",
        "lists for ids",
    ],
)
@pytest.mark.parametrize("library", ["Polars", "PyArrow", "DuckDB", "Parquet"])
def test_a_type_that_can_be_no_group_is_refused_before_anything_is_read(
    library: str, by: str, values: list[object], framework: Framework, tmp_path: Path
) -> None:
    if library == "DuckDB" and "zone" in str(values[0]).lower():
        pytest.importorskip("pytz")
    with pytest.raises(DiagnosticError) as error:
        groups(framework, library, cases(by.removesuffix(".quarter"), values), by, tmp_path)
    assert {found.code for found in error.value.diagnostics} <= {"wrong-column-type", "unknown-grouping"}


def test_files_of_several_kinds_fall_into_one_set_of_groups(framework: Framework, tmp_path: Path) -> None:
    table = {**cases("provider", [3, 10]), "seats": [4, 4], "serves_meat": [True, False], "opened": [MONDAY, TUESDAY]}
    for number, write in enumerate(FILES.values()):
        (tmp_path / str(number)).mkdir()
        write(table, tmp_path / str(number))
    frame = polars.DataFrame(table).with_columns(
        polars.col("provider", "seats").cast(polars.Float64), polars.col("opened").cast(polars.Datetime)
    )
    frame.write_parquet(tmp_path / "times.parquet")
    for by, expected in {
        "provider": ["3", "10"],
        "seats": [4],
        "serves_meat": [False, True],
        "opened": [MONDAY, TUESDAY],
        "opened.quarter": ["2026-Q1", "2026-Q2"],
    }.items():
        rated = rate_files(framework, tmp_path, by, strict=True)
        assert [each.group[by] for each in rated.ratings] == expected
        assert sum(each.rating.cases for each in rated.ratings) == rated.cases == 8


def test_a_group_is_found_by_what_it_says(framework: Framework) -> None:
    by_number = rate_frame(framework, FRAMES["Polars"](cases("seats", [4, 7])), "seats")
    assert by_number[4] is by_number["4"] is by_number[4.0]
    by_day = rate_frame(framework, FRAMES["Polars"](cases("opened", [MONDAY])), "opened")
    assert by_day[MONDAY] is by_day["2026-01-05"]
    with pytest.raises(KeyError):
        by_number[5]


@each_door
@pytest.mark.parametrize(
    ("odd", "code_point"),
    [
        pytest.param("North\u200b East", "U+200B", id="zero-width space"),
        pytest.param("North\u00a0East", "U+00A0", id="no-break space"),
        pytest.param("North\u2013East", "U+2013", id="en dash"),
        pytest.param("N\u043erth East", "U+043E", id="Cyrillic letter"),
        pytest.param("Northe\u0301 East", "U+0301", id="accent by itself"),
    ],
)
def test_two_groups_that_look_the_same_are_refused(
    door: str, odd: str, code_point: str, framework: Framework, tmp_path: Path
) -> None:
    plain = odd.replace("\u2013", "-").replace("\u200b", "").replace("\u00a0", " ").replace("\u043e", "o")
    plain = plain.replace("e\u0301", "\u00e9")
    with pytest.raises(DiagnosticError) as error:
        groups(framework, door, cases("site", [plain, odd, plain]), "site", tmp_path)
    (found,) = error.value.diagnostics
    assert (found.code, found.path) == ("same-look", "/by")
    assert f"the groups “{plain}” and “{odd}” of site look the same" in found.message
    assert f"({code_point})" in found.hint
    assert f'write "{plain}"' in found.hint
