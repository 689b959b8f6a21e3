"""Ratings of groups: the counts and ratings of their cases."""

from __future__ import annotations

import datetime
import os
import random
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ctm_rules import Case, Framework, count_outcomes, make_engine, rate_counts
from ctm_rules.bulk.frames import Codes, rate_frame
from ctm_rules.engines.clauses import facts_meet
from ctm_rules.inspections.inspection import Inspection
from ctm_rules.model.outcomes import Truth
from tests.support.dataframes import (
    ABSENT,
    ENCODINGS,
    LIBRARIES,
    QUIET,
    SLOW,
    codes_for,
    columns_of,
    each_library,
    of_one_type,
    pa,
    seeded_cases,
    without,
)
from tests.support.small_framework import Small
from tests.support.strategies import frameworks

pytestmark = QUIET


@each_library
def test_groups_have_the_counts_and_ratings_of_their_cases(library: str) -> None:
    @given(frameworks(), st.integers(0, 10**6))
    @settings(max_examples=SLOW.get(library, 15), phases=[Phase.generate])
    def check(framework: Framework, seed: int) -> None:
        rng = random.Random(seed)
        cases = seeded_cases(framework, 30, seed)
        providers = [rng.choice(["North", "South", None]) for _ in cases]
        columns = columns_of(framework, cases, lambda _: rng.choice(ENCODINGS))
        columns["the.provider"] = pa.array(providers, pa.string())
        frame = LIBRARIES[library](columns)
        subgroup = next(iter(framework.subgroups), None)
        by = ["the.provider", *([f"subgroups.{subgroup.id}"] if subgroup else [])]
        with without(rng.choice([(), *ABSENT.get(library, ())])):
            found = rate_frame(framework, frame, by, codes=codes_for(framework), engine="reference")
        groups: dict[tuple[object, ...], list[Case]] = {}
        for case, provider in zip(cases, providers, strict=True):
            for group in subgroup.groups if subgroup else [None]:
                if group is None:
                    groups.setdefault((provider,), []).append(case)
                elif facts_meet(group.when, case.facts, framework) is Truth.TRUE:
                    groups.setdefault((provider, group.id), []).append(case)
        assert {tuple(each.group.values()): each.rating.cases for each in found} == {
            group: len(members) for group, members in groups.items()
        }
        engine = make_engine(framework, "reference")
        for each in found:
            counts = count_outcomes(framework, map(engine.assess, groups[tuple(each.group.values())]))
            rated = rate_counts(framework, counts, {}, engine, cases=each.rating.cases)
            assert each.rating.to_dict() == {**rated.to_dict(), "engine": "frame, reference"}

    check()


@each_library
def test_grouping_by_the_period_of_a_date(library: str, small: Small) -> None:
    framework = small()
    days = [datetime.date(2024, 12, 31), datetime.date(2025, 1, 1), datetime.date(2025, 3, 31), None]
    cases = [Case(str(n), {"opened": day} if day else {}) for n, day in enumerate(days)]
    for encoding in ("int8", "category", "string"):  # a date, a time, a text
        frame = of_one_type(framework, cases, library, encoding)
        for period, periods in {
            "year": ["2024", "2025", None],
            "quarter": ["2024-Q4", "2025-Q1", None],
            "month": ["2024-12", "2025-01", "2025-03", None],
        }.items():
            found = rate_frame(framework, frame, f"opened.{period}", absent="missing")
            assert [each.group[f"opened.{period}"] for each in found] == periods, (encoding, period)


def test_a_case_counts_in_each_of_its_groups(example: Inspection) -> None:
    framework = example.framework
    frame = of_one_type(framework, example.cases, "polars")
    by_risk = rate_frame(framework, frame, "subgroups.risk_of_harm")
    assert [each.group["subgroups.risk_of_harm"] for each in by_risk] == ["high_or_very_high", "low_or_medium"]
    assert sum(each.rating.cases for each in by_risk) == len(example.cases)


def test_the_example_inspection_is_rated_as_case_by_case(example: Inspection) -> None:
    judged = {(): {each.standard: each.rating for each in example.declared.judgements}}
    frame = of_one_type(example.framework, example.cases, "polars")
    rated = rate_frame(example.framework, frame, judgements=judged)[()]
    assert rated.overall is not None
    assert (rated.overall.label, rated.score) == ("Requires improvement", 4)


def test_a_lazy_table_is_computed_once(small: Small) -> None:
    computed: list[int] = []

    def noted(frame: Any) -> Any:
        computed.append(len(frame))
        return frame

    floors = pa.array([1, 0, 2, None], pa.int8())
    lazy = LIBRARIES["polars lazy"]({"hygiene.clean.floors": floors}).map_batches(noted)
    (row,) = rate_frame(small("floors"), lazy, codes=Codes(yes=1, no=0, na=2)).rows()
    assert (row["cases"], row["hygiene.clean.yes"]) == (4, 1)
    assert computed == [4]


def test_the_table_of_ratings(small: Small, tmp_path: Path) -> None:
    framework = small("floors")
    frame = LIBRARIES["polars"]({"site": ["B", "A", "B"], "hygiene.clean.floors": ["yes", "no", "yes"]})
    assert rate_frame(framework, frame, "site").to_native().to_dicts() == [
        {
            "site": site,
            "cases": cases,
            "overall.rating": label,
            "overall.score": score,
            "overall.out_of": 1,
            "domains.all_of_it.rating": None,
            "domains.all_of_it.score": score,
            "hygiene.rating": label,
            "hygiene.score": score,
            "hygiene.clean.yes": yes,
            "hygiene.clean.no": no,
            "hygiene.clean.not_applicable": 0,
            "hygiene.clean.undetermined": 0,
            "hygiene.clean.percent": percent,
            "hygiene.clean.band": label,
            "framework.id": "kitchens",
            "framework.edition": "1",
            "framework.origin": os.path.relpath(tmp_path / "kitchens.yaml"),
            "framework.checksum": framework.checksum,
        }
        for site, cases, label, score, yes, no, percent in [
            ("A", 1, "Poor", 0, 0, 1, 0),
            ("B", 2, "Fine", 1, 2, 0, 100),
        ]
    ]
