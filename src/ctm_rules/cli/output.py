"""What the commands share: how results, mistakes and progress are shown, and what the exit codes mean."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, TextIO, TypeVar, cast

import rich.box
import typer
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from ctm_rules.case_files.cells import TABLES
from ctm_rules.diagnostics.characters import say_odd_characters
from ctm_rules.diagnostics.findings import Diagnostic, Location
from ctm_rules.escaping import escape_controls, json_for_terminals, on_one_line, without_commands
from ctm_rules.paths import descriptor_of, kind_of, real_path
from ctm_rules.yaml_files.kinds import is_yaml_file, kind_of_file

THE_DATA_SAYS_NO = 1
CALL_OR_INPUT_IS_WRONG = 2
INTERRUPTED = 130

T = TypeVar("T")

_WIDTH_WHEN_PIPED = 110
_MARK = re.compile(r" *(?:- )?")

NoValues = Annotated[
    bool, typer.Option("--no-values", help="Say nothing that stands in a case: no value of a cell, no id of a case.")
]


class _Console(Console):
    """Prints words that people, files and arguments say, and nothing that they could do to a terminal."""

    def render_str(self, text: str, **how: Any) -> Text:
        return super().render_str(escape_controls(text), **how)

    def print(self, *objects: Any, soft_wrap: bool | None = None, **how: Any) -> None:
        """Print; what is longer than a line of a terminal goes on under where it begins, and a pipe wraps by itself."""
        words = objects[0] if len(objects) == 1 else None
        if not (self.is_terminal and isinstance(words, str)):
            super().print(*objects, soft_wrap=soft_wrap, **how)
            return
        for line in words.split("\n"):
            mark = _MARK.match(line)[0]  # type: ignore[index]  # it matches nothing at the least
            super().print(Hanging(mark, line[len(mark) :]) if line else "", **how)


def console(*, stderr: bool = False) -> Console:
    """Return where to print: colours and the terminal's width on a terminal, plain text where it is piped."""
    is_terminal = (sys.stderr if stderr else sys.stdout).isatty()
    width = None if is_terminal else _WIDTH_WHEN_PIPED
    return _Console(stderr=stderr, width=width, highlight=False, soft_wrap=False, emoji=False)


def console_beside(output: Path | None, option: str, *, as_json: bool) -> Console:
    """Return where to print what people read beside a file: on standard error, where standard output is that file.

    Ends the command where JSON is to be printed there as well.
    """
    with suppress(OSError, ValueError):
        if output is not None and (descriptor_of(output) == 1 or _is_where_printed_words_go(output)):
            if as_json:
                say_error(
                    f"{option} {output} and --json both go to standard output: name another file, or leave one out"
                )
                raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
            return console(stderr=True)
    return console()


def _is_where_printed_words_go(output: Path) -> bool:
    return kind_of(output) == "file" and os.path.samestat(output.stat(), os.fstat(1))


def say(text: str, *, stderr: bool = False) -> None:
    """Print a line, or several, of plain text."""
    print(escape_controls(text), file=sys.stderr if stderr else sys.stdout)


class OutputGoneError(Exception):
    """Nothing more can be printed: what reads the output was closed, or the disk that takes it is full.

    It is no ``OSError``, which libraries on the way would take to be theirs.

    Attributes:
        is_read_no_more: whether whoever reads it has gone (``| head``): they have what they wanted.
    """

    def __init__(self, stream: TextIO, reason: OSError | ValueError) -> None:
        self.stream = stream
        self.is_read_no_more = isinstance(reason, BrokenPipeError)
        super().__init__(str(reason))


