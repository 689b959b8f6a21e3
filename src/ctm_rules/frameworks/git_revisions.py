"""Frameworks by name, wherever they are: in the standards folder, in a folder or file, or in a git revision."""

from __future__ import annotations

import os
import posixpath
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from attrs import evolve

from ctm_rules.diagnostics.findings import Code, DiagnosticError, Location
from ctm_rules.diagnostics.suggestions import say_no_such
from ctm_rules.frameworks.finding import UNKNOWN_FRAMEWORK, find_framework, is_path
from ctm_rules.frameworks.loading import FrameworkSource, read_framework
from ctm_rules.model.origin import Origin
from ctm_rules.paths import kind_of, real_path
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue

GIT = "git:"
"""How the name of a framework in a git revision starts: ``git:REVISION`` or ``git:REVISION:PATH``."""


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
        return read_framework(_find(name, standards))
    revision, _, path = name.removeprefix(GIT).partition(":")
    if path:
        return _read_revision(name, revision, Path(path))
    if beside is None or beside.startswith(GIT):
        hint = f"write {GIT}{revision}:PATH, with the path of a folder that holds framework.yaml"
        raise DiagnosticError([BAD_REVISION.found(Location(name), f"{name} does not say which framework", hint=hint)])
    return _read_revision(name, revision, _find(beside, standards))


def _find(name: str, standards: Sequence[Path] | None) -> Path:
    """Return what is compared: a word, or two with a slash between them, may name an edition or a folder, not both."""
    folder, parts = Path(name), PurePosixPath(name).parts
    if len(parts) > 2 or "/".join(parts) != name or any(map(is_path, parts)):
        return find_framework(folder, standards=standards)
    try:
        edition = find_framework(*parts, standards=standards)
    except DiagnosticError:
        if kind_of(folder) is None:
            raise
        return find_framework(folder, standards=standards)
    if kind_of(folder) is not None and real_path(folder) != real_path(edition):
        message = f"{name} is an edition of a framework and a folder here"
        hint = f"for the folder write ./{name}; for the edition give the path of its folder, {edition}"
        raise DiagnosticError([UNKNOWN_FRAMEWORK.found(Location(name), message, hint=hint)])
    return edition


def _read_revision(name: str, revision: str, path: Path) -> FrameworkSource:
    """Read a framework from git's own store, through a temporary folder that is gone afterwards."""
    # Git takes a path from the folder in which it runs; an absolute one is named from its own folder.
    folder, inside = (path.parent, path.name) if path.is_absolute() else (Path(), path.as_posix())
    git = _Git(name, folder)
    unknown = say_no_such("revision", revision)
    commit = git.text(unknown, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    missing = f'the revision "{revision}" has no {path.as_posix()}'
    found = git.text(missing, "rev-parse", "--verify", f"{commit}:./{inside}")
    shown = f"{revision}:{posixpath.normpath(git.text(missing, 'rev-parse', '--show-prefix') + inside)}"
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        if git.text(missing, "cat-file", "-t", found) == "tree":
            for entry in git.text(missing, "ls-tree", "-z", "--full-tree", found).split("\0"):
                mode, _, rest = entry.partition(" ")
                file = rest.partition("\t")[2]
                if mode.startswith("100") and file.endswith(".yaml"):  # an ordinary file, as a framework's are
                    (copy / file).write_bytes(git.run(missing, "cat-file", "blob", f"{found}:{file}"))
        else:
            copy = copy / path.name
            copy.write_bytes(git.run(missing, "cat-file", "blob", found))
        try:
            source = read_framework(copy)
        except DiagnosticError as error:
            raise DiagnosticError(
                evolve(
                    diagnostic,
                    file=diagnostic.file.replace(str(copy), shown),
                    message=diagnostic.message.replace(str(copy), shown),
                )
                for diagnostic in error.diagnostics
            ) from None
    _rename(source.document, str(copy), shown)
    files = tuple(Path(str(file).replace(str(copy), shown)) for file in source.files)
    return evolve(source, folder=Path(shown), origin=Origin("git", f"{commit}:{shown.partition(':')[2]}"), files=files)


class _Git:
    """Runs git for one name, and says what is wrong in the words of that name."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder

    def run(self, otherwise: str, *arguments: str) -> bytes:
        """Return what git prints; where it fails, ``otherwise`` is the sentence that says so."""
        # Nothing but this repository is read: no file is fetched that a partial copy lacks, and nothing is asked.
        environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        command = ["git", "--no-pager", "-C", str(self._folder), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, check=True, env=environment)
        except FileNotFoundError:
            raise self._error("git is not installed", "install git, or name a folder or file") from None
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace")
            if "not a git repository" in said:
                hint = "run the command inside the repository, or name a folder or file"
                raise self._error(f"{self._folder.resolve()} is not in a git repository", hint) from None
            if "dubious ownership" in said:
                hint = "it belongs to another user; git names the command that lets you trust it: run git log there"
                raise self._error(f"git does not trust {self._folder.resolve()}", hint) from None
            if "cannot change to" in said:
                raise self._error(f"there is no folder {self._folder}", "check the path") from None
            hint = "see which there are with: git log --oneline, git tag, git ls-tree -r --name-only REVISION"
            raise self._error(otherwise, hint) from None
        return done.stdout

    def text(self, otherwise: str, *arguments: str) -> str:
        return self.run(otherwise, *arguments).decode(errors="replace").strip("\n\0")

    def _error(self, message: str, hint: str) -> DiagnosticError:
        return DiagnosticError([BAD_REVISION.found(Location(self._name), message, hint=hint)])


def _rename(value: MarkedValue, copy: str, shown: str) -> None:
    """Let every mark of a document name the file in its revision instead of the temporary copy."""

    def renamed(at: Location) -> Location:
        return evolve(at, file=at.file.replace(copy, shown))

    below: Sequence[MarkedValue] = ()
    if isinstance(value, MarkedDict):
        value.at = renamed(value.at)
        value.key_at = {key: renamed(at) for key, at in value.key_at.items()}
        value.value_at = {key: renamed(at) for key, at in value.value_at.items()}
        below = list(value.values())
    elif isinstance(value, MarkedList):
        value.at = renamed(value.at)
        value.value_at = [renamed(at) for at in value.value_at]
        below = value
    for item in below:
        _rename(item, copy, shown)
