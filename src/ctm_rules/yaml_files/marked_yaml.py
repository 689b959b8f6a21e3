"""YAML 1.2 with source marks: plain data in which every key and value knows its line and column.

Only the plain part of YAML is read. ``yes`` and ``no`` stay words and dates stay text; anchors, aliases,
tags and several documents in one file are refused, because a standard must say what it means where it says it.
"""

from __future__ import annotations

import copy
import io
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from fractions import Fraction
from itertools import starmap, zip_longest
from operator import is_
from pathlib import Path
from typing import TypeAlias

from attrs import evolve
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from ctm_rules.diagnostics.findings import Code, Diagnostic, DiagnosticError, Findings, Location, RequestError
from ctm_rules.files import read_file
from ctm_rules.limits import (
    MAX_KEPT_YAML_BYTES,
    MAX_NUMBER_DIGITS,
    MAX_QUOTED_TEXT,
    MAX_TAG_CHARACTERS,
    MAX_YAML_BYTES,
    MAX_YAML_DEPTH,
    MAX_YAML_NODES,
)
from ctm_rules.phrases import say_number
from ctm_rules.yaml_files.syntax_errors import YAML_SYNTAX, say_syntax_errors


class MarkedDict(dict[str, "MarkedValue"]):
    """A mapping that knows where it, each of its keys and each of its values stand.

    Attributes:
        is_shared: whether others have the same object: nobody may change it, nor what is in it. A copy is one's own.
    """

    is_shared = False

    def __init__(self, at: Location) -> None:
        super().__init__()
        self.at = at
        self.key_at: dict[str, Location] = {}
        self.value_at: dict[str, Location] = {}

    def __copy__(self) -> MarkedDict:
        # The places are frozen: they are shared, and only what can be changed is copied.
        copied = MarkedDict(self.at)
        copied.key_at, copied.value_at = dict(self.key_at), dict(self.value_at)
        copied.update(self)
        return copied

    def __deepcopy__(self, _: object) -> MarkedDict:
        copied = copy.copy(self)
        copied.update((key, copy.deepcopy(value)) for key, value in self.items())
        return copied


class MarkedList(list["MarkedValue"]):
    """A list that knows where it and each of its items stand."""

    def __init__(self, at: Location) -> None:
        super().__init__()
        self.at = at
        self.value_at: list[Location] = []

    def __copy__(self) -> MarkedList:
        copied = MarkedList(self.at)
        copied.value_at = list(self.value_at)
        copied.extend(self)
        return copied

    def __deepcopy__(self, _: object) -> MarkedList:
        copied = copy.copy(self)
        copied[:] = [copy.deepcopy(value) for value in self]
        return copied


MarkedValue: TypeAlias = MarkedDict | MarkedList | str | int | Decimal | bool | None

NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What YAML does not allow in a file as it is. Nor may a text get it by way of an escape: no report could print it."""

# The YAML 1.2 core schema, with the spellings that standards need.
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE](-[0-9]{1,3}|\+?[0-9]{1,2}))?")


def written_number(number: Decimal) -> str:
    """Return a number as a file has it: with an exponent where it has more digits than are read."""
    digits = f"{number:f}"
    return digits if len(digits) <= MAX_NUMBER_DIGITS else f"{number:e}"


class PlainText(str):
    """A text without quotation marks in a file whose texts are taken as they are written, whatever they look like."""

    __slots__ = ()


def place_of(block: MarkedDict) -> Location:
    """Return where a block stands, with the places of its keys and of what is up to two steps below them."""
    parts: dict[tuple[str | int, ...], Location] = {}
    keys: dict[tuple[str | int, ...], Location] = {(key,): at for key, at in block.key_at.items()}
    for key in block:
        parts[key,] = _place_of_key(block, key)
        value = block[key]
        if isinstance(value, MarkedDict):
            parts |= {(key, below): _place_of_key(value, below) for below in value}
            keys |= {(key, below): at for below, at in value.key_at.items()}
            for below, lowest in value.items():
                if isinstance(lowest, MarkedDict):
                    parts |= {(key, below, each): _place_of_key(lowest, each) for each in lowest}
                    keys |= {(key, below, each): at for each, at in lowest.key_at.items()}
        elif isinstance(value, MarkedList):
            parts |= {(key, index): at for index, at in enumerate(value.value_at)}
    return evolve(block.at, parts=parts, keys=keys)


def describe(value: object) -> str:
    """Return what kind of value this is, in the words of somebody who edits YAML."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return f"the number {value}"
    if isinstance(value, Fraction):
        return f"the number {say_number(value)}"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= MAX_QUOTED_TEXT else value[: MAX_QUOTED_TEXT - 3] + "…"}"'
    return "a block of keys" if isinstance(value, Mapping) else "a list"


