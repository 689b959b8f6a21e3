"""What files can do, data can do: frameworks, cases and inspections that never were files, through the same door."""

from __future__ import annotations

import copy
import csv
import datetime
import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pytest
from ruamel.yaml import YAML

from ctm_rules import (
    Answer,
    Case,
    Codes,
    DiagnosticError,
    Inspection,
    Judgement,
    Outcome,
    RequestError,
    StandardsError,
    cases_from_frame,
    dump_framework,
    load_framework,
    load_inspection,
    make_framework,
    next_ratings,
    rate_inspection,
    read_amendment,
    read_cases,
    what_if,
    write_report,
)
from tests.support.paths import EXAMPLE

Data = dict[str, Any]
FRAMEWORK = load_framework("hmip-pdu", "2024")
ROWS = list(csv.DictReader(EXAMPLE.with_name("cases.csv").read_text(encoding="utf-8").splitlines()))


def data_of(file: Path) -> Data:
    """Return what a YAML file says as JSON would hold it: dates are texts, and yes and no are words."""
    found: Data = json.loads(
        json.dumps(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")), default=str)
    )
    return found


@pytest.fixture
def declared() -> Data:
    """What the example's inspection file says, without its table."""
    data = data_of(EXAMPLE)
    del data["cases"]["file"]
    return data


def pointers(error: DiagnosticError) -> list[str]:
    return [found.path for found in error.diagnostics]


# --- frameworks ------------------------------------------------------------------------------------


def test_a_framework_of_text_and_of_data_is_that_of_the_files():
    text = dump_framework(FRAMEWORK)
    data = YAML(typ="safe", pure=True).load(text)
    for made in (make_framework(text), make_framework(data), make_framework(json.loads(json.dumps(data, default=str)))):
        assert made == FRAMEWORK
        assert made.checksum == FRAMEWORK.checksum
        assert made.identity()["origin"] == "python"


def broken(change: Callable[[Data], object]) -> Data:
    data: Data = YAML(typ="safe", pure=True).load(dump_framework(FRAMEWORK))
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param(lambda data: data["standards"][2].update(slgu="a"), "/standards/2/slgu", id="a misspelt key"),
        pytest.param(lambda data: data["facts"][0].update(type="yes/no"), "/facts/0/type", id="a wrong word"),
        pytest.param(lambda data: data.update(title=7), "/title", id="a wrong type"),
        pytest.param(lambda data: data.pop("publisher"), "", id="a missing key"),
        pytest.param(lambda data: data.update({"a/b": 1}), "/a~1b", id="a key with a slash"),
        pytest.param(
            lambda data: data["domains"][0]["standards"].append("none"), "/domains/0/standards/3", id="an unknown name"
        ),
    ],
)
def test_what_is_wrong_with_a_framework_of_data_has_its_pointer(change, pointer):
    with pytest.raises(StandardsError) as raised:
        make_framework(broken(change))
    assert pointer in pointers(raised.value)


def test_a_framework_of_text_is_said_to_be_wrong_by_its_line():
    text = dump_framework(FRAMEWORK).replace("publisher:", "publihser:")
    with pytest.raises(StandardsError) as raised:
        make_framework(text, name="of the workbench")
    assert [(found.file, found.line) for found in raised.value.diagnostics] == [("of the workbench", 4)]


@pytest.mark.parametrize("given", ["", "hmip-pdu", "a: [", [], 7, {}, {"id": {1}}, {7: "a"}], ids=repr)
def test_what_is_no_framework_is_refused_in_a_sentence(given):
    with pytest.raises(StandardsError):
        make_framework(given)


def test_data_that_holds_itself_is_refused():
    endless: Data = {}
    endless["standards"] = [endless]
    with pytest.raises(StandardsError, match="nested deeper"):
        make_framework(endless)


# --- cases -----------------------------------------------------------------------------------------


