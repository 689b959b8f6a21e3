"""An edit done to the layout tree of a file: the comments stay with what they belong to."""

from __future__ import annotations

import copy
import re
from difflib import SequenceMatcher
from typing import assert_never

from ctm_rules.editing.edits import Add, Edit, Move, Node, Pointer, Remove, RenameKey, SetValue, said_by
from ctm_rules.yaml_files.layout_tree import Block, Entry, Text


def edit_tree(root: Block, edit: Edit, file: str) -> None:
    """Do an edit that is known to be possible to the tree of a file."""
    match edit:
        case SetValue(at=(), value=value):
            set_to = _grafted(root, copy.deepcopy(value), file)
            assert isinstance(set_to, Block)
            header = _header(root)
            root.entries, root.after = set_to.entries, set_to.after
            _put_header(root, header)
        case SetValue(at=at, value=value):
            container = _block(root, at[:-1])
            entry = entry_at(container, at[-1])
            if entry is None:
                _insert(root, container, _new(container, copy.deepcopy(value), str(at[-1])), None, 0)
            else:
                entry.value = _grafted(entry.value, copy.deepcopy(value), file)
        case Add(to, value, key, place):
            container = _block(root, to)
            heading = 0 if place is None else _heading_at(container, place)
            _insert(root, container, _new(container, copy.deepcopy(value), key), place, heading)
        case Remove(at):
            container = _block(root, at[:-1])
            _take_out(root, container, _number(container, at[-1]))
        case RenameKey(at, key):
            entry = entry_at(_block(root, at[:-1]), at[-1])
            assert entry is not None
            entry.key = Text(key, '"')
        case Move(at, place):
            container = _block(root, at[:-1])
            number = _number(container, at[-1])
            if place != number:
                # What goes up takes the place of what stood there, below its heading; what goes down comes after it.
                heading = _heading_at(container, place) if place < number else 0
                _insert(root, container, _take_out(root, container, number), place, heading)
        case never:
            assert_never(never)


# --- Where something stands ------------------------------------------------------------------------


def _block(root: Block, at: Pointer) -> Block:
    block: Node = root
    for step in at:
        assert isinstance(block, Block)
        entry = entry_at(block, step)
        assert entry is not None
        block = entry.value
    assert isinstance(block, Block)
    return block


def entry_at(block: Block, step: str | int) -> Entry | None:
    """Return the entry of a key or number (``None``: there is none)."""
    return block.entries[step] if isinstance(step, int) else block.entry(step)


# --- Whose comment it is ---------------------------------------------------------------------------


def _header(root: Block) -> list[str]:
    """Take what stands at the top of a file from its first key: it belongs to the file."""
    if not root.entries:
        header, root.after = root.after, []
        return header
    header, root.entries[0].before = root.entries[0].before, []
    return header


def _put_header(root: Block, header: list[str]) -> None:
    if root.entries:
        first = root.entries[0]
        first.before = [*header, *first.before]
    else:
        root.after = [*header, *root.after]


def _take_out(root: Block, container: Block, number: int) -> Entry:
    """Take an entry out of a block, and leave there what above it belongs to others too."""
    header = _header(root) if container is root else []
    stays = _heading_at(container, number)
    entry = container.entries.pop(number)
    below = container.entries[number] if number < len(container.entries) else None
    left, entry.before = entry.before[:stays], entry.before[stays:]
    if left and below is not None:
        below.before = [*left, *below.before]
    elif left:
        while left[-1] == "":
            del left[-1]
        container.after = [*left, *container.after]
    elif below is not None and number == 0 and below.before[:1] == [""]:
        below.before = below.before[1:]  # no blank line at the start of a block
    if container is root:
        _put_header(root, header)
    return entry


def _number(container: Block, step: str | int) -> int:
    return (
        step
        if isinstance(step, int)
        else [each.key.value if each.key else "" for each in container.entries].index(step)
    )


