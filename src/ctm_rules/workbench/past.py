"""The page of the history of an element: which version changed what about it, in words."""

from __future__ import annotations

import datetime

from starlette.responses import Response

from ctm_rules.editing.element_history import element_history
from ctm_rules.workbench.pages import Asked, Pages, href


def history(pages: Pages, asked: Asked) -> Response:
    """The history of an element, as far as one page looks back."""
    address, start = asked.query.get("address", ""), asked.query.get("from", "")
    found = element_history(pages.session, address, start)
    language, before = pages.words.language, found.before

    def say_day(when: str) -> str:
        return language.date(datetime.date.fromisoformat(when[:10])).value

    values = {
        "address": address,
        "history": found,
        "say_day": say_day,
        "further": "" if before is None else href("/history", address=before[1], **{"from": before[0]}),
    }
    return pages.page("past", pages.words.plain("history_of", what=address), values, here="/read/index.html")
