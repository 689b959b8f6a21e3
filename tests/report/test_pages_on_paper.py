"""The report on paper: what lies where on the pages of the PDF, and where its links and those of Word lead."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

import docx
import pytest

from ctm_rules import InspectionResult, load_inspection, rate_inspection
from ctm_rules.languages.languages import Text, load_language
from ctm_rules.report import render_report
from ctm_rules.report.blocks import Column, Report, Table
from ctm_rules.report.content import write_content
from ctm_rules.report.material import gather
from ctm_rules.report.pdf import fonts_for, write_pdf
from ctm_rules.report.word import write_docx
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


# --- Tables that go over pages ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables() -> dict[int, Table]:
    """Tables of 2 to 64 rows, in which a row takes one to three lines."""
    columns = (Column(_english("Name")), Column(_english("Words")), Column(_english("A long title"), is_number=True))
    return {
        size: Table(
            _english(f"{size} rows"),
            columns,
            tuple(
                (_english(f"{row}"), _english("words " * (8 * (1 + (7 * row + size) % 3))), _english("1"))
                for row in range(size)
            ),
            f"table-{size}",
        )
        for size in range(2, 65)
    }


def test_no_row_of_a_table_stands_alone_on_a_page(tables: dict[int, Table]) -> None:
    found = _rows_on_pages(_report_of(tables.values()))
    of_tables = iter(found)
    for size in tables:
        on_pages = [next(of_tables)]
        while sum(on_pages) < size:
            on_pages.append(next(of_tables))
        assert sum(on_pages) == size
        assert min(on_pages) > 1, f"{size} rows stand on pages by {on_pages}"
    assert list(of_tables) == []
    assert len(found) > len(tables) + 30


@pytest.mark.parametrize("words", [120, 3000], ids=["many lines", "many pages"])
def test_no_row_is_cut_off_where_rows_are_high(words: int) -> None:
    columns = (Column(_english("Name")), Column(_english("A long title"), is_number=True))
    rows = tuple((_english("word " * (words if row < 8 else 1)), _english("1")) for row in range(9))
    pdf = _report_of([Table(_english("High rows"), columns, rows, "high")])
    assert sum(_rows_on_pages(pdf)) == len(rows)
    assert min(each.y for page in words_of_pdf(pdf) for each in page) > FOOT - 30


def test_no_row_stands_alone_on_a_page_of_word(tables: dict[int, Table]) -> None:
    report = _made_of([tables[30]])
    (table,) = docx.Document(io.BytesIO(write_docx(report, fonts_for(report)))).tables
    kept = [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in table.rows]
    assert kept == [True, True, *[False] * 27, True, False]


def _english(words: str) -> Text:
    return Text(words, "en")


def _made_of(tables: Iterable[Table]) -> Report:
    """Return a report of nothing but tables."""
    words = map(_english, ("Title", "Provider", "Publisher"))
    around = map(_english, ("Contents", "Downloads", "To the top", "Skip"))
    return Report("en", *words, None, (), *around, (), tuple(tables), _english("Foot"), (2026, 2, 3))


def _report_of(tables: Iterable[Table]) -> bytes:
    report = _made_of(tables)
    return write_pdf(report, fonts_for(report))


def _rows_on_pages(pdf: bytes) -> list[int]:
    """Return how many rows follow each head of a table; a head is wider than the numbers below it."""
    counts: list[int] = []
    for page in words_of_pdf(pdf):
        last = [each for each in page if each.x + each.width > RIGHT - 6 and each.y > FOOT]
        for each in sorted(last, key=lambda word: -word.y):
            if each.width > 20:
                counts.append(0)
            else:
                counts[-1] += 1
    return counts


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
