"""The pages that change the standards as a whole: a standard split in two, an element taken out everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, RequestError
from ctm_rules.editing.changes import Changes
from ctm_rules.editing.removing import Removal
from ctm_rules.editing.splitting import Splitting
from ctm_rules.model.framework import Standard
from ctm_rules.workbench.elements import stale
from ctm_rules.workbench.forms import Typed, one
from ctm_rules.workbench.pages import Asked, Pages


def split(pages: Pages, asked: Asked) -> Response:
    """Ask for the title of a new standard and what goes to it, and show what that would change."""
    typed = {key: asked.query_lists.get(key, ()) for key in ("title", "rest", "printed", "questions")}
    splitting: Splitting | None = None
    errors: Sequence[Diagnostic] = ()
    if one(typed, "title") or typed["questions"]:
        try:
            splitting = _splitting(pages, asked.query.get("slug", ""), typed)
        except DiagnosticError as error:
            errors = error.diagnostics
    return _split_page(pages, asked.query.get("slug", ""), typed, splitting, errors)


def _splitting(pages: Pages, slug: str, typed: Typed) -> Splitting:
    title, printed, rest = (one(typed, name) for name in ("title", "printed", "rest"))
    return pages.session.splitting(slug, title, typed.get("questions", ()), printed, rest)


def _split_page(
    pages: Pages, slug: str, typed: Typed, splitting: Splitting | None, errors: Sequence[Diagnostic]
) -> Response:
    standard = _standard(pages, slug)
    values = {
        "standard": standard,
        "typed": typed,
        "splitting": splitting,
        "errors": errors,
        **_shown(pages, None if splitting is None else splitting.changes),
    }
    called = f"{standard.id} {standard.title}"
    title, status = pages.words.plain("split_standard", what=called), 422 if errors else 200
    return pages.page("split", title, values, here="/change", status=status)


def _standard(pages: Pages, slug: str) -> Standard:
    framework = pages.framework
    found = None if framework is None else framework.standards_by_slug.get(slug)
    if found is None:
        raise RequestError([stale(pages.session.path)])
    return found


def _shown(pages: Pages, changes: Changes | None) -> Mapping[str, object]:
    if changes is None:
        return {"files": [], "lines": []}
    names = [(pages.session.name_of(file), changes.after[file] is None) for file in changes.files]
    return {"files": names, "lines": list(changes.diff())}


def is_split(pages: Pages, asked: Asked) -> Response:
    """Split a standard in two."""
    slug, typed = one(asked.typed, "slug"), asked.typed
    try:
        splitting = _splitting(pages, slug, typed)
    except DiagnosticError as error:
        return _split_page(pages, slug, typed, None, error.diagnostics)
    name = f"{slug} → {slug}, {splitting.slug}"
    pages.session.take(name, splitting.changes)
    return pages.to("/save", pages.words.plain("kept", what=name))


def removal(pages: Pages, asked: Asked) -> Response:
    """Show what it would change to take an element out everywhere."""
    address = asked.query.get("address", "")
    removing: Removal | None = None
    errors: Sequence[Diagnostic] = ()
    try:
        removing = pages.session.removing(address)
    except DiagnosticError as error:
        errors = error.diagnostics
    values = {
        "address": address,
        "removal": removing,
        "errors": errors,
        **_shown(pages, None if removing is None else removing.changes),
    }
    title = pages.words.plain("remove_everywhere", what=address)
    return pages.page("removal", title, values, here="/change", status=422 if errors else 200)


def removed(pages: Pages, asked: Asked) -> Response:
    """Take an element out everywhere."""
    address = one(asked.typed, "address")
    made = pages.session.removing(address)
    pages.session.take(f"{address} –", made.changes)
    return pages.to("/save", pages.words.plain("taken_out", what=address))
