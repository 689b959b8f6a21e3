"""Bands of points that a fact of the provider chooses from a table: which row decides, at every door."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import polars
import pytest

from ctm_rules import (
    Counts,
    DiagnosticError,
    Framework,
    check_framework,
    compare_frameworks,
    dump_framework,
    load_framework,
    load_inspection,
    load_result,
    make_engine,
    make_framework,
    next_ratings,
    rate_counts,
    rate_files,
    rate_frame,
    rate_inspection,
)
from ctm_rules.model.bands import Band
from ctm_rules.model.conditions import FactValue
from ctm_rules.rating.order import ShareOrder
from tests.support.commands import Run
from tests.support.engines import ENGINES

HALLS = """\
id: halls
edition: "2026"
title: Standards for halls
publisher: A council
in_force_from: 2026-01-01
source: {title: A handbook}
ratings: [{id: good, label: Good}, {id: fair, label: Fair}, {id: poor, label: Poor}]
scales:
  quality: [{id: high, label: High, score: 2}, {id: middle, label: Middle, score: 1}, {id: low, label: Low, score: 0}]
provider_facts:
  - {id: county, title: County, type: choice, values: {north: The north, south: The south}}
standards:
  - id: "1"
    slug: safety
    title: Safety
    statement: It is safe.
    source: {title: A handbook}
    key_questions:
      - id: exits
        ask: Are exits good?
        points: {percent_of: prompts}
        prompts:
          - {id: signs, ask: How good are signs?, answers: quality}
          - {id: doors, ask: How good are doors?, answers: quality}
        rating: {mean_of: points, bands_by: {county: cut_points.csv}}
      - id: plans
        ask: Are there plans?
        asked_of: provider
        points: {sum_of: prompts}
        prompts:
          - {id: fire, ask: How good is that for fire?, answers: quality}
          - {id: flood, ask: How good is that for floods?, answers: quality}
        rating:
          sum_of: points
          bands_by:
            county:
              north: [{from: 2, rating: good}, {from: 1, rating: fair}, {from: 0, rating: poor}]
              south: [{from: 3, rating: good}, {from: 2, rating: fair}, {from: 0, rating: poor}]
"""
TABLE = "county,good.from,fair.from,poor.from\nnorth,50,25,0\nsouth,75,50,0\n"
INSPECTION = """\
framework: {path: standards/halls/2026}
provider:
  id: one
  name: One
  facts: {county: COUNTY}
  answers: {safety.plans.fire: middle, safety.plans.flood: middle}
