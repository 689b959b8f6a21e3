"""Why a rating is what it is: the parts of a rating rule that made it (explanation)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Location

if TYPE_CHECKING:
    from ctm_rules.rating.result_dicts import ReasonDict


@frozen
class RatingReason:
    """A part of a rating rule that made a rating what it is.

    Attributes:
        part: bands that a fact chose, a line that gave the rating, or a step that moved or limited it.
        number: which of them, from 0.
        says: what it says, in words.
        at: where it is declared.
    """

    part: Literal["bands", "line", "step"]
    number: int
    says: str
    at: Location = field(eq=False)

    def __str__(self) -> str:
        return self.says

    def to_dict(self) -> ReasonDict:
        """Return the parts as plain data."""
        at = self.at
        return {"part": self.part, "number": self.number, "says": self.says, "file": at.file, "line": at.line}
