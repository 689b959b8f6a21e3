"""Results in a notebook: what they say, their tables and their dataframes."""

from __future__ import annotations

import pytest
from lxml import html

from ctm_rules import Inspection, InspectionResult, rate_inspection
from tests.support.hostile_words import with_hostile_words


@pytest.fixture(scope="module")
def result(example: Inspection) -> InspectionResult:
    return rate_inspection(example)


def test_a_result_says_what_it_holds(result: InspectionResult) -> None:
    assert repr(result) == (
        "<InspectionResult: Cwm Taf Morgannwg PDU: Requires improvement, 4 of 21, 44 cases, by hmip-pdu 2024; "
        "the cases are synthetic>"
    )
    assert repr(result.rating) == "<RatingResult: Requires improvement, 4 of 21, 44 cases, by hmip-pdu 2024>"


def test_a_result_is_a_table_in_a_notebook(result: InspectionResult) -> None:
    table = html.fragment_fromstring(result._repr_html_())
    assert "the cases are synthetic" in table.findtext("caption")
    rows = [[cell.text for cell in row] for row in table.findall("tbody/tr")]
    assert len(rows) == 1 + 2 + 7 + 12
    # A panel may move ratings: what was computed stands beside each.
    assert ["Assessment", "Inadequate", "Inadequate", "0"] in [row[2:6] for row in rows]
    declared = with_hostile_words(result.inspection)
    assert "<script>" not in rate_inspection(declared)._repr_html_()


def test_a_result_is_a_dataframe(result: InspectionResult) -> None:
    polars, pandas = result.to_polars(), result.to_pandas()
    assert polars.shape == pandas.shape == (22, 13)
    question = next(row for row in polars.iter_rows(named=True) if row["id"] == "assessment.safety")
    assert (question["yes"], question["no"], question["percent"]) == (12, 32, 27)
    assert pandas.set_index("id").loc["assessment.safety", "percent"] == 27
    assert str(pandas["percent"].dtype) == "Int64"
