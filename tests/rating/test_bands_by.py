"""Bands that a fact of the provider chooses from a table: which row decides, at every door and in every tool."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import polars
import pytest
from attrs import evolve

from ctm_rules import (
    Band,
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
from ctm_rules.diagnostics.findings import Findings
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.frameworks.band_tables import read_table
from ctm_rules.frameworks.git_revisions import read_named
from ctm_rules.frameworks.loading import build_framework
from ctm_rules.limits import MAX_NUMBER_DIGITS, MAX_TABLE_COLUMNS
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.framework import KeyQuestionBands
from ctm_rules.model.rating_rules import SumInBands
from ctm_rules.rating.order import ShareOrder
from ctm_rules.scaffolding.json_schemas import schema_of
from tests.support.commands import Run

NEEDS_DURABLE = pytest.mark.skipif(not durable_is_available(), reason="durable_rules is not installed here")
ENGINES = ["reference", pytest.param("durable", marks=NEEDS_DURABLE)]

HOMES = """\
id: homes
edition: "2026"
title: Standards for homes
publisher: A council
in_force_from: 2026-01-01
source: {title: A handbook}
ratings: [{id: good, label: Good, score: 0}, {id: fair, label: Fair, score: 1}, {id: poor, label: Poor, score: 2}]
provider_facts:
  - {id: county, title: County, type: choice, values: {north: The north, south: The south}}
  - {id: small, title: A small home, type: yes_no}
key_question_bands:
  share_of: yes
  among: [yes, no]
  bands_by:
    small:
      yes: [{from: 50, rating: good}, {from: 45, rating: fair}, {from: 0, rating: poor}]
      no: [{from: 80, rating: good}, {from: 75, rating: fair}, {from: 0, rating: poor}]
standards:
  - {id: "1", slug: care, title: Care, statement: There is care., rated_by: judgement, source: {title: A handbook}}
  - {id: "2", slug: food, title: Food, statement: There is food., rated_by: judgement, source: {title: A handbook}}
  - id: "3"
    slug: safety
    title: Safety
    statement: It is safe.
    source: {title: A handbook}
    key_questions:
      - {id: falls, ask: Are falls prevented?, prompts: [{id: plan, ask: Is there a plan?}], yes_when: plan}
overall:
  sum_of: scores
  of: [care, food]
  bands_by: {county: cut_points.csv}
  then: [{worse_by: 1, when: {standard: food, rated: poor}}]
