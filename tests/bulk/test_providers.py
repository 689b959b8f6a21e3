"""Tables in which every row, or every group of rows, is a provider: what is known of it stands in columns of its own.

One by one and as columns, in whatever way a table comes, each group has the ratings that `rate_counts` gives.
"""

from __future__ import annotations

import csv
import datetime
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest import mock

import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import (
    Answer,
    Counts,
    DiagnosticError,
    Framework,
    RatingResult,
    load_framework,
    make_engine,
    make_framework,
    rate_counts,
    rate_files,
    rate_frame,
    write_ratings,
)
from ctm_rules.bulk import writing
from ctm_rules.engines.frame import tallies
from ctm_rules.escaping import csv_text
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.case_columns import provider_columns
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.reading import cell_text
from tests.support.commands import Run
from tests.support.dataframes import QUIET
from tests.support.given_to_schemes import FEW, Given, filled, given_to_schemes
from tests.support.paths import ROOT
from tests.support.strategies import MOST
from tests.support.tables import FILES, FRAMES, READ_BACK, Table

pytestmark = QUIET

SCHEMES = ROOT / "examples" / "schemes"


@contextmanager
def every_group_is_one_of_many() -> Iterator[None]:
    with mock.patch.object(tallies, "MANY_GROUPS", 1):
        yield


@contextmanager
def no_group_is_one_of_many() -> Iterator[None]:
    with mock.patch.object(tallies, "MANY_GROUPS", 10**9):
        yield


WAYS = {"one by one": no_group_is_one_of_many, "as columns": every_group_is_one_of_many}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


# --- the same ratings --------------------------------------------------------------------------------


@st.composite
def schemes_with_providers(draw: st.DrawFn) -> list[Given]:
    """What is given of some providers, few of which differ, by one scheme."""
    first = draw(given_to_schemes())
    framework, providers = first.framework, [first]
    for _ in range(draw(st.integers(0, 4))):
        _, asked, *others = draw(st.sampled_from(providers))
        judged, answers, facts = map(dict, others)
        for name in draw(st.sets(st.sampled_from([*first.judged]), max_size=2)) if first.judged else ():
            judged.pop(name, None)
        for name in draw(st.sets(st.sampled_from([*answers]), max_size=2)) if answers else ():
            answers[name] = draw(st.sampled_from([*answers_to(framework, name).values()]))
        for fact in framework.provider_facts if draw(st.booleans()) else ():
            facts[fact.id] = draw(st.sampled_from([*fact.values]))
        providers.append(Given(framework, asked, judged, answers, facts))
    return providers


def table_of(providers: list[Given], blanks: Callable[[], bool]) -> tuple[Table, list[int]]:
    """Return the providers as one table, with how many rows each has; a value may be in some of its rows only."""
    framework = providers[0].framework
    names = provider_columns(framework)
    rows: list[dict[str, str | None]] = []
    for number, provider in enumerate(providers):
        known = {**provider.judged, **provider.words}
        known |= {fact: str(value) for fact, value in provider.facts.items()}
        own: list[dict[str, str | None]] = [{"provider": f"P{number}"} for _ in range(provider.most)]
        for name in names:
            for place, row in enumerate(own):
                row[name] = None if place and blanks() else known.get(name)
        for path, question in framework.key_questions.items():
            for row, case in zip(own, filled(question, provider.asked[path], provider.most), strict=True):
                row |= {f"{path}.{prompt.id}": case.get(prompt.id) for prompt in question.prompts}
        rows += own
    return {name: [row[name] for row in rows] for name in rows[0]}, [provider.most for provider in providers]


