"""A share of the prompts that apply: every engine gives what counting by hand does, for every pattern of answers."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import polars
import pytest

from ctm_rules import (
    Answer,
    AtLeastPercent,
    Case,
    Framework,
    KeyQuestion,
    Prompt,
    PromptIsYes,
    assess_frame,
    check_framework,
    dump_framework,
    make_engine,
)
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.model.rules_in_words import say
from tests.support.commands import Run
from tests.support.paths import ROOT
from tests.support.strategies import framework_around

NEEDS_DURABLE = pytest.mark.skipif(not durable_is_available(), reason="durable_rules is not installed here")
PROMPTS = ("a", "b", "c", "d")
WORDS = ("yes", "no", "na", "")


def around(percent: int) -> Framework:
    rule = AtLeastPercent(percent, tuple(map(PromptIsYes, PROMPTS)))
    return framework_around(KeyQuestion("q", "Is it?", tuple(Prompt(name, "Is it?") for name in PROMPTS), rule))


def by_hand(percent: int, row: tuple[str, ...]) -> str:
    """Try every way of filling in what is missing; what drops out is not counted."""
    found = set()
    for filled in product(("yes", "no", "na"), repeat=row.count("")):
        left = list(filled)
        full = [word or left.pop() for word in row]
        counted = [word for word in full if word != "na"]
        found.add(
            "not_applicable" if not counted else "yes" if 100 * counted.count("yes") >= percent * len(counted) else "no"
        )
    # Where all that is missing could drop out as well, an answer that is sure in every other way is still not sure.
    return found.pop() if len(found) == 1 else "undetermined"


@pytest.mark.parametrize("percent", [1, 25, 26, 50, 51, 66, 67, 75, 100])
def test_every_engine_counts_as_people_do(percent: int) -> None:
    framework = around(percent)
    rows = [*product(WORDS, repeat=len(PROMPTS))]
    expected = [by_hand(percent, row) for row in rows]
    table = {f"s.q.{name}": [row[number] for row in rows] for number, name in enumerate(PROMPTS)}
    frame = assess_frame(framework, polars.DataFrame({"case": [str(number) for number in range(len(rows))], **table}))
    assert frame["s.q"].to_list() == expected
    for engine in ["reference", *(["durable"] if durable_is_available() else [])]:
        deciding = make_engine(framework, engine)  # type: ignore[arg-type]
        for number, row in enumerate(rows):
            answers = {f"s.q.{name}": Answer(word) for name, word in zip(PROMPTS, row, strict=True) if word}
            outcome = deciding.assess(Case(str(number), {}, answers)).questions["s.q"].outcome
            assert outcome == expected[number], (engine, percent, row)


def test_it_is_written_and_said_as_people_do() -> None:
    framework = around(70)
    text = dump_framework(framework)
    assert "at_least: {percent: 70, of: [a, b, c, d]}" in " ".join(text.split())
    (standard,) = framework.standards
    words = say(standard.key_questions[0].yes_when, framework)
    assert words == "at least 70 per cent of those that apply of “a”, “b”, “c” and “d” are yes"
    assert [found for found in check_framework(framework) if found.severity == "error"] == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{percent: 0, of: [risk_of_harm]}", "the per cent must be a whole number from 1 to 100, not the number 0"),
        ("{percent: 101, of: [risk_of_harm]}", "the per cent must be a whole number from 1 to 100, not the number 101"),
        ("{percent: 70%, of: [risk_of_harm]}", "the per cent must be a whole number from 1 to 100"),
        ("{percent: 70, count: 1, of: [risk_of_harm]}", "at_least takes a count or a per cent, and a list"),
        ("{percent: 70, of: []}", "at_least takes a list of one clause or more"),
    ],
    ids=["none of them", "more than all", "a sign behind it", "a count as well", "of nothing"],
)
def test_a_share_that_cannot_be_is_refused(tmp_path: Path, written: str, said: str, run: Run) -> None:
    edition = ROOT / "standards" / "hmip-pdu" / "2024"
    for file in edition.glob("*.yaml"):
        text = file.read_text()
        if file.name == "2.1-assessment.yaml":
            old = "at_least: {count: 1, of: [sources_and_agencies, victims]}"
            assert old in text
            text = text.replace(old, f"at_least: {written}", 1)
        (tmp_path / file.name).write_text(text)
    code, out, _ = run("check", str(tmp_path))
    assert code == 1
    assert said in out
    assert "2.1-assessment.yaml:" in out
