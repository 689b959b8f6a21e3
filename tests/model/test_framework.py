"""What a framework is as data: how it compares and shows itself, and what it means to leave something out."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from ctm_rules import Framework, load_framework
from ctm_rules.diagnostics.findings import NOWHERE
from ctm_rules.model.conditions import PromptIsYes, facts_in, prompts_in
from ctm_rules.model.framework import Disclosure, Panel
from tests.support.small_framework import Small


def test_where_an_element_stands_in_a_file_is_no_part_of_what_it_means(small: Small, tmp_path: Path) -> None:
    framework = small()
    moved = tmp_path / "moved.yaml"
    moved.write_text("# A remark.\n\n" + (tmp_path / "kitchens.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    again = load_framework(moved)
    assert again.standards[0].at != framework.standards[0].at
    assert again == framework
    assert hash(again.standards[0].key_questions[0].yes_when) == hash(framework.standards[0].key_questions[0].yes_when)


def test_an_element_made_in_python_stands_nowhere_and_shows_what_it_says() -> None:
    clause = PromptIsYes("floors")
    assert clause.at == NOWHERE
    assert repr(clause) == "PromptIsYes(prompt='floors')"
    with pytest.raises(TypeError):
        PromptIsYes("floors", NOWHERE)  # type: ignore[misc]  # the mistake that is tested


def test_what_is_left_out_is_what_the_documentation_says(small: Small) -> None:
    framework = small()
    assert framework.panel == Panel(within_points=None, one_case_would_change_it=False, cases_fewer_than=None)
    assert framework.disclosure == Disclosure(smallest_count=5, smallest_group=10)
    assert [fact.ordered for fact in framework.facts] == [False, True, False, False]
    assert framework.key_question_bands is not None
    assert framework.key_question_bands.round == "half_up"
    assert framework.key_question_bands.decided_on == "rounded"
    assert framework.key_question_bands.undetermined == "refuse"


def test_what_a_rule_reads_is_listed_once_in_its_order(small: Small) -> None:
    rule = small("{any: [knives, {fact: seats, is: 1}, {not: {all: [floors, knives, {fact: size, is: small}]}}]}")
    read = rule.key_questions["hygiene.clean"].yes_when
    assert prompts_in(read) == ("knives", "floors")
    assert facts_in(read) == ("seats", "size")
    assert facts_in(None) == ()


def test_scores_can_reach_the_best_rating_of_every_standard(shipped: Framework) -> None:
    assert shipped.score_out_of() == 7 * 3
    assert shipped.score_out_of(shipped.standards_of(shipped.domains[0])) == 3 * 3
    assert shipped.score_out_of(()) == 0
    assert [standard.slug for standard in shipped.standards_of(shipped.domains[0])] == list(
        shipped.domains[0].standards
    )


def test_the_order_of_an_ordered_choice_is_part_of_what_it_means(small: Small) -> None:
    framework = small()
    reordered = tuple(evolve(fact, values=dict(reversed(fact.values.items()))) for fact in framework.facts)
    assert reordered[1].values == framework.facts[1].values
    assert reordered[1] != framework.facts[1]
    assert evolve(framework, facts=reordered) != framework
