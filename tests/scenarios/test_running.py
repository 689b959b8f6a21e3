"""Scenarios as policy staff write and run them: the files, the command, the pytest plugin, the shipped framework."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from attrs import evolve

from ctm_rules import Case, DiagnosticError, Framework
from ctm_rules.engines import EngineName
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.model.conditions import All, AtLeast, Condition, PromptIsYes, children
from ctm_rules.model.framework import Band, KeyQuestion
from ctm_rules.scenarios.finding import find_scenario_files, is_scenario_file
from ctm_rules.scenarios.resolving import Scenario
from ctm_rules.scenarios.running import ScenarioResult, ScenarioRunner
from tests.support.commands import Run
from tests.support.engines import ENGINES
from tests.support.paths import EXAMPLE, ROOT
from tests.support.small_framework import SMALL

pytest_plugins = ["pytester"]

Tree = Callable[[str], Path]
RULE = "{all: [floors, {at_least: {count: 1, of: [knives, meat]}}]}"
QUESTION = "hygiene.clean"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Return a function that puts a scenario file beside the small kitchen framework and returns its path."""
    monkeypatch.chdir(tmp_path)
    folder = Path("standards/kitchens/1")
    (folder / "scenarios").mkdir(parents=True)
    (folder / "framework.yaml").write_text(SMALL.replace("RULE", RULE), encoding="utf-8")

    def write(text: str) -> Path:
        file = folder / "scenarios" / "clean.yaml"
        file.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
        return file

    return write


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


# --- Cases -----------------------------------------------------------------------------------------


def test_each_outcome_can_be_expected(tree: Tree) -> None:
    file = tree(f"""
        key_question: {QUESTION}
        facts: {{serves_meat: yes}}
        scenarios:
          - name: Clean floors and knives
            given: {{answers: {{floors: yes, knives: yes}}}}
            expect: {{outcome: yes}}
          - name: Dirty floors
            given: {{answers: {{floors: no}}, other_answers: yes}}
            expect: {{outcome: no}}
          - name: Nothing applies
            given: {{other_answers: na}}
            expect: {{outcome: not_applicable}}
          - name: Nothing known
            expect: {{outcome: undetermined, variant: none}}
        """)
    assert failures(file) == {}


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        pytest.param(
            "{answers: {floors: yes, meat: yes}, other_answers: no}", "yes", id="fact of the file"
        ),  # the file says that meat is served
        pytest.param(
            "{facts: {serves_meat: no}, answers: {floors: yes, meat: yes}, other_answers: no}",
            "no",
            id="another value",
        ),
        pytest.param(
            "{facts: {serves_meat: missing}, answers: {floors: yes, meat: yes}, other_answers: no}",
            "undetermined",
            id="fact missing",
        ),
        pytest.param(
            "{answers: {floors: missing}, other_answers: yes}",
            "undetermined",
            id="answer missing, others yes",
        ),
        pytest.param("{answers: {floors: missing}, other_answers: no}", "no", id="answer missing, others no"),
    ],
)
def test_facts_of_the_file_hold_unless_a_scenario_says_otherwise(tree: Tree, given: str, outcome: str) -> None:
    file = tree(f"""
        key_question: {QUESTION}
        facts: {{serves_meat: yes}}
        scenarios:
          - name: It depends
            given: {given}
            expect: {{outcome: {outcome}}}
        """)
    assert failures(file) == {}


