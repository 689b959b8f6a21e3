"""What rules and conditions can never be, or always are (satisfiability), in the cases for which they are used."""

from __future__ import annotations

from typing import assert_never

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.meaning.clauses_without_effect import check_effect
from ctm_rules.meaning.rule_use import RuleUse, say_lines
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Condition,
    CountRated,
    FactTest,
    Not,
    PromptIsYes,
    RatedAs,
    children,
    prompts_in,
    with_children,
)
from ctm_rules.model.outcomes import Truth

NEVER_APPLIES = Code(
    "never-applies",
    "error",
    what="A condition on facts holds for no case.",
    why="What it is for (a prompt, a question, a measure, a variant, a group) would never be looked at.",
    bad="applies_when: {all: [{fact: weeks, at_most: 8}, {fact: weeks, at_least: 9}]}",
    good="applies_when: {all: [{fact: weeks, at_most: 9}, {fact: weeks, at_least: 8}]}",
)
ALWAYS_APPLIES = Code(
    "always-applies",
    "warning",
    what="A condition on facts holds for every case.",
    why="It says that there is a choice where there is none; most likely something else was meant.",
    bad="applies_when: {any: [{fact: mappa, is: yes}, {fact: mappa, is: no}]}",
    good="applies_when: {fact: mappa, is: yes}",
)


def check_condition(use: RuleUse, findings: Findings) -> bool:
    """Check a condition over facts; return whether there are cases for which it holds."""
    results = use.results(use.root)
    if Truth.TRUE not in results:
        _report(use, findings, NEVER_APPLIES, f"{use.subject} can never apply", use.root, Truth.TRUE)
    elif Truth.FALSE not in results and not use.only_never:
        _report(
            use, findings, ALWAYS_APPLIES, f"{use.subject} has a condition that always holds", use.root, Truth.FALSE
        )
    elif not use.only_never:
        _check_clauses(use, findings)
    return Truth.TRUE in results


RULE_NEVER_USED = Code(
    "rule-never-used",
    "warning",
    what="A rule is used for no case: the question does not apply to the cases that would need it.",
    why="People would maintain a rule that decides nothing.",
    bad="applies_when: {fact: reset, is: no}\nvariants: {adjusted: {yes_when: …}}   # adjusted needs reset: yes",
    good="variants: {adjusted: {yes_when: …}}",
)
RULE_WITHOUT_PROMPTS = Code(
    "rule-without-prompts",
    "error",
    what="A decision rule looks at no prompt at all.",
    why="A key question is answered by what inspectors found; facts only say for which cases it is asked.",
    bad="yes_when: {fact: mappa, is: yes}",
    good="applies_when: {fact: mappa, is: yes}\nyes_when: joint_work",
)
NEVER_ASKED = Code(
    "never-asked",
    "error",
    what="None of the prompts of a rule can apply to the cases for which the rule is used.",
    why="Such a case is never yes and never no; it would silently not be counted.",
    bad="applies_when: {fact: sentence_type, is: licence}\n"
    "prompts: [{id: order, ask: …, applies_when: {fact: sentence_type, is: community_order}}]\n"
    "yes_when: order",
    good="applies_when: {fact: sentence_type, is: community_order}\nprompts: [{id: order, ask: …}]\nyes_when: order",
)
NEVER_YES = Code(
    "never-yes",
    "error",
    what="A decision rule can never be yes, whatever the answers and facts are.",
    why="Every inspected case would count against the provider.",
    bad="yes_when: {all: [{fact: sentence_type, is: licence}, {fact: sentence_type, is: community_order}, plan]}",
    good="yes_when: {all: [{fact: sentence_type, one_of: [licence, community_order]}, plan]}",
)
NEVER_NO = Code(
    "never-no",
    "error",
    what="A decision rule can never be no, whatever the answers and facts are.",
    why="The question would find nothing: every inspected case would count in the provider's favour.",
    bad="yes_when: {any: [plan, {not: plan}]}",
    good="yes_when: plan",
)


def check_rule(use: RuleUse, at: Location, findings: Findings) -> None:
    """Check a decision rule that stands at a place."""
    if Truth.TRUE not in use.diagrams.results(use.context):
        message = f"{use.subject} never uses this rule: there is no case that it is for"
        hint = f"look at {_what_narrows(use, at)}"
        findings.add(RULE_NEVER_USED, at, message, hint=hint)
        return
    if not prompts_in(use.root):
        message = f"the rule of {use.subject} looks at no prompt"
        hint = "name the prompts that must be yes; which cases it is asked of belongs into applies_when"
        findings.add(RULE_WITHOUT_PROMPTS, use.root.at, message, hint=hint)
        return
    results = use.results(use.root, at_root=True)
    if not results & {Truth.TRUE, Truth.FALSE}:
        if not set(prompts_in(use.root)) <= use.never_apply:
            message = f"no prompt in the rule of {use.subject} applies to the cases that it is for"
            hint = f"compare applies_when of its prompts with {_what_narrows(use, use.root.at)}"
            findings.add(NEVER_ASKED, use.root.at, message, hint=hint)
    elif Truth.TRUE not in results:
        unless = _unless_na(use, Truth.TRUE)
        _report(use, findings, NEVER_YES, f"{use.subject} can never be yes{unless}", use.root, Truth.TRUE)
    elif Truth.FALSE not in results:
        unless = _unless_na(use, Truth.FALSE)
        _report(use, findings, NEVER_NO, f"{use.subject} can never be no{unless}", use.root, Truth.FALSE)
    else:
        _check_clauses(use, findings)


