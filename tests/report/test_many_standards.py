"""Three times the standards are three times the work, and no more.

Counted in calls, which no other work on the machine changes.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from ctm_rules import InspectionResult, load_inspection, next_ratings, rate_inspection
from ctm_rules.languages.languages import load_language
from ctm_rules.report.annexe import make_annexe
from ctm_rules.report.blocks import Report
from ctm_rules.report.content import write_content
from ctm_rules.report.drafts import draft_findings
from ctm_rules.report.figures.analysis import firmness
from ctm_rules.report.figures.disclosure import protect
from ctm_rules.report.figures.sample import make_sample
from ctm_rules.report.material import Material, gather
from ctm_rules.report.pdf import fonts_for
from ctm_rules.report.spreadsheets import write_xlsx
from ctm_rules.report.word import write_docx
from tests.benchmarks.many_standards import write

FEW, MANY = 3, 9


@pytest.fixture(scope="module")
def inspections(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    return {
        number: write(tmp_path_factory.mktemp(f"standards-{number}"), standards=number, cases=12)
        for number in (FEW, MANY)
    }


@cache
def _result(path: Path) -> InspectionResult:
    return rate_inspection(load_inspection(path), engine="reference")


@cache
def _material(path: Path) -> Material:
    return gather(_result(path))


@cache
def _report(path: Path) -> Report:
    return write_content(_material(path), load_language("en"))


WORK: dict[str, Callable[[Path], object]] = {
    "rating": lambda path: rate_inspection(load_inspection(path), engine="reference"),
    "the way to the next rating": lambda path: next_ratings(_result(path)),
    "firmness": lambda path: firmness(_result(path), resamples=20),
    "what may be published": lambda path: protect(make_sample(_result(path)), _result(path).inspection.framework),
    "the text": lambda path: write_content(_material(path), load_language("en")),
    "drafts": lambda path: draft_findings(_material(path), load_language("en")),
    "the annexe": lambda path: make_annexe(_material(path)),
    "the workbook": lambda path: write_xlsx(make_annexe(_material(path)), "T", (2026, 3, 2)),
    "Word": lambda path: write_docx(_report(path), fonts_for(_report(path))),
}


def _calls(work: Callable[[Path], object], path: Path) -> int:
    work(path)  # what is worked out once for all is no part of it
    profile = cProfile.Profile()
    profile.runcall(work, path)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # the stubs leave it out


@pytest.mark.parametrize("name", WORK)
def test_three_times_the_standards_are_at_most_three_times_the_work(name: str, inspections: dict[int, Path]) -> None:
    few, many = (_calls(WORK[name], inspections[number]) for number in (FEW, MANY))
    assert many < 3.15 * few
