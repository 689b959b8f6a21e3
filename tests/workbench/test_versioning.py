"""The present state is named, reviewed, approved and gone back to, and the review page says what diff says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ctm_rules.editing.versions import versions_of
from tests.support.commands import call
from tests.support.paths import EXAMPLE
from tests.support.workbench import HOSTILE_WORDS, Browser


@pytest.fixture
def rated(standards: Path) -> Browser:
    """The workbench over the shipped edition, which git does not keep, with the example beside it."""
    return Browser.opened(standards, EXAMPLE)


def test_a_version_is_named_compared_handed_over_approved_and_gone_back_to(rated: Browser) -> None:
    before = dict(rated.session.history.contents)
    asked = {"do": "name", "title": "As published", "comment": "What we had.", "who": "A. Owner"}
    assert rated.post("/versions", {**asked, "who": ""}).status == 422
    assert rated.post("/versions", asked).status == 303
    page = rated.get("/versions")
    assert "Draft: A. Owner" in page.words
    assert "What we had." in page.words
    at = "/key_question_bands"
    rated.change("framework.yaml", at, {f"{at}/bands/2/from": "20"})
    refused = rated.post("/versions", {**asked, "title": "Unsaved"})
    assert (refused.status, "changes that are not saved" in refused.words) == (422, True)
    assert 'value="Unsaved"' in refused.text
    rated.post("/save", {"do": "save"})
    rated.post("/versions", {**asked, "title": "A lower limit"})
    step = {"version": "as-published", "who": "B. Reader", "comment": "Fine."}
    assert rated.post("/versions", {**step, "do": "approved"}).status == 422
    assert [rated.post("/versions", {**step, "do": do}).status for do in ("review", "approved")] == [303, 303]
    review = rated.get("/review", version="a-lower-limit")
    assert "Compared with: As published" in review.words  # the last one that was approved
    assert "the limit for Requires improvement moved from 50% to 20%" in review.words
    assert "Overall: Requires improvement, 4 of 21 → Requires improvement, 8 of 21." in review.words
    assert rated.post("/versions", {"version": "as-published", "do": "back"}).status == 303
    assert rated.session.history.contents == before
    assert len(rated.session.changes.files) == 1
    rated.post("/undo", {})
    assert rated.session.changes.files == ()


def test_the_review_page_has_what_diff_prints_as_markdown(rated: Browser, tmp_path: Path) -> None:
    path = rated.session.path
    old = Path(shutil.copytree(path.parents[1], tmp_path / "old" / "standards")) / "hmip-pdu" / "2024"
    rated.post("/versions", {"do": "name", "title": "Before", "who": "A. Owner"})
    at = "/key_question_bands"
    rated.change("framework.yaml", at, {f"{at}/bands/2/from": "20"})
    rated.post("/save", {"do": "save"})
    page = rated.get("/review", version="", **{"with": "before"})
    arguments = ["diff", str(old), str(path), "--inspection", str(EXAMPLE), "--markdown"]
    said = call(*arguments).stdout
    assert "moved from 50% to 20%" in said
    lines = [line for line in said.splitlines() if not line.startswith("- Old: hmip-pdu 2024 from ")]
    assert len(lines) == len(said.splitlines()) - 1
    parts = " ".join(lines).split("- New: hmip-pdu 2024 from ")
    assert [" ".join(part.split()) in page.words for part in (parts[0], parts[1].partition(", ")[2])] == [True, True]
    assert "versions/2024/before.json" in page.words  # where the version is kept


def test_in_git_a_version_is_a_branch(standards: Path) -> None:
    top = standards.parents[2]
    for arguments in (["init", "-q"], ["config", "user.name", "A. Author"], ["config", "user.email", "a@example.org"]):
        subprocess.run(["git", "-C", str(top), *arguments], check=True)
    subprocess.run(["git", "-C", str(top), "add", "."], check=True)
    subprocess.run(["git", "-C", str(top), "commit", "-q", "-m", "first"], check=True)
    browser = Browser.opened(standards)
    assert "signed by A. Author" in browser.get("/versions").words
    assert browser.post("/versions", {"do": "name", "title": "Now"}).status == 303
    assert [version.name for version in versions_of(standards).all()] == ["now"]
    assert "Draft: A. Author" in browser.get("/versions").words


def test_hostile_words_of_a_version_stay_words(rated: Browser) -> None:
    fields = {"do": "name", "title": HOSTILE_WORDS, "comment": HOSTILE_WORDS, "who": HOSTILE_WORDS}
    assert rated.post("/versions", fields).status == 303
    name = versions_of(rated.session.path).all()[0].name
    rated.post("/versions", {"do": "review", "version": name, "comment": HOSTILE_WORDS, "who": HOSTILE_WORDS})
    for page in (
        rated.get("/versions"),
        rated.get("/review", version=name),
        rated.get("/review", version=HOSTILE_WORDS),
    ):
        assert "<script>alert" not in page.text
    for asked in (
        {"version": HOSTILE_WORDS, "do": "review"},
        {"version": name, "do": HOSTILE_WORDS},
        {"version": name},
    ):
        assert rated.post("/versions", {**asked, "who": "x"}).status == 422


def test_where_the_inspection_cannot_be_rated_the_change_is_shown_all_the_same(rated: Browser) -> None:
    """The table of cases has columns for what is asked no more."""
    rated.post("/versions", {"do": "name", "title": "Before", "who": "A. Owner"})
    assert rated.change("2.1-assessment.yaml", "", {}, "remove:/key_questions/1").status == 303
    page = rated.get("/review", version="", **{"with": "before"})
    assert "assessment.desistance : the key question was removed" in page.words
    rated.post("/save", {"do": "save"})
    rated.post("/versions", {"do": "name", "title": "After", "who": "A. Owner"})
    both = rated.get("/review", version="after")  # beside what is in hand, which asks the same
    assert both.status == 200
    assert "Nothing is another than before." in both.words
    assert "The inspection cannot be rated:" in both.words
