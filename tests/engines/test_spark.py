"""Spark for real: a cluster of two worker processes on this machine, the same answers as the embedded engine."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ctm_rules import DiagnosticError, Framework, Inspection, assess_frame, rate_frame
from ctm_rules.engines.spark import count_on_spark
from tests.support.dataframes import codes_for, columns_of, pa, seeded_cases
from tests.support.engines import outcomes_by_every_engine

pl = pytest.importorskip("polars")
pyspark = pytest.importorskip("pyspark")
from ctm_rules.bulk.files import rate_files  # noqa: E402 - the libraries that it needs are looked for first

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs a Java runtime"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    # PySpark leaves closing its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TWO_WORKERS = "local-cluster[2,1,1024]"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A cluster of two workers with one core each, that every test of this module shares."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        pyspark.sql.SparkSession.builder.master(TWO_WORKERS)
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.executorEnv.POLARS_MAX_THREADS", "1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def table(example: Inspection) -> Any:
    """Two thousand seeded cases of the shipped framework with a provider each; columns of several types."""
    framework = example.framework
    encodings = ["string", "yes_no", "int8", "float64"]
    cases = seeded_cases(framework, 2_000, seed=11)
    columns = columns_of(framework, cases, lambda name: encodings[len(name) % len(encodings)])
    columns["provider"] = pa.array([f"P{number % 7}" for number in range(len(cases))])
    return pa.table(columns)


@pytest.mark.usefixtures("spark")
def test_both_workers_take_part() -> None:
    def slowly(source: int, done: Any) -> tuple[int, int]:
        import time

        time.sleep(2)
        done(source)
        return os.getpid(), os.getppid()  # Spark starts the Python processes of each worker from one of its own

    told: list[int] = []
    found = list(count_on_spark(slowly, [1, 2, 3, 4], None, told.append))
    assert len({process for process, _ in found}) >= 2
    assert len({worker for _, worker in found}) == 2
    assert sum(told) == 10


def test_outcomes_of_a_dataframe(spark: Any, example: Inspection) -> None:
    framework = example.framework
    cases = seeded_cases(framework, 300, seed=5)
    frame = spark.createDataFrame(
        pl.from_arrow(pa.table(columns_of(framework, cases, lambda _: "string"))).to_dicts(), samplingRatio=1.0
    )
    assessed = assess_frame(framework, frame, keep=["case"])
    assert type(assessed) is type(frame)
    rows = {row["case"]: row for row in assessed.collect()}
    wanted = outcomes_by_every_engine(framework, cases)
    assert {path: [rows[case.id][path] for case in cases] for path in framework.key_questions} == wanted


def test_ratings_of_a_dataframe(spark: Any, example: Inspection, table: Any, tmp_path: Path) -> None:
    framework = example.framework
    pl.from_arrow(table).write_parquet(tmp_path / "cases.parquet")
    frame = spark.read.parquet(str(tmp_path / "cases.parquet")).repartition(5)
    by = ["provider", "subgroups.risk_of_harm"]
    rated = rate_frame(framework, frame, by, codes=codes_for(framework))
    assert rated == rate_frame(framework, pl.from_arrow(table), by, codes=codes_for(framework))
    native = rated.to_native()
    assert type(native) is type(frame)
    assert [row.asDict() for row in native.collect()] == rated.rows()


@pytest.mark.usefixtures("spark")
def test_ratings_of_files(example: Inspection, table: Any, tmp_path: Path) -> None:
    framework = example.framework
    whole = pl.from_arrow(table)
    for number in range(4):
        folder = tmp_path / f"quarter=Q{number % 2}"
        folder.mkdir(exist_ok=True)
        whole.slice(number * 500, 500).write_parquet(folder / f"{number}.parquet", row_group_size=100)
    embedded, on_spark = (
        rate_files(framework, [tmp_path], ["quarter", "provider"], codes=codes_for(framework), run_on=place)
        for place in ("here", "spark")
    )
    assert on_spark == embedded
    assert on_spark.cases == 2_000


@pytest.mark.usefixtures("spark")
def test_bad_rows_and_files_come_back_as_they_are(tmp_path: Path, small: Any) -> None:
    framework: Framework = small("floors")
    (tmp_path / "a.csv").write_text("case,hygiene.clean.floors\na,yes\nb,Yess\nc\n")
    (tmp_path / "b.csv").write_text("case,hygiene.clean.floors\nd,no\n")
    rated = rate_files(framework, [tmp_path], run_on="spark")
    assert (rated.cases, rated.left_out) == (2, 2)
    assert [(Path(found.file).name, found.line) for found in rated.findings] == [("a.csv", 3), ("a.csv", 4)]
    pl.DataFrame({"hygiene.clean.floors": ["yes"] * 5_000}).write_parquet(tmp_path / "c.parquet", row_group_size=1_000)
    content = bytearray((tmp_path / "c.parquet").read_bytes())
    content[4:60] = bytes(56)
    (tmp_path / "c.parquet").write_bytes(content)
    with pytest.raises(DiagnosticError) as error:
        rate_files(framework, [tmp_path / "c.parquet"], run_on="spark")
    assert [found.code for found in error.value.diagnostics] == ["file-not-readable"]


def test_values_without_a_meaning_in_a_dataframe(spark: Any, small: Any) -> None:
    frame = spark.createDataFrame([("yes",), ("Noo",), ("Noo",)], "`hygiene.clean.floors` string")
    for entry in (assess_frame, rate_frame):
        with pytest.raises(DiagnosticError, match=r'2 cells in the column .* hold "Noo"'):
            entry(small("floors"), frame)


def test_a_case_that_stands_twice(spark: Any, small: Any, tmp_path: Path) -> None:
    framework: Framework = small("floors")
    rows = [(f" c{number % 400}", "yes") for number in range(600)]
    frame = spark.createDataFrame(rows, "`case` string, `hygiene.clean.floors` string").repartition(4)
    with pytest.raises(DiagnosticError, match="200 case ids have several rows, such as"):
        rate_frame(framework, frame)
    pl.DataFrame(rows, ["case", "hygiene.clean.floors"], orient="row").write_parquet(
        tmp_path / "cases.parquet", row_group_size=100
    )
    rated = rate_files(framework, tmp_path, run_on="spark")
    assert (rated.cases, rated.left_out) == (400, 200)
    assert rated.findings == rate_files(framework, tmp_path).findings


def test_ids_that_look_the_same(spark: Any, small: Any, tmp_path: Path) -> None:
    framework: Framework = small("floors")
    rows = [("caf\u00e9", "yes"), ("cafe\u0301", "yes"), ("c1", "no"), ("c2", "no")]
    schema = "`case` string, `hygiene.clean.floors` string"
    with pytest.raises(DiagnosticError, match="which looks the same, and a case has one row"):
        rate_frame(framework, spark.createDataFrame(rows, schema).repartition(4))
    assert rate_frame(framework, spark.createDataFrame(rows[1:], schema)).groups[0].rating.cases == 3
    table = pl.DataFrame(rows, ["case", "hygiene.clean.floors"], orient="row")
    table.write_parquet(tmp_path / "cases.parquet", row_group_size=1)
    rated = rate_files(framework, tmp_path, run_on="spark")
    assert (rated.cases, rated.left_out) == (3, 1)
    assert rated.findings == rate_files(framework, tmp_path).findings