def _heading_at(container: Block, number: int) -> int:
    """Return how many of the lines above an entry head it with those below it, and so stay where they are.

    A comment that a blank line parts from the entry is a heading. So is one that stands right above the first item of a
    group in a list: the next one follows without a blank line and has no comment of its own.
    """
    entries = container.entries[number : number + 2]
    before = entries[0].before if entries else []
    parted = len(before) - before[::-1].index("") if "" in before else 0
    if any(before[:parted]):
        return parted
    is_group = not container.is_mapping and any(before) and len(entries) == 2 and not entries[1].before
    return len(before) if is_group else 0


# --- What comes in ---------------------------------------------------------------------------------


def _new(container: Block, value: Node, key: str | None) -> Entry:
    """Return a new entry that is written as those beside it are."""
    beside = [entry.value for entry in container.entries if isinstance(entry.value, Block)]
    if isinstance(value, Block) and beside and not container.is_mapping:
        value.is_flow = beside[-1].is_flow and not value.has_comments
    return Entry(None if key is None else Text(key, '"'), value)


def _insert(root: Block, container: Block, entry: Entry, place: int | None, heading: int) -> None:
    """Put an entry into a block, below as many of the lines above its place as are the heading of what stands there."""
    entries = container.entries
    header = _header(root) if container is root else []
    number = len(entries) if place is None else place
    is_apart = len(entries) > 1 and all(each.before[:1] == [""] for each in entries[1:])
    if number < len(entries):
        first = entries[number]
        heading = min(heading, len(first.before))  # the top of a file is its own already
        entry.before, first.before = [*first.before[:heading], *entry.before], first.before[heading:]
    entries.insert(number, entry)
    if is_apart and not container.is_mapping:
        for each in entries[number : number + 2]:
            if each.before[:1] != [""]:
                each.before = ["", *each.before]
    if entries[0].before[:1] == [""] and container is not root:
        entries[0].before = entries[0].before[1:]
    if container is root:
        _put_header(root, header)


def _grafted(old: Node, new: Node, file: str) -> Node:
    """Return a new value that keeps of the old one whatever stays the same: how it is laid out, and its comments."""
    if said_by(old, file) == said_by(new, file) and _order(old) == _order(new):
        return old
    if isinstance(old, Text) and isinstance(new, Text) and old.style is None and re.fullmatch(r"[\w.-]+", new.value):
        bare = Text(new.value)  # a date takes the place of a date
        return bare if said_by(bare, file) == said_by(new, file) else new
    if isinstance(old, Text) or isinstance(new, Text) or old.is_mapping != new.is_mapping:
        return new
    entries = _grafted_keys(old, new, file) if old.is_mapping else _grafted_items(old, new, file)
    return Block(old.is_mapping, old.is_flow, entries, old.after, old.column)


def _order(node: Node) -> list[str]:
    """Return every key of a value in the order in which they stand."""
    if isinstance(node, Text):
        return []
    return [name for entry in node.entries for name in ([entry.key.value] if entry.key else []) + _order(entry.value)]


def _grafted_keys(old: Block, new: Block, file: str) -> list[Entry]:
    entries = []
    for entry in new.entries:
        assert entry.key is not None
        kept = old.entry(entry.key.value)
        if kept is not None:
            kept.value = _grafted(kept.value, entry.value, file)
        entries.append(entry if kept is None else kept)
    return entries


def _grafted_items(old: Block, new: Block, file: str) -> list[Entry]:
    def said(block: Block) -> list[str]:
        return [repr(said_by(entry.value, file)) for entry in block.entries]

    entries: list[Entry] = []
    for what, first, last, new_first, new_last in SequenceMatcher(None, said(old), said(new), False).get_opcodes():
        ours, theirs = old.entries[first:last], new.entries[new_first:new_last]
        if what == "equal":
            entries += ours
        elif what == "replace" and len(ours) == len(theirs):
            for entry, other in zip(ours, theirs, strict=True):
                entry.value = _grafted(entry.value, other.value, file)
                entries.append(entry)
        else:
            entries += [_new(old, entry.value, None) for entry in theirs]
    return entries
