"""Published counts rated again: the tidy table of counts read from a file, with every check that counts must pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import get_args

from attrs import evolve, field, frozen

from ctm_rules.case_files.case_tables import TOO_MANY_MISTAKES, RawTable, open_table
from ctm_rules.case_files.cells import BAD_COLUMN, BAD_ROW, check_header, quote_cell
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location, require_path
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.engines import AnyEngine
from ctm_rules.escaping import becomes_a_date
from ctm_rules.limits import MAX_DIAGNOSTICS, MAX_ROWS_ABOVE_A_HEADER, MAX_TABLE_ROWS
from ctm_rules.model.answer_words import answer_hint, answers_to
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.case_values import BAD_ANSWER, UNKNOWN_COLUMN
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.declared_reading import CellText, Reading, TableLayout
from ctm_rules.model.framework import Framework
from ctm_rules.model.reading import Cells, one_spelling
from ctm_rules.phrases import say_count, say_list
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.counts_table import COLUMNS, COUNTED, Level, Status, counts_table, sample_id
from ctm_rules.rating.given import BAD_COUNT, check_judgement, check_points, read_provider
from ctm_rules.rating.rate import rate_counts
from ctm_rules.rating.results import Population, RatingResult
from ctm_rules.rating.shares import say_percent
from ctm_rules.validity import require_valid
from ctm_rules.validity.names import DUPLICATE_ID, check_known


@frozen(repr=False)
class PublishedCounts:
    """What a table of counts says of all cases: everything that ratings are made from, and the ratings that it prints.

    Attributes:
        framework: what it is rated by.
        counts: by the address of the key question.
        judged: rating ids by the slug of each standard rated by judgement.
        provider: what is known about who was inspected, by the id of the fact.
        answers: what was answered once, of who was inspected, by the address of the prompt.
        cases: how many cases there are (``None``: it does not say).
        population: how many cases they were drawn from, by the id of each sample where it names samples (``None``: it
            does not say).
        printed: of what is rated and of key questions, by level and id: what it prints and where.
    """

    framework: Framework
    counts: Mapping[str, Counts] = field(hash=False)
    judged: Mapping[str, str] = field(hash=False)
    provider: Mapping[str, FactValue] = field(hash=False)
    answers: Mapping[str, AnyAnswer] = field(hash=False)
    cases: int | None
    population: Population = field(hash=False)
    printed: Mapping[tuple[str, str], Printed] = field(hash=False)

    def __repr__(self) -> str:
        counted = say_count(len(self.counts), "key question")
        return f"<PublishedCounts: {counted} by {self.framework.id} {self.framework.edition}>"

    def rate(self, engine: AnyEngine = "auto") -> RatingResult:
        """Return the ratings that the counts give; see :func:`rate_counts`.

        Raises:
            RequestError: the counts cannot be those of cases.
            EngineUnavailableError: the engine is not installed here.
        """
        return rate_counts(
            self.framework,
            self.counts,
            self.judged,
            engine,
            cases=self.cases,
            population=self.population,
            provider=self.provider,
            answers=self.answers,
        )

    def differences(self, result: RatingResult) -> tuple[Diagnostic, ...]:
        """Return a warning for each rating and share that the table prints and that its counts do not give."""
        return tuple(_differences(self.printed, result))


@frozen
class Printed:
    """The rating and the share that a row prints, and where it stands."""

    rating: str
    percent: int | None
    at: Location


_LOOK = "ask who published the table; the standards may be another edition, or a figure was typed wrongly"
NOT_WHAT_COUNTS_GIVE = Code(
    "not-what-counts-give",
    "warning",
    what="A table of counts prints a rating or a share that its own counts do not give by these standards.",
    why="Either the figure or the count is wrong, or it was rated by other standards.",
    bad="level,id,yes,no,not_applicable,undetermined,percent\nkey_question,assessment.safety,12,32,0,0,72",
    good="level,id,yes,no,not_applicable,undetermined,percent\nkey_question,assessment.safety,12,32,0,0,27",
)


def _differences(table: Mapping[tuple[str, str], Printed], result: RatingResult) -> Iterator[Diagnostic]:
    for row in counts_table(result):
        printed = table.get((row.level, row.id))
        if printed is None:
            continue
        what = f'the {row.level.replace("_", " ")} "{row.id}"' if row.id else "the overall rating"
        if printed.rating and printed.rating != row.rating:
            computed = f'"{row.rating}"' if row.rating else "no rating"
            message = f'{what} is printed as "{printed.rating}", and its counts give {computed}'
            yield NOT_WHAT_COUNTS_GIVE.found(printed.at, message, path=row.id, hint=_LOOK)
        if printed.percent is not None and printed.percent != row.percent:
            share = "no share" if row.percent is None else say_percent(row.percent)
            message = f"the share of {row.id} is printed as {say_percent(printed.percent)}, and its counts give {share}"
            yield NOT_WHAT_COUNTS_GIVE.found(printed.at, message, path=row.id, hint=_LOOK)


def read_counts(path: str | Path, framework: Framework) -> PublishedCounts:
    r"""Read a table of counts (CSV, XLSX, ODS, XLS, Parquet), such as the one that the annexe of a report holds.

    Args:
        path: the file. It has the columns ``level``, ``id``, ``yes``, ``no``, ``not_applicable`` and ``undetermined``;
            the other columns of the table may be left out. Only rows of all cases are rated, and not those of groups.
            Of a workbook the one sheet is read that has these columns, below a title too: of a report's annexe, counts.
        framework: the standards; names and levels are theirs.

    Raises:
        StandardsError: nothing can be decided by the framework.
        RequestError: names every row and cell that is wrong, and every count that is suppressed.
        MissingExtraError: the table is a workbook, and what reads workbooks is not installed.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from ctm_rules import load_framework
    >>> lines = [
    ...     "level,id,yes,no,not_applicable,undetermined,rating",
    ...     "key_question,assessment.safety,12,32,0,0,",
    ...     "standard,leadership,,,,,good",
    ... ]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "counts.csv")
    ...     _ = file.write_text("\n".join(lines))
    ...     counts = read_counts(file, load_framework("hmip-pdu", "2024"))
    >>> counts.rate().standards[0].rating.label
    'Good'
    """
    path = require_path("path", path, "the path of a table of counts")
    require_valid(framework)
    findings = Findings()
    table = _open(path, findings)
    read = None if table is None else _Reader(framework, table, str(path), findings).read()
    findings.raise_errors()
    assert read is not None
    return read


_MUST_HAVE = ("level", "id", *COUNTED)


def _open(path: Path, findings: Findings) -> RawTable | None:
    """Return the table of counts of a file, on whatever sheet and below whatever title it stands."""
    at = Location(str(path))
    table = open_table(path, at, findings, TableLayout())
    if table is None or {*_MUST_HAVE} <= {*table.header}:
        return table
    places = [
        TableLayout(sheet=CellText(sheet.sheet) if sheet.sheet else None, header_row=number)
        for sheet in table.first_rows()
        for number, cells in islice(sheet.rows, MAX_ROWS_ABOVE_A_HEADER)
        if {*_MUST_HAVE} <= {*cells}
    ]
    if len(places) > 1:
        sheets = [f'"{place.sheet}"' for place in places]
        message = f"each of the sheets {say_list(sheets)} has a table of counts"
        findings.add(BAD_COLUMN, at, message, hint="keep one of them in the file")
        return None
    return open_table(path, at, findings, places[0]) if places else table


SUPPRESSED_COUNT = Code(
    "suppressed-count",
    "error",
    what="A count that a rating needs is suppressed: it was too small to be published.",
    why="What is not shown is not nought; a rating made without it would be another one.",
    bad="level,id,yes,no,not_applicable,undetermined,status\nkey_question,assessment.safety,,,0,0,suppressed",
    good="level,id,yes,no,not_applicable,undetermined,status\nkey_question,assessment.safety,3,41,0,0,",
)


class _Reader:
    def __init__(self, framework: Framework, table: RawTable, file: str, findings: Findings) -> None:
        self._framework, self._table, self._file, self._findings = framework, table, file, findings
        self._columns = {name: number for number, name in enumerate(table.header)}
        self._counts: dict[str, Counts] = {}
        self._judged: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._populations: dict[str, int] = {}
        self._facts: dict[str, str] = {}
        self._answers: dict[str, AnyAnswer] = {}
        self._printed: dict[tuple[str, str], Printed] = {}
        self._seen: dict[tuple[str, ...], int] = {}
        self._known: Mapping[str, Sequence[str]] = {
            "domain": [domain.id for domain in framework.domains],
            "standard": list(framework.standards_by_slug),
            "key_question": list(framework.every_question),
            "prompt": list(framework.prompts),
            "measure": list(framework.measures_by_path),
            "provider_fact": list(framework.provider_facts_by_id),
            "provider_answer": list(framework.provider_prompts),
        }

    def read(self) -> PublishedCounts | None:
        if not self._check_columns():
            return None
        for rows, found in enumerate(self._table.rows, 1):
            row = found.line if isinstance(found, Diagnostic) else found.number
            if rows > MAX_TABLE_ROWS or self._findings.mistakes >= MAX_DIAGNOSTICS:
                mistakes = say_count(self._findings.mistakes, "mistake")
                message = f"{mistakes} stand above row {row}, and what follows was not looked at"
                hint = "look for the cause that many of them have in common"
                self._findings.add(TOO_MANY_MISTAKES, Location(self._file, row, 1), message, hint=hint)
                break
            if isinstance(found, Diagnostic):
                self._findings.note(found)
            else:
                self._row(found.number, found.cells)
        at = Location(self._file)
        facts = read_provider(self._facts, self._framework, at, "provider_fact", self._findings)
        numbers = self._numbers
        return PublishedCounts(
            self._framework,
            self._counts,
            self._judged,
            facts,
            self._answers,
            numbers.get("overall"),
            self._population(),
            self._printed,
        )

    def _check_columns(self) -> bool:
        before = len(self._findings.errors)
        header, row = self._table.header, self._table.header_row
        if check_header(header, self._file, self._findings, row=row) is None:
            return False
        for number, name in enumerate(header):
            if name and name not in COLUMNS:
                at = Location(self._file, row, number + 1)
                message = f'the column "{name}" is none of a table of counts'
                self._findings.add(UNKNOWN_COLUMN, at, message, hint=nearest_name_hint(name, COLUMNS))
        absent = [f'"{name}"' for name in _MUST_HAVE if name not in self._columns]
        if absent:
            message = f"a table of counts has no column {say_list(absent)}"
            hint = f"its columns are {', '.join(COLUMNS)}; the annexe of a report has such a table, called counts"
            self._findings.add(BAD_COLUMN, Location(self._file, row, 1), message, hint=hint)
        return len(self._findings.errors) == before

    def _row(self, number: int, cells: Sequence[str]) -> None:
        def cell(name: str) -> str:
            text = cells[self._columns[name]] if name in self._columns else ""
            # As the annexe writes what a spreadsheet would make a date of.
            return text[1:] if text.startswith("'") and becomes_a_date(text[1:]) else text

        def at(name: str) -> Location:
            return Location(self._file, number, self._columns.get(name, 0) + 1)

        level, name = cell("level"), cell("id")
        is_known = check_known("level", level, get_args(Level), at("level"), self._findings)
        if not is_known or not self._is_named(level, name, at("id")):
            return
        if cell("status") not in get_args(Status):
            known = [f'"{status}"' for status in get_args(Status) if status]
            message = f"the status is {quote_cell(cell('status'))}, and it is empty or {say_list(known, 'or')}"
            self._findings.add(BAD_ROW, at("status"), message, hint="correct it")
            return
        if cell("sample"):
            samples = [sample.id for sample in self._framework.samples]
            asked_of = sample_id(self._framework, name)
            if not check_known("sample", cell("sample"), samples, at("sample"), self._findings):
                return
            if level == "key_question" and cell("sample") != asked_of:
                of = f'the sample "{asked_of}"' if asked_of else "every case"
                message = f'{name} is counted in the sample "{cell("sample")}", and it is asked of {of}'
                self._findings.add(
                    BAD_ROW, at("sample"), message, hint="correct it; other standards rate another sample"
                )
                return
        key = (level, name, cell("sample"), cell("group"))
        before = self._seen.setdefault(key, number)
        if before != number:
            message = f"row {number} says a second time what row {before} says of {quote_cell(name or level)}"
            self._findings.add(DUPLICATE_ID, at("id"), message, hint="keep one of them")
        elif not cell("group"):
            self._of_all_cases(level, name, cell, at)

    def _is_named(self, level: str, name: str, at: Location) -> bool:
        if level in self._known:
            return check_known(level.replace("_", " "), name, self._known[level], at, self._findings)
        return True

    def _of_all_cases(self, level: str, name: str, cell: Callable[[str], str], at: Callable[[str], Location]) -> None:
        rating, percent = cell("rating"), self._number("percent", cell("percent"), at("percent"))
        if level in ("overall", "domain", "standard", "key_question"):
            self._printed[level, name] = Printed(rating, percent, at("rating" if rating else "id"))
        if level == "key_question" and name in self._framework.key_questions:
            self._count(name, cell, at)
        elif level == "key_question":
            if rating and name in self._framework.judged_questions:
                self._findings.extend(check_judgement(self._framework, name, rating, at=at("rating")))
                self._judged[name] = rating
        elif level == "overall" and cell("among"):
            self._note(level, self._number("among", cell("among"), at("among")))
        elif level == "population":
            number = self._number("value", cell("value"), at("value"))
            if number is not None:
                self._populations[cell("sample")] = number
        elif level == "provider_fact":
            self._facts[name] = cell("value")
        elif level == "provider_answer":
            self._answer(name, cell("value"), at("value"))
        elif level == "standard" and rating and self._framework.standards_by_slug[name].rated_by == "judgement":
            self._findings.extend(check_judgement(self._framework, name, rating, at=at("rating")))
            self._judged[name] = rating

    def _population(self) -> Population:
        of_all = self._populations.get("")
        return of_all if of_all is not None else self._populations or None

    def _answer(self, name: str, text: str, at: Location) -> None:
        word = Cells(self._framework, Reading()).word(name, text) if text else None
        if word is not None:
            self._answers[name] = answers_to(self._framework, name)[word]
        elif text:
            takes = answers_to(self._framework, name)
            message = f'the answer to "{name}" is {quote_cell(text)}, which is not {" or ".join(takes)}'
            self._findings.add(BAD_ANSWER, at, message, path=name, hint=answer_hint(text, takes))

    def _note(self, level: str, number: int | None) -> None:
        if number is not None:
            self._numbers[level] = number

    def _count(self, path: str, cell: Callable[[str], str], at: Callable[[str], Location]) -> None:
        if cell("status") == "suppressed":
            message = f"the count of {path} is suppressed, so that nothing can be rated by it"
            hint = "ask who published the table for its ratings, or rate the cases themselves"
            self._findings.add(SUPPRESSED_COUNT, at("status"), message, path=path, hint=hint)
            return
        yes, no, not_applicable, undetermined = (
            self._number(f"{outcome} of {path}", cell(outcome), at(outcome), needed=True) or 0 for outcome in COUNTED
        )
        counted = Counts(yes, no, not_applicable, undetermined)
        if self._framework.every_question[path].points is not None:
            scored = self._number(f"scored of {path}", cell("scored"), at("scored"), needed=True) or 0
            points, reachable = (
                self._exact(f"{name} of {path}", cell(name), at(name)) for name in ("points", "reachable")
            )
            counted = evolve(counted, scored=scored, points=points, reachable=reachable)
        found = [*check_points(self._framework, path, counted, at=at("points"))]
        self._findings.extend(found)
        if not found:
            self._counts[path] = counted

    def _exact(self, of: str, text: str, at: Location) -> Fraction:
        """Return the exact number that a cell holds: ``4``, ``8/3``."""
        number = text.strip().replace("÷", "/")
        if re.fullmatch(r"[0-9]{1,300}(?:/[1-9][0-9]{0,299}|\.[0-9]{1,30})?", number):
            return Fraction(number)
        message = f"{of} is {quote_cell(text)}, which is no exact number" if text else f"{of} is empty"
        self._findings.add(BAD_COUNT, at, message, path=of, hint="write it as it is printed: 4, 2.5 or 8÷3")
        return Fraction(0)

    def _number(self, of: str, text: str, at: Location, *, needed: bool = False) -> int | None:
        if not text and not needed:
            return None
        if re.fullmatch("[0-9]{1,18}", one_spelling(text)):
            return int(one_spelling(text))
        message = f"{of} is {quote_cell(text)}, which is no whole number" if text else f"{of} is empty"
        hint = "write 0 where there is none; where it may not be shown, write suppressed under status"
        self._findings.add(BAD_COUNT, at, message, path=of, hint=hint)
        return None
