"""Tables of cases as dataframes of every library, in every type that a column may have, and back as plain lists."""

from __future__ import annotations

import datetime
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import pytest

from ctm_rules import Case, Framework, Judgement, Outcome
from ctm_rules.bulk.frames import Codes
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.conditions import FactTest, FactValue, walk
from ctm_rules.model.framework import Fact
from ctm_rules.model.framework_conditions import conditions_of
from ctm_rules.phrases import say_number
from tests.support.strategies import in_range

T = TypeVar("T")

pa = pytest.importorskip("pyarrow")

CODES = Codes(yes=1, no=2, na=9)
"""Codes unlike the usual ones, so that nothing is right by accident."""

Columns = dict[str, Any]
"""PyArrow arrays by column: what every library's table is made from."""


def _words(values: Sequence[str | None]) -> Any:
    return pa.array(values, pa.string())


def _codes(values: Sequence[str | None], type_: Any, codes: Mapping[str, int]) -> Any:
    return pa.array([None if value is None else codes[value] for value in values], type_)


def encoded_words(values: Sequence[str | None], encoding: str, codes: Mapping[str, int]) -> Any:
    """Return a column of words in one of the types that it may have."""
    if encoding == "category":
        return _words(values).dictionary_encode()
    if encoding == "yes_no" and set(values) <= {"yes", "no", None}:
        return pa.array([None if value is None else value == "yes" for value in values], pa.bool_())
    if encoding in ("int8", "int16", "uint8", "int64", "float64"):
        return _codes(values, pa.type_for_alias(encoding), codes)
    if encoding == "nothing" and not any(values):
        return pa.nulls(len(values))
    return _words(values)


def encoded_fact(fact: Fact, values: Sequence[FactValue | None], encoding: str, codes: Codes) -> Any:
    """Return a column of a fact in one of the types that it may have."""
    if fact.type == "yes_no":
        words = [None if value is None else "yes" if value else "no" for value in values]
        return encoded_words(words, encoding, {"yes": codes.yes, "no": codes.no})
    if fact.type == "choice":
        return encoded_words([None if v is None else str(v) for v in values], encoding, codes.facts[fact.id])
    if fact.type == "whole_number":
        # pandas makes floating point of whole numbers with gaps, which holds them exactly only up to 2**53.
        exact = all(abs(int(value)) <= 2**53 for value in values if isinstance(value, int))
        if encoding == "string" or (None in values and not exact):
            return _words([None if value is None else str(value) for value in values])
        return pa.array(values, pa.float64() if encoding == "float64" and exact else pa.int64())
    if fact.type == "number":
        return _decimals([None if value is None else Fraction(str(value)) for value in values], encoding)
    if encoding == "string":
        return _words([None if value is None else str(value) for value in values])
    if encoding == "category":
        times = [None if v is None else datetime.datetime.combine(v, datetime.time(23, 59, 59)) for v in values]  # type: ignore[arg-type]
        return pa.array(times, pa.timestamp("us"))
    return pa.array(values, pa.date32())


def _decimals(values: Sequence[Fraction | None], encoding: str) -> Any:
    """Return a column of numbers, in a type that holds each of them exactly; floating point as it is written."""
    known = [value for value in values if value is not None]
    if encoding == "float64" and all(Fraction(repr(float(value))) == value for value in known):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if encoding in ("int8", "int64") and all(value.denominator == 1 for value in known):
        return pa.array([None if value is None else int(value) for value in values], pa.int64())
    if encoding == "category" and all(10**17 % value.denominator == 0 for value in known):
        exact = [None if value is None else Decimal(say_number(value)) for value in values]
        return pa.array(exact, pa.decimal128(38, 17))
    return _words([None if value is None else say_number(value) for value in values])


ENCODINGS = ["string", "category", "yes_no", "int8", "int16", "uint8", "int64", "float64", "nothing"]