@pytest.mark.parametrize("door", ["Polars", "CSV", "Parquet"])
@each_way
def test_every_provider_has_the_ratings_of_its_counts(door: str, way: Any, tmp_path: Path) -> None:
    @FEW
    @given(schemes_with_providers(), st.randoms(use_true_random=False))
    def check(providers: list[Given], random: Any) -> None:
        framework = providers[0].framework
        names = provider_columns(framework)
        table, sizes = table_of(providers, lambda: random.random() < 0.5)
        # What is known of a case by the same name is meant first, and then only a table beside it can say it.
        beside = {
            f"P{number}": {name: rating for name, rating in provider.judged.items() if name not in names}
            for number, provider in enumerate(providers)
        }
        engine = make_engine(framework, "reference")
        with way():
            if door == "Polars":
                schema = dict.fromkeys(table, polars.String)
                frame = polars.DataFrame(table, schema=schema)
                judgements = {(name,): given for name, given in beside.items() if given}
                rated = rate_frame(framework, frame, "provider", judgements=judgements, engine="reference")
            else:
                if any(beside.values()):
                    return
                file = FILES[door]({name: [*cells] for name, cells in table.items()}, tmp_path)
                if door == "Parquet":
                    polars.DataFrame(table, schema=dict.fromkeys(table, polars.String)).write_parquet(file)
                rated = rate_files(framework, file, "provider", strict=True).ratings
        assert [each.group["provider"] for each in rated] == [f"P{number}" for number in range(len(providers))]
        for number, (provider, size) in enumerate(zip(providers, sizes, strict=True)):
            _, _, judged, answers, facts = provider
            counts = provider.counts(size)
            alone = rate_counts(framework, counts, judged, engine, cases=size, answers=answers, provider=facts)
            assert without_engine(rated[f"P{number}"]) == without_engine(alone)

    check()


def without_engine(result: RatingResult) -> dict[str, Any]:
    return {key: value for key, value in result.to_dict().items() if key != "engine"}


@each_way
def test_every_combination_of_three_scores_in_one_table(way: Any) -> None:
    """The printed rules of the scheme, in a table of providers; each combination is rated once, whoever has it."""
    framework = load_framework(SCHEMES / "food-hygiene" / "standards" / "food-hygiene" / "2025")
    points = {"nought": 0, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "twenty_five": 25, "thirty": 30}
    own = [step for step in points if step != "thirty"]
    last = [step for step in points if step not in ("fifteen", "twenty_five")]
    rows = [*itertools.product(own, own, last)] * 3
    frame = polars.DataFrame(rows, schema=["hygiene", "structure", "confidence"], orient="row")
    frame = frame.with_columns(polars.int_range(polars.len()).alias("provider"))
    printed = [(15, 5, "five"), (20, 10, "four"), (30, 10, "three"), (40, 15, "two"), (50, 20, "one")]
    with way():
        rated = rate_frame(framework, frame.sample(fraction=1, shuffle=True, seed=1), "provider")
    assert len(rated) == len(rows)
    assert len({id(each.rating) for each in rated}) == 180
    for number, row in enumerate(rows):
        scores = [points[step] for step in row]
        fits = [rating for total, single, rating in printed if sum(scores) <= total and max(scores) <= single]
        overall = rated[number].overall
        assert overall is not None
        assert (overall.id, rated[number].score) == (fits[0] if fits else "zero", sum(scores))


# --- the same groups -----------------------------------------------------------------------------------

KITCHENS = """
id: kitchens
edition: "1"
title: Kitchens
publisher: A council
in_force_from: 2026-01-01
ratings: [{id: fine, label: Fine Indeed, score: 1}, {id: poor, label: Poor, score: 0}]
facts:
  - {id: size, title: Size, type: choice, values: {small: Small, large: Large}}
  - {id: opened, title: Opened on, type: date}
  - {id: seats, title: Seats, type: whole_number}
  - {id: serves_meat, title: Serves meat, type: yes_no}
provider_facts:
  - {id: breach, title: It broke the law, type: yes_no}
  - {id: staff, title: Staff, type: whole_number, range: {from: 1, to: 500}}
  - {id: kind, title: Kind, type: choice, values: {shop: A shop, van: A van}}
  - {id: since, title: Since, type: date}
  - {id: fridge, title: How cold the fridge is, type: number}
subgroups: [{id: sizes, title: Sizes, groups: [
  {id: little, title: Little, when: {fact: size, is: small}}, {id: big, title: Big, when: {fact: size, is: large}}]}]
key_question_bands: {share_of: yes, among: [yes, no], bands: [{from: 50, rating: fine}, {from: 0, rating: poor}]}
overall:
  take: lowest
  of: standards
  then:
    - {no_better_than: poor, when: {fact: breach, is: yes}}
    - {no_better_than: poor, when: {fact: staff, at_most: 2}}
    - {no_better_than: poor, when: {fact: fridge, at_least: 8.25}}
    - {no_better_than: poor, when: {all: [{fact: kind, is: van}, {fact: since, at_least: 2026-01-01}]}}
standards:
  - {id: M, slug: menus, title: Menus, statement: Menus vary., rated_by: judgement}
  - id: H
    slug: hygiene
    title: Hygiene
    statement: Kitchens are clean.
    rated_by: cases
    key_questions:
      - id: clean
        ask: Is it clean?
        prompts: [{id: floors, ask: Are the floors clean?}]
        yes_when: {all: [floors]}
      - id: plan
        ask: Is there a plan?
        asked_of: provider
        prompts: [{id: written, ask: Is it written down?}, {id: known, ask: Is it known?}]
        rating:
          first_that_holds: [{rating: fine, when: {all: [written, known]}}, {rating: poor}]
"""


