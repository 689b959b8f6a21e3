"""Undetermined cases are named with what is missing, and where it makes no difference with what settles them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from ctm_rules import Answer, Case, Framework, Outcome, make_engine
from ctm_rules.inspections.undetermined import UndeterminedOutcome, find_undetermined
from tests.support.commands import Run
from tests.support.paths import EXAMPLE
from tests.support.small_framework import Small
from tests.support.strategies import frameworks_with_cases

YES, NO = Answer.YES, Answer.NO
FLOORS, KNIVES, MEAT = (f"hygiene.clean.{prompt}" for prompt in ("floors", "knives", "meat"))
ALL = "{all: [floors, knives, meat]}"


def found(framework: Framework, case: Case) -> list[UndeterminedOutcome]:
    """Return the undetermined outcomes of one case."""
    return list(find_undetermined(framework, [case], [make_engine(framework, "reference").assess(case)]))


@pytest.mark.parametrize(
    ("rule", "facts", "answers", "expected"),
    [
        pytest.param(ALL, {"serves_meat": True}, {FLOORS: YES, KNIVES: YES}, ((), (MEAT,), None, ()), id="an answer"),
        pytest.param(
            ALL, {}, {FLOORS: YES, KNIVES: YES, MEAT: NO}, (("serves_meat",), (), None, ()),
            id="a fact that says whether an answer of no counts",
        ),
        pytest.param(
            ALL, {}, {FLOORS: YES, KNIVES: YES, MEAT: YES}, (("serves_meat",), (), Outcome.YES, ("serves_meat",)),
            id="a fact that changes nothing",
        ),
        pytest.param(
            ALL, {}, {FLOORS: YES, KNIVES: YES}, (("serves_meat",), (MEAT,), None, ()),
            id="a fact and the answer that depends on it",
        ),
        pytest.param(ALL, {}, {}, (("serves_meat",), (FLOORS, KNIVES, MEAT), None, ()), id="everything"),
        pytest.param(
            "{any: [{all: [floors, meat]}, knives]}", {"serves_meat": True}, {FLOORS: NO},
            ((), (KNIVES,), None, ()), id="not what is settled already",
        ),
        pytest.param(
            "{any: [floors, {not: floors}, {fact: seats, at_least: 9}]}", {}, {FLOORS: Answer.NA},
            None, id="na drops out",
        ),
        pytest.param(
            "{any: [{fact: seats, at_least: 9}, floors]}", {"seats": 20}, {}, ((), (FLOORS,), None, ()),
            id="facts alone never answer",
        ),
        pytest.param(
            "{all: [floors, {any: [{fact: seats, at_least: 9}, {fact: seats, at_most: 8}]}]}", {}, {FLOORS: YES},
            (("seats",), (), Outcome.YES, ("seats",)), id="a fact of which any value will do",
        ),
    ],
)  # fmt: skip
def test_what_is_missing(
    small: Small,
    rule: str,
    facts: dict[str, bool | int],
    answers: dict[str, Answer],
    expected: tuple[object, ...] | None,
) -> None:
    outcomes = found(small(rule), Case("c1", facts, answers))
    if expected is None:
        assert outcomes == []
        return
    (outcome,) = outcomes
    assert (outcome.case, outcome.key_question) == ("c1", "hygiene.clean")
    assert (outcome.facts, outcome.answers, outcome.either_way, outcome.settled_by) == expected


def test_a_variant_that_cannot_be_told_names_its_fact(small: Small) -> None:
    framework = small(
        "floors\n        variants: {large: {yes_when: knives}}",
        ("standards:\n", "variants: [{id: large, title: Large, when: {fact: size, is: large}}]\nstandards:\n"),
    )
    (outcome,) = found(framework, Case("c1", {}, {FLOORS: YES, KNIVES: NO}))
    assert (outcome.facts, outcome.answers, outcome.either_way) == (("size",), (), None)
    (outcome,) = found(framework, Case("c1", {}, {FLOORS: YES, KNIVES: YES}))
    assert (outcome.either_way, outcome.settled_by) == (Outcome.YES, ("size",))
    assert str(outcome) == (
        "case c1, hygiene.clean: size not known; whatever is filled in, the outcome is yes; size settles it"
    )


def test_a_question_that_may_not_apply_names_its_fact(small: Small) -> None:
    framework = small("floors\n        applies_when: {fact: size, is: large}")
    (outcome,) = found(framework, Case("c1", {}, {FLOORS: NO}))
    assert (outcome.facts, outcome.answers) == (("size",), ())
    assert outcome.reason == "size not known"


def test_the_shipped_question_that_a_fact_would_settle(shipped: Framework) -> None:
    prompts = ("contact_level", "victims", "coordination", "key_individuals", "home_visits")
    facts = {
        "other_agencies_involved": True,
        "key_individuals_relevant": True,
        "home_visit_necessary": True,
        "probation_reset": False,
    }
    case = Case("c", facts, {f"implementation.safety.{prompt}": YES for prompt in prompts})
    (outcome,) = [each for each in found(shipped, case) if each.key_question == "implementation.safety"]
    assert (outcome.facts, outcome.either_way, outcome.settled_by) == (
        ("has_potential_victims",),
        Outcome.YES,
        ("has_potential_victims",),
    )


@given(frameworks_with_cases(most=2))
@settings(max_examples=30)
def test_what_is_said_of_random_cases_holds(drawn: tuple[Framework, tuple[Case, ...]]) -> None:
    """Something is missing wherever an outcome is undetermined, and one fact that settles it leaves nothing open."""
    framework, cases = drawn
    engine = make_engine(framework, "reference")
    outcomes = [engine.assess(case) for case in cases]
    said = list(find_undetermined(framework, cases, outcomes))
    undetermined = {
        (outcome.case, path)
        for outcome in outcomes
        for path, question in outcome.questions.items()
        if question.outcome is Outcome.UNDETERMINED
    }
    assert {(each.case, each.key_question) for each in said} == undetermined
    for each in said:
        case = next(case for case in cases if case.id == each.case)
        assert each.facts or each.answers
        assert not {*each.facts} & {*case.facts}
        assert not {*each.answers} & {*case.answers}


def test_rate_names_the_cases_and_how_to_explain_them(example_with_a_total: Path, run: Run) -> None:
    ran = run("rate", example_with_a_total)
    assert ran.code == 1
    assert "Undetermined cases" in ran.out
    assert "case Total, assessment.engaging" in " ".join(ran.out.split())
    assert f"ctm-rules explain {example_with_a_total} Total" in " ".join(ran.out.split())
    undetermined = json.loads(run("rate", example_with_a_total, "--json").out)["undetermined"]
    assert {each["case"] for each in undetermined} == {"Total"}
    first = undetermined[0]
    assert first["key_question"] == "assessment.engaging"
    assert "assessment.engaging.diversity" in first["answers"]


@pytest.fixture
def example_with_a_total(tmp_path: Path) -> Path:
    """A copy of the example inspection with a row of totals, in which nothing is filled in."""
    for name in ("inspection.yaml", "cases.csv"):
        (tmp_path / name).write_bytes((EXAMPLE.parent / name).read_bytes())
    table = tmp_path / "cases.csv"
    columns = table.read_text(encoding="utf-8").splitlines()[0].count(",")
    with table.open("a", encoding="utf-8") as out:
        out.write("Total" + "," * columns + "\n")
    return tmp_path / "inspection.yaml"
