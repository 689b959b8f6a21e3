"""The pages about scenarios, and what forms offer while the standards are not whole yet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.own_standards import declare
from tests.support.workbench import Browser

FILE = """\
key_question: hygiene.clean

scenarios:
  - name: Clean floors are enough
    given: {answers: {floors: yes, knives: no}, facts: {serves_meat: no}}
    expect: {outcome: yes}
"""


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """A browser that opened the workbench over small standards, one scenario of which fails."""
    standards = declare(tmp_path / "standards")
    main = standards / "framework.yaml"
    main.write_text(main.read_text(encoding="utf-8").lstrip(), encoding="utf-8")
    (standards / "scenarios").mkdir()
    (standards / "scenarios" / "a.yaml").write_text(FILE, encoding="utf-8")
    return Browser.opened(standards)


def test_only_what_is_ticked_is_expected_and_only_as_it_was_shown(browser: Browser) -> None:
    page = browser.get("/scenarios")
    (shown,) = re.findall(r'name="expect" value="(\w+)"', page.text)
    assert "expected yes, got no" in page.words
    assert browser.post("/scenarios", {"expect": "something else"}).status == 303
    assert browser.session.changes.files == ()
    # Meanwhile something else comes out: what was ticked is not what people saw.
    at = "/key_questions/0"
    browser.change("hygiene.yaml", at, {}, f"remove:{at}/yes_when/all/0")
    browser.post("/scenarios", {"expect": shown})
    assert (
        "expect: {outcome: yes}" in browser.session.document(browser.session.file("scenarios/a.yaml")).content.decode()
    )
    (shown,) = re.findall(r'name="expect" value="(\w+)"', browser.get("/scenarios").text)
    browser.post("/scenarios", {"expect": shown})
    assert (
        "expect: {outcome: no}" in browser.session.document(browser.session.file("scenarios/a.yaml")).content.decode()
    )


def test_findings_lead_to_the_form_of_what_they_are_about(browser: Browser) -> None:
    at = "/key_questions/0"
    browser.change("hygiene.yaml", at, {f"{at}/yes_when/all/0:word": "flors"})
    page = browser.get("/")
    assert 'href="/change?file=hygiene.yaml&amp;at=%2Fkey_questions%2F0"' in page.text
    (link,) = set(re.findall(r'href="(/change\?file=scenarios[^"]*)"', browser.get("/scenarios").text)) - {
        "/change?file=scenarios%2Fa.yaml"
    }
    assert browser.get(link.replace("&amp;", "&")).words.startswith("Clean floors are enough")


def test_a_scenario_is_written_with_facts_as_they_are_declared(browser: Browser) -> None:
    address = "/new-scenario?question=hygiene.clean"
    said = {
        "name": "Many seats",
        "answer:floors": "yes",
        "fact:serves_meat": "no",
        "fact:seats": "12",
        "fact:opened": "2025-01-31",
        "others": "yes",
    }
    wrong = browser.post(address, {**said, "fact:seats": "many", "outcome": "yes", "do": "write"})
    assert wrong.status == 422
    assert 'the fact "seats" is a whole number, not "many"' in wrong.words
    assert 'value="many"' in wrong.text
    shown = browser.post(address, {**said, "do": "preview"})
    assert "What comes out now: yes" in shown.words
    assert browser.session.changes.files == ()
    assert browser.post(address, {**said, "outcome": "yes", "do": "write"}).status == 303
    text = browser.session.document(browser.session.file("scenarios/a.yaml")).content.decode()
    assert "facts: {serves_meat: no, seats: 12, opened: 2025-01-31}" in text
    assert [each.passed for each in browser.session.evaluation.scenarios] == [False, True]
    assert browser.get("/new-scenario", question="hygiene.nothing").status == 422


def test_what_is_new_may_be_named_before_the_standards_are_whole(browser: Browser) -> None:
    browser.change("framework.yaml", "", {"/ratings/+/label": "Best", "/ratings/+place": "0"})
    assert browser.session.evaluation.framework is None  # it has no score yet
    at = "/key_question_bands"
    fields = {f"{at}/bands/+/from": "90", f"{at}/bands/+/rating": "best", f"{at}/bands/+place": "0"}
    assert browser.change("framework.yaml", at, fields).status == 303
    browser.change("framework.yaml", "", {"/ratings/0/score": "2"})
    framework = browser.session.evaluation.framework
    assert framework is not None
    assert [rating.id for rating in framework.ratings] == ["best", "fine", "poor"]
    assert [band.rating for band in framework.key_question_bands.bands] == ["best", "fine", "poor"]


def test_a_new_prompt_goes_into_the_group_that_is_chosen(browser: Browser) -> None:
    address = "/add?file=hygiene.yaml&at=/key_questions/0&key=prompts"
    (group,) = re.findall(
        r'<option value="([^"]+)" lang="en">All of these: floors, knives, meat<', browser.get(address).text
    )
    assert (
        browser.post(
            address, {"+/ask": "Are the walls clean?", "/+/ask": "Are the walls clean?", "group": group}
        ).status
        == 303
    )
    framework = browser.session.evaluation.framework
    assert framework is not None
    assert "walls_clean" in framework.key_questions["hygiene.clean"].prompts_read


def test_the_file_of_a_folder_offers_nothing_that_stands_in_files_of_its_own(browser: Browser) -> None:
    links = set(re.findall(r"Add to: ([A-Z][a-z ]+)", browser.get("/change", file="framework.yaml").text))
    assert {"Facts", "Domains", "Variants"} <= links  # there is no facts.yaml
    assert "Standards" not in links


def test_hostile_words_of_a_scenario_stay_words(browser: Browser) -> None:
    hostile = '"><script>alert(1)</script>{{ 7 * 7 }}&amp; \u202e </textarea>'
    address = "/new-scenario?question=hygiene.clean"
    said = {"name": hostile, "answer:floors": hostile, "fact:seats": hostile, "fact:walls": hostile, "others": hostile}
    refused = browser.post(address, {**said, "outcome": "no", "do": "write"})
    assert refused.status == 422
    assert (
        browser.post(address, {"name": hostile, "answer:floors": "no", "outcome": "yes", "do": "write"}).status == 303
    )
    for page in (refused, *(browser.get(each) for each in ("/", "/scenarios", "/save"))):
        assert "<script>alert" not in page.text
        assert "49&" not in page.text
    assert browser.post("/scenarios", {"without": hostile}).status == 303
    assert [each.scenario.name for each in browser.session.evaluation.scenarios][1:] == [" ".join(hostile.split())]
