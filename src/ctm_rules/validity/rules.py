"""Facts and rules that can be decided: values that a fact can have, conditions that look only at facts."""

from __future__ import annotations

import re

from attrs import evolve

from ctm_rules.diagnostics.findings import Code, Findings
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.model.answer_words import value_hint
from ctm_rules.model.conditions import AtLeast, Condition, CountRated, FactTest, PromptIsYes, RatedAs, walk
from ctm_rules.model.fact_values import END_TYPES, say_values, type_fact_value, written_value
from ctm_rules.model.framework import CASE_COLUMN, Fact, KeyQuestion, Range
from ctm_rules.validity.names import BAD_ID, Names, check_assumed, say_fact_test
from ctm_rules.yaml_files.marked_yaml import describe

VALUE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")

BAD_FACT = Code(
    "bad-fact",
    "error",
    what="A fact's type and its values, its range or its unit do not fit together.",
    why="Only a choice has values, and a choice without values has none to choose from; only what has an order has a "
    "range, and only a number a unit.",
    bad="{id: grade, title: Grade, type: choice}",
    good="{id: grade, title: Grade, type: choice, values: {PO: Probation officer, PSO: Service officer}}",
)


def check_fact(fact: Fact, findings: Findings) -> None:
    """Report a fact whose id, values or type cannot be."""
    check_assumed(fact, findings)
    if fact.id == CASE_COLUMN:
        message = f'the id "{CASE_COLUMN}" is kept for the column of a case table that names the case'
        findings.add(BAD_ID, fact.at.of("id"), message, hint="choose another id")
    for value in fact.values:
        if not VALUE_PATTERN.fullmatch(value):
            message = f'"{value}" cannot be a value of "{fact.id}"'
            hint = "use letters, digits and _; the label may be any text: {very_high: Very high}"
            findings.add(BAD_ID, fact.at.of_key("values", value), message, hint=hint)
    if fact.type == "choice" and not fact.values:
        message = f'the choice "{fact.id}" has no values'
        findings.add(BAD_FACT, fact.at, message, hint="add values: {word: Label, …}")
    if fact.type != "choice" and (fact.values or fact.ordered):
        message = f'the fact "{fact.id}" is no choice and cannot have values or be ordered'
        at = fact.at.of_key("values" if fact.values else "ordered")
        findings.add(BAD_FACT, at, message, hint="make it type: choice, or delete values and ordered")
    if fact.range is not None:
        _check_range(fact, fact.range, findings)
    if fact.unit and fact.type not in ("whole_number", "number"):
        message = f'the fact "{fact.id}" is no number and cannot have a unit'
        findings.add(BAD_FACT, fact.at.of_key("unit"), message, hint="delete unit")


def _check_range(fact: Fact, declared: Range, findings: Findings) -> None:
    """Report a range of what has no order, with ends of another type, or in which nothing lies."""
    types = END_TYPES.get(fact.type)
    ends = {"from": declared.lowest, "to": declared.highest}
    if types is None:
        message = f'the fact "{fact.id}" is neither a number nor a date, and cannot have a range'
        findings.add(BAD_FACT, fact.at.of_key("range"), message, hint="delete range")
        return
    wrong = [key for key, end in ends.items() if end is not None and type(end) not in types]
    for key in wrong:
        takes = say_values(evolve(fact, range=None))
        message = f'the range of "{fact.id}" has {describe(ends[key])} where {takes} should stand'
        findings.add(BAD_FACT, declared.at.of(key), message, hint=f"write {takes}")
    if wrong:
        return
    lowest, highest = ends.values()
    if lowest is not None and highest is not None and lowest > highest:  # type: ignore[operator]
        message = f'the range of "{fact.id}" ends at {written_value(highest)}, before it begins at '
        message += written_value(lowest)
        findings.add(BAD_FACT, declared.at.of("to"), message, hint="swap the two")
    elif lowest is highest is None:
        hint = "write range: {from: …, to: …}, or one of the two"
        findings.add(BAD_FACT, declared.at, f'the range of "{fact.id}" has no ends', hint=hint)


PROMPT_IN_CONDITION = Code(
    "prompt-in-condition",
    "error",
    what="A condition about which cases something is for looks at a prompt instead of a fact.",
    why="Whether something applies must be known from the case, not from how it was judged.",
    bad="applies_when: diversity",
    good="applies_when: {fact: has_potential_victims, is: yes}",
)


def check_condition(
    condition: Condition | None, what: str, names: Names, findings: Findings, *, of_provider: bool = False
) -> None:
    """Report what is wrong with the condition of something: it may look only at facts, of a case or the provider."""
    if condition is None:
        return
    if of_provider:
        check_counted_clauses(condition, findings)
    for node in walk(condition):
        if isinstance(node, PromptIsYes):
            message = f'the condition of {what} looks at "{node.prompt}", and it may look only at facts'
            hint = "write {fact: …, is: …}. " + nearest_name_hint(node.prompt, list(names.framework.facts_by_id))
            if node.prompt in names.framework.facts_by_id:
                hint = say_fact_test(node.prompt)
            findings.add(PROMPT_IN_CONDITION, node.at, message, hint=hint)
        elif isinstance(node, FactTest):
            check_fact_test(node, names, findings, of_provider=of_provider)
        elif isinstance(node, RatedAs | CountRated):
            _report_rating(node, findings)


def check_rule(rule: Condition, question: KeyQuestion, names: Names, findings: Findings) -> None:
    """Report what is wrong with a rule over the prompts of a key question, and facts of who or what is asked."""
    prompts = {prompt.id: prompt.at.of("id") for prompt in question.prompts}
    for node in walk(rule):
        if isinstance(node, PromptIsYes):
            names.note("prompt", node.prompt, prompts, node.at, question)
            _check_yes(node, question, findings)
        elif isinstance(node, FactTest):
            check_fact_test(node, names, findings, of_provider=question.asked_of == "provider")
        elif isinstance(node, RatedAs | CountRated):
            _report_rating(node, findings)


