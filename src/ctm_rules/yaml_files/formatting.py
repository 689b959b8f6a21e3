"""`fmt`: one layout for every YAML file (formatting); how it looks is said in ``layout_writing``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.files import FILE_NOT_READABLE, folders_in, found_in, read_file
from ctm_rules.limits import MAX_YAML_BYTES
from ctm_rules.yaml_files.layout import read_layout


@frozen
class Formatted:
    """One file before and after formatting, as bytes."""

    path: Path
    before: bytes
    after: bytes

    @property
    def is_changed(self) -> bool:
        """Whether formatting changes the file."""
        return self.before != self.after


def yaml_files(paths: Iterable[Path]) -> list[Path]:
    """Return the YAML files named, and those in the folders named and below them (hidden folders left out).

    Raises:
        DiagnosticError: a path does not exist.
    """
    found: dict[Path, None] = {}
    findings = Findings()
    for path in paths:
        if path.is_dir():
            inside = (
                file for _, files in folders_in(path, findings) for file in files if file.suffix in (".yaml", ".yml")
            )
            found.update(dict.fromkeys(found_in(path, sorted(inside), findings)))
        elif path.is_file():
            found[path] = None
        else:
            message = f"there is no file or folder {path}"
            findings.add(FILE_NOT_READABLE, Location(str(path)), message, hint="check the name and the folder")
    findings.raise_errors()
    return list(found)


def format_file(path: Path) -> Formatted:
    """Return a file as it is and as it should be; nothing is written.

    Raises:
        DiagnosticError: the file cannot be read, or is not one that can be formatted.
    """
    findings = Findings()
    before = read_file(path, MAX_YAML_BYTES, findings)
    findings.raise_errors()
    assert before is not None
    return Formatted(path, before, format_yaml(before, str(path)))


def format_yaml(content: bytes, file: str) -> bytes:
    """Return YAML text in its canonical layout, with the line ends that it has (and without a byte-order mark).

    Args:
        content: the text, in UTF-8.
        file: how diagnostics call it.

    Raises:
        DiagnosticError: it cannot be read, is not a block of keys, or cannot be laid out without risk.
    """
    return read_layout(content, file).write()
