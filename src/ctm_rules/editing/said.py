"""What people record of cases, as data, so that it can be done again to a file that another program changed."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from ctm_rules.model.case_columns import NOTES


@frozen
class Said:
    """What is recorded of a case.

    Attributes:
        case: its id.
        name: a fact, a prompt or a measure; or with ``notes.`` in front of it, what people wrote for themselves on
            that; ``notes`` alone is about the case.
        word: what is said, in the words of the standards: ``yes``, a value, a day as year-month-day; nothing where it
            is not known.
    """

    case: str
    name: str
    word: str

    @property
    def is_note(self) -> bool:
        """Whether it is a note, which no rating reads."""
        return self.name == NOTES or self.name.startswith(f"{NOTES}.")


@frozen
class Recorded:
    """One thing that was recorded.

    Attributes:
        said: what is said of cases.
        new_cases: cases that are added.
        table: the file that they are added to.
    """

    said: tuple[Said, ...] = ()
    new_cases: tuple[str, ...] = ()
    table: Path | None = None
