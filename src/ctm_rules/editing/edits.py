"""Edits of a YAML file as data: what is changed, by its address in the file, and what the file then says."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any as Anything
from typing import TypeAlias, assert_never

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Code, Findings, Location, RequestError
from ctm_rules.yaml_files.layout import Layout
from ctm_rules.yaml_files.layout_tree import Block, Entry, Text
from ctm_rules.yaml_files.marked_yaml import NOT_PRINTABLE, parse_yaml, written_number

Pointer: TypeAlias = tuple[str | int, ...]
"""Where something stands in a file: the keys and the numbers of items, from the outside inwards."""

Node: TypeAlias = Text | Block
"""A value as it is laid out."""

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | Decimal | bool | None"
"""What a file says: plain data."""


# --- What is done ----------------------------------------------------------------------------------


@frozen
class SetValue:
    """Another value at a place, or the value of a key that was not there. What stays the same keeps its comments."""

    at: Pointer
    value: Node = field(eq=False)


@frozen
class Add:
    """An item more in a list, or a key more in a block.

    Attributes:
        to: the list or block.
        value: what is added.
        key: the key (``None``: it is a list).
        place: before which entry, counted from 0 (``None``: at the end).
    """

    to: Pointer
    value: Node = field(eq=False)
    key: str | None = None
    place: int | None = None


@frozen
class Remove:
    """A key or an item less, with the comments that are its own."""

    at: Pointer


@frozen
class RenameKey:
    """Another name for a key, with the same value in the same place."""

    at: Pointer
    key: str


@frozen
class Move:
    """A key or an item in another place of the same block or list, which counts from 0 once it has been taken out."""

    at: Pointer
    place: int


Edit = SetValue | Add | Remove | RenameKey | Move
"""Every form of edit. Whatever tells them apart ends in ``assert_never``."""


# --- Values ----------------------------------------------------------------------------------------


def node_of(value: object, *, is_flow: bool = True) -> Node:
    """Return plain data as it is laid out: texts stay texts, whatever they look like, and blocks are on one line.

    Args:
        value: texts, numbers, true and false, nothing, and mappings and lists of them; what is laid out stays as it is.
        is_flow: whether a block or list is written on one line where it fits.
    """
    match value:
        case Text() | Block():
            return value
        case None:
            return Text("null")
        case bool():
            return Text("true" if value else "false")
        case "yes" | "no":
            return Text(str(value))  # words in our files, and written as such everywhere
        case str():
            return Text(value, '"')
        case int():
            return Text(str(value))
        case Decimal():
            return Text(written_number(value))
        case Mapping():
            entries = [Entry(Text(str(key), '"'), node_of(each, is_flow=is_flow)) for key, each in value.items()]
            return Block(True, is_flow, entries)
        case Sequence():
            return Block(False, is_flow, [Entry(None, node_of(each, is_flow=is_flow)) for each in value])
    raise TypeError(f"no file holds a {type(value).__name__}")


def said_by(node: Node, file: str) -> Plain:
    """Return what a value says once it is written into a file.

    Raises:
        RequestError: no file can hold it.
    """
    _check_texts(node, file)
    findings = Findings()
    text = Layout(Block(True, entries=[Entry(Text("value"), copy.deepcopy(node))]), file).write()
    data = parse_yaml(text, file, findings)
    if findings.errors or not isinstance(data, dict) or list(data) != ["value"] or not _is_kept(node, data["value"]):
        raise cannot_edit(file, "a value cannot be written into a file", "look for unusual characters in it")
    return plain(data["value"])


def _check_texts(node: Node, file: str) -> None:
    if isinstance(node, Block):
        for entry in node.entries:
            _check_texts(entry.value, file)
            if entry.key is not None:
                _check_texts(entry.key, file)
    elif NOT_PRINTABLE.search(node.value):
        message = "a text cannot be written into a file: it holds a character that cannot be printed"
        raise cannot_edit(file, message, "leave it out")


def _is_kept(node: Node, data: object) -> bool:
    """Return whether every text in quotes is read back as it is: what is plain says itself what it is."""
    if isinstance(node, Text):
        return node.style is None or node.value == data
    if node.is_mapping:
        if not isinstance(data, Mapping) or [entry.key.value for entry in node.entries if entry.key] != list(data):
            return False
        return all(_is_kept(entry.value, data[entry.key.value]) for entry in node.entries if entry.key)
    return isinstance(data, list) and all(map(_is_kept, (entry.value for entry in node.entries), data))


def plain(value: Anything) -> Plain:
    """Return what a file says without the places at which it says it."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value  # type: ignore[no-any-return]


