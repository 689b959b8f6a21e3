"""Published rating schemes, row by row beside their printed rules, written here again in plain Python."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import floor
from pathlib import Path

import polars
import pytest

from ctm_rules import Counts, Framework, StepAnswer, load_framework, make_engine, rate_counts, rate_frame
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.model.conditions import FactValue
from tests.support.commands import Run
from tests.support.paths import ROOT

SCHEMES = ROOT / "examples" / "schemes"
NEEDS_DURABLE = pytest.mark.skipif(not durable_is_available(), reason="durable_rules is not installed here")
ENGINES = ["reference", pytest.param("durable", marks=NEEDS_DURABLE)]

Rows = Iterator[tuple[dict[str, str], dict[str, str]]]
"""Judgements by slug and facts of the provider, with what they must give: the overall rating under "", that of a domain
under its id."""


# --- Overall stars of nursing homes ------------------------------------------------------------------

STARS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


def stars(health: int, staffing: int, quality: int) -> int:
    overall = health
    for other in (staffing, quality):
        overall += {5: 1, 1: -1}.get(other, 0)
        overall = min(5, max(1, overall))
    return min(overall, health + 1) if health == 1 else overall


def nursing_homes() -> Rows:
    for row in product(STARS, repeat=3):
        slugs = zip(("health", "staffing", "quality"), row, strict=True)
        yield {slug: STARS[star] for slug, star in slugs}, {"": STARS[stars(*row)]}


# --- Stars of health inspections by the cut points of each state ---------------------------------------

CUT_POINTS = SCHEMES / "health-inspections" / "standards" / "health-inspections" / "2022" / "cut_points.csv"
FOUND = {"none_found": 0, "d": 4, "f": 16, "g": 20, "i": 45, "k": 100}
"""Findings and their points, as the grid of severity and scope has them."""


def health_inspections() -> Rows:
    with CUT_POINTS.open(newline="", encoding="utf-8") as table:
        cut_points = {row["state"]: [Fraction(cell) for cell in [*row.values()][1:5]] for row in csv.DictReader(table)}
    for *found, state, abuse in product(FOUND, FOUND, FOUND, cut_points, ("yes", "no")):
        points = [FOUND[each] for each in found]
        total = Fraction(points[0], 2) + Fraction(points[1], 3) + Fraction(points[2], 6)
        number = 5 - sum(total > cut for cut in cut_points[state])
        cycles = dict(zip(("cycle_1", "cycle_2", "cycle_3"), found, strict=True))
        yield {**cycles, "state": state, "abuse": abuse}, {"": STARS[min(number, 2) if abuse == "yes" else number]}


# --- Ratings principles for care services ------------------------------------------------------------

SCALE = ("outstanding", "good", "requires_improvement", "inadequate")


def principle(ratings: Sequence[str]) -> str:
    if ratings.count("inadequate") >= 2:
        return "inadequate"
    if ratings.count("outstanding") >= 2 and set(ratings) <= {"outstanding", "good"}:
        return "outstanding"
    if ratings.count("inadequate") == 0 and ratings.count("requires_improvement") <= 1:
        return "good"
    return "requires_improvement"


def care_services() -> Rows:
    slugs = [standard.slug for standard in scheme("adult-social-care").standards]
    for *row, breach in product(*[SCALE] * 5, ("yes", "no")):
        rating = principle(row)
        if breach == "yes" and rating in ("outstanding", "good"):
            rating = "requires_improvement"
        yield {**dict(zip(slugs, row, strict=True)), "breach_of_regulations": breach}, {"": rating}


# --- The Food Hygiene Rating Scheme ------------------------------------------------------------------

POINTS = {0: "nought", 5: "five", 10: "ten", 15: "fifteen", 20: "twenty", 25: "twenty_five", 30: "thirty"}
PRINTED = [(15, 5, "five"), (20, 10, "four"), (30, 10, "three"), (40, 15, "two"), (50, 20, "one")]
"""The highest total, the highest single score, and the rating, as the table of the scheme has them."""


def food_hygiene() -> Rows:
    for row in product((0, 5, 10, 15, 20, 25), (0, 5, 10, 15, 20, 25), (0, 5, 10, 20, 30)):
        meets = [rating for total, single, rating in PRINTED if sum(row) <= total and max(row) <= single]
        given = {slug: POINTS[score] for slug, score in zip(("hygiene", "structure", "confidence"), row, strict=True)}
        yield given, {"": meets[0] if meets else "zero"}


# --- The report card for schools ---------------------------------------------------------------------

AREAS = ("inclusion", "curriculum", "achievement", "attendance", "development", "leadership")


def report_cards() -> Rows:
    for grades in product(("strong", "attention", "urgent"), repeat=6):
        for safeguarding in ("met", "not_met"):
            given = {**dict(zip(AREAS, grades, strict=True)), "safeguarding": safeguarding}
            concern = "urgent" in grades or safeguarding == "not_met"
            special = given["leadership"] == "urgent" and "urgent" in grades[:-1]
            expected = "special_measures" if special else "significant_improvement" if concern else "no_category"
            yield given, {"": expected}


# --- Scores of quality statements --------------------------------------------------------------------

SCORES = {1: "one", 2: "two", 3: "three", 4: "four"}


def by_score(scores: Sequence[int]) -> str:
    """Return the rating of a key question by its scores: the printed thresholds, then the printed limits."""
    percent = floor(Fraction(100 * sum(scores), 4 * len(scores)) + Fraction(1, 2))
    rank = 0 if percent > 87 else 1 if percent > 62 else 2 if percent > 38 else 3
    if 1 in scores:
        rank = max(rank, 2)
    return SCALE[max(rank, 1) if 2 in scores or 1 in scores else rank]


def by_key_question(ratings: Sequence[str]) -> str:
    if ratings.count("inadequate") >= 2:
        return "inadequate"
    if "inadequate" in ratings or ratings.count("requires_improvement") >= 2:
        return "requires_improvement"
    return "outstanding" if ratings.count("outstanding") >= 2 and "requires_improvement" not in ratings else "good"


def quality_statements() -> Rows:
    domains = {domain.id: domain.standards for domain in scheme("care-assessment").domains}
    good = {slug: "three" for slugs in domains.values() for slug in slugs}
    for scores in product(SCORES, repeat=5):
        given = {slug: SCORES[score] for slug, score in zip(domains["caring"], scores, strict=True)}
        rating = by_score(scores)
        yield {**good, **given}, {"caring": rating, "": by_key_question(["good"] * 4 + [rating])}
    for scores in product(SCORES, repeat=5):  # one score throughout each key question
        of_domain = dict(zip(domains, scores, strict=True))
        given = {slug: SCORES[of_domain[domain]] for domain, slugs in domains.items() for slug in slugs}
        ratings = {domain: by_score([score] * len(domains[domain])) for domain, score in of_domain.items()}
        yield given, {**ratings, "": by_key_question([*ratings.values()])}


# --- Levels of maturity ------------------------------------------------------------------------------

IMPLEMENTED = ("fully", "largely", "partially", "not_implemented")
LEVELS = {"risk": (1, 2, 2, 3), "access": (1, 1, 2, 3), "response": (1, 2, 2, 3)}
"""The level of each practice of a domain."""


def maturity() -> Rows:
    for row in product(IMPLEMENTED, repeat=4):
        given, expected = {}, {}
        for domain, levels in LEVELS.items():
            given |= {f"{domain}_{number}": how for number, how in enumerate(row, 1)}
            missing = [level for level, how in zip(levels, row, strict=True) if how not in IMPLEMENTED[:2]]
            expected[domain] = f"level_{min(missing, default=4) - 1}"
        yield given, expected


# --- The tests ---------------------------------------------------------------------------------------

TABLES: Mapping[str, Callable[[], Rows]] = {
    "nursing-homes": nursing_homes,
    "health-inspections": health_inspections,
    "adult-social-care": care_services,
    "food-hygiene": food_hygiene,
    "school-report-card": report_cards,
    "care-assessment": quality_statements,
    "cyber-maturity": maturity,
}
SIZES = {
    "nursing-homes": 125,
    "health-inspections": 2160,
    "adult-social-care": 2048,
    "food-hygiene": 180,
    "school-report-card": 1458,
}

SHARES_ALONE = "public-protection"
BY_CASES = "youth-justice"
BY_POINTS = "restaurant-grades"


def scheme(name: str) -> Framework:
    (edition,) = (SCHEMES / name / "standards" / name).iterdir()
    return load_framework(edition)


def apart(framework: Framework, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, FactValue]]:
    """Return judgements, and facts of the provider (all of them choices, or yes or no)."""
    facts = framework.provider_facts_by_id
    judged = {name: word for name, word in given.items() if name not in facts}
    known: dict[str, FactValue] = {}
    for name in facts.keys() & given.keys():
        known[name] = given[name] == "yes" if facts[name].type == "yes_no" else given[name]
    return judged, known


def test_every_scheme_that_is_shipped_is_tried() -> None:
    assert {folder.name for folder in SCHEMES.iterdir() if folder.is_dir()} == {
        *TABLES,
        SHARES_ALONE,
        BY_CASES,
        BY_POINTS,
    }


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", TABLES)
def test_every_combination_comes_out_as_the_printed_rule_says(name: str, engine: str) -> None:
    framework = scheme(name)
    deciding = make_engine(framework, engine)  # type: ignore[arg-type]
    rows = [*TABLES[name]()]
    assert len(rows) == SIZES.get(name, len(rows))
    for given, expected in rows:
        judged, facts = apart(framework, given)
        rated = rate_counts(framework, {}, judged, deciding, provider=facts)
        found = {domain.domain.id: domain.rating for domain in rated.domains} | {"": rated.overall}
        assert {key: rating.id for key, rating in found.items() if key in expected and rating} == expected, given


@pytest.mark.parametrize("name", TABLES)
def test_the_same_combinations_come_out_in_bulk(name: str) -> None:
    framework = scheme(name)
    rows = [*TABLES[name]()][::5]
    frame = polars.DataFrame({"provider": [str(number) for number in range(len(rows))]})
    both = {str(number): apart(framework, given) for number, (given, _) in enumerate(rows)}
    judged, facts = ({group: each[part] for group, each in both.items()} for part in (0, 1))
    rated = rate_frame(framework, frame, "provider", judgements=judged, provider=facts)
    for number, (_, expected) in enumerate(rows):
        result = rated[str(number)]
        found = {domain.domain.id: domain.rating for domain in result.domains} | {"": result.overall}
        assert {key: rating.id for key, rating in found.items() if key in expected and rating} == expected, number


@pytest.mark.parametrize("name", [*TABLES, SHARES_ALONE, BY_CASES, BY_POINTS])
def test_a_scheme_passes_its_checks_and_every_part_of_it_is_tried_by_its_scenarios(name: str, run: Run) -> None:
    code, out, _ = run("check", str(SCHEMES / name), "--strict")
    assert (code, out.splitlines()[-1][:17]) == (0, "no mistakes found")
    code, out, _ = run("test", str(SCHEMES / name / "standards"), "--coverage", "--threshold", "100")
    assert code == 0, out
    assert ": 100%" in out


def test_an_inspection_that_rates_nothing_has_no_word_of_ratings_and_scores(run: Run) -> None:
    code, out, _ = run("rate", str(SCHEMES / SHARES_ALONE / "inspection.yaml"))
    assert code == 0
    shown = out.lower().replace("resting on assumptions", "")
    assert [
        word for word in ("rating", "rated", "score", "band ", "overall") if word in shown.replace("_bands", "")
    ] == []
    with (SCHEMES / SHARES_ALONE / "cases.csv").open(newline="") as table:
        rows = [*csv.DictReader(table)]
    # Counted by hand: a prompt that is na drops out, and after eight weeks the first prompt of reviewing decides.
    yes = sum(
        {row[f"assessment.safety.{name}"] for name in ("risks", "sources", "victims")} <= {"yes", "na"} for row in rows
    )
    reviewed = 0
    for row in rows:
        names = ("changes",) if int(row["weeks_before_suspension"]) <= 8 else ("changes", "agencies")
        reviewed += {row[f"reviewing.safety.{name}"] for name in names} <= {"yes", "na"}
    shares = [line.split() for line in out.splitlines() if line.rstrip().endswith((" to 53", " to 91"))]
    assert [row[-8:-6] for row in shares] == [
        [str(yes), str(len(rows) - yes)],
        [str(reviewed), str(len(rows) - reviewed)],
    ]


LOWEST_OF = ((80, "outstanding"), (65, "good"), (50, "requires_improvement"), (0, "inadequate"))
OVERALL_OF = ((31, "outstanding"), (19, "good"), (7, "requires_improvement"), (0, "inadequate"))


@pytest.mark.parametrize("engine", ENGINES)
def test_twelve_scores_of_youth_justice_add_up_and_resettlement_stands_beside_them(engine: str) -> None:
    framework = scheme(BY_CASES)
    deciding = make_engine(framework, engine)  # type: ignore[arg-type]
    chance = random.Random(36)
    seen = set()
    for _ in range(400):
        weak = chance.random()  # so that good and poor services are both drawn
        judged = {each.slug: chance.choice(SCALE) for each in framework.standards if each.rated_by == "judgement"}
        counts, ratings = {}, dict(judged)
        for standard in framework.standards:
            shares = []
            for question in standard.key_questions:
                yes = chance.randint(int(20 * weak), 20)
                counts[f"{standard.slug}.{question.id}"] = Counts(yes=yes, no=20 - yes, not_applicable=7)
                shares.append(5 * yes)
            if shares:
                ratings[standard.slug] = next(rating for least, rating in LOWEST_OF if min(shares) >= least)
        score = sum(3 - SCALE.index(rating) for slug, rating in ratings.items() if slug != "resettlement")
        rated = rate_counts(framework, counts, judged, deciding)
        assert {each.standard.slug: each.rating.id for each in rated.standards if each.rating} == ratings
        assert (rated.score, rated.out_of) == (score, 36)
        assert rated.overall is not None
        assert rated.overall.id == next(rating for least, rating in OVERALL_OF if score >= least)
        seen.add(rated.overall.id)
    assert seen >= {"good", "requires_improvement", "outstanding"}


POINTS_OF = {
    "temperature": (0, 7, 8, 9, 10),
    "contaminated": (0, 7, 8, 9, 10),
    "raw_food": (0, 5, 6, 7, 8),
    "pests": (0, 5, 6, 7, 8),
    "utensils": (0, 2, 3, 4, 5),
    "repair": (0, 2, 3, 4, 5),
}
"""The points of each violation by how far it goes, from none at all."""


def grade_of(points: int) -> str:
    return "a" if points <= 13 else "b" if points <= 27 else "c"


@pytest.mark.parametrize("engine", ENGINES)
def test_the_points_of_violations_give_the_printed_grade(engine: str) -> None:
    framework = scheme(BY_POINTS)
    deciding = make_engine(framework, engine)  # type: ignore[arg-type]
    chance = random.Random(81)
    seen = set()
    for _ in range(400):
        serves_raw_food, most = chance.random() < 0.8, chance.randint(0, 4)
        levels = {name: chance.randint(0, most) for name in POINTS_OF}
        if not serves_raw_food:
            levels["raw_food"] = 0
        answers = {
            f"kitchen.violations.{name}": StepAnswer(f"level_{level}" if level else "none")
            for name, level in levels.items()
        }
        points = sum(POINTS_OF[name][level] for name, level in levels.items())
        rated = rate_counts(framework, {}, {}, deciding, provider={"serves_raw_food": serves_raw_food}, answers=answers)
        (question,) = rated.standards[0].key_questions
        assert question.value == points
        assert rated.overall is not None
        assert rated.overall.id == grade_of(points)
        seen.add((grade_of(points), points in (13, 14, 27, 28)))
    assert seen == {(grade, at_a_limit) for grade in "abc" for at_a_limit in (True, False)}


def test_many_kitchens_are_graded_from_one_table() -> None:
    framework = scheme(BY_POINTS)
    kitchens = {"one": (1, 0, 0, 0, 1, 0), "two": (2, 0, 1, 0, 0, 1), "three": (4, 4, 0, 1, 0, 3)}
    answers = {
        name: {
            f"kitchen.violations.{prompt}": StepAnswer(f"level_{level}" if level else "none")
            for prompt, level in zip(POINTS_OF, levels, strict=True)
        }
        for name, levels in kitchens.items()
    }
    frame = polars.DataFrame({"kitchen": list(kitchens)})
    facts = {name: {"serves_raw_food": True} for name in kitchens}
    rated = rate_frame(framework, frame, "kitchen", provider=facts, answers=answers)
    for name, levels in kitchens.items():
        points = sum(POINTS_OF[prompt][level] for prompt, level in zip(POINTS_OF, levels, strict=True))
        result = rated[name]
        assert (result.standards[0].key_questions[0].value, result.overall and result.overall.id) == (
            points,
            grade_of(points),
        )


def test_in_bulk_an_inspection_that_rates_nothing_has_its_shares_and_nothing_else(run: Run, tmp_path: Path) -> None:
    header, *rows = (SCHEMES / SHARES_ALONE / "cases.csv").read_text().splitlines()
    table = tmp_path / "cases.csv"
    table.write_text("\n".join([f"provider,{header}", *(f"North,{row}" for row in rows)]) + "\n")
    (edition,) = (SCHEMES / SHARES_ALONE / "standards" / SHARES_ALONE).iterdir()
    code, out, _ = run("rate", "--cases", str(table), "--by", "provider", "--framework", str(edition))
    assert code == 0
    assert "Overall" not in out
    assert "not rated" not in out
    (shown,) = [line.split() for line in out.splitlines() if line.startswith("North")]
    one_by_one = run("rate", str(SCHEMES / SHARES_ALONE / "inspection.yaml"), "--json")[1]
    shares = [question["percent"] for each in json.loads(one_by_one)["standards"] for question in each["key_questions"]]
    assert shown == ["North", "12", *(f"{share}%" for share in shares)]
    written = tmp_path / "ratings.csv"
    run("rate", "--cases", str(table), "--by", "provider", "--framework", str(edition), "-o", str(written))
    names = written.read_text().splitlines()[0].split(",")
    assert [name for name in names if name.endswith((".rating", ".score", ".band", ".out_of"))] == []
