"""A reading drafted from a table (scaffolding): what follows for certain is written down, and all else is asked.

What a text such as "NA" means is never guessed: it stands under ``undecided``, which ``check`` and every reader refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from attrs import evolve, frozen

from ctm_rules.case_files.case_tables import RawTable, UnderstoodText, open_table, understand_rows
from ctm_rules.case_files.csv_rows import Row
from ctm_rules.case_files.misplaced import known_columns
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.diagnostics.suggestions import fold_name, nearest_name
from ctm_rules.files import FILE_NOT_READABLE
from ctm_rules.limits import MAX_ROWS_ABOVE_A_HEADER, MAX_TABLE_ROWS, MAX_UNDECIDED_TEXTS
from ctm_rules.model.case_columns import MatchedColumns, match_columns
from ctm_rules.model.case_values import names_by_wording
from ctm_rules.model.declared_reading import CellText, ColumnReading, Reading
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.model.reading import date_pattern, day_in, fold

_CERTAIN: Mapping[str, Sequence[str]] = {
    "yes": ("yes", "y", "true", "met"),
    "no": ("no", "false", "not met"),
    "na": ("not applicable", "does not apply"),
}
"""What a text says for certain, whoever wrote it; "n" and "n/a" are not among them."""

_DATE_FORMATS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%Y/%m/%d")


@frozen
class _Draft:
    """What is written down, and what people should know about it."""

    reading: Reading
    perhaps: Mapping[str, str]
    values: Mapping[str, Sequence[str]]
    undecided: Mapping[str, int]
    asked: Sequence[str]


def suggest_reading(path: Path, framework: Framework, reading: Reading) -> str:
    """Return the text of a reading for a table, with what has to be decided under ``undecided``.

    Args:
        path: the table.
        framework: what its columns may hold.
        reading: what is known of it already, such as its encoding.

    Raises:
        DiagnosticError: the table cannot be read at all.
    """
    findings = Findings()
    reading = reading.with_layout(**_where(path, framework, reading, findings))
    table = open_table(path, Location(str(path)), findings, reading.table)
    findings.raise_errors()
    if table is None or not table.header:
        findings.add(
            FILE_NOT_READABLE, Location(str(path)), f"{path} holds no table", hint="name a table with a header"
        )
        findings.raise_errors()
    assert table is not None
    rows = [row for row in islice(table.rows, MAX_TABLE_ROWS) if isinstance(row, Row)]
    return _written(path, framework, _drafted(framework, reading, table, rows, str(path)))


def _where(path: Path, framework: Framework, reading: Reading, findings: Findings) -> dict[str, object]:
    """Return where the names of the columns most likely stand, and whether each answer has a row of its own."""
    table = open_table(path, Location(str(path)), findings, reading.table)
    if table is None or reading.table.header_row is not None:
        return {}
    known = {fold_name(name) for name in (*known_columns(framework, reading), *names_by_wording(framework))}
    best: tuple[int, int, dict[str, object]] = (0, 0, {})
    for number, sheet in enumerate(table.first_rows()):
        rows = [(row, list(cells)) for row, cells in islice(sheet.rows, MAX_ROWS_ABOVE_A_HEADER) if any(cells)]
        on: dict[str, object] = {} if number == 0 else {"sheet": sheet.sheet}
        best = max(best, *_likely_rows(rows, known, on), key=lambda found: found[:2])
    return best[2]


def _likely_rows(
    rows: Sequence[tuple[int, list[str]]], known: set[str], on: Mapping[str, object]
) -> Iterator[tuple[int, int, dict[str, object]]]:
    """Yield each way in which the rows of a sheet may be a table: how much speaks for it, and how it then lies."""

    def is_ours(cell: str) -> bool:
        return fold_name(cell) in known or fold_name(re.split("[/-]", cell)[-1]) in known

    yield 0, 0, {}
    for place, (number, cells) in enumerate(rows):
        texts = sum(not re.fullmatch(r"[\d.,/:\- ]*", cell) for cell in cells)
        yield (
            sum(map(is_ours, cells)),
            texts - place,
            {**on, **({} if place == 0 and not on else {"header_row": number})},
        )
    for column in range(max((len(cells) for _, cells in rows), default=0)):
        # Where our names stand below one another, each row is an answer.
        places = [place for place, (_, cells) in enumerate(rows) if len(cells) > column and is_ours(cells[column])]
        if len({rows[place][1][column] for place in places}) > 1 and places[0] > 0:
            number, names = rows[places[0] - 1]
            others = [name for name in names if name and name != names[column]]
            if len(others) > 1:
                below = [cells for _, cells in rows[places[0] :] if len(cells) == len(names)]
                answer = _answers(names, names.index(others[0]), column, below)
                said = {"shape": "long", "case": others[0], "asked": names[column], "answer": answer or others[-1]}
                yield len(places), 0, {**on, "header_row": number, **said}


def _answers(names: Sequence[str], case: int, asked: int, rows: Sequence[Sequence[str]]) -> str | None:
    """Return the column that most likely holds answers: what it says differs within a case, and is seldom new."""
    found: list[tuple[int, int, str]] = []
    for column, name in enumerate(names):
        said = {cells[column] for cells in rows}
        within = {(cells[case], cells[column]) for cells in rows}
        if name and column not in (case, asked) and len(within) > len({cells[case] for cells in rows}):
            found.append((len(said), -column, name))
    return min(found)[2] if found else None


def _drafted(framework: Framework, reading: Reading, table: RawTable, rows: Sequence[Row], file: str) -> _Draft:
    reading = _after_last(framework, reading, list(table.header))
    named, perhaps = ({}, {}) if reading.table.is_long else _columns(framework, reading, table.header, rows)
    reading = evolve(reading, columns={**reading.columns, **named}, unknown_columns=reading.unknown_columns or "ignore")
    if reading.table.is_long or not match_columns(framework, reading, list(table.header)).unknown:
        reading = evolve(reading, unknown_columns=None)
    understood = understand_rows(evolve(table, rows=iter(rows)), framework, reading, file, Findings())
    if reading.table.is_long:
        # What was asked in its wording is named by it; what other columns hold is no answer.
        wordings, unknown = names_by_wording(framework), set(understood.columns.unknown)
        worded = {
            wordings[fold_name(name)]: ColumnReading(CellText(name)) for name in unknown if fold_name(name) in wordings
        }
        is_more = unknown.intersection(table.header)
        reading = evolve(
            reading,
            columns={**dict(sorted(worded.items())), **reading.columns},
            unknown_columns="ignore" if is_more else reading.unknown_columns,
        )
        understood = understand_rows(evolve(table, rows=iter(rows)), framework, reading, file, Findings())
    values: dict[str, list[str]] = {}
    undecided: dict[str, int] = {}
    dates: dict[str, int] = {}
    for text in understood.texts:
        if text.says is not None or text.missing is not None:
            continue
        fact = framework.facts_by_id.get(text.meaning)
        word = next((word for word, sure in _CERTAIN.items() if fold(text.text) in map(fold, sure)), None)
        if fact is not None and fact.type == "date" and re.search("[0-9]", text.text):
            dates[text.text] = text.cells
        elif word is not None and (fact is None or fact.type == "yes_no"):
            if text.text not in values.setdefault(word, []):
                values[word].append(text.text)
        elif _is_asked(fact is None or fact.type not in ("whole_number", "number"), text):
            undecided[text.text] = undecided.get(text.text, 0) + text.cells
    formats = [each for each in _DATE_FORMATS if all(day_in(date_pattern(each), text) for text in dates)]
    if dates and len(formats) == 1:
        reading = evolve(reading, date_formats=(*reading.date_formats, CellText(formats[0])))
    else:
        undecided |= dict(islice(dates.items(), 1))
    asked = understood.columns.unknown if reading.table.is_long else ()
    asked = tuple(name for name in asked if name not in table.header)
    return _Draft(reading, perhaps, values, undecided, asked)


def _after_last(framework: Framework, reading: Reading, header: Sequence[str]) -> Reading:
    """Return the reading with the signs behind which our names stand, where some names do."""
    usual = len(match_columns(framework, reading, header).names)
    signs: list[CellText] = []
    for sign in map(CellText, "/-"):
        with_sign = evolve(reading, name_after_last=(sign,))
        if not reading.name_after_last and len(match_columns(framework, with_sign, header).names) > usual + 1:
            signs.append(sign)
    return evolve(reading, name_after_last=tuple(signs)) if signs else reading


def _is_asked(is_word: bool, text: UnderstoodText) -> bool:
    return is_word or not re.search("[0-9]", text.text)


def _columns(
    framework: Framework, reading: Reading, header: Sequence[str], rows: Sequence[Row]
) -> tuple[dict[str, ColumnReading], dict[str, str]]:
    """Return the columns that are called by their wording, and those that may be meant by others."""
    matched: MatchedColumns = match_columns(framework, reading, list(dict.fromkeys(filter(None, header))))
    wordings = names_by_wording(framework)
    named: dict[str, ColumnReading] = {}
    perhaps: dict[str, str] = {}
    known = known_columns(framework, Reading()) - set(framework.key_questions)
    absent = sorted(name for name in known if name not in matched.names)
    for column in matched.unknown:
        meaning = wordings.get(fold_name(column))
        near = nearest_name(column, absent)
        if meaning is not None and meaning not in matched.names and meaning not in named:
            named[meaning] = ColumnReading(CellText(column))
        elif near is not None:
            perhaps[near] = column
    if CASE_COLUMN not in matched.names:
        for column in matched.unknown:
            cells = [row.cells[header.index(column)] for row in rows]
            if all(cells) and len({*cells}) == len(cells) and CASE_COLUMN not in perhaps:
                perhaps[CASE_COLUMN] = column
    return named, perhaps


# --- as text -----------------------------------------------------------------------------------------


def _written(path: Path, framework: Framework, draft: _Draft) -> str:
    reading = draft.reading
    lines = [
        f"# How {path.name} is read by {framework.id} {framework.edition}. Drafted from the table: look at every line."
    ]
    table = reading.table
    layout = {"encoding": table.encoding, "sheet": table.sheet, "header_row": table.header_row}
    layout |= {"delimiter": None if table.delimiter == "auto" else table.delimiter}
    if table.is_long:
        layout |= {"shape": "long", "case": table.case, "asked": table.asked, "answer": table.answer}
    said = [f"{key}: {value if isinstance(value, int) else _quoted(value)}" for key, value in layout.items() if value]
    if said:
        lines.append(f"table: {{{', '.join(said)}}}")
    named = {meaning: each.column for meaning, each in reading.columns.items() if each.column}
    if named or draft.perhaps:
        lines.append("columns:" if named else "# columns:")
        lines += [f"  {meaning}: {_quoted(column)}" for meaning, column in named.items()]
        lines += [f"  # {meaning}: {_quoted(column)}    # is it?" for meaning, column in draft.perhaps.items()]
    lines += [
        f"# asked, and not known: {_quoted(text)}. Which prompt is it? Name it under columns." for text in draft.asked
    ]
    if reading.name_after_last:
        lines.append(f"name_after_last: {_listed(reading.name_after_last)}")
    if draft.values:
        lines.append("values:")
        for word, texts in draft.values.items():
            # Whoever says what stands for a word says all of it.
            lines.append(f"  {word}: {_listed(dict.fromkeys([word, *texts]))}")
    if reading.date_formats:
        lines.append(f"date_formats: {_listed(reading.date_formats)}")
    if reading.unknown_columns is not None:
        lines.append(f"unknown_columns: {reading.unknown_columns}")
    if draft.undecided:
        shown = sorted(draft.undecided.items(), key=lambda item: (-item[1], item[0]))[:MAX_UNDECIDED_TEXTS]
        lines += [
            "# TODO: what do these mean? Nothing is read before it is said of each: under values where it is an answer",
            '# (na: it does not apply), or under missing_values: [{value: "…", label: not recorded}] or unknown.',
            "undecided:",
        ]
        lines += [f"  - {_quoted(text)}    # in {cells:,} {'cell' if cells == 1 else 'cells'}" for text, cells in shown]
    if len(lines) == 1:
        lines += ["# It is read as it is: nothing has to be declared.", "missing_values: []"]
    return "\n".join(lines) + "\n"


def _quoted(text: str | None) -> str:
    # JSON's way to write a text is YAML's too, and nothing in it moves the cursor of a terminal.
    return json.dumps(str(text), ensure_ascii=not str(text).isprintable())


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"
