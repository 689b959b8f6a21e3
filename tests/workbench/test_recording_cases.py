"""Cases recorded on the pages: forms by what is asked, the queue, judgements and decisions, and inspections started."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars
import pytest

from ctm_rules import load_inspection, rate_inspection
from ctm_rules.checking.files import check_paths
from ctm_rules.workbench import app
from ctm_rules.workbench.app import DO, READ
from ctm_rules.yaml_files.formatting import format_file
from tests.support.editing import edit
from tests.support.hostile_words import HOSTILE
from tests.support.ods import as_spreadsheet
from tests.support.paths import ROOT
from tests.support.right_framework import RIGHT
from tests.support.workbench import HOSTILE_WORDS, Answer, Browser

FACTS = {"meals_a_day": "60", "cooked_on_site": "yes", "allergies": "no", "size": "small"}

INSPECTION = """\
# What was found. This comment stays.
framework: {id: kitchens, edition: "2026"}
provider: {id: north, name: North}
title: An inspection
fieldwork: {started: 2026-09-07}

cases: {file: cases.csv, absent: missing}

judgements:
  - standard: leadership
    rating: to be filled in # excellent, sound, poor
    rationale: to be filled in
"""

CASES = """\
case,size,cooked_on_site,allergies,meals_a_day,hygiene.cleaning.surfaces,hygiene.cleaning.floors,hygiene.cleaning.records,\
hygiene.storage.temperature,hygiene.storage.dates,hygiene.storage.labels,menus.choice.vegetarian,menus.choice.allergens,\
menus.choice.delivery,menus.choice.feedback,kept by others
c1,small,yes,no,60,,,,,,,,,,,one
c2,,,,,,,,,,,,,,,"two, three"
"""


@pytest.fixture
def audit(tmp_path: Path) -> Path:
    """An inspection of kitchens that was begun."""
    standards = Path(shutil.copytree(RIGHT, tmp_path / "standards" / "kitchens" / "2026"))
    edit(standards / "framework.yaml", "panel: {", "panel: {may_move: {standards: 1}, ")
    folder = tmp_path / "audit"
    folder.mkdir()
    (folder / "reading.yaml").write_text("ignore_columns: [kept by others]\n", encoding="utf-8")
    said = INSPECTION.replace("absent: missing", "absent: missing, read_as: reading.yaml")
    (folder / "inspection.yaml").write_text(said, encoding="utf-8")
    (folder / "cases.csv").write_text(CASES, encoding="utf-8")
    return folder / "inspection.yaml"


@pytest.fixture
def browser(audit: Path) -> Browser:
    return Browser.opened(audit.parents[1] / "standards" / "kitchens" / "2026", audit)


def form_of(browser: Browser, case: str) -> dict[str, str]:
    """What the form of a case would send as it is shown."""
    text = browser.get("/case", case=case).text
    said = dict(re.findall(r'name="(a:[^"]*)" value="([^"]*)" checked', text))
    said |= dict(re.findall(r'id="a:[^"]*" name="(a:[^"]*)" value="([^"]*)"', text))
    said |= {
        name: value.lstrip("\n") for name, value in re.findall(r'<textarea[^>]* name="(n:[^"]*)"[^>]*>(.*?)<', text)
    }
    return {**said, "was": re.findall(r'name="was" value="([^"]*)"', text)[0]}


def record(browser: Browser, case: str, said: Mapping[str, str], do: str = "keep") -> Answer:
    fields = {**form_of(browser, case), **said, "do": do}
    return browser.post(f"/case?case={case}", fields)


def test_a_form_asks_only_what_applies_and_what_surely_does_not_goes_away(browser: Browser) -> None:
    text = browser.get("/case", case="c1").text

    def is_shown(prompt: str) -> bool:
        (tag,) = re.findall(rf'<fieldset class="asked[^>]*id="q-{re.escape(prompt)}"[^>]*>', text)
        return " hidden" not in tag

    assert is_shown("hygiene.storage.labels")  # meals are cooked on site
    assert not is_shown("menus.choice.delivery")
    assert not is_shown("menus.choice.allergens")
    # Of the second case nothing is known: nothing is hidden that may be asked.
    text = browser.get("/case", case="c2").text
    assert all(map(is_shown, ["hygiene.storage.labels", "menus.choice.delivery", "menus.choice.allergens"]))
    # What was recorded before it was known stays, and says that it does not count.
    assert record(browser, "c2", {"a:menus.choice.delivery": "yes", "a:cooked_on_site": "yes"}).status == 303
    text = browser.get("/case", case="c2").text
    assert is_shown("menus.choice.delivery")
    assert 'class="asked no" id="q-menus.choice.delivery"' in text


def test_what_is_recorded_is_saved_in_the_table_and_everything_else_stays(browser: Browser, audit: Path) -> None:
    fields = {"a:hygiene.cleaning.surfaces": "yes", "a:hygiene.cleaning.floors": "no", "a:meals_a_day": "90"}
    answer = record(browser, "c1", {**fields, "n:hygiene.cleaning.floors": 'Crumbs, "everywhere"'})
    assert answer.status == 303, answer.words
    assert (audit.parent / "cases.csv").read_text(encoding="utf-8") == CASES
    page = browser.get("/save").words
    assert "c1, hygiene.cleaning.floors: – → no" in page
    assert "c1, meals_a_day: 60 → 90" in page
    assert browser.post("/save", {"do": "save"}).status == 303
    lines = (audit.parent / "cases.csv").read_text(encoding="utf-8").splitlines()
    assert lines == [
        f"{CASES.splitlines()[0]},notes.hygiene.cleaning.floors",
        'c1,small,yes,no,90,yes,no,,,,,,,,,one,"Crumbs, ""everywhere"""',
        'c2,,,,,,,,,,,,,,,"two, three",',
    ]
    assert "Crumbs, &#34;everywhere&#34;" in browser.get("/case", case="c1").text
    # Nothing chosen again changes nothing.
    assert record(browser, "c1", {}).status == 303
    assert browser.session.changes.files == ()


