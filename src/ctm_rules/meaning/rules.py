"""What rules and conditions mean over every case there could be (static analysis), each where it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations

from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location
from ctm_rules.engines.base import checked_provider_view
from ctm_rules.engines.decision_diagrams import Diagram, Diagrams, TooTangledError
from ctm_rules.meaning.never_and_always import NEVER_APPLIES, check_condition, check_rule
from ctm_rules.meaning.rule_use import AllCases, Context, RuleUse
from ctm_rules.model.conditions import Condition
from ctm_rules.model.framework import Framework, Group, KeyQuestion, Sample, SubGroup, Variant
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.provider_view import say_part
from ctm_rules.model.remembered import known_by
from ctm_rules.model.rules_in_words import say_value
from ctm_rules.phrases import say_list


def check_rules(framework: Framework, findings: Findings) -> None:
    """Add everything that is wrong with what the rules and conditions of a framework mean."""
    _check_rules(framework, findings)
    view = checked_provider_view(framework)
    if view is not None:
        of_provider = Findings()
        _check_rules(view, of_provider)
        # What several lines of a rating hang on is looked at with each of them.
        findings.extend({(found.code, found.location): found for found in reversed([*of_provider])}.values())


def _check_rules(framework: Framework, findings: Findings) -> None:
    cases = AllCases(framework)
    with _deciding(findings, "the samples", framework.at.of("samples")):
        _check_samples(cases, findings)
    with _deciding(findings, "the variants", framework.at.of("variants")):
        _check_variants(cases, findings)
    for path, question in framework.key_questions.items():
        with _deciding(findings, _subject(path), question.at):
            _check_question(cases, findings, path, question)
    for measure in framework.measures:
        with _deciding(findings, f'the measure "{measure.id}"', measure.at):
            _check_condition(cases, findings, measure.applies_when, f'the measure "{measure.id}"')
    for subgroup in framework.subgroups:
        with _deciding(findings, f'the sub-group "{subgroup.id}"', subgroup.at):
            _check_groups(cases, findings, subgroup)


RULE_TOO_TANGLED = Code(
    "rule-too-tangled",
    "warning",
    what="The rules of a question look at so many facts and prompts that what they can give cannot be decided in time.",
    why="Nobody has checked that such a rule can be both yes and no.",
    bad="a rule with hundreds of prompts, each of which stands in many clauses",
    good="several key questions with a few prompts each",
)


@contextmanager
def _deciding(findings: Findings, subject: str, at: Location) -> Iterator[None]:
    try:
        yield
    except TooTangledError:
        message = f"what {subject} can give cannot be decided in reasonable time"
        findings.add(RULE_TOO_TANGLED, at, message, hint="split it, or let fewer clauses share a prompt")


def _check_condition(cases: AllCases, findings: Findings, condition: Condition | None, subject: str) -> bool:
    """Check a condition over facts; return whether there are cases for which it holds."""
    return condition is None or check_condition(RuleUse(cases, condition, subject), findings)


# --- samples ---------------------------------------------------------------------------------------

OVERLAPPING_SAMPLES = Code(
    "overlapping-samples",
    "warning",
    what="A case can be of two samples.",
    why="It would be asked what both are asked, and counted among the cases of each, as if it had been drawn twice.",
    bad="samples:\n"
    "  - {id: young, title: Young, when: {fact: age, at_most: 25}}\n"
    "  - {id: adult, title: Adult, when: {fact: age, at_least: 18}}",
    good="samples:\n"
    "  - {id: young, title: Young, when: {fact: age, at_most: 25}}\n"
    "  - {id: adult, title: Adult, when: {fact: age, at_least: 26}}",
)


def _check_samples(cases: AllCases, findings: Findings) -> None:
    for one, other, example in _overlapping(cases, findings, cases.framework.samples, lambda id: f'the sample "{id}"'):
        message = f'a case can be of both samples "{one.id}" and "{other.id}", such as one with {example}'
        hint = "let each case be of one sample at most"
        findings.add(OVERLAPPING_SAMPLES, other.when.at, message, hint=hint)


# --- variants and groups ---------------------------------------------------------------------------


def _check_variants(cases: AllCases, findings: Findings) -> None:
    variants = cases.framework.variants
    possible = [
        index
        for index, each in enumerate(variants)
        if _check_condition(cases, findings, each.when, f'the variant "{each.id}"')
    ]
    diagrams = cases.diagrams()
    reached: list[Variant] = []
    for index in possible:
        variant = variants[index]
        if _can_be(diagrams, _selected(cases, diagrams, index)):
            reached.append(variant)
        else:
            message = f'no case can have the variant "{variant.id}": an earlier variant takes every one of them'
            hint = "declare it before the others, or correct its condition"
            findings.add(NEVER_APPLIES, variant.when.at, message, hint=hint)
    for one, other in combinations(reached, 2):
        _check_overlap(cases, findings, diagrams, one, other)


OVERLAPPING_VARIANTS = Code(
    "overlapping-variants",
    "warning",
    what="A case can belong to two variants, and neither is a special case of the other.",
    why="The variant that is declared first wins, which readers of the other one's rule would not expect.",
    bad="variants: [{id: short, when: {fact: weeks, at_most: 8}, …}, {id: licence, when: {fact: licence, is: yes}, …}]",
    good="variants: [{id: short, …},\n"
    "  {id: licence, when: {all: [{fact: licence, is: yes}, {fact: weeks, at_least: 9}]}, …}]",
)


def _check_overlap(cases: AllCases, findings: Findings, diagrams: Diagrams, one: Variant, other: Variant) -> None:
    earlier, later = diagrams.clause(one.when), diagrams.clause(other.when)
    both = diagrams.both(earlier, later)
    # An earlier variant that is a special case of a later one is the way to write an exception.
    is_special = not _can_be(diagrams, diagrams.both(earlier, diagrams.opposite(later)))
    if _can_be(diagrams, both) and not is_special:
        message = f'a case can be both "{one.id}" and "{other.id}", such as one with {_example(cases, diagrams, both)}'
        hint = f'it is treated as "{one.id}"; exclude such cases from one of the two conditions'
        findings.add(OVERLAPPING_VARIANTS, other.when.at, message, hint=hint)


def _selected(cases: AllCases, diagrams: Diagrams, index: int) -> Diagram:
    """Return which cases have a variant: it holds, and no earlier one does."""
    *earlier, variant = cases.framework.variants[: index + 1]
    selected = diagrams.clause(variant.when)
    for other in earlier:
        selected = diagrams.both(diagrams.opposite(diagrams.clause(other.when)), selected)
    return selected


OVERLAPPING_GROUPS = Code(
    "overlapping-groups",
    "warning",
    what="A case can be in two groups that are compared with each other.",
    why="The same case would be counted on both sides of the comparison.",
    bad="groups:\n"
    "  - {id: high, title: High, when: {fact: risk, at_least: medium}}\n"
    "  - {id: low, title: Low, when: {fact: risk, at_most: medium}}",
    good="groups:\n"
    "  - {id: high, title: High, when: {fact: risk, at_least: high}}\n"
    "  - {id: low, title: Low, when: {fact: risk, at_most: medium}}",
)


def _check_groups(cases: AllCases, findings: Findings, subgroup: SubGroup) -> None:
    def subject(id: str) -> str:
        return f'the group "{id}" of "{subgroup.id}"'

    for one, other, example in _overlapping(cases, findings, subgroup.groups, subject):
        message = f'a case can be in both "{one.id}" and "{other.id}", such as one with {example}'
        hint = "let each case be in one group at most"
        findings.add(OVERLAPPING_GROUPS, other.when.at, message, hint=hint)


def _overlapping(
    cases: AllCases, findings: Findings, parts: Sequence[Sample | Group], subject: Callable[[str], str]
) -> Iterator[tuple[Sample | Group, Sample | Group, str]]:
    """Check each part's condition; yield each two that can hold the same case, with an example of one."""
    possible = [part for part in parts if _check_condition(cases, findings, part.when, subject(part.id))]
    diagrams = cases.diagrams()
    # One that holds every case overlaps with all others; that it does so is said above.
    partial = [part for part in possible if Truth.FALSE in diagrams.results(diagrams.clause(part.when))]
    for one, other in combinations(partial, 2):
        both = diagrams.both(diagrams.clause(one.when), diagrams.clause(other.when))
        if _can_be(diagrams, both):
            yield one, other, _example(cases, diagrams, both)


