"""Every condition of a framework: walked with what it belongs to, and the framework rebuilt with others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import evolve

from ctm_rules.model.conditions import Condition
from ctm_rules.model.framework import (
    Framework,
    Group,
    KeyQuestion,
    Measure,
    Prompt,
    Standard,
    SubGroup,
    Variant,
    VariantRule,
)

Conditional = Variant | KeyQuestion | Prompt | VariantRule | Measure | Group
"""What has a condition or a rule of its own."""


def conditions_of(framework: Framework) -> Iterator[tuple[Conditional, Condition]]:
    """Yield every condition and rule declared in a framework after what it belongs to, in declared order.

    A key question comes with ``applies_when`` and then, after its prompts, with ``yes_when``.
    """
    for variant in framework.variants:
        yield variant, variant.when
    for question in framework.key_questions.values():
        if question.applies_when is not None:
            yield question, question.applies_when
        for prompt in question.prompts:
            if prompt.applies_when is not None:
                yield prompt, prompt.applies_when
        for name, rule in question.rules:
            yield (question if name is None else question.variants[name]), rule
    for measure in framework.measures:
        if measure.applies_when is not None:
            yield measure, measure.applies_when
    for subgroup in framework.subgroups:
        for group in subgroup.groups:
            yield group, group.when


def map_conditions(framework: Framework, change: Callable[[Condition], Condition]) -> Framework:
    """Return a framework with every condition and rule changed; ``change`` gets each of them whole."""

    def optional(condition: Condition | None) -> Condition | None:
        return None if condition is None else change(condition)

    def prompt(declared: Prompt) -> Prompt:
        return evolve(declared, applies_when=optional(declared.applies_when))

    def question(declared: KeyQuestion) -> KeyQuestion:
        return evolve(
            declared,
            prompts=tuple(map(prompt, declared.prompts)),
            applies_when=optional(declared.applies_when),
            yes_when=change(declared.yes_when),
            variants={name: evolve(rule, yes_when=change(rule.yes_when)) for name, rule in declared.variants.items()},
        )

    def standard(declared: Standard) -> Standard:
        return evolve(declared, key_questions=tuple(map(question, declared.key_questions)))

    def subgroup(declared: SubGroup) -> SubGroup:
        return evolve(declared, groups=tuple(evolve(group, when=change(group.when)) for group in declared.groups))

    return evolve(
        framework,
        standards=tuple(map(standard, framework.standards)),
        variants=tuple(evolve(variant, when=change(variant.when)) for variant in framework.variants),
        measures=tuple(evolve(measure, applies_when=optional(measure.applies_when)) for measure in framework.measures),
        subgroups=tuple(map(subgroup, framework.subgroups)),
    )
