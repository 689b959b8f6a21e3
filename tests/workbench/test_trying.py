"""What people try, look at and keep of the inspection that is open beside the standards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.edited_standards import errors_in, failing_in, not_laid_out
from tests.support.editing import edit
from tests.support.every_name import write_every_name
from tests.support.paths import EXAMPLE
from tests.support.workbench import HOSTILE_WORDS, Browser


@pytest.fixture
def rated(standards: Path) -> Browser:
    """The workbench over the shipped edition with the example beside it."""
    return Browser.opened(standards, EXAMPLE)


def is_empty(browser: Browser) -> bool:
    """Whether nothing is tried."""
    return "What is tried" not in browser.get("/try").words


def test_the_sandbox_is_marked_and_never_saved_and_taken_over_when_that_is_asked_for(rated: Browser) -> None:
    page = rated.get("/try")
    assert "This is a sandbox." in page.words
    limit = "key_question_bands.requires_improvement.from"
    form = {"was": page.hidden("was"), "rule": ""}
    live = rated.post("/try", {**form, limit: "20", "do": "preview", "live": "yes"})
    assert "Overall: Requires improvement, 4 of 21 → Requires improvement, 8 of 21." in live.words
    assert is_empty(rated)
    assert rated.post("/try", {**form, limit: "20", "do": "try"}).status == 303
    page = rated.get("/try")
    assert "key_question_bands.requires_improvement.from → 20 really: 50" in page.words
    assert "Overall: Requires improvement, 4 of 21 → Requires improvement, 8 of 21." in page.words
    saving = rated.get("/save")
    assert "Everything is saved." in saving.words
    assert "What is tried in the sandbox is not among this" in saving.words
    assert rated.post("/save", {"do": "save"}).status == 303
    assert "from: 50" in (rated.session.path / "framework.yaml").read_text(encoding="utf-8")
    stale = rated.post("/try", {**form, "do": "take"})
    assert (stale.status, "changed in another tab" in stale.words) == (422, True)
    assert rated.post("/try", {"was": page.hidden("was"), "do": "take"}).status == 303
    assert "+    - {from: 20, rating: requires_improvement}" in list(rated.session.changes.diff())
    rated.post("/undo", {})
    assert rated.session.changes.files == ()


def test_what_cannot_be_a_limit_is_not_tried(rated: Browser) -> None:
    was = rated.get("/try").hidden("was")
    for typed in ("sixty", "", "95", HOSTILE_WORDS):  # 95 is above the limit for Outstanding
        answer = rated.post("/try", {"was": was, "rule": "", "key_question_bands.good.from": typed, "do": "try"})
        assert answer.status == 422, typed
        assert "<script>alert" not in answer.text
    assert is_empty(rated)


def test_a_rule_is_tried_clause_by_clause_and_thrown_away(rated: Browser) -> None:
    question = "assessment.safety"
    page = rated.get("/try", rule=question)
    name = re.search(r'name="([^"]*/all/1):form"', page.text)
    assert name is not None, page.words
    form = {"was": page.hidden("was"), "rule": question, f"{name[1]}:form": "all"}
    assert rated.post(f"/try?rule={question}", {**form, "do": "try"}).status == 303
    page = rated.get("/try", rule=question)
    assert "assessment.safety.yes_when →" in page.words
    assert "All of" in page.words
    form = {"was": page.hidden("was"), "rule": question, "do": f"remove:{name[1]}"}
    assert rated.post(f"/try?rule={question}", form).status == 303
    assert rated.session.history.done == ()
    assert rated.post("/try", {"do": "throw"}).status == 303
    assert is_empty(rated)


def test_the_ways_to_a_better_rating_have_a_page_each(rated: Browser) -> None:
    page = rated.get("/ways")
    assert "Requires improvement: 10 case outcomes" in page.words  # P 2.1
    assert "no standard or domain alone, however much better, gives a better rating" in page.words.lower()
    one = rated.get("/ways", standard="assessment")
    assert "10 of the 32 cases judged otherwise would have to be" in one.words
    without = Browser.opened(rated.session.path)
    assert "No inspection was opened" in without.get("/ways").words


def test_a_case_is_kept_as_a_scenario_without_its_id(rated: Browser) -> None:
    assert '<a href="/cases">44 cases</a>' in rated.get("/outcomes").text  # which lists them
    assert "/outcomes?case=synthetic-02" in rated.get("/cases").text
    assert "/outcomes?case=synthetic-02" in rated.get("/case", case="synthetic-02").text
    assert "/case?case=synthetic-02" in rated.get("/outcomes", case="synthetic-02").text
    case = rated.get("/outcomes", case="synthetic-02")
    assert "assessment.safety: no" in case.words
    asked = {"case": "synthetic-02", "question": "assessment.safety"}
    page = rated.get("/keep", **asked)
    assert "This is what becomes visible" in page.words
    assert "Male" not in page.words  # no fact that decides nothing
    address = "/keep?case=synthetic-02&question=assessment.safety"
    assert rated.post(address, {"name": " "}).status == 422
    assert rated.post(address, {"name": "A case without a plan for victims"}).status == 303
    written = "\n".join(rated.session.changes.diff())
    assert "A case without a plan for victims" in written
    assert "synthetic" not in written
    assert all(each.passed for each in rated.session.evaluation.scenarios)
    assert rated.post(address, {"name": HOSTILE_WORDS, "with_id": "yes"}).status in (303, 422)
    assert rated.post(address, {"name": "The same", "with_id": "yes"}).status == 303
    assert "The same (synthetic-02)" in "\n".join(rated.session.changes.diff())
    rated.post("/save", {"do": "save"})
    path = rated.session.path
    assert (errors_in(path), not_laid_out(path), failing_in(path)) == ([], [], [])


def test_every_case_of_the_example_can_be_kept_as_it_comes_out(rated: Browser) -> None:
    """What decides on a key question is all that a scenario needs, whatever else is known of the case."""
    cases = re.findall(r'href="/outcomes\?case=([^"]*)"', rated.get("/cases").text)
    for number, case in enumerate(cases[::22]):
        for question in ("planning.engaging", "implementation.safety"):
            answer = rated.post(f"/keep?case={case}&question={question}", {"name": f"{question} {number}"})
            assert answer.status == 303, answer.words
    assert [each.scenario.name for each in rated.session.evaluation.scenarios if not each.passed] == []


def test_what_is_not_there_is_said(rated: Browser) -> None:
    assert rated.get("/outcomes", case="nobody").status == 200
    assert rated.get("/keep", case="nobody", question="assessment.safety").status == 422
    assert rated.get("/keep", case="synthetic-02", question=HOSTILE_WORDS).status == 422
    assert rated.get("/ways", standard=HOSTILE_WORDS).status == 200
    assert rated.get("/try", rule=HOSTILE_WORDS).status == 200


def test_wording_is_tried_where_people_meet_it_and_taken_over_as_one_step(rated: Browser) -> None:
    page = rated.get("/try", words="assessment")
    ask, prompt = "assessment.safety.ask", "assessment.safety.victims.ask"
    assert page.text.count("<textarea") == len(re.findall(r'<label for="assessment\.', page.text)) > 10
    form = {"was": page.hidden("was"), "words": "assessment"}
    empty = rated.post("/try", {**form, "assessment.title": " ", "do": "try"})
    assert (empty.status, "is left empty" in empty.words) == (422, True)
    hostile = rated.post("/try", {**form, ask: HOSTILE_WORDS, "do": "preview", "live": "effect"})
    assert "<script>alert" not in hostile.text
    assert rated.get("/try", words=HOSTILE_WORDS).status == 200
    new = {ask: "Are others kept safe?", prompt: "Are victims thought of?", "assessment.title": "Looking closely"}
    live = rated.post("/try", {**form, **new, "do": "preview", "live": "effect"})
    assert "In the standards Are others kept safe? Yes when" in live.words
    assert "In a form Are victims thought of? Yes / No / Does not apply" in live.words
    assert "In a report P 2.1 Looking closely Inadequate" in live.words
    assert re.search(r"In a report Are others kept safe\? \d+%, \w+", live.words)
    assert is_empty(rated)
    assert rated.post("/try", {**form, **new, "do": "try"}).status == 303
    page = rated.get("/try", words="assessment")
    assert f"{ask} → Are others kept safe? really: Does assessment" in page.words
    assert page.words.count("In a report") == 3
    assert rated.get("/try").words.count("In a report") == 3  # on every page of the sandbox
    assert rated.session.changes.files == ()
    assert rated.post("/try", {"was": page.hidden("was"), "do": "take"}).status == 303
    written = "\n".join(rated.session.changes.diff())
    assert all(text in written for text in new.values())
    rated.post("/undo", {})
    assert rated.session.changes.files == ()


def test_of_two_facts_with_one_title_both_become_visible(tmp_path: Path) -> None:
    folder = write_every_name(tmp_path)
    edit(folder / "facts.yaml", "The person has visitors", "The person is dying")  # as is_dying is called
    browser = Browser.opened(folder, tmp_path / "audits" / "inspection.yaml", although_used=True)
    page = browser.get("/keep", case="c1", question="meals.food")
    rows = re.findall(r'<th scope="row">The person is dying</th><td>(\w+)</td>', page.text)
    assert sorted(rows) == ["no", "yes"]
