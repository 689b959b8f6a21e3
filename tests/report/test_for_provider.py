"""What the inspected provider alone may read: each counted case, clause by clause, and nothing of it is published."""

from __future__ import annotations

import stat
import sys
from collections import Counter
from pathlib import Path

import pytest
from attrs import evolve

from ctm_rules import InspectionResult, Judgement, Outcome, explain_case, rate_inspection
from ctm_rules.report import PUBLISHED, Format, render_report, write_report
from tests.support.commands import Run
from tests.support.paths import EXAMPLE
from tests.support.report_page import Page, words_of

SAID = {"yes": "Yes", "no": "No", "not_applicable": "Not applicable", "undetermined": "Not answered"}


@pytest.fixture(scope="module")
def with_both(result: InspectionResult) -> dict[str, bytes]:
    return render_report(result, formats=list(PUBLISHED), for_provider=True)


@pytest.fixture(scope="module")
def alone(with_both: dict[str, bytes]) -> Page:
    return Page(with_both["for-provider.html"])


def _rows(page: Page, path: str) -> dict[str, list[list[str]]]:
    """Return what stands of each case under a key question, by case: the numbers of the clauses, and the cells."""
    found: dict[str, list[list[str]]] = {}
    for each in page.document.get_element_by_id(f"question-{path.replace('.', '-')}").itersiblings():
        if each.tag in ("h2", "h3"):
            break
        for row in each.xpath(".//tbody/tr") if each.tag == "table" else []:
            heads = [words_of(cell) for cell in each.xpath(".//thead//th")]
            cells = [words_of(cell) for cell in row]
            found.setdefault(cells[0], []).append([*heads[2:], *cells[1:]])
    return found


def test_every_counted_case_stands_there_with_its_outcome_and_its_clauses(
    result: InspectionResult, alone: Page
) -> None:
    for standard in result.rating.standards:
        for question in standard.key_questions:
            rows = _rows(alone, question.path)
            outcomes = {case.case: case.questions[question.path].outcome.value for case in result.outcomes}
            assert {case: row[0][len(row[0]) // 2] for case, row in rows.items()} == {
                case: SAID[outcome] for case, outcome in outcomes.items()
            }
            counted = Counter(outcomes.values())
            assert (counted["yes"], counted["no"]) == (question.counts.yes, question.counts.no)


def test_the_clauses_of_a_case_are_those_that_explain_it(result: InspectionResult, alone: Page) -> None:
    marks = {"✓": "Yes", "✗": "No", "–": "–", "?": "?"}
    path = "assessment.safety"
    rows = _rows(alone, path)
    for case in result.inspection.cases:
        (explained,) = explain_case(result.inspection.framework, case, "reference", key_question=path)
        assert explained.rule is not None
        [row] = rows[case.id]
        heads, cells = row[: len(row) // 2], row[len(row) // 2 + 1 :]
        assert heads[0] == "1"
        assert cells == [marks[clause.truth.value] for _, clause in explained.rule.lines()]


def test_cases_by_other_rules_have_a_table_of_their_own(result: InspectionResult, alone: Page) -> None:
    captions = [words_of(one) for one in alone.document.iter("caption")]
    assert len(captions) == len(set(captions))
    assert len([one for one in captions if "Adjusted standards" in one]) > 0
    adjusted = {case.case for case in result.outcomes if case.questions["planning.engaging"].variant == "adjusted"}
    assert len(adjusted) == 2


def test_a_judgement_stands_there_with_what_the_rule_says_and_its_reason(result: InspectionResult) -> None:
    first, *others = result.inspection.cases
    judged = evolve(first, judgements={"assessment.safety": Judgement(Outcome.NO, "Nobody asked the police.")})
    by_rule = result.outcomes[0].questions["assessment.safety"].rule_outcome.value
    again = rate_inspection(evolve(result.inspection, cases=(judged, *others)))
    page = Page(render_report(again, formats=["html"], for_provider=True)["for-provider.html"])
    assert f"No; by the rule: {SAID[by_rule]}" in page.text
    assert f"{first.id}. Nobody asked the police." in page.text


def test_every_page_says_for_whom_it_is(with_both: dict[str, bytes], alone: Page) -> None:
    said = "For Cwm Taf Morgannwg PDU alone. Not for publication"
    assert words_of(alone.document.xpath("//p[@class='status']")[0]).startswith(said)
    assert said in with_both["for-provider.md"].decode()
    assert {name for name in with_both if name.startswith("for-provider")} == {
        f"for-provider.{name}" for name in ("html", "md", "docx", "pdf")
    }


def test_nothing_of_it_is_in_what_is_published(
    result: InspectionResult, with_both: dict[str, bytes], files: dict[str, bytes]
) -> None:
    published = {name: content for name, content in with_both.items() if not name.startswith("for-provider")}
    assert published == {name: content for name, content in files.items() if name != "drafts.yaml"}
    for name in ("report.html", "report.md", "press-release.html", "annexe.json"):
        assert not [case.id for case in result.inspection.cases if case.id.encode() in published[name]]
        assert b"for-provider" not in published[name]


def test_it_is_written_where_it_is_asked_for_and_for_its_owner_alone(run: Run, tmp_path: Path) -> None:
    ran = run("report", EXAMPLE, "-o", tmp_path, "-f", "html", "-f", "json", "--for-provider")
    assert (ran.code, ran.err) == (0, "")
    written = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert set(written) == {"report.html", "press-release.html", "annexe.json", "for-provider.html"}
    if sys.platform != "win32":
        assert written["for-provider.html"] == 0o600
        assert written["report.html"] & 0o044


def test_drafts_in_another_language_are_for_their_owner_alone_too(result: InspectionResult, tmp_path: Path) -> None:
    files = write_report(result, tmp_path, formats=[Format.DRAFTS], language=["en", "cy"])
    assert {file.name for file in files} == {"drafts.yaml", "drafts-cy.yaml"}
    if sys.platform != "win32":
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_it_is_of_one_inspection(run: Run, tmp_path: Path) -> None:
    ran = run("report", EXAMPLE, "--compare", "--for-provider", "-o", tmp_path / "out")
    assert ran.code == 2
    assert "--for-provider" in ran.err
    assert not (tmp_path / "out").exists()
