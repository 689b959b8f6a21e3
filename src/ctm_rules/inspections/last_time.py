"""The ratings of the last inspection of a provider, joined to what is rated now (longitudinal comparison)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.inspections.file import InspectionFile
from ctm_rules.model.former_names import domains_in, standards_in
from ctm_rules.model.framework import Framework, Rating
from ctm_rules.paths import lies_in
from ctm_rules.phrases import say_date
from ctm_rules.rating.decisions import OVERALL, Place, scale_of
from ctm_rules.rating.results import RatingResult, label_of

if TYPE_CHECKING:
    from ctm_rules.inspections.result_dicts import LastTimeDict


@frozen
class LastTime:
    """What the last inspection of the provider came to.

    Attributes:
        file: its file, as this inspection names it.
        started: the first day of its fieldwork.
        synthetic: whether its cases are made up.
        framework: what it was rated by: id, edition, origin and checksum.
        result: its ratings, by the standards that held then.
        ratings: those of them that say the same as a rating of now, by what is rated now: their scale is the same.
    """

    file: str
    started: datetime.date
    synthetic: bool
    framework: Mapping[str, str] = field(hash=False)
    result: RatingResult
    ratings: Mapping[Place, Rating] = field(hash=False)

    def to_dict(self) -> LastTimeDict:
        """Return the ratings as plain data, by the ids of what is rated now."""
        from ctm_rules.rating.result_dicts import framework_dict

        by_level: dict[str, dict[str, str]] = {"domains": {}, "standards": {}}
        for (level, name), rating in self.ratings.items():
            if level != "overall":
                by_level[level][name] = rating.label
        return {
            "file": self.file,
            "fieldwork_started": self.started.isoformat(),
            "synthetic": self.synthetic,
            "framework": framework_dict(self.framework),
            "overall": label_of(self.ratings.get(OVERALL)),
            "domains": by_level["domains"],
            "standards": by_level["standards"],
        }


def join_last_time(
    declared: InspectionFile, beside: Path | None, last: InspectionFile, result: RatingResult, now: Framework
) -> LastTime:
    """Return what the last inspection came to, joined to what is rated now.

    Args:
        declared: the inspection of now.
        beside: its folder (``None``: it has none).
        last: the last one.
        result: its ratings.
        now: the standards that hold now.
    """
    then, rated = result.framework, {}
    standards, domains = standards_in(then, now), domains_in(then, now)
    for place, rating in _ratings(result):
        level, name = place
        names = {"standards": standards, "domains": domains, "overall": {"": ""}}[level]
        if name in names and _has_one_scale(then, place, now, (level, names[name])):
            rated[level, names[name]] = rating
    started, synthetic = last.fieldwork.started, last.synthetic
    identity = result.framework.identity(beside=beside)
    return LastTime(declared.previous, started, synthetic, identity, result, rated)


def _ratings(result: RatingResult) -> Iterator[tuple[Place, Rating]]:
    rated: list[tuple[Place, Rating | None]] = [
        (OVERALL, result.overall),
        *((("domains", each.domain.id), each.rating) for each in result.domains),
        *((("standards", each.standard.slug), each.rating) for each in result.standards),
    ]
    yield from ((place, rating) for place, rating in rated if rating is not None)


def _has_one_scale(then: Framework, before: Place, now: Framework, place: Place) -> bool:
    """Return whether something is rated now as well, on a scale with the same steps."""
    if place == OVERALL and now.overall is None:
        return False
    sides = [(then, before), (now, place)]
    was, steps = ([step.id for step in side.scale(scale_of(side, at))] for side, at in sides)
    return was == steps


BAD_PREVIOUS = Code(
    "bad-previous",
    "error",
    what="What an inspection names as the previous one cannot be it: it is not beside the file or below it, is of "
    "another provider, or did not start before.",
    why="A rating would be printed as that of last time, and was given to somebody else or later.",
    bad="previous: ../../another/inspection.yaml",
    good="previous: 2022/inspection.yaml",
)


def previous_file(declared: InspectionFile, path: Path, findings: Findings) -> Path | None:
    """Return where the previous inspection lies (``None``: none is named, or it may not be read)."""
    if not declared.previous:
        return None
    found = path.parent / declared.previous
    if lies_in(found, path.parent):
        return found
    message = f'the previous inspection "{declared.previous}" is not in the folder of this one or below it'
    hint = "put it there: what a file names is read from its own folder alone"
    findings.add(BAD_PREVIOUS, declared.at.of("previous"), message, path="previous", hint=hint)
    return None


def check_previous(declared: InspectionFile, last: InspectionFile, findings: Findings) -> None:
    """Report a previous inspection that is of somebody else, or not before this one."""
    at, own, other = declared.at.of("previous"), declared.provider.id, last.provider.id
    if own != other:
        message = f'the previous inspection is of the provider "{other}", and this one of "{own}"'
        findings.add(BAD_PREVIOUS, at, message, path="previous", hint="name the last inspection of the same provider")
    if last.fieldwork.started >= declared.fieldwork.started:
        message = f"the previous inspection started on {say_date(last.fieldwork.started)}, which is not before this one"
        findings.add(BAD_PREVIOUS, at, message, path="previous", hint="name the one before it, or correct the dates")
