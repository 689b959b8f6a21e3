"""Words that are markup, a formula or a template to some format, as people might type them."""

from attrs import evolve

from ctm_rules import Inspection
from ctm_rules.inspections.file import Evidence, Recommendation

HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>'",
    "=1+1",
    '=HYPERLINK("http://x.invalid","y")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "[x](javascript:alert(1)) ![y](http://x.invalid/y.png)",
    "# not a heading",
    "- not a list",
    "1. not a list either",
    "| not | a | table |",
    "#panic() *strong* $x$ \\ `code` @ref <label>",
    "{{ 7 * 7 }} {% raw %} {# x #}",
    "@ann, a@example.org, www.example.org, org/x#1, GH-1 and #2",
    "]]></style></svg><script>alert(2)</script>",
    "&lt;b&gt; &amp; \x00\x0b\x1f end",
    "{provider} {score.__class__}",
]

NOBODY_HAS_IT = "\u0378"
"""A letter that no font has, whatever is installed: it is none."""


def with_hostile_words(inspection: Inspection) -> Inspection:
    """Return the inspection with hostile words wherever people type words, in the standards too."""
    words = " · ".join(HOSTILE)
    declared, framework = inspection.declared, inspection.framework
    evidence = tuple(Evidence(strength=text) for text in HOSTILE) + tuple(
        Evidence(area_for_improvement=text) for text in HOSTILE
    )
    standards = tuple(
        evolve(
            standard,
            title=words,
            statement=words,
            key_questions=tuple(
                evolve(one, ask=text, prompts=tuple(evolve(prompt, ask=text) for prompt in one.prompts))
                for one, text in zip(standard.key_questions, HOSTILE, strict=False)
            ),
        )
        for standard in framework.standards
    )
    framework = evolve(
        framework,
        title=words,
        publisher=words,
        standards=standards,
        domains=tuple(evolve(domain, title=text) for domain, text in zip(framework.domains, HOSTILE, strict=False)),
        ratings=tuple(evolve(one, label=text) for one, text in zip(framework.ratings, HOSTILE[2:], strict=False)),
        measures=tuple(evolve(one, title=text) for one, text in zip(framework.measures, HOSTILE, strict=False)),
        subgroups=tuple(
            evolve(
                one, title=text, groups=tuple(evolve(g, title=t) for g, t in zip(one.groups, HOSTILE[2:], strict=False))
            )
            for one, text in zip(framework.subgroups, HOSTILE, strict=False)
        ),
    )
    declared = evolve(
        declared,
        title=words,
        provider=evolve(declared.provider, name=words, region=HOSTILE[2]),
        cases=evolve(declared.cases, note=words),
        foreword=tuple(HOSTILE),
        background=tuple(HOSTILE),
        recommendations=tuple(map(Recommendation, HOSTILE)),
        judgements=tuple(evolve(one, rationale=words, evidence=evidence) for one in declared.judgements),
        findings=tuple(evolve(one, evidence=evidence) for one in declared.findings),
        sections=tuple(evolve(one, title=words, evidence=evidence) for one in declared.sections),
        figures=tuple(evolve(one, text=text, unit=text) for one, text in zip(declared.figures, HOSTILE, strict=False)),
        source=None if declared.source is None else evolve(declared.source, title=words, url=HOSTILE[3]),
    )
    return evolve(inspection, declared=declared, framework=framework)
