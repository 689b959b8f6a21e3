"""How a table is read, from its file (parsing, validation): one meaning for each text, or every mistake at once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from attrs import evolve

from ctm_rules.case_files.table_text import check_encoding
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location, require_path
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.limits import MAX_TABLE_ROWS
from ctm_rules.model.case_columns import known_names
from ctm_rules.model.case_values import unknown_name
from ctm_rules.model.declared_reading import ColumnReading, Reading
from ctm_rules.model.framework import CASE_COLUMN, NOT_RATED, Framework
from ctm_rules.model.reading import DATE_DIRECTIVES, Spelling, date_pattern, day_in, fold
from ctm_rules.phrases import MONTHS, say_list
from ctm_rules.yaml_files.marked_yaml import MarkedValue, read_yaml
from ctm_rules.yaml_files.structuring import structure

READ_AS = Location("<read_as>")
"""Where the findings on a reading are that was made in Python."""


def load_reading(path: str | Path) -> Reading:
    """Load how tables are read from its file, ``reading.yaml`` or whatever it is called.

    Args:
        path: the file.

    Raises:
        DiagnosticError: carries every mistake that can be told without a framework.

    >>> load_reading("examples/ctm/readings/long.yaml").table.shape
    'long'
    """
    findings = Findings()
    reading = read_reading_file(require_path("path", path, "the path of a reading file"), findings)
    findings.raise_errors()
    assert reading is not None
    return reading


def read_reading_file(
    path: Path, findings: Findings, framework: Framework | None = None, *, also: Collection[str] = ()
) -> Reading | None:
    """Return what a file declares of how tables are read (``None``: with what is wrong with it in ``findings``).

    ``also`` may be read beside what the framework knows.
    """
    before = len(findings.errors)
    content = read_yaml(path, findings, as_text=True)
    if len(findings.errors) > before:
        return None
    return structure_reading(content, str(path), findings, framework, also=also)


def structure_reading(
    content: MarkedValue,
    file: str,
    findings: Findings,
    framework: Framework | None = None,
    *,
    also: Collection[str] = (),
) -> Reading | None:
    """Return what a file declares, given what it holds; all of its texts are as they are written."""
    reading = structure(content, Reading, file, findings)
    if reading is None:
        return None
    found = check_declared(reading, framework, also=also)
    findings.extend(found)
    return None if found.errors else reading


def find_reading(
    framework: Framework,
    read_as: Reading | str | Path | None,
    findings: Findings,
    at: Location = READ_AS,
    *,
    also: Collection[str] = (),
) -> Reading | None:
    """Return how a table is read, by what is said of it (``None``: with what is wrong in ``findings``).

    Args:
        framework: what there is to read.
        read_as: how, or the file that says so (``None``: as the framework's own file says).
        findings: takes what is wrong.
        at: where it is said.
        also: what may be read beside what the framework knows.
    """
    if isinstance(read_as, str | Path):
        return read_reading_file(Path(read_as), findings, framework, also=also)
    if read_as is not None and not isinstance(read_as, Reading):
        message = f"how a table is read is given as {read_as!r}"
        findings.add(BAD_READING, at, message, path=at.path, hint="give a Reading, or the name of its file")
        return None
    reading = framework.reading if read_as is None else read_as
    found = check_declared(reading, framework, at, also=also)
    findings.extend(found)
    return None if found.errors else reading


# --- what is wrong -----------------------------------------------------------------------------------


def check_declared(
    reading: Reading, framework: Framework | None, at: Location = READ_AS, *, also: Collection[str] = ()
) -> Findings:
    """Return what is wrong with a reading, whatever a table holds.

    Args:
        reading: what is declared.
        framework: what there is to read (``None``: that is not known here).
        at: where it is, if it was not read from a file.
        also: what may be read beside what the framework knows.
    """
    findings = Findings()
    findings.extend(_Check(reading, framework, at, also).found())
    return findings


_DAYS = (datetime.date(2001, 2, 3), datetime.date(2012, 11, 10), datetime.date(2019, 5, 30))
"""Days that are told apart, in whichever order their parts are written."""

_ISO = "%Y-%m-%d"


UNDECIDED_TEXT = Code(
    "undecided-text",
    "error",
    what="A reading holds a text of which it was not said yet what it means.",
    why='Some write "NA" for "does not apply", others for "nobody knows"; ratings differ by it, and nobody can tell.',
    bad="undecided: [NA]",
    good="missing_values: [{value: NA, label: not recorded}]",
)
TWO_MEANINGS = Code(
    "text-with-two-meanings",
    "error",
    what="A reading gives one text, or one column, two meanings.",
    why="An answer would be counted as another one, and nobody could tell which was meant.",
    bad='values: {yes: ["1", Met], no: [met, "2"]}',
    good='values: {yes: ["1", Met], no: [Not met, "2"]}',
)
BAD_READING = Code(
    "bad-reading",
    "error",
    what="A reading says something that no table can have, or that changes nothing.",
    why="The table would be read in another way than its author meant.",
    bad='table: {decimal_char: ",", group_char: ","}',
    good='table: {decimal_char: ",", group_char: "."}',
)


class _Check:
    def __init__(self, reading: Reading, framework: Framework | None, at: Location, also: Collection[str]) -> None:
        self._also = also
        self._reading = reading
        self._framework = framework
        self._at = reading.at if reading.at.line else at
        self._spelling = Spelling(reading)

    def found(self) -> Iterator[Diagnostic]:
        yield from self._layout()
        yield from self._dates()
        yield from self._marks()
        yield from self._columns()
        yield from self._rows()
        yield from self._texts()
        for number, text in enumerate(self._reading.undecided):
            message = f'it was not said yet what "{text}" means'
            hint = f'put "{text}" under values where it is an answer (na: it does not apply), or under missing_values, '
            hint += "and take it out of undecided"
            yield UNDECIDED_TEXT.found(self._of("undecided", number), message, path=f"undecided.{number}", hint=hint)

    def _of(self, *path: str | int) -> Location:
        return self._at.of(*path)

    def _bad(self, message: str, hint: str, *path: str | int) -> Diagnostic:
        return BAD_READING.found(self._of(*path), message, path=".".join(map(str, path)), hint=hint)

    # --- the file ------------------------------------------------------------------------------------

    def _layout(self) -> Iterator[Diagnostic]:
        table = self._reading.table
        yield from check_encoding(table.encoding, self._of("table", "encoding"), path="table.encoding")
        if table.delimiter != "auto" and not re.fullmatch(r'[^\w\s"]|\t', table.delimiter):
            message = f'"{table.delimiter}" cannot separate the cells of a table'
            yield self._bad(message, 'write one sign: ";", or "\\t" for a tab', "table", "delimiter")
        if table.header_row is not None and not 1 <= table.header_row <= MAX_TABLE_ROWS:
            message = f"the names of the columns cannot stand in row {table.header_row}"
            yield self._bad(message, "count rows from 1, as a spreadsheet does", "table", "header_row")
        for key in ("decimal_char", "group_char"):
            sign = getattr(table, key)
            if sign and not re.fullmatch(r"[^\w\s\-]|[ \u00a0\u202f]", sign):
                yield self._bad(f'"{sign}" cannot stand in a number', 'write one sign: "," or "."', "table", key)
        if table.decimal_char == table.group_char:
            message = f'"{table.group_char}" cannot stand both before decimals and between thousands'
            other = "," if table.group_char == "." else "."
            yield self._bad(message, f'say what stands before decimals: decimal_char: "{other}"', "table", "group_char")
        own = [key for key in ("case", "asked", "answer") if getattr(table, key)]
        if own and not table.is_long:
            message = f"{say_list(own)} say which columns of a long table make an answer, and this table is wide"
            yield self._bad(message, "add shape: long, or leave them out", "table", own[0])
        elif table.is_long:
            names = [getattr(table, key).strip().casefold() for key in own]
            if len({*names}) < len(names):
                message = "one column of a long table cannot hold two of case, asked and answer"
                yield self._bad(message, "give each its own column", "table", own[-1])

    def _dates(self) -> Iterator[Diagnostic]:
        patterns: list[tuple[str, re.Pattern[str]]] = [(_ISO, date_pattern(_ISO))]
        for number, written in enumerate(self._reading.date_formats):
            try:
                patterns.append((written, date_pattern(written)))
            except ValueError as error:
                hint = f'write it with {", ".join(DATE_DIRECTIVES[:5])}: "%d/%m/%Y"'
                yield self._bad(f'"{written}" is no format of dates: {error}', hint, "date_formats", number)
        for (one, first), (other, second) in combinations(patterns, 2):
            for format_, pattern in ((one, second), (other, first)):
                texts = {written_day(format_, day): day for day in _DAYS}
                odd = next(
                    (text for text, day in texts.items() if day_in(pattern, text) not in (None, day)),
                    None,
                )
                if odd is not None:
                    message = f'"{odd}" is one day as "{one}" and another as "{other}"'
                    also = "; year-month-day is always read" if one == _ISO else ""
                    place = (self._of("date_formats"), "date_formats")
                    yield TWO_MEANINGS.found(place[0], message, path=place[1], hint=f"keep one of the two{also}")
                    break

    def _marks(self) -> Iterator[Diagnostic]:
        for number, mark in enumerate(self._reading.marks):
            if not mark.strip() or mark.strip()[0].isalnum():
                message = f'"{mark}" cannot be a mark: it could be the end of any word'
                yield self._bad(message, 'a mark begins with a sign: "[r]", "*"', "marks", number)

    def _rows(self) -> Iterator[Diagnostic]:
        for column, test in self._reading.only_rows.items():
            if not (test.is_one_of or test.is_none_of):
                message = f'which rows are read by the column "{column}" is not said'
                yield self._bad(message, "write is: […], or is_not: […]", "only_rows", column)

    # --- columns -------------------------------------------------------------------------------------

    def _columns(self) -> Iterator[Diagnostic]:
        reading, framework = self._reading, self._framework
        known = None if framework is None else [*known_names(framework), *self._also]
        named: dict[str, list[str]] = {}
        for name, column in reading.columns.items():
            at, path = self._of("columns", name), f"columns.{name}"
            if known is not None and name not in known:
                said = f'a column is named for "{name}"'
                swapped = column.column if column.column in known else None
                found = unknown_name(at, said, name, known, path)
                first = f"write our name first, and then the table's: {swapped}: {name}"
                yield found if swapped is None else evolve(found, hint=first)
            if not column.column and not column.values:
                yield self._bad(
                    f'nothing is said of the column "{name}"', "write from: … or values: …", "columns", name
                )
            if column.column:
                named.setdefault(column.column.strip().casefold(), []).append(name)
            yield from self._values_known(name, column, at)
        for name in known or ():
            others = named.get(name.casefold(), [])
            if others and name not in others and not reading.named(name):
                others.append(name)
        for column_name, names in named.items():
            if len(names) > 1:
                shown = reading.named(names[0]) or column_name
                message = f'the column "{shown}" would be read for {say_list(names)}'
                at = self._of("columns", names[1] if names[1] in reading.columns else names[0])
                hint = "give each the column that holds it"
                yield TWO_MEANINGS.found(at, message, path=f"columns.{names[0]}", hint=hint)

    def _values_known(self, name: str, column: ColumnReading, at: Location) -> Iterator[Diagnostic]:
        words = self._words(name)
        if words is None:
            return
        path = f"columns.{name}.values"
        if column.values and not words:
            message = f'"{name}" holds no words, so that values are not declared for it'
            yield BAD_READING.found(at, message, path=path, hint="leave values out")
            return
        for word in column.values:
            if word not in words:
                message = f'"{word}" is none of the values of "{name}"'
                yield BAD_READING.found(at, message, path=f"{path}.{word}", hint=nearest_name_hint(word, words))

    def _words(self, name: str) -> Sequence[str] | None:
        """Return what a column may hold (nothing: no words; ``None``: nobody can tell)."""
        framework = self._framework
        if framework is None:
            return None
        fact, scale = framework.every_fact.get(name), framework.judged_scale(name)
        if fact is not None:
            return {"yes_no": ["yes", "no"], "choice": list(fact.values)}.get(fact.type, [])
        if name == CASE_COLUMN:
            return []
        if name in framework.answers_on_scales:
            return [*framework.answers_on_scales[name]]
        if scale is not None:
            return [*(step.id for step in scale), NOT_RATED]
        return ["yes", "no", "na"] if name in (*known_names(framework), *framework.provider_prompts) else None

    # --- texts ---------------------------------------------------------------------------------------

    def _texts(self) -> Iterator[Diagnostic]:
        """Yield what two meanings a text has, in the columns of answers and in each column with values of its own."""
        reading, values = self._reading, self._reading.values
        answers = {word: values.of(word) for word in ("yes", "no", "na")}
        yield from self._of_column("", answers, {"yes": 1, "no": 0}, ("values",))
        for name, column in reading.columns.items():
            words = self._words(name)
            declared: Mapping[str, Sequence[str]] = column.values
            if column.values and (words is None or words):
                if words and words[:2] == ["yes", "no"]:
                    declared = {word: column.values.get(word, ()) or values.of(word) for word in words}
                    yield from self._of_column(name, declared, {"yes": 1, "no": 0}, ("columns", name))
                else:
                    declared = {word: column.values.get(word, ()) for word in words or column.values}
                    yield from self._of_column(name, declared, {}, ("columns", name))
        yield from self._values_missing()
        missing: dict[str, list[str]] = {}
        for each in reading.missing_values:
            missing.setdefault(self._spelling.spelled(each.value).casefold(), []).append(each.label)
        for text, labels in missing.items():
            if len(labels) > 1:
                message = f'"{text}" stands twice among the missing values'
                at = self._of("missing_values")
                yield TWO_MEANINGS.found(at, message, path="missing_values", hint="keep one of them")

    def _values_missing(self) -> Iterator[Diagnostic]:
        """Yield what is a value of a fact, or the label of one, and is said to be missing as well."""
        facts = () if self._framework is None else self._framework.facts
        for number, each in enumerate(self._reading.missing_values):
            text = self._spelling.spelled(each.value)
            for fact in facts:
                labels = {fold(label) for label in fact.values.values()}
                declared = self._reading.columns.get(fact.id)
                is_said = declared is not None and any(
                    text in map(self._spelling.spelled, texts) for texts in declared.values.values()
                )
                if text and (text in fact.values or fold(text) in labels) and not is_said:
                    message = f'"{each.value}" is a value of the fact "{fact.id}", and is said to be missing'
                    at, path = self._of("missing_values", number), f"missing_values.{number}"
                    yield TWO_MEANINGS.found(at, message, path=path, hint="take it out of the missing values")

    def _of_column(
        self, column: str, declared: Mapping[str, Iterable[str]], usual: Mapping[str, int], path: tuple[str, ...]
    ) -> Iterator[Diagnostic]:
        spelled = self._spelling.spelled
        missing = [spelled(each.value) for each in self._reading.missing_values]
        meanings: dict[str, dict[str, str]] = {}
        for word, texts in declared.items():
            for text in texts:
                meanings.setdefault(spelled(text).casefold(), {}).setdefault(f'"{word}"', text)
        for text in missing if meanings or not column else ():
            if text.casefold() in meanings:
                meanings[text.casefold()].setdefault("missing", text)
        exact: dict[str, dict[str, str]] = {}
        for word, texts in declared.items():
            if list(texts):
                continue  # whoever says what stands for a word says all of it
            for own in (word, *([str(usual[word])] if word in usual else [])):
                others = {f'"{other}"' for other, said in declared.items() if own in map(spelled, said)}
                others |= {"missing"} if own in missing else set()
                if others:
                    exact[own] = dict.fromkeys([*sorted(others), f'"{word}"'], own)
        where = f' in the column for "{column}"' if column else ""
        for said in (*meanings.values(), *exact.values()):
            if len(said) > 1:
                text = next(iter(said.values()))
                message = f'"{text}" has two meanings{where}: {say_list(list(said))}'
                hint = "give each its own texts"
                if said in exact.values():
                    word = list(said)[-1].strip('"')
                    hint = f"by itself it stands for {word}: say what does instead, {word}: […], or give it one meaning"
                yield TWO_MEANINGS.found(self._of(*path), message, path=".".join(path), hint=hint)


def written_day(format_: str, day: datetime.date) -> str:
    """Return a day in a format of dates, in English whatever the language of this machine."""
    parts = {
        "%d": f"{day.day:02}",
        "%m": f"{day.month:02}",
        "%Y": f"{day.year:04}",
        "%b": MONTHS[day.month - 1][:3],
        "%B": MONTHS[day.month - 1],
        "%H": "00",
        "%M": "00",
        "%S": "00",
    }
    return re.sub("%.", lambda part: parts.get(part[0], part[0]), format_)
