"""What is read and done at each address of the workbench, by one request at a time, since there is one session."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ctm_rules.diagnostics.findings import DiagnosticError
from ctm_rules.editing.session import Session
from ctm_rules.workbench import (
    assuming,
    cases,
    changing,
    judging,
    looking,
    missing,
    past,
    reading,
    restructuring,
    saving,
    scenarios,
    starting,
    taking_over,
    trying,
    versioning,
)
from ctm_rules.workbench.forms import NotAFormError, read_form
from ctm_rules.workbench.pages import Asked, Pages

Answer = Callable[[Pages, Asked], Response]

READ: Mapping[str, Answer] = {
    "/": reading.overview,
    "/add": changing.add,
    "/assumptions": assuming.register,
    "/case": cases.case,
    "/cases": cases.cases,
    "/change": changing.change,
    "/edition": saving.edition,
    "/new-scenario": scenarios.new_scenario,
    "/history": past.history,
    "/keep": looking.keep,
    "/outcomes": looking.outcomes,
    "/remove": restructuring.removal,
    "/judgements": judging.judgements,
    "/rename": saving.rename,
    "/review": versioning.review,
    "/revision": reading.revision,
    "/save": saving.save,
    "/scenario": missing.scenario,
    "/scenarios": scenarios.scenarios,
    "/split": restructuring.split,
    "/start-inspection": starting.start,
    "/static/{name}": reading.static,
    "/take-over": taking_over.shown,
    "/text": changing.text,
    "/try": trying.tried,
    "/uses": reading.uses,
    "/versions": versioning.versions,
    "/ways": looking.ways,
}
"""What is read at each address, beside the pages of the documentation."""

DO: Mapping[str, Answer] = {
    "/add": changing.added,
    "/assumptions": assuming.confirmed,
    "/case": cases.recorded,
    "/cases": cases.added,
    "/change": changing.changed,
    "/draft": saving.draft,
    "/edition": saving.edition_started,
    "/fix": saving.fixed,
    "/keep": looking.keep_it,
    "/judgements": judging.judged,
    "/language": saving.language,
    "/new-scenario": scenarios.scenario_written,
    "/redo": saving.redone,
    "/remove": restructuring.removed,
    "/rename": saving.renamed,
    "/save": saving.saved,
    "/scenario": missing.written,
    "/scenarios": scenarios.decided,
    "/split": restructuring.is_split,
    "/start-inspection": starting.started,
    "/take-over": taking_over.taken,
    "/text": changing.texted,
    "/tidy": changing.tidied,
    "/try": trying.trying,
    "/undo": saving.undone,
    "/versions": versioning.versioned,
}
"""What is done by a form that is posted to each address."""


def make_app(session: Session, language: str = "en") -> Starlette:
    """Return the application over a session; whoever serves it puts a guard before it."""
    pages = Pages(session, language)
    reader = reading.Reader(pages)
    read = {**READ, "/read/{name}": lambda _, asked: reader.page(asked)}
    lock = threading.Lock()

    def locked(call: Callable[[], Response]) -> Response:
        with lock, session.keeping():
            try:
                return call()
            except DiagnosticError as error:
                return pages.refused(error)

    async def answer(request: Request) -> Response:
        path = request.scope["route"].path
        query, name = dict(request.query_params), str(request.path_params.get("name", ""))
        if request.method != "POST":
            lists = {key: request.query_params.getlist(key) for key in query}
            asked = Asked(query, name, query_lists=lists)
            return await run_in_threadpool(locked, partial(read[path], pages, asked))
        try:
            typed = read_form(await request.body(), request.headers.get("content-type", ""))
        except NotAFormError as error:
            return PlainTextResponse(str(error), 400)
        return await run_in_threadpool(locked, partial(DO[path], pages, Asked(query, name, typed)))

    async def nothing(_: Request, __: Exception) -> Response:
        return await run_in_threadpool(locked, pages.nothing_here)

    routes = [
        Route(path, answer, methods=[*(["GET"] if path in read else []), *(["POST"] if path in DO else [])])
        for path in dict.fromkeys((*read, *DO))
    ]
    return Starlette(routes=routes, exception_handlers={404: nothing})
