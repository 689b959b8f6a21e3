"""The pytest plugin collects scenario files and shows what the command shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import Run
from tests.support.scenario_files import TWO, Tree

pytest_plugins = ["pytester"]


def test_pytest_collects_the_same_files_and_shows_the_same_failure(
    pytester: pytest.Pytester, tree: Tree, run: Run
) -> None:
    file = tree(TWO)
    command = run("test", "standards").out
    failure = command[command.index("outcome of") : command.index("\n2 scenarios")].rstrip()
    Path("standards/scenarios").mkdir()
    Path("standards/scenarios/foreign.yaml").write_text("just: yaml\n", encoding="utf-8")
    result = pytester.runpytest_inprocess("standards", f"--rootdir={Path.cwd()}", "-rA")
    result.assert_outcomes(passed=1, failed=1)
    text = result.stdout.str()
    assert failure in text
    assert "Traceback" not in text
    assert "_FailedScenario" not in text.split("short test summary")[0]
    assert f"PASSED {file}::Clean floors and knives" in text


def test_pytest_reports_a_broken_file_by_its_diagnostics(pytester: pytest.Pytester, tree: Tree) -> None:
    file = tree(TWO.replace("floors: no", "flors: no"))
    result = pytester.runpytest_inprocess("standards", f"--rootdir={Path.cwd()}")
    result.assert_outcomes(errors=1)
    assert f"{file}:8:" in result.stdout.str()
    assert 'there is no prompt "flors" [unknown-name]' in result.stdout.str()


FOREIGN = {
    "nothing of ours": "a: 1\n",
    "keys like ours": "scenarios: [{name: smoke, expect: {status: 200}}]\n",
    "no YAML": "{{ jinja }}: [\n",
    "a tag": "!include other.yaml\n",
    "a list": "- one\n- two\n",
    "nothing": "",
    "no text": "\0\udcff",
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize(
    "framework",
    ["id: x\n", "title: A\nid: b\nfacts: []\n", "", "\0\udcff", "[", "framework: laravel\nedition: 3\n"],
    ids=["an id", "some keys", "nothing", "no text", "no YAML", "another edition"],
)
def test_pytest_runs_another_project_as_if_this_library_were_not_there(
    pytester: pytest.Pytester, framework: str, content: str
) -> None:
    below = Path("project", "scenarios", "below")
    below.mkdir(parents=True)
    for file, text in (
        (Path("project", "framework.yaml"), framework),
        (below.parent / "x.yaml", content),
        (below / "y.yaml", content),
        (below / "z.yml", content),
    ):
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
    Path("project", "test_a.py").write_text("def test_a(): pass\n", encoding="utf-8")
    result = pytester.runpytest_inprocess("project", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
    assert result.ret == 0


def test_pytest_is_not_stopped_by_what_is_no_file(pytester: pytest.Pytester) -> None:
    folder = Path("project", "scenarios")
    folder.mkdir(parents=True)
    os.mkfifo(folder / "pipe.yaml")
    os.mkfifo(folder.parent / "framework.yaml")
    (folder / "itself.yaml").symlink_to("itself.yaml")
    (folder / "gone.yaml").symlink_to("nowhere.yaml")
    (folder / "folder.yaml").mkdir()
    Path("project", "test_a.py").write_text("def test_a(): pass\n", encoding="utf-8")
    pytester.runpytest_inprocess("project", "-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_pytest_reads_no_scenarios_to_which_a_link_leads_out_of_the_project(
    pytester: pytest.Pytester, tree: Tree, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    elsewhere.write_text("what is nobody's business: 1\n", encoding="utf-8")
    tree(TWO).with_name("linked.yaml").symlink_to(elsewhere)
    result = pytester.runpytest_inprocess("standards", f"--rootdir={Path.cwd()}")
    result.assert_outcomes(errors=1)
    assert "linked.yaml is a link that leads out of" in result.stdout.str()
    assert "nobody's business" not in result.stdout.str()


def test_pytest_still_names_what_is_wrong_with_a_framework_of_ours(pytester: pytest.Pytester, tree: Tree) -> None:
    tree(TWO)
    framework = next(Path("standards").rglob("framework.yaml"))
    framework.write_text(framework.read_text(encoding="utf-8").replace("ratings:", "rattings:"), encoding="utf-8")
    result = pytester.runpytest_inprocess("standards", f"--rootdir={Path.cwd()}")
    result.assert_outcomes(errors=1)
    assert "rattings" in result.stdout.str()


def test_the_plugin_costs_nothing_where_there_are_no_scenarios() -> None:
    loaded = "import sys, ctm_rules.pytest_plugin; print([name for name in sys.modules if name.startswith('ruamel')])"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
