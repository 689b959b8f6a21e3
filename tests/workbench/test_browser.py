"""The workbench in a real browser, used by what a person sees: roles and labels, on a screen and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ctm_rules import load_framework
from ctm_rules.checking.files import check_paths
from ctm_rules.workbench.app import READ
from tests.support.chromium import IN_A_BROWSER
from tests.support.paths import EXAMPLE
from tests.support.work_in_a_browser import Step, served, work

pytestmark = IN_A_BROWSER


@pytest.fixture
def opened(standards: Path) -> Iterator[str]:
    """The address that opens the workbench once."""
    with served(standards, "--inspection", str(EXAMPLE)) as address:
        yield address


# What stands behind each address that is read; one that is not here is looked at as it is without anything.
ASKED = {
    "/read/{name}": ["/read/index.html", "/read/standard-assessment.html", "/read/cases.html", "/read/search.html"],
    "/change": [
        "/change",
        "/change?file=2.1-assessment.yaml",
        "/change?file=2.1-assessment.yaml&at=/key_questions/2",
        "/change?file=2.1-assessment.yaml&at=/key_questions/2/prompts/2",
        "/change?file=framework.yaml",
        "/change?file=framework.yaml&at=/key_question_bands",
        "/change?file=framework.yaml&at=/domain_rating",
        "/change?file=framework.yaml&at=/variants/0",
        "/change?file=facts.yaml&at=/facts/0",
        "/change?file=scenarios/bands-of-key-questions.yaml&at=/tables/0",
        "/change?file=scenarios/assessment-safety.yaml&at=/scenarios/4/given",
    ],
    "/add": [
        "/add?file=2.1-assessment.yaml&at=/key_questions/2&key=prompts",
        "/add?file=2.1-assessment.yaml&at=&key=key_questions",
    ],
    "/case": ["/case?case=synthetic-03"],
    "/keep": ["/keep?case=synthetic-03&question=assessment.safety"],
    "/new-scenario": ["/new-scenario?question=assessment.safety"],
    "/text": ["/text?file=facts.yaml"],
    "/remove": ["/remove?address=assessment.safety.victims"],
    "/split": ["/split?slug=assessment"],
    "/history": ["/history?address=assessment.safety"],
    "/try": ["/try", "/try?rule=assessment.safety", "/try?words=assessment"],
    "/uses": ["/uses?address=assessment.safety.victims"],
    "/rename": ["/rename?address=assessment.safety.victims&to=people_at_risk"],
}
NO_PAGES = {"/revision", "/static/{name}"}
PAGES = [page for path in [*READ, "/read/{name}"] if path not in NO_PAGES for page in ASKED.get(path, [path])]


def test_no_page_has_anything_to_mind(opened: str, tmp_path: Path) -> None:
    """Each page is looked at on a screen and on a phone."""
    steps: list[Step] = [
        step for page in PAGES for step in (["width", 1280], ["go", page], ["mind"], ["width", 360], ["mind"])
    ]
    seen = work(opened, steps, tmp_path)
    looked_at = [(page, width) for page in PAGES for width in (1280, 360)]
    found = {at: each for at, each in zip(looked_at, seen, strict=True) if each["violations"]}
    assert found == {}
    assert [at for at, each in zip(looked_at, seen, strict=True) if each["widest"] > at[1]] == []


def test_the_effect_is_seen_while_it_is_typed_and_kept_and_saved(opened: str, standards: Path, tmp_path: Path) -> None:
    seen = work(
        opened,
        [
            ["click", "link", "Change"],
            ["click", "link", "Standards for inspecting probation delivery units"],
            ["click", "link", "Open Key question bands"],
            ["fill", "From 2", "60"],
            ["wait", "Only tried, and not kept."],
            ["region", "What changes"],
            ["click", "button", "Keep this change"],
            ["wait", "Kept:"],
            ["click", "link", "Save (1)"],
            ["mind"],
            ["click", "button", "Save"],
            ["wait", "1 file was saved."],
            ["click", "button", "Undo"],
            ["wait", "Taken back:"],
            ["click", "link", "Save (1)"],
            ["see"],
        ],
        tmp_path,
    )
    assert "the limit for Good moved from 65% to 60%" in seen[0]
    assert seen[1]["violations"] == []
    assert "+    - {from: 65, rating: good}" in seen[2]
    assert "from: 60" in (standards / "framework.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_rule_is_changed_by_choices(opened: str, standards: Path, tmp_path: Path, script: bool) -> None:
    work(
        opened,
        [
            ["click", "link", "Change"],
            ["click", "link", "P 2.1 Assessment"],
            ["click", "link", "Does assessment focus sufficiently on keeping other people safe?"],
            ["choose", "Which form: At least one of these", "all of these"],
            ["click", "button", "Keep this change"],
            ["wait", "Kept:"],
            ["click", "link", "Add to: Prompts"],
            ["fill", "Ask", "Does it say who else must know?"],
            ["click", "button", "Add"],
            ["wait", "Kept:"],
            ["click", "link", "Does assessment focus sufficiently on keeping other people safe?"],
            ["choose", "Add a clause: All of these", "Does it say who else must know?"],
            ["click", "button", "Add a clause to: All of these"],
            ["wait", "Kept:"],
            ["click", "link", "Save (1)"],
            ["click", "button", "Save"],
            ["wait", "1 file was saved."],
        ],
        tmp_path,
        script=script,
    )
    question = load_framework(standards).key_questions["assessment.safety"]
    assert "assessment.safety.say_who_else" in load_framework(standards).prompts
    assert len(question.prompts) == 4
    assert [str(found) for found in check_paths([standards]).diagnostics] == []


def test_an_assumption_is_confirmed(opened: str, standards: Path, tmp_path: Path) -> None:
    seen = work(
        opened,
        [
            ["click", "link", "Assumptions"],
            ["open", "Does assessment focus sufficiently on engaging the person on probation?"],
            ["tick", "yes when"],
            ["fill", "Source", "Guidance 2026"],
            ["fill", "Who confirms it", "A. Owner"],
            ["fill", "Day, as year-month-day", "2026-11-28"],
            ["click", "button", "Confirm"],
            ["wait", "Kept:"],
            ["click", "link", "Save (1)"],
            ["click", "button", "Save"],
            ["wait", "1 file was saved."],
            ["mind"],
        ],
        tmp_path,
    )
    assert seen[0]["violations"] == []
    assert load_framework(standards).key_questions["assessment.engaging"].assumed == ()


def test_the_pages_speak_welsh(opened: str, tmp_path: Path) -> None:
    seen = work(
        opened,
        [["click", "button", "Cymraeg"], ["wait", "Trosolwg"], ["mind"], ["click", "link", "Newid"], ["mind"]],
        tmp_path,
    )
    assert [each["violations"] for each in seen] == [[], []]
