"""Findings that have one right repair, repaired (quick fixes): all that are in one file, or none of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import assert_never

from attrs import frozen

from ctm_rules.case_files.cells import TABLES
from ctm_rules.diagnostics.findings import (
    Append,
    Diagnostic,
    DiagnosticError,
    Findings,
    Fix,
    Quote,
    Reorder,
    Replace,
)
from ctm_rules.editing.changes import Changes, check_is_yours
from ctm_rules.editing.documents import Document, read_document
from ctm_rules.editing.edits import Add, Edit, Pointer, RenameKey, SetValue, cannot_edit, node_of
from ctm_rules.editing.renaming import check_may_change
from ctm_rules.editing.table_text import read_table_text
from ctm_rules.editing.uses import files_around
from ctm_rules.files import read_file
from ctm_rules.frameworks.finding import is_framework_folder
from ctm_rules.limits import MAX_TABLE_BYTES
from ctm_rules.model.declared_reading import TableLayout
from ctm_rules.yaml_files.kinds import PARTS_OF_A_FRAMEWORK, kind_of_file
from ctm_rules.yaml_files.layout_tree import Block, Text


@frozen
class Fixed:
    """What fixes change; nothing is written.

    Attributes:
        done: the findings that are repaired.
        changes: the files.
        refused: why some files are left as they are.
    """

    done: tuple[Diagnostic, ...]
    changes: Changes
    refused: tuple[Diagnostic, ...]


def fix_findings(found: Iterable[Diagnostic], *, although_used: bool = False) -> Fixed:
    """Return what the fixes of some findings change; what has no fix stays as it is.

    A file is repaired as far as all of its fixes go together, or left as it is, with the reason. What is only odd in an
    edition that inspections were rated by is not touched: their ratings rest on it as it stands.

    Args:
        found: the findings.
        although_used: whether an edition that inspections were rated by is changed all the same.
    """
    by_file: dict[Path, dict[Fix, Diagnostic]] = {}
    for each in found:
        if each.fix is not None:
            by_file.setdefault(Path(each.fix.at.file), {}).setdefault(each.fix, each)
    before: dict[Path, bytes | None] = {}
    after: dict[Path, bytes] = {}
    done: list[Diagnostic] = []
    refused = Findings()
    for path, fixes in by_file.items():
        try:
            _check_may_fix(path, although_used or any(each.severity == "error" for each in fixes.values()))
            before[path], after[path] = (_table if path.suffix.lower() in TABLES else _file)(path, list(fixes))
        except DiagnosticError as error:
            refused.extend(error.diagnostics)
        else:
            done += fixes.values()
    return Fixed(tuple(done), Changes(before, after), tuple(dict.fromkeys(refused)))


def _check_may_fix(path: Path, although_used: bool) -> None:
    """Refuse to change standards that are not to be changed; those with an error in them rate nothing.

    Raises:
        DiagnosticError: they came with the library, or inspections were rated by them.
    """
    if path.suffix.lower() in TABLES or kind_of_file(path) not in ("framework", *PARTS_OF_A_FRAMEWORK):
        return
    check_is_yours(path)
    if not although_used:
        folder = path.parent
        check_may_change(files_around(folder if is_framework_folder(folder) else path), although_used=False)


def _table(path: Path, fixes: Sequence[Fix]) -> tuple[bytes, bytes]:
    """Return a table before and after the names of some of its columns are put right."""
    findings = Findings()
    content = read_file(path, MAX_TABLE_BYTES, findings)
    findings.raise_errors()
    assert content is not None
    text = read_table_text(content, str(path), TableLayout())
    cells = {(fix.at.line, fix.at.column): fix.repair for fix in fixes}
    if text is not None and all(place in text.cells for place in cells):
        said = {place: each.new for place, each in cells.items() if isinstance(each, Replace)}
        changed = text.filled_in(said)
        if changed is not None:
            return content, changed
    hint = "rename the column in the program that the table is edited with"
    raise cannot_edit(str(path), f"{path.name} is no text in which a column could be renamed", hint)


def _file(path: Path, fixes: Sequence[Fix]) -> tuple[bytes, bytes]:
    document = read_document(path)
    return document.content, document.edited(*edits_of_fixes(document, fixes)).content


def edits_of_fixes(document: Document, fixes: Sequence[Fix]) -> tuple[Edit, ...]:
    """Return the edits that fixes are in the file in which they were found.

    Raises:
        RequestError: at the place of one there is something else by now.
    """
    edits = [_edit(fix, document) for fix in fixes]
    # The innermost first, so that no key that leads to a place has changed before; then what moves items.
    return tuple(sorted(edits, key=lambda edit: (isinstance(edit, Add), -len(_at(edit)))))


def _at(edit: Edit) -> Pointer:
    return edit.to if isinstance(edit, Add) else edit.at


def _edit(fix: Fix, document: Document) -> Edit:
    """Return the edit that a fix is.

    Raises:
        RequestError: at its place there is something else by now.
    """
    here = document.places.get((fix.at.line, fix.at.column), [])
    for edit in _candidates(fix, document, here):
        return edit
    message = f"on line {fix.at.line} there is something else than was found there"
    raise cannot_edit(document.file, message, "check the file once more")


def _candidates(fix: Fix, document: Document, here: Sequence[tuple[Pointer, bool]]) -> Iterator[Edit]:
    repair = fix.repair
    for pointer, is_key in here:
        node = document.node(pointer)
        match repair:
            case Replace(old, new):
                if is_key and pointer[-1] == old:
                    yield RenameKey(pointer, new)
                elif not is_key and isinstance(node, Text) and node.value == old:
                    yield SetValue(pointer, node_of(new))
            case Quote():
                if not is_key and isinstance(node, Text) and node.style is None:
                    yield SetValue(pointer, Text(node.value, '"'))
            case Append(word):
                if isinstance(node, Block) and not node.is_mapping:
                    yield Add(pointer, node_of(word))
            case Reorder(order):
                if isinstance(node, Block) and not node.is_mapping and len(node.entries) == len(order):
                    entries = [node.entries[number] for number in order]
                    yield SetValue(pointer, Block(False, node.is_flow, entries, node.after))
            case never:
                assert_never(never)
