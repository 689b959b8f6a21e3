"""An inspection whose ratings a panel may move: the example, by its standards with another ``panel: {may_move: …}``."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.editing import edit
from tests.support.paths import EXAMPLE, ROOT

PLANNING = (
    "{standard: planning, from: inadequate, rating: requires_improvement, reason: Plans are better by now., "
    "who: the ratings panel, date: 2025-10-12}"
)
"""A decision that moves a standard by one step; the shares of its cases make it Inadequate."""


def may_move(folder: Path, *decisions: str, allowed: str = "standards: 1, domains: 1, overall: 1") -> Path:
    """Write the example with standards of its own and these decisions to a folder, and return the inspection's file."""
    standards = folder / "standards" / "hmip-pdu"
    shutil.copytree(ROOT / "standards" / "hmip-pdu" / "2024", standards / "2024")
    may = f"  may_move: {{{allowed}}}\n" if allowed else ""
    edit(standards / "2024" / "framework.yaml", "  may_move: {standards: 1, overall: 1}\n", may)
    for name in ("inspection.yaml", "cases.csv"):
        shutil.copy(EXAMPLE.parent / name, folder / name)
    file = folder / "inspection.yaml"
    if decisions:
        decided = "\n".join(["decisions:", *(f"  - {decision}" for decision in decisions), ""])
        file.write_text(file.read_text(encoding="utf-8") + decided, encoding="utf-8")
    return file
