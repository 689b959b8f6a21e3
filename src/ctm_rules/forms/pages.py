"""A form with a page for each case, and an index in front: for inspectors who read one case after another."""

from __future__ import annotations

from collections.abc import Sequence

from ctm_rules.case_files.filled_forms import INDEX_HEADER
from ctm_rules.extras import needs_extra
from ctm_rules.forms.content import Content
from ctm_rules.forms.workbook import FormBook, Page, height_of, known_of, write_guidance
from ctm_rules.model.cases import Case

with needs_extra("report", "a form"):
    from xlsxwriter.worksheet import Worksheet


def pages_form(content: Content, cases: Sequence[Case], inspector: str = "") -> bytes:
    """Return a form with a page for each case, what is known of it filled in."""
    book = FormBook.start(content, inspector)
    index = book.sheet(book.label("form_index"))
    first = INDEX_HEADER  # the row below the one that names the columns, from 0
    book.write_text(index, 0, 0, content.framework.title, "title")
    index.set_row(0, 22)
    how = book.label("form_how")
    index.merge_range(1, 0, 1, 1, "", book.format("quiet"))
    book.write_text(index, 1, 0, how, "quiet")
    index.set_row(1, height_of(how, 60, 8))
    book.write_text(index, first - 1, 0, book.label("form_case"), "head")
    book.write_text(index, first - 1, 1, book.label("form_progress"), "head")
    index.set_column(0, 0, 36)
    index.set_column(1, 1, 24)
    provider = book.sheet(book.label("form_provider")) if content.provider else None
    last = first + len(cases)
    for row, case in enumerate(cases, first):
        page = Page(book, book.sheet(case.id), content.sections)
        progress = page.write(case.id, known_of(case))
        _linked(book, index, row, page, case.id, progress)
    if provider is not None:
        page = Page(book, provider, content.provider)
        progress = page.write("", {}, is_provider=True)
        _linked(book, index, last, page, book.label("form_provider"), progress)
    write_guidance(book)
    index.freeze_panes(first, 0)
    index.hide_gridlines(2)
    index.set_paper(9)
    index.fit_to_pages(1, 0)
    index.protect("", {"format_columns": True, "format_rows": True})
    index.activate()
    questions = [*content.questions, *(each for section in content.provider for each in section.questions)]
    return book.finish("pages", questions)


def _linked(book: FormBook, index: Worksheet, row: int, page: Page, text: str, progress: str) -> None:
    name = page.sheet.get_name().replace("'", "''")
    index.write_url(row, 0, f"internal:'{name}'!A1", book.format("link"), text or name)
    book.write_formula(index, row, 1, progress, "number")
