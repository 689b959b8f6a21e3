"""The files of a comparison; imports every library that they need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import ENGLISH, load_language
from ctm_rules.report.comparison.page import write_page
from ctm_rules.report.comparison.workbook import make_sheets
from ctm_rules.report.html_and_markdown import render
from ctm_rules.report.spreadsheets import write_xlsx


def render_comparison(
    results: Sequence[InspectionResult], language: str = ENGLISH, templates: Path | None = None
) -> dict[str, bytes]:
    """Return the comparison of inspections as files by their names: ``compare.html`` and ``compare.xlsx``.

    Raises:
        DiagnosticError: there is no such language, or a template has a mistake.
    """
    page = write_page(results, load_language(language))
    return {
        "compare.html": render("report.html.jinja", templates, report=page, downloads=[]),
        "compare.xlsx": write_xlsx(make_sheets(results), page.title.value, page.date),
    }
