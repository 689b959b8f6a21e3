"""Forms as workbooks: what is written is read back as it is, and every trap of spreadsheet programs is walked round."""

from __future__ import annotations

import datetime
import html
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import (
    AllOf,
    Answer,
    Case,
    DiagnosticError,
    FactTest,
    Framework,
    Inspection,
    MissingExtraError,
    RequestError,
    load_framework,
    load_inspection,
    rate_files,
    rate_inspection,
    read_cases,
    write_form,
)
from ctm_rules.diagnostics.formats import as_text
from ctm_rules.forms.content import called, content_of
from ctm_rules.forms.making import Layout, make_form
from ctm_rules.forms.pages import pages_form
from ctm_rules.languages.languages import load_language
from tests.support.commands import Run
from tests.support.dataframes import QUIET
from tests.support.editing import edit
from tests.support.paths import CASES, EXAMPLE
from tests.support.small_framework import SMALL, Small
from tests.support.strategies import MOST, frameworks_with_cases

pytestmark = QUIET

LAYOUTS = [pytest.param(layout, id=layout) for layout in get_args(Layout)]
VICTIMS = "assessment.safety.victims"


def form_of(framework: Framework, cases: Any, folder: Path, layout: Layout = "pages", **how: Any) -> Path:
    return write_form(framework, folder / "form.xlsx", cases, layout=layout, **how)


def place_of(form: Path, case: str, name: str) -> tuple[str, str]:
    """The sheet and the cell in which something is answered."""
    book = openpyxl.load_workbook(form)
    try:
        for sheet in book.worksheets:
            if sheet.title == "Register":
                column = next((cell.column_letter for cell in sheet[5] if cell.value == name), None)
                row = next((row[0].row for row in sheet.iter_rows(min_row=6) if row[0].value == case), None)
                if column and row:
                    return sheet.title, f"{column}{row}"
            elif sheet["C3"].value == case:
                return sheet.title, next(f"C{row[0].row}" for row in sheet.iter_rows(min_row=3) if row[0].value == name)
    finally:
        book.close()
    raise KeyError(name)


def change(form: Path, edited: Callable[[Any], object]) -> Path:
    """Change a form as another program would, and return it."""
    book = openpyxl.load_workbook(form)
    edited(book)
    book.save(form)
    book.close()
    return form


def put(form: Path, case: str, name: str, value: object) -> Path:
    sheet, cell = place_of(form, case, name)
    return change(form, lambda book: book[sheet].__setitem__(cell, value))


def findings(framework: Framework, form: Path) -> list[tuple[str, str, str]]:
    """The code, the message and the hint of everything that is said of a form as the table of an inspection."""
    inspection = form.with_name("inspection.yaml")
    shutil.copytree(EXAMPLE.parent, form.parent, dirs_exist_ok=True)
    edit(inspection, "file: cases.csv", f"file: {form.name}")
    try:
        found: Any = load_inspection(inspection, framework=framework).warnings
    except DiagnosticError as error:
        found = error.diagnostics
    return [(each.code, each.message, each.hint) for each in found]


# --- read back ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_filled_in_is_read_back(layout: Layout, language: str, example: Inspection, tmp_path: Path) -> None:
    form = form_of(example.framework, example.cases, tmp_path, layout, language=language)
    assert read_cases(form, example.framework) == example.cases


