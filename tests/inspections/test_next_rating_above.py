"""The way to a better rating above standards, and through what is asked once or judged."""

from __future__ import annotations

import datetime
import json
from itertools import combinations, product
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import (
    Answer,
    Framework,
    Inspection,
    KeyQuestion,
    NextRatingAbove,
    PanelDecision,
    Prompt,
    Rating,
    Standard,
    load_inspection,
    make_framework,
    next_ratings,
    next_ratings_above,
    rate_counts,
    rate_inspection,
)
from ctm_rules.model.conditions import PromptIsYes
from ctm_rules.rating.order import RatingOrder
from tests.support.commands import Run
from tests.support.made_inspections import result_of
from tests.support.paths import ROOT
from tests.support.strategies import MOST, asked_of_provider, framework_around, rated_frameworks

FEW = settings(max_examples=max(MOST // 2, 20))


def judged_alone(framework: Framework) -> Framework:
    """Return a framework in which people rate every standard, so that each can be rated otherwise by itself."""

    def judged(standard: Standard) -> Standard:
        by_people = evolve(standard, rated_by="judgement", key_questions=(), rating=None)
        if framework.scale(standard.scale):
            return by_people
        # It was not rated at all, and no rule looks at it.
        return evolve(by_people, scale=next(iter(framework.scales)), in_total=False)

    return evolve(framework, standards=tuple(map(judged, framework.standards)))


def place(framework: Framework, scale: str, rating: Rating) -> int:
    return RatingOrder(framework, scale).rank(rating)


@FEW
@given(rated_frameworks().map(judged_alone), st.data())
def test_each_change_that_is_named_gives_a_better_rating_and_no_other_does(
    framework: Framework, data: st.DataObject
) -> None:
    steps = {each.slug: framework.scale(each.scale) for each in framework.standards}
    judged = {slug: data.draw(st.sampled_from(scale)).id for slug, scale in steps.items()}

    def rated(judgements: dict[str, str]) -> dict[str, Rating | None]:
        rating = rate_counts(framework, {}, judgements, "reference")
        return {domain.domain.id: domain.rating for domain in rating.domains} | {"": rating.overall}

    now = rated(judged)
    ways = next_ratings_above(result_of(framework, rate_counts(framework, {}, judged, "reference")))
    scales = {domain.id: domain.scale for domain in framework.domains} | {"": "ratings"}
    for way in ways:
        before = now[way.name]
        assert way.rating == before
        found: dict[str, tuple[str, Rating]] = {}
        for slug, scale in steps.items() if before is not None else ():
            here = [step.id for step in scale].index(judged[slug])
            for step in reversed(scale[:here]):
                gives = rated({**judged, slug: step.id})[way.name]
                if gives and place(framework, scales[way.name], gives) < place(framework, scales[way.name], before):
                    found[slug] = step.id, gives
                    break
        named = {each.name: (each.then.id, each.gives) for each in way.changes if each.level == "standard"}
        assert named == found
        assert (way.next is None) == (not way.changes) == bool(way.why_not)
        if way.changes:
            assert way.next == max(
                (each.gives for each in way.changes), key=lambda rating: place(framework, scales[way.name], rating)
            )
    assert {way.name for way in ways} == {
        *(domain.id for domain in framework.domains if framework.rule_of_domain(domain) is not None),
        *([""] if framework.overall is not None else []),
    }


SCHOOL = """\
id: school
edition: "1"
title: Schools
publisher: A council
in_force_from: 2026-01-01
ratings: [{id: good, label: Good}, {id: fair, label: Fair}, {id: poor, label: Poor}]
domains: [{id: work, title: Work, standards: [lessons, food]}, {id: house, title: House, standards: [heating, roof]}]
domain_rating: {take: lowest, of: standards}
overall: {take: lowest, of: domains}
standards:
  - {id: "1", slug: lessons, title: Lessons, statement: Good., rated_by: judgement}
  - {id: "2", slug: food, title: Food, statement: Good., rated_by: judgement}
  - {id: "3", slug: heating, title: Heating, statement: Good., rated_by: judgement}
  - {id: "4", slug: roof, title: Roof, statement: Good., rated_by: judgement}
"""


def school(**judged: str) -> dict[str, NextRatingAbove]:
    framework = make_framework(SCHOOL)
    ways = next_ratings_above(result_of(framework, rate_counts(framework, {}, judged, "reference")))
    return {way.name: way for way in ways}


def test_a_domain_that_alone_is_lowest_is_named_beside_the_standard_that_makes_it_so() -> None:
    ways = school(lessons="good", food="fair", heating="good", roof="good")
    assert [(each.level, each.name, each.then.id, each.gives.id) for each in ways[""].changes] == [
        ("standard", "food", "good", "good"),
        ("domain", "work", "good", "good"),
    ]
    assert [each.distance for each in ways[""].changes] == ["1 judgement", ""]
    assert (ways["work"].to_dict()["rating"], ways["work"].to_dict()["next"]) == ("Fair", "Good")
    assert (ways["work"].next and ways["work"].next.id, ways["house"].why_not) == (
        "good",
        "it has the best rating there is",
    )


def test_where_two_hold_it_down_no_single_one_gives_a_better_rating() -> None:
    ways = school(lessons="poor", food="poor", heating="poor", roof="fair")
    assert ways["work"].why_not == "no standard alone, however much better, gives a better rating"
    assert [(each.name, each.then.id, each.gives.id) for each in ways["house"].changes] == [("heating", "fair", "fair")]
    # Both domains are poor: neither alone is enough.
    assert ways[""].why_not == "no standard or domain alone, however much better, gives a better rating"


def test_without_a_rating_it_is_said_what_is_missing() -> None:
    ways = school(lessons="poor", food="poor", heating="poor")
    assert ways["house"].rating is None
    assert "Roof" in ways["house"].why_not


def test_what_a_panel_decided_of_a_standard_holds_and_what_it_decided_of_the_whole_does_not(
    example: Inspection,
) -> None:
    decision = PanelDecision(
        "requires_improvement", "good", "They are better by now.", "the panel", datetime.date(2025, 11, 1), overall=True
    )
    declared = evolve(example.declared, decisions=(decision,))
    panel = evolve(example.framework.panel, may_move=evolve(example.framework.panel.may_move, overall=1))
    result = rate_inspection(evolve(example, declared=declared, framework=evolve(example.framework, panel=panel)))
    assert result.rating.overall is not None
    assert result.rating.overall.id == "good"
    *_, overall = next_ratings_above(result)
    assert overall.rating is not None
    assert overall.rating.id == "requires_improvement"


def test_it_is_shown_in_a_line() -> None:
    overall = school(lessons="good", food="fair", heating="good", roof="good")[""]
    assert repr(overall) == "<NextRatingAbove Overall: Good, by 2 single changes>"
    assert repr(evolve(overall, why_not="no way")) == "<NextRatingAbove Overall: no way>"


def test_what_a_panel_decided_of_a_domain_holds_above_it_while_the_same_is_computed_of_it() -> None:
    framework = make_framework(SCHOOL)
    judged = {"lessons": "good", "food": "fair", "heating": "fair", "roof": "good"}
    result = result_of(framework, rate_counts(framework, {}, judged, "reference"))
    moved = PanelDecision("fair", "good", "It is.", "the panel", datetime.date(2026, 3, 5), domain="work")
    decided = evolve(result.inspection, declared=evolve(result.inspection.declared, decisions=(moved,)))
    of_work, _, overall = next_ratings_above(evolve(result, inspection=decided))
    assert of_work.rating is not None  # what is computed of it, whatever was decided
    assert (of_work.rating.id, [each.name for each in of_work.changes]) == ("fair", ["food"])
    # Work counts as good already, so that the house alone holds the whole down, and heating alone the house.
    assert [(each.level, each.name) for each in overall.changes] == [("standard", "heating"), ("domain", "house")]
    *_, undecided = next_ratings_above(result)
    assert not undecided.changes


def test_ways_that_are_known_are_not_worked_out_again() -> None:
    framework = make_framework(SCHOOL)
    judged = {"lessons": "good", "food": "fair", "heating": "good", "roof": "good"}
    result = result_of(framework, rate_counts(framework, {}, judged, "reference"))
    ways = next_ratings(result)
    assert next_ratings_above(result, ways) == next_ratings_above(result)
    assert next_ratings_above(result, ways)[0].changes[0].distance == "1 judgement"
    assert not next_ratings_above(result, ())[0].changes[0].distance


def test_a_domain_that_is_called_as_one_of_its_standards_has_not_that_standards_way() -> None:
    framework = make_framework(SCHOOL.replace("{id: work,", "{id: food,"))
    judged = {"lessons": "good", "food": "fair", "heating": "good", "roof": "good"}
    *_, overall = next_ratings_above(result_of(framework, rate_counts(framework, {}, judged, "reference")))
    assert [(each.level, each.name, each.distance) for each in overall.changes] == [
        ("standard", "food", "1 judgement"),
        ("domain", "food", ""),
    ]


# --- What is asked once ------------------------------------------------------------------------------------


def asked_of(framework: Framework, answers: dict[str, Answer]) -> Inspection:
    """Return an inspection in which nothing but these answers is known."""
    inspection = result_of(framework, rate_counts(framework, {}, {}, "reference")).inspection
    provider = evolve(inspection.declared.provider, answers={path: answer.value for path, answer in answers.items()})
    return evolve(inspection, declared=evolve(inspection.declared, provider=provider))


STEPS = (Rating("best", "Best"), Rating("fair", "Fair"), Rating("poor", "Poor"))
ASKED = KeyQuestion("q", "Is it?", tuple(Prompt(name, "Is it?") for name in "abc"), PromptIsYes("a"))


@FEW
@given(asked_of_provider(ASKED, STEPS), st.lists(st.sampled_from([*Answer, None]), min_size=3, max_size=3))
def test_the_fewest_answers_reach_the_goal_and_fewer_do_not(question: KeyQuestion, given: list[Answer | None]) -> None:
    standard = Standard("S", "s", "S", "S.", "cases", (question,))
    framework = framework_around(standards=(standard,), ratings=STEPS, domains=(), key_question_bands=None)
    answers = {f"s.q.{name}": answer for name, answer in zip("abc", given, strict=True) if answer is not None}

    def rank(other: dict[str, Answer]) -> int | None:
        (rated,) = rate_counts(framework, {}, {}, "reference", answers=other).standards
        return None if rated.rating is None else [step.id for step in STEPS].index(rated.rating.id)

    (way,) = next_ratings(rate_inspection(asked_of(framework, answers), engine="reference"))
    before = rank(answers)
    changeable = [path for path in ("s.q.a", "s.q.b", "s.q.c") if answers.get(path) is not Answer.NA]

    def reached(size: int, goal: int) -> bool:
        for chosen in combinations(changeable, size):
            for then in product((Answer.YES, Answer.NO), repeat=size):
                place = rank({**answers, **dict(zip(chosen, then, strict=True))})
                if place is not None and place <= goal:
                    return True
        return False

    if way.next is None:
        assert way.why_not
        return
    goal = [step.id for step in STEPS].index(way.next.id)
    (gap,) = way.answers
    then = {other.path: other.then for other in gap.others}
    place = rank({**answers, **then})
    assert before is not None
    assert place is not None
    assert place <= goal < before
    assert all(other.then is not other.now and other.now is answers.get(other.path) for other in gap.others)
    assert not any(reached(size, goal) for size in range(1, len(gap.others)))


MIXED = """\
id: mixed
edition: "1"
title: Mixed
publisher: A council
in_force_from: 2026-01-01
source: {title: A handbook}
ratings: [{id: good, label: Good}, {id: fair, label: Fair}, {id: poor, label: Poor}]
key_question_bands:
  share_of: yes
  among: [yes, no]
  bands: [{from: 80, rating: good}, {from: 50, rating: fair}, {from: 0, rating: poor}]
standards:
  - id: "1"
    slug: safety
    title: Safety
    statement: It is safe.
    key_questions:
      - {id: floors, ask: Are floors clean?, prompts: [{id: swept, ask: Are they swept?}], yes_when: swept}
      - id: alarms
        ask: Do alarms work?
        asked_of: provider
        prompts:
          - {id: there, ask: Are there alarms?}
          - {id: tested, ask: Are they tested?}
          - {id: logged, ask: Is it logged?}
        rating:
          first_that_holds:
            - {rating: good, when: {all: [there, tested, logged]}}
            - {rating: fair, when: there}
            - {rating: poor}
      - {id: culture, ask: Do people care?, rated_by: judgement}
"""
VISIT = """\
framework: {path: standards/mixed/1}
provider: {id: one, name: One, answers: {safety.alarms.there: yes, safety.alarms.tested: no}}
title: One
fieldwork: {started: 2026-03-04}
cases: {file: cases.csv}
judgements: [{key_question: safety.culture, rating: fair, rationale: Some do.}]
"""


@pytest.fixture
def visit(tmp_path: Path) -> Path:
    folder = tmp_path / "standards" / "mixed" / "1"
    folder.mkdir(parents=True)
    (folder / "framework.yaml").write_text(MIXED, encoding="utf-8")
    (tmp_path / "cases.csv").write_text("case,safety.floors.swept\na,yes\nb,no\n", encoding="utf-8")
    (tmp_path / "visit.yaml").write_text(VISIT, encoding="utf-8")
    return tmp_path / "visit.yaml"


def test_outcomes_answers_and_judgements_are_counted_apart(visit: Path, run: Run) -> None:
    code, out, _ = run("what-if", visit, "--next-rating")
    assert code == 0
    assert "1 Safety: Fair; 1 case outcome, 2 answers and 1 judgement from Good" in out
    shown = [line.strip() for line in out.splitlines()]
    assert "safety.alarms: Fair; answered otherwise:" in shown
    assert "tested: yes (answered no)" in shown
    assert "logged: yes (not answered)" in shown
    assert "safety.culture: judged Good and not Fair" in shown
    way = json.loads(run("what-if", visit, "--next-rating", "--json")[1])["next_rating"][0]
    assert [each["prompt"] for each in way["answers"][0]["answers"]] == ["safety.alarms.tested", "safety.alarms.logged"]
    assert way["judgements"] == [{"id": "safety.culture", "rating": "Fair", "rating_then": "Good"}]


def test_an_answer_may_have_to_be_no(visit: Path) -> None:
    file = visit.parent / "standards" / "mixed" / "1" / "framework.yaml"
    file.write_text(MIXED.replace("all: [there, tested, logged]", "all: [tested, {not: there}]"), encoding="utf-8")
    (way,) = next_ratings(rate_inspection(load_inspection(visit)))
    assert [(each.path, each.then) for each in way.answers[0].others] == [
        ("safety.alarms.there", Answer.NO),
        ("safety.alarms.tested", Answer.YES),
    ]


def test_what_does_not_apply_is_not_answered_otherwise(visit: Path) -> None:
    file = visit.parent / "standards" / "mixed" / "1" / "framework.yaml"
    file.write_text(MIXED.replace("all: [there, tested, logged]", "all: [tested, {not: there}]"), encoding="utf-8")
    visit.write_text(VISIT.replace("tested: no", "tested: na, safety.alarms.logged: yes"), encoding="utf-8")
    (way,) = next_ratings(rate_inspection(load_inspection(visit)))
    # Nothing but `there` is left, and without it the first line holds.
    assert [(each.path, each.then) for each in way.answers[0].others] == [("safety.alarms.there", Answer.NO)]
    visit.write_text(VISIT.replace("there: yes", "there: na"), encoding="utf-8")
    (way,) = next_ratings(rate_inspection(load_inspection(visit)))
    assert [each.path for each in way.answers[0].others] == ["safety.alarms.tested"]


def test_the_example_of_food_hygiene_names_the_one_score_that_is_too_high(run: Run) -> None:
    scheme = ROOT / "examples" / "schemes" / "food-hygiene" / "inspection.yaml"
    out = " ".join(run("what-if", scheme, "--next-rating")[1].split())
    # 5, 5 and 10 points: two standards are at 5 already, and without the 10 they are 15, the printed limit.
    assert (
        "Overall: 4 Good; each of these alone gives a better rating: 3 How the business manages food safety: "
        "Generally satisfactory → Good (1 judgement) gives 5 Very good" in out
    )
    found = json.loads(run("what-if", scheme, "--next-rating", "--json")[1])["next_rating_above"]
    assert [(each["level"], each["next"], len(each["changes"])) for each in found] == [("overall", "5 Very good", 1)]
