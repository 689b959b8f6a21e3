"""Forms as workbooks: what is written is read back as it is, and every trap of spreadsheet programs is walked round."""

from __future__ import annotations

import re
import shutil
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
    Answer,
    Case,
    DiagnosticError,
    Framework,
    Inspection,
    MissingExtraError,
    load_framework,
    load_inspection,
    rate_files,
    rate_inspection,
    read_cases,
    write_form,
)
from ctm_rules.forms.content import called, content_of
from ctm_rules.forms.making import Layout, make_form
from ctm_rules.forms.pages import pages_form
from ctm_rules.languages.languages import load_language
from ctm_rules.model.conditions import AllOf, FactTest
from tests.support.commands import Run
from tests.support.dataframes import QUIET
from tests.support.editing import edit
from tests.support.paths import CASES, EXAMPLE
from tests.support.small_framework import Small
from tests.support.strategies import MOST, frameworks_with_cases
from tests.support.workbook_parts import with_part

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
                return sheet.title, next(f"C{row[0].row}" for row in sheet.iter_rows(min_row=4) if row[0].value == name)
    finally:
        book.close()
    raise KeyError(name)


def change(form: Path, edited: Callable[[Any], None]) -> Path:
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


@settings(max_examples=MOST // 2)
@given(st.data())
def test_any_form_of_any_framework_is_read_back(data: st.DataObject) -> None:
    framework, cases = data.draw(frameworks_with_cases(most=3))
    cases = tuple(evolve(case, judgements={}) for case in cases)
    layout = data.draw(st.sampled_from(get_args(Layout)))
    form = make_form(framework, cases, layout=layout, language="en", inspector="", path=Path("form.xlsx"))
    assert_programs_take_it(form)
    with pytest.MonkeyPatch.context():
        folder = Path(data.draw(st.just(str(TEMPORARY))))
        folder.mkdir(exist_ok=True)
        file = folder / "form.xlsx"
        file.write_bytes(form)
        assert read_cases(file, framework) == cases


def assert_programs_take_it(form: bytes) -> None:
    """Nothing in a form is longer than spreadsheet programs take, and no value is said to be worked out."""
