"""Diagnostics as text for people, and as JSON, GitHub annotations and SARIF for other programs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

from ctm_rules.diagnostics.findings import Code, Diagnostic, DiagnosticDict, Fix, Location, Replace, all_codes
from ctm_rules.escaping import for_annotation, for_annotation_property, on_one_line
from ctm_rules.limits import MAX_DIAGNOSTICS, MAX_REMEMBERED_FILES, MAX_SOURCE_LINE, MAX_YAML_BYTES
from ctm_rules.paths import real_path
from ctm_rules.phrases import say_count, say_list

_RESET, _BOLD = "\x1b[0m", "\x1b[1m"
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "hint": "\x1b[1;36m", "place": "\x1b[1m"}


def as_text(diagnostics: Sequence[Diagnostic], *, colours: bool = False) -> str:
    """Return findings as a compiler prints them: the place and sentence, the line with a marker, the hint.

    Only lines of YAML files are shown. ``colours`` adds the control sequences of terminals.
    """

    def paint(text: str, colour: str) -> str:
        return f"{_COLOURS[colour]}{text}{_RESET}" if colours else text

    lines: list[str] = []
    for found in diagnostics[:MAX_DIAGNOSTICS]:
        place = paint(f"{_at(found)}:", "place")
        severity = paint(f"{found.severity}:", found.severity)
        lines.append(f"{place} {severity} {on_one_line(found.message)} [{found.code}]")
        source = _source_line(found) if found.says_values else None
        margin = " " * len(str(found.line))
        if source is not None:
            shown, before = source
            lines += [f" {found.line} | {shown}", f" {margin} | {before}{paint('^', found.severity)}"]
        if found.hint:
            lines.append(f" {margin} = {paint('hint:', 'hint')} {on_one_line(found.hint)}")
        lines.append("")
    if len(diagnostics) > MAX_DIAGNOSTICS:
        lines.append(f"… and {len(diagnostics) - MAX_DIAGNOSTICS:,} more\n")
    return "\n".join(lines)


def say_summary(diagnostics: Iterable[Diagnostic], files: int, skipped: Sequence[Path] = ()) -> str:
    """Return one line that counts what was found, ``2 errors and 1 warning in 10 files``, and what was not read."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    parts = [say_count(severities.count("error"), "error")] if "error" in severities else []
    parts += [say_count(severities.count("warning"), "warning")] if "warning" in severities else []
    said = f"{' and '.join(parts) or 'no mistakes found'} in {say_count(files, 'file')}"
    if not skipped:
        return said
    names = [_file(str(file)) for file in skipped[:_SHOWN]]
    names += [f"{len(skipped) - _SHOWN} more"] if len(skipped) > _SHOWN else []
    return f"{said}; not read: {say_list(names)}"


_SHOWN = 5


class FindingsDict(TypedDict):
    """What ``check --json`` prints: every finding, how many there are, which files were read and which were not."""

    errors: int
    warnings: int
    files: list[str]
    skipped: list[str]
    findings: list[DiagnosticDict]


def as_json(
    diagnostics: Sequence[Diagnostic], files: Iterable[Path] = (), skipped: Iterable[Path] = ()
) -> FindingsDict:
    """Return findings as plain data, with how many there are, which files were read and which were not."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    return {
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
        "files": [_file(str(file)) for file in files],
        "skipped": [_file(str(file)) for file in skipped],
        "findings": [{**diagnostic.to_dict(), "file": _file(diagnostic.file)} for diagnostic in diagnostics],
    }


def as_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Return findings as workflow commands, which GitHub shows beside the lines of a pull request."""
    lines = []
    for found in diagnostics:
        place = f"file={for_annotation_property(_file(found.file))}"
        if found.line:
            place += f",line={found.line},col={found.column}"
        message = _where(found) + (f"{found.message}\n{found.hint}" if found.hint else found.message)
        place += f",title={for_annotation_property(found.code)}"
        lines.append(f"::{found.severity} {place}::{for_annotation(message)}\n")
    return "".join(lines)


def as_sarif(diagnostics: Sequence[Diagnostic]) -> dict[str, object]:
    """Return findings as a SARIF 2.1.0 log, which code hosts and editors read."""
    from importlib.metadata import version  # it takes its time to be imported, and is needed here alone

    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "ctm-rules",
                        "version": version("ctm-rules"),
                        "rules": [_sarif_rule(all_codes()[code]) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in diagnostics],
            }
        ],
    }


