"""The standards that a result rests on, found by their checksum: in a folder, in the package, or in a git revision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import DiagnosticError
from ctm_rules.frameworks.finding import folders_beside, own_editions
from ctm_rules.frameworks.git_revisions import GIT, read_named, revisions_of
from ctm_rules.frameworks.loading import build_framework, read_framework
from ctm_rules.model.framework import Framework
from ctm_rules.paths import lies_in
from ctm_rules.rating.result_dicts import FrameworkDict


@frozen
class FoundStandards:
    """The standards of a checksum.

    Attributes:
        framework: they (``None``: they are nowhere).
        like: an edition of the same id and name that has another checksum, where there is one.
    """

    framework: Framework | None
    like: Framework | None = None


def find_by_checksum(wanted: FrameworkDict, beside: Path, given: Path | None = None) -> FoundStandards:
    """Return the standards that a result rests on.

    Looked at are what was given; the folder that the result names, where it lies beside it; the folders called
    ``standards`` beside it and above; those that come with the library; and what git has of all of these.

    Args:
        wanted: what the result says of them.
        beside: the file of the result, or of the inspection.
        given: a folder or file to look at first.
    """
    like: Framework | None = None
    places: list[Path] = []
    for place in _places(wanted, beside, given):
        if place in places:
            continue
        places.append(place)
        found = _loaded(place)
        if found is None:
            continue
        if found.checksum == wanted["checksum"]:
            return FoundStandards(found)
        if like is None and (found.id, found.edition) == (wanted["id"], wanted["edition"]):
            like = found
    for name in _in_git(wanted, places):
        try:
            old = build_framework(read_named(name))
        except DiagnosticError:
            continue
        if old.checksum == wanted["checksum"]:
            return FoundStandards(old, like)
    return FoundStandards(None, like)


def _places(wanted: FrameworkDict, beside: Path, given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
    roots = folders_beside(beside)
    named = beside.parent / wanted["origin"]
    # A result that came from somewhere names nothing to be read but what lies beside it, or among standards.
    if ":" not in wanted["origin"] and lies_in(named, beside.parent, *roots):
        yield named
    for root in roots:
        try:
            yield from own_editions(root / wanted["id"], root)
        except DiagnosticError:
            continue


def _loaded(place: Path) -> Framework | None:
    try:
        return build_framework(read_framework(place))
    except DiagnosticError:
        return None


def _in_git(wanted: FrameworkDict, places: list[Path]) -> Iterator[str]:
    """Yield the names of revisions that may hold the standards, the likeliest first."""
    if wanted["origin"].startswith(GIT):
        yield wanted["origin"]
    for place in places:
        for commit in revisions_of(place):
            yield f"{GIT}{commit}:{place}"
