"""The pages about everything at once: undo, names, editions, what was not saved, and saving."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Location, RequestError
from ctm_rules.scaffolding.new_files import start_edition
from ctm_rules.workbench.fields import BAD_FIELD
from ctm_rules.workbench.forms import one
from ctm_rules.workbench.pages import Asked, Pages, finding_digest


def undone(pages: Pages, asked: Asked) -> Response:
    """Take the last step back."""
    step = pages.session.undo()
    return pages.back(asked.typed, pages.words.plain("undone", what=step.name) if step else "")


def redone(pages: Pages, asked: Asked) -> Response:
    """Do what was taken back once more."""
    step = pages.session.redo()
    return pages.back(asked.typed, pages.words.plain("redone", what=step.name) if step else "")


def fixed(pages: Pages, asked: Asked) -> Response:
    """Do the one right repair of a finding."""
    evaluation = pages.session.evaluation
    for found in (*evaluation.findings, *evaluation.scenario_findings):
        if found.fix is not None and finding_digest(found) == one(asked.typed, "finding"):
            pages.session.fix(found)
            return pages.to("/", pages.words.plain("kept", what=found.fix.says))
    return pages.to("/", pages.words.plain("no_change"))


def language(pages: Pages, asked: Asked) -> Response:
    """Show the pages in another language."""
    pages.words = pages.languages.get(one(asked.typed, "language"), pages.words)
    return pages.back(asked.typed)


def rename(pages: Pages, asked: Asked) -> Response:
    """Ask for another name of an element, and show where it would be written."""
    address, to = asked.query.get("address", ""), asked.query.get("to", "").strip()
    errors: Sequence[Diagnostic] = ()
    values: dict[str, object] = {"address": address, "to": to, "lines": [], "places": 0, "kept": []}
    if to:
        try:
            renaming = pages.session.renaming(address, to)
        except DiagnosticError as error:
            errors = error.diagnostics
        else:
            values["lines"], values["places"] = list(renaming.changes.diff()), len(renaming.uses)
            values["kept"] = renaming.kept
    title, status = pages.words.plain("rename"), 422 if errors else 200
    return pages.page("rename", title, {**values, "errors": errors}, here="/change", status=status)


def renamed(pages: Pages, asked: Asked) -> Response:
    """Give an element another name everywhere."""
    address, to = one(asked.typed, "address"), one(asked.typed, "to")
    pages.session.rename(address, to)
    return pages.to("/save", pages.words.plain("kept", what=f"{address} → {to}"))


def edition(pages: Pages, asked: Asked, errors: Sequence[Diagnostic] = ()) -> Response:
    """Ask for the next edition."""
    values = {"typed": asked.typed, "errors": errors}
    return pages.page("edition", pages.words.plain("next_edition"), values, here="/", status=422 if errors else 200)


def edition_started(pages: Pages, asked: Asked) -> Response:
    """Start the next edition, and go on with it."""
    name, session = one(asked.typed, "edition").strip(), pages.session
    try:
        starts = day_of(one(asked.typed, "in_force_from").strip())
        session.check_is_saved("started")
        start_edition(session.path, name, in_force_from=starts)
    except DiagnosticError as error:
        return edition(pages, asked, error.diagnostics)
    session.open(session.path.resolve().parent / name)
    return pages.to("/", pages.words.plain("edition_started", edition=name))


def day_of(said: str) -> datetime.date:
    """Return the day that people typed.

    Raises:
        RequestError: it is none.
    """
    try:
        return datetime.date.fromisoformat(said)
    except ValueError:
        message, hint = f'"{said}" is no date', "write year-month-day, such as 2026-04-01"
        raise RequestError([BAD_FIELD.found(Location("in_force_from"), message, hint=hint)]) from None


def draft(pages: Pages, asked: Asked) -> Response:
    """Take up what an earlier session did not save, or forget it."""
    if one(asked.typed, "do") == "take":
        pages.told += pages.session.take_up()
        return pages.to("/", pages.words.plain("taken_up"))
    pages.session.forget_offered()
    return pages.to("/", pages.words.plain("forgotten"))


def save(pages: Pages, _: Asked, errors: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    """What saving would write, line by line, and what another program changed meanwhile."""
    session = pages.session
    changes = session.changes
    values = {
        "errors": errors,
        "lines": list(session.diff()),
        "conflicts": session.conflicts(),
        "files": [session.name_of(file) for file in changes.files],
        **pages.panels(session.evaluation),
    }
    return pages.page("save", pages.words.plain("save"), values, here="/save", status=status)


def saved(pages: Pages, asked: Asked) -> Response:
    """Write everything that was changed, or answer a conflict."""
    session, typed = pages.session, asked.typed
    match one(typed, "do"):
        case "theirs":
            pages.told += session.take_theirs()
            return pages.to("/save", pages.words.plain("done_again"))
        case "mine":
            session.keep_mine()
            return pages.to("/save", pages.words.plain("mine_kept"))
    if session.evaluation.framework is None and not one(typed, "although_broken"):
        return save(pages, asked, status=422)
    try:
        written = session.save()
    except DiagnosticError as error:
        return save(pages, asked, error.diagnostics, 409)
    return pages.to("/save", str(pages.words.count("saved", len(written)).striptags()))
