"""What a path stands for, before anything is read from it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal


def kind_of(path: Path) -> Literal["file", "folder", "other"] | None:
    """Return what lies at a path (``None``: nothing, or nothing that may be looked at)."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # also a name that no file can have: too long, or with a NUL byte
        return None
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def real_path(path: Path) -> Path:
    """Return a path with its links followed, as far as that can be done."""
    try:
        return Path(os.path.realpath(path))  # Path.resolve raises where a link leads to itself
    except ValueError:  # a NUL byte in the name
        return path
