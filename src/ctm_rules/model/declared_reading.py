"""How a table says what we call facts and answers (reading), as it is declared: data, and nothing of what it means.

It is declared in a file of its own, ``reading.yaml``, or made in Python. Options and arguments such as ``--column``,
``--codes`` and ``--absent`` are short ways to say single things of it. What a cell means by it: ``model.reading``.
"""

# Without `from __future__ import annotations`: types are read here, where their names are known (see model.framework).

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal, NewType

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import Location, declared_at

CellText = NewType("CellText", str)
"""A text as it stands in a table: in a file it is taken as it is written, whatever else it would mean to YAML."""

Absent = Literal["refuse", "missing"]
"""What a column means that rules read and the table lacks: a mistake, or an answer missing from every case."""

_NO_TEXT = CellText("")
_AUTO = CellText("auto")
_POINT = CellText(".")


@frozen
class TableLayout:
    """How a table lies in its file.

    Attributes:
        encoding: how a CSV file was saved that has no byte-order mark: windows-1252 (default: UTF-8).
        delimiter: what separates the cells of a CSV file, one sign (default: what stands most often in the header).
        sheet: the sheet of a workbook (default: the first that can be seen).
        header_row: the number of the row in which the names of the columns stand, as a spreadsheet counts (default: the
            first that is not empty).
        shape: wide has one row for each case; long has one row for each answer.
        case: of a long table, the column of case ids (default: case).
        asked: of a long table, the column that says what was asked (default: name).
        answer: of a long table, the column of answers (default: value).
        decimal_char: what stands before the decimals of a number in a table of text.
        group_char: what stands between the thousands of a number in a table of text (default: nothing).
    """

    encoding: str | None = None
    delimiter: CellText = _AUTO
    sheet: CellText | None = None
    header_row: int | None = None
    shape: Literal["wide", "long"] = "wide"
    case: CellText = _NO_TEXT
    asked: CellText = _NO_TEXT
    answer: CellText = _NO_TEXT
    decimal_char: CellText = _POINT
    group_char: CellText = _NO_TEXT
    at: Location = declared_at()

    @property
    def declared_delimiter(self) -> str | None:
        """What separates the cells (``None``: it is not said)."""
        return None if self.delimiter == _AUTO else str(self.delimiter)

    @property
    def is_long(self) -> bool:
        """Whether each answer has a row of its own."""
        return self.shape == "long"


@frozen
class ColumnReading:
    """Which column of a table holds something, and what its cells mean there. May be written as the name alone.

    Attributes:
        column: what the table calls it (default: as the framework does).
        values: what its cells say for each value; these take the place of what is declared for the whole table.
    """

    SHORT: ClassVar = "column"

    column: CellText = field(default=_NO_TEXT, metadata={"key": "from"})
    values: Mapping[str, tuple[CellText, ...]] = field(factory=dict, hash=False)
    at: Location = declared_at()


@frozen
class MissingValue:
    """What a cell says where nothing is known, and why it is not. May be written as the text alone.

    Attributes:
        value: what stands in the cell; an empty text means an empty cell.
        label: why it is not known, in a few words: "not recorded". It is counted, and never decides.
    """

    SHORT: ClassVar = "value"

    value: CellText
    label: str = ""
    at: Location = declared_at()


@frozen
class AnswerValues:
    """What cells say for each answer, beside the word itself.

    Attributes:
        yes, no: what stands for this answer, in yes/no facts too.
        na: what stands where it does not apply.
    """

    yes: tuple[CellText, ...] = ()
    no: tuple[CellText, ...] = ()
    na: tuple[CellText, ...] = ()
    at: Location = declared_at()

    def of(self, word: str) -> tuple[CellText, ...]:
        """Return what is declared for a word; that a question does not apply is recorded as ``not_applicable``."""
        declared = {"yes": self.yes, "no": self.no, "na": self.na, "not_applicable": self.na}
        return declared.get(word, ())


@frozen
class RowTest:
    """Which rows of a table are read, by what stands in one of its columns.

    Attributes:
        is_one_of: rows whose cell is one of these.
        is_none_of: rows whose cell is none of these.
    """

    is_one_of: tuple[CellText, ...] = field(default=(), metadata={"key": "is"})
    is_none_of: tuple[CellText, ...] = field(default=(), metadata={"key": "is_not"})
    at: Location = declared_at()


def _columns(given: Mapping[str, ColumnReading | str]) -> Mapping[str, ColumnReading]:
    return {name: ColumnReading(CellText(each)) if isinstance(each, str) else each for name, each in given.items()}


def _missing(given: Iterable[MissingValue | str]) -> tuple[MissingValue, ...]:
    return tuple(MissingValue(CellText(each)) if isinstance(each, str) else each for each in given)