def test_without_a_key_question_prompts_go_by_their_addresses(tree: Tree) -> None:
    file = tree(f"""
        scenarios:
          - name: Dirty floors
            given: {{answers: {{{QUESTION}.floors: no}}, other_answers: yes}}
            expect: {{key_questions: {{{QUESTION}: {{outcome: yes, variant: none}}}}}}
        """)
    assert failures(file) == {"Dirty floors": [f"outcome of {QUESTION}: yes, no"]}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failure_shows_every_clause_with_its_result_and_its_line(tree: Tree, engine: EngineName) -> None:
    file = tree(f"""
        scenarios:
          - name: Dirty floors do no harm
            key_question: {QUESTION}
            given: {{facts: {{serves_meat: no}}, answers: {{floors: no, knives: na}}}}
            expect: {{outcome: yes}}
        """)
    (result,) = run_file(file, engine)
    lines = (file.parents[1] / "framework.yaml").read_text(encoding="utf-8").splitlines()
    rule = next(number for number, line in enumerate(lines, 1) if "yes_when" in line)
    meat = next(number for number, line in enumerate(lines, 1) if "id: meat" in line)
    assert result.engine == engine
    first, title, *clauses = result.failure.splitlines()
    assert (first, title.strip()) == (f"outcome of {QUESTION}: expected yes, got no", "yes when:")
    framework = file.parents[1] / "framework.yaml"
    shown = [(clause[: len(clause) - len(clause.lstrip()) + 1], clause.rsplit(":", 1)[1]) for clause in clauses]
    assert shown == [
        ("    ✗", f"{rule}"),
        ("      ✗", f"{rule}"),
        ("      –", f"{rule}"),
        ("        –", f"{rule}"),
        ("        –", f"{rule}"),
        ("          ✗", f"{meat}"),
    ]
    assert all(f"  {framework}:" in clause for clause in clauses)
    assert "floors: Are the floors clean? · answered no" in clauses[1]
    assert "meat: Is meat kept apart? · not answered; it does not apply to this case" in clauses[4]


# --- Counts and ratings ------------------------------------------------------------------------------


def test_counts_come_to_percent_band_flags_and_ratings(tree: Tree) -> None:
    file = tree(f"""
        key_question: {QUESTION}
        scenarios:
          - name: Half is fine
            given: {{counts: {{{QUESTION}: {{yes: 22, no: 22, not_applicable: 6}}}}}}
            expect:
              percent: 50
              band: fine
              panel: []
              standards: {{hygiene: fine}}
              drivers: {{hygiene: [{QUESTION}]}}
              domains: {{all_of_it: not_rated}}
              overall: fine
              score: 1
          - name: Not known is not rated
            given: {{counts: {{{QUESTION}: {{yes: 43, undetermined: 1}}}}}}
            expect: {{band: not_rated, standards: {{hygiene: not_rated}}, overall: not_rated}}
        """)
    assert failures(file) == {}


def test_what_comes_out_otherwise_is_shown_beside_what_was_expected(tree: Tree) -> None:
    file = tree(f"""
        key_question: {QUESTION}
        scenarios:
          - name: Less than half is fine
            given: {{counts: {{{QUESTION}: {{yes: 49, no: 51}}}}}}
            expect:
              percent: 50
              band: fine
              panel: [one_case]
              standards: {{hygiene: fine}}
              drivers: {{hygiene: []}}
              overall: fine
              score: 1
        """)
    assert failures(file) == {
        "Less than half is fine": [
            f"band of {QUESTION}: fine, poor",
            f"percent of {QUESTION}: 50, 49",
            f"panel flags of {QUESTION}: [one_case], []",
            "rating of hygiene: fine, poor",
            f"drivers of hygiene: [], [{QUESTION}]",
            "overall rating: fine, poor",
            "score: 1, 0",
        ]
    }
    (result,) = run_file(file)
    assert f"  {QUESTION}: 49 yes, 51 no: 49%, poor" in result.failure.splitlines()
    assert any(line.startswith("  from 50: fine  standards") for line in result.failure.splitlines())


def test_a_standard_may_be_given_its_rating_without_counts(tree: Tree) -> None:
    file = tree("""
        scenarios:
          - name: The whole follows its standard
            given: {ratings: {hygiene: poor}}
            expect: {standards: {hygiene: poor}, overall: poor, score: 0}
        """)
    assert failures(file) == {}


def test_each_row_of_a_table_is_a_scenario(tree: Tree) -> None:
    file = tree(f"""
        tables:
          - name: Fine begins at 50 per cent
            key_question: {QUESTION}
            rows:
              - {{yes: 50, no: 50, band: fine, percent: 50}}
              - {{yes: 49, no: 51, band: fine}}
              - {{not_applicable: 3, band: not_rated}}
        """)
    assert [(result.scenario.name, result.scenario.at.line, result.passed) for result in run_file(file)] == [
        ("Fine begins at 50 per cent: 50 yes, 50 no", 5, True),
        ("Fine begins at 50 per cent: 49 yes, 51 no", 6, False),
        ("Fine begins at 50 per cent: 3 not applicable", 7, True),
    ]


