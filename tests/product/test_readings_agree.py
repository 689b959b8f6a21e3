"""Any framework, any reading of its tables, any cases: a table written by the reading reads back to the same cases."""

from __future__ import annotations

import csv
import datetime
import io
import tempfile
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import polars
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules import (
    Answer,
    Case,
    ColumnReading,
    Framework,
    MissingValue,
    Reading,
    StepAnswer,
    TableLayout,
    rate_frame,
    read_cases,
)
from ctm_rules.case_files.readings import check_declared
from ctm_rules.model.case_columns import known_names
from ctm_rules.model.declared_reading import AnswerValues
from ctm_rules.model.framework import CASE_COLUMN
from ctm_rules.phrases import MONTHS, say_number
from tests.support.strategies import frameworks_with_cases

FORMATS = ["%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d-%b-%Y", "%Y/%m/%d"]
WORDS = (
    st.text("ABxyzÄéŵ☃#§ 17", min_size=2, max_size=6)  # no C: none is the id of a case, of which it would say nothing
    .map(str.strip)
    .filter(lambda text: len(text) > 1)
)


@frozen
class Told:
    """A reading, and how it tells what it reads."""

    reading: Reading
    answers: Mapping[str, Sequence[str]]
    missing: Sequence[str]
    date_format: str
    names: Mapping[str, str]

    def cell(self, draw: st.DrawFn, value: object) -> str:
        """Return what a cell says for a value, in one of the ways that the reading knows."""
        if value is None:
            return draw(st.sampled_from(["", *self.missing]))
        if isinstance(value, bool | Answer):
            word = value.value if isinstance(value, Answer) else "yes" if value else "no"
            said = draw(st.sampled_from(self.answers[word]))
            return draw(st.sampled_from([said, said.upper(), f" {said} "])) if said.upper().lower() == said else said
        if isinstance(value, datetime.date):
            return draw(st.sampled_from([value.isoformat(), written(self.date_format, value)]))
        if isinstance(value, Fraction):
            return say_number(value).replace(".", str(self.reading.table.decimal_char))
        if isinstance(value, StepAnswer):
            return value.value
        if isinstance(value, int):
            return (
                f"{value:,}".replace(",", self.reading.table.group_char)
                if self.reading.table.group_char
                else str(value)
            )
        return str(value)


def written(date_format: str, day: datetime.date) -> str:
    parts = {"%d": str(day.day), "%m": str(day.month), "%Y": f"{day.year:04}"}
    parts |= {"%B": MONTHS[day.month - 1], "%b": MONTHS[day.month - 1][:3].upper()}
    for part, said in parts.items():
        date_format = date_format.replace(part, said)
    return date_format


@st.composite
def tellings(draw: st.DrawFn, framework: Framework) -> Told:
    """Readings of a framework's tables in which every text has one meaning."""
    texts = draw(st.lists(WORDS, min_size=8, max_size=8, unique_by=str.casefold))
    answers = {"yes": texts[:2], "no": texts[2:4], "na": texts[4:6]}
    missing = texts[6:]
    group = draw(st.sampled_from(["", ".", " "]))
    layout = TableLayout(
        delimiter=draw(st.sampled_from(["auto", ";", "\t", "|"])),  # type: ignore[arg-type]
        header_row=draw(st.sampled_from([None, 1, 3])),
        shape=draw(st.sampled_from(["wide", "long"])),  # type: ignore[arg-type]
        encoding=draw(st.sampled_from([None, "utf-16-le"])),
        decimal_char="," if group else ".",  # type: ignore[arg-type]
        group_char=group,  # type: ignore[arg-type]
    )
    known = known_names(framework)
    renamed = draw(st.lists(st.sampled_from(known), unique=True, max_size=4))
    names = {name: f"Column {number}" for number, name in enumerate(renamed)}
    date_format = draw(st.sampled_from(FORMATS))
    reading = Reading(
        table=layout,
        columns={name: ColumnReading(called) for name, called in names.items()},  # type: ignore[arg-type]
        values=AnswerValues(*(tuple(each) for each in answers.values())),  # type: ignore[arg-type]
        missing_values=[MissingValue(missing[0]), MissingValue(missing[1], "not recorded")],  # type: ignore[arg-type]
        date_formats=(date_format,),  # type: ignore[arg-type]
    )
    return Told(reading, answers, missing, date_format, names)


def table_of(draw: st.DrawFn, told: Told, framework: Framework, cases: Sequence[Case]) -> list[list[str]]:
    """Return the header and the rows of a table that says these cases."""
    columns = [*framework.facts_by_id, *framework.prompts, *framework.measures_by_path]

    def value(case: Case, name: str) -> object:
        return case.facts.get(name, case.answers.get(name))

    called = [told.names.get(name, name) for name in (CASE_COLUMN, *columns)]
    if not told.reading.table.is_long:
        return [called, *([case.id, *(told.cell(draw, value(case, name)) for name in columns)] for case in cases)]
    rows = [
        [case.id, asked, told.cell(draw, value(case, name))]
        for case in cases
        for name, asked in zip(columns, called[1:], strict=True)
    ]
    return [[called[0], "name", "value"], *draw(st.permutations(rows))]


@given(st.data())
def test_a_table_reads_back_to_its_cases(data: st.DataObject) -> None:
    framework, cases = data.draw(frameworks_with_cases())
    cases = tuple(evolve(case, judgements={}, sample=None) for case in cases)
    told = data.draw(tellings(framework))
    if check_declared(told.reading, framework).errors:
        return  # a drawn text is a value of the framework too
    rows = table_of(data.draw, told, framework, cases)
    if len(rows) == 1 or not any(rows[0][1:]):
        return
    layout = told.reading.table
    out = io.StringIO()
    writer = csv.writer(out, delimiter="," if layout.delimiter == "auto" else str(layout.delimiter))
    writer.writerows([["A title"], ["as at today"]] if layout.header_row == 3 else [])
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "t.csv"
        file.write_bytes(out.getvalue().encode(layout.encoding or "utf-8"))
        found = read_cases(file, framework, read_as=told.reading)
    assert sorted(found, key=lambda case: case.id) == sorted(cases, key=lambda case: case.id)
    # The same texts as a dataframe rate as the cases do.
    columns = {name: [row[number] or None for row in rows[1:]] for number, name in enumerate(rows[0])}
    frame = polars.DataFrame(columns, dict.fromkeys(columns, polars.String))
    of_texts = rate_frame(framework, frame, read_as=told.reading, absent="missing")
    usual = table_of_ours(framework, cases)
    assert of_texts == rate_frame(framework, usual, read_as=Reading(), absent="missing")


def table_of_ours(framework: Framework, cases: Sequence[Case]) -> polars.DataFrame:
    """Return the cases as a dataframe in the framework's own words."""
    names = [*framework.facts_by_id, *framework.prompts, *framework.measures_by_path]

    def said(value: object) -> str | None:
        if isinstance(value, Fraction):
            return say_number(value)
        if isinstance(value, StepAnswer):
            return value.value
        return None if value is None else {"True": "yes", "False": "no"}.get(str(value), str(value))

    columns = {name: [said(case.facts.get(name, case.answers.get(name))) for case in cases] for name in names}
    return polars.DataFrame(
        {CASE_COLUMN: [case.id for case in cases], **columns}, dict.fromkeys((CASE_COLUMN, *names), polars.String)
    )
