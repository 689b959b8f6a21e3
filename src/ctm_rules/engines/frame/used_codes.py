"""Which of the declared codes the cells of a table have: to declare others changes nothing."""

from __future__ import annotations

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.engines.frame.columns import Columns
from ctm_rules.engines.frame.counts import collect
from ctm_rules.engines.frame.formulas import language_of, select
from ctm_rules.engines.frame.rules import Table
from ctm_rules.limits import FIRST_ROWS


def used_codes(columns: Columns, table: Table) -> frozenset[str]:
    """Return of which codes a table has any, by what they are of; see :func:`declared_codes`."""
    used = {of for of, by_column in columns.coded.items() if None in by_column.values()}
    for part in (table.head(FIRST_ROWS), table):
        asked = [(of, column) for of in columns.coded if of not in used for column in columns.coded[of]]
        if asked:
            language = language_of(part)
            has_one = [
                language.col(column).cast(language.String).is_in(list(columns.coded[of][column] or ())).any()
                for of, column in asked
            ]
            names = [f"{TEMPORARY}{number}" for number in range(len(asked))]
            found = collect(select(part, *(each.alias(name) for each, name in zip(has_one, names, strict=True))))
            used |= {of for (of, _), name in zip(asked, names, strict=True) if found[name][0]}
    return frozenset(used)
