"""Every condition of a framework: walked with what it belongs to, and the framework rebuilt with others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import is_
from typing import TypeVar

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
from ctm_rules.model.frozen_dict import FrozenDict
from ctm_rules.model.rating_rules import AnyRule, FirstThatHolds, conditions_of_rule, with_conditions
from ctm_rules.model.remembered import evolved, once_for_the_same, same_or

E = TypeVar("E")

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
    """Return a framework with every condition and rule changed; ``change`` gets each of them whole.

    What holds none that becomes another is the same object.
    """

    def standard(declared: Standard) -> Standard:
        return evolved(
            declared,
            key_questions=_each(lambda each: map_conditions_of_question(each, change), declared.key_questions),
            applies_when=_optional(declared.applies_when, change),
            rating=None if declared.rating is None else _rated(declared.rating, change),
        )

    def domain(declared: Domain) -> Domain:
        own = declared.rating
        return declared if own is None else evolved(declared, rating=_rated(own, change))

    def subgroup(declared: SubGroup) -> SubGroup:
        return evolved(declared, groups=_each(lambda group: evolved(group, when=change(group.when)), declared.groups))

    of_domains = framework.domain_rating
    return evolved(
        framework,
        standards=_each(standard, framework.standards),
        domains=_each(domain, framework.domains),
        standard_rating=_rated(framework.standard_rating, change),
        domain_rating=of_domains if isinstance(of_domains, DomainRating | None) else _rated(of_domains, change),
        overall=None if framework.overall is None else _rated(framework.overall, change),
        samples=_each(lambda sample: evolved(sample, when=change(sample.when)), framework.samples),
        variants=_each(lambda variant: evolved(variant, when=change(variant.when)), framework.variants),
        measures=_each(
            lambda measure: evolved(measure, applies_when=_optional(measure.applies_when, change)), framework.measures
        ),
        subgroups=_each(subgroup, framework.subgroups),
    )


def map_conditions_of_question(question: KeyQuestion, change: Callable[[Condition], Condition]) -> KeyQuestion:
    """Return a key question with every condition and rule of it changed; ``change`` gets each of them whole."""
    rules = {name: evolved(rule, yes_when=change(rule.yes_when)) for name, rule in question.variants.items()}
    return evolved(
        question,
        prompts=_each(lambda each: evolved(each, applies_when=_optional(each.applies_when, change)), question.prompts),
        applies_when=_optional(question.applies_when, change),
        yes_when=_optional(question.yes_when, change),
        variants=_same_or(question.variants, FrozenDict(rules)),
        rating=_rated(question.rating, change) if isinstance(question.rating, FirstThatHolds) else question.rating,
    )


def _optional(condition: Condition | None, change: Callable[[Condition], Condition]) -> Condition | None:
    return None if condition is None else change(condition)


def _rated(rule: AnyRule, change: Callable[[Condition], Condition]) -> AnyRule:
    before = tuple(conditions_of_rule(rule))
    changed = tuple(map(change, before))
    return rule if all(map(is_, before, changed)) else _rule_with(rule, before, changed)


@once_for_the_same
def _rule_with(rule: AnyRule, before: tuple[Condition, ...], after: tuple[Condition, ...]) -> AnyRule:
    becomes = {id(was): now for was, now in zip(before, after, strict=True)}
    return with_conditions(rule, lambda condition: becomes[id(condition)])


def _each(change: Callable[[E], E], parts: tuple[E, ...]) -> tuple[E, ...]:
    return same_or(parts, map(change, parts))


def _same_or(before: Mapping[str, E], after: Mapping[str, E]) -> Mapping[str, E]:
    """Return the parts as they were before where none of them is another."""
    return before if all(after[name] is part for name, part in before.items()) else after
