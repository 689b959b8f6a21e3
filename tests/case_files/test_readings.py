"""What a reading may say, and what it may not: each mistake where it stands, and nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars
import pytest

from ctm_rules import (
    Answer,
    Case,
    DiagnosticError,
    Framework,
    MissingValue,
    Reading,
    load_framework,
    load_inspection,
    load_reading,
    rate_files,
    rate_frame,
    rate_inspection,
    read_cases,
)
from tests.support.commands import Run
from tests.support.dataframes import LIBRARIES, QUIET, each_library
from tests.support.four_tables import READINGS
from tests.support.small_framework import SMALL, Small

pytestmark = QUIET

FLOORS, KNIVES = "hygiene.clean.floors", "hygiene.clean.knives"


@pytest.fixture
def framework(small: Small) -> Framework:
    return small("floors")


def read(framework: Framework, folder: Path, reading: str, table: str, name: str = "t.csv") -> tuple[Case, ...]:
    """Return the cases of a table that is read by a file."""
    (folder / "r.yaml").write_text(reading, encoding="utf-8")
    (folder / name).write_text(table, encoding="utf-8")
    return read_cases(folder / name, framework, read_as=folder / "r.yaml")


def refused(framework: Framework, folder: Path, reading: str, table: str) -> list[tuple[str, int, int]]:
    with pytest.raises(DiagnosticError) as error:
        read(framework, folder, reading, table)
    assert all(found.hint for found in error.value.diagnostics)
    return [(found.code, found.line, found.column) for found in error.value.diagnostics]


# --- mistakes in it ----------------------------------------------------------------------------------

MISTAKES: dict[str, tuple[str, str, str]] = {
    "two answers of one text": ("values: {yes: [Met], no: [met]}", "text-with-two-meanings", '"Met"'),
    "an answer that is missing": ("values: {na: [N/A]}\nmissing_values: [n/a]", "text-with-two-meanings", "missing"),
    "our own word for another": ("values: {no: ['yes']}", "text-with-two-meanings", "yes"),
    "a code of another word": ("values: {na: [0]}", "text-with-two-meanings", '"0"'),
    "na that is missing": ("missing_values: [na]", "text-with-two-meanings", "na"),
    "a missing value twice": ("missing_values: [NULL, {value: 'null', label: a}]", "text-with-two-meanings", "null"),
    "a value of a fact that is missing": ("missing_values: [small]", "text-with-two-meanings", "small"),
    "a label of a fact that is missing": ("missing_values: [Large]", "text-with-two-meanings", "Large"),
    "two values of one text": (
        "columns: {size: {values: {small: [S], large: [s]}}}", "text-with-two-meanings", '"S"',
    ),
    "one column for two": (f"columns: {{{FLOORS}: Q1, {KNIVES}: q1}}", "text-with-two-meanings", "Q1"),
    "a column that is another": (f"columns: {{{FLOORS}: {KNIVES}}}", "text-with-two-meanings", KNIVES),
    "two orders of a date": ("date_formats: ['%d/%m/%Y', '%m/%d/%Y']", "text-with-two-meanings", "%m/%d/%Y"),
    "an order beside ours": ("date_formats: ['%Y-%d-%m']", "text-with-two-meanings", "%Y-%d-%m"),
    "a year of two digits": ("date_formats: ['%d/%m/%y']", "bad-reading", "%y"),
    "a date without a year": ("date_formats: ['%d %B']", "bad-reading", "%d %B"),
    "a day twice": ("date_formats: ['%d/%d/%m/%Y']", "bad-reading", "twice"),
    "a prompt misspelt": ("columns: {hygiene.clean.flors: Q1}", "unknown-column", "hygiene.clean.flors"),
    "a column the wrong way round": (f"columns: {{Q1: {FLOORS}}}", "unknown-column", "Q1"),
    "a value misspelt": ("columns: {size: {values: {smal: [S]}}}", "bad-reading", "smal"),
    "values of a date": ("columns: {opened: {values: {yes: [S]}}}", "bad-reading", "opened"),
    "nothing said of a column": ("columns: {size: {}}", "bad-reading", "size"),
    "one sign for two things": ("table: {group_char: .}", "bad-reading", "."),
    "a letter in numbers": ("table: {decimal_char: x}", "bad-reading", "x"),
    "a delimiter of two signs": ("table: {delimiter: ;;}", "bad-reading", ";;"),
    "row nought": ("table: {header_row: 0}", "bad-reading", "row 0"),
    "a row that is no number": ("table: {header_row: four}", "wrong-type", "four"),
    "a shape misspelt": ("table: {shape: lnog}", "wrong-word", "lnog"),
    "an answer column of a wide table": ("table: {answer: Judgement}", "bad-reading", "answer"),
    "one column for two of three": (
        "table: {shape: long, asked: A, answer: a}", "bad-reading", "one column of a long table",
    ),
    "an encoding misspelt": ("table: {encoding: windows-1525}", "unknown-encoding", "windows-1525"),
    "a mark that is a letter": ("marks: [r]", "bad-reading", '"r"'),
    "rows without a test": ("only_rows: {status: {}}", "bad-reading", "status"),
    "what NA means": ("undecided: [NA]", "undecided-text", '"NA"'),
    "a key misspelt": ("values: {yes: [Y]}\nmising_values: [NA]", "unknown-key", "mising_values"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_a_sentence_at_its_place(mistake: str, framework: Framework, tmp_path: Path, run: Run) -> None:
    text, code, quoted = MISTAKES[mistake]
    folder = tmp_path / "kitchens"
    folder.mkdir()
    (folder / "framework.yaml").write_text(SMALL.replace("RULE", "floors"), encoding="utf-8")
    # At every door: the framework's own reading, one beside it, and one that a call names.
    for name in ("reading.yaml", "other.yaml"):
        (folder / name).write_text(f"date_formats: []\n{text}\n" if "date_formats" not in text else text, "utf-8")
        ran = run("check", folder)
        assert ran.code == 1, ran
        assert f"[{code}]" in ran.out
        assert quoted in ran.out
        assert name in ran.out
        if name == "reading.yaml":
            with pytest.raises(DiagnosticError):
                load_framework(folder)
        with pytest.raises(DiagnosticError) as error:
            read_cases(folder / "no such.csv", framework, read_as=folder / name)
        assert code in {found.code for found in error.value.diagnostics}
        (folder / name).unlink()


def test_the_examples_are_in_order(run: Run) -> None:
    assert [load_reading(file).table.shape for file in sorted(READINGS.glob("*.yaml"))].count("long") == 1
    assert run("check", READINGS).code == 0


def test_texts_are_as_they_are_written(tmp_path: Path) -> None:
    text = "values: {yes: [TRUE, 0012, 1.50]}\nmissing_values: [NULL, ~, {value: , label: empty}, '[c]']\n"
    (tmp_path / "r.yaml").write_text(text, encoding="utf-8")
    reading = load_reading(tmp_path / "r.yaml")
    assert reading.values.yes == ("TRUE", "0012", "1.50")
    assert reading.missing_values == (
        MissingValue("NULL"), MissingValue("~"), MissingValue("", "empty"), MissingValue("[c]"),  # type: ignore[arg-type]
    )  # fmt: skip


# --- what it does ------------------------------------------------------------------------------------


def test_case_and_spaces_do_not_count_where_it_is_declared(framework: Framework, tmp_path: Path) -> None:
    reading = f"values: {{yes: [Met], no: [Not met]}}\ncolumns: {{{FLOORS}: Floor }}\n"
    one, two, three = read(framework, tmp_path, reading, "case,FLOOR\na, MET \nb,not MET\nc,no\n")
    assert [case.answers[FLOORS] for case in (one, two, three)] == [Answer.YES, Answer.NO, Answer.NO]


def test_na_has_no_meaning_until_it_is_given_one(framework: Framework, tmp_path: Path) -> None:
    table = f"case,{FLOORS}\na,NA\nb,na\n"
    assert refused(framework, tmp_path, "values: {yes: [Y]}", table) == [("bad-answer", 2, 2)]
    one, other = read(framework, tmp_path, "missing_values: [{value: NA, label: not recorded}]", table)
    assert (dict(one.answers), dict(one.missing)) == ({}, {FLOORS: "not recorded"})
    assert other.answers == {FLOORS: Answer.NA}
    one, other = read(framework, tmp_path, "values: {na: [NA]}", table)
    assert [one.answers, other.answers] == [{FLOORS: Answer.NA}, {FLOORS: Answer.NA}]


def test_numbers_and_dates_as_people_write_them(framework: Framework, tmp_path: Path) -> None:
    reading = (
        'table: {delimiter: ";", decimal_char: ",", group_char: "."}\n'
        'date_formats: ["%d/%m/%Y", "%d %b %Y", "%d.%m.%Y %H:%M"]\n'
    )
    days = ["1/2/2025", "01 Feb 2025", "1.2.2025 09:30", "2025-02-01"]
    rows = [f"c{number};{seats};{day}" for number, (seats, day) in enumerate(zip(["1.200", "3,0", "7", ""], days))]  # noqa: B905
    cases = read(framework, tmp_path, reading, "\n".join(["case;seats;opened", *rows, ""]))
    assert [case.facts.get("seats") for case in cases] == [1200, 3, 7, None]
    assert {str(case.facts["opened"]) for case in cases} == {"2025-02-01"}
    assert refused(framework, tmp_path, reading, "case;seats;opened\na;1.20;31/02/2025\n") == [
        ("bad-value", 2, 2), ("bad-value", 2, 3),
    ]  # fmt: skip


LONG = "table: {shape: long}\nvalues: {yes: [Y]}\n"


def test_two_different_answers_are_a_mistake_and_the_same_twice_is_none(framework: Framework, tmp_path: Path) -> None:
    once = f"case,name,value,size\na,{FLOORS},Y,small\na,{FLOORS},yes,Small\nb,seats,4,\n"
    one, other = read(framework, tmp_path, LONG, once)
    assert (one.answers, one.facts, other.facts) == ({FLOORS: Answer.YES}, {"size": "small"}, {"seats": 4})
    twice = f"case,name,value,size\na,{FLOORS},Y,small\na,{FLOORS},no,large\n"
    assert refused(framework, tmp_path, LONG, twice) == [("two-answers", 3, 3)]
    (tmp_path / "t.csv").write_text(twice, encoding="utf-8")
    with pytest.raises(DiagnosticError, match=r"1 case has two different answers"):
        rate_frame(framework, polars.read_csv(tmp_path / "t.csv"), read_as=tmp_path / "r.yaml")


@each_library
def test_cases_with_two_different_answers_are_named_on_every_library(
    library: str, framework: Framework, tmp_path: Path
) -> None:
    (tmp_path / "r.yaml").write_text(LONG, encoding="utf-8")
    asked = [("b", "Y"), ("a", "Y"), ("c", "no"), ("a", "no"), ("b", "no"), ("a", "Y"), ("d", None)]
    columns = {"case": [case for case, _ in asked], "name": [FLOORS] * 7, "value": [answer for _, answer in asked]}
    with pytest.raises(DiagnosticError) as caught:
        rate_frame(framework, LIBRARIES[library](columns), read_as=tmp_path / "r.yaml")
    (found,) = caught.value.diagnostics
    assert found.message == f'2 cases have two different answers for "{FLOORS}": "a", "b"'


def test_of_files_the_rows_of_two_different_answers_are_said(framework: Framework, tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(LONG, encoding="utf-8")
    rows = [f"b,{FLOORS},Y", f"a,{FLOORS},Y", "a,size,small", f"b,{FLOORS},Y", f"a,{FLOORS},no"]
    (tmp_path / "t.csv").write_text("\n".join(["case,name,value", *rows, ""]), encoding="utf-8")
    with pytest.raises(DiagnosticError) as caught:
        rate_files(framework, tmp_path / "t.csv", read_as=tmp_path / "r.yaml")
    (found,) = caught.value.diagnostics
    assert (found.line, found.message) == (
        3,
        f'1 case has two different answers for "{FLOORS}": "a" in the rows 3 and 6',
    )


WRONG_TABLES: dict[str, tuple[str, str, list[tuple[str, int, int]]]] = {
    "a long table without answers": (LONG, "case,name\na,size\n", [("bad-column", 1, 1)]),
    "something unknown is asked": (LONG, "case,name,value\na,siez,small\n", [("unknown-column", 2, 2)]),
    "nothing is asked": (LONG, "case,name,value\na,,small\n", [("bad-row", 2, 2)]),
    "no column to choose rows by": (
        "only_rows: {status: {is: [done]}}", "case,size\na,small\n", [("absent-column", 1, 1)],
    ),
    "no row is chosen": ("only_rows: {status: {is: [done]}}", "case,status\na,open\n", [("empty-table", 1, 1)]),
    "one column by two names": (
        "name_after_last: [/]", "case,a/size,b/size\na,small,small\n", [("bad-column", 1, 3)],
    ),
    "a note on nothing": ("values: {yes: [Y]}", "case,notes.siez\na,small\n", [("unknown-column", 1, 2)]),
    "an id that is missing": ("missing_values: [NULL]", "case,size\nnull,small\n", [("bad-row", 2, 1)]),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG_TABLES)
def test_what_is_wrong_with_a_table_is_said_where_it_stands(wrong: str, framework: Framework, tmp_path: Path) -> None:
    reading, table, expected = WRONG_TABLES[wrong]
    assert refused(framework, tmp_path, reading, table) == expected


def test_notes_and_what_is_ignored_are_not_read(framework: Framework, tmp_path: Path) -> None:
    reading = "notes: [remarks]\nignore_columns: [_*, meta*]\n"
    table = f"case,size,notes,notes.size,notes.{FLOORS},remarks,_id,metadata\na,small,x,x,x,x,x,x\n"
    assert read(framework, tmp_path, reading, table) == (Case("a", {"size": "small"}),)


def test_a_reading_may_be_made_in_python(framework: Framework, tmp_path: Path) -> None:
    reading = Reading(columns={"case": "Nr", FLOORS: "Q1"}, missing_values=["?"])
    (tmp_path / "t.csv").write_text("Nr,Q1\na,yes\nb,?\n", encoding="utf-8")
    one, other = read_cases(tmp_path / "t.csv", framework, read_as=reading)
    assert (one.answers, other.answers) == ({FLOORS: Answer.YES}, {})


def test_a_framework_may_have_its_own(tmp_path: Path, framework: Framework) -> None:
    folder = tmp_path / "kitchens"
    folder.mkdir()
    (folder / "framework.yaml").write_text(SMALL.replace("RULE", "floors"), encoding="utf-8")
    before = load_framework(folder)
    (folder / "reading.yaml").write_text("values: {yes: [clean]}\n", encoding="utf-8")
    own = load_framework(folder)
    assert (own, own.checksum) == (before, before.checksum)
    (tmp_path / "t.csv").write_text(f"case,{FLOORS}\na,clean\n", encoding="utf-8")
    assert read_cases(tmp_path / "t.csv", own)[0].answers == {FLOORS: Answer.YES}
    with pytest.raises(DiagnosticError):
        read_cases(tmp_path / "t.csv", framework)
    with pytest.raises(DiagnosticError):  # what is said of the table itself comes in place of it
        read_cases(tmp_path / "t.csv", own, read_as=Reading())


def test_what_is_no_reading_is_refused(framework: Framework) -> None:
    wrong: Any = 3
    with pytest.raises(DiagnosticError, match="bad-reading"):
        read_cases(Path("t.csv"), framework, read_as=wrong)


# --- why something is missing ------------------------------------------------------------------------

REASONS = "values: {yes: [Met]}\nmissing_values: [{value: NULL, label: not recorded}, {value: '-9', label: withheld}]\n"


def test_a_reason_counts_for_what_is_asked_alone(tmp_path: Path) -> None:
    """An answer that nobody asked for is not missing: the case was drawn for another sample."""
    text = SMALL.replace("RULE", "{all: [floors]}").replace(
        "      - id: clean\n", "      - id: clean\n        sample: big\n"
    )
    text += "samples: [{id: big, title: Large kitchens, when: {fact: size, is: large}}]\n"
    (tmp_path / "kitchens.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "r.yaml").write_text(REASONS, encoding="utf-8")
    rows = ["a,large,NULL", "b,small,NULL", "c,NULL,-9", "d,large,Met"]
    (tmp_path / "t.csv").write_text("\n".join([f"case,size,{FLOORS}", *rows, ""]), encoding="utf-8")
    (tmp_path / "i.yaml").write_text(
        "framework: {path: kitchens.yaml}\nprovider: {id: k, name: A kitchen}\ntitle: A kitchen\n"
        "fieldwork: {started: 2026-03-02}\ncases: {file: t.csv, read_as: r.yaml}\n",
        encoding="utf-8",
    )
    wanted = {"not recorded": 2, "withheld": 1}  # of b nobody asked; of c nobody can tell
    in_bulk = rate_files(load_framework(tmp_path / "kitchens.yaml"), tmp_path / "t.csv", read_as=tmp_path / "r.yaml")
    assert in_bulk.ratings.missing == wanted
    result = rate_inspection(load_inspection(tmp_path / "i.yaml"))
    assert result.missing_by_reason == wanted
    assert [(each.reason, each.name, each.cases) for each in result.missing] == [
        ("not recorded", "size", 1), ("not recorded", FLOORS, 1), ("withheld", FLOORS, 1),
    ]  # fmt: skip


def test_reasons_are_counted_at_every_door_and_decide_nothing(tmp_path: Path, run: Run) -> None:
    (tmp_path / "kitchens.yaml").write_text(SMALL.replace("RULE", "{all: [floors, knives]}"), encoding="utf-8")
    (tmp_path / "r.yaml").write_text(REASONS, encoding="utf-8")
    header, rows = ["case", FLOORS, KNIVES], ["a,Met,NULL", "b,-9,null", "c,yes,", "d,met,yes"]
    (tmp_path / "t.csv").write_text("\n".join([",".join(header), *rows, ""]), encoding="utf-8")
    (tmp_path / "plain.csv").write_text(f"{','.join(header)}\na,yes,\nb,,\nc,yes,\nd,yes,yes\n", encoding="utf-8")
    (tmp_path / "i.yaml").write_text(
        "framework: {path: kitchens.yaml}\nprovider: {id: k, name: A kitchen}\ntitle: A kitchen\n"
        "fieldwork: {started: 2026-03-02}\ncases: {file: t.csv, read_as: r.yaml}\n",
        encoding="utf-8",
    )
    framework = load_framework(tmp_path / "kitchens.yaml")
    usual = rate_files(framework, tmp_path / "plain.csv")
    in_bulk = rate_files(framework, tmp_path / "t.csv", read_as=tmp_path / "r.yaml")
    assert in_bulk.ratings == usual.ratings
    wanted = {"not recorded": 2, "withheld": 1}
    assert in_bulk.to_dict()["missing"] == wanted
    frame = polars.DataFrame([row.split(",") for row in rows], header, orient="row")
    assert rate_frame(framework, frame, read_as=tmp_path / "r.yaml").missing == wanted
    numbers = polars.DataFrame({"case": ["a", "b"], FLOORS: [0, -9], KNIVES: [None, 0]})
    assert rate_frame(framework, numbers, read_as=tmp_path / "r.yaml").missing == {"withheld": 1}
    result = rate_inspection(load_inspection(tmp_path / "i.yaml"))
    assert result.missing_by_reason == wanted
    assert [(each.reason, each.name, each.cases) for each in result.missing] == [
        ("not recorded", KNIVES, 2), ("withheld", FLOORS, 1),
    ]  # fmt: skip
    ran = run("rate", tmp_path / "i.yaml")
    assert "not recorded: 2 facts and answers" in ran.out
    annexe = json.loads(run("rate", tmp_path / "i.yaml", "--json").out)
    assert annexe["missing"][1] == {"reason": "withheld", "name": FLOORS, "cases": 1}
