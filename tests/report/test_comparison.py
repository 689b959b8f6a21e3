"""Several inspections side by side: places, ratings over time, and the weakest key questions."""

from __future__ import annotations

import datetime
import io
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from attrs import evolve

from ctm_rules import Case, InspectionResult, Judgement, Outcome, load_inspection, rate_inspection
from ctm_rules.inspections.file import Fieldwork
from ctm_rules.report.comparison.figures import by_framework, league, over_time, weakest
from ctm_rules.report.comparison.rendering import render_comparison
from tests.support.commands import Run
from tests.support.hostile_words import HOSTILE
from tests.support.paths import EXAMPLE
from tests.support.report_page import Page
from tests.support.small_framework import Small


def _judged(cases: tuple[Case, ...], yes: int) -> tuple[Case, ...]:
    """Return cases in which every key question of a standard is judged yes in the first so many of them."""
    paths = [f"reviewing.{question}" for question in ("engaging", "desistance", "safety")]
    return tuple(
        evolve(case, judgements=dict.fromkeys(paths, Judgement(Outcome.YES if number < yes else Outcome.NO, "made up")))
        for number, case in enumerate(cases)
    )


@pytest.fixture(scope="module")
def results() -> list[InspectionResult]:
    """Three inspections: two of one provider, the later one better, and another provider in between."""
    inspection = load_inspection(EXAMPLE)
    declared = inspection.declared

    def made(provider: str, name: str, year: int, yes: int, synthetic: bool) -> InspectionResult:
        fieldwork = evolve(declared.fieldwork, started=declared.fieldwork.started.replace(year=year))
        cases = evolve(declared.cases, synthetic=synthetic)
        changed = evolve(
            declared, provider=evolve(declared.provider, id=provider, name=name), fieldwork=fieldwork, cases=cases
        )
        return rate_inspection(evolve(inspection, declared=changed, cases=_judged(inspection.cases, yes)))

    return [
        made("ctm", "Cwm Taf Morgannwg PDU", 2023, 10, synthetic=True),
        made("north", "North <b>Unit</b>", 2024, 23, synthetic=True),
        made("ctm", "Cwm Taf Morgannwg PDU", 2025, 44, synthetic=True),
    ]


def test_the_highest_score_comes_first_and_equal_scores_share_a_place(results: list[InspectionResult]) -> None:
    assert [place.result.rating.score for place in league(results)] == [7, 5, 4]
    assert [place.place for place in league([*results, results[1]])] == [1, 2, 2, 4]


def test_an_inspection_without_a_score_has_no_place(results: list[InspectionResult]) -> None:
    unrated = evolve(results[0], rating=evolve(results[0].rating, score=None, overall=None))
    places = league([unrated, results[1]])
    assert [place.place for place in places] == [1, None]


def test_only_providers_inspected_again_are_followed_over_time(results: list[InspectionResult]) -> None:
    followed = over_time(results)
    assert list(followed) == ["ctm"]
    assert [result.inspection.declared.fieldwork.started.year for result in followed["ctm"]] == [2023, 2025]


def test_the_weakest_question_over_all_inspections_comes_first(results: list[InspectionResult]) -> None:
    [(framework, of)] = by_framework(results)
    questions = weakest(framework, of)
    assert len(of) == 3
    shares = [question.share for question in questions]
    assert shares == sorted(shares, key=lambda share: share or 0)
    assert questions[0].path == "implementation.safety"
    assert questions[0].share == Fraction(10, 44)
    reviewing = next(question for question in questions if question.path == "reviewing.safety")
    assert reviewing.share == Fraction(10 + 23 + 44, 132)
    assert (reviewing.lowest, reviewing.highest) == (Fraction(10, 44), Fraction(1))
    assert (reviewing.inspections, reviewing.lowest_rated) == (3, 1)


SAFE_TOO = "floors\n      - {id: safe, ask: Is it safe?, prompts: [{id: locks, ask: Do locks work?}], yes_when: locks}"
SHARE_OF_NO = (
    ("share_of: yes", "share_of: no"),
    (
        "[{from: 50, rating: fine}, {from: 0, rating: poor}]}\no",
        "[{from: 50, rating: poor}, {from: 0, rating: fine}]}\no",
    ),
)
FEWER_POINTS = (
    ("score: 1}\n  - {id: poor, label: Poor, score: 0}", "score: 0}\n  - {id: poor, label: Poor, score: 9}"),
    ("[{from: 1, rating: fine}, {from: 0, rating: poor}]", "[{from: 9, rating: poor}, {from: 0, rating: fine}]"),
)


