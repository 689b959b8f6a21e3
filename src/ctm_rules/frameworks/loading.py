"""Standards from YAML files to a framework (loading, deserialisation): every mistake at once, or a framework."""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from operator import is_
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from attrs import evolve, frozen

from ctm_rules.case_files.readings import structure_reading
from ctm_rules.diagnostics.findings import (
    HERE,
    NOWHERE,
    Code,
    Diagnostic,
    DiagnosticError,
    Findings,
    Location,
    RequestError,
    StandardsError,
    require,
    require_path,
)
from ctm_rules.files import found_in, read_file
from ctm_rules.frameworks.finding import FRAMEWORK_FILE, READING_FILE, find_framework, origin_of
from ctm_rules.frameworks.references import FrameworkReference, find_referenced_framework
from ctm_rules.limits import MAX_YAML_BYTES
from ctm_rules.meaning import require_meaning
from ctm_rules.model.conditions import Condition, FactTest, children, with_children
from ctm_rules.model.declared import keys_of
from ctm_rules.model.fact_values import type_fact_value
from ctm_rules.model.framework import Borrowed, Fact, Framework, Standard
from ctm_rules.model.framework_conditions import map_conditions
from ctm_rules.model.frozen_dict import FrozenDict
from ctm_rules.model.origin import BUILT_IN_PYTHON, Origin
from ctm_rules.model.remembered import ByMeaning, evolved, known_by, once_for_the_same
from ctm_rules.paths import kind_of, real_path
from ctm_rules.validity import check_validity, note_valid
from ctm_rules.yaml_files.kinds import FileKind, kind_by_keys
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue, describe, parse_yaml, read_yaml
from ctm_rules.yaml_files.mistakes import WRONG_TYPE, unknown_key
from ctm_rules.yaml_files.structuring import structure

if TYPE_CHECKING:
    from ctm_rules.frameworks.band_tables import ReadTable
    from ctm_rules.frameworks.borrowing import Lend, Lender

PART_FILES = {"facts.yaml": ("facts",), "measures.yaml": ("measures", "subgroups")}


@frozen
class FrameworkSource:
    """The files of one framework as read: data with marks, nothing interpreted.

    Attributes:
        folder: where the framework lies (the folder of the file for a framework of a single file).
        origin: the same as results say it.
        document: everything declared, by key; ``standards`` holds a block for each standard.
        files: the files read, in the order in which they were read.
        unread: keys of the document that are missing, or not complete, because a file could not be read.
        reading: how tables of its cases are read, with the file that says so (``None``: no file does).
        borrowed: where key questions come from that are another framework's, by their addresses.
    """

    folder: Path
    origin: Origin
    document: MarkedDict
    files: tuple[Path, ...]
    unread: frozenset[str] = frozenset()
    reading: tuple[Path, MarkedValue] | None = None
    borrowed: Mapping[str, Borrowed] = FrozenDict()  # it cannot be changed


class FileStore(Protocol):
    """What the files of a framework are read from: a disk, or git's store, in which a path is a name and no more."""

    def names(self, folder: Path) -> list[str] | None:
        """Return the names of the files in a folder, in order (``None``: it is no folder)."""
        ...

    def is_file(self, path: Path) -> bool:
        """Return whether there is an ordinary file of that path."""
        ...

    def read(self, path: Path, findings: Findings, *, as_text: bool = False) -> MarkedValue:
        """Return what a file of YAML holds; what is wrong with it goes to ``findings``."""
        ...

    def read_bytes(self, path: Path, findings: Findings) -> bytes | None:
        """Return what any other file holds (``None``: it cannot be read, and ``findings`` say why)."""
        ...

    def lender(self, reference: FrameworkReference, main: Path) -> tuple[Path, FileStore]:
        """Return where a framework lies that the main file of another one names, and what it is read from.

        Raises:
            DiagnosticError: it is not named clearly, or there is none.
        """
        ...


