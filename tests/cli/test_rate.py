"""``ctm-rules rate`` as people call it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ctm_rules.engines.durable_ruleset import durable_is_available
from tests.support.commands import call
from tests.support.engines import ENGINES
from tests.support.paths import EXAMPLE


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
def test_rate_gives_the_published_ratings(engine: str) -> None:
    done = call("rate", EXAMPLE, "--json", "--engine", engine)
    assert done.returncode == 0
    result = json.loads(done.stdout)
    limit = "a score of 4 is the limit for Requires improvement, and one standard rated one step lower would make it "
    assert result["overall"] == {
        "rating": "Requires improvement",
        "rating_id": "requires_improvement",
        "score": 4,
        "out_of": 21,
        "panel": [f"{limit}Inadequate"],
        "flags": [
            {
                "kind": "one_standard",
                "reason": f"{limit}Inadequate",
                "instead": "inadequate",
                "changes_standard": False,
            }
        ],
        "because": [],
        "drivers": [],
        "value": "4",
        "computed": {"rating": "Requires improvement", "rating_id": "requires_improvement", "score": 4},
        "decision": None,
    }
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
