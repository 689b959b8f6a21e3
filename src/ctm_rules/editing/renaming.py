"""Another name for an element, everywhere at once (refactoring): in every file that says it, or in none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import Code, Findings, Location, RequestError
from ctm_rules.editing.changes import Changes, check_is_yours, source_with
from ctm_rules.editing.documents import Document, read_document
from ctm_rules.editing.edits import Add, Edit, Pointer, RenameKey, SetValue, at_pointer, cannot_edit, node_of
from ctm_rules.editing.names import Mention, Name
from ctm_rules.editing.table_text import Place, read_table_text
from ctm_rules.editing.uses import Around, Use, find_name
from ctm_rules.files import read_file
from ctm_rules.frameworks.loading import build_framework
from ctm_rules.limits import MAX_TABLE_BYTES
from ctm_rules.model.declared_reading import TableLayout
from ctm_rules.model.former_names import renamed
from ctm_rules.model.framework import CASE_COLUMN, MEASURES, NOT_RATED, RATINGS
from ctm_rules.phrases import say_list
from ctm_rules.validity.names import BAD_ID, DUPLICATE_ID, ID_PATTERN
from ctm_rules.validity.rules import VALUE_PATTERN

WITH_FORMER_NAMES = ("standard", "key question", "prompt", "domain", "fact", "sample", "variant")
"""The kinds of element that say what they were called before."""

_KEPT_FOR_OTHERS = {"standard": MEASURES, "fact": CASE_COLUMN, "rating": NOT_RATED, "scale": RATINGS}


@frozen
class Renaming:
    """What another name for an element changes.

    Attributes:
        name: whose name it was.
        to: what it is called now.
        uses: every place that says the new name now.
        kept: tables that say the old name still, because they are no text; they are read by it as before.
        changes: the files.
    """

    name: Name
    to: str
    uses: tuple[Use, ...]
    kept: tuple[Use, ...]
    changes: Changes


def find_to_rename(around: Around, address: str) -> Name:
    """Return the name at an address, which may be given another one.

    Raises:
        DiagnosticError: there is nothing at the address, or something that has a value and no name.
    """
    found = find_name(around, address)
    if not isinstance(found, Name):
        message = f'"{address}" has a value and no name of its own'
        raise cannot_edit(str(around.path), message, "name a standard, a question, a prompt, a fact, …")
    return found


EDITION_IN_USE = Code(
    "edition-in-use",
    "error",
    what="An edition that inspections were rated by is to be changed.",
    why="Their ratings rest on it as it is: nobody could compute them anew from standards that say something else.",
    bad="ctm-rules rename assessment.safety.victims concerns     # in the edition of last year's inspections",
    good="ctm-rules new edition standards/hmip-pdu/2024 2026 --in-force-from 2026-04-01",
)


def check_may_change(around: Around, *, although_used: bool) -> None:
    """Refuse to change an edition that inspections were rated by, or that came with the library.

    Raises:
        RequestError: it is one of those.
    """
    check_is_yours(around.path)
    if around.inspections and not although_used:
        document = around.names.source.document
        files = [str(file) for file in around.inspections]
        shown = say_list([*files[:3], *([f"{len(files) - 3} more"] if len(files) > 3 else [])])
        message = (
            f'edition "{document.get("edition")}" of "{document.get("id")}" is that of {shown}, and is not changed'
        )
        hint = "start the next edition (ctm-rules new edition --help), or, while these are drafts, add --although-used"
        raise RequestError([EDITION_IN_USE.found(Location(str(around.path)), message, hint=hint)])


def rename(around: Around, name: Name, to: str, *, although_used: bool = False) -> Renaming:
    """Return what another name for an element changes, in every file that says it; nothing is written.

    An element that can say so says what it was called before, so that a comparison says renamed, and tables with the
    old name are read.

    Args:
        around: the framework, with the files that go by it.
        name: the element.
        to: its new name.
        although_used: whether it is renamed even where inspections were rated by this edition; they are changed along.

    Raises:
        DiagnosticError: the name is taken or cannot be one, the edition is in use, or a file cannot be changed.
    """
    check_may_change(around, although_used=although_used)
    _check_new_name(around, name, to)
    uses = around.uses(name)
    kept = tuple(use for use in uses if not use.is_editable)
    check_reaches_everything(around, name, kept, has_former_name=name.kind in WITH_FORMER_NAMES)
    check_is_not_lent(around, name)
    declared = around.names.declaration(name)

    def more(document: Document) -> Iterator[Edit]:
        return _former_name(declared, document, name, to)

    editable = [use for use in uses if use.is_editable]
    changes = changed_files(editable, to, [Path(declared.spot.file)], more)
    _check_only_renamed(around, name, changes.after)
    return Renaming(name, to, uses, kept, changes)


def changed_files(
    uses: Iterable[Use], to: str, also: Iterable[Path] = (), more: Callable[[Document], Iterable[Edit]] = lambda _: ()
) -> Changes:
    """Return files in which each place that says a name says another one; nothing is written.

    Args:
        uses: the places, each in a file that can be edited.
        to: the other name.
        also: files that are among the changes although no such place may be in them.
        more: what else is changed in a file of YAML.

    Raises:
        DiagnosticError: a file cannot be changed so.
    """
    by_file: dict[Path, list[Use]] = {}
    for use in uses:
        by_file.setdefault(Path(use.mention.spot.file), []).append(use)
    for path in also:
        by_file.setdefault(path, [])
    findings = Findings()
    before: dict[Path, bytes] = {}
    after: dict[Path, bytes] = {}
    cells: dict[Path, tuple[str, ...]] = {}
    for path, of_file in by_file.items():
        try:
            if of_file and of_file[0].is_cell:
                before[path], after[path] = _table(path, of_file, to)
                cells[path] = tuple(
                    f"{use.location}: {use.mention.spot.word} → {_replaced([use], to)}" for use in of_file
                )
                continue
            document = read_document(path)
            edits = [*_edits(document, of_file, to), *more(document)]
            before[path], after[path] = document.content, document.edited(*edits).content
        except RequestError as error:
            findings.extend(error.diagnostics)
    findings.raise_errors()
    return Changes(before, after, cells)


# --- What is refused -------------------------------------------------------------------------------


def _check_new_name(around: Around, name: Name, to: str) -> None:
    declared = around.names.declaration(name)
    at, findings = declared.location, Findings()
    pattern = VALUE_PATTERN if name.kind == "value" else ID_PATTERN
    if not pattern.fullmatch(to):
        hint = "use small letters, digits and _, with a letter first"
        if name.kind == "value":
            hint = "use letters, digits and _"
        findings.add(BAD_ID, at, f'"{to}" cannot be the name of {name}', hint=hint)
    elif _KEPT_FOR_OTHERS.get(name.kind) == to:
        findings.add(BAD_ID, at, f'"{to}" is kept for something else, and no {name.kind} is called so', hint="")
    elif to == name.word:
        findings.add(DUPLICATE_ID, at, f'{name} is called "{to}" already', hint="choose another name")
    else:
        taken = Name(name.kind, f"{name.address[: -len(name.word)]}{to}")
        others = [taken, *(Name("fact", f"{key}.{to}") for key in ("facts", "provider_facts") if name.kind == "fact")]
        for other in others:
            if other in around.names.declared():
                place = around.names.declaration(other).location
                message = f"there is {other} already, {place.said} of {Path(place.file).name}"
                findings.add(DUPLICATE_ID, at, message, hint="choose another name")
                break
    findings.raise_errors()


RENAMED_ELSEWHERE = Code(
    "not-renamed-everywhere",
    "error",
    what="A name cannot be changed in one of the places that say it, or not every place is known.",
    why="What still says the old name would mean nothing, or something else.",
    bad="a sub-group whose name is a column of a workbook",
    good="the same column renamed in the program that the workbook is edited with",
)


def check_reaches_everything(around: Around, name: Name, kept: Sequence[Use], *, has_former_name: bool) -> None:
    """Refuse a change that would leave a name behind where nobody would read it.

    Args:
        around: the framework, with the files that go by it.
        name: whose name it is.
        kept: places that cannot be changed.
        has_former_name: whether those are read by the former name.

    Raises:
        RequestError: some would mean nothing then, or not every file could be read.
    """
    findings = Findings()
    if around.unread:
        findings.extend(around.unread)
        at = around.names.declaration(name).location
        message = f"{name} may be named in a file that could not be read"
        findings.add(RENAMED_ELSEWHERE, at, message, hint="mend that file first, or look in other folders (--in)")
    for use in () if has_former_name else kept:
        at = use.mention.spot.location
        message = f"{name} is a column of {Path(at.file).name}, which is no text and cannot be changed here"
        findings.add(RENAMED_ELSEWHERE, at, message, hint="save it as CSV, and rename it then")
    ambiguous = [
        use.mention
        for use in around.every_use(name)
        if use.mention.of != name
        and name.kind == use.mention.of.kind == "rating"
        and _is_shared(use.mention, around, name)
    ]
    for mention in ambiguous[:1]:
        message = f"{name} has the name of {mention.of}, and here nobody can tell which of the two is meant"
        hint = "give the other one another name by hand, or say at the element which scale it is rated on"
        findings.add(RENAMED_ELSEWHERE, mention.location, message, hint=hint)
    findings.raise_errors()


def check_is_not_lent(around: Around, name: Name) -> None:
    """Refuse another name for what other standards use by reference: what they say of it would mean nothing there.

    Raises:
        RequestError: they do.
    """
    findings = Findings()
    for lent in around.lent():
        parts = (name.address, lent.of.address)
        is_in_it = any(one == other or one.startswith(f"{other}.") for one, other in (parts, parts[::-1]))
        if is_in_it or name.kind in ("fact", "value", "variant"):
            message = f"{name} may be said of {lent.of}, which other standards use by reference"
            hint = "rename it in the next edition, and let those standards go over to that"
            findings.add(RENAMED_ELSEWHERE, lent.location, message, hint=hint)
    findings.raise_errors()


def _is_shared(mention: Mention, around: Around, name: Name) -> bool:
    """Return whether one word of the standards says this name and another one."""
    return any(
        each.of == name and each.spot.at == mention.spot.at and each.spot.file == mention.spot.file
        for each in around.names.mentions
    )


def _check_only_renamed(around: Around, name: Name, after: Mapping[Path, bytes | None]) -> None:
    """Hold the standards that come out against those that there were: by their new names they are the same."""
    old = build_framework(around.names.source)
    new = build_framework(source_with(around.path, after))
    if name.kind in WITH_FORMER_NAMES and renamed(old, new)[0] != new:
        at = around.names.declaration(name).location
        message = f"another name for {name} would change more than the name, and nothing is done"
        raise RequestError([RENAMED_ELSEWHERE.found(at, message, hint="choose a name that nothing has or had")])


# --- What is changed -------------------------------------------------------------------------------


def _edits(document: Document, uses: Iterable[Use], to: str) -> Iterator[Edit]:
    """Yield the edits of one file, the innermost first, so that no key that leads to a place has changed before."""
    spots: dict[tuple[Pointer, bool], list[Use]] = {}
    for use in uses:
        spots.setdefault((use.mention.spot.at, use.mention.spot.key is not None), []).append(use)
    for (at, is_key), here in sorted(spots.items(), key=lambda each: (-len(each[0][0]), each[0][1])):
        text = _replaced(here, to)
        if not is_key and here[0].beside:
            yield Add(at[:-1], node_of(text), here[0].beside)
        elif not is_key:
            yield SetValue(at, node_of(text))
        elif any(use.is_shared for use in here):
            yield from _beside(document, at, text)
        else:
            yield RenameKey(at, text)


def _beside(document: Document, at: Pointer, key: str) -> Iterator[Edit]:
    """Yield the edit that puts the same value under another key too, where other standards may mean the old one."""
    block = at_pointer(document.says(), at[:-1])
    assert isinstance(block, dict)
    if key not in block:
        yield Add(at[:-1], document.node(at), key, list(block).index(str(at[-1])) + 1)


def _replaced(uses: Iterable[Use], to: str) -> str:
    mentions = sorted((use.mention for use in uses), key=lambda each: each.start, reverse=True)
    text = str(mentions[0].spot.word)
    for mention in mentions:
        text = text[: mention.start] + to + text[mention.end :]
    return text


def _former_name(declared: Mention, document: Document, name: Name, to: str) -> Iterator[Edit]:
    """Yield the edits by which an element says what it was called before."""
    if name.kind not in WITH_FORMER_NAMES or declared.spot.file != document.file:
        return
    block = declared.spot.at[:-1]
    says = at_pointer(document.says(), block)
    assert isinstance(says, dict)
    former = says.get("formerly")
    if former is None:
        place = list(says).index(str(declared.spot.at[-1])) + 1
        yield Add(block, node_of([name.word]), "formerly", place)
    elif isinstance(former, list):
        at = (*block, "formerly")
        kept = [each for each in former if each not in (to, name.word)]
        yield SetValue(at, node_of([*kept, name.word]))


def _table(path: Path, uses: Sequence[Use], to: str) -> tuple[bytes, bytes]:
    """Return a case table before and after."""
    findings = Findings()
    content = read_file(path, MAX_TABLE_BYTES, findings)
    findings.raise_errors()
    assert content is not None
    text = read_table_text(content, str(path), uses[0].layout or TableLayout())
    cells: dict[Place, list[Use]] = {}
    for use in uses:
        row, column = use.mention.spot.at
        assert isinstance(row, int)
        assert isinstance(column, int)
        cells.setdefault((row, column), []).append(use)
    changed = None if text is None else text.filled_in({place: _replaced(here, to) for place, here in cells.items()})
    if changed is None:
        message = f"{path.name} cannot be changed without a risk to what else it holds"
        hint = "look for quotation marks and line breaks in its cells"
        raise RequestError([RENAMED_ELSEWHERE.found(Location(str(path)), message, hint=hint)])
    return content, changed