def test_after_each_answer_outcomes_and_ratings_are_shown_with_why(browser: Browser) -> None:
    was = form_of(browser, "c1")["was"]
    answer = browser.post("/case?case=c1", {"a:hygiene.cleaning.surfaces": "no", "was": was, "live": "yes"})
    assert (answer.status, "<html" in answer.text) == (200, False)
    assert "✗ false: surfaces: Are surfaces cleaned between tasks? · answered no" in answer.words
    assert "Undetermined Is food stored safely?" in answer.words
    assert "Is the kitchen kept clean? No 1, Undetermined 1" in answer.words
    now = re.findall(r'name="was" value="([^"]*)"', answer.text)[0]
    assert now != was
    # Another window that shows the case as it was does not write over it.
    stale = browser.post("/case?case=c1", {"a:hygiene.cleaning.surfaces": "yes", "was": was, "live": "yes"})
    assert (stale.status, "changed in another tab" in stale.words) == (422, True)
    wrong = browser.post("/case?case=c1", {"a:meals_a_day": "many", "was": now, "live": "yes"})
    assert (wrong.status, 'meals_a_day is "many", which is not' in wrong.words) == (422, True)
    assert [each.name for each in browser.session.history.done] == ["c1: Are surfaces cleaned between tasks? → No"]
    browser.post("/undo", {"back": "/case?case=c1"})
    assert form_of(browser, "c1")["was"] == was


def test_what_was_typed_wrongly_stays_in_the_form(browser: Browser) -> None:
    answer = record(browser, "c1", {"a:meals_a_day": "many", "a:hygiene.cleaning.floors": "yes"})
    assert answer.status == 422
    assert 'value="many"' in answer.text
    assert re.search(r'name="a:hygiene.cleaning.floors" value="yes" checked', answer.text)
    assert browser.session.history.done == ()


def test_the_queue_says_case_question_and_what_is_missing(browser: Browser) -> None:
    page = browser.get("/cases")
    assert "c1 Is the kitchen kept clean? Are surfaces cleaned between tasks?" in page.words
    assert 'href="/case?case=c1#q-hygiene.cleaning.floors"' in page.text
    record(browser, "c1", {"a:hygiene.cleaning.surfaces": "no"})
    assert "c1 Is the kitchen kept clean?" not in browser.get("/cases").words


