"""A layout read: from the tokens of a YAML file to its tree, every comment with what it belongs to."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from io import StringIO

from attrs import frozen
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

from ctm_rules.yaml_files.layout_tree import Block, Entry, Text
from ctm_rules.yaml_files.marked_yaml import join_halves


def read_tree(text: str) -> tuple[Block, list[str]]:
    """Return the tree of a YAML text that is well-formed and a block of keys, and every comment in it, in order."""
    comments = list(_comments(text))
    return _LayoutReader(text, comments).read(), [comment.text for comment in comments]


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


def comments_in(text: str) -> list[str]:
    """Return every comment of a YAML text, in order."""
    return [comment.text for comment in _comments(text)]


class _LayoutReader:
    """Builds the tree from parser events, and gives every comment to the entry or block that it belongs to."""

    def __init__(self, text: str, comments: Iterable[_Comment]) -> None:
        self._source = text
        self._comments = deque(comments)
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
        return Text(join_halves(str(event.value)), event.style)

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
