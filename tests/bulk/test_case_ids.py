"""Each case of a table stands in it once: a row that repeats one, or has no id, is named and counts for nothing."""

from __future__ import annotations

import random
from pathlib import Path

import polars
import pytest

from ctm_rules import DiagnosticError, Framework, rate_files, rate_frame, read_cases
from tests.support.dataframes import LIBRARIES, QUIET, each_library, pa
from tests.support.small_framework import Small
from tests.support.tables import FILES

pytestmark = QUIET

IDS = ["monday", "tuesday", "monday", " tuesday ", "", "friday", "monday"]
ROWS = {"case": IDS, "hygiene.clean.floors": ["yes", "no", "yes", "yes", "yes", "no", "yes"]}
SAID = [
    '3 rows repeat the case of a row above, such as "monday" (rows 4, 5 and 8)',
    "row 6 has no case id",
]


@pytest.fixture
def framework(small: Small) -> Framework:
    return small("floors")


@pytest.mark.parametrize("kind", FILES)
def test_files_name_both_rows_and_leave_the_second_out(kind: str, framework: Framework, tmp_path: Path) -> None:
    file = FILES[kind](ROWS, tmp_path)
    rated = rate_files(framework, file)
    if kind == "Parquet":  # its rows are counted from the first case
        assert [(found.line, found.count, found.path) for found in rated.findings] == [(3, 3, "case"), (5, 1, "case")]
    else:
        assert [found.message for found in rated.findings] == SAID
    assert {found.code for found in rated.findings} == {"bad-row"}
    assert (rated.cases, rated.left_out) == (3, 4)
    (question,) = rated.ratings[()].standards[0].key_questions
    assert (question.counts.yes, question.counts.no) == (1, 2)
    with pytest.raises(DiagnosticError) as error:
        rate_files(framework, file, strict=True)
    assert error.value.diagnostics == rated.findings


def test_one_case_at_a_time_says_the_same(framework: Framework, tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError) as error:
        read_cases(FILES["CSV"](ROWS, tmp_path), framework)
    assert [found.message for found in error.value.diagnostics] == SAID


def test_one_repeated_row_names_both(framework: Framework, tmp_path: Path) -> None:
    FILES["CSV"]({"case": ["a", "b", "a"], "hygiene.clean.floors": ["yes"] * 3}, tmp_path)
    (found,) = rate_files(framework, tmp_path).findings
    assert (found.line, found.column, found.message) == (4, 1, 'row 4 repeats the case "a" of row 2')


ODD = {"case": ["caf\u00e9", "a", "cafe\u0301", "a\u200b", "b", "a"], "hygiene.clean.floors": ["yes"] * 6}
LOOKS = [
    'row 4 has the id "cafe\u0301", which looks the same as that of row 2',
    'row 5 has the id "a\u200b", which looks the same as that of row 3',
    'row 7 repeats the case "a" of row 3',
]


@pytest.mark.parametrize("one_by_one", [True, False], ids=["one case at a time", "in bulk"])
@pytest.mark.parametrize("kind", ["CSV", "XLSX"])
def test_ids_that_look_the_same_are_one_and_what_differs_is_said(
    kind: str, one_by_one: bool, framework: Framework, tmp_path: Path
) -> None:
    file = FILES[kind]({name: [*cells[:2], *cells[2:3]] for name, cells in ODD.items()}, tmp_path)
    with pytest.raises(DiagnosticError) as error:
        read_cases(file, framework) if one_by_one else rate_files(framework, file, strict=True)
    (found,) = error.value.diagnostics
    assert found.message == LOOKS[0]
    accent = 'character 5 of "cafe\u0301" is a combining acute accent (U+0301): write "caf\u00e9", letter by letter'
    assert found.hint.startswith(accent)


