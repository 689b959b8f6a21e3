"""A small framework of kitchens, written as text, in which ``RULE`` stands for the rule of its one key question."""

from __future__ import annotations

from collections.abc import Callable

from ctm_rules import Framework

Small = Callable[..., Framework]
"""What the fixture ``small`` is: it takes a rule and what to replace in the text, and loads the framework."""

SMALL = """
id: kitchens
edition: "1"
title: Kitchens
publisher: A council
in_force_from: 2026-01-01
ratings:
  - {id: fine, label: Fine, score: 1}
  - {id: poor, label: Poor, score: 0}
domains: [{id: all_of_it, title: All of it, standards: [hygiene]}]
key_question_bands: {share_of: yes, among: [yes, no], bands: [{from: 50, rating: fine}, {from: 0, rating: poor}]}
overall: {bands: [{from: 1, rating: fine}, {from: 0, rating: poor}]}
facts:
  - {id: serves_meat, title: Serves meat, type: yes_no}
  - {id: size, title: Size, type: choice, values: {small: Small, large: Large}, ordered: true}
  - {id: seats, title: Seats, type: whole_number}
  - {id: opened, title: Opened on, type: date}
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
        yes_when: RULE
"""

JUDGED_TOO = (
    ("standards: [hygiene]", "standards: [hygiene, menus]"),
    (
        "standards:\n",
        "standards:\n  - {id: M, slug: menus, title: Menus, statement: Menus vary., rated_by: judgement}\n",
    ),
)
"""Replacements by which it has a second standard, which is judged."""
