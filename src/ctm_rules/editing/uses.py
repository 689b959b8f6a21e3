"""Where a name is said: in the framework's own files and in every file that goes by it (find references).

Scenarios, amendments, translations, inspections, their tables of cases, and how those are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from attrs import field, frozen

from ctm_rules.case_files.case_tables import open_table, read_meanings
from ctm_rules.case_files.cells import TABLES
from ctm_rules.case_files.long_tables import find_answer_columns
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, Location, RequestError
from ctm_rules.editing.edits import Pointer
from ctm_rules.editing.names import (
    BandTable,
    FrameworkNames,
    Mention,
    Name,
    Resolve,
    mentions,
    named_in_amended,
    names_of,
)
from ctm_rules.editing.spots import Spot, items, pairs, way_to
from ctm_rules.editing.table_text import read_table_text
from ctm_rules.files import FILE_NOT_READABLE, folders_in, found_in, read_file, start_of
from ctm_rules.frameworks.addresses import Place
from ctm_rules.frameworks.amendments import Alteration, Verb, place_of, places_of
from ctm_rules.frameworks.finding import FRAMEWORK_FILE, READING_FILE, find_by_id, folders_beside, own_editions
from ctm_rules.frameworks.loading import build_framework, read_framework
from ctm_rules.frameworks.references import FrameworkReference, find_referenced_framework
from ctm_rules.inspections.file import InspectionFile, case_table_of, read_inspection_file, reading_of_cases
from ctm_rules.inspections.standards import find_standards
from ctm_rules.limits import MAX_TABLE_BYTES, MAX_YAML_BYTES
from ctm_rules.model.declared_reading import TableLayout
from ctm_rules.model.framework import Framework
from ctm_rules.paths import STANDARDS_FOLDER, kind_of, lies_in, real_path
from ctm_rules.scenarios.finding import framework_folder, is_scenario_file
from ctm_rules.yaml_files.kinds import FileKind, is_yaml_file, kind_of_file
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedValue, read_yaml
from ctm_rules.yaml_files.structuring import structure

UsedIn = Literal[
    "standards",
    "other standards",
    "scenarios",
    "amendment",
    "translation",
    "inspection",
    "reading",
    "table of bands",
    "table of cases",
]


@frozen
class Use:
    """One place that says a name.

    Attributes:
        mention: the name, and where it stands.
        used_in: in what kind of file.
        is_shared: whether other standards may mean theirs by it, so that it has to stay beside a new one.
        beside: the key beside it that says a new name, where it stays what it is: a name that other standards have too.
        layout: how the table lies in its file, where it is one that can be edited.
    """

    mention: Mention
    used_in: UsedIn
    is_shared: bool = False
    beside: str = ""
    layout: TableLayout | None = None

    @property
    def is_editable(self) -> bool:
        """Whether the file can be edited: a workbook is none that can."""
        return not self.is_cell or self.layout is not None

    @property
    def is_cell(self) -> bool:
        """Whether it is a cell of a table."""
        return self.used_in in ("table of cases", "table of bands")

    @property
    def location(self) -> Location:
        """Where it is; of a table the row and the column."""
        return self.mention.spot.location if self.is_cell else self.mention.location

    def to_dict(self) -> dict[str, str | int | bool]:
        """Return it as plain data."""
        at = self.location
        return {
            "file": at.file,
            "line": at.line,
            "column": at.column,
            "used_in": self.used_in,
            "in": self.mention.spot.said,
            "declares": self.mention.declares,
        }


@frozen
class Around:
    """A framework with the files that go by it.

    Attributes:
        path: its folder, or its file.
        names: what it declares.
        folders: where files that go by it were looked for.
        files: those files, with their kinds.
        inspections: the inspections that are rated by it; others among the files take ratings from those.
        unread: what is wrong with files that may go by it and could not be read.
    """

    path: Path
    names: FrameworkNames
    folders: tuple[Path, ...]
    files: tuple[tuple[Path, FileKind], ...]
    inspections: tuple[Path, ...] = ()
    unread: tuple[Diagnostic, ...] = field(default=(), repr=False)

    def uses(self, name: Name) -> tuple[Use, ...]:
        """Return every place that says a name: where it is declared, then the standards', then those of other files."""
        return tuple(use for use in self.every_use(name) if use.mention.of == name)

    def every_use(self, name: Name | None = None) -> Iterator[Use]:
        """Yield every place that says a name, with other names; values are looked for in tables where one is asked."""
        for mention in self.names.mentions:
            yield Use(mention, "standards")
        for table in self.names.tables:
            yield from _band_table(table, self.names)
        framework: Framework | None = None
        if self.inspections or any(kind == "reading" for _, kind in self.files):
            framework = build_framework(self.names.source)
        for file, kind in self.files:
            yield from self.said_in(file, kind)
        for inspection in self.inspections:
            assert framework is not None
            yield from _tables(inspection, self.names, framework, wanted=name)

    def said_in(self, file: Path, kind: FileKind) -> Iterator[Use]:
        """Yield every place of one file that says a name."""
        root = _root(file, as_text=kind == "reading")
        if root is None:
            return
        match kind:
            case "scenarios":
                yield from _used("scenarios", _scenarios(root, self.names))
            case "amendment":
                yield from _used("amendment", _amendment(root, self.names))
            case "language":
                has_others = len(_editions_beside(self.path)) > 1
                for mention, is_shared in _language(root, self.names):
                    yield Use(mention, "translation", is_shared or has_others)
            case "reading":
                yield from _used("reading", _reading(root, self.names))
            case "inspection":
                is_own = file in self.inspections
                if is_own:
                    yield from _used("inspection", _inspection(root, self.names))
                yield from _rated_elsewhere(root, self.path, self.names, is_own=is_own)
            case "standard" | "framework":
                yield from _used("other standards", _borrowed(root, self.path, self.names))

    def lent(self) -> Iterator[Mention]:
        """Yield each key question that other standards use by reference."""
        for file, kind in self.files:
            root = _root(file) if kind in ("standard", "framework") else None
            for mention in () if root is None else _borrowed(root, self.path, self.names):
                if mention.of.kind == "key question":
                    yield mention

    def amended(self, place: Place) -> Iterator[Use]:
        """Yield every place that amends a place of the framework, or something in it or around it."""
        way = way_to(place, self.names.source.document)
        for file, kind in self.files:
            root = _root(file)
            if root is None or kind not in ("amendment", "scenarios"):
                continue
            blocks = (
                [root]
                if kind == "amendment"
                else [_below(each, "given", "amended") for each in items(root.get("scenarios"))]
            )
            for spot in (each for block in blocks if block is not None for each in _addresses(block)):
                amended = places_of(self.names.source.document, Alteration("set", str(spot.word)))
                other = way_to(amended[0], self.names.source.document) if len(amended) == 1 else None
                if way is not None and other is not None and other[0] == way[0] and _is_within(other[1], way[1]):
                    said = Mention(Name("place", place.address), spot, 0, len(str(spot.word)))
                    yield Use(said, "amendment" if kind == "amendment" else "scenarios")


