"""Who answers for a report and for each figure in it: nobody is impersonated, and nothing worked out looks printed."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path

import docx
import pytest
from attrs import evolve
from lxml import html

from ctm_rules import DiagnosticError, InspectionResult, load_inspection, rate_inspection
from ctm_rules.inspections.file import Correction, InspectionFile, Publication
from ctm_rules.report import render_report
from tests.support.paths import EXAMPLE
from tests.support.report_page import Page, mark_of, words_of

PUBLISHER = "Northern Inspectorate"
STANDARDS_BY = "HM Inspectorate of Probation"


def _with(result: InspectionResult, **changes: object) -> InspectionResult:
    declared: InspectionFile = evolve(result.inspection.declared, **changes)
    return rate_inspection(evolve(result.inspection, declared=declared))


@pytest.fixture(scope="module")
def published(result: InspectionResult) -> dict[str, bytes]:
    by = Publication(PUBLISHER, datetime.date(2026, 1, 20), "post@example.org", "Open Government Licence v3.0")
    correction = Correction(datetime.date(2026, 2, 1), "The sample was 44 cases and not 42.")
    changed = _with(result, published_by=by, status="corrected", corrections=(correction,))
    return render_report(changed, formats=["html", "docx", "pdf", "md", "json"])


def _about(files: dict[str, bytes]) -> list[tuple[str, object]]:
    return [(row["item"], row["value"]) for row in json.loads(files["annexe.json"])["about"]]


# --- Who publishes it ------------------------------------------------------------------------------


def test_without_a_publisher_every_format_says_that_it_is_a_demonstration(files: dict[str, bytes], page: Page) -> None:
    assert words_of(page.document.xpath("//header")[0]) == "Demonstration"
    assert page.document.xpath("string(//meta[@name='author']/@content)") == "Demonstration"
    assert f"{STANDARDS_BY}, whose standards it applies, has neither published nor approved it." in page.text
    word = docx.Document(io.BytesIO(files["report.docx"]))
    assert word.core_properties.author == word.paragraphs[0].text == "Demonstration"
    assert b"<dc:creator><rdf:Seq><rdf:li>Demonstration</rdf:li>" in files["report.pdf"]
    assert files["report.md"].decode().splitlines()[2] == "Demonstration"
    assert dict(_about(files))["published_by"] == "Demonstration"


def test_who_publishes_it_stands_in_every_format(published: dict[str, bytes]) -> None:
    page = Page(published["report.html"])
    assert words_of(page.document.xpath("//header")[0]) == PUBLISHER
    assert "Demonstration" not in page.text
    assert f"Published by {PUBLISHER} on 20 January 2026" in page.text
    assert "Contact: post@example.org" in page.text
    assert "Licence: Open Government Licence v3.0" in page.text
    assert docx.Document(io.BytesIO(published["report.docx"])).core_properties.author == PUBLISHER
    assert PUBLISHER.encode() in published["report.pdf"]
    assert dict(_about(published))["published_by"] == PUBLISHER


def test_documents_are_dated_by_the_day_of_writing(files: dict[str, bytes], day_of_writing: datetime.date) -> None:
    properties = docx.Document(io.BytesIO(files["report.docx"])).core_properties
    assert properties.created is not None
    assert properties.created.date() == day_of_writing
    assert f"<xmp:CreateDate>{day_of_writing}".encode() in files["report.pdf"]


# --- Its status ------------------------------------------------------------------------------------


def test_a_correction_stands_on_every_page(published: dict[str, bytes]) -> None:
    said = "Corrected on 1 February 2026: The sample was 44 cases and not 42."
    page = Page(published["report.html"])
    assert words_of(page.document.xpath("//p[@class='status']")[0]) == said
    assert said in words_of(page.document.xpath("//footer")[0])
    assert "1 February 2026: The sample was 44 cases and not 42." in [words_of(one) for one in page.document.iter("li")]
    word = docx.Document(io.BytesIO(published["report.docx"]))
    assert word.sections[0].header.paragraphs[0].text == said
    assert ("status", "corrected") in _about(published)


def test_a_draft_says_so_on_every_page(result: InspectionResult) -> None:
    files = render_report(_with(result, status="draft"), formats=["html", "docx"])
    said = "Draft. Not for publication."
    assert words_of(html.document_fromstring(files["report.html"].decode()).xpath("//p[@class='status']")[0]) == said
    assert docx.Document(io.BytesIO(files["report.docx"])).sections[0].header.paragraphs[0].text == said


@pytest.mark.parametrize(
    ("added", "line_says"),
    [
        ("status: corrected\n", "a corrected report says what was corrected"),
        ("corrections: [{date: 2026-02-01, text: It was 44.}]\n", "the report has corrections and its status is final"),
        ("status: withdrawn\n", "withdrawn"),
        ("published_by: {contact: post@example.org}\n", "name"),
    ],
    ids=["no correction", "corrected and final", "withdrawn without a reason", "nobody publishes it"],
)
def test_a_status_that_does_not_add_up_is_refused(tmp_path: Path, added: str, line_says: str) -> None:
    written = EXAMPLE.read_text(encoding="utf-8")
    path = tmp_path / "inspection.yaml"
    path.write_text(written + "\n" + added, encoding="utf-8")
    (tmp_path / "cases.csv").write_bytes(EXAMPLE.with_name("cases.csv").read_bytes())
    with pytest.raises(DiagnosticError, match=line_says) as caught:
        load_inspection(path)
    assert caught.value.diagnostics[0].line == len(written.splitlines()) + 2


def test_what_is_printed_must_be_there_to_be_printed(tmp_path: Path) -> None:
    written = EXAMPLE.read_text(encoding="utf-8").replace("  - planning.safety\n", "  - planning.safty\n")
    (tmp_path / "inspection.yaml").write_text(written, encoding="utf-8")
    (tmp_path / "cases.csv").write_bytes(EXAMPLE.with_name("cases.csv").read_bytes())
    with pytest.raises(DiagnosticError, match=r"planning\.safty") as caught:
        load_inspection(tmp_path / "inspection.yaml")
    assert caught.value.diagnostics[0].hint.startswith('did you mean "planning.safety"?')
    assert caught.value.diagnostics[0].line == written.splitlines().index("  - planning.safty") + 1


# --- Where each figure comes from ------------------------------------------------------------------


def _table(page: Page, caption: str) -> html.HtmlElement:
    return next(one for one in page.document.iter("table") if words_of(one.find("caption")) == caption)


def test_each_rating_says_whether_the_source_prints_it(page: Page) -> None:
    box = page.document.xpath("//section[@class='ratings']")[0]
    assert mark_of(box.xpath(".//p[@class='score']")[0]) == mark_of(box.xpath(".//p[@class='overall']")[0]) == "p"
    assert [mark_of(one) for one in box.xpath(".//caption")] == ["a", "a"]
    assert [mark_of(one) for one in box.xpath(".//tr")] == ["p"] * 7


def test_a_figure_of_made_up_cases_never_looks_printed(page: Page) -> None:
    table = _table(page, "P 2.1 Assessment: key questions")
    titles = {words_of(one): mark_of(one) for one in table.iter("th")}
    assert titles["Percentage ‘Yes’"] == "p"
    assert titles["Rating"] == "a"
    assert titles["Cases"] == titles["95% interval"] == "s"
    counted = _table(page, "Counts: Does assessment focus sufficiently on keeping other people safe?")
    cells = {words_of(row[0]): [mark_of(cell) for cell in row][1:] for row in counted.findall("tbody/tr")}
    assert len(set(map(tuple, cells.values()))) == 2
    assert mark_of(_table(page, "Figures that do not come from the cases").find("caption")) == "p"


def test_every_table_of_figures_says_where_they_come_from(page: Page) -> None:
    for table in page.document.xpath("//main//table[not(ancestor::section)]"):
        numbers = [
            cell for cell in table.xpath("tbody/tr/td[contains(@class, 'number')]") if words_of(cell)[:1].isdigit()
        ]
        whole = mark_of(table.find("caption"))
        columns = [mark_of(title) for title in table.xpath("thead/tr/th")]
        for cell in numbers:
            assert whole or columns[len(cell.xpath("preceding-sibling::*"))] or mark_of(cell), words_of(table)


def test_the_marks_are_explained_once_and_no_other(page: Page) -> None:
    legend = page.document.xpath("//dl[@class='legend']")
    assert len(legend) == 1
    explained = [words_of(one) for one in legend[0].xpath(".//dd")]
    marks = [one.text_content() for one in legend[0].xpath(".//dt")]
    used = {one.text_content() for one in page.document.xpath("//sup[@class='origin'][not(ancestor::dl)]")}
    assert sorted(used) == sorted(marks)
    assert explained[0] == "printed in the source of this report"


def test_the_marks_are_the_same_in_every_format(files: dict[str, bytes], page: Page) -> None:
    on_page = sorted(one.text_content() for one in page.document.xpath("//sup[@class='origin']"))
    word = docx.Document(io.BytesIO(files["report.docx"]))
    raised = word.element.xpath("//w:r[w:rPr/w:rStyle[@w:val='FigureMark']]/w:t")
    assert sorted(one.text for one in raised) == on_page
    text = files["report.md"].decode()
    plain = dict(zip("ᵃᶜʲᵖʳˢ", "acjprs", strict=True))
    assert sorted(plain[letter] for letter in text if letter in plain) == on_page


def test_what_people_recorded_and_judged_is_told_from_what_is_counted(result: InspectionResult) -> None:
    page = Page(render_report(_with(result, printed=(), published=()), formats=["html"])["report.html"])
    box = page.document.xpath("//section[@class='ratings']")[0]
    assert [mark_of(one) for one in box.xpath(".//tr")] == ["j"] * 3 + ["a"] * 4
    assert mark_of(box.xpath(".//p[@class='score']")[0]) == "a"
    assert mark_of(_table(page, "Figures that do not come from the cases").find("caption")) == "r"
    assert "p" not in {one.text_content() for one in page.document.xpath("//sup[@class='origin']")}


def test_what_is_assumed_is_said_in_sentences(page: Page) -> None:
    heading = next(one for one in page.document.iter("h2") if words_of(one) == "Assumptions")
    said = [words_of(one) for one in heading.getnext().getnext()]
    assert (
        "The source does not print the limits between the ratings of key questions. The limits used are 80%, 65% and "
        "50%." in said
    )
    assert "The limits used are 18, 11 and 4." in " ".join(said)
    assert not [words for words in said if "_" in words or ":" in words.split("(")[0]]


# --- Where each figure comes from, in the annexe ---------------------------------------------------


def _tables(files: dict[str, bytes]) -> dict[str, list[dict[str, object]]]:
    tables: dict[str, list[dict[str, object]]] = json.loads(files["annexe.json"])
    return tables


def test_the_annexe_says_of_each_figure_what_the_page_says_of_it(files: dict[str, bytes], page: Page) -> None:
    tables = _tables(files)
    ratings = {str(row["id"] or row["level"]): row["origin"] for row in tables["ratings"]}
    assert ratings == {
        "overall": "printed",
        "organisation": "assumed",
        "service_delivery": "assumed",
        **dict.fromkeys(("leadership", "staffing", "services"), "printed"),
        **dict.fromkeys(("assessment", "planning", "implementation", "reviewing"), "printed"),
    }
    [overall] = page.document.xpath("//p[@class='overall']//sup[@class='origin']")
    assert overall.text == "p"
    questions = {row["address"]: (row["origin"], row["origin_of_rating"]) for row in tables["key_questions"]}
    assert set(questions.values()) == {("printed", "assumed")}
    prompts = {row["address"]: row["origin"] for row in tables["prompts"]}
    assert prompts["assessment.safety.risk_of_harm"] == "printed"
    assert prompts["assessment.engaging.motivation"] == "synthetic"
    groups = {(row["address"], row["subgroup"]): row["origin"] for row in tables["subgroups"]}
    assert groups["measures.professional_curiosity", "grade"] == "printed"
    assert groups["measures.professional_curiosity", "sex"] == "synthetic"
    figures = {row["id"]: row["origin"] for row in tables["figures"]}
    assert figures["sickness_days"] == "printed"


def test_a_figure_that_is_not_printed_says_who_recorded_or_counted_it(result: InspectionResult) -> None:
    files = render_report(_with(result, printed=(), published=()), formats=["json"])
    tables = _tables(files)
    assert {row["origin"] for row in tables["figures"]} == {"recorded"}
    assert {row["origin"] for row in tables["key_questions"]} == {"synthetic"}
    by = {str(row["id"] or row["level"]): row["origin"] for row in tables["ratings"]}
    assert (by["leadership"], by["assessment"], by["overall"]) == ("judged", "assumed", "assumed")
