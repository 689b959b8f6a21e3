"""Frameworks by name, wherever they are: in the standards folder, in a folder or file, or in a git revision."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from attrs import evolve, frozen

from ctm_rules.diagnostics.findings import Code, DiagnosticError, Findings, Location, RequestError
from ctm_rules.diagnostics.suggestions import say_no_such
from ctm_rules.files import is_too_large
from ctm_rules.frameworks.finding import FRAMEWORK_FILE, find_named
from ctm_rules.frameworks.loading import DISK, FileStore, FrameworkSource, read_framework
from ctm_rules.frameworks.references import FrameworkReference, find_referenced_framework
from ctm_rules.limits import MAX_GIT_FOLDER_BYTES, MAX_REVISIONS, MAX_YAML_BYTES
from ctm_rules.model.frozen_dict import FrozenDict
from ctm_rules.model.origin import Origin
from ctm_rules.paths import STANDARDS_FOLDER, is_file_name, kind_of
from ctm_rules.yaml_files.marked_yaml import MarkedValue, parse_yaml

GIT = "git:"
"""How the name of a framework in a git revision starts: ``git:REVISION`` or ``git:REVISION:PATH``."""

NONE: Mapping[str, str] = FrozenDict()

_PART = re.compile(r"\.(ya?ml(\.txt)?|csv)$", re.IGNORECASE)

BAD_REVISION = Code(
    "bad-revision",
    "error",
    what="A framework cannot be read from the git revision that was named.",
    why="A comparison with something else than what was meant would mislead.",
    bad="ctm-rules diff git:mian:standards/hmip-pdu/2024 standards/hmip-pdu/2024",
    good="ctm-rules diff git:main:standards/hmip-pdu/2024 standards/hmip-pdu/2024",
)


def read_named(name: str, *, beside: str | None = None, standards: Sequence[Path] | None = None) -> FrameworkSource:
    """Read the framework of a name.

    Args:
        name: an id (``hmip-pdu``), an id and edition (``hmip-pdu/2024``), the path of a folder or file, or
            ``git:REVISION:PATH``. ``git:REVISION`` alone is the same path as ``beside`` in that revision.
        beside: the name of the framework that this one is compared with.
        standards: the folders to look an id up in; see :func:`~ctm_rules.frameworks.finding.find_framework`.

    Raises:
        DiagnosticError: it cannot be found or read. Nothing is fetched from elsewhere.
    """
    if not name.startswith(GIT):
        return read_framework(find_named(name, standards))
    revision, _, path = name.removeprefix(GIT).partition(":")
    if path:
        return _read_revision(name, revision, Path(path))
    if beside is None or beside.startswith(GIT):
        hint = f"write {GIT}{revision}:PATH, with the path of a folder that holds framework.yaml"
        raise RequestError([BAD_REVISION.found(Location(name), f"{name} does not say which framework", hint=hint)])
    return _read_revision(name, revision, find_named(beside, standards))


def is_part_name(name: str) -> bool:
    """Return whether the name of a file is such as a part of a framework has: YAML, or a table of bands.

    What an editor saved as ``framework.yaml.txt`` is one, so that it is said, and not passed over.
    """
    return _PART.search(name) is not None


def revisions_of(place: Path) -> list[str]:
    """Return the commits that changed a folder or file, the latest first (nothing: git knows none, or is not here)."""
    folder = place if kind_of(place) == "folder" else place.parent
    git = Git(str(place), folder, f"git cannot tell the history of {place}")
    try:
        return git.text("log", "--format=%H", f"--max-count={MAX_REVISIONS}", "--", str(place.absolute())).split()
    except DiagnosticError:
        return []


def _read_revision(name: str, revision: str, path: Path) -> FrameworkSource:
    """Read a framework from git's own store; what lies in it is never written anywhere."""
    # Git takes a path from the folder in which it runs; an absolute one is named from its own folder.
    folder, inside = (path.parent, path.name) if path.is_absolute() else (Path(), path.as_posix())
    git = Git(name, folder, say_no_such("revision", revision))
    commit = git.text("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    git.otherwise = f'the revision "{revision}" has no {path.as_posix()}'
    found = git.text("rev-parse", "--verify", f"{commit}:./{inside}")
    shown = Path(f"{revision}:{posixpath.normpath(git.text('rev-parse', '--show-prefix') + inside)}")
    source = read_framework(shown, _Tree(git, shown, found, commit))
    return evolve(source, origin=Origin("git", f"{commit}:{shown.as_posix().partition(':')[2]}"))


@frozen
class _Blob:
    """A file in git's store: its id and how large it is."""

    id: str
    size: int


class _Tree:
    """The files of a framework in a revision, by names that lead nowhere but into git's own store."""

    def __init__(self, git: Git, shown: Path, found: str, commit: str) -> None:
        self._git = git
        self._folder = shown
        self._commit = commit
        self._is_folder = git.text("cat-file", "-t", found) == "tree"
        size = int(git.text("cat-file", "-s", found))
        self._blobs = {} if self._is_folder else {shown: _Blob(found, size)}
        if self._is_folder and size > MAX_GIT_FOLDER_BYTES:
            raise git.error(f"{shown} holds far more files than a framework", "name the folder with framework.yaml")
        listed = git.run("ls-tree", "-z", "-l", "--full-tree", found) if self._is_folder else b""
        for entry in listed.decode(errors="replace").split("\0"):
            said, _, file = entry.partition("\t")
            if is_part_name(file):
                mode, kind, identity, length = said.split()
                if kind != "tree":
                    self._add(mode, file, _Blob(identity, int(length) if length.isdecimal() else 0))

    def _add(self, mode: str, file: str, blob: _Blob) -> None:
        hint = "rename it; git makes no / and no second file of a name, so look at such a revision first: git fsck"
        path = self._folder / file
        # Nothing here would follow such a name. It is refused because it was hardly made by mistake.
        if not is_file_name(file):
            raise self._git.error(f"in {self._folder} a file has a name that no file may have: {file!r}", hint)
        if path in self._blobs:
            raise self._git.error(f'in {self._folder} two files are called "{file}"', hint)
        if not mode.startswith("100"):
            raise self._git.error(f"{path} is a link, and links in git are not followed", "put the file itself there")
        self._blobs[path] = blob

    def names(self, folder: Path) -> list[str] | None:
        return sorted(path.name for path in self._blobs) if self._is_folder and folder == self._folder else None

    def is_file(self, path: Path) -> bool:
        return path in self._blobs

    def read(self, path: Path, findings: Findings, *, as_text: bool = False) -> MarkedValue:
        content = self.read_bytes(path, findings)
        return None if content is None else parse_yaml(content, str(path), findings, as_text=as_text)

    def lender(self, reference: FrameworkReference, main: Path) -> tuple[Path, FileStore]:
        """Return where a framework lies that is named: in the same revision, or among those of the library."""
        revision, _, inside = main.as_posix().partition(":")
        # As beside a file: in the folders called standards from its own upwards; a path starts from its folder.
        name = f"{reference.id}/{reference.edition}"
        places = [posixpath.join(above.as_posix(), STANDARDS_FOLDER, name) for above in PurePosixPath(inside).parents]
        if reference.id is None or reference.path is not None:
            places = [posixpath.join(posixpath.dirname(inside), str(reference.path))]
        for place in map(posixpath.normpath, places):
            try:
                found = self._git.text("rev-parse", "--verify", "--end-of-options", f"{self._commit}:{place}")
            except DiagnosticError:
                continue
            shown = Path(f"{revision}:{place}")
            return shown, _Tree(self._git, shown, found, self._commit)
        return find_referenced_framework(reference, None), DISK

    def read_bytes(self, path: Path, findings: Findings) -> bytes | None:
        blob = self._blobs.get(path)
        if blob is None:
            hint = "name the folder that holds framework.yaml"
            if path.name != FRAMEWORK_FILE:
                hint = "the file that it names was not committed with it"
            findings.add(BAD_REVISION, Location(str(path)), f"there is no {path}", hint=hint)
            return None
        if is_too_large(blob.size, MAX_YAML_BYTES, Location(str(path)), findings):
            return None
        return self._git.run("cat-file", "blob", blob.id)


class Git:
    """Runs git for one name, and says what is wrong in the words of that name."""

    def __init__(self, name: str, folder: Path, otherwise: str) -> None:
        self._name = name
        self._folder = folder
        self.otherwise = otherwise
        """The sentence that says what it means when git fails."""

    def run(self, *arguments: str, given: bytes = b"", variables: Mapping[str, str] = NONE) -> bytes:
        """Return what git prints.

        Args:
            arguments: of git.
            given: what it reads.
            variables: of its environment.

        Raises:
            DiagnosticError: it fails.
        """
        # Nothing but this repository is read: no file is fetched that a partial copy lacks, and nothing is asked. Older
        # versions of git know no GIT_NO_LAZY_FETCH, and would run what the repository names for fetching.
        only_here = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}
        environment = {**os.environ, **only_here, "LC_ALL": "C", **variables}
        command = ["git", "--no-pager", "-C", str(self._folder), *arguments]
        try:
            done = subprocess.run(command, input=given, capture_output=True, check=True, env=environment)
        except ValueError:
            raise self.error("there is a NUL byte in the name", "check the name") from None
        except FileNotFoundError:
            raise self.error("git is not installed", "install git, or name a folder or file") from None
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace")
            if "not a git repository" in said:
                hint = "run the command inside the repository, or name a folder or file"
                raise self.error(f"{self._folder.resolve()} is not in a git repository", hint) from None
            if "dubious ownership" in said:
                hint = "it belongs to another user; git names the command that lets you trust it: run git log there"
                raise self.error(f"git does not trust {self._folder.resolve()}", hint) from None
            if "cannot change to" in said:
                raise self.error(f"there is no folder {self._folder}", "check the path") from None
            hint = "see which there are with: git log --oneline, git tag, git ls-tree -r --name-only REVISION"
            raise self.error(self.otherwise, hint) from None
        return done.stdout

    def text(self, *arguments: str, given: bytes = b"", variables: Mapping[str, str] = NONE) -> str:
        """Return what git prints as one line."""
        return self.run(*arguments, given=given, variables=variables).decode(errors="replace").strip("\n")

    def error(self, message: str, hint: str) -> DiagnosticError:
        """Return that something is wrong with the revision."""
        return RequestError([BAD_REVISION.found(Location(self._name), message, hint=hint)])
