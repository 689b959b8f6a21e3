"""Every condition of a framework is reached, by the walk and by the rebuilding alike."""

from __future__ import annotations

from typing import get_args

import attrs
from attrs import evolve
from hypothesis import Phase, given, settings

from ctm_rules import Framework
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FactTest,
    Not,
    PromptIsYes,
    children,
    facts_in,
    walk,
    with_children,
)
from ctm_rules.model.framework import (
    Domain,
    DomainRating,
    Group,
    KeyQuestion,
    Measure,
    Prompt,
    Sample,
    Standard,
    SubGroup,
    Variant,
    VariantRule,
)
from ctm_rules.model.framework_conditions import conditions_of, map_conditions, provider_conditions
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    RatingLine,
    RatingStep,
    StandardRating,
    TakeRating,
    conditions_of_rule,
)
from tests.support.strategies import MOST, framework_around, frameworks


def declared_below(value: object) -> list[object]:
    """Return everything declared in a value, whatever it is, down to single clauses."""
    if isinstance(value, tuple | dict):
        items = value.values() if isinstance(value, dict) else value
        return [each for item in items for each in declared_below(item)]
    if not attrs.has(type(value)):
        return []
    below = [declared_below(getattr(value, field.name)) for field in attrs.fields(type(value)) if field.name != "at"]
    return [value, *(each for part in below for each in part)]


def of_ratings(framework: Framework) -> list[Condition]:
    """Return every condition about ratings and providers, whether or not its rule applies to anything."""
    elements = (*framework.standards, *framework.domains)
    rules = [framework.standard_rating, framework.domain_rating, framework.overall, *(each.rating for each in elements)]
    declared = [rule for rule in rules if rule is not None and not isinstance(rule, DomainRating)]
    of_standards = [each.applies_when for each in framework.standards if each.applies_when is not None]
    return [*of_standards, *(condition for rule in declared for condition in conditions_of_rule(rule))]


