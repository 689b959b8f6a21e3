"""A hint leads to what was meant: to a name that is near, in the same standard; never from one value to another."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest

from ctm_rules import Case, DiagnosticError, Framework, assess_frame, load_framework, make_engine, read_cases
from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.suggestions import nearest_name, nearest_value

# Two standards whose names are alike, so that the nearest name by its letters lies in the wrong one.
STANDARD = """
  - id: {id}
    slug: {slug}
    title: {slug}
    statement: It is {slug}.
    rated_by: cases
    key_questions:
      - id: safety
        ask: Does {slug} keep people safe?
        prompts:
          - {{id: victims, ask: Are victims known in {slug}?}}
          - {{id: harm, ask: Is harm known in {slug}?}}
        yes_when: {{all: [victims, harm]}}
      - id: engaging
        ask: Does {slug} engage?
        prompts: [{{id: motivation, ask: Is motivation known in {slug}?}}]
        yes_when: motivation
"""
WHOLE = (
    """
id: alike
edition: "1"
title: Alike
publisher: Nobody
in_force_from: 2026-01-01
ratings: [{id: fine, label: Fine, score: 1}, {id: poor, label: Poor, score: 0}]
domains: [{id: all_of_it, title: All of it, standards: [planning, planting]}]
key_question_bands: {share_of: yes, among: [yes, no], bands: [{from: 50, rating: fine}, {from: 0, rating: poor}]}
facts:
  - {id: risk, title: Risk of harm, type: choice, ordered: true, values: {low: Low, high: High, very_high: Very high}}
