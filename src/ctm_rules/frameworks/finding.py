"""Where a framework lies: its id and edition looked up in folders of standards, one after the other."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath, PurePosixPath

from attrs import frozen

from ctm_rules.clock import today
from ctm_rules.diagnostics.findings import (
    Code,
    Diagnostic,
    DiagnosticError,
    Findings,
    Location,
    RequestError,
    StandardsError,
)
from ctm_rules.diagnostics.suggestions import nearest_name_hint, say_no_such
from ctm_rules.files import found_in
from ctm_rules.model.framework import Framework
from ctm_rules.model.origin import Origin
from ctm_rules.paths import STANDARDS_FOLDER, kind_of, lies_in, real_path
from ctm_rules.phrases import say_date, say_list
from ctm_rules.yaml_files.marked_yaml import MarkedDict, read_yaml
from ctm_rules.yaml_files.structuring import structure

FRAMEWORK_FILE = "framework.yaml"
READING_FILE = "reading.yaml"
"""The file in a framework's folder that says how tables of its cases are read."""


def standard_file_name(printed_id: str, slug: str) -> str:
    """Return what the file of a standard is called: by the number in its printed id, where it has one, and its slug.

    >>> standard_file_name("P 2.5", "risk_of_harm")
    '2.5-risk-of-harm.yaml'
    """
    number = re.search(r"[0-9][0-9.]*", printed_id)
    name = slug.replace("_", "-")
    return f"{number[0].rstrip('.')}-{name}.yaml" if number else f"{name}.yaml"


_MAIN_FILE = re.compile(r"framework\.ya?ml(\.txt)?", re.IGNORECASE)


# --- Folders -------------------------------------------------------------------------------------


def standards_folder() -> Path:
    """Return the folder of the standards that come with the library.

    Inside an installed wheel it lies in the package, in a checkout beside ``src``.
    """
    package = Path(__file__).parents[1]
    installed = package / STANDARDS_FOLDER
    return installed if installed.is_dir() else package.parents[1] / STANDARDS_FOLDER


def examples_folder() -> Path:
    """Return the folder of the examples that come with the library: in an installed wheel, or beside ``src``."""
    package = Path(__file__).parents[1]
    installed = package / "examples"
    return installed if installed.is_dir() else package.parents[1] / "examples"


def folders_beside(file: Path) -> tuple[Path, ...]:
    """Return the folders of standards for a file that names some: those that it lies in or under, then the package's.

    From the file's folder upwards, each folder called ``standards`` that lies there is one, the nearest first. The
    working folder decides nothing.
    """
    above = [folder / STANDARDS_FOLDER for folder in real_path(file).parents]
    return (*(_seen_from_here(folder) for folder in above if kind_of(folder) == "folder"), standards_folder())


def language_folders(file: Path | None = None) -> tuple[Path, ...]:
    """Return the folders of language files for a file: those of the standards around it, then the package's.

    In each folder of standards they lie in ``locale``.
    """
    folders = (standards_folder(),) if file is None else folders_beside(file)
    own = {real_path(folder): folder / "locale" for folder in folders}
    return tuple(folder for folder in own.values() if kind_of(folder) == "folder")


def languages_in(folders: Iterable[Path]) -> list[str]:
    """Return the codes of the languages that some folders have files of."""
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})


def _seen_from_here(folder: Path) -> Path:
    """Return the same folder, named as one would name it: messages are about files that people look for."""
    try:
        return folder.relative_to(real_path(Path()))
    except ValueError:
        return folder


def is_framework_folder(folder: Path) -> bool:
    """Return whether a folder is that of a framework, even where its main file is misnamed."""
    return any(_MAIN_FILE.fullmatch(file.name) and file.is_file() for file in folder.iterdir())


def origin_of(path: Path) -> Origin:
    """Return where the framework of a folder or file comes from, as results say it."""
    real, package = real_path(path), real_path(standards_folder())
    if lies_in(path, package):
        return Origin("package", real.relative_to(package).as_posix())
    return Origin("files", str(real))


# --- Finding -------------------------------------------------------------------------------------


