"""With ``--no-values`` nothing that stands in a case is printed; what is for nobody else is nobody else's to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.commands import Run
from tests.support.own_standards import declare, inspect

PERSON = "PERSON"
"""Stands in every value and id that could tell who a case is."""


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one inspection whose cases are wrong in every way, and one that can be rated."""
    declare(tmp_path / "standards")
    file = inspect(tmp_path, "{id: kitchens}")
    header = file.with_name("cases.csv").read_text(encoding="utf-8").splitlines()[0]
    rows = [
        f"{PERSON}-1,no,small,3,2025-01-31,yes,yes,na",
        f"{PERSON}-1,no,small,3,2025-01-31,yes,yes,na",
        f"{PERSON}-2,{PERSON},small,3,2025-01-31,yes,yes,na",
        f"{PERSON}-3,no,{PERSON},3,2025-01-31,yes,yes,na",
        f"{PERSON}-4,no,small,{PERSON},2025-01-31,yes,yes,na",
        f"{PERSON}-5,no,small,3,{PERSON},yes,yes,na",
        f"{PERSON}-6,no,small,3,2099-01-31,{PERSON},yes,na",
        f"{PERSON}-7,no,small,3,2025-01-31,yes,yes,na,{PERSON}",
    ]
    file.with_name("cases.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    judged = f"{{case: {PERSON}-1, key_question: hygiene.clean, outcome: no, reason: {PERSON} was seen}}"
    unknown = judged.replace(f"{PERSON}-1", f"{PERSON}-99")
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}case_judgements:\n  - {judged}\n  - {unknown}\n", encoding="utf-8")
    few = [rows[0], rows[0].replace("-1,", "-2,").replace("yes,yes", "yes,"), rows[0].replace("-1,", "-3,")]
    (tmp_path / "rated.csv").write_text("\n".join([header, *few]) + "\n", encoding="utf-8")
    rated = f"{text}case_judgements:\n  - {judged}\n".replace("cases.csv", "rated.csv")
    (tmp_path / "rated.yaml").write_text(rated, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


IN_BULK = ["rate", "--cases", "cases.csv", "--framework", "kitchens"]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["check", "."], id="check"),
        pytest.param(["check", ".", "--json"], id="check as JSON"),
        pytest.param(["check", ".", "--format", "github"], id="check as annotations"),
        pytest.param(["check", ".", "--format", "sarif"], id="check as SARIF"),
        pytest.param(["rate", "inspection.yaml"], id="rate"),
        pytest.param(["rate", "rated.yaml"], id="rate what can be rated"),
        pytest.param(["rate", "rated.yaml", "--json"], id="rate as JSON"),
        pytest.param(IN_BULK, id="rate in bulk"),
        pytest.param([*IN_BULK, "--json"], id="rate in bulk as JSON"),
        pytest.param(["report", "inspection.yaml", "-o", "out"], id="report"),
    ],
)
@pytest.mark.usefixtures("cases")
def test_no_value_and_no_id_of_a_case_is_printed_where_none_is_to_be(run: Run, command: list[str]) -> None:
    plain, withheld = run(*command), run(*command, "--no-values")
    assert PERSON in plain.out + plain.err
    assert PERSON not in withheld.out + withheld.err
    assert withheld.code == plain.code
    # Where the mistakes are, and of which kind, is still said.
    kinds = re.compile(r"\[([a-z-]+)\]|title=([a-z-]+)|\"(?:code|ruleId)\": \"([a-z-]+)\"")
    assert kinds.findall(withheld.out + withheld.err) == kinds.findall(plain.out + plain.err)


def test_what_is_wrong_with_standards_is_said_in_full(run: Run, cases: Path) -> None:
    standard = cases / "standards" / "kitchens" / "1" / "hygiene.yaml"
    standard.write_text(standard.read_text(encoding="utf-8").replace("floors, knives", "floors, knifes"), "utf-8")
    assert 'no prompt "knifes"' in run("check", "standards", "--no-values").out


def test_drafts_are_for_nobody_else_and_what_is_published_is_for_all(run: Run, cases: Path) -> None:
    assert run("report", "rated.yaml", "-o", "out", "-f", "drafts", "-f", "json").code in (0, 1)
    other = cases / "other"
    other.touch()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (cases / "out").iterdir()}
    assert modes == {"drafts.yaml": 0o600, "annexe.json": other.stat().st_mode & 0o777}
