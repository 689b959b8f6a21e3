"""Addresses (paths): every place in the files of a framework by the names of keys and of what is declared in lists."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import TypeGuard, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from ctm_rules.diagnostics.findings import Location
from ctm_rules.frameworks.loading import FrameworkSource
from ctm_rules.model.bands import BoundKey
from ctm_rules.model.declared import declared_attributes, keys_of
from ctm_rules.model.framework import Framework
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue


@frozen(eq=False)
class Place:
    """A key of a block or an item of a list.

    Attributes:
        container: the block or list.
        key: the key, or the item's number.
        declares: the class that the container declares, where it is one of the model's.
        above: where the container itself stands (``None``: it is the whole framework).
    """

    container: MarkedDict | MarkedList
    key: str | int
    declares: object
    above: Place | None

    @property
    def value(self) -> MarkedValue:
        """What stands there (``None``: nothing yet)."""
        if isinstance(self.container, MarkedDict):
            return self.container.get(str(self.key))
        assert isinstance(self.key, int)
        return self.container[self.key]

    @property
    def location(self) -> Location:
        """Where it stands: of a value its key (where nothing stands yet, the block that would hold it)."""
        if isinstance(self.container, MarkedDict):
            return self.container.key_at.get(str(self.key), self.container.at)
        assert isinstance(self.key, int)
        return self.container.value_at[self.key]

    def mark(self, at: Location) -> None:
        """Note where the value stands."""
        if isinstance(self.container, MarkedDict):
            self.container.value_at[str(self.key)] = at
        elif isinstance(self.key, int):
            self.container.value_at[self.key] = at

    @property
    def value_declares(self) -> object:
        """What the value declares: a class of the model, a tuple or a mapping of them."""
        return _declared_below(self.declares, self.key)

    @property
    def address(self) -> str:
        """The address written out in full."""
        before = f"{self.above.address}." if self.above is not None else ""
        if isinstance(self.container, MarkedDict):
            return f"{before}{self.key}"
        assert isinstance(self.key, int)
        name = names_in(self.container)[self.key]
        return f"{before}{name}" if name is not None else before.rstrip(".")


def name_of(item: MarkedValue) -> str | None:
    """Return the name of an item in an address: a word is its own, a block's is its id."""
    if isinstance(item, MarkedDict):
        return next((name for key in ("slug", "id", "rating", "fact") if isinstance(name := item.get(key), str)), None)
    return item if isinstance(item, str) else None


def names_in(items: MarkedList) -> list[str | None]:
    """Return the name of each item of a list in an address: of two bands that give one rating, the bound."""
    names = [name_of(item) for item in items]
    return [
        name if name is None or names.count(name) == 1 else _bound_of(item) or name
        for name, item in zip(names, items, strict=True)
    ]


def _bound_of(item: MarkedValue) -> str | None:
    if not isinstance(item, MarkedDict):
        return None
    return next((str(item[key]) for key in get_args(BoundKey) if isinstance(item.get(key), int | Decimal)), None)


def find_places(value: MarkedValue, step: str, declares: object, above: Place | None) -> list[Place]:
    """Return the places that one step of an address can mean: a key, or the id of something declared there."""
    if isinstance(value, MarkedList):
        return _items(value, step, declares, above)
    if not isinstance(value, MarkedDict):
        return []
    if step in value:
        return [Place(value, step, declares, above)]
    return [
        found
        for key, below in value.items()
        if isinstance(below, MarkedList)
        for found in _items(below, step, _declared_below(declares, key), Place(value, key, declares, above))
        if isinstance(found.value, MarkedDict | MarkedList)
    ]


def _items(items: MarkedList, step: str, declares: object, above: Place | None) -> list[Place]:
    places = [Place(items, number, declares, above) for number in range(len(items))]
    named = [place for place in places if name_of(place.value) == step]
    named = named or [place for place in places if _bound_of(place.value) == step]
    if named:
        return named
    # A clause has no name: a step goes through it to the key that says what it is (at_least, any, …).
    return [
        Place(place.value, step, place.value_declares, place)
        for place in places
        if isinstance(place.value, MarkedDict) and name_of(place.value) is None and step in place.value
    ]


def _declared_below(declares: object, key: str | int) -> object:
    """Return what a key or item of something declared is: a class of the model, a tuple or a mapping of them."""
    if is_declared(declares):
        return _types_of(declares).get(str(key))
    arguments = get_args(declares)
    if get_origin(declares) is tuple:
        return arguments[0]
    return arguments[1] if len(arguments) == 2 else None


def is_declared(declares: object) -> TypeGuard[type]:
    """Return whether something declared is a class of the model, whose keys are known."""
    return isinstance(declares, type) and attrs.has(declares)


@cache
def _types_of(cls: type) -> Mapping[str, object]:
    """Return what each key of a class holds, ``None`` left aside."""
    hints = get_type_hints(cls)
    return {key: _without_none(hints[attribute.name]) for key, attribute in declared_attributes(cls).items()}


def _without_none(hint: object) -> object:
    if get_origin(hint) in (Union, types.UnionType):
        members = [member for member in get_args(hint) if member is not types.NoneType]
        return members[0] if len(members) == 1 else None
    return hint


def addresses(source: FrameworkSource) -> tuple[str, ...]:
    """Return every address in a framework, each in its shortest form, in the order of its files."""
    return tuple(addresses_in(source.document, Framework, ""))


def addresses_in(block: MarkedDict, declares: object, prefix: str) -> Iterator[str]:
    """Yield every address below a block, each in its shortest form after a prefix."""
    for key, value in block.items():
        yield f"{prefix}{key}"
        below = _declared_below(declares, key)
        if isinstance(value, MarkedDict):
            yield from addresses_in(value, below, f"{prefix}{key}.")
        elif isinstance(value, MarkedList):
            for item, name in zip(value, names_in(value), strict=True):
                item_declares = _declared_below(below, 0)
                if name is None and isinstance(item, MarkedDict):
                    yield from addresses_in(item, item_declares, f"{prefix}{key}.")
                elif name is not None:
                    is_short = isinstance(item, MarkedDict) and len(find_places(block, name, declares, None)) == 1
                    address = f"{prefix}{name}" if is_short and name not in block else f"{prefix}{key}.{name}"
                    yield address
                    if isinstance(item, MarkedDict):
                        yield from addresses_in(item, item_declares, f"{address}.")


def names_below(value: MarkedValue, declares: object) -> Iterator[str]:
    """Yield what the next step of an address may be."""
    if isinstance(value, MarkedList):
        for item, name in zip(value, names_in(value), strict=True):
            if name is not None:
                yield name
            elif isinstance(item, MarkedDict):
                yield from item
    elif isinstance(value, MarkedDict):
        yield from dict.fromkeys([*value, *(keys_of(declares) if is_declared(declares) else ())])
        for below in value.values():
            if isinstance(below, MarkedList):
                yield from (name for item in below if isinstance(item, MarkedDict) and (name := name_of(item)))