"""
TABLE = "county,good.up_to,fair.up_to,poor\nnorth,0,1,\nsouth,1,3,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "standards" / "homes" / "2026"
    made.mkdir(parents=True)
    (made / "framework.yaml").write_text(HOMES)
    (made / "cut_points.csv").write_text(TABLE)
    return made


@pytest.fixture
def homes(folder: Path) -> Framework:
    return load_framework(folder)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("facts", "care", "food", "overall", "says"),
    [
        ({"county": "north"}, "good", "good", "good", "placed in the bands where “County” is The north"),
        ({"county": "north"}, "good", "fair", "fair", "placed in the bands where “County” is The north"),
        ({"county": "south"}, "good", "fair", "good", "placed in the bands where “County” is The south"),
        ({"county": "south"}, "fair", "fair", "fair", "placed in the bands where “County” is The south"),
        ({"county": "north"}, "fair", "fair", "poor", "placed in the bands where “County” is The north"),
        # Which row holds is not known: a rating only where each of them gives it, after the steps.
        ({}, "good", "good", "good", None),
        ({}, "good", "fair", None, "it may be Good or Fair while “County” is not known"),
        ({}, "good", "poor", "poor", "one step worse since “Food” is rated Poor"),
    ],
    ids=["north", "north 1", "south 1", "south 2", "north 2", "no matter", "it matters", "no matter after a step"],
)
def test_the_row_of_the_value_decides(
    homes: Framework,
    facts: Mapping[str, FactValue],
    care: str,
    food: str,
    overall: str | None,
    says: str | None,
    engine: str,
) -> None:
    judged = {"care": care, "food": food}
    counts = {"safety.falls": Counts(yes=9, no=1)}
    rated = rate_counts(homes, counts, judged, make_engine(homes, engine), provider={**facts, "small": True})  # type: ignore[arg-type]
    assert (rated.overall and rated.overall.id) == overall
    said = [reason.says for reason in rated.overall_because] if overall else [*rated.not_rated]
    assert [each for each in said if says and says in each] == ([] if says is None else [said[0]])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("small", "yes", "rating", "flagged"),
    [
        (True, 6, "good", False),
        (False, 6, "poor", False),
        (False, 7, "poor", True),
        (None, 6, None, False),
        (None, 9, "good", False),
        (None, 4, "poor", True),
    ],
    ids=["small", "large", "near", "not known", "good either way", "poor either way"],
)
def test_a_share_is_placed_in_the_bands_of_the_row(
    folder: Path, small: bool | None, yes: int, rating: str | None, flagged: bool, engine: str
) -> None:
    (folder / "framework.yaml").write_text(f"{HOMES}panel: {{one_case_would_change_it: true}}\n")
    homes = load_framework(folder)
    facts: dict[str, FactValue] = {} if small is None else {"small": small}
    counts = {"safety.falls": Counts(yes=yes, no=10 - yes)}
    rated = rate_counts(homes, counts, {}, make_engine(homes, engine), provider=facts)  # type: ignore[arg-type]
    (safety,) = (each for each in rated.standards if each.standard.slug == "safety")
    (falls,) = safety.key_questions
    assert (safety.rating and safety.rating.id) == (falls.rating and falls.rating.id) == rating
    assert falls.percent == yes * 10
    assert [flag.kind for flag in falls.panel] == (["one_case"] if flagged or (small and yes == 5) else [])
    if rating is None:
        assert "safety.falls: it may be Good or Poor while “A small home” is not known" in safety.not_rated
    if small is not None:
        (reason,) = falls.because
        assert (reason.part, reason.at.line) == ("bands", 16 if small else 17)


COUNTY = "bands_by: {county: {north: [{from: LOW, rating: good}, {from: 0, rating: poor}], "
COUNTY += "south: [{from: HIGH, rating: good}, {from: 0, rating: poor}]}}"
OF_SCORES = f"{{sum_of: scores, of: LEVEL, {COUNTY.replace('LOW', '1').replace('HIGH', '5')}}}"
OF_SHARES = f"{{share_of: yes, among: [yes, no], {COUNTY.replace('LOW', '50').replace('HIGH', '90')}}}"
BANDS = "{share_of: yes, among: [yes, no], bands: [{from: 50, rating: good}, {from: 0, rating: poor}]}"
ONE_HOME = """\
id: homes
edition: "1"
title: T
publisher: P
in_force_from: 2026-01-01
ratings: [{id: good, label: Good, score: 2}, {id: poor, label: Poor, score: 0}]
provider_facts: [{id: county, title: County, type: choice, values: {north: The north, south: The south}}]
WHOLE
standards:
  - id: "1"
    slug: care
    title: Care
    statement: There is care.
    STANDARD
    key_questions:
      - {id: q, ask: Is it?, prompts: [{id: p, ask: Is it?}], yes_when: p QUESTION}
