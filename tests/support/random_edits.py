"""Edits drawn at random, done to the shipped files (`python -m tests.support.random_edits 2000`).

What an edit means is worked out here once more, on plain data. Beside that, no line changes but those of what was
edited, no comment is lost but those of what was removed, and everything can be undone to the byte.
"""

from __future__ import annotations

import copy
import difflib
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ctm_rules.diagnostics.findings import Findings
from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Add, Edit, Move, Pointer, Remove, RenameKey, SetValue, node_of
from ctm_rules.editing.history import History
from ctm_rules.yaml_files.layout_reading import comments_in
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, parse_yaml
from tests.support.paths import ROOT

FILES = [
    *sorted((ROOT / "standards").rglob("*.yaml")),
    *sorted((ROOT / "examples").rglob("*.yaml")),
]

_TEXTS = ["x", "yes", "2024", "a: b", "# no", "on two\nlines\n", 'a "quote"', "ŷ", "null", "1.0", " ", "a text " * 30]
_VALUES: list[Any] = [
    *_TEXTS,
    5,
    True,
    {"a": 1, "b": ["x", "y"]},
    ["q", {"fact": "z", "is": "yes"}],
    [],
    {},
    {"all": ["one", {"any": ["two", "three"]}]},
]
_KEYS = ["renamed", "yes", "2024", "two words", "a: b"]


def places(data: Any, at: Pointer = ()) -> Iterator[Pointer]:
    """Yield every place in plain data, from the outside inwards."""
    yield at
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*at, key))
    elif isinstance(data, list):
        for number, item in enumerate(data):
            yield from places(item, (*at, number))


def at(data: Any, pointer: Pointer) -> Any:
    """Return what stands at a place in plain data."""
    for step in pointer:
        data = data[step]
    return data


def draw_edit(data: Any, drawn: random.Random) -> tuple[Edit, Any]:
    """Return an edit that can be done to some data, and what the data says afterwards."""
    everywhere = list(places(data))
    inside = [each for each in everywhere if each]
    containers = [each for each in everywhere if isinstance(at(data, each), dict | list)]
    after = copy.deepcopy(data)
    value = drawn.choice(_VALUES)
    laid_out = node_of(value, is_flow=drawn.random() < 0.5)
    match drawn.choice(["set", "add", "remove", "rename", "move"]):
        case "set":
            place = drawn.choice(inside)
            at(after, place[:-1])[place[-1]] = value
            return SetValue(place, laid_out), after
        case "add":
            place = drawn.choice(containers)
            container = at(after, place)
            number = drawn.choice([None, 0, drawn.randint(0, len(container))])
            if isinstance(container, list):
                container.insert(len(container) if number is None else number, value)
                return Add(place, laid_out, place=number), after
            pairs = list(container.items())
            pairs.insert(len(pairs) if number is None else number, ("new_key", value))
            _refill(container, pairs)
            return Add(place, laid_out, "new_key", number), after
        case "remove":
            place = drawn.choice(inside)
            del at(after, place[:-1])[place[-1]]
            return Remove(place), after
        case "rename":
            place = drawn.choice([each for each in inside if isinstance(each[-1], str)])
            container = at(after, place[:-1])
            key = drawn.choice([each for each in _KEYS if each not in container])
            _refill(container, [(key if each == place[-1] else each, below) for each, below in container.items()])
            return RenameKey(place, key), after
        case _:
            place = drawn.choice(inside)
            container = at(after, place[:-1])
            number = drawn.randint(0, len(container) - 1)
            if isinstance(container, list):
                container.insert(number, container.pop(place[-1]))
            else:
                pairs = [each for each in container.items() if each[0] != place[-1]]
                pairs.insert(number, (place[-1], container[place[-1]]))
                _refill(container, pairs)
            return Move(place, number), after


def _refill(container: dict[str, Any], pairs: list[tuple[str, Any]]) -> None:
    container.clear()
    container.update(pairs)


# --- Which lines an edit may touch -----------------------------------------------------------------


