"""Versions of standards that people named, and how far each is on its way: draft, in review, approved.

Where git keeps the standards, a version is a branch of its own that begins at what is checked out, and each step on its
way is a commit on it: it can be pushed, and git says who and when. Files, what is checked out and what is staged stay
as they are. Elsewhere it is one file beside the folder of the standards, of a kind that no command reads as standards.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, Protocol, get_args

from attrs import frozen

from ctm_rules.clock import now
from ctm_rules.diagnostics.findings import Code, DiagnosticError, Findings, Location, RequestError
from ctm_rules.editing.kept_in_git import Contents, KeptInGit, kept_in_git
from ctm_rules.files import read_file
from ctm_rules.limits import MAX_REVISIONS, MAX_TABLE_BYTES
from ctm_rules.model.origin import Origin
from ctm_rules.paths import kind_of
from ctm_rules.writing import check_free, write_atomically

State = Literal["draft", "review", "approved"]
NEXT: Mapping[State, tuple[State, ...]] = {"draft": ("review",), "review": ("approved", "draft"), "approved": ()}
"""What may follow each state of a version."""

BAD_VERSION = Code(
    "bad-version",
    "error",
    what="A version of standards cannot be named, found or moved on as it was asked for.",
    why="A version is what people reviewed: it is never replaced, and never skips its review.",
    bad="approve a version that is a draft still",
    good="hand it over for review, and approve it then",
)


def _bad(message: str, hint: str) -> RequestError:
    return RequestError([BAD_VERSION.found(Location("versions"), message, hint=hint)])


@frozen
class Stage:
    """One step of a version on its way.

    Attributes:
        state: what it became.
        who: who did it.
        when: when, with date, time and offset (ISO 8601).
        comment: what they said.
    """

    state: State
    who: str
    when: str
    comment: str = ""


@frozen
class Version:
    """Standards as they were when somebody named them.

    Attributes:
        name: what the machine calls it.
        title: what people call it.
        stages: its steps, the first one first.
    """

    name: str
    title: str
    stages: tuple[Stage, ...]

    @property
    def state(self) -> State:
        """How far it is."""
        return self.stages[-1].state


class Versions(Protocol):
    """Where versions of standards are kept."""

    @property
    def knows_who(self) -> bool:
        """Whether it is known who acts here, and need not be asked."""
        ...

    @property
    def who(self) -> str:
        """Who acts here (empty: nobody said)."""
        ...

    @property
    def where(self) -> str:
        """Where they are kept: a folder, or the beginning of the names of branches."""
        ...

    def all(self) -> tuple[Version, ...]:
        """Return every version, the latest first."""
        ...

    def contents(self, name: str) -> Contents:
        """Return what the files of a version hold."""
        ...

    def origin(self, name: str) -> Origin:
        """Return where a version is kept, as results say it."""
        ...

    def add(self, title: str, comment: str, contents: Contents) -> Version:
        """Keep what files hold as a draft."""
        ...

    def move(self, name: str, state: str, comment: str) -> None:
        """Move a version on its way."""
        ...


def versions_of(path: Path, who: str = "") -> Versions:
    """Return where the versions of standards are kept: in git, where it keeps the standards, else in a folder.

    Args:
        path: the folder of the framework, or its file.
        who: who acts, where git does not know it.
    """
    kept = kept_in_git(path)
    if kept is not None:
        return _InGit(kept)
    folder = path if kind_of(path) == "folder" else path.parent
    name = folder.absolute().name if folder == path else path.stem
    above = folder.absolute().parent if folder == path else folder
    return _InFolder(above / "versions" / name, who)


def find_version(versions: Versions, name: str) -> Version:
    """Return a version.

    Raises:
        RequestError: there is none of that name.
    """
    for version in versions.all():
        if version.name == name:
            return version
    raise _bad(f'there is no version "{name}"', "look at the list of versions again")


def check_next(version: Version, state: str) -> State:
    """Return the state that a version is to have.

    Raises:
        RequestError: it does not follow that which it has.
    """
    for following in NEXT[version.state]:
        if following == state:
            return following
    raise _bad(
        f'"{version.title}" is {version.state} and cannot become {state} now',
        "hand it over for review first" if version.state == "draft" else "name another version",
    )


def _name_of(title: str, taken: Sequence[str]) -> str:
    words = re.findall(r"[a-z0-9]+", title.lower())
    if not words:
        raise _bad("the version has no name", "write one, in letters and digits")
    name = "-".join(words)[:60].strip("-")
    if name in taken:
        raise _bad(f'there is a version "{name}" already', "choose another name: versions are never replaced")
    return name


def _state(said: object) -> State:
    return next((state for state in get_args(State) if state == said), "draft")


# --- In a folder -----------------------------------------------------------------------------------


class _InFolder:
    """Versions as one file each."""

    knows_who = False

    def __init__(self, folder: Path, who: str) -> None:
        self._folder = folder
        self.who = " ".join(who.split())

    @property
    def where(self) -> str:
        return self._folder.as_posix()

    def all(self) -> tuple[Version, ...]:
        files = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        found = [version for file in files if (version := self._read(file)) is not None]
        return tuple(sorted(found, key=lambda version: version.stages[0].when, reverse=True))

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def origin(self, name: str) -> Origin:
        return Origin("files", str(self._file(name)))

    def _said(self, file: Path) -> dict[str, object]:
        findings = Findings()
        content = read_file(file, MAX_TABLE_BYTES, findings)
        findings.raise_errors()
        with suppress(ValueError):
            said = json.loads(content or b"")
            if isinstance(said, dict):
                return said
        raise _bad(f"{file.name} is no version", "take it out of the folder, or restore it from a copy")

    def _read(self, file: Path) -> Version | None:
        with suppress(DiagnosticError, KeyError, TypeError, AttributeError):
            said = self._said(file)
            listed = said["stages"]
            assert isinstance(listed, list)
            stages = tuple(
                Stage(_state(each["state"]), str(each["who"]), str(each["when"]), str(each["comment"]))
                for each in listed
            )
            return Version(file.stem, str(said["title"]), stages) if stages else None
        return None

    def contents(self, name: str) -> Contents:
        version = find_version(self, name)
        files = self._said(self._file(version.name)).get("files")
        found = files if isinstance(files, dict) else {}
        return {str(path): str(text).encode("utf-8", "surrogateescape") for path, text in found.items()}

    def add(self, title: str, comment: str, contents: Contents) -> Version:
        self._check_who()
        name = _name_of(title, [version.name for version in self.all()])
        version = Version(name, title, (Stage("draft", self.who, now().isoformat(timespec="seconds"), comment),))
        check_free(self._file(name))
        self._write(version, contents)
        return version

    def move(self, name: str, state: str, comment: str) -> None:
        self._check_who()
        version = find_version(self, name)
        stage = Stage(check_next(version, state), self.who, now().isoformat(timespec="seconds"), comment)
        self._write(Version(version.name, version.title, (*version.stages, stage)), self.contents(name))

    def _check_who(self) -> None:
        if not self.who:
            raise _bad("it is not said who does this", "write who you are")

    def _write(self, version: Version, contents: Contents) -> None:
        stages = [
            {"state": each.state, "who": each.who, "when": each.when, "comment": each.comment}
            for each in version.stages
        ]
        files = {path: content.decode("utf-8", "surrogateescape") for path, content in contents.items()}
        said = {"title": version.title, "stages": stages, "files": files}
        text = json.dumps(said, ensure_ascii=True, indent=1)
        write_atomically(self._file(version.name), f"{text}\n".encode())


# --- In git ------------------------------------------------------------------------------------------

_TRAILER = "Standards-State: "


class _InGit:
    """Versions as branches of their own, which begin at what is checked out."""

    knows_who = True

    def __init__(self, kept: KeptInGit) -> None:
        self._kept, self._git = kept, kept.git
        self._file, self._folder, self._inside = kept.file, kept.folder, kept.inside
        key = re.sub(r"[^a-z0-9]+", "-", f"{self._inside}{self._file}".lower()).strip("-")
        self._branches = f"versions/{key or 'standards'}"

    @property
    def who(self) -> str:
        with suppress(DiagnosticError):
            return self._git.text("var", "GIT_AUTHOR_IDENT").partition(" <")[0]
        return ""

    @property
    def where(self) -> str:
        return self._branches

    def _branch(self, name: str) -> str:
        return f"refs/heads/{self._branches}/{name}"

    def all(self) -> tuple[Version, ...]:
        listed = self._git.text("for-each-ref", "--format=%(refname)", f"refs/heads/{self._branches}/").split()
        found = [version for branch in listed if (version := self._read(branch)) is not None]
        return tuple(sorted(found, key=lambda version: version.stages[0].when, reverse=True))

    def _read(self, branch: str) -> Version | None:
        # A branch may be anybody's: what was committed on it by hand ends what is read.
        format_ = "--format=%an%x00%aI%x00%B%x00"
        said = self._git.text("log", "-z", "--first-parent", f"--max-count={MAX_REVISIONS}", format_, branch).split(
            "\0"
        )
        stages: list[Stage] = []
        title = ""
        fields = [field.lstrip("\n") for field in said]
        for who, when, message in zip(fields[0::4], fields[1::4], fields[2::4], strict=False):
            *lines, last = message.strip("\n").split("\n")
            if not last.startswith(_TRAILER):
                break
            title = lines[0] if lines else ""
            stages.insert(0, Stage(_state(last.removeprefix(_TRAILER)), who, when, "\n".join(lines[1:]).strip()))
        return Version(branch.rpartition("/")[2], title, tuple(stages)) if stages else None

    def contents(self, name: str) -> Contents:
        branch = self._branch(find_version(self, name).name)
        return self._kept.contents(branch)

    def origin(self, name: str) -> Origin:
        return Origin("git", f"{self._branches}/{name}:{self._inside}{self._file}".removesuffix("/"))

    def add(self, title: str, comment: str, contents: Contents) -> Version:
        self._check_who()
        name = _name_of(title, [version.name for version in self.all()])
        head = self._git.text("rev-parse", "--verify", "HEAD^{commit}")
        lines = [f"100644 {self._stored(content)}\t{self._inside}{path}" for path, content in contents.items()]
        gone = [path for path in self._kept.paths(head) if not (self._folder / path).exists()]
        lines += [f"0 {'0' * len(head)}\t{self._inside}{path}" for path in gone]
        with tempfile.TemporaryDirectory() as folder:
            # An index of its own: what is staged is nobody's business here.
            own = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self._git.run("read-tree", head, variables=own)
            self._git.run("update-index", "-z", "--index-info", given="\0".join([*lines, ""]).encode(), variables=own)
            tree = self._git.text("write-tree", variables=own)
        self._commit(self._branch(name), tree, head, "", _message(title, comment, "draft"))
        return find_version(self, name)

    def _stored(self, content: bytes) -> str:
        return self._git.text("hash-object", "-w", "--stdin", given=content)

    def move(self, name: str, state: str, comment: str) -> None:
        self._check_who()
        version = find_version(self, name)
        message = _message(version.title, comment, check_next(version, state))
        tip = self._git.text("rev-parse", "--verify", self._branch(name))
        tree = self._git.text("rev-parse", "--verify", f"{tip}^{{tree}}")
        self._commit(self._branch(name), tree, tip, tip, message)

    def _commit(self, branch: str, tree: str, parent: str, was: str, message: str) -> None:
        commit = self._git.text("commit-tree", tree, "-p", parent, given=message.encode())
        self._git.run("update-ref", branch, commit, was)  # which refuses where it is another one by now

    def _check_who(self) -> None:
        if not self.who:
            hint = "tell it: git config --global user.name 'Your Name', and the same with user.email"
            raise _bad("git does not know who you are, and a version says who named it", hint)


def _message(title: str, comment: str, state: State) -> str:
    body = "\n".join(line for line in comment.splitlines() if not line.startswith(_TRAILER)).strip()
    return "\n\n".join(filter(None, (title, body, f"{_TRAILER}{state}"))) + "\n"
