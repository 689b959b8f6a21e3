"""A report's files from a rated inspection, one for each format; imports every library that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, RequestError
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import Language, load_language
from ctm_rules.report.annexe import make_annexe, say_source
from ctm_rules.report.blocks import Link, Report
from ctm_rules.report.content import write_content, write_press_release
from ctm_rules.report.drafts import drafts_yaml
from ctm_rules.report.formats import Format
from ctm_rules.report.html_and_markdown import render
from ctm_rules.report.material import gather
from ctm_rules.report.pdf_and_word import fonts_for, write_docx, write_pdf
from ctm_rules.report.said import words_against_figures
from ctm_rules.report.spreadsheets import write_csv_zip, write_json, write_xlsx


def render_formats(
    result: InspectionResult, formats: Sequence[Format], language: str, templates: Path | None
) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """Return the files of a report by their names, and what is wrong with each format that cannot be made."""
    words = load_language(language)
    material = gather(result)
    against_figures = words_against_figures(material)
    if against_figures:
        raise RequestError(against_figures)
    report, annexe, press = write_content(material, words), make_annexe(material), write_press_release(material, words)
    declared = result.inspection.declared
    title, source = declared.title, say_source(declared.source)
    publisher = "" if declared.published_by is None else declared.published_by.name
    terms = "; ".join(filter(None, (material.licence, source)))
    fonts = cache(lambda: fonts_for(report, templates))

    def made(name: Format) -> Mapping[str, bytes]:
        match name:
            case Format.HTML:
                pages = {"report.html": (report, _downloads(files, words, press is not None))}
                if press is not None:
                    pages["press-release.html"] = press, []
                return {
                    name: render("report.html.jinja", templates, report=page, downloads=links)
                    for name, (page, links) in pages.items()
                }
            case Format.MD:
                return {"report.md": render("report.md.jinja", templates, report=report), **_pictures(report)}
            case Format.DOCX:
                return {"report.docx": write_docx(report, fonts(), templates)}
            case Format.PDF:
                return {"report.pdf": write_pdf(report, fonts(), templates)}
            case Format.XLSX:
                return {"annexe.xlsx": write_xlsx(annexe, title, report.date, terms, publisher)}
            case Format.JSON:
                return {"annexe.json": write_json(annexe)}
            case Format.CSV:
                return {"annexe-csv.zip": write_csv_zip(annexe, title, material.licence, source, publisher)}
            case Format.DRAFTS:
                return {"drafts.yaml": drafts_yaml(material, words)}

    files: dict[str, bytes] = {}
    wrong: list[Diagnostic] = []
    # The page comes last, since it says how large the others are.
    for name in sorted(formats, key=lambda name: name is Format.HTML):
        try:
            files |= made(name)
        except DiagnosticError as error:
            wrong += error.diagnostics
    return files, tuple(wrong)


def _downloads(files: Mapping[str, bytes], language: Language, has_press_release: bool) -> list[Link]:
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
