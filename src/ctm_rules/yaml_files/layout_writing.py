"""A layout written: how each block, list, text and comment of a YAML file is laid out (pretty printing).

The layout in short:

* two spaces for each level, lists too; texts without quotes unless YAML needs them or they could be taken for a
  number, a date or a word like ``yes``;
* what stands on one line as ``{…}`` or ``[…]`` stays so while it fits in :data:`WIDTH` characters and holds no
  comment; what is written as a block stays a block;
* a text too long for its line becomes a folded block (``>-``), filled to the width; ``|`` blocks keep their lines;
* comments beside a line start in one column, comments above an element have its indentation;
* blank lines are kept, never more than one.

Formatting reads the tokens of the file itself and not a loaded copy, so that no comment can be lost; every result
is read again and compared with what was there before it is handed out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ctm_rules.yaml_files.layout_tree import Block, Entry, Text

WIDTH = 120
"""Most characters on a line, where a line can be broken at all."""

COMMENT_COLUMN = 48
"""The column (from 1) in which a comment beside a line starts, where the line is shorter than that."""

STEP = 2
"""Spaces for each level."""


def block_lines(block: Block, indent: int) -> Iterator[str]:
    """Yield the lines of a block."""
    margin = " " * indent
    for number, entry in enumerate(block.entries):
        before = [*entry.before]
        lines = _mapping_entry(entry, indent) if block.is_mapping else _list_entry(entry, indent, before)
        while number == 0 and before and not before[0]:
            del before[0]  # no blank line at the start of a block
        yield from _comment_lines(before, margin)
        yield from lines
    yield from _comment_lines(block.after, margin)


def _comment_lines(comments: list[str], margin: str) -> Iterator[str]:
    above = None
    for comment in comments:
        if comment or above != "":
            yield margin + comment if comment else ""
        above = comment


def _mapping_entry(entry: Entry, indent: int) -> list[str]:
    assert entry.key is not None
    head = f"{' ' * indent}{_inline(entry.key, is_flow=False)}:"
    text = _one_line(entry.value, WIDTH - len(head) - 1)
    if text is not None:
        return [_beside(f"{head} {text}".rstrip(), entry.beside)]
    if isinstance(entry.value, Text):
        mark, *lines = _text_block(entry.value, indent + STEP)
        return [_beside(f"{head} {mark}", entry.beside), *lines]
    return [_beside(head, entry.beside), *block_lines(entry.value, indent + STEP)]


def _list_entry(entry: Entry, indent: int, before: list[str]) -> list[str]:
    head = f"{' ' * indent}- "
    text = _one_line(entry.value, WIDTH - len(head))
    if text is not None:
        return [_beside(f"{head}{text}".rstrip(), entry.beside)]
    if isinstance(entry.value, Text):
        mark, *lines = _text_block(entry.value, indent + STEP)
        return [_beside(f"{head}{mark}", entry.beside), *lines]
    # The block's first entry stands on the line of the dash, so what belongs above it goes above the dash.
    lines = list(block_lines(entry.value, indent + STEP))
    if entry.beside:
        before.append(entry.beside)
    while not lines[0] or lines[0].lstrip().startswith("#"):
        before.append(lines.pop(0).strip())
    return [head + lines[0].lstrip(" "), *lines[1:]]


def _beside(line: str, comment: str) -> str:
    if not comment:
        return line
    return f"{line}  ".ljust(COMMENT_COLUMN - 1) + comment


def _one_line(value: Text | Block, room: int) -> str | None:
    """Return a value on one line, or ``None`` where it is to be written as a block."""
    if isinstance(value, Block):
        if not value.entries:
            return "{}" if value.is_mapping else "[]"
        if not value.is_flow or value.has_comments:
            return None
        text = _flow(value)
        return text if len(text) <= room else None
    text = _inline(value, is_flow=False)
    if value.style == "|":
        return text if not _can_be_literal(value.value) else None
    fits = len(text) <= room and "\n" not in value.value and value.style != ">"
    return text if fits or not _can_be_folded(value.value) else None


def _flow(value: Text | Block) -> str:
    if isinstance(value, Text):
        return _inline(value, is_flow=True)
    if not value.is_mapping:
        return f"[{', '.join(_flow(entry.value) for entry in value.entries)}]"
    pairs = (f"{_flow(entry.key)}: {_flow(entry.value)}" for entry in value.entries if entry.key is not None)
    return f"{{{', '.join(pairs)}}}"


# --- Texts ----------------------------------------------------------------------------------------

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# What some reader of YAML takes for something else than a text, and what only looks like it.
_AMBIGUOUS = re.compile(
    r"(?i)|~|null|true|false|yes|no|y|n|on|off|<<|=|[-+]?\.(inf|nan)|[-+.]?[0-9][-+.:,_0-9a-fotxz ]*"
)
_PLAIN = re.compile(r"[^-?:,\[\]{}#&*!|>'\"%@`\s](?:[^:#\s]|:(?=\S)|(?<=\S)#|[ ](?=[^\s#]))*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def _inline(text: Text, *, is_flow: bool) -> str:
    """Return a text on one line: plain where that is safe, else in quotation marks."""
    value = text.value
    if text.style is None:
        return value if value or not is_flow else "null"
    is_plain = bool(_PLAIN.fullmatch(value)) and not _AMBIGUOUS.fullmatch(value) and not _CONTROL.search(value)
    if is_plain and not (is_flow and re.search(r"[,\[\]{}:]", value)):
        return value
    is_single_better = value.count('"') + value.count("\\") > value.count("'")
    if is_single_better and not _CONTROL.search(value):
        return "'" + value.replace("'", "''") + "'"
    return '"' + re.sub(rf'[\\"]|{_CONTROL.pattern}', _escape, value) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _ESCAPES.get(character) or (
        f"\\x{ord(character):02x}" if ord(character) < 0x100 else f"\\u{ord(character):04x}"
    )


def _body(value: str) -> str:
    return value[:-1] if value.endswith("\n") else value


def _can_be_literal(value: str) -> bool:
    """Whether a ``|`` block says exactly this: no line of spaces alone, and no space in front of the first."""
    lines = _body(value).split("\n")
    is_clear = all(line.strip(" ") or not line for line in lines) and not _CONTROL.search(value.replace("\n", ""))
    return is_clear and bool(lines[0]) and bool(lines[-1]) and not lines[0].startswith(" ")


def _can_be_folded(value: str) -> bool:
    """Whether a ``>`` block says exactly this: every line starts and ends with something other than a space."""
    lines = _body(value).split("\n")
    is_clear = all(line == line.strip() for line in lines) and not _CONTROL.search(value.replace("\n", ""))
    return is_clear and bool(lines[0]) and bool(lines[-1])


def _text_block(text: Text, indent: int) -> list[str]:
    """Return the mark that starts a block of text, and its lines."""
    margin, lines = " " * indent, _body(text.value).split("\n")
    mark = ("|" if text.style == "|" else ">") + ("" if text.value.endswith("\n") else "-")
    if text.style == "|":
        return [mark, *(margin + line if line else "" for line in lines)]
    filled = [mark]
    for number, line in enumerate(lines):
        filled += [""] * (number > 0) + [margin + part for part in _fill(line, max(WIDTH - indent, WIDTH // 3))]
    return filled


def _fill(line: str, width: int) -> Iterator[str]:
    """Yield the lines of a paragraph, broken only at single spaces, which is where a reader joins them again."""
    filled = ""
    for word in re.split(r"(?<!\s) (?!\s)", line) if line else ():
        if filled and len(filled) + 1 + len(word) > width:
            yield filled
            filled = word
        else:
            filled = f"{filled} {word}" if filled else word
    if filled:
        yield filled