class _Disk:
    def names(self, folder: Path) -> list[str] | None:
        if kind_of(folder) != "folder":
            return None
        # A folder that is called like a file of YAML is said to be none; any other is nobody's business here.
        return sorted(file.name for file in folder.iterdir() if file.suffix == ".yaml" or file.is_file())

    def is_file(self, path: Path) -> bool:
        return kind_of(path) == "file"

    def read(self, path: Path, findings: Findings, *, as_text: bool = False) -> MarkedValue:
        return read_yaml(path, findings, as_text=as_text)

    def read_bytes(self, path: Path, findings: Findings) -> bytes | None:
        return read_file(path, MAX_YAML_BYTES, findings, kind="table")

    def lender(self, reference: FrameworkReference, main: Path) -> tuple[Path, FileStore]:
        return find_referenced_framework(reference, main), self


DISK = _Disk()


@frozen
class NotYetWritten:
    """The files of a framework as they will be: some that are not written yet, and those that lie there.

    Attributes:
        contents: what the new ones hold (``None``: the file will be gone).
    """

    contents: Mapping[Path, bytes | None]

    def names(self, folder: Path) -> list[str] | None:
        """Return the names of the files in a folder, in order (``None``: it is no folder, and will be none)."""
        here = {path.name: content for path, content in self.contents.items() if path.parent == folder}
        new = {name for name, content in here.items() if content is not None}
        there = DISK.names(folder)
        return None if there is None and not new else sorted(new | ({*(there or ())} - here.keys()))

    def is_file(self, path: Path) -> bool:
        """Return whether there will be an ordinary file of that path."""
        return self.contents[path] is not None if path in self.contents else DISK.is_file(path)

    def read(self, path: Path, findings: Findings, *, as_text: bool = False) -> MarkedValue:
        """Return what a file of YAML will hold; what is wrong with it goes to ``findings``."""
        content = self.contents.get(path)
        if content is None:
            return DISK.read(path, findings, as_text=as_text)
        return parse_yaml(content, str(path), findings, as_text=as_text)

    def read_bytes(self, path: Path, findings: Findings) -> bytes | None:
        """Return what any other file will hold (``None``: it cannot be read, and ``findings`` say why)."""
        content = self.contents.get(path)
        return DISK.read_bytes(path, findings) if content is None else content

    def lender(self, reference: FrameworkReference, main: Path) -> tuple[Path, FileStore]:
        """Return where a framework lies that the main file names, and what it is read from."""
        return DISK.lender(reference, main)


def load_framework(
    name: str | Path,
    edition: str | None = None,
    *,
    standards: str | Path | None = None,
    on: datetime.date | None = None,
) -> Framework:
    """Load a framework by its id or from a folder or file.

    What ``ctm-rules check`` calls an error is refused here, so that nobody rates by it; see :func:`check_framework`.

    Args:
        name: the id of a framework in the standards folder (``hmip-pdu``); or a path: a :class:`~pathlib.Path`, or a
            text with a slash in it or ``.yaml`` at its end. It is that of a folder that holds ``framework.yaml``, of
            one with editions in it, or of a single file.
        edition: which edition.
        standards: the folder of frameworks to look in (default: the one that comes with the library).
        on: where no edition is named, the day on which it must be in force (default: today).

    Raises:
        RequestError: there is no such framework.
        StandardsError: it cannot be read or understood; carries every mistake found.

    >>> framework = load_framework("hmip-pdu", "2024")
    >>> framework.key_questions["assessment.safety"].ask
    'Does assessment focus sufficiently on keeping other people safe?'
    >>> load_framework("hmip-pud")
    Traceback (most recent call last):
        ...
    RequestError: hmip-pud: error: there is no framework "hmip-pud" [unknown-framework]
      hint: did you mean "hmip-pdu"? Allowed: hmip-pdu.
    """
    if edition is not None:
        require("edition", edition, str, hint='a text: "2024"')
    require_path("name", name, "the id of a framework, or its path")
    if on is not None:
        require("on", on, datetime.date, hint="a day: datetime.date(2026, 4, 1)")
    findings = Findings()
    folder = None if standards is None else require_path("standards", standards, "a folder of frameworks")
    source = read_files(find_framework(name, edition, standards=folder, on=on), findings)
    framework = None if source is None else structure_framework(source, findings)
    findings.raise_errors(RequestError if source is None else StandardsError)
    assert framework is not None
    require_meaning(framework)
    return framework


