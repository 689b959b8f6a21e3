"""Scenarios as policy staff write and run them: cases, counts and ratings, what must be refused, and what if."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError
from ctm_rules.engines import EngineName
from ctm_rules.scenarios.running import ScenarioRunner
from tests.support.engines import ENGINES
from tests.support.scenario_files import QUESTION, RULE, Tree, failures, mistakes, run_file
from tests.support.small_framework import SMALL

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


# --- Flags of sums ----

TWO_STANDARDS = (
    "standards: [hygiene]}]",
    "standards: [hygiene, staff]}]\n"
    "domain_rating: {bands_of: {all_of_it: [{from: 2, rating: fine}, {from: 0, rating: poor}]}}\n"
    "panel: {one_standard_would_change_it: true}",
)
STAFF = "  - {id: S, slug: staff, title: Staff, statement: Staff are kind., rated_by: judgement}\n"


def test_flags_of_sums_can_be_expected(tree: Tree) -> None:
    file = tree("""
        scenarios:
          - name: Both are fine
            given: {ratings: {hygiene: fine, staff: fine}}
            expect: {overall: fine, overall_panel: [], domain_panels: {all_of_it: [one_standard]}}
          - name: Neither is, and nobody expects the flag
            given: {ratings: {hygiene: poor, staff: poor}}
            expect: {overall_panel: [], domain_panels: {all_of_it: []}}
          - name: The flag of the domain is missing
            given: {ratings: {hygiene: poor, staff: poor}}
            expect: {overall_panel: [one_standard], domain_panels: {all_of_it: [one_standard]}}
        """)
    framework = file.parents[1] / "framework.yaml"
    text = framework.read_text(encoding="utf-8")
    assert TWO_STANDARDS[0] in text
    framework.write_text(text.replace(*TWO_STANDARDS).rstrip() + "\n" + STAFF, encoding="utf-8")
    # Of two, the whole is fine from 1: with none it lies below that limit, and the domain two below its own.
    assert failures(file) == {
        "Neither is, and nobody expects the flag": ["panel flags of the overall rating: [], [one_standard]"],
        "The flag of the domain is missing": ["panel flags of the domain all_of_it: [one_standard], []"],
    }


def test_flags_of_a_domain_that_is_not_there_are_a_mistake(tree: Tree) -> None:
    file = tree("""
        scenarios:
          - name: No such domain
            given: {ratings: {hygiene: fine}}
            expect: {domain_panels: {kitchen: []}}
        """)
    assert [code for code, _ in mistakes(file)] == ["unknown-name"]


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
    # The bands of the question, and those of the whole.
    for band in ("  from 50: fine  standards", "  from 1: fine  standards"):
        assert any(line.startswith(band) for line in result.failure.splitlines()), band


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
