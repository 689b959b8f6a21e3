"""What is only tried: beside the standards in hand, never saved by accident, taken over as one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules import DiagnosticError
from ctm_rules.editing.edits import SetValue, node_of
from ctm_rules.editing.sandbox import Sandbox, alteration_of
from ctm_rules.editing.session import Session
from tests.support.every_name import write_every_name


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    homes = write_every_name(tmp_path)
    return Session(homes, tmp_path / "audits" / "inspection.yaml", although_used=True)


GOOD = "key_question_bands.good.from"


def test_what_is_tried_is_seen_beside_the_standards_in_hand_and_in_no_file(session: Session) -> None:
    sandbox = Sandbox(session)
    sandbox.put([alteration_of(GOOD, node_of(60))])
    tried = sandbox.evaluation()
    assert tried.changes is not None
    assert [change.says for change in tried.changes.changes] == ["the limit for Good moved from 70% to 60%"]
    assert session.changes.files == ()
    assert session.save() == ()
    assert session.history.done == ()
    assert sandbox.values() == {GOOD: 60}


def test_it_is_compared_with_what_is_in_hand_and_not_with_what_is_saved(session: Session) -> None:
    file = session.file("framework.yaml")
    session.edit("fewer", {file: [SetValue(("key_question_bands", "bands", 0, "from"), node_of(80))]})
    sandbox = Sandbox(session)
    sandbox.put([alteration_of("panel.within_points", node_of(3))])
    changes = sandbox.evaluation().changes
    assert changes is not None
    assert [change.path for change in changes.changes] == ["panel.within_points"]
    assert session.evaluation.changes is not None
    assert [change.path for change in session.evaluation.changes.changes] == [GOOD.removesuffix(".from")]


def test_every_limit_is_there_with_its_address(session: Session) -> None:
    sandbox = Sandbox(session)
    limits = {limit.address: limit.value for limit in sandbox.limits()}
    assert limits[GOOD] == 70
    assert limits["domain_rating.bands_of.care.good.from"] == 3
    assert limits["panel.within_points"] == 5
    assert not [address for address in limits if "out_of" in address]
    for address, value in limits.items():  # each address means its place
        sandbox.put([alteration_of(address, node_of(value))])
    assert sandbox.tried == ()  # what stands there already is nothing to try


def test_it_is_taken_over_as_one_step_that_can_be_undone(session: Session) -> None:
    sandbox = Sandbox(session)
    before = dict(session.history.contents)
    rule = node_of({"any": ["fresh", "warm"]})
    sandbox.put([alteration_of("panel.within_points", node_of(3)), alteration_of("meals.food.yes_when", rule)])
    assert sandbox.take_over("tried")
    assert sandbox.tried == ()
    assert not sandbox.take_over("nothing")
    assert [step.name for step in session.history.done] == ["tried"]
    lines = [line for line in session.changes.diff() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert lines == [
        "-    yes_when: {all: [fresh, {any: [warm, shared]}]}",
        "+    yes_when: {any: [fresh, warm]}",
        "-panel: {within_points: 5}",
        "+panel: {within_points: 3}",
    ]
    session.undo()
    assert session.history.contents == before


def test_what_does_not_go_is_not_kept_and_what_goes_can_be_forgotten(session: Session) -> None:
    sandbox = Sandbox(session)
    with pytest.raises(DiagnosticError, match="unknown-address"):
        sandbox.put([alteration_of("panel.within_pionts", node_of(3))])
    with pytest.raises(DiagnosticError, match="bad-bands"):
        sandbox.put([alteration_of(GOOD, node_of(20))])
    assert sandbox.tried == ()
    sandbox.put([alteration_of(GOOD, node_of(60)), alteration_of("panel.within_points", node_of(3))])
    sandbox.forget(GOOD)
    assert list(sandbox.values()) == ["panel.within_points"]
    sandbox.throw_away()
    assert sandbox.values() == {}


def test_an_edition_in_use_can_be_tried_and_is_not_changed(session: Session) -> None:
    locked = Session(session.path)
    sandbox = Sandbox(locked)
    sandbox.put([alteration_of("panel.within_points", node_of(3))])
    with pytest.raises(DiagnosticError, match="edition-in-use"):
        sandbox.take_over("tried")
    assert list(sandbox.values()) == ["panel.within_points"]
