"""The example inspection, rated, and everything that can be written about it."""

from __future__ import annotations

import pytest

from ctm_rules import InspectionResult, load_inspection, rate_inspection
from ctm_rules.report import Format, render_report
from tests.support.paths import EXAMPLE
from tests.support.report_page import Page


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
