"""What is worked out once and kept for the same parts (memoisation by identity).

The classes of the model are frozen: what follows from some of them follows from them as long as they are there. Two
parts are the same where they are one object, and not where they only compare as equal: lines in a file never count when
elements are compared, and what is said of them names those lines. So whoever reads files again and again hands on the
same object for whatever stands in them unchanged, and all that follows from it alone need not be worked out once more.
"""

from __future__ import annotations

import datetime
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from functools import partial, wraps
from operator import is_
from typing import Any as Anything
from typing import Generic, ParamSpec, TypeVar

from attrs import evolve, frozen

from ctm_rules.limits import ROUNDS_KEPT
from ctm_rules.model.frozen_dict import FrozenDict

D = TypeVar("D")
P = ParamSpec("P")
T = TypeVar("T")

# --- By a framework --------------------------------------------------------------------------------


class OncePerFramework(Generic[D, T]):
    """A function of a framework that is worked out once for each framework object.

    Frameworks are frozen, so that what holds for one holds as long as it is there. Nothing that is kept may hold on to
    the framework.
    """

    def __init__(self, work_out: Callable[[D], T]) -> None:
        self._work_out = work_out
        self._known: dict[int, tuple[weakref.ref[D], T]] = {}

    def __call__(self, framework: D) -> T:
        known = self._known.get(id(framework))
        if known is not None and known[0]() is framework:
            return known[1]
        return self.remember(framework, self._work_out(framework))

    def remember(self, framework: D, value: T) -> T:
        """Keep what is known of a framework without working it out."""
        key = id(framework)
        self._known[key] = (weakref.ref(framework, lambda _: self._known.pop(key, None)), value)
        return value


# --- By any parts ----------------------------------------------------------------------------------


class Kept:
    """What was worked out of some parts, for whoever works it out again and again while only a few parts change.

    The parts are kept along with it, so that none of them can be taken for another one. What was not asked for during
    the last rounds is forgotten.
    """

    def __init__(self) -> None:
        self._now: dict[object, tuple[object, Anything]] = {}
        self._before: dict[object, tuple[object, Anything]] = {}
        self._rounds = 0

    def next_round(self) -> None:
        """Begin another round: something was changed, and everything is looked at once more."""
        self._rounds += 1
        if self._rounds % ROUNDS_KEPT == 0:
            self._before, self._now = self._now, {}

    def of(self, what: object, parts: tuple[object, ...], work_out: Callable[[], T]) -> T:
        """Return something that follows from some parts."""
        key = what, _names(parts)
        known = self._now.get(key)
        if known is None:
            known = self._before.get(key) or (parts, work_out())
            self._now[key] = known
        value: T = known[1]
        return value


_KEEPING: ContextVar[Kept | None] = ContextVar("_KEEPING", default=None)

_BY_VALUE = frozenset([str, int, bool, type(None), Fraction, datetime.date])


@frozen
class ByMeaning:
    """A part of which the place in its file does not matter: any that compares as equal does as well."""

    part: object


def _names(part: object) -> object:
    """Return what tells a part from every other one that is there: its value where it is a word, else which it is."""
    kind = type(part)
    if kind is ByMeaning:
        return part
    if kind in _BY_VALUE:
        return kind, part
    if kind is tuple:
        return tuple(map(_names, part))  # type: ignore[call-overload]
    if isinstance(part, FrozenDict):
        return kind, tuple(map(_names, part.items()))
    return id(part)


@contextmanager
def keeping(kept: Kept) -> Iterator[None]:
    """Work nothing out twice of the same parts while this lasts, nor what was worked out of them before."""
    token = _KEEPING.set(kept)
    try:
        yield
    finally:
        _KEEPING.reset(token)


def is_keeping() -> bool:
    """Return whether anybody is :func:`keeping` anything, so that it is worth saying what something hangs on."""
    return _KEEPING.get() is not None


def known_by(what: object, parts: tuple[object, ...], work_out: Callable[[], T]) -> T:
    """Return what follows from some parts alone, which is kept while anybody is :func:`keeping` anything.

    An exception is not kept: what is wrong is looked for anew.

    Args:
        what: what it is, such as the function that works it out: other things that follow from the same parts are kept
            beside it.
        parts: all that it hangs on, which nobody changes, as nobody may change what is returned.
        work_out: works it out.
    """
    kept = _KEEPING.get()
    return work_out() if kept is None else kept.of(what, parts, work_out)


def once_for_the_same(work_out: Callable[P, T]) -> Callable[P, T]:
    """Return a function of its arguments alone that keeps what it gave for the same ones; see :func:`known_by`."""

    @wraps(work_out)
    def known(*parts: P.args, **named: P.kwargs) -> T:
        return known_by(work_out, (*parts, *named.items()), partial(work_out, *parts, **named))

    return known


def same_or(before: tuple[T, ...], after: Iterable[T]) -> tuple[T, ...]:
    """Return some parts as the tuple that they were in before, where none of them is another object."""
    made = tuple(after)
    return before if len(made) == len(before) and all(map(is_, made, before)) else made


def evolved(declared: T, **parts: object) -> T:
    """Return what is declared with other parts; with the same ones it is the same object."""
    if all(getattr(declared, name) is part for name, part in parts.items()):
        return declared
    made: T = _evolved(declared, tuple(parts), tuple(parts.values()))
    return made


@once_for_the_same
def _evolved(declared: Anything, names: tuple[str, ...], parts: tuple[object, ...]) -> Anything:
    return evolve(declared, **dict(zip(names, parts, strict=True)))
