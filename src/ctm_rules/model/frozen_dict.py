"""A dict that nobody can change (immutability), so that what was found out about a framework stays true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any as Anything
from typing import NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dict that cannot be changed. It is copied, pickled, compared and printed like any other.

    >>> FrozenDict(a=1)["a"]
    1
    """

    def _refuse(self, *_: Anything, **__: Anything) -> NoReturn:
        raise TypeError("a framework is frozen: make another one, with attrs.evolve or with an amendment")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # unlike a dict, it never changes
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict[K, V]], tuple[dict[K, V]]]:
        return type(self), (dict(self),)


def frozen_dict(value: Anything) -> Anything:
    """Return a mapping as one that cannot be changed; whatever else it is, is found to be wrong elsewhere."""
    return FrozenDict(value) if isinstance(value, Mapping) else value
