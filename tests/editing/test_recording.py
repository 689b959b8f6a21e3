"""What is recorded of cases: read back the same by what reads tables, in the table's words; nothing else changes."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ctm_rules import DiagnosticError, load_framework, load_inspection
from ctm_rules.case_files.readings import load_reading
from ctm_rules.editing.recorded_tables import RecordedTable
from ctm_rules.editing.recording import Recordings
from ctm_rules.editing.said import Recorded, Said
from ctm_rules.editing.session import Session
from ctm_rules.forms.making import make_form
from ctm_rules.inspections.file import CaseTable
from ctm_rules.model.cases import Case
from ctm_rules.model.declared_reading import Reading
from tests.support.ods import as_spreadsheet
from tests.support.right_framework import RIGHT

KITCHENS = load_framework(RIGHT)
PROMPTS = list(KITCHENS.prompts)
FACTS = list(KITCHENS.facts_by_id)
NAMES = ["case", *FACTS, *PROMPTS]

INSPECTION = """\
# What was found. This comment stays.
framework: {id: kitchens, edition: "2026"}
provider: {id: north, name: North}
title: An inspection
fieldwork: {started: 2026-09-07}

cases: {file: cases.csv}

judgements:
  - standard: leadership
    rating: sound    # for now
    rationale: Staff say so.
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what is not saved is kept."""
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path / "home"


def inspected(folder: Path, **files: str | bytes) -> Path:
    """An inspection of kitchens with its tables; what is given as ``cases`` is the file ``cases.csv``."""
    shutil.copytree(RIGHT, folder / "standards" / "kitchens" / "2026")
    (folder / "audit").mkdir()
    for name, content in {"inspection_yaml": INSPECTION, **files}.items():
        given = content.encode() if isinstance(content, str) else content
        (folder / "audit" / name.replace("_", ".")).write_bytes(given)
    return folder / "audit" / "inspection.yaml"


def table(content: bytes, name: str = "cases.csv", reading: Reading = KITCHENS.reading) -> RecordedTable:
    return RecordedTable(CaseTable(file=name), Path(name), content, KITCHENS, reading)


def header(*more: str) -> str:
    return ",".join([*NAMES, *more])


def line(case: str, **said: str) -> str:
    names = {name.replace("__", "."): text for name, text in said.items()}
    return ",".join([case, *(names.get(name, "") for name in NAMES[1:])])


# --- A table as text -------------------------------------------------------------------------------

WORDS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(PROMPTS, ("yes", "no", "na", "")),
    "size": ("small", "medium", "large", ""),
    "region": ("north", "south", ""),
    "cooked_on_site": ("yes", "no", ""),
    "allergies": ("yes", "no", ""),
    "meals_a_day": ("0", "60", "1200", ""),
    "opened": ("2019-02-01", "2026-08-31", ""),
}
NOTES = st.text(st.sampled_from("ab é\"',;\t=|\n-@"), max_size=12).map(lambda text: text.replace("\t", " ").strip())
SAID = st.one_of(
    st.sampled_from(list(WORDS)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(WORDS[name]))),
    st.tuples(st.sampled_from(["notes", f"notes.{PROMPTS[0]}", f"notes.{PROMPTS[1]}"]), NOTES),
)
ROWS = [
    ["c1", "small", "north", "yes", "no", "60", "2019-02-01", *["yes"] * len(PROMPTS)],
    ["c2", "", "", "", "", "", "", *[""] * len(PROMPTS)],
    ["00, 7", "large", "", "no", "yes", "1200", "", *["no", "na", ""] * 4][: len(NAMES)],
]


def written(rows: Sequence[Sequence[str]], sign: str, end: str, *, quoted: bool) -> list[str]:
    def cell(text: str) -> str:
        return f'"{text}"' if quoted or sign in text else text

    return [sign.join(map(cell, row)) + end for row in rows]


@given(
    said=st.lists(st.tuples(st.sampled_from(["c1", "c2"]), SAID), min_size=1, max_size=5),
    sign=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoted=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "windows-1252"]),
    title=st.booleans(),
    is_ended=st.booleans(),
    new=st.lists(st.sampled_from(["c4", 'a "b", c', "Ä 5", "=1+1"]), max_size=2, unique=True),
)
@example([("c1", ("notes", 'a", "b'))], ",", "\n", False, "utf-8", False, False, ["c4"])
def test_what_is_recorded_in_a_text_is_read_back_and_every_other_byte_stays(
    said: list[tuple[str, tuple[str, str]]],
    sign: str,
    end: str,
    quoted: bool,
    encoding: str,
    title: bool,
    is_ended: bool,
    new: list[str],
) -> None:
    head = [["A list of kitchens" + end]] if title else []
    lines = [
        *(each[0] for each in head),
        *written([[*NAMES, "kept.by.others"], *([*row, "Zoë"] for row in ROWS)], sign, end, quoted=quoted),
    ]
    if not is_ended:
        lines[-1] = lines[-1].removesuffix(end)
    content = "".join(lines).encode(encoding)
    layout = KITCHENS.reading.with_layout(
        header_row=2 if title else 1, encoding=None if "utf" in encoding else encoding, delimiter=sign
    )
    reading = evolve(layout, ignore_columns=("kept.*",))
    before = table(content, reading=reading)
    assert [str(found) for found in before.findings] == []
    meant = {(case, name): word for case, (name, word) in said}
    after = table(before.recorded([Said(*key, word) for key, word in meant.items()], new), reading=reading)
    # Read back, by what reads every table.
    assert [str(found) for found in after.findings] == []
    assert list(after.cases) == ["c1", "c2", "00, 7", *new]
    for case in before.cases:
        for name in [*WORDS, "notes", f"notes.{PROMPTS[0]}", f"notes.{PROMPTS[1]}"]:
            assert after.word(case, name) == meant.get((case, name), before.word(case, name))
    # Everything else stays: the lines of other cases, to the byte, but for the columns of notes behind them.
    notes = {name for (_, name), word in meant.items() if word and name.startswith("notes")}
    text = after.content.decode(encoding)
    assert text.startswith("".join(each[0] for each in head))
    for number, case in enumerate(["c1", "c2", "00, 7"], len(head) + 1):
        if case not in {key[0] for key in meant}:
            assert lines[number].removesuffix(end) + sign * len(notes) + end in text + end
    assert text.count("Zoë") == 3


def test_a_table_uses_its_own_words(tmp_path: Path) -> None:
    reading = tmp_path / "reading.yaml"
    reading.write_text(
        'values: {yes: [Met, "Y"], no: ["Not met"], na: ["N/A"]}\n'
        "missing_values: [{value: '?', label: not recorded}]\n"
        "columns: {case: Ref, opened: Opened on, size: {from: Pupils, values: {small: [few], large: [many]}}}\n"
        'date_formats: ["%d/%m/%Y"]\n',
        encoding="utf-8",
    )
    rows = "Ref;Opened on;Pupils;hygiene.cleaning.floors;hygiene.cleaning.surfaces\n1;;;Y;\n2;;;Y;\n3;;;Met;?\n"
    before = table(rows.encode(), reading=load_reading(reading))
    said = [
        Said("1", "hygiene.cleaning.floors", "no"),
        Said("1", "hygiene.cleaning.surfaces", "yes"),
        Said("2", "hygiene.cleaning.surfaces", "na"),
        Said("3", "hygiene.cleaning.surfaces", ""),
        Said("1", "opened", "2019-02-01"),
        Said("1", "size", "large"),
        Said("2", "size", "medium"),
    ]
    # "yes" is said as it is said most often in the column, else in the other columns; else as it is declared.
    assert before.recorded(said).decode() == (
        "Ref;Opened on;Pupils;hygiene.cleaning.floors;hygiene.cleaning.surfaces\n"
        "1;01/02/2019;many;Not met;Y\n2;;medium;Y;N/A\n3;;;Met;\n"
    )


def test_a_table_with_a_row_for_each_answer_gets_a_row_for_each_more(tmp_path: Path) -> None:
    reading = tmp_path / "reading.yaml"
    reading.write_text(
        "table: {shape: long, case: Place, asked: Question, answer: Judgement}\n"
        "columns: {hygiene.cleaning.floors: Floors, opened: Opened}\n"
        "values: {yes: [Met], no: [Not met]}\nignore_columns: [Who]\n",
        encoding="utf-8",
    )
    rows = "Who,Place,Question,Judgement,size\nAnn,1,Floors,Met,small\n"
    rows += "Ben,1,hygiene.storage.dates,,small\nBen,2,Floors,,\n"
    before = table(rows.encode(), reading=load_reading(reading))
    assert [str(found) for found in before.findings] == []
    said = [
        Said("1", "hygiene.cleaning.floors", "no"),
        Said("1", "hygiene.storage.dates", "yes"),
        Said("1", "hygiene.cleaning.surfaces", "na"),
        Said("1", "size", "large"),
        Said("2", "opened", "2019-02-01"),
    ]
    content = before.recorded(said, ["3"])
    assert content.decode() == (
        "Who,Place,Question,Judgement,size\nAnn,1,Floors,Not met,large\nBen,1,hygiene.storage.dates,Met,large\n"
        "Ben,2,Floors,,\n,1,hygiene.cleaning.surfaces,na,\n,2,Opened,2019-02-01,\n,3,hygiene.cleaning.surfaces,,\n"
    )
    after = table(content, reading=load_reading(reading))
    assert {(each.case, each.name): after.word(each.case, each.name) for each in said} == {
        (each.case, each.name): each.word for each in said
    }
    assert list(after.cases) == ["1", "2", "3"]
    with pytest.raises(DiagnosticError, match="no column for"):
        before.recorded([Said("1", "notes", "Seen.")])


@pytest.mark.parametrize(
    ("said", "says"),
    [
        pytest.param(("c9", PROMPTS[0], "yes"), 'the case "c9" does not stand in cases.csv', id="no such case"),
        pytest.param(("c1", PROMPTS[0], "Yess"), f'{PROMPTS[0]} is "Yess", which is not yes or no or na', id="word"),
        pytest.param(("c1", "opened", "31/02/2026"), 'opened is "31/02/2026", which is not', id="day"),
        pytest.param(("c1", "meals_a_day", "many"), 'meals_a_day is "many", which is not', id="number"),
        pytest.param(("c1", PROMPTS[1], "yes"), f'cases.csv has no column for "{PROMPTS[1]}"', id="no column"),
        pytest.param(("c1", "notes", "a\x07b"), "notes holds U+0007, which cannot be printed", id="unprintable"),
        pytest.param(("c1", "notes", "a → b"), 'cases.csv is saved as windows-1252, which has no "→"', id="letter"),
    ],
)
def test_what_a_table_cannot_hold_is_refused_with_a_sentence(said: tuple[str, str, str], says: str) -> None:
    rows = f"case,opened,meals_a_day,{PROMPTS[0]},notes\nc1,,,,Zoë\n".encode("windows-1252")
    before = table(rows, reading=KITCHENS.reading.with_layout(encoding="windows-1252"))
    with pytest.raises(DiagnosticError) as refused:
        before.recorded([Said(*said)])
    (found,) = refused.value.diagnostics
    assert (found.code, found.message.startswith(says), bool(found.hint)) == ("not-recorded", True, True)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param(
            "cases.ods",
            as_spreadsheet({"case": ["c1"], PROMPTS[0]: ["yes"]}),
            "cases.ods is read, and nothing is recorded in a .ods file: take it over into a CSV file",
            id="ODS",
        ),
        pytest.param("cases.xls", b"\xd0\xcf\x11\xe0", "nothing is recorded in a .xls file", id="XLS"),
        pytest.param("cases.csv", f'case,{PROMPTS[0]}\nc1,"ye\nc2,no\n'.encode(), "cannot be told apart", id="quotes"),
        pytest.param("cases.csv", b"id,hygiene.cleaning.floors\n1,yes\n", "cannot be read as it is", id="no case"),
    ],
)
def test_a_table_that_is_not_written_says_what_to_do(name: str, content: bytes, says: str) -> None:
    refused = table(content, name).refusal
    assert refused is not None
    assert says in f"{refused.message}: {refused.hint}"
    with pytest.raises(DiagnosticError, match="not-recorded"):
        table(content, name).recorded([Said("c1", PROMPTS[0], "no")])


def test_ids_that_nothing_could_read_are_refused() -> None:
    before = table(f"case,{PROMPTS[0]}\nc1,yes\n".encode())
    for case, says in [("1.2E+15", "bad-row"), ("c\x07", "bad-row|not-recorded"), ("c1", "bad-row"), ("C1 ", "")]:
        if says:
            with pytest.raises(DiagnosticError, match=says):
                before.recorded([], [case])
    assert before.recorded([], ["C1"]).decode() == f"case,{PROMPTS[0]}\nc1,yes\nC1,\n"


# --- Workbooks -------------------------------------------------------------------------------------


def workbook(*, formula: str = "") -> bytes:
    """A workbook as people have one: a title, styles, a list to choose from, another sheet, and a formula in it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("Cases")
        sheet.write_row(0, 0, ["case", "meals_a_day", "opened", *PROMPTS[:2], "Colour"], bold)
        sheet.write_row(1, 0, ["0012", 60, "2019-02-01", "yes", "", "red"])
        sheet.write_row(2, 0, ["c2", "", "", "no"])
        if formula:
            sheet.write_formula(1, 1, formula, None, 60)
        sheet.data_validation(1, 3, 20, 4, {"validate": "list", "source": ["yes", "no", "na"]})
        other = book.add_worksheet("Counts")
        other.write_formula(0, 0, '=COUNTIF(Cases!D2:D9,"yes")', None, 1)
    return file.getvalue()


