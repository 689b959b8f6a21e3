"""The scenario that is missing for a band, a panel flag or a line of a rule: what people expect is never filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules.workbench.pages import part_name
from tests.support.edited_standards import errors_in, failing_in, not_laid_out
from tests.support.every_name import write_every_name
from tests.support.workbench import HOSTILE_WORDS, Answer, Browser


@pytest.fixture
def homes(tmp_path: Path) -> Browser:
    """The workbench over standards whose ratings no scenario reaches."""
    folder = write_every_name(tmp_path)
    for file in ("whole.yaml", "meals.yaml"):
        (folder / "scenarios" / file).unlink()
    (folder / "scenarios" / "night.yaml").write_text(
        "key_question: night.calm\nscenarios:\n  - name: Nothing is known\n    expect: {outcome: undetermined}\n",
        encoding="utf-8",
    )
    return Browser.opened(folder, although_used=True)


def gap(browser: Browser, says: str) -> str:
    """The address of the page for a gap."""
    coverage = browser.session.evaluation.coverage
    assert coverage is not None
    (part,) = [each for each in coverage.not_covered if each.says.startswith(says)]
    return f"/scenario?part={part_name(part)}"


def test_scenarios_about_ratings_are_written_as_people_expect_them(homes: Browser) -> None:
    address = gap(homes, "key questions: the band good")
    page = homes.get(address)
    assert "69 yes, 31 no" in page.words
    assert "Which rating must come out of it?" in page.words
    refused = [
        homes.post(address, fields) for fields in ({"name": "69 is fair"}, {"name": "x", "outcome": HOSTILE_WORDS})
    ]
    assert [answer.status for answer in refused] == [422, 422]
    assert "<script>alert" not in refused[1].text
    assert homes.post(address, {"name": "69 is fair", "outcome": "fair"}).status == 303
    flags = gap(homes, "panel flag near_boundary")
    assert "Why must a panel look at it again?" in homes.get(flags).words
    assert homes.post(flags, {"name": "Not near"}).status == 422  # not ticking anything has to be meant
    written: list[Answer] = [homes.post(flags, {"name": "Not near", "expected?": "yes"})]
    line = gap(homes, "overall: the line that gives poor")
    written.append(homes.post(line, {"name": "A poor home", "outcome": "poor"}))
    assert [answer.status for answer in written] == [303, 303]
    assert [each.scenario.name for each in homes.session.evaluation.scenarios if not each.passed] == []
    homes.post("/save", {"do": "save"})
    path = homes.session.path
    assert (errors_in(path), not_laid_out(path), failing_in(path)) == ([], [], [])
    coverage = homes.session.evaluation.coverage
    assert coverage is not None
    assert "overall: the line that gives poor" not in [part.says for part in coverage.not_covered]
