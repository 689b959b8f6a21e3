"""The example inspection, rated, and everything that can be written about it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from ctm_rules import InspectionResult, load_inspection, rate_inspection
from ctm_rules.report import Format, render_report
from tests.support.paths import EXAMPLE
from tests.support.report_page import Page


@pytest.fixture(scope="session", autouse=True)
def day_of_writing() -> Iterator[datetime.date]:
    """The day by which every document is dated, so that none changes at midnight."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOURCE_DATE_EPOCH", "1770076800")
        yield datetime.date(2026, 2, 3)


@pytest.fixture(scope="session")
def result() -> InspectionResult:
    return rate_inspection(load_inspection(EXAMPLE))


@pytest.fixture(scope="session")
def files(result: InspectionResult) -> dict[str, bytes]:
    """Every file that can be written about the example."""
    return render_report(result, formats=list(Format))


@pytest.fixture(scope="session")
def page(files: dict[str, bytes]) -> Page:
    return Page(files["report.html"])