UNKNOWN_FRAMEWORK = Code(
    "unknown-framework",
    "error",
    what="There is no framework of that name, or no such edition of it.",
    why="Standards are named exactly, so that an inspection is rated by the edition that it was inspected by.",
    bad="framework: {id: hmip-pud, edition: 2024}",
    good='framework: {id: hmip-pdu, edition: "2024"}',
)


def find_framework(
    name: str | Path,
    edition: str | None = None,
    *,
    standards: Path | Sequence[Path] | None = None,
    on: datetime.date | None = None,
) -> Path:
    """Return the folder or file of a framework.

    Args:
        name: a word is an id and never a path; a :class:`~pathlib.Path`, and a text with a slash in it or ``.yaml``
            at its end, is a path and never an id: of the folder of an edition, of one that holds editions, or of a
            single file.
        edition: which edition of it.
        standards: the folder of frameworks to look an id up in, or several: the first that has the edition, or has
            one in force, is taken (default: the one that comes with the library).
        on: where no edition is named, the day on which it must be in force (default: today).

    Raises:
        DiagnosticError: there is none, or what lies there is not what was asked for.
    """
    its_id: str | None = None  # what it must say that it is; a folder of a path may be called anything
    if is_path(name):
        path = Path(name)
        editions = [] if kind_of(path) != "folder" or is_framework_folder(path) else own_editions(path)
        if not editions:
            _check_edition(path, edition)
            return path
        groups, what = [editions], path.name
    else:
        roots = (standards_folder(),) if standards is None else standards
        roots = (roots,) if isinstance(roots, Path) else tuple(roots)
        what = its_id = str(name)
        groups = [editions for root in roots if (editions := own_editions(root / what, root))]
        if not groups:
            raise RequestError([_unknown(what, roots)])
    at = Location(str(name))
    if edition is None:
        folder = _in_force(what, groups, today() if on is None else on, at)
        _check_names(folder, its_id)
        return folder
    for editions in groups:
        for folder in editions:
            if folder.name == edition:
                _check_names(folder, its_id)
                return folder
    known = dict.fromkeys(folder.name for editions in groups for folder in editions)
    message = f'the framework "{what}" has no edition "{edition}"'
    raise RequestError([UNKNOWN_FRAMEWORK.found(at, message, hint=nearest_name_hint(edition, list(known)))])


def find_named(name: str, standards: Sequence[Path] | None) -> Path:
    """Return the folder or file of a name: a word, or two with a slash between them, is an edition's or a folder's.

    Args:
        name: an id, an id and edition, or a path.
        standards: the folders to look an id up in.

    Raises:
        DiagnosticError: there is no such framework, or the name is that of an edition and of another folder.
    """
    folder, words = Path(name), words_of(name)
    if not words:
        return find_framework(folder, standards=standards)
    try:
        edition = find_framework(*words, standards=standards)
    except DiagnosticError:
        if kind_of(folder) is None:
            raise
        return find_framework(folder, standards=standards)
    if kind_of(folder) is not None and real_path(folder) != real_path(edition):
        message = f"{name} is an edition of a framework and a folder here"
        hint = f"for the folder write ./{name}; for the edition give the path of its folder, {edition}"
        raise RequestError([UNKNOWN_FRAMEWORK.found(Location(name), message, hint=hint)])
    return edition


def words_of(name: str) -> tuple[str, ...]:
    """Return the id, or the id and the edition, that a name may be (nothing: it is a path, whatever lies there)."""
    parts = PurePosixPath(name).parts
    is_one = 0 < len(parts) <= 2 and "/".join(parts) == name and not any(map(is_path, parts))
    return parts if is_one else ()


def find_by_id(
    identifier: str, edition: str | None, standards: Sequence[Path], *, on: datetime.date | None = None
) -> Path:
    """Return the folder of a framework that something names by its id, which is never a path.

    Arguments are those of :func:`find_framework`.

    Raises:
        DiagnosticError: there is none, or the id is the path of something.
    """
    if is_path(identifier):
        hint = "write id: hmip-pdu, or path: … for a folder or file"
        message = f'"{identifier}" is no id of a framework, but a path'
        raise RequestError([UNKNOWN_FRAMEWORK.found(Location(identifier), message, hint=hint)])
    return find_framework(identifier, edition, standards=standards, on=on)


