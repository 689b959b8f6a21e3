"""What check says of rating rules: lines and steps that never do anything, and ratings that nothing gives."""

from __future__ import annotations

from itertools import product

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import Framework, Standard, check_framework, make_framework, rate_counts
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.meaning import rating_rules
from ctm_rules.model.rating_rules import FirstThatHolds, RatingRule
from tests.support.strategies import Lying, framework_around, rating_scales
from tests.support.strategies import rating_rules as any_rules

SLUGS = ("first", "second", "third")


# --- Held against every combination of ratings ---------------------------------------------------------------


def with_lines(rule: RatingRule) -> RatingRule:
    """Return a rule whose lines stand on lines from 1 of a file, and its steps from 101."""
    then = tuple(evolve(step, at=Location("rule", 101 + number)) for number, step in enumerate(rule.then))
    rule = evolve(rule, then=then, at=Location("rule", 201))
    if not isinstance(rule, FirstThatHolds):
        return rule
    lines = [evolve(line, at=Location("rule", 1 + number)) for number, line in enumerate(rule.first_that_holds)]
    return evolve(rule, first_that_holds=tuple(lines))


@st.composite
def rated_as_a_whole(draw: st.DrawFn) -> Framework:
    """Standards that people rate, of which one may stand beside the total, and any rule of the whole."""
    ratings = tuple(draw(rating_scales()))
    counts = [True, True, draw(st.booleans())]
    standards = tuple(
        Standard(slug, slug, slug.title(), "It is good.", "judgement", in_total=each)
        for slug, each in zip(SLUGS, counts, strict=True)
    )
    lying = {slug: Lying(ratings, counts=each) for slug, each in zip(SLUGS, counts, strict=True)}
    rule = with_lines(draw(any_rules(ratings, {"standards": lying})))
    return framework_around(standards=standards, ratings=ratings, domains=(), overall=rule, key_question_bands=None)


@settings(max_examples=60)
@given(rated_as_a_whole())
def test_what_no_combination_of_ratings_gives_is_said_and_nothing_else(framework: Framework) -> None:
    rule = framework.overall
    assert rule is not None
    given_ratings, lines, steps = set(), set(), set()
    for ratings in product(framework.ratings, repeat=3):
        judged = {slug: rating.id for slug, rating in zip(SLUGS, ratings, strict=True)}
        rated = rate_counts(framework, {}, judged, "reference")
        assert rated.overall is not None
        given_ratings.add(rated.overall)
        for reason in rated.overall_because:
            if reason.part != "bands":
                (lines if reason.part == "line" else steps).add(reason.number)
    findings = Findings()
    rating_rules.check_rating_rules(framework, findings)
    found = sorted((each.code, each.line) for each in findings)
    declared = rule.first_that_holds if isinstance(rule, FirstThatHolds) else ()
    expected = [("line-never-holds", 1 + number) for number in range(len(declared)) if number not in lines]
    # Where a line never gives its rating, that is why a rating is missing.
    is_said = not expected and (declared or rule.then)
    expected += [("idle-step", 101 + number) for number in range(len(rule.then)) if number not in steps]
    expected += [("rule-never-gives", 201)] if is_said and given_ratings < {*framework.ratings} else []
    assert found == sorted(expected)


# --- In words, and by hand -----------------------------------------------------------------------------------

SCHOOL = """\
id: school
edition: "1"
title: Schools
publisher: A council
in_force_from: 2026-01-01
source: {title: A handbook}
ratings: [{id: good, label: Good, score: 2}, {id: fair, label: Fair, score: 1}, {id: poor, label: Poor, score: 0}]
provider_facts:
  - {id: small, title: A small school, type: yes_no}
  - {id: pupils, title: Pupils, type: whole_number}
domains: [{id: work, title: Work, standards: [lessons, food]}, {id: house, title: House, standards: [roof]}]
standards:
  - {id: "1", slug: lessons, title: Lessons, statement: Good., rated_by: judgement}
  - {id: "2", slug: food, title: Food, statement: Good., rated_by: judgement}
  - id: "3"
    slug: roof
    title: Roof
    statement: Good.
    key_questions:
      - id: dry
        ask: Is it dry?
        prompts: [{id: dry, ask: Is it?}]
        yes_when: dry
        rating: {share_of: yes, among: [yes, no], bands: [{from: 50, rating: good}, {from: 0, rating: poor}]}
"""
CODES = ("line-never-holds", "idle-step", "rule-never-gives", "rule-not-decided")


def said(rules: str, school: str = SCHOOL) -> list[tuple[str, str, str, str]]:
    """Return what is found of rules that stand below the standards: code, text at its place, message and hint."""
    text = school + rules
    found = [each for each in check_framework(make_framework(text)) if each.code in CODES]
    lines = text.splitlines()
    return [(each.code, lines[each.line - 1][each.column - 1 :], each.message, each.hint) for each in found]


