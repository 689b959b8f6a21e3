"""Whatever comes out says by which standards: id, edition, checksum, and where they were, never as a whole path."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import docx
import polars
import pytest
from openpyxl import load_workbook

from ctm_rules import load_framework
from tests.support.commands import Ran
from tests.support.own_standards import declare, inspect

Run = Callable[..., Ran]

BESIDE_INSPECTION = "../standards/kitchens/1"
BESIDE_WORKING_FOLDER = "standards/kitchens/1"
INSPECTION = "north/inspection.yaml"
BULK = ["rate", "--cases", "north/cases.csv", "--framework", "kitchens"]


def printed(*path: str) -> Callable[[Ran], object]:
    """Return what takes the standards out of printed JSON, by the keys that lead there."""

    def take(ran: Ran) -> object:
        found = json.loads(ran.out)
        for key in path:
            found = found[int(key) if key.isdecimal() else key]
        return found

    return take


def row_of(file: str, read: Callable[[bytes], dict[str, object]], prefix: str) -> Callable[[Ran], object]:
    """Return what takes the standards out of the columns of a written table."""

    def take(_: Ran) -> object:
        row = read(Path(file).read_bytes())
        return {key: row[f"{prefix}{key}"] for key in ("id", "edition", "origin", "checksum")}

    return take


def of_csv(content: bytes) -> dict[str, object]:
    return polars.read_csv(io.BytesIO(content), infer_schema=False).row(0, named=True)


def of_parquet(content: bytes) -> dict[str, object]:
    return polars.read_parquet(io.BytesIO(content)).row(0, named=True)


def of_json(content: bytes) -> dict[str, object]:
    return {f"framework.{key}": value for key, value in json.loads(content)["framework"].items()}


def of_xlsx(content: bytes) -> dict[str, object]:
    names, first = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))[:2]
    return dict(zip(map(str, names), first, strict=True))


def of_annexe(content: bytes) -> dict[str, object]:
    about = {row["item"]: row["value"] for row in json.loads(content)["about"]}
    return {
        "id": about["framework"],
        "edition": about["edition"],
        "origin": about["framework_origin"],
        "checksum": about["framework_checksum"],
    }


def of_comparison(content: bytes) -> dict[str, object]:
    sheet = load_workbook(io.BytesIO(content))["inspections"]
    _, header, first, *_ = sheet.iter_rows(values_only=True)
    row = dict(zip(map(str, header), first, strict=True))
    return {
        "id": row["framework"],
        "edition": row["edition"],
        "origin": row["framework_origin"],
        "checksum": row["framework_checksum"],
    }


COMPARED = ["report", INSPECTION, "south/inspection.yaml", "--compare", "-o", "out"]

RESULTS = [
    (["rate", INSPECTION, "--json"], printed("framework"), BESIDE_INSPECTION),
    (["explain", INSPECTION, "c1", "--json"], printed("framework"), BESIDE_INSPECTION),
    (["what-if", INSPECTION, "--next-rating", "--json"], printed("framework", "before"), BESIDE_INSPECTION),
    (["what-if", INSPECTION, "--next-rating", "--json"], printed("framework", "after"), BESIDE_INSPECTION),
    (["diff", "kitchens", "kitchens", "--json"], printed("old"), BESIDE_WORKING_FOLDER),
    (["diff", "kitchens", "kitchens", "--json"], printed("new"), BESIDE_WORKING_FOLDER),
    (["test", "--cases", INSPECTION, "--json"], printed("coverage", "0", "framework"), BESIDE_WORKING_FOLDER),
    ([*BULK, "--json"], printed("framework"), BESIDE_WORKING_FOLDER),
    ([*BULK, "--json"], printed("groups", "0", "framework"), BESIDE_WORKING_FOLDER),
    ([*BULK, "-o", "r.csv"], row_of("r.csv", of_csv, "framework."), BESIDE_WORKING_FOLDER),
    ([*BULK, "-o", "r.xlsx"], row_of("r.xlsx", of_xlsx, "framework."), BESIDE_WORKING_FOLDER),
    ([*BULK, "-o", "r.parquet"], row_of("r.parquet", of_parquet, "framework."), BESIDE_WORKING_FOLDER),
    ([*BULK, "-o", "r.json"], row_of("r.json", of_json, "framework."), BESIDE_WORKING_FOLDER),
    (["report", INSPECTION, "-f", "json", "-o", "out"], row_of("out/annexe.json", of_annexe, ""), BESIDE_INSPECTION),
    (COMPARED, row_of("out/compare.xlsx", of_comparison, ""), BESIDE_INSPECTION),
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with standards of one's own and two inspections by them, in which one stands."""
    declare(tmp_path / "standards")
    for folder in ("north", "south"):
        inspect(tmp_path / folder, "{id: kitchens}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "take", "origin"),
    RESULTS,
    ids=[f"{number}: {' '.join(row[0])}"[:50] for number, row in enumerate(RESULTS, 1)],
)
def test_a_result_says_by_which_standards(
    arguments: list[str], take: Callable[[Ran], object], origin: str, place: Path, run: Run
) -> None:
    framework = load_framework(place / "standards" / "kitchens" / "1")
    ran = run(*arguments)
    assert ran.code == 0, ran.err
    expected = {"id": "kitchens", "edition": "1", "origin": origin, "checksum": framework.checksum}
    assert take(ran) == expected
    assert str(place) not in ran.out
    written = [file for file in place.rglob("*") if file.is_file() and not file.is_relative_to(place / "standards")]
    assert not [file for file in written if str(place).encode() in file.read_bytes()]


