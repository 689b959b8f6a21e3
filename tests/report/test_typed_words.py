"""Words that people typed stay words in every format, whatever they are made of."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import docx
import openpyxl
import pytest
from lxml import html
from markdown_it import MarkdownIt
from ruamel.yaml import YAML

from ctm_rules import InspectionResult, rate_inspection
from ctm_rules.languages.languages import clean
from ctm_rules.report import Format, render_report
from tests.support.hostile_words import HOSTILE, with_hostile_words

LINKED = re.compile(r"(https?|ftp)://|www\.\w|@[A-Za-z0-9]|#[0-9]|\bGH-[0-9]", re.IGNORECASE)
"""What GitHub makes links and mentions of in the words that come of Markdown."""


@pytest.fixture(scope="module")
def hostile(result: InspectionResult) -> dict[str, bytes]:
    return render_report(rate_inspection(with_hostile_words(result.inspection)), formats=list(Format))


def test_typed_words_are_no_markup_in_html(hostile: dict[str, bytes]) -> None:
    page = html.document_fromstring(hostile["report.html"].decode())
    assert page.xpath("//script|//img|//iframe|//object|//b") == []
    assert [name for element in page.iter() for name in element.attrib if name.startswith("on")] == []
    assert all(link.startswith("#") or link in hostile for link in page.xpath("//a/@href"))
    text = " ".join(page.text_content().split())
    for words in HOSTILE:
        assert clean(words) in text


def test_typed_words_are_no_markup_in_pictures(hostile: dict[str, bytes]) -> None:
    allowed = {"svg", "rect", "text", "path", "line", "circle"}
    for name, content in hostile.items():
        if name.endswith(".svg"):
            picture = html.fragment_fromstring(content.decode())
            assert {str(element.tag) for element in picture.iter()} <= allowed
            assert not [one for element in picture.iter() for one in element.attrib if one.startswith("on")]


def test_typed_words_are_no_markup_in_markdown(hostile: dict[str, bytes]) -> None:
    text = hostile["report.md"].decode()
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens}.isdisjoint({"html_block", "code_block", "fence"})
    # Recommendations and footnotes are numbered, and nothing that was typed is.
    assert [token.type for token in tokens].count("ordered_list_open") == 2
    assert {child.type for child in inline}.isdisjoint({"link_open", "code_inline"})
    # A comment parts what GitHub would link; nobody sees it.
    assert {child.content for child in inline if child.type == "html_inline"} == {"<!-- -->"}
    assert all(child.attrs["src"].startswith("pictures/") for child in inline if child.type == "image")
    assert not [child.content for child in inline if child.type == "text" and LINKED.search(child.content)]
    shown = "".join(child.content for child in inline if child.type != "html_inline")
    assert "<script>alert(1)</script>" in shown
    assert "[x](javascript:alert(1)) ![y](http://x.invalid/y.png)" in shown


def test_typed_words_are_text_in_the_word_document(hostile: dict[str, bytes]) -> None:
    paragraphs = [one.text for one in docx.Document(io.BytesIO(hostile["report.docx"])).paragraphs]
    for words in HOSTILE[:-2]:
        assert words in paragraphs


def test_typed_words_are_text_in_the_pdf(hostile: dict[str, bytes]) -> None:
    """``#panic()`` as markup would have stopped the typesetter."""
    assert hostile["report.pdf"].startswith(b"%PDF")
    assert b"/URI" not in hostile["report.pdf"]


def test_typed_words_are_no_formula_in_the_workbook(hostile: dict[str, bytes]) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(hostile["annexe.xlsx"]))
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    values = {cell.value for cell in cells}
    assert {"=1+1", "-2+3"} <= values
    assert all(cell.quotePrefix for cell in cells if isinstance(cell.value, str) and cell.value[:1] in "=+-@")


def test_typed_words_are_no_formula_in_csv(hostile: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(hostile["annexe-csv.zip"])) as archive:
        tables = [list(csv.reader(io.StringIO(archive.read(name).decode()))) for name in archive.namelist()]
    cells = {cell for table in tables for row in table for cell in row}
    assert "'=1+1" in cells
    formulas = re.compile(r"[=+@\t\r]|-(?![0-9.]+$)")
    assert not [cell for cell in cells if formulas.match(cell)]


def test_typed_words_are_text_in_drafts(hostile: dict[str, bytes]) -> None:
    drafts = YAML(typ="safe").load(hostile["drafts.yaml"])
    assert {one["standard"] for one in drafts["findings"]} == {"assessment", "planning", "implementation", "reviewing"}
