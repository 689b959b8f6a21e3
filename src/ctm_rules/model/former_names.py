"""What elements were called in earlier editions: an edition, or a table of its cases, read by the names of a later one.

The one place that knows which names are one: whatever joins two editions asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TypeVar

from attrs import evolve, frozen

from ctm_rules.model.bands import Banded, BandsBy
from ctm_rules.model.conditions import Condition, CountRated, FactTest, PromptIsYes, RatedAs, children, with_children
from ctm_rules.model.elements import Placed
from ctm_rules.model.framework import (
    VARIANTS,
    Domain,
    DomainRating,
    Fact,
    Framework,
    KeyQuestion,
    KeyQuestionBands,
    PointsInBands,
    Prompt,
    Sample,
    Standard,
    Variant,
)
from ctm_rules.model.framework_conditions import map_conditions
from ctm_rules.model.rating_rules import Members, RatingRule, SumInBands, TakeRating


@frozen
class Renamed:
    """An element that is called otherwise in a later edition.

    Attributes:
        path: what it is called there.
        was: what it was called before.
        ours, theirs: how it is declared before and there.
    """

    path: str
    was: str
    ours: Placed
    theirs: Placed


Rule = TypeVar("Rule", bound=RatingRule | KeyQuestionBands | PointsInBands | None)
ByFacts = TypeVar("ByFacts", Sample, Variant)
Identified = Fact | Domain | Sample | Variant
"""What has an id of its own, and may have had another one."""

Names = Mapping[str, str]
"""Names of an earlier edition, each with what a later one calls the same element; what kept its name is there too."""


def names_in(old: Iterable[str], new: Iterable[tuple[str, Sequence[str]]]) -> Names:
    """Return what a later edition calls the elements of an earlier one that it has as well.

    Args:
        old: the names in the earlier one.
        new: the names in the later one, each with its former names.
    """
    known = set(old)
    found: dict[str, str] = {}
    for name, formerly in new:
        before = next((each for each in (name, *formerly) if each in known), None)
        if before is not None:
            found[before] = name
    return found


def standards_in(old: Framework, new: Framework) -> Names:
    """Return the slugs of an earlier edition, each with that of a later one."""
    return names_in(old.standards_by_slug, ((each.slug, each.formerly) for each in new.standards))


def domains_in(old: Framework, new: Framework) -> Names:
    """Return the ids of the domains of an earlier edition, each with that of a later one."""
    return _ids_in(old.domains, new.domains)


def samples_in(old: Framework, new: Framework) -> Names:
    """Return the ids of the samples of an earlier edition, each with that of a later one."""
    return _ids_in(old.samples, new.samples)


def variants_in(old: Framework, new: Framework) -> Names:
    """Return the ids of the variants of an earlier edition, each with that of a later one."""
    return _ids_in(old.variants, new.variants)


def former_samples(framework: Framework) -> Names:
    """Return what the samples of a framework were called, each with what it is called now."""
    return {former: sample.id for sample in framework.samples for former in sample.formerly}


def former_variants(framework: Framework) -> Names:
    """Return the addresses that the variants of a framework had, each with the address of now."""
    return {
        f"{VARIANTS}.{former}": f"{VARIANTS}.{variant.id}"
        for variant in framework.variants
        for former in variant.formerly
    }


def former_columns(framework: Framework) -> Names:
    """Return what the columns of a case table may have been called, each with what it is called now."""
    found = {former: fact.id for fact in framework.facts for former in fact.formerly}
    for standard in framework.standards:
        slugs = (standard.slug, *standard.formerly)
        for question in standard.key_questions:
            ids = (question.id, *question.formerly)
            path = f"{standard.slug}.{question.id}"
            found |= {".".join(each): path for each in product(slugs, ids)}
            for prompt in question.prompts:
                prompts = (prompt.id, *prompt.formerly)
                found |= {".".join(each): f"{path}.{prompt.id}" for each in product(slugs, ids, prompts)}
    return {former: name for former, name in found.items() if former != name}


def renamed(old: Framework, new: Framework) -> tuple[Framework, tuple[Renamed, ...]]:
    """Return an earlier edition by the names of a later one, and what is called otherwise in it.

    Where nothing was renamed, it is the same framework.
    """
    renaming = _Renaming(old, new)
    return (renaming.framework(), tuple(renaming.found)) if renaming.is_needed() else (old, ())


class _Renaming:
    def __init__(self, old: Framework, new: Framework) -> None:
        self.old, self.new = old, new
        self.found: list[Renamed] = []
        self.standards, self.domains = standards_in(old, new), domains_in(old, new)
        self.samples, self.variants = samples_in(old, new), variants_in(old, new)
        self.facts = {
            **_ids_in(old.provider_facts, new.provider_facts),
            **_ids_in(old.facts, new.facts),
        }
        self.questions: dict[str, str] = {}
        for before, slug in self.standards.items():
            ours, theirs = old.standards_by_slug[before], new.standards_by_slug[slug]
            asked = names_in(
                [each.id for each in ours.key_questions], ((each.id, each.formerly) for each in theirs.key_questions)
            )
            for question in ours.key_questions:
                self.questions[f"{before}.{question.id}"] = f"{slug}.{asked.get(question.id, question.id)}"

    def is_needed(self) -> bool:
        new = self.new
        elements: list[Fact | Domain | Standard | KeyQuestion | Prompt | Sample | Variant] = [
            *new.facts,
            *new.provider_facts,
            *new.domains,
            *new.samples,
            *new.variants,
        ]
        elements += [
            *new.standards,
            *new.every_question.values(),
            *new.prompts.values(),
            *new.provider_prompts.values(),
        ]
        return any(each.formerly for each in elements)

    def framework(self) -> Framework:
        made = map_conditions(self.old, self._condition)
        of_domains = made.domain_rating
        if isinstance(of_domains, DomainRating):
            of_domains = evolve(
                of_domains,
                bands_of={self.domains.get(name, name): bands for name, bands in of_domains.bands_of.items()},
                out_of={self.domains.get(name, name): sum_of for name, sum_of in of_domains.out_of.items()},
            )
        else:
            of_domains = self._rule(of_domains)
        facts = self.new.every_fact
        return evolve(
            made,
            facts=tuple(self._fact(each, facts) for each in made.facts),
            provider_facts=tuple(self._fact(each, facts) for each in made.provider_facts),
            samples=tuple(self._drawn(each, self.samples, self.new.samples, "samples") for each in made.samples),
            variants=tuple(self._drawn(each, self.variants, self.new.variants, "variants") for each in made.variants),
            domains=tuple(map(self._domain, made.domains)),
            standards=tuple(map(self._standard, made.standards)),
            standard_rating=self._rule(made.standard_rating),
            domain_rating=of_domains,
            overall=self._rule(made.overall),
            key_question_bands=self._rule(made.key_question_bands),
        )

    def _note(self, path: str, was: str, ours: Placed, theirs: Placed) -> None:
        if path != was:
            self.found.append(Renamed(path, was, ours, theirs))

    def _fact(self, fact: Fact, facts: Mapping[str, Fact]) -> Fact:
        name = self.facts.get(fact.id)
        if name is None:
            return fact
        self._note(f"facts.{name}", f"facts.{fact.id}", fact, facts[name])
        return evolve(fact, id=name, formerly=facts[name].formerly)

    def _drawn(self, ours: ByFacts, names: Names, new: Sequence[ByFacts], path: str) -> ByFacts:
        """Return a sample or a variant by its name of now."""
        name = names.get(ours.id)
        if name is None:
            return ours
        theirs = next(each for each in new if each.id == name)
        self._note(f"{path}.{name}", f"{path}.{ours.id}", ours, theirs)
        return evolve(ours, id=name, formerly=theirs.formerly)

    def _sample(self, named: str | None) -> str | None:
        return None if named is None else self.samples.get(named, named)

    def _domain(self, domain: Domain) -> Domain:
        slugs = tuple(self.standards.get(slug, slug) for slug in domain.standards)
        rating, sample = self._rule(domain.rating), self._sample(domain.sample)
        domain_now = evolve(domain, standards=slugs, rating=rating, sample=sample)
        name = self.domains.get(domain.id)
        if name is None:
            return domain_now
        theirs = next(each for each in self.new.domains if each.id == name)
        self._note(f"domains.{name}", f"domains.{domain.id}", domain, theirs)
        return evolve(domain_now, id=name, formerly=theirs.formerly)

    def _standard(self, standard: Standard) -> Standard:
        made = evolve(standard, rating=self._rule(standard.rating), sample=self._sample(standard.sample))
        slug = self.standards.get(standard.slug)
        if slug is None:
            return made
        theirs = self.new.standards_by_slug[slug]
        self._note(slug, standard.slug, standard, theirs)
        questions = tuple(self._question(f"{standard.slug}.{each.id}", each) for each in standard.key_questions)
        return evolve(made, slug=slug, key_questions=questions, formerly=theirs.formerly)

    def _question(self, before: str, question: KeyQuestion) -> KeyQuestion:
        variants = {self.variants.get(name, name): rule for name, rule in question.variants.items()}
        question = evolve(question, variants=variants, sample=self._sample(question.sample))
        path = self.questions[before]
        theirs = self.new.every_question.get(path)
        if theirs is None:
            return question
        if path.rpartition(".")[2] != question.id:
            self._note(path, before, question, theirs)
        prompts = names_in(
            [each.id for each in question.prompts], ((each.id, each.formerly) for each in theirs.prompts)
        )
        there = {each.id: each for each in theirs.prompts}

        def prompt(ours: Prompt) -> Prompt:
            name = prompts.get(ours.id)
            if name is None:
                return ours
            if name != ours.id:
                self._note(f"{path}.{name}", f"{before}.{ours.id}", ours, there[name])
            return evolve(ours, id=name, formerly=there[name].formerly)

        return evolve(
            question,
            rating=self._rule(question.rating),
            id=theirs.id,
            formerly=theirs.formerly,
            prompts=tuple(map(prompt, question.prompts)),
            yes_when=None if question.yes_when is None else _with_prompts(question.yes_when, prompts),
            variants={
                name: evolve(rule, yes_when=_with_prompts(rule.yes_when, prompts))
                for name, rule in question.variants.items()
            },
        )

    def _condition(self, condition: Condition) -> Condition:
        match condition:
            case FactTest(fact):
                return evolve(condition, fact=self.facts.get(fact, fact))
            case RatedAs(level, element):
                names = {"key_question": self.questions, "standard": self.standards, "domain": self.domains}[level]
                return evolve(condition, element=names.get(element, element))
            case CountRated(of=of):
                return evolve(condition, of=self._members(of))
            case _:
                return with_children(condition, tuple(map(self._condition, children(condition))))

    def _members(self, of: Members) -> Members:
        return of if isinstance(of, str) else tuple(map(self._name, of))

    def _name(self, name: str) -> str:
        """Return what an element below is called: a list names those of one level, and addresses have a dot."""
        names = self.domains if any(domain.id == name for domain in self.old.domains) else self.standards
        if name in self.old.standards_by_slug:
            names = self.standards
        return {**names, **self.questions}.get(name, name)

    def _rule(self, rule: Rule) -> Rule:
        if isinstance(rule, SumInBands):
            weights = {self._name(name): weight for name, weight in rule.weights.items()}
            return evolve(rule, of=self._members(rule.of), weights=weights, bands_by=self._bands_by(rule))
        if isinstance(rule, KeyQuestionBands | PointsInBands):
            return evolve(rule, bands_by=self._bands_by(rule))
        return evolve(rule, of=self._members(rule.of)) if isinstance(rule, TakeRating) else rule

    def _bands_by(self, rule: Banded) -> BandsBy:
        return {self.facts.get(fact, fact): bands_of for fact, bands_of in rule.bands_by.items()}


def _ids_in(old: Sequence[Identified], new: Sequence[Identified]) -> Names:
    return names_in([each.id for each in old], ((each.id, each.formerly) for each in new))


def _with_prompts(condition: Condition, prompts: Names) -> Condition:
    if isinstance(condition, PromptIsYes):
        return evolve(condition, prompt=prompts.get(condition.prompt, condition.prompt))
    return with_children(condition, tuple(_with_prompts(each, prompts) for each in children(condition)))
