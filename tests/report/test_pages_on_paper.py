"""The report on paper: what lies where on the pages of the PDF, and where its links and those of Word lead."""

from __future__ import annotations

import io
import re

import docx
import pytest

from ctm_rules import InspectionResult, load_inspection, rate_inspection
from ctm_rules.languages.languages import load_language
from ctm_rules.report import render_report
from ctm_rules.report.content import write_content
from ctm_rules.report.material import gather
from tests.benchmarks.many_standards import write
from tests.support.pdf_pages import Words, lying_over_others, words_of_pdf

RIGHT, FOOT = 595.28 - 62.36, 68.0
"""Where the words of a page end on the right, and at its foot, in points; below stands the line with its number."""

POINTS_PER_UNIT = {288: 60 / 25.4 * 72 / 288, 720: 150 / 25.4 * 72 / 720}
"""How large pictures are set, by their width in units."""

NAMES = ["report.pdf", "report-cy.pdf", "many"]


@pytest.fixture(scope="module")
def on_many(tmp_path_factory: pytest.TempPathFactory) -> InspectionResult:
    """A report whose box of ratings, pictures and tables go over pages."""
    path = write(tmp_path_factory.mktemp("many"), standards=18, cases=20)
    return rate_inspection(load_inspection(path), engine="reference")


@pytest.fixture(scope="module")
def published(result: InspectionResult) -> dict[str, bytes]:
    return dict(render_report(result, formats=["pdf", "docx"], language=["en", "cy"]))


@pytest.fixture(scope="module")
def pages(published: dict[str, bytes], on_many: InspectionResult) -> dict[str, list[list[Words]]]:
    pdfs = published | {"many": render_report(on_many, formats=["pdf"])["report.pdf"]}
    return {name: words_of_pdf(pdfs[name]) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_no_words_lie_over_others(pages: dict[str, list[list[Words]]], name: str) -> None:
    assert sum(map(len, pages[name])) > 1000
    assert lying_over_others(pages[name]) == []


@pytest.mark.parametrize("name", NAMES)
def test_words_end_where_the_page_does(pages: dict[str, list[list[Words]]], name: str) -> None:
    assert [each for of in pages[name] for each in of if each.x + each.width > RIGHT + 3] == []
    below = [{round(each.y) for each in of if each.y < FOOT - 1} for of in pages[name]]
    assert [len(lines) for lines in below] == [1] * len(below)


@pytest.mark.parametrize("of", ["example", "many"])
def test_each_picture_fits_on_a_page(result: InspectionResult, on_many: InspectionResult, of: str) -> None:
    report = write_content(gather(result if of == "example" else on_many), load_language("en"))
    sizes = [tuple(map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)', each.svg)[0])) for each in report.pictures[1:]]
    assert len(sizes) > 2
    assert [size for size in sizes if size[1] * POINTS_PER_UNIT[size[0]] > 670] == []
    titles = [picture.caption.value for picture in report.pictures[1:]]
    assert len(set(titles)) == len(titles)


def test_each_language_leads_to_the_other(published: dict[str, bytes], files: dict[str, bytes]) -> None:
    for name, other in [("report", "report-cy"), ("report-cy", "report")]:
        assert f"/URI({other}.pdf)".encode() in published[f"{name}.pdf"].replace(b" ", b"")
        relations = docx.Document(io.BytesIO(published[f"{name}.docx"])).part.rels.values()
        assert [each.target_ref for each in relations if each.is_external] == [f"{other}.docx"]
    alone = docx.Document(io.BytesIO(files["report.docx"])).part.rels.values()
    assert not any(each.is_external for each in alone)


def test_both_languages_give_the_same_bytes_again(result: InspectionResult, published: dict[str, bytes]) -> None:
    assert render_report(result, formats=["pdf", "docx"], language=["en", "cy"]) == published


def test_links_in_word_lead_to_places_that_are_there(published: dict[str, bytes]) -> None:
    body = docx.Document(io.BytesIO(published["report.docx"])).element.body
    places = body.xpath("//w:bookmarkStart/@w:name")
    assert len(places) == len(set(places)) > 20
    assert all(re.fullmatch("[a-z][a-z0-9_]{0,39}", place) for place in places)
    leading = body.xpath("//w:hyperlink/@w:anchor")
    assert len(leading) > 8
    assert set(leading) <= set(places)
