"""Every condition of a framework: walked with what it belongs to, and the framework rebuilt with others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import evolve

from ctm_rules.model.conditions import Condition
from ctm_rules.model.framework import (
    Domain,
    DomainRating,
    Framework,
    Group,
    KeyQuestion,
    Measure,
    Prompt,
    Sample,
    Standard,
    SubGroup,
    Variant,
    VariantRule,
)
from ctm_rules.model.rating_rules import FirstThatHolds, conditions_of_rule, with_conditions

Conditional = Sample | Variant | KeyQuestion | Prompt | VariantRule | Measure | Group
"""What has a condition or a rule of its own."""


def conditions_of(framework: Framework) -> Iterator[tuple[Conditional, Condition]]:
    """Yield every condition and rule declared in a framework after what it belongs to, in declared order.

    A key question comes with ``applies_when`` and then, after its prompts, with ``yes_when`` and what else decides it.
    """
    for sample in framework.samples:
        yield sample, sample.when
    for variant in framework.variants:
        yield variant, variant.when
    for question in framework.every_question.values():
        if question.applies_when is not None:
            yield question, question.applies_when
        for prompt in question.prompts:
            if prompt.applies_when is not None:
                yield prompt, prompt.applies_when
        for name, rule in question.rules:
            yield (question if name is None else question.variants[name]), rule
        if isinstance(question.rating, FirstThatHolds):
            for line in conditions_of_rule(question.rating):
                yield question, line
    for measure in framework.measures:
        if measure.applies_when is not None:
            yield measure, measure.applies_when
    for subgroup in framework.subgroups:
        for group in subgroup.groups:
            yield group, group.when


def provider_conditions(framework: Framework) -> Iterator[Condition]:
    """Yield every condition that may look at facts of the provider: of standards, and in rating rules."""
    for standard in framework.standards:
        if standard.applies_when is not None:
            yield standard.applies_when
    for placed in framework.placed_rules():
        yield from conditions_of_rule(placed.rule)


def map_conditions(framework: Framework, change: Callable[[Condition], Condition]) -> Framework:
    """Return a framework with every condition and rule changed; ``change`` gets each of them whole."""

    def standard(declared: Standard) -> Standard:
        return evolve(
            declared,
            key_questions=tuple(map_conditions_of_question(each, change) for each in declared.key_questions),
            applies_when=_optional(declared.applies_when, change),
            rating=None if declared.rating is None else with_conditions(declared.rating, change),
        )

    def domain(declared: Domain) -> Domain:
        own = declared.rating
        return declared if own is None else evolve(declared, rating=with_conditions(own, change))

    def subgroup(declared: SubGroup) -> SubGroup:
        return evolve(declared, groups=tuple(evolve(group, when=change(group.when)) for group in declared.groups))

    of_domains = framework.domain_rating
    return evolve(
        framework,
        standards=tuple(map(standard, framework.standards)),
        domains=tuple(map(domain, framework.domains)),
        standard_rating=with_conditions(framework.standard_rating, change),
        domain_rating=of_domains
        if isinstance(of_domains, DomainRating | None)
        else with_conditions(of_domains, change),
        overall=None if framework.overall is None else with_conditions(framework.overall, change),
        samples=tuple(evolve(sample, when=change(sample.when)) for sample in framework.samples),
        variants=tuple(evolve(variant, when=change(variant.when)) for variant in framework.variants),
        measures=tuple(
            evolve(measure, applies_when=_optional(measure.applies_when, change)) for measure in framework.measures
        ),
        subgroups=tuple(map(subgroup, framework.subgroups)),
    )


def map_conditions_of_question(question: KeyQuestion, change: Callable[[Condition], Condition]) -> KeyQuestion:
    """Return a key question with every condition and rule of it changed; ``change`` gets each of them whole."""
    rating = question.rating
    return evolve(
        question,
        prompts=tuple(evolve(each, applies_when=_optional(each.applies_when, change)) for each in question.prompts),
        applies_when=_optional(question.applies_when, change),
        yes_when=_optional(question.yes_when, change),
        variants={name: evolve(rule, yes_when=change(rule.yes_when)) for name, rule in question.variants.items()},
        rating=with_conditions(rating, change) if isinstance(rating, FirstThatHolds) else rating,
    )


def _optional(condition: Condition | None, change: Callable[[Condition], Condition]) -> Condition | None:
    return None if condition is None else change(condition)