READ_WORKBOOK = KITCHENS.reading


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


@settings(max_examples=20)
@given(
    said=st.lists(
        st.tuples(
            st.sampled_from(["0012", "c2"]),
            st.one_of(
                st.sampled_from([*PROMPTS[:2], "meals_a_day", "opened"]).flatmap(
                    lambda name: st.tuples(st.just(name), st.sampled_from(WORDS[name]))
                ),
                st.tuples(
                    st.sampled_from(["notes", f"notes.{PROMPTS[0]}"]),
                    st.text(st.sampled_from("a<&>\"' _x0041_\n]é="), max_size=12).map(str.strip),
                ),
            ),
        ),
        min_size=1,
        max_size=4,
    ),
    new=st.lists(st.sampled_from(["1-2", "0012345678901234567", "<c r='A1'>"]), max_size=2, unique=True),
)
def test_what_is_recorded_in_a_workbook_is_read_back_and_every_other_part_stays(
    said: list[tuple[str, tuple[str, str]]], new: list[str]
) -> None:
    reading = evolve(READ_WORKBOOK, ignore_columns=("Colour",))
    before = table(workbook(), "cases.xlsx", reading)
    assert [str(found) for found in before.findings.errors] == []
    meant = {(case, name): word for case, (name, word) in said}
    after = table(before.recorded([Said(*key, word) for key, word in meant.items()], new), "cases.xlsx", reading)
    assert [str(found) for found in after.findings.errors] == []
    assert list(after.cases) == ["0012", "c2", *new]
    for case in before.cases:
        for name in [*PROMPTS[:2], "meals_a_day", "opened", "notes", f"notes.{PROMPTS[0]}"]:
            assert after.word(case, name) == meant.get((case, name), before.word(case, name))
    was, now = parts(before.content), parts(after.content)
    assert list(was) == list(now)
    # Programs work out anew what hangs on the cells; of all else not a byte is another one.
    different = {name for name in was if was[name] != now[name]}
    assert different <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    assert b'fullCalcOnLoad="1"' in now["xl/workbook.xml"]
    behind = was["xl/worksheets/sheet1.xml"].partition(b"</sheetData>")[2]
    assert now["xl/worksheets/sheet1.xml"].endswith(behind)


