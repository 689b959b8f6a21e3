"""The commands as people call them: what they print, what they exit with, and that no mistake shows a traceback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ctm_rules.engines.durable_ruleset import durable_is_available
from tests.support.commands import call
from tests.support.engines import ENGINES
from tests.support.paths import EXAMPLE, ROOT


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
def test_rate_gives_the_published_ratings(engine: str) -> None:
    done = call("rate", EXAMPLE, "--json", "--engine", engine)
    assert done.returncode == 0
    result = json.loads(done.stdout)
    assert result["overall"] == {"rating": "Requires improvement", "score": 4, "out_of": 21}
    assert [(domain["score"], domain["out_of"], domain["rating"]) for domain in result["domains"]] == [
        (4, 9, "Requires improvement"),
        (0, 12, "Inadequate"),
    ]
    assert [(standard["id"], standard["rating"], standard["score"]) for standard in result["standards"]] == [
        ("P 1.1", "Good", 2),
        ("P 1.2", "Requires improvement", 1),
        ("P 1.3", "Requires improvement", 1),
        ("P 2.1", "Inadequate", 0),
        ("P 2.2", "Inadequate", 0),
        ("P 2.3", "Inadequate", 0),
        ("P 2.4", "Inadequate", 0),
    ]
    by_cases = result["standards"][3:]
    assert [[question["percent"] for question in standard["key_questions"]] for standard in by_cases] == [
        [66, 66, 27],
        [61, 77, 39],
        [64, 41, 23],
        [88, 60, 42],
    ]
    assert [standard["drivers"] for standard in by_cases] == [
        ["assessment.safety"],
        ["planning.safety"],
        ["implementation.safety"],
        ["reviewing.safety"],
    ]
    assert result["cases"] == 44
    assert result["synthetic"] is True
    assert result["assumptions"]
    expected = "durable" if engine == "auto" and durable_is_available() else engine.replace("auto", "reference")
    assert result["engine"] == expected


def test_rate_prints_plain_text_into_a_pipe() -> None:
    done = call("rate", EXAMPLE)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "Overall: Requires improvement, score 4 of 21" in done.stdout
    assert "synthetic" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 120


def test_output_survives_a_terminal_without_unicode() -> None:
    done = call("explain", EXAMPLE, "synthetic-01", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "risk_of_harm" in done.stdout


def test_explain_shows_marks_answers_lines_and_fired_rules() -> None:
    done = call("explain", EXAMPLE, "synthetic-02", "-k", "assessment.safety")
    assert done.returncode == 0
    assert "outcome: no" in done.stdout
    assert "✗ risk_of_harm" in done.stdout
    assert "answered no" in done.stdout
    rule = (ROOT / "standards/hmip-pdu/2024/2.1-assessment.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(rule, 1) if "- risk_of_harm" in text)
    assert f"2.1-assessment.yaml:{line}" in done.stdout
    assert ("rules fired" in done.stdout) == durable_is_available()


def test_explain_json_has_the_whole_tree() -> None:
    done = call("explain", EXAMPLE, "synthetic-02", "--json")
    explained = json.loads(done.stdout)["key_questions"]
    assert len(explained) == 12
    assert all(question["rule"]["below"] and question["rule"]["line"] for question in explained)
    assert explained[2]["rule"]["result"] == "false"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["explain", EXAMPLE, "synthetic-99"],
            'there is no case "synthetic-99". did you mean "synthetic-',
            id="explain a case that does not exist",
        ),
        pytest.param(
            ["explain", EXAMPLE, "synthetic-01", "-k", "assessment.safty"],
            'did you mean "assessment.safety"?',
            id="explain a key question misspelt",
        ),
        pytest.param(
            ["rate", "nowhere.yaml"],
            "the file nowhere.yaml cannot be opened: no such file or directory",
            id="rate a file that does not exist",
        ),
        pytest.param(["rate", "."], "cannot be opened: is a directory", id="rate a folder"),
        pytest.param(["rate", EXAMPLE, "--engine", "drools"], "drools", id="rate by an engine that does not exist"),
        pytest.param(["rate"], "give an inspection, or --cases and --framework", id="rate nothing"),
        pytest.param(["rank"], "No such command", id="a command that does not exist"),
    ],
)
def test_wrong_call_ends_in_a_sentence_and_exit_code_2(arguments: list[str | Path], message: str) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_wrong_input_names_every_mistake(tmp_path: Path) -> None:
    for name in ("inspection.yaml", "cases.csv"):
        shutil.copy(EXAMPLE.parent / name, tmp_path / name)
    table = tmp_path / "cases.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",yes", ",Yes", 3), encoding="utf-8")
    done = call("rate", "inspection.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("bad-") == 3
    assert 'did you mean "yes"?' in done.stderr


def test_no_rating_is_exit_code_1(tmp_path: Path) -> None:
    for name in ("inspection.yaml", "cases.csv"):
        shutil.copy(EXAMPLE.parent / name, tmp_path / name)
    table = tmp_path / "cases.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("assessment.safety.risk_of_harm")
    cells = lines[1].split(",")
    cells[column] = ""
    table.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]), encoding="utf-8")
    done = call("rate", "inspection.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "undetermined" in done.stdout


@pytest.mark.parametrize("command", ["rate", "explain"])
def test_help_shows_an_example(command: str) -> None:
    done = call(command, "--help")
    assert done.returncode == 0
    assert f"Example: ctm-rules {command} examples/ctm/inspection.yaml" in " ".join(done.stdout.split())
