"""Files and folders written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ctm_rules.diagnostics import Code, DiagnosticError, Location

FILE_NOT_WRITABLE = Code(
    "file-not-writable",
    "error",
    what="A file cannot be written.",
    why="The file is left as it was; nothing is ever half written.",
    bad="a file that is open in another program, or in a folder that may only be read",
    good="the same file in a folder of your own",
)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that at every moment it holds either what it held before or all of ``content``.

    The folder is made where it is missing. A link is followed; the file's permissions stay as they are.

    Raises:
        DiagnosticError: it cannot be written; it is then as it was before.
    """
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            # A temporary file is its owner's alone; the result is to be what any other file would be.
            Path(name).chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
            Path(name).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        reason = (error.strerror or "it is not allowed").lower()
        message = f"the file {path} cannot be written: {reason}"
        hint = "check that you may write there and that no other program has it open"
        raise DiagnosticError([FILE_NOT_WRITABLE.found(Location(str(path)), message, hint=hint)]) from None


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Give a folder to fill, which becomes ``target`` when it is full and vanishes when something goes wrong.

    Raises:
        DiagnosticError: it cannot be written.
    """
    try:
        target = target.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        try:
            made = scratch / target.name
            made.mkdir()
            yield made
            made.replace(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        message = f"the folder {target} cannot be written: {(error.strerror or 'it is not allowed').lower()}"
        hint = "check that you may write there"
        raise DiagnosticError([FILE_NOT_WRITABLE.found(Location(str(target)), message, hint=hint)]) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
