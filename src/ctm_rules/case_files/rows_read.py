"""Which rows of a table are read, where its reading says so (``only_rows``)."""

from __future__ import annotations

from collections.abc import Sequence

from ctm_rules.diagnostics.findings import Diagnostic, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.model.case_values import ABSENT_COLUMN
from ctm_rules.model.declared_reading import Reading
from ctm_rules.model.reading import fold


class RowsRead:
    """Tells the rows of a table that are read; a column that it asks for and that is absent is a finding.

    Args:
        reading: what is declared.
        header: the names of the columns.
        at: where they stand.
        findings: takes what is wrong.
    """

    def __init__(self, reading: Reading, header: Sequence[str], at: Location, findings: Findings) -> None:
        self._tests: list[tuple[int, frozenset[str], frozenset[str]]] = []
        for column, test in reading.only_rows.items():
            if column not in header:
                findings.extend([absent_test_column(column, header, at)])
                continue
            wanted, unwanted = (frozenset(map(fold, texts)) for texts in (test.is_one_of, test.is_none_of))
            self._tests.append((header.index(column), wanted, unwanted))

    def reads(self, cells: Sequence[str]) -> bool:
        """Return whether a row is read."""
        for number, wanted, unwanted in self._tests:
            said = fold(cells[number])
            if (wanted and said not in wanted) or said in unwanted:
                return False
        return True


def absent_test_column(column: str, names: Sequence[str], at: Location) -> Diagnostic:
    """Return the finding that a table lacks a column by which it is said which of its rows are read."""
    message = f'there is no column "{column}", by which only some rows are to be read'
    hint = nearest_name_hint(column, names, list_all=False) or "check only_rows in its reading"
    return ABSENT_COLUMN.found(at, message, path=f"only_rows.{column}", hint=hint)
