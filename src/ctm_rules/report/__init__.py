"""Published reports and their data annexes, written from a rated inspection (``pip install "ctm-rules[report]"``).

Hands on: `write_report`, `render_report`, `write_comparison` and the `Format`s; to the documentation `render`, which
fills in a template.
Private: annexe, annexe_columns, blocks, charts, comparison, content, drafts, figures, fonts, formats, inspection_page,
material, page, pdf, prompts, rendering, said, sections, spreadsheets, subjects, translation, typesetting, word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ctm_rules.diagnostics.findings import (
    HERE,
    Diagnostic,
    Findings,
    Location,
    RequestError,
    require,
    require_each,
    require_path,
)
from ctm_rules.extras import needs_extra
from ctm_rules.files import FILE_NOT_READABLE, found_in
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import ENGLISH
from ctm_rules.paths import kind_of, links_below
from ctm_rules.report.formats import FONTS, PUBLISHED, Format, is_private
from ctm_rules.validity.names import check_known
from ctm_rules.writing import write_together


def render_report(
    result: InspectionResult,
    *,
    formats: Iterable[Format | str] = PUBLISHED,
    language: str | Sequence[str] = ENGLISH,
    partial: bool = False,
    for_provider: bool = False,
    templates: Path | None = None,
) -> dict[str, bytes]:
    """Return the files of a report by their names.

    Args:
        result: the rated inspection.
        formats: which formats, such as ``pdf``.
        language: the code of the report's language, or several: the first has the plain names, and each other one its
            code in them (``report-cy.html``); each page leads to the others. The annexe is in English, and there once.
        partial: whether a report is written of which less is translated than the file of its language asks for.
        for_provider: whether pages are written too that the inspected provider alone may read: each counted case,
            clause by clause (``for-provider.html`` …).
        templates: a folder whose templates replace those of the same name that come with the library
            (``report.html.jinja``, ``blocks.html.jinja``, ``page.css``, ``report.md.jinja``, ``report.typ``, and
            ``report.docx`` for the styles of the Word document); fonts in its folder ``fonts`` and packages of Typst in
            its folder ``packages`` are used for the PDF. Templates are code, kept to their folder as far as Jinja's
            sandbox and Typst do that: use those of people whom you trust.

    Raises:
        DiagnosticError: there is no such format or language, too little is translated into it, a template has a
            mistake, sub-groups overlap, or no font here has a letter that the PDF needs.
        MissingExtraError: a library that it needs is not installed.
    """
    files, wrong = render_what_can_be(
        result, formats=formats, language=language, partial=partial, for_provider=for_provider, templates=templates
    )
    if wrong:
        raise RequestError(wrong)
    return files


def render_what_can_be(
    result: InspectionResult,
    *,
    formats: Iterable[Format | str] = PUBLISHED,
    language: str | Sequence[str] = ENGLISH,
    partial: bool = False,
    for_provider: bool = False,
    templates: Path | None = None,
) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """Return the files of a report, and what is wrong with each format that cannot be made: the others do not wait.

    Arguments and what else is raised are those of :func:`render_report`.
    """
    require("result", result, InspectionResult, hint="what an inspection came to: rate_inspection(…)")
    _check_folder(templates)
    chosen = _chosen(formats)
    with needs_extra("report", "a report"):
        from ctm_rules.report.rendering import render_formats
    return render_formats(result, chosen, _languages(language), templates, partial=partial, for_provider=for_provider)


def _chosen(formats: Iterable[Format | str]) -> tuple[Format, ...]:
    """Return each format once."""
    named = require_each("formats", formats, str, hint="names of formats, such as pdf")
    findings = Findings()
    for name in named:
        check_known("format of a report", name, [str(each) for each in Format], HERE.of("formats"), findings)
    findings.raise_errors()
    return tuple(dict.fromkeys(map(Format, named)))


def _languages(named: str | Sequence[str]) -> tuple[str, ...]:
    """Return each language once."""
    require("language", named, str, Iterable, hint="the code of a language, or several")
    return (named,) if isinstance(named, str) else tuple(dict.fromkeys(named)) or (ENGLISH,)


def _check_folder(templates: Path | None) -> None:
    if templates is not None and kind_of(templates) != "folder":
        message = f"there is no folder {templates}"
        raise RequestError([FILE_NOT_READABLE.found(Location(str(templates)), message, hint="check its name")])
    if templates is not None:
        # A template may read what lies beside it. Of fonts nothing is shown but the shapes of letters.
        findings = Findings()
        links = [each for each in links_below(templates) if templates / FONTS not in (each, *each.parents)]
        found_in(templates, links, findings)
        findings.raise_errors()


def write_report(
    result: InspectionResult,
    folder: str | Path,
    *,
    formats: Iterable[Format | str] = PUBLISHED,
    language: str | Sequence[str] = ENGLISH,
    partial: bool = False,
    for_provider: bool = False,
    templates: str | Path | None = None,
) -> tuple[Path, ...]:
    """Write a report into a folder, which is made where it is missing, and return the files written.

    Everything is made before anything is written, and all of it is written or nothing; see :func:`render_report`.

    Raises:
        DiagnosticError: something is wrong with what is asked for, or a file cannot be written. Where one format
            cannot be made, the files of the others are written all the same.

    >>> import tempfile
    >>> from ctm_rules import load_inspection, rate_inspection
    >>> result = rate_inspection(load_inspection("examples/ctm/inspection.yaml"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [file.name for file in write_report(result, folder, formats=["json"])]
    ['annexe.json']
    """
    into = require_path("folder", folder, "the folder to write into")
    if templates is not None:
        templates = require_path("templates", templates, "a folder of templates")
    files, wrong = render_what_can_be(
        result, formats=formats, language=language, partial=partial, for_provider=for_provider, templates=templates
    )
    written = write_files(files, into)
    if wrong:
        raise RequestError(wrong)
    return written


def write_comparison(
    results: Sequence[InspectionResult],
    folder: Path,
    *,
    formats: Iterable[Format | str] = PUBLISHED,
    language: str | Sequence[str] = ENGLISH,
    partial: bool = False,
    templates: Path | None = None,
) -> tuple[Path, ...]:
    """Write a comparison of one inspection or more (``compare.html``, ``compare.xlsx`` …), and return the files.

    Raises:
        DiagnosticError: something is wrong with what is asked for, or a file cannot be written. Where one format
            cannot be made, the files of the others are written all the same.
    """
    _check_folder(templates)
    with needs_extra("report", "a report"):
        from ctm_rules.report.comparison.rendering import render_comparison
    chosen = tuple(dict.fromkeys(map(Format, formats)))
    files, wrong = render_comparison(results, _languages(language), templates, chosen, partial=partial)
    written = write_files(files, folder)
    if wrong:
        raise RequestError(wrong)
    return written


def write_files(files: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Write files into a folder, all of them or none, and return where they are.

    Raises:
        DiagnosticError: one cannot be written.
    """
    private = [name for name in (Path(file).name for file in files) if is_private(name)]
    return write_together({folder / name: content for name, content in files.items()}, folder, private=private)


__all__ = [
    "PUBLISHED",
    "Format",
    "render_report",
    "render_what_can_be",
    "write_comparison",
    "write_files",
    "write_report",
]