def test_cases_are_added_from_a_list(browser: Browser, audit: Path) -> None:
    answer = browser.post("/cases", {"ids": "c3\r\n 00, 4 \r\n\r\nc3\r\n"})
    assert answer.status == 303, answer.words
    refused = browser.post("/cases", {"ids": "c5\nc1"})
    assert (refused.status, 'the case "c1" stands in this inspection already' in refused.words) == (422, True)
    assert ">\nc5\nc1</textarea>" in refused.text
    assert browser.post("/cases", {"ids": " \n"}).status == 422
    browser.post("/save", {"do": "save"})
    added = (audit.parent / "cases.csv").read_text(encoding="utf-8").removeprefix(CASES)
    assert added == f'c3{"," * 15}\n"00, 4"{"," * 15}\n'
    assert browser.get("/case", case="00, 4").status == 200
    assert browser.get("/case", case="c5").status == 422


def judge(browser: Browser, kind: str, **fields: str) -> Answer:
    was = browser.get("/judgements").hidden("was")
    return browser.post("/judgements", {"was": was, "kind": kind, **fields})


def test_judgements_and_decisions_are_written_with_reasons_and_comments_stay(browser: Browser, audit: Path) -> None:
    leadership = {"of": "standard:leadership"}
    refused = judge(browser, "rated", **leadership, rating="", rationale=" ")
    assert "Rating is left empty, and is needed" in refused.words
    assert "Why is left empty, and is needed" in refused.words
    assert judge(browser, "rated", **leadership, rating="best", rationale="So.").status == 422
    said = 'Staff say: "it is led".'
    untidy = judge(browser, "rated", **leadership, rating="sound", rationale=said)
    assert (untidy.status, "is not laid out" in untidy.words) == (422, True)
    assert browser.post("/tidy", {"file": audit.as_posix()}).headers["location"] == "/judgements"
    assert judge(browser, "rated", **leadership, rating="sound", rationale=said).status == 303
    for case in ("c1", "c2"):
        fields = {name: "yes" for name in form_of(browser, case) if name.startswith("a:") and name.count(".") == 2}
        assert record(browser, case, {**{f"a:{name}": word for name, word in FACTS.items()}, **fields}).status == 303
    of_case = {"case": "c2", "key_question": "hygiene.storage", "outcome": "no", "reason": "It was warm."}
    assert judge(browser, "of_case", **{**of_case, "reason": ""}).status == 422
    assert judge(browser, "of_case", **{**of_case, "case": "c9"}).status == 422
    assert judge(browser, "of_case", **of_case, back="case").headers["location"] == "/case?case=c2"
    assert "By the rule: Yes. It was warm." in browser.get("/case", case="c2").words
    # One of two cases is 50 per cent, which is sound; the panel makes poor of it.
    panel = {
        "place": "standards:hygiene",
        "rating": "poor",
        "reason": "Two pests.",
        "who": "The panel",
        "date": "2026-10-01",
    }
    assert judge(browser, "of_panel", **{**panel, "date": "1 October"}).status == 422
    answer = judge(browser, "of_panel", **panel)
    assert answer.status == 303, answer.words
    assert "Sound → Poor. Two pests. The panel, 1 October 2026" in browser.get("/judgements").words
    assert browser.post("/save", {"do": "save"}).status == 303
    written = audit.read_text(encoding="utf-8")
    assert written.startswith("# What was found. This comment stays.\n")
    assert "    rating: sound # excellent, sound, poor\n" in re.sub(" +#", " #", written)
    assert not format_file(audit).is_changed
    inspection = load_inspection(audit)
    rating = rate_inspection(inspection).rating
    assert {each.standard.slug: each.rating and each.rating.id for each in rating.standards} == {
        "leadership": "sound", "hygiene": "poor", "menus": "excellent",
    }  # fmt: skip
    assert inspection.declared.judgements[0].rationale == said
    assert inspection.declared.decisions[0].was == "sound"
    # Taken back, one by one.
    judge(browser, "removed", of="decisions:0")
    judge(browser, "removed", of="case_judgements:0")
    assert judge(browser, "removed", of="case_judgements:0").status == 422
    browser.post("/save", {"do": "save"})
    assert "decisions" not in audit.read_text(encoding="utf-8")
    assert load_inspection(audit).declared.case_judgements == ()


