"""Files read within limits, and with nothing else than files opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.journals import is_half_written
from ctm_rules.limits import MAX_NAMES_LISTED
from ctm_rules.paths import folders_below, kind_of, leads_out, real_path

_UNSAVED: ContextVar[Mapping[Path, bytes] | None] = ContextVar("_UNSAVED", default=None)


@contextmanager
def unsaved(contents: Mapping[Path, bytes]) -> Iterator[None]:
    """Read from files, while this lasts, what an editor holds of them and has not saved.

    Args:
        contents: what each holds, by its path with links followed. It has to lie there already.
    """
    token = _UNSAVED.set(contents)
    try:
        yield
    finally:
        _UNSAVED.reset(token)


def start_of(file: Path, most: int) -> bytes:
    """Return the beginning of a file (nothing where it is none, or cannot be read)."""
    if kind_of(file) != "file":
        return b""
    contents = _UNSAVED.get()
    held = contents.get(real_path(file)) if contents else None
    if held is not None:
        return held[:most]
    try:
        with file.open("rb") as opened:
            return opened.read(most)
    except OSError:
        return b""


_IS_IT_RIGHT = "is it the right file? Split it where it is"

FILE_TOO_LARGE = Code(
    "file-too-large",
    "error",
    what="A file is far larger than a file of its kind can sensibly be.",
    why="It is most likely another file, and reading it could take the machine's memory.",
    bad="standards/mine/2026/framework.yaml holding a megabyte of exported data",
    good="one short file for each standard",
)


def is_too_large(
    size: int, most: int, at: Location, findings: Findings, *, kind: str = "file", otherwise: str = _IS_IT_RIGHT
) -> bool:
    """Return whether a file has too many bytes to be read; ``findings`` takes that, and what to do ``otherwise``."""
    if size > most:
        message = f"the {kind} {Path(at.file).name} is larger than {most:,} bytes"
        findings.add(FILE_TOO_LARGE, at, message, hint=otherwise)
    return size > most


LINK_LEADS_OUT = Code(
    "link-leads-out",
    "error",
    what="Something in a folder is a link to what lies elsewhere.",
    why="Messages quote what is read, and so what never came along with a folder that came from somewhere.",
    bad="standards/mine/2026/facts.yaml, a link to a file in somebody's home",
    good="standards/mine/2026/facts.yaml, a copy of that file, or a link to that of another edition",
)


def found_in(folder: Path, files: Iterable[Path], findings: Findings) -> list[Path]:
    """Return what was found in a folder or below it; of each link that leads out of it ``findings`` takes that."""
    inside = []
    for file in files:
        if leads_out(file, folder):
            message = f"{file.name} is a link that leads out of {folder}, and is not followed"
            findings.add(LINK_LEADS_OUT, Location(str(file)), message, hint="put a copy there, or name it by itself")
        else:
            inside.append(file)
    return inside


FILE_NOT_READABLE = Code(
    "file-not-readable",
    "error",
    what="A file that is needed cannot be opened.",
    why="Nothing may be rated from a part of the standards or a part of the cases.",
    bad="cases: {file: caes.csv}     # the file is called cases.csv",
    good="cases: {file: cases.csv}",
)


def folders_in(top: Path, findings: Findings) -> Iterator[tuple[Path, list[Path]]]:
    """Yield each folder from ``top`` downwards with its files; ``findings`` takes those that may not be looked into."""
    closed: list[Path] = []
    yield from folders_below(top, closed)
    for folder in closed:
        message = f"the folder {folder} may not be looked into, and what lies in it is not read"
        hint = "ask for the right to read it, or name the folders beside it"
        findings.add(FILE_NOT_READABLE, Location(str(folder)), message, hint=hint)


HALF_WRITTEN = Code(
    "half-written",
    "error",
    what="A file is one of several that were being written together when the command was ended.",
    why="Some of them are as before and some are new: standards that nobody has ever declared.",
    bad="new standard, ended by a power cut between its two files",
    good="the same folder after the next command that writes there, which finishes it",
)


def read_file(
    path: Path,
    most: int,
    findings: Findings,
    *,
    name: str | None = None,
    kind: str = "file",
    if_too_large: str = _IS_IT_RIGHT,
) -> bytes | None:
    """Return what a file holds; where it cannot be read, ``None`` with the reason in ``findings``.

    Only an ordinary file is opened: a pipe or a device could keep whoever reads it waiting for ever.

    Args:
        path: the file.
        most: the number of bytes from which on it is refused.
        findings: takes what is wrong.
        name: how diagnostics call it (default: its path).
        kind: what it is, in a word or two.
        if_too_large: what to do about a file that is too large.
    """
    at = Location(name or str(path))
    if is_half_written(path):
        message = f"writing the {kind} {path.name} and others was interrupted, and only some of them are new"
        findings.add(HALF_WRITTEN, at, message, hint=f"finish it as the user who wrote it: ctm-rules fmt {path}")
        return None
    if kind_of(path) == "other":
        message = f"the {kind} {path.name} is no ordinary file"
        findings.add(FILE_NOT_READABLE, at, message, hint="give a file that lies on a disk")
        return None
    target = real_path(path)
    if target.suffix.lower() != path.suffix.lower() and path.is_symlink():
        # What findings quote of a file is on everybody's screen: nobody gets a key file shown by a link to it.
        message = f"the {kind} {path.name} is a link to a file whose name does not end in {path.suffix or 'nothing'}"
        findings.add(FILE_NOT_READABLE, at, message, hint="put the file itself there, or let the names end alike")
        return None
    contents = _UNSAVED.get()
    try:
        held = contents.get(target) if contents else None
        if held is None:
            with path.open("rb") as file:
                held = file.read(most + 1)
    except OSError as error:
        if kind_of(path) == "folder":
            message = f"{at.file} is a folder, and a file is needed"
            findings.add(FILE_NOT_READABLE, at, message, hint=_which_file(path))
            return None
        reason = (error.strerror or "it cannot be read").lower()
        message = f"the {kind} {path.name or path} cannot be opened: {reason}"
        findings.add(FILE_NOT_READABLE, at, message, hint="check the name and the folder")
        return None
    except ValueError:  # a NUL byte in the name
        findings.add(FILE_NOT_READABLE, at, f"{at.file!r} is no file name", hint="check the name")
        return None
    return None if is_too_large(len(held), most, at, findings, kind=kind, otherwise=if_too_large) else held


def _which_file(folder: Path) -> str:
    """Return which file of a folder may be meant where the folder was named."""
    try:
        inside = [str(folder / each.name) for each in sorted(folder.iterdir()) if each.suffix == ".yaml"]
    except OSError:
        inside = []
    shown = " or ".join(inside[:MAX_NAMES_LISTED])
    return f"name the file in it: {shown}" if shown else "name the file in it that is meant"
