"""Which bands of points something can fall in, where every value that one provider can have is known."""

from __future__ import annotations

import pytest

from ctm_rules import check_framework, make_framework

ONE = """\
id: visits
edition: "1"
title: Visits
publisher: P
in_force_from: 2026-01-01
ratings: [{id: good, label: Good}, {id: fair, label: Fair}, {id: poor, label: Poor}]
scales:
  marks: [{id: much, label: Much, score: 3}, {id: some, label: Some, score: 2}, {id: none, label: None, score: 0}]
standards:
  - id: "1"
    slug: s
    title: T
    statement: It is.
    key_questions:
      - id: q
        ask: How is it?
        asked_of: provider
        points: {WAY_of: prompts}
        prompts:
          - {id: a, ask: How is a?, answers: marks, weight: 2}
          - {id: b, ask: Is it b?, weight: 3}
        rating:
          OVER_of: points
          bands: [{from: UPPER, rating: good}, {from: LOWER, rating: fair}, {from: 0, rating: poor}]
"""
"""By hand, with a alone, b alone, and both: sums are 0, 4, 6; 0, 3; 0, 3, 4, 6, 7, 9. Means are 0, 2, 3; 0, 1; and a
fifth of the sums of both. Per cent of the highest are 0, 66.7, 100; 0, 100; and the sums of both by 9."""


def messages(way: str, over: str, upper: str, lower: str, asked_of: str = "provider") -> list[str]:
    text = ONE.replace("WAY", way).replace("OVER", over).replace("UPPER", upper).replace("LOWER", lower)
    found = check_framework(make_framework(text.replace("asked_of: provider", f"asked_of: {asked_of}")))
    return [each.message for each in found if each.code == "unreachable-band"]


def unreachable(way: str, over: str, upper: str, lower: str, asked_of: str = "provider") -> list[str]:
    said = messages(way, over, upper, lower, asked_of)
    return [message.partition(" from ")[2].partition(":")[0] for message in said]


@pytest.mark.parametrize("over", ["sum", "mean"])
@pytest.mark.parametrize(
    ("way", "upper", "lower", "expected"),
    [
        pytest.param("sum", "9", "7", [], id="sums of both"),
        pytest.param("sum", "10", "9", ["10"], id="more than both"),
        pytest.param("sum", "9", "8", ["8"], id="between two sums"),
        pytest.param("sum", "6", "5", ["5"], id="between sums, both of b alone"),
        pytest.param("mean", "3", "2", [], id="means of a alone"),
        pytest.param("mean", "3", "2.1", ["2.1"], id="between two means"),
        pytest.param("mean", "1.8", "1.5", ["1.5"], id="between means of both"),
        pytest.param("percent", "100", "77", [], id="all, and 7 of 9"),
        pytest.param("percent", "100", "78", ["78"], id="more than 7 of 9"),
        pytest.param("percent", "44.4", "33.4", ["33.4"], id="between 3 and 4 of 9"),
    ],
)
def test_a_band_between_the_values_of_what_is_asked_once_is_never_reached(
    way: str, over: str, upper: str, lower: str, expected: list[str]
) -> None:
    assert unreachable(way, over, upper, lower) == expected


@pytest.mark.parametrize(
    ("over", "asked_of", "upper", "why"),
    [
        pytest.param("sum", "provider", "8", "the answers come to 0, 3, 4, 6, 7 or 9 points", id="points"),
        pytest.param(
            "mean", "cases", "10", "the answers come to 0 points at least and 9 at most", id="a mean of cases"
        ),
        pytest.param(
            "percent", "cases", "101", "the answers come to 0 per cent at least and 100 at most", id="per cent"
        ),
    ],
)
def test_a_band_that_is_never_reached_is_said_with_what_there_is(
    over: str, asked_of: str, upper: str, why: str
) -> None:
    above = "9" if upper == "8" else "200"
    expected = f'nothing falls in the band of the key question "s.q" from {upper}: {why}'
    assert expected in messages("sum", over, above, upper, asked_of)


@pytest.mark.parametrize("over", ["sum", "percent"])
def test_what_is_asked_of_cases_can_come_to_anything_between(over: str) -> None:
    assert unreachable("sum", over, "9", "8", asked_of="cases") == []


@pytest.mark.parametrize(("most", "expected"), [(12, ["8"]), (11, [])], ids=["as many as there are", "one fewer"])
def test_with_more_sums_than_are_looked_at_nobody_says_that_a_band_is_never_reached(
    most: int, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # With and without each prompt, and with each score of it, there are (1 + 3) * (1 + 2) ways to come to a number.
    monkeypatch.setattr("ctm_rules.rating.points.MAX_SUMS", most)
    assert unreachable("sum", "sum", "9", "8") == expected
