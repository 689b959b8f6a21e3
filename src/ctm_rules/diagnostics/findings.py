"""What is wrong, where, and what to do about it (diagnostics).

A :class:`Code` is one kind of mistake with its documentation, declared beside the check that finds it.
A :class:`Diagnostic` is one mistake found in one place. A :class:`DiagnosticError` carries all of them at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypedDict, TypeVar

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.characters import say_odd_characters
from ctm_rules.limits import MAX_CASES_IN_A_FINDING, MAX_MESSAGE, MAX_PLACES, MAX_QUOTED_TEXT
from ctm_rules.phrases import say_list

T = TypeVar("T")

Severity = Literal["error", "warning"]


@frozen(order=True)
class Location:
    """A place in a file. ``line`` and ``column`` count from 1; 0 means the file as a whole.

    ``parts`` are the places inside the block that starts here: of the values of its keys, and of what is one step below
    them; ``keys`` those of the keys themselves. ``path`` is where something is in what was built in Python, which has
    no lines: ``/standards/0``. ``sheet`` and ``cell`` are how people see a place in a workbook: ``c1`` and ``D12``.
    None of them counts when places are compared.
    """

    file: str
    line: int = 0
    column: int = 0
    parts: Mapping[tuple[str | int, ...], Location] = field(factory=dict, eq=False, order=False, repr=False)
    path: str = field(default="", eq=False, order=False, repr=False)
    keys: Mapping[tuple[str | int, ...], Location] = field(factory=dict, eq=False, order=False, repr=False)
    sheet: str = field(default="", eq=False, order=False, repr=False)
    cell: str = field(default="", eq=False, order=False, repr=False)

    def of(self, *path: str | int) -> Location:
        """Return the place of a key's value, of one a step below it or of a list's item: ``at.of("standards", 1)``.

        What has no place of its own stands where the block stands.
        """
        if self.path:
            below = self.path.rstrip("/") + json_pointer(*path)
            # By hand, for this is asked of every value of every case: evolve takes more than twice as long.
            return Location(self.file, self.line, self.column, self.parts, below, self.keys, self.sheet, self.cell)
        return self.parts.get(path, self)

    def of_key(self, *path: str | int) -> Location:
        """Return the place of a key itself, where it is the key that is wrong and not its value."""
        return self.keys.get(path) or self.of(*path)

    @property
    def said(self) -> str:
        """The place within its file, or within what was built in Python, in words."""
        return f"on line {self.line}" if self.line or not self.path else f"at {self.path}"

    @property
    def within(self) -> str:
        """The place within its file as it is printed behind its name: ``:7:3``, or ``: sheet "c1", cell D12``."""
        if self.sheet:
            return f': sheet "{self.sheet}"' + (f", cell {self.cell}" if self.cell else "")
        return f":{self.line}:{self.column}" if self.line else ""

    def __str__(self) -> str:
        return f"{self.file}{self.within or self.path}"


def json_pointer(*steps: str | int) -> str:
    """Return where something is in what was built in Python, as a JSON pointer (RFC 6901).

    >>> json_pointer("cases", 3, "answers", "yes/no")
    '/cases/3/answers/yes~1no'
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


NOWHERE = Location("<python>")
"""The location of what was built in Python and not read from a file."""

HERE = evolve(NOWHERE, path="/")
"""The location of a whole value that was given in Python; what is in it has its JSON pointer (``HERE.of("facts")``)."""


def declared_at() -> Location:
    """Return the attribute ``at`` of a declared class: its place, which never counts when two are compared."""
    return field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@frozen
