"""What the published inspection report prints, and which prompt or measure of the example each figure is about."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache

from ruamel.yaml import YAML

from ctm_rules import Answer, Case, Counts, InspectionResult, load_inspection, rate_inspection
from ctm_rules.inspections.file import InspectionFile
from ctm_rules.model.conditions import FactValue
from tests.support.paths import EXAMPLE, ROOT

PRINTED = YAML(typ="safe").load(ROOT / "tests" / "data" / "published_figures.yaml")
SLUGS = {"P 2.1": "assessment", "P 2.2": "planning", "P 2.3": "implementation", "P 2.4": "reviewing"}

PERCENTS = {
    "P 2.3 safety: actual and potential victims": "implementation.safety.victims",
    "P 2.3 safety: child safeguarding information": "measures.children_information_sharing",
    "P 2.3 safety: domestic abuse information": "measures.domestic_abuse_information_sharing",
    "P 2.3 desistance: key individuals engaged": "implementation.desistance.key_individuals",
    "P 2.3 safety: family and relationships services": "measures.family_services_for_risk",
    "P 2.4 safety: person and key individuals involved": "reviewing.safety.involvement",
}

PHRASES = {
    "P 2.1 engaging: motivation and readiness": "assessment.engaging.motivation",
    "P 2.1 engaging: personal circumstances": "assessment.engaging.circumstances",
    "P 2.1 engaging: protected characteristics": "assessment.engaging.diversity",
    "P 2.1 desistance: offending-related factors": "assessment.desistance.offending_factors",
    "P 2.1 desistance: strengths and protective factors": "assessment.desistance.strengths",
    "P 2.1 safety: risk of harm identified and analysed": "assessment.safety.risk_of_harm",
    "P 2.1 safety: sources and other agencies": "assessment.safety.sources_and_agencies",
    "P 2.2 engaging: protected characteristics": "planning.engaging.diversity",
    "P 2.2 engaging: planning for contact ending": "planning.engaging.contact_ending",
    "P 2.2 desistance: strengths and protective factors": "planning.desistance.strengths",
    "P 2.2 safety: interventions to manage risk": "planning.safety.interventions",
    "P 2.2 safety: critical risk factors": "planning.safety.critical_risk_factors",
    "P 2.2 safety: multi-agency links": "planning.safety.agencies",
    "P 2.2 safety: contingency arrangements": "planning.safety.contingency",
    "P 2.3 engaging: requirements start promptly": "implementation.engaging.prompt_start",
    "P 2.3 engaging: working relationship and diversity": "implementation.engaging.relationship",
    "P 2.3 engaging: enabling completion": "implementation.engaging.enabling_completion",
    "P 2.3 desistance: strengths built upon": "implementation.desistance.strengths",
    "P 2.3 desistance: level and nature of contact": "implementation.desistance.contact_level",
    "P 2.3 desistance: services to reduce reoffending": "implementation.desistance.services",
    "P 2.3 desistance: coordination with organisations": "implementation.desistance.coordination",
    "P 2.3 desistance: local services": "implementation.desistance.local_services",
    "P 2.3 safety: level and nature of contact": "implementation.safety.contact_level",
    "P 2.3 safety: home visits": "implementation.safety.home_visits",
    "P 2.3 safety: coordination with other agencies": "implementation.safety.coordination",
    "P 2.4 engaging: involved in reviewing progress": "reviewing.engaging.involvement",
    "P 2.4 engaging: written reviews": "reviewing.engaging.written_reviews",
    "P 2.4 desistance: changes identified": "reviewing.desistance.changes",
    "P 2.4 desistance: strengths": "reviewing.desistance.strengths",
    "P 2.4 desistance: input from other agencies": "reviewing.desistance.agencies",
    "P 2.4 desistance: written reviews": "reviewing.desistance.written_reviews",
    "P 2.4 safety: changes in risk identified": "reviewing.safety.changes",
    "P 2.4 safety: input from other agencies": "reviewing.safety.agencies",
    "P 2.4 safety: written reviews": "reviewing.safety.written_reviews",
}

IN_WORDS_ONLY = {"high and very high risk cases", "reset cases: informed of requirements before suspension"}
"""These two phrases say nothing about a share; each has a test of its own."""


@cache
def result() -> InspectionResult:
    return rate_inspection(load_inspection(EXAMPLE))


def declared() -> InspectionFile:
    return result().inspection.declared


def cases(**facts: FactValue) -> list[Case]:
    """Return the cases that have all these facts."""
    return [
        case
        for case in result().inspection.cases
        if all(case.facts.get(fact) == value for fact, value in facts.items())
    ]


def answered(path: str, among: Iterable[Case] | None = None) -> Counts:
    """Return the counts of yes, no and na to a prompt or measure; a missing answer is undetermined."""
    given = [case.answers.get(path) for case in (cases() if among is None else among)]
    return Counts(given.count(Answer.YES), given.count(Answer.NO), given.count(Answer.NA), given.count(None))


def share(path: str) -> Fraction:
    """Return the exact share of yes among yes and no."""
    counts = answered(path)
    return Fraction(counts.yes, counts.yes + counts.no)