def is_path(name: str | Path) -> bool:
    """Return whether the name of a framework is a path: whatever lies where, a word alone is an id."""
    if isinstance(name, Path):
        return True
    path = PurePath(name)
    return path.suffix in (".yaml", ".yml") or len(path.parts) != 1 or name.startswith(".") or path.name != name


def _editions(folder: Path) -> list[Path]:
    if kind_of(folder) != "folder":
        return []
    return [child for child in sorted(folder.iterdir()) if child.is_dir() and is_framework_folder(child)]


def own_editions(folder: Path, root: Path | None = None) -> list[Path]:
    """Return the folders of the editions in a folder.

    Args:
        folder: the folder.
        root: the folder that it was found in (default: it was named).

    Raises:
        DiagnosticError: one of them, its main file or the folder itself is a link to what lies elsewhere.
    """
    editions = _editions(folder)
    if not editions:
        return []
    findings = Findings()
    if root is not None:
        found_in(root, [folder], findings)
    for edition in found_in(folder, editions, findings):
        found_in(edition, [edition / FRAMEWORK_FILE], findings)
    findings.raise_errors(StandardsError)
    return editions


def _unknown(name: str, roots: Sequence[Path]) -> Diagnostic:
    known = {child.name for root in roots if kind_of(root) == "folder" for child in root.iterdir() if _editions(child)}
    hint = nearest_name_hint(name, sorted(known)) or "give the path of a folder that holds framework.yaml"
    if kind_of(Path(name)) == "folder":
        hint += f" For the folder of that name write ./{name}"
    return UNKNOWN_FRAMEWORK.found(Location(name), say_no_such("framework", name), hint=hint)


# --- What an edition says of itself --------------------------------------------------------------


@frozen
class _Heading:
    """What the main file says of an edition as a whole."""

    id: str
    edition: str
    in_force_from: datetime.date
    in_force_to: datetime.date | None = None

    @property
    def dates(self) -> str:
        return say_dates(self.in_force_from, self.in_force_to)


def say_dates(first: datetime.date, last: datetime.date | None) -> str:
    """Return when an edition is in force, in words: ``from 1 July 2021 to 31 December 2024``."""
    return f"from {say_date(first)}" + ("" if last is None else f" to {say_date(last)}")


def is_in_force(first: datetime.date, last: datetime.date | None, on: datetime.date) -> bool:
    """Return whether an edition that is in force from the first day to the last (``None``: no end) holds on a day."""
    return first <= on and (last is None or on <= last)


NOT_IN_FORCE = Code(
    "edition-not-in-force",
    "error",
    what="The standards were not in force on the day that counts: the first of the fieldwork, or today.",
    why="Nobody can be held to standards that did not hold yet, or no longer.",
    bad='framework: {id: hmip-pdu, edition: "2026"}     # in force from 2026-04-01\nfieldwork: {started: 2025-08-04}',
    good='framework: {id: hmip-pdu, edition: "2026", because: A pilot of the new standards}\n'
    "fieldwork: {started: 2025-08-04}",
)


def not_in_force(framework: Framework, on: datetime.date, what: str, at: Location, hint: str) -> Iterable[Diagnostic]:
    """Yield that a framework was not in force on a day.

    Args:
        framework: the standards.
        on: the day.
        what: what happened on it, such as ``the fieldwork started``.
        at: where the standards are named.
        hint: what to do.
    """
    if not is_in_force(framework.in_force_from, framework.in_force_to, on):
        dates = say_dates(framework.in_force_from, framework.in_force_to)
        message = f'edition "{framework.edition}" of "{framework.id}" is in force {dates}, and {what} on {say_date(on)}'
        yield NOT_IN_FORCE.found(at, message, path="framework", hint=hint)


_KEYS = ("id", "edition", "in_force_from", "in_force_to")


