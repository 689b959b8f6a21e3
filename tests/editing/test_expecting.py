"""Scenarios that fail are made to expect what comes out now, and give no more what is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules.editing.documents import Document
from ctm_rules.editing.expecting import can_expect, expecting, names_that_are_gone, without
from ctm_rules.editing.session import Session
from tests.support.own_standards import declare

SCENARIOS = """\
key_question: hygiene.clean
facts: {serves_meat: no}

scenarios:
  - name: A case                               # as was agreed
    given: {answers: {floors: yes, knives: no}}
    expect: {outcome: yes, variant: none}

  - name: Another key question, and its own
    given: {answers: {hygiene.clean.floors: yes}}
    expect:
      key_questions:
        hygiene.clean: {outcome: yes}

  - name: Ratings
    given:
      counts:
        hygiene.clean: {yes: 1, no: 1}
    expect:
      standards: {hygiene: poor}
      drivers: {hygiene: []}
      overall: poor
      score: 0

  - name: Something else is refused
    given: {answers: {walls: yes}}
    expect: {diagnostic: bad-value}

tables:
  - name: Bands
    rows:
      - {yes: 1, no: 0, band: poor, percent: 50}  # at the top
"""
COMES_OUT = (
    ("expect: {outcome: yes, variant: none}", "expect: {outcome: no, variant: none}"),
    ("hygiene.clean: {outcome: yes}", "hygiene.clean: {outcome: undetermined}"),
    ("standards: {hygiene: poor}", "standards: {hygiene: fine}"),
    ("drivers: {hygiene: []}", "drivers: {hygiene: [hygiene.clean]}"),
    ("overall: poor", "overall: fine"),
    ("score: 0", "score: 1"),
    ("diagnostic: bad-value", "diagnostic: unknown-name"),
    ("band: poor, percent: 50}", "band: fine, percent: 100}"),
)
"""What each of them promises, and what comes out now."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Standards with scenarios, and a home in which nothing else lies."""
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    standards = declare(tmp_path / "standards")
    (standards / "scenarios").mkdir()
    return standards


def session_with(folder: Path, text: str) -> Session:
    (folder / "scenarios" / "a.yaml").write_text(text, encoding="utf-8")
    return Session(folder)


def test_what_comes_out_now_is_expected_and_nothing_else_changes(folder: Path) -> None:
    text = SCENARIOS.replace("{hygiene.clean.floors: yes}", "{floors: yes}")
    session = session_with(folder, text)
    file = session.file("scenarios/a.yaml")
    assert session.evaluation.scenario_findings == ()
    failing = [each for each in session.evaluation.scenarios if not each.passed]
    assert len(failing) == 5
    assert all(map(can_expect, failing))
    edits = [edit for each in failing for edit in expecting(session.document(file), each)]
    session.edit("expected", {file: edits})
    for promised, now in COMES_OUT:
        assert text.count(promised) == 1
        text = text.replace(promised, now)
    assert session.document(file).content.decode() == text
    assert [each.failure for each in session.evaluation.scenarios if not each.passed] == []


def test_what_no_file_can_say_is_not_expected(folder: Path) -> None:
    text = SCENARIOS[: SCENARIOS.index("  - name: Another")].replace(
        "{outcome: yes, variant: none}", "{diagnostic: bad-value}"
    )
    (result,) = session_with(folder, text).evaluation.scenarios
    assert not result.passed
    assert not can_expect(result)


def test_what_is_gone_is_given_no_more(folder: Path) -> None:
    text = """\
key_question: hygiene.clean

scenarios:
  - name: Floors and walls
    given: {answers: {floors: yes, walls: no}}
    expect: {outcome: undetermined}

  - name: Walls alone                          # a note
    given:
      facts: {serves_meat: no}
      answers: {walls: no}
    expect: {outcome: undetermined}
"""
    session = session_with(folder, text)
    file = session.file("scenarios/a.yaml")
    gone = list(names_that_are_gone(session.document(file), session.evaluation.scenario_findings))
    assert [name for name, _ in gone] == ["walls", "walls"]
    session.edit("taken out", {file: without(session.document(file), [pointer for _, pointer in gone])})
    said = session.document(file).content.decode()
    assert said == text.replace(", walls: no", "").replace("{walls: no}", "{}")
    assert session.evaluation.scenario_findings == ()


def test_the_nearest_place_is_what_starts_last_before_it() -> None:
    document = Document("a.yaml", b"a: b\nlisted:\n  - {one: 1, two: 2}\n  - {one: 3}\n")
    assert document.nearest(1, 1) == ("a",)
    assert document.nearest(3, 12) == ("listed", 0, "one")
    assert document.nearest(4, 5) == ("listed", 1)
    assert Document("a.yaml", b"a: [\n").nearest(1, 1) == ()
