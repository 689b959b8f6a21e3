"""Case tables: what is read, and what each mistake says, by row and column."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from ctm_rules import Answer, Case, DiagnosticError, Framework, Outcome, read_cases
from tests.support.small_framework import Small

HEADER = "case,serves_meat,size,seats,opened,hygiene.clean.floors,hygiene.clean.knives,hygiene.clean"


def read(tmp_path: Path, framework: Framework, content: str | bytes, name: str = "cases.csv") -> tuple[Case, ...]:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_cases(file, framework)


def findings(tmp_path: Path, framework: Framework, content: str | bytes) -> list[tuple[str, int, int, str]]:
    with pytest.raises(DiagnosticError) as raised:
        read(tmp_path, framework, content)
    return [(found.code, found.line, found.column, found.message) for found in raised.value.diagnostics]


def test_what_a_table_calls_the_values_of_a_fact_may_be_declared(small: Small, tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError) as raised:
        read(tmp_path, small(), "case,serves_meat\nk1,ja\n")
    (found,) = [each for each in raised.value.diagnostics if each.code == "bad-value"]
    assert found.hint.startswith("put it right, or leave it empty where it is not known. What a table calls them is ")


@pytest.mark.parametrize(
    "delimiter", [pytest.param(",", id="comma"), pytest.param(";", id="semicolon"), pytest.param("\t", id="tab")]
)
@pytest.mark.parametrize(
    "line_end", [pytest.param("\n", id="unix line ends"), pytest.param("\r\n", id="windows line ends")]
)
@pytest.mark.parametrize("mark", [pytest.param("", id="no mark"), pytest.param("\ufeff", id="byte order mark")])
def test_row_becomes_typed_facts_answers_and_judgements(
    small: Small, tmp_path: Path, delimiter: str, line_end: str, mark: str
) -> None:
    rows = [HEADER, "k1,yes,large,40,2026-02-01,yes,na,no", "k2,,,,,,,"]
    text = mark + line_end.join(row.replace(",", delimiter) for row in rows) + line_end
    first, second = read(tmp_path, small(), text)
    assert first.facts == {
        "serves_meat": True,
        "size": "large",
        "seats": 40,
        "opened": datetime.date(2026, 2, 1),
    }
    assert first.answers == {"hygiene.clean.floors": Answer.YES, "hygiene.clean.knives": Answer.NA}
    assert first.judgements["hygiene.clean"].outcome is Outcome.NO
    assert second == Case("k2")


def test_every_mistake_is_reported_at_once(small: Small, tmp_path: Path) -> None:
    table = "\n".join(
        [
            HEADER.replace("hygiene.clean.knives", "hygiene.clean.knifes"),
            "k1,maybe,huge,forty,2026-02-30,Yess,no,perhaps",
            "k1,yes,large,40,2026-02-01,yes,no,no",
            ",yes,large,40,2026-02-01,yes,no,no",
            "k3,yes",
        ]
    )
    found = findings(tmp_path, small(), table)
    assert [(code, line, column) for code, line, column, _ in found] == [
        ("unknown-column", 1, 7),
        ("bad-value", 2, 2),
        ("bad-value", 2, 3),
        ("bad-value", 2, 4),
        ("bad-value", 2, 5),
        ("bad-answer", 2, 6),
        ("bad-answer", 2, 8),
        ("bad-row", 3, 1),
        ("bad-row", 4, 1),
        ("bad-row", 5, 1),
    ]
    assert found[1][3] == 'row 2, column "serves_meat": "maybe" is not yes or no'
    assert found[7][3] == 'row 3 repeats the case "k1" of row 2'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("", "bad-column", id="empty file"),
        pytest.param(HEADER, "empty-table", id="header alone"),
        pytest.param(HEADER + "\n,,,,,,,\n", "empty-table", id="header and empty rows"),
        pytest.param("id,hygiene.clean.floors\nk1,yes\n", "bad-column", id="no column for the case"),
        pytest.param("case,hygiene.clean.floors,hygiene.clean.floors\nk1,yes,no\n", "bad-column", id="column twice"),
        pytest.param("case,,hygiene.clean.floors\nk1,,no\n", "bad-column", id="column without a name"),
        pytest.param('case,hygiene.clean.floors\n"k1,yes\n', "bad-row", id="quotation mark without an end"),
        pytest.param(b"case,hygiene.clean.floors\nk\xe91,yes\n", "unknown-encoding", id="not UTF-8"),
    ],
)
def test_broken_table_is_refused(small: Small, tmp_path: Path, content: str | bytes, code: str) -> None:
    assert code in [found for found, *_ in findings(tmp_path, small(), content)]


def test_missing_file_is_a_sentence(small: Small, tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError, match=r"the case table none\.csv cannot be opened: no such file"):
        read_cases(tmp_path / "none.csv", small())


def test_unknown_kind_of_file_names_the_known_ones(small: Small, tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError, match=r'cannot be read from a "\.txt" file(.|\n)*\.csv'):
        read(tmp_path, small(), "case\nk1\n", "cases.txt")


@pytest.mark.parametrize(
    ("written", "suggested"),
    [
        pytest.param("Yess", "yes", id="a letter too many"),
        pytest.param(
            "yse",
            "yes",
            id="letters swapped",
        ),
        pytest.param(
            "yes.",
            "yes",
            id="full stop behind",
        ),
    ],
)
def test_misspelt_answer_gets_the_nearest_word(small: Small, tmp_path: Path, written: str, suggested: str) -> None:
    with pytest.raises(DiagnosticError) as raised:
        read(tmp_path, small(), f"case,hygiene.clean.floors\nk1,{written}\n")
    assert f'did you mean "{suggested}"?' in raised.value.diagnostics[0].hint


@pytest.mark.parametrize("written", ["NA", "nan", "#N/A", "None", "N", "n/a", "-", "null", "unknown"])
@pytest.mark.parametrize("column", ["hygiene.clean.floors", "hygiene.clean", "serves_meat", "size"])
def test_no_hint_turns_not_known_into_an_answer(small: Small, tmp_path: Path, column: str, written: str) -> None:
    with pytest.raises(DiagnosticError) as raised:
        read(tmp_path, small(), f"case,{column}\nk1,{written}\n")
    (found,) = raised.value.diagnostics
    assert found.code == ("bad-answer" if "." in column else "bad-value")
    assert "did you mean" not in found.hint
    assert "empty" in found.hint