def _is_within(one: Pointer, other: Pointer) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _addresses(spot: Spot) -> Iterator[Spot]:
    yield from items(spot.get("remove"))
    for verb in ("set", "add"):
        for key, _ in pairs(spot.get(verb)):
            yield key


def _used(used_in: UsedIn, found: Iterable[Mention]) -> Iterator[Use]:
    for mention in found:
        yield Use(mention, used_in)


# --- Which files -----------------------------------------------------------------------------------


def files_around(path: Path, folders: Sequence[Path] = ()) -> Around:
    """Return a framework with the files that go by it.

    Args:
        path: the framework's folder, or its file.
        folders: where they are looked for, beside its own folder (default: the folder that holds the folder of
            standards in which it lies).

    Raises:
        DiagnosticError: the framework cannot be read, or there is no such folder.
    """
    _check_are_folders(folders)
    names = names_of(read_framework(path))
    own = path if kind_of(path) == "folder" else path.parent
    looked_in = tuple(dict.fromkeys([*(folders or _home(own)), own]))
    found: dict[Path, FileKind] = {}
    inspections: list[Path] = []
    findings = Findings()
    readings: set[Path] = set()
    for file in _yaml_files(looked_in, findings):
        kind: FileKind | None = "scenarios" if is_scenario_file(file) else kind_of_file(file)
        if kind is None:
            continue
        is_other = kind in ("standard", "framework") and real_path(file.parent) != real_path(own)
        is_reading = kind == "reading" and _is_of(file, own)
        if is_other or is_reading or kind in ("scenarios", "amendment", "language", "inspection"):
            try:
                goes_by = _goes_by(file, kind, path, names)
                if not goes_by and not (kind == "inspection" and _takes_ratings(file, path)):
                    continue
            except DiagnosticError as error:
                findings.extend(error.diagnostics)
                continue
            found[file] = kind
            if kind == "inspection" and goes_by:
                inspections.append(file)
                readings.update(_readings_of(file))
    for reading in sorted(readings):
        if kind_of(reading) == "file" and real_path(reading) not in map(real_path, found):
            found[reading] = "reading"
    return Around(path, names, looked_in, tuple(found.items()), tuple(inspections), tuple(findings))


