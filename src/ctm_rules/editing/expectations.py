"""What scenarios expect once the standards are others: brought up to date, and said.

A scenario that passed, and that comes to something else by what was done, is changed to expect that. Each such change
is said in a sentence, since only people can tell whether it is what they want.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from ctm_rules.diagnostics.findings import DiagnosticError
from ctm_rules.editing.documents import Document
from ctm_rules.editing.expecting import can_expect, expecting
from ctm_rules.frameworks.loading import DISK, FileStore, NotYetWritten
from ctm_rules.phrases import say_list
from ctm_rules.scenarios.running import ScenarioResult, ScenarioRunner

_ENGINE: Final = "reference"


@frozen
class Settled:
    """Scenario files that expect what comes out now.

    Attributes:
        after: what each of those that are changed is to hold.
        decide: what people have to look at, a sentence each.
    """

    after: Mapping[Path, bytes]
    decide: tuple[str, ...]


def settle(files: Sequence[Path], contents: Mapping[Path, bytes | None]) -> Settled:
    """Return what scenarios have to expect once files hold something else.

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
    return Settled(after, tuple(decide))


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