# --- What must be refused, and what if ---------------------------------------------------------------


def test_a_refusal_can_be_expected(tree: Tree) -> None:
    file = tree(f"""
        key_question: {QUESTION}
        scenarios:
          - name: Nobody is huge
            given: {{facts: {{size: huge}}}}
            expect: {{diagnostic: bad-value}}
          - name: Nobody looks at windows
            given: {{answers: {{windows: yes}}}}
            expect: {{diagnostic: unknown-name}}
          - name: Bands without an end
            given: {{amended: {{set: {{key_question_bands.bands.poor.from: 10}}}}}}
            expect: {{diagnostic: bad-bands}}
          - name: Small is refused
            given: {{facts: {{size: small}}}}
            expect: {{diagnostic: bad-value}}
          - name: Refused for another reason
            given: {{facts: {{size: huge}}}}
            expect: {{diagnostic: bad-bands}}
        """)
    assert failures(file) == {
        "Small is refused": ["diagnostic: bad-value, nothing: it is accepted"],
        "Refused for another reason": ["diagnostic: bad-bands, bad-value"],
    }


def test_a_scenario_may_amend_the_framework_for_itself_alone(tree: Tree) -> None:
    file = tree(f"""
        key_question: {QUESTION}
        scenarios:
          - name: If fine began at 40
            given:
              amended: {{set: {{key_question_bands.bands.fine.from: 40}}}}
              counts: {{{QUESTION}: {{yes: 45, no: 55}}}}
            expect: {{band: fine}}
          - name: If meat were not asked about
            given:
              amended:
                remove: [{QUESTION}.meat]
                set: {{{QUESTION}.yes_when: floors}}
                add: {{{QUESTION}.prompts: [{{id: windows, ask: Are the windows clean?}}]}}
              answers: {{floors: yes, windows: no}}
            expect: {{outcome: yes}}
          - name: As it is
            given: {{counts: {{{QUESTION}: {{yes: 45, no: 55}}}}}}
            expect: {{band: poor}}
        """)
    before = (file.parents[1] / "framework.yaml").read_bytes()
    assert failures(file) == {}
    assert (file.parents[1] / "framework.yaml").read_bytes() == before


def test_a_broken_framework_can_be_what_is_expected(tree: Tree) -> None:
    file = tree("""
        framework: {path: ../broken.yaml}
        scenarios:
          - name: Broken on purpose
            expect: {diagnostic: bad-bands}
        """)
    text = SMALL.replace("RULE", RULE).replace(
        "{from: 0, rating: poor}]}\noverall", "{from: 1, rating: poor}]}\noverall"
    )
    (file.parents[1] / "broken.yaml").write_text(text, encoding="utf-8")
    assert failures(file) == {}
    file.write_text(file.read_text(encoding="utf-8").replace("{diagnostic: bad-bands}", "{overall: fine}"), "utf-8")
    with pytest.raises(DiagnosticError) as caught:
        ScenarioRunner().read([file])
    assert {(found.code, Path(found.file).name) for found in caught.value.diagnostics} == {("bad-bands", "broken.yaml")}


def test_scenarios_of_another_folder_name_their_framework(tmp_path: Path) -> None:
    elsewhere = tmp_path / "ours.yaml"
    text = """
        framework: {id: hmip-pdu, edition: "2024"}
        key_question: assessment.safety
        scenarios:
          - name: Nothing known
            expect: {outcome: undetermined}
        """
    elsewhere.write_text(textwrap.dedent(text), encoding="utf-8")
    assert failures(elsewhere) == {}
    elsewhere.write_text(textwrap.dedent(text).replace("hmip-pdu", "hmip-pud"), encoding="utf-8")
    assert mistakes(elsewhere) == [("unknown-framework", 2)]
    elsewhere.write_text(textwrap.dedent(text).replace("framework:", "#"), encoding="utf-8")
    assert mistakes(elsewhere) == [("no-framework", 3)]


# --- Files with mistakes -----------------------------------------------------------------------------

GIVEN_CASE = "given: {answers: {floors: yes}}"


