"""The checksum of standards: the same for the same standards, whatever the library looks like inside."""

from __future__ import annotations

import hashlib
import json
import textwrap
from pathlib import Path

import attrs
import pytest
from attrs import evolve
from hypothesis import given, settings

from ctm_rules import Framework, load_framework
from ctm_rules.model.conditions import AllOf, FactTest, PromptIsYes
from tests.support.small_framework import Small
from tests.support.strategies import frameworks

# What the file below says, by its keys and without what would hold anyway: the canonical form, written by hand.
SAID = {
    "id": "kitchens",
    "edition": "1",
    "title": "Kitchens",
    "publisher": "A council",
    "in_force_from": "2026-01-01",
    "ratings": [{"id": "fine", "label": "Fine", "score": 1}, {"id": "poor", "label": "Poor", "score": 0}],
    "domains": [{"id": "all_of_it", "title": "All of it", "standards": ["hygiene"]}],
    "key_question_bands": {
        "share_of": "yes",
        "among": ["yes", "no"],
        "bands": [{"from": "125/2", "rating": "fine"}, {"from": "0", "rating": "poor"}],
    },
    "facts": [
        {"id": "size", "title": "Size", "type": "choice", "values": [["small", "Small"], ["large", "Large"]]},
        {"id": "opened", "title": "Opened on", "type": "date"},
    ],
    "standards": [
        {
            "id": "H",
            "slug": "hygiene",
            "title": "Hygiene",
            "statement": "Kitchens are clean.",
            "rated_by": "cases",
            "key_questions": [
                {
                    "id": "clean",
                    "ask": "Is it clean?",
                    "prompts": [{"id": "floors", "ask": "Floors?"}, {"id": "knives", "ask": "Knives?"}],
                    "yes_when": {"at_least": {"count": 1, "of": ["floors", {"not": "knives"}]}},
                    "applies_when": {
                        "any": [
                            {"fact": "size", "one_of": ["small", "large"]},
                            {"fact": "opened", "at_least": "2020-01-31"},
                        ]
                    },
                }
            ],
        }
    ],
}

FILE = """
# As people would write it: with what goes without saying, in another order, with remarks.
edition: "1"
id: kitchens
title: Kitchens
publisher: A council
in_force_from: 2026-01-01
ratings:
  - {id: fine, label: Fine, score: 1}
  - {id: poor, score: 0, label: Poor}
domains: [{id: all_of_it, title: All of it, standards: [hygiene]}]
key_question_bands:
  share_of: yes
  among: [yes, no]
  decided_on: rounded
  bands: [{from: 62.5, rating: fine}, {from: 0, rating: poor}]
panel: {one_case_would_change_it: false}
facts:
  - {id: size, title: Size, type: choice, values: {small: Small, large: Large}, ordered: false}
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
        prompts: [{id: floors, ask: "Floors?"}, {id: knives, ask: "Knives?"}]
        yes_when: {at_least: {count: 1, of: [floors, {not: knives}]}}
        applies_when: {any: [{fact: size, one_of: [small, large]}, {fact: opened, at_least: 2020-01-31}]}
"""


def test_what_is_hashed_is_what_the_files_say_by_their_keys(tmp_path: Path) -> None:
    file = tmp_path / "kitchens.yaml"
    file.write_text(textwrap.dedent(FILE), encoding="utf-8")
    canonical = json.dumps(SAID, sort_keys=True, separators=(",", ":"))
    assert load_framework(file).checksum == f"v1:{hashlib.sha256(canonical.encode()).hexdigest()}"


@settings(max_examples=20)
@given(frameworks())
def test_a_key_that_the_library_gains_and_a_class_that_it_renames_change_no_checksum(framework: Framework) -> None:
    def grown(element: attrs.AttrsInstance) -> object:
        """Return an element as a later library might hold it: another class, with one key more that says nothing."""
        cls = type(element)
        later = attrs.make_class("Other", {"novel": attrs.field(default=())}, bases=(cls,), frozen=True, kw_only=True)
        return later(**{field.name: getattr(element, field.name) for field in attrs.fields(cls)})

    later = evolve(
        framework,
        ratings=tuple(map(grown, framework.ratings)),
        scales={name: tuple(map(grown, steps)) for name, steps in framework.scales.items()},
        facts=tuple(map(grown, framework.facts)),
        standards=tuple(map(grown, framework.standards)),
    )
    assert type(later.standards[0]) is not type(framework.standards[0])
    assert later.checksum == framework.checksum
    said = evolve(later.standards[0], novel=("something",))  # type: ignore[call-arg]  # of the class made above
    assert evolve(later, standards=(said, *later.standards[1:])).checksum != framework.checksum


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        (AllOf((PromptIsYes("floors"), PromptIsYes("knives"))), AllOf((PromptIsYes("knives"), PromptIsYes("floors")))),
        (FactTest("serves_meat", "is", (True,)), FactTest("serves_meat", "is", (False,))),
        (FactTest("seats", "at_least", (1,)), FactTest("seats", "at_most", (1,))),
    ],
    ids=["order", "value", "comparison"],
)
def test_every_word_of_a_rule_counts(small: Small, rule: AllOf | FactTest, other: AllOf | FactTest) -> None:
    framework = small()
    [standard] = framework.standards
    [question] = standard.key_questions

    def with_rule(condition: AllOf | FactTest) -> Framework:
        changed = evolve(standard, key_questions=(evolve(question, yes_when=condition),))
        return evolve(framework, standards=(changed,))

    assert with_rule(rule).checksum != with_rule(other).checksum


def test_the_order_counts_where_it_means_something_and_only_there(small: Small, shipped: Framework) -> None:
    framework = small()
    size = framework.facts_by_id["size"]
    turned = evolve(size, values=dict(reversed(size.values.items())))
    facts = tuple(turned if fact.id == "size" else fact for fact in framework.facts)
    assert evolve(framework, facts=facts).checksum != framework.checksum
    assert shipped.domain_rating is not None
    bands_of = dict(reversed(shipped.domain_rating.bands_of.items()))
    same = evolve(shipped, domain_rating=evolve(shipped.domain_rating, bands_of=bands_of))
    assert same == shipped
    assert same.checksum == shipped.checksum