CANNOT_EDIT = Code(
    "cannot-edit",
    "error",
    what="An edit cannot be done: there is nothing at its place, the name is taken, or no file can hold its value.",
    why="A file is changed as it was asked for, or not at all.",
    bad="set: {title: a text with a character that cannot be printed}",
    good="set: {title: Assessment}",
)


def cannot_edit(file: str, message: str, hint: str) -> RequestError:
    """Return the error that an edit of a file cannot be done."""
    return RequestError([CANNOT_EDIT.found(Location(file), message, hint=hint)])


# --- What a file says afterwards --------------------------------------------------------------------


def meant(data: Plain, edit: Edit, file: str) -> Plain:
    """Return what a file that says ``data`` is to say after an edit; ``data`` stays as it is.

    This is worked out on the data alone, and never looks at how the file is laid out: what comes out of the layout is
    held against it.

    Raises:
        RequestError: there is nothing at the place, or the name is taken.
    """
    changed = copy.deepcopy(data)
    match edit:
        case SetValue(at=(), value=value):
            return said_by(value, file)
        case SetValue(at=at, value=value):
            block, step = _container(changed, at, file, may_be_new=True)
            block[step] = said_by(value, file)
        case Add(to, value, key, place):
            added = _at(changed, to, file)
            _check_takes(added, key, to, file)
            if isinstance(added, list):
                added.insert(len(added) if place is None else place, said_by(value, file))
            elif isinstance(added, dict) and key is not None:
                items = list(added.items())
                items.insert(len(items) if place is None else place, (key, said_by(value, file)))
                _refill(added, items)
        case Remove(at):
            block, step = _container(changed, at, file)
            del block[step]
        case RenameKey(at, key):
            block, step = _container(changed, at, file)
            if not isinstance(block, dict):
                raise cannot_edit(file, f"{_said(at)} is an item of a list and has no key", "set its id instead")
            if key != step:
                _check_takes(block, key, at[:-1], file)
            _refill(block, [(key if each == step else each, value) for each, value in block.items()])
        case Move(at, place):
            block, step = _container(changed, at, file)
            if isinstance(block, list):
                block.insert(place, block.pop(step))
            else:
                items = [each for each in block.items() if each[0] != step]
                items.insert(place, (str(step), block[step]))
                _refill(block, items)
        case never:
            assert_never(never)
    return changed


def _refill(block: dict[str, Plain], items: Sequence[tuple[str, Plain]]) -> None:
    kept = list(items)
    block.clear()
    block.update(kept)


def _check_takes(container: Plain, key: str | None, at: Pointer, file: str) -> None:
    if isinstance(container, list) and key is None:
        return
    _check_texts(Text(key or ""), file)
    if not isinstance(container, dict) or key is None:
        kind = "a list" if isinstance(container, list) else "a block of keys" if isinstance(container, dict) else "one"
        raise cannot_edit(file, f"{_said(at)} is {kind}, and nothing can be added to it so", "look at the file again")
    if key in container:
        raise cannot_edit(file, f'{_said(at)} has a key "{key}" already', "choose another name")


def at_pointer(data: Plain, at: Pointer) -> Plain:
    """Return what stands at a place that is there."""
    for step in at:
        data = data[step]  # type: ignore[index]
    return data


def _at(data: Plain, pointer: Pointer, file: str) -> Plain:
    for number, step in enumerate(pointer):
        is_key = isinstance(data, dict) and isinstance(step, str) and step in data
        if not is_key and not (isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data)):
            message = f"there is no {_said(pointer[: number + 1])}"
            raise cannot_edit(file, message, "look at the file again: it has changed, or the address is wrong")
        data = at_pointer(data, (step,))
    return data


def _container(data: Plain, at: Pointer, file: str, *, may_be_new: bool = False) -> tuple[Anything, Anything]:
    """Return the block or list that holds what stands at a place, and the key or number of it."""
    if not at:
        raise cannot_edit(file, "a file as a whole has no place in another one", "name a key of it")
    block = _at(data, at[:-1], file)
    if not (may_be_new and isinstance(block, dict) and isinstance(at[-1], str)):
        _at(data, at, file)
    return block, at[-1]


def _said(at: Pointer) -> str:
    """Return a place in words: counted from 1, as people do."""
    if not at:
        return "the file"
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in at).removeprefix(".")
