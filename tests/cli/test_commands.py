"""The commands as people call them: what they print, what they exit with, and that no mistake shows a traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ctm_rules.version import library_version
from tests.support.commands import Run, call
from tests.support.paths import EXAMPLE


def test_output_survives_a_terminal_without_unicode() -> None:
    done = call("explain", EXAMPLE, "synthetic-01", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "risk_of_harm" in done.stdout


def test_what_programs_read_is_utf_8_whatever_the_system_prefers(editable: Path) -> None:
    standard = editable / "2.4-reviewing.yaml"
    standard.write_text(
        standard.read_text(encoding="utf-8").replace("title: Reviewing", "title: Réviewing — new"), encoding="utf-8"
    )
    for arguments in (
        ("explain", EXAMPLE, "synthetic-01", "--json"),
        ("diff", "hmip-pdu/2024", editable, "--markdown"),
    ):
        expected, found = (call(*arguments, PYTHONIOENCODING=encoding) for encoding in ("utf-8", "ascii"))
        assert not expected.stdout.isascii()
        assert found.stdout == expected.stdout


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
        pytest.param(["rate", "."], ".: error: . is a folder, and a file is needed", id="rate a folder"),
        pytest.param(
            ["report", "examples/schemes/food-hygiene"],
            f"name the file in it: {Path('examples/schemes/food-hygiene/inspection.yaml')}",
            id="report a folder",
        ),
        pytest.param(
            ["rate", "examples/ctm/cases.csv"],
            "or rate the table itself: ctm-rules rate --cases examples/ctm/cases.csv --framework",
            id="rate a table",
        ),
        pytest.param(
            ["rate", "--cases", "README.md", "--framework", "hmip-pdu"],
            'README.md: error: a case table cannot be read from a ".md" file [file-not-readable] = hint: save',
            id="rate what is no table",
        ),
        pytest.param(
            ["rate", "--cases", "examples/ctm/cases.csv", "--framework", "hmip-pdu/2020"],
            'the framework "hmip-pdu" has no edition "2020"',
            id="rate by an edition that does not exist",
        ),
        pytest.param(
            ["rate", "--cases", "examples/ctm/cases.csv"],
            "error: --cases needs the framework: --framework hmip-pdu",
            id="rate by no framework",
        ),
        pytest.param(
            ["rate", EXAMPLE, "--cases", "examples/ctm/cases.csv", "--framework", "hmip-pdu"],
            "error: an inspection and --cases are given, and one of them is rated at a time",
            id="rate an inspection and a table",
        ),
        pytest.param(["rate", EXAMPLE, "--engine", "drools"], "drools", id="rate by an engine that does not exist"),
        pytest.param(
            ["form", "hmip-pdu", "-o", "form.xlsx", "--on", "1/4/2026"],
            '"1/4/2026" is no date: write year-month-day',
            id="a date in another form",
        ),
        pytest.param(["rate"], "give an inspection, or --cases and --framework", id="rate nothing"),
        pytest.param(["rank"], "No such command", id="a command that does not exist"),
    ],
)
def test_wrong_call_ends_in_a_sentence_and_exit_code_2(arguments: list[str | Path], message: str) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_an_edition_may_be_named_with_the_id(run: Run, tmp_path: Path) -> None:
    drawn = "examples/ctm/cases.csv"
    by_both, by_one = (
        run("rate", "--cases", drawn, *named, "--json")
        for named in (["--framework", "hmip-pdu", "--edition", "2024"], ["--framework", "hmip-pdu/2024"])
    )
    assert (by_one.code, by_one.out) == (0, by_both.out)
    assert run("read", drawn, "--framework", "hmip-pdu/2024").code == 0
    told = ("--provider", "north", "--name", "North", "--started", "2026-09-07")
    assert run("new", "inspection", str(tmp_path / "north"), "--framework", "hmip-pdu/2024", *told).code == 0
    assert 'framework: {id: hmip-pdu, edition: "2024"}' in (tmp_path / "north/inspection.yaml").read_text()


def test_wrong_input_names_every_mistake(tmp_path: Path) -> None:
    for name in ("inspection.yaml", "cases.csv"):
        shutil.copy(EXAMPLE.parent / name, tmp_path / name)
    table = tmp_path / "cases.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",yes", ",Yess", 3), encoding="utf-8")
    done = call("rate", "inspection.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("bad-") == 3
    assert 'did you mean "yes"?' in done.stderr


@pytest.mark.parametrize("command", ["rate", "explain"])
def test_help_shows_an_example(command: str) -> None:
    done = call(command, "--help")
    assert done.returncode == 0
    assert f"Example: ctm-rules {command} examples/ctm/inspection.yaml" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["schema", "--write", "--help"], id="schemas written into a folder"),
        pytest.param(["what-if", EXAMPLE, "--set", "--help"], id="a setting without a value"),
        pytest.param(["report", EXAMPLE, "-o", "--help"], id="a report into a folder"),
        pytest.param(["new", "framework", "kitchens", "--title", "--help"], id="a command of a command"),
    ],
)
def test_who_asks_for_help_gets_it_and_nothing_is_done(
    arguments: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*arguments)
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_said() -> None:
    done = call("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"ctm-rules {library_version()}\n", "")
