"""Where standards were read from, as results say it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from attrs import frozen

from ctm_rules.paths import real_path


@frozen
class Origin:
    """Where a framework was read from.

    Attributes:
        kind: ``package`` where it came with the library, ``files`` where it is a folder or file of one's own, ``git``
            where it is in a revision, ``python`` where it was built in Python.
        place: of ``package``, the framework's folder in its standards (``hmip-pdu/2024``); of ``files``, the whole
            path; of ``git``, the commit and the path in it (``COMMIT:standards/hmip-pdu/2024``).
    """

    kind: Literal["package", "files", "git", "python"]
    place: str = ""

    @property
    def file(self) -> Path | None:
        """The file or folder on this machine (``None``: it is none, or one that came with the library)."""
        return Path(self.place) if self.kind == "files" else None

    def said(self, beside: Path | None = None) -> str:
        """Return it in one line: ``package:hmip-pdu/2024``, ``git:COMMIT:PATH``, a path or ``python``.

        A path is never a whole one, which would say more of somebody's machine than of the standards.

        Args:
            beside: the folder that a path starts from (default: the working folder).
        """
        if self.kind != "files":
            return f"{self.kind}:{self.place}" if self.place else self.kind
        path = Path(self.place)
        try:
            return Path(os.path.relpath(path, real_path(beside or Path()))).as_posix()
        except ValueError:  # on another drive
            return Path(*path.parts[-2:]).as_posix()


BUILT_IN_PYTHON = Origin("python")
"""Where a framework comes from that was never read."""
