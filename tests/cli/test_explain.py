"""``ctm-rules explain`` as people call it."""

from __future__ import annotations

import json
from pathlib import Path

from ctm_rules.diagnostics.catalogue import find_code
from ctm_rules.engines.durable_ruleset import durable_is_available
from tests.support.commands import Run, call
from tests.support.paths import EXAMPLE, ROOT


def test_explain_shows_the_page_of_a_code() -> None:
    done = call("explain", "never-yes")
    code = find_code("never-yes")
    assert code is not None
    assert done.returncode == 0
    assert done.stdout.startswith("never-yes (error)\n")
    for part in (code.what, code.why, code.bad, code.good):
        assert part in done.stdout
    assert json.loads(call("explain", "never-yes", "--json").stdout)["what"] == code.what


def test_explain_says_which_code_was_meant() -> None:
    done = call("explain", "nver-yes")
    assert done.returncode == 2
    assert 'did you mean "never-yes"?' in done.stderr


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


def test_explain_knows_a_key_question_by_the_address_written_out_in_full() -> None:
    short, full = (
        call("explain", EXAMPLE, "synthetic-02", "-k", address).stdout
        for address in ("assessment.safety", "standards.assessment.key_questions.safety")
    )
    assert full == short
    assert "assessment.safety: " in short


def test_explain_json_has_the_whole_tree() -> None:
    done = call("explain", EXAMPLE, "synthetic-02", "--json")
    explained = json.loads(done.stdout)["key_questions"]
    assert len(explained) == 12
    assert all(question["rule"]["below"] and question["rule"]["line"] for question in explained)
    assert explained[2]["rule"]["result"] == "false"


def test_where_no_rule_can_be_told_the_conditions_of_the_variants_are_shown(tmp_path: Path, run: Run) -> None:
    (tmp_path / "cases.csv").write_text("case,probation_reset\nc1,yes\n", encoding="utf-8")
    (tmp_path / "inspection.yaml").write_text(
        "framework: {id: hmip-pdu}\nprovider: {id: p, name: P}\ntitle: T\nfieldwork: {started: 2025-08-04}\n"
        "cases: {file: cases.csv, absent: missing}\n",
        encoding="utf-8",
    )
    out = run("explain", tmp_path / "inspection.yaml", "c1", "-k", "planning.engaging", "--engine", "reference").out
    said = " ".join(out.split())
    assert (
        "which rule is used cannot be told: a fact is missing the rule for the variant adjusted is used where:" in said
    )
    assert "? “Weeks of supervision before contact was suspended” is 8 or fewer · this fact is missing" in said
    as_json = run("explain", tmp_path / "inspection.yaml", "c1", "-k", "planning.engaging", "--json").out
    (question,) = json.loads(as_json)["key_questions"]
    assert question["variants"]["adjusted"]["result"] == "unknown"
