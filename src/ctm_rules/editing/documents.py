"""A YAML file edited as text with structure: what an edit does not name stays byte for byte, comments and all."""

from __future__ import annotations

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
        return self._is_written_so(self._layout())

    def laid_out(self) -> Document:
        """Return the same laid out: a step of its own, that changes nothing that it says.

        Raises:
            DiagnosticError: it cannot be read, or cannot be laid out without risk.
        """
        return Document(self.file, format_yaml(self.content, self.file))

    def says(self) -> Plain:
        """Return what it says.

        Raises:
            DiagnosticError: it cannot be read.
        """
        return plain(self._layout().says)

    def node(self, at: Pointer) -> Node:
        """Return what stands at a place, as it is laid out.

        Raises:
            DiagnosticError: it cannot be read.
            KeyError: there is nothing there.
        """
        node: Node = self._layout().root
        for step in at:
            entry = entry_at(node, step) if isinstance(node, Block) else None
            if entry is None:
                raise KeyError(at)
            node = entry.value
        return node

    def edited(self, *edits: Edit) -> Document:
        """Return the file after some edits, done one after the other.

        The text is read again and held against what was meant; what no edit names stays byte for byte.

        Raises:
            DiagnosticError: an edit cannot be done, the file is not laid out, or it cannot be read.
        """
        layout = self._layout()
        if not self._is_written_so(layout):
            hint = f"lay it out first, as a step of its own: ctm-rules fmt {self.file}"
            message = "this file is not laid out, so that an edit would change other lines as well"
            raise RequestError([NOT_LAID_OUT.found(Location(self.file), message, hint=hint)])
        data = plain(layout.says)
        for edit in edits:
            data = meant(data, edit, self.file)
            edit_tree(layout.root, edit, self.file)
        edited = Document(self.file, layout.write())
        if not edited._says_exactly(data):
            message = "this file cannot be edited so without a risk to what else it says, and is left as it is"
            hint = "look for very long keys and for unusual characters near the place"
            raise RequestError([CANNOT_FORMAT.found(Location(self.file), message, hint=hint)])
        return edited

    def _layout(self) -> Layout:
        return read_layout(self.content, self.file).changed()

    def _is_written_so(self, layout: Layout) -> bool:
        return layout.write() == self.content

    def _says_exactly(self, data: Plain) -> bool:
        """Return whether this can be read, is laid out, and says some data, with the order of its keys."""
        try:
            layout = self._layout()
        except DiagnosticError:
            return False
        return repr(plain(layout.says)) == repr(data) and self._is_written_so(layout)


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
