"""The examples run, and print what they are there to show."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.paths import ROOT

RATED = """\
Cwm Taf Morgannwg PDU
The 44 cases are synthetic, made to give the figures in the published report; no row describes a real person.
Overall: Requires improvement, 4 of 21
  P 1.1 Leadership                  Good
  P 1.2 Staffing                    Requires improvement
  P 1.3 Services                    Requires improvement
  P 2.1 Assessment                  Inadequate            66%  66%  27%
  P 2.2 Planning                    Inadequate            61%  77%  39%
  P 2.3 Implementation and delivery Inadequate            64%  41%  23%
  P 2.4 Reviewing                   Inadequate            88%  60%  42%
"""

_SUMMARY = "North: Requires improvement, 4 of 21, 44 cases, by hmip-pdu 2024; the cases are synthetic"
OF_A_DATABASE = "".join(
    f"{way}: {_SUMMARY}\n" for way in ("wide, cursor", "wide, frame", "long, cursor", "long, frame")
)

ANOTHER_FIELD = """\
Kitchen hygiene: Acceptable
  Are surfaces and tools clean?       4 of 5: 80%, Sound
  Do staff keep their hands clean?    4 of 5: 80%, Sound
  Is food kept cold and apart?        3 of 5: 60%, Acceptable
"""


def run(name: str) -> str:
    command = [sys.executable, "-X", "utf8", str(ROOT / "examples" / name)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, timeout=60).stdout


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("rate_inspection.py", RATED, id="an inspection"),
        pytest.param(
            "rate_another_field.py",
            ANOTHER_FIELD,
            id="another field",
        ),
        pytest.param("cases_in_a_database.py", OF_A_DATABASE, id="a database"),
    ],
)
def test_example_prints_its_result(name: str, expected: str) -> None:
    assert run(name) == expected


def test_explanation_example_names_clauses_answers_and_lines() -> None:
    lines = run("explain_case.py").splitlines()
    assert lines[0].startswith("synthetic-02 (synthetic): Does assessment focus sufficiently on keeping other people")
    assert lines[1].startswith("✗ all of these, line ")
    assert any("(answered no)" in line for line in lines)


def test_every_example_script_is_tested() -> None:
    tested = {"rate_inspection.py", "rate_another_field.py", "explain_case.py", "cases_in_a_database.py"}
    tested.add("service.py")  # in test_service_and_databases.py
    assert {file.name for file in (ROOT / "examples").glob("*.py")} == tested


def test_readme_shows_what_the_example_prints() -> None:
    assert RATED in (ROOT / "README.md").read_text(encoding="utf-8")