def codes_for(framework: Framework) -> Codes:
    """Return codes for everything that a framework's columns can hold."""
    choices = {
        fact.id: {value: number + 3 for number, value in enumerate(fact.values)}
        for fact in framework.facts
        if fact.type == "choice"
    }
    return Codes(CODES.yes, CODES.no, CODES.na, choices)


def columns_of(framework: Framework, cases: Sequence[Case], encoding_of: Callable[[str], str]) -> Columns:
    """Return the columns of a case table, each in the type that its encoding says."""
    codes = codes_for(framework)
    answers = {"yes": codes.yes, "no": codes.no, "na": CODES.na or 0}
    outcomes = {"yes": codes.yes, "no": codes.no, "not_applicable": CODES.na or 0}
    columns: Columns = {"case": pa.array([case.id for case in cases], pa.string())}
    for fact in framework.facts:
        values = [case.facts.get(fact.id) for case in cases]
        columns[fact.id] = encoded_fact(fact, values, encoding_of(fact.id), codes)
    for path in framework.prompts:
        if path in framework.answers_on_scales:
            columns[path] = encoded_words(
                [answer.value if (answer := case.answers.get(path)) else None for case in cases],
                "category" if encoding_of(path) == "category" else "string",
                {},
            )
            continue
        words = [answer.value if (answer := case.answers.get(path)) else None for case in cases]
        columns[path] = encoded_words(words, encoding_of(path), answers)
    for path in framework.ruled_questions:
        recorded = [found.outcome.value if (found := case.judgements.get(path)) else None for case in cases]
        columns[path] = encoded_words(recorded, encoding_of(path), outcomes)
    return columns


# --- libraries -------------------------------------------------------------------------------------


def _polars(columns: Columns) -> Any:
    polars = pytest.importorskip("polars")
    return polars.from_arrow(pa.table(columns))


def _polars_enum(columns: Columns) -> Any:
    polars = pytest.importorskip("polars")
    frame = polars.from_arrow(pa.table(columns))
    enums = {
        name: polars.Enum(frame[name].cast(polars.String).drop_nulls().unique(maintain_order=True))
        for name, dtype in frame.schema.items()
        if dtype == polars.Categorical
    }
    return frame.cast(enums)


def _pandas(columns: Columns) -> Any:
    pytest.importorskip("pandas")
    return pa.table(columns).to_pandas(date_as_object=False)


def _pandas_nullable(columns: Columns) -> Any:
    return _pandas(columns).convert_dtypes()


def _pandas_pyarrow(columns: Columns) -> Any:
    pandas = pytest.importorskip("pandas")
    return pa.table(columns).to_pandas(types_mapper=pandas.ArrowDtype)


def _duckdb(columns: Columns) -> Any:
    duckdb = pytest.importorskip("duckdb")
    return duckdb.from_arrow(pa.table(columns))


def _dask(columns: Columns) -> Any:
    dask = pytest.importorskip("dask.dataframe")
    # Dask calls every column of objects text, so yes/no values with gaps come in a type of their own.
    return dask.from_pandas(_pandas_nullable(columns), npartitions=2)


LIBRARIES: dict[str, Callable[[Columns], Any]] = {
    "polars": _polars,
    "polars lazy": lambda columns: _polars(columns).lazy(),
    "polars enum": _polars_enum,
    "pandas": _pandas,
    "pandas nullable": _pandas_nullable,
    "pandas pyarrow": _pandas_pyarrow,
    "pyarrow": pa.table,
    "duckdb": _duckdb,
    "dask": _dask,
}


def as_lists(frame: Any) -> dict[str, list[Any]]:
    """Return a dataframe of any of the libraries as lists, by the names of its columns."""
    kind = type(frame).__module__.split(".")[0]
    if kind in ("duckdb", "_duckdb"):
        rows = frame.fetchall()
        return {name: [row[number] for row in rows] for number, name in enumerate(frame.columns)}
    if kind == "dask":
        frame = frame.compute()
    if type(frame).__name__ == "LazyFrame":
        frame = frame.collect()
    if hasattr(frame, "to_pydict"):
        return dict(frame.to_pydict())
    if hasattr(frame, "to_dicts"):
        return {name: frame[name].to_list() for name in frame.columns}
    return {
        name: [None if empty else value for value, empty in zip(column.tolist(), column.isna(), strict=True)]
        for name, column in frame.items()
    }