"""
PLACES = {
    "a key question": ("question", f"key_question_bands: {BANDS}", "", f", rating: {OF_SHARES}"),
    "all key questions": ("question", f"key_question_bands: {OF_SHARES}", "", ""),
    "a standard": (
        "standard",
        f"key_question_bands: {BANDS}",
        f"rating: {OF_SCORES.replace('LEVEL', 'key_questions')}",
        "",
    ),
    "all standards": (
        "standard",
        f"key_question_bands: {BANDS}\nstandard_rating: {OF_SCORES.replace('LEVEL', 'key_questions')}",
        "",
        "",
    ),
    "a domain": (
        "domain",
        f"key_question_bands: {BANDS}\n"
        f"domains: [{{id: all, title: All, standards: [care], rating: {OF_SCORES.replace('LEVEL', 'standards')}}}]",
        "",
        "",
    ),
    "all domains": (
        "domain",
        f"key_question_bands: {BANDS}\ndomain_rating: {OF_SCORES.replace('LEVEL', 'standards')}\n"
        "domains: [{id: all, title: All, standards: [care]}]",
        "",
        "",
    ),
    "the whole": (
        "overall",
        f"key_question_bands: {BANDS}\noverall: {OF_SCORES.replace('LEVEL', 'standards')}",
        "",
        "",
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("level", "whole", "standard", "question"), PLACES.values(), ids=PLACES)
def test_a_fact_chooses_bands_wherever_something_is_rated(
    level: str, whole: str, standard: str, question: str, engine: str
) -> None:
    text = ONE_HOME.replace("WHOLE", whole).replace("    STANDARD\n", f"    {standard}\n" if standard else "")
    framework = make_framework(text.replace(" QUESTION", question))
    deciding = make_engine(framework, engine)  # type: ignore[arg-type]

    def rated(**facts: FactValue) -> str | None:
        result = rate_counts(framework, {"care.q": Counts(yes=3, no=2)}, {}, deciding, provider=facts)
        (care,) = result.standards
        rating = {
            "question": care.key_questions[0].rating,
            "standard": care.rating,
            "domain": result.domains[0].rating if result.domains else None,
            "overall": result.overall,
        }[level]
        return rating and rating.id

    # 60 per cent, and a score of 2: good in the north, and too little in the south.
    assert (rated(county="north"), rated(county="south"), rated()) == ("good", "poor", None)


def test_while_no_row_is_chosen_shares_are_ordered_as_every_row_orders_them(homes: Framework) -> None:
    order = ShareOrder(homes, "safety.falls")
    assert (order.worse_end, order.lowest_rating and order.lowest_rating.id) == ("low", "poor")
    declared = homes.key_question_bands
    assert declared is not None
    yes = declared.bands_by["small"]["yes"]
    ends = []
    for ratings in (("poor", "fair", "good"), ("good", "fair", "poor")):
        bounds = (Fraction(20), Fraction(40), None)
        no = tuple(Band(None, rating, up_to=bound) for rating, bound in zip(ratings, bounds, strict=True))
        other = evolve(homes, key_question_bands=evolve(declared, bands_by={"small": {"yes": yes, "no": no}}))
        ends.append(ShareOrder(other, "safety.falls").worse_end)
    # Where homes that are small get better with their share, and others worse, nobody can tell.
    assert ends == ["low", None]


def test_a_result_is_of_the_whole_standards_and_says_the_line_of_the_row(homes: Framework) -> None:
    rated = rate_counts(homes, {}, {"care": "good", "food": "good"}, "reference", provider={"county": "south"})
    assert rated.framework.identity() == homes.identity()
    (reason,) = rated.overall_because
    assert (Path(reason.at.file).name, reason.at.line, reason.part) == ("cut_points.csv", 3, "bands")
    assert rated.to_dict()["overall"]["because"][0]["part"] == "bands"
    assert rated.to_dict()["bands_chosen"] == {"county": "south"}
    assert load_result(rated.to_dict(), framework=homes) == rated
    with pytest.raises(DiagnosticError) as error:
        load_result({**rated.to_dict(), "bands_chosen": {"conty": "south"}}, framework=homes)
    assert [found.code for found in error.value.diagnostics] == ["unknown-name"]
    assert homes.for_provider({"county": "south"}) is homes.for_provider({"county": "south"})
    assert homes.for_provider({}).checksum == homes.checksum


def test_in_bulk_each_group_has_its_row(homes: Framework, tmp_path: Path) -> None:
    frame = polars.DataFrame({"home": ["a", "b", "c"], "case": ["1", "2", "3"], "safety.falls.plan": ["yes"] * 3})
    judged = {home: {"care": "good", "food": "fair"} for home in "abc"}
    facts = {"a": {"county": "north", "small": True}, "b": {"county": "south", "small": True}, "c": {"small": True}}
    rated = rate_frame(homes, frame, "home", judgements=judged, provider=facts)  # type: ignore[arg-type]
    overall = {home: rated[home].overall for home in "abc"}
    assert {home: rating and rating.id for home, rating in overall.items()} == {"a": "fair", "b": "good", "c": None}
    frame.write_csv(tmp_path / "cases.csv")
    table = "home,county,small,care,food\na,north,yes,good,fair\nb,south,yes,good,fair\nc,,yes,good,fair\n"
    (tmp_path / "judged.csv").write_text(table)
    files = rate_files(homes, [tmp_path / "cases.csv"], by="home", judgements=tmp_path / "judged.csv")
    found = {str(each.group["home"]): each.rating.overall for each in files.ratings}
    assert {home: rating and rating.id for home, rating in found.items()} == {"a": "fair", "b": "good", "c": None}


# --- As standards ----------------------------------------------------------------------------------------


def test_what_a_table_says_can_be_written_into_one_file(homes: Framework) -> None:
    text = dump_framework(homes)
    assert make_framework(text) == homes
    assert make_framework(text).checksum == homes.checksum
    assert "cut_points.csv" not in text


def test_a_cell_of_the_table_is_part_of_the_checksum(homes: Framework, folder: Path) -> None:
    (folder / "cut_points.csv").write_text(TABLE.replace(",3,", ",2.6,"))
    assert load_framework(folder).checksum != homes.checksum
    # Neither the order of rows nor what separates cells is a word of the standards.
    (folder / "cut_points.csv").write_text("county;good.up_to;fair.up_to;poor\nsouth;1;3.0;\nnorth;0;1;\n")
    assert load_framework(folder).checksum == homes.checksum


def test_where_there_are_no_files_there_is_no_table() -> None:
    with pytest.raises(DiagnosticError) as error:
        make_framework(HOMES)
    (found,) = error.value.diagnostics
    assert (found.code, found.line) == ("bad-band-table", 31)
    assert (
        found.message == 'the table "cut_points.csv" should lie beside the files of the framework, and there are none'
    )
    assert found.hint == "write the bands for each value here, or load the folder"
    assert HOMES.splitlines()[30][found.column - 1 :] == "cut_points.csv}"


@pytest.mark.parametrize(
    "name",
    ["../cut_points.csv", "cut_points.xlsx", "/etc/passwd.csv", "cut points"],
    ids=["above", "xlsx", "root", "no"],
)
def test_a_table_lies_beside_the_framework(folder: Path, name: str) -> None:
    file = folder / "framework.yaml"
    file.write_text(HOMES.replace("cut_points.csv", name))
    with pytest.raises(DiagnosticError) as error:
        load_framework(folder)
    (found,) = error.value.diagnostics
    assert (found.code, found.line) == ("bad-band-table", 31)
    assert found.message == (
        f'the bands that "county" chooses are neither declared here nor the name of a CSV file: "{name}"'
    )
    assert found.hint == ("write county: cut_points.csv, a file beside this one, or a block: county: {…: [{from: …}]}")
    assert file.read_text().splitlines()[30][found.column - 1 :] == f"{name}}}"


def test_a_table_that_is_not_there_is_missed_where_it_is_named(folder: Path) -> None:
    (folder / "cut_points.csv").unlink()
    with pytest.raises(DiagnosticError) as error:
        load_framework(folder)
    (found,) = error.value.diagnostics
    assert (found.code, Path(found.file).name, found.line) == ("file-not-readable", "framework.yaml", 31)
    assert HOMES.splitlines()[30][found.column - 1 :] == "cut_points.csv}"


def test_a_link_that_leads_out_is_not_followed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    shutil.move(folder / "cut_points.csv", outside)
    (folder / "cut_points.csv").symlink_to(outside)
    with pytest.raises(DiagnosticError) as error:
        load_framework(folder)
    assert [found.code for found in error.value.diagnostics] == ["link-leads-out"]


WHICH = "its first line is such as county,good.from,poor.from"
DIGITS = "write digits, with a point before decimals and nothing behind them"


@pytest.mark.parametrize(
    ("table", "place", "message", "hint"),
    [
        pytest.param("", (1, 1), "the table has no header", WHICH, id="empty"),
        pytest.param(
            *("county" + ",good.up_to" * MAX_TABLE_COLUMNS, (1, 1)),
            *(f"the table has {MAX_TABLE_COLUMNS + 1:,} columns", WHICH),
            id="endless columns",
        ),
        pytest.param(
            *("county\nnorth\n", (1, 1), 'beside "county" there is no column, and so no bound of a band'),
            "add one for each rating: county,good.from,poor.from",
            id="one column",
        ),
        pytest.param(
            *(TABLE.replace("south", ""), (3, 1), "row 3 does not say for which value its bands are"),
            "write the value in the first column",
            id="no value",
        ),
        pytest.param(
            *(f"{TABLE}north,2,3,\n", (4, 1), 'row 4 is a second one for "north"; the first is row 2'),
            "keep one of them",
            id="a value twice",
        ),
        pytest.param(
            *(TABLE.replace(",3,", ",-2,"), (3, 3)),
            *('the cell of "south" for fair.up_to holds "-2", which is no number', DIGITS),
            id="negative",
        ),
        pytest.param(
            *(TABLE.replace(",3,", ",٣,"), (3, 3)),
            *('the cell of "south" for fair.up_to holds "٣", which is no number', DIGITS),
            id="digits of another script",
        ),
        pytest.param(
            *(TABLE.replace(",3,", ",,"), (3, 3), 'the cell of "south" for fair.up_to is empty', DIGITS),
            id="empty cell",
        ),
        pytest.param(
            *(TABLE.replace("1,3,", "1,3,9"), (3, 4)),
            '"poor" takes whatever is left, and row 3 has a bound for it: "9"',
            "call the column poor.from (or above, up_to, below), or leave the cell empty",
            id="a bound too many",
        ),
        pytest.param(
            *(TABLE.replace("fair.up_to", "fair.upto"), (1, 3)),
            'the column "fair.upto" does not say which bound of which rating it holds',
            'did you mean "up_to"? Allowed: from, above, up_to, below.',
            id="bound",
        ),
        pytest.param(
            *(TABLE.replace("fair.up_to", ".up_to"), (1, 3)),
            'the column ".up_to" does not say which bound of which rating it holds',
            "write a rating and its bound: county,good.from,poor.from",
            id="a bound of nothing",
        ),
        pytest.param(
            *("\n" + TABLE.replace("county", "state"), (2, 1)),
            *('the first column is called "state", and holds the values of the fact "county"', "call it county"),
            id="another fact, below an empty line",
        ),
    ],
)
def test_what_says_no_bound_is_found_and_nothing_that_follows_from_it(
    folder: Path, table: str, place: tuple[int, int], message: str, hint: str
) -> None:
    (folder / "cut_points.csv").write_text(table, encoding="utf-8")
    with pytest.raises(DiagnosticError) as error:
        load_framework(folder)
    (found,) = error.value.diagnostics
    assert (found.code, Path(found.file).name) == ("bad-band-table", "cut_points.csv")
    assert ((found.line, found.column), found.message, found.hint) == (place, message, hint)


@pytest.mark.parametrize(
    ("table", "code", "place", "words"),
    [
        (TABLE.replace("1,3,", "1,2,5,"), "bad-row", (3, 1), "5 cells"),
        (TABLE.replace("fair.", "fiar."), "unknown-name", (1, 3), 'did you mean "fair"'),
        (TABLE.replace("south", "suoth"), "bad-choice-of-bands", (3, 1), 'did you mean "south"'),
        ("county,good.up_to,fair.up_to\nnorth,0,1\nsouth,1,2\n", "bad-bands", (2, 3), "what lies above has no rating"),
        (f"{TABLE}n\xf6rd,1,2,\n", "unknown-encoding", (4, 1), '; save it as "CSV UTF-8"; end'),
        (TABLE.replace(",3,", f",{'1' * (MAX_NUMBER_DIGITS + 1)},"), "bad-band-table", (3, 3), "which is no number"),
    ],
    ids=["decimal comma", "misspelt rating", "misspelt value", "no rest", "not text", "endless"],
)
def test_what_can_be_wrong_with_any_table_or_bands_is_found_in_its_cell(
    folder: Path, table: str, code: str, place: tuple[int, int], words: str
) -> None:
    (folder / "cut_points.csv").write_bytes(table.encode("latin-1"))
    with pytest.raises(DiagnosticError) as error:
        load_framework(folder)
    found = error.value.diagnostics[0]
    assert (found.code, Path(found.file).name, (found.line, found.column)) == (code, "cut_points.csv", place)
    assert words in f"{found.message}; {found.hint}; end"


LOWER = "county,poor.from,fair.from,good.from\nnorth,2,1,0\nsouth,3,2,0\n"


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(LOWER.replace("2,0", "2,x"), id="the last band of a row"),
        pytest.param(LOWER.replace("3,2,0", "x,y,z"), id="every band of a row"),
        pytest.param(LOWER.replace("good.from", "good.form"), id="the last band of every row"),
        pytest.param(LOWER.replace("good.from", "good").replace("1,0", "1,").replace("2,0", "2,8"), id="no bound"),
        pytest.param(LOWER.replace("south", ""), id="a row"),
    ],
)
def test_what_follows_from_a_cell_that_is_wrong_is_not_said(folder: Path, table: str) -> None:
    (folder / "cut_points.csv").write_text(LOWER)
    assert load_framework(folder)
    (folder / "cut_points.csv").write_text(table)
    with pytest.raises(DiagnosticError) as error:
        load_framework(folder)
    assert {found.code for found in error.value.diagnostics} == {"bad-band-table"}
    # What is wrong in itself is said beside it.
    (folder / "cut_points.csv").write_text(table.replace("2,1", "2,3"))
    with pytest.raises(DiagnosticError) as both:
        load_framework(folder)
    assert {found.code for found in both.value.diagnostics} == {"bad-band-table", "bad-bands"}


def test_a_table_may_be_named_wherever_something_is_rated(folder: Path) -> None:
    question = "yes_when: plan, rating: {share_of: yes, among: [yes, no], bands_by: {small: shares.csv}}}"
    text = HOMES.replace("yes_when: plan}", question).replace("overall:\n", f"{DOMAINS}overall:\n")
    (folder / "framework.yaml").write_text(text)
    (folder / "shares.csv").write_text("small,good.from,poor.from\nyes,60,0\nno,70,0\n")
    (folder / "scores.csv").write_text("small,good.up_to,poor\nyes,0,\nno,1,\n")
    framework = load_framework(folder)
    asked = framework.key_questions["safety.falls"].rating
    assert isinstance(asked, KeyQuestionBands)
    assert [bands[0].lowest for bands in asked.bands_by["small"].values()] == [60, 70]
    of_domain = framework.domains[0].rating
    assert isinstance(of_domain, SumInBands)
    assert [bands[0].up_to for bands in of_domain.bands_by["small"].values()] == [0, 1]


DOMAINS = """\
domains:
  - id: people
    title: People
    standards: [care, food]
    rating: {sum_of: scores, of: standards, bands_by: {small: scores.csv}}
  - {id: house, title: House, standards: [safety]}