def _what_narrows(use: RuleUse, here: Location) -> str:
    """Return what says for which cases a rule is used: without ``applies_when``, it is for all but the variants."""
    return say_lines(use.narrowed, here) or "the variants"


def _unless_na(use: RuleUse, result: Truth) -> str:
    """Return the words that say so where only answers of na could bring a result about."""
    exact = use.diagrams_with_na()
    possible = exact.results(exact.where(use.where(exact), exact.rule(use.root)))
    return ", unless a prompt is answered na" if result in possible else ""


def _report(use: RuleUse, findings: Findings, code: Code, message: str, clause: Condition, wanted: Truth) -> None:
    """Report that a clause never has the result wanted, at the part of it that is to blame."""
    culprit, wanted, others = _culprit(use, clause, wanted)
    lines = say_lines(others or use.narrowed, culprit.at)
    if others and wanted is Truth.TRUE:
        hint = f"it contradicts {lines}"
    elif others:
        hint = f"together with {lines} it covers every case"
    elif use.narrowed and wanted in use.diagrams.results(use.diagrams.clause(culprit)):
        hint = f"compare it with {lines}, which says for which cases it is used"
    else:
        hint = f"it says: {use.say(culprit)}"
    findings.add(code, culprit.at, message, hint=hint)


def _culprit(use: RuleUse, clause: Condition, wanted: Truth) -> tuple[Condition, Truth, list[Location]]:
    """Return why a clause never has a result: the innermost clause, what it never is, and with what it clashes."""
    opposite = Truth.FALSE if wanted is Truth.TRUE else Truth.TRUE
    match clause:
        case Not(negated):
            return _culprit(use, negated, opposite)
        case AllOf():
            may_clash = wanted is Truth.TRUE
        case AnyOf():
            may_clash = wanted is Truth.FALSE
        case PromptIsYes() | FactTest() | AtLeast() | AtLeastPercent() | RatedAs() | CountRated():
            may_clash = False
        case never:
            assert_never(never)
    if not may_clash or wanted in use.results(clause):
        return clause, wanted, []
    for child in children(clause):
        results = use.results(child)
        if wanted not in results and opposite in results:
            return _culprit(use, child, wanted)
    clashing = children(clause)
    for child in children(clause):
        others = tuple(other for other in clashing if other is not child)
        if others and wanted not in use.results(with_children(clause, others)):
            clashing = others
    return clashing[-1], wanted, [other.at for other in clashing[:-1]]


def _check_clauses(use: RuleUse, findings: Findings) -> None:
    """Check the clauses below a root that can be both."""
    if not _check_inside(use, use.root, findings):
        check_effect(use, findings)


CONSTANT_CLAUSE = Code(
    "constant-clause",
    "error",
    what="A clause inside a rule is never met, always met, or never counts.",
    why="The rule reads as if it asked for something that it does not ask for.",
    bad="yes_when: {any: [plan, {all: [{fact: mappa, is: yes}, {fact: mappa, is: no}]}]}",
    good="yes_when: {any: [plan, {fact: mappa, is: no}]}",
)


def _check_inside(use: RuleUse, node: Condition, findings: Findings) -> bool:
    """Report clauses that are always or never met; return whether there are any."""
    found = False
    for clause in children(node):
        results = use.results(clause)
        prompts = set(prompts_in(clause))
        if {Truth.TRUE, Truth.FALSE} <= results:
            found |= _check_inside(use, clause, findings)
            continue
        found = True
        if prompts and prompts <= use.never_apply:
            continue  # said where the prompt is declared
        words = use.say(clause)
        if not results & {Truth.TRUE, Truth.FALSE}:
            hint = "its prompts apply to none of the cases for which this rule is used: delete it"
            findings.add(CONSTANT_CLAUSE, clause.at, f"this clause never counts: {words}", hint=hint)
        elif Truth.TRUE not in results:
            _report(use, findings, CONSTANT_CLAUSE, f"this clause is never met: {words}", clause, Truth.TRUE)
        else:
            _report(use, findings, CONSTANT_CLAUSE, f"this clause is always met: {words}", clause, Truth.FALSE)
    return found