def make_framework(declared: str | Mapping[str, object], *, name: str = "<text>") -> Framework:
    """Return the framework that a text of YAML or plain data declares, checked as :func:`load_framework` checks files.

    Args:
        declared: what the single file of a framework may say, as its text or as data (what JSON gives): all of
            ``framework.yaml`` with ``facts``, ``measures``, ``standards`` and whatever else there is.
        name: how findings call the text; in data each place has its JSON pointer.

    Raises:
        StandardsError: carries every mistake found.

    >>> from ctm_rules import dump_framework, load_framework
    >>> framework = load_framework("hmip-pdu", "2024")
    >>> make_framework(dump_framework(framework)) == framework
    True
    """
    require("name", name, str, hint="what findings call the text")
    findings = Findings()
    source = declared_source(declared, findings, name)
    framework = None if source is None else structure_framework(source, findings)
    findings.raise_errors(StandardsError)
    assert framework is not None
    require_meaning(framework)
    return framework


def declared_source(declared: str | Mapping[str, object], findings: Findings, name: str) -> FrameworkSource | None:
    """Return what a text or data declares, nothing interpreted (``None``: it is no block, and ``findings`` say why)."""
    before = len(findings.errors)
    if isinstance(declared, str):
        document = parse_yaml(declared.encode("utf-8", "surrogatepass"), name, findings)
        at = Location(name, 1, 1)
    else:
        from ctm_rules.yaml_files.plain_data import mark_data

        document, at, name = mark_data(declared, findings), HERE, HERE.file
    if isinstance(document, MarkedDict) and len(findings.errors) == before:
        unread = _with_tables(document, None, findings)
        borrowed = _with_questions(document, partial(_lend, main=None, store=DISK, borrowers=()), findings)
        unread |= set() if borrowed is not None else {"standards"}
        return FrameworkSource(Path(), BUILT_IN_PYTHON, document, (Path(name),), unread, borrowed=borrowed or {})
    if len(findings.errors) == before:
        message = f"a framework must be a block of keys, not {describe(document)}"
        findings.add(WRONG_TYPE, at, message, hint="start with id: …; for a file or an id: load_framework")
    return None


def read_framework(path: Path, store: FileStore = DISK) -> FrameworkSource:
    """Read the files of a framework without interpreting them.

    Args:
        path: its folder or file.
        store: what it is read from.

    Raises:
        DiagnosticError: a file cannot be read or is no YAML.
    """
    findings = Findings()
    source = read_files(path, findings, store)
    findings.raise_errors(StandardsError)
    assert source is not None
    return source


