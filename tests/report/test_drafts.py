"""Drafts of findings say that they are drafts."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve
from ruamel.yaml import YAML

from ctm_rules import InspectionResult, load_inspection
from ctm_rules.report import render_report
from tests.support.paths import EXAMPLE
from tests.support.published_figures import SLUGS
from tests.support.report_page import Page


def test_drafts_say_that_they_are_drafts_and_fit_into_an_inspection_file(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    drafts = YAML(typ="safe").load(files["drafts.yaml"])["findings"]
    texts = [text for one in drafts for piece in one["evidence"] for text in piece.values()]
    assert len(texts) > 50
    assert all(text.startswith("Draft: ") for text in texts)
    text = EXAMPLE.read_text(encoding="utf-8")
    start, end = text.index("\nfindings:"), text.index("\nsections:")
    (tmp_path / "inspection.yaml").write_text(
        f"{text[:start]}\n{files['drafts.yaml'].decode()}\n{text[end:]}", encoding="utf-8"
    )
    (tmp_path / "cases.csv").write_bytes(EXAMPLE.with_name("cases.csv").read_bytes())
    loaded = load_inspection(tmp_path / "inspection.yaml")
    assert [one.standard for one in loaded.declared.findings] == list(SLUGS.values())


def test_a_standard_without_findings_shows_marked_drafts(result: InspectionResult) -> None:
    declared = evolve(result.inspection.declared, findings=())
    without = evolve(result, inspection=evolve(result.inspection, declared=declared))
    page = Page(render_report(without, formats=["html"])["report.html"])
    notes = page.document.xpath("//p[@class='draft']")
    assert len(notes) == 4
    asked = "Does assessment focus sufficiently on keeping other people safe?"
    assert f"Draft: “{asked}” Yes in about three in ten of the cases" in page.text
