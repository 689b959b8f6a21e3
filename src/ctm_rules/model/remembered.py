"""What is worked out once for a framework and kept as long as the framework itself (memoisation by identity)."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from ctm_rules.model.framework import Framework

T = TypeVar("T")


class OncePerFramework(Generic[T]):
    """A function of a framework that is worked out once for each framework object.

    Frameworks are frozen, so that what holds for one holds as long as it is there. Nothing that is kept may hold on to
    the framework.
    """

    def __init__(self, work_out: Callable[[Framework], T]) -> None:
        self._work_out = work_out
        self._known: dict[int, tuple[weakref.ref[Framework], T]] = {}

    def __call__(self, framework: Framework) -> T:
        known = self._known.get(id(framework))
        if known is not None and known[0]() is framework:
            return known[1]
        return self.remember(framework, self._work_out(framework))

    def remember(self, framework: Framework, value: T) -> T:
        """Keep what is known of a framework without working it out."""
        key = id(framework)
        self._known[key] = (weakref.ref(framework, lambda _: self._known.pop(key, None)), value)
        return value