@settings(max_examples=MOST // 5)
@given(data=st.data())
def test_any_form_of_any_framework_is_read_back(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    framework, cases = data.draw(frameworks_with_cases(most=3))
    cases = tuple(evolve(case, judgements={}) for case in cases)
    layout = data.draw(st.sampled_from(get_args(Layout)))
    file = tmp_path_factory.mktemp("forms", numbered=True) / "form.xlsx"
    file.write_bytes(make_form(framework, cases, layout=layout, language="en", inspector="", path=file))
    assert_programs_take_it(file)
    if framework.asks_of_cases:
        assert read_cases(file, framework) == cases


LIMITS = {"prompt": 255, "promptTitle": 32, "error": 224, "errorTitle": 32}


def assert_programs_take_it(form: Path) -> None:
    """Nothing in a form is longer than programs take, no list is written out, and no value is said to be worked out."""
    with zipfile.ZipFile(form) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    for sheet in sheets:
        for validation in re.findall(r"<dataValidation [^>]*>.*?</dataValidation>", sheet, re.DOTALL):
            for name, most in LIMITS.items():
                text = re.search(f' {name}="([^"]*)"', validation)
                assert text is None or len(html.unescape(text[1]).encode("utf-16-le")) <= 2 * most
            if 'type="list"' in validation:
                assert re.search("<formula1>form_list_[0-9]+</formula1>", validation)
        for formula, value in re.findall(r"<f>(.*?)</f>(<v>.*?</v>|<v ?/>)?", sheet, re.DOTALL):
            assert len(html.unescape(formula)) < 8_192
            assert value in ("", "<v></v>", "<v/>")
            assert depth_of(formula) < 64


def depth_of(formula: str) -> int:
    deepest = depth = 0
    for sign in formula:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


def test_every_door_reads_a_form(example: Inspection, tmp_path: Path, run: Run) -> None:
    form = form_of(example.framework, example.cases, tmp_path)
    rated = rate_files(example.framework, [form], by="subgroups.grade")
    assert rated.ratings.groups == rate_files(example.framework, [CASES], by="subgroups.grade").ratings.groups
    assert rated.findings == ()
    shutil.copytree(EXAMPLE.parent, tmp_path, dirs_exist_ok=True)
    inspection = tmp_path / "inspection.yaml"
    edit(inspection, "file: cases.csv", "file: form.xlsx")
    loaded = load_inspection(inspection, framework=example.framework)
    assert loaded.cases == example.cases
    assert rate_inspection(loaded).rating == rate_inspection(example).rating
    read = run("read", form, "--framework", "hmip-pdu", "--edition", "2024")
    assert (read.code, "44 cases from 44 rows" in read.out, "Columns: 87 of 87" in read.out) == (0, True, True)
    assert run("rate", inspection).code == run("rate", EXAMPLE).code
    assert run("check", inspection).code == 0
    assert run("report", inspection, "-o", tmp_path / "out", "-f", "json").code == 0


def test_the_command_writes_what_the_function_writes(example: Inspection, tmp_path: Path, run: Run) -> None:
    by_function = form_of(example.framework, CASES, tmp_path, "register", language="cy", inspector="Ann")
    by_command = tmp_path / "command.xlsx"
    options = ("--cases", CASES, "--register", "--lang", "cy", "--inspector", "Ann", "--on", "2025-08-04")
    ran = run("form", "hmip-pdu", "-o", by_command, *options)
    asked = "asked: hmip-pdu, edition 2024; a row for each of 44 cases"
    assert (ran.code, ran.out.splitlines()) == (0, [f"written to {by_command}", asked])
    assert by_command.read_bytes() == by_function.read_bytes()


def test_a_form_is_the_same_whenever_it_is_made(example: Inspection, tmp_path: Path) -> None:
    forms = [form_of(example.framework, example.cases[:2], tmp_path / name) for name in ("first", "second")]
    assert forms[0].read_bytes() == forms[1].read_bytes()


def test_notes_are_kept_and_not_read(example: Inspection, tmp_path: Path, run: Run) -> None:
    form = form_of(example.framework, example.cases[:2], tmp_path)
    sheet, cell = place_of(form, "synthetic-01", VICTIMS)
    change(form, lambda book: book[sheet].__setitem__(f"D{cell[1:]}", "Ask the officer."))
    assert read_cases(form, example.framework) == example.cases[:2]
    assert f"notes.{VICTIMS}" in run("read", form, "--framework", "hmip-pdu", "--edition", "2024").out


# --- traps ---------------------------------------------------------------------------------------------

SAID = {
    "a blank": (" ", None),
    "nothing": (None, None),
    "a formula that gives nothing": ('=""', None),
    "another way to write it": (" yES ", Answer.YES),
    "the word of the standards": ("na", Answer.NA),
    "a boolean": (True, Answer.YES),
    "one": (1, Answer.YES),
}


@pytest.mark.parametrize(("value", "meant"), SAID.values(), ids=SAID)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_typed_past_the_list(
    layout: Layout, value: object, meant: Answer | None, example: Inspection, tmp_path: Path
) -> None:
    form = put(form_of(example.framework, ["c1", "c2"], tmp_path, layout), "c1", VICTIMS, value)
    if value == '=""':
        worked_out(form)
    case, other = read_cases(form, example.framework)
    assert case.answers.get(VICTIMS) is meant
    assert (case.id, other.id, other.answers) == ("c1", "c2", {})


def worked_out(form: Path) -> None:
    """Give every formula the empty text as what it came to, as a spreadsheet program writes it."""
    with zipfile.ZipFile(form) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(form, "w") as archive:
        for name, part in parts.items():
            cells = re.sub(
                rb'<c r="([A-Z0-9]+)"([^>]*)><f>""</f><v ?/?>(?:</v>)?</c>',
                rb'<c r="\1"\2 t="str"><f>""</f><v></v></c>',
                part,
            )
            archive.writestr(name, cells)


REFUSED = {
    "a misspelt word": (VICTIMS, "Yess", "bad-answer", "Yess"),
    "an error": (VICTIMS, "#N/A", "bad-answer", "#N/A"),
    "a label of nothing": ("risk_of_harm", "Quite high", "bad-value", "Quite high"),
    "a date as a number": ("commenced", "soon", "bad-value", "soon"),
    "half a week": ("suspended_after_weeks", 2.5, "bad-value", "2.5"),
}


@pytest.mark.parametrize(("name", "value", "code", "says"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_has_no_meaning_is_said_with_its_place(
    layout: Layout, name: str, value: object, code: str, says: str, example: Inspection, tmp_path: Path
) -> None:
    form = form_of(example.framework, ["c1", "c2"], tmp_path, layout)
    sheet, cell = place_of(form, "c2", name)
    with pytest.raises(DiagnosticError) as error:
        read_cases(put(form, "c2", name, value), example.framework)
    (found,) = error.value.diagnostics
    assert (found.code, found.path, says in found.message) == (code, name, True)
    assert (found.sheet, found.cell) == (sheet, cell)
    assert str(found).startswith(f'{form}: sheet "{sheet}", cell {cell}: error: “')
    assert as_text([found]).startswith(f'{form.as_posix()}: sheet "{sheet}", cell {cell}: error: “')
    assert f"({name}) holds" in found.message
    assert found.line == (5 if layout == "pages" else int(re.sub("[A-Z]", "", cell)))  # 5: where the index has the case
    if name == VICTIMS:  # of what is not rated by, nothing is read
        assert found.message.endswith("which is not Yes or No or Does not apply")
        (same,) = rate_files(example.framework, [form]).findings
        assert same == found


IN_WORDS = {
    "an answer": (VICTIMS, "Yess", 'did you mean "Yes"? Allowed: Yes, No, Does not apply.'),
    "what may mean two things": (VICTIMS, "unknown", 'choose "Does not apply" where it does not apply'),
    "a fact of yes or no": ("has_potential_victims", "Yess", 'did you mean "Yes"?'),
    "a choice": ("risk_of_harm", "Very hihg", 'did you mean "Very high"?'),
}


@pytest.mark.parametrize(("name", "value", "hint"), IN_WORDS.values(), ids=IN_WORDS)
def test_a_hint_says_the_words_that_can_be_chosen(
    name: str, value: str, hint: str, example: Inspection, tmp_path: Path
) -> None:
    form = put(form_of(example.framework, ["c1"], tmp_path), "c1", name, value)
    with pytest.raises(DiagnosticError) as error:
        read_cases(form, example.framework)
    (found,) = error.value.diagnostics
    assert hint in found.hint


def test_one_cause_on_several_pages_is_said_with_the_names_of_the_sheets(example: Inspection, tmp_path: Path) -> None:
    form = form_of(example.framework, ["c1", "c2", "c3"], tmp_path)
    for case in ("c1", "c3"):
        put(form, case, VICTIMS, "Yess")
    with pytest.raises(DiagnosticError) as error:
        read_cases(form, example.framework)
    (found,) = error.value.diagnostics
    assert (found.sheet, found.count) == ("c1", 2)
    assert found.message.endswith('(sheets "c1" and "c3")')
    assert [place["sheet"] for place in found.to_dict()["places"]] == ["c1", "c3"]
    assert "c1" not in str(found.without_values())
    assert "c3" not in str(found.without_values().to_dict())


DAMAGED = {
    "a number of 17 digits": (12345678901234567, "rounded"),
    "a rounded number": (1.2345678901234e16, "rounded"),
    "a day": (datetime.datetime(2025, 3, 1), "a date that a spreadsheet has made of it"),
}


@pytest.mark.parametrize(("value", "says"), DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_id_that_is_no_text_any_more_is_refused(
    layout: Layout, value: object, says: str, example: Inspection, tmp_path: Path
) -> None:
    form = form_of(example.framework, ["c1"], tmp_path, layout)
    sheet, cell = place_of(form, "c1", "case")
    change(form, lambda book: book[sheet].__setitem__(cell, value))
    with pytest.raises(DiagnosticError) as error:
        read_cases(form, example.framework)
    assert [(found.code, says in found.message) for found in error.value.diagnostics] == [("bad-row", True)]


def test_spare_rows_are_no_cases_until_they_have_an_id(example: Inspection, tmp_path: Path) -> None:
    form = form_of(example.framework, ["c1"], tmp_path, "register")
    change(form, lambda book: book["Register"].__setitem__("A7", "c2"))
    assert [case.id for case in read_cases(form, example.framework)] == ["c1", "c2"]
    change(form, lambda book: book["Register"].__setitem__("E9", "Male"))
    with pytest.raises(DiagnosticError, match="row 9 has no case id"):
        read_cases(form, example.framework)


def test_a_sheet_is_protected_without_a_password_but_for_what_is_filled_in(example: Inspection, tmp_path: Path) -> None:
    form = form_of(example.framework, ["c1"], tmp_path)
    book = openpyxl.load_workbook(form)
    states = {sheet.title: sheet.sheet_state for sheet in book.worksheets}
    page = book["c1"]
    locked = {row[0].value: row[2].protection.locked for row in page.iter_rows(min_row=4) if row[0].value}
    assert (states["_form"], states["_lists"], states["c1"]) == ("veryHidden", "hidden", "visible")
    assert page.protection.sheet
    assert not page.protection.password
    assert set(locked.values()) == {False}
    setup = page.page_setup
    assert (int(setup.paperSize), setup.fitToWidth, setup.fitToHeight) == (9, None, None)  # A4, and as a rule one page
    assert page.sheet_properties.pageSetUpPr.fitToPage
    # No program fits a row to what it holds.
    asked = [row for row in page.iter_rows(min_row=6) if row[0].value]
    heights = {len(row[1].value): page.row_dimensions[row[0].row].height for row in asked}
    assert {bool(height) for length, height in heights.items() if length > 97} == {True}
    book.close()


def test_labels_that_another_value_has_are_not_offered() -> None:
    assert called({"a": "Same", "b": "same ", "c": "Other"}) == {"a": "a", "b": "b", "c": "Other"}
    assert called({"yes": "No", "no": "Yes"}) == {"yes": "yes", "no": "no"}
    assert called({"low": "Low", "high": ""}) == {"low": "Low", "high": "high"}


def test_lists_with_commas_and_of_great_length_are_offered_whole(small: Small, tmp_path: Path) -> None:
    values = ", ".join(f'v{number}: "Value {number}, of which there are many"' for number in range(40))
    framework = small(
        "{all: [floors]}", ("values: {small: Small, large: Large}, ordered: true", f"values: {{{values}}}")
    )
    form = form_of(framework, [{"id": "c1", "facts": {"size": "v39"}}], tmp_path)
    assert_programs_take_it(form)
    book = openpyxl.load_workbook(form)
    offered = [cell.value for column in book["_lists"].columns for cell in column]
    book.close()
    assert "Value 39, of which there are many" in offered
    assert read_cases(form, framework)[0].facts == {"size": "v39"}


# --- what a form says of itself --------------------------------------------------------------------------


def corrected(folder: Path, *edits: tuple[str, str, str]) -> Framework:
    """The shipped standards after corrections: in which file, what, and what it is then."""
    for file, old, new in edits:
        edit(folder / file, old, new)
    return load_framework(folder)


CORRECTIONS = {
    "a prompt in other words": (
        ("2.1-assessment.yaml", "Does it analyse the concerns about", "Does it look at the concerns about"),
        f'asks "{VICTIMS}" in other words: “Does it analyse the concerns about',
    ),
    "a prompt under another condition": (
        ("2.1-assessment.yaml", "        applies_when: {fact: has_potential_victims, is: yes}\n", ""),
        f'asks "{VICTIMS}" where “There are actual or potential victims” is yes, and now it is asked of every case',
    ),
    "another value": (
        ("facts.yaml", "{PO: Probation officer,", "{SPO: Senior probation officer, PO: Probation officer,"),
        'asks "grade" with the values PO and PSO, and now it has SPO, PO and PSO',
    ),
    "a new measure": (
        ("measures.yaml", "measures:\n", "measures:\n  - {id: punctual, title: Punctual}\n"),
        'does not ask "measures.punctual"',
    ),
}


@pytest.mark.parametrize(("correction", "says"), CORRECTIONS.values(), ids=CORRECTIONS)
def test_a_form_from_before_a_correction_is_carried_over_with_what_differs(
    correction: tuple[str, str, str], says: str, example: Inspection, editable: Path, tmp_path: Path
) -> None:
    form = form_of(example.framework, example.cases, tmp_path, "register")
    now = corrected(editable, correction)
    found = [each for each in findings(now, form) if each[0].startswith("form-")]
    assert [(code, says in message) for code, message, _ in found] == [("form-before-correction", True)]


def test_a_correction_of_what_no_form_asks_needs_no_word(example: Inspection, editable: Path, tmp_path: Path) -> None:
    form = form_of(example.framework, example.cases, tmp_path)
    now = corrected(editable, ("framework.yaml", "{from: 65, rating: good}", "{from: 60, rating: good}"))
    assert now.checksum != example.framework.checksum
    assert [code for code, _, _ in findings(now, form) if code.startswith("form-")] == []


def test_a_form_of_another_edition_says_so(example: Inspection, editable: Path, tmp_path: Path) -> None:
    form = form_of(example.framework, example.cases, tmp_path)
    now = evolve(
        corrected(editable, ("2.1-assessment.yaml", "Does it draw on past", "Does it rest on past")), edition="2026"
    )
    found = [each for each in findings(now, form) if each[0].startswith("form-")]
    assert [(code, "of the edition 2024" in message) for code, message, _ in found] == [("form-of-other-edition", True)]


def test_a_form_of_another_framework_is_refused(small: Small, example: Inspection, tmp_path: Path) -> None:
    form = form_of(small(), ["c1"], tmp_path)
    with pytest.raises(DiagnosticError, match='made from "kitchens", and is read by "hmip-pdu"') as error:
        read_cases(form, example.framework)
    assert [found.code for found in error.value.diagnostics] == ["form-of-other-standards"]


def without_victims(book: Any) -> None:
    page = book["c1"]
    page.delete_rows(next(row[0].row for row in page.iter_rows() if row[0].value == VICTIMS))


def of_another_edition(book: Any) -> None:
    book["_form"]["B4"] = "2023"


CHANGED: dict[str, tuple[Layout, Callable[[Any], object], str]] = {
    "a row of a page": ("pages", without_victims, f'sheet "c1": {VICTIMS}'),
    "a column of a register": ("register", lambda book: book["Register"].delete_cols(3), "are gone: sentence_type"),
    "what it says of itself": ("pages", of_another_edition, 'hidden sheet "_form", was changed'),
    "a second register": ("register", lambda book: book.copy_worksheet(book["Register"]), "Register Copy"),
}


@pytest.mark.parametrize(("layout", "edited", "says"), CHANGED.values(), ids=CHANGED)
def test_a_changed_form_says_so(
    layout: Layout, edited: Callable[[Any], object], says: str, example: Inspection, tmp_path: Path
) -> None:
    cases = [evolve(case, id=f"c{number}") for number, case in enumerate(example.cases[:2], 1)]
    form = change(form_of(example.framework, cases, tmp_path, layout), edited)
    found = [message for code, message, _ in findings(example.framework, form) if code == "changed-form"]
    assert [says in message for message in found] == [True]


def without_ids(book: Any) -> None:
    book["synthetic-02"].delete_cols(1)


@pytest.mark.parametrize(
    "taken",
    [
        pytest.param(without_ids, id="its column of ids is gone"),
        pytest.param(lambda book: book["synthetic-02"].delete_rows(1), id="its first row is gone"),
        pytest.param(lambda book: book.remove(book["synthetic-02"]), id="the sheet is gone"),
    ],
)
def test_a_case_whose_page_is_none_any_more_is_never_left_out_in_silence(
    taken: Callable[[Any], object], example: Inspection, tmp_path: Path
) -> None:
    form = change(form_of(example.framework, example.cases[:3], tmp_path), taken)
    said = [(code, message) for code, message, _ in findings(example.framework, form) if code == "changed-form"]
    expected = '"synthetic-02" is listed, and no sheet is its page: what was recorded there is not read'
    assert said == [("changed-form", expected)]


def test_pages_may_be_renamed_and_given_another_id(example: Inspection, tmp_path: Path) -> None:
    def edited(book: Any) -> None:
        book["synthetic-01"]["C3"] = "first"
        book["synthetic-02"].title = "Second"

    form = change(form_of(example.framework, example.cases[:3], tmp_path), edited)
    assert "changed-form" not in {code for code, _, _ in findings(example.framework, form)}


def test_one_thing_asked_twice_on_a_page_is_refused(example: Inspection, tmp_path: Path) -> None:
    form = form_of(example.framework, ["c1"], tmp_path)
    first = place_of(form, "c1", VICTIMS)[1]
    change(form, lambda book: book["c1"].__setitem__("A200", VICTIMS))
    with pytest.raises(DiagnosticError, match=f'has "{VICTIMS}" twice: in {first} and in C200'):
        read_cases(form, example.framework)


def test_a_page_that_was_copied_is_a_case_of_its_own(example: Inspection, tmp_path: Path) -> None:
    form = form_of(example.framework, ["c1"], tmp_path)

    def copied(book: Any) -> None:
        page = book.copy_worksheet(book["c1"])
        page["C3"] = "c2"
        page[place_of(form, "c1", VICTIMS)[1]] = "No"

    first, second = read_cases(change(form, copied), example.framework)
    assert (first.id, first.answers, second.id, second.answers) == ("c1", {}, "c2", {VICTIMS: Answer.NO})


# --- what no form can be made of -------------------------------------------------------------------------

BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "another kind of file": ({"path": "form.ods"}, "bad-form", "not called so"),
    "no cases": ({"cases": []}, "bad-form", "needs the cases"),
    "cases that cannot be read": ({"cases": "nowhere.csv"}, "file-not-readable", "nowhere.csv cannot be opened"),
    "too many pages": ({"cases": [f"c{n}" for n in range(501)]}, "bad-form", "takes 500 cases, and not 501"),
    "an id of several lines": ({"cases": ["a\nb"]}, "bad-form", "would not come back"),
    "a case twice": ({"cases": ["a", "a"]}, "bad-row", "repeats that of 0"),
    "another layout": ({"layout": "page"}, "unknown-name", "page"),
    "another language": ({"language": "xy"}, "unknown-language", "xy"),
}


@pytest.mark.parametrize(("how", "code", "says"), BAD.values(), ids=BAD)
def test_what_no_form_can_be_made_of_is_said_and_nothing_is_written(
    how: dict[str, Any], code: str, says: str, example: Inspection, tmp_path: Path
) -> None:
    given_cases, path = how.pop("cases", ["c1"]), tmp_path / how.pop("path", "form.xlsx")
    with pytest.raises(DiagnosticError) as error:
        write_form(example.framework, path, given_cases, **how)
    assert [(found.code, says in str(found)) for found in error.value.diagnostics] == [(code, True)]
    assert list(tmp_path.iterdir()) == []


def test_conditions_of_any_length_are_computed_step_by_step(small: Small, tmp_path: Path) -> None:
    """Beyond what programs take in one formula: in cells of their own."""
    framework = small()
    meat = FactTest("serves_meat", "is", (True,))
    seats = AllOf(tuple(FactTest("seats", "is_not", (number,)) for number in range(2_000)))
    (standard,) = framework.standards
    (question,) = standard.key_questions
    prompts = tuple(evolve(prompt, applies_when=AllOf((meat, seats))) for prompt in question.prompts)
    long = evolve(framework, standards=(evolve(standard, key_questions=(evolve(question, prompts=prompts),)),))
    file = tmp_path / "form.xlsx"
    file.write_bytes(pages_form(content_of(long, load_language()), [Case("c1")]))
    assert_programs_take_it(file)


def test_a_missing_library_is_named_with_the_extra_that_brings_it(
    example: Inspection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("workbook", "pages", "register"):
        monkeypatch.delitem(sys.modules, f"ctm_rules.forms.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(MissingExtraError, match=r'a form needs xlsxwriter: pip install "ctm-rules\[report\]"'):
        form_of(example.framework, ["c1"], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_of_that_name_makes_no_form(example: Inspection, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    table, other = book.active, book.create_sheet("_form")
    assert table is not None
    table.append(["case", VICTIMS])
    table.append(["c1", "yes"])
    other["A1"] = "Anything"
    book.save(tmp_path / "cases.xlsx")
    book.close()
    assert read_cases(tmp_path / "cases.xlsx", example.framework) == (Case("c1", {}, {VICTIMS: Answer.YES}),)


def test_a_form_without_its_register_has_no_cases(example: Inspection, tmp_path: Path) -> None:
    form = form_of(example.framework, ["c1"], tmp_path, "register")
    change(form, lambda book: book.remove(book["Register"]))
    with pytest.raises(DiagnosticError) as error:
        read_cases(form, example.framework)
    assert {found.code for found in error.value.diagnostics} == {"bad-column", "changed-form", "empty-table"}
    with pytest.raises(DiagnosticError):
        rate_files(example.framework, [form])


def test_a_form_that_is_there_is_never_overwritten(small: Small, tmp_path: Path) -> None:
    form = write_form(small(), tmp_path / "form.xlsx", ["c1"])
    filled_in = form.read_bytes()
    with pytest.raises(RequestError) as refused:
        write_form(small(), form, ["c1", "c2"])
    assert [(found.code, found.message) for found in refused.value.diagnostics] == [
        ("already-there", f"{form} is there already")
    ]
    assert form.read_bytes() == filled_in


# --- by which edition ----------------------------------------------------------------------------------

WHICH: dict[str, tuple[tuple[str, ...], str]] = {
    "of today": (("hmip-pdu", "--cases", str(CASES)), ", which is in force today; a page for each of 44 cases"),
    "named": (("hmip-pdu", "--edition", "2024", "--cases", str(CASES)), "; a page for each of 44 cases"),
    "of a day": (("hmip-pdu", "--on", "2025-08-04", "--cases", str(CASES)), "; a page for each of 44 cases"),
    "of an inspection": ((str(EXAMPLE),), "; a page for each of 44 cases"),
    "of an inspection, as a register": ((str(EXAMPLE), "--register"), "; a row for each of 44 cases"),
    "without a case": (("hmip-pdu", "--edition", "2024", "--register"), "; rows to spare"),
}


@pytest.mark.parametrize(("said", "how"), WHICH.values(), ids=WHICH)
def test_it_says_which_edition_is_asked_and_of_how_many_cases(
    said: tuple[str, ...], how: str, tmp_path: Path, run: Run
) -> None:
    ran = run("form", *said, "-o", tmp_path / "f.xlsx")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, f"asked: hmip-pdu, edition 2024{how}")


def test_an_inspection_is_asked_by_the_edition_of_its_fieldwork(tmp_path: Path, run: Run) -> None:
    for edition, dates in (("1", "2020-01-01\nin_force_to: 2025-12-31"), ("2", "2026-01-01")):
        folder = tmp_path / "standards" / "kitchens" / edition
        folder.mkdir(parents=True)
        text = SMALL.replace("RULE", "floors").replace('"1"', f'"{edition}"').replace("2026-01-01", dates)
        (folder / "framework.yaml").write_text(text, encoding="utf-8")
    started = "--provider", "k", "--name", "K", "--started", "2025-03-02", "--framework", "kitchens"
    assert run("new", "inspection", tmp_path / "k", *started).code == 0
    file = tmp_path / "k" / "inspection.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(', edition: "1"', ""), encoding="utf-8")
    ran = run("form", file, "-o", tmp_path / "f.xlsx", "--register")
    assert ran.out.splitlines()[-1] == "asked: kitchens, edition 1; rows to spare"
    refused = run("form", file, "-o", tmp_path / "g.xlsx", "--register", "--on", "2026-02-02")
    assert (refused.code, "--on says what the inspection says itself" in refused.err) == (2, True)