def read_files(
    path: Path, findings: Findings, store: FileStore = DISK, *, borrowers: Sequence[Path] = ()
) -> FrameworkSource | None:
    """Read what can be read of a framework; what cannot goes to ``findings``. ``None``: there is no framework there.

    ``borrowers`` are the frameworks that this one is read for, since they use key questions of it.
    """
    names = store.names(path)
    is_folder = names is not None
    folder = path if is_folder else path.parent
    main = path / FRAMEWORK_FILE if is_folder else path
    unread: set[str] = set()
    if names is not None:
        intended = _misnamed(path, names, findings)
        if FRAMEWORK_FILE in intended and not store.is_file(main):
            return None
        unread.update(*(_keys_of_file(name) for name in intended))
        if not found_in(path, [main], findings):
            return None
    document = _read_block(main, store, findings)
    if document is None:
        if not store.is_file(main):
            return None
        # The other files are looked at all the same, as far as that is possible without this one.
        document = MarkedDict(Location(str(main)))
        unread.update(keys_of(Framework))
    document = copy.copy(document)  # what the other files declare is put into it, and others may have the same object
    if isinstance(standards := document.get("standards"), MarkedList):
        document["standards"] = copy.copy(standards)
    others = [path / name for name in names or () if name.endswith(".yaml") and name != FRAMEWORK_FILE]
    read = [main]
    reading: tuple[Path, MarkedValue] | None = None
    for file in found_in(path, others, findings):
        if file.name == READING_FILE:
            read.append(file)
            errors = len(findings.errors)
            content = store.read(file, findings, as_text=True)
            reading = (file, content) if len(findings.errors) == errors else None
            continue
        block = _read_block(file, store, findings)
        if block is not None and kind_by_keys(block) in _BESIDE_A_FRAMEWORK:
            continue
        read.append(file)
        unread.update(_keys_of_file(file.name) if block is None else _merge(document, block, file, findings))

    def table(name: str, found: Findings) -> tuple[str, bytes] | None:
        file = folder / name
        content = store.read_bytes(file, found) if found_in(folder, [file], found) else None
        if content is None:
            return None
        read.append(file)
        return str(file), content

    if _is_filled_in(document):
        document = copy.deepcopy(document)
    unread |= _with_tables(document, table, findings)
    lending = partial(_lend, main=main, store=store, borrowers=(*borrowers, path))
    borrowed = _with_questions(document, lending, findings)
    unread |= set() if borrowed is not None else {"standards"}
    files = tuple(dict.fromkeys(read))
    return FrameworkSource(folder, origin_of(path), document, files, frozenset(unread), reading, borrowed or {})


def _with_questions(document: MarkedDict, lend: Lend, findings: Findings) -> Mapping[str, Borrowed] | None:
    """Put in key questions of other frameworks; ``None``: some could not be, and ``findings`` say why."""
    if not _borrows(document):
        return {}
    from ctm_rules.frameworks.borrowing import fill_in_questions, without_references

    before = len(findings.errors)
    borrowed = fill_in_questions(document, lend, findings)
    without_references(document)
    return borrowed if len(findings.errors) == before else None


BORROWED_IN_A_CIRCLE = Code(
    "borrowed-in-a-circle",
    "error",
    what="A framework uses key questions of another one that uses some of its own.",
    why="Neither could be read before the other, and nobody could tell where a question is declared.",
    bad="a takes a key question from b, and b takes one from a",
    good="a takes a key question from b, and b declares all of its own",
)


def _lend(
    reference: FrameworkReference,
    findings: Findings,
    *,
    main: Path | None,
    store: FileStore,
    borrowers: Sequence[Path],
) -> Lender | None:
    """Return the framework that is named as that of a key question (``None``: ``findings`` say why there is none)."""
    from ctm_rules.frameworks.borrowing import BAD_BORROWED_QUESTION, Lender

    try:
        if main is None:
            place, files = find_referenced_framework(reference, None), store
        else:
            place, files = store.lender(reference, main)
    except DiagnosticError as error:
        findings.extend(error.diagnostics)
        return None
    # A path may be that of an edition itself.
    is_named = main is not None and reference.path is not None and place.name == Path(reference.path).name
    if reference.edition is None and not is_named:
        message = f"it is not said which edition of {reference.id or reference.path} the key question is taken from"
        hint = 'add edition: "…", so that the standards do not change when that one comes to an end'
        findings.add(BAD_BORROWED_QUESTION, reference.at, message, hint=hint)
        return None
    if real_path(place) in map(real_path, borrowers):
        message = f"{place.name} takes key questions from itself, or from what takes some of its own"
        hint = "declare the key question in one of them, and use it in the others"
        findings.add(BORROWED_IN_A_CIRCLE, reference.at, message, hint=hint)
        return None
    mistakes = Findings()
    source = read_files(place, mistakes, files, borrowers=borrowers)
    framework = None if source is None else structure_framework(source, mistakes)
    circle = [found for found in mistakes if found.code == BORROWED_IN_A_CIRCLE.id]
    if circle:
        findings.extend(found.moved_to(reference.at) for found in circle)
        return None
    if source is None or framework is None:
        message = f"{place} has mistakes, so that no key question can be taken from it"
        findings.add(BAD_BORROWED_QUESTION, reference.at, message, hint=f"see them with: ctm-rules check {place}")
        return None
    return Lender(framework, source.document)


