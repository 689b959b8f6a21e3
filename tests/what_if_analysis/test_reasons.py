"""Why an outcome is another, in a small inspection of kitchens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_inspection
from ctm_rules.frameworks.amendments import amendment_from_options
from ctm_rules.what_if_analysis.two_frameworks import what_if
from tests.support.paths import EXAMPLE


@pytest.mark.parametrize(
    ("rule", "row", "options", "movement", "why"),
    [
        pytest.param(
            "{all: [floors, knives]}",
            "c1,no,yes,no,na",
            {"set": ["hygiene.clean.yes_when=floors"]},
            "no → yes",
            ["the rule no longer asks that “knives” is yes (it is no)"],
            id="clause no longer asked",
        ),
        pytest.param(
            "floors",
            "c1,no,yes,no,na",
            {"set": ["hygiene.clean.yes_when={all: [floors, knives]}"]},
            "yes → no",
            ["the rule now asks that “knives” is yes (it is no)"],
            id="clause now asked",
        ),
        pytest.param(
            "{at_least: {count: 2, of: [floors, knives, meat]}}",
            "c1,yes,yes,no,no",
            {"set": ["hygiene.clean.yes_when.at_least.count=1"]},
            "no → yes",
            [
                "instead of at least two of “floors”, “knives” and “meat” (where it applies) are yes "
                "(not met: “floors” is yes; “knives” and “meat” are no), the rule now asks that "
                "at least one of “floors”, “knives” and “meat” (where it applies) is yes "
                "(met: “floors” is yes; “knives” and “meat” are no)"
            ],
            id="fewer are enough",
        ),
        pytest.param(
            "{all: [floors, meat]}",
            "c1,yes,yes,yes,no",
            {"set": ["hygiene.clean.meat.applies_when={fact: serves_meat, is: no}"]},
            "no → yes",
            ["“meat” was no and is now not applicable"],
            id="prompt no longer applies",
        ),
        pytest.param(
            "{all: [floors, {any: [knives, meat]}]}",
            "c1,no,yes,no,yes",
            {"remove": ["hygiene.clean.meat.applies_when"]},
            "no → yes",
            ["“meat” was not applicable and is now yes"],
            id="prompt now applies",
        ),
        pytest.param(
            "{any: [floors, knives]}",
            "c1,no,yes,no,na",
            {"set": ["hygiene.clean.yes_when={all: [floors, knives]}"]},
            "yes → no",
            ["it now turns on this: “knives” is yes (it is no)"],
            id="any becomes all",
        ),
        pytest.param(
            "{all: [floors, meat]}",
            "c1,no,yes,no,na",
            {"set": ["hygiene.clean.yes_when=meat"]},
            "yes → not applicable",
            [
                "the rule no longer asks that “floors” is yes (it is yes)",
                "it now turns on this: “meat” (where it applies) is yes (it is not applicable)",
            ],
            id="another prompt alone",
        ),
        pytest.param(
            "floors",
            "c1,no,yes,no,na",
            {"set": ["hygiene.clean.applies_when={fact: serves_meat, is: yes}"]},
            "yes → not applicable",
            ["the question is not asked; it is now asked when “Serves meat” is yes"],
            id="question no longer asked",
        ),
        pytest.param(
            "floors",
            "c1,,yes,no,na",
            {"set": ["hygiene.clean.applies_when={fact: serves_meat, is: yes}"]},
            "yes → undetermined",
            ["the question may be asked: a fact is missing; it is now asked when “Serves meat” is yes"],
            id="question perhaps no longer asked",
        ),
        pytest.param(
            "floors",
            "c1,no,yes,no,na",
            {
                "set": [
                    "variants=[{id: no_meat, title: Without meat, when: {fact: serves_meat, is: no}}]",
                    "hygiene.clean.variants={no_meat: {yes_when: knives}}",
                ],
            },
            "yes → no",
            [
                "the rule for the variant “no_meat” is used instead of the general rule",
                "instead of “floors” is yes (it is yes), the rule now asks that “knives” is yes (it is no)",
            ],
            id="another variant",
        ),
    ],
)
def test_why_an_outcome_is_another(
    kitchen_visit: Callable[..., Path],
    rule: str,
    row: str,
    options: Mapping[str, list[str]],
    movement: str,
    why: list[str],
) -> None:
    effect = what_if(kitchen_visit(rule, row), [amendment_from_options(**options)])
    [group] = effect.by_reason()
    assert (group.key_question, group.movement) == ("hygiene.clean", movement)
    assert list(group.why) == why


def test_a_new_prompt_is_missing_and_never_counted_as_no(kitchen_visit: Callable[..., Path]) -> None:
    amendment = amendment_from_options(
        ["hygiene.clean.yes_when={all: [floors, walls]}"],
        add=["hygiene.clean.prompts=[{id: walls, ask: Are the walls clean?}]"],
    )
    effect = what_if(kitchen_visit("floors", "c1,no,yes,no,na", "c2,no,no,no,na"), [amendment])
    [outcome] = effect.outcomes
    assert (outcome.case, outcome.before.value, outcome.after.value) == ("c1", "yes", "undetermined")
    assert outcome.why == ("the rule now asks that “walls” is yes (it is not answered)",)
    assert effect.after.rating.overall is None
    assert "undetermined in 1 case" in effect.after.rating.not_rated[0]


def test_a_table_may_have_the_answers_to_a_new_prompt(kitchen_visit: Callable[..., Path]) -> None:
    file = kitchen_visit("floors", "c1,no,yes,no,na,no", header="case,serves_meat,floors,knives,meat,walls")
    with pytest.raises(DiagnosticError, match="unknown-column"):
        load_inspection(file)
    amendment = amendment_from_options(
        ["hygiene.clean.yes_when={all: [floors, walls]}"],
        add=["hygiene.clean.prompts=[{id: walls, ask: Are the walls clean?}]"],
    )
    [outcome] = what_if(file, [amendment]).outcomes
    assert (outcome.before.value, outcome.after.value) == ("yes", "no")


def test_a_removed_prompt_may_stay_in_the_table(kitchen_visit: Callable[..., Path]) -> None:
    amendment = amendment_from_options(["hygiene.clean.yes_when=floors"], remove=["hygiene.clean.meat"])
    effect = what_if(kitchen_visit("{all: [floors, meat]}", "c1,yes,yes,no,no"), [amendment])
    assert [outcome.after.value for outcome in effect.outcomes] == ["yes"]


def test_a_recorded_outcome_stays_whatever_the_rule_says(kitchen_visit: Callable[..., Path]) -> None:
    file = kitchen_visit("floors", "c1,no,yes,no,na")
    judgement = "case_judgements:\n  - {case: c1, key_question: hygiene.clean, outcome: yes, reason: Seen.}\n"
    file.write_text(file.read_text(encoding="utf-8") + judgement, encoding="utf-8")
    effect = what_if(file, [amendment_from_options(["hygiene.clean.yes_when=knives"])])
    assert effect.outcomes == ()
    assert [divergence.case for divergence in effect.after.divergences] == ["c1"]


def test_a_fact_whose_value_is_gone_is_a_mistake_at_the_table(kitchen_visit: Callable[..., Path]) -> None:
    file = kitchen_visit("floors", "c1,small,yes,no,na", header="case,size,floors,knives,meat")
    with pytest.raises(DiagnosticError) as raised:
        what_if(file, [amendment_from_options(remove=["facts.size.values.small"])])
    [found] = raised.value.diagnostics
    assert (found.code, Path(found.file).name) == ("bad-value", "cases.csv")
    assert 'case "c1", column "size": "small"' in found.message


def test_a_rating_that_was_judged_and_is_gone_is_a_mistake_at_the_judgement(tmp_path: Path) -> None:
    for file in (EXAMPLE, EXAMPLE.parent / "cases.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    scale = "[{from: 50, rating: outstanding}, {from: 0, rating: inadequate}]"
    amendment = amendment_from_options(
        [
            "ratings=[{id: outstanding, label: Outstanding, score: 1}, {id: inadequate, label: Inadequate, score: 0}]",
            f"key_question_bands.bands={scale}",
            f"overall.bands={scale}",
        ],
        remove=["domain_rating"],
    )
    with pytest.raises(DiagnosticError) as raised:
        what_if(tmp_path / EXAMPLE.name, [amendment])
    assert {found.code for found in raised.value.diagnostics} == {"unknown-name"}
    assert len(raised.value.diagnostics) == 3
