"""The language server protocol spoken: requests of an editor go to the desk, and answers are put in its words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Protocol, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from ctm_rules.checking.files import Checked
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError
from ctm_rules.diagnostics.suggestions import nearest_name
from ctm_rules.editing.changes import Changes
from ctm_rules.editing.documents import Document
from ctm_rules.editing.uses import Use
from ctm_rules.language_server.completing import complete, key_at
from ctm_rules.language_server.desk import Desk, Named
from ctm_rules.language_server.in_words import rule_of, sentence_of, where_used
from ctm_rules.language_server.texts import Span, changes_between, lines_of
from ctm_rules.paths import kind_of, real_path
from ctm_rules.version import library_version

_SECONDS_OF_QUIET = 0.15
"""How long nothing is typed before what is typed is checked."""

_SECONDS_BEFORE_ALL = 1.0
"""How long nothing is typed before everything else that is open is checked along."""

_SEVERITIES = {"error": types.DiagnosticSeverity.Error, "warning": types.DiagnosticSeverity.Warning}
_COMPLETION_KINDS = {
    "key": types.CompletionItemKind.Property,
    "word": types.CompletionItemKind.EnumMember,
    "value": types.CompletionItemKind.EnumMember,
    "rating": types.CompletionItemKind.EnumMember,
    "address": types.CompletionItemKind.Field,
}

P = TypeVar("P")
R = TypeVar("R")


def make_server() -> LanguageServer:
    """Return a server that answers over whatever its ``start_…`` is given; ``ctm-rules lsp`` starts it."""
    # What the library would log holds the texts themselves, and goes where nobody asked for them.
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    # An editor counts lines as the protocol does, and the library when it puts changes together as Python does.
    server = LanguageServer("ctm-rules", library_version(), text_document_sync_kind=types.TextDocumentSyncKind.Full)
    session = _Session(server)
    for feature, options, answer in session.features():
        server.feature(feature, options)(_answering(answer))
    return server


def _answering(answer: Callable[[P], R]) -> Callable[[P], R]:
    """Return what answers a request, and where it cannot says why in a sentence."""

    @wraps(answer)
    def answered(params: P) -> R:
        try:
            return answer(params)
        except DiagnosticError as error:
            said = "\n".join(_sentence(found) for found in dict.fromkeys(error.diagnostics))
            raise JsonRpcException(said, types.LSPErrorCodes.RequestFailed.value) from None
        except JsonRpcException:
            raise
        except Exception as error:
            raise JsonRpcException(_say_mistake(error)) from None

    return answered


def _say_mistake(error: BaseException) -> str:
    """Return that the library failed; what the error itself says may be a part of somebody's text, and is not said."""
    return f"ctm-rules {library_version()} has a mistake, and this was not done: {type(error).__name__}"


def _sentence(found: Diagnostic) -> str:
    return f"{found.message} ({found.hint})" if found.hint else found.message


class _AtPlace(Protocol):
    """A request about a place in a text."""

    @property
    def text_document(self) -> types.TextDocumentIdentifier: ...

    @property
    def position(self) -> types.Position: ...