def _check_are_folders(folders: Iterable[Path]) -> None:
    findings = Findings()
    for folder in folders:
        if kind_of(folder) != "folder":
            message = f"there is no folder {folder}"
            findings.add(FILE_NOT_READABLE, Location(str(folder)), message, hint="check the name")
    findings.raise_errors()


def _home(folder: Path) -> tuple[Path, ...]:
    """Return the folder that holds the folder of standards in which a framework lies (nothing: it lies in none)."""
    above = next((each for each in (folder, *folder.parents) if each.name == STANDARDS_FOLDER), None)
    return () if above is None else (above.parent,)


def _yaml_files(folders: Iterable[Path], findings: Findings) -> Iterator[Path]:
    seen: set[Path] = set()
    for top in folders:
        for _, files in folders_in(top, findings):
            for file in found_in(top, filter(is_yaml_file, files), findings):
                if real_path(file) not in seen:
                    seen.add(real_path(file))
                    yield file


def _is_of(file: Path, folder: Path) -> bool:
    return file.name == READING_FILE and real_path(file.parent) == real_path(folder)


def _goes_by(file: Path, kind: FileKind, path: Path, names: FrameworkNames) -> bool:
    """Return whether a file goes by a framework.

    Raises:
        DiagnosticError: it cannot be told.
    """
    if kind == "reading":
        return True
    if kind == "inspection":
        return _is_same(find_standards(read_inspection_file(file), file), path)
    own = framework_folder(file) if kind == "scenarios" else None
    if kind == "scenarios" and own is not None and not _is_same(own, path) and not _may_say(file, "framework"):
        return False
    if kind in ("standard", "framework") and not _may_say(file, "key_question"):
        return False
    document = names.source.document
    findings = Findings()
    root = _root(file, findings)
    if findings.errors and ((own is not None and _is_same(own, path)) or _may_say(file, str(document.get("id")))):
        raise RequestError(findings)
    if root is None:
        return False
    if kind in ("standard", "framework"):
        return any(True for _ in _borrowed(root, path, names))
    if kind == "language":
        wording = root.get("wording")
        return wording is not None and (
            wording.get(str(document.get("id"))) is not None or root.get("ratings") is not None
        )
    if kind == "amendment":
        amends = root.get("amends")
        named = amends.value if amends is not None else None
        if not isinstance(named, MarkedDict) or named.get("id") != document.get("id"):
            return False
        if named.get("edition") != document.get("edition"):
            return False
        return _is_same(find_by_id(str(named["id"]), str(named["edition"]), folders_beside(file)), path)
    named_by = root.get("framework")
    if named_by is None:
        return own is not None and _is_same(own, path)
    reference = structure(named_by.value, FrameworkReference, str(file), Findings())
    if reference is None:
        return False
    inside = file.parent.parent if file.parent.name == "scenarios" else None
    return _is_same(find_referenced_framework(reference, file, inside=inside), path)


def _takes_ratings(file: Path, path: Path) -> bool:
    """Return whether an inspection takes ratings from others that go by a framework, by which it does not go itself."""
    root = _root(file) if _may_say(file, "ratings_from") else None
    return root is not None and any(True for _ in _taken_from(root, path))


def _may_say(file: Path, word: str) -> bool:
    """Return whether a file may say a word, by its text alone: most do not, and need not be parsed to know it.

    A word that is written with escapes has a backslash.
    """
    return re.search(rf"\b{re.escape(word)}\b|\\".encode(), start_of(file, MAX_YAML_BYTES)) is not None


def _is_same(found: Path, path: Path) -> bool:
    mains = [each / FRAMEWORK_FILE if kind_of(each) == "folder" else each for each in (found, path)]
    return real_path(mains[0]) == real_path(mains[1])


