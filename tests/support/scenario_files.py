"""Scenario files beside the small framework, and what running them comes to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError
from ctm_rules.engines import EngineName
from ctm_rules.scenarios.running import ScenarioResult, ScenarioRunner

Tree = Callable[[str], Path]
RULE = "{all: [floors, {at_least: {count: 1, of: [knives, meat]}}]}"
QUESTION = "hygiene.clean"


def run_file(file: Path, engine: EngineName = "reference") -> list[ScenarioResult]:
    runner = ScenarioRunner(engine)
    return [runner.run(scenario) for read in runner.read([file]) for scenario in read.scenarios]


def failures(file: Path) -> dict[str, list[str]]:
    """Return what went otherwise, by scenario."""
    return {
        result.scenario.name: [f"{each.what}: {each.expected}, {each.actual}" for each in result.mismatches]
        for result in run_file(file)
        if not result.passed
    }


def mistakes(file: Path) -> list[tuple[str, int]]:
    with pytest.raises(DiagnosticError) as caught:
        ScenarioRunner().read([file])
    assert {found.file for found in caught.value.diagnostics} == {str(file)}
    return [(found.code, found.line) for found in caught.value.diagnostics]


TWO = f"""
    key_question: {QUESTION}
    facts: {{serves_meat: yes}}
    scenarios:
      - name: Clean floors and knives
        given: {{answers: {{floors: yes, knives: yes}}}}
        expect: {{outcome: yes}}
      - name: Dirty floors <do> no & harm
        given: {{answers: {{floors: no}}, other_answers: yes}}
        expect: {{outcome: yes}}
    """
