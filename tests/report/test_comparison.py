"""Several inspections side by side: places, ratings over time, and the weakest key questions."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from fractions import Fraction
from math import comb
from pathlib import Path

import openpyxl
import pytest
from attrs import evolve

from ctm_rules import Case, InspectionResult, Judgement, Outcome, load_inspection, rate_inspection
from ctm_rules.inspections.file import Fieldwork
from ctm_rules.report.comparison.figures import latest, over_time, points_across, weakest
from ctm_rules.report.comparison.rendering import render_comparison
from tests.support.commands import Run
from tests.support.hostile_words import HOSTILE
from tests.support.paths import EXAMPLE
from tests.support.points_framework import POINTS
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


def test_each_provider_stands_once_with_its_latest_inspection(results: list[InspectionResult]) -> None:
    found = [(each.inspection.declared.provider.id, each.rating.score) for each in latest([*results, results[1]])]
    assert found == [("ctm", 7), ("north", 5)]


def test_providers_of_one_rating_stand_by_name_and_those_without_one_last(results: list[InspectionResult]) -> None:
    """7 of 21 and 5 of 21 are both Requires improvement: their order says nothing of the score."""
    _, north, ctm = results
    declared = evolve(ctm.inspection.declared, provider=evolve(ctm.inspection.declared.provider, name="Zeta"))
    named = evolve(ctm, inspection=evolve(ctm.inspection, declared=declared))
    assert [each.rating.score for each in latest([named, north])] == [5, 7]
    unrated = evolve(named, rating=evolve(named.rating, score=None, overall=None))
    assert [each.rating.score for each in latest([unrated, north])] == [5, None]


def test_only_providers_inspected_again_are_followed_over_time(results: list[InspectionResult]) -> None:
    followed = over_time(results)
    assert list(followed) == ["ctm"]
    assert [result.inspection.declared.fieldwork.started.year for result in followed["ctm"]] == [2023, 2025]


def test_the_weakest_question_over_the_latest_inspections_comes_first(results: list[InspectionResult]) -> None:
    questions = weakest(results)
    shares = [question.share for question in questions]
    assert shares == sorted(shares, key=lambda share: share or 0)
    assert questions[0].path == "implementation.safety"
    assert questions[0].share == Fraction(10, 44)
    assert questions[0].interval == (15, 33)  # Wilson, of 20 of 88
    reviewing = next(question for question in questions if question.path == "reviewing.safety")
    assert reviewing.share == Fraction(23 + 44, 88)
    assert (reviewing.lowest, reviewing.highest) == (Fraction(23, 44), Fraction(1))
    assert (len(reviewing.of), reviewing.lowest_rated) == (2, 0)


@pytest.mark.parametrize(
    ("yes", "standings"),
    [
        pytest.param([44, 22, 22, 22], ["higher", "", "", ""], id="all of 44, where 110 of 176 are yes"),
        pytest.param([0, 22, 22, 22], ["lower", "", "", ""], id="none"),
        pytest.param([26, 22, 22, 22], ["", "", "", ""], id="four more than the others"),
    ],
)
def test_nothing_is_said_of_what_chance_explains(
    results: list[InspectionResult], yes: list[int], standings: list[str]
) -> None:
    first = results[0].inspection
    made = []
    for number, count in enumerate(yes):
        provider = evolve(first.declared.provider, id=f"p{number}", name=f"P{number}")
        declared = evolve(first.declared, provider=provider)
        made.append(rate_inspection(evolve(first, declared=declared, cases=_judged(first.cases, count))))
    question = next(each for each in weakest(made) if each.path == "reviewing.safety")
    together = sum(yes) / 176
    for each, count, standing in zip(question.of, yes, standings, strict=True):
        assert each.standing == standing
        # The chance of a share so far away, from the terms of the binomial distribution.
        tails = range(count, 45) if count / 44 > together else range(count + 1)
        chance = sum(comb(44, n) * together**n * (1 - together) ** (44 - n) for n in tails)
        assert (chance < 0.001) == bool(standing)
    page = Page(render_comparison(made)[0]["compare.html"])
    row = page.table("Key questions over the latest inspections")[
        "P 2.4 Reviewing: Does reviewing focus sufficiently on keeping other people safe?"
    ]
    assert (row["Clearly higher"] != "–", row["Clearly lower"] != "–") == ("higher" in standings, "lower" in standings)


def test_a_key_question_is_one_over_editions_that_ask_it_in_the_same_way(small: Small, tmp_path: Path) -> None:
    """Another title and a new name are the same question; another limit is another one."""
    renamed = (
        ("      - id: clean\n", "      - id: tidy\n        formerly: [clean]\n"),
        ("title: Hygiene", "title: Clean kitchens"),
        ('edition: "1"', 'edition: "2"'),
    )
    north = inspected(small, tmp_path, "north", "no no yes yes")
    south = inspected(small, tmp_path, "south", "yes yes yes yes", *renamed, of="tidy")
    later = evolve(south.inspection.declared, fieldwork=Fieldwork(datetime.date(2027, 2, 1)))
    south = evolve(south, inspection=evolve(south.inspection, declared=later))
    tidy = next(each for each in weakest([north, south]) if each.question.id == "tidy")
    assert (tidy.share, len(tidy.of), tidy.standard.title) == (Fraction(6, 8), 2, "Clean kitchens")
    stricter = ("[{from: 50, rating: fine}", "[{from: 90, rating: fine}")
    other = inspected(small, tmp_path, "south", "yes yes yes yes", stricter, ('edition: "1"', 'edition: "2"'))
    assert [len(each.of) for each in weakest([north, other])] == [1, 1, 1, 1]


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


def inspected(
    small: Small, folder: Path, name: str, clean: str, *replacements: tuple[str, str], of: str = "clean"
) -> InspectionResult:
    """Return an inspection of as many kitchens as ``clean`` has words for their floors; all of them are safe."""
    [standard] = small(SAFE_TOO, *replacements).standards
    rows = [f"{number},{floors},yes" for number, floors in enumerate(clean.split())]
    (folder / f"{name}.csv").write_text(
        "\n".join([f"case,{standard.slug}.{of}.floors,{standard.slug}.safe.locks", *rows])
    )
    file = folder / f"{name}.yaml"
    file.write_text(
        f"framework: {{path: kitchens.yaml}}\nprovider: {{id: {name}, name: {name}}}\ntitle: {name}\n"
        f"fieldwork: {{started: 2026-02-01}}\ncases: {{file: {name}.csv}}\n"
    )
    return rate_inspection(load_inspection(file))


def test_where_the_share_of_no_is_rated_the_highest_share_is_the_weakest(small: Small, tmp_path: Path) -> None:
    found = [inspected(small, tmp_path, name, "no no no yes", *SHARE_OF_NO) for name in ("north", "south")]
    clean, safe = weakest(found)
    assert (clean.path, clean.share, clean.lowest_rated, len(clean.of)) == ("hygiene.clean", Fraction(3, 4), 2, 2)
    assert (safe.path, safe.share, safe.lowest_rated, len(safe.of)) == ("hygiene.safe", Fraction(0), 0, 2)
    table = Page(render_comparison(found)[0]["compare.html"]).table("Key questions over the latest inspections")
    assert [(row, cells["All together"], cells["Rated lowest in"]) for row, cells in table.items()] == [
        ("H Hygiene: Is it clean?", "75%", "2 of 2"),
        ("H Hygiene: Is it safe?", "0%", "0 of 2"),
    ]


def test_a_band_that_no_share_reaches_gives_no_lowest_rating(small: Small, tmp_path: Path) -> None:
    bands = ("[{from: 50, rating: fine}, {from: 0, rating: poor}]}\no",
             "[{from: 101, rating: worst}, {from: 50, rating: poor}, {from: 0, rating: fine}]}\no")  # fmt: skip
    worst = ("score: 0}\n", "score: 0}\n  - {id: worst, label: Worst, score: 0}\n")
    found = inspected(small, tmp_path, "north", "no no no yes", ("share_of: yes", "share_of: no"), bands, worst)
    assert [question.lowest_rated for question in weakest([found])] == [1, 0]


def test_where_fewer_points_are_better_the_better_rating_comes_first(small: Small, tmp_path: Path) -> None:
    dirty, clean = (
        inspected(small, tmp_path, name, floors, *FEWER_POINTS)
        for name, floors in (("dirty", "no no no"), ("tidy", "yes yes yes"))
    )
    assert [each.rating.score for each in latest([dirty, clean])] == [0, 9]


def _over_time(small: Small, folder: Path, *replacements: tuple[str, str]) -> dict[str, list[str]]:
    """Return the ratings over time of a kitchen that was inspected by standards before and after some changes."""
    found = [inspected(small, folder, "north", "yes yes", *changed) for changed in ((), replacements)]
    later = evolve(found[1].inspection.declared, fieldwork=evolve(FIELDWORK, started=datetime.date(2028, 3, 1)))
    second = evolve(found[1], inspection=evolve(found[1].inspection, declared=later))
    table = Page(render_comparison([found[0], second])[0]["compare.html"]).table("north: ratings over time")
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


def test_a_standard_that_decides_differently_stands_apart_between_providers(small: Small, tmp_path: Path) -> None:
    north = inspected(small, tmp_path, "north", "yes yes")
    changed = (("yes_when: floors", "yes_when: {not: floors}"), ('edition: "1"', 'edition: "2"'))
    south = inspected(small, tmp_path, "south", "yes yes", *changed)
    table = Page(render_comparison([north, south])[0]["compare.html"]).table("Ratings of every standard")
    assert {row: list(cells.values())[1:] for row, cells in table.items()} == {
        "north": ["Fine", "–"],
        "south": ["–", "Poor"],
    }
    assert list(table["north"])[1:] == ["H Hygiene (1)", "H Hygiene (2)"]


def test_the_page_shows_the_latest_the_years_and_the_weakest(results: list[InspectionResult]) -> None:
    page = Page(render_comparison(results)[0]["compare.html"])
    table = page.table("The latest inspection of each provider, by overall rating")
    assert list(table) == ["Cwm Taf Morgannwg PDU", "North <b>Unit</b>"]
    assert table["North <b>Unit</b>"]["Score"] == "5/21"
    assert table["Cwm Taf Morgannwg PDU"]["Fieldwork started"] == "4 August 2025"
    assert "Place" not in table["North <b>Unit</b>"]
    years = page.table("Cwm Taf Morgannwg PDU: ratings over time")
    assert years["P 2.4 Reviewing"] == {
        "What is rated": "P 2.4 Reviewing",
        "4 August 2023": "Inadequate",
        "4 August 2025": "Outstanding",
    }
    lowest = page.table("Key questions over the latest inspections")
    first, cells = next(iter(lowest.items()))
    assert first.startswith("P 2.3 Implementation and delivery: ")
    assert (cells["All together"], cells["95% interval"]) == ("23%", "15% to 33%")
    assert "synthetic" in page.text
    assert page.document.xpath("//b") == []


def test_every_format_is_written_and_the_tables_say_what_their_columns_mean(
    results: list[InspectionResult],
) -> None:
    files, wrong = render_comparison(results)
    assert not wrong
    assert {name for name in files if not name.startswith("pictures/")} == {
        *("compare.html", "compare.md", "compare.docx", "compare.pdf"),
        *("compare.xlsx", "compare.json", "compare-csv.zip"),
    }
    assert files["compare.pdf"].startswith(b"%PDF")
    tables = json.loads(files["compare.json"])
    inspections = [(row["provider"], row["latest"]) for row in tables["inspections"]]
    assert inspections == [("ctm", "yes"), ("north", "yes"), ("ctm", "no")]
    said = {(row["table"], row["column"]) for row in tables["dictionary"]}
    assert said >= {(name, column) for name, rows in tables.items() for row in rows for column in row}
    with zipfile.ZipFile(io.BytesIO(files["compare-csv.zip"])) as archive:
        assert {*archive.namelist()} == {*(f"{name}.csv" for name in tables), "csv-metadata.json"}


def test_the_page_names_those_that_are_synthetic_where_others_are_not(results: list[InspectionResult]) -> None:
    declared = evolve(
        results[1].inspection.declared, cases=evolve(results[1].inspection.declared.cases, synthetic=False)
    )
    real = evolve(results[1], inspection=evolve(results[1].inspection, declared=declared))
    page = Page(render_comparison([results[0], real])[0]["compare.html"])
    assert "The cases of these providers are synthetic" in page.text
    assert "describe no real person: Cwm Taf Morgannwg PDU." in page.text


def test_the_workbook_says_the_same_and_holds_no_formula(results: list[InspectionResult]) -> None:
    declared = results[0].inspection.declared
    hostile = evolve(declared, provider=evolve(declared.provider, name=HOSTILE[2], region=HOSTILE[4]))
    first = evolve(results[0], inspection=evolve(results[0].inspection, declared=hostile))
    workbook = openpyxl.load_workbook(io.BytesIO(render_comparison([first, *results[1:]])[0]["compare.xlsx"]))
    names = ["inspections", "standards", "key_questions", "weakest", "beyond_chance", "dictionary"]
    assert workbook.sheetnames == names
    _, header, *rows = workbook["inspections"].iter_rows(values_only=True)
    assert [row[header.index("score")] for row in rows] == [7, 5, 4]
    assert {row[header.index("synthetic")] for row in rows} == {"yes"}
    assert not [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_command_compares_in_the_formats_that_are_asked_for(run: Run, tmp_path: Path) -> None:
    ran = run("report", "--compare", EXAMPLE, EXAMPLE, "-o", tmp_path, "--lang", "cy", "-f", "html", "-f", "xlsx")
    assert ran.code == 0
    assert {Path(line).name for line in ran.out.splitlines()} == {"compare.html", "compare.xlsx"}
    assert "Arolygiadau diweddaraf" in (tmp_path / "compare.html").read_text(encoding="utf-8")


# --- Points ----------------------------------------------------------------------------------------


@pytest.fixture
def points_compared(tmp_path: Path) -> list[InspectionResult]:
    """Three workshops: evidence of 57.14, of 85.71, and of too few cases to show; sums of 5 and 2 a case."""
    (tmp_path / "workshops.yaml").write_text(POINTS, encoding="utf-8")
    asked = {"evidence": ("people", "processes", "machines"), "sums": ("tools", "space"), "means": ("start", "end")}
    header = ",".join(f"work.{name}.{prompt}" for name, prompts in asked.items() for prompt in prompts)

    def made(name: str, number: int, answers: str) -> InspectionResult:
        rows = "".join(f"{name}{case},no,yes,{answers}\n" for case in range(number))
        (tmp_path / f"{name}.csv").write_text(f"case,has_machines,is_open,{header}\n{rows}", encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(
            f"framework: {{path: workshops.yaml}}\nprovider: {{id: {name}, name: Workshop {name}}}\ntitle: T\n"
            f"fieldwork: {{started: 2026-03-04}}\ncases: {{file: {name}.csv}}\n",
            encoding="utf-8",
        )
        return rate_inspection(load_inspection(tmp_path / f"{name}.yaml"))

    return [
        made("a", 10, "good,no,na,yes,good,good,good"),
        made("b", 30, "excellent,no,na,no,good,weak,weak"),
        made("c", 2, "weak,no,na,no,weak,weak,weak"),
    ]


def test_points_are_compared_by_what_all_cases_have_together(points_compared: list[InspectionResult]) -> None:
    evidence, sums, means = points_across(points_compared)
    # 10 of 400/7 and 30 of 600/7; of the third, which has 0, there are too few cases to show.
    assert (evidence.path, evidence.values) == ("work.evidence", (Fraction(400, 7), Fraction(600, 7)))
    assert evidence.together == Fraction(10 * 400 + 30 * 600, 7 * 40)
    assert (evidence.rated, evidence.lowest_rated) == (3, 1)
    # 5 and 2 of 6 points a case.
    assert (sums.values, sums.together) == ((Fraction(100 * 5, 6), Fraction(100 * 2, 6)), Fraction(100 * 110, 240))
    # A sum grows with its cases; and nothing is rated by it.
    assert (means.together, means.rated, means.values) == (None, 0, (Fraction(20), Fraction(0)))


def test_points_have_a_table_on_the_page_and_columns_in_the_workbook(points_compared: list[InspectionResult]) -> None:
    files, _ = render_comparison(points_compared)
    rows = Page(files["compare.html"]).table("Points over the latest inspections")
    assert [
        tuple(row[name] for name in ("All together", "Lowest and highest", "Rated lowest in")) for row in rows.values()
    ] == [
        ("78.57 on average", "57.14 to 85.71", "1 of 3"),
        ("45.83 per cent of what could be reached", "33.33 to 83.33", "2 of 3"),
        ("–", "0 to 20", "–"),
    ]
    assert "nobody is named, because sums of points do not say" in " ".join(files["compare.md"].decode().split())
    workbook = openpyxl.load_workbook(io.BytesIO(files["compare.xlsx"]))
    _, header, *cells = workbook["key_questions"].iter_rows(values_only=True)
    place = [header.index(name) for name in ("key_question", "scored", "value", "unit")]
    assert [tuple(row[at] for at in place) for row in cells if row[place[0]] == "work.evidence"] == [
        ("work.evidence", 10, 57.14286, "mean of points"),
        ("work.evidence", 30, 85.71429, "mean of points"),
        ("work.evidence", None, None, "mean of points"),
    ]


def test_without_points_there_is_neither_table_nor_column(results: list[InspectionResult]) -> None:
    files, _ = render_comparison(results)
    assert points_across(results) == ()
    assert "Points over the latest" not in files["compare.html"].decode()
    workbook = openpyxl.load_workbook(io.BytesIO(files["compare.xlsx"]))
    _, header, *_ = workbook["key_questions"].iter_rows(values_only=True)
    assert "scored" not in header