FIRST = "overall:\n  first_that_holds:\n"
CORRECT = "correct its condition, move it above the lines that take its place, or delete it"


def test_a_line_that_never_gives_its_rating() -> None:
    line = "{rating: poor, when: {all: [{standard: food, rated: poor}, {standard: food, rated: good}]}}"
    others = "    - {rating: fair, when: {standard: food, rated: fair}}\n    - {rating: good}\n"
    rules = f"{FIRST}    - {line}\n{others}"
    message = 'the line of the overall rating that gives "poor" never does'
    assert said(rules) == [("line-never-holds", line, message, CORRECT)]


def test_a_last_line_that_is_never_reached() -> None:
    every = "{any: [{standard: food, rated_or_better: fair}, {standard: food, rated: poor}]}"
    rules = f"{FIRST}    - {{rating: good, when: {every}}}\n    - {{rating: poor}}\n"
    message = 'the line of the overall rating that gives "poor" never does: another line always comes first'
    assert said(rules) == [("line-never-holds", "{rating: poor}", message, CORRECT)]


def test_a_step_that_moves_nothing_and_a_rating_that_nothing_gives() -> None:
    steps = "  then:\n    - {no_better_than: fair}\n    - {no_better_than: fair}\n"
    assert said(f"overall:\n  take: lowest\n  of: [food, lessons]\n{steps}") == [
        (
            *("rule-never-gives", "take: lowest", "the overall rating is never good"),
            "add what gives it, or leave it if that is meant",
        ),
        (
            *("idle-step", "{no_better_than: fair}"),
            *("this step of the overall rating changes no rating: no better than Fair", "correct it, or delete it"),
        ),
    ]


@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        # Of the roof there is no third rating, and nothing makes the house fair.
        pytest.param("{standard: roof, rated: fair}", ["line-never-holds"], id="what shares never give"),
        pytest.param("{standard: roof, rated: poor}", [], id="what shares give"),
        pytest.param("{domain: house, rated: fair}", ["line-never-holds"], id="what a domain never gets"),
        pytest.param("{domain: work, rated: fair}", [], id="what a domain gets"),
        pytest.param("{at_least: {count: 3, of: standards, rated: fair}}", ["line-never-holds"], id="a count too high"),
        pytest.param("{at_least: {count: 2, of: standards, rated: fair}}", [], id="a count that two reach"),
        pytest.param("{fact: small, is: yes}", [], id="a fact"),
        pytest.param("{all: [{fact: small, is: yes}, {fact: small, is: no}]}", ["line-never-holds"], id="no such fact"),
        pytest.param("{all: [{fact: pupils, at_least: 10}, {fact: pupils, at_most: 10}]}", [], id="just the number"),
        pytest.param(
            "{all: [{fact: pupils, at_least: 11}, {fact: pupils, at_most: 10}]}", ["line-never-holds"], id="no number"
        ),
    ],
)
def test_a_line_is_tried_with_every_rating_and_fact_there_can_be(rules: str, codes: list[str]) -> None:
    """A line in the middle of three; the others always give their ratings for something."""
    lines = (
        f"    - {{rating: good, when: {{standard: food, rated: good}}}}\n    - {{rating: fair, when: {rules}}}\n"
        "    - {rating: poor}\n"
    )
    assert [code for code, *_ in said(f"domain_rating: {{take: lowest, of: standards}}\n{FIRST}{lines}")] == codes


def test_bands_that_a_fact_chooses_are_tried_each() -> None:
    rest = "{from: 0, rating: poor}]"
    rows = f"{{yes: [{{from: 2, rating: good}}, {rest}, no: [{{from: 3, rating: ROW}}, {rest}}}"
    then = "then: [{no_worse_than: good, when: {standard: food, rated: good}}]"
    rules = f"overall: {{sum_of: scores, of: [food, lessons], bands_by: {{small: {rows}}}, {then}}}\n"
    assert said(rules.replace("ROW", "fair")) == []
    (found,) = said(rules.replace("ROW", "good"))
    assert (found[0], found[2]) == ("rule-never-gives", "the overall rating is never fair")


def test_with_weights_it_matters_which_of_two_has_which_rating() -> None:
    """Only where food is good and lessons are worse is the sum 6 or 7, and only where it is, the whole is good."""
    bands = "[{from: 8, rating: fair}, {from: 6, rating: good}, {from: 5, rating: fair}, {from: 0, rating: poor}]"
    step = "{worse_by: 1, when: {at_least: {count: 2, of: [food, lessons], rated: good}}}"
    summed = "sum_of: scores, of: [food, lessons], weights: {food: 3}, monotone: no"
    assert said(f"overall: {{{summed}, bands: {bands}, then: [{step}]}}\n") == []


