"""Where bands begin and end, whichever way they are declared: by hand, at each limit and beside it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ctm_rules import Band
from ctm_rules.model.bands import first_whole, ranges_of, ratings_between, row_of, say_bound, say_limit


def bands(*declared: tuple[str, str, str]) -> list[Band]:
    """Make bands of pairs of a bound, its value and a rating; without a value they take whatever is left."""
    names = {"from": "lowest"}
    made = []
    for key, bound, rating in declared:
        bounds = {"lowest": None} | ({names.get(key, key): Fraction(bound)} if key else {})
        made.append(Band(rating=rating, **bounds))  # type: ignore[arg-type]
    return made


FROM = bands(("from", "65", "good"), ("from", "20", "fair"), ("from", "0", "poor"))
ABOVE = bands(("above", "65", "good"), ("above", "20.5", "fair"), ("", "", "poor"))
UP_TO = bands(("up_to", "15", "five"), ("up_to", "20", "four"), ("", "", "three"))
BELOW = bands(("below", "15", "five"), ("below", "20", "four"), ("", "", "three"))
each_way = pytest.mark.parametrize(
    ("declared", "at"),
    [
        (FROM, ("0 poor", "19.9 poor", "20 fair", "64.9 fair", "65 good")),
        (ABOVE, ("0 poor", "20.5 poor", "20.6 fair", "65 fair", "65.1 good")),
        (UP_TO, ("0 five", "15 five", "15.1 four", "20 four", "20.1 three")),
        (BELOW, ("0 five", "14.9 five", "15 four", "19.9 four", "20 three")),
    ],
    ids=["from", "above", "up to", "below"],
)


@pytest.mark.parametrize(
    ("declared", "limits"),
    [
        (FROM, ["65", "20", "0"]),
        (ABOVE, ["above 65", "above 41/2", "0"]),
        (UP_TO, ["above 20", "above 15", "0"]),
        (BELOW, ["20", "15", "0"]),
    ],
    ids=["from", "above", "up to", "below"],
)
def test_bands_begin_where_those_below_them_end(declared: list[Band], limits: list[str]) -> None:
    assert [say_limit(each.limit, str) for each in ranges_of(declared)] == limits


@each_way
def test_each_value_has_the_rating_of_the_first_band_that_it_meets(declared: list[Band], at: tuple[str, ...]) -> None:
    ranges = ranges_of(declared)
    for value, rating in (one.split() for one in at):
        exact = Fraction(value)
        assert next(band.rating for band in declared if band.is_met_by(exact)) == rating
        assert next(each.rating for each in ranges if each.is_reached_by(exact)) == rating
        assert ratings_between(declared, exact, exact) == (rating,)


@each_way
def test_between_two_values_lie_the_ratings_of_both_and_of_what_is_between(
    declared: list[Band], at: tuple[str, ...]
) -> None:
    values = [(Fraction(value), rating) for value, rating in (one.split() for one in at)]
    for first in range(len(values)):
        for last in range(first, len(values)):
            between = [rating for _, rating in values[first : last + 1]]
            found = ratings_between(declared, values[first][0], values[last][0])
            assert found == tuple(dict.fromkeys(reversed(between)))


@pytest.mark.parametrize(
    ("value", "is_above", "expected"),
    [("20", False, 20), ("20", True, 21), ("20.5", False, 21), ("20.5", True, 21), ("0", False, 0), ("0", True, 1)],
    ids=["from 20", "above 20", "from 20.5", "above 20.5", "from 0", "above 0"],
)
def test_the_first_whole_number_at_a_limit(value: str, is_above: bool, expected: int) -> None:
    assert first_whole((Fraction(value), is_above)) == expected


def test_bounds_are_said_in_words() -> None:
    said = [say_bound(band, str) for band in (FROM[0], ABOVE[0], UP_TO[0], BELOW[0], BELOW[-1])]
    assert said == ["from 65", "above 65", "up to 15", "below 15", "everything else"]
    # What is refused is said as it stands.
    assert say_bound(Band(Fraction(20), "fair", below=Fraction(65)), str) == "from 20 and below 65"


@pytest.mark.parametrize(
    ("value", "row"),
    [(True, "yes"), (False, "no"), ("north", "north"), (3, "3"), (0, "0")],
    ids=["yes", "no", "north", "3", "0"],
)
def test_the_row_of_a_table_is_called_as_the_value_is_written(value: bool | str | int, row: str) -> None:
    assert row_of(value) == row