# --- cases -----------------------------------------------------------------------------------------


def seeded_cases(framework: Framework, number: int, seed: int) -> list[Case]:
    """Return many cases at once: every answer, missing ones, facts on and beside what rules compare them with."""
    rng = random.Random(seed)
    candidates = {fact.id: _candidates(framework, fact) for fact in framework.facts}
    share_missing = rng.choice([0.0, 0.1, 0.5])
    outcomes = [Outcome.YES, Outcome.NO, Outcome.NOT_APPLICABLE]

    def some(values: Sequence[T]) -> T | None:
        return None if rng.random() < share_missing else rng.choice(values)

    def given(drawn: Mapping[str, T | None]) -> dict[str, T]:
        return {name: value for name, value in drawn.items() if value is not None}

    return [
        Case(
            f"c{case}",
            given({fact: some(values) for fact, values in candidates.items()}),
            given({path: some([*answers_to(framework, path).values()]) for path in framework.prompts}),
            {path: Judgement(rng.choice(outcomes)) for path in framework.ruled_questions if rng.random() < 0.05},
        )
        for case in range(number)
    ]


def _candidates(framework: Framework, fact: Fact) -> list[FactValue]:
    if fact.type == "yes_no":
        return [True, False]
    if fact.type == "choice":
        return list(fact.values)
    compared = [
        value
        for _, condition in conditions_of(framework)
        for node in walk(condition)
        if isinstance(node, FactTest) and node.fact == fact.id
        for value in node.values
    ]
    if fact.type == "date":
        days = [v for v in compared if isinstance(v, datetime.date)] or [datetime.date(2024, 2, 29)]
        return [in_range(fact, day + datetime.timedelta(step)) for day in days for step in (-1, 0, 1)]
    if fact.type == "number":
        exact = [v for v in compared if isinstance(v, Fraction)] or [Fraction(0)]
        return [in_range(fact, number + Fraction(step, 100)) for number in exact for step in (-1, 0, 1)]
    numbers = [v for v in compared if isinstance(v, int)] or [0]
    return [in_range(fact, number + step) for number in numbers for step in (-1, 0, 1)]


QUIET = pytest.mark.filterwarnings("ignore:Dask support is moving out of Narwhals:FutureWarning")
"""The ``pytestmark`` of modules with dataframes: a warning of a library to its own users."""

each_library = pytest.mark.parametrize("library", LIBRARIES)

ABSENT: dict[str, list[tuple[str, ...]]] = {
    "pandas": [("polars",)],
    "pandas nullable": [("polars",)],
    "pandas pyarrow": [("polars",)],
    "pyarrow": [("polars",)],
    "duckdb": [("polars",), ("polars", "pyarrow")],
    "dask": [("polars",)],
}
"""Of each library whose tables are handed over to a faster one: which of those may not be installed."""


@contextmanager
def without(libraries: Sequence[str]) -> Iterator[None]:
    """Let some libraries not be installed."""
    with pytest.MonkeyPatch.context() as patch:
        for library in libraries:
            patch.setitem(sys.modules, library, None)
        yield


SLOW = {"dask": 3, "pandas": 8, "pandas nullable": 8, "pandas pyarrow": 8, "duckdb": 10}
"""How many frameworks are drawn for libraries that take their time over each."""


def table_of(framework: Framework, cases: Sequence[Case], library: str, seed: int) -> Any:
    """Return the cases as a dataframe whose columns have types at random."""
    rng = random.Random(seed)
    return LIBRARIES[library](columns_of(framework, cases, lambda _: rng.choice(ENCODINGS)))


def of_one_type(framework: Framework, cases: Sequence[Case], library: str, encoding: str = "string") -> Any:
    return LIBRARIES[library](columns_of(framework, cases, lambda _: encoding))
