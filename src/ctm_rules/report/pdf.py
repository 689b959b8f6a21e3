"""Reports as PDF (PDF/UA, set by Typst), and pictures as PNG for formats that take no SVG."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from ctm_rules.diagnostics.findings import Location, RequestError
from ctm_rules.languages.languages import ENGLISH, Text
from ctm_rules.report.blocks import Link, Report
from ctm_rules.report.fonts import Fonts, choose_fonts
from ctm_rules.report.html_and_markdown import BAD_TEMPLATE, template_path
from ctm_rules.report.typesetting import Mistake, set_pdf, set_pngs

_PICTURES = b"""#set page(width: 420pt, height: auto, margin: 0pt)
#for svg in json(bytes(sys.inputs.pictures)) { page(image(bytes(svg), format: "svg")) }"""
_PIXELS_PER_INCH = 120.0


def write_pdf(report: Report, fonts: Fonts, own: Path | None = None, languages: Sequence[Link] = ()) -> bytes:
    """Return a report as tagged PDF (PDF/UA-1); the same report and fonts always give the same bytes.

    ``languages`` lead to the same report in other languages.

    Raises:
        DiagnosticError: a template of your own has a mistake, or the fonts lack a letter.
    """
    template = template_path("report.typ", own)
    if fonts.missing:
        raise RequestError([fonts.missing_letters(Location("report.pdf"))])
    inputs = {"report": json.dumps({**_plain(report), "languages": _plain(tuple(languages))})}
    written = datetime.datetime(*report.date, 12, tzinfo=datetime.UTC)
    try:
        return set_pdf(template, fonts, inputs, written.isoformat())
    except Mistake as error:
        message = f"the template {error.file.name} cannot be used: {error.reason}"
        hint = "compare it with the template of the same name that comes with the library"
        at = Location(str(error.file), error.line, error.column)
        raise RequestError([BAD_TEMPLATE.found(at, message, hint=hint)]) from error


def fonts_for(report: Report, own: Path | None = None) -> Fonts:
    """Return the fonts that a report is set with; see :mod:`ctm_rules.report.fonts`."""
    return choose_fonts(json.dumps(_plain(report), ensure_ascii=False), own)


def write_pngs(pictures: Sequence[str], fonts: Fonts) -> list[bytes]:
    """Return pictures as PNG, in their order."""
    given = {"pictures": json.dumps(pictures)}
    return set_pngs(_PICTURES, fonts, given, _PIXELS_PER_INCH) if pictures else []


def _plain(value: object) -> Any:
    """Return a report as plain data: each block says its kind, each text a language code that Typst knows."""
    if isinstance(value, Text):
        code = value.language.partition("-")[0]
        known = code if re.fullmatch("[a-z]{2,3}", code) else ENGLISH
        return {"value": value.value, "language": known, "strong": value.strong, "mark": value.mark}
    cls = type(value)
    if attrs.has(cls):
        fields = {field.name: _plain(getattr(value, field.name)) for field in attrs.fields(cls)}
        return {"kind": cls.__name__, **fields}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
