"""One layout for every YAML file: comments, order and meaning kept, everything else decided here.

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
from collections import deque
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

from attrs import define, field, frozen
from ruamel.yaml import YAML
from ruamel.yaml.events import (
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.tokens import ScalarToken

from ctm_rules.diagnostics.findings import Code, DiagnosticError, Findings, Location
from ctm_rules.files import FILE_NOT_READABLE, read_file
from ctm_rules.limits import MAX_YAML_BYTES
from ctm_rules.yaml_files.marked_yaml import MarkedDict, describe, parse_yaml
from ctm_rules.yaml_files.mistakes import WRONG_TYPE

CANNOT_FORMAT = Code(
    "cannot-format",
    "error",
    what="The file is well-formed, but written in a way that cannot be laid out without a risk to its meaning.",
    why="Formatting may change how a file looks and never what it says, so such a file is left as it is.",
    bad='? "a key of more than a thousand characters …"\n: value',
    good="a_short_key: value",
)
WIDTH = 120
"""Most characters on a line, where a line can be broken at all."""

COMMENT_COLUMN = 48
"""The column (from 1) in which a comment beside a line starts, where the line is shorter than that."""

STEP = 2
"""Spaces for each level."""


@frozen
class Formatted:
    """One file before and after formatting, as bytes."""

    path: Path
    before: bytes
    after: bytes

    @property
    def is_changed(self) -> bool:
        """Whether formatting changes the file."""
        return self.before != self.after


def yaml_files(paths: Iterable[Path]) -> list[Path]:
    """Return the YAML files named, and those in the folders named and below them (hidden folders left out).

    Raises:
        DiagnosticError: a path does not exist.
    """
    found: dict[Path, None] = {}
    findings = Findings()
    for path in paths:
        if path.is_dir():
            inside = (file for pattern in ("*.yaml", "*.yml") for file in path.rglob(pattern))
            hidden = (file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts))
            found.update(dict.fromkeys(sorted(hidden)))
        elif path.is_file():
            found[path] = None
        else:
            message = f"there is no file or folder {path}"
            findings.add(FILE_NOT_READABLE, Location(str(path)), message, hint="check the name and the folder")
    findings.raise_errors()
    return list(found)


def format_file(path: Path) -> Formatted:
    """Return a file as it is and as it should be; nothing is written.

    Raises:
        DiagnosticError: the file cannot be read, or is not one that can be formatted.
    """
    findings = Findings()
    before = read_file(path, MAX_YAML_BYTES, findings)
    findings.raise_errors()
    assert before is not None
    return Formatted(path, before, format_yaml(before, str(path)))


def format_yaml(content: bytes, file: str) -> bytes:
    """Return YAML text in its canonical layout, with the line ends that it has (and without a byte-order mark).

    Args:
        content: the text, in UTF-8.
        file: how diagnostics call it.

    Raises:
        DiagnosticError: it cannot be read, is not a block of keys, or cannot be laid out without risk.
    """
    return read_layout(content, file).write()


# --- The layout as a tree -------------------------------------------------------------------------


@define
class Text:
    """A single value or key. ``style`` is YAML's: ``None`` for plain, a quotation mark, ``|`` or ``>``."""

    value: str
    style: str | None = None


@define(eq=False)
class Block:
    """A mapping (every entry has a key) or a list (none has).

    Attributes:
        is_mapping: which of the two.
        is_flow: written as ``{…}`` or ``[…]``.
        entries: in order.
        after: comments below the last entry; an empty text is a blank line.
        column: where it started in the file read, from 0.
    """

    is_mapping: bool
    is_flow: bool = False
    entries: list[Entry] = field(factory=list)
    after: list[str] = field(factory=list)
    column: int = 0

    def get(self, key: str) -> Text | Block | None:
        """Return the value of a key, or ``None`` where there is none."""
        entry = self.entry(key)
        return None if entry is None else entry.value

    def entry(self, key: str) -> Entry | None:
        """Return the entry of a key, or ``None`` where there is none."""
        return next((entry for entry in self.entries if entry.key is not None and entry.key.value == key), None)

    def set(self, key: str, value: Text | Block, *, after: str | None = None) -> None:
        """Give a key another value; where the block has no such key, it comes after another one, or at the end."""
        entry = self.entry(key)
        if entry is not None:
            entry.value = value
            return
        keys = [each.key.value if each.key else "" for each in self.entries]
        place = keys.index(after) + 1 if after in keys else len(keys)
        self.entries.insert(place, Entry(Text(key, '"'), value))

    def remove(self, key: str) -> None:
        """Remove a key where the block has it, and the comments that belong to it."""
        self.entries = [entry for entry in self.entries if entry.key is None or entry.key.value != key]

    @property
    def has_comments(self) -> bool:
        """Whether a comment stands inside, at any depth."""
        return bool(self.after) or any(
            any(entry.before) or entry.beside or (isinstance(entry.value, Block) and entry.value.has_comments)
            for entry in self.entries
        )


