"""What a path stands for and what lies below it, before anything is read from it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal


def kind_of(path: Path) -> Literal["file", "folder", "other"] | None:
    """Return what lies at a path (``None``: nothing, or nothing that may be looked at)."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # also a name that no file can have: too long, or with a NUL byte
        return None
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?", re.IGNORECASE)


def is_file_name(name: str) -> bool:
    """Return whether a name can be that of a file in a folder, whatever the system: it leads nowhere, and to no device.

    >>> [is_file_name(name) for name in ("facts.yaml", "../facts.yaml", "C:facts.yaml", "nul.yaml")]
    [True, False, False, False]
    """
    is_one = name not in ("", ".", "..") and not re.search(r"[/\\:]", name) and name.isprintable()
    return is_one and _DEVICE.fullmatch(name) is None and not name.endswith((" ", "."))


def real_path(path: Path) -> Path:
    """Return a path with its links followed, as far as that can be done."""
    try:
        return Path(os.path.realpath(path))  # Path.resolve raises where a link leads to itself
    except ValueError:  # a NUL byte in the name
        return path


STANDARDS_FOLDER = "standards"
"""What a folder of frameworks is called, where it is looked for."""


def lies_in(path: Path, *folders: Path) -> bool:
    """Return whether what a path leads to lies in one of these folders or below it, wherever links lead."""
    real = real_path(path)
    return any(real.is_relative_to(real_path(folder)) for folder in folders)


def leads_out(path: Path, folder: Path) -> bool:
    """Return whether what was found in a folder is a link out of it, and of the folder of standards that holds it."""
    if not path.is_symlink():
        return False
    above = (*Path(os.path.abspath(folder)).parents, *real_path(folder).parents)  # noqa: PTH100 - links are not followed
    return not lies_in(path, folder, *(each for each in above if each.name == STANDARDS_FOLDER))


def links_below(top: Path) -> Iterator[Path]:
    """Yield the links to files and folders in a folder and below it, hidden ones too."""
    waiting = [os.fspath(top)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as listed:
            for each in sorted(listed, key=lambda each: each.name):
                if each.is_symlink():
                    yield Path(each.path)
                elif each.is_dir(follow_symlinks=False):
                    waiting.append(each.path)


def descriptor_of(path: Path) -> int | None:
    """Return which of the streams that this process has open a path stands for, as ``/dev/stdout`` does.

    To open it by its name would begin at the start of the file that it leads to, over what was printed there.
    """
    streams = rf"/dev/fd|/proc/(self|{os.getpid()})(/task/[0-9]+)?/fd"
    for _ in range(_LINKS):
        place = real_path(path.parent)
        if re.fullmatch("[0-9]{1,9}", path.name) and re.fullmatch(streams, str(place)):
            return int(path.name) if path.exists() else None
        try:
            path = place / path.readlink()
        except (OSError, ValueError):  # it is no link
            return None
    return None


_LINKS = 40
"""How many links a system follows one after the other."""


_NEVER_OURS = ("node_modules", "__pycache__")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder, or a link to one; a link to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def folders_below(top: Path, closed: list[Path] | None = None) -> Iterator[tuple[Path, list[Path]]]:
    """Yield each folder from ``top`` downwards with the files that lie in it, by name; what is hidden is left out.

    ``closed`` takes the folders that this user may not look into.
    """
    waiting = [os.fspath(top)]  # os.walk calls itself for each, and folders may lie deeper in another than Python calls
    while waiting:
        name = waiting.pop()
        try:
            with os.scandir(name) as listed:
                entries = sorted((each for each in listed if not each.name.startswith(".")), key=lambda each: each.name)
        except PermissionError:
            if closed is not None:
                closed.append(Path(name))
            continue
        except (OSError, ValueError):  # what is gone meanwhile, or what no path is long enough for
            continue
        yield Path(name), [Path(each.path) for each in entries if not _is_folder(each)]
        below = (each for each in entries if each.is_dir(follow_symlinks=False) and each.name not in _NEVER_OURS)
        waiting += reversed([each.path for each in below])
