"""Standards while people edit them: the files in hand, what was done to them, what that comes to, and saving it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import evolve, frozen

from ctm_rules.case_files.cells import TABLES
from ctm_rules.diagnostics.findings import (
    Code,
    Diagnostic,
    DiagnosticError,
    Findings,
    Location,
    RequestError,
)
from ctm_rules.editing.changes import CHANGED_MEANWHILE, Changes
from ctm_rules.editing.documents import Document
from ctm_rules.editing.drafts import Draft, keep_draft, kept_draft
from ctm_rules.editing.edits import Edit
from ctm_rules.editing.evaluation import Evaluation, KeptFiles
from ctm_rules.editing.fixing import edits_of_fixes
from ctm_rules.editing.history import History, Step
from ctm_rules.editing.kept_in_git import Contents, is_part
from ctm_rules.editing.recording import Recording, Recordings
from ctm_rules.editing.removing import Removal, remove
from ctm_rules.editing.renaming import Renaming, check_may_change, find_to_rename, rename
from ctm_rules.editing.said import Recorded
from ctm_rules.editing.splitting import Splitting, split
from ctm_rules.editing.uses import Around, files_around
from ctm_rules.files import read_file
from ctm_rules.frameworks.loading import NotYetWritten, build_framework, read_framework
from ctm_rules.inspections.file import read_inspection_file
from ctm_rules.inspections.inspection import Inspection
from ctm_rules.limits import MAX_TABLE_BYTES, MAX_YAML_BYTES
from ctm_rules.model.framework import Framework
from ctm_rules.model.origin import Origin
from ctm_rules.model.remembered import Kept, keeping
from ctm_rules.paths import kind_of
from ctm_rules.scenarios.finding import SCENARIOS_FOLDER, find_scenario_files
from ctm_rules.writing import finish_interrupted
from ctm_rules.yaml_files.kinds import is_yaml_file
from ctm_rules.yaml_files.marked_yaml import KeptParses, keeping_parses

_EVALUATIONS_KEPT = 4
_DOCUMENTS_KEPT = 100


@frozen
class Conflict:
    """A file that another program changed while it was being edited here.

    Attributes:
        file: the file.
        disk: what it holds now (``None``: it is gone).
        mine: what it is to hold (``None``: it is to go).
    """

    file: Path
    disk: bytes | None
    mine: bytes | None


NO_SUCH_FILE = Code(
    "not-in-hand",
    "error",
    what="A file is to be changed that is none of those which are being edited.",
    why="Only the standards that were opened are changed, and nothing else on this machine.",
    bad="the text of ../../notes.txt in the workbench",
    good="the text of framework.yaml in the workbench",
)


def _not_in_hand(name: str) -> RequestError:
    hint = "open the standards that it belongs to"
    return RequestError([NO_SUCH_FILE.found(Location(name), f"{name} is none of the files in hand", hint=hint)])


NOT_SAVED = Code(
    "not-saved",
    "error",
    what="Something is to be done for which everything that was changed must be saved, or taken back, first.",
    why="Files that are not on the disk yet would be left out of it, and say the old name or stay behind.",
    bad="rename an element in the workbench while another change is not saved",
    good="save, then rename",
)


class Session:
    """A framework that is being edited, with its scenarios; nothing is written before :meth:`save`.

    Args:
        path: its folder, or its file.
        inspection: the file of an inspection to show the effect on.
        folders: where files that go by it are looked for.
        although_used: whether it may be changed even where inspections were rated by this edition.

    Attributes:
        path: its folder, or its file.
        revision: a number that is another one after each change.
        around: the framework with the files that go by it, as they were when they were read last.
        offered: what an earlier session did and did not save (``None``: nothing).
        not_kept: why what is not saved could not be kept for the next session, should this one end (nothing: it is).

    Raises:
        DiagnosticError: the framework cannot be read, or there is no such inspection.
    """

    def __init__(
        self,
        path: Path,
        inspection: Path | None = None,
        *,
        folders: Sequence[Path] = (),
        although_used: bool = False,
    ) -> None:
        if inspection is not None:
            read_inspection_file(inspection)  # which refuses what is none
        self._inspection_file, self._folders, self._although_used = inspection, tuple(folders), although_used
        self._parsed, self._kept = KeptParses(), Kept()
        self._documents: dict[tuple[str, bytes], Document] = {}
        self.revision = 0
        self.not_kept: tuple[Diagnostic, ...] = ()
        self.open(path)

    def open(self, path: Path) -> None:
        """Read everything from the disk anew; what was not saved is gone.

        Raises:
            DiagnosticError: the framework cannot be read.
        """
        for folder in (path, *([self._inspection_file.parent] if self._inspection_file is not None else [])):
            finish_interrupted(folder)
        around = files_around(path, self._folders)  # which refuses what is no framework
        self.path, self.around = path, around
        self.history = History(self._on_disk())
        self._recordings = Recordings(self._inspection_file)
        self._last_inspection: Inspection | None = None
        self.history.contents |= self._recordings.contents
        self.saved: dict[Path, bytes | None] = dict(self.history.contents)
        self._evaluations: dict[tuple[int, frozenset[tuple[Path, bytes | None]]], Evaluation] = {}
        self._before: Framework | None = self._evaluated(self._contents(), None).framework
        self._evaluations.clear()
        self._last_valid: Evaluation | None = None
        self._saved_steps: tuple[Step, ...] = ()
        kept = kept_draft(path)
        is_new = kept is not None and any(self.saved.get(file, _read(file)) != kept.after[file] for file in kept.after)
        self.offered = kept if is_new else None
        self.revision += 1

    def _on_disk(self) -> dict[Path, bytes | None]:
        findings = Findings()
        source = read_framework(self.path)
        files = dict.fromkeys(source.files)
        with suppress(DiagnosticError):
            files |= dict.fromkeys(find_scenario_files([source.folder / SCENARIOS_FOLDER]))
        return {file: read_file(file, MAX_YAML_BYTES, findings) for file in files}

    # --- what is in hand ---------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """The folder in which the framework lies."""
        return self.path if kind_of(self.path) == "folder" else self.path.parent

    @property
    def files(self) -> tuple[Path, ...]:
        """The files in hand that are edited as YAML: the framework's own, its scenarios, and an inspection."""
        tables = self._recordings.tables
        return tuple(
            file for file, content in self.history.contents.items() if content is not None and file not in tables
        )

    def name_of(self, file: Path) -> str:
        """Return how a file in hand is called: its path in the folder of the framework."""
        return file.relative_to(self.folder).as_posix() if file.is_relative_to(self.folder) else file.as_posix()

    def file(self, name: str) -> Path:
        """Return the file in hand that is called so; nothing else on the disk is ever looked at.

        Raises:
            RequestError: there is none.
        """
        return self._called(name, self.files)

    def known_file(self, name: str) -> Path:
        """Return the file in hand, or that goes by the standards, that is called so.

        Raises:
            RequestError: there is none.
        """
        return self._called(name, self.known_files)

    def _called(self, name: str, files: Iterable[Path]) -> Path:
        for file in files:
            if self.name_of(file) == name:
                return file
        raise _not_in_hand(name)

    @property
    def known_files(self) -> tuple[Path, ...]:
        """The files of YAML in hand, and those that go by the standards: translations, amendments, inspections."""
        return tuple(dict.fromkeys((*self.files, *(file for file, _ in self.around.files))))

    def document(self, file: Path) -> Document:
        """Return a file in hand, to look into it and to edit it."""
        content = self.history.contents[file]
        assert content is not None
        kept = self._documents.get((str(file), content))
        return self.keep_read(Document(str(file), content)) if kept is None else kept

    def keep_read(self, document: Document) -> Document:
        """Keep a file that was read, since it may soon be in hand, and return it; those of long ago are forgotten."""
        while len(self._documents) >= _DOCUMENTS_KEPT:
            del self._documents[next(iter(self._documents))]
        self._documents[document.file, document.content] = document
        return document

    def scenario_files(self, contents: Mapping[Path, bytes | None] | None = None) -> tuple[Path, ...]:
        """Return those of the files that hold scenarios."""
        given = self.history.contents if contents is None else contents
        below = self.folder / SCENARIOS_FOLDER
        there = (file for file, content in given.items() if content is not None)
        return tuple(file for file in there if file.is_relative_to(below) and is_yaml_file(file))

    @property
    def declaring(self) -> tuple[Path, ...]:
        """Those of the files that declare the standards, and are changed by forms, in the order of their paths."""
        own = (file for file in sorted(self.files) if is_yaml_file(file) and file.parent == self.folder)
        return tuple(file for file in own if file not in self._recordings.contents)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Read nothing twice while this lasts, nor work anything out twice that was known in this session before."""
        with keeping_parses(self._parsed), keeping(self._kept):
            yield

    def _contents(self) -> dict[Path, bytes | None]:
        """Return what each file in hand holds, and which of those on the disk are gone."""
        now = self.history.contents.items()
        return {file: content for file, content in now if content is not None or self.saved.get(file) is not None}

    # --- what it comes to --------------------------------------------------------------------------

    @property
    def recording(self) -> Recording | None:
        """The inspection, to record its cases, as its files are in hand (``None``: there is none, or it is broken)."""
        return self._recordings.at(self.history.contents)

    @property
    def inspection(self) -> Inspection | None:
        """The inspection as its files are in hand (``None``: there is none, or it is broken).

        While it says names already that its standards have only once they are saved, it is as it was before.
        """
        recording = self.recording
        if recording is not None and recording.inspection is not None:
            self._last_inspection = recording.inspection
        is_ahead = not self.are_of_inspection(self.changes.files)
        return self._last_inspection if is_ahead else None if recording is None else recording.inspection

    @property
    def inspection_findings(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the inspection."""
        if self.inspection is not None:
            return ()
        recording = self.recording
        return self._recordings.findings if recording is None else recording.wrong

    def _evaluated(self, contents: Mapping[Path, bytes | None], before: Framework | None) -> Evaluation:
        key = id(before), frozenset(contents.items())
        if key not in self._evaluations:
            while len(self._evaluations) >= _EVALUATIONS_KEPT:
                del self._evaluations[next(iter(self._evaluations))]
            store = KeptFiles(contents, self._parsed)
            files = self.scenario_files(contents)
            self._evaluations[key] = Evaluation(self.path, store, files, before, self.inspection, self._kept)
        return self._evaluations[key]

    @property
    def evaluation(self) -> Evaluation:
        """What the files in hand come to."""
        return self.evaluated({})

    def evaluated(self, changed: Mapping[Path, bytes | None]) -> Evaluation:
        """Return what the files in hand would come to with some of them changed; nothing is changed by that."""
        made = self._evaluated({**self._contents(), **changed}, self._before)
        if made.framework is not None and not changed:
            self._last_valid = made
        return made

    def tried(self, changed: Mapping[Path, bytes | None]) -> Evaluation:
        """Return what the files in hand would come to with some of them changed, beside what they come to now."""
        return self._evaluated({**self._contents(), **changed}, self.evaluation.framework)

    @property
    def last_valid(self) -> Evaluation | None:
        """What the files came to when nothing was wrong with them last (``None``: never since they were read)."""
        if self.evaluation.framework is not None:
            return self.evaluation
        if self._last_valid is None and self._before is not None:
            saved = {file: content for file, content in self.saved.items() if content is not None}
            self._last_valid = self._evaluated(saved, self._before)
        return self._last_valid

    # --- what is done ------------------------------------------------------------------------------

    @property
    def locked(self) -> tuple[Diagnostic, ...]:
        """Why these standards are not to be changed (nothing: they may)."""
        try:
            check_may_change(self.around, although_used=self._although_used)
        except DiagnosticError as error:
            return error.diagnostics
        return ()

    def do(
        self,
        name: str,
        changed: Mapping[Path, bytes | None],
        edits: Mapping[Path, tuple[Edit, ...]] | None = None,
        recorded: Recorded | None = None,
    ) -> bool:
        """Do one thing to some files, and return whether anything is another than before.

        Raises:
            DiagnosticError: these standards are not to be changed.
        """
        # An inspection is recorded by standards that nobody changes any more.
        if not self.are_of_inspection(changed):
            check_may_change(self.around, although_used=self._although_used)
        step = self.history.do(name, changed, edits or {}, recorded)
        if step is not None:
            self._changed()
        return step is not None

    # --- the inspection ----------------------------------------------------------------------------

    def recording_in_hand(self) -> Recording:
        """Return the inspection, to record its cases.

        Raises:
            RequestError: there is none, or it is broken.
        """
        recording = self.recording
        if recording is None or recording.declared is None:
            found = self._recordings.findings if recording is None else recording.findings
            hint = "open one: ctm-rules workbench --inspection FILE; or start one on the page Inspection"
            none = NO_SUCH_FILE.found(Location(str(self.path)), "no inspection is in hand", hint=hint)
            raise RequestError(found or [none])
        return recording

    def record(self, name: str, recorded: Recorded) -> bool:
        """Record something of cases, as one step, and return whether anything is another than before.

        Raises:
            DiagnosticError: there is no inspection, or its table cannot hold it.
        """
        return self.do(name, self.recording_in_hand().with_recorded(recorded), recorded=recorded)

    def take_over(self, name: str, table: str) -> Path:
        """Have a table of the inspection that is read alone in a CSV file, as one step, and return that file.

        Raises:
            DiagnosticError: there is no such table, or CSV would be read otherwise.
        """
        made = self.recording_in_hand().taking_over(table)
        self._recordings.has_table(made.into.file)
        self.take(name, made.changes)
        return made.into.file

    def edit_inspection(self, name: str, edits: Sequence[Edit]) -> bool:
        """Do edits to the file of the inspection, such as a judgement, as one step.

        Raises:
            DiagnosticError: there is none, one cannot be done, or the inspection would be wrong by them.
        """
        recording = self.recording_in_hand()
        return self.do(name, {recording.path: recording.with_edits(edits)}, {recording.path: tuple(edits)})

    def are_of_inspection(self, files: Collection[Path]) -> bool:
        """Return whether some files are all those of the inspection and its tables."""
        return self._recordings.contents.keys() >= set(files)

    def take_inspection(self, file: Path) -> None:
        """Take another inspection in hand.

        Raises:
            DiagnosticError: something is not saved, or it is no inspection.
        """
        self.check_is_saved("opened")
        read_inspection_file(file)
        self._inspection_file = file
        self.open(self.path)

    def diff(self) -> Iterator[str]:
        """Yield the lines that saving would change, and of a table of cases each cell."""
        changes, recording = self.changes, self.recording
        saved = None if recording is None else self._recordings.at(self.saved)
        cells = {} if recording is None or saved is None else recording.lines(saved)
        yield from Changes(changes.before, changes.after, cells).diff()

    def edited(self, edits: Mapping[Path, Sequence[Edit]]) -> dict[Path, bytes]:
        """Return what some files would hold after edits; nothing is changed.

        Raises:
            DiagnosticError: one cannot be done.
        """
        return {file: self.keep_read(self.document(file).edited(*each)).content for file, each in edits.items()}

    def edit(self, name: str, edits: Mapping[Path, Sequence[Edit]]) -> bool:
        """Do edits to some files as one thing, and return whether anything is another than before.

        Raises:
            DiagnosticError: one cannot be done, or these standards are not to be changed.
        """
        return self.do(name, self.edited(edits), {file: tuple(each) for file, each in edits.items()})

    def fix(self, found: Diagnostic) -> bool:
        """Do the one right repair of a finding.

        Raises:
            DiagnosticError: it has none, or there is something else at its place by now.
        """
        assert found.fix is not None
        file = next((each for each in self.files if str(each) == found.fix.at.file), None)
        if file is None:
            raise _not_in_hand(found.fix.at.file)
        return self.edit(found.fix.says, {file: edits_of_fixes(self.document(file), [found.fix])})

    def tidy(self, file: Path) -> bool:
        """Lay a file out as ``ctm-rules fmt`` does it, as a step of its own.

        Raises:
            DiagnosticError: it cannot be read, or these standards are not to be changed.
        """
        before = self.history.contents.get(file, _read(file))
        after = Document(str(file), before or b"").laid_out().content
        return self.take(f"{self.name_of(file)} laid out", Changes({file: before}, {file: after}))

    def undo(self) -> Step | None:
        """Take the last step back, and return it (``None``: there is none).

        A file that it made, and that was saved since, goes from the disk when this is saved.
        """
        step = self.history.undo()
        if step is not None:
            self._changed()
        return step

    def redo(self) -> Step | None:
        """Do again what was taken back last, and return it (``None``: there is none)."""
        step = self.history.redo()
        if step is not None:
            self._changed()
        return step

    def _changed(self) -> None:
        self.revision += 1
        self._kept.next_round()
        changes = self.changes
        kept = changes.files
        draft = Draft({file: changes.before[file] for file in kept}, {file: changes.after[file] for file in kept})
        try:
            keep_draft(self.path, draft)
        except DiagnosticError as error:  # what was done stays done: whoever shows it says that it hangs on saving
            self.not_kept = error.diagnostics
        else:
            self.not_kept = ()

    def take_up(self) -> tuple[Diagnostic, ...]:
        """Do again what an earlier session did and did not save; return why some of it cannot be done.

        Raises:
            DiagnosticError: these standards are not to be changed.
        """
        offered = self.offered
        if offered is None:
            return ()
        refused = Findings()
        taken: dict[Path, bytes | None] = {}
        for file, after in offered.after.items():
            if file.suffix.lower() in TABLES and self._inspection_file in offered.after:
                self._recordings.has_table(file)  # one that the inspection was given, and that is not written yet
            now = self.saved.get(file, _read(file))
            if now == offered.before.get(file):
                taken[file] = after
                self._take_in_hand(file, now)
            else:
                message = f"{self.name_of(file)} was changed since, and what was not saved of it is not taken up"
                hint = "make that change once more"
                refused.add(CHANGED_MEANWHILE, Location(str(file)), message, hint=hint)
        self.offered = None
        if not self.do("what was not saved, taken up", taken):
            self._changed()
        return tuple(refused)

    def _take_in_hand(self, file: Path, content: bytes | None) -> None:
        """Have a file in hand that goes by the framework, such as a table of cases."""
        if file not in self.history.contents:
            self.history.contents[file] = self.saved[file] = content

    def forget_offered(self) -> None:
        """Forget what an earlier session did and did not save."""
        self.offered = None
        self._changed()

    # --- names and editions ------------------------------------------------------------------------

    def renaming(self, address: str, to: str) -> Renaming:
        """Return what another name for an element would change, in every file that says it; nothing is changed.

        Raises:
            DiagnosticError: it cannot be renamed so, or something is not saved yet.
        """
        around = self._around_saved("renamed")
        return rename(around, find_to_rename(around, address), to, although_used=self._although_used)

    def rename(self, address: str, to: str) -> bool:
        """Give an element another name in every file that says it, as one step that is not saved yet.

        Raises:
            DiagnosticError: it cannot be renamed so, or something is not saved yet.
        """
        renaming = self.renaming(address, to)
        return self.take(f"{renaming.name} → {to}", renaming.changes)

    def splitting(self, slug: str, title: str, key_questions: Sequence[str], printed: str, rest: str) -> Splitting:
        """Return what it would change to give key questions of a standard to a new one; nothing is changed.

        Raises:
            DiagnosticError: it cannot be split so, or something is not saved yet.
        """
        around = self._around_saved("split")
        given = {"printed": printed, "rest": rest}
        return split(around, slug, title, key_questions, although_used=self._although_used, **given)

    def removing(self, address: str) -> Removal:
        """Return what it would change to take an element out everywhere; nothing is changed.

        Raises:
            DiagnosticError: something needs it, or something is not saved yet.
        """
        around = self._around_saved("removed")
        return remove(around, find_to_rename(around, address), although_used=self._although_used)

    def take(self, name: str, changes: Changes) -> bool:
        """Have changes of files in hand as one step that is not saved yet; return whether anything is another.

        Raises:
            DiagnosticError: these standards are not to be changed.
        """
        for file, before in changes.before.items():
            self._take_in_hand(file, before)
        return self.do(name, {file: changes.after[file] for file in changes.files})

    def _around_saved(self, what: str) -> Around:
        """Return the framework with the files that go by it as they are on the disk, where everything is saved."""
        self.check_is_saved(what)
        self.around = files_around(self.path, self._folders)
        return self.around

    def check_is_saved(self, what: str) -> None:
        """Refuse what needs every change on the disk.

        Raises:
            RequestError: something is not saved.
        """
        unsaved = self.changes.files
        if unsaved:
            message = f"nothing can be {what} while {self.name_of(unsaved[0])} has changes that are not saved"
            raise RequestError(
                [NOT_SAVED.found(Location(str(unsaved[0])), message, hint="save, or take the changes back, first")]
            )

    # --- versions ----------------------------------------------------------------------------------

    def kept_contents(self) -> Contents:
        """Return what the files of the standards hold, to keep it as a version.

        Raises:
            RequestError: something is not saved.
        """
        self.check_is_saved("kept as a version")
        return {
            name: content
            for file, content in self._contents().items()
            if content is not None and is_part(name := self.name_of(file))
        }

    def _as_in(self, contents: Contents) -> dict[Path, bytes | None]:
        """Return what files in hand would hold as they are in a version; those that it does not have go."""
        now = {file: None for file in self.files if is_part(self.name_of(file))}
        return {**now, **{self.folder / name: content for name, content in contents.items() if is_part(name)}}

    def framework_of(self, contents: Contents, origin: Origin) -> Framework:
        """Return the framework of a version, which says where that is kept.

        Raises:
            DiagnosticError: something is wrong with it.
        """
        source = read_framework(self.path, NotYetWritten(self._as_in(contents)))
        return build_framework(evolve(source, origin=origin))

    def go_back(self, name: str, contents: Contents) -> bool:
        """Have the files in hand as they are in a version, as one step; return whether anything is another.

        Raises:
            DiagnosticError: these standards are not to be changed.
        """
        changed = self._as_in(contents)
        for file in changed:
            self._take_in_hand(file, _read(file))
        return self.do(name, changed)

    # --- saving ------------------------------------------------------------------------------------

    @property
    def changes(self) -> Changes:
        """What saving would change."""
        after = {file: content for file, content in self._contents().items() if content != self.saved.get(file)}
        return Changes({file: self.saved.get(file) for file in after}, after)

    def conflicts(self) -> tuple[Conflict, ...]:
        """Return the files in hand that another program changed since they were read, and that were changed here."""
        changes = self.changes
        return tuple(
            Conflict(file, now, changes.after[file])
            for file in changes.files
            if (now := _read(file)) != changes.before[file]
        )

    def save(self) -> tuple[Path, ...]:
        """Write everything that was changed, all or none, and return the files. It can still be undone.

        Raises:
            DiagnosticError: a file was changed by another program, or cannot be written; nothing is written then.
        """
        written = self.changes.write()
        if not self.are_of_inspection(written):
            self._recordings.standards_changed()
        self.saved |= {file: self.history.contents[file] for file in written}
        self._before = self.evaluation.framework or self._before
        self._evaluations.clear()
        self._last_valid = None
        self._saved_steps = self.history.done
        self._changed()
        return written

    def keep_mine(self) -> None:
        """Hold what another program wrote for what was there before, so that saving replaces it."""
        for conflict in self.conflicts():
            self.saved[conflict.file] = conflict.disk
        self._changed()

    def take_theirs(self) -> tuple[Diagnostic, ...]:
        """Read the disk anew, do everything that was not saved again, and return why some of it cannot be done.

        Raises:
            DiagnosticError: the framework cannot be read any more.
        """
        saved, done = self._saved_steps, self.history.done
        refused = Findings()
        if done[: len(saved)] != saved:
            message = "what was taken back after it had been saved cannot be taken back again on what is there now"
            refused.add(CHANGED_MEANWHILE, Location(str(self.path)), message, hint="make that change once more")
            saved = done
        self.open(self.path)
        self.offered = None
        for step in done[len(saved) :]:
            changed: dict[Path, bytes | None] = {}
            try:
                for file, after in step.after.items():
                    if file in step.edits and file in self.files:
                        changed[file] = self.document(file).edited(*step.edits[file]).content
                    elif step.recorded is not None:
                        changed.update(self.recording_in_hand().with_recorded(step.recorded))
                        break
                    elif self.history.contents.get(file, _read(file)) == step.before[file]:
                        self._take_in_hand(file, step.before[file])
                        changed[file] = after
                    else:
                        message = f"{step.name}: {self.name_of(file)} says something else by now"
                        refused.add(CHANGED_MEANWHILE, Location(str(file)), message, hint="make that change once more")
                self.do(step.name, changed, step.edits, step.recorded)
            except DiagnosticError as error:
                refused.extend(error.diagnostics)
        self._changed()
        return tuple(refused)


def _read(file: Path) -> bytes | None:
    return read_file(file, MAX_TABLE_BYTES, Findings()) if kind_of(file) == "file" else None
