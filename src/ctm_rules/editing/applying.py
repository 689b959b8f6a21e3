"""An amendment kept: what was only asked ("what if") is written into the files of the standards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import Code, Location, RequestError
from ctm_rules.editing.changes import Changes, source_with
from ctm_rules.editing.documents import Document, read_document
from ctm_rules.editing.edits import Add, Edit, Pointer, Remove, SetValue, node_of, plain
from ctm_rules.editing.history import Contents
from ctm_rules.editing.renaming import check_may_change
from ctm_rules.editing.spots import way_to
from ctm_rules.editing.uses import Around
from ctm_rules.frameworks.addresses import Place
from ctm_rules.frameworks.amendments import Alteration, Amendment, amended_framework, places_of
from ctm_rules.frameworks.finding import standard_file_name
from ctm_rules.frameworks.loading import FrameworkSource, build_framework
from ctm_rules.meaning import require_meaning
from ctm_rules.model.framework import Framework
from ctm_rules.paths import kind_of
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList


@frozen
class Applied:
    """What amendments make of standards.

    Attributes:
        before, after: the standards.
        changes: the files.
    """

    before: Framework
    after: Framework
    changes: Changes


def apply(around: Around, amendments: Sequence[Amendment], *, although_used: bool = False) -> Applied:
    """Return what amendments change in the files of the standards that they are for; nothing is written.

    Args:
        around: the framework, with the files that go by it.
        amendments: one after the other.
        although_used: whether they are applied even where inspections were rated by this edition.

    Raises:
        DiagnosticError: an amendment is wrong, the edition is in use, or a file cannot be changed so.
    """
    check_may_change(around, although_used=although_used)
    return applied(around.path, around.names.source, amendments, {})


NOT_APPLIED = Code(
    "not-applied",
    "error",
    what="An amendment cannot be written into the files of the standards, although it can be asked what it would do.",
    why="Files that say something else than the amendment would be taken for it.",
    bad="remove: [assessment]     # a standard that has a file of its own",
    good="git rm standards/hmip-pdu/2024/2.1-assessment.yaml",
)


def applied(path: Path, source: FrameworkSource, amendments: Sequence[Amendment], contents: Contents) -> Applied:
    """Return what amendments change in files that need not be written yet.

    Args:
        path: the framework's folder, or its file.
        source: what its files say.
        amendments: one after the other.
        contents: what files hold that hold something else than on the disk (``None``: they are gone).

    Raises:
        DiagnosticError: an amendment is wrong, or a file cannot be changed so.
    """
    before = build_framework(source)
    after = amended_framework(source, amendments)
    require_meaning(after)
    files = _Files(path, source, contents)
    for alteration in (each for amendment in amendments for each in amendment.alterations):
        files.alter(alteration)
    written = build_framework(files.source)
    if written != after:
        message = "the files would not say what the amendment says, and nothing is done"
        raise RequestError([NOT_APPLIED.found(Location(str(path)), message, hint="make this change by hand")])
    return Applied(before, written, Changes(files.before, files.after))


class _Files:
    """The files of a framework while they are changed."""

    def __init__(self, path: Path, source: FrameworkSource, contents: Contents) -> None:
        self.path, self.source, self.contents = path, source, contents
        self.before: dict[Path, bytes | None] = {}
        self.after: dict[Path, bytes] = {}

    def alter(self, alteration: Alteration) -> None:
        """Do one alteration; it was done to the data already, so that its address is known to name one place."""
        (place,) = places_of(self.source.document, alteration)
        way = way_to(place, self.source.document)
        if way is None:
            self._add_standards(alteration)
        else:
            file, at = way
            path = Path(file)
            content = self.after.get(path) or self.contents.get(path)
            document = read_document(path) if content is None else Document(file, content)
            self.before.setdefault(path, document.content)
            self.after[path] = document.edited(*_edits(alteration, place, at)).content
        self.source = source_with(self.path, {**self.contents, **self.after})

    def _add_standards(self, alteration: Alteration) -> None:
        """Give each standard that is added a file of its own."""
        if alteration.verb != "add" or kind_of(self.path) != "folder" or not isinstance(alteration.value, MarkedList):
            raise _refused(alteration, "the standards have a file each, and are not one list", "amend each by itself")
        for item in alteration.value:
            declared = item if isinstance(item, MarkedDict) else MarkedDict(alteration.value_at)
            path = self.path / standard_file_name(str(declared.get("id")), str(declared.get("slug")))
            if path.exists() or path in self.after or self.contents.get(path) is not None:
                raise _refused(alteration, f"there is a file {path.name} already", "give the standard another slug")
            self.before[path] = None
            self.after[path] = (
                Document(str(path), b"{}\n").edited(SetValue((), node_of(plain(declared), is_flow=False))).content
            )


def _edits(alteration: Alteration, place: Place, at: Pointer) -> Iterator[Edit]:
    if alteration.verb == "remove":
        if not at:
            message = f'the standard "{alteration.address}" has a file of its own'
            raise _refused(alteration, message, "delete that file, and take its slug out of its domain")
        # An item of which nothing is left goes as a whole.
        while place.above is not None and isinstance(place.above.key, int) and len(place.container) == 1:
            place, at = place.above, at[:-1]
        yield Remove(at)
    elif alteration.verb == "add" and isinstance(place.value, MarkedList) and isinstance(alteration.value, MarkedList):
        for item in alteration.value:
            yield Add(at, node_of(plain(item)))
    else:
        yield SetValue(at, node_of(plain(alteration.value)))


def _refused(alteration: Alteration, message: str, hint: str) -> RequestError:
    return RequestError([NOT_APPLIED.found(alteration.address_at, message, path=alteration.address, hint=hint)])
