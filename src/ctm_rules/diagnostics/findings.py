"""What is wrong, where, and what to do about it (diagnostics).

A :class:`Code` is one kind of mistake with its documentation, declared beside the check that finds it.
A :class:`Diagnostic` is one mistake found in one place. A :class:`DiagnosticError` carries all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from attrs import evolve, field, frozen

from ctm_rules.limits import MAX_MESSAGE

Severity = Literal["error", "warning"]


@frozen(order=True)
class Location:
    """A place in a file. ``line`` and ``column`` count from 1; 0 means the file as a whole.

    ``parts`` are the places inside the block that starts here: of its keys, and of what is one step below them.
    ``path`` is where something is in what was built in Python, which has no lines: ``/standards/0``. Neither counts
    when places are compared.
    """

    file: str
    line: int = 0
    column: int = 0
    parts: Mapping[tuple[str | int, ...], Location] = field(factory=dict, eq=False, order=False, repr=False)
    path: str = field(default="", eq=False, order=False, repr=False)

    def of(self, *path: str | int) -> Location:
        """Return the place of a key in this block, of a key below it or of a list's item: ``at.of("standards", 1)``.

        What has no place of its own stands where the block stands.
        """
        if self.path:
            return evolve(self, path=f"{self.path.rstrip('/')}/{'/'.join(map(str, path))}")
        return self.parts.get(path, self)

    @property
    def said(self) -> str:
        """The place within its file, or within what was built in Python, in words."""
        return f"on line {self.line}" if self.line or not self.path else f"at {self.path}"

    def __str__(self) -> str:
        if not self.line:
            return f"{self.file}{self.path}"
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Location("<python>")
"""The location of what was built in Python and not read from a file."""


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

    def found(self, at: Location, message: str, *, path: str = "", hint: str = "") -> Diagnostic:
        """Return the diagnostic that this mistake was found at a place."""
        return Diagnostic(
            code=self.id,
            severity=self.severity,
            file=at.file,
            line=at.line,
            column=at.column,
            path=path or at.path,
            message=shorten(message, MAX_MESSAGE),
            hint=shorten(hint, MAX_MESSAGE),
        )


def shorten(text: str, most: int) -> str:
    """Return a text, cut where it is longer than ``most`` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


_CODES: dict[str, Code] = {}


def all_codes() -> dict[str, Code]:
    """Return every code declared by the modules imported so far, by id, in alphabetical order."""
    return dict(sorted(_CODES.items()))


@frozen
class Diagnostic:
    """One mistake found in one place.

    Attributes:
        code: the id of its :class:`Code`.
        severity: ``error`` or ``warning``.
        file, line, column: where; lines and columns count from 1. In a case table ``line`` is the row
            as a spreadsheet numbers it (the header is row 1).
        path: the address inside the file, such as ``key_questions.0.yes_when`` (may be empty).
        message: one sentence that says what is wrong.
        hint: what to do (may be empty).
    """

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""

    @property
    def location(self) -> Location:
        """The place as a :class:`Location`."""
        return Location(self.file, self.line, self.column)

    def moved_to(self, at: Location) -> Diagnostic:
        """Return the same finding at another place."""
        return evolve(self, file=at.file, line=at.line, column=at.column)

    def __str__(self) -> str:
        text = f"{self.location}: {self.severity}: {self.message} [{self.code}]"
        return f"{text}\n  hint: {self.hint}" if self.hint else text

    def to_dict(self) -> dict[str, str | int]:
        """Return the parts under their own names, ready for JSON."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "message": self.message,
            "hint": self.hint,
        }


class CtmRulesError(Exception):
    """The base of every exception that this library raises on purpose."""


class DiagnosticError(CtmRulesError):
    """The input is wrong; ``diagnostics`` says everything that was found, in the order of the files."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(sorted(diagnostics, key=_place))
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))

    def __reduce__(self) -> tuple[type[DiagnosticError], tuple[tuple[Diagnostic, ...]], dict[str, object]]:
        """Another process gets the findings: built from its text the error could not be read there, and it would wait.

        What was noted beside it travels along.
        """
        return type(self), (self.diagnostics,), vars(self)


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    return diagnostic.file, diagnostic.line, diagnostic.column


class Findings:
    """Collects diagnostics so that everything wrong is reported at once."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def add(self, code: Code, at: Location, message: str, *, path: str = "", hint: str = "") -> None:
        """Note one mistake."""
        self._found.append(code.found(at, message, path=path, hint=hint))

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Note mistakes found elsewhere."""
        self._found.extend(diagnostics)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found, key=_place))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> list[Diagnostic]:
        """Only what makes a computation impossible."""
        return [diagnostic for diagnostic in self if diagnostic.severity == "error"]

    def raise_errors(self) -> None:
        """Raise :class:`DiagnosticError` with every finding if one of them is an error."""
        if self.errors:
            raise DiagnosticError(self._found)