class _Session:
    """One editor's session: its texts, and what it was told of them.

    Everything but the check of all folders is done where requests are read, one after the other.
    """

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self._desk = Desk()
        self._beside = Desk()  # what all folders are checked on, while this one answers
        self._uris: dict[Path, str] = {}
        self._although_used = False
        self._found: dict[Path, tuple[Diagnostic, ...]] = {}  # what the editor shows of each file
        self._changed: dict[Path, Path] = {}  # what was changed since the last check
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._checking: asyncio.Task[None] | None = None

    def features(self) -> Iterator[tuple[str, object, Callable[[object], object]]]:
        """Yield what is answered, with what is said of it to the editor."""
        answers: Mapping[str, tuple[object, Callable[..., object]]] = {
            types.INITIALIZE: (None, self.initialize),
            types.INITIALIZED: (None, self.initialized),
            types.TEXT_DOCUMENT_DID_OPEN: (None, self.opened),
            types.TEXT_DOCUMENT_DID_CHANGE: (None, self.changed),
            types.TEXT_DOCUMENT_DID_SAVE: (None, self.saved),
            types.TEXT_DOCUMENT_DID_CLOSE: (None, self.closed),
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (None, self.files_changed),
            types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: (None, self.folders_changed),
            types.TEXT_DOCUMENT_HOVER: (None, self.hover),
            types.TEXT_DOCUMENT_COMPLETION: (types.CompletionOptions(trigger_characters=[" ", "."]), self.complete),
            types.TEXT_DOCUMENT_DEFINITION: (None, self.definition),
            types.TEXT_DOCUMENT_REFERENCES: (None, self.references),
            types.TEXT_DOCUMENT_PREPARE_RENAME: (None, self.prepare_rename),
            types.TEXT_DOCUMENT_RENAME: (types.RenameOptions(prepare_provider=True), self.rename),
            types.TEXT_DOCUMENT_CODE_ACTION: (
                types.CodeActionOptions([types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]),
                self.actions,
            ),
            types.TEXT_DOCUMENT_FORMATTING: (None, self.lay_out),
        }
        for feature, (options, answer) in answers.items():
            yield feature, options, answer

    # --- what the editor tells ---------------------------------------------------------------------

    def initialize(self, params: types.InitializeParams) -> None:
        options = params.initialization_options
        self._although_used = isinstance(options, dict) and options.get("althoughUsed") is True

    def initialized(self, _: types.InitializedParams) -> None:
        self._note_folders()
        watched = self._server.client_capabilities.workspace
        if watched and watched.did_change_watched_files and watched.did_change_watched_files.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob_pattern="**/*.{yaml,yml,csv,xlsx,ods,xls}")]
            registration = types.Registration(
                "files",
                types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers),
            )
            self._server.client_register_capability(types.RegistrationParams([registration]))
        self._check_all_soon(0)

    def folders_changed(self, _: types.DidChangeWorkspaceFoldersParams) -> None:
        self._note_folders()
        self._check_all_soon(0)

    def _note_folders(self) -> None:
        workspace = self._server.workspace
        uris = [*workspace.folders] or [workspace.root_uri]
        paths = [Path(path) for uri in uris if uri and (path := to_fs_path(uri))]
        self._desk.folders = tuple(path for path in paths if kind_of(path) == "folder")
        self._desk.note_change()

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        self._put(params.text_document.uri, params.text_document.text)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        self._put(uri, self._server.workspace.get_text_document(uri).source)

    def _put(self, uri: str, text: str) -> None:
        file = self._path(uri)
        if file is not None:
            self._uris[real_path(file)] = uri
            self._desk.put(file, text)
            self._changed[real_path(file)] = file
            self._soon("changed", _SECONDS_OF_QUIET, self._check_changed)
            self._check_all_soon(_SECONDS_BEFORE_ALL)

    def saved(self, _: types.DidSaveTextDocumentParams) -> None:
        self._files_may_have_changed()

    def closed(self, params: types.DidCloseTextDocumentParams) -> None:
        file = self._path(params.text_document.uri)
        if file is not None:
            self._desk.take(file)
            self._check_all_soon(_SECONDS_OF_QUIET)

    def files_changed(self, _: types.DidChangeWatchedFilesParams) -> None:
        self._files_may_have_changed()

    def _files_may_have_changed(self) -> None:
        self._desk.note_change()
        self._check_all_soon(_SECONDS_OF_QUIET)

    @staticmethod
    def _path(uri: str) -> Path | None:
        """Return the file of a document (``None``: it was never saved, or is none of the disk's)."""
        path = to_fs_path(uri)
        return Path(path) if path and uri.startswith("file:") and kind_of(Path(path)) == "file" else None

    def _uri(self, file: Path) -> str:
        return self._uris.get(real_path(file)) or from_fs_path(str(file.absolute())) or ""

    # --- findings ----------------------------------------------------------------------------------

    def _soon(self, what: str, seconds: float, do: Callable[[], None]) -> None:
        waiting = self._waiting.pop(what, None)
        if waiting is not None:
            waiting.cancel()
        self._waiting[what] = asyncio.get_running_loop().call_later(seconds, self._guarded, do)

    def _guarded(self, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:
            self._say_mistake(error)

    def _say_mistake(self, error: BaseException) -> None:
        shown = types.ShowMessageParams(types.MessageType.Error, _say_mistake(error))
        self._server.window_show_message(shown)

    def _check_all_soon(self, seconds: float) -> None:
        self._soon("all", seconds, self._check_all)

    def _check_changed(self) -> None:
        """Check what was changed, with what belongs to it: that takes a few hundredths of a second."""
        changed, self._changed = self._changed, {}
        files = [file for file in changed.values() if self._desk.is_ours(file)]
        checked = self._desk.check(files)
        others = [file for file in changed.values() if file not in files]
        self._tell(checked, {*changed, *map(real_path, checked.files), *map(real_path, others)})

    def _check_all(self) -> None:
        if self._checking is None or self._checking.done():
            self._checking = asyncio.get_running_loop().create_task(self._check_everything())
        else:
            self._check_all_soon(_SECONDS_BEFORE_ALL)

    async def _check_everything(self) -> None:
        """Check all folders beside what else is asked; what has changed meanwhile is checked once more."""
        self._beside.follow(self._desk)
        try:
            checked = await asyncio.to_thread(self._beside.check_all)
        except Exception as error:
            self._say_mistake(error)
            return
        if self._beside.revision == self._desk.revision:
            self._tell(checked, {*self._found, *map(real_path, checked.files)})
        else:
            self._check_all_soon(_SECONDS_BEFORE_ALL)

    def _tell(self, checked: Checked, files: Iterable[Path]) -> None:
        """Tell the editor what was found in some files, and of those where nothing was found that all is well."""
        by_file: dict[Path, list[Diagnostic]] = {real_path(file): [] for file in files}
        for found in checked.diagnostics:
            if kind_of(Path(found.file)) == "file":
                by_file.setdefault(real_path(Path(found.file)), []).append(found)
            elif self._desk.folders:  # of a folder nothing can be shown but by itself
                self._server.window_log_message(types.LogMessageParams(types.MessageType.Warning, str(found)))
        for file, several in by_file.items():
            is_new = file in self._uris and file not in self._found
            if several or is_new or self._found.get(file, ()) != ():
                self._found[file] = tuple(several)
                shown = [self._shown(found) for found in several]
                self._server.text_document_publish_diagnostics(
                    types.PublishDiagnosticsParams(uri=self._uri(file), diagnostics=shown)
                )

    def _shown(self, found: Diagnostic) -> types.Diagnostic:
        file = Path(found.file)
        related = [
            types.DiagnosticRelatedInformation(
                types.Location(self._uri(file), self._range(file, self._desk.span_of(found.moved_to(place)))),
                "the same here",
            )
            for place in found.places
            if place != found.location
        ]
        return types.Diagnostic(
            range=self._range(file, self._desk.span_of(found)),
            message=f"{found.message}\n{found.hint}" if found.hint else found.message,
            severity=_SEVERITIES[found.severity],
            code=found.code,
            source="ctm-rules",
            related_information=related or None,
        )

    # --- places ------------------------------------------------------------------------------------

    def _range(self, file: Path, span: Span) -> types.Range:
        lines = lines_of(self._desk.text(file))
        return types.Range(
            self._position(lines, span.line, span.column), self._position(lines, span.end_line, span.end_column)
        )

    def _position(self, lines: list[str], line: int, column: int) -> types.Position:
        before = lines[line][:column] if line < len(lines) else ""
        return types.Position(line, self._server.workspace.position_codec.client_num_units(before))

    def _place(self, params: _AtPlace) -> tuple[Path, int, int] | None:
        """Return the file, the line and the column of a request, counted in characters from 0."""
        file = self._path(params.text_document.uri)
        if file is None:
            return None
        lines = lines_of(self._desk.text(file))
        line, units = params.position.line, params.position.character
        text = lines[line].rstrip("\r\n") if line < len(lines) else ""
        count = self._server.workspace.position_codec.client_num_units
        column = next((number for number in range(len(text)) if count(text[:number]) >= units), len(text))
        return file, line, column

    def _named(self, params: _AtPlace) -> list[Named]:
        place = self._place(params)
        return [] if place is None else self._desk.named_at(*place)

    def _location(self, use: Use) -> types.Location:
        file = Path(use.location.file)
        return types.Location(self._uri(file), self._range(file, self._desk.span_of_use(use)))

    # --- what the editor asks ----------------------------------------------------------------------

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        place = self._place(params)
        if place is None:
            return None
        named = self._desk.named_at(*place)
        if not named:
            key = key_at(self._desk, *place)
            if key is None:
                return None
            return types.Hover(_markdown(key.says), self._range(place[0], key.span))
        said = dict.fromkeys(self._say(each) for each in named)
        return types.Hover(_markdown("\n\n---\n\n".join(said)), self._range(place[0], named[0].span))

    def _say(self, named: Named) -> str:
        name, around = named.name, named.around
        framework = self._desk.framework(around)
        with self._desk.reading():
            parts = [f"{name.kind} **{name.address}**", sentence_of(name, around)]
        parts += [] if framework is None else rule_of(name, framework)
        return "\n\n".join(filter(None, [*parts, where_used(self._desk.uses(named))]))

    def complete(self, params: types.CompletionParams) -> types.CompletionList | None:
        place = self._place(params)
        if place is None:
            return None
        file, line, column = place
        completion = complete(self._desk, file, line, column)
        span = self._range(file, completion.span)
        here = lines_of(self._desk.text(file))
        rest = here[line][completion.span.end_column :] if line < len(here) else ""
        items = [
            types.CompletionItem(
                label=each.word,
                sort_text=f"{number:05}",
                kind=_COMPLETION_KINDS.get(each.kind, types.CompletionItemKind.Reference),
                detail=each.kind,
                documentation=each.says or None,
                text_edit=types.TextEdit(
                    span, f"{each.word}: " if each.kind == "key" and not rest.startswith(":") else each.word
                ),
            )
            for number, each in enumerate(completion.candidates)
        ]
        return types.CompletionList(is_incomplete=False, items=items)

    def definition(self, params: types.DefinitionParams) -> list[types.Location]:
        declared = {
            each.name: Use(each.around.names.declaration(each.name), "standards") for each in self._named(params)
        }
        return [self._location(use) for use in declared.values()]

    def references(self, params: types.ReferenceParams) -> list[types.Location]:
        uses = dict.fromkeys(use for each in self._named(params) for use in self._desk.uses(each))
        with_declaration = params.context.include_declaration
        return [self._location(use) for use in uses if with_declaration or not use.mention.declares]

    def prepare_rename(self, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        place = self._place(params)
        named = [] if place is None else self._desk.named_at(*place)
        if place is None or not named:
            return None
        return types.PrepareRenamePlaceholder(self._range(place[0], named[0].span), named[0].name.word)

    def rename(self, params: types.RenameParams) -> types.WorkspaceEdit | None:
        place = self._place(params)
        named = [] if place is None else self._desk.named_at(*place)
        if not named:
            return None
        renaming = self._desk.renamed(named[0], params.new_name, although_used=self._although_used)
        return self._edit(renaming.changes)

    def lay_out(self, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        file = self._path(params.text_document.uri)
        if file is None or not self._desk.is_ours(file):
            return None
        before = self._desk.text(file)
        after = Document(str(file), before.encode()).laid_out().content.decode()
        return self._text_edits(before, after)

    # --- quick fixes -------------------------------------------------------------------------------

    def actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        file = self._path(params.text_document.uri)
        if file is None:
            return []
        if self._changed:
            self._check_changed()
        found = self._found.get(real_path(file), ())
        wanted = params.context.only
        actions: list[types.CodeAction] = []
        for each in found:
            if _overlaps(self._range(file, self._desk.span_of(each)), params.range):
                actions += [self._fix(each)] if each.fix is not None else self._nearest(each, file)
        fixable = [each for each in found if each.fix is not None]
        if fixable:
            title = f"Repair everything in this file that has one right repair ({len(fixable)})"
            kind = types.CodeActionKind.SourceFixAll
            actions.append(self._action(title, fixable, kind))
        return [each for each in actions if wanted is None or _is_wanted(each.kind, wanted)]

    def _fix(self, found: Diagnostic) -> types.CodeAction:
        assert found.fix is not None
        says = found.fix.says
        return self._action(f"{says[0].upper()}{says[1:]}", [found], types.CodeActionKind.QuickFix)

    def _action(self, title: str, found: list[Diagnostic], kind: types.CodeActionKind) -> types.CodeAction:
        """Return what repairs some findings, or says why it cannot."""
        fixed = self._desk.fixed(found, although_used=self._although_used)
        is_one = kind == types.CodeActionKind.QuickFix
        action = types.CodeAction(
            title, kind, diagnostics=[self._shown(each) for each in found] if is_one else None, is_preferred=is_one
        )
        if fixed.done:
            action.edit = self._edit(fixed.changes)
        else:
            action.disabled = types.CodeActionDisabled("; ".join(map(_sentence, fixed.refused)))
        return action

    def _nearest(self, found: Diagnostic, file: Path) -> list[types.CodeAction]:
        """Return the change of a word into the nearest one that may stand in its place, where there is such a word."""
        span = self._desk.span_of(found)
        line = lines_of(self._desk.text(file))[span.line] if found.line else ""
        word = line[span.column : span.end_column].strip("\"'")
        column = span.column + line[span.column :].find(word)
        if not word or not word.replace(".", "_").replace("-", "_").isidentifier():
            return []
        completion = complete(self._desk, file, span.line, column)
        words = [each.word for each in completion.candidates]
        nearest = None if word in words else nearest_name(word, words)
        if nearest is None:
            return []
        edit = types.TextEdit(self._range(file, completion.span), nearest)
        action = types.CodeAction(f'Write "{nearest}"', types.CodeActionKind.QuickFix, [self._shown(found)])
        action.edit = self._workspace_edit({file: [edit]})
        return [action]

    # --- edits -------------------------------------------------------------------------------------

    def _edit(self, changes: Changes) -> types.WorkspaceEdit:
        """Return changes of files as what the editor does to its texts.

        Raises:
            JsonRpcException: a file is not text in UTF-8: the editor may have read it otherwise than it was written.
        """
        edits: dict[Path, list[types.TextEdit]] = {}
        for path in changes.files:
            try:
                before, after = (
                    (each or b"").decode("utf-8-sig") for each in (changes.before[path], changes.after[path])
                )
            except UnicodeDecodeError:
                message = (
                    f"{path.name} is not text in UTF-8, and is changed by the command line alone: ctm-rules rename"
                )
                raise JsonRpcException(message, types.LSPErrorCodes.RequestFailed.value) from None
            edits[path] = self._text_edits(before, after)
        return self._workspace_edit(edits)

    def _text_edits(self, before: str, after: str) -> list[types.TextEdit]:
        lines = lines_of(before)
        return [
            types.TextEdit(
                types.Range(
                    self._position(lines, each.span.line, each.span.column),
                    self._position(lines, each.span.end_line, each.span.end_column),
                ),
                each.text,
            )
            for each in changes_between(before, after)
        ]

    def _workspace_edit(self, edits: Mapping[Path, list[types.TextEdit]]) -> types.WorkspaceEdit:
        workspace = self._server.client_capabilities.workspace
        by_uri = {self._uri(path): several for path, several in edits.items()}
        if workspace is None or workspace.workspace_edit is None or not workspace.workspace_edit.document_changes:
            return types.WorkspaceEdit(changes=by_uri)
        open_now = self._server.workspace.text_documents
        versions = {uri: open_now[uri].version if uri in open_now else None for uri in by_uri}
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, versions[uri]), [*several])
                for uri, several in by_uri.items()
            ]
        )


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def _overlaps(one: types.Range, other: types.Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def _is_wanted(kind: object, wanted: Iterable[object]) -> bool:
    """Return whether an action is of one of these kinds or below it: ``source`` has ``source.fixAll`` below it."""
    said = str(getattr(kind, "value", kind))
    return any(said == each or said.startswith(f"{each}.") for each in (str(getattr(w, "value", w)) for w in wanted))
