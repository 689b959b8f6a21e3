"""``ctm-rules what-if`` as people call it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.commands import Run
from tests.support.paths import EXAMPLE


def test_what_if_prints_what_changes(run: Run) -> None:
    done = run("what-if", EXAMPLE, "--set", "key_question_bands.requires_improvement.from=42")
    assert done.code == 0
    lines = done.out.splitlines()
    assert "Overall: Requires improvement, 4 of 21 → Requires improvement, 5 of 21." in lines
    assert "Another rating for P 2.4 Reviewing." in lines
    assert any(line.split() == ["P", "2.4", "Reviewing", "Inadequate", "Requires", "improvement"] for line in lines)


def test_what_if_as_json_holds_amendments_effect_and_next_ratings(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "amendment.yaml"
    file.write_text(
        'amends: {id: hmip-pdu, edition: "2024"}\ntitle: Only harm\nreason: To see.\n'
        "set: {assessment.safety.yes_when: risk_of_harm}\n",
        encoding="utf-8",
    )
    done = run("what-if", EXAMPLE, "--amendment", file, "--next-rating", "--json")
    data = json.loads(done.out)
    assert data["amendments"][0]["title"] == "Only harm"
    assert len(data["outcomes"]) == 6
    assert data["overall"]["before"] == data["overall"]["after"]
    # 18 of 44 are yes then; 22 make 50 per cent.
    assert [way["needed"] for way in data["next_rating"]] == [None, None, None, 4, 5, 16, 4]


def test_the_example_amendment_lifts_one_standard(run: Run) -> None:
    done = run("what-if", EXAMPLE, "--amendment", EXAMPLE.parent / "amendment.yaml", "--json")
    data = json.loads(done.out)
    # The limit of 40 per cent lifts the standard whose lowest share is 42 per cent, and no other.
    assert [standard["slug"] for standard in data["standards"]] == ["reviewing"]
    assert {outcome["key_question"] for outcome in data["outcomes"]} == {"assessment.safety"}


def test_what_if_without_a_question_and_with_wrong_ones_is_refused(run: Run) -> None:
    done = run("what-if", EXAMPLE)
    assert done.code == 2
    assert "say what to change" in done.err
    done = run("what-if", EXAMPLE, "--amendment", "nowhere.yaml", "--set", "panel")
    assert done.code == 2
    assert "[file-not-readable]" in done.err
    assert "[bad-option]" in done.err


def test_next_rating_prints_cases_and_prompts(run: Run) -> None:
    lines = run("what-if", EXAMPLE, "--next-rating").out.splitlines()
    assert "P 1.1 Leadership: Good; 1 judgement from Outstanding" in lines
    assert "P 2.2 Planning: Inadequate; 5 case outcomes from Requires improvement" in lines
    assert "  planning.safety: 39% yes; 5 of the 27 cases judged otherwise would have to be yes (50%)" in lines
