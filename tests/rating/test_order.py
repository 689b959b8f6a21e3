"""Which of several key questions is the weakest, on scales of any length, and which rating is the lowest of one."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import pytest

from ctm_rules import Framework, make_framework
from ctm_rules.rating.order import RatingOrder, ShareOrder, Weakness

SCALES = """\
id: homes
edition: "1"
title: Homes
publisher: P
in_force_from: 2026-01-01
ratings: [{id: good, label: Good, score: 3}, {id: fair, label: Fair, score: 3}, {id: poor, label: Poor, score: 3}]
scales:
  two: [{id: met, label: Met, score: 1}, {id: unmet, label: Unmet, score: 0}]
  four:
    - {id: a, label: A, score: 1}
    - {id: b, label: B, score: 2}
    - {id: c, label: C, score: 3}
    - {id: d, label: D, score: 3}
  mixed: [{id: m1, label: M, score: 1}, {id: m2, label: M, score: 2}, {id: m3, label: M, score: 1}]
  one: [{id: only, label: Only, score: 1}]
provider_facts: [{id: small, title: Small, type: yes_no}]
standards:
  - id: "1"
    slug: s
    title: S
    statement: It is.
    rating: {first_that_holds: [{rating: good}]}
    key_questions:
"""
ASKED = "      - {{id: {}, ask: Is it {}?, {}}}\n"
PROMPTS = "prompts: [{id: p, ask: Is it?}], "
SHARE = "prompts: [{{id: p, ask: Is it?}}], yes_when: p, scale: {}, "
SHARE += "rating: {{share_of: yes, among: [yes, no], monotone: no, {}}}"
FALLING = "[{from: 50, rating: good}, {from: 20, rating: fair}, {from: 0, rating: poor}]"
RISING = "[{from: 50, rating: poor}, {from: 20, rating: fair}, {from: 0, rating: good}]"
QUESTIONS = {
    "three": SHARE.format("ratings", f"bands: {FALLING}"),
    "two": SHARE.format("two", "bands: [{from: 50, rating: met}, {from: 0, rating: unmet}]"),
    "four": SHARE.format(
        "four", "bands: [{from: 60, rating: a}, {from: 40, rating: b}, {from: 20, rating: c}, {from: 0, rating: d}]"
    ),
    "high": SHARE.format("ratings", f"bands: {RISING}"),
    "rise": SHARE.format(
        "ratings", "bands: [{from: 60, rating: poor}, {from: 40, rating: poor}, {from: 0, rating: good}]"
    ),
    "ends": SHARE.format(
        "ratings", "bands: [{from: 90, rating: poor}, {from: 40, rating: good}, {from: 0, rating: poor}]"
    ),
    "either": SHARE.format("ratings", f"bands_by: {{small: {{yes: {FALLING}, no: {RISING}}}}}"),
    "same": SHARE.format("ratings", "bands: [{from: 40, rating: fair}, {from: 0, rating: fair}]"),
    "points": PROMPTS + f"points: {{percent_of: prompts}}, rating: {{mean_of: points, bands: {RISING}, monotone: no}}",
    "only": SHARE.format("one", "bands: [{from: 0, rating: only}]"),
    "judged": "rated_by: judgement",
    "shown": PROMPTS + "yes_when: p, rating: {share_of: yes, among: [yes, no]}",
}


@pytest.fixture(scope="module")
def homes() -> Framework:
    asked = "".join(ASKED.format(name, name, how) for name, how in QUESTIONS.items())
    return make_framework(SCALES + asked)


Found = tuple[str, str | None, int | None]
"""A key question with its rating and its share in per cent."""


def weakest_first(homes: Framework, found: Iterable[Found]) -> list[Found]:
    def weakness(one: Found) -> Weakness:
        name, rating, percent = one
        path = f"s.{name}"
        step = None if rating is None else homes.rating_on(homes.every_question[path].scale, rating)
        return ShareOrder(homes, path).weakness(step, None if percent is None else Fraction(percent, 100))

    return sorted(found, key=weakness)


@pytest.mark.parametrize(
    "found",
    [
        # At the end of their scales, the share decides, however long the scale is.
        pytest.param([("two", "unmet", 10), ("three", "poor", 11), ("four", "d", 12)], id="at the end"),
        pytest.param([("four", "d", 10), ("three", "poor", 11), ("two", "unmet", 12)], id="at the end again"),
        pytest.param(
            [("four", "c", 30), ("three", "fair", 20), ("four", "b", 10), ("two", "met", 60)], id="on the way"
        ),
        pytest.param([("three", "poor", 30), ("three", "poor", 40)], id="low is worse"),
        pytest.param([("high", "poor", 80), ("high", "poor", 70)], id="high is worse"),
        pytest.param([("high", "poor", 80), ("ends", "poor", 95), ("three", "poor", 1)], id="bad at each end"),
        pytest.param([("points", "poor", 80), ("points", "poor", 70)], id="many points are worse"),
        pytest.param([("same", "fair", 30), ("same", "fair", 40)], id="low is worse where all is the same"),
        pytest.param([("shown", None, 30), ("shown", None, 40), ("shown", None, None)], id="no ratings"),
        pytest.param([("shown", None, 20), ("three", "good", 90), ("two", None, None)], id="a share beside a rating"),
        pytest.param([("only", "only", 20), ("only", "only", 30)], id="a scale of one step"),
    ],
)
def test_the_weakest_come_first(found: list[Found], homes: Framework) -> None:
    assert weakest_first(homes, found) == weakest_first(homes, reversed(found)) == found


@pytest.mark.parametrize("name", ["ends", "either"])
def test_where_neither_end_is_worse_no_share_is(name: str, homes: Framework) -> None:
    order = ShareOrder(homes, f"s.{name}")
    poor = homes.rating_on("ratings", "poor")
    assert order.weakness(poor, Fraction(1, 10)) == order.weakness(poor, Fraction(95, 100))
    assert order.worse_end is None


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("three", "low"),
        ("two", "low"),
        ("high", "high"),
        ("rise", "high"),
        ("points", "high"),
        ("same", "low"),
        ("only", "low"),
        ("shown", "low"),
        ("judged", None),
    ],
    ids=["three", "two", "high", "rise", "points", "same", "only", "shown", "judged"],
)
def test_at_which_end_the_worse_ratings_are(name: str, end: str | None, homes: Framework) -> None:
    assert ShareOrder(homes, f"s.{name}").worse_end == end


@pytest.mark.parametrize(
    ("scale", "end"),
    [("ratings", "low"), ("two", "low"), ("four", "high"), ("mixed", None), ("one", "low")],
    ids=["ratings", "two", "four", "mixed", "one"],
)
def test_at_which_end_of_the_scores_the_worse_ratings_are(scale: str, end: str | None, homes: Framework) -> None:
    assert RatingOrder(homes, scale).worse_scores == end


@pytest.mark.parametrize(
    ("bands", "lowest"),
    [
        ("[{from: 50, rating: good}, {from: 20, rating: fair}, {from: 0, rating: poor}]", "poor"),
        ("[{from: 50, rating: good}, {from: 20, rating: fair}, {from: 0, rating: good}]", "fair"),
        ("[{from: 0, rating: good}]", "good"),
        # Nothing is more than all.
        ("[{above: 100, rating: poor}, {from: 20, rating: fair}, {from: 0, rating: good}]", "fair"),
        ("[{above: 100, rating: poor}, {from: 20, rating: fair}, {from: 0, rating: good}], EXACT", "fair"),
        ("[{from: 100, rating: poor}, {from: 20, rating: fair}, {from: 0, rating: good}]", "poor"),
        # No whole per cent lies between 50.2 and 50.8; exactly, some share does.
        ("[{from: 50.8, rating: good}, {from: 50.2, rating: poor}, {from: 0, rating: fair}]", "fair"),
        ("[{from: 50.8, rating: good}, {from: 50.2, rating: poor}, {from: 0, rating: fair}], EXACT", "poor"),
        ("[{above: 50, rating: good}, {from: 50, rating: poor}, {from: 0, rating: fair}]", "poor"),
        ("[{from: 51, rating: good}, {above: 50, rating: poor}, {from: 0, rating: fair}]", "fair"),
    ],
    ids=[
        "of three", "bad at neither end", "one alone", "above all", "above all exactly", "all", "between whole ones",
        "between them exactly", "just one per cent", "between two neighbours",
    ],
)  # fmt: skip
def test_the_lowest_rating_is_that_of_a_share_that_there_can_be(bands: str, lowest: str) -> None:
    how = f"bands: {bands.replace('EXACT', 'decided_on: exact')}"
    framework = make_framework(SCALES + ASKED.format("q", "q", SHARE.format("ratings", how)))
    found = ShareOrder(framework, "s.q").lowest_rating
    assert found
    assert found.id == lowest
    assert ShareOrder(make_framework(SCALES + ASKED.format("q", "q", QUESTIONS["shown"])), "s.q").lowest_rating is None