def _with_tables(document: MarkedDict, read: ReadTable | None, findings: Findings) -> frozenset[str]:
    """Put what tables of bands hold in the place of their names; return the keys of which not all could be read."""
    if not _chooses_bands(document):
        return frozenset()
    from ctm_rules.frameworks.band_tables import fill_in_tables

    return fill_in_tables(document, read, findings)


def _is_filled_in(document: MarkedDict) -> bool:
    """Return whether something stands in the files of which only the name stands in the document."""
    return _chooses_bands(document) or _borrows(document)


def _borrows(document: MarkedDict) -> bool:
    standards = document.get("standards")
    items = [
        item
        for standard in (standards if isinstance(standards, MarkedList) else ())
        if isinstance(standard, MarkedDict) and isinstance(questions := standard.get("key_questions"), MarkedList)
        for item in questions
    ]
    return any(isinstance(item, MarkedDict) and "from" in item for item in items)


def _chooses_bands(value: MarkedValue) -> bool:
    if isinstance(value, MarkedDict):
        return "bands_by" in value or any(map(_chooses_bands, value.values()))
    return isinstance(value, MarkedList) and any(map(_chooses_bands, value))


_BESIDE_A_FRAMEWORK: tuple[FileKind, ...] = (
    "inspection",
    "amendment",
    "scenarios",
    "reading",
    "words",
    "language",
)
"""The kinds of file that may lie in a framework's folder and are no part of it."""


def _keys_of_file(name: str) -> tuple[str, ...]:
    """Return the keys of a framework that stand in the file of that name."""
    return () if name in (FRAMEWORK_FILE, READING_FILE) else PART_FILES.get(name, ("standards",))


MISNAMED_FILE = Code(
    "misnamed-file",
    "error",
    what="A file in a framework's folder has a name by which it is not read, or by which it is read as something else.",
    why="A standard would be missing, or facts would be taken for a standard, without a word.",
    bad="standards/mine/2026/2.1-assessment.yml",
    good="standards/mine/2026/2.1-assessment.yaml",
)


def _misnamed(folder: Path, names: Iterable[str], findings: Findings) -> set[str]:
    """Report files that are not read because of their names; return the names that they should have."""
    intended: set[str] = set()
    for given in names:
        name = re.sub(r"\.ya?ml(\.txt)?$", ".yaml", given, flags=re.IGNORECASE)
        name = FRAMEWORK_FILE if name.lower() == FRAMEWORK_FILE else name
        if name != given and not given.startswith("."):
            message = f"{given} is not read, because its name is not in small letters with .yaml at its end"
            findings.add(MISNAMED_FILE, Location(str(folder / given)), message, hint=f"rename it to {name}")
            intended.add(name)
    return intended


def _read_block(file: Path, store: FileStore, findings: Findings) -> MarkedDict | None:
    before = len(findings.errors)
    content = store.read(file, findings)
    if isinstance(content, MarkedDict):
        return content
    if len(findings.errors) == before:
        first = PART_FILES.get(file.name, ("key",))[0]
        message = (
            "the file is empty" if content is None else f"the file must be a block of keys, not {describe(content)}"
        )
        at = content.at if isinstance(content, MarkedList) else Location(str(file), 1, 1)
        findings.add(WRONG_TYPE, at, message, hint=f"start with {first}: …")
    return None