"""


def test_a_bound_has_as_many_digits_as_any_number_may_have(folder: Path) -> None:
    (folder / "cut_points.csv").write_text(TABLE.replace(",3,", f",{'1' * MAX_NUMBER_DIGITS},"))
    rule = load_framework(folder).overall
    assert isinstance(rule, SumInBands)
    assert rule.bands_by["county"]["south"][1].up_to == int("1" * MAX_NUMBER_DIGITS)


def test_every_cell_of_a_row_is_looked_at(folder: Path) -> None:
    (folder / "cut_points.csv").write_text("county,poor,good.up_to,fair.up_to\nnorth,7,x,y\nsouth,,1,3\n")
    with pytest.raises(DiagnosticError) as error:
        load_framework(folder)
    found = [(each.line, each.column) for each in error.value.diagnostics if each.code == "bad-band-table"]
    assert found == [(2, 2), (2, 3), (2, 4)]


def test_a_table_has_as_many_columns_as_any_table_may_have() -> None:
    findings = Findings()
    widest = "county" + ",good.up_to" * (MAX_TABLE_COLUMNS - 1)
    assert read_table(widest.encode(), "cut_points.csv", "county", findings) == {}
    assert not findings


def test_rows_whose_rest_has_a_bound_are_one_finding(folder: Path) -> None:
    (folder / "cut_points.csv").write_text(TABLE.replace("1,\n", "1,8\n").replace("3,\n", "3,9\n"))
    with pytest.raises(DiagnosticError) as error:
        load_framework(folder)
    assert "2 cells hold a bound for poor, whose column says none" in str(error.value)


def test_fifty_rows_with_one_mistake_are_one_finding(folder: Path, run: Run) -> None:
    rows = "".join(f"v{number},{number}%,70,\n" for number in range(50))
    values = ", ".join(f"v{number}: V{number}" for number in range(50))
    (folder / "cut_points.csv").write_text(f"county,good.up_to,fair.up_to,poor\n{rows}")
    file = folder / "framework.yaml"
    file.write_text(HOMES.replace("{north: The north, south: The south}", f"{{{values}}}"))
    code, out, _ = run("check", folder)
    assert code == 1
    assert "50 cells of good.up_to hold no number" in out
    assert out.count("error:") == 1


def test_bands_built_in_python_are_held_against_the_same_rules(homes: Framework) -> None:
    rule = homes.overall
    assert rule is not None
    broken = evolve(homes, overall=evolve(rule, bands_by={"county": {"north": rule.bands_by["county"]["north"]}}))  # type: ignore[union-attr,call-arg]
    with pytest.raises(DiagnosticError) as error:
        rate_counts(broken, {}, {}, "reference")
    assert [found.code for found in error.value.diagnostics] == ["bad-choice-of-bands"]
    assert 'no bands of overall where "county" is south' in error.value.diagnostics[0].message
    odd = evolve(homes, overall=evolve(rule, bands_by={"county": ["north"]}))  # type: ignore[call-arg]
    with pytest.raises(DiagnosticError) as wrong:
        rate_counts(odd, {}, {}, "reference")
    assert [found.code for found in wrong.value.diagnostics] == ["wrong-type"]


def test_an_editor_knows_both_ways_to_write_it() -> None:
    rule = schema_of("framework")["$defs"]["SumInBands"]["properties"]["bands_by"]  # type: ignore[index]
    table, rows = rule["additionalProperties"]["anyOf"]
    assert (table["pattern"], rows["additionalProperties"]["type"]) == (r"\.csv$", "array")


# --- Tools ------------------------------------------------------------------------------------------------


def test_a_cell_that_changed_is_said_with_its_row(homes: Framework, folder: Path) -> None:
    (folder / "cut_points.csv").write_text(TABLE.replace("1,3,", "1,3.5,"))
    (change,) = compare_frameworks(homes, load_framework(folder)).changes
    assert (change.path, change.weight) == ("overall.bands_by.county.south", "words")
    (folder / "cut_points.csv").write_text(TABLE.replace("1,3,", "1,2,"))
    (change,) = compare_frameworks(homes, load_framework(folder)).changes
    assert (change.path, change.weight) == ("overall.bands_by.county.south.fair", "decides")
    assert "moved from up to 3 to up to 2" in change.says


def test_bands_that_are_chosen_now_and_rows_that_come_and_go_are_changes(homes: Framework, folder: Path) -> None:
    file = folder / "framework.yaml"
    file.write_text(HOMES.replace("south: The south", "south: The south, west: The west"))
    (folder / "cut_points.csv").write_text(f"{TABLE}west,1,2,\n")
    changes = {each.path: each.says for each in compare_frameworks(homes, load_framework(folder)).changes}
    assert changes["overall.bands_by.county.west"] == "the bands for west were added"
    bands = "bands: [{up_to: 0, rating: good}, {up_to: 1, rating: fair}, {rating: poor}]"
    file.write_text(HOMES.replace("bands_by: {county: cut_points.csv}", bands))
    changes = {each.path: each.says for each in compare_frameworks(load_framework(folder), homes).changes}
    assert changes["overall.bands_by"] == "which bands these are is said by “County”"


def test_a_fact_that_was_renamed_chooses_the_same_bands(homes: Framework, folder: Path) -> None:
    file = folder / "framework.yaml"
    file.write_text(HOMES.replace("county", "shire").replace("{id: shire,", "{id: shire, formerly: [county],"))
    (folder / "cut_points.csv").write_text(TABLE.replace("county", "shire"))
    changes = compare_frameworks(homes, load_framework(folder)).changes
    assert [change.path for change in changes if change.path.startswith("overall")] == []


INSPECTION = """\
framework: {id: homes}
provider: {id: one, name: One, facts: {county: south, small: yes}}
title: One
fieldwork: {started: 2026-03-04}
cases: {file: cases.csv}
judgements:
  - {standard: care, rating: good, rationale: It is so.}
  - {standard: food, rating: fair, rationale: It is so.}