STEP_IN_A_RULE = Code(
    "step-in-a-rule",
    "error",
    what="A rule asks whether a prompt is yes that is answered on a scale.",
    why="A step of a scale is neither yes nor no, so that the rule could never tell.",
    bad="prompts: [{id: plan, ask: …, answers: quality}]\nyes_when: plan",
    good="prompts: [{id: plan, ask: …, answers: quality}]\npoints: {sum_of: prompts}",
)


def _check_yes(node: PromptIsYes, question: KeyQuestion, findings: Findings) -> None:
    """Report a prompt that a rule takes for yes or no, and that is answered otherwise."""
    scale = next((prompt.answers for prompt in question.prompts if prompt.id == node.prompt), None)
    if scale is not None:
        message = f'"{node.prompt}" is answered on the scale "{scale}", and this rule asks whether it is yes'
        hint = "write points: {sum_of: prompts} in place of the rule, or delete answers"
        findings.add(STEP_IN_A_RULE, node.at, message, hint=hint)


RATING_IN_A_CASE = Code(
    "rating-in-a-case",
    "error",
    what="A rule over a case looks at the rating of a standard.",
    why="Ratings come from cases, so no case can be decided by them.",
    bad="yes_when: {standard: leadership, rated: good}",
    good="overall: {take: lowest, of: standards, then: [{no_better_than: good, when: {standard: leadership, …}}]}",
)


def _report_rating(node: RatedAs | CountRated, findings: Findings) -> None:
    """Report a test of ratings where a case is decided."""
    message = "a rule over a case looks at ratings, which come from cases"
    hint = "look at prompts and facts here; conditions about ratings stand in a rating rule"
    findings.add(RATING_IN_A_CASE, node.at, message, hint=hint)


COUNT_NEVER_REACHED = Code(
    "count-never-reached",
    "error",
    what="A condition about ratings counts more clauses than there are.",
    why="It would never hold, since no clause about ratings drops out.",
    bad="when: {at_least: {count: 3, of: [{standard: safe, rated: poor}, {standard: caring, rated: poor}]}}",
    good="when: {all: [{standard: safe, rated: poor}, {standard: caring, rated: poor}]}",
)


def check_counted_clauses(condition: Condition, findings: Findings) -> None:
    """Report a count of clauses about ratings or providers that can never be reached: nothing there drops out."""
    for node in walk(condition):
        if isinstance(node, AtLeast) and node.count > len(node.of):
            message = f"{node.count} of {len(node.of)} can never hold"
            hint = f"write a count of at most {len(node.of)}, or all: […]"
            findings.add(COUNT_NEVER_REACHED, node.at.of("count"), message, hint=hint)


BAD_COMPARISON = Code(
    "bad-comparison",
    "error",
    what="A fact is compared with a value that it cannot have, or in a way that its type does not allow.",
    why="The comparison would be false for every case without anybody noticing.",
    bad="{fact: risk_of_harm, is: hihg}",
    good="{fact: risk_of_harm, is: high}",
)


OTHER_FACT = Code(
    "other-fact",
    "error",
    what="A rule over cases looks at a fact of the provider, or a rule over ratings at a fact of a case.",
    why="A case is decided by what is known of it alone, and ratings belong to no single case.",
    bad="overall: {…, then: [{no_better_than: fair, when: {fact: age_of_the_case, at_least: 3}}]}",
    good="provider_facts: [{id: breach, …}]\n"
    "overall: {…, then: [{no_better_than: fair, when: {fact: breach, is: yes}}]}",
)


def check_fact_test(test: FactTest, names: Names, findings: Findings, *, of_provider: bool = False) -> None:
    """Report a fact that is compared with what it cannot be, or that belongs to something else."""
    framework = names.framework
    own, others = framework.facts, framework.provider_facts_by_id
    if of_provider:
        own, others = framework.provider_facts, framework.facts_by_id
    fact = next((each for each in own if each.id == test.fact), None)
    if fact is None and test.fact in others:
        is_of, looks = ("a case", "ratings and providers") if of_provider else ("the provider", "cases")
        message = f'"{test.fact}" is a fact of {is_of}, and this condition is about {looks}'
        hint = "declare it among " + ("provider_facts" if of_provider else "facts") + ", if that is what it is about"
        findings.add(OTHER_FACT, test.at.of("fact"), message, hint=hint)
        return
    known = {fact.id: fact.at.of("id") for fact in own}
    names.note("fact of the provider" if of_provider else "fact", test.fact, known, test.at.of("fact"))
    if fact is None:
        return
    for index, value in enumerate(test.values if fact.values or fact.type != "choice" else ()):
        at = test.at.of("one_of", index) if test.comparison == "one_of" else test.at.of(test.comparison)
        try:
            type_fact_value(fact, value)
        except ValueError as error:
            hint = value_hint(fact, str(value), not_known="")
            message = f'the fact "{fact.id}" is {error}, and is compared with {describe(value)}'
            findings.add(BAD_COMPARISON, at, message, hint=hint)
    is_ordered = fact.ordered or fact.type in END_TYPES
    if test.comparison in ("at_least", "at_most") and not is_ordered:
        message = f'the fact "{fact.id}" has no order, so {test.comparison} means nothing'
        hint = "use is or one_of"
        if fact.type == "choice":
            hint += ", or declare the choice ordered: true with its lowest value first"
        findings.add(BAD_COMPARISON, test.at.of_key(test.comparison), message, hint=hint)
