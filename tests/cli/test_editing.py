"""The commands that look for names and change files: where, rename, apply."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import Run
from tests.support.every_name import write_every_name


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_every_name(tmp_path)
    monkeypatch.chdir(tmp_path)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*.*") if file.is_file()}


@pytest.mark.usefixtures("homes")
def test_where_prints_every_place_with_its_line_and_column(run: Run) -> None:
    code, out, err = run("where", "meals.food.shared")
    assert (code, err) == (0, "standards: standards\n")
    lines = out.splitlines()
    assert lines[0] == 'the prompt "meals.food.shared"'
    assert "  standards/homes/2026/1-meals.yaml:13:14  (meals.key_questions.food.prompts.shared.id)" in lines
    assert "  audits/cases.csv:1:8  (column 8)" in lines
    assert lines[-1].startswith("5 places in 4 files; looked in ")


@pytest.mark.usefixtures("homes")
def test_where_as_json_says_the_same(run: Run) -> None:
    _, out, _ = run("where", "meals.food.shared", "--framework", "homes/2026", "--json")
    said = json.loads(out)
    assert said["address"] == "meals.food.shared"
    assert [(each["used_in"], each["line"], each["column"]) for each in said["places"]] == [
        ("standards", 13, 14),
        ("standards", 14, 42),
        ("amendment", 11, 21),
        ("scenarios", 18, 29),
        ("table of cases", 1, 8),
    ]


@pytest.mark.usefixtures("homes")
def test_where_says_what_it_does_not_know(run: Run) -> None:
    code, out, err = run("where", "meals.food.shraed")
    assert (code, out) == (2, "")
    assert 'did you mean "meals.food.shared"?' in err


def test_where_asks_which_framework_is_meant(run: Run, homes: Path) -> None:
    copy = homes.parents[1] / "houses" / "2026"
    copy.mkdir(parents=True)
    (copy / "framework.yaml").write_text("id: houses\n", encoding="utf-8")
    code, _, err = run("where", "meals")
    assert code == 2
    assert "standards holds 2 frameworks, so the one that is meant must be named" in err


def test_rename_is_shown_first_and_then_done(run: Run, homes: Path) -> None:
    top = homes.parents[2]
    before = contents(top)
    code, out, _ = run("rename", "night.calm.dark", "unlit", "--although-used", "--diff")
    assert code == 1
    assert "+      - {id: unlit, formerly: [dark], ask: Is it dark?}" in out.splitlines()
    assert "audits/cases.csv:1:10: night.calm.dark → night.calm.unlit" in out.replace(f"{top}/", "").splitlines()
    assert "c1,L,no" not in out
    assert contents(top) == before
    code, out, _ = run("rename", "night.calm.dark", "unlit", "--although-used", "--check")
    assert (code, out.splitlines()[0]) == (1, "to be changed: audits/cases.csv")
    assert contents(top) == before
    code, out, _ = run("rename", "night.calm.dark", "unlit", "--although-used")
    assert code == 0
    assert out.splitlines()[-1] == 'the prompt "night.calm.dark" → unlit: 5 places in 3 files'
    assert run("check", ".")[0] == 0
    assert run("fmt", "--check", ".")[0] == 0
    assert run("test", ".")[0] == 0


@pytest.mark.usefixtures("homes")
def test_rename_refuses_what_has_no_name(run: Run) -> None:
    code, _, err = run("rename", "panel.within_points", "points", "--although-used")
    assert code == 2
    assert '"panel.within_points" has a value and no name of its own' in err


@pytest.mark.usefixtures("homes")
def test_an_edition_in_use_is_not_changed_and_the_next_one_is_offered(run: Run) -> None:
    for command in (["rename", "night.calm.dark", "unlit"], ["apply", "--set", "panel.within_points=3"]):
        code, out, err = run(*command)
        assert (code, out) == (2, "")
        assert 'edition "2026" of "homes" is that of ' in err
        assert "ctm-rules new edition" in err


def test_apply_shows_what_differs_and_what_it_does_to_an_inspection(run: Run, homes: Path) -> None:
    options = ["--set", "panel.within_points=3", "--although-used", "--inspection", "audits/inspection.yaml"]
    before = contents(homes)
    code, out, err = run("apply", *options, "--diff")
    assert code == 1
    assert {"-panel: {within_points: 5}", "+panel: {within_points: 3}"} <= set(out.splitlines())
    assert "What it changes in an inspection" in err
    assert contents(homes) == before
    code, out, _ = run("apply", *options)
    assert code == 0
    assert out.splitlines()[0] == "changed: standards/homes/2026/framework.yaml"
    assert "within_points: 3" in (homes / "framework.yaml").read_text(encoding="utf-8")
    said = json.loads(run("apply", *options, "--json")[1])
    assert (said["files"], said["changes"], said["written"]) == ([], [], True)


@pytest.mark.usefixtures("homes")
def test_apply_finds_the_standards_that_an_amendment_is_made_for(run: Run) -> None:
    code, out, _ = run("apply", "audits/amendment.yaml", "--although-used", "--json")
    said = json.loads(out)
    assert code == 0
    assert [Path(file).name for file in said["files"]] == ["1-meals.yaml", "framework.yaml"]
    assert {change["path"] for change in said["changes"]} >= {"meals.food.enough", "key_question_bands.fair"}


@pytest.mark.usefixtures("homes")
def test_apply_wants_something_to_apply(run: Run) -> None:
    code, _, err = run("apply")
    assert code == 2
    assert "say what to change" in err
    code, _, err = run("apply", "--set", "nothing")
    assert code == 2
    assert "bad-option" in err
