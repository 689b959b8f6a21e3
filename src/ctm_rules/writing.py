"""Files and folders written as one unit: all of them or none, whenever and however the writing ends.

Everything is made in a scratch folder first. Where more than one thing is to be put in place, a journal in it says what
goes where; from then on the unit counts as written. Whoever writes there next finishes what such a journal says, and
removes what was left without one. A process that still runs holds a lock on its scratch folder.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import Literal

import attrs

from ctm_rules.diagnostics.findings import Code, Diagnostic, Location, RequestError
from ctm_rules.journals import (
    JOURNAL,
    SCRATCH,
    Step,
    is_inside,
    is_own,
    kept,
    locked,
    read_journal,
    scratch_folders,
)
from ctm_rules.paths import descriptor_of, kind_of, real_path

FILE_NOT_WRITABLE = Code(
    "file-not-writable",
    "error",
    what="A file cannot be written.",
    why="The file is left as it was; nothing is ever half written.",
    bad="a file that is open in another program, or in a folder that may only be read",
    good="the same file in a folder of your own",
)


def not_writable(path: Path, error: OSError | ValueError) -> Diagnostic:
    """Return the finding that a file or folder cannot be written, and what to do about it."""
    kind = "folder" if kind_of(path) == "folder" else "file"
    reason = "it is no name of a file" if isinstance(error, ValueError) else (error.strerror or str(error)).lower()
    number = error.errno if isinstance(error, OSError) else None
    hint = "check that you may write there and that no other program has it open"
    if number in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        hint = "free some space"
    elif number in (errno.EINVAL, errno.ENXIO, errno.EPIPE, errno.EBADF):
        hint = "name a file, or something that takes what is written to it"
    message = f"the {kind} {path} cannot be written: {reason}"
    return FILE_NOT_WRITABLE.found(Location(str(path)), message, hint=f"{hint}; nothing was changed")


ALREADY_THERE = Code(
    "already-there",
    "error",
    what="What is to be started is there already.",
    why="Nothing that somebody wrote is ever overwritten.",
    bad="ctm-rules new edition standards/hmip-pdu/2024 2024",
    good="ctm-rules new edition standards/hmip-pdu/2024 2026",
)


def check_free(*paths: Path) -> None:
    """Refuse to write over what is there already. What takes what is written, such as a pipe, holds nothing.

    Raises:
        RequestError: some of it is; it names all of that.
    """
    hint = "choose another name"
    there = [
        ALREADY_THERE.found(Location(str(path)), f"{path} is there already", hint=hint)
        for path in paths
        if kind_of(path) is not None and not takes_what_is_written(path)
    ]
    if there:
        raise RequestError(there)


def takes_what_is_written(path: Path) -> bool:
    """Return whether a path is no file to be made: a pipe, a device, or what this process has open."""
    return descriptor_of(path) is not None or kind_of(path) == "other"


Content = bytes | Iterable[bytes]
"""What a file is to hold, in one piece or in several, which are never all in memory."""


def write_atomically(path: Path, content: Content) -> None:
    """Write a file so that at every moment it holds either what it held before or all of ``content``.

    The folder is made where it is missing. A link is followed; owner, permissions and other names (hard links) of the
    file stay as they are. What is no file is written to and never replaced: a pipe, a device, and what this process has
    open (``/dev/stdout``, ``>(command)`` of a shell), where what was printed before stays.

    Raises:
        DiagnosticError: it cannot be written; it is then as it was before.
    """
    if takes_what_is_written(path):
        with _said_of(path):
            _write_through(path, content)
        return
    with writing(path, scratch_in=real_path(path).parent) as unit:
        unit.write(path, content)


def write_together(files: Mapping[Path, Content], folder: Path, *, private: Collection[str] = ()) -> tuple[Path, ...]:
    """Write files in a folder or below it as one unit, and return them; see :func:`write_atomically`.

    Args:
        files: what each of them holds.
        folder: the folder that holds them.
        private: the names of files that are their owner's alone to read.

    Raises:
        DiagnosticError: one cannot be written; all of them are then as they were before.
    """
    with writing(folder) as unit:
        for path, content in files.items():
            unit.write(path, content, is_private=path.name in private)
    return tuple(files)


@contextmanager
def writing(named: Path, *, scratch_in: Path | None = None) -> Iterator[Unit]:
    """Give a unit to which files and folders are added, and put all of them in place at the end.

    Args:
        named: what is written, as a finding says it; most often the folder that holds all of it.
        scratch_in: the folder for what is not finished (default: beside ``named``, so that nothing is left in it).

    Raises:
        DiagnosticError: something cannot be written; everything is then as it was before.
    """
    if scratch_in is None:
        _check_folder(named)
    with _said_of(named):
        folder = real_path(named if scratch_in is None else scratch_in)
        _finish_interrupted(folder)
        with _scratch_folder(folder, beside=scratch_in is None) as scratch:
            unit = Unit(scratch)
            yield unit
            unit.put_in_place()


def _check_folder(named: Path) -> None:
    """Refuse what several files are to be written into and is no folder, or lies below what is none."""
    above = next((each for each in (named, *named.parents) if kind_of(each) is not None), named)
    kind = kind_of(above)
    if kind in ("file", "other"):
        is_file = kind == "file" and descriptor_of(above) is None
        message = f"nothing can be written into {named}: {above} is {'a file' if is_file else 'a pipe or a device'}"
        found = FILE_NOT_WRITABLE.found(Location(str(named)), message, hint="name a folder; nothing was changed")
        raise RequestError([found])


@contextmanager
def _said_of(named: Path) -> Iterator[None]:
    """Turn what this machine says no to while something is written into a finding.

    Raises:
        DiagnosticError: it said no.
    """
    try:
        yield
    except (OSError, UnicodeError) as error:
        raise RequestError([not_writable(_culprit(error, named), error)]) from None
    except ValueError as error:
        if "null" not in str(error):
            raise
        raise RequestError([not_writable(named, error)]) from None


def _culprit(error: OSError | UnicodeError, named: Path) -> Path:
    """Return the path that could not be written, as far as it is one that the user knows."""
    files = [error.filename2, error.filename] if isinstance(error, OSError) else []
    known = (Path(os.fsdecode(file)) for file in files if isinstance(file, str | bytes | os.PathLike))
    return next((path for path in known if not any(part.startswith(SCRATCH) for part in path.parts)), named)


def finish_interrupted(folder: Path) -> None:
    """Finish, or remove, what a process that was ended has left of writing into a folder or beside it."""
    with suppress(OSError, ValueError):
        _finish_interrupted(real_path(folder))


class Unit:
    """Files and folders that are put in place together."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._steps: list[Step] = []

    def write(self, path: Path, content: Content, *, is_private: bool = False) -> None:
        """Add a file; one that ``is_private`` is its owner's alone to read and to write."""
        if kind_of(path) == "other":
            raise OSError(errno.EINVAL, "it is a pipe or a device, and stands among files", str(path))
        target = real_path(path)
        staged = self._scratch / str(len(self._steps))
        _write_new(staged, content)
        was_there = target.exists()
        if was_there and target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if was_there and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        how: Literal["replace", "overwrite"] = "replace"
        if was_there and (target.stat().st_nlink > 1 or not _take_over(target, staged)):
            how = "overwrite"
            shutil.copy2(target, kept(staged))
        if is_private:
            staged.chmod(0o600)
        self._steps.append(Step(how, staged.name, self._relative(target, path), was_there))

    def remove(self, path: Path) -> None:
        """Add that a file goes."""
        target = real_path(path)
        if not target.parent.exists() or not os.access(target.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        self._steps.append(Step("remove", str(len(self._steps)), self._relative(target, path), True))

    def folder(self, path: Path, *, is_ours: bool = False) -> Path:
        """Add a folder, and return the one to fill, which takes its place.

        Args:
            path: where it goes: nothing is there, an empty folder, or one that ``is_ours``.
            is_ours: whether what is there is replaced as a whole.
        """
        target = real_path(path)
        staged = self._scratch / str(len(self._steps))
        staged.mkdir()
        was_there = target.is_dir()
        how: Literal["switch", "add"] = "switch" if is_ours and was_there else "add"
        number = staged.stat().st_ino
        self._steps.append(Step(how, staged.name, self._relative(target, path), was_there, number))
        return staged

    def put_in_place(self) -> None:
        """Put everything in place, or nothing."""
        made = self._missing_folders()
        journal = self._scratch / JOURNAL
        if len(self._steps) > 1 or any(step.how in ("overwrite", "switch") for step in self._steps):
            said = {"folders": made, "steps": [attrs.asdict(step) for step in self._steps]}
            new = journal.with_suffix(".new")
            _write_new(new, json.dumps(said).encode())
            new.replace(journal)
        try:
            _apply(self._scratch, made, self._steps)
        except OSError:
            _undo(self._scratch, made, self._steps)
            journal.unlink(missing_ok=True)
            raise
        except BaseException:  # Ctrl-C: it counts as written, and what is left to do takes no time
            _apply(self._scratch, made, self._steps)
            journal.unlink(missing_ok=True)
            raise
        journal.unlink(missing_ok=True)

    def _relative(self, target: Path, path: Path) -> str:
        inside = os.path.relpath(target, self._scratch.parent)
        if not is_inside(inside):
            raise OSError(errno.EXDEV, "it is a link that leads to another folder", str(path))
        return inside

    def _missing_folders(self) -> list[str]:
        """Return the folders that must be made first, from the top down."""
        missing: dict[str, None] = {}
        for step in self._steps:
            above = reversed(PurePath(step.to).parents)
            missing.update((str(each), None) for each in above if not (self._scratch.parent / each).exists())
        return list(missing)


# --- Putting in place, as often as needed ----------------------------------------------------------


def _apply(scratch: Path, made: Sequence[str], steps: Sequence[Step]) -> None:
    """Put in place what is not there yet; what was there is kept until all of it is done."""
    for folder in made:
        (scratch.parent / folder).mkdir(exist_ok=True)
    for step in steps:
        staged, target = scratch / step.name, scratch.parent / step.to
        if step.how == "overwrite":
            _overwrite(target, staged.read_bytes())
        elif step.how == "switch":
            if not step.is_in_place(scratch):
                if target.exists() and _exchange(staged, target):
                    continue
                if target.exists():
                    target.replace(kept(staged))
                staged.replace(target)
        elif step.how == "remove":
            if target.exists():
                target.replace(kept(staged))
        elif not staged.exists():
            continue  # it was done before
        elif step.how == "add":
            _add_folder(staged, target)
        else:
            if step.was_there and len(steps) > 1 and target.exists() and not kept(staged).exists():
                _keep(target, kept(staged))
            staged.replace(target)


def _undo(scratch: Path, made: Sequence[str], steps: Sequence[Step]) -> None:
    """Put back what was there before, where something else is in its place."""
    for step in reversed(steps):
        staged, target = scratch / step.name, scratch.parent / step.to
        before = kept(staged)
        if step.how == "overwrite":
            _overwrite(target, before.read_bytes())
        elif step.how == "switch":
            if step.is_in_place(scratch) and not before.exists():
                _exchange(staged, target)
            elif before.exists():
                if target.exists():
                    target.replace(staged)
                before.replace(target)
        elif before.exists():
            before.replace(target)
        elif step.how != "remove" and not staged.exists() and not (step.how == "replace" and step.was_there):
            target.replace(staged)
        if step.how == "add" and step.was_there:
            target.mkdir(exist_ok=True)
    for folder in reversed(made):
        with suppress(OSError):
            (scratch.parent / folder).rmdir()


def _add_folder(staged: Path, target: Path) -> None:
    try:
        staged.replace(target)
    except OSError:
        if not target.is_dir():
            raise
        target.rmdir()  # one that is empty; not every system lets another take its place
        staged.replace(target)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders take each other's place in one step; return whether this system and its disk can do that."""
    if sys.platform != "linux":
        return False
    import ctypes

    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    sys.audit("os.rename", str(one), str(other), -1, -1)
    here, both_ways = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if rename(here, os.fsencode(one), here, os.fsencode(other), both_ways) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _keep(target: Path, kept: Path) -> None:
    """Let a file that is about to be replaced have another name."""
    try:
        kept.hardlink_to(target)
    except OSError:  # not every file system has hard links
        shutil.copy2(target, kept)


def _take_over(target: Path, staged: Path) -> bool:
    """Give a new file the owner, the permissions and the further attributes of the one that it replaces, if it may."""
    old, new = target.stat(), staged.stat()
    try:
        if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            os.chown(staged, old.st_uid, old.st_gid)
        shutil.copystat(target, staged)
    except PermissionError:
        return False
    os.utime(staged)
    return True


def _write_new(path: Path, content: Content) -> None:
    with path.open("xb") as file:
        file.writelines(_pieces(content))
        file.flush()
        os.fsync(file.fileno())


def _overwrite(target: Path, content: bytes) -> None:
    """Write into a file as it lies there, and shorten it last: on a full disk its own room is enough to undo that."""
    with target.open("r+b") as file:
        file.write(content)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


# --- What is no file -----------------------------------------------------------------------------


def _pieces(content: Content) -> Iterable[bytes]:
    return (content,) if isinstance(content, bytes) else content


def _write_through(path: Path, content: Content) -> None:
    handle = descriptor_of(path)
    if handle is not None:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()  # what was printed before comes before it
        handle = os.dup(handle)
    else:
        mode = path.stat().st_mode
        if stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
            raise OSError(errno.EINVAL, "it is a disk or a socket", str(path))
        try:
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            if error.errno != errno.ENXIO or not stat.S_ISFIFO(mode):
                raise
            raise OSError(error.errno, "nobody reads from this pipe", str(path)) from None  # and nobody waits for that
        if sys.platform != "win32":
            os.set_blocking(handle, True)
    with os.fdopen(handle, "wb") as file:
        file.writelines(_pieces(content))


# --- Scratch folders -----------------------------------------------------------------------------


@contextmanager
def _scratch_folder(folder: Path, *, beside: bool) -> Iterator[Path]:
    """Give a folder for what is not finished, on the same disk; it is gone afterwards."""
    place = next(each for each in (folder, *folder.parents) if each.is_dir())
    above = place.parent
    if beside and place == folder and os.access(above, os.W_OK) and above.stat().st_dev == place.stat().st_dev:
        place = above
    while True:
        scratch = Path(tempfile.mkdtemp(dir=place, prefix=SCRATCH))
        try:
            with locked(scratch) as is_free:
                # Between the two, another process may have taken it for one that was left.
                if is_free is not False and scratch.exists():
                    yield scratch
                    return
        finally:
            if not (scratch / JOURNAL).exists():
                shutil.rmtree(scratch, ignore_errors=True)


def _finish_interrupted(folder: Path) -> None:
    """Finish what has a journal, and remove what has none, in a folder and in those above it."""
    for place in (folder, *folder.parents):
        for scratch in scratch_folders(place):
            if is_own(scratch):
                with locked(scratch) as is_free:
                    if is_free:
                        _finish(scratch)
                if is_free and not (scratch / JOURNAL).exists():
                    shutil.rmtree(scratch, ignore_errors=True)


def _finish(scratch: Path) -> None:
    journal = read_journal(scratch)
    if journal is not None:
        try:
            _apply(scratch, journal.folders, journal.steps)
        except OSError:
            _undo(scratch, journal.folders, journal.steps)
        (scratch / JOURNAL).unlink()
