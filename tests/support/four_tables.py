"""The example's case table in four shapes that inspectorates publish or collect, made from it by this script.

Each is read by the reading of that name in ``examples/ctm/readings``, and says the same cases.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from pathlib import Path

from openpyxl import Workbook

from tests.support.paths import CASES, EXAMPLE

READINGS = EXAMPLE.parent / "readings"

Row = dict[str, str]

CODED = {"low": "1", "very_high": "Very high"}


def rows() -> list[Row]:
    """Return the example's cases as text."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_answer(column: str) -> bool:
    return "." in column


def usual(folder: Path) -> Path:
    """Write the table as it is."""
    made = folder / "usual.csv"
    made.write_bytes(CASES.read_bytes())
    return made


def published(folder: Path) -> Path:
    """Write a CSV file as an inspectorate publishes it: a title, semicolons, other words, dates the other way round."""
    words = {
        "yes": cycle(["Yes", "Y", "Met [r]", "TRUE", "1", "ydw"]),
        "no": cycle(["No", "n", "Not met", "0", "Nac ydw"]),
        "na": cycle(["Not applicable", " N/A "]),
        "": cycle(["NULL", "Not judged", "[c]", ""]),
    }

    def said(column: str, text: str) -> str:
        if column == "commenced":
            return datetime.date.fromisoformat(text).strftime("%d/%m/%Y") if text else "NULL"
        if column == "risk_of_harm":
            return CODED.get(text, text.upper())
        if column == "suspended_after_weeks":
            return f"{text},0" if text else "[c]"
        return next(words[text]) if text in words and column not in ("case", "sex") else text

    names = {"case": "URN", "commenced": "Inspection start date", "risk_of_harm": "Risk band"}
    made = folder / "published.csv"
    with made.open("w", encoding="windows-1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Arolygiaeth – inspections, as published"])
        writer.writerow(["as at", "31/12/2025"])
        writer.writerow([])
        writer.writerow([*(names.get(column, column) for column in rows()[0]), "Région", "Web address"])
        for row in rows():
            writer.writerow([*(said(column, text) for column, text in row.items()), "Sud", "https://example.org"])
    return made


def long_rows() -> Iterator[tuple[str, str, str]]:
    """Yield each case, what was asked, and the answer."""
    words = {"na": "Does not apply", "": "Not judged"}
    for row in rows():
        for column, text in row.items():
            if column != "case":
                asked = "victims' safety" if column == "assessment.safety.victims" else column
                yield row["case"], asked, words.get(text, text) if is_answer(column) else text


def long(folder: Path) -> Path:
    """Write a workbook with a row for each answer, on its second sheet and below a title."""
    book = Workbook()
    book.active.title = "Read me"
    book["Read me"].append(["How these data were collected"])
    sheet = book.create_sheet("Ratings")
    sheet.append(["All judgements"])
    sheet.append(["Location ID", "Question", "Judgement"])
    for row in long_rows():
        sheet.append(row)
    made = folder / "long.xlsx"
    book.save(made)
    return made


def collected(folder: Path) -> Path:
    """Write a CSV file as a server of forms exports it: groups before the names, and forms that were not approved."""
    first = rows()[0]

    def said(column: str, text: str) -> str:
        return text or ("n/a" if column.startswith("measures.") else "not_judged" if is_answer(column) else "")

    header = {column: f"page_{number % 3}/{column}" for number, column in enumerate(first)}
    own = {"_id": "7", "_validation_status": "validation_status_approved", "meta/instanceID": "uuid:1"}
    own |= {"notes.assessment.safety": "seen twice", "SubmissionDate": "2025-03-01T09:00:00Z", "KEY": "uuid:1"}
    made = folder / "collected.csv"
    with made.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*header.values(), *own])
        writer.writeheader()
        for row in rows():
            writer.writerow({header[column]: said(column, text) for column, text in row.items()} | own)
        refused = {header[column]: said(column, text) for column, text in first.items()}
        writer.writerow(refused | own | {"_validation_status": "Validation_status_not_approved"})
    return made


TABLES: Mapping[str, Callable[[Path], Path]] = {
    "usual": usual,
    "published": published,
    "long": long,
    "collected": collected,
}
"""By the name of its reading, what writes a table into a folder."""


def reading_of(name: str) -> Path:
    return READINGS / f"{name}.yaml"
