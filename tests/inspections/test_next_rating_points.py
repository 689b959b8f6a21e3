"""The way to the next rating where there are points: the fewest cases and answers, held against all others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules import (
    Answer,
    Band,
    Case,
    Framework,
    Inspection,
    NextRating,
    StepAnswer,
    load_framework,
    make_framework,
    next_ratings,
    rate_counts,
    rate_inspection,
    rate_outcomes,
)
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.inspections.next_rating_points import Wanted
from ctm_rules.model.framework import KeyQuestion, PointsInBands
from tests.support.commands import Run
from tests.support.drawn_points import RANKS, all_answered, all_answered_otherwise, as_cases, questions, rank_of
from tests.support.made_inspections import result_of
from tests.support.points_framework import POINTS
from tests.support.rated_by_hand import Answered, placed, rounded, scores_of


def as_placed(rule: PointsInBands, value: Fraction) -> Fraction:
    return rounded(value, rule.to, rule.round) if rule.decided_on == "rounded" else value


def inspected(framework: Framework, case: Answered, question: str = "s.q") -> Inspection:
    """Return an inspection in which nothing but the answers of the provider is known."""
    inspection = result_of(framework, rate_counts(framework, {}, {}, "reference")).inspection
    provider = evolve(
        inspection.declared.provider, answers={f"{question}.{prompt}": word for prompt, word in case.items()}
    )
    return evolve(inspection, declared=evolve(inspection.declared, provider=provider))


def way_of(framework: Framework, cases: Sequence[Case]) -> NextRating:
    engine = ReferenceEngine(framework)
    rating = rate_outcomes(framework, [engine.assess(case) for case in cases], {}, engine)
    (way,) = next_ratings(result_of(framework, rating, tuple(cases)))
    return way


def evidence(people: str, processes: str) -> Case:
    """A case of the workshops without machines, of which only the first question is asked."""
    given = {"people": StepAnswer(people) if people != "na" else Answer.NA, "processes": Answer(processes)}
    answers = {f"work.evidence.{prompt}": answer for prompt, answer in given.items()}
    return Case(f"{people} {processes}", {"has_machines": False, "is_open": False}, answers)


def with_rating(framework: Framework, name: str, rating: PointsInBands) -> Framework:
    (standard,) = framework.standards
    asked = tuple(evolve(each, rating=rating) if each.id == name else each for each in standard.key_questions)
    return evolve(framework, standards=(evolve(standard, key_questions=asked),))


@pytest.fixture
def workshops(tmp_path: Path) -> Framework:
    (tmp_path / "workshops.yaml").write_text(POINTS, encoding="utf-8")
    return load_framework(tmp_path / "workshops.yaml")


@given(questions(), st.data())
def test_the_fewest_cases_and_answers_reach_the_next_rating_and_fewer_do_not(
    drawn: tuple[Framework, KeyQuestion, PointsInBands, Wanted], data: st.DataObject
) -> None:
    framework, question, rule, wanted = drawn
    cases = data.draw(all_answered(framework, question))
    way = way_of(framework, as_cases(framework, cases))
    if way.rating is None:
        assert way.why_not
        return
    before = rank_of(framework, question, rule, cases)
    every = [
        (rank_of(framework, question, rule, other), changed)
        for other, changed in all_answered_otherwise(framework, question, cases)
    ]
    if way.next is None:
        assert way.why_not
        assert min(rank for rank, _ in every) == before
        return
    (gap,), goal = way.points, RANKS.index(way.next.id)
    assert goal < before
    enough = [changed for rank, changed in every if rank <= goal]
    assert (gap.wanted, gap.answers_needed) == (wanted, min(map(len, enough)))
    assert gap.needed == min(len({place for place, _ in changed}) for changed in enough)
    assert RANKS.index(placed(rule.bands, as_placed(rule, gap.value))) <= goal
    assert not any(way.answers + way.judgements)


@given(questions("provider"), st.data())
def test_the_fewest_answers_of_a_provider_are_others(
    drawn: tuple[Framework, KeyQuestion, PointsInBands, Wanted], data: st.DataObject
) -> None:
    framework, question, rule, _ = drawn
    (case,) = data.draw(all_answered(framework, question, 1))
    (way,) = next_ratings(rate_inspection(inspected(framework, case), engine="reference"))
    if way.rating is None:
        assert way.why_not
        return
    before = rank_of(framework, question, rule, [case])
    every = [
        (rank_of(framework, question, rule, other), changed)
        for other, changed in all_answered_otherwise(framework, question, [case])
    ]
    if way.next is None:
        assert way.why_not
        assert min(rank for rank, _ in every) == before
        return
    (gap,), goal = way.answers, RANKS.index(way.next.id)
    then = {**case, **{other.path.rpartition(".")[2]: other.then.value for other in gap.others}}
    assert rank_of(framework, question, rule, [then]) <= goal < before
    assert len(gap.others) == min(len(changed) for rank, changed in every if rank <= goal)
    # Each is the nearest that is enough: nothing between it and what was answered is, while the others stay.
    for other in gap.others:
        prompt = other.path.rpartition(".")[2]
        scores = scores_of(framework, next(each for each in question.prompts if each.id == prompt))
        between = sorted((scores[case[prompt]], scores[then[prompt]]))
        for word, score in scores.items():
            if between[0] < score < between[1]:
                assert rank_of(framework, question, rule, [{**then, prompt: word}]) > goal


def test_what_can_be_better_or_worse_by_more_points_is_said(workshops: Framework) -> None:
    rising_and_falling = PointsInBands(
        mean_of="points",
        bands=(Band(Fraction(80), "poor"), Band(Fraction(40), "fine"), Band(Fraction(0), "poor")),
        monotone=False,
    )
    framework = with_rating(workshops, "evidence", rising_and_falling)
    way = way_of(framework, [evidence("weak", "no")])
    assert (way.next, way.why_not) == (None, "more points for work.evidence can make it better or worse")


def test_no_answers_are_enough(workshops: Framework) -> None:
    out_of_reach = PointsInBands(sum_of="points", bands=(Band(Fraction(500), "fine"), Band(Fraction(0), "poor")))
    way = way_of(with_rating(workshops, "evidence", out_of_reach), [evidence("weak", "no")])
    assert way.why_not == "no other answers to the prompts that count for work.evidence give Fine"


def test_prompts_stand_in_the_way_by_how_far_the_value_would_move(workshops: Framework) -> None:
    # By hand, without machines: 100·(2·2 + 0) / 7, 0 of 7, and 100 where only processes count: 157.14 in all, 52.38.
    cases = [evidence("good", "no"), evidence("weak", "no"), evidence("na", "yes")]
    (gap,) = way_of(workshops, cases).points
    assert (gap.result.value, gap.needed, gap.short, gap.answers_needed) == (Fraction(1100, 21), 1, 2, 1)
    assert gap.value == Fraction(100 * (4 + 7 + 7), 21)
    # People: 2·1 and 2·3 of 7 more; processes: 1 and 1 of 7.
    assert [(each.path, each.answers, each.points) for each in gap.in_the_way] == [
        ("work.evidence.people", 2, Fraction(800, 21)),
        ("work.evidence.processes", 2, Fraction(200, 21)),
    ]


FAULTS = """\
id: buildings
edition: "1"
title: Buildings
publisher: A council
in_force_from: 2026-01-01
ratings: [{id: good, label: Good}, {id: fair, label: Fair}, {id: poor, label: Poor}]
scales:
  fault:
    - {id: none, label: None, score: 0}
    - {id: small, label: Small, score: 1}
    - {id: plain, label: Plain, score: 2}
    - {id: grave, label: Grave, score: 5}
