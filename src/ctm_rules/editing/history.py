"""What was done to some files, undone and redone without limit and to the byte."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from ctm_rules.editing.edits import Edit
from ctm_rules.editing.said import Recorded
from ctm_rules.model.frozen_dict import FrozenDict

Contents = Mapping[Path, bytes | None]
"""What files hold; ``None`` where there is no such file."""


@frozen
class Step:
    """One thing that was done, to one file or to several together.

    Attributes:
        name: what it is called, as a sentence would.
        before, after: what each of the files that it changed held.
        edits: by what edits that came about, so that they can be done again to a file that another program changed.
        recorded: what was recorded of cases, to be done again in the same way (``None``: nothing).
    """

    name: str
    before: Contents
    after: Contents
    edits: Mapping[Path, tuple[Edit, ...]] = field(factory=dict, repr=False)
    recorded: Recorded | None = None


class History:
    """Files as they are now, and the way there and back.

    Attributes:
        contents: what each file holds.
    """

    def __init__(self, contents: Contents) -> None:
        self.contents: dict[Path, bytes | None] = dict(contents)
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def done(self) -> tuple[Step, ...]:
        """What was done and not taken back, in its order."""
        return tuple(self._done)

    @property
    def undone(self) -> tuple[Step, ...]:
        """What was taken back and can be done again, the next one last."""
        return tuple(self._undone)

    def do(
        self,
        name: str,
        changed: Contents,
        edits: Mapping[Path, tuple[Edit, ...]] = FrozenDict(),
        recorded: Recorded | None = None,
    ) -> Step | None:
        """Change some files together, and return the step (``None``: nothing is another than before)."""
        after = {path: content for path, content in changed.items() if self.contents.get(path) != content}
        if not after:
            return None
        step = Step(name, {path: self.contents.get(path) for path in after}, after, edits, recorded)
        self.contents |= after
        self._done.append(step)
        self._undone.clear()
        return step

    def undo(self) -> Step | None:
        """Take the last step back, and return it (``None``: there is none)."""
        return self._go(self._done, self._undone, back=True)

    def redo(self) -> Step | None:
        """Do again what was taken back last, and return it (``None``: there is none)."""
        return self._go(self._undone, self._done, back=False)

    def _go(self, taken: list[Step], kept: list[Step], *, back: bool) -> Step | None:
        if not taken:
            return None
        step = taken.pop()
        kept.append(step)
        self.contents |= step.before if back else step.after
        return step
