"""What the mutation tests leave out of account is still there: a function that moves takes its entries along."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.support.paths import ROOT

ENTRIES = tomllib.loads((ROOT / "tests" / "mutation" / "equivalent.toml").read_text(encoding="utf-8"))["equivalent"]


@pytest.mark.parametrize("place", sorted({entry["in"] for entry in ENTRIES}), ids=lambda place: place.partition(":")[2])
def test_the_lines_stand_where_the_entries_say(place: str) -> None:
    module, _, function = place.partition(":")
    path = ROOT / "src" / "ctm_rules" / f"{module.replace('.', '/')}.py"
    code = re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))
    assert f"def {function.rpartition('.')[2]}(" in code
    lines = {re.sub(r"\s+", " ", entry["line"]) for entry in ENTRIES if entry["in"] == place}
    assert [line for line in sorted(lines) if line not in code] == []
