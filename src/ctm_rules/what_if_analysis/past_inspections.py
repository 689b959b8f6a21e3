"""What a change of standards would have done to every past inspection of a folder (back-testing)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import (
    Code,
    Diagnostic,
    DiagnosticError,
    Findings,
    Location,
    RequestError,
    require,
    require_path,
)
from ctm_rules.engines import AnyEngine
from ctm_rules.escaping import markdown_text
from ctm_rules.files import FILE_NOT_READABLE, folders_in, found_in
from ctm_rules.inspections.file import InspectionFile, read_inspection_file
from ctm_rules.meaning import require_meaning
from ctm_rules.model.framework import Framework
from ctm_rules.phrases import one_or_many, say_count, say_date, say_list, say_rating
from ctm_rules.rating.results import RatingResult
from ctm_rules.what_if_analysis.effect import Effect
from ctm_rules.what_if_analysis.result_dicts import InspectionEffectDict, InspectionsEffectDict
from ctm_rules.what_if_analysis.two_frameworks import effect_of
from ctm_rules.yaml_files.kinds import is_yaml_file, kind_of_file


@frozen
class InspectionEffect:
    """One past inspection, rated by the standards before and after a change.

    Attributes:
        file: its file, seen from the folder that was looked through.
        provider: who was inspected (the file's name, where it cannot be read).
        started: the first day of fieldwork (``None``: it cannot be read).
        effect: what changes (``None``: it cannot be rated by one of the two, and ``why_not`` says why).
        why_not: why it cannot be rated.
    """

    file: Path
    provider: str
    started: datetime.date | None
    effect: Effect | None = None
    why_not: tuple[Diagnostic, ...] = ()

    @property
    def name(self) -> str:
        """The provider, and when it was inspected."""
        return self.provider if self.started is None else f"{self.provider}, {say_date(self.started)}"

    def to_dict(self) -> InspectionEffectDict:
        """Return the parts as plain data."""
        return {
            "file": self.file.as_posix(),
            "provider": self.provider,
            "fieldwork_started": self.started.isoformat() if self.started else None,
            "effect": self.effect.to_dict() if self.effect else None,
            "why_not": [found.to_dict() for found in self.why_not],
        }


@frozen
class EffectOnInspections:
    """What a change of standards would have done to past inspections, the earliest first.

    Attributes:
        inspections: each of them; those that cannot be read come last.
    """

    inspections: tuple[InspectionEffect, ...]

    @property
    def rated(self) -> tuple[tuple[InspectionEffect, Effect], ...]:
        """The inspections that both sets of standards can be asked about, each with its effect."""
        return tuple((found, found.effect) for found in self.inspections if found.effect is not None)

    def in_sum(self) -> tuple[str, ...]:
        """Return how many inspections come out otherwise, in sentences."""
        effects = [effect for _, effect in self.rated]
        overall = sum(
            effect.before.rating.overall is not None
            and effect.after.rating.overall is not None
            and effect.before.rating.overall.id != effect.after.rating.overall.id
            for effect in effects
        )
        standards = sum(
            any(None not in change.ratings and change.ratings[0] != change.ratings[1] for change in effect.standards)
            for effect in effects
        )
        lines = [
            f"{say_count(len(effects), 'inspection')}: {overall} would have had another overall rating, "
            f"{standards} another rating of a standard."
        ]
        if left_out := len(self.inspections) - len(effects):
            lines.append(f"{say_count(left_out, 'inspection')} cannot be rated by both.")
        return tuple(lines)

    def to_dict(self) -> InspectionsEffectDict:
        """Return every inspection as plain data."""
        return {"inspections": [found.to_dict() for found in self.inspections]}

    def to_markdown(self) -> str:
        """Return what changes as a part of a Markdown document."""
        lines = ["## What it would have done to past inspections", ""]
        lines += [f"- {markdown_text(line)}" for line in self.in_sum()]
        if self.rated:
            lines += ["", "| Inspection | Before | After |", "| --- | --- | --- |"]
        for found, effect in self.rated:
            sides = (say_overall(side.rating) for side in (effect.before, effect.after))
            lines.append(f"| {' | '.join(map(markdown_text, (found.name, *sides)))} |")
        for heading, sentences in (("What changes", self.changes()), ("What cannot be rated", self.not_rated())):
            if sentences:
                lines += ["", f"### {heading}", ""]
            lines += [f"- **{markdown_text(name)}**: {markdown_text(sentence)}" for name, sentence in sentences]
        return "\n".join(lines) + "\n"

    def changes(self) -> tuple[tuple[str, str], ...]:
        """Return for each standard of each inspection that comes out otherwise, the inspection and both ratings."""
        return tuple(
            (
                found.name,
                f"{change.standard.id} {change.standard.title}: "
                + " → ".join(
                    "–" if side is None else say_rating(side.rating) for side in (change.before, change.after)
                ),
            )
            for found, effect in self.rated
            for change in effect.standards
        )

    def not_rated(self) -> tuple[tuple[str, str], ...]:
        """Return what has no rating by one of the two sets of standards: the inspection, and why, in a sentence."""
        return tuple(_not_rated(self.inspections))


def _not_rated(inspections: tuple[InspectionEffect, ...]) -> Iterator[tuple[str, str]]:
    for found in inspections:
        if found.effect is None:
            first, *others = found.why_not
            more = f" (and {say_count(len(others), 'other mistake')})" if others else ""
            yield found.name, f"{found.file.as_posix()} cannot be rated: {first.message}{more}"
            continue
        before, after = (side.rating.not_rated for side in (found.effect.before, found.effect.after))
        for when, reasons in (
            ("by either", [reason for reason in before if reason in after]),
            ("before", [reason for reason in before if reason not in after]),
            ("after", [reason for reason in after if reason not in before]),
        ):
            if reasons:
                yield found.name, f"not rated {when}: {say_list(reasons)}"


def say_overall(rating: RatingResult) -> str:
    """Return the overall rating with its score: ``Good, 12 of 21``."""
    if rating.score is None:
        return say_rating(None)
    score = f"{rating.score} of {rating.out_of}"
    return f"{rating.overall.label}, {score}" if rating.overall else score


def effect_on_inspections(
    folder: str | Path, old: Framework, new: Framework, *, engine: AnyEngine = "auto"
) -> EffectOnInspections:
    """Return what every inspection in a folder and below it comes to under two frameworks.

    The dates of the frameworks make no difference: the question is what each would have said. An inspection that
    cannot be rated by one of them is named with why, and never left out.

    Args:
        folder: where the inspections lie, at any depth; hidden folders are left out.
        old: the standards before the change.
        new: the standards after it.
        engine: which engine decides.

    Raises:
        DiagnosticError: the folder holds no inspection; or carries every error of meaning in the frameworks.

    >>> from ctm_rules import load_framework
    >>> framework = load_framework("hmip-pdu", "2024")
    >>> [found] = effect_on_inspections("examples/ctm", framework, framework).inspections
    >>> found.name, found.effect.standards
    ('Cwm Taf Morgannwg PDU, 4 August 2025', ())
    """
    for name, framework in (("old", old), ("new", new)):
        require(name, framework, Framework, hint="a framework: load_framework(…)")
    require_meaning(old, new)
    folder = require_path("folder", folder, "the folder in which the inspection files lie")
    findings = Findings()
    files = [file for _, below in folders_in(folder, findings) for file in below if is_yaml_file(file)]
    files = found_in(folder, [file for file in files if kind_of_file(file) == "inspection"], findings)
    findings.raise_errors()
    if not files:
        message = f"there is no inspection in {folder} or below it"
        hint = "name the folder in which the inspection files lie"
        raise RequestError([FILE_NOT_READABLE.found(Location(str(folder)), message, hint=hint)])
    found = [_effect(file, file.relative_to(folder), old, new, engine) for file in files]
    latest = datetime.date.max
    return EffectOnInspections(tuple(sorted(found, key=lambda each: (each.started or latest, each.provider))))


def _effect(file: Path, shown: Path, old: Framework, new: Framework, engine: AnyEngine) -> InspectionEffect:
    try:
        declared = read_inspection_file(file)
    except DiagnosticError as error:
        return InspectionEffect(shown, shown.as_posix(), None, why_not=tuple(error.diagnostics))
    provider, started = declared.provider.name, declared.fieldwork.started
    if (other := _other_standards(declared, old, new)) is not None:
        return InspectionEffect(shown, provider, started, why_not=(other,))
    try:
        effect = effect_of(file, old, new, engine=engine)
    except DiagnosticError as error:
        return InspectionEffect(shown, provider, started, why_not=tuple(error.diagnostics))
    return InspectionEffect(shown, provider, started, effect)


OTHER_STANDARDS = Code(
    "other-standards",
    "warning",
    what="An inspection is by another framework than those that are compared, so that they say nothing of it.",
    why="It would be missing from the comparison without a word.",
    bad="ctm-rules diff hmip-pdu/2021 hmip-pdu/2024 --inspections inspections   # where one is by hmip-yjs",
    good="ctm-rules diff hmip-pdu/2021 hmip-pdu/2024 --inspections inspections/pdu",
)


def _other_standards(declared: InspectionFile, old: Framework, new: Framework) -> Diagnostic | None:
    own, compared = declared.framework.id, list(dict.fromkeys([old.id, new.id]))
    if own is None or own in compared:
        return None
    message = f"it is by {own}, and {say_list(compared)} {one_or_many(len(compared), 'is', 'are')} compared"
    return OTHER_STANDARDS.found(declared.framework.at, message, hint=f"compare editions of {own}")
