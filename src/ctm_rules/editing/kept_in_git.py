"""Standards in git's own store: what their files held in a commit, and which commits changed one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from attrs import frozen

from ctm_rules.diagnostics.findings import DiagnosticError
from ctm_rules.frameworks.git_revisions import Git, is_part_name
from ctm_rules.limits import MAX_YAML_BYTES
from ctm_rules.paths import kind_of
from ctm_rules.scenarios.finding import SCENARIOS_FOLDER

Contents = Mapping[str, bytes]
"""What files hold, by their path in the folder of the standards, with ``/`` between its parts."""


@frozen
class Commit:
    """A commit.

    Attributes:
        id: what git calls it.
        parent: the commit before it (empty: there is none).
        who: who wrote it.
        when: when, with date, time and offset (ISO 8601).
    """

    id: str
    parent: str
    who: str
    when: str


def kept_in_git(path: Path) -> KeptInGit | None:
    """Return the standards of a folder, or of one file, as git keeps them (``None``: it does not, or is not here)."""
    folder = path if kind_of(path) == "folder" else path.parent
    git = Git(str(path), folder, "git cannot tell a version of these standards")
    with suppress(DiagnosticError):
        git.text("rev-parse", "--verify", "HEAD^{commit}")
        if git.text("ls-files", "--", "." if folder == path else path.name):
            return KeptInGit(git, folder, "" if folder == path else path.name)
    return None


class KeptInGit:
    """Standards that git keeps.

    Args:
        git: runs in their folder.
        folder: that folder.
        file: the file that they are (empty: all of the folder).

    Attributes:
        git, folder, file: as given.
        inside: the folder in the repository, with a ``/`` at its end (empty: it is its top).
    """

    def __init__(self, git: Git, folder: Path, file: str) -> None:
        self.git, self.folder, self.file = git, folder, file
        self.inside = git.text("rev-parse", "--show-prefix")
        self._held: dict[str, bytes] = {}

    def paths(self, tree: str) -> dict[str, str]:
        """Return the path in the folder of each file of standards in a tree, with what git calls its content.

        Raises:
            DiagnosticError: there is no such tree, or a file in it is too large.
        """
        return dict(self._blobs(tree))

    def _blobs(self, tree: str) -> Iterator[tuple[str, str]]:
        listed = self.git.run("ls-tree", "-r", "-z", "-l", "--full-tree", tree, "--", self.inside or ".")
        for entry in listed.decode(errors="replace").split("\0"):
            said, _, path = entry.partition("\t")
            inside = path.removeprefix(self.inside)
            if said.startswith("100") and is_part(inside) and self.file in ("", inside):
                _, _, blob, size = said.split()
                if int(size) > MAX_YAML_BYTES:
                    raise self.git.error(f"{inside} is too large to be a file of standards", "look at it with git")
                yield inside, blob

    def contents(self, tree: str) -> Contents:
        """Return what the files of the standards hold in a tree; what was read before is not read again.

        Raises:
            DiagnosticError: there is no such tree, or a file in it is too large.
        """
        blobs = self.paths(tree)
        new = [blob for blob in dict.fromkeys(blobs.values()) if blob not in self._held]
        said = self.git.run("cat-file", "--batch", given="".join(f"{blob}\n" for blob in new).encode()) if new else b""
        at = 0
        for blob in new:
            end = said.index(b"\n", at)
            size = int(said[at:end].split()[2])
            self._held[blob] = said[end + 1 : end + 1 + size]
            at = end + size + 2
        return {path: self._held[blob] for path, blob in blobs.items()}

    def commits(self, file: str, start: str, most: int) -> list[Commit]:
        """Return the commits that changed a file, the latest first.

        Args:
            file: its path in the folder.
            start: the commit from which backwards it is looked for.
            most: how many.

        Raises:
            DiagnosticError: there is no such commit.
        """
        how = ("log", "--no-show-signature", f"--max-count={most}", "--format=%H%x00%P%x00%an%x00%aI")
        found = []
        said = self.git.text(*how, "--end-of-options", start, "--", file, variables={"GIT_LITERAL_PATHSPECS": "1"})
        for line in said.splitlines():
            name, parents, who, when = line.split("\0")
            found.append(Commit(name, parents.partition(" ")[0], who, when))
        return found


def is_part(path: str) -> bool:
    """Return whether a path in the folder of standards is that of a file of theirs, and leads nowhere else."""
    parts = PurePosixPath(path).parts
    is_inside = bool(parts) and ".." not in parts and not re.search(r"^/|[\\:]", path)
    return is_inside and is_part_name(path) and (len(parts) == 1 or parts[0] == SCENARIOS_FOLDER)
