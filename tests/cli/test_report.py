"""``ctm-rules report`` as people call it."""

from __future__ import annotations

from pathlib import Path

from tests.support.commands import Run
from tests.support.hostile_words import NOBODY_HAS_IT
from tests.support.own_standards import declare, inspect
from tests.support.paths import EXAMPLE
from tests.support.report_page import Page


def test_the_command_writes_what_it_can_of_every_inspection_and_says_what_is_missing(run: Run, tmp_path: Path) -> None:
    for number, name in enumerate([f"Tîm {NOBODY_HAS_IT}", "Tîm"]):
        text = EXAMPLE.read_text(encoding="utf-8").replace("Cwm Taf Morgannwg PDU", name)
        assert name in text
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "cases.csv").write_bytes(EXAMPLE.with_name("cases.csv").read_bytes())
    arguments = ["report", tmp_path / "0.yaml", tmp_path / "1.yaml", "-f", "pdf", "-f", "json", "-o", tmp_path / "out"]
    ended = run(*arguments)
    assert ended.code == 2
    assert ended.err.count("[no-font]") == 1
    assert sorted(file.name for file in (tmp_path / "out").rglob("*.*")) == ["annexe.json", "annexe.json", "report.pdf"]


def test_the_command_writes_every_published_format(run: Run, tmp_path: Path) -> None:
    ran = run("report", EXAMPLE, "-o", tmp_path / "out")
    assert (ran.code, ran.err) == (0, "")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {
        *("report.html", "report.md", "report.docx", "report.pdf", "pictures"),
        *("annexe.xlsx", "annexe.json", "annexe-csv.zip", "press-release.html"),
    }
    assert {Path(line).name for line in ran.out.splitlines()} == written


def test_the_command_writes_several_inspections_apart(run: Run, tmp_path: Path) -> None:
    ran = run("report", EXAMPLE, EXAMPLE, "-o", tmp_path / "out", "--format", "json")
    assert ran.code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "cwm_taf_morgannwg-2025-08-04-1",
        "cwm_taf_morgannwg-2025-08-04-2",
    ]


def test_providers_whose_ids_differ_in_capitals_alone_have_folders_of_their_own(run: Run, tmp_path: Path) -> None:
    declare(tmp_path / "standards")
    for name in ("k", "K"):
        file = inspect(tmp_path / f"of {ord(name)}", "{id: kitchens}")
        file.write_text(file.read_text(encoding="utf-8").replace("id: k,", f"id: {name},"), encoding="utf-8")
    ran = run("report", *sorted(tmp_path.glob("*/inspection.yaml")), "-o", tmp_path / "out", "-f", "json")
    assert ran.code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["K-2026-03-02-2", "k-2026-03-02-1"]


def test_the_command_names_every_file_that_is_wrong_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    ran = run("report", tmp_path / "a.yaml", EXAMPLE, tmp_path / "b.yaml", "-o", tmp_path / "out")
    assert ran.code == 2
    assert "a.yaml" in ran.err
    assert "b.yaml" in ran.err
    assert not (tmp_path / "out").exists()


def test_the_command_says_which_languages_there_are(run: Run, tmp_path: Path) -> None:
    ran = run("report", EXAMPLE, "-o", tmp_path / "out", "--lang", "fr")
    assert ran.code == 2
    assert "cy, en" in ran.err


def test_an_inspection_without_a_rating_still_has_its_report(run: Run, tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    start, end = text.index("  - standard: staffing"), text.index("  - standard: services")
    (tmp_path / "inspection.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    (tmp_path / "cases.csv").write_bytes(EXAMPLE.with_name("cases.csv").read_bytes())
    ran = run("report", tmp_path / "inspection.yaml", "-o", tmp_path / "out", "-f", "html", "-f", "json", "-f", "pdf")
    assert ran.code == 1
    page = Page((tmp_path / "out" / "report.html").read_bytes())
    assert page.ratings()["overall"] == "Not rated"
    assert "P 1.2 Staffing: no judgement is recorded" in page.text
