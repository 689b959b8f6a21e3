"""Findings as text for people, as JSON, for GitHub and as SARIF."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.diagnostics.formats import as_github, as_json, as_sarif, as_text, say_summary
from ctm_rules.limits import MAX_DIAGNOSTICS
from tests.support.editing import edit

FOUND = Diagnostic("bad-id", "error", "a%,b:.yaml", 3, 7, "id", 'the id "é\n" is wrong', "100 %")


def test_text_shows_the_line_with_a_marker_and_the_hint(kitchens: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(kitchens / "hygiene.yaml", "        - surfaces", "        - surfacs")
    monkeypatch.chdir(kitchens)
    text = as_text(check_paths([kitchens]).diagnostics)
    assert text == (
        'hygiene.yaml:19:11: error: the key question "cleaning" has no prompt "surfacs" [unknown-name]\n'
        " 19 |         - surfacs\n"
        "    |           ^\n"
        '    = hint: did you mean "surfaces"? Allowed: surfaces, floors, records. '
        '"surfaces" is declared on line 11.\n'
    )


def test_colours_are_only_control_sequences_around_the_same_text(kitchens: Path) -> None:
    edit(kitchens / "hygiene.yaml", "ask: Is food stored safely?", "ask: Food is stored safely")
    found = check_paths([kitchens]).diagnostics
    coloured = as_text(found, colours=True)
    assert coloured != as_text(found)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == as_text(found)


def test_nothing_in_a_file_can_control_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text('id: "\x07\x1b[31m"\n\tx: \x1b]0;owned\n', encoding="utf-8")
    found = [Diagnostic("x", "error", str(file), line, 2, "", "\x1b[2J", "\x1b[2J") for line in (1, 2, 3)]
    assert "\x1b" not in as_text(found)
    assert "\x07" not in as_text(found)


def test_a_marker_stands_under_its_column_in_long_and_wide_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("漢字: é" + "\u0301" + "!\n" + "x" * 500 + "!" + "y" * 500, encoding="utf-8")
    wide, long = [Diagnostic("x", "error", str(file), *place, "", "m") for place in ((1, 7), (2, 501))]
    _, shown, marker, *_ = as_text([wide]).split("\n")
    assert shown[len(" 1 | ") :] == "漢字: é\u0301!"
    assert marker == "   | " + " " * (4 + 2 + 1) + "^"
    _, shown, marker, *_ = as_text([long]).split("\n")
    assert shown[marker.index("^")] == "!"
    assert len(shown) < 130


def test_only_so_many_findings_are_printed(tmp_path: Path) -> None:
    found = [
        Diagnostic("x", "warning", str(tmp_path / "none.yaml"), 1, 1, "", str(n)) for n in range(MAX_DIAGNOSTICS + 5)
    ]
    assert as_text(found).endswith("… and 5 more\n")
    assert len(as_json(found)["findings"]) == MAX_DIAGNOSTICS + 5  # type: ignore[arg-type]  # a list of findings


@pytest.mark.parametrize(
    ("severities", "files", "says"),
    [
        pytest.param([], 10, "no mistakes found in 10 files", id="nothing found"),
        pytest.param(["error"], 1, "1 error in 1 file", id="one error in one file"),
        pytest.param(["warning", "warning"], 2, "2 warnings in 2 files", id="warnings alone"),
        pytest.param(["error", "warning", "error"], 2, "2 errors and 1 warning in 2 files", id="errors and a warning"),
    ],
)
def test_the_summary_counts(severities: list[str], files: int, says: str) -> None:
    found = [Diagnostic("x", severity, "a", 1, 1, "", "m") for severity in severities]  # type: ignore[arg-type]  # words
    assert say_summary(found, files) == says


def test_github_gets_one_line_with_everything_escaped() -> None:
    assert as_github([FOUND]) == (
        '::error file=a%25%2Cb%3A.yaml,line=3,col=7,title=bad-id::the id "é%0A" is wrong%0A100 %25\n'
    )


def test_sarif_has_a_rule_for_each_code_and_a_place_for_each_finding(
    kitchens: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(kitchens / "hygiene.yaml", "id: surfaces", "id: Surfaces")
    edit(kitchens / "menus.yaml", "ask: Do deliveries arrive warm?", "ask: TODO?")
    (kitchens / "more menus.yml").write_text("", encoding="utf-8")
    monkeypatch.chdir(kitchens.parent)
    log = as_sarif(check_paths([kitchens]).diagnostics)
    assert log["version"] == "2.1.0"
    (run,) = json.loads(json.dumps(log))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
        ("bad-id", "error"),
        ("misnamed-file", "error"),
        ("odd-text", "warning"),
    ]
    assert [
        (result["ruleId"], result["level"], result["locations"][0]["physicalLocation"]) for result in run["results"]
    ] == [
        (
            "bad-id",
            "error",
            {"artifactLocation": {"uri": "2026/hygiene.yaml"}, "region": {"startLine": 11, "startColumn": 13}},
        ),
        (
            "odd-text",
            "warning",
            {"artifactLocation": {"uri": "2026/menus.yaml"}, "region": {"startLine": 18, "startColumn": 14}},
        ),
        ("misnamed-file", "error", {"artifactLocation": {"uri": "2026/more%20menus.yml"}}),
    ]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
