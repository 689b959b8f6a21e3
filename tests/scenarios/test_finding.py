"""Which files are taken for scenario files."""

from __future__ import annotations

import textwrap
from pathlib import Path

from ctm_rules.scenarios.finding import find_scenario_files, is_scenario_file
from tests.support.scenario_files import TWO, Tree


def test_only_files_that_hold_scenarios_are_found(tree: Tree) -> None:
    ours = tree(TWO)
    foreign = Path("standards/other/scenarios/molecule.yaml")
    foreign.parent.mkdir(parents=True)
    foreign.write_text("driver: {name: docker}\n", encoding="utf-8")
    named = foreign.with_name("named.yaml")
    named.write_text("# yaml-language-server: $schema=../scenarios.schema.json\nscenarios: []\n", encoding="utf-8")
    below = ours.parent / "bands" / "key.yaml"
    below.parent.mkdir()
    below.write_text(textwrap.dedent(TWO), encoding="utf-8")
    (ours.parent / "notes.txt").write_text("scenarios: []\n", encoding="utf-8")
    found = find_scenario_files([Path("standards")])
    assert found == (below, ours, named)
    assert find_scenario_files([ours.parent, ours]) == (below, ours)
    assert not is_scenario_file(ours.parents[1] / "framework.yaml")
