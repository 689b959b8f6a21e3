"""A day of policy staff in Chromium: limits are tried, a case is kept, a version named, a standard split in two."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ctm_rules import load_framework
from ctm_rules.editing.versions import versions_of
from tests.support.chromium import IN_A_BROWSER, in_chromium
from tests.support.edited_standards import errors_in, failing_in, not_laid_out
from tests.support.paths import EXAMPLE

pytestmark = IN_A_BROWSER

MIND = ["mind"]
SAFETY = "Does assessment focus sufficiently on keeping other people safe?"
LIMIT = "key question bands, requires improvement, from"
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
    # What it would take, and a case kept as a scenario.
    ["click", "link", "Results"],
    MIND,
    ["click", "link", "What it takes for a better rating"],
    MIND,
    ["click", "link", "P 2.1 Assessment"],
    MIND,
    ["click", "link", "Results"],
    ["click", "link", "synthetic-02"],
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


def seen_in(standards: Path, steps: Sequence[Sequence[object]], folder: Path) -> list[object]:
    """Do it in the workbench over some standards, and return what was seen."""
    command = [sys.executable, "-m", "ctm_rules", "workbench", str(standards), "--no-browser"]
    command += ["--inspection", str(EXAMPLE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        try:
            file = folder / "steps.json"
            file.write_text(json.dumps([["go", found[0]], *steps]), encoding="utf-8")
            said = in_chromium("work.mjs", 1280, file, seconds=300)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    assert said["failed"] == ""
    assert said["messages"] == []
    assert said["requests"] == [found[0].partition("/start")[0]]
    return list(said["seen"])


def test_a_day_of_policy_staff(standards: Path, tmp_path: Path) -> None:
    """Each page is looked at on a screen and on a phone."""
    both = [["width", 360], MIND, ["width", 1280], MIND]
    steps = [each for step in DAY for each in (both if step == MIND else [step])]
    seen = seen_in(standards, steps, tmp_path)
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
