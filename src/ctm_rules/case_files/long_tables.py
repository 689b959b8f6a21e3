"""Long tables, with a row for each answer: which column says of which case, what was asked, and what the answer was."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from ctm_rules.case_files.cells import BAD_COLUMN
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.model.declared_reading import Reading
from ctm_rules.model.framework import CASE_COLUMN
from ctm_rules.phrases import say_list


@frozen
class AnswerColumns:
    """The columns of a long table that make an answer, by the table's own names."""

    case: str
    asked: str
    answer: str

    @property
    def names(self) -> tuple[str, str, str]:
        """The three."""
        return self.case, self.asked, self.answer


def find_answer_columns(
    reading: Reading, names: Sequence[str], at: Location, findings: Findings
) -> AnswerColumns | None:
    """Return the columns of a long table that make an answer (``None``, with the reason in ``findings``: one lacks).

    Args:
        reading: what they are called, else ``case``, ``name`` and ``value``.
        names: the columns that there are.
        at: where their names stand.
        findings: takes what is wrong.
    """
    table = reading.table
    wanted = {
        "case": table.case or reading.named(CASE_COLUMN) or CASE_COLUMN,
        "asked": table.asked or "name",
        "answer": table.answer or "value",
    }
    folded = {name.casefold(): name for name in reversed(names)}
    found = {key: name if name in names else folded.get(name.strip().casefold(), "") for key, name in wanted.items()}
    absent = [key for key in wanted if not found[key]]
    if absent:
        said = say_list([f'"{wanted[key]}"' for key in absent])
        message = f"there is no column {said}, and each row of a long table is one answer"
        hint = nearest_name_hint(wanted[absent[0]], names, list_all=False)
        hint = hint or f"say which column it is: table: {{{absent[0]}: …}}"
        findings.add(BAD_COLUMN, at, message, path=f"table.{absent[0]}", hint=hint)
    return AnswerColumns(**found) if all(found.values()) else None


def is_nothing_asked(text: str) -> bool:
    """Return whether a row of a long table does not say what was asked."""
    return not text.strip()