def inspected(small: Small, folder: Path, name: str, clean: str, *replacements: tuple[str, str]) -> InspectionResult:
    """Return an inspection of as many kitchens as ``clean`` has words for their floors; all of them are safe."""
    [standard] = small(SAFE_TOO, *replacements).standards
    rows = [f"{number},{floors},yes" for number, floors in enumerate(clean.split())]
    (folder / f"{name}.csv").write_text(
        "\n".join([f"case,{standard.slug}.clean.floors,{standard.slug}.safe.locks", *rows])
    )
    file = folder / f"{name}.yaml"
    file.write_text(
        f"framework: {{path: kitchens.yaml}}\nprovider: {{id: {name}, name: {name}}}\ntitle: {name}\n"
        f"fieldwork: {{started: 2026-02-01}}\ncases: {{file: {name}.csv}}\n"
    )
    return rate_inspection(load_inspection(file))


def test_where_the_share_of_no_is_rated_the_highest_share_is_the_weakest(small: Small, tmp_path: Path) -> None:
    found = [inspected(small, tmp_path, name, "no no no yes", *SHARE_OF_NO) for name in ("north", "south")]
    [(framework, of)] = by_framework(found)
    clean, safe = weakest(framework, of)
    assert (clean.path, clean.share, clean.lowest_rated, clean.inspections) == ("hygiene.clean", Fraction(3, 4), 2, 2)
    assert (safe.path, safe.share, safe.lowest_rated, safe.inspections) == ("hygiene.safe", Fraction(0), 0, 2)
    table = Page(render_comparison(found)["compare.html"]).table("Key questions of Kitchens 1")
    assert [(row, cells["All together"], cells["Rated lowest in"]) for row, cells in table.items()] == [
        ("Is it clean?", "75%", "2 of 2"),
        ("Is it safe?", "0%", "0 of 2"),
    ]


def test_a_band_that_no_share_reaches_gives_no_lowest_rating(small: Small, tmp_path: Path) -> None:
    bands = ("[{from: 50, rating: fine}, {from: 0, rating: poor}]}\no",
             "[{from: 101, rating: worst}, {from: 50, rating: poor}, {from: 0, rating: fine}]}\no")  # fmt: skip
    worst = ("score: 0}\n", "score: 0}\n  - {id: worst, label: Worst, score: 0}\n")
    found = inspected(small, tmp_path, "north", "no no no yes", ("share_of: yes", "share_of: no"), bands, worst)
    assert [question.lowest_rated for question in weakest(found.rating.framework, [found])] == [1, 0]


def test_where_fewer_points_are_better_the_fewest_come_first(small: Small, tmp_path: Path) -> None:
    dirty, clean = (
        inspected(small, tmp_path, name, floors, *FEWER_POINTS)
        for name, floors in (("dirty", "no no no"), ("tidy", "yes yes yes"))
    )
    assert [(place.place, place.result.rating.score) for place in league([dirty, clean])] == [(1, 0), (2, 9)]


def test_where_scores_neither_fall_nor_rise_there_is_no_best_score(small: Small, tmp_path: Path) -> None:
    scores = ("score: 1}\n", "score: 1}\n  - {id: fair, label: Fair, score: 5}\n")
    found = inspected(small, tmp_path, "north", "no no no yes", scores)
    assert [place.place for place in league([found])] == [None]


def _over_time(small: Small, folder: Path, *replacements: tuple[str, str]) -> dict[str, list[str]]:
    """Return the ratings over time of a kitchen that was inspected by standards before and after some changes."""
    found = [inspected(small, folder, "north", "yes yes", *changed) for changed in ((), replacements)]
    later = evolve(found[1].inspection.declared, fieldwork=evolve(FIELDWORK, started=datetime.date(2028, 3, 1)))
    second = evolve(found[1], inspection=evolve(found[1].inspection, declared=later))
    table = Page(render_comparison([found[0], second])["compare.html"]).table("north: ratings over time")
    return {row: list(cells.values())[1:] for row, cells in table.items()}


