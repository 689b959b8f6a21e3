"""Dataframes with a row for each answer made into ones with a row for each case (pivoting), in the library they are of.

What an answer says is asked of each pair of question and answer once; then a case has in each column the largest of its
answers, and where the smallest is another one, it has two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import narwhals.stable.v2 as nw
from attrs import evolve

from ctm_rules.case_files.cells import TEMPORARY, quote_cell
from ctm_rules.case_files.long_tables import AnswerColumns, find_answer_columns, is_nothing_asked
from ctm_rules.case_files.odd_cells import TWO_ANSWERS
from ctm_rules.case_files.rows_read import absent_test_column
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.engines.frame.counts import collect, summed, whole
from ctm_rules.engines.frame.formulas import language_of, select
from ctm_rules.engines.frame.rules import Table
from ctm_rules.limits import MAX_ANSWERS_TOLD_APART, MAX_CASES_IN_A_FINDING
from ctm_rules.model.case_columns import known_names, match_columns
from ctm_rules.model.case_values import names_by_wording, unknown_name
from ctm_rules.model.declared_reading import ColumnReading, Reading, TableLayout
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.model.reading import Cells, as_number, cell_text, fold
from ctm_rules.phrases import one_or_many, say_count, say_list

_ASKED, _ANSWER = f"{TEMPORARY}asked", f"{TEMPORARY}answer"


# --- rows that are read ------------------------------------------------------------------------------


def rows_read(table: Table, reading: Reading, at: Location) -> Table:
    """Return the rows of a table that its reading says are read.

    Raises:
        DiagnosticError: it has no column by which that is said.
    """
    if not reading.only_rows:
        return table
    schema = table.collect_schema()
    findings = Findings()
    for column, test in reading.only_rows.items():
        if column not in schema:
            findings.extend([absent_test_column(column, schema.names(), at)])
            continue
        kept = None
        for texts, is_wanted in ((test.is_one_of, True), (test.is_none_of, False)):
            if texts:
                holds = _is_one_of(column, schema[column], texts)
                holds = holds if is_wanted else ~holds
                kept = holds if kept is None else kept & holds
        table = table if kept is None else table.filter(kept)
    findings.raise_errors()
    return table


def _is_one_of(column: str, dtype: nw.dtypes.DType, texts: Sequence[str]) -> nw.Expr:
    """Return where a column says one of some texts; case and spaces around them do not count."""
    own: nw.Expr = nw.col(column)
    folded = sorted({fold(text) for text in texts if text})
    if dtype.is_numeric():
        numbers = [number for text in folded if (number := as_number(text)) is not None]
        says = own.is_in(numbers) if numbers else nw.lit(False)
    elif dtype == nw.Boolean:
        wanted = [text == "yes" for text in folded if text in ("yes", "no")]
        says = own.is_in(wanted) if wanted else nw.lit(False)
    else:
        says = own.cast(nw.String).str.strip_chars().str.to_lowercase().is_in(folded or [""])
    says = says.fill_null(False)
    return says | own.is_null() if any(not text.strip() for text in texts) else says


# --- one row for each case ---------------------------------------------------------------------------


def by_our_names(reading: Reading) -> Reading:
    """Return how a table is read whose columns are called by what they mean already, and whose rows are cases."""
    columns = {
        meaning: ColumnReading(values=column.values) for meaning, column in reading.columns.items() if column.values
    }
    return evolve(
        reading,
        table=TableLayout(decimal_char=reading.table.decimal_char, group_char=reading.table.group_char),
        columns=columns,
        name_after_last=(),
        ignore_columns=(),
        notes=(),
        unknown_columns="ignore",
        only_rows={},
    )


def widened(
    framework: Framework, reading: Reading, table: Table, at: Location, *, also: Iterable[str] = (), row: str = ""
) -> Table:
    """Return a long table with one row for each case, sorted by case; columns are called by what they mean.

    Args:
        framework: what is asked.
        reading: which columns make an answer, and what they say.
        table: the long table; rows that are not read were left out of it.
        at: what diagnostics call it.
        also: what is read beside what the framework knows.
        row: a column that numbers the rows: a case has the number of its first.

    Raises:
        DiagnosticError: the columns are not there, what is asked is not known, or a case has two answers.
    """
    findings = Findings()
    schema = table.collect_schema()
    names = [name for name in schema.names() if name != row]
    columns = find_answer_columns(reading, names, at, findings)
    findings.raise_errors()
    assert columns is not None
    carried = match_columns(framework, reading, [name for name in names if name not in columns.names], also=[*also])
    texts = [nw.col(name).cast(nw.String).alias(meaning) for meaning, name in carried.names.items()]
    answer = nw.col(columns.answer).cast(nw.String).str.strip_chars().alias(_ANSWER)
    asked = nw.col(columns.asked).cast(nw.String).str.strip_chars().alias(_ASKED)
    case = nw.col(columns.case).cast(nw.String).str.strip_chars().alias(CASE_COLUMN)
    table = table.select(case, asked, answer, *texts, *([row] if row else []))
    said = _said(framework, reading, table, columns, at, findings)
    findings.raise_errors()
    table = table.with_columns(*(_column(meaning, answers) for meaning, answers in said.items()))
    held = [*said, *(meaning for meaning in carried.names if meaning not in said)]
    largest = {meaning: f"{TEMPORARY}largest_{number}" for number, meaning in enumerate(held)}
    smallest = {meaning: f"{TEMPORARY}smallest_{number}" for number, meaning in enumerate(held)}
    # Some libraries cannot name what they group in the same step.
    table = table.with_columns(
        *(nw.col(meaning).alias(name) for names in (largest, smallest) for meaning, name in names.items())
    )
    firsts = [nw.col(row).min()] if row else []
    wide = table.group_by(CASE_COLUMN).agg(
        *(nw.col(name).max() for name in largest.values()), *(nw.col(name).min() for name in smallest.values()), *firsts
    )
    _refuse_two_answers(table, wide, largest, smallest, at, row)
    own = [nw.col(name).alias(meaning) for meaning, name in largest.items()]
    return wide.select(CASE_COLUMN, *own, *([row] if row else [])).sort(CASE_COLUMN)


def _said(
    framework: Framework, reading: Reading, table: Table, columns: AnswerColumns, at: Location, findings: Findings
) -> Mapping[str, Mapping[str, list[tuple[str, str]]]]:
    """Return by what is asked and by what is answered, in our words, the table's own pairs of question and answer."""
    pairs = collect(summed(select(table, _ASKED, _ANSWER), [_ASKED, _ANSWER], []))
    cells = Cells(framework, reading)
    known, wordings = known_names(framework), names_by_wording(framework)
    said: dict[str, dict[str, list[tuple[str, str]]]] = {}
    meant: dict[str, str | None] = {}
    for asked, answer in zip(pairs[_ASKED], pairs[_ANSWER], strict=True):
        text = "" if asked is None else str(asked)
        if text not in meant:
            matched = match_columns(framework, reading, [text])
            meant[text] = next(iter(matched.names), None)
            if is_nothing_asked(text) or (matched.unknown and reading.unknown_columns != "ignore"):
                message = f'the column "{columns.asked}" asks {quote_cell(text)}'
                findings.extend([unknown_name(at, message, text, known, wordings=wordings)])
        meaning = meant[text]
        if meaning is not None:
            of = said.setdefault(meaning, {})
            if answer is not None and cells.why_missing(str(answer)) is None:
                of.setdefault(_in_our_words(cells, meaning, str(answer)), []).append((text, str(answer)))
    return said


