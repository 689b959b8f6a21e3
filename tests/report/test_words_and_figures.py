"""What a report says in words goes with its figures, and it says no more than was worked out."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from attrs import evolve

from ctm_rules import DiagnosticError, InspectionResult, rate_inspection
from ctm_rules.inspections.file import Evidence, StandardFindings
from ctm_rules.languages.vocabulary import load_vocabulary
from ctm_rules.report import render_report
from ctm_rules.report.figures.nearby import nearby
from tests.support.report_page import Page, words_of

VOCABULARY = load_vocabulary()
COUNTED = re.compile(r"(\d+) of (\d+)")


def _with_finding(result: InspectionResult, **evidence: object) -> InspectionResult:
    finding = StandardFindings("planning", (Evidence(**evidence),))  # type: ignore[arg-type]  # as a file has it
    declared = evolve(result.inspection.declared, findings=(finding,))
    return rate_inspection(evolve(result.inspection, declared=declared))


# --- Words for shares ------------------------------------------------------------------------------


def test_every_share_in_words_goes_with_the_counts_in_its_row(page: Page) -> None:
    looked_at = 0
    for table in page.document.iter("table"):
        caption = words_of(table.find("caption"))
        if not caption.startswith("Counts: "):
            continue
        for row in page.table(caption).values():
            if row["Percentage ‘Yes’"].endswith("%"):
                share = Fraction(int(row["Yes"]), int(row["Yes"]) + int(row["No"]))
                assert VOCABULARY.fits(row["In words"], share)
                looked_at += 1
    assert looked_at > 50


@pytest.mark.parametrize(
    ("about", "sentence", "wrong"),
    [
        # 28 of 44 plans, 64%.
        (["planning.safety.contingency"], "Contingency arrangements were in place in almost all plans.", "almost all"),
        (["planning.safety.contingency"], "They were in place in almost two-thirds of the plans.", "almost two-thirds"),
        (["planning.safety.contingency"], "They were in place in about two-thirds of the plans.", None),
        (["planning.safety.contingency"], "They were missing in more than a third of the plans.", None),
        (["planning.safety.contingency"], "They were in place in 64 per cent of the plans.", None),
        (["planning.safety.contingency"], "They were missing in 36% of the plans.", None),
        (["planning.safety.contingency"], "They were in place in 46 per cent of the plans.", "46 per cent"),
        (["planning.safety.contingency"], "They were in place in 28 of 44 plans, and not in 16 of the 44.", None),
        (["planning.safety.contingency"], "They were in place in 28 out of 43 plans.", "28 out of 43"),
        # What a sentence says may be either figure's.
        (
            ["planning.safety.contingency", "planning.safety.agencies"],
            "In about two-fifths and two-thirds.",
            "two-thirds",
        ),
        (["planning.safety.contingency", "planning.safety.agencies"], "In 38 and 64 per cent.", None),
        # A figure that may not be shown is not told by whether a sentence is right.
        (["planning.engaging.contact_ending"], "Almost all plans said when contact would end.", None),
        ([], "Almost all plans were sound.", None),
    ],
    ids=[
        *("almost all", "almost two-thirds", "about two-thirds", "more than a third", "64 per cent", "36%"),
        *("46 per cent", "both counts", "of another number", "either figure", "both figures", "a hidden figure"),
        "no figure",
    ],
)
def test_a_sentence_goes_with_its_figures(
    result: InspectionResult, about: list[str], sentence: str, wrong: str | None
) -> None:
    changed = _with_finding(result, about=tuple(about), strength=sentence)
    if wrong is None:
        assert sentence in Page(render_report(changed, formats=["html"])["report.html"]).text
        return
    with pytest.raises(DiagnosticError) as caught:
        render_report(changed, formats=["html"])
    assert [found.code for found in caught.value.diagnostics] == ["words-against-figure"]
    assert f'"{wrong}" does not go with {about[0]}' in caught.value.diagnostics[0].message


def test_a_caveat_is_a_note_and_no_area_for_improvement(page: Page) -> None:
    note = next(
        one for one in page.document.iter("p") if "were not tested with the relative rate index" in words_of(one)
    )
    assert note.get("class") == "note"
    assert not [one for one in page.document.iter("li") if "were not tested with" in words_of(one)]


# --- Only what was worked out ----------------------------------------------------------------------


def test_no_rating_is_said_to_be_firmer_than_it_came_out(page: Page) -> None:
    rows = page.table("How firm each rating is")
    samples = "Samples with the same rating, of 1,000"
    assert 990 < int(rows["P 2.1 Assessment"][samples].replace(",", "")) < 1000
    assert "%" not in "".join(row[samples] for row in rows.values())
    overall = rows["Overall rating"]
    assert overall["With one judgement a step higher or lower"] == "Inadequate"
    assert "Of a rating that rests on judgements" in page.text


def test_one_judgement_and_one_case_give_what_they_are_said_to_give(result: InspectionResult) -> None:
    found = nearby(result)
    assert [each.id for each in found.by_judgement["overall"]] == ["inadequate"]
    assert [each.id for each in found.by_judgement["domains.organisation"]] == ["good"]
    lowered = evolve(
        result.inspection.declared,
        judgements=tuple(
            evolve(each, rating="requires_improvement") if each.standard == "leadership" else each
            for each in result.inspection.declared.judgements
        ),
    )
    again = rate_inspection(evolve(result.inspection, declared=lowered))
    assert again.rating.overall is not None
    assert again.rating.overall.id == "inadequate"
    # 29 of 44 is 66%, and 28 of 44 is 64%: below the limit of 65%.
    assert [each.id for each in found.by_case["assessment.engaging"]] == ["requires_improvement"]
    assert "assessment.safety" not in found.by_case
    assert "overall" not in found.by_case


def test_every_clear_difference_stands_in_a_table_on_the_page(page: Page) -> None:
    claims = [words_of(one) for one in page.document.iter("li") if "relative rate index" in words_of(one)]
    assert len(claims) > 2
    rows = {
        words_of(row.find("th")): words_of(row[-1])
        for table in page.document.iter("table")
        if "relative rate index" in words_of(table.find("caption"))
        for row in table.findall("tbody/tr")
        if words_of(row[-1]) in ("More often", "Less often")
    }
    for claim in claims:
        question = claim.partition("“")[2].partition("”")[0]
        assert rows[question].lower() in claim


def test_the_key_question_that_decides_is_in_every_table_of_groups(page: Page, result: InspectionResult) -> None:
    framework = result.inspection.framework
    decides = [framework.key_questions[path].ask for standard in result.rating.standards for path in standard.drivers]
    assert len(decides) == 4
    tables = [
        {words_of(row.find("th")) for row in table.findall("tbody/tr")}
        for table in page.document.iter("table")
        if "relative rate index" in words_of(table.find("caption"))
    ]
    # Of women and men, and by Reset, nothing may be shown: that is said, and there is no table of it.
    nothing = [words for one in page.document.iter("p") if (words := words_of(one)).startswith("No comparison could")]
    assert len(nothing) == 2
    assert len(tables) == len(framework.subgroups) - len(nothing)
    for named in tables:
        for question in decides:
            assert [name for name in named if name.startswith(question)]


def test_no_number_stands_alone_behind_a_colon(page: Page) -> None:
    for paragraph in page.document.iter("p"):
        assert not re.search(r": \d+\.$", words_of(paragraph)), words_of(paragraph)


def test_the_public_reads_no_key_of_a_file(page: Page) -> None:
    for element in page.document.xpath("//main//*[self::p or self::li or self::td or self::th][not(@class='note')]"):
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", words_of(element)), words_of(element)
