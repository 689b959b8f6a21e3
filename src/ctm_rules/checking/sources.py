"""Where it all comes from: sources that are missing or are none, and assumptions about what is not there."""

from __future__ import annotations

import re

from ctm_rules.checking.elements import elements_of
from ctm_rules.checking.texts import ODD_TEXT
from ctm_rules.clock import today
from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.model.framework import Framework, Source
from ctm_rules.phrases import say_date

MISSING_SOURCE = Code(
    "missing-source",
    "warning",
    what="A framework or a standard does not say where it comes from.",
    why="Nobody could compare it with what was published.",
    bad="slug: assessment\ntitle: Assessment",
    good="slug: assessment\ntitle: Assessment\nsource: {title: The inspection standards, section: P 2.1}",
)


def check_sources(framework: Framework, findings: Findings) -> None:
    """Report what does not say where it comes from, or says it in a way that leads nowhere."""
    hint = "add source: {title: …, section: …}"
    if framework.source is None:
        message = "the framework does not say where it comes from"
        findings.add(MISSING_SOURCE, framework.at, message, hint=hint)
    for standard in framework.standards:
        if standard.source is None:
            message = f'the standard "{standard.slug}" does not say where it comes from'
            findings.add(MISSING_SOURCE, standard.at, message, hint=hint)
    for element in elements_of(framework):
        if isinstance(element, Source) and element.url and not re.match(r"https?://[^\s/]+\.", element.url):
            message = f'"{element.url}" is not the address of a page'
            findings.add(ODD_TEXT, element.at.of("url"), message, hint="write it as https://…")


BAD_CONFIRMATION = Code(
    "bad-confirmation",
    "warning",
    what="A source says who confirmed what was assumed and not when, or when and not who, or a day that is to come.",
    why="Whoever asks what a rule rests on has to be able to ask whoever confirmed it.",
    bad="source: {title: Guidance 2026, confirmed_on: 2026-04-01}",
    good="source: {title: Guidance 2026, confirmed_by: A. Owner, confirmed_on: 2026-04-01}",
)


def check_confirmations(framework: Framework, findings: Findings) -> None:
    """Report confirmations by nobody, on no day, or on a day that is to come."""
    for source in (each for each in elements_of(framework) if isinstance(each, Source)):
        if source.confirmed_on is not None and not source.confirmed_by:
            message = "it is said when this was confirmed, and not by whom"
            findings.add(BAD_CONFIRMATION, source.at.of("confirmed_on"), message, hint="add confirmed_by: their name")
        elif source.confirmed_by and source.confirmed_on is None:
            message = f"it is said that {source.confirmed_by} confirmed this, and not when"
            hint = "add confirmed_on, as year-month-day: 2026-04-01"
            findings.add(BAD_CONFIRMATION, source.at.of("confirmed_by"), message, hint=hint)
        elif source.confirmed_on is not None and source.confirmed_on > today():
            message = f"it is confirmed on {say_date(source.confirmed_on)}, which is to come"
            hint = "write the day on which it was confirmed"
            findings.add(BAD_CONFIRMATION, source.at.of("confirmed_on"), message, hint=hint)


ASSUMES_NOTHING = Code(
    "assumes-nothing",
    "warning",
    what="assumed names a key that is not declared in the block.",
    why="Either the key has been lost, or the assumption has been settled and the mark was left behind.",
    bad="assumed: [applies_when]     # and there is no applies_when",
    good="applies_when: {fact: mappa, is: yes}\nassumed: [applies_when]",
)


def check_assumptions(framework: Framework, findings: Findings) -> None:
    """Report marks of assumption on keys that are not declared."""
    for element in elements_of(framework):
        for key in getattr(element, "assumed", ()):
            if not getattr(element, key):
                message = f"{key} is marked as assumed and is not declared here"
                hint = f"delete the mark, or declare {key}"
                findings.add(ASSUMES_NOTHING, element.at.of("assumed"), message, hint=hint)
