"""What follows from changes of the standards as a whole: what would be wrong or odd, and what scenarios expect then.

A scenario that passed, and that comes to something else by what was done, is changed to expect that. Each such change
is said in a sentence, since only people can tell whether it is what they want.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from ctm_rules.checking.framework import check_framework
from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError
from ctm_rules.editing.changes import Changes, source_with
from ctm_rules.editing.documents import Document
from ctm_rules.editing.expecting import can_expect, expecting
from ctm_rules.editing.uses import Around
from ctm_rules.frameworks.loading import DISK, FileStore, NotYetWritten, build_framework
from ctm_rules.phrases import say_list
from ctm_rules.scenarios.finding import is_scenario_file
from ctm_rules.scenarios.running import ScenarioResult, ScenarioRunner

_ENGINE: Final = "reference"


@frozen
class Consequences:
    """What follows from changes.

    Attributes:
        wrong: what would be wrong with the standards (anything: the changes are not to be made).
        changes: the changes, with those of the scenarios that expect what comes out then.
        decide: what people have to look at, a sentence each.
    """

    wrong: tuple[Diagnostic, ...]
    changes: Changes
    decide: tuple[str, ...] = ()


def consequences(around: Around, changes: Changes) -> Consequences:
    """Return what follows from changes of a framework's files, and of those that go by it; nothing is written."""
    before = check_framework(build_framework(around.names.source))
    try:
        found = check_framework(build_framework(source_with(around.path, changes.after)))
    except DiagnosticError as error:
        found = error.diagnostics
    wrong = tuple(each for each in found if each.severity == "error")
    if wrong:
        return Consequences(wrong, changes)
    known = {(each.code, each.message) for each in before}
    odd = [each.message for each in found if (each.code, each.message) not in known]
    scenarios = [Path(file) for file, kind in around.files if kind == "scenarios" and is_scenario_file(file)]
    staying = [file for file in scenarios if changes.after.get(file, b"") is not None]
    settled, decide = _settled(staying, changes.after)
    old = {file: file.read_bytes() for file in settled}
    with_scenarios = Changes({**old, **changes.before}, {**changes.after, **settled}, changes.cells)
    return Consequences((), with_scenarios, (*odd, *decide))


def _settled(files: Sequence[Path], contents: Mapping[Path, bytes | None]) -> tuple[dict[Path, bytes], list[str]]:
    """Return what scenario files are to hold so that they expect what comes out, and a sentence on each scenario.

    Args:
        files: the scenario files that there will be.
        contents: what files are to hold (``None``: they go).
    """
    before = {_key(result) for each in _results(files, DISK).values() for result in each if result.passed}
    failing = _failing(files, contents, before)
    after: dict[Path, bytes] = {}
    for file, results in failing.items():
        content = contents.get(file) or file.read_bytes()
        document = Document(str(file), content)
        edits = [edit for result in results if can_expect(result) for edit in expecting(document, result)]
        if edits:
            after[file] = document.edited(*edits).content
    left = _failing(list(after), {**contents, **after}, before)
    decide: list[str] = []
    for file, results in failing.items():
        still = {_key(result): result for result in (left if file in after else failing).get(file, ())}
        for result in results:
            name = f'"{result.scenario.name}" ({file.name})'
            if _key(result) in still:
                whats = say_list([each.what for each in still[_key(result)].mismatches])
                decide.append(f"{name} fails by now, and has to be written anew: {whats}")
            else:
                said = [f"{each.what} is {each.actual}, and was {each.expected}" for each in result.mismatches]
                decide.append(f"{name}: {'; '.join(said)}")
    return after, decide


def _key(result: ScenarioResult) -> tuple[str, str]:
    return result.scenario.at.file, result.scenario.name


def _failing(
    files: Sequence[Path], contents: Mapping[Path, bytes | None], before: Collection[tuple[str, str]]
) -> dict[Path, list[ScenarioResult]]:
    """Return the scenarios of each file that fail by now and did not before."""
    found = _results(files, NotYetWritten(contents))
    failing = {file: [each for each in found[file] if not each.passed and _key(each) in before] for file in found}
    return {file: results for file, results in failing.items() if results}


def _results(files: Sequence[Path], store: FileStore) -> dict[Path, list[ScenarioResult]]:
    runner = ScenarioRunner(_ENGINE, store)
    found: dict[Path, list[ScenarioResult]] = {}
    for file in files:
        try:
            read = runner.read([file])
        except DiagnosticError:
            continue  # whoever reads it next is told what is wrong with it
        found[file] = [runner.run(scenario) for each in read for scenario in each.scenarios]
    return found
