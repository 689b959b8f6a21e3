"""What was done and not saved yet, kept outside the folder of standards: a crash loses nothing."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from ctm_rules.editing.history import Contents
from ctm_rules.paths import real_path
from ctm_rules.writing import write_together


@frozen
class Draft:
    """Files that somebody changed and did not save.

    Attributes:
        before: what they held on the disk (``None``: there was no such file).
        after: what they were to hold.
    """

    before: Contents
    after: Contents


def state_folder() -> Path:
    """Return where programs of this user keep what they would go on with: the place that the system has for it."""
    if sys.platform == "win32":
        known = os.environ.get("LOCALAPPDATA")
        return Path(known) if known else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    known = os.environ.get("XDG_STATE_HOME")
    return Path(known) if known and Path(known).is_absolute() else Path.home() / ".local" / "state"


def draft_file(path: Path) -> Path:
    """Return the file that keeps what is not saved of the standards in a folder or file."""
    name = hashlib.sha256(str(real_path(path)).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return state_folder() / "ctm-rules" / f"draft-{name}.json"


def keep_draft(path: Path, draft: Draft) -> None:
    """Keep what is not saved of the standards in a folder or file; nothing to keep takes the file away.

    Raises:
        DiagnosticError: it cannot be written.
    """
    file = draft_file(path)
    if not draft.after:
        file.unlink(missing_ok=True)
        return
    data = {
        str(each): {"before": _text(draft.before.get(each)), "after": _text(after)}
        for each, after in draft.after.items()
    }
    content = json.dumps({"standards": str(real_path(path)), "files": data}, ensure_ascii=False)
    write_together({file: content.encode("utf-8", "surrogateescape")}, file.parent, private=[file.name])


def kept_draft(path: Path) -> Draft | None:
    """Return what was not saved of the standards in a folder or file (``None``: nothing that could be read)."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        kept = json.loads(draft_file(path).read_bytes().decode("utf-8", "surrogateescape"))
        files = {Path(name): each for name, each in kept["files"].items()}
        before = {file: _bytes(each["before"]) for file, each in files.items()}
        after = {file: _bytes(each["after"]) for file, each in files.items()}
        return Draft(before, after) if after else None
    return None


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "surrogateescape")


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("utf-8", "surrogateescape")