class Code:
    """One kind of mistake and its page of documentation.

    Creating a code registers it: a code without its page cannot exist, and no two codes share an id.

    Attributes:
        id: stable and readable, such as ``unknown-key``; scripts and suppressions may rely on it.
        severity: ``error`` when nothing may be computed or nobody can have meant it, ``warning`` when people
            should look.
        what: one sentence that says what the mistake is.
        why: why it matters to an inspection.
        bad: an example that has the mistake.
        good: the same example put right.
    """

    id: str
    severity: Severity
    what: str = field(kw_only=True)
    why: str = field(kw_only=True)
    bad: str = field(kw_only=True)
    good: str = field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.id in _CODES:
            raise ValueError(f"the code {self.id!r} is declared twice")
        _CODES[self.id] = self

    def found(
        self,
        at: Location,
        message: str,
        *,
        path: str = "",
        hint: str = "",
        alike: Alike | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        """Return the diagnostic that this mistake was found at a place; ``alike`` tells which others are like it.

        Where there is only one right repair, ``fix`` is it. Where the message quotes a text with a character that
        people cannot see, or take for another, its hint says so.
        """
        odd = say_odd_characters(message)
        hint = "; ".join(filter(None, (odd, hint)))
        return Diagnostic(
            code=self.id,
            severity=self.severity,
            file=at.file,
            line=at.line,
            column=at.column,
            sheet=at.sheet,
            cell=at.cell,
            # What was built in Python knows its own path, as a JSON pointer; that of the whole is empty.
            path=at.path.rstrip("/") if at.path else path,
            message=shorten(_ENDS_OF_LINES.sub(" ", message), MAX_MESSAGE),
            hint=shorten(hint, MAX_MESSAGE),
            alike=alike,
            fix=fix,
        )


_ENDS_OF_LINES = re.compile(r"\s*\n\s*")
"""What a text that a message quotes, such as that of a dataframe, may have many of; a message is one sentence."""


@frozen
class Replace:
    """Another word or text in place of one, be it a key or a value.

    Attributes:
        old: what stands there.
        new: what is to stand there.
    """

    old: str
    new: str


@frozen
class Quote:
    """A value put in quotation marks: it is a text, and looks like something else."""


@frozen
class Append:
    """A word more at the end of a list."""

    word: str


@frozen
class Reorder:
    """The items of a list in another order: the number that each of them has now, from 0."""

    order: tuple[int, ...]


@frozen
class Fix:
    """The one right repair of a mistake, as data: where there could be another one, nobody but people can tell.

    Attributes:
        says: what it does, as an order: ``write "statement"``.
        at: where.
        repair: what is changed there.
    """

    says: str
    at: Location
    repair: Replace | Quote | Append | Reorder

    @classmethod
    def replace(cls, at: Location, old: str, new: str | None) -> Fix | None:
        """Return the fix that writes one word for another (``None``: it is not known for which)."""
        return None if new is None else cls(f'write "{new}"', at, Replace(old, new))


def shorten(text: str, most: int) -> str:
    """Return a text, cut where it is longer than ``most`` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


_CODES: dict[str, Code] = {}


def all_codes() -> dict[str, Code]:
    """Return every code declared by the modules imported so far, by id, in alphabetical order."""
    return dict(sorted(_CODES.items()))


@frozen
class Alike:
    """What findings of one cause have in common, so that they are said as one finding with their number.

    Of ``Alike("dates", "are not written year-month-day", 'in the column "opened"')`` comes ``44 dates in the column
    "opened" are not written year-month-day (rows 2, 3, 4, 5, 6 …)``; where they are in several columns, the first
    of them is named.

    Attributes:
        things: what there are several of.
        are: what is wrong with them.
        where: where in a row this one is (may be empty).
        cause: tells them from others of the same code in the same file (default: what is said of them).
        only_there: whether all of them are there.
    """

    things: str
    are: str
    where: str = ""
    cause: str = ""
    only_there: bool = True

    def say(self, count: int) -> str:
        """Return what is said of several together."""
        where = f" {self.where}" if self.where else ""
        if self.only_there:
            return f"{count:,} {self.things}{where} {self.are}"
        return f"{count:,} {self.things} {self.are}, the first of them{where}"


class PlaceDict(TypedDict):
    """One of several places of a finding."""

    line: int
    column: int
    sheet: str
    cell: str


class DiagnosticDict(TypedDict):
    """A finding as plain data."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    sheet: str
    cell: str
    path: str
    message: str
    hint: str
    count: int
    places: list[PlaceDict]
    fix: str


@frozen
class Diagnostic:
    """One mistake, found in one place or in several.

    Attributes:
        code: the id of its :class:`Code`.
        severity: ``error`` or ``warning``.
        file, line, column: where; lines and columns count from 1. In a case table ``line`` is the row
            as a spreadsheet numbers it (the header is row 1); in a form with a page for each case, that of the index.
        sheet, cell: the same place as people see it who open a workbook (nothing: the file is none).
        path: the address inside the file, such as ``key_questions.0.yes_when`` (may be empty).
        message: one sentence that says what is wrong.
        hint: what to do (may be empty).
        count: how often it was found.
        places: where, at most ``MAX_PLACES`` of them; nothing where it was found once.
        alike: which other findings have the same cause (``None``: it stands by itself).
        fix: the one right repair (``None``: there is none, or several).
        says_values: whether what it says, and the line that it stands in, may hold what stands in a case.
    """

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""
    count: int = 1
    places: tuple[Location, ...] = ()
    alike: Alike | None = field(default=None, eq=False, repr=False)
    fix: Fix | None = field(default=None, eq=False, repr=False)
    sheet: str = field(default="", kw_only=True)
    cell: str = field(default="", kw_only=True)
    says_values: bool = field(default=True, eq=False, repr=False)

    @property
    def location(self) -> Location:
        """The place as a :class:`Location`."""
        pointer = self.path if self.file == NOWHERE.file and self.path.startswith("/") else ""
        return Location(self.file, self.line, self.column, path=pointer, sheet=self.sheet, cell=self.cell)

    def moved_to(self, at: Location) -> Diagnostic:
        """Return the same finding at another place."""
        path = at.path or self.path
        return evolve(self, file=at.file, line=at.line, column=at.column, path=path, sheet=at.sheet, cell=at.cell)

    def seen(self, see: Callable[[Location], Location]) -> Diagnostic:
        """Return the same finding where people see it who open the workbook: ``see`` tells the sheet and the cell."""
        places = tuple(map(see, self.places))
        message = self.message
        if self.alike is not None and self.count > 1:
            message = shorten(self.alike.say(self.count) + _say_rows(places), MAX_MESSAGE)
        return evolve(self.moved_to(see(self.location)), places=places, message=message)

    def without_values(self) -> Diagnostic:
        """Return the same finding in the words of its code alone, which hold nothing that stands in a case.

        Which words of a message came from a cell nobody can tell afterwards; the place is enough to look there.
        """
        what = all_codes()[self.code].what.rstrip(".")
        times = f", {self.count:,} times" if self.count > 1 else ""
        message = f"{what[0].lower()}{what[1:]}{times}"
        bare = evolve(self, message=message, hint="", path="", alike=None, fix=None, says_values=False)
        # A sheet may be called by the id of its case; the row is enough to find it.
        places = tuple(evolve(place, sheet="", cell="") for place in self.places)
        return evolve(bare, sheet="", cell="", places=places)

    def __str__(self) -> str:
        text = f"{self.location}: {self.severity}: {self.message} [{self.code}]"
        return f"{text}\n  hint: {self.hint}" if self.hint else text

    def to_dict(self) -> DiagnosticDict:
        """Return the parts under their own names, ready for JSON; each of several places by its line and column."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "sheet": self.sheet,
            "cell": self.cell,
            "path": self.path,
            "message": self.message,
            "hint": self.hint,
            "count": self.count,
            "places": list(map(_place_dict, self.places)),
            "fix": "" if self.fix is None else self.fix.says,
        }


def _place_dict(place: Location) -> PlaceDict:
    return {"line": place.line, "column": place.column, "sheet": place.sheet, "cell": place.cell}


class Gathered:
    """Findings of which those of one cause are one, with their number and the first of their places.

    Args:
        most: how many causes are kept; what has another one is passed over.
    """

    def __init__(self, found: Iterable[Diagnostic] = (), *, most: int | None = None) -> None:
        self._alone: list[Diagnostic] = []
        self._together: dict[tuple[str, str, str], _Several] = {}
        self._most = most
        self.add_all(found)

    def add(self, found: Diagnostic) -> None:
        """Note a finding, or several that were gathered before."""
        alike = found.alike
        several = None
        if alike is not None:
            key = (found.code, found.file, alike.cause or alike.are)
            several = self._together.get(key)
            if several is None and not self._is_full:
                several = self._together[key] = _Several(found, alike)
        elif not self._is_full:
            self._alone.append(found)
        if several is not None:
            several.add(found)

    def add_all(self, found: Iterable[Diagnostic]) -> None:
        """Note findings."""
        for each in found:
            self.add(each)

    def keep(self, found: Iterable[Diagnostic]) -> None:
        """Note findings that stay as they are."""
        self._alone.extend(found)

    @property
    def _is_full(self) -> bool:
        return self._most is not None and len(self) >= self._most

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted([*self._alone, *(several.as_one() for several in self._together.values())], key=_place))

    def __len__(self) -> int:
        return len(self._alone) + len(self._together)


class _Several:
    """Findings of one cause in one file."""

    def __init__(self, first: Diagnostic, alike: Alike) -> None:
        self._first, self._alike = first, alike
        self._count = 0
        self._places: list[Location] = []
        self._only_there = True

    def add(self, found: Diagnostic) -> None:
        assert found.alike is not None
        self._only_there &= found.alike.only_there and found.alike.where == self._alike.where
        if _place(found) < _place(self._first):
            self._first, self._alike = found, found.alike
        self._count += found.count
        if found.line and len(self._places) < MAX_PLACES:
            self._places += found.places or [found.location]

    def as_one(self) -> Diagnostic:
        if self._count == 1:
            return self._first
        places = tuple(sorted(dict.fromkeys(self._places))[:MAX_PLACES])
        alike = evolve(self._alike, only_there=self._only_there)
        message = shorten(alike.say(self._count) + _say_rows(places), MAX_MESSAGE)
        return evolve(self._first, message=message, count=self._count, places=places, alike=alike)


def _say_rows(places: Sequence[Location]) -> str:
    """Return the first rows in which something is, or sheets, in brackets and with a space before them."""
    kind, said = "row", [f"{row:,}" for row in dict.fromkeys(place.line for place in places)]
    sheets = list(dict.fromkeys(place.sheet for place in places))
    if len(sheets) > 1:
        kind, said = "sheet", [f'"{sheet}"' for sheet in sheets]
    if not said:
        return ""
    if len(said) > MAX_CASES_IN_A_FINDING:
        return f" ({kind}s {', '.join(said[:MAX_CASES_IN_A_FINDING])} …)"
    return f" ({kind if len(said) == 1 else f'{kind}s'} {say_list(said)})"


class CtmRulesError(Exception):
    """The base of every exception that this library raises on purpose."""


class DiagnosticError(CtmRulesError):
    """The input is wrong; ``diagnostics`` says everything that was found, in the order of the files.

    It is raised as a :class:`StandardsError` or as a :class:`RequestError`.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        found = sorted(diagnostics, key=_place)
        if all(each.severity == "warning" for each in found):
            # Whatever stops a computation is an error in it, also where a check would only warn of the same.
            found = [evolve(each, severity="error") for each in found]
        self.diagnostics: tuple[Diagnostic, ...] = tuple(found)
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))

    def __reduce__(self) -> tuple[type[DiagnosticError], tuple[tuple[Diagnostic, ...]], dict[str, object]]:
        """Another process gets the findings: built from its text the error could not be read there, and it would wait.

        What was noted beside it travels along.
        """
        return type(self), (self.diagnostics,), vars(self)


