"""What is said of a rating at each level: what made it and what was added up, or what is missing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from attrs import evolve

from ctm_rules import Answer, Counts, Framework, RatingResult, make_engine, make_framework, rate_counts
from ctm_rules.model.rating_rules import SumInBands
from ctm_rules.rating.overall import values_possible

TENS = "percent_of: scores, decided_on: rounded, to: 10"
BANDS = "bands: [{from: 80, rating: good}, {from: 50, rating: fair}, {from: 0, rating: poor}]"
EDGE = BANDS.replace("80", "71")
MEANS = "bands: [{from: 3, rating: good}, {from: 2, rating: fair}, {from: 0, rating: poor}]"
HOMES = """\
id: homes
edition: "1"
title: Homes
publisher: A council
in_force_from: 2026-01-01
ratings: [{id: good, label: Good, score: 4}, {id: fair, label: Fair, score: 2}, {id: poor, label: Poor, score: 1}]
scales: {level: [{id: high, label: High}, {id: low, label: Low}]}
provider_facts:
  - {id: small, title: A small home, type: yes_no}
  - {id: rural, title: In the country, type: yes_no}
domains:
  - {id: people, title: People, standards: [care, food]}
  - {id: place, title: Place, standards: [rooms], scale: level, rating: {first_that_holds: [{rating: high}]}}
standards:
  - {id: "1", slug: care, title: Care, statement: There is care., rated_by: judgement}
  - {id: "2", slug: food, title: Food, statement: There is food., rated_by: judgement}
  - {id: "3", slug: rooms, title: Rooms, statement: There are rooms., rated_by: judgement}
  - {id: "4", slug: garden, title: Garden, statement: There is a garden., rated_by: judgement, in_total: no}