def _can_be(diagrams: Diagrams, diagram: Diagram) -> bool:
    return Truth.TRUE in diagrams.results(diagram)


def _example(cases: AllCases, diagrams: Diagrams, diagram: Diagram) -> str:
    facts = cases.framework.facts_by_id
    example = diagrams.example(diagram, Truth.TRUE).facts
    return say_list([f"{name}: {say_value(facts[name], value)}" for name, value in example.items()])


# --- key questions ---------------------------------------------------------------------------------


def _subject(path: str) -> str:
    own, _, part = say_part(path).partition(", ")
    return f'{part.removesuffix("its rating")}the rating of "{own}"' if part else f'the key question "{own}"'


def _check_question(cases: AllCases, findings: Findings, path: str, question: KeyQuestion) -> None:
    """Check a key question of a framework; what is found hangs on parts of it alone."""

    def found() -> tuple[Diagnostic, ...]:
        own = Findings()
        _look_at_question(cases, own, path, question)
        return tuple(own)

    findings.extend(known_by(_check_question, cases.read_by(path), found))


def _look_at_question(cases: AllCases, findings: Findings, path: str, question: KeyQuestion) -> None:
    framework = cases.framework
    subject = _subject(path)
    indices = {variant.id: index for index, variant in enumerate(framework.variants)}

    sample = framework.samples_asked.get(path)

    def drawn(diagrams: Diagrams) -> Diagram:
        return diagrams.everywhere() if sample is None else diagrams.clause(sample.when)

    def applies(diagrams: Diagrams) -> Diagram:
        condition = question.applies_when
        return drawn(diagrams) if condition is None else diagrams.both(drawn(diagrams), diagrams.clause(condition))

    def with_variant(variant: str) -> Context:
        return lambda diagrams: diagrams.both(applies(diagrams), _selected(cases, diagrams, indices[variant]))

    def without_variants(diagrams: Diagrams) -> Diagram:
        context = applies(diagrams)
        for variant in question.variants:
            selected = _selected(cases, diagrams, indices[variant])
            context = diagrams.both(diagrams.opposite(selected), context)
        return context

    if not _can_be(diagrams := cases.diagrams(), drawn(diagrams)):
        return  # that the sample has no cases is said where it is declared
    narrowed = [] if sample is None else [sample.when.at]
    if question.applies_when is not None:
        if not check_condition(RuleUse(cases, question.applies_when, subject, None, drawn, narrowed), findings):
            return
        narrowed.append(question.applies_when.at)
    never_apply = _check_prompts(cases, findings, question, subject, applies, narrowed)
    if question.points is not None:
        return  # every prompt counts, and no rule could be met always or never
    uses: list[tuple[Condition, str, Context, Location, list[Location]]]
    uses = [(question.rule_for(None), subject, without_variants, question.at.of("yes_when"), narrowed)]
    for variant, rule in question.variants.items():
        when = framework.variants[indices[variant]].when
        if _can_be(diagrams := cases.diagrams(), _selected(cases, diagrams, indices[variant])):
            name = f'{subject} for the variant "{variant}"'
            at = question.at.of("variants", variant)
            uses.append((rule.yes_when, name, with_variant(variant), at, [*narrowed, when.at]))
    for root, name, context, at, narrow in uses:
        check_rule(RuleUse(cases, root, name, question, context, narrow, never_apply), at, findings)


def _check_prompts(
    cases: AllCases, findings: Findings, question: KeyQuestion, subject: str, applies: Context, narrowed: list[Location]
) -> frozenset[str]:
    """Check what each prompt is for; return the ids of those that apply to no case."""
    never_apply: set[str] = set()
    for prompt in question.prompts:
        if prompt.applies_when is None:
            continue
        name = f'the prompt "{prompt.id}" of {subject.removeprefix("the ")}'
        asked = RuleUse(cases, prompt.applies_when, name, None, applies, narrowed, only_never=True)
        if not _check_condition(cases, findings, prompt.applies_when, name) or not check_condition(asked, findings):
            never_apply.add(prompt.id)
    return frozenset(never_apply)
