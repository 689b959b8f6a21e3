"""The page on which a table that is only read is taken over into one that can be written: shown first."""

from __future__ import annotations

from starlette.responses import Response

from ctm_rules.editing.changes import Changes
from ctm_rules.limits import MAX_ON_A_PAGE
from ctm_rules.workbench.forms import one
from ctm_rules.workbench.pages import Asked, Pages

HERE = "/cases"


def shown(pages: Pages, asked: Asked) -> Response:
    """Show which file would be written, and what the inspection would say."""
    made = pages.session.recording_in_hand().taking_over(asked.query.get("table", ""))
    header, *rows = made.into.rows_read
    path = pages.session.recording_in_hand().path
    values = {
        "table": made.table.file.name,
        "into": made.into.file.name,
        "header": header,
        "rows": rows[:MAX_ON_A_PAGE],
        "more": max(0, len(rows) - MAX_ON_A_PAGE),
        "lines": list(Changes({path: made.changes.before[path]}, {path: made.changes.after[path]}).diff()),
    }
    title = pages.words.plain("take_table_over", table=made.table.file.name)
    return pages.page("taking-over", title, values, here=HERE)


def taken(pages: Pages, asked: Asked) -> Response:
    """Take the table over."""
    table = one(asked.typed, "table")
    name = pages.words.plain("table_taken_over", table=table)
    pages.session.take_over(name, table)
    return pages.to(HERE, name)
