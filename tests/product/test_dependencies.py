"""What the set-up installs: written down with hashes, as new as what is declared, under licences that let anyone."""

import csv
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / ".ci/requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
BLOCK = re.compile(
    r"^(?P<name>\S+?)==(?P<version>\S+)(?: ; (?P<marker>.*?))? \\\n(?P<hashes>(?:    --hash=.*\n)*)", re.M
)

DECLARED = {
    "setup": [
        *PROJECT["project"]["dependencies"],
        *(each for extra in ("analysis", "bulk", "cli", "lsp", "pandas", "polars", "report") for each in EXTRAS[extra]),
        *PROJECT["dependency-groups"]["dev"],
        *PROJECT["build-system"]["requires"],
    ],
    "durable": EXTRAS["durable"],
    "spark": EXTRAS["spark"],
    "examples": PROJECT["dependency-groups"]["examples"],
    "xlsform": PROJECT["dependency-groups"]["xlsform"],
}


def locked(name: str) -> list[re.Match[str]]:
    return [*BLOCK.finditer((REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8"))]


@pytest.mark.parametrize("name", DECLARED)
def test_what_is_declared_is_written_down_at_a_version_that_will_do(name):
    versions: dict[str, list[str]] = {}
    for block in locked(name):
        versions.setdefault(block["name"], []).append(block["version"])
    for text in DECLARED[name]:
        requirement = Requirement(text)
        if canonicalize_name(requirement.name) != "ctm-rules":
            found = versions.get(canonicalize_name(requirement.name), [])
            assert found, f"{requirement.name} is declared and not written down: run .ci/lock"
            assert all(requirement.specifier.contains(version) for version in found), (text, found)


@pytest.mark.parametrize("name", DECLARED)
def test_every_line_that_is_written_down_is_a_version_with_hashes(name):
    text = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
    assert BLOCK.sub("", text) == "# Written by .ci/lock: edit pyproject.toml, and run that.\n"
    hashes = [line for block in locked(name) for line in block["hashes"].splitlines()]
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in hashes)
    assert all("--hash=sha256:" in block["hashes"] for block in locked(name))


def test_the_other_sets_take_the_versions_of_the_first():
    first = {(block["name"], block["version"]) for block in locked("setup")}
    names = {name for name, _ in first}
    for name in ("durable", "spark", "examples"):
        odd = {(block["name"], block["version"]) for block in locked(name) if block["name"] in names} - first
        assert not odd


def test_the_licence_of_each_is_listed():
    with (REQUIREMENTS / "licences.csv").open(newline="", encoding="utf-8") as opened:
        header, *rows = csv.reader(opened)
    assert header == ["package", "licence"]
    assert [name for name, _ in rows] == sorted({block["name"] for name in DECLARED for block in locked(name)})
    assert not [row for row in rows if re.search(r"GPL|SSPL|BUSL|not ", row[1])]
