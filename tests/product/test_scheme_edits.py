"""Everyday edits of the shipped schemes, made with the guide alone: each command says what the edit means."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from attrs import frozen

from ctm_rules import load_inspection, rate_inspection
from tests.support.commands import Run
from tests.support.paths import ROOT

SCHEMES = ROOT / "examples" / "schemes"


@frozen
class Edit:
    """An edit of a framework file, and what follows from it, worked out from the rule book and by hand.

    Attributes:
        scheme, title: the scheme, and the edit in words.
        before, after: the text that is replaced in the framework's file, and by what.
        also: other files in which a text is replaced by another, from the folder of the scheme or of the framework.
        check: words of the only finding that says what to do next (empty: there is none).
        fails: names of the scenarios that fail; no other does.
        diff: the change in words.
        gives: what the example inspection comes to, overall under "" and by domain.
    """

    scheme: str
    title: str
    before: str
    after: str
    diff: str
    check: str = ""
    fails: tuple[str, ...] = ()
    gives: tuple[tuple[str, str | None], ...] = ()
    also: tuple[tuple[str, str, str], ...] = ()


NO_BETTER = "    - {no_better_than: two, when: {standard: health, rated: one}}\n"
BREACH = "    - {no_better_than: requires_improvement, when: {fact: breach_of_regulations, is: yes}}\n"
OF_TWO = (
    "- {rating: requires_improvement, when: {at_least: {count: COUNT, of: standards, rated: requires_improvement}}}"
)
RISK_2 = "when: {at_least: {count: 3, of: [risk_1, risk_2, risk_3], RATED}}"
NO_CATEGORY = "    - {rating: no_category}\n"
ABUSE = "    - {no_better_than: two, when: {fact: abuse, is: yes}}\n"
OF_UNITS = 'from: {id: hmip-pdu, edition: "2024"}'
END_OF_ASSESSMENT = (
    '    source: {title: "Dynamic inspection of public protection, case and non-case inspection questions"}\n'
    "    assumed: [statement]\n"
    "  - id: C2\n"
)
LOWER = "{at_least: {count: COUNT, of: standards, rated_or_worse: two}}"

RODENTS = "            ask: Rodents, or signs of them\n            answers: critical\n"

EDITS = [
    Edit(
        "nursing-homes", "a limit of the rating is moved", NO_BETTER, NO_BETTER.replace("than: two", "than: three"),
        "now: then no better than Three stars where “Health inspections” is rated One star",
        check="this step of the overall rating changes no rating",
        fails=("a home with one star for health inspections is upgraded by one star at most",),
        gives=(("", "three"),),
    ),
    Edit(
        "nursing-homes", "a cap is added", NO_BETTER,
        f"{NO_BETTER}    - {{no_better_than: four, when: {{standard: quality, rated_or_worse: two}}}}\n",
        "now: then no better than Four stars where “Quality measures” is rated Two stars or worse",
        gives=(("", "two"),),
    ),
    Edit(
        "nursing-homes", "quality measures no longer add a star",
        "    - {better_by: 1, when: {standard: quality, rated: five}}\n", "",
        "was: then one step better where “Quality measures” is rated Five stars",
        check="this step of the overall rating changes no rating: no better than Two stars",
        fails=(
            "five stars for quality add a star",
            "nothing is worse than one star, and a star is then added to one",
        ),
        gives=(("", "two"),),
    ),
    Edit(
        "adult-social-care", "three that require improvement are too many", OF_TWO.replace("COUNT", "2"),
        OF_TWO.replace("COUNT", "3"),
        "now: Requires improvement where at least three of the standards are rated Requires improvement",
        fails=("two ratings of requires improvement are too many (5)",),
        gives=(("", "good"),),
    ),
    Edit(
        "adult-social-care", "a cap is added", BREACH,
        f"{BREACH}    - {{no_better_than: inadequate, when: {{standard: well_led, rated: inadequate}}}}\n",
        "now: then no better than Inadequate where “Well-led” is rated Inadequate",
        gives=(("", "requires_improvement"),),
    ),
    Edit(
        "adult-social-care", "the cap is lowered", BREACH, BREACH.replace("requires_improvement", "inadequate"),
        "now: then no better than Inadequate where “A breach of regulations was found” is yes",
        fails=("a breach of regulations limits the rating, however good the rest is",),
        gives=(("", "requires_improvement"),),
    ),
    Edit(
        "food-hygiene", "a limit is moved", "    - {up_to: 20, rating: four}", "    - {up_to: 19, rating: four}",
        "overall.four: the limit for 4 Good moved from up to 20 to up to 19",
        check="nothing falls in the band of the overall rating up to 19",
        fails=("20 points are good",),
        gives=(("", "three"),),
    ),
    Edit(
        "food-hygiene", "a step is added to a scale",
        "    - {id: twenty_five, label: Urgent improvement necessary, score: 25}\n",
        "    - {id: twenty_five, label: Urgent improvement necessary, score: 25}\n"
        "    - {id: forty, label: Closed at once, score: 40}\n",
        "overall: the sum is out of 110; it was out of 80",
        check="were made for sums out of 80, and the scores now add up to 110",
        gives=(("", "four"),),
    ),
    Edit(
        "food-hygiene", "one score counts twice", "  out_of: 80\n", "  out_of: 110\n  weights: {confidence: 2}\n",
        "“How the business manages food safety” counts 2 times",
        fails=(
            "15 points are still very good where no score is above 5",
            "20 points are good",
            "25 points are generally satisfactory",
            "30 points are generally satisfactory",
            "35 points need improvement",
            "40 points need improvement",
            "45 points need major improvement",
            "50 points need major improvement",
        ),
        gives=(("", "three"),),
    ),
    Edit(
        "school-report-card", "a standard is added beside the total", "# Urgent improvement somewhere, and in",
        "  - id: '8'\n    slug: early_years\n    title: Early years\n    statement: The youngest do well.\n"
        "    rated_by: judgement\n    scale: grades\n    in_total: no\n    source: {title: Made up}\n\n"
        "# Urgent improvement somewhere, and in",
        "early_years: the standard was added",
        check='no judgement is recorded for the standard "early_years"',
        gives=(("", "no_category"),),
    ),
    Edit(
        "school-report-card", "a line is added", NO_CATEGORY,
        "    - rating: significant_improvement\n"
        f"      when: {{standard: attendance, rated_or_worse: attention}}\n{NO_CATEGORY}",
        "now: Requires significant improvement where “Attendance and behaviour” is rated Needs attention or worse",
        gives=(("", "significant_improvement"),),
    ),
    Edit(
        "school-report-card", "a cap is added", NO_CATEGORY,
        f"{NO_CATEGORY}  then:\n"
        "    - {no_better_than: special_measures, when: {standard: safeguarding, rated: not_met}}\n",
        "now: then no better than Requires special measures where “Safeguarding” is rated Not met",
        fails=("safeguarding that is not met requires significant improvement, whatever the grades",),
        gives=(("", "no_category"),),
    ),
    # The example: 23 of 32, 18 of 24, 17 of 20, 21 of 28 and 20 of 28 points; the first and the last with a score of 2.
    Edit(
        "care-assessment", "a limit is moved", "    - {above: 62, rating: good}", "    - {above: 74, rating: good}",
        "domain_rating.good: the limit for Good moved from above 62 to above 74",
        gives=(("safe", "requires_improvement"), ("effective", "good"), ("caring", "good"), ("responsive", "good"),
               ("well_led", "requires_improvement"), ("", "requires_improvement")),
        fails=("65 per cent with a score of 2 is good", "62.5 per cent counts as 63 and is good"),
    ),
    Edit(
        "care-assessment", "one statement counts three times", "  decided_on: rounded\n",
        "  decided_on: rounded\n  weights: {kindness: 3}\n",
        "(“Kindness, compassion and dignity” counts 3 times)",
        # Caring: 25 of 28 points are 89 per cent.
        gives=(("caring", "outstanding"), ("safe", "good"), ("", "good")),
        fails=("85 per cent is good", "60 per cent requires improvement", "35 per cent is inadequate"),
    ),
    Edit(
        "care-assessment", "a cap asks for two low scores", LOWER.replace("COUNT", "1"), LOWER.replace("COUNT", "2"),
        "now: then no better than Good where at least two of the standards are rated 2 Some shortfalls or worse",
        gives=(("safe", "good"), ("", "good")),
        fails=("90 per cent with a score of 2 is limited to good",),
    ),
    Edit(
        "cyber-maturity", "a level asks for more", RISK_2.replace("RATED", "rated_or_better: largely"),
        RISK_2.replace("RATED", "rated: fully"),
        "are rated Fully implemented",
        gives=(("risk", "level_1"), ("access", "level_0"), ("response", "level_3")),
        fails=("Risk management: level 2",),
    ),
    Edit(
        "cyber-maturity", "a step is added to a scale", "    - {id: partially, label: Partially implemented}\n",
        "    - {id: planned, label: Planned}\n    - {id: partially, label: Partially implemented}\n",
        "scales.implemented.planned: the rating was added",
        gives=(("risk", "level_2"), ("response", "level_3")),
    ),
    Edit(
        "cyber-maturity", "a level asks for less",
        "{rating: level_1, when: {at_least: {count: 2, of: [access_1, access_2], rated_or_better: largely}}}",
        "{rating: level_1, when: {standard: access_1, rated_or_better: largely}}",
        "now: MIL1 where “Everyone who has access has an identity of their own” is rated Largely implemented or better",
        gives=(("risk", "level_2"), ("access", "level_1"), ("response", "level_3")),
    ),
    Edit(
        "public-protection", "more cases are asked for", "  minimum_cases: 5\n", "  minimum_cases: 15\n",
        "the fewest cases that a key question needs changed from 5 to 15",
        fails=("a share is shown and nothing is rated",),
    ),
    Edit(
        "public-protection", "adjusted rules end earlier", "{fact: weeks_before_suspension, at_most: 8}",
        "{fact: weeks_before_suspension, at_most: 4}",
        "now: when “Weeks of supervision before contact was suspended” is 4 or fewer",
        fails=tuple(
            f"{standard}: after eight weeks the first prompt alone decides, {outcome}"
            for standard in ("Delivery", "Reviewing")
            for outcome in ("yes", "no")
        ),
    ),
    Edit(
        "public-protection", "a case that is not decided counts", "  undetermined: exclude\n",
        "  undetermined: refuse\n",
        "what undetermined cases do to a key question changed from exclude to refuse",
    ),
    Edit(
        "youth-justice", "a limit of the rating is moved", "    - {from: 19, rating: good}\n",
        "    - {from: 24, rating: good}\n",
        "the limit for Good moved from 19 to 24",
        fails=("19 of 36", "resettlement need not be rated"),
        gives=(("", "requires_improvement"),),
    ),
    Edit(
        "youth-justice", "fewer cases are enough", "  minimum_cases: 3\n", "  minimum_cases: 2\n",
        "the fewest cases that a key question needs changed from 3 to 2",
        fails=("two cases are too few for a rating",),
        gives=(("", "good"),),
    ),
    Edit(
        "youth-justice", "leadership counts twice", "  out_of: 36\n", "  out_of: 39\n  weights: {leadership: 2}\n",
        "“Governance and leadership” counts 2 times",
        # Leadership is Outstanding in each of them: three points more.
        fails=("30 of 36", "18 of 36", "6 of 36", "resettlement stands beside the total, however good it is"),
        gives=(("", "good"),),
    ),
    Edit(
        "restaurant-grades", "a limit is moved", "{up_to: 13, rating: a}", "{up_to: 12, rating: a}",
        "the limit for A moved from up to 13 to up to 12",
        fails=("13 points are still an A",),
        gives=(("", "b"),),
    ),
    Edit(
        "restaurant-grades", "rodents count twice", RODENTS, f"{RODENTS}            weight: 2\n",
        "its score now counts twice, before once",
        fails=(
            "14 points are a B",
            "28 points are a C",
            "the worst in each of them is a C",
            "20 points are a B, whichever violations they come from",
        ),
        gives=(("", "b"),),
    ),
    Edit(
        "restaurant-grades", "a hazard can go further",
        "    - {id: level_4, label: Level 4, score: 10}\n",
        "    - {id: level_4, label: Level 4, score: 10}\n    - {id: level_5, label: Level 5, score: 28}\n",
        "scales.hazard.level_5: the rating was added",
        gives=(("", "b"),),
    ),
    Edit(
        "youth-justice", "a sample takes in another kind of case",
        "    when: {fact: disposal, is: out_of_court}", "    when: {fact: disposal, one_of: [out_of_court, resolved]}",
        "now: when “How the case was dealt with” is Out of court or By a community resolution",
        also=(("framework.yaml", "out_of_court: Out of court}",
               "out_of_court: Out of court, resolved: By a community resolution}"),),
        gives=(("", "good"),),
    ),
    Edit(
        "youth-justice", "a sample leaves out a kind of case",
        "out_of_court: Out of court}", "out_of_court: Out of court, resolved: By a community resolution}",
        "facts.disposal: the value resolved (By a community resolution) was added",
        gives=(("", "good"),),
    ),
    Edit(
        "public-protection", "a question of the standards for units is asked as well", END_OF_ASSESSMENT,
        f"      - {{{OF_UNITS}, key_question: assessment.engaging}}\n{END_OF_ASSESSMENT}",
        "assessment.engaging: the key question was added",
        also=(("inspection.yaml", "cases: {file: cases.csv,", "cases: {file: cases.csv, absent: missing,"),),
        check="in 12 of 12 cases prompts are still to be answered",
    ),
    # The example: (3 * 8 + 2 * 20 + 4) / 6 = 11.3 points in Arizona.
    Edit(
        "health-inspections", "a cut point of one state is moved", "{state: cut_points.csv}", "{state: cut_points.csv}",
        "overall.bands_by.state.az.four: the limit for Four stars moved from up to 8 to up to 12",
        also=(("cut_points.csv", "az,3,8,", "az,3,12,"),),
        gives=(("", "four"),),
    ),
    Edit(
        "health-inspections", "a state comes to the table", "ca: California}", "ca: California, co: Colorado}",
        "overall.bands_by.state.co: the bands for co were added",
        also=(("cut_points.csv", "ca,7,15,27.333,50,\n", "ca,7,15,27.333,50,\nco,5,11,21,40,\n"),),
        gives=(("", "three"),),
    ),
    Edit(
        "health-inspections", "the limit for homes with the abuse icon is moved", ABUSE, ABUSE.replace("two", "three"),
        "now: then no better than Three stars where “The home has the abuse icon” is yes",
        fails=("a home with the abuse icon has two stars at most",),
        gives=(("", "three"),),
    ),
    Edit(
        "health-inspections", "findings of the first cycle no longer count",
        "  weights: {cycle_1: 3, cycle_2: 2, cycle_3: 1}\n",
        "  of: [cycle_1, cycle_2]\n  weights: {cycle_1: 3, cycle_2: 1}\n",
        "now: the mean of the scores of",
        # (3 * 8 + 20) / 4 = 11 points; of harm in the latest cycle three quarters count by now.
        fails=("harm in the latest cycle counts half, and is two stars in California",),
        gives=(("", "three"),),
    ),
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS, ids=[f"{edit.scheme}: {edit.title}"[:50] for edit in EDITS])
def test_an_everyday_edit_is_said_in_words_and_gives_what_it_means(edit: Edit, run: Run, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(SCHEMES / edit.scheme, tmp_path / edit.scheme))
    (edition,) = (copy / "standards" / edit.scheme).iterdir()
    file = edition / "framework.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(edit.before) == 1
    file.write_text(text.replace(edit.before, edit.after), encoding="utf-8")
    for name, before, after in edit.also:
        other = copy / name if (copy / name).is_file() else edition / name
        text = other.read_text(encoding="utf-8")
        assert text.count(before) == 1
        other.write_text(text.replace(before, after), encoding="utf-8")

    code, out, _ = run("check", copy)
    assert code == 0
    found = [line for line in out.splitlines() if "warning:" in line]
    assert [edit.check in line for line in found] == ([True] if edit.check else []), out

    _, out, _ = run("test", copy / "standards", "--json")
    failed = {each["name"] for each in json.loads(out)["scenarios"] if not each["passed"]}
    assert failed == {*edit.fails}

    original = SCHEMES / edit.scheme / "standards" / edit.scheme / edition.name
    _, out, _ = run("diff", original, edition)
    assert edit.diff in " ".join(out.split())

    rated = rate_inspection(load_inspection(copy / "inspection.yaml")).rating
    given = {domain.domain.id: domain.rating for domain in rated.domains} | {"": rated.overall}
    for name, rating in edit.gives:
        found_rating = given[name]
        assert (found_rating and found_rating.id) == rating


def test_three_everyday_edits_are_tried_on_every_scheme() -> None:
    for folder in SCHEMES.iterdir():
        assert not folder.is_dir() or sum(edit.scheme == folder.name for edit in EDITS) >= 3
