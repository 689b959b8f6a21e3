"""``check`` of a folder reads what is ours below it, knows it by what is in it, and says what it did not read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.formats import as_json, say_summary
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.model.declared import keys_of
from ctm_rules.scaffolding.json_schemas import KINDS
from ctm_rules.scenarios.finding import find_scenario_files
from ctm_rules.yaml_files.kinds import PARTS_OF_A_FRAMEWORK, keys_of_kind, kind_by_keys, kind_of_file
from tests.support.commands import Run
from tests.support.findings import codes_of
from tests.support.paths import EXAMPLE, ROOT

EDITION = Path("standards") / "hmip-pdu" / "2024"

# One file of each kind, where it lies in the repository.
ONE_OF_EACH = {
    "framework": EDITION / "framework.yaml",
    "facts": EDITION / "facts.yaml",
    "measures": EDITION / "measures.yaml",
    "standard": EDITION / "2.1-assessment.yaml",
    "scenarios": EDITION / "scenarios" / "assessment-safety.yaml",
    "inspection": Path("examples") / "ctm" / "inspection.yaml",
    "amendment": Path("examples") / "ctm" / "amendment.yaml",
    "reading": Path("examples") / "ctm" / "readings" / "collected.yaml",
    "words": Path("standards") / "words" / "shares.yaml",
    "language": Path("standards") / "locale" / "cy.yaml",
}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The standards and the example some folders down from the one that is checked."""
    top = tmp_path / "work" / "of" / "ours"
    shutil.copytree(standards_folder(), top / "standards")
    shutil.copytree(EXAMPLE.parent, top / "examples" / "ctm")
    return top


