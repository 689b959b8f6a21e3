"""What a recommendation or a finding is about, at any level: its figure beside it, and the way there and back."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from ctm_rules import DiagnosticError, load_inspection, rate_inspection
from ctm_rules.inspections.file import Recommendation
from ctm_rules.report import render_report
from tests.support.every_name import write_every_name
from tests.support.report_page import Page, words_of

MORE = """\
  - id: company
    ask: Do people eat together?
    asked_of: provider
    prompts:
      - {id: table, ask: Is there a table?}
    yes_when: table
  - {id: mood, ask: How is the mood?, rated_by: judgement}
  - id: comfort
    ask: How comfortable is it?
    asked_of: provider
    points: {sum_of: prompts}
    prompts:
      - {id: chairs, ask: How are the chairs?, answers: ratings}
    rating: {sum_of: points, bands: [{from: 2, rating: good}, {rating: fair}]}
"""
"""Key questions that are asked once: of the provider, of whoever judges, and with points."""

ADDED = """\
  - {key_question: meals.mood, rating: fair, rationale: People smile at times.}
"""
FIGURES = """\
figures:
  - {id: beds, text: Beds, value: 20, unit: beds}
  - {id: survey, text: Staff who would eat there, count: 3, among: 4}
"""

FIGURE_OF = {
    "overall": "Overall rating: Fair",
    "domains.care": "1. Care: Good",
    "meals": "H 1 Meals: Fair",
    "fires": "H 4 Fires: Safe",
    "leadership": "H 3 Leadership: Good",
    "leadership.themes.vision": "",
    "meals.food": "75%, 9 of 12",
    "meals.food.warm": "figure not shown",
    "meals.company": "Good",
    "meals.company.table": "Yes",
    "meals.mood": "Fair",
    "meals.comfort": "2 in all",
    "meals.comfort.chairs": "Good",
    "measures.weighed": "100%, 12 of 12",
    "variants.palliative": "0 cases",
    "sections.more": "",
    "sections.all_of_us": "",
    "figures.beds": "20 beds",
    "figures.survey": "3 of 4",
}
"""What may be recommended about, each with the figure that stands beside it (empty: none)."""


def write(folder: Path, recommendations: str, *, finding: str = "{strength: There is more.}") -> Path:
    """Write an inspection that has something at every level, and return its file."""
    homes = write_every_name(folder)
    with (homes / "1-meals.yaml").open("a", encoding="utf-8") as file:
        file.write(MORE)
    (folder / "audits" / "reading.yaml").unlink(missing_ok=True)
    rows = [f"c{number},L,no,yes,yes,{'no' if number > 9 else 'yes'},,no,yes,no,yes" for number in range(1, 13)]
    table = folder / "audits" / "cases.csv"
    table.write_text("\n".join([table.read_text(encoding="utf-8").splitlines()[0], *rows, ""]), encoding="utf-8")
    path = folder / "audits" / "inspection.yaml"
    written = path.read_text(encoding="utf-8")
    for old, new in (
        ("facts: {breach: no}", "facts: {breach: no}, answers: {meals.company.table: yes, meals.comfort.chairs: good}"),
        ("case_judgements:\n", f"{ADDED}case_judgements:\n"),
        ("  - {case: c2,", "  - {case: c1,"),
        ("      - {strength: There is more., about: [domains.care]}\n", f"      - {finding}\n"),
        ("recommendations:\n  - Do more.\n", "recommendations:\n"),
        (
            "  - {text: Lead better., about: [overall, leadership, leadership.themes.vision, meals.food, "
            "measures.weighed]}\n",
            f"{recommendations}{FIGURES}",
        ),
        (
            "sections:\n",
            "sections:\n  - {id: all_of_us, title: All of us, evidence: [{area_for_improvement: Talk more.}]}\n",
        ),
    ):
        assert written.count(old) == 1, old
        written = written.replace(old, new)
    path.write_text(written, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A report in which something is recommended about everything, in both languages."""
    recommendations = "".join(f"  - {{text: Mind it., about: [{address}]}}\n" for address in FIGURE_OF)
    path = write(tmp_path_factory.mktemp("about"), recommendations)
    formats = ["html", "md", "docx", "pdf", "json"]
    result = rate_inspection(load_inspection(path))
    return render_report(result, formats=formats, language=["en", "cy"], partial=True)


@pytest.fixture(scope="module")
def page(files: dict[str, bytes]) -> Page:
    return Page(files["report.html"])


@pytest.mark.parametrize("address", FIGURE_OF)
def test_what_a_recommendation_is_about_has_its_figure_beside_it(page: Page, address: str) -> None:
    item = page.document.get_element_by_id(f"recommendation-{[*FIGURE_OF].index(address) + 1}")
    assert [words_of(one) for one in item.iter("span") if one.get("class") == "figure"] == [
        *([FIGURE_OF[address]] if FIGURE_OF[address] else [])
    ]


