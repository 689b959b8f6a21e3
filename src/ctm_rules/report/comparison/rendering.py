"""The files of a comparison, one for each format; imports every library that they need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import ENGLISH, load_language
from ctm_rules.report.comparison.page import write_page
from ctm_rules.report.comparison.workbook import make_sheets
from ctm_rules.report.formats import PUBLISHED, Format
from ctm_rules.report.rendering import Contents, Names, made_of


def render_comparison(
    results: Sequence[InspectionResult],
    language: str = ENGLISH,
    templates: Path | None = None,
    formats: Sequence[Format] = PUBLISHED,
) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """Return the comparison of inspections as files by their names, and what is wrong with a format.

    Drafts are of one inspection, so that there are none.

    Raises:
        DiagnosticError: there is no such language.
    """
    page, sheets = write_page(results, load_language(language)), make_sheets(results)
    publisher = page.publisher.value if all(each.inspection.declared.published_by for each in results) else ""
    names = Names("compare", "compare", "compare-csv")
    contents = Contents(page, sheets, page.title.value, publisher)
    return made_of(contents, names, [name for name in formats if name is not Format.DRAFTS], templates)
