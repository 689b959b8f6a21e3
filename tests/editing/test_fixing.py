"""What has one right repair is repaired, and nothing else is touched."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from ctm_rules import load_framework
from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.findings import Diagnostic, Fix, Location, Replace
from ctm_rules.diagnostics.suggestions import certain_name
from ctm_rules.editing.fixing import Fixed, fix_findings
from ctm_rules.editing.names import Name
from ctm_rules.editing.renaming import rename
from ctm_rules.editing.uses import files_around, find_name
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.yaml_files.formatting import format_file, yaml_files
from tests.support.commands import Run
from tests.support.every_name import write_every_name
from tests.support.paths import BAD
from tests.support.right_framework import RIGHT
from tests.support.tables import write_xlsx

REPAIRED = [
    "bands-swapped",
    "comma-at-the-end-of-a-line",
    "edition-without-quotes",
    "invisible-character",
    "misspelt-domain-of-bands",
    "misspelt-key",
    "misspelt-key-of-a-source",
    "misspelt-key-of-the-framework",
    "misspelt-key-of-the-panel",
    "misspelt-mark-of-an-assumption",
    "misspelt-prompt",
    "misspelt-standard-in-a-domain",
    "misspelt-variant",
]
"""Mistakes of which each is the only thing in which its framework differs from the right one."""


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    return write_every_name(tmp_path)


def with_mistake(folder: Path, name: str) -> Path:
    """Return a framework with one mistake, laid out."""
    shutil.copytree(RIGHT, folder)
    shutil.copytree(BAD / name, folder, dirs_exist_ok=True)
    return folder


def fixed(folder: Path) -> Fixed:
    return fix_findings(check_paths([folder]).diagnostics)


@pytest.mark.parametrize("name", REPAIRED)
def test_a_mistake_with_one_right_repair_is_repaired_and_nothing_else_changes(tmp_path: Path, name: str) -> None:
    folder = with_mistake(tmp_path / "kitchens", name)
    done = fixed(folder)
    assert done.refused == ()
    assert len(done.changes.write()) == 1
    assert check_paths([folder]).diagnostics == ()
    assert load_framework(folder) == load_framework(RIGHT)
    assert [each.path for each in map(format_file, yaml_files([folder])) if each.is_changed] == []


def test_whatever_is_wrong_no_repair_makes_it_worse(tmp_path: Path) -> None:
    """Of every mistake there is: what is found afterwards was found before, or comes to light only now."""
    repaired = []
    for number, broken in enumerate(sorted(BAD.iterdir())):
        if not broken.is_dir() or broken == RIGHT:
            continue
        folder = with_mistake(tmp_path / str(number), broken.name)
        before = check_paths([folder])
        done = fix_findings(before.diagnostics)
        if done.changes.files:
            repaired.append(broken.name)
            done.changes.write()
            after = check_paths([folder])
            assert set(done.done).isdisjoint(after.diagnostics), broken.name
            assert after.errors <= before.errors, broken.name
        else:
            assert [found.fix for found in before.diagnostics if found.fix] == [], broken.name
    assert set(repaired) >= set(REPAIRED)


def test_the_shipped_standards_have_nothing_to_repair() -> None:
    assert [found for found in check_paths([standards_folder()]).diagnostics if found.fix is not None] == []


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("risk_of_hram", ["risk_of_harm", "victims"], "risk_of_harm"),
        ("Risk of harm", ["risk_of_harm", "victims"], "risk_of_harm"),
        ("surfacs", ["surfaces", "records"], "surfaces"),
        ("agencies", ["agencie"], "agencie"),
        ("meat", ["meet"], None),
        ("prompt_1", ["prompt_2"], None),
        ("likely", ["unlikely"], None),
        ("noisy", ["noise"], "noise"),
        ("noisy", ["noise", "nosy"], None),
        ("planning", ["cleaning"], None),
        ("yes_when", [], None),
        ("a_b_c", ["abc", "ab_c"], None),
    ],
    ids=[
        "letters swapped",
        "as people write it",
        "one is missing",
        "one too many",
        "too short",
        "another number",
        "the contrary",
        "one is another",
        "two could be meant",
        "too far",
        "nothing known",
        "two alike",
    ],
)
def test_only_what_can_be_nothing_but_a_misspelling_is_certain(name: str, known: list[str], meant: str | None) -> None:
    assert certain_name(name, known) == meant


def test_a_column_with_a_former_name_is_called_as_it_is_called_now(homes: Path) -> None:
    around = files_around(homes)
    name = find_name(around, "meals.food.warm")
    assert isinstance(name, Name)
    table = homes.parents[2] / "audits" / "cases.csv"
    before = table.read_bytes()
    rename(around, name, "hot", although_used=True).changes.write()
    table.write_bytes(before)
    fixed(homes.parents[2]).changes.write()
    renamed = before.replace(b",meals.food.warm,", b",meals.food.hot,")
    assert renamed != before
    assert table.read_bytes() == renamed


def test_no_repair_is_offered_of_a_column_in_a_workbook(homes: Path, run: Run) -> None:
    around = files_around(homes)
    name = find_name(around, "meals.food.warm")
    assert isinstance(name, Name)
    audits = homes.parents[2] / "audits"
    cells = list(csv.reader((audits / "cases.csv").read_text(encoding="utf-8").splitlines()))
    rename(around, name, "hot", although_used=True).changes.write()
    write_xlsx({column: [row[place] for row in cells[1:]] for place, column in enumerate(cells[0])}, audits / "c.xlsx")
    for file in audits.glob("*.yaml"):
        file.write_text(file.read_text(encoding="utf-8").replace("cases.csv", "c.xlsx"), encoding="utf-8")
    found = [each for each in check_paths([audits]).diagnostics if each.code == "former-column"]
    assert [(each.fix, each.hint) for each in found] == [(None, 'call it "meals.food.hot"')] * len(found)
    assert found
    assert "can be repaired" not in run("check", audits).out


def test_a_name_that_was_left_behind_is_the_one_of_now(homes: Path) -> None:
    file = homes / "1-meals.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("{id: warm,", "{id: hot, formerly: [warm],"), encoding="utf-8")
    fixed(homes).changes.write()
    assert "yes_when: {all: [fresh, {any: [hot, shared]}]}" in file.read_text(encoding="utf-8")


def test_a_standard_in_no_domain_is_put_into_the_only_one(tmp_path: Path) -> None:
    homes = write_every_name(tmp_path)
    main = homes / "framework.yaml"
    text = main.read_text(encoding="utf-8").replace("  - {id: leading, title: Leading, standards: [leadership]}\n", "")
    start, end = text.index("    leading:\n"), text.index("overall:\n")
    main.write_text((text[:start] + text[end:]).replace("{care: 4, leading: 2}", "{care: 4}"), encoding="utf-8")
    done = fixed(homes)
    assert [found.fix.says for found in done.done if found.fix] == ["add leadership to the only domain"]
    done.changes.write()
    assert "standards: [meals, night, leadership]}" in main.read_text(encoding="utf-8")


def test_answers_and_facts_of_cases_are_never_put_right(homes: Path) -> None:
    audits = homes.parents[2] / "audits"
    table = audits / "cases.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("c1,L,no,yes", "c1,L,noo,yse"), encoding="utf-8")
    found = check_paths([audits]).diagnostics
    assert found
    assert [each.fix for each in found] == [None] * len(found)


def test_what_is_only_odd_in_an_edition_in_use_is_left_alone(homes: Path) -> None:
    file = homes / "1-meals.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("title: Meals", "title: Meals,"), encoding="utf-8")
    found = check_paths([homes]).diagnostics
    assert [each.code for each in found if each.fix is not None] == ["odd-text"]
    assert [each.code for each in fix_findings(found).refused] == ["edition-in-use"]
    assert fix_findings(found, although_used=True).changes.files == (file,)


def test_a_file_that_is_not_laid_out_is_left_alone_and_the_others_are_repaired(tmp_path: Path) -> None:
    folder = with_mistake(tmp_path / "kitchens", "misspelt-key")
    main = folder / "framework.yaml"
    main.write_text(main.read_text(encoding="utf-8").replace("publisher:", "publiser:  "), encoding="utf-8")
    done = fixed(folder)
    assert [found.code for found in done.refused] == ["not-laid-out"]
    assert [file.name for file in done.changes.files] == ["hygiene.yaml"]


def test_a_file_that_says_something_else_by_now_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("id: x\n", encoding="utf-8")
    at = Location(str(file), 1, 5)
    finding = Diagnostic("unknown-name", "error", str(file), 1, 5, "", "", fix=Fix("write z", at, Replace("y", "z")))
    assert [found.code for found in fix_findings([finding]).refused] == ["cannot-edit"]


# --- At the command line ---------------------------------------------------------------------------


def test_check_offers_what_it_can_repair_and_does_it_when_told(run: Run, tmp_path: Path) -> None:
    folder = with_mistake(tmp_path / "kitchens", "misspelt-key")
    code, out, _ = run("check", folder)
    assert code == 1
    assert out.splitlines()[-1] == "1 of them can be repaired: ctm-rules check --fix"
    code, out, err = run("check", folder, "--fix")
    assert (code, out.splitlines()[-1]) == (0, "no mistakes found in 6 files")
    assert err.splitlines() == [f'repaired: {folder / "hygiene.yaml"}:4:1: write "statement"']
    assert run("check", folder, "--fix")[2] == ""


def test_what_comes_to_light_once_something_else_was_repaired_is_repaired_too(run: Run, tmp_path: Path) -> None:
    folder = with_mistake(tmp_path / "kitchens", "misspelt-key")
    file = folder / "hygiene.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("- surfaces", "- surfacs"), encoding="utf-8")
    code, _, err = run("check", folder, "--fix")
    assert code == 0
    assert [line.rpartition(": ")[2] for line in err.splitlines()] == ['write "statement"', 'write "surfaces"']


def test_programs_get_the_repair_too(run: Run, tmp_path: Path) -> None:
    import json

    folder = with_mistake(tmp_path / "kitchens", "misspelt-prompt")
    (found,) = json.loads(run("check", folder, "--json")[1])["findings"]
    assert found["fix"] == 'write "surfaces"'
    sarif = json.loads(run("check", folder, "--format", "sarif")[1])
    (result,) = sarif["runs"][0]["results"]
    ((change,),) = [fix["artifactChanges"] for fix in result["fixes"]]
    line = (folder / "hygiene.yaml").read_text(encoding="utf-8").splitlines()[found["line"] - 1]
    (replaced,) = change["replacements"]
    region = replaced["deletedRegion"]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "surfacs"
    assert replaced["insertedContent"] == {"text": "surfaces"}


def test_what_cannot_be_repaired_is_said_and_found_still(run: Run, homes: Path) -> None:
    file = homes / "1-meals.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("title: Meals", "title: Meals,"), encoding="utf-8")
    code, out, err = run("check", homes, "--fix")
    assert code == 1
    assert "edition-in-use" in err
    assert "odd-text" in out
    assert run("check", homes, "--fix", "--although-used")[0] == 0
    assert "title: Meals\n" in file.read_text(encoding="utf-8")
