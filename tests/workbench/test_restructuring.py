"""A standard is split, and an element taken out everywhere: shown first, then one step that can be undone."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from ctm_rules import load_framework
from tests.support.edited_standards import errors_in, failing_in, not_laid_out
from tests.support.every_name import write_two_questions
from tests.support.workbench import HOSTILE_WORDS, Browser


@pytest.fixture
def homes(tmp_path: Path) -> Browser:
    """The workbench over standards by which nothing was inspected yet."""
    folder = write_two_questions(tmp_path)
    (tmp_path / "audits" / "inspection.yaml").unlink()
    return Browser.opened(folder)


def test_a_standard_is_split_shown_first(homes: Browser) -> None:
    page = homes.get("/change", file="1-meals.yaml", at="")
    assert 'href="/split?slug=meals"' in page.text
    asked = {"slug": "meals", "title": "Good food", "questions": "food"}
    shown = homes.get("/split", **asked)
    assert shown.status == 200
    assert "1-good-food.yaml" in shown.words
    assert "What you have to decide" in shown.words
    assert "made for sums out of 4, and the scores now add up to 6" in shown.words
    assert homes.session.history.done == ()
    assert homes.post("/split", asked).status == 303
    assert homes.post("/save", {"do": "save"}).status == 303
    path = homes.session.path
    assert "good_food.food" in load_framework(path).key_questions
    assert (errors_in(path), not_laid_out(path), failing_in(path)) == ([], [], [])
    homes.post("/undo", {})
    assert (path / "1-good-food.yaml").exists()  # nothing goes before that is saved too
    assert "1-good-food.yaml (removed)" in homes.get("/save").words
    homes.post("/save", {"do": "save"})
    assert not (path / "1-good-food.yaml").exists()
    assert "meals.food" in load_framework(path).key_questions


def test_what_cannot_be_split_is_said_and_what_was_typed_stays(homes: Browser) -> None:
    asked = [("slug", "meals"), ("title", HOSTILE_WORDS), *(("questions", each) for each in ("food", "company", "x"))]
    page = homes.get(f"/split?{urlencode(asked)}")
    assert page.status == 422
    assert 'has no key question "x"' in page.words
    assert "<script>alert" not in page.text
    assert page.text.count(" checked") == 2
    assert homes.get("/split", slug="nothing").status == 422


def test_an_element_is_taken_out_everywhere_or_what_needs_it_is_named(homes: Browser) -> None:
    refused = homes.get("/remove", address="meals.food.warm")
    assert (refused.status, "is needed by a rule in 1-meals.yaml" in refused.words) == (422, True)
    assert homes.get("/remove", address=HOSTILE_WORDS).status == 422
    page = homes.get("/remove", address="meals.company")
    assert "1-meals.yaml" in page.words
    assert homes.post("/remove", {"address": "meals.company"}).status == 303
    homes.post("/save", {"do": "save"})
    path = homes.session.path
    assert "meals.company" not in load_framework(path).key_questions
    assert (errors_in(path), failing_in(path)) == ([], [])


def test_a_translation_that_keeps_a_name_from_being_changed_is_laid_out_from_there(homes: Browser) -> None:
    locale = homes.session.path.parents[1] / "locale" / "cy.yaml"
    laid_out = locale.read_text(encoding="utf-8")
    locale.write_text(laid_out.replace("meals.title: Prydau", "meals.title:    Prydau"), encoding="utf-8")
    asked = {"address": "meals", "to": "dinners"}
    for page in (homes.get("/rename", **asked), homes.post("/rename", asked)):
        assert (page.status, "is not laid out" in page.words) == (422, True)
        assert "Lay it out as ctm-rules fmt does" in page.words
    name = re.search(r'<button name="file" value="([^"]*)"', page.text)
    assert name is not None
    assert homes.post("/tidy", {"file": name[1]}).headers["location"] == "/save"
    assert [file.name for file in homes.session.changes.files] == ["cy.yaml"]
    forms = re.findall(r'href="/change\?file=([^"]*)"', homes.get("/change").text)
    assert [each for each in forms if "cy.yaml" in each] == []  # it declares nothing
    homes.post("/save", {"do": "save"})
    assert locale.read_text(encoding="utf-8") == laid_out
    assert homes.post("/rename", asked).status == 303
    assert "dinners.title" in "\n".join(homes.session.changes.diff())


def test_only_what_goes_by_the_standards_is_laid_out(homes: Browser) -> None:
    for name in ("../../notes.yaml", HOSTILE_WORDS, "/etc/passwd"):
        assert homes.post("/tidy", {"file": name}).status == 422
    assert homes.session.changes.files == ()
