"""What a syntax error of YAML says: in the words of those who edit standards, on the line where it was likely made."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator

from ruamel.yaml.error import MarkedYAMLError

from ctm_rules.diagnostics.characters import say_character
from ctm_rules.diagnostics.findings import Code, Diagnostic, Location
from ctm_rules.limits import MAX_DIAGNOSTICS


def say_syntax_errors(
    error: MarkedYAMLError, file: str, text: str, find_next: Callable[[str], MarkedYAMLError | None]
) -> Iterator[Diagnostic]:
    """Yield what the syntax errors of a file say, as many as can be known.

    The parser gets stuck at the first. Where that has one right repair, which leaves every other line as it is, the
    text is looked at once more as if it were mended. An error above the last one is none of the author's.

    Args:
        error: the first.
        file: how findings call the file.
        text: what it holds.
        find_next: returns the first error of a text.
    """
    lines = text.splitlines()
    above = 0
    following: MarkedYAMLError | None = error
    while following is not None and above < MAX_DIAGNOSTICS:
        found = say_syntax_error(following, file, "\n".join(lines))
        if found.line <= above:
            return
        yield found
        above = found.line
        mended = _mended(lines, found)
        if mended is None:
            return
        lines[found.line - 1] = mended
        following = find_next("\n".join(lines) + "\n")


_SPACE_AFTER_DASH, _SPACE_AFTER_COLON = "a space is missing after the dash", "a space is missing after the colon"
_COLON = "there is a colon where none can be"


def _mended(lines: list[str], found: Diagnostic) -> str | None:
    """Return the line of a syntax error as it should be (``None``: it could be several things)."""
    line = lines[found.line - 1] if 0 < found.line <= len(lines) else ""
    if found.message in (_SPACE_AFTER_DASH, _SPACE_AFTER_COLON):
        return f"{line[: found.column]} {line[found.column :]}" if _is_by_itself(lines, found.line) else None
    if found.message == _COLON and (text := _text_with_colon(lines, found.line)) is not None:
        return line.replace(text, json.dumps(text, ensure_ascii=False), 1)
    return None


def _text_with_colon(lines: list[str], number: int) -> str | None:
    """Return the text that stands behind the key of a line and holds a colon (``None``: there is none by itself)."""
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    found = re.fullmatch(r"\s*(?:- +)*[\w.]+: +([^\s\"'\[{#&*!|>%@`-][^\"\\]*?:(?: [^\"\\]*?)?)(?: +#.*)?", line)
    return found[1] if found and _is_by_itself(lines, number) else None


def _is_by_itself(lines: list[str], number: int) -> bool:
    """Return whether nothing below a line goes on with it."""
    start = re.match(r"\s*(?:- +)*", lines[number - 1])
    assert start is not None
    below = next((line for line in lines[number:] if line.strip() and not line.lstrip().startswith("#")), "")
    return len(below) - len(below.lstrip()) <= start.end()


def _text_in_brackets(line: str, column: int) -> tuple[str, str] | None:
    """Return the text in braces that a colon stands in, and the word before the colon (``None``: it is none)."""
    for found in re.finditer(r"[{,] *[\w.]+: +([^\s\"'\[{},&*!|>%@`-][^\"\[\]{},]*)(?=[,}])", line):
        before = line[found.start(1) : column - 1]
        if found.start(1) < column - 1 < found.end(1) and (word := re.search(r"[\w.]+$", before)):
            return found[1].rstrip(), word[0]
    return None


YAML_SYNTAX = Code(
    "yaml-syntax",
    "error",
    what="The file is not well-formed YAML.",
    why="What cannot be read cannot be rated; guessing would change the standards.",
    bad="title: Assessment: the first step",
    good='title: "Assessment: the first step"',
)


def say_syntax_error(error: MarkedYAMLError, file: str, text: str) -> Diagnostic:
    """Return what a syntax error says, at the line on which it was most likely made.

    The parser notices a mistake where it gets stuck, which may be far below: an open bracket or quotation mark is
    noticed at the next line that does not fit, or at the end of the file.
    """
    problem = str(error.problem or error.context or "it is not well-formed").strip()
    context = str(error.context)
    mark = error.problem_mark or error.context_mark
    place = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
    lines = text.splitlines()

    def found(at: Location, message: str, hint: str) -> Diagnostic:
        return YAML_SYNTAX.found(at, message, hint=hint)

    def line(number: int) -> str:
        return lines[number - 1] if 0 < number <= len(lines) else ""

    for number in (place.line, place.line - 1):
        odd_mark = _odd_mark(line(number))
        if odd_mark is not None:
            index, written = odd_mark
            message = f"{say_character(line(number)[index])} stands here, where YAML has its own marks"
            return found(Location(file, number, index + 1), message, f"write {written}")
    start = error.context_mark
    began = Location(file, start.line + 1, start.column + 1) if start else place
    for number in (place.line, place.line - 1):
        if "\t" in line(number):
            return found(
                Location(file, number, line(number).index("\t") + 1), "a tab stands here", "use spaces, not tabs"
            )
    if "quoted scalar" in context:
        return found(began, "the quotation mark that opens here is not closed", "close it at the end of the text")
    before, here = line(place.line - 1), line(place.line)
    for number, content in ((place.line - 1, before), (place.line, here)):
        if glued := re.match(r"\s*-(?=[^\s-])", content):
            return found(Location(file, number, glued.end()), _SPACE_AFTER_DASH, "write - item")
    odd = _odd_item(lines, place.line)
    if odd is not None:
        hint = "let all items of one list start in the same column"
        return found(Location(file, *odd), "this item does not start in the column of the others", hint)
    without_dash = _first_without_dash(lines, place.line)
    if without_dash is not None:
        message = f"this is no item of the list that goes on on line {place.line}"
        return found(Location(file, *without_dash), message, "start it with a dash and a space")
    if "flow" in context and began.line != place.line:
        return found(began, "the bracket that opens here is not closed", "close it, or put a comma between the items")
    if "flow" in context:
        in_brackets = _text_in_brackets(here, place.column)
        if in_brackets is not None:
            text_there, key = in_brackets
            hint = f"put the text in quotes: {json.dumps(text_there, ensure_ascii=False)}; or, where {key} is a key, "
            return found(place, _COLON, f"{hint}put a comma before it")
        return found(
            place, "a comma or a bracket is missing here", "put a comma between the items, and close the bracket"
        )
    for number in (place.line, place.line - 1):
        glued = re.match(r"\s*(- *)*[a-z_]+:(?=[^\s:/])", line(number))
        if glued and ("mapping values" in problem or "could not find expected ':'" in problem):
            at = Location(file, number, glued.end())
            return found(at, _SPACE_AFTER_COLON, "write key: value")
    if "could not find expected ':'" in problem:
        return found(began, "this line is no key with a value, and no item of a list", "write key: value, or - item")
    if "mapping values are not allowed" in problem:
        first = place.line
        # Lines that are neither keys nor closed are read as one text, and it is the first of them that went wrong.
        while re.fullmatch(r"\s*[^\s:#\[\]{}][^:#\[\]{}]*", line(first - 1)):
            first -= 1
        if _column_of_dash(line(first)) is not None and _column_of_dash(line(first)) == _column_of_dash(here):
            first = place.line  # they are items of the same list, each on its own
        if first < place.line and re.match(r"\s*(all|any|not|at_least|fact):", here):
            return found(place, "a clause starts here, and no item of the list", "start it with a dash and a space")
        if first < place.line:
            at = Location(file, first, len(line(first)) - len(line(first).lstrip()) + 1)
            hint = "is its colon or its dash missing, or its indentation wrong?"
            return found(at, "this line and those below it are read as one text", hint)
        hint = "put text that contains a colon in quotes, and check the indentation of this line and the one before"
        text_with_colon = _text_with_colon(lines, place.line)
        if text_with_colon is not None:
            hint = (
                f"put the text in quotes, since it contains a colon: {json.dumps(text_with_colon, ensure_ascii=False)}"
            )
        return found(place, _COLON, hint)
    if "cannot start any token" in problem:
        character = line(place.line)[place.column - 1 : place.column]
        return found(place, f'a text cannot start with "{character}"', "put the text in quotes")
    if re.match(r"\s*(- *)*([a-z_]+: +)?[\"'][^\"']*[\"'] *[^\s#]", here):
        hint = "put the whole text in quotes, of the other kind where it contains one"
        return found(place, "the text goes on after its closing quotation mark", hint)
    for number, content in enumerate(lines[: place.line], 1):
        if opened := re.search(r"(^|[:,\[{]|- ) *\"[^\"]*$", content):
            at = Location(file, number, content.index('"', opened.start()) + 1)
            return found(at, "the quotation mark that opens here is not closed on its line", "close it")
    hint = "check the indentation of this line and the one before: items of one block start in the same column"
    return found(place, "this line does not fit the block that it stands in", hint)


def _column_of_dash(line: str) -> int | None:
    item = re.match(r" *(?=- )", line)
    return item.end() + 1 if item else None


def _odd_item(lines: list[str], number: int) -> tuple[int, int] | None:
    """Return the line and column of a list's item just before or at a line, where it is indented unlike most others."""
    nearby = lines[max(0, number - 9) : number + 8]
    columns = Counter(column for line in nearby if (column := _column_of_dash(line)) is not None)
    for index in (number - 1, number - 2):
        own = _column_of_dash(lines[index]) if 0 <= index < len(lines) else None
        if own is not None and any(columns[own + step] > columns[own] for step in (-1, 1)):
            return index + 1, own
    return None