def without_modeline(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text("\n".join(line for line in text.split("\n") if "$schema" not in line), encoding="utf-8")


# --- Kinds ---------------------------------------------------------------------------------------


def test_there_is_a_file_of_every_kind_here_and_a_kind_has_the_keys_of_its_class() -> None:
    assert set(ONE_OF_EACH) == set(KINDS)
    for name, kind in KINDS.items():
        assert keys_of_kind(name) == set(kind.parts or keys_of(kind.cls))


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_file_is_known_by_its_keys_whatever_it_is_called(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "anything.yml"
    shutil.copy(ROOT / ONE_OF_EACH[kind], file)
    assert kind_of_file(file) == kind
    without_modeline(file)
    assert kind_of_file(file) == kind
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n") + b"  mistake: here: and: there")
    assert kind_of_file(file) == kind
    file.write_bytes(b"\xff\xfe" + file.read_text(encoding="utf-8-sig").encode("utf-16-le"))
    assert kind_of_file(file) == kind


@pytest.mark.parametrize(
    "keys",
    [
        {"language", "python", "script", "install"},
        {"service", "provider", "functions", "plugins"},
        {"name", "on", "jobs"},
        {"execution", "scenarios", "reporting"},
        {"repos", "default_language_version"},
        {"apiVersion", "kind", "metadata", "spec"},
        {"title", "source", "figures", "of"},
        {"id", "title", "source"},
        set(),
    ],
    ids=lambda keys: " ".join(sorted(keys)) or "none",
)
def test_a_file_of_another_project_is_none_of_ours(keys: set[str]) -> None:
    assert kind_by_keys(keys) is None


# --- Folders -------------------------------------------------------------------------------------


def test_everything_below_a_folder_is_read(copied: Path) -> None:
    checked = check_paths([copied.parents[1]])
    assert checked.diagnostics == ()
    read = {file.relative_to(copied) for file in checked.files}
    assert read >= set(ONE_OF_EACH.values())
    assert read >= {path.relative_to(copied) for path in copied.rglob("*.yaml")}
    assert Path("examples/ctm/cases.csv") in read
    assert checked.skipped == ()


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_mistake_in_a_file_of_any_kind_is_found_from_above_and_by_its_name(kind: str, copied: Path) -> None:
    file = copied / ONE_OF_EACH[kind]
    without_modeline(file)
    file.write_text(file.read_text(encoding="utf-8") + "\nmistkae: here\n", encoding="utf-8")
    for path in (copied.parents[1], copied, file.parent, file):
        found = check_paths([path]).diagnostics
        assert [(Path(one.file), one.code) for one in found] == [(file, "unknown-key")], path


@pytest.mark.parametrize("kind", ["scenarios", "inspection", "amendment", "reading", "words", "language"])
def test_yml_is_read_like_yaml(kind: str, copied: Path) -> None:
    file = copied / ONE_OF_EACH[kind]
    file = file.rename(file.with_suffix(".yml"))
    assert file in check_paths([copied]).files
    file.write_text(file.read_text(encoding="utf-8") + "\nmistkae: here\n", encoding="utf-8")
    assert [(Path(one.file), one.code) for one in check_paths([copied]).diagnostics] == [(file, "unknown-key")]


@pytest.mark.parametrize("kind", ["framework", *PARTS_OF_A_FRAMEWORK])
def test_yml_in_the_folder_of_a_framework_is_refused(kind: str, copied: Path) -> None:
    file = copied / ONE_OF_EACH[kind]
    file = file.rename(file.with_suffix(".yml"))
    assert "misnamed-file" in {one.code for one in check_paths([copied]).diagnostics if Path(one.file) == file}


def test_scenarios_in_a_yml_file_are_run(copied: Path, run: Run) -> None:
    before = len(find_scenario_files([copied]))
    file = copied / ONE_OF_EACH["scenarios"]
    file = file.rename(file.with_suffix(".yml"))
    assert len(find_scenario_files([copied])) == before
    ran = run("test", file)
    assert ran.code == 0
    assert f"{file.name}: " in ran.out


def test_files_of_others_are_passed_over_and_said(copied: Path) -> None:
    (copied / "mkdocs.yml").write_text("site_name: Ours\nnav: []\n", encoding="utf-8")
    (copied / "broken.yaml").write_text("{{ a template }}: {% if %}\n", encoding="utf-8")
    (copied / ".hidden").mkdir()
    (copied / ".hidden" / "workflow.yaml").write_text("on: push\n", encoding="utf-8")
    (copied / "audit.xlsx").write_bytes(b"PK")
    (copied / "counts.csv").write_text("region,cases\nnorth,3\n", encoding="utf-8")
    checked = check_paths([copied])
    assert checked.diagnostics == ()
    assert [file.name for file in checked.skipped] == ["audit.xlsx", "broken.yaml", "mkdocs.yml"]
    assert not set(checked.skipped) & set(checked.files)
    said = say_summary(checked.diagnostics, len(checked.files), checked.skipped)
    assert said.startswith(f"no mistakes found in {len(checked.files)} files; not read: ")
    assert said.endswith("mkdocs.yml")
    listed = as_json(checked.diagnostics, checked.files, checked.skipped)["skipped"]
    assert isinstance(listed, list)
    assert len(listed) == 3
    many = [Path(f"{number}.yaml") for number in range(7)]
    assert say_summary([], 1, many).endswith("0.yaml, 1.yaml, 2.yaml, 3.yaml, 4.yaml and 2 more")


def test_standards_outside_every_framework_are_said(tmp_path: Path) -> None:
    lost = tmp_path / "drafts"
    lost.mkdir()
    shutil.copy(ROOT / ONE_OF_EACH["standard"], lost / "new.yaml")
    shutil.copy(ROOT / ONE_OF_EACH["facts"], lost / "facts.yaml")
    assert [(Path(one.file), one.code) for one in check_paths([tmp_path]).diagnostics] == [(lost, "file-not-readable")]
    assert codes_of(lost / "new.yaml") == ["misnamed-file"]


# --- Tables and files by name --------------------------------------------------------------------


def test_a_case_table_is_checked_with_the_inspection_that_names_it(copied: Path) -> None:
    table = copied / "examples" / "ctm" / "cases.csv"
    checked = check_paths([table])
    assert checked.diagnostics == ()
    assert set(checked.files) == {table.with_name("inspection.yaml"), table}
    table.write_text(table.read_text(encoding="utf-8").replace(",yes,", ",yse,", 1), encoding="utf-8")
    assert codes_of(table) == ["bad-value"]
    stray = table.with_name("stray.csv")
    shutil.copy(table, stray)
    assert codes_of(stray) == ["table-without-inspection"]
    checked = check_paths([copied])
    assert [found.code for found in checked.diagnostics] == ["bad-value"]
    assert checked.skipped == (stray,)


@pytest.mark.parametrize("name", ["mkdocs.yml", "notes.md", "data.json"])
def test_a_file_that_was_named_and_is_none_of_ours_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("site_name: Ours\n", encoding="utf-8")
    checked = check_paths([tmp_path / name])
    assert [found.code for found in checked.diagnostics] == ["unknown-file"]
    assert checked.files == ()


def test_a_folder_with_nothing_of_ours_is_said(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: Ours\n", encoding="utf-8")
    assert codes_of(tmp_path) == ["file-not-readable"]


def test_an_inspection_and_an_amendment_may_lie_beside_the_framework(editable: Path, run: Run) -> None:
    inspection, amendment = (editable / name for name in ("inspection.yaml", "amendment.yaml"))
    text = EXAMPLE.read_text(encoding="utf-8")
    before = text.splitlines()
    framework = next(line for line in before if line.startswith("framework:"))
    inspection.write_text(text.replace(framework, "framework: {path: .}", 1), encoding="utf-8")
    shutil.copy(EXAMPLE.with_name("amendment.yaml"), amendment)
    shutil.copy(EXAMPLE.with_name("cases.csv"), editable)
    without_modeline(inspection)
    assert check_paths([editable]).errors == 0
    assert run("check", editable).code == 0
    rated = run("rate", inspection)
    assert rated.code == 0, rated
    assert "score 4 of 21" in rated.out
    inspection.write_text(inspection.read_text(encoding="utf-8").replace("fieldwork:", "feildwork:"), encoding="utf-8")
    assert "unknown-key" in codes_of(editable)
