r"""Text that stays text wherever it goes: a terminal, a build server, Markdown, XML or a spreadsheet (escaping).

What people, files and arguments say may hold anything. Nothing of it moves a cursor, hides or turns round other words,
starts a command of a build server, links to somebody, or computes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from functools import cache

_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # what terminals act on, but for tabs and line ends
    "\u202a-\u202e\u2066-\u2069"  # what turns the direction of the words around it
    "\u2028\u2029\ufff9-\ufffb\U000e0000-\U000e007f"  # lines that are none, notes and marks that nobody sees
    "\ud800-\udfff\ufffe\uffff]"  # what no file in UTF-8 and no XML can hold
)
_SPACES = re.compile("[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]")


_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")


def escape_controls(text: str, *, but_colours: bool = False) -> str:
    r"""Return a text in which every character that controls is written out; tabs and line ends stay.

    XML can hold whatever comes of it. ``but_colours`` leaves what gives words their colour on a terminal.

    >>> print(escape_controls("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    if but_colours and "\x1b" in text:
        parts = _COLOUR.split(text)
        return "".join(part if number % 2 else escape_controls(part) for number, part in enumerate(parts))
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n"))


def on_one_line(text: str) -> str:
    """Return a text without controls, on one line; a tab or an end of a line is as wide as a space."""
    return text if text.isascii() and text.isprintable() else escape_controls(_SPACES.sub(" ", text))


# --- Build servers -------------------------------------------------------------------------------

_COMMAND = re.compile(r"^([^\S\n]*)(?=::)|(?<=#)(?=#\[)", re.MULTILINE)


def without_commands(lines: str) -> str:
    r"""Return lines of output of which a build server takes none for a command, as GitHub does ``::warning::``.

    >>> print(without_commands("::warning::all is well"))
    \::warning::all is well
    """
    return _COMMAND.sub(r"\1\\", lines) if "::" in lines or "##[" in lines else lines


def json_for_terminals(text: str) -> str:
    """Return JSON that says the same, and in which nothing controls a terminal or a build server."""
    escaped = _CONTROLS.sub(lambda found: _json_escape(found[0]), text)
    return escaped.replace("##[", "#\\u0023[")


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def for_annotation(text: str) -> str:
    """Return the message of a GitHub annotation."""
    return escape_controls(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def for_annotation_property(text: str) -> str:
    """Return a property of a GitHub annotation, such as the name of a file."""
    return for_annotation(text).replace(":", "%3A").replace(",", "%2C")


# --- Markdown ------------------------------------------------------------------------------------

_MARKDOWN = re.compile(r"([\\`*\[\]<>|~&$]|(?<![^\W_])_|_(?![^\W_]))")
_LINE_START = re.compile(r"^(\s*)(#{1,6}|[-+=]|\d+(?=[.)]))")
_BREAK = "<!-- -->"
# GitHub looks for these in the words that come of the Markdown, so that no backslash keeps it from linking them.
_LINKED = re.compile(
    r"""(?:^|(?<=[^\w]))(?:https?|ftp|mailto|xmpp)(?=:)   # addresses, with www. and those of people below
    |(?<![A-Za-z0-9])www(?=\.)
    |@(?=[A-Za-z0-9])                                     # people and their addresses
    |\#(?=[0-9])|\bGH(?=-[0-9])                           # issues
    """,
    re.VERBOSE | re.IGNORECASE,
)


def markdown_text(words: object, *, in_picture: bool = False) -> str:
    r"""Return words so that Markdown shows them as they are, on one line, and GitHub makes no link or mention of them.

    ``in_picture``: they are what a picture says to who cannot see it, in which nothing links.

    >>> print(markdown_text("*[x](y)* <b> @ann"))
    \*\[x\](y)\* \<b\> @<!-- -->ann
    """
    escaped = _MARKDOWN.sub(r"\\\1", " ".join(escape_controls(str(words)).split()))
    escaped = _LINE_START.sub(lambda found: f"{found[1]}{_escaped_start(found[2])}", escaped)
    return escaped if in_picture else _LINKED.sub(lambda found: f"{found[0]}{_BREAK}", escaped)


def _escaped_start(start: str) -> str:
    return f"{start}\\" if start[0].isdigit() else f"\\{start}"


# --- Spreadsheets --------------------------------------------------------------------------------

Cell = str | int | float | bool | None

_STARTS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # the wide ones count for a spreadsheet as well


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet that reads a text would take it for a formula."""
    return text.startswith(_STARTS_A_FORMULA)


_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_LIKE_A_DATE = re.compile(
    rf"\s*(?:[0-9]{{1,4}}\s*[/.-]\s*(?:[0-9]{{1,2}}|{_MONTH})(?:\s*[/.-]\s*[0-9]{{1,4}})?"
    rf"|{_MONTH}[\s./-]*[0-9]{{1,4}}|[0-9]{{1,2}}[\s./-]*{_MONTH}(?:[\s./-]*[0-9]{{1,4}})?"
    r"|[0-9]{1,4}:[0-9]{1,2}(?::[0-9]{1,2})?)\s*",
    re.IGNORECASE | re.ASCII,
)
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def becomes_a_date(text: str) -> bool:
    """Return whether a spreadsheet would make a date or a time of a text that is none: ``3/12``, ``sep2``, ``1:30``.

    A date as ISO 8601 has it is one, and may become one; a number is one.
    """
    return bool(_LIKE_A_DATE.fullmatch(text)) and not _DATE.fullmatch(text) and not _NUMBER.fullmatch(text)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, keep_from_dates: bool = False) -> str:
    r"""Return a table as CSV of which no cell, and no name of a column, is a formula to a spreadsheet.

    ``keep_from_dates`` also keeps a spreadsheet from making dates of texts that are none; a program that reads the file
    then finds an apostrophe before them.

    >>> csv_text(["unit", "=1+1"], [["-2+3", -2]])
    "unit,'=1+1\n'-2+3,-2\n"
    >>> csv_text(["unit"], [["3/12"]], keep_from_dates=True)
    "unit\n'3/12\n"
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")

    # Most texts of a table stand in many of its rows.
    @cache
    def kept(text: str) -> str:
        # CSV has no other way to say that this is text; a spreadsheet shows the apostrophe or takes it as that sign.
        is_taken = is_formula(text) or (keep_from_dates and becomes_a_date(text))
        return escape_controls(f"'{text}" if is_taken else text)

    def cell_of(cell: Cell) -> object:
        if isinstance(cell, str):
            return kept(cell)
        return ("true" if cell else "false") if isinstance(cell, bool) else cell

    table.writerow(map(cell_of, columns))
    table.writerows(map(cell_of, row) for row in rows)
    return out.getvalue()
