"""The inspection file: what it attaches to the cases, and what each mistake in it says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, Inspection, Outcome, load_inspection, rate_inspection
from tests.support.editing import edit
from tests.support.paths import EXAMPLE


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the example inspection that a test may edit."""
    for name in ("inspection.yaml", "cases.csv"):
        shutil.copy(EXAMPLE.parent / name, tmp_path / name)
    return tmp_path / "inspection.yaml"


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_recorded_judgement_counts_and_is_listed_where_it_differs(copy: Path) -> None:
    before = rate_inspection(load_inspection(copy)).rating
    append(
        copy,
        "case_judgements:\n"
        "  - {case: synthetic-02, key_question: assessment.safety, outcome: yes, reason: Seen in the interview.}\n"
        "  - {case: synthetic-01, key_question: assessment.safety, outcome: yes, reason: As the rule.}\n",
    )
    result = rate_inspection(load_inspection(copy))
    question = result.rating.standards[3].key_questions[2]
    assert question.counts.yes == before.standards[3].key_questions[2].counts.yes + 1
    (divergence,) = result.divergences
    assert divergence.to_dict() == {
        "case": "synthetic-02",
        "key_question": "assessment.safety",
        "rule": "no",
        "judgement": "yes",
        "reason": "Seen in the interview.",
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("rating: good", "rating: goood", 'there is no rating "goood"', id="rating misspelt"),
        pytest.param(
            "standard: leadership",
            "standard: leadreship",
            'there is no standard rated by judgement "leadreship"',
            id="standard misspelt",
        ),
        pytest.param(
            "standard: leadership",
            "standard: assessment",
            'the standard "assessment" is rated by cases, and a judgement of it would count for nothing',
            id="standard that is not judged",
        ),
        pytest.param("id: hmip-pdu", "id: hmip-pud", 'there is no framework "hmip-pud"', id="framework misspelt"),
        pytest.param('edition: "2024"', 'edition: "1999"', 'has no edition "1999"', id="edition that does not exist"),
        pytest.param(
            "file: cases.csv",
            "file: caes.csv",
            "the case table caes.csv cannot be opened",
            id="case table that does not exist",
        ),
        pytest.param(
            "file: cases.csv",
            "file: ../cases.csv",
            "is not in the folder of the inspection",
            id="case table one folder up",
        ),
        pytest.param(
            "file: cases.csv",
            "file: /etc/passwd",
            "is not in the folder of the inspection",
            id="case table by an absolute path",
        ),
        pytest.param("provider:", "provder:", 'the key "provder" is not known here', id="key misspelt"),
        pytest.param("started: 2025-08-04", "started: 4 August 2025", "this must be a date", id="date in words"),
        pytest.param("weeks: 2", "weeks: two", "this must be a whole number", id="number in words"),
        pytest.param(
            "within: organisation",
            "within: organization",
            'there is no domain "organization"',
            id="domain misspelt",
        ),
    ],
)
def test_mistake_is_named_on_its_line(copy: Path, old: str, new: str, message: str) -> None:
    line = edit(copy, old, new)
    with pytest.raises(DiagnosticError) as raised:
        load_inspection(copy)
    found = [diagnostic for diagnostic in raised.value.diagnostics if message in diagnostic.message]
    assert found, raised.value
    assert found[0].hint
    # A block is named by its first line, which is at most a few lines above the mistake.
    assert found[0].file.endswith(".csv") or 0 <= line - found[0].line <= 3


def test_a_population_smaller_than_its_sample_is_refused(copy: Path) -> None:
    line = edit(copy, "cases:\n", "population: 43\ncases:\n")
    with pytest.raises(DiagnosticError) as error:
        load_inspection(copy)
    (found,) = error.value.diagnostics
    assert (found.code, found.line, found.path) == ("bad-count", line, "population")
    assert found.message == "the number of cases for the population is 43, and 44 cases were drawn from them"


def test_mistakes_in_the_file_and_in_its_table_come_together(copy: Path) -> None:
    edit(copy, "rating: good", "rating: goood")
    append(copy, "case_judgements: [{case: nobody, key_question: nothing, outcome: yes, reason: None.}]\n")
    with pytest.raises(DiagnosticError) as raised:
        load_inspection(copy)
    messages = [found.message for found in raised.value.diagnostics]
    assert len(messages) == 3
    table = copy.parent / "cases.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",licence,", ",license,", 2), encoding="utf-8")
    with pytest.raises(DiagnosticError) as raised:
        load_inspection(copy)
    assert sum(found.count for found in raised.value.diagnostics) == 3


def test_standard_without_judgement_is_a_warning_and_not_rated(copy: Path) -> None:
    text = copy.read_text(encoding="utf-8")
    start, end = text.index("judgements:"), text.index("\nfindings:")
    copy.write_text(text[:start] + text[end + 1 :], encoding="utf-8")
    inspection = load_inspection(copy)
    assert [warning.code for warning in inspection.warnings] == ["not-judged"] * 3
    assert rate_inspection(inspection).rating.overall is None


def test_answer_to_a_prompt_that_does_not_apply_is_warned_of_and_not_counted(copy: Path, example: Inspection) -> None:
    case = next(case for case in example.cases if case.facts["has_potential_victims"] is False)
    table = copy.parent / "cases.csv"
    rows = [line.split(",") for line in table.read_text(encoding="utf-8").splitlines()]
    column = rows[0].index("assessment.safety.victims")
    row = next(row for row in rows if row[0] == case.id)
    assert row[column] == "na"
    row[column] = "no"
    table.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    inspection = load_inspection(copy)
    (warning,) = inspection.warnings
    assert warning.code == "answer-not-counted"
    assert case.id in warning.message
    assert warning.hint == "leave it empty or answer na, or correct the fact"
    outcomes = {outcome.case: outcome for outcome in rate_inspection(inspection).outcomes}
    unchanged = {outcome.case: outcome for outcome in rate_inspection(example).outcomes}
    assert outcomes[case.id] == unchanged[case.id]


def test_missing_answers_give_undetermined_and_no_rating(copy: Path) -> None:
    table = copy.parent / "cases.csv"
    rows = [line.split(",") for line in table.read_text(encoding="utf-8").splitlines()]
    column = rows[0].index("assessment.safety.risk_of_harm")
    yes_row = next(row for row in rows[1:] if row[column] == "yes")
    yes_row[column] = ""
    table.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    result = rate_inspection(load_inspection(copy))
    outcomes = {outcome.case: outcome.questions["assessment.safety"].outcome for outcome in result.outcomes}
    assert outcomes[yes_row[0]] in (Outcome.UNDETERMINED, Outcome.NO)
    assert result.rating.standards[3].key_questions[2].counts.undetermined == 1
    assert result.rating.overall is None
