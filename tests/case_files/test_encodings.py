"""The encoding of a table is never guessed: it is marked, it is UTF-8, it is said, or the table is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_framework, load_inspection, read_cases
from ctm_rules.case_files.case_tables import read_header
from ctm_rules.case_files.table_text import check_encoding
from ctm_rules.diagnostics.findings import Diagnostic, Location
from ctm_rules.model.declared_reading import TableLayout
from ctm_rules.scenarios.covering import cover_cases
from ctm_rules.scenarios.running import ScenarioRunner
from tests.fuzz.targets import CASES, JUDGEMENTS, lay_out
from tests.support.commands import Run
from tests.support.editing import edit

pytest.importorskip("polars")
pytest.importorskip("pyarrow")

from ctm_rules.bulk.files import BulkRatings, rate_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A framework with an inspection, tables of cases and one of judgements, each with a letter outside ASCII."""
    lay_out(tmp_path)
    for name in ("cases.csv", "table.csv"):
        (tmp_path / name).write_text(CASES.replace("c3", "Mön"), encoding="utf-8")
    (tmp_path / "judgements.csv").write_text(f"{JUDGEMENTS}Mön,\n", encoding="utf-8")
    return tmp_path


def saved_as(encoding: str, *files: Path) -> None:
    for file in files:
        file.write_bytes(file.read_text(encoding="utf-8").encode(encoding))


# --- every door ------------------------------------------------------------------------------------


def by_cases(folder: Path, encoding: str | None) -> object:
    return read_cases(folder / "cases.csv", load_framework(folder / "standards"), encoding=encoding)


def by_inspection(folder: Path, encoding: str | None) -> object:
    if encoding is not None:
        edit(folder / "inspection.yaml", "{file: cases.csv,", f"{{file: cases.csv, encoding: {encoding},")
    return load_inspection(folder / "inspection.yaml")


def by_coverage(folder: Path, encoding: str | None) -> object:
    return cover_cases(folder / "cases.csv", [folder / "standards"], ScenarioRunner(), encoding)


def by_files(folder: Path, encoding: str | None) -> object:
    return rate_files(load_framework(folder / "standards"), [folder / "cases.csv"], encoding=encoding)


def by_judgements(folder: Path, encoding: str | None) -> object:
    framework, judgements = load_framework(folder / "standards"), folder / "judgements.csv"
    return rate_files(framework, [folder / "table.csv"], "size", judgements=judgements, encoding=encoding)


Door = Callable[[Path, str | None], object]
DOORS = [
    pytest.param(by_cases, "cases.csv", id="read_cases"),
    pytest.param(by_inspection, "cases.csv", id="inspection"),
    pytest.param(by_coverage, "cases.csv", id="coverage"),
    pytest.param(by_files, "cases.csv", id="rate_files"),
    pytest.param(by_judgements, "judgements.csv", id="judgements"),
]


def refused(door: Door, folder: Path, encoding: str | None = None) -> Diagnostic:
    with pytest.raises(DiagnosticError) as error:
        door(folder, encoding)
    (found,) = error.value.diagnostics
    assert found.code == "unknown-encoding"
    return found


@pytest.mark.parametrize(("door", "file"), DOORS)
def test_a_table_in_another_encoding_is_refused_until_it_is_said(folder: Path, door: Door, file: str) -> None:
    door(folder, None)
    saved_as("windows-1252", folder / file)
    found = refused(door, folder)
    lines = (folder / file).read_bytes().split(b"\n")
    assert (Path(found.file).name, found.line) == (file, next(n for n, line in enumerate(lines, 1) if b"\xf6" in line))
    assert found.message.endswith(r"is not text in UTF-8: line 4 holds M\xf6n")
    assert 'windows-1252 for "Mön", macintosh for "Mˆn", cp850 for "M÷n"' in found.hint
    if file == "judgements.csv":
        saved_as("windows-1252", folder / "table.csv")
    door(folder, "windows-1252")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("said", [None, "windows-1252"])
@pytest.mark.parametrize(("door", "file"), DOORS)
def test_a_mark_tells_more_than_what_is_said(
    folder: Path, door: Door, file: str, said: str | None, encoding: str
) -> None:
    saved_as(encoding, folder / file)
    door(folder, said)


@pytest.mark.parametrize(("door", "_"), DOORS)
def test_a_misspelt_encoding_gets_the_nearest_name(folder: Path, door: Door, _: str) -> None:
    found = refused(door, folder, "windows-1525")
    assert found.message == '"windows-1525" is no encoding of a table'
    assert 'did you mean "windows-1252"?' in found.hint


def test_the_place_of_a_misspelt_encoding_is_where_it_is_said(folder: Path) -> None:
    found = refused(by_inspection, folder, "windows-1525")
    text = (folder / "inspection.yaml").read_text(encoding="utf-8").splitlines()[found.line - 1]
    assert (Path(found.file).name, found.path) == ("inspection.yaml", "cases.encoding")
    assert text[found.column - 1 :].startswith("windows-1525")


# --- what is text, and what would be guessed -------------------------------------------------------


def groups(rated: BulkRatings) -> list[object]:
    return [value for each in rated.ratings for value in each.group.values()]


