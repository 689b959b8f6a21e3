"""Places in a text as an editor has it: lines, the words in them, and what is changed from one text to another."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from attrs import frozen

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
# What is in quotation marks, or goes on to what ends a word in YAML.
_WORD = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|[^\s,\[\]{}](?:[^,\[\]{}:#\r\n]|:(?![\s]|$)|(?<=\S)#)*""")


@frozen
class Span:
    """A part of a text: from a line and a column to others, all of them counted from 0, in characters."""

    line: int
    column: int
    end_line: int
    end_column: int

    def holds(self, line: int, column: int) -> bool:
        """Return whether a place is in it, or directly behind it."""
        return (self.line, self.column) <= (line, column) <= (self.end_line, self.end_column)


@frozen
class Change:
    """What takes the place of a part of a text."""

    span: Span
    text: str


def lines_of(text: str) -> list[str]:
    """Return the lines of a text with their ends, as the protocol counts them."""
    return _LINE.findall(text)


def word_at(lines: Sequence[str], line: int, column: int) -> Span:
    """Return where what starts at a place ends: a word or a text, or else nothing of it.

    Args:
        lines: the text.
        line: as findings count, from 1; 0 is the file as a whole, which is marked by its first line.
        column: from 1.
    """
    if not 1 <= line <= len(lines):
        end = len(lines[0].rstrip("\r\n")) if lines and line < 1 else 0
        number = 0 if line < 1 else max(len(lines) - 1, 0)
        return Span(number, 0, number, end)
    text = lines[line - 1].rstrip("\r\n")
    start = min(max(column - 1, 0), len(text))
    found = _WORD.match(text, start)
    end = start if found is None else start + len(found[0].rstrip())
    return Span(line - 1, start, line - 1, end)


def part_of(lines: Sequence[str], line: int, column: int, start: int, word: str) -> Span:
    """Return where a word stands that is a part of a text which starts at a place, with quotation marks or without.

    Args:
        lines: the whole text.
        line: the line in which that text starts, from 1.
        column: the column in which it starts, from 1.
        start: where in it the word starts, from 0.
        word: the word.
    """
    if not 1 <= line <= len(lines):
        return word_at(lines, line, column)
    text = lines[line - 1]
    first = column - 1 + start + (text[column - 1 : column] in ("'", '"'))
    if not text.startswith(word, first):
        found = text.find(word, column - 1)
        if found < 0:
            return word_at(lines, line, column)
        first = found
    return Span(line - 1, first, line - 1, first + len(word))


def changes_between(before: str, after: str) -> Iterator[Change]:
    """Yield what changes one text into another, line by line, from its beginning to its end."""
    old, new = lines_of(before), lines_of(after)
    for kind, start, end, first, last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            span = Span(start, 0, end, 0)
            if end == len(old) and old and not old[-1].endswith(("\n", "\r")):  # there is no line behind the last
                span = Span(start, 0, end - 1, len(old[-1])) if start < end else _behind(old)
            yield Change(span, "".join(new[first:last]))


def _behind(lines: Sequence[str]) -> Span:
    last = len(lines) - 1
    return Span(last, len(lines[last]), last, len(lines[last]))