title: One
fieldwork: {started: 2026-03-04}
cases: {file: cases.csv}
"""
BANDS = "bands: [{from: 50, rating: good}, {from: 0, rating: poor}]"
each_engine = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "standards" / "halls" / "2026"
    made.mkdir(parents=True)
    (made / "framework.yaml").write_text(HALLS)
    (made / "cut_points.csv").write_text(TABLE)
    return made


@pytest.fixture
def halls(folder: Path) -> Framework:
    return load_framework(folder)


@pytest.fixture
def inspection(folder: Path) -> Path:
    top = folder.parents[2]
    # 50 of 100 in each of ten cases.
    rows = "".join(f"c{number},high,low\n" for number in range(10))
    (top / "cases.csv").write_text(f"case,safety.exits.signs,safety.exits.doors\n{rows}")
    (top / "inspection.yaml").write_text(INSPECTION.replace("COUNTY", "south"))
    return top / "inspection.yaml"


def points(reached: int, cases: int = 1) -> Counts:
    return Counts(scored=cases, points=Fraction(reached * cases), reachable=Fraction(100 * cases))


@each_engine
@pytest.mark.parametrize(
    ("facts", "reached", "rating"),
    [
        pytest.param({"county": "north"}, 50, "good", id="at a bound of the north"),
        pytest.param({"county": "north"}, 49, "fair", id="below it"),
        pytest.param({"county": "south"}, 50, "fair", id="at a bound of the south"),
        pytest.param({"county": "south"}, 49, "poor", id="below that"),
        pytest.param({}, 75, "good", id="good in either"),
        pytest.param({}, 20, "poor", id="poor in either"),
        pytest.param({}, 50, None, id="it matters which"),
    ],
)
def test_the_row_of_the_value_decides(
    engine: str, facts: Mapping[str, FactValue], reached: int, rating: str | None, halls: Framework
) -> None:
    deciding = make_engine(halls, engine)  # type: ignore[arg-type]
    rated = rate_counts(halls, {"safety.exits": points(reached, 3)}, {}, deciding, provider=facts)
    exits = rated.standards[0].key_questions[0]
    assert (exits.value, exits.rating and exits.rating.id) == (reached, rating)
    if rating is None:
        assert exits.not_rated == "safety.exits: it may be Good or Fair while “County” is not known"
    if facts:
        (reason,) = exits.because
        assert (reason.part, Path(reason.at.file).name) == ("bands", "cut_points.csv")
        assert reason.at.line == {"north": 2, "south": 3}[str(facts["county"])]
        assert rated.to_dict()["bands_chosen"] == {"county": facts["county"]}
        assert load_result(rated.to_dict(), framework=halls) == rated


@each_engine
@pytest.mark.parametrize(
    ("facts", "answer", "rating"),
    [
        ({"county": "north"}, "middle", "good"),
        ({"county": "south"}, "middle", "fair"),
        ({}, "middle", None),
        ({}, "high", "good"),
    ],
    ids=["north", "south", "nowhere", "good wherever it is"],
)
def test_what_the_provider_is_asked_is_placed_in_its_row(
    engine: str, facts: Mapping[str, FactValue], answer: str, rating: str | None, halls: Framework
) -> None:
    deciding = make_engine(halls, engine)  # type: ignore[arg-type]
    answers = {path: steps[answer] for path, steps in halls.answers_on_scales.items() if path in halls.provider_prompts}
    rated = rate_counts(halls, {}, {}, deciding, provider=facts, answers=answers)
    plans = rated.standards[0].key_questions[1]
    assert (plans.rating and plans.rating.id) == rating


def test_in_bulk_each_group_has_its_row(halls: Framework, tmp_path: Path) -> None:
    columns = {
        "hall": [*"abc"],
        "case": [*"123"],
        "safety.exits.signs": ["high"] * 3,
        "safety.exits.doors": ["low"] * 3,
    }
    frame = polars.DataFrame(columns)
    facts: Mapping[str, Mapping[str, FactValue]] = {"a": {"county": "north"}, "b": {"county": "south"}, "c": {}}
    rated = rate_frame(halls, frame, "hall", provider=facts)

    def found(hall: str) -> str | None:
        rating = rated[hall].standards[0].key_questions[0].rating
        return rating and rating.id

    assert [found(hall) for hall in "abc"] == ["good", "fair", None]
    frame.with_columns(county=polars.Series(["north", "south", None])).write_csv(tmp_path / "cases.csv")
    files = rate_files(halls, [tmp_path / "cases.csv"], by="hall").ratings
    ratings = {hall: files[hall].standards[0].key_questions[0].rating for hall in "abc"}
    assert {hall: rating and rating.id for hall, rating in ratings.items()} == {"a": "good", "b": "fair", "c": None}


def test_an_inspection_is_rated_reported_and_verified_by_its_row(inspection: Path, run: Run, tmp_path: Path) -> None:
    code, out, _ = run("rate", inspection)
    assert code == 0
    assert out.count("placed in the bands where “County” is The south") == 1
    (tmp_path / "result.json").write_text(run("rate", inspection, "--json")[1])
    assert run("verify", tmp_path / "result.json", inspection)[0] == 0
    assert run("report", inspection, "-o", tmp_path / "out", "--format", "md", "--format", "csv")[0] == 0
    report = (tmp_path / "out" / "report.md").read_text()
    assert "the bands are those where “County” is The south" in report
    with ZipFile(tmp_path / "out" / "annexe-csv.zip") as annexe:
        bands = annexe.read("bands.csv").decode("utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in bands if "exits" in line] == [
        ["safety.exits.rating", "mean of points", bound] for bound in ("75.0", "50.0", "0.0")
    ]


def test_what_if_moves_one_cell(inspection: Path, run: Run) -> None:
    code, out, _ = run("what-if", inspection, "--set", "safety.exits.rating.bands_by.county.south.fair.from=51")
    assert code == 0
    assert re.search("1 Safety +Fair +Poor", out)
    assert re.search("safety.exits .*Fair → Poor", out)


def test_the_next_rating_goes_by_the_bands_of_the_row(inspection: Path) -> None:
    (way,) = next_ratings(rate_inspection(load_inspection(inspection)))
    # Half of ten cases must have all: 75 on average. South is good from 75 and from 2.
    (exits,), (plans,) = way.points, way.answers
    assert (way.next and way.next.id, exits.needed, exits.answers_needed, exits.value) == ("good", 5, 5, 75)
    assert [other.then.value for other in plans.others] == ["high"]
    inspection.write_text(INSPECTION.replace("  facts: {county: COUNTY}\n", ""), encoding="utf-8")
    # Without a row, nothing is rated here, and what is rated in each row the same way has no way that is known.
    (way,) = next_ratings(rate_inspection(load_inspection(inspection)))
    assert (way.rating, way.next) == (None, None)
    top = inspection.parent
    (top / "cases.csv").write_text("case,safety.exits.signs,safety.exits.doors\na,low,low\n")
    text = INSPECTION.replace("  facts: {county: COUNTY}\n", "").replace("middle", "low")
    inspection.write_text(text, encoding="utf-8")
    (way,) = next_ratings(rate_inspection(load_inspection(inspection)))
    assert (way.rating and way.rating.id) == "poor"
    assert way.why_not == "which bands safety.exits is placed in hangs on “County”, which is not known"


def test_points_are_ordered_as_every_row_orders_them(halls: Framework, folder: Path) -> None:
    assert ShareOrder(halls, "safety.exits").worse_end == "low"
    north = "north: [{from: 2, rating: good}, {from: 1, rating: fair}, {from: 0, rating: poor}]"
    assert north in HALLS
    (folder / "framework.yaml").write_text(HALLS.replace(north, "north: [{from: 2, rating: poor}, {rating: good}]"))
    assert ShareOrder(load_framework(folder), "safety.plans").worse_end is None


def test_every_rating_of_a_table_is_to_be_covered_once_and_not_every_cell(folder: Path, run: Run) -> None:
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "exits.yaml").write_text(
        "scenarios:\n"
        "  - name: good in the north\n"
        "    given: {provider: {county: north}, counts: {safety.exits: {scored: 2, points: 120, reachable: 200}}}\n"
        "    key_question: safety.exits\n"
        "    expect: {band: good}\n"
    )
    code, out, error = run("test", folder, "--coverage", "--json")
    assert code in (0, 1), error
    said = json.dumps(json.loads(out)["coverage"])
    assert "key question safety.exits: a band poor" in said
    assert "key question safety.exits: a band fair" in said


def test_the_site_shows_the_table(folder: Path, run: Run, tmp_path: Path) -> None:
    assert run("docs", folder, "-o", tmp_path / "site")[0] == 0
    page = " ".join((tmp_path / "site" / "standard-safety.html").read_text().split())
    assert '<th scope="row">The south</th><td>from 75</td><td>from 50</td><td>from 0</td>' in page
    assert "Which bands these are is said by “County”." in page


def test_it_is_written_and_read_back(halls: Framework) -> None:
    text = dump_framework(halls)
    assert make_framework(text) == halls
    assert make_framework(text).checksum == halls.checksum
    assert "cut_points.csv" not in text


def test_diff_names_the_row_that_changed(halls: Framework, folder: Path) -> None:
    (folder / "cut_points.csv").write_text(TABLE.replace("75", "80"))
    (change,) = compare_frameworks(halls, load_framework(folder)).changes
    assert change.path.startswith("safety.exits.rating.bands_by.county.south")
    assert change.weight == "decides"
    (folder / "framework.yaml").write_text(
        HALLS.replace(
            "bands_by: {county: cut_points.csv}", "bands: [{from: 50, rating: good}, {from: 0, rating: poor}]"
        )
    )
    (change,) = compare_frameworks(halls, load_framework(folder)).changes
    assert (change.path, change.says) == ("safety.exits.rating.bands_by", "the bands are the same for everybody")


def test_a_fact_has_another_name_by_now(halls: Framework, folder: Path) -> None:
    text = HALLS.replace("{id: county, title", "{id: area, formerly: [county], title").replace("county:", "area:")
    (folder / "framework.yaml").write_text(text)
    (folder / "cut_points.csv").write_text(TABLE.replace("county", "area"))
    changes = compare_frameworks(halls, load_framework(folder)).changes
    assert [each.weight for each in changes if "exits" in each.path or "plans" in each.path] == []


def test_nothing_is_odd_about_it(halls: Framework) -> None:
    assert [found.code for found in check_framework(halls)] == []


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("county: cut_points.csv", "town: cut_points.csv", "unknown-name", "town"),
        ("              north:", "              nowhere:", "bad-choice-of-bands", "nowhere"),
        ("from: 3, rating: good", "from: 3, rating: god", "unknown-name", "god"),
        (
            "bands_by: {county: cut_points.csv}",
            "bands_by: {county: cut_points.csv}, bands: [{from: 0, rating: good}]",
            "bad-choice-of-bands",
            "bands of its own",
        ),
        ("from: 3, rating: good", "from: 1, rating: good", "bad-bands", "stands below"),
        ("from: 3, rating: good", "from: 5, rating: good", "unreachable-band", "for south"),
    ],
    ids=["no such fact", "no such value", "no such rating", "twice", "in no order", "never reached"],
)
def test_mistakes_are_found(old: str, new: str, code: str, says: str, folder: Path) -> None:
    assert old in HALLS
    (folder / "framework.yaml").write_text(HALLS.replace(old, new))
    try:
        found = [*check_framework(load_framework(folder))]
    except DiagnosticError as error:
        found = [*error.diagnostics]
    assert code in [each.code for each in found if says in each.message], found


def test_a_mistake_in_the_table_is_on_its_row(folder: Path) -> None:
    (folder / "cut_points.csv").write_text(TABLE.replace("south,75,50", "south,40,50"))
    with pytest.raises(DiagnosticError) as error:
        load_framework(folder)
    (found,) = error.value.diagnostics
    assert (found.code, Path(found.location.file).name, found.line) == ("bad-bands", "cut_points.csv", 3)


def test_a_borrowed_question_brings_the_fact_that_chooses_its_bands(folder: Path) -> None:
    town = folder.parents[1] / "town" / "1"
    town.mkdir(parents=True)
    (town / "framework.yaml").write_text(
        """\
id: town
edition: "1"
title: T
publisher: P
in_force_from: 2026-01-01
ratings: [{id: good, label: Good}, {id: fair, label: Fair}, {id: poor, label: Poor}]
scales:
  quality: [{id: high, label: High, score: 2}, {id: middle, label: Middle, score: 1}, {id: low, label: Low, score: 0}]
standards:
  - id: "1"
    slug: own
    title: Own
    statement: It is its own.
    key_questions: [{from: {id: halls, edition: "2026"}, key_question: safety.exits}]
"""
    )
    framework = load_framework(town)
    assert [fact.id for fact in framework.provider_facts] == ["county"]
    rated = rate_counts(framework, {"own.exits": points(50)}, {}, provider={"county": "south"})
    exits = rated.standards[0].key_questions[0]
    assert (exits.rating and exits.rating.id) == "fair"
    assert framework.points_of("own.exits") is not None
    assert Band(Fraction(75), "good") in framework.for_provider({"county": "south"}).points_of("own.exits").bands  # type: ignore[union-attr]
