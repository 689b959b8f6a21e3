"""What is declared and changes nothing (dead code): facts, prompts, samples and variants not used, lone groups."""

from __future__ import annotations

from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.model.conditions import facts_in
from ctm_rules.model.framework import Framework
from ctm_rules.model.framework_conditions import conditions_of, provider_conditions


def check_usage(framework: Framework, findings: Findings) -> None:
    """Report everything that could be deleted and nothing would change."""
    _check_facts(framework, findings)
    _check_prompts(framework, findings)
    _check_samples(framework, findings)
    _check_variants(framework, findings)
    _check_groups(framework, findings)
    _check_scales(framework, findings)


UNUSED_FACT = Code(
    "unused-fact",
    "warning",
    what="No rule, condition, variant, measure or sub-group looks at a fact.",
    why="It would be recorded for every case for nothing. Only a date may be recorded for its own sake.",
    bad="facts: [{id: home_visit, title: A home visit is due, type: yes_no}]     # and no condition looks at it",
    good="applies_when: {fact: home_visit, is: yes}",
)


def _check_facts(framework: Framework, findings: Findings) -> None:
    looked_at = {fact for _, condition in conditions_of(framework) for fact in facts_in(condition)}
    looked_at |= {fact for condition in provider_conditions(framework) for fact in facts_in(condition)}
    looked_at.update(framework.choosing_facts)
    unused = [fact for fact in framework.facts if fact.id not in looked_at and fact.type != "date"]
    unused += [fact for fact in framework.provider_facts if fact.id not in looked_at]
    for fact in unused:
        hint = "delete it, or name it in the condition that was meant to look at it"
        findings.add(UNUSED_FACT, fact.at, f'nothing looks at the fact "{fact.id}"', hint=hint)


UNUSED_PROMPT = Code(
    "unused-prompt",
    "warning",
    what="No rule of a key question looks at one of its prompts.",
    why="Inspectors would answer it for every case, and the answer would count for nothing.",
    bad="prompts: [{id: plan, …}, {id: victims, …}]\nyes_when: plan",
    good="prompts: [{id: plan, …}, {id: victims, …}]\nyes_when: {all: [plan, victims]}",
)


def _check_prompts(framework: Framework, findings: Findings) -> None:
    for path, question in framework.every_question.items():
        used = question.prompts_read
        for prompt in question.prompts:
            if prompt.id not in used:
                message = f'no rule of "{path}" looks at the prompt "{prompt.id}"'
                findings.add(UNUSED_PROMPT, prompt.at, message, hint="name it in yes_when, or delete it")


UNUSED_SAMPLE = Code(
    "unused-sample",
    "warning",
    what="No key question is asked of a sample that is declared, or a standard without key questions names one.",
    why="It changes nothing: cases that were drawn for it are asked what all others are asked, or nothing.",
    bad="samples: [{id: court, …}]     # and no domain, standard or key question says sample: court",
    good="domains: [{id: court, title: Court disposals, standards: […], sample: court}]",
)


def _check_samples(framework: Framework, findings: Findings) -> None:
    used = {sample.id for sample in framework.samples_asked.values()}
    for sample in framework.samples:
        if sample.id not in used:
            message = f'no key question is asked of the sample "{sample.id}"'
            hint = f"write sample: {sample.id} at the domains, standards or key questions that are, or delete it"
            findings.add(UNUSED_SAMPLE, sample.at, message, hint=hint)
    for standard in framework.standards:
        if standard.sample is not None and not any(each.is_asked_of_cases for each in standard.key_questions):
            message = f'the standard "{standard.slug}" is asked of no case, so that its sample changes nothing'
            findings.add(UNUSED_SAMPLE, standard.at.of("sample"), message, hint="delete it")


UNUSED_VARIANT = Code(
    "unused-variant",
    "warning",
    what="No key question has a rule of its own for a variant.",
    why="The variant changes nothing; most likely its rule is missing, or stands under another name.",
    bad="variants: [{id: adjusted, …}]     # and no question has variants: {adjusted: …}",
    good="key_questions: [{id: planning, …, variants: {adjusted: {yes_when: …}}}]",
)


def _check_variants(framework: Framework, findings: Findings) -> None:
    with_rules = {variant for question in framework.key_questions.values() for variant in question.variants}
    for variant in framework.variants:
        if variant.id not in with_rules:
            message = f'no key question has a rule for the variant "{variant.id}"'
            hint = f"add variants: {{{variant.id}: {{yes_when: …}}}} to the questions that it changes"
            findings.add(UNUSED_VARIANT, variant.at, message, hint=hint)


LONE_GROUP = Code(
    "lone-group",
    "warning",
    what="A sub-group has fewer than two groups.",
    why="There is nothing to compare with.",
    bad="groups: [{id: women, title: Women, when: {fact: sex, is: female}}]",
    good="groups: [{id: women, title: Women, when: {fact: sex, is: female}},\n"
    "         {id: men, title: Men, when: {fact: sex, is: male}}]",
)


def _check_groups(framework: Framework, findings: Findings) -> None:
    for subgroup in framework.subgroups:
        if len(subgroup.groups) < 2:
            message = f'the sub-group "{subgroup.id}" has {len(subgroup.groups)} group, so it compares nothing'
            findings.add(LONE_GROUP, subgroup.at, message, hint="add the group to compare with")


UNUSED_SCALE = Code(
    "unused-scale",
    "warning",
    what="Nothing is rated, and no prompt answered, on a scale that is declared.",
    why="What was meant to be rated on it is rated on another.",
    bad="scales: {met_or_not: […]}     # and no standard, domain or key question says scale: met_or_not",
    good="scale: met_or_not",
)


def _check_scales(framework: Framework, findings: Findings) -> None:
    used = {standard.scale for standard in framework.standards} | {domain.scale for domain in framework.domains}
    used |= {question.scale for question in framework.every_question.values()}
    used |= {
        each.answers for question in framework.every_question.values() for each in question.prompts if each.answers
    }
    for name in framework.scales:
        if name not in used:
            hint = f"write scale: {name} at the standard, domain or key question that is rated on it, or delete it"
            at = framework.at.of_key("scales", name)
            findings.add(UNUSED_SCALE, at, f'nothing is rated on the scale "{name}"', hint=hint)
