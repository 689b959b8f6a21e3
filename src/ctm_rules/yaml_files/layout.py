"""A YAML file as text with structure (round-trip formatting): read, changed and written back with its comments."""

from __future__ import annotations

from attrs import define, evolve, field

from ctm_rules.diagnostics.findings import NOWHERE, Code, Findings, Location, RequestError
from ctm_rules.yaml_files.layout_reading import comments_in, read_tree
from ctm_rules.yaml_files.layout_tree import Block
from ctm_rules.yaml_files.layout_writing import block_lines
from ctm_rules.yaml_files.marked_yaml import MarkedDict, describe, parse_yaml
from ctm_rules.yaml_files.mistakes import WRONG_TYPE

CANNOT_FORMAT = Code(
    "cannot-format",
    "error",
    what="The file is well-formed, but written in a way that cannot be laid out without a risk to its meaning.",
    why="Formatting may change how a file looks and never what it says, so such a file is left as it is.",
    bad='? "a key of more than a thousand characters …"\n: value',
    good="a_short_key: value",
)


@define(eq=False)
class Layout:
    r"""A YAML file as text with structure: what :func:`read_layout` reads and :meth:`write` writes.

    Attributes:
        root: the file's block of keys; change it to change the file and keep its comments.
        file: how diagnostics call it.
        line_end: ``\n`` or ``\r\n``, as the file has it.
        says: what the file said when it was read (nothing: it never was).
    """

    root: Block
    file: str
    line_end: str = "\n"
    says: MarkedDict = field(factory=lambda: MarkedDict(NOWHERE))
    _unchanged: str | None = None
    _comments: list[str] = field(factory=list)

    def write(self) -> bytes:
        """Return the file's text in its canonical layout.

        Raises:
            DiagnosticError: the text would not say what the tree says.
        """
        lines = list(block_lines(self.root, 0)) if self.root.entries else [*self.root.after, "{}"]
        text = "\n".join(lines) + "\n"
        if self._unchanged is not None:
            self._verify(text)
        return text.replace("\n", self.line_end).encode()

    def changed(self) -> Layout:
        """Return the same layout, no longer held to say what the file said when it was read."""
        return Layout(self.root, self.file, self.line_end, self.says)

    def copied(self) -> Layout:
        """Return the same layout once more, to change it."""
        return evolve(self, root=self.root.copied())

    def _verify(self, text: str) -> None:
        again = Findings()
        said = repr(parse_yaml(text.encode(), self.file, again))
        if again or said != self._unchanged or sorted(comments_in(text)) != sorted(self._comments):
            message = "the file cannot be formatted without a risk to its meaning, and is left as it is"
            hint = "look for very long keys and for unusual characters"
            raise RequestError([CANNOT_FORMAT.found(Location(self.file), message, hint=hint)])


def read_layout(content: bytes, file: str) -> Layout:
    """Return the layout of YAML text.

    Raises:
        DiagnosticError: it cannot be read, or is not a block of keys.
    """
    findings = Findings()
    data = parse_yaml(content, file, findings)
    findings.raise_errors()
    if not isinstance(data, MarkedDict):
        message = f"the file must be a block of keys, not {describe(data)}"
        raise RequestError([WRONG_TYPE.found(Location(file, 1, 1), message, hint="start with key: value")])
    text = content.decode("utf-8-sig")
    line_end = "\r\n" if text[: text.find("\n") + 1].endswith("\r\n") else "\n"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    root, comments = read_tree(text)
    return Layout(root, file, line_end, data, repr(data), comments)