def test_cases_of_several_samples_stand_in_their_own_tables_and_are_asked_their_own_questions(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "schemes" / "youth-justice", tmp_path / "youth-justice")
    file = tmp_path / "youth-justice" / "inspection.yaml"
    browser = Browser.opened(tmp_path / "youth-justice" / "standards" / "youth-justice" / "2021", file)
    refused = browser.post("/cases", {"ids": "new-1", "table": ""})
    assert (refused.status, "no table is chosen" in refused.words) == (422, True)
    assert "Out-of-court disposals (out_of_court.csv)" in refused.text
    assert browser.post("/cases", {"ids": "new-1", "table": "out_of_court.csv"}).status == 303
    page = browser.get("/case", case="new-1")
    assert "Out-of-court disposals" in page.words
    assert "Outcomes of this case so far" in page.words
    shown = re.findall(r'<fieldset class="asked (\w+)" id="q-(\w+)\.[^"]*"[^>]*?( hidden)?(?: data-keys)?>', page.text)
    assert {hidden for _, standard, hidden in shown if standard.startswith("court_")} == {" hidden"}
    assert {hidden for _, standard, hidden in shown if standard.startswith("other_")} == {""}
    browser.post("/save", {"do": "save"})
    last = (file.parent / "out_of_court.csv").read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith("new-1,")


def test_what_is_asked_once_of_who_is_inspected_is_recorded(tmp_path: Path) -> None:
    """Of a restaurant that is rated by no cases at all: every line of the file stays but those that were meant."""
    shutil.copytree(ROOT / "examples" / "schemes" / "restaurant-grades", tmp_path / "restaurant-grades")
    file = tmp_path / "restaurant-grades" / "inspection.yaml"
    before = file.read_text(encoding="utf-8").splitlines()
    browser = Browser.opened(tmp_path / "restaurant-grades" / "standards" / "restaurant-grades" / "2010", file)
    assert "Who is inspected" in browser.get("/judgements").words
    assert judge(browser, "of_provider", **{"p:kitchen.violations.pests": "level_9"}).status == 422
    said = {"p:kitchen.violations.pests": "level_1", "p:kitchen.violations.repair": "", "p:serves_raw_food": "yes"}
    answer = judge(browser, "of_provider", **said)
    assert answer.status == 303, answer.words
    assert browser.post("/save", {"do": "save"}).status == 303
    after = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in before if line not in after] == [
        "    kitchen.violations.pests: none",
        "    kitchen.violations.repair: none",
    ]
    assert [line for line in after if line not in before] == ["    kitchen.violations.pests: level_1"]
    assert load_inspection(file).provider_answers["kitchen.violations.pests"].value == "level_1"


