"""``ctm-rules check`` as people call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ctm_rules.frameworks.finding import standards_folder
from tests.support.commands import call
from tests.support.editing import edit


def test_without_a_path_the_shipped_standards_are_checked() -> None:
    done = call("check")
    files = [*standards_folder().rglob("*.yaml")]
    assert (done.returncode, done.stdout) == (0, f"no mistakes found in {len(files)} files\n")


def test_the_exit_code_says_what_was_found(kitchens: Path) -> None:
    edit(kitchens / "hygiene.yaml", "ask: Is food stored safely?", "ask: Food is stored safely")
    assert call("check", kitchens).returncode == 0
    assert call("check", kitchens, "--strict").returncode == 1
    edit(kitchens / "menus.yaml", "rated_by: cases", "rated_by: judgment")
    done = call("check", kitchens)
    assert done.returncode == 1
    assert done.stdout.endswith("\n1 error and 1 warning in 6 files\n")
    done = call("check", kitchens / "nowhere.yaml")
    assert done.returncode == 2
    assert "nowhere.yaml" in done.stderr
    assert call("check", kitchens, "--format", "pdf").returncode == 2


@pytest.mark.parametrize(
    "arguments", [pytest.param(["--json"], id="as a flag"), pytest.param(["--format", "json"], id="as a format")]
)
def test_json_on_the_command_line(kitchens: Path, arguments: list[str]) -> None:
    edit(kitchens / "menus.yaml", "rated_by: cases", "rated_by: judgment")
    done = call("check", ".", *arguments, cwd=kitchens)
    assert done.returncode == 1
    printed = json.loads(done.stdout)
    assert (printed["errors"], printed["warnings"]) == (1, 0)
    (finding,) = printed["findings"]
    assert (finding["file"], finding["line"], finding["code"]) == ("menus.yaml", 6, "wrong-word")
    assert len(printed["files"]) == 6


@pytest.mark.parametrize(
    ("output", "starts"),
    [
        pytest.param("github", "::error file=menus.yaml,line=6,", id="github"),
        pytest.param(
            "sarif",
            "{",
            id="sarif",
        ),
    ],
)
def test_other_formats_on_the_command_line(kitchens: Path, output: str, starts: str) -> None:
    edit(kitchens / "menus.yaml", "rated_by: cases", "rated_by: judgment")
    done = call("check", ".", "--format", output, cwd=kitchens)
    assert done.returncode == 1
    assert done.stdout.startswith(starts)
