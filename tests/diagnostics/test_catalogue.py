"""The page of every code."""

from __future__ import annotations

import re

from ctm_rules.diagnostics.catalogue import documented_codes
from tests.support.paths import ROOT


def test_every_code_has_a_page() -> None:
    codes = documented_codes()
    assert len(codes) > 80
    for code in codes.values():
        for part in (code.what, code.why):
            assert re.fullmatch(r"[A-Z\w].{19,}\.", part), f"{code.id}: {part!r} is no sentence"
        for example in (code.bad, code.good):
            assert example.strip(), f"{code.id} lacks an example"
        assert code.bad.split() != code.good.split(), f"{code.id}: both examples are the same"
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.id)


def test_every_code_that_a_module_names_is_documented() -> None:
    declared = {
        match[1]
        for file in (ROOT / "src" / "ctm_rules").rglob("*.py")
        for match in re.finditer(r"= Code\(\s*\"([a-z-]+)\"", file.read_text(encoding="utf-8"))
    }
    assert declared == set(documented_codes())
