"""``ctm-rules diff`` as people call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import Run
from tests.support.paths import EXAMPLE


def test_diff_prints_what_decides_apart_and_exits_as_asked(repository: Path, run: Run) -> None:
    lines = (repository / "2024" / "framework.yaml").read_text(encoding="utf-8").splitlines()
    line = 1 + next(number for number, text in enumerate(lines) if "{from: 60, rating: good}" in text)
    done = run("diff", "git:first", "2024")
    assert done.code == 0
    old, new, *said = done.out.splitlines()
    assert old.startswith("old: hmip-pdu 2024 from git:")
    assert new.startswith("new: hmip-pdu 2024 from 2024, checksum v1:")
    assert said == [
        "What decides differently",
        "- key_question_bands.good: the limit for Good moved from 65% to 60%  "
        f"first:2024/framework.yaml:{line} → 2024/framework.yaml:{line}",
    ]
    assert run("diff", "git:first", "2024", "--exit-code").code == 1
    assert run("diff", "git:first", "git:HEAD:2024", "--exit-code").code == 2
    same = run("diff", "2024", "2024", "--exit-code")
    assert (same.code, same.out.splitlines()[2:], same.err) == (0, ["There is no difference."], "")


@pytest.mark.usefixtures("repository")
def test_diff_with_an_inspection_adds_the_effect(run: Run) -> None:
    data = json.loads(run("diff", "git:first", "2024", "--inspection", EXAMPLE, "--json").out)
    assert [question["id"] for question in data["effect"]["key_questions"]] == [
        "planning.engaging",
        "implementation.engaging",
        "reviewing.desistance",
    ]
    text = run("diff", "git:first", "2024", "--inspection", EXAMPLE, "--markdown").out
    assert "| planning.engaging | 61%, Requires improvement (27 yes, 17 no) | 61%, Good (27 yes, 17 no) |" in text


def test_diff_with_two_formats_is_a_wrong_call(run: Run) -> None:
    done = run("diff", "hmip-pdu", "hmip-pdu", "--json", "--markdown")
    assert (done.code, done.out, done.err) == (2, "", "error: choose one of --json and --markdown\n")


def test_a_removed_prompt_does_not_make_a_case_table_unreadable(repository: Path, run: Run) -> None:
    file = repository / "2024" / "2.1-assessment.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("      - id: victims")
    text = text[:start] + text[text.index("    yes_when:", start) :]
    file.write_text(text.replace("of: [sources_and_agencies, victims]", "of: [sources_and_agencies]"), encoding="utf-8")
    done = run("diff", "git:first", "2024", "--inspection", EXAMPLE, "--json")
    assert done.code == 0, done.err
    outcomes = json.loads(done.out)["effect"]["outcomes"]
    assert {outcome["key_question"] for outcome in outcomes} == {"assessment.safety"}
