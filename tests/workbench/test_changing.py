"""What people change by forms and as text: the files say it, everything else stays, and what it does is said."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from ctm_rules import dump_framework, load_framework
from ctm_rules.checking.files import check_paths
from ctm_rules.docs import site as docs_site
from ctm_rules.editing.session import Session
from ctm_rules.scaffolding.new_files import start_edition
from ctm_rules.scenarios.finding import find_scenario_files
from ctm_rules.scenarios.running import ScenarioRunner
from ctm_rules.workbench.pages import TEMPLATES
from ctm_rules.yaml_files.formatting import format_file, yaml_files
from tests.support.paths import EXAMPLE
from tests.support.workbench import Browser

HOSTILE = '"><script>alert(1)</script>{{ 7 * 7 }}&amp; \u202e\u00a0%00 </textarea>'


def saved(browser: Browser) -> None:
    """Save, and see that check and fmt have nothing to say of the files."""
    answer = browser.post("/save", {"do": "save"})
    assert answer.status == 303, answer.words
    path = browser.session.path
    assert [str(found) for found in check_paths([path]).diagnostics] == []
    assert [each.path for each in map(format_file, yaml_files([path])) if each.is_changed] == []


def failing(path: Path) -> list[str]:
    runner = ScenarioRunner("reference")
    files = runner.read(find_scenario_files([path]))
    return [each.name for file in files for each in file.scenarios if not runner.run(each).passed]


def changed_lines(browser: Browser) -> list[str]:
    """The lines that saving would take out and put in."""
    lines = browser.session.changes.diff()
    return [line for line in lines if re.match(r"[-+](?![-+])", line)]


def test_a_band_is_moved_and_nothing_else(browser: Browser) -> None:
    at = "/key_question_bands"
    answer = browser.change("framework.yaml", at, {f"{at}/bands/1/from": "60"})
    assert answer.status == 303
    assert changed_lines(browser) == [
        "-    - {from: 65, rating: good}",
        "+    - {from: 60, rating: good}",
    ]
    page = browser.get("/change", file="framework.yaml", at=at)
    assert "the limit for Good moved from 65% to 60%" in page.words
    assert "5 fail." in page.words
    saved(browser)
    assert load_framework(browser.session.path).key_question_bands.bands[1].lowest == 60


def test_what_is_only_tried_is_never_kept(browser: Browser) -> None:
    at = "/key_question_bands"
    answer = browser.change("framework.yaml", at, {f"{at}/bands/1/from": "60"}, do="preview")
    assert answer.status == 200
    assert "Only tried, and not kept." in answer.words
    assert "the limit for Good moved from 65% to 60%" in answer.words
    assert 'value="60"' in answer.text
    live = browser.change("framework.yaml", at, {f"{at}/bands/1/from": "60", "live": "yes"}, do="preview")
    assert "the limit for Good moved from 65% to 60%" in live.words
    assert "<html" not in live.text
    assert browser.session.changes.files == ()
    assert browser.session.history.done == ()


@pytest.mark.parametrize("typed", ["sixty", "6 0", "60%", "1e3", "--5", "0x10"])
def test_a_value_that_is_typed_half_stays_in_the_form(browser: Browser, typed: str) -> None:
    at = "/key_question_bands"
    answer = browser.change("framework.yaml", at, {f"{at}/bands/1/from": typed})
    assert answer.status == 422
    assert "is no number, in the field From" in answer.words
    assert f'value="{typed}"' in answer.text
    assert browser.session.history.done == ()


def test_while_something_is_broken_the_last_valid_effect_is_shown_and_marked(standards: Path) -> None:
    browser = Browser.opened(standards, EXAMPLE)
    at = "/key_question_bands"
    browser.change("framework.yaml", at, {f"{at}/bands/1/from": "60"})
    assert browser.change("framework.yaml", at, {f"{at}/bands/1/from": "90"}).status == 303
    page = browser.get("/change", file="framework.yaml", at=at)
    assert "1 error" in page.words
    assert "As it was when nothing was wrong last." in page.words
    assert "Overall: Requires improvement, 4 of 21, as before." in page.words
    assert browser.post("/save", {"do": "save"}).status == 422  # nobody saves what is broken by accident
    assert browser.session.saved == {file: file.read_bytes() for file in browser.session.saved}


def test_a_finding_is_put_right_with_one_click(browser: Browser) -> None:
    at = "/key_questions/2"
    browser.change("2.1-assessment.yaml", at, {f"{at}/yes_when/all/0:word": "risk_of_ham"})
    page = browser.get("/")
    found = re.search(r'name="finding" value="(\w+)"', page.text)
    assert found is not None, page.words
    assert browser.post("/fix", {"finding": found[1]}).status == 303
    assert browser.session.changes.files == ()  # it says again what it said


def test_wording_is_changed(browser: Browser) -> None:
    browser.change("2.1-assessment.yaml", "", {"/statement": "Assessment is  good.\r\n"})
    saved(browser)
    assert load_framework(browser.session.path).standards_by_slug["assessment"].statement == "Assessment is good."


def test_a_rule_is_changed_clause_by_clause(browser: Browser) -> None:
    """All of two becomes: at least two of three, one of which is a fact turned round."""
    at = "/key_questions/2"
    rule = f"{at}/yes_when"
    file = "2.1-assessment.yaml"
    steps: list[tuple[dict[str, str], str]] = [
        ({f"{rule}/all/1:form": "any"}, "keep"),
        ({f"{rule}:form": "at_least", f"{rule}:value": "2"}, "keep"),
        ({f"{rule}:add": "fact:mappa"}, f"add:{rule}"),
        ({}, f"not:{rule}/at_least/of/2"),
        ({}, f"up:{rule}/at_least/of/2"),
    ]
    for typed, command in steps:
        answer = browser.change(file, at, typed, command)
        assert answer.status == 303, (command, answer.words)
    page = browser.get("/change", file=file, at=at)
    assert "At least two of" in page.words
    assert [line.strip() for line in changed_lines(browser)] == [
        "-      all:",
        "-        - risk_of_harm",
        "-        - at_least: {count: 1, of: [sources_and_agencies, victims]}",
        "+      at_least:",
        "+        count: 2",
        "+        of:",
        "+          - risk_of_harm",
        "+          - not:",
        "+              fact: mappa",
        "+              is: yes",
        "+          - any: [sources_and_agencies, victims]",
    ]


def test_clauses_are_removed_with_groups_that_would_be_empty(browser: Browser) -> None:
    at, file = "/key_questions/2", "2.1-assessment.yaml"
    rule = f"{at}/yes_when"
    for name in (f"{rule}/all/1/at_least/of/1", f"{rule}/all/1/at_least/of/0", f"{rule}/all/0"):
        assert browser.change(file, at, {}, f"remove:{name}").status == 303
    says = browser.session.document(browser.session.file(file)).says()
    assert isinstance(says, dict)
    assert "yes_when" not in says["key_questions"][2]  # type: ignore[call-overload, index]


def test_a_condition_is_added_where_there_is_none(browser: Browser) -> None:
    at, file = "/key_questions/0/prompts/0", "2.1-assessment.yaml"
    browser.change(file, at, {f"{at}/applies_when:new": "fact:mappa"})
    page = browser.get("/change", file=file, at=at)
    assert "MAPPA" in page.words
    saved(browser)
    prompt = load_framework(browser.session.path).prompts["assessment.engaging.motivation"]
    assert prompt.applies_when is not None


def test_a_prompt_is_added_and_used(browser: Browser) -> None:
    at, file = "/key_questions/0", "2.1-assessment.yaml"
    address = f"/add?file={file}&at={at}&key=prompts"
    assert "Add to: Prompts" in browser.get(address).words
    refused = browser.post(address, {"+/ask": ""})
    assert (refused.status, "Ask is left empty" in refused.words) == (422, True)
    answer = browser.post(address, {"/+/ask": "Is the plan shared?", "+/ask": "Is the plan shared?"})
    assert answer.status == 303, answer.words
    assert unquote(answer.headers["location"]).endswith("at=/key_questions/0/prompts/4")
    browser.change(file, at, {f"{at}/yes_when:add": "prompt:plan_shared"}, f"add:{at}/yes_when")
    saved(browser)
    assert "assessment.engaging.plan_shared" in load_framework(browser.session.path).prompts


def test_a_key_question_is_added_with_its_prompts(browser: Browser) -> None:
    address = "/add?file=2.1-assessment.yaml&at=&key=key_questions"
    answer = browser.post(address, {"/+/ask": "", "+/ask": "x"})
    assert answer.status == 422
    fields = {"/+/ask": "Is the assessment written in time?", "prompts": "Was it written within a month?"}
    assert browser.post(address, fields).status == 303
    saved(browser)
    assert "assessment.assessment_written_time" in load_framework(browser.session.path).key_questions


def test_a_fifth_rating_is_added_and_moved_to_its_place(browser: Browser) -> None:
    at = ""
    answer = browser.change("framework.yaml", at, {"/ratings/+/label": "Very poor", "/ratings/+/score": "-1"})
    assert answer.status == 303, answer.words
    lines = changed_lines(browser)
    assert lines == ["+  - {id: very_poor, label: Very poor, score: -1}"]


def test_items_are_copied_moved_and_removed(browser: Browser) -> None:
    at, file = "/key_questions/0", "2.1-assessment.yaml"

    def ids() -> list[str]:
        says = browser.session.document(browser.session.file(file)).says()
        return [each["id"] for each in says["key_questions"][0]["prompts"]]  # type: ignore[call-overload, index]

    before = ids()
    browser.change(file, at, {}, f"copy:{at}/prompts/1")
    assert ids() == [*before[:2], "diversity_2", *before[2:]]
    browser.change(file, at, {}, f"up:{at}/prompts/2")
    assert ids() == [before[0], "diversity_2", *before[1:]]
    browser.change(file, at, {}, f"remove:{at}/prompts/1")
    assert ids() == before
    assert browser.session.changes.files == ()


def test_a_variant_begins_with_the_rule_of_the_question(browser: Browser) -> None:
    address = "/add?file=2.1-assessment.yaml&at=/key_questions/0&key=variants"
    assert "Adjusted standards" in browser.get(address).text
    assert browser.post(address, {"key": "adjusted"}).status == 303
    browser.post("/save", {"do": "save"})
    question = load_framework(browser.session.path).key_questions["assessment.engaging"]
    assert question.variants["adjusted"].yes_when == question.yes_when


def test_a_file_is_changed_as_text_to_the_byte(browser: Browser) -> None:
    page = browser.get("/text", file="facts.yaml")
    before = browser.session.file("facts.yaml").read_text(encoding="utf-8")
    assert before.replace("&", "&amp;").replace('"', "&#34;").replace("'", "&#39;") in page.text
    fields = {"was": page.hidden("was"), "text": before.replace("\n", "\r\n"), "do": "keep"}
    assert browser.post("/text?file=facts.yaml", fields).status == 303
    assert browser.session.history.done == ()  # line breaks of browsers are no change
    fields["text"] = before.replace("Sex", "Sex, as recorded")
    assert browser.post("/text?file=facts.yaml", fields).status == 303
    assert len(changed_lines(browser)) == 2


def test_undo_and_redo_are_exact(browser: Browser) -> None:
    at = "/key_question_bands"
    before = dict(browser.session.history.contents)
    for number in ("70", "71", "72"):
        browser.change("framework.yaml", at, {f"{at}/bands/1/from": number})
    after = dict(browser.session.history.contents)
    for _ in range(5):
        browser.post("/undo", {"back": "/"})
    assert browser.session.history.contents == before
    for _ in range(5):
        browser.post("/redo", {"back": "/"})
    assert browser.session.history.contents == after


def test_two_tabs_never_undo_each_other(browser: Browser) -> None:
    at = "/key_question_bands"
    first = browser.get("/change", file="framework.yaml", at=at).hidden("was")
    browser.change("framework.yaml", at, {f"{at}/bands/1/from": "70"})
    answer = browser.post(
        f"/change?file=framework.yaml&at={at}", {"was": first, "do": "keep", f"{at}/bands/1/from": "71"}
    )
    assert answer.status == 409
    assert "this was changed in another tab" in answer.words
    assert 'value="71"' in answer.text
    assert len(browser.session.history.done) == 1
    assert browser.get("/revision").text == str(browser.session.revision)


def test_an_element_is_renamed_everywhere_shown_first(browser: Browser) -> None:
    page = browser.get("/rename", address="assessment.safety.victims", to="people_at_risk")
    assert "scenarios/assessment-safety.yaml" in page.words
    assert browser.session.history.done == ()
    answer = browser.post("/rename", {"address": "assessment.safety.victims", "to": "people_at_risk"})
    assert answer.status == 303
    again = browser.get("/rename", address="assessment.safety.victims", to="other")
    assert "not saved" in again.words  # one after the other
    saved(browser)
    assert failing(browser.session.path) == []
    assert "assessment.safety.people_at_risk" in load_framework(browser.session.path).prompts


def test_where_something_is_used_is_said(browser: Browser) -> None:
    page = browser.get("/uses", address="has_potential_victims")
    assert "facts.yaml" in page.words
    assert "scenarios/assessment-safety.yaml" in page.words


def test_an_edition_in_use_is_never_edited_and_the_next_one_is_offered(standards: Path) -> None:
    inspection = standards.parents[2] / "inspection.yaml"
    inspection.write_bytes(EXAMPLE.read_bytes())
    inspection.with_name("cases.csv").write_bytes(EXAMPLE.with_name("cases.csv").read_bytes())
    browser = Browser.opened(standards, inspection)
    at = "/key_question_bands"
    page = browser.get("/change", file="framework.yaml", at=at)
    assert "and is not changed" in page.words
    refused = browser.change("framework.yaml", at, {f"{at}/bands/1/from": "60"})
    assert refused.status == 422
    assert browser.session.history.done == ()
    wrong = browser.post("/edition", {"edition": "2027", "in_force_from": "soon"})
    assert (wrong.status, '"soon" is no date' in wrong.words) == (422, True)
    assert browser.post("/edition", {"edition": "2027", "in_force_from": "2027-04-01"}).status == 303
    assert browser.session.path.name == "2027"
    assert browser.change("framework.yaml", at, {f"{at}/bands/1/from": "60"}).status == 303
    page = browser.get("/")
    assert "No case outcomes are different." in page.words
    saved(browser)


def test_the_missing_scenario_is_written_and_coverage_is_whole_again(browser: Browser) -> None:
    """A new question has gaps; each is filled by the case that is shown, and by what people expect of it."""
    fields = {"/+/ask": "Is it written in time?", "prompts": "Was it written within a month?"}
    browser.post("/add?file=2.1-assessment.yaml&at=&key=key_questions", fields)
    seen = 0
    while gaps := re.findall(r"/scenario\?part=(\w+)", browser.get("/").text):
        seen += 1
        assert seen < 10
        address = f"/scenario?part={gaps[0]}"
        page = browser.get(address)
        assert "A case that would reach it" in page.words
        refused = browser.post(address, {"name": f"It is in time, {seen}"})
        assert refused.status == 422  # what must come out is never filled in by the machine
        for outcome in ("yes", "no", "not_applicable", "undetermined"):
            browser.post(address, {"name": f"It is in time, {seen}", "outcome": outcome})
            evaluation = browser.session.evaluation
            if any(each.scenario.name == f"It is in time, {seen}" and each.passed for each in evaluation.scenarios):
                break
            browser.post("/undo", {})
    assert seen > 0
    assert "100 per cent of what decides is covered" in browser.get("/").words
    saved(browser)
    before = {file: file.read_bytes() for file in browser.session.files}
    for _ in range(seen + 3):
        browser.post("/undo", {})
    assert {file: file.read_bytes() for file in before} == before  # nothing goes before that is saved too
    made = [file.name for file in before if browser.session.history.contents[file] is None]
    assert made == ["assessment-written_time-more.yaml"]
    assert f"{made[0]} (removed)" in browser.get("/save").words


def test_an_assumption_is_confirmed_with_source_who_and_when(browser: Browser) -> None:
    page = browser.get("/assumptions")
    assert "key question bands" in page.words
    fields = {"file": "2.1-assessment.yaml", "at": "/key_questions/0", "keys": "yes_when", "title": "Guidance 2026"}
    refused = browser.post("/assumptions", {**fields, "who": "", "when": ""})
    assert refused.status == 422
    assert "Who confirms it is left empty" in refused.words
    assert 'value="Guidance 2026"' in refused.text
    answer = browser.post("/assumptions", {**fields, "who": "A. Owner", "when": "2026-11-28"})
    assert answer.status == 303, answer.words
    assert "confirmed by A. Owner on 28 November 2026" in browser.get("/").words  # what changes
    assert "confirmed by A. Owner on 2026-11-28" in browser.get("/read/standard-assessment.html").words
    saved(browser)
    question = load_framework(browser.session.path).key_questions["assessment.engaging"]
    assert question.assumed == ()
    assert question.source is not None
    assert question.source.title == "Guidance 2026"
    assert (question.source.section, question.source.confirmed_by) == ("", "A. Owner")
    assert question.source.confirmed_on == datetime.date(2026, 11, 28)
    shown = browser.get("/assumptions")
    assert "Guidance 2026 A. Owner 2026-11-28" in shown.words


def test_what_another_program_changed_is_never_overwritten(browser: Browser) -> None:
    at = "/key_question_bands"
    browser.change("framework.yaml", at, {f"{at}/bands/1/from": "60"})
    file = browser.session.file("framework.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace("within_points: 5", "within_points: 4"), encoding="utf-8")
    theirs = file.read_bytes()
    assert browser.post("/save", {"do": "save"}).status == 409
    assert file.read_bytes() == theirs
    assert "Another program changed these files" in browser.get("/save").words
    assert browser.post("/save", {"do": "theirs"}).status == 303
    saved(browser)
    framework = load_framework(browser.session.path)
    assert (framework.panel.within_points, framework.key_question_bands.bands[1].lowest) == (4, 60)


def test_keeping_mine_is_an_answer_of_its_own(browser: Browser) -> None:
    at = "/key_question_bands"
    browser.change("framework.yaml", at, {f"{at}/bands/1/from": "60"})
    file = browser.session.file("framework.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace("within_points: 5", "within_points: 4"), encoding="utf-8")
    browser.post("/save", {"do": "mine"})
    saved(browser)
    framework = load_framework(browser.session.path)
    assert (framework.panel.within_points, framework.key_question_bands.bands[1].lowest) == (5, 60)


def test_what_was_not_saved_is_offered_again_after_a_crash(browser: Browser) -> None:
    at = "/key_question_bands"
    browser.change("framework.yaml", at, {f"{at}/bands/1/from": "60"})
    wanted = dict(browser.session.history.contents)
    again = Browser.opened(browser.session.path)
    assert "An earlier session ended before it saved these files:" in again.get("/").words
    assert again.session.changes.files == ()
    again.post("/draft", {"do": "take"})
    assert again.session.history.contents == wanted
    saved(again)
    third = Browser.opened(browser.session.path)
    assert third.session.offered is None


def test_what_was_not_saved_can_be_forgotten(browser: Browser) -> None:
    browser.change("2.1-assessment.yaml", "", {"/statement": "Something else."})
    again = Browser.opened(browser.session.path)
    again.post("/draft", {"do": "forget"})
    assert Session(browser.session.path).offered is None


@pytest.mark.parametrize(
    ("file", "at", "field"),
    [
        pytest.param("hygiene.yaml", "", "/title", id="title"),
        pytest.param("hygiene.yaml", "", "/statement", id="statement"),
        pytest.param("hygiene.yaml", "/key_questions/0", "/key_questions/0/ask", id="question"),
        pytest.param("framework.yaml", "", "/publisher", id="publisher"),
        pytest.param("framework.yaml", "", "/ratings/0/label", id="label"),
        pytest.param("facts.yaml", "/facts/0", "/facts/0/title", id="fact"),
    ],
)
def test_hostile_words_stay_words(kitchens: Path, file: str, at: str, field: str) -> None:
    browser = Browser.opened(kitchens)
    answer = browser.change(file, at, {field: HOSTILE})
    assert answer.status in (303, 422), answer.words
    for address in ("/", "/change", "/save", "/assumptions", "/read/index.html", "/read/standard-hygiene.html"):
        page = browser.get(address)
        assert page.status == 200
        assert "<script>alert" not in page.text
        assert "{{ 7 * 7 }}" in page.text or "49&" not in page.text
    page = browser.get("/change", file=file, at=at)
    assert "<script>alert" not in page.text
    assert page.text.count("</textarea>") == page.text.count("<textarea")


def test_every_page_of_the_documentation_is_read_here_too(browser: Browser) -> None:
    """A template of the workbench that is called like one of the documentation would stand in its place."""
    named = [{path.name for path in folder.iterdir()} for folder in (TEMPLATES, docs_site.TEMPLATES)]
    assert named[0] & named[1] == {"search.html.jinja"}  # which finds nothing without a script of its own
    index = browser.get("/read/index.html")
    listed = set(re.findall(r'href="/read/([^"#]*)"', index.text))
    assert {name: browser.get(f"/read/{name}").status for name in listed} == dict.fromkeys(listed, 200)
    assert {"cases.html", "scenarios.html"} <= listed


def test_the_pages_read_what_is_in_hand_and_say_it_in_welsh(browser: Browser) -> None:
    browser.change("2.1-assessment.yaml", "", {"/statement": "Assessment is something new."})
    assert "Assessment is something new." in browser.get("/read/standard-assessment.html").words
    browser.post("/language", {"language": "cy", "back": "/"})
    page = browser.get("/")
    assert '<html lang="cy">' in page.text
    assert "Trosolwg" in page.words
    assert "Overview" not in page.words


def test_a_file_that_is_not_laid_out_is_laid_out_as_a_step_of_its_own(standards: Path) -> None:
    file = standards / "2.1-assessment.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("slug: assessment", "slug:   assessment"), encoding="utf-8"
    )
    browser = Browser.opened(standards)
    answer = browser.change(file.name, "", {"/statement": "Other words."})
    assert (answer.status, "is not laid out" in answer.words) == (422, True)
    assert browser.post("/tidy", {"file": file.name}).status == 303
    assert changed_lines(browser) == ["-slug:   assessment", "+slug: assessment"]
    assert browser.change(file.name, "", {"/statement": "Other words."}).status == 303


def test_every_element_of_every_file_has_a_page(browser: Browser) -> None:
    """Whatever a link of a page leads to is there, as deep as it goes."""
    waiting, seen = ["/change"], set[str]()
    while waiting:
        address = waiting.pop()
        page = browser.get(address)
        assert page.status == 200, address
        for link in re.findall(r'href="(/(?:change|text|add)\?[^"]*)"', page.text):
            link = link.replace("&amp;", "&")
            if link not in seen and "prompts%2F" not in link:
                seen.add(link)
                waiting.append(link)
    assert len(seen) > 100


def test_the_next_edition_keeps_the_day(standards: Path) -> None:
    start_edition(standards, "2027", in_force_from=datetime.date(2027, 4, 1))
    assert Session(standards).locked == ()


@pytest.mark.parametrize("name", ["kitchens.yaml", "kitchens.yml", "KITCHENS.YML"])
def test_a_framework_of_one_file_is_changed_by_forms_whatever_its_name_ends_in(kitchens: Path, name: str) -> None:
    file = kitchens.parents[2] / name
    file.write_text(dump_framework(load_framework(kitchens)), encoding="utf-8")
    browser = Browser.opened(file)
    assert name in browser.get("/change").words
    browser.change(name, "", {"/publisher": "Another council"})
    saved(browser)
    assert load_framework(file).publisher == "Another council"
