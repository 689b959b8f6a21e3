"""``ctm-rules test`` as people call it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.commands import Run
from tests.support.engines import ENGINES
from tests.support.paths import EXAMPLE
from tests.support.scenario_files import QUESTION, RULE, TWO, Tree
from tests.support.small_framework import SMALL

# --- The command -------------------------------------------------------------------------------------


def test_test_shows_passes_briefly_and_failures_in_full(tree: Tree, run: Run) -> None:
    file = tree(TWO)
    ran = run("test", "standards")
    assert ran.code == 1
    assert f"✗ {file}: 1 of 2 pass" in ran.out
    assert f"Dirty floors <do> no & harm  {file}:7" in ran.out
    assert f"outcome of {QUESTION}: expected yes, got no" in ran.out
    assert "✗ floors: Are the floors clean? · answered no" in ran.out
    assert "Clean floors and knives" not in ran.out
    assert "2 scenarios: 1 pass, 1 fail" in ran.out
    passing = run("test", "standards", "-k", "KNIVES")
    assert (passing.code, "1 scenario: 1 pass, 0 fail" in passing.out) == (0, True)


@pytest.mark.parametrize("engine", ENGINES)
def test_test_says_which_engine_decided(tree: Tree, run: Run, engine: str) -> None:
    assert f"(engine {engine})" in run("test", tree(TWO), "--engine", engine).out


def test_results_as_json(tree: Tree, run: Run) -> None:
    file = tree(TWO)
    ran = run("test", file, "--json", "--coverage")
    assert ran.code == 1
    data = json.loads(ran.out)
    assert (data["passed"], data["failed"]) == (1, 1)
    assert [(each["name"], each["line"], each["passed"]) for each in data["scenarios"]] == [
        ("Clean floors and knives", 4, True),
        ("Dirty floors <do> no & harm", 7, False),
    ]
    (mismatch,) = data["scenarios"][1]["mismatches"]
    assert (mismatch["what"], mismatch["expected"], mismatch["actual"]) == (f"outcome of {QUESTION}", "yes", "no")
    assert data["coverage"][0]["framework"].items() >= {"id": "kitchens", "edition": "1"}.items()
    assert data["coverage"][0]["not_covered"]


def test_results_as_junit_xml(tree: Tree, run: Run, tmp_path: Path) -> None:
    file = tree(TWO.replace("Clean floors and", '"Clean <floors>"  #'))
    assert run("test", "standards", "--junit", tmp_path / "out" / "junit.xml").code == 1
    root = ElementTree.parse(tmp_path / "out" / "junit.xml").getroot()
    assert (root.tag, root.get("tests"), root.get("failures"), root.get("errors")) == ("testsuites", "2", "1", "0")
    (suite,) = root
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == (str(file), "2", "1")
    passed, failed = suite
    assert (passed.get("name"), list(passed)) == ("Clean <floors>", [])
    assert (failed.get("name"), failed.get("line")) == ("Dirty floors <do> no & harm", "7")
    (failure,) = failed
    assert failure.get("message") == f"outcome of {QUESTION}: expected yes, got no"
    assert "✗ floors: Are the floors clean?" in (failure.text or "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["standrads"], "there is no such file or folder", id="folder misspelt"),
        pytest.param(
            ["standards/kitchens/1/scenarios/none"],
            "there is no such file or folder",
            id="file that does not exist",
        ),
        pytest.param(["empty"], "there are no scenario files in empty", id="folder without scenarios"),
        pytest.param(
            ["standards", "-k", "windows"],
            'no scenario has "windows" in its name',
            id="name that no scenario has",
        ),
        pytest.param(
            ["standards", "--cases", "cases.csv", "--junit", "out.xml"],
            "--cases runs no scenarios",
            id="results of cases as JUnit",
        ),
        pytest.param(
            ["standards", "--cases", "cases.csv"],
            "cases.csv cannot be opened",
            id="case table that does not exist",
        ),
        pytest.param(
            ["empty", "--cases", "cases.csv"],
            "a case table does not name its framework, and there are 0 to choose from",
            id="cases without a framework",
        ),
    ],
)
def test_a_wrong_call_says_what_is_wrong(tree: Tree, run: Run, arguments: list[str], message: str) -> None:
    tree(TWO)
    Path("empty").mkdir()
    ran = run("test", *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert not Path("out.xml").exists()


# --- Coverage by scenarios ---------------------------------------------------------------------------


def test_a_scenario_covers_what_it_expects_and_nothing_else(tree: Tree, run: Run) -> None:
    tree(f"""
        key_question: {QUESTION}
        scenarios:
          - name: Only the variant is expected
            given: {{other_answers: yes}}
            expect: {{variant: none}}
          - name: Only the score is expected
            given: {{counts: {{{QUESTION}: {{yes: 50, no: 50}}}}}}
            expect: {{score: 1}}
          - name: Another framework is tested
            given: {{amended: {{set: {{{QUESTION}.yes_when: floors}}}}, answers: {{floors: yes}}}}
            expect: {{outcome: yes}}
        """)
    ran = run("test", "standards", "--coverage")
    assert ran.code == 0
    # Six clauses: all and at_least twice, three prompts three times, one applies_when twice; four outcomes;
    # two scales of two bands with three states each.
    assert "Coverage of kitchens, edition 1: 0% (0 of 25)" in ran.out
    never = [line for line in ran.out.splitlines() if line.endswith("never reached")]
    assert len(never) == 6 + 1 + 4
    assert all(line.startswith("standards/kitchens/1/framework.yaml:") for line in never)


def test_the_threshold_decides_the_exit_code(tree: Tree, run: Run) -> None:
    tree(TWO)
    assert run("test", "standards", "-k", "knives", "--threshold", 0).code == 0
    ran = run("test", "standards", "-k", "knives", "--threshold", 100)
    assert ran.code == 1
    assert "1 scenario: 1 pass, 0 fail" in ran.out
    assert "Coverage of kitchens, edition 1, of what these scenarios are about: " in ran.out


def test_a_framework_without_scenarios_has_no_coverage(tree: Tree, run: Run) -> None:
    tree(TWO)
    other = Path("standards/kitchens/2")
    other.mkdir()
    text = SMALL.replace("RULE", RULE).replace('edition: "1"', 'edition: "2"')
    (other / "framework.yaml").write_text(text, encoding="utf-8")
    ran = run("test", "standards", "--coverage")
    assert "Coverage of kitchens, edition 2: 0% (0 of 25)" in ran.out
    assert run("test", "standards", "--threshold", 1).code == 1


def test_gaps_that_the_chosen_scenarios_are_not_about_are_not_shown(tree: Tree, run: Run) -> None:
    tree(
        TWO
        + f"""
    tables:
      - name: Half are fine
        key_question: {QUESTION}
        rows: [{{yes: 50, no: 50, band: fine}}]
    """
    )
    ran = run("test", "standards", "-k", "half", "--coverage")
    never = [line.partition(": ")[2] for line in ran.out.splitlines() if "never" in line]
    # Two bands with three states that count, one of them seen; nothing of the rule, nothing of the overall rating.
    assert "Coverage of kitchens, edition 1, of what these scenarios are about: 33% (1 of 3)" in ran.out
    assert never == [
        "key questions: the band fine: never just below its lower bound",
        "key questions: the band poor: never reached",
    ]
    ran = run("test", "standards", "-k", "knives", "--coverage")
    assert "band" not in ran.out
    assert f"{QUESTION}: never no, not applicable or undetermined" in ran.out


def test_what_an_inspection_or_a_case_table_covers(tree: Tree, run: Run) -> None:
    tree(TWO)
    Path("cases.csv").write_text(f"case,{QUESTION}.floors,{QUESTION}.knives\nc1,yes,yes\nc2,no,yes\n", encoding="utf-8")
    ran = run("test", "standards", "--cases", "cases.csv")
    assert ran.code == 0
    assert "scenarios:" not in ran.out
    assert f"{QUESTION}: “floors” is yes: never not applicable" in ran.out
    inspected = run("test", "--cases", EXAMPLE, "--json")
    data = json.loads(inspected.out)
    assert (inspected.code, data["scenarios"]) == (0, [])
    assert data["coverage"][0]["framework"].items() >= {"id": "hmip-pdu", "edition": "2024"}.items()
    assert 0 < data["coverage"][0]["percent"] < 100