def code_page(code: Code) -> str:
    """Return the page of a code as text: what it finds, why it matters, an example of each."""
    return "\n".join(
        [
            f"{code.id} ({code.severity})",
            "",
            code.what,
            code.why,
            "",
            "Bad:",
            *(f"    {line}" for line in code.bad.splitlines()),
            "",
            "Good:",
            *(f"    {line}" for line in code.good.splitlines()),
        ]
    )


# --- Places --------------------------------------------------------------------------------------


def _file(name: str) -> str:
    """Return a file's name relative to the working folder where it lies in it, with forward slashes."""
    try:
        return real_path(Path(name)).relative_to(Path.cwd()).as_posix()
    except (OSError, ValueError):
        return Path(name).as_posix()


def _at(found: Diagnostic) -> str:
    return on_one_line(f"{_file(found.file)}{found.location.within}")


def _where(found: Diagnostic) -> str:
    """Return the place in a workbook before what is said of it, where a format has but lines and columns for it."""
    return f"{found.location.within.removeprefix(': ')}: " if found.sheet else ""


def _source_line(found: Diagnostic) -> tuple[str, str] | None:
    """Return the line of a finding and the spaces that bring a marker under its column."""
    lines = _lines(found.file) if found.line else ()
    if not 0 < found.line <= len(lines):
        return None
    line = lines[found.line - 1]
    column = min(found.column - 1, len(line))
    first = max(0, min(column - MAX_SOURCE_LINE // 2, len(line) - MAX_SOURCE_LINE))
    shown = line[first : first + MAX_SOURCE_LINE].rstrip()
    before = "…" if first else ""
    after = "…" if first + MAX_SOURCE_LINE < len(line) else ""
    width = len(before) + sum(map(_width, on_one_line(line[first:column])))
    return f"{before}{on_one_line(shown)}{after}", " " * width


def _lines(file: str) -> tuple[str, ...]:
    path = Path(file)
    if path.suffix.lower() not in (".yaml", ".yml"):
        return ()
    try:
        path = real_path(path)
        return _lines_as_of(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return ()


@lru_cache(maxsize=MAX_REMEMBERED_FILES)
def _lines_as_of(path: Path, _modified: int) -> tuple[str, ...]:
    with path.open("rb") as content:
        return tuple(content.read(MAX_YAML_BYTES).decode("utf-8-sig", errors="replace").splitlines())


def _width(character: str) -> int:
    """Return how many columns of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


# --- For other programs ----------------------------------------------------------------------------


def _sarif_rule(code: Code) -> dict[str, object]:
    return {
        "id": code.id,
        "shortDescription": {"text": code.what},
        "fullDescription": {"text": f"{code.what} {code.why}"},
        "help": {"text": code_page(code)},
        "defaultConfiguration": {"level": code.severity},
    }


def _sarif_place(at: Location) -> dict[str, object]:
    file = Path(_file(at.file))
    uri = file.as_uri() if file.is_absolute() else quote(file.as_posix())
    place: dict[str, object] = {"artifactLocation": {"uri": uri}}
    if at.line:
        place["region"] = {"startLine": at.line, "startColumn": max(at.column, 1)}
    return {"physicalLocation": place}


def _sarif_result(found: Diagnostic, rule: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": found.severity,
        "message": {"text": on_one_line(f"{_where(found)}{found.message}. {found.hint}".removesuffix(". "))},
        "locations": list(map(_sarif_place, found.places or [found.location])),
    }
    fix = None if found.fix is None else _sarif_fix(found.fix)
    return result if fix is None else {**result, "fixes": [fix]}


def _sarif_fix(fix: Fix) -> dict[str, object] | None:
    """Return a fix as an editor does it, where it writes one word for another that stands there without quotes."""
    lines, repair = _lines(fix.at.file), fix.repair
    if not isinstance(repair, Replace) or not 0 < fix.at.line <= len(lines):
        return None
    if not lines[fix.at.line - 1][fix.at.column - 1 :].startswith(repair.old) or not repair.new.isidentifier():
        return None
    place = _sarif_place(fix.at)["physicalLocation"]
    assert isinstance(place, dict)
    region = {"startLine": fix.at.line, "startColumn": fix.at.column, "endColumn": fix.at.column + len(repair.old)}
    replaced = {"deletedRegion": region, "insertedContent": {"text": repair.new}}
    change = {"artifactLocation": place["artifactLocation"], "replacements": [replaced]}
    return {"description": {"text": fix.says}, "artifactChanges": [change]}
