"""What ``check`` finds in paths of every kind, whole and broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctm_rules.checking.files import check_paths
from ctm_rules.checking.framework import check_framework
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.limits import MAX_YAML_BYTES
from tests.support.editing import edit
from tests.support.every_name import write_every_name
from tests.support.findings import codes_of
from tests.support.paths import EXAMPLE
from tests.support.right_framework import RIGHT
from tests.support.small_framework import Small

# --- What is shipped has no finding ----------------------------------------------------------------


@pytest.mark.parametrize("path", [standards_folder(), EXAMPLE, EXAMPLE.parent], ids=["standards", "example", "folder"])
def test_nothing_is_found_in_what_is_shipped(path: Path) -> None:
    checked = check_paths([path])
    assert checked.diagnostics == ()
    assert checked.files


def test_nothing_is_found_in_the_small_framework_of_the_tests(small: Small) -> None:
    # The small framework leaves facts unused and names no source; nothing else is odd about it.
    assert {found.code for found in check_framework(small())} == {"unused-fact", "missing-source"}


# --- Paths -----------------------------------------------------------------------------------------


def test_several_files_are_looked_at_even_where_one_is_broken(kitchens: Path) -> None:
    edit(kitchens / "framework.yaml", "edition: ", "edition ")
    edit(kitchens / "hygiene.yaml", "statement:", "statment:")
    edit(kitchens / "menus.yaml", "of: [allergens, delivery, feedback]", "of: [allergens, delivry, feedback]")
    edit(kitchens / "facts.yaml", "type: date", "type: dat")
    found = [(Path(one.file).name, one.code) for one in check_paths([kitchens]).diagnostics]
    assert found == [
        ("facts.yaml", "wrong-word"),
        ("framework.yaml", "yaml-syntax"),
        ("hygiene.yaml", "unknown-key"),
        ("menus.yaml", "unknown-name"),
    ]


def test_a_file_of_a_framework_stands_for_all_of_it_and_is_checked_once(kitchens: Path) -> None:
    edit(kitchens / "menus.yaml", "rated_by: cases", "rated_by: judgment")
    files = [kitchens / "hygiene.yaml", kitchens / "framework.yaml", kitchens]
    assert codes_of(*files) == ["wrong-word"]


def test_a_framework_of_one_file_is_checked(tmp_path: Path, small: Small) -> None:
    small()
    edit(tmp_path / "kitchens.yaml", "yes_when: {all: [floors, knives, meat]}", "yes_when: {not: [floors]}")
    assert codes_of(tmp_path / "kitchens.yaml") == ["bad-rule"]


def test_line_ends_and_a_byte_order_mark_are_no_mistake(kitchens: Path) -> None:
    for file in kitchens.iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert codes_of(kitchens) == []


@pytest.mark.parametrize("path", ["nowhere", "nowhere.yaml", "framework.yaml/nowhere"])
def test_a_path_that_does_not_exist_is_said(kitchens: Path, path: str) -> None:
    assert codes_of(kitchens / path) == ["file-not-readable"]


def test_a_folder_with_nothing_to_check_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    assert codes_of(tmp_path) == ["file-not-readable"]


def test_files_that_are_far_too_large_or_too_deep_are_refused(kitchens: Path) -> None:
    (kitchens / "hygiene.yaml").write_text("id: a\n" + "#" * MAX_YAML_BYTES, encoding="utf-8")
    (kitchens / "menus.yaml").write_text("id: " + "[" * 200, encoding="utf-8")
    assert codes_of(kitchens) == ["file-too-large", "too-deep"]


def test_files_outside_every_framework_are_found(kitchens: Path) -> None:
    root = kitchens.parents[1]
    shutil.copy(kitchens / "menus.yaml", kitchens.parent / "menus.yaml")
    shutil.copytree(kitchens, kitchens.parent / "2027")
    (kitchens.parent / "2027" / "framework.yaml").unlink()
    (root / "words").mkdir()
    (root / "words" / "shares.yaml").write_text("about: something else\n", encoding="utf-8")
    found = [(Path(one.file).relative_to(root).as_posix(), one.code) for one in check_paths([root]).diagnostics]
    assert found == [("kitchens/2027", "file-not-readable"), ("kitchens/menus.yaml", "misnamed-file")]


def test_a_framework_lies_under_its_own_name(kitchens: Path) -> None:
    root = kitchens.parents[1]
    kitchens.rename(kitchens.parent / "2027")
    found = check_paths([root]).diagnostics
    assert [(Path(one.file).name, one.line, one.code) for one in found] == [("framework.yaml", 2, "folder-name")]
    assert '"2027"' in found[0].message
    # A folder of one's own may be called anything.
    assert codes_of(kitchens.parent / "2027") == []


# --- Other kinds of file -----------------------------------------------------------------------------


def test_an_inspection_is_checked_with_its_cases(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLE.parent, tmp_path / "ctm"))
    edit(folder / "inspection.yaml", "standard: leadership", "standard: leadersip")
    edit(folder / "cases.csv", ",licence,", ",license,")
    found = {(Path(one.file).name, one.code) for one in check_paths([folder]).diagnostics}
    assert ("inspection.yaml", "unknown-name") in found
    assert ("cases.csv", "bad-value") in found


def test_an_amendment_is_held_against_the_framework_that_it_amends(tmp_path: Path) -> None:
    file = tmp_path / "amendment.yaml"
    text = 'amends: {id: hmip-pdu, edition: "2024"}\ntitle: Lower\nreason: To see\nset: {ADDRESS: 60}\n'
    file.write_text(text.replace("ADDRESS", "key_question_bands.bands.good.from"), encoding="utf-8")
    assert codes_of(file) == []
    file.write_text(text.replace("ADDRESS", "key_question_bands.bands.god.from"), encoding="utf-8")
    assert codes_of(file) == ["unknown-address"]


def test_a_framework_that_is_not_known_is_said_where_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "amendment.yaml"
    file.write_text('amends: {id: hmip-pud, edition: "2024"}\ntitle: Lower\nreason: To see\n', encoding="utf-8")
    (found,) = check_paths([file]).diagnostics
    assert found.code == "unknown-framework"
    assert "hmip-pdu" in found.hint


def test_a_rule_that_nobody_could_read_is_said_to_be_undecided(kitchens: Path) -> None:
    prompts = "".join(f"      - {{id: p{number}, ask: Is {number} right?}}\n" for number in range(250))
    clauses = ", ".join(f"p{number}" for number in range(250))
    text = (kitchens / "hygiene.yaml").read_text(encoding="utf-8").split("    prompts:")[0]
    rule = f"    prompts:\n{prompts}    yes_when: {{at_least: {{count: 125, of: [{clauses}]}}}}\n"
    (kitchens / "hygiene.yaml").write_text(text + rule, encoding="utf-8")
    assert codes_of(kitchens) == ["rule-too-tangled"]


def test_scenarios_are_read_and_not_run(kitchens: Path) -> None:
    (kitchens / "scenarios").mkdir()
    file = kitchens / "scenarios" / "menus.yaml"
    # The scenario fails, which is for `test` to say.
    text = """
