"""Dataframes in and out: the same kind comes back, and no library is imported that nobody asked for."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pandas as pd
import pytest

from ctm_rules import DiagnosticError
from ctm_rules.bulk.frames import assess_frame, rate_frame
from ctm_rules.model.outcomes import COUNTED
from tests.support.dataframes import LIBRARIES, QUIET, as_lists, columns_of, each_library, of_one_type, pa, seeded_cases
from tests.support.small_framework import Small

pytestmark = QUIET

# --- what comes back -------------------------------------------------------------------------------


@each_library
def test_the_same_kind_comes_back_and_lazy_stays_lazy(library: str, small: Small) -> None:
    framework = small()
    frame = of_one_type(framework, seeded_cases(framework, 5, seed=1), library)
    assert type(assess_frame(framework, frame)) is type(frame)
    assert type(rate_frame(framework, frame).to_native()) is type(frame)


def test_outcomes_are_categories(small: Small) -> None:
    framework = small()
    cases = seeded_cases(framework, 5, seed=1)
    words = [outcome.value for outcome in COUNTED]
    found = {name: assess_frame(framework, of_one_type(framework, cases, name)) for name in LIBRARIES}
    assert found["polars"]["hygiene.clean"].dtype.categories.to_list() == words
    assert found["pandas"]["hygiene.clean"].cat.categories.tolist() == words
    assert pa.types.is_dictionary(found["pyarrow"]["hygiene.clean"].type)
    assert dict(zip(found["duckdb"].columns, map(str, found["duckdb"].types), strict=True))["hygiene.clean"] == (
        "ENUM('yes', 'no', 'not_applicable', 'undetermined')"
    )


@each_library
def test_other_columns_and_facts_are_kept_and_answers_are_not(library: str, small: Small) -> None:
    framework = small()
    columns = columns_of(framework, seeded_cases(framework, 3, seed=1), lambda _: "string")
    frame = LIBRARIES[library]({"provider": ["N", "S", None], **columns})
    found = as_lists(assess_frame(framework, frame))
    assert list(found) == ["provider", "case", "serves_meat", "size", "seats", "opened", "hygiene.clean"]
    assert found["provider"] == ["N", "S", None]
    assert list(as_lists(assess_frame(framework, frame, keep=["case"]))) == ["case", "hygiene.clean"]


def test_the_index_of_pandas_is_kept(small: Small) -> None:
    framework = small()
    frame = of_one_type(framework, seeded_cases(framework, 3, seed=1), "pandas")
    frame.index = [7, 7, 1]
    assert assess_frame(framework, frame).index.tolist() == [7, 7, 1]


# --- what is imported ------------------------------------------------------------------------------


def run_python(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_imports_no_dataframe_library() -> None:
    libraries = ["polars", "pandas", "numpy", "pyarrow", "duckdb", "dask", "pyspark", "narwhals"]
    run_python(f"import ctm_rules, sys; assert not set({libraries}) & set(sys.modules)")


def test_a_user_of_pandas_alone_needs_no_other_library() -> None:
    pytest.importorskip("pandas")
    run_python(
        """
import sys
for name in ("polars", "pyarrow", "duckdb", "dask", "pyspark"):
    sys.modules[name] = None
import pandas
from ctm_rules import assess_frame, load_framework, rate_frame
framework = load_framework("hmip-pdu", "2024")
frame = pandas.DataFrame({path: ["yes", "no", None] for path in framework.key_questions})
assert assess_frame(framework, frame)["assessment.safety"].tolist() == ["yes", "no", "undetermined"]
assert rate_frame(framework, frame).to_native()["assessment.safety.undetermined"].tolist() == [1]
"""
    )


@each_library
def test_a_dataframe_without_columns_is_refused_and_one_with_none_of_ours_has_its_cases(
    library: str, small: Small
) -> None:
    framework = small("floors")
    other = LIBRARIES[library]({"notes": pa.array(["x", None, "z"])})
    assert rate_frame(framework, other, absent="missing").groups[0].rating.cases == 3
    if library == "duckdb":  # it has no table without columns
        return
    for rate in (rate_frame, assess_frame):
        with pytest.raises(DiagnosticError) as caught:
            rate(framework, LIBRARIES[library]({}), absent="missing")
        assert [found.code for found in caught.value.diagnostics] == ["empty-table"]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ([0, "hygiene.clean"], "the name of a column is 0, which is no text"),
        ([1.5, "hygiene.clean"], "the name of a column is 1.5, which is no text"),
        ([("a", "b"), "hygiene.clean"], "the name of a column is ('a', 'b'), which is no text"),
        (["case", "hygiene.clean", "case"], 'the column "case" stands twice'),
    ],
    ids=["a whole number", "a number", "two levels", "one name for two columns"],
)
@pytest.mark.parametrize("door", [rate_frame, assess_frame], ids=["rated", "assessed"])
def test_names_of_columns_that_are_no_names_are_refused(small: Small, door: Any, names: list[Any], says: str) -> None:
    frame = pd.DataFrame([["yes"] * len(names)])
    frame.columns = pd.Index(names, tupleize_cols=False)
    with pytest.raises(DiagnosticError) as refused:
        door(small(), frame)
    [found] = refused.value.diagnostics
    assert (found.code, found.message) == ("bad-column", says)