PRINTED = [
    (["rate", INSPECTION], "standards", BESIDE_INSPECTION),
    (["explain", INSPECTION, "c1"], "standards", BESIDE_INSPECTION),
    (["what-if", INSPECTION, "--next-rating"], "standards", BESIDE_INSPECTION),
    (["what-if", INSPECTION, "--set", "key_question_bands.fine.from=40"], "standards", BESIDE_INSPECTION),
    (["diff", "kitchens", "kitchens"], "old", BESIDE_WORKING_FOLDER),
    (["diff", "kitchens", "kitchens"], "new", BESIDE_WORKING_FOLDER),
    (BULK, "standards", BESIDE_WORKING_FOLDER),
]


@pytest.mark.parametrize(
    ("arguments", "called", "origin"),
    PRINTED,
    ids=[f"{number}: {' '.join(row[0])}"[:50] for number, row in enumerate(PRINTED, 1)],
)
def test_what_people_read_on_a_terminal_says_it_too(
    arguments: list[str], called: str, origin: str, place: Path, run: Run
) -> None:
    checksum = load_framework(place / "standards" / "kitchens" / "1").checksum
    assert f"{called}: kitchens 1 from {origin}, checksum {checksum[:15]}…" in run(*arguments).out


@pytest.mark.usefixtures("place")
def test_amended_standards_have_a_checksum_of_their_own(run: Run) -> None:
    printed_lines = run("what-if", INSPECTION, "--set", "key_question_bands.fine.from=40").out.splitlines()
    before, after = [line for line in printed_lines if "checksum" in line]
    assert before.startswith("standards: kitchens 1 from")
    assert after.startswith("amended: kitchens 1 from")
    assert before.split()[-1] != after.split()[-1]


def test_documents_say_it_too(place: Path, run: Run) -> None:
    checksum = load_framework(place / "standards" / "kitchens" / "1").checksum
    compared = run("diff", "kitchens", "kitchens", "--markdown").out.replace("\\", "")
    for called in ("Old", "New"):
        assert f"- {called}: kitchens 1 from {BESIDE_WORKING_FOLDER}, checksum {checksum}" in compared
    assert run("report", INSPECTION, "-f", "md", "-o", "out").code == 0
    page = Path("out/report.md").read_text(encoding="utf-8")
    said = f"Framework kitchens, edition 1, from {BESIDE_INSPECTION}; checksum {checksum}; engine"
    assert said in " ".join(page.replace("\\", "").split())
    assert run("report", INSPECTION, "-f", "html", "-f", "docx", "-o", "out").code == 0
    assert said in " ".join(Path("out/report.html").read_text(encoding="utf-8").split())
    assert said in " ".join(" ".join(each.text for each in docx.Document("out/report.docx").paragraphs).split())


def test_a_report_says_why_standards_were_used_that_were_not_in_force(place: Path, run: Run) -> None:
    inspect(place / "north", '{id: kitchens, edition: "1", because: The new standards were tried out.}', "2025-11-03")
    assert run("report", INSPECTION, "-f", "md", "-o", "out").code == 0
    assert "Why this edition: The new standards were tried out." in Path("out/report.md").read_text(encoding="utf-8")