def test_an_inspection_is_started_by_the_edition_that_is_in_force(kitchens: Path) -> None:
    browser = Browser.opened(kitchens)
    assert "No inspection is in hand." in browser.get("/cases").words
    fields = {
        "provider": "south",
        "name": "South: a school",
        "folder": "south-2026",
        "started": "2026-09-07",
        "weeks": "2",
    }
    for wrong, says in [
        ({"folder": "../out"}, '"../out" is no name of a folder'),
        ({"started": "7 September"}, '"7 September" is no day'),
        ({"weeks": "two"}, '"two" is no number of weeks'),
        ({"name": ""}, "Name of who is inspected is left empty"),
        ({"started": "2019-01-01"}, "in force"),
    ]:
        refused = browser.post("/start-inspection", {**fields, **wrong})
        assert (refused.status, says in refused.words) == (422, True), refused.words
    home = kitchens.parents[2]
    assert sorted(each.name for each in home.iterdir()) == ["standards"]
    answer = browser.post("/start-inspection", fields)
    assert answer.status == 303, answer.words
    file = home / "south-2026" / "inspection.yaml"
    page = browser.get("/cases")
    assert "The inspection was started by edition 2026" in page.words
    assert "Inspection: South: a school" in page.words
    assert browser.post("/cases", {"ids": "c1\nc2"}).status == 303
    browser.post("/save", {"do": "save"})
    assert check_paths([file.parent]).errors == 0
    assert [case.id for case in load_inspection(file).cases] == ["c1", "c2"]
    again = browser.post("/start-inspection", fields)
    assert (again.status, "is there already" in again.words) == (422, True)
    # As a form for inspectors, which has rows to spare.
    form = browser.post("/start-inspection", {**fields, "folder": "south-2027", "table": "form"})
    assert form.status == 303, form.words
    assert browser.post("/cases", {"ids": "k1"}).status == 303
    assert record(browser, "k1", {"a:meals_a_day": "60", "a:hygiene.cleaning.floors": "yes"}, "save").status == 303
    (case,) = load_inspection(home / "south-2027" / "inspection.yaml").cases
    assert (case.id, case.facts) == ("k1", {"meals_a_day": 60})


def with_a_table(audit: Path, name: str, content: bytes) -> None:
    """Have another table in the inspection."""
    audit.write_text(audit.read_text(encoding="utf-8").replace("cases.csv", name), encoding="utf-8")
    (audit.parent / "cases.csv").unlink()
    (audit.parent / name).write_bytes(content)


def as_parquet(columns: Mapping[str, Sequence[str]]) -> bytes:
    file = io.BytesIO()
    polars.DataFrame(columns).write_parquet(file)
    return file.getvalue()


ODD = {"case": ["c1", "0002"], "hygiene.cleaning.floors": ["yes", "no"], "notes": ['a, "b"', "first\nsecond"]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("cases.ods", as_spreadsheet(ODD), id="ODS"),
        pytest.param("cases.parquet", as_parquet(ODD), id="Parquet"),
    ],
)
def test_a_table_that_is_only_read_is_taken_over_into_one_that_is_written(
    browser: Browser, audit: Path, name: str, content: bytes
) -> None:
    with_a_table(audit, name, content)
    again = Browser.opened(browser.session.path, audit)
    page = again.get("/cases")
    kind = f".{name.partition('.')[2]}"
    assert f"nothing is recorded in a {kind} file: take it over into a CSV file" in page.words
    refused = again.post("/case?case=c1", {**form_of(again, "c1"), "a:hygiene.cleaning.floors": "no", "do": "keep"})
    assert (refused.status, again.session.history.done) == (422, ())
    again.post("/tidy", {"file": audit.as_posix()})
    shown = again.get("/take-over", table=name)
    assert f"cases.csv will hold what is read of {name}" in shown.words
    assert "0002 no first second" in shown.words
    assert "+cases: {file: cases.csv," in shown.words
    assert len(again.session.history.done) == 1  # laid out, and nothing more
    assert again.post("/take-over", {"table": name}).status == 303
    assert "nothing is recorded in" not in again.get("/cases").words
    assert record(again, "c1", {"a:hygiene.cleaning.floors": "no"}, "save").status == 303
    table = (audit.parent / "cases.csv").read_text(encoding="utf-8-sig")
    assert table.splitlines()[1] == 'c1,no,"a, ""b"""'
    assert (audit.parent / name).read_bytes() == content
    assert [case.id for case in load_inspection(audit).cases] == ["c1", "0002"]
    for _ in again.session.history.done:
        again.post("/undo", {})
    again.post("/save", {"do": "save"})
    assert not (audit.parent / "cases.csv").exists()


