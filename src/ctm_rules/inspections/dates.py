"""When things were (validation): the fieldwork's own dates, and dates of cases that cannot belong to the inspection."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location
from ctm_rules.inspections.file import Fieldwork
from ctm_rules.limits import MAX_CASES_IN_A_FINDING, MAX_FIELDWORK_WEEKS
from ctm_rules.model.cases import Case
from ctm_rules.model.framework import Framework
from ctm_rules.phrases import one_or_many, say_count, say_date, say_list

COMMENCED = "commenced"
"""The fact that says when the inspected work had begun; it is held against the key of the same name in fieldwork."""

BAD_FIELDWORK = Code(
    "bad-fieldwork",
    "error",
    what="The fieldwork has a period that ends before it begins, or a number of weeks or interviews that cannot be.",
    why="The report prints them, and cases are held against them.",
    bad="commenced: [{from: 2025-01-19, to: 2025-01-13}]",
    good="commenced: [{from: 2025-01-13, to: 2025-01-19}]",
)


def check_fieldwork(fieldwork: Fieldwork, findings: Findings) -> bool:
    """Report what cannot be in the fieldwork, and return whether the dates of cases can be held against it."""
    before = len(findings)
    for period in fieldwork.commenced:
        if period.last < period.first:
            message = f"the period ends on {say_date(period.last)}, before it begins on {say_date(period.first)}"
            findings.add(BAD_FIELDWORK, period.at.of("to"), message, hint="swap the two days, or correct one of them")
        elif period.first > _last_day(fieldwork):
            message = f"the period begins on {say_date(period.first)}, after the fieldwork"
            hint = "what was inspected had begun before; correct the year, or the first day of the fieldwork"
            findings.add(BAD_FIELDWORK, period.at.of("from"), message, hint=hint)
    if fieldwork.weeks is not None and not 1 <= fieldwork.weeks <= MAX_FIELDWORK_WEEKS:
        message = f"the fieldwork cannot have taken {fieldwork.weeks} weeks"
        hint = f"write a whole number from 1 to {MAX_FIELDWORK_WEEKS}"
        findings.add(BAD_FIELDWORK, fieldwork.at.of("weeks"), message, hint=hint)
    if fieldwork.practitioner_interviews is not None and fieldwork.practitioner_interviews < 0:
        message = f"{fieldwork.practitioner_interviews} practitioners cannot have been interviewed"
        at = fieldwork.at.of("practitioner_interviews")
        findings.add(BAD_FIELDWORK, at, message, hint="write a whole number from 0")
    return len(findings) == before


DATE_AFTER_FIELDWORK = Code(
    "date-after-fieldwork",
    "warning",
    what="A case has a date after the end of the fieldwork.",
    why="Nobody can have seen in the fieldwork what was still to come; most likely the year is wrong.",
    bad="commenced\n2052-12-23     # of an inspection in 2025",
    good="commenced\n2025-01-23     # for a fact that may lie ahead: range: {to: 2030-12-31}",
)
OUTSIDE_SAMPLED_WEEKS = Code(
    "outside-sampled-weeks",
    "warning",
    what="The work with a case began on a day outside the weeks that the cases were sampled from.",
    why="It is a case of another sample, or its date is wrong.",
    bad="fieldwork: {commenced: [{from: 2025-01-13, to: 2025-01-19}]}     # and a case with commenced 2025-01-31",
    good="fieldwork: {commenced: [{from: 2025-01-13, to: 2025-01-31}]}",
)


def implausible_dates(
    cases: Sequence[Case], fieldwork: Fieldwork, framework: Framework, file: str
) -> Iterable[Diagnostic]:
    """Yield one finding for each fact whose dates lie after the fieldwork, or outside the weeks of the sample.

    A fact that declares how late its dates may be is held to that alone: some dates lie ahead.
    """
    for fact in framework.facts:
        if fact.type != "date":
            continue
        dates = {case.id: date for case in cases if isinstance(date := case.facts.get(fact.id), datetime.date)}
        late: dict[str, datetime.date] = {}
        if fact.range is None or fact.range.highest is None:
            late = {case: date for case, date in dates.items() if date > _last_day(fieldwork)}
        if late:
            message = f"{_say_cases(late)} a date in {fact.id} after the fieldwork: {_say_dates(late)}"
            hint = "correct the dates; for a fact that may lie ahead, declare range: {to: …}"
            yield DATE_AFTER_FIELDWORK.found(Location(file), message, path=fact.id, hint=hint)
        if fact.id == COMMENCED and fieldwork.commenced:
            outside = {
                case: date
                for case, date in dates.items()
                if case not in late and not any(period.first <= date <= period.last for period in fieldwork.commenced)
            }
            if outside:
                message = f"{_say_cases(outside)} a date in {fact.id} outside the sampled weeks: {_say_dates(outside)}"
                hint = "correct the dates, or the periods under fieldwork"
                yield OUTSIDE_SAMPLED_WEEKS.found(Location(file), message, path=fact.id, hint=hint)


def _last_day(fieldwork: Fieldwork) -> datetime.date:
    """Return the last day that the fieldwork can have had; it is rarely written down, only how many weeks it took."""
    weeks = fieldwork.weeks if fieldwork.weeks is not None and fieldwork.weeks > 0 else MAX_FIELDWORK_WEEKS
    try:
        return fieldwork.started + datetime.timedelta(weeks=min(weeks, MAX_FIELDWORK_WEEKS), days=-1)
    except OverflowError:
        return datetime.date.max


def _say_cases(dates: dict[str, datetime.date]) -> str:
    return f"{say_count(len(dates), 'case')} {one_or_many(len(dates), 'has', 'have')}"


def _say_dates(dates: dict[str, datetime.date]) -> str:
    shown = [f"{case} ({date})" for case, date in list(dates.items())[:MAX_CASES_IN_A_FINDING]]
    more = len(dates) - len(shown)
    return say_list([*shown, f"{more} more"] if more else shown)
