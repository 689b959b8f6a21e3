"""The differences between two frameworks as data: what changed, of which kind, and how much it weighs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

from attrs import frozen

from ctm_rules.diagnostics.findings import Location
from ctm_rules.escaping import markdown_text
from ctm_rules.model.framework import Framework
from ctm_rules.phrases import say_count
from ctm_rules.rating.notebook_tables import html_table
from ctm_rules.rating.result_dicts import FrameworkDict, framework_dict

Weight = Literal["decides", "reports", "words"]
Kind = Literal["added", "removed", "renamed", "moved", "changed", "rewritten"]

WEIGHTS: Mapping[Weight, str] = {
    "decides": "What decides differently",
    "reports": "What is asked, counted or flagged differently",
    "words": "What only reads differently",
}
"""The weights of a change, the heaviest first, with the headings under which changes are listed."""


class LineDict(TypedDict):
    """A line of a file."""

    file: str
    line: int


class ChangeDict(TypedDict):
    """One difference between two frameworks, and where it stands in each (``null``: it has none)."""

    weight: Weight
    kind: Kind
    path: str
    says: str
    details: list[str]
    old: LineDict | None
    new: LineDict | None


class ChangesDict(TypedDict):
    """Everything that differs between two frameworks: what :meth:`FrameworkChanges.to_dict` returns.

    ``decides`` says whether any of it may change a rating.
    """

    old: FrameworkDict
    new: FrameworkDict
    decides: bool
    changes: list[ChangeDict]


@frozen
class Change:
    """One difference between two frameworks.

    Attributes:
        weight: ``decides`` where an outcome, a rating or a score can change; ``reports`` where only what is asked,
            counted or flagged beside the ratings can; ``words`` where nothing but wording, sources or dates does.
        kind: ``moved`` stands in another standard or key question than before, ``rewritten`` is written in another way
            and means the same.
        path: the address of what changed, such as ``assessment.safety``.
        says: the difference in a sentence.
        details: sentences that show it: how it was, how it is, a case that is judged differently.
        old_at, new_at: where it is declared (``None``: on that side it is not).
        also: the addresses of what changed in the same way, where all of that is one change.
    """

    weight: Weight
    kind: Kind
    path: str
    says: str
    details: tuple[str, ...] = ()
    old_at: Location | None = None
    new_at: Location | None = None
    also: tuple[str, ...] = ()

    def is_of(self, address: str) -> bool:
        """Return whether something at an address changed by it, or below it."""
        return any(path == address or path.startswith(f"{address}.") for path in (self.path, *self.also))

    def to_dict(self) -> ChangeDict:
        """Return the parts as plain data."""
        return {
            "weight": self.weight,
            "kind": self.kind,
            "path": self.path,
            "says": self.says,
            "details": list(self.details),
            "old": _place(self.old_at),
            "new": _place(self.new_at),
        }


def _place(at: Location | None) -> LineDict | None:
    return None if at is None else {"file": at.file, "line": at.line}


@frozen(repr=False)
class FrameworkChanges:
    """Everything that differs between two frameworks, the heaviest differences first."""

    old: Framework
    new: Framework
    changes: tuple[Change, ...]

    def __repr__(self) -> str:
        sides = [f"{side.id} {side.edition}" for side in (self.old, self.new)]
        return f"<FrameworkChanges: {say_count(len(self.changes), 'change')} from {sides[0]} to {sides[1]}>"

    @property
    def decides(self) -> bool:
        """Whether some outcome, rating or score can differ."""
        return any(change.weight == "decides" for change in self.changes)

    def of_weight(self, weight: Weight) -> tuple[Change, ...]:
        """Return the changes of one weight."""
        return tuple(change for change in self.changes if change.weight == weight)

    def _repr_html_(self) -> str:
        rows = [{"path": each.path, "weight": each.weight, "says": each.says} for each in self.changes]
        return html_table(repr(self)[1:-1], rows)

    def to_dict(self) -> ChangesDict:
        """Return the changes as plain data."""
        return {
            "old": framework_dict(self.old.identity()),
            "new": framework_dict(self.new.identity()),
            "decides": self.decides,
            "changes": [change.to_dict() for change in self.changes],
        }

    def to_markdown(self) -> str:
        """Return the changes as a Markdown document."""
        old, new = (f"{side.title} ({side.id}, edition {side.edition})" for side in (self.old, self.new))
        lines = ["# What changed in the standards", "", markdown_text(f"From {old} to {new}."), ""]
        for called, side in (("Old", self.old), ("New", self.new)):
            about = side.identity()
            said = f"{called}: {about['id']} {about['edition']} from {about['origin']}, checksum {about['checksum']}"
            lines.append(f"- {markdown_text(said)}")
        for weight, heading in WEIGHTS.items():
            changes = self.of_weight(weight)
            if changes:
                lines += ["", f"## {heading}", ""]
            for change in changes:
                lines.append(f"- **{markdown_text(change.path)}**: {markdown_text(change.says)}")
                lines += [f"  - {markdown_text(detail)}" for detail in change.details]
        if not self.changes:
            lines += ["", "There is no difference."]
        return "\n".join(lines) + "\n"
