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
from ctm_rules.model.framework_conditions import map_conditions, map_conditions_of_question
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


def is_address(former: str) -> bool:
    """Return whether a former name is the whole address of then, since the element stood elsewhere."""
    return "." in former


def former_columns(framework: Framework) -> Names:
    """Return what the columns of a case table may have been called, each with what it is called now."""
    formers = _Formers(framework)
    found = {former: fact.id for fact in framework.facts for former in fact.formerly}
    for addresses in (formers.elsewhere, formers.here):  # what is said whole comes before what is put together
        for address, was in addresses.items():
            for former in was:
                found.setdefault(former, address)
    return {former: name for former, name in found.items() if former != name}


class _Formers:
    """The addresses that the key questions and prompts of a framework may have had, by those of now.

    Attributes:
        here: where they stand now, that of now first.
        elsewhere: in other standards or key questions; what stands there now is none of them.
    """

    def __init__(self, framework: Framework) -> None:
        self._standards = framework.standards
        self.here: dict[str, tuple[str, ...]] = {}
        self.elsewhere: dict[str, tuple[str, ...]] = {}
        for standard in framework.standards:
            for question in standard.key_questions:
                address = f"{standard.slug}.{question.id}"
                self.here[address] = _joined((standard.slug, *standard.formerly), _ids_of(question))
                whole = (former.split(".") for former in question.formerly if is_address(former))
                self.elsewhere[address] = tuple(
                    former for slug, *rest in whole for former in _joined(self._slugs(slug), [".".join(rest)])
                )
        for address, question in framework.every_question.items():
            for prompt in question.prompts:
                self._add_prompt(address, prompt)
        for address, was in self.elsewhere.items():
            self.elsewhere[address] = tuple(former for former in dict.fromkeys(was) if former not in self.here)

    def _add_prompt(self, question: str, prompt: Prompt) -> None:
        address, ids = f"{question}.{prompt.id}", _ids_of(prompt)
        self.here[address] = _joined(self.here[question], ids)
        found = _joined(self.elsewhere[question], ids)
        for former in filter(is_address, prompt.formerly):
            place, _, name = former.rpartition(".")
            found += _joined(self._questions(place), [name])
        self.elsewhere[address] = found

    def _slugs(self, slug: str) -> tuple[str, ...]:
        """Return a slug with the others that its standard has or had."""
        families = ((each.slug, *each.formerly) for each in self._standards)
        return tuple(dict.fromkeys((slug, *next((each for each in families if slug in each), ()))))

    def _questions(self, address: str) -> tuple[str, ...]:
        """Return an address of a key question with the others that it has or had."""
        families = ((*self.here[each], *self.elsewhere[each]) for each in self.here if each.count(".") == 1)
        slug, _, name = address.partition(".")
        return next((each for each in families if address in each), _joined(self._slugs(slug), [name]))


def _ids_of(element: KeyQuestion | Prompt) -> tuple[str, ...]:
    """Return the id of an element, and those that it had at its place."""
    return (element.id, *(former for former in element.formerly if not is_address(former)))


def _joined(above: Iterable[str], below: Iterable[str]) -> tuple[str, ...]:
    return tuple(".".join(each) for each in product(above, below))


def moved(old: Framework, new: Framework) -> Names:
    """Return the addresses of an earlier edition of what stands elsewhere in a later one, each with that of now.

    Args:
        old: the earlier one, by the names of the later one: what :func:`renamed` returns.
        new: the later one.
    """
    there, now = ({*each.every_question, *each.every_prompt} for each in (old, new))
    found: dict[str, str] = {}
    for address, was in _Formers(new).elsewhere.items():
        before = next((each for each in was if each in there and each not in found), None)
        if before is not None and address in now and address not in there:
            found[before] = address
    return found


def with_moved(old: Framework, moves: Names) -> Framework:
    """Return an earlier edition with the key questions that moved where they stand in the later one.

    It is there to compare key questions alone: a standard that it has only for them is rated by nothing.
    """
    taken: dict[str, list[KeyQuestion]] = {}
    homes: dict[str, Standard] = {standard.slug: standard for standard in old.standards}
    for before, address in moves.items():
        question = old.every_question.get(before)
        if question is None:
            continue
        slug, _, name = address.partition(".")
        names = {
            prompt.id: now.rpartition(".")[2]
            for prompt in question.prompts
            if (now := moves.get(f"{before}.{prompt.id}", "")).startswith(f"{address}.")
        }
        sample = old.sample_of(before)
        placed = evolve(_with_prompts_of(question, names), id=name, sample=None if sample is None else sample.id)
        taken.setdefault(slug, []).append(placed)
        home = old.standards_by_slug[before.partition(".")[0]]
        homes.setdefault(slug, evolve(home, slug=slug, key_questions=(), themes=(), rating=None))
    standards = []
    for slug, home in homes.items():
        stayed = (each for each in home.key_questions if f"{slug}.{each.id}" not in moves)
        standards.append(evolve(home, key_questions=(*stayed, *taken.get(slug, ()))))
    return evolve(old, standards=tuple(standards)) if taken else old


def address_before(old: Framework, new: Framework, address: str) -> str:
    """Return the address that something had in an earlier edition, whether or not that has it."""
    named, found = renamed(old, new)
    back = {now: was for was, now in moved(named, new).items()}
    address = back.get(address, address)
    before = {each.path: each.was for each in found}
    parts = address.split(".")
    for count in range(len(parts), 0, -1):
        above = ".".join(parts[:count])
        if above in before:
            return ".".join([before[above], *parts[count:]])
    return address


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
        for was, name in prompts.items():
            if name != was:
                ours = next(each for each in question.prompts if each.id == was)
                self._note(f"{path}.{name}", f"{before}.{was}", ours, there[name])
        named = _with_prompts_of(question, prompts)
        return evolve(
            named,
            rating=self._rule(named.rating),
            id=theirs.id,
            formerly=theirs.formerly,
            prompts=tuple(
                evolve(each, formerly=there[each.id].formerly) if was.id in prompts else each
                for was, each in zip(question.prompts, named.prompts, strict=True)
            ),
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


def _with_prompts_of(question: KeyQuestion, prompts: Names) -> KeyQuestion:
    """Return a key question whose prompts are called otherwise, in its rules too."""
    made = map_conditions_of_question(question, lambda condition: _with_prompts(condition, prompts))
    return evolve(made, prompts=tuple(evolve(each, id=prompts.get(each.id, each.id)) for each in made.prompts))


def _with_prompts(condition: Condition, prompts: Names) -> Condition:
    if isinstance(condition, PromptIsYes):
        return evolve(condition, prompt=prompts.get(condition.prompt, condition.prompt))
    return with_children(condition, tuple(_with_prompts(each, prompts) for each in children(condition)))