class LinesWithoutCommands:
    """What a command prints into a pipe or a file, on the way there: nothing of it does anything to who reads it.

    Most words are made inert where they are printed; what a library says of the arguments is made so here.

    Words come to the beginning of a line in more ways than one, so it is the finished lines that are looked at.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._line = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Write the lines that are finished; the last one waits for its end."""
        lines, end, self._line = (self._line + text).rpartition("\n")
        if end:
            self.write_as_it_is(without_commands(escape_controls(lines, but_colours=True)) + end)
        return len(text)

    def write_as_it_is(self, text: str) -> None:
        """Write what is for programs, after what came before it."""
        with self._going():
            self.stream.write(text)

    def flush(self) -> None:
        """Write what is there."""
        line, self._line = self._line, ""
        with self._going():
            self.stream.write(without_commands(escape_controls(line, but_colours=True)))
            self.stream.flush()

    @contextmanager
    def _going(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:  # also: I/O operation on closed file
            raise OutputGoneError(self.stream, error) from None


class _ClosedFromTheStart(io.TextIOBase):
    """Stands where Python has no stream at all (``>&-``)."""

    def write(self, text: str) -> int:
        if text:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return 0


@contextmanager
def inert_streams() -> Iterator[None]:
    """Let no line that is printed be a command of a build server; a terminal takes none.

    Raises:
        OutputGoneError: what is printed does not arrive.
    """
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (each or cast(TextIO, _ClosedFromTheStart()) for each in before)
    streams = sys.stdout, sys.stderr
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows ? rather than failing
    inert = [each if each.isatty() else cast(TextIO, LinesWithoutCommands(each)) for each in streams]
    sys.stdout, sys.stderr = inert
    try:
        yield
        for stream in inert:
            stream.flush()
    finally:
        sys.stdout, sys.stderr = before


def print_for_programs(text: str) -> None:
    """Print what another program reads, in UTF-8 wherever it goes: not every system does that of its own accord."""
    sys.stdout.flush()
    below = sys.stdout.stream if isinstance(sys.stdout, LinesWithoutCommands) else sys.stdout
    if isinstance(below, io.TextIOWrapper):
        below.reconfigure(encoding="utf-8", errors="replace")
    (sys.stdout.write_as_it_is if isinstance(sys.stdout, LinesWithoutCommands) else sys.stdout.write)(text)


def print_json(data: object) -> None:
    """Print plain data as JSON and nothing else."""
    print_for_programs(json_for_terminals(json.dumps(data, indent=2, ensure_ascii=False)) + "\n")


def print_json_pieces(pieces: Iterable[str]) -> None:
    """Print JSON that comes in pieces, none of which ends within a text, and nothing else."""
    for piece in pieces:
        print_for_programs(json_for_terminals(piece))
    print_for_programs("\n")


WHAT_THE_COLUMNS_COUNT = (
    "N/a: cases to which the question does not apply. ?: undetermined, since an answer that decides is missing."
)
"""What the columns of a table of key questions count, for those who read one for the first time."""

_LEAST_OF_FIRST = 24
"""How wide the first column is at the least, unless all it says is shorter: it names what the row is about."""

_BETWEEN = 3
"""How many characters lie between two columns."""

_LINES_WITHOUT_SPACE = 3
"""How many lines may stand below the first of a paragraph before paragraphs need a line between them."""


class _Listed(Table):
    """A table; where it is too wide for the terminal, each row is a paragraph, so that no word is broken.

    Attributes:
        names_first: whether a paragraph begins with the name of the first column, since its cell alone says too little.
    """

    names_first = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.max_width - _BETWEEN * (len(self.columns) - 1)
        if self._fit(console, options, room):
            yield from super().__rich_console__(console, options)
        else:
            yield from self._paragraphs()

    def _fit(self, console: Console, options: ConsoleOptions, room: int) -> bool:
        """Set how wide each column is, by its longest word at the least; return whether there is room for that."""
        least, whole = [], []
        for number, column in enumerate(self.columns):
            texts = [console.render_str(str(cell)) for cell in (column.header, *column.cells)]
            measured = [Measurement.get(console, options, text) for text in texts]
            whole.append(max(text.cell_len for text in texts))
            word = max(each.minimum for each in measured)
            least.append(max(word, min(_LEAST_OF_FIRST, whole[-1])) if number == 0 else word)
        if sum(least) > room:
            return False
        for _ in range(min(room, sum(whole)) - sum(least)):
            short = max(range(len(least)), key=lambda number: whole[number] - least[number])
            least[short] += 1
        for column, width in zip(self.columns, least, strict=True):
            column.width = width
        return True

    def _paragraphs(self) -> Iterator[RenderableType]:
        """Yield each row as the words of its first column, and below them the others: numbers on one line."""
        paragraphs = [
            (row[0], [*self._below(row[1:])]) for row in zip(*(column.cells for column in self.columns), strict=True)
        ]
        is_spaced = any(len(below) > _LINES_WITHOUT_SPACE for _, below in paragraphs)
        for title, below in paragraphs:
            if is_spaced:
                yield ""
            named = f"{self.columns[0].header}: " if self.names_first else ""
            yield Hanging("", f"{named}[bold]{title}[/bold]")
            yield from (Hanging("  ", words) for words in below)

    def _below(self, cells: Sequence[RenderableType]) -> Iterator[str]:
        named = [each for each in zip(self.columns[1:], cells, strict=True) if each[1]]
        for are_numbers, group in groupby(named, key=lambda each: each[0].justify == "right"):
            if are_numbers:
                yield ", ".join(f"{column.header} {cell}" for column, cell in group)
            else:
                yield from (f"{column.header}: {cell}" for column, cell in group)


class Hanging:
    """Words after a mark; where they go over several lines, all of them stand to the right of the mark."""

    def __init__(self, mark: str, words: str) -> None:
        self._mark, self._words = mark, words

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        indent = " " * max(len(self._mark), 2)
        text = console.render_str(self._words)
        lines = text.wrap(console, max(options.max_width - len(indent), 1))
        for number, line in enumerate(lines):
            line.rstrip()
            yield Text.assemble((indent if number else self._mark), line)


def table(*columns: str, right: Iterable[str] = (), names_first: bool = False) -> Table:
    """Return an empty table with these columns; those named in ``right`` hold numbers.

    ``names_first``: where there is no room for a table, each row begins with the name of its first column.
    """
    made = _Listed(box=rich.box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    made.names_first = names_first
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return made


def progress(items: Iterable[T], what: str, total: int, *, worth_it: int = 2_000) -> Iterable[T]:
    """Yield the items with a progress bar on the terminal; nothing is shown for few items or into a pipe."""
    if total < worth_it or not sys.stderr.isatty():
        return items
    from rich.progress import track  # it takes its time to be imported, and is seldom needed

    return track(items, what, total=total, console=console(stderr=True), transient=True)


ERRORS_SHOWN: list[Diagnostic] = []
"""The errors that the command has shown so far: where there is one, it does not end well."""


_WITHHELD: set[str] = set()


def withhold_values(withhold: bool) -> None:
    """Keep what stands in cases out of what is shown, until the command ends."""
    _WITHHELD.update({"values"} if withhold else ())


def show_values_again() -> None:
    """Forget what the last command was told to withhold."""
    _WITHHELD.clear()


def values_are_withheld() -> bool:
    """Return whether what stands in cases is to be kept out of what is shown."""
    return bool(_WITHHELD)


def shown(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return findings as they may be shown: about cases in the words of their code, where values are withheld."""
    if not _WITHHELD:
        return tuple(diagnostics)
    return tuple(found.without_values() if _is_about_cases(found.file) else found for found in diagnostics)


def _is_about_cases(file: str) -> bool:
    """Return whether a file may hold cases: a table, an inspection, or one of which it cannot be told."""
    path = Path(file)
    if is_yaml_file(path):
        return kind_of_file(path) in ("inspection", None)
    return kind_of(path) == "file" or path.suffix.lower() in TABLES


def show_diagnostics(diagnostics: Iterable[Diagnostic], *, stderr: bool = True) -> None:
    """Print mistakes with their lines and hints, on standard error unless they are the result."""
    diagnostics = shown(diagnostics)
    if not diagnostics:
        return
    from ctm_rules.diagnostics.formats import as_text  # mostly there is nothing to show

    ERRORS_SHOWN.extend(found for found in diagnostics if found.severity == "error")
    out = console(stderr=stderr)
    out.print(Text.from_ansi(as_text(diagnostics, colours=out.is_terminal)), soft_wrap=True)


def say_error(message: str) -> None:
    """Print one sentence about what went wrong on standard error, and which character in it is not what it seems."""
    say(f"error: {on_one_line(f'{message} {say_odd_characters(message)}'.rstrip())}", stderr=True)


def place(at: Location) -> str:
    """Return a location as ``file:line``, the file relative to the working folder where it lies in it."""
    file = Path(at.file)
    with suppress(OSError, ValueError):
        file = real_path(file).relative_to(Path.cwd())
    return f"{file}:{at.line}" if at.line else str(file)
