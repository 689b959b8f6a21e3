"""The files of a comparison, one for each format; imports every library that they need."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import ENGLISH, load_language
from ctm_rules.report.comparison.page import write_page
from ctm_rules.report.comparison.workbook import make_sheets
from ctm_rules.report.formats import PUBLISHED, Format
from ctm_rules.report.rendering import Contents, Names, Tables, made_of
from ctm_rules.report.translation import check_translated


def render_comparison(
    results: Sequence[InspectionResult],
    languages: Sequence[str] = (ENGLISH,),
    templates: Path | None = None,
    formats: Sequence[Format] = PUBLISHED,
    *,
    partial: bool = False,
) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """Return the comparison of inspections as files by their names, and what is wrong with a format.

    Drafts are of one inspection, so that there are none.

    Raises:
        DiagnosticError: there is no such language, or too little is translated into it.
    """
    beside = next((result.inspection.path for result in results), None)
    loaded = [load_language(code, beside=beside) for code in languages]
    contents = [Contents(language, write_page(results, language)) for language in loaded]
    if not partial:
        check_translated([each.page for each in contents], loaded, [each.inspection.declared for each in results])
    first = contents[0].page
    publisher = first.publisher.value if all(each.inspection.declared.published_by for each in results) else ""
    tables = cache(lambda: Tables(make_sheets(results), first.title.value, publisher))
    names = Names("compare", "compare", "compare-csv")
    return made_of(contents, tables, names, [name for name in formats if name is not Format.DRAFTS], templates)
