"""How far the writing of several files got (write-ahead log): what a process that was ended has left of it.

A scratch folder holds what is to be put in place, with a journal that says what goes where. Whoever writes there next
finishes it; who only reads changes nothing, and is told where what it reads is of a set that is neither old nor new.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path, PurePath
from typing import Literal

from attrs import frozen

from ctm_rules.limits import MAX_FOLDERS_ABOVE, MAX_JOURNAL_BYTES
from ctm_rules.paths import real_path

SCRATCH = ".ctm-rules-"
"""How the names of scratch folders begin."""

JOURNAL = "journal.json"
_LOCK = "lock"
_OURS = re.compile(r"[0-9]+(\.before)?|journal\.(json|new)|lock")


@frozen
class Step:
    """One thing to be put in place.

    Attributes:
        how: ``replace`` a file by one rename, ``overwrite`` it where its other names or its owner would be lost,
            ``add`` a folder, ``switch`` one for the other, or ``remove`` a file.
        name: what it is called in the scratch folder; what was there before is kept under the same name with an ending.
        to: where it goes, from the folder that holds the scratch folder.
        was_there: whether something was there before.
        number: the number that the system has for a new folder, by which it is known to be in place.
    """

    how: Literal["replace", "overwrite", "add", "switch", "remove"]
    name: str
    to: str
    was_there: bool
    number: int = 0

    def is_in_place(self, scratch: Path) -> bool | None:
        """Return whether it is in place (``None``: a part of it is)."""
        staged, target = scratch / self.name, scratch.parent / self.to
        if self.how == "switch":
            return target.exists() and target.stat().st_ino == self.number
        if self.how == "remove":
            return not target.exists()
        if self.how != "overwrite":
            return not staged.exists()
        import filecmp  # it is needed where something went wrong, and by no other command

        if filecmp.cmp(staged, target, shallow=False):
            return True
        return False if filecmp.cmp(kept(staged), target, shallow=False) else None


def kept(staged: Path) -> Path:
    """Return where in a scratch folder is kept what something takes the place of."""
    return staged.with_name(f"{staged.name}.before")


@frozen
class Journal:
    """What is to be put in place together: the folders that are made first, and what goes where."""

    folders: tuple[str, ...]
    steps: tuple[Step, ...]


def read_journal(scratch: Path) -> Journal | None:
    """Return what the journal of a scratch folder says (``None``: it has none, or one that is none of ours).

    It may be anybody's, in a folder that came from somewhere: it must lead nowhere but into the folder that it lies in.
    """
    try:
        with (scratch / JOURNAL).open("rb") as file:
            said = json.loads(file.read(MAX_JOURNAL_BYTES))
        steps = tuple(Step(**step) for step in said["steps"])
        made = tuple(str(folder) for folder in said["folders"])
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return None
    top = real_path(scratch.parent)
    leads_inside = all(
        is_inside(to) and real_path(top / to) == top / to for to in (*made, *(step.to for step in steps))
    )
    return Journal(made, steps) if leads_inside and all(_OURS.fullmatch(step.name) for step in steps) else None


def is_inside(to: str) -> bool:
    """Return whether a relative path stays below where it starts."""
    return to not in ("", ".") and not Path(to).is_absolute() and ".." not in PurePath(to).parts


def scratch_folders(place: Path) -> Iterator[Path]:
    """Yield the scratch folders in a folder: they hold what such folders hold, and nothing else."""
    try:
        left = [Path(each.path) for each in os.scandir(place) if each.name.startswith(SCRATCH)]
    except OSError:  # it is not there, or nothing in it may be seen
        return
    for scratch in left:
        with suppress(OSError):
            if stat.S_ISDIR(scratch.lstat().st_mode) and all(_OURS.fullmatch(each.name) for each in scratch.iterdir()):
                yield scratch


def is_own(scratch: Path, *others: int) -> bool:
    """Return whether this user has made a scratch folder, or one of those others (where users have numbers)."""
    with suppress(OSError):
        return not hasattr(os, "getuid") or scratch.lstat().st_uid in (os.getuid(), *others)
    return False


@contextmanager
def locked(scratch: Path, *, to_read: bool = False) -> Iterator[bool | None]:
    """Hold the lock of a scratch folder, and say whether it was free (``None``: this disk knows no locks)."""
    try:
        file = (scratch / _LOCK).open("rb" if to_read else "ab")
    except FileNotFoundError:
        yield to_read
        return
    with file:
        is_free: bool | None = True
        try:
            lock(file.fileno(), to_read=to_read)
        except OSError as error:
            is_free = False if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK) else None
        yield is_free


def lock(handle: int, *, to_read: bool) -> None:
    """Lock an open file for this process alone, or for all that read, and do not wait for it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, (fcntl.LOCK_SH if to_read else fcntl.LOCK_EX) | fcntl.LOCK_NB)


# --- for those who read ----------------------------------------------------------------------------


def is_half_written(path: Path) -> bool:
    """Return whether a file is one of several that were to be written together, of which only some were."""
    try:
        target = real_path(path)
        places = islice(target.parents, MAX_FOLDERS_ABOVE)
        return any(_is_half_done(scratch, target) for place in places for scratch in scratch_folders(place))
    except OSError:
        return False


def _is_half_done(scratch: Path, target: Path) -> bool:
    """Return whether a scratch folder was left while this file, and others with it, were put in place."""
    place = scratch.parent
    about = place.stat()
    # Where everybody may put something beside another's (/tmp), it says nothing of what is not its maker's own.
    if about.st_mode & stat.S_ISVTX and not is_own(scratch, about.st_uid):
        return False
    journal = read_journal(scratch)
    if journal is None or not any(target.is_relative_to(place / step.to) for step in journal.steps):
        return False
    with locked(scratch, to_read=True) as is_free:
        states = {step.is_in_place(scratch) for step in journal.steps}
        return is_free is True and (len(states) > 1 or None in states)
