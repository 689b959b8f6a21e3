"""What must hold before a framework can decide anything: every name known, every band scale without a gap.

:func:`check_validity` finds only what makes a rating impossible. What is allowed but odd is for ``checking``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name, nearest_name_hint
from ctm_rules.model.conditions import Condition, FactTest, PromptIsYes, walk
from ctm_rules.model.declared import keys_of
from ctm_rules.model.elements import Identified, Placed
from ctm_rules.model.fact_values import type_fact_value
from ctm_rules.model.framework import CASE_COLUMN, MEASURES, Band, Fact, Framework, KeyQuestion, Standard
from ctm_rules.phrases import say_number
from ctm_rules.yaml_files.structuring import describe

DUPLICATE_ID = Code(
    "duplicate-id",
    "error",
    what="Two elements of the same kind have the same id.",
    why="An answer or a score could belong to either of them.",
    bad="prompts: [{id: victims, …}, {id: victims, …}]",
    good="prompts: [{id: actual_victims, …}, {id: potential_victims, …}]",
)
BAD_ID = Code(
    "bad-id",
    "error",
    what="An id has characters that an id may not have.",
    why="Ids are column names and addresses: a dot, a space or a capital letter would break them.",
    bad="id: Risk of harm",
    good="id: risk_of_harm",
)
UNKNOWN_NAME = Code(
    "unknown-name",
    "error",
    what="A rule, band, domain or variant names something that is not declared.",
    why="What is not declared has no value, so the rule could never be decided.",
    bad="yes_when: {all: [risk_of_hram]}",
    good="yes_when: {all: [risk_of_harm]}",
)
BAD_COMPARISON = Code(
    "bad-comparison",
    "error",
    what="A fact is compared with a value that it cannot have, or in a way that its type does not allow.",
    why="The comparison would be false for every case without anybody noticing.",
    bad="{fact: risk_of_harm, is: hihg}",
    good="{fact: risk_of_harm, is: high}",
)
PROMPT_IN_CONDITION = Code(
    "prompt-in-condition",
    "error",
    what="A condition about which cases something is for looks at a prompt instead of a fact.",
    why="Whether something applies must be known from the case, not from how it was judged.",
    bad="applies_when: diversity",
    good="applies_when: {fact: has_potential_victims, is: yes}",
)
BAD_BANDS = Code(
    "bad-bands",
    "error",
    what="Bands are not in strictly descending order, or do not end at 0.",
    why="Some share or score would have no rating, or two.",
    bad="bands: [{from: 65, rating: good}, {from: 80, rating: outstanding}]",
    good="bands: [{from: 80, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
)
BAD_FACT = Code(
    "bad-fact",
    "error",
    what="A fact's type and its values do not fit together.",
    why="Only a choice has values, and a choice without values has none to choose from.",
    bad="{id: grade, title: Grade, type: choice}",
    good="{id: grade, title: Grade, type: choice, values: {PO: Probation officer, PSO: Service officer}}",
)
BAD_STANDARD = Code(
    "bad-standard",
    "error",
    what="A standard's parts do not fit the way in which it is rated.",
    why="A standard rated by cases needs key questions and bands; a judged one must not have key questions.",
    bad="rated_by: judgement\nkey_questions: […]",
    good="rated_by: cases\nkey_questions: […]",
)
BAD_DOMAINS = Code(
    "bad-domains",
    "error",
    what="A standard stands in no domain or in two, or a domain that is rated lacks its bands.",
    why="Every score must count once in the overall rating.",
    bad="domains: [{id: delivery, title: Delivery, standards: []}]",
    good="domains: [{id: delivery, title: Delivery, standards: [assessment]}]",
)
BAD_SETTING = Code(
    "bad-setting",
    "error",
    what="Two settings contradict each other.",
    why="No share or date can satisfy both.",
    bad="share_of: yes\namong: [no]",
    good="share_of: yes\namong: [yes, no]",
)

ID_PATTERN = re.compile(r"[a-z][a-z0-9_]*")
VALUE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")


def check_validity(framework: Framework, *, incomplete: frozenset[str] = frozenset()) -> Findings:
    """Return everything that makes it impossible to rate by this framework (empty where nothing does).

    A framework without findings can be compiled by every engine and gives every case an outcome.

    Args:
        framework: what to check.
        incomplete: its attributes of which something could not be read. What names something in them is not
            held against them.
    """
    check = _Check(framework, incomplete)
    check.framework()
    return check.findings


@frozen
class _Scope:
    """What of one kind may be named, with its places, and what is named where; prompts belong to a key question."""

    kind: str
    known: Mapping[str, Location]
    question: KeyQuestion | None
    named: dict[str, list[Location]] = field(factory=dict)


class _Check:
    def __init__(self, framework: Framework, incomplete: frozenset[str]) -> None:
        self._framework = framework
        self._incomplete = incomplete
        self._badly_named: set[str] = set()
        self._scopes: dict[tuple[str, int], _Scope] = {}
        self._facts = framework.facts_by_id
        self.findings = Findings()

    def framework(self) -> None:
        framework = self._framework
        self._ids("fact", framework.facts)
        self._ids("rating", framework.ratings)
        self._ids("domain", framework.domains)
        self._ids("variant", framework.variants)
        self._ids("measure", framework.measures)
        self._ids("sub-group", framework.subgroups)
        self._assumed(framework, framework.assumed)
        for fact in framework.facts:
            self._fact(fact)
        for variant in framework.variants:
            self._facts_only(variant.when, f"variant {variant.id}")
            self._assumed(variant, variant.assumed)
        for measure in framework.measures:
            self._facts_only(measure.applies_when, f"measure {measure.id}")
            self._assumed(measure, measure.assumed)
        for subgroup in framework.subgroups:
            self._ids("group", subgroup.groups)
            for group in subgroup.groups:
                self._facts_only(group.when, f"group {group.id}")
        self._standards()
        self._domains()
        self._scales()
        self._report_unknown()
        if framework.in_force_to is not None and framework.in_force_to < framework.in_force_from:
            at = framework.at.of("in_force_to")
            self.findings.add(BAD_SETTING, at, "in_force_to is before in_force_from", hint="check the two dates")

    # --- names -----------------------------------------------------------------------------------

    def _ids(self, kind: str, elements: Sequence[Identified]) -> None:
        seen: dict[str, Location] = {}
        for element in elements:
            if element.id in seen:
                message = f'two {kind}s have the id "{element.id}" (the first on line {seen[element.id].line})'
                self.findings.add(DUPLICATE_ID, element.at.of("id"), message, hint="give one of them another id")
            seen.setdefault(element.id, element.at.of("id"))
            self._id(f"id of a {kind}", element.id, element.at.of("id"))

    def _id(self, what: str, identifier: str, at: Location) -> None:
        if not ID_PATTERN.fullmatch(identifier):
            self._badly_named.add(_folded(identifier))
            suggestion = re.sub(r"[^a-z0-9]+", "_", identifier.lower()).strip("_")
            hint = "use small letters, digits and _, with a letter first"
            if ID_PATTERN.fullmatch(suggestion):
                hint += f': "{suggestion}"'
            self.findings.add(BAD_ID, at, f'"{identifier}" cannot be the {what}', hint=hint)

    def _names(
        self, kind: str, name: str, known: Mapping[str, Location], at: Location, question: KeyQuestion | None = None
    ) -> bool:
        """Note that something is named at a place; return whether it is declared, and so is in ``known``."""
        # By identity: two questions may have the same id by mistake.
        scope = self._scopes.setdefault((kind, id(question)), _Scope(kind, known, question))
        scope.named.setdefault(name, []).append(at)
        return name in known

    def _report_unknown(self) -> None:
        """Report what is named and not declared, once everything that is named is known."""
        for scope in self._scopes.values():
            kind, known, named = scope.kind, scope.known, scope.named
            for name, places in named.items():
                # It may be declared in what could not be read, or is declared with an id that cannot be.
                if name in known or f"{kind}s" in self._incomplete or _folded(name) in self._badly_named:
                    continue
                meant = nearest_name(name, known)
                if meant is not None and meant not in named and len(places) > 1:
                    # Misspelt where it is declared, for otherwise it would be misspelt wherever it is named.
                    message = f'nothing names the {kind} "{meant}", and {len(places)} places name "{name}"'
                    self.findings.add(UNKNOWN_NAME, known[meant], message, hint=f'did you mean "{name}"?')
                    continue
                message = f'there is no {kind} "{name}"'
                if scope.question is not None:
                    message = f'the key question "{scope.question.id}" has no prompt "{name}"'
                own_hint = self._hint_for(kind, name, known)
                for at in places:
                    hint = own_hint
                    if meant is not None:
                        file = "" if known[meant].file == at.file else f" of {Path(known[meant].file).name}"
                        hint += f' "{meant}" is declared on line {known[meant].line}{file}.'
                    self.findings.add(UNKNOWN_NAME, at, message, hint=hint)

    def _hint_for(self, kind: str, name: str, known: Mapping[str, Location]) -> str:
        if kind == "prompt" and name in self._facts:
            return _say_fact_test(name)
        if name.startswith("-"):
            return "put a space after the dash."
        if " " in name and set(name.split()) <= set(known):
            return "start each of them on a line of its own with a dash, or write [a, b]."
        return nearest_name_hint(name, list(known)) or f"declare it first: there are no {kind}s"

    def _assumed(self, element: Placed, assumed: tuple[str, ...]) -> None:
        for index, name in enumerate(assumed):
            if name not in keys_of(type(element)):
                hint = nearest_name_hint(name, keys_of(type(element)))
                at = element.at.of("assumed", index)
                self.findings.add(UNKNOWN_NAME, at, f'there is no key "{name}"', hint=hint)

    # --- facts and rules ---------------------------------------------------------------------------

    def _fact(self, fact: Fact) -> None:
        self._assumed(fact, fact.assumed)
        if fact.id == CASE_COLUMN:
            message = f'the id "{CASE_COLUMN}" is kept for the column of a case table that names the case'
            self.findings.add(BAD_ID, fact.at.of("id"), message, hint="choose another id")
        for value in fact.values:
            if not VALUE_PATTERN.fullmatch(value):
                message = f'"{value}" cannot be a value of "{fact.id}"'
                hint = "use letters, digits and _; the label may be any text: {very_high: Very high}"
                self.findings.add(BAD_ID, fact.at.of("values", value), message, hint=hint)
        if fact.type == "choice" and not fact.values:
            message = f'the choice "{fact.id}" has no values'
            self.findings.add(BAD_FACT, fact.at, message, hint="add values: {word: Label, …}")
        if fact.type != "choice" and (fact.values or fact.ordered):
            message = f'the fact "{fact.id}" is no choice and cannot have values or be ordered'
            at = fact.at.of("values" if fact.values else "ordered")
            self.findings.add(BAD_FACT, at, message, hint="make it type: choice, or delete values and ordered")

    def _facts_only(self, condition: Condition | None, what: str) -> None:
        if condition is None:
            return
        for node in walk(condition):
            if isinstance(node, PromptIsYes):
                message = f'the condition of {what} looks at "{node.prompt}", and it may look only at facts'
                hint = "write {fact: …, is: …}. " + nearest_name_hint(node.prompt, list(self._facts))
                if node.prompt in self._facts:
                    hint = _say_fact_test(node.prompt)
                self.findings.add(PROMPT_IN_CONDITION, node.at, message, hint=hint)
            elif isinstance(node, FactTest):
                self._fact_test(node)

    def _rule(self, rule: Condition, question: KeyQuestion) -> None:
        prompts = {prompt.id: prompt.at.of("id") for prompt in question.prompts}
        for node in walk(rule):
            if isinstance(node, PromptIsYes):
                self._names("prompt", node.prompt, prompts, node.at, question)
            elif isinstance(node, FactTest):
                self._fact_test(node)

    def _fact_test(self, test: FactTest) -> None:
        fact = self._facts.get(test.fact)
        known = {fact.id: fact.at.of("id") for fact in self._framework.facts}
        self._names("fact", test.fact, known, test.at.of("fact"))
        if fact is None:
            return
        for index, value in enumerate(test.values if fact.values or fact.type != "choice" else ()):
            at = test.at.of("one_of", index) if test.comparison == "one_of" else test.at.of(test.comparison)
            try:
                type_fact_value(fact, value)
            except ValueError as error:
                hint = nearest_name_hint(str(value), list(fact.values)) if fact.values else f"write {error}"
                message = f'the fact "{fact.id}" is {error}, and is compared with {describe(value)}'
                self.findings.add(BAD_COMPARISON, at, message, hint=hint)
        is_ordered = fact.ordered or fact.type in ("whole_number", "date")
        if test.comparison in ("at_least", "at_most") and not is_ordered:
            message = f'the fact "{fact.id}" has no order, so {test.comparison} means nothing'
            hint = "use is or one_of"
            if fact.type == "choice":
                hint += ", or declare the choice ordered: true with its lowest value first"
            self.findings.add(BAD_COMPARISON, test.at.of(test.comparison), message, hint=hint)

    # --- standards ---------------------------------------------------------------------------------

    def _standards(self) -> None:
        printed: dict[str, Standard] = {}
        slugs: dict[str, Standard] = {}
        for standard in self._framework.standards:
            at = standard.at.of("slug")
            for seen, key, kind in ((printed, standard.id, "id"), (slugs, standard.slug, "slug")):
                if key in seen:
                    message = f'two standards have the {kind} "{key}" (the other in {seen[key].at.of(kind)})'
                    hint = f"give one of them another {kind}"
                    self.findings.add(DUPLICATE_ID, standard.at.of(kind), message, hint=hint)
                seen.setdefault(key, standard)
            self._id("slug of a standard", standard.slug, at)
            if standard.slug == MEASURES:
                message = f'the slug "{MEASURES}" is kept for counted measures'
                self.findings.add(BAD_ID, at, message, hint="choose another slug")
            self._standard(standard)

    def _standard(self, standard: Standard) -> None:
        self._assumed(standard, standard.assumed)
        self._ids("key question", standard.key_questions)
        self._ids("theme", standard.themes)
        if standard.rated_by == "cases" and not standard.key_questions:
            message = f'the standard "{standard.slug}" is rated by cases and has no key questions'
            at = standard.at.of("rated_by")
            self.findings.add(BAD_STANDARD, at, message, hint="add key_questions, or make it rated_by: judgement")
        if standard.rated_by == "judgement" and standard.key_questions:
            message = f'the standard "{standard.slug}" is rated by judgement and has key questions'
            at = standard.at.of("rated_by")
            self.findings.add(BAD_STANDARD, at, message, hint="make it rated_by: cases, or delete them")
        for question in standard.key_questions:
            self._question(question)

    def _question(self, question: KeyQuestion) -> None:
        self._assumed(question, question.assumed)
        self._ids("prompt", question.prompts)
        if not question.prompts:
            message = f'the key question "{question.id}" has no prompts'
            self.findings.add(BAD_STANDARD, question.at, message, hint="add prompts: [{id: …, ask: …}]")
        for prompt in question.prompts:
            self._assumed(prompt, prompt.assumed)
            self._facts_only(prompt.applies_when, f"prompt {prompt.id}")
        self._facts_only(question.applies_when, f"key question {question.id}")
        self._rule(question.yes_when, question)
        known = {variant.id: variant.at.of("id") for variant in self._framework.variants}
        for variant_id, variant in question.variants.items():
            self._assumed(variant, variant.assumed)
            self._names("variant", variant_id, known, question.at.of("variants", variant_id))
            self._rule(variant.yes_when, question)

    # --- domains and scales ------------------------------------------------------------------------

    def _domains(self) -> None:
        framework = self._framework
        known = {standard.slug: standard.at.of("slug") for standard in framework.standards}
        domain_of: dict[str, str] = {}
        unknown: list[str] = []
        for domain in framework.domains:
            if not domain.standards:
                message = f'the domain "{domain.id}" has no standards'
                at = domain.at.of("standards")
                self.findings.add(BAD_DOMAINS, at, message, hint="list its standards by their slugs")
            for index, slug in enumerate(domain.standards):
                at = domain.at.of("standards", index)
                if not self._names("standard", slug, known, at):
                    unknown.append(slug)
                elif slug in domain_of:
                    message = f'the standard "{slug}" is in two places: "{domain_of[slug]}" and "{domain.id}"'
                    self.findings.add(BAD_DOMAINS, at, message, hint="keep it in one of them")
                domain_of.setdefault(slug, domain.id)
        for standard in framework.standards:
            # Where a domain misspells the slug, that has been said, and once is enough.
            is_misspelt = nearest_name(standard.slug, unknown) is not None
            if standard.slug not in domain_of and not is_misspelt and "domains" not in self._incomplete:
                message = f'the standard "{standard.slug}" is in no domain'
                hint = f"add {standard.slug} to the standards of a domain in the framework file"
                self.findings.add(BAD_DOMAINS, standard.at.of("slug"), message, hint=hint)

    def _scales(self) -> None:
        framework = self._framework
        if not framework.ratings and "ratings" not in self._incomplete:
            hint = "add ratings: [{id: good, label: Good, score: 1}]"
            at = framework.at.of("ratings")
            self.findings.add(BAD_SETTING, at, "the framework has no ratings", hint=hint)
        for rating in framework.ratings:
            if rating.score < 0:
                message = f'the rating "{rating.id}" has a score below 0, and every scale of scores starts at 0'
                self.findings.add(BAD_SETTING, rating.at.of("score"), message, hint="let the worst rating score 0")
        questions = framework.key_question_bands
        if questions is not None:
            self._bands(questions.bands, questions.at.of("bands"), "key_question_bands")
            if questions.share_of not in questions.among:
                message = f'share_of is "{questions.share_of}", which is not in among'
                at = questions.at.of("share_of")
                self.findings.add(BAD_SETTING, at, message, hint=f"add {questions.share_of} to among")
            if len({*questions.among}) < len(questions.among):
                message = "the same outcome stands twice in among, and would be counted twice"
                hint = f"write among: [{', '.join(dict.fromkeys(questions.among))}]"
                self.findings.add(BAD_SETTING, questions.at.of("among"), message, hint=hint)
        elif "key_question_bands" not in self._incomplete and any(
            standard.rated_by == "cases" for standard in framework.standards
        ):
            message = "standards are rated by cases and there are no key_question_bands"
            self.findings.add(BAD_STANDARD, framework.at, message, hint="add key_question_bands to the framework file")
        if framework.overall is not None:
            self._bands(framework.overall.bands, framework.overall.at.of("bands"), "overall")
        if framework.domain_rating is not None:
            self._domain_bands()

    def _domain_bands(self) -> None:
        declared = self._framework.domain_rating
        assert declared is not None
        domains = {domain.id: domain.at.of("id") for domain in self._framework.domains}
        for domain, bands in declared.bands_of.items():
            self._names("domain", domain, domains, declared.at.of("bands_of", domain))
            self._bands(bands, declared.at.of("bands_of", domain), f"domain {domain}")
        unknown = [domain for domain in declared.bands_of if domain not in domains]
        for domain in domains:
            if domain not in declared.bands_of and nearest_name(domain, unknown) is None:
                message = f'domain_rating has no bands for the domain "{domain}"'
                at = declared.at.of("bands_of")
                self.findings.add(BAD_DOMAINS, at, message, hint=f"add {domain}: [{{from: 0, rating: …}}]")

    def _bands(self, bands: tuple[Band, ...], at: Location, where: str) -> None:
        if not bands:
            message = f"{where} has no bands"
            self.findings.add(BAD_BANDS, at, message, hint="add bands: [{from: 0, rating: …}]")
            return
        for above, below in pairwise(bands):
            if below.lowest >= above.lowest:
                message = (
                    f"the band from {say_number(below.lowest)} stands below the band from {say_number(above.lowest)}"
                )
                hint = "write each lower bound once, the highest band first"
                self.findings.add(BAD_BANDS, below.at, message, hint=hint)
        if bands[-1].lowest != 0:
            lowest = say_number(bands[-1].lowest)
            message = f"the lowest band of {where} starts at {lowest}, so what lies below has no rating"
            self.findings.add(BAD_BANDS, bands[-1].at, message, hint="let the last band start at 0")
        for band in bands:
            known = {rating.id: rating.at.of("id") for rating in self._framework.ratings}
            self._names("rating", band.rating, known, band.at.of("rating"))


def _say_fact_test(fact: str) -> str:
    return f"it is a fact: write {{fact: {fact}, is: …}}."


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
