"""What a form asks, in the order of the standards and in their own words, whatever kind of form it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from attrs import frozen

from ctm_rules.forms.relevance import ALWAYS, NEVER, Surely, surely_asked, surely_asked_of_provider
from ctm_rules.languages.languages import Language
from ctm_rules.model.conditions import Condition
from ctm_rules.model.framework import Fact, FactType, Framework, KeyQuestion, Measure, Prompt, Range, Source, Standard
from ctm_rules.model.provider_view import provider_view
from ctm_rules.model.reading import fold
from ctm_rules.model.rules_in_words import say, say_points


@frozen
class Question:
    """One thing that is asked: a fact, a prompt or a measure.

    Attributes:
        name: what its column is called.
        text: what is asked, in the language of the form.
        words: by each word that it may be answered with, what the form calls it (nothing: it takes a number or a date).
        takes: what it takes: an answer, or what a fact of some type may be.
        range: where its values lie.
        asked: when it is surely asked, and when it surely is not.
        guidance: what else the standards say of it, in English: when it is asked, where it comes from.
        is_fact: whether it is known about a case, and not answered.
    """

    name: str
    text: str
    words: Mapping[str, str]
    takes: FactType | Literal["answer"] = "answer"
    range: Range | None = None
    asked: Surely = Surely(ALWAYS, NEVER)
    guidance: tuple[str, ...] = ()
    is_fact: bool = False


@frozen
class Section:
    """Questions that belong together: the facts, a key question with its prompts, the measures.

    Attributes:
        block: the standard, or what stands in place of one.
        title: what the section is about: a key question.
        guidance: what else the standards say of it, in English.
        questions: what is asked.
    """

    block: str
    title: str
    questions: tuple[Question, ...]
    guidance: tuple[str, ...] = ()


@frozen
class Content:
    """What a form asks.

    Attributes:
        framework: the standards.
        language: the language of the form.
        answers: by each answer to a prompt, what the form calls it.
        sections: what is asked of each case.
        provider: what is asked once, of who is inspected.
    """

    framework: Framework
    language: Language
    answers: Mapping[str, str]
    sections: tuple[Section, ...]
    provider: tuple[Section, ...]

    @property
    def questions(self) -> Iterator[Question]:
        """Everything that is asked of a case, in its order."""
        return (question for section in self.sections for question in section.questions)


def content_of(framework: Framework, language: Language) -> Content:
    """Return what a form for an inspection by some standards asks."""
    writer = _Writer(framework, language)
    return Content(framework, language, writer.answers, tuple(writer.of_cases(framework)), tuple(writer.of_provider()))


def called(words: Mapping[str, str]) -> dict[str, str]:
    """Return what a form calls each word: its label, where that can be taken for no other word; else the word itself.

    >>> called({"yes": "Ie", "no": "Na", "na": "Amherthnasol"})
    {'yes': 'Ie', 'no': 'no', 'na': 'Amherthnasol'}
    """
    folded = {word: fold(label) for word, label in words.items()}
    others = [*folded.values(), *map(fold, words)]
    taken = {text for text in others if others.count(text) > 1}
    return {
        word: label if folded[word] and (folded[word] not in taken or folded[word] == fold(word)) else word
        for word, label in words.items()
    }


_ANSWERS = {"yes": "form_yes", "no": "form_no", "na": "form_na"}


class _Writer:
    def __init__(self, framework: Framework, language: Language) -> None:
        self._framework = framework
        self._language = language
        self.answers = called({word: self._label(label) for word, label in _ANSWERS.items()})
        self._yes_no = {word: self.answers[word] for word in ("yes", "no")}

    def of_cases(self, framework: Framework) -> Iterator[Section]:
        """Yield what is asked of each case."""
        facts = tuple(map(self._fact, framework.facts))
        if facts:
            yield Section(self._label("form_facts"), "", facts)
        yield from self._of_standards(framework, framework.key_questions)
        measures = tuple(self._measure(path, measure) for path, measure in framework.measures_by_path.items())
        if measures:
            yield Section(self._label("measures"), "", measures)

    def of_provider(self) -> Iterator[Section]:
        """Yield what is asked once, of who is inspected."""
        framework, view = self._framework, provider_view(self._framework)
        facts = tuple(map(self._fact, framework.provider_facts))
        if facts:
            yield Section(self._label("form_provider"), "", facts)
        if view is not None:
            yield from self._of_standards(framework, framework.provider_questions)

    def _of_standards(self, framework: Framework, questions: Mapping[str, KeyQuestion]) -> Iterator[Section]:
        in_domains = [standard for domain in framework.domains for standard in framework.standards_of(domain)]
        for standard in (*in_domains, *framework.outside_domains):
            for question in standard.key_questions:
                path = f"{standard.slug}.{question.id}"
                if path in questions and question.prompts:
                    yield self._section(standard, path, question, is_case=path in framework.key_questions)

    def _section(self, standard: Standard, path: str, question: KeyQuestion, *, is_case: bool) -> Section:
        title = self._words(f"{standard.slug}.title", standard.title)
        prompts = tuple(self._prompt(f"{path}.{prompt.id}", prompt, is_case=is_case) for prompt in question.prompts)
        sample = self._framework.sample_of(path)
        guidance = [
            *([f"Asked of: {sample.title}."] if sample is not None else []),
            *self._when("Asked when", question.applies_when),
            *self._when("Yes when", question.yes_when, question),
            *(f"{said[:1].upper()}{said[1:]}." for said in say_points(question, self._framework)),
            *(
                line
                for name, rule in question.variants.items()
                for line in self._when(f"For {self._variant(name)}, yes when", rule.yes_when, question)
            ),
            *_source(question.source or standard.source),
        ]
        return Section(f"{standard.id} {title}", self._words(path, question.ask), prompts, tuple(guidance))

    def _variant(self, name: str) -> str:
        return next(variant.title for variant in self._framework.variants if variant.id == name)

    def _prompt(self, path: str, prompt: Prompt, *, is_case: bool) -> Question:
        asked = surely_asked(path, self._framework) if is_case else surely_asked_of_provider(path, self._framework)
        guidance = [*self._when("Asked when", prompt.applies_when), *_source(prompt.source)]
        return Question(
            path, self._words(path, prompt.ask), self._answers(prompt), asked=asked, guidance=tuple(guidance)
        )

    def _answers(self, prompt: Prompt) -> Mapping[str, str]:
        """Return what the form calls each answer to a prompt: yes, no and na, or the steps of its scale and na."""
        if prompt.answers is None:
            return self.answers
        steps = {step.id: self._language.rating(step).value for step in self._framework.scale(prompt.answers)}
        return called({**steps, "na": self.answers["na"]})

    def _measure(self, path: str, measure: Measure) -> Question:
        guidance = [*self._when("Asked when", measure.applies_when), *_source(measure.source)]
        text, asked = self._words(path, measure.title), surely_asked(path, self._framework)
        return Question(path, text, self.answers, asked=asked, guidance=tuple(guidance))

    def _fact(self, fact: Fact) -> Question:
        words: Mapping[str, str] = {}
        if fact.type == "yes_no":
            words = self._yes_no
        elif fact.type == "choice":
            labels = {value: self._words(f"facts.{fact.id}.{value}", label) for value, label in fact.values.items()}
            words = called(labels)
        return Question(
            fact.id,
            self._words(f"facts.{fact.id}", fact.title),
            words,
            takes=fact.type,
            range=fact.range,
            guidance=tuple(_source(fact.source)),
            is_fact=True,
        )

    def _when(self, head: str, condition: Condition | None, question: KeyQuestion | None = None) -> Sequence[str]:
        return [] if condition is None else [f"{head} {say(condition, self._framework, question)}."]

    def _label(self, name: str) -> str:
        return self._language.label(name).value

    def _words(self, address: str, english: str) -> str:
        return self._language.wording(self._framework, address, english).value


def _source(source: Source | None) -> Sequence[str]:
    if source is None:
        return []
    return [f"Source: {', '.join(part for part in (source.title, source.section) if part)}."]
