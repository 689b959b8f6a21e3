"""CONTRIBUTING leads to what exists: every path and name that it says is there."""

from __future__ import annotations

import re

import pytest

from tests.support.paths import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
HOUSE = ROOT / "src" / "ctm_rules"


def rows(heading: str) -> list[tuple[str, str]]:
    """Return the rows of the first table below a heading: what stands left, and the rest of the line."""
    _, _, below = TEXT.partition(f"\n## {heading}")
    section = below.partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ") and not line.startswith("| what |")]
    return [(left.strip(" |"), right) for left, _, right in (line[2:].partition(" | ") for line in lines)]


def paths_in(text: str) -> list[str]:
    """Return what stands in a text as a path: with an ending, or a folder."""
    return [word for word in re.findall(r"`([^` ]+)`", text) if word.endswith(("/", ".py", ".md"))]


def test_every_package_has_its_line() -> None:
    listed = [path.rstrip("/") for left, _ in rows("Architecture") for path in paths_in(f"`{left.strip('`')}`")]
    there = {entry.name for entry in HOUSE.iterdir() if not entry.name.startswith(("_", "py."))}
    assert sorted(listed) == sorted(there - {"api.py", "extras.py", "standards"})


CHANGES = rows("Where do I change …")


@pytest.mark.parametrize(("what", "where"), CHANGES, ids=[what[:50] for what, _ in CHANGES])
def test_what_is_named_is_there(what: str, where: str) -> None:
    paths = [HOUSE / path if (HOUSE / path).exists() else ROOT / path for path in [*paths_in(where), *paths_in(what)]]
    assert paths
    assert [path for path in paths if not path.exists()] == []
    code = "".join(path.read_text(encoding="utf-8") for path in paths if path.suffix == ".py")
    named = re.findall(r"`([A-Za-z_]\w*)`", where)
    named = [name for name in named if name not in ("Code", "command", "mypy", "assert_never", "check", "diff")]
    missing = [name for name in named if not re.search(rf"\b(class|def) {name}\b|^{name}\b", code, re.M)]
    assert missing == []


def test_a_new_form_of_clause_is_found_where_it_says() -> None:
    # Conditions stand in rating rules too, and what tells forms of those apart has a row of its own.
    where = dict(CHANGES)["a new form of clause"] + dict(CHANGES)["a new form of rating rule"]
    # What tells other things apart than clauses, such as kinds of files, does not import their forms.
    texts = {path: path.read_text(encoding="utf-8") for path in HOUSE.rglob("*.py")}
    clauses = "class PromptIsYes|PromptIsYes|FactTest|Condition"
    exhaustive = [path for path, text in texts.items() if "assert_never(" in text and re.search(clauses, text)]
    named = {HOUSE / path for path in paths_in(where)}
    assert sorted(path for path in exhaustive if path not in named) == []