standards:"""
    + STANDARD.format(id="P", slug="planning")
    + STANDARD.format(id="Q", slug="planting")
)

ADDRESSES = {
    "a letter": ("planning.safety.victms", "planning.safety.victims"),
    "a level left out": ("planning.victims", "planning.safety.victims"),
    "another key question": ("planning.engaging.victims", "planning.safety.victims"),
    "a level too many": ("planning.safety.all.victims", "planning.safety.victims"),
    "a standard misspelt": ("plannig.safety.victims", "planning.safety.victims"),
    "the other standard misspelt": ("plantig.safety.victims", "planting.safety.victims"),
    "capitals": ("Planting.Safety.Victims", "planting.safety.victims"),
    "a dash for the underscore": ("planting.engaging.motivation_", "planting.engaging.motivation"),
}


@pytest.fixture
def alike(tmp_path: Path) -> Framework:
    (tmp_path / "alike").mkdir()
    (tmp_path / "alike" / "framework.yaml").write_text(WHOLE, encoding="utf-8")
    return load_framework(tmp_path / "alike")


def by_table(framework: Framework, name: str, folder: Path) -> str:
    (folder / "cases.csv").write_text(f"case,{name}\nc1,yes\n", encoding="utf-8")
    with pytest.raises(DiagnosticError) as error:
        read_cases(folder / "cases.csv", framework)
    return error.value.diagnostics[0].hint


def by_case(framework: Framework, name: str, _: Path) -> str:
    with pytest.raises(DiagnosticError) as error:
        make_engine(framework, "reference").assess(Case("c1", answers={name: "yes"}))  # type: ignore[dict-item]
    return error.value.diagnostics[0].hint


def by_scenario(_: Framework, name: str, folder: Path) -> str:
    file = folder / "alike" / "scenarios" / "one.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        f"scenarios:\n  - name: One\n    given: {{answers: {{{name}: yes}}}}\n"
        "    expect: {key_questions: {planning.safety: {outcome: no}}}\n",
        encoding="utf-8",
    )
    (found,) = [found for found in check_paths([file]).diagnostics if found.code == "unknown-name"]
    return found.hint


DOORS = {"table": by_table, "case": by_case, "scenario": by_scenario}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("mistake", ADDRESSES)
def test_a_hint_stays_in_the_standard_that_has_the_name(
    alike: Framework, tmp_path: Path, door: str, mistake: str
) -> None:
    written, meant = ADDRESSES[mistake]
    assert f'did you mean "{meant}"?' in DOORS[door](alike, written, tmp_path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("planning.victims", "planning.safety", id="no question of that name"),
        pytest.param("planting.safty", "planting.safety", id="a letter"),
        pytest.param("plannig.engaging", "planning.engaging", id="a standard misspelt"),
    ],
)
def test_an_option_leads_to_a_question_of_the_same_standard(alike: Framework, written: str, meant: str) -> None:
    nearest = nearest_name(written, list(alike.key_questions))
    assert nearest is None or nearest.split(".")[0] == meant.split(".")[0]
    if written != "planning.victims":
        assert nearest == meant


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        pytest.param("motivation", 'it is a prompt of "engaging", and a rule reads those', id="of the question beside"),
        pytest.param("risk", "it is a fact: write {fact: risk, is: …}", id="a fact"),
        pytest.param("victms", 'did you mean "victims"?', id="a letter"),
    ],
)
def test_in_a_rule(tmp_path: Path, written: str, hint: str) -> None:
    rule = "{all: [victims, harm]}"
    (tmp_path / "framework.yaml").write_text(WHOLE.replace(rule, f"{{all: [victims, harm, {written}]}}", 1))
    (found, *_) = [
        found for found in check_paths([tmp_path / "framework.yaml"]).diagnostics if found.code == "unknown-name"
    ]
    assert hint in found.hint
    assert "planting" not in found.hint


@pytest.mark.parametrize(
    ("column", "name"),
    [
        pytest.param("Are victims known in planning?", "planning.safety.victims", id="a prompt"),
        pytest.param("are victims known in planning", "planning.safety.victims", id="a prompt, written otherwise"),
        pytest.param("Risk of harm", "risk", id="a fact"),
        pytest.param("Does planting engage?", "planting.engaging", id="a key question"),
        pytest.param("victims", "safety.victims", id="an id that two standards have"),
    ],
)
def test_the_wording_of_a_column_leads_to_its_name(alike: Framework, tmp_path: Path, column: str, name: str) -> None:
    hint = by_table(alike, column, tmp_path)
    assert name in hint


def test_the_wording_of_a_column_leads_to_it_in_bulk(alike: Framework) -> None:
    names = [*alike.prompts]
    wording = alike.prompts[names[0]].ask
    with pytest.raises(DiagnosticError) as error:
        assess_frame(alike, polars.DataFrame({wording: ["yes"], **{name: ["yes"] for name in names[1:]}}))
    (found,) = error.value.diagnostics
    assert found.path == names[0]
    assert f'"{wording}" is its wording' in found.hint


def test_columns_that_nothing_explains_are_one_finding_in_bulk(alike: Framework) -> None:
    with pytest.raises(DiagnosticError) as error:
        assess_frame(alike, polars.DataFrame({"case": ["c1"], "planning.safety.victims": ["yes"]}))
    (found,) = error.value.diagnostics
    assert found.code == "absent-column"
    assert 'there are no columns "planning.safety.harm", "planning.engaging.motivation"' in found.message
    assert "did you mean" not in found.hint  # the column that is there is another one


@pytest.mark.parametrize(
    ("written", "allowed", "meant"),
    [
        pytest.param("hihg", ["low", "high", "very_high"], "high", id="letters swapped"),
        pytest.param("Very high", ["low", "high", "very_high"], "very_high", id="written otherwise"),
        pytest.param("yse", ["yes", "no", "na"], "yes", id="yes misspelt"),
        pytest.param("NO.", ["yes", "no", "na"], "no", id="no in capitals"),
        pytest.param("not high", ["low", "high"], None, id="denied"),
        pytest.param("unlikely", ["likely", "possible"], None, id="denied by a syllable"),
        pytest.param("band_3", ["band_1", "band_2"], None, id="another number"),
        pytest.param("10", ["1", "100"], None, id="a number"),
        pytest.param("nay", ["yes", "no", "na"], None, id="a short word near two"),
        pytest.param("mid", ["middle", "mild"], None, id="near two"),
        pytest.param("PQ", ["PO", "PSO"], None, id="near two grades"),
    ],
)
def test_a_hint_for_a_value_never_leads_to_another(written: str, allowed: list[str], meant: str | None) -> None:
    assert nearest_value(written, allowed) == meant


@pytest.mark.parametrize("written", ["NA", "N", "nan", "None", "unknown"])
def test_in_a_scenario_no_hint_turns_not_known_into_an_answer_or_a_value(
    alike: Framework, tmp_path: Path, written: str
) -> None:
    file = tmp_path / "alike" / "scenarios" / "one.yaml"
    file.parent.mkdir()
    scenario = (
        "key_question: planning.safety\nscenarios:\n  - name: One\n    given: {GIVEN}\n    expect: {outcome: no}\n"
    )
    for given in (f"answers: {{victims: {written}}}", f"facts: {{risk: {written}}}, other_answers: no"):
        file.write_text(scenario.replace("GIVEN", given), encoding="utf-8")
        (found,) = check_paths([file]).diagnostics
        assert "did you mean" not in found.hint
        assert "missing" in found.hint
    assert alike.facts_by_id


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        pytest.param("hihg", 'did you mean "high"?', id="misspelt"),
        pytest.param("Very high", 'very_high for "Very high"', id="a label"),
        pytest.param("not_high", "write one of low, high, very_high", id="denied"),
    ],
)
def test_a_value_in_a_rule(tmp_path: Path, written: str, hint: str) -> None:
    rule = f'{{any: [motivation, {{fact: risk, is: "{written}"}}]}}'
    text = WHOLE.replace("yes_when: motivation", f"yes_when: {rule}", 1)
    (tmp_path / "framework.yaml").write_text(text, encoding="utf-8")
    (found,) = [each for each in check_paths([tmp_path / "framework.yaml"]).diagnostics if each.severity == "error"]
    assert found.code == "bad-comparison"
    assert hint in found.hint
