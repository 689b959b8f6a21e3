"""`check` of the editions of one framework against each other: their dates, their names, their content."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from itertools import pairwise

from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings
from ctm_rules.model.framework import Framework
from ctm_rules.phrases import say_date

SAME_EDITION = Code(
    "same-edition",
    "error",
    what="Two folders declare the same edition of the same framework.",
    why="An inspection names its standards by framework and edition, and could get either of the two.",
    bad='id: hmip-pdu\nedition: "2024"     # in standards/hmip-pdu/2026, a copy of 2024',
    good='id: hmip-pdu\nedition: "2026"',
)


def check_editions(frameworks: Sequence[Framework]) -> tuple[Diagnostic, ...]:
    """Return what is wrong with how the editions of each framework follow one another."""
    findings = Findings()
    by_id: dict[str, list[Framework]] = {}
    for framework in sorted(frameworks, key=lambda each: (each.id, each.in_force_from, each.edition)):
        by_id.setdefault(framework.id, []).append(framework)
    for editions in by_id.values():
        seen: dict[str, Framework] = {}
        for framework in editions:
            if framework.edition in seen:
                message = f'edition "{framework.edition}" of "{framework.id}" is declared twice'
                hint = f"the other is in {seen[framework.edition].at.file}; give one of them another edition"
                findings.add(SAME_EDITION, framework.at.of("edition"), message, hint=hint)
            seen.setdefault(framework.edition, framework)
        for earlier, later in pairwise(editions):
            if earlier.edition != later.edition:
                _check_dates(earlier, later, findings)
    return tuple(findings)


EDITION_DATES = Code(
    "edition-dates",
    "warning",
    what="Two editions of a framework are in force on the same day, or there are days between them without any.",
    why="For an inspection on such a day nobody could say which standards hold.",
    bad='edition: "2024"\nin_force_from: 2024-01-01     # and edition 2026 is in force from 2026-01-01',
    good='edition: "2024"\nin_force_from: 2024-01-01\nin_force_to: 2025-12-31',
)


def _check_dates(earlier: Framework, later: Framework, findings: Findings) -> None:
    day = datetime.timedelta(days=1)
    starts, ends = later.in_force_from, earlier.in_force_to
    if earlier.in_force_from == starts:
        message = f'editions "{earlier.edition}" and "{later.edition}" come into force on the same day'
        findings.add(EDITION_DATES, later.at.of("in_force_from"), message, hint="correct one of the two dates")
        return
    hint = f"write in_force_to: {starts - day}"
    if ends is None or ends >= starts:
        until = "has no end" if ends is None else f"ends on {say_date(ends)}"
        message = (
            f'edition "{earlier.edition}" {until}, and edition "{later.edition}" is in force from {say_date(starts)}'
        )
        at = earlier.at.of("in_force_from" if ends is None else "in_force_to")
        findings.add(EDITION_DATES, at, message, hint=hint)
    elif ends + day < starts:
        message = (
            f'no edition is in force between {say_date(ends)} and {say_date(starts)}, when "{later.edition}" begins'
        )
        findings.add(EDITION_DATES, earlier.at.of("in_force_to"), message, hint=hint)