def table(folder: Path, *places: str) -> Path:
    header, row = CASES.splitlines()[0], CASES.splitlines()[1].partition(",")[2]
    rows = "".join(f"c{number},{row},{place}\n" for number, place in enumerate(places))
    (folder / "places.csv").write_text(f"{header},place\n{rows}", encoding="utf-8")
    return folder / "places.csv"


def test_places_that_differ_by_one_letter_stay_apart(folder: Path) -> None:
    framework, file = load_framework(folder / "standards"), table(folder, "Môn", "Mön", "Mén")
    saved_as("windows-1252", file)
    with pytest.raises(DiagnosticError):
        rate_files(framework, [file], "place")
    assert groups(rate_files(framework, [file], "place", encoding="windows-1252")) == ["Mén", "Môn", "Mön"]


def test_of_all_tables_it_is_said_at_once(folder: Path) -> None:
    file = table(folder, "Môn")
    for name in ("a.csv", "b.csv", "c.csv"):
        (folder / name).write_bytes(file.read_bytes())
    saved_as("windows-1252", folder / "a.csv", folder / "c.csv")
    with pytest.raises(DiagnosticError) as error:
        rate_files(load_framework(folder / "standards"), [folder / "[abc].csv"])
    assert [Path(found.file).name for found in error.value.diagnostics] == ["a.csv", "c.csv"]


def test_bytes_far_down_in_a_table_are_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctm_rules.case_files.csv_rows.TEXT_BLOCK_CHARACTERS", 1_000)
    monkeypatch.setattr("ctm_rules.case_files.table_text.TEXT_BLOCK_CHARACTERS", 1_000)
    file = table(folder, *["here"] * 2_000, "Môn")
    saved_as("windows-1252", file)
    framework = load_framework(folder / "standards")
    for read in (lambda: read_cases(file, framework), lambda: rate_files(framework, [file])):
        with pytest.raises(DiagnosticError) as error:
            read()
        assert [(found.line, found.code) for found in error.value.diagnostics if found.code != "unknown-column"] == [
            (2_002, "unknown-encoding")
        ]


@pytest.mark.parametrize("wide", ["utf-16-le", "utf-16-be"])
def test_letters_of_two_bytes_without_a_mark(folder: Path, wide: str) -> None:
    saved_as(wide, folder / "cases.csv")
    found = refused(by_files, folder)
    assert f'{wide} for "case,serves_meat' in found.hint
    by_files(folder, wide)
    assert read_header(folder / "cases.csv", TableLayout(encoding=wide)) == tuple(CASES.splitlines()[0].split(","))


def test_bytes_that_are_none_in_what_is_said(folder: Path) -> None:
    file = table(folder, "M\x81n")
    saved_as("iso-8859-1", file)
    with pytest.raises(DiagnosticError, match=r"not text in windows-1252: line 2 holds M\\x81n"):
        rate_files(load_framework(folder / "standards"), [file], encoding="windows-1252")


SAID = ["utf-8", "UTF-8", "windows-1252", "latin-1", "macintosh", "cp850", "shift_jis", "utf-16-le", "utf_32_be"]
NOT_SAID = ["", " ", "text", "utf-16", "rot13", "base64", "idna", "unicode_escape", "punycode", "utf-7", "é", "a\0b"]


@pytest.mark.parametrize(
    ("name", "is_one"), [*((name, True) for name in SAID), *((name, False) for name in NOT_SAID)], ids=repr
)
def test_what_an_encoding_of_a_table_is(name: str, is_one: bool) -> None:
    assert (list(check_encoding(name, Location("t.csv"))) == []) is is_one


def test_an_encoding_of_what_has_none_is_refused(folder: Path) -> None:
    polars = pytest.importorskip("polars")
    polars.read_csv(folder / "table.csv", infer_schema=False).write_parquet(folder / "table.parquet")
    with pytest.raises(DiagnosticError, match="none of the tables is a CSV file"):
        rate_files(load_framework(folder / "standards"), [folder / "table.parquet"], encoding="windows-1252")


# --- at the command line ---------------------------------------------------------------------------


def test_the_command_line_says_it_too(run: Run, folder: Path) -> None:
    saved_as("windows-1252", folder / "cases.csv")
    for command in (["rate", "--framework", folder / "standards"], ["test", folder / "standards"]):
        ran = run(*command, "--cases", folder / "cases.csv")
        assert (ran.code, "--encoding windows-1252" in ran.err) == (2, True)
        assert run(*command, "--cases", folder / "cases.csv", "--encoding", "windows-1252").code == 0
        ran = run(*command, "--cases", folder / "cases.csv", "--encoding", "windows-1525")
        assert (ran.code, 'did you mean "windows-1252"?' in ran.err) == (2, True)
    ran = run("rate", folder / "inspection.yaml", "--encoding", "windows-1252")
    assert (ran.code, "an inspection says it itself" in ran.err) == (2, True)


def test_no_group_has_a_letter_that_was_lost(run: Run, folder: Path) -> None:
    file = table(folder, "Môn", "Mön")
    saved_as("windows-1252", file)
    arguments = ["rate", "--cases", file, "--framework", folder / "standards", "--by", "place", "--json"]
    assert json.loads(run(*arguments, "--encoding", "windows-1252").out)["cases"] == 2
    assert "\ufffd" not in run(*arguments).out
