"""Reports as HTML and Markdown, by templates that a folder of your own may replace one by one."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ctm_rules.diagnostics.findings import Code, Location, RequestError
from ctm_rules.escaping import markdown_text
from ctm_rules.report.formats import TEMPLATES

_RAISED = str.maketrans("acjprs", "ᵃᶜʲᵖʳˢ")
"""Marks as raised letters, for Markdown, which has no other."""


def template_path(name: str, own: Path | None) -> Path:
    """Return the file of a template: the one in a folder of your own where there is one, else the one shipped."""
    if own is not None and (own / name).is_file():
        return own / name
    return TEMPLATES / name


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, which asks once for each type and name whether a template may read it: nothing else counts for that.

    A page of many tables asks some hundred thousand times.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        key = type(obj), attr
        is_safe = self._safe.get(key)
        if is_safe is None:
            is_safe = self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return is_safe


def environment_of(folders: Sequence[Path]) -> ImmutableSandboxedEnvironment:
    """Return what pages are made with from the templates in some folders; the first that has one of a name is asked."""
    environment = _Sandbox(  # which keeps a template to what it is given
        loader=FileSystemLoader(folders),
        # Whatever people typed is text; nothing in a page is markup but what the templates themselves hold.
        autoescape=lambda name: name is not None and ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["md"] = markdown_text
    environment.filters["raised"] = lambda mark: mark.translate(_RAISED)
    environment.filters["kind"] = lambda block: type(block).__name__
    return environment


def has_own(folder: Path | None) -> bool:
    """Return whether a folder has a template that differs from the one that comes along, and not only fonts."""
    if folder is None:
        return False
    shipped = {file.name: file for file in TEMPLATES.iterdir()} | {"report.docx": None}
    own = {name: folder / name for name in shipped if (folder / name).is_file()}
    return any((of := shipped[name]) is None or of.read_bytes() != file.read_bytes() for name, file in own.items())


BAD_TEMPLATE = Code(
    "bad-template",
    "error",
    what="A template of yours cannot be used: a mistake in it, or a name that the report does not have.",
    why="A report with a part missing would look finished.",
    bad="<h1>{{ report.titel }}</h1>",
    good="<h1>{{ report.title }}</h1>",
)


def render(template: str, own: Path | None, **values: object) -> bytes:
    """Return what a template gives for some values.

    Args:
        template: its file name.
        own: a folder of templates that replace those shipped under the same name.
        values: what the template may use.

    Raises:
        DiagnosticError: the template has a mistake.
    """
    folders = [TEMPLATES] if own is None else [own, TEMPLATES]
    try:
        return environment_of(folders).get_template(template).render(**values).encode("utf-8")
    except Exception as error:  # a template is a program of its own, and may fail in any way that a program can
        file, line = _place_in_template(error, template_path(template, own), folders)
        at = Location(str(file), line, 1 if line else 0)
        message = f"the template {file.name} cannot be used: {_reason(error)}"
        hint = "compare it with the template of the same name that comes with the library"
        raise RequestError([BAD_TEMPLATE.found(at, message, hint=hint)]) from error


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateError):
        return error.message or "a name in it is not known"
    if isinstance(error, UnicodeError):
        return "it is not text in UTF-8"
    return " ".join(str(error).split()) or type(error).__name__


def _place_in_template(error: Exception, template: Path, folders: Sequence[Path]) -> tuple[Path, int]:
    """Return the file and the line of the mistake (0 for the file as a whole)."""
    if isinstance(error, TemplateSyntaxError):
        return Path(error.filename or template), error.lineno
    if isinstance(error, UnicodeError):
        return next((file for file in sorted(folders[0].iterdir()) if not _is_text(file)), template), 0
    if isinstance(error, TemplateNotFound):
        return template, 0
    # Jinja puts the template's own lines into the traceback; the innermost of them is where it went wrong.
    called = [(Path(frame.filename), frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    inside = [place for place in called if any(place[0].is_relative_to(folder) for folder in folders)]
    return inside[-1] if inside else (template, 0)


def _is_text(file: Path) -> bool:
    """Return whether a file is what a template can be: text in UTF-8 (what is no template at all is not looked at)."""
    if file.suffix not in (".jinja", ".css"):
        return True
    try:
        file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True