def test_a_step_is_said_by_the_scale_that_it_moves_on() -> None:
    scales = "scales: {stars: [{id: good, label: Two stars}, {id: poor, label: One star}]}\n"
    school = SCHOOL.replace("\nstandards:\n", f"\n{scales}standards:\n")
    house = "{id: house, title: House, standards: [roof], scale: stars, rating: RULE}"
    rule = "{first_that_holds: [{rating: poor}], then: [{no_better_than: poor}]}"
    school = school.replace("{id: house, title: House, standards: [roof]}", house.replace("RULE", rule))
    assert [message for _, _, message, _ in said("", school)] == [
        'the domain "house" is never good',
        'this step of the domain "house" changes no rating: no better than One star',
    ]


def test_a_standard_beside_the_total_may_be_named_above_domains() -> None:
    food = '{id: "2", slug: food, title: Food, statement: Good., rated_by: judgement'
    step = "{no_better_than: fair, when: {standard: food, rated: poor}}"
    rules = f"domain_rating: {{take: lowest, of: standards}}\noverall: {{take: lowest, of: domains, then: [{step}]}}\n"
    assert said(rules, SCHOOL.replace(food, f"{food}, in_total: no")) == []


def test_each_rating_below_is_one_of_its_own_scale() -> None:
    scales = "scales: {stars: [{id: two, label: Two stars}, {id: one, label: One star}]}\n"
    lessons = '{id: "1", slug: lessons, title: Lessons, statement: Good., rated_by: judgement'
    school = SCHOOL.replace("\nstandards:\n", f"\n{scales}standards:\n").replace(lessons, f"{lessons}, scale: stars")
    line = "{rating: good, when: {all: [{standard: lessons, rated: two}, {standard: food, rated: fair}]}}"
    (found,) = said(f"{FIRST}    - {line}\n    - {{rating: poor}}\n", school)
    assert (found[0], found[2]) == ("rule-never-gives", "the overall rating is never fair")


def test_what_is_wrong_with_a_default_is_said_of_the_first_element() -> None:
    domains = "domain_rating: {take: highest, of: standards, then: [{no_better_than: good}]}\n"
    found = said(f"{domains}overall: {{take: lowest, of: domains}}\n")
    assert [(code, message) for code, _, message, _ in found] == [
        ("idle-step", 'this step of the domain "work" changes no rating: no better than Good'),
    ]


@pytest.mark.parametrize(
    ("most", "is_decided"), [pytest.param(27, True, id="as many"), pytest.param(26, False, id="one more")]
)
def test_more_combinations_than_are_tried_are_said(
    most: int, is_decided: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two standards named and the domain of one of them: 3 · 3 · 3 ratings."""
    monkeypatch.setattr(rating_rules, "MAX_RATING_COMBINATIONS", most)
    conditions = "{all: [{standard: food, rated: poor}, {standard: lessons, rated: poor}, {domain: work, rated: good}]}"
    rules = "domain_rating: {take: lowest, of: standards}\noverall:\n  take: lowest\n  of: [food]\n"
    found = said(f"{rules}  then: [{{worse_by: 1, when: {conditions}}}]\n")
    assert ("rule-not-decided" not in [code for code, *_ in found]) == is_decided
    if not is_decided:
        assert found == [
            (
                *("rule-not-decided", "take: lowest"),
                "there are more than 26 combinations of ratings below the overall rating",
                "count ratings instead of naming each, if lines that never hold are to be found",
            )
        ]


def test_a_rule_that_is_not_decided_keeps_no_other_from_being_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rating_rules, "MAX_RATING_COMBINATIONS", 5)
    step = "{worse_by: 1, when: {all: [{standard: food, rated: poor}, {standard: lessons, rated: good}]}}"
    rule = f"rating: {{take: lowest, of: standards, then: [{step}]}}"
    school = SCHOOL.replace("standards: [lessons, food]}", f"standards: [lessons, food], {rule}}}")
    school = school.replace("standards: [roof]}", "standards: [roof], rating: {take: lowest, of: standards}}")
    found = said("overall: {take: lowest, of: [food], then: [{worse_by: 2}]}\n", school)
    assert [(code, message) for code, _, message, _ in found] == [
        ("rule-not-decided", 'there are more than 5 combinations of ratings below the domain "work"'),
        ("rule-never-gives", "the overall rating is never good or fair"),
    ]


def test_ratings_that_are_counted_are_few_combinations_however_many_standards_there_are() -> None:
    many = "".join(
        f'  - {{id: "{number}", slug: s{number}, title: S, statement: Good., rated_by: judgement}}\n'
        for number in range(10, 40)
    )
    one = "{rating: poor, when: {at_least: {count: 31, of: standards, rated: poor}}}"
    lines = f"    - {one}\n    - {{rating: fair, when: {{at_least: {{count: 30, of: standards, rated: poor}}}}}}\n"
    school = SCHOOL.replace("domains:", "# domains:").replace("\nstandards:\n", f"\nstandards:\n{many}")
    assert said(f"{FIRST}{lines}    - {{rating: good}}\n", school) == []
