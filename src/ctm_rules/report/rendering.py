"""A report's files from a rated inspection, one for each format; imports every library that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, RequestError
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import load_language
from ctm_rules.report.annexe import make_annexe, say_source
from ctm_rules.report.blocks import Picture, Report
from ctm_rules.report.content import write_content
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
    report, annexe = write_content(material, words), make_annexe(material)
    declared = result.inspection.declared
    title, source = declared.title, say_source(declared.source)
    publisher = "" if declared.published_by is None else declared.published_by.name
    terms = "; ".join(filter(None, (material.licence, source)))
    fonts = cache(lambda: fonts_for(report, templates))

    def made(name: Format) -> Mapping[str, bytes]:
        match name:
            case Format.HTML:
                return {"report.html": render("report.html.jinja", templates, report=report)}
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
    for name in formats:
        try:
            files |= made(name)
        except DiagnosticError as error:
            wrong += error.diagnostics
    return files, tuple(wrong)


def _pictures(report: Report) -> Mapping[str, bytes]:
    pictures = (block for block in report.blocks if isinstance(block, Picture))
    return {f"pictures/{picture.name}.svg": picture.svg.encode() for picture in pictures}