class StandardsError(DiagnosticError):
    """The standards themselves are wrong: nothing can be decided by them, whatever is asked.

    Whoever keeps the standards has to mend them.
    """


class RequestError(DiagnosticError):
    """What was asked is wrong: a case, an inspection, counts, an option, or a name that nothing has.

    Whoever asked has to mend it; the standards are not known to be wrong.
    """


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    return diagnostic.file, diagnostic.line, diagnostic.column


class Findings:
    """Collects diagnostics so that everything wrong is reported at once, and what has one cause as one finding.

    Attributes:
        mistakes: how many mistakes were noted one by one, each of those with one cause counted.
    """

    def __init__(self) -> None:
        self._gathered = Gathered()
        self.mistakes = 0

    def add(
        self,
        code: Code,
        at: Location,
        message: str,
        *,
        path: str = "",
        hint: str = "",
        alike: Alike | None = None,
        fix: Fix | None = None,
    ) -> None:
        """Note one mistake; ``alike`` tells which others have the same cause, ``fix`` its one right repair."""
        self.note(code.found(at, message, path=path, hint=hint, alike=alike, fix=fix))

    def note(self, found: Diagnostic) -> None:
        """Note one mistake that was put into words elsewhere, with those that have the same cause."""
        self._gathered.add(found)
        self.mistakes += found.count

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Note mistakes found elsewhere, where they were gathered already."""
        self._gathered.keep(diagnostics)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._gathered)

    def __len__(self) -> int:
        return len(self._gathered)

    @property
    def errors(self) -> list[Diagnostic]:
        """Only what makes a computation impossible."""
        return [diagnostic for diagnostic in self if diagnostic.severity == "error"]

    def raise_errors(self, error: type[DiagnosticError] = RequestError) -> None:
        """Raise every finding if one of them is an error.

        Args:
            error: as what; :class:`StandardsError` where the standards are looked at.
        """
        if self.errors:
            raise error(self)


# --- What a program gives ----------------------------------------------------------------------------

WRONG_ARGUMENT = Code(
    "wrong-argument",
    "error",
    what="A function is given something of another type than it takes.",
    why="What nobody can have meant decides nothing.",
    bad='what_if(inspection, ["amendment.yaml"])',
    good='what_if(inspection, [read_amendment("amendment.yaml")])',
)


def wrong_argument(given: object, hint: str, *path: str | int) -> Diagnostic:
    """Return the finding that an argument, or what stands at a place in it, is given as something that it cannot be."""
    message = f"{path[0]} is given as {shorten(repr(given), MAX_QUOTED_TEXT)}"
    return WRONG_ARGUMENT.found(evolve(NOWHERE, path=json_pointer(*path)), message, hint=f"give {hint}")


def require(name: str, given: object, *kinds: type, hint: str) -> None:
    """Refuse what is given for an argument where it is of none of the types that a function takes.

    Args:
        name: of the argument.
        given: what is given for it.
        kinds: the types.
        hint: what to give, as a sentence goes on from "give".

    Raises:
        RequestError: it is of another type.
    """
    if not isinstance(given, kinds):
        raise RequestError([wrong_argument(given, hint, name)])


def require_path(name: str, given: object, hint: str) -> Path:
    """Return the path that is given for an argument; see :func:`require`.

    Raises:
        RequestError: it is no path, or an empty text, which would stand for the working folder.
    """
    require(name, given, str, os.PathLike, hint=hint)
    assert isinstance(given, str | os.PathLike)
    path = Path(given)
    if given == "":
        raise RequestError([wrong_argument(given, hint, name)])
    return path


def require_callable(name: str, given: object, hint: str) -> None:
    """Refuse what is given for an argument where it cannot be called; see :func:`require`.

    Raises:
        RequestError: it cannot be called.
    """
    if not callable(given):
        raise RequestError([wrong_argument(given, hint, name)])


def require_each(name: str, given: Iterable[T], kind: type | tuple[type, ...], *, hint: str) -> tuple[T, ...]:
    """Return what is given for an argument that takes several; see :func:`require`.

    Raises:
        RequestError: it is no list, or some are of another type; names each of them.
    """
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise RequestError([wrong_argument(given, f"a list: {hint}", name)])
    each = tuple(given)
    wrong = {number: item for number, item in enumerate(each) if not isinstance(item, kind)}
    if wrong:
        raise RequestError(wrong_argument(item, hint, name, number) for number, item in wrong.items())
    return each
