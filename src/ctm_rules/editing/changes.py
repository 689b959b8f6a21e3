"""Files that are to be changed together: shown first, then written all or none."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Code, Findings, Location, RequestError
from ctm_rules.files import read_file
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.frameworks.loading import FrameworkSource, NotYetWritten, read_framework
from ctm_rules.limits import MAX_TABLE_BYTES
from ctm_rules.paths import lies_in, real_path
from ctm_rules.writing import writing

CHANGED_MEANWHILE = Code(
    "changed-meanwhile",
    "error",
    what="A file was changed by somebody else between the time it was read and the time it was to be written.",
    why="Their change would be lost without anybody noticing.",
    bad="ctm-rules rename, while the same file is saved in an editor",
    good="the same command once more",
)


@frozen
class Changes:
    """What files hold before and after; nothing is written before :meth:`write`.

    Attributes:
        before: what each file holds (``None``: there is none yet).
        after: what each is to hold (``None``: it goes).
        cells: of a table of cases what is changed, cell by cell: its lines hold more than that.
    """

    before: Mapping[Path, bytes | None]
    after: Mapping[Path, bytes | None]
    cells: Mapping[Path, tuple[str, ...]] = field(factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are changed, in the order of their names."""
        return tuple(sorted(path for path, content in self.after.items() if self.before.get(path) != content))

    def diff(self) -> Iterator[str]:
        """Yield the lines of a unified diff of every file, and each cell of a table that is changed."""
        for path in self.files:
            if path in self.cells:
                yield from self.cells[path]
                continue
            before, after = (_lines(content) for content in (self.before.get(path), self.after[path]))
            becomes = "changed" if self.after[path] is not None else "removed"
            yield from difflib.unified_diff(before, after, str(path), f"{path} ({becomes})", lineterm="")

    def write(self) -> tuple[Path, ...]:
        """Write every file, or none; return them.

        Raises:
            DiagnosticError: one was changed meanwhile, or cannot be written; all of them are then as they were.
        """
        files = self.files
        if not files:
            return ()
        findings = Findings()
        for path in files:
            before = self.before.get(path)
            now = read_file(path, MAX_TABLE_BYTES, findings) if before is not None else None
            if now != before or (before is None and path.exists()):
                message = f"{path.name} was changed while it was being edited, and is left as it is"
                findings.add(CHANGED_MEANWHILE, Location(str(path)), message, hint="give the same command once more")
        findings.raise_errors()
        folder = Path(os.path.commonpath([real_path(path).parent for path in files]))
        with writing(folder, scratch_in=folder) as unit:
            for path in files:
                content = self.after[path]
                if content is None:
                    unit.remove(path)
                else:
                    unit.write(path, content)
        return files


def _lines(content: bytes | None) -> list[str]:
    return [] if content is None else content.decode("utf-8-sig", "replace").splitlines()


def source_with(path: Path, contents: Mapping[Path, bytes | None]) -> FrameworkSource:
    """Return the source of a framework, some files of which hold something else already, or are gone.

    Raises:
        DiagnosticError: a file is no YAML any more.
    """
    return read_framework(path, NotYetWritten(contents))


NOT_YOURS = Code(
    "standards-of-the-library",
    "error",
    what="Standards that came installed with the library are to be changed.",
    why="The next version of the library would overwrite them, and nobody else would have the change.",
    bad="ctm-rules rename assessment.safety.victims concerns     # outside a folder with standards of your own",
    good="ctm-rules new examples, and the same command in that folder",
)


def check_is_yours(path: Path) -> None:
    """Refuse to change standards that were installed with the library.

    Raises:
        RequestError: they were.
    """
    package = Path(__file__).parents[1]
    if lies_in(path, standards_folder()) and standards_folder().is_relative_to(package):
        message = "these standards came installed with ctm-rules, and are not changed here"
        hint = "write a copy of them into a folder of your own: ctm-rules new examples"
        raise RequestError([NOT_YOURS.found(Location(str(path)), message, hint=hint)])