def _readings_of(inspection: Path) -> Iterator[Path]:
    read = read_inspection_file(inspection)
    for read_as in (*(table.read_as for table in read.tables), read.provider.read_as):
        file = inspection.parent / read_as
        if read_as and lies_in(file, inspection.parent):
            yield file


def _editions_beside(path: Path) -> list[Path]:
    if kind_of(path) != "folder":
        return []
    try:
        return own_editions(path.absolute().parent)
    except DiagnosticError:
        return []


def _root(file: Path, findings: Findings | None = None, *, as_text: bool = False) -> Spot | None:
    value: MarkedValue = read_yaml(file, Findings() if findings is None else findings, as_text=as_text)
    return Spot(value, str(file), (), Location(str(file), 1, 1)) if isinstance(value, MarkedDict) else None


# --- What names what in each kind of file -----------------------------------------------------------


def _keys(spot: Spot | None, resolve: Resolve) -> Iterator[Mention]:
    for key, _ in pairs(spot):
        yield from mentions(key, resolve)


def _below(spot: Spot | None, *way: str) -> Spot | None:
    for key in way:
        spot = None if spot is None else spot.get(key)
    return spot


def _facts(spot: Spot | None, names: FrameworkNames) -> Iterator[Mention]:
    for key, value in pairs(spot):
        yield from mentions(key, names.fact)
        yield from mentions(value, names.value_of(str(key.word)))


def _ratings(spot: Spot | None, resolve: Resolve, names: FrameworkNames) -> Iterator[Mention]:
    """Yield what a block of ratings by element names."""
    for key, value in pairs(spot):
        yield from mentions(key, resolve)
        yield from mentions(value, names.rating_of(str(key.word)))


def _scenarios(root: Spot, names: FrameworkNames) -> Iterator[Mention]:
    of_all = root.get("key_question")
    yield from mentions(of_all, names.path)
    yield from _facts(root.get("facts"), names)
    for scenario in items(root.get("scenarios")):
        own = scenario.get("key_question")
        yield from mentions(own, names.path)
        question = own or of_all
        yield from _given(scenario.get("given"), None if question is None else question.word, names)
        yield from _expected(scenario.get("expect"), None if question is None else question.word, names)
    for table in items(root.get("tables")):
        own = table.get("key_question")
        yield from mentions(own, names.path)
        question = own or of_all
        for row in items(table.get("rows")):
            yield from mentions(row.get("band"), names.rating_of(str(question.word if question else "")))


def _given(given: Spot | None, question: str | None, names: FrameworkNames) -> Iterator[Mention]:
    if given is None:
        return
    yield from _facts(given.get("facts"), names)
    yield from _keys(given.get("answers"), names.path if question is None else names.one("prompt", question))
    yield from _keys(given.get("counts"), names.path)
    yield from _ratings(given.get("ratings"), names.path, names)
    yield from _facts(given.get("provider"), names)
    yield from _keys(given.get("provider_answers"), names.path)
    amended = given.get("amended")
    if amended is not None:
        yield from _alterations(amended, names)


def _expected(expect: Spot | None, question: str | None, names: FrameworkNames) -> Iterator[Mention]:
    if expect is None:
        return
    asked = [(question or "", expect)]
    for key, below in pairs(expect.get("key_questions")):
        yield from mentions(key, names.path)
        asked.append((str(key.word), below))
    for path, spot in asked:
        yield from mentions(spot.get("variant"), names.one("variant", "variants"))
        yield from mentions(spot.get("band"), names.rating_of(path))
    yield from _ratings(expect.get("standards"), names.path, names)
    yield from _ratings(expect.get("domains"), names.one("domain", "domains"), names)
    yield from _keys(expect.get("domain_panels"), names.one("domain", "domains"))
    yield from mentions(expect.get("overall"), names.rating_of(""))
    drivers = expect.get("drivers")
    yield from _keys(drivers, names.path)
    for _, listed in pairs(drivers):
        for item in items(listed):
            yield from mentions(item, names.path)


