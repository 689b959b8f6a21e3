"""What other standards change in the example inspection."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ctm_rules import load_inspection
from ctm_rules.frameworks.amendments import amendment_from_options
from ctm_rules.what_if_analysis.effect import Effect
from ctm_rules.what_if_analysis.two_frameworks import what_if
from tests.support.commands import Run
from tests.support.paths import EXAMPLE


def if_set(*settings: str) -> Effect:
    return what_if(EXAMPLE, [amendment_from_options(list(settings))])


@pytest.mark.parametrize(
    ("limit", "changed"),
    [
        # The lowest shares are 27, 39, 23 and 42 per cent.
        pytest.param(43, [], id="from 43 %"),
        pytest.param(42, ["reviewing"], id="from 42 %"),
        pytest.param(40, ["reviewing"], id="from 40 %"),
        pytest.param(39, ["planning", "reviewing"], id="from 39 %"),
        pytest.param(27, ["assessment", "planning", "reviewing"], id="from 27 %"),
        pytest.param(23, ["assessment", "planning", "implementation", "reviewing"], id="from 23 %"),
    ],
)
def test_another_band_names_exactly_the_standards_it_changes(limit: int, changed: list[str]) -> None:
    effect = if_set(f"key_question_bands.requires_improvement.from={limit}")
    assert [change.slug for change in effect.standards] == changed
    assert effect.outcomes == ()
    assert effect.after.rating.score == 4 + len(changed)
    assert effect.in_sum()[-2:] == (
        f"Another rating for {names(changed)}." if changed else "No standard has another rating.",
        "No case outcomes are different.",
    )


def names(slugs: list[str]) -> str:
    printed = {
        "assessment": "P 2.1 Assessment",
        "planning": "P 2.2 Planning",
        "implementation": "P 2.3 Implementation and delivery",
        "reviewing": "P 2.4 Reviewing",
    }
    *others, last = [printed[slug] for slug in slugs]
    return f"{', '.join(others)} and {last}" if others else last


def test_the_files_stay_as_they_are() -> None:
    framework = load_inspection(EXAMPLE).framework
    folders = (EXAMPLE.parent, Path(framework.at.file).parent)
    before = {file: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}
    if_set("key_question_bands.good.from=60", "assessment.safety.yes_when=victims")
    after = {file: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}
    assert after == before
    assert load_inspection(EXAMPLE).framework == framework


def test_without_an_amendment_nothing_changes() -> None:
    effect = what_if(EXAMPLE, [])
    assert (effect.outcomes, effect.key_questions, effect.standards, effect.panel_flags) == ((), (), (), ((), ()))
    assert effect.before.rating == effect.after.rating


@pytest.mark.parametrize(
    ("setting", "lines"),
    [
        pytest.param(
            "ratings=[{id: exceptional, label: Exceptional, score: 4}, {id: outstanding, label: Outstanding, score: 3},"
            " {id: good, label: Good, score: 2}, {id: requires_improvement, label: Requires improvement, score: 1}, "
            "{id: inadequate, label: Inadequate, score: 0}]",
            [
                "Overall: Requires improvement, 4 of 28; it was 4 of 21.",
                "Organisational arrangements and activity: Requires improvement, 4 of 12; it was 4 of 9.",
                "Service delivery: Inadequate, 0 of 16; it was 0 of 12.",
                'The bands of the domain "organisation" were made for sums out of 9, and the scores now add up to 12.',
                'The bands of the domain "service_delivery" were made for sums out of 12, '
                "and the scores now add up to 16.",
                "The bands of the overall rating were made for sums out of 21, and the scores now add up to 28.",
            ],
            id="a rating above the best",
        ),
        pytest.param(
            "panel.within_points=4",
            [
                "Overall: Requires improvement, 4 of 21, as before.",
                "Organisational arrangements and activity: Requires improvement, 4 of 9, as before.",
                "Service delivery: Inadequate, 0 of 12, as before.",
            ],
            id="nothing that adds up",
        ),
    ],
)
def test_the_same_score_out_of_another_sum_is_not_as_before(setting: str, lines: list[str]) -> None:
    said = if_set(setting).in_sum()
    assert list(said[: len(lines)]) == lines
    assert "bands of" not in "".join(said[len(lines) :])


def test_a_limit_below_shares_moves_key_questions_without_their_standards() -> None:
    effect = if_set("key_question_bands.good.from=60")
    assert [change.path for change in effect.key_questions] == [
        "planning.engaging",
        "implementation.engaging",
        "reviewing.desistance",
    ]
    assert effect.standards == ()


def test_the_sum_and_the_cases_agree() -> None:
    effect = if_set("assessment.safety.yes_when=risk_of_harm")
    [change] = effect.key_questions
    assert change.before is not None
    assert change.after is not None
    assert change.after.counts.yes - change.before.counts.yes == len(effect.outcomes) == 6
    cases = {case.id: case for case in effect.before.inspection.cases}
    for outcome in effect.outcomes:
        answers = {
            name: cases[outcome.case].answers[f"assessment.safety.{name}"].value for name in ("risk_of_harm", "victims")
        }
        assert answers["risk_of_harm"] == "yes"
        assert answers["victims"] != "yes"
    [group] = effect.by_reason()
    assert group.movement == "no → yes"
    assert group.cases == tuple(outcome.case for outcome in effect.outcomes)


@pytest.mark.parametrize(
    ("settings", "verbs", "said", "changed"),
    [
        pytest.param(
            ["assessment.safety.yes_when=risk_of_harm", "key_question_bands.requires_improvement.from=41"],
            {},
            ["Another rating for P 2.1 Assessment and P 2.4 Reviewing."],
            ["assessment", "reviewing"],
            id="another rating",
        ),
        pytest.param(
            ["ratings.good.score=9"],
            {},
            ["No standard has another rating.", "The same rating with another score or label for P 1.1 Leadership."],
            ["leadership"],
            id="another score alone",
        ),
        pytest.param(
            ["domains.organisation.standards=[leadership, staffing]"],
            {"remove": ["standards.services"]},
            ["No standard has another rating.", "Rated only before the change: P 1.3 Services."],
            ["services"],
            id="a standard that is gone",
        ),
        pytest.param(
            ["domains.organisation.standards=[leadership, staffing, services, estates]"],
            {"add": ["standards=[{id: P 1.4, slug: estates, title: Estates, statement: Safe., rated_by: judgement}]"]},
            ["No standard has another rating."],
            [],
            id="a new one that nobody judged",
        ),
    ],
)
def test_another_rating_is_one_of_two(
    settings: list[str], verbs: dict[str, list[str]], said: list[str], changed: list[str]
) -> None:
    effect = what_if(EXAMPLE, [amendment_from_options(settings, **verbs)])
    assert list(effect.on_standards()) == said
    assert [change.slug for change in effect.standards] == changed


def test_a_standard_that_one_side_lacks_is_no_rating(run: Run) -> None:
    gone = ["--set", "domains.organisation.standards=[leadership, staffing]", "--remove", "standards.services"]
    [row] = [line.split() for line in run("what-if", EXAMPLE, *gone).out.splitlines() if line.startswith("P 1.3 Serv")]
    assert row == ["P", "1.3", "Services", "Requires", "improvement", "–"]
    [change] = json.loads(run("what-if", EXAMPLE, *gone, "--json").out)["standards"]
    assert (change["before"], change["after"]) == ({"rating": "Requires improvement", "score": 1}, None)