@pytest.fixture(scope="module")
def kitchens() -> Framework:
    return make_framework(KITCHENS)


NAMES = ["North", "South", " North", "Café", "2", "10", "010", "2.0", "true", "TRUE", "", " ", "=1+1", 'a "b", c', "é"]
GROUPINGS: Mapping[str, st.SearchStrategy[object]] = {
    "provider": st.sampled_from(NAMES) | st.none(),
    "number": st.integers(-2, 12) | st.none(),
    "decimal": st.sampled_from([1.0, 2.5, 10.0, float("nan"), None]),
    "size": st.sampled_from(["small", "large", "Large", " small ", None]),
    "opened": st.dates(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31)) | st.none(),
    "seats": st.integers(0, 12) | st.none(),
    "serves_meat": st.booleans() | st.none(),
    "kind": st.sampled_from(["shop", "van", "A van", None]),
    "menus": st.sampled_from(["fine", "Poor", "not_rated", None]),
}
TYPES = {"number": polars.Int32, "decimal": polars.Float64, "opened": polars.Date, "seats": polars.Int64}
TYPES |= {"serves_meat": polars.Boolean}
BYS = [["provider"], ["number"], ["decimal", "size"], ["opened.quarter"], ["opened", "seats"], ["serves_meat", "kind"]]
BYS += [["subgroups.sizes"], ["provider", "subgroups.sizes"], ["menus"], []]