@define(eq=False)
class Entry:
    """One key and value, or one item of a list, with the comments that belong to it.

    Attributes:
        before: comments above it; an empty text is a blank line.
        beside: the comment on its line.
    """

    key: Text | None
    value: Text | Block
    before: list[str] = field(factory=list)
    beside: str = ""


@define(eq=False)
class Layout:
    r"""A YAML file as text with structure: what :func:`read_layout` reads and :meth:`write` writes.

    Attributes:
        root: the file's block of keys; change it to change the file and keep its comments.
        file: how diagnostics call it.
        line_end: ``\n`` or ``\r\n``, as the file has it.
    """

    root: Block
    file: str
    line_end: str = "\n"
    _unchanged: str | None = None
    _comments: list[str] = field(factory=list)

    def write(self) -> bytes:
        """Return the file's text in its canonical layout.

        Raises:
            DiagnosticError: the text would not say what the tree says.
        """
        lines = list(_block_lines(self.root, 0)) if self.root.entries else [*self.root.after, "{}"]
        text = "\n".join(lines) + "\n"
        if self._unchanged is not None:
            self._verify(text)
        return text.replace("\n", self.line_end).encode()

    def changed(self) -> Layout:
        """Return the same layout, no longer held to say what the file said when it was read."""
        return Layout(self.root, self.file, self.line_end)

    def _verify(self, text: str) -> None:
        again = Findings()
        said = repr(parse_yaml(text.encode(), self.file, again))
        if again or said != self._unchanged or sorted(_comments_in(text)) != sorted(self._comments):
            message = "the file cannot be formatted without a risk to its meaning, and is left as it is"
            hint = "look for very long keys and for unusual characters"
            raise DiagnosticError([CANNOT_FORMAT.found(Location(self.file), message, hint=hint)])


def read_layout(content: bytes, file: str) -> Layout:
    """Return the layout of YAML text.

    Raises:
        DiagnosticError: it cannot be read, or is not a block of keys.
    """
    findings = Findings()
    data = parse_yaml(content, file, findings)
    findings.raise_errors()
    if not isinstance(data, MarkedDict):
        message = f"the file must be a block of keys, not {describe(data)}"
        raise DiagnosticError([WRONG_TYPE.found(Location(file, 1, 1), message, hint="start with key: value")])
    text = content.decode("utf-8-sig")
    line_end = "\r\n" if text[: text.find("\n") + 1].endswith("\r\n") else "\n"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    root = _LayoutReader(text).read()
    return Layout(root, file, line_end, repr(data), _comments_in(text))


# --- Reading --------------------------------------------------------------------------------------


@frozen
class _Comment:
    start: int
    line_start: int
    text: str
    is_alone: bool

    @property
    def column(self) -> int:
        return self.start - self.line_start


_COMMENT = re.compile("#[^\n]*")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def _comments(text: str) -> Iterator[_Comment]:
    """Yield every comment: a # in what lies between two tokens, or beside the mark that starts a block of text."""
    position = 0
    for token in YAML(typ="safe", pure=True).scan(StringIO(text)):
        start, end = token.start_mark.index, token.end_mark.index
        if start >= position:
            yield from _comments_between(text, position, start)
        if isinstance(token, ScalarToken) and token.style in ("|", ">"):
            yield from _comments_between(text, start, text.find("\n", start, end))
        position = max(position, end)
    yield from _comments_between(text, position, len(text))


def _comments_between(text: str, start: int, end: int) -> Iterator[_Comment]:
    for match in _COMMENT.finditer(text, start, max(start, end)):
        line_start = text.rfind("\n", 0, match.start()) + 1
        is_alone = not text[line_start : match.start()].strip()
        yield _Comment(match.start(), line_start, match[0].rstrip(), is_alone)


def _comments_in(text: str) -> list[str]:
    return [comment.text for comment in _comments(text)]