@pytest.mark.parametrize("name", ["report.html", "report-cy.html"])
def test_each_place_leads_back_to_the_recommendation_that_leads_to_it(files: dict[str, bytes], name: str) -> None:
    document = Page(files[name]).document
    for number, address in enumerate(FIGURE_OF, start=1):
        there = [one.get("href") for one in document.get_element_by_id(f"recommendation-{number}").iter("a")]
        assert len(there) == 1, address
        heading = document.get_element_by_id(there[0].removeprefix("#"))
        assert heading.tag in ("h2", "h3", "h4"), address
        back = set()
        for each in heading.itersiblings():
            if each.tag in ("h2", "h3", "h4"):
                break
            back |= {one.get("href") for one in each.iter("a")}
        assert f"#recommendation-{number}" in back, address


def test_markdown_leads_there_and_back_too(files: dict[str, bytes]) -> None:
    text = files["report.md"].decode()
    to = re.findall(r"\]\(#([a-z0-9-]+)\)", text)
    assert len(to) >= 2 * len(FIGURE_OF)
    assert sorted(set(to)) == sorted(re.findall(r'<a id="([a-z0-9-]+)"></a>', text))


def test_word_leads_there_and_back_too(files: dict[str, bytes]) -> None:
    root = Document(io.BytesIO(files["report.docx"])).element.body
    names = {one.get(qn("w:name")) for one in root.iter(qn("w:bookmarkStart"))}
    links = [one.get(qn("w:anchor")) for one in root.iter(qn("w:hyperlink")) if one.get(qn("w:anchor"))]
    assert set(links) <= names
    assert len([one for one in links if one.startswith("to_recommendation_")]) == len(FIGURE_OF)


def test_the_annexe_has_a_row_for_each_address(files: dict[str, bytes]) -> None:
    sheets = json.loads(files["annexe.json"])
    rows = sheets["recommendations"]
    assert [(row["number"], row["address"]) for row in rows] == list(enumerate(FIGURE_OF, start=1))


def test_a_text_alone_is_a_recommendation(tmp_path: Path) -> None:
    declared = load_inspection(write(tmp_path, "  - Go on.\n")).declared
    assert declared.recommendations == (Recommendation("Go on."),)


def test_a_section_on_the_whole_stands_after_the_standards(page: Page) -> None:
    headings = [words_of(one) for one in page.document.iter("h2")]
    assert headings.index("All of us") > headings.index("Other standards")
    below = page.document.get_element_by_id("section-all-of-us-area-for-improvement")
    assert (below.tag, words_of(below)) == ("h3", "Areas for improvement")


def test_a_finding_leads_to_what_it_is_about_elsewhere(tmp_path: Path) -> None:
    finding = "{area_for_improvement: It shows everywhere., about: [overall, domains.leading, meals.food]}"
    path = write(tmp_path, "  - {text: Mind it., about: [domains.leading]}\n", finding=finding)
    page = Page(render_report(rate_inspection(load_inspection(path)), formats=["html"])["report.html"])
    item = next(one for one in page.document.iter("li") if "It shows everywhere." in words_of(one))
    assert [words_of(one) for one in item.iter("a")] == [
        *("Overall rating", "2. Leading", "H 1 Meals: Is the food good?", "Recommendation 1")
    ]
    assert [words_of(one) for one in item.iter("span")] == [
        *("Overall rating: Fair", "2. Leading: Good", "75%, 9 of 12")
    ]


@pytest.mark.parametrize(
    ("words", "is_right"),
    [
        pytest.param("It is so in 75 per cent.", True, id="a share"),
        pytest.param("Three quarters of staff, 3 of 4, would eat there.", True, id="a count"),
        pytest.param("It is so in 60 per cent.", False, id="no share"),
        pytest.param("2 of 4 would eat there.", False, id="no count"),
    ],
)
def test_words_are_held_against_figures_beside_ratings(tmp_path: Path, words: str, *, is_right: bool) -> None:
    finding = f"{{strength: '{words}', about: [domains.care, meals.food, figures.survey]}}"
    result = rate_inspection(load_inspection(write(tmp_path, "  - Go on.\n", finding=finding)))
    if is_right:
        assert words in Page(render_report(result, formats=["html"])["report.html"]).text
        return
    with pytest.raises(DiagnosticError) as caught:
        render_report(result, formats=["html"])
    assert [found.code for found in caught.value.diagnostics] == ["words-against-figure"]


@pytest.mark.parametrize(
    ("about", "nearest"),
    [
        pytest.param("leadershipp", "leadership", id="a standard"),
        pytest.param("leadership.themes.visoin", "leadership.themes.vision", id="a theme"),
        pytest.param("meals.themes.vision", "leadership.themes.vision", id="a theme of another standard"),
        pytest.param("domains.caer", "domains.care", id="a domain"),
        pytest.param("meals.food.freshh", "meals.food.fresh", id="a prompt"),
        pytest.param("sections.moer", "sections.more", id="a section"),
        pytest.param("figures.bed", "figures.beds", id="a figure"),
        pytest.param("overal", "overall", id="the whole"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest_that_is(tmp_path: Path, about: str, nearest: str) -> None:
    path = write(tmp_path, f"  - {{text: Mind it., about: [meals, {about}]}}\n")
    with pytest.raises(DiagnosticError) as caught:
        load_inspection(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    (found,) = caught.value.diagnostics
    assert (found.code, found.line) == ("unknown-name", lines.index("recommendations:") + 2)
    assert nearest in (found.hint or "")
