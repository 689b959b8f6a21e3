"""What is kept while standards are edited is what would be worked out anew, whatever was edited before."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules.editing.edits import SetValue, node_of
from ctm_rules.editing.session import Session
from tests.support.kept_results import STANDARDS, copied, differences


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what is not saved is kept."""
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


# `python -m tests.support.kept_results 500` does the same for longer.
@pytest.mark.parametrize("name", STANDARDS)
def test_whatever_is_edited_everything_is_said_as_if_nothing_had_been_kept(name: str, tmp_path: Path) -> None:
    done = list(differences(name, 6 if name == "public-protection" else 3, 2026, tmp_path))
    assert any(is_valid for _, _, is_valid, _ in done)
    assert [(edit, wrong) for _, edit, _, wrong in done if wrong] == []


def test_what_no_edit_touched_is_the_same_object_in_every_evaluation(tmp_path: Path) -> None:
    path, inspection = copied("probation", tmp_path)
    session = Session(path, inspection, although_used=True)
    before = session.evaluation
    file = session.file("2.1-assessment.yaml")
    session.edit("a title", {file: [SetValue(("title",), node_of("Assessing"))]})
    after = session.evaluation
    assert before.framework is not None
    assert after.framework is not None
    same = [a is b for a, b in zip(before.framework.standards, after.framework.standards, strict=True)]
    assert same.count(False) == 1
    # By the standards as they were, the inspection is rated once.
    assert before.effect is not None
    assert after.effect is not None
    assert before.effect.before.outcomes is after.effect.before.outcomes
