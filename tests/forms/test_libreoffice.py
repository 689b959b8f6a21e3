"""Forms in a real spreadsheet program: filled in, worked out, saved as XLSX and ODS, and read back."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from attrs import evolve
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from xlsxwriter.utility import xl_rowcol_to_cell

from ctm_rules import Case, Framework, Inspection, load_inspection, rate_inspection, read_cases, write_form
from ctm_rules.engines.clauses import facts_meet
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.forms.relevance import surely
from ctm_rules.forms.spreadsheet_formulas import SpreadsheetFormulas, fits_in_a_cell
from ctm_rules.model.answers import Answer
from ctm_rules.model.conditions import AllOf, AnyOf, AtLeast, Condition, FactTest, FactValue, Not, walk
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import Fact
from ctm_rules.model.outcomes import Truth
from tests.support.office import Job, in_office
from tests.support.paths import EXAMPLE
from tests.support.strategies import cases, fact_conditions, facts, ids

LAYOUTS = [pytest.param("pages", id="pages"), pytest.param("register", id="register")]
WORDS = {"yes": "Yes", "no": "No", "na": "Does not apply"}


def blank_form(folder: Path, example: Inspection, layout: str) -> Path:
    """The form that is handed out: nothing but the ids of the cases."""
    ids = [case.id for case in example.cases]
    return write_form(example.framework, folder / "blank.xlsx", ids, layout=layout)  # type: ignore[arg-type]


def places(form: Path) -> Mapping[tuple[str, str], tuple[str, str]]:
    """Where what is asked of each case belongs: the sheet and the cell, as a person finds them by their eyes."""
    book = openpyxl.load_workbook(form)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for sheet in book.worksheets:
        if sheet.title == "Register":
            names = {cell.column: cell.value for cell in sheet[5] if cell.value}
            for row in sheet.iter_rows(min_row=6):
                case = row[0].value
                found |= {
                    (case, names[cell.column]): (sheet.title, cell.coordinate) for cell in row if cell.column in names
                }
        elif sheet["A1"].value == "name":
            case = sheet["C3"].value
            found |= {
                (case, row[0].value): (sheet.title, row[2].coordinate)
                for row in sheet.iter_rows(min_row=4)
                if row[0].value
            }
    book.close()
    return found


def typed(framework: Framework, name: str, value: FactValue | Answer) -> str | float:
    """What a person puts into a cell for a value."""
    if isinstance(value, Answer):
        return WORDS[value.value]
    if isinstance(value, bool):
        return WORDS["yes" if value else "no"]
    if isinstance(value, datetime.date):
        return float((value - datetime.date(1899, 12, 30)).days)
    return float(value) if isinstance(value, int) else framework.facts_by_id[name].values[value]


def filled(form: Path, example: Inspection) -> dict[str, dict[str, str | float]]:
    """What is put into which cells of a blank form, by sheet."""
    put: dict[str, dict[str, str | float]] = {}
    where = places(form)
    for case in example.cases:
        for name, value in {**case.facts, **case.answers}.items():
            sheet, cell = where[case.id, name]
            put.setdefault(sheet, {})[cell] = typed(example.framework, name, value)
    return put


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_blank_form_filled_in_there_rates_as_the_table_does(layout: str, example: Inspection, tmp_path: Path) -> None:
    form = blank_form(tmp_path, example, layout)
    saved = [tmp_path / "filled.xlsx", tmp_path / "filled.ods", tmp_path / "filled.xls"]
    progress = {"Cases": "B4:B47"} if layout == "pages" else {"Register": "B6:B49"}
    job: Job = {"file": str(form), "put": filled(form, example), "save": [*map(str, saved)], "read": progress}
    (read,) = in_office([job])
    # Every case of the example is complete, and the program says so.
    assert {number for rows in read.values() for (number,) in rows} == {0}
    expected = rate_inspection(example).rating
    for file in saved:
        assert read_cases(file, example.framework) == example.cases
    for file in saved[:2]:
        inspection = tmp_path / f"{file.suffix[1:]}.yaml"
        text = EXAMPLE.read_text(encoding="utf-8").replace("file: cases.csv", f"file: {file.name}")
        inspection.write_text(text, encoding="utf-8")
        loaded = load_inspection(inspection, framework=example.framework)
        assert rate_inspection(loaded).rating == expected
        assert loaded.warnings == example.warnings


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_grey_and_what_is_still_to_be_answered_is_what_the_engines_say(
    layout: str, example: Inspection, tmp_path: Path
) -> None:
    framework = example.framework
    # Facts and answers are missing here and there, each case otherwise.
    holey = [
        Case(
            case.id,
            {name: value for number, (name, value) in enumerate(case.facts.items()) if (number * 7 + nth) % 5},
            {name: value for number, (name, value) in enumerate(case.answers.items()) if (number * 3 + nth) % 4},
        )
        for nth, case in enumerate(example.cases)
    ]
    form = write_form(framework, tmp_path / "form.xlsx", holey, layout=layout)  # type: ignore[arg-type]
    progress = {"Cases": "B4:B47"} if layout == "pages" else {"Register": "B6:B49"}
    (read,) = in_office([{"file": str(form), "read": progress}])
    (rows,) = read.values()
    assert [row[0] for row in rows] == [to_answer(framework, case) for case in holey]


def to_answer(framework: Framework, case: Case) -> int:
    """How many prompts and measures have no answer that counts, and may be asked."""
    counts = WhatCounts(framework)
    still = 0
    for path in (*framework.prompts, *framework.measures_by_path):
        asked, answer = counts.is_asked(path, case.facts), case.answers.get(path)
        is_settled = answer is Answer.NA or (answer is not None and asked is Truth.TRUE)
        still += asked is not Truth.FALSE and not is_settled
    return still


def test_states_of_a_page_say_why(example: Inspection, tmp_path: Path) -> None:
    framework, victims = example.framework, "assessment.safety.victims"
    drawn = [
        Case("asked", {"has_potential_victims": True}),
        Case("not asked", {"has_potential_victims": False}),
        Case("nobody knows", {}),
        Case("answered", {"has_potential_victims": True}, {victims: Answer.NO}),
        Case("waits", {}, {victims: Answer.NO}),
        Case("settled", {}, {victims: Answer.NA}),
    ]
    form = write_form(framework, tmp_path / "form.xlsx", drawn)
    row = places(form)["asked", victims][1][1:]
    read = in_office([{"file": str(form), "read": {case.id: f"E{row}:E{row}" for case in drawn}}])[0]
    assert {case: rows[0][0] for case, rows in read.items()} == {
        "asked": "to do",
        "not asked": "not asked",
        "nobody knows": "to do",
        "answered": "done",
        "waits": "fact missing",
        "settled": "done",
    }


def test_cutting_and_pasting_moves_no_formula(example: Inspection, tmp_path: Path) -> None:
    """A formula that pointed at a cell would follow it; what is computed looks at the place where a fact belongs."""
    framework, victims = example.framework, "assessment.safety.victims"
    form = write_form(framework, tmp_path / "form.xlsx", [Case("c", {"mappa": False})])
    where = places(form)
    row = where["c", victims][1][1:]
    job: Job = {
        "file": str(form),
        "cut": {"c": {where["c", "mappa"][1]: where["c", "has_potential_victims"][1]}},
        "read": {"c": f"E{row}:E{row}"},
    }
    assert in_office([job])[0]["c"] == [["not asked"]]


HARD_IDS = ["0012345678901234567", "1-2", "1E5", "MAR1", "=1+1", "@home", "'quoted", "a  b", "ä/ö:ü", "007"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_ids_come_back_as_they_are(layout: str, example: Inspection, tmp_path: Path) -> None:
    form = write_form(example.framework, tmp_path / "form.xlsx", HARD_IDS, layout=layout)  # type: ignore[arg-type]
    saved = [tmp_path / "saved.xlsx", tmp_path / "saved.ods"]
    in_office([{"file": str(form), "save": [*map(str, saved)]}])
    for file in (form, *saved):
        assert [case.id for case in read_cases(file, example.framework)] == HARD_IDS


# --- conditions ----------------------------------------------------------------------------------------


def test_formulas_say_of_random_conditions_what_the_engines_say(example: Inspection, tmp_path: Path) -> None:
    """Some hundreds of conditions, each over cases of its own, in one workbook."""
    drawn: list[tuple[Framework, Condition, Sequence[Case]]] = []

    @settings(max_examples=200, derandomize=True, database=None, phases=[Phase.generate])
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        declared = tuple(data.draw(facts(name)) for name in data.draw(ids(1, 4)))
        framework = evolve(
            example.framework, facts=declared, standards=(), domains=(), variants=(), measures=(), subgroups=()
        )
        condition = data.draw(fact_conditions(declared))
        drawn.append((framework, condition, [data.draw(cases(framework, case_id=f"c{n}")) for n in range(4)]))

    draw()
    assert len(drawn) >= 200
    long = [big_condition(fact, size) for fact, size in ((drawn[0][0].facts[0], 300), (drawn[1][0].facts[0], 40))]
    drawn += [(drawn[number][0], condition, drawn[number][2]) for number, condition in enumerate(long)]
    file = tmp_path / "conditions.xlsx"
    expected, last = written(file, drawn)
    (read,) = in_office([{"file": str(file), "read": {"Conditions": f"A1:B{last}"}}])
    found = [
        Truth.TRUE if true else Truth.FALSE if false else Truth.UNKNOWN for true, false in read["Conditions"][:last]
    ]
    assert len(found) == len(expected) >= 600
    rounded = [is_rounded(condition, case) for _, condition, of_cases in drawn for case in of_cases]
    # Beside a number that a spreadsheet rounds nothing is told; whatever is told is right.
    told = [each for each in zip(found, expected, rounded, strict=True) if not (each[2] and each[0] is Truth.UNKNOWN)]
    assert [truth for truth, _, _ in told] == [truth for _, truth, _ in told]
    assert len(told) > 500


def is_rounded(condition: Condition, case: Case) -> bool:
    """Whether a condition compares a number of more digits than spreadsheets tell apart, or with one."""
    tests = [node for node in walk(condition) if isinstance(node, FactTest)]
    compared = [*case.facts.values(), *(value for test in tests for value in test.values)]
    numbers = [value for value in compared if isinstance(value, int | Fraction)]
    return not all(isinstance(number, bool) or fits_in_a_cell(number) for number in numbers)


def big_condition(fact: Fact, size: int) -> Condition:
    """A condition with more clauses, and deeper, than a spreadsheet program takes in one formula."""
    value: FactValue = {
        "choice": next(iter(fact.values), ""),
        "yes_no": True,
        "whole_number": 3,
        "number": Fraction(5, 2),
    }.get(fact.type, datetime.date(2024, 2, 28))
    test = FactTest(fact.id, "is", (value,))
    condition: Condition = AtLeast(2, tuple(AllOf((test, Not(test))) if n % 2 else test for n in range(size)))
    for depth in range(70):
        condition = (
            AnyOf((AllOf((condition, test)), Not(test))) if depth % 2 else AllOf((condition, AnyOf((test, test))))
        )
    return condition


def written(file: Path, drawn: Sequence[tuple[Framework, Condition, Sequence[Case]]]) -> tuple[list[Truth], int]:
    """Write each condition over each of its cases into a row of its own; return what it comes to, and the last row."""
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False})
    sheet, words = book.add_worksheet("Conditions"), book.add_worksheet("Words")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    expected: list[Truth] = []
    row = 0
    for framework, condition, of_cases in drawn:
        for case in of_cases:
            columns = {fact.id: number for number, fact in enumerate(framework.facts, 2)}
            for name, value in case.facts.items():
                if isinstance(value, bool):
                    sheet.write_string(row, columns[name], "Yes" if value else "No")
                elif isinstance(value, datetime.date):
                    sheet.write_datetime(row, columns[name], datetime.datetime.combine(value, datetime.time(13)), day)
                elif isinstance(value, int | Fraction) and fits_in_a_cell(value):
                    sheet.write_number(row, columns[name], float(value))
                else:
                    sheet.write_string(row, columns[name], written_value(value))
            formulas = formulas_in(row, columns, sheet, words)
            pair = surely(condition, framework)
            sheet.write_formula(row, 0, f"={formulas.of(pair.true)}", None, "")
            sheet.write_formula(row, 1, f"={formulas.of(pair.false)}", None, "")
            expected.append(facts_meet(condition, case.facts, framework))
            row += 1
    book.close()
    return expected, row


def formulas_in(
    row: int, columns: Mapping[str, int], sheet: xlsxwriter.worksheet.Worksheet, words: xlsxwriter.worksheet.Worksheet
) -> SpreadsheetFormulas:
    made = iter(range(7, 10_000))
    named = iter(range(10_000))

    def helper(formula: str) -> str:
        column = next(made)
        assert len(formula) < 8_192
        sheet.write_formula(row, column, f"={formula}", None, "")
        return str(xl_rowcol_to_cell(row, column))

    def word(_: str, value: str | bool) -> str:
        column = next(named)
        words.write_string(row, column, value if isinstance(value, str) else "Yes" if value else "No")
        return f"Words!{xl_rowcol_to_cell(row, column)}"

    return SpreadsheetFormulas(lambda name: str(xl_rowcol_to_cell(row, columns[name])), word, helper)