def _read_heading(file: Path, findings: Findings) -> _Heading | None:
    mistakes = Findings()
    document = read_yaml(file, mistakes)
    findings.extend(mistakes)
    if mistakes.errors:
        return None  # what is missing from a file that cannot be read, nobody knows
    heading = MarkedDict(Location(str(file)))
    if isinstance(document, MarkedDict):
        heading.at = document.at
        for key in _KEYS:
            if key in document:
                heading[key] = document[key]
                heading.key_at[key] = document.key_at[key]
                heading.value_at[key] = document.value_at[key]
    return structure(heading, _Heading, str(file), findings)


def _in_force(name: str, groups: Sequence[Sequence[Path]], on: datetime.date, at: Location) -> Path:
    """Return the edition that is in force on a day, of the first group that has one."""
    said: dict[str, str] = {}
    for editions in groups:
        findings = Findings()
        headings = {folder: _read_heading(folder / FRAMEWORK_FILE, findings) for folder in editions}
        # An edition that cannot be read may be the very one: nothing else is taken in its place.
        findings.raise_errors(StandardsError)
        known = {folder: heading for folder, heading in headings.items() if heading is not None}
        holding = {
            folder: heading
            for folder, heading in known.items()
            if is_in_force(heading.in_force_from, heading.in_force_to, on)
        }
        if holding:
            latest = max(heading.in_force_from for heading in holding.values())
            found = [folder for folder, heading in holding.items() if heading.in_force_from == latest]
            if len(found) > 1:
                which = say_list([f'"{folder.name}"' for folder in found])
                message = f'the editions {which} of "{name}" came into force on the same day, {say_date(latest)}'
                raise StandardsError([UNKNOWN_FRAMEWORK.found(at, message, hint="name one of them as the edition")])
            return found[0]
        said |= {folder.name: f'"{folder.name}" {heading.dates}' for folder, heading in known.items()}
    message = f'no edition of "{name}" is in force on {say_date(on)}'
    raise RequestError([NOT_IN_FORCE.found(at, message, hint=f"name the edition: {say_list(list(said.values()))}")])


def _check_edition(path: Path, edition: str | None) -> None:
    """Refuse a framework of a path that is another edition than was asked for."""
    if edition is None:
        return
    file = path / FRAMEWORK_FILE if kind_of(path) == "folder" else path
    heading = _read_heading(file, Findings())
    if heading is not None and heading.edition != edition:
        message = f'{path} is edition "{heading.edition}" of "{heading.id}", not "{edition}"'
        hint = "leave the edition out, or give the path of the one that is meant"
        raise RequestError([UNKNOWN_FRAMEWORK.found(Location(str(path)), message, hint=hint)])


def _check_names(folder: Path, its_id: str | None) -> None:
    """Refuse an edition that was found by the names of its folders and is another one by what it says."""
    keys = ("edition",) if its_id is None else ("id", "edition")
    document = read_yaml(folder / FRAMEWORK_FILE, Findings(), until=keys)
    if isinstance(document, MarkedDict):
        declared = {key: name.strip() for key in keys if isinstance(name := document.get(key), str)}
        wrong = list(misnamed(folder, declared, document.value_at))
        if wrong:
            raise StandardsError(wrong)


FOLDER_NAME = Code(
    "folder-name",
    "error",
    what="A framework lies in a folder of another name: standards/ID/EDITION has the id and the edition.",
    why="An inspection finds its standards by these names, and would find other ones or none.",
    bad='id: hmip-pdu\nedition: "2026"     # in standards/hmip-pdu/2024',
    good='id: hmip-pdu\nedition: "2026"     # in standards/hmip-pdu/2026',
)


def misnamed(folder: Path, declared: Mapping[str, str], at: Mapping[str, Location]) -> Iterable[Diagnostic]:
    """Yield that an edition lies under another name than its own.

    Args:
        folder: where it lies, ``ID/EDITION``.
        declared: its ``id`` and ``edition``, as its main file has them.
        at: where it has them.
    """
    for key, name in (("id", folder.parent.name), ("edition", folder.name)):
        if key in declared and declared[key] != name:
            message = f'this is {key} "{declared[key]}", and its folder is called "{name}"'
            yield FOLDER_NAME.found(at[key], message, hint=f'write {key}: "{name}", or rename the folder')