def _borrowed(root: Spot, path: Path, names: FrameworkNames) -> Iterator[Mention]:
    """Yield what other standards say of a framework of which they use key questions by reference."""
    file = Path(root.file)
    main = file if kind_of_file(file) == "framework" else file.parent / FRAMEWORK_FILE
    for standard in [root, *items(root.get("standards"))]:
        for question in items(standard.get("key_questions")):
            lender, address = question.get("from"), question.get("key_question")
            named = None if lender is None else structure(lender.value, FrameworkReference, root.file, Findings())
            if named is None or address is None:
                continue
            try:
                is_of = _is_same(find_referenced_framework(named, main), path)
            except DiagnosticError:
                continue  # what is wrong with it, whoever checks those standards is told
            if is_of:
                yield from mentions(address, names.path)


def _amendment(root: Spot, names: FrameworkNames) -> Iterator[Mention]:
    yield from _alterations(root, names)


def _alterations(spot: Spot, names: FrameworkNames) -> Iterator[Mention]:
    for item in items(spot.get("remove")):
        yield from mentions(item, names.address)
    verbs: tuple[Verb, ...] = ("set", "add")
    for verb in verbs:
        for key, value in pairs(spot.get(verb)):
            yield from mentions(key, names.address)
            places = places_of(names.source.document, Alteration(verb, str(key.word)))
            if len(places) == 1:
                yield from named_in_amended(names, places[0], value)


def _language(root: Spot, names: FrameworkNames) -> Iterator[tuple[Mention, bool]]:
    """Yield what a translation names, and whether other standards may mean theirs by it."""
    wording = _below(root, "wording", str(names.source.document.get("id")))
    for mention in _keys(wording, names.address):
        yield mention, False
    for mention in _keys(root.get("ratings"), names.rating_on()):
        yield mention, True


def _reading(root: Spot, names: FrameworkNames) -> Iterator[Mention]:
    for key, below in pairs(root.get("columns")):
        yield from mentions(key, names.column)
        yield from _keys(below.get("values"), names.value_of(str(key.word)))


def _inspection(root: Spot, names: FrameworkNames) -> Iterator[Mention]:
    provider = root.get("provider")
    yield from _facts(_below(provider, "facts"), names)
    yield from _keys(_below(provider, "answers"), names.path)
    cases = root.get("cases")
    for table in [cases, *items(cases)] if cases is not None else ():
        yield from mentions(table.get("sample"), names.one("sample", "samples"))
    yield from _keys(root.get("population"), names.one("sample", "samples"))
    for entry in [*items(root.get("judgements")), *items(root.get("decisions")), *items(root.get("findings"))]:
        elements = [entry.get(key) for key in ("standard", "key_question", "domain")]
        yield from mentions(elements[0], names.path)
        yield from mentions(elements[1], names.path)
        yield from mentions(elements[2], names.one("domain", "domains"))
        element = next((str(each.word) for each in elements if each is not None), "")
        for key in ("rating", "from"):
            yield from mentions(entry.get(key), names.rating_of(element))
        for piece in items(entry.get("evidence")):
            yield from mentions(piece.get("theme"), names.one("theme", element))
    for entry in items(root.get("ratings_from")):
        yield from mentions(entry.get("standard"), names.path)
    for entry in items(root.get("case_judgements")):
        yield from mentions(entry.get("key_question"), names.path)
    for entry in items(root.get("sections")):
        yield from mentions(entry.get("within"), names.one("domain", "domains"))
    told = [item for key in ("judgements", "findings", "sections") for item in items(root.get(key))]
    pieces = [piece for entry in told for piece in items(entry.get("evidence"))]
    for piece in [*pieces, *items(root.get("recommendations"))]:
        for about in items(piece.get("about")):
            yield from mentions(about, names.address)
    for entry in items(root.get("published")):
        yield from mentions(entry.get("of"), names.address)
        yield from mentions(entry.get("by"), names.one("sub-group", "subgroups"))
    for printed in items(root.get("printed")):
        yield from mentions(printed, names.address)


def _rated_elsewhere(root: Spot, path: Path, names: FrameworkNames, *, is_own: bool) -> Iterator[Use]:
    """Yield the standards of a framework whose ratings an inspection takes from another one that goes by it.

    Where it does not say how the standard is called there, it is called as here. It has to say so once it is not, but
    where the inspection itself goes by the same framework and is changed along.
    """
    for entry in _taken_from(root, path):
        there = entry.get("of")
        if there is not None:
            yield from _used("inspection", mentions(there, names.path))
        elif not is_own:
            for mention in mentions(entry.get("standard"), names.path):
                yield Use(mention, "inspection", beside="of")


