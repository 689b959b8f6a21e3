"""A standard is split, and an element taken out everywhere: shown first, then one step that can be undone."""

from __future__ import annotations

from urllib.parse import urlencode

from ctm_rules import load_framework
from tests.support.edited_standards import errors_in, failing_in, not_laid_out
from tests.support.workbench import HOSTILE_WORDS, Browser


def test_a_standard_is_split_shown_first(browser: Browser) -> None:
    page = browser.get("/change", file="2.1-assessment.yaml", at="")
    assert 'href="/split?slug=assessment"' in page.text
    asked = {"slug": "assessment", "title": "Keeping other people safe", "questions": "safety"}
    shown = browser.get("/split", **asked)
    assert shown.status == 200
    assert "2.1-keeping-other-people.yaml" in shown.words
    assert "What you have to decide" in shown.words
    assert "made for sums out of 21, and the scores now add up to 24" in shown.words
    assert browser.session.history.done == ()
    assert browser.post("/split", asked).status == 303
    assert browser.post("/save", {"do": "save"}).status == 303
    path = browser.session.path
    assert "keeping_other_people.safety" in load_framework(path).key_questions
    assert (errors_in(path), not_laid_out(path), failing_in(path)) == ([], [], [])
    before = {file for file in path.rglob("*") if file.is_file()}
    browser.post("/undo", {})
    assert "2.1-keeping-other-people.yaml" in browser.get("/save").words
    browser.post("/save", {"do": "save"})
    assert {file.name for file in before} - {file.name for file in path.rglob("*")} == {"2.1-keeping-other-people.yaml"}


def test_what_cannot_be_split_is_said_and_what_was_typed_stays(browser: Browser) -> None:
    asked = [
        ("slug", "assessment"),
        ("title", HOSTILE_WORDS),
        *(("questions", each) for each in ("engaging", "safety", "x")),
    ]
    page = browser.get(f"/split?{urlencode(asked)}")
    assert page.status == 422
    assert 'has no key question "x"' in page.words
    assert "<script>alert" not in page.text
    assert page.text.count(" checked") == 2
    assert browser.get("/split", slug="nothing").status == 422


def test_an_element_is_taken_out_everywhere_or_what_needs_it_is_named(browser: Browser) -> None:
    refused = browser.get("/remove", address="assessment.safety.victims")
    assert (refused.status, "is needed by a rule in 2.1-assessment.yaml" in refused.words) == (422, True)
    page = browser.get("/remove", address="staffing")
    assert "1.2-staffing.yaml – it is deleted when you save" in page.words
    assert browser.post("/remove", {"address": "staffing"}).status == 303
    browser.post("/save", {"do": "save"})
    path = browser.session.path
    assert "staffing" not in load_framework(path).standards_by_slug
    assert not (path / "1.2-staffing.yaml").exists()
    assert (errors_in(path), failing_in(path)) == ([], [])