DECLARED_TWICE = Code(
    "declared-twice",
    "error",
    what="The same part of a framework stands in two of its files.",
    why="Only one of the two could count.",
    bad="facts: […] in framework.yaml and in facts.yaml",
    good="facts: […] in facts.yaml alone",
)


def _merge(document: MarkedDict, block: MarkedDict, file: Path, findings: Findings) -> set[str]:
    """Put what one file declares into the framework's document; return the keys of which it could not."""
    parts = PART_FILES.get(file.name)
    if parts is None:
        meant_for = _other_than_a_standard(block, file, findings)
        if meant_for is not None:
            return {"standards", *_keys_of_file(meant_for)}
        standards = document.setdefault("standards", MarkedList(block.at))
        if isinstance(standards, MarkedList):
            standards.append(block)
            standards.value_at.append(block.at)
        return set()
    unread: set[str] = set()
    for key, value in block.items():
        if key not in parts:
            findings.extend([unknown_key(key, parts).found(block.key_at[key])])
            unread.update(parts)
        elif key in document:
            message = f'"{key}" stands here and in {FRAMEWORK_FILE}'
            findings.add(DECLARED_TWICE, block.key_at[key], message, hint="keep one of them")
            unread.add(key)
        else:
            document[key] = value
            document.key_at[key] = block.key_at[key]
            document.value_at[key] = block.value_at[key]
    return unread


def _other_than_a_standard(block: MarkedDict, file: Path, findings: Findings) -> str | None:
    """Report a file that is read as a standard and is none; return the name that it should have, if that is known."""
    if set(block) & (set(keys_of(Standard)) - set(keys_of(Framework))):
        return None
    intended = [name for name, parts in PART_FILES.items() if set(block) & set(parts)]
    intended += [FRAMEWORK_FILE] if set(block) & (set(keys_of(Framework)) - set(keys_of(Standard))) else []
    message = f"{file.name} is read as a standard, and has none of a standard's own keys"
    hint = (
        f"its name should be {intended[0]}"
        if intended
        else "a standard has slug, statement, rated_by, …; is it elsewhere?"
    )
    findings.add(MISNAMED_FILE, block.at, message, hint=hint)
    return intended[0] if intended else file.name


def build_framework(source: FrameworkSource) -> Framework:
    """Return the framework that the files of a source declare, whether or not its rules make sense.

    Raises:
        DiagnosticError: carries every mistake of shape and of meaning that could be found.
    """
    findings = Findings()
    framework = structure_framework(source, findings)
    findings.raise_errors(StandardsError)
    assert framework is not None
    return framework


def structure_framework(source: FrameworkSource, findings: Findings) -> Framework | None:
    """Return the framework, or ``None`` with every mistake in ``findings``."""
    framework, is_valid = structure_parts(source, findings)
    return framework if is_valid else None


def structure_parts(source: FrameworkSource, findings: Findings) -> tuple[Framework | None, bool]:
    """Return what is well-formed of a framework, and whether it is all of it and valid; mistakes go to ``findings``.

    Where parts are not well-formed, the others are still held against one another, as far as that says anything.
    What is not valid is good for nothing but to look for further mistakes in its words.
    """
    main = str(source.files[0])
    document, incomplete = source.document, set(source.unread)
    if incomplete:
        document, _ = _completed(document)
    mistakes = Findings()
    framework = structure(document, Framework, main, mistakes)
    if framework is None:
        findings.extend(mistakes)
        document, missing = _completed(_without_broken_parts(document, mistakes))
        incomplete |= missing | {_top(mistake) for mistake in mistakes}
        framework = structure(document, Framework, main, Findings())
    if framework is None:
        return None, False
    errors = check_validity(framework, incomplete=frozenset(incomplete))
    findings.extend(errors)
    if errors or incomplete:
        return framework, False
    valid = evolve(_in_reported_order(_typed(_borrowed(framework, source.borrowed))), origin=source.origin)
    if source.reading is not None:
        file, content = source.reading
        reading = structure_reading(content, str(file), findings, valid)
        if reading is None:
            return framework, False
        valid = evolve(valid, reading=reading)
    note_valid(valid)
    return valid, True


