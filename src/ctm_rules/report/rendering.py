"""A report's files from a rated inspection, one for each format; imports every library that they need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, RequestError
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import Language, load_language
from ctm_rules.report.annexe import Sheet, make_annexe, say_source
from ctm_rules.report.blocks import Link, Report
from ctm_rules.report.content import write_content, write_press_release
from ctm_rules.report.drafts import drafts_yaml
from ctm_rules.report.formats import Format
from ctm_rules.report.html_and_markdown import render
from ctm_rules.report.material import gather
from ctm_rules.report.pdf_and_word import fonts_for, write_docx, write_pdf
from ctm_rules.report.said import words_against_figures
from ctm_rules.report.spreadsheets import write_csv_zip, write_json, write_xlsx


@frozen
class Contents:
    """What files are made of.

    Attributes:
        page: what people read.
        tables: what programs read.
        title: what all of it is about.
        publisher: who publishes it (empty: nobody).
        licence: under which it may be used (empty: nobody says).
        source: where the figures come from (empty: nobody says).
        drafts: returns drafts for who writes the report.
        press_release: what is told to the press, a page of its own (``None``: there is none).
        downloads: returns the links that the page has to other files, by their names and contents.
    """

    page: Report
    tables: Sequence[Sheet]
    title: str
    publisher: str = ""
    licence: str = ""
    source: str = ""
    drafts: Callable[[], bytes] = bytes
    press_release: Report | None = None
    downloads: Callable[[Mapping[str, bytes]], Sequence[Link]] = lambda _: ()


@frozen
class Names:
    """What files are called: those that people read, those that programs read, and the archive of CSV files."""

    page: str
    tables: str
    archive: str


def render_formats(
    result: InspectionResult, formats: Sequence[Format], language: str, templates: Path | None
) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """Return the files of a report by their names, and what is wrong with each format that cannot be made."""
    words = load_language(language)
    material = gather(result)
    against_figures = words_against_figures(material)
    if against_figures:
        raise RequestError(against_figures)
    declared = result.inspection.declared
    press = write_press_release(material, words)
    contents = Contents(
        write_content(material, words),
        make_annexe(material),
        declared.title,
        "" if declared.published_by is None else declared.published_by.name,
        material.licence,
        say_source(declared.source),
        lambda: drafts_yaml(material, words),
        press,
        lambda files: _downloads(files, words, press is not None),
    )
    return made_of(contents, Names("report", "annexe", "annexe-csv"), formats, templates)


def made_of(
    contents: Contents, names: Names, formats: Sequence[Format], templates: Path | None
) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """Return files by their names, and what is wrong with each format that cannot be made: the others do not wait."""
    page, tables, title = contents.page, contents.tables, contents.title
    fonts = cache(lambda: fonts_for(page, templates))
    terms = "; ".join(filter(None, (contents.licence, contents.source)))

    def made(name: Format) -> Mapping[str, bytes]:
        match name:
            case Format.HTML:
                pages = {f"{names.page}.html": (page, contents.downloads(files))}
                if contents.press_release is not None:
                    pages["press-release.html"] = contents.press_release, []
                return {
                    name: render("report.html.jinja", templates, report=one, downloads=links)
                    for name, (one, links) in pages.items()
                }
            case Format.MD:
                return {f"{names.page}.md": render("report.md.jinja", templates, report=page), **_pictures(page)}
            case Format.DOCX:
                return {f"{names.page}.docx": write_docx(page, fonts(), templates)}
            case Format.PDF:
                return {f"{names.page}.pdf": write_pdf(page, fonts(), templates)}
            case Format.XLSX:
                return {f"{names.tables}.xlsx": write_xlsx(tables, title, page.date, terms, contents.publisher)}
            case Format.JSON:
                return {f"{names.tables}.json": write_json(tables)}
            case Format.CSV:
                archive = write_csv_zip(tables, title, contents.licence, contents.source, contents.publisher)
                return {f"{names.archive}.zip": archive}
            case Format.DRAFTS:
                return {"drafts.yaml": contents.drafts()}

    files: dict[str, bytes] = {}
    wrong: list[Diagnostic] = []
    # The page comes last, since it says how large the others are.
    for name in sorted(formats, key=lambda name: name is Format.HTML):
        try:
            files |= made(name)
        except DiagnosticError as error:
            wrong += error.diagnostics
    return files, tuple(wrong)


def _downloads(files: Mapping[str, bytes], language: Language, has_press_release: bool) -> Sequence[Link]:
    """Return links to what lies beside the page: other formats, each with its size, and what is told to the press."""
    names = {"report.pdf": "download_pdf", "report.docx": "download_docx", "annexe.xlsx": "download_annexe"}
    links = [
        Link(language.label("download", format=language.label(label), size=_size(len(files[file]))), file)
        for file, label in names.items()
        if file in files
    ]
    return [*links, Link(language.label("press_release"), "press-release.html")] if has_press_release else links


def _size(number: int) -> str:
    """Return a size in bytes as people read it."""
    return f"{number / 1_000_000:.1f} MB" if number >= 1_000_000 else f"{max(1, round(number / 1000))} kB"


def _pictures(report: Report) -> Mapping[str, bytes]:
    return {f"pictures/{picture.name}.svg": picture.svg.encode() for picture in report.pictures}