@pytest.mark.parametrize(
    ("scenario", "found"),
    [
        (["name: Nothing expected", GIVEN_CASE, "expect: {}"], [("bad-scenario", 5)]),
        (["name: No expectation", GIVEN_CASE], [("missing-key", 3)]),
        (["name: Misspelt", GIVEN_CASE, "expects: {outcome: yes}"], [("unknown-key", 5)]),
        (["name: Wrong word", GIVEN_CASE, "expect: {outcome: maybe}"], [("wrong-word", 5)]),
        (["name: No answer", "given: {answers: {floors: y}}", "expect: {outcome: yes}"], [("wrong-word", 4)]),
        (["name: No prompt", "given: {answers: {flors: yes}}", "expect: {outcome: yes}"], [("unknown-name", 4)]),
        (["name: No fact", "given: {facts: {meat: yes}}", "expect: {outcome: yes}"], [("unknown-name", 4)]),
        (["name: No value", "given: {facts: {size: huge}}", "expect: {outcome: yes}"], [("bad-value", 4)]),
        (["name: Too much", "given: {facts: {size: [small]}}", "expect: {outcome: yes}"], [("wrong-type", 4)]),
        (["name: No question", "key_question: hygiene.cleen", "expect: {outcome: yes}"], [("unknown-name", 4)]),
        (["name: No variant", GIVEN_CASE, "expect: {variant: brief}"], [("unknown-name", 5)]),
        (["name: No code", GIVEN_CASE, "expect: {diagnostic: bad-valu}"], [("unknown-name", 5)]),
        (["name: Two ends", GIVEN_CASE, "expect: {diagnostic: bad-value, outcome: no}"], [("bad-scenario", 5)]),
        (["name: A case has no band", GIVEN_CASE, "expect: {band: fine}"], [("bad-scenario", 3)]),
        (["name: Mixed", GIVEN_CASE, "expect: {outcome: yes, overall: fine}"], [("bad-scenario", 3)]),
        (
            ["name: Said twice", GIVEN_CASE, "expect: {outcome: yes, key_questions: {hygiene.clean: {outcome: yes}}}"],
            [("bad-scenario", 5)],
        ),
        (["name: No band", "given: {counts: {hygiene.clean: {yes: 1}}}", "expect: {band: fin}"], [("unknown-name", 5)]),
        (
            ["name: Less than none", "given: {counts: {hygiene.clean: {yes: -1}}}", "expect: {band: fine}"],
            [("bad-scenario", 4)],
        ),
        (
            ["name: No such count", "given: {counts: {hygiene.cleen: {yes: 1}}}", "expect: {overall: fine}"],
            [("unknown-name", 4)],
        ),
        (["name: No standard", "given: {ratings: {hygeine: fine}}", "expect: {score: 1}"], [("unknown-name", 4)]),
        (["name: No rating", "given: {ratings: {hygiene: fien}}", "expect: {score: 1}"], [("unknown-name", 4)]),
        (
            [
                "name: Both",
                "given: {ratings: {hygiene: fine}, counts: {hygiene.clean: {yes: 1}}}",
                "expect: {score: 1}",
            ],
            [("bad-scenario", 4)],
        ),
        (["name: No domain", "expect: {domains: {all: fine}}"], [("unknown-name", 4)]),
        (["name: No driver", "expect: {drivers: {hygiene: [floors]}}"], [("unknown-name", 4)]),
        (["name: No overall", "expect: {overall: fien}"], [("unknown-name", 4)]),
        (["name: No address", "given: {amended: {set: {a.b: 1}}}", "expect: {outcome: yes}"], [("unknown-address", 4)]),
    ],
    ids=lambda value: value[0].removeprefix("name: ") if isinstance(value[0], str) else "",
)
def test_a_mistake_is_found_on_its_line(tree: Tree, scenario: list[str], found: list[tuple[str, int]]) -> None:
    lines = [f"key_question: {QUESTION}", "scenarios:", f"  - {scenario[0]}", *(f"    {line}" for line in scenario[1:])]
    assert mistakes(tree("\n".join(lines) + "\n")) == found