standards:
  - id: B
    slug: buildings
    title: Buildings
    statement: Buildings are sound.
    key_questions:
      - id: faults
        ask: How many faults are there?
        points: {sum_of: prompts}
        prompts:
          - {id: floors, ask: What is wrong with floors?, answers: fault}
          - {id: roof, ask: What is wrong with the roof?, answers: fault}
          - {id: walls, ask: What is wrong with walls?, answers: fault}
        rating:
          mean_of: points
          bands: [{up_to: 2, rating: good}, {up_to: 4, rating: fair}, {rating: poor}]
"""


def test_where_fewer_points_are_better_those_that_have_most_come_first() -> None:
    # Points of five buildings: 5, 7, 1, 1 and 0, which are 2.8 on average. Good is up to 2: it is enough that 7 is 0.
    found = [
        ("grave", "none", "none"),
        ("plain", "none", "grave"),
        ("none", "none", "small"),
        ("none", "none", "small"),
        ("none", "none", "none"),
    ]
    prompts = [f"buildings.faults.{prompt}" for prompt in ("floors", "roof", "walls")]
    cases = [
        Case(f"c{number}", {}, dict(zip(prompts, map(StepAnswer, words), strict=True)))
        for number, words in enumerate(found)
    ]
    (gap,) = way_of(make_framework(FAULTS), cases).points
    assert (gap.result.value, gap.wanted, gap.needed, gap.value) == (Fraction(14, 5), "fewer", 1, Fraction(7, 5))
    # Of 14 points in all, one answer of 5 fewer leaves 9: less than the 10 that are 2 on average.
    assert (gap.short, gap.answers_needed) == (4, 1)
    # Floors and walls have seven each, floors in two answers and walls in three; the roof is in nobody's way.
    assert [(each["prompt"], each["answers"], each["points"]) for each in gap.to_dict()["in_the_way"]] == [
        ("buildings.faults.walls", 3, "7/5"),
        ("buildings.faults.floors", 2, "7/5"),
    ]


def test_where_fewer_points_are_better_the_provider_is_told_of_the_worst() -> None:
    text = FAULTS.replace("mean_of: points", "sum_of: points").replace(
        "ask: How", "asked_of: provider\n        ask: How"
    )
    text = text.replace("{up_to: 2,", "{up_to: 3,").replace("{up_to: 4,", "{up_to: 8,")
    case = {"floors": "grave", "roof": "plain", "walls": "small"}
    inspection = inspected(make_framework(text), case, "buildings.faults")
    (way,) = next_ratings(rate_inspection(inspection, engine="reference"))
    # Of 8 points, 3 must be left: roof and walls together are so many, so that floors must have none.
    (gap,) = way.answers
    assert [(other.path, other.then.value) for other in gap.others] == [("buildings.faults.floors", "none")]


@pytest.fixture
def visit(tmp_path: Path) -> Path:
    (tmp_path / "workshops.yaml").write_text(POINTS, encoding="utf-8")
    asked = {"evidence": ("people", "processes", "machines"), "sums": ("tools", "space"), "means": ("start", "end")}
    prompts = [f"{name}.{prompt}" for name, prompts in asked.items() for prompt in prompts]
    rows = [f"a{n},no,yes,good,no,na,yes,weak,good,good" for n in range(5)]
    rows += [f"b{n},no,yes,weak,no,na,no,excellent,good,good" for n in range(5)]
    header = ",".join(["case,has_machines,is_open", *(f"work.{prompt}" for prompt in prompts)])
    (tmp_path / "cases.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    (tmp_path / "visit.yaml").write_text(VISIT, encoding="utf-8")
    return tmp_path / "visit.yaml"


VISIT = """\
framework: {path: workshops.yaml}
provider: {id: one, name: One}
title: One
fieldwork: {started: 2026-03-04}
cases: {file: cases.csv}
"""


def test_what_if_and_the_report_say_it(visit: Path, run: Run) -> None:
    # By hand: five of 400/7 and five of 0 are 28.57 on average. Fair is from 40, for which one of 100 in place of 0 is
    # too little (38.57) and two are enough (48.57), and so is 600/7 in place of 0 twice (45.71).
    code, out, _ = run("what-if", visit, "--next-rating")
    assert code == 0
    said = " ".join(out.split())
    assert "W Work: Poor; 2 cases with other answers from Fair" in said
    assert (
        "work.evidence: 28.5714; at least 2 of the 10 cases that could have more points would have to have other "
        "answers (48.5714 with the best), and at least 2 answers would have to be others" in said
    )
    assert "people: not the best answer in 10 cases; with it the value would be 57.1429 higher" in said
    (way,) = json.loads(run("what-if", visit, "--next-rating", "--json")[1])["next_rating"]
    (points,) = way["points"]
    assert (points["value"], points["value_then"], points["wanted"]) == ("200/7", "340/7", "more")
    assert (points["needed"], points["short"], points["answers_needed"]) == (2, 10, 2)
    assert run("report", visit, "-o", visit.parent / "out", "--format", "md")[0] == 0
    report = " ".join((visit.parent / "out" / "report.md").read_text(encoding="utf-8").split())
    assert "decides: it has 28.57 on average. Fair would take other answers in at least 2 cases." in report
