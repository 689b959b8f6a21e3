"""Frameworks written as YAML: what the text looks like, and what cannot be written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve

from ctm_rules import (
    DiagnosticError,
    Fact,
    Framework,
    Range,
    dump_framework,
    load_framework,
    make_framework,
)
from ctm_rules.model.bands import Band
from ctm_rules.model.framework import Panel
from tests.support.small_framework import Small

WRITTEN = """\
id: kitchens
edition: "1"
title: Kitchens
publisher: A council
in_force_from: 2026-01-01
ratings: [{id: fine, label: Fine, score: 1}, {id: poor, label: Poor, score: 0}]
domains: [{id: all_of_it, title: All of it, standards: [hygiene]}]
standards:
  - id: H
    slug: hygiene
    title: Hygiene
    statement: Kitchens are clean.
    rated_by: cases
    key_questions:
      - id: clean
        ask: Is it clean?
        prompts:
          - {id: floors, ask: Are the floors clean?}
          - {id: knives, ask: Are the knives clean?}
          - {id: meat, ask: Is meat kept apart?, applies_when: {fact: serves_meat, is: yes}}
        yes_when: {all: [floors, {any: [knives, {not: {fact: size, one_of: [small, large]}}]}]}
key_question_bands: {share_of: "yes", among: ["yes", "no"], bands: [{from: 50, rating: fine}, {from: 0, rating: poor}]}
overall: {bands: [{from: 1, rating: fine}, {from: 0, rating: poor}]}
facts:
  - {id: serves_meat, title: Serves meat, type: yes_no}
  - {id: size, title: Size, type: choice, values: {small: Small, large: Large}, ordered: true}
  - {id: seats, title: Seats, type: whole_number}
  - {id: opened, title: Opened on, type: date}
"""


def test_a_framework_is_written_as_people_write_it_and_without_what_goes_without_saying(
    small: Small,
) -> None:
    rule = "{all: [floors, {any: [knives, {not: {fact: size, one_of: [small, large]}}]}]}"
    assert dump_framework(small(rule)) == WRITTEN


def test_the_shipped_framework_written_in_one_file_is_the_same_framework(shipped: Framework, tmp_path: Path) -> None:
    file = tmp_path / "whole.yaml"
    file.write_text(dump_framework(shipped), encoding="utf-8")
    assert load_framework(file) == shipped


def test_what_a_framework_can_be_given_in_python_but_not_in_a_file_is_refused(shipped: Framework) -> None:
    third = Fraction(1, 3)
    bands = (Band(200 * third, "good"), Band(100 * third, "requires_improvement"), Band(Fraction(0), "inadequate"))
    by_shares = evolve(shipped.key_question_bands, bands=bands)
    with pytest.raises(DiagnosticError, match="1/3 is no decimal") as error:
        dump_framework(evolve(shipped, panel=Panel(within_points=third), key_question_bands=by_shares))
    assert [(found.code, found.path) for found in error.value.diagnostics] == [
        ("endless-number", "/key_question_bands/bands/0/from"),
        ("endless-number", "/key_question_bands/bands/1/from"),
        ("endless-number", "/panel/within_points"),
    ]
    assert "choose a decimal such as 66.67" in error.value.diagnostics[0].hint


@pytest.mark.parametrize("number", ["5e-324", "1e-60", "-1.5e-40", "0.0000001", "123456789012345678.9"])
def test_a_number_of_many_decimals_is_read_as_it_was_written(shipped: Framework, number: str) -> None:
    fine = Fact("fine", "How fine", "number", range=Range(lowest=Fraction(number)))
    declared = evolve(shipped, facts=(*shipped.facts, fine))
    assert make_framework(dump_framework(declared)) == declared
