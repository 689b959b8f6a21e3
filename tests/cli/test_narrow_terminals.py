"""What commands print on a narrow terminal: nothing is cut off, no word is broken, what goes on is indented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ctm_rules.cli import output
from tests.benchmarks.many_standards import write
from tests.support.commands import Run
from tests.support.own_standards import declare, inspect
from tests.support.paths import EXAMPLE, ROOT

CASES = EXAMPLE.with_name("cases.csv")
COMMANDS = {
    "rate": ["rate", EXAMPLE],
    "rate by grade": ["rate", "--cases", CASES, "--framework", "hmip-pdu", "--by", "subgroups.grade"],
    "next rating": ["what-if", EXAMPLE, "--next-rating"],
    "what if": ["what-if", EXAMPLE, "--set", "key_question_bands.good.from=60"],
    "read": ["read", CASES, "--framework", "hmip-pdu"],
    "diff": ["diff", ROOT / "standards" / "hmip-pdu" / "2024", "hmip-pdu/2024"],
}


@pytest.fixture
def on_terminal(run: Run, monkeypatch: pytest.MonkeyPatch):
    """Return a function that runs a command as on a terminal of some width, and returns the lines that it prints."""

    def printed(width: int, *arguments: object) -> list[str]:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setattr(output, "_WIDTH_WHEN_PIPED", width)
        done = run(*arguments)
        assert done.code in (0, 1), done.err
        return re.sub(r"\x1b\[[0-9;]*m", "", done.out).splitlines()

    return printed


def _words(lines: list[str]) -> set[str]:
    return {word.strip(",:;.()") for line in lines for word in line.split()}


@pytest.mark.parametrize("width", [50, 80])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_is_too_long_and_no_word_is_broken(on_terminal, name: str, width: int) -> None:
    narrow = on_terminal(width, *COMMANDS[name])
    assert narrow
    longest_word = max(len(word) for line in narrow for word in line.split() if "─" not in word)
    assert max(map(len, narrow)) <= max(width, longest_word + 4)
    whole = _words(on_terminal(400, *COMMANDS[name]))
    assert {word for word in _words(narrow) if "─" not in word} <= whole


def test_many_standards_are_rows(on_terminal, tmp_path: Path) -> None:
    write(tmp_path, standards=35, cases=8)
    standards = tmp_path / "standards" / "many" / "1"
    lines = on_terminal(
        80, "rate", "--cases", tmp_path / "cases.csv", "--framework", standards, "--by", "subgroups.sex"
    )
    assert sum(line.startswith("subgroups.sex: ") for line in lines) == 2
    assert sum(bool(re.fullmatch(r"  Standard number \d+: .*", line)) for line in lines) == 2 * 35


def test_what_goes_on_over_several_lines_is_indented(on_terminal) -> None:
    lines = on_terminal(60, "rate", EXAMPLE)
    begun = next(number for number, line in enumerate(lines) if line.startswith("- Overall rating: a score of 4"))
    assert lines[begun + 1].startswith("  ")
    following = lines[begun + 2]
    assert following.startswith(("  ", "- "))


def test_the_columns_of_a_table_are_explained_once(on_terminal) -> None:
    text = "\n".join(on_terminal(110, "rate", EXAMPLE))
    assert text.count("?: undetermined, since an answer that decides is missing.") == 1


def test_where_no_share_is_shown_no_column_is_explained(on_terminal) -> None:
    text = "\n".join(on_terminal(110, "rate", ROOT / "examples" / "schemes" / "food-hygiene" / "inspection.yaml"))
    assert "undetermined, since" not in text


def test_one_of_a_thing_is_one(on_terminal, tmp_path: Path) -> None:
    """An inspection of a single case says "1 case" wherever it counts."""
    declare(tmp_path / "standards")
    text = "\n".join(on_terminal(110, "rate", inspect(tmp_path / "a", "{id: kitchens, edition: '1'}")))
    assert "1 case" in text
    assert not re.search(r"\b1 (cases|standards|key questions|prompts|points|files|groups|outcomes)\b", text)
