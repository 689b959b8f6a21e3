"""What lies on somebody's desk: the folders that an editor has open, and what it holds of files and has not saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from ctm_rules.case_files.cells import TABLES
from ctm_rules.checking.files import Checked, check_paths
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings
from ctm_rules.editing.fixing import Fixed, fix_findings
from ctm_rules.editing.names import Name
from ctm_rules.editing.renaming import Renaming, rename
from ctm_rules.editing.table_text import TableText, read_table_text
from ctm_rules.editing.uses import Around, Use, files_around
from ctm_rules.files import read_file, unsaved
from ctm_rules.frameworks.finding import folders_beside, is_framework_folder, own_editions
from ctm_rules.frameworks.loading import build_framework
from ctm_rules.frameworks.references import FrameworkReference, find_referenced_framework
from ctm_rules.inspections.file import read_inspection_file
from ctm_rules.inspections.standards import find_standards
from ctm_rules.language_server.texts import Span, lines_of, part_of, word_at
from ctm_rules.limits import MAX_TABLE_BYTES
from ctm_rules.meaning import require_meaning
from ctm_rules.model.declared_reading import TableLayout
from ctm_rules.model.framework import Framework
from ctm_rules.paths import kind_of, real_path
from ctm_rules.scenarios.finding import framework_folder, is_scenario_file
from ctm_rules.yaml_files.kinds import PARTS_OF_A_FRAMEWORK, FileKind, is_yaml_file, kind_of_file
from ctm_rules.yaml_files.marked_yaml import KeptParses, MarkedDict, MarkedValue, keeping_parses, read_yaml


@frozen
class Named:
    """A word in a file that says a name.

    Attributes:
        use: the name, and the place.
        around: the framework that declares it, with the files that go by it.
        span: where the word stands.
    """

    use: Use
    around: Around
    span: Span

    @property
    def name(self) -> Name:
        """The name."""
        return self.use.mention.of


class Desk:
    """The folders that are open, the texts that are not saved, and what is known of both.

    Attributes:
        folders: the folders.
        texts: what the editor holds of each file, by its path with links followed.
        revision: how often a text has changed, or a file may have.
    """

    def __init__(self) -> None:
        self.folders: tuple[Path, ...] = ()
        self.texts: dict[Path, bytes] = {}
        self.revision = 0
        self._kept = KeptParses()
        self._around: dict[Path, Around] = {}
        self._uses: dict[Path, list[Use]] = {}

    # --- what it holds -----------------------------------------------------------------------------

    def put(self, file: Path, text: str) -> None:
        """Note what the editor holds of a file."""
        self.texts[real_path(file)] = text.encode("utf-8", "surrogatepass")
        self.note_change()

    def take(self, file: Path) -> None:
        """Note that the editor has closed a file: what lies on the disk holds."""
        self.texts.pop(real_path(file), None)
        self.note_change()

    def note_change(self) -> None:
        """Note that a file may hold something else than before."""
        self.revision += 1
        self._around.clear()
        self._uses.clear()

    def follow(self, other: Desk) -> None:
        """Hold what another desk holds: what is asked of one does not wait for what is asked of the other."""
        self.folders, self.texts = other.folders, dict(other.texts)
        self.note_change()
        self.revision = other.revision

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read files, while this lasts, as the editor holds them."""
        with unsaved(self.texts), keeping_parses(self._kept):
            yield

    def text(self, file: Path) -> str:
        """Return what a file holds, as text."""
        held = self.texts.get(real_path(file))
        content = read_file(file, MAX_TABLE_BYTES, Findings()) if held is None else held
        return (content or b"").decode("utf-8-sig", "replace")

    # --- findings ----------------------------------------------------------------------------------

    def check(self, paths: Iterable[Path]) -> Checked:
        """Return what ``ctm-rules check`` finds in files and folders, as the editor holds them."""
        with self.reading():
            return check_paths(path for path in paths if kind_of(path) is not None)

    def check_all(self) -> Checked:
        """Return what it finds in all folders, and in what is open beside them."""
        real = [real_path(folder) for folder in self.folders]
        beside = [file for file in self.texts if not any(file.is_relative_to(folder) for folder in real)]
        return self.check([*self.folders, *filter(self.is_ours, beside)])

    def is_ours(self, file: Path) -> bool:
        """Return whether a file is one that ``check`` knows; a table is one where something names it."""
        if file.suffix.lower() in TABLES:
            return bool(self.standards_of(file))
        return is_yaml_file(file) and self.kind(file) is not None

    def kind(self, file: Path) -> FileKind | None:
        """Return what a file of YAML is."""
        with self.reading():
            return "scenarios" if is_scenario_file(file) else kind_of_file(file)

    def span_of(self, found: Diagnostic) -> Span:
        """Return what an editor marks for a finding."""
        file = Path(found.file)
        table = self._table(file) if file.suffix.lower() == ".csv" and found.line else None
        if table is not None and (found.line, found.column) in table.cells:
            return _span_of_cell(table, (found.line, found.column))
        return word_at(lines_of(self.text(file)), found.line, found.column)

    def fixed(self, found: Iterable[Diagnostic], *, although_used: bool) -> Fixed:
        """Return what the fixes of some findings change."""
        with self.reading():
            return fix_findings(found, although_used=although_used)

    # --- names -------------------------------------------------------------------------------------

    def standards_of(self, file: Path) -> tuple[Path, ...]:
        """Return the frameworks that a file is a part of or goes by, as far as that can be told while it is edited."""
        with self.reading():
            try:
                return tuple(dict.fromkeys(real_path(each) for each in _standards_of(file, self.kind(file))))
            except DiagnosticError:
                return ()

    def around(self, framework: Path) -> Around | None:
        """Return a framework with the files that go by it (``None``: it cannot be read)."""
        if framework not in self._around:
            with self.reading():
                try:
                    self._around[framework] = files_around(framework, self._looked_in(framework))
                except DiagnosticError:
                    return None
        return self._around[framework]

    def _looked_in(self, framework: Path) -> Sequence[Path]:
        """Return where files that go by a framework are looked for: in the folders that are open."""
        return [folder for folder in self.folders if framework.is_relative_to(real_path(folder))]

    def uses(self, named: Named) -> tuple[Use, ...]:
        """Return every place that says a name."""
        if named.name.kind == "value":  # in tables of cases only those of one that is asked for are looked for
            with self.reading():
                return named.around.uses(named.name)
        known = self._every_use(real_path(named.around.path), named.around)
        return tuple(use for use in known if use.mention.of == named.name)

    def named_at(self, file: Path, line: int, column: int) -> list[Named]:
        """Return the names that a word says, at a place that is counted from 0."""
        found: list[Named] = []
        for framework in self.standards_of(file):
            around = self.around(framework)
            if around is None:
                continue
            for use in self._every_use(framework, around):
                if use.location.file and Path(use.location.file).name == file.name and self._may_be_at(use, line):
                    span = self.span_of_use(use)
                    if span.holds(line, column) and real_path(Path(use.location.file)) == real_path(file):
                        found.append(Named(use, around, span))
        return found

    def _may_be_at(self, use: Use, line: int) -> bool:
        return use.is_cell or use.location.line == line + 1

    def _every_use(self, framework: Path, around: Around) -> list[Use]:
        if framework not in self._uses:
            with self.reading():
                try:
                    self._uses[framework] = list(around.every_use())
                except DiagnosticError:  # the standards are broken: what they say themselves is known all the same
                    self._uses[framework] = [Use(each, "standards") for each in around.names.mentions]
        return self._uses[framework]

    def span_of_use(self, use: Use) -> Span:
        """Return where the word stands that says a name."""
        mention = use.mention
        word, file = mention.of.word, Path(mention.spot.file)
        if use.is_cell:
            table = self._table(file, use.layout)
            place = mention.spot.at
            if table is None or place not in table.cells:
                return Span(0, 0, 0, 0)
            cell = _span_of_cell(table, place)  # type: ignore[arg-type]
            line = lines_of(table.text)[cell.line]
            return part_of([*[""] * cell.line, line], cell.line + 1, cell.column + 1, mention.start, word)
        at = mention.spot.location
        return part_of(lines_of(self.text(file)), at.line, at.column, mention.start, word)

    def _table(self, file: Path, layout: TableLayout | None = None) -> TableText | None:
        with self.reading():
            content = read_file(file, MAX_TABLE_BYTES, Findings())
            return None if content is None else read_table_text(content, str(file), layout or TableLayout())

    def renamed(self, named: Named, to: str, *, although_used: bool) -> Renaming:
        """Return what another name changes, in every file that says it.

        Raises:
            DiagnosticError: it cannot be renamed so.
        """
        with self.reading():
            return rename(named.around, named.name, to, although_used=although_used)

    def framework(self, around: Around) -> Framework | None:
        """Return a framework, where it is well-formed."""
        with self.reading():
            try:
                framework = build_framework(around.names.source)
                require_meaning(framework)
            except DiagnosticError:
                return None
            return framework


