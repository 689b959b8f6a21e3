"""What a report says of its accessibility is what tests check, each sentence by one that is there."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest
from attrs import evolve

from ctm_rules import InspectionResult
from ctm_rules.inspections.file import Publication
from ctm_rules.languages.languages import load_language
from ctm_rules.report import render_report
from ctm_rules.report.html_and_markdown import TEMPLATES
from ctm_rules.report.sections.method import ACCESSIBLE
from tests.support.chromium import WIDTHS
from tests.support.paths import ROOT
from tests.support.report_page import Page, words_of

CHECKED = {
    "rules": [("report/test_browser.py", "test_a_reader_has_nothing_to_mind")],
    "screens": [("report/test_browser.py", "test_a_reader_has_nothing_to_mind")],
    "colours": [("report/test_browser.py", "test_a_reader_has_nothing_to_mind")],
    "pictures": [
        ("report/test_report.py", "test_every_picture_has_its_words"),
        ("report/test_short_first.py", "test_a_picture_is_followed_by_its_table_folded"),
        ("report/test_short_first.py", "test_the_ruler_says_where_the_score_lies"),
    ],
    "print": [("report/test_browser.py", "test_a_reader_has_nothing_to_mind")],
    "languages": [("languages/test_languages.py", "test_english_words_on_a_welsh_page_are_marked_as_english")],
    "pdf": [
        ("report/test_report.py", "test_the_pdf_is_tagged_and_has_its_title"),
        ("report/test_accessibility.py", "test_the_pdf_says_its_language"),
    ],
    "word": [
        ("report/test_report.py", "test_the_word_document_has_its_headings_tables_and_described_pictures"),
        ("report/test_report.py", "test_the_word_document_has_contents_page_numbers_and_a_language"),
    ],
}
"""Each sentence, with the tests that check what it says."""


def _tests_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_sentence_of_the_statement_has_a_test() -> None:
    assert tuple(CHECKED) == ACCESSIBLE
    missing = [(file, test) for tests in CHECKED.values() for file, test in tests if test not in _tests_in(file)]
    assert missing == []


def test_the_numbers_of_the_statement_are_those_of_the_tests() -> None:
    labels = load_language("en").file.labels
    assert f"from {min(WIDTHS)} to {max(WIDTHS)} pixels" in labels["accessible_screens"]
    look = (ROOT / "tests" / "browser" / "look.mjs").read_text(encoding="utf-8")
    assert "< 4.5)" in look
    assert "4.5 to 1" in labels["accessible_colours"]
    assert "< 12)" in look
    assert "smaller than 12 pixels" in labels["accessible_screens"]
    assert {"wcag2a", "wcag2aa", "wcag22aa"} <= set(re.findall(r'"(wcag\w+)"', look))


def _section(page: Page) -> list[str]:
    heading = page.document.get_element_by_id("accessibility")
    found = []
    for each in heading.itersiblings():
        if each.tag == "h2" or each.get("class") == "top":
            break
        found.append(words_of(each))
    return found


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_report_has_the_statement(result: InspectionResult, language: str) -> None:
    page = Page(render_report(result, formats=["html"], language=language)["report.html"])
    said = " ".join(_section(page))
    labels = load_language(language).file.labels
    for name in ("accessibility_intro", *(f"accessible_{each}" for each in ACCESSIBLE), "accessibility_limits"):
        assert labels[name] in said


def test_who_publishes_a_report_is_whom_to_tell(result: InspectionResult) -> None:
    declared = evolve(
        result.inspection.declared, published_by=Publication("The North Inspectorate", contact="help@north.example")
    )
    published = evolve(result, inspection=evolve(result.inspection, declared=declared))
    page = Page(render_report(published, formats=["html"])["report.html"])
    assert _section(page)[-1] == "If there is something that you cannot read or use, say so here: help@north.example"


def test_nothing_is_said_of_templates_of_ones_own(result: InspectionResult, tmp_path: Path) -> None:
    shutil.copy(TEMPLATES / "page.css", tmp_path)
    page = Page(render_report(result, formats=["html"], templates=tmp_path)["report.html"])
    assert load_language("en").file.labels["accessibility_intro"] in _section(page)
    (tmp_path / "page.css").write_text("body { color: grey; }", encoding="utf-8")
    page = Page(render_report(result, formats=["html"], templates=tmp_path)["report.html"])
    assert _section(page) == [load_language("en").file.labels["accessibility_own_templates"]]


@pytest.mark.parametrize(("language", "code"), [("en", b"en"), ("cy", b"cy")], ids=["English", "Welsh"])
def test_the_pdf_says_its_language(result: InspectionResult, language: str, code: bytes) -> None:
    pdf = render_report(result, formats=["pdf"], language=language)["report.pdf"]
    assert re.search(rb"/Lang\s*\(" + code + rb"\)", pdf)