def _first_without_dash(lines: list[str], number: int) -> tuple[int, int] | None:
    """Return the line and column on which the list that goes on at a line begins, where that is not with a dash."""
    own = _column_of_dash(lines[number - 1]) if 0 < number <= len(lines) else None
    if own is None:
        return None
    first = None
    for index in range(number - 2, -1, -1):
        line = lines[index]
        indentation = len(line) - len(line.lstrip())
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if indentation < own - 1 or (indentation == own - 1 and _column_of_dash(line) is None):
            return first if _column_of_dash(line) is None else None
        first = None if _column_of_dash(line) is not None else (index + 1, indentation + 1)
    return None


def _odd_mark(line: str) -> tuple[int, str] | None:
    """Return where in a line a character stands in place of one with which YAML is written, and what to write."""
    indentation = re.match(r"[\s\u200b-\u200f\u2060\ufeff]*", line)
    assert indentation is not None
    glued = re.search(r"[:-](?=[\u00a0\u2000-\u200f\u202f\u2060\u3000\ufeff])", line)
    colon = re.match(r"[\s-]*\w+ ?([\uff1a\ufe55])", line)
    quoted = re.search(r"(?:^|[:,\[{-]) *([“”„«])", line)
    odd = [index for index in range(indentation.end()) if not line[index].isascii()]
    if odd:
        return odd[0], "spaces, and nothing else, before a key or a dash"
    if glued:
        return glued.end(), "a space"
    if colon:
        return colon.start(1), "a colon, and a space after it"
    return (quoted.start(1), 'straight quotation marks (")') if quoted else None
