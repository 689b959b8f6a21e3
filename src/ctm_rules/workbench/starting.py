"""The page on which an inspection is started: its file and its tables, in a folder of its own."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, Location
from ctm_rules.extras import MissingExtraError
from ctm_rules.frameworks.finding import folders_beside
from ctm_rules.model.framework import Framework
from ctm_rules.paths import is_file_name, lies_in, real_path
from ctm_rules.scaffolding.new_inspection import INSPECTION_FILE, NewInspection, start_inspection
from ctm_rules.workbench.changing import needed
from ctm_rules.workbench.elements import stale
from ctm_rules.workbench.fields import BAD_FIELD
from ctm_rules.workbench.forms import one
from ctm_rules.workbench.pages import Asked, Pages

HERE = "/cases"


def start(pages: Pages, asked: Asked, errors: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    """Ask what is known of an inspection that is started."""
    values = {"errors": errors, "typed": asked.typed, "home": _home(pages).as_posix()}
    return pages.page("start", pages.words.plain("start_inspection"), values, here=HERE, status=status)


def _home(pages: Pages) -> Path:
    """Return the folder that holds the folders of inspections: beside the one in hand, else beside the standards."""
    recording = pages.session.recording
    if recording is not None:
        return real_path(recording.path).parent.parent
    folder = real_path(pages.session.folder)
    beside = [each for each in folders_beside(folder / INSPECTION_FILE) if lies_in(folder, each)]
    return beside[0].parent if beside else folder.parent


def started(pages: Pages, asked: Asked) -> Response:
    """Start an inspection, and take it in hand."""
    typed, words, session = asked.typed, pages.words, pages.session
    findings = Findings()
    said = {name: " ".join(one(typed, name).split()) for name in ("folder", "provider", "name", "started", "because")}
    for name, label in [
        ("folder", "folder"),
        ("provider", "provider_id"),
        ("name", "provider_name"),
        ("started", "started"),
    ]:
        if not said[name]:
            findings.extend([needed("", words.plain(label))])
    folder = said["folder"]
    if folder and not is_file_name(folder):
        message, hint = f'"{folder}" is no name of a folder', "write letters, numbers and -, such as north-2026"
        findings.extend([BAD_FIELD.found(Location(""), message, hint=hint)])
    day = None
    try:
        day = datetime.date.fromisoformat(said["started"]) if said["started"] else None
    except ValueError:
        message, hint = f'"{said["started"]}" is no day', "write year-month-day, such as 2026-09-07"
        findings.extend([BAD_FIELD.found(Location(""), message, hint=hint)])
    weeks = one(typed, "weeks").strip()
    if weeks and not (weeks.isascii() and weeks.isdecimal() and len(weeks) < 4):
        message, hint = f'"{weeks}" is no number of weeks', "write a whole number, or leave it empty"
        findings.extend([BAD_FIELD.found(Location(""), message, hint=hint)])
    framework = pages.framework
    try:
        session.check_is_saved("started")
        if framework is None:
            findings.extend([stale(session.path)])
        findings.raise_errors()
        assert framework is not None
        assert day is not None
        new = NewInspection(said["provider"], said["name"], day, int(weeks) if weeks else None, because=said["because"])
        file = _home(pages) / folder / INSPECTION_FILE
        edition = one(typed, "edition") or None
        start_inspection(
            file.parent, _standards(pages, framework, file), new, edition=edition, as_form=one(typed, "table") == "form"
        )
        session.take_inspection(file)
    except DiagnosticError as error:
        return start(pages, asked, error.diagnostics, 422)
    except MissingExtraError as error:
        hint = "or record the cases in a table"
        return start(pages, asked, [BAD_FIELD.found(Location(""), str(error), hint=hint)], 422)
    recording = session.recording
    edition = "" if recording is None else recording.framework.edition
    return pages.to(HERE, words.plain("inspection_started", file=file.as_posix(), edition=edition))


def _standards(pages: Pages, framework: Framework, file: Path) -> str:
    """Return how the standards in hand are named: by their id, where they are found by it, else by their path."""
    own = real_path(pages.session.folder)
    for each in folders_beside(file):
        if real_path(each / framework.id / framework.edition) == own:
            return framework.id
    return pages.session.path.as_posix()