"""


def homes(overall: str = "", of_domains: str = "", more: str = "") -> Framework:
    """The homes with a rule for the whole, and one for domains that have none of their own."""
    text = HOMES + (f"overall: {{{overall}}}\n" if overall else "")
    return make_framework(text + (f"domain_rating: {{{of_domains}}}\n" if of_domains else "") + more)


def rate(framework: Framework, facts: dict[str, bool] | None = None, **judged: str) -> RatingResult:
    """Rate what was judged so, with the rooms and the garden good where nothing else is said of them."""
    judged = {"rooms": "good", "garden": "good", **judged}
    return rate_counts(framework, {}, judged, make_engine(framework), provider=facts or {})


def overall(result: RatingResult) -> tuple[str | None, tuple[str, ...]]:
    """The overall rating with what made it, or why there is none."""
    if result.overall is None:
        return None, tuple(each.removeprefix("Overall rating: ") for each in result.not_rated)
    return result.overall.id, tuple(reason.says for reason in result.overall_because)


@pytest.mark.parametrize(
    ("way", "judged", "expected"),
    [
        # Of 3 times 4, twice 4 and 4, there are 12 + 4 + 1 of 24, 70.83 per cent.
        pytest.param(f"percent_of: scores, {BANDS}", ("good", "fair", "poor"), "fair", id="per cent"),
        pytest.param(f"{TENS}, {BANDS}", ("good", "fair", "poor"), "fair", id="70"),
        pytest.param(f"percent_of: scores, {EDGE}", ("good", "fair", "poor"), "fair", id="exactly below 71"),
        # Their mean is 17 of 6, 2.83, and rounded to whole ones 3.
        pytest.param(f"mean_of: scores, {MEANS}", ("good", "fair", "poor"), "fair", id="the mean"),
        pytest.param(f"mean_of: scores, decided_on: rounded, {MEANS}", ("good", "fair", "poor"), "good", id="rounded"),
        pytest.param(f"mean_of: scores, {MEANS}", ("good", "fair", "good"), "good", id="a higher mean"),
        # 12 + 4 + 4 of 24 are 83.33.
        pytest.param(f"percent_of: scores, {BANDS}", ("good", "fair", "good"), "good", id="more per cent"),
        # 12 + 2 + 4 of 24 are 75 per cent, which are rounded to 80.
        pytest.param(f"percent_of: scores, {BANDS}", ("good", "poor", "good"), "fair", id="75"),
        pytest.param(f"{TENS}, {BANDS}", ("good", "poor", "good"), "good", id="80"),
        pytest.param(
            f"{TENS}, {BANDS.replace('80', '71')}",
            ("good", "fair", "poor"),
            "fair",
            id="not 71",
        ),
    ],
)  # fmt: skip
def test_scores_in_per_cent_of_the_highest_with_weights(way: str, judged: tuple[str, str, str], expected: str) -> None:
    framework = homes(f"{way}, of: [care, food, rooms], weights: {{care: 3, food: 2}}")
    assert overall(rate(framework, **dict(zip(("care", "food", "rooms"), judged, strict=True)))) == (expected, ())


def test_where_nothing_can_be_scored_there_are_none_per_cent() -> None:
    text = HOMES.replace("score: 4", "score: 0").replace("score: 2", "score: 0").replace("score: 1", "score: 0")
    bands = BANDS.replace("from: 50", "from: 1")
    framework = make_framework(f"{text}overall: {{percent_of: scores, of: [care], {bands}}}\n")
    assert overall(rate(framework, care="good")) == ("poor", ())


def by_small(then: str = "") -> str:
    bands = BANDS.removeprefix("bands: ")
    rows = f"{{yes: {bands}, no: {bands.replace('80', '90')}}}"
    return f"percent_of: scores, of: [care, food], bands_by: {{small: {rows}}}{then}"


def test_which_bands_a_fact_chose_is_said_wherever_it_is_known() -> None:
    placed = "placed in the bands where “A small home” is yes"
    result = rate(homes(by_small()), {"small": True}, care="good", food="fair")
    assert overall(result) == ("fair", (placed,))
    assert [reason.to_dict()["number"] for reason in result.overall_because] == [0]
    # A step of which nobody knows whether it is made: the bands did not make a rating that there is not.
    step = ", then: [{worse_by: 1, when: {fact: rural, is: yes}}]"
    open_step = rate(homes(by_small(step)), {"small": True}, care="good", food="fair")
    assert overall(open_step) == (None, ("it may be Fair or Poor while “In the country” is not known",))
    assert open_step.overall_because == ()
    made = rate(homes(by_small(step)), {"small": True, "rural": True}, care="good", food="fair")
    assert overall(made) == ("poor", (placed, "one step worse since “In the country” is yes"))


def test_several_facts_that_are_not_known_are_named_together() -> None:
    step = ", then: [{worse_by: 1, when: {fact: rural, is: yes}}]"
    # 7 of 8 are 87.5: good where it is small, else fair; and one step worse or not.
    text = HOMES.replace("score: 2", "score: 3")
    framework = make_framework(f"{text}overall: {{{by_small(step)}}}\n")
    both = "it may be Good, Fair or Poor while “In the country” and “A small home” are not known"
    assert overall(rate(framework, care="good", food="fair")) == (None, (both,))


def test_one_standard_that_would_change_a_rating_is_moved_on_its_own_scale() -> None:
    framework = make_framework(
        HOMES.replace("slug: garden,", "slug: garden, scale: level,")
        + "overall: {not_rated: leave_out, first_that_holds: "
        + "[{rating: poor, when: {standard: garden, rated: low}}, {rating: good}]}\n"
        + "panel: {one_standard_would_change_it: yes}\n"
    )
    result = rate(framework, care="not_rated", food="poor", rooms="good", garden="high")
    assert [flag.reason for flag in result.overall_panel] == ["4 Garden rated one step lower would make it Poor"]
    low = rate(framework, care="not_rated", food="good", rooms="good", garden="low")
    assert [flag.reason for flag in low.overall_panel] == ["one standard rated one step higher would make it Good"]


def test_a_rating_that_is_taken_is_none_where_nobody_knows_whether_a_step_is_made() -> None:
    framework = homes("take: lowest, of: standards, then: [{worse_by: 1, when: {fact: rural, is: yes}}]")
    may_be = ("it may be Fair or Poor while “In the country” is not known",)
    assert overall(rate(framework, care="good", food="fair")) == (None, may_be)
    assert overall(rate(framework, {"rural": False}, care="good", food="fair")) == ("fair", ())
    assert overall(rate(framework, care="good", food="poor")) == ("poor", ())


def test_what_is_beside_the_total_is_not_counted_and_may_be_named() -> None:
    poor = "when: {at_least: {count: 1, of: standards, rated: poor}}"
    counted = homes(f"first_that_holds: [{{rating: poor, {poor}}}, {{rating: good}}]")
    judged = {"care": "good", "food": "good", "garden": "poor"}
    assert overall(rate(counted, **judged)) == ("good", ("no condition for another rating holds",))
    named = homes("first_that_holds: [{rating: poor, when: {standard: garden, rated: poor}}, {rating: good}]")
    assert overall(rate(named, **judged)) == ("poor", ("“Garden” is rated Poor",))


def test_a_domain_on_a_scale_of_its_own_is_compared_on_that() -> None:
    framework = homes("first_that_holds: [{rating: fair, when: {domain: place, rated_or_worse: low}}, {rating: good}]")
    assert overall(rate(framework, care="good", food="good")) == ("good", ("no condition for another rating holds",))
    low = make_framework(
        HOMES.replace("[{rating: high}]", "[{rating: low}]")
        + "overall: {first_that_holds: [{rating: fair, when: {domain: place, rated: low}}, {rating: good}]}\n"
    )
    assert overall(rate(low, care="good", food="good")) == ("fair", ("“Place” is rated Low",))


def test_a_step_on_another_scale_is_said_in_its_words() -> None:
    rule = "{first_that_holds: [{rating: high}], then: [{no_better_than: low, when: {standard: rooms, rated: poor}}]}"
    text = HOMES.replace("{first_that_holds: [{rating: high}]}", rule).replace("label: Low", "label: Not enough")
    (_, place) = rate(make_framework(text), rooms="poor").domains
    assert place.rating
    assert place.rating.label == "Not enough"
    assert [reason.says for reason in place.because] == [
        "no condition for another rating holds",
        "no better than Not enough since “Rooms” is rated Poor",
    ]


def test_a_domain_says_what_made_its_rating_what_was_added_up_and_what_is_missing() -> None:
    percent = f"percent_of: scores, {BANDS}"
    people, place = rate(homes(of_domains=percent), care="good", food="fair").domains
    assert (people.rating and people.rating.id, people.value) == ("fair", 75)
    assert (place.rating and place.rating.id, place.value, place.not_rated) == ("high", None, "")
    assert [reason.says for reason in place.because] == ["no condition for another rating holds"]
    assert place.because[0].at.line == 13
    lowest = rate(homes(of_domains="take: lowest, of: standards"), care="good", food="fair").domains[0]
    assert lowest.drivers == ("food",)
    missing = rate(homes(of_domains="take: lowest, of: standards"), care="good").domains[0]
    assert (missing.rating, missing.drivers, missing.not_rated) == (None, (), "2 Food has no rating")


@pytest.mark.parametrize(
    ("not_rated", "score"), [("leave_out", (4, 4)), ("refuse", (None, 8))], ids=["left out", "refused"]
)
def test_the_score_of_a_domain_leaves_out_what_its_rule_leaves_out(
    not_rated: str, score: tuple[int | None, int]
) -> None:
    framework = homes(of_domains=f"take: lowest, of: standards, not_rated: {not_rated}")
    people = rate(framework, care="good", food="not_rated").domains[0]
    assert (people.score, people.out_of) == score


@pytest.mark.parametrize(
    ("named", "expected"), [("[care]", "good"), ("[care, food]", None)], ids=["looked at alone", "one of two"]
)
def test_what_a_rule_looks_at_alone_says_whether_it_can_be_left_out(named: str, expected: str | None) -> None:
    """Of a domain: it looks at some of its standards, and none of these will have a rating."""
    framework = homes(
        "first_that_holds: [{rating: poor, when: {domain: people, rated: poor}}, {rating: good}], not_rated: leave_out",
        f"take: lowest, of: {named}, not_rated: refuse",
    )
    result = rate(framework, care="not_rated", food="good")
    assert result.domains[0].rating is None
    assert overall(result)[0] == expected


ASKED = """\
  - id: "5"
    slug: safety
    title: Safety
    statement: It is safe.
    key_questions:
      - id: alarms
        ask: Are there alarms?
        asked_of: provider
        prompts:
          - {id: there, ask: Are there any?}
          - {id: tried, ask: Are they tried?, applies_when: {fact: rural, is: yes}}
        RULE
