"""A YAML file edited as text with structure: what an edit does not name stays byte for byte, comments and all."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import Code, DiagnosticError, Findings, Location, RequestError
from ctm_rules.editing.edits import Edit, Node, Plain, Pointer, meant, plain
from ctm_rules.editing.layout_edits import edit_tree, entry_at
from ctm_rules.files import read_file
from ctm_rules.limits import MAX_YAML_BYTES
from ctm_rules.yaml_files.formatting import format_yaml
from ctm_rules.yaml_files.layout import CANNOT_FORMAT, Layout, read_layout
from ctm_rules.yaml_files.layout_tree import Block
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue, parse_yaml

Places = dict[tuple[int, int], list[tuple[Pointer, bool]]]

NOT_LAID_OUT = Code(
    "not-laid-out",
    "error",
    what="A file that is to be edited is not laid out as ctm-rules fmt does it.",
    why="An edit would change lines that have nothing to do with it, and a review could not tell them apart.",
    bad='title:   "Assessment"',
    good="title: Assessment",
)


@frozen
class Document:
    """A YAML file at one moment; an edit gives another one.

    Attributes:
        file: how findings call it.
        content: its bytes.
    """

    file: str
    content: bytes

    @property
    def is_laid_out(self) -> bool:
        """Whether it is laid out as ``ctm-rules fmt`` does it, so that it can be edited.

        Raises:
            DiagnosticError: it cannot be read.
        """
        return self._written == self.content

    def laid_out(self) -> Document:
        """Return the same laid out: a step of its own, that changes nothing that it says.

        Raises:
            DiagnosticError: it cannot be read, or cannot be laid out without risk.
        """
        return Document(self.file, format_yaml(self.content, self.file))

    def says(self) -> Plain:
        """Return what it says; nobody may change that.

        Raises:
            DiagnosticError: it cannot be read.
        """
        return self._says

    def node(self, at: Pointer) -> Node:
        """Return what stands at a place, as it is laid out; nobody may change that.

        Raises:
            DiagnosticError: it cannot be read.
            KeyError: there is nothing there.
        """
        node: Node = self._layout.root
        for step in at:
            entry = entry_at(node, step) if isinstance(node, Block) else None
            if entry is None:
                raise KeyError(at)
            node = entry.value
        return node

    @cached_property
    def places(self) -> Places:
        """What stands at each line and column: the way to it, and whether it is a key (nothing: it cannot be read)."""
        found: Places = {}

        def note(at: Location, pointer: Pointer, is_key: bool) -> None:
            found.setdefault((at.line, at.column), []).append((pointer, is_key))

        def walk(value: MarkedValue, pointer: Pointer) -> None:
            if isinstance(value, MarkedDict):
                for key, below in value.items():
                    note(value.key_at[key], (*pointer, key), True)
                    note(value.value_at[key], (*pointer, key), False)
                    walk(below, (*pointer, key))
            elif isinstance(value, MarkedList):
                for number, below in enumerate(value):
                    note(value.value_at[number], (*pointer, number), False)
                    walk(below, (*pointer, number))

        walk(parse_yaml(self.content, self.file, Findings()), ())
        return found

    def nearest(self, line: int, column: int) -> Pointer:
        """Return the way to what stands at a place, or else to what starts last before it."""
        before = [each for each in self.places if each <= (line, column)]
        return self.places[max(before)][-1][0] if before else ()

    def edited(self, *edits: Edit) -> Document:
        """Return the file after some edits, done one after the other.

        The text is read again and held against what was meant; what no edit names stays byte for byte.

        Raises:
            DiagnosticError: an edit cannot be done, the file is not laid out, or it cannot be read.
        """
        if not self.is_laid_out:
            hint = f"lay it out first, as a step of its own: ctm-rules fmt {self.file}"
            message = "this file is not laid out, so that an edit would change other lines as well"
            raise RequestError([NOT_LAID_OUT.found(Location(self.file), message, hint=hint)])
        data, layout = self._says, self._layout.copied()
        for edit in edits:
            data = meant(data, edit, self.file)
            edit_tree(layout.root, edit, self.file)
        edited = Document(self.file, layout.write())
        if not edited._says_exactly(data):
            message = "this file cannot be edited so without a risk to what else it says, and is left as it is"
            hint = "look for very long keys and for unusual characters near the place"
            raise RequestError([CANNOT_FORMAT.found(Location(self.file), message, hint=hint)])
        return edited

    # Reading takes nearly all the time of an edit: each text is read once, however often it is looked into.
    @cached_property
    def _layout(self) -> Layout:
        return read_layout(self.content, self.file).changed()

    @cached_property
    def _says(self) -> Plain:
        return plain(self._layout.says)

    @cached_property
    def _written(self) -> bytes:
        return self._layout.write()

    def _says_exactly(self, data: Plain) -> bool:
        """Return whether this can be read, is laid out, and says some data, with the order of its keys."""
        try:
            return repr(self._says) == repr(data) and self.is_laid_out
        except DiagnosticError:
            return False


def read_document(path: Path) -> Document:
    """Read a YAML file to edit it.

    Raises:
        DiagnosticError: it cannot be read.
    """
    findings = Findings()
    content = read_file(path, MAX_YAML_BYTES, findings)
    findings.raise_errors()
    assert content is not None
    return Document(str(path), content)
