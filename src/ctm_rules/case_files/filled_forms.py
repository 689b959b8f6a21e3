"""Workbooks that inspectors filled in (forms), read back as the table of cases that they hold.

A form says in a hidden sheet what it is: of which standards, which columns it has, and what it calls each answer. So it
is read without a word from anybody, in whatever language and layout it is; and where the standards, or the form, are
not what they were when it was made, that is said.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

from attrs import evolve, field, frozen

from ctm_rules.case_files.archives import Row
from ctm_rules.case_files.cells import BAD_COLUMN, quote_cell
from ctm_rules.case_files.odd_cells import Shown
from ctm_rules.case_files.workbooks import every_sheet, read_sheets
from ctm_rules.diagnostics.findings import Code, Diagnostic, Location, shorten
from ctm_rules.extras import needs_extra
from ctm_rules.limits import MAX_QUOTED_TEXT
from ctm_rules.model.case_columns import NOTES
from ctm_rules.model.declared_reading import Reading, TableLayout
from ctm_rules.model.former_names import former_columns
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.model.reading import cell_text, fold
from ctm_rules.model.rules_in_words import say
from ctm_rules.phrases import say_list

with needs_extra("bulk", "reading workbooks"):
    from openpyxl.utils import get_column_letter

FORM_SHEET = "_form"
"""The hidden sheet in which a form says what it is."""

LISTS_SHEET = "_lists"
"""The hidden sheet with the words that may be chosen."""

HELPER = "form.helper"
"""What the id of a column says that only computes something."""

PROGRESS = f"{NOTES}.{CASE_COLUMN}"
"""The id of the column that says how far a case is: to whoever reads the table, a note on the case."""

PROVIDER = "provider"
"""What stands in place of the id of a case on the sheet for what is asked once."""

_VERSION = "1"

FormLayout = Literal["pages", "register"]


@frozen
class FormColumn:
    """What a form says of one of its columns, so that a later reader can tell what was asked.

    Attributes:
        name: its id.
        asked: what is asked, in the words of the standards.
        when: of which cases, in the words of the standards (nothing: of all).
        words: by each word that may be answered, what the form calls it (nothing: it takes a number or a date).
    """

    name: str
    asked: str
    when: str = ""
    words: Mapping[str, str] = field(factory=dict, hash=False)


@frozen
class FormMade:
    """What a form says of itself.

    Attributes:
        layout: a page for each case, or a row in a register.
        framework, edition, checksum: the standards that it was made from.
        language: the code of its language.
        inspector: who fills it in, where that was said.
        columns: what it asks.
        is_whole: whether what it says is what was written when it was made.
    """

    layout: FormLayout
    framework: str
    edition: str
    checksum: str
    language: str
    inspector: str
    columns: tuple[FormColumn, ...]
    is_whole: bool = True

    @cached_property
    def shown(self) -> Mapping[str, Shown]:
        """How people see each of its columns, by the id of the column."""
        return {column.name: Shown(column.asked, column.words) for column in self.columns}

    def rows(self) -> list[list[str]]:
        """Return the rows of the hidden sheet."""
        rows = [
            ["form", _VERSION],
            ["layout", self.layout],
            ["framework", self.framework],
            ["edition", self.edition],
            ["checksum", self.checksum],
            ["language", self.language],
            ["inspector", self.inspector],
            *(
                ["column", each.name, each.asked, each.when, *(text for pair in each.words.items() for text in pair)]
                for each in self.columns
            ),
        ]
        return [*rows, ["hash", _hash_of(rows)]]


def _hash_of(rows: Iterable[Sequence[str]]) -> str:
    # As a spreadsheet program gives the cells back: without space around them, and without those that are empty.
    kept = [[cell_text(" ".join(cell.split())) for cell in row] for row in rows]
    content = json.dumps([[cell for cell in row if cell] for row in kept], ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()


def described(framework: Framework) -> dict[str, tuple[str, str]]:
    """Return by the name of each column that a form may have what is asked there, and of which cases, in words."""
    found = {fact.id: (fact.title, "") for fact in (*framework.facts, *framework.provider_facts)}
    for question_path, question in framework.every_question.items():
        of_all = [question.applies_when] if question.applies_when is not None else []
        for prompt in question.prompts:
            own = [prompt.applies_when] if prompt.applies_when is not None else []
            when = "; and ".join(say(condition, framework) for condition in (*of_all, *own))
            found[f"{question_path}.{prompt.id}"] = (prompt.ask, when)
    for path, measure in framework.measures_by_path.items():
        when = "" if measure.applies_when is None else say(measure.applies_when, framework)
        found[path] = (measure.title, when)
    return found


def form_in(source: Path | bytes) -> FormMade | None:
    """Return what a workbook says of itself where it is a form (``None``: it is none).

    Raises:
        WorkbookError, OSError: it cannot be read.
    """
    if FORM_SHEET not in every_sheet(source):
        return None
    ((_, rows),) = read_sheets(source, [FORM_SHEET])
    said = [[cells.get(column, "") for column in range(1, max(cells, default=0) + 1)] for _, cells in rows]
    named: dict[str, str] = {row[0]: row[1] for row in said if len(row) > 1 and row[0] != "column"}
    if "form" not in named:
        return None  # another sheet of that name
    columns = tuple(
        FormColumn(row[1], *_padded(row[2:4]), dict(zip(row[4::2], row[5::2], strict=False)))
        for row in said
        if row[:1] == ["column"] and len(row) > 1
    )
    before = [row for row in said if row[:1] != ["hash"]]
    whole = named.get("form") == _VERSION and named.get("hash") == _hash_of(before)
    layout: FormLayout = "register" if named.get("layout") == "register" else "pages"
    return FormMade(
        layout,
        framework=named.get("framework", ""),
        edition=named.get("edition", ""),
        checksum=named.get("checksum", ""),
        language=named.get("language", ""),
        inspector=named.get("inspector", ""),
        columns=columns,
        is_whole=whole,
    )


def _padded(cells: Sequence[str]) -> tuple[str, str]:
    asked, when = [*cells, "", ""][:2]
    return asked, when


# --- the table in a form -------------------------------------------------------------------------------


@frozen
class FormTable:
    """The table that a form holds.

    Attributes:
        made: what the form says of itself.
        header_row: the row in which its columns are named, as findings count.
        header: the ids of its columns by their number.
        rows: the rows with anything in them; the words of the form are those of the standards.
        places: by the number of a row, on which sheet it stands, and on a page by each column in which cell. The row
            of the header is among them where it stands on a sheet.
        provider: what stands on the sheet for what is asked once, by name (an empty text: nothing does).
        provider_cells: by the same names, the sheet and the cell in which it stands.
        twice: what stands twice on a page: the sheet, the name, and both cells.
        unread: sheets that look like the register and are not read.
        without_page: of a form in pages, what its index lists and no sheet is a page of: the sheet of the index, the
            cell, and what it lists.
        notes: of a form in pages, by the name of each sheet in which column its notes stand.
    """

    made: FormMade
    header_row: int
    header: Mapping[int, str]
    rows: tuple[Row, ...]
    places: Mapping[int, tuple[str, Mapping[int, str]]]
    provider: Mapping[str, str] = field(factory=dict)
    provider_cells: Mapping[str, tuple[str, str]] = field(factory=dict)
    twice: tuple[tuple[str, str, str, str], ...] = ()
    unread: tuple[str, ...] = ()
    without_page: tuple[tuple[str, str, str], ...] = ()
    notes: Mapping[str, str] = field(factory=dict)

    def seen(self, at: Location) -> Location:
        """Return a place in the table with the sheet and the cell in which people see it."""
        if at.line not in self.places:
            return Location(at.file) if self.made.layout == "pages" else at
        sheet, cells = self.places[at.line]
        if self.made.layout == "register":
            return on_sheet(at, sheet, min(self.header, default=1))
        return evolve(at, sheet=sheet, cell=cells.get(at.column, ""))

    def of_provider(self, name: str, file: str) -> Location:
        """Return where something stands that is asked once."""
        sheet, cell = self.provider_cells.get(name, ("", ""))
        return Location(file, sheet=sheet, cell=cell)


def on_sheet(at: Location, sheet: str, first: int) -> Location:
    """Return a place in a table, whose first column is one of a sheet, with the sheet and the cell that it is."""
    column = first + max(at.column, 1) - 1
    return evolve(at, column=column, sheet=sheet, cell=f"{get_column_letter(column)}{at.line}")


INDEX_HEADER = 3
"""The row of the index of a form in pages that names its columns; the cases follow, in the order of their pages."""

_ID, _ANSWER, _NOTES = "name", "answer", NOTES
PAGE_KEYS = {_ID: 1, _ANSWER: 3, _NOTES: 4}
"""In which column of a page stand the ids, the answers and the notes, as its first row says."""


def table_in(source: Path | bytes, made: FormMade) -> FormTable:
    """Return the table that a form holds.

    Raises:
        WorkbookError, OSError: it cannot be read.
    """
    words = _Words(made)
    hidden = {FORM_SHEET, LISTS_SHEET}
    sheets = read_sheets(source, [name for name in every_sheet(source) if name not in hidden])
    return _register(made, words, sheets) if made.layout == "register" else _pages(made, words, sheets)


class _Words:
    """What a form calls the words of the standards, the other way round."""

    def __init__(self, made: FormMade) -> None:
        self._said = {column.name: {fold(text): word for word, text in column.words.items()} for column in made.columns}

    def __call__(self, name: str, text: str) -> str:
        """Return a cell as the same cell of a case table; a text that the form does not call anything stays."""
        return self._said.get(name, {}).get(fold(text), text)


Sheets = Iterable[tuple[str, Sequence[Row]]]


def _register(made: FormMade, words: _Words, sheets: Sheets) -> FormTable:
    known = {column.name for column in made.columns}
    provider: dict[str, str] = {}
    provider_cells: dict[str, tuple[str, str]] = {}
    twice: list[tuple[str, str, str, str]] = []
    unread: list[str] = []
    found: FormTable | None = None
    for sheet, rows in sheets:
        page = _page(rows)
        if page is not None:
            provider |= _of_provider(page, words)
            provider_cells |= {name: (sheet, cell) for name, cell in page.cells.items()}
            twice += [(sheet, *each) for each in page.twice]
            continue
        header = next(((row, cells) for row, cells in rows if _is_header(cells, known)), None)
        if header is None:
            continue
        if found is not None:
            unread.append(sheet)
            continue
        named = {column: name for column, name in header[1].items() if name != HELPER}
        computed = {column for column, name in header[1].items() if name in (HELPER, PROGRESS)}
        kept: list[Row] = []
        for row, cells in rows:
            texts = {
                column: words(named.get(column, ""), text) for column, text in cells.items() if column not in computed
            }
            if row > header[0] and texts:
                kept.append((row, texts))
        places: dict[int, tuple[str, Mapping[int, str]]] = {
            row: (sheet, {}) for row in (header[0], *(row for row, _ in kept))
        }
        found = FormTable(made, header[0], named, tuple(kept), places)
    found = found or FormTable(made, 1, {}, (), {})
    return evolve(found, provider=provider, provider_cells=provider_cells, twice=tuple(twice), unread=tuple(unread))


def _is_header(cells: Mapping[int, str], known: Collection[str]) -> bool:
    names = set(cells.values())
    return CASE_COLUMN in names and (not known or bool(names.intersection(known)))


def _pages(made: FormMade, words: _Words, sheets: Sheets) -> FormTable:
    pages: list[tuple[str, _Page]] = []
    others: list[tuple[str, Sequence[Row]]] = []
    for sheet, rows_there in sheets:
        read = _page(rows_there)
        if read is None:
            others.append((sheet, rows_there))
        else:
            pages.append((sheet, read))
    of_cases = [(sheet, page) for sheet, page in pages if PROVIDER not in page.answers]
    there = {name for _, page in of_cases for name in page.answers}
    order = dict.fromkeys([CASE_COLUMN, *(column.name for column in made.columns if column.name in there)])
    order |= dict.fromkeys(name for _, page in of_cases for name in page.answers)
    with_notes = {name for _, page in of_cases for name, text in page.notes.items() if text}
    names = [*order, *(f"{NOTES}.{name}" for name in order if name in with_notes)]
    numbers = {name: number for number, name in enumerate(names, 1)}
    rows: list[Row] = []
    places: dict[int, tuple[str, Mapping[int, str]]] = {}
    for row, (sheet, page) in enumerate(of_cases, INDEX_HEADER + 1):
        cells = {numbers[name]: words(name, text) for name, text in page.answers.items() if text and name in numbers}
        cells |= {numbers[f"{NOTES}.{name}"]: text for name, text in page.notes.items() if text and name in order}
        rows.append((row, cells))
        places[row] = (sheet, {numbers[name]: cell for name, cell in page.cells.items() if name in numbers})
    of_provider = [_of_provider(page, words) for _, page in pages]
    header = {number: name for name, number in numbers.items()}
    once = {name: text for page in of_provider for name, text in page.items()}
    twice = tuple((sheet, *each) for sheet, page in pages for each in page.twice)
    once_cells = {
        name: (sheet, cell) for sheet, page in pages if PROVIDER in page.answers for name, cell in page.cells.items()
    }
    notes_in = {sheet: page.notes_in for sheet, page in of_cases if page.notes_in}
    without = _without_page(others, pages)
    return FormTable(
        made,
        INDEX_HEADER,
        header,
        tuple(rows),
        places,
        once,
        once_cells,
        twice,
        without_page=without,
        notes=notes_in,
    )


def _without_page(others: Sheets, pages: Sequence[tuple[str, _Page]]) -> tuple[tuple[str, str, str], ...]:
    """Return what the index lists and no page is of, because its sheet is gone or is no page any more."""
    for sheet, rows in others:
        filled = {row: set(cells) for row, cells in rows}
        above = [columns for row, columns in filled.items() if row < INDEX_HEADER]
        if filled.get(INDEX_HEADER) != {1, 2} or any(columns != {1} for columns in above):
            continue  # it is the guidance, or somebody's own
        listed = [(row, cells[1]) for row, cells in rows if row > INDEX_HEADER and 1 in cells]
        if any(PROVIDER in page.answers for _, page in pages):
            del listed[-1:]  # what is asked once is listed last, and its page is there, whatever it is called now
        there = {fold(name) for called, page in pages for name in (called, page.answers.get(CASE_COLUMN, ""))}
        return tuple((sheet, f"A{row}", text) for row, text in listed if fold(text) not in there)
    return ()


@frozen
class _Page:
    """What stands on the sheet of one case, by what is asked: answers, notes, and in which cell an answer belongs.

    Attributes:
        twice: what is asked in two rows, with both cells; a form asks nothing twice.
        notes_in: the letters of the column in which notes stand (nothing: there is none).
    """

    answers: Mapping[str, str]
    notes: Mapping[str, str]
    cells: Mapping[str, str]
    twice: tuple[tuple[str, str, str], ...] = ()
    notes_in: str = ""


def _page(rows: Sequence[Row]) -> _Page | None:
    """Return what stands on a sheet where it is that of a case, or of the provider (``None``: it is neither)."""
    if not rows:
        return None
    keys = {text: column for column, text in rows[0][1].items()}
    if not {_ID, _ANSWER}.issubset(keys):
        return None
    answers: dict[str, str] = {}
    notes: dict[str, str] = {}
    cells: dict[str, str] = {}
    twice: list[tuple[str, str, str]] = []
    for row, texts in rows[1:]:
        name = texts.get(keys[_ID])
        if name is None:
            continue
        cell = f"{get_column_letter(keys[_ANSWER])}{row}"
        if name in cells:
            twice.append((name, cells[name], cell))
            continue
        cells[name] = cell
        answers[name] = texts.get(keys[_ANSWER], "")
        if name not in (CASE_COLUMN, PROVIDER):  # beside which stands how far the case is
            notes[name] = texts.get(keys.get(_NOTES, 0), "")
    is_page = {CASE_COLUMN, PROVIDER}.intersection(answers)
    notes_in = get_column_letter(keys[_NOTES]) if _NOTES in keys else ""
    return _Page(answers, notes, cells, tuple(twice), notes_in) if is_page else None


def _of_provider(page: _Page, words: _Words) -> dict[str, str]:
    if PROVIDER not in page.answers:
        return {}
    return {name: words(name, text) for name, text in page.answers.items() if name != PROVIDER}


def reading_of_form(reading: Reading) -> Reading:
    """Return how the table of a form is read: in the words of the standards, whatever is declared for other tables."""
    return Reading(table=TableLayout(), absent_columns=reading.absent_columns, unknown_columns=reading.unknown_columns)


# --- what is said of a form ------------------------------------------------------------------------------

FORM_OF_OTHERS = Code(
    "form-of-other-standards",
    "error",
    what="A form was made from another framework than the one by which it is read.",
    why="What was asked there is not what the rules of this framework are about.",
    bad="a form of youth-justice, in an inspection by hmip-pdu",
    good="the form that ctm-rules form made from the framework of the inspection",
)
FORM_OF_OTHER_EDITION = Code(
    "form-of-other-edition",
    "warning",
    what="A form was made from another edition of the framework, and something that it asks is not asked so now.",
    why="Whoever filled it in answered the questions of then; the ratings are made by the rules of now.",
    bad="a form of the edition 2024, in an inspection by the edition 2026",
    good="a form of the edition that was in force when the fieldwork started",
)
FORM_BEFORE_CORRECTION = Code(
    "form-before-correction",
    "warning",
    what="A form was made before its edition was corrected, and something that it asks was put otherwise then.",
    why="Its answers are carried over; people should look whether they still answer what is asked.",
    bad="a form that asked whether victims were considered, before the prompt was put in other words",
    good="a form that was made from the standards as they are now",
)
CHANGED_FORM = Code(
    "changed-form",
    "warning",
    what="A form has not the columns that it was made with, or what it says of itself was changed.",
    why="Answers are missing where a column or a row was taken out, and nobody would notice.",
    bad="a register from which somebody deleted the column of a prompt",
    good="the form as it was made, with columns hidden that nobody needs",
)


def check_form(table: FormTable, framework: Framework, at: Location) -> Iterator[Diagnostic]:
    """Yield what people should know of a form: of which standards it is, and whether it is as it was made."""
    made = table.made
    if made.framework != framework.id:
        message = f'the form was made from "{made.framework}", and is read by "{framework.id}"'
        yield FORM_OF_OTHERS.found(at, message, hint="name the framework of the form, or make a form from this one")
        return
    if not made.is_whole:
        message = f'what the form says of itself, on the hidden sheet "{FORM_SHEET}", was changed'
        hint = "copy the answers into a form that is made anew; its words may be read wrongly"
        yield CHANGED_FORM.found(at, message, hint=hint)
    for sheet, name, first, second in table.twice:
        message = f'the sheet "{sheet}" has "{name}" twice: in {first} and in {second}'
        yield BAD_COLUMN.found(at, message, path=name, hint="delete the row that is not right")
    for sheet, cell, listed in table.without_page:
        message = f"{quote_cell(listed)} is listed, and no sheet is its page: what was recorded there is not read"
        hint = "put its page back: copy that of another case, and put the id and the answers into it"
        yield CHANGED_FORM.found(Location(at.file, sheet=sheet, cell=cell), message, hint=hint)
    if table.unread:
        message = f"only one register is read, and not the sheets {say_list(table.unread)}"
        yield CHANGED_FORM.found(at, message, hint="put their rows below those of the first")
    yield from _changed_columns(table, at)
    if made.edition != framework.edition:
        yield from _differences(table, framework, at, FORM_OF_OTHER_EDITION, f"of the edition {made.edition}")
    elif made.checksum != framework.checksum:
        yield from _differences(table, framework, at, FORM_BEFORE_CORRECTION, "made before a correction")


def _changed_columns(table: FormTable, at: Location) -> Iterator[Diagnostic]:
    asked = {column.name for column in table.made.columns}
    there = {*table.header.values(), *table.provider}
    gone = sorted(asked - there)
    if gone:
        what = "rows" if table.made.layout == "pages" else "columns"
        message = f"{what} of the form are gone: {say_list(gone)}"
        yield CHANGED_FORM.found(at, message, hint="copy the answers into a form that is made anew")
    if table.made.layout == "pages":
        yield from _changed_pages(table, asked, at)


def _changed_pages(table: FormTable, asked: Collection[str], at: Location) -> Iterator[Diagnostic]:
    """Yield that rows are gone from pages, which are not the columns of a table and may be gone from some alone."""
    numbers = {name: number for number, name in table.header.items()}
    for row, (sheet, cells) in table.places.items():
        gone = [name for name in sorted(asked) if name in numbers and numbers[name] not in cells]
        if gone:
            message = f'rows of the form are gone from the sheet "{sheet}": {say_list(gone)}'
            hint = "copy the page of another case into its place, and put the answers into it"
            yield CHANGED_FORM.found(Location(at.file, row, 1), message, hint=hint)


def _differences(table: FormTable, framework: Framework, at: Location, code: Code, which: str) -> Iterator[Diagnostic]:
    """Yield one finding for each thing that the form asks otherwise than the standards do now."""
    now, former = described(framework), former_columns(framework)
    hint = "look whether what was answered still answers it"
    known = {**framework.provider_facts_by_id, **framework.facts_by_id}
    asked: set[str] = set()
    for column in table.made.columns:
        name = former.get(column.name, column.name)
        asked.add(name)
        about = f'the form, {which}, asks "{name}"'
        if name not in now:
            message = f'the form, {which}, asks "{column.name}", which is not asked any more'
            yield code.found(at, message, path=name, hint="its answers count for nothing: clear its column")
            continue
        asked_now, when_now = map(_as_read, now[name])
        if asked_now != column.asked:
            then, today = (shorten(text, MAX_QUOTED_TEXT) for text in (column.asked, asked_now))
            message = f"{about} in other words: “{then}”, and now “{today}”"
            yield code.found(at, message, path=name, hint=hint)
        if when_now != column.when:
            then, today = (f"where {when}" if when else "of every case" for when in (column.when, when_now))
            message = f"{about} {then}, and now it is asked {today}"
            yield code.found(at, message, path=name, hint=hint)
        values = list(known[name].values) if name in known and known[name].type == "choice" else None
        if values is not None and set(values) != set(column.words):
            message = f"{about} with the values {say_list(list(column.words))}, and now it has {say_list(values)}"
            yield code.found(at, message, path=name, hint=hint)
    is_once = {*framework.provider_facts_by_id, *framework.provider_prompts}
    for name in now:
        if name not in asked and name not in is_once:
            message = f'the form, {which}, does not ask "{name}"'
            yield code.found(at, message, path=name, hint="it is missing from every case of the form")


def _as_read(text: str) -> str:
    """Return a text as a form gives it back."""
    return cell_text(" ".join(text.split()))