"""


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        pytest.param(
            "rating: {first_that_holds: [{rating: good, when: {all: [there, tried]}}, {rating: poor}]}",
            "it may be Good or Poor",
            id="lines",
        ),
        pytest.param(
            "yes_when: {all: [there, tried]}\n        rating: {share_of: yes, among: [yes, no], " + BANDS + "}",
            "undetermined",
            id="a rule",
        ),
        pytest.param(
            "points: {percent_of: prompts}\n        rating: {mean_of: points, " + BANDS + "}",
            "undetermined",
            id="points",
        ),
    ],
)  # fmt: skip
def test_a_fact_that_says_what_is_asked_is_missed_too(rule: str, start: str) -> None:
    framework = make_framework(HOMES.partition("domains:")[0] + "standards:\n" + ASKED.replace("RULE", rule))
    there, tried = "safety.alarms.there", "safety.alarms.tried"

    def why(facts: dict[str, bool], **answers: Answer) -> str:
        given = {f"safety.alarms.{name}": answer for name, answer in answers.items()}
        result = rate_counts(framework, {}, {}, make_engine(framework), provider=facts, answers=given)
        return result.standards[-1].key_questions[0].not_rated.partition("safety.alarms")[2].lstrip(": ")

    assert {there, tried} == {*framework.provider_prompts}
    first = start if "may" in start else f"is {start}"
    answered = {"there": Answer.YES, "tried": Answer.NO}
    assert why({}, **answered) == f"{first} while “In the country” is not known"
    assert (
        why({}, there=Answer.YES) == f"{first} while “Are they tried?” has no answer and “In the country” is not known"
    )
    assert why({"rural": True}, there=Answer.YES) == f"{first} while “Are they tried?” has no answer"
    assert why({"rural": True}, **answered) == ""


SHARE = "yes_when: {any: [there, tried]}\n        rating: {share_of: yes, among: [yes, no], " + BANDS + "}"
POINTS = "points: {sum_of: prompts}\n        rating: {percent_of: points, " + BANDS + "}"


def scored(points: int, reachable: int) -> Counts:
    return Counts(scored=1, points=Fraction(points), reachable=Fraction(reachable))


@pytest.mark.parametrize(
    ("there", "share", "points"),
    [
        pytest.param(Answer.YES, (Counts(yes=1), 1, 100, "good"), (scored(1, 2), 50, "fair"), id="one of two"),
        pytest.param(Answer.NO, (Counts(no=1), 0, 0, "poor"), (scored(0, 2), 0, "poor"), id="none of two"),
        pytest.param(Answer.NA, (Counts(no=1), 0, 0, "poor"), (scored(0, 1), 0, "poor"), id="none of one"),
    ],
)
def test_what_is_asked_once_counts_once(
    there: Answer, share: tuple[Counts, int, int, str], points: tuple[Counts, int, str]
) -> None:
    answers = {"safety.alarms.there": there, "safety.alarms.tried": Answer.NO}
    found = []
    for rule in (SHARE, POINTS):
        framework = make_framework(HOMES.partition("domains:")[0] + "standards:\n" + ASKED.replace("RULE", rule))
        result = rate_counts(framework, {}, {}, make_engine(framework), provider={"rural": True}, answers=answers)
        found += result.standards[-1].key_questions
    of_share, of_points = found
    assert (of_share.counts, of_share.share, of_share.percent, of_share.rating and of_share.rating.id) == share
    assert (of_points.counts, of_points.value, of_points.rating and of_points.rating.id) == points
    assert of_share.interval is of_points.interval is None


LINES = "rating: {first_that_holds: [{rating: good, when: there}, {rating: fair, when: tried}, {rating: poor}]}"


@pytest.mark.parametrize("rule", [SHARE, POINTS, LINES], ids=["a share", "points", "lines"])
def test_what_does_not_apply_to_the_provider_is_settled_and_said(rule: str) -> None:
    text = ASKED.replace("asked_of: provider", "asked_of: provider\n        applies_when: {fact: rural, is: yes}")
    framework = make_framework(HOMES.partition("domains:")[0] + "standards:\n" + text.replace("RULE", rule))
    result = rate_counts(framework, {}, {}, make_engine(framework), provider={"rural": False})
    (alarms,) = result.standards[-1].key_questions
    assert (alarms.rating, alarms.is_settled, alarms.not_rated) == (None, True, "safety.alarms does not apply")


@pytest.mark.parametrize("rule", [SHARE, POINTS], ids=["a share", "points"])
def test_the_bands_that_a_fact_chose_for_what_is_asked_once_are_said(rule: str) -> None:
    bands = BANDS.removeprefix("bands: ")
    chosen = rule.replace(BANDS, f"bands_by: {{small: {{yes: {bands}, no: {bands}}}}}")
    framework = make_framework(HOMES.partition("domains:")[0] + "standards:\n" + ASKED.replace("RULE", chosen))
    answers = {"safety.alarms.there": Answer.YES, "safety.alarms.tried": Answer.YES}
    facts = {"rural": True, "small": False}
    (alarms,) = rate_counts(framework, {}, {}, provider=facts, answers=answers).standards[-1].key_questions
    assert [reason.says for reason in alarms.because] == ["placed in the bands where “A small home” is no"]
    other = bands.replace("80", "101").replace("50", "99")
    open_bands = rule.replace(BANDS, f"bands_by: {{small: {{yes: {bands}, no: {other}}}}}")
    framework = make_framework(HOMES.partition("domains:")[0] + "standards:\n" + ASKED.replace("RULE", open_bands))
    (alarms,) = rate_counts(framework, {}, {}, provider={"rural": True}, answers=answers).standards[-1].key_questions
    assert alarms.not_rated == "safety.alarms: it may be Good or Fair while “A small home” is not known"


JUDGED = """\
  - id: "5"
    slug: safety
    title: Safety
    statement: It is safe.
    key_questions:
      - {id: alarms, ask: Are there alarms?, rated_by: judgement, scale: level}
    rating:
      not_rated: leave_out
      first_that_holds: [{rating: poor, when: {key_question: safety.alarms, rated: low}}, {rating: good}]