class _LayoutReader:
    """Builds the tree from parser events, and gives every comment to the entry or block that it belongs to."""

    def __init__(self, text: str) -> None:
        self._source = text
        self._comments = deque(_comments(text))
        self._events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(StringIO(text)))
        self._position = 0  # the end of the last key, value or comment
        self._owner: Entry | None = None  # the entry that the last key or value belongs to
        self._owner_end = 0
        self._closed: list[Block] = []  # blocks that ended since the last key or value, innermost first

    def read(self) -> Block:
        for event in self._events:
            if isinstance(event, MappingStartEvent):
                top = Entry(None, Text(""))
                root = self._block(event, top)
                self._place_comments(self._take(len(self._source)), None, root)
                root.is_flow = False
                # The file as a whole has no line of its own, so what stood beside or in its brackets stands below.
                root.after = [*top.before, *filter(None, [top.beside]), *root.after]
                return root
        raise AssertionError("only a block of keys is read")

    def _take(self, before: int) -> list[_Comment]:
        taken = []
        while self._comments and self._comments[0].start < before:
            taken.append(self._comments.popleft())
        return taken

    def _is_blank_before(self, start: int) -> bool:
        return _BLANK_LINE.search(self._source, self._position, start) is not None

    def _block(self, start: MappingStartEvent | SequenceStartEvent, parent: Entry) -> Block:
        is_mapping = isinstance(start, MappingStartEvent)
        block = Block(is_mapping, bool(start.flow_style), column=start.start_mark.column)
        for event in self._events:
            if isinstance(event, MappingEndEvent | SequenceEndEvent):
                self._end(block, event, parent)
                return block
            entry = Entry(None, Text(""))
            begin = event.start_mark.index
            self._place_comments(self._take(begin), entry, block)
            if self._is_blank_before(begin) and not block.is_flow:
                entry.before.append("")
            if is_mapping:
                entry.key = self._text_of(event, entry)
                event = next(self._events)
            entry.value = self._value(event, entry)
            block.entries.append(entry)
        raise AssertionError("every block ends")

    def _end(self, block: Block, end: Event, parent: Entry) -> None:
        if not block.is_flow:
            self._closed.append(block)
            return
        for comment in self._take(end.end_mark.index):
            if not self._is_beside(comment):
                block.after.append(comment.text)
        if not block.entries:
            parent.before += block.after
            block.after = []
        self._own(parent, end)

    def _value(self, event: Event, entry: Entry) -> Text | Block:
        if isinstance(event, MappingStartEvent | SequenceStartEvent) and not event.flow_style:
            return self._block(event, entry)
        for comment in self._take(event.start_mark.index):
            if not self._is_beside(comment):
                entry.before.append(comment.text)
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            return self._block(event, entry)
        return self._text_of(event, entry)

    def _text_of(self, event: Event, entry: Entry) -> Text:
        assert isinstance(event, ScalarEvent)
        start, end = event.start_mark.index, event.end_mark.index
        if event.style in ("|", ">"):
            for comment in self._take(end):
                self._put_beside(entry, comment.text)
            # What ends a block of text is the last of its lines; blank lines below it belong to what follows.
            end = start + len(self._source[start:end].rstrip())
        self._own(entry, event, end)
        return Text(str(event.value), event.style)

    def _own(self, entry: Entry, event: Event, end: int | None = None) -> None:
        self._position = max(self._position, event.end_mark.index if end is None else end)
        self._owner, self._owner_end = entry, self._position
        self._closed = []

    def _is_beside(self, comment: _Comment) -> bool:
        """Give a comment to the entry on whose line it stands, if there is one."""
        self._position = comment.start + len(comment.text)
        if comment.is_alone or self._owner is None or self._owner_end < comment.line_start:
            return False
        self._put_beside(self._owner, comment.text)
        return True

    def _put_beside(self, entry: Entry, text: str) -> None:
        value = entry.value
        if isinstance(value, Block) and value.is_flow and value.has_comments:
            value.after.append(text)  # it will be written as a block, and this comment stood at its end
        elif entry.beside:
            entry.before.append(entry.beside)
            entry.beside = text
        else:
            entry.beside = text

    def _place_comments(self, comments: list[_Comment], entry: Entry | None, block: Block) -> None:
        """Place what stands between the last value and the next entry of ``block`` (or its end).

        A comment on a line of its own belongs to the next entry, unless its indentation says that it still
        belongs to a block that has just ended.
        """
        ended = self._closed
        self._closed = []
        for comment in comments:
            is_blank = self._is_blank_before(comment.start)
            if self._is_beside(comment):
                continue
            if entry is not None and comment.column <= block.column:
                ended = []
            while ended and ended[0].column > comment.column:
                ended = ended[1:]
            place = ended[0].after if ended else entry.before if entry is not None else block.after
            place += ["", comment.text] if is_blank else [comment.text]


# --- Writing --------------------------------------------------------------------------------------


def _block_lines(block: Block, indent: int) -> Iterator[str]:
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
    return [_beside(head, entry.beside), *_block_lines(entry.value, indent + STEP)]


def _list_entry(entry: Entry, indent: int, before: list[str]) -> list[str]:
    head = f"{' ' * indent}- "
    text = _one_line(entry.value, WIDTH - len(head))
    if text is not None:
        return [_beside(f"{head}{text}".rstrip(), entry.beside)]
    if isinstance(entry.value, Text):
        mark, *lines = _text_block(entry.value, indent + STEP)
        return [_beside(f"{head}{mark}", entry.beside), *lines]
    # The block's first entry stands on the line of the dash, so what belongs above it goes above the dash.
    lines = list(_block_lines(entry.value, indent + STEP))
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
