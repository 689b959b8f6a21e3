"""Cases in a database, rated without writing a file: wide and long tables, through a cursor and through a dataframe.

    python examples/cases_in_a_database.py

uses DuckDB in memory. Any database whose driver follows DB-API does the same: the tests run these functions on
PostgreSQL as well.
"""

import csv
from pathlib import Path
from typing import Any

import polars

from ctm_rules import Inspection, InspectionResult, load_framework, rate_inspection

CASES = Path(__file__).parent / "ctm" / "cases.csv"
DECLARED = {
    "title": "An inspection out of a database",
    "provider": {"id": "north", "name": "North"},
    "fieldwork": {"started": "2025-08-04"},
    "cases": {"synthetic": True, "note": "The 44 cases are synthetic."},
    "judgements": [
        {"standard": "leadership", "rating": "good", "rationale": "Made up."},
        {"standard": "staffing", "rating": "requires_improvement", "rationale": "Made up."},
        {"standard": "services", "rating": "requires_improvement", "rationale": "Made up."},
    ],
}


def fill(cursor: Any, mark: str = "?") -> None:
    """Put the example's cases into two tables: one row for each case, and one for each fact and answer.

    Args:
        cursor: of the database.
        mark: how its driver marks a parameter: ``?`` or ``%s``.
    """
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    columns = ", ".join(f'"{name}" text' for name in names)
    cursor.execute(f"create table wide_cases ({columns})")
    cursor.execute("create table long_cases (case_id text, asked text, answer text)")
    marks = ", ".join([mark] * len(names))
    cursor.executemany(
        f"insert into wide_cases values ({marks})", [[row[name] or None for name in names] for row in rows]
    )
    asked = [[row["case"], name, row[name]] for row in rows for name in names if name != "case" and row[name]]
    cursor.executemany(f"insert into long_cases values ({mark}, {mark}, {mark})", asked)


WIDE = 'select * from wide_cases order by "case"'
LONG = "select case_id, asked, answer from long_cases order by case_id"
LONG_COLUMNS = {"case": "case_id", "name": "asked", "value": "answer"}
"""What the long table calls its columns, by what they are called otherwise."""


def rated(cursor: Any) -> dict[str, InspectionResult]:
    """Rate the cases of a database in four ways, each of which gives the same ratings."""
    framework = load_framework("hmip-pdu", "2024")

    def frame(query: str) -> polars.DataFrame:
        cursor.execute(query)
        return polars.DataFrame(cursor.fetchall(), [name for name, *_ in cursor.description], orient="row")

    def run(query: str) -> Any:
        cursor.execute(query)
        return cursor

    def of(table: Any, **how: Any) -> InspectionResult:
        return rate_inspection(Inspection.from_frame(DECLARED, table, framework=framework, **how))

    long: dict[str, Any] = {"shape": "long", "columns": LONG_COLUMNS}
    return {
        "wide, cursor": of(run(WIDE)),
        "wide, frame": of(frame(WIDE)),
        "long, cursor": of(run(LONG), **long),
        "long, frame": of(frame(LONG), **long),
    }


def main() -> None:
    import duckdb

    cursor = duckdb.connect()
    fill(cursor)
    for way, result in rated(cursor).items():
        print(f"{way}: {result.summary}")


if __name__ == "__main__":
    main()