def test_every_mistake_of_every_file_is_reported_at_once(tree: Tree, run: Run) -> None:
    file = tree("""
        key_question: hygiene.cleen
        facts: {sise: small}
        scenarios:
          - name: One
            given: {facts: {seats: many}}
            expect: {outcome: yes}
          - name: One
            given: {facts: {opened: yesterday}}
            expect: {outcome: yes}
        """)
    (file.parent / "more.yaml").write_text("scenarios: []\n", encoding="utf-8")
    ran = run("test", "standards")
    assert ran.code == 2
    assert ran.out == ""
    expected = [
        ("clean.yaml", 1, "unknown-name"),
        ("clean.yaml", 2, "unknown-name"),
        ("clean.yaml", 5, "bad-value"),
        ("clean.yaml", 7, "duplicate-id"),
        ("clean.yaml", 8, "bad-value"),
        ("more.yaml", 1, "no-scenarios"),
    ]
    for name, line, code in expected:
        assert any(f"{name}:{line}:" in shown and f"[{code}]" in shown for shown in ran.err.splitlines()), (name, line)
    assert ran.err.count(": error: ") == len(expected)


def test_a_question_that_nobody_named_is_asked_for(tree: Tree) -> None:
    assert mistakes(tree("scenarios:\n  - name: Of what?\n    expect: {outcome: yes}\n")) == [("bad-scenario", 3)]
    assert mistakes(tree("tables:\n  - name: Of what?\n    rows: [{yes: 1, band: fine}]\n")) == [("bad-scenario", 2)]
    assert mistakes(tree(f"key_question: {QUESTION}\ntables: [{{name: T, rows: [{{yes: 1}}]}}]\n")) == [
        ("bad-scenario", 2)
    ]


# --- The command -------------------------------------------------------------------------------------

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
    assert data["coverage"][0]["framework"] == {"id": "kitchens", "edition": "1"}
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
    assert "Coverage of kitchens, edition 1: " in ran.out


def test_a_framework_without_scenarios_has_no_coverage(tree: Tree, run: Run) -> None:
    tree(TWO)
    other = Path("standards/kitchens/2")
    other.mkdir()
    text = SMALL.replace("RULE", RULE).replace('edition: "1"', 'edition: "2"')
    (other / "framework.yaml").write_text(text, encoding="utf-8")
    ran = run("test", "standards", "-k", "knives", "--coverage")
    assert "Coverage of kitchens, edition 2: 0% (0 of 25)" in ran.out
    assert run("test", "standards", "-k", "knives", "--threshold", 1).code == 1


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
    assert data["coverage"][0]["framework"] == {"id": "hmip-pdu", "edition": "2024"}
    assert 0 < data["coverage"][0]["percent"] < 100


# --- Finding files -------------------------------------------------------------------------------------


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


# --- pytest --------------------------------------------------------------------------------------------


def test_pytest_collects_the_same_files_and_shows_the_same_failure(
    pytester: pytest.Pytester, tree: Tree, run: Run
) -> None:
    file = tree(TWO)
    command = run("test", "standards").out
    failure = command[command.index("outcome of") : command.index("\n2 scenarios")].rstrip()
    Path("standards/scenarios").mkdir()
    Path("standards/scenarios/foreign.yaml").write_text("just: yaml\n", encoding="utf-8")
    result = pytester.runpytest_inprocess("standards", f"--rootdir={Path.cwd()}", "-rA")
    result.assert_outcomes(passed=1, failed=1)
    text = result.stdout.str()
    assert failure in text
    assert "Traceback" not in text
    assert "_FailedScenario" not in text.split("short test summary")[0]
    assert f"PASSED {file}::Clean floors and knives" in text


def test_pytest_reports_a_broken_file_by_its_diagnostics(pytester: pytest.Pytester, tree: Tree) -> None:
    file = tree(TWO.replace("floors: no", "flors: no"))
    result = pytester.runpytest_inprocess("standards", f"--rootdir={Path.cwd()}")
    result.assert_outcomes(errors=1)
    assert f"{file}:8:" in result.stdout.str()
    assert 'there is no prompt "flors" [unknown-name]' in result.stdout.str()