def test_what_is_taken_over_and_not_saved_is_offered_again_after_a_crash(browser: Browser, audit: Path) -> None:
    with_a_table(audit, "cases.ods", as_spreadsheet(ODD))
    again = Browser.opened(browser.session.path, audit)
    again.post("/tidy", {"file": audit.as_posix()})
    again.post("/take-over", {"table": "cases.ods"})
    after = Browser.opened(browser.session.path, audit)
    assert after.post("/draft", {"do": "take"}).status == 303
    assert record(after, "c1", {"a:hygiene.cleaning.floors": "no"}, "save").status == 303
    assert load_inspection(audit).cases[0].answers["hygiene.cleaning.floors"].value == "no"


def test_what_cannot_be_taken_over_says_why(browser: Browser, audit: Path) -> None:
    with_a_table(audit, "cases.ods", as_spreadsheet(ODD))
    (audit.parent / "cases.csv").write_text("somebody else's", encoding="utf-8")
    again = Browser.opened(browser.session.path, audit)
    page = again.get("/take-over", table="cases.ods")
    assert (page.status, "there is a file cases.csv already" in page.words) == (422, True)
    for name in (HOSTILE_WORDS, "../cases.ods", ""):
        assert again.get("/take-over", table=name).status == 422
    assert (audit.parent / "cases.csv").read_text(encoding="utf-8") == "somebody else's"


def test_no_table_is_read_or_changed_as_text(browser: Browser, audit: Path) -> None:
    name = (audit.parent / "cases.csv").as_posix()
    for address in ("/text", "/change"):
        assert browser.get(address, file=name).status == 422
    assert browser.post(f"/text?file={name}", {"text": "gone", "do": "keep", "was": ""}).status == 422


# --- Whatever anybody types ------------------------------------------------------------------------

HOSTILE_TEXT = " ".join(HOSTILE)
SOURCES = [file.read_text(encoding="utf-8") for file in Path(app.__file__).parent.glob("*.py")]
ASKED = sorted({name for source in SOURCES for name in re.findall(r'query(?:\.get\(|\[)"(\w+)"', source)})
"""Everything that the pages look for in an address."""
TYPED = sorted(
    {name for source in SOURCES for name in re.findall(r'(?:one|text_of)\(\w+(?:\.typed)?, "(\w+)"', source)}
)
"""Everything that the pages look for in a form."""


def is_harmless(page: Answer) -> bool:
    """Whether a page shows what was typed as text, and has as many elements as it opens."""
    markup = ("<script>alert", "<img src=x", "</style></svg>", "49 {%")
    return not any(each in page.text for each in markup) and page.text.count("<textarea") == page.text.count(
        "</textarea>"
    )


@pytest.mark.parametrize(
    "hostile", [HOSTILE_TEXT, HOSTILE[0], HOSTILE[1]], ids=["all of them", "a script", "a picture"]
)
def test_hostile_words_in_every_field_of_every_address_stay_words(browser: Browser, hostile: str) -> None:
    """New addresses are among these by themselves, and so are the fields that they look for."""
    assert {"case", "file"} <= set(ASKED)
    assert {"rationale", "ids"} <= set(TYPED)
    fields = dict.fromkeys(["n:", "n:hygiene.cleaning.floors", "a:meals_a_day", *TYPED], hostile)
    was = {"/case?case=c1": form_of(browser, "c1")["was"], "/judgements": browser.get("/judgements").hidden("was")}
    last = {"do": "keep", "language": "en", "back": "/"}
    posts = [
        ("/case?case=c1", last),
        ("/judgements", {"kind": "rated", "of": "standard:leadership", "rating": "sound"}),
    ]
    posts += [("/judgements", {"kind": "of_case", "case": "c1", "key_question": "hygiene.storage", "outcome": "no"})]
    posts += [(address, last) for address in sorted(DO)]
    for address, known in posts:
        answer = browser.post(address, {**fields, **known, "was": was.get(address, "")})
        assert answer.status in (200, 303, 404, 409, 422), address
        assert is_harmless(answer), address
    for address in [*sorted(READ), "/case?case=c1"]:
        there = address.replace("{name}", "x")
        for page in (
            browser.get(there),
            *([browser.get(there, **dict.fromkeys(ASKED, hostile))] if "?" not in there else []),
        ):
            assert page.status in (200, 404, 422), address
            assert is_harmless(page), address