@settings(max_examples=max(MOST // 2, 20))
@given(st.data(), st.sampled_from(BYS))
def test_many_groups_are_the_groups_that_few_are(kitchens: Framework, data: st.DataObject, by: list[str]) -> None:
    rows = data.draw(st.lists(st.fixed_dictionaries(dict(GROUPINGS)), max_size=8))
    grouped = {name.partition(".")[0] for name in by}
    columns = [name for name in GROUPINGS if name in grouped or name not in ("kind", "menus")]
    frame = polars.DataFrame(
        {name: [row[name] for row in rows] for name in columns},
        schema={name: TYPES.get(name, polars.String) for name in columns},  # type: ignore[arg-type]
    ).with_columns(polars.lit("yes").alias("hygiene.clean.floors"))
    with no_group_is_one_of_many():
        few = rate_frame(kitchens, frame, by)
    with every_group_is_one_of_many():
        many = rate_frame(kitchens, frame, by)
    assert [*map(types_of, many.rows())] == [*map(types_of, few.rows())]
    assert few == many
    assert many.to_native().equals(few.to_native())
    assert many.to_dict() == few.to_dict()


def types_of(row: Mapping[str, object]) -> dict[str, tuple[type, object]]:
    return {name: (type(value), value) for name, value in row.items()}


# --- every door ----------------------------------------------------------------------------------------

ONE_EACH: Table = {
    "provider": ["N", "S", "E", "W", "C"],
    "menus": ["fine", "Fine Indeed", "fine", None, "fine"],
    "breach": ["no", "yes", "no", "no", "no"],
    "staff": [3, 40, 500, 3, 3],
    "kind": ["shop", "van", "A shop", "shop", "van"],
    "since": [datetime.date(2025, 1, 1)] * 5,
    "fridge": [8.125, 4.0, 5.5, 4.0, 8.25],
    "hygiene.plan.written": ["yes", "yes", "no", "yes", "yes"],
    "hygiene.plan.known": ["yes", "yes", "yes", "yes", "yes"],
    "hygiene.clean.floors": ["yes", "yes", "yes", "yes", "yes"],
}


@pytest.mark.parametrize("door", [*FILES, *FRAMES, *READ_BACK])
@each_way
def test_a_row_for_each_provider_at_every_door(door: str, way: Any, kitchens: Framework, tmp_path: Path) -> None:
    with way():
        if door in FILES:
            rated = rate_files(kitchens, FILES[door](ONE_EACH, tmp_path), "provider", strict=True).ratings
        else:
            frame = FRAMES[door](ONE_EACH) if door in FRAMES else READ_BACK[door](ONE_EACH, tmp_path)
            rated = rate_frame(kitchens, frame, "provider")
    found = {name: rated[name].overall for name in ("N", "S", "E", "W", "C")}
    assert {name: rating and rating.id for name, rating in found.items()} == {
        "N": "fine",
        "S": "poor",  # a breach
        "E": "poor",  # what it was asked
        "W": None,  # nobody judged its menus
        "C": "poor",  # its fridge
    }
    facts: dict[str, FactValue] = {"breach": False, "staff": 3, "kind": "shop", "since": datetime.date(2025, 1, 1)}
    facts |= {"fridge": Fraction(65, 8)}
    answers = {"hygiene.plan.written": Answer.YES, "hygiene.plan.known": Answer.YES}
    counts = {"hygiene.clean": Counts(yes=1)}
    alone = rate_counts(kitchens, counts, {"menus": "fine"}, "reference", provider=facts, answers=answers)
    assert without_engine(rated["N"]) == without_engine(alone)


@pytest.mark.parametrize(
    ("column", "value", "code", "says"),
    [
        ("menus", "fin", "bad-value", 'the column "menus" holds "fin", which is no rating'),
        ("breach", "perhaps", "bad-value", 'the column "breach" holds "perhaps", which is not yes or no'),
        ("staff", "501", "bad-value", 'the column "staff" holds "501", which is not a whole number from 1 to 500'),
        ("fridge", "cold", "bad-value", 'the column "fridge" holds "cold", which is not a number'),
        ("kind", "boat", "bad-value", 'the column "kind" holds "boat", which is not one of shop, van'),
        ("hygiene.plan.known", "maybe", "bad-answer", "which is not yes or no or na"),
    ],
    ids=["a rating", "yes or no", "a whole number", "a number", "a choice", "an answer"],
)
@each_way
def test_a_value_without_a_meaning_is_refused(
    column: str, value: str, code: str, says: str, way: Any, kitchens: Framework, tmp_path: Path
) -> None:
    table = {name: [str(cell) if cell is not None else None for cell in cells] for name, cells in ONE_EACH.items()}
    table[column][1] = value
    with way(), pytest.raises(DiagnosticError) as error:
        rate_frame(kitchens, polars.DataFrame(table), "provider")
    (found,) = error.value.diagnostics
    assert (found.code, found.path) == (code, column)
    assert says in found.message
    with way():
        rated = rate_files(kitchens, FILES["CSV"](table, tmp_path), "provider")
    (found,) = rated.findings
    assert (found.code, found.line, rated.left_out) == (code, 3, 1)
    assert [each.group["provider"] for each in rated.ratings] == ["C", "E", "N", "W"]


TWICE: Table = {
    "provider": ["N", "N", "S", "S", "E", "E"],
    "menus": ["fine", "poor", "fine", None, "fine", "poor"],
    "hygiene.clean.floors": ["yes"] * 6,
}


@each_way
def test_what_a_column_says_twice_of_a_provider_is_reported_and_not_used(
    way: Any, kitchens: Framework, tmp_path: Path
) -> None:
    with way(), pytest.raises(DiagnosticError) as error:
        rate_frame(kitchens, polars.DataFrame(TWICE), "provider")
    (found,) = error.value.diagnostics
    says = 'the column "menus" says "fine" and "poor" of the group "{}", and differs within 1 other group'
    assert found.code == "differs-in-group"
    assert found.message in (says.format("N"), says.format("E"))
    with way():
        rated = rate_files(kitchens, FILES["CSV"](TWICE, tmp_path), "provider")
    assert [(found.code, found.severity) for found in rated.findings] == [("differs-in-group", "error")]
    menus = {each.group["provider"]: each.rating.standards[0].rating for each in rated.ratings}
    assert {name: rating and rating.id for name, rating in menus.items()} == {"N": None, "S": "fine", "E": None}
    with way(), pytest.raises(DiagnosticError):
        rate_files(kitchens, FILES["CSV"](TWICE, tmp_path), "provider", strict=True)


@each_way
def test_all_cases_together_are_one_provider(way: Any, kitchens: Framework) -> None:
    alike = {name: [cells[0]] * 3 for name, cells in ONE_EACH.items()}
    with way():
        rated = rate_frame(kitchens, polars.DataFrame(alike))
    assert [(each.group, each.rating.cases, each.rating.overall) for each in rated] == [({}, 3, kitchens.ratings[0])]
    with way(), pytest.raises(DiagnosticError, match="of all cases together"):
        rate_frame(kitchens, polars.DataFrame({**alike, "menus": ["fine", "fine", "poor"]}))
    with way():
        rated = rate_frame(kitchens, polars.DataFrame(alike).clear())
    assert [(each.group, each.rating.cases, each.rating.overall) for each in rated] == [({}, 0, None)]


@each_way
def test_what_stands_in_a_column_and_beside_the_table_is_refused(way: Any, kitchens: Framework) -> None:
    frame = polars.DataFrame(ONE_EACH, strict=False)
    with way(), pytest.raises(DiagnosticError) as error:
        rate_frame(kitchens, frame, "provider", judgements={("N",): {"menus": "poor"}})
    (found,) = error.value.diagnostics
    assert found.message == '"menus" is given twice: in the column "menus" of the table, and beside it'
    # What no column says may be said beside it.
    frame = frame.drop("menus")
    with way():
        rated = rate_frame(kitchens, frame, "provider", judgements={("N",): {"menus": "fine"}})
    assert rated["N"].overall == kitchens.ratings[0]
    with way(), pytest.raises(DiagnosticError, match="no case belongs to that group"):
        rate_frame(kitchens, frame, "provider", judgements={("X",): {"menus": "fine"}})
    with way(), pytest.raises(DiagnosticError, match="are given twice"):
        rate_frame(kitchens, frame, "provider", judgements={("N",): {"menus": "fine"}, ("N ",): {"menus": "fine"}})


def test_columns_of_other_files_may_be_absent(kitchens: Framework, tmp_path: Path) -> None:
    FILES["CSV"](ONE_EACH, tmp_path)
    others = {"provider": ["A", "B"], "breach": [True, False], "hygiene.clean.floors": ["yes", "no"]}
    polars.DataFrame(others).write_parquet(tmp_path / "others.parquet")
    results = []
    for way in WAYS.values():
        with way():
            results.append(rate_files(kitchens, [tmp_path / "cases.csv", tmp_path / "others.parquet"], "provider"))
    one_by_one, as_columns = results
    assert [each.group["provider"] for each in as_columns.ratings] == ["A", "B", "C", "E", "N", "S", "W"]
    assert as_columns.ratings == one_by_one.ratings


def test_numbers_stand_for_ratings_where_a_reading_says_so(kitchens: Framework, tmp_path: Path) -> None:
    (tmp_path / "reading.yaml").write_text('columns: {menus: {from: Score, values: {fine: ["0", "5"], poor: ["10"]}}}')
    frame = polars.DataFrame({"provider": ["N", "S", "E"], "Score": [5, 10, 0], "hygiene.clean.floors": ["yes"] * 3})
    rated = rate_frame(kitchens, frame, "provider", read_as=tmp_path / "reading.yaml")
    menus = {each.group["provider"]: each.rating.standards[0].rating for each in rated}
    assert {name: rating and rating.id for name, rating in menus.items()} == {"N": "fine", "S": "poor", "E": "fine"}


@each_way
def test_names_that_look_the_same_are_refused(way: Any, kitchens: Framework) -> None:
    frame = polars.DataFrame({"provider": ["N-E", "N\N{NON-BREAKING HYPHEN}E"], "hygiene.clean.floors": ["yes"] * 2})
    with way(), pytest.raises(DiagnosticError) as error:
        rate_frame(kitchens, frame, "provider")
    assert [found.code for found in error.value.diagnostics] == ["same-look"]


def test_assessing_cases_leaves_what_is_known_of_the_provider_alone(kitchens: Framework) -> None:
    from ctm_rules import assess_frame

    frame = polars.DataFrame({"menus": ["anything", "at all"], "hygiene.clean.floors": ["yes", "no"]})
    assert assess_frame(kitchens, frame)["menus"].to_list() == ["anything", "at all"]


# Letters of the words that are spelled in several ways, one that is folded to another of them, and spaces of all kinds.
SPELLED = st.text(st.sampled_from("tTrRuUeEfFaAlLsS\u017f012.-T:é \t\n\x1c\x85\xa0\u2028"), max_size=7)
ODD = "aé中\u0301 =+-@\uff1d\uff0b,;\"'\t\r\n\x00\x1b\u202e\u2028\ud7ff\ufff9\U000e0041"
WRITTEN = st.text(st.sampled_from(ODD), max_size=4)


@given(st.lists(SPELLED | st.text() | st.sampled_from(["2026-01-05 00:00", "2026-01-05T00:00:00", "1.00"]), min_size=1))
def test_a_text_that_is_taken_as_it_is_says_itself(texts: list[str]) -> None:
    asked = polars.Series(texts, dtype=polars.String).str.contains(tallies._OTHERWISE)
    assert [cell_text(text) for text, is_asked in zip(texts, asked, strict=True) if not is_asked] == [
        text for text, is_asked in zip(texts, asked, strict=True) if not is_asked
    ]


@given(st.lists(WRITTEN | st.text(), min_size=1))
def test_a_cell_is_written_as_python_writes_it(texts: list[str]) -> None:
    cells = writing._csv_cells(polars.Series(texts, dtype=polars.String)).to_list()
    assert [csv_text([], [[cell, "x"]]) for cell in texts] == [f"\n{cell},x\n" for cell in cells]


# --- what is written -------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_many_groups_are_written_as_few_are(suffix: str, kitchens: Framework, tmp_path: Path) -> None:
    names = [name for name in [*NAMES, None] if name != "é"]
    table = {"provider": names, "hygiene.clean.floors": ["yes"] * len(names), "menus": ["fine"] * len(names)}
    polars.DataFrame(table).write_parquet(tmp_path / "cases.parquet")
    written = []
    for name, way in WAYS.items():
        with way():
            rated = rate_files(kitchens, tmp_path / "cases.parquet", ["provider"], strict=True)
            write_ratings(rated, tmp_path / f"{name}{suffix}")
        written.append((tmp_path / f"{name}{suffix}").read_bytes())
    assert written[0] == written[1]
    if suffix == ".json":
        assert json.loads(written[0]) == rated.to_dict()
        assert written[0].decode() == json.dumps(rated.to_dict(), indent=1, ensure_ascii=False) + "\n"
    if suffix == ".csv":
        with (tmp_path / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            rows = [*csv.DictReader(file)]
        names = ["" if each.group["provider"] is None else str(each.group["provider"]) for each in rated.ratings]
        assert [row["provider"] for row in rows] == [f"'{name}" if name == "=1+1" else name for name in names]


def test_nothing_rated_is_written_as_json_too(kitchens: Framework, tmp_path: Path) -> None:
    FILES["CSV"](ONE_EACH, tmp_path)
    rated = rate_files(kitchens, tmp_path / "cases.csv", "subgroups.sizes", absent="missing")
    assert len(rated.ratings) == 0
    write_ratings(rated, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == rated.to_dict()


def test_a_country_is_printed_in_part_and_written_whole(run: Run, tmp_path: Path) -> None:
    folder = SCHEMES / "food-hygiene" / "standards" / "food-hygiene" / "2025"
    frame = polars.DataFrame({"provider": [f"E{number:05}" for number in range(1_203)]})
    known = {"hygiene": "five", "structure": "ten", "confidence": "nought"}
    frame.with_columns(*(polars.lit(step).alias(name) for name, step in known.items())).write_csv(tmp_path / "all.csv")
    options = ["rate", "--cases", str(tmp_path / "all.csv"), "--framework", str(folder), "--by", "provider"]
    code, out, _ = run(*options)
    assert code == 0
    assert "E00999" in out
    assert "E01000" not in out
    assert "… and 203 other groups: --output FILE writes them all" in out
    code, out, _ = run(*options, "--json")
    assert code == 0
    groups = json.loads(out)["groups"]
    assert [each["group"]["provider"] for each in groups] == frame["provider"].to_list()
    assert {each["overall"]["rating_id"] for each in groups} == {"four"}