@settings(max_examples=max(40, MOST // 20))
@given(frameworks())
def test_the_walk_reaches_every_fact_test_of_a_framework(framework: Framework) -> None:
    conditions = [*(condition for _, condition in conditions_of(framework)), *of_ratings(framework)]
    walked = [node for condition in conditions for node in walk(condition)]
    declared = [node for node in declared_below(framework) if isinstance(node, FactTest)]
    assert sorted(map(repr, declared)) == sorted(repr(node) for node in walked if isinstance(node, FactTest))


# --- One condition at each place that can have one --------------------------------------------------------


def about(name: str) -> FactTest:
    return FactTest(name, "is", (True,))


def stepped(name: str) -> tuple[RatingStep, ...]:
    return (RatingStep(worse_by=1, when=about(name)), RatingStep(better_by=1))


LINES = FirstThatHolds((RatingLine("good", about("line of a question")), RatingLine("poor")), then=stepped("its step"))
ASKED = KeyQuestion(
    *("q", "?", (Prompt("p", "?", about("prompt")), Prompt("o", "?")), AllOf((PromptIsYes("p"), about("rule")))),
    applies_when=about("question"),
    variants={"v": VariantRule(AnyOf((PromptIsYes("o"), about("rule of a variant"))))},
)
OF_LINES = KeyQuestion("r", "?", (Prompt("p", "?"),), asked_of="provider", rating=LINES)
EVERYWHERE = framework_around(
    standards=(
        Standard(
            *("S", "s", "Standard", "It is good.", "cases"),
            key_questions=(ASKED, OF_LINES),
            applies_when=about("standard"),
            rating=FirstThatHolds((RatingLine("good", about("line of a standard")), RatingLine("poor"))),
        ),
        Standard("T", "t", "Other", "It is good.", "judgement"),
    ),
    samples=(Sample("one", "One", about("sample")),),
    variants=(Variant("v", "V", about("variant")),),
    measures=(Measure("m", "M", about("measure")), Measure("n", "N")),
    subgroups=(SubGroup("g", "G", (Group("a", "A", about("group")), Group("b", "B", about("other group")))),),
    domains=(
        Domain("d", "D", ("s",), rating=TakeRating("lowest", "standards", then=stepped("step of a domain"))),
        Domain("e", "E", ("t",)),
    ),
    standard_rating=StandardRating(then=stepped("step of all standards")),
    domain_rating=TakeRating("lowest", "standards", then=stepped("step of all domains")),
    overall=TakeRating("lowest", "domains", then=stepped("step of the whole")),
)
OF_CASES = [
    ("one", "sample"),
    ("v", "variant"),
    ("q", "question"),
    ("p", "prompt"),
    ("q", "rule"),
    ("rule", "rule of a variant"),
    ("r", "line of a question"),
    ("r", "its step"),
    ("m", "measure"),
    ("a", "group"),
    ("b", "other group"),
]
OF_RATINGS = ["standard", "line of a standard", "step of a domain", "step of all domains", "step of the whole"]


def test_the_walk_yields_each_condition_with_what_it_belongs_to_in_declared_order() -> None:
    found = [
        (getattr(element, "id", "rule"), fact) for element, each in conditions_of(EVERYWHERE) for fact in facts_in(each)
    ]
    assert found == OF_CASES
    assert [fact for each in provider_conditions(EVERYWHERE) for fact in facts_in(each)] == OF_RATINGS


def test_rebuilding_reaches_each_place_once() -> None:
    def renamed(condition: Condition) -> Condition:
        if isinstance(condition, FactTest):
            return evolve(condition, fact=f"{condition.fact}!")
        return with_children(condition, tuple(map(renamed, children(condition))))

    def facts_of(framework: Framework) -> list[str]:
        return [node.fact for node in declared_below(framework) if isinstance(node, FactTest)]

    changed = map_conditions(EVERYWHERE, renamed)
    # A default that no element goes by, and the rule of what is asked once, have conditions too.
    assert {*facts_of(EVERYWHERE)} == {*(fact for _, fact in OF_CASES), *OF_RATINGS, "step of all standards"}
    assert facts_of(changed) == [f"{fact}!" for fact in facts_of(EVERYWHERE)]
    without = map_conditions(EVERYWHERE, lambda _: about("the same"))
    assert map_conditions(changed, lambda _: about("the same")) == without
    assert [each.id for each in without.domains] == ["d", "e"]


def test_every_form_of_clause_is_drawn_so_that_properties_hold_for_it() -> None:
    drawn: set[type] = set()

    @settings(max_examples=80, phases=[Phase.generate], database=None, deadline=None, derandomize=True)
    @given(frameworks())
    def look(framework: Framework) -> None:
        conditions = [*(condition for _, condition in conditions_of(framework)), *of_ratings(framework)]
        drawn.update(type(node) for condition in conditions for node in walk(condition))

    look()
    assert set(get_args(Condition)) <= drawn


@settings(max_examples=max(40, MOST // 20))
@given(frameworks())
def test_what_a_condition_belongs_to_holds_it(framework: Framework) -> None:
    for element, condition in conditions_of(framework):
        own = [getattr(element, key, None) for key in ("when", "applies_when", "yes_when")]
        rating = getattr(element, "rating", None)
        own += conditions_of_rule(rating) if isinstance(rating, FirstThatHolds) else ()
        assert any(each is condition for each in own)


@settings(max_examples=max(40, MOST // 20))
@given(frameworks())
def test_rebuilding_changes_every_condition_once_and_nothing_else(framework: Framework) -> None:
    seen: list[Condition] = []

    def negated(condition: Condition) -> Condition:
        seen.append(condition)
        return Not(condition)

    changed = map_conditions(framework, negated)
    conditions = [condition for _, condition in conditions_of(framework)]
    assert [condition for _, condition in conditions_of(changed)] == list(map(Not, conditions))
    assert of_ratings(changed) == list(map(Not, of_ratings(framework)))
    assert sorted(map(repr, seen)) == sorted(map(repr, [*conditions, *of_ratings(framework)]))

    def as_before(condition: Condition) -> Condition:
        assert isinstance(condition, Not)
        return condition.clause

    assert map_conditions(changed, as_before) == framework


@settings(max_examples=max(40, MOST // 20))
@given(frameworks())
def test_a_clause_with_its_own_clauses_below_it_is_the_same_clause(framework: Framework) -> None:
    for _, condition in conditions_of(framework):
        for node in walk(condition):
            assert with_children(node, children(node)) == node
            assert not children(node) or facts_in(with_children(node, (FactTest("new", "is", (1,)),))) == ("new",)
