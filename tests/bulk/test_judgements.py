"""Judgements by groups: a key is what it says, whatever its type, and none is dropped without a word."""

from __future__ import annotations

import datetime
from typing import Any as Anything

import numpy as np
import polars
import pytest

from ctm_rules import DiagnosticError, Framework, rate_frame
from tests.support.small_framework import JUDGED_TOO, Small

FINE = {"menus": "fine"}


@pytest.fixture
def framework(small: Small) -> Framework:
    """The small framework with a second standard, which is judged."""
    return small("floors", *JUDGED_TOO)


def cases(**groups: Anything) -> polars.DataFrame:
    """Return two cases with these columns to group by."""
    return polars.DataFrame({"hygiene.clean.floors": ["yes", "no"], **groups})


def menus_of(rated: Anything) -> list[str | None]:
    """Return the judged rating of every group, in the order of the groups."""
    ratings = [group.rating.standards[-1].rating for group in rated]
    return [None if rating is None else rating.id for rating in ratings]


MONDAY = datetime.date(2026, 1, 5)


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ([1, 2], 1), ([1, 2], 1.0), ([1, 2], "1"), ([1, 2], " 1.0 "), ([1, 2], (1,)),
        ([1, 2], np.int64(1)), ([1, 2], np.float64(1)),
        ([1.0, 2.0], 1), ([1.0, 2.0], "1"), (["1", "2"], 1), (["1.0", "2.0"], 1),
        ([True, None], True), ([True, None], "yes"), ([True, None], "TRUE"),
        (["true", "x"], True), (["yes", "z"], True),
        (["North", "South"], "North"), (["North", "South"], ("North",)), ([None, "South"], None), ([None, "South"], ""),
        ([MONDAY, None], MONDAY), ([MONDAY, None], "2026-01-05"), ([MONDAY, None], "2026-01-05 00:00:00"),
        ([MONDAY, None], datetime.datetime(2026, 1, 5)), (["2026-01-05", "2026-01-06"], MONDAY),
    ],
    ids=[
        "1", "1.0", "text 1", "text 1.0 with space", "a tuple", "numpy 1", "numpy 1.0", "1 of 1.0", "text 1 of 1.0",
        "1 of text", "1 of text 1.0", "True", "yes for True", "TRUE for True", "True of true", "True of yes",
        "a word", "a word in a tuple", "None", "empty for None", "a date", "text for a date",
        "a time at midnight as text", "a time at midnight", "a date of text",
    ],
)  # fmt: skip
def test_a_key_is_what_it_says(framework: Framework, column: list[object], key: object) -> None:
    """Of two groups, the first is judged, by a key of another type or spelling."""
    rated = rate_frame(framework, cases(by=column), by="by", judgements={key: FINE})  # type: ignore[dict-item]
    assert sorted(map(str, menus_of(rated))) == ["None", "fine"]
    assert rated[column[0]].standards[-1].rating == rated[key].standards[-1].rating == framework.ratings[0]


@pytest.mark.parametrize(
    ("by", "judged", "path", "message"),
    [
        ("sex", {"mael": FINE}, "/judgements/mael", 'are recorded for "mael", and no case belongs to that group'),
        ("sex", {("male", 1): FINE}, "/judgements/male, 1", "cases are grouped by sex"),
        (["sex", "site"], {"male": FINE}, "/judgements/male", "cases are grouped by sex and site"),
        (["sex", "site"], {("male", "2"): FINE}, "/judgements/male, 2", 'are recorded for "male, 2"'),
        ((), FINE, "/judgements/menus", "judgements are given for 'menus', and cases are grouped by nothing"),
        ((), {"": FINE}, "/judgements/", "cases are grouped by nothing"),
        ("sex", {"male": "fine"}, "/judgements/male", "by the slug of each standard, not as 'fine'"),
        ("sex", {"male": {"menu": "fine"}}, "/judgements/male/menu", 'no standard rated by judgement "menu"'),
        ("sex", {"male": {"hygiene": "fine"}}, "/judgements/male/hygiene", "is rated by cases"),
        ("sex", {"male": {"menus": "Fine"}}, "/judgements/male/menus", "is the label of a rating"),
        ("sex", [FINE], "/judgements", "by the values of each group"),
        ("site", {1: FINE, "1": FINE}, "/judgements/1", 'the judgements of "1" are given twice'),
    ],
    ids=[
        "no such group",
        "two parts for one",
        "one part for two",
        "no such pair of groups",
        "judgements for no group",
        "an empty key",
        "a rating for judgements",
        "standard misspelt",
        "a standard rated by cases",
        "a label for an id",
        "a list",
        "one key twice",
    ],
)
def test_no_judgement_is_dropped(framework: Framework, by: Anything, judged: Anything, path: str, message: str) -> None:
    with pytest.raises(DiagnosticError) as error:
        rate_frame(framework, cases(sex=["male", "female"], site=[1, 2]), by=by, judgements=judged)
    (found,) = error.value.diagnostics
    assert found.code in ("unknown-group", "unknown-name")
    assert found.path == path
    assert message in found.message
    assert found.hint


def test_a_misspelt_group_leads_to_the_one_that_is_there(framework: Framework) -> None:
    with pytest.raises(DiagnosticError, match='did you mean "male"'):
        rate_frame(framework, cases(sex=["male", "female"]), by="sex", judgements={"mael": FINE})  # type: ignore[dict-item]


def test_all_cases_together_are_one_group(framework: Framework) -> None:
    assert menus_of(rate_frame(framework, cases(), judgements={(): FINE})) == ["fine"]
