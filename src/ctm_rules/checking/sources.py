"""Where it all comes from: sources that are missing or are none, and assumptions about what is not there."""

from __future__ import annotations

import re

from ctm_rules.checking.elements import elements_of
from ctm_rules.checking.texts import ODD_TEXT
from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.model.framework import Framework, Source

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
