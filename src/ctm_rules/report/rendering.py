"""A report's files from a rated inspection, one for each format; imports every library that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import load_language
from ctm_rules.report.annexe import make_annexe
from ctm_rules.report.blocks import Picture, Report
from ctm_rules.report.content import write_content
from ctm_rules.report.drafts import drafts_yaml
from ctm_rules.report.formats import Format
from ctm_rules.report.html_and_markdown import render
from ctm_rules.report.material import gather
from ctm_rules.report.pdf_and_word import write_docx, write_pdf
from ctm_rules.report.spreadsheets import write_csv_zip, write_json, write_xlsx


def render_formats(
    result: InspectionResult, formats: Sequence[Format], language: str, templates: Path | None
) -> dict[str, bytes]:
    """Return the files of a report by their names; see :func:`ctm_rules.report.render_report`."""
    words = load_language(language)
    material = gather(result)
    report, annexe = write_content(material, words), make_annexe(material)
    title = result.inspection.declared.title
    files: dict[str, bytes] = {}
    for name in formats:
        match name:
            case Format.HTML:
                files["report.html"] = render("report.html.jinja", templates, report=report)
            case Format.MD:
                files["report.md"] = render("report.md.jinja", templates, report=report)
                files |= _pictures(report)
            case Format.DOCX:
                files["report.docx"] = write_docx(report, templates)
            case Format.PDF:
                files["report.pdf"] = write_pdf(report, templates)
            case Format.XLSX:
                files["annexe.xlsx"] = write_xlsx(annexe, title, report.date)
            case Format.JSON:
                files["annexe.json"] = write_json(annexe)
            case Format.CSV:
                files["annexe-csv.zip"] = write_csv_zip(annexe)
            case Format.DRAFTS:
                files["drafts.yaml"] = drafts_yaml(material, words)
    return files


def _pictures(report: Report) -> Mapping[str, bytes]:
    pictures = (block for block in report.blocks if isinstance(block, Picture))
    return {f"pictures/{picture.name}.svg": picture.svg.encode() for picture in pictures}