@frozen
class Reading:
    """How a table is read: what its columns and its cells are called in the words of a framework.

    Case and the spaces around a text do not count where it is compared with what is declared here.

    Attributes:
        table: how the table lies in its file.
        columns: by the name of a fact, a prompt, a measure or a key question, or ``case``, the table's own name for it.
        name_after_last: signs behind whose last one the name of a column begins: "/" of group/question.
        values: what cells say for each answer.
        missing_values: what cells say where nothing is known; an empty cell always does.
        date_formats: how dates are written, beside year-month-day: "%d/%m/%Y", "%d %B %Y".
        marks: signs behind a value that say nothing of the answer, such as "[r]" or "*".
        notes: columns in which people wrote notes; they are not read. A star stands for any letters. A column called
            notes, or notes. and the name of another column, always is one.
        ignore_columns: columns that are not read. A star stands for any letters.
        unknown_columns: whether a column that is none of these is a mistake (default: it is one in the table of an
            inspection; tables that are rated by groups may have others).
        absent_columns: whether it is a mistake that a column is absent which the rules read.
        only_rows: by the table's name for a column, which rows are read.
        undecided: texts of which it has not been said yet what they mean; nothing is read before none is left.
    """

    table: TableLayout = TableLayout()
    columns: Mapping[str, ColumnReading] = field(factory=dict, converter=_columns, hash=False)
    name_after_last: tuple[CellText, ...] = ()
    values: AnswerValues = AnswerValues()
    missing_values: tuple[MissingValue, ...] = field(default=(), converter=_missing)
    date_formats: tuple[CellText, ...] = ()
    marks: tuple[CellText, ...] = ()
    notes: tuple[CellText, ...] = ()
    ignore_columns: tuple[CellText, ...] = ()
    unknown_columns: Literal["refuse", "ignore"] | None = None
    absent_columns: Absent = "refuse"
    only_rows: Mapping[str, RowTest] = field(factory=dict, hash=False)
    undecided: tuple[CellText, ...] = ()
    at: Location = declared_at()

    def named(self, meaning: str) -> str | None:
        """Return the table's own name for a column, where one is declared."""
        declared = self.columns.get(meaning)
        return declared.column if declared is not None and declared.column else None

    def declared_texts(self, meaning: str, word: str) -> tuple[CellText, ...]:
        """Return what is declared to stand for a word in a column."""
        declared = self.columns.get(meaning)
        own = () if declared is None else declared.values.get("na" if word == "not_applicable" else word, ())
        return own or self.values.of(word)

    def with_layout(self, **layout: object) -> "Reading":
        """Return the same for a table that lies otherwise in its file; what is ``None`` stays as it is."""
        said = {name: value for name, value in layout.items() if value is not None}
        return evolve(self, table=evolve(self.table, **said)) if said else self  # type: ignore[arg-type]


# --- in short ----------------------------------------------------------------------------------------


@frozen
class Codes:
    """What whole numbers stand for, in columns that hold numbers instead of words, whatever their type.

    Attributes:
        yes, no: the codes of these answers, recorded judgements and yes/no facts.
        na: the code of ``na`` in answers and of ``not_applicable`` in recorded judgements
            (``None``: the table has no such code).
        facts: by the id of a choice, the code of each of its values.
    """

    yes: int = 1
    no: int = 0
    na: int | None = None
    facts: Mapping[str, Mapping[str, int]] = field(factory=dict, hash=False)


BY_DEFAULT = Codes()
"""1 is yes and 0 is no, as everywhere; no number is taken for ``na`` unless it is declared."""


def declared_codes(codes: Codes) -> Mapping[str, Mapping[str, int]]:
    """Return the codes that are not those by default: of each choice by its id, and of answers under no name.

    >>> declared_codes(Codes(yes=1, no=2, facts={"size": {"small": 1}}))
    {'': {'yes': 1, 'no': 2}, 'size': {'small': 1}}
    """
    answers = {"yes": codes.yes, "no": codes.no} | ({} if codes.na is None else {"na": codes.na})
    return ({} if answers == {"yes": BY_DEFAULT.yes, "no": BY_DEFAULT.no} else {"": answers}) | dict(codes.facts)


@frozen
class Shorthands:
    """Single things that options and arguments say of a reading, in place of what its file says of them.

    Attributes:
        columns: the table's own name for a column, by the name that it would have in a case table.
        codes: what whole numbers stand for.
        absent: what it means where a column is absent (``None``: nothing is said).
        encoding: how a table was saved (``None``: nothing is said).
    """

    columns: Mapping[str, str] = field(factory=dict, hash=False)
    codes: Codes = BY_DEFAULT
    absent: Absent | None = None
    encoding: str | None = None

    def applied_to(self, reading: Reading) -> Reading:
        """Return a reading with what is said here."""
        columns = dict(reading.columns)
        for meaning, name in self.columns.items():
            columns[meaning] = evolve(columns.get(meaning, ColumnReading()), column=CellText(name))
        values = reading.values
        for of, words in declared_codes(self.codes).items():
            texts: dict[str, Any] = {word: (CellText(str(code)),) for word, code in words.items()}
            if of:
                columns[of] = evolve(columns.get(of, ColumnReading()), values=texts)
            else:
                values = evolve(values, **texts)
        reading = evolve(reading, columns=columns, values=values)
        if self.absent is not None:
            reading = evolve(reading, absent_columns=self.absent)
        return reading.with_layout(encoding=self.encoding)