"""


@pytest.fixture
def inspection(folder: Path) -> Path:
    top = folder.parents[2]
    (top / "cases.csv").write_text("case,safety.falls.plan\na,yes\nb,yes\nc,no\n")
    (top / "inspection.yaml").write_text(INSPECTION)
    return top / "inspection.yaml"


def test_what_if_names_a_cell_by_its_row_and_rating(inspection: Path, run: Run) -> None:
    code, out, _ = run("what-if", inspection, "--set", "overall.bands_by.county.south.good.up_to=0.5")
    assert code == 0
    assert "Overall: Good" in out
    assert "→ Fair" in out
    code, _, error = run("what-if", inspection, "--set", "overall.bands_by.county.soth.good.up_to=0.5")
    assert code == 2
    assert "south" in error


def test_rate_explain_report_and_verify_know_the_row(inspection: Path, run: Run, tmp_path: Path) -> None:
    code, out, _ = run("rate", inspection)
    assert code == 0
    assert out.count("placed in the bands where “County” is The south") == 1
    assert out.count("placed in the bands where “A small home” is yes") == 1
    (tmp_path / "result.json").write_text(run("rate", inspection, "--json")[1])
    assert run("verify", tmp_path / "result.json", inspection)[0] == 0
    assert run("report", inspection, "-o", tmp_path / "out", "--format", "md", "--format", "csv")[0] == 0
    report = (tmp_path / "out" / "report.md").read_text()
    assert "up to 3" in report
    with ZipFile(tmp_path / "out" / "annexe-csv.zip") as annexe:
        bands = annexe.read("bands.csv").decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in bands if "overall" in line] == ["overall"] * 3


def test_the_next_rating_goes_by_the_bands_of_the_row(inspection: Path) -> None:
    inspection.write_text(INSPECTION.replace("small: yes", "small: no"), encoding="utf-8")
    (way,) = (
        each for each in next_ratings(rate_inspection(load_inspection(inspection))) if each.standard.slug == "safety"
    )
    # 2 of 3 are 67 per cent, which is good in a small home; in another one fair is from 75.
    assert (way.rating and way.rating.id, way.next and way.next.id, way.needed) == ("poor", "fair", 1)


def test_every_rating_of_a_table_is_to_be_covered_once_and_not_every_cell(folder: Path, run: Run) -> None:
    scenarios = folder / "scenarios"
    scenarios.mkdir()
    (scenarios / "ratings.yaml").write_text(
        "scenarios:\n"
        "  - name: good in the north\n"
        "    given: {provider: {county: north}, ratings: {care: good, food: good}}\n"
        "    expect: {overall: good}\n"
        "  - name: fair in the south\n"
        "    given: {provider: {county: south}, ratings: {care: fair, food: fair}}\n"
        "    expect: {overall: fair}\n"
    )
    code, out, _ = run("test", folder, "--coverage", "--json")
    assert code == 0
    missing = json.dumps(json.loads(out)["coverage"])
    assert "overall: a band poor" in missing
    assert "overall: a band good" not in missing
    assert "overall: a band fair" not in missing


def test_the_site_shows_the_table(folder: Path, run: Run, tmp_path: Path) -> None:
    assert run("docs", folder, "-o", tmp_path / "site")[0] == 0
    page = " ".join((tmp_path / "site" / "ratings.html").read_text().split())
    assert '<th scope="row">The south</th><td>up to 1</td><td>up to 3</td><td>everything else</td>' in page
    assert '<th scope="row">no</th><td>from 80%</td><td>from 75%</td><td>from 0%</td>' in page


def test_check_names_the_file_and_an_edition_takes_it_along(folder: Path, run: Run) -> None:
    code, out, _ = run("check", folder / "cut_points.csv")
    assert (code, out.splitlines()[-1]) == (0, "no mistakes found in 2 files")
    (folder / "cut_points.csv").write_text(TABLE.replace(",3,", ",x,"))
    code, out, _ = run("check", folder / "cut_points.csv")
    assert code == 1
    assert "cut_points.csv:3:3" in out
    (folder / "cut_points.csv").write_text(TABLE)
    assert run("new", "edition", folder, "2027", "--in-force-from", "2027-01-01")[0] == 0
    assert load_framework(folder.parent / "2027").overall == load_framework(folder).overall


def test_a_revision_in_git_has_its_own_table(folder: Path, homes: Framework, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*arguments: str) -> None:
        author = ["-c", "user.name=N", "-c", "user.email=n@example.org"]
        subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)

    monkeypatch.chdir(folder)

    git("init")
    git("add", ".")
    git("commit", "-m", "the first table")
    (folder / "cut_points.csv").write_text(TABLE.replace(",3,", ",2,"))
    before = build_framework(read_named("git:HEAD:."))
    assert before == homes
    git("rm", "--cached", "cut_points.csv")
    git("commit", "-m", "without it")
    with pytest.raises(DiagnosticError) as error:
        read_named("git:HEAD:.")
    assert [found.code for found in error.value.diagnostics] == ["bad-revision"]


def test_nothing_is_odd_about_it(homes: Framework) -> None:
    assert [found.code for found in check_framework(homes)] == []
