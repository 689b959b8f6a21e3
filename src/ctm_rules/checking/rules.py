"""What rules and conditions mean over every case there could be: what can never be, and what changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import assert_never

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.engines.decision_diagrams import Diagram, Diagrams, TooTangledError, values_to_try
from ctm_rules.model.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    FactTest,
    Not,
    PromptIsYes,
    children,
    facts_in,
    prompts_in,
    walk,
    with_children,
)
from ctm_rules.model.framework import Framework, KeyQuestion, Prompt, SubGroup, Variant
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.rules_in_words import say, say_value
from ctm_rules.phrases import say_list

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
CONSTANT_CLAUSE = Code(
    "constant-clause",
    "error",
    what="A clause inside a rule is never met, always met, or never counts.",
    why="The rule reads as if it asked for something that it does not ask for.",
    bad="yes_when: {any: [plan, {all: [{fact: mappa, is: yes}, {fact: mappa, is: no}]}]}",
    good="yes_when: {any: [plan, {fact: mappa, is: no}]}",
)
REDUNDANT_CLAUSE = Code(
    "redundant-clause",
    "warning",
    what="A clause changes no outcome, because the rest of the rule already decides.",
    why="A reader takes it for a requirement, and it is none.",
    bad="yes_when: {all: [risk, {any: [risk, victims]}]}",
    good="yes_when: {all: [risk, victims]}",
)
REPEATED_CLAUSE = Code(
    "repeated-clause",
    "error",
    what="The same clause stands twice in one list, or the same value twice in one comparison.",
    why="In at_least it counts twice; elsewhere one of the two was most likely meant to be another.",
    bad="yes_when: {at_least: {count: 2, of: [plan, plan, victims]}}",
    good="yes_when: {at_least: {count: 2, of: [plan, review, victims]}}",
)
COUNT_TOO_HIGH = Code(
    "count-too-high",
    "error",
    what="at_least asks for more than its list holds.",
    why="Every clause would have to be yes, which is not what the number says.",
    bad="at_least: {count: 4, of: [plan, review, victims]}",
    good="at_least: {count: 2, of: [plan, review, victims]}",
)
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
OVERLAPPING_VARIANTS = Code(
    "overlapping-variants",
    "warning",
    what="A case can belong to two variants, and neither is a special case of the other.",
    why="The variant that is declared first wins, which readers of the other one's rule would not expect.",
    bad="variants: [{id: short, when: {fact: weeks, at_most: 8}, …}, {id: licence, when: {fact: licence, is: yes}, …}]",
    good="variants: [{id: short, …},\n"
    "  {id: licence, when: {all: [{fact: licence, is: yes}, {fact: weeks, at_least: 9}]}, …}]",
)
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
RULE_TOO_TANGLED = Code(
    "rule-too-tangled",
    "warning",
    what="The rules of a question look at so many facts and prompts that what they can give cannot be decided in time.",
    why="Nobody has checked that such a rule can be both yes and no.",
    bad="a rule with hundreds of prompts, each of which stands in many clauses",
    good="several key questions with a few prompts each",
)


Context = Callable[[Diagrams], Diagram]
"""The cases for which a rule or condition is used, as a diagram that is true for them."""


def check_rules(framework: Framework, findings: Findings) -> None:
    """Add everything that is wrong with what the rules and conditions of a framework mean."""
    _Rules(framework, findings).check()


def _everywhere(diagrams: Diagrams) -> Diagram:
    return diagrams.everywhere()


class _Rules:
    """Goes through a framework and has every rule and condition looked at where it is used."""

    def __init__(self, framework: Framework, findings: Findings) -> None:
        self.framework = framework
        self.findings = findings
        self._values = values_to_try(framework)

    def check(self) -> None:
        framework = self.framework
        with self._deciding("the variants", framework.at.of("variants")):
            self._variants()
        for path, question in framework.key_questions.items():
            with self._deciding(f'the key question "{path}"', question.at):
                self._question(path, question)
        for measure in framework.measures:
            with self._deciding(f'the measure "{measure.id}"', measure.at):
                self._condition(measure.applies_when, f'the measure "{measure.id}"')
        for subgroup in framework.subgroups:
            with self._deciding(f'the sub-group "{subgroup.id}"', subgroup.at):
                self._groups(subgroup)

    @contextmanager
    def _deciding(self, subject: str, at: Location) -> Iterator[None]:
        try:
            yield
        except TooTangledError:
            message = f"what {subject} can give cannot be decided in reasonable time"
            self.findings.add(RULE_TOO_TANGLED, at, message, hint="split it, or let fewer clauses share a prompt")

    def diagrams(self, prompts: Sequence[Prompt] = (), *, with_na: bool = False) -> Diagrams:
        return Diagrams(self.framework, self._values, prompts, with_na=with_na)

    def _condition(self, condition: Condition | None, subject: str) -> bool:
        """Check a condition over facts; return whether there are cases for which it holds."""
        return condition is None or _Tree(self, condition, subject).condition()

    # --- variants and groups -------------------------------------------------------------------------

    def _variants(self) -> None:
        variants = self.framework.variants
        possible = [
            index for index, each in enumerate(variants) if self._condition(each.when, f'the variant "{each.id}"')
        ]
        diagrams = self.diagrams()
        reached: list[Variant] = []
        for index in possible:
            variant = variants[index]
            if self._can_be(diagrams, self._selected(diagrams, index)):
                reached.append(variant)
            else:
                message = f'no case can have the variant "{variant.id}": an earlier variant takes every one of them'
                hint = "declare it before the others, or correct its condition"
                self.findings.add(NEVER_APPLIES, variant.when.at, message, hint=hint)
        for one, other in combinations(reached, 2):
            self._overlap(diagrams, one, other)

    def _overlap(self, diagrams: Diagrams, one: Variant, other: Variant) -> None:
        earlier, later = diagrams.clause(one.when), diagrams.clause(other.when)
        both = diagrams.both(earlier, later)
        # An earlier variant that is a special case of a later one is the way to write an exception.
        is_special = not self._can_be(diagrams, diagrams.both(earlier, diagrams.opposite(later)))
        if self._can_be(diagrams, both) and not is_special:
            message = (
                f'a case can be both "{one.id}" and "{other.id}", such as one with {self._example(diagrams, both)}'
            )
            hint = f'it is treated as "{one.id}"; exclude such cases from one of the two conditions'
            self.findings.add(OVERLAPPING_VARIANTS, other.when.at, message, hint=hint)

    def _selected(self, diagrams: Diagrams, index: int) -> Diagram:
        """Return which cases have a variant: it holds, and no earlier one does."""
        *earlier, variant = self.framework.variants[: index + 1]
        selected = diagrams.clause(variant.when)
        for other in earlier:
            selected = diagrams.both(diagrams.opposite(diagrams.clause(other.when)), selected)
        return selected

    def _groups(self, subgroup: SubGroup) -> None:
        groups = [
            group
            for group in subgroup.groups
            if self._condition(group.when, f'the group "{group.id}" of "{subgroup.id}"')
        ]
        diagrams = self.diagrams()
        # A group that holds every case overlaps with all others; that it does so is said above.
        groups = [group for group in groups if Truth.FALSE in diagrams.results(diagrams.clause(group.when))]
        for one, other in combinations(groups, 2):
            both = diagrams.both(diagrams.clause(one.when), diagrams.clause(other.when))
            if self._can_be(diagrams, both):
                example = self._example(diagrams, both)
                message = f'a case can be in both "{one.id}" and "{other.id}", such as one with {example}'
                hint = "let each case be in one group at most"
                self.findings.add(OVERLAPPING_GROUPS, other.when.at, message, hint=hint)

    def _can_be(self, diagrams: Diagrams, diagram: Diagram) -> bool:
        return Truth.TRUE in diagrams.results(diagram)

    def _example(self, diagrams: Diagrams, diagram: Diagram) -> str:
        facts = self.framework.facts_by_id
        example, _ = diagrams.example(diagram, Truth.TRUE)
        return say_list([f"{name}: {say_value(facts[name], value)}" for name, value in example.items()])

    # --- key questions -------------------------------------------------------------------------------

    def _question(self, path: str, question: KeyQuestion) -> None:
        framework = self.framework
        subject = f'the key question "{path}"'
        indices = {variant.id: index for index, variant in enumerate(framework.variants)}

        def applies(diagrams: Diagrams) -> Diagram:
            condition = question.applies_when
            return diagrams.everywhere() if condition is None else diagrams.clause(condition)

        def with_variant(variant: str) -> Context:
            return lambda diagrams: diagrams.both(applies(diagrams), self._selected(diagrams, indices[variant]))

        def without_variants(diagrams: Diagrams) -> Diagram:
            context = applies(diagrams)
            for variant in question.variants:
                selected = self._selected(diagrams, indices[variant])
                context = diagrams.both(diagrams.opposite(selected), context)
            return context

        narrowed = [] if question.applies_when is None else [question.applies_when.at]
        if not self._condition(question.applies_when, subject):
            return
        never_apply = self._prompts(question, subject, applies, narrowed)
        uses: list[tuple[Condition, str, Context, Location, list[Location]]]
        uses = [(question.yes_when, subject, without_variants, question.at.of("yes_when"), narrowed)]
        for variant, rule in question.variants.items():
            when = framework.variants[indices[variant]].when
            if self._can_be(diagrams := self.diagrams(), self._selected(diagrams, indices[variant])):
                name = f'{subject} for the variant "{variant}"'
                at = question.at.of("variants", variant)
                uses.append((rule.yes_when, name, with_variant(variant), at, [*narrowed, when.at]))
        for root, name, context, at, narrow in uses:
            _Tree(self, root, name, question, context, narrow, never_apply).rule(at)

    def _prompts(
        self, question: KeyQuestion, subject: str, applies: Context, narrowed: list[Location]
    ) -> frozenset[str]:
        """Check what each prompt is for; return the ids of those that apply to no case."""
        never_apply: set[str] = set()
        for prompt in question.prompts:
            if prompt.applies_when is None:
                continue
            name = f'the prompt "{prompt.id}" of {subject.removeprefix("the ")}'
            asked = _Tree(self, prompt.applies_when, name, None, applies, narrowed, only_never=True)
            if not self._condition(prompt.applies_when, name) or not asked.condition():
                never_apply.add(prompt.id)
        return frozenset(never_apply)


class _Tree:
    """One rule or condition, looked at for the cases for which it is used.

    Args:
        rules: where it stands, and where to put what is found.
        root: the rule or condition.
        subject: how messages name it: ``the key question "assessment.safety"``.
        question: whose prompts it may look at.
        context: for which cases it is used.
        narrowed: the places that say so.
        never_apply: prompts that are known to apply to no case, so that nothing is said about them twice.
        only_never: look only for conditions that hold for no case.
    """

    def __init__(
        self,
        rules: _Rules,
        root: Condition,
        subject: str,
        question: KeyQuestion | None = None,
        context: Context = _everywhere,
        narrowed: Sequence[Location] = (),
        never_apply: frozenset[str] = frozenset(),
        *,
        only_never: bool = False,
    ) -> None:
        self._framework = rules.framework
        self._findings = rules.findings
        self._root = root
        self._subject = subject
        self._question = question
        self._prompts = {prompt.id: prompt for prompt in question.prompts} if question else {}
        self._make_diagrams = partial(rules.diagrams, tuple(self._prompts.values()))
        self._use = context
        self._narrowed = narrowed
        self._never_apply = never_apply
        self._only_never = only_never
        self._diagrams = self._make_diagrams()
        self._context = context(self._diagrams)

    def condition(self) -> bool:
        """Check a condition over facts; return whether there are cases for which it holds."""
        results = self._results(self._root)
        if Truth.TRUE not in results:
            self._report(NEVER_APPLIES, f"{self._subject} can never apply", self._root, Truth.TRUE)
        elif Truth.FALSE not in results and not self._only_never:
            self._report(ALWAYS_APPLIES, f"{self._subject} has a condition that always holds", self._root, Truth.FALSE)
        elif not self._only_never:
            self._clauses()
        return Truth.TRUE in results

    def rule(self, at: Location) -> None:
        """Check a decision rule that stands at a place."""
        if Truth.TRUE not in self._diagrams.results(self._context):
            message = f"{self._subject} never uses this rule: there is no case that it is for"
            hint = f"look at {self._what_narrows(at)}"
            self._findings.add(RULE_NEVER_USED, at, message, hint=hint)
            return
        if not prompts_in(self._root):
            message = f"the rule of {self._subject} looks at no prompt"
            hint = "name the prompts that must be yes; which cases it is asked of belongs into applies_when"
            self._findings.add(RULE_WITHOUT_PROMPTS, self._root.at, message, hint=hint)
            return
        results = self._results(self._root, at_root=True)
        if not results & {Truth.TRUE, Truth.FALSE}:
            if not set(prompts_in(self._root)) <= self._never_apply:
                message = f"no prompt in the rule of {self._subject} applies to the cases that it is for"
                hint = f"compare applies_when of its prompts with {self._what_narrows(self._root.at)}"
                self._findings.add(NEVER_ASKED, self._root.at, message, hint=hint)
        elif Truth.TRUE not in results:
            unless = self._unless_na(Truth.TRUE)
            self._report(NEVER_YES, f"{self._subject} can never be yes{unless}", self._root, Truth.TRUE)
        elif Truth.FALSE not in results:
            unless = self._unless_na(Truth.FALSE)
            self._report(NEVER_NO, f"{self._subject} can never be no{unless}", self._root, Truth.FALSE)
        else:
            self._clauses()

    def _what_narrows(self, here: Location) -> str:
        """Return what says for which cases a rule is used: without ``applies_when``, it is for all but the variants."""
        return _lines(self._narrowed, here) or "the variants"

    # --- what can never be ---------------------------------------------------------------------------

    def _results(self, condition: Condition, *, at_root: bool = False) -> frozenset[Truth]:
        diagrams = self._diagrams
        diagram = diagrams.rule(condition) if at_root else diagrams.clause(condition)
        return diagrams.results(diagrams.where(self._context, diagram))

    def _unless_na(self, result: Truth) -> str:
        """Return the words that say so where only answers of na could bring a result about."""
        exact = self._make_diagrams(with_na=True)
        possible = exact.results(exact.where(self._use(exact), exact.rule(self._root)))
        return ", unless a prompt is answered na" if result in possible else ""

    def _report(self, code: Code, message: str, clause: Condition, wanted: Truth) -> None:
        """Report that a clause never has the result wanted, at the part of it that is to blame."""
        culprit, wanted, others = self._culprit(clause, wanted)
        lines = _lines(others or self._narrowed, culprit.at)
        if others and wanted is Truth.TRUE:
            hint = f"it contradicts {lines}"
        elif others:
            hint = f"together with {lines} it covers every case"
        elif self._narrowed and wanted in self._diagrams.results(self._diagrams.clause(culprit)):
            hint = f"compare it with {lines}, which says for which cases it is used"
        else:
            hint = f"it says: {self._say(culprit)}"
        self._findings.add(code, culprit.at, message, hint=hint)

    def _culprit(self, clause: Condition, wanted: Truth) -> tuple[Condition, Truth, list[Location]]:
        """Return why a clause never has a result: the innermost clause, what it never is, and with what it clashes."""
        opposite = Truth.FALSE if wanted is Truth.TRUE else Truth.TRUE
        match clause:
            case Not(negated):
                return self._culprit(negated, opposite)
            case All():
                may_clash = wanted is Truth.TRUE
            case Any():
                may_clash = wanted is Truth.FALSE
            case PromptIsYes() | FactTest() | AtLeast():
                may_clash = False
            case never:
                assert_never(never)
        if not may_clash or wanted in self._results(clause):
            return clause, wanted, []
        for child in children(clause):
            results = self._results(child)
            if wanted not in results and opposite in results:
                return self._culprit(child, wanted)
        clashing = children(clause)
        for child in children(clause):
            others = tuple(other for other in clashing if other is not child)
            if others and wanted not in self._results(with_children(clause, others)):
                clashing = others
        return clashing[-1], wanted, [other.at for other in clashing[:-1]]

    def _clauses(self) -> None:
        """Check the clauses below a root that can be both."""
        if not self._inside(self._root):
            self._without_effect()

    def _inside(self, node: Condition) -> bool:
        """Report clauses that are always or never met; return whether there are any."""
        found = False
        for clause in children(node):
            results = self._results(clause)
            prompts = set(prompts_in(clause))
            if {Truth.TRUE, Truth.FALSE} <= results:
                found |= self._inside(clause)
                continue
            found = True
            if prompts and prompts <= self._never_apply:
                continue  # said where the prompt is declared
            words = self._say(clause)
            if not results & {Truth.TRUE, Truth.FALSE}:
                hint = "its prompts apply to none of the cases for which this rule is used: delete it"
                self._findings.add(CONSTANT_CLAUSE, clause.at, f"this clause never counts: {words}", hint=hint)
            elif Truth.TRUE not in results:
                self._report(CONSTANT_CLAUSE, f"this clause is never met: {words}", clause, Truth.TRUE)
            else:
                self._report(CONSTANT_CLAUSE, f"this clause is always met: {words}", clause, Truth.FALSE)
        return found

    # --- what changes nothing ------------------------------------------------------------------------

    def _without_effect(self) -> None:
        """Report clauses that stand twice, and clauses without which every case has the same outcome."""
        self._left = self._root
        self._look_below(())

    def _look_below(self, path: tuple[int, ...]) -> None:
        clauses = children(_at(self._left, path))
        for index in reversed(range(len(clauses))):
            clause = clauses[index]
            if len(children(_at(self._left, path))) > 1:
                without = _without(self._left, (*path, index))
                if clause in clauses[:index]:
                    first = clauses[clauses.index(clause)].at
                    where = f" (first on line {first.line})" if first.line != clause.at.line else ""
                    message = f"this clause stands twice in its list{where}: {self._say(clause)}"
                    self._findings.add(REPEATED_CLAUSE, clause.at, message, hint="delete it, or name what was meant")
                    self._left = without
                    continue
                # Where nothing else looks at the same, nothing else can decide it.
                if self._is_shared(clause) and self._same(self._diagrams, self._context, without):
                    self._report_without_effect(clause, without)
                    self._left = without
                    continue
            self._look_below((*path, index))

    def _report_without_effect(self, clause: Condition, without: Condition) -> None:
        exact = self._make_diagrams(with_na=True)
        unless = "" if self._same(exact, self._use(exact), without) else ", unless a prompt is answered na"
        message = f"this clause changes nothing{unless}: {self._say(clause)}"
        hint = "the rest of the rule already decides: delete it, or correct the clause that was meant differently"
        self._findings.add(REDUNDANT_CLAUSE, clause.at, message, hint=hint)

    def _same(self, diagrams: Diagrams, context: Diagram, other: Condition) -> bool:
        """Whether another rule gives every case the same outcome as what is left of this one."""
        return diagrams.where(context, diagrams.rule(self._left)) == diagrams.where(context, diagrams.rule(other))

    def _is_shared(self, clause: Condition) -> bool:
        """Whether something that a clause looks at is also looked at elsewhere."""
        everywhere = self._looked_at(self._left)
        for condition in self._conditions_of_use():
            everywhere += self._looked_at(condition)
        here = self._looked_at(clause)
        return any(everywhere[name] > times for name, times in here.items())

    def _conditions_of_use(self) -> Iterator[Condition]:
        if self._question is not None:
            if self._question.applies_when is not None:
                yield self._question.applies_when
            if self._question.variants:
                yield from (variant.when for variant in self._framework.variants)

    def _looked_at(self, condition: Condition) -> Counter[tuple[str, str]]:
        """Return the facts and prompts that a condition looks at, with how often it does."""
        looked_at: Counter[tuple[str, str]] = Counter()
        for node in walk(condition):
            if isinstance(node, FactTest):
                looked_at["fact", node.fact] += 1
            elif isinstance(node, PromptIsYes):
                looked_at["prompt", node.prompt] += 1
                looked_at.update(("fact", fact) for fact in facts_in(self._prompts[node.prompt].applies_when))
        return looked_at

    def _say(self, condition: Condition) -> str:
        return say(condition, self._framework, self._question)


def _at(condition: Condition, path: tuple[int, ...]) -> Condition:
    for index in path:
        condition = children(condition)[index]
    return condition


def _without(condition: Condition, path: tuple[int, ...]) -> Condition:
    """Return a condition without the clause at a path, which must not be the only one of its list."""
    index, *rest = path
    below = children(condition)
    changed = (_without(below[index], tuple(rest)),) if rest else ()
    return with_children(condition, (*below[:index], *changed, *below[index + 1 :]))


def _lines(places: Sequence[Location], here: Location) -> str:
    """Return places as words for a hint; a file is named only where it is another one."""
    words = []
    for place in dict.fromkeys(places):
        if (place.file, place.line) == (here.file, here.line):
            words.append("what stands beside it")
        elif place.file != here.file:
            words.append(f"line {place.line} of {Path(place.file).name}")
        else:
            words.append(f"line {place.line}")
    return say_list(words)
