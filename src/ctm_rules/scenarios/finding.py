"""Where scenario files lie, and which framework each of them is for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.files import FILE_NOT_READABLE, folders_in, found_in, start_of
from ctm_rules.frameworks.finding import FRAMEWORK_FILE
from ctm_rules.limits import MAX_YAML_BYTES, MODELINE_BYTES
from ctm_rules.paths import real_path
from ctm_rules.yaml_files.kinds import is_yaml_file

SCENARIOS_FOLDER = "scenarios"

_MODELINE_NAMES = b"scenarios.schema.json"
_KEY = re.compile(rb"^([a-z_]+):", re.MULTILINE)
_KEYS_OF_A_FRAMEWORK = {b"edition", b"publisher", b"in_force_from", b"ratings", b"domains"}


# --- Finding ---------------------------------------------------------------------------------------


def framework_folder(path: Path) -> Path | None:
    """Return the folder of the framework to whose ``scenarios`` folder a file or folder belongs (``None``: to none)."""
    for folders in ((path, *path.parents), real_path(path).parents):
        for folder in folders:
            if folder.name == SCENARIOS_FOLDER and (folder.parent / FRAMEWORK_FILE).is_file():
                return folder.parent
    return None


def is_scenario_file(file: Path) -> bool:
    """Return whether a file holds scenarios: by where it lies, or by the schema that its modeline names."""
    if not is_yaml_file(file):
        return False
    if framework_folder(file) is not None:
        return True
    return SCENARIOS_FOLDER in real_path(file).parent.parts and _MODELINE_NAMES in start_of(file, MODELINE_BYTES)


def is_scenario_file_by_content(file: Path) -> bool:
    """Return whether a file surely holds scenarios of ours, wherever it lies: other projects have such folders too.

    Its modeline says so, or what is called a framework beside its folder reads like one.
    """
    if not is_scenario_file(file):
        return False
    if _MODELINE_NAMES in start_of(file, MODELINE_BYTES):
        return True
    folder = framework_folder(file)
    keys = set(_KEY.findall(start_of(folder / FRAMEWORK_FILE, MAX_YAML_BYTES))) if folder is not None else set()
    # One may be misspelt or missing: then the run is to say so.
    return len(keys & _KEYS_OF_A_FRAMEWORK) > 1


NO_SCENARIOS = Code(
    "no-scenarios",
    "error",
    what="There are no scenarios where they were looked for.",
    why="A run without a single scenario would look like one in which all of them pass.",
    bad="ctm-rules test standrads",
    good="ctm-rules test standards",
)


def find_scenario_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the scenario files among files and, at any depth, in folders, each once.

    Raises:
        DiagnosticError: a path does not exist, or there are no scenarios at all.
    """
    findings = Findings()
    found: dict[Path, None] = {}
    paths = tuple(paths)
    for path in paths:
        if path.is_dir():
            files = [file for file in _files_below(path, findings) if is_scenario_file(file)]
            found |= dict.fromkeys(found_in(path, files, findings))
        elif path.is_file():
            found[path] = None
        else:
            message = f"{path} cannot be opened: there is no such file or folder"
            findings.add(FILE_NOT_READABLE, Location(str(path)), message, hint="check the name and the folder")
    if not found and not findings:
        where = ", ".join(map(str, paths))
        hint = f'put them in a folder "{SCENARIOS_FOLDER}" beside {FRAMEWORK_FILE}'
        findings.add(NO_SCENARIOS, Location(where), f"there are no scenario files in {where}", hint=hint)
    findings.raise_errors()
    return tuple(found)


def find_frameworks(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the folders of the frameworks in folders, at any depth, and of those that scenarios belong to."""
    findings = Findings()
    found: dict[Path, None] = {}
    for path in paths:
        folder = framework_folder(path)
        if folder is not None:
            found[folder] = None
        elif path.is_dir():
            found |= dict.fromkeys(file.parent for file in _files_below(path, findings) if file.name == FRAMEWORK_FILE)
    findings.raise_errors()
    return tuple(found)


def _files_below(folder: Path, findings: Findings) -> list[Path]:
    return sorted(file for _, files in folders_in(folder, findings) for file in files)