FOREIGN = {
    "nothing of ours": "a: 1\n",
    "keys like ours": "scenarios: [{name: smoke, expect: {status: 200}}]\n",
    "no YAML": "{{ jinja }}: [\n",
    "a tag": "!include other.yaml\n",
    "a list": "- one\n- two\n",
    "nothing": "",
    "no text": "\0\udcff",
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize(
    "framework",
    ["id: x\n", "title: A\nid: b\nfacts: []\n", "", "\0\udcff", "[", "framework: laravel\nedition: 3\n"],
    ids=["an id", "some keys", "nothing", "no text", "no YAML", "another edition"],
)
def test_pytest_runs_another_project_as_if_this_library_were_not_there(
    pytester: pytest.Pytester, framework: str, content: str
) -> None:
    below = Path("project", "scenarios", "below")
    below.mkdir(parents=True)
    for file, text in (
        (Path("project", "framework.yaml"), framework),
        (below.parent / "x.yaml", content),
        (below / "y.yaml", content),
        (below / "z.yml", content),
    ):
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
    Path("project", "test_a.py").write_text("def test_a(): pass\n", encoding="utf-8")
    result = pytester.runpytest_inprocess("project", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
    assert result.ret == 0


def test_pytest_is_not_stopped_by_what_is_no_file(pytester: pytest.Pytester) -> None:
    folder = Path("project", "scenarios")
    folder.mkdir(parents=True)
    os.mkfifo(folder / "pipe.yaml")
    os.mkfifo(folder.parent / "framework.yaml")
    (folder / "itself.yaml").symlink_to("itself.yaml")
    (folder / "gone.yaml").symlink_to("nowhere.yaml")
    (folder / "folder.yaml").mkdir()
    Path("project", "test_a.py").write_text("def test_a(): pass\n", encoding="utf-8")
    pytester.runpytest_inprocess("project", "-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_pytest_still_names_what_is_wrong_with_a_framework_of_ours(pytester: pytest.Pytester, tree: Tree) -> None:
    tree(TWO)
    framework = next(Path("standards").rglob("framework.yaml"))
    framework.write_text(framework.read_text(encoding="utf-8").replace("ratings:", "rattings:"), encoding="utf-8")
    result = pytester.runpytest_inprocess("standards", f"--rootdir={Path.cwd()}")
    result.assert_outcomes(errors=1)
    assert "rattings" in result.stdout.str()


def test_the_plugin_costs_nothing_where_there_are_no_scenarios() -> None:
    loaded = "import sys, ctm_rules.pytest_plugin; print([name for name in sys.modules if name.startswith('ruamel')])"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- The shipped framework -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped_scenarios() -> tuple[Scenario, ...]:
    read = ScenarioRunner().read(find_scenario_files([standards_folder()]))
    return tuple(scenario for file in read for scenario in file.scenarios)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_shipped_scenarios_pass_and_cover_everything(run: Run, engine: str) -> None:
    ran = run("test", ROOT / "standards", "--coverage", "--threshold", 100, "--engine", engine)
    assert ran.code == 0, ran.out
    assert ", 0 fail" in ran.out
    assert "never" not in ran.out


def test_every_key_question_has_each_outcome(shipped: Framework, shipped_scenarios: tuple[Scenario, ...]) -> None:
    expected = {
        (path, question.outcome) for scenario in shipped_scenarios for path, question in scenario.questions.items()
    }
    outcomes = ("yes", "no", "not_applicable", "undetermined")
    assert {(path, outcome) for path in shipped.key_questions for outcome in outcomes} <= expected


def critical_prompts(rule: Condition) -> list[str]:
    """Return the prompts without which a rule is never yes, as its root names them."""
    clauses = rule.of if isinstance(rule, All) else (rule,)
    return [clause.prompt for clause in clauses if isinstance(clause, PromptIsYes)]


def test_every_critical_prompt_alone_makes_it_no(shipped: Framework, shipped_scenarios: tuple[Scenario, ...]) -> None:
    shown: set[tuple[str, str | None, str]] = set()
    for scenario in shipped_scenarios:
        case = scenario.given
        for path, expected in scenario.questions.items():
            if isinstance(case, Case) and expected.outcome == "no":
                variant = None if expected.variant in (None, "none") else expected.variant
                answers = {a.removeprefix(f"{path}."): w for a, w in case.answers.items() if a.startswith(f"{path}.")}
                noes = [prompt for prompt, answer in answers.items() if answer == "no"]
                if len(noes) == 1 and len(answers) == len(shipped.key_questions[path].prompts):
                    shown.add((path, variant, noes[0]))
    rules = [
        (path, variant, rule)
        for path, question in shipped.key_questions.items()
        for variant, rule in [(None, question.yes_when), *((v, r.yes_when) for v, r in question.variants.items())]
    ]
    wanted = {(path, variant, prompt) for path, variant, rule in rules for prompt in critical_prompts(rule)}
    assert len(wanted) >= len(rules)
    assert wanted <= shown


def test_every_bound_is_tried_from_both_sides(shipped_scenarios: tuple[Scenario, ...]) -> None:
    bands = {
        (question.percent, question.band)
        for scenario in shipped_scenarios
        for question in scenario.questions.values()
        if question.band is not None
    }
    assert {
        (80, "outstanding"),
        (79, "good"),
        (65, "good"),
        (64, "requires_improvement"),
        (50, "requires_improvement"),
        (49, "inadequate"),
    } <= bands
    overall = {(scenario.expect.score, scenario.expect.overall) for scenario in shipped_scenarios}
    assert {
        (18, "outstanding"),
        (17, "good"),
        (11, "good"),
        (10, "requires_improvement"),
        (4, "requires_improvement"),
        (3, "inadequate"),
    } <= overall


def mutants(framework: Framework) -> Iterator[tuple[str, str, Framework]]:
    """Yield frameworks with one small change each: what changed, what it is about, the framework."""
    for path, question in framework.key_questions.items():
        for name, changed in changed_rules(question):
            yield name, path, with_question(framework, path, changed)
    scale = framework.key_question_bands
    assert scale is not None
    assert framework.overall is not None
    for bands in changed_bands(scale.bands):
        yield "bands", "bands", evolve(framework, key_question_bands=evolve(scale, bands=bands))
    for bands in changed_bands(framework.overall.bands):
        yield "overall", "bands", evolve(framework, overall=evolve(framework.overall, bands=bands))


def changed_bands(bands: tuple[Band, ...]) -> Iterator[tuple[Band, ...]]:
    for number, band in enumerate(bands[:-1]):
        for step in (-1, 1):
            moved = evolve(band, lowest=band.lowest + Fraction(step))
            yield (*bands[:number], moved, *bands[number + 1 :])


def changed_rules(question: KeyQuestion) -> Iterator[tuple[str, KeyQuestion]]:
    for rule in changed(question.yes_when):
        yield "yes_when", evolve(question, yes_when=rule)
    for variant, declared in question.variants.items():
        for rule in changed(declared.yes_when):
            variants = {**question.variants, variant: evolve(declared, yes_when=rule)}
            yield variant, evolve(question, variants=variants)


def changed(condition: Condition) -> Iterator[Condition]:
    """Yield the rule with one clause less, or with a count one higher or one lower."""
    if isinstance(condition, AtLeast):
        if condition.count > 1:
            yield evolve(condition, count=condition.count - 1)
        if condition.count < len(condition.of):
            yield evolve(condition, count=condition.count + 1)
    if isinstance(condition, All | AtLeast):
        for number, clause in enumerate(children(condition)):
            rest = (*condition.of[:number], *condition.of[number + 1 :])
            if rest and isinstance(condition, All):
                yield evolve(condition, of=rest)
            for other in changed(clause):
                yield evolve(condition, of=(*condition.of[:number], other, *condition.of[number + 1 :]))


def with_question(framework: Framework, path: str, changed_question: KeyQuestion) -> Framework:
    slug, _, name = path.partition(".")
    standards = tuple(
        evolve(
            standard,
            key_questions=tuple(changed_question if each.id == name else each for each in standard.key_questions),
        )
        if standard.slug == slug
        else standard
        for standard in framework.standards
    )
    return evolve(framework, standards=standards)


def test_a_small_change_to_a_rule_or_a_band_makes_a_shipped_scenario_fail(
    shipped_scenarios: tuple[Scenario, ...],
) -> None:
    framework = next(scenario.framework for scenario in shipped_scenarios if not scenario.expect.diagnostic)
    assert framework is not None
    unseen: list[tuple[str, str]] = []
    tried = 0
    for name, about, mutant in mutants(framework):
        runner = ScenarioRunner("reference")
        concerned = [
            scenario
            for scenario in shipped_scenarios
            if scenario.framework is framework and (about in scenario.questions or about == "bands")
        ]
        tried += 1
        if all(runner.run(evolve(scenario, framework=mutant)).passed for scenario in concerned):
            unseen.append((name, about))
    assert tried > 60
    assert unseen == []
