"""What is published says nothing about one case, and says what the cases are."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from attrs import evolve

from ctm_rules import InspectionResult, Judgement, Outcome, rate_inspection
from ctm_rules.report import render_report
from tests.support.report_page import Page, words_of


def _texts(name: str, content: bytes) -> Iterator[str]:
    """Yield the text in a file, also of the files inside it."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.namelist():
                yield from _texts(part, archive.read(part))
    elif name.rpartition(".")[2] in ("html", "md", "svg", "json", "csv", "yaml", "xml", "rels"):
        yield content.decode()


def test_no_file_names_a_case(files: dict[str, bytes], result: InspectionResult) -> None:
    ids = [case.id for case in result.inspection.cases]
    everything = [text for name, content in files.items() for text in _texts(name, content)]
    assert len(everything) > 40
    assert not [name for name in ids for text in everything if name in text]


def test_no_table_of_the_annexe_has_a_row_for_each_case(files: dict[str, bytes], result: InspectionResult) -> None:
    annexe = json.loads(files["annexe.json"])
    assert len(result.inspection.cases) not in {len(rows) for rows in annexe.values()}


def test_the_annexe_hides_small_counts_in_groups(files: dict[str, bytes]) -> None:
    annexe = json.loads(files["annexe.json"])
    open_ones = {
        ("measures.professional_curiosity", "grade"),
        # The source prints that two cases were judged by the adjusted standards, which do not ask this prompt; of
        # those that it is not asked of, the 26 community orders are known by the rules.
        ("implementation.engaging.pre_release_contact", "sentence_type"),
    }
    for row in annexe["subgroups"]:
        counts = [row[outcome] for outcome in ("yes", "no", "not_applicable", "undetermined")]
        if (row["address"], row["subgroup"]) not in open_ones:
            assert not any(isinstance(count, int) and 0 < count < 5 for count in counts), row
        if None in counts[:2]:
            assert row["percent"] is row["count"] is row["among"] is row["interval_low"] is row["interval_high"] is None
        assert (row["status"] == "suppressed") == (None in counts)
    women = [row for row in annexe["subgroups"] if row["group"] == "women"]
    assert None in {row["yes"] for row in women}


def test_every_file_says_that_the_cases_are_synthetic(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if not name.startswith("pictures/") and not name.endswith(".pdf"):
            assert any("synthetic" in text for text in _texts(name, content)), name


@pytest.mark.parametrize("language", ["en", "cy"])
def test_that_the_cases_are_made_up_is_said_once_before_the_report(result: InspectionResult, language: str) -> None:
    page = Page(render_report(result, formats=["html"], language=language)["report.html"])
    (notice,) = page.document.xpath("//div[@class='notice']")
    assert words_of(notice).count({"en": "synthetic", "cy": "synthetig"}[language]) == 1
    declared = result.inspection.declared
    without = evolve(result.inspection, declared=evolve(declared, cases=evolve(declared.cases, note="")))
    page = Page(render_report(evolve(result, inspection=without), formats=["html"], language=language)["report.html"])
    assert words_of(page.document.xpath("//div[@class='notice']")[0]).count("synthe") == 1


def test_assumptions_stand_once(page: Page, result: InspectionResult) -> None:
    heading = page.document.get_element_by_id("assumptions")
    said = [" ".join(one.text_content().split()) for one in heading.getnext().getnext()]
    assert len(said) == len(result.rating.assumptions) > 0
    for assumption in said:
        assert page.text.count(assumption) == 1


def test_recorded_judgements_are_counted_and_never_told(result: InspectionResult) -> None:
    judged = Judgement(Outcome.YES, "The secret reason about one person")
    cases = tuple(
        evolve(case, judgements={"assessment.safety": judged}) if number < 12 else case
        for number, case in enumerate(result.inspection.cases)
    )
    rated = rate_inspection(evolve(result.inspection, cases=cases))
    assert len(rated.divergences) >= 5
    made = render_report(rated, formats=["html", "json"])
    assert all("secret reason" not in text for name, content in made.items() for text in _texts(name, content))
    row = json.loads(made["annexe.json"])["judgements"][0]
    assert row["recorded_judgements"] == 12
    assert row["diverging_from_the_rule"] == len(rated.divergences)
    assert isinstance(row["kappa"], float) or row["kappa"] is None