FIELDWORK = Fieldwork(datetime.date(2026, 2, 1))
HYGIENE = ("title: Hygiene", "title: Clean kitchens")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([], {"H Hygiene": ["Fine", "Fine"]}, id="the same standards"),
        pytest.param(
            [("id: H\n", "id: H 7\n"), HYGIENE], {"H 7 Clean kitchens": ["Fine", "Fine"]}, id="another number and title"
        ),
        pytest.param(
            [("ask: Are the floors clean?", "ask: Is the floor clean?")],
            {"H Hygiene": ["Fine", "Fine"]},
            id="another wording",
        ),
        pytest.param(
            [("yes_when: floors", "yes_when: {not: floors}"), ('edition: "1"', 'edition: "2"')],
            {"H Hygiene (1)": ["Fine", "–"], "H Hygiene (2)": ["–", "Poor"]},
            id="another rule",
        ),
        pytest.param(
            [("[{from: 50, rating: fine}", "[{from: 90, rating: fine}"), ('edition: "1"', 'edition: "2"'), HYGIENE],
            {"H Hygiene": ["Fine", "–"], "H Clean kitchens": ["–", "Fine"]},
            id="another limit",
        ),
        pytest.param(
            [("slug: hygiene", "slug: order"), ("standards: [hygiene]", "standards: [order]"), HYGIENE],
            {"H Hygiene": ["Fine", "–"], "H Clean kitchens": ["–", "Fine"]},
            id="another standard of the same number",
        ),
    ],
)
def test_ratings_stand_in_one_row_where_they_say_the_same(
    small: Small, tmp_path: Path, changes: list[tuple[str, str]], expected: dict[str, list[str]]
) -> None:
    rows = _over_time(small, tmp_path, *changes)
    assert {row: cells for row, cells in rows.items() if row.startswith("H ")} == expected


def test_inspections_by_other_standards_stay_apart(results: list[InspectionResult]) -> None:
    other = evolve(results[0].inspection, framework=evolve(results[0].inspection.framework, edition="2030"))
    assert len(by_framework([*results, rate_inspection(other)])) == 2


def test_the_page_shows_the_league_the_years_and_the_weakest(results: list[InspectionResult]) -> None:
    page = Page(render_comparison(results)["compare.html"])
    table = page.table("Inspections by score, the best first")
    assert table["North <b>Unit</b>"]["Place"] == "2"
    assert table["North <b>Unit</b>"]["Score"] == "5/21"
    years = page.table("Cwm Taf Morgannwg PDU: ratings over time")
    assert years["P 2.4 Reviewing"] == {
        "What is rated": "P 2.4 Reviewing",
        "4 August 2023": "Inadequate",
        "4 August 2025": "Outstanding",
    }
    lowest = page.table("Key questions of Standards for inspecting probation delivery units 2024")
    assert next(iter(lowest.values()))["All together"] == "23%"
    assert "synthetic" in page.text
    assert page.document.xpath("//b") == []


def test_the_page_names_those_that_are_synthetic_where_others_are_not(results: list[InspectionResult]) -> None:
    declared = evolve(
        results[1].inspection.declared, cases=evolve(results[1].inspection.declared.cases, synthetic=False)
    )
    real = evolve(results[1], inspection=evolve(results[1].inspection, declared=declared))
    page = Page(render_comparison([results[0], real])["compare.html"])
    assert "The cases of these providers are synthetic" in page.text
    assert "describe no real person: Cwm Taf Morgannwg PDU." in page.text


def test_the_workbook_says_the_same_and_holds_no_formula(results: list[InspectionResult]) -> None:
    declared = results[0].inspection.declared
    hostile = evolve(declared, provider=evolve(declared.provider, name=HOSTILE[2], region=HOSTILE[4]))
    first = evolve(results[0], inspection=evolve(results[0].inspection, declared=hostile))
    workbook = openpyxl.load_workbook(io.BytesIO(render_comparison([first, *results[1:]])["compare.xlsx"]))
    assert workbook.sheetnames == ["league", "standards", "key_questions", "weakest"]
    _, header, *rows = workbook["league"].iter_rows(values_only=True)
    assert [row[header.index("score")] for row in rows] == [7, 5, 4]
    assert {row[header.index("synthetic")] for row in rows} == {"yes"}
    assert not [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_command_compares(run: Run, tmp_path: Path) -> None:
    ran = run("report", "--compare", EXAMPLE, EXAMPLE, "-o", tmp_path, "--lang", "cy")
    assert ran.code == 0
    assert [Path(line).name for line in ran.out.splitlines()] == ["compare.html", "compare.xlsx"]
    assert "Tabl cynghrair" in (tmp_path / "compare.html").read_text(encoding="utf-8")