def join_halves(text: str) -> str:
    """Return a text with each character that JSON writes as two halves put together."""
    if text.isascii() or not re.search("[\ud800-\udfff]", text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _place_of_key(block: MarkedDict, key: str) -> Location:
    """Return where a reader looks for a key: at its value, or at the key where the value starts further down."""
    key_at, value_at = block.key_at.get(key, block.at), block.value_at.get(key, block.at)
    return key_at if key_at.file == value_at.file and key_at.line != value_at.line else value_at


def read_yaml(
    path: Path, findings: Findings, *, name: str | None = None, until: Sequence[str] = (), as_text: bool = False
) -> MarkedValue:
    """Return a file's content with marks; what is wrong with it goes to ``findings``, and the result is ``None``.

    ``name`` is how diagnostics call the file (default: its path). Of a block that has all the keys ``until``, what
    comes after the last of them is not looked at. With ``as_text`` nothing is a number, true, or nothing.
    """
    content = read_file(path, MAX_YAML_BYTES, findings, name=name)
    return None if content is None else parse_yaml(content, name or str(path), findings, until=until, as_text=as_text)


class KeptParses:
    """What was read from texts of YAML that may be read again: nearly all the time that reading takes is the parser's.

    The texts read longest ago are forgotten first.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], tuple[MarkedValue, tuple[Diagnostic, ...]]] = OrderedDict()
        self._last: dict[tuple[object, ...], MarkedValue] = {}
        self._bytes = 0

    def read(
        self, content: bytes, file: str, findings: Findings, *, until: Sequence[str] = (), as_text: bool = False
    ) -> MarkedValue:
        """Return what a text says; whoever gets it may change it."""
        return copy.deepcopy(self.shared(content, file, findings, until=until, as_text=as_text))

    def shared(
        self, content: bytes, file: str, findings: Findings, *, until: Sequence[str] = (), as_text: bool = False
    ) -> MarkedValue:
        """Return what a text says; nobody may change it.

        What stood at the same places when the file was read last is the same object, so that whoever made something of
        it knows that again.
        """
        key = (content, file, tuple(until), as_text)
        kept = self._kept.pop(key, None)
        if kept is None:
            found = Findings()
            said = _parse(content, file, found, until=until, as_text=as_text)
            self._last[key[1:]] = said = _as_before(self._last.get(key[1:]), said)
            kept = said, tuple(found)
            self._bytes += len(content)
        self._kept[key] = kept
        while self._bytes > MAX_KEPT_YAML_BYTES and len(self._kept) > 1:
            (oldest, *_), _ = self._kept.popitem(last=False)
            self._bytes -= len(oldest) if isinstance(oldest, bytes) else 0
        value, noted = kept
        findings.extend(noted)
        return value


def _as_before(before: MarkedValue, now: MarkedValue) -> MarkedValue:
    """Return what was read, to be shared, with every part that it had before at the same places as the same object."""
    if isinstance(now, MarkedDict):
        was = before if isinstance(before, MarkedDict) else MarkedDict(now.at)
        now.update((key, _as_before(was.get(key), value)) for key, value in now.items())
        now.is_shared = True
        places = (now.at, [*now.key_at.items()], now.value_at)
        is_same = places == (was.at, [*was.key_at.items()], was.value_at)
        return was if is_same and all(value is was[key] for key, value in now.items()) else now
    if isinstance(now, MarkedList):
        items = before if isinstance(before, MarkedList) else MarkedList(now.at)
        now[:] = starmap(_as_before, zip_longest(items[: len(now)], now))
        is_same = (now.at, now.value_at) == (items.at, items.value_at)
        return items if is_same and all(map(is_, now, items)) else now
    # As it is written: 1.0 and 1.00 are the same number.
    return before if type(before) is type(now) and str(before) == str(now) else now


_KEPT: ContextVar[KeptParses | None] = ContextVar("_KEPT", default=None)


@contextmanager
def keeping_parses(kept: KeptParses | None = None) -> Iterator[None]:
    """Parse no text twice while this lasts, for whatever reads the same files again and again.

    Args:
        kept: what was read before (default: what is kept already, or nothing yet).
    """
    token = _KEPT.set(kept or _KEPT.get() or KeptParses())
    try:
        yield
    finally:
        _KEPT.reset(token)


def parse_yaml(
    content: bytes, file: str, findings: Findings, *, until: Sequence[str] = (), as_text: bool = False
) -> MarkedValue:
    """Return YAML text with marks; what is wrong with it goes to ``findings``, and the result is ``None``."""
    kept = _KEPT.get()
    return (_parse if kept is None else kept.read)(content, file, findings, until=until, as_text=as_text)


NOT_TEXT = Code(
    "not-text",
    "error",
    what="A file is not text in UTF-8.",
    why="Characters would be lost or changed without anyone noticing.",
    bad="a file saved as Windows-1252 or UTF-16",
    good='the same file saved with the encoding "UTF-8"',
)
MERGE_CONFLICT = Code(
    "merge-conflict",
    "error",
    what="The file holds the marks of a merge that was not finished: two versions of the same lines.",
    why="Only one of the two versions can hold, and somebody has to choose.",
    bad="<<<<<<< mine\n  - {from: 80, rating: good}\n=======\n  - {from: 85, rating: good}\n>>>>>>> theirs",
    good="  - {from: 80, rating: good}",
)
TOO_DEEP = Code(
    "too-deep",
    "error",
    what="The file is nested deeper, or holds more values, than any real standard.",
    why="Nobody can check such a file by reading it, and reading it could take the machine's memory.",
    bad="[[[[[[[[ … ]]]]]]]]",
    good="two or three levels of all, any and at_least",
)


def _parse(content: bytes, file: str, findings: Findings, *, until: Sequence[str], as_text: bool) -> MarkedValue:
    at = Location(file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = f"byte {content[error.start]:#04x} is not text in UTF-8"
        findings.add(NOT_TEXT, Location(file, line, column), message, hint="save the file as UTF-8")
        return None
    conflict = re.search(r"^<{7} ", text, re.MULTILINE)
    if conflict:
        place = Location(file, text.count("\n", 0, conflict.start()) + 1, 1)
        hint = "keep one version, and delete the lines that start with <<<<<<<, ======= and >>>>>>>"
        findings.add(MERGE_CONFLICT, place, "here begins a merge that was not finished", hint=hint)
        return None
    endless = re.search(rf"!\S{{{MAX_TAG_CHARACTERS}}}", text)
    if endless:
        before = text[: endless.start()]
        place = Location(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"more than {MAX_TAG_CHARACTERS:,} characters follow a ! without a space"
        findings.add(TOO_DEEP, place, message, hint="no tag is allowed; in a text, let a space stand somewhere")
        return None
    reader = _Reader(file, text, until, as_text=as_text)
    try:
        return reader.read()
    except MarkedYAMLError as error:
        findings.extend(say_syntax_errors(error, file, text, _next_error))
    except YAMLError as error:
        position = getattr(error, "position", None)
        if isinstance(position, int):
            before = text[:position]
            at = Location(file, before.count("\n") + 1, position - before.rfind("\n"))
        findings.add(YAML_SYNTAX, at, "a character here is not allowed in YAML", hint="delete the invisible character")
    except (ValueError, OverflowError):  # the parser makes a character of any number that follows \U
        message = "a text holds a character that does not exist, written as \\U and a number"
        findings.add(YAML_SYNTAX, at, message, hint="write the character itself")
    except DiagnosticError as error:
        findings.extend(error.diagnostics)
    except RecursionError:
        findings.add(TOO_DEEP, at, "the file is nested too deep to be read", hint="write it with fewer levels")
    finally:
        findings.extend(reader.findings)
    return None


def _is_nothing(event: Event) -> bool:
    return isinstance(event, ScalarEvent) and event.style is None and not event.value


def _next_error(text: str) -> MarkedYAMLError | None:
    """Return where the parser gets stuck in a text (``None``: nowhere, or nothing more can be told)."""
    try:
        for _ in YAML(typ="safe", pure=True).parse(io.StringIO(text)):
            pass
    except MarkedYAMLError as error:
        return error
    except (YAMLError, ValueError, OverflowError, RecursionError):
        return None
    return None


YAML_FEATURE = Code(
    "yaml-feature",
    "error",
    what="The file uses a part of YAML that standards do without: anchors, aliases, tags or several documents.",
    why="A reader must see what a rule says in the place where it stands.",
    bad="yes_when: &common {all: [diversity]}\n…\nyes_when: *common",
    good="yes_when: {all: [diversity]}\n…\nyes_when: {all: [diversity]}",
)


DUPLICATE_KEY = Code(
    "duplicate-key",
    "error",
    what="The same key stands twice in one block.",
    why="Only one of the two could count, and nobody could tell which.",
    bad="id: safety\nask: Is it safe?\nask: Is it quite safe?",
    good="id: safety\nask: Is it quite safe?",
)


SWALLOWED_TEXT = Code(
    "swallowed-text",
    "warning",
    what="A word that starts with # follows a text directly: from there on the line is a comment and is not read.",
    why="The end of a sentence may be lost without anybody noticing.",
    bad="title: Safety is the #1 priority",
    good='title: "Safety is the #1 priority"',
)


class _Reader:
    """Builds marked data from parser events, so that nothing is built from what is refused."""

    def __init__(self, file: str, text: str, until: Sequence[str], *, as_text: bool) -> None:
        self._as_text = as_text
        self._file = file
        self._text = text
        self._until = frozenset(until)
        self._lines = text.splitlines()
        self._nodes = 0
        self.findings = Findings()

    def read(self) -> MarkedValue:
        events = iter(YAML(typ="safe", pure=True).parse(io.StringIO(self._text)))
        value: MarkedValue = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.findings.add(
                        YAML_FEATURE,
                        self._at(event),
                        "a second document starts here",
                        hint='delete the line "---", or put what follows in a file of its own',
                    )
            elif isinstance(event, NodeEvent):
                value = self._value(event, events, depth=1)
                if self._until:
                    break
            elif isinstance(event, StreamEndEvent):
                break
        return None if self.findings.errors else value

    def _at(self, event: Event) -> Location:
        return Location(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _value(self, event: Event, events: Iterator[Event], depth: int) -> MarkedValue:
        self._nodes += 1
        if depth > MAX_YAML_DEPTH or self._nodes > MAX_YAML_NODES:
            deep, many = f"the file is nested deeper than {MAX_YAML_DEPTH} levels", "the file holds too many values"
            message = deep if depth > MAX_YAML_DEPTH else many
            hint = "write it with fewer levels, or in several files"
            raise RequestError([TOO_DEEP.found(self._at(event), message, hint=hint)])
        self._refuse_features(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, events, depth)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event, events, depth)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        return None

    def _refuse_features(self, event: Event) -> None:
        hint = "write the value out where it is used"
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor:
            kind = "alias *" if isinstance(event, AliasEvent) else "anchor &"
            self.findings.add(YAML_FEATURE, self._at(event), f"the {kind}{anchor} is not allowed", hint=hint)
        if tag:
            self.findings.add(YAML_FEATURE, self._at(event), f"the tag {tag} is not allowed", hint="delete it")

    def _mapping(self, start: Event, events: Iterator[Event], depth: int) -> MarkedDict:
        mapping = MarkedDict(self._at(start))
        is_repeated = False
        for key_event in events:
            if isinstance(key_event, MappingEndEvent):
                break
            key_at = self._at(key_event)
            key = join_halves(str(key_event.value)) if isinstance(key_event, ScalarEvent) else None
            self._value(key_event, events, depth + 1)
            value_event = next(events)
            value_at = self._at(value_event)
            if _is_nothing(value_event) and value_at.line != key_event.end_mark.line + 1:
                # The parser has nothing where the next line begins; people look for it behind the colon.
                value_at = Location(self._file, key_event.end_mark.line + 1, key_event.end_mark.column + 2)
            value = self._value(value_event, events, depth + 1)
            if key is None:
                message = "a key must be a single word, not a list or a block"
                self.findings.add(YAML_SYNTAX, key_at, message, hint="put the text in quotes, or check the brackets")
            elif key in mapping:
                message = f'the key "{key}" stands twice in this block (first on line {mapping.key_at[key].line})'
                hint = "keep one of them; where a new item of a list begins here, start it with a dash"
                # Where a dash is missing, every key of the next item follows: the first one says it.
                if not is_repeated:
                    self.findings.add(DUPLICATE_KEY, key_at, message, hint=hint)
                is_repeated = True
            else:
                is_repeated = False
                mapping[key] = value
                mapping.key_at[key] = key_at
                mapping.value_at[key] = value_at
            if depth == 1 and self._until and self._until <= mapping.keys():
                break
        return mapping

    def _sequence(self, start: Event, events: Iterator[Event], depth: int) -> MarkedList:
        sequence = MarkedList(self._at(start))
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            sequence.value_at.append(self._at(event))
            sequence.append(self._value(event, events, depth + 1))
        return sequence

    def _scalar(self, event: ScalarEvent) -> MarkedValue:
        text = join_halves(str(event.value))
        if NOT_PRINTABLE.search(text):
            message = "the text holds a character that cannot be printed"
            self.findings.add(YAML_SYNTAX, self._at(event), message, hint="leave it out")
        if event.style is not None:  # quoted, or a block of text
            return text
        if self._as_text:
            self._look_for_swallowed_text(event)
            return PlainText(text)
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        self._look_for_swallowed_text(event)
        is_integer, is_decimal = _INT.fullmatch(text), _DECIMAL.fullmatch(text)
        if not (is_integer or is_decimal):
            return text
        if len(text) > MAX_NUMBER_DIGITS:
            message = f"a number of {len(text)} characters is too long"
            self.findings.add(TOO_DEEP, self._at(event), message, hint="put it in quotes if it is text")
            return 0
        return int(text) if is_integer else Decimal(text)

    def _look_for_swallowed_text(self, event: ScalarEvent) -> None:
        line, column = event.end_mark.line, event.end_mark.column
        comment = re.match(r" (#\w+)", self._lines[line][column:]) if line < len(self._lines) else None
        if comment:
            place = Location(self._file, line + 1, column + 2)
            message = f"{comment[1]} and what follows it on this line is a comment, and is not read"
            hint = "put the whole text in quotes; write a comment with a space after the #"
            self.findings.add(SWALLOWED_TEXT, place, message, hint=hint)
