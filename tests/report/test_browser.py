"""The published pages in a real browser: nothing on the console, no accessibility violation, and room on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules import load_inspection, rate_inspection
from ctm_rules.report import write_comparison, write_report
from tests.support.chromium import IN_A_BROWSER, WIDTHS, in_chromium
from tests.support.paths import EXAMPLE

pytestmark = IN_A_BROWSER

PAGES = ["report.html", "report-cy.html", "press-release.html", "for-provider.html", "compare.html"]
# The page for the provider has the counted cases below what the report has: it is looked at where most and least fits.
SEEN = [(page, width) for page in PAGES for width in WIDTHS if page != PAGES[3] or width in (WIDTHS[0], WIDTHS[-1])]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example's report in both languages and a comparison over time."""
    folder = tmp_path_factory.mktemp("pages")
    earlier = EXAMPLE.read_text(encoding="utf-8").replace("started: 2025-08-04", "started: 2025-02-03")
    (folder / "earlier.yaml").write_text(earlier, encoding="utf-8")
    (folder / "cases.csv").write_bytes(EXAMPLE.with_name("cases.csv").read_bytes())
    results = [rate_inspection(load_inspection(path)) for path in (EXAMPLE, folder / "earlier.yaml")]
    write_report(results[0], folder, formats=["html"], language=["en", "cy"], for_provider=True)
    write_comparison(results, folder)
    return folder


@pytest.mark.parametrize(("name", "width"), SEEN, ids=[f"{page}-{width}" for page, width in SEEN])
def test_a_reader_has_nothing_to_mind(pages: Path, name: str, width: int) -> None:
    screenshot = pages / f"{name}-{width}.png"
    seen = in_chromium("look.mjs", pages / name, width, screenshot, seconds=120)
    assert seen["messages"] == []
    assert seen["requests"] == []
    assert seen["violations"] == []
    assert seen["passes"] > 20
    assert seen["minded"] == []
    assert seen["folded"] == []
    assert seen["widest"] <= width
    box = seen["rectangle"]
    assert box["y"] < 900
    assert box["width"] > 250
    assert screenshot.stat().st_size > 10_000
    if "report" in name:
        # The head of the ratings box is blue across its whole width.
        assert seen["blue"] > 250 * 40
    assert seen["printed_bytes"] > 10_000
