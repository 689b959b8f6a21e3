"""What may stand at a place of a file (completion): keys and words by the schema of the file, and names that fit there.

A made-up word is put at the place, and what is asked of it is heard: the walk that finds names knows which are looked
for where.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import DiagnosticError, Findings, Location
from ctm_rules.editing.edits import Pointer
from ctm_rules.editing.names import FrameworkNames, Kind, Name, Part, Resolve, names_of, said_in
from ctm_rules.editing.uses import Around
from ctm_rules.files import unsaved
from ctm_rules.frameworks.addresses import addresses
from ctm_rules.frameworks.loading import read_framework
from ctm_rules.language_server.desk import Desk
from ctm_rules.language_server.in_words import sentence_of
from ctm_rules.language_server.texts import Span, lines_of, part_of
from ctm_rules.paths import real_path
from ctm_rules.scaffolding.json_schemas import KINDS, Schema, chosen_form, definition_of, known_schema
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue, parse_yaml

_HERE = "zz_here_zz"
"""The word that is put where somebody types."""

_WORD_BEFORE, _WORD_AFTER = re.compile(r"[\w.\-]+\Z"), re.compile(r"\A[\w.\-]+")
_BEGINS_A_BLOCK = re.compile(r"\s*(- +)*")


@frozen
class Candidate:
    """Something that may stand at a place.

    Attributes:
        word: what it is.
        kind: a key, a word of the file's own, or what sort of element it names.
        says: what it means (may be empty).
    """

    word: str
    kind: Kind | str
    says: str = ""


@frozen
class Completion:
    """What may stand at a place.

    Attributes:
        span: the word that stands there, as far as there is one.
        candidates: what may take its place.
    """

    span: Span
    candidates: tuple[Candidate, ...] = ()


def complete(desk: Desk, file: Path, line: int, column: int) -> Completion:
    """Return what may stand at a place of a file.

    Args:
        desk: the texts.
        file: the file.
        line: the line, from 0.
        column: the column, from 0, in characters.
    """
    lines = lines_of(desk.text(file)) or [""]
    if line >= len(lines):
        lines.append("")
        line = len(lines) - 1
    here = lines[line].rstrip("\r\n")
    before, after = here[:column], here[column:]
    start, end = len(_WORD_BEFORE.sub("", before)), len(here) - len(_WORD_AFTER.sub("", after))
    span = Span(line, start, line, end)
    if re.match(r"\s*#", here):
        return Completion(span)
    rest = here[end:]
    # A word alone is a value or an item; where that cannot be read, it is the beginning of a key.
    for text in (_HERE, f"{_HERE}: x") if not rest.lstrip().startswith(":") else (_HERE,):
        changed = "".join([*lines[:line], here[:start], text, rest, "\n", *lines[line + 1 :]]).encode()
        findings = Findings()
        root = parse_yaml(changed, str(file), findings)
        place = None if findings.errors else _find(root)
        if place is not None:
            may_begin = _BEGINS_A_BLOCK.fullmatch(here[:start]) is not None
            found = [*_names(desk, file, changed), *_by_schema(desk, file, root, *place, may_begin=may_begin)]
            by_word = {each.word: each for each in reversed(found)}
            return Completion(span, tuple(reversed(by_word.values())))
    return Completion(span)


def _find(value: MarkedValue, at: Pointer = ()) -> tuple[Pointer, bool] | None:
    """Return where the made-up word stands, and whether it is a key there."""
    if isinstance(value, MarkedDict):
        for key, below in value.items():
            if key == _HERE:
                return (*at, key), True
            found = _find(below, (*at, key))
            if found is not None:
                return found
    elif isinstance(value, MarkedList):
        for number, item in enumerate(value):
            found = _find(item, (*at, number))
            if found is not None:
                return found
    return (at, False) if value == _HERE else None


# --- By the schema ---------------------------------------------------------------------------------


def _by_schema(
    desk: Desk, file: Path, root: MarkedValue, at: Pointer, is_key: bool, *, may_begin: bool
) -> Iterator[Candidate]:
    """Yield keys of a block, or of one that may begin here, and the words that a value may be."""
    kind = desk.kind(file)
    if kind is None or kind not in KINDS:
        return
    schema = known_schema(kind)
    forms, block = _at(schema, root, at[:-1] if is_key else at)
    if is_key or may_begin:
        yield from _keys(forms, block if isinstance(block, MarkedDict) else ())
    if not is_key:
        for form in forms:
            for word in _several(form.get("enum")):
                if isinstance(word, str):
                    yield Candidate(word, "word")


def _at(schema: Schema, root: MarkedValue, at: Pointer) -> tuple[list[Schema], MarkedValue]:
    """Return the forms that what stands at a place may have, and what stands there."""
    value = root
    forms = _forms(schema, schema, value)
    for step in at:
        if isinstance(value, MarkedDict):
            value = value.get(str(step))
        elif isinstance(value, MarkedList) and isinstance(step, int):
            value = value[step]
        forms = [form for each in forms for form in _below(each, step, schema, value)]
    return forms, value


def _forms(form: object, schema: Schema, value: MarkedValue) -> list[Schema]:
    """Return the forms that a value may have at a place: references followed, and each of several by itself."""
    if not isinstance(form, dict):
        return []
    if "$ref" in form:
        return _forms(definition_of(form, schema), schema, value)
    if "if" in form:
        return _forms(chosen_form(form, value), schema, value)
    if "anyOf" in form:
        return [each for one in _several(form["anyOf"]) for each in _forms(one, schema, value)]
    return [form]


def _below(form: Schema, step: str | int, schema: Schema, value: MarkedValue) -> list[Schema]:
    if isinstance(step, int):
        return _forms(form.get("items"), schema, value)
    properties = form.get("properties")
    if isinstance(properties, dict) and step in properties:
        return _forms(properties[step], schema, value)
    return _forms(form.get("additionalProperties"), schema, value)


def _keys(forms: Sequence[Schema], block: Iterable[str]) -> Iterator[Candidate]:
    """Yield the keys that a block may have as well, in one of the forms that it has already."""
    there = set(block) - {_HERE}
    for form in forms:
        properties = form.get("properties")
        if isinstance(properties, dict) and there <= set(properties):
            for key, below in properties.items():
                if key not in there:
                    yield Candidate(key, "key", str(below.get("description", "")))


def _several(given: object) -> list[object]:
    return given if isinstance(given, list) else []


# --- By what is looked for -------------------------------------------------------------------------


@frozen
class _Listening(FrameworkNames):
    """Names that note what is asked of them about the made-up word."""

    asked: list[Resolve] = field(factory=list, kw_only=True, eq=False)
    asked_for_address: list[bool] = field(factory=list, kw_only=True, eq=False)

    def _heard(self, resolve: Resolve) -> Resolve:
        def ask(text: str) -> Sequence[Part]:
            if _HERE in text:
                self.asked.append(resolve)
            return resolve(text)

        return ask

    def one(self, kind: Kind, *before: str) -> Resolve:
        return self._heard(FrameworkNames.one(self, kind, *before))

    def value_of(self, fact: str) -> Resolve:
        return self._heard(FrameworkNames.value_of(self, fact))

    def rating_on(self, *scales: str) -> Resolve:
        return self._heard(FrameworkNames.rating_on(self, *scales))

    def fact(self, text: str) -> Sequence[Part]:
        return self._hear(FrameworkNames.fact, text)

    def scale(self, text: str) -> Sequence[Part]:
        return self._hear(FrameworkNames.scale, text)

    def path(self, text: str) -> Sequence[Part]:
        return self._hear(FrameworkNames.path, text)

    def member(self, text: str) -> Sequence[Part]:
        return self._hear(FrameworkNames.member, text)

    def column(self, text: str) -> Sequence[Part]:
        if _HERE not in text:
            return FrameworkNames.column(self, text)
        self.asked.extend([partial(FrameworkNames.fact, self), partial(FrameworkNames.path, self), self._measure])
        return ()

    def _measure(self, text: str) -> Sequence[Part]:
        return self._whole(text, Name("measure", text))

    def address(self, text: str) -> Sequence[Part]:
        if _HERE in text:
            self.asked_for_address.append(True)
        return FrameworkNames.address(self, text)

    def _hear(self, look: Callable[[FrameworkNames, str], Sequence[Part]], text: str) -> Sequence[Part]:
        if _HERE in text:
            self.asked.append(lambda other: look(self, other))
        return look(self, text)


def _names(desk: Desk, file: Path, content: bytes) -> Iterator[Candidate]:
    """Yield the names that are looked for at the place of the made-up word."""
    for framework in desk.standards_of(file):
        with desk.reading(), unsaved({**desk.texts, real_path(file): content}):
            try:
                names = names_of(read_framework(framework))
            except DiagnosticError:
                continue
            listening = _Listening(
                names.source, names.mentions, names.tables, names._by_place, names._declared, names._scales
            )
            kind = desk.kind(file)
            around = Around(framework, listening, (), (), (file,))
            if real_path(file) in map(real_path, names.source.files):
                said_in(listening)
            if kind is not None:
                deque(around.said_in(file, kind), maxlen=0)
            yield from _answers(listening, evolve(around, names=names))


def _answers(listening: _Listening, around: Around) -> Iterator[Candidate]:
    asked = tuple(dict.fromkeys(listening.asked))
    for name in around.names.declared():
        for word in dict.fromkeys((name.word, name.address)):
            parts = next((found for resolve in asked if (found := resolve(word))), ())
            if parts and parts[-1].of == name and _HERE not in word:
                yield Candidate(word, name.kind, sentence_of(name, around))
    if listening.asked_for_address:
        named = {name.address: name for name in around.names.declared()}
        for address in addresses(around.names.source):
            name_there = named.get(address)
            if name_there is not None:
                yield Candidate(address, name_there.kind, sentence_of(name_there, around))
            elif _HERE not in address:
                yield Candidate(address, "address")


@frozen
class Key:
    """A key of a file.

    Attributes:
        says: what it means, by the schema of the file.
        span: where it stands.
    """

    says: str
    span: Span


def key_at(desk: Desk, file: Path, line: int, column: int) -> Key | None:
    """Return the key at a place (``None``: there is none that the schema of the file describes)."""
    kind = desk.kind(file)
    if kind is None:
        return None
    text = desk.text(file)
    root = parse_yaml(text.encode("utf-8", "surrogatepass"), str(file), Findings())
    lines = lines_of(text)
    for at, place in _keys_below(root):
        span = part_of(lines, place.line, place.column, 0, str(at[-1])) if place.line == line + 1 else None
        if span is not None and span.holds(line, column):
            forms, _ = _at(known_schema(kind), root, at[:-1])
            says = next((each.says for each in _keys(forms, ()) if each.word == at[-1]), "")
            return Key(says, span) if says else None
    return None


def _keys_below(value: MarkedValue, at: Pointer = ()) -> Iterator[tuple[Pointer, Location]]:
    if isinstance(value, MarkedDict):
        for key, below in value.items():
            yield (*at, key), value.key_at[key]
            yield from _keys_below(below, (*at, key))
    elif isinstance(value, MarkedList):
        for number, item in enumerate(value):
            yield from _keys_below(item, (*at, number))