def _span_of_cell(table: TableText, place: tuple[int, int]) -> Span:
    start, end = table.cells[place]
    before = lines_of(table.text[:start]) or [""]
    is_new = before[-1].endswith(("\n", "\r"))
    line = len(before) - (0 if is_new else 1)
    column = 0 if is_new else len(before[-1])
    inside = table.text[start:end].splitlines() or [""]
    last = line + len(inside) - 1
    return Span(line, column, last, (column if last == line else 0) + len(inside[-1]))


def _standards_of(file: Path, kind: FileKind | None) -> Iterator[Path]:
    """Yield the frameworks that a file is a part of or goes by.

    Raises:
        DiagnosticError: it cannot be told.
    """
    is_table = file.suffix.lower() == ".csv"
    if (kind in ("framework", *PARTS_OF_A_FRAMEWORK, "reading") or is_table) and is_framework_folder(file.parent):
        yield file.parent
    elif kind == "framework":
        yield file
    elif kind == "reading" or is_table:
        for other in sorted(file.parent.iterdir()):
            if is_yaml_file(other) and kind_of_file(other) == "inspection":
                yield from _standards_of(other, "inspection")
    elif kind is not None:
        root = read_yaml(file, Findings())
        yield from _named_in(root if isinstance(root, MarkedDict) else {}, file, kind)


def _named_in(document: Mapping[str, MarkedValue], file: Path, kind: FileKind) -> Iterator[Path]:
    if kind == "language":
        wording = document.get("wording")
        for folder in folders_beside(file):
            for name in wording if isinstance(wording, MarkedDict) else ():
                yield from own_editions(folder / name, folder)
        return
    own = framework_folder(file) if kind == "scenarios" else None
    named = document.get("amends" if kind == "amendment" else "framework")
    if isinstance(named, MarkedDict):
        words = {key: word for key in ("id", "edition", "path") if isinstance(word := named.get(key), str)}
        yield _of_inspection(file, words) if kind == "inspection" else _referenced(file, words, inside=own)
    elif own is not None:
        yield own


def _of_inspection(file: Path, words: Mapping[str, str]) -> Path:
    """Return the standards of an inspection; where its file is not in order, those that it names."""
    try:
        return find_standards(read_inspection_file(file), file)
    except DiagnosticError:
        return _referenced(file, words)


def _referenced(file: Path, words: Mapping[str, str], *, inside: Path | None = None) -> Path:
    reference = FrameworkReference(words.get("id"), words.get("edition"), words.get("path"))
    return find_referenced_framework(reference, file, inside=inside)
