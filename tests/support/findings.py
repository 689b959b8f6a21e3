"""What is found in files, and what every finding must be: said well, and about what stands where it points."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ctm_rules.checking.files import check_paths
from ctm_rules.diagnostics.findings import Diagnostic


def standing_at(found: Diagnostic) -> tuple[str, str]:
    """Return the line of a finding, up to its column and from there on."""
    line = Path(found.file).read_text(encoding="utf-8").splitlines()[found.line - 1]
    return line[: found.column - 1], line[found.column - 1 :]


# What stands where a mistake of meaning is found: the whole block that it is about, or the value that it is about.
_BLOCK, _VALUE = re.compile(r"\{?id: "), re.compile(r"(?!\{?\w+: )\S")
_VALUE_OR_KEY = re.compile(r"(?!\{)\S")
STANDS_THERE = {
    **dict.fromkeys(["lone-group", "missing-source", "unused-fact", "unused-prompt", "unused-variant"], _BLOCK),
    **dict.fromkeys(["assumes-nothing", "count-too-high", "edition-dates"], _VALUE),
    "ids-alike": _VALUE_OR_KEY,
    **dict.fromkeys(["label-of-another", "not-a-question", "odd-text"], _VALUE),
    **dict.fromkeys(["same-edition", "same-label", "same-text"], _VALUE),
}  # fmt: skip


def assert_well_said(findings: Iterable[Diagnostic]) -> None:
    """Every finding has a message and a hint, in lower case, and points at what has to be changed."""
    for found in findings:
        for said in (found.message, found.hint):
            assert re.match('[a-z0-9"#]|Allowed: |Keys: ', said), said
            own_words = re.sub('"[^"]*"|“[^”]*”', "", said)
            assert not re.search("[A-Z]{2}", re.sub(r"YAML|UTF-8|CSV|\(U\+[0-9A-F]+\)", "", own_words)), said
        if found.code in STANDS_THERE:
            _, there = standing_at(found)
            assert STANDS_THERE[found.code].match(there), f"at {there!r}: {found}"


def codes_of(*paths: Path) -> list[str]:
    """Return the codes of what ``check`` finds in files and folders."""
    return [found.code for found in check_paths(paths).diagnostics]