def _in_our_words(cells: Cells, meaning: str, text: str) -> str:
    try:
        return cell_text(cells.value(meaning, text))
    except ValueError:
        return text  # whoever reads the column says that it has no meaning


def _column(meaning: str, answers: Mapping[str, list[tuple[str, str]]]) -> nw.Expr:
    """Return the column of what was asked: the answers to it in our words, and nothing where something else was."""
    found: nw.Expr = nw.lit(None, dtype=nw.String)
    asked = sorted({question for pairs in answers.values() for question, _ in pairs})
    is_asked = nw.col(_ASKED).is_in(asked)
    if len(answers) > MAX_ANSWERS_TOLD_APART:
        return nw.when(is_asked).then(nw.col(_ANSWER)).otherwise(found).alias(meaning)
    for word, pairs in answers.items():
        says = is_asked & nw.col(_ANSWER).is_in(sorted({text for _, text in pairs}))
        found = nw.when(says).then(nw.lit(word)).otherwise(found)
    return found.alias(meaning)


def _refuse_two_answers(
    table: Table, wide: Table, largest: Mapping[str, str], smallest: Mapping[str, str], at: Location, row: str
) -> None:
    """Refuse a long table in which cases have two answers to something; the first of them are named with their rows.

    Args:
        table: with a row for each answer.
        wide: with a row for each case.
        largest: the column of the largest answer of a case, by what is asked.
        smallest: that of the smallest.
        at: what diagnostics call the table.
        row: the column that numbers the rows (nothing: they have no order).
    """
    findings = Findings()
    language = language_of(wide)
    differ = {}
    for meaning, name in largest.items():
        one, other = language.col(name), language.col(smallest[meaning])
        # In some libraries what is missing differs from itself.
        is_other = (one != other) & ~one.is_null()
        differ[meaning] = is_other.fill_null(False).cast(language.Int64)
    flags = select(wide, *(each.alias(largest[meaning]) for meaning, each in differ.items()))
    counted = collect(select(flags, *(language.col(name).sum() for name in largest.values())))
    for meaning, name in largest.items():
        number = whole(counted[name][0])
        if number:
            have = one_or_many(number, "has", "have")
            one, other = nw.col(name), nw.col(smallest[meaning])
            cases = wide.filter(~one.is_null() & (one != other)).select(CASE_COLUMN).sort(CASE_COLUMN)
            first = [str(case) for case in collect(cases.head(MAX_CASES_IN_A_FINDING))[CASE_COLUMN]]
            rows = _rows_of(table, first[0], meaning, row) if row else []
            where = f" in the rows {say_list([f'{each:,}' for each in rows])}" if rows else ""
            such = f"{quote_cell(first[0])}{where}"
            others = f", {say_list([quote_cell(case) for case in first[1:]])}" if first[1:] else ""
            message = f'{say_count(number, "case")} {have} two different answers for "{meaning}": {such}{others}'
            place = Location(at.file, rows[0], 1) if rows else at
            findings.add(TWO_ANSWERS, place, message, path=meaning, hint="keep the one that is right")
    findings.raise_errors()


def _rows_of(table: Table, case: str, meaning: str, row: str) -> list[int]:
    """Return the numbers of the first rows that answer something of a case."""
    answered = table.filter((nw.col(CASE_COLUMN) == case) & ~nw.col(meaning).is_null()).select(row).sort(row)
    return [whole(number) for number in collect(answered.head(MAX_CASES_IN_A_FINDING))[row]]
