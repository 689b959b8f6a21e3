"""What is allowed but most likely a mistake: what a framework means, and how several editions go together.

What makes a rating impossible is in ``validity``. Rules are looked at in ``rule_checking``, bands in
``scale_checking``, everything else here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any as Anything

import attrs

from ctm_rules.checking.rules import COUNT_TOO_HIGH, REPEATED_CLAUSE
from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.model.conditions import AtLeast, Condition, FactTest, facts_in, walk
from ctm_rules.model.elements import Placed, Titled
from ctm_rules.model.framework import Fact, Framework, KeyQuestion, Prompt, Source
from ctm_rules.model.framework_conditions import conditions_of

UNUSED_PROMPT = Code(
    "unused-prompt",
    "warning",
    what="No rule of a key question looks at one of its prompts.",
    why="Inspectors would answer it for every case, and the answer would count for nothing.",
    bad="prompts: [{id: plan, …}, {id: victims, …}]\nyes_when: plan",
    good="prompts: [{id: plan, …}, {id: victims, …}]\nyes_when: {all: [plan, victims]}",
)
UNUSED_FACT = Code(
    "unused-fact",
    "warning",
    what="No rule, condition, variant, measure or sub-group looks at a fact.",
    why="It would be recorded for every case for nothing. Only a date may be recorded for its own sake.",
    bad="facts: [{id: home_visit, title: A home visit is due, type: yes_no}]     # and no condition looks at it",
    good="applies_when: {fact: home_visit, is: yes}",
)
UNUSED_VARIANT = Code(
    "unused-variant",
    "warning",
    what="No key question has a rule of its own for a variant.",
    why="The variant changes nothing; most likely its rule is missing, or stands under another name.",
    bad="variants: [{id: adjusted, …}]     # and no question has variants: {adjusted: …}",
    good="key_questions: [{id: planning, …, variants: {adjusted: {yes_when: …}}}]",
)
LONE_GROUP = Code(
    "lone-group",
    "warning",
    what="A sub-group has fewer than two groups.",
    why="There is nothing to compare with.",
    bad="groups: [{id: women, title: Women, when: {fact: sex, is: female}}]",
    good="groups: [{id: women, title: Women, when: {fact: sex, is: female}},\n"
    "         {id: men, title: Men, when: {fact: sex, is: male}}]",
)
MISSING_SOURCE = Code(
    "missing-source",
    "warning",
    what="A framework or a standard does not say where it comes from.",
    why="Nobody could compare it with what was published.",
    bad="slug: assessment\ntitle: Assessment",
    good="slug: assessment\ntitle: Assessment\nsource: {title: The inspection standards, section: P 2.1}",
)
ASSUMES_NOTHING = Code(
    "assumes-nothing",
    "warning",
    what="assumed names a key that is not declared in the block.",
    why="Either the key has been lost, or the assumption has been settled and the mark was left behind.",
    bad="assumed: [applies_when]     # and there is no applies_when",
    good="applies_when: {fact: mappa, is: yes}\nassumed: [applies_when]",
)
SAME_LABEL = Code(
    "same-label",
    "warning",
    what="Two things of one kind have the same label or title.",
    why="Readers of a report could not tell them apart; most likely one was copied and not changed.",
    bad="ratings: [{id: good, label: Good, score: 2}, {id: fair, label: Good, score: 1}]",
    good="ratings: [{id: good, label: Good, score: 2}, {id: fair, label: Fair, score: 1}]",
)
LABEL_OF_ANOTHER = Code(
    "label-of-another",
    "warning",
    what="The label of one thing is the name of another one of the same kind.",
    why="Two labels may have been swapped, and the report would print the wrong one.",
    bad="ratings: [{id: good, label: Fair, score: 2}, {id: fair, label: Good, score: 1}]",
    good="ratings: [{id: good, label: Good, score: 2}, {id: fair, label: Fair, score: 1}]",
)
SAME_TEXT = Code(
    "same-text",
    "warning",
    what="Two prompts, key questions or statements say the same.",
    why="A block was most likely copied and not changed, and the same finding would count twice.",
    bad="- {id: plan, ask: Is there a plan?}\n- {id: review, ask: Is there a plan?}",
    good="- {id: plan, ask: Is there a plan?}\n- {id: review, ask: Is the plan reviewed?}",
)
IDS_ALIKE = Code(
    "ids-alike",
    "warning",
    what="Two ids differ only in capitals or underscores, or a fact is called like a standard.",
    why="People would take one for the other in a rule or in the columns of a case table.",
    bad="facts: [{id: risk_of_harm, …}, {id: riskofharm, …}]",
    good="facts: [{id: risk_of_harm, …}, {id: risk_of_reoffending, …}]",
)
ODD_TEXT = Code(
    "odd-text",
    "warning",
    what="A text has characters that were most likely not meant: a comma at its end, curly quotation marks around it, "
    "a tab or an invisible character, broken accents, or nothing but a placeholder.",
    why="It would be printed in reports as it stands.",
    bad="title: “Assessment”,",
    good="title: Assessment",
)
NOT_A_QUESTION = Code(
    "not-a-question",
    "warning",
    what="What is asked does not end with a question mark.",
    why="Part of the question may be lost: what follows a # after a space is a comment and is not read.",
    bad="ask: Does the plan name the #1 risk?",
    good='ask: "Does the plan name the #1 risk?"',
)


class WordChecks:
    """Looks at everything but the rules and the bands."""

    def __init__(self, framework: Framework, findings: Findings) -> None:
        self._framework = framework
        self._findings = findings

    # --- what nothing looks at -----------------------------------------------------------------------

    def usage(self) -> None:
        framework = self._framework
        looked_at = {fact for _, condition in conditions_of(framework) for fact in facts_in(condition)}
        for fact in framework.facts:
            if fact.id not in looked_at and fact.type != "date":
                hint = "delete it, or name it in the condition that was meant to look at it"
                self._findings.add(UNUSED_FACT, fact.at, f'nothing looks at the fact "{fact.id}"', hint=hint)
        for path, question in framework.key_questions.items():
            used = question.prompts_read
            for prompt in question.prompts:
                if prompt.id not in used:
                    message = f'no rule of "{path}" looks at the prompt "{prompt.id}"'
                    self._findings.add(UNUSED_PROMPT, prompt.at, message, hint="name it in yes_when, or delete it")
        with_rules = {variant for question in framework.key_questions.values() for variant in question.variants}
        for variant in framework.variants:
            if variant.id not in with_rules:
                message = f'no key question has a rule for the variant "{variant.id}"'
                hint = f"add variants: {{{variant.id}: {{yes_when: …}}}} to the questions that it changes"
                self._findings.add(UNUSED_VARIANT, variant.at, message, hint=hint)
        for subgroup in framework.subgroups:
            if len(subgroup.groups) < 2:
                message = f'the sub-group "{subgroup.id}" has {len(subgroup.groups)} group, so it compares nothing'
                self._findings.add(LONE_GROUP, subgroup.at, message, hint="add the group to compare with")

    def clauses(self) -> None:
        for _, condition in conditions_of(self._framework):
            for node in walk(condition):
                self._clause(node)

    def _clause(self, node: Condition) -> None:
        if isinstance(node, AtLeast) and node.count > len(node.of):
            message = f"at_least asks for {node.count} and its list holds {len(node.of)}"
            hint = f"write a count from 1 to {len(node.of)}, or complete the list"
            self._findings.add(COUNT_TOO_HIGH, node.at.of("at_least", "count"), message, hint=hint)
        elif isinstance(node, FactTest):
            for value, times in Counter(node.values).items():
                if times > 1:
                    message = f'the value "{value}" stands {times} times in this comparison'
                    self._findings.add(REPEATED_CLAUSE, node.at, message, hint="delete it, or name what was meant")

    # --- where it comes from -------------------------------------------------------------------------

    def sources(self) -> None:
        framework = self._framework
        hint = "add source: {title: …, section: …}"
        if framework.source is None:
            message = "the framework does not say where it comes from"
            self._findings.add(MISSING_SOURCE, framework.at, message, hint=hint)
        for standard in framework.standards:
            if standard.source is None:
                message = f'the standard "{standard.slug}" does not say where it comes from'
                self._findings.add(MISSING_SOURCE, standard.at, message, hint=hint)
        for element in _elements(framework):
            if isinstance(element, Source) and element.url and not re.match(r"https?://[^\s/]+\.", element.url):
                message = f'"{element.url}" is not the address of a page'
                self._findings.add(ODD_TEXT, element.at.of("url"), message, hint="write it as https://…")
            for key in getattr(element, "assumed", ()):
                if not getattr(element, key):
                    message = f"{key} is marked as assumed and is not declared here"
                    hint = f"delete the mark, or declare {key}"
                    self._findings.add(ASSUMES_NOTHING, element.at.of("assumed"), message, hint=hint)

    # --- words ---------------------------------------------------------------------------------------

    def texts(self) -> None:
        framework = self._framework
        for element in _elements(framework):
            for key, text, at in _texts(element):
                problem, hint = _odd(key, text)
                if problem:
                    self._findings.add(ODD_TEXT, at, f"{key} {problem}", hint=hint)
        prompts = list(framework.prompts.values())
        questions = list(framework.key_questions.values())
        # Where most prompts are written as questions, one that is not has most likely lost its end.
        is_usual = 2 * sum(prompt.ask.endswith("?") for prompt in prompts) > len(prompts)
        asked: list[KeyQuestion | Prompt] = [*questions, *(prompts if is_usual else [])]
        for element in asked:
            if not element.ask.endswith("?"):
                message = f'"{element.id}" asks something and does not end with a question mark'
                hint = "end it with ?; put the text in quotes if it contains a #"
                self._findings.add(NOT_A_QUESTION, element.at.of("ask"), message, hint=hint)
        for question in questions:
            self._differ(SAME_TEXT, "prompts ask", [(p.ask, p.id, p.at.of("ask")) for p in question.prompts])
        for standard in framework.standards:
            own = standard.key_questions
            self._differ(SAME_TEXT, "key questions ask", [(q.ask, q.id, q.at.of("ask")) for q in own])
        statements = [(s.statement, s.slug, s.at.of("statement")) for s in framework.standards]
        self._differ(SAME_TEXT, "standards state", statements)

    def names(self) -> None:
        framework = self._framework
        self._labels("ratings", [(r.label, r.id, r.at.of("label")) for r in framework.ratings])
        for fact in framework.facts:
            labels = [(label, value, fact.at.of("values", value)) for value, label in fact.values.items()]
            self._labels(f'values of "{fact.id}"', labels)
            self._alike(f'values of "{fact.id}"', [(value, at) for _, value, at in labels])
        self._titled("facts", framework.facts)
        self._titled("domains", framework.domains)
        self._labels("standards", [(s.title, s.slug, s.at.of("title")) for s in framework.standards])
        self._titled("variants", framework.variants)
        self._titled("measures", framework.measures)
        self._titled("sub-groups", framework.subgroups)
        for subgroup in framework.subgroups:
            self._titled(f'groups of "{subgroup.id}"', subgroup.groups)
        for standard in framework.standards:
            self._titled(f'themes of "{standard.slug}"', standard.themes)
        for path, question in framework.key_questions.items():
            self._alike(f'prompts of "{path}"', [(prompt.id, prompt.at.of("id")) for prompt in question.prompts])
        self._alike("ratings", [(rating.id, rating.at.of("id")) for rating in framework.ratings])
        for fact in framework.facts:
            if fact.id in framework.standards_by_slug:
                message = f'the fact "{fact.id}" is called like a standard'
                self._findings.add(IDS_ALIKE, fact.at.of("id"), message, hint="give the fact another id")

    def _titled(self, kind: str, elements: Iterable[Titled]) -> None:
        named = [(element.title, element.id, element.at.of("title")) for element in elements]
        self._labels(kind, named)
        self._alike(kind, [(element.id, element.at.of("id")) for element in elements])

    def _labels(self, kind: str, named: Sequence[tuple[str, str, Location]]) -> None:
        self._differ(SAME_LABEL, f"{kind} are called", named)
        label_of = {_folded(name): _folded(label) for label, name, _ in named}
        times = Counter(label_of.values())
        said: set[str] = set()
        for label, name, at in named:
            own, other = _folded(name), _folded(label)
            # Said once for a pair that was swapped, and not where the label was copied, which is said above.
            if (
                own != other
                and other in label_of
                and times[other] == 1
                and not (label_of[other] == own and other in said)
            ):
                said.add(own)
                message = f'"{name}" is called "{label}", which is the name of another of the {kind}'
                self._findings.add(LABEL_OF_ANOTHER, at, message, hint="were the two labels swapped?")

    def _differ(self, code: Code, what: str, texts: Sequence[tuple[str, str, Location]]) -> None:
        """Report texts that say the same; each comes with the id of what says it and with its place."""
        seen: dict[str, tuple[str, Location]] = {}
        for text, name, at in texts:
            folded = " ".join(re.findall(r"\w+", text.casefold())) or text
            other, first = seen.setdefault(folded, (name, at))
            if other != name:  # two things of one id are copies of one another, and that has been said
                where = f"on line {first.line}" if first.file == at.file else f"in {first}"
                message = f'two {what} the same: "{name}" and "{other}" ({where})'
                self._findings.add(code, at, message, hint="change one of them, or delete the copy")

    def _alike(self, kind: str, names: Sequence[tuple[str, Location]]) -> None:
        seen: dict[str, str] = {}
        for name, at in names:
            other = seen.setdefault(_folded(name), name)
            if other != name:
                message = f'the {kind} "{other}" and "{name}" differ only in capitals or underscores'
                self._findings.add(IDS_ALIKE, at, message, hint="give one of them another name")


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _elements(value: Anything) -> Iterator[Placed]:
    """Yield everything that is declared and has a place, from the framework down to single clauses."""
    if isinstance(value, tuple | list):
        for item in value:
            yield from _elements(item)
    elif isinstance(value, Mapping):
        yield from _elements(list(value.values()))
    elif hasattr(value, "at"):
        yield value
        for field in attrs.fields(type(value)):
            yield from _elements(getattr(value, field.name))


_TEXT_KEYS = {"id", "edition", "title", "label", "ask", "statement", "publisher", "section", "licence"}


def _texts(element: Placed) -> Iterator[tuple[str, str, Location]]:
    """Yield the texts of one element with their keys and places."""
    for key in sorted(_TEXT_KEYS):
        text = getattr(element, key, "")
        if isinstance(text, str) and text:
            yield key, text, element.at.of(key)
    if isinstance(element, Fact):
        for value, label in element.values.items():
            yield f"the label of {value}", label, element.at.of("values", value)


_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffd]|\t")
_BROKEN_ACCENTS = re.compile("â€|Ã[\x80-\xbf]|Â[\xa0-\xbf]")
_WRAPPED = re.compile("[“”„«‘‚][^“”„«»‘]*[”“»’]")
_PLACEHOLDER = re.compile(r"\W*(todo|tbc|tbd|fixme|xxx+|lorem ipsum.*|\.\.\.|…|\?+)\W*", re.IGNORECASE)


def _odd(key: str, text: str) -> tuple[str, str]:
    """Return what is odd about a text and what to do, or nothing."""
    invisible = _INVISIBLE.search(text)
    if invisible:
        name = "a tab" if invisible[0] == "\t" else f"an invisible character (U+{ord(invisible[0]):04X})"
        return f"contains {name}", "type the words around it again"
    if broken := _BROKEN_ACCENTS.search(text):
        return f'contains "{broken[0]}", which looks like a broken accent or quotation mark', "type it again, as UTF-8"
    if _WRAPPED.fullmatch(text):
        return "stands in curly quotation marks, which will be printed", 'use straight ones (") or none'
    if text.endswith(","):
        return "ends with a comma", "delete the comma: no comma stands at the end of a line"
    if _PLACEHOLDER.fullmatch(text) or (key in ("ask", "statement") and not re.search(r"\w", text)):
        return "is only a placeholder", "write the text"
    return "", ""