def _taken_from(root: Spot, path: Path) -> Iterator[Spot]:
    """Yield each entry of an inspection that takes a rating from another inspection, which goes by a framework."""
    for entry in items(root.get("ratings_from")):
        other = entry.get("inspection")
        file = None if other is None else Path(root.file).parent / str(other.word)
        if file is not None and lies_in(file, Path(root.file).parent) and kind_of(file) == "file":
            try:
                is_of = _is_same(find_standards(read_inspection_file(file), file), path)
            except DiagnosticError:
                continue  # what is wrong with it is said of that file
            if is_of:
                yield entry


# --- Tables -----------------------------------------------------------------------------------------


def _band_table(table: BandTable, names: FrameworkNames) -> Iterator[Use]:
    """Yield what a table of bands names: its fact, the ratings above its columns, and a value in each row."""
    content = read_file(Path(table.file), MAX_TABLE_BYTES, Findings())
    text = None if content is None else read_table_text(content, table.file, TableLayout())
    if text is None:
        return
    rating_on = names.rating_on(*table.scales)
    for place in text.cells:
        row, column = place
        resolve = names.fact if column == 1 else lambda said: rating_on(said.partition(".")[0])
        if row > text.header_row:
            resolve = names.value_of(table.fact) if column == 1 else lambda _: ()
        spot = Spot(text.says[place], table.file, place, Location(table.file, *place), said=f"column {column}")
        for mention in mentions(spot, resolve):
            yield Use(mention, "table of bands", layout=text.layout)


# --- Tables of cases -------------------------------------------------------------------------------


@frozen
class _Cells:
    """The cells of a table of cases, which say names."""

    file: str
    layout: TableLayout | None

    def uses(self, place: tuple[int, int], said: str, resolve: Resolve) -> Iterator[Use]:
        """Yield the names that a cell says."""
        spot = Spot(said, self.file, place, Location(self.file, *place), said=f"column {place[1]}")
        for mention in mentions(spot, resolve):
            yield Use(mention, "table of cases", layout=self.layout)


def _tables(inspection: Path, names: FrameworkNames, framework: Framework, wanted: Name | None) -> Iterator[Use]:
    declared: InspectionFile = read_inspection_file(inspection)
    for table in declared.tables:
        file = case_table_of(table, inspection) if table.file else None
        reading = None if file is None else reading_of_cases(table, inspection, framework, Findings())
        if file is None or reading is None or file.suffix.lower() not in TABLES:
            continue
        columns = {own: meaning for meaning, own in read_meanings(file, framework, reading).names.items()}
        content = read_file(file, MAX_TABLE_BYTES, Findings()) if file.suffix.lower() == ".csv" else None
        text = None if content is None else read_table_text(content, str(file), reading.table)
        if text is None:
            opened = open_table(file, Location(str(file)), Findings(), reading.table)
            header, row = ((), 1) if opened is None else (tuple(opened.header), opened.header_row)
        else:
            header, row = text.header, text.header_row

        cells = _Cells(str(file), None if text is None else text.layout)
        for number, name in enumerate(header, 1):
            meaning = columns.get(name)
            if meaning == name or (meaning is None and name.startswith("notes.")):
                yield from cells.uses((row, number), name, names.column)
            if text is not None and meaning is not None and wanted is not None and wanted.kind == "value":
                for each in text.rows():
                    if (each, number) in text.cells:
                        yield from cells.uses((each, number), text.says[each, number], names.value_of(meaning))
        if text is not None and reading.table.is_long:
            asked = find_answer_columns(reading, header, Location(str(file)), Findings())
            number = 0 if asked is None else header.index(asked.asked) + 1
            for each in text.rows() if number else ():
                said = text.says[each, number] if (each, number) in text.cells else ""
                if columns.get(said) == said:
                    yield from cells.uses((each, number), said, names.column)


# --- What is asked ---------------------------------------------------------------------------------


def find_name(around: Around, address: str) -> Name | Place:
    """Return what an address names in a framework: an element that has a name, or another place.

    Raises:
        RequestError: there is no such place, or it could be several.
    """
    findings = Findings()
    at = Location(str(around.path))
    place = place_of(around.names.source.document, Alteration("remove", address, None, at, at), findings)
    if place is None:
        raise RequestError(findings)
    parts = around.names.name_at(place)
    last = address.rpartition(".")[2]
    named = [part.of for part in parts if part.of.word == last]
    return named[0] if named else place
