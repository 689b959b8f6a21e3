"""A day of policy staff in Chromium: limits are tried, a case is kept, a version named, a standard split in two."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ctm_rules import load_framework
from ctm_rules.editing.versions import versions_of
from tests.support.chromium import IN_A_BROWSER
from tests.support.edited_standards import errors_in, failing_in, not_laid_out
from tests.support.paths import EXAMPLE
from tests.support.work_in_a_browser import served, work

pytestmark = IN_A_BROWSER

MIND = ["mind"]
SAFETY = "Does assessment focus sufficiently on keeping other people safe?"
LIMIT = "key question bands, requires improvement, from"
PROMISED = [
    "From 80 per cent it is Outstanding, from 65 Good, from 50 Requires improvement, below that Inadequate: "
    "49 yes, 51 no",
    "The rounded per cent decides, and a half rounds up: 48 yes, 49 no",
    "The panel looks again within five points of a bound: 45 yes, 55 no",
    "The panel looks again within five points of a bound: 55 yes, 45 no",
    "The lowest key question decides a standard",
]
"""The scenarios that a lower limit makes something else of."""

DAY: Sequence[Sequence[object]] = [
    # A limit and a rule are tried, and taken over.
    ["click", "link", "Try"],
    ["fill", LIMIT, "20"],
    ["wait", "8 of 21"],
    ["click", "button", "Try this"],
    ["wait", "really: 50"],
    MIND,
    ["choose", "Limits, or the rule of a key question", f"assessment.safety: {SAFETY}"],
    ["click", "button", "Open"],
    ["choose", "Which form: At least one of these", "all of these"],
    ["click", "button", "Try this"],
    ["wait", "assessment.safety.yes_when"],
    MIND,
    ["click", "link", "Save"],
    ["see"],
    ["click", "link", "Try (2)"],
    ["click", "button", "Throw it away"],
    ["wait", "It is tried no more."],
    ["fill", LIMIT, "20"],
    ["click", "button", "Try this"],
    ["click", "button", "Take this over into the standards"],
    ["wait", "from: 20, rating"],
    ["click", "button", "Save"],
    ["wait", "1 file was saved."],
    # Scenarios that promise the limit as it was are told that this is meant.
    ["click", "link", "Scenarios"],
    *[["tick", name] for name in PROMISED],
    ["click", "button", "Expect of the ticked ones what comes out now"],
    ["wait", "0 fail."],
    ["go", "/save"],
    ["click", "button", "Save"],
    ["wait", "saved."],
    # What it would take, and a case kept as a scenario.
    ["click", "link", "Results"],
    MIND,
    ["click", "link", "What it takes for a better rating"],
    MIND,
    ["click", "link", "P 2.1 Assessment"],
    MIND,
    ["click", "link", "Results"],
    ["click", "link", "44 cases"],
    ["click", "link", "Why synthetic-02"],
    ["open", "assessment.safety: no"],
    MIND,
    ["click", "link", "Keep this case as a scenario : assessment.safety"],
    MIND,
    ["fill", "What it shows, as a sentence", "Nothing about victims means no"],
    ["click", "button", "Keep this case as a scenario"],
    ["wait", "Kept: Nothing about victims means no"],
    ["click", "link", "Save (1)"],
    ["click", "button", "Save"],
    ["wait", "1 file was saved."],
    # The present state is named, and handed over.
    ["click", "link", "Versions"],
    ["fill", "Name of the version", "Before the split"],
    ["fill", "Who you are", "A. Owner"],
    ["click", "button", "Name the present state"],
    ["wait", "Draft: A. Owner"],
    MIND,
    # A standard is split in two, and what follows from it is shown.
    ["click", "link", "Change"],
    ["click", "link", "P 2.1 Assessment"],
    ["click", "link", "Split in two"],
    ["fill", "Title of the new standard", "Keeping other people safe"],
    ["tick", SAFETY],
    ["click", "button", "Show what would change"],
    ["wait", "What you have to decide"],
    MIND,
    ["click", "button", "Split it"],
    ["wait", "Kept:"],
    ["click", "button", "Save"],
    ["wait", "files were saved."],
    ["click", "link", "Change"],
    ["click", "link", "P 1.2 Staffing"],
    ["click", "link", "Remove everywhere"],
    ["wait", "it is deleted when you save"],
    MIND,
    ["click", "link", "Versions"],
    ["fill", "Name of the version", "After the split"],
    ["fill", "Who you are", "A. Owner"],
    ["click", "button", "Name the present state"],
    ["wait", "After the split"],
    ["click", "link", "Review page : After the split"],
    ["choose", "Compare with", "Before the split"],
    ["click", "button", "Compare"],
    ["wait", "Compared with: Before the split"],
    MIND,
    ["see"],
    ["click", "link", "Assumptions"],
    MIND,
]  # fmt: skip


def test_a_day_of_policy_staff(standards: Path, tmp_path: Path) -> None:
    """Each page is looked at on a screen and on a phone."""
    both = [["width", 360], MIND, ["width", 1280], MIND]
    steps = [each for step in DAY for each in (both if step == MIND else [step])]
    with served(standards, "--inspection", str(EXAMPLE)) as address:
        seen = work(address, steps, tmp_path)
    minded = [each for each in seen if isinstance(each, dict)]
    assert len(minded) == 2 * DAY.count(MIND)
    assert [each["violations"] for each in minded] == [[] for _ in minded]
    assert [each["widest"] for each in minded[::2] if each["widest"] > 360] == []
    saving, review = [each for each in seen if isinstance(each, str)]
    assert "Everything is saved." in saving  # two things were tried by then
    assert "keeping_other_people" in review
    framework = load_framework(standards)
    assert framework.key_question_bands.bands[2].lowest == 20
    assert "keeping_other_people.safety" in framework.key_questions
    assert (errors_in(standards), not_laid_out(standards)) == ([], [])
    # What fails now are promises about the limit that was moved, and not what was kept.
    assert "Nothing about victims means no" not in failing_in(standards)
    assert [version.title for version in versions_of(standards).all()] == ["After the split", "Before the split"]
