"""The history of an element: which version changed what about it, where git keeps the standards and elsewhere."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from tests.support.every_name import write_two_questions
from tests.support.kept_in_git import commit, keep_in_git
from tests.support.workbench import HOSTILE_WORDS, Answer, Browser


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    """Standards by which nothing was inspected yet."""
    folder = write_two_questions(tmp_path)
    (tmp_path / "audits" / "inspection.yaml").unlink()
    return folder


def put(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """Standards whose limits, prompts and standards changed from commit to commit; no test saves or commits more."""
    top = tmp_path_factory.mktemp("kept")
    homes = write_two_questions(top)
    (top / "audits" / "inspection.yaml").unlink()
    keep_in_git(top)
    put(homes / "framework.yaml", "{from: 70, rating: good}", "{from: 75, rating: good}")
    commit(top, "a higher limit", "B. Owner", "2026-05-12T09:00:00+01:00")
    browser = Browser.opened(homes)
    browser.session.rename("meals.food.warm", "hot")
    browser.session.save()
    commit(top, "another name", "C. Editor", "2026-06-01T09:00:00+01:00")
    browser.session.take("split", browser.session.splitting("meals", "Good food", ["food"], "", "").changes)
    browser.session.save()
    commit(top, "split", "D. Splitter", "2026-07-01T09:00:00+01:00")
    return browser


def said(page: Answer) -> str:
    """What the page says below its heading."""
    return page.words.partition("the latest first.")[2].partition(" Standards in hand:")[0].strip()


def test_a_limit_has_its_history_in_words(kept: Browser) -> None:
    page = kept.get("/history", address="key_question_bands")
    assert page.status == 200
    first, _, second = said(page).partition(" 2 March 2026, A. Author ")
    assert first.startswith("12 May 2026, B. Owner")
    assert "the limit for Good moved from 70% to 75%" in first
    assert second.startswith("It is new in this version.")
    assert "C. Editor" not in page.words


def test_it_is_followed_to_what_it_was_called_and_where_it_stood(kept: Browser) -> None:
    """A prompt that moved with its key question to another standard, and was renamed before that."""
    page = kept.get("/history", address="good_food.food.hot")
    days = re.findall(r"<h2>([^<]*)</h2>", page.text)
    assert days == ["1 June 2026, C. Editor", "2 March 2026, A. Author"]
    assert "It was called meals.food.warm before" in page.words
    question = kept.get("/history", address="good_food.food")
    assert "1 July 2026, D. Splitter It moved here from meals.food" in question.words
    assert "meals.food.hot : it was called meals.food.warm before" in question.words


def test_what_is_in_no_commit_yet_stands_first(kept: Browser) -> None:
    kept.change("framework.yaml", "/key_question_bands", {"/key_question_bands/bands/0/from": "80"})
    page = kept.get("/history", address="key_question_bands")
    assert said(page).startswith("In hand, and in no version yet")
    assert "the limit for Good moved from 75% to 80%" in page.words
    kept.post("/undo", {})
    assert said(kept.get("/history", address="key_question_bands")).startswith("12 May 2026")


def test_a_version_that_was_not_valid_is_passed_over_and_named(homes: Path) -> None:
    top = homes.parents[2]
    keep_in_git(top)
    for day, (before, after) in enumerate(
        [("70, rating: good", "75, rating: god"), ("75, rating: god", "60, rating: good")]
    ):
        put(homes / "framework.yaml", f"{{from: {before}}}", f"{{from: {after}}}")
        commit(top, "a change", "E. Hasty", f"2026-08-0{day + 1}T09:00:00+01:00")
    page = Browser.opened(homes).get("/history", address="key_question_bands")
    assert page.words.count("What this version changed cannot be said") == 2
    assert "2 March 2026, A. Author It is new in this version" in page.words


def test_a_page_looks_only_so_far_back_and_links_on(homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctm_rules.editing.element_history.MAX_STEPS_OF_HISTORY", 3)
    top = homes.parents[2]
    keep_in_git(top)
    for number in range(4):
        put(homes / "framework.yaml", f"{{from: {70 - number}, rating", f"{{from: {69 - number}, rating")
        commit(top, str(number), "B. Owner", f"2026-05-{number + 1:02}T09:00:00+01:00")
    browser = Browser.opened(homes)
    page = browser.get("/history", address="key_question_bands")
    assert page.text.count("<h2>") == 3
    link = re.search(r'href="([^"]*)">Look further back', page.text)
    assert link is not None
    further = browser.get(link[1].replace("&amp;", "&"))
    assert re.findall(r"<h2>([^<]*)</h2>", further.text) == ["1 May 2026, B. Owner", "2 March 2026, A. Author"]


def test_without_git_the_versions_that_were_named_tell_it(homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser.opened(homes)
    nothing = browser.get("/history", address="key_question_bands")
    assert "No earlier version of these standards is kept" in nothing.words
    at = "/key_question_bands"
    for day, (title, limit) in enumerate([("As published", "72"), ("Stricter", "78"), ("Strictest", "90")], 1):
        named = datetime.datetime(2026, 4, day, tzinfo=datetime.UTC)
        monkeypatch.setattr("ctm_rules.editing.versions.now", lambda named=named: named)
        browser.post("/versions", {"do": "name", "title": title, "who": "A. Owner"})
        browser.change("framework.yaml", at, {f"{at}/bands/0/from": limit})
        browser.post("/save", {"do": "save"})
    page = browser.get("/history", address="key_question_bands")
    assert re.findall(r"<h2>([^<]*)</h2>", page.text) == [
        "In hand, and in no version yet", "3 April 2026, A. Owner: Strictest", "2 April 2026, A. Owner: Stricter",
    ]  # fmt: skip
    assert re.findall(r"moved from (\S+) to (\S+)", page.words) == [("78%", "90%"), ("72%", "78%"), ("70%", "72%")]


def test_every_page_of_an_element_leads_to_its_history(kept: Browser) -> None:
    pages = [
        kept.get("/change", file="1-meals.yaml", at=""),
        kept.get("/change", file="framework.yaml", at="/key_question_bands"),
        *(kept.get(f"/read/{name}.html") for name in ("standard-good_food", "ratings", "cases")),
    ]
    assert [page.status for page in pages] == [200] * 5
    links = [re.findall(r'href="(/history\?[^"]*)"', page.text) for page in pages]
    assert links[0] == ["/history?address=meals"]
    assert links[1] == ["/history?address=key_question_bands"]
    assert "/history?address=good_food.food.hot" in links[2]
    for link in (each for found in links for each in found):
        assert kept.get(link).status == 200, link


def test_what_is_not_there_is_said(kept: Browser) -> None:
    for asked in (
        {"address": HOSTILE_WORDS},
        {"address": ""},
        {"address": "meals", "from": "--output=x"},
        {"address": "meals", "from": "0" * 40},
        {"address": "meals", "from": "HEAD"},
    ):
        page = kept.get("/history", **asked)
        assert (page.status, "<script>alert" in page.text) == (422, False), asked