"""


@pytest.mark.parametrize(
    ("judged", "rating", "settled", "why"),
    [
        ("low", "low", False, ""),
        ("high", "high", False, ""),
        ("not_rated", None, True, "safety.alarms was looked at and given no rating"),
        (None, None, False, "no judgement is recorded for safety.alarms"),
    ],
    ids=["low", "high", "given no rating", "not looked at"],
)
def test_a_key_question_that_people_rate(judged: str | None, rating: str | None, settled: bool, why: str) -> None:
    framework = make_framework(HOMES.partition("domains:")[0] + "standards:\n" + JUDGED)
    given = {} if judged is None else {"safety.alarms": judged}
    (alarms,) = rate_counts(framework, {}, given, make_engine(framework)).standards[-1].key_questions
    assert (alarms.rating and alarms.rating.id, alarms.is_settled, alarms.not_rated) == (rating, settled, why)


OF_CASES = """\
  - id: "5"
    slug: safety
    title: Safety
    statement: It is safe.
    key_questions:
      - id: falls
        ask: Are falls prevented?
        prompts: [{id: plan, ask: Is there a plan?}]
        RULE
"""
OF_SHARES = "yes_when: plan\n        rating: {share_of: yes, among: [yes, no], minimum_cases: 3"
OF_POINTS = "points: {sum_of: prompts}\n        rating: {percent_of: points, minimum_cases: 3"


@pytest.mark.parametrize(
    ("rule", "counted", "what"),
    [
        pytest.param(f"{OF_SHARES}, {BANDS}}}", {"yes": 1}, "rating", id="a rated share"),
        pytest.param(f"{OF_SHARES}}}", {"yes": 1}, "share", id="a share"),
        pytest.param(
            f"{OF_POINTS}, {BANDS}}}", {"scored": 1, "points": 1, "reachable": 1}, "rating", id="rated points"
        ),
        pytest.param(f"{OF_POINTS}}}", {"scored": 1, "points": 1, "reachable": 1}, "value", id="points"),
    ],
)
def test_too_few_cases_are_said_of_what_they_are_too_few_for(rule: str, counted: dict[str, int], what: str) -> None:
    framework = make_framework(HOMES.partition("domains:")[0] + "standards:\n" + OF_CASES.replace("RULE", rule))

    def why(times: int, undetermined: int = 0) -> tuple[str, bool]:
        parts = {
            name: Fraction(number * times) if name in ("points", "reachable") else number * times
            for name, number in counted.items()
        }
        counts = Counts(**parts, undetermined=undetermined)
        (falls,) = (
            rate_counts(framework, {"safety.falls": counts}, {}, make_engine(framework)).standards[-1].key_questions
        )
        return falls.not_rated, falls.is_settled

    assert why(3) == ("", False)
    assert why(2) == (f"only 2 cases counted for safety.falls, and a {what} needs 3 cases", True)
    assert why(1) == (f"only 1 case counted for safety.falls, and a {what} needs 3 cases", True)
    assert why(0) == ("no case was counted for safety.falls", True)
    undetermined = "safety.falls is undetermined in {}, and the framework then gives no " + what
    assert why(3, 1) == (undetermined.format("1 case"), False)
    assert why(0, 2) == (undetermined.format("2 cases"), False)


@pytest.mark.parametrize(("yes", "flags"), [(2750, ["near_boundary"]), (2751, [])], ids=["at five points", "beyond"])
def test_a_share_is_near_a_limit_up_to_the_distance_and_not_beyond(yes: int, flags: list[str]) -> None:
    rule = f"yes_when: plan\n        rating: {{share_of: yes, among: [yes, no], {BANDS}}}"
    text = HOMES.partition("domains:")[0] + "standards:\n" + OF_CASES.replace("RULE", rule)
    framework = make_framework(text + "panel: {within_points: 5}\n")
    counts = {"safety.falls": Counts(yes=yes, no=5000 - yes)}
    (falls,) = rate_counts(framework, counts, {}, make_engine(framework)).standards[-1].key_questions
    assert [flag.kind for flag in falls.panel] == flags


@pytest.mark.parametrize(
    ("rule", "limit", "says"),
    [
        # Two of three are good, with scores of 4, and one is fair, with 2.
        pytest.param("sum_of: scores", 12, "the score is 10, and ", id="a sum"),
        pytest.param("sum_of: scores, weights: {care: 2}", 16, "", id="a sum with weights"),
        pytest.param("sum_of: scores, of: [care, food, rooms]", 12, "", id="a sum of some"),
        pytest.param("mean_of: scores", 4, "", id="a mean"),
    ],
)
def test_where_a_sum_lies_is_said_of_a_sum_of_all_standards_alone(rule: str, limit: int, says: str) -> None:
    bands = f"bands: [{{from: {limit}, rating: good}}, {{from: 0, rating: poor}}]"
    framework = make_framework(f"{HOMES}overall: {{{rule}, {bands}}}\npanel: {{one_standard_would_change_it: yes}}\n")
    result = rate(framework, care="good", food="fair")
    (flag,) = result.overall_panel
    assert flag.reason == f"{says}one standard rated one step higher would make it Good"


ZERO = HOMES.replace("label: Poor, score: 1", "label: Poor, score: 0")
"""Scores of 4, 2 and 0."""
TWO_BANDS = "bands: [{from: 1, rating: good}, {from: 0, rating: poor}]"


def values_of(framework: Framework) -> list[str]:
    """The values that the sum of the one rule that adds scores up can come to."""
    (placed,) = (each for each in framework.placed_rules() if isinstance(each.rule, SumInBands))
    assert isinstance(placed.rule, SumInBands)
    return [str(value) for value in values_possible(framework, placed, placed.rule)]


def test_a_score_of_one_may_be_a_limit() -> None:
    scores = HOMES.replace("score: 4", "score: 1").replace("label: Fair, score: 2", "label: Fair, score: 0")
    scores = scores.replace("label: Poor, score: 1", "label: Poor, score: 0")
    text = f"{scores}overall: {{sum_of: scores, {TWO_BANDS}}}\npanel: {{one_standard_would_change_it: yes}}\n"
    result = rate(make_framework(text), care="good", food="poor", rooms="poor")
    reason = "a score of 1 is the limit for Good, and 1 Care rated one step lower would make it Poor"
    assert [flag.reason for flag in result.overall_panel] == [reason]


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        pytest.param("sum_of: scores, of: [care, food], weights: {care: 3}", "0 2 4 6 8 10 12 14 16", id="weights"),
        pytest.param("mean_of: scores, of: [care, food], weights: {care: 3}", "0 1/2 1 3/2 2 5/2 3 7/2 4", id="a mean"),
        pytest.param("sum_of: scores", "0 2 4 6 8 10 12", id="all that count"),
        pytest.param("percent_of: scores, of: [care]", "0 50 100", id="per cent"),
        pytest.param("sum_of: scores, of: [people]", "0 2 4", id="a domain"),
    ],
)
def test_the_values_that_scores_can_come_to(rule: str, values: str) -> None:
    """Of scores of 4, 2 and 0."""
    framework = make_framework(
        f"{ZERO}domain_rating: {{take: lowest, of: standards}}\noverall: {{{rule}, {TWO_BANDS}}}\n"
    )
    (placed,) = (each for each in framework.placed_rules() if each.level == "overall")
    assert isinstance(placed.rule, SumInBands)
    assert [str(value) for value in values_possible(framework, placed, placed.rule)] == values.split()
    assert values_possible(framework, placed, evolve(placed.rule, of=())) == []


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        pytest.param(SHARE, "0 2 4", id="bands"),
        pytest.param(SHARE.replace("50, rating: fair", "50, rating: poor"), "0 4", id="bands without one"),
        pytest.param(POINTS.replace("0, rating: poor", "0, rating: fair"), "2 4", id="points"),
        pytest.param(LINES.replace("rating: fair", "rating: good"), "0 4", id="lines"),
        pytest.param(LINES.replace("}]}", "}], then: [{worse_by: 1, when: tried}]}"), "0 2 4", id="lines and steps"),
    ],
)
def test_the_scores_of_a_key_question_are_those_that_it_can_be_given(rule: str, values: str) -> None:
    text = ZERO.partition("domains:")[0]
    asked = ASKED.replace("RULE", rule) + f"    rating: {{sum_of: scores, of: key_questions, {TWO_BANDS}}}\n"
    framework = make_framework(f"{text}standards:\n{asked}")
    assert values_of(framework) == values.split()


@pytest.mark.parametrize(
    ("own", "values"),
    [
        pytest.param("", "0 4", id="taken from its question"),
        pytest.param("    rating: {take: highest}\n", "0 4", id="the highest"),
        pytest.param("    rating: {then: [{worse_by: 1, when: {fact: rural, is: yes}}]}\n", "0 2 4", id="with a step"),
        pytest.param("    rating: {first_that_holds: [{rating: good}]}\n", "0 2 4", id="lines"),
        pytest.param("    rated_by: judgement\n", "0 2 4", id="judged"),
    ],
)
def test_the_scores_of_a_standard_are_those_that_it_can_be_given(own: str, values: str) -> None:
    text = ZERO.partition("domains:")[0]
    asked = ASKED.replace("RULE", SHARE.replace("50, rating: fair", "50, rating: poor"))
    if "judgement" in own:
        asked = asked.partition("    key_questions:")[0]
    framework = make_framework(f"{text}standards:\n{asked}{own}overall: {{sum_of: scores, {TWO_BANDS}}}\n")
    (placed,) = (each for each in framework.placed_rules() if each.level == "overall")
    assert isinstance(placed.rule, SumInBands)
    assert [str(value) for value in values_possible(framework, placed, placed.rule)] == values.split()
