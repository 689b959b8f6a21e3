"""Every part that a published report has a place in the inspection file, and stands where readers look for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from ctm_rules import DiagnosticError, InspectionResult, load_inspection, rate_inspection
from ctm_rules.report import render_report
from tests.support.paths import EXAMPLE
from tests.support.report_page import Page, words_of


def _under(page: Page, anchor: str) -> list[str]:
    """Return what stands between a heading and the next one."""
    found = []
    for each in page.document.get_element_by_id(anchor).itersiblings():
        if each.tag in ("h2", "h3"):
            break
        found.append(words_of(each))
    return found


def test_the_foreword_is_signed(page: Page) -> None:
    assert _under(page, "foreword")[-1] == "The makers of ctm-rules, in place of a chief inspector"


def test_the_end_has_who_led_it_the_glossary_and_the_footnotes(page: Page) -> None:
    further = _under(page, "further-information")
    assert "This inspection was led by nobody, since this is a demonstration." in further
    assert [words for words in further if words.startswith("Thanks go to everybody")]
    assert "PSO. Probation service officer" in " ".join(_under(page, "glossary"))
    note = page.document.get_element_by_id("note-1")
    assert words_of(note).startswith("Six cases were subject to Probation Reset.")
    assert "applied proportionately. [1]" in page.text


def test_what_is_told_to_the_press_is_a_page_with_the_same_ratings(files: dict[str, bytes], page: Page) -> None:
    told = Page(files["press-release.html"])
    assert words_of(told.document.find(".//h1")) == "Probation services in Cwm Taf Morgannwg PDU require improvement"
    assert told.ratings()["overall"] == page.ratings()["overall"]
    assert told.ratings_of_standards() == page.ratings_of_standards()
    assert words_of(told.document.xpath("//header")[0]) == "Demonstration"
    links = set(told.document.xpath("//main//a/@href")) - {"#main"}
    assert links == {"report.html"}
    assert "press-release.html" in page.document.xpath("//nav[@class='downloads']//a/@href")


def test_what_is_not_there_has_no_heading(result: InspectionResult) -> None:
    declared = evolve(
        result.inspection.declared,
        foreword=(),
        signed_by=None,
        lead_inspector="",
        thanks="",
        glossary=(),
        footnotes=(),
        press_release=None,
        recommendations=(),
        summary=(),
    )
    bare = rate_inspection(evolve(result.inspection, declared=declared))
    files = render_report(bare, formats=["html"])
    assert list(files) == ["report.html"]
    page = Page(files["report.html"])
    headings = {words_of(one) for one in page.document.iter("h2")}
    assert headings.isdisjoint({"Foreword", "Recommendations", "Glossary", "Footnotes", "Press release"})
    assert "Background" in headings


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            " [1]\n",
            " [1] [3]\n",
            "a text refers to footnote [3]",
            id="one that is not there",
        ),
        pytest.param(
            " [1]\n",
            "\n",
            "no text refers to footnote [1]",
            id="one that is not referred to",
        ),
    ],
)
def test_footnotes_and_what_refers_to_them_go_together(tmp_path: Path, old: str, new: str, message: str) -> None:
    written = EXAMPLE.read_text(encoding="utf-8")
    assert old in written
    (tmp_path / "inspection.yaml").write_text(written.replace(old, new), encoding="utf-8")
    (tmp_path / "cases.csv").write_bytes(EXAMPLE.with_name("cases.csv").read_bytes())
    with pytest.raises(DiagnosticError) as caught:
        load_inspection(tmp_path / "inspection.yaml")
    assert [found.code for found in caught.value.diagnostics] == ["bad-footnote"]
    assert message in caught.value.diagnostics[0].message
