"""Whatever a rating can come to by, counts and ratings are found that reach it, as a scenario of them does."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules import Framework, load_framework
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.scenarios.coverage import Coverage, Part
from ctm_rules.scenarios.reaching_ratings import ratings_that_reach
from ctm_rules.scenarios.running import rate_given
from tests.support.every_name import write_every_name
from tests.support.paths import ROOT

SCHEMES = ROOT / "examples" / "schemes"
KINDS = ("band", "line", "step", "panel")


def of_ratings(framework: Framework) -> list[Part]:
    return [part for part in Coverage(framework).parts if part.kind in KINDS]


def reaches(framework: Framework, part: Part) -> bool:
    """Whether what was found, and nothing else, gives the part a state that counts."""
    found = ratings_that_reach(framework, part)
    if found is None:
        return False
    anew = Coverage(framework)
    anew.add_rating(rate_given(framework, found.given, ReferenceEngine(framework)))
    same = next(each for each in anew.parts if (each.kind, each.says, each.at) == (part.kind, part.says, part.at))
    return bool(same.seen & set(part.wanted))


def test_every_part_of_a_rating_is_reached(tmp_path: Path) -> None:
    framework = load_framework(write_every_name(tmp_path))
    parts = of_ratings(framework)
    assert {part.kind for part in parts} == set(KINDS)
    assert [str(part) for part in parts if not reaches(framework, part)] == []


@pytest.mark.parametrize("scheme", ["food-hygiene", "nursing-homes", "health-inspections", "cyber-maturity"])
def test_so_it_is_in_other_schemes(scheme: str) -> None:
    (file,) = (SCHEMES / scheme).rglob("framework.yaml")
    framework = load_framework(file.parent)
    assert of_ratings(framework)
    assert [str(part) for part in of_ratings(framework) if not reaches(framework, part)] == []


def test_each_state_that_was_not_seen_yet_is_what_is_looked_for(tmp_path: Path) -> None:
    framework = load_framework(write_every_name(tmp_path))
    band = next(part for part in of_ratings(framework) if part.says == "key questions: the band good")
    assert band.wanted == ("at its lower bound", "just below its lower bound")
    band.seen.add("at its lower bound")
    found = ratings_that_reach(framework, band)
    assert found is not None
    assert (found.expected, found.of) == ("band", "meals.food")
    (counts,) = found.given.counts.values()
    assert (counts.yes, counts.no) == (69, 31)


def test_what_is_none_of_a_rating_is_left_to_cases(tmp_path: Path) -> None:
    framework = load_framework(write_every_name(tmp_path))
    others = [part for part in Coverage(framework).parts if part.kind not in KINDS]
    assert [part for part in others if ratings_that_reach(framework, part) is not None] == []
