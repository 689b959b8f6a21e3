"""Texts that say the same although they belong to different things."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ctm_rules.diagnostics.findings import Code, Findings, Location


def check_differ(findings: Findings, code: Code, what: str, texts: Sequence[tuple[str, str, Location]]) -> None:
    """Report texts that say the same; each comes with the id of what says it and with its place."""
    seen: dict[str, tuple[str, Location]] = {}
    for text, name, at in texts:
        folded = " ".join(re.findall(r"\w+", text.casefold())) or text
        other, first = seen.setdefault(folded, (name, at))
        if other != name:  # two things of one id are copies of one another, and that has been said
            where = f"on line {first.line}" if first.file == at.file else f"in {first}"
            message = f'two {what} the same: "{name}" and "{other}" ({where})'
            findings.add(code, at, message, hint="change one of them, or delete the copy")