def test_a_row_in_which_something_is_computed_is_refused() -> None:
    before = table(workbook(formula="=30*2"), "cases.xlsx", evolve(READ_WORKBOOK, ignore_columns=("Colour",)))
    with pytest.raises(DiagnosticError, match="a cell of row 2 holds a formula"):
        before.recorded([Said("0012", PROMPTS[0], "no")])
    assert before.recorded([Said("c2", PROMPTS[0], "yes")])


EVERYTHING: Mapping[str, str] = {
    "size": "large",
    "cooked_on_site": "no",
    "meals_a_day": "120",
    "opened": "2019-02-01",
    **dict(zip(PROMPTS, ["yes", "no", "na"] * 4, strict=False)),
}


@pytest.mark.parametrize("layout", ["pages", "register"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_form_is_filled_in_as_inspectors_fill_it_in(layout: Any, language: str) -> None:
    cases = [Case("c1", {"size": "small"}, {}), Case("1-2", {}, {})]
    content = make_form(KITCHENS, cases, layout=layout, language=language, inspector="Anna", path=Path("f.xlsx"))
    before = table(content, "f.xlsx")
    said = [Said("c1", name, word) for name, word in EVERYTHING.items()]
    note = Said("c1", f"notes.{PROMPTS[0]}" if layout == "pages" else "notes", "<seen> & heard\nthere")
    after = table(before.recorded([*said, note]), "f.xlsx")
    assert [str(found) for found in after.findings] == []
    assert {name: after.word("c1", name) for name in EVERYTHING} == EVERYTHING
    assert after.word("c1", note.name) == note.word
    assert all(after.word("1-2", name) == "" for name in EVERYTHING)
    # The cells say what the form calls it, in its language, and dates are dates, with which it computes.
    sheets = b"".join(part for name, part in parts(after.content).items() if "worksheets" in name)
    assert (b"Yes" if language == "en" else b"Ydy") in sheets
    assert b"<v>43497</v>" in sheets
    changed = {name for name, part in parts(content).items() if parts(after.content)[name] != part}
    assert {name.rpartition("/")[0] for name in changed} <= {"xl/worksheets", "xl"}


def test_a_register_has_spare_rows_for_new_cases_and_a_form_in_pages_has_none() -> None:
    makes = {
        layout: make_form(
            KITCHENS, [Case("c1", {}, {})], layout=layout, language="en", inspector="", path=Path("f.xlsx")
        )
        for layout in ("pages", "register")
    }
    register = table(makes["register"], "f.xlsx")
    after = table(register.recorded([], ["c2", "0003"]), "f.xlsx")
    assert list(after.cases) == ["c1", "c2", "0003"]
    with pytest.raises(DiagnosticError, match="no spare row left"):
        register.recorded([], [f"c{number}" for number in range(2, 30)])
    with pytest.raises(DiagnosticError, match="takes no more cases"):
        table(makes["pages"], "f.xlsx").recorded([], ["c2"])


# --- The inspection in hand ------------------------------------------------------------------------


CASES = f"{header()}\n{line('c1', meals_a_day='60', cooked_on_site='yes')}\n{line('c2')}\n"


def session_of(folder: Path, **files: str | bytes) -> tuple[Session, Path]:
    file = inspected(folder, **{"cases_csv": CASES, **files})
    return Session(folder / "standards" / "kitchens" / "2026", file), file


def test_standards_that_an_inspection_goes_by_are_locked_and_its_cases_are_recorded(tmp_path: Path) -> None:
    session, file = session_of(tmp_path)
    assert session.locked
    before = {each: each.read_bytes() for each in file.parent.iterdir()}
    said = Said("c1", "hygiene.cleaning.floors", "yes")
    assert session.record("one answer", Recorded((said,)))
    assert not session.record("the same", Recorded((said,)))
    assert {each: each.read_bytes() for each in before} == before
    assert list(session.diff()) == ["cases.csv, c1, hygiene.cleaning.floors: – → yes"]
    assert [each.name for each in session.save()] == ["cases.csv"]
    assert Session(session.path, file).recording.word("c1", said.name) == "yes"  # type: ignore[union-attr]
    session.undo()
    session.save()
    assert {each: each.read_bytes() for each in before} == before


def test_what_is_undetermined_says_what_is_missing_and_answers_settle_it(tmp_path: Path) -> None:
    session, _ = session_of(tmp_path)

    def queued() -> dict[str, tuple[str, ...]]:
        assert session.recording is not None
        found = session.recording.undetermined
        return {each.key_question: (*each.facts, *each.answers) for each in found if each.case == "c1"}

    assert queued()["hygiene.cleaning"] == tuple(
        f"hygiene.cleaning.{name}" for name in ("surfaces", "floors", "records")
    )
    session.record("surfaces", Recorded((Said("c1", "hygiene.cleaning.surfaces", "yes"),)))
    assert queued()["hygiene.cleaning"] == ("hygiene.cleaning.floors", "hygiene.cleaning.records")
    session.record("floors", Recorded((Said("c1", "hygiene.cleaning.floors", "yes"),)))
    assert "hygiene.cleaning" not in queued()
    assert session.recording is not None
    assert session.recording.outcome("c1", "hygiene.cleaning") == "yes"


def test_a_crash_loses_no_workbook_either(tmp_path: Path) -> None:
    form = make_form(KITCHENS, [Case("c1", {}, {})], layout="pages", language="en", inspector="", path=Path("f.xlsx"))
    yaml = INSPECTION.replace("cases.csv", "form.xlsx")
    session, file = session_of(tmp_path, form_xlsx=form, inspection_yaml=yaml)
    session.record("an answer", Recorded((Said("c1", PROMPTS[0], "no"),)))
    wanted = session.changes.after
    again = Session(session.path, file)
    assert again.take_up() == ()
    assert again.changes.after == wanted
    again.save()
    assert Session(session.path, file).recording.word("c1", PROMPTS[0]) == "no"  # type: ignore[union-attr]
    assert list(again.diff()) == []


def test_a_crash_loses_nothing_that_was_recorded(tmp_path: Path) -> None:
    session, file = session_of(tmp_path)
    session.record(
        "an answer", Recorded((Said("c2", "hygiene.cleaning.floors", "no"),), ("c3",), file.parent / "cases.csv")
    )
    again = Session(session.path, file)
    assert again.offered is not None
    assert again.take_up() == ()
    assert again.recording is not None
    assert (again.recording.word("c2", "hygiene.cleaning.floors"), list(again.recording.table_of)) == (
        "no",
        ["c1", "c2", "c3"],
    )


def test_what_another_program_wrote_meanwhile_is_kept_and_answers_are_recorded_once_more(tmp_path: Path) -> None:
    session, file = session_of(tmp_path)
    session.record("floors", Recorded((Said("c2", "hygiene.cleaning.floors", "no"),)))
    session.record("gone", Recorded((Said("c1", "hygiene.cleaning.floors", "no"),)))
    beside = file.parent / "cases.csv"
    beside.write_text(f"{header()}\n{line('c0')}\n{line('c2', hygiene__cleaning__surfaces='na')}\n", encoding="utf-8")
    with pytest.raises(DiagnosticError, match="changed-meanwhile"):
        session.save()
    (refused,) = session.take_theirs()
    assert 'there is no case "c1"' in refused.message
    session.save()
    wanted = line("c2", hygiene__cleaning__surfaces="na", hygiene__cleaning__floors="no")
    assert beside.read_text(encoding="utf-8") == f"{header()}\n{line('c0')}\n{wanted}\n"


def test_of_several_tables_an_answer_stands_where_it_stood_or_in_the_first_that_takes_it(tmp_path: Path) -> None:
    anna = f"case,{PROMPTS[0]}\nc1,yes\n"
    ben = f"case,{PROMPTS[0]},{PROMPTS[1]}\nc1,,no\nc2,,\n"
    again = f"case,{PROMPTS[0]}\nc1,no\n"
    listed = "cases: [{file: anna.csv, absent: missing}, {file: ben.csv, absent: missing}, "
    listed += "{file: again.csv, absent: missing, judged_again: true}]"
    yaml = INSPECTION.replace("cases: {file: cases.csv}", listed)
    session, file = session_of(tmp_path, anna_csv=anna, ben_csv=ben, again_csv=again, inspection_yaml=yaml)
    assert session.recording is not None
    assert session.recording.wrong == ()
    said = [Said("c1", PROMPTS[0], "no"), Said("c1", PROMPTS[1], "yes"), Said("c2", PROMPTS[0], "na")]
    for each in said:
        session.record(each.name, Recorded((each,)))
    session.save()
    read = {name: (file.parent / name).read_text(encoding="utf-8") for name in ("anna.csv", "ben.csv", "again.csv")}
    assert read["anna.csv"] == f"case,{PROMPTS[0]}\nc1,no\n"
    assert read["ben.csv"] == f"case,{PROMPTS[0]},{PROMPTS[1]}\nc1,,yes\nc2,na,\n"
    assert read["again.csv"] == again


def test_a_case_is_corrected_while_its_table_is_wrong(tmp_path: Path) -> None:
    session, _ = session_of(tmp_path, cases_csv=CASES.replace("c1,", "c1,tiny", 1))
    recording = session.recording
    assert recording is not None
    assert [each.code for each in recording.wrong] == ["bad-value"]
    assert (recording.inspection, recording.result, recording.text("c1", "size")) == (None, None, "tiny")
    session.record("size", Recorded((Said("c1", "size", "small"),)))
    assert session.recording is not None
    assert session.recording.wrong == ()
    assert session.recording.result is not None


def test_another_name_for_a_prompt_is_said_by_the_inspection_once_it_is_saved(tmp_path: Path) -> None:
    file = inspected(tmp_path, cases_csv=CASES)
    session = Session(tmp_path / "standards" / "kitchens" / "2026", file, although_used=True)
    assert session.inspection is not None
    assert session.rename("hygiene.cleaning.floors", "every_floor")
    # What it does to the inspection is still shown, and nothing is said to be wrong with that.
    assert (session.inspection is None, session.inspection_findings) == (False, ())
    session.save()
    session.record("floors", Recorded((Said("c1", "hygiene.cleaning.every_floor", "yes"),)))
    session.save()
    (case, _) = load_inspection(file).cases
    assert case.answers["hygiene.cleaning.every_floor"].value == "yes"


def test_an_inspection_that_cannot_be_found_any_more_says_why(tmp_path: Path) -> None:
    file = inspected(tmp_path, cases_csv=CASES)
    shutil.rmtree(tmp_path / "standards")
    recordings = Recordings(file)
    assert recordings.at(recordings.contents) is None
    assert [each.code for each in recordings.findings] == ["unknown-framework"]
