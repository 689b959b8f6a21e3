"""The measures that are counted beside the key questions, and the figures that no case table gives."""

from __future__ import annotations

from ctm_rules.report.inspection_page import InspectionPage
from ctm_rules.report.prompts import write_asked
from ctm_rules.report.subjects import figure_said, write_recommended


def write_figures(page: InspectionPage) -> None:
    """Write the figures that stand under no key question."""
    if not page.framework.measures and not page.declared.figures:
        return
    page.heading(2, page.say("figures"), "figures")
    if page.framework.measures:
        page.heading(3, page.say("measures"), "measures")
        page.paragraph(page.say("measures_intro"))
        write_recommended(page, "measures")
        paths = list(page.framework.measures_by_path)
        write_asked(page, paths, page.say("measures_caption"), "measures-table", page.say("measure"))
    if page.declared.figures:
        page.heading(3, page.say("organisation_figures"), "organisation-figures")
        write_recommended(page, "organisation-figures")
        rows = [(page.written(figure.text), figure_said(page, figure)) for figure in page.declared.figures]
        columns = [page.say("figure"), page.say("value")]
        page.table("organisation-table", page.say("organisation_caption"), columns, rows, [1])