def test_a_case_of_data_says_what_the_same_cells_say():
    data = {
        "id": 7,
        "facts": {"grade": "PO", "has_potential_victims": True, "commenced": "2025-01-13"},
        "answers": {"assessment.safety.victims": "na", "assessment.safety.risk_of_harm": None},
        "judgements": {"assessment.safety": {"outcome": "yes", "reason": "Seen."}, "planning.safety": "no"},
    }
    case = Case.from_dict(data, FRAMEWORK)
    assert case == Case(
        "7",
        {"grade": "PO", "has_potential_victims": True, "commenced": datetime.date(2025, 1, 13)},
        {"assessment.safety.victims": Answer.NA},
        {"assessment.safety": Judgement(Outcome.YES, "Seen."), "planning.safety": Judgement(Outcome.NO)},
    )
    assert Case.from_dict(json.loads(json.dumps(case.to_dict())), FRAMEWORK) == case


def test_every_case_of_a_file_comes_back_from_its_data():
    for case in load_inspection(EXAMPLE).cases:
        assert Case.from_dict(json.loads(json.dumps(case.to_dict())), FRAMEWORK) == case


BAD_CASES: dict[str, tuple[object, list[str]]] = {
    "a text": ("c1", [""]),
    "no id": ({}, ["/id"]),
    "a list as its id": ({"id": ["c1"]}, ["/id"]),
    "a misspelt part": ({"id": "c1", "fact": {}}, ["/fact"]),
    "answers in a list": ({"id": "c1", "answers": ["yes"]}, ["/answers"]),
    "an unknown name": ({"id": "c1", "answers": {"a/b": "yes"}}, ["/answers/a~1b"]),
    "a misspelt answer": (
        {"id": "c1", "answers": {"assessment.safety.victims": "Y"}}, ["/answers/assessment.safety.victims"],
    ),
    "a value that a choice has not": ({"id": "c1", "facts": {"grade": "XX"}}, ["/facts/grade"]),
    "a list as a fact": ({"id": "c1", "facts": {"has_potential_victims": [True]}}, ["/facts/has_potential_victims"]),
    "a judgement that decides nothing": (
        {"id": "c1", "judgements": {"assessment.safety": "undetermined"}}, ["/judgements/assessment.safety"],
    ),
    "a judgement without an outcome": (
        {"id": "c1", "judgements": {"assessment.safety": {"reason": "a"}}}, ["/judgements/assessment.safety/outcome"],
    ),
    "two at once": ({"facts": {"grade": "XX"}}, ["/facts/grade", "/id"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CASES)
def test_what_is_wrong_with_a_case_has_its_pointer(name):
    data, expected = BAD_CASES[name]
    with pytest.raises(RequestError) as raised:
        Case.from_dict(data, FRAMEWORK)  # type: ignore[arg-type]
    assert sorted(pointers(raised.value)) == expected
    assert all(found.hint for found in raised.value.diagnostics)


# --- tables ----------------------------------------------------------------------------------------


def long_rows() -> list[Data]:
    """Return the example's table with one row for each fact and answer."""
    return [
        {"case": row["case"], "name": name, "value": value or None}
        for row in ROWS
        for name, value in row.items()
        if name != "case"
    ]


_OPENED = ExitStack()


@pytest.fixture(autouse=True)
def _close_what_a_test_opened():
    yield
    _OPENED.close()


def empty_sqlite_cursor() -> sqlite3.Cursor:
    return _OPENED.enter_context(closing(sqlite3.connect(":memory:"))).cursor()


def sqlite_cursor(rows: list[Data]) -> Any:
    names = list(rows[0])
    cursor = empty_sqlite_cursor()
    cursor.execute("create table cases (" + ", ".join(f'"{name}" text' for name in names) + ")")
    values = [[row[name] or None for name in names] for row in rows]
    cursor.executemany(f"insert into cases values ({', '.join('?' * len(names))})", values)
    return cursor.execute("select * from cases")


def duckdb_cursor(rows: list[Data]) -> Any:
    connection = duckdb.connect()
    connection.register("given", pyarrow.Table.from_pylist([dict(row) for row in rows]))
    return connection.execute("select * from given")


KINDS: dict[str, Callable[[list[Data]], Any]] = {
    "mappings": lambda rows: rows,
    "polars": polars.DataFrame,
    "polars, lazy": lambda rows: polars.LazyFrame(rows),
    "pandas": pandas.DataFrame,
    "pyarrow": pyarrow.Table.from_pylist,
    "a cursor of sqlite": sqlite_cursor,
    "a cursor of duckdb": duckdb_cursor,
    "a relation of duckdb": lambda rows: duckdb.from_arrow(pyarrow.Table.from_pylist(rows)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_in_memory_is_read_as_the_file(kind):
    expected = read_cases(EXAMPLE.with_name("cases.csv"), FRAMEWORK)
    assert cases_from_frame(FRAMEWORK, KINDS[kind](ROWS)) == expected
    assert cases_from_frame(FRAMEWORK, KINDS[kind](long_rows()), shape="long") == expected


def test_a_table_may_have_names_and_codes_of_its_own():
    rows = [{"nr": 1, "q": 2, "has_potential_victims": 1.0}, {"nr": 2, "q": 9, "has_potential_victims": float("nan")}]
    columns = {"case": "nr", "assessment.safety.victims": "q"}
    one, other = cases_from_frame(FRAMEWORK, rows, columns=columns, codes=Codes(yes=1, no=2, na=9))
    assert one == Case("1", {"has_potential_victims": True}, {"assessment.safety.victims": Answer.NO})
    assert other == Case("2", {}, {"assessment.safety.victims": Answer.NA})


def test_a_long_table_may_have_names_of_its_own():
    rows = [{"nr": "c1", "question": "q17", "answer": "yes"}]
    columns = {"case": "nr", "name": "question", "value": "answer", "assessment.safety.victims": "q17"}
    (case,) = cases_from_frame(FRAMEWORK, rows, shape="long", columns=columns)
    assert case.answers == {"assessment.safety.victims": Answer.YES}


def rows_of(*cells: Iterable[object], names: Iterable[str] = ("case", "assessment.safety.victims")) -> list[Data]:
    return [dict(zip(names, row, strict=True)) for row in cells]


LONG = ("case", "name", "value")
BAD_TABLES: dict[str, tuple[list[Data], Data, list[tuple[str, int]]]] = {
    "a misspelt answer": (rows_of(("a", "yes"), ("b", "Yess")), {}, [("bad-answer", 2)]),
    "a case twice": (rows_of(("a", "yes"), ("a", "yes")), {}, [("bad-row", 2)]),
    "no id": (rows_of(("a", "yes"), (None, "yes")), {}, [("bad-row", 2)]),
    "no rows": ([], {}, [("bad-column", 0), ("empty-table", 1)]),
    "an unknown column": (rows_of(("a", "yes"), names=("case", "victim")), {}, [("unknown-column", 0)]),
    "a column named for nothing": (rows_of(("a", "yes")), {"columns": {"no such": "b"}}, [("unknown-column", 0)]),
    "an unknown shape": (rows_of(("a", "yes")), {"shape": "tall"}, [("unknown-name", 0)]),
    "a long table without values": (rows_of(("a", "b")), {"shape": "long"}, [("bad-column", 0)]),
    "said twice, and otherwise": (
        rows_of(("a", "grade", "PO"), ("a", "grade", "PSO"), names=LONG), {"shape": "long"}, [("two-answers", 2)],
    ),
    "a row that names nothing": (
        rows_of(("a", "grade", "PO"), ("a", "", "PO"), names=LONG), {"shape": "long"}, [("bad-row", 2)],
    ),
    "a long table that names an unknown fact": (
        rows_of(("a", "grad", "PO"), names=LONG), {"shape": "long"}, [("unknown-column", 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_TABLES)
def test_what_is_wrong_with_a_table_in_memory_is_said_with_its_row(name):
    rows, options, expected = BAD_TABLES[name]
    with pytest.raises(RequestError) as raised:
        cases_from_frame(FRAMEWORK, rows, **options)
    assert [(found.code, found.line) for found in raised.value.diagnostics] == expected


def test_a_column_that_stands_twice_is_refused():
    victims = "assessment.safety.victims"
    frame = pandas.DataFrame([["c1", "yes", "no"]], columns=["case", victims, victims])
    with pytest.raises(RequestError) as raised:
        cases_from_frame(FRAMEWORK, frame)
    (found,) = raised.value.diagnostics
    assert (found.code, found.message) == ("bad-column", 'the column "assessment.safety.victims" stands twice')


def test_what_is_no_table_is_refused():
    for given in (7, "cases.csv", None, [1], {"case": ["a"]}):
        with pytest.raises(RequestError, match=r"frame is given as"):
            cases_from_frame(FRAMEWORK, given)
    with pytest.raises(RequestError, match="nothing selected"):
        cases_from_frame(FRAMEWORK, empty_sqlite_cursor())


# --- inspections -----------------------------------------------------------------------------------


def without(result: Data, *keys: str) -> Data:
    kept = copy.deepcopy(result)
    kept["framework"].pop("origin")
    kept["inspection"].pop("file")
    return {key: value for key, value in kept.items() if key not in keys}


@pytest.mark.parametrize("way", ["data", "cases", "frame", "long", "cursor"])
def test_an_inspection_that_never_was_a_file_rates_to_the_same(way, declared):
    file = load_inspection(EXAMPLE)
    ways: dict[str, Callable[[], Inspection]] = {
        "data": lambda: Inspection.from_dict(declared, [case.to_dict() for case in file.cases]),
        "cases": lambda: Inspection.from_dict(declared, file.cases, framework=FRAMEWORK),
        "frame": lambda: Inspection.from_frame(declared, polars.DataFrame(ROWS)),
        "long": lambda: Inspection.from_frame(declared, long_rows(), shape="long", framework=FRAMEWORK),
        "cursor": lambda: Inspection.from_frame(declared, sqlite_cursor(ROWS)),
    }
    made = ways[way]()
    assert made.path is None
    assert made.cases == file.cases
    expected, result = rate_inspection(file), rate_inspection(made)
    assert without(result.to_dict(), "warnings") == without(expected.to_dict(), "warnings")
    assert [each.code for each in made.warnings] == [each.code for each in file.warnings]
    assert next_ratings(result) == next_ratings(expected)


def test_what_if_and_reports_need_no_file(declared, tmp_path):
    made = Inspection.from_dict(declared, load_inspection(EXAMPLE).cases)
    amendment = read_amendment(EXAMPLE.with_name("amendment.yaml"))
    of_file, of_data, of_loaded = (what_if(each, [amendment]) for each in (EXAMPLE, made, load_inspection(EXAMPLE)))
    for effect in (of_data, of_loaded):
        assert effect.after.rating.standards == of_file.after.rating.standards
        assert effect.outcomes == of_file.outcomes
        assert effect.key_questions == of_file.key_questions
    written = write_report(rate_inspection(made), str(tmp_path / "made"), formats=["md", "json"])
    expected = write_report(rate_inspection(load_inspection(EXAMPLE)), tmp_path / "file", formats=["md", "json"])
    assert [file.name for file in written] == [file.name for file in expected]
    for file, other in zip(written, expected, strict=True):
        assert file.read_bytes() == other.read_bytes()


def test_the_standards_are_those_that_were_in_force(declared):
    declared["framework"] = {"id": "hmip-pdu"}
    assert Inspection.from_dict(declared, [{"id": "c1"}]).framework == FRAMEWORK
    del declared["framework"]
    assert Inspection.from_dict(declared, [{"id": "c1"}], framework=FRAMEWORK).framework is FRAMEWORK
    declared["fieldwork"] = {"started": "1999-01-01"}
    with pytest.raises(RequestError, match="is in force from"):
        Inspection.from_dict(declared, [{"id": "c1"}], framework=FRAMEWORK)


BAD_INSPECTIONS: dict[str, tuple[Callable[[Data], object], str]] = {
    "a misspelt key": (lambda data: data.update(titel="a"), "/titel"),
    "a table": (lambda data: data["cases"].update(file="cases.csv"), "/cases/file"),
    "a path to standards": (lambda data: data.update(framework={"path": "standards"}), "/framework"),
    "a path as an id": (lambda data: data.update(framework={"id": "../hmip-pdu"}), "/framework"),
    "an unknown framework": (lambda data: data.update(framework={"id": "hmip-pud"}), "/framework"),
    "an unknown edition": (lambda data: data.update(framework={"id": "hmip-pdu", "edition": "1"}), "/framework"),
    "a judgement of nothing": (lambda data: data["judgements"][0].update(standard="none"), "/judgements/0/standard"),
    "a previous one that was not given": (lambda data: data.update(previous="2022"), "/previous"),
    "a rating that was not given": (
        lambda data: data.update(
            judgements=data["judgements"][1:], ratings_from=[{"standard": "leadership", "inspection": "region"}]
        ),
        "/ratings_from/0/inspection",
    ),
}


@pytest.mark.parametrize("name", BAD_INSPECTIONS)
def test_what_is_wrong_with_an_inspection_of_data_has_its_pointer(name, declared):
    change, pointer = BAD_INSPECTIONS[name]
    change(declared)
    with pytest.raises(RequestError) as raised:
        Inspection.from_dict(declared, [{"id": "c1"}])
    assert pointer in pointers(raised.value)


def test_what_is_wrong_with_its_cases_has_its_pointer(declared):
    cases = [
        {"id": "c1"},
        Case("c2", {"grade": "XX"}),
        {"id": "c1"},
        {"id": "c4", "answers": {"assessment.safety.victims": "Y"}},
    ]
    with pytest.raises(RequestError) as raised:
        Inspection.from_dict(declared, cases)
    expected = ["/cases/1/facts/grade", "/cases/2/id", "/cases/3/answers/assessment.safety.victims"]
    assert sorted(pointers(raised.value)) == expected
    with pytest.raises(RequestError) as raised:
        Inspection.from_dict(declared)
    assert pointers(raised.value) == ["/cases"]


def test_a_column_that_rules_read_may_be_missing_only_where_that_is_said(declared):
    rows = [{name: cell for name, cell in row.items() if name != "assessment.safety.victims"} for row in ROWS]
    with pytest.raises(RequestError, match="and the rules read it"):
        Inspection.from_frame(declared, rows)
    declared["cases"]["absent"] = "missing"
    assert len(Inspection.from_frame(declared, rows).cases) == len(ROWS)


def test_the_inspections_that_it_names_are_given_by_name(declared):
    region = Inspection.from_dict({**declared, "title": "The region"}, [{"id": "c1"}])
    last = copy.deepcopy(declared)
    last["fieldwork"] = {"started": "2025-01-06"}
    others = {"last time": Inspection.from_dict(last, load_inspection(EXAMPLE).cases), "region": region}
    now = {**declared, "previous": "last time"}
    now["judgements"] = [each for each in declared["judgements"] if each["standard"] != "leadership"]
    now["ratings_from"] = [{"standard": "leadership", "inspection": "region"}]
    made = Inspection.from_dict(now, load_inspection(EXAMPLE).cases, others=others)
    result = rate_inspection(made)
    assert made.judged["leadership"] == region.judged["leadership"]
    assert result.last_time is not None
    assert result.last_time.started == datetime.date(2025, 1, 6)


def test_bad_requests_and_broken_standards_are_told_apart():
    assert issubclass(RequestError, DiagnosticError)
    assert issubclass(StandardsError, DiagnosticError)
    assert not issubclass(StandardsError, RequestError)
    for ask in (
        lambda: load_framework("hmip-pud"),
        lambda: load_framework("hmip-pdu", "1"),
        lambda: load_inspection("nowhere.yaml"),
        lambda: Case.from_dict({}, FRAMEWORK),
    ):
        with pytest.raises(RequestError):
            ask()