def _starts(value: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, int]]:
    """Yield every place of a file with the line on which it starts, from 0."""
    if isinstance(value, MarkedDict):
        for key, below in value.items():
            yield (*pointer, key), value.key_at[key].line - 1
            yield from _starts(below, (*pointer, key))
    elif isinstance(value, MarkedList):
        for number, below in enumerate(value):
            yield (*pointer, number), value.value_at[number].line - 1
            yield from _starts(below, (*pointer, number))


def may_change(document: Document, edit: Edit) -> set[int]:
    """Return the lines of a file, from 0, that an edit may change: those of what it names, and no others."""
    marked = parse_yaml(document.content, document.file, Findings())
    lines = document.content.decode().splitlines()
    starts = list(_starts(marked))

    def span(pointer: Pointer) -> range:
        """Return the lines of something, with the comments above it, up to where the next thing starts."""
        if not pointer:
            return range(len(lines) + 1)
        own = [line for each, line in starts if each[: len(pointer)] == pointer]
        first, last = min(own), max(own)
        after = [line for each, line in starts if each[: len(pointer)] != pointer and line > last]
        before = [line for each, line in starts if each[: len(pointer)] != pointer and line < first]
        return range(max(before, default=-1) + 1, min(after, default=len(lines)) + 1)

    match edit:
        case Add(to, _):
            return set(span(to))
        case Move(place, _):
            return set(span(place[:-1]))
        case SetValue(place, _) | Remove(place) | RenameKey(place, _):
            allowed = set(span(place))
    # What stands on one line may have to be written on several, or the other way round.
    for depth in range(1, len(place)):
        above = span(place[:depth])
        inside = at(marked, place[:depth])
        key_line = min(line for each, line in starts if each == place[:depth])
        if len(inside) <= 1 or inside.at.line - 1 == key_line:
            allowed |= set(above)
    return allowed


def problems(document: Document, edit: Edit, said: Any) -> Iterator[str]:
    """Yield what is wrong with what an edit makes of a file (nothing: it is as it should be)."""
    after = document.edited(edit)
    if repr(after.says()) != repr(said):
        yield "it says something else than was meant"
    if not after.is_laid_out:
        yield "it is not laid out"
    before_lines, after_lines = document.content.decode().splitlines(), after.content.decode().splitlines()
    allowed = may_change(document, edit)
    for what, first, last, _, _ in difflib.SequenceMatcher(None, before_lines, after_lines, False).get_opcodes():
        touched = set(range(first, max(last, first + 1)))
        if what != "equal" and not touched & allowed:
            yield f"lines {first + 1} to {last} changed, which have nothing to do with it"
    lost = comments_in(document.content.decode())
    for comment in comments_in(after.content.decode()):
        if comment in lost:
            lost.remove(comment)
    own = {line.strip() for number, line in enumerate(before_lines) if number in allowed}
    beside = [each for each in lost if not any(line.endswith(each) for line in own)]
    if beside or (lost and isinstance(edit, Move | RenameKey | Add)):
        yield f"lost {lost}"
    top = before_lines[0]
    if top.startswith("# yaml-language-server") and after_lines[0] != top:
        yield "the line at the top of the file is gone"
    history = History({Path(document.file): document.content})
    history.do("an edit", {Path(document.file): after.content})
    history.undo()
    if history.contents[Path(document.file)] != document.content:
        yield "it cannot be undone to the byte"
    history.redo()
    if history.contents[Path(document.file)] != after.content:
        yield "it cannot be done again to the byte"


def try_edits(number: int, seed: int) -> list[str]:
    """Return what was wrong with that many edits."""
    drawn = random.Random(seed)
    wrong: list[str] = []
    for _ in range(number):
        path = drawn.choice(FILES)
        document = Document(str(path), path.read_bytes())
        edit, said = draw_edit(document.says(), drawn)
        wrong += [f"{path.relative_to(ROOT)}: {edit}: {problem}" for problem in problems(document, edit, said)]
    return wrong


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    found = try_edits(asked, seed=int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print("\n".join(found))
    print(f"{asked - len(found):,} of {asked:,} edits are as they should be")
    sys.exit(bool(found))