def test_ids_that_look_the_same_are_one_wherever_a_file_is_cut(
    framework: Framework, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = FILES["CSV"](ODD, tmp_path)
    for rows_in_a_piece in (1, 2, 6):
        monkeypatch.setattr(
            "ctm_rules.case_files.csv_pieces.rows_in_a_piece", lambda _, several=rows_in_a_piece: several
        )
        rated = rate_files(framework, file)
        assert (rated.cases, rated.left_out) == (3, 3)
        (looks, repeats) = rated.findings
        assert looks.message == '2 rows look as if they repeat one above, such as "cafe\u0301" (rows 4 and 5)'
        assert repeats.message == LOOKS[2]


@each_library
def test_dataframes_with_ids_that_look_the_same_are_refused(library: str, framework: Framework) -> None:
    assert refused(framework, library, ["a", "b", "a\u200b"]) == [
        'the column "case" holds "a" in 2 rows, also written as "a\u200b", which looks the same, and a case has one row'
    ]


def refused(framework: Framework, library: str, ids: list[object]) -> list[str]:
    frame = LIBRARIES[library]({"case": pa.array(ids), "hygiene.clean.floors": pa.array(["yes"] * len(ids))})
    with pytest.raises(DiagnosticError) as error:
        rate_frame(framework, frame)
    assert {(found.code, found.path) for found in error.value.diagnostics} == {("bad-row", "case")}
    return [found.message for found in error.value.diagnostics]


@each_library
def test_dataframes_are_refused(library: str, framework: Framework) -> None:
    ids = [*IDS[:4], "friday"]
    assert refused(framework, library, [*ids, "monday"]) == ['2 case ids have several rows, such as "monday" with 3']
    assert refused(framework, library, ["a", "b", " a"]) == [
        'the column "case" holds "a" in 2 rows, and a case has one row'
    ]
    assert refused(framework, library, ["a", "", None]) == ["2 rows have no case id"]


@each_library
def test_ids_that_are_numbers_are_told_apart(library: str, framework: Framework) -> None:
    frame = LIBRARIES[library]({"case": pa.array([1, 2, 3]), "hygiene.clean.floors": pa.array(["yes"] * 3)})
    assert rate_frame(framework, frame).groups[0].rating.cases == 3
    assert refused(framework, library, [2, 1, 1]) == ['the column "case" holds "1" in 2 rows, and a case has one row']


def test_ids_may_stand_in_a_column_of_another_name(framework: Framework, tmp_path: Path) -> None:
    table = {"reference": ["a", "a"], "hygiene.clean.floors": ["yes", "no"]}
    assert rate_files(framework, FILES["CSV"](table, tmp_path)).cases == 2
    named = rate_files(framework, tmp_path, columns={"case": "reference"})
    assert (named.cases, named.left_out) == (1, 1)


def test_files_may_number_their_cases_alike(framework: Framework, tmp_path: Path) -> None:
    for name in ("north", "south"):
        (tmp_path / name).mkdir()
        FILES["Parquet"]({"case": ["1", "2"], "hygiene.clean.floors": ["yes", "no"]}, tmp_path / name)
    rated = rate_files(framework, tmp_path)
    assert (rated.cases, rated.findings) == (4, ())


@pytest.mark.parametrize("rows_in_a_piece", [1, 7, 1000])
@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_wherever_a_file_is_cut_the_same_rows_are_left_out(
    suffix: str, rows_in_a_piece: int, framework: Framework, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(2026)
    ids = [str(rng.randrange(60)) for _ in range(80)]
    answers = [rng.choice(["yes", "no", "?"]) for _ in ids]
    provider = [rng.choice(["N", "S"]) for _ in ids]
    table = polars.DataFrame({"case": ids, "hygiene.clean.floors": answers, "provider": provider})
    if suffix == "xlsx":
        FILES["XLSX"](table.to_dict(as_series=False), tmp_path)
    elif suffix == "csv":
        table.write_csv(tmp_path / "cases.csv")
    else:
        table.write_parquet(tmp_path / "cases.parquet", row_group_size=9)
    for module in ("csv_pieces", "workbook_pieces", "table_files"):
        monkeypatch.setattr(f"ctm_rules.case_files.{module}.rows_in_a_piece", lambda _: rows_in_a_piece)
    rated = rate_files(framework, tmp_path, "provider")
    first = {case: row for row, case in reversed(list(enumerate(ids)))}
    counted = [row for row, case in enumerate(ids) if first[case] == row and answers[row] != "?"]
    by_provider = {each.group["provider"]: each.rating.cases for each in rated.ratings}
    assert by_provider == {name: sum(provider[row] == name for row in counted) for name in ("N", "S")}
    assert (rated.cases, rated.left_out) == (len(counted), 80 - len(counted))
    repeats = [place.line for found in rated.findings if found.code == "bad-row" for place in found.places]
    start = 1 if suffix == "parquet" else 2
    assert repeats == [row + start for row, case in enumerate(ids) if first[case] != row]
