"""Ratings that another inspection gave, such as a region's for each of its units (provenance)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.inspections.file import InspectionFile, RatingFrom
from ctm_rules.model.former_names import standards_in
from ctm_rules.model.framework import Framework, Rating
from ctm_rules.paths import lies_in
from ctm_rules.phrases import say_date
from ctm_rules.rating.results import RatingResult

if TYPE_CHECKING:
    from ctm_rules.inspections.result_dicts import RatedElsewhereDict


@frozen
class RatedElsewhere:
    """A standard's rating that another inspection gave.

    Attributes:
        standard: the slug of the standard here.
        file: the file of the other inspection, as this one names it.
        provider: who was inspected there.
        started: the first day of its fieldwork.
        synthetic: whether its cases are made up.
        framework: what it was rated by: id, edition, origin and checksum.
        rating: the rating, what a panel decided there included.
    """

    standard: str
    file: str
    provider: str
    started: datetime.date
    synthetic: bool
    framework: Mapping[str, str] = field(hash=False)
    rating: Rating

    def __str__(self) -> str:
        by = f"by {self.framework['id']} {self.framework['edition']}, checksum {self.framework['checksum']}"
        synthetic = "; its cases are synthetic" if self.synthetic else ""
        return f"{self.standard}: {self.rating.label}, from {self.provider}, {say_date(self.started)} ({by}){synthetic}"

    def to_dict(self) -> RatedElsewhereDict:
        """Return the parts as plain data."""
        from ctm_rules.rating.result_dicts import framework_dict

        return {
            "standard": self.standard,
            "rating": self.rating.label,
            "rating_id": self.rating.id,
            "file": self.file,
            "provider": self.provider,
            "fieldwork_started": self.started.isoformat(),
            "synthetic": self.synthetic,
            "framework": framework_dict(self.framework),
        }


BAD_RATING_FROM = Code(
    "bad-rating-from",
    "error",
    what="A rating cannot come from another inspection: the standard is rated here, the file is not beside this one or "
    "below it, or there is no such rating there, or none on the scale of the standard.",
    why="A rating would be published that nobody gave, or two of one standard.",
    bad="ratings_from: [{standard: assessment, inspection: region.yaml}]   # which is rated by cases here",
    good="ratings_from: [{standard: leadership, inspection: region.yaml}]",
)


def may_be_rated_elsewhere(
    entry: RatingFrom, declared: InspectionFile, framework: Framework, findings: Findings
) -> bool:
    """Return whether another inspection may give a rating; if not, ``findings`` say why."""
    before = len(findings)
    standard = framework.standards_by_slug.get(entry.standard)
    judged = [each.slug for each in framework.standards if each.rated_by == "judgement"]
    if standard is None or standard.rated_by != "judgement":
        message = f'"{entry.standard}" is no standard that people rate, so that no other inspection can give its rating'
        hint = f"those are {', '.join(judged)}" if judged else "no standard is"
        findings.add(BAD_RATING_FROM, entry.at.of("standard"), message, hint=hint)
    if any(each.standard == entry.standard for each in declared.judgements):
        message = f'the standard "{entry.standard}" has a judgement here as well'
        findings.add(BAD_RATING_FROM, entry.at.of("standard"), message, hint="keep one of the two")
    return len(findings) == before


def file_of_rating(entry: RatingFrom, path: Path, findings: Findings) -> Path | None:
    """Return where the inspection lies that a rating comes from (``None``: not where it may be read)."""
    found = path.parent / entry.inspection
    if lies_in(found, path.parent):
        return found
    message = f'the inspection "{entry.inspection}" is not in the folder of this one or below it'
    hint = "put it there: what a file names is read from its own folder alone"
    findings.add(BAD_RATING_FROM, entry.at.of("inspection"), message, hint=hint)
    return None


def rated_elsewhere(
    entry: RatingFrom,
    beside: Path | None,
    other: InspectionFile,
    result: RatingResult,
    here: Framework,
    findings: Findings,
) -> RatedElsewhere | None:
    """Return the rating that another inspection gives a standard (``None``: none, and ``findings`` say why).

    Args:
        entry: which rating, of which inspection.
        beside: the folder of the inspection that takes it (``None``: it has none).
        other: what its file says.
        result: its ratings.
        here: the standards of the inspection that takes the rating.
        findings: where mistakes go.
    """
    there = {now: before for before, now in standards_in(result.framework, here).items()}
    slug = entry.of or there.get(entry.standard, entry.standard)
    rated = next((each for each in result.standards if each.standard.slug == slug), None)
    scale = here.scale(here.standards_by_slug[entry.standard].scale)
    if rated is None or rated.rating is None:
        message = f'the inspection "{entry.inspection}" has no rating of a standard "{slug}"'
        hint = "say which standard it is there: of: …" if rated is None else "it must be rated there first"
        findings.add(BAD_RATING_FROM, entry.at.of("of" if entry.of else "inspection"), message, hint=hint)
        return None
    step = next((each for each in scale if each.id == rated.rating.id), None)
    if step is None:
        message = f'the standard "{slug}" is rated "{rated.rating.id}" there, which is no step of its scale here'
        findings.add(BAD_RATING_FROM, entry.at, message, hint="record a judgement instead, and say why")
        return None
    provider, started, framework = other.provider.name, other.fieldwork.started, result.framework
    identity = framework.identity(beside=beside)
    file, synthetic = entry.inspection, other.synthetic
    return RatedElsewhere(entry.standard, file, provider, started, synthetic, identity, step)