key_question: hygiene.cleaning
scenarios:
  - name: Dirty floors do not matter
    given: {answers: {surfaces: yes, floors: yes, records: yes}}
    expect: {outcome: no}
"""
    file.write_text(text, encoding="utf-8")
    assert codes_of(file) == []
    file.write_text(text.replace("floors: yes", "flors: yes"), encoding="utf-8")
    assert codes_of(file) == ["unknown-name"]


# --- Nothing in a file raises ------------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=st.sampled_from(sorted(file.name for file in RIGHT.iterdir())),
    at=st.floats(0, 1),
    cut=st.integers(0, 40),
    put=st.text("ab01:-#{}[]\"',\n\t |>&*!%@?é\x00", max_size=6)
    | st.sampled_from(["yes", "null", "~", "1e3", "- ", ": "]),
)
def test_no_edit_of_a_file_raises(
    tmp_path_factory: pytest.TempPathFactory, name: str, at: float, cut: int, put: str
) -> None:
    folder = Path(shutil.copytree(RIGHT, tmp_path_factory.mktemp("edited") / "kitchens"))
    text = (RIGHT / name).read_text(encoding="utf-8")
    place = int(at * len(text))
    edited = text[:place] + put + text[place + cut :]
    (folder / name).write_text(edited, encoding="utf-8", newline="")
    for found in check_paths([folder]).diagnostics:
        assert found.message
        assert Path(found.file).is_relative_to(folder)
        lines = len(Path(found.file).read_text(encoding="utf-8").splitlines())
        assert 0 <= found.line <= lines + 1


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param("4-fires.yaml", "scale: safety", "scael: safety", id="a standard that a condition names"),
        pytest.param("1-meals.yaml", "statement: People", "statment: People", id="one that is counted"),
        pytest.param("1-meals.yaml", "    ask: Is the food", "    aks: Is the food", id="a key question of it"),
        pytest.param("framework.yaml", "{id: care, title: Care,", "{id: care, titel: Care,", id="a domain"),
    ],
)
def test_what_only_follows_from_an_element_that_could_not_be_read_is_not_said(
    tmp_path: Path, file: str, old: str, new: str
) -> None:
    """A misspelt key is one mistake: rules that name the element which has it are right."""
    homes = write_every_name(tmp_path)
    path = homes / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = [each for each in check_paths([homes]).diagnostics if each.severity == "error"]
    assert [each.code for each in found] == ["unknown-key"], [each.message for each in found]
