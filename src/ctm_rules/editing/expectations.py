"""What scenarios expect once the standards are others: brought up to date, and said.

A scenario that passed, and that comes to something else by what was done, is changed to expect that. Each such change
is said in a sentence, since only people can tell whether it is what they want.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from ctm_rules.diagnostics.findings import DiagnosticError, Findings
from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Edit, Remove, SetValue, node_of
from ctm_rules.frameworks.loading import DISK, FileStore, NotYetWritten
from ctm_rules.model.framework import NOT_RATED, Rating
from ctm_rules.phrases import say_list
from ctm_rules.rating.results import PanelFlag, RatingResult
from ctm_rules.scenarios.file import Expectation
from ctm_rules.scenarios.running import ScenarioResult, ScenarioRunner
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, parse_yaml

_ENGINE: Final = "reference"
_WORDS = ("outcome", "variant", "band")
"""What is expected of a key question in one word."""


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
        edits = [edit for result in results for edit in _edits(content, result)]
        if edits:
            after[file] = Document(str(file), content).edited(*edits).content
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


def _edits(content: bytes, result: ScenarioResult) -> Iterator[Edit]:
    """Yield the edits by which a scenario expects what comes out."""
    number = _number(content, result)
    if number is None:
        return
    at = ("scenarios", number, "expect")
    if result.rating is not None:
        for key, value in _expected(result.scenario.expect, result.rating):
            yield Remove((*at, key)) if value is None else SetValue((*at, key), node_of(value))
    for mismatch in result.mismatches:
        key, _, path = mismatch.what.partition(" of ")
        if key in _WORDS and path in result.scenario.questions:
            own = () if path not in result.scenario.expect.key_questions else ("key_questions", path)
            yield SetValue((*at, *own, key), node_of(mismatch.actual))


def _number(content: bytes, result: ScenarioResult) -> int | None:
    """Return which of the scenarios of a file it is (``None``: it is the row of a table)."""
    data = parse_yaml(content, result.scenario.at.file, Findings())
    listed = data.get("scenarios") if isinstance(data, MarkedDict) else None
    for number, item in enumerate(listed if isinstance(listed, MarkedList) else ()):
        if isinstance(item, MarkedDict) and item.get("name") == result.scenario.name:
            return number
    return None


def _expected(expect: Expectation, rating: RatingResult) -> Iterator[tuple[str, object]]:
    """Yield each expectation about ratings that a scenario has, as it comes out."""
    standards = {each.standard.slug: each for each in rating.standards}
    domains = {each.domain.id: each for each in rating.domains}
    if expect.score is not None:
        yield "score", rating.score
    if expect.overall is not None:
        yield "overall", _id(rating.overall)
    if expect.overall_panel is not None:
        yield "overall_panel", _flags(rating.overall_panel)
    if expect.standards:
        yield "standards", {slug: _id(standards[slug].rating) for slug in expect.standards}
    if expect.drivers:
        yield "drivers", {slug: list(standards[slug].drivers) for slug in expect.drivers}
    if expect.domains:
        yield "domains", {name: _id(domains[name].rating) for name in expect.domains}
    if expect.domain_panels:
        yield "domain_panels", {name: _flags(domains[name].panel) for name in expect.domain_panels}


def _id(rating: Rating | None) -> str:
    return NOT_RATED if rating is None else rating.id


def _flags(flags: Sequence[PanelFlag]) -> list[str]:
    return list(dict.fromkeys(flag.kind for flag in flags))
