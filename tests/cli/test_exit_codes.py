"""No command that shows an error ends in 0, whatever it makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules.cli.output import show_diagnostics
from ctm_rules.diagnostics.findings import Location
from ctm_rules.model.case_values import BAD_VALUE
from tests.support.commands import Run
from tests.support.paths import EXAMPLE


@pytest.mark.parametrize(("severity", "code"), [("error", 1), ("warning", 0)], ids=["an error", "a warning"])
def test_an_error_that_a_command_shows_and_forgets_is_no_success(
    run: Run, monkeypatch: pytest.MonkeyPatch, severity: str, code: int
) -> None:
    found = BAD_VALUE.found(Location("cases.csv", 3, 1), "a cell is odd")
    object.__setattr__(found, "severity", severity)
    monkeypatch.setattr("ctm_rules.cli.commands.schema.command", lambda: show_diagnostics([found]))
    ran = run("schema")
    assert (ran.code, "a cell is odd" in ran.err) == (code, True)
    assert run("check", EXAMPLE).code == 0  # what one command has shown says nothing about the next


def test_rows_that_are_left_out_in_bulk_end_in_1(run: Run, tmp_path: Path) -> None:
    header, first, *rows = (EXAMPLE.parent / "cases.csv").read_text(encoding="utf-8").splitlines()
    cells = first.split(",")
    cells[header.split(",").index("assessment.safety.risk_of_harm")] = "noo"
    table = tmp_path / "cases.csv"
    table.write_text("\n".join([header, ",".join(cells), *rows]))
    ran = run("rate", "--cases", table, "--framework", "hmip-pdu")
    assert (ran.code, "bad-" in ran.err) == (1, True)
