"""The framework of kitchens in which nothing is wrong, and what edits make of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.paths import BAD

RIGHT = BAD / "right"


def edited(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """Return a folder with the right framework after edits: in this file, these words become those."""
    shutil.copytree(RIGHT, folder, dirs_exist_ok=True)
    for name, old, new in edits:
        file = folder / f"{name}.yaml"
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        file.write_text(text.replace(old, new), encoding="utf-8")
    return folder
