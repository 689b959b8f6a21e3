"""Parquet files that are read case by case, as an inspection's own table is."""

from __future__ import annotations

import datetime
import io
import random
from decimal import Decimal
from pathlib import Path

import polars
import pyarrow as pa
import pytest
from pyarrow import parquet

from ctm_rules import Answer, DiagnosticError, Framework, RequestError, load_inspection, rate_inspection, read_cases
from ctm_rules.bulk.files import rate_files
from ctm_rules.case_files import parquet_rows
from tests.support.commands import Run
from tests.support.paths import CASES, EXAMPLE
from tests.support.small_framework import Small


@pytest.fixture
def kitchens(small: Small) -> Framework:
    """The small framework."""
    return small()


def written(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    parquet.write_table(table, out, **options)
    return out.getvalue()


def example() -> pa.Table:
    return polars.read_csv(CASES, infer_schema_length=0).to_arrow()


@pytest.mark.parametrize("door", ["text", "typed", "categories"])
def test_the_example_has_the_same_cases_whatever_types_its_columns_have(
    door: str, tmp_path: Path, shipped: Framework
) -> None:
    frame = polars.read_csv(CASES, infer_schema_length=0)
    if door == "typed":
        days, weeks = polars.col("commenced").str.to_date(), polars.col("suspended_after_weeks").cast(polars.Int64)
        facts = [fact.id for fact in shipped.facts if fact.type == "yes_no"]
        frame = frame.with_columns(days, weeks, *(polars.col(fact).eq("yes").alias(fact) for fact in facts))
    elif door == "categories":
        frame = frame.cast(polars.Categorical).with_columns(polars.col("case").cast(polars.String))
    frame.write_parquet(tmp_path / "cases.parquet")
    assert read_cases(tmp_path / "cases.parquet", shipped) == read_cases(CASES, shipped)


def test_an_inspection_has_a_parquet_file_as_its_table(tmp_path: Path, run: Run) -> None:
    (tmp_path / "cases.parquet").write_bytes(written(example()))
    text = EXAMPLE.read_text(encoding="utf-8").replace("file: cases.csv", "file: cases.parquet")
    file = tmp_path / "inspection.yaml"
    file.write_text(text.replace("../../standards", "standards"), encoding="utf-8")
    assert (
        rate_inspection(load_inspection(file)).rating.to_rows()
        == rate_inspection(load_inspection(EXAMPLE)).rating.to_rows()
    )
    assert run("check", tmp_path / "cases.parquet").code == 0
    shown = run("read", tmp_path / "cases.parquet", "--framework", "hmip-pdu")
    assert (shown.code, shown.err) == (0, "")
    assert "44 cases" in shown.out


def test_every_type_says_what_a_table_of_text_would_say(kitchens: Framework, tmp_path: Path) -> None:
    columns = {
        "case": pa.array([1, 2]),
        "serves_meat": pa.array([True, None]),
        "size": pa.array(["small", None]).dictionary_encode(),
        "seats": pa.array([Decimal("3.00"), None]),
        "opened": pa.array([datetime.datetime(2025, 1, 31, 14, 5), None], pa.timestamp("ns")),
        "hygiene.clean.floors": pa.array(["yes", " na "]),
    }
    (tmp_path / "t.parquet").write_bytes(written(pa.table(columns)))
    first, second = read_cases(tmp_path / "t.parquet", kitchens)
    assert first.id == "1"
    assert first.facts == {"serves_meat": True, "size": "small", "seats": 3, "opened": datetime.date(2025, 1, 31)}
    assert first.answers == {"hygiene.clean.floors": Answer.YES}
    assert (second.facts, second.answers) == ({}, {"hygiene.clean.floors": Answer.NA})


def test_a_mistake_has_the_row_of_its_file_and_its_column(kitchens: Framework, tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    file.write_bytes(written(pa.table({"case": ["a", "b", None], "hygiene.clean.floors": ["yes", "y", "no"]})))
    with pytest.raises(RequestError) as caught:
        read_cases(file, kitchens)
    assert [(found.code, found.line, found.column) for found in caught.value.diagnostics] == [
        ("bad-answer", 2, 2),
        ("bad-row", 3, 1),
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b"case,a\n", b"PAR1 cut off", b"PAR1" + b"\0" * 100 + b"PAR1"],
    ids=["nothing", "text", "cut off", "empty footer"],
)
def test_what_is_no_parquet_file_is_refused_in_a_sentence(content: bytes, tmp_path: Path, kitchens: Framework) -> None:
    file = tmp_path / "t.parquet"
    file.write_bytes(content)
    with pytest.raises(RequestError, match=r"t\.parquet cannot be read: ") as caught:
        read_cases(file, kitchens)
    assert [found.code for found in caught.value.diagnostics] == ["file-not-readable"]


def test_a_damaged_file_says_so_or_says_the_same_where_it_has_checksums(tmp_path: Path, shipped: Framework) -> None:
    whole = written(example(), write_page_checksum=True, compression="NONE")
    wanted = read_cases(CASES, shipped)
    drawn = random.Random(1)
    file = tmp_path / "t.parquet"
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[drawn.randrange(len(damaged))] ^= 1 << drawn.randrange(8)
        file.write_bytes(bytes(damaged))
        try:
            assert read_cases(file, shipped) == wanted
        except DiagnosticError:
            refused += 1
    assert refused > 50


def test_a_column_that_stands_twice_and_a_file_without_rows_are_refused(kitchens: Framework, tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    names = ["case", "hygiene.clean.floors", "hygiene.clean.floors"]
    twice = pa.table([pa.array(["a"]), pa.array(["yes"]), pa.array(["no"])], names=names)
    columns = ["case", *kitchens.facts_by_id, *kitchens.prompts]
    empty = pa.table({name: pa.array([], pa.string()) for name in columns})
    for table, code in ((twice, "bad-column"), (empty, "empty-table")):
        file.write_bytes(written(table))
        for door in (lambda: read_cases(file, kitchens), lambda: rate_files(kitchens, file)):
            with pytest.raises(DiagnosticError) as caught:
                door()
            assert code in [found.code for found in caught.value.diagnostics]


def test_a_file_that_unpacks_to_too_much_is_refused(
    kitchens: Framework, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "t.parquet"
    file.write_bytes(written(pa.table({"case": ["a"], "hygiene.clean.floors": ["yes"]})))
    assert len(read_cases(file, kitchens)) == 1
    monkeypatch.setattr(parquet_rows, "MAX_PARQUET_BYTES", 10)
    with pytest.raises(RequestError, match="unpacks to more than 10 bytes"):
        read_cases(file, kitchens)
