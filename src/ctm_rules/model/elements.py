"""What declared elements have in common, whatever they are: a place, an id, a title, what is assumed of them."""

from __future__ import annotations

from typing import Protocol

from ctm_rules.diagnostics.findings import Location


class Placed(Protocol):
    """Something that was declared at a place."""

    @property
    def at(self) -> Location: ...


class Identified(Placed, Protocol):
    """Something that other places name by its id."""

    @property
    def id(self) -> str: ...


class Titled(Identified, Protocol):
    """Something that reports print by its title."""

    @property
    def title(self) -> str: ...


class Assuming(Placed, Protocol):
    """Something of which keys may be marked as assumed."""

    @property
    def assumed(self) -> tuple[str, ...]: ...