# What a framework must have: stand-ins for what is missing, so that the rest can be looked at all the same.
_STAND_INS: Mapping[str, MarkedValue] = {
    **dict.fromkeys(("id", "edition", "title", "publisher"), "unknown"),
    "in_force_from": "0001-01-01",
    **{key: MarkedList(NOWHERE) for key in ("ratings", "domains", "standards")},
}


def _completed(document: MarkedDict) -> tuple[MarkedDict, set[str]]:
    """Return a document with stand-ins for the keys that it must have and has not, and these keys."""
    completed = copy.copy(document)
    missing = {key for key in _STAND_INS if key not in document}
    completed.update({key: _STAND_INS[key] for key in missing})
    return completed, missing


def _top(mistake: Diagnostic) -> str:
    """Return the key of the framework in which a mistake was made."""
    return _steps(mistake)[0].removesuffix(":")


def _steps(mistake: Diagnostic) -> list[str]:
    """Return the way to a mistake, step by step: a pointer in what was given as data, dotted in files."""
    return mistake.path[1:].split("/") if mistake.path.startswith("/") else mistake.path.split(".")


def _without_broken_parts(document: MarkedDict, mistakes: Findings) -> MarkedDict:
    """Return a document without the items and keys that have mistakes."""
    kept = copy.copy(document)
    broken: dict[str, set[str]] = {}
    for mistake in mistakes:
        broken.setdefault(_top(mistake), set()).add("".join(_steps(mistake)[1:2]))
    for key, parts in broken.items():
        value = kept.pop(key, None)
        if isinstance(value, MarkedList) and "" not in parts:
            items = MarkedList(value.at)
            for index, (item, at) in enumerate(zip(value, value.value_at, strict=True)):
                if str(index) not in parts:
                    items.append(item)
                    items.value_at.append(at)
            kept[key] = items
    return kept


def _in_reported_order(framework: Framework) -> Framework:
    slugs = [slug for domain in framework.domains for slug in domain.standards]
    inside = [framework.standards_by_slug[slug] for slug in slugs]
    return evolve(framework, standards=(*inside, *framework.outside_domains))


def _borrowed(framework: Framework, borrowed: Mapping[str, Borrowed]) -> Framework:
    """Return a framework whose key questions say where they come from, where they are another framework's."""
    if not borrowed:
        return framework

    def with_places(standard: Standard) -> Standard:
        questions = (
            evolved(each, borrowed=borrowed.get(f"{standard.slug}.{each.id}")) for each in standard.key_questions
        )
        return evolved(standard, key_questions=tuple(questions))

    return evolve(framework, standards=tuple(map(with_places, framework.standards)))


def _typed(framework: Framework) -> Framework:
    """Return the framework with every compared value typed as its fact declares."""

    def typed(condition: Condition) -> Condition:
        if isinstance(condition, FactTest):
            fact = framework.every_fact[condition.fact]
            return known_by(_typed_test, (condition, ByMeaning(fact)), partial(_typed_test, condition, fact))
        below = children(condition)
        changed = tuple(map(typed, below))
        return condition if all(map(is_, below, changed)) else _with_below(condition, changed)

    return map_conditions(framework, typed)


_with_below = once_for_the_same(with_children)


def _typed_test(test: FactTest, fact: Fact) -> FactTest:
    return evolve(test, values=tuple(type_fact_value(fact, value) for value in test.values))
